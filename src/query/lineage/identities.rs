//! The principals of all events, and what they did.

use super::events::Events;
use super::identity::{Identity, Kind};
use super::sessions::SessionKey;
use super::tally::{self, Deeds, Tally};
use super::texts::Text;

pub(crate) struct Principal {
    pub(crate) principal: Text,
    pub(crate) kind: Kind,
    pub(crate) name: Text,
    pub(crate) account: Text,
    pub(crate) tally: Tally,
    pub(crate) keys: u32,
    pub(crate) sessions: u32,
    /// Its ARN is another's too.
    pub(crate) has_namesake: bool,
}

impl Principal {
    /// Whole days between two of its events in a row at most.
    pub(crate) fn longest_gap_days(&self) -> i64 {
        self.tally.longest_gap / DAY
    }

    /// What stands out, as words that programs read; a gap of so many days does.
    pub(crate) fn flags(&self, dormant_days: i64) -> String {
        let days = self.longest_gap_days();
        let flags = [
            self.has_namesake.then(|| "same_name_other_id".to_owned()),
            (days >= dormant_days.max(1)).then(|| format!("dormant={days}")),
        ];
        flags.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }
}

const DAY: i64 = 86_400;

/// All principals by their first events and names.
pub(crate) fn principals(events: &Events, deeds: &Deeds) -> Vec<Principal> {
    let principal = |identity: &Identity| Some(identity.principal).filter(|principal| principal.is_some());
    let (names, by_identity) = tally::groups(events, deeds, principal);
    let tallies = tally::tallies(events, deeds, &by_identity, names.len());
    let mut principals: Vec<Principal> = Vec::with_capacity(names.len());
    for (principal, tally) in names.into_iter().zip(tallies) {
        let identity =
            events.events.get(tally.place as usize).and_then(|event| events.identities.get(event.identity as usize));
        let Some(identity) = identity else { continue };
        let name = identity.principal_arn.or(events.name_of(principal));
        principals.push(Principal {
            principal,
            kind: identity.kind,
            name,
            account: identity.account.or(deeds.call(tally.place).account),
            tally,
            keys: 0,
            sessions: 0,
            has_namesake: name != principal && events.is_reused(name),
        });
    }
    let mut keys = Vec::with_capacity(events.identities.len());
    let mut sessions: Vec<(u32, SessionKey)> = Vec::with_capacity(events.identities.len());
    for (identity, number) in events.identities.iter().zip(&by_identity) {
        let Some(number) = number else { continue };
        keys.push((*number, identity.key));
        sessions.extend(SessionKey::of(identity, events.texts.get(identity.key)).map(|session| (*number, session)));
    }
    for (number, _) in tally::different(keys.into_iter()) {
        if let Some(principal) = principals.get_mut(number as usize) {
            principal.keys += 1;
        }
    }
    sessions.sort_unstable();
    sessions.dedup();
    for (number, _) in sessions {
        if let Some(principal) = principals.get_mut(number as usize) {
            principal.sessions += 1;
        }
    }
    principals.sort_by_cached_key(|principal| {
        let first = principal.tally.first;
        (first.is_none(), first, events.texts.get(principal.principal).to_owned())
    });
    principals
}

impl Events {
    /// What a principal is.
    pub(crate) fn kind_text(&self, kind: Kind) -> String {
        match kind {
            Kind::User => "user".to_owned(),
            Kind::Root => "root".to_owned(),
            Kind::Role => "role".to_owned(),
            Kind::Service => "service".to_owned(),
            Kind::Federated => "federateduser".to_owned(),
            Kind::Account => "awsaccount".to_owned(),
            Kind::SamlUser => "samluser".to_owned(),
            Kind::WebIdentityUser => "webidentityuser".to_owned(),
            Kind::IdentityCenter => "identitycenteruser".to_owned(),
            Kind::Other(name) => self.texts.get(name).to_ascii_lowercase(),
            Kind::Nobody | Kind::NotACall => String::new(),
        }
    }
}
