//! The options of `coldtrail exhibit add`: those of the commands that list the same, and which of them each kind takes.

use crate::cli::arguments::{ScopeArguments, field_or_usage, sort_keys, unknown};
use crate::cli::opening::Writing;
use crate::cli::series::{DatasetName, MeasureName};
use crate::cli::{CliError, pairs, records, series};
use crate::model::{Address, Dataset, FieldId, RecordId};
use crate::present::chart::Shape;
use crate::query::named::{Column, Figure};
use crate::query::{
    AddressQuery, BinWidth, By, ConversationColumn, ConversationQuery, ConversationSort, Measure, PairColumn,
    PairQuery, PairSort, PlaybookQuery, Repeats, SeriesQuery, SortKey, TopQuery,
};
use crate::questions::{
    AddressQuestion, CompareQuestion, ConversationsQuestion, EventQuestion, EvidenceQuestion, FigureQuestion,
    HeatQuestion, KINDS, PairsQuestion, PlaybookQuestion, Question, RecordsQuestion, SelectedQuestion, SeriesQuestion,
    SightingsQuestion, SqlQuestion, TextQuestion, TopQuestion,
};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    /// flows, events, selected, pairs, conversations, top, series, heatmap, event, compare, address, text, sightings,
    /// playbook, figure, evidence or sql
    #[arg(long)]
    pub kind: String,
    /// What it shows, in a line
    #[arg(long)]
    pub caption: String,
    /// A note beside it
    #[arg(long)]
    pub note: Option<String>,
    /// The finding that it supports, by its number
    #[arg(long)]
    pub finding: Option<i64>,
    /// The zone of its times (Asia/Tokyo); UTC otherwise
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<chrono_tz::Tz>,
    #[command(flatten)]
    pub scope: ScopeArguments,
    /// Of which records: selected, top, series, heatmap, event, compare
    #[arg(long, value_enum)]
    pub dataset: Option<DatasetName>,
    /// Sort by this column; -COLUMN for descending; several separated by commas
    #[arg(long, value_name = "[-]COLUMN", allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// Fields, separated by commas
    #[arg(long, value_name = "A,B")]
    pub columns: Option<String>,
    /// So many rows at the most
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// A record, as the column ref shows it; may be given several times
    #[arg(long, value_name = "REF")]
    pub record: Vec<String>,
    /// An address: of pairs on either side, with the records without any; of an address page
    #[arg(long, value_name = "IP")]
    pub ip: Option<String>,
    /// What pairs, lists and series are grouped by, as those commands take it
    #[arg(long)]
    pub by: Option<String>,
    /// Conversations: count traffic once that was seen at two interfaces
    #[arg(long)]
    pub once: bool,
    /// Only pairs with an end outside private address space
    #[arg(long)]
    pub external: bool,
    /// Width of a bin, as coldtrail series takes it
    #[arg(long, value_name = "WIDTH")]
    pub bin: Option<String>,
    /// What is summed
    #[arg(long, value_enum)]
    pub measure: Option<MeasureName>,
    /// So many lines of a series
    #[arg(long, value_name = "N")]
    pub top: Option<usize>,
    /// Values of a series that reach this are marked
    #[arg(long, value_name = "N")]
    pub threshold: Option<u64>,
    /// How a series is drawn: bars, area or lines
    #[arg(long)]
    pub shape: Option<String>,
    /// The words of a text
    #[arg(long)]
    pub text: Option<String>,
    /// Sightings: only entries of this list of indicators
    #[arg(long, value_name = "NAME")]
    pub list: Option<String>,
    /// One SELECT over the documented views, as coldtrail sql takes it
    #[arg(long, value_name = "STATEMENT")]
    pub sql: Option<String>,
    #[command(flatten)]
    pub writing: Writing,
}

/// Options that only some kinds take.
const TAKEN: [(&str, &[&str]); 17] = [
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
];

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
        ]
        .into_iter()
        .filter_map(|(name, given)| given.then_some(name))
        .collect()
    }

    /// # Errors
    /// The kind is not known, or an option is not one of its own.
    pub fn question(&self) -> Result<Box<dyn Question>, CliError> {
        let kind = self.kind.as_str();
        let taken = TAKEN.iter().find(|(name, _)| *name == kind).map(|(_, taken)| *taken);
        let taken = taken.ok_or_else(|| unknown("kind of exhibit", kind, KINDS.iter().map(|kind| kind.name)))?;
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
                let sort = self.sorted(|name| PairColumn::of(query.by).find(|column| column.name() == name))?;
                let sort = sort.into_iter().map(|(column, descending)| PairSort { column, descending }).collect();
                Box::new(PairsQuestion(PairQuery { sort, limit: self.limit, ..query }))
            }
            "conversations" => {
                let sort = self.sorted(|name| ConversationColumn::ALL.into_iter().find(|c| c.name() == name))?;
                Box::new(ConversationsQuestion(ConversationQuery {
                    pairs: self.pairs()?,
                    repeats: if self.once { Repeats::LeftOut } else { Repeats::Counted },
                    sort: sort
                        .into_iter()
                        .map(|(column, descending)| ConversationSort { column, descending })
                        .collect(),
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
                Box::new(CompareQuestion { dataset, records: self.named_records()? })
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
                    other => return Err(CliError::Usage(format!("a figure counts no {}", other.name()))),
                };
                Box::new(FigureQuestion { scope: self.scope.scope(dataset)?, figure })
            }
            "evidence" => Box::new(EvidenceQuestion),
            "sql" => {
                let statement = self.sql.clone().ok_or_else(|| needs("sql", "sql"))?;
                Box::new(SqlQuestion { statement, limit: self.limit })
            }
            _ => Box::new(TextQuestion(self.text.clone().ok_or_else(|| needs("text", "text"))?)),
        })
    }

    fn dataset(&self) -> Dataset {
        self.dataset.map_or(Dataset::Flows, Dataset::from)
    }

    fn fields(&self, dataset: Dataset) -> Result<Vec<FieldId>, CliError> {
        Ok(match &self.columns {
            None => records::default_fields(dataset),
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
        let columns = self.fields(dataset)?.into_iter().map(|field| Column::Field(field.name())).collect();
        Ok(RecordsQuestion { query, columns, limit: self.limit })
    }

    fn named_records(&self) -> Result<Vec<RecordId>, CliError> {
        let record =
            |text: &String| RecordId::parse(text).ok_or_else(|| CliError::Usage(format!("{text} is no record")));
        self.record.iter().map(record).collect()
    }

    fn address(&self) -> Result<Option<Address>, CliError> {
        let address = |text: &String| {
            Address::parse(text.as_bytes()).ok_or_else(|| CliError::Usage(format!("{text} is no IP address")))
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

    fn sorted<T>(&self, column: impl Fn(&str) -> Option<T>) -> Result<Vec<(T, bool)>, CliError> {
        let key = |(name, descending)| {
            let column = column(name).ok_or_else(|| CliError::Usage(format!("there is no column {name}")))?;
            Ok((column, descending))
        };
        sort_keys(self.sort.as_deref().unwrap_or("-total_bytes")).map(key).collect()
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
        Ok(SeriesQuestion { query, shape })
    }
}

fn needs(kind: &str, option: &str) -> CliError {
    CliError::Usage(format!("an exhibit of kind {kind} needs --{option}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_says_which_options_it_takes() {
        let names: Vec<&str> = TAKEN.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, KINDS.iter().map(|kind| kind.name).collect::<Vec<_>>());
    }
}
