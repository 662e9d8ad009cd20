//! What is signed: a text that a person can read and `sha256sum -c` can check, with the hash of the report's manifest, the
//! hash of the case file and the head of the journal.

use super::SignError;
use ssh_key::{HashAlg, PrivateKey};
use std::fmt::Write;
use std::path::Path;

/// What a signature of ours is about, so that it cannot be passed off as one about something else.
pub const NAMESPACE: &str = "coldtrail";

pub(super) const ENDING: &str = ".signed";
pub(super) const SIGNATURE_ENDING: &str = ".signed.sig";

pub(super) struct Statement {
    pub at_utc: String,
    pub identity: String,
    pub public_key: String,
    pub fingerprint: String,
    /// Of the report.
    pub journal_head: String,
    /// Of the case, with the entry about this signature.
    pub case_head: String,
    files: Vec<(String, String)>,
}

impl Statement {
    pub(super) fn of(identity: &str, key: &PrivateKey, at_utc: String) -> Result<Self, String> {
        let public = key.public_key().to_openssh().map_err(|error| error.to_string())?;
        // Type and key; a comment says nothing that can be checked.
        let public_key = public.split(' ').take(2).collect::<Vec<_>>().join(" ");
        Ok(Self {
            at_utc,
            identity: identity.to_owned(),
            public_key,
            fingerprint: key.fingerprint(HashAlg::Sha256).to_string(),
            journal_head: String::new(),
            case_head: String::new(),
            files: Vec::new(),
        })
    }

    pub(super) fn add(&mut self, sha256: &str, name: String) {
        self.files.push((sha256.to_owned(), name));
    }

    /// The line for the file of allowed signers of `ssh-keygen -Y verify`.
    pub(super) fn allowed_signer(&self) -> String {
        format!("{} namespaces=\"{NAMESPACE}\" {}", self.identity, self.public_key)
    }

    pub(super) fn text(&self, name: &str) -> String {
        let mut text = format!(
            "# Coldtrail signature, form 1\n\
             # Check who signed: ssh-keygen -Y verify -f ALLOWED_SIGNERS -I {} -n {NAMESPACE} -s {name}{SIGNATURE_ENDING} < {name}{ENDING}\n\
             # Check what was signed, in the folder with these files: sha256sum -c {name}{ENDING}\n\
             # Time (of the signer's computer): {}\n\
             # Signer: {}\n\
             # Key: {}\n\
             # Fingerprint: {}\n",
            self.identity, self.at_utc, self.identity, self.public_key, self.fingerprint
        );
        // Writing into memory does not fail.
        if !self.journal_head.is_empty() {
            let _ = writeln!(text, "# Journal head in the report: {}", self.journal_head);
        }
        if !self.case_head.is_empty() {
            let _ = writeln!(text, "# Journal head of the case: {}", self.case_head);
        }
        if !self.journal_head.is_empty() || !self.case_head.is_empty() {
            text.push_str("# Check that the journal still contains a head: coldtrail verify CASE --head HEAD\n");
        }
        for (sha256, name) in &self.files {
            let _ = writeln!(text, "{sha256}  {name}");
        }
        text
    }
}

/// A name as `ssh-keygen` can match it: no blanks, no lists, no patterns.
pub(super) fn principal(name: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '+');
    name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect()
}

/// The last part of a path, where a line of `sha256sum` can name it.
pub(super) fn name_of(path: &Path) -> Result<String, SignError> {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let name = absolute.file_name().and_then(|name| name.to_str());
    let name = name.filter(|name| !name.contains(|c: char| c.is_control() || c == '\\'));
    name.map(str::to_owned).ok_or_else(|| SignError::Nameless(path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_one_that_no_list_or_pattern_can_be() {
        assert_eq!(principal("A. Mori"), "A._Mori");
        assert_eq!(principal("a,b* !\"c"), "a_b____c");
        assert_eq!(principal("森@example.com"), "森@example.com");
    }

    #[test]
    fn a_name_that_would_break_a_line_is_refused() {
        assert_eq!(name_of(Path::new("/a/b.coldtrail")).unwrap(), "b.coldtrail");
        assert!(matches!(name_of(Path::new("/a/b\nc")), Err(SignError::Nameless(_))));
        assert!(matches!(name_of(Path::new("/")), Err(SignError::Nameless(_))));
    }
}
