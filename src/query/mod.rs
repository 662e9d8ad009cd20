//! Reads from the case: filters to ordered row sets, pages of them, histograms, one record, the lists of evidence and
//! warnings. A query is a value; its first result is the row set, everything else starts from that.

mod actors;
mod address;
mod athena;
mod batch;
mod bursts;
mod cancel;
mod cells;
mod columns_sql;
mod compare;
mod conclusions;
mod consistent;
mod conversations;
mod directed;
mod draft;
mod each_event;
mod engine;
mod event_ids;
mod event_lines;
mod event_source;
mod event_table;
mod evidence;
mod extras;
mod field_values;
mod figures;
pub(crate) mod filter_sql;
mod flow_columns;
mod flow_table;
mod group;
mod groups;
mod histogram;
mod hours;
mod identities;
mod index_sizes;
mod indicators;
pub(crate) mod lineage;
mod original;
mod pairs;
mod presence;
mod received;
mod record;
mod row_order;
mod row_set;
mod rows;
mod saved_filters;
mod scope;
mod series;
mod settings;
mod sightings;
mod sigma;
pub(crate) mod sort_sql;
mod sql;
mod sums;
mod supplements;
pub mod tables;
mod top;
mod totals;
mod values;
mod warnings;

pub(crate) use actors::loaded_events;
pub use actors::{event_actors, knows_actors};
pub use address::{
    AddressFacts, AddressFigures, AddressQuery, address_facts, address_figures, address_pairs, address_series,
};
pub use athena::ATHENA_VIEWS;
pub use cancel::{Cancel, stop_when};
pub use cells::{BadCell, BadCells, malformed_cells, table_names};
pub use compare::{Compare, Compared, DICTIONARIES, compare_dictionary, compare_evidence};
pub use conclusions::{
    citations, exhibit, exhibit_ids, exhibit_lines, exhibits, findings, notes, record_tags, report_fields, tag_names,
    tagged_records, tags, tags_of,
};
pub use consistent::{CONSISTENCIES, structure_faults};
pub use conversations::{
    ConversationColumn, ConversationQuery, ConversationRow, ConversationSort, ConversationTable, Repeats, SERVER_PORTS,
    Side, StartEvidence, conversation_rows, conversations, first_conversations, is_well_known,
};
pub use draft::Draft;
pub use each_event::event_table;
pub use event_ids::{EventIds, event_ids};
pub use event_table::{Coded, EventTable};
pub use evidence::{EvidenceRow, digests, evidence, evidence_list, evidence_of, holds_file, readable_evidence};
pub use extras::{extra_names, extras, has_extras};
pub use field_values::top_values;
pub use figures::{Figure, Figures, count, figures, untimed};
#[cfg(test)]
pub(crate) use flow_table::table_of;
pub use flow_table::{
    Ends, Flow, FlowInterface, FlowTable, NO_PROTOCOL, PackedFlow, TcpFlags, flow_table, kept_of_flows,
};
pub use group::GroupBy;
pub use groups::{
    GroupColumn, GroupMeasure, GroupOrder, GroupRow, GroupsQuery, GroupsTable, MOST_KEYS, OtherGroups, groups,
};
pub use histogram::{Bin, Bins, Histogram, bin_width, histogram};
pub use hours::{SourceHour, SourceTime, gaps, gaps_between, hours_of_sources, hours_with_records, source_hours};
pub use index_sizes::{IndexSizes, index_sizes};
pub use indicators::{
    Counts, EntryColumn, EventHit, IndicatorEntries, IndicatorEntriesQuery, IndicatorRow, InternalSpace, Mark,
    MarkKind, Where, address_marks, honours_validity, indicator_entries, indicator_entries_of, indicator_entry,
    indicator_entry_count, indicator_entry_order, indicator_entry_rows, indicator_issues, indicator_list,
    indicator_list_names, indicator_list_of, indicator_lists, indicator_revision, internal_space, labels, marks,
    not_looked_for, well_known,
};
pub use lineage::{Acted, Actors};
pub use original::{CaseBlocks, original, stored_range};
pub use pairs::{
    NO_TIME, PRIVATE_SPACE, PairColumn, PairKey, PairQuery, PairRow, PairSort, PairTable, PairTotals, first_pairs,
    is_private, pair_rows, pairs,
};
pub use presence::{any, has_values};
pub use received::{received, received_counts};
pub use record::{RecordDetail, event_by_id, in_conflict, known_records, record, record_times};
pub use row_set::RowSet;
pub use rows::{Duplicates, RecordQuery, SortKey, first_rows, page, rows};
pub use saved_filters::saved_filters;
pub use scope::{Scope, own_field};
pub use series::{AUTO_BINS, AUTO_WIDTHS, BinWidth, SeriesQuery, auto_width, series, series_of};
pub use settings::{setting, settings_with_prefix};
pub use sightings::{
    By, COMMENT_OR_NAME, Looked, NotSeen, PLAYBOOK_COLUMNS, PlaybookDirection, PlaybookQuery, PlaybookRow,
    PlaybookTable, SightedRow, Sighting, SightingQuery, SightingRow, SightingSort, SightingTable, Subject,
    commented_sighting_value, earlier_sighting_columns, playbook, playbook_direction, playbook_rows, sighting_columns,
    sighting_rows, sighting_value, sightings, sightings_by_sql,
};
pub use sigma::{SigmaMatches, sigma_matches};
pub use sql::{
    SQL_EXAMPLE, SqlDialect, SqlLimits, SqlProblem, SqlRows, SqlStatement, SqlView, read_only_sql, sql_views,
};
pub use supplements::{supplement_content, supplements};
pub use top::{Measure, TopQuery, TopRow, TopTable, top};
pub use totals::{Totals, totals, unfinished_import};
pub use values::{Batch, Texts, Values};
pub use warnings::{WarningRow, evidence_warned_of, unread_at, warnings};

use crate::case::CaseError;

#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// It was superseded or stopped by the examiner.
    #[error("stopped")]
    Cancelled,
    /// The filter asks for what the case cannot answer.
    #[error("{0}")]
    Filter(String),
    /// A statement of the examiner that is not SQL, or more than reading.
    #[error(transparent)]
    Statement(SqlProblem),
    #[error("timed out")]
    Late,
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<rusqlite::Error> for QueryError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::OperationInterrupted) => QueryError::Cancelled,
            _ => QueryError::Case(error.into()),
        }
    }
}
