//! Text patterns as regular expressions: one definition of what `like`, `contains` and `matches` match.

use super::tree::Check;
use regex::{Regex, RegexBuilder};

/// Bytes that a compiled pattern may take; a hostile pattern fails here instead of eating memory.
const SIZE_LIMIT: usize = 4 << 20;

/// Compiles a pattern.
///
/// # Errors
/// One line saying why it is not valid.
pub(crate) fn regex(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern).size_limit(SIZE_LIMIT).build().map_err(|error| match error {
        regex::Error::Syntax(text) => {
            // The crate draws the pattern over several lines; the reason is the last one.
            text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
        }
        regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        other => other.to_string(),
    })
}

/// The regular expression that does what a text check does; `None` for other checks. `ignore_case` is for fields with a
/// closed set of values.
pub(crate) fn of_check(check: &Check, ignore_case: bool) -> Option<String> {
    match check {
        Check::Like(pattern) => Some(of_like(pattern, ignore_case)),
        Check::Contains(text) => Some(format!("(?i){}", regex::escape(text))),
        Check::Matches(pattern) => Some(pattern.to_string()),
        _ => None,
    }
}

/// The pattern that matches this text and no other.
///
/// # Errors
/// The text is too long.
pub(crate) fn exactly(text: &str) -> Result<String, String> {
    let pattern = format!(r"(?s)\A{}\z", regex::escape(text));
    regex(&pattern).map(|_| pattern)
}

fn of_like(pattern: &str, ignore_case: bool) -> String {
    let mut regex = String::from(if ignore_case { r"(?si)\A" } else { r"(?s)\A" });
    for c in pattern.chars() {
        match c {
            '%' => regex.push_str(".*"),
            '_' => regex.push('.'),
            _ => regex.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    regex.push_str(r"\z");
    regex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_contains_and_matches() {
        let found = |check: Check, text: &str| regex(&of_check(&check, false).unwrap()).unwrap().is_match(text);
        assert!(found(Check::Like("a%c_".into()), "abbc\n"));
        assert!(!found(Check::Like("a%".into()), "ba"));
        assert!(!found(Check::Like("A".into()), "a"));
        assert!(found(Check::Like("10.0.%".into()), "10.0.1.1"));
        assert!(!found(Check::Like("10.0.%".into()), "10x0.1.1"));
        assert!(found(Check::Contains("(X.".into()), "a(x.b"));
        assert!(found(Check::Contains("ä".into()), "Ä"));
        assert!(!found(Check::Matches("root".into()), "Root"));
        assert_eq!(regex("a(b").unwrap_err(), "unclosed group");
        assert!(regex("(((a{1000}){1000}){1000})").is_err());
    }
}
