//! How commands open a case: those that read say what is wrong with it, those that write say who writes.

use super::output::{escape, fail, tell};
use super::{CliError, stop};
use crate::app::{examiner, index};
use crate::case::{self, CaseReader, Standing, Target, schema};
use crate::present::display;
use std::path::Path;

/// Of every command that writes to a case.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Writing {
    /// Name to record in the journal; by default the case's examiner
    #[arg(long, value_name = "NAME")]
    pub examiner: Option<String>,
    /// Upgrade a case of an older version first; older versions of Coldtrail cannot open it afterwards
    #[arg(long)]
    pub upgrade: bool,
}

impl Writing {
    /// The case, to be written to.
    pub fn at<'a>(&'a self, case: &'a Path) -> Result<Target<'a>, CliError> {
        at(case, self.examiner.as_deref(), self.upgrade)
    }
}

/// The same of a command whose examiner is more than who writes.
pub(super) fn at<'a>(case: &'a Path, by: Option<&'a str>, upgrades: bool) -> Result<Target<'a>, CliError> {
    if let Some((found, _)) = case::older_version(case) {
        if !upgrades {
            let (path, known) = (case.to_owned(), schema::VERSION);
            return Err(case::CaseError::NeedsUpgrade { path, found, known }.into());
        }
        upgrade(case, by)?;
    }
    Ok(Target { path: case, examiner: by })
}

/// Percent of an upgrade between two messages, and the events from which on there are any.
const TOLD_PERCENT: u64 = 10;
const TOLD_FROM: u64 = 200_000;

/// Upgrades a case in the name of whoever runs the program.
pub(super) fn upgrade(case: &Path, by: Option<&str>) -> Result<(), CliError> {
    let mut told = 0;
    let mut progress = |done: u64, total: u64| {
        let percent = done.saturating_mul(100).checked_div(total).unwrap_or(100);
        // A small case is done before it could be read.
        if percent >= told + TOLD_PERCENT && total >= TOLD_FROM {
            told = percent;
            tell(&format!("upgrade: {percent} %"));
        }
    };
    let found = case::upgrade(case, &examiner::of_this_run(by), &mut progress)?;
    if found != schema::VERSION {
        // Columns that the version adds are built now, so that the first question need not do without.
        index::complete(case, false, &stop::on_signal(), &mut || {})?;
    }
    let (name, known) = (escape(&case.to_string_lossy()), schema::VERSION);
    tell(&match found == known {
        true => format!("{name} already has version {known}; nothing changed"),
        false => format!("{name} was upgraded from version {found} to version {known}"),
    });
    Ok(())
}

/// Opens a case for reading. What is wrong with it is reported every time.
pub(super) fn read(case: &Path) -> Result<CaseReader, CliError> {
    tell_older(case);
    let reader = CaseReader::open(case)?;
    tell_damage(case, &reader.standing());
    Ok(reader)
}

/// The same for what opens the case itself.
pub(super) fn survey(case: &Path) -> Result<(), CliError> {
    // A copy of an older one takes a while, and is recreated then.
    if !tell_older(case) {
        tell_damage(case, &CaseReader::open(case)?.standing());
    }
    Ok(())
}

fn tell_older(case: &Path) -> bool {
    let Some((found, bytes)) = case::older_version(case) else { return false };
    let (name, known) = (escape(&case.to_string_lossy()), schema::VERSION);
    let folder = std::env::temp_dir();
    tell(&format!(
        "coldtrail: {name} has case version {found}; this program writes version {known}. It is read through a temporary \
         copy of {} in {}, and is not changed.\nTo write to it, upgrade it with: coldtrail upgrade CASE",
        display::size(bytes),
        escape(&folder.to_string_lossy())
    ));
    true
}

/// Lines that are reported at once.
const TOLD: usize = 20;

fn tell_damage(case: &Path, standing: &Standing) {
    if standing.damage.is_empty() {
        return;
    }
    let mut lines =
        vec![format!("coldtrail: {} is damaged; only the readable part is used", escape(&case.to_string_lossy()))];
    let faults = standing.faults();
    lines.extend(faults.iter().take(TOLD).cloned());
    if faults.len() > TOLD {
        lines.push(format!("and {} more; coldtrail verify lists them", faults.len() - TOLD));
    }
    if standing.lost.is_empty() {
        lines.push("all rows could be read".to_owned());
    }
    lines.push("Recover the readable part into a new case with: coldtrail rescue CASE NEW".to_owned());
    fail(&lines.join("\n"));
}
