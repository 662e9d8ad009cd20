//! A list that is held in memory as a table: sorted by a click on a header, columns resizable, rows copied.

use super::grid::{CellView, Grid, GridColumn, GridEvent, GridState, GridTexts, RowMark, RowSource};
use crate::present::display;
use crate::session::selection::Selection;
use crate::session::{Action, App};
use egui::{Id, Ui};
use std::sync::Arc;

/// The column that a list is sorted by, and whether downwards.
type Sort = Option<(usize, bool)>;

/// How a list is scrolled, selected, ordered and laid out.
pub struct ListState<R> {
    grid: GridState,
    selection: Selection,
    sort: Sort,
    widths: Vec<f32>,
    /// Places of the rows in the order that is shown, and what they were computed from.
    order: Vec<usize>,
    ordered: Option<(Arc<[R]>, Sort)>,
}

impl<R> Default for ListState<R> {
    fn default() -> Self {
        Self {
            grid: GridState::default(),
            selection: Selection::default(),
            sort: None,
            widths: Vec::new(),
            order: Vec::new(),
            ordered: None,
        }
    }
}

impl<R> ListState<R> {
    /// The place of the selected row in the rows as they were given.
    pub fn selected(&self) -> Option<usize> {
        let row = usize::try_from(self.selection.cursor()?).ok()?;
        self.order.get(row).copied()
    }
}

/// One column of a list: title, first width, numeric, and how a row reads.
pub(crate) struct ListColumn<R: 'static> {
    key: &'static str,
    width: f32,
    numeric: bool,
    text: fn(&R, &App) -> String,
}

struct ListRows<'a, R: 'static> {
    rows: &'a [R],
    order: &'a [usize],
    columns: &'a [ListColumn<R>],
    app: &'a App,
    mark: fn(&R, &App) -> RowMark,
}

impl<R> ListRows<'_, R> {
    fn row(&self, row: u64) -> Option<&R> {
        self.rows.get(*self.order.get(usize::try_from(row).ok()?)?)
    }

    /// All of a cell, to be copied: on one line, whatever the evidence puts into it.
    fn text(&self, row: u64, column: usize) -> String {
        let (Some(row), Some(column)) = (self.row(row), self.columns.get(column)) else { return String::new() };
        display::visible(&(column.text)(row, self.app)).into_owned()
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
            text => CellView::Text(display::visible(&display::clipped(&text).0).into_owned()),
        }
    }

    fn mark(&self, row: u64) -> RowMark {
        self.row(row).map_or(RowMark::None, |row| (self.mark)(row, self.app))
    }
}

/// The list: its name in the accessibility tree, its rows and columns.
pub(crate) struct List<'a, R: 'static> {
    pub name: &'a str,
    pub rows: &'a Arc<[R]>,
    pub columns: &'a [ListColumn<R>],
    pub mark: fn(&R, &App) -> RowMark,
}

impl<R: 'static> List<'_, R> {
    pub(crate) fn show(&self, ui: &mut Ui, app: &App, state: &mut ListState<R>, out: &mut Vec<Action>) {
        let Self { name, rows, columns, mark } = *self;
        if state.widths.len() != columns.len() {
            state.widths = columns.iter().map(|c| c.width).collect();
        }
        let is_ordered = |(of, by): &(Arc<[R]>, Sort)| Arc::ptr_eq(of, rows) && *by == state.sort;
        if !state.ordered.as_ref().is_some_and(is_ordered) {
            state.ordered = Some((Arc::clone(rows), state.sort));
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
                resized: *width != column.width,
                numeric: column.numeric,
                keep_end: column.key == "column-file",
                sort: state.sort.filter(|(sorted, _)| *sorted == at).map(|(_, descending)| (0, descending)),
            })
            .collect();
        let texts = GridTexts::of(t, name.to_owned());
        let source = ListRows { rows, order: &state.order, columns, app, mark };
        let grid = Grid { id: Id::unique(name), columns: &grid_columns, source: &source, texts: &texts, dimmed: false };
        let mut copied = None;
        let shown = grid.show(
            ui,
            &mut state.grid,
            &mut state.selection,
            &mut |ui, cell| {
                let button = ui.button(t.tr("menu-copy-value"));
                if cell.takes_focus {
                    button.request_focus();
                }
                if button.clicked() {
                    copied = Some(source.text(cell.row, cell.column));
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
                GridEvent::Moved { .. } | GridEvent::Activated(_) | GridEvent::Tagged => {}
            }
        }
    }
}

fn order<R>(rows: &[R], columns: &[ListColumn<R>], sort: Sort, app: &App) -> Vec<usize> {
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

pub(crate) fn column<R>(key: &'static str, width: f32, numeric: bool, text: fn(&R, &App) -> String) -> ListColumn<R> {
    ListColumn { key, width, numeric, text }
}

fn copied_rows<R>(source: &ListRows<'_, R>, columns: &[GridColumn], selection: &Selection) -> String {
    let line = |row: u64| {
        let cells = (0..columns.len()).map(|column| source.text(row, column));
        cells.collect::<Vec<_>>().join("\t")
    };
    let head = columns.iter().map(|c| c.title.clone()).collect::<Vec<_>>().join("\t");
    std::iter::once(head).chain(selection.rows(10_000).map(line)).collect::<Vec<_>>().join("\n")
}
