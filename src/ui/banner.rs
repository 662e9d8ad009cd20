//! What stays in sight above the views while a case is open that is not read as it lies there: one of an older version, or a
//! damaged one.

use super::focus::{PaneId, pane_ui};
use super::theme;
use crate::present::display;
use crate::session::source::{CASE_VERSION, Standing};
use crate::session::{Action, App, Dialog};
use egui::{Frame, Label, Margin, Panel, RichText, TextWrapMode, Ui};

/// Faults that are shown at once, and those of the tooltip.
const SHOWN: usize = 3;
const IN_TOOLTIP: usize = 20;

pub(super) fn banner_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    unsaved_ui(ui, app, out);
    let Some(standing) = app.case.as_ref().and_then(|case| case.standing()) else { return };
    if standing.is_sound() {
        return;
    }
    let frame = Frame::new().fill(theme::palette(ui).surface).inner_margin(Margin::same(6));
    Panel::top("banner").frame(frame).show(ui, |ui| {
        pane_ui(ui, &app.texts, PaneId::Banner, |ui| {
            if !standing.damage.is_empty() {
                damaged_ui(ui, app, standing, out);
            } else if let Some(version) = standing.older {
                older_ui(ui, app, version, out);
            }
        });
    });
}

/// What the last run left unsaved is back in its fields: said until it was looked at.
fn unsaved_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let count = app.unsaved.recovered().count();
    if count == 0 || app.case.as_ref().is_none_or(|case| case.is_opening()) {
        return;
    }
    let t = &app.texts;
    let frame = Frame::new().fill(theme::palette(ui).surface).inner_margin(Margin::same(6));
    Panel::top("unsaved").frame(frame).show(ui, |ui| {
        pane_ui(ui, t, PaneId::Banner, |ui| recovered_ui(ui, app, count, out));
    });
}

fn recovered_ui(ui: &mut Ui, app: &App, count: usize, out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.horizontal_wrapped(|ui| {
        let text = t.tr_args("banner-unsaved", &[("count", &display::count(count as u64))]);
        ui.add(Label::new(RichText::new(text).strong()).wrap_mode(TextWrapMode::Wrap));
        if ui.button(t.tr("banner-unsaved-show")).clicked() {
            out.push(Action::Dialog(Some(Dialog::Unsaved)));
        }
        if ui.button(t.tr("banner-unsaved-later")).on_hover_text(t.tr("banner-unsaved-later-tip")).clicked() {
            out.push(Action::KnowUnsaved);
        }
    });
}

fn damaged_ui(ui: &mut Ui, app: &App, standing: &Standing, out: &mut Vec<Action>) {
    let t = &app.texts;
    let lost = display::count(standing.lost.len() as u64);
    let text = match standing.lost.is_empty() {
        true => t.tr("banner-damaged-whole"),
        false => t.tr_args("banner-damaged", &[("count", &lost)]),
    };
    let lines = |most: usize| {
        standing.told(most).iter().map(|line| display::visible(&t.because(line)).into_owned()).collect::<Vec<_>>()
    };
    let all = lines(IN_TOOLTIP).join("\n");
    line_ui(ui, text, &all, t.tr("banner-rescue"), !app.is_mending(), || {
        out.push(Action::Dialog(Some(app.rescue_dialog())))
    });
    for line in lines(SHOWN) {
        let text = RichText::new(line).small().color(theme::palette(ui).weak);
        ui.add(Label::new(text).truncate()).on_hover_text(&all);
    }
}

fn older_ui(ui: &mut Ui, app: &App, version: i32, out: &mut Vec<Action>) {
    let t = &app.texts;
    let (version, known) = (version.to_string(), CASE_VERSION.to_string());
    let text = t.tr_args("banner-older", &[("version", &version), ("known", &known)]);
    let button = match app.upgraded_percent() {
        Some(percent) => t.tr_args("banner-upgrading", &[("percent", &percent.to_string())]),
        None => t.tr("banner-upgrade"),
    };
    line_ui(ui, text, "", button, !app.is_mending(), || out.push(Action::Dialog(Some(Dialog::Upgrade))));
}

/// The warning with its button.
fn line_ui(ui: &mut Ui, text: String, tip: &str, button: String, enabled: bool, pressed: impl FnOnce()) {
    ui.horizontal_wrapped(|ui| {
        let text = RichText::new(text).color(theme::palette(ui).warning).strong();
        let label = ui.add(Label::new(text).wrap_mode(TextWrapMode::Wrap));
        if !tip.is_empty() {
            label.on_hover_text(tip);
        }
        if ui.add_enabled(enabled, egui::Button::new(button)).clicked() {
            pressed();
        }
    });
}
