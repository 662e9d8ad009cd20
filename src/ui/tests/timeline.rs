//! The timeline by the window.

use super::real::{case, flows_alone};
use super::*;
use crate::present::chart::Shape;
use crate::query::{BinWidth, GroupBy};
use crate::session::timeline::{Plan, TimelineAction};
use crate::session::{Action, Command, Effect};

fn timeline() -> (tempfile::TempDir, Shown) {
    let (folder, mut harness) = case(vec2(1400.0, 1000.0));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num6);
    settle(&mut harness);
    (folder, harness)
}

fn plan(harness: &Shown, at: usize) -> Plan {
    app(harness).app.case.as_ref().unwrap().timeline.tracks()[at].plan.clone()
}

#[test]
fn flows_and_events_stand_on_one_axis_with_their_groups() {
    let (_folder, mut harness) = timeline();
    harness.get_by_label("ACCEPT 320.0 kB");
    harness.get_by_label("REJECT 400 B");
    harness.get_by_label("ListBuckets 2");
    harness.get_by_label("ConsoleLogin 1");
    harness.get_by_label("Timeline: ListBuckets, ConsoleLogin; gaps in the evidence: 0");
    let spans: Vec<_> =
        harness.get_all_by_label_contains("gaps in the evidence").map(|plot| plot.rect().x_range()).collect();
    assert!(spans.windows(2).all(|pair| pair[0] == pair[1]), "the same time at the same place: {spans:?}");
    harness.get_by_role_and_label(Role::Button, "+ Flows").click();
    settle(&mut harness);
    assert_eq!(app(&harness).app.case.as_ref().unwrap().timeline.tracks().len(), 3);
    harness.get_all_by_label("Remove this track").next().unwrap().click();
    settle(&mut harness);
    assert_eq!(plan(&harness, 0).dataset, Dataset::Events);
}

#[test]
fn what_the_case_has_none_of_leaves_its_room_to_the_others() {
    let label = "Timeline: ACCEPT, REJECT, no value; gaps in the evidence: 0";
    let (_folder, both) = timeline();
    let (_other, mut alone) = flows_alone(vec2(1400.0, 1000.0));
    alone.key_press_modifiers(Modifiers::COMMAND, Key::Num6);
    settle(&mut alone);
    alone.get_by_label("The case has no CloudTrail events.");
    let height = |harness: &Shown| harness.get_by_label(label).rect().height();
    assert!(height(&alone) > 1.5 * height(&both), "{} and {}", height(&alone), height(&both));
}

#[test]
fn a_drag_over_a_track_selects_the_range_of_every_view() {
    let (_folder, mut harness) = timeline();
    let label = "Timeline: ListBuckets, ConsoleLogin; gaps in the evidence: 0";
    let rect = harness.get_by_label(label).rect();
    let at = |part: f32| egui::pos2(rect.left() + rect.width() * part, rect.center().y);
    for event in [
        egui::Event::PointerMoved(at(0.5)),
        egui::Event::PointerButton {
            pos: at(0.5),
            button: egui::PointerButton::Primary,
            pressed: true,
            modifiers: Modifiers::NONE,
        },
        egui::Event::PointerMoved(at(0.6)),
        egui::Event::PointerMoved(at(0.7)),
        egui::Event::PointerButton {
            pos: at(0.7),
            button: egui::PointerButton::Primary,
            pressed: false,
            modifiers: Modifiers::NONE,
        },
    ] {
        harness.input_mut().events.push(event);
        harness.step();
    }
    settle(&mut harness);
    let range = app(&harness).app.range;
    let (from, to) = (range.from.unwrap().secs(), range.to.unwrap().secs());
    assert!(from > 1_621_123_200 && to > from && to <= 1_621_123_200 + 3600, "{from} {to}");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    settle(&mut harness);
    assert!(rows(&harness) < 91, "the table follows");
}

#[test]
fn the_menu_of_an_address_leads_to_who_talked_to_it_in_each_hour() {
    let (_folder, mut harness) = case(vec2(1400.0, 1000.0));
    dispatch(&mut harness, Action::Command(Command::Show(View::Records(Dataset::Flows))));
    harness.get_all_by_label("srcaddr: 198.51.100.7").next().unwrap().click();
    settle(&mut harness);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::F10);
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "Traffic per hour, by pair").click();
    settle(&mut harness);
    let of = |harness: &Shown| app(harness).app.case.as_ref().unwrap().records(Dataset::Flows).applied().to_owned();
    assert_eq!((app(&harness).app.view, of(&harness).as_str()), (View::Timeline, "ip = 198.51.100.7"));
    let shown = plan(&harness, 0);
    let bin = app(&harness).app.case.as_ref().unwrap().timeline.bin();
    assert_eq!((shown.by, bin), (Some(GroupBy::Pair), BinWidth::Secs(3600)));
    harness.key_press_modifiers(Modifiers::ALT, Key::ArrowLeft);
    settle(&mut harness);
    assert_eq!((app(&harness).app.view, of(&harness).as_str()), (View::Records(Dataset::Flows), ""));
    let tracks = |harness: &Shown| app(harness).app.case.as_ref().unwrap().timeline.tracks().len();
    assert_eq!((tracks(&harness), plan(&harness, 0)), (2, Plan::of(Dataset::Flows)), "the tracks are as they were");
    harness.key_press_modifiers(Modifiers::ALT, Key::ArrowRight);
    settle(&mut harness);
    assert_eq!((tracks(&harness), plan(&harness, 0)), (1, shown));
}

