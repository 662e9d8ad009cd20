//! The window. egui draws here and nowhere else; it decides nothing: views read the application's state and return
//! actions.

mod banner;
mod composition;
mod dialogs;
pub(crate) mod filter_bar;
pub(crate) mod focus;
pub(crate) mod halves;
pub(crate) mod histogram;
pub(crate) mod inspector;
mod key_order;
pub(crate) mod keyboard;
mod measure;
pub(crate) mod motion;
pub(crate) mod nav;
pub(crate) mod plot;
mod resting;
pub(crate) mod shell;
mod software;
mod startup;
pub(crate) mod state;
pub(crate) mod status_bar;
pub(crate) mod tag_popover;
#[cfg(test)]
mod tests;
pub(crate) mod theme;
pub(crate) mod time_bar;
mod tour;
pub(crate) mod views;
pub(crate) mod widgets;
pub mod window;

pub use window::{UiError, run};
