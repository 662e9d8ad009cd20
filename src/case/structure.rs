//! The structure of a case: its tables, indexes and views by what they are made of. Comments, white space and the order of
//! a table's columns are no part of it.

use super::error::CaseError;
use rusqlite::Connection;

/// The tables of SQLite's own statistics are nobody's; a view or a trigger of such a name, which only somebody who
/// tampers can make, is one like any other.
const OBJECTS: &str = "SELECT type, name, ifnull(sql, '') FROM sqlite_schema
    WHERE NOT (type = 'table' AND name GLOB 'sqlite_stat[0-9]') ORDER BY type, name";

/// A column of a table that stands for itself: not a key, and it may be NULL.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TableColumn {
    pub name: String,
    pub type_name: String,
    pub may_be_null: bool,
}

/// Every object of a schema as `table flow`, and the text that made it.
pub(super) fn texts(conn: &Connection) -> Result<Vec<(String, String)>, CaseError> {
    Ok(objects(conn)?.into_iter().map(|(kind, name, sql)| (format!("{kind} {name}"), sql)).collect())
}

/// Every object of a schema as `table flow`, and what it is made of: equal for two that are made the same way.
pub(super) fn of(conn: &Connection) -> Result<Vec<(String, String)>, CaseError> {
    objects(conn)?
        .into_iter()
        .map(|(kind, name, sql)| {
            let mut parts = vec![normalised(&sql)];
            parts.extend(match kind.as_str() {
                // What is asked of a virtual table would run its module.
                "table" if !parts[0].starts_with("CREATE VIRTUAL") => table_parts(conn, &name)?,
                "index" => index_parts(conn, &name)?,
                _ => Vec::new(),
            });
            Ok((format!("{kind} {name}"), parts.join("\n")))
        })
        .collect()
}

/// The columns of a table, in its order.
pub(super) fn columns(conn: &Connection, table: &str) -> Result<Vec<TableColumn>, CaseError> {
    let sql = "SELECT name, type, \"notnull\" = 0 AND pk = 0 FROM pragma_table_xinfo(?) ORDER BY cid";
    let mut statement = conn.prepare(sql)?;
    let column =
        |r: &rusqlite::Row<'_>| Ok(TableColumn { name: r.get(0)?, type_name: r.get(1)?, may_be_null: r.get(2)? });
    Ok(statement.query_map([table], column)?.collect::<Result<_, _>>()?)
}

