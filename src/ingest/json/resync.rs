//! Where reading can restart inside an element that turned out to be broken: a record that lost a brace or a quote
//! takes the text of its successors for its own inside.

use memchr::memmem;

/// First keys of records and wrappers, as AWS's services and tools write them.
const FIRST_KEYS: [&[u8]; 4] = [b"\"eventVersion\"", b"\"awsRegion\"", b"\"Records\"", b"\"EventId\""];

/// The first place behind the element's start where another record seems to begin: `{` and one of the first keys; or,
/// for an element that is on its own, a line that begins with an object. An object that is the value of a key counts
/// only if it is whole, as the event in a wrapping that was not closed.
pub(crate) fn restart_point(raw: &[u8], on_its_own: bool) -> Option<usize> {
    let starts = |key: &&[u8]| {
        let mut values = 0;
        for at in memmem::find_iter(raw, key) {
            match object_start(raw, at) {
                Some((at, false)) => return Some(at),
                // One look to the end at most, as there may be many.
                Some((at, true)) if values == 0 => {
                    values = 1;
                    if is_whole(raw.get(at..).unwrap_or_default()) {
                        return Some(at);
                    }
                }
                _ => {}
            }
        }
        None
    };
    let line = if on_its_own { memmem::find(raw, b"\n{\"").map(|at| at + 1) } else { None };
    FIRST_KEYS.iter().filter_map(starts).chain(line).min()
}

/// The `{` in front of the key at `key`, if there is one that is not the element's own, and whether it begins a
/// member's value.
fn object_start(raw: &[u8], key: usize) -> Option<(usize, bool)> {
    let before = raw.get(..key)?.trim_ascii_end().strip_suffix(b"{")?;
    (!before.is_empty()).then_some((before.len(), before.trim_ascii_end().last() == Some(&b':')))
}

/// Does the object that begins here end here?
fn is_whole(text: &[u8]) -> bool {
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<serde::de::IgnoredAny>();
    matches!(values.next(), Some(Ok(_)))
}

/// How much may be read again: hostile text could otherwise make every restart read the same bytes.
#[derive(Default)]
pub(crate) struct Budget {
    spent: u64,
}

impl Budget {
    /// Asks for reading `bytes` again, `content` bytes into the content.
    pub(crate) fn spend(&mut self, bytes: usize, content: u64) -> bool {
        let spent = self.spent.saturating_add(bytes as u64);
        let allowed = spent <= content.saturating_mul(4).saturating_add(1 << 20);
        if allowed {
            self.spent = spent;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restarts_at_a_record_and_not_at_a_members_value() {
        assert_eq!(restart_point(br#"{"eventVersion":"1","a":{"b":1,{"eventVersion":"2""#, false), Some(31));
        assert_eq!(restart_point(br#"{"detail": {"eventVersion":"2""#, false), None);
        assert_eq!(restart_point(br#"{"detail": {"eventVersion":"2"},{"#, false), Some(11));
        assert_eq!(restart_point(b"{\"a\n{\"b\":1}", true), Some(4));
        assert_eq!(restart_point(b"{\"a\n{\"b\":1}", false), None);
        assert_eq!(restart_point(b"{\"a\": [{  \n\"awsRegion\":", false), Some(7));
    }

    #[test]
    fn reading_again_is_bounded_by_the_content() {
        let mut budget = Budget::default();
        assert!(budget.spend(1 << 20, 0));
        assert!(!budget.spend(5, 1));
        assert!(budget.spend(4, 1));
    }
}