#[test]
fn the_wheel_zooms_every_track_around_the_pointer() {
    let (_folder, mut harness) = timeline();
    let label = "Timeline: ListBuckets, ConsoleLogin; gaps in the evidence: 0";
    let rect = harness.get_by_label(label).rect();
    let case = |harness: &Shown| app(harness).app.case.as_ref().unwrap().timeline.span(None, None).unwrap();
    let whole = case(&harness);
    let view = |harness: &Shown| app(harness).state.timeline.plot.view(whole);
    assert_eq!(view(&harness), (whole.0 as f64, whole.1 as f64));
    harness.hover_at(rect.center());
    harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(0.0, 200.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    settle(&mut harness);
    let (from, to) = view(&harness);
    let middle = (whole.0 + whole.1) as f64 / 2.0;
    assert!(to - from < (whole.1 - whole.0) as f64 * 0.9, "{from} {to} of {whole:?}");
    assert!(((from + to) / 2.0 - middle).abs() < (to - from) * 0.05, "{from} {to} around {middle}");
}

#[test]
fn the_alarm_marks_the_bins_that_reach_its_threshold() {
    let (_folder, mut harness) = timeline();
    harness.get_by_role_and_label(Role::Button, "NAT alarm").click();
    settle(&mut harness);
    assert_eq!(plan(&harness, 0), Plan::nat_alarm());
    assert_eq!(
        app(&harness).app.case.as_ref().unwrap().records(Dataset::Flows).applied(),
        "flow_direction = 'egress' and (pkt_srcaddr = srcaddr or pkt_srcaddr is null)"
    );
    harness.get_by_label("▼ 0 bins reach 5,000,000");
    // 1,000 bytes of egress a minute: 15,000 in a full quarter of an hour.
    dispatch(
        &mut harness,
        Action::Timeline(TimelineAction::Change(0, Plan { threshold: Some(15_000), ..Plan::nat_alarm() })),
    );
    harness.get_by_label("▼ 2 bins reach 15,000");
    for (shape, by) in [(Shape::Bars, None), (Shape::Area, None), (Shape::Heat, None)] {
        let plan = Plan { shape, by, ..Plan::nat_alarm() };
        dispatch(&mut harness, Action::Timeline(TimelineAction::Change(0, plan)));
    }
    harness.get_by_label("Heat map of hours by day");
    harness.get_by_label("maximum: 40.0 kB per hour; hatched: no evidence");
}

#[test]
fn the_timeline_is_copied_as_csv_and_saved_as_vectors_and_as_a_picture() {
    let (folder, mut harness) = timeline();
    dispatch(&mut harness, Action::Timeline(TimelineAction::Bin(BinWidth::Secs(900))));
    dispatch(&mut harness, Action::Timeline(TimelineAction::Remove(1)));
    let app = &mut harness.state_mut().as_mut().unwrap().app;
    app.dispatch(Action::Timeline(TimelineAction::CopyCsv));
    let effects = app.take_effects();
    let Some(Effect::CopyText(csv)) = effects.first() else { panic!("{effects:?}") };
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(
        lines[..3],
        ["start_utc,ACCEPT,REJECT,no value", "2021-05-16T00:00:00Z,120015,400,0", "2021-05-16T00:15:00Z,40005,0,0"]
    );
    assert_eq!(app.notice, Some(format!("Copied {} rows", lines.len() - 1)));
    for name in ["timeline.svg", "timeline.png"] {
        let path = folder.path().join(name);
        harness.get_by_role_and_label(Role::Button, "Save image...").click();
        settle(&mut harness);
        dispatch(&mut harness, Action::Dialog(Some(Dialog::SaveChart { path: path.to_string_lossy().into_owned() })));
        harness.get_by_role_and_label(Role::Button, "Save image").click();
        settle(&mut harness);
        let bytes = std::fs::read(&path).unwrap();
        let head: &[u8] = if name.ends_with("png") { b"\x89PNG" } else { b"<svg " };
        assert!(bytes.starts_with(head), "{name}");
        harness.get_by_label_contains("Saved: ");
    }
}
