//! The evidence as a table. Like files of a folder are one line, with one hash over their list; every file by itself is in
//! the attachment.

use super::super::document::Evidence;
use super::super::manifest::hex;
use super::super::names;
use super::super::page::{Block, Cell, Grid, Header, Span, Stance, Tone};
use super::exhibit::runs;
use super::{Setting, evidence_id};
use crate::present::display;
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

/// Lines that are listed; all files are in the attachment.
const LINES: usize = 500;
/// Fewer like files are listed one by one.
const ALIKE: usize = 4;

/// A file, or like files of a folder.
struct Line<'a> {
    /// In the order of their numbers; never empty.
    files: Vec<&'a Evidence>,
    folder: &'a str,
}

/// The folder of a path without the parts of a date at its end: `2026`, `03`, `year=2026`.
fn folder(path: &str) -> &str {
    let is_of_date = |part: &str| {
        let number = part.split_once('=').map_or(part, |(_, value)| value);
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
    };
    let mut folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    while let Some((parent, _)) = folder.rsplit_once('/').filter(|(_, last)| is_of_date(last)) {
        folder = parent;
    }
    folder
}

/// Every file once, like ones together, by the number of the first.
fn lines(evidence: &[Evidence]) -> Vec<Line<'_>> {
    type Key<'a> = (Option<u32>, &'a str, &'a str);
    let mut counts: FxHashMap<Key<'_>, usize> = FxHashMap::default();
    for file in evidence {
        *counts.entry((file.container, folder(&file.path), &file.format)).or_default() += 1;
    }
    let mut places: FxHashMap<Key<'_>, usize> = FxHashMap::default();
    let mut lines: Vec<Line<'_>> = Vec::new();
    for file in evidence {
        let key = (file.container, folder(&file.path), file.format.as_str());
        let is_folded = counts.get(&key).is_some_and(|count| *count >= ALIKE);
        match places.get(&key).and_then(|at| lines.get_mut(*at)).filter(|_| is_folded) {
            Some(line) => line.files.push(file),
            None => {
                places.insert(key, lines.len());
                lines.push(Line { files: vec![file], folder: key.1 });
            }
        }
    }
    lines
}

/// The hash over the list of files: of a line `HASH  PATH` for each, as `sha256sum` writes it.
fn list_hash(files: &[&Evidence]) -> String {
    let mut hash = Sha256::new();
    for file in files {
        hash.update(format!("{}  {}\n", file.file_sha256, file.path));
    }
    hex(&hash.finalize())
}

/// Under which number the line of each listed file is found.
pub(super) fn places(evidence: &[Evidence]) -> FxHashMap<u32, u32> {
    let lines = lines(evidence).into_iter().take(LINES);
    let of_line = |line: Line<'_>| {
        let first = line.files.first().map_or(0, |file| file.number);
        line.files.iter().map(|file| (file.number, first)).collect::<Vec<_>>()
    };
    lines.flat_map(of_line).collect()
}

