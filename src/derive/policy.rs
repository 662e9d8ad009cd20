//! What policies in a request grant.

use super::event::Event;
use super::identity::{account_of_arn, is_account};
use super::json::{each, parse, text_of};
use super::tables::LIMITING;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// What a statement grants, and to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grant {
    /// Everything.
    Admin,
    /// Everything, under a condition.
    AdminConditional,
    /// To another account.
    CrossAccount,
    /// To anybody.
    Public,
    /// To anybody, under a condition that says who or from where.
    PublicLimited,
}

impl Grant {
    pub fn code(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::AdminConditional => "admin_conditional",
            Self::CrossAccount => "cross_account",
            Self::Public => "public",
            Self::PublicLimited => "public_limited",
        }
    }
}

/// What the policies in the request grant.
pub(super) fn of(event: &Event<'_>) -> Vec<Grant> {
    event.request_parameters.map_or_else(Vec::new, |request| grants(request, event.recipient_account_id.as_deref()))
}

fn grants(request: &Value, recipient: Option<&str>) -> Vec<Grant> {
    let mut found = BTreeSet::new();
    walk(request, &mut |policy| {
        for statement in allowing(policy) {
            granted(statement, recipient, &mut found);
        }
    });
    found.into_iter().collect()
}

/// Every policy in a value: an object that has statements, or a text that is one.
fn walk(value: &Value, take: &mut dyn FnMut(&Value)) {
    match value {
        Value::Object(members) => {
            if is_policy(value) {
                take(value);
            }
            members.values().for_each(|member| walk(member, take));
        }
        Value::Array(list) => list.iter().for_each(|element| walk(element, take)),
        Value::String(text) => {
            if let Some(policy) = in_text(text) {
                take(&policy);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

pub(super) fn is_policy(value: &Value) -> bool {
    value.get("Statement").is_some()
}

/// The policy that a text is, percent-encoded too.
pub(super) fn in_text(text: &str) -> Option<Value> {
    let text = text.trim();
    let plain = if text.starts_with('%') { percent_decoded(text).into() } else { Cow::Borrowed(text) };
    if !plain.trim_start().starts_with('{') || !plain.contains("Statement") {
        return None;
    }
    parse(&plain).filter(is_policy)
}

fn percent_decoded(text: &str) -> String {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (byte, digit(bytes.get(at + 1)), digit(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                plain.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                plain.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

fn allowing(policy: &Value) -> impl Iterator<Item = &Value> {
    let statements = policy.get("Statement").map_or([].as_slice(), each);
    statements.iter().filter(|statement| statement.get("Effect").and_then(Value::as_str) == Some("Allow"))
}

fn granted(statement: &Value, recipient: Option<&str>, found: &mut BTreeSet<Grant>) {
    let principal = statement.get("Principal");
    let is_to_others = statement.get("NotPrincipal").is_some();
    let names_all = |value: Option<&Value>| value.map_or([].as_slice(), each).iter().any(|name| name == "*");
    let condition = statement.get("Condition");
    if is_to_others || names_all(principal) || names_all(principal.and_then(|of| of.get("AWS"))) {
        found.insert(if condition.is_some_and(is_limiting) { Grant::PublicLimited } else { Grant::Public });
    }
    if let Some(recipient) = recipient
        && accounts_of(statement).any(|account| account != recipient)
    {
        found.insert(Grant::CrossAccount);
    }
    let has = |member: &str, all: &[&str]| {
        let names = statement.get(member).map_or([].as_slice(), each);
        names.iter().any(|name| name.as_str().is_some_and(|name| all.contains(&name)))
    };
    if principal.is_none() && !is_to_others && has("Action", &["*", "*:*"]) && has("Resource", &["*"]) {
        let is_conditional = condition.is_some_and(|condition| condition.as_object().is_none_or(|of| !of.is_empty()));
        found.insert(if is_conditional { Grant::AdminConditional } else { Grant::Admin });
    }
}

/// Accounts to which the policy's statements allow something.
pub(super) fn allowed_accounts(policy: &Value) -> impl Iterator<Item = String> {
    allowing(policy).flat_map(accounts_of)
}

/// The accounts of a statement's AWS principals.
fn accounts_of(statement: &Value) -> impl Iterator<Item = String> {
    let names = statement.get("Principal").and_then(|principal| principal.get("AWS")).map_or([].as_slice(), each);
    names.iter().filter_map(|name| {
        let name = text_of(Some(name))?;
        let account = if is_account(&name) { Some(name.as_ref()) } else { account_of_arn(&name) };
        account.map(str::to_owned)
    })
}

/// Does a condition say who may come, or from where?
fn is_limiting(condition: &Value) -> bool {
    let operators = condition.as_object().into_iter().flatten();
    operators.filter(|(operator, _)| asserts(operator)).any(|(_, keys)| {
        let keys = keys.as_object().into_iter().flatten();
        keys.filter(|(key, _)| LIMITING.contains(&key.to_ascii_lowercase().as_str())).any(|(_, values)| {
            let values = each(values);
            !values.is_empty() && values.iter().all(|value| text_of(Some(value)).is_some_and(|text| !is_open(&text)))
        })
    })
}

/// Does an operator require something of a key that is there?
fn asserts(operator: &str) -> bool {
    let operator = operator.to_ascii_lowercase();
    let bare = operator.rsplit(':').next().unwrap_or_default();
    !bare.contains("not") && !bare.ends_with("ifexists") && bare != "null"
}

/// Anybody, from anywhere: every value, or half of all addresses.
fn is_open(value: &str) -> bool {
    value == "*" || value.ends_with("/0") || value.ends_with("/1")
}
