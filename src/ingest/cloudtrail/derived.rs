//! What is derived from an event, into its columns. What was derived a short time ago is kept: requests and user agents repeat.

use crate::derive::{self, Identity, Lists, RawEvent};
use crate::model::batch::EventColumns;
use crate::model::{Dataset, field};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::cell::RefCell;
use std::hash::Hash;
use std::sync::LazyLock;

/// Places among an event's columns.
struct Places {
    source: usize,
    name: usize,
    user_agent: usize,
    recipient: usize,
    kind: usize,
    principal_id: usize,
    arn: usize,
    account_id: usize,
    user_name: usize,
    mfa_authenticated: usize,
    request: usize,
    response: usize,
    additional: usize,
    details: usize,
    resources: usize,
    event_user_name: usize,
    session_name: usize,
    user_agent_short: usize,
    login_result: usize,
    mfa: usize,
    resource_type: usize,
    resource_name: usize,
    policy_grants: usize,
    foreign_account: usize,
}

static PLACES: LazyLock<Places> = LazyLock::new(|| {
    let of = |name: &str| {
        let field = field::by_name(Dataset::Events, name);
        // A place behind the last one holds nothing.
        field.and_then(|field| field::event_columns().position(|column| column == field)).unwrap_or(usize::MAX)
    };
    Places {
        source: of("event_source"),
        name: of("event_name"),
        user_agent: of("user_agent"),
        recipient: of("recipient_account_id"),
        kind: of("user_identity_type"),
        principal_id: of("user_identity_principal_id"),
        arn: of("user_identity_arn"),
        account_id: of("user_identity_account_id"),
        user_name: of("user_identity_user_name"),
        mfa_authenticated: of("session_mfa_authenticated"),
        request: of("request_parameters"),
        response: of("response_elements"),
        additional: of("additional_event_data"),
        details: of("service_event_details"),
        resources: of("resources"),
        event_user_name: of("event_user_name"),
        session_name: of("session_name"),
        user_agent_short: of("user_agent_short"),
        login_result: of("login_result"),
        mfa: of("mfa"),
        resource_type: of("resource_type"),
        resource_name: of("resource_name"),
        policy_grants: of("policy_grants"),
        foreign_account: of("foreign_account"),
    }
});

thread_local! {
    /// Files of one trail repeat what others of them say: it outlives the file.
    static MEMORY: RefCell<Memory> = RefCell::default();
}

/// What was derived of members that were met a short time ago.
#[derive(Default)]
struct Memory {
    agents: Known<str, Option<Box<str>>>,
    lists: Known<[u8], Written>,
    /// Of the members whose lists are looked up.
    key: Vec<u8>,
}

/// Values by what they were derived of, within a bound of memory.
struct Known<K: ?Sized, V> {
    known: FxHashMap<Box<K>, V>,
    bytes: usize,
}

impl<K: ?Sized, V> Default for Known<K, V> {
    fn default() -> Self {
        Self { known: FxHashMap::default(), bytes: 0 }
    }
}

impl<K: ?Sized + Eq + Hash + AsRef<[u8]>, V: Clone> Known<K, V>
where
    Box<K>: for<'k> From<&'k K>,
{
    fn get(&mut self, key: &K, derive: impl FnOnce() -> V) -> V {
        if let Some(value) = self.known.get(key) {
            return value.clone();
        }
        let (value, bytes) = (derive(), key.as_ref().len());
        if bytes <= LONGEST {
            if self.bytes > MOST_BYTES {
                self.known.clear();
                self.bytes = 0;
            }
            self.bytes += ENTRY_BYTES + bytes;
            self.known.insert(key.into(), value.clone());
        }
        value
    }
}

/// An event's lists as JSON.
#[derive(Clone, Default)]
struct Written {
    types: Option<Box<str>>,
    names: Option<Box<str>>,
    grants: Option<Box<str>>,
    accounts: Option<Box<str>>,
}

/// Memory of a thread for each kind.
const MOST_BYTES: usize = 8 << 20;
/// About what a value takes beside what it was derived of.
const ENTRY_BYTES: usize = 192;
/// Bytes of the longest that is kept.
const LONGEST: usize = 2048;

