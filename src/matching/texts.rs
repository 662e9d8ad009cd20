//! Entries that are text: equal to a field's value, part of it, or found in the raw text of an event.

use crate::model::{Address, IndicatorKind};
use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError};
use rustc_hash::FxHashMap;

/// Entries by their texts.
#[derive(Debug, Default)]
pub struct TextIndex {
    equal: FxHashMap<(IndicatorKind, Box<str>), Vec<u32>>,
    agents: Search,
    raw: Search,
}

/// Many texts at once, regardless of ASCII case.
#[derive(Debug, Default)]
struct Search {
    automaton: Option<AhoCorasick>,
    patterns: Vec<Pattern>,
}

#[derive(Debug)]
struct Pattern {
    kind: IndicatorKind,
    text: Box<str>,
    place: u32,
}

impl Search {
    fn new(patterns: Vec<Pattern>) -> Result<Self, BuildError> {
        if patterns.is_empty() {
            return Ok(Self::default());
        }
        // Small lists are worth a table that is fast; large ones must not take memory by the states of it.
        let kind = if patterns.len() <= 1000 { None } else { Some(AhoCorasickKind::ContiguousNFA) };
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(kind)
            .build(patterns.iter().map(|pattern| pattern.text.as_bytes()))?;
        Ok(Self { automaton: Some(automaton), patterns })
    }

    /// Places of the patterns found, where `fits` says so of the text around.
    fn find(&self, text: &str, out: &mut Vec<u32>, fits: impl Fn(&Pattern, &str, usize, usize) -> bool) {
        let Some(automaton) = &self.automaton else { return };
        for found in automaton.find_overlapping_iter(text) {
            if let Some(pattern) = self.patterns.get(found.pattern().as_usize())
                && !out.contains(&pattern.place)
                && fits(pattern, text, found.start(), found.end())
            {
                out.push(pattern.place);
            }
        }
    }
}

impl TextIndex {
    /// Of entries that are not addresses: kind, canonical value, place.
    ///
    /// # Errors
    /// More text than an automaton holds (4 GiB of states).
    pub fn new<'a>(entries: impl IntoIterator<Item = (IndicatorKind, &'a str, u32)>) -> Result<Self, BuildError> {
        let mut this = Self::default();
        let (mut agents, mut raw) = (Vec::new(), Vec::new());
        for (kind, text, place) in entries {
            let pattern = || Pattern { kind, text: text.into(), place };
            match kind {
                IndicatorKind::UserAgent => agents.push(pattern()),
                IndicatorKind::Url => raw.push(pattern()),
                IndicatorKind::Domain
                | IndicatorKind::AccessKey
                | IndicatorKind::Arn
                | IndicatorKind::Principal
                | IndicatorKind::Account
                | IndicatorKind::Interface => {
                    raw.push(pattern());
                    this.equal.entry((kind, text.into())).or_default().push(place);
                }
                IndicatorKind::EventName | IndicatorKind::Port => {
                    this.equal.entry((kind, text.into())).or_default().push(place);
                }
                IndicatorKind::Address | IndicatorKind::Range | IndicatorKind::Hash => {}
            }
        }
        (this.agents, this.raw) = (Search::new(agents)?, Search::new(raw)?);
        Ok(this)
    }

    /// Entries of this kind that are exactly this.
    pub fn equal(&self, kind: IndicatorKind, text: &str) -> &[u32] {
        if self.equal.is_empty() {
            return &[];
        }
        self.equal.get(&(kind, text.into())).map(Vec::as_slice).unwrap_or_default()
    }

    /// Does any entry of this kind compare with whole values?
    pub fn has(&self, kind: IndicatorKind) -> bool {
        self.equal.keys().any(|(known, _)| *known == kind)
    }

    pub fn has_agents(&self) -> bool {
        self.agents.automaton.is_some()
    }

    pub fn has_raw(&self) -> bool {
        self.raw.automaton.is_some()
    }

    /// Entries that are this name, or a name above it.
    pub fn name(&self, name: &str, out: &mut Vec<u32>) {
        let name = name.to_lowercase();
        let mut rest = name.as_str();
        loop {
            out.extend(self.equal(IndicatorKind::Domain, rest));
            match rest.split_once('.') {
                Some((_, above)) => rest = above,
                None => break,
            }
        }
    }

    /// Entries that are this principal: a name, a unique id, a session's name or the part before it.
    pub fn principal(&self, text: &str, out: &mut Vec<u32>) {
        out.extend(self.equal(IndicatorKind::Principal, text));
        if let Some((id, session)) = text.split_once(':') {
            out.extend(self.equal(IndicatorKind::Principal, id));
            out.extend(self.equal(IndicatorKind::Principal, session));
        }
    }

    /// Entries that are part of this user agent.
    pub fn agent(&self, text: &str, out: &mut Vec<u32>) {
        self.agents.find(text, out, |_, _, _, _| true);
    }

    /// Entries found in the raw text of an event, where the text around shows that it is the whole of them.
    pub fn raw(&self, text: &str, out: &mut Vec<u32>) {
        self.raw.find(text, out, stands_alone);
    }
}

