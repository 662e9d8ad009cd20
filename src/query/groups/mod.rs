//! Groups of records with equal values: those with the most of a measure, and what all others come to together. Every
//! number is exact, over all records.

mod sql;
#[cfg(test)]
mod tests;

use super::directed;
use super::group::GroupBy;
use super::scope::{Scope, own_field};
use super::top::{Measure, TopQuery, top};
use super::{Cancel, QueryError, engine, figures};
use crate::case::CaseReader;
use crate::filter::{self, Step, Target};
use crate::model::{Dataset, FieldId, Unit, Value};

/// Values that a group's records have in common, at most.
pub const MOST_KEYS: usize = 3;

/// What is measured of the records of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum GroupMeasure {
    #[default]
    Records,
    Bytes,
    Packets,
    /// How many values this field has in them.
    Distinct(FieldId),
}

impl GroupMeasure {
    /// As it is asked for.
    pub fn name(self) -> String {
        match self {
            GroupMeasure::Records => Measure::Records.name().to_owned(),
            GroupMeasure::Bytes => Measure::Bytes.name().to_owned(),
            GroupMeasure::Packets => Measure::Packets.name().to_owned(),
            GroupMeasure::Distinct(field) => format!("distinct({})", field.name()),
        }
    }

    /// Header of its column.
    pub fn column(self) -> String {
        match self {
            GroupMeasure::Records => "record_count".to_owned(),
            GroupMeasure::Bytes => "total_bytes".to_owned(),
            GroupMeasure::Packets => "total_packets".to_owned(),
            GroupMeasure::Distinct(_) => self.name(),
        }
    }

    pub fn unit(self) -> Unit {
        if self == GroupMeasure::Bytes { Unit::Bytes } else { Unit::Count }
    }

    /// As the measure of a top list.
    pub(super) fn summed(self) -> Option<Measure> {
        match self {
            GroupMeasure::Records => Some(Measure::Records),
            GroupMeasure::Bytes => Some(Measure::Bytes),
            GroupMeasure::Packets => Some(Measure::Packets),
            GroupMeasure::Distinct(_) => None,
        }
    }
}

/// A column that groups are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GroupColumn {
    /// By its place in `GroupsQuery::by`.
    Key(usize),
    Measure,
}

/// An order of groups; absent values come last in both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GroupOrder {
    pub column: GroupColumn,
    pub descending: bool,
}

/// The first groups in an order. Records without a value are a group, too.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GroupsQuery {
    pub scope: Scope,
    /// One to `MOST_KEYS`: fields, `ip`, `port`, paths into the JSON of an event.
    pub by: Vec<Target>,
    pub measure: GroupMeasure,
    /// Before the order that all have: the measure, greatest first, then the keys.
    pub sort: Vec<GroupOrder>,
    pub limit: Option<usize>,
}

impl GroupsQuery {
    /// The values of a field with the most records.
    pub fn of_field(scope: Scope, field: FieldId, limit: usize) -> Self {
        let by = vec![Target::Field(field)];
        Self { scope, by, measure: GroupMeasure::Records, sort: Vec::new(), limit: Some(limit) }
    }

    /// What the values of each key are.
    pub fn units(&self) -> impl Iterator<Item = Unit> + '_ {
        self.by.iter().map(|target| match target {
            Target::Field(field) => Unit::of(*field),
            Target::EitherAddress => Unit::Address,
            Target::EitherPort => Unit::Port,
            _ => Unit::Text,
        })
    }

    /// Can a record be in several groups? Then these do not add up to all records.
    pub fn has_several(&self) -> bool {
        self.by.iter().any(|target| match target {
            Target::EitherAddress | Target::EitherPort => true,
            Target::Path(path) => path.steps().contains(&Step::Each),
            _ => false,
        })
    }

    /// The whole order.
    pub(super) fn order(&self) -> Vec<GroupOrder> {
        let measure = GroupOrder { column: GroupColumn::Measure, descending: true };
        let keys = (0..self.by.len()).map(|at| GroupOrder { column: GroupColumn::Key(at), descending: false });
        let mut order = self.sort.clone();
        for next in std::iter::once(measure).chain(keys) {
            if !order.iter().any(|known| known.column == next.column) {
                order.push(next);
            }
        }
        order
    }

    /// # Errors
    /// It groups by what these records do not have, or by too much; or measures what they do not have.
    fn check(&self) -> Result<(), QueryError> {
        let dataset = self.scope.dataset;
        let wrong = |text: String| Err(QueryError::Filter(text));
        if self.by.is_empty() || self.by.len() > MOST_KEYS {
            return wrong(format!("groups have 1 to {MOST_KEYS} keys"));
        }
        for target in &self.by {
            let fits = match target {
                Target::Field(field) => field.dataset == dataset,
                Target::EitherAddress | Target::EitherPort => dataset == Dataset::Flows,
                Target::Path(_) => dataset == Dataset::Events,
                _ => false,
            };
            if !fits {
                return wrong(format!("these records cannot be grouped by {target}"));
            }
        }
        match self.measure {
            GroupMeasure::Distinct(field) if field.dataset != dataset => {
                wrong(format!("{} is not a field of these records", field.name()))
            }
            _ => self.measure.summed().map_or(Ok(()), |measure| measure.check(dataset)),
        }
    }

    /// The top list with the same groups, where there is one.
    fn as_top_list(&self, reader: &CaseReader, cancel: &Cancel) -> Result<Option<TopQuery>, QueryError> {
        let Some(measure) = self.measure.summed().filter(|_| self.sort.is_empty()) else { return Ok(None) };
        let by = match (self.scope.dataset, self.by.as_slice()) {
            (Dataset::Events, [Target::Field(field)]) => Some(GroupBy::Field(*field)),
            (Dataset::Flows, by) if !directed::is_in(reader)? => match by {
                [Target::Field(one), Target::Field(other)] => match (one.name(), other.name()) {
                    ("srcaddr", "dstaddr") => Some(GroupBy::Pair),
                    ("pkt_srcaddr", "pkt_dstaddr") => Some(GroupBy::PacketPair),
                    _ => None,
                },
                [Target::EitherAddress] => self.by_sides(reader, GroupBy::Talker, cancel)?,
                [Target::EitherPort] => self.by_sides(reader, GroupBy::EitherPort, cancel)?,
                _ => None,
            },
            _ => None,
        };
        Ok(by.map(|by| TopQuery { scope: self.scope.clone(), by, measure, limit: self.limit }))
    }

    /// A list of both sides counts what a side without a value has for the absent one, and the bytes between equal sides
    /// twice. It is the same where no record has such sides.
    fn by_sides(&self, reader: &CaseReader, by: GroupBy, cancel: &Cancel) -> Result<Option<GroupBy>, QueryError> {
        let [one, other] = sides(by == GroupBy::EitherPort).map(FieldId::name);
        let of_equal = format!(" or {one} = {other}");
        let equal = if self.measure == GroupMeasure::Records { "" } else { &*of_equal };
        let text = format!("{one} is null and {other} exists or {one} exists and {other} is null{equal}");
        let filter = filter::parse(&text, Dataset::Flows).map_err(|error| QueryError::Filter(error.to_string()))?;
        Ok((figures::count(reader, &self.scope.and(filter), cancel)? == 0).then_some(by))
    }
}

