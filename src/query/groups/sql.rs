//! Groups by plain SQL over the rows.

use super::{GroupColumn, GroupMeasure, GroupRow, GroupsQuery, Ranked, sides};
use crate::case::CaseReader;
use crate::filter::{JsonPath, Step, Target};
use crate::model::{Dataset, FieldId, Kind};
use crate::query::columns_sql::{Columns, read_value};
use crate::query::directed::Counted;
use crate::query::figures::Source;
use crate::query::group::value;
use crate::query::rows::from_where;
use crate::query::sums::{descending_sql, read_sum};
use crate::query::{Cancel, QueryError, filter_sql, sort_sql};
use rusqlite::params_from_iter;
use rusqlite::types::Value as Sql;

/// The records in their groups, as SQL.
struct Grouped {
    /// `WITH record AS (...), grouped AS (...)`: a row for each record in each of its groups, with `key1`, `order1` ..., and
    /// what is measured.
    with: String,
    params: Vec<Sql>,
    /// How each key is read.
    kinds: Vec<Kind>,
    /// `key1, key2`.
    names: String,
    /// Aliases `high` and `low`, as `read_sum` reads them.
    measure: &'static str,
}

/// As `query::groups`, without what is in no row.
pub(super) fn ranked(reader: &CaseReader, query: &GroupsQuery, cancel: &Cancel) -> Result<Ranked, QueryError> {
    let dataset = query.scope.dataset;
    let grouped = Grouped::new(reader, query)?;
    let Grouped { with, params, kinds, measure, .. } = &grouped;
    // Without a row nothing says how many groups there are.
    let limit = query.limit.map(|limit| limit.max(1));
    let sql = format!("{with} {}", grouped.first(query, limit));
    let all = format!("{with} SELECT {measure} FROM grouped");
    filter_sql::prepare(reader)?;
    let mut found = cancel.watch(reader, || {
        let all = reader.conn.query_row(&all, params_from_iter(params), |row| read_sum(row, 0))?;
        let mut found = Ranked { rows: Vec::new(), groups: 0, all };
        let mut statement = reader.conn.prepare(&sql)?;
        let mut rows = statement.query(params_from_iter(params))?;
        while let Some(row) = rows.next()? {
            let key = kinds.iter().enumerate().map(|(at, kind)| read_value(row, at, dataset, *kind));
            let key = key.collect::<rusqlite::Result<_>>()?;
            found.rows.push(GroupRow { key, value: read_sum(row, kinds.len())? });
            found.groups = row.get(kinds.len() + 2)?;
        }
        Ok(found)
    })?;
    found.rows.truncate(query.limit.unwrap_or(usize::MAX));
    Ok(found)
}

/// What the groups behind the limit come to together.
pub(super) fn others(reader: &CaseReader, query: &GroupsQuery, cancel: &Cancel) -> Result<Option<u128>, QueryError> {
    let grouped = Grouped::new(reader, query)?;
    let Grouped { with, params, kinds, measure, .. } = &grouped;
    let first = grouped.first(query, query.limit);
    let same: Vec<String> = (1..=kinds.len()).map(|n| format!("shown.key{n} IS grouped.key{n}")).collect();
    let sql = format!(
        "{with}, shown AS MATERIALIZED ({first})
         SELECT {measure} FROM grouped WHERE NOT EXISTS (SELECT 1 FROM shown WHERE {})",
        same.join(" AND ")
    );
    filter_sql::prepare(reader)?;
    cancel.watch(reader, || Ok(reader.conn.query_row(&sql, params_from_iter(params), |row| read_sum(row, 0))?))
}

impl Grouped {
    fn new(reader: &CaseReader, query: &GroupsQuery) -> Result<Self, QueryError> {
        let dataset = query.scope.dataset;
        let mut keys = Keys::default();
        for (target, n) in query.by.iter().zip(1..) {
            keys.add(target, n);
        }
        let distinct = match query.measure {
            GroupMeasure::Distinct(field) => {
                keys.fields.push(field);
                value(field)
            }
            _ => "NULL".to_owned(),
        };
        let records = query.scope.records(Vec::new());
        let (measured, (from, params)) = match dataset {
            Dataset::Flows => {
                let source = Source::new(reader, dataset, &keys.fields, Counted::Once)?;
                let from = source.select_from(&records)?;
                (source.columns, from)
            }
            Dataset::Events => {
                let joins = format!("{}{}", Columns::of(&keys.fields).joins(), keys.joins);
                ("1 AS n, NULL AS packets, NULL AS bytes".to_owned(), from_where(&records, &joins)?)
            }
        };
        // A value that a record has several times counts once.
        let distinct_rows = if keys.repeats { "DISTINCT e.id, " } else { "" };
        let columns = keys.columns.join(", ");
        let record = format!("SELECT {distinct_rows}{columns}, {distinct} AS v, {measured} {from}");
        // The second direction of a record has counters, and is no record.
        let is_sum = matches!(query.measure, GroupMeasure::Bytes | GroupMeasure::Packets);
        let counted = if is_sum { "1" } else { "n" };
        let branches: Vec<String> = keys
            .branches
            .iter()
            .map(|branch| format!("SELECT {}, v, n, packets, bytes FROM record WHERE {counted}{}", branch.0, branch.1))
            .collect();
        let measure = match query.measure {
            GroupMeasure::Records => "count(*) >> 32 AS high, count(*) & 4294967295 AS low",
            GroupMeasure::Bytes => "sum(bytes >> 32) AS high, sum(bytes & 4294967295) AS low",
            GroupMeasure::Packets => "sum(packets >> 32) AS high, sum(packets & 4294967295) AS low",
            GroupMeasure::Distinct(_) => "count(DISTINCT v) >> 32 AS high, count(DISTINCT v) & 4294967295 AS low",
        };
        Ok(Self {
            with: format!(
                "WITH record AS NOT MATERIALIZED ({record}), grouped AS NOT MATERIALIZED ({})",
                branches.join(" UNION ALL ")
            ),
            params,
            names: (1..=keys.kinds.len()).map(|n| format!("key{n}")).collect::<Vec<_>>().join(", "),
            kinds: keys.kinds,
            measure,
        })
    }

