//! `coldtrail query`.

use super::arguments::{ScopeArguments, parse_filter, unknown};
use super::output::{self, Rows, tell};
use super::pairs::tell_left_out;
use super::{CliError, RowFormat, exit, export, opening, pairs, records, series, stop};
use crate::case::CaseReader;
use crate::model::{Dataset, RecordId, TimeRange};
use crate::present::text::Texts;
use crate::query::named::{
    Answer, CATALOGUE, Column, Emptiness, Given, Lack, NamedQuery, ParameterError, Question, Shape, answer, lacking,
    named,
};
use crate::query::tables;
use crate::query::{self, Measure, RowSet, Scope, Value};
use std::path::PathBuf;

/// Runs a named query: AWS's predefined ones, the playbook's, and CloudTrail's monitoring patterns
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  coldtrail query --list\n  coldtrail query incident.coldtrail VpcFlowLogsTopTalkers --limit 10\n  coldtrail query incident.coldtrail data-ratio --param ip=10.0.1.4"
)]
pub struct Arguments {
    /// The case file
    #[arg(required_unless_present = "list")]
    pub case: Option<PathBuf>,
    /// The query
    #[arg(required_unless_present = "list")]
    pub name: Option<String>,
    /// List the queries; with a case also what its evidence lacks for them
    #[arg(long)]
    pub list: bool,
    /// A parameter of the query; may be given several times
    #[arg(long = "param", value_name = "K=V")]
    pub parameters: Vec<String>,
    /// So many rows at the most, instead of the query's own limit
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// These columns of the result, separated by commas; of records any field
    #[arg(long, value_name = "A,B", conflicts_with = "out")]
    pub columns: Option<String>,
    #[command(flatten)]
    pub scope: ScopeArguments,
    /// Write the result into this file (.parquet, .csv, .jsonl) instead
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// With --out: replace a file that is there already
    #[arg(long, requires = "out")]
    pub force: bool,
    #[command(flatten)]
    pub rows: RowFormat,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    let reader = arguments.case.as_deref().map(opening::read).transpose()?;
    match (&reader, arguments.name.as_deref()) {
        (Some(reader), Some(name)) if !arguments.list => ask(reader, name, arguments),
        (reader, _) => {
            list(reader.as_ref(), &RowFormat { columns: arguments.columns.clone(), ..arguments.rows.clone() })
        }
    }
}

fn ask(reader: &CaseReader, name: &str, arguments: &Arguments) -> Result<u8, CliError> {
    let query = named(name).ok_or_else(|| unknown("query", name, CATALOGUE.iter().map(|query| query.name)))?;
    let question = query.question(&given(query.dataset, arguments)?)?;
    let cancel = stop::on_signal().queries;
    if let Some(lack) = lacking(reader, query, &cancel)? {
        return match lack {
            // An empty answer says why.
            Lack::Records(_) => show(reader, query, &question, arguments),
            Lack::Field(field) => Err(CliError::Unusable(format!(
                "{} cannot be answered: no record of the case has a value of {}",
                query.name,
                field.name()
            ))),
        };
    }
    show(reader, query, &question, arguments)
}

fn given(dataset: Dataset, arguments: &Arguments) -> Result<Given, CliError> {
    let scope = &arguments.scope;
    let mut given = Given {
        limit: arguments.limit,
        filter: scope.filter.as_deref().map(|text| parse_filter(text, dataset)).transpose()?,
        range: scope.range()?,
        duplicates: scope.duplicates(),
        ..Given::default()
    };
    for text in &arguments.parameters {
        let (name, value) =
            text.split_once('=').ok_or_else(|| CliError::Usage(format!("--param {text}: write NAME=VALUE")))?;
        given.parameters.insert(name.trim().to_owned(), value.to_owned());
    }
    Ok(given)
}

impl From<ParameterError> for CliError {
    fn from(error: ParameterError) -> Self {
        CliError::Usage(error.to_string())
    }
}

fn show(reader: &CaseReader, query: &NamedQuery, question: &Question, arguments: &Arguments) -> Result<u8, CliError> {
    let cancel = stop::on_signal().queries;
    let answer = answer(reader, question, &cancel)?;
    let format = RowFormat { columns: arguments.columns.clone(), ..arguments.rows.clone() };
    match (&arguments.out, question, &answer) {
        (Some(path), ..) => export::result(reader, question, &answer, path, arguments.force)?,
        (None, Question::Pairs(_), Answer::Pairs(table)) if query.shape == Shape::DataRatio => {
            pairs::print_data_ratio(reader, table, &format)?;
        }
        (None, ..) => print(reader, question, &answer, &format)?,
    }
    if query.shape == Shape::DataRatio {
        let given = given(query.dataset, arguments)?;
        let all =
            Scope { dataset: query.dataset, filter: given.filter, range: given.range, duplicates: given.duplicates };
        let left_out = query::figures(reader, &all, &cancel)?.left_out;
        if left_out > 0 {
            tell(&format!("NODATA and SKIPDATA records, left out: {left_out}"));
        }
    }
    if answer.is_empty() {
        tell_why_empty(reader, question)?;
    }
    Ok(exit::DONE)
}