/// Is what was found a whole name, key or number?
fn stands_alone(pattern: &Pattern, text: &str, start: usize, end: usize) -> bool {
    let (before, found, after) = (text.get(..start), text.get(start..end), text.get(end..));
    let (Some(before), Some(found), Some(after)) = (before, found, after) else { return false };
    let last = before.chars().next_back();
    let mut next = after.chars();
    let next = (next.next(), next.next());
    let in_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '-' || c == '_');
    match pattern.kind {
        // Names below it are meant too; `evil.example.org` is another name.
        IndicatorKind::Domain => {
            let goes_on = next.0 == Some('.') && next.1.is_some_and(char::is_alphanumeric);
            !(in_word(last) || in_word(next.0) || goes_on)
        }
        IndicatorKind::Url => !last.is_some_and(char::is_alphanumeric),
        // A name is one only as a whole value.
        IndicatorKind::Principal if !is_unique_id(&pattern.text) => {
            found == &*pattern.text && last == Some('"') && next.0 == Some('"')
        }
        IndicatorKind::Arn => {
            let goes_on = |c: char| c.is_alphanumeric() || "-_/.+=,@:".contains(c);
            found == &*pattern.text && !in_word(last) && !next.0.is_some_and(goes_on)
        }
        IndicatorKind::Account => {
            !last.is_some_and(char::is_alphanumeric) && !next.0.is_some_and(char::is_alphanumeric)
        }
        _ => found == &*pattern.text && !in_word(last) && !in_word(next.0),
    }
}

fn is_unique_id(text: &str) -> bool {
    ["AIDA", "AROA", "AGPA", "AIPA", "ANPA"].iter().any(|prefix| text.starts_with(prefix))
}

