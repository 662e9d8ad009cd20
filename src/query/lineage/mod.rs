//! Who really acted: from each event back over the calls that issued its credentials.
//!
//! `events` knows all events of a case in little memory: what repeats is a number. `identity` reads whom an event names,
//! `walk` goes back step by step by the rules of `step`, `notes` has what else there is to say. A lineage is found where it
//! is shown; only who acted is kept for each event, as long as the case does not change (`acted`). `sessions` and
//! `identities` group the events, and `load` reads the case.

mod acted;
mod events;
mod identities;
mod identity;
mod ids;
mod load;
mod notes;
mod sessions;
mod step;
mod tally;
#[cfg(test)]
mod tests;
mod texts;
mod walk;

pub use acted::{Acted, Actors};
pub(in crate::query) use acted::{actors, known_actors, loaded};
pub(crate) use events::{Issue, Place};
pub(crate) use identities::{Principal, principals};
pub(crate) use identity::Identity;
pub(crate) use ids::{account_of, is_instance, resource};
pub(crate) use load::Loaded;
pub(crate) use sessions::{Session, sessions};
pub(crate) use walk::{Actor, Hop, Lineage};
