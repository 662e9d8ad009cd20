//! Records side by side, below their table: a column for each record, differing rows first.

use super::cell_menu::{Items, MenuRecord, MenuValue, Place, head_ui, record_items_ui};
use crate::model::Dataset;
use crate::present::display;
use crate::questions::{ComparedPlace, ComparedRow};
use crate::session::compare::{Compare, CompareAction, Compared};
use crate::session::open_case::OpenCase;
use crate::session::{Action, App, Command, View};
use crate::ui::focus::{PaneId, pane_ui, sized_ui};
use crate::ui::theme::size;
use crate::ui::widgets::leaves::{Leaf, LeafAt, LeafCell, LeafEvent, Leaves, LeavesState, differing, spans};
use crate::ui::widgets::named::named_button;
use egui::{Button, Id, Label, Panel, RichText, ScrollArea, Ui, UiBuilder, vec2};

#[derive(Default)]
pub struct CompareState {
    leaves: LeavesState,
    /// Whose comparison is on screen and was given the keyboard.
    open: Option<Dataset>,
}

pub(crate) fn compare_ui(
    ui: &mut Ui,
    app: &App,
    case: &OpenCase,
    dataset: Dataset,
    own: &mut CompareState,
    out: &mut Vec<Action>,
) {
    let compare = &case.compare;
    if !compare.is_open(View::Records(dataset)) {
        // The table of the other records may be beside it.
        own.open = own.open.filter(|open| *open != dataset);
        return;
    }
    if own.open.replace(dataset) != Some(dataset) {
        own.leaves = LeavesState::default();
        own.leaves.focus();
    }
    let height = ui.available_height();
    let range = size::COMPARE_LEAST.min(height / 2.0)..=height - size::COMPARE_REST.min(height / 2.0);
    let panel = Panel::bottom(("compare", height as u32)).default_size(height * size::COMPARE_PART).size_range(range);
    sized_ui(ui, panel, |ui| {
        // As high as it was left, not as what it holds.
        ui.set_min_height(ui.available_height());
        ui.add_space(size::GAP);
        // The panel is another one for each height; what has the keyboard in it keeps it.
        let same = UiBuilder::new().scope_id(Id::unique(("panel", "comparison")));
        ui.scope_builder(same, |ui| {
            pane_ui(ui, &app.texts, PaneId::Details, |ui| content_ui(ui, app, compare, own, out));
        });
    });
}

fn content_ui(ui: &mut Ui, app: &App, compare: &Compare, own: &mut CompareState, out: &mut Vec<Action>) {
    bar_ui(ui, app, compare, out);
    match compare.shown() {
        Some(compared) => table_ui(ui, app, compare, compared, &mut own.leaves, out),
        None => {
            let why = compare.fault().map_or_else(|| app.texts.tr("loading"), |why| why.why(&app.texts));
            ui.label(&*display::visible(&why));
        }
    }
}

fn bar_ui(ui: &mut Ui, app: &App, compare: &Compare, out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.horizontal_wrapped(|ui| {
        if let Some(compared) = compare.shown() {
            ui.strong(t.tr_args("compare-title", &[("count", &compared.heads.len().to_string())]));
            let (differ, all) =
                (display::count(compared.differing() as u64), display::count(compared.rows.len() as u64));
            ui.label(t.tr_args("compare-differ", &[("count", &differ), ("all", &all)]));
        }
        let mut only = compare.only_differences;
        if ui.checkbox(&mut only, t.tr("compare-only")).changed() {
            out.push(Action::Compare(CompareAction::OnlyDifferences(only)));
        }
        let copies = [("compare-copy-text", CompareAction::CopyText), ("compare-copy-csv", CompareAction::CopyCsv)];
        for (text, action) in copies {
            if ui.add_enabled(compare.shown().is_some(), Button::new(t.tr(text))).clicked() {
                out.push(Action::Compare(action));
            }
        }
        if ui.button(t.tr("compare-exhibit")).clicked() {
            out.push(Action::Command(Command::AddExhibit));
        }
        let name = t.tr("compare-close");
        let close = named_button(ui, true, Button::new("×"), &name);
        if close.on_hover_text(format!("{name}  Esc")).clicked() {
            out.push(Action::Compare(CompareAction::Close));
        }
    });
}

/// What a line of the list is: a row of the comparison, or what folds those that are equal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Row(usize),
    Equal,
}

