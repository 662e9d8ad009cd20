//! The sessions of all events: their keys, who acted with them, and what they did.

use super::events::{Events, Place};
use super::identity::{Identity, Kind};
use super::notes::Note;
use super::tally::{self, Deeds, Tally};
use super::texts::Text;
use super::walk::{Actor, Lineage, Proof};
use crate::derive::Mfa;
use crate::model::Timestamp;
use rustc_hash::{FxHashMap, FxHashSet};

/// What tells a session from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum SessionKey {
    LongTermKey(Text),
    TemporaryKey(Text),
    /// A user or root, and when the session was made: its calls use many keys.
    ConsoleOrToken(Text, i64),
    /// The session's unique id or ARN, and when it was made.
    Unkeyed(Text, Option<i64>),
    Service(Text),
    Principal(Text),
}

impl SessionKey {
    /// The session of an identity; `None` where it names nobody.
    pub(crate) fn of(identity: &Identity, key: &str) -> Option<Self> {
        let principal = identity.principal;
        match identity.kind {
            Kind::Nobody | Kind::NotACall => None,
            Kind::Service => Some(Self::Service(principal)),
            Kind::User | Kind::Root if identity.created.is_some() => {
                Some(Self::ConsoleOrToken(principal, identity.created?))
            }
            _ if key.starts_with("AKIA") => Some(Self::LongTermKey(identity.key)),
            _ if identity.key.is_some() => Some(Self::TemporaryKey(identity.key)),
            Kind::Role | Kind::Federated => {
                let name = identity.session_id.or(identity.arn).or(identity.principal_id).or(principal);
                Some(Self::Unkeyed(name, identity.created))
            }
            _ => Some(Self::Principal(principal)),
        }
        .filter(|session| !matches!(session, Self::Principal(Text::NONE) | Self::Service(Text::NONE)))
    }

    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::LongTermKey(_) => "long_term_key",
            Self::TemporaryKey(_) => "temporary_key",
            Self::ConsoleOrToken(..) => "console_or_token",
            Self::Unkeyed(..) => "unkeyed_session",
            Self::Service(_) => "service",
            Self::Principal(_) => "principal",
        }
    }

    fn has_one_key(self) -> bool {
        matches!(self, Self::LongTermKey(_) | Self::TemporaryKey(_))
    }
}

pub(crate) struct Session {
    pub(crate) key: SessionKey,
    pub(crate) tally: Tally,
    /// Of its first event.
    pub(crate) lineage: Lineage,
    /// Among the identities.
    pub(crate) identity: u32,
    /// Among the issues: what issued its key.
    pub(crate) issue: Option<u32>,
    pub(crate) login: Option<Place>,
    pub(crate) mfa: Option<Mfa>,
    pub(crate) public_addresses: Vec<Text>,
    pub(crate) actors: usize,
    pub(crate) principals: usize,
    pub(crate) is_after_expiry: bool,
}

impl Session {
    /// What stands out, as words that programs read.
    pub(crate) fn flags(&self) -> String {
        let addresses = self.public_addresses.len();
        let several = |name: &str, count: usize, is_so: bool| is_so.then(|| format!("{name}={count}"));
        let flags = [
            several("addresses", addresses, addresses > 1 && self.key.has_one_key()),
            several("actors", self.actors, self.actors > 1),
            several("principals", self.principals, self.principals > 1 && self.key.has_one_key()),
            self.is_after_expiry.then(|| "after_expiry".to_owned()),
        ];
        flags.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }
}

