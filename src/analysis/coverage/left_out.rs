//! What a set of records leaves out, in numbers: copies, records that say nothing of traffic, records without a time, and the
//! hours of which there is no evidence.

use crate::case::{CaseReader, dataset_name};
use crate::model::{Dataset, TimeRange};
use crate::query::{self, Cancel, Duplicates, QueryError, Scope};
use serde::{Deserialize, Serialize};

/// What a set of records leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// `flows`, `events`.
    pub dataset: String,
    /// Copies of records that count once.
    pub duplicates: u64,
    /// NODATA and SKIPDATA records in the time range, whatever the filter.
    pub no_data: u64,
    pub skip_data: u64,
    /// Records that match and have no time: a time range leaves them out.
    pub untimed: u64,
    /// Whole hours of the time range without any record of the dataset: seconds, from is inside, to is not.
    pub gaps: Vec<(i64, i64)>,
}

impl LeftOut {
    /// Hours without evidence.
    pub fn missing_hours(&self) -> u64 {
        super::hours_of(&self.gaps)
    }

    /// # Errors
    /// The case cannot be read.
    pub fn of(reader: &CaseReader, scope: &Scope, cancel: &Cancel) -> Result<Self, QueryError> {
        let count = |scope: &Scope| query::figures(reader, scope, cancel).map(|figures| figures.records);
        let duplicates = match scope.duplicates {
            Duplicates::All => 0,
            Duplicates::Once => {
                let all = count(&Scope { duplicates: Duplicates::All, ..scope.clone() })?;
                all.saturating_sub(count(scope)?)
            }
        };
        let mut left_out = Self { dataset: dataset_name(scope.dataset).to_owned(), duplicates, ..Self::default() };
        if scope.dataset == Dataset::Flows {
            let status = |text| -> Result<Scope, QueryError> {
                let filter = Scope::written(scope.dataset, text)?.filter;
                Ok(Scope { filter, ..scope.clone() })
            };
            left_out.no_data = count(&status("log_status = NODATA")?)?;
            left_out.skip_data = count(&status("log_status = SKIPDATA")?)?;
        }
        if scope.range != TimeRange::default() {
            let anytime = Scope { range: TimeRange::default(), ..scope.clone() };
            left_out.untimed = query::untimed(reader, &anytime, cancel)?;
        }
        left_out.gaps = query::gaps(reader, scope.dataset, scope.range, cancel)?;
        Ok(left_out)
    }
}
