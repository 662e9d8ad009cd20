//! The events behind a row, as a filter that anyone can read.

use crate::derive;
use crate::filter;
use crate::model::Dataset;
use crate::query::Scope;
use crate::query::lineage::{account_of, resource};

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The records of a scope that match a filter text, too.
fn within(scope: &Scope, text: &str) -> Option<Scope> {
    let filter = filter::parse(text, Dataset::Events).ok()?;
    Some(Scope { dataset: Dataset::Events, ..scope.clone() }.and(filter))
}

/// Types that are a user or root, whether or not the event says so.
const USER: &str = "(user_identity_type in (IAMUser, Root) or (not user_identity_type in (AssumedRole, Role, \
    FederatedUser, AWSService, AWSAccount, SAMLUser, WebIdentityUser, IdentityCenterUser) and \
    (user_identity_arn like '%:user/%' or user_identity_arn like '%:root')))";

/// Keys that tell one from others, as far as a pattern can say.
const HAS_KEY: &str = "(user_identity_access_key_id matches '^[A-Z0-9]{16,128}$' and \
    not user_identity_access_key_id matches '^....(0+|1+|9+|A+|X+|Z+)$')";

/// Does something of a service call, for itself?
fn by_service(service: &str) -> String {
    let service = quoted(service);
    format!(
        "((user_identity_type = AWSService and (user_identity_invoked_by = {service} or \
         (user_identity_invoked_by is null and user_identity_principal_id = {service}))) or \
         (user_identity_type is null and user_identity_arn is null and user_identity_principal_id is null and \
         user_identity_invoked_by = {service}))"
    )
}

/// The events of a session by its name, kind, unique id and ARN.
pub(super) fn of_session(scope: &Scope, [session, kind, principal_id, arn]: [String; 4]) -> Option<Scope> {
    let made = |name: &str, at: &str| match at {
        "" => format!("{name} and session_creation_date is null"),
        // The table has whole seconds.
        at => format!("{name} and session_creation_date between {at} and {}", at.replace('Z', ".999Z")),
    };
    let named = |name: &str| {
        let name = quoted(name);
        format!("(user_identity_principal_id = {name} or user_identity_arn = {name})")
    };
    let text = match kind.as_str() {
        "service" => by_service(&session),
        "long_term_key" | "temporary_key" => format!(
            "user_identity_access_key_id = {} and not (session_creation_date exists and {USER})",
            quoted(&session)
        ),
        "console_or_token" => {
            let (name, at) = session.rsplit_once('@')?;
            format!("{} and {USER}", made(&by_user(name), at))
        }
        "unkeyed_session" => {
            let (name, at) = session.rsplit_once('@')?;
            format!("{} and not {HAS_KEY} and not {USER}", made(&named(name), at))
        }
        _ => {
            let name = if session == arn { named(&arn) } else { by_user(&session) };
            let name = if principal_id.is_empty() && arn.is_empty() { by_user(&session) } else { name };
            format!(
                "{name} and not {HAS_KEY} and not (session_creation_date exists and {USER}) and \
                not user_identity_type in (AssumedRole, Role, FederatedUser, AWSService)"
            )
        }
    };
    within(scope, &text)
}

/// Events of a user, root or another that is named by unique id, account or ARN.
fn by_user(name: &str) -> String {
    let name = quoted(name);
    format!(
        "(user_identity_principal_id = {name} or user_identity_arn = {name} or \
         (user_identity_type in (Root, AWSAccount) and user_identity_account_id = {name}))"
    )
}

/// The events of a principal by its id, kind and ARN.
pub(super) fn of_principal(scope: &Scope, [principal, kind, name]: [String; 3]) -> Option<Scope> {
    let text = match kind.as_str() {
        "service" => by_service(&principal),
        "role" => of_role(&principal, &name),
        _ => format!("{} and not user_identity_type in (AssumedRole, Role, AWSService)", by_user(&principal)),
    };
    within(scope, &text)
}

/// The events of a role's sessions: by its unique id, or by its ARN where the id is masked.
fn of_role(principal: &str, name: &str) -> String {
    let sessions = "not user_identity_type in (IAMUser, Root, AWSService, AWSAccount)";
    let begins = |text: &str| quoted(&format!("^{}", regex::escape(text)));
    if derive::is_usable_id(principal) {
        let id = quoted(principal);
        let behind = begins(&format!("{principal}:"));
        return format!(
            "{sessions} and (session_issuer_principal_id = {id} or ((session_issuer_principal_id is null or \
             not session_issuer_principal_id matches '^[A-Z]{{4}}[A-Z0-9]{{12,}}$') and \
             user_identity_principal_id matches {behind}))"
        );
    }
    let by_arn = match (account_of(name), resource(name).and_then(|role| role.strip_prefix("role/"))) {
        (Some(account), Some(role)) => {
            let partition = name.split(':').nth(1).unwrap_or("aws");
            let session = begins(&format!("arn:{partition}:sts::{account}:assumed-role/{role}/"));
            format!("(session_issuer_arn is null and user_identity_arn matches {session})")
        }
        _ => format!("user_identity_arn = {}", quoted(name)),
    };
    format!("{sessions} and (session_issuer_arn = {} or {by_arn})", quoted(principal))
}
