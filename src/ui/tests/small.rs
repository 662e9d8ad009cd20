//! Windows on small screens: shortened and collapsed, but nothing is cut off or covered.

use super::*;
use crate::model::{Dataset, TimeRange, Timestamp};
use crate::session::{Action, Command, Side};
use crate::ui::theme;
use egui::Rect;

fn button(harness: &Shown, name: &str) -> Rect {
    harness.get_by_role_and_label(Role::Button, name).rect()
}

fn text_width(harness: &Shown, text: &str) -> f32 {
    let layout = |f: &mut egui::epaint::text::FontsView<'_>| {
        f.layout_no_wrap(text.to_owned(), theme::body(), egui::Color32::WHITE).size().x
    };
    harness.ctx.fonts_mut(layout)
}

#[test]
fn the_lines_above_the_table_stay_lines_and_the_inspector_is_below() {
    for width in [1024.0, 1100.0, 1280.0] {
        let mut harness = sized(MemoryBackend::with_flows(1000), Some("memory.coldtrail"), vec2(width, 600.0));
        harness.get_by_label("srcaddr: 10.0.0.3").click();
        settle(&mut harness);
        let inspector = harness.get_by_label("Record 0:3").rect();
        let filter = button(&harness, "History");
        let last = button(&harness, "Later");
        let range = TimeRange { from: Some(Timestamp::from_secs(0)), to: None };
        dispatch(&mut harness, Action::SetRange(range));
        let typed = harness.get_by_role_and_label(Role::TextInput, "From").rect();
        assert!(
            typed.width() > text_width(&harness, "1970-01-01 00:00:00") + 8.0,
            "{width}: a time is not cut {typed:?}"
        );
        for rect in [filter, last] {
            assert!(rect.right() < width && rect.bottom() < inspector.top(), "{width}: {rect:?} {inspector:?}");
        }
        let field = harness.get_by_role_and_label(Role::TextInput, "Filter").rect();
        assert!(field.width() >= 400.0, "{width}: {field:?}");
        let from = harness.get_by_role_and_label(Role::TextInput, "From").rect();
        assert!((from.center().y - last.center().y).abs() < 4.0, "{width}: the times are one line {from:?} {last:?}");
        let header = harness.get_by_role_and_label(Role::ColumnHeader, "start (UTC)").rect();
        assert!(header.top() < 600.0 * 0.4, "{width}: the table has most of the window, {header:?}");
        let status = harness.get_by_label("1,000 of 1,000 records").rect();
        assert!(status.bottom() <= 600.0, "{width}: {status:?}");
    }
}

#[test]
fn lengths_that_have_no_room_are_in_a_menu() {
    let mut harness = sized(MemoryBackend::with_flows(1000), Some("memory.coldtrail"), vec2(720.0, 600.0));
    assert!(harness.query_by_role_and_label(Role::Button, "30m").is_none());
    harness.get_by_role_and_label(Role::Button, "Duration").click();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "30m").click();
    settle(&mut harness);
    let range = app(&harness).app.range;
    assert_eq!(range.to.unwrap().0 - range.from.unwrap().0, 30 * 60 * 1000);
    let usual = sized(MemoryBackend::with_flows(10), Some("memory.coldtrail"), theme::size::WINDOW.into());
    assert!(usual.query_by_role_and_label(Role::Button, "30m").is_some(), "the usual window shows them");
}

#[test]
fn every_dialog_stays_inside_the_smallest_window() {
    let keys = [Key::N, Key::O, Key::I, Key::J, Key::K];
    for key in keys {
        let mut harness = sized(MemoryBackend::with_flows(10), Some("memory.coldtrail"), vec2(720.0, 420.0));
        harness.key_press_modifiers(Modifiers::COMMAND, key);
        settle(&mut harness);
        assert!(app(&harness).app.dialog.is_some(), "{key:?}");
        for name in ["Create", "Open", "Import", "Close", "Cancel", "Browse..."] {
            for rect in harness.query_all_by_role_and_label(Role::Button, name).map(|node| node.rect()) {
                let window = Rect::from_min_size(egui::Pos2::ZERO, vec2(720.0, 420.0));
                assert!(window.contains_rect(rect), "{key:?} {name} {rect:?}");
            }
        }
    }
}

