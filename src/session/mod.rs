//! The state of a window, without a tool kit: what is open, what is asked, what is shown, in which time zone and language. The
//! window draws it and hands back actions; the command line never sees it.

pub mod action;
pub mod address_page;
pub mod case_backend;
pub mod command;
pub mod conclusions;
pub mod exhibit_candidates;
pub mod export_jobs;
pub mod groups;
pub mod history;
pub mod indicators;
pub mod jobs;
pub mod library;
pub mod marks;
pub mod open_case;
pub mod overview;
pub mod paged_table;
pub mod pairs;
pub mod preview;
pub mod record_columns;
pub mod records;
pub mod row_pages;
pub mod saved;
pub mod selection;
pub mod settings;
pub mod sightings;
pub mod slots;
pub mod source;
pub mod sparks;
pub mod sql_console;
pub mod state;
#[cfg(test)]
pub mod testing;
pub mod text_filter;
pub mod timeline;
pub mod top_list;
pub mod undo;

pub use action::{Action, Dialog, Effect, Link, View};
pub use case_backend::CaseBackend;
pub use command::{Command, Menu, Needs};
pub use state::App;
