//! `coldtrail discovery` and `coldtrail subset`.

use super::opening::read;
use super::output::{tell, tell_left};
use super::{CliError, exit, output, stop};
use crate::app::handover::{Chosen, subset, write_discovery};
use crate::filter::{Filter, Target};
use crate::model::{Dataset, EvidenceId, RecordId};
use crate::query::{self, Scope};
use std::path::PathBuf;

/// Exports everything that people wrote in a case as JSON: tags, notes, findings, exhibits, including removed and earlier versions
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  coldtrail discovery incident.coldtrail --out written.json")]
pub struct DiscoveryArguments {
    /// The case file
    pub case: PathBuf,
    /// Output file, never overwritten; by default standard output
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

/// Writes part of a case as a new case: selected records and exhibits with their evidence files
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Evidence files are copied completely, because only a complete file can be verified by its hash; record references stay the same. Tags and notes \
                  of the selected records and the findings of the selected exhibits are included, with author and time.\n\n\
                  Example:\n  coldtrail subset incident.coldtrail for-counsel.coldtrail --exhibit 1 --exhibit 3 --tag exfiltration"
)]
pub struct SubsetArguments {
    /// The case file
    pub case: PathBuf,
    /// The new case; never overwritten
    pub target: PathBuf,
    /// A record, as shown in the column ref; can be repeated
    #[arg(long, value_name = "REF")]
    pub record: Vec<String>,
    /// All records with this tag
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,
    /// An exhibit, by its number
    #[arg(long, value_name = "N")]
    pub exhibit: Vec<i64>,
    /// An evidence file, by its number
    #[arg(long, value_name = "ID")]
    pub evidence: Vec<u32>,
    /// Name to record in the journal of the new case; by default the case's examiner
    #[arg(long, value_name = "NAME")]
    pub examiner: Option<String>,
}

pub(super) fn run_subset(arguments: &SubsetArguments) -> Result<u8, CliError> {
    let cancel = stop::on_signal();
    tell_left(&arguments.target);
    let chosen = chosen(arguments)?;
    let mut told = |evidence: &query::EvidenceRow| tell(&format!("{} {}", evidence.id.0, evidence.path));
    let done = subset(&arguments.case, &arguments.target, &chosen, &cancel, &mut told)?;
    tell(&format!(
        "evidence files: {}, exhibits: {}, findings: {}, tags: {}, notes: {}, indicator lists: {}, labels: {}",
        done.evidence, done.exhibits, done.findings, done.tags, done.notes, done.lists, done.labels
    ));
    Ok(exit::DONE)
}

fn chosen(arguments: &SubsetArguments) -> Result<Chosen, CliError> {
    let reader = read(&arguments.case)?;
    let record = |text: &String| {
        RecordId::parse(text).ok_or_else(|| CliError::Usage(format!("{text} is not a record reference")))
    };
    let mut records = arguments.record.iter().map(record).collect::<Result<Vec<_>, _>>()?;
    for tag in &arguments.tag {
        for dataset in [Dataset::Flows, Dataset::Events] {
            let filter = Filter::named(Target::Tag, tag);
            let found = query::rows(&reader, &Scope::of(dataset, filter).records(Vec::new()), &stop::on_signal())?;
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
