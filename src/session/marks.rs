//! Indicators and labels that values meet, for whatever shows the values: which of them a cell has, and what they say.

use super::source::CaseReader;
use crate::filter::{Check, Filter, Target};
use crate::model::{Address, FieldId};
use crate::present::text::Texts;
use crate::query::{self, BinWidth, Cancel, Counts, Mark, MarkKind, Measure, QueryError, Scope, SeriesQuery, Where};
use std::collections::BTreeMap;

/// Marks of addresses, by their text.
pub(crate) type AddressMarks = BTreeMap<String, Vec<Mark>>;

/// A row of a table whose two ends are addresses.
#[derive(Clone, Debug)]
pub(crate) struct Marked<R> {
    pub row: R,
    /// Of the first end, and of the other.
    pub ends: [Vec<Mark>; 2],
}

/// Does an indicator that is searched for hold it, at its time?
pub(crate) fn is_sighting(mark: &Mark) -> bool {
    mark.kind == MarkKind::Indicator && mark.counts == Counts::Yes
}

/// The filter that keeps what matches an indicator, whichever.
pub(crate) fn any_indicator() -> Filter {
    Filter::test(Target::Indicator, Check::Present)
}

/// Starts of bins, in seconds, with how many of their records match an indicator; ascending.
pub(crate) type SightedBins = Vec<(i64, u128)>;

/// How many of the records of a scope match an indicator, in bins of a width, which is a number of whole days where it is
/// more than one.
pub(crate) fn sighted_bins(
    reader: &CaseReader,
    scope: &Scope,
    bin_secs: i64,
    cancel: &Cancel,
) -> Result<SightedBins, QueryError> {
    let secs = u32::try_from(bin_secs.clamp(1, DAY_SECS)).unwrap_or(1);
    let series = SeriesQuery::of(scope.and(any_indicator()), Measure::Records);
    let table = query::series(reader, &SeriesQuery { bin: BinWidth::Secs(secs), ..series }, cancel)?;
    let counts = table.lines.first().map(|line| line.values.clone()).unwrap_or_default();
    let mut bins = SightedBins::new();
    for (start, count) in table.bins.into_iter().zip(counts) {
        let start = start.div_euclid(bin_secs.max(1)) * bin_secs.max(1);
        match bins.last_mut() {
            Some((last, sum)) if *last == start => *sum = sum.saturating_add(count),
            _ => bins.push((start, count)),
        }
    }
    Ok(bins)
}

/// The widest bin of a series.
const DAY_SECS: i64 = 86_400;

/// The marks of one field of a record.
pub(crate) fn of_field(marks: &[Mark], field: FieldId) -> Vec<&Mark> {
    marks.iter().filter(|mark| mark.at == Where::Field(field)).collect()
}

/// The labels among them, each once; `None` without any.
pub(crate) fn label<'a>(marks: impl IntoIterator<Item = &'a Mark>) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    for mark in marks.into_iter().filter(|mark| mark.kind == MarkKind::Label) {
        if !names.contains(&mark.name.as_str()) {
            names.push(&mark.name);
        }
    }
    (!names.is_empty()).then(|| names.join(", "))
}

/// What a tool tip says: a line for each mark.
pub(crate) fn told<'a>(t: &Texts, marks: impl IntoIterator<Item = &'a Mark>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for mark in marks {
        let line = match mark.kind {
            MarkKind::Label => t.tr_args("mark-label", &[("name", &mark.name), ("value", &mark.value)]),
            MarkKind::Indicator => t.tr_args("mark-indicator", &[("list", &mark.list), ("value", &mark.value)]),
        };
        let mut parts = vec![line];
        parts.extend((mark.kind == MarkKind::Indicator && !mark.name.is_empty()).then(|| mark.name.clone()));
        parts.extend((!mark.comment.is_empty()).then(|| mark.comment.clone()));
        let severity = || t.tr_args("mark-severity", &[("severity", &mark.severity)]);
        parts.extend((!mark.severity.is_empty()).then(severity));
        parts.extend(match mark.counts {
            Counts::Yes => None,
            Counts::OutsideItsTime => Some(t.tr("mark-outside")),
            Counts::InPart => Some(t.tr("mark-in-part")),
        });
        let line = parts.join(" – ");
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// The marks of these addresses; those that match nothing are left out, and so is what is no address.
pub(crate) fn of_addresses<'a>(
    reader: &CaseReader,
    texts: impl IntoIterator<Item = &'a str>,
) -> Result<AddressMarks, QueryError> {
    let mut keys: BTreeMap<&str, u128> = BTreeMap::new();
    for text in texts {
        if let Some(address) = Address::parse(text.as_bytes()) {
            keys.insert(text, u128::from_be_bytes(address.key()));
        }
    }
    let marks = query::address_marks(reader, &keys.values().copied().collect::<Vec<_>>())?;
    let marked = keys.into_keys().zip(marks).filter(|(_, marks)| !marks.is_empty());
    Ok(marked.map(|(text, marks)| (text.to_owned(), marks)).collect())
}

/// Rows with the marks of their ends.
pub(crate) fn with_ends<R>(
    reader: &CaseReader,
    rows: Vec<R>,
    ends: impl Fn(&R) -> [&Option<String>; 2],
) -> Result<Vec<Marked<R>>, QueryError> {
    let marks = of_addresses(reader, rows.iter().flat_map(&ends).flatten().map(String::as_str))?;
    let of = |end: &Option<String>| end.as_ref().and_then(|text| marks.get(text)).cloned().unwrap_or_default();
    Ok(rows
        .into_iter()
        .map(|row| {
            let ends = ends(&row).map(of);
            Marked { row, ends }
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(kind: MarkKind, list: &str, name: &str) -> Mark {
        let text = str::to_owned;
        let (value, comment) = (text("198.51.100.0/24"), text("scanner"));
        let at = Where::Text;
        Mark {
            at,
            kind,
            id: 1,
            list: text(list),
            name: text(name),
            value,
            comment,
            severity: text("high"),
            counts: Counts::Yes,
        }
    }

    #[test]
    fn a_mark_says_its_list_entry_comment_and_severity() {
        let t = Texts::english();
        let late =
            Mark { counts: Counts::OutsideItsTime, severity: String::new(), ..mark(MarkKind::Indicator, "feed", "") };
        let part = Mark { counts: Counts::InPart, comment: String::new(), ..late.clone() };
        let marks = [
            mark(MarkKind::Indicator, "feed", "bad"),
            late,
            part,
            mark(MarkKind::Label, "", "web"),
            mark(MarkKind::Label, "", "web"),
        ];
        assert_eq!(
            told(&t, &marks),
            [
                "Indicator of list feed: 198.51.100.0/24 – bad – scanner – severity high",
                "Indicator of list feed: 198.51.100.0/24 – scanner – outside its validity period",
                "Indicator of list feed: 198.51.100.0/24 – the rest of its pattern does not match, so it is not counted",
                "Label web of 198.51.100.0/24 – scanner – severity high",
            ]
        );
        assert_eq!(label(&marks).as_deref(), Some("web"));
        assert_eq!(marks.iter().map(is_sighting).collect::<Vec<_>>(), [true, false, false, false, false]);
    }
}
