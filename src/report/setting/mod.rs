//! From values to words in the order of reading: the first page, the summary, the findings. Exhibits and the appendix have
//! their own files.

mod appendix;
mod evidence;
mod exhibit;
mod verification;

use super::document::{CitedRecord, Finding, Report, Stamp, Table};
use super::page::{Block, Cell, Grid, Header, PAGE, PAGES, Pages, ROW, Span, Stance, Tone};
use super::words::{Words, shown};
use super::{ReportError, names};
use crate::model::{Timestamp, Unit, Value};
use crate::present::display;
use crate::query::tables::Column;
use rustc_hash::FxHashMap;

/// Cited records that are listed under a finding; all of them are in the JSON.
const CITED: usize = 50;

/// The report in words.
///
/// # Errors
/// Rows cannot be read.
pub fn pages(report: &Report, words: &Words) -> Result<Pages, ReportError> {
    let evidence_places = evidence::places(&report.appendix.evidence);
    let mut set = Setting { words, blocks: Vec::new(), evidence_places };
    set.front(report);
    set.findings(report);
    set.exhibits(report)?;
    set.appendix(report)?;
    let title = set.title(report);
    let numbering = words.with("page-number", &[("page", PAGE), ("pages", PAGES)]);
    Ok(Pages {
        language: words.language.code(),
        title,
        author: words.label(&report.title.examiner),
        mark: words.label(&report.title.mark),
        reference: words.label(&report.title.reference),
        numbering,
        as_of: report.title.as_of.unwrap_or(Timestamp(0)),
        id: format!("{}/{}/{}", report.appendix.journal_head, words.language.code(), words.zone.name()),
        blocks: set.blocks,
    })
}

struct Setting<'a> {
    words: &'a Words,
    blocks: Vec<Block>,
    /// By the number of a listed file that of its line.
    evidence_places: FxHashMap<u32, u32>,
}

