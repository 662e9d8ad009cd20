//! The message catalogue: every text that a person reads in the window, by id, with arguments. The texts themselves live
//! in `assets/locales/*.ftl`; this module knows no view.

use crate::filter::error::EXPECTED;
use crate::model::Message;
use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use std::cell::RefCell;
use std::collections::HashMap;
use unic_langid::LanguageIdentifier;

/// A language that the catalogue holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    English,
    Japanese,
}

impl Language {
    /// Those of the window.
    pub const ALL: [Language; 1] = [Language::English];
    /// Those of a report.
    pub const REPORTS: [Language; 2] = [Language::English, Language::Japanese];

    /// As `lang` and a command line name it.
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Japanese => "ja",
        }
    }

    /// The report language of this code.
    pub fn of_report(code: &str) -> Option<Self> {
        Self::REPORTS.into_iter().find(|language| language.code() == code)
    }

    /// Id of its name.
    pub fn text_key(self) -> String {
        format!("language-{}", self.code())
    }

    fn source(self) -> &'static str {
        match self {
            // The window speaks English so far; what it would lack in another language is named by its ids.
            Language::English | Language::Japanese => {
                concat!(
                    include_str!("../../assets/locales/en.ftl"),
                    "\n",
                    include_str!("../../assets/locales/errors.en.ftl"),
                    "\n",
                    include_str!("../../assets/locales/filter.en.ftl"),
                    "\n",
                    include_str!("../../assets/locales/queries.en.ftl"),
                    "\n",
                    include_str!("../../assets/locales/limits.en.ftl")
                )
            }
        }
    }

    fn report_source(self) -> &'static str {
        match self {
            Language::English => concat!(
                include_str!("../../assets/locales/report.en.ftl"),
                "\n",
                include_str!("../../assets/locales/limits.en.ftl")
            ),
            Language::Japanese => concat!(
                include_str!("../../assets/locales/report.ja.ftl"),
                "\n",
                include_str!("../../assets/locales/limits.ja.ftl")
            ),
        }
    }
}

/// The texts of one language.
pub struct Texts {
    bundle: FluentBundle<FluentResource>,
    plain: RefCell<HashMap<String, String>>,
}

impl Texts {
    pub fn english() -> Self {
        Self::new(Language::English)
    }

    pub fn new(language: Language) -> Self {
        Self::of(language, language.source())
    }

    /// The texts of a report.
    pub fn of_report(language: Language) -> Self {
        Self::of(language, language.report_source())
    }

    fn of(language: Language, source: &str) -> Self {
        // A damaged entry of the catalogue costs that entry, not the program: what parsed is used.
        let resource = match FluentResource::try_new(source.to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        let id: LanguageIdentifier = language.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new(vec![id]);
        // The isolation marks are control characters that fonts show as boxes.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Self { bundle, plain: RefCell::default() }
    }

    /// The text of this id; the id itself where the catalogue lacks it.
    pub fn tr(&self, id: &str) -> String {
        if let Some(text) = self.plain.borrow().get(id) {
            return text.clone();
        }
        let text = self.tr_args(id, &[]);
        self.plain.borrow_mut().insert(id.to_owned(), text.clone());
        text
    }

    /// The text of this id with its arguments filled in. Arguments are texts; numbers come formatted.
    pub fn tr_args(&self, id: &str, args: &[(&str, &str)]) -> String {
        let Some(pattern) = self.bundle.get_message(id).and_then(|message| message.value()) else {
            return id.to_owned();
        };
        self.bundle.format_pattern(pattern, Some(&arguments(args)), &mut Vec::new()).into_owned()
    }

    /// An attribute of the text of this id; `ID.NAME` where the catalogue lacks it.
    pub fn attribute(&self, id: &str, name: &str, args: &[(&str, &str)]) -> String {
        match self.bundle.get_message(id).and_then(|message| message.get_attribute(name)) {
            Some(attribute) => {
                self.bundle.format_pattern(attribute.value(), Some(&arguments(args)), &mut Vec::new()).into_owned()
            }
            None => format!("{id}.{name}"),
        }
    }

    pub fn has(&self, id: &str) -> bool {
        self.bundle.get_message(id).is_some_and(|message| message.value().is_some())
    }
}

impl Message {
    /// In words. An argument that is itself a text (`filter-expected-...`) is put into words too.
    pub fn render(&self, texts: &Texts) -> String {
        let words = |value: &String| if value.starts_with(EXPECTED) { texts.tr(value) } else { value.clone() };
        let args: Vec<(&str, String)> = self.args.iter().map(|(name, value)| (*name, words(value))).collect();
        let args: Vec<(&str, &str)> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
        texts.tr_args(self.id, &args)
    }
}

fn arguments<'a>(args: &[(&'a str, &'a str)]) -> FluentArgs<'a> {
    let mut given = FluentArgs::with_capacity(args.len());
    for (name, value) in args {
        // Texts choose between one and several; every other number comes as a formatted text.
        match *value {
            "1" => given.set(*name, 1),
            value => given.set(*name, value),
        }
    }
    given
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn sources(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            // A report has a catalogue of its own, and a test of its own.
            if path.ends_with("report") {
                continue;
            }
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }

    #[test]
    fn every_id_that_the_sources_use_is_in_every_language() {
        let mut files = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
        let used = regex::Regex::new(r#"(?:\btr|tr_args|Message::new|column)\(\s*"([a-z0-9-]+)""#).unwrap();
        let ids: std::collections::BTreeSet<&str> =
            files.iter().flat_map(|f| used.captures_iter(f)).map(|c| c.get(1).unwrap().as_str()).collect();
        assert!(ids.len() > 100, "the search finds the ids: {}", ids.len());
        for language in Language::ALL {
            let texts = Texts::new(language);
            let missing: Vec<&&str> = ids.iter().filter(|id| !texts.has(id)).collect();
            assert!(missing.is_empty(), "{} lacks {missing:?}", language.code());
            for named in Language::REPORTS {
                assert!(texts.has(&named.text_key()), "{} has no name for {}", language.code(), named.code());
                assert_eq!(Language::of_report(named.code()), Some(named));
            }
        }
    }

    #[test]
    fn the_catalogue_parses_and_has_no_id_twice() {
        for language in Language::ALL {
            let resource = FluentResource::try_new(language.source().to_owned());
            assert!(resource.is_ok(), "{:?}", resource.err().map(|(_, errors)| errors));
            let mut seen = std::collections::BTreeSet::new();
            for line in language.source().lines().filter(|line| !line.starts_with(' ')) {
                if let Some((id, _)) = line.split_once(" =") {
                    assert!(seen.insert(id), "{id} twice");
                }
            }
        }
    }

    #[test]
    fn arguments_are_filled_in_without_invisible_marks() {
        let texts = Texts::english();
        let text = texts.tr_args("status-records", &[("shown", "3"), ("total", "10")]);
        assert_eq!(text, "3 of 10 records");
        assert_eq!(texts.tr_args("nav-warnings", &[("count", "1")]), "1 warning");
        assert_eq!(texts.tr_args("nav-warnings", &[("count", "1,201")]), "1,201 warnings");
        let absent = "no-such-id";
        assert_eq!(texts.tr(absent), absent);
    }
}
