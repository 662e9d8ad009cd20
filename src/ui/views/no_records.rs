//! A view of records without any: why there are none, and what would change that.

use crate::model::{Dataset, TimeRange};
use crate::present::display;
use crate::questions::{Emptiness, Why};
use crate::session::open_case::OpenCase;
use crate::session::{Action, App, Command, Link};
use crate::ui::widgets::empty::{Empty, empty_ui, offer_ui};
use egui::Ui;

pub(super) fn no_records_ui(ui: &mut Ui, app: &App, case: &OpenCase, dataset: Dataset, out: &mut Vec<Action>) {
    let t = &app.texts;
    let total = case.totals().map_or(0, |totals| totals.of(dataset));
    if total == 0 {
        let name = match dataset {
            Dataset::Flows => "flows",
            Dataset::Events => "events",
        };
        let empty = Empty { title: t.tr(&format!("empty-{name}")), text: t.tr(&format!("empty-{name}-text")) };
        return offer_ui(ui, app, &empty, &[Command::ImportEvidence], out);
    }
    let records = case.records(dataset);
    let scope = records.scope(app.range, app.duplicates);
    let why = case.why_empty.of(&scope);
    let mut text = String::new();
    if !records.applied().is_empty() {
        text.push_str(&display::visible(&display::clipped(records.applied()).0));
        text.push('\n');
    }
    text.push_str(&why.map_or_else(|| t.tr("empty-asking"), |why| reason(app, why)));
    let empty = Empty { title: t.tr_args("empty-filtered", &[("total", &display::count(total))]), text };
    let mut ways: Vec<(String, Action)> = Vec::new();
    if let Some((anytime, records)) = why.and_then(|why| why.anytime.as_ref()).filter(|(_, records)| *records > 0) {
        let text = t.tr_args("empty-show-anytime", &[("count", &display::count(*records))]);
        ways.push((text, Action::Follow(Link::records(anytime, None))));
    }
    if why.is_some_and(|why| why.gap.is_some()) {
        ways.push((t.tr("empty-show-coverage"), Action::ShowQuery("coverage")));
    }
    let command = |command: Command| (t.tr(&command.text_id()), Action::Command(command));
    if !records.applied().is_empty() {
        ways.push(command(Command::ClearFilter));
    }
    if app.range != TimeRange::default() {
        ways.push(command(Command::AllTimes));
    }
    let buttons: Vec<(String, bool)> = ways.iter().map(|(text, _)| (text.clone(), true)).collect();
    let clicked = empty_ui(ui, &empty, &buttons);
    out.extend(clicked.and_then(|at| ways.into_iter().nth(at)).map(|(_, action)| action));
}

/// Why there are none, in a sentence or two.
fn reason(app: &App, why: &Why) -> String {
    let (t, zone) = (&app.texts, app.zone);
    let mut text = match why.reason {
        Some(Emptiness::NoRecords(_)) => t.tr("empty-why-no-records"),
        Some(Emptiness::NoneInRange(range)) => {
            let time = |time: Option<_>| time.map_or_else(|| "…".to_owned(), |time| zone.format(time));
            let args = [("from", &*time(range.from)), ("to", &*time(range.to)), ("zone", zone.name())];
            t.tr_args("empty-why-range", &args)
        }
        // They have just come in: the table has them soon.
        None => t.tr("empty-asking"),
        Some(Emptiness::NoneMatch | Emptiness::Limit) if app.range == TimeRange::default() => {
            t.tr("empty-why-match-ever")
        }
        Some(Emptiness::NoneMatch | Emptiness::Limit) => t.tr("empty-why-match"),
    };
    if let Some((_, records)) = &why.anytime {
        let key = if *records == 0 { "empty-why-never" } else { "empty-why-time" };
        text = format!("{text}\n{}", t.tr_args(key, &[("count", &display::count(*records))]));
    }
    if let Some((source, from, to)) = &why.gap {
        let source = display::visible(source);
        let args =
            [("source", &*source), ("from", &*zone.format(*from)), ("to", &*zone.format(*to)), ("zone", zone.name())];
        text = format!("{text}\n{}", t.tr_args("empty-why-gap", &args));
    }
    text
}
