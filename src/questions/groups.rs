//! Groups of records: pairs, conversations, top lists, a single figure.

use super::error::AskError;
use super::group;
use super::question::{self, Basis, Live, Question, least};
use super::records::totals;
use super::section::Section;
use super::spec::{self, ScopeSpec};
use crate::case::CaseReader;
use crate::filter;
use crate::model::{Address, Unit, Value};
use crate::present::zone::Zone;
use crate::query::tables::{self, LeftOut, Table, Total};
use crate::query::{
    self, Cancel, ConversationColumn, ConversationQuery, ConversationSort, Figure, Measure, PairColumn, PairKey,
    PairQuery, PairSort, PairTable, PairTotals, QueryError, Repeats, Scope, TopQuery, TopTable,
};
use serde::{Deserialize, Serialize};

/// Address pairs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairsQuestion(pub PairQuery);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PairsSpec {
    records: ScopeSpec,
    by: String,
    ip: Option<String>,
    keep_addressless: bool,
    external: bool,
    sort: Vec<String>,
    limit: Option<usize>,
}

const KEYS: [(&str, PairKey); 3] = [
    ("src,dst", PairKey::Addresses),
    ("src,dst,flow_direction", PairKey::AddressesAndDirection),
    ("pkt", PairKey::PacketAddresses),
];

impl PairsSpec {
    fn of(query: &PairQuery, sort: Vec<String>, limit: Option<usize>) -> Self {
        let by = KEYS.iter().find(|(_, key)| *key == query.by).map_or("", |(name, _)| name);
        Self {
            records: ScopeSpec::of(&query.scope),
            by: by.to_owned(),
            ip: query.ip.as_ref().map(Address::to_string),
            keep_addressless: query.keep_addressless,
            external: query.only_external,
            sort,
            limit,
        }
    }

    /// Without order and limit.
    fn pairs(&self) -> Result<PairQuery, String> {
        let by = KEYS.iter().find(|(name, _)| *name == self.by).map(|(_, key)| *key);
        let address =
            |text: &String| Address::parse(text.as_bytes()).ok_or_else(|| format!("{text} is not an address"));
        Ok(PairQuery {
            scope: self.records.scope()?,
            by: by.ok_or_else(|| format!("pairs cannot be grouped by {}", self.by))?,
            ip: self.ip.as_ref().map(address).transpose()?,
            keep_addressless: self.keep_addressless,
            only_external: self.external,
            own: Vec::new(),
            sort: Vec::new(),
            limit: None,
        })
    }

    fn sort<T>(&self, column: impl Fn(&str) -> Option<T>) -> Result<Vec<(T, bool)>, String> {
        let key = |text: &String| {
            let (name, descending) = text.strip_prefix('-').map_or((text.as_str(), false), |name| (name, true));
            Ok((column(name).ok_or_else(|| format!("unknown column {name}"))?, descending))
        };
        self.sort.iter().map(key).collect()
    }
}

pub(super) fn sort_names(keys: impl Iterator<Item = (impl std::fmt::Display, bool)>) -> Vec<String> {
    keys.map(|(name, descending)| format!("{}{name}", if descending { "-" } else { "" })).collect()
}

fn pair_totals(name: &str, totals: &PairTotals) -> Vec<Total> {
    vec![
        Total::new(name, Unit::Count, totals.pairs.map_or(Value::Null, Value::count)),
        Total::new("records", Unit::Count, Value::count(totals.records)),
        Total::new("packets", Unit::Count, Value::sum(totals.packets)),
        Total::new("bytes", Unit::Bytes, Value::sum(totals.bytes)),
        Total::new("accepted", Unit::Count, Value::count(totals.accepted)),
        Total::new("rejected", Unit::Count, Value::count(totals.rejected)),
        Total::new("left_out_of_sums", Unit::Count, Value::count(totals.left_out)),
    ]
}

