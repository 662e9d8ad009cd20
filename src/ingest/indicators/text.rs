//! Plain lists: values a line, comments behind them, and sentences that name some.

use super::collect::{Collector, Details};
use super::defang::{cleaned, is_defanged};
use super::kinds::kind_named;
use super::value::{Recognised, Recognition, parts_of, recognise, recognise_as, span_of};
use super::{ListFormat, ListOptions, ReadList};
use crate::model::{IndicatorKind, IssueReason};

pub(super) fn read(text: &str, options: &ListOptions) -> ReadList {
    let mut out = Collector::new(ListFormat::Text);
    let mut first = true;
    let tor = text.lines().any(|line| line.starts_with("ExitAddress "));
    for (line, raw) in (1..).zip(text.lines()) {
        let raw = raw.trim_end_matches('\r');
        let trimmed = raw.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) || trimmed.starts_with("//") {
            continue;
        }
        // A column's header may be over a plain list.
        let is_header = std::mem::take(&mut first) && options.kind.is_none() && kind_named(trimmed).is_some();
        let is_about = tor && is_of_tor(trimmed);
        if !is_header && !is_about {
            read_line(&mut out, line, trimmed, raw, options.kind);
        }
    }
    out.list
}

/// What Tor's exit list says of a relay beside its addresses.
fn is_of_tor(line: &str) -> bool {
    ["ExitNode ", "Published ", "LastStatus "].iter().any(|word| line.starts_with(word))
}

pub(super) fn read_line(out: &mut Collector, line: u64, trimmed: &str, raw: &str, kind: Option<IndicatorKind>) {
    let (value, comment) = commented(trimmed, kind);
    let value = value.trim();
    let details = |comment: &str| Details { comment: comment.to_owned(), ..Details::default() };
    if let Some(kind) = kind {
        return out.element(line, Some(kind), value, &details(comment), raw);
    }
    // `user_agent: curl/7`: what cannot be determined by its form is said.
    if let Some((word, rest)) = value.split_once(": ")
        && let Some(named) = kind_named(word)
    {
        return match named {
            Some(kind) => out.element(line, Some(kind), rest, &details(comment), raw),
            None => out.issue(line, IssueReason::Unsupported, format!("{word}: no log holds any"), raw),
        };
    }
    if parts_of(value).len() > 1 || recognise(value).is_ok() {
        return out.element(line, None, value, &details(comment), raw);
    }
    if let Some((written, found, rest)) = led(value) {
        let both = [rest.as_str(), comment].iter().filter(|text| !text.is_empty()).copied().collect::<Vec<_>>();
        return out.entry(line, &written, found, &details(&both.join("; ")), raw);
    }
    several(out, line, value, comment, raw);
}

/// The value and the comment behind it. `;` and `//` begin one only behind an indicator: user agents hold them too.
fn commented(text: &str, kind: Option<IndicatorKind>) -> (&str, &str) {
    if let Some(at) = text.find(" #").or_else(|| text.find("\t#")) {
        return (&text[..at], text[at..].trim().trim_start_matches('#').trim());
    }
    for mark in [" ;", "\t;", " //", "\t//"] {
        if let Some((value, comment)) = text.split_once(mark)
            && kind.is_none()
            && recognise(value).is_ok()
        {
            return (value, comment.trim());
        }
    }
    (text, "")
}

/// A value that the line's own form leads to: what is written, what it is, and what else the line says.
fn led(value: &str) -> Option<(String, Recognised, String)> {
    let words: Vec<&str> = value.split_whitespace().collect();
    if let ["ExitAddress", address, rest @ ..] = words.as_slice() {
        let found = recognise_as(IndicatorKind::Address, address).ok()?;
        return Some(((*address).to_owned(), found, format!("Tor exit {}", rest.join(" "))));
    }
    // A hosts file: the address is where the name shall lead to.
    if let ["0.0.0.0" | "127.0.0.1" | "::" | "::1", name, rest @ ..] = words.as_slice()
        && let Ok(found) = domain(name)
    {
        return Some(([&[*name], rest].concat().join(" "), found, String::new()));
    }
    // AlienVault: `address#reliability#risk#what#...`
    if let Some((head, rest)) = value.split_once('#').filter(|(head, _)| !head.contains(char::is_whitespace))
        && let Ok(found) = recognise(head)
    {
        return Some((head.to_owned(), found, rest.replace('#', " ").trim().to_owned()));
    }
    // Both ends of a range, or an address and its mask, and what follows.
    let cells: Vec<&str> = value.split([',', ';', '\t', '|', ' ']).map(str::trim).filter(|c| !c.is_empty()).collect();
    let words = cells.iter().copied().filter(|cell| !is_joint(cell)).collect::<Vec<_>>();
    if let Some((found, used)) = span_of(&words) {
        let written = words.get(..used).unwrap_or_default().join(" ");
        return Some((written, found, words.get(used..).unwrap_or_default().join(" ")));
    }
    // PeerGuardian: `what it is:first-last`
    let (name, range) = value.rsplit_once(':')?;
    let found = recognise_as(IndicatorKind::Range, range).ok().filter(|found| found.kind == IndicatorKind::Range)?;
    Some((range.trim().to_owned(), found, name.trim().to_owned()))
}

