//! The whole report as JSON: every value and every row, numbers as numbers, times in UTC. Characters that a terminal could
//! obey are escaped, as JSON allows; nothing is cut.

use super::ReportError;
use super::document::{
    Body, CaseChecks, CheckNote, CitedRecord, Evidence, Exhibit, Fact, FactValue, Finding, HeatMap, Incomplete, Plot,
    Report, Stamp, Table,
};
use super::words::Words;
use crate::analysis::coverage::Coverage;
use crate::model::text::is_hazardous;
use crate::model::{SeriesKey, Timestamp, Value};
use crate::present::display::dataset_key;
use crate::query::Cancel;
use crate::query::tables::Column;
use serde::ser::{Error, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::ser::Formatter;
use serde_json::{Value as Json, json};
use std::io::Write;

/// Of the form of this file; it grows when a member's meaning changes.
const FORM: u32 = 1;
const BATCH: usize = 4096;

/// # Errors
/// Rows cannot be read; it was stopped.
pub(super) fn bytes(report: &Report, words: &Words, cancel: &Cancel) -> Result<Vec<u8>, ReportError> {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Lines::default());
    let whole = Whole { report, words, cancel };
    whole.serialize(&mut serializer).map_err(|error| match cancel.is_cancelled() {
        true => ReportError::Cancelled,
        false => ReportError::Unreadable(error.to_string()),
    })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Any JSON in the form of this file.
pub(super) fn lines(json: &Json) -> Result<Vec<u8>, ReportError> {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Lines::default());
    json.serialize(&mut serializer).map_err(|error| ReportError::Unreadable(error.to_string()))?;
    bytes.push(b'\n');
    Ok(bytes)
}

struct Whole<'a> {
    report: &'a Report,
    words: &'a Words,
    cancel: &'a Cancel,
}

/// With a `Cancel` at hand, for what has rows.
struct With<'a, T>(&'a T, &'a Cancel);

impl Serialize for Whole<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (title, a) = (&self.report.title, &self.report.appendix);
        #[derive(Serialize)]
        struct Shape<'a> {
            form: u32,
            program: &'static str,
            version: &'static str,
            language: &'static str,
            zone: &'static str,
            title: Json,
            verification: Json,
            summary: &'a str,
            findings: Vec<Json>,
            exhibits: Vec<With<'a, Exhibit>>,
            evidence: Vec<Json>,
            coverage: Vec<Json>,
            received: Option<With<'a, Table>>,
            custody: Option<With<'a, Table>>,
            warnings: Option<With<'a, Table>>,
            indicators: Option<With<'a, Table>>,
            settings: Vec<Json>,
            method: &'a [String],
            incomplete: Json,
            limits: &'a [(String, Vec<String>)],
            journal: Option<With<'a, Table>>,
            journal_head: &'a str,
            journal_break: Option<i64>,
        }
        Shape {
            form: FORM,
            program: "coldtrail",
            version: env!("CARGO_PKG_VERSION"),
            language: self.words.language.code(),
            zone: self.words.zone.name(),
            title: json!({
                "title": title.title, "reference": title.reference, "examiner": title.examiner,
                "organisation": title.organisation, "mark": title.mark, "case_file": title.case_file,
                "as_of": time(title.as_of), "exported": time(title.exported),
            }),
            verification: verification(self.report),
            summary: &self.report.summary,
            findings: self.report.findings.iter().map(finding).collect(),
            exhibits: self.report.exhibits.iter().map(|exhibit| With(exhibit, self.cancel)).collect(),
            evidence: a.evidence.iter().map(evidence).collect(),
            coverage: a.coverage.iter().map(coverage).collect(),
            received: a.received.as_ref().map(|table| With(table, self.cancel)),
            custody: a.custody.as_ref().map(|table| With(table, self.cancel)),
            warnings: a.warnings.as_ref().map(|table| With(table, self.cancel)),
            indicators: a.indicators.as_ref().map(|table| With(table, self.cancel)),
            settings: a.settings.iter().map(fact).collect(),
            method: &a.method,
            incomplete: a.incomplete.as_ref().map_or(Json::Null, incomplete),
            limits: &a.limits,
            journal: a.journal.as_ref().map(|table| With(table, self.cancel)),
            journal_head: &a.journal_head,
            journal_break: a.journal_break,
        }
        .serialize(serializer)
    }
}

fn incomplete(incomplete: &Incomplete) -> Json {
    let from = incomplete.rescued_from.as_ref().map(|(of, sha256)| json!({"of": of, "sha256": sha256}));
    json!({"rescued_from": from, "lost": incomplete.lost, "lost_ranges": incomplete.lost_count})
}

fn time(time: Option<Timestamp>) -> Json {
    time.map_or(Json::Null, |time| Json::from(time.to_iso()))
}