/// Keys of the addresses that are in a text, each where it is alone: not the version `91.0.1.2` of a program.
pub fn addresses_in(text: &str) -> Vec<u128> {
    let bytes = text.as_bytes();
    let is_part = |b: u8| b.is_ascii_hexdigit() || b == b'.' || b == b':';
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = bytes.iter().skip(at).position(|b| is_part(*b)).map(|step| at + step) {
        let len = bytes.iter().skip(start).take_while(|b| is_part(**b)).count();
        at = start + len;
        if len < 3 {
            continue;
        }
        let before = start.checked_sub(1).and_then(|at| bytes.get(at)).copied();
        let slashes = before == Some(b'/') && start.checked_sub(2).and_then(|at| bytes.get(at)) != Some(&b'/');
        let word = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        if slashes || word(before) || word(bytes.get(at).copied()) {
            continue;
        }
        let token = bytes.get(start..at).unwrap_or_default();
        found.extend(address_of(token).map(|address| u128::from_be_bytes(address.key())));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// An address, with a port or the sentence's full stop behind it.
fn address_of(token: &[u8]) -> Option<Address> {
    let token = token.strip_suffix(b".").unwrap_or(token);
    let token = token.strip_suffix(b":").unwrap_or(token);
    if let Some(address) = Address::parse(token) {
        return Some(address);
    }
    let (host, port) = token.split_at(token.iter().position(|b| *b == b':')?);
    let is_port = port.len() > 1 && port.iter().skip(1).all(u8::is_ascii_digit);
    if is_port { Address::parse(host) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> TextIndex {
        TextIndex::new([
            (IndicatorKind::Domain, "evil.example", 0),
            (IndicatorKind::AccessKey, "AKIAXPLANTEDEXAMPLE1", 1),
            (IndicatorKind::Arn, "arn:aws:iam::111122223333:user/svc", 2),
            (IndicatorKind::Principal, "svc", 3),
            (IndicatorKind::Account, "111122223333", 4),
            (IndicatorKind::UserAgent, "curl/7", 5),
            (IndicatorKind::Url, "http://evil.example/x", 6),
            (IndicatorKind::Principal, "AROAXEXAMPLEEXAMPLE1", 7),
        ])
        .unwrap()
    }

    fn raw(text: &str) -> Vec<u32> {
        let mut found = Vec::new();
        index().raw(text, &mut found);
        found.sort_unstable();
        found
    }

    #[test]
    fn raw_text_has_to_hold_the_whole_of_an_entry() {
        for (text, expected) in [
            (r#"{"host":"www.EVIL.example"}"#, vec![0]),
            (r#""evil.example.""#, vec![0]),
            (r#""evil.example.org""#, vec![]),
            (r#""notevil.example""#, vec![]),
            (r#""http://evil.example/x?y""#, vec![0, 6]),
            (r#"{"accessKeyId":"AKIAXPLANTEDEXAMPLE1"}"#, vec![1]),
            (r#""policy":"{\"key\":\"AKIAXPLANTEDEXAMPLE1\"}""#, vec![1]),
            (r#""akiaxplantedexample1""#, vec![]),
            (r#""AKIAXPLANTEDEXAMPLE12""#, vec![]),
            (r#""arn:aws:iam::111122223333:user/svc""#, vec![2, 4]),
            (r#""arn:aws:iam::111122223333:user/svc-backup""#, vec![4]),
            (r#""userName":"svc""#, vec![3]),
            (r#""userName":"svc two""#, vec![]),
            (r#""x":"1111222233334""#, vec![]),
            (r#""principalId":"AROAXEXAMPLEEXAMPLE1:bob""#, vec![7]),
        ] {
            assert_eq!(raw(text), expected, "{text}");
        }
    }

    #[test]
    fn names_principals_and_agents() {
        let index = index();
        let found = |run: &dyn Fn(&mut Vec<u32>)| {
            let mut out = Vec::new();
            run(&mut out);
            out
        };
        assert_eq!(found(&|out| index.name("a.b.evil.example", out)), [0]);
        assert_eq!(found(&|out| index.name("evil.example.org", out)), [0u32; 0]);
        assert_eq!(found(&|out| index.principal("AROAXEXAMPLEEXAMPLE1:svc", out)), [7, 3]);
        assert_eq!(found(&|out| index.agent("aws-cli CURL/7.1", out)), [5]);
        assert_eq!(index.equal(IndicatorKind::Account, "111122223333"), [4]);
        assert_eq!(index.equal(IndicatorKind::EventName, "svc"), [0u32; 0]);
    }

    #[test]
    fn addresses_that_stand_alone_in_a_text() {
        let keys = |texts: &[&str]| {
            let mut keys: Vec<u128> =
                texts.iter().map(|t| u128::from_be_bytes(Address::parse(t.as_bytes()).unwrap().key())).collect();
            keys.sort_unstable();
            keys
        };
        for (text, expected) in [
            (r#"{"cidrIp":"203.0.113.66/32","to":"2001:db8::1"}"#, &["203.0.113.66", "2001:db8::1"][..]),
            ("http://198.51.100.201:8080/x", &["198.51.100.201"]),
            ("from 10.0.0.1.", &["10.0.0.1"]),
            ("from 10.0.0.1:", &["10.0.0.1"]),
            ("Chrome/120.0.0.0 Safari", &[]),
            ("v1.2.3.4", &[]),
            ("1.2.3.4.5", &[]),
            ("ip-10-0-0-1 a:b", &[]),
            ("10.0.0.1,10.0.0.1", &["10.0.0.1"]),
        ] {
            assert_eq!(addresses_in(text), keys(expected), "{text}");
        }
    }
}
