//! Lists of indicators: bytes to entries, and what could not be used with its place and the reason. A list comes in by
//! the form that its content shows (`detect`), or the one that is asked for; `read` opens nothing and knows no case.

mod collect;
mod columns;
mod csv;
mod defang;
mod detect;
mod kinds;
mod misp;
mod openioc;
mod pattern;
mod split;
mod stix;
mod stix_pattern;
mod table;
mod text;
mod value;
mod when;

#[cfg(test)]
mod tests;

pub use columns::{ColumnPlan, Role, guess_columns};
pub use detect::text_of;
pub use kinds::kind_named;
pub use value::{recognise, recognise_as};

use detect::Content;
use serde_json::Value;

use crate::model::{IndicatorEntry, IndicatorIssue, IndicatorKind, Purpose};

/// The form of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ListFormat {
    Csv,
    Text,
    Stix,
    Misp,
    WarningList,
    OpenIoc,
    /// JSON that is a table.
    Json,
}

impl ListFormat {
    pub const ALL: [ListFormat; 7] = [
        ListFormat::Csv,
        ListFormat::Text,
        ListFormat::Stix,
        ListFormat::Misp,
        ListFormat::WarningList,
        ListFormat::OpenIoc,
        ListFormat::Json,
    ];

    /// Stable name, stored in case files and printed.
    pub fn code(self) -> &'static str {
        match self {
            ListFormat::Csv => "csv",
            ListFormat::Text => "text",
            ListFormat::Stix => "stix",
            ListFormat::Misp => "misp",
            ListFormat::WarningList => "warning_list",
            ListFormat::OpenIoc => "openioc",
            ListFormat::Json => "json",
        }
    }
}

/// How a list is to be read where its content does not say it, or says it wrongly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListOptions {
    pub format: Option<ListFormat>,
    /// What the columns of a CSV file mean; guessed where it is absent.
    pub columns: Option<ColumnPlan>,
    /// What every value is: for lists of what cannot be determined by its form (names, ports, user agents).
    pub kind: Option<IndicatorKind>,
}

/// What a list holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadList {
    pub format: ListFormat,
    pub entries: Vec<IndicatorEntry>,
    pub issues: Vec<IndicatorIssue>,
    /// What the columns were taken for, for CSV.
    pub columns: Option<ColumnPlan>,
    /// What the list says of itself; may be empty, as the next two.
    pub name: String,
    pub date: String,
    pub licence: String,
    pub purpose: Purpose,
}

impl ReadList {
    fn new(format: ListFormat) -> Self {
        Self {
            format,
            entries: Vec::new(),
            issues: Vec::new(),
            columns: None,
            name: String::new(),
            date: String::new(),
            licence: String::new(),
            purpose: Purpose::KnownBad,
        }
    }
}

/// Why a file is no list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoList {
    #[error("the file is empty")]
    Empty,
    #[error("the file is no text")]
    NotText,
    #[error(
        "the file is JSON, but no STIX, no MISP event or warning list, and nothing in it is named as an indicator (ip, url, indicator, value ...)"
    )]
    OtherJson,
    #[error(
        "the file is STIX 1 (XML or its JSON), which is not read; convert it to STIX 2 with stix2-elevator (OASIS), or export the list as \
         STIX 2 or CSV where it comes from"
    )]
    StixOne,
    #[error("the file is XML, but no OpenIOC document")]
    OtherXml,
    #[error("the file cannot be read as {format}: {reason}")]
    Broken { format: &'static str, reason: String },
    /// Nothing in it is an indicator; what it begins with.
    #[error("the file holds no indicator; its first line that is none: {first}")]
    NoEntry { first: String },
}

/// Reads a list. Everything in it becomes an entry, or an issue that says why not.
///
/// # Errors
/// The content is no list of indicators at all.
pub fn read(bytes: &[u8], options: &ListOptions) -> Result<ReadList, NoList> {
    let text = detect::text_of(bytes)?;
    if text.trim().is_empty() {
        return Err(NoList::Empty);
    }
    let content = detect::content_of(&text);
    let list = match (options.format, content) {
        (None | Some(ListFormat::Csv), Ok(Content::Text(ListFormat::Csv))) | (Some(ListFormat::Csv), _) => {
            csv::read(&text, options)
        }
        (None, Ok(Content::Text(ListFormat::OpenIoc))) | (Some(ListFormat::OpenIoc), _) => openioc::read(&text)?,
        (None, Ok(Content::Text(_))) | (Some(ListFormat::Text), _) => text::read(&text, options),
        (format, Ok(Content::Json(found, values, broken))) => {
            let mut list = of_json(format.unwrap_or(found), &text, &values, options)?;
            table::tell_broken(&mut list, &broken);
            list
        }
        (Some(format), Ok(Content::Text(_))) => {
            return Err(NoList::Broken { format: format.code(), reason: "it is no JSON".to_owned() });
        }
        (_, Err(why)) => return Err(why),
    };
    if list.entries.is_empty() && matches!(list.format, ListFormat::Csv | ListFormat::Text | ListFormat::Json) {
        let first = list.issues.first().map(|issue| issue.raw.clone()).unwrap_or_default();
        return Err(NoList::NoEntry { first: first.chars().take(200).collect() });
    }
    Ok(list)
}

fn of_json(format: ListFormat, text: &str, values: &[Value], options: &ListOptions) -> Result<ReadList, NoList> {
    Ok(match format {
        ListFormat::Stix => stix::read(values),
        ListFormat::Misp => misp::read(values),
        ListFormat::WarningList => misp::read_warning_list(text)?,
        _ => table::read(values, options),
    })
}
