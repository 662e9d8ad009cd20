//! `coldtrail timestamp`.

use super::output::{self, Rows, tell, tell_left};
use super::{CliError, RowFormat, exit};
use crate::app::timestamp::{self, Brought, Check, TimestampError, Verdict};
use crate::model::Value;
use std::path::{Path, PathBuf};

/// Trusted time for a report (RFC 3161) without a network: writes a request, and checks the authority's answer
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Writes a request for a time stamp beside the report
    #[command(
        after_help = "The request contains the SHA-256 of the report's manifest and a random number; nothing of the case. Carry it to a computer that reaches a \
                      time-stamping authority, and send it there as application/timestamp-query, for example: curl -H 'Content-Type: \
                      application/timestamp-query' --data-binary @report.tsq URL > answer.tsr\n\nExample:\n  coldtrail timestamp request report"
    )]
    Request {
        /// The report's folder
        report: PathBuf,
    },
    /// Checks an authority's answer and keeps it beside the report
    #[command(
        after_help = "Exit code 4: a check failed; the answer is not kept.\n\nExample:\n  coldtrail timestamp attach report answer.tsr --ca authority.pem"
    )]
    Attach {
        /// The report's folder
        report: PathBuf,
        /// The authority's answer
        answer: PathBuf,
        #[command(flatten)]
        certificates: Certificates,
        #[command(flatten)]
        rows: RowFormat,
    },
    /// Checks the answer beside a report: status, imprint, nonce, signature, usage, time and chain of certificates
    #[command(
        after_help = "The stamp shows that the manifest existed at its time, if the authority is trusted. Whether a certificate was revoked is not checked: that needs \
                      a network. Exit code 4: a check failed. The same with another program: openssl ts -verify -queryfile report.tsq -in report.tsr -CAfile \
                      authority.pem\n\nExample:\n  coldtrail timestamp verify report --ca authority.pem"
    )]
    Verify {
        /// The report's folder
        report: PathBuf,
        #[command(flatten)]
        certificates: Certificates,
        #[command(flatten)]
        rows: RowFormat,
    },
}

#[derive(Debug, clap::Args)]
pub struct Certificates {
    /// Certificates that you trust, in PEM form: the chain must end at one of them; without it the chain is not checked
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Certificates between the authority's and a trusted one, where the answer does not contain them
    #[arg(long, value_name = "FILE")]
    pub untrusted: Option<PathBuf>,
}

impl Certificates {
    fn brought(&self) -> Brought<'_> {
        Brought { roots: self.ca.as_deref(), others: self.untrusted.as_deref() }
    }
}

pub(super) fn run(command: &Command) -> Result<u8, CliError> {
    let shown = |path: &Path| output::escape(&path.to_string_lossy());
    match command {
        Command::Request { report } => {
            tell_left(report);
            let written = timestamp::request(report).map_err(failed)?;
            tell(&format!("written: {}", shown(&written)));
            Ok(exit::DONE)
        }
        Command::Attach { report, answer, certificates, rows } => {
            tell_left(report);
            let (checks, kept) = timestamp::attach(report, answer, certificates.brought()).map_err(failed)?;
            let code = print(&checks, rows)?;
            tell(&match code {
                exit::DONE => format!("written: {}", shown(&kept)),
                _ => "the answer was not kept".to_owned(),
            });
            Ok(code)
        }
        Command::Verify { report, certificates, rows } => {
            print(&timestamp::verify(report, certificates.brought()).map_err(failed)?, rows)
        }
    }
}

fn print(checks: &[Check], rows: &RowFormat) -> Result<u8, CliError> {
    let mut out = Rows::new(rows, &["check", "verdict", "detail"])?;
    for check in checks {
        let text = |text: &str| if text.is_empty() { Value::Null } else { Value::Text(text.to_owned()) };
        out.row(&[text(check.area.name()), text(check.verdict.name()), text(&check.detail)])?;
    }
    out.finish()?;
    let failed = checks.iter().any(|check| check.verdict == Verdict::Failed);
    Ok(if failed { exit::DIFFERS } else { exit::DONE })
}

fn failed(error: TimestampError) -> CliError {
    CliError::Unusable(error.to_string())
}
