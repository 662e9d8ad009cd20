//! What access keys, unique ids, session names and ARNs say by their form alone.

use regex::Regex;
use std::sync::LazyLock;

/// Does the access key tell one from others? `***`, zeros and HIDDEN do not.
pub(crate) fn is_usable_key(key: &str) -> bool {
    (16..=128).contains(&key.len()) && key.get(4..).is_some_and(tells_apart) && key.bytes().all(is_of_id)
}

pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_of_id(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

/// Three different characters or more.
fn tells_apart(text: &str) -> bool {
    let mut seen = [0u8; 3];
    let mut different = 0;
    for byte in text.bytes() {
        if !seen.iter().take(different).any(|known| *known == byte) {
            if different == 2 {
                return true;
            }
            seen[different] = byte;
            different += 1;
        }
    }
    false
}

/// The part of an ARN behind the account.
pub(crate) fn resource(arn: &str) -> Option<&str> {
    arn.starts_with("arn:").then(|| arn.splitn(6, ':').nth(5)).flatten()
}

/// The account of an ARN.
pub(crate) fn account_of(arn: &str) -> Option<&str> {
    arn.starts_with("arn:").then(|| arn.split(':').nth(4)).flatten().filter(|account| !account.is_empty())
}

/// Role and session of a session's ARN; without a session where the ARN names none.
pub(crate) fn assumed_role(arn: &str) -> Option<(&str, Option<&str>)> {
    let rest = resource(arn)?.strip_prefix("assumed-role/")?;
    Some(rest.split_once('/').map_or((rest, None), |(role, session)| (role, Some(session))))
}

/// The role of a session as IAM names it, without its path.
pub(crate) fn role_arn(session_arn: &str) -> Option<String> {
    let (role, _) = assumed_role(session_arn)?;
    let (partition, account) = (session_arn.split(':').nth(1)?, account_of(session_arn)?);
    Some(format!("arn:{partition}:iam::{account}:role/{role}"))
}

/// The session of a role as STS names it.
pub(crate) fn session_arn(role_arn: &str, session: &str) -> Option<String> {
    let role = resource(role_arn)?.strip_prefix("role/")?.rsplit('/').next()?;
    let (partition, account) = (role_arn.split(':').nth(1)?, account_of(role_arn)?);
    Some(format!("arn:{partition}:sts::{account}:assumed-role/{role}/{session}"))
}

/// The service of a service-linked role.
pub(crate) fn linked_service(role_arn: &str) -> Option<&str> {
    let (_, rest) = role_arn.split_once("/aws-service-role/")?;
    rest.split_once('/').map(|(service, _)| service).filter(|service| !service.is_empty())
}

/// `i-` and 8 or 17 hexadecimal digits.
pub(crate) fn is_instance(name: &str) -> bool {
    name.strip_prefix("i-")
        .is_some_and(|digits| matches!(digits.len(), 8 | 17) && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Session names that SDKs make up: they name nobody.
pub(crate) fn is_generated(name: &str) -> bool {
    static GENERATED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let words = "botocore-session|aws-go-sdk|aws-sdk-\\w+|boto3-session|AWSCLI-Session|AssumeRoleSession|session|\
                     aws-session|default_session|DefaultSession|RolesAnywhereInternalSession";
        let uuid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
        Regex::new(&format!("(?i-u)^(?:(?:{words})[-_]?\\d*|\\d{{6,}}|[0-9a-f]{{16,}}|{uuid})$")).ok()
    });
    GENERATED.as_ref().is_some_and(|generated| generated.is_match(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masked_keys_and_ids_tell_nobody_apart() {
        for key in ["AKIAQ3EGHIJ4KLMN5OPQ", "AKIAIOSFODNN7EXAMPLE", "ASIAZ1XYWVU2TSRQ3PON"] {
            assert!(is_usable_key(key), "{key}");
        }
        for key in [
            "",
            "ASIA****************",
            "ASIA0000000000000000",
            "ASIA0101010101010101",
            "HIDDEN_DUE_TO_SECURITY_REASONS",
            "AKIAQ3EGHIJ",
            "akiaq3eghij4klmn5opq",
            "é3EGHIJ4KLMN5OPQABC",
            "AAA\u{e9}Q3EGHIJ4KLMN5OPQ",
        ] {
            assert!(!is_usable_key(key), "{key}");
        }
        assert!(is_usable_key(&"AB1C".repeat(32)) && !is_usable_key(&"AB1C".repeat(33)));
    }

    #[test]
    fn arns_are_taken_apart_and_put_together() {
        let arn = "arn:aws:sts::111122223333:assumed-role/deploy/build-1";
        assert_eq!(assumed_role(arn), Some(("deploy", Some("build-1"))));
        assert_eq!(assumed_role("arn:aws:sts::111122223333:assumed-role/deploy"), Some(("deploy", None)));
        assert_eq!(assumed_role("arn:aws:iam::111122223333:user/assumed-role/x"), None);
        assert_eq!(account_of(arn), Some("111122223333"));
        assert_eq!(role_arn(arn).as_deref(), Some("arn:aws:iam::111122223333:role/deploy"));
        assert_eq!(
            session_arn("arn:aws-cn:iam::111122223333:role/a/b/deploy", "x").as_deref(),
            Some("arn:aws-cn:sts::111122223333:assumed-role/deploy/x")
        );
        assert_eq!(session_arn("deploy", "x"), None);
        let linked = "arn:aws:iam::111122223333:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS";
        assert_eq!(linked_service(linked), Some("rds.amazonaws.com"));
        assert_eq!(linked_service("arn:aws:iam::111122223333:role/aws-service-role/"), None);
        for text in ["", "arn:", "arn:aws:iam", "::::::"] {
            assert_eq!((resource(text), account_of(text), role_arn(text)), (None, None, None), "{text}");
        }
    }

    #[test]
    fn instances_and_generated_names() {
        for name in ["i-0ba571bb", "i-0ba571bb06bb06bb6", "i-786a3A8B5C0d92eF4"] {
            assert!(is_instance(name), "{name}");
        }
        for name in ["i-", "i-0ba571b", "i-0ba571bbg", "x-0ba571bb", "i-é234567"] {
            assert!(!is_instance(name), "{name}");
        }
        for name in [
            "botocore-session-1700000000",
            "aws-go-sdk-1688990082523310002",
            "aws-sdk-js-1688990082523",
            "AWSCLI-SESSION-1",
            "session",
            "1688990082",
            "0123456789abcdef",
            "0A1b2c3d-0000-1111-2222-333344445555",
        ] {
            assert!(is_generated(name), "{name}");
        }
        for name in ["mika", "build-4100", "12345", "cli", "session-mika", "my-session", "", "aws-sdk-"] {
            assert!(!is_generated(name), "{name}");
        }
    }
}
