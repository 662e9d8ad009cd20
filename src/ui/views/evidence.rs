//! The evidence files of the case with their counts, and the warnings of one or all of them.

use crate::app::open_case::OpenCase;
use crate::app::selection::Selection;
use crate::app::source::{EvidenceRow, WarningRow};
use crate::app::{Action, App, Command, display};
use crate::model::Timestamp;
use crate::ui::state::UiState;
use crate::ui::theme::{self, size};
use crate::ui::widgets::grid::{CellView, Grid, GridColumn, GridEvent, GridState, GridTexts, Mark, RowSource};
use egui::{Button, Id, Panel, RichText, Ui};

/// How one of the two tables is scrolled, selected, ordered and laid out.
#[derive(Default)]
struct ListState {
    grid: GridState,
    selection: Selection,
    sort: Option<(usize, bool)>,
    widths: Vec<f32>,
    /// Places of the rows in the order that is shown, and what they were computed from.
    order: Vec<usize>,
    ordered: Option<(usize, usize, Option<(usize, bool)>)>,
}

#[derive(Default)]
pub struct EvidenceState {
    files: ListState,
    warnings: ListState,
}

pub fn evidence_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    let t = &app.texts;
    unfinished_ui(ui, app, case, out);
    let Some(files) = case.evidence() else {
        ui.centered_and_justified(|ui| ui.label(t.tr("loading")));
        return;
    };
    if files.is_empty() && app.jobs.running().is_none() {
        return empty_ui(ui, app, out);
    }
    ui.horizontal(|ui| {
        ui.heading(t.tr("nav-evidence"));
        if let Some(totals) = case.totals() {
            ui.weak(t.tr_args("evidence-count", &[("count", &display::count(totals.evidence))]));
        }
        if ui.button(t.tr("command-import")).clicked() {
            out.push(Action::Command(Command::ImportEvidence));
        }
    });
    let state = &mut state.evidence;
    Panel::bottom("warnings").resizable(true).default_size(240.0).size_range(80.0..=600.0).show(ui, |ui| {
        ui.set_min_height(ui.available_height());
        warnings_ui(ui, app, case, &mut state.warnings, out);
    });
    files_ui(ui, app, files, &mut state.files, out);
}

/// After a crash or a cancelled import: what is left, and a button that goes on with it.
fn unfinished_ui(ui: &mut Ui, app: &App, case: &OpenCase, out: &mut Vec<Action>) {
    let Some(unfinished) = case.unfinished().filter(|_| app.jobs.running().is_none()) else { return };
    let t = &app.texts;
    ui.horizontal(|ui| {
        let count = display::count(unfinished.paths.len() as u64);
        let text = RichText::new(t.tr_args("unfinished", &[("count", &count)])).color(theme::palette(ui).warning);
        ui.label(text);
        if ui.button(t.tr("unfinished-resume")).clicked() {
            let (paths, options) = (unfinished.paths.clone(), unfinished.options.clone());
            out.push(Action::Import { paths, options });
        }
    });
}

fn empty_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.3);
        ui.label(t.tr("empty-evidence"));
        ui.add_space(size::GAP_LARGE);
        for command in [Command::ImportEvidence, Command::OpenSample] {
            let button = Button::new(t.tr(&command.text_id())).min_size(egui::vec2(280.0, 32.0));
            if ui.add_enabled(app.is_enabled(command), button).clicked() {
                out.push(Action::Command(command));
            }
        }
    });
}

/// One column of a list: title, first width, numeric, and how a row reads.
struct Column<R: 'static> {
    key: &'static str,
    width: f32,
    numeric: bool,
    text: fn(&R, &App) -> String,
}

struct ListRows<'a, R: 'static> {
    rows: &'a [R],
    order: &'a [usize],
    columns: &'a [Column<R>],
    app: &'a App,
    mark: fn(&R) -> Mark,
}

impl<R> ListRows<'_, R> {
    fn row(&self, row: u64) -> Option<&R> {
        self.rows.get(*self.order.get(usize::try_from(row).ok()?)?)
    }
}

