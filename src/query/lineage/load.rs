//! From the case to what lineage knows of its events. What events share is read once: calls, callers and members.

use super::events::{Event, Events, Issued, Place, launched_instances};
use super::identity::{Identity, Who};
use super::tally::{Call, Deed, Deeds};
use super::texts::{Text, Texts};
use crate::case::CaseReader;
use crate::derive::{self, Mfa};
use crate::ingest::cloudtrail::time;
use crate::model::{Dataset, RecordId};
use crate::query::event_lines::{self, EventId, EventLine, EventMembers, Members};
use crate::query::scope::own_field;
use crate::query::{Cancel, QueryError};
use rusqlite::Connection;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value as Json;
use std::borrow::Cow;

/// All events of a case.
pub(crate) struct Loaded {
    pub(crate) events: Events,
    pub(crate) deeds: Deeds,
    /// By place.
    ids: Vec<(EventId, RecordId)>,
}

impl Loaded {
    /// The events of a case. `counted`: those that tables list and count; `None` for every one.
    ///
    /// # Errors
    /// As of any query.
    pub(crate) fn of(
        reader: &CaseReader,
        counted: Option<&FxHashSet<RecordId>>,
        cancel: &Cancel,
    ) -> Result<Self, QueryError> {
        cancel.watch(reader, || Self::read(&reader.conn, counted, cancel))
    }

    /// The same where the connection is watched already.
    pub(super) fn read(
        conn: &Connection,
        counted: Option<&FxHashSet<RecordId>>,
        cancel: &Cancel,
    ) -> Result<Self, QueryError> {
        let mut loading = Loading::of(conn)?;
        let lines = event_lines::event_lines(conn)?;
        let mut ids = Vec::with_capacity(lines.len());
        loading.events.events.reserve_exact(lines.len());
        loading.deeds.deeds.reserve_exact(lines.len());
        for line in &lines {
            if ids.len().is_multiple_of(4096) && cancel.is_cancelled() {
                return Err(QueryError::Cancelled);
            }
            loading.line(line)?;
            ids.push((line.event_id.clone(), line.record));
        }
        drop(lines);
        let Loading { mut events, mut deeds, .. } = loading;
        events.index();
        deeds.counted = counted.map(|counted| ids.iter().map(|(_, record)| counted.contains(record)).collect());
        Ok(Self { events, deeds, ids })
    }

    /// About how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        let events = size_of::<Event>() + size_of::<Deed>() + size_of::<(EventId, RecordId)>();
        self.ids.len() * events + self.events.bytes()
    }

    /// The eventID of an event.
    pub(crate) fn id(&self, place: Place) -> String {
        self.ids.get(place as usize).map(|(id, _)| id.to_text()).unwrap_or_default()
    }

    /// The place of a record, among the occurrences that stand for their events.
    pub(crate) fn place_of(&self, record: RecordId) -> Option<Place> {
        self.ids.iter().position(|(_, known)| *known == record).map(|place| place as Place)
    }

    /// The record of an event.
    pub(crate) fn record(&self, place: Place) -> Option<RecordId> {
        self.ids.get(place as usize).map(|(_, record)| *record)
    }

    /// The events of this eventID.
    pub(crate) fn places_of(&self, text: &str) -> Vec<Place> {
        let wanted = EventId::of(text);
        self.ids.iter().enumerate().filter(|(_, (id, _))| *id == wanted).map(|(place, _)| place as Place).collect()
    }

    pub(crate) fn places(&self) -> impl Iterator<Item = Place> + '_ {
        (0..self.ids.len() as Place).filter(|place| self.deeds.is_counted(*place))
    }
}

/// What a row of table call says of who called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct CallSide {
    kind: Text,
    account: Text,
    user_name: Text,
    invoked_by: Text,
    issuer_id: Text,
    issuer_arn: Text,
    issuer_account: Text,
    is_call: bool,
}

