//! The time range of all record views: typed in the chosen zone (`present::when` reads it), by length, moved along, or
//! everything.

use super::focus::{self, Arrows, PaneId, group_ui, pane_ui};
use super::theme::{self, size};
use super::widgets::named::named_button;
use crate::model::{TimeRange, Timestamp};
use crate::present::when::{self, Given, Side};
use crate::session::records::Records;
use crate::session::{Action, App, Command};
use egui::{Button, Id, Key, TextEdit, Ui};

/// The two texts while they are edited.
#[derive(Default)]
pub struct TimeBarState {
    from: Option<String>,
    to: Option<String>,
    /// The pass in which it was drawn last: two views side by side have one bar.
    drawn: u64,
}

/// Lengths of the buttons, in seconds.
const LENGTHS: [(&str, i64); 5] = [("30m", 1800), ("1h", 3600), ("3h", 10_800), ("12h", 43_200), ("1d", 86_400)];

pub(crate) fn time_bar_ui(ui: &mut Ui, app: &App, state: &mut TimeBarState, out: &mut Vec<Action>) {
    let pass = ui.ctx().cumulative_pass_nr() + 1;
    if std::mem::replace(&mut state.drawn, pass) == pass {
        return;
    }
    pane_ui(ui, &app.texts, PaneId::Time, |ui| {
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
        bound_ui(ui, app, state, Side::From, room.field, out);
        ui.label("–");
        bound_ui(ui, app, state, Side::To, room.field, out);
        if room.zone {
            ui.label(app.zone.name());
        }
        group_ui(ui, Id::unique("time-buttons"), Arrows::Across, |ui| {
            if room.lengths {
                ui.separator();
                lengths_ui(ui, app, out);
            } else {
                ui.menu_button(t.tr("time-lengths"), |ui| lengths_ui(ui, app, out));
            }
            ui.menu_button(t.tr("time-presets"), |ui| presets_ui(ui, app, out));
            let is_all = app.range == TimeRange::default();
            if ui.add(Button::selectable(is_all, t.tr("time-all"))).clicked() {
                out.push(Action::Command(Command::AllTimes));
            }
            // Both on one line, wherever that is.
            ui.horizontal(|ui| {
                for (sign, name, direction) in [("◀", t.tr("time-earlier"), -1), ("▶", t.tr("time-later"), 1)] {
                    let moved = moved(app.range, direction);
                    let response = named_button(ui, moved.is_some(), Button::new(sign), &name);
                    if response.on_hover_text(&name).clicked() {
                        out.extend(moved.map(Action::SetRange));
                    }
                }
            });
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
        let buttons = button(&t.tr("time-all")) + button(&t.tr("time-presets")) + 2.0 * (size::ARROW_BUTTON + gap);
        let always = 2.0 * (field + gap) + text("–") + buttons;
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

fn bound_ui(ui: &mut Ui, app: &App, state: &mut TimeBarState, side: Side, width: f32, out: &mut Vec<Action>) {
    let t = &app.texts;
    let name = &t.tr(if side == Side::From { "time-from" } else { "time-to" });
    let current = if side == Side::From { app.range.from } else { app.range.to };
    let shown = current.map(|time| app.zone.format(time)).unwrap_or_default();
    let edited = if side == Side::From { &mut state.from } else { &mut state.to };
    let mut text = edited.clone().unwrap_or(shown);
    // What nobody has changed is right.
    let read = edited.as_ref().map(|text| when::read(text, side, &given(app)));
    let mistake = read.as_ref().and_then(|read| read.as_ref().err());
    let mut edit =
        TextEdit::singleline(&mut text).align(egui::Align2::LEFT_CENTER).desired_width(width).hint_text(name.as_str());
    if mistake.is_some() {
        edit = edit.text_color(theme::palette(ui).error);
    }
    let response = ui.add(edit).accessible_name(name);
    focus::home(ui, response.id);
    if response.changed() {
        *edited = Some(text);
    }
    if let Some(mistake) = mistake {
        let says = t.tr(mistake.text_id());
        ui.painter().rect_stroke(
            response.rect,
            egui::CornerRadius::same(4),
            egui::Stroke::new(1.0, theme::palette(ui).error),
            egui::StrokeKind::Inside,
        );
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_invalid(egui::accesskit::Invalid::True);
            node.set_description(says.clone());
        });
        response.show_tooltip_text(says);
    }
    let entered = response.lost_focus();
    // Enter before Esc in one frame has entered it.
    let escaped = entered && ui.input(|i| i.key_pressed(Key::Escape) && !i.key_pressed(Key::Enter));
    if escaped {
        *edited = None;
    }
    if entered && let Some(text) = edited.clone() {
        // A letter that came in one frame with the key counts; a mistake stays to be mended.
        if let Ok(range) = when::read(&text, side, &given(app)) {
            *edited = None;
            out.extend((range != app.range).then_some(Action::SetRange(range)));
        }
    }
    if response.has_focus() || mistake.is_some() {
        return;
    }
    let tip = t.tr_args("time-tip", &[("name", name)]);
    response.on_hover_text(current.map_or_else(|| tip.clone(), |time| format!("{}\n{tip}", time.to_iso())));
}

/// What a relative time is relative to.
fn given(app: &App) -> Given {
    let row = app.records().and_then(Records::cursor_time);
    Given { zone: app.zone, span: span(app), range: app.range, row }
}

/// From the first record of the case to the last.
fn span(app: &App) -> Option<(Timestamp, Timestamp)> {
    let totals = app.case.as_ref().and_then(|case| case.totals())?;
    let spans = [totals.flow_span, totals.event_span];
    let (first, last) = (spans.iter().flatten().map(|span| span.0).min()?, spans.iter().flatten().map(|s| s.1).max()?);
    Some((first, last))
}

/// Ranges by a click, each with what would be typed for it: the texts `time-preset-NAME` and `time-typed-NAME`.
const PRESETS: [&str; 7] = ["today", "yesterday", "last-1h", "last-3h", "last-24h", "row-5m", "row-1h"];

fn presets_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    for name in PRESETS {
        let typed = app.texts.tr(&format!("time-typed-{name}"));
        let range = when::read(&typed, Side::From, &given(app)).ok();
        let button = Button::new(app.texts.tr(&format!("time-preset-{name}"))).shortcut_text(typed);
        if ui.add_enabled(range.is_some(), button).clicked() {
            out.extend(range.map(Action::SetRange));
            ui.close();
        }
    }
}

fn length_secs(range: TimeRange) -> Option<i64> {
    Some((range.to?.0 - range.from?.0) / 1000)
}

/// From where the range begins now; without one, the last stretch of this length that the evidence has.
fn of_length(app: &App, secs: i64) -> TimeRange {
    let millis = secs * 1000;
    let last = span(app).map(|span| span.1.0);
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

    #[test]
    fn what_the_presets_say_is_typed_is_read_in_every_language() {
        use crate::present::{Language, Texts};
        let time = Timestamp::from_secs(1_621_123_200);
        let given = Given { span: Some((time, time)), row: Some(time), ..Given::default() };
        for language in Language::ALL {
            let texts = Texts::new(language);
            for name in PRESETS {
                let typed = texts.tr(&format!("time-typed-{name}"));
                assert!(when::read(&typed, Side::From, &given).is_ok(), "{} {typed}", language.code());
                assert!(texts.has(&format!("time-preset-{name}")), "{name}");
            }
        }
    }
}
