//! The headless application: what is open, what is asked, what is shown, in which zone and words. It holds no widget and
//! knows no tool kit; the window draws it and hands back actions.

pub mod about;
pub mod action;
pub mod at_a_glance;
pub mod bench;
pub mod case_backend;
pub mod command;
pub mod conclusions;
pub mod error;
pub mod exhibitable;
pub mod exhibits;
pub mod export;
pub mod exports;
pub mod filters;
pub mod groups;
pub mod handover;
pub mod history;
pub mod import;
pub mod index;
pub mod indicators;
pub mod jobs;
pub mod library;
pub mod marks;
pub mod open_case;
pub mod opening;
pub mod owners;
pub mod paged;
pub mod pages;
pub mod pairs;
pub mod preview;
pub mod raw;
pub mod records;
pub mod report;
pub mod saved;
pub mod selection;
pub mod settings;
pub mod shown;
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
pub mod verify;
pub mod watch;
pub mod whole_list;
pub mod written;

/// How things read is not the application's alone: the report speaks the same way.
pub use crate::present::{chart, display, text, zone};
pub use action::{Action, Dialog, Effect, Link, View};
pub use case_backend::CaseBackend;
pub use command::{Command, Menu, Needs};
pub use error::{Message, UserError};
pub use opening::Opening;
pub use state::App;
pub use text::Texts;
pub use zone::Zone;
