//! `coldtrail tag`, `coldtrail note`, `coldtrail finding`: what examiners write, for scripts.

use super::opening::{Writing, read};
use super::output::{Rows, tell};
use super::{CliError, RowFormat, exit};
use crate::app::conclusions::conclude;
use crate::case::{CaseReader, Target};
use crate::model::RecordId;
use crate::model::{
    Value,
    conclusions::{Change, Confidence, Finding, FindingStatus, FindingText, Subject},
};
use crate::query;
use std::path::PathBuf;

/// What is listed.
#[derive(Debug, clap::Args)]
pub struct ListArguments {
    /// The case file
    pub case: PathBuf,
    /// Include removed ones
    #[arg(long)]
    pub removed: bool,
    #[command(flatten)]
    pub rows: RowFormat,
}

/// Tags on records, pairs, addresses and principals
#[derive(Debug, clap::Subcommand)]
pub enum TagCommand {
    /// Adds a tag to records, addresses, pairs or principals
    #[command(
        after_help = "Example:\n  coldtrail tag add incident.coldtrail exfiltration 3:1024 3:1025 --address 203.0.113.7"
    )]
    Add {
        /// The case file
        case: PathBuf,
        /// The tag
        name: String,
        #[command(flatten)]
        subjects: Subjects,
        #[command(flatten)]
        writing: Writing,
    },
    /// Removes a tag; the journal keeps it
    #[command(after_help = "Example:\n  coldtrail tag remove incident.coldtrail exfiltration 3:1025")]
    Remove {
        /// The case file
        case: PathBuf,
        /// The tag
        name: String,
        #[command(flatten)]
        subjects: Subjects,
        #[command(flatten)]
        writing: Writing,
    },
    /// Lists tags with user and time
    #[command(after_help = "Example:\n  coldtrail tag list incident.coldtrail --removed")]
    List(ListArguments),
}

/// What a tag or note is about.
#[derive(Debug, clap::Args)]
pub struct Subjects {
    /// Records, as shown in the column ref
    #[arg(value_name = "REF")]
    pub records: Vec<String>,
    /// An address
    #[arg(long, value_name = "IP")]
    pub address: Vec<String>,
    /// A pair of addresses: SRC>DST
    #[arg(long, value_name = "SRC>DST")]
    pub pair: Vec<String>,
    /// A CloudTrail identity, by its ARN or name
    #[arg(long, value_name = "ARN")]
    pub principal: Vec<String>,
}

impl Subjects {
    fn read(&self, reader: &CaseReader) -> Result<Vec<Subject>, CliError> {
        let lists = [
            ("record", &self.records),
            ("address", &self.address),
            ("pair", &self.pair),
            ("principal", &self.principal),
        ];
        let mut subjects = Vec::new();
        for (kind, keys) in lists {
            for key in keys {
                let subject = Subject::read(kind, key);
                subjects.push(subject.ok_or_else(|| CliError::Usage(format!("{key} is not a valid {kind}")))?);
            }
        }
        if subjects.is_empty() {
            return Err(CliError::Usage("specify a record, or an --address, --pair or --principal".to_owned()));
        }
        for subject in &subjects {
            if let Subject::Record(id) = subject {
                query::record(reader, *id)?;
            }
        }
        Ok(subjects)
    }
}

