//! The one write path. A file's evidence, rows, warnings, raw content and journal entry go in within one transaction:
//! whatever happens, a case holds an evidence file whole or not at all.

use super::conflicts::Conflict;
use super::dictionary::Dictionaries;
use super::duplicates::Duplicates;
use super::error::CaseError;
use super::events::{EventTable, Met};
use super::feed::Feed;
use super::index::{IndexError, IndexFault, IndexSlot, event};
use super::open::{self, CaseInfo};
use super::places::Chunk;
use super::reading::Target;
use super::transaction::Transaction;
use super::{event_json, flows, journal, warnings};
use crate::columns::SEGMENT_ROWS;
use crate::model::batch::{Digest, NO_VALUE};
use crate::model::{
    EventBatch, EvidenceFacts, EvidenceId, FlowBatch, Format, ImportWarning, PathFacts, RecordId, Scope,
};
use rusqlite::{Connection, OptionalExtension, ToSql, params};
use std::path::Path;

/// A case that is open for writing. One at a time.
pub struct CaseWriter {
    /// Its statement ends before the connection does.
    event_table: EventTable,
    pub(super) conn: Connection,
    feed: Feed,
    transaction: Transaction,
    /// Loaded when they are first needed; dropped where what was added to them is rolled back.
    dictionaries: Option<Dictionaries>,
    /// The unit in hand may have added to them.
    interned: bool,
    pub(super) duplicates: Duplicates,
    index: IndexSlot,
    segment_rows: usize,
    /// The number that the next evidence gets, where it is not the one behind the last.
    next_evidence: Option<EvidenceId>,
    pub(super) examiner: String,
    /// The first row of `received` that the journal does not tell of yet.
    pub(super) first_received: Option<i64>,
}

/// An evidence file that is being written.
pub struct OpenEvidence {
    pub id: EvidenceId,
    container: Option<EvidenceId>,
    path: String,
    modified_utc: Option<String>,
    raw_kept: bool,
    path_facts: PathFacts,
    warning_count: u64,
    note_count: u64,
    flow_count: u64,
    event_count: u64,
    aggregated_count: u64,
    event_duplicates: u64,
    event_conflicts: Vec<Conflict>,
    /// Flow records that earlier files hold, ascending.
    flow_duplicates: Vec<i64>,
    digest_files: u64,
    first_millis: Option<i64>,
    last_millis: Option<i64>,
}

/// What a finished evidence file came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceCounts {
    pub id: EvidenceId,
    pub format: String,
    /// Flow records, or events seen here first; for a digest the log files that it lists.
    pub records: u64,
    /// Of these, flow records and events.
    pub flows: u64,
    pub events: u64,
    pub duplicates: u64,
    /// Elements that could not be read.
    pub warnings: u64,
    /// Notes about the file as a whole.
    pub notes: u64,
}

/// What a step of the column index came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexStep {
    /// There are rows that it does not hold yet.
    More,
    Complete,
    /// The case has none, and queries ask the rows.
    Impossible(IndexFault),
}

/// What `finish` is given about the file.
pub struct FinishedFile {
    pub format: Format,
    pub record_format: Option<String>,
    pub facts: EvidenceFacts,
    pub imported_utc: String,
}

impl CaseWriter {
    pub fn create(path: &Path, info: &CaseInfo, at_utc: &str) -> Result<Self, CaseError> {
        open::create(path, info, at_utc)?;
        Self::open(path)
    }

