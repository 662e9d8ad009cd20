//! Results as rows of values under named columns, a batch at a time.

use super::PlaybookSource;
use crate::case::CaseReader;
use crate::filter::{Check, Filter, Target};
use crate::model::{Dataset, FieldId, Home, Kind, RecordId, Timestamp, field};
use crate::query::named::{Answer, Column, Question};
use crate::query::{
    self, Cancel, ConversationColumn, ConversationTable, Duplicates, PairColumn, PairTable, QueryError, RowSet, Scope,
    SeriesKey, SeriesQuery, SeriesTable, TopQuery, TopTable, Value,
};

/// What a column's values are, and so how each format writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportKind {
    Int32,
    Int64,
    /// A sum, which may be longer than 64 bits.
    Sum,
    /// A number with a fraction.
    Ratio,
    Boolean,
    Text,
    /// JSON; in JSON Lines a value, elsewhere its text.
    Json,
    /// A time of a flow record: Parquet has whole seconds since 1970, as AWS delivers; elsewhere ISO 8601, UTC.
    FlowTime,
    /// Parquet has a timestamp of milliseconds, UTC; elsewhere ISO 8601.
    Time,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportColumn {
    pub name: String,
    pub kind: ExportKind,
}

impl ExportColumn {
    pub(super) fn new(name: impl Into<String>, kind: ExportKind) -> Self {
        Self { name: name.into(), kind }
    }
}

/// Rows to be written.
pub trait ExportSource {
    fn columns(&self) -> &[ExportColumn];
    fn len(&self) -> usize;

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// As many rows from this place on, or as there are; a value for each column.
    fn rows(&self, from: usize, count: usize) -> Result<Vec<Vec<Value>>, QueryError>;

    /// Is any sum longer than 64 bits? Then Parquet's sums are decimals of 38 digits instead of integers.
    fn has_wide_sums(&self) -> bool {
        false
    }
}

/// Records with all their fields, under AWS's own column names.
pub struct RecordSource<'a> {
    reader: &'a CaseReader,
    dataset: Dataset,
    rows: RowSet,
    fields: Vec<(FieldId, Option<Column>)>,
    with_ref: bool,
    /// A last column `extra`: what flow records say besides, as JSON.
    with_extras: bool,
    columns: Vec<ExportColumn>,
}

/// The fields that an export of records holds: of flows those of the default format and every other that the case has a
/// value of; of events those that are members of the event, so that nothing stands there twice.
pub fn record_columns(reader: &CaseReader, dataset: Dataset, cancel: &Cancel) -> Result<Vec<FieldId>, QueryError> {
    let mut fields = Vec::new();
    for field in field::of(dataset) {
        let wanted = match (dataset, field.home) {
            (Dataset::Flows, _) if field.since == 2 => true,
            (Dataset::Flows, _) => {
                let present = Filter::test(Target::Field(field), Check::Present);
                let scope = Scope { duplicates: Duplicates::All, ..Scope::of(dataset, present) };
                query::named::any(reader, &scope, cancel)?
            }
            (Dataset::Events, Home::Event(path) | Home::Call(path)) => !path.contains('.'),
            (Dataset::Events, _) => true,
        };
        fields.extend(wanted.then_some(field));
    }
    Ok(fields)
}

impl<'a> RecordSource<'a> {
    /// `with_ref`: a column `ref` in front, by which a row is found in the case. Where flow records of the case say more
    /// than its fields, a column `extra` holds that.
    ///
    /// # Errors
    /// The case cannot be read.
    pub fn new(
        reader: &'a CaseReader,
        dataset: Dataset,
        rows: RowSet,
        fields: Vec<FieldId>,
        with_ref: bool,
    ) -> Result<Self, QueryError> {
        let named = fields.into_iter().map(|field| (field, None, column_of(field)));
        let mut source = Self::over(reader, dataset, rows, named.collect(), with_ref);
        if dataset == Dataset::Flows && query::has_extras(reader)? {
            source.with_extras = true;
            source.columns.push(ExportColumn::new("extra", ExportKind::Json));
        }
        Ok(source)
    }

