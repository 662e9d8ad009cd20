//! `coldtrail import`: a row per file as it is finished.

use super::error::told;
use super::opening::{Writing, read};
use super::output::{Rows, escape, fail, is_quiet, tell, tell_left};
use super::{CliError, RowFormat, RowStyle, exit, stop};
use crate::app::failure::Cause;
use crate::app::hash_list::{self, HashListError, Outcome};
use crate::app::import::{self, FileFailure, FileReport, ImportObserver, ImportOptions, ImportRequest, Progress};
use crate::case::{CaseWriter, Target};
use crate::ingest::reader::Expansion;
use crate::model::Value;
use crate::query;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Imports evidence into a case: files, folders (recursively), archives
#[derive(Debug, clap::Args)]
#[command(
    after_help = "records + duplicates + warnings = total of the file. Exit code 1: done, with warnings; 5: stopped before \
                        completion, resume with --resume; 4: with --hashes, a file differs from its hash or was not \
                        received.\n\nExample:\n  \
                        coldtrail import incident.coldtrail AWSLogs/ cloudwatch-export.gz"
)]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    /// Files and folders
    #[arg(required_unless_present = "resume")]
    pub paths: Vec<PathBuf>,
    /// Format of flow records without a header, as AWS writes it: '${version} ${account-id} ...', the name of a preset, or
    /// a CREATE EXTERNAL TABLE statement, as text or as a file
    #[arg(long, value_name = "FMT")]
    pub format: Option<String>,
    /// Do not store the original files in the case
    #[arg(long)]
    pub no_raw: bool,
    /// Import files even if they decompress to an unusually large size
    #[arg(long)]
    pub any_expansion: bool,
    /// Hashes that came with the evidence, as sha256sum writes them: compared with the files received, and journaled
    #[arg(long, value_name = "FILE")]
    pub hashes: Option<PathBuf>,
    /// Resume an interrupted import
    #[arg(long)]
    pub resume: bool,
    /// One JSON object per line instead of a table
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub writing: Writing,
}

const COLUMNS: [&str; 9] =
    ["path", "format", "records", "duplicates", "warnings", "sha256", "evidence", "notes", "status"];

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    let cancel = stop::on_signal();
    tell_left(&arguments.case);
    let target = arguments.writing.at(&arguments.case)?;
    let (paths, options) = if arguments.resume { unfinished(&arguments.case)? } else { named(arguments)? };
    arguments.hashes.as_deref().map(hash_list::of_file).transpose().map_err(not_compared)?;
    let mut writer = CaseWriter::open(target)?;
    let style = if arguments.json { Some(RowStyle::Jsonl) } else { None };
    let mut console = Console {
        rows: Rows::new(&RowFormat { format: style, tz: None, columns: None }, &COLUMNS)?,
        bar: !is_quiet() && std::io::stderr().is_terminal(),
        ask: !is_quiet() && std::io::stdin().is_terminal() && std::io::stderr().is_terminal(),
        output: Ok(()),
        proposals: Vec::new(),
        otherwise: Vec::new(),
    };
    let request = ImportRequest { paths, options, cancel };
    let result = import::run(&mut writer, &arguments.case, &request, &mut console);
    console.clear_bar();
    let Console { rows, output, proposals, otherwise, .. } = console;
    let output = output.and_then(|()| rows.finish());
    // The case is closed whatever became of the rows.
    writer.close()?;
    let summary = result?;
    match output {
        // Whoever read the rows has seen enough; the exit code still tells of the import.
        Err(CliError::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
        other => other?,
    }
    proposals.iter().for_each(Proposal::tell);
    tell_otherwise(&otherwise);
    if summary.cancelled {
        tell(&format!(
            "coldtrail: stopped; files that were already imported are in the case. Resume with: coldtrail import {} --resume",
            escape(&arguments.case.to_string_lossy())
        ));
    }
    let is_as_listed = match &arguments.hashes {
        Some(list) if !summary.cancelled => compare(target, list)?,
        _ => true,
    };
    Ok(match summary {
        s if s.cancelled => exit::STOPPED,
        _ if !is_as_listed => exit::DIFFERS,
        s if s.failed_files > 0 && s.files == 0 => exit::UNUSABLE,
        s if s.failed_files > 0 || s.read_otherwise > 0 || s.warnings > 0 => exit::WARNINGS,
        s if s.left_out > 0 || s.faults > 0 => exit::WARNINGS,
        _ => exit::DONE,
    })
}

