//! Texts and rows on their way to the clipboard.

use crate::app::error::{Message, UserError};
use crate::present::display;
use crate::session::action::Effect;
use crate::session::copying::{Copied, RowsToCopy};
use crate::session::source::Fault;
use crate::session::state::App;

impl App {
    pub(super) fn copy(&mut self, text: String) {
        self.effects.push(Effect::CopyText(text));
        self.notice = Some(self.texts.tr("notice-copied"));
    }

    /// The selected rows of the table of records that is shown; with `only`, one column of them.
    pub(super) fn copy_records(&mut self, only: Option<&str>) {
        let rows = self.records().map(|records| records.to_copy(only));
        self.copy_rows(rows);
    }

    /// Has rows read, which then go to the clipboard. It is as it was until all of them are read.
    pub(super) fn copy_rows(&mut self, rows: Option<RowsToCopy>) {
        let (Some(rows), Some(case)) = (rows.filter(|rows| !rows.is_empty()), &mut self.case) else { return };
        case.copy(rows);
        self.notice = None;
    }

    pub(super) fn stop_copying(&mut self) {
        if self.case.as_mut().is_some_and(|case| case.copying.stop()) {
            self.notice = Some(self.texts.tr("notice-copy-cancelled"));
        }
    }

    /// What a copy of rows came to.
    pub(super) fn take_copied(&mut self) {
        let Some(case) = &mut self.case else { return };
        match case.copying.poll() {
            None | Some(Err(Fault::Cancelled)) => {}
            Some(Ok(copied)) => self.copied(copied),
            Some(Err(Fault::Failed(why))) => {
                self.errors.push(UserError::new(Message::new("error-copy"), why.told()).at(&case.path));
            }
        }
    }

    /// Onto the clipboard, and how many rows that were.
    pub(super) fn copied(&mut self, copied: Copied) {
        let Copied { text, rows, wanted, limits } = copied;
        let numbers = [rows, wanted, limits.rows].map(display::count);
        let [shown, all, most] = numbers.each_ref().map(String::as_str);
        let size = display::size(limits.bytes);
        self.notice = Some(match rows == wanted {
            true => self.texts.tr_args("notice-copied-rows", &[("rows", shown)]),
            false => {
                let args = [("rows", shown), ("all", all), ("most", most), ("size", &*size)];
                self.texts.tr_args("notice-copied-first", &args)
            }
        });
        self.effects.push(Effect::CopyText(text));
    }
}
