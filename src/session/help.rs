//! The help of the window: chapters as data. Keys, the filter language, and a page for each view that says what it shows,
//! which keys it has, and where its figures come from. The texts are in the catalogue (`help-...`).

use super::command::Command;
use super::shortcut::Menu;
use super::view::View;
use crate::filter::help::{self, Entry};
use crate::model::Dataset;
use crate::present::text::Texts;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Chapter {
    Keys,
    Filter,
    Time,
    View(View),
}

/// What of the help is on screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpPage {
    pub chapter: Chapter,
    /// What is searched for in all chapters.
    pub typed: String,
    /// The view whose keys come first.
    pub view: Option<View>,
}

impl HelpPage {
    /// The keys, those of the view on screen first.
    pub fn of(view: View, is_case_open: bool) -> Self {
        Self { chapter: Chapter::Keys, typed: String::new(), view: is_case_open.then_some(view) }
    }

    /// From the filter line: its language.
    pub fn of_filter(view: View) -> Self {
        Self { chapter: Chapter::Filter, typed: String::new(), view: Some(view) }
    }
}

impl Chapter {
    pub fn all() -> impl Iterator<Item = Chapter> {
        let views = View::ALL.into_iter().chain([View::Address, View::Follow]).map(Chapter::View);
        [Chapter::Keys, Chapter::Filter, Chapter::Time].into_iter().chain(views)
    }

    pub fn title(self, texts: &Texts) -> String {
        match self {
            Chapter::Keys => texts.tr("help-keys"),
            Chapter::Filter => texts.tr("help-filter"),
            Chapter::Time => texts.tr("help-time"),
            Chapter::View(View::Address) => texts.tr("help-address-title"),
            Chapter::View(View::Follow) => texts.tr("help-follow-title"),
            Chapter::View(view) => texts.tr(&view.text_id()),
        }
    }
}

/// A line of a chapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Head(String),
    Text(String),
    /// A key or a piece of syntax, and what it means.
    Pair(String, String),
}

impl Line {
    /// Does it hold every word, in lower case?
    pub(crate) fn holds(&self, words: &[String]) -> bool {
        let text = match self {
            Line::Head(text) | Line::Text(text) => text.to_lowercase(),
            Line::Pair(one, other) => format!("{one} {other}").to_lowercase(),
        };
        words.iter().all(|word| text.contains(word))
    }
}

/// The lines of a chapter, in reading order.
pub(crate) fn lines(t: &Texts, chapter: Chapter, view: Option<View>) -> Vec<Line> {
    match chapter {
        Chapter::Keys => keys(t, view),
        Chapter::Filter => filter_lines(t, view.and_then(View::filtered).unwrap_or(Dataset::Flows)),
        Chapter::Time => pairs_of(t, &TIME),
        Chapter::View(view) => view_lines(t, view),
    }
}

/// How times are typed; the syntax is the same in every language.
const TIME: [(&str, &str); 6] = [
    ("2026-03-11 03:30", "help-time-date"),
    ("03:30", "help-time-clock"),
    ("+1h  -30m", "help-time-relative"),
    ("yesterday  today", "help-time-words"),
    ("±5m", "help-time-around"),
    ("2026-03-11T03:30:00Z", "help-time-utc"),
];

/// In every table.
const TABLE: [(&str, &str); 8] = [
    ("↑ ↓  Page Up  Page Down  Home  End", "help-table-move"),
    ("← →", "help-table-columns"),
    ("Shift", "help-table-range"),
    ("Ctrl+A  Ctrl+C", "help-table-copy"),
    ("Space", "help-table-tag"),
    ("Enter", "help-table-open"),
    ("Shift+F10", "help-table-menu"),
    ("Tab", "help-table-header"),
];

/// Wherever the keyboard is.
const MOVES: [(&str, &str); 5] = [
    ("F6  Shift+F6", "help-move-panes"),
    ("Tab  Shift+Tab", "help-move-stops"),
    ("← → ↑ ↓", "help-move-groups"),
    ("F10", "help-move-menu"),
    ("Esc", "help-move-esc"),
];