fn verification(report: &Report) -> Json {
    let v = &report.verification;
    let check = |check: &CheckNote| json!({"area": check.area, "item": check.item, "detail": check.detail});
    let checks = |checks: &CaseChecks| json!({"count": checks.count, "first": checks.first.iter().map(check).collect::<Vec<_>>()});
    json!({
        "verdict": v.verdict.name(), "version": v.tool_version, "as_of": time(report.title.as_of),
        "journal_entries": v.entries, "replayed": v.replayed, "good": v.good, "failed": checks(&v.failed),
        "outdated": checks(&v.outdated), "unchecked": checks(&v.unchecked),
    })
}

fn stamp(stamp: &Stamp) -> Json {
    json!({ "by": stamp.by, "at": time(stamp.at) })
}

fn finding(finding: &Finding) -> Json {
    let record = |record: &CitedRecord| json!({ "reference": record.reference, "time": time(record.time), "words": record.words, "path": record.path });
    json!({
        "number": finding.number, "title": finding.title, "text": finding.text, "status": finding.status,
        "confidence": finding.confidence, "technique": finding.technique, "written": stamp(&finding.written),
        "exhibits": finding.exhibits, "records": finding.records.iter().map(record).collect::<Vec<_>>(),
    })
}

fn fact(fact: &Fact) -> Json {
    json!({ "name": fact.name, "value": fact_value(&fact.value) })
}

fn fact_value(value: &FactValue) -> Json {
    match value {
        FactValue::None => Json::Null,
        FactValue::Text(text) | FactValue::Code(text) => Json::from(text.as_str()),
        FactValue::Count(count) | FactValue::Bytes(count) => whole(*count),
        FactValue::Seconds(secs) => Json::from(*secs),
        FactValue::Time(at) => time(Some(*at)),
        FactValue::Range(from, to) => json!({ "from": time(*from), "to": time(*to) }),
        FactValue::Words(name, arguments) => {
            let arguments: serde_json::Map<String, Json> =
                arguments.iter().map(|(name, value)| (name.clone(), Json::from(value.as_str()))).collect();
            json!({ "text": name, "arguments": arguments })
        }
        FactValue::List(values) => Json::Array(values.iter().map(fact_value).collect()),
    }
}

/// A sum beyond 64 bits is its decimal text: most readers of JSON would round the number.
fn whole(count: u128) -> Json {
    u64::try_from(count).map_or_else(|_| Json::from(count.to_string()), Json::from)
}

fn evidence(e: &Evidence) -> Json {
    json!({
        "number": e.number, "container": e.container, "path": e.path, "format": e.format, "source": e.source,
        "file_bytes": e.file_bytes, "content_bytes": e.content_bytes, "file_sha256": e.file_sha256,
        "content_sha256": e.content_sha256, "records": e.records, "duplicates": e.duplicates, "warnings": e.warnings,
        "first": time(e.first), "last": time(e.last), "imported": time(e.imported),
    })
}

fn coverage(c: &Coverage) -> Json {
    let of = |secs: i64| time(Some(Timestamp::from_secs(secs)));
    let gaps: Vec<Json> = c.gaps.iter().map(|(from, to)| json!({ "from": of(*from), "to": of(*to) })).collect();
    json!({
        "dataset": dataset_key(c.dataset), "records": c.figures.records, "first": time(c.figures.first),
        "last": time(c.figures.last), "hours": c.hours,
        "gaps": gaps,
    })
}

impl Serialize for With<'_, Exhibit> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shape<'a> {
            number: u32,
            kind: &'a str,
            caption: &'a str,
            note: &'a str,
            frozen: Json,
            finding: Option<u32>,
            question: Vec<Json>,
            facts: Vec<Json>,
            evidence: &'a [u32],
            sources: &'a [String],
            body: Vec<With<'a, Body>>,
        }
        let e = self.0;
        Shape {
            number: e.number,
            kind: &e.kind,
            caption: &e.caption,
            note: &e.note,
            frozen: stamp(&e.frozen),
            finding: e.finding,
            question: e.question.iter().map(fact).collect(),
            facts: e.facts.iter().map(fact).collect(),
            evidence: &e.evidence,
            sources: &e.sources,
            body: e.body.iter().map(|body| With(body, self.1)).collect(),
        }
        .serialize(serializer)
    }
}

impl Serialize for With<'_, Body> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Body::Table(table) => With(table, self.1).serialize(serializer),
            Body::Plot(drawn) => plot(drawn).serialize(serializer),
            Body::Heat(map) => heat(map).serialize(serializer),
            Body::Text(text) => json!({ "type": "text", "text": text }).serialize(serializer),
            Body::Raw(text) => json!({ "type": "raw", "text": text }).serialize(serializer),
        }
    }
}

