//! The derived column index: integer columns of a table in segments, their encodings, and kernels that run over them.
//! Plain values in, plain values out; it knows neither SQL nor what a column means.
//!
//! A segment is a run of consecutive rows. On disk its columns are packed to exact bits, in memory they are in the next
//! machine width, where a comparison is one instruction. `Zone` says what a segment holds without its values, so that
//! most segments are settled for most conditions before anything is loaded.

mod bitmap;
mod buckets;
mod column;
mod ids;
mod keys;
mod members;
mod pack;
mod pairs;
mod parted;
mod scan;
mod selection;
mod sort;
mod spread;
mod sums;

pub(crate) use bitmap::Bitmap;
pub(crate) use buckets::{Buckets, MOST_VALUE, add_values};
pub(crate) use column::{Codes, DECODING_ROOM, EncodingError, PackedColumn, Zone, encode};
pub(crate) use ids::{IdMap, IdRuns};
pub(crate) use keys::{Grouping, KeyPart, Map, NO_SLOT, Second, Sweep, Used};
pub(crate) use members::Members;
pub(crate) use pairs::{NO_PAIR, PairColumns, Side};
pub(crate) use parted::Parted;
pub(crate) use scan::{Ranges, in_ranges, in_set, narrowed, settle_ranges, settle_set, where_value};
pub(crate) use selection::{Chosen, Selection};
pub(crate) use sort::{Order, SortPart, Sorter, Tie};
pub(crate) use spread::{PART, Packing, Spread};
pub(crate) use sums::{Fate, Groups, Measures, NO_SUM, Sums, Verdict, sum};

/// Rows of a full segment. A selection of one (32 KiB) stays in the first level of cache, its columns in the second;
/// ten million rows are 39 pieces of work, enough to share evenly; and what an import has not written yet, a segment at
/// most, is read from the rows in a sixth of a second.
pub(crate) const SEGMENT_ROWS: usize = 1 << 18;

/// No value, where values are in plain lists. It is no value that a column can hold.
pub(crate) const NULL: i64 = i64::MIN;
