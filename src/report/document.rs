//! The report as plain values: what is said, before any words, layout or file. Times are UTC, numbers exact, texts as
//! they were written. Everything that a reader gets is made of this and of nothing else, so that all formats say the
//! same.

use crate::analysis::coverage::Coverage;
use crate::model::{Timestamp, Unit, Value};
use crate::present::Zone;
use crate::present::chart::{Chart, Heat, Shape};
use crate::query::Measure;
use crate::query::tables::Column;
use std::sync::Arc;

#[derive(Clone, Debug, Default)]
pub struct Report {
    pub title: TitlePage,
    /// Paragraphs, parted by empty lines.
    pub summary: String,
    pub findings: Vec<Finding>,
    pub exhibits: Vec<Exhibit>,
    pub verification: Verification,
    pub appendix: Appendix,
}

/// Whether the case passes verification: what was checked, and what came of it. The state that was checked is
/// `TitlePage::as_of`.
#[derive(Clone, Debug, Default)]
pub struct Verification {
    pub verdict: Verdict,
    /// Of the program that checked.
    pub tool_version: String,
    /// Entries of the journal that was checked.
    pub entries: u64,
    /// Every row was derived again from the originals.
    pub replayed: bool,
    /// Checks that are good.
    pub good: u64,
    pub failed: CaseChecks,
    /// Exhibits whose answer is another one now, because of what was added to the case.
    pub outdated: CaseChecks,
    /// What could not be checked.
    pub unchecked: CaseChecks,
}

impl Verification {
    /// Was anything checked?
    pub fn is_made(&self) -> bool {
        matches!(self.verdict, Verdict::Good | Verdict::Outdated | Verdict::Failed)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was checked.
    #[default]
    Unverified,
    /// The case was changed while it was checked: what was found is not of the state that the report shows.
    Changed,
    /// A preview of a large case: it is checked when the report is written.
    Later,
    Good,
    Outdated,
    Failed,
}

impl Verdict {
    /// Stable name; the report's texts have its words (`verification-NAME`).
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Unverified => "unverified",
            Verdict::Changed => "changed",
            Verdict::Later => "later",
            Verdict::Good => "good",
            Verdict::Outdated => "outdated",
            Verdict::Failed => "failed",
        }
    }
}

/// Checks of a kind: how many there are, and the first of them.
#[derive(Clone, Debug, Default)]
pub struct CaseChecks {
    pub count: u64,
    pub first: Vec<CheckNote>,
}

/// What a check came to.
#[derive(Clone, Debug, Default)]
pub struct CheckNote {
    /// Stable name of what it is about: the report's texts have its words (`area-NAME`).
    pub area: String,
    /// What was checked; empty where the area says it.
    pub item: String,
    /// What was found; English, as the program tells it.
    pub detail: String,
}

/// What is on the first page; empty where it is not stated.
#[derive(Clone, Debug, Default)]
pub struct TitlePage {
    pub title: String,
    /// The case's number in the examiner's files.
    pub reference: String,
    pub examiner: String,
    pub organisation: String,
    /// Who may read it.
    pub mark: String,
    /// The file's name, without its folder.
    pub case_file: String,
    /// The last change of the case: what the report is the state of.
    pub as_of: Option<Timestamp>,
    /// When it was exported, where that was asked for.
    pub exported: Option<Timestamp>,
}

/// Who wrote it, and when.
#[derive(Clone, Debug, Default)]
pub struct Stamp {
    pub by: String,
    pub at: Option<Timestamp>,
}

#[derive(Clone, Debug, Default)]
pub struct Finding {
    /// From 1.
    pub number: u32,
    pub title: String,
    pub text: String,
    /// Stable name: the report's texts have its words.
    pub status: String,
    /// The same.
    pub confidence: String,
    /// MITRE ATT&CK's number; empty for none.
    pub technique: String,
    pub written: Stamp,
    /// Numbers of the exhibits that support it.
    pub exhibits: Vec<u32>,
    pub records: Vec<CitedRecord>,
}

/// A record that a finding rests on.
#[derive(Clone, Debug, Default)]
pub struct CitedRecord {
    /// `3:1024`: evidence and place in it.
    pub reference: String,
    pub time: Option<Timestamp>,
    /// What it says, in short.
    pub words: String,
    /// The evidence file.
    pub path: String,
}