/// The rows of a table of pairs.
pub(super) fn pair_section(reader: &CaseReader, table: &PairTable) -> Result<Section, AskError> {
    let totals = pair_totals("pairs", &table.totals);
    let section = Section::of("pairs", &tables::Pairs::new(reader, table), None, &Cancel::default())?;
    Ok(Section { all_rows: table.totals.pairs.unwrap_or(table.len() as u64), totals, ..section })
}

impl Question for PairsQuestion {
    fn kind(&self) -> &'static str {
        "pairs"
    }

    fn query(&self) -> String {
        let sort = sort_names(self.0.sort.iter().map(|key| (key.column.name(), key.descending)));
        spec::write(&PairsSpec::of(&self.0, sort, self.0.limit))
    }

    fn basis(&self, reader: &CaseReader) -> Result<Basis, QueryError> {
        // Which networks are own is said by lists.
        let with_lists = self.0.only_external;
        Ok(Basis { scopes: vec![self.0.in_case(reader)?.records()?], with_lists, ..Basis::default() })
    }

    fn sections(&self, reader: &CaseReader, _: Zone, cancel: &Cancel) -> Result<Vec<Section>, AskError> {
        Ok(vec![pair_section(reader, &query::pairs(reader, &self.0, cancel)?)?])
    }

    fn table<'a>(&self, reader: &'a CaseReader, cancel: &Cancel) -> Result<Box<dyn Table + 'a>, AskError> {
        Ok(Box::new(tables::Pairs::new(reader, query::pairs(reader, &self.0, cancel)?)))
    }

    fn result(&self) -> String {
        let query = &self.0;
        let direction = if query.by == PairKey::AddressesAndDirection { ",flow_direction" } else { "" };
        let pairs = format!("pairs {}{direction}", query.by.fields().join(","));
        let address = if query.keep_addressless { ", or no address at all" } else { "" };
        let side = query.ip.is_some().then(|| format!("either side is ip{address}"));
        let sort = sort_names(query.sort.iter().map(|key| (key.column.name(), key.descending)));
        question::steps(std::iter::once(pairs).chain(side).chain(question::sort_step(&sort)), query.limit)
    }

    fn counted(&self, row: &[Value]) -> Option<Scope> {
        let [one, other, rest @ ..] = row else { return None };
        let direction = rest.first().filter(|_| self.0.by == PairKey::AddressesAndDirection);
        let pair = group::pair_clause(self.0.by, one, other, direction);
        Some(self.0.records().ok()?.and(pair))
    }

    fn limited(&self, rows: usize) -> Box<dyn Question> {
        Box::new(Self(PairQuery { limit: Some(least(self.0.limit, rows)), ..self.0.clone() }))
    }

    fn live(&self) -> Live {
        Live::Pairs(self.0.clone())
    }
}

pub(super) fn read_pairs(text: &str) -> Result<Box<dyn Question>, String> {
    let spec: PairsSpec = spec::read(text)?;
    let query = spec.pairs()?;
    let sort = spec.sort(|name| PairColumn::of(query.by).find(|column| column.name() == name))?;
    let sort = sort.into_iter().map(|(column, descending)| PairSort { column, descending }).collect();
    Ok(Box::new(PairsQuestion(PairQuery { sort, limit: spec.limit, ..query })))
}

/// Pairs with both directions in one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationsQuestion(pub ConversationQuery);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConversationsSpec {
    pairs: PairsSpec,
    /// Traffic that was seen at two interfaces counts once.
    once: bool,
}

