//! An analysis as a question: one type for all of them, so that each is a file and a row of `analysis::ALL`.

use super::error::AskError;
use super::question::{self, Basis, Live, Question, least};
use super::section::Section;
use super::spec::{self, ScopeSpec};
use crate::analysis::{ALL, Analysis, Asked};
use crate::case::CaseReader;
use crate::model::{Unit, Value};
use crate::present::zone::Zone;
use crate::query::tables::{Rows, Table, Total};
use crate::query::{Cancel, QueryError, Scope};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq)]
pub struct AnalysisQuestion {
    pub analysis: &'static Analysis,
    pub asked: Asked,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnalysisSpec {
    records: ScopeSpec,
    parameters: BTreeMap<String, String>,
    limit: Option<usize>,
}

impl AnalysisQuestion {
    fn rows(&self, reader: &CaseReader, cancel: &Cancel) -> Result<Rows, QueryError> {
        self.analysis.answer(reader, &self.asked, cancel)
    }
}

impl Question for AnalysisQuestion {
    fn kind(&self) -> &'static str {
        self.analysis.name
    }

    fn text_key(&self) -> String {
        format!("query-{}", self.analysis.name)
    }

    fn query(&self) -> String {
        let Asked { scope, parameters, limit } = &self.asked;
        spec::write(&AnalysisSpec { records: ScopeSpec::of(scope), parameters: parameters.clone(), limit: *limit })
    }

    /// The records of its scope, and everything that says what evidence there is.
    fn basis(&self, _: &CaseReader) -> Result<Basis, QueryError> {
        Ok(Basis { scopes: vec![self.asked.scope.clone()], all_evidence: true, ..Basis::default() })
    }

    fn sections(&self, reader: &CaseReader, _: Zone, cancel: &Cancel) -> Result<Vec<Section>, AskError> {
        // Its rows are counted, those beyond the limit too.
        let whole = Asked { limit: None, ..self.asked.clone() };
        let mut rows = self.analysis.answer(reader, &whole, cancel)?;
        if rows.left_out.allowed > 0 {
            let count = Value::count(rows.left_out.allowed);
            rows.totals.push(Total::new("allowed", Unit::Count, count));
        }
        let section = Section::of(self.analysis.name, &rows, self.asked.limit, cancel)?;
        Ok(vec![Section { totals: rows.totals, ..section }])
    }

    fn table<'a>(&self, reader: &'a CaseReader, cancel: &Cancel) -> Result<Box<dyn Table + 'a>, AskError> {
        Ok(Box::new(self.rows(reader, cancel)?))
    }

    fn result(&self) -> String {
        question::steps([self.analysis.name.to_owned()], self.asked.limit)
    }

    fn counted(&self, row: &[Value]) -> Option<Scope> {
        (self.analysis.counted)(&self.asked, row)
    }

    fn limited(&self, rows: usize) -> Box<dyn Question> {
        let limit = Some(least(self.asked.limit, rows));
        Box::new(Self { asked: Asked { limit, ..self.asked.clone() }, ..self.clone() })
    }

    fn live(&self) -> Live {
        Live::Analysis(self.analysis, self.asked.clone())
    }
}

/// The analysis of this name.
pub(super) fn analysis(name: &str) -> Option<&'static Analysis> {
    ALL.iter().copied().find(|analysis| analysis.name == name)
}

pub(super) fn read(analysis: &'static Analysis, text: &str) -> Result<Box<dyn Question>, String> {
    let AnalysisSpec { records, parameters, limit } = spec::read(text)?;
    let asked = Asked { scope: records.scope()?, parameters, limit };
    Ok(Box::new(AnalysisQuestion { analysis, asked }))
}
