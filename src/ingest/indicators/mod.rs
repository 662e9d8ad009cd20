//! Lists of indicators: bytes to entries, and what could not be used with its place and the reason. A list comes in by
//! the form that its content shows (`detect`), or the one that is asked for; `read` opens nothing and knows no case.

mod collect;
mod csv;
mod detect;
mod misp;
mod openioc;
mod pattern;
mod split;
mod stix;
mod stix_pattern;
mod text;
mod value;

#[cfg(test)]
mod tests;

pub use csv::{ColumnPlan, Role, guess_columns};
pub use value::{kind_named, recognise, recognise_as};

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
}

impl ListFormat {
    pub const ALL: [ListFormat; 6] = [
        ListFormat::Csv,
        ListFormat::Text,
        ListFormat::Stix,
        ListFormat::Misp,
        ListFormat::WarningList,
        ListFormat::OpenIoc,
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
        }
    }
}

/// How a list is to be read where its content does not say it, or says it wrongly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListOptions {
    pub format: Option<ListFormat>,
    /// What the columns of a CSV file mean; guessed where it is absent.
    pub columns: Option<ColumnPlan>,
    /// What every value is: for lists of what cannot be told by its form (names, ports, user agents).
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
    #[error("the file is JSON, but no STIX bundle, MISP event, MISP warning list or list of texts")]
    OtherJson,
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
    let format = match options.format {
        Some(format) => format,
        None => detect::format_of(&text)?,
    };
    let list = match format {
        ListFormat::Csv => csv::read(&text, options),
        ListFormat::Text => text::read(&text, options),
        ListFormat::Stix => stix::read(&text)?,
        ListFormat::Misp => misp::read(&text)?,
        ListFormat::WarningList => misp::read_warning_list(&text)?,
        ListFormat::OpenIoc => openioc::read(&text)?,
    };
    if list.entries.is_empty() && matches!(format, ListFormat::Csv | ListFormat::Text) {
        let first = list.issues.first().map(|issue| issue.raw.clone()).unwrap_or_default();
        return Err(NoList::NoEntry { first: first.chars().take(200).collect() });
    }
    Ok(list)
}
