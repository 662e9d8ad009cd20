//! The command palette: commands, views, queries and saved filters by any word that people have for them, in any language;
//! and what a value that is typed could open. The words are texts of the catalogue (`words-NAME`, `query-NAME-words`).

use super::App;
use crate::filter;
use crate::model::{Address, Dataset, Network, TimeRange};
use crate::present::display;
use crate::present::text::{Language, Texts};
use crate::present::unique_id::is_followed;
use crate::query::Duplicates;
use crate::questions::catalogue::CATALOGUE;
use crate::session::action::{Link, Target};
use crate::session::{Command, View};
use std::collections::BTreeMap;

/// A line of the palette.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub target: Target,
    pub title: String,
    /// The menu, or what kind of thing it is.
    pub place: String,
    pub shortcut: String,
    pub tip: String,
}

/// Lines at most: more than that is not looked through.
const MOST: usize = 60;

/// What matches every word that is typed, the best first; with nothing typed, what was used recently and then all commands.
pub(super) fn entries(app: &App, typed: &str) -> Vec<Entry> {
    let words: Vec<String> = typed.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let recent = |target: &Target| {
        let key = target.key();
        app.settings.recent_commands.iter().position(|known| key.as_ref() == Some(known)).unwrap_or(usize::MAX)
    };
    let mut found: Vec<(u32, usize, Entry)> = Vec::new();
    for (entry, hay) in known(app) {
        let Some(score) = score(&words, &hay) else { continue };
        let is_query = matches!(entry.target, Target::Query(_));
        if words.is_empty() && is_query && recent(&entry.target) == usize::MAX {
            continue;
        }
        // Of two that match alike, a command is likelier to be meant than a query.
        found.push((score * 2 + u32::from(!is_query), recent(&entry.target), entry));
    }
    // The sort keeps the order of the menus among equals.
    match words.is_empty() {
        true => found.sort_by_key(|(_, recent, _)| *recent),
        false => found.sort_by_key(|(score, recent, _)| (std::cmp::Reverse(*score), *recent)),
    }
    let values = offers(app, typed.trim());
    // What is surely a value comes first, a search for the words last.
    let (sure, maybe): (Vec<_>, Vec<_>) = values.into_iter().partition(|(is_sure, _)| *is_sure);
    let entries = found.into_iter().map(|(.., entry)| entry).take(MOST);
    sure.into_iter().map(|(_, entry)| entry).chain(entries).chain(maybe.into_iter().map(|(_, entry)| entry)).collect()
}

/// What can be searched of an entry: its own name weighs most.
struct Hay<'a> {
    title: String,
    /// In lower case.
    words: &'a str,
}

fn known(app: &App) -> impl Iterator<Item = (Entry, Hay<'_>)> {
    let t = &app.texts;
    let every = app.palette_words.get_or_init(every_word);
    let words = move |id: &str| every.get(id).map_or("", String::as_str);
    let commands = Command::all().filter(|command| app.is_enabled(*command) && *command != Command::Palette);
    let commands = commands.map(move |command| {
        let shortcut = command.shortcut().map(|shortcut| shortcut.to_string()).unwrap_or_default();
        let place = t.tr(command.menu().text_key());
        let (title, tip) = (app.command_text(command), t.tr(&command.tip_id()));
        let entry = Entry { target: Target::Command(command), title: title.clone(), place, shortcut, tip };
        (entry, Hay { title, words: words(&command.text_id()) })
    });
    let is_open = app.case.is_some();
    let queries = CATALOGUE.iter().filter(move |_| is_open).map(move |query| {
        let (id, about) = (format!("query-{}", query.name), format!("query-{}-about", query.name));
        let (title, place) = (t.tr(&id), t.tr("palette-query"));
        let entry = Entry {
            target: Target::Query(query.name),
            title: title.clone(),
            place,
            shortcut: String::new(),
            tip: t.tr(&about),
        };
        (entry, Hay { title, words: words(&id) })
    });
    commands.chain(queries)
}

/// By the id of its text everything that a thing is called, in lower case.
pub(super) type WordsOf = BTreeMap<String, String>;