    /// # Errors
    /// It is no case; of an older version, and nobody asked for its upgrade yet; damaged; or cannot be written.
    pub fn open<'t>(target: impl Into<Target<'t>>) -> Result<Self, CaseError> {
        let Target { path, examiner } = target.into();
        let mut writer = Self::over(open::open_writable(path)?)?;
        if let Some(examiner) = examiner {
            writer.set_examiner(examiner);
        }
        Ok(writer)
    }

    fn over(conn: Connection) -> Result<Self, CaseError> {
        let feed = Feed::register(&conn)?;
        let examiner = conn
            .query_row("SELECT value FROM case_info WHERE key = 'examiner'", [], |r| r.get(0))
            .optional()?
            .unwrap_or_default();
        let transaction = Transaction::default();
        let (event_table, index) = (EventTable::of(&conn)?, IndexSlot::default());
        let segment_rows = SEGMENT_ROWS;
        let next_evidence = None;
        Ok(Self {
            event_table,
            conn,
            feed,
            transaction,
            dictionaries: None,
            interned: false,
            duplicates: Duplicates::default(),
            index,
            segment_rows,
            next_evidence,
            examiner,
            first_received: None,
        })
    }

    /// Segments of another size than the usual one, where an index is begun: tests see many with few rows.
    #[cfg(test)]
    pub(super) fn set_segment_rows(&mut self, rows: usize) {
        self.segment_rows = rows;
    }

    /// Who writes, where it is not the examiner that the case names.
    pub fn set_examiner(&mut self, examiner: &str) {
        self.examiner = examiner.to_owned();
    }

    pub fn close(self) -> Result<(), CaseError> {
        let Self { conn, event_table, .. } = self;
        drop(event_table);
        conn.flush_prepared_statement_cache();
        open::close(conn)
    }

    /// Begins what comes in whole or not at all: a file, mostly.
    pub fn begin(&mut self) -> Result<(), CaseError> {
        self.transaction.begin(&self.conn)?;
        self.interned = false;
        let first = self.transaction.is_first();
        self.duplicates.begin(&self.conn, first)?;
        self.index.begin(&self.conn, first)
    }

    /// It is whole; it is on disk with the next commit.
    pub fn keep(&mut self) -> Result<(), CaseError> {
        self.index.keep();
        self.transaction.keep(&self.conn)
    }

    /// Is anything finished that waits for a commit? Not after SQLite has rolled back a transaction by itself.
    pub fn has_kept(&self) -> bool {
        self.transaction == Transaction::Kept
    }

    pub fn commit(&mut self) -> Result<(), CaseError> {
        self.index.keep();
        self.duplicates.commit(&self.conn)?;
        self.transaction.commit(&self.conn)
    }

    /// Back to the last `begin`. What was interned since is forgotten too.
    pub fn rollback(&mut self) {
        if self.interned || self.conn.is_autocommit() {
            self.dictionaries = None;
        }
        self.duplicates.rollback(&self.conn);
        self.index.rollback(&self.conn);
        self.transaction.rollback(&self.conn);
    }

    pub fn journal(&mut self, entry: &journal::Entry, at_utc: &str) -> Result<(), CaseError> {
        journal::append(&self.conn, &self.examiner, at_utc, entry)
    }

    /// One step towards a column index of all rows. Each step is a transaction of its own, so that it may be left off
    /// at any time. What is wrong with the index is not wrong with the case.
    pub fn index_step(&mut self) -> Result<IndexStep, CaseError> {
        self.begin()?;
        let done = self.index.step(&self.conn, self.segment_rows);
        match done {
            Ok(done) => {
                self.commit()?;
                Ok(if done { IndexStep::Complete } else { IndexStep::More })
            }
            Err(error) => {
                self.rollback();
                match error {
                    IndexError::Index(fault) => Ok(IndexStep::Impossible(fault)),
                    IndexError::Case(error) => Err(error),
                }
            }
        }
    }

    /// Takes the column index out of the case; journalled.
    pub fn drop_index(&mut self, at_utc: &str) -> Result<(), CaseError> {
        self.begin()?;
        let entry = journal::Entry {
            action: "index_dropped",
            parameters: serde_json::json!({}),
            counts: serde_json::json!({}),
        };
        let done =
            self.index.clear(&self.conn).and_then(|()| self.journal(&entry, at_utc)).and_then(|()| self.commit());
        if done.is_err() {
            self.rollback();
        }
        done
    }

    /// Evidence with this SHA-256 (of the file as on disk), if the case holds it.
    pub fn find_by_hash(&self, sha256: &[u8; 32]) -> Result<Option<EvidenceCounts>, CaseError> {
        let found = self.known_evidence("file_sha256 = ?", &journal::hex(sha256))?;
        Ok(found.into_iter().next().map(|(_, known)| known))
    }

    /// Evidence files of this size with their hashes: only then is a file worth hashing before it is read.
    pub fn evidence_of_size(&self, file_bytes: u64) -> Result<Vec<([u8; 32], EvidenceCounts)>, CaseError> {
        self.known_evidence("file_bytes = ?", &file_bytes)
    }

    fn known_evidence(&self, condition: &str, value: &dyn ToSql) -> Result<Vec<([u8; 32], EvidenceCounts)>, CaseError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT evidence_id, record_count, duplicate_count, warning_count, format, file_sha256
             FROM evidence WHERE {condition}"
        ))?;
        let rows = statement.query_map([value], |r| {
            let counts = EvidenceCounts {
                id: EvidenceId(r.get(0)?),
                format: r.get(4)?,
                records: r.get(1)?,
                flows: 0,
                events: 0,
                duplicates: r.get(2)?,
                warnings: r.get(3)?,
                notes: 0,
            };
            Ok((r.get::<_, String>(5)?, counts))
        })?;
        let mut list = Vec::new();
        for row in rows {
            let (hash, known) = row?;
            if let Some(hash) = journal::unhex(&hash).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()) {
                list.push((hash, known));
            }
        }
        Ok(list)
    }

    /// Removes evidence that gave no record because its format was not known, when it is read again with one.
    pub fn remove_unread(&mut self, evidence: EvidenceId, at_utc: &str) -> Result<(), CaseError> {
        for table in ["import_warning", "raw_block", "seek_point"] {
            self.conn.execute(&format!("DELETE FROM {table} WHERE evidence_id = ?"), [evidence.0])?;
        }
        self.conn.execute("DELETE FROM evidence WHERE evidence_id = ? AND record_count = 0", [evidence.0])?;
        let parameters = serde_json::json!({"evidence": evidence.0});
        self.journal(&journal::Entry { action: "read_again", parameters, counts: serde_json::json!({}) }, at_utc)
    }

    /// The evidence that is started next gets this number, if it is above all that the case has: records that are read
    /// again keep their names.
    pub fn number_next_evidence(&mut self, id: EvidenceId) {
        self.next_evidence = Some(id);
    }

    /// Starts an evidence file, inside a transaction. Members of an archive name their container.
    pub fn begin_evidence(
        &mut self,
        path: &str,
        container: Option<EvidenceId>,
        modified_utc: Option<String>,
        raw_kept: bool,
        path_facts: PathFacts,
    ) -> Result<OpenEvidence, CaseError> {
        // An open container has its number already but no row yet.
        let mut last = self.conn.prepare_cached("SELECT ifnull(max(evidence_id), 0) FROM evidence")?;
        let last: u32 = last.query_row([], |r| r.get(0))?;
        let last = last.max(container.map_or(0, |c| c.0));
        let id = self.next_evidence.take().filter(|id| id.0 > last).unwrap_or(EvidenceId(last + 1));
        Ok(OpenEvidence {
            id,
            container,
            path: path.to_owned(),
            modified_utc,
            raw_kept,
            path_facts,
            warning_count: 0,
            note_count: 0,
            flow_count: 0,
            event_count: 0,
            aggregated_count: 0,
            event_duplicates: 0,
            event_conflicts: Vec::new(),
            flow_duplicates: Vec::new(),
            digest_files: 0,
            first_millis: None,
            last_millis: None,
        })
    }

    /// Writes a batch of flow records and where they are.
    pub fn flows(&mut self, evidence: &mut OpenEvidence, batch: FlowBatch, chunks: &[Chunk]) -> Result<(), CaseError> {
        evidence.flow_count += batch.rows.len() as u64;
        for row in &batch.rows {
            if row.start != NO_VALUE {
                evidence.saw(row.start.saturating_mul(1000));
            }
            if row.end != NO_VALUE {
                evidence.saw(row.end.saturating_mul(1000));
            }
        }
        self.index.take_up(&self.conn, self.segment_rows)?;
        let mut dictionaries = self.take_dictionaries()?;
        let ids = dictionaries.intern(&self.conn, &self.feed, &batch);
        self.dictionaries = Some(dictionaries);
        let ids = ids?;
        let columns = flows::columns(evidence.id, &batch.rows, &ids);
        evidence.flow_duplicates.extend(self.duplicates.mark(&self.conn, evidence.id, &columns)?);
        self.index.append(&self.conn, &ids.new_pairs, &columns)?;
        self.feed.append(&self.conn, "flow", &flows::COLUMNS, columns)?;
        let mut insert = self.conn.prepare_cached("INSERT INTO flow_chunk VALUES (?, ?, ?, ?, ?, ?)")?;
        for chunk in chunks {
            insert.execute(params![
                RecordId::new(evidence.id, chunk.first_position).0,
                RecordId::new(evidence.id, chunk.last_position).0,
                chunk.row_count,
                chunk.start_span.map(|s| s.0),
                chunk.start_span.map(|s| s.1),
                chunk.places
            ])?;
        }
        Ok(())
    }

    fn take_dictionaries(&mut self) -> Result<Dictionaries, CaseError> {
        self.interned = true;
        match self.dictionaries.take() {
            Some(dictionaries) => Ok(dictionaries),
            None => Dictionaries::load(&self.conn),
        }
    }

    /// Writes events and their JSON; those whose eventID the case knows become further occurrences, or events of their
    /// own where they contradict it.
    pub fn events(
        &mut self,
        evidence: &mut OpenEvidence,
        events: &EventBatch,
        texts: &[event_json::Block],
    ) -> Result<(), CaseError> {
        event_json::write(&self.conn, evidence.id, texts)?;
        self.index.take_up(&self.conn, self.segment_rows)?;
        let mut indexed: Vec<Vec<i64>> = (0..event::COUNT).map(|_| Vec::with_capacity(events.len())).collect();
        let mut dictionaries = self.take_dictionaries()?;
        let done: Result<(), CaseError> = events.iter().try_for_each(|event| {
            evidence.event_count += 1;
            if let Some(millis) = event.time_millis {
                evidence.saw(millis);
            }
            let written = self.event_table.write(&self.conn, &mut dictionaries, evidence.id, &event)?;
            evidence.event_conflicts.extend(written.conflict);
            indexed.iter_mut().zip(written.indexed).for_each(|(column, value)| column.push(value));
            match written.met {
                Met::First => {}
                Met::FirstAggregated => evidence.aggregated_count += 1,
                Met::Again => evidence.event_duplicates += 1,
            }
            Ok(())
        });
        self.dictionaries = Some(dictionaries);
        done?;
        self.index.append_events(&self.conn, &indexed)
    }

    pub fn digest(&mut self, evidence: &mut OpenEvidence, digest: &Digest) -> Result<(), CaseError> {
        self.conn
            .prepare_cached("INSERT OR REPLACE INTO digest VALUES (?, ?)")?
            .execute(params![evidence.id.0, digest.json])?;
        let mut insert = self.conn.prepare_cached("INSERT INTO digest_log_file VALUES (?, ?, ?, ?, ?, ?)")?;
        for file in &digest.log_files {
            insert.execute(params![
                evidence.id.0,
                file.position,
                file.s3_bucket,
                file.s3_object,
                file.hash_value,
                file.hash_algorithm
            ])?;
        }
        evidence.digest_files += digest.log_files.len() as u64;
        Ok(())
    }

    pub fn warnings(&mut self, evidence: &mut OpenEvidence, warnings: &[ImportWarning]) -> Result<(), CaseError> {
        for warning in warnings {
            match warning.scope {
                Scope::Element => evidence.warning_count += 1,
                Scope::File => evidence.note_count += 1,
            }
            warnings::write(&self.conn, evidence.id, warning)?;
        }
        Ok(())
    }

    /// Keeps a piece of the original file. `zstd`: the data was compressed by us, else it is the bytes themselves.
    pub fn raw_block(
        &mut self,
        evidence: EvidenceId,
        first_byte: u64,
        byte_count: u64,
        zstd: bool,
        data: &[u8],
    ) -> Result<(), CaseError> {
        let encoding = if zstd { "zstd" } else { "stored" };
        self.conn
            .prepare_cached("INSERT INTO raw_block VALUES (?, ?, ?, ?, ?)")?
            .execute(params![evidence.0, first_byte, encoding, byte_count, data])?;
        Ok(())
    }

    pub fn seek_point(
        &mut self,
        evidence: EvidenceId,
        content_byte: u64,
        file_bit: u64,
        window: &[u8],
    ) -> Result<(), CaseError> {
        self.conn.prepare_cached("INSERT INTO seek_point VALUES (?, ?, ?, ?)")?.execute(params![
            evidence.0,
            content_byte,
            file_bit,
            window
        ])?;
        Ok(())
    }

    /// Ends an evidence file: writes its row.
    pub fn finish_evidence(
        &mut self,
        mut evidence: OpenEvidence,
        file: FinishedFile,
    ) -> Result<EvidenceCounts, CaseError> {
        let conflicts: Vec<ImportWarning> = evidence.event_conflicts.iter().map(Conflict::warning).collect();
        self.warnings(&mut evidence, &conflicts)?;
        self.index.end_evidence(&self.conn, &evidence.flow_duplicates)?;
        let duplicates = evidence.flow_duplicates.len() as u64 + evidence.event_duplicates;
        let records = evidence.flow_count + evidence.event_count + evidence.digest_files - duplicates;
        let facts = &file.facts;
        let names = &evidence.path_facts;
        self.conn.prepare_cached(INSERT_EVIDENCE)?.execute(params![
            evidence.id.0,
            evidence.container.map(|c| c.0),
            evidence.path,
            file.format.code(),
            file.record_format,
            facts.packing,
            facts.encoding,
            facts.file_bytes,
            facts.content_bytes,
            journal::hex(&facts.file_sha256),
            journal::hex(&facts.content_sha256),
            evidence.modified_utc,
            file.imported_utc,
            evidence.raw_kept,
            records,
            duplicates,
            evidence.warning_count,
            evidence.flow_count,
            evidence.event_count,
            evidence.aggregated_count,
            evidence.first_millis,
            evidence.last_millis,
            names.account,
            names.organisation,
            names.region,
            names.date,
            names.log_id,
            names.service
        ])?;
        let parameters = serde_json::json!({
            "evidence": evidence.id.0, "path": evidence.path, "format": file.format.code(),
            "sha256": journal::hex(&facts.file_sha256), "raw_kept": evidence.raw_kept,
            "content_sha256": journal::hex(&facts.content_sha256), "record_format": file.record_format,
            "modified_utc": evidence.modified_utc,
        });
        let counts = serde_json::json!({
            "records": records, "duplicates": duplicates, "warnings": evidence.warning_count, "notes": evidence.note_count,
        });
        self.journal(&journal::Entry { action: "import", parameters, counts }, &file.imported_utc)?;
        Ok(EvidenceCounts {
            id: evidence.id,
            format: file.format.code().to_owned(),
            records,
            flows: evidence.flow_count - evidence.flow_duplicates.len() as u64,
            events: evidence.event_count - evidence.event_duplicates,
            duplicates,
            warnings: evidence.warning_count,
            notes: evidence.note_count,
        })
    }
}

