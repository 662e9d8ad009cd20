//! Indicators and labels of a case: the lists, what they meet among the case's distinct values, and in which records.

mod entries;
mod events;
pub(super) mod functions;
mod known;
mod lookup;
mod met;
mod own;
mod stored;
mod wanted;

pub use entries::{IndicatorEntries, IndicatorEntriesQuery, indicator_entries_of, indicator_entry_rows};
pub use events::{EventHit, Where};
pub use lookup::{Counts, Mark, MarkKind, address_marks, marks};
pub use own::{InternalSpace, internal_space};
pub use stored::{
    EntryColumn, IndicatorRow, honours_validity, indicator_entries, indicator_entry, indicator_entry_count,
    indicator_entry_order, indicator_issues, indicator_list, indicator_list_names, indicator_list_of, indicator_lists,
    indicator_revision, labels, not_looked_for,
};

pub(super) use events::{EventsMet, events_met, hit_told};
pub(super) use known::known;
pub use known::well_known;
pub(super) use met::{FlowLook, Met, met};
pub(super) use wanted::Wanted;
