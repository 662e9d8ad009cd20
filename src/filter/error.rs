//! What is wrong with a filter's text: where, what was expected there, and a proposal.

use crate::model::Message;
use crate::model::text::is_hazardous;
pub(crate) use crate::model::text::nearest;
use std::ops::Range;

/// Ids of the texts that say what could be at a place begin so; what else is expected is syntax, and is as it is.
pub(crate) const EXPECTED: &str = "filter-expected-";

/// A filter that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FilterError {
    /// Bytes of the filter's text; on character boundaries; empty at the end of the text.
    pub span: Range<usize>,
    /// One sentence without a full stop.
    pub message: Message,
    /// What could be there instead, for a list; may be empty.
    pub expected: Vec<&'static str>,
    /// Text that would be right in place of the text at `span`.
    pub proposal: Option<String>,
}

impl FilterError {
    pub fn new(span: Range<usize>, message: Message) -> Self {
        Self { span, message, expected: Vec::new(), proposal: None }
    }

    #[must_use]
    pub fn expecting(mut self, expected: impl IntoIterator<Item = &'static str>) -> Self {
        self.expected = expected.into_iter().collect();
        self
    }

    #[must_use]
    pub fn proposing(mut self, proposal: Option<String>) -> Self {
        self.proposal = proposal;
        self
    }
}

/// Two lines: the line of the text that the place is in, and a line of carets under the place. For a terminal with a
/// fixed-width font.
pub(crate) fn marked(text: &str, span: &Range<usize>) -> String {
    let start = floor_boundary(text, span.start);
    let end = floor_boundary(text, span.end.max(start));
    let before = text.get(..start).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let tail = text.get(line_start..).unwrap_or_default();
    let line = tail.split('\n').next().unwrap_or_default();
    let line_end = line_start + line.len();
    let padding: String = text
        .get(line_start..start)
        .unwrap_or_default()
        .chars()
        .map(|c| match c {
            '\t' => "\t",
            c if columns(c) == 2 => "  ",
            _ => " ",
        })
        .collect();
    let place = text.get(start..end.min(line_end).max(start)).unwrap_or_default();
    let carets = "^".repeat(place.chars().map(columns).sum::<usize>().max(1));
    let shown: String = line.chars().map(|c| if is_hazardous(c) && c != '\t' { '\u{fffd}' } else { c }).collect();
    format!("{shown}\n{padding}{carets}")
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Columns of a character in a terminal: East Asian wide and full-width characters take two.
fn columns(c: char) -> usize {
    match u32::from(c) {
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_stand_under_the_place() {
        assert_eq!(marked("x yyy z", &(2..5)), "x yyy z\n  ^^^");
        let text = "any = '東京' and\n\tfoo";
        let at = text.find("foo").unwrap();
        assert_eq!(marked(text, &(at..at + 3)), "\tfoo\n\t^^^");
        let at = text.find("and").unwrap();
        assert_eq!(marked(text, &(at..at + 3)), "any = '東京' and\n             ^^^");
        assert_eq!(marked("abc", &(3..3)), "abc\n   ^");
        assert_eq!(marked("東", &(90..99)), "東\n  ^");
    }
}
