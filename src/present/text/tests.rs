//! The catalogue against the sources that use it, and its languages against each other.

use super::*;
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

pub(super) fn sources(folder: &Path, found: &mut Vec<String>) {
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
    let used = Regex::new(r#"(?:\btr|tr_args|Message::new|column)\(\s*"([a-z0-9-]+)""#).unwrap();
    let ids: BTreeSet<&str> =
        files.iter().flat_map(|f| used.captures_iter(f)).map(|c| c.get(1).unwrap().as_str()).collect();
    assert!(ids.len() > 100, "the search finds the ids: {}", ids.len());
    for language in Language::ALL {
        let texts = Texts::new(language);
        let missing: Vec<&&str> = ids.iter().filter(|id| !texts.has(id)).collect();
        assert!(missing.is_empty(), "{} lacks {missing:?}", language.code());
        for named in Language::ALL {
            assert!(texts.has(&named.text_key()), "{} has no name for {}", language.code(), named.code());
            assert_eq!(Language::of_code(named.code()), Some(named));
        }
    }
}

/// What a text needs: `$name` for an argument, `id` or `id.attribute` for another text; by its id or `id.attribute`.
type Needs = BTreeMap<String, BTreeSet<String>>;

fn needs(source: &str, needs: &mut Needs) {
    let starts = Regex::new(r"^([a-zA-Z][a-zA-Z0-9_-]*) =").unwrap();
    let attribute = Regex::new(r"^ +\.([a-z]+) =").unwrap();
    let used = Regex::new(r"\$[a-z_]+|\{ ?[a-z][a-z-]+(?:\.[a-z]+)? ?\}").unwrap();
    let (mut id, mut text) = (String::new(), String::new());
    for line in source.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        if let Some(found) = starts.captures(line) {
            id = found[1].to_owned();
            text.clone_from(&id);
            assert!(needs.insert(text.clone(), BTreeSet::new()).is_none(), "{text} twice");
        } else if let Some(found) = attribute.captures(line) {
            text = format!("{id}.{}", &found[1]);
            assert!(needs.insert(text.clone(), BTreeSet::new()).is_none(), "{text} twice");
        }
        let found = used.find_iter(line).map(|m| m.as_str().trim_matches(['{', '}', ' ']).to_owned());
        needs.get_mut(&text).unwrap_or_else(|| panic!("a line before the first text: {line}")).extend(found);
    }
}

/// Where it fails: a text is missing in one language, or it uses an argument or another text that the other does not.
#[test]
fn every_text_is_in_every_language_with_the_same_arguments() {
    for rooms in [ROOMS, REPORT_ROOMS] {
        let [english, japanese] = Language::ALL.map(|language| {
            let mut found = Needs::new();
            rooms.iter().for_each(|room| needs(room.source(language), &mut found));
            found
        });
        let ids = |texts: &Needs| texts.keys().cloned().collect::<BTreeSet<_>>();
        let (in_english, in_japanese) = (ids(&english), ids(&japanese));
        let lacks: Vec<_> = in_english.symmetric_difference(&in_japanese).collect();
        assert!(lacks.is_empty(), "in one language only: {lacks:?}");
        assert!(in_english.len() > 250, "the texts are found: {}", in_english.len());
        for (id, used) in &english {
            assert_eq!(Some(used), japanese.get(id), "{id}");
        }
    }
}

#[test]
fn the_catalogue_parses() {
    for language in Language::ALL {
        for room in ROOMS.iter().chain(REPORT_ROOMS) {
            let resource = FluentResource::try_new(room.source(language).to_owned());
            assert!(resource.is_ok(), "{:?}", resource.err().map(|(_, errors)| errors));
        }
    }
}

/// The fonts that come with the program have every character of its own texts, in each weight.
#[test]
fn every_character_of_the_catalogue_has_a_glyph() {
    use crate::present::fonts::Face;
    for language in Language::ALL {
        for room in ROOMS.iter().chain(REPORT_ROOMS) {
            let text = room.source(language);
            for face in Face::ALL {
                let missing: BTreeSet<char> = text.chars().filter(|c| *c != '\n' && face.glyph(*c).is_none()).collect();
                assert!(missing.is_empty(), "{}: {face:?} lacks {missing:?}", language.code());
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
    let japanese = Texts::new(Language::Japanese);
    assert_eq!(japanese.tr_args("status-records", &[("shown", "3"), ("total", "10")]), "10 件中 3 件");
    assert_eq!(japanese.tr_args("nav-warnings", &[("count", "1,201")]), "警告 1,201 件");
    let absent = "no-such-id";
    assert_eq!(texts.tr(absent), absent);
}

#[test]
fn the_first_variable_that_is_set_names_the_language() {
    let of = |set: &[(&str, &str)]| {
        Language::of_system(|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    };
    assert_eq!(of(&[("LANG", "ja_JP.UTF-8")]), Language::Japanese);
    assert_eq!(of(&[("LC_ALL", "ja"), ("LANG", "en_US.UTF-8")]), Language::Japanese);
    assert_eq!(of(&[("LC_ALL", ""), ("LC_MESSAGES", "ja_JP"), ("LANG", "C")]), Language::Japanese);
    assert_eq!(of(&[("LC_ALL", "C.UTF-8"), ("LANG", "ja_JP.UTF-8")]), Language::English);
    assert_eq!(of(&[("LANG", "jam_JM")]), Language::English);
    assert_eq!(of(&[("LANG", "de_DE.UTF-8")]), Language::English);
    assert_eq!(of(&[]), Language::English);
}
