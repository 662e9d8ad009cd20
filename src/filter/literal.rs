//! A value's text to a literal of the type that the field compares with.

use super::error::{FilterError, nearest};
use super::names;
use super::tree::{Target, Type};
use super::value::{self, Literal, Network, NumberError};
use crate::model::{Address, Kind};
use std::ops::Range;

/// Reads one value. `quoted` says that it stood in quotes, which lets unusual text pass where text is meant.
///
/// # Errors
/// The text is no value of the type; the error's span is `span`.
pub fn read(kind: Type, target: &Target, text: &str, quoted: bool, span: Range<usize>) -> Result<Literal, FilterError> {
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
            FilterError::new(span, format!("{target} is true or false")).expecting(["true", "false"]).proposing(near)
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
    let message = format!("{text} is not a known value of {target}; quote it to look for it nevertheless");
    Err(FilterError::new(span, message)
        .expecting(choices.iter().copied())
        .proposing(near.or_else(|| Some(super::display::quoted(text)))))
}

fn integer(target: &Target, text: &str, span: Range<usize>) -> Result<i64, FilterError> {
    value::parse_integer(text.trim()).map_err(|error| match error {
        NumberError::TooLarge => FilterError::new(span, format!("{text} is too large")),
        NumberError::NotWhole => {
            FilterError::new(span, format!("{text} is not a whole number")).expecting(["a whole number"])
        }
        NumberError::NotANumber => {
            let expected: &[&str] = match target {
                Target::Field(field) if field.kind == Kind::Bytes => &["a number", "a size such as 10MB or 1.5GiB"],
                _ => &["a number"],
            };
            let unit_at = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
            let (digits, unit) = text.split_at(unit_at);
            let near =
                (!digits.is_empty()).then(|| nearest(unit, ["KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"]));
            FilterError::new(span, format!("{target} is a number, and {text} is none"))
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
            Err(FilterError::new(span, format!("{text} is not a port")).expecting(["0 to 65535"]))
        }
        Err(_) => Err(FilterError::new(span, format!("{text} is not a port"))
            .expecting(["0 to 65535", "a name such as ssh, rdp, https"])
            .proposing(near())),
    }
}

fn protocol(text: &str, span: Range<usize>) -> Result<i64, FilterError> {
    if let Some(number) = names::number_of(&names::PROTOCOLS, text.trim()) {
        return Ok(number);
    }
    match value::parse_integer(text.trim()) {
        Ok(number @ 0..=255) => Ok(number),
        _ => Err(FilterError::new(span, format!("{text} is not a protocol"))
            .expecting(["0 to 255", "a name such as tcp, udp, icmp"])
            .proposing(nearest(text, names::PROTOCOLS.iter().map(|(name, _)| *name)).map(str::to_owned))),
    }
}

/// A number, or names: `syn`, `syn+ack`, `'SYN ACK'`, `syn|ack`.
pub fn flags(text: &str, span: Range<usize>) -> Result<i64, FilterError> {
    if let Ok(mask @ 0..=0xffff) = value::parse_integer(text.trim()) {
        return Ok(mask);
    }
    let mut mask = 0;
    for name in text.split(|c: char| c.is_whitespace() || matches!(c, '+' | '|' | ',' | '-')).filter(|n| !n.is_empty())
    {
        let Some(bit) = names::number_of(&names::FLAGS, name) else {
            let near = nearest(name, names::FLAGS.iter().map(|(name, _)| *name)).map(str::to_owned);
            let known = names::FLAGS.iter().map(|(name, _)| *name);
            return Err(FilterError::new(span, format!("{name} is not a TCP flag")).expecting(known).proposing(near));
        };
        mask |= bit;
    }
    if mask == 0 {
        let known = names::FLAGS.iter().map(|(name, _)| *name);
        return Err(FilterError::new(span, "this names no TCP flag").expecting(known));
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
    let message = format!("{text} is not an IP address");
    Err(FilterError::new(span, message)
        .expecting(["an IPv4 or IPv6 address", "a block such as 10.0.0.0/8"])
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
    FilterError::new(span, format!("{target} is a time, and {text} is none")).expecting([
        "a date such as 2021-05-16",
        "a time such as 2021-05-16T07:49:46Z",
        "seconds or milliseconds since 1970",
    ])
}