const INSERT_EVIDENCE: &str = "INSERT INTO evidence VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

impl OpenEvidence {
    pub fn path_facts(&self) -> &PathFacts {
        &self.path_facts
    }

    fn saw(&mut self, millis: i64) {
        self.first_millis = Some(self.first_millis.map_or(millis, |first| first.min(millis)));
        self.last_millis = Some(self.last_millis.map_or(millis, |last| last.max(millis)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Reason;
    use rusqlite::StatementStatus;

    /// The members of an archive, each with a warning, all written before the archive's own row: no row is looked
    /// through others for.
    #[test]
    fn a_member_costs_the_same_however_many_there_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.coldtrail");
        let mut writer = CaseWriter::create(&path, &CaseInfo::default(), "").unwrap();
        let finish = |writer: &mut CaseWriter, evidence: OpenEvidence| {
            let facts = EvidenceFacts::default();
            let file = FinishedFile { format: Format::Empty, record_format: None, facts, imported_utc: String::new() };
            writer.finish_evidence(evidence, file).unwrap();
        };
        writer.begin().unwrap();
        let archive = writer.begin_evidence("a.zip", None, None, false, PathFacts::default()).unwrap();
        for _ in 0..50 {
            let mut member =
                writer.begin_evidence("a.zip!/m", Some(archive.id), None, false, PathFacts::default()).unwrap();
            writer.warnings(&mut member, &[ImportWarning::file(Reason::DamagedStream, String::new())]).unwrap();
            finish(&mut writer, member);
        }
        finish(&mut writer, archive);
        writer.commit().unwrap();
        let insert = writer.conn.prepare_cached(INSERT_EVIDENCE).unwrap();
        assert_eq!(insert.get_status(StatementStatus::FullscanStep), 0);
        let strays = "SELECT count(*) FROM pragma_foreign_key_check";
        assert_eq!(writer.conn.query_row(strays, [], |r| r.get::<_, u64>(0)).unwrap(), 0);
    }
}
