//! Every view and every dialog in small windows: whatever can be used lies inside the window, or is scrolled there.

use super::real::case;
use super::*;
use crate::session::{Action, Command};
use egui::Rect;
use egui::accesskit::{Action as Asked, NodeId};
use egui_kittest::kittest::By;

/// 1024 by 700 at 100 %, and at 200 %: half as many points.
const SIZES: [egui::Vec2; 2] = [vec2(1024.0, 700.0), vec2(512.0, 350.0)];

/// Of what is outside at first, so many are scrolled to, spread over all of them.
const TRIED: usize = 6;

struct Found {
    id: NodeId,
    what: String,
    rect: Rect,
}

/// What a person can use, by what a screen reader gets: of a dialog, nothing of what is behind it.
fn usable(harness: &Shown) -> Vec<Found> {
    let app = &app(harness).app;
    let dialog = app.dialog.is_some().then(|| app.texts.tr("pane-dialog"));
    let is_inside = |node: &egui_kittest::kittest::AccessKitNode<'_>| {
        let Some(dialog) = &dialog else { return true };
        let parents = std::iter::successors(node.parent(), |node| node.parent());
        parents.into_iter().any(|parent| parent.label().as_deref() == Some(dialog.as_str()))
    };
    let usable = By::new().predicate(|node| {
        let acts = node.data().supports_action(Asked::Click);
        // Cells scroll with their table; of a text that can be selected nothing is used.
        let is_cell =
            matches!(node.role(), Role::Cell | Role::ScrollBar | Role::ColumnHeader | Role::Row | Role::Label);
        acts && !is_cell && !node.is_disabled() && is_inside(node)
    });
    let found = |node: egui_kittest::Node<'_>| Found {
        id: node.accesskit_node().locate().0,
        what: format!("{:?} {:?}", node.accesskit_node().role(), node.accesskit_node().label()),
        rect: node.rect(),
    };
    harness.query_all(usable).map(found).collect()
}

/// Does enough of it show to be read and used?
fn shows(window: Rect, rect: Rect) -> bool {
    let part = window.expand(1.0).intersect(rect);
    let enough = |shown: f32, whole: f32, most: f32| shown >= (whole - 2.0).min(most * 0.8);
    enough(part.width(), rect.width(), window.width()) && enough(part.height(), rect.height(), window.height())
}

fn look(harness: &mut Shown, at: &str) {
    let window = harness.ctx.content_rect();
    let all = usable(harness);
    assert!(!all.is_empty(), "{at}");
    let outside: Vec<NodeId> = all.iter().filter(|found| !shows(window, found.rect)).map(|found| found.id).collect();
    let step = outside.len().div_ceil(TRIED).max(1);
    for id in outside.into_iter().step_by(step) {
        let by_id = move || By::new().predicate(move |node| node.locate().0 == id);
        let Some(node) = harness.query_all(by_id()).next() else { continue };
        node.scroll_to_me();
        (0..20).for_each(|_| harness.step());
        let Some(found) = usable(harness).into_iter().find(|found| found.id == id) else { continue };
        assert!(shows(window, found.rect), "{at}: {} is out of reach at {:?} in {window:?}", found.what, found.rect);
    }
}

#[test]
fn everything_in_every_view_can_be_reached_in_a_small_window() {
    let (_folder, mut harness) = case(vec2(1440.0, 900.0));
    for size in SIZES {
        harness.set_size(size);
        for view in View::ALL {
            dispatch(&mut harness, Action::Show(view));
            look(&mut harness, &format!("{view:?} {size:?}"));
        }
        dispatch(&mut harness, Action::ShowAddress("10.0.0.5".into()));
        look(&mut harness, &format!("address {size:?}"));
        dispatch(&mut harness, Action::Show(View::Records(Dataset::Flows)));
        dispatch(&mut harness, Action::Command(Command::ToggleSplit));
        look(&mut harness, &format!("two views {size:?}"));
        dispatch(&mut harness, Action::Command(Command::ToggleSplit));
    }
}

#[test]
fn everything_in_every_dialog_can_be_reached_in_a_small_window() {
    let (_folder, mut harness) = case(vec2(1440.0, 900.0));
    dispatch(&mut harness, Action::Show(View::Records(Dataset::Flows)));
    for size in SIZES {
        harness.set_size(size);
        settle(&mut harness);
        let mut opened = 0;
        for command in Command::all().filter(|command| !matches!(command, Command::Quit | Command::CloseCase)) {
            if !app(&harness).app.is_enabled(command) || matches!(command, Command::Show(_) | Command::OpenSample) {
                continue;
            }
            dispatch(&mut harness, Action::Command(command));
            if app(&harness).app.dialog.is_some() {
                opened += 1;
                look(&mut harness, &format!("{command:?} {size:?}"));
                dispatch(&mut harness, Action::Dialog(None));
            }
            dispatch(&mut harness, Action::Show(View::Records(Dataset::Flows)));
        }
        assert!(opened > 12, "{opened} dialogs");
    }
}

#[test]
fn the_start_can_be_reached_in_a_small_window() {
    for size in SIZES {
        let mut harness = sized(MemoryBackend::default(), None, size);
        for n in 0..12 {
            let path = format!("/cases/{n}/case.coldtrail");
            harness.state_mut().as_mut().unwrap().app.settings.remember_case(std::path::Path::new(&path));
        }
        settle(&mut harness);
        look(&mut harness, &format!("start {size:?}"));
    }
}
