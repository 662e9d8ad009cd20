//! `coldtrail indicators`.

use super::opening::{Writing, read};
use super::output::{self, Rows, tell};
use super::{CliError, RowFormat, exit, stop};
use crate::app::indicators::{self, ImportChoice, IndicatorError, Preview, TYPED};
use crate::case::{CaseReader, IndicatorItem, Target};
use crate::ingest::indicators::{ColumnPlan, ListFormat, ListOptions, Role, kind_named};
use crate::matching::CautionReason;
use crate::model::{IndicatorEntry, IndicatorKind, IndicatorList, Purpose, Value};
use crate::query;
use crate::query::tables;
use std::path::PathBuf;

/// What is reported of single elements before only their number is.
const TOLD: usize = 10;
/// Imports indicator lists, lists them, enables and disables them
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Imports a list: CSV, plain text, STIX, MISP, a MISP warning list or OpenIOC
    #[command(
        after_help = "Example:\n  coldtrail indicators import incident.coldtrail iocs.csv --list 'Operation Kestrel'\n  coldtrail indicators import incident.coldtrail feed.csv --columns value,ignored,comment --dry-run\n  coldtrail indicators import incident.coldtrail office.txt --purpose own"
    )]
    Import(Box<ImportArguments>),
    /// Lists the lists, or the entries of one
    #[command(
        after_help = "Example:\n  coldtrail indicators list incident.coldtrail\n  coldtrail indicators list incident.coldtrail --entries 'Operation Kestrel'"
    )]
    List {
        /// The case file
        case: PathBuf,
        /// List the entries of this list (name or number)
        #[arg(long, value_name = "LIST")]
        entries: Option<String>,
        /// Entries of this list that could not be imported (its name or number)
        #[arg(long, value_name = "LIST", conflicts_with = "entries")]
        issues: Option<String>,
        /// Include removed lists
        #[arg(long)]
        removed: bool,
        #[command(flatten)]
        rows: RowFormat,
    },
    /// Adds values manually
    #[command(
        after_help = "Example:\n  coldtrail indicators add incident.coldtrail 203.0.113[.]66 198.51.100.0/24 --comment 'from the hotline'\n  coldtrail indicators add incident.coldtrail 4444 --kind port"
    )]
    Add {
        /// The case file
        case: PathBuf,
        /// Addresses, ranges, domains, keys, ARNs ..., defanged or not
        #[arg(required = true)]
        values: Vec<String>,
        /// The list to add the values to
        #[arg(long, value_name = "NAME", default_value = TYPED)]
        list: String,
        /// The type of the values, if it cannot be detected: port, principal, user_agent, event_name ...
        #[arg(long, value_name = "KIND")]
        kind: Option<String>,
        /// A comment on the values
        #[arg(long, value_name = "TEXT", default_value = "")]
        comment: String,
        /// Purpose of the list: known_bad, well_known, own
        #[arg(long, value_name = "PURPOSE", default_value = "known_bad")]
        purpose: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Enables a list or an entry
    #[command(after_help = "Example:\n  coldtrail indicators enable incident.coldtrail 'Operation Kestrel'")]
    Enable(ItemArguments),
    /// Disables a list or an entry
    #[command(after_help = "Example:\n  coldtrail indicators disable incident.coldtrail --entry 17")]
    Disable(ItemArguments),
    /// Removes a list or an entry; it stays in the case for the report
    #[command(after_help = "Example:\n  coldtrail indicators remove incident.coldtrail 'Operation Kestrel'")]
    Remove(ItemArguments),
    /// Restores a removed list or entry
    #[command(after_help = "Example:\n  coldtrail indicators restore incident.coldtrail 'Operation Kestrel'")]
    Restore(ItemArguments),
    /// Shows or sets whether entries match only within their validity period
    #[command(after_help = "Example:\n  coldtrail indicators validity incident.coldtrail off")]
    Validity {
        /// The case file
        case: PathBuf,
        /// on or off; without it the current setting is shown
        #[arg(value_parser = ["on", "off"])]
        honour: Option<String>,
        #[command(flatten)]
        writing: Writing,
    },
}

