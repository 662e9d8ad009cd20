//! Who passed what to whom.

/// One transfer of evidence or of the case, as an examiner wrote it down. Entries are added and never changed: a correction
/// is a further entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Custody {
    /// Who passed it on; empty where that is not known.
    pub from: String,
    pub to: String,
    /// When, as it was written: ISO 8601, or words.
    pub at: String,
    /// What it was on or came by: a disk with its serial number, a bucket, a mail.
    pub medium: String,
    /// SHA-256 that was passed with it, lowercase hexadecimal; empty where there was none.
    pub sha256: String,
    pub note: String,
    /// Numbers of evidence files; all of the case where there is none.
    pub evidence: Vec<u32>,
}

/// An entry as the journal has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustodyEntry {
    /// Number of the journal entry.
    pub seq: i64,
    pub recorded_utc: String,
    pub examiner: String,
    pub custody: Custody,
}