    /// The columns of a named query.
    fn named(reader: &'a CaseReader, dataset: Dataset, rows: RowSet, columns: &[Column]) -> Self {
        let named = columns.iter().filter_map(|column| {
            let field = column.field(dataset)?;
            let shown = match column {
                // Under the names that the query's table has on the screen.
                Column::Field(name) => ExportColumn::new(*name, column_of(field).kind),
                Column::Inside { name, .. } => ExportColumn::new(*name, ExportKind::Text),
            };
            Some((field, Some(*column), shown))
        });
        Self::over(reader, dataset, rows, named.collect(), true)
    }

    fn over(
        reader: &'a CaseReader,
        dataset: Dataset,
        rows: RowSet,
        list: Vec<(FieldId, Option<Column>, ExportColumn)>,
        with_ref: bool,
    ) -> Self {
        let mut columns: Vec<ExportColumn> = Vec::new();
        columns.extend(with_ref.then(|| ExportColumn::new("ref", ExportKind::Text)));
        let mut fields = Vec::new();
        for (field, own, column) in list {
            fields.push((field, own));
            columns.push(column);
        }
        Self { reader, dataset, rows, fields, with_ref, with_extras: false, columns }
    }
}

/// AWS's types of flow-log fields in Parquet; the Athena table's names of events, which are the members' names in lower
/// case, as texts.
fn column_of(field: FieldId) -> ExportColumn {
    if field.dataset == Dataset::Events {
        let Some(path) = field.event_path() else {
            return ExportColumn::new(field.name(), ExportKind::Text);
        };
        let kind = if field.kind == Kind::Json { ExportKind::Json } else { ExportKind::Text };
        return ExportColumn::new(path.replace('.', "_").to_ascii_lowercase(), kind);
    }
    let kind = match (field.kind, field.name()) {
        (Kind::Time, _) => ExportKind::FlowTime,
        (Kind::Bytes, _) | (Kind::Integer, "packets") => ExportKind::Int64,
        (Kind::Integer, name) if name.starts_with("packets_lost") => ExportKind::Int64,
        (Kind::Integer | Kind::Port | Kind::Protocol | Kind::TcpFlags, _) => ExportKind::Int32,
        (Kind::Boolean, _) => ExportKind::Boolean,
        (Kind::Text | Kind::Address, _) => ExportKind::Text,
        (Kind::Json, _) => ExportKind::Json,
    };
    ExportColumn::new(field.name(), kind)
}

impl ExportSource for RecordSource<'_> {
    fn columns(&self) -> &[ExportColumn] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn rows(&self, from: usize, count: usize) -> Result<Vec<Vec<Value>>, QueryError> {
        let ids = self.rows.ids(from..from.saturating_add(count));
        let fields: Vec<FieldId> = self.fields.iter().map(|(field, _)| *field).collect();
        let page = query::page(self.reader, self.dataset, &ids, &fields)?;
        let extras = if self.with_extras { query::extras(self.reader, &ids)? } else { Vec::new() };
        let mut extras = extras.into_iter();
        let row = |(id, values): (&RecordId, Vec<Value>)| {
            let id = self.with_ref.then(|| Value::Text(id.to_string()));
            let values = values.into_iter().zip(&self.fields).map(|(value, (_, own))| match own {
                Some(column) => column.value(value),
                None => value,
            });
            id.into_iter().chain(values).chain(extras.next()).collect()
        };
        Ok(ids.iter().zip(page).map(row).collect())
    }
}

/// Pairs, as the command line prints them.
pub struct PairSource<'a> {
    reader: &'a CaseReader,
    table: &'a PairTable,
    columns: Vec<ExportColumn>,
}

impl<'a> PairSource<'a> {
    pub fn new(reader: &'a CaseReader, table: &'a PairTable) -> Self {
        let kind = |column: PairColumn| match column {
            PairColumn::Srcaddr | PairColumn::Dstaddr | PairColumn::FlowDirection => ExportKind::Text,
            PairColumn::RecordCount | PairColumn::Accepted | PairColumn::Rejected => ExportKind::Int64,
            PairColumn::Packets | PairColumn::TotalBytes | PairColumn::DataRatio => ExportKind::Sum,
            PairColumn::FirstSeen | PairColumn::LastSeen => ExportKind::Time,
        };
        let columns = PairColumn::of(table.by).map(|column| ExportColumn::new(column.name(), kind(column))).collect();
        Self { reader, table, columns }
    }
}

