//! Coldtrail: an offline evidence viewer for AWS VPC flow logs and CloudTrail.
//!
//! Evidence files are imported once and never changed. A SQLite case file contains their records, where every record came
//! from, and what the examiner added. Views, exhibits and reports are functions of case, filter and settings. GLOSSARY.md
//! defines the terms; CONTRIBUTING.md has recipes for common changes.
//!
//! ```text
//! evidence file -> ingest::reader -> ingest::detect -> a parser -> batches and warnings
//!                  (unpack, hash,                                        |
//!                   raw blocks)                         app::import (one thread writes, in the order of the files)
//!                                                                        |
//!                                         case (SQLite): originals + rows + warnings + journal + column index
//!                                                                        |
//!                  filter text -> filter::Filter -> query -> analysis, questions -> window, command line, report
//!
//! indicator list -> ingest::indicators -> entries and issues -> case -> matching -> query (sightings, marks, filters)
//! ```
//!
//! # Modules in reading order
//! Each module uses only modules above it in this list, as `tests/all/structure.rs` checks.
//! 1. [`model`]: identifiers, times, values, the one table of fields, batches. Plain values.
//! 2. [`derive`](mod@derive): what an event says between its fields: user and session names, results, resources, grants. Pure.
//! 3. [`part`]: files in progress, which get their name only when they are complete. [`threads`]: starts threads, and
//!    turns a panic on one into an error.
//! 4. [`filter`]: the filter language, from text to typed tree. Pure.
//! 5. [`ingest`]: from bytes to records. Parsers receive pieces of content and emit values; they do no I/O.
//! 6. [`columns`]: integer columns in segments, conditions, sums and orders over them. Pure; uses no other module.
//! 7. [`matching`]: indicator entries prepared for matching: intervals of addresses, automata of texts. Pure.
//! 8. [`sigma`]: Sigma rules read from YAML and evaluated. Pure.
//! 9. [`case`]: the case file. All DDL and the only write path.
//! 10. [`query`]: reads. A query is a value; its first result is the ordered row set. Aggregates (pairs, conversations, top
//!     lists, series, figures) are values over a `Scope`.
//! 11. [`analysis`]: tables derived from records, such as coverage. An analysis is one file and one row of `analysis::ALL`.
//! 12. [`present`]: how values read: numbers, times in a zone, texts by id, charts. Knows no query.
//! 13. [`questions`]: what can be asked, as values: a type and a row of `KINDS` for each kind. From this one definition come
//!     the table in the window, on the command line and in a file, the exhibit with its digest, and its check.
//!     `questions::catalogue` contains the named queries.
//! 14. [`report`]: from exhibits to HTML, PDF, CSV, JSON and a manifest.
//! 15. [`app`]: the use cases that the window and the command line share: import, export, exhibits, report, verify, parts of a
//!     case, indicator lists, labels. Values in, values out; no state between calls. `app::failure` is the one table of error
//!     kinds, with their texts in the message catalogue.
//! 16. [`session`]: the state of a window without a GUI toolkit: what is open, asked and shown; jobs and commands. A view is a
//!     row of `view::View` and a pane (`pane::Pane`), which asks, takes answers, and says what can be exported.
//! 17. [`ui`] draws a session; [`cli`] has one file per subcommand over `app` and never uses a session.
//!
//! # Invariants (each with a test)
//! - egui is used in `ui` and `main.rs` only; rusqlite and SQL text in `case` and `query` only; parsers do no I/O.
//! - Dependencies point one way, as listed above; files form no circles outside one small module (`tests/all/circles.rs`).
//! - Every line or element of a file becomes a record, a duplicate or a warning, and the three add up to its total.
//! - A file is imported in one transaction: completely or not at all.
//! - Evidence rows never change once their evidence is complete.
//! - No network: no crate opens a socket, and no code here names one.
//! - Texts use the words of the glossary (`tests/all/words.rs`).
//!
//! # The report
//! `app::report` builds a `report::Report` from the case and its exhibits; it contains values only. `report::setting` turns it
//! into text, once, as blocks in reading order; HTML and PDF draw the same blocks, so they cannot differ in content, and every
//! text in a block is already safe to display. CSV and JSON are written from the values. Charts are scenes
//! (`present::chart::scene`), drawn as SVG, PNG or PDF. The PDF is PDF/A-2a and PDF/UA-1: the library rejects what does not
//! conform. No clock, locale or thread count influences any of it: the date of the PDF is that of the last entry in the case.
//!
//! # The case file
//! A record's id is `evidence << 32 | position`: the row itself shows which line of which file it was, ids are dense and
//! ascending, and the same files give the same ids. Addresses, address pairs, the tuple of where a flow was seen
//! (`interface`) and of its outcome (`disposition`) are stored once; a flow row is a dozen small integers. The position of
//! each record in the content of its file is stored separately, compressed, at about a byte per record (`case::places`). Rows
//! are inserted through a virtual table, one batch per statement (`case::feed`).
//!
//! An event's row, `event_row`, contains what distinguishes it from others: ids, its time and its place. What repeats is
//! stored once and referred to: the call with the type of identity and the client (`call`), who called from where
//! (`caller`), error messages (`message`), and the members that are JSON (`member`). A filter asks each of these rows once.
//! What follows from an event's fields (`derive`: user and session name, client, resources, grants) is computed by the reading
//! threads and stored the same way: a tuple once (`derived`), lists as JSON, names of resources as members. A case of an
//! older version gets it in its upgrade, from the JSON. View `event` shows everything by name. The complete JSON is in compressed blocks, `event_json`, which the reading threads
//! create (`case::event_json`).
//!
//! The views must work in the sqlite3 shell, which has no zstd, so members are text, in two forms of sharing: equal ones are
//! stored once, and one that differs from another in ids only (`member_text.base_id`) is stored as what is between their
//! common begin and end. Bytes an event, measured with `dbstat` on 200,000 events of 1,290 bytes of JSON each, with rows as
//! they were up to version 5 and as they are now: where 3,500 real events repeat, 618 and 98 (of it members 2); where no two
//! members are equal, 621 and 201 (members 105; without shared parts they take 181). What repeats only after 16 MiB of
//! other values is stored again, so that an import's memory does not grow (`case::kept`). A UUID as 16 bytes saves 20 bytes
//! of each of an event's two. Blocks of `event_json` are a mebibyte of text at zstd's level 1: level -3, as up to version 5,
//! makes them two fifths larger; level 3 no smaller, and blocks of two mebibytes 1 % smaller.
//!
//! Compressed originals are stored unchanged, with seek points, and uncompressed ones as zstd blocks; so the raw text of any
//! record is a short read, and any original can be exported byte for byte.
//!
//! An event that occurs in several files has a row for each occurrence; `event.event_key` names the first, and `event_choice`
//! the most complete one. An occurrence with different content is a separate event, listed in `event_conflict`. A flow record
//! that already occurs in an earlier file is listed in `flow_duplicate`.
//!
//! An object that counts both directions is one record: its row contains the first direction, `second` among its further
//! values the other. Sums read each direction as a row (`query::directed`), by plain SQL.
//!
//! A case is untrusted input: it is opened defensively, its schema must be the one that this program writes, and a newer
//! version is rejected. Reading never changes it: an older version is read through a temporary copy that is upgraded to this
//! one, a damaged case through a temporary copy of its readable rows (`case::reading`, `case::salvage`); both are written to
//! only after `coldtrail upgrade` or `coldtrail rescue`, or after confirmation in the window. The schema of each version is
//! frozen in `case/migrate`, and a test compares what the program would write today.
//!
//! # The column index
//! Rows are the truth; columns make queries fast. The twelve integers of a flow row, whether it is a duplicate, and the two
//! addresses of each pair are stored a second time in the case, in segments of 256 Ki rows, bit-packed (`case::index`). The
//! writer fills them in the transaction of the rows, so a file that fails leaves nothing there either; rows that do not fill a
//! segment wait in memory and are written at the end of an import. Readers take rows after the end of the index from the
//! tables, and use an index only if its counts, its last ids and the checksums of all loaded segments are correct. Otherwise
//! plain SQL gives the same results, and the application rebuilds the index.
//!
//! Events are in the same index: their time and key, and the numbers by which they refer to calls, callers, messages,
//! members and what is derived from them. The writer hands these over with each event's row; a case that lacks them gets
//! them when it is opened.
//!
//! `query::engine` evaluates queries over the columns of one dataset's records: conditions on dictionaries are asked of SQL once and become sets of
//! ids; each segment is decided by its minimum and maximum values where possible, otherwise scanned, on all cores; sums and
//! orders use the selected rows. Property tests compare every result with SQL's. Loaded columns stay in memory within a
//! budget that the readers of a case share. The window shows the first pairs and conversations before all are summed
//! (`query::first_pairs`, `query::first_conversations`): narrow sums of what orders them say which they are.
//!
//! Files are written from batches of columns (`query::Batch`). Those of flow records come from the columns and the
//! dictionaries (`query::batch`); a record with further values is read from its row. One thread reads and writes, all cores
//! turn batches into bytes (`app::export`).
//!
//! # SQL
//! The console (`query::sql`) runs one statement on a connection of its own, behind an authoriser that lets it read and
//! nothing else. There, view `flow_record` is replaced by a virtual table over the columns (`query::flow_columns`): SQLite
//! gets the columns that a statement asks for, comparisons with constants are decided over the columns, and rows come in
//! groups where it groups by dictionary values; the sqlite3 shell has the view. A property test compares both.
//!
//! A statement that names one of Athena's tables is in Athena's dialect (`query::athena`): these tables are temporary views
//! of the connection, Athena's functions are added to it, and the statement is rewritten word by word where SQLite reads it
//! otherwise; each part knows where it was typed, so that an error is marked there. What is not read is refused with what
//! it is. A query of CloudWatch Logs Insights becomes such a statement. An exhibit stores the dialect; one without it is
//! from before there were dialects, and is read over the view, so that its rows and their order stay.
//!
//! # Indicators and labels
//! Indicators are matched against the distinct values of a case and not against its rows (`query::indicators`): all entries
//! that contain an address of the dictionary, the narrowest first, are found by an interval tree over 16-byte keys; texts by
//! hash or by one automaton over all of them. From this, filters (`in indicators`, `indicator`, `label`) make sets of ids for
//! the columns, and SQL functions for the rows; an entry with a validity period is checked for each row it matches, and one
//! that is part of a pattern (STIX's `[a AND b]`) for the rest of it: a record counts if it fulfils all the conditions such a
//! record can contain. Events are searched once, fields and raw text, on all cores. The results are kept in memory by the
//! revision of the lists, which every change increments; nothing is stored, and no evidence is read again.
//!
//! A list is never deleted: disabled and removed lists stay with their hash and can be restored.
//!
//! # Monitoring rules
//! A rule is a filter with an id, a line of `assets/rules/monitor.tsv` that is parsed once (`filter::rules`). Filter field
//! `rule` means the filters of the rules that it names, over columns and in SQL alike; of a rule about bursts, the events of
//! its filter that are many in a short time (`query::bursts`). So a row of `monitor` leads to its events like any filter.
//! Analyses that look at each event in its turn read columns and the dictionaries behind them (`query::event_table`).
//!
//! # Sigma rules
//! Rules are files that examiners add (table `supplement`: content, hash, time); none is part of the program. `sigma` reads
//! them and evaluates each event's JSON, with what cannot be used and why beside them. Source and name of a call decide
//! first whether any rule can match it; only then is an event's JSON parsed, block by block on all cores. Matches of rules
//! that correlations name are then counted in the order of the events' times, never by a clock. Like what indicators match,
//! the result (`query::sigma_matches`) is kept in memory by the files in use, and nothing is stored. Filter fields `sigma`
//! and `sigma_level` mean these events, over columns and in SQL alike.
//!
//! # Assets and changes
//! `analysis::assets` hears what events and inventories say, in the order of time, into a ledger of facts: a fact holds from
//! the event that says it to the one that ends or contradicts it. An inventory that contradicts an event ends nothing: both
//! are shown. `analysis::changes` finds the interfaces of a change in that ledger, and compares their traffic before and
//! after; where the ledger does not know them, it takes all of the account, and says so.
//!
//! # Leads
//! `behaviour::leads` turns rows of the analyses of flow records into leads, `event_leads` and `sighting_leads` what rules,
//! lineages and indicators found. What examiners decide about answers (`analysis::allow`: entries of allow-lists, dismissed
//! leads) are settings of the case, so that the journal has them and no table is needed. `Analysis::answer` leaves out the
//! rows of which an allow-list has every record; leads ask the same of each analysis before its rows become leads.
//!
//! # Who acted
//! `query::lineage` goes from an event back over the calls that issued its credentials. It reads the event rows once
//! (`query::event_lines`), and of what they refer to each row once: identities are read from calls, callers and members,
//! and an answer is read as JSON only where its text can contain credentials or an error. What it holds of an event is
//! three numbers and a time; issues are found by key, by unique id and by ARN, within a list by time. A lineage is found
//! where a row shows it. A note says what a proof does not: times that do not fit, masked values, other candidates.
//!
//! Fields `actor`, `actor_type` and `actor_proof` (`Home::Lineage`) are no part of an event: what they say changes with
//! every file that comes in. They are found for all events the first time that something asks, and kept in memory until the
//! case changes. A filter over columns tests each distinct actor once; SQL asks `coldtrail_lineage`. They are in no export of
//! all that events say, and in no digest of records. A table in the window says that they are being found, and never waits.
//!
//! # Threads
//! Import: one reading thread per core, each a bounded channel ahead of the one writer, which takes the files in the order
//! of their names. Parquet is decoded on one more thread, and its events are put together on another. Queries: a
//! read-only connection for each thread; a stop interrupts the statement. Every thread is started in [`threads`]; a panic
//! on one becomes an error with its place, is reported, and the job or thread continues. One type asks work to stop,
//! `model::Cancel`. Nothing that grows with the number of records runs on the frame thread.
//!
//! # Errors
//! Each layer has its own error type, and an error keeps its type until the window or the command line shows it. `app::failure`
//! is the table of all errors that people see, with their texts and advice in `assets/locales/errors.*.ftl`, for both.

pub mod analysis;
pub mod app;
pub mod case;
pub mod cli;
pub(crate) mod columns;
pub mod derive;
pub mod filter;
pub mod ingest;
pub mod matching;
pub mod model;
pub(crate) mod part;
pub mod present;
pub mod query;
pub mod questions;
pub mod report;
pub mod session;
pub mod sigma;
pub mod threads;
pub mod ui;
