//! Numbers and times on screen: whole, or as `#` signs, never cut. A number that lacks a digit is another number.

use egui::{FontId, Ui};
use std::net::IpAddr;

/// As in `1 d 2 h 3 min 4 s`; what has more letters between its digits is an identifier.
const MOST_UNITS: usize = 4;

/// Is this a number, a size, a share or a time? Addresses, networks and UUIDs are not: they are shortened with an ellipsis.
pub(crate) fn is_figure(text: &str) -> bool {
    let text = text.trim();
    let begins = |c: char| c.is_ascii_digit() || "+-–−.".contains(c);
    if !text.starts_with(begins) || !text.contains(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let written_as = |c: char| c.is_ascii_digit() || " ,.:;+-–−/%TZ".contains(c);
    let rest = text.trim_start_matches(written_as).trim();
    let is_unit = |word: &str| word.len() <= 3 && word.chars().all(char::is_alphabetic);
    let units: Vec<&str> = rest.split(|c: char| written_as(c)).filter(|word| !word.is_empty()).collect();
    rest.len() < text.len()
        && units.len() <= MOST_UNITS
        && units.into_iter().all(is_unit)
        && !is_address(text)
        && !is_uuid(text)
}

fn is_address(text: &str) -> bool {
    let (address, length) = text.split_once('/').unwrap_or((text, "0"));
    address.parse::<IpAddr>().is_ok() && length.parse::<u8>().is_ok()
}

/// Of digits alone it is a name still.
fn is_uuid(text: &str) -> bool {
    text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
}

/// What stands for a number that has not enough room: as many `#` as fit.
pub(crate) fn hashes(ui: &Ui, font: &FontId, width: f32) -> String {
    let one = ui.fonts_mut(|fonts| fonts.glyph_width(font, '#')).max(1.0);
    "#".repeat((width / one).floor().clamp(0.0, 64.0) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_sizes_shares_and_times_are_figures() {
        for text in [
            "0",
            "33,373,350",
            "-4",
            "0.75",
            "12.3 MiB",
            "45 %",
            "99.9%",
            "2021-05-16 08:30:00",
            "2021-05-16T08:30:00Z",
            "03:30",
            "1 h 5 min",
            "3m 2s",
            "123456789012",
            "443",
            "2021-05-16 17:30:00 JST",
            "+5",
        ] {
            assert!(is_figure(text), "{text}");
        }
    }

    #[test]
    fn addresses_names_and_sentences_are_not() {
        for text in [
            "",
            "–",
            "10.0.0.5",
            "10.0.0.0/8",
            "2001::1",
            "2001:db8::/32",
            "eni-0123",
            "ACCEPT",
            "AKIA1234",
            "4 records",
            "arn:aws:iam::1:user/a",
            "6 TCP (transmission)",
            "/var/log/1.gz",
            "1a2b3c4d5e",
            "00000000-0000-0000-0000-000000000001",
        ] {
            assert!(!is_figure(text), "{text}");
        }
    }
}
