//! The window by its accessibility tree, without a display, over a case in memory.

mod address;
mod banner;
mod casework;
mod chosen;
mod columns;
mod compare;
mod composing;
mod conclusions;
mod copying;
mod exports;
mod facets;
mod figures;
mod focus;
mod frozen;
mod histogram;
mod hostile;
mod imports;
mod indicators;
mod inspector;
mod japanese;
mod leads;
mod names;
mod opening;
mod overview;
mod pairs;
mod queries;
mod real;
mod shell;
mod small;
mod sql;
mod steps;
mod time_bar;
mod timeline;
mod undo;
mod vision;
mod walk;
mod who;

use super::window::Window;
use crate::app::Opening;
use crate::model::Dataset;
use crate::session::source::Backend;
use crate::session::testing::MemoryBackend;
use crate::session::{App, Dialog, View};
use egui::accesskit::Role;
use egui::{Id, Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

type Shown = Harness<'static, Option<Window>>;

fn window(backend: MemoryBackend, case: Option<&str>) -> Shown {
    sized(backend, case, vec2(1400.0, 900.0))
}

fn sized(backend: MemoryBackend, case: Option<&str>, size: egui::Vec2) -> Shown {
    let opening = Opening { case: case.map(Into::into), evidence: Vec::new() };
    let mut harness = opened(Arc::new(backend), opening, size);
    settle(&mut harness);
    if case.is_some() {
        // The overview comes first; these tests are about the table.
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
        settle(&mut harness);
    }
    harness
}

fn opened(backend: Arc<dyn Backend>, opening: Opening, size: egui::Vec2) -> Shown {
    opened_with(backend, opening, size, None)
}

/// With the settings in the folder `config`.
fn opened_with(backend: Arc<dyn Backend>, opening: Opening, size: egui::Vec2, config: Option<PathBuf>) -> Shown {
    // The first frame makes the window, because it needs the context that draws it.
    let frame = move |ui: &mut egui::Ui, slot: &mut Option<Window>| {
        let new = || Window::new(ui.ctx(), opening.clone(), backend.clone(), config.clone());
        let window = slot.get_or_insert_with(new);
        window.logic(ui.ctx());
        window.frame(ui);
    };
    Harness::builder()
        .with_size(size)
        .with_context_setup(|ctx| {
            super::theme::install(ctx);
            let signal = Arc::new(Signal::default());
            ctx.data_mut(|data| data.insert_temp(signal_id(), Arc::clone(&signal)));
            ctx.set_request_repaint_callback(move |_| signal.give());
        })
        .with_max_steps(20)
        .build_ui_state(frame, None)
}

/// Given when the window asks to be drawn again, as the workers do when they have an answer.
#[derive(Default)]
struct Signal {
    given: Mutex<bool>,
    changed: Condvar,
}

impl Signal {
    fn give(&self) {
        *self.given.lock().unwrap() = true;
        self.changed.notify_all();
    }

    /// Leaves the processor to the workers meanwhile. Not for ever: an import says seldom how far it is.
    fn wait(&self) {
        let given = self.given.lock().unwrap();
        let (mut given, _) =
            self.changed.wait_timeout_while(given, Duration::from_millis(100), |given| !*given).unwrap();
        *given = false;
    }
}

fn signal_id() -> Id {
    Id::unique("signal of the tests")
}

/// Frames until every worker thread has answered, every import has ended and nothing moves any more.
fn settle(harness: &mut Shown) {
    settle_while(harness, |app| app.jobs.running().is_some());
}

/// What takes this long does not end.
const HANGS: Duration = Duration::from_secs(300);

fn settle_while(harness: &mut Shown, works: impl Fn(&App) -> bool) {
    let begun = Instant::now();
    let mut quiet = 0;
    while quiet < 4 {
        harness.step();
        let app = &app(harness).app;
        let busy = app.case.as_ref().is_some_and(|c| c.is_busy() || c.is_opening()) || works(app);
        let busy = busy || super::key_order::waits(&harness.ctx);
        quiet = if busy { 0 } else { quiet + 1 };
        if busy && let Some(signal) = harness.ctx.data(|data| data.get_temp::<Arc<Signal>>(signal_id())) {
            signal.wait();
        }
        if begun.elapsed() > HANGS {
            let case = app.case.as_ref().map(|case| (case.is_opening(), case.busy()));
            panic!("the window does not settle: {case:?}, import: {}", app.jobs.running().is_some());
        }
        std::thread::yield_now();
    }
}

fn app(harness: &Shown) -> &Window {
    harness.state().as_ref().expect("the window was made")
}

fn dispatch(harness: &mut Shown, action: crate::session::Action) {
    harness.state_mut().as_mut().unwrap().app.dispatch(action);
    settle(harness);
}

fn keyed(harness: &mut Shown, key: Key) {
    harness.key_press(key);
    settle(harness);
}

fn key(harness: &mut Shown, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    settle(harness);
}

fn typed(harness: &mut Shown, role: Role, field: &str, text: &str) {
    harness.get_by_role_and_label(role, field).focus();
    settle(harness);
    harness.get_by_role_and_label(role, field).type_text(text);
    settle(harness);
}

/// A tab of the inspector.
fn tab(harness: &mut Shown, name: &str) {
    harness.get_by_role_and_label(Role::Tab, name).click();
    settle(harness);
}

fn flows(rows: i64) -> Shown {
    window(MemoryBackend::with_flows(rows), Some("memory.coldtrail"))
}

fn rows(harness: &Shown) -> u64 {
    app(harness).app.records().and_then(|r| r.row_count()).expect("a table is shown")
}

#[test]
fn the_start_says_what_to_do_and_opens_the_dialogs() {
    let mut harness = window(MemoryBackend::default(), None);
    harness.get_by_label_contains("Drop flow logs");
    harness.get_by_role_and_label(Role::Button, "Open case... Ctrl+O").click();
    settle(&mut harness);
    assert!(matches!(app(&harness).app.dialog, Some(Dialog::Open { .. })));
    harness.get_by_role_and_label(Role::TextInput, "Case file").type_text("memory.coldtrail");
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "Open").click();
    settle(&mut harness);
    assert!(app(&harness).app.case.is_some() && app(&harness).app.dialog.is_none());
}

