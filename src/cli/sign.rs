//! `coldtrail sign`.

use super::opening::Writing;
use super::output::{self, tell, tell_left};
use super::{CliError, exit};
use crate::app::signature::{self, NAMESPACE, Order, SignError};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Signs a report or a case with your own SSH key, so that anyone can check it with ssh-keygen
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Two files are written beside the report or case: NAME.signed (the SHA-256 of the report's manifest, of the case file, and the journal head) and \
                  NAME.signed.sig (the signature, namespace coldtrail). The report is not changed; the key is only read. A case that is signed gets an entry in its journal first, and \
                  any later change gives it another SHA-256; the journal head stays in it. A signature shows who signed these bytes; that time is only \
                  what the computer's clock said. See: coldtrail timestamp\n\nThe line for the file of allowed signers is printed. Check with: ssh-keygen -Y verify -f \
                  ALLOWED_SIGNERS -I IDENTITY -n coldtrail -s NAME.signed.sig < NAME.signed\n\nExample:\n  coldtrail sign report --case incident.coldtrail --key \
                  ~/.ssh/id_ed25519 --identity mori@example.com"
)]
pub struct Arguments {
    /// A report's folder, or a case file
    #[arg(value_name = "CASE or REPORT")]
    pub target: PathBuf,
    /// Private key in OpenSSH's form; asks for its passphrase if it has one
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// With a report: its case, which is signed together with it
    #[arg(long, value_name = "CASE")]
    pub case: Option<PathBuf>,
    /// Name of the signer in the file of allowed signers; by default the key's comment
    #[arg(long, value_name = "NAME")]
    pub identity: Option<String>,
    /// Read the passphrase from a file instead of asking; - is standard input, /dev/fd/3 a descriptor
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    #[command(flatten)]
    pub writing: Writing,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    let is_report = arguments.target.is_dir();
    if let (false, Some(_)) = (is_report, &arguments.case) {
        return Err(CliError::Usage(format!("{} is not a folder with a report", arguments.target.display())));
    }
    tell_left(&arguments.target);
    let (report, case) = match is_report {
        true => (Some(arguments.target.as_path()), arguments.case.as_deref()),
        false => (None, Some(arguments.target.as_path())),
    };
    let case = case.map(|case| arguments.writing.at(case)).transpose()?;
    let order = Order { report, case, key: &arguments.key, identity: arguments.identity.as_deref() };
    let mut passphrase = || passphrase(&arguments.key, arguments.passphrase_file.as_deref());
    let signed = signature::sign(&order, &mut passphrase).map_err(failed)?;
    let shown = |path: &Path| output::escape(&path.to_string_lossy());
    tell(&format!("written: {}, {}", shown(&signed.statement), shown(&signed.signature)));
    tell(&format!("journal head: {}", signed.journal_head));
    tell(&format!(
        "check with: ssh-keygen -Y verify -f ALLOWED_SIGNERS -I {} -n {NAMESPACE} -s {} < {}",
        signed.identity,
        shown(&signed.signature),
        shown(&signed.statement)
    ));
    output::bytes(format!("{}\n", signed.allowed_signer).as_bytes())?;
    Ok(exit::DONE)
}

fn passphrase(key: &Path, file: Option<&Path>) -> std::io::Result<String> {
    /// A longer one is a mistaken file.
    const LONGEST_BYTES: u64 = 1 << 16;
    let mut text = String::new();
    match file {
        None => {
            return rpassword::prompt_password(format!("Passphrase of {}: ", output::escape(&key.to_string_lossy())));
        }
        Some(path) if path == Path::new("-") => {
            std::io::stdin().lock().take(LONGEST_BYTES).read_to_string(&mut text)?
        }
        Some(path) => std::fs::File::open(path)?.take(LONGEST_BYTES).read_to_string(&mut text)?,
    };
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

fn failed(error: SignError) -> CliError {
    match error {
        SignError::Case(error) => error.into(),
        SignError::OtherCase { .. } => CliError::Usage(error.to_string()),
        SignError::NotAReport { .. }
        | SignError::Unreadable { .. }
        | SignError::Exists(_)
        | SignError::Unwritable { .. }
        | SignError::BadKey { .. }
        | SignError::NoPassphrase { .. }
        | SignError::WrongPassphrase(_)
        | SignError::InUse(_)
        | SignError::Nameless(_) => CliError::Unusable(error.to_string()),
    }
}
