//! How a value reads: numbers with separators, times in the chosen zone, protocols and flags with their names, and every
//! control or direction character spelt out, so that evidence cannot dress up what is on screen.

use super::glyphs;
use super::zone::Zone;
use crate::model::{Dataset, FieldId, Kind, Timestamp, Unit, Value};
use std::borrow::Cow;

/// Characters of one value that are shown in one place; all of them can be copied.
pub(crate) const SHOWN_CHARS: usize = 2000;

/// In the place of a value that is not there.
pub(crate) const ABSENT: &str = "–";

/// The beginning of a text that is too long to lay out, and how many characters were left out.
pub(crate) fn clipped(text: &str) -> (Cow<'_, str>, usize) {
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => match text.split_at_checked(end) {
            Some((head, rest)) => (Cow::Owned(format!("{head}…")), rest.chars().count()),
            None => (Cow::Borrowed(text), 0),
        },
        None => (Cow::Borrowed(text), 0),
    }
}

/// A value as a table cell shows it. `None` for an absent value.
pub(crate) fn cell(value: &Value, field: FieldId, zone: Zone) -> Option<String> {
    cell_of(value, Unit::of(field), zone)
}

/// The same of a column that is no field.
pub(crate) fn cell_of(value: &Value, unit: Unit, zone: Zone) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Integer(number) => Some(integer(*number, unit)),
        Value::Number(text) => Some(text.to_string()),
        Value::Boolean(value) => Some(value.to_string()),
        Value::Time(time) => Some(zone.format(*time)),
        Value::Text(text) => Some(visible(&clipped(text).0).into_owned()),
    }
}

/// What a tool tip adds: UTC for a time, the size of a number of bytes. `None` when the cell says it all.
pub(crate) fn hint(value: &Value, field: FieldId) -> Option<String> {
    match (value, field.kind) {
        (Value::Time(time), _) => Some(utc(*time)),
        (Value::Integer(bytes), Kind::Bytes) if *bytes >= 1024 => Some(size(u64::try_from(*bytes).ok()?)),
        _ => None,
    }
}

/// A value as it is written in a filter and copied: lossless, in UTC.
pub(crate) fn literal(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        value => Some(value.to_text()),
    }
}

/// Are values of this field numbers, to be aligned on their last digit?
pub(crate) fn is_numeric(field: FieldId) -> bool {
    Unit::of(field).is_number()
}

/// Are the values of a column numbers or identifiers, in which similar signs must differ?
pub(crate) fn is_tabular(unit: Unit, name: &str) -> bool {
    const NAMES: [&str; 5] = ["indicator", "host", "source", "destination", "connecting_ip"];
    match unit {
        Unit::Json | Unit::Boolean => false,
        Unit::Text => {
            let ends = ["id", "arn", "sha256", "address", "addr", "principal", "_key"];
            NAMES.contains(&name) || ends.iter().any(|end| name.ends_with(end))
        }
        _ => true,
    }
}

/// Does this value say that something was refused or failed?
pub(crate) fn is_refusal(value: &Value, field: FieldId) -> bool {
    match (field.name(), value) {
        ("action", Value::Text(action)) => action == "REJECT",
        ("error_code" | "error_message", Value::Text(_)) => true,
        _ => false,
    }
}

/// A column's header: the field, and for times the zone.
pub(crate) fn header(field: FieldId, zone: Zone) -> String {
    match field.kind {
        Kind::Time => format!("{} ({})", field.name(), zone.name()),
        _ => field.name().to_owned(),
    }
}

pub(crate) fn dataset_key(dataset: Dataset) -> &'static str {
    match dataset {
        Dataset::Flows => "flows",
        Dataset::Events => "events",
    }
}

