//! What fills the middle of the window.

pub mod address;
pub mod cell_menu;
pub mod evidence;
pub mod exhibits;
pub mod findings;
pub mod indicators;
pub mod overview;
pub mod pairs;
pub mod queries;
pub mod records;
pub mod sightings;
pub mod sql;
pub mod start;
pub mod timeline;