impl Question for ConversationsQuestion {
    fn kind(&self) -> &'static str {
        "conversations"
    }

    fn query(&self) -> String {
        let sort = sort_names(self.0.sort.iter().map(|key| (key.column.name(), key.descending)));
        let pairs = PairsSpec::of(&self.0.pairs, sort, self.0.limit);
        spec::write(&ConversationsSpec { pairs, once: self.0.repeats == Repeats::LeftOut })
    }

    fn basis(&self, reader: &CaseReader) -> Result<Basis, QueryError> {
        let with_lists = self.0.pairs.only_external;
        Ok(Basis { scopes: vec![self.0.pairs.in_case(reader)?.records()?], with_lists, ..Basis::default() })
    }

    fn sections(&self, reader: &CaseReader, _: Zone, cancel: &Cancel) -> Result<Vec<Section>, AskError> {
        let table = query::conversations(reader, &self.0, cancel)?;
        let totals = pair_totals("conversations", &table.totals);
        let section = Section::of("conversations", &tables::Conversations::new(reader, &table), None, cancel)?;
        Ok(vec![Section { all_rows: table.totals.pairs.unwrap_or(table.len() as u64), totals, ..section }])
    }

    fn table<'a>(&self, reader: &'a CaseReader, cancel: &Cancel) -> Result<Box<dyn Table + 'a>, AskError> {
        Ok(Box::new(tables::Conversations::new(reader, query::conversations(reader, &self.0, cancel)?)))
    }

    fn counted(&self, row: &[Value]) -> Option<Scope> {
        let [one, other, ..] = row else { return None };
        let by = self.0.pairs.by;
        let there = group::pair_clause(by, one, other, None);
        Some(
            self.0.pairs.records().ok()?.and(filter::Filter::any_of([there, group::pair_clause(by, other, one, None)])),
        )
    }

    fn limited(&self, rows: usize) -> Box<dyn Question> {
        Box::new(Self(ConversationQuery { limit: Some(least(self.0.limit, rows)), ..self.0.clone() }))
    }

    fn live(&self) -> Live {
        Live::Conversations(Box::new(self.0.clone()))
    }
}

pub(super) fn read_conversations(text: &str) -> Result<Box<dyn Question>, String> {
    let spec: ConversationsSpec = spec::read(text)?;
    let sort = spec.pairs.sort(|name| ConversationColumn::ALL.into_iter().find(|column| column.name() == name))?;
    Ok(Box::new(ConversationsQuestion(ConversationQuery {
        pairs: spec.pairs.pairs()?,
        repeats: if spec.once { Repeats::LeftOut } else { Repeats::Counted },
        sort: sort.into_iter().map(|(column, descending)| ConversationSort { column, descending }).collect(),
        limit: spec.pairs.limit,
    })))
}

/// The groups with the most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopQuestion(pub TopQuery);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TopSpec {
    records: ScopeSpec,
    by: String,
    measure: String,
    limit: Option<usize>,
}

impl Question for TopQuestion {
    fn kind(&self) -> &'static str {
        "top"
    }

    fn query(&self) -> String {
        spec::write(&TopSpec {
            records: ScopeSpec::of(&self.0.scope),
            by: spec::group_name(self.0.by).to_owned(),
            measure: self.0.measure.name().to_owned(),
            limit: self.0.limit,
        })
    }

    fn basis(&self, _: &CaseReader) -> Result<Basis, QueryError> {
        Ok(Basis { scopes: vec![self.0.scope.clone()], ..Basis::default() })
    }

    fn sections(&self, reader: &CaseReader, _: Zone, cancel: &Cancel) -> Result<Vec<Section>, AskError> {
        let mut section = top_section("top", &self.0, &query::top(reader, &self.0, cancel)?)?;
        section.totals.extend(totals(self.0.scope.dataset, &query::figures(reader, &self.0.scope, cancel)?));
        Ok(vec![section])
    }

    fn table<'a>(&self, reader: &'a CaseReader, cancel: &Cancel) -> Result<Box<dyn Table + 'a>, AskError> {
        let mut rows = tables::top(&self.0, &query::top(reader, &self.0, cancel)?);
        let figures = query::figures(reader, &self.0.scope, cancel)?;
        rows.totals.extend(totals(self.0.scope.dataset, &figures));
        if self.0.measure != Measure::Records {
            rows.left_out = LeftOut { of_sums: figures.left_out, ..LeftOut::default() };
        }
        Ok(Box::new(rows))
    }

    fn result(&self) -> String {
        let top = format!("top {} by {}", self.0.by.names().join(","), self.0.measure.name());
        question::steps([top], self.0.limit)
    }

    fn counted(&self, row: &[Value]) -> Option<Scope> {
        let key = row.get(..self.0.by.names().len())?;
        Some(self.0.scope.and(group::clause(self.0.by, key)))
    }

    fn limited(&self, rows: usize) -> Box<dyn Question> {
        Box::new(Self(TopQuery { limit: Some(least(self.0.limit, rows)), ..self.0.clone() }))
    }

    fn live(&self) -> Live {
        Live::Top(self.0.clone())
    }
}

