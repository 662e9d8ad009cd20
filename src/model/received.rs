//! What was offered to an import and is no evidence of its own.

use super::ids::EvidenceId;

/// Why it is none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReceivedState {
    /// The case holds the same bytes.
    Copy,
    /// It could not be read.
    Unreadable,
    /// It expands to more than the limits allow.
    Refused,
    /// The case's own file, which holds evidence and is none.
    Skipped,
    /// A named pipe, a socket, a device.
    Special,
    /// A link that was not followed.
    Link,
    /// A folder in which there is nothing.
    EmptyFolder,
    /// None that this program writes: what the case says.
    Other(String),
}

impl ReceivedState {
    pub const ALL: [Self; 7] =
        [Self::Copy, Self::Unreadable, Self::Refused, Self::Skipped, Self::Special, Self::Link, Self::EmptyFolder];

    /// Stable name, stored in the case.
    pub fn code(&self) -> &str {
        match self {
            Self::Copy => "copy",
            Self::Unreadable => "unreadable",
            Self::Refused => "refused",
            Self::Skipped => "skipped",
            Self::Special => "special",
            Self::Link => "link",
            Self::EmptyFolder => "empty_folder",
            Self::Other(code) => code,
        }
    }

    /// One of them, or several, for a person.
    pub fn words(&self, count: u64) -> &str {
        let [one, several] = match self {
            Self::Copy => ["duplicate file", "duplicate files"],
            Self::Unreadable => ["unreadable", "unreadable"],
            Self::Refused => ["refused", "refused"],
            Self::Skipped => ["skipped", "skipped"],
            Self::Special => ["special file", "special files"],
            Self::Link => ["link not followed", "links not followed"],
            Self::EmptyFolder => ["empty folder", "empty folders"],
            Self::Other(code) => [code.as_str(), code.as_str()],
        };
        if count == 1 { one } else { several }
    }

    pub fn from_code(code: String) -> Self {
        Self::ALL.into_iter().find(|state| state.code() == code).unwrap_or(Self::Other(code))
    }
}

/// One thing that was offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub state: ReceivedState,
    pub path: String,
    pub at_utc: String,
    pub file_bytes: Option<u64>,
    /// Lowercase hex.
    pub file_sha256: Option<String>,
    /// Of a copy: the evidence that holds the same bytes.
    pub evidence: Option<EvidenceId>,
    /// English, for the record.
    pub reason: String,
}