/// Type, name and text of every object.
fn objects(conn: &Connection) -> Result<Vec<(String, String, String)>, CaseError> {
    let mut statement = conn.prepare(OBJECTS)?;
    let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Name, type, NOT NULL, default, place in the primary key and kind of every column, by name.
fn table_parts(conn: &Connection, name: &str) -> Result<Vec<String>, CaseError> {
    let sql = "SELECT json_array(name, replace(type, ' ', ''), \"notnull\", dflt_value, pk, hidden) FROM pragma_table_xinfo(?) ORDER BY name";
    parts(conn, sql, name)
}

/// Every column of an index in its order: its name, direction, collation, and whether it is part of the key.
fn index_parts(conn: &Connection, name: &str) -> Result<Vec<String>, CaseError> {
    // An index of a table without rowid holds every other column behind its key, in the table's order.
    let sql = "SELECT json_array(CASE WHEN key THEN seqno END, name, \"desc\", coll, key)
        FROM pragma_index_xinfo(?) ORDER BY key DESC, iif(key, seqno, 0), name";
    parts(conn, sql, name)
}

fn parts(conn: &Connection, sql: &str, name: &str) -> Result<Vec<String>, CaseError> {
    let mut statement = conn.prepare(sql)?;
    Ok(statement.query_map([name], |r| r.get(0))?.collect::<Result<_, _>>()?)
}

/// A statement without comments and with one space between its words; the columns of a table sorted.
pub(super) fn normalised(sql: &str) -> String {
    let words = words(sql);
    let body = words.iter().position(|word| *word == "(");
    let Some(body) = body.filter(|_| words.starts_with(&["CREATE", "TABLE"])) else { return words.join(" ") };
    let (mut depth, mut items, mut rest) = (0usize, vec![Vec::new()], Vec::new());
    for word in words.iter().skip(body) {
        match *word {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        match (*word, depth) {
            ("(", 1) if items == [Vec::<&str>::new()] => {}
            (",", 1) => items.push(Vec::new()),
            (_, 0) => rest.push(*word),
            _ => items.last_mut().into_iter().for_each(|item| item.push(*word)),
        }
    }
    let mut items: Vec<String> = items.into_iter().map(|item| item.join(" ")).collect();
    items.sort_unstable();
    format!("{} ( {} {}", words[..body].join(" "), items.join(" , "), rest.join(" "))
}

/// The words and signs of a statement; a text or a quoted name is one.
fn words(sql: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = sql.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let quoted = |close: char| rest[first.len_utf8()..].find(close).map(|at| at + 1 + close.len_utf8());
        let (len, is_comment) = match first {
            _ if rest.starts_with("--") => (rest.find('\n'), true),
            _ if rest.starts_with("/*") => (rest[2..].find("*/").map(|at| at + 4), true),
            '\'' | '"' | '`' => (quoted(first), false),
            '[' => (quoted(']'), false),
            c if is_name(c) => (rest.find(|c| !is_name(c)), false),
            c => (Some(c.len_utf8()), false),
        };
        let (word, behind) = rest.split_at(len.unwrap_or(rest.len()));
        if !is_comment {
            words.push(word);
        }
        rest = behind.trim_start();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn structure(ddl: &str) -> Vec<(String, String)> {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(ddl).unwrap();
        of(&conn).unwrap()
    }

    #[test]
    fn comments_white_space_and_the_order_of_columns_are_no_part_of_it() {
        let plain =
            "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT, c DECIMAL(3, 1) DEFAULT ' -- x ', CHECK (b <> ','));
            CREATE INDEX i ON t (b, c); CREATE TABLE k (a TEXT, b TEXT, PRIMARY KEY (a)) WITHOUT ROWID;";
        let other = "CREATE TABLE t ( -- a table (of its own)
              c DECIMAL(3,1) DEFAULT ' -- x ', /* , */ b TEXT, -- it's
              a INTEGER PRIMARY KEY
            , CHECK (b<>','));
            CREATE INDEX i
              ON t(b,c);
            CREATE TABLE k (b TEXT,a TEXT,PRIMARY KEY (a))WITHOUT ROWID;";
        assert_eq!(structure(plain), structure(other));
        let conn = Connection::open_in_memory().unwrap();
        let ddl =
            other.replace(", -- it's\n              a INTEGER PRIMARY KEY\n", ", a INTEGER PRIMARY KEY -- last\n");
        conn.execute_batch(&ddl.replace("c DECIMAL(3,1) DEFAULT ' -- x ', /* , */ ", "").replace("(b,c)", "(b)"))
            .unwrap();
        conn.execute_batch(
            "ALTER TABLE t ADD COLUMN c DECIMAL(3,1) DEFAULT ' -- x '; DROP INDEX i; CREATE INDEX i ON t (b, c)",
        )
        .unwrap();
        assert_eq!(structure(plain), of(&conn).unwrap());
    }

    #[test]
    fn everything_else_is() {
        let plain = "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT, c TEXT DEFAULT 'x  y', CHECK (b <> ''));
            CREATE INDEX i ON t (b, c); CREATE VIEW v AS SELECT a, b FROM t; CREATE TABLE w (a TEXT PRIMARY KEY);";
        for (from, to) in [
            ("b TEXT", "b INTEGER"),
            ("b TEXT", "b TEXT NOT NULL"),
            ("b TEXT", "b TEXT COLLATE NOCASE"),
            ("b TEXT", "b TEXT, d TEXT"),
            ("'x  y'", "'x y'"),
            ("b <> ''", "b <> 'x'"),
            ("(b, c)", "(c, b)"),
            ("(b, c)", "(b, c DESC)"),
            ("CREATE INDEX", "CREATE UNIQUE INDEX"),
            ("SELECT a, b FROM", "SELECT b, a FROM"),
            ("SELECT a, b FROM", "SELECT a, b || '' AS b FROM"),
            ("(a TEXT PRIMARY KEY)", "(a TEXT)"),
            ("(a TEXT PRIMARY KEY)", "(a TEXT PRIMARY KEY) WITHOUT ROWID"),
            ("(a TEXT PRIMARY KEY)", "(a TEXT PRIMARY KEY) STRICT"),
        ] {
            assert!(plain.contains(from));
            assert_ne!(structure(plain), structure(&plain.replace(from, to)), "{to}");
        }
    }
}
