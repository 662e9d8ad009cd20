//! Who an event names: userIdentity, read once for each different one.

use super::ids;
use super::texts::{Text, Texts};
use crate::derive;
use serde_json::Value as Json;
use std::borrow::Cow;

/// How an identity is said to call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    User,
    Root,
    /// A session of a role.
    Role,
    /// A session from GetFederationToken.
    Federated,
    Service,
    /// Another account's, with no more than account and unique id.
    Account,
    /// As a provider of identities names them: they are about to get a session.
    SamlUser,
    WebIdentityUser,
    IdentityCenter,
    /// Another type, by its own name.
    Other(Text),
    /// Nothing says who.
    Nobody,
    /// Insights and summaries are no calls.
    NotACall,
}

/// The members of a userIdentity that are read; absent ones are empty.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Who<'a> {
    pub(crate) kind: &'a str,
    pub(crate) principal_id: &'a str,
    pub(crate) arn: &'a str,
    pub(crate) account: &'a str,
    pub(crate) access_key: &'a str,
    pub(crate) user_name: &'a str,
    pub(crate) invoked_by: &'a str,
    pub(crate) issuer_id: &'a str,
    pub(crate) issuer_arn: &'a str,
    pub(crate) issuer_account: &'a str,
    /// Seconds.
    pub(crate) created: Option<i64>,
    /// userIdentity as JSON, for what has no column.
    pub(crate) more: Option<&'a Json>,
    pub(crate) is_call: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) kind: Kind,
    pub(crate) principal_id: Text,
    pub(crate) arn: Text,
    pub(crate) account: Text,
    pub(crate) user_name: Text,
    pub(crate) invoked_by: Text,
    pub(crate) issuer_id: Text,
    pub(crate) issuer_arn: Text,
    /// Seconds.
    pub(crate) created: Option<i64>,
    pub(crate) source_identity: Text,
    pub is_delivered_by_ec2: bool,
    pub(crate) provider: Text,
    pub(crate) on_behalf_of: Text,
    pub(crate) in_scope_of: Text,
    /// Of a service-linked role.
    pub(crate) linked_service: Text,
    /// Only where it tells one from others.
    pub(crate) key: Text,
    pub(crate) is_key_masked: bool,
    /// Unique id with the session's name; only where it tells one from others.
    pub(crate) session_id: Text,
    pub(crate) is_id_masked: bool,
    pub(crate) session_name: Text,
    pub(crate) is_name_different: bool,
    pub(crate) is_sso: bool,
    /// The unique id of user, role or account; where there is none, the ARN.
    pub(crate) principal: Text,
    pub(crate) principal_arn: Text,
}

impl Identity {
    pub(crate) fn read(who: &Who<'_>, texts: &mut Texts) -> Self {
        let further = Further::of(who.more);
        let unique = who.principal_id.split_once(':').map_or(who.principal_id, |(id, _)| id);
        let has_id = derive::is_usable_id(unique);
        let kind = kind(who, texts);
        let named = ids::assumed_role(who.arn);
        let session_name = session_name(kind, who);
        let from_arn = named.and_then(|(_, session)| session);
        let from_id = who.principal_id.split_once(':').map(|(_, name)| name);
        let role = named.map_or("", |(role, _)| role);
        let (principal, principal_arn) = principal(kind, who, unique, has_id);
        let is_sso = kind == Kind::Role
            && (role.starts_with("AWSReservedSSO_")
                || who.issuer_arn.contains("/AWSReservedSSO_")
                || who.issuer_arn.contains("/aws-reserved/sso.amazonaws.com/"));
        let has_key = ids::is_usable_key(who.access_key);
        Self {
            kind,
            principal_id: texts.add(who.principal_id),
            arn: texts.add(who.arn),
            account: texts.add(first([who.account, who.issuer_account, ids::account_of(who.arn).unwrap_or("")])),
            user_name: texts.add(who.user_name),
            invoked_by: texts.add(who.invoked_by),
            issuer_id: texts.add(if derive::is_usable_id(who.issuer_id) { who.issuer_id } else { "" }),
            issuer_arn: texts.add(who.issuer_arn),
            created: who.created,
            source_identity: texts.add(further.source_identity),
            is_delivered_by_ec2: further.is_delivered_by_ec2,
            provider: texts.add(further.provider),
            on_behalf_of: texts.add(further.on_behalf_of),
            in_scope_of: texts.add(further.in_scope_of),
            linked_service: texts.add(ids::linked_service(who.issuer_arn).unwrap_or("")),
            key: texts.add(if has_key { who.access_key } else { "" }),
            is_key_masked: !has_key && !who.access_key.is_empty(),
            session_id: texts.add(if has_id { who.principal_id } else { "" }),
            is_id_masked: kind == Kind::Role && !has_id && !who.principal_id.is_empty(),
            session_name: texts.add(&session_name),
            is_name_different: kind == Kind::Role
                && has_id
                && matches!((from_id, from_arn), (Some(one), Some(other)) if one != other),
            is_sso,
            principal: texts.add(&principal),
            principal_arn: texts.add(&principal_arn),
        }
    }

    /// An identity of which nothing but its ARN is known.
    pub(crate) fn of_arn(arn: &str, texts: &mut Texts) -> Self {
        Self::read(&Who { arn, is_call: true, ..Who::default() }, texts)
    }
}

