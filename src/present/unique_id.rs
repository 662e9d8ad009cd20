//! Unique ids and keys of AWS: what their prefix says, and what can be followed by them.

use super::text::Texts;

/// Prefixes of IAM's unique ids and of keys.
const PREFIXES: [&str; 12] =
    ["ABIA", "ACCA", "AGPA", "AIDA", "AIPA", "AKIA", "ANPA", "ANVA", "APKA", "AROA", "ASCA", "ASIA"];

/// The prefix of a unique id or key, with or without the name of a session behind it.
fn prefix(text: &str) -> Option<&'static str> {
    let id = text.split_once([':', '@']).map_or(text, |(id, _)| id);
    let is_id = (16..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    PREFIXES.into_iter().find(|prefix| is_id && id.starts_with(prefix))
}

/// What a unique id or key is, by its prefix: the text `unique-id-PREFIX`.
pub(crate) fn meaning(texts: &Texts, text: &str) -> Option<String> {
    let prefix = prefix(text)?;
    let what = texts.tr(&format!("unique-id-{prefix}"));
    Some(texts.tr_args("unique-id", &[("prefix", prefix), ("what", &what)]))
}

/// Is it a key, a session, a user, a role or an instance, whose calls can be followed?
pub(crate) fn is_followed(text: &str) -> bool {
    if let Some(prefix) = prefix(text) {
        return matches!(prefix, "AKIA" | "ASIA" | "AROA" | "AIDA");
    }
    if let Some((service, resource)) = arn(text) {
        return match service {
            "iam" => ["user/", "role/", "root"].iter().any(|kind| resource.starts_with(kind)),
            "sts" => ["assumed-role/", "federated-user/"].iter().any(|kind| resource.starts_with(kind)),
            _ => false,
        };
    }
    let digits = text.strip_prefix("i-").unwrap_or_default();
    matches!(digits.len(), 8 | 17) && digits.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Service and resource.
fn arn(text: &str) -> Option<(&str, &str)> {
    let mut parts = text.splitn(6, ':');
    let is_arn = parts.next() == Some("arn");
    let (service, resource) = (parts.nth(1)?, parts.nth(2)?);
    is_arn.then_some((service, resource))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::text::Language;

    #[test]
    fn a_prefix_is_explained_in_every_language() {
        assert_eq!(PREFIXES, crate::derive::UNIQUE_ID_PREFIXES);
        for language in Language::ALL {
            let texts = Texts::new(language);
            for prefix in PREFIXES {
                assert!(texts.has(&format!("unique-id-{prefix}")), "{prefix}");
            }
        }
        let texts = Texts::english();
        let of = |text: &str| meaning(&texts, text);
        assert!(of("AROAR7STUVW8XYZA9BCDE:build-1").is_some_and(|text| text.starts_with("AROA")));
        assert_eq!((of("AROA"), of("ASIAlowercase1234567"), of("XXXX7STUVW8XYZA9BCDE")), (None, None, None));
    }

    #[test]
    fn keys_sessions_principals_and_instances_are_followed() {
        for text in [
            "AKIAQ3EGHIJ4KLMN5OPQ",
            "AROAR7STUVW8XYZA9BCDE:build-1",
            "arn:aws:iam::111122223333:user/mika",
            "arn:aws-cn:sts::111122223333:assumed-role/deploy/build-1",
            "arn:aws:iam::111122223333:root",
            "i-0123456789abcdef0",
        ] {
            assert!(is_followed(text), "{text}");
        }
        for text in ["arn:aws:iam::1:policy/x", "arn:aws:s3:::bucket", "AGPAR7STUVW8XYZA9BCDE", "i-12", "mika", ""] {
            assert!(!is_followed(text), "{text}");
        }
    }
}
