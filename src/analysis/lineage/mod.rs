//! Tables of who really acted: lineages, sessions and principals, as `query::lineage` finds them.

mod actors;
mod chains;
mod conflicts;
mod counted;
mod follow;
mod principals_table;
mod sessions_table;

pub(in crate::analysis) use actors::actors;
pub use chains::{ChainNote, ChainStep, EventChain, LINEAGE, event_chain};
pub(in crate::analysis) use conflicts::conflicts;
pub use follow::{CallCount, Followed, FollowedEvent, Issued, calls_of, follow};
pub use principals_table::IDENTITIES;
pub use sessions_table::SESSIONS;

use crate::case::CaseReader;
use crate::model::{Dataset, Timestamp, Value};
use crate::query::lineage::Loaded;
use crate::query::{self, Cancel, QueryError, Scope};

/// All events of a case; those of the scope are listed and counted.
fn loaded(reader: &CaseReader, scope: &Scope, cancel: &Cancel) -> Result<Loaded, QueryError> {
    if scope.dataset != Dataset::Events || *scope == Scope::all(Dataset::Events) {
        return Loaded::of(reader, None, cancel);
    }
    let rows = query::rows(reader, &scope.records(Vec::new()), cancel)?;
    Loaded::of(reader, Some(&rows.ids(0..rows.len()).into_iter().collect()), cancel)
}

fn text(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { Value::Text(text.to_owned()) }
}

fn owned(text: String) -> Value {
    if text.is_empty() { Value::Null } else { Value::Text(text) }
}

fn time(secs: Option<i64>) -> Value {
    Value::time(secs.map(Timestamp::from_secs))
}
