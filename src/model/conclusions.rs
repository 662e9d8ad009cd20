//! What examiners write: tags, notes, findings, exhibits, the report's settings. Everything says who wrote it and when;
//! what is removed stays, marked, so that nothing that was ever said is lost.

use super::{Address, RecordId};

/// What a tag or a note is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    Record(RecordId),
    /// Source and destination, as the case spells them; `-` for none.
    Pair(String, String),
    Address(String),
    /// An identity of CloudTrail, by its ARN or what else names it.
    Principal(String),
}

impl Subject {
    /// Stable name of its kind, as the case stores it.
    pub fn kind(&self) -> &'static str {
        match self {
            Subject::Record(_) => "record",
            Subject::Pair(..) => "pair",
            Subject::Address(_) => "address",
            Subject::Principal(_) => "principal",
        }
    }

    /// It in words: `3:1024`, `10.0.0.1 > 10.0.0.2`, an address, a principal.
    pub fn key(&self) -> String {
        match self {
            Subject::Record(id) => id.to_string(),
            Subject::Pair(source, destination) => format!("{source} > {destination}"),
            Subject::Address(text) | Subject::Principal(text) => text.clone(),
        }
    }

    /// Reads kind and key; addresses in their usual spelling.
    pub fn read(kind: &str, key: &str) -> Option<Self> {
        let address = |text: &str| match text.trim() {
            "-" => Some("-".to_owned()),
            text => Address::parse(text.as_bytes()).map(|address| address.to_string()),
        };
        match kind {
            "record" => RecordId::parse(key).map(Subject::Record),
            "pair" => {
                let (source, destination) = key.split_once('>')?;
                Some(Subject::Pair(address(source)?, address(destination)?))
            }
            "address" => address(key).filter(|text| text != "-").map(Subject::Address),
            "principal" => Some(key.trim()).filter(|text| !text.is_empty()).map(|text| Subject::Principal(text.into())),
            _ => None,
        }
    }
}

/// Who, and when (ISO 8601, UTC).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stamp {
    pub at_utc: String,
    pub by: String,
}

/// From its making to its being removed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Life {
    pub created: Stamp,
    /// The last change of its contents.
    pub changed: Option<Stamp>,
    pub removed: Option<Stamp>,
}

/// A word on something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    pub id: i64,
    pub subject: Subject,
    pub name: String,
    pub life: Life,
}

/// A text about something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub id: i64,
    pub subject: Subject,
    pub text: String,
    pub life: Life,
}

/// What has become of a finding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FindingStatus {
    #[default]
    Open,
    Confirmed,
    RuledOut,
}

impl FindingStatus {
    pub const ALL: [FindingStatus; 3] = [FindingStatus::Open, FindingStatus::Confirmed, FindingStatus::RuledOut];

    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            FindingStatus::Open => "open",
            FindingStatus::Confirmed => "confirmed",
            FindingStatus::RuledOut => "ruled_out",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// How sure the examiner is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Confidence {
    #[default]
    Unstated,
    Low,
    Medium,
    High,
}

impl Confidence {
    pub const ALL: [Confidence; 4] = [Confidence::Unstated, Confidence::Low, Confidence::Medium, Confidence::High];

    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Confidence::Unstated => "unstated",
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|confidence| confidence.name() == name)
    }
}

/// What an examiner concludes, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct FindingText {
    pub title: String,
    pub text: String,
    pub status: FindingStatus,
    pub confidence: Confidence,
    /// MITRE ATT&CK: `T1530`, `T1078.004`; empty for none.
    pub technique: String,
}

/// Is it empty, or a technique's number of MITRE ATT&CK?
pub fn is_technique(text: &str) -> bool {
    let digits = |text: &str, count| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    let Some(number) = text.strip_prefix('T') else { return text.is_empty() };
    match number.split_once('.') {
        Some((number, sub)) => digits(number, 4) && digits(sub, 3),
        None => digits(number, 4),
    }
}

/// A finding with the records that it cites; exhibits name the finding that they support themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub id: i64,
    /// Its place in the report, from 1; 0 for one that was removed.
    pub place: i64,
    pub text: FindingText,
    /// In order of their ids.
    pub records: Vec<RecordId>,
    pub life: Life,
}

