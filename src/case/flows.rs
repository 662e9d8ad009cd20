//! Flow records as rows of table flow.

use super::dictionary::BatchIds;
use super::feed;
use crate::model::batch::{ABSENT, NO_PORT, NO_VALUE};
use crate::model::{EvidenceId, FlowRow, RecordId};

/// In the order of `columns`.
pub const COLUMNS: [&str; 12] = [
    "id",
    "pair_id",
    "packet_pair_id",
    "interface_id",
    "disposition_id",
    "srcport",
    "dstport",
    "packets",
    "bytes",
    "start",
    "duration",
    "extra_id",
];

/// The rows of a batch in the columns of table flow, with the case's own numbers.
pub(super) fn columns(evidence: EvidenceId, rows: &[FlowRow], ids: &BatchIds) -> Vec<Vec<i64>> {
    fn column(rows: &[FlowRow], value: impl Fn(&FlowRow) -> i64) -> Vec<i64> {
        rows.iter().map(value).collect()
    }
    let id = |index: u32, ids: &[u32]| {
        if index == ABSENT { feed::NULL } else { ids.get(index as usize).map_or(feed::NULL, |&id| i64::from(id)) }
    };
    let number = |value: i64| if value == NO_VALUE { feed::NULL } else { value };
    let port = |value: i32| if value == NO_PORT { feed::NULL } else { i64::from(value) };
    let has_both = |row: &FlowRow| row.start != NO_VALUE && row.end != NO_VALUE;
    vec![
        column(rows, |row| RecordId::new(evidence, row.position).0),
        column(rows, |row| id(row.pair, &ids.pairs)),
        column(rows, |row| id(row.packet_pair, &ids.pairs)),
        column(rows, |row| id(row.interface, &ids.interfaces)),
        column(rows, |row| id(row.disposition, &ids.dispositions)),
        column(rows, |row| port(row.srcport)),
        column(rows, |row| port(row.dstport)),
        column(rows, |row| number(row.packets)),
        column(rows, |row| number(row.bytes)),
        column(rows, |row| number(row.start)),
        column(rows, |row| if has_both(row) { row.end.saturating_sub(row.start) } else { feed::NULL }),
        column(rows, |row| id(row.extra, &ids.extras)),
    ]
}
