//! Reads from the case: filters to row sets, pages, histograms, one record with its raw text.

pub mod filter_sql;
pub mod sort_sql;
