//! Whether the case passes verification, in words: on the first page, and completely after the method.

use super::super::document::{CaseChecks, CheckNote, Report, Verdict, Verification};
use super::super::names;
use super::super::page::{Block, Cell, Span, Tone};
use super::Setting;
use crate::present::display;

/// Checks of a kind that the first page names.
const FIRST_PAGE: usize = 5;
/// Those that the method names.
const NAMED: usize = 50;
/// Characters of what a check found; all of them are in the JSON.
const DETAIL_CHARS: usize = 240;

impl Setting<'_> {
    /// The line of the first page.
    pub(super) fn verification(&self, report: &Report) -> (String, Cell) {
        let v = &report.verification;
        let mut lines = vec![vec![Span::strong(self.verdict(v))]];
        if v.is_made() {
            lines.push(vec![Span::plain(self.counts(v))]);
            lines.push(vec![Span::plain(self.state(report))]);
            lines.push(vec![Span::plain(self.replayed(v))]);
        }
        for (kind, checks) in kinds(v) {
            lines.extend(checks.first.iter().take(FIRST_PAGE).map(|check| vec![Span::plain(self.check(kind, check))]));
            let more = checks.count.saturating_sub(FIRST_PAGE as u64);
            if more > 0 {
                let text = self.words.with("verification-more", &[("count", &display::count(more))]);
                lines.push(vec![Span::place(text, "verification")]);
            }
        }
        (self.words.tr("verification"), Cell { lines, remark: None })
    }

    /// What a reader must not miss, below the title.
    pub(super) fn alarm(&mut self, report: &Report) {
        let alarm = match report.verification.verdict {
            Verdict::Failed => Some(self.verdict(&report.verification)),
            _ => None,
        };
        let broken = report.appendix.journal_break.map(|entry| self.chain_broken(entry));
        for text in alarm.into_iter().chain(broken) {
            self.blocks.push(Block::Paragraph(vec![Span::strong(text)], Tone::Notice));
        }
    }

    pub(super) fn chain_broken(&self, entry: i64) -> String {
        self.words.with("journal-broken", &[("entry", &entry.to_string())])
    }

    /// The part behind the method: all of it.
    pub(super) fn verification_in_full(&mut self, report: &Report) {
        let (v, words) = (&report.verification, self.words);
        self.heading(3, "verification", words.tr("verification"), false);
        self.blocks.push(Block::Paragraph(vec![Span::strong(self.verdict(v))], Tone::Plain));
        if !v.is_made() {
            return;
        }
        self.blocks.push(Block::Paragraph(vec![Span::plain(words.tr("verification-about"))], Tone::Plain));
        let lines = [self.counts(v), self.state(report), self.replayed(v)];
        self.blocks.push(Block::List(lines.map(|line| vec![Span::plain(line)]).to_vec()));
        for (kind, checks) in kinds(v) {
            if checks.count == 0 {
                continue;
            }
            let name = words.with(&format!("verification-list-{kind}"), &[("count", &display::count(checks.count))]);
            self.blocks.push(Block::Paragraph(vec![Span::strong(name)], Tone::Plain));
            let item = |check: &CheckNote| vec![Span::plain(self.check(kind, check))];
            let list: Vec<Vec<Span>> = checks.first.iter().take(NAMED).map(item).collect();
            let shown = list.len() as u64;
            self.blocks.push(Block::List(list));
            if shown < checks.count {
                let (some, all) = (display::count(shown), display::count(checks.count));
                let text = words.with("checks-cut", &[("shown", &some), ("all", &all), ("file", names::JSON)]);
                self.remark(text);
            }
        }
    }

    fn verdict(&self, v: &Verification) -> String {
        let count = match v.verdict {
            Verdict::Failed => v.failed.count,
            _ => v.outdated.count,
        };
        self.words.with(&format!("verification-{}", v.verdict.name()), &[("count", &display::count(count))])
    }

    fn counts(&self, v: &Verification) -> String {
        let counts = [v.good, v.failed.count, v.outdated.count, v.unchecked.count].map(display::count);
        let [good, failed, outdated, unchecked] = counts.each_ref().map(String::as_str);
        let arguments = [("good", good), ("failed", failed), ("outdated", outdated), ("unchecked", unchecked)];
        self.words.with("verification-counts", &arguments)
    }

    /// The state of the case that was checked, and the program that did.
    fn state(&self, report: &Report) -> String {
        let (v, words) = (&report.verification, self.words);
        let time = report.title.as_of.map_or_else(|| words.tr("not-stated"), |time| words.time_line(time));
        let entries = display::count(v.entries);
        let version = words.label(&v.tool_version);
        words.with("verification-state", &[("time", &time), ("entries", &entries), ("version", &version)])
    }

    fn replayed(&self, v: &Verification) -> String {
        self.words.tr(if v.replayed { "verification-replayed" } else { "verification-not-replayed" })
    }

    fn check(&self, kind: &str, check: &CheckNote) -> String {
        let words = self.words;
        let area = words.named(&format!("area-{}", check.area), &check.area);
        let what = match check.item.trim() {
            "" => area,
            item => format!("{area}, {}", words.cut(item, DETAIL_CHARS, names::JSON)),
        };
        let detail = words.cut(&check.detail, DETAIL_CHARS, names::JSON);
        words.with(&format!("verification-check-{kind}"), &[("what", &what), ("detail", &detail)])
    }
}

/// The kinds of checks that are not good, the worst first.
fn kinds(v: &Verification) -> [(&'static str, &CaseChecks); 3] {
    [("failed", &v.failed), ("outdated", &v.outdated), ("unchecked", &v.unchecked)]
}