fn is_wide(sum: Option<u128>) -> bool {
    sum.is_some_and(|sum| i64::try_from(sum).is_err())
}

impl ExportSource for PairSource<'_> {
    fn columns(&self) -> &[ExportColumn] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.table.len()
    }

    fn rows(&self, from: usize, count: usize) -> Result<Vec<Vec<Value>>, QueryError> {
        let rows = query::pair_rows(self.reader, self.table, from..from.saturating_add(count))?;
        let cells = |row: query::PairRow| PairColumn::of(self.table.by).map(|column| row.value(column)).collect();
        Ok(rows.into_iter().map(cells).collect())
    }

    fn has_wide_sums(&self) -> bool {
        (0..self.table.len()).any(|row| is_wide(self.table.bytes.get(row)) || is_wide(self.table.packets.get(row)))
    }
}

/// Conversations, as the command line prints them.
pub struct ConversationSource<'a> {
    reader: &'a CaseReader,
    table: &'a ConversationTable,
    columns: Vec<ExportColumn>,
}

impl<'a> ConversationSource<'a> {
    pub fn new(reader: &'a CaseReader, table: &'a ConversationTable) -> Self {
        use ConversationColumn as C;
        let kind = |column: C| match column {
            C::Left | C::Right | C::StartedBy | C::Evidence => ExportKind::Text,
            C::RecordCount | C::Accepted | C::Rejected | C::Repeats => ExportKind::Int64,
            C::Packets | C::TotalBytes | C::DataRatio | C::Sent | C::Received => ExportKind::Sum,
            C::FirstSeen | C::LastSeen => ExportKind::Time,
            C::Ratio => ExportKind::Ratio,
        };
        let columns = C::ALL.into_iter().map(|column| ExportColumn::new(column.name(), kind(column))).collect();
        Self { reader, table, columns }
    }
}

impl ExportSource for ConversationSource<'_> {
    fn columns(&self) -> &[ExportColumn] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.table.len()
    }

    fn rows(&self, from: usize, count: usize) -> Result<Vec<Vec<Value>>, QueryError> {
        let rows = query::conversation_rows(self.reader, self.table, from..from.saturating_add(count))?;
        let cells =
            |row: query::ConversationRow| ConversationColumn::ALL.into_iter().map(|column| row.value(column)).collect();
        Ok(rows.into_iter().map(cells).collect())
    }

    fn has_wide_sums(&self) -> bool {
        (0..self.table.len()).any(|row| is_wide(self.table.total_bytes(row)) || is_wide(self.table.packets.get(row)))
    }
}

/// Rows that are there as values.
pub(super) struct Rows {
    pub columns: Vec<ExportColumn>,
    pub rows: Vec<Vec<Value>>,
}

impl Rows {
    pub fn has_wide_sums(&self) -> bool {
        let sums = || self.columns.iter().enumerate().filter(|(_, column)| column.kind == ExportKind::Sum);
        self.rows.iter().any(|row| sums().any(|(at, _)| matches!(row.get(at), Some(Value::Number(_)))))
    }

    pub fn page(&self, from: usize, count: usize) -> Vec<Vec<Value>> {
        self.rows.iter().skip(from).take(count).cloned().collect()
    }
}

macro_rules! rows_source {
    ($name:ident) => {
        impl ExportSource for $name {
            fn columns(&self) -> &[ExportColumn] {
                &self.0.columns
            }

            fn len(&self) -> usize {
                self.0.rows.len()
            }

            fn rows(&self, from: usize, count: usize) -> Result<Vec<Vec<Value>>, QueryError> {
                Ok(self.0.page(from, count))
            }

            fn has_wide_sums(&self) -> bool {
                self.0.has_wide_sums()
            }
        }
    };
}

pub(super) use rows_source;

/// A top list.
pub struct TopSource(Rows);
rows_source!(TopSource);

