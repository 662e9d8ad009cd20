//! What the case has of one key, session or principal: where its credentials came from, what it did, and what it issued.

use super::chains::EventChain;
use crate::case::CaseReader;
use crate::filter::{Filter, parse};
use crate::model::{Dataset, RecordId};
use crate::query::lineage::{Loaded, Place, is_instance};
use crate::query::{self, Cancel, QueryError};
use rustc_hash::{FxHashMap, FxHashSet};

/// A call on the axis of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowedEvent {
    pub record: RecordId,
    /// Seconds.
    pub time: Option<i64>,
    pub source: String,
    pub name: String,
    pub is_error: bool,
    pub is_denied: bool,
    /// Nobody made this call before, as far as the case knows.
    pub is_first: bool,
}

/// Credentials that one of its calls issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    pub record: Option<RecordId>,
    /// Seconds.
    pub time: Option<i64>,
    pub expires: Option<i64>,
    /// What they can be followed by: the key, else the session.
    pub subject: String,
    pub session: String,
    /// Calls that were made with them.
    pub events: u64,
}

/// Calls of one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallCount {
    pub source: String,
    pub name: String,
    pub events: u64,
    pub errors: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Followed {
    /// The steps back from its first call; `None` where it made none.
    pub chain: Option<EventChain>,
    /// When its own credentials hold, as the call that issued them says.
    pub expires: Option<i64>,
    pub issued: Vec<Issued>,
    /// In order of their times.
    pub events: Vec<FollowedEvent>,
    pub addresses: Vec<(String, u64)>,
    pub agents: Vec<(String, u64)>,
    /// By service, those with the most events first.
    pub calls: Vec<CallCount>,
    /// The instance whose session it is.
    pub instance: Option<String>,
}

impl Followed {
    pub fn first(&self) -> Option<i64> {
        self.events.iter().filter_map(|event| event.time).min()
    }

    pub fn last(&self) -> Option<i64> {
        self.events.iter().filter_map(|event| event.time).max()
    }
}

/// The filter of the calls of a key, session or principal.
pub fn calls_of(subject: &str) -> Option<Filter> {
    let quoted = format!("'{}'", subject.replace('\'', "''"));
    let by_name = [
        "user_identity_access_key_id",
        "user_identity_principal_id",
        "user_identity_arn",
        "session_issuer_principal_id",
        "session_issuer_arn",
        "session_name",
    ]
    .map(|field| format!("{field} = {quoted}"))
    .join(" or ");
    // A session is named by what it is of and when it began.
    let made = subject.rsplit_once('@').filter(|(_, at)| at.ends_with('Z') && at.contains('T'));
    let text = match made {
        Some((name, at)) => {
            let name = format!("'{}'", name.replace('\'', "''"));
            let until = at.replace('Z', ".999Z");
            format!(
                "(user_identity_principal_id = {name} or user_identity_arn = {name}) and \
                 session_creation_date between {at} and {until}"
            )
        }
        None => by_name,
    };
    parse(&text, Dataset::Events).ok()
}

/// What the case knows of a key, session or principal; never on the frame thread.
///
/// # Errors
/// As of any query.
pub fn follow(reader: &CaseReader, subject: &str, cancel: &Cancel) -> Result<Followed, QueryError> {
    let loaded = query::loaded_events(reader, cancel)?;
    let Some(filter) = calls_of(subject) else { return Ok(Followed::default()) };
    let scope = query::Scope::of(Dataset::Events, filter);
    let rows = query::rows(reader, &scope.records(Vec::new()), cancel)?;
    let own: FxHashSet<RecordId> = rows.ids(0..rows.len()).into_iter().collect();
    // In the order of their times.
    let places: Vec<Place> =
        loaded.places().filter(|place| loaded.record(*place).is_some_and(|record| own.contains(&record))).collect();
    let firsts = loaded.first_calls();
    let events = places.iter().filter_map(|place| loaded.followed(*place, &firsts)).collect();
    Ok(Followed {
        chain: places.first().map(|place| loaded.chain(*place)),
        expires: places.first().and_then(|place| loaded.expires(*place)),
        issued: loaded.issued_by(&places),
        events,
        addresses: counted(places.iter().map(|place| loaded.events.texts.get(loaded.deeds.deed(*place).address))),
        agents: counted(places.iter().map(|place| loaded.events.texts.get(loaded.deeds.call(*place).agent))),
        calls: loaded.calls(&places),
        instance: places.iter().find_map(|place| loaded.instance(*place)),
    })
}

