//! `coldtrail report`.

use super::output::tell;
use super::{CliError, exit};
use crate::app::conclusions::conclude;
use crate::app::report::{ExportReportError, Order, export};
use crate::model::conclusions::{Change, ReportField};
use crate::present::{Language, Zone};
use crate::query::Cancel;
use crate::report::{Formats, ReportError};
use std::path::{Path, PathBuf};

/// Writes the report of a case: HTML, PDF, attachments as CSV, JSON, pictures, and a manifest of their hashes
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The same case gives the same bytes of every file. Check a report with: sha256sum -c SHA256SUMS\n\nExample:\n  coldtrail \
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
    /// Who examined
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
        conclude(&arguments.case, &Change::SetReport { field, value: value.clone() })?;
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
    };
    let cancel = Cancel::default();
    let asked = cancel.clone();
    // Without the handler the program ends at once, and a part of the report stays: told by its name.
    if let Err(error) = ctrlc::set_handler(move || asked.cancel()) {
        tell(&format!("Ctrl+C will leave a part of the report behind: {error}"));
    }
    let mut told = 0;
    let mut progress = |done: u64, total: u64| {
        let tenth = done * 10 / total.max(1);
        if tenth != told && total >= 20 {
            told = tenth;
            tell(&format!("{done} of {total}"));
        }
    };
    let written = export(&arguments.case, folder, &order, &cancel, &mut progress)?;
    tell(&format!(
        "{}: files {}, bytes {}, SHA-256 of the manifest {}",
        written.folder.display(),
        written.files,
        written.bytes,
        written.sha256
    ));
    Ok(exit::DONE)
}

impl From<ExportReportError> for CliError {
    fn from(error: ExportReportError) -> Self {
        match error {
            ExportReportError::Query(error) => error.into(),
            ExportReportError::Report(ReportError::Occupied { .. }) => {
                CliError::Unusable(format!("{error}\nName a folder that is not there yet, or one with a report."))
            }
            ExportReportError::Exhibit { .. } => CliError::Unusable(format!(
                "{error}\nSee what is wrong with it: coldtrail exhibit check CASE; or take it back: coldtrail exhibit remove CASE N"
            )),
            ExportReportError::Report(_) => CliError::Unusable(error.to_string()),
        }
    }
}
