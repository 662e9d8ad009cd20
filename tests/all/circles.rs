//! No file of `src` uses one that uses it back, outside one small module. A small module is a folder below a room
//! (`query/engine`), a file with the folder of its name, or a room that is listed here as one.

use crate::structure::{Source, sources};
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Rooms that are one module, each with the reason.
const ONE_MODULE: [(&str, &str); 2] = [
    ("filter", "a grammar: terms hold predicates that hold terms"),
    ("cli", "commands are forms of one another: query prints by what records, pairs and series print"),
];

/// Circles that are known: between these two files.
const KNOWN: [(&str, &str, &str); 3] = [
    ("case/index/snapshot", "case/open", "a reader loads the index on demand, and the index reads by it"),
    ("case/open", "case/reading", "a damaged case is read through a copy, which is opened like any"),
    ("ingest/cloudtrail/event", "ingest/json/wrap", "an event may stand in a wrapper, and a wrapper holds events"),
];

static USE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?m)^[ \t]*(pub(\([a-z ]+\))? )?use ([^;]+);").unwrap());
static NAMED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?-u)\b[A-Za-z0-9_]+(::[A-Za-z0-9_]+)+").unwrap());
static ITEM: LazyLock<Regex> = LazyLock::new(|| {
    let item = r"(const |async |unsafe )*(fn|struct|enum|trait|type|const|static) ([A-Za-z0-9_]+)";
    Regex::new(&format!(r"(?m-u)^(pub(\([a-z ]+\))? )?{item}")).unwrap()
});

type Path = Vec<String>;

/// A module, without its tests.
struct Module {
    file: String,
    /// Names that it defines.
    defines: BTreeSet<String>,
    /// What its imports call things: name, and where that is.
    imports: BTreeMap<String, Path>,
    /// Everything that it names by a path.
    names: Vec<Path>,
}

fn module_path(file: &str) -> Path {
    let mut path: Path = file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if path.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
        path.pop();
    }
    path
}

/// The paths of a use tree with the names that they get: `a::{b, c as d}`.
fn leaves(tree: &str, before: &[String], found: &mut Vec<(Path, String)>) {
    let tree = tree.trim();
    if let Some(open) = tree.find('{') {
        let mut before = before.to_vec();
        before.extend(segments(tree[..open].trim().trim_end_matches("::")));
        let inner = &tree[open + 1..tree.rfind('}').unwrap_or(tree.len())];
        let (mut depth, mut from) = (0, 0);
        for (at, c) in inner.char_indices().chain([(inner.len(), ',')]) {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    leaves(&inner[from..at], &before, found);
                    from = at + 1;
                }
                _ => {}
            }
        }
    } else if !tree.is_empty() {
        let (path, alias) = tree.split_once(" as ").map_or((tree, None), |(path, alias)| (path, Some(alias.trim())));
        let mut path = [before.to_vec(), segments(path)].concat();
        if path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let name = alias.map(str::to_owned).or_else(|| path.last().cloned()).unwrap_or_default();
        found.push((path, name));
    }
}

fn segments(path: &str) -> Path {
    path.split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// From the crate's root, where the path says so.
fn absolute(path: &[String], module: &[String], children: impl Fn(&[String]) -> bool) -> Option<Path> {
    match path.first()?.as_str() {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some([module, &path[1..]].concat()),
        "super" => {
            let ups = path.iter().take_while(|part| *part == "super").count();
            Some([&module[..module.len().checked_sub(ups)?], &path[ups..]].concat())
        }
        first => {
            let child = [module, &[first.to_owned()]].concat();
            children(&child).then(|| [module, path].concat())
        }
    }
}

fn read(source: &Source, modules: &BTreeSet<Path>) -> Module {
    let path = module_path(&source.path);
    let is_module = |path: &[String]| modules.contains(path);
    let mut imports = BTreeMap::new();
    let mut names = Vec::new();
    let mut body = String::new();
    let mut rest = source.code.as_str();
    for found in USE.captures_iter(&source.code) {
        let whole = found.get(0).unwrap();
        let start = whole.start() - (source.code.len() - rest.len());
        body.push_str(&rest[..start]);
        rest = &source.code[whole.end()..];
        let mut list = Vec::new();
        leaves(&found[3].replace('\n', " "), &[], &mut list);
        for (leaf, name) in list {
            let Some(at) = absolute(&leaf, &path, is_module) else { continue };
            // A table of contents shows its own children; a module that is imported counts by what is used of it.
            if !(found.get(1).is_some() && at.starts_with(&path) || is_module(&at)) {
                names.push(at.clone());
            }
            imports.insert(name, at);
        }
    }
    body.push_str(rest);
    for found in NAMED.find_iter(&body) {
        let named = segments(found.as_str());
        let of_import = imports.get(&named[0]).filter(|at| is_module(at)).map(|at| [&at[..], &named[1..]].concat());
        names.extend(of_import.or_else(|| absolute(&named, &path, is_module)));
    }
    let defines = ITEM.captures_iter(&body).map(|found| found[5].to_owned()).collect();
    Module { file: source.path.trim_end_matches(".rs").to_owned(), defines, imports, names }
}

/// The file in which a path's item is defined, through whatever re-exports it.
fn home<'a>(path: &[String], modules: &'a BTreeMap<Path, Module>, depth: usize) -> Option<&'a str> {
    let (module, rest) = (0..=path.len()).rev().find_map(|n| Some((modules.get(&path[..n])?, &path[n..])))?;
    let through = rest.first().filter(|name| !module.defines.contains(*name)).and_then(|name| module.imports.get(name));
    match through.filter(|at| *at != path && depth < 8) {
        Some(at) => home(&[at, &rest[1..]].concat(), modules, depth + 1),
        None => Some(&module.file),
    }
}

fn small_module(file: &str) -> String {
    let parts: Vec<&str> = file.split('/').collect();
    match parts.as_slice() {
        [room, ..] if ONE_MODULE.iter().any(|(one, _)| one == room) => (*room).to_owned(),
        [room, name, ..] => format!("{room}/{name}"),
        _ => file.to_owned(),
    }
}

#[test]
fn no_circle_reaches_beyond_a_small_module() {
    let sources: Vec<Source> =
        sources().into_iter().filter(|source| !source.code.is_empty() && source.path != "lib.rs").collect();
    let paths: BTreeSet<Path> = sources.iter().map(|source| module_path(&source.path)).collect();
    let modules: BTreeMap<Path, Module> =
        sources.iter().map(|source| (module_path(&source.path), read(source, &paths))).collect();
    let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for module in modules.values() {
        let used = module.names.iter().filter_map(|name| home(name, &modules, 0)).filter(|used| *used != module.file);
        uses.entry(&module.file).or_default().extend(used);
    }
    assert!(uses.values().map(BTreeSet::len).sum::<usize>() > 2_000, "the search finds what files use");
    assert!(uses["session/pairs"].contains("session/pane") && uses["session/pairs"].contains("query/pairs/mod"));
    let known = |one: &str, other: &str| KNOWN.iter().any(|(a, b, _)| (*a, *b) == (one, other));
    let mut circles = Vec::new();
    for (one, used) in &uses {
        for other in used.iter().filter(|other| one < *other && uses[**other].contains(one)) {
            if small_module(one) != small_module(other) && !known(one, other) {
                circles.push(format!("{one} and {other} use each other"));
            }
        }
    }
    assert!(circles.is_empty(), "no circle between files outside one small module:\n{}", circles.join("\n"));
}
