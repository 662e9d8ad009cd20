//! Times and numbers in the forms in which logs, programs and spreadsheets write them. Pure: text in, values out; what a
//! file's other rows say about them is for whoever reads the file.

pub(crate) mod number;
pub(crate) mod orders;
pub(crate) mod text;
mod unit;

pub(crate) use unit::Unit;

/// The first and the last second that a log of AWS's can be about: 1990 and 2100. Counted in seconds, milli-, micro- and
/// nanoseconds these spans do not meet, so that a count tells its unit.
pub(crate) const PLAUSIBLE_SECS: std::ops::Range<i64> = 631_152_000..4_102_444_800;
