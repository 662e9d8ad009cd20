//! The glossary's lists of words not to use, kept out of everything that a person reads: the message catalogue, string
//! literals and comments of the sources, and the documents; and English kept out of Japanese texts. The lists are in
//! GLOSSARY.md.

use crate::structure::split;
use crate::support::{files_below, repository};
use regex::Regex;
use std::collections::HashSet;

/// A phrase that is not used, and what is used instead.
struct Retired {
    phrase: String,
    instead: String,
    pattern: Regex,
}

/// Files whose string literals are stored in cases or compared with stored ones (details of import warnings, which
/// `verify --replay` derives again): they stay as they are.
const STORED: [&str; 2] = ["ingest/", "app/import/"];

const DOCUMENTS: [&str; 4] = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "tests/fuzz/README.md"];

/// The rows of the table below "Words not to use".
fn retired(glossary: &str) -> Vec<Retired> {
    let table = glossary.split("## Words not to use").nth(1).expect("the glossary has the table");
    let rows = table.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "));
    let mut found = Vec::new();
    for (phrases, instead) in rows.filter(|(phrases, _)| !["not", "---"].contains(phrases)) {
        for phrase in phrases.split(", ") {
            let (word, end) = match phrase.strip_suffix(r"\*") {
                Some(begun) => (begun, r"\w*"),
                None => (phrase, ""),
            };
            let words: Vec<String> = word.split(' ').map(regex::escape).collect();
            let pattern = Regex::new(&format!(r"(?i)\b{}{end}\b", words.join(r"\s+"))).unwrap();
            found.push(Retired { phrase: phrase.to_owned(), instead: instead.to_owned(), pattern });
        }
    }
    found
}

/// The retired phrases of a text. What is between back quotes is code.
fn hits<'a>(text: &str, retired: &'a [Retired]) -> Vec<&'a Retired> {
    let code = Regex::new("`[^`]*`").unwrap();
    let text = code.replace_all(text, "`");
    retired.iter().filter(|word| word.pattern.is_match(&text)).collect()
}

/// Comments of lines that follow each other, joined, so that a phrase is found across the end of a line.
fn paragraphs(comments: &[(usize, String)]) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    let mut last = 0;
    for (line, comment) in comments {
        let text = comment.trim_start_matches(['/', '!']).trim();
        match joined.last_mut() {
            Some(paragraph) if *line == last + 1 => *paragraph = format!("{paragraph} {text}"),
            _ => joined.push(text.to_owned()),
        }
        last = *line;
    }
    joined
}

/// Every text that a person reads, with the file it is in.
fn texts() -> Vec<(String, String)> {
    let root = repository();
    let read = |path: &std::path::Path| std::fs::read_to_string(path).unwrap();
    let mut texts = Vec::new();
    for path in files_below(&root.join("assets/locales")) {
        let messages = read(&path);
        let values = messages.lines().map(|line| line.split_once(" = ").map_or(line, |(_, value)| value).to_owned());
        texts.extend(values.map(|value| (path.display().to_string(), value)));
    }
    for document in DOCUMENTS {
        texts.extend(read(&root.join(document)).split("\n\n").map(|part| (document.to_owned(), part.to_owned())));
    }
    for path in files_below(&root.join("src")).iter().filter(|path| path.extension().is_some_and(|e| e == "rs")) {
        let source = read(path);
        let name = path.strip_prefix(root.join("src")).unwrap().display().to_string();
        let parts = split(&source);
        texts.extend(paragraphs(&parts.comments).into_iter().map(|comment| (name.clone(), comment)));
        // Unit tests assert texts, and feed logs with any words in them.
        let product = split(source.split("#[cfg(test)]\nmod ").next().unwrap());
        let is_test = name.contains("test");
        if !is_test && !STORED.iter().any(|folder| name.starts_with(folder)) {
            texts.extend(product.texts.into_iter().map(|text| (name.clone(), text)));
        }
    }
    texts
}

#[test]
fn retired_words_are_not_used() {
    let retired = retired(&std::fs::read_to_string(repository().join("GLOSSARY.md")).unwrap());
    assert!(retired.len() > 30, "the table is read: {}", retired.len());
    let texts = texts();
    assert!(texts.len() > 5_000, "the texts are found: {}", texts.len());
    let mut found = Vec::new();
    for (file, text) in &texts {
        for word in hits(text, &retired) {
            let text: String = text.chars().take(160).collect();
            found.push(format!("{file}: \"{}\" (use: {}): {text}", word.phrase, word.instead));
        }
    }
    assert!(found.is_empty(), "words that GLOSSARY.md retires:\n{}", found.join("\n"));
}

#[test]
fn the_check_finds_a_retired_word_wherever_it_is() {
    let glossary = "## Words not to use\n\n| not | but |\n|---|---|\n| let go, taken out | drop, remove |\n| honour\\* | apply |\n";
    let retired = retired(glossary);
    let names = |text: &str| hits(text, &retired).iter().map(|word| word.phrase.clone()).collect::<Vec<_>>();
    assert_eq!(names("Let go to import"), ["let go"]);
    assert_eq!(names("it was taken\n    out, and honoured"), ["taken out", "honour\\*"]);
    assert!(names("taken outside, dishonour, `let go`, outlet goes").is_empty());
    let source = "// It is taken\n// out.\nlet a = \"let go\"; // honours\n\n/// apart\n";
    let parts = split(source);
    assert_eq!(paragraphs(&parts.comments), ["It is taken out. honours", "apart"]);
    assert_eq!(names(&parts.texts.join(" ")), ["let go"]);
    assert_eq!(names(&paragraphs(&parts.comments).join("\n")), ["taken out", "honour\\*"]);
}

