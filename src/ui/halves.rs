//! The middle of the window: one view, or two side by side. Each half names its view in a list of its own; the half that was
//! last used is the active one, which the commands, the filter shortcut and the status bar are about.

use super::focus::{PaneId, pane_ui, sized_ui};
use super::state::UiState;
use super::theme::{self, size};
use super::widgets::named::named_button;
use super::{filter_bar, time_bar, views};
use crate::model::Dataset;
use crate::session::open_case::OpenCase;
use crate::session::split::Split;
use crate::session::view::Group;
use crate::session::{Action, App, Command, Side, View};
use egui::{Button, ComboBox, Frame, Id, Margin, Panel, Rect, RichText, Ui, UiBuilder};

/// The setting that keeps how much of the width the right half takes.
const PART: &str = "split";

pub(crate) fn middle_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    let Some(split) = app.split else {
        return pane_ui(ui, &app.texts, PaneId::Main, |ui| views::view_ui(ui, app, case, app.view, state, out));
    };
    // One below the other needs the height for it: else they are narrow.
    let is_low = ui.available_width() < 2.0 * size::HALF && ui.available_height() >= 2.0 * size::HALF_LOW;
    let all = if is_low { ui.available_height() } else { ui.available_width() };
    let least = if is_low { size::HALF_LOW } else { size::HALF }.min(all * 0.5);
    let part = app.settings.sizes.get(PART).copied().unwrap_or(0.5).clamp(0.1, 0.9);
    // A part of each size of the window.
    let id = ("half", is_low, all as u32);
    let panel = if is_low { Panel::bottom(id) } else { Panel::right(id) };
    let panel = panel.frame(Frame::new().inner_margin(2));
    let range = least..=(all - least).max(least);
    let right = sized_ui(ui, panel.default_size(all * part).size_range(range), |ui| {
        half_ui(ui, app, case, split, Side::Right, state, out);
    });
    let rect = right.response.rect;
    let across = if is_low { rect.height() } else { rect.width() };
    let is_chosen = state.half.is_chosen(ui, across);
    out.extend(is_chosen.then_some(Action::Sized(PART, across / all)));
    half_ui(ui, app, case, split, Side::Left, state, out);
    state.focus_before = ui.memory(|m| m.focused());
}

/// Filter and time have the whole width, above both halves and the inspector: they hold for all of them.
pub(crate) fn bars_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    let shown = match (app.split, app.view) {
        (Some(split), _) => Side::ALL.map(|side| split.view(side, app.view).filtered()),
        (None, View::Records(dataset)) => [Some(dataset), None],
        // Nothing is beside the other views: they have the whole width themselves.
        (None, _) => return,
    };
    if shown == [None, None] {
        return;
    }
    let margin = Margin { left: size::BARS_MARGIN, right: size::BARS_MARGIN, top: size::BARS_MARGIN, bottom: 0 };
    let frame = Frame::new().fill(theme::palette(ui).panel).inner_margin(margin);
    Panel::top("bars").frame(frame).resizable(false).show_separator_line(false).show(ui, |ui| {
        for dataset in [Dataset::Flows, Dataset::Events].into_iter().filter(|dataset| shown.contains(&Some(*dataset))) {
            filter_bar::filter_bar_ui(ui, app, case, dataset, state.filter(dataset), out);
        }
        time_bar::time_bar_ui(ui, app, &mut state.time, out);
    });
}

fn half_ui(
    ui: &mut Ui,
    app: &App,
    case: &OpenCase,
    split: Split,
    side: Side,
    state: &mut UiState,
    out: &mut Vec<Action>,
) {
    let (view, is_active) = (split.view(side, app.view), split.active == side);
    let mut own = Vec::new();
    let rect = ui.available_rect_before_wrap();
    // The panel around it is another one for each size of the window; what is typed in it stays where it is.
    let same = UiBuilder::new().scope_id(Id::unique(("half", side)));
    ui.scope_builder(same, |ui| {
        let pane = if side == Side::Right { PaneId::Beside } else { PaneId::Main };
        pane_ui(ui, &app.texts, pane, |ui| {
            head_ui(ui, app, side, view, is_active, out);
            views::view_ui(ui, app, case, view, state, &mut own);
        });
    });
    let wants = own.iter().any(|action| !action.is_routine());
    if !is_active && (wants || is_pressed(ui, rect) || gets_focus(ui, rect, state.focus_before)) {
        out.push(Action::Activate(side));
    }
    out.append(&mut own);
}

/// Which view this half shows, to be chosen, and the way back to one view.
fn head_ui(ui: &mut Ui, app: &App, side: Side, view: View, is_active: bool, out: &mut Vec<Action>) {
    let (t, p) = (&app.texts, theme::palette(ui));
    let line = ui.horizontal(|ui| {
        let name = t.tr(match side {
            Side::Left => "split-left",
            Side::Right => "split-right",
        });
        let ink = if is_active { p.text } else { p.weak };
        let shown = RichText::new(t.tr(&view.text_id())).strong().color(ink);
        let list = ComboBox::from_id_salt("view").selected_text(shown).show_ui(ui, |ui| {
            for group in Group::ALL {
                ui.weak(t.tr(group.text_id()));
                for choice in group.views() {
                    if ui.selectable_label(choice == view, t.tr(&choice.text_id())).clicked() {
                        out.push(Action::ShowIn(side, choice));
                    }
                }
            }
        });
        list.response.accessible_name(&name);
        let name = t.tr("split-close");
        let close = named_button(ui, true, Button::new("×"), &name);
        let shortcut = Command::ToggleSplit.shortcut().map(|shortcut| shortcut.to_string()).unwrap_or_default();
        if close.on_hover_text(format!("{name}  {shortcut}")).clicked() {
            out.push(Action::CloseHalf(side));
        }
    });
    let under = line.response.rect.bottom() + 1.0;
    let ink = if is_active { p.accent } else { p.line };
    ui.painter().hline(ui.max_rect().x_range(), under, egui::Stroke::new(size::UNDERLINE, ink));
    ui.add_space(size::UNDERLINE);
}

/// Is the mouse pressed in it, and not in a menu or dialog above it?
fn is_pressed(ui: &Ui, rect: Rect) -> bool {
    let Some(at) = ui.input(|i| i.pointer.press_origin().filter(|_| i.pointer.any_pressed())) else { return false };
    rect.contains(at) && ui.ctx().layer_id_at(at) == Some(ui.layer_id())
}

/// Has the keyboard come into it? Where it merely stays, another half may be the active one.
fn gets_focus(ui: &Ui, rect: Rect, before: Option<Id>) -> bool {
    let focused = ui.memory(|m| m.focused()).filter(|id| Some(*id) != before);
    let focused = focused.and_then(|id| ui.ctx().read_response(id));
    focused.is_some_and(|response| rect.contains(response.rect.center()) && response.layer_id == ui.layer_id())
}
