//! Groups of records with equal values of up to three fields: `coldtrail top`.

use super::error::AskError;
use super::question::{self, Basis, Live, Question, least};
use super::section::Section;
use super::spec::{self, ScopeSpec};
use crate::case::CaseReader;
use crate::filter::{Filter, Target, clause, target_named};
use crate::model::{Dataset, Value};
use crate::present::filter_help::mistake;
use crate::present::text::Texts;
use crate::present::zone::Zone;
use crate::query::tables::{self, LeftOut, Table};
use crate::query::{
    self, Cancel, GroupColumn, GroupMeasure, GroupOrder, GroupsQuery, GroupsTable, MOST_KEYS, QueryError, Scope,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupsQuestion(pub GroupsQuery);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupsSpec {
    records: ScopeSpec,
    by: Vec<String>,
    measure: String,
    sort: Vec<String>,
    limit: Option<usize>,
}

impl GroupsQuestion {
    /// As it is asked for: `by` and `sort` are names separated by commas, `-NAME` for descending.
    ///
    /// # Errors
    /// What cannot be read, and why.
    pub fn written(scope: Scope, by: &str, measure: &str, sort: &str, limit: Option<usize>) -> Result<Self, String> {
        let names = |text: &str| {
            let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
            names.map(str::to_owned).collect::<Vec<String>>()
        };
        Self::of(scope, &names(by), measure, &names(sort), limit)
    }

    fn of(scope: Scope, by: &[String], measure: &str, sort: &[String], limit: Option<usize>) -> Result<Self, String> {
        let dataset = scope.dataset;
        if by.is_empty() || by.len() > MOST_KEYS {
            return Err(format!("name 1 to {MOST_KEYS} fields to group by"));
        }
        let by = by.iter().map(|name| key(dataset, name)).collect::<Result<Vec<Target>, String>>()?;
        let measure = measure_named(dataset, measure)?;
        let mut query = GroupsQuery { scope, by, measure, sort: Vec::new(), limit };
        query.sort = sort.iter().map(|name| order(&query, name)).collect::<Result<_, String>>()?;
        Ok(Self(query))
    }

    fn rows(&self, reader: &CaseReader, cancel: &Cancel) -> Result<(GroupsTable, tables::Rows), QueryError> {
        let table = query::groups(reader, &self.0, cancel)?;
        let mut rows = tables::equal_groups(&self.0, &table);
        if matches!(self.0.measure, GroupMeasure::Bytes | GroupMeasure::Packets) {
            let of_sums = query::figures(reader, &self.0.scope, cancel)?.left_out;
            rows.left_out = LeftOut { of_sums, ..LeftOut::default() };
        }
        Ok((table, rows))
    }
}

/// What a name groups by.
fn key(dataset: Dataset, name: &str) -> Result<Target, String> {
    let target = target_named(dataset, name).map_err(|error| mistake(&Texts::english(), &error, name))?;
    match target {
        Target::Field(_) | Target::EitherAddress | Target::EitherPort | Target::Path(_) => Ok(target),
        _ => Err(format!("records cannot be grouped by {name}")),
    }
}

fn measure_named(dataset: Dataset, text: &str) -> Result<GroupMeasure, String> {
    let known = [GroupMeasure::Records, GroupMeasure::Bytes, GroupMeasure::Packets];
    if let Some(measure) = known.into_iter().find(|known| known.name() == text) {
        let fits = dataset == Dataset::Flows || measure == GroupMeasure::Records;
        return if fits { Ok(measure) } else { Err(format!("events have no {text}")) };
    }
    let inside = text.strip_prefix("distinct(").and_then(|rest| rest.strip_suffix(')'));
    match inside.map(|name| key(dataset, name.trim())).transpose()? {
        Some(Target::Field(field)) => Ok(GroupMeasure::Distinct(field)),
        Some(other) => Err(format!("the values of {other} cannot be counted")),
        None => Err(format!("unknown measure {text}; use records, bytes, packets or distinct(FIELD)")),
    }
}

fn order(query: &GroupsQuery, text: &str) -> Result<GroupOrder, String> {
    let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    if name == query.measure.name() || name == query.measure.column() {
        return Ok(GroupOrder { column: GroupColumn::Measure, descending });
    }
    let target = target_named(query.scope.dataset, name).ok();
    let at = target.and_then(|target| query.by.iter().position(|key| *key == target));
    let column = at.map(GroupColumn::Key).ok_or_else(|| format!("there is no column {name} to sort by"))?;
    Ok(GroupOrder { column, descending })
}

fn order_names(query: &GroupsQuery) -> Vec<String> {
    super::groups::sort_names(query.sort.iter().map(|order| {
        let name = match order.column {
            GroupColumn::Key(at) => query.by.get(at).map(Target::to_string).unwrap_or_default(),
            GroupColumn::Measure => query.measure.name(),
        };
        (name, order.descending)
    }))
}

fn key_names(query: &GroupsQuery) -> Vec<String> {
    query.by.iter().map(Target::to_string).collect()
}

impl Question for GroupsQuestion {
    fn kind(&self) -> &'static str {
        "groups"
    }

    fn query(&self) -> String {
        spec::write(&GroupsSpec {
            records: ScopeSpec::of(&self.0.scope),
            by: key_names(&self.0),
            measure: self.0.measure.name(),
            sort: order_names(&self.0),
            limit: self.0.limit,
        })
    }

    fn basis(&self, _: &CaseReader) -> Result<Basis, QueryError> {
        Ok(Basis { scopes: vec![self.0.scope.clone()], ..Basis::default() })
    }

    fn sections(&self, reader: &CaseReader, _: Zone, cancel: &Cancel) -> Result<Vec<Section>, AskError> {
        let (table, rows) = self.rows(reader, cancel)?;
        let section = Section::of("groups", &rows, None, cancel)?;
        // The row of the others stands for all that are not shown.
        let all_rows = table.groups + u64::from(table.other.is_some());
        Ok(vec![Section { all_rows, totals: rows.totals, ..section }])
    }

    fn table<'a>(&self, reader: &'a CaseReader, cancel: &Cancel) -> Result<Box<dyn Table + 'a>, AskError> {
        Ok(Box::new(self.rows(reader, cancel)?.1))
    }

    fn result(&self) -> String {
        let top = format!("top {} by {}", key_names(&self.0).join(","), self.0.measure.name());
        question::steps(std::iter::once(top).chain(question::sort_step(&order_names(&self.0))), self.0.limit)
    }

    fn counted(&self, row: &[Value]) -> Option<Scope> {
        let key = row.get(..self.0.by.len())?;
        // The row of all other groups has a number in its last column.
        if !self.0.has_several() && row.last().is_some_and(|groups| *groups != Value::Null) {
            return None;
        }
        let is = |(target, value): (&Target, &Value)| clause::target_clause(value, target.clone(), false);
        Some(self.0.scope.and(Filter::all_of(self.0.by.iter().zip(key).map(is))))
    }

    fn limited(&self, rows: usize) -> Box<dyn Question> {
        Box::new(Self(GroupsQuery { limit: Some(least(self.0.limit, rows)), ..self.0.clone() }))
    }

    fn live(&self) -> Live {
        Live::Groups(self.0.clone())
    }
}

