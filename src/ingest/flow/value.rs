//! Checks and conversions of single values. Nothing here allocates unless a value is bad.

use crate::ingest::time::number::{self, Number};
use crate::model::batch::{NO_PORT, NO_VALUE};
use crate::model::field::{self, Dataset};
use crate::model::{Address, FieldId, Home, Kind};
use std::borrow::Cow;

/// A value that does not fit its field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} {value} {problem}", .field.name())]
pub struct BadValue {
    pub field: FieldId,
    /// As written, at most `SHOWN_BYTES` of it.
    pub value: String,
    pub problem: Problem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("is not a number")]
    NotANumber,
    #[error("is below 0")]
    BelowZero,
    #[error("is above {0}")]
    Above(i64),
    #[error("is not an address")]
    NotAnAddress,
    #[error("is not a whole number")]
    NotWhole,
    #[error("was rounded by the program that wrote it: import the original")]
    Rounded,
    #[error(
        "is no time that can be read; times are counts since 1970, or dates with a time such as 2025-03-04T05:06:07Z"
    )]
    NoTime,
    #[error(
        "may be two days: nothing in the file tells whether day or month comes first; write dates as 2025-03-04 and import again"
    )]
    TwoDates,
}

/// Bytes of a bad value that its warning quotes.
const SHOWN_BYTES: usize = 80;

impl BadValue {
    #[cold]
    pub(super) fn new(field: FieldId, value: &[u8], problem: Problem) -> Box<Self> {
        let shown = String::from_utf8_lossy(value.get(..SHOWN_BYTES).unwrap_or(value)).into_owned();
        Box::new(Self { field, value: shown, problem })
    }
}

/// `-` in text; nothing in CSV and JSON.
#[inline]
pub(super) fn is_absent(value: &[u8]) -> bool {
    matches!(value, b"-" | b"")
}

/// The highest value of an integer field (user guide: ports and protocol numbers are those of IANA, the other tuple
/// values INT_32, counters and times INT_64).
pub(super) fn limit(field: FieldId) -> i64 {
    match (field.kind, field.home) {
        (Kind::Port, _) => 65_535,
        (Kind::Protocol, _) => 255,
        (Kind::Integer | Kind::TcpFlags, Home::Disposition) => i64::from(i32::MAX),
        _ => i64::MAX,
    }
}

/// Decimal digits, at most 19 of them.
#[inline]
pub(super) fn digits(bytes: &[u8]) -> Option<u64> {
    match bytes.len() {
        0 => None,
        1..=3 => digit_by_digit(bytes, 0),
        4..=7 => {
            // Two words of four that overlap: no loop whose length is guessed wrongly.
            let (first, last) = (bytes.first_chunk::<4>()?, bytes.last_chunk::<4>()?);
            let (first, last) = (four_digits(u32::from_le_bytes(*first))?, four_digits(u32::from_le_bytes(*last))?);
            // The first word's digits before the overlap, then the last word's four.
            Some(match bytes.len() {
                4 => last,
                5 => first / 1000 * 10_000 + last,
                6 => first / 100 * 10_000 + last,
                _ => first / 10 * 10_000 + last,
            })
        }
        8..=19 => {
            let (head, rest) = bytes.split_first_chunk::<8>()?;
            digit_by_digit(rest, eight_digits(u64::from_le_bytes(*head))?)
        }
        _ => None,
    }
}

#[inline]
fn digit_by_digit(bytes: &[u8], mut value: u64) -> Option<u64> {
    for &byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + u64::from(digit);
    }
    Some(value)
}

/// Digits in the order of memory: neighbours are joined, twice.
#[inline]
fn four_digits(word: u32) -> Option<u64> {
    if (word & 0xf0f0_f0f0) | ((word.wrapping_add(0x0606_0606) & 0xf0f0_f0f0) >> 4) != 0x3333_3333 {
        return None;
    }
    let digits = word & 0x0f0f_0f0f;
    let pairs = (digits.wrapping_mul(10) + (digits >> 8)) & 0x00ff_00ff;
    Some(u64::from(((pairs.wrapping_mul(100)) + (pairs >> 16)) & 0xffff))
}

#[inline]
fn eight_digits(word: u64) -> Option<u64> {
    let (low, high) = (four_digits(word as u32)?, four_digits((word >> 32) as u32)?);
    Some(low * 10_000 + high)
}

