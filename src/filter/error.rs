//! What is wrong with a filter's text: where, what was expected there, and a proposal.

use crate::model::text::is_hazardous;
pub use crate::model::text::nearest;
use std::ops::Range;

/// A filter that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FilterError {
    /// Bytes of the filter's text; on character boundaries; empty at the end of the text.
    pub span: Range<usize>,
    /// One sentence without a full stop.
    pub message: String,
    /// What could stand there instead, for a list; may be empty.
    pub expected: Vec<String>,
    /// Text that would be right in place of the text at `span`.
    pub proposal: Option<String>,
}

impl FilterError {
    pub fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), expected: Vec::new(), proposal: None }
    }

    #[must_use]
    pub fn expecting<'a>(mut self, expected: impl IntoIterator<Item = &'a str>) -> Self {
        self.expected = expected.into_iter().map(str::to_owned).collect();
        self
    }

    #[must_use]
    pub fn proposing(mut self, proposal: Option<String>) -> Self {
        self.proposal = proposal;
        self
    }

    /// Three or more lines: the line of the filter, a line of carets under the place, the message with what was
    /// expected and proposed. For a terminal with a fixed-width font.
    pub fn render(&self, text: &str) -> String {
        let start = floor_boundary(text, self.span.start);
        let end = floor_boundary(text, self.span.end.max(start));
        let before = text.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let tail = text.get(line_start..).unwrap_or_default();
        let line = tail.split('\n').next().unwrap_or_default();
        let line_end = line_start + line.len();
        let padding: String = text
            .get(line_start..start)
            .unwrap_or_default()
            .chars()
            .map(|c| {
                if c == '\t' {
                    "\t"
                } else if columns(c) == 2 {
                    "  "
                } else {
                    " "
                }
            })
            .collect();
        let marked = text.get(start..end.min(line_end).max(start)).unwrap_or_default();
        let carets = "^".repeat(marked.chars().map(columns).sum::<usize>().max(1));
        let shown: String = line.chars().map(|c| if is_hazardous(c) && c != '\t' { '\u{fffd}' } else { c }).collect();
        let mut rendered = format!("{shown}\n{padding}{carets}\n{}", self.message);
        if !self.expected.is_empty() {
            rendered.push_str(&format!("\nexpected: {}", self.expected.join(", ")));
        }
        if let Some(proposal) = &self.proposal {
            rendered.push_str(&format!("\ndid you mean: {proposal}"));
        }
        rendered
    }
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
        let error = FilterError::new(2..5, "wrong").expecting(["a", "b"]).proposing(Some("abc".into()));
        assert_eq!(error.render("x yyy z"), "x yyy z\n  ^^^\nwrong\nexpected: a, b\ndid you mean: abc");
        let text = "any = '東京' and\n\tfoo";
        let at = text.find("foo").unwrap();
        assert_eq!(FilterError::new(at..at + 3, "m").render(text), "\tfoo\n\t^^^\nm");
        let at = text.find("and").unwrap();
        assert_eq!(FilterError::new(at..at + 3, "m").render(text), "any = '東京' and\n             ^^^\nm");
        assert_eq!(FilterError::new(3..3, "end").render("abc"), "abc\n   ^\nend");
        assert_eq!(FilterError::new(90..99, "end").render("東"), "東\n  ^\nend");
    }
}