pub(super) fn read_top(text: &str) -> Result<Box<dyn Question>, String> {
    let spec: TopSpec = spec::read(text)?;
    let scope = spec.records.scope()?;
    let by = spec::group(scope.dataset, &spec.by)?;
    Ok(Box::new(TopQuestion(TopQuery { scope, by, measure: spec::measure(&spec.measure)?, limit: spec.limit })))
}

/// One number over records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureQuestion {
    pub scope: Scope,
    pub figure: Figure,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FigureSpec {
    records: ScopeSpec,
    figure: String,
}

impl Question for FigureQuestion {
    fn kind(&self) -> &'static str {
        "figure"
    }

    fn query(&self) -> String {
        let figure = self.figure.name().to_owned();
        spec::write(&FigureSpec { records: ScopeSpec::of(&self.scope), figure })
    }

    fn basis(&self, _: &CaseReader) -> Result<Basis, QueryError> {
        Ok(Basis { scopes: vec![self.scope.clone()], ..Basis::default() })
    }

    fn sections(&self, reader: &CaseReader, _: Zone, cancel: &Cancel) -> Result<Vec<Section>, AskError> {
        let figures = query::figures(reader, &self.scope, cancel)?;
        let totals = totals(self.scope.dataset, &figures);
        let section = Section::of("figure", &tables::figure(self.figure, &figures), None, cancel)?;
        Ok(vec![Section { totals, ..section }])
    }

    fn table<'a>(&self, reader: &'a CaseReader, cancel: &Cancel) -> Result<Box<dyn Table + 'a>, AskError> {
        let figures = query::figures(reader, &self.scope, cancel)?;
        let rows = tables::figure(self.figure, &figures);
        Ok(Box::new(tables::Rows { totals: totals(self.scope.dataset, &figures), ..rows }))
    }

    fn result(&self) -> String {
        match self.figure {
            Figure::Records => "count".to_owned(),
            Figure::Bytes => "sum bytes".to_owned(),
        }
    }

    fn counted(&self, _: &[Value]) -> Option<Scope> {
        Some(self.scope.clone())
    }

    fn limited(&self, _: usize) -> Box<dyn Question> {
        Box::new(self.clone())
    }

    fn live(&self) -> Live {
        Live::Records(self.scope.records(Vec::new()))
    }
}

pub(super) fn read_figure(text: &str) -> Result<Box<dyn Question>, String> {
    let spec: FigureSpec = spec::read(text)?;
    let figure = [Figure::Records, Figure::Bytes].into_iter().find(|figure| figure.name() == spec.figure);
    let figure = figure.ok_or_else(|| format!("unknown figure {}", spec.figure))?;
    Ok(Box::new(FigureQuestion { scope: spec.records.scope()?, figure }))
}

/// The rows of a top list.
pub(super) fn top_section(name: &str, query: &TopQuery, table: &TopTable) -> Result<Section, AskError> {
    let totals = vec![Total::new("groups", Unit::Count, Value::count(table.groups))];
    let section = Section::of(name, &tables::top(query, table), None, &Cancel::default())?;
    Ok(Section { all_rows: table.groups, totals, ..section })
}