/// An integer from 0 to `limit(field)`; `NO_VALUE` where it is absent.
#[inline]
pub(super) fn integer(field: FieldId, bytes: &[u8], limit: i64) -> Result<i64, Box<BadValue>> {
    match digits(bytes) {
        Some(value) if value <= limit as u64 => Ok(value as i64),
        _ => odd_integer(field, bytes, limit),
    }
}

/// What `digits` does not take: absence, more than 19 digits, signs, letters.
#[cold]
fn odd_integer(field: FieldId, bytes: &[u8], limit: i64) -> Result<i64, Box<BadValue>> {
    if is_absent(bytes) {
        return Ok(NO_VALUE);
    }
    let (sign, number) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    if number.is_empty() || !number.iter().all(u8::is_ascii_digit) {
        let number = number::parse(bytes).ok_or_else(|| BadValue::new(field, bytes, Problem::NotANumber))?;
        return if number.is_rounded {
            Err(BadValue::new(field, bytes, Problem::Rounded))
        } else {
            whole(field, bytes, number, limit)
        };
    }
    let first = number.iter().position(|&b| b != b'0').unwrap_or(number.len());
    let significant = number.get(first..).unwrap_or_default();
    match (sign, significant) {
        (_, []) => Ok(0),
        (true, _) => Err(BadValue::new(field, bytes, Problem::BelowZero)),
        (false, rest) => match digits(rest) {
            Some(value) if value <= limit as u64 => Ok(value as i64),
            _ => Err(BadValue::new(field, bytes, Problem::Above(limit))),
        },
    }
}

/// As `integer`, of a number that was rounded.
#[cold]
pub(super) fn rounded(field: FieldId, bytes: &[u8], limit: i64) -> Result<i64, Box<BadValue>> {
    match number::parse(bytes) {
        Some(number) => whole(field, bytes, number, limit),
        None => Err(BadValue::new(field, bytes, Problem::NotANumber)),
    }
}

/// `40000.0` and `4.0E4`, as query engines and spreadsheets write integers.
fn whole(field: FieldId, bytes: &[u8], number: Number, limit: i64) -> Result<i64, Box<BadValue>> {
    let value = number.whole().ok_or_else(|| BadValue::new(field, bytes, Problem::NotWhole))?;
    match i64::try_from(value) {
        Ok(value) if (0..=limit).contains(&value) => Ok(value),
        _ if value < 0 => Err(BadValue::new(field, bytes, Problem::BelowZero)),
        _ => Err(BadValue::new(field, bytes, Problem::Above(limit))),
    }
}

/// A port; `NO_PORT` where it is absent.
#[inline]
pub(super) fn port(field: FieldId, bytes: &[u8]) -> Result<i32, Box<BadValue>> {
    let value = integer(field, bytes, 65_535)?;
    Ok(if value == NO_VALUE { NO_PORT } else { value as i32 })
}

/// An address in a form that is not the common IPv4 one; `None` where it is absent.
#[cold]
pub(super) fn address(field: FieldId, bytes: &[u8]) -> Result<Option<Address>, Box<BadValue>> {
    if is_absent(bytes) {
        return Ok(None);
    }
    Address::parse(bytes).map(Some).ok_or_else(|| BadValue::new(field, bytes, Problem::NotAnAddress))
}

/// Seconds, and milliseconds where the log counts them: some deliveries do, seen by values above 2^31-1 (FORMATS 1.1).
#[inline]
pub(super) fn seconds(value: i64) -> (i64, Option<u16>) {
    if value > i64::from(i32::MAX) { (value / 1000, Some((value % 1000) as u16)) } else { (value, None) }
}

/// A value as it is kept in a tuple: integers are checked and written as digits, text is text.
pub(super) fn tuple_value(field: FieldId, bytes: &[u8]) -> Result<Cow<'_, [u8]>, Box<BadValue>> {
    if !matches!(field.kind, Kind::Integer | Kind::Protocol | Kind::TcpFlags) {
        return Ok(Cow::Borrowed(bytes));
    }
    let value = integer(field, bytes, limit(field))?;
    let is_plain = value == NO_VALUE || bytes.iter().all(u8::is_ascii_digit);
    Ok(if is_plain { Cow::Borrowed(bytes) } else { Cow::Owned(value.to_string().into_bytes()) })
}

