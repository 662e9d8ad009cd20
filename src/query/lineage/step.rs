//! The rules, in the order in which they are tried: how an identity leads to the one that it was issued to.

use super::events::{Events, Issue, Place};
use super::identity::{Identity, Kind};
use super::ids;
use super::notes::{Missing, Note};
use super::walk::{Actor, At, Proof, Step, TOLERANCE};

/// Seconds by which a session's creation may differ from the event that issued it.
const SAME: i64 = 2;

impl Events {
    /// The first rule that holds.
    pub(crate) fn step(&self, at: &At<'_>, notes: &mut Vec<Note>) -> Step {
        let identity = at.identity;
        match identity.kind {
            Kind::NotACall => Step::Ends(Proof::NotACall, Actor::Nobody),
            Kind::Nobody => {
                notes.push(Note::Missing(Missing::Identity));
                Step::Ends(Proof::Unresolved, Actor::Nobody)
            }
            Kind::User | Kind::Root | Kind::Service | Kind::SamlUser | Kind::WebIdentityUser | Kind::IdentityCenter => {
                Step::Ends(Proof::Direct, self.named(identity))
            }
            Kind::Account => self
                .by_key(at, notes)
                .or_else(|| self.other_view(at.shared).map(|event| Step::Leads(Proof::SharedEventId, event)))
                .unwrap_or_else(|| Step::Ends(Proof::Direct, self.named(identity))),
            Kind::Federated | Kind::Other(_) => {
                self.by_key(at, notes).unwrap_or_else(|| Step::Ends(Proof::Direct, self.named(identity)))
            }
            Kind::Role => self
                .by_key(at, notes)
                .or_else(|| self.by_session_id(at, notes))
                .or_else(|| self.by_session_arn(at, notes))
                .or_else(|| self.by_switch(at))
                .unwrap_or_else(|| self.by_itself(identity, notes)),
        }
    }

    fn by_key(&self, at: &At<'_>, notes: &mut Vec<Note>) -> Option<Step> {
        let issues = self.by_key.get(&at.identity.key).filter(|_| at.identity.key.is_some())?;
        let issue = self.chosen(issues.iter(), notes)?;
        if let (Some(time), Some(issued)) = (at.time, issue.time) {
            let early = issued.saturating_sub(time);
            let late = issue.expires.map_or(0, |expires| time.saturating_sub(expires));
            if early > TOLERANCE {
                notes.push(Note::BeforeIssue(early));
            } else if late > TOLERANCE {
                notes.push(Note::AfterExpiry(late));
            }
        }
        Some(Step::Leads(Proof::AccessKey, issue.event))
    }

    fn by_session_id(&self, at: &At<'_>, notes: &mut Vec<Note>) -> Option<Step> {
        let issues = self.by_session.get(&at.identity.session_id).filter(|_| at.identity.session_id.is_some())?;
        let event = self.in_time(issues, at, notes, |_| true)?;
        Some(Step::Leads(Proof::AssumedRoleId, event))
    }

    /// By the session's ARN, where no unique id says that it is another's.
    fn by_session_arn(&self, at: &At<'_>, notes: &mut Vec<Note>) -> Option<Step> {
        let issues = self.by_arn.get(&at.identity.arn).filter(|_| at.identity.arn.is_some())?;
        let own = at.identity.session_id;
        let fits = |issue: &Issue| !own.is_some() || !issue.session_id.is_some() || issue.session_id == own;
        let event = self.in_time(issues, at, notes, fits)?;
        Some(Step::Leads(Proof::AssumedRoleArn, event))
    }

    fn by_switch(&self, at: &At<'_>) -> Option<Step> {
        let switch = self.switch(at.identity.arn, at.time?)?;
        Some(Step::Names(Proof::SwitchRole, switch.event, switch.from))
    }

