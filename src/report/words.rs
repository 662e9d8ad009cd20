//! The report's language: texts by name, numbers, times in the zone with UTC beside, values fit to be shown.

use super::document::{Fact, FactValue};
use super::page::{Cell, Header, Span};
use crate::model::{Dataset, FieldId, Timestamp, Unit, Value};
use crate::present::fonts::Face;
use crate::present::rules::{RuleText, rule_text};
use crate::present::sentence::{Told, sentence};
use crate::present::{Language, Texts, Zone, display};

/// Characters of a value in a table's cell; of a longer one the beginning is shown, and said so.
pub(super) const CELL_CHARS: usize = 300;
/// Characters of a title, a name, a path.
pub(super) const LABEL_CHARS: usize = 1_000;
/// Characters of a paragraph or of a line of raw text.
pub(super) const TEXT_CHARS: usize = 10_000;

/// How everything in a report reads.
pub struct Words {
    texts: Texts,
    pub language: Language,
    pub zone: Zone,
}

impl Words {
    pub fn new(language: Language, zone: Zone) -> Self {
        Self { texts: Texts::of_report(language), language, zone }
    }

    pub fn tr(&self, id: &str) -> String {
        self.texts.tr(id)
    }

    /// Arguments are shown as they are given: make them fit to be shown before.
    pub fn with(&self, id: &str, arguments: &[(&str, &str)]) -> String {
        self.texts.tr_args(id, arguments)
    }

    /// The text of this id; the name where there is none.
    pub fn named(&self, id: &str, name: &str) -> String {
        if self.texts.has(id) { self.tr(id) } else { self.label(name) }
    }

    /// A title, a name, a path of the case.
    pub fn label(&self, text: &str) -> String {
        self.cut(text, LABEL_CHARS, super::names::JSON)
    }

    /// `45 s`, `15 min`, `3 h 5 min`, `1 day`.
    pub fn duration(&self, secs: u64) -> String {
        self.texts.exact_duration(secs)
    }

    pub fn list(&self, items: &[String]) -> String {
        self.texts.list(items)
    }

    /// A monitoring rule by its name and id; where it is explained, with the reason why it matters.
    pub fn rule(&self, id: &str, explained: bool) -> Cell {
        match rule_text(&self.texts, id) {
            Some(RuleText { name, why }) => {
                let name = self.with("rule-with-id", &[("name", &name), ("id", id)]);
                Cell { remark: explained.then_some(why), ..Cell::plain(name) }
            }
            None => Cell::plain(self.label(id)),
        }
    }

    /// An event in a sentence.
    pub fn sentence(&self, fields: &[(FieldId, Value)], json: Option<&str>) -> String {
        let told = Told { texts: &self.texts, zone: self.zone, fields, json, label: &|_| None };
        sentence(Dataset::Events, &told)
    }

    pub fn column(&self, name: &str, unit: Unit) -> Header {
        let text = self.named(&format!("column-{name}"), name);
        let text = match unit {
            Unit::Time => self.with("column-in-zone", &[("name", &text), ("zone", self.zone.name())]),
            _ => text,
        };
        Header { text, is_number: unit.is_number() }
    }

    /// `2026-03-10 09:00:00 (Asia/Tokyo)`, and UTC as a remark where that is another.
    pub fn time(&self, time: Timestamp) -> Cell {
        let local = self.with("time-in-zone", &[("time", &self.zone.format(time)), ("zone", self.zone.name())]);
        Cell { remark: self.utc(time), ..Cell::plain(local) }
    }

    /// The same on one line.
    pub fn time_line(&self, time: Timestamp) -> String {
        let local = self.with("time-in-zone", &[("time", &self.zone.format(time)), ("zone", self.zone.name())]);
        match self.utc(time) {
            Some(utc) => self.with("time-with-utc", &[("time", &local), ("utc", &utc)]),
            None => local,
        }
    }

    fn utc(&self, time: Timestamp) -> Option<String> {
        (!self.zone.is_utc()).then(|| format!("{} UTC", Zone::default().format(time)))
    }

    fn range(&self, from: Option<Timestamp>, to: Option<Timestamp>) -> Cell {
        let words = |zone: Zone| match (from, to) {
            (None, None) => None,
            (Some(from), None) => Some(self.with("range-from", &[("from", &zone.format(from)), ("zone", zone.name())])),
            (None, Some(to)) => Some(self.with("range-to", &[("to", &zone.format(to)), ("zone", zone.name())])),
            (Some(from), Some(to)) => {
                let (from, to) = (zone.format(from), zone.format(to));
                Some(self.with("range-both", &[("from", &from), ("to", &to), ("zone", zone.name())]))
            }
        };
        let Some(local) = words(self.zone) else { return Cell::plain(self.tr("range-all")) };
        let remark = if self.zone.is_utc() { None } else { words(Zone::default()) };
        Cell { remark, ..Cell::plain(local) }
    }