/// What a row of table caller says of who called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct CallerSide {
    principal_id: Text,
    arn: Text,
    access_key: Text,
    created: Option<i64>,
}

/// What events have by their call.
#[derive(Clone, Copy, Default)]
struct Called {
    side: u32,
    /// Among the calls that are counted.
    call: u32,
    error_code: Text,
    mfa_authenticated: Option<bool>,
}

/// What events have by their caller.
#[derive(Clone, Copy, Default)]
struct Caller {
    side: u32,
    address: Text,
}

/// What is known of an answer.
#[derive(Clone, Copy)]
struct Answer {
    /// The error that it reports.
    error_code: Text,
    may_issue: bool,
}

struct Loading<'a> {
    events: Events,
    deeds: Deeds,
    members: Members<'a>,
    calls: FxHashMap<u32, Called>,
    callers: FxHashMap<u32, Caller>,
    /// Names, each once, that identities are made of.
    names: Texts,
    call_sides: Vec<CallSide>,
    caller_sides: Vec<CallerSide>,
    identities: FxHashMap<(u32, u32, u32), u32>,
    answers: FxHashMap<u32, Answer>,
    mfa: FxHashMap<(u32, u32), Option<Mfa>>,
}

/// The place of a value among those that are known, behind them if it is new.
fn number<T: Copy + Eq + std::hash::Hash>(known: &mut FxHashMap<T, u32>, list: &mut Vec<T>, value: T) -> u32 {
    *known.entry(value).or_insert_with(|| {
        list.push(value);
        (list.len() - 1) as u32
    })
}

fn secs(text: &str) -> Option<i64> {
    time::millis(text).map(|millis| millis.div_euclid(1000))
}

impl<'a> Loading<'a> {
    fn of(conn: &'a Connection) -> Result<Self, QueryError> {
        let mut loading = Self {
            events: Events::default(),
            deeds: Deeds::default(),
            members: Members::of(conn)?,
            calls: FxHashMap::default(),
            callers: FxHashMap::default(),
            names: Texts::default(),
            call_sides: Vec::new(),
            caller_sides: Vec::new(),
            identities: FxHashMap::default(),
            answers: FxHashMap::default(),
            mfa: FxHashMap::default(),
        };
        loading.read_calls(conn)?;
        loading.read_callers(conn)?;
        Ok(loading)
    }

    fn read_calls(&mut self, conn: &Connection) -> Result<(), QueryError> {
        let fields = [
            "user_identity_type",
            "user_identity_account_id",
            "user_identity_user_name",
            "user_identity_invoked_by",
            "session_issuer_principal_id",
            "session_issuer_arn",
            "session_issuer_account_id",
            "event_category",
            "event_name",
            "event_source",
            "aws_region",
            "user_agent",
            "recipient_account_id",
            "error_code",
            "read_only",
            "session_mfa_authenticated",
            "event_type",
        ]
        .map(|name| own_field(Dataset::Events, name));
        let (mut sides, mut calls) = (FxHashMap::default(), FxHashMap::default());
        let mut agents: FxHashMap<String, Text> = FxHashMap::default();
        let Self { events, deeds, names, call_sides, calls: called, .. } = self;
        event_lines::shared_values(conn, &fields, |values| {
            let mut name = |at: usize| names.add(values.text(at));
            let side = CallSide {
                kind: name(0),
                account: name(1),
                user_name: name(2),
                invoked_by: name(3),
                issuer_id: name(4),
                issuer_arn: name(5),
                issuer_account: name(6),
                is_call: values.text(7) != "Insight" && values.text(16) != "AwsCloudTrailInsight",
            };
            let mut text = |at: usize| events.texts.add(values.text(at));
            let (name, source, region, account, error_code) = (text(8), text(9), text(10), text(12), text(13));
            let agent = *agents.entry(values.text(11).to_owned()).or_insert_with(|| {
                derive::user_agent_short(values.text(11)).map_or(Text::NONE, |agent| events.texts.add(&agent))
            });
            let call = Call { name, source, region, agent, account, is_write: values.boolean(14) == Some(false) };
            let row = Called {
                side: number(&mut sides, call_sides, side),
                call: number(&mut calls, &mut deeds.calls, call),
                error_code,
                mfa_authenticated: values.boolean(15),
            };
            called.insert(values.number, row);
        })
    }