impl<R> RowSource for ListRows<'_, R> {
    fn rows(&self) -> u64 {
        self.order.len() as u64
    }

    fn cell(&self, row: u64, column: usize) -> CellView {
        let (Some(row), Some(column)) = (self.row(row), self.columns.get(column)) else { return CellView::Loading };
        match (column.text)(row, self.app) {
            text if text.is_empty() => CellView::Absent,
            text => CellView::Text(display::visible(&text).into_owned()),
        }
    }

    fn mark(&self, row: u64) -> Mark {
        self.row(row).map_or(Mark::None, self.mark)
    }
}

/// A list as a grid: sorted by a click on a header, columns resizable.
fn list_ui<R: 'static>(
    ui: &mut Ui,
    app: &App,
    name: &str,
    rows: &[R],
    columns: &[Column<R>],
    mark: fn(&R) -> Mark,
    state: &mut ListState,
    out: &mut Vec<Action>,
) {
    if state.widths.len() != columns.len() {
        state.widths = columns.iter().map(|c| c.width).collect();
    }
    let wanted = (rows.as_ptr() as usize, rows.len(), state.sort);
    if state.ordered != Some(wanted) {
        state.ordered = Some(wanted);
        state.order = order(rows, columns, state.sort, app);
    }
    let t = &app.texts;
    let grid_columns: Vec<GridColumn> = columns
        .iter()
        .zip(&state.widths)
        .enumerate()
        .map(|(at, (column, width))| GridColumn {
            title: t.tr(column.key),
            width: *width,
            numeric: column.numeric,
            keep_end: column.key == "column-file",
            sort: state.sort.filter(|(sorted, _)| *sorted == at).map(|(_, descending)| (0, descending)),
        })
        .collect();
    let texts = GridTexts {
        table: name.to_owned(),
        row: t.tr("grid-row"),
        absent: t.tr("grid-absent"),
        loading: t.tr("loading"),
    };
    let source = ListRows { rows, order: &state.order, columns, app, mark };
    let grid = Grid { id: Id::unique(name), columns: &grid_columns, source: &source, texts: &texts, dimmed: false };
    let mut copied = None;
    let shown = grid.show(
        ui,
        &mut state.grid,
        &mut state.selection,
        &mut |ui, row, column| {
            if ui.button(t.tr("menu-copy-value")).clicked() {
                if let CellView::Text(text) = source.cell(row, column) {
                    copied = Some(text);
                }
                ui.close();
            }
        },
        &mut |ui, _| {
            ui.weak(t.tr("header-sort-tip"));
        },
    );
    out.extend(copied.map(Action::Copy));
    for event in shown.events {
        match event {
            GridEvent::Sort { column, .. } => {
                let descending = state.sort.is_some_and(|(sorted, descending)| sorted == column && !descending);
                state.sort = Some((column, descending));
            }
            GridEvent::Resized { column, width } => {
                if let Some(known) = state.widths.get_mut(column) {
                    *known = width;
                }
            }
            GridEvent::Copy => out.push(Action::Copy(copied_rows(&source, &grid_columns, &state.selection))),
            GridEvent::Moved { .. } | GridEvent::Activated(_) => {}
        }
    }
}

fn order<R>(rows: &[R], columns: &[Column<R>], sort: Option<(usize, bool)>, app: &App) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let Some((column, descending)) = sort.and_then(|(at, descending)| Some((columns.get(at)?, descending))) else {
        return order;
    };
    let text = |at: &usize| rows.get(*at).map(|row| (column.text)(row, app)).unwrap_or_default();
    let number =
        |at: &usize| text(at).chars().filter(char::is_ascii_digit).collect::<String>().parse::<u64>().unwrap_or(0);
    if column.numeric {
        order.sort_by_cached_key(number);
    } else {
        order.sort_by_cached_key(text);
    }
    if descending {
        order.reverse();
    }
    order
}

fn copied_rows<R>(source: &ListRows<'_, R>, columns: &[GridColumn], selection: &Selection) -> String {
    let line = |row: u64| {
        let cells = (0..columns.len()).map(|column| match source.cell(row, column) {
            CellView::Text(text) => text,
            CellView::Absent | CellView::Loading => String::new(),
        });
        cells.collect::<Vec<_>>().join("\t")
    };
    let head = columns.iter().map(|c| c.title.clone()).collect::<Vec<_>>().join("\t");
    std::iter::once(head).chain(selection.rows(10_000).map(line)).collect::<Vec<_>>().join("\n")
}