/// What an examiner writes on an exhibit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ExhibitText {
    pub caption: String,
    pub note: String,
    /// The finding that it supports.
    pub finding: Option<i64>,
}

/// A piece of the report: a question, and what its answer was when it was frozen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exhibit {
    pub id: i64,
    /// Its number in the report, from 1; 0 for one that was removed.
    pub place: i64,
    pub text: ExhibitText,
    pub frozen: FrozenHead,
    pub life: Life,
}

/// An exhibit without its rows, as the case stores it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrozenHead {
    /// Stable name of its kind.
    pub kind: String,
    /// The question as JSON, members in order.
    pub query: String,
    /// The zone in which its times are shown, by its IANA name.
    pub zone: String,
    /// SHA-256 over its rows in canonical form, lowercase hex.
    pub digest: String,
    pub row_count: u64,
    /// What it rests on, what was left out and what its sources cannot say, as JSON.
    pub facts: String,
    pub tool_version: String,
}

/// What is on a report's first pages, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReportField {
    Title,
    Reference,
    Examiner,
    Organisation,
    /// Who may read it.
    Mark,
    Summary,
}

impl ReportField {
    pub const ALL: [ReportField; 6] = [
        ReportField::Title,
        ReportField::Reference,
        ReportField::Examiner,
        ReportField::Organisation,
        ReportField::Mark,
        ReportField::Summary,
    ];

    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            ReportField::Title => "title",
            ReportField::Reference => "reference",
            ReportField::Examiner => "examiner",
            ReportField::Organisation => "organisation",
            ReportField::Mark => "mark",
            ReportField::Summary => "summary",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}

/// A change to what examiners wrote. Each has an inverse, which is a change too: that is how it is undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    AddTag {
        name: String,
        subjects: Vec<Subject>,
    },
    RemoveTag {
        name: String,
        subjects: Vec<Subject>,
    },
    AddNote {
        subject: Subject,
        text: String,
    },
    EditNote {
        id: i64,
        text: String,
    },
    RemoveNote(i64),
    RestoreNote(i64),
    AddFinding(FindingText),
    EditFinding {
        id: i64,
        text: FindingText,
    },
    /// To a place, from 1.
    MoveFinding {
        id: i64,
        place: i64,
    },
    RemoveFinding(i64),
    RestoreFinding {
        id: i64,
        place: i64,
    },
    Cite {
        finding: i64,
        records: Vec<RecordId>,
    },
    Uncite {
        finding: i64,
        records: Vec<RecordId>,
    },
    AddExhibit(Box<NewExhibit>),
    EditExhibit {
        id: i64,
        text: ExhibitText,
    },
    MoveExhibit {
        id: i64,
        place: i64,
    },
    RemoveExhibit(i64),
    RestoreExhibit {
        id: i64,
        place: i64,
    },
    SetReport {
        field: ReportField,
        value: String,
    },
}

/// An exhibit to be kept, with its rows in canonical form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewExhibit {
    pub text: ExhibitText,
    pub frozen: FrozenHead,
    /// Lines, each with its line feed.
    pub content: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_read_from_its_words() {
        for subject in [
            Subject::Record(RecordId((3 << 32) + 7)),
            Subject::Pair("10.0.0.1".into(), "-".into()),
            Subject::Address("2001:db8::1".into()),
            Subject::Principal("arn:aws:iam::1:user/A > B".into()),
        ] {
            assert_eq!(Subject::read(subject.kind(), &subject.key()), Some(subject));
        }
        for (kind, key) in [("record", "3"), ("pair", "10.0.0.1"), ("address", "host"), ("address", "-"), ("user", "A")]
        {
            assert_eq!(Subject::read(kind, key), None, "{kind} {key}");
        }
    }

    #[test]
    fn techniques_have_the_form_of_mitre() {
        for text in ["", "T1530", "T1078.004"] {
            assert!(is_technique(text), "{text}");
        }
        for text in ["1530", "T153", "T1530.", "T1530.04", "T1530.0045", "t1530", "T15a0"] {
            assert!(!is_technique(text), "{text}");
        }
    }
}
