//! How things read: numbers, times in a zone, the characters that a font can show, texts by id, charts as vectors. The
//! window, the command line and the report say the same thing in the same way because they say it through here. Nothing in
//! it knows a view, a file or a case.

pub mod chart;
pub mod display;
pub mod filter_help;
pub mod fonts;
pub(crate) mod gist;
pub mod glyphs;
pub(crate) mod json_tree;
pub(crate) mod lead;
pub mod principal;
pub(crate) mod rules;
pub(crate) mod sentence;
pub mod sign;
pub mod text;
pub(crate) mod unique_id;
pub(crate) mod when;
pub mod zone;

pub use text::{Language, Texts};
pub use zone::Zone;