#[derive(Debug, clap::Args)]
pub struct ImportArguments {
    /// The case file
    pub case: PathBuf,
    /// The list
    pub file: PathBuf,
    /// Name of the list in the case; by default its own name, or that of the file
    #[arg(long, value_name = "NAME")]
    pub list: Option<String>,
    /// Purpose of the list: known_bad (matched), well_known (warns about entries of other lists), own (internal
    /// networks); MISP warning lists are well_known by default
    #[arg(long, value_name = "PURPOSE")]
    pub purpose: Option<String>,
    /// csv, text, stix, misp, warning_list, openioc, json; by default detected from the content
    #[arg(long = "read-as", value_name = "FORM")]
    pub read_as: Option<String>,
    /// The type of the values, if it cannot be detected: port, principal, user_agent, event_name ...
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    /// Roles of the columns of a CSV file, in order (value,comment,ignored) or by name (threat_ip=value,why=comment):
    /// value, range_end, prefix, type, looked_for, name, comment, severity, tags, valid_from, valid_to, ignored
    #[arg(long, value_name = "ROLES")]
    pub columns: Option<String>,
    /// Whether the first row of a CSV file is a header: yes or no
    #[arg(long, value_parser = ["yes", "no"])]
    pub header: Option<String>,
    /// Licence or terms of use of the list
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub licence: String,
    /// Only preview: the entries, the column mapping, and entries that would match too broadly
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub writing: Writing,
    #[command(flatten)]
    pub rows: RowFormat,
}

#[derive(Debug, clap::Args)]
pub struct ItemArguments {
    /// The case file
    pub case: PathBuf,
    /// The list's name or number
    #[arg(required_unless_present = "entry")]
    pub list: Option<String>,
    /// One entry, by its number
    #[arg(long, value_name = "N", conflicts_with = "list")]
    pub entry: Option<i64>,
    #[command(flatten)]
    pub writing: Writing,
}

pub(super) fn run(command: &Command) -> Result<u8, CliError> {
    match command {
        Command::Import(arguments) => import(arguments),
        Command::List { case, entries, issues, removed, rows } => {
            let reader = read(case)?;
            match (entries, issues) {
                (Some(list), _) => print_entries(&reader, find(&reader, list)?.id, rows),
                (_, Some(list)) => print_issues(&reader, find(&reader, list)?.id, rows),
                _ => print_lists(&reader, *removed, rows),
            }
        }
        Command::Add { case, values, list, kind, comment, purpose, writing } => {
            let target = writing.at(case)?;
            let entries = indicators::typed_entries(values, kind.as_deref().map(parse_kind).transpose()?, comment)?;
            let id = indicators::add_typed(target, list, parse_purpose(purpose)?, &entries)?;
            let held = query::indicator_list(&read(case)?, id)?.map_or(0, |list| list.entries);
            tell(&format!("list {id} ({list}) holds {held}"));
            Ok(exit::DONE)
        }
        Command::Enable(item) => change(item, "is enabled", |case, item| indicators::enable(case, item, true)),
        Command::Disable(item) => change(item, "is disabled", |case, item| indicators::enable(case, item, false)),
        Command::Remove(item) => change(item, "was removed", |case, item| indicators::remove(case, item, true)),
        Command::Restore(item) => change(item, "is back", |case, item| indicators::remove(case, item, false)),
        Command::Validity { case, honour, writing } => {
            if let Some(honour) = honour {
                indicators::honour_validity(writing.at(case)?, honour == "on")?;
            }
            let honours = query::honours_validity(&read(case)?)?;
            super::output::bytes(if honours { b"on\n" } else { b"off\n" })
        }
    }
}

fn options(arguments: &ImportArguments) -> Result<ListOptions, CliError> {
    let format = arguments.read_as.as_deref().map(|name| {
        let known = ListFormat::ALL.into_iter().find(|format| format.code() == name);
        known.ok_or_else(|| super::arguments::unknown("form", name, ListFormat::ALL.into_iter().map(ListFormat::code)))
    });
    Ok(ListOptions {
        format: format.transpose()?,
        columns: None,
        kind: arguments.kind.as_deref().map(parse_kind).transpose()?,
    })
}

fn import(arguments: &ImportArguments) -> Result<u8, CliError> {
    // A case that is only previewed need not be writable.
    let target =
        if arguments.dry_run { arguments.case.as_path().into() } else { arguments.writing.at(&arguments.case)? };
    let reader = read(&arguments.case)?;
    let mut options = options(arguments)?;
    let wants_plan = arguments.columns.is_some() || arguments.header.is_some();
    if wants_plan {
        options.format = Some(ListFormat::Csv);
        // Guessed first: names, delimiter and width are the file's.
        let plan = match indicators::preview(&reader, &arguments.file, &options) {
            Ok(preview) => preview.list.columns,
            Err(IndicatorError::NoList { .. }) => indicators::columns(&arguments.file)?,
            Err(error) => return Err(error.into()),
        };
        options.columns = plan.map(|plan| edited(plan, arguments)).transpose()?;
    }
    let preview = indicators::preview(&reader, &arguments.file, &options)?;
    drop(reader);
    let choice = ImportChoice {
        name: arguments.list.clone().unwrap_or_else(|| preview.name.clone()),
        purpose: arguments.purpose.as_deref().map_or(Ok(preview.list.purpose), parse_purpose)?,
        licence: arguments.licence.clone(),
    };
    tell_preview(&preview);
    if let Some(known) = preview.known.as_ref().filter(|_| !arguments.dry_run) {
        let what =
            if known.removed { "was removed; restore it with: coldtrail indicators restore" } else { "is present" };
        tell(&format!("this file is already in the case, as list {} ({}), which {what}", known.id, known.name));
        return Ok(exit::DONE);
    }
    let id = if arguments.dry_run { None } else { Some(indicators::import(target, &preview, &choice)?) };
    print_import(&preview, &choice, id, &arguments.rows)
}

