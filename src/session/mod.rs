//! The state of a window, without a tool kit: what is open, what is asked, what is shown, in which time zone and language. The
//! window draws it and hands back actions; the command line never sees it.

pub(crate) mod action;
pub(crate) mod address_page;
pub(crate) mod case_backend;
pub(crate) mod command;
pub(crate) mod completions;
pub(crate) mod conclusions;
pub(crate) mod evidence;
pub(crate) mod export_jobs;
pub(crate) mod history;
pub(crate) mod indicators;
pub(crate) mod jobs;
pub(crate) mod library;
pub(crate) mod marks;
pub(crate) mod open_case;
pub(crate) mod overview;
pub(crate) mod paged_table;
pub(crate) mod pairs;
pub(crate) mod pane;
pub(crate) mod preview;
pub mod record_columns;
pub(crate) mod records;
pub(crate) mod result_table;
pub(crate) mod row_pages;
pub(crate) mod saved_filters;
pub(crate) mod selection;
pub(crate) mod settings;
pub(crate) mod shortcut;
pub(crate) mod shown;
pub(crate) mod sightings;
pub(crate) mod slots;
pub(crate) mod source;
pub(crate) mod sparks;
pub(crate) mod sql_console;
pub(crate) mod state;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod text_filter;
pub mod timeline;
pub(crate) mod top_list;
pub(crate) mod undo;
pub(crate) mod view;
pub(crate) mod waker;

pub use action::{Action, Dialog, Effect, Link};
pub use case_backend::CaseBackend;
pub use command::{Command, Needs};
pub use shortcut::Menu;
pub use state::App;
pub use view::View;
