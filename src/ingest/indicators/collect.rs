//! What a list's parser finds, element by element: entries, repeats and what cannot be used.

use super::value::{NotUsable, Recognised, parts_of, recognise, recognise_as};
use super::{ListFormat, ReadList};
use crate::model::warning::RAW_KEPT_BYTES;
use crate::model::{IndicatorEntry, IndicatorIssue, IndicatorKind, IssueReason, PatternPart, TimeRange, Timestamp};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

/// What an element says beside its value.
#[derive(Clone, Debug, Default)]
pub struct Details {
    pub name: String,
    pub comment: String,
    pub severity: String,
    pub tags: Vec<String>,
    pub valid: TimeRange,
    /// Context only: kept, and not looked for unless the examiner says so.
    pub context: bool,
    /// What has to be met with it.
    pub part: Option<PatternPart>,
}

pub struct Collector {
    pub list: ReadList,
    /// Hash of an entry to its place; what is found is compared.
    seen: FxHashMap<u64, u32>,
    patterns: u32,
}

impl Collector {
    pub fn new(format: ListFormat) -> Self {
        Self { list: ReadList::new(format), seen: FxHashMap::default(), patterns: 0 }
    }

    /// The number of a pattern that begins.
    pub fn next_pattern(&mut self) -> u32 {
        self.patterns += 1;
        self.patterns
    }

    /// An element that may hold several values, of a kind that the list names or of what they are by their form.
    pub fn element(&mut self, position: u64, kind: Option<IndicatorKind>, text: &str, details: &Details, raw: &str) {
        for part in parts_of(text) {
            let found = match kind.filter(|_| part.len() == text.len() || kind == Some(IndicatorKind::Hash)) {
                Some(kind) => recognise_as(kind, part),
                None => recognise(part),
            };
            match found {
                Ok(found) => self.entry(position, part, found, details, raw),
                Err(why) => self.not_usable(position, why, raw),
            }
        }
    }

    pub fn entry(&mut self, position: u64, written: &str, found: Recognised, details: &Details, raw: &str) {
        let Recognised { kind, value, span, port } = found;
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
        self.list.entries.push(IndicatorEntry {
            position,
            kind,
            written: written.trim().to_owned(),
            value,
            span,
            port,
            name: details.name.clone(),
            comment: details.comment.clone(),
            severity: details.severity.clone(),
            tags: details.tags.clone(),
            valid: details.valid,
            enabled: !details.context,
            part: details.part,
        });
    }

    pub fn not_usable(&mut self, position: u64, why: NotUsable, raw: &str) {
        self.issue(position, why.reason, why.detail, raw);
    }

    pub fn issue(&mut self, position: u64, reason: IssueReason, detail: impl Into<String>, raw: &str) {
        let end = (0..=RAW_KEPT_BYTES.min(raw.len())).rev().find(|end| raw.is_char_boundary(*end)).unwrap_or(0);
        let raw = raw.get(..end).unwrap_or_default().to_owned();
        self.list.issues.push(IndicatorIssue { position, reason, detail: detail.into(), raw });
    }
}

/// A time as lists write them: ISO 8601, a date, or seconds, milliseconds or microseconds since 1970.
pub fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(time) = chrono::DateTime::parse_from_rfc3339(text) {
        return Some(Timestamp(time.timestamp_millis()));
    }
    for form in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"] {
        if let Ok(time) = chrono::NaiveDateTime::parse_from_str(text, form) {
            return Some(Timestamp(time.and_utc().timestamp_millis()));
        }
    }
    if let Ok(date) = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(Timestamp(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis()));
    }
    let number: i64 = text.parse().ok().filter(|number| *number > 0)?;
    Some(Timestamp(match number {
        0..100_000_000_000 => number * 1000,
        100_000_000_000..100_000_000_000_000 => number,
        _ => number / 1000,
    }))
}