/// A flow field by any of its spellings: `pkt-srcaddr`, `pkt_srcaddr`, `srcAddr`, Athena's `sourceaddress`.
pub fn field_by_any_name(name: &str) -> Option<FieldId> {
    let name = name.trim().to_ascii_lowercase().replace('-', "_");
    let exact = field::of(Dataset::Flows).find(|f| f.name == name || f.aliases.contains(&name.as_str()));
    // Logs Insights writes camel case: `interfaceId`, `pktSrcAwsService`.
    let letters = |text: &'static str| text.bytes().filter(|b| *b != b'_');
    exact.or_else(|| field::of(Dataset::Flows).find(|f| letters(f.name).eq(name.bytes().filter(|b| *b != b'_'))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(name: &str) -> FieldId {
        field_by_any_name(name).unwrap()
    }

    #[test]
    fn integers_and_what_is_wrong_with_them() {
        let read = |name: &str, text: &str| integer(flow(name), text.as_bytes(), limit(flow(name)));
        assert_eq!(read("packets", "9223372036854775807"), Ok(i64::MAX));
        assert_eq!(read("packets", "-"), Ok(NO_VALUE));
        assert_eq!(read("packets", "00000000000000000000000007"), Ok(7));
        assert_eq!(read("bytes", "-0"), Ok(0));
        assert_eq!(read("srcport", "4.0E4"), Ok(40_000));
        assert_eq!(read("bytes", "40000.0"), Ok(40_000));
        assert_eq!(read("bytes", "1e3"), Ok(1000));
        assert_eq!(tuple_value(flow("protocol"), b"6.0"), Ok(b"6".as_slice().into()));
        assert_eq!(tuple_value(flow("protocol"), b"006"), Ok(b"006".as_slice().into()));
        assert_eq!(tuple_value(flow("account-id"), b"6.0"), Ok(b"6.0".as_slice().into()));
        for (name, text, detail) in [
            ("srcport", "70000", "srcport 70000 is above 65535"),
            ("packets", "9223372036854775808", "packets 9223372036854775808 is above 9223372036854775807"),
            ("packets", "18446744073709551616", "packets 18446744073709551616 is above 9223372036854775807"),
            ("start", "-1", "start -1 is below 0"),
            ("protocol", "256", "protocol 256 is above 255"),
            ("tcp-flags", "2147483648", "tcp_flags 2147483648 is above 2147483647"),
            ("bytes", "12a", "bytes 12a is not a number"),
            ("bytes", "12.5", "bytes 12.5 is not a whole number"),
            ("srcport", "7.0E4", "srcport 7.0E4 is above 65535"),
            ("packets", "-1.0", "packets -1.0 is below 0"),
            ("bytes", "1.2E+09", "bytes 1.2E+09 was rounded by the program that wrote it: import the original"),
            ("bytes", "+12", "bytes +12 is not a number"),
            ("bytes", "--", "bytes -- is not a number"),
        ] {
            assert_eq!(read(name, text).unwrap_err().to_string(), detail);
        }
    }

    #[test]
    fn digits_of_every_length() {
        let mut text = String::new();
        for digit in "9081726354817263549".chars() {
            text.push(digit);
            assert_eq!(digits(text.as_bytes()), text.parse().ok(), "{text}");
            for at in 0..text.len() {
                for odd in [b'/', b':', b'0' | 0x80, 0x00, 0xff, b' ', b'-', b'@'] {
                    let mut wrong = text.clone().into_bytes();
                    wrong[at] = odd;
                    assert_eq!(digits(&wrong), None, "{wrong:?}");
                }
            }
        }
        assert_eq!((digits(b""), digits(b"00000000000000000001")), (None, None));
    }

    #[test]
    fn names_in_every_spelling() {
        for (spelling, name) in [
            ("srcAddr", "srcaddr"),
            ("sourceaddress", "srcaddr"),
            ("interfaceId", "interface_id"),
            ("pkt-src-aws-service", "pkt_src_aws_service"),
            ("pktSrcAwsService", "pkt_src_aws_service"),
            ("numbytes", "bytes"),
            ("logStatus", "log_status"),
        ] {
            assert_eq!(field_by_any_name(spelling).map(FieldId::name), Some(name));
        }
        assert_eq!(field_by_any_name("comment"), None);
    }

    #[test]
    fn milliseconds_begin_above_the_32_bit_limit() {
        assert_eq!(seconds(2_147_483_647), (2_147_483_647, None));
        assert_eq!(seconds(2_147_483_648), (2_147_483, Some(648)));
        assert_eq!(seconds(1_512_564_058_000), (1_512_564_058, Some(0)));
    }
}
