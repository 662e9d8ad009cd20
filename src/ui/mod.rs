//! The window. egui draws here and nowhere else; it decides nothing: views read the application's state and return
//! actions.

mod banner;
mod dialogs;
pub mod filter_bar;
pub mod histogram;
pub mod inspector;
pub mod keyboard;
pub mod shell;
mod startup;
pub mod state;
pub mod status_bar;
#[cfg(test)]
mod tests;
pub mod theme;
pub mod time_bar;
pub mod views;
pub mod widgets;
pub mod window;

pub use window::{UiError, run};