#[test]
fn a_typed_filter_narrows_the_table_and_back_undoes_it() {
    let mut harness = flows(1000);
    assert_eq!(rows(&harness), 1000);
    harness.get_by_label("1,000 of 1,000 records");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Filter").type_text("action = REJECT");
    settle(&mut harness);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    assert_eq!(rows(&harness), 250);
    harness.get_by_label("250 of 1,000 records");
    harness.key_press_modifiers(Modifiers::ALT, Key::ArrowLeft);
    settle(&mut harness);
    assert_eq!(rows(&harness), 1000);
}

#[test]
fn a_mistake_in_the_filter_is_told_with_its_place_and_the_rows_stay() {
    let mut harness = flows(100);
    harness.get_by_role_and_label(Role::TextInput, "Filter").focus();
    harness.step();
    harness.get_by_role_and_label(Role::TextInput, "Filter").type_text("dstport = 22 and nosuch = 1");
    settle(&mut harness);
    harness.get_by_label_contains("At character 18");
    harness.key_press(Key::Enter);
    settle(&mut harness);
    assert_eq!(rows(&harness), 100);
}

#[test]
fn completion_offers_fields_and_tab_takes_one() {
    let mut harness = flows(10);
    harness.get_by_role_and_label(Role::TextInput, "Filter").focus();
    harness.step();
    harness.get_by_role_and_label(Role::TextInput, "Filter").type_text("dstp");
    settle(&mut harness);
    assert_eq!(harness.get_all_by_label("dstport").count(), 2, "a column and a proposal");
    harness.key_press(Key::Tab);
    settle(&mut harness);
    assert_eq!(app(&harness).app.records().unwrap().draft.trim_end(), "dstport");
}

/// A slow frame brings several keys at once.
fn at_once(harness: &mut Shown, text: &str, key: Key) {
    let modifiers = Modifiers::NONE;
    let key = egui::Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
    harness.input_mut().events.extend([egui::Event::Text(text.into()), key]);
    settle(harness);
}

#[test]
fn letters_that_come_in_one_frame_with_enter_or_tab_count() {
    let mut harness = flows(1000);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    settle(&mut harness);
    at_once(&mut harness, "dstport = 2", Key::ArrowRight);
    at_once(&mut harness, "2", Key::Enter);
    assert_eq!(app(&harness).app.records().unwrap().applied(), "dstport = 22");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    settle(&mut harness);
    at_once(&mut harness, "d", Key::ArrowRight);
    at_once(&mut harness, "stp", Key::Tab);
    assert_eq!(app(&harness).app.records().unwrap().draft.trim_end(), "dstport", "all was selected, so typed over");
}