/// `1,204,332`.
pub(crate) fn count(number: impl Into<u128>) -> String {
    let digits = number.into().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The share of a part in percent, with one decimal: nothing only where there is nothing, and all only where it is all.
pub(crate) fn share(part: u128, all: u128) -> String {
    let Some(thousandths) = part.saturating_mul(1000).saturating_add(all / 2).checked_div(all) else {
        return String::new();
    };
    match (thousandths, part) {
        (0, 1..) => "<0.1 %".to_owned(),
        (1000.., _) if part < all => ">99.9 %".to_owned(),
        _ => format!("{}.{} %", thousandths / 10, thousandths % 10),
    }
}

/// A number where room is short: exact up to five digits, then `123 k`, `3.5 M`, `10 M`. Never more than it is.
pub(crate) fn short_count(number: u64) -> String {
    shortened(number, 100_000)
}

/// The same where there is no room for four digits either: `41 k`, `1.8 k`.
pub(crate) fn shorter_count(number: u64) -> String {
    shortened(number, 1_000)
}

/// From `least` on with a unit.
fn shortened(number: u64, least: u64) -> String {
    let units = [(1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")];
    let Some((unit, sign)) = units.into_iter().find(|(unit, _)| number >= least && number >= *unit) else {
        return count(number);
    };
    let (whole, tenth) = (number / unit, number % unit * 10 / unit);
    match tenth {
        1.. if whole < 10 => format!("{whole}.{tenth} {sign}"),
        _ => format!("{} {sign}", count(whole)),
    }
}

/// A number of any width with its thousands apart; `None` for what is no number.
pub(crate) fn cell_number(value: &Value) -> Option<String> {
    match value {
        Value::Integer(number) => Some(u64::try_from(*number).map_or_else(|_| number.to_string(), count)),
        Value::Number(text) => Some(text.parse::<u128>().map_or_else(|_| text.to_string(), count)),
        _ => None,
    }
}

/// `1.5 MB`, powers of 1000.
pub(crate) fn size(bytes: impl Into<u128>) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    let bytes = bytes.into();
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = UNITS[0];
    for next in &UNITS[1..] {
        if value < 999.95 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    format!("{value:.1} {unit}")
}

fn utc(time: Timestamp) -> String {
    format!("{} UTC", Zone::default().format(time))
}

fn integer(number: i64, unit: Unit) -> String {
    match unit {
        Unit::Bytes | Unit::Count if number >= 0 => count(number as u64),
        Unit::Protocol => match protocol_name(number) {
            Some(name) => format!("{number} {name}"),
            None => number.to_string(),
        },
        Unit::TcpFlags => format!("{number} {}", flag_names(number)).trim_end().to_owned(),
        _ => number.to_string(),
    }
}

/// IANA protocol numbers that turn up in flow logs.
pub(crate) fn protocol_name(number: i64) -> Option<&'static str> {
    Some(match number {
        1 => "icmp",
        2 => "igmp",
        4 => "ipip",
        6 => "tcp",
        17 => "udp",
        41 => "ipv6",
        47 => "gre",
        50 => "esp",
        51 => "ah",
        58 => "icmpv6",
        89 => "ospf",
        132 => "sctp",
        _ => return None,
    })
}

/// What usually listens on a port, by the names of IANA's registry or of the program.
pub(crate) fn service_name(port: i64) -> Option<&'static str> {
    Some(match port {
        20 => "ftp-data",
        21 => "ftp",
        22 => "ssh",
        23 => "telnet",
        25 => "smtp",
        53 => "dns",
        67 | 68 => "dhcp",
        80 => "http",
        88 => "kerberos",
        110 => "pop3",
        123 => "ntp",
        135 => "rpc",
        137..=139 => "netbios",
        143 => "imap",
        161 | 162 => "snmp",
        179 => "bgp",
        389 => "ldap",
        443 => "https",
        445 => "smb",
        465 | 587 => "smtp",
        514 => "syslog",
        636 => "ldaps",
        853 => "dot",
        873 => "rsync",
        993 => "imaps",
        995 => "pop3s",
        1080 => "socks",
        1194 => "openvpn",
        1433 => "mssql",
        1521 => "oracle",
        2049 => "nfs",
        2375 | 2376 => "docker",
        3306 => "mysql",
        3389 => "rdp",
        5432 => "postgres",
        5439 => "redshift",
        5671 | 5672 => "amqp",
        5900 => "vnc",
        5985 | 5986 => "winrm",
        6379 => "redis",
        6443 => "k8s",
        8080 => "http",
        8443 => "https",
        9092 => "kafka",
        9200 => "elastic",
        11_211 => "memcache",
        27_017 => "mongodb",
        _ => return None,
    })
}

fn flag_names(flags: i64) -> String {
    const NAMES: [&str; 8] = ["fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"];
    let set = NAMES.iter().enumerate().filter(|(bit, _)| flags & (1 << bit) != 0);
    set.map(|(_, name)| *name).collect::<Vec<_>>().join("-")
}

/// Text on one line in which every control, direction or invisible character, and every one that the font lacks, is spelt
/// out (`‹U+202E›`).
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    spell(text, |_| false)
}

