//! The window, in egui. It draws and returns commands; it decides nothing.