impl Setting<'_> {
    pub(super) fn evidence(&mut self, evidence: &[Evidence]) {
        let words = self.words;
        self.heading(2, "evidence", words.tr("evidence"), false);
        let lines = lines(evidence);
        let mut about = vec![Span::plain(words.tr("evidence-about"))];
        if lines.len() < evidence.len() {
            let file = names::exact(names::EVIDENCE);
            about.extend([Span::plain(" "), Span::plain(words.with("evidence-folded-about", &[("file", &file)]))]);
        }
        self.blocks.push(Block::Paragraph(about, Tone::Plain));
        let bytes: u64 = evidence.iter().filter(|file| file.container.is_none()).map(|file| file.file_bytes).sum();
        let (count, size) = (display::count(evidence.len() as u64), display::size(bytes));
        self.blocks.push(Block::Paragraph(
            vec![Span::plain(words.with("evidence-sum", &[("count", &count), ("size", &size)]))],
            Tone::Plain,
        ));
        let header = |id: &str, is_number| Header { text: words.tr(id), is_number };
        let headers = vec![
            header("column-entry_number", false),
            header("evidence-file", false),
            header("evidence-hashes", false),
            header("evidence-size", true),
            header("evidence-holds", false),
            header("evidence-span", false),
        ];
        let shown = lines.get(..LINES).unwrap_or(&lines);
        if shown.is_empty() {
            self.remark(words.tr("rows-none"));
            return;
        }
        let rows = shown.iter().map(|line| self.evidence_row(line)).collect();
        let ids = shown.iter().map(|line| evidence_id(line.files.first().map_or(0, |file| file.number))).collect();
        let grid =
            Grid { ids, stance: Stance::Across, is_dense: true, ..self.grid(words.tr("evidence"), headers, rows) };
        self.blocks.push(Block::Grid(grid));
        if lines.len() > LINES {
            let listed: usize = shown.iter().map(|line| line.files.len()).sum();
            let (some, all) = (display::count(listed as u64), display::count(evidence.len() as u64));
            let file = names::exact(names::EVIDENCE);
            let text = words.with("files-cut", &[("shown", &some), ("all", &all), ("file", &file)]);
            self.blocks.push(Block::Paragraph(vec![Span::plain(text)], Tone::Notice));
        }
        self.files("attached", &[names::attachment(names::EVIDENCE), names::exact(names::EVIDENCE)]);
    }

    fn evidence_row(&self, line: &Line<'_>) -> Vec<Cell> {
        let words = self.words;
        let in_lines =
            |lines: Vec<Span>| Cell { lines: lines.into_iter().map(|span| vec![span]).collect(), remark: None };
        let (Some(file), files) = (line.files.first(), &line.files) else { return Vec::new() };
        let numbers: Vec<u32> = files.iter().map(|file| file.number).collect();
        let sum = |of: fn(&Evidence) -> u64| files.iter().map(|file| of(file)).sum::<u64>();
        let mut about = Vec::new();
        let mut hashes = Vec::new();
        let mut sizes = vec![Span::plain(display::count(sum(|file| file.file_bytes)))];
        if files.len() > 1 {
            let count = display::count(files.len() as u64);
            about.push(vec![Span::plain(words.with("evidence-folded", &[("count", &count)]))]);
            about.push(vec![Span::mono(words.label(&format!("{}/", line.folder)))]);
            about.push(vec![Span::plain(words.label(&file.format))]);
            hashes.push(Span::plain(words.tr("evidence-folded-hash")));
            hashes.push(Span::mono(list_hash(files)));
        } else {
            about.push(vec![Span::mono(words.label(&file.path))]);
            let format = [file.format.as_str(), file.source.as_str()].into_iter().filter(|text| !text.is_empty());
            about.push(vec![Span::plain(words.label(&format.collect::<Vec<_>>().join(", ")))]);
            hashes.push(Span::mono(words.label(&file.file_sha256)));
            if file.content_sha256 != file.file_sha256 && !file.content_sha256.is_empty() {
                hashes.push(Span::mono(words.label(&file.content_sha256)));
                sizes.push(Span::plain(display::count(file.content_bytes)));
            }
        }
        if let Some(container) = file.container {
            let name = words.with("evidence-number", &[("number", &container.to_string())]);
            about.push(vec![Span::plain(words.tr("evidence-container")), Span::plain(" "), Span::plain(name)]);
        }
        let count = |id: &str, count: u64| Span::plain(words.with(id, &[("count", &display::count(count))]));
        let holds = [
            ("holds-records", sum(|file| file.records)),
            ("holds-duplicates", sum(|file| file.duplicates)),
            ("holds-warnings", sum(|file| file.warnings)),
        ];
        let holds = holds.into_iter().filter(|(id, number)| *number > 0 || *id == "holds-records");
        let first = files.iter().filter_map(|file| file.first).min();
        let last = files.iter().filter_map(|file| file.last).max();
        let span = [first, last].into_iter().flatten();
        let span = span.map(|time| Span::plain(words.zone.format(time))).collect();
        vec![
            Cell::plain(runs(&numbers).join(", ")),
            Cell { lines: about, remark: None },
            in_lines(hashes),
            in_lines(sizes),
            in_lines(holds.map(|(id, number)| count(id, number)).collect()),
            in_lines(span),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(number: u32, path: &str, format: &str) -> Evidence {
        let (path, format) = (path.to_owned(), format.to_owned());
        Evidence { number, path, format, file_sha256: format!("{number:064x}"), ..Evidence::default() }
    }

    #[test]
    fn like_files_of_a_folder_are_one_line() {
        let day = |number, day| file(number, &format!("logs/eu-west-1/2026/03/{day}/{number}.gz"), "flow-text");
        let mut evidence = vec![day(1, 10), file(2, "notes.json", "cloudtrail"), day(3, 10), day(4, 11), day(5, 12)];
        evidence.push(file(6, "logs/eu-west-1/2026/03/12/x.json.gz", "cloudtrail"));
        evidence.extend((7..10).map(|number| file(number, &format!("few/{number}.gz"), "flow-text")));
        let told: Vec<(Vec<u32>, &str)> = lines(&evidence)
            .iter()
            .map(|line| (line.files.iter().map(|file| file.number).collect(), line.folder))
            .collect();
        assert_eq!(
            told,
            [
                (vec![1, 3, 4, 5], "logs/eu-west-1"),
                (vec![2], ""),
                (vec![6], "logs/eu-west-1"),
                (vec![7], "few"),
                (vec![8], "few"),
                (vec![9], "few"),
            ]
        );
        let places = places(&evidence);
        assert_eq!([1, 4, 6, 9].map(|number| places.get(&number).copied()), [Some(1), Some(1), Some(6), Some(9)]);
    }

    #[test]
    fn the_hash_of_a_list_is_that_of_sha256sum() {
        let files = [file(1, "a.gz", "flow-text"), file(2, "b.gz", "flow-text")];
        let text = format!("{:064x}  a.gz\n{:064x}  b.gz\n", 1, 2);
        let expected: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(list_hash(&files.iter().collect::<Vec<_>>()), expected);
    }

    #[test]
    fn parts_of_a_date_are_no_folder() {
        for (path, expected) in [
            ("AWSLogs/1/vpcflowlogs/eu-west-1/2026/03/10/a.gz", "AWSLogs/1/vpcflowlogs/eu-west-1"),
            ("t/year=2026/month=03/hour=04/a.parquet", "t"),
            ("t/2026-03-10/a.json", "t"),
            ("a.json", ""),
            ("2026/a.json", "2026"),
        ] {
            assert_eq!(folder(path), expected);
        }
    }
}
