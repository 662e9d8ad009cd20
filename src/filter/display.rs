//! Canonical text: parses back to an equal filter.

use super::tree::{Check, Filter, Test, Type};
use super::value::{self, Literal};
use super::{names, target};
use crate::model::Dataset;
use std::fmt::{Display, Formatter, Result, Write};

impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Filter::All => Ok(()),
            Filter::Not(inner) if matches!(**inner, Filter::Test(_) | Filter::Not(_)) => write!(f, "not {inner}"),
            Filter::Not(inner) => write!(f, "not ({inner})"),
            Filter::And(parts) => joined(f, parts, " and "),
            Filter::Or(parts) => joined(f, parts, " or "),
            Filter::Test(test) => test.fmt(f),
        }
    }
}

fn joined(f: &mut Formatter<'_>, parts: &[Filter], word: &str) -> Result {
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            f.write_str(word)?;
        }
        match part {
            Filter::And(_) | Filter::Or(_) | Filter::All => write!(f, "({part})")?,
            Filter::Not(_) | Filter::Test(_) => write!(f, "{part}")?,
        }
    }
    Ok(())
}

impl Display for Test {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let kind = self.target.value_type();
        let show = |literal: &Literal| literal_text(kind, literal);
        let not = if self.negated { "not " } else { "" };
        write!(f, "{} ", self.target)?;
        match &self.check {
            Check::Equals(v) => write!(f, "{} {}", if self.negated { "!=" } else { "=" }, show(v)),
            Check::Less(v) => write!(f, "< {}", show(v)),
            Check::LessOrEqual(v) => write!(f, "<= {}", show(v)),
            Check::Greater(v) => write!(f, "> {}", show(v)),
            Check::GreaterOrEqual(v) => write!(f, ">= {}", show(v)),
            Check::In(items) => match items.as_slice() {
                [network @ Literal::Network(_)] => write!(f, "{not}in {}", show(network)),
                _ => write!(f, "{not}in ({})", items.iter().map(show).collect::<Vec<_>>().join(", ")),
            },
            Check::Between(low, high) => write!(f, "{not}between {} and {}", show(low), show(high)),
            Check::Like(pattern) => write!(f, "{not}like {}", quoted(pattern)),
            Check::Contains(text) => write!(f, "{not}contains {}", quoted(text)),
            Check::Matches(pattern) => write!(f, "{not}matches {}", quoted(pattern)),
            Check::HasFlags(mask) => write!(f, "{not}has {}", flags_text(*mask)),
            Check::InIndicators => write!(f, "{not}in indicators"),
            Check::Compare(relation, other) => write!(f, "{} {}", relation.sign(), other.name()),
            Check::Present => f.write_str("exists"),
            Check::Absent => f.write_str("is null"),
        }
    }
}

fn flags_text(mask: i64) -> String {
    let known: Vec<&str> = names::FLAGS.iter().filter(|(_, bit)| mask & bit != 0).map(|(name, _)| *name).collect();
    let covered: i64 = names::FLAGS.iter().filter(|(_, bit)| mask & bit != 0).map(|(_, bit)| bit).sum();
    if covered != mask || known.is_empty() {
        return mask.to_string();
    }
    if known.len() == 1 { known.concat() } else { format!("({})", known.join(", ")) }
}

/// A literal as it is in canonical text.
pub(super) fn literal_text(kind: Type, literal: &Literal) -> String {
    match literal {
        Literal::Text(text) if stands_bare(kind, text) => text.to_string(),
        Literal::Text(text) => quoted(text),
        Literal::Integer(number) if kind == Type::Protocol => {
            names::name_of(&names::PROTOCOLS, *number).map_or_else(|| number.to_string(), str::to_owned)
        }
        Literal::Integer(number) => number.to_string(),
        Literal::Address(address) => address.to_string(),
        Literal::Network(network) => network.to_string(),
        Literal::Time(time) => time.to_iso(),
        Literal::Boolean(value) => value.to_string(),
    }
}

/// Text without quotes: plain characters, no word of the language, and nothing that would be read as another type.
fn stands_bare(kind: Type, text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/' | '@');
    if text.is_empty() || !text.chars().all(plain) || super::parser::is_keyword(text) {
        return false;
    }
    let number = value::parse_integer(text).ok().map(|n| n.to_string());
    match kind {
        Type::Json => number.is_none_or(|number| number == text) && !is_field(text),
        Type::Choice(choices) => choices.contains(&text),
        Type::AddressOrText => value::Network::parse(text).is_none() && !is_field(text),
        Type::Evidence => number.is_none(),
        _ => !is_field(text),
    }
}

/// A field's name without quotes is the field.
fn is_field(text: &str) -> bool {
    [Dataset::Flows, Dataset::Events].into_iter().any(|dataset| target::field_without_alias(dataset, text).is_some())
}

/// SQL's quotes: `'`, doubled inside.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    for c in text.chars() {
        if c == '\'' {
            quoted.push('\'');
        }
        let _ = quoted.write_char(c);
    }
    quoted.push('\'');
    quoted
}
