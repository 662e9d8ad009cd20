//! Coldtrail: an offline evidence viewer for AWS VPC flow logs and CloudTrail.
//!
//! Evidence files go in once and are never changed; a SQLite case file holds what they say and where every record came
//! from; views are pure functions of case, filter and settings.
//!
//! ```text
//! evidence file -> ingest::reader -> ingest::detect -> a parser -> batches and warnings
//!                  (unpack, hash,                                        |
//!                   raw blocks)                         app::import (one thread writes, in order of the files)
//!                                                                        |
//!                                         case (SQLite): originals + rows + warnings + journal + column index
//!                                                                        |
//!                  filter text -> filter::Filter -> query (row set, page, histogram, record) -> ui, cli
//!
//! list of indicators -> ingest::indicators -> entries and issues -> case -> matching -> query (sightings, marks, filters)
//! ```
//!
//! # Reading order
//! 1. [`model`]: identifiers, times, the one table of fields, batches. Plain values.
//! 2. [`ingest`]: bytes to records. Parsers are pushed pieces of content and emit values; they open nothing.
//! 3. [`case`]: the case file. All DDL and the one write path.
//! 4. [`columns`]: integer columns in segments, conditions, sums and orders over them. Pure.
//! 5. [`filter`]: the filter language, text to typed tree. Pure.
//! 6. [`matching`]: entries of indicator lists made ready to be met: intervals of addresses, automata of texts. Pure.
//! 7. [`query`]: reads. A query is a value; its first result is the ordered row set. Aggregates (pairs, conversations, top
//!    lists, series, figures) are values over a `Scope`; `query::named` is the catalogue of named queries.
//! 8. [`questions`]: what can be asked, as values: a type and a row of `KINDS` for each kind, from which come its table in a
//!    file and on the command line, the exhibit with its digest, and asking it again.
//! 9. [`part`]: files in the making, which get their name when they are whole.
//! 10. [`app`]: what both faces do with a case: import, verify, exhibits, the report, export, hand-over, indicator lists. Values
//!     in, values out.
//! 11. [`session`]: the state of a window without a tool kit: what is open, asked and shown; jobs, lanes, commands.
//! 12. [`ui`] draws a session; [`cli`] is the other face, and never sees a session.
//!
//! # Invariants (each kept by a test)
//! - egui is used in `ui` and `main.rs` only; rusqlite and SQL text in `case` and `query` only; parsers do no I/O.
//! - Dependencies point one way: `ui` → `session` → `app`, `cli` → `app` → `query`, `ingest`, `case` → `model`; `filter` and `matching` know
//!   `model` only, `columns` nothing.
//! - Every line or element of a file ends as a record, a duplicate or a warning, and the three add up to what it holds.
//! - A file comes into the case in one transaction: whole or not at all.
//! - Evidence rows are never changed once their evidence is complete.
//! - No network: no crate opens a socket, no code of ours names one.
//!
//! # The report
//! `app::report` makes a `report::Report` of the case and its frozen exhibits; it holds values only. `report::setting` puts it
//! into words, once, as blocks in the order of reading; HTML and PDF draw the same blocks, so they cannot say different
//! things, and everything in a block is already fit to be shown. CSV and JSON are written from the values. Plots are scenes
//! (`present::chart::scene`), drawn as SVG, PNG or PDF. The PDF is PDF/A-2a and PDF/UA-1: the library refuses what does not
//! conform. No clock, locale or thread count gets into any of it: the date of the PDF is that of the case's last entry.
//!
//! # The case file
//! A record's id is `evidence << 32 | position`: the row itself says which line of which file it was, ids are dense and
//! rising, and the same files give the same ids. Addresses, address pairs, the tuple of where a flow was seen
//! (`interface`) and of what became of it (`disposition`) are stored once; a flow row is a dozen small integers. Where
//! each record stands in its file's content is kept apart from the rows, compressed, at about a byte a record
//! (`case::places`). Rows go in through a virtual table, a batch per statement (`case::feed`).
//!
//! An event's row holds what tells it from others; what repeats (the call, the kind of identity, the client) is a tuple,
//! `call`. The members that are JSON are columns, for anyone with the sqlite3 shell; the whole JSON stands in compressed
//! blocks, `event_json`, that the reading threads make (`case::event_json`).
//!
//! Originals are kept as they came where they are compressed, with seek points, and as zstd blocks where they are not; so
//! any record's raw text is a short read, and any original can be written out again byte for byte.
//!
//! An event that several files hold has a row for each occurrence; `event.event_key` names the first, and `event_choice`
//! the occurrence that tells most. One that contradicts the first is an event of its own, listed in `event_conflict`. A flow
//! record that an earlier file holds already is listed in `flow_duplicate`.
//!
//! A table's object that counts both directions is one record: its row holds the first of them, `second` among its further
//! values the other. What sums records reads each direction as a row (`query::directed`), by plain SQL.
//!
//! A case is untrusted input: it is opened defensively, its schema must be the one that this program writes, and a newer
//! version is refused. Reading never changes it: an older version is read through a temporary copy that is brought up to this
//! one, a damaged case through a temporary copy of the rows that are whole (`case::reading`, `case::salvage`); both are
//! written to only after `coldtrail upgrade` or `coldtrail rescue`, or the window's question.
//!
//! # The column index
//! Rows say what is so; columns say it fast. The twelve integers of a flow row, whether it is a duplicate, and the two sides
//! of each pair stand a second time in the case, in segments of 256 Ki rows, packed to exact bits (`case::index`). The
//! writer fills them in the transaction of the rows, so a file that fails leaves nothing there either; what is not a full
//! segment waits in memory and goes in at the end of an import. Readers take rows behind the end of the index from the
//! tables, and use an index only where its counts, its last ids and the checksums of all that they load are right. Else
//! plain SQL gives the same answers, and the application builds the index anew.
//!
//! `query::engine` answers over the columns: conditions on dictionaries are asked of SQL once and become sets of ids; each
//! segment is settled by its least and greatest values where that is enough, else scanned, on all cores; sums and orders go
//! through the chosen rows. Property tests compare every answer with SQL's. Loaded columns stay in memory within a budget
//! that the readers of a case share.
//!
//! # Indicators and labels
//! What is looked for is matched against the distinct values of a case and not against its rows (`query::indicators`):
//! every entry that holds an address of the dictionary, the narrowest first, is found by an interval tree over 16-byte
//! keys; texts by hash or by one automaton over all of them. Of that, filters (`in indicators`, `indicator`, `label`)
//! make sets of ids for the columns, and SQL functions for the rows; an entry with a time of validity is asked of the
//! rows that it meets, and one that stands in a pattern (STIX's `[a AND b]`) for the rest of it: a record counts where
//! it meets all that such a record can show. Events are searched once, fields and raw text, on all cores. All of it is
//! kept in memory under the revision of the lists, which every change counts up; nothing of it is stored, and no
//! evidence is read again.
//!
//! A list is never deleted: what is turned off or taken out stays with its hash and can be brought back.
//!
//! # Threads
//! Import: one reading thread a core, each a bounded channel ahead of the one writer, which takes the files in the order
//! of their names. Queries: a read-only connection for each thread that asks; a stop interrupts the statement. Nothing
//! that grows with the number of records runs on the frame thread.

pub mod app;
pub mod case;
pub mod cli;
pub mod columns;
pub mod filter;
pub mod ingest;
pub mod matching;
pub mod model;
pub mod part;
pub mod present;
pub mod query;
pub mod questions;
pub mod report;
pub mod session;
pub mod ui;
