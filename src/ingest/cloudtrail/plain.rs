//! The members of plain JSON objects, one after the other: a strict reader that knows one thing, to be fast. Whatever
//! is not plain (a name with escapes, deep nesting, anything that is no JSON) it declines, and the general reader
//! decides.

use crate::ingest::json::stops::string_stop;

/// Objects and lists inside each other that are walked.
pub(super) const DEEPEST: u32 = 32;

/// A value of plain JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PlainValue<'a> {
    pub text: &'a str,
    /// There are blanks between its parts.
    pub has_blanks: bool,
}

/// The value that a text is; `None` where it is no plain JSON.
pub(crate) fn value(text: &str) -> Option<PlainValue<'_>> {
    let mut plain = Plain::new(text);
    let text = plain.value()?;
    (plain.at == plain.text.len()).then_some(PlainValue { text, has_blanks: plain.has_blanks })
}

/// The value of an object's first member of this name, if any; `None` where what stands before its end is no plain JSON.
pub(crate) fn member<'a>(text: &'a str, name: &str) -> Option<Option<PlainValue<'a>>> {
    let mut plain = Plain::new(text);
    let mut more = plain.open()?;
    while more {
        let is_wanted = plain.key()? == name;
        plain.has_blanks = false;
        let text = plain.value()?;
        if is_wanted {
            return Some(Some(PlainValue { text, has_blanks: plain.has_blanks }));
        }
        more = plain.more()?;
    }
    Some(None)
}

/// A place in a text.
pub(super) struct Plain<'a> {
    text: &'a str,
    at: usize,
    /// Blanks were passed.
    has_blanks: bool,
}

impl<'a> Plain<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, has_blanks: false }
    }

    /// Bytes that were read.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn blank(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
            self.has_blanks = true;
        }
    }

    /// Enters an object. Has it members?
    pub(super) fn open(&mut self) -> Option<bool> {
        self.enter(b'{', b'}')
    }

    fn enter(&mut self, open: u8, close: u8) -> Option<bool> {
        self.take(open)?;
        self.blank();
        Some(self.take(close).is_none())
    }

    /// The next member's name; its value is behind.
    pub(super) fn key(&mut self) -> Option<&'a str> {
        let begin = self.at + 1;
        let has_escapes = self.string()?;
        let key = self.text.get(begin..self.at - 1).filter(|_| !has_escapes)?;
        self.blank();
        self.take(b':')?;
        self.blank();
        Some(key)
    }

    /// Behind a value: does another member follow? If not, the object is left.
    pub(super) fn more(&mut self) -> Option<bool> {
        self.follows(b'}')
    }

    fn follows(&mut self, close: u8) -> Option<bool> {
        self.blank();
        if self.take(close).is_some() {
            return Some(false);
        }
        self.take(b',')?;
        self.blank();
        Some(true)
    }

    /// Is an object here?
    pub(super) fn is_object(&self) -> bool {
        self.peek() == Some(b'{')
    }

    /// The text of the value that is here.
    pub(super) fn value(&mut self) -> Option<&'a str> {
        let begin = self.at;
        self.pass(0)?;
        self.text.get(begin..self.at)
    }

    fn pass(&mut self, depth: u32) -> Option<()> {
        match self.peek()? {
            b'"' => drop(self.string()?),
            b'{' if depth < DEEPEST => {
                let mut more = self.open()?;
                while more {
                    self.key()?;
                    self.pass(depth + 1)?;
                    more = self.more()?;
                }
            }
            b'[' if depth < DEEPEST => {
                let mut more = self.enter(b'[', b']')?;
                while more {
                    self.pass(depth + 1)?;
                    more = self.follows(b']')?;
                }
            }
            b't' => self.word("true")?,
            b'f' => self.word("false")?,
            b'n' => self.word("null")?,
            b'-' | b'0'..=b'9' => self.number()?,
            _ => return None,
        }
        Some(())
    }

    fn word(&mut self, word: &str) -> Option<()> {
        let rest = self.text.as_bytes().get(self.at..)?;
        rest.starts_with(word.as_bytes()).then(|| self.at += word.len())
    }

    fn number(&mut self) -> Option<()> {
        let _ = self.take(b'-');
        if self.take(b'0').is_none() {
            self.digits()?;
        }
        if self.take(b'.').is_some() {
            self.digits()?;
        }
        if self.take(b'e').or_else(|| self.take(b'E')).is_some() {
            let _ = self.take(b'+').or_else(|| self.take(b'-'));
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let begin = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        (self.at > begin).then_some(())
    }

    /// Passes a string with its quotes. Has it escapes?
    fn string(&mut self) -> Option<bool> {
        let bytes = self.text.as_bytes();
        self.take(b'"')?;
        let mut has_escapes = false;
        loop {
            self.at += string_stop::<true>(bytes.get(self.at..)?)?;
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Some(has_escapes);
                }
                b'\\' => {
                    has_escapes = true;
                    self.at += escape_len(bytes.get(self.at + 1..)?)?;
                }
                // A control character has to be written as an escape.
                _ => return None,
            }
        }
    }
}

/// Bytes of an escape with its backslash, by what is behind that.
fn escape_len(after: &[u8]) -> Option<usize> {
    match after.first()? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => after.get(1..5)?.iter().all(u8::is_ascii_hexdigit).then_some(6),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            "[a-z\"\\\\é\u{1}\n ]{0,20}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::btree_map("[a-z\\\\]{0,10}", inner, 0..6)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_it_takes_is_json_and_plain_json_is_taken(value in json(), pretty in any::<bool>(), tail in "[,\\] ]{0,3}") {
            let text = if pretty { format!("{value:#}") } else { value.to_string() };
            let whole = text.clone() + &tail;
            let mut plain = Plain::new(&whole);
            let taken = plain.value();
            // Names with escapes are left to the general reader.
            let names_are_plain = !text.contains("\\\\") ;
            prop_assert!(taken == Some(text.as_str()) || (taken.is_none() && !names_are_plain), "{whole}");
        }

        #[test]
        fn what_the_general_reader_refuses_it_refuses(value in json(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut bytes = value.to_string().into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if let Ok(text) = std::str::from_utf8(&bytes) {
                let mut plain = Plain::new(text);
                if let Some(taken) = plain.value() {
                    prop_assert!(serde_json::from_str::<IgnoredAny>(taken).is_ok(), "{taken}");
                }
            }
        }
    }
}
