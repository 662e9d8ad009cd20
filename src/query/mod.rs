//! Reads from the case: filters to row sets, pages, histograms, one record with its raw text.