/// Each text with how often it occurs, the most frequent first.
fn counted<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<(String, u64)> {
    let mut counts: FxHashMap<&str, u64> = FxHashMap::default();
    for text in texts.filter(|text| !text.is_empty()) {
        *counts.entry(text).or_default() += 1;
    }
    let mut counts: Vec<(String, u64)> = counts.into_iter().map(|(text, count)| (text.to_owned(), count)).collect();
    counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    counts
}

impl Loaded {
    /// The first event of each call of the case.
    fn first_calls(&self) -> FxHashSet<Place> {
        let mut known = FxHashSet::default();
        self.places()
            .filter(|place| {
                let call = self.deeds.call(*place);
                known.insert((call.source, call.name))
            })
            .collect()
    }

    fn followed(&self, place: Place, firsts: &FxHashSet<Place>) -> Option<FollowedEvent> {
        let (call, deed) = (self.deeds.call(place), self.deeds.deed(place));
        Some(FollowedEvent {
            record: self.record(place)?,
            time: self.events.events.get(place as usize)?.time,
            source: self.events.texts.get(call.source).to_owned(),
            name: self.events.texts.get(call.name).to_owned(),
            is_error: deed.is_error,
            is_denied: deed.is_denied,
            is_first: firsts.contains(&place),
        })
    }

    fn calls(&self, places: &[Place]) -> Vec<CallCount> {
        let mut counts: FxHashMap<_, (u64, u64)> = FxHashMap::default();
        let mut by_source: FxHashMap<_, u64> = FxHashMap::default();
        for place in places {
            let call = self.deeds.call(*place);
            let count = counts.entry((call.source, call.name)).or_default();
            *count = (count.0 + 1, count.1 + u64::from(self.deeds.deed(*place).is_error));
            *by_source.entry(call.source).or_default() += 1;
        }
        let text = |text| self.events.texts.get(text).to_owned();
        let mut calls: Vec<_> = counts.into_iter().collect();
        calls.sort_by_cached_key(|((source, name), (events, _))| {
            let of_source = by_source.get(source).copied().unwrap_or(0);
            (std::cmp::Reverse(of_source), text(*source), std::cmp::Reverse(*events), text(*name))
        });
        calls
            .into_iter()
            .map(|((source, name), (events, errors))| CallCount {
                source: text(source),
                name: text(name),
                events,
                errors,
            })
            .collect()
    }

    /// When the credentials of an event's identity end.
    fn expires(&self, place: Place) -> Option<i64> {
        let events = &self.events;
        let identity = events.identities.get(events.events.get(place as usize)?.identity as usize)?;
        let issue = events.by_key.get(&identity.key)?.first()?;
        events.issues.get(*issue as usize)?.expires
    }

    /// The instance that an event's session is of.
    fn instance(&self, place: Place) -> Option<String> {
        let events = &self.events;
        let identity = events.identities.get(events.events.get(place as usize)?.identity as usize)?;
        let name = events.texts.get(identity.session_name);
        is_instance(name).then(|| name.to_owned())
    }

    /// What these events issued, in the order of their times.
    fn issued_by(&self, places: &[Place]) -> Vec<Issued> {
        let events = &self.events;
        let own: FxHashSet<Place> = places.iter().copied().collect();
        let issues: Vec<_> = events.issues.iter().filter(|issue| own.contains(&issue.event)).collect();
        if issues.is_empty() {
            return Vec::new();
        }
        let mut by_identity = vec![0u64; events.identities.len()];
        for event in &events.events {
            if let Some(count) = by_identity.get_mut(event.identity as usize) {
                *count += 1;
            }
        }
        let calls = |issue: &crate::query::lineage::Issue| {
            let of = |(identity, count): (&crate::query::lineage::Identity, &u64)| {
                let is_its = match issue.key.is_some() {
                    true => identity.key == issue.key,
                    false => issue.session_id.is_some() && identity.session_id == issue.session_id,
                };
                is_its.then_some(*count)
            };
            events.identities.iter().zip(&by_identity).filter_map(of).sum()
        };
        let text = |text| events.texts.get(text).to_owned();
        issues
            .into_iter()
            .map(|issue| Issued {
                record: self.record(issue.event),
                time: issue.time,
                expires: issue.expires,
                subject: text(issue.key.or(issue.session_id).or(issue.session_arn)),
                session: text(issue.session_arn.or(issue.session_id)),
                events: calls(issue),
            })
            .collect()
    }
}
