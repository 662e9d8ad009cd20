//! The report as it will be, page for page, before it is written: put together and laid out by a worker thread, drawn
//! page by page as it is looked at. It follows every change of the case and of what is written.

use super::pane::{Asking, Pane};
use super::slots::Slot;
use super::source::Fault;
use super::view::View;
use crate::app::Failure;
use crate::app::report::{self, Checking, Order};
use crate::present::Language;
use crate::report::{Picture, Sheets, Words, pages};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is laid out: the revision of the case, the state of what is written, and how the report is to be.
type Asked = (u64, u64, Order);

/// A page of what is laid out, from 0, and its thousandths of pixels to a point.
type Page = (Asked, usize, u32);

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PreviewAction {
    /// On the screen, or off it.
    Show(bool),
    Language(Language),
    /// Rows of a table at most.
    Rows(u64),
    /// From 0.
    Page(usize),
    /// To the exhibit of this number.
    Exhibit(i64),
    /// Pixels to a point.
    Scale(f32),
}

#[derive(Default)]
pub struct Preview {
    shows: bool,
    order: Order,
    /// Its language, if it is not to be that of the window.
    language: Option<Language>,
    sheets: Slot<Asked, Arc<Sheets>>,
    /// Exhibits read, of how many, of what is laid out now.
    done: Arc<(AtomicU64, AtomicU64)>,
    page: usize,
    /// An exhibit whose page is shown as soon as it is known.
    sought: Option<i64>,
    scale: u32,
    picture: Slot<Page, Arc<Picture>>,
}

impl Preview {
    pub fn shows(&self) -> bool {
        self.shows
    }

    pub fn order(&self) -> &Order {
        &self.order
    }

    pub fn apply(&mut self, action: PreviewAction) {
        match action {
            PreviewAction::Show(shows) => {
                self.shows = shows;
                if !shows {
                    self.sheets.stop();
                    self.picture.stop();
                }
            }
            PreviewAction::Language(language) => {
                self.language = Some(language);
                self.order.language = language;
            }
            PreviewAction::Rows(rows) => self.order.shown_rows = rows,
            PreviewAction::Page(page) => self.page = page,
            PreviewAction::Exhibit(number) => self.sought = Some(number),
            PreviewAction::Scale(scale) => self.scale = thousandths(scale),
        }
        self.seek();
    }

    fn seek(&mut self) {
        let Some(sheets) = self.sheets.shown() else { return };
        // Behind the last page there is none, whatever was shown before the report became shorter.
        self.page = self.page.min(sheets.len().saturating_sub(1));
        if let Some(page) = self.sought.and_then(|number| sheets.page_of(&format!("exhibit-{number}"))) {
            self.page = page;
            self.sought = None;
        }
    }

    /// How many pages there are; `None` until that is known.
    pub fn len(&self) -> Option<usize> {
        self.sheets.shown().map(|sheets| sheets.len())
    }

    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// The page that is looked at, from 0.
    pub fn page(&self) -> usize {
        self.page
    }

    /// Width and height of the page that is looked at, in points.
    pub fn size(&self) -> Option<(f32, f32)> {
        self.sheets.shown()?.size(self.page)
    }

    /// The page that is looked at, once it is drawn; and the page that was drawn last, until then.
    pub fn picture(&self) -> Option<(&Arc<Picture>, bool)> {
        let is_it = self.picture.shown_query().is_some_and(|(asked, page, _)| {
            *page == self.page && self.sheets.shown_query().is_some_and(|shown| shown == asked)
        });
        self.picture.shown().map(|picture| (picture, is_it && !self.sheets.is_busy()))
    }

    /// Is it drawn with so many pixels to a point, or going to be?
    pub fn is_at(&self, scale: f32) -> bool {
        self.scale == thousandths(scale)
    }

    /// Exhibits that are put together, of how many; while pages are laid out all of them.
    pub fn progress(&self) -> Option<(u64, u64)> {
        let (done, total) = (self.done.0.load(Ordering::Relaxed), self.done.1.load(Ordering::Relaxed));
        (self.sheets.is_busy() && total > 0).then_some((done, total))
    }

    pub fn fault(&self) -> Option<&Failure> {
        self.sheets.fault().or(self.picture.fault())
    }

    /// Of its times.
    pub fn set_zone(&mut self, zone: crate::present::zone::Zone) {
        self.order.zone = zone;
    }

    /// In the language of the window, until another is chosen for it.
    pub fn speak(&mut self, window: Language) {
        self.order.language = self.language.unwrap_or(window);
    }
}

fn thousandths(scale: f32) -> u32 {
    (scale.clamp(0.2, 8.0) * 1000.0).round() as u32
}

impl Pane for Preview {
    fn shows(&self, view: View) -> bool {
        view == View::Exhibits
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        let (lanes, revision, changes) = (asking.lanes, asking.revision, asking.conclusions);
        if !self.shows {
            return;
        }
        let counts = Arc::clone(&self.done);
        // The lane of the record tables, which are not on screen: what is written does not wait for it.
        self.sheets.ask(&lanes.rows, (revision, changes, self.order), move |source, (_, _, order), cancel| {
            let mut told = |done: u64, total: u64| {
                counts.1.store(total, Ordering::Relaxed);
                counts.0.store(done, Ordering::Relaxed);
            };
            told(0, 0);
            let failed = |error: report::ExportReportError| match error {
                _ if cancel.is_cancelled() => Fault::Cancelled,
                error => error.into(),
            };
            let order = &Order { checking: Checking::Preview, ..*order };
            let document = report::assemble(source.case()?, order, cancel, &mut told).map_err(failed)?;
            let words = Words::new(order.language, order.zone);
            let sheets = pages(&document, &words).and_then(|pages| Sheets::set(pages, cancel));
            Ok(Arc::new(sheets.map_err(|error| failed(error.into()))?))
        });
        if let (Some(sheets), Some(asked), 1..) = (self.sheets.shown(), self.sheets.shown_query(), self.scale) {
            let sheets = Arc::clone(sheets);
            let page = (*asked, self.page, self.scale);
            self.picture.ask(&lanes.charts, page, move |_, (_, page, scale), _| {
                Ok(Arc::new(sheets.picture(*page, *scale as f32 / 1000.0)?))
            });
        }
    }

    fn poll(&mut self) -> Vec<Failure> {
        let mut failures = Vec::new();
        if let Some(result) = self.sheets.poll() {
            failures.extend(result.err());
            self.seek();
        }
        failures.extend(self.picture.poll().and_then(Result::err));
        failures
    }

    fn is_busy(&self) -> bool {
        self.sheets.is_busy() || self.picture.is_busy()
    }
}
