//! From an event back to who acted: step by step, each proved by a rule.

use super::events::{Event, Events, Place};
use super::identity::{Identity, Kind};
use super::ids;
use super::notes::Note;
use super::texts::Text;

/// How a step is proved, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Proof {
    NotACall,
    Direct,
    AccessKey,
    SharedEventId,
    AssumedRoleId,
    SwitchRole,
    SourceIdentity,
    AssumedRoleArn,
    Sso,
    InstanceProfile,
    Service,
    WebIdentity,
    SessionName,
    Unresolved,
}

impl Proof {
    #[cfg(test)]
    pub(crate) const ALL: [Proof; 14] = [
        Proof::NotACall,
        Proof::Direct,
        Proof::AccessKey,
        Proof::SharedEventId,
        Proof::AssumedRoleId,
        Proof::SwitchRole,
        Proof::SourceIdentity,
        Proof::AssumedRoleArn,
        Proof::Sso,
        Proof::InstanceProfile,
        Proof::Service,
        Proof::WebIdentity,
        Proof::SessionName,
        Proof::Unresolved,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Proof::NotACall => "not_a_call",
            Proof::Direct => "direct",
            Proof::AccessKey => "access_key",
            Proof::SharedEventId => "shared_event_id",
            Proof::AssumedRoleId => "assumed_role_id",
            Proof::SwitchRole => "switch_role",
            Proof::SourceIdentity => "source_identity",
            Proof::AssumedRoleArn => "assumed_role_arn",
            Proof::Sso => "sso",
            Proof::InstanceProfile => "instance_profile",
            Proof::Service => "service",
            Proof::WebIdentity => "web_identity",
            Proof::SessionName => "session_name",
            Proof::Unresolved => "unresolved",
        }
    }
}

/// Who acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Actor {
    Nobody,
    User(Text),
    /// Of an ARN that belonged to several principals: the ARN and the unique id.
    UserMadeAgain(Text, Text),
    Root(Text),
    Service(Text),
    /// Account and unique id.
    Account(Text, Text),
    Instance(Text),
    SsoUser(Text),
    SourceIdentity(Text),
    /// As a provider of identities names them.
    Person(Text),
    Provider(Text),
    /// A session's name, the caller's own text.
    Name(Text),
    /// A session of which nobody says who made it.
    Session(Text),
}

impl Actor {
    /// Of what kind it is.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Actor::Nobody => "",
            Actor::User(_) | Actor::UserMadeAgain(..) => "user",
            Actor::Root(_) => "root",
            Actor::Service(_) => "service",
            Actor::Account(..) => "account",
            Actor::Instance(_) => "instance",
            Actor::SsoUser(_) | Actor::Person(_) => "person",
            Actor::SourceIdentity(_) => "source_identity",
            Actor::Provider(_) => "provider",
            Actor::Name(_) => "name",
            Actor::Session(_) => "session",
        }
    }
}

/// A step: the rule that proves it, and the event that it leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hop {
    pub(crate) proof: Proof,
    pub(crate) event: Option<Place>,
    /// The identity from which the step was taken, among the identities.
    pub(crate) from: u32,
}

/// Who acted, and how that is known.
#[derive(Clone, Debug)]
pub(crate) struct Lineage {
    pub(crate) actor: Actor,
    /// The nearest first.
    pub(crate) hops: Vec<Hop>,
    /// The rule by which it ends.
    pub(crate) end: Proof,
    /// The identity at which it ends, among the identities.
    pub(crate) last: u32,
    pub(crate) notes: Vec<Note>,
}

impl Lineage {
    pub(crate) fn proof(&self) -> Proof {
        self.hops.first().map_or(self.end, |hop| hop.proof)
    }

    pub(crate) fn weakest(&self) -> Proof {
        self.hops.iter().map(|hop| hop.proof).chain([self.end]).max().unwrap_or(self.end)
    }
}

/// Steps at most.
const MOST_HOPS: usize = 16;

/// Seconds by which clocks may differ.
pub(crate) const TOLERANCE: i64 = 300;

/// An identity at the time of an event.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) identity: &'a Identity,
    pub(crate) number: u32,
    pub(crate) time: Option<i64>,
    pub(crate) shared: Text,
}

/// What a rule gives.
pub(crate) enum Step {
    /// This is who acted.
    Ends(Proof, Actor),
    /// The caller is in that event.
    Leads(Proof, Place),
    /// The caller is this identity, and that event says so.
    Names(Proof, Place, u32),
}

