//! Values of a field that begin as what is typed in the filter bar.

use super::pane::{Asking, Pane};
use super::slots::Slot;
use super::view::View;
use crate::app::Failure;
use crate::model::FieldId;

/// Values that are offered at once.
const COMPLETIONS: usize = 30;

#[derive(Default)]
pub struct Completions {
    values: Slot<(u64, FieldId, String), Vec<String>>,
    wanted: Option<(FieldId, String)>,
}

impl Completions {
    /// Field and beginning; `None` where nothing is typed.
    pub fn want(&mut self, wanted: Option<(FieldId, String)>) {
        self.wanted = wanted;
    }

    /// Once they are in.
    pub fn values(&self, field: FieldId, prefix: &str) -> Option<&[String]> {
        let (_, f, p) = self.values.shown_query()?;
        (*f == field && p == prefix).then(|| self.values.shown().map(Vec::as_slice))?
    }
}

impl Pane for Completions {
    fn shows(&self, _: View) -> bool {
        true
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        if let Some((field, prefix)) = &self.wanted {
            let wanted = (asking.revision, *field, prefix.clone());
            self.values.ask(&asking.lanes.charts, wanted, |source, (_, field, prefix), _| {
                source.values(*field, prefix, COMPLETIONS)
            });
        }
    }

    fn poll(&mut self) -> Vec<Failure> {
        self.values.poll().and_then(Result::err).into_iter().collect()
    }

    fn is_busy(&self) -> bool {
        self.values.is_busy()
    }
}
