//! The filter language in words: its help, and what is wrong with a filter.

use super::text::Texts;
use crate::filter::FilterError;
use crate::filter::error::{EXPECTED, marked};
use crate::filter::help::{self, Entry};
use crate::model::Dataset;

/// The whole help as plain text, for a terminal.
pub fn plain_text(texts: &Texts, dataset: Dataset) -> String {
    let mut text = String::new();
    let mut section = |title: &str, entries: &[Entry]| {
        text.push_str(&format!("{}\n", texts.tr(title)));
        for entry in entries {
            text.push_str(&format!("  {}\n      {}\n", entry.syntax, texts.tr(entry.meaning)));
        }
        text.push('\n');
    };
    section("filter-help-operators", &help::OPERATORS);
    section("filter-help-values", &help::VALUES);
    section("filter-help-rules", &help::RULES);
    section("filter-help-fields", &help::VIRTUAL_FIELDS);
    section("filter-help-examples", help::examples(dataset));
    text.push_str(&format!("{}\n", texts.tr("filter-help-all-fields")));
    for field in help::fields(dataset) {
        let mut notes = vec![texts.tr(field.kind)];
        if !field.values.is_empty() {
            notes.push(texts.list(field.values));
        }
        if !field.aliases.is_empty() {
            notes.push(texts.tr_args("filter-help-also", &[("names", &texts.list(field.aliases))]));
        }
        text.push_str(&format!("  {:<32} {}\n", field.name, notes.join("; ")));
    }
    text
}

/// What is wrong with a filter, three or more lines: the line of the filter, a line of carets under the place, the message
/// with what was expected and proposed. For a terminal with a fixed-width font.
pub fn mistake(texts: &Texts, error: &FilterError, text: &str) -> String {
    let mut lines = vec![marked(text, &error.span), error.message.render(texts)];
    if !error.expected.is_empty() {
        let word = |word: &&str| if word.starts_with(EXPECTED) { texts.tr(word) } else { (*word).to_owned() };
        let list: Vec<String> = error.expected.iter().map(word).collect();
        lines.push(texts.tr_args("filter-error-expected", &[("list", &texts.list(&list))]));
    }
    if let Some(proposal) = &error.proposal {
        lines.push(texts.tr_args("filter-error-proposal", &[("proposal", proposal)]));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::field;
    use crate::present::Language;

    #[test]
    fn every_name_and_every_piece_of_syntax_is_explained_in_every_language() {
        for language in Language::ALL {
            let texts = Texts::new(language);
            for dataset in [Dataset::Flows, Dataset::Events] {
                let text = plain_text(&texts, dataset);
                for field in field::of(dataset) {
                    assert!(text.contains(&format!("\n  {} ", field.name())), "{}", field.name());
                }
                assert!(!text.contains("filter-help-"), "{text}");
            }
        }
    }

    #[test]
    fn a_mistake_is_marked_and_told_with_what_was_expected_and_proposed() {
        let texts = Texts::english();
        let told = |text: &str| mistake(&texts, &crate::filter::parse(text, Dataset::Flows).unwrap_err(), text);
        assert_eq!(
            told("dstport = shh"),
            "dstport = shh\n          ^^^\nshh is not a port\nexpected: 0 to 65535, a name such as ssh, rdp, https\n\
             did you mean: ssh"
        );
        let place = " ".repeat("bytes between 1".len());
        assert_eq!(
            told("bytes between 1"),
            format!("bytes between 1\n{place}^\nbetween needs two values\nexpected: and")
        );
        assert_eq!(
            told("bytes ="),
            "bytes =\n       ^\nthe filter ends where a value of bytes is expected\nexpected: a number, a size such as 10MB"
        );
        assert!(told("tcp_flags has").contains("the filter ends where a flag such as syn is expected"));
    }

    /// Every text of the language's own that the sources name is there in every language.
    #[test]
    fn what_could_stand_there_has_its_texts() {
        let sources = ["functions", "literal", "parser", "predicate", "target", "tree"].map(|name| {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/filter");
            std::fs::read_to_string(folder.join(format!("{name}.rs"))).unwrap()
        });
        let named = regex::Regex::new(r#""(filter-expected-[a-z-]+)""#).unwrap();
        let found = |source| named.captures_iter(source).map(|found| found.get(1).unwrap().as_str());
        let ids: std::collections::BTreeSet<&str> = sources.iter().flat_map(|source| found(source.as_str())).collect();
        assert!(ids.len() > 20, "{ids:?}");
        for language in Language::ALL {
            let texts = Texts::new(language);
            let missing: Vec<&&str> = ids.iter().filter(|id| !texts.has(id)).collect();
            assert!(missing.is_empty(), "{missing:?}");
        }
    }
}
