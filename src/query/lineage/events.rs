//! What lineage knows of all events: each once, in order of time and id, and what they issued, found by key and session.

use super::identity::{Identity, Kind};
use super::ids;
use super::texts::{Text, Texts};
use rustc_hash::FxHashMap;
use serde_json::Value as Json;

/// An event by its place in order.
pub(crate) type Place = u32;

/// What lineage needs of an event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    /// Seconds.
    pub(crate) time: Option<i64>,
    /// Among the identities.
    pub(crate) identity: u32,
    pub(crate) shared: Text,
}

/// An event that issued credentials.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Issue {
    pub(crate) event: Place,
    pub(crate) time: Option<i64>,
    pub(crate) expires: Option<i64>,
    /// Only where it tells one from others.
    pub(crate) key: Text,
    pub(crate) session_id: Text,
    pub(crate) session_arn: Text,
    shared: Text,
}

impl Issue {
    /// Seconds up to which its session may call, as far as times can be compared.
    pub(crate) fn ends(&self) -> Option<i64> {
        self.expires.or_else(|| Some(self.time?.saturating_add(HALF_DAY)))
    }
}

pub(crate) const HALF_DAY: i64 = 12 * 3600;

/// A change of roles in the console.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Switch {
    pub(crate) event: Place,
    pub(crate) time: i64,
    /// Among the identities.
    pub(crate) from: u32,
}

/// What an event did that lineage follows, as its members say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Issued {
    pub(crate) key: String,
    pub(crate) session_id: String,
    pub(crate) session_arn: String,
    pub(crate) expires: Option<i64>,
}

impl Issued {
    /// The credentials that an answer contains; `None` where it contains none that tell anybody apart. `time` reads a
    /// time as seconds.
    pub(crate) fn read(request: Option<&Json>, response: &Json, time: impl Fn(&str) -> Option<i64>) -> Option<Self> {
        let text = |of: Option<&Json>| of.and_then(Json::as_str).unwrap_or("").to_owned();
        let credentials = response.get("credentials");
        let assumed = response.get("assumedRoleUser");
        let key = text(credentials.and_then(|credentials| credentials.get("accessKeyId")));
        let session_id = text(assumed.and_then(|assumed| assumed.get("assumedRoleId")));
        let key = if ids::is_usable_key(&key) { key } else { String::new() };
        let unique = session_id.split_once(':').map_or(session_id.as_str(), |(unique, _)| unique);
        let session_id = if crate::derive::is_usable_id(unique) { session_id } else { String::new() };
        if key.is_empty() && session_id.is_empty() {
            return None;
        }
        let of_request = |name: &str| text(request.and_then(|request| request.get(name)));
        let session_arn = match assumed {
            Some(assumed) => text(assumed.get("arn")),
            None => {
                let name = of_request("roleSessionName");
                let made = (!name.is_empty()).then(|| ids::session_arn(&of_request("roleArn"), &name));
                made.flatten().unwrap_or_default()
            }
        };
        let expires = credentials.and_then(|credentials| credentials.get("expiration"));
        let expires = expires
            .and_then(|at| at.as_str().map_or_else(|| at.as_i64().map(|at| at.to_string()), |at| Some(at.to_owned())));
        Some(Self { key, session_id, session_arn, expires: expires.and_then(|at| time(&at)) })
    }
}

/// What is found by a key, a session or a principal: its places in order of time.
type Index = FxHashMap<Text, Vec<u32>>;

#[derive(Default)]
pub(crate) struct Events {
    pub(crate) texts: Texts,
    pub(crate) identities: Vec<Identity>,
    pub(crate) events: Vec<Event>,
    pub(crate) issues: Vec<Issue>,
    pub(crate) switches: FxHashMap<Text, Vec<Switch>>,
    logins: FxHashMap<Text, Vec<(i64, Place)>>,
    launches: FxHashMap<Text, Vec<(i64, Place)>>,
    pub(crate) by_key: Index,
    pub(crate) by_session: Index,
    pub(crate) by_arn: Index,
    /// The longest that credentials of an issue hold, of each list.
    pub(crate) longest: i64,
    shared: FxHashMap<Text, Place>,
    /// By ARN: its unique id, and whether it has several.
    ids: FxHashMap<Text, (Text, bool)>,
    /// By unique id: its first ARN.
    names: FxHashMap<Text, Text>,
}

