//! Names of who called.

use super::json::text_of;
use super::tables::UNIQUE_ID_PREFIXES;
use serde_json::Value;
use std::borrow::Cow;

/// The members of `userIdentity` that name somebody.
#[derive(Clone, Debug, Default)]
pub struct Identity<'a> {
    /// `IAMUser`, `AssumedRole` ...
    pub kind: Option<Cow<'a, str>>,
    pub principal_id: Option<Cow<'a, str>>,
    pub arn: Option<Cow<'a, str>>,
    pub account_id: Option<Cow<'a, str>>,
    pub user_name: Option<Cow<'a, str>>,
    /// `sessionContext.attributes.mfaAuthenticated`
    pub mfa_authenticated: Option<Cow<'a, str>>,
}

impl<'a> Identity<'a> {
    /// The members of an event's `userIdentity`.
    pub fn of(identity: &'a Value) -> Self {
        let text = |name| text_of(identity.get(name));
        Self {
            kind: text("type"),
            principal_id: text("principalId"),
            arn: text("arn"),
            account_id: text("accountId"),
            user_name: text("userName"),
            mfa_authenticated: text_of(identity.pointer("/sessionContext/attributes/mfaAuthenticated")),
        }
    }

    /// Its type; where that is unknown or not told, what the ARN says.
    fn known_kind(&self) -> Option<&str> {
        self.kind.as_deref().filter(|kind| *kind != "Unknown").or_else(|| {
            let resource = resource_of_arn(self.arn.as_deref()?)?;
            Some(match resource.split('/').next()? {
                "assumed-role" => "AssumedRole",
                "federated-user" => "FederatedUser",
                "user" => "IAMUser",
                "root" => "Root",
                _ => return None,
            })
        })
    }

    pub(super) fn is_one_of(&self, kinds: &[&str]) -> bool {
        self.known_kind().is_some_and(|kind| kinds.contains(&kind))
    }

    /// The account of the caller.
    pub(super) fn account(&self) -> Option<&str> {
        self.account_id.as_deref().or_else(|| account_of_arn(self.arn.as_deref()?))
    }
}

/// AWS's `Username`.
pub fn event_user_name<'i>(identity: &'i Identity<'_>) -> Option<Cow<'i, str>> {
    match identity.user_name.as_deref() {
        Some(name) => Some(Cow::Borrowed(name)),
        None if identity.is_one_of(&["Root"]) => Some(Cow::Borrowed("root")),
        None => session_name(identity),
    }
}

/// The name of a role's or federated user's session.
pub fn session_name<'i>(identity: &'i Identity<'_>) -> Option<Cow<'i, str>> {
    if !identity.is_one_of(&["AssumedRole", "FederatedUser"]) {
        return None;
    }
    let of_arn = || identity.arn.as_deref().and_then(session_of_arn);
    let of_id = identity.principal_id.as_deref().and_then(|id| id.split_once(':'));
    let session = match of_id.filter(|(_, session)| !session.is_empty()) {
        Some((id, session)) if is_account(id) || is_usable_id(id) => Some(session),
        Some((_, session)) => of_arn().or(Some(session)),
        None => of_arn(),
    };
    session.map(Cow::Borrowed)
}

/// A unique id that was not masked before the log came here (`AROA****************`, `HIDDEN...`): a prefix of AWS's, and
/// characters that differ.
pub fn is_usable_id(id: &str) -> bool {
    let Some((prefix, rest)) = id.split_at_checked(4) else { return false };
    // Bits of the characters that occur, once each is known to be a digit or a capital letter.
    let differing = rest.bytes().fold(0u64, |bits, byte| bits | 1 << (byte % 64));
    UNIQUE_ID_PREFIXES.contains(&prefix)
        && rest.len() >= 12
        && rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && differing.count_ones() >= 3
}

/// The last part of `arn:aws:sts::1:assumed-role/ROLE/SESSION` or `arn:aws:sts::1:federated-user/NAME`.
fn session_of_arn(arn: &str) -> Option<&str> {
    let resource = resource_of_arn(arn)?;
    let session = match resource.strip_prefix("assumed-role/") {
        Some(role) => role.rsplit_once('/')?.1,
        None => resource.rsplit_once('/')?.1,
    };
    Some(session).filter(|session| !session.is_empty())
}

/// `user/mika` of `arn:aws:iam::111122223333:user/mika`.
fn resource_of_arn(arn: &str) -> Option<&str> {
    arn.splitn(6, ':').nth(5)
}

/// The account in an ARN.
pub fn account_of_arn(arn: &str) -> Option<&str> {
    let account = arn.strip_prefix("arn:")?.split(':').nth(3)?;
    is_account(account).then_some(account)
}

pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
