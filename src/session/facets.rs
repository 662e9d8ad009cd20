//! The facets beside a table of records: the values of chosen fields with the most records, over all that the filter and the
//! time range leave.

use super::slots::{Lane, Slot};
use crate::app::Failure;
use crate::model::{Dataset, FieldId, Kind, field};
use crate::query::{self, GroupsQuery, GroupsTable, Scope};

/// Values of each field.
const VALUES: usize = 10;

/// The revision of the case, and what was asked.
type Asked = (u64, GroupsQuery);

pub struct Facets {
    dataset: Dataset,
    /// In the order in which they are shown.
    fields: Vec<(FieldId, Slot<Asked, GroupsTable>)>,
    /// They were on screen since the last look at what came in.
    is_wanted: bool,
}

/// The values of a field.
pub struct Facet<'a> {
    pub field: FieldId,
    /// Of the last answer; `None` until there is one.
    pub table: Option<&'a GroupsTable>,
    /// Another answer is on its way.
    pub is_stale: bool,
    pub fault: Option<&'a Failure>,
}

impl Facets {
    /// Those that were chosen earlier; the usual ones where nothing was.
    pub fn new(dataset: Dataset, chosen: Option<&[String]>) -> Self {
        let fields = match chosen {
            Some(names) => names.iter().filter_map(|name| field::by_name(dataset, name)).collect(),
            None => usual_fields(dataset),
        };
        let mut facets = Self { dataset, fields: Vec::new(), is_wanted: false };
        facets.choose(&fields);
        facets
    }

    /// Fields that can be facets: those that can be filtered by their values.
    pub fn all(&self) -> impl Iterator<Item = FieldId> {
        field::of(self.dataset).filter(|field| !matches!(field.kind, Kind::Json | Kind::List))
    }

    pub fn has(&self, field: FieldId) -> bool {
        self.fields.iter().any(|(known, _)| *known == field)
    }

    /// The fields that are shown, with this one as the last of them, or without it.
    pub fn with(&self, field: FieldId, shown: bool) -> Vec<FieldId> {
        let others = self.fields.iter().map(|(known, _)| *known).filter(|known| *known != field);
        others.chain(shown.then_some(field)).collect()
    }

    /// Shows these; what is known of them stays.
    pub fn choose(&mut self, fields: &[FieldId]) {
        let mut known = std::mem::take(&mut self.fields);
        for field in fields {
            let place = known.iter().position(|(of, _)| of == field);
            let slot = place.map(|at| known.swap_remove(at).1).unwrap_or_default();
            if !self.has(*field) {
                self.fields.push((*field, slot));
            }
        }
    }

    /// By which they are remembered.
    pub fn names(&self) -> Vec<String> {
        self.fields.iter().map(|(field, _)| field.name().to_owned()).collect()
    }

    pub fn usual(&self) -> Vec<FieldId> {
        usual_fields(self.dataset)
    }

    pub fn shown(&self) -> impl Iterator<Item = Facet<'_>> {
        self.fields.iter().map(|(field, slot)| Facet {
            field: *field,
            table: slot.shown(),
            is_stale: slot.is_busy(),
            fault: slot.fault(),
        })
    }

    pub(crate) fn ask(&mut self, lane: &Lane, revision: u64, scope: &Scope) {
        self.is_wanted = true;
        for (field, slot) in &mut self.fields {
            let query = GroupsQuery::of_field(scope.clone(), *field, VALUES);
            slot.ask(lane, (revision, query), |source, (_, query), cancel| match source.case() {
                Ok(reader) => Ok(query::groups(reader, query, cancel)?),
                // A table in memory has no groups.
                Err(_) => Ok(GroupsTable::default()),
            });
        }
    }

    /// Takes the answers that have come in, once a frame. What nobody has asked for since is stopped: the table may be on
    /// screen without its facets.
    pub(crate) fn poll(&mut self) -> impl Iterator<Item = Failure> {
        if !std::mem::take(&mut self.is_wanted) {
            self.stop();
        }
        self.fields.iter_mut().filter_map(|(_, slot)| slot.poll().and_then(Result::err))
    }

    /// Nobody looks at them any more.
    pub(crate) fn stop(&mut self) {
        self.fields.iter_mut().for_each(|(_, slot)| slot.stop());
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.fields.iter().any(|(_, slot)| slot.is_busy())
    }
}

fn usual_fields(dataset: Dataset) -> Vec<FieldId> {
    let names: &[&str] = match dataset {
        Dataset::Flows => &["action", "srcaddr", "dstaddr", "dstport", "protocol", "interface_id"],
        Dataset::Events => {
            &["event_name", "user_identity_arn", "source_ip_address", "error_code", "event_source", "aws_region"]
        }
    };
    names.iter().filter_map(|name| field::by_name(dataset, name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::source::Cancel;
    use crate::session::testing::MemoryBackend;
    use std::sync::Arc;
    use std::sync::mpsc::sync_channel;

    #[test]
    fn what_is_no_longer_on_screen_is_stopped_with_what_found_the_lane_full() {
        let lane = Lane::start("test", Arc::new(MemoryBackend::default()), "case".into(), Arc::new(|| ())).unwrap();
        let (hold, held) = sync_channel::<()>(0);
        let first = lane.run(Cancel::default(), move |_, _| Ok(held.recv().is_err())).unwrap();
        let mut facets = Facets::new(Dataset::Flows, None);
        // More questions than wait in a lane.
        facets.ask(&lane, 1, &Scope::all(Dataset::Flows));
        assert_eq!(facets.poll().count(), 0);
        assert!(facets.is_busy(), "they were on screen when they were looked at");
        assert_eq!(facets.poll().count(), 0);
        assert!(!facets.is_busy());
        drop(hold);
        assert!(first.recv().unwrap().unwrap());
    }

    #[test]
    fn fields_are_chosen_and_come_back() {
        for dataset in [Dataset::Flows, Dataset::Events] {
            let mut facets = Facets::new(dataset, None);
            assert_eq!(facets.names().len(), 6);
            let first = facets.shown().next().map(|facet| facet.field).unwrap();
            let without = facets.with(first, false);
            facets.choose(&without);
            assert!(!facets.has(first) && facets.names().len() == 5);
            let again = facets.with(first, true);
            facets.choose(&again);
            assert_eq!(facets.names().last().map(String::as_str), Some(first.name()), "behind the others");
            let names = facets.names();
            assert_eq!(Facets::new(dataset, Some(&names)).names(), names);
            assert!(facets.all().all(|field| !matches!(field.kind, Kind::Json | Kind::List)));
        }
        let odd = ["action".to_owned(), "no_such_field".to_owned(), "action".to_owned()];
        assert_eq!(Facets::new(Dataset::Flows, Some(&odd)).names(), ["action"]);
        assert!(Facets::new(Dataset::Flows, Some(&[])).names().is_empty(), "none were chosen");
    }
}
