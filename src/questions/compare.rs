//! Records side by side: what differs between them first, then what they have in common.

use super::error::AskError;
use super::question::{Basis, Live, Question};
use super::section::Section;
use super::single::{detail, provenance, text};
use super::spec;
use crate::case::CaseReader;
use crate::filter::{JsonPath, Step};
use crate::model::{Dataset, FieldId, Home, RecordId, Unit, Value, field};
use crate::present::json_tree::{self, What};
use crate::present::zone::Zone;
use crate::query::tables::Column;
use crate::query::{Cancel, QueryError, RecordDetail};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// A row for each field or leaf that any of the records has, those that differ first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompareQuestion {
    pub dataset: Dataset,
    pub records: Vec<RecordId>,
    /// Events leaf by leaf of their JSON; else field by field, as flow records always are.
    pub leaves: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CompareSpec {
    dataset: String,
    records: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    leaves: bool,
}

/// So many records fit side by side.
pub const COMPARED: std::ops::RangeInclusive<usize> = 2..=5;

/// What a row compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ComparedPlace {
    Field(FieldId),
    Leaf(JsonPath),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedRow {
    pub place: ComparedPlace,
    pub differs: bool,
    /// Of each record, in their order. A leaf's value is its JSON as it is written.
    pub values: Vec<Value>,
}

impl ComparedRow {
    fn new(place: ComparedPlace, values: Vec<Value>) -> Self {
        let differs = values.iter().any(|value| Some(value) != values.first());
        Self { place, differs, values }
    }

    /// The field's name, or the path as filters write it.
    pub fn name(&self) -> String {
        match &self.place {
            ComparedPlace::Field(field) => field.name().to_owned(),
            ComparedPlace::Leaf(path) => path.to_string(),
        }
    }
}

impl CompareQuestion {
    /// Of these records; events by the leaves of their JSON.
    pub fn of(dataset: Dataset, records: Vec<RecordId>) -> Self {
        Self { dataset, records, leaves: dataset == Dataset::Events }
    }

    /// The records as the case has them.
    ///
    /// # Errors
    /// There are too few or too many; one of them is not in the case, or of another kind.
    pub fn details(&self, reader: &CaseReader) -> Result<Vec<RecordDetail>, AskError> {
        if !COMPARED.contains(&self.records.len()) {
            let (least, most) = (COMPARED.start(), COMPARED.end());
            return Err(AskError::Unfit(format!("{least} to {most} records can be compared")));
        }
        self.records.iter().map(|id| detail(reader, self.dataset, *id)).collect()
    }

    /// Differing rows first; within, fields in AWS's order and leaves by their paths.
    pub fn rows(&self, details: &[RecordDetail]) -> Vec<ComparedRow> {
        let mut rows = if self.leaves { leaves(details) } else { fields(self.dataset, details) };
        rows.sort_by_key(|row| !row.differs);
        rows
    }
}

fn fields(dataset: Dataset, details: &[RecordDetail]) -> Vec<ComparedRow> {
    let row = |field: FieldId| {
        let value = |detail: &RecordDetail| detail.value(field.name()).cloned().unwrap_or(Value::Null);
        let values: Vec<Value> = details.iter().map(value).collect();
        let any = values.iter().any(|value| *value != Value::Null);
        any.then(|| ComparedRow::new(ComparedPlace::Field(field), values))
    };
    field::own(dataset).filter(|field| field.home != Home::Derived).filter_map(row).collect()
}

/// In the order of their steps: keys by bytes, indexes as numbers.
struct InOrder(JsonPath);

impl Ord for InOrder {
    fn cmp(&self, other: &Self) -> Ordering {
        let rank = |step: &Step| match step {
            Step::Key(_) => 0,
            Step::Index(_) => 1,
            Step::Each => 2,
        };
        let one = |(a, b): (&Step, &Step)| match (a, b) {
            (Step::Key(a), Step::Key(b)) => a.as_bytes().cmp(b.as_bytes()),
            (Step::Index(a), Step::Index(b)) => a.cmp(b),
            _ => rank(a).cmp(&rank(b)),
        };
        let (a, b) = (self.0.steps(), other.0.steps());
        let first = a.iter().zip(b).map(one).find(|order| order.is_ne());
        first.unwrap_or_else(|| a.len().cmp(&b.len()))
    }
}

impl PartialOrd for InOrder {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for InOrder {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for InOrder {}

fn leaves(details: &[RecordDetail]) -> Vec<ComparedRow> {
    let mut rows: BTreeMap<InOrder, Vec<Value>> = BTreeMap::new();
    for (at, detail) in details.iter().enumerate() {
        let lines = detail.json.as_deref().and_then(json_tree::lines).unwrap_or_default();
        for line in lines {
            let (Some(path), What::Leaf(written)) = (line.path, line.what) else { continue };
            let values = rows.entry(InOrder(path)).or_insert_with(|| vec![Value::Null; details.len()]);
            if let Some(value) = values.get_mut(at) {
                *value = Value::Text(written);
            }
        }
    }
    rows.into_iter().map(|(path, values)| ComparedRow::new(ComparedPlace::Leaf(path.0), values)).collect()
}

impl Question for CompareQuestion {
    fn kind(&self) -> &'static str {
        "compare"
    }

