//! Occurrences of events: each event counts once, by the one that tells most, and five-minute summaries are no events.

use super::plan::Node;
use super::{Engine, EngineError};
use crate::case::index::event;
use crate::columns::{Bitmap, Chosen, Ranges, Selection};
use crate::query::filter_sql::SqlCondition;
use std::sync::Arc;

impl Engine<'_> {
    /// As `case::schema::EVENT_ONCE`.
    pub(super) fn events_once(&self) -> Result<Node, EngineError> {
        let aggregated = "SELECT call_id FROM call WHERE event_category = 'Aggregated'";
        let aggregated = self.ids(&SqlCondition { text: aggregated.to_owned(), params: Vec::new() })?;
        let standing = Node::Rows(self.standing()?);
        Ok(Node::and(vec![standing, Node::Not(Box::new(self.member(event::CALL, aggregated)))]))
    }

    /// Those that stand for their event if 0 is in the set, the others if 1 is.
    pub(super) fn repeats(&self, wanted: &Bitmap) -> Result<Node, EngineError> {
        let standing = Node::Rows(self.standing()?);
        Ok(match (wanted.get(0), wanted.get(1)) {
            (true, true) => Node::Always(true),
            (true, false) => standing,
            (false, true) => Node::Not(Box::new(standing)),
            (false, false) => Node::Always(false),
        })
    }

    /// Occurrences of the events whose first one is selected.
    pub(super) fn of_events(&self, select: &SqlCondition) -> Result<Node, EngineError> {
        let (mut firsts, mut keys) = (Vec::new(), Vec::new());
        self.select(select, |key| {
            firsts.extend(self.records.ids.row_of(key).map(|row| row..row + 1));
            keys.push((key, key));
        })?;
        let firsts = Node::and(vec![self.places(firsts.into_iter()), Node::absent(event::KEY)]);
        Ok(Node::or(vec![firsts, Node::In(event::KEY, Ranges::of(keys))]))
    }

    /// Of each event the occurrence that stands for it: the first, or the one that was chosen in its place. Choices are made
    /// when rows are added, and only then.
    fn standing(&self) -> Result<Arc<Selection>, EngineError> {
        let rows = self.records.rows();
        // Rows that the index takes up later lie in other segments then.
        let segments: Vec<u32> = self.records.segments.iter().map(|segment| segment.rows).collect();
        let name = format!("occurrences that stand for events in {segments:?}");
        self.reader.cache.derived(&name, rows.into(), || {
            let first = self.choose(&Node::absent(event::KEY))?;
            let sql = "SELECT c.event_key, c.best_id, e.event_key IS c.event_key FROM event_choice c
                       LEFT JOIN event_row e ON e.id = c.best_id WHERE c.best_id <> c.event_key";
            let mut statement = self.reader.conn.prepare(sql)?;
            let mut choices = statement.query([])?;
            let (mut gone, mut come) = (Vec::new(), Vec::new());
            while let Some(choice) = choices.next()? {
                gone.extend(self.records.ids.row_of(choice.get(0)?));
                if choice.get(2)? {
                    come.extend(self.records.ids.row_of(choice.get(1)?));
                }
            }
            let at = |rows: Vec<u32>| self.at(rows.into_iter().map(|row| row..row + 1));
            let (gone, come) = (at(gone), at(come));
            let parts = first.parts().iter().zip(gone.parts()).zip(come.parts());
            let standing = parts
                .map(|((first, gone), come)| Chosen::or(first.clone().and(Chosen::invert(gone.clone())), come.clone()));
            Ok((Selection::new(standing.zip(segments.iter().copied())), rows as usize / 8))
        })
    }
}