/// `203.0.113.0 - 203.0.113.255`, `203.0.113.0 to 203.0.113.255`
fn is_joint(word: &str) -> bool {
    matches!(word, "-" | "–" | "—" | "to" | "..")
}

/// A line of values with a comment, a line of values, or a sentence.
fn several(out: &mut Collector, line: u64, value: &str, comment: &str, raw: &str) {
    let pieces: Vec<&str> = value.split([',', ';', '|', '\t']).map(str::trim).filter(|p| !p.is_empty()).collect();
    let known = pieces.iter().filter(|piece| recognise(piece).is_ok()).count();
    let details = |rest: &str| {
        let both = [rest, comment].iter().filter(|text| !text.is_empty()).copied().collect::<Vec<_>>();
        Details { comment: both.join("; "), ..Details::default() }
    };
    // A list in one line; a single value in front of other words has those as its comment.
    if known > 1 {
        for piece in pieces {
            out.element(line, None, piece, &details(""), raw);
        }
        return;
    }
    let words: Vec<&str> = value.split([' ', '\t', ',', ';', '|', '\u{a0}']).filter(|word| !word.is_empty()).collect();
    let found: Vec<(&str, Recognition)> =
        words.iter().flat_map(|word| inside(word)).map(|word| (word, recognise(word))).collect();
    let leading = words.iter().take_while(|word| recognise(labelled(word)).is_ok()).count();
    let mut refused = Vec::new();
    let mut taken = 0;
    let behind = words.get(leading..).unwrap_or_default();
    let rest = if leading > 0 { behind.join(" ") } else { value.to_owned() };
    for (at, (word, found)) in found.into_iter().enumerate() {
        let Ok(found) = found else { continue };
        if at < leading || is_certain(word, &found) {
            taken += 1;
            out.entry(line, cleaned(word), found, &details(&rest), raw);
        } else if found.kind != IndicatorKind::Account {
            refused.push(cleaned(word));
        }
    }
    for word in refused {
        let detail = format!("{word} stands in a sentence; on a line of its own it is looked for");
        out.issue(line, IssueReason::NotRecognised, detail, raw);
        taken += 1;
    }
    if taken == 0 {
        out.element(line, None, value, &details(""), raw);
    }
}

/// A word, or what its brackets and quotes hold where it is none itself: `[203.0.113.9](https://x.example)`.
fn inside(word: &str) -> Vec<&str> {
    let word = labelled(word);
    if recognise(word).is_ok() {
        return vec![word];
    }
    let parts = word.split(['(', ')', '[', ']', '<', '>', '{', '}', '"', '\'', '`', '=']);
    let parts: Vec<&str> = parts.filter(|part| recognise(part).is_ok()).collect();
    if parts.is_empty() { vec![word] } else { parts }
}

/// `ip=203.0.113.5`, `C2:203.0.113.5`: the value behind its label.
fn labelled(word: &str) -> &str {
    match word.split_once('=').or_else(|| word.split_once(':')) {
        Some((label, value)) if recognise(word).is_err() && label.chars().all(char::is_alphanumeric) => match value {
            "" => word,
            value => value,
        },
        _ => word,
    }
}

/// Nobody writes such a thing in a sentence without meaning it; a name or a link may be where the sentence comes from.
fn is_certain(word: &str, found: &Recognised) -> bool {
    use IndicatorKind::{AccessKey, Arn, Hash, Interface, Principal};
    found.span.is_some() || is_defanged(word) || matches!(found.kind, AccessKey | Arn | Hash | Interface | Principal)
}

fn domain(text: &str) -> Recognition {
    recognise_as(IndicatorKind::Domain, text)
}
