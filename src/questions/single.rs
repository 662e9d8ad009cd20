//! One record with everything that it says; a text of the examiner.

use super::error::AskError;
use super::question::{Basis, Live, Question};
use super::section::Section;
use super::spec;
use crate::case::CaseReader;
use crate::model::{Dataset, Home, RecordId, Unit, Value};
use crate::present::zone::Zone;
use crate::query::tables::Column;
use crate::query::{self, Cancel, QueryError, RecordDetail};
use serde::{Deserialize, Serialize};

/// One event, or one flow record: every field that has a value, what it says besides, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventQuestion {
    pub dataset: Dataset,
    pub record: RecordId,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EventSpec {
    dataset: String,
    record: String,
}

pub(super) fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

/// Where a record is, and how often it was seen.
pub(super) fn provenance(detail: &RecordDetail) -> Section {
    let mut rows = vec![
        vec![text("record"), text(detail.id.to_string())],
        vec![text("evidence_path"), text(&*detail.evidence_path)],
        vec![text("file_sha256"), text(&*detail.file_sha256)],
    ];
    if let Some(place) = detail.place {
        rows.push(vec![text("byte_offset"), Value::count(place.offset)]);
        rows.push(vec![text("byte_length"), Value::count(place.len)]);
    }
    if let Some(original) = detail.duplicate_of {
        rows.push(vec![text("duplicate_of"), text(original.to_string())]);
    }
    if detail.occurrences.len() > 1 {
        let all: Vec<String> = detail.occurrences.iter().map(ToString::to_string).collect();
        rows.push(vec![text("occurrences"), text(all.join(" "))]);
    }
    for (other, fields) in &detail.conflicts {
        rows.push(vec![text("conflict"), text(format!("{other}: {}", fields.join(" ")))]);
    }
    Section::new("provenance", vec![Column::new("name", Unit::Text), Column::new("value", Unit::Text)], rows)
}

pub(super) fn detail(reader: &CaseReader, dataset: Dataset, id: RecordId) -> Result<RecordDetail, AskError> {
    let detail = query::record(reader, id)?;
    if detail.dataset != dataset {
        let name = crate::case::dataset_name(dataset);
        return Err(AskError::Unfit(format!("record {id} is not one of the {name}")));
    }
    Ok(detail)
}

impl Question for EventQuestion {
    fn kind(&self) -> &'static str {
        "event"
    }

    fn query(&self) -> String {
        let dataset = crate::case::dataset_name(self.dataset).to_owned();
        spec::write(&EventSpec { dataset, record: self.record.to_string() })
    }

    fn basis(&self, _: &CaseReader) -> Result<Basis, QueryError> {
        Ok(Basis { records: vec![(self.dataset, self.record)], with_copies: true, ..Basis::default() })
    }

    fn sections(&self, reader: &CaseReader, _: Zone, _: &Cancel) -> Result<Vec<Section>, AskError> {
        let detail = detail(reader, self.dataset, self.record)?;
        let columns = || vec![Column::new("name", Unit::Text), Column::new("value", Unit::Text)];
        // What is derived from an event is no part of it.
        let own = detail.fields.iter().filter(|(field, _)| field.home != Home::Derived);
        let fields = own.map(|(field, value)| vec![text(field.name()), value.clone()]);
        let further = detail.further.iter().map(|(name, value)| vec![text(&**name), text(&**value)]);
        let mut sections =
            vec![Section::new("fields", columns(), fields.chain(further).collect()), provenance(&detail)];
        if let Some(json) = &detail.json {
            let column = Column::new("json", Unit::Json);
            sections.push(Section::new("json", vec![column], vec![vec![text(&**json)]]));
        }
        Ok(sections)
    }

    fn limited(&self, _: usize) -> Box<dyn Question> {
        Box::new(self.clone())
    }

    fn live(&self) -> Live {
        Live::Selected(self.dataset, vec![self.record])
    }
}

pub(super) fn read_event(text: &str) -> Result<Box<dyn Question>, String> {
    let spec: EventSpec = spec::read(text)?;
    Ok(Box::new(EventQuestion { dataset: spec::dataset(&spec.dataset)?, record: spec::record(&spec.record)? }))
}

/// Words of the examiner among the exhibits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextQuestion(pub String);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TextSpec {
    text: String,
}

impl Question for TextQuestion {
    fn kind(&self) -> &'static str {
        "text"
    }

    fn query(&self) -> String {
        spec::write(&TextSpec { text: self.0.clone() })
    }

    fn basis(&self, _: &CaseReader) -> Result<Basis, QueryError> {
        Ok(Basis::default())
    }

    fn sections(&self, _: &CaseReader, _: Zone, _: &Cancel) -> Result<Vec<Section>, AskError> {
        let rows = vec![vec![text(&*self.0)]];
        Ok(vec![Section::new("text", vec![Column::new("text", Unit::Text)], rows)])
    }

    fn limited(&self, _: usize) -> Box<dyn Question> {
        Box::new(self.clone())
    }

    fn live(&self) -> Live {
        Live::None
    }
}

pub(super) fn read_text(text: &str) -> Result<Box<dyn Question>, String> {
    let spec: TextSpec = spec::read(text)?;
    Ok(Box::new(TextQuestion(spec.text)))
}