/// The last part of a path, as it is shown.
pub(crate) fn file_name(path: &std::path::Path) -> String {
    visible(&path.file_name().unwrap_or_default().to_string_lossy()).into_owned()
}

/// A path as a shell reads it: in quotes where it would take it apart.
pub(crate) fn shell_word(path: &std::path::Path) -> String {
    let text = path.to_string_lossy();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,:@".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.into_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// As `visible` for text of several lines: line feeds and tabs stay.
pub(crate) fn visible_lines(text: &str) -> Cow<'_, str> {
    spell(text, |c| c == '\n' || c == '\t')
}

/// Text of several lines that is being edited: a sign for each such character, so that the cursor's places stay right.
pub(crate) fn covered_lines(text: &str) -> Cow<'_, str> {
    let hides = |c: char| c != '\n' && c != '\t' && is_spelt(c);
    if !text.chars().any(hides) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if hides(c) { COVER } else { c }).collect())
}

/// U+25A1, a hollow square.
const COVER: char = '□';

fn spell(text: &str, stays: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(|c| is_spelt(c) && !stays(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_spelt(c) && !stays(c) {
            out.push_str(&format!("‹U+{:04X}›", c as u32));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// JSON text with line breaks and indents and nothing else changed: order, numbers and escapes stay as they were
/// written. Text that is no JSON comes back with the breaks where its brackets are.
pub(crate) fn pretty_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    let mut chars = json.trim().chars().peekable();
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    while let Some(c) = chars.next() {
        if in_string {
            out.push(c);
            in_string = escaped || c != '"';
            escaped = c == '\\' && !escaped;
            continue;
        }
        match c {
            '"' => {
                in_string = true;
                out.push(c);
            }
            '{' | '[' => {
                while chars.next_if(|c| c.is_ascii_whitespace()).is_some() {}
                out.push(c);
                if let Some(end) = chars.next_if(|n| matches!(n, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_ascii_whitespace() => {}
            c => out.push(c),
        }
    }
    out
}

/// Is this character shown by its code point? Because it could deceive, or because the font has nothing to show for it.
fn is_spelt(c: char) -> bool {
    is_deceptive(c) || !glyphs::is_shown(c)
}

/// Controls, and the characters that Unicode's security report (UTS 39) and "Trojan Source" name as able to reorder or
/// hide text.
fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_quoted_where_a_shell_would_take_them_apart() {
        let quoted = |path: &str| shell_word(std::path::Path::new(path));
        assert_eq!(quoted("/cases/a-1.coldtrail"), "/cases/a-1.coldtrail");
        assert_eq!(quoted("/my cases/o'b.coldtrail"), "'/my cases/o'\\''b.coldtrail'");
    }

    #[test]
    fn a_short_count_never_says_more_than_there_is() {
        let shown: Vec<String> =
            [0, 41_234, 99_999, 100_000, 999_999, 1_000_000, 3_599_999, 10_000_000, 12_900_000, 999_999_999_999]
                .map(short_count)
                .into();
        let expected = ["0", "41,234", "99,999", "100 k", "999 k", "1 M", "3.5 M", "10 M", "12 M", "999 G"];
        assert_eq!(shown, expected);
        assert_eq!([999, 1_000, 1_880, 41_299, 3_599_999].map(shorter_count), ["999", "1 k", "1.8 k", "41 k", "3.5 M"]);
    }
    use crate::model::field;

    fn flow(name: &str) -> FieldId {
        field::by_name(Dataset::Flows, name).unwrap()
    }

    #[test]
    fn long_values_are_cut_between_characters_and_covers_keep_the_places() {
        let (shown, hidden) = clipped("東京");
        assert_eq!((&*shown, hidden), ("東京", 0));
        let long = "東".repeat(SHOWN_CHARS + 3);
        let (shown, hidden) = clipped(&long);
        assert_eq!((shown.chars().count(), hidden), (SHOWN_CHARS + 1, 3));
        assert_eq!(visible("a🔥東"), "a‹U+1F525›東");
        assert_eq!(covered_lines("a\u{202e}東\n"), "a□東\n");
        assert!(matches!(covered_lines("a東"), Cow::Borrowed(_)));
    }

    #[test]
    fn values_read_well() {
        let tokyo = Zone::by_name("Asia/Tokyo").unwrap();
        let cases = [
            (Value::Time(Timestamp::from_secs(1_621_151_386)), "start", "2021-05-16 16:49:46"),
            (Value::Integer(6), "protocol", "6 tcp"),
            (Value::Integer(254), "protocol", "254"),
            (Value::Integer(18), "tcp_flags", "18 syn-ack"),
            (Value::Integer(0), "tcp_flags", "0"),
            (Value::Integer(1_204_332), "bytes", "1,204,332"),
            (Value::Integer(65535), "srcport", "65535"),
            (Value::Text("eni-\u{202e}1\n".into()), "interface_id", "eni-‹U+202E›1‹U+000A›"),
        ];
        for (value, name, expect) in cases {
            assert_eq!(cell(&value, flow(name), tokyo).as_deref(), Some(expect), "{name}");
        }
        assert_eq!(cell(&Value::Null, flow("bytes"), tokyo), None);
        let time = field::by_name(Dataset::Events, "event_time").unwrap();
        assert_eq!(
            cell(&Value::Time(Timestamp::from_secs(1_621_151_386)), time, tokyo).unwrap(),
            "2021-05-16 16:49:46"
        );
        assert_eq!(cell(&Value::Text("soon".into()), time, tokyo).unwrap(), "soon");
        assert_eq!(
            hint(&Value::Time(Timestamp::from_secs(1_621_151_386)), flow("start")).unwrap(),
            "2021-05-16 07:49:46 UTC"
        );
        assert_eq!(header(flow("start"), tokyo), "start (Asia/Tokyo)");
    }

    #[test]
    fn numbers_and_sizes() {
        assert_eq!(
            [count(0u64), count(999u64), count(1000u64), count(1_234_567u64)],
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [size(999u64), size(1000u64), size(999_999u64), size(812_000_000_000u64)],
            ["999 B", "1.0 kB", "1.0 MB", "812.0 GB"]
        );
    }

    #[test]
    fn json_is_only_indented() {
        let json = r#"{"b":1.50,"a":["x, \\\"{y}",{}, [ ] ],"é":null}"#;
        let pretty = pretty_json(json);
        let lines = [
            "{",
            r#"  "b": 1.50,"#,
            r#"  "a": ["#,
            r#"    "x, \\\"{y}","#,
            "    {},",
            "    []",
            "  ],",
            r#"  "é": null"#,
            "}",
        ];
        assert_eq!(pretty, lines.join("\n"));
        assert_eq!(pretty_json("{\"cut"), "{\n  \"cut");
    }

    #[test]
    fn nothing_deceptive_passes() {
        assert_eq!(visible("東京 ‹ok›"), "東京 ‹ok›");
        assert!(matches!(visible("plain"), Cow::Borrowed(_)));
        for code in [0x0u32, 0x1b, 0x7f, 0x85, 0xad, 0x200f, 0x2066, 0xfeff, 0xe0041] {
            let c = char::from_u32(code).unwrap();
            assert_eq!(visible(&c.to_string()), format!("‹U+{code:04X}›"));
        }
        assert_eq!(visible_lines("a\n\tb\r"), "a\n\tb‹U+000D›");
    }
}