#[test]
fn letters_that_come_in_one_frame_with_a_shortcut_are_for_what_it_opens() {
    let mut harness = flows(1000);
    let key = |key, modifiers| egui::Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
    let text = |text: &str| egui::Event::Text(text.into());
    let enter = key(Key::Enter, Modifiers::NONE);
    let filter = [key(Key::F, Modifiers::COMMAND), text("dstport = 22"), enter.clone()];
    harness.input_mut().events.extend(filter);
    settle(&mut harness);
    assert_eq!(app(&harness).app.records().unwrap().applied(), "dstport = 22");
    let row = [key(Key::G, Modifiers::COMMAND), text("7"), enter];
    harness.input_mut().events.extend(row);
    settle(&mut harness);
    assert_eq!(app(&harness).app.records().unwrap().selection.cursor(), Some(6));
}

#[test]
fn the_filter_gives_the_keyboard_to_the_table_and_keeps_it_for_a_mistake() {
    let mut harness = flows(1000);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    settle(&mut harness);
    at_once(&mut harness, "dstport = = 22", Key::Enter);
    assert!(harness.get_by_role_and_label(Role::TextInput, "Filter").is_focused());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    settle(&mut harness);
    at_once(&mut harness, "action = REJECT", Key::Enter);
    harness.key_press(Key::End);
    settle(&mut harness);
    assert_eq!(app(&harness).app.records().unwrap().selection.cursor(), Some(249));
}

#[test]
fn escape_closes_the_proposals_and_leaves_the_cursor_in_the_field() {
    let mut harness = flows(10);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    settle(&mut harness);
    at_once(&mut harness, "dstp", Key::ArrowRight);
    assert_eq!(harness.get_all_by_label("dstport").count(), 2);
    harness.key_press(Key::Escape);
    settle(&mut harness);
    assert_eq!(harness.get_all_by_label("dstport").count(), 1, "the column alone");
    assert!(harness.get_by_role_and_label(Role::TextInput, "Filter").is_focused());
    harness.key_press(Key::Escape);
    settle(&mut harness);
    assert!(!harness.get_by_role_and_label(Role::TextInput, "Filter").is_focused());
    harness.key_press(Key::ArrowDown);
    settle(&mut harness);
    assert_eq!(app(&harness).app.records().unwrap().selection.cursor(), Some(1), "from the first row");
}

#[test]
fn proposals_come_with_the_first_letter_and_not_with_the_focus() {
    let mut harness = flows(10);
    let proposed = |harness: &Shown| harness.get_all_by_label("dstport").count() == 2;
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    settle(&mut harness);
    assert!(harness.get_by_role_and_label(Role::TextInput, "Filter").is_focused() && !proposed(&harness));
    // Again from the field itself, and by a click.
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    settle(&mut harness);
    assert!(!proposed(&harness));
    harness.get_by_role_and_label(Role::TextInput, "Filter").click();
    settle(&mut harness);
    assert!(!proposed(&harness));
    at_once(&mut harness, "d", Key::ArrowRight);
    assert!(proposed(&harness));
    // What is applied is not proposed for.
    at_once(&mut harness, "stport = = 1", Key::Enter);
    assert!(!proposed(&harness));
    harness.get_by_label_contains("At character");
}

#[test]
fn the_menu_opened_by_a_key_is_used_by_keys() {
    let mut harness = flows(300);
    harness.get_by_label("srcaddr: 10.0.0.5").click();
    settle(&mut harness);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::F10);
    settle(&mut harness);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    assert_eq!(app(&harness).app.records().unwrap().applied(), "srcaddr = 10.0.0.5");
}

#[test]
fn every_dialog_begins_in_its_first_field_and_shows_its_list() {
    let mut harness = window(MemoryBackend::default(), None);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::N);
    settle(&mut harness);
    assert!(harness.get_by_role_and_label(Role::TextInput, "Case file").is_focused());
    harness.key_press(Key::Escape);
    settle(&mut harness);
    harness.get_by_label("Time zone: UTC").click();
    settle(&mut harness);
    assert!(harness.get_all_by(|n| n.label().is_some_and(|l| l.starts_with("Africa/"))).count() > 10);
}

#[test]
fn header_clicks_sort_and_cells_are_named_by_column_and_value() {
    let mut harness = flows(1000);
    harness.get_by_label("start (UTC): 2021-05-16 00:00:00");
    harness.get_by_role_and_label(Role::ColumnHeader, "start (UTC)").click();
    settle(&mut harness);
    harness.get_by_label("start (UTC): 2021-05-16 00:16:39");
    assert!(app(&harness).app.records().unwrap().sort[0].descending);
    harness.key_press(Key::F4);
    settle(&mut harness);
    assert_eq!(
        harness.get_all_by_label("interface_id: eni-‹U+202E›01").next().map(|n| n.accesskit_node().role()),
        Some(Role::GridCell)
    );
}

