//! What there is to say besides a lineage: names that programs read, with their values.

use super::events::{Events, Place};
use super::texts::Text;
use super::walk::{Actor, Lineage, Proof};

/// What of the evidence is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// The event says nothing of who called.
    Identity,
    /// The call that issued the session's credentials.
    Issue,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// A service called on the caller's behalf.
    Via(Text),
    MaskedKey,
    MaskedId,
    /// Seconds between.
    BeforeIssue(i64),
    AfterExpiry(i64),
    /// No issue at the session's creation: the latest one before.
    NearestBefore,
    /// So many issues of one caller fit equally.
    Candidates(usize),
    /// Issues of different callers fit equally.
    Conflict(Vec<Actor>),
    Cycle,
    Limit,
    Missing(Missing),
    /// Unique id and ARN name different sessions.
    NameDiffers,
    /// The sign-in that made the session.
    Login(Place),
    /// The event that started the instance or gave it its role.
    LaunchedBy(Place),
    /// The ARN that other events give to the unique id.
    KnownAs(Text),
    /// The Identity Center user's unique id.
    OnBehalfOf(Text),
}

impl Note {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Note::Via(_) => "via",
            Note::MaskedKey => "masked_key",
            Note::MaskedId => "masked_id",
            Note::BeforeIssue(_) => "before_issue",
            Note::AfterExpiry(_) => "after_expiry",
            Note::NearestBefore => "nearest_before",
            Note::Candidates(_) => "candidates",
            Note::Conflict(_) => "conflict",
            Note::Cycle => "cycle",
            Note::Limit => "limit",
            Note::Missing(_) => "missing",
            Note::NameDiffers => "name_differs",
            Note::Login(_) => "login",
            Note::LaunchedBy(_) => "launched_by",
            Note::KnownAs(_) => "known_as",
            Note::OnBehalfOf(_) => "on_behalf_of",
        }
    }
}

impl Events {
    pub(crate) fn actor_text(&self, actor: Actor) -> String {
        let text = |text| self.texts.get(text);
        match actor {
            Actor::Nobody => String::new(),
            Actor::User(name)
            | Actor::Root(name)
            | Actor::Service(name)
            | Actor::Person(name)
            | Actor::Provider(name)
            | Actor::Name(name)
            | Actor::Session(name) => text(name).to_owned(),
            Actor::UserMadeAgain(arn, id) => format!("{}#{}", text(arn), text(id)),
            Actor::Account(account, id) if id.is_some() => format!("account:{} {}", text(account), text(id)),
            Actor::Account(account, _) => format!("account:{}", text(account)),
            Actor::Instance(name) => format!("instance:{}", text(name)),
            Actor::SsoUser(name) => format!("sso:{}", text(name)),
            Actor::SourceIdentity(name) => format!("source-identity:{}", text(name)),
        }
    }

    /// The steps, the nearest first; `id` gives an event's id.
    pub(crate) fn chain_text(&self, lineage: &Lineage, id: &dyn Fn(Place) -> String) -> String {
        let step = |(proof, event): (Proof, Option<Place>)| match event {
            Some(event) => format!("{}:{}", proof.name(), id(event)),
            None => proof.name().to_owned(),
        };
        let ends = lineage.hops.is_empty() || lineage.end == Proof::Unresolved;
        let end = ends.then_some((lineage.end, None));
        let steps: Vec<String> = lineage.hops.iter().map(|hop| (hop.proof, hop.event)).chain(end).map(step).collect();
        steps.join(">")
    }

    pub(crate) fn notes_text(&self, notes: &[Note], id: &dyn Fn(Place) -> String) -> String {
        let notes: Vec<String> = notes.iter().map(|note| self.note_text(note, id)).collect();
        notes.join("; ")
    }

    pub(crate) fn note_text(&self, note: &Note, id: &dyn Fn(Place) -> String) -> String {
        match self.note_value(note, id) {
            Some(value) => format!("{}={value}", note.name()),
            None => note.name().to_owned(),
        }
    }

    /// What a note says beyond its name.
    pub(crate) fn note_value(&self, note: &Note, id: &dyn Fn(Place) -> String) -> Option<String> {
        Some(match note {
            Note::MaskedKey | Note::MaskedId | Note::NearestBefore | Note::Cycle | Note::Limit | Note::NameDiffers => {
                return None;
            }
            Note::Via(text) | Note::KnownAs(text) | Note::OnBehalfOf(text) => self.texts.get(*text).to_owned(),
            Note::BeforeIssue(secs) | Note::AfterExpiry(secs) => secs.to_string(),
            Note::Candidates(count) => count.to_string(),
            Note::Conflict(callers) => {
                let callers: Vec<String> = callers.iter().map(|caller| self.actor_text(*caller)).collect();
                callers.join(" | ")
            }
            Note::Missing(Missing::Identity) => "userIdentity".to_owned(),
            Note::Missing(Missing::Issue) => "AssumeRole".to_owned(),
            Note::Login(event) => id(*event),
            // Its own lineage says who started it, whose notes say more.
            Note::LaunchedBy(event) => format!("{}@{}", self.actor_text(self.lineage(*event).actor), id(*event)),
        })
    }
}
