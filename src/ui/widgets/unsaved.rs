//! What is typed in a field and not saved goes to the session with every letter, which keeps it.

use crate::session::unsaved::{Place, Words};
use crate::session::{Action, App};

/// Says what is typed at a place, where that is something else than before.
pub(crate) fn keep(app: &App, place: Place, words: Option<Words>, out: &mut Vec<Action>) {
    if app.unsaved.get(&place) != words.as_ref() && !app.unsaved.is_under_way(&place) {
        out.push(Action::Typed(place, words));
    }
}
