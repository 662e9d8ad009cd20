//! An answer as a table: any column sorts, a text narrows the rows, and a row that counts records opens exactly those.

use super::cell_menu::{Items, address_items_ui, follow_item_ui};
use crate::model::{Unit, Value};
use crate::present::display;
use crate::present::rules::meaning;
use crate::present::unique_id::{self, is_followed};
use crate::query::tables::Rows;
use crate::session::result_table::{ResultTable, TableAction, cell_text};
use crate::session::{Action, App};
use crate::ui::theme::size;
use crate::ui::widgets::grid::{CellView, Grid, GridColumn, GridEvent, GridState, GridTexts, RowSource};
use egui::{Align2, Id, TextEdit, Ui};

/// What the table belongs to.
pub(crate) struct Shown<'a> {
    pub id: &'static str,
    /// Its name for a screen reader.
    pub name: String,
    pub table: &'a ResultTable,
    /// The next answer is on its way.
    pub dimmed: bool,
    /// Its changes as those of the view.
    pub action: fn(TableAction) -> Action,
    /// What a row opens.
    pub opens: &'a dyn Fn(&[Value]) -> Option<Action>,
    /// What the menu of a row offers first.
    pub menu: &'a Offers<'a>,
}

/// Entries of a menu for a row: their texts and what they do.
pub(super) type Offers<'a> = dyn Fn(&[Value]) -> Vec<(String, Action)> + 'a;

struct Source<'a> {
    app: &'a App,
    table: &'a ResultTable,
    rows: &'a Rows,
}

impl RowSource for Source<'_> {
    fn rows(&self) -> u64 {
        self.table.len()
    }

    fn cell(&self, row: u64, column: usize) -> CellView {
        let Some(row) = self.table.row(row) else { return CellView::Loading };
        cell_text(self.rows, row, column, self.app.zone).map_or(CellView::Absent, CellView::Text)
    }

    fn hint(&self, row: u64, column: usize) -> Option<String> {
        match self.table.row(row)?.get(column)? {
            Value::Text(value) => {
                let name = &self.rows.columns.get(column)?.name;
                meaning(&self.app.texts, name, value).or_else(|| unique_id::meaning(&self.app.texts, value))
            }
            _ => None,
        }
    }

    fn answer(&self) -> u64 {
        self.table.answer()
    }
}

/// The field that leaves only rows with a text.
pub(crate) fn search_ui(
    ui: &mut Ui,
    app: &App,
    table: &ResultTable,
    action: fn(TableAction) -> Action,
    out: &mut Vec<Action>,
) {
    let (name, mut search) = (app.texts.tr("result-search"), table.search().to_owned());
    let edit = TextEdit::singleline(&mut search).hint_text(&*name).align(Align2::LEFT_CENTER);
    let field = ui.add(edit.min_size(egui::vec2(size::QUERY_LIST, 0.0))).accessible_name(&*name);
    if field.changed() {
        out.push(action(TableAction::Search(search)));
    }
}

/// What stands above a column: times say their zone.
pub(super) fn header(app: &App, name: &str, unit: Unit) -> String {
    let name = display::visible(name);
    match unit {
        Unit::Time => format!("{name} ({})", app.zone.name()),
        _ => name.into_owned(),
    }
}

/// The table in what is left of the view.
pub(crate) fn table_ui(ui: &mut Ui, app: &App, shown: &Shown<'_>, state: &mut GridState, out: &mut Vec<Action>) {
    let (t, table) = (&app.texts, shown.table);
    let Some(rows) = table.rows() else { return };
    let column = |(at, column): (usize, &crate::query::tables::Column)| GridColumn {
        title: header(app, &column.name, column.unit),
        width: size::COLUMN_RESULT,
        own: app.settings.own_width(shown.id, &column.name),
        numeric: column.unit.is_number(),
        tabular: display::is_tabular(column.unit, &column.name),
        pinned: at == 0,
        sort: table.sort().filter(|(sorted, _)| *sorted == at).map(|(_, descending)| (0, descending)),
    };
    let columns: Vec<GridColumn> = rows.columns.iter().enumerate().map(column).collect();
    let texts = GridTexts::of(t, shown.name.clone());
    let source = Source { app, table, rows };
    let grid =
        Grid { id: Id::unique(shown.id), columns: &columns, source: &source, texts: &texts, dimmed: shown.dimmed };
    let mut selection = table.selection.clone();
    let mut chosen = Vec::new();
    let grid = grid.show(
        ui,
        state,
        &mut selection,
        &mut |ui, cell| {
            let row = table.row(cell.row);
            let text = row.and_then(|row| row.get(cell.column)).map(Value::to_text).unwrap_or_default();
            let mut items = Items::new(cell.takes_focus);
            // What the cell holds is likelier to be meant than what its row is about.
            let is_said = |action: &Action| matches!(action, Action::FollowKey(_)) && is_followed(&text);
            for (name, action) in row.map(shown.menu).unwrap_or_default() {
                if !is_said(&action) {
                    items.item(ui, name, action, &mut chosen);
                }
            }
            follow_item_ui(ui, app, &mut items, &text, &mut chosen);
            address_items_ui(ui, app, &mut items, &text, &mut chosen);
            items.item(ui, t.tr("menu-copy-value"), Action::Copy(text), &mut chosen);
            items.item(ui, t.tr("menu-copy-rows"), (shown.action)(TableAction::CopyRows), &mut chosen);
        },
        &mut |ui, _| {
            ui.weak(t.tr("header-sort-tip"));
        },
    );
    if selection != table.selection {
        out.push((shown.action)(TableAction::Select(selection)));
    }
    out.extend(chosen);
    for event in grid.events {
        match event {
            GridEvent::Sort { column, .. } => out.push((shown.action)(TableAction::Sort(column))),
            GridEvent::Resized { column, width } => {
                let name = rows.columns.get(column).map(|column| column.name.to_string());
                out.extend(name.map(|column| Action::SetWidth { table: shown.id, column, width }));
            }
            GridEvent::Copy => out.push((shown.action)(TableAction::CopyRows)),
            GridEvent::Activated(row) => out.extend(table.row(row).and_then(shown.opens)),
            GridEvent::Moved { .. } | GridEvent::Tagged => {}
        }
    }
}
