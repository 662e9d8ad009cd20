//! The report: a plain value of what was found, and its writers. `document` is what is said; `setting` puts it into words
//! once, for HTML and PDF alike; `csv` and `json` write the values themselves; `folder` puts everything in its place, with a
//! manifest. The same value gives the same bytes of every file: no clock, locale or thread count gets in.
//!
//! It knows no case: `app` makes the document.

mod case_uco;
mod checked;
mod csv;
pub mod document;
mod folder;
mod html;
mod json;
mod manifest;
mod names;
pub(crate) mod page;
mod pdf;
mod picture;
mod setting;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod words;

pub use checked::{Checked, checked, hash_file};
pub use document::Report;
pub use folder::{Formats, Progress, Written, write};
pub use page::Pages;
pub use pdf::{Picture, Sheets};
pub use setting::pages;
pub use words::Words;

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// It was stopped by the examiner; nothing is left behind.
    #[error("stopped")]
    Cancelled,
    #[error("rows of the report could not be read: {0}")]
    Unreadable(String),
    #[error("the PDF could not be generated: {0}")]
    Pdf(String),
    #[error("an image could not be drawn: {0}")]
    Picture(String),
    /// There is something in the folder that no report put there.
    #[error("{} contains {what}, which is not part of a report", path.display())]
    Occupied { path: PathBuf, what: String },
    #[error("{} could not be written: {reason}", path.display())]
    Unwritable { path: PathBuf, reason: String },
}
