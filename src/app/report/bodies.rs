//! What an exhibit shows in a report: its sections as tables, plots, heat maps, words. A plot is drawn from the values
//! that were frozen, never run again.

use super::rows;
use crate::app::exhibits::Frozen;
use crate::model::{SeriesKey, SeriesLine, SeriesTable, Timestamp, Unit, Value};
use crate::present::Zone;
use crate::present::chart::{Chart, Day, Heat, Shape};
use crate::present::display;
use crate::query::Measure;
use crate::query::tables::Total;
use crate::questions::{AskError, Section};
use crate::report::document::{Body, Fact, FactValue, HeatMap, Plot, Table};
use std::sync::Arc;

/// The parts of an exhibit, in the order of its sections.
pub(super) fn of(number: u32, frozen: Frozen, shown: u64) -> Result<Vec<Body>, AskError> {
    let Frozen { query, zone, mut sections, .. } = frozen;
    let query: serde_json::Value = serde_json::from_str(&query).unwrap_or_default();
    let gaps = sections.iter().position(|section| section.name == "gaps").map(|at| sections.remove(at));
    let gaps = gaps.map(|section| spans(&section)).unwrap_or_default();
    let is_alone = sections.len() == 1;
    let mut bodies = Vec::new();
    for (part, section) in (1..).zip(sections) {
        // Sections of one name may be beside each other.
        let attachment = match is_alone {
            true => format!("exhibit-{number:03}"),
            false => format!("exhibit-{number:03}-{part:02}-{}", file_name(&section.name)),
        };
        let title = (!is_alone).then(|| section.name.clone());
        let context = Context { query: &query, zone, gaps: &gaps, attachment, title, shown };
        bodies.push(body(section, context)?);
    }
    Ok(bodies)
}

struct Context<'a> {
    query: &'a serde_json::Value,
    zone: Zone,
    gaps: &'a [(i64, i64)],
    attachment: String,
    title: Option<String>,
    shown: u64,
}

fn body(section: Section, context: Context<'_>) -> Result<Body, AskError> {
    let text = |section: &Section| match section.rows.first().and_then(|row| row.first()) {
        Some(Value::Text(text)) => text.clone(),
        _ => String::new(),
    };
    match section.name.as_str() {
        "text" => return Ok(Body::Text(text(&section))),
        "json" => return Ok(Body::Raw(display::pretty_json(&text(&section)))),
        "heatmap" => {
            if let Some(heat) = heat(&section) {
                let measure = measure(section.columns.get(1).map(|column| column.unit), context.query);
                return Ok(Body::Heat(HeatMap { heat, zone: context.zone, measure, attachment: context.attachment }));
            }
        }
        name if name == "series" || name.ends_with("_series") => {
            if let Some(plot) = plot(&section, &context) {
                return Ok(Body::Plot(plot));
            }
        }
        _ => {}
    }
    let columns = section.columns.clone();
    let rows = rows::of(&section.columns, section.rows).map_err(AskError::Unreadable)?;
    let Context { title, shown, attachment, .. } = context;
    Ok(Body::Table(Table { title, columns, rows, shown, attachment: Some(attachment) }))
}

/// Letters, digits and `-` only: it becomes part of a file's name.
fn file_name(name: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    name.chars().map(letter).collect()
}

/// A figure over all rows as a fact.
pub(super) fn total(total: &Total) -> Fact {
    let number = match &total.value {
        Value::Integer(number) => u128::try_from(*number).ok(),
        Value::Number(digits) => digits.parse().ok(),
        Value::Null | Value::Boolean(_) | Value::Text(_) | Value::Time(_) => None,
    };
    let value = match (&total.value, number, total.unit) {
        (Value::Null, ..) => FactValue::None,
        (Value::Time(time), ..) => FactValue::Time(*time),
        (Value::Boolean(truth), ..) => FactValue::Words(if *truth { "yes" } else { "no" }.to_owned(), Vec::new()),
        (_, Some(secs), _) if total.name == "bin_seconds" => {
            u64::try_from(secs).map_or_else(|_| FactValue::Count(secs), FactValue::Seconds)
        }
        (_, Some(bytes), Unit::Bytes) => FactValue::Bytes(bytes),
        (_, Some(count), Unit::Count) => FactValue::Count(count),
        (value, ..) => FactValue::Text(value.to_text()),
    };
    Fact::new(&format!("total-{}", total.name), value)
}

fn secs(value: Option<&Value>) -> Option<i64> {
    match value {
        Some(Value::Time(time)) => Some(time.secs()),
        _ => None,
    }
}

fn whole(value: Option<&Value>) -> Option<u128> {
    match value {
        Some(Value::Integer(number)) => u128::try_from(*number).ok(),
        Some(Value::Number(digits)) => digits.parse().ok(),
        _ => None,
    }
}

fn spans(section: &Section) -> Vec<(i64, i64)> {
    section.rows.iter().filter_map(|row| Some((secs(row.first())?, secs(row.get(1))?))).collect()
}

fn named(section: &Section, name: &str) -> Option<u128> {
    section.totals.iter().find(|total| total.name == name).and_then(|total| whole(Some(&total.value)))
}

