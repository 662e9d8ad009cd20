//! What examiners write, as the application does it: changes are checked, made, and can be undone.

use super::import::now_utc;
use crate::case::{CaseError, CaseWriter, Concluded, Target};
use crate::model::conclusions::{Change, FindingText, Subject, is_technique};
use crate::questions::AskError;

#[derive(Debug, thiserror::Error)]
pub enum ConcludeError {
    /// It says nothing, or what it says has not the form of its kind.
    #[error("{0}")]
    Unfit(String),
    #[error(transparent)]
    Exhibit(#[from] AskError),
    #[error(transparent)]
    Case(#[from] CaseError),
}

/// Things that one change tags at most: each is a row, and is in the journal.
pub const MOST_TAGGED: usize = 100_000;

/// Makes a change. What it gives back undoes it.
///
/// # Errors
/// The change says nothing; what it is about is not in the case; the case cannot be written.
pub fn conclude<'c>(case: impl Into<Target<'c>>, change: &Change) -> Result<Concluded, ConcludeError> {
    check(change)?;
    let mut writer = CaseWriter::open(case)?;
    let done = writer.conclude(change, &now_utc());
    writer.close()?;
    Ok(done?)
}

fn check(change: &Change) -> Result<(), ConcludeError> {
    let unfit = |what: &str| Err(ConcludeError::Unfit(what.to_owned()));
    match change {
        Change::AddTag { name, subjects } => {
            if name.trim().is_empty() {
                return unfit("a tag needs a name");
            }
            if name.trim() != name || name.chars().any(crate::model::text::is_hazardous) {
                return unfit("a tag must be a single line without leading or trailing spaces");
            }
            if subjects.len() > MOST_TAGGED {
                let most = format!("at most {MOST_TAGGED} records can be tagged at once; narrow the filter");
                return unfit(&most);
            }
            Ok(())
        }
        Change::AddNote { text, .. } | Change::EditNote { text, .. } if text.trim().is_empty() => {
            unfit("a note needs a text")
        }
        Change::AddFinding(text) | Change::EditFinding { text, .. } => check_finding(text),
        Change::AddExhibit(new) if new.text.caption.trim().is_empty() => unfit("an exhibit needs a caption"),
        Change::EditExhibit { text, .. } if text.caption.trim().is_empty() => unfit("an exhibit needs a caption"),
        _ => Ok(()),
    }
}

fn check_finding(text: &FindingText) -> Result<(), ConcludeError> {
    if text.title.trim().is_empty() {
        return Err(ConcludeError::Unfit("a finding needs a title".to_owned()));
    }
    if !is_technique(&text.technique) {
        let what = format!("{} is not a MITRE ATT&CK technique ID such as T1530 or T1078.004", text.technique);
        return Err(ConcludeError::Unfit(what));
    }
    Ok(())
}

/// Subjects of records.
pub fn records(ids: impl IntoIterator<Item = crate::model::RecordId>) -> Vec<Subject> {
    ids.into_iter().map(Subject::Record).collect()
}