fn first<const N: usize>(texts: [&str; N]) -> &str {
    texts.into_iter().find(|text| !text.is_empty()).unwrap_or("")
}

fn kind(who: &Who<'_>, texts: &mut Texts) -> Kind {
    if !who.is_call {
        return Kind::NotACall;
    }
    match who.kind {
        "IAMUser" => Kind::User,
        "Root" => Kind::Root,
        "AssumedRole" | "Role" => Kind::Role,
        "FederatedUser" => Kind::Federated,
        "AWSService" => Kind::Service,
        "AWSAccount" => Kind::Account,
        "SAMLUser" => Kind::SamlUser,
        "WebIdentityUser" => Kind::WebIdentityUser,
        "IdentityCenterUser" => Kind::IdentityCenter,
        other => by_arn(who).unwrap_or_else(|| match other {
            "" | "Unknown" if who.principal_id.is_empty() && who.user_name.is_empty() => Kind::Nobody,
            "" => Kind::Other(texts.add("Unknown")),
            other => Kind::Other(texts.add(other)),
        }),
    }
}

/// What the ARN says, else the unique id, else that a service calls for itself.
fn by_arn(who: &Who<'_>) -> Option<Kind> {
    let named = ids::resource(who.arn).and_then(|resource| match resource {
        "root" => Some(Kind::Root),
        _ if resource.starts_with("assumed-role/") => Some(Kind::Role),
        _ if resource.starts_with("federated-user/") => Some(Kind::Federated),
        _ if resource.starts_with("user/") => Some(Kind::User),
        _ => None,
    });
    let by_id = || match who.principal_id.get(..4) {
        Some("AROA") if who.principal_id.contains(':') => Some(Kind::Role),
        Some("AIDA") => Some(Kind::User),
        _ => None,
    };
    let is_service = !who.invoked_by.is_empty() && who.arn.is_empty() && who.principal_id.is_empty();
    named.or_else(by_id).or(is_service.then_some(Kind::Service))
}

/// The session's name, whether or not the type says that it is a session.
fn session_name(kind: Kind, who: &Who<'_>) -> String {
    let kind = match kind {
        Kind::Role => "AssumedRole",
        Kind::Federated => "FederatedUser",
        _ => return String::new(),
    };
    let some = |text: &'_ str| (!text.is_empty()).then(|| Cow::Owned(text.to_owned()));
    let identity = derive::Identity {
        kind: Some(Cow::Borrowed(kind)),
        principal_id: some(who.principal_id),
        arn: some(who.arn),
        ..derive::Identity::default()
    };
    derive::session_name(&identity).map(Cow::into_owned).unwrap_or_default()
}

/// Of whom the calls are: its unique id, else its ARN; and its ARN.
fn principal(kind: Kind, who: &Who<'_>, unique: &str, has_id: bool) -> (String, String) {
    let id = if has_id { unique } else { "" };
    let (id, arn) = match kind {
        Kind::Role => {
            let issuer = if derive::is_usable_id(who.issuer_id) { who.issuer_id } else { "" };
            let arn = if who.issuer_arn.is_empty() { ids::role_arn(who.arn) } else { Some(who.issuer_arn.to_owned()) };
            (first([issuer, id]), arn.unwrap_or_else(|| who.arn.to_owned()))
        }
        Kind::Root => {
            let account = if ids::is_account(who.principal_id) { who.principal_id } else { who.account };
            (account, who.arn.to_owned())
        }
        Kind::Service => (first([who.invoked_by, who.principal_id]), who.invoked_by.to_owned()),
        Kind::Account => (first([id, who.account, who.principal_id]), who.arn.to_owned()),
        Kind::Nobody | Kind::NotACall => ("", String::new()),
        Kind::IdentityCenter => (Further::of(who.more).on_behalf_of, who.arn.to_owned()),
        Kind::User | Kind::Federated | Kind::SamlUser | Kind::WebIdentityUser | Kind::Other(_) => {
            (id, who.arn.to_owned())
        }
    };
    let principal = first([id, &arn, who.principal_id, who.user_name]).to_owned();
    (principal, arn)
}

/// Members of a userIdentity that have no column.
#[derive(Default)]
struct Further<'a> {
    source_identity: &'a str,
    is_delivered_by_ec2: bool,
    provider: &'a str,
    on_behalf_of: &'a str,
    in_scope_of: &'a str,
}

impl<'a> Further<'a> {
    fn of(identity: Option<&'a Json>) -> Self {
        let Some(identity) = identity else { return Self::default() };
        let text = |value: Option<&'a Json>| value.and_then(Json::as_str).unwrap_or("");
        let within = |of: &str, name: &str| text(identity.get(of).and_then(|of| of.get(name)));
        let session = identity.get("sessionContext");
        let delivery = session.and_then(|session| session.get("ec2RoleDelivery"));
        let provider = session.and_then(|session| session.get("webIdFederationData")?.get("federatedProvider"));
        let scope = [within("inScopeOf", "sourceArn"), within("inScopeOf", "credentialsIssuedTo")];
        Self {
            source_identity: text(session.and_then(|session| session.get("sourceIdentity"))),
            is_delivered_by_ec2: delivery.is_some_and(|delivery| !delivery.is_null()),
            provider: text(provider),
            on_behalf_of: within("onBehalfOf", "userId"),
            in_scope_of: first(scope),
        }
    }
}