impl Setting<'_> {
    fn title(&self, report: &Report) -> String {
        match report.title.title.trim() {
            "" => self.words.tr("untitled"),
            title => self.words.label(title),
        }
    }

    fn heading(&mut self, level: u8, id: &str, text: String, new_page: bool) {
        self.blocks.push(Block::Heading { level, id: id.to_owned(), text, new_page });
    }

    fn remark(&mut self, text: String) {
        self.blocks.push(Block::Paragraph(vec![Span::plain(text)], Tone::Remark));
    }

    fn paragraphs(&mut self, text: &str) {
        let paragraphs = self.words.paragraphs(text, names::JSON);
        self.blocks.extend(paragraphs.into_iter().map(|spans| Block::Paragraph(spans, Tone::Plain)));
    }

    fn front(&mut self, report: &Report) {
        let (t, words) = (&report.title, self.words);
        let stated = |text: &str| match text.trim() {
            "" => Cell::plain(words.tr("not-stated")),
            text => Cell::plain(words.label(text)),
        };
        let mut facts = vec![
            (words.tr("title-reference"), stated(&t.reference)),
            (words.tr("title-examiner"), stated(&t.examiner)),
            (words.tr("title-organisation"), stated(&t.organisation)),
            (words.tr("title-case"), Cell::of(Span::mono(words.label(&t.case_file)))),
        ];
        if let Some(time) = t.as_of {
            facts.push((words.tr("title-as-of"), words.time(time)));
        }
        if let Some(time) = t.exported {
            facts.push((words.tr("title-exported"), words.time(time)));
        }
        facts.push(self.verification(report));
        let head = &report.appendix.journal_head;
        facts.push((words.tr("title-journal-head"), Cell::of(Span::mono(shown(head)))));
        facts.push((words.tr("title-zone"), Cell::plain(words.zone.name())));
        let remarks = vec![words.tr("title-remark-characters"), words.tr("title-remark-attachments")];
        let (mark, title) = (words.label(&t.mark), self.title(report));
        self.blocks.push(Block::Title { mark, title, subtitle: words.tr("subtitle"), facts, remarks });
        self.alarm(report);
        self.blocks.push(Block::Contents { title: words.tr("contents") });
        self.heading(1, "summary", words.tr("summary"), true);
        if report.summary.trim().is_empty() {
            self.remark(words.tr("summary-none"));
        }
        self.paragraphs(&report.summary);
        self.overview(report);
    }

    /// What the report holds, each with a link.
    fn overview(&mut self, report: &Report) {
        let words = self.words;
        let of = |id: &str, text: String, place: String| vec![Span::place(words.with(id, &[("text", &text)]), place)];
        if !report.findings.is_empty() {
            self.heading(2, "overview-findings", words.tr("findings"), false);
            let list = report.findings.iter().map(|finding| {
                let text = format!("{}: {}", self.finding_name(finding.number), self.finding_title(finding));
                let mut item = of("link-text", text, finding_id(finding.number));
                item.push(Span::plain(format!(" ({})", self.status(finding))));
                item
            });
            let list = list.collect();
            self.blocks.push(Block::List(list));
        }
        if !report.exhibits.is_empty() {
            self.heading(2, "overview-exhibits", words.tr("exhibits"), false);
            let list = report.exhibits.iter().map(|exhibit| {
                let text = format!("{}: {}", self.exhibit_name(exhibit.number), self.caption(exhibit));
                of("link-text", text, exhibit_id(exhibit.number))
            });
            let list = list.collect();
            self.blocks.push(Block::List(list));
        }
    }

    fn finding_name(&self, number: u32) -> String {
        self.words.with("finding-number", &[("number", &number.to_string())])
    }

    fn exhibit_name(&self, number: u32) -> String {
        self.words.with("exhibit-number", &[("number", &number.to_string())])
    }

    fn finding_title(&self, finding: &Finding) -> String {
        match finding.title.trim() {
            "" => self.words.tr("untitled"),
            title => self.words.label(title),
        }
    }

    fn status(&self, finding: &Finding) -> String {
        self.words.named(&format!("status-{}", finding.status), &finding.status)
    }

    /// `A. Mori, 2026-03-10 09:00:00 (Asia/Tokyo)`.
    fn stamp(&self, stamp: &Stamp) -> Cell {
        let by = self.words.label(&stamp.by);
        let by = if by.trim().is_empty() { self.words.tr("not-stated") } else { by };
        match stamp.at {
            Some(at) => {
                let time = self.words.time(at);
                let line = time.lines.concat().into_iter().map(|span| span.text).collect::<String>();
                Cell { remark: time.remark, ..Cell::plain(format!("{by}, {line}")) }
            }
            None => Cell::plain(by),
        }
    }

    fn findings(&mut self, report: &Report) {
        if report.findings.is_empty() {
            return;
        }
        let words = self.words;
        self.heading(1, "findings", words.tr("findings"), true);
        for finding in &report.findings {
            let title = format!("{}: {}", self.finding_name(finding.number), self.finding_title(finding));
            self.heading(2, &finding_id(finding.number), title, false);
            let mut facts = vec![(words.tr("finding-status"), Cell::plain(self.status(finding)))];
            let confidence = words.named(&format!("confidence-{}", finding.confidence), &finding.confidence);
            facts.push((words.tr("finding-confidence"), Cell::plain(confidence)));
            if !finding.technique.trim().is_empty() {
                facts.push((words.tr("finding-technique"), Cell::plain(words.label(&finding.technique))));
            }
            facts.push((words.tr("finding-written"), self.stamp(&finding.written)));
            facts.push((words.tr("exhibits"), self.exhibit_links(&finding.exhibits)));
            self.blocks.push(Block::Facts(facts));
            self.paragraphs(&finding.text);
            self.cited(&finding.records);
        }
    }

    fn exhibit_links(&self, numbers: &[u32]) -> Cell {
        if numbers.is_empty() {
            return Cell::plain(self.words.tr("none"));
        }
        let mut line = Vec::new();
        for (at, number) in numbers.iter().enumerate() {
            if at > 0 {
                line.push(Span::plain(", "));
            }
            line.push(Span::place(self.exhibit_name(*number), exhibit_id(*number)));
        }
        Cell { lines: vec![line], remark: None }
    }

    fn cited(&mut self, records: &[CitedRecord]) {
        if records.is_empty() {
            return;
        }
        let words = self.words;
        let header = |id: &str| Header { text: words.tr(id), is_number: false };
        let time = words.column("recorded_time", Unit::Time);
        let headers =
            vec![header("column-record_ref"), time, header("column-record_words"), header("column-evidence_file")];
        let row = |record: &CitedRecord| {
            let time = record.time.map(|time| words.cell(&Value::Time(time), Unit::Time, ""));
            let cut = |text: &str| Cell::plain(words.cut(text, super::words::CELL_CHARS, names::JSON));
            vec![
                Cell::of(Span::mono(words.label(&record.reference))),
                time.unwrap_or_default(),
                cut(&record.words),
                cut(&record.path),
            ]
        };
        let rows: Vec<Vec<Cell>> = records.iter().take(CITED).map(row).collect();
        let name = words.tr("cited-records");
        self.blocks.push(Block::Paragraph(vec![Span::strong(name.clone())], Tone::Plain));
        self.blocks.push(Block::Grid(self.grid(name, headers, rows)));
        if records.len() > CITED {
            let (all, some) = (display::count(records.len() as u64), display::count(CITED as u64));
            self.remark(words.with("rows-cut", &[("shown", &some), ("all", &all), ("file", names::JSON)]));
        }
    }

    fn grid(&self, name: String, headers: Vec<Header>, rows: Vec<Vec<Cell>>) -> Grid {
        let stance = stance(&headers, &rows);
        Grid {
            name,
            headers,
            rows,
            ids: Vec::new(),
            stance,
            is_dense: false,
            card: self.words.with("card", &[("number", ROW)]),
        }
    }

    /// The table's rows as far as the body shows them, and what was left out.
    fn table(&mut self, table: &Table, name: String) -> Result<(), ReportError> {
        let words = self.words;
        self.part(table.title.as_deref());
        let all = table.rows.len();
        let whole = table.attachment.as_ref().map_or_else(|| names::JSON.to_owned(), |name| names::exact(name));
        let most = usize::try_from(table.shown.min(all)).unwrap_or(usize::MAX);
        let rows = table.rows.read(0, most).map_err(ReportError::Unreadable)?;
        // Where each rule is one row.
        let explained = table.columns.iter().any(|column| column.name == "event_ids_sha256");
        let cells = |row: &Vec<Value>| -> Vec<Cell> {
            let cell = |(column, value): (&Column, &Value)| match (column.name.as_str(), value) {
                // Words of ours.
                ("warning_reason", Value::Text(code)) => Cell::plain(words.named(&format!("reason-{code}"), code)),
                ("received_state", Value::Text(code)) => Cell::plain(words.named(&format!("received-{code}"), code)),
                ("not_seen", Value::Text(code)) => Cell::plain(words.named(&format!("not-seen-{code}"), code)),
                ("rule", Value::Text(id)) => words.rule(id, explained),
                ("group", Value::Text(id)) => Cell::plain(words.named(&format!("rule-group-{id}"), id)),
                ("list_purpose", Value::Text(code)) => Cell::plain(words.named(&format!("purpose-{code}"), code)),
                _ => words.cell(value, column.unit, &whole),
            };
            table.columns.iter().zip(row).map(cell).collect()
        };
        let headers: Vec<Header> = table.columns.iter().map(|column| words.column(&column.name, column.unit)).collect();
        let rows: Vec<Vec<Cell>> = rows.iter().map(cells).collect();
        if rows.is_empty() {
            // Which columns they would have is part of what was asked.
            let columns = words.list(&headers.into_iter().map(|header| header.text).collect::<Vec<_>>());
            self.remark(words.with("rows-none-of", &[("columns", &columns)]));
        } else {
            let shown_rows = rows.len() as u64;
            self.blocks.push(Block::Grid(self.grid(name, headers, rows)));
            if shown_rows < all {
                let (some, all) = (display::count(shown_rows), display::count(all));
                let text = words.with("rows-cut", &[("shown", &some), ("all", &all), ("file", &whole)]);
                self.blocks.push(Block::Paragraph(vec![Span::plain(text)], Tone::Notice));
            }
        }
        if let Some(name) = &table.attachment {
            self.files("attached", &[names::attachment(name), names::exact(name)]);
        }
        Ok(())
    }

    /// The title of a part of an exhibit.
    fn part(&mut self, title: Option<&str>) {
        if let Some(name) = title {
            let title = self.words.named(&format!("section-{name}"), name);
            let id = format!("part-{}", self.blocks.len());
            self.heading(4, &id, title, false);
        }
    }

    /// Names files beside the report.
    fn files(&mut self, id: &str, files: &[String]) {
        let mut spans = vec![Span::plain(self.words.tr(id))];
        for file in files {
            spans.push(Span::plain(" "));
            spans.push(Span::file(file));
        }
        self.blocks.push(Block::Paragraph(spans, Tone::Remark));
    }
}

