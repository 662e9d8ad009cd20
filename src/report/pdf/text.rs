//! Lines of text: which glyph is where, and where a line ends. Breaks are at spaces and between Japanese characters,
//! not before a mark that closes or after one that opens; where none is possible, at any character: nothing is ever cut
//! off.

use super::super::page::{Link, Span};
use crate::present::chart::scene::Rgb;
use crate::present::fonts::{Face, Glyph};

/// How a stretch of text looks.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Style {
    pub face: Face,
    pub size: f32,
    pub colour: Rgb,
    /// The id of the heading that it leads to.
    pub link: Option<String>,
}

pub(super) const TEXT: Rgb = [0x1a, 0x1a, 0x1a];
pub(super) const SOFT: Rgb = [0x4a, 0x51, 0x5b];
pub(super) const MARK: Rgb = [0x8a, 0x1c, 0x1c];
pub(super) const LINK: Rgb = [0x0b, 0x4f, 0x9c];

impl Style {
    pub(super) fn of(face: Face, size: f32, colour: Rgb) -> Self {
        Self { face, size, colour, link: None }
    }

    /// Of a span in text of this size.
    pub(super) fn span(span: &Span, size: f32, colour: Rgb) -> Self {
        let face = match (span.mono, span.strong) {
            (true, _) => Face::Mono,
            (false, true) => Face::Bold,
            (false, false) => Face::Regular,
        };
        match &span.link {
            Some(Link::Place(id)) => Self { face, size, colour: LINK, link: Some(id.clone()) },
            // A file beside the report is named; no reader of PDF opens it without asking.
            Some(Link::File(_)) | None => Self { face, size, colour, link: None },
        }
    }
}

/// A part of a line in one face and style.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    pub face: Face,
    pub style: usize,
    pub text: String,
    /// A glyph, and the bytes of `text` that it stands for.
    pub glyphs: Vec<(Glyph, std::ops::Range<usize>)>,
    pub width: f32,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Line {
    pub runs: Vec<Run>,
    /// Without spaces at its end.
    pub width: f32,
}

/// Set text: lines, and the styles that their runs name.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Paragraph {
    pub styles: Vec<Style>,
    pub lines: Vec<Line>,
}

struct Letter {
    c: char,
    face: Face,
    glyph: Glyph,
    style: usize,
    width: f32,
}

/// Sets spans into lines of at most `width`. A line feed begins a new line.
pub(super) fn set(spans: &[(String, Style)], width: f32) -> Paragraph {
    let styles: Vec<Style> = spans.iter().map(|(_, style)| style.clone()).collect();
    let mut paragraph = Paragraph { styles, lines: Vec::new() };
    let mut letters: Vec<Letter> = Vec::new();
    for (at, (text, style)) in spans.iter().enumerate() {
        for c in text.chars() {
            if c == '\n' {
                break_into(&mut paragraph.lines, &letters, width);
                letters.clear();
            } else if let Some((face, glyph)) = style.face.glyph(c) {
                letters.push(Letter { c, face, glyph, style: at, width: glyph.advance * style.size });
            }
        }
    }
    break_into(&mut paragraph.lines, &letters, width);
    paragraph
}

fn break_into(lines: &mut Vec<Line>, letters: &[Letter], width: f32) {
    let mut rest = letters;
    loop {
        let (line, next) = rest.split_at(line_end(rest, width).min(rest.len()));
        lines.push(made(line));
        if next.is_empty() {
            return;
        }
        rest = next;
    }
}

/// How many letters the first line takes: at least one.
fn line_end(letters: &[Letter], width: f32) -> usize {
    let (mut used, mut best, mut best_width) = (0.0, 0, 0.0);
    for (at, letter) in letters.iter().enumerate() {
        if used + letter.width > width && letter.c != ' ' && at > 0 {
            // A break far back would leave half a line empty: a long value is rather broken inside.
            return if best > 0 && best_width >= width * 0.4 { best } else { at.max(1) };
        }
        used += letter.width;
        if letters.get(at + 1).is_some_and(|next| may_break(letter.c, next.c)) {
            (best, best_width) = (at + 1, used);
        }
    }
    letters.len()
}

/// May a line end between these two?
fn may_break(before: char, after: char) -> bool {
    if after == ' ' || CLOSING.contains(after) || OPENING.contains(before) {
        return false;
    }
    // A number keeps together what its commas part.
    let is_part = |before: char| match before {
        ',' => !after.is_ascii_digit(),
        '/' | ';' | '&' | '|' | '_' => after.is_alphanumeric(),
        _ => false,
    };
    before == ' ' || is_wide(before) || is_wide(after) || is_part(before)
}

/// Marks that no line begins with.
const CLOSING: &str = "、。，．・：；？！゛゜´｀ヽヾゝゞ々ー’”）〕］｝〉》」』】°′″℃％‰›…‥ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;?!)]}%";
/// Marks that no line ends with.
const OPENING: &str = "（〔［｛〈《「『【‘“‹([{";

fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}')
}

fn made(letters: &[Letter]) -> Line {
    let mut line = Line::default();
    for letter in letters {
        let same = |run: &&mut Run| run.face == letter.face && run.style == letter.style;
        let glyph = |run: &mut Run| {
            let start = run.text.len();
            run.text.push(letter.c);
            run.glyphs.push((letter.glyph, start..run.text.len()));
            run.width += letter.width;
        };
        match line.runs.last_mut().filter(same) {
            Some(run) => glyph(run),
            None => {
                let (face, style) = (letter.face, letter.style);
                let mut run = Run { face, style, text: String::new(), glyphs: Vec::new(), width: 0.0 };
                glyph(&mut run);
                line.runs.push(run);
            }
        }
    }
    let blank: f32 = letters.iter().rev().take_while(|letter| letter.c == ' ').map(|letter| letter.width).sum();
    line.width = line.runs.iter().map(|run| run.width).sum::<f32>() - blank;
    line
}

/// One line, however long.
pub(super) fn line(text: &str, style: Style) -> Paragraph {
    set(&[(text.replace('\n', " "), style)], f32::INFINITY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, width: f32) -> Vec<String> {
        let set = set(&[(text.to_owned(), Style::of(Face::Regular, 10.0, TEXT))], width);
        let words = |line: &Line| line.runs.iter().map(|run| run.text.as_str()).collect::<String>();
        for line in &set.lines {
            // A letter that is wider than the line is alone.
            assert!(line.width <= width || words(line).trim_end().chars().count() == 1, "{line:?}");
        }
        set.lines.iter().map(words).collect()
    }

    #[test]
    fn nothing_is_lost_and_nothing_stands_out() {
        for text in
            ["", "a", "two words and more of them", "東京都の「証拠」を、確認した。", &"x".repeat(500), "a\n\nb"]
        {
            for width in [1.0, 12.0, 37.5, 200.0] {
                assert_eq!(lines(text, width).concat(), text.replace('\n', ""), "{text} at {width}");
            }
        }
    }

    #[test]
    fn lines_end_where_a_reader_expects() {
        assert_eq!(lines("two words", 40.0), ["two ", "words"]);
        let japanese = lines("これは証拠である。", 80.0);
        assert!(japanese.iter().all(|line| !line.starts_with('。')), "{japanese:?}");
        let quoted = lines("あいうえお「か」", 60.0);
        assert!(quoted.iter().all(|line| !line.ends_with('「') && !line.starts_with('」')), "{quoted:?}");
        assert!(
            lines("short sha256:0123456789abcdef0123456789abcdef", 120.0)[0].len() > 8,
            "a long value fills its line"
        );
    }
}
