//! Test support: runs a parser and lays its records out as plain text maps.

use crate::ingest::{Emitter, Output, Parser, StreamEnd};
use crate::model::batch::{ABSENT, NO_PORT, NO_VALUE};
use crate::model::{FlowBatch, FlowRow, ImportWarning, Scope, Tuple};
use std::collections::BTreeMap;

/// Field name to text; `position`, `offset`, `len` and `extra` as well.
pub(super) type Row = BTreeMap<String, String>;

#[derive(Debug, Default, PartialEq)]
pub(super) struct Found {
    pub rows: Vec<Row>,
    pub warnings: Vec<ImportWarning>,
}

impl Found {
    pub(super) fn elements(&self) -> usize {
        self.rows.len() + self.warnings.iter().filter(|w| w.scope == Scope::Element).count()
    }

    /// The rows without their place in the evidence.
    pub(super) fn values(&self) -> Vec<Row> {
        let strip = |row: &Row| {
            let mut row = row.clone();
            row.retain(|key, _| !matches!(key.as_str(), "offset" | "len" | "position"));
            row
        };
        self.rows.iter().map(strip).collect()
    }
}

pub(super) fn collect(out: &mut Emitter) -> Found {
    let mut found = Found::default();
    for output in out.take_all() {
        match output {
            Output::Flows(batch) => found.rows.extend(batch.rows.iter().map(|row| lay_out(row, &batch))),
            Output::Warnings(warnings) => found.warnings.extend(warnings),
            other => panic!("{other:?}"),
        }
    }
    found
}

pub(super) fn run(parser: &mut dyn Parser, pieces: &[&[u8]], end: &StreamEnd) -> Found {
    let mut out = Emitter::default();
    for piece in pieces {
        parser.push(piece, &mut out);
    }
    parser.finish(end, &mut out);
    while parser.rest(&mut out) {}
    collect(&mut out)
}

fn lay_out(row: &FlowRow, batch: &FlowBatch) -> Row {
    let mut map = Row::new();
    let mut put = |name: &str, value: String| assert_eq!(map.insert(name.to_owned(), value), None, "{name}");
    put("position", row.position.to_string());
    put("offset", row.offset.to_string());
    put("len", row.len.to_string());
    for (index, names) in [(row.pair, ["srcaddr", "dstaddr"]), (row.packet_pair, ["pkt_srcaddr", "pkt_dstaddr"])] {
        if index != ABSENT {
            let (source, destination) = batch.pairs[index as usize];
            for (side, name) in [source, destination].into_iter().zip(names) {
                if side != ABSENT {
                    put(name, batch.addresses[side as usize].to_string());
                }
            }
        }
    }
    let mut put_tuple = |tuple: &Tuple| {
        assert!(tuple.0.is_sorted_by_key(|(field, _)| *field));
        tuple.0.iter().for_each(|(field, value)| put(field.name(), value.to_string()));
    };
    if row.interface != ABSENT {
        put_tuple(&batch.interfaces[row.interface as usize]);
    }
    if row.disposition != ABSENT {
        put_tuple(&batch.dispositions[row.disposition as usize]);
    }
    if row.extra != ABSENT {
        put("extra", batch.extras[row.extra as usize].to_string());
    }
    for (name, port) in [("srcport", row.srcport), ("dstport", row.dstport)] {
        if port != NO_PORT {
            put(name, port.to_string());
        }
    }
    for (name, value) in [("packets", row.packets), ("bytes", row.bytes), ("start", row.start), ("end", row.end)] {
        if value != NO_VALUE {
            put(name, value.to_string());
        }
    }
    map
}
