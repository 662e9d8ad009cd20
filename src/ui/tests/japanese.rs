//! The window in Japanese: switched while it runs, and no English left in any view, menu or dialog.

use super::real;
use super::*;
use crate::present::{Language, Texts};
use crate::session::{Action, Command};
use regex::Regex;
use std::collections::HashSet;

fn speak(harness: &mut Shown, language: Language) {
    dispatch(harness, Action::Command(Command::Language(language)));
}

#[test]
fn the_language_is_switched_by_its_own_name_before_a_case_is_open_and_kept() {
    let mut harness = window(MemoryBackend::default(), None);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Type to find a command").type_text("日本語");
    settle(&mut harness);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "ケースを開く... Ctrl+O");
    assert_eq!(app(&harness).app.settings.language, "ja");
    harness.get_by_role_and_label(Role::Button, "表示").click();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "表示言語: English").click();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "Open case... Ctrl+O");
    assert_eq!(app(&harness).app.settings.language, "en");
}

#[test]
fn the_desktops_language_counts_until_one_is_chosen() {
    let mut harness = flows(10);
    let app_of = |harness: &mut Shown| -> Language {
        let app = &mut harness.state_mut().as_mut().unwrap().app;
        app.speak_as_the_system(Language::Japanese);
        app.texts.language()
    };
    assert_eq!(app_of(&mut harness), Language::Japanese);
    assert_eq!(app(&harness).app.settings.language, "", "nothing was chosen");
    settle(&mut harness);
    harness.get_by_label("10 件中 10 件");
    speak(&mut harness, Language::English);
    assert_eq!(app_of(&mut harness), Language::English);
}

#[test]
fn a_report_is_in_the_windows_language_unless_another_is_chosen_for_it() {
    let (_folder, mut harness) = real::case(vec2(1400.0, 900.0));
    let language = |harness: &mut Shown| {
        dispatch(harness, Action::Command(Command::WriteReport));
        let Some(Dialog::Report(draft)) = &app(harness).app.dialog else { panic!("no dialog") };
        let language = draft.order.language;
        dispatch(harness, Action::Dialog(None));
        language
    };
    assert_eq!(language(&mut harness), Language::English);
    speak(&mut harness, Language::Japanese);
    assert_eq!(language(&mut harness), Language::Japanese);
    let english = crate::session::preview::PreviewAction::Language(Language::English);
    dispatch(&mut harness, Action::Preview(english));
    assert_eq!(language(&mut harness), Language::English);
}

/// What marks a text as English.
struct English {
    /// Texts of the catalogue that read otherwise in Japanese.
    texts: HashSet<String>,
    /// Words in Latin letters that Japanese texts keep.
    kept: HashSet<String>,
    word: Regex,
}

impl English {
    fn new() -> Self {
        let glossary = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/GLOSSARY.md")).unwrap();
        let section = glossary.split("## Japanese\n").nth(1).unwrap().split("\n## ").next().unwrap();
        let kept = section.rsplit('`').nth(1).unwrap().split_whitespace().map(str::to_owned);
        let fields = crate::model::field::FIELDS.iter().map(|field| field.name.to_owned());
        // Of the case that is shown.
        let files = ["case", "log", "trail", "json", "mori"].map(str::to_owned);
        let kept = kept.chain(fields).chain(files).collect();
        let [english, japanese] = Language::ALL.map(Texts::new);
        let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/locales")).unwrap();
        let files = files.map(|file| file.unwrap().path());
        let texts: Vec<String> = files
            .filter(|path| path.to_str().unwrap().ends_with(".en.ftl"))
            .map(|path| std::fs::read_to_string(path).unwrap())
            .collect();
        let ids =
            texts.iter().flat_map(|texts| texts.lines()).filter_map(|line| line.split_once(" = ")).map(|(id, _)| id);
        // A single word may be a column of the records: those keep their names.
        let differs = |id: &&str| english.tr(id) != japanese.tr(id) && english.tr(id).contains(' ');
        let texts: HashSet<String> = ids.filter(differs).map(|id| english.tr(id)).collect();
        assert!(texts.len() > 700, "{}", texts.len());
        Self { texts, kept, word: Regex::new("[A-Za-z][A-Za-z0-9_.+:/-]*").unwrap() }
    }

    fn is(&self, text: &str) -> bool {
        let words: Vec<&str> = self.word.find_iter(text).map(|found| found.as_str()).collect();
        let is_term = |word: &str| {
            word.chars().any(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || "_.+:/-".contains(c))
                || self.kept.contains(word)
        };
        let foreign = words.iter().filter(|word| !is_term(word)).count();
        let is_mixed =
            foreign > 0 && text.chars().any(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}'));
        // A statement is in its own language.
        !text.contains("SELECT ") && (self.texts.contains(text) || is_mixed || foreign > 2)
    }
}

/// What the window shows, but for texts that are being edited.
fn english_in(harness: &Shown, english: &English) -> Vec<String> {
    let is_edited = |role: Role| matches!(role, Role::TextInput | Role::MultilineTextInput);
    let nodes = harness.get_all_by(|_| true).filter(|node| !is_edited(node.accesskit_node().role()));
    let texts = nodes.flat_map(|node| [node.accesskit_node().label(), node.value()]).flatten();
    texts.filter(|text| english.is(text)).collect()
}

#[test]
fn no_view_and_no_dialog_leaves_english() {
    let english = English::new();
    assert!(english.is("3 of 10 レコード") && english.is("Drop files to import them, or a case to open it"));
    assert!(!english.is("bytes: 1,000") && !english.is("CloudTrail イベント 3 件"));
    let (_folder, mut harness) = real::case(vec2(1400.0, 900.0));
    assert!(!english_in(&harness, &english).is_empty(), "the English window is found out");
    speak(&mut harness, Language::Japanese);
    let mut left = Vec::new();
    for view in View::ALL {
        dispatch(&mut harness, Action::Show(view));
        left.extend(english_in(&harness, &english).into_iter().map(|text| format!("{}: {text}", view.row().name)));
    }
    dispatch(&mut harness, Action::ShowAddress("10.0.0.5".to_owned()));
    left.extend(english_in(&harness, &english));
    let leaves = |command: &Command| {
        matches!(command, Command::Language(_) | Command::Quit | Command::CloseCase | Command::OpenSample)
    };
    for command in Command::all().filter(|command| !leaves(command)) {
        // Where there are records, most commands have something to do.
        dispatch(&mut harness, Action::Show(View::Records(Dataset::Flows)));
        dispatch(&mut harness, Action::Command(command));
        left.extend(english_in(&harness, &english).into_iter().map(|text| format!("{}: {text}", command.name())));
        dispatch(&mut harness, Action::Dialog(None));
    }
    assert!(left.is_empty(), "{}", left.join("\n"));
}
