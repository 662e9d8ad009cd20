//! Colours that people with other cones than most can tell apart, and sizes at which everything is still reached.

use super::real::case;
use super::*;
use crate::session::{Action, Command};
use crate::ui::theme;
use egui::Color32;

type Linear = [f64; 3];
type Matrix = [[f64; 3]; 3];

/// Machado, Oliveira, Fernandes 2009: no cones of one kind.
const DEUTERANOPIA: Matrix =
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]];
const PROTANOPIA: Matrix =
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]];
const TRITANOPIA: Matrix =
    [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]];
const USUAL: Matrix = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

fn times(matrix: &Matrix, v: Linear) -> Linear {
    matrix.map(|row| row.iter().zip(v).map(|(a, b)| a * b).sum::<f64>())
}

fn linear(colour: Color32) -> Linear {
    [colour.r(), colour.g(), colour.b()].map(|channel| {
        let v = f64::from(channel) / 255.0;
        if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
    })
}

/// Björn Ottosson's OKLab: equal distances look about equally far.
fn oklab(rgb: Linear) -> Linear {
    const TO_LMS: Matrix = [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ];
    const TO_LAB: Matrix = [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ];
    times(&TO_LAB, times(&TO_LMS, rgb.map(|v| v.clamp(0.0, 1.0))).map(f64::cbrt))
}

fn distance(a: Color32, b: Color32, sight: &Matrix) -> f64 {
    let [a, b] = [a, b].map(|colour| oklab(times(sight, linear(colour))));
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

/// WCAG 2.1 contrast ratio.
fn contrast(a: Color32, b: Color32) -> f64 {
    let luminance = |colour| linear(colour).iter().zip([0.2126, 0.7152, 0.0722]).map(|(v, part)| v * part).sum::<f64>();
    let (a, b): (f64, f64) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn every_colour_has_the_contrast_that_its_use_needs() {
    for (p, series) in theme::palettes() {
        // All of them: a new colour has to be placed here.
        let theme::Palette { panel, surface, stripe, header, selected, hovered, .. } = *p;
        let theme::Palette {
            text, weak, accent, good, bad, other, warning, error, sighting, label, focus, line, ..
        } = *p;
        let grounds = [panel, surface, stripe, header, selected, hovered];
        // Text anywhere, in selected rows and under the pointer too.
        for ink in [text, weak, accent, bad, warning, error, sighting, label] {
            for ground in grounds {
                assert!(contrast(ink, ground) >= 4.5, "{ink:?} on {ground:?}: {:.2}", contrast(ink, ground));
            }
        }
        for ground in [panel, surface, stripe] {
            assert!(contrast(good, ground) >= 4.5, "{good:?} on {ground:?}: {:.2}", contrast(good, ground));
        }
        // What is seen and not read: the outline of the focus, marks, bars and lines.
        for ground in grounds {
            assert!(contrast(focus, ground) >= 3.0, "{focus:?} on {ground:?}");
        }
        for mark in [good, bad, other].into_iter().chain(*series) {
            assert!(contrast(mark, surface) >= 3.0, "{mark:?}: {:.2}", contrast(mark, surface));
        }
        assert!(contrast(line, surface) > 1.2, "lines between things are there, but no sign of anything");
    }
}

#[test]
fn series_are_told_apart_whatever_cones_an_eye_has() {
    for (p, series) in theme::palettes() {
        for (name, sight) in [
            ("usual sight", USUAL),
            ("deuteranopia", DEUTERANOPIA),
            ("protanopia", PROTANOPIA),
            ("tritanopia", TRITANOPIA),
        ] {
            let pairs = |colours: &[Color32]| {
                let pairs =
                    colours.iter().enumerate().flat_map(|(at, a)| colours[at + 1..].iter().map(move |b| (*a, *b)));
                pairs.map(|(a, b)| distance(a, b, &sight)).fold(f64::INFINITY, f64::min)
            };
            let (few, all) = (pairs(&series[..6]), pairs(series));
            assert!(few >= 0.12, "{name}: six lines {few:.3}");
            assert!(all >= 0.08, "{name}: ten lines {all:.3}");
            let verdicts = pairs(&[p.good, p.bad, p.other]);
            assert!(verdicts >= 0.09, "{name}: accepted, rejected, other {verdicts:.3}");
            // Beside their signs, warnings, indicators, tags and labels differ in colour too.
            let marks = pairs(&[p.warning, p.sighting, p.accent]).min(pairs(&[p.sighting, p.label]));
            assert!(marks >= 0.08, "{name}: marks {marks:.3}");
        }
    }
}

#[test]
fn reduced_motion_stops_what_moves_and_is_remembered() {
    let mut harness = flows(10);
    let time = |harness: &Shown| harness.ctx.global_style().animation_time;
    assert!(time(&harness) > 0.0);
    dispatch(&mut harness, Action::Command(Command::ReduceMotion));
    assert_eq!(time(&harness), 0.0);
    assert!(!harness.ctx.global_style().visuals.text_cursor.blink);
    assert_eq!(app(&harness).app.settings.reduced_motion, Some(true));
    harness.get_by_label("Reduced motion is on");
}

/// As the window is with everything at this size on a screen of 1440 by 900: fewer points.
fn at_size(percent: f32) -> (tempfile::TempDir, Shown) {
    let screen = vec2(1440.0, 900.0) / (percent / 100.0);
    case(screen)
}

#[test]
fn at_250_percent_every_view_and_dialog_is_reached_and_inside() {
    for percent in [75.0, 200.0, 250.0] {
        let (_folder, mut harness) = at_size(percent);
        let window = egui::Rect::from_min_size(egui::Pos2::ZERO, vec2(1440.0, 900.0) / (percent / 100.0)).expand(1.0);
        // Every view by its name in the navigation, every field and the table by the keyboard.
        for view in View::ALL {
            dispatch(&mut harness, Action::Command(Command::Show(view)));
            assert!(harness.ctx.memory(|memory| memory.focused()).is_some(), "{percent} %: {view:?} has the keyboard");
        }
        dispatch(&mut harness, Action::Command(Command::Show(View::Records(Dataset::Flows))));
        for name in ["Filter", "From", "To"] {
            let rect = harness.get_by_role_and_label(Role::TextInput, name).rect();
            assert!(window.contains_rect(rect), "{percent} %: {name} {rect:?}");
        }
        let header = harness.get_by_role_and_label(Role::ColumnHeader, "start (UTC)").rect();
        assert!(window.contains(header.left_center()), "{percent} %: the table {header:?}");
        for key in [Key::N, Key::O, Key::I, Key::J, Key::E, Key::K] {
            harness.key_press_modifiers(Modifiers::COMMAND, key);
            settle(&mut harness);
            assert!(app(&harness).app.dialog.is_some(), "{percent} %: {key:?}");
            // Whatever Tab reaches in it comes into sight.
            for _ in 0..12 {
                harness.key_press(Key::Tab);
                settle(&mut harness);
                let focused = harness.ctx.memory(|memory| memory.focused());
                let focused =
                    focused.and_then(|id| harness.ctx.read_response(id)).map(|response| response.interact_rect);
                assert!(focused.is_some_and(|rect| window.intersects(rect)), "{percent} % {key:?}: {focused:?}");
            }
            harness.key_press(Key::Escape);
            settle(&mut harness);
        }
    }
}
