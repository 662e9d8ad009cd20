//! `coldtrail query`.

use super::arguments::{ScopeArguments, parse_filter, unknown};
use super::output::{self, Rows, tell};
use super::pairs::DataRatio;
use super::{CliError, RowFormat, answer, compare, exit, export, opening, sightings, stop, top};
use crate::case::CaseReader;
use crate::model::{Dataset, Value};
use crate::present::text::Texts;
use crate::query::{self, Scope, tables};
use crate::questions::Question;
use crate::questions::catalogue::{
    CATALOGUE, Given, Lack, NamedQuery, ParameterError, ParameterKind, Shape, lacking, named,
};
use std::path::PathBuf;

/// Runs a named query: AWS's predefined ones, the playbook's, and CloudTrail's monitoring patterns
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  coldtrail query --list\n  coldtrail query incident.coldtrail VpcFlowLogsTopTalkers --limit 10\n  coldtrail query incident.coldtrail data-ratio --param ip=10.0.1.4\n  coldtrail coverage incident.coldtrail\n  coldtrail lineage incident.coldtrail --event 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
)]
pub struct Arguments {
    /// The case file
    #[arg(required_unless_present = "list")]
    pub case: Option<PathBuf>,
    /// The query
    #[arg(required_unless_present_any = ["list", "analysis"])]
    pub name: Option<String>,
    /// The query, where it is the command itself: coldtrail coverage CASE
    #[arg(long, hide = true, conflicts_with = "name")]
    pub analysis: Option<String>,
    /// List the queries; with a case, also which of them its evidence cannot answer
    #[arg(long)]
    pub list: bool,
    /// A parameter of the query; can be repeated
    #[arg(long = "param", value_name = "K=V")]
    pub parameters: Vec<String>,
    /// Maximum number of rows, instead of the query's own limit
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Columns of the result, separated by commas; for records any field
    #[arg(long, value_name = "A,B", conflicts_with = "out")]
    pub columns: Option<String>,
    #[command(flatten)]
    pub scope: ScopeArguments,
    /// Write the result to this file (.parquet, .csv, .jsonl) instead
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// With --out: replace an existing file
    #[arg(long, requires = "out")]
    pub force: bool,
    #[command(flatten)]
    pub rows: RowFormat,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    let reader = arguments.case.as_deref().map(opening::read).transpose()?;
    match (&reader, arguments.analysis.as_deref().or(arguments.name.as_deref())) {
        (Some(reader), Some(name)) if !arguments.list => ask(reader, name, arguments),
        (reader, _) => {
            list(reader.as_ref(), &RowFormat { columns: arguments.columns.clone(), ..arguments.rows.clone() })
        }
    }
}

fn ask(reader: &CaseReader, name: &str, arguments: &Arguments) -> Result<u8, CliError> {
    // Its records are named one by one, so it is no query of the catalogue.
    if name == "compare" {
        return compare::query(reader, &arguments.parameters, &arguments.rows);
    }
    let (query, given) = asked(name, &arguments.parameters, arguments.limit, &arguments.scope)?;
    let question = query.question(&given)?;
    // An answer without records says why it is empty.
    if let Some(Lack::Field(field)) = lacking(reader, query, &stop::on_signal())? {
        return Err(CliError::Unusable(format!(
            "{} cannot be answered: no record in the case has {}",
            query.name,
            field.name()
        )));
    }
    if query.name == "digest" {
        let whole = query.question(&Given { limit: None, ..given.clone() })?;
        return validated(reader, (query, question.as_ref()), whole.as_ref(), arguments);
    }
    show(reader, query, question.as_ref(), arguments)?;
    if query.shape == Shape::DataRatio {
        let Given { filter, range, duplicates, .. } = given;
        let all = Scope { dataset: query.dataset, filter, range, duplicates };
        let left_out = query::figures(reader, &all, &stop::on_signal())?.left_out;
        if left_out > 0 {
            tell(&format!("NODATA and SKIPDATA records, excluded: {left_out}"));
        }
    }
    Ok(exit::DONE)
}