/// Reports what does not match a list of hashes; is everything that it names there, as it names it?
fn compare(target: Target<'_>, list: &Path) -> Result<bool, CliError> {
    let compared = hash_list::compare(target, list).map_err(not_compared)?;
    let count = |outcome: Outcome| compared.iter().filter(|one| one.outcome == outcome).count();
    for one in compared.iter().filter(|one| one.outcome != Outcome::Matches) {
        let received = one.received.as_ref().map(|hash| format!(" (received: {hash})")).unwrap_or_default();
        let line = format!("coldtrail: {}: {}{received}", words_of(one.outcome), escape(&one.name));
        if one.outcome == Outcome::NotListed { tell(&line) } else { fail(&line) }
    }
    let all = [Outcome::Matches, Outcome::Differs, Outcome::NotReceived, Outcome::NotListed];
    let counts = all.map(|outcome| format!("{} {}", words_of(outcome), count(outcome)));
    tell(&format!("hashes: {}", counts.join(", ")));
    Ok(count(Outcome::Differs) + count(Outcome::NotReceived) == 0)
}

fn words_of(outcome: Outcome) -> String {
    outcome.name().replace('_', " ")
}

fn not_compared(error: HashListError) -> CliError {
    match error {
        HashListError::Query(error) => error.into(),
        HashListError::BadLine { .. } | HashListError::Empty(_) => CliError::Usage(error.to_string()),
        HashListError::Unreadable { .. } => CliError::Unusable(error.to_string()),
    }
}

fn named(arguments: &Arguments) -> Result<(Vec<PathBuf>, ImportOptions), CliError> {
    let flow_format = match &arguments.format {
        Some(format) => {
            let text = text_or_file(format)?;
            Some(crate::ingest::flow::format_by_name_or_spec(&text).map_err(CliError::Usage)?)
        }
        None => None,
    };
    let options = ImportOptions { keep_raw: !arguments.no_raw, flow_format, any_expansion: arguments.any_expansion };
    Ok((arguments.paths.clone(), options))
}

/// Bytes at most of a file with a format.
const MOST_FORMAT: u64 = 1 << 20;

/// What a file of this name says, where there is one.
fn text_or_file(given: &str) -> Result<String, CliError> {
    let path = Path::new(given);
    let Some(facts) = std::fs::metadata(path).ok().filter(|facts| facts.is_file()) else { return Ok(given.to_owned()) };
    if facts.len() > MOST_FORMAT {
        return Err(CliError::Usage(format!("{given} is too large to be a format")));
    }
    std::fs::read_to_string(path).map_err(|error| CliError::Usage(format!("{given} cannot be read: {error}")))
}

fn unfinished(case: &Path) -> Result<(Vec<PathBuf>, ImportOptions), CliError> {
    let rest = query::unfinished_import(&read(case)?)?;
    let options = rest.first().and_then(|(_, options)| serde_json::from_str(options).ok()).unwrap_or_default();
    if rest.is_empty() {
        tell("coldtrail: there is no interrupted import to resume");
    }
    Ok((rest.into_iter().map(|(path, _)| PathBuf::from(path)).collect(), options))
}

/// A file whose records need a format to be named.
struct Proposal {
    path: String,
    /// The one that they seem to have.
    format: Option<String>,
    /// Others of its records were read.
    part: bool,
}

