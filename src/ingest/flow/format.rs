//! The order of fields in a line: from a header, from AWS's notation, or the default.

use super::value::field_by_any_name;
use crate::model::field::{self, Dataset};
use crate::model::{FieldId, Home};

/// One column of a line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FlowColumn {
    Field(FieldId),
    /// A field of a later version, or one named twice: kept as text in the record's extra, under this snake_case name.
    Unknown(Box<str>),
}

/// The columns of a flow log's lines, in order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LineFormat {
    columns: Vec<FlowColumn>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    #[error("the format names no field")]
    Empty,
    #[error("`{0}` is not a field name")]
    NotAName(String),
}

/// AWS's default format, version 2.
pub const DEFAULT_V2: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes \
                              start end action log-status";

/// Keys of the extra JSON that the reader writes itself.
const RESERVED: [&str; 4] = ["end", "end_ms", "start_ms", "time_unit"];

/// Known names that make a header of a line whose first name is known, so that prose is not taken for one.
const KNOWN_NAMES_OF_A_HEADER: usize = 3;

impl LineFormat {
    pub fn new(columns: Vec<FlowColumn>) -> Self {
        Self { columns: without_repeats(columns) }
    }

    /// A header line: names separated by blanks, in any order, of which enough are known. `None` for anything else.
    pub fn from_header(line: &[u8]) -> Option<Self> {
        let names = line.split(|b| matches!(b, b' ' | b'\t' | b'\r')).filter(|name| !name.is_empty());
        let mut columns = Vec::new();
        for name in names {
            columns.push(match known_header_name(name) {
                Some(field) => FlowColumn::Field(field),
                None => FlowColumn::Unknown(unknown_name(name)?),
            });
        }
        let known = columns.iter().filter(|c| matches!(c, FlowColumn::Field(_))).count();
        let begins_known = matches!(columns.first(), Some(FlowColumn::Field(_)));
        // A custom format may have two fields, and a later version's field may come first. What is no English word
        // (`account-id`, `srcaddr`) tells a header from prose.
        let coined = columns.iter().any(|c| matches!(c, FlowColumn::Field(_)) && !is_english(c.name()));
        let is_header = match known >= KNOWN_NAMES_OF_A_HEADER && begins_known {
            true => coined || known == columns.len(),
            false => coined && columns.len() > 1 && known * 2 >= columns.len(),
        };
        is_header.then(|| Self::new(columns))
    }

    pub fn default_v2() -> Self {
        Self::new(DEFAULT_V2.split_ascii_whitespace().filter_map(field::by_header).map(FlowColumn::Field).collect())
    }

    /// AWS's notation, `${version} ${account-id} ...`, or names separated by blanks or commas, in any known spelling. A
    /// name that is not known is allowed and becomes a text column; `unknown_names` tells which.
    pub fn parse_spec(spec: &str) -> Result<Self, SpecError> {
        let spaced = spec.replace('}', "} ").replace(',', " ");
        let mut columns = Vec::new();
        for token in spaced.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'')).split_whitespace() {
            let name = token.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).unwrap_or(token);
            columns.push(match field_by_any_name(name) {
                Some(field) => FlowColumn::Field(field),
                None => FlowColumn::Unknown(
                    unknown_name(name.as_bytes()).ok_or_else(|| SpecError::NotAName(token.to_owned()))?,
                ),
            });
        }
        if columns.is_empty() { Err(SpecError::Empty) } else { Ok(Self::new(columns)) }
    }

    /// AWS's notation.
    pub fn to_spec(&self) -> String {
        let names = self.columns.iter().map(|column| format!("${{{}}}", column.name().replace('_', "-")));
        names.collect::<Vec<_>>().join(" ")
    }

    /// May blanks be in the last value? It has to be a name that somebody chose, and no value before it another one:
    /// where one ends and the next begins could not be determined.
    pub fn ends_in_free_text(&self) -> bool {
        let Some((last, before)) = self.columns.split_last() else { return false };
        let is_free = |column: &FlowColumn| match column {
            FlowColumn::Unknown(_) => true,
            FlowColumn::Field(field) => field.name.contains("_tag") || field.name.contains("tag_"),
        };
        let is_named = |column: &FlowColumn| column.name().starts_with("ecs_") && column.name().ends_with("_name");
        (is_free(last) || is_named(last)) && !before.iter().any(is_free)
    }

    pub fn columns(&self) -> &[FlowColumn] {
        &self.columns
    }

    pub fn len(&self) -> usize {
        self.columns.len()
    }

    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Columns that the field table knows.
    pub fn fields(&self) -> Vec<FieldId> {
        let known =
            self.columns.iter().filter_map(|c| if let FlowColumn::Field(field) = c { Some(*field) } else { None });
        known.collect()
    }

    /// Columns that the field table does not know.
    pub fn unknown_names(&self) -> Vec<&str> {
        let unknown = self.columns.iter().filter(|c| matches!(c, FlowColumn::Unknown(_)));
        unknown.map(FlowColumn::name).collect()
    }
}