/// The fields of the two sides of a flow record.
fn sides(of_ports: bool) -> [FieldId; 2] {
    let names = if of_ports { ["srcport", "dstport"] } else { ["srcaddr", "dstaddr"] };
    names.map(|name| own_field(Dataset::Flows, name))
}

/// A group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRow {
    /// A value for each of `GroupsQuery::by`; `Value::Null` where the records have none.
    pub key: Vec<Value>,
    /// `None` where no record has anything to measure.
    pub value: Option<u128>,
}

/// The groups that are in no row, together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherGroups {
    pub groups: u64,
    /// Of a distinct count: over all of these groups, so that it is not a sum.
    pub value: Option<u128>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupsTable {
    pub rows: Vec<GroupRow>,
    /// How many groups there are, those beyond the limit too.
    pub groups: u64,
    /// `None` where the rows are all groups, and where a record can be in several.
    pub other: Option<OtherGroups>,
    /// Of all records, of which a group's value is a share; `None` where there is nothing to measure, and where a record can
    /// be in several groups.
    pub all: Option<u128>,
}

/// The first groups, and what all records come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ranked {
    pub rows: Vec<GroupRow>,
    pub groups: u64,
    pub all: Option<u128>,
}

/// The groups of a query. Takes time in proportion to the records; never on the frame thread.
///
/// # Errors
/// The query contradicts itself; the case cannot be read; it was stopped.
pub fn groups(reader: &CaseReader, query: &GroupsQuery, cancel: &Cancel) -> Result<GroupsTable, QueryError> {
    query.check()?;
    let Ranked { rows, groups, all } = ranked(reader, query, cancel)?;
    let mut table = GroupsTable { rows, groups, other: None, all };
    if query.has_several() {
        table.all = None;
        return Ok(table);
    }
    let groups = table.groups.saturating_sub(table.rows.len() as u64);
    if groups > 0 {
        table.other = Some(OtherGroups { groups, value: others(reader, query, &table, cancel)? });
    }
    Ok(table)
}

fn ranked(reader: &CaseReader, query: &GroupsQuery, cancel: &Cancel) -> Result<Ranked, QueryError> {
    if let Some(ranked) = engine::attempt(reader, query.scope.dataset, cancel, |engine| engine.ranked(query))? {
        return Ok(ranked);
    }
    let Some(list) = query.as_top_list(reader, cancel)? else { return sql::ranked(reader, query, cancel) };
    let table = top(reader, &list, cancel)?;
    let value = |figures: &figures::Figures| match list.measure {
        Measure::Bytes => figures.bytes,
        Measure::Packets => figures.packets,
        Measure::Records => Some(figures.records.into()),
    };
    let all = match list.measure {
        Measure::Records => Some(figures::count(reader, &query.scope, cancel)?.into()),
        Measure::Bytes | Measure::Packets => value(&figures::figures(reader, &query.scope, cancel)?),
    };
    let rows = table.rows.into_iter().map(|row| GroupRow { value: value(&row.figures), key: row.key }).collect();
    Ok(Ranked { rows, groups: table.groups, all })
}

/// What the groups that are in no row come to together.
fn others(
    reader: &CaseReader,
    query: &GroupsQuery,
    table: &GroupsTable,
    cancel: &Cancel,
) -> Result<Option<u128>, QueryError> {
    if query.measure.summed().is_some() {
        let shown = table.rows.iter().filter_map(|row| row.value).fold(0, u128::saturating_add);
        let rest = table.all.unwrap_or(0).saturating_sub(shown);
        // Nothing to measure is not the same as a sum of 0.
        if rest > 0 {
            return Ok(Some(rest));
        }
    }
    sql::others(reader, query, cancel)
}