    fn read_callers(&mut self, conn: &Connection) -> Result<(), QueryError> {
        let fields = [
            "user_identity_principal_id",
            "user_identity_arn",
            "user_identity_access_key_id",
            "session_creation_date",
            "source_ip_address",
        ]
        .map(|name| own_field(Dataset::Events, name));
        let mut sides = FxHashMap::default();
        let Self { events, names, caller_sides, callers, .. } = self;
        event_lines::shared_values(conn, &fields, |values| {
            let mut name = |at: usize| names.add(values.text(at));
            let side = CallerSide {
                principal_id: name(0),
                arn: name(1),
                access_key: name(2),
                created: Some(values.text(3)).filter(|text| !text.is_empty()).and_then(secs),
            };
            let side = number(&mut sides, caller_sides, side);
            callers.insert(values.number, Caller { side, address: events.texts.add(values.text(4)) });
        })
    }

    /// Takes up the next event.
    fn line(&mut self, line: &EventLine) -> Result<(), QueryError> {
        let called = self.calls.get(&line.call).copied().unwrap_or_default();
        let caller = self.callers.get(&line.caller).copied().unwrap_or_default();
        let identity = self.identity(called.side, caller.side, line.members.user_identity)?;
        let answer = self.answer(line.members.response_elements)?;
        let error_code = called.error_code.or(answer.error_code);
        let mfa = self.mfa(line.call, called, line.members.additional_event_data)?;
        let place = self.events.events.len() as Place;
        self.events.events.push(Event {
            time: line.time.map(|millis| millis.div_euclid(1000)),
            identity,
            shared: self.events.texts.add_some(line.shared_event_id.as_deref()),
        });
        self.deeds.deeds.push(Deed {
            call: called.call,
            address: caller.address,
            is_error: error_code.is_some(),
            is_denied: is_denied(self.events.texts.get(error_code)),
            mfa,
        });
        if !error_code.is_some() {
            self.follow(place, answer, line.members)?;
        }
        self.sign_in(place, line.members)
    }

    fn identity(&mut self, call: u32, caller: u32, member: u32) -> Result<u32, QueryError> {
        if let Some(known) = self.identities.get(&(call, caller, member)) {
            return Ok(*known);
        }
        let more = self.json(member)?;
        let call_side = self.call_sides.get(call as usize).copied().unwrap_or_default();
        let caller_side = self.caller_sides.get(caller as usize).copied().unwrap_or_default();
        let name = |text| self.names.get(text);
        let who = Who {
            kind: name(call_side.kind),
            principal_id: name(caller_side.principal_id),
            arn: name(caller_side.arn),
            account: name(call_side.account),
            access_key: name(caller_side.access_key),
            user_name: name(call_side.user_name),
            invoked_by: name(call_side.invoked_by),
            issuer_id: name(call_side.issuer_id),
            issuer_arn: name(call_side.issuer_arn),
            issuer_account: name(call_side.issuer_account),
            created: caller_side.created,
            more: more.as_ref(),
            is_call: call_side.is_call,
        };
        let identity = Identity::read(&who, &mut self.events.texts);
        self.events.identities.push(identity);
        let number = (self.events.identities.len() - 1) as u32;
        self.identities.insert((call, caller, member), number);
        Ok(number)
    }

    fn json(&mut self, member: u32) -> Result<Option<Json>, QueryError> {
        Ok(self.members.read(member, derive::parse)?.flatten())
    }

