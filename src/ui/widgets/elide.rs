//! A text that has not enough room gives up what says least: an address keeps its host part, an ARN the end that names
//! somebody, a path its file, an identifier both its ends; a sentence ends earlier.

use crate::model::Address;
use crate::present::principal;
use egui::{FontId, Ui};
use std::borrow::Cow;

const DOTS: char = '…';

/// Letters of an identifier: shorter ones are words.
const ID_LEAST: usize = 10;

/// How wide the text is; `None` for wider than `most`, which ends the counting.
pub(crate) fn width(ui: &Ui, font: &FontId, text: &str, most: f32) -> Option<f32> {
    ui.fonts_mut(|fonts| {
        let mut sum = 0.0;
        text.chars()
            .all(|c| {
                sum += fonts.glyph_width(font, c);
                sum <= most
            })
            .then_some(sum)
    })
}

/// The text as it is shown in this room.
pub(crate) fn elided<'t>(ui: &Ui, font: &FontId, text: &'t str, room: f32) -> Cow<'t, str> {
    if width(ui, font, text, room).is_some() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(ui.fonts_mut(|fonts| shortened(text, room, &mut |c| fonts.glyph_width(font, c))))
}

type Widths<'w> = dyn FnMut(char) -> f32 + 'w;

fn sum(text: &str, widths: &mut Widths<'_>) -> f32 {
    text.chars().map(widths).sum()
}

fn shortened(text: &str, room: f32, widths: &mut Widths<'_>) -> String {
    if let Some((_, resource)) = principal::of_arn(text).filter(|(_, resource)| !resource.is_empty()) {
        return named(resource, room, widths);
    }
    // A role and its session: both tell apart.
    let is_session =
        |(role, session): (&str, &str)| !role.contains(char::is_whitespace) && !session.contains(char::is_whitespace);
    if text.split_once(" / ").is_some_and(is_session) {
        return middle(text, room, 0.5, widths);
    }
    // Sentences, and JSON.
    if text.contains(char::is_whitespace) || text.starts_with(['{', '[', '"']) {
        return start(text, room, widths);
    }
    if text.starts_with('/') || text.matches('/').count() > 1 {
        return end(text, room, widths);
    }
    let address = text.contains(':') && Address::parse(text.as_bytes()).is_some();
    if address {
        // The host part is the end of it.
        return middle(text, room, 0.35, widths);
    }
    let is_id = text.len() >= ID_LEAST && text.bytes().any(|b| b.is_ascii_digit());
    if is_id { middle(text, room, 0.5, widths) } else { start(text, room, widths) }
}

/// `assumed-role/bastion/i-0abc` as `…bastion/i-0abc`, and where that is too long both names as far as they go.
fn named(resource: &str, room: f32, widths: &mut Widths<'_>) -> String {
    let dots = widths(DOTS);
    let whole = resource.strip_prefix("assumed-role/").unwrap_or(resource);
    let name = resource.split_once('/').map_or(resource, |(_, name)| name);
    for text in [whole, name] {
        if dots + sum(text, widths) <= room {
            return format!("{DOTS}{text}");
        }
    }
    let Some((left, right)) = name.rsplit_once('/') else {
        return format!("{DOTS}{}", start(name, room - dots, widths));
    };
    let room = room - dots - widths('/');
    let (of_left, of_right) = (sum(left, widths), sum(right, widths));
    let to_left = if of_left <= room * 0.65 { of_left } else { of_left.min((room / 2.0).max(room - of_right)) };
    let (left, right) = (start(left, to_left, widths), start(right, room - to_left, widths));
    format!("{DOTS}{left}/{right}")
}

/// As much of its start as fits; all of it where all fits.
fn start(text: &str, room: f32, widths: &mut Widths<'_>) -> String {
    // Sums of the same widths in another order differ in their last digits.
    if sum(text, widths) <= room + 0.01 {
        return text.to_owned();
    }
    let mut left = room - widths(DOTS);
    let fits = |c: &char| {
        left -= widths(*c);
        left >= 0.0
    };
    let head: String = text.chars().take_while(fits).collect();
    format!("{}{DOTS}", head.trim_end())
}

/// As much of its end as fits.
fn end(text: &str, room: f32, widths: &mut Widths<'_>) -> String {
    format!("{DOTS}{}", tail(text, room - widths(DOTS), widths))
}

fn tail<'t>(text: &'t str, room: f32, widths: &mut Widths<'_>) -> &'t str {
    let (mut left, mut begin) = (room, text.len());
    for (at, c) in text.char_indices().rev() {
        left -= widths(c);
        if left < 0.0 {
            break;
        }
        begin = at;
    }
    text.get(begin..).unwrap_or_default()
}

/// Both ends; the first gets this part of the room.
fn middle(text: &str, room: f32, part: f32, widths: &mut Widths<'_>) -> String {
    let room = (room - widths(DOTS)).max(0.0);
    let mut left = room * part;
    let fits = |c: &char| {
        left -= widths(*c);
        left >= 0.0
    };
    let head: String = text.chars().take_while(fits).collect();
    let rest = room - sum(&head, widths);
    format!("{head}{DOTS}{}", tail(text, rest, widths))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every character one wide.
    fn cut(text: &str, room: usize) -> String {
        let short = shortened(text, room as f32, &mut |_| 1.0);
        assert!(short.chars().count() <= room, "{short} in {room}");
        short
    }

    #[test]
    fn an_address_keeps_its_host_part_and_an_identifier_both_ends() {
        assert_eq!(cut("2001:db8:1234:5678:9abc:def0:1234:5678", 20), "2001:d…ef0:1234:5678");
        assert_eq!(cut("eni-0123456789abcdef0", 13), "eni-01…bcdef0");
        assert_eq!(cut("AKIAIOSFODNN7EXAMPLE", 9), "AKIA…MPLE");
        assert_eq!(cut("2001:db8::/32", 9), "2001…:/32", "a network is no path");
    }

    #[test]
    fn an_arn_keeps_who_it_names() {
        let role = "arn:aws:sts::111122223333:assumed-role/bastion-role/i-0abc123def4567890";
        assert_eq!(cut(role, 40), "…bastion-role/i-0abc123def4567890");
        assert_eq!(cut(role, 21), "…bastion-role/i-0abc…");
        let person =
            "arn:aws:sts::1:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/alice@example.com";
        assert_eq!(cut(person, 26), "…AWSReserved…/alice@examp…");
        assert_eq!(cut("arn:aws:iam::111122223333:user/alice", 12), "…user/alice");
        assert_eq!(cut("arn:aws:iam::111122223333:user/alice", 8), "…alice");
        assert_eq!(cut("arn:aws:iam::111122223333:root", 6), "…root");
        assert_eq!(cut("arn:aws:iam::111122223333:user/division/alice-the-first", 12), "…divi…/alic…");
        assert_eq!(cut("bastion-role / i-0ba571bb06bb06bb6", 20), "bastion-r…b06bb06bb6");
    }

    #[test]
    fn a_path_keeps_its_file_and_a_sentence_its_beginning() {
        assert_eq!(cut("/logs/2021/05/16/flows.gz", 12), "…16/flows.gz");
        assert_eq!(cut("Invalid value for its field", 10), "Invalid v…");
        assert_eq!(cut("GetBucketPolicyStatus", 10), "GetBucket…");
        assert_eq!(cut("{\"bucketName\":\"a/b/c/1\"}", 10), "{\"bucketN…");
    }
}