impl TopSource {
    pub fn new(query: &TopQuery, table: &TopTable) -> Self {
        let mut columns: Vec<ExportColumn> =
            query.by.names().into_iter().map(|name| ExportColumn::new(name, ExportKind::Text)).collect();
        columns.extend(query.columns().map(|name| {
            let kind = if ["record_count", "errors"].contains(&name) { ExportKind::Int64 } else { ExportKind::Sum };
            ExportColumn::new(name, kind)
        }));
        let text = |value: &Value| if *value == Value::Null { Value::Null } else { Value::Text(value.to_text()) };
        let rows = table.rows.iter().map(|row| row.key.iter().map(text).chain(query.values(row)).collect());
        Self(Rows { columns, rows: rows.collect() })
    }
}

/// A series: a row for each bin and line that has a value.
pub struct SeriesSource(Rows);
rows_source!(SeriesSource);

impl SeriesSource {
    pub fn new(query: &SeriesQuery, table: &SeriesTable) -> Self {
        let mut columns = vec![
            ExportColumn::new("bin_start", ExportKind::Time),
            ExportColumn::new("series", ExportKind::Text),
            ExportColumn::new("value", ExportKind::Sum),
        ];
        columns.extend(query.threshold.map(|_| ExportColumn::new("reached", ExportKind::Boolean)));
        let mut rows = Vec::new();
        for (place, start) in (0u32..).zip(&table.bins) {
            for line in table.lines.iter().filter(|line| line.at.binary_search(&place).is_ok()) {
                let value = line.value(place as usize);
                let mut row = vec![
                    Value::Time(Timestamp::from_secs(*start)),
                    series_name(&line.key, query),
                    Value::sum(Some(value)),
                ];
                row.extend(query.threshold.map(|threshold| Value::Boolean(value >= u128::from(threshold))));
                rows.push(row);
            }
        }
        Self(Rows { columns, rows })
    }
}

/// What a line is called: its key's values; `other` for the rest; the measure where there is one line for all.
pub fn series_name(key: &SeriesKey, query: &SeriesQuery) -> Value {
    match key {
        SeriesKey::All => Value::Text(query.measure.name().to_owned()),
        SeriesKey::Other => Value::Text("other".to_owned()),
        SeriesKey::Group(values) => match query.by.map_or(values.as_slice(), |by| by.telling(values)) {
            [Value::Null] => Value::Null,
            values => {
                let text = |value: &Value| if *value == Value::Null { "-".to_owned() } else { value.to_text() };
                Value::Text(values.iter().map(text).collect::<Vec<_>>().join(" "))
            }
        },
    }
}

/// One number.
struct FigureSource(Rows);
rows_source!(FigureSource);

/// The rows of an answer; `None` where it is not the answer to this question.
pub fn source_of<'a>(
    reader: &'a CaseReader,
    question: &Question,
    answer: &'a Answer,
    cancel: &Cancel,
) -> Result<Option<Box<dyn ExportSource + 'a>>, QueryError> {
    Ok(match (question, answer) {
        (Question::Records { query, columns, .. }, Answer::Records { rows, .. }) => {
            let dataset = query.dataset;
            Some(Box::new(if columns.is_empty() {
                RecordSource::new(reader, dataset, rows.clone(), record_columns(reader, dataset, cancel)?, false)?
            } else {
                RecordSource::named(reader, dataset, rows.clone(), columns)
            }))
        }
        (Question::Pairs(_), Answer::Pairs(table)) => Some(Box::new(PairSource::new(reader, table))),
        (Question::Top(query), Answer::Top(table)) => Some(Box::new(TopSource::new(query, table))),
        (Question::Series(query), Answer::Series(table)) => Some(Box::new(SeriesSource::new(query, table))),
        (Question::Figure { figure, .. }, Answer::Figure { .. }) => {
            let columns = vec![ExportColumn::new(figure.name(), ExportKind::Sum)];
            Some(Box::new(FigureSource(Rows { columns, rows: vec![vec![answer.figure()]] })))
        }
        (_, Answer::Directional(table)) => Some(Box::new(PlaybookSource::new(reader, table))),
        _ => None,
    })
}
