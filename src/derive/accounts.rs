//! Accounts that a request brings in.

use super::event::Event;
use super::identity::{account_of_arn, is_account};
use super::policy;
use super::tables::SHARING_KEYS;
use serde_json::Value;
use std::collections::BTreeSet;

/// Accounts of ARNs, of those to whom a policy allows something, and under members that share; neither the recipient's nor
/// the caller's.
pub(super) fn of(event: &Event<'_>) -> Vec<String> {
    let Some(request) = event.request_parameters else { return Vec::new() };
    let mut found = BTreeSet::new();
    walk(request, false, &mut found);
    for own in [event.recipient_account_id.as_deref(), event.identity.account()].into_iter().flatten() {
        found.remove(own);
    }
    found.into_iter().collect()
}

fn walk(value: &Value, is_shared: bool, found: &mut BTreeSet<String>) {
    match value {
        // Whoever a policy refuses, or only names in a condition, is not let in by it: in whichever form it is written.
        Value::Object(_) if policy::is_policy(value) => found.extend(policy::allowed_accounts(value)),
        Value::Object(members) => {
            for (name, member) in members {
                walk(member, is_shared || SHARING_KEYS.contains(&name.as_str()), found);
            }
        }
        Value::Array(list) => list.iter().for_each(|element| walk(element, is_shared, found)),
        Value::String(text) => match account_of_arn(text) {
            Some(account) => _ = found.insert(account.to_owned()),
            None if is_shared && is_account(text) => _ = found.insert(text.clone()),
            None => {
                if let Some(policy) = policy::in_text(text) {
                    found.extend(policy::allowed_accounts(&policy));
                }
            }
        },
        Value::Number(number) if is_shared => {
            let digits = number.to_string();
            if is_account(&digits) {
                found.insert(digits);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