impl Memory {
    fn short(&mut self, user_agent: &str) -> Option<Box<str>> {
        self.agents.get(user_agent, || derive::user_agent_short(user_agent).map(String::into_boxed_str))
    }

    /// An event's lists.
    fn lists(&mut self, raw: &RawEvent<'_>) -> Written {
        // Most events list nothing, which a search for a few words shows.
        if !derive::may_list(raw) {
            return Written::default();
        }
        let Self { lists, key, .. } = self;
        key.clear();
        let account = raw.identity.account_id.as_deref().or(raw.identity.arn.as_deref());
        for part in [
            raw.source,
            raw.recipient_account_id,
            account,
            raw.request_parameters,
            raw.response_elements,
            raw.resources,
            raw.listed_resources,
        ] {
            key.extend_from_slice(&part.map_or(u64::MAX, |part| part.len() as u64).to_le_bytes());
            key.extend_from_slice(part.unwrap_or_default().as_bytes());
        }
        lists.get(key.as_slice(), || written(raw))
    }
}

fn written(raw: &RawEvent<'_>) -> Written {
    let Lists { resources, policy_grants, foreign_account } = derive::lists(raw);
    Written {
        types: list(resources.iter().map(|resource| resource.kind.as_str())),
        names: list(resources.iter().map(|resource| resource.name.as_str())),
        grants: list(policy_grants.iter().map(|grant| grant.code())),
        accounts: list(foreign_account.iter().map(String::as_str)),
    }
}

/// A list as JSON, null for an element that says nothing; `None` where none says anything.
fn list<'a>(values: impl Iterator<Item = &'a str>) -> Option<Box<str>> {
    let values: Vec<Option<&str>> = values.map(|text| Some(text).filter(|text| !text.is_empty())).collect();
    values.iter().any(Option::is_some).then(|| serde_json::Value::from(values).to_string().into())
}

/// Sets the columns of derived fields by the others; `listed`: the event's member `Resources`.
pub(super) fn derive(columns: &mut EventColumns, listed: Option<&str>) {
    let at = &*PLACES;
    let said = raw(columns, listed);
    let (login_result, mfa) = derive::outcome(&said);
    let names = [derive::event_user_name(&said.identity), derive::session_name(&said.identity)];
    let [user_name, session_name] = names.map(|name| name.map(Cow::into_owned));
    let (agent, Written { types, names, grants, accounts }) = MEMORY.with_borrow_mut(|memory| {
        (columns.get(at.user_agent).and_then(|agent| memory.short(agent)), memory.lists(&said))
    });
    for (place, value) in [
        (at.event_user_name, user_name.as_deref()),
        (at.session_name, session_name.as_deref()),
        (at.user_agent_short, agent.as_deref()),
        (at.login_result, login_result.as_deref()),
        (at.mfa, mfa.map(derive::Mfa::code)),
        (at.resource_type, types.as_deref()),
        (at.resource_name, names.as_deref()),
        (at.policy_grants, grants.as_deref()),
        (at.foreign_account, accounts.as_deref()),
    ] {
        columns.set(place, value);
    }
}

fn raw<'a>(columns: &'a EventColumns, listed: Option<&'a str>) -> RawEvent<'a> {
    let at = &*PLACES;
    let get = |place: usize| columns.get(place).filter(|text| !text.is_empty());
    let text = |place: usize| get(place).map(Cow::Borrowed);
    RawEvent {
        source: get(at.source),
        name: get(at.name),
        recipient_account_id: get(at.recipient),
        identity: Identity {
            kind: text(at.kind),
            principal_id: text(at.principal_id),
            arn: text(at.arn),
            account_id: text(at.account_id),
            user_name: text(at.user_name),
            mfa_authenticated: text(at.mfa_authenticated),
        },
        request_parameters: get(at.request),
        response_elements: get(at.response),
        additional_event_data: get(at.additional),
        service_event_details: get(at.details),
        resources: get(at.resources),
        listed_resources: listed,
    }
}
