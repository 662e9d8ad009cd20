//! What flags and ports of records say of who asked whom, by pair.

use super::compile::MOST_IDS;
use super::groups::touched;
use super::sweep::{ColumnSet, Columns, Share, gather};
use super::{Engine, EngineError};
use crate::case::index::flow;
use crate::columns::{Bitmap, NULL, PairColumns, Selection};
use crate::query::conversations::is_well_known;

/// What a disposition says of who asked.
#[derive(Clone, Copy, Default)]
struct Kind {
    signs: u8,
    has_ports: bool,
}

pub(super) const SYN: u8 = 1;
pub(super) const SYN_ACK: u8 = 2;
pub(super) const TO_SERVER: u8 = 4;
pub(super) const FROM_SERVER: u8 = 8;

impl Engine<'_> {
    /// By pair id what the records' flags and ports say.
    pub(super) fn signs(
        &self,
        selection: &Selection,
        column: usize,
        pairs: &PairColumns,
    ) -> Result<Vec<u8>, EngineError> {
        // Refuses ports that are none.
        self.port_part(flow::SRCPORT, None)?;
        let kinds = self.kinds()?;
        let servers = Bitmap::of((0..=u16::MAX).filter(|port| is_well_known(*port)).map(usize::from), 1 << 16);
        let read = [column, flow::DISPOSITION, flow::SRCPORT, flow::DSTPORT];
        let columns = ColumnSet::of(read);
        let needs = |number: usize| touched(selection, number).then_some(columns);
        let segments = &self.records.segments;
        let each = |signs: &mut Vec<u8>, number: usize, columns: &Columns| {
            let (Some(segment), Some(chosen)) = (segments.get(number), selection.parts().get(number)) else {
                return Ok(());
            };
            let mut values: [Vec<i64>; 4] = Default::default();
            chosen.blocks(segment.rows as usize, |rows| {
                gather(columns, &read, rows, &mut values);
                let [ids, dispositions, sources, destinations] = &values;
                let rows = ids.iter().zip(dispositions).zip(sources.iter().zip(destinations));
                for ((id, disposition), (source, destination)) in rows {
                    let kind = usize::try_from(*disposition).ok().and_then(|id| kinds.get(id)).copied();
                    let kind = kind.unwrap_or_default();
                    let mut found = kind.signs;
                    if kind.has_ports && *source != NULL && *destination != NULL {
                        let is_server = |port: i64| servers.get(port as usize);
                        let (from, to) = (is_server(*source), is_server(*destination));
                        found |= if to && !from { TO_SERVER } else { 0 };
                        found |= if from && !to { FROM_SERVER } else { 0 };
                    }
                    if let Some(signs) = signs.get_mut(pairs.id(*id)) {
                        *signs |= found;
                    }
                }
            });
            Ok(())
        };
        let states = vec![vec![0u8; pairs.len().max(1)]; self.threads];
        let states = self.sweep(needs, Share::Split, states, each)?;
        let both = |mut all: Vec<u8>, one: Vec<u8>| {
            all.iter_mut().zip(one).for_each(|(all, one)| *all |= one);
            all
        };
        Ok(states.into_iter().reduce(both).unwrap_or_default())
    }

    /// By disposition.
    fn kinds(&self) -> Result<Vec<Kind>, EngineError> {
        let sql = "SELECT disposition_id, ifnull(tcp_flags & 18, 0), ifnull(protocol IN (6, 17), 0) FROM disposition";
        let mut statement = self.reader.conn.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let mut kinds = Vec::new();
        while let Some(row) = rows.next()? {
            let id = usize::try_from(row.get::<_, i64>(0)?).ok().filter(|id| *id < MOST_IDS);
            let id = id.ok_or(EngineError::Unsupported)?;
            if kinds.len() <= id {
                kinds.resize(id + 1, Kind::default());
            }
            let signs = match row.get::<_, i64>(1)? {
                2 => SYN,
                18 => SYN_ACK,
                _ => 0,
            };
            kinds[id] = Kind { signs, has_ports: row.get(2)? };
        }
        Ok(kinds)
    }
}
