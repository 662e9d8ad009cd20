//! The appendix in words: the evidence with its hashes, what could not be read, the hours covered, indicators, settings,
//! method and limits, the journal.

use super::super::document::{Coverage, Evidence, Report};
use super::super::page::{Block, Cell, Span, Tone};
use super::super::words::shown;
use super::super::{ReportError, names};
use super::{Setting, evidence_id, limits_id};
use crate::model::Timestamp;
use crate::present::display;

/// Runs of hours without a record that are listed; all of them are in the JSON.
const GAPS: usize = 40;

impl Setting<'_> {
    pub(super) fn appendix(&mut self, report: &Report) -> Result<(), ReportError> {
        let (a, words) = (&report.appendix, self.words);
        self.heading(1, "appendix", words.tr("appendix"), true);
        self.evidence(&a.evidence);
        self.heading(2, "coverage", words.tr("coverage"), false);
        self.blocks.push(Block::Paragraph(vec![Span::plain(words.tr("coverage-about"))], Tone::Plain));
        a.coverage.iter().for_each(|coverage| self.coverage(coverage));
        if a.coverage.is_empty() {
            self.remark(words.tr("coverage-none"));
        }
        self.heading(2, "warnings", words.tr("warnings"), false);
        match &a.warnings {
            Some(table) => {
                self.blocks.push(Block::Paragraph(vec![Span::plain(words.tr("warnings-about"))], Tone::Plain));
                self.table(table, words.tr("warnings"))?;
            }
            None => self.remark(words.tr("warnings-none")),
        }
        if let Some(table) = &a.indicators {
            self.heading(2, "indicators", words.tr("indicators"), false);
            self.table(table, words.tr("indicators"))?;
        }
        self.heading(2, "settings", words.tr("settings"), false);
        let facts = a.settings.iter().map(|fact| words.fact(fact, names::JSON)).collect();
        self.blocks.push(Block::Facts(facts));
        self.heading(2, "method", words.tr("method"), false);
        for name in &a.method {
            self.blocks
                .push(Block::Paragraph(vec![Span::plain(words.named(&format!("method-{name}"), name))], Tone::Plain));
        }
        if !a.limits.is_empty() {
            self.heading(2, "limits", words.tr("limits"), false);
            self.blocks.push(Block::Paragraph(vec![Span::plain(words.tr("limits-about"))], Tone::Plain));
        }
        for (source, limits) in &a.limits {
            self.heading(3, &limits_id(source), words.named(&format!("source-{source}"), source), false);
            let item = |limit: &String| vec![Span::plain(words.named(limit, limit))];
            self.blocks.push(Block::List(limits.iter().map(item).collect()));
        }
        self.journal(report)
    }

    fn evidence(&mut self, evidence: &[Evidence]) {
        let words = self.words;
        self.heading(2, "evidence", words.tr("evidence"), false);
        self.blocks.push(Block::Paragraph(vec![Span::plain(words.tr("evidence-about"))], Tone::Plain));
        let bytes: u64 = evidence.iter().filter(|file| file.container.is_none()).map(|file| file.file_bytes).sum();
        let (count, size) = (display::count(evidence.len() as u64), display::size(bytes));
        self.blocks.push(Block::Paragraph(
            vec![Span::plain(words.with("evidence-sum", &[("count", &count), ("size", &size)]))],
            Tone::Plain,
        ));
        for file in evidence {
            let name = words.with("evidence-number", &[("number", &file.number.to_string())]);
            self.heading(4, &evidence_id(file.number), name, false);
            let facts = self.evidence_facts(file);
            self.blocks.push(Block::Facts(facts));
        }
    }

    fn evidence_facts(&self, file: &Evidence) -> Vec<(String, Cell)> {
        let words = self.words;
        let mono = |text: &str| Cell::of(Span::mono(words.label(text)));
        let mut facts = vec![(words.tr("evidence-path"), mono(&file.path))];
        if let Some(container) = file.container {
            let name = words.with("evidence-number", &[("number", &container.to_string())]);
            facts.push((words.tr("evidence-container"), Cell::of(Span::place(name, evidence_id(container)))));
        }
        let bytes = |bytes: u64| {
            let (count, size) = (display::count(bytes), display::size(bytes));
            words.with("bytes", &[("count", &count), ("size", &size)])
        };
        facts.push((words.tr("evidence-sha256"), mono(&file.file_sha256)));
        if file.content_sha256 != file.file_sha256 && !file.content_sha256.is_empty() {
            facts.push((words.tr("evidence-content-sha256"), mono(&file.content_sha256)));
        }
        let sizes = match file.content_bytes == file.file_bytes {
            true => bytes(file.file_bytes),
            false => words
                .with("evidence-sizes", &[("file", &bytes(file.file_bytes)), ("content", &bytes(file.content_bytes))]),
        };
        facts.push((words.tr("evidence-size"), Cell::plain(sizes)));
        facts.push((words.tr("evidence-format"), Cell::plain(words.label(&file.format))));
        if !file.source.is_empty() {
            facts.push((words.tr("evidence-source"), Cell::plain(words.label(&file.source))));
        }
        let counts = words.with(
            "evidence-counts",
            &[
                ("records", &display::count(file.records)),
                ("duplicates", &display::count(file.duplicates)),
                ("warnings", &display::count(file.warnings)),
            ],
        );
        facts.push((words.tr("evidence-holds"), Cell::plain(counts)));
        if let (Some(first), Some(last)) = (file.first, file.last) {
            facts.push((words.tr("evidence-span"), self.span(first, last)));
        }
        if let Some(imported) = file.imported {
            facts.push((words.tr("evidence-imported"), words.time(imported)));
        }
        facts
    }

    /// From the first to the last, both inside.
    fn span(&self, first: Timestamp, last: Timestamp) -> Cell {
        let [from, to] = [first, last].map(|time| self.words.zone.format(time));
        let words =
            |from: &str, to: &str, zone: &str| self.words.with("span", &[("from", from), ("to", to), ("zone", zone)]);
        let utc = crate::present::Zone::default();
        let remark = (!self.words.zone.is_utc()).then(|| words(&utc.format(first), &utc.format(last), "UTC"));
        Cell { remark, ..Cell::plain(words(&from, &to, self.words.zone.name())) }
    }

    fn coverage(&mut self, coverage: &Coverage) {
        let words = self.words;
        let dataset = words.named(&format!("dataset-{}", coverage.dataset), &coverage.dataset);
        self.heading(3, &format!("coverage-{}", coverage.dataset), dataset, false);
        let missing: i64 = coverage.gaps.iter().map(|(from, to)| (to - from).max(0) / 3600).sum();
        let mut facts = vec![(words.tr("coverage-records"), Cell::plain(display::count(coverage.records)))];
        if let (Some(first), Some(last)) = (coverage.first, coverage.last) {
            facts.push((words.tr("evidence-span"), self.span(first, last)));
        }
        facts.push((words.tr("coverage-hours"), Cell::plain(display::count(coverage.hours))));
        facts.push((words.tr("coverage-missing"), Cell::plain(display::count(missing.unsigned_abs()))));
        self.blocks.push(Block::Facts(facts));
        if coverage.gaps.is_empty() {
            return;
        }
        self.blocks.push(Block::Paragraph(vec![Span::strong(words.tr("coverage-gaps"))], Tone::Plain));
        let item = |(from, to): &(i64, i64)| {
            let value = super::super::document::FactValue::Range(
                Some(Timestamp::from_secs(*from)),
                Some(Timestamp::from_secs(*to)),
            );
            let cell = words.fact_value(&value, names::JSON);
            let remark = cell.remark.map(|remark| Span::plain(format!(" ({remark})")));
            cell.lines.concat().into_iter().chain(remark).collect()
        };
        self.blocks.push(Block::List(coverage.gaps.iter().take(GAPS).map(item).collect()));
        if coverage.gaps.len() > GAPS {
            let (some, all) = (display::count(GAPS as u64), display::count(coverage.gaps.len() as u64));
            self.remark(words.with("gaps-cut", &[("shown", &some), ("all", &all), ("file", names::JSON)]));
        }
    }

    fn journal(&mut self, report: &Report) -> Result<(), ReportError> {
        let (a, words) = (&report.appendix, self.words);
        self.heading(2, "journal", words.tr("journal"), false);
        self.blocks.push(Block::Paragraph(vec![Span::plain(words.tr("journal-about"))], Tone::Plain));
        let head = Cell::of(Span::mono(shown(&a.journal_head)));
        self.blocks.push(Block::Facts(vec![(words.tr("title-journal-head"), head)]));
        if let Some(entry) = a.journal_break {
            let text = words.with("journal-broken", &[("entry", &entry.to_string())]);
            self.blocks.push(Block::Paragraph(vec![Span::strong(text)], Tone::Notice));
        }
        match &a.journal {
            Some(table) => self.table(table, words.tr("journal")),
            None => Ok(()),
        }
    }
}