    /// A value in a table's cell; `whole` is where all of a long one can be read.
    pub fn cell(&self, value: &Value, unit: Unit, whole: &str) -> Cell {
        match value {
            Value::Null => Cell::default(),
            Value::Time(time) => Cell { remark: self.utc(*time), ..Cell::plain(self.zone.format(*time)) },
            Value::Text(text) => {
                let text = self.cut(text, CELL_CHARS, whole);
                Cell::of(if unit == Unit::Json { Span::mono(text) } else { Span::plain(text) })
            }
            Value::Integer(_) | Value::Number(_) | Value::Boolean(_) => {
                let number = display::cell_number(value).filter(|_| matches!(unit, Unit::Bytes | Unit::Count));
                let text = number.or_else(|| display::cell_of(value, unit, self.zone));
                Cell::plain(shown(&text.unwrap_or_default()))
            }
        }
    }

    /// Text fit to be shown, cut with a mark where it is too long.
    pub fn cut(&self, text: &str, most: usize, whole: &str) -> String {
        let Some((end, _)) = text.char_indices().nth(most) else { return shown(text) };
        let count = display::count(text.chars().count() as u64);
        let mark =
            self.with("cut-value", &[("shown", &display::count(most as u64)), ("count", &count), ("file", whole)]);
        format!("{} {mark}", shown(text.get(..end).unwrap_or(text)))
    }

    /// Paragraphs, parted by empty lines; within one, the lines that were written.
    pub fn paragraphs(&self, text: &str, whole: &str) -> Vec<Vec<Span>> {
        let text = text.replace("\r\n", "\n");
        let paragraphs = text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
        paragraphs.map(|paragraph| vec![Span::plain(self.cut_lines(paragraph, whole))]).collect()
    }

    fn cut_lines(&self, text: &str, whole: &str) -> String {
        let lines: Vec<String> = text.split('\n').map(|line| self.cut(line, TEXT_CHARS, whole)).collect();
        lines.join("\n")
    }

    pub fn fact(&self, fact: &Fact, whole: &str) -> (String, Cell) {
        (self.named(&format!("fact-{}", fact.name), &fact.name), self.fact_value(&fact.value, whole))
    }

    pub fn fact_value(&self, value: &FactValue, whole: &str) -> Cell {
        match value {
            FactValue::None => Cell::plain(self.tr("none")),
            FactValue::Text(text) if text.is_empty() => Cell::plain(self.tr("none")),
            FactValue::Text(text) => {
                let lines = text.split('\n').map(|line| vec![Span::plain(self.cut(line, TEXT_CHARS, whole))]);
                Cell { lines: lines.collect(), remark: None }
            }
            FactValue::Code(text) => Cell::of(Span::mono(self.cut(text, TEXT_CHARS, whole))),
            FactValue::Count(count) => Cell::plain(display::count(*count)),
            FactValue::Bytes(bytes) => {
                let (count, size) = (display::count(*bytes), display::size(*bytes));
                Cell::plain(self.with("bytes", &[("count", &count), ("size", &size)]))
            }
            FactValue::Seconds(secs) => Cell::plain(self.duration(*secs)),
            FactValue::Time(time) => self.time(*time),
            FactValue::Range(from, to) => self.range(*from, *to),
            FactValue::Words(id, arguments) => {
                // Numbers come as digits.
                let fit = |value: &String| value.parse::<u128>().map_or_else(|_| self.label(value), display::count);
                let shown: Vec<(&str, String)> =
                    arguments.iter().map(|(name, value)| (name.as_str(), fit(value))).collect();
                let arguments: Vec<(&str, &str)> = shown.iter().map(|(name, value)| (*name, value.as_str())).collect();
                Cell::plain(self.with(id, &arguments))
            }
            FactValue::List(values) if values.is_empty() => Cell::plain(self.tr("none")),
            FactValue::List(values) => {
                let cells = values.iter().map(|value| self.fact_value(value, whole));
                let lines = cells.flat_map(|cell| {
                    let remark = cell.remark.map(|remark| vec![Span::plain(format!("({remark})"))]);
                    cell.lines.into_iter().chain(remark).collect::<Vec<_>>()
                });
                Cell { lines: lines.collect(), remark: None }
            }
        }
    }
}