impl Events {
    pub(crate) fn issued(&mut self, event: Place, issued: &Issued) {
        let Some(Event { time, shared, .. }) = self.events.get(event as usize).copied() else { return };
        self.issues.push(Issue {
            event,
            time,
            expires: issued.expires,
            key: self.texts.add(&issued.key),
            session_id: self.texts.add(&issued.session_id),
            session_arn: self.texts.add(&issued.session_arn),
            shared,
        });
    }

    /// The event changed from one role to the one that it names.
    pub(crate) fn switched(&mut self, event: Place, from: &str) {
        let Some((to, time)) = self.identity_of(event).map(|(identity, time)| (identity.arn, time)) else { return };
        let (Some(time), true) = (time, to.is_some() && !from.is_empty()) else { return };
        let identity = Identity::of_arn(from, &mut self.texts);
        self.identities.push(identity);
        let from = (self.identities.len() - 1) as u32;
        self.switches.entry(to).or_default().push(Switch { event, time, from });
    }

    /// The event signed its identity in.
    pub(crate) fn signed_in(&mut self, event: Place) {
        let Some((identity, Some(time))) = self.identity_of(event) else { return };
        if matches!(identity.kind, Kind::User | Kind::Root) {
            self.logins.entry(identity.principal).or_default().push((time, event));
        }
    }

    /// The event started the instance, or gave it a role.
    pub(crate) fn launched(&mut self, event: Place, instance: &str) {
        let Some(time) = self.events.get(event as usize).and_then(|event| event.time) else { return };
        let instance = self.texts.add(instance);
        self.launches.entry(instance).or_default().push((time, event));
    }

    /// About how much memory what events share takes; they themselves come on top.
    pub(super) fn bytes(&self) -> usize {
        const SHARED_ID: usize = 64;
        self.texts.bytes()
            + self.identities.len() * size_of::<Identity>()
            + self.issues.len() * (size_of::<Issue>() + 3 * size_of::<u32>())
            + self.shared.len() * SHARED_ID
    }

    fn identity_of(&self, event: Place) -> Option<(&Identity, Option<i64>)> {
        let event = self.events.get(event as usize)?;
        Some((self.identities.get(event.identity as usize)?, event.time))
    }

    /// When all events are there: what is found by what.
    pub(crate) fn index(&mut self) {
        for index in [&mut self.by_key, &mut self.by_session, &mut self.by_arn] {
            index.clear();
        }
        self.name_principals();
        for (place, event) in self.events.iter().enumerate() {
            let kind = self.identities.get(event.identity as usize).map(|identity| identity.kind);
            if event.shared.is_some() && !matches!(kind, None | Some(Kind::Account | Kind::Nobody | Kind::NotACall)) {
                self.shared.entry(event.shared).or_insert(place as Place);
            }
        }
        self.join_views();
        // What has no time is behind all others.
        self.issues.sort_by_key(|issue| (issue.time.is_none(), issue.time, issue.event));
        for (at, issue) in self.issues.iter().enumerate() {
            if let (Some(from), Some(to)) = (issue.time, issue.ends()) {
                self.longest = self.longest.max(to.saturating_sub(from));
            }
            for (index, text) in [
                (&mut self.by_key, issue.key),
                (&mut self.by_session, issue.session_id),
                (&mut self.by_arn, issue.session_arn),
            ] {
                if text.is_some() {
                    index.entry(text).or_default().push(at as u32);
                }
            }
        }
        // Events are in order of time, but for those without one.
        self.switches.values_mut().for_each(|list| list.sort_by_key(|switch| (switch.time, switch.event)));
        self.logins.values_mut().chain(self.launches.values_mut()).for_each(|list| list.sort_unstable());
    }

