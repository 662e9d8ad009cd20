//! How a call ended: its error, the result of a sign-in, and whether a second factor was used.

use super::event::Event;
use super::json::text_of;
use serde_json::Value;

/// Was multi-factor authentication used?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mfa {
    Yes,
    No,
    /// AWS was not asked for it: the provider of the identity knows.
    Unknown,
}

impl Mfa {
    pub fn code(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }
}

/// Code and message of an error in `responseElements`: `errorCode`, else `code` beside `message`, else the same inside
/// of `error`.
pub fn error_of_response(response: &Value) -> Option<(String, Option<String>)> {
    error_in(response).or_else(|| error_in(member(response, "error", "Error")?))
}

fn error_in(of: &Value) -> Option<(String, Option<String>)> {
    let text = |name, other| text_of(member(of, name, other)).map(|text| text.into_owned());
    if let Some(code) = text("errorCode", "ErrorCode") {
        return Some((code, text("errorMessage", "ErrorMessage")));
    }
    let message = text("message", "Message")?;
    Some((text("code", "Code")?, Some(message)))
}

/// Services spell these names in two ways.
fn member<'v>(of: &'v Value, name: &str, other: &str) -> Option<&'v Value> {
    of.get(name).or_else(|| of.get(other))
}

const SIGN_IN: &str = "signin.amazonaws.com";

pub(super) fn is_sign_in(source: Option<&str>) -> bool {
    source == Some(SIGN_IN)
}

/// The result of a sign-in (`success`, `failure`).
pub fn login_result(event: &Event<'_>) -> Option<String> {
    let name = event.name.as_deref().filter(|_| is_sign_in(event.source.as_deref()))?;
    let of = [event.response_elements, event.service_event_details];
    let result = of.into_iter().flatten().find_map(|value| text_of(value.get(name)));
    result.map(|result| result.to_lowercase())
}

/// Identities whose provider, and not AWS, asks for a second factor.
const FEDERATED: [&str; 5] = ["AssumedRole", "FederatedUser", "SAMLUser", "WebIdentityUser", "IdentityCenterUser"];

/// Whether a second factor was used: what a sign-in says of itself, else what the session remembers.
pub fn mfa(event: &Event<'_>) -> Option<Mfa> {
    let identity = &event.identity;
    let used = event.additional_event_data.and_then(|data| text_of(data.get("MFAUsed")));
    match used.as_deref().and_then(answer) {
        Some(Mfa::No) if identity.is_one_of(&FEDERATED) => Some(Mfa::Unknown),
        Some(said) => Some(said),
        None => identity.mfa_authenticated.as_deref().and_then(answer),
    }
}

fn answer(text: &str) -> Option<Mfa> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => Some(Mfa::Yes),
        "no" | "false" => Some(Mfa::No),
        _ => None,
    }
}
