//! The glossary's list of words not to use, kept out of everything that a person reads: the message catalogue, string
//! literals and comments of the sources, and the documents. The list is the second table of GLOSSARY.md.

use crate::structure::split;
use crate::support::{files_below, repository};
use regex::Regex;

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