impl Events {
    /// Who acted in the event at this place.
    pub(crate) fn lineage(&self, place: Place) -> Lineage {
        let mut lineage =
            Lineage { actor: Actor::Nobody, hops: Vec::new(), end: Proof::Unresolved, last: 0, notes: Vec::new() };
        let Some(mut at) = self.at(place) else { return lineage };
        let own = at;
        if own.identity.invoked_by.is_some() && !matches!(own.identity.kind, Kind::Service | Kind::NotACall) {
            lineage.notes.push(Note::Via(own.identity.invoked_by));
        }
        loop {
            self.masked(&at, &mut lineage.notes);
            lineage.last = at.number;
            let step = if lineage.hops.len() == MOST_HOPS {
                lineage.notes.push(Note::Limit);
                None
            } else {
                Some(self.step(&at, &mut lineage.notes))
            };
            match step {
                Some(Step::Ends(proof, actor)) => {
                    (lineage.actor, lineage.end) = (actor, proof);
                    if !matches!(proof, Proof::Direct | Proof::Unresolved | Proof::NotACall) {
                        lineage.hops.push(Hop { proof, event: None, from: at.number });
                    }
                    break;
                }
                Some(Step::Leads(_, event) | Step::Names(_, event, _))
                    if lineage.hops.iter().any(|hop| hop.event == Some(event)) =>
                {
                    lineage.notes.push(Note::Cycle);
                    lineage.actor = self.session(at.identity);
                    break;
                }
                Some(Step::Leads(proof, event)) => {
                    lineage.hops.push(Hop { proof, event: Some(event), from: at.number });
                    let Some(next) = self.at(event) else { break };
                    if at.identity.kind == Kind::Role
                        && next.identity.kind == Kind::Service
                        && ids::is_instance(self.texts.get(at.identity.session_name))
                    {
                        lineage.actor = Actor::Instance(at.identity.session_name);
                        lineage.end = Proof::Direct;
                        break;
                    }
                    at = next;
                }
                Some(Step::Names(proof, event, identity)) => {
                    lineage.hops.push(Hop { proof, event: Some(event), from: at.number });
                    let (Some(next), Some(named)) = (self.at(event), self.identities.get(identity as usize)) else {
                        break;
                    };
                    at = At { identity: named, number: identity, shared: Text::NONE, ..next };
                }
                None => {
                    lineage.actor = self.session(at.identity);
                    break;
                }
            }
        }
        self.about(&own, &mut lineage);
        lineage
    }

    pub(crate) fn at(&self, place: Place) -> Option<At<'_>> {
        let Event { time, identity, shared } = *self.events.get(place as usize)?;
        let number = identity;
        Some(At { identity: self.identities.get(number as usize)?, number, time, shared })
    }

    fn masked(&self, at: &At<'_>, notes: &mut Vec<Note>) {
        for (is_so, note) in [(at.identity.is_key_masked, Note::MaskedKey), (at.identity.is_id_masked, Note::MaskedId)]
        {
            if is_so && at.identity.kind != Kind::NotACall && !notes.contains(&note) {
                notes.push(note);
            }
        }
    }

    /// What there is to say besides a lineage.
    fn about(&self, own: &At<'_>, lineage: &mut Lineage) {
        let identity = own.identity;
        if identity.is_name_different {
            lineage.notes.push(Note::NameDiffers);
        }
        if let (Kind::User | Kind::Root, Some(created)) = (identity.kind, identity.created)
            && let Some(login) = self.login(identity.principal, created)
        {
            lineage.notes.push(Note::Login(login));
        }
        if let (Actor::Instance(instance), Some(time)) = (lineage.actor, own.time)
            && let Some(event) = self.launch(instance, time)
        {
            lineage.notes.push(Note::LaunchedBy(event));
        }
        if let Actor::Account(_, id) = lineage.actor
            && self.name_of(id).is_some()
        {
            lineage.notes.push(Note::KnownAs(self.name_of(id)));
        }
        let last = self.identities.get(lineage.last as usize);
        if let (Proof::Sso, Some(last)) = (lineage.end, last)
            && last.on_behalf_of.is_some()
        {
            lineage.notes.push(Note::OnBehalfOf(last.on_behalf_of));
        }
    }

    /// The identity as it names itself.
    pub(crate) fn named(&self, identity: &Identity) -> Actor {
        let known = || self.name_of(identity.principal);
        let otherwise = || identity.principal_id.or(identity.user_name).or(identity.account);
        match identity.kind {
            Kind::User => self.user(identity.arn.or(known()), identity.principal).unwrap_or(Actor::User(otherwise())),
            Kind::Root => Actor::Root(identity.arn.or(known()).or(otherwise())),
            Kind::Service => Actor::Service(identity.invoked_by.or(identity.arn).or(identity.principal_id)),
            Kind::Account => Actor::Account(identity.account, identity.principal_id),
            Kind::SamlUser | Kind::WebIdentityUser => Actor::Person(identity.user_name.or(identity.principal_id)),
            Kind::IdentityCenter => {
                Actor::Person(identity.on_behalf_of.or(identity.user_name).or(identity.principal_id))
            }
            Kind::Federated => self
                .user(identity.issuer_arn, identity.issuer_id)
                .unwrap_or(Actor::Session(identity.arn.or(otherwise()))),
            Kind::Role | Kind::Other(_) => self.session(identity),
            Kind::Nobody | Kind::NotACall => Actor::Nobody,
        }
    }

    /// A user by ARN, with the unique id where the ARN belonged to several.
    fn user(&self, arn: Text, id: Text) -> Option<Actor> {
        if !arn.is_some() {
            return None;
        }
        let is_root = ids::resource(self.texts.get(arn)) == Some("root");
        Some(match id.is_some() && id != arn && self.is_reused(arn) {
            true => Actor::UserMadeAgain(arn, id),
            false if is_root => Actor::Root(arn),
            false => Actor::User(arn),
        })
    }

    pub(crate) fn session(&self, identity: &Identity) -> Actor {
        let text = identity.arn.or(identity.principal_id).or(identity.user_name);
        if text.is_some() { Actor::Session(text) } else { Actor::Nobody }
    }
}