fn files_ui(ui: &mut Ui, app: &App, files: &[EvidenceRow], state: &mut ListState, out: &mut Vec<Action>) {
    let columns: [Column<EvidenceRow>; 12] = [
        column("column-id", 50.0, true, |r, _| r.id.0.to_string()),
        column("column-file", 420.0, false, |r, _| r.path.clone()),
        column("column-format", 170.0, false, |r, _| r.format.clone()),
        column("column-records", 90.0, true, |r, _| display::count(r.records)),
        column("column-duplicates", 90.0, true, |r, _| display::count(r.duplicates)),
        column("column-warnings", 80.0, true, |r, _| display::count(r.warnings)),
        column("column-size", 110.0, true, |r, _| display::count(r.file_bytes)),
        column("column-first", 185.0, false, |r, app| time_text(r.first, app)),
        column("column-last", 185.0, false, |r, app| time_text(r.last, app)),
        column("column-raw", 80.0, false, |r, app| app.texts.tr(if r.raw_kept { "yes" } else { "no" })),
        column("column-imported", 210.0, false, |r, _| r.imported_utc.clone()),
        column("column-sha256", 580.0, false, |r, _| r.file_sha256.clone()),
    ];
    let mark = |row: &EvidenceRow| if row.warnings > 0 { Mark::Warning } else { Mark::None };
    let before = state.selection.cursor();
    list_ui(ui, app, &app.texts.tr("nav-evidence"), files, &columns, mark, state, out);
    let after = state.selection.cursor();
    if before != after
        && let Some(row) =
            after.and_then(|row| state.order.get(usize::try_from(row).ok()?)).and_then(|at| files.get(*at))
    {
        out.push(Action::Warnings(Some(row.id)));
    }
}

fn column<R>(key: &'static str, width: f32, numeric: bool, text: fn(&R, &App) -> String) -> Column<R> {
    Column { key, width, numeric, text }
}

fn time_text(time: Option<Timestamp>, app: &App) -> String {
    time.map(|time| app.zone.format(time)).unwrap_or_default()
}

fn warnings_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut ListState, out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.horizontal(|ui| {
        ui.strong(t.tr("warnings-title"));
        if let Some(warnings) = case.warnings() {
            ui.weak(display::count(warnings.len() as u64));
        }
        if let Some(evidence) = case.warnings_of() {
            ui.weak(t.tr_args("warnings-of", &[("evidence", &evidence.0.to_string())]));
            if ui.button(t.tr("warnings-all")).clicked() {
                out.push(Action::Warnings(None));
            }
        }
    });
    let Some(warnings) = case.warnings() else {
        ui.weak(t.tr("loading"));
        return;
    };
    if warnings.is_empty() {
        ui.weak(t.tr("warnings-none"));
        return;
    }
    let columns: [Column<WarningRow>; 6] = [
        column("column-evidence", 90.0, true, |r, _| r.evidence.0.to_string()),
        column("column-position", 90.0, true, |r, _| display::count(r.position)),
        column("column-offset", 100.0, true, |r, _| display::count(r.byte_offset)),
        column("column-reason", 200.0, false, reason_text),
        column("column-detail", 360.0, false, |r, _| r.detail.clone()),
        column("column-raw-text", 600.0, false, |r, _| String::from_utf8_lossy(&r.raw).into_owned()),
    ];
    list_ui(ui, app, &t.tr("warnings-title"), warnings, &columns, |_| Mark::None, state, out);
}

fn reason_text(row: &WarningRow, app: &App) -> String {
    let id = format!("reason-{}", row.reason.replace('_', "-"));
    if app.texts.has(&id) { app.texts.tr(&id) } else { row.reason.clone() }
}

#[cfg(test)]
mod tests {
    use crate::app::Texts;
    use crate::app::text::Language;
    use crate::model::Reason;

    #[test]
    fn every_reason_has_its_sentence() {
        for language in Language::ALL {
            let texts = Texts::new(language);
            for reason in Reason::ALL {
                let id = format!("reason-{}", reason.code().replace('_', "-"));
                assert!(texts.has(&id), "{id}");
            }
        }
    }
}
