//! Events whose members are JSON text, as they come out of a log by the million: a member is parsed only where it can tell
//! something.

use super::accounts;
use super::event::Event;
use super::identity::Identity;
use super::json::parse;
use super::outcome::{self, Mfa};
use super::policy::{self, Grant};
use super::resources::{self, Resource};
use super::tables::{RESOURCES, Root, SHARING_KEYS};
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use serde_json::Value;
use std::borrow::Cow;
use std::sync::LazyLock;

/// As `Event`, members as text.
#[derive(Clone, Debug, Default)]
pub struct RawEvent<'a> {
    pub source: Option<&'a str>,
    pub name: Option<&'a str>,
    pub recipient_account_id: Option<&'a str>,
    pub identity: Identity<'a>,
    pub request_parameters: Option<&'a str>,
    pub response_elements: Option<&'a str>,
    pub additional_event_data: Option<&'a str>,
    pub service_event_details: Option<&'a str>,
    pub resources: Option<&'a str>,
    pub listed_resources: Option<&'a str>,
}

/// What an event lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lists {
    pub resources: Vec<Resource>,
    pub policy_grants: Vec<Grant>,
    pub foreign_account: Vec<String>,
}

/// May an event list anything? Where not, nothing of it need be parsed.
pub fn may_list(raw: &RawEvent<'_>) -> bool {
    raw.resources.is_some()
        || raw.listed_resources.is_some()
        || raw.request_parameters.is_some_and(|raw| has(&REQUEST, raw))
        || raw.response_elements.is_some_and(|raw| has(&RESPONSE, raw))
}

/// Resources, grants and foreign accounts; of the identity only its account is looked at.
pub fn lists(raw: &RawEvent<'_>) -> Lists {
    let request = raw.request_parameters.filter(|raw| has(&REQUEST, raw)).and_then(parse);
    let response = raw.response_elements.filter(|raw| has(&RESPONSE, raw)).and_then(parse);
    let [resources, listed] = [raw.resources, raw.listed_resources].map(|raw| raw.and_then(parse));
    if request.is_none() && response.is_none() && resources.is_none() && listed.is_none() {
        return Lists::default();
    }
    let event = Event {
        request_parameters: request.as_ref(),
        response_elements: response.as_ref(),
        resources: resources.as_ref(),
        listed_resources: listed.as_ref(),
        ..said(raw)
    };
    Lists { resources: resources::of(&event), policy_grants: policy::of(&event), foreign_account: accounts::of(&event) }
}

/// The result of a sign-in, and whether a second factor was used.
pub fn outcome(raw: &RawEvent<'_>) -> (Option<String>, Option<Mfa>) {
    let is_sign_in = outcome::is_sign_in(raw.source);
    let of_sign_in = |raw: Option<&str>| raw.filter(|_| is_sign_in).and_then(parse);
    let [response, details] = [raw.response_elements, raw.service_event_details].map(of_sign_in);
    let may_tell = |raw: &&str| raw.contains("MFAUsed") || raw.contains("\\u");
    let additional: Option<Value> = raw.additional_event_data.filter(may_tell).and_then(parse);
    let event = Event {
        response_elements: response.as_ref(),
        service_event_details: details.as_ref(),
        additional_event_data: additional.as_ref(),
        ..said(raw)
    };
    (outcome::login_result(&event), outcome::mfa(&event))
}

/// What is no member.
fn said<'a>(raw: &RawEvent<'a>) -> Event<'a> {
    Event {
        source: text(raw.source),
        name: text(raw.name),
        recipient_account_id: text(raw.recipient_account_id),
        identity: raw.identity.clone(),
        ..Event::default()
    }
}

fn text(text: Option<&str>) -> Option<Cow<'_, str>> {
    text.filter(|text| !text.is_empty()).map(Cow::Borrowed)
}

/// Without one of these, a request names no resource, no account and no policy. A name may be written with escapes.
static REQUEST: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let names = SHARING_KEYS.into_iter().chain(firsts(Root::Request)).map(|name| format!("\"{name}\""));
    words(names.chain(["arn:", "Statement", "%", "\\u"].map(str::to_owned)))
});

/// The same of a response and its resources.
static RESPONSE: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| words(firsts(Root::Response).map(|name| format!("\"{name}\"")).chain(["\\u".to_owned()])));

fn has(words: &LazyLock<Option<AhoCorasick>>, raw: &str) -> bool {
    words.as_ref().is_none_or(|words| words.is_match(raw))
}

fn words(list: impl Iterator<Item = String>) -> Option<AhoCorasick> {
    // Every request of every event is searched: the kind that needs the fewest steps a byte.
    let kind = Some(AhoCorasickKind::DFA);
    AhoCorasick::builder().kind(kind).build(list.collect::<std::collections::BTreeSet<_>>()).ok()
}

/// The first names of the paths to resources.
fn firsts(root: Root) -> impl Iterator<Item = &'static str> {
    RESOURCES.iter().filter(move |row| row.root == root).filter_map(|row| row.path.first().copied())
}