impl FlowColumn {
    /// snake_case.
    pub fn name(&self) -> &str {
        match self {
            FlowColumn::Field(field) => field.name(),
            FlowColumn::Unknown(name) => name,
        }
    }

    pub(super) fn is_at(&self, home: Home) -> bool {
        matches!(self, FlowColumn::Field(field) if field.home == home)
    }
}

/// A field that is named twice, or that is named like a key of the reader's own, keeps its values under a name that
/// says in which column they was.
fn without_repeats(columns: Vec<FlowColumn>) -> Vec<FlowColumn> {
    let mut seen = std::collections::BTreeSet::<String>::new();
    let number = |(i, column): (usize, FlowColumn)| {
        let name = column.name().to_owned();
        let reserved = matches!(column, FlowColumn::Unknown(_)) && RESERVED.contains(&name.as_str());
        if !reserved && seen.insert(name.clone()) {
            return column;
        }
        let numbered = format!("{name}_column_{}", i + 1);
        seen.insert(numbered.clone());
        FlowColumn::Unknown(numbered.into())
    };
    columns.into_iter().enumerate().map(number).collect()
}

/// A header's name without allocation, for it is asked of every line that begins with a letter.
fn known_header_name(name: &[u8]) -> Option<FieldId> {
    // An id has a digit soon, and no name has one but the 2 of the second tags.
    if name.iter().any(|b| !matches!(b, b'a'..=b'z' | b'-' | b'_' | b'2')) {
        return None;
    }
    let same = |field: &str| {
        field.len() == name.len() && field.bytes().zip(name).all(|(f, &n)| f == n || (f == b'_' && n == b'-'))
    };
    field::of(Dataset::Flows).find(|field| same(field.name))
}

/// The field names that prose has, too.
fn is_english(name: &str) -> bool {
    ["version", "protocol", "packets", "bytes", "start", "end", "action", "type", "region"].contains(&name)
}

/// Lower-case names with digits, hyphens and underscores are all that AWS has ever used.
fn unknown_name(name: &[u8]) -> Option<Box<str>> {
    let plausible = name.first().is_some_and(u8::is_ascii_lowercase)
        && name.len() <= 64
        && name.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'));
    let text = std::str::from_utf8(name).ok().filter(|_| plausible)?;
    Some(text.replace('-', "_").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_needs_known_names() {
        let header = LineFormat::from_header(b"version\taccount-id  interface-id srcaddr brand-new-field \r").unwrap();
        assert_eq!(header.to_spec(), "${version} ${account-id} ${interface-id} ${srcaddr} ${brand-new-field}");
        assert_eq!(header.unknown_names(), ["brand_new_field"]);
        for (line, spec) in [
            ("brand-new-field version account-id start", "${brand-new-field} ${version} ${account-id} ${start}"),
            ("dstaddr srcaddr", "${dstaddr} ${srcaddr}"),
            ("account-id new-field srcaddr", "${account-id} ${new-field} ${srcaddr}"),
        ] {
            assert_eq!(LineFormat::from_header(line.as_bytes()).map(|header| header.to_spec()).as_deref(), Some(spec));
        }
        for line in [
            "",
            "   ",
            "version",
            "start end",
            "region of the start of action",
            "the bytes are in packets of a version",
            "a srcaddr is the source of a record",
            "version of the Protocol start end",
            "version start end (see below)",
            "2 123456789010 eni-1235b8ca123456789",
        ] {
            assert_eq!(LineFormat::from_header(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn a_spec_in_either_notation() {
        let default = LineFormat::default_v2();
        assert_eq!(default.len(), 14);
        assert_eq!(LineFormat::parse_spec(&default.to_spec()), Ok(default.clone()));
        assert_eq!(LineFormat::parse_spec(DEFAULT_V2), Ok(default));
        let format = LineFormat::parse_spec("'${version}${srcAddr} ${my-field}'").unwrap();
        assert_eq!(format.to_spec(), "${version} ${srcaddr} ${my-field}");
        assert_eq!(format.unknown_names(), ["my_field"]);
        assert_eq!(LineFormat::parse_spec("  "), Err(SpecError::Empty));
        assert_eq!(LineFormat::parse_spec("version ${a b}"), Err(SpecError::NotAName("${a".into())));
    }

    #[test]
    fn a_repeated_name_keeps_both_columns() {
        let format = LineFormat::parse_spec("version srcaddr srcaddr start-ms").unwrap();
        assert_eq!(format.unknown_names(), ["srcaddr_column_3", "start_ms_column_4"]);
    }
}
