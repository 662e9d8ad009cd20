//! What examiners decide about answers: allow-lists of analyses, and leads that they dismissed.
//!
//! An entry of an allow-list is a filter with a reason. A row is left out where it counts records and every one of them
//! matches an entry of its analysis; answers say how many rows that were. There is none by default. A dismissed lead stays
//! dismissed as long as it counts the same records. Both are settings of the case: journalled, and part of its file.

use super::definition::{Analysis, Asked};
use crate::case::{ALLOW, CaseReader, DISMISSED};
use crate::filter::{self, Filter};
use crate::model::{Dataset, Value};
use crate::query::tables::Rows;
use crate::query::{self, Cancel, QueryError, Scope};
use serde::{Deserialize, Serialize};

/// An entry of an allow-list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowed {
    #[serde(skip)]
    pub analysis: String,
    #[serde(skip)]
    pub number: u32,
    pub filter: String,
    pub reason: String,
    pub added_utc: String,
    pub examiner: String,
}

/// A lead that was dismissed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dismissed {
    #[serde(skip)]
    pub key: String,
    pub kind: String,
    pub subject: String,
    pub peer: String,
    pub filter: String,
    pub reason: String,
    pub added_utc: String,
    pub examiner: String,
}

/// Filters that are offered for allow-lists of flow records, with ids of the texts that say what they are for.
pub const OFFERED: [(&str, &str); 3] = [
    ("allow-offer-ntp", "protocol = udp and port = 123"),
    ("allow-offer-monitors", "label contains 'monitor'"),
    ("allow-offer-resolvers", "port = 53 and label contains 'resolver'"),
];

/// The current entries, by analysis and number.
///
/// # Errors
/// The case cannot be read.
pub fn allowed(reader: &CaseReader) -> Result<Vec<Allowed>, QueryError> {
    let entry = |(key, text): (String, String)| {
        let (analysis, number) = key.strip_prefix(ALLOW)?.rsplit_once(':')?;
        let number = number.parse().ok()?;
        // An empty text is an entry that was removed: a setting is not deleted from a case.
        let entry: Allowed = serde_json::from_str(&text).ok()?;
        Some(Allowed { analysis: analysis.to_owned(), number, ..entry })
    };
    let mut list: Vec<Allowed> = query::settings_with_prefix(reader, ALLOW)?.into_iter().filter_map(entry).collect();
    list.sort_by(|one, other| (&one.analysis, one.number).cmp(&(&other.analysis, other.number)));
    Ok(list)
}

/// The leads that are dismissed, by key.
///
/// # Errors
/// The case cannot be read.
pub fn dismissed(reader: &CaseReader) -> Result<Vec<Dismissed>, QueryError> {
    let entry = |(key, text): (String, String)| {
        let entry: Dismissed = serde_json::from_str(&text).ok()?;
        Some(Dismissed { key: key.strip_prefix(DISMISSED)?.to_owned(), ..entry })
    };
    Ok(query::settings_with_prefix(reader, DISMISSED)?.into_iter().filter_map(entry).collect())
}

/// The allow-list of one analysis.
pub(super) struct AllowList {
    flows: Option<Filter>,
    events: Option<Filter>,
}

impl AllowList {
    pub(super) fn of(reader: &CaseReader, analysis: &str) -> Result<Self, QueryError> {
        let list: Vec<Allowed> = allowed(reader)?.into_iter().filter(|entry| entry.analysis == analysis).collect();
        let of = |dataset: Dataset| {
            let filters: Vec<Filter> =
                list.iter().filter_map(|entry| filter::parse(&entry.filter, dataset).ok()).collect();
            (!filters.is_empty()).then(|| Filter::any_of(filters))
        };
        Ok(Self { flows: of(Dataset::Flows), events: of(Dataset::Events) })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.flows.is_none() && self.events.is_none()
    }

    /// Are there records, and are all of them allowed?
    pub(super) fn holds(&self, reader: &CaseReader, scope: &Scope, cancel: &Cancel) -> Result<bool, QueryError> {
        let allowed = match scope.dataset {
            Dataset::Flows => &self.flows,
            Dataset::Events => &self.events,
        };
        let Some(allowed) = allowed else { return Ok(false) };
        let own = scope.filter.clone().unwrap_or(Filter::All);
        let others = Scope { filter: Some(own.exclude(allowed.clone())), ..scope.clone() };
        Ok(query::count(reader, &others, cancel)? == 0 && query::count(reader, scope, cancel)? > 0)
    }
}

impl Analysis {
    /// Its rows without those that its allow-list leaves out, which are counted.
    ///
    /// # Errors
    /// As of any query; a parameter that cannot be read is `QueryError::Filter`.
    pub fn answer(&self, reader: &CaseReader, asked: &Asked, cancel: &Cancel) -> Result<Rows, QueryError> {
        let list = AllowList::of(reader, self.name)?;
        if list.is_empty() {
            return (self.run)(reader, asked, cancel);
        }
        // A row that is left out makes room for another.
        let whole = Asked { limit: None, ..asked.clone() };
        let mut rows = (self.run)(reader, &whole, cancel)?;
        let all = std::mem::take(&mut rows.rows);
        for row in all {
            let holds = match (self.counted)(&whole, &row) {
                Some(scope) => list.holds(reader, &scope, cancel)?,
                None => false,
            };
            if holds {
                rows.left_out.allowed += 1;
            } else {
                rows.rows.push(row);
            }
        }
        rows.rows.truncate(asked.limit.unwrap_or(usize::MAX));
        // Places in an order are those of the rows that are left.
        if let Some(rank) = rows.columns.iter().position(|column| column.name == "rank") {
            for (row, place) in rows.rows.iter_mut().zip(1u64..) {
                row.get_mut(rank).into_iter().for_each(|cell| *cell = Value::count(place));
            }
        }
        Ok(rows)
    }
}
