//! All writers over one report: what they say, that they say the same, that hostile values stay values, that nothing of the
//! machine gets in.

use super::document::{Body, Report};
use super::testing::{hostile, hostile_report, report};
use super::words::Words;
use super::{Formats, ReportError, html, json, manifest, names, pages, pdf, write};
use crate::present::{Language, Texts, Zone};
use crate::query::Cancel;
use std::collections::BTreeMap;
use std::path::Path;

fn words(language: Language, zone: &str) -> Words {
    Words::new(language, Zone::by_name(zone).unwrap())
}

fn written(report: &Report, words: &Words) -> BTreeMap<String, Vec<u8>> {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("report");
    write(report, words, Formats::default(), &folder, &Cancel::default(), &mut |_, _| {}).unwrap();
    read(&folder)
}

fn read(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![(folder.to_owned(), String::new())];
    while let Some((path, prefix)) = open.pop() {
        for entry in std::fs::read_dir(path).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
            match entry.path().is_dir() {
                true => open.push((entry.path(), format!("{name}/"))),
                false => drop(files.insert(name, std::fs::read(entry.path()).unwrap())),
            }
        }
    }
    files
}

#[test]
fn every_text_is_in_both_languages_with_the_same_arguments() {
    let source = |language: Language| {
        let of = |name: &str| {
            let path = format!("{}/assets/locales/{name}.{}.ftl", env!("CARGO_MANIFEST_DIR"), language.code());
            std::fs::read_to_string(path).unwrap()
        };
        format!("{}\n{}", of("report"), of("limits"))
    };
    let argument = regex::Regex::new(r"\$([a-z]+)").unwrap();
    let ids = |text: &str| -> BTreeMap<String, Vec<String>> {
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut id = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) = line.split_once(" =").filter(|(name, _)| !name.starts_with(' ')) {
                assert!(!found.contains_key(name), "{name} twice");
                id = name.to_owned();
                found.insert(id.clone(), Vec::new());
            }
            let arguments = found.entry(id.clone()).or_default();
            arguments.extend(argument.captures_iter(line).map(|c| c[1].to_owned()));
            arguments.sort();
            arguments.dedup();
        }
        found
    };
    let english = ids(&source(Language::English));
    for language in Language::ALL {
        assert_eq!(english, ids(&source(language)), "{}", language.code());
    }
    assert!(english.len() > 150);
    for language in Language::ALL {
        let texts = Texts::of_report(language);
        assert!(english.keys().filter(|id| !id.is_empty()).all(|id| texts.has(id)));
    }
    // Every text has glyphs, also those with marks that a Japanese writer uses.
    for text in Language::ALL.map(source) {
        let spelt = super::words::shown(&text.replace('\n', " "));
        assert!(!spelt.contains("‹U+0") && !spelt.contains("‹U+1"), "{spelt}");
    }
}

/// A field keeps AWS's own name in every language.
#[test]
fn no_column_of_ours_has_the_name_of_a_field() {
    let texts = Texts::of_report(Language::English);
    for field in &crate::model::field::FIELDS {
        assert!(!texts.has(&format!("column-{}", field.name)), "{}", field.name);
    }
}

/// Names that the sources ask for.
#[test]
fn every_text_that_the_sources_ask_for_is_there() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report");
    let asked = regex::Regex::new(r#"(?:words|self\.words)\s*\.(?:tr|with)\(\s*"([a-z0-9-]+)""#).unwrap();
    let texts = Texts::of_report(Language::English);
    let mut count = 0;
    let mut open = vec![folder];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let source = std::fs::read_to_string(path).unwrap();
                for found in asked.captures_iter(&source) {
                    assert!(texts.has(&found[1]), "{}", &found[1]);
                    count += 1;
                }
            }
        }
    }
    assert!(count > 60, "{count}");
}

#[test]
fn the_folder_holds_everything_and_the_manifest_names_it() {
    let files = written(&report(), &words(Language::English, "Asia/Tokyo"));
    for name in [
        "report.html",
        "report.pdf",
        "report.json",
        "SHA256SUMS",
        "attachments/exhibit-01.csv",
        "attachments/exhibit-01.exact.csv",
        "attachments/exhibit-02.csv",
        "figures/exhibit-02.svg",
        "figures/exhibit-04.png",
        "attachments/journal.csv",
    ] {
        assert!(files.contains_key(name), "{name}: {:?}", files.keys());
    }
    let text = std::str::from_utf8(&files["SHA256SUMS"]).unwrap();
    let listed = manifest::names(text).unwrap();
    assert_eq!(listed.len() + 1, files.len());
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (hash, name) = line.split_once("  ").unwrap();
        assert_eq!(manifest::sha256(&files[name]), hash, "{name}");
    }
}

#[test]
fn the_same_report_is_the_same_bytes_and_language_and_zone_change_only_what_is_read() {
    let first = written(&report(), &words(Language::Japanese, "Asia/Tokyo"));
    let again = std::thread::scope(|scope| {
        let threads = [0, 1].map(|_| scope.spawn(|| written(&report(), &words(Language::Japanese, "Asia/Tokyo"))));
        threads.map(|thread| thread.join().unwrap())
    });
    assert!(again.iter().all(|files| *files == first));
    let english = written(&report(), &words(Language::English, "UTC"));
    assert_ne!(english["report.html"], first["report.html"]);
    assert_eq!(english["attachments/exhibit-01.exact.csv"], first["attachments/exhibit-01.exact.csv"]);
}

