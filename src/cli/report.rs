//! `coldtrail report`.

use super::opening::{at, survey};
use super::output::{fail, tell, tell_left};
use super::{CliError, exit, stop};
use crate::app::conclusions::conclude;
use crate::app::report::{Checking, ExportReportError, Exported, Order, export};
use crate::model::conclusions::{Change, ReportField};
use crate::present::{Language, Zone};
use crate::report::document::{Verdict, Verification};
use crate::report::{Formats, ReportError};
use std::path::{Path, PathBuf};

/// Writes the report of a case: HTML, PDF, attachments as CSV, JSON, pictures, and a manifest of their hashes
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The case is verified as by coldtrail verify, and the first page says what came of it. Exit code 4: a check failed; 1: exhibits have another \
                  answer now. The report is written either way. The same case gives the same bytes of every file. Check a report with: sha256sum -c SHA256SUMS\n\nExample:\n  coldtrail \
                  report incident.coldtrail --out report\n  coldtrail report incident.coldtrail --mark Confidential --out hokoku --lang ja --tz Asia/Tokyo --pdf"
)]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    /// The folder to be made; a report that is there already is replaced, anything else is left alone
    #[arg(long, value_name = "DIR", required_unless_present = "said")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub said: Said,
    /// The language of the report
    #[arg(long, value_name = "LANG", default_value = "en", value_parser = ["en", "ja"])]
    pub lang: String,
    /// The zone of its times (Asia/Tokyo); UTC stands beside
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub tz: chrono_tz::Tz,
    /// The HTML document; without --html, --pdf and --csv there are both documents
    #[arg(long)]
    pub html: bool,
    /// The PDF document
    #[arg(long)]
    pub pdf: bool,
    /// Attachments, pictures and JSON, which come with every report, without a document
    #[arg(long)]
    pub csv: bool,
    /// Rows of a table in the documents at the most; the attachments have all
    #[arg(long, value_name = "N", default_value_t = Order::default().shown_rows)]
    pub rows: u64,
    /// Derive every row again from the originals, too, when the case is verified for the report
    #[arg(long, conflicts_with = "no_verify")]
    pub replay: bool,
    /// Do not verify the case; the report then says on its first page that it was not verified
    #[arg(long)]
    pub no_verify: bool,
    /// With --title and the like: upgrade a case of an older version first; older programs cannot open it any more
    #[arg(long)]
    pub upgrade: bool,
    /// The time of the export on the first page: two exports then differ
    #[arg(long)]
    pub with_time: bool,
}

/// What stands on the first pages. It is kept in the case.
#[derive(Debug, clap::Args)]
#[group(id = "said", multiple = true)]
pub struct Said {
    /// The report's title; kept in the case, as are the next five
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// The case's reference
    #[arg(long, value_name = "TEXT")]
    pub reference: Option<String>,
    /// Who examined; also who writes, for the journal
    #[arg(long, value_name = "TEXT")]
    pub examiner: Option<String>,
    /// For whom
    #[arg(long, value_name = "TEXT")]
    pub organisation: Option<String>,
    /// Who may read it; at the head of every page
    #[arg(long, value_name = "TEXT")]
    pub mark: Option<String>,
    /// The summary; paragraphs are parted by empty lines
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
        language: if arguments.lang == "ja" { Language::Japanese } else { Language::English },
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
    let cancel = stop::on_signal().queries;
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
        tell("all of them: coldtrail verify CASE");
    }
    Ok(match verification.verdict {
        _ if differs => exit::DIFFERS,
        Verdict::Outdated => exit::WARNINGS,
        _ => exit::DONE,
    })
}

/// Failed checks that are told.
const TOLD: usize = 10;

/// What the report says of the case, in a line.
fn verdict(verification: &Verification) -> String {
    match verification.verdict {
        Verdict::Good => format!("the case verifies: {} checks are good", verification.good),
        Verdict::Outdated => {
            format!("the case verifies; exhibits with another answer now: {}", verification.outdated.count)
        }
        Verdict::Failed => {
            format!("the case does not verify, and the report says so; failed checks: {}", verification.failed.count)
        }
        Verdict::Changed => {
            "the case was changed while it was checked; the report says that it is not verified".to_owned()
        }
        Verdict::Unverified | Verdict::Later => "the case was not verified, and the report says so".to_owned(),
    }
}

impl From<ExportReportError> for CliError {
    fn from(error: ExportReportError) -> Self {
        match error {
            ExportReportError::Query(error) => error.into(),
            ExportReportError::Verify(error) => error.into(),
            ExportReportError::Report(ReportError::Occupied { .. }) => {
                CliError::Unusable(format!("{error}\nName a folder that is not there yet, or one with a report."))
            }
            ExportReportError::Report(ReportError::Cancelled) => {
                CliError::Stopped("stopped; no report was written".to_owned())
            }
            ExportReportError::Report(_) => CliError::Unusable(error.to_string()),
        }
    }
}
