//! The window. egui draws here and nowhere else; it decides nothing: views read the application's state and return
//! actions.

mod banner;
mod composition;
mod dialogs;
pub(crate) mod filter_bar;
pub(crate) mod histogram;
pub(crate) mod inspector;
pub(crate) mod keyboard;
pub(crate) mod shell;
mod startup;
pub(crate) mod state;
pub(crate) mod status_bar;
#[cfg(test)]
mod tests;
pub(crate) mod theme;
pub(crate) mod time_bar;
pub(crate) mod views;
pub(crate) mod widgets;
pub mod window;

pub use window::{UiError, run};