/// Where the glossary has its Japanese terms.
fn japanese(glossary: &str) -> &str {
    let section = glossary.split("## Japanese\n").nth(1).expect("the glossary has the section");
    section.split("\n## ").next().unwrap()
}

/// Japanese wordings that are not used, each with the term instead.
fn retired_in_japanese(glossary: &str) -> Vec<(String, String)> {
    let rows = japanese(glossary).lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix('|'));
    let rows = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    let rows = rows.filter(|row| row.len() == 3 && row[0] != "term");
    let not = |row: Vec<&str>| {
        let words: Vec<_> = row[2].split(", ").filter(|word| !word.is_empty()).map(str::to_owned).collect();
        words.into_iter().map(|word| (word, row[1].to_owned())).collect::<Vec<_>>()
    };
    rows.flat_map(not).collect()
}

/// Words in Latin letters that Japanese texts keep.
fn kept(glossary: &str) -> HashSet<String> {
    let listed = japanese(glossary).rsplit('`').nth(1).expect("the glossary lists them");
    let fields = coldtrail::model::field::FIELDS.iter().map(|field| field.name.to_owned());
    listed.split_whitespace().map(str::to_owned).chain(fields).collect()
}

/// The words of a text of the catalogue that are neither Japanese nor kept: English that was not translated.
fn foreign(line: &str, kept: &HashSet<String>) -> Vec<String> {
    let id = Regex::new(r"^\s*\.?[A-Za-z][A-Za-z0-9_-]* =|^\s*\*?\[\w+\]|\{[^{}]*\}|\{ ?\$\w+ ->|%-?[Ymd]").unwrap();
    let text = id.replace_all(line, " ");
    let word = Regex::new("[A-Za-z][A-Za-z0-9_.+:/-]*").unwrap();
    let words = word.find_iter(&text).map(|found| found.as_str().trim_end_matches(['.', '+', ':', '/', '-']));
    let is_key = |word: &str| ["Ctrl+", "Alt+", "Shift+"].iter().any(|held| word.starts_with(held));
    let is_term = |word: &str| {
        is_key(word)
            || !word.contains(|c: char| c.is_ascii_lowercase())
            || word.contains(|c: char| c.is_ascii_digit() || c == '_')
    };
    words.filter(|word| !is_term(word) && !kept.contains(*word)).map(str::to_owned).collect()
}

/// The lines of the Japanese catalogue, with the file of each, but for a language's own name and explanation, which are in
/// that language, and for what a person may type to find a command, which is in any words.
fn japanese_lines() -> Vec<(String, String)> {
    let is_japanese = |path: &std::path::Path| path.to_str().is_some_and(|path| path.ends_with(".ja.ftl"));
    let files = files_below(&repository().join("assets/locales")).into_iter().filter(|path| is_japanese(path));
    let lines = files.flat_map(|path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        text.lines().map(|line| (name.clone(), line.to_owned())).collect::<Vec<_>>()
    });
    lines
        .filter(|(_, line)| {
            !line.starts_with('#') && !line.starts_with("command-language-") && !line.starts_with("words-")
        })
        .collect()
}

#[test]
fn japanese_texts_use_the_terms_of_the_glossary() {
    let retired = retired_in_japanese(&std::fs::read_to_string(repository().join("GLOSSARY.md")).unwrap());
    assert!(retired.len() > 50, "the table is read: {}", retired.len());
    let lines = japanese_lines();
    assert!(lines.len() > 1_500, "the texts are found: {}", lines.len());
    let mut found = Vec::new();
    for (file, line) in &lines {
        let hits = retired.iter().filter(|(word, _)| line.contains(word.as_str()));
        found.extend(hits.map(|(word, instead)| format!("{file}: {word} (use: {instead}): {line}")));
    }
    assert!(found.is_empty(), "wordings that GLOSSARY.md retires:\n{}", found.join("\n"));
}

#[test]
fn no_english_is_left_in_japanese_texts() {
    let kept = kept(&std::fs::read_to_string(repository().join("GLOSSARY.md")).unwrap());
    assert!(kept.len() > 150 && kept.contains("CloudTrail") && kept.contains("srcaddr"), "{}", kept.len());
    let mut found = Vec::new();
    for (file, line) in japanese_lines() {
        let words = foreign(&line, &kept);
        if !words.is_empty() {
            found.push(format!("{file}: {}: {line}", words.join(" ")));
        }
    }
    assert!(found.is_empty(), "neither Japanese nor listed in GLOSSARY.md:\n{}", found.join("\n"));
}

#[test]
fn english_is_found_in_a_japanese_text() {
    let kept = HashSet::from(["CloudTrail".to_owned(), "bytes".to_owned()]);
    let found = |line: &str| foreign(line, &kept);
    assert!(found("a-text = CloudTrail の { $count } 件、bytes と S3、AWS、SHA-256、log_status").is_empty());
    assert_eq!(found("a-text = 証拠の import を Show all"), ["import", "Show", "all"]);
    assert_eq!(found("    .next = { $face -> "), Vec::<String>::new());
    assert_eq!(found("        [cli] 次の stop"), ["stop"]);
    let glossary = "## Japanese\n\n| term | Japanese | not |\n|---|---|---|\n| a | 甲 | 乙, 丙 |\n| b | 丁 | |\nlist:\n`x y`\n\n## Next\n";
    let words: Vec<_> = retired_in_japanese(glossary).into_iter().map(|(word, _)| word).collect();
    assert_eq!(words, ["乙", "丙"]);
}
