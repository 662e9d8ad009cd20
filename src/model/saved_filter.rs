//! A filter that an examiner keeps.

use super::Dataset;

/// A filter under a name, which is one of its dataset's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SavedFilter {
    pub dataset: Dataset,
    pub name: String,
    /// In the filter language, as it was typed.
    pub text: String,
    /// What it is for; may be empty.
    pub note: String,
}
