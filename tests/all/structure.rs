//! The house rules that the compiler does not know, checked on the sources: which module may speak of what.

use crate::support::{files_below, repository};
use std::path::{Path, PathBuf};

pub(crate) struct Source {
    /// Relative to `src`, with `/`.
    pub path: String,
    /// Without comments, texts and tests.
    pub code: String,
    /// The contents of its string literals, tests left out.
    texts: Vec<String>,
    lines: usize,
}

/// Every Rust file of `src`.
pub(crate) fn sources() -> Vec<Source> {
    let root = repository().join("src");
    let rust: Vec<PathBuf> =
        files_below(&root).into_iter().filter(|p| p.extension().is_some_and(|e| e == "rs")).collect();
    assert!(rust.len() >= 20, "only {} source files found under {}", rust.len(), root.display());
    rust.iter().map(|path| source(&root, path)).collect()
}

fn source(root: &Path, path: &Path) -> Source {
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().count();
    let parts: Vec<_> = path.strip_prefix(root).unwrap().iter().map(|part| part.to_str().unwrap()).collect();
    let path = parts.join("/");
    // Unit tests are last in a file, or in a file of their own.
    let is_test_file = parts.iter().any(|part| {
        let name = part.trim_end_matches(".rs");
        name == "tests" || name == "testing" || name.ends_with("_tests") || name.ends_with("_test")
    });
    let product = if is_test_file { "" } else { text.split("#[cfg(test)]\nmod ").next().unwrap() };
    let Parts { code, texts, .. } = split(product);
    Source { path, code, texts, lines }
}

/// A source taken apart.
pub(crate) struct Parts {
    /// Without comments, and without what is in strings.
    pub code: String,
    /// What is in its strings.
    pub texts: Vec<String>,
    /// Each from its slashes to the end of the line, with the number of the line from 1.
    pub comments: Vec<(usize, String)>,
}

pub(crate) fn split(text: &str) -> Parts {
    let bytes = text.as_bytes();
    let (mut code, mut texts, mut comments) = (Vec::new(), Vec::new(), Vec::new());
    let (mut at, mut line, mut counted) = (0, 1, 0);
    while at < bytes.len() {
        let rest = &bytes[at..];
        let raw = raw_string_hashes(rest, code.last().copied());
        if rest.starts_with(b"//") {
            let len = rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
            line += bytes[counted..at].iter().filter(|&&b| b == b'\n').count();
            counted = at;
            comments.push((line, text[at..at + len].to_owned()));
            at += len;
        } else if let Some(hashes) = raw {
            let open = rest.iter().position(|&b| b == b'"').unwrap() + 1;
            let close = format!("\"{}", "#".repeat(hashes));
            let body = &text[at + open..];
            let len = body.find(&close).unwrap_or(body.len());
            texts.push(body[..len].to_owned());
            code.extend_from_slice(b"\"\"");
            at += open + len + close.len();
        } else if rest[0] == b'"' {
            let mut end = 1;
            while end < rest.len() && rest[end] != b'"' {
                end += if rest[end] == b'\\' { 2 } else { 1 };
            }
            texts.push(String::from_utf8_lossy(&rest[1..end.min(rest.len())]).into_owned());
            code.extend_from_slice(b"\"\"");
            at += end + 1;
        } else if rest.starts_with(b"'\"'") || rest.starts_with(b"'\\\"'") {
            code.extend_from_slice(b"' '");
            at += if rest[1] == b'\\' { 4 } else { 3 };
        } else {
            code.push(rest[0]);
            at += 1;
        }
    }
    Parts { code: String::from_utf8_lossy(&code).into_owned(), texts, comments }
}

/// `r"`, `r#"` ...: how many hashes; not where the `r` ends a name.
fn raw_string_hashes(rest: &[u8], before: Option<u8>) -> Option<usize> {
    if rest[0] != b'r' || before.is_some_and(|b| b.is_ascii_alphanumeric() && b != b'b' || b == b'_') {
        return None;
    }
    let hashes = rest[1..].iter().take_while(|&&b| b == b'#').count();
    (rest.get(1 + hashes) == Some(&b'"')).then_some(hashes)
}

impl Source {
    fn is_in(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| self.path.starts_with(folder))
    }

    /// The module that the file belongs to: the first part of its path.
    fn module(&self) -> &str {
        self.path.split('/').next().unwrap().trim_end_matches(".rs")
    }
}

/// Names as whole words: `egui` is not in `eguide`.
fn mentions(code: &str, word: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word)
        .any(|(at, _)| !code[..at].ends_with(is_name) && !code[at + word.len()..].starts_with(is_name))
}

fn none(broken: Vec<String>, rule: &str) {
    assert!(broken.is_empty(), "{rule}:\n{}", broken.join("\n"));
}

/// The files outside `allowed` that mention one of the words.
fn strangers(allowed: &[&str], words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| !source.is_in(allowed)) {
        found.extend(words.iter().filter(|w| mentions(&source.code, w)).map(|word| format!("{}: {word}", source.path)));
    }
    found
}

