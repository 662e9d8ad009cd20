//! The message catalogue: every text that a person reads in the window, by id, with arguments. The texts themselves live
//! in `assets/locales/NAME.en.ftl` and `NAME.ja.ftl`; this module knows no view.

mod compose;
mod reasons;

use crate::filter::error::EXPECTED;
use crate::model::Message;
use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use std::cell::RefCell;
use std::collections::HashMap;
use unic_langid::LanguageIdentifier;

/// A language that the catalogue holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    #[default]
    English,
    Japanese,
}

impl Language {
    /// Those of the window and of a report.
    pub const ALL: [Language; 2] = [Language::English, Language::Japanese];

    /// As `lang` and a command line name it.
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Japanese => "ja",
        }
    }

    /// The language of this code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The language of a locale such as `ja_JP.UTF-8`.
    pub fn of_locale(locale: &str) -> Option<Self> {
        Self::of_code(&locale.split(['_', '.', '-', '@']).next()?.to_ascii_lowercase())
    }

    /// Of the desktop, by the variables that name its locale; English where they name no language of the catalogue.
    pub fn of_system(variable: impl Fn(&str) -> Option<String>) -> Self {
        // The first that is set decides, as POSIX has it.
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable).find(|value| !value.is_empty());
        set.and_then(|locale| Self::of_locale(&locale)).unwrap_or_default()
    }

    /// Id of its name.
    pub fn text_key(self) -> String {
        format!("language-{}", self.code())
    }
}

/// A part of the catalogue, in each language.
struct Room {
    english: &'static str,
    japanese: &'static str,
}

macro_rules! room {
    ($name:literal) => {
        Room {
            english: include_str!(concat!("../../assets/locales/", $name, ".en.ftl")),
            japanese: include_str!(concat!("../../assets/locales/", $name, ".ja.ftl")),
        }
    };
}

macro_rules! rooms {
    ($rooms:ident: $($name:literal)*) => {
        const $rooms: &[Room] = &[$(room!($name),)*];
    };
}

// The catalogue of the window and the command line. A new room is a line here and a file in each language.
rooms! {
    ROOMS:
    "window"
    "shell"
    "errors"
    "reasons"
    "filter"
    "queries"
    "rules"
    "limits"
    "units"
    "casework"
    "facts"
    "table"
    "keys"
    "palette"
    "help"
    "inspector"
    "sentences"
    "who"
    "behaviour"
}

// That of a report.
rooms! {
    REPORT_ROOMS:
    "report"
    "queries"
    "rules"
    "limits"
    "units"
    "facts"
    "sentences"
    "behaviour"
}

/// Why something failed, as the layers below say it.
const REASONS: Room = room!("reasons");

impl Room {
    fn source(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::Japanese => self.japanese,
        }
    }
}

/// The texts of one language.
pub struct Texts {
    language: Language,
    bundle: FluentBundle<FluentResource>,
    plain: RefCell<HashMap<String, String>>,
}

impl Texts {
    pub fn english() -> Self {
        Self::new(Language::English)
    }

    pub fn new(language: Language) -> Self {
        Self::of(language, ROOMS)
    }

    /// The texts of a report.
    pub fn of_report(language: Language) -> Self {
        Self::of(language, REPORT_ROOMS)
    }

    fn of(language: Language, rooms: &[Room]) -> Self {
        let id: LanguageIdentifier = language.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new(vec![id]);
        // The isolation marks are control characters that fonts show as boxes.
        bundle.set_use_isolating(false);
        for room in rooms {
            // A damaged entry of the catalogue costs that entry, not the program: what parsed is used.
            let resource = match FluentResource::try_new(room.source(language).to_owned()) {
                Ok(resource) | Err((resource, _)) => resource,
            };
            bundle.add_resource_overriding(resource);
        }
        Self { language, bundle, plain: RefCell::default() }
    }

    pub fn language(&self) -> Language {
        self.language
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

    /// The text of this id; the name where there is none.
    pub fn named(&self, id: &str, name: &str) -> String {
        if self.has(id) { self.tr(id) } else { name.to_owned() }
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
mod tests;
