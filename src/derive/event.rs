//! What is looked at in an event.

use super::identity::Identity;
use super::json::text_of;
use serde_json::Value;
use std::borrow::Cow;

/// The members of an event that its derived fields come from.
#[derive(Clone, Debug, Default)]
pub struct Event<'a> {
    pub source: Option<Cow<'a, str>>,
    pub name: Option<Cow<'a, str>>,
    pub user_agent: Option<Cow<'a, str>>,
    pub error_code: Option<Cow<'a, str>>,
    pub recipient_account_id: Option<Cow<'a, str>>,
    pub identity: Identity<'a>,
    pub request_parameters: Option<&'a Value>,
    pub response_elements: Option<&'a Value>,
    pub additional_event_data: Option<&'a Value>,
    pub service_event_details: Option<&'a Value>,
    pub resources: Option<&'a Value>,
    /// `Resources` that AWS's index lists for the event (`lookup-events`), where they are in its JSON.
    pub listed_resources: Option<&'a Value>,
}

impl<'a> Event<'a> {
    /// The members of an event's JSON.
    pub fn of(event: &'a Value) -> Self {
        let text = |name| text_of(event.get(name));
        let member = |name| event.get(name).filter(|value| !value.is_null());
        Self {
            source: text("eventSource"),
            name: text("eventName"),
            user_agent: text("userAgent"),
            error_code: text("errorCode"),
            recipient_account_id: text("recipientAccountId"),
            identity: event.get("userIdentity").map(Identity::of).unwrap_or_default(),
            request_parameters: member("requestParameters"),
            response_elements: member("responseElements"),
            additional_event_data: member("additionalEventData"),
            service_event_details: member("serviceEventDetails"),
            resources: member("resources"),
            listed_resources: member("Resources"),
        }
    }
}
