//! How long frames take in the real window, for `cargo bench --bench frames -- --window`. Off unless the environment names a
//! file: then the window draws one frame after the other, and at its end writes when each began, in microseconds since 1970.
//! What is between two beginnings is all that a frame costs: layout, triangles, and what the graphics make of them.

use egui::Context;
use std::fmt::Write;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

const FILE: &str = "COLDTRAIL_FRAME_TIMES";
/// Frames that are kept; more tell nothing new.
const MOST: usize = 200_000;

pub(super) struct FrameTimes {
    file: PathBuf,
    begun_micros: Vec<u128>,
}

impl FrameTimes {
    pub(super) fn wanted() -> Option<Self> {
        let file = std::env::var_os(FILE).filter(|file| !file.is_empty())?;
        Some(Self { file: file.into(), begun_micros: Vec::new() })
    }

    /// A frame begins.
    pub(super) fn frame(&mut self, ctx: &Context) {
        if self.begun_micros.len() < MOST {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            self.begun_micros.push(now.as_micros());
        }
        ctx.request_repaint();
    }

    /// A measurement that cannot be written shows by its file not being there.
    pub(super) fn write(&self) {
        let mut text = String::new();
        for micros in &self.begun_micros {
            let _ = writeln!(text, "{micros}");
        }
        let _ = std::fs::write(&self.file, text);
    }
}
