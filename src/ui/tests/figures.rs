//! A number or a time on screen is whole or `#`: every text that is painted, in every view, at many widths.

use super::real::{DAY, HEADER, case_of, events};
use super::*;
use crate::app::indicators::ImportChoice;
use crate::model::Dataset;
use crate::model::Purpose;
use crate::session::View;
use crate::session::indicators::{Change as IndicatorsChange, IndicatorsAction};
use crate::session::sql_console::SqlAction;
use crate::session::{Action, Command};
use crate::ui::widgets::figure::is_figure;
use egui::epaint::{ClippedShape, TextShape};
use egui::{Rect, Shape, pos2};

/// Sizes of windows, from a small screen to a wide one.
const SIZES: [(f32, f32); 5] = [(1024.0, 700.0), (1280.0, 800.0), (1600.0, 900.0), (1920.0, 1080.0), (2560.0, 1300.0)];

/// Records with more digits than any column is wide for at first.
fn flows() -> String {
    let mut lines = vec![HEADER.to_owned()];
    for minute in 0..50_i64 {
        let (start, packets, bytes) = (DAY + minute * 60, 33_373_350 + minute, 123_456_789_012_345_i64 + minute);
        lines.push(format!(
            "5 123456789012 eni-0a 198.51.100.7 203.0.113.{minute} 40000 65535 6 {packets} {bytes} {start} {} ACCEPT OK \
             egress 2 198.51.100.7 203.0.113.{minute} i-0a",
            start + 59
        ));
    }
    lines.join("\n") + "\n"
}

fn texts_of<'s>(clip: Rect, shape: &'s Shape, out: &mut Vec<(Rect, &'s TextShape)>) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| texts_of(clip, shape, out)),
        Shape::Text(text) => out.push((clip, text)),
        _ => {}
    }
}

pub(super) fn painted(shapes: &[ClippedShape]) -> Vec<(Rect, &TextShape)> {
    let mut texts = Vec::new();
    shapes.iter().for_each(|of| texts_of(of.clip_rect, &of.shape, &mut texts));
    texts
}

/// Why this text is a number that cannot be read right; `None` where it is well.
fn fault(clip: Rect, text: &TextShape) -> Option<String> {
    let words = text.galley.text().trim_start_matches("◆ ").trim();
    if !is_figure(words) && !words.starts_with('#') {
        return None;
    }
    let rect = text.galley.rect.translate(text.pos.to_vec2());
    let outside = !clip.intersects(rect.shrink(0.1));
    let sides = rect.left() >= clip.left() - 0.5 && rect.right() <= clip.right() + 0.5;
    let broken = text.galley.rows.len() > 1 && !words.contains(' ');
    (!outside && (text.galley.elided || !sides || broken))
        .then(|| format!("{words:?} at {rect:?} in {clip:?}, elided: {}", text.galley.elided))
}

struct Seen {
    figures: usize,
    signs: usize,
}

/// Asserts that every number on screen is whole or signs; how many of each there are.
fn look(harness: &Shown, at: &str) -> Seen {
    let shapes = &harness.output().shapes;
    let texts = painted(shapes);
    let faults: Vec<String> = texts.iter().filter_map(|(clip, text)| fault(*clip, text)).collect();
    assert!(faults.is_empty(), "{at}: {}", faults.join("\n"));
    let count = |of: &dyn Fn(&str) -> bool| texts.iter().filter(|(_, text)| of(text.galley.text().trim())).count();
    Seen { figures: count(&is_figure), signs: count(&|text| !text.is_empty() && text.chars().all(|c| c == '#')) }
}

fn opened_case() -> (tempfile::TempDir, Shown) {
    let (folder, mut harness) = case_of(vec2(1600.0, 900.0), &[("flows.log", flows()), ("trail.json", events())]);
    let path = folder.path().join("feed.csv");
    std::fs::write(&path, super::indicators::LIST).unwrap();
    let reader = crate::case::CaseReader::open(&folder.path().join("case.coldtrail")).unwrap();
    let preview = Arc::new(crate::app::indicators::preview(&reader, &path, &Default::default()).unwrap());
    drop(reader);
    let choice = ImportChoice { name: "feed".into(), purpose: Purpose::KnownBad, licence: String::new() };
    dispatch(
        &mut harness,
        Action::Indicators(IndicatorsAction::Change(Box::new(IndicatorsChange::Import(preview, choice)))),
    );
    let statement = "SELECT start, srcaddr, bytes, packets, bytes * 1.5 AS share FROM flow_record";
    dispatch(&mut harness, Action::Sql(SqlAction::Edit(statement.into())));
    dispatch(&mut harness, Action::Command(Command::Show(View::Sql)));
    dispatch(&mut harness, Action::Sql(SqlAction::Run));
    dispatch(&mut harness, Action::Command(Command::Show(View::Records(Dataset::Flows))));
    harness.key_press(Key::ArrowDown);
    settle(&mut harness);
    assert!(app(&harness).app.errors.entries().is_empty(), "{:?}", app(&harness).app.errors.entries());
    (folder, harness)
}

