//! The options of `coldtrail exhibit add`: those of the commands that list the same, and which of them each kind takes.

use crate::analysis::ALL;
use crate::cli::arguments::{ScopeArguments, field_or_usage, sort_keys, unknown};
use crate::cli::opening::Writing;
use crate::cli::series::{DatasetName, MeasureName};
use crate::cli::{CliError, pairs, query, series};
use crate::model::{Address, Dataset, FieldId, RecordId};
use crate::present::chart::Shape;
use crate::query::tables::RecordColumn;
use crate::query::{
    AddressQuery, BinWidth, By, ConversationColumn, ConversationQuery, ConversationSort, Figure, Measure, PairColumn,
    PairQuery, PairSort, PlaybookQuery, Repeats, SeriesQuery, SortKey, TopQuery,
};
use crate::questions;
use crate::questions::catalogue::Shape as QueryShape;
use crate::questions::{
    AddressQuestion, CompareQuestion, ConversationsQuestion, EventQuestion, EvidenceQuestion, FigureQuestion,
    HeatQuestion, Live, PairsQuestion, PlaybookQuestion, Question, RecordsQuestion, SelectedQuestion, SeriesQuestion,
    SightingsQuestion, SqlQuestion, TextQuestion, TopQuestion, usual_fields,
};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    /// flows, events, selected, pairs, conversations, top, series, heatmap, event, compare, address, text, sightings,
    /// playbook, figure, evidence, sql, query (a named query), or the name of an analysis, such as leads or monitor
    #[arg(long)]
    pub kind: String,
    /// Caption of the exhibit
    #[arg(long)]
    pub caption: String,
    /// A note
    #[arg(long)]
    pub note: Option<String>,
    /// Number of the finding it supports
    #[arg(long)]
    pub finding: Option<i64>,
    /// Time zone of its times, such as Asia/Tokyo; by default UTC
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<chrono_tz::Tz>,
    #[command(flatten)]
    pub scope: ScopeArguments,
    /// Records to use: selected, top, series, heatmap, event, compare
    #[arg(long, value_enum)]
    pub dataset: Option<DatasetName>,
    /// Sort by this column; -COLUMN for descending; several separated by commas
    #[arg(long, value_name = "[-]COLUMN", allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// Fields, separated by commas
    #[arg(long, value_name = "A,B")]
    pub columns: Option<String>,
    /// Maximum number of rows
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// A record, as shown in the column ref; can be repeated
    #[arg(long, value_name = "REF")]
    pub record: Vec<String>,
    /// An address: of pairs (either side, plus records without an address) or of an address page
    #[arg(long, value_name = "IP")]
    pub ip: Option<String>,
    /// Grouping of pairs, lists and series, as in those commands
    #[arg(long)]
    pub by: Option<String>,
    /// Conversations: count traffic that was recorded at two interfaces once
    #[arg(long)]
    pub once: bool,
    /// Only pairs with a public address
    #[arg(long)]
    pub external: bool,
    /// Bin width, as in coldtrail series
    #[arg(long, value_name = "WIDTH")]
    pub bin: Option<String>,
    /// Measure to sum
    #[arg(long, value_enum)]
    pub measure: Option<MeasureName>,
    /// Number of lines in a series
    #[arg(long, value_name = "N")]
    pub top: Option<usize>,
    /// Mark the values of a series that reach this threshold
    #[arg(long, value_name = "N")]
    pub threshold: Option<u64>,
    /// Chart type of a series: bars, area or lines
    #[arg(long)]
    pub shape: Option<String>,
    /// Content of a text exhibit
    #[arg(long)]
    pub text: Option<String>,
    /// Any kind: its query as JSON, as printed by coldtrail exhibit show --json, instead of the options
    #[arg(long, value_name = "JSON")]
    pub question: Option<String>,
    /// Name of the named query, as in coldtrail query
    #[arg(long, value_name = "NAME")]
    pub query: Option<String>,
    /// A parameter of the named query; can be repeated
    #[arg(long = "param", value_name = "K=V")]
    pub parameters: Vec<String>,
    /// Sightings: only entries of this indicator list
    #[arg(long, value_name = "NAME")]
    pub list: Option<String>,
    /// One SELECT over the documented views, as in coldtrail sql
    #[arg(long, value_name = "STATEMENT")]
    pub sql: Option<String>,
    #[command(flatten)]
    pub writing: Writing,
}