fn print_import(preview: &Preview, choice: &ImportChoice, id: Option<i64>, format: &RowFormat) -> Result<u8, CliError> {
    let columns = [
        "id",
        "list",
        "purpose",
        "format",
        "entries",
        "issues",
        "cautions",
        "columns",
        "sha256",
        "path",
        "not_looked_for",
    ];
    let mut out = Rows::new(format, &columns)?;
    let plan = preview.list.columns.as_ref().map(|plan| {
        plan.columns.iter().map(|(name, role)| format!("{name}={}", role.code())).collect::<Vec<_>>().join(",")
    });
    out.row(&[
        id.map_or(Value::Null, Value::Integer),
        Value::Text(choice.name.clone()),
        Value::Text(choice.purpose.code().to_owned()),
        Value::Text(preview.list.format.code().to_owned()),
        Value::count(preview.list.entries.len() as u64),
        Value::count(preview.list.issues.len() as u64),
        Value::count(preview.cautions.len() as u64),
        plan.map_or(Value::Null, Value::Text),
        Value::Text(preview.sha256.clone()),
        Value::Text(preview.path.to_string_lossy().into_owned()),
        Value::count(context_only(preview).count() as u64),
    ])?;
    out.finish()?;
    Ok(exit::DONE)
}

/// Entries that the list gives as context.
fn context_only(preview: &Preview) -> impl Iterator<Item = &IndicatorEntry> {
    preview.list.entries.iter().filter(|entry| !entry.enabled)
}

/// What could not be used, what is not searched for, and what would match too broadly.
fn tell_preview(preview: &Preview) {
    let issues = &preview.list.issues;
    for issue in issues.iter().take(TOLD) {
        tell(&format!("{}: {}: {} ({})", issue.position, issue.reason.code(), issue.detail, shortened(&issue.raw)));
    }
    if issues.len() > TOLD {
        tell(&format!(
            "and {} more that could not be imported; list them with: indicators list --issues",
            issues.len() - TOLD
        ));
    }
    let context: Vec<&str> = context_only(preview).map(|entry| entry.value.as_str()).collect();
    if !context.is_empty() {
        let some = context.iter().take(TOLD).copied().collect::<Vec<_>>().join(", ");
        let more = if context.len() > TOLD { format!(" and {} more", context.len() - TOLD) } else { String::new() };
        tell(&format!(
            "disabled, because the list marks them as context only: {}: {some}{more}\nTo enable one: coldtrail indicators \
             enable CASE --entry N",
            context.len()
        ));
    }
    for reason in CautionReason::ALL {
        let of_reason: Vec<&str> =
            preview.cautions.iter().filter(|c| c.reason == reason).map(|c| c.value.as_str()).collect();
        if of_reason.is_empty() {
            continue;
        }
        let some = of_reason.iter().take(TOLD).copied().collect::<Vec<_>>().join(", ");
        let more = if of_reason.len() > TOLD { format!(" and {} more", of_reason.len() - TOLD) } else { String::new() };
        let what = match reason {
            CautionReason::Everything => "match every address",
            CautionReason::Wide => "match millions of addresses",
            CautionReason::Private => "are in private address space",
            CautionReason::Own => "are in your own networks",
            CautionReason::WellKnown => "are well-known infrastructure according to a warning list in this case",
        };
        tell(&format!("caution: {} {what}: {some}{more}", of_reason.len()));
    }
}

fn shortened(raw: &str) -> String {
    let line: String = raw.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > 100 { format!("{} ...", line.chars().take(100).collect::<String>()) } else { line }
}

