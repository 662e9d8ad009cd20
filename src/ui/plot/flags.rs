//! Small labelled flags over the bars: hovering says what they are, a click goes there. Flags that would cover each other
//! are one, with its number.

use super::TimeAxis;
use crate::model::Timestamp;
use crate::present::display;
use crate::session::flags::{Flag, FlagKind, between};
use crate::session::{Action, App};
use crate::ui::theme::{self, Palette, size};
use egui::{Color32, Id, Popup, Rect, Response, Sense, Stroke, StrokeKind, Ui, accesskit::Role, pos2, vec2};
use std::ops::Range;

/// Flags closer than this are one: as wide as their words and two numbers are.
const APART: f32 = 84.0;
/// Lines of a tool tip, and entries of a menu.
const TOLD: usize = 12;
const HIGH: f32 = 13.0;

pub(crate) fn flags_ui(ui: &mut Ui, app: &App, axis: &TimeAxis, flags: &[Flag], id: Id, out: &mut Vec<Action>) {
    let p = theme::palette(ui);
    // A whole second is on the axis from the first that is not before its beginning.
    let inside = between(flags, axis.from.ceil() as i64, axis.to.ceil() as i64);
    let places: Vec<f32> = inside.iter().map(|flag| axis.x(flag.at.secs() as f64)).collect();
    for group in groups(&places) {
        let (Some(x), Some(of)) = (places.get(group.start).copied(), inside.get(group)) else { continue };
        let Some(kind) = of.iter().map(|flag| flag.kind).min() else { continue };
        let ink = ink(p, kind);
        let galley = ui.painter().layout_no_wrap(label(app, kind, of), theme::small(), p.text);
        let wide = galley.size().x + 6.0;
        let left = x.min(axis.rect.right() - wide).max(axis.rect.left());
        let place = Rect::from_min_size(pos2(left, axis.rect.top() - size::FLAGS + 1.0), vec2(wide, HIGH));
        ui.painter().vline(x, place.bottom()..=axis.rect.bottom(), Stroke::new(1.0, ink.gamma_multiply(0.7)));
        let response = ui.interact(place, id.with(("flag", kind, of.first().map(|flag| flag.record))), Sense::CLICK);
        let ground = if response.hovered() { p.hovered } else { p.panel };
        ui.painter().rect_filled(place, 2.0, ground);
        ui.painter().rect_stroke(place, 2.0, Stroke::new(1.0, ink), StrokeKind::Inside);
        ui.painter().galley(pos2(place.left() + 3.0, place.center().y - galley.size().y / 2.0), galley, p.text);
        flag_ui(ui, app, &response, of, out);
    }
}

/// What is beside each other, as places in `xs`, which ascend.
fn groups(xs: &[f32]) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    for (at, x) in xs.iter().enumerate() {
        let first = groups.last().and_then(|group| xs.get(group.start));
        match groups.last_mut() {
            Some(group) if first.is_some_and(|first| x - first < APART) => group.end = at + 1,
            _ => groups.push(at..at + 1),
        }
    }
    groups
}

/// Those of the first kind with their number, and how many of other kinds there are besides.
fn label(app: &App, kind: FlagKind, of: &[Flag]) -> String {
    let name = app.texts.tr(&format!("flag-{}", kind.name()));
    let same = of.iter().filter(|flag| flag.kind == kind).count();
    let name = if same > 1 { format!("{name} {}", display::count(same as u64)) } else { name };
    match of.len() - same {
        0 => name,
        others => format!("{name} +{}", display::count(others as u64)),
    }
}

/// The colour says the same as the words in the flag.
fn ink(p: &Palette, kind: FlagKind) -> Color32 {
    match kind {
        FlagKind::TrailStopped => p.error,
        FlagKind::TrailStarted => p.good,
        FlagKind::RuleChanged | FlagKind::NetworkChanged | FlagKind::Sigma => p.warning,
        FlagKind::Denied => p.bad,
        FlagKind::First => p.weak,
        FlagKind::Finding | FlagKind::Tag => p.accent,
    }
}

fn flag_ui(ui: &Ui, app: &App, response: &Response, of: &[Flag], out: &mut Vec<Action>) {
    let all = || {
        let more = of.len().saturating_sub(TOLD);
        let more = (more > 0).then(|| app.texts.tr_args("flag-more", &[("count", &display::count(more as u64))]));
        of.iter().take(TOLD).map(|flag| told(app, flag)).chain(more).collect::<Vec<_>>().join("\n")
    };
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(Role::Button);
        node.set_label(all());
    });
    if let [flag] = of {
        if response.clicked() {
            out.push(go(flag));
        }
    } else {
        Popup::menu(response).show(|ui| {
            for flag in of.iter().take(TOLD) {
                if ui.button(told(app, flag)).clicked() {
                    out.push(go(flag));
                    ui.close();
                }
            }
        });
    }
    if response.hovered() {
        super::tip(ui, response.id, egui::PopupAnchor::ParentRect(response.rect), all());
    }
}

/// When, what it is, and by which name.
pub(crate) fn told(app: &App, flag: &Flag) -> String {
    let time = app.zone.format(Timestamp(flag.at.0));
    let about = app.texts.tr(&format!("flag-{}-about", flag.kind.name()));
    format!("{time} {} {about}: {}", app.zone.name(), display::visible(&display::clipped(&flag.what).0))
}

/// Where a flag leads.
pub(crate) fn go(flag: &Flag) -> Action {
    match flag.finding {
        Some(finding) => Action::ShowCited(finding),
        None => Action::ShowRecord(flag.dataset, flag.record),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_beside_each_other_are_one() {
        assert_eq!(groups(&[10.0, 20.0, 93.0, 94.0, 200.0]), [0..3, 3..4, 4..5]);
        assert!(groups(&[]).is_empty());
    }
}