/// What a plot measures: by its question, else by the unit of its values.
fn measure(unit: Option<Unit>, query: &serde_json::Value) -> Measure {
    let name = query.get("measure").and_then(serde_json::Value::as_str);
    let known = Measure::ALL.into_iter().find(|measure| Some(measure.name()) == name);
    known.unwrap_or(if unit == Some(Unit::Bytes) { Measure::Bytes } else { Measure::Records })
}

/// The chart of a series' rows: `bin_start`, `line`, `line_kind`, the values of its group, its value.
fn plot(section: &Section, context: &Context<'_>) -> Option<Plot> {
    let bin_secs = u32::try_from(named(section, "bin_seconds")?).ok()?;
    let place = |name: &str| section.columns.iter().position(|column| column.name == name);
    let (start, number, kind) = (place("bin_start")?, place("line")?, place("line_kind")?);
    let value = section.columns.len().checked_sub(1)?;
    let keys = kind + 1..value;
    let mut bins: Vec<i64> = section.rows.iter().filter_map(|row| secs(row.get(start))).collect();
    bins.sort_unstable();
    bins.dedup();
    let mut lines: Vec<SeriesLine> = Vec::new();
    for row in &section.rows {
        let at = usize::try_from(whole(row.get(number))?).ok()?;
        if at > lines.len() + section.rows.len() {
            return None;
        }
        // Lines may be seen in any order; one that has no row yet is filled when it is seen.
        while lines.len() <= at {
            lines.push(SeriesLine { key: SeriesKey::Other, at: Vec::new(), values: Vec::new() });
        }
        let line = lines.get_mut(at)?;
        line.key = match row.get(kind) {
            Some(Value::Text(kind)) if kind == "all" => SeriesKey::All,
            Some(Value::Text(kind)) if kind == "other" => SeriesKey::Other,
            _ => SeriesKey::Group(row.get(keys.clone())?.to_vec()),
        };
        line.at.push(u32::try_from(bins.binary_search(&secs(row.get(start))?).ok()?).ok()?);
        line.values.push(whole(row.get(value))?);
    }
    let bound = |name: &str| {
        let scope = context.query.get("records").unwrap_or(context.query);
        scope.get(name).and_then(serde_json::Value::as_str).and_then(super::time).map(Timestamp::secs)
    };
    let last = bins.last().map(|last| last.saturating_add(bin_secs.into()));
    let (from, to) = (bound("from").or(bins.first().copied())?, bound("to").or(last)?);
    let shape = context.query.get("shape").and_then(serde_json::Value::as_str);
    let shape = Shape::ALL.into_iter().find(|known| Some(known.name()) == shape).unwrap_or_default();
    let count = |name: &str| named(section, name).and_then(|count| u64::try_from(count).ok());
    let table = SeriesTable {
        bin_secs,
        bins,
        lines,
        gaps: context.gaps.to_vec(),
        untimed: count("untimed").unwrap_or(0),
        left_out: count("left_out_of_sums").unwrap_or(0),
    };
    Some(Plot {
        title: context.title.clone(),
        chart: Arc::new(Chart::of(&table)),
        shape,
        measure: measure(section.columns.last().map(|column| column.unit), context.query),
        threshold: count("threshold"),
        from,
        to,
        attachment: context.attachment.clone(),
    })
}

/// Rows of a day and its 24 hours.
fn heat(section: &Section) -> Option<Heat> {
    let day = |row: &Vec<Value>| {
        let hours = row.get(1..25)?;
        let mut day = Day { start: secs(row.first())?, hours: [None; 24] };
        for (place, value) in day.hours.iter_mut().zip(hours) {
            *place = whole(Some(value));
        }
        Some(day)
    };
    let days: Vec<Day> = section.rows.iter().map(day).collect::<Option<_>>()?;
    let most = days.iter().flat_map(|day| day.hours.iter().flatten().copied()).max().unwrap_or(0);
    Some(Heat { days, most })
}

#[cfg(test)]
mod tests {
    use crate::analysis::ALL;
    use crate::app::exhibits::LogSource;
    use crate::model::warning::Reason;
    use crate::present::{Language, Texts};
    use crate::questions::KINDS;

    /// Names that exhibits have for their kinds and parts.
    #[test]
    fn kinds_and_parts_of_exhibits_have_texts() {
        let texts = Texts::of_report(Language::Japanese);
        for kind in KINDS.iter().map(|kind| kind.name).chain(ALL.iter().map(|analysis| analysis.name)) {
            assert!(texts.has(&format!("kind-{kind}")), "{kind}");
        }
        for analysis in ALL {
            assert!(texts.has(&format!("section-{}", analysis.name)), "{}", analysis.name);
        }
        for part in [
            "ports-reached",
            "ports-offered",
            "interfaces",
            "instances",
            "actions",
            "event-names",
            "principals",
            "figures",
            "pairs",
            "sent_series",
            "received_series",
            "fields",
            "provenance",
            "compare",
            "sightings",
            "playbook",
            "lists",
            "figure",
            "evidence",
            "sql",
        ] {
            assert!(texts.has(&format!("section-{part}")), "{part}");
        }
        for reason in Reason::ALL {
            assert!(texts.has(&format!("reason-{}", reason.code())), "{}", reason.code());
        }
        for source in [LogSource::FlowLogs, LogSource::CloudTrail] {
            assert!(source.limits().iter().all(|limit| texts.has(limit)), "{source:?}");
        }
    }
}