/// The guessed plan as the arguments say.
fn edited(mut plan: ColumnPlan, arguments: &ImportArguments) -> Result<ColumnPlan, CliError> {
    if let Some(header) = &arguments.header {
        plan.header = header == "yes";
    }
    let Some(columns) = &arguments.columns else { return Ok(plan) };
    let role = |name: &str| {
        let known = || Role::ALL.into_iter().map(Role::code);
        Role::from_code(name.trim()).ok_or_else(|| super::arguments::unknown("role of a column", name, known()))
    };
    plan.columns.iter_mut().for_each(|(_, role)| *role = Role::Ignored);
    for (at, item) in columns.split(',').enumerate() {
        let (place, wanted) = match item.split_once('=') {
            Some((name, wanted)) => {
                let place = plan.columns.iter().position(|(known, _)| known.trim().eq_ignore_ascii_case(name.trim()));
                let names = plan.columns.iter().map(|(name, _)| name.as_str());
                (place.ok_or_else(|| super::arguments::unknown("column", name, names))?, wanted)
            }
            None => (at, item),
        };
        let wanted = role(wanted)?;
        match plan.columns.get_mut(place) {
            Some(column) => column.1 = wanted,
            None => return Err(CliError::Usage(format!("the file has {} columns", plan.columns.len()))),
        }
    }
    Ok(plan)
}

fn parse_kind(name: &str) -> Result<IndicatorKind, CliError> {
    let kind = IndicatorKind::from_code(name).or_else(|| kind_named(name).flatten());
    kind.ok_or_else(|| super::arguments::unknown("kind", name, IndicatorKind::ALL.into_iter().map(IndicatorKind::code)))
}

fn parse_purpose(name: &str) -> Result<Purpose, CliError> {
    let known = || Purpose::ALL.into_iter().map(Purpose::code);
    Purpose::from_code(name).ok_or_else(|| super::arguments::unknown("purpose", name, known()))
}

/// A list by its name or number.
fn find(reader: &CaseReader, wanted: &str) -> Result<IndicatorList, CliError> {
    let lists = query::indicator_lists(reader, true)?;
    let by_name = lists.iter().find(|list| list.name == wanted);
    let number: Option<i64> = wanted.parse().ok();
    let found = by_name.or_else(|| lists.iter().find(|list| Some(list.id) == number));
    found.cloned().ok_or_else(|| super::arguments::unknown("list", wanted, lists.iter().map(|list| list.name.as_str())))
}

fn change(
    arguments: &ItemArguments,
    what: &str,
    run: impl FnOnce(Target<'_>, IndicatorItem) -> Result<bool, IndicatorError>,
) -> Result<u8, CliError> {
    let target = arguments.writing.at(&arguments.case)?;
    let reader = read(&arguments.case)?;
    let (item, name) = match (&arguments.list, arguments.entry) {
        (_, Some(entry)) => match query::indicator_entry(&reader, entry)? {
            Some(row) => (IndicatorItem::Entry(entry), row.entry.value),
            None => return Err(CliError::Usage(format!("the case has no entry {entry}"))),
        },
        (Some(list), None) => {
            let list = find(&reader, list)?;
            (IndicatorItem::List(list.id), list.name)
        }
        (None, None) => return Err(CliError::Usage("specify a list, or an entry with --entry".to_owned())),
    };
    drop(reader);
    let changed = run(target, item)?;
    tell(&format!("{name} {what}{}", if changed { "" } else { ", unchanged" }));
    Ok(exit::DONE)
}

fn print_lists(reader: &CaseReader, removed: bool, format: &RowFormat) -> Result<u8, CliError> {
    let columns = [
        "id",
        "name",
        "purpose",
        "format",
        "entries",
        "enabled_entries",
        "issues",
        "enabled",
        "removed",
        "list_date",
        "licence",
        "added_utc",
        "examiner",
        "sha256",
        "source",
    ];
    let mut out = Rows::new(format, &columns)?;
    for list in query::indicator_lists(reader, removed)? {
        out.row(&[
            Value::Integer(list.id),
            Value::Text(list.name),
            Value::Text(list.purpose.code().to_owned()),
            Value::Text(list.format),
            Value::count(list.entries),
            Value::count(list.enabled_entries),
            Value::count(list.issues),
            Value::Boolean(list.enabled),
            Value::Boolean(list.removed),
            Value::Text(list.list_date),
            Value::Text(list.licence),
            Value::Text(list.added_utc),
            Value::Text(list.examiner),
            Value::Text(list.sha256),
            Value::Text(list.source),
        ])?;
    }
    out.finish()?;
    Ok(exit::DONE)
}

fn print_entries(reader: &CaseReader, list: i64, format: &RowFormat) -> Result<u8, CliError> {
    let entries = tables::Entries::new(reader, &(list, None), &stop::on_signal())?;
    output::table(&entries, format)?;
    Ok(exit::DONE)
}

fn print_issues(reader: &CaseReader, list: i64, format: &RowFormat) -> Result<u8, CliError> {
    output::table(&tables::issues(&query::indicator_issues(reader, list)?), format)?;
    Ok(exit::DONE)
}
