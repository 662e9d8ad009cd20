//! What a list's parser finds, element by element: entries, repeats and what cannot be used.

use super::value::{NotUsable, Recognised, Recognition, parts_of, recognise, recognise_as};
use super::{ListFormat, ReadList};
use crate::model::warning::RAW_KEPT_BYTES;
use crate::model::{Address, IndicatorEntry, IndicatorIssue, IndicatorKind, IssueReason, PatternPart, TimeRange};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

/// What an element says beside its value.
#[derive(Clone, Debug, Default)]
pub(super) struct Details {
    pub name: String,
    pub comment: String,
    pub severity: String,
    pub tags: Vec<String>,
    pub valid: TimeRange,
    /// Context only: kept, and not searched for unless the examiner says so.
    pub context: bool,
    /// Of an address, where the list gives it beside.
    pub port: Option<u16>,
    /// What has to be matched with it.
    pub part: Option<PatternPart>,
}

fn part_as(kind: Option<IndicatorKind>, text: &str) -> Recognition {
    kind.map_or_else(|| recognise(text), |kind| recognise_as(kind, text))
}

/// What a cell holds that is not one value: what is between commas, semicolons, bars and white space.
fn pieces_of(text: &str) -> Vec<&str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|')).filter(|piece| !piece.is_empty()).collect()
}

pub(super) struct Collector {
    pub list: ReadList,
    /// Hash of an entry to its place; what is found is compared.
    seen: FxHashMap<u64, u32>,
    patterns: u32,
}

impl Collector {
    pub(super) fn new(format: ListFormat) -> Self {
        Self { list: ReadList::new(format), seen: FxHashMap::default(), patterns: 0 }
    }

    /// The number of a pattern that begins.
    pub(super) fn next_pattern(&mut self) -> u32 {
        self.patterns += 1;
        self.patterns
    }

    /// An element that may hold several values, of a kind that the list names or of what they are by their form.
    pub(super) fn element(
        &mut self,
        position: u64,
        kind: Option<IndicatorKind>,
        text: &str,
        details: &Details,
        raw: &str,
    ) {
        let parts = parts_of(text);
        if parts.len() > 1 {
            for part in parts {
                self.take(
                    position,
                    part,
                    part_as(kind.filter(|kind| *kind == IndicatorKind::Hash), part),
                    details,
                    raw,
                );
            }
            return;
        }
        let found = part_as(kind, text);
        let pieces = if found.is_err() { pieces_of(text) } else { Vec::new() };
        let read: Vec<(&str, Recognition)> =
            pieces.iter().map(|piece| (*piece, part_as(kind, piece).or_else(|_| recognise(piece)))).collect();
        if read.len() < 2 || read.iter().all(|(_, found)| found.is_err()) {
            return self.take(position, text, found, details, raw);
        }
        for (piece, found) in read {
            let found = found.map_err(|why| NotUsable { detail: format!("{piece}: {}", why.detail), ..why });
            self.take(position, piece, found, details, raw);
        }
    }

    fn take(&mut self, position: u64, written: &str, found: Recognition, details: &Details, raw: &str) {
        match found {
            Ok(found) => self.entry(position, written, found, details, raw),
            Err(why) => self.not_usable(position, why, raw),
        }
    }

    pub(super) fn entry(&mut self, position: u64, written: &str, found: Recognised, details: &Details, raw: &str) {
        let Recognised { kind, value, span, port } = found;
        let port = port.or_else(|| details.port.filter(|_| kind == IndicatorKind::Address));
        let mut hasher = FxHasher::default();
        (kind, &value, port, details.valid, details.part).hash(&mut hasher);
        let hash = hasher.finish();
        let known = self.seen.get(&hash).and_then(|at| self.list.entries.get(*at as usize));
        if let Some(known) = known
            && (known.kind, &known.value, known.port, known.valid) == (kind, &value, port, details.valid)
            && known.part == details.part
        {
            let detail = format!("the same as element {}", known.position);
            return self.issue(position, IssueReason::Repeated, detail, raw);
        }
        self.seen.insert(hash, self.list.entries.len() as u32);
        let (mut comment, mut tags) = (details.comment.clone(), details.tags.clone());
        // The address is not in the list: what it matches is distinguished.
        if let (IndicatorKind::Url, Some(span)) = (kind, span) {
            let told = format!("derived: also matched by the address of its host, {}", Address::of_key(span.first));
            comment = if comment.is_empty() { told } else { format!("{comment}; {told}") };
            tags.push("derived_address".to_owned());
        }
        self.list.entries.push(IndicatorEntry {
            position,
            kind,
            written: written.trim().to_owned(),
            value,
            span,
            port,
            name: details.name.clone(),
            comment,
            severity: details.severity.clone(),
            tags,
            valid: details.valid,
            enabled: !details.context,
            part: details.part,
        });
    }

    pub(super) fn not_usable(&mut self, position: u64, why: NotUsable, raw: &str) {
        self.issue(position, why.reason, why.detail, raw);
    }

    pub(super) fn issue(&mut self, position: u64, reason: IssueReason, detail: impl Into<String>, raw: &str) {
        let end = (0..=RAW_KEPT_BYTES.min(raw.len())).rev().find(|end| raw.is_char_boundary(*end)).unwrap_or(0);
        let raw = raw.get(..end).unwrap_or_default().to_owned();
        self.list.issues.push(IndicatorIssue { position, reason, detail: detail.into(), raw });
    }
}
