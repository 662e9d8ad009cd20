//! The list of evidence files.

use super::error::AskError;
use super::question::{Basis, Live, Question};
use super::section::Section;
use super::spec;
use crate::case::CaseReader;
use crate::model::{Unit, Value};
use crate::present::zone::Zone;
use crate::query::tables::Column;
use crate::query::{self, Cancel, EvidenceRow, QueryError};
use serde::{Deserialize, Serialize};

/// Every evidence file of the case with its hash and what it holds; the appendix of a report has the hash of its content
/// too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceQuestion;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EvidenceSpec {}

const COLUMNS: [(&str, Unit); 10] = [
    ("evidence_number", Unit::Number),
    ("evidence_file", Unit::Text),
    ("format", Unit::Text),
    ("file_bytes", Unit::Bytes),
    ("record_count", Unit::Count),
    ("duplicates", Unit::Count),
    ("warnings", Unit::Count),
    ("first_seen", Unit::Time),
    ("last_seen", Unit::Time),
    ("file_sha256", Unit::Json),
];

fn row(file: EvidenceRow) -> Vec<Value> {
    vec![
        Value::Integer(file.id.0.into()),
        Value::Text(file.path),
        Value::Text(file.format),
        Value::count(file.file_bytes),
        Value::count(file.records),
        Value::count(file.duplicates),
        Value::count(file.warnings),
        Value::time(file.first),
        Value::time(file.last),
        Value::Text(file.file_sha256),
    ]
}

impl Question for EvidenceQuestion {
    fn kind(&self) -> &'static str {
        "evidence"
    }

    fn query(&self) -> String {
        spec::write(&EvidenceSpec {})
    }

    fn basis(&self, _: &CaseReader) -> Result<Basis, QueryError> {
        Ok(Basis { all_evidence: true, ..Basis::default() })
    }

    fn sections(&self, reader: &CaseReader, _: Zone, _: &Cancel) -> Result<Vec<Section>, AskError> {
        let columns = Column::list(&COLUMNS);
        let rows = query::evidence_list(reader)?.into_iter().map(row).collect();
        Ok(vec![Section::new("evidence", columns, rows)])
    }

    fn limited(&self, _: usize) -> Box<dyn Question> {
        Box::new(self.clone())
    }

    fn live(&self) -> Live {
        Live::Evidence
    }
}

pub(super) fn read(text: &str) -> Result<Box<dyn Question>, String> {
    let EvidenceSpec {} = spec::read(text)?;
    Ok(Box::new(EvidenceQuestion))
}
