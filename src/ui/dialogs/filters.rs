//! Keeping a filter under a name, and taking a list of filters from or into a file.

use super::open::{path_field, picker_note};
use super::picker::Pick;
use super::{foot, path_width, title};
use crate::model::SavedFilter;
use crate::present::display;
use crate::session::saved_filters::FilterChange;
use crate::session::{Action, App};
use crate::ui::state::UiState;
use crate::ui::theme::{self, size};
use egui::{Grid, Label, RichText, TextEdit, Ui, vec2};
use std::path::PathBuf;

pub(super) fn save_filter_ui(
    ui: &mut Ui,
    app: &App,
    filter: &mut SavedFilter,
    state: &mut UiState,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    title(ui, t.tr("filter-save-title"));
    ui.add(Label::new(RichText::new(&*display::visible(&filter.text)).font(theme::mono())).wrap());
    ui.add_space(size::GAP);
    Grid::new("save-filter").num_columns(2).show(ui, |ui| {
        let fields = [(t.tr("filter-name"), &mut filter.name), (t.tr("filter-note"), &mut filter.note)];
        for (at, (name, value)) in fields.into_iter().enumerate() {
            let label = ui.label(name);
            let edit = TextEdit::singleline(value).align(egui::Align2::LEFT_CENTER).min_size(vec2(path_width(ui), 0.0));
            let field = ui.add(edit).labelled_by(label.id);
            if state.dialog_is_new && at == 0 {
                field.request_focus();
            }
            ui.end_row();
        }
    });
    let case = app.case.as_ref();
    let known = case.into_iter().flat_map(|case| case.saved_filters.list());
    if known.into_iter().any(|known| known.dataset == filter.dataset && known.name == filter.name.trim()) {
        ui.label(RichText::new(t.tr("filter-replaces")).color(theme::palette(ui).warning));
    }
    if foot(ui, app, &t.tr("save"), !filter.name.trim().is_empty(), out) {
        let filter = SavedFilter { name: filter.name.trim().to_owned(), ..filter.clone() };
        out.push(Action::ChangeFilters(FilterChange::Save(filter)));
    }
}

pub(super) fn filter_file_ui(
    ui: &mut Ui,
    app: &App,
    path: &mut String,
    imports: bool,
    state: &mut UiState,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    title(ui, t.tr(if imports { "filters-import" } else { "filters-export" }));
    let pick = if imports { Pick::OpenFilters } else { Pick::SaveFilters };
    ui.horizontal(|ui| path_field(ui, app, &t.tr("field-path"), path, pick, state));
    picker_note(ui, app, state);
    ui.add(
        Label::new(RichText::new(t.tr(if imports { "filters-import-tip" } else { "filters-export-tip" })).weak())
            .wrap(),
    );
    let go_on = t.tr(if imports { "import-go" } else { "export" });
    if foot(ui, app, &go_on, !path.trim().is_empty(), out) {
        let path = PathBuf::from(path.trim());
        let change = if imports { FilterChange::Import(path) } else { FilterChange::Export(path) };
        out.push(Action::ChangeFilters(change));
    }
}