#[test]
fn a_long_name_of_a_case_leaves_the_counts_readable() {
    let name = format!("/cases/{}.coldtrail", "long-name-".repeat(20));
    let harness = sized(MemoryBackend::with_flows(1000), Some(&name), vec2(1024.0, 600.0));
    let counts = harness.get_by_label("1,000 of 1,000 records").rect();
    let name = harness.get_by_label_contains("long-name-long-name").rect();
    assert!(counts.left() >= 0.0 && counts.right() < name.left(), "{counts:?} {name:?}");
    assert!(name.right() <= 1024.0);
}

#[test]
fn a_menu_that_is_higher_than_the_window_scrolls_to_what_has_the_keyboard() {
    let mut harness = sized(MemoryBackend::with_flows(10), Some("memory.coldtrail"), vec2(1024.0, 1000.0));
    harness.get_by_role_and_label(Role::Button, "View").click();
    settle(&mut harness);
    let zone = harness.get_by_label_contains("Time zone...").rect();
    let last = harness.get_by_label_contains("Previous pane").rect();
    assert!(last.bottom() <= 1000.0 && last.top() > zone.bottom(), "there whole where there is room: {last:?}");
    let mut harness = sized(MemoryBackend::with_flows(10), Some("memory.coldtrail"), vec2(1024.0, 600.0));
    harness.get_by_role_and_label(Role::Button, "View").click();
    settle(&mut harness);
    harness.get_by_label_contains("Previous pane").focus();
    settle(&mut harness);
    let last = harness.get_by_label_contains("Previous pane").rect();
    assert!(last.bottom() <= 600.0, "{last:?}");
}

#[test]
fn the_menu_bar_covers_nothing_of_itself_at_the_largest_scale() {
    for width in [576.0, 720.0, 1440.0] {
        let harness = sized(MemoryBackend::with_flows(10), Some("memory.coldtrail"), vec2(width, 360.0));
        let help = button(&harness, "Help");
        let others = harness.query_all_by(|node| {
            let name = node.label().unwrap_or_default();
            node.role() == Role::Button && (name.starts_with("Commands...") || name.starts_with("Time zone:"))
        });
        let lefts: Vec<f32> = others.map(|node| node.rect().left()).collect();
        assert!(!lefts.is_empty() && lefts.iter().all(|left| *left >= help.right()), "{width}: {lefts:?} {help:?}");
    }
}

#[test]
fn two_views_in_a_low_window_say_how_the_details_are_seen() {
    let mut harness = sized(MemoryBackend::with_flows(100), Some("memory.coldtrail"), vec2(1024.0, 640.0));
    let flows = View::Records(Dataset::Flows);
    dispatch(&mut harness, Action::Show(flows));
    let record = |harness: &Shown| harness.query_by_label("Record 0:0").is_some();
    assert!(record(&harness), "one view has room for them");
    dispatch(&mut harness, Action::Command(Command::ToggleSplit));
    assert!(!record(&harness));
    // Whichever half is the active one.
    dispatch(&mut harness, Action::Activate(Side::Right));
    let button = harness.get_by_role_and_label(Role::Button, "Show one view");
    assert!(button.rect().bottom() <= 640.0, "{:?}", button.rect());
    button.click();
    settle(&mut harness);
    assert_eq!((app(&harness).app.view, app(&harness).app.split), (flows, None));
    assert!(record(&harness));
}

/// As in a window of 1280 x 720 at 200 %.
#[test]
fn two_views_in_the_lowest_window_are_both_there() {
    let mut harness = sized(MemoryBackend::with_flows(100), Some("memory.coldtrail"), vec2(640.0, 360.0));
    dispatch(&mut harness, Action::Show(View::Records(Dataset::Flows)));
    dispatch(&mut harness, Action::Command(Command::ToggleSplit));
    let half = |name| harness.get_by_role_and_label(Role::ComboBox, name).rect();
    let (left, right) = (half("View in the left half"), half("View in the right half"));
    assert!(left.right() < right.left() && right.right() <= 640.0, "{left:?} {right:?}");
    assert!(left.bottom() < 330.0 && right.bottom() < 330.0, "{left:?} {right:?}");
}

/// As in a window of 1280 x 720 at 250 %.
#[test]
fn the_list_of_the_evidence_has_rows_in_the_lowest_window() {
    let mut harness = sized(MemoryBackend::with_flows(100), Some("memory.coldtrail"), vec2(512.0, 288.0));
    dispatch(&mut harness, Action::Show(View::Evidence));
    let files = harness.get_by_role_and_label(Role::ListGrid, "Evidence").rect();
    let below = harness.get_by_role_and_label(Role::Button, "Warnings").rect();
    assert!(files.height() >= 5.0 * theme::size::GRID_ROW && files.bottom() <= below.top(), "{files:?} {below:?}");
}