fn pairs_of(texts: &Texts, list: &[(&str, &str)]) -> Vec<Line> {
    list.iter().map(|(keys, text)| Line::Pair((*keys).to_owned(), texts.tr(text))).collect()
}

fn keys(t: &Texts, view: Option<View>) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(view) = view {
        lines.push(Line::Head(t.tr_args("help-keys-of", &[("view", &Chapter::View(view).title(t))])));
        lines.push(Line::Text(t.tr(&format!("help-{}-keys", view.row().name))));
    }
    lines.push(Line::Head(t.tr("help-moves")));
    lines.extend(pairs_of(t, &MOVES));
    lines.push(Line::Head(t.tr("help-table")));
    lines.extend(pairs_of(t, &TABLE));
    for menu in Menu::ALL {
        lines.push(Line::Head(t.tr(menu.text_key())));
        for command in Command::all().filter(|command| command.menu() == menu) {
            let all: Vec<String> = command.shortcuts().map(|shortcut| shortcut.to_string()).collect();
            if !all.is_empty() {
                lines.push(Line::Pair(all.join("  "), t.tr(&command.text_id())));
            }
        }
    }
    lines
}

fn filter_lines(texts: &Texts, dataset: Dataset) -> Vec<Line> {
    let mut lines = vec![Line::Text(texts.tr("help-filter-text"))];
    let mut section = |title: &str, entries: &[Entry]| {
        lines.push(Line::Head(texts.tr(title)));
        lines.extend(entries.iter().map(|e| Line::Pair(e.syntax.to_owned(), texts.tr(e.meaning))));
    };
    section("filter-help-examples", help::examples(dataset));
    section("filter-help-operators", &help::OPERATORS);
    section("filter-help-values", &help::VALUES);
    section("filter-help-rules", &help::RULES);
    section("filter-help-fields", &help::VIRTUAL_FIELDS);
    lines.push(Line::Head(texts.tr("filter-help-all-fields")));
    for field in help::fields(dataset) {
        let mut notes = vec![texts.tr(field.kind)];
        if !field.values.is_empty() {
            notes.push(field.values.join(", "));
        }
        if !field.aliases.is_empty() {
            notes.push(texts.tr_args("filter-help-also", &[("names", &field.aliases.join(", "))]));
        }
        lines.push(Line::Pair(field.name.to_owned(), notes.join("; ")));
    }
    lines
}

fn view_lines(texts: &Texts, view: View) -> Vec<Line> {
    let of = |part: &str| texts.tr(&format!("help-{}{part}", view.row().name));
    let shortcut = view.row().shortcut.map(|shortcut| shortcut.to_string());
    let mut lines = vec![Line::Text(of("-shows"))];
    lines.extend(shortcut.map(|keys| Line::Pair(keys, texts.tr("help-opens-view"))));
    lines.push(Line::Head(texts.tr("help-keys")));
    lines.push(Line::Text(of("-keys")));
    lines.push(Line::Head(texts.tr("help-source")));
    lines.push(Line::Text(of("-source")));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::text::Language;

    #[test]
    fn every_chapter_has_its_texts_in_every_language() {
        for language in Language::ALL {
            let texts = Texts::new(language);
            for chapter in Chapter::all() {
                let title = chapter.title(&texts);
                let lines = lines(&texts, chapter, Some(View::Records(Dataset::Events)));
                assert!(lines.len() > 3, "{title}");
                for line in lines {
                    let texts = match line {
                        Line::Head(text) | Line::Text(text) => vec![text],
                        Line::Pair(one, other) => vec![one, other],
                    };
                    for text in texts {
                        let is_id = text.starts_with("help-") || text.starts_with("filter-help");
                        assert!(!is_id && !text.is_empty(), "{}: {text}", language.code());
                    }
                }
            }
        }
    }

    #[test]
    fn a_line_holds_all_words_or_is_not_found() {
        let line = Line::Pair("in 10.0.0.0/8".into(), "In the address block".into());
        assert!(line.holds(&["block".into(), "10.0".into()]));
        assert!(!line.holds(&["block".into(), "port".into()]));
    }
}