const VIEWS: [Command; 12] = [
    Command::Show(View::Overview),
    Command::Show(View::Evidence),
    Command::Show(View::Records(Dataset::Flows)),
    Command::Show(View::Pairs),
    Command::Show(View::Records(Dataset::Events)),
    Command::Show(View::Timeline),
    Command::Show(View::Indicators),
    Command::Show(View::Sightings),
    Command::Show(View::Queries),
    Command::Show(View::Sql),
    Command::Show(View::Findings),
    Command::Show(View::Exhibits),
];

#[test]
fn no_number_is_cut_in_any_view_at_any_size_of_the_window() {
    let (_folder, mut harness) = opened_case();
    let mut signs = 0;
    for (width, height) in SIZES {
        harness.set_size(vec2(width, height));
        for view in VIEWS {
            dispatch(&mut harness, Action::Command(view));
            let seen = look(&harness, &format!("{view:?} at {width} x {height}"));
            signs += seen.signs;
            let is_table = ![View::Queries, View::Findings, View::Exhibits].map(Command::Show).contains(&view);
            assert!(seen.figures > 0 || !is_table, "{view:?} at {width}: the row numbers and counts at least");
            // Whatever part of a column is in sight.
            for step in 0..6 {
                harness.event(egui::Event::PointerMoved(pos2(width * 0.4, height * 0.75)));
                harness.event(egui::Event::MouseWheel {
                    unit: egui::MouseWheelUnit::Point,
                    delta: vec2(-53.0, 0.0),
                    phase: egui::TouchPhase::Move,
                    source: egui::MouseWheelSource::Wheel,
                    modifiers: Modifiers::NONE,
                });
                harness.step();
                harness.step();
                signs += look(&harness, &format!("{view:?} at {width} x {height}, scrolled {step}")).signs;
            }
        }
        dispatch(&mut harness, Action::ShowAddress("203.0.113.7".into()));
        look(&harness, &format!("the address at {width} x {height}"));
    }
    assert_eq!(signs, 0, "a column is as wide as its numbers");
}

#[test]
fn default_columns_are_as_wide_as_their_numbers() {
    let (_folder, mut harness) = opened_case();
    harness.set_size(vec2(2560.0, 900.0));
    for view in [
        Command::Show(View::Records(Dataset::Flows)),
        Command::Show(View::Records(Dataset::Events)),
        Command::Show(View::Pairs),
        Command::Show(View::Sql),
        Command::Show(View::Indicators),
    ] {
        dispatch(&mut harness, Action::Command(view));
        let seen = look(&harness, &format!("{view:?}"));
        assert_eq!(seen.signs, 0, "{view:?}");
    }
    dispatch(&mut harness, Action::Command(Command::Show(View::Records(Dataset::Flows))));
    let shapes = painted(&harness.output().shapes);
    for whole in ["123,456,789,012,345", "33,373,350", "2021-05-16 00:00:00"] {
        assert!(shapes.iter().any(|(_, text)| text.galley.text() == whole), "{whole}");
    }
}

/// Drags the right edge of a column until it is as narrow as it gets.
fn narrow(harness: &mut Shown, column: usize, at: &str, signs: &mut usize) {
    for step in 0..6 {
        let headers = harness.get_all_by(|node| node.role() == Role::ColumnHeader).map(|node| node.rect());
        let Some(rect) = headers.take(column + 1).last() else { return };
        if rect.width() <= crate::ui::theme::size::COLUMN_MIN {
            return;
        }
        let (from, to) = (pos2(rect.right(), rect.center().y), pos2(rect.right() - 47.0, rect.center().y));
        for event in [0, 1, 2] {
            match event {
                0 => harness.hover_at(from),
                1 => harness.drag_at(from),
                _ => harness.hover_at(to),
            }
            harness.step();
        }
        harness.drop_at(to);
        harness.step();
        harness.step();
        *signs += look(harness, &format!("{at}, column {column}, step {step}")).signs;
    }
}

#[test]
fn a_column_that_is_made_narrow_shows_whole_numbers_or_signs() {
    let (_folder, mut harness) = opened_case();
    harness.set_size(vec2(1920.0, 420.0));
    for view in VIEWS {
        dispatch(&mut harness, Action::Command(view));
        let columns = harness.query_all_by(|node| node.role() == Role::ColumnHeader).count();
        let mut signs = 0;
        for column in 0..columns {
            narrow(&mut harness, column, &format!("{view:?}"), &mut signs);
        }
        let has_numbers =
            [Command::Show(View::Records(Dataset::Flows)), Command::Show(View::Pairs), Command::Show(View::Sql)]
                .contains(&view);
        assert!(!has_numbers || signs > 0, "{view:?}: {columns} columns, and no number without room");
    }
}

#[test]
fn what_stands_as_signs_is_told_by_the_tool_tip_and_to_a_screen_reader() {
    let (_folder, mut harness) = opened_case();
    harness.set_size(vec2(2560.0, 700.0));
    settle(&mut harness);
    dispatch(&mut harness, Action::SetWidth { table: "flows", column: "bytes".into(), width: 44.0 });
    assert!(look(&harness, "narrow bytes").signs > 0);
    harness.get_by_label("bytes: 123,456,789,012,345").hover();
    settle(&mut harness);
    assert!(harness.get_all_by_label_contains("123,456,789,012,345").count() > 1, "in the tool tip too");
}
