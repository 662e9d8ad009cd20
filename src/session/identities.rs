//! The state of the view of identities: principals, or their sessions.

use super::answered::Answered;
use super::pane::{Asking, Pane};
use super::result_table::TableAction;
use super::shown::{Exported, Shown};
use super::view::View;
use crate::analysis::lineage::{IDENTITIES, SESSIONS};
use crate::app::Failure;
use std::sync::Arc;

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    Principals,
    Sessions,
}

impl Listed {
    pub const ALL: [Listed; 2] = [Listed::Principals, Listed::Sessions];

    /// Part of the id of its text.
    pub fn name(self) -> &'static str {
        match self {
            Listed::Principals => "principals",
            Listed::Sessions => "sessions",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum IdentitiesAction {
    Show(Listed),
    Table(TableAction),
}

pub struct Identities {
    listed: Listed,
    principals: Answered,
    sessions: Answered,
}

impl Default for Identities {
    fn default() -> Self {
        Self { listed: Listed::Principals, principals: Answered::of(&IDENTITIES), sessions: Answered::of(&SESSIONS) }
    }
}

impl Identities {
    pub fn listed(&self) -> Listed {
        self.listed
    }

    pub fn show(&mut self, listed: Listed) {
        self.listed = listed;
    }

    pub(crate) fn shown(&self) -> &Answered {
        match self.listed {
            Listed::Principals => &self.principals,
            Listed::Sessions => &self.sessions,
        }
    }

    pub(in crate::session) fn shown_mut(&mut self) -> &mut Answered {
        match self.listed {
            Listed::Principals => &mut self.principals,
            Listed::Sessions => &mut self.sessions,
        }
    }
}

impl Pane for Identities {
    fn shows(&self, view: View) -> bool {
        view == View::Identities
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        self.shown_mut().ask(asking);
    }

    fn poll(&mut self) -> Vec<Failure> {
        let mut failures = self.principals.poll();
        failures.extend(self.sessions.poll());
        failures
    }

    fn leave(&mut self) {
        self.principals.stop();
        self.sessions.stop();
    }

    fn is_busy(&self) -> bool {
        self.principals.is_busy() || self.sessions.is_busy()
    }

    fn exported(&self, _: &Shown<'_>) -> Option<(Exported, Option<u64>)> {
        let shown = self.shown();
        let question = Arc::new(shown.shown_question()?.clone());
        Some((Exported::Question(question), shown.len().map(|all| all as u64)))
    }
}
