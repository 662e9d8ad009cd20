//! The appendix in words, but for the evidence with its hashes: what could not be read, the hours covered, indicators, settings,
//! method and limits, the journal.

use super::super::document::{Incomplete, Report};
use super::super::page::{Block, Cell, Span, Tone};
use super::super::words::shown;
use super::super::{ReportError, names};
use super::{Setting, limits_id};
use crate::analysis::coverage::Coverage;
use crate::model::Timestamp;
use crate::present::display;

/// Runs of hours without a record that are listed; all of them are in the JSON.
const GAPS: usize = 40;

impl Setting<'_> {
    pub(super) fn appendix(&mut self, report: &Report) -> Result<(), ReportError> {
        let (a, words) = (&report.appendix, self.words);
        self.heading(1, "appendix", words.tr("appendix"), true);
        self.evidence(&a.evidence);
        self.heading(2, "received", words.tr("received"), a.received.is_some());
        match &a.received {
            Some(table) => {
                self.blocks.push(Block::Paragraph(vec![Span::plain(words.tr("received-about"))], Tone::Plain));
                self.table(table, words.tr("received"))?;
            }
            None => self.remark(words.tr("received-none")),
        }
        self.heading(2, "custody", words.tr("custody"), a.custody.is_some());
        match &a.custody {
            Some(table) => {
                self.blocks.push(Block::Paragraph(vec![Span::plain(words.tr("custody-about"))], Tone::Plain));
                self.table(table, words.tr("custody"))?;
            }
            None => self.remark(words.tr("custody-none")),
        }
        self.heading(2, "coverage", words.tr("coverage"), true);
        self.blocks.push(Block::Paragraph(vec![Span::plain(words.tr("coverage-about"))], Tone::Plain));
        a.coverage.iter().for_each(|coverage| self.coverage(coverage));
        if a.coverage.is_empty() {
            self.remark(words.tr("coverage-none"));
        }
        self.heading(2, "warnings", words.tr("warnings"), a.warnings.is_some());
        match &a.warnings {
            Some(table) => {
                self.blocks.push(Block::Paragraph(vec![Span::plain(words.tr("warnings-about"))], Tone::Plain));
                self.table(table, words.tr("warnings"))?;
            }
            None => self.remark(words.tr("warnings-none")),
        }
        if let Some(table) = &a.indicators {
            self.heading(2, "indicators", words.tr("indicators"), true);
            self.table(table, words.tr("indicators"))?;
        }
        self.heading(2, "settings", words.tr("settings"), a.warnings.is_some());
        let facts = a.settings.iter().map(|fact| words.fact(fact, names::JSON)).collect();
        self.blocks.push(Block::Facts(facts));
        self.heading(2, "method", words.tr("method"), false);
        if let Some(incomplete) = &a.incomplete {
            self.incomplete(incomplete);
        }
        for name in &a.method {
            self.blocks
                .push(Block::Paragraph(vec![Span::plain(words.named(&format!("method-{name}"), name))], Tone::Plain));
        }
        self.verification_in_full(report);
        if !a.limits.is_empty() {
            self.heading(2, "limits", words.tr("limits"), false);
            self.blocks.push(Block::Paragraph(vec![Span::plain(words.tr("limits-about"))], Tone::Plain));
        }
        for (source, limits) in &a.limits {
            self.heading(3, &limits_id(source), words.named(&format!("source-{source}"), source), false);
            let item = |limit: &String| vec![Span::plain(words.named(limit, limit))];
            self.blocks.push(Block::List(limits.iter().map(item).collect()));
        }
        self.journal(report)?;
        self.declaration(report);
        Ok(())
    }

    /// That not every row of the case could be read, and which.
    fn incomplete(&mut self, incomplete: &Incomplete) {
        let words = self.words;
        let count = display::count(incomplete.lost_count);
        let text = match &incomplete.rescued_from {
            Some((of, sha256)) => {
                let (of, sha256) = (words.label(of), words.label(sha256));
                words.with("method-rescued", &[("file", &of), ("sha256", &sha256), ("count", &count)])
            }
            None => words.with("method-damaged", &[("count", &count)]),
        };
        self.blocks.push(Block::Paragraph(vec![Span::plain(text)], Tone::Notice));
        let item = |line: &String| vec![Span::plain(words.label(line))];
        if !incomplete.lost.is_empty() {
            self.blocks.push(Block::List(incomplete.lost.iter().map(item).collect()));
        }
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
        let (name, figures) = (display::dataset_key(coverage.dataset), &coverage.figures);
        let dataset = words.named(&format!("dataset-{name}"), name);
        self.heading(3, &format!("coverage-{name}"), dataset, false);
        let mut facts = vec![(words.tr("coverage-records"), Cell::plain(display::count(figures.records)))];
        if let (Some(first), Some(last)) = (figures.first, figures.last) {
            facts.push((words.tr("evidence-span"), self.span(first, last)));
        }
        facts.push((words.tr("coverage-hours"), Cell::plain(display::count(coverage.hours))));
        facts.push((words.tr("coverage-missing"), Cell::plain(display::count(coverage.missing_hours()))));
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
        self.heading(2, "journal", words.tr("journal"), true);
        self.blocks.push(Block::Paragraph(vec![Span::plain(words.tr("journal-about"))], Tone::Plain));
        let head = Cell::of(Span::mono(shown(&a.journal_head)));
        self.blocks.push(Block::Facts(vec![(words.tr("title-journal-head"), head)]));
        if let Some(entry) = a.journal_break {
            let text = self.chain_broken(entry);
            self.blocks.push(Block::Paragraph(vec![Span::strong(text)], Tone::Notice));
        }
        match &a.journal {
            Some(table) => self.table(table, words.tr("journal")),
            None => Ok(()),
        }
    }

    /// A page to print and sign. What only the signer can state is left blank.
    fn declaration(&mut self, report: &Report) {
        const BLANK: &str = "________________________________";
        let (t, words) = (&report.title, self.words);
        self.heading(1, "declaration", words.tr("declaration"), true);
        for id in ["declaration-text", "declaration-hash"] {
            self.blocks.push(Block::Paragraph(vec![Span::plain(words.tr(id))], Tone::Plain));
        }
        let stated = |text: &str| match text.trim() {
            "" => Cell::plain(BLANK),
            text => Cell::plain(words.label(text)),
        };
        let blank = || Cell::plain(BLANK);
        self.blocks.push(Block::Facts(vec![
            (words.tr("title-journal-head"), Cell::of(Span::mono(shown(&report.appendix.journal_head)))),
            (words.tr("declaration-manifest"), blank()),
            (words.tr("declaration-name"), stated(&t.examiner)),
            (words.tr("title-organisation"), stated(&t.organisation)),
            (words.tr("declaration-place"), blank()),
            (words.tr("declaration-signature"), blank()),
        ]));
        self.remark(words.tr("declaration-remark"));
    }
}
