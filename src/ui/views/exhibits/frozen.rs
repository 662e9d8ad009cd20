//! An exhibit as it was frozen: what it rests on, what was left out, its question, and its rows.

use super::ExhibitsState;
use crate::analysis::coverage::LeftOut;
use crate::app::exhibits::{Facts, Frozen};
use crate::model::conclusions::Exhibit;
use crate::model::{TimeRange, Unit, Value};
use crate::present::{display, zone::Zone};
use crate::query::Scope;
use crate::questions::Section;
use crate::session::open_case::OpenCase;
use crate::session::{Action, App};
use crate::ui::theme::{self, size};
use crate::ui::views::cell_menu::Items;
use crate::ui::views::result_table::header;
use crate::ui::widgets::empty::{Empty, empty_ui};
use crate::ui::widgets::grid::{CellView, Grid, GridColumn, GridEvent, GridTexts, RowSource};
use egui::{CollapsingHeader, Id, Label, RichText, ScrollArea, Ui};

pub(super) fn frozen_ui(
    ui: &mut Ui,
    app: &App,
    case: &OpenCase,
    exhibit: &Exhibit,
    state: &mut ExhibitsState,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    let Some(frozen) = case.conclusions.frozen() else {
        let text = case.conclusions.frozen_fault().map_or_else(|| t.tr("loading"), |why| why.why(t));
        ui.label(&*display::visible(&text));
        return;
    };
    ui.add_space(size::GAP);
    CollapsingHeader::new(RichText::new(t.tr("exhibit-facts")).strong()).id_salt("facts").default_open(false).show(
        ui,
        |ui| {
            ScrollArea::vertical().id_salt("facts").max_height(220.0).show(ui, |ui| {
                facts_ui(ui, app, exhibit, &frozen.facts);
            });
        },
    );
    sections_ui(ui, app, frozen, state, out);
}

fn facts_ui(ui: &mut Ui, app: &App, exhibit: &Exhibit, facts: &Facts) {
    let t = &app.texts;
    let line = |ui: &mut Ui, text: String| {
        ui.add(Label::new(RichText::new(text).line_height(Some(size::LINE))).wrap());
    };
    let query = RichText::new(&*display::visible(&exhibit.frozen.query)).font(theme::mono());
    ui.add(Label::new(query).wrap());
    let method = format!("query-{}-about", exhibit.frozen.kind);
    if t.has(&method) {
        line(ui, t.tr(&method));
    }
    line(ui, format!("SHA-256 {}", exhibit.frozen.digest));
    for left_out in &facts.left_out {
        line(ui, left_out_text(app, left_out));
    }
    let unread = display::count(facts.unread_in_case);
    line(ui, t.tr_args("facts-unread", &[("count", &unread)]));
    let files = display::count(facts.evidence.len() as u64);
    line(ui, t.tr_args("facts-evidence", &[("count", &files)]));
    for evidence in &facts.evidence {
        let path = display::visible(&evidence.path).into_owned();
        line(ui, format!("{}. {path}  SHA-256 {}", evidence.evidence, evidence.file_sha256));
    }
    for id in facts.sources.iter().flat_map(|source| source.limits()) {
        line(ui, format!("– {}", t.tr(id)));
    }
}

fn left_out_text(app: &App, left_out: &LeftOut) -> String {
    let counts = [
        ("duplicates", left_out.duplicates),
        ("nodata", left_out.no_data),
        ("skipdata", left_out.skip_data),
        ("untimed", left_out.untimed),
        ("hours", left_out.missing_hours()),
    ];
    let counts = counts.map(|(name, count)| (name, display::count(count)));
    app.texts.tr_args("facts-left-out", &counts.each_ref().map(|(name, count)| (*name, count.as_str())))
}

/// Rows of a section as they were frozen.
struct Rows<'a> {
    section: &'a Section,
    zone: Zone,
}

impl RowSource for Rows<'_> {
    fn rows(&self) -> u64 {
        self.section.rows.len() as u64
    }

    fn cell(&self, row: u64, column: usize) -> CellView {
        let value = usize::try_from(row).ok().and_then(|row| self.section.rows.get(row)?.get(column));
        let unit = self.section.columns.get(column).map_or(Unit::Text, |column| column.unit);
        match value {
            None | Some(Value::Null) => CellView::Absent,
            Some(value) => CellView::Text(shown(value, unit, self.zone)),
        }
    }
}

fn shown(value: &Value, unit: Unit, zone: Zone) -> String {
    match (value, unit) {
        (Value::Time(time), _) => zone.format(*time),
        (Value::Integer(number), Unit::Count | Unit::Bytes) => {
            u64::try_from(*number).map_or_else(|_| number.to_string(), display::count)
        }
        (Value::Integer(number), Unit::Protocol) => match display::protocol_name(*number) {
            Some(name) => format!("{name} ({number})"),
            None => number.to_string(),
        },
        (value, _) => display::visible(&display::clipped(&value.to_text()).0).into_owned(),
    }
}

