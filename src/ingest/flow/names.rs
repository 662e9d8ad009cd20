//! What a header's names that are no fields of a flow log are likely to be.

use crate::ingest::Emitter;
use crate::model::field::{self, Dataset};
use crate::model::text::nearest;
use crate::model::{FieldId, Reason};

/// Columns by which tables are partitioned, and indexes that programs put first: no surprise among a log's fields.
const USUAL: [&str; 18] = [
    "date_partition",
    "region_partition",
    "account_partition",
    "partition_date",
    "year",
    "month",
    "day",
    "hour",
    "dt",
    "date",
    "aws_account_id",
    "aws_region",
    "aws_service",
    "column_1",
    "log_stream",
    "log",
    "ingestion_time",
    "entity",
];

/// A shorter name is near too many others.
const SHORTEST_SLIP: usize = 5;

/// A column whose name is nearly that of a field that the header lacks: the name, and the field's.
pub(super) fn slips<'a>(others: &[&'a str], fields: &[FieldId]) -> Vec<(&'a str, &'static str)> {
    let is_open = |name: &str| fields.iter().all(|field| field.name != name);
    let lacking = || field::of(Dataset::Flows).map(FieldId::name).filter(|name| is_open(name));
    let unusual = others.iter().copied().filter(|name| name.len() >= SHORTEST_SLIP && !USUAL.contains(name));
    unusual.filter_map(|name| nearest(name, lacking()).map(|near| (name, near))).collect()
}

/// Tells of names that are nearly those of fields.
pub fn tell_slips(others: &[&str], fields: &[FieldId], out: &mut Emitter) {
    let slips = slips(others, fields);
    if slips.is_empty() {
        return;
    }
    let each: Vec<String> =
        slips.iter().map(|(name, near)| format!("{name} (kept as extra.{name}; is it {near}?)")).collect();
    out.remark_once("slips", Reason::UnknownColumn, || {
        format!(
            "the header has columns that are no fields of a flow log: {}. Where it is a slip, correct the header of a copy \
             and import that",
            each.join(", ")
        )
    });
}

/// Tells of names that are kept as further values: of a table, whose columns anybody may have chosen.
pub(super) fn tell_others(others: &[&str], fields: &[FieldId], out: &mut Emitter) {
    tell_slips(others, fields, out);
    let slips = slips(others, fields);
    let is_plain = |name: &&&str| !USUAL.contains(*name) && slips.iter().all(|(slip, _)| slip != *name);
    let rest: Vec<String> = others.iter().filter(is_plain).map(|name| format!("extra.{name}")).collect();
    if !rest.is_empty() {
        out.remark_once("other-columns", Reason::ReadAs, || {
            format!("columns that are no fields of a flow log are kept as further values: {}", rest.join(", "))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_told_from_a_column_of_its_own() {
        let fields: Vec<FieldId> =
            ["dstaddr", "dstport", "start"].iter().filter_map(|name| field::by_name(Dataset::Flows, name)).collect();
        let found = slips(&["srcadr", "note", "date_partition", "interace_id", "dstadr", "log_stream"], &fields);
        assert_eq!(found, [("srcadr", "srcaddr"), ("interace_id", "interface_id")]);
        assert_eq!(slips(&["time", "state"], &fields), []);
    }
}