/// Options that only some kinds take.
const TAKEN: [(&str, &[&str]); 18] = [
    ("flows", &["filter", "range", "all-copies", "sort", "columns", "limit"]),
    ("events", &["filter", "range", "all-copies", "sort", "columns", "limit"]),
    ("selected", &["dataset", "columns", "record"]),
    ("pairs", &["filter", "range", "all-copies", "sort", "limit", "ip", "by", "external"]),
    ("conversations", &["filter", "range", "all-copies", "sort", "limit", "ip", "by", "external", "once"]),
    ("top", &["filter", "range", "all-copies", "dataset", "limit", "by", "measure"]),
    ("series", &["filter", "range", "all-copies", "dataset", "by", "bin", "measure", "top", "threshold", "shape"]),
    ("heatmap", &["filter", "range", "all-copies", "dataset", "measure"]),
    ("event", &["dataset", "record"]),
    ("compare", &["dataset", "record"]),
    ("address", &["range", "all-copies", "ip", "limit"]),
    ("text", &["text"]),
    ("sightings", &["filter", "range", "all-copies", "by", "list", "limit"]),
    ("playbook", &["filter", "range", "all-copies", "limit"]),
    ("figure", &["filter", "range", "all-copies", "dataset", "measure"]),
    ("evidence", &[]),
    ("sql", &["sql", "limit"]),
    ("query", &["filter", "range", "all-copies", "query", "param", "limit"]),
];

/// Those that every analysis takes.
const OF_ANALYSES: &[&str] = &["filter", "range", "all-copies", "param", "limit"];