/// Of every command and query: its text in every language, further words where there are any, its name.
fn every_word() -> WordsOf {
    let languages: Vec<Texts> = Language::ALL.into_iter().map(Texts::new).collect();
    let words = |id: String, further: &str, name: &str| {
        let of = |texts: &Texts| {
            let own = texts.tr(&id);
            if texts.has(further) { format!("{own} {}", texts.tr(further)) } else { own }
        };
        let all = languages.iter().map(of).chain(std::iter::once(name.to_owned()));
        let all = all.collect::<Vec<_>>().join(" ").to_lowercase();
        (id, all)
    };
    let commands = Command::all().map(|command| {
        let name = command.name();
        words(command.text_id(), &format!("words-{name}"), &name.replace('-', " "))
    });
    let queries = CATALOGUE.iter().map(|query| {
        let id = format!("query-{}", query.name);
        let further = format!("{id}-words");
        words(id, &further, query.name)
    });
    commands.chain(queries).collect()
}

/// How well an entry matches all words; `None` where one of them is not in it.
fn score(words: &[String], hay: &Hay<'_>) -> Option<u32> {
    let title = hay.title.to_lowercase();
    let mut sum = 0;
    for word in words {
        let in_title = in_text(word, &title).map(|score| score + 2);
        sum += in_title.max(in_text(word, hay.words))?;
    }
    Some(sum)
}

/// A whole word, its beginning, a part of it, or its letters in their order.
fn in_text(word: &str, text: &str) -> Option<u32> {
    let pieces = || text.split(|c: char| !c.is_alphanumeric()).filter(|piece| !piece.is_empty());
    if pieces().any(|piece| piece == word) {
        return Some(40);
    }
    if pieces().any(|piece| piece.starts_with(word)) {
        return Some(30);
    }
    if text.contains(word) {
        return Some(20);
    }
    let letters = word.chars().count();
    let fits = |piece: &str| {
        let mut rest = piece.chars();
        piece.chars().next() == word.chars().next() && word.chars().all(|c| rest.by_ref().any(|other| other == c))
    };
    (letters >= 3 && pieces().any(fits)).then_some(5)
}

/// What a value could open, and whether it is surely one.
fn offers(app: &App, typed: &str) -> Vec<(bool, Entry)> {
    let Some(case) = app.case.as_ref().filter(|_| typed.chars().count() > 1) else { return Vec::new() };
    let t = &app.texts;
    let entry = |target: Target, title: String, tip: String| Entry {
        target,
        title,
        place: t.tr("palette-value"),
        shortcut: String::new(),
        tip,
    };
    let shown = display::visible(&display::clipped(typed).0).into_owned();
    let mut list = Vec::new();
    if Address::parse(typed.as_bytes()).is_some() {
        let title = t.tr_args("palette-address", &[("value", &shown)]);
        list.push((true, entry(Target::Address(typed.to_owned()), title, t.tr("command-address-tip"))));
    }
    if is_followed(typed) && case.totals().is_some_and(|totals| totals.events > 0) {
        let title = t.tr_args("palette-follow", &[("value", &shown)]);
        list.push((true, entry(Target::Key(typed.to_owned()), title, t.tr("palette-follow-tip"))));
    }
    for (is_sure, dataset, filter) in filters(typed) {
        let there = case.totals().map_or(0, |totals| totals.of(dataset));
        if there == 0 || filter::parse(&filter, dataset).is_err() {
            continue;
        }
        let key = match dataset {
            Dataset::Flows => "palette-flows",
            Dataset::Events => "palette-events",
        };
        let title = t.tr_args(key, &[("filter", &display::visible(&display::clipped(&filter).0))]);
        let (view, range, duplicates) = (View::Records(dataset), TimeRange::default(), Duplicates::Once);
        let link = Link { view, dataset, filter, range, duplicates };
        list.push((is_sure, entry(Target::Records(link), title, t.tr("palette-records-tip"))));
    }
    list
}

