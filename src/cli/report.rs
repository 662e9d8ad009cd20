//! `coldtrail report`.

use super::opening::{at, survey};
use super::output::{fail, tell, tell_left};
use super::{CliError, exit, stop};
use crate::app::conclusions::conclude;
use crate::app::report::{Checking, Exported, Order, export};
use crate::model::conclusions::{Change, ReportField};
use crate::present::{Language, Zone};
use crate::report::Formats;
use crate::report::document::{Verdict, Verification};
use std::path::{Path, PathBuf};

/// Generates the report of a case: HTML, PDF, CSV attachments, JSON, images, and a manifest of their hashes
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The case is verified as by coldtrail verify, and the first page shows the result. Exit code 4: a check failed; 1: the results of some exhibits \
                  have changed. The report is written in either case. The same case always gives the same files, byte for byte. Check a report with: sha256sum -c SHA256SUMS\n\nExample:\n  coldtrail \
                  report incident.coldtrail --out report\n  coldtrail report incident.coldtrail --mark Confidential --out hokoku --lang ja --tz Asia/Tokyo --pdf"
)]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    /// The folder to create; an existing report in it is replaced, other files are not changed
    #[arg(long, value_name = "DIR", required_unless_present = "said")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub said: Said,
    /// Language of the report
    #[arg(long, value_name = "LANG", default_value = "en", value_parser = Language::ALL.map(Language::code))]
    pub lang: String,
    /// Time zone of the report, such as Asia/Tokyo; UTC is shown next to it
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub tz: chrono_tz::Tz,
    /// Write the HTML document; by default both documents are written
    #[arg(long)]
    pub html: bool,
    /// Write the PDF document
    #[arg(long)]
    pub pdf: bool,
    /// Write only attachments, images and JSON, which are part of every report
    #[arg(long)]
    pub csv: bool,
    /// Maximum rows per table in the documents; the attachments contain all
    #[arg(long, value_name = "N", default_value_t = Order::default().shown_rows)]
    pub rows: u64,
    /// Verify with --replay: also derive every row again from the originals
    #[arg(long, conflicts_with = "no_verify")]
    pub replay: bool,
    /// Do not verify the case; the first page of the report then states this
    #[arg(long)]
    pub no_verify: bool,
    /// With --title and similar: upgrade a case of an older version first; older versions of Coldtrail cannot open it
    /// afterwards
    #[arg(long)]
    pub upgrade: bool,
    /// Print the export time on the first page (two exports then differ)
    #[arg(long)]
    pub with_time: bool,
}

/// What is on the first pages. It is kept in the case.
#[derive(Debug, clap::Args)]
#[group(id = "said", multiple = true)]
pub struct Said {
    /// Title of the report; saved in the case, like the next five
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Case reference
    #[arg(long, value_name = "TEXT")]
    pub reference: Option<String>,
    /// Examiner; also recorded in the journal
    #[arg(long, value_name = "TEXT")]
    pub examiner: Option<String>,
    /// Organisation
    #[arg(long, value_name = "TEXT")]
    pub organisation: Option<String>,
    /// Distribution mark, shown at the top of every page
    #[arg(long, value_name = "TEXT")]
    pub mark: Option<String>,
    /// The summary; separate paragraphs with empty lines
    #[arg(long, value_name = "TEXT")]
    pub summary: Option<String>,
}

impl Said {
    fn fields(&self) -> impl Iterator<Item = (ReportField, &String)> {
        let Self { title, reference, examiner, organisation, mark, summary } = self;
        let values = [
            (ReportField::Title, title),
            (ReportField::Reference, reference),
            (ReportField::Examiner, examiner),
            (ReportField::Organisation, organisation),
            (ReportField::Mark, mark),
            (ReportField::Summary, summary),
        ];
        values.into_iter().filter_map(|(field, value)| Some((field, value.as_ref()?)))
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    for (field, value) in arguments.said.fields() {
        let target = at(&arguments.case, arguments.said.examiner.as_deref(), arguments.upgrade)?;
        conclude(target, &Change::SetReport { field, value: value.clone() })?;
    }
    match &arguments.out {
        Some(folder) => write(arguments, folder),
        None => Ok(exit::DONE),
    }
}

fn write(arguments: &Arguments, folder: &Path) -> Result<u8, CliError> {
    let all = !(arguments.html || arguments.pdf || arguments.csv);
    let order = Order {
        language: Language::of_code(&arguments.lang).unwrap_or_default(),
        zone: Zone::by_name(arguments.tz.name()).unwrap_or_default(),
        formats: Formats { html: all || arguments.html, pdf: all || arguments.pdf },
        with_time: arguments.with_time,
        shown_rows: arguments.rows,
        checking: match arguments {
            Arguments { no_verify: true, .. } => Checking::Skip,
            Arguments { replay: true, .. } => Checking::Replay,
            _ => Checking::Plain,
        },
    };
    let cancel = stop::on_signal();
    tell_left(folder);
    let mut told = 0;
    let mut progress = |done: u64, total: u64| {
        let tenth = done * 10 / total.max(1);
        if tenth != told && total >= 20 {
            told = tenth;
            tell(&format!("{done} of {total}"));
        }
    };
    survey(&arguments.case)?;
    let Exported { written, verification, differs } = export(&arguments.case, folder, &order, &cancel, &mut progress)?;
    tell(&format!(
        "{}: files {}, bytes {}, SHA-256 of the manifest {}",
        written.folder.display(),
        written.files,
        written.bytes,
        written.sha256
    ));
    tell(&verdict(&verification));
    for check in verification.failed.first.iter().take(TOLD) {
        fail(&format!("failed: {} {}: {}", check.area, check.item, check.detail));
    }
    if verification.failed.count > TOLD as u64 {
        tell("list all of them with: coldtrail verify CASE");
    }
    Ok(match verification.verdict {
        _ if differs => exit::DIFFERS,
        Verdict::Outdated => exit::WARNINGS,
        _ => exit::DONE,
    })
}

/// Failed checks that are reported.
const TOLD: usize = 10;

/// What the report says of the case, in a line.
fn verdict(verification: &Verification) -> String {
    match verification.verdict {
        Verdict::Good => format!("verification passed: {} checks", verification.good),
        Verdict::Outdated => {
            format!("verification passed; exhibits whose results have changed: {}", verification.outdated.count)
        }
        Verdict::Failed => {
            format!("verification failed, as the report states; failed checks: {}", verification.failed.count)
        }
        Verdict::Changed => {
            "the case changed during verification; the report states that it is not verified".to_owned()
        }
        Verdict::Unverified | Verdict::Later => "the case was not verified; the report states this".to_owned(),
    }
}