fn finding_id(number: u32) -> String {
    format!("finding-{number}")
}

fn exhibit_id(number: u32) -> String {
    format!("exhibit-{number}")
}

fn limits_id(source: &str) -> String {
    let letters = source.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    format!("limits-{}", letters.collect::<String>())
}

fn evidence_id(number: u32) -> String {
    format!("evidence-{number}")
}

/// Characters that a page's width takes in the letters of a table: upright, across.
const UPRIGHT: usize = 112;
const ACROSS: usize = 250;
/// A column of words needs no more: longer ones are wrapped. Numbers are not.
const COLUMN: usize = 16;
/// What a column of long texts would like.
const LONG: usize = 60;

/// By what the columns need, not by what they would like.
fn stance(headers: &[Header], rows: &[Vec<Cell>]) -> Stance {
    let column = |at: usize| {
        let widest = rows.iter().filter_map(|row| row.get(at)).map(Cell::width).max().unwrap_or(0);
        let Some(header) = headers.get(at) else { return 0 };
        // A header may break between its words.
        let words = header.text.split(['_', ' ']).map(|word| word.chars().count()).max().unwrap_or(0);
        let least = if header.is_number { widest } else { widest.min(COLUMN) };
        least.max(words) + 2
    };
    let wished = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(Cell::width).max().unwrap_or(0).min(LONG);
    let sum = |of: &dyn Fn(usize) -> usize| (0..headers.len()).map(of).sum::<usize>();
    let least = sum(&column);
    // A table that would fit upright may still have rows that are long and thin there.
    match least {
        _ if least <= UPRIGHT && sum(&wished) <= UPRIGHT * 3 / 2 => Stance::Upright,
        0..=ACROSS => Stance::Across,
        _ => Stance::Cards,
    }
}
