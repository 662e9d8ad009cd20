//! What an event says about itself between its fields: whose name it bears, how a sign-in ended, which resources it names,
//! what a policy in its parameters grants. Pure functions from an event's JSON to values; the case stores them as fields.
//!
//! A member that is missing, null or of another type says nothing, and whatever cannot be read is absent.

mod accounts;
mod agent;
mod event;
mod identity;
mod json;
mod outcome;
mod policy;
mod raw;
mod resources;
mod tables;

pub use agent::user_agent_short;
pub use event::Event;
pub use identity::{Identity, account_of_arn, event_user_name, is_usable_id, session_name};
pub use json::parse;
pub use outcome::{Mfa, error_of_response, login_result, mfa};
pub use policy::Grant;
pub use raw::{Lists, RawEvent, lists, may_list, outcome};
pub use resources::Resource;
#[cfg(test)]
pub(crate) use tables::UNIQUE_ID_PREFIXES;

use serde_json::Value;
use std::borrow::Cow;

/// The derived fields of one event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Derived {
    pub event_user_name: Option<String>,
    pub session_name: Option<String>,
    pub error_code: Option<String>,
    pub login_result: Option<String>,
    pub mfa: Option<Mfa>,
    /// Each once, in the order of the definition.
    pub resources: Vec<Resource>,
    pub user_agent_short: Option<String>,
    /// Each once, in order.
    pub policy_grants: Vec<Grant>,
    /// Each once, in order.
    pub foreign_account: Vec<String>,
}

/// All derived fields of an event's JSON.
pub fn of(event: &Value) -> Derived {
    of_event(&Event::of(event))
}

/// The same of the members.
pub fn of_event(event: &Event<'_>) -> Derived {
    let owned = |text: Option<Cow<'_, str>>| text.map(Cow::into_owned);
    Derived {
        event_user_name: owned(event_user_name(&event.identity)),
        session_name: owned(session_name(&event.identity)),
        error_code: error_code(event),
        login_result: login_result(event),
        mfa: mfa(event),
        resources: resources(event),
        user_agent_short: event.user_agent.as_deref().and_then(user_agent_short),
        policy_grants: policy_grants(event),
        foreign_account: foreign_account(event),
    }
}

/// The event's error; some services report it in their response only.
pub fn error_code(event: &Event<'_>) -> Option<String> {
    match &event.error_code {
        Some(code) => Some(code.clone().into_owned()),
        None => error_of_response(event.response_elements?).map(|(code, _)| code),
    }
}

/// The resources that the event names.
pub fn resources(event: &Event<'_>) -> Vec<Resource> {
    resources::of(event)
}

/// What the policies in the request grant.
pub fn policy_grants(event: &Event<'_>) -> Vec<Grant> {
    policy::of(event)
}

/// Accounts in the request that are neither the recipient's nor the caller's.
pub fn foreign_account(event: &Event<'_>) -> Vec<String> {
    accounts::of(event)
}

#[cfg(test)]
mod expected_tests;
#[cfg(test)]
mod tests;