/// An empty answer says why it is.
pub(super) fn tell_why_empty(reader: &CaseReader, question: &Question) -> Result<(), CliError> {
    let cancel = stop::on_signal().queries;
    tell(&why_empty(question.emptiness(reader, &cancel)?));
    let scope = question.scope()?;
    if scope.range != TimeRange::default() {
        let anywhere = Scope { range: TimeRange::default(), ..scope };
        let untimed = query::untimed(reader, &anywhere, &cancel)?;
        if untimed > 0 {
            tell(&format!(
                "records without a time, in no time range, that match otherwise: {untimed}; leave --from and --to out to see them"
            ));
        }
    }
    Ok(())
}

fn print(reader: &CaseReader, question: &Question, answer: &Answer, format: &RowFormat) -> Result<(), CliError> {
    match (question, answer) {
        (Question::Records { query, columns, .. }, Answer::Records { rows, .. }) => {
            print_records(reader, query.dataset, rows, columns, format)?;
        }
        (_, Answer::Pairs(table)) => pairs::print(reader, table, format)?,
        (Question::Top(query), Answer::Top(table)) => {
            output::table(&tables::top(query, table), format)?;
            if query.measure != Measure::Records {
                tell_left_out(query::figures(reader, &query.scope, &stop::on_signal().queries)?.left_out);
            }
        }
        (Question::Series(query), Answer::Series(table)) => series::print(table, query, false, format)?,
        (_, Answer::Figure { figure, figures }) => {
            output::table(&tables::figure(*figure, figures), format)?;
            tell_left_out(figures.left_out);
        }
        (_, Answer::Directional(table)) => {
            super::sightings::print_playbook(reader, table, false, format)?;
        }
        // A question's answer is of its own kind.
        (_, Answer::Records { .. } | Answer::Top(_) | Answer::Series(_)) => {}
    }
    Ok(())
}

fn why_empty(emptiness: Emptiness) -> String {
    match emptiness {
        Emptiness::NoRecords(Dataset::Flows) => "nothing: the case has no flow records".to_owned(),
        Emptiness::NoRecords(Dataset::Events) => "nothing: the case has no CloudTrail events".to_owned(),
        Emptiness::NoneInRange(range) => {
            let bound = |time: Option<crate::model::Timestamp>| time.map_or("...".to_owned(), |time| time.to_iso());
            format!("nothing: no record is from {} to {}", bound(range.from), bound(range.to))
        }
        Emptiness::NoneMatch => "nothing: there are records, and none matches".to_owned(),
        Emptiness::Limit => "nothing: records match, and the limit lets none through".to_owned(),
    }
}

fn print_records(
    reader: &CaseReader,
    dataset: Dataset,
    rows: &RowSet,
    columns: &[Column],
    format: &RowFormat,
) -> Result<(), CliError> {
    let ids: Vec<RecordId> = rows.iter().collect();
    let columns = records::query_columns(reader, dataset, columns, format.columns.as_deref())?;
    // They were chosen here: what a query does not show can be named too.
    records::print(reader, dataset, &ids, &columns, &RowFormat { columns: None, ..format.clone() })
}

fn list(reader: Option<&CaseReader>, format: &RowFormat) -> Result<u8, CliError> {
    let texts = Texts::english();
    let mut names =
        vec!["name", "dataset", "title", "about", "parameters", "filter", "result", "needs", "limit", "note"];
    names.extend(reader.map(|_| "lacks"));
    let mut out = Rows::new(format, &names)?;
    for query in CATALOGUE {
        let mut row = described(query, &texts);
        if let Some(reader) = reader {
            row.push(match lacking(reader, query, &stop::on_signal().queries)? {
                None => Value::Null,
                Some(Lack::Field(field)) => Value::Text(field.name().to_owned()),
                Some(Lack::Records(Dataset::Flows)) => Value::Text("flow records".to_owned()),
                Some(Lack::Records(Dataset::Events)) => Value::Text("CloudTrail events".to_owned()),
            });
        }
        out.row(&row)?;
    }
    out.finish()?;
    Ok(exit::DONE)
}

/// The columns of the list up to the note.
fn described(query: &NamedQuery, texts: &Texts) -> Vec<Value> {
    let text = |text: &str| if text.is_empty() { Value::Null } else { Value::Text(text.to_owned()) };
    let parameters: Vec<String> = query
        .parameters
        .iter()
        .map(|parameter| match (parameter.default, parameter.optional) {
            (Some(default), _) => format!("{}={default}", parameter.name),
            (None, true) => format!("[{}]", parameter.name),
            (None, false) => parameter.name.to_owned(),
        })
        .collect();
    let note = if query.noted { texts.tr(&format!("query-{}-note", query.name)) } else { String::new() };
    vec![
        text(query.name),
        text(if query.dataset == Dataset::Flows { "flows" } else { "events" }),
        text(&texts.tr(&format!("query-{}", query.name))),
        text(&texts.tr(&format!("query-{}-about", query.name))),
        text(&parameters.join(" ")),
        text(query.filter),
        text(&query.result(&Given::default())),
        text(&query.needs.join(" ")),
        query.limit.map_or(Value::Null, |limit| Value::count(limit as u64)),
        text(&note),
    ]
}