    fn query(&self) -> String {
        spec::write(&CompareSpec {
            dataset: crate::case::dataset_name(self.dataset).to_owned(),
            records: self.records.iter().map(ToString::to_string).collect(),
            leaves: self.leaves,
        })
    }

    fn basis(&self, _: &CaseReader) -> Result<Basis, QueryError> {
        let records = self.records.iter().map(|id| (self.dataset, *id)).collect();
        Ok(Basis { records, with_copies: true, ..Basis::default() })
    }

    fn sections(&self, reader: &CaseReader, _: Zone, _: &Cancel) -> Result<Vec<Section>, AskError> {
        let details = self.details(reader)?;
        let name = if self.leaves { "path" } else { "field" };
        let mut columns = vec![Column::new(name, Unit::Text), Column::new("differs", Unit::Boolean)];
        columns.extend(self.records.iter().map(|id| Column::new(id.to_string(), Unit::Text)));
        let cells = |row: ComparedRow| {
            let names = [text(row.name()), Value::Boolean(row.differs)];
            names.into_iter().chain(row.values).collect()
        };
        let rows = self.rows(&details).into_iter().map(cells).collect();
        let mut sections = vec![Section::new("compare", columns, rows)];
        sections.extend(details.iter().map(provenance));
        Ok(sections)
    }

    fn limited(&self, _: usize) -> Box<dyn Question> {
        Box::new(self.clone())
    }

    fn live(&self) -> Live {
        Live::Selected(self.dataset, self.records.clone())
    }
}

pub(super) fn read_compare(text: &str) -> Result<Box<dyn Question>, String> {
    let spec: CompareSpec = spec::read(text)?;
    let records = spec.records.iter().map(|text| spec::record(text)).collect::<Result<_, _>>()?;
    let dataset = spec::dataset(&spec.dataset)?;
    if spec.leaves && dataset == Dataset::Flows {
        return Err("flow records have no leaves".to_owned());
    }
    Ok(Box::new(CompareQuestion { dataset, records, leaves: spec.leaves }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(json: &str) -> RecordDetail {
        RecordDetail {
            id: RecordId(1),
            dataset: Dataset::Events,
            fields: Vec::new(),
            further: Vec::new(),
            evidence_path: String::new(),
            format: None,
            file_sha256: String::new(),
            place: None,
            json: Some(json.to_owned()),
            duplicate_of: None,
            occurrences: Vec::new(),
            conflicts: Vec::new(),
            completeness: None,
        }
    }

    #[test]
    fn leaves_that_differ_come_first_and_indexes_are_numbers() {
        let list = (0..11).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
        let one = event(&format!(r#"{{"b":1,"a":{{"x":"same","list":[{list}]}},"Z":null,"empty":[]}}"#));
        let other = event(r#"{"b":1.0,"a":{"x":"same","list":[0,1]},"new":{}}"#);
        let question = CompareQuestion::of(Dataset::Events, vec![RecordId(1), RecordId(2)]);
        let rows = question.rows(&[one, other]);
        let shown: Vec<String> = rows
            .iter()
            .map(|row| {
                let values: Vec<String> = row.values.iter().map(Value::to_text).collect();
                format!("{} {} {}", if row.differs { "!" } else { "=" }, row.name(), values.join(" | "))
            })
            .collect();
        let mut expected = vec!["! Z null | ".to_owned()];
        expected.extend((2..11).map(|n| format!("! a.list[{n}] {n} | ")));
        expected.extend(["! b 1 | 1.0", "! empty [] | ", "! new  | {}"].map(str::to_owned));
        expected.extend(["= a.list[0] 0 | 0", "= a.list[1] 1 | 1", r#"= a.x "same" | "same""#].map(str::to_owned));
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_comparison_kept_before_reads_back_as_it_was() {
        let kept = r#"{"dataset":"events","records":["3:1","3:2"]}"#;
        let question = read_compare(kept).unwrap();
        assert_eq!(question.query(), kept);
        let leaves = CompareQuestion::of(Dataset::Events, vec![RecordId((3 << 32) + 1)]);
        assert!(leaves.query().contains(r#""leaves":true"#), "{}", leaves.query());
        assert_eq!(read_compare(&leaves.query()).unwrap().query(), leaves.query());
        assert!(read_compare(r#"{"dataset":"flows","records":["3:1","3:2"],"leaves":true}"#).is_err());
    }
}