fn plot(plot: &Plot) -> Json {
    let chart = &plot.chart;
    let key = |key: &SeriesKey| match key {
        SeriesKey::All => Json::from("all"),
        SeriesKey::Other => Json::from("other"),
        SeriesKey::Group(values) => Json::Array(values.iter().map(|value| json!(value.to_text())).collect()),
    };
    let lines: Vec<Json> = chart
        .lines
        .iter()
        .map(
            |line| json!({ "key": key(&line.key), "values": line.exact.iter().map(|v| whole(*v)).collect::<Vec<_>>() }),
        )
        .collect();
    let of = |secs: i64| time(Some(Timestamp::from_secs(secs)));
    json!({
        "type": "plot", "title": plot.title, "shape": plot.shape.name(), "measure": plot.measure.name(), "threshold": plot.threshold,
        "from": of(plot.from), "to": of(plot.to), "bin_secs": chart.bin_secs,
        "starts": chart.starts.iter().map(|start| of(*start)).collect::<Vec<_>>(), "lines": lines,
        "gaps": chart.gaps.iter().map(|(from, to)| json!([of(*from), of(*to)])).collect::<Vec<_>>(),
        "left_out": chart.left_out, "untimed": chart.untimed, "attachment": plot.attachment,
    })
}

fn heat(map: &HeatMap) -> Json {
    let day = |day: &crate::present::chart::Day| {
        let hours: Vec<Json> = day.hours.iter().map(|value| value.map_or(Json::Null, whole)).collect();
        json!({ "start": time(Some(Timestamp::from_secs(day.start))), "hours": hours })
    };
    json!({
        "type": "heat_map", "zone": map.zone.name(), "measure": map.measure.name(),
        "days": map.heat.days.iter().map(day).collect::<Vec<_>>(), "attachment": map.attachment,
    })
}

impl Serialize for With<'_, Table> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shape<'a> {
            #[serde(rename = "type")]
            is: &'static str,
            title: &'a Option<String>,
            columns: Vec<&'a str>,
            units: Vec<&'static str>,
            attachment: &'a Option<String>,
            row_count: u64,
            rows: Rows<'a>,
        }
        let columns = self.0.columns.iter().map(|Column { name, .. }| name.as_str()).collect();
        let units = self.0.columns.iter().map(|column| column.unit.name()).collect();
        let rows = Rows(self.0, self.1);
        let (title, attachment, row_count) = (&self.0.title, &self.0.attachment, self.0.rows.len());
        let shape = Shape { is: "table", title, columns, units, attachment, row_count, rows };
        shape.serialize(serializer)
    }
}

/// Read as they are written: all of them at once may be more than memory.
struct Rows<'a>(&'a Table, &'a Cancel);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rows = &self.0.rows;
        let mut seq = serializer.serialize_seq(None)?;
        let mut done = 0;
        while done < rows.len() {
            if self.1.is_cancelled() {
                return Err(S::Error::custom("stopped"));
            }
            let batch = rows.read(done, BATCH).map_err(S::Error::custom)?;
            if batch.is_empty() {
                break;
            }
            done += batch.len() as u64;
            for row in batch {
                seq.serialize_element(&row.iter().map(Cell).collect::<Vec<_>>())?;
            }
        }
        seq.end()
    }
}

struct Cell<'a>(&'a Value);

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_none(),
            Value::Integer(number) => serializer.serialize_i64(*number),
            Value::Boolean(value) => serializer.serialize_bool(*value),
            Value::Number(text) => match serde_json::value::RawValue::from_string(text.to_string()) {
                Ok(number) => number.serialize(serializer),
                Err(_) => serializer.serialize_str(text),
            },
            Value::Text(text) => serializer.serialize_str(text),
            Value::Time(time) => serializer.serialize_str(&time.to_iso()),
        }
    }
}

/// Down to the rows of a table each thing on a line of its own, so that two reports can be compared line by line.
#[derive(Default)]
struct Lines {
    depth: usize,
}

/// Depth of the rows of an exhibit's table.
const DEEPEST: usize = 6;

impl Lines {
    fn line<W: ?Sized + Write>(&self, out: &mut W) -> std::io::Result<()> {
        match self.depth {
            0..=DEEPEST => {
                out.write_all(b"\n")?;
                out.write_all(" ".repeat(self.depth).as_bytes())
            }
            _ => Ok(()),
        }
    }
}

impl Formatter for Lines {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> std::io::Result<()> {
        self.depth += 1;
        out.write_all(b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> std::io::Result<()> {
        self.depth -= 1;
        out.write_all(b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> std::io::Result<()> {
        if !first {
            out.write_all(b",")?;
        }
        self.line(out)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> std::io::Result<()> {
        self.depth += 1;
        out.write_all(b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> std::io::Result<()> {
        self.depth -= 1;
        out.write_all(b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> std::io::Result<()> {
        if !first {
            out.write_all(b",")?;
        }
        self.line(out)
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> std::io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_hazardous(*c)) {
            let (before, after) = rest.split_at(at);
            out.write_all(before.as_bytes())?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = after.get(c.len_utf8()..).unwrap_or("");
        }
        out.write_all(rest.as_bytes())
    }
}