#[test]
fn egui_stays_in_the_window() {
    none(strangers(&["ui/", "main.rs"], &["egui", "eframe", "egui_plot"]), "egui only in ui/ and main.rs");
}

#[test]
fn sql_stays_in_case_and_query() {
    none(strangers(&["case/", "query/"], &["rusqlite"]), "rusqlite only in case/ and query/");
    let is_sql = |text: &str| {
        let words: Vec<&str> = text.split_whitespace().collect();
        match words.as_slice() {
            ["SELECT", rest @ ..] => rest.contains(&"FROM"),
            ["INSERT", "INTO" | "OR", ..] | ["DELETE", "FROM", ..] | ["PRAGMA", ..] => true,
            ["UPDATE", _, "SET", ..] => true,
            ["CREATE" | "DROP", "TABLE" | "VIEW" | "INDEX" | "TEMP" | "UNIQUE" | "VIRTUAL", ..] => true,
            _ => false,
        }
    };
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| !source.is_in(&["case/", "query/"])) {
        // Help shows SQL that an examiner may type.
        let texts = source.texts.iter().filter(|text| is_sql(text) && !source.is_in(&["cli/sql"]));
        found.extend(texts.map(|text| format!("{}: {text}", source.path)));
    }
    none(found, "SQL text only in case/ and query/");
}

#[test]
fn parsers_do_no_input_or_output() {
    let mut found = Vec::new();
    for source in sources()
        .iter()
        .filter(|source| source.is_in(&["ingest/flow/", "ingest/json/", "ingest/cloudtrail/", "ingest/indicators/"]))
    {
        for word in
            ["std::fs", "File", "std::env", "std::process", "println", "eprintln", "rusqlite", "SystemTime", "Instant"]
        {
            if mentions(&source.code, word) {
                found.push(format!("{}: {word}", source.path));
            }
        }
    }
    none(found, "parsers are fed bytes and give values");
}

/// Texts from outside are escaped in one place before a terminal shows them.
#[test]
fn messages_go_through_one_door() {
    let mut found = strangers(&["cli/import", "cli/verify"], &["eprint"]);
    found.extend(strangers(&[], &["eprintln", "println"]));
    none(found, "messages through cli::output::tell; only progress bars draw by themselves");
}

#[test]
fn nothing_speaks_to_a_network() {
    let words = [
        "TcpStream",
        "TcpListener",
        "UdpSocket",
        "ToSocketAddrs",
        "UnixStream",
        "reqwest",
        "hyper",
        "ureq",
        "curl",
        "rustls",
    ];
    none(strangers(&[], &words), "no sockets");
    // The lock file covers other targets too (a web build of the window's libraries), so what counts is the tree here.
    let manifest = std::fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    for name in ["tokio", "reqwest", "hyper", "ureq", "curl", "rustls", "openssl", "native-tls", "mio", "async-std"] {
        let named = manifest
            .lines()
            .any(|line| line.starts_with(&format!("{name} =")) || line.starts_with(&format!("{name}.")));
        assert!(!named, "{name} is a network crate");
    }
}

#[test]
fn dependencies_point_one_way() {
    // What each module may use besides itself.
    // In the order of the floors: a module uses those above it in this list, at most these.
    let reads = ["model", "derive", "threads", "filter", "ingest", "sigma", "case", "query"];
    let below_app = [
        "model",
        "derive",
        "part",
        "threads",
        "filter",
        "ingest",
        "case",
        "query",
        "matching",
        "sigma",
        "analysis",
        "present",
        "questions",
        "report",
    ];
    let below_ui: Vec<&str> =
        below_app.iter().copied().filter(|name| *name != "part").chain(["app", "session"]).collect();
    let below_faces: Vec<&str> = below_app.iter().copied().chain(["app"]).collect();
    let allowed: [(&str, &[&str]); 19] = [
        ("model", &[]),
        ("derive", &[]),
        ("part", &[]),
        ("threads", &[]),
        ("filter", &["model"]),
        ("ingest", &["model", "derive", "threads"]),
        ("columns", &["threads"]),
        ("matching", &["model"]),
        ("sigma", &["model"]),
        ("case", &["model", "part", "threads", "ingest", "columns"]),
        ("query", &["model", "derive", "threads", "filter", "ingest", "case", "columns", "matching", "sigma"]),
        ("analysis", &reads),
        ("present", &["model", "filter"]),
        ("questions", &["model", "filter", "case", "query", "analysis", "present"]),
        ("report", &["model", "part", "query", "analysis", "present"]),
        ("app", &below_app),
        ("cli", &below_faces),
        ("session", &below_faces),
        ("ui", &below_ui),
    ];
    let tops: Vec<String> = sources().iter().map(|source| source.module().to_owned()).collect();
    let unknown = |name: &&str| !allowed.iter().any(|(known, _)| known == name) && !["lib", "main"].contains(name);
    none(tops.iter().map(String::as_str).filter(unknown).map(str::to_owned).collect(), "every module has its rule");
    let gone = |name: &&str| !tops.iter().any(|top| top == name);
    none(allowed.iter().map(|(name, _)| *name).filter(gone).map(str::to_owned).collect(), "every rule has its module");
    let mut found = Vec::new();
    for source in sources() {
        let module = source.module();
        let Some((_, may)) = allowed.iter().find(|(name, _)| *name == module) else { continue };
        for used in used_modules(&source.code) {
            let known = allowed.iter().any(|(name, _)| *name == used);
            if known && used != module && !may.contains(&used.as_str()) {
                found.push(format!("{} uses {used}", source.path));
            }
        }
    }
    none(
        found,
        "ui -> session -> app, cli -> app -> report, questions -> analysis -> query -> case -> ingest -> model; present -> model",
    );
}