    /// What an answer says, looked at once; most are not read as JSON.
    fn answer(&mut self, member: u32) -> Result<Answer, QueryError> {
        let none = Answer { error_code: Text::NONE, may_issue: false };
        if member == 0 {
            return Ok(none);
        }
        if let Some(known) = self.answers.get(&member) {
            return Ok(*known);
        }
        let looked = self.members.read(member, |text| {
            let has_error = text.contains("rrorCode") || (text.contains("essage\"") && text.contains("ode\""));
            let error =
                if has_error { derive::parse(text).and_then(|json| derive::error_of_response(&json)) } else { None };
            (error.map(|(code, _)| code), text.contains("\"credentials\"") || text.contains("\"assumedRoleUser\""))
        })?;
        let answer = looked.map_or(none, |(code, may_issue)| Answer {
            error_code: self.events.texts.add_some(code.as_deref()),
            may_issue,
        });
        self.answers.insert(member, answer);
        Ok(answer)
    }

    fn mfa(&mut self, number: u32, called: Called, member: u32) -> Result<Option<Mfa>, QueryError> {
        if let Some(known) = self.mfa.get(&(number, member)) {
            return Ok(*known);
        }
        let data = self.json(member)?;
        let side = self.call_sides.get(called.side as usize).copied().unwrap_or_default();
        let said = |yes: bool| Cow::Borrowed(if yes { "true" } else { "false" });
        let identity = derive::Identity {
            kind: Some(self.names.get(side.kind)).filter(|kind| !kind.is_empty()).map(Cow::Borrowed),
            mfa_authenticated: called.mfa_authenticated.map(said),
            ..derive::Identity::default()
        };
        let event = derive::Event { identity, additional_event_data: data.as_ref(), ..derive::Event::default() };
        let mfa = derive::mfa(&event);
        self.mfa.insert((number, member), mfa);
        Ok(mfa)
    }

    /// What an event without an error did that leads from one to another.
    fn follow(&mut self, place: Place, answer: Answer, members: EventMembers) -> Result<(), QueryError> {
        let name = self.events.texts.get(self.deeds.call(place).name);
        let launches = matches!(name, "RunInstances" | "AssociateIamInstanceProfile");
        if !answer.may_issue && !launches {
            return Ok(());
        }
        let (request, response) = (self.json(members.request_parameters)?, self.json(members.response_elements)?);
        if let Some(issued) = response.as_ref().and_then(|response| Issued::read(request.as_ref(), response, secs)) {
            self.events.issued(place, &issued);
        }
        if launches {
            for instance in launched_instances(request.as_ref(), response.as_ref()) {
                self.events.launched(place, &instance);
            }
        }
        Ok(())
    }

    /// Sign-ins and changes of roles in the console.
    fn sign_in(&mut self, place: Place, members: EventMembers) -> Result<(), QueryError> {
        let call = self.deeds.call(place);
        let name = self.events.texts.get(call.name).to_owned();
        let is_of_console = self.events.texts.get(call.source) == "signin.amazonaws.com";
        if !is_of_console || !matches!(name.as_str(), "ConsoleLogin" | "SwitchRole") {
            return Ok(());
        }
        let (response, details) = (self.json(members.response_elements)?, self.json(members.service_event_details)?);
        let event = derive::Event {
            source: Some(Cow::Borrowed("signin.amazonaws.com")),
            name: Some(Cow::Borrowed(name.as_str())),
            response_elements: response.as_ref(),
            service_event_details: details.as_ref(),
            ..derive::Event::default()
        };
        if derive::login_result(&event).as_deref() != Some("success") {
            return Ok(());
        }
        if name == "ConsoleLogin" {
            self.events.signed_in(place);
            return Ok(());
        }
        let data = self.json(members.additional_event_data)?;
        let from = data.as_ref().and_then(|data| data.get("SwitchFrom")).and_then(Json::as_str);
        self.events.switched(place, from.unwrap_or(""));
        Ok(())
    }
}

/// Does the error say that it was not allowed?
fn is_denied(error_code: &str) -> bool {
    error_code.starts_with("AccessDenied")
        || error_code.starts_with("Unauthorized")
        || error_code.contains(".Unauthorized")
}