/// The filters that a value suggests by its form; at last the text anywhere in a record.
fn filters(typed: &str) -> Vec<(bool, Dataset, String)> {
    use Dataset::{Events, Flows};
    let quoted = format!("'{}'", typed.replace('\'', "''"));
    let is = |name: &str| format!("{name} = {quoted}");
    let any = format!("any contains {quoted}");
    let starts = |beginnings: &[&str]| beginnings.iter().any(|beginning| typed.starts_with(beginning));
    let digits = !typed.is_empty() && typed.bytes().all(|b| b.is_ascii_digit());
    let is_address = Address::parse(typed.as_bytes()).is_some();
    let mut list = Vec::new();
    let mut sure = |dataset, filter: String| list.push((true, dataset, filter));
    if is_address || Network::parse(typed).is_some() {
        let relation = if is_address { "=" } else { "in" };
        sure(Flows, format!("ip {relation} {typed}"));
        sure(Events, format!("source_ip_address {relation} {typed}"));
    }
    if typed.len() >= 16 && starts(&["AKIA", "ASIA"]) {
        sure(Events, is("user_identity_access_key_id"));
    }
    if typed.len() >= 16 && starts(&["AIDA", "AROA"]) {
        sure(Events, format!("user_identity_principal_id like '{}%'", typed.replace('\'', "''")));
    }
    if starts(&["arn:"]) {
        sure(Events, is("user_identity_arn"));
        sure(Events, any.clone());
    }
    if starts(&["eni-"]) {
        sure(Flows, is("interface_id"));
    }
    if starts(&["i-"]) && typed.len() > 9 {
        sure(Flows, is("instance_id"));
        sure(Events, any.clone());
    }
    if starts(&["vpc-"]) {
        sure(Flows, is("vpc_id"));
    }
    if starts(&["subnet-"]) {
        sure(Flows, is("subnet_id"));
    }
    if starts(&["sg-", "acl-", "rtb-", "igw-", "tgw-", "vol-", "snap-", "ami-"]) {
        sure(Events, any.clone());
    }
    if is_uuid(typed) {
        sure(Events, is("event_id"));
    }
    if digits && typed.len() == 12 {
        sure(Events, is("recipient_account_id"));
        sure(Flows, is("account_id"));
    }
    if digits && typed.parse::<u16>().is_ok() {
        sure(Flows, format!("port = {typed}"));
    }
    for dataset in [Events, Flows] {
        let is_there = list.iter().any(|(_, of, filter)| *of == dataset && *filter == any);
        if !is_address && !is_there {
            list.push((false, dataset, any.clone()));
        }
    }
    list
}

fn is_uuid(text: &str) -> bool {
    let dash_at = [8, 13, 18, 23];
    let is = |(at, b): (usize, u8)| if dash_at.contains(&at) { b == b'-' } else { b.is_ascii_hexdigit() };
    text.len() == 36 && text.bytes().enumerate().all(is)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn words_match_whole_then_by_beginning_part_and_letters() {
        let hay = |title: &str, words: &'static str| Hay { title: title.to_owned(), words };
        let of = |typed: &str, hay: &Hay<'_>| score(&[typed.to_owned()], hay);
        let export = hay("Export results...", "save csv parquet json download");
        let [whole, begins, part, letters] = ["csv", "down", "arque", "prqt"].map(|typed| of(typed, &export));
        assert!(whole > begins && begins > part && part > letters && letters.is_some());
        assert!(of("export", &export) > of("csv", &export), "the name weighs more");
        assert_eq!(of("zebra", &export), None);
        assert_eq!(score(&["csv".into(), "zebra".into()], &export), None, "every word has to match");
        assert!(of("書き出し", &hay("結果の書き出し...", "")).is_some(), "Japanese has no spaces");
    }

    /// A text that no command is found by is a mistake in its id.
    #[test]
    fn every_command_has_further_words_in_every_language() {
        let commands: BTreeSet<&str> = Command::all().map(Command::name).collect();
        for file in [
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/locales/palette.en.ftl")),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/locales/palette.ja.ftl")),
        ] {
            let words = file.lines().filter_map(|line| line.strip_prefix("words-")?.split_once(" = "));
            assert_eq!(words.map(|(name, _)| name).collect::<BTreeSet<&str>>(), commands);
        }
    }

    #[test]
    fn every_filter_that_a_value_suggests_is_one() {
        let values = [
            "203.0.113.9",
            "2001:db8::1",
            "10.0.0.0/8",
            "AKIAIOSFODNN7EXAMPLE",
            "AROAEXAMPLEEXAMPLE12:session",
            "arn:aws:iam::111122223333:user/O'Brien",
            "eni-0ba571aa06aa06aa6",
            "i-0123456789abcdef0",
            "vpc-1",
            "subnet-1",
            "sg-1",
            "11111111-2222-3333-4444-555555555555",
            "111122223333",
            "22",
            "AssumeRole",
        ];
        for value in values {
            let list = filters(value);
            assert!(!list.is_empty(), "{value}");
            for (_, dataset, filter) in list {
                assert!(filter::parse(&filter, dataset).is_ok(), "{filter}: {:?}", filter::parse(&filter, dataset));
            }
        }
        assert!(filters("203.0.113.9").iter().all(|(is_sure, ..)| *is_sure));
        assert!(filters("AssumeRole").iter().all(|(is_sure, ..)| !is_sure));
    }
}