pub(super) fn read(text: &str) -> Result<Box<dyn Question>, String> {
    let GroupsSpec { records, by, measure, sort, limit } = spec::read(text)?;
    Ok(Box::new(GroupsQuestion::of(records.scope()?, &by, &measure, &sort, limit)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(dataset: Dataset, by: &str, measure: &str, sort: &str) -> Result<GroupsQuestion, String> {
        GroupsQuestion::written(Scope::all(dataset), by, measure, sort, Some(50))
    }

    #[test]
    fn a_question_reads_back_as_it_was_written() {
        for (dataset, by, measure, sort, result) in [
            (Dataset::Flows, "action", "records", "", "top action by records | limit 50"),
            (
                Dataset::Flows,
                "dstAddr, dstport",
                "distinct(srcaddr)",
                "",
                "top dstaddr,dstport by distinct(srcaddr) | limit 50",
            ),
            (
                Dataset::Flows,
                "ip,port,action",
                "bytes",
                "-action,bytes",
                "top ip,port,action by bytes | sort -action,bytes | limit 50",
            ),
            (
                Dataset::Events,
                "eventName",
                "records",
                "event_name",
                "top event_name by records | sort event_name | limit 50",
            ),
            (
                Dataset::Events,
                "resources[*].type",
                "distinct(event_name)",
                "",
                "top resources[*].type by distinct(event_name) | limit 50",
            ),
        ] {
            let question = asked(dataset, by, measure, sort).unwrap();
            assert_eq!(question.result(), result);
            let again = read(&question.query()).unwrap();
            assert_eq!((again.query(), again.kind()), (question.query(), "groups"));
        }
    }

    #[test]
    fn what_cannot_be_asked_is_said() {
        for (dataset, by, measure, sort, expected) in [
            (Dataset::Flows, "", "records", "", "name 1 to 3 fields to group by"),
            (Dataset::Flows, "action,srcaddr,dstaddr,bytes", "records", "", "name 1 to 3 fields to group by"),
            (Dataset::Flows, "tag", "records", "", "records cannot be grouped by tag"),
            (Dataset::Events, "event_name", "bytes", "", "events have no bytes"),
            (
                Dataset::Flows,
                "action",
                "sum",
                "",
                "unknown measure sum; use records, bytes, packets or distinct(FIELD)",
            ),
            (Dataset::Flows, "action", "distinct(ip)", "", "the values of ip cannot be counted"),
            (Dataset::Flows, "action", "records", "bytes", "there is no column bytes to sort by"),
        ] {
            assert_eq!(asked(dataset, by, measure, sort).unwrap_err(), expected);
        }
        assert!(asked(Dataset::Flows, "srcadr", "records", "").unwrap_err().contains("srcaddr"), "a proposal");
    }

    #[test]
    fn a_row_leads_to_its_records_and_the_row_of_the_others_to_none() {
        let question = asked(Dataset::Flows, "action,dstport", "records", "").unwrap();
        let row =
            |last: Value| vec![Value::Null, Value::Integer(22), Value::Integer(3), Value::Number("0.5".into()), last];
        let filter = question.counted(&row(Value::Null)).unwrap().filter.unwrap();
        assert_eq!(filter.to_string(), "action is null and dstport = 22");
        assert_eq!(question.counted(&row(Value::Integer(2))), None);
        let several = asked(Dataset::Flows, "ip", "records", "").unwrap();
        let row = [Value::Text("10.0.0.1".into()), Value::Integer(3)];
        assert_eq!(several.counted(&row).unwrap().filter.unwrap().to_string(), "ip = 10.0.0.1");
    }
}