#[test]
fn the_last_of_ten_million_rows_is_reached_and_is_the_right_one() {
    let mut harness = flows(10_000_000);
    harness.get_by_label("srcaddr: 10.0.0.0").click();
    settle(&mut harness);
    harness.key_press(Key::End);
    settle(&mut harness);
    harness.get_by_label("Row 10,000,000");
    let records = app(&harness).app.records().unwrap();
    assert_eq!(records.cursor_id().map(|id| id.0), Some(9_999_999));
    harness.get_by_label("start (UTC): 2021-09-08 17:46:39");
    assert_eq!(records.detail().map(|(id, _)| id.0), Some(9_999_999));
    harness.key_press_modifiers(Modifiers::SHIFT, Key::Home);
    settle(&mut harness);
    assert_eq!(app(&harness).app.records().unwrap().selection.len(), 10_000_000);
    assert_eq!(app(&harness).app.records().unwrap().cursor_id().map(|id| id.0), Some(0));
}

#[test]
fn the_keys_of_a_dialog_select_no_rows() {
    let mut harness = flows(100);
    harness.get_by_label("srcaddr: 10.0.0.5").click();
    settle(&mut harness);
    let selected = |harness: &Shown| app(harness).app.records().unwrap().selection.len();
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::A);
    settle(&mut harness);
    assert!(matches!(app(&harness).app.dialog, Some(Dialog::AddIndicators(_))));
    assert_eq!(selected(&harness), 1);
    harness.key_press(Key::Escape);
    settle(&mut harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    settle(&mut harness);
    assert_eq!(selected(&harness), 100);
}

#[test]
fn the_menu_of_a_cell_narrows_to_its_value() {
    let mut harness = flows(300);
    harness.get_by_label("srcaddr: 10.0.0.5").click_secondary();
    settle(&mut harness);
    harness.get_by_label("Exclude this value").click();
    settle(&mut harness);
    let records = app(&harness).app.records().unwrap();
    assert_eq!(records.applied(), "not srcaddr = 10.0.0.5");
    harness.get_by_label("srcaddr: 10.0.0.6").click_secondary();
    settle(&mut harness);
    harness.get_by_label("Only this value").click();
    settle(&mut harness);
    assert_eq!(app(&harness).app.records().unwrap().applied(), "not srcaddr = 10.0.0.5 and srcaddr = 10.0.0.6");
}

#[test]
fn the_menu_opens_by_keyboard_too() {
    let mut harness = flows(300);
    harness.get_by_label("srcaddr: 10.0.0.5").click();
    settle(&mut harness);
    harness.key_press(Key::ArrowDown);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::F10);
    settle(&mut harness);
    harness.get_by_label("srcaddr 10.0.0.6");
    harness.key_press(Key::Escape);
    settle(&mut harness);
    assert!(harness.query_by_label("srcaddr 10.0.0.6").is_none());
    harness.key_press(Key::ArrowDown);
    settle(&mut harness);
    assert_eq!(app(&harness).app.records().unwrap().selection.cursor(), Some(7));
}

#[test]
fn the_inspector_shows_fields_raw_text_and_provenance() {
    let mut harness = flows(50);
    harness.get_by_label("srcaddr: 10.0.0.7").click();
    settle(&mut harness);
    harness.get_by_label("Record 0:7");
    harness.get_by_label_contains("10.0.0.7 sent an unstated amount to an unnamed address");
    harness.get_by_label("novel = later ‹U+202E› version");
    harness.get_by_role_and_label(Role::Tab, "Provenance").click();
    settle(&mut harness);
    harness.get_by_label("/logs/flows.gz");
    harness.get_by_label(&"ab".repeat(32));
    harness.get_by_label_contains("coldtrail raw ");
    harness.get_by_role_and_label(Role::Tab, "Raw").click();
    settle(&mut harness);
    let raw = harness.get_by_role_and_label(Role::MultilineTextInput, "Raw text");
    assert_eq!(raw.value().as_deref(), Some("2 123456789012 raw line 7"));
}

#[test]
fn a_dialog_leaves_no_tooltip_behind_and_none_for_a_pointer_that_rests() {
    let mut harness = flows(10);
    let tip = "A time range of this duration, from the current start, or up to the end of the evidence";
    harness.get_by_role_and_label(Role::Button, "12h").hover();
    let is_shown = |harness: &mut Shown| {
        harness.step();
        harness.query_by_label(tip).is_some()
    };
    assert!((0..100).any(|_| is_shown(&mut harness)), "the tooltip");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    settle(&mut harness);
    assert!(app(&harness).app.dialog.is_some() && harness.query_by_label(tip).is_none());
}

