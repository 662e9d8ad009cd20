//! Plain types that every other module speaks: identifiers, times, addresses, the one table of fields, batches of
//! records on their way into a case. This module knows nothing of files, SQL or windows.

pub mod address;
pub mod batch;
pub mod cancel;
pub mod conclusions;
pub(crate) mod custody;
mod evidence;
pub mod field;
pub mod ids;
pub mod indicator;
pub mod message;
pub mod network;
pub mod received;
pub mod saved_filter;
pub mod series;
pub mod supplement;
pub mod text;
pub mod time;
pub mod unit;
pub mod value;
pub mod warning;
pub mod wrapper;

pub use address::Address;
pub use batch::{EventBatch, EventRow, FlowBatch, FlowBatchBuilder, FlowRow, Tuple};
pub use cancel::Cancel;
pub use custody::{Custody, CustodyEntry};
pub use evidence::{EvidenceFacts, Format, PathFacts};
pub use field::{Dataset, Field, FieldId, Home, Kind};
pub use ids::{EvidenceId, RecordId};
pub use indicator::{
    IndicatorEntry, IndicatorIssue, IndicatorKind, IndicatorList, IssueReason, KeySpan, Label, NewIndicatorList,
    PRIVATE_SPACE, PatternPart, Purpose,
};
pub use message::Message;
pub use network::Network;
pub use received::{Received, ReceivedState};
pub use saved_filter::SavedFilter;
pub use series::{SeriesKey, SeriesLine, SeriesTable};
pub use supplement::{NewSupplement, SIGMA_LEVELS, Supplement, SupplementKind};
pub use time::{TimeRange, Timestamp};
pub use unit::Unit;
pub use value::Value;
pub use warning::{ImportWarning, Reason, Scope};
pub use wrapper::Wrapper;
