//! Exhibits: a question that is frozen with its answer, so that a reader who was not there can understand, check and
//! trust it, and the program can ask it again.
//!
//! [`freeze()`] asks a [`Question`](crate::questions::Question) and gathers what it rests on; [`Frozen::lines`] is its rows in
//! canonical form, over which the digest is taken ([`canonical`]).

pub mod canonical;
mod facts;
mod freeze;
mod store;

pub use facts::{EvidenceFact, Facts, LogSource};
pub use freeze::freeze;
pub use store::{Again, add, ask_again, load};

use crate::model::conclusions::FrozenHead;
use crate::present::zone::Zone;
use crate::query::Scope;
use crate::questions::{AskError, Section, spec};

/// An exhibit with its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    pub kind: String,
    /// The question as JSON.
    pub query: String,
    pub zone: Zone,
    pub sections: Vec<Section>,
    pub facts: Facts,
    pub tool_version: String,
}

impl Frozen {
    /// Its rows in canonical form.
    pub fn lines(&self) -> String {
        canonical::write(&self.kind, &self.sections)
    }

    pub fn row_count(&self) -> u64 {
        self.sections.iter().map(|section| section.rows.len() as u64).sum()
    }

    /// The records that were asked for; `None` where the question names none.
    pub fn scope(&self) -> Option<Scope> {
        spec::scope_in(&self.query)
    }

    /// What the case stores beside the lines.
    pub fn head(&self, lines: &str) -> FrozenHead {
        FrozenHead {
            kind: self.kind.clone(),
            query: self.query.clone(),
            zone: self.zone.name().to_owned(),
            digest: canonical::digest(lines),
            row_count: self.row_count(),
            facts: self.facts.to_json(),
            tool_version: self.tool_version.clone(),
        }
    }

    /// From what the case stores.
    ///
    /// # Errors
    /// It is not in canonical form, or its facts are none.
    pub fn read(head: &FrozenHead, lines: &str) -> Result<Self, AskError> {
        let (kind, sections) = canonical::read(lines).map_err(AskError::Unreadable)?;
        Ok(Self {
            kind,
            query: head.query.clone(),
            zone: Zone::by_name(&head.zone).unwrap_or_default(),
            sections,
            facts: Facts::of_json(&head.facts).map_err(AskError::Unreadable)?,
            tool_version: head.tool_version.clone(),
        })
    }
}
