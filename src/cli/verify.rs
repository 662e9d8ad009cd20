//! `coldtrail verify`.

use super::opening::survey;
use super::output::{Rows, is_quiet, tell, tell_left};
use super::{CliError, RowFormat, exit, stop};
use crate::app::verify::{Outcome, Progress, Told, VerifyOptions, verify};
use crate::model::Value;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Verifies a case: hashes of the evidence, structure, journal, column index, and every exhibit by running it again
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Prints one row per check with its verdict: good, FAILED, outdated (evidence, lists or tags were added after an \
                  exhibit was saved, and its rows have changed), unchecked (nothing to compare with, for example if an original \
                  is not stored in the case), or missing in the case (a file of the folder that was never imported). Exit code 4: a \
                  check failed; 1: none failed, and an exhibit is outdated or a file is missing in the case; 5: \
                  stopped.\n\nExample:\n  coldtrail verify incident.coldtrail --replay \
                  --originals /mnt/evidence"
)]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    /// Derive every row again from the originals and compare; needs disk space for a temporary case next to the case
    #[arg(long)]
    pub replay: bool,
    /// A folder with the original files: compared with what was imported, and used if the case does not store them
    #[arg(long, value_name = "DIR")]
    pub originals: Option<PathBuf>,
    /// A journal head that was kept outside the case (in a report, on paper): the journal must still contain it
    #[arg(long, value_name = "HEX", value_parser = head)]
    pub head: Option<String>,
    /// Timeout in seconds for the SQL statement of an exhibit
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub statement_secs: u64,
    #[command(flatten)]
    pub rows: RowFormat,
}

/// A SHA-256 as it is printed, or as it was written down: in capitals, in groups.
fn head(text: &str) -> Result<String, String> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | ':')).collect();
    let is_hash = digits.len() == 64 && digits.chars().all(|c| c.is_ascii_hexdigit());
    is_hash.then(|| digits.to_ascii_lowercase()).ok_or_else(|| "a journal head has 64 hexadecimal digits".to_owned())
}

/// How often progress is shown, at most.
const SHOWN_EVERY: Duration = Duration::from_millis(200);

/// The line on the terminal that tells how far the check is; nothing where the messages do not go to one.
struct Bar {
    is_shown: bool,
    last: Option<Instant>,
}

#[expect(clippy::print_stderr, reason = "a progress bar, only drawn on a terminal")]
impl Bar {
    fn show(&mut self, progress: Progress) {
        if !self.is_shown || self.last.is_some_and(|last| last.elapsed() < SHOWN_EVERY) {
            return;
        }
        self.last = Some(Instant::now());
        let percent = progress.done.saturating_mul(100).checked_div(progress.total).unwrap_or(0).min(100);
        eprint!("\r\x1b[Kverify: {} {percent} %", progress.area.name());
    }

    /// Makes room for a line of output.
    fn clear(&mut self) {
        if self.is_shown && self.last.take().is_some() {
            eprint!("\r\x1b[K");
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    let cancel = stop::on_signal();
    tell_left(&arguments.case);
    let mut out = Rows::new(&arguments.rows, &["check", "item", "verdict", "detail"])?;
    let mut output = Ok(());
    let mut bar = Bar { is_shown: !is_quiet() && std::io::stderr().is_terminal(), last: None };
    let mut told = |told: Told<'_>| match told {
        Told::Check(check) if output.is_ok() => {
            bar.clear();
            let text = |text: &str| if text.is_empty() { Value::Null } else { Value::Text(text.to_owned()) };
            let row = [text(check.area.name()), text(&check.item), text(check.verdict.name()), text(&check.detail)];
            output = out.row(&row).and_then(|()| out.flush());
        }
        Told::Check(_) => {}
        Told::Progress(progress) => bar.show(progress),
    };
    let options = VerifyOptions {
        replay: arguments.replay,
        originals: arguments.originals.clone(),
        head: arguments.head.clone(),
        statement_time: Duration::from_secs(arguments.statement_secs),
    };
    if let Some(folder) = options.originals.as_ref().filter(|folder| !folder.is_dir()) {
        return Err(CliError::Usage(format!("{} is not a folder", folder.display())));
    }
    survey(&arguments.case)?;
    let done = verify(&arguments.case, &options, &cancel, &mut told);
    bar.clear();
    let done = done?;
    output?;
    out.finish()?;
    let mut sum = format!("checks: {} passed, {} failed", done.good, done.failed);
    if done.outdated > 0 {
        sum.push_str(&format!(", {} outdated", done.outdated));
    }
    sum.push_str(&format!(", {} not checked", done.unchecked));
    if done.missing > 0 {
        sum.push_str(&format!(", {} files missing in the case", done.missing));
    }
    tell(&if done.stopped { format!("{sum}; stopped before completion") } else { sum });
    Ok(match done.outcome() {
        Outcome::Failed => exit::DIFFERS,
        Outcome::Stopped => exit::STOPPED,
        Outcome::Outdated | Outcome::Missing => exit::WARNINGS,
        Outcome::Good => exit::DONE,
    })
}
