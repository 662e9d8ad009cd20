//! A value's text to a literal of the type that the field compares with.

use super::error::{FilterError, nearest};
use super::names;
use super::tree::{Target, Type};
use super::value::{self, Literal, Network, NumberError};
use crate::model::{Address, Kind, Message};
use std::ops::Range;

/// Reads one value. `quoted` says that it was in quotes, which lets unusual text pass where text is meant.
///
/// # Errors
/// The text is no value of the type; the error's span is `span`.
pub(super) fn read(
    kind: Type,
    target: &Target,
    text: &str,
    quoted: bool,
    span: Range<usize>,
) -> Result<Literal, FilterError> {
    match kind {
        Type::Text | Type::FreeText => Ok(Literal::text(text)),
        Type::Choice(choices) => choice(choices, target, text, quoted, span),
        Type::Integer => integer(target, text, span).map(Literal::Integer),
        Type::Port => port(text, span).map(Literal::Integer),
        Type::Protocol => protocol(text, span).map(Literal::Integer),
        Type::TcpFlags => flags(text, span).map(Literal::Integer),
        Type::Address => address(target, text, span),
        Type::AddressOrText => Ok(address(target, text, span).unwrap_or_else(|_| Literal::text(text))),
        Type::Time | Type::WrittenTime => {
            value::parse_time(text).map(|t| Literal::Time(t.time)).ok_or_else(|| time_error(target, text, span))
        }
        Type::Boolean => value::parse_boolean(text).map(Literal::Boolean).ok_or_else(|| {
            let near = nearest(text, ["true", "false"]).map(str::to_owned);
            FilterError::new(span, Message::new("filter-error-boolean").with("field", target))
                .expecting(["true", "false"])
                .proposing(near)
        }),
        Type::Json if quoted => Ok(Literal::text(text)),
        // 10MB means the number; everything else means what is written.
        Type::Json => Ok(match value::parse_integer(text) {
            Ok(number) if text.bytes().any(|b| b.is_ascii_alphabetic()) => Literal::Text(number.to_string().into()),
            _ => Literal::text(text),
        }),
        Type::Evidence => Ok(match value::parse_integer(text) {
            Ok(number) if !quoted => Literal::Integer(number),
            _ => Literal::text(text),
        }),
    }
}

fn choice(
    choices: &'static [&'static str],
    target: &Target,
    text: &str,
    quoted: bool,
    span: Range<usize>,
) -> Result<Literal, FilterError> {
    if let Some(known) = choices.iter().find(|known| known.eq_ignore_ascii_case(text)) {
        return Ok(Literal::text(known));
    }
    if quoted {
        return Ok(Literal::text(text));
    }
    let near = nearest(text, choices.iter().copied()).map(str::to_owned);
    let message = Message::new("filter-error-unknown-value").with("text", text).with("field", target);
    Err(FilterError::new(span, message)
        .expecting(choices.iter().copied())
        .proposing(near.or_else(|| Some(super::display::quoted(text)))))
}

fn integer(target: &Target, text: &str, span: Range<usize>) -> Result<i64, FilterError> {
    value::parse_integer(text.trim()).map_err(|error| match error {
        NumberError::TooLarge => FilterError::new(span, Message::new("filter-error-too-large").with("text", text)),
        NumberError::NotWhole => FilterError::new(span, Message::new("filter-error-not-whole").with("text", text))
            .expecting(["filter-expected-whole-number"]),
        NumberError::NotANumber => {
            let expected: &[&str] = match target {
                Target::Field(field) if field.kind == Kind::Bytes => {
                    &["filter-expected-number", "filter-expected-bytes"]
                }
                _ => &["filter-expected-number"],
            };
            let unit_at = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
            let (digits, unit) = text.split_at(unit_at);
            let near =
                (!digits.is_empty()).then(|| nearest(unit, ["KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"]));
            FilterError::new(span, Message::new("filter-error-not-number").with("field", target).with("text", text))
                .expecting(expected.iter().copied())
                .proposing(near.flatten().map(|unit| format!("{digits}{unit}")))
        }
    })
}

