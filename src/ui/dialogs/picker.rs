//! The desktop's own file dialogs. They run on a thread of their own, because they answer when the person does; where the
//! desktop has none, they answer at once with nothing, and the dialog that asked says so beside its typed path.

use crate::session::Dialog;
use crate::threads;
use egui::Context;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    OpenCase,
    SaveCase,
    SaveChart,
    Export,
    OpenFilters,
    SaveFilters,
    Indicators,
    Owners,
    Sigma,
    Inventory,
    Files,
    Folder,
}

struct Picked {
    paths: Vec<PathBuf>,
    after: Duration,
}

#[derive(Default)]
pub struct Picker {
    waiting: Option<Receiver<Picked>>,
    /// The last dialog answered faster than anyone can: there is none on this desktop.
    pub missing: bool,
}

/// Nobody cancels a dialog this fast; a missing one answers in a few milliseconds.
const TOO_FAST: Duration = Duration::from_millis(150);

impl Picker {
    pub fn is_open(&self) -> bool {
        self.waiting.is_some()
    }

    pub fn forget(&mut self) {
        self.waiting = None;
        self.missing = false;
    }

    pub fn ask(&mut self, ctx: &Context, pick: Pick) {
        if self.is_open() {
            return;
        }
        self.missing = false;
        let (sender, receiver) = sync_channel(1);
        let ctx = ctx.clone();
        let thread = threads::start("file-dialog", move || {
            let begun = Instant::now();
            let paths = show(pick);
            // The window may have closed the dialog meanwhile.
            let _ = sender.send(Picked { paths, after: begun.elapsed() });
            ctx.request_repaint();
        });
        match thread {
            Ok(_) => self.waiting = Some(receiver),
            Err(_) => self.missing = true,
        }
    }
}

fn show(pick: Pick) -> Vec<PathBuf> {
    let dialog = rfd::FileDialog::new();
    match pick {
        Pick::OpenCase => dialog.add_filter("Coldtrail", &["coldtrail"]).pick_file().into_iter().collect(),
        Pick::SaveCase => dialog
            .add_filter("Coldtrail", &["coldtrail"])
            .set_file_name("case.coldtrail")
            .save_file()
            .into_iter()
            .collect(),
        Pick::SaveChart => {
            let dialog = dialog.add_filter("SVG", &["svg"]).add_filter("PNG", &["png"]);
            dialog.set_file_name("timeline.svg").save_file().into_iter().collect()
        }
        Pick::Export => {
            let formats = [("Parquet", "parquet"), ("CSV", "csv"), ("JSON Lines", "jsonl")];
            let dialog = formats.into_iter().fold(dialog, |dialog, (name, ending)| dialog.add_filter(name, &[ending]));
            dialog.set_file_name("export.csv").save_file().into_iter().collect()
        }
        Pick::OpenFilters => dialog.add_filter("JSON", &["json"]).pick_file().into_iter().collect(),
        Pick::SaveFilters => {
            dialog.add_filter("JSON", &["json"]).set_file_name("filters.json").save_file().into_iter().collect()
        }
        Pick::Owners => dialog.add_filter("MaxMind", &["mmdb"]).pick_file().into_iter().collect(),
        Pick::Sigma => dialog.pick_folder().into_iter().collect(),
        Pick::Inventory => dialog.add_filter("JSON", &["json"]).pick_file().into_iter().collect(),
        Pick::Indicators => dialog.pick_file().into_iter().collect(),
        Pick::Files => dialog.pick_files().unwrap_or_default(),
        Pick::Folder => dialog.pick_folders().unwrap_or_default(),
    }
}

/// Puts what was picked into the dialog that asked.
pub(crate) fn poll(picker: &mut Picker, dialog: &mut Dialog) {
    let Some(waiting) = &picker.waiting else { return };
    let picked = match waiting.try_recv() {
        Ok(picked) => picked,
        Err(TryRecvError::Empty) => return,
        Err(TryRecvError::Disconnected) => Picked { paths: Vec::new(), after: Duration::ZERO },
    };
    picker.waiting = None;
    picker.missing = picked.paths.is_empty() && picked.after < TOO_FAST;
    match dialog {
        Dialog::Open { path }
        | Dialog::Export { path, .. }
        | Dialog::FilterFile { path, .. }
        | Dialog::Owners { path }
        | Dialog::Supplement { path, .. }
        | Dialog::SaveChart { path }
        | Dialog::Rescue { path }
        | Dialog::NewCase { path, .. } => {
            if let Some(first) = picked.paths.first() {
                *path = first.to_string_lossy().into_owned();
            }
        }
        Dialog::IndicatorFile(file) => {
            if let Some(first) = picked.paths.first() {
                file.path = first.to_string_lossy().into_owned();
            }
        }
        Dialog::Import { paths, .. } => paths.extend(picked.paths),
        Dialog::GoToRow { .. }
        | Dialog::Address { .. }
        | Dialog::SaveFilter(_)
        | Dialog::AddIndicators(_)
        | Dialog::Label(_)
        | Dialog::Zone { .. }
        | Dialog::Palette { .. }
        | Dialog::AddExhibit(_)
        | Dialog::Report(_)
        | Dialog::TagsAndNotes(_)
        | Dialog::Views { .. }
        | Dialog::Unsaved
        | Dialog::Upgrade
        | Dialog::Leaving(_)
        | Dialog::Undo
        | Dialog::Jobs
        | Dialog::Errors
        | Dialog::Help(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(paths: Vec<PathBuf>, after: Duration, mut dialog: Dialog) -> (Picker, Dialog) {
        let (sender, receiver) = sync_channel(1);
        sender.send(Picked { paths, after }).unwrap();
        let mut picker = Picker { waiting: Some(receiver), missing: false };
        poll(&mut picker, &mut dialog);
        (picker, dialog)
    }

    #[test]
    fn what_was_picked_lands_in_the_dialog() {
        let open = Dialog::Open { path: String::new() };
        let (picker, dialog) = answered(vec!["/a.coldtrail".into()], Duration::ZERO, open);
        assert_eq!(dialog, Dialog::Open { path: "/a.coldtrail".into() });
        assert!(!picker.missing && !picker.is_open());
    }

    #[test]
    fn a_dialog_that_answers_at_once_with_nothing_is_missing_and_a_slow_one_was_cancelled() {
        let open = || Dialog::Open { path: "typed".into() };
        assert!(answered(vec![], Duration::from_millis(4), open()).0.missing);
        let (picker, dialog) = answered(vec![], Duration::from_secs(2), open());
        assert!(!picker.missing);
        assert_eq!(dialog, open());
    }
}
