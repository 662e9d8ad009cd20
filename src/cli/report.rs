//! `coldtrail report`.

use super::output::tell;
use super::{CliError, exit};
use crate::app::report::{ExportReportError, Order, export};
use crate::present::{Language, Zone};
use crate::query::Cancel;
use crate::report::{Formats, ReportError};
use std::path::PathBuf;

/// Writes the report of a case: HTML, PDF, attachments as CSV, JSON, pictures, and a manifest of their hashes
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The same case gives the same bytes of every file. Check a report with: sha256sum -c SHA256SUMS\n\nExample:\n  coldtrail \
                  report incident.coldtrail --out report\n  coldtrail report incident.coldtrail --out hokoku --lang ja --tz Asia/Tokyo --pdf"
)]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    /// The folder to be made; a report that is there already is replaced, anything else is left alone
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
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

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
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
    let written = export(&arguments.case, &arguments.out, &order, &cancel, &mut progress)?;
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
