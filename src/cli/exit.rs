//! Exit codes of the command line.

pub(crate) const DONE: u8 = 0;
/// Done, with warnings about the evidence.
pub(crate) const WARNINGS: u8 = 1;
pub(crate) const USAGE: u8 = 2;
pub(crate) const UNUSABLE: u8 = 3;
/// A verification found a difference.
pub(crate) const DIFFERS: u8 = 4;
/// Stopped before the end by a signal.
pub(crate) const STOPPED: u8 = 5;
