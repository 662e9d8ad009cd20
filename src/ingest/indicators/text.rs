//! Plain lists: a value a line, comments after `#`, further columns behind white space.

use super::collect::{Collector, Details};
use super::value::{Recognition, kind_named, parts_of, recognise, recognise_as};
use super::{ListFormat, ListOptions, ReadList};
use crate::model::{IndicatorKind, IssueReason};

pub fn read(text: &str, options: &ListOptions) -> ReadList {
    let mut out = Collector::new(ListFormat::Text);
    let mut first = true;
    for (line, raw) in (1..).zip(text.lines()) {
        let raw = raw.trim_end_matches('\r');
        let trimmed = raw.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) || trimmed.starts_with("//") {
            continue;
        }
        // A column's header may stand over a plain list.
        let is_header = std::mem::take(&mut first) && options.kind.is_none() && kind_named(trimmed).is_some();
        if !is_header {
            read_line(&mut out, line, trimmed, raw, options.kind);
        }
    }
    out.list
}

fn read_line(out: &mut Collector, line: u64, trimmed: &str, raw: &str, kind: Option<IndicatorKind>) {
    let (value, comment) = match trimmed.find(" #").or_else(|| trimmed.find("\t#")) {
        Some(at) => (&trimmed[..at], trimmed[at..].trim().trim_start_matches('#').trim()),
        None => (trimmed, ""),
    };
    let value = value.trim();
    let details = |comment: &str| Details { comment: comment.to_owned(), ..Details::default() };
    if let Some(kind) = kind {
        return out.element(line, Some(kind), value, &details(comment), raw);
    }
    // `user_agent: curl/7`: what cannot be told by its form is said.
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
    let Some((head, rest)) = value.split_once(char::is_whitespace) else {
        return out.element(line, None, value, &details(comment), raw);
    };
    let rest = rest.trim();
    // A hosts file: the address is where the name shall lead to.
    if ["0.0.0.0", "127.0.0.1", "::"].contains(&head)
        && let Some(name) = rest.split_whitespace().next().and_then(|name| domain(name).ok())
    {
        return out.entry(line, rest, name, &details(comment), raw);
    }
    let both = [rest, comment].iter().filter(|text| !text.is_empty()).copied().collect::<Vec<_>>().join("; ");
    out.element(line, None, head, &details(&both), raw);
}

fn domain(text: &str) -> Recognition {
    recognise_as(IndicatorKind::Domain, text)
}
