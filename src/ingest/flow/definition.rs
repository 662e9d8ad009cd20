//! `CREATE EXTERNAL TABLE`: the columns that a table's definition names, in order. Comments say nothing; types and what
//! follows the columns are not looked at.

use std::ops::Range;

/// A table as its definition has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableDefinition {
    pub name: String,
    /// Bytes of the statement.
    pub name_at: Range<usize>,
    /// In the order of the file's columns.
    pub columns: Vec<String>,
    /// Columns that are no part of the file.
    pub partitions: Vec<String>,
    /// Its records are JSON objects, which name their members.
    pub is_json: bool,
}

impl TableDefinition {
    pub fn all_columns(&self) -> Vec<String> {
        self.columns.iter().chain(&self.partitions).cloned().collect()
    }

    /// The columns of a line, in AWS's notation.
    ///
    /// # Errors
    /// The table's records are not lines of columns.
    pub fn line_format(&self) -> Result<String, String> {
        if self.is_json {
            return Err("the table's records are JSON, which names its members: no format is needed".to_owned());
        }
        let names: Vec<String> = self.columns.iter().map(|name| format!("${{{name}}}")).collect();
        Ok(names.join(" "))
    }
}

/// Does a text begin as a table's definition does?
pub fn is_definition(text: &str) -> bool {
    let plain = without_comments(text);
    let mut words = plain.split_whitespace();
    words.next().is_some_and(|word| word.eq_ignore_ascii_case("create"))
        && words.any(|word| word.eq_ignore_ascii_case("table"))
}

/// Reads a definition.
///
/// # Errors
/// What is not as it should be.
pub fn read(text: &str) -> Result<TableDefinition, String> {
    let plain = without_comments(text);
    let table = find_word(&plain, "table", 0).ok_or("the definition has no word TABLE")?;
    let open = plain.get(table..).and_then(|rest| rest.find('(')).map(|at| table + at);
    let open = open.ok_or("the definition has no columns in brackets")?;
    let head = plain.get(table + "table".len()..open).unwrap_or_default();
    let name = head.split_whitespace().last().ok_or("the definition has no name")?;
    let at = table + "table".len() + head.rfind(name).unwrap_or(0);
    let (columns, end) = columns(&plain, open)?;
    if columns.is_empty() {
        return Err("the definition names no column".to_owned());
    }
    let partitioned =
        find_word(&plain, "partitioned", end).and_then(|from| plain.get(from..)?.find('(').map(|to| from + to));
    let partitions =
        partitioned.map(|open| self::columns(&plain, open)).transpose()?.map_or(Vec::new(), |found| found.0);
    let last = name.rsplit('.').next().unwrap_or(name);
    let is_json = find_word(&plain, "jsonserde", end).is_some();
    let (name_at, name) = (at..at + name.len(), last.trim_matches(['`', '"']).to_owned());
    Ok(TableDefinition { name, name_at, columns, partitions, is_json })
}

/// The text with spaces in place of comments, so that places stay.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let comment = if rest.starts_with("--") {
            Some(rest.find('\n').unwrap_or(rest.len()))
        } else if rest.starts_with("/*") {
            Some(rest.find("*/").map_or(rest.len(), |end| end + 2))
        } else {
            None
        };
        let quoted = || rest.get(1..).and_then(|inside| inside.find(first)).map_or(rest.len(), |end| end + 2);
        let len = match comment {
            Some(len) => len,
            None if matches!(first, '\'' | '"' | '`') => quoted(),
            None => first.len_utf8(),
        };
        let (part, behind) = rest.split_at(len);
        match comment {
            Some(_) => out.extend(std::iter::repeat_n(' ', part.len())),
            None => out.push_str(part),
        }
        rest = behind;
    }
    out
}

/// Where a word stands, from a place on.
fn find_word(text: &str, word: &str, from: usize) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    let mut at = from;
    while let Some(found) = lower.get(at..).and_then(|rest| rest.find(word)).map(|found| at + found) {
        let before = lower.get(..found).and_then(|text| text.chars().next_back());
        let behind = lower.get(found + word.len()..).and_then(|text| text.chars().next());
        if !before.is_some_and(is_letter) && !behind.is_some_and(is_letter) {
            return Some(found);
        }
        at = found + word.len();
    }
    None
}

/// The names of the columns in the brackets that open here, and where these end.
fn columns(text: &str, open: usize) -> Result<(Vec<String>, usize), String> {
    let inside = text.get(open + 1..).unwrap_or_default();
    let (mut depth, mut begin, mut names) = (0usize, 0, Vec::new());
    for (at, c) in inside.char_indices() {
        match c {
            '(' | '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            ')' if depth > 0 => depth -= 1,
            ',' if depth == 0 => {
                names.extend(column_name(inside.get(begin..at).unwrap_or_default()));
                begin = at + 1;
            }
            ')' => {
                names.extend(column_name(inside.get(begin..at).unwrap_or_default()));
                return Ok((names, open + 1 + at + 1));
            }
            _ => {}
        }
    }
    Err("the brackets of the definition's columns are not closed".to_owned())
}

/// `interfaceid string`: the name.
fn column_name(column: &str) -> Option<String> {
    let name = column.split_whitespace().next()?;
    Some(name.trim_matches(['`', '"']).to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_says_its_columns_in_order() {
        let text = "/* the table ( of */ CREATE EXTERNAL TABLE IF NOT EXISTS `db`.`t` (
            -- first (the version
            version int, `interfaceid` string COMMENT 'x', pkt-src-aws-service string,
            /* , none */ useridentity STRUCT<type:STRING,arn:STRING>, cost decimal(3,1)
        ) PARTITIONED BY (date_partition STRING, region_partition STRING) ROW FORMAT DELIMITED";
        let found = read(text).unwrap();
        assert_eq!(found.name, "t");
        assert_eq!(found.columns, ["version", "interfaceid", "pkt-src-aws-service", "useridentity", "cost"]);
        assert_eq!(found.partitions, ["date_partition", "region_partition"]);
        assert!(is_definition(text) && !is_definition("${version} ${account-id}"));
        let json = "CREATE TABLE t (ip STRING) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'";
        assert_eq!(found.line_format().unwrap().split(' ').next(), Some("${version}"));
        assert!(read(json).unwrap().line_format().is_err());
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, reason) in [
            ("CREATE EXTERNAL TABLE t", "the definition has no columns in brackets"),
            ("CREATE EXTERNAL TABLE t (a int", "the brackets of the definition's columns are not closed"),
            ("CREATE EXTERNAL TABLE t ()", "the definition names no column"),
            ("CREATE VIEW v", "the definition has no word TABLE"),
        ] {
            assert_eq!(read(text).unwrap_err(), reason, "{text}");
        }
    }
}
