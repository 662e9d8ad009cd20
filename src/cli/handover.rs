//! `coldtrail discovery` and `coldtrail subset`.

use super::opening::read;
use super::output::{tell, tell_left};
use super::{CliError, exit, output, stop};
use crate::app::handover::{Chosen, HandoverError, subset, write_discovery};
use crate::filter::{Filter, Target};
use crate::model::{Dataset, EvidenceId, RecordId};
use crate::query::{self, Scope};
use std::path::PathBuf;

/// Writes everything that people wrote in a case as JSON: tags, notes, findings, exhibits, what was taken back, and what it was before
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  coldtrail discovery incident.coldtrail --out written.json")]
pub struct DiscoveryArguments {
    /// The case file
    pub case: PathBuf,
    /// A file, which is never overwritten; standard output otherwise
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

pub(super) fn discovery(arguments: &DiscoveryArguments) -> Result<u8, CliError> {
    let reader = read(&arguments.case)?;
    match &arguments.out {
        Some(path) => {
            tell_left(path);
            write_discovery(&reader, path)?;
        }
        None => return output::bytes(format!("{:#}\n", crate::app::handover::discovery(&reader)?).as_bytes()),
    }
    Ok(exit::DONE)
}

/// Writes a part of a case as a new case: chosen records and exhibits with the evidence files that they rest on
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Evidence files go over whole, because only a whole file has a hash that proves it; every record keeps its name. Tags and notes \
                  of the chosen records and the findings of the chosen exhibits go with them, with who wrote them and when.\n\n\
                  Example:\n  coldtrail subset incident.coldtrail for-counsel.coldtrail --exhibit 1 --exhibit 3 --tag exfiltration"
)]
pub struct SubsetArguments {
    /// The case file
    pub case: PathBuf,
    /// The new case; never overwritten
    pub target: PathBuf,
    /// A record, as the column ref shows it; may be given several times
    #[arg(long, value_name = "REF")]
    pub record: Vec<String>,
    /// Every record with this tag
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,
    /// An exhibit, by its number
    #[arg(long, value_name = "N")]
    pub exhibit: Vec<i64>,
    /// An evidence file, by its number
    #[arg(long, value_name = "ID")]
    pub evidence: Vec<u32>,
    /// Who hands it over, for the journal of the new case; the case's examiner otherwise
    #[arg(long, value_name = "NAME")]
    pub examiner: Option<String>,
}

pub(super) fn run_subset(arguments: &SubsetArguments) -> Result<u8, CliError> {
    let cancel = stop::on_signal().reading;
    tell_left(&arguments.target);
    let chosen = chosen(arguments)?;
    let mut told = |evidence: &query::EvidenceRow| tell(&format!("{} {}", evidence.id.0, evidence.path));
    let done = subset(&arguments.case, &arguments.target, &chosen, &cancel, &mut told)?;
    tell(&format!(
        "evidence files: {}, exhibits: {}, findings: {}, tags: {}, notes: {}, lists of indicators: {}, labels: {}",
        done.evidence, done.exhibits, done.findings, done.tags, done.notes, done.lists, done.labels
    ));
    Ok(exit::DONE)
}

fn chosen(arguments: &SubsetArguments) -> Result<Chosen, CliError> {
    let reader = read(&arguments.case)?;
    let record = |text: &String| RecordId::parse(text).ok_or_else(|| CliError::Usage(format!("{text} is no record")));
    let mut records = arguments.record.iter().map(record).collect::<Result<Vec<_>, _>>()?;
    for tag in &arguments.tag {
        for dataset in [Dataset::Flows, Dataset::Events] {
            let filter = Filter::named(Target::Tag, tag);
            let found =
                query::rows(&reader, &Scope::of(dataset, filter).records(Vec::new()), &stop::on_signal().queries)?;
            records.extend(found.iter());
        }
    }
    records.sort_unstable();
    records.dedup();
    let list = query::exhibits(&reader, false)?;
    let exhibit = |number: &i64| {
        let found = list.iter().find(|exhibit| exhibit.place == *number);
        found.map(|exhibit| exhibit.id).ok_or_else(|| CliError::Usage(format!("the case has no exhibit {number}")))
    };
    let exhibits = arguments.exhibit.iter().map(exhibit).collect::<Result<_, _>>()?;
    let known = query::evidence_list(&reader)?;
    let evidence = |number: &u32| {
        let found = known.iter().any(|evidence| evidence.id == EvidenceId(*number));
        let unknown = || CliError::Usage(format!("the case has no evidence number {number}"));
        found.then_some(EvidenceId(*number)).ok_or_else(unknown)
    };
    let evidence = arguments.evidence.iter().map(evidence).collect::<Result<_, _>>()?;
    Ok(Chosen { records, exhibits, evidence, by: arguments.examiner.clone() })
}

impl From<HandoverError> for CliError {
    fn from(error: HandoverError) -> Self {
        match error {
            HandoverError::Unfit(what) => CliError::Usage(what),
            HandoverError::Raw(error) => error.into(),
            HandoverError::Query(error) => error.into(),
            HandoverError::Case(error) => error.into(),
            HandoverError::Import(error) => error.into(),
            HandoverError::Stopped(_) => CliError::Stopped(error.to_string()),
            HandoverError::Exists(_)
            | HandoverError::Unwritable { .. }
            | HandoverError::Differs { .. }
            | HandoverError::Replay(_) => CliError::Unusable(error.to_string()),
        }
    }
}
