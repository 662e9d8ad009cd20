//! Files that an examiner adds to a case and that are no evidence: Sigma rules, inventories.

/// Levels of Sigma rules, the highest first.
pub const SIGMA_LEVELS: [&str; 5] = ["critical", "high", "medium", "low", "informational"];

/// What such a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SupplementKind {
    /// Sigma rules in YAML.
    Sigma,
    /// What an account has, as AWS's command line lists it.
    Inventory,
}

impl SupplementKind {
    pub const ALL: [SupplementKind; 2] = [SupplementKind::Sigma, SupplementKind::Inventory];

    /// Stable name, stored in case files.
    pub fn code(self) -> &'static str {
        match self {
            SupplementKind::Sigma => "sigma",
            SupplementKind::Inventory => "inventory",
        }
    }
}

/// A file that comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSupplement {
    /// As it was given; of a file in a folder, with the folder's name in front.
    pub path: String,
    /// When what it says was so, ISO 8601; rules have none.
    pub captured_utc: Option<String>,
    pub content: Vec<u8>,
}

/// A file as the case lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supplement {
    pub id: i64,
    pub path: String,
    /// Of its content, lowercase hex.
    pub sha256: String,
    pub captured_utc: Option<String>,
    pub added_utc: String,
    pub examiner: String,
    /// It stays in the case, and can be restored.
    pub removed: bool,
    pub bytes: u64,
}