#[test]
fn html_stands_alone() {
    let [addresses, named] =
        [r#"(?:href|src)="([^"]*)""#, r#" id="([^"]*)""#].map(|text| regex::Regex::new(text).unwrap());
    for report in [report(), hostile_report()] {
        let words = words(Language::English, "Asia/Tokyo");
        let text = html::html(&pages(&report, &words).unwrap());
        assert!(!text.contains("<script") && !text.contains("<img") && !text.contains("<link"));
        assert!(!text.contains(" style=") && !text.contains("@import") && !text.contains("url(h"));
        for found in addresses.captures_iter(&text) {
            let to = &found[1];
            assert!(
                to.starts_with('#')
                    || to.starts_with("attachments/")
                    || to.starts_with("figures/")
                    || to == names::JSON,
                "{to}"
            );
        }
        let ids: Vec<&str> = named.captures_iter(&text).map(|c| c.get(1).unwrap().as_str()).collect();
        let unique: std::collections::BTreeSet<&&str> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len(), "an id twice");
        for found in addresses.captures_iter(&text).filter(|found| found[1].starts_with('#')) {
            assert!(ids.contains(&&found[1][1..]), "{} leads nowhere", &found[1]);
        }
        for c in ['\u{202e}', '\u{2066}', '\u{200b}', '\0', '\u{1b}', '\u{feff}', '\r', '\u{2028}'] {
            assert!(!text.contains(c), "{c:?} stands as it is");
        }
        assert!(text.len() < 3_000_000, "{} bytes", text.len());
    }
}

#[test]
fn the_pdf_conforms_whatever_stands_in_it() {
    for (language, zone) in [(Language::English, "UTC"), (Language::Japanese, "Asia/Tokyo")] {
        for report in [report(), hostile_report(), Report::default()] {
            let pages = pages(&report, &words(language, zone)).unwrap();
            let bytes = pdf::pdf(&pages, &Cancel::default()).unwrap();
            assert!(bytes.starts_with(b"%PDF-1.7"));
        }
    }
}

#[test]
fn json_has_every_value_as_it_is() {
    let report = hostile_report();
    let bytes = json::bytes(&report, &words(Language::English, "UTC"), &Cancel::default()).unwrap();
    let text = std::str::from_utf8(&bytes).unwrap();
    assert!(!text.chars().any(|c| c != '\n' && crate::model::text::is_hazardous(c)));
    let read: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let rows = read["exhibits"][7]["body"][0]["rows"].as_array().unwrap();
    let values: Vec<&str> = rows.iter().map(|row| row[0].as_str().unwrap()).collect();
    assert_eq!(values, hostile());
    assert_eq!(read["title"]["title"], report.title.title);
    assert_eq!(read["exhibits"][0]["body"][0]["rows"][1][7], 12_345);
}

#[test]
fn a_folder_of_somebody_elses_is_left_alone_and_a_stop_leaves_nothing() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("report");
    let words = words(Language::English, "UTC");
    let write =
        |cancel: &Cancel| write(&report(), &words, Formats { html: true, pdf: false }, &folder, cancel, &mut |_, _| {});
    let stopped = Cancel::default();
    stopped.cancel();
    assert!(matches!(write(&stopped), Err(ReportError::Cancelled)));
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    write(&Cancel::default()).unwrap();
    let first = read(&folder);
    assert!(matches!(write(&stopped), Err(ReportError::Cancelled)));
    assert!(read(&folder) == first, "what was there is there");
    write(&Cancel::default()).unwrap();
    std::fs::write(folder.join("figures/mine.txt"), "x").unwrap();
    let error = write(&Cancel::default()).unwrap_err();
    assert!(error.to_string().contains("figures/mine.txt"), "{error}");
    assert!(folder.join("figures/mine.txt").exists());
    std::fs::remove_file(folder.join("figures/mine.txt")).unwrap();
    std::fs::write(folder.join("SHA256SUMS"), "# something else\n").unwrap();
    assert!(matches!(write(&Cancel::default()), Err(ReportError::Occupied { .. })));
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 1, "no part is left");
}

#[test]
fn a_table_without_rows_says_what_was_asked_and_names_its_columns() {
    let mut report = report();
    let Body::Table(table) = &mut report.exhibits[0].body[0] else { panic!("a table of flow records") };
    table.rows = std::sync::Arc::new(Vec::<Vec<crate::model::Value>>::new());
    for (language, told, asked) in [
        (
            Language::English,
            "No rows. Columns: start (UTC), srcaddr, dstaddr,",
            "Nothing matched: the result has no rows.",
        ),
        (
            Language::Japanese,
            "該当する行はない。列: start (UTC)、srcaddr、dstaddr、",
            "該当するものはなく、結果は 0 行である。",
        ),
    ] {
        let files = written(&report, &words(language, "UTC"));
        let page = String::from_utf8(files["report.html"].clone()).unwrap();
        let (before, after) = page.split_once(asked).unwrap();
        assert!(!after.contains(asked) && !before.contains(told), "{}: once, and first", language.code());
        let (between, _) = after.split_once(told).unwrap();
        for part in ["srcaddr in 10.0.0.0/8 and dstport in (22, 3389)", "2026-03-11 00:00:00"] {
            assert!(between.contains(part), "{}: {part} in {between}", language.code());
        }
    }
}