#[test]
fn the_palette_finds_and_runs_a_command() {
    let mut harness = flows(10);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Type to find a command").type_text("cloudtrail");
    settle(&mut harness);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    assert_eq!(app(&harness).app.view, View::Records(Dataset::Events));
    harness.get_by_label("No CloudTrail events");
}

#[test]
fn evidence_and_warnings_are_listed() {
    let mut harness = flows(10);
    harness.get_by_label_contains("1 warning").click();
    settle(&mut harness);
    harness.get_by_label("File: /logs/flows.gz").click();
    settle(&mut harness);
    harness.get_by_label("Reason: Invalid value for its field");
    harness.get_by_label("Detail: srcport 70000 is above 65535");
    harness.get_by_label("for evidence 1");
}

#[test]
fn the_time_zone_is_in_the_headers_and_changes_the_cells() {
    let mut harness = flows(10);
    harness.get_by_label("Time zone: UTC").click();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Type a city or region, for example Asia/Tokyo").type_text("tokyo");
    settle(&mut harness);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    harness.get_by_label("start (Asia/Tokyo): 2021-05-16 09:00:00");
}

#[test]
fn an_import_is_asked_for_and_listed() {
    let backend = MemoryBackend::with_flows(10);
    let imported = backend.imported.clone();
    let mut harness = window(backend, Some("memory.coldtrail"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::I);
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Path").type_text("/logs/new.gz");
    settle(&mut harness);
    typed(&mut harness, Role::TextInput, "Your name", "A. Saito");
    harness.get_by_role_and_label(Role::Button, "Import").click();
    settle(&mut harness);
    assert_eq!(*imported.lock().unwrap(), [std::path::PathBuf::from("/logs/new.gz")]);
    assert_eq!(app(&harness).app.view, View::Overview);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::J);
    settle(&mut harness);
    harness.get_by_label("/logs/new.gz");
}

#[test]
fn a_long_path_does_not_push_a_dialog_out_of_the_window() {
    let mut harness = window(MemoryBackend::with_flows(10), Some("memory.coldtrail"));
    let path = format!("/logs/{}.gz", "long-name/".repeat(60));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::I);
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Path").type_text(&path);
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "Add").click();
    settle(&mut harness);
    let inside = |harness: &Shown, name: &str| {
        let rect = harness.get_by_role_and_label(Role::Button, name).rect();
        assert!(rect.left() > 0.0 && rect.right() < 1400.0, "{name} {rect:?}");
    };
    inside(&harness, "Import");
    typed(&mut harness, Role::TextInput, "Your name", "A. Saito");
    harness.get_by_role_and_label(Role::Button, "Import").click();
    settle(&mut harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::J);
    settle(&mut harness);
    harness.get_by_label(&path);
    inside(&harness, "Close");
}

#[test]
fn columns_hide_move_and_come_back() {
    let mut harness = flows(10);
    harness.get_by_role_and_label(Role::ColumnHeader, "srcport").click_secondary();
    settle(&mut harness);
    harness.get_by_label("Hide this column").click();
    settle(&mut harness);
    let shown = |h: &Shown| app(h).app.records().unwrap().shown_columns().iter().map(|f| f.name()).collect::<Vec<_>>();
    assert_eq!(shown(&harness)[..4], ["start", "srcaddr", "dstaddr", "dstport"]);
    assert!(harness.query_by_role_and_label(Role::ColumnHeader, "srcport").is_none());
    harness.get_by_role_and_label(Role::ColumnHeader, "dstaddr").click_secondary();
    settle(&mut harness);
    harness.get_by_label("Move left").click();
    settle(&mut harness);
    assert_eq!(shown(&harness)[..3], ["start", "dstaddr", "srcaddr"]);
    harness.get_by_role_and_label(Role::ColumnHeader, "dstaddr").click_secondary();
    settle(&mut harness);
    harness.get_by_label("Reset columns").click();
    settle(&mut harness);
    assert_eq!(shown(&harness)[..3], ["start", "srcaddr", "srcport"]);
}

#[test]
fn an_idle_window_asks_for_no_frame() {
    let mut harness = flows(1000);
    harness.run();
    harness.step();
    let delay = harness.output().viewport_output.values().map(|v| v.repaint_delay).min();
    assert!(delay.is_none_or(|d| d > Duration::from_secs(1)), "{delay:?}");
}