impl Arguments {
    /// The options that were given.
    fn given(&self) -> Vec<&'static str> {
        let scope = &self.scope;
        [
            ("filter", scope.filter.is_some()),
            ("range", scope.from.is_some() || scope.to.is_some()),
            ("all-copies", scope.all_copies),
            ("dataset", self.dataset.is_some()),
            ("sort", self.sort.is_some()),
            ("columns", self.columns.is_some()),
            ("limit", self.limit.is_some()),
            ("record", !self.record.is_empty()),
            ("ip", self.ip.is_some()),
            ("by", self.by.is_some()),
            ("once", self.once),
            ("external", self.external),
            ("bin", self.bin.is_some()),
            ("measure", self.measure.is_some()),
            ("top", self.top.is_some()),
            ("threshold", self.threshold.is_some()),
            ("shape", self.shape.is_some()),
            ("text", self.text.is_some()),
            ("list", self.list.is_some()),
            ("sql", self.sql.is_some()),
            ("query", self.query.is_some()),
            ("param", !self.parameters.is_empty()),
        ]
        .into_iter()
        .filter_map(|(name, given)| given.then_some(name))
        .collect()
    }

    /// # Errors
    /// The kind is not known, or an option is not one of its own.
    pub fn question(&self) -> Result<Box<dyn Question>, CliError> {
        let kind = self.kind.as_str();
        if let Some(question) = &self.question {
            if let Some(name) = self.given().first() {
                return Err(CliError::Usage(format!("--question cannot be combined with --{name}")));
            }
            return questions::question(kind, question).map_err(|error| CliError::Usage(error.to_string()));
        }
        let is_analysis = ALL.iter().any(|analysis| analysis.name == kind);
        let taken = TAKEN.iter().find(|(name, _)| *name == kind).map(|(_, taken)| *taken);
        let known = || TAKEN.iter().map(|(name, _)| *name).chain(ALL.iter().map(|analysis| analysis.name));
        let taken = taken.or(is_analysis.then_some(OF_ANALYSES));
        let taken = taken.ok_or_else(|| unknown("kind of exhibit", kind, known()))?;
        if let Some(name) = self.given().into_iter().find(|name| !taken.contains(name)) {
            let name = if name == "range" { "from and --to" } else { name };
            return Err(CliError::Usage(format!("an exhibit of kind {kind} has no --{name}")));
        }
        Ok(match kind {
            "flows" => Box::new(self.records(Dataset::Flows)?),
            "events" => Box::new(self.records(Dataset::Events)?),
            "selected" => Box::new(SelectedQuestion {
                dataset: self.dataset(),
                records: self.named_records()?,
                columns: self.fields(self.dataset())?,
            }),
            "pairs" => {
                let query = self.pairs()?;
                let sort = pairs::sort_by(self.order(), PairColumn::of(query.by), PairColumn::name)?;
                let sort = sort.map(|(column, descending)| PairSort { column, descending }).collect();
                Box::new(PairsQuestion(PairQuery { sort, limit: self.limit, ..query }))
            }
            "conversations" => {
                let known = ConversationColumn::ALL.into_iter();
                let sort = pairs::sort_by(self.order(), known, ConversationColumn::name)?;
                Box::new(ConversationsQuestion(ConversationQuery {
                    pairs: self.pairs()?,
                    repeats: if self.once { Repeats::LeftOut } else { Repeats::Counted },
                    sort: sort.map(|(column, descending)| ConversationSort { column, descending }).collect(),
                    limit: self.limit,
                }))
            }
            "top" => {
                let dataset = self.dataset();
                let by = self.by.as_deref().ok_or_else(|| needs("top", "by"))?;
                let (scope, by, measure) =
                    (self.scope.scope(dataset)?, series::group(dataset, by)?, self.measure(dataset));
                Box::new(TopQuestion(TopQuery { scope, by, measure, limit: self.limit }))
            }
            "series" => Box::new(self.series()?),
            "heatmap" => {
                let dataset = self.dataset();
                Box::new(HeatQuestion { scope: self.scope.scope(dataset)?, measure: self.measure(dataset) })
            }
            "event" => {
                let record = self.named_records()?.first().copied().ok_or_else(|| needs("event", "record"))?;
                let dataset = self.dataset.map_or(Dataset::Events, Dataset::from);
                Box::new(EventQuestion { dataset, record })
            }
            "compare" => {
                let dataset = self.dataset.map_or(Dataset::Events, Dataset::from);
                Box::new(CompareQuestion::of(dataset, self.named_records()?))
            }
            "address" => {
                let address = self.address()?.ok_or_else(|| needs("address", "ip"))?;
                let query = AddressQuery::of(address);
                let (range, duplicates) = (self.scope.range()?, self.scope.duplicates());
                let limit = self.limit.unwrap_or(query.limit);
                Box::new(AddressQuestion(AddressQuery { range, duplicates, limit, ..query }))
            }
            "sightings" => Box::new(self.sightings()?),
            "playbook" => {
                let query = PlaybookQuery { scope: self.scope.scope(Dataset::Flows)? };
                Box::new(PlaybookQuestion { query, limit: self.limit })
            }
            "figure" => {
                let dataset = self.dataset();
                let figure = match self.measure(dataset) {
                    Measure::Bytes => Figure::Bytes,
                    Measure::Records => Figure::Records,
                    other => return Err(CliError::Usage(format!("a figure cannot count {}", other.name()))),
                };
                Box::new(FigureQuestion { scope: self.scope.scope(dataset)?, figure })
            }
            "evidence" => Box::new(EvidenceQuestion),
            "sql" => {
                let statement = self.sql.clone().ok_or_else(|| needs("sql", "sql"))?;
                Box::new(SqlQuestion { statement: statement.as_str().into(), limit: self.limit })
            }
            "query" => {
                let name = self.query.as_deref().ok_or_else(|| needs("query", "query"))?;
                self.named(name)?
            }
            name if is_analysis => self.named(name)?,
            _ => Box::new(TextQuestion(self.text.clone().ok_or_else(|| needs("text", "text"))?)),
        })
    }

    /// The question of a named query.
    fn named(&self, name: &str) -> Result<Box<dyn Question>, CliError> {
        let (query, given) = query::asked(name, &self.parameters, self.limit, &self.scope)?;
        let question = query.question(&given)?;
        Ok(match (query.shape, question.live()) {
            // An exhibit says which fields it shows.
            (QueryShape::Records { columns: [], .. }, Live::Records(records)) => Box::new(RecordsQuestion {
                columns: fields(usual_fields(query.dataset)),
                limit: given.limit.or(query.limit),
                query: records,
            }),
            _ => question,
        })
    }

    fn dataset(&self) -> Dataset {
        self.dataset.map_or(Dataset::Flows, Dataset::from)
    }

    fn fields(&self, dataset: Dataset) -> Result<Vec<FieldId>, CliError> {
        Ok(match &self.columns {
            None => usual_fields(dataset),
            Some(names) => names
                .split(',')
                .map(str::trim)
                // Every row has its name in front.
                .filter(|name| *name != "ref")
                .map(|name| field_or_usage(dataset, name))
                .collect::<Result<_, _>>()?,
        })
    }

    fn records(&self, dataset: Dataset) -> Result<RecordsQuestion, CliError> {
        let sort = self.sort.as_deref().map(sort_keys).into_iter().flatten();
        let sort = sort
            .map(|(name, descending)| Ok(SortKey { field: field_or_usage(dataset, name)?, descending }))
            .collect::<Result<_, CliError>>()?;
        let query = self.scope.scope(dataset)?.records(sort);
        Ok(RecordsQuestion { query, columns: fields(self.fields(dataset)?), limit: self.limit })
    }

    fn named_records(&self) -> Result<Vec<RecordId>, CliError> {
        let record = |text: &String| {
            RecordId::parse(text).ok_or_else(|| CliError::Usage(format!("{text} is not a record reference")))
        };
        self.record.iter().map(record).collect()
    }

    fn address(&self) -> Result<Option<Address>, CliError> {
        let address = |text: &String| {
            Address::parse(text.as_bytes()).ok_or_else(|| CliError::Usage(format!("{text} is not an IP address")))
        };
        self.ip.as_ref().map(address).transpose()
    }

    /// Without order and limit.
    fn pairs(&self) -> Result<PairQuery, CliError> {
        let ip = self.address()?;
        Ok(PairQuery {
            scope: self.scope.scope(Dataset::Flows)?,
            by: pairs::key(self.by.as_deref().unwrap_or("src,dst"))?,
            keep_addressless: ip.is_some(),
            ip,
            only_external: self.external,
            own: Vec::new(),
            sort: Vec::new(),
            limit: None,
        })
    }

    fn order(&self) -> &str {
        self.sort.as_deref().unwrap_or("-total_bytes")
    }

    /// The filter is about flow records.
    fn sightings(&self) -> Result<SightingsQuestion, CliError> {
        let by = self.by.as_deref().unwrap_or(By::default().name());
        let found = By::ALL.into_iter().find(|known| known.name() == by);
        let by = found.ok_or_else(|| unknown("sort of sightings", by, By::ALL.into_iter().map(By::name)))?;
        Ok(SightingsQuestion::new(by, self.scope.scope(Dataset::Flows)?, self.list.clone(), self.limit))
    }

    fn measure(&self, dataset: Dataset) -> Measure {
        series::measure(self.measure, dataset)
    }

    fn series(&self) -> Result<SeriesQuestion, CliError> {
        let dataset = self.dataset();
        let shape = self.shape.as_deref().unwrap_or(Shape::default().name());
        let shapes = || Shape::ALL.into_iter().filter(|shape| *shape != Shape::Heat);
        let found = shapes().find(|known| known.name() == shape);
        let query = SeriesQuery {
            scope: self.scope.scope(dataset)?,
            measure: self.measure(dataset),
            bin: self.bin.as_deref().map_or(Ok(BinWidth::Auto), series::width)?,
            by: self.by.as_deref().map(|name| series::group(dataset, name)).transpose()?,
            top: self.top.unwrap_or(10),
            threshold: self.threshold,
        };
        let shape = found.ok_or_else(|| unknown("shape", shape, shapes().map(Shape::name)))?;
        Ok(SeriesQuestion::new(query, shape))
    }
}

fn fields(fields: Vec<FieldId>) -> Vec<RecordColumn> {
    fields.into_iter().map(|field| RecordColumn::Field(field.name())).collect()
}

fn needs(kind: &str, option: &str) -> CliError {
    CliError::Usage(format!("an exhibit of kind {kind} needs --{option}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::questions::KINDS;

    #[test]
    fn every_kind_says_which_options_it_takes() {
        let names: Vec<&str> = TAKEN.iter().map(|(name, _)| *name).collect();
        // A kind without options of its own is asked for by its question as JSON.
        for name in names.iter().filter(|name| **name != "query") {
            assert!(KINDS.iter().any(|kind| kind.name == *name), "{name}");
        }
    }
}
