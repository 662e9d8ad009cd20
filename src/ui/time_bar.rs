//! The time range of all record views: typed in the chosen zone, by length, moved along, or everything.

use super::theme::{self, size};
use crate::model::{TimeRange, Timestamp};
use crate::session::{Action, App, Command};
use egui::{Button, Key, TextEdit, Ui};

/// The two texts while they are edited.
#[derive(Default)]
pub struct TimeBarState {
    edited: [Option<String>; 2],
}

/// Lengths of the buttons, in seconds.
const LENGTHS: [(&str, i64); 5] = [("30m", 1800), ("1h", 3600), ("3h", 10_800), ("12h", 43_200), ("1d", 86_400)];

pub(crate) fn time_bar_ui(ui: &mut Ui, app: &App, state: &mut TimeBarState, out: &mut Vec<Action>) {
    ui.scope(|ui| {
        // Much is on this line.
        ui.spacing_mut().button_padding.x = size::NARROW_PADDING;
        bar_ui(ui, app, state, out);
    });
}

fn bar_ui(ui: &mut Ui, app: &App, state: &mut TimeBarState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let room = Room::of(ui, app);
    ui.horizontal_wrapped(|ui| {
        if room.label {
            ui.label(t.tr("time-label"));
        }
        bound_ui(ui, app, state, 0, room.field, out);
        ui.label("–");
        bound_ui(ui, app, state, 1, room.field, out);
        if room.zone {
            ui.label(app.zone.name());
        }
        if room.lengths {
            ui.separator();
            lengths_ui(ui, app, out);
        } else {
            ui.menu_button(t.tr("time-lengths"), |ui| lengths_ui(ui, app, out));
        }
        let is_all = app.range == TimeRange::default();
        if ui.add(Button::selectable(is_all, t.tr("time-all"))).clicked() {
            out.push(Action::Command(Command::AllTimes));
        }
        // Both on one line, wherever that is.
        ui.horizontal(|ui| {
            for (sign, name, direction) in [("◀", t.tr("time-earlier"), -1), ("▶", t.tr("time-later"), 1)] {
                let moved = moved(app.range, direction);
                let response = ui.add_enabled(moved.is_some(), Button::new(sign));
                let info = || egui::WidgetInfo::labeled(egui::accesskit::Role::Button, moved.is_some(), &name);
                response.widget_info(info);
                if response.on_hover_text(&name).clicked() {
                    out.extend(moved.map(Action::SetRange));
                }
            }
        });
    });
}

/// What fits on one line: first the zone goes, which the headers of the table say too, then the lengths go into a menu,
/// and last the label.
struct Room {
    /// Of the two fields: a time is never cut.
    field: f32,
    lengths: bool,
    zone: bool,
    label: bool,
}

impl Room {
    fn of(ui: &Ui, app: &App) -> Self {
        let t = &app.texts;
        let (gap, padding) = (ui.spacing().item_spacing.x, 2.0 * ui.spacing().button_padding.x);
        let text = |text: &str| {
            ui.painter().layout_no_wrap(text.to_owned(), theme::body(), egui::Color32::WHITE).size().x + gap
        };
        let button = |words: &str| text(words) + padding;
        let field = button("0000-00-00 00:00:00") - gap;
        let always = 2.0 * (field + gap) + text("–") + button(&t.tr("time-all")) + 2.0 * (size::ARROW_BUTTON + gap);
        let (label, zone) = (text(&t.tr("time-label")), text(app.zone.name()));
        let lengths: f32 = LENGTHS.iter().map(|(words, _)| button(words)).sum::<f32>() + 2.0 * gap;
        let menu = button(&t.tr("time-lengths"));
        let room = ui.available_width();
        if always + label + lengths <= room {
            return Self { field, lengths: true, zone: always + label + lengths + zone <= room, label: true };
        }
        let (zone, label) = (always + menu + label + zone <= room, always + menu + label <= room);
        Self { field, lengths: false, zone, label }
    }
}

fn lengths_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    for (text, secs) in LENGTHS {
        let is_this = length_secs(app.range) == Some(secs);
        if ui.add(Button::selectable(is_this, text)).on_hover_text(app.texts.tr("time-length-tip")).clicked() {
            out.push(Action::SetRange(of_length(app, secs)));
        }
    }
}

fn bound_ui(ui: &mut Ui, app: &App, state: &mut TimeBarState, side: usize, width: f32, out: &mut Vec<Action>) {
    let name = &app.texts.tr(if side == 0 { "time-from" } else { "time-to" });
    let current = if side == 0 { app.range.from } else { app.range.to };
    let shown = current.map(|time| app.zone.format(time)).unwrap_or_default();
    let Some(edited) = state.edited.get_mut(side) else { return };
    let mut text = edited.clone().unwrap_or(shown);
    let parsed = if text.trim().is_empty() { Some(None) } else { app.zone.parse(&text).map(Some) };
    let mut edit =
        TextEdit::singleline(&mut text).align(egui::Align2::LEFT_CENTER).desired_width(width).hint_text(name.as_str());
    if parsed.is_none() {
        edit = edit.text_color(theme::palette(ui).error);
    }
    let response = ui.add(edit).accessible_name(name);
    if response.changed() {
        *edited = Some(text);
    }
    if parsed.is_none() {
        response.show_tooltip_text(app.texts.tr("time-mistake"));
    }
    let entered = response.lost_focus();
    let escaped = entered && ui.input(|i| i.key_pressed(Key::Escape));
    if entered && edited.is_some() && (parsed.is_some() || escaped) {
        *edited = None;
        if let (Some(time), false) = (parsed, escaped) {
            let range =
                if side == 0 { TimeRange { from: time, ..app.range } } else { TimeRange { to: time, ..app.range } };
            if range != app.range {
                out.push(Action::SetRange(range));
            }
        }
    }
    if response.has_focus() || current.is_none() {
        return;
    }
    if let Some(time) = current {
        response.on_hover_text(time.to_iso());
    }
}

fn length_secs(range: TimeRange) -> Option<i64> {
    Some((range.to?.0 - range.from?.0) / 1000)
}

/// From where the range begins now; without one, the last stretch of this length that the evidence has.
fn of_length(app: &App, secs: i64) -> TimeRange {
    let millis = secs * 1000;
    let totals = app.case.as_ref().and_then(|case| case.totals());
    let last = totals.and_then(|t| t.flow_span.map(|s| s.1.0).max(t.event_span.map(|s| s.1.0)));
    let from = match (app.range.from, last) {
        (Some(from), _) => from.0,
        (None, Some(last)) => last.saturating_add(1000).saturating_sub(millis),
        (None, None) => 0,
    };
    TimeRange { from: Some(Timestamp(from)), to: Some(Timestamp(from.saturating_add(millis))) }
}

/// By half of its own length.
fn moved(range: TimeRange, direction: i64) -> Option<TimeRange> {
    let (from, to) = (range.from?.0, range.to?.0);
    let by = direction * ((to - from) / 2).max(1000);
    Some(TimeRange { from: Some(Timestamp(from.saturating_add(by))), to: Some(Timestamp(to.saturating_add(by))) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_move_by_half_their_length() {
        let range = TimeRange { from: Some(Timestamp(0)), to: Some(Timestamp(3_600_000)) };
        let later = moved(range, 1).unwrap();
        assert_eq!((later.from, later.to), (Some(Timestamp(1_800_000)), Some(Timestamp(5_400_000))));
        assert_eq!(moved(later, -1), Some(range));
        assert_eq!(moved(TimeRange::default(), 1), None);
        assert_eq!(length_secs(range), Some(3600));
    }
}
