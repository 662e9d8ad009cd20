//! Functions of Athena that may be around a field or a value in a pasted query.

use super::error::FilterError;
use super::lexer::Token;
use super::parser::Parser;
use super::path::JsonPath;
use super::predicate::{Parsed, example_of, pattern_value, searchable, text_value, value_text};
use super::tree::{Check, Filter, Target, Type};
use crate::model::Message;
use std::ops::Range;

/// Functions that change a value's type in Athena; here both sides have their type already.
const TRANSPARENT: [&str; 8] = [
    "from_unixtime",
    "to_unixtime",
    "from_iso8601_timestamp",
    "from_iso8601_date",
    "timestamp",
    "date",
    "parse_datetime",
    "trim",
];

pub(super) fn is_transparent(name: &str) -> bool {
    TRANSPARENT.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// `regexp_like(field, 'pattern')`.
pub(super) fn regexp_like(p: &mut Parser<'_>) -> Parsed<Filter> {
    p.next();
    p.next();
    let (target, span) = p.target()?;
    searchable(&target, &span)?;
    p.expect(&Token::Comma, ",")?;
    let pattern = pattern_value(p)?;
    p.expect(&Token::Close, ")")?;
    Ok(Filter::test(target, Check::Matches(pattern.into())))
}

/// A function around a field. The parser is at the function's name, a bracket follows.
pub(super) fn target(p: &mut Parser<'_>, name: &str) -> Parsed<(Target, Range<usize>)> {
    let start = p.here().start;
    let name_span = p.here();
    let lower = name.to_ascii_lowercase();
    p.next();
    p.next();
    let target = match lower.as_str() {
        "json_extract_scalar" | "json_extract" | "json_value" => {
            let (inside, inside_span) = p.target()?;
            p.expect(&Token::Comma, ",")?;
            let (path, path_span) = text_value(p, "filter-expected-json-path")?;
            extracted(inside, inside_span, &path, path_span)?
        }
        "cast" | "try_cast" => {
            let (target, _) = p.target()?;
            cast_type(p)?;
            target
        }
        _ if TRANSPARENT.contains(&lower.as_str()) => p.target()?.0,
        "lower" | "upper" => {
            let message = Message::new("filter-error-case-function").with("name", name);
            return Err(FilterError::new(name_span, message).expecting(["contains", "matches"]));
        }
        _ => {
            return Err(FilterError::new(name_span, Message::new("filter-error-function").with("name", name))
                .expecting(["filter-expected-field", "json_extract_scalar", "from_unixtime", "cast"]));
        }
    };
    p.expect(&Token::Close, ")")?;
    Ok((target, start..p.last_end()))
}

fn extracted(inside: Target, inside_span: Range<usize>, path: &str, path_span: Range<usize>) -> Parsed<Target> {
    let base = match &inside {
        Target::Field(field) => match field.home {
            crate::model::Home::EventJson(key) => JsonPath::key(key),
            _ => {
                return Err(FilterError::new(
                    inside_span,
                    Message::new("filter-error-not-json").with("field", &inside),
                ));
            }
        },
        Target::Path(path) => path.clone(),
        _ => return Err(FilterError::new(inside_span, Message::new("filter-error-not-json").with("field", &inside))),
    };
    let tail = path.strip_prefix('$').unwrap_or(path);
    let whole = if tail.starts_with('[') || tail.is_empty() || tail.starts_with('.') {
        format!("$.{base}{tail}")
    } else {
        format!("$.{base}.{tail}")
    };
    super::target::resolve(crate::model::Dataset::Events, &whole, path_span.clone()).map_err(|_| {
        FilterError::new(path_span, Message::new("filter-error-json-path")).expecting(["'$.name'", "'$.name[0].name'"])
    })
}

fn cast_type(p: &mut Parser<'_>) -> Parsed<()> {
    if !p.accept_word("as") {
        return Err(FilterError::new(p.here(), Message::new("filter-error-cast")).expecting(["as"]));
    }
    text_value(p, "filter-expected-type")?;
    if p.accept(&Token::Open) {
        text_value(p, "filter-expected-length")?;
        p.expect(&Token::Close, ")")?;
    }
    Ok(())
}

/// A function around a value. The parser is at the bracket.
pub(super) fn value(p: &mut Parser<'_>, name: &str, kind: Type, target: &Target) -> Parsed<String> {
    let lower = name.to_ascii_lowercase();
    let known = TRANSPARENT.contains(&lower.as_str()) || lower == "cast" || lower == "try_cast";
    if !known {
        let at = p.here();
        let message = Message::new("filter-error-value-function").with("name", name);
        return Err(
            FilterError::new(at.start.saturating_sub(name.len())..at.start, message).expecting(example_of(kind))
        );
    }
    p.next();
    let (text, _, _) = value_text(p, kind, target)?;
    if lower.ends_with("cast") {
        cast_type(p)?;
    } else if p.accept(&Token::Comma) {
        // parse_datetime's format: the value is read by its own form.
        text_value(p, "filter-expected-format")?;
    }
    p.expect(&Token::Close, ")")?;
    Ok(text)
}