    /// The groups in order, with `high`, `low` and `groups`, how many there are.
    fn first(&self, query: &GroupsQuery, limit: Option<usize>) -> String {
        let Self { names, measure, .. } = self;
        let terms = query.order().into_iter().map(|order| match (order.column, order.descending) {
            (GroupColumn::Measure, true) => descending_sql("high", "low"),
            (GroupColumn::Measure, false) => {
                "high + (low >> 32) ASC NULLS LAST, low & 4294967295 ASC NULLS LAST".to_owned()
            }
            (GroupColumn::Key(at), descending) => {
                let (n, way) = (at + 1, if descending { "DESC" } else { "ASC" });
                format!("min(order{n}) {way} NULLS LAST, key{n} {way}")
            }
        });
        let order = terms.collect::<Vec<_>>().join(", ");
        let limit = limit.and_then(|limit| i64::try_from(limit).ok()).unwrap_or(-1);
        format!(
            "SELECT {names}, {measure}, count(*) OVER () AS groups FROM grouped GROUP BY {names}
             ORDER BY {order} LIMIT {limit}"
        )
    }
}

/// What records are grouped by, as columns of theirs.
struct Keys {
    /// `key1`, `order1`; for two-sided ones `other_key1` and `other_order1` too.
    columns: Vec<String>,
    kinds: Vec<Kind>,
    /// What the columns read.
    fields: Vec<FieldId>,
    joins: String,
    /// A record can have a value several times.
    repeats: bool,
    /// The columns of each way to be in a group, and its conditions.
    branches: Vec<(String, String)>,
}

impl Default for Keys {
    fn default() -> Self {
        let branches = vec![(String::new(), String::new())];
        Self {
            columns: Vec::new(),
            kinds: Vec::new(),
            fields: Vec::new(),
            joins: String::new(),
            repeats: false,
            branches,
        }
    }
}

impl Keys {
    fn add(&mut self, target: &Target, n: usize) {
        let own = (format!("key{n}, order{n}"), String::new());
        match target {
            Target::EitherAddress | Target::EitherPort => {
                let [one, other] = sides(*target == Target::EitherPort);
                self.field(one, "", n);
                self.field(other, "other_", n);
                self.kinds.push(one.kind);
                // An absent side is no value beside another one.
                let first = format!(" AND (key{n} IS NOT NULL OR other_key{n} IS NULL)");
                let second = format!(" AND other_key{n} IS NOT NULL AND other_key{n} IS NOT key{n}");
                self.branch(&[(own.0, first), (format!("other_key{n}, other_order{n}"), second)]);
            }
            Target::Path(path) => {
                self.path(path, n);
                self.branch(&[own]);
            }
            Target::Field(field) => {
                self.field(*field, "", n);
                self.kinds.push(field.kind);
                self.branch(&[own]);
            }
            // Refused before.
            _ => {}
        }
    }

    fn field(&mut self, field: FieldId, prefix: &str, n: usize) {
        let order = sort_sql::sort_key(field);
        self.columns.push(format!("{} AS {prefix}key{n}, {order} AS {prefix}order{n}", value(field)));
        self.fields.push(field);
    }

    /// Each value of a path with `[*]`, the first of another one; as text.
    fn path(&mut self, path: &JsonPath, n: usize) {
        let steps = filter_sql::steps_text(path.steps()).replace('\'', "''");
        let each = path.steps().contains(&Step::Each);
        let first = if each { String::new() } else { format!(" AND w{n}.key = 0") };
        self.joins.push_str(&format!(
            " LEFT JOIN json_each(coldtrail_json_values(coldtrail_event_json(e.id), '{steps}')) w{n}
              ON w{n}.type <> 'null'{first}"
        ));
        let text = format!("CASE WHEN w{n}.type IN ('true', 'false') THEN w{n}.type ELSE CAST(w{n}.value AS TEXT) END");
        self.columns.push(format!("{text} AS key{n}, {text} AS order{n}"));
        self.kinds.push(Kind::Text);
        self.repeats |= each;
    }

    fn branch(&mut self, ways: &[(String, String)]) {
        let mut branches = Vec::with_capacity(self.branches.len() * ways.len());
        for (columns, conditions) in &self.branches {
            for (more, condition) in ways {
                let columns = if columns.is_empty() { more.clone() } else { format!("{columns}, {more}") };
                branches.push((columns, format!("{conditions}{condition}")));
            }
        }
        self.branches = branches;
    }
}