#[derive(Clone, Debug, Default)]
pub struct Exhibit {
    /// From 1.
    pub number: u32,
    /// Stable name of its kind.
    pub kind: String,
    pub caption: String,
    /// Paragraphs, parted by empty lines.
    pub note: String,
    pub frozen: Stamp,
    /// The number of the finding that it supports.
    pub finding: Option<u32>,
    /// What was asked, so that anyone can ask it again.
    pub question: Vec<Fact>,
    /// How many rows it has, what was left out, the digest.
    pub facts: Vec<Fact>,
    /// Numbers of the evidence files that it rests on.
    pub evidence: Vec<u32>,
    /// The kinds of logs that it rests on: stable names, those of `Appendix::limits`.
    pub sources: Vec<String>,
    /// Its rows in canonical form, over which the digest is taken; empty where the case does not hold them.
    pub canonical: String,
    pub body: Vec<Body>,
}

/// A line of a list of facts.
#[derive(Clone, Debug)]
pub struct Fact {
    /// The name of its label among the report's texts (`fact-NAME`); shown as it is where they have none.
    pub name: String,
    pub value: FactValue,
}

impl Fact {
    pub fn new(name: &str, value: FactValue) -> Self {
        Self { name: name.to_owned(), value }
    }

    pub fn text(name: &str, text: &str) -> Self {
        Self::new(name, FactValue::Text(text.to_owned()))
    }

    pub fn code(name: &str, text: &str) -> Self {
        Self::new(name, FactValue::Code(text.to_owned()))
    }

    pub fn count(name: &str, count: u64) -> Self {
        Self::new(name, FactValue::Count(count.into()))
    }
}

#[derive(Clone, Debug)]
pub enum FactValue {
    /// Not there, and said so.
    None,
    Text(String),
    /// A filter, a hash: in letters of one width.
    Code(String),
    Count(u128),
    Bytes(u128),
    Seconds(u64),
    Time(Timestamp),
    /// From is inside, to is not; open where it is `None`.
    Range(Option<Timestamp>, Option<Timestamp>),
    /// A text of the report by its name, with arguments.
    Words(String, Vec<(String, String)>),
    List(Vec<FactValue>),
}

/// What an exhibit shows.
#[derive(Clone, Debug)]
pub enum Body {
    Table(Table),
    Plot(Plot),
    Heat(HeatMap),
    /// Paragraphs, parted by empty lines.
    Text(String),
    /// As it is in the evidence, line by line.
    Raw(String),
}

/// Rows that are read as they are needed: a table may be longer than memory.
pub trait RowSource: Send + Sync + std::fmt::Debug {
    fn len(&self) -> u64;

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// At most `count` rows from `from` on, each as long as the columns; none behind the end.
    ///
    /// # Errors
    /// They cannot be read; in words.
    fn read(&self, from: u64, count: usize) -> Result<Vec<Vec<Value>>, String>;
}

impl RowSource for Vec<Vec<Value>> {
    fn len(&self) -> u64 {
        Vec::len(self) as u64
    }

    fn read(&self, from: u64, count: usize) -> Result<Vec<Vec<Value>>, String> {
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        Ok(self.iter().skip(from).take(count).cloned().collect())
    }
}

#[derive(Clone, Debug)]
pub struct Table {
    /// The name of its title among the report's texts (`section-NAME`), where an exhibit has several parts.
    pub title: Option<String>,
    pub columns: Vec<Column>,
    pub rows: Arc<dyn RowSource>,
    /// Rows of the body at most; all of them are in the attachment.
    pub shown: u64,
    /// The attachment's name without its ending; `None`: the body has all of it, however long.
    pub attachment: Option<String>,
}

impl Table {
    /// All of it in the body.
    pub fn whole(columns: Vec<Column>, rows: Vec<Vec<Value>>) -> Self {
        Self { title: None, columns, rows: Arc::new(rows), shown: u64::MAX, attachment: None }
    }
}

/// A chart over time.
#[derive(Clone, Debug)]
pub struct Plot {
    /// As of a table.
    pub title: Option<String>,
    pub chart: Arc<Chart>,
    pub shape: Shape,
    pub measure: Measure,
    pub threshold: Option<u64>,
    /// Seconds; what the axis shows.
    pub from: i64,
    pub to: i64,
    /// Of its picture and of the attachment with its values, without their endings.
    pub attachment: String,
}

