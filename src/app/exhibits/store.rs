//! Exhibits in the case: keeping one, reading it, asking it again.

use super::freeze::answer;
use super::{Facts, Frozen, canonical, freeze};
use crate::app::conclusions::{ConcludeError, conclude};
use crate::case::{CaseReader, Target};
use crate::model::conclusions::{Change, Exhibit, ExhibitText, NewExhibit};
use crate::present::zone::Zone;
use crate::query::{self, Cancel, QueryError};
use crate::questions::{AskError, Question, question};

/// Freezes a question and keeps it as the last exhibit of the case. Its id.
///
/// # Errors
/// As of the question; the case cannot be written.
pub fn add<'c>(
    case: impl Into<Target<'c>>,
    question: &dyn Question,
    zone: Zone,
    text: ExhibitText,
    cancel: &Cancel,
) -> Result<i64, ConcludeError> {
    let case = case.into();
    let reader = CaseReader::open(case.path)?;
    let frozen = freeze(&reader, question, zone, cancel)?;
    drop(reader);
    let content = frozen.lines();
    let new = NewExhibit { text, frozen: frozen.head(&content), content };
    let done = conclude(case, &Change::AddExhibit(Box::new(new)))?;
    Ok(done.id.unwrap_or_default())
}

/// An exhibit as it was frozen.
///
/// # Errors
/// What the case stores of it cannot be read.
pub fn load(reader: &CaseReader, exhibit: &Exhibit) -> Result<Frozen, AskError> {
    Frozen::read(&exhibit.frozen, &query::exhibit_lines(reader, exhibit.id)?)
}

/// What came of asking an exhibit again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Again {
    /// The same rows, from the same evidence.
    Same,
    /// What the case stores of it is not what its digest was taken of.
    Altered,
    /// Other rows. `line`: the first line of the canonical form that differs, with what it was and is.
    Differs { line: usize, was: String, is: String },
    /// The same rows from other files: which, in words.
    OtherEvidence(String),
    /// It could not be asked, or could not be read.
    Failed(String),
}

impl Again {
    pub fn is_same(&self) -> bool {
        *self == Again::Same
    }

    /// Stable name of the verdict.
    pub fn name(&self) -> &'static str {
        match self {
            Again::Same => "same",
            Again::Altered => "altered",
            Again::Differs { .. } => "differs",
            Again::OtherEvidence(_) => "other_evidence",
            Again::Failed(_) => "failed",
        }
    }

    /// The reason in words; empty where there is none to tell.
    pub fn detail(&self) -> String {
        match self {
            Again::Same => String::new(),
            Again::Altered => "its stored content does not match its digest".to_owned(),
            Again::Differs { line, was, is } => format!("line {line} was {was} and is {is}"),
            Again::OtherEvidence(what) | Again::Failed(what) => what.clone(),
        }
    }
}

/// Runs an exhibit again and compares.
pub fn ask_again(reader: &CaseReader, exhibit: &Exhibit, cancel: &Cancel) -> Again {
    compare(reader, exhibit, cancel).unwrap_or_else(|error| {
        Again::Failed(match (&error, cancel.statement_time()) {
            (AskError::Query(QueryError::Late), Some(time)) => format!(
                "its statement timed out after {} s; increase the timeout, or remove the exhibit",
                time.as_secs()
            ),
            // That they were not changed was checked first.
            (AskError::Unreadable(_), _) => format!(
                "{error}; it may have been saved by a newer version of Coldtrail, which can run it again. Its saved rows are intact"
            ),
            _ => error.to_string(),
        })
    })
}

fn compare(reader: &CaseReader, exhibit: &Exhibit, cancel: &Cancel) -> Result<Again, AskError> {
    let stored = query::exhibit_lines(reader, exhibit.id)?;
    if canonical::digest(&stored) != exhibit.frozen.digest {
        return Ok(Again::Altered);
    }
    let question = question(&exhibit.frozen.kind, &exhibit.frozen.query)?;
    let zone = Zone::by_name(&exhibit.frozen.zone).unwrap_or_default();
    let again = canonical::write(question.kind(), &answer(reader, question.as_ref(), zone, cancel)?);
    if let Some(difference) = first_difference(&stored, &again) {
        return Ok(difference);
    }
    let facts = Facts::of_json(&exhibit.frozen.facts).map_err(AskError::Unreadable)?;
    let now = Facts::gather(reader, &question.basis(reader)?, cancel)?;
    let hashes = |facts: &Facts| -> Vec<(u32, String, String)> {
        let one = |e: &super::EvidenceFact| (e.evidence, e.file_sha256.clone(), e.content_sha256.clone());
        facts.evidence.iter().map(one).collect()
    };
    let (was, is) = (hashes(&facts), hashes(&now));
    Ok(match was == is {
        true => Again::Same,
        false => {
            let differs = was.iter().find(|fact| !is.contains(fact)).or_else(|| is.iter().find(|f| !was.contains(f)));
            let number = differs.map_or(0, |(number, ..)| *number);
            Again::OtherEvidence(format!("its evidence files have changed since it was saved: evidence {number}"))
        }
    })
}

/// Characters of a differing line that are reported.
const TOLD_CHARS: usize = 300;

fn first_difference(was: &str, is: &str) -> Option<Again> {
    if was == is {
        return None;
    }
    let told = |line: Option<&str>| line.unwrap_or("nothing").chars().take(TOLD_CHARS).collect::<String>();
    let (mut was, mut is) = (was.lines(), is.lines());
    for line in 1.. {
        let (a, b) = (was.next(), is.next());
        if a != b || a.is_none() {
            return Some(Again::Differs { line, was: told(a), is: told(b) });
        }
    }
    None
}
