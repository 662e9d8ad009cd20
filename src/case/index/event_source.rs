//! What the column index reads of event rows: the one place that knows where the tables keep it.

use super::event;

/// The numbers of an event row in the order of its columns in the index, as SQL of table `event_row`.
pub(super) fn select_list() -> String {
    let references = event::REFERENCES.join(", ");
    format!("id, nullif(event_key, id), time_millis, event_time IS NOT NULL, {references}")
}