fn sections_ui(ui: &mut Ui, app: &App, frozen: &Frozen, state: &mut ExhibitsState, out: &mut Vec<Action>) {
    let t = &app.texts;
    if frozen.sections.len() > 1 {
        ui.horizontal_wrapped(|ui| {
            for (at, section) in frozen.sections.iter().enumerate() {
                let name = t.named(&format!("section-{}", section.name), &display::visible(&section.name));
                if ui.selectable_label(state.section == at, name).clicked() {
                    state.section = at;
                    state.rows.scroll_to_top();
                    state.selection.clear();
                }
            }
        });
    }
    let at = if state.section < frozen.sections.len() { state.section } else { 0 };
    let Some(section) = frozen.sections.get(at) else { return };
    if section.rows.is_empty() {
        let empty = Empty { title: t.tr("exhibit-none"), text: asked_text(app, frozen, section) };
        empty_ui(ui, &empty, &[]);
        return;
    }
    let (rows, all) = (section.rows.len() as u64, section.all_rows);
    ui.horizontal_wrapped(|ui| {
        let args = [("rows", display::count(rows)), ("all", display::count(all))];
        let args = args.each_ref().map(|(name, count)| (*name, count.as_str()));
        ui.weak(t.tr_args(if rows < all { "exhibit-rows-of" } else { "exhibit-rows-all" }, &args));
        for total in &section.totals {
            if total.value != Value::Null {
                let name = t.named(&format!("fact-total-{}", total.name), &display::visible(&total.name));
                ui.separator();
                let value = match total.value {
                    Value::Boolean(is_so) => t.tr(if is_so { "yes" } else { "no" }),
                    _ => shown(&total.value, total.unit, app.zone),
                };
                ui.weak(format!("{name}: {value}"));
            }
        }
    });
    // A text, or the JSON of an event: all of it, on lines.
    if let ([column], [row]) = (section.columns.as_slice(), section.rows.as_slice()) {
        let text = row.first().map(Value::to_text).unwrap_or_default();
        let text = if column.unit == Unit::Json { display::pretty_json(&text) } else { text };
        ScrollArea::both().id_salt("words").auto_shrink([false, false]).show(ui, |ui| {
            ui.label(&*display::visible_lines(&display::clipped(&text).0));
        });
        return;
    }
    rows_ui(ui, app, (at, section), state, out);
}

/// Filter and time range that left nothing, and the columns that rows would have, a line each.
fn asked_text(app: &App, frozen: &Frozen, section: &Section) -> String {
    let t = &app.texts;
    let names: Vec<String> = section.columns.iter().map(|column| header(app, &column.name, column.unit)).collect();
    let columns = t.tr_args("exhibit-none-columns", &[("columns", &t.list(&names))]);
    frozen.scope().map_or_else(|| columns.clone(), |scope| format!("{}\n{columns}", scope_text(app, scope)))
}

fn scope_text(app: &App, scope: Scope) -> String {
    let (t, zone) = (&app.texts, app.zone);
    let filter = match scope.filter {
        Some(filter) => {
            let filter = filter.to_string();
            t.tr_args("exhibit-none-filter", &[("filter", &display::visible(&display::clipped(&filter).0))])
        }
        None => t.tr("exhibit-none-unfiltered"),
    };
    let time = |time: Option<_>| time.map_or_else(|| "…".to_owned(), |time| zone.format(time));
    let range = match scope.range {
        TimeRange { from: None, to: None } => t.tr("exhibit-none-anytime"),
        TimeRange { from, to } => {
            let args = [("from", &*time(from)), ("to", &*time(to)), ("zone", zone.name())];
            t.tr_args("exhibit-none-range", &args)
        }
    };
    format!("{filter}\n{range}")
}

/// The section at this place as a table.
fn rows_ui(ui: &mut Ui, app: &App, (at, section): (usize, &Section), state: &mut ExhibitsState, out: &mut Vec<Action>) {
    let (t, rows) = (&app.texts, section.rows.len() as u64);
    let columns: Vec<GridColumn> = section
        .columns
        .iter()
        .map(|column| GridColumn {
            title: header(app, &column.name, column.unit),
            width: size::COLUMN_RESULT,
            numeric: column.unit.is_number(),
            tabular: display::is_tabular(column.unit, &column.name),
            ..GridColumn::default()
        })
        .collect();
    let source = Rows { section, zone: app.zone };
    if state.selection.cursor().is_none_or(|row| row >= rows) {
        state.selection.select_first_of(rows);
    }
    let texts = GridTexts::of(t, t.tr("exhibit-as-frozen"));
    let grid = Grid { id: Id::unique("frozen"), columns: &columns, source: &source, texts: &texts, dimmed: false };
    let mut is_copied = false;
    let shown = grid.show(
        ui,
        &mut state.rows,
        &mut state.selection,
        &mut |ui, cell| {
            let row = usize::try_from(cell.row).ok().and_then(|row| section.rows.get(row));
            let text = row.and_then(|row| row.get(cell.column)).map(Value::to_text).unwrap_or_default();
            let mut items = Items::new(cell.takes_focus);
            items.item(ui, t.tr("menu-copy-value"), Action::Copy(text), out);
            is_copied |= items.is_chosen(ui, t.tr("menu-copy-rows"));
        },
        &mut |_, _| {},
    );
    if is_copied || shown.events.contains(&GridEvent::Copy) {
        out.push(Action::CopyFrozen(at, state.selection.clone()));
    }
}
