//! The views that are kept in the case: view, filters, time range, order and columns under a name. The list, and the change
//! that is under way.

use super::pane::{Asking, NotMade, Pane};
use super::settings::ColumnSetting;
use super::slots::Slot;
use super::source::{CaseReader, Fault};
use super::under_way::UnderWay;
use super::view::View;
use crate::app::{Failure, views};
use crate::case::Target;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The order and the columns of a table of records.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TableLook {
    pub filter: String,
    /// Fields, and whether downwards.
    pub sort: Vec<(String, bool)>,
    pub columns: Vec<ColumnSetting>,
    /// What another version of the program keeps of it.
    #[serde(flatten)]
    pub others: Map<String, Value>,
}

/// All that makes what is on screen, as the case keeps it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedView {
    /// Stable name.
    pub view: String,
    pub beside: Option<String>,
    pub flows: TableLook,
    pub events: TableLook,
    /// Milliseconds since 1970, UTC; half open.
    pub from_ms: Option<i64>,
    pub to_ms: Option<i64>,
    pub all_duplicates: bool,
    /// What another version of the program keeps of it.
    #[serde(flatten)]
    pub others: Map<String, Value>,
}

/// A view by its name, or none any more.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewChange {
    pub name: String,
    pub view: Option<SavedView>,
}

/// What came of a change, and what undoes it; `None` where nothing changed.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewDone {
    pub change: ViewChange,
    pub inverse: Option<ViewChange>,
}

#[derive(Default)]
pub struct SavedViews {
    list: Slot<u64, Vec<(String, SavedView)>>,
    change: UnderWay<ViewChange, ViewDone>,
}

impl SavedViews {
    /// By name.
    pub fn list(&self) -> &[(String, SavedView)] {
        self.list.shown().map(Vec::as_slice).unwrap_or_default()
    }

    pub fn named(&self, name: &str) -> Option<&SavedView> {
        self.list().iter().find(|(known, _)| known == name).map(|(_, view)| view)
    }

    /// What a change came to since this was asked last.
    pub fn take_done(&mut self) -> Option<Result<ViewDone, NotMade>> {
        self.change.take_done()
    }

    /// Puts a change on its way; the one before it has come to its end.
    pub fn make(&mut self, change: ViewChange) {
        self.change.make(change);
    }
}

impl Pane for SavedViews {
    fn shows(&self, _: View) -> bool {
        true
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        let lane = &asking.lanes.pages;
        self.change.ask(&asking.lanes.changes, asking, |to, source, change, _| make(to, source.case()?, change));
        // Again after each change, whatever came of it.
        if !self.change.is_busy() {
            self.list.ask(lane, self.change.made(), |source, _, _| {
                let Ok(reader) = source.case() else { return Ok(Vec::new()) };
                kept(reader)
            });
        }
    }

    fn poll(&mut self) -> Vec<Failure> {
        let mut failures: Vec<Failure> = self.list.poll().and_then(Result::err).into_iter().collect();
        failures.extend(self.change.poll().and_then(Result::err));
        failures
    }

    fn is_busy(&self) -> bool {
        self.list.is_busy() || self.change.is_busy()
    }
}

/// Writes a change into the case.
fn make(case: Target<'_>, reader: &CaseReader, change: &ViewChange) -> Result<ViewDone, Fault> {
    let before = kept(reader)?.into_iter().find(|(name, _)| *name == change.name).map(|(_, view)| view);
    if before == change.view {
        return Ok(ViewDone { change: change.clone(), inverse: None });
    }
    let text = change.view.as_ref().and_then(|view| serde_json::to_string(view).ok());
    views::put(case, &change.name, text.as_deref())?;
    let inverse = ViewChange { name: change.name.clone(), view: before };
    Ok(ViewDone { change: change.clone(), inverse: Some(inverse) })
}

/// One that this version cannot read is left where it is, and not shown.
fn kept(reader: &CaseReader) -> Result<Vec<(String, SavedView)>, Fault> {
    let texts = views::saved(reader)?;
    let read = |(name, text): (String, String)| Some((name, serde_json::from_str(&text).ok()?));
    Ok(texts.into_iter().filter_map(read).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_of_another_version_is_read_and_written_back_as_it_is() {
        let text = r#"{"view":"later","flows":{"filter":"dstport = 22","frozen":1},"from_ms":5,"zoom":[1,2]}"#;
        let view: SavedView = serde_json::from_str(text).unwrap();
        assert_eq!((view.view.as_str(), view.flows.filter.as_str(), view.from_ms), ("later", "dstport = 22", Some(5)));
        let again: Value = serde_json::from_str(&serde_json::to_string(&view).unwrap()).unwrap();
        assert_eq!((&again["zoom"][1], &again["flows"]["frozen"]), (&Value::from(2), &Value::from(1)));
        assert_eq!(View::named(&view.view), None, "such a view is shown as the overview");
    }
}
