//! Every field that the record has, with what indicators and labels say of it.

use super::{InspectorState, leaf_menu_ui, marks_ui};
use crate::model::{Dataset, Value};
use crate::present::{display, unique_id};
use crate::session::records::Records;
use crate::session::source::Inspected;
use crate::session::{Action, App, marks};
use crate::ui::views::cell_menu::Place;
use crate::ui::widgets::chain::chain_ui;
use crate::ui::widgets::facts::section_ui;
use crate::ui::widgets::leaves::{Ink, Leaf, LeafCell, LeafEvent, Leaves};
use egui::{Id, Ui};
use std::borrow::Cow;

pub(super) fn summary_ui(
    ui: &mut Ui,
    app: &App,
    records: &Records,
    inspected: &Inspected,
    state: &mut InspectorState,
    out: &mut Vec<Action>,
) {
    if records.dataset == Dataset::Events {
        who_acted_ui(ui, app, records, inspected, out);
    }
    if !inspected.marks.is_empty() {
        marks_ui(ui, app, &inspected.marks);
        ui.separator();
    }
    let detail = &inspected.detail;
    let (mut rows, mut values) = (Vec::new(), Vec::new());
    for (field, value) in &detail.fields {
        let of = marks::of_field(&inspected.marks, *field);
        let ink = match (of.iter().any(|mark| marks::is_sighting(mark)), display::is_refusal(value, *field)) {
            (true, _) => Ink::Sighted,
            (false, true) => Ink::Bad,
            (false, false) => Ink::Text,
        };
        let sign = (ink == Ink::Sighted).then(|| ("◆", app.texts.tr("grid-sighted")));
        let label = marks::label(of.iter().copied()).map(|label| format!("  {}", display::visible(&label)));
        let text = display::cell(value, *field, app.zone).unwrap_or_default();
        let cell = LeafCell { ink, ..LeafCell::of(format!("{text}{}", label.unwrap_or_default())) };
        let owners = if let Value::Text(text) = value { app.owners_told(text) } else { Vec::new() };
        let id = if let Value::Text(text) = value { unique_id::meaning(&app.texts, text) } else { None };
        let hint: Vec<String> = display::hint(value, *field)
            .into_iter()
            .chain(id)
            .chain(marks::told(&app.texts, of))
            .chain(owners)
            .collect();
        let (name, hint) = (display::header(*field, app.zone), hint.join("\n"));
        rows.push(Leaf { name, cells: vec![cell], sign, hint, ..Leaf::default() });
        rows.extend(cut(app, value));
        values.resize(rows.len(), (Place::Column((*field).into()), Cow::Borrowed(value)));
    }
    for (name, text) in &detail.further {
        let value = Value::Text(text.clone());
        let shown = display::visible(&display::clipped(text).0).into_owned();
        let title = display::visible(&display::clipped(name).0).into_owned();
        rows.push(Leaf { name: title, cells: vec![LeafCell::of(shown)], ..Leaf::default() });
        rows.extend(cut(app, &value));
        values.resize(rows.len(), (Place::Extra(name.clone()), Cow::Owned(value)));
    }
    let name = app.texts.tr("inspector-fields");
    let leaves = Leaves { id: Id::unique("fields"), name: &name, rows: &rows, columns: 1 };
    let mut asked = Vec::new();
    let events = leaves.show(ui, &mut state.summary, &mut |ui, at| {
        if let Some((place, value)) = values.get(at.row) {
            leaf_menu_ui(ui, app, (records, inspected), (place.clone(), &**value), at.takes_focus, &mut asked);
        }
    });
    out.append(&mut asked);
    for event in events {
        if let LeafEvent::Copy { row, .. } = event {
            out.extend(values.get(row).and_then(|(_, value)| display::literal(value)).map(Action::Copy));
        }
    }
}

/// Who acted and how that is known, which takes all events of the case to say.
fn who_acted_ui(ui: &mut Ui, app: &App, records: &Records, inspected: &Inspected, out: &mut Vec<Action>) {
    let (t, id) = (&app.texts, inspected.detail.id);
    section_ui(ui, &t.tr("lineage-title"), |ui| {
        out.push(Action::WantChain(id));
        match records.lineage.chain(id) {
            Some(Some(chain)) => chain_ui(ui, app, chain, out),
            Some(None) => drop(ui.weak(t.tr("lineage-none"))),
            None => {
                let text = records.lineage.fault().map_or_else(|| t.tr("lineage-asking"), |why| why.why(t));
                ui.weak(text);
            }
        }
    });
    ui.separator();
}

/// A line that says how much of the value above it is not shown.
fn cut(app: &App, value: &Value) -> Option<Leaf> {
    let Value::Text(text) = value else { return None };
    let hidden = display::clipped(text).1;
    let says = || app.texts.tr_args("inspector-value-cut", &[("chars", &display::count(hidden as u64))]);
    (hidden > 0).then(|| Leaf { cells: vec![LeafCell::weak(says())], ..Leaf::default() })
}