/// Text as every format shows it: letters with their marks put together, and each character that deceives, or that the
/// fonts lack, spelt out.
pub(super) fn shown(text: &str) -> String {
    let visible = display::visible(text);
    let mut out = String::with_capacity(visible.len());
    for c in visible.chars() {
        if let Some(joined) = out.chars().next_back().and_then(|base| composed(base, c)) {
            out.pop();
            out.push(joined);
        } else if Face::Bold.glyph(c).is_some() {
            out.push(c);
        } else {
            out.push_str(&format!("‹U+{:04X}›", c as u32));
        }
    }
    out
}

/// The letter that a letter and a mark behind it make, as file names from a Mac have them.
fn composed(base: char, mark: char) -> Option<char> {
    let joined = match mark {
        '\u{3099}' if base == 'う' => 'ゔ',
        '\u{3099}' if base == 'ウ' => 'ヴ',
        '\u{3099}' if is_kana(base) => char::from_u32(base as u32 + 1)?,
        '\u{309a}' if matches!(base, 'は'..='ほ' | 'ハ'..='ホ') => char::from_u32(base as u32 + 2)?,
        _ => {
            let (_, pairs) = MARKS.iter().find(|(known, _)| *known == mark)?;
            let mut letters = pairs.chars();
            loop {
                let (letter, with_mark) = (letters.next()?, letters.next()?);
                if letter == base {
                    break with_mark;
                }
            }
        }
    };
    Face::Bold.glyph(joined).map(|_| joined)
}

fn is_kana(c: char) -> bool {
    "かきくけこさしすせそたちつてとはひふへほカキクケコサシスセソタチツテトハヒフヘホ".contains(c)
}

/// A mark, and letters each followed by what they become with it.
const MARKS: [(char, &str); 7] = [
    ('\u{300}', "AÀEÈIÌOÒUÙaàeèiìoòuù"),
    ('\u{301}', "AÁEÉIÍOÓUÚYÝaáeéiíoóuúyý"),
    ('\u{302}', "AÂEÊIÎOÔUÛaâeêiîoôuû"),
    ('\u{303}', "AÃNÑOÕaãnñoõ"),
    ('\u{308}', "AÄEËIÏOÖUÜaäeëiïoöuüyÿ"),
    ('\u{30a}', "AÅaå"),
    ('\u{327}', "CÇcç"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_join_their_letters_and_what_has_no_glyph_is_spelt_out() {
        assert_eq!(shown("cafe\u{301} か\u{3099}は\u{309a}ウ\u{3099}"), "café がぱヴ");
        assert_eq!(shown("q\u{301}\u{202e}🔥\n"), "q‹U+0301›‹U+202E›‹U+1F525›‹U+000A›");
        assert_eq!(shown("東京 ‹ok›"), "東京 ‹ok›");
    }

    #[test]
    fn times_have_utc_beside_them_where_the_zone_is_another() {
        let tokyo = Words::new(Language::Japanese, Zone::by_name("Asia/Tokyo").unwrap());
        let time = Timestamp::from_secs(1_773_100_800);
        let cell = tokyo.cell(&Value::Time(time), Unit::Time, "");
        assert_eq!(cell.lines[0][0].text, "2026-03-10 09:00:00");
        assert_eq!(cell.remark.as_deref(), Some("2026-03-10 00:00:00 UTC"));
        let utc = Words::new(Language::English, Zone::default());
        assert_eq!(utc.cell(&Value::Time(time), Unit::Time, "").remark, None);
        assert_eq!(utc.time_line(time), "2026-03-10 00:00:00 (UTC)");
    }

    #[test]
    fn numbers_read_the_same_in_every_language() {
        for language in Language::ALL {
            let words = Words::new(language, Zone::default());
            let cell = |value, unit| words.cell(&value, unit, "").lines.concat().first().map(|span| span.text.clone());
            assert_eq!(cell(Value::Integer(1_204_332), Unit::Bytes).as_deref(), Some("1,204,332"));
            assert_eq!(cell(Value::Integer(65_535), Unit::Port).as_deref(), Some("65535"));
            assert_eq!(cell(Value::Integer(6), Unit::Protocol).as_deref(), Some("6 tcp"));
            assert_eq!(
                cell(Value::Number("99999999999999999999".into()), Unit::Bytes).as_deref(),
                Some("99,999,999,999,999,999,999")
            );
            assert_eq!(cell(Value::Null, Unit::Bytes), None);
        }
    }

    #[test]
    fn what_is_cut_says_so() {
        let words = Words::new(Language::English, Zone::default());
        let text = words.cut(&"x".repeat(1_000_000), 300, "attachments/a.csv");
        assert!(text.contains("1,000,000") && text.contains("attachments/a.csv") && text.len() < 500, "{text}");
        assert_eq!(words.cut("short", 300, ""), "short");
    }
}