fn port(text: &str, span: Range<usize>) -> Result<i64, FilterError> {
    if let Some(port) = names::number_of(&names::PORTS, text.trim()) {
        return Ok(port);
    }
    let near = || nearest(text, names::PORTS.iter().map(|(name, _)| *name)).map(str::to_owned);
    match value::parse_integer(text.trim()) {
        Ok(port @ 0..=65535) => Ok(port),
        Ok(_) | Err(NumberError::TooLarge) => {
            Err(FilterError::new(span, Message::new("filter-error-not-port").with("text", text))
                .expecting(["filter-expected-port-number"]))
        }
        Err(_) => Err(FilterError::new(span, Message::new("filter-error-not-port").with("text", text))
            .expecting(["filter-expected-port-number", "filter-expected-port-names"])
            .proposing(near())),
    }
}

fn protocol(text: &str, span: Range<usize>) -> Result<i64, FilterError> {
    if let Some(number) = names::number_of(&names::PROTOCOLS, text.trim()) {
        return Ok(number);
    }
    match value::parse_integer(text.trim()) {
        Ok(number @ 0..=255) => Ok(number),
        _ => Err(FilterError::new(span, Message::new("filter-error-not-protocol").with("text", text))
            .expecting(["filter-expected-protocol-number", "filter-expected-protocol-name"])
            .proposing(nearest(text, names::PROTOCOLS.iter().map(|(name, _)| *name)).map(str::to_owned))),
    }
}

/// A number, or names: `syn`, `syn+ack`, `'SYN ACK'`, `syn|ack`.
pub(super) fn flags(text: &str, span: Range<usize>) -> Result<i64, FilterError> {
    if let Ok(mask @ 0..=0xffff) = value::parse_integer(text.trim()) {
        return Ok(mask);
    }
    let mut mask = 0;
    for name in text.split(|c: char| c.is_whitespace() || matches!(c, '+' | '|' | ',' | '-')).filter(|n| !n.is_empty())
    {
        let Some(bit) = names::number_of(&names::FLAGS, name) else {
            let near = nearest(name, names::FLAGS.iter().map(|(name, _)| *name)).map(str::to_owned);
            let known = names::FLAGS.iter().map(|(name, _)| *name);
            return Err(FilterError::new(span, Message::new("filter-error-not-flag").with("name", name))
                .expecting(known)
                .proposing(near));
        };
        mask |= bit;
    }
    if mask == 0 {
        let known = names::FLAGS.iter().map(|(name, _)| *name);
        return Err(FilterError::new(span, Message::new("filter-error-no-flag")).expecting(known));
    }
    Ok(mask)
}

fn address(target: &Target, text: &str, span: Range<usize>) -> Result<Literal, FilterError> {
    let trimmed = text.trim();
    if let Some(address) = Address::parse(trimmed.as_bytes()) {
        return Ok(Literal::Address(address));
    }
    if let Some(network) = Network::parse(trimmed) {
        return Ok(Literal::Network(network));
    }
    let message = Message::new("filter-error-not-address").with("text", text);
    Err(FilterError::new(span, message)
        .expecting(["filter-expected-any-address", "filter-expected-block"])
        .proposing(block_of(trimmed).map(|block| format!("in {block}")).filter(|_| !matches!(target, Target::AnyText))))
}

/// `10.0.*`, `10.0.*.*` and `10.0.` as the block that they mean.
fn block_of(text: &str) -> Option<String> {
    let octets: Vec<&str> = text.split('.').take_while(|part| !matches!(*part, "*" | "%" | "")).collect();
    let rest_open = text.split('.').skip(octets.len()).all(|part| matches!(part, "*" | "%" | ""));
    if octets.is_empty() || octets.len() > 3 || !rest_open || octets.iter().any(|o| o.parse::<u8>().is_err()) {
        return None;
    }
    let prefix = octets.len() * 8;
    let mut full = octets;
    full.resize(4, "0");
    Network::parse(&format!("{}/{prefix}", full.join("."))).map(|network| network.to_string())
}

fn time_error(target: &Target, text: &str, span: Range<usize>) -> FilterError {
    FilterError::new(span, Message::new("filter-error-not-time").with("field", target).with("text", text)).expecting([
        "filter-expected-date",
        "filter-expected-time",
        "filter-expected-epoch",
    ])
}