/// All sessions by their first events and names. `is_public` says it of an address.
pub(crate) fn sessions(events: &Events, deeds: &Deeds, is_public: &dyn Fn(&str) -> bool) -> Vec<Session> {
    let (keys, by_identity) =
        tally::groups(events, deeds, |identity| SessionKey::of(identity, events.texts.get(identity.key)));
    let tallies = tally::tallies(events, deeds, &by_identity, keys.len());
    let addresses = public_addresses(events, deeds, &by_identity, keys.len(), is_public);
    let mut sessions: Vec<Session> = Vec::with_capacity(keys.len());
    for ((key, tally), public_addresses) in keys.into_iter().zip(tallies).zip(addresses) {
        let identity = events.events.get(tally.place as usize).map_or(0, |event| event.identity);
        let login = match key {
            SessionKey::ConsoleOrToken(principal, created) => events.login(principal, created),
            _ => None,
        };
        let issue = match key {
            SessionKey::TemporaryKey(key) => events.by_key.get(&key).and_then(|issues| issues.first()).copied(),
            _ => None,
        };
        sessions.push(Session {
            key,
            tally,
            lineage: events.lineage(tally.place),
            identity,
            issue,
            login,
            mfa: None,
            public_addresses,
            actors: 1,
            principals: 1,
            is_after_expiry: false,
        });
    }
    look_through(events, deeds, &by_identity, &mut sessions);
    sessions.sort_by_cached_key(|session| {
        let first = session.tally.first;
        (first.is_none(), first, events.session_text(session.key))
    });
    sessions
}

fn public_addresses(
    events: &Events,
    deeds: &Deeds,
    by_identity: &[Option<u32>],
    count: usize,
    is_public: &dyn Fn(&str) -> bool,
) -> Vec<Vec<Text>> {
    let mut known: FxHashMap<Text, bool> = FxHashMap::default();
    let values =
        tally::grouped(events, deeds, by_identity).map(|(place, session)| (session, deeds.deed(place).address));
    let values = values.filter(|(_, address)| {
        address.is_some() && *known.entry(*address).or_insert_with(|| is_public(events.texts.get(*address)))
    });
    let mut addresses = vec![Vec::new(); count];
    for (session, address) in tally::different(values) {
        if let Some(list) = addresses.get_mut(session as usize) {
            list.push(address);
        }
    }
    for list in &mut addresses {
        list.sort_by_key(|address| events.texts.get(*address));
    }
    addresses
}

/// What only all events of a session tell: several actors and principals, calls after expiry, second factors.
fn look_through(events: &Events, deeds: &Deeds, by_identity: &[Option<u32>], sessions: &mut [Session]) {
    let mut others: FxHashSet<(u32, Actor)> = FxHashSet::default();
    let mut principals: FxHashSet<(u32, Text)> = FxHashSet::default();
    for (place, number) in tally::grouped(events, deeds, by_identity) {
        let Some(session) = sessions.get_mut(number as usize) else { continue };
        if session.mfa.is_none() {
            session.mfa = deeds.deed(place).mfa.filter(|mfa| *mfa != Mfa::Unknown);
        }
        let Some(at) = events.events.get(place as usize).map(|event| event.identity) else { continue };
        let Some(identity) = events.identities.get(at as usize) else { continue };
        let first = events.identities.get(session.identity as usize);
        if first.is_some_and(|first| first.principal != identity.principal)
            && principals.insert((number, identity.principal))
        {
            session.principals += 1;
        }
        if place == session.tally.place {
            let lineage = &session.lineage;
            session.is_after_expiry |= is_after_expiry(lineage);
            continue;
        }
        let lineage = events.lineage(place);
        session.is_after_expiry |= is_after_expiry(&lineage);
        if lineage.actor != session.lineage.actor && others.insert((number, lineage.actor)) {
            session.actors += 1;
        }
    }
}

fn is_after_expiry(lineage: &Lineage) -> bool {
    lineage.proof() == Proof::AccessKey && lineage.notes.iter().any(|note| matches!(note, Note::AfterExpiry(_)))
}

impl Events {
    /// The name of a session.
    pub(crate) fn session_text(&self, session: SessionKey) -> String {
        let made = |at: i64| Timestamp::from_secs(at).to_iso();
        let text = |text| self.texts.get(text);
        match session {
            SessionKey::LongTermKey(name)
            | SessionKey::TemporaryKey(name)
            | SessionKey::Service(name)
            | SessionKey::Principal(name) => text(name).to_owned(),
            SessionKey::ConsoleOrToken(name, at) => format!("{}@{}", text(name), made(at)),
            SessionKey::Unkeyed(name, at) => format!("{}@{}", text(name), at.map(made).unwrap_or_default()),
        }
    }
}