/// The top modules that `crate::...` names, in `use` lists too (`use crate::{case::X, model}`).
fn used_modules(code: &str) -> Vec<String> {
    let name =
        |text: &str| text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut found = Vec::new();
    for (at, start) in code.match_indices("crate::") {
        let rest = &code[at + start.len()..];
        let Some(list) = rest.strip_prefix('{') else {
            found.push(name(rest));
            continue;
        };
        let mut depth = 1;
        let mut from = 0;
        for (place, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 1 => {
                    found.push(name(&list[from..place]));
                    break;
                }
                '}' => depth -= 1,
                ',' if depth == 1 => {
                    found.push(name(&list[from..place]));
                    from = place + 1;
                }
                _ => {}
            }
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

/// How many threads there are, how they are named and what becomes of a panic on one is settled in one place.
#[test]
fn threads_are_started_in_one_place() {
    let found = strangers(
        &["threads.rs"],
        &["std::thread::Builder", "thread::spawn", "thread::scope", "available_parallelism"],
    );
    none(found, "threads through crate::threads");
}

#[test]
fn files_stay_short_enough_to_read() {
    let long: Vec<String> =
        sources().iter().filter(|s| s.lines > 600).map(|s| format!("{}: {} lines", s.path, s.lines)).collect();
    none(long, "600 lines a file at most");
}

#[test]
fn modules_open_with_what_they_are_for() {
    let root = repository().join("src");
    let mut found = Vec::new();
    for path in files_below(&root).iter().filter(|path| path.extension().is_some_and(|e| e == "rs")) {
        if !std::fs::read_to_string(path).unwrap().starts_with("//!") {
            found.push(path.display().to_string());
        }
    }
    none(found, "a module opens with //!");
}

/// Tests in comments would not run (`doctest` in `Cargo.toml`), so there are none.
#[test]
fn comments_hold_no_tests() {
    let found = files_below(&repository().join("src")).into_iter().flat_map(|path| {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        code_in_comments(&text).into_iter().map(move |line| format!("{}:{line}", path.display())).collect::<Vec<_>>()
    });
    none(found.collect(), "a block in a comment is of text; what it would test is a test");
}

/// Lines from 1 at which a block begins in a comment that is not marked as text.
fn code_in_comments(text: &str) -> Vec<usize> {
    let mut is_open = false;
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let comment = line.trim_start();
        let Some(comment) = comment.strip_prefix("//!").or_else(|| comment.strip_prefix("///")) else { continue };
        let Some(language) = comment.trim().strip_prefix("```") else { continue };
        is_open = !is_open;
        if is_open && language != "text" {
            found.push(at + 1);
        }
    }
    found
}

#[test]
fn nothing_is_left_for_later() {
    none(strangers(&[], &["todo!", "unimplemented!", "dbg!"]), "no stubs");
    let ignored: Vec<String> = files_below(&repository().join("src"))
        .into_iter()
        .chain(files_below(&repository().join("tests")))
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .filter(|path| std::fs::read_to_string(path).unwrap().contains(concat!("#[", "ignore")))
        .map(|path| path.display().to_string())
        .collect();
    none(ignored, "no ignored tests");
}

#[test]
fn the_checks_themselves_see_what_they_should() {
    let Parts { code, texts, comments } =
        split("let a = \"SELECT 1 FROM x\"; // egui\nlet b = r#\"egui \"x\"\"#; let c = '\"'; use crate::ui;");
    assert_eq!(comments, [(1, "// egui".to_owned())]);
    assert_eq!(texts, ["SELECT 1 FROM x", "egui \"x\""]);
    assert!(!mentions(&code, "egui") && mentions(&code, "ui"), "{code}");
    assert!(!mentions("eguide", "egui") && mentions("egui::Ui", "egui"));
    assert_eq!(code_in_comments("//! ```text\n//! a\n//! ```\n    /// ```\n    /// b();\n    /// ```\n// ```"), [4]);
    assert_eq!(used_modules("use crate::{case::{A, B}, model}; crate::query::x()"), ["case", "model", "query"]);
}
