//! The views that are kept in the case: keeping what is on screen under a name, and going back to one.

use super::{dialog_list, path_width, title};
use crate::model::{TimeRange, Timestamp};
use crate::present::display;
use crate::session::saved_views::{SavedView, ViewChange};
use crate::session::view::View;
use crate::session::{Action, App};
use crate::ui::state::UiState;
use crate::ui::theme::{self, size};
use crate::ui::widgets::named::named_button;
use egui::{Align, Button, Key, Label, Layout, RichText, TextEdit, Ui, vec2};

pub(super) fn views_ui(ui: &mut Ui, app: &App, typed: &mut String, state: &mut UiState, out: &mut Vec<Action>) {
    let t = &app.texts;
    title(ui, t.tr("command-saved-views"));
    let Some(case) = &app.case else { return };
    let list = case.saved_views.list();
    ui.horizontal(|ui| {
        let label = ui.label(t.tr("views-name"));
        let field = ui.add(TextEdit::singleline(typed).desired_width(path_width(ui) * 0.7)).labelled_by(label.id);
        if state.dialog_is_new {
            field.request_focus();
        }
        let name = typed.trim().to_owned();
        let entered = field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
        let keep = ui.add_enabled(!name.is_empty(), theme::primary_button(ui, &t.tr("views-save"))).clicked();
        if (keep || entered) && !name.is_empty() {
            out.push(Action::ChangeViews(ViewChange { name, view: app.look() }));
            out.push(Action::Dialog(None));
        }
    });
    if list.iter().any(|(name, _)| name == typed.trim()) {
        ui.label(RichText::new(t.tr("views-replaces")).color(theme::palette(ui).warning));
    } else {
        ui.add(Label::new(RichText::new(t.tr("views-tip")).weak()).wrap());
    }
    ui.add_space(size::GAP);
    dialog_list(ui, "saved-views", |ui| {
        if list.is_empty() {
            ui.weak(t.tr("views-none"));
        }
        for (name, view) in list {
            ui.separator();
            row_ui(ui, app, name, view, out);
        }
    });
    ui.add_space(size::GAP_LARGE);
    if ui.button(t.tr("close")).clicked() {
        out.push(Action::Dialog(None));
    }
}

fn row_ui(ui: &mut Ui, app: &App, name: &str, view: &SavedView, out: &mut Vec<Action>) {
    let t = &app.texts;
    let line = vec2(ui.available_width(), ui.spacing().interact_size.y);
    let shown = display::visible(&display::clipped(name).0).into_owned();
    ui.allocate_ui_with_layout(line, Layout::right_to_left(Align::Center), |ui| {
        let named = |key: &str| t.tr_args(key, &[("name", &shown)]);
        if named_button(ui, true, Button::new(t.tr("remove")), &named("views-remove")).clicked() {
            out.push(Action::ChangeViews(ViewChange { name: name.to_owned(), view: None }));
        }
        let button = Button::new((RichText::new(&shown).strong(), egui::Atom::grow())).truncate();
        let button = button.min_size(vec2(ui.available_width(), 0.0));
        if named_button(ui, true, button, &named("views-open")).clicked() {
            out.push(Action::OpenLook(name.to_owned()));
        }
    });
    ui.add(Label::new(RichText::new(about(app, view)).weak()).wrap());
}

/// Which view, with which filters, of which time.
fn about(app: &App, saved: &SavedView) -> String {
    let t = &app.texts;
    let views = [Some(saved.view.as_str()), saved.beside.as_deref()].into_iter().flatten();
    let names: Vec<String> = views.filter_map(View::named).map(|view| t.tr(&view.text_id())).collect();
    let filters = [&saved.flows.filter, &saved.events.filter].map(|filter| display::visible(filter).into_owned());
    let range = TimeRange { from: saved.from_ms.map(Timestamp), to: saved.to_ms.map(Timestamp) };
    let time = |time: Option<Timestamp>| time.map(|time| app.zone.format(time)).unwrap_or_default();
    let span = match range == TimeRange::default() {
        true => String::new(),
        false => format!("{} – {} {}", time(range.from), time(range.to), app.zone.name()),
    };
    let parts = std::iter::once(names.join(" + ")).chain(filters).chain([span]);
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}