/// The named query of this name, with what is given beside it.
pub(super) fn asked(
    name: &str,
    parameters: &[String],
    limit: Option<usize>,
    scope: &ScopeArguments,
) -> Result<(&'static NamedQuery, Given), CliError> {
    let query = named(name).ok_or_else(|| unknown("query", name, CATALOGUE.iter().map(|query| query.name)))?;
    let mut given = Given {
        limit,
        filter: scope.filter.as_deref().map(|text| parse_filter(text, query.dataset)).transpose()?,
        range: scope.range()?,
        duplicates: scope.duplicates(),
        ..Given::default()
    };
    for text in parameters {
        let (name, value) =
            text.split_once('=').ok_or_else(|| CliError::Usage(format!("--param {text}: use NAME=VALUE")))?;
        let name = name.trim();
        let is_file = query.parameters.iter().any(|known| known.name == name && known.kind == ParameterKind::Document);
        let value = if is_file { document(value)? } else { value.to_owned() };
        given.parameters.insert(name.to_owned(), value);
    }
    Ok((query, given))
}

/// Gives what AWS's digests prove, and says by the exit code if they contradict anything: in any row, also one beyond the
/// limit.
fn validated(
    reader: &CaseReader,
    (query, question): (&NamedQuery, &dyn Question),
    whole: &dyn Question,
    arguments: &Arguments,
) -> Result<u8, CliError> {
    let table = whole.table(reader, &stop::on_signal())?;
    let mut rows = tables::Rows::read(table.as_ref(), usize::MAX, &stop::on_signal())?;
    let is_invalid = rows.rows.iter().any(|row| crate::analysis::is_invalid(row));
    if arguments.out.is_some() {
        show(reader, query, question, arguments)?;
    } else {
        rows.rows.truncate(arguments.limit.unwrap_or(usize::MAX));
        output::table(&rows, &RowFormat { columns: arguments.columns.clone(), ..arguments.rows.clone() })?;
        answer::tell_of(reader, question, &rows)?;
    }
    Ok(if is_invalid { exit::DIFFERS } else { exit::DONE })
}

/// The text of a file that a parameter names.
fn document(path: &str) -> Result<String, CliError> {
    std::fs::read_to_string(path).map_err(|error| CliError::Unusable(format!("{path} could not be read: {error}")))
}

impl From<ParameterError> for CliError {
    fn from(error: ParameterError) -> Self {
        CliError::Usage(error.to_string())
    }
}

fn show(
    reader: &CaseReader,
    query: &NamedQuery,
    question: &dyn Question,
    arguments: &Arguments,
) -> Result<(), CliError> {
    let cancel = stop::on_signal();
    let format = RowFormat { columns: arguments.columns.clone(), ..arguments.rows.clone() };
    if let Some(path) = &arguments.out {
        export::result(reader, question, path, arguments.force)?;
    } else if query.shape == Shape::Groups {
        top::print(reader, question, &format)?;
    } else if query.shape == Shape::DataRatio {
        let table = DataRatio::new(question.table(reader, &cancel)?, format.tz);
        output::table(&table, &format)?;
        answer::tell_of(reader, question, &table)?;
    } else {
        answer::print(reader, question, &format)?;
    }
    if query.shape == Shape::Directional {
        tell(sightings::PLAYBOOK_WORDS);
    }
    Ok(())
}

fn list(reader: Option<&CaseReader>, format: &RowFormat) -> Result<u8, CliError> {
    let texts = Texts::english();
    let mut names =
        vec!["name", "dataset", "title", "about", "parameters", "filter", "result", "needs", "limit", "note"];
    names.extend(reader.map(|_| "lacks"));
    let mut out = Rows::new(format, &names)?;
    for query in CATALOGUE.iter() {
        let mut row = described(query, &texts);
        if let Some(reader) = reader {
            row.push(match lacking(reader, query, &stop::on_signal())? {
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