fn table_ui(
    ui: &mut Ui,
    app: &App,
    compare: &Compare,
    compared: &Compared,
    state: &mut LeavesState,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    heads_ui(ui, app, compared);
    ui.separator();
    let differing = compared.differing();
    let equal = compared.rows.len() - differing;
    let mut lines: Vec<Line> = (0..differing).map(Line::Row).collect();
    if differing == 0 {
        ui.label(t.tr("compare-no-difference"));
    }
    if !compare.only_differences && equal > 0 {
        lines.push(Line::Equal);
        if compare.is_unfolded {
            lines.extend((differing..compared.rows.len()).map(Line::Row));
        }
    }
    let leaf = |line: &Line| match line {
        Line::Row(at) => compared.rows.get(*at).map(|row| leaf(app, compared, row)).unwrap_or_default(),
        Line::Equal => {
            let name = t.tr_args("compare-equal", &[("count", &display::count(equal as u64))]);
            Leaf { name, open: Some(compare.is_unfolded), ..Leaf::default() }
        }
    };
    let rows: Vec<Leaf> = lines.iter().map(leaf).collect();
    let name = t.tr("command-compare");
    let leaves = Leaves { id: Id::unique("comparison"), name: &name, rows: &rows, columns: compared.heads.len() };
    ScrollArea::vertical().id_salt("comparison").auto_shrink([false, false]).show(ui, |ui| {
        let mut asked = Vec::new();
        let events = leaves.show(ui, state, &mut |ui, at| {
            if let Some(Line::Row(row)) = lines.get(at.row)
                && let Some(row) = compared.rows.get(*row)
            {
                menu_ui(ui, app, compared, row, at, &mut asked);
            }
        });
        out.append(&mut asked);
        for event in events {
            match event {
                LeafEvent::Toggle(_) => out.push(Action::Compare(CompareAction::Unfold(!compare.is_unfolded))),
                LeafEvent::Copy { row, column } => {
                    let row = lines.get(row).and_then(|line| match line {
                        Line::Row(row) => compared.rows.get(*row),
                        Line::Equal => None,
                    });
                    let text = row.and_then(|row| display::literal(&Compared::value(row, column)));
                    out.extend(text.map(Action::Copy));
                }
            }
        }
    });
}

/// When and what each record is.
fn heads_ui(ui: &mut Ui, app: &App, compared: &Compared) {
    let width = ui.available_width();
    let (name, cell) = spans(width, compared.heads.len());
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let column = |ui: &mut Ui, width: f32, text: RichText| {
            ui.allocate_ui_with_layout(vec2(width, 0.0), egui::Layout::top_down(egui::Align::Min), |ui| {
                ui.set_width(width);
                ui.add(Label::new(text).wrap());
            });
        };
        column(ui, name, RichText::new(app.texts.tr("compare-field")).strong());
        for head in &compared.heads {
            // As far in as the values below it.
            ui.add_space(size::CELL_PADDING);
            let time = head.time.map(|time| format!("{} ", app.zone.format(time))).unwrap_or_default();
            column(
                ui,
                (cell - size::CELL_PADDING).max(0.0),
                RichText::new(format!("{time}{} ({})", head.name, head.record)).strong(),
            );
        }
    });
}

fn leaf(app: &App, compared: &Compared, row: &ComparedRow) -> Leaf {
    let t = &app.texts;
    let texts: Vec<Option<String>> =
        (0..compared.heads.len()).map(|record| Compared::text(row, record, app.zone)).collect();
    let there: Vec<&str> = texts.iter().flatten().map(String::as_str).collect();
    let mut parts = if row.differs { differing(&there) } else { Vec::new() }.into_iter();
    let cell = |text: &Option<String>| match text {
        Some(text) => LeafCell { differs: parts.next(), ..LeafCell::of(text.clone()) },
        None => LeafCell::weak(display::ABSENT),
    };
    let cells = texts.iter().map(cell).collect();
    let sign = if row.differs { ("≠", t.tr("compare-differs")) } else { ("=", t.tr("compare-same")) };
    Leaf { name: display::visible(&row.name()).into_owned(), cells, sign: Some(sign), ..Leaf::default() }
}

fn menu_ui(ui: &mut Ui, app: &App, compared: &Compared, row: &ComparedRow, at: LeafAt, out: &mut Vec<Action>) {
    let place = match &row.place {
        ComparedPlace::Field(field) => Place::Column((*field).into()),
        ComparedPlace::Leaf(path) => Place::Path(path.clone()),
    };
    let value = Compared::value(row, at.column);
    let of = MenuValue { dataset: compared.dataset, place, value: &value, pair: None };
    let text = Compared::text(row, at.column, app.zone).unwrap_or_else(|| app.texts.tr("grid-absent"));
    head_ui(ui, &format!("{} {text}", of.place.name()));
    let time = compared.heads.get(at.column).and_then(|head| head.time);
    record_items_ui(ui, app, &mut Items::new(at.takes_focus), &of, MenuRecord { time }, out);
}