    /// The issue, among these in order of time, of a session that calls now: of those at its creation the first, else
    /// the latest.
    fn in_time(
        &self,
        issues: &[u32],
        at: &At<'_>,
        notes: &mut Vec<Note>,
        fits: impl Fn(&Issue) -> bool,
    ) -> Option<Place> {
        let now = at.time?;
        let time = |number: &u32| self.issues.get(*number as usize).and_then(|issue| issue.time);
        let holds = |number: &&u32| {
            self.issues.get(**number as usize).is_some_and(|issue| {
                let (Some(from), Some(to)) = (issue.time, issue.ends()) else { return false };
                from.saturating_sub(TOLERANCE) <= now && now <= to.saturating_add(TOLERANCE) && fits(issue)
            })
        };
        // Issues without a time are behind all others.
        let before = |end: i64| issues.partition_point(|number| time(number).is_some_and(|time| time < end));
        if let Some(created) = at.identity.created {
            let (from, to) = (before(created.saturating_sub(SAME)), before(created.saturating_add(SAME + 1)));
            let near = issues.get(from..to).unwrap_or(&[]);
            if let Some(issue) = self.chosen(near.iter().filter(holds), notes) {
                return Some(issue.event);
            }
        }
        let until = before(now.saturating_add(TOLERANCE + 1));
        let oldest = now.saturating_sub(TOLERANCE).saturating_sub(self.longest);
        let possible = issues.get(..until)?.iter().rev();
        let latest = possible.take_while(|number| time(number).is_some_and(|time| time >= oldest)).find(holds)?;
        let latest = time(latest)?;
        let same = issues.get(before(latest)..before(latest.saturating_add(1))).unwrap_or(&[]);
        let issue = self.chosen(same.iter().filter(holds), notes)?;
        notes.push(Note::NearestBefore);
        Some(issue.event)
    }

    /// The first of issues that fit equally; notes say if there are several.
    fn chosen<'a>(&self, mut issues: impl Iterator<Item = &'a u32>, notes: &mut Vec<Note>) -> Option<&Issue> {
        let issue = self.issues.get(*issues.next()? as usize)?;
        let mut count = 1;
        let mut callers = Vec::new();
        for other in issues.filter_map(|number| self.issues.get(*number as usize)) {
            count += 1;
            if callers.is_empty() {
                callers.extend(self.caller(issue.event));
            }
            if let Some(caller) = self.caller(other.event)
                && !callers.contains(&caller)
            {
                callers.push(caller);
            }
        }
        match (count, callers.len()) {
            (1, _) => {}
            (_, 2..) => notes.push(Note::Conflict(callers)),
            _ => notes.push(Note::Candidates(count)),
        }
        Some(issue)
    }

    /// Whom an event names.
    fn caller(&self, event: Place) -> Option<Actor> {
        self.at(event).map(|at| self.named(at.identity))
    }

    /// What a session says of itself.
    fn by_itself(&self, identity: &Identity, notes: &mut Vec<Note>) -> Step {
        let name = identity.session_name;
        let is_of_instance = ids::is_instance(self.texts.get(name)) || identity.is_delivered_by_ec2;
        let service = identity.in_scope_of.or(identity.linked_service);
        if identity.source_identity.is_some() {
            Step::Ends(Proof::SourceIdentity, Actor::SourceIdentity(identity.source_identity))
        } else if identity.is_sso && name.is_some() {
            Step::Ends(Proof::Sso, Actor::SsoUser(name))
        } else if is_of_instance && name.is_some() {
            Step::Ends(Proof::InstanceProfile, Actor::Instance(name))
        } else if service.is_some() {
            Step::Ends(Proof::Service, Actor::Service(service))
        } else if identity.provider.is_some() {
            Step::Ends(Proof::WebIdentity, Actor::Provider(identity.provider))
        } else if name.is_some() && !ids::is_generated(self.texts.get(name)) {
            Step::Ends(Proof::SessionName, Actor::Name(name))
        } else {
            notes.push(Note::Missing(Missing::Issue));
            Step::Ends(Proof::Unresolved, self.session(identity))
        }
    }
}