    fn name_principals(&mut self) {
        for identity in &self.identities {
            let (principal, arn) = (identity.principal, identity.principal_arn);
            if !matches!(identity.kind, Kind::User | Kind::Role | Kind::Root) || !arn.is_some() || principal == arn {
                continue;
            }
            self.names.entry(principal).or_insert(arn);
            let (id, has_several) = self.ids.entry(arn).or_insert((principal, false));
            *has_several |= *id != principal;
        }
    }

    /// A call that two accounts logged issued one set of credentials; the caller is in the view that is not AWSAccount.
    fn join_views(&mut self) {
        let is_foreign = |issue: &Issue| {
            let identity =
                self.events.get(issue.event as usize).and_then(|event| self.identities.get(event.identity as usize));
            identity.is_some_and(|identity| identity.kind == Kind::Account)
        };
        let mut kept: FxHashMap<(Text, Text, Text), usize> = FxHashMap::default();
        let mut issues: Vec<Issue> = Vec::with_capacity(self.issues.len());
        for issue in &self.issues {
            let call = (issue.shared, issue.key, issue.session_id);
            match kept.get(&call).and_then(|at| issues.get_mut(*at)).filter(|_| issue.shared.is_some()) {
                Some(known) if is_foreign(known) && !is_foreign(issue) => *known = *issue,
                Some(_) => {}
                None => {
                    kept.insert(call, issues.len());
                    issues.push(*issue);
                }
            }
        }
        self.issues = issues;
    }

    /// The event of another account's view of the call that names the caller.
    pub(crate) fn other_view(&self, shared: Text) -> Option<Place> {
        self.shared.get(&shared).copied().filter(|_| shared.is_some())
    }

    /// Has the ARN belonged to several principals?
    pub(crate) fn is_reused(&self, arn: Text) -> bool {
        self.ids.get(&arn).is_some_and(|(_, has_several)| *has_several)
    }

    /// The ARN that events give to a unique id.
    pub(crate) fn name_of(&self, id: Text) -> Text {
        self.names.get(&id).copied().unwrap_or(Text::NONE)
    }

    /// The sign-in of the principal that made a session at this time.
    pub(crate) fn login(&self, principal: Text, created: i64) -> Option<Place> {
        let logins = self.logins.get(&principal)?;
        let from = logins.partition_point(|(time, _)| *time < created.saturating_sub(2));
        let near = logins.get(from..)?.iter().take_while(|(time, _)| *time <= created.saturating_add(2));
        near.min_by_key(|(time, _)| time.abs_diff(created)).map(|(_, event)| *event)
    }

    /// The last event up to this time that started the instance, or gave it a role.
    pub(crate) fn launch(&self, instance: Text, at: i64) -> Option<Place> {
        let launches = self.launches.get(&instance)?;
        let until = launches.partition_point(|(time, _)| *time <= at);
        launches.get(until.checked_sub(1)?).map(|(_, event)| *event)
    }

    /// The last change to the role up to this time, within 12 hours.
    pub(crate) fn switch(&self, arn: Text, at: i64) -> Option<Switch> {
        let switches = self.switches.get(&arn)?;
        let until = switches.partition_point(|switch| switch.time <= at);
        switches.get(until.checked_sub(1)?).copied().filter(|switch| at.saturating_sub(switch.time) <= HALF_DAY)
    }
}

/// The instances that RunInstances or AssociateIamInstanceProfile name.
pub(crate) fn launched_instances(request: Option<&Json>, response: Option<&Json>) -> Vec<String> {
    fn collect(json: &Json, depth: usize, found: &mut Vec<String>) {
        match json {
            Json::Object(members) if depth > 0 => {
                for (name, member) in members {
                    match member.as_str() {
                        Some(id)
                            if name.eq_ignore_ascii_case("instanceId") && !found.iter().any(|known| known == id) =>
                        {
                            found.push(id.to_owned());
                        }
                        _ => collect(member, depth - 1, found),
                    }
                }
            }
            Json::Array(items) if depth > 0 => items.iter().for_each(|item| collect(item, depth - 1, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for json in [request, response].into_iter().flatten() {
        collect(json, 6, &mut found);
    }
    found
}