pub(super) fn tag(command: &TagCommand) -> Result<u8, CliError> {
    match command {
        TagCommand::Add { case, name, subjects, writing } => {
            let target = writing.at(case)?;
            let subjects = subjects.read(&read(case)?)?;
            done(target, &Change::AddTag { name: name.clone(), subjects })
        }
        TagCommand::Remove { case, name, subjects, writing } => {
            let target = writing.at(case)?;
            let subjects = subjects.read(&read(case)?)?;
            done(target, &Change::RemoveTag { name: name.clone(), subjects })
        }
        TagCommand::List(ListArguments { case, removed, rows }) => {
            let mut out = Rows::new(rows, &["tag", "about", "key", "at_utc", "by", "removed_utc", "removed_by"])?;
            for tag in query::tags(&read(case)?, *removed)? {
                let mut row = vec![text(&tag.name), text(tag.subject.kind()), text(&tag.subject.key())];
                row.extend([text(&tag.life.created.at_utc), text(&tag.life.created.by)]);
                row.extend(stamp(tag.life.removed.as_ref()));
                out.row(&row)?;
            }
            out.finish()?;
            Ok(exit::DONE)
        }
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn stamp(stamp: Option<&crate::model::conclusions::Stamp>) -> [Value; 2] {
    stamp.map_or([Value::Null, Value::Null], |stamp| [text(&stamp.at_utc), text(&stamp.by)])
}

/// Makes a change; prints the number of what was made.
pub(super) fn done(case: Target<'_>, change: &Change) -> Result<u8, CliError> {
    let done = conclude(case, change)?;
    if done.inverse.is_none() {
        tell("nothing changed");
    } else if let Some(id) = done.id {
        tell(&format!("{id}"));
    }
    Ok(exit::DONE)
}

/// Notes on records, pairs, addresses and principals
#[derive(Debug, clap::Subcommand)]
pub enum NoteCommand {
    /// Adds a note and prints its number
    #[command(after_help = "Example:\n  coldtrail note add incident.coldtrail 'first contact' 3:1024")]
    Add {
        /// The case file
        case: PathBuf,
        /// The text
        note: String,
        #[command(flatten)]
        subjects: Subjects,
        #[command(flatten)]
        writing: Writing,
    },
    /// Changes a note; the journal keeps the previous text
    #[command(after_help = "Example:\n  coldtrail note edit incident.coldtrail 1 'first contact, by DNS name'")]
    Edit {
        /// The case file
        case: PathBuf,
        /// Its number
        id: i64,
        /// The new text
        note: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Removes a note; the journal keeps it
    #[command(after_help = "Example:\n  coldtrail note remove incident.coldtrail 1")]
    Remove {
        /// The case file
        case: PathBuf,
        /// Its number
        id: i64,
        #[command(flatten)]
        writing: Writing,
    },
    /// Lists notes
    #[command(after_help = "Example:\n  coldtrail note list incident.coldtrail")]
    List(ListArguments),
}

pub(super) fn note(command: &NoteCommand) -> Result<u8, CliError> {
    match command {
        NoteCommand::Add { case, note, subjects, writing } => {
            let target = writing.at(case)?;
            for subject in subjects.read(&read(case)?)? {
                done(target, &Change::AddNote { subject, text: note.clone() })?;
            }
            Ok(exit::DONE)
        }
        NoteCommand::Edit { case, id, note, writing } => {
            done(writing.at(case)?, &Change::EditNote { id: *id, text: note.clone() })
        }
        NoteCommand::Remove { case, id, writing } => done(writing.at(case)?, &Change::RemoveNote(*id)),
        NoteCommand::List(ListArguments { case, removed, rows }) => {
            let columns = [
                "id",
                "about",
                "key",
                "note",
                "at_utc",
                "by",
                "changed_utc",
                "changed_by",
                "removed_utc",
                "removed_by",
            ];
            let mut out = Rows::new(rows, &columns)?;
            for note in query::notes(&read(case)?, *removed)? {
                let mut row = vec![Value::Integer(note.id), text(note.subject.kind()), text(&note.subject.key())];
                row.extend([text(&note.text), text(&note.life.created.at_utc), text(&note.life.created.by)]);
                row.extend(stamp(note.life.changed.as_ref()));
                row.extend(stamp(note.life.removed.as_ref()));
                out.row(&row)?;
            }
            out.finish()?;
            Ok(exit::DONE)
        }
    }
}

/// Findings: conclusions, with the records they cite
#[derive(Debug, clap::Subcommand)]
pub enum FindingCommand {
    /// Adds a finding and prints its number
    #[command(
        after_help = "Example:\n  coldtrail finding add incident.coldtrail --title 'Data left by SSH' --technique T1048 --confidence high"
    )]
    Add {
        /// The case file
        case: PathBuf,
        #[command(flatten)]
        words: FindingWords,
        #[command(flatten)]
        writing: Writing,
    },
    /// Changes the given fields
    #[command(after_help = "Example:\n  coldtrail finding edit incident.coldtrail 1 --status confirmed")]
    Edit {
        /// The case file
        case: PathBuf,
        /// Its number
        id: i64,
        #[command(flatten)]
        words: FindingWords,
        #[command(flatten)]
        writing: Writing,
    },
    /// Cites records
    #[command(after_help = "Example:\n  coldtrail finding cite incident.coldtrail 1 3:1024 3:1025")]
    Cite {
        /// The case file
        case: PathBuf,
        /// Its number
        id: i64,
        /// Records, as shown in the column ref
        #[arg(value_name = "REF", required = true)]
        records: Vec<String>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Removes citations of records
    #[command(after_help = "Example:\n  coldtrail finding uncite incident.coldtrail 1 3:1025")]
    Uncite {
        /// The case file
        case: PathBuf,
        /// Its number
        id: i64,
        /// Records, as shown in the column ref
        #[arg(value_name = "REF", required = true)]
        records: Vec<String>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Moves a finding to another position in the report
    #[command(after_help = "Example:\n  coldtrail finding move incident.coldtrail 3 1")]
    Move {
        /// The case file
        case: PathBuf,
        /// Its number
        id: i64,
        /// Its new position, from 1
        place: i64,
        #[command(flatten)]
        writing: Writing,
    },
    /// Removes a finding; the journal keeps it
    #[command(after_help = "Example:\n  coldtrail finding remove incident.coldtrail 1")]
    Remove {
        /// The case file
        case: PathBuf,
        /// Its number
        id: i64,
        #[command(flatten)]
        writing: Writing,
    },
    /// Lists findings
    #[command(after_help = "Example:\n  coldtrail finding list incident.coldtrail")]
    List(ListArguments),
}

#[derive(Debug, clap::Args)]
pub struct FindingWords {
    /// Title of the finding
    #[arg(long)]
    pub title: Option<String>,
    /// Description of the finding
    #[arg(long)]
    pub text: Option<String>,
    /// open, confirmed or ruled_out
    #[arg(long)]
    pub status: Option<String>,
    /// unstated, low, medium or high
    #[arg(long)]
    pub confidence: Option<String>,
    /// MITRE ATT&CK technique ID, such as T1530 or T1078.004
    #[arg(long)]
    pub technique: Option<String>,
}

impl FindingWords {
    fn over(&self, before: FindingText) -> Result<FindingText, CliError> {
        let status = self.status.as_deref().map(|name| {
            FindingStatus::named(name)
                .ok_or_else(|| CliError::Usage(format!("--status {name}: open, confirmed or ruled_out")))
        });
        let confidence = self.confidence.as_deref().map(|name| {
            Confidence::named(name)
                .ok_or_else(|| CliError::Usage(format!("--confidence {name}: unstated, low, medium or high")))
        });
        Ok(FindingText {
            title: self.title.clone().unwrap_or(before.title),
            text: self.text.clone().unwrap_or(before.text),
            status: status.transpose()?.unwrap_or(before.status),
            confidence: confidence.transpose()?.unwrap_or(before.confidence),
            technique: self.technique.clone().unwrap_or(before.technique),
        })
    }
}

pub(super) fn finding(command: &FindingCommand) -> Result<u8, CliError> {
    match command {
        FindingCommand::Add { case, words, writing } => {
            done(writing.at(case)?, &Change::AddFinding(words.over(FindingText::default())?))
        }
        FindingCommand::Edit { case, id, words, writing } => {
            let target = writing.at(case)?;
            let list = query::findings(&read(case)?, true)?;
            let before = list.into_iter().find(|finding| finding.id == *id);
            let before = before.ok_or_else(|| CliError::Usage(format!("the case has no finding {id}")))?;
            done(target, &Change::EditFinding { id: *id, text: words.over(before.text)? })
        }
        FindingCommand::Cite { case, id, records, writing } => {
            let target = writing.at(case)?;
            let records = cited(&read(case)?, records)?;
            done(target, &Change::Cite { finding: *id, records })
        }
        FindingCommand::Uncite { case, id, records, writing } => {
            let target = writing.at(case)?;
            let records = cited(&read(case)?, records)?;
            done(target, &Change::Uncite { finding: *id, records })
        }
        FindingCommand::Move { case, id, place, writing } => {
            done(writing.at(case)?, &Change::MoveFinding { id: *id, place: *place })
        }
        FindingCommand::Remove { case, id, writing } => done(writing.at(case)?, &Change::RemoveFinding(*id)),
        FindingCommand::List(ListArguments { case, removed, rows }) => {
            list(&query::findings(&read(case)?, *removed)?, rows)
        }
    }
}

/// Records of the case.
fn cited(reader: &CaseReader, records: &[String]) -> Result<Vec<RecordId>, CliError> {
    let subjects = Subjects { records: records.to_vec(), address: vec![], pair: vec![], principal: vec![] };
    let record = |subject| if let Subject::Record(id) = subject { Some(id) } else { None };
    Ok(subjects.read(reader)?.into_iter().filter_map(record).collect())
}

fn list(findings: &[Finding], rows: &RowFormat) -> Result<u8, CliError> {
    let columns = [
        "id",
        "place",
        "title",
        "text",
        "status",
        "confidence",
        "technique",
        "records",
        "at_utc",
        "by",
        "changed_utc",
        "changed_by",
        "removed_utc",
        "removed_by",
    ];
    let mut out = Rows::new(rows, &columns)?;
    for finding in findings {
        let words = &finding.text;
        let records: Vec<String> = finding.records.iter().map(ToString::to_string).collect();
        let mut row = vec![Value::Integer(finding.id), Value::Integer(finding.place)];
        row.extend([&*words.title, &words.text, words.status.name(), words.confidence.name()].map(text));
        row.extend([text(&words.technique), text(&records.join(" "))]);
        row.extend([text(&finding.life.created.at_utc), text(&finding.life.created.by)]);
        row.extend(stamp(finding.life.changed.as_ref()));
        row.extend(stamp(finding.life.removed.as_ref()));
        out.row(&row)?;
    }
    out.finish()?;
    Ok(exit::DONE)
}