/// Hours of the day by days, in the zone in which they were counted, whatever the report's is.
#[derive(Clone, Debug)]
pub struct HeatMap {
    pub heat: Heat,
    pub zone: Zone,
    pub measure: Measure,
    pub attachment: String,
}

#[derive(Clone, Debug, Default)]
pub struct Appendix {
    pub evidence: Vec<Evidence>,
    /// What could not be read.
    pub warnings: Option<Table>,
    /// What was offered to imports and is no evidence of its own.
    pub received: Option<Table>,
    /// Who passed the evidence to whom.
    pub custody: Option<Table>,
    pub coverage: Vec<Coverage>,
    pub indicators: Option<Table>,
    /// The program's version and what it was set to.
    pub settings: Vec<Fact>,
    /// Names of texts of the report (`method-NAME`), in order.
    pub method: Vec<String>,
    /// What of the case could not be read; `None` where all of it could.
    pub incomplete: Option<Incomplete>,
    /// Kinds of logs, each with the names of texts that say what it never tells.
    pub limits: Vec<(String, Vec<String>)>,
    pub journal: Option<Table>,
    /// The hash of the journal's last entry.
    pub journal_head: String,
    /// The entry at which the journal's chain is broken, if it is.
    pub journal_break: Option<i64>,
}

/// A case of which not every row could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Incomplete {
    /// Name and SHA-256 of the damaged case that it was saved from; `None` where the case itself is damaged.
    pub rescued_from: Option<(String, String)>,
    /// What could not be read, a line each; of very many only the first.
    pub lost: Vec<String>,
    /// How many places they are.
    pub lost_count: u64,
}

#[derive(Clone, Debug, Default)]
pub struct Evidence {
    pub number: u32,
    /// That it was extracted from.
    pub container: Option<u32>,
    pub path: String,
    pub format: String,
    pub file_bytes: u64,
    pub content_bytes: u64,
    /// Of the file as it came.
    pub file_sha256: String,
    /// Of what was unpacked from it.
    pub content_sha256: String,
    pub records: u64,
    pub duplicates: u64,
    pub warnings: u64,
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    pub imported: Option<Timestamp>,
    /// What the path says: account, region, service ...
    pub source: String,
}

impl Report {
    /// Everything that exhibits show, in the order of the report.
    pub fn bodies(&self) -> impl Iterator<Item = &Body> {
        self.exhibits.iter().flat_map(|exhibit| &exhibit.body)
    }

    /// The evidence as a table, for the attachment.
    pub fn evidence_table(&self) -> Table {
        let columns = [
            ("number", Unit::Number),
            ("container", Unit::Number),
            ("path", Unit::Text),
            ("format", Unit::Text),
            ("source", Unit::Text),
            ("file_bytes", Unit::Bytes),
            ("content_bytes", Unit::Bytes),
            ("file_sha256", Unit::Text),
            ("content_sha256", Unit::Text),
            ("records", Unit::Count),
            ("duplicates", Unit::Count),
            ("warnings", Unit::Count),
            ("first", Unit::Time),
            ("last", Unit::Time),
            ("imported", Unit::Time),
        ];
        let text = |text: &str| Value::Text(text.to_owned());
        let row = |e: &Evidence| {
            vec![
                Value::Integer(e.number.into()),
                e.container.map_or(Value::Null, |number| Value::Integer(number.into())),
                text(&e.path),
                text(&e.format),
                text(&e.source),
                Value::count(e.file_bytes),
                Value::count(e.content_bytes),
                text(&e.file_sha256),
                text(&e.content_sha256),
                Value::count(e.records),
                Value::count(e.duplicates),
                Value::count(e.warnings),
                Value::time(e.first),
                Value::time(e.last),
                Value::time(e.imported),
            ]
        };
        let columns = columns.map(|(name, kind)| Column::new(name, kind)).to_vec();
        Table::whole(columns, self.appendix.evidence.iter().map(row).collect())
    }

    /// Every table that has an attachment, in the order of the report.
    pub fn attached(&self) -> impl Iterator<Item = &Table> {
        let of_exhibits = self.bodies().filter_map(|body| match body {
            Body::Table(table) => Some(table),
            Body::Plot(_) | Body::Heat(_) | Body::Text(_) | Body::Raw(_) => None,
        });
        let a = &self.appendix;
        let own = [&a.received, &a.custody, &a.warnings, &a.indicators, &a.journal].into_iter().flatten();
        of_exhibits.chain(own).filter(|table| table.attachment.is_some())
    }
}
