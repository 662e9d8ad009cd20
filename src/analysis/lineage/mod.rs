//! Who really acted: from each event back over the calls that issued its credentials; the sessions and the principals of
//! all events.
//!
//! `events` knows all events of a case in little memory: what repeats is a number. `identity` reads whom an event names,
//! `walk` goes back step by step by the rules of `step`, `notes` has what else there is to say. Nothing of this is kept for
//! each event: a lineage is found where it is shown. `sessions` and `identities` group the events; `load` reads the
//! case, and the other files make tables.

mod actors;
mod chains;
mod counted;
mod events;
mod identities;
mod identity;
mod ids;
mod load;
mod notes;
mod principals_table;
mod sessions;
mod sessions_table;
mod step;
mod tally;
#[cfg(test)]
mod tests;
mod texts;
mod walk;

pub(in crate::analysis) use actors::actors;
pub use chains::LINEAGE;
pub use principals_table::IDENTITIES;
pub use sessions_table::SESSIONS;

use crate::model::{Timestamp, Value};

fn text(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { Value::Text(text.to_owned()) }
}

fn owned(text: String) -> Value {
    if text.is_empty() { Value::Null } else { Value::Text(text) }
}

fn time(secs: Option<i64>) -> Value {
    Value::time(secs.map(Timestamp::from_secs))
}