impl Proposal {
    fn tell(&self) {
        tell(&format!("coldtrail: {} has records without a header; specify their format", escape(&self.path)));
        let again = if self.part { "import it into a new case" } else { "import it again" };
        match &self.format {
            Some(format) => {
                tell(&format!("Suggested format: {format}\nIf that is right, {again} with: --format '{format}'"));
            }
            None => tell(&format!(
                "The format could not be inferred from the values; look it up in the flow log's settings, then {again} with: --format FMT"
            )),
        }
    }
}

/// A reading is never replaced: says so, and what to do.
fn tell_otherwise(files: &[(String, String)]) {
    for (path, format) in files {
        let path = escape(path);
        tell(&format!("coldtrail: {path} is already in the case, imported with format: {}", escape(format)));
    }
    if !files.is_empty() {
        tell("Imported records are never replaced. To read a file in another format, import it into a new case.");
    }
}

struct Console {
    rows: Rows,
    bar: bool,
    ask: bool,
    /// The first failure to write a row.
    output: Result<(), CliError>,
    proposals: Vec<Proposal>,
    /// Files that the case holds in another format than the one stated, and that format.
    otherwise: Vec<(String, String)>,
}

#[expect(clippy::print_stderr, reason = "a progress bar, only drawn on a terminal")]
impl Console {
    fn clear_bar(&self) {
        if self.bar {
            eprint!("\r\x1b[K");
        }
    }
}

#[expect(clippy::print_stderr, reason = "a progress bar and a question, only on a terminal")]
impl ImportObserver for Console {
    fn progress(&mut self, progress: &Progress) {
        if !self.bar {
            return;
        }
        let percent = (progress.done_bytes * 100).checked_div(progress.total_bytes).unwrap_or(100).min(100);
        let rate = progress.records as f64 / progress.elapsed.as_secs_f64().max(0.001);
        eprint!(
            "\r\x1b[K{percent:3} %  {} of {} files  {} records  {rate:.0}/s  {}",
            progress.files_done,
            progress.files_total,
            progress.records,
            escape(&progress.current.file_name().unwrap_or_default().to_string_lossy())
        );
        // A bar that cannot be drawn is no reason to stop.
        let _ = std::io::stderr().flush();
    }

    fn file_done(&mut self, report: &FileReport) {
        self.clear_bar();
        let status = if report.known { "already in the case" } else { "imported" };
        let number = |value: u64| Value::Integer(i64::try_from(value).unwrap_or(i64::MAX));
        let row = [
            Value::Text(report.path.clone()),
            Value::Text(report.format.clone()),
            number(report.records),
            number(report.duplicates),
            number(report.warnings),
            Value::Text(report.sha256.clone()),
            number(u64::from(report.evidence.0)),
            number(report.notes),
            Value::Text(status.to_owned()),
        ];
        if self.output.is_ok() {
            self.output = self.rows.row(&row).and_then(|()| self.rows.flush());
        }
        if report.format_needed {
            let (path, format) = (report.path.clone(), report.format_proposal.clone());
            self.proposals.push(Proposal { path, format, part: report.records + report.duplicates > 0 });
        }
        if let Some(format) = &report.read_as {
            self.otherwise.push((report.path.clone(), format.clone()));
        }
    }

    fn file_failed(&mut self, failure: &FileFailure) {
        self.clear_bar();
        let path = escape(&failure.path.to_string_lossy());
        if failure.kind.is_failure() {
            fail(&format!("coldtrail: {}\n{path}", told(&Cause::Input(failure.clone()))));
        } else {
            fail(&format!("coldtrail: not imported: {}: {path}", escape(&failure.reason)));
        }
    }

    fn expansion(&mut self, path: &Path, expansion: &Expansion) -> bool {
        self.clear_bar();
        tell(&format!("coldtrail: {}: {expansion}", escape(&path.to_string_lossy())));
        if !self.ask {
            return false;
        }
        eprint!("Continue reading it? [y/N] ");
        let _ = std::io::stderr().flush();
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer).is_ok() && answer.trim().eq_ignore_ascii_case("y")
    }
}
