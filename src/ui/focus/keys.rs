//! The keys that move the focus, and what becomes of it when something opens or closes.

use super::places::{Frame, Place, places};
use super::{Area, Arrows, PaneId, What, drawn, go_to, select_text};
use crate::session::Action;
use crate::ui::theme::{self, size};
use egui::accesskit::{self, ActionRequest, TreeId};
use egui::text_edit::TextEditState;
use egui::{Context, Event, FocusDirection, Id, Key, LayerId, Modifiers, Stroke, StrokeKind, Ui};
use std::collections::HashMap;

/// What stays between frames.
#[derive(Default)]
pub struct FocusState {
    /// Of the last frame.
    areas: Vec<Area>,
    edges: Vec<Id>,
    /// What had the focus last, outside menus.
    last: Option<Id>,
    /// The pane that it was in.
    pane: Option<PaneId>,
    /// What it was when the dialog opened that is on screen.
    before_dialog: Option<Id>,
    dialog: Option<LayerId>,
    popup: bool,
    /// The last frame ended with the cursor in a text.
    in_text: bool,
    /// Esc was pressed in this frame, and is for what else can be closed if nothing takes it.
    escapes: bool,
    /// The keyboard was used last, not the mouse.
    by_keyboard: bool,
    /// What had the focus last in each area.
    remembered: HashMap<What, Id>,
}

impl FocusState {
    fn note_input(&mut self, ctx: &Context) {
        ctx.input(|input| {
            for event in &input.events {
                match event {
                    Event::Key { pressed: true, .. } => self.by_keyboard = true,
                    Event::PointerButton { pressed: true, .. } => self.by_keyboard = false,
                    _ => {}
                }
            }
        });
    }

    fn remember(&mut self, id: Id, places: &[Place]) {
        let Some(place) = places.iter().find(|place| place.id == id) else { return };
        self.last = Some(id);
        self.pane = place.pane.and_then(|at| self.areas.get(at)).and_then(|area| match area.what {
            What::Pane(pane) => Some(pane),
            What::Group(..) => None,
        });
        for at in [place.pane, place.group].into_iter().flatten() {
            if let Some(area) = self.areas.get(at) {
                self.remembered.insert(area.what, id);
            }
        }
    }

    /// Is the keyboard in this pane?
    pub(crate) fn is_in(&self, pane: PaneId) -> bool {
        self.pane == Some(pane)
    }

    /// Was a key used last, and not the mouse?
    pub(crate) fn is_by_keyboard(&self) -> bool {
        self.by_keyboard
    }

    /// Where the keyboard lands in an area: its home, else where it was there last, else at its first stop.
    fn landing(&self, at: usize, places: &[Place], inside: impl Fn(&Place) -> bool) -> Option<Id> {
        let area = self.areas.get(at)?;
        let is_there = |id: &Id| places.iter().any(|place| place.id == *id && inside(place));
        let remembered = || self.remembered.get(&area.what).copied().filter(is_there);
        let first = || places.iter().find(|place| inside(place)).map(|place| place.id);
        area.home.filter(is_there).or_else(remembered).or_else(first)
    }

    fn in_pane(&self, at: usize, places: &[Place]) -> Option<Id> {
        self.landing(at, places, |place| place.pane == Some(at))
    }
}

/// Before anything is drawn: moves the focus as the keys say, and gives it back after what has closed.
pub(crate) fn begin(ui: &Ui, state: &mut FocusState) {
    let ctx = ui.ctx();
    let (areas, edges) = drawn(ctx, |drawn| {
        drawn.open.clear();
        drawn.wanted.iter_mut().for_each(|wanted| wanted.age += 1);
        (std::mem::take(&mut drawn.areas), std::mem::take(&mut drawn.edges))
    });
    if !areas.is_empty() {
        (state.areas, state.edges) = (areas, edges);
    }
    state.note_input(ctx);
    // Open menus, drop-down lists and completions have the keys for themselves.
    let popup = ctx.viewport(|viewport| viewport.prev_pass.layers.values().any(|layer| !layer.open_popups.is_empty()));
    let closed_popup = std::mem::replace(&mut state.popup, popup) && !popup;
    if popup {
        return;
    }
    let places = places(ctx, Frame::Before, &state.areas, &state.edges);
    dialogs(ctx, state, &places);
    let escaped = state.dialog.is_none() && !closed_popup && ctx.input(|input| input.key_pressed(Key::Escape));
    if escaped {
        escape(ctx, state, &places);
    }
    tab(ctx, state, &places);
    keep_arrows(ctx, state);
    arrows(ctx, state, &places);
    wanted(ctx, state, &places);
    not_lost(ctx, state, &places, closed_popup);
    if let Some(focused) = ctx.memory(|memory| memory.focused()) {
        state.remember(focused, &places);
    }
}

fn focus(ctx: &Context, places: &[Place], id: Id) {
    ctx.memory_mut(|memory| {
        memory.move_focus(FocusDirection::None);
        memory.request_focus(id);
    });
    if places.iter().any(|place| place.id == id && !place.in_sight) {
        // Its scroll area answers to what assistive technology asks for, and to nothing else from outside.
        let request = ActionRequest {
            action: accesskit::Action::ScrollIntoView,
            target_tree: TreeId::ROOT,
            target_node: id.accesskit_id(),
            data: None,
        };
        ctx.input_mut(|input| input.events.push(Event::AccessKitActionRequest(request)));
    }
    ctx.request_repaint();
}

/// A dialog that has opened keeps the focus inside; one that has closed gives it back.
fn dialogs(ctx: &Context, state: &mut FocusState, places: &[Place]) {
    let (dialog, focused) = ctx.memory(|memory| (memory.top_modal_layer(), memory.focused()));
    let is_inside = |id: Id| places.iter().any(|place| place.id == id);
    match (state.dialog, dialog) {
        (None, Some(_)) => state.before_dialog = state.last.take(),
        (Some(_), None) => {
            state.last = state.before_dialog.take();
            let taken = focused.is_some_and(is_inside) || drawn(ctx, |drawn| drawn.wanted.is_some());
            match state.last.filter(|id| is_inside(*id)) {
                _ if taken => {}
                Some(id) => focus(ctx, places, id),
                None => go_to(ctx, PaneId::Main),
            }
        }
        _ => {}
    }
    state.dialog = dialog;
    if dialog.is_some() && !focused.is_some_and(is_inside) {
        let again = state.last.filter(|id| is_inside(*id));
        let pane = state.areas.iter().position(|area| area.what == What::Pane(PaneId::Dialog));
        let first = || pane.and_then(|at| state.in_pane(at, places)).or(places.first().map(|place| place.id));
        if let Some(id) = again.or_else(first) {
            focus(ctx, places, id);
        }
    }
}

/// Out of a text, and of what is around the view, to the view; else the innermost thing that can be closed.
fn escape(ctx: &Context, state: &mut FocusState, places: &[Place]) {
    if std::mem::take(&mut state.in_text) || state.pane.is_some_and(PaneId::is_around) {
        state.last = None;
        go_to(ctx, PaneId::Main);
        return;
    }
    state.escapes = true;
    // The tool kit has taken the focus away.
    if let Some(id) = state.last.filter(|id| places.iter().any(|place| place.id == *id)) {
        focus(ctx, places, id);
    }
}

/// How often a key was pressed in this frame with exactly these modifiers; those presses are used up.
fn presses(ctx: &Context, wanted: Modifiers, of: Key) -> isize {
    ctx.input_mut(|input| {
        let before = input.events.len();
        input.events.retain(|event| {
            let Event::Key { key, modifiers, pressed: true, .. } = event else { return true };
            *key != of || !modifiers.matches_exact(wanted)
        });
        (before - input.events.len()) as isize
    })
}

fn tab(ctx: &Context, state: &mut FocusState, places: &[Place]) {
    let steps = presses(ctx, Modifiers::NONE, Key::Tab) - presses(ctx, Modifiers::SHIFT, Key::Tab);
    if steps == 0 {
        return;
    }
    let focused = ctx.memory(|memory| memory.focused()).or(state.last);
    let stops = stops(state, places, focused);
    let Some(count) = isize::try_from(stops.len()).ok().filter(|count| *count > 0) else { return };
    let at = focused.and_then(|focused| stops.iter().position(|id| *id == focused));
    let to = match at.and_then(|at| isize::try_from(at).ok()) {
        Some(at) => at + steps,
        None if steps > 0 => steps - 1,
        None => steps,
    };
    let Some(id) = usize::try_from(to.rem_euclid(count)).ok().and_then(|to| stops.get(to)).copied() else { return };
    focus(ctx, places, id);
    let pane = places.iter().find(|place| place.id == id).and_then(|place| place.pane);
    if let Some(Area { what: What::Pane(pane), .. }) = pane.and_then(|at| state.areas.get(at))
        && TextEditState::load(ctx, id).is_some()
    {
        select_text(ctx, *pane, id);
    }
}

/// Every widget, but one of each group: the one with the focus, else the group's own choice.
fn stops(state: &FocusState, places: &[Place], focused: Option<Id>) -> Vec<Id> {
    let of_group = |at: usize| {
        let inside = |place: &Place| place.group == Some(at);
        let has_focus = places.iter().find(|place| inside(place) && Some(place.id) == focused);
        has_focus.map(|place| place.id).or_else(|| state.landing(at, places, inside))
    };
    let is_stop = |place: &&Place| place.group.is_none_or(|at| of_group(at) == Some(place.id));
    places.iter().filter(is_stop).map(|place| place.id).collect()
}

/// What a pane is for has the arrows for itself from the frame on in which it gets the focus. The tool kit knows so one frame
/// later, and would take the focus to whatever is beside it.
fn keep_arrows(ctx: &Context, state: &FocusState) {
    const ARROWS: [Key; 4] = [Key::ArrowUp, Key::ArrowDown, Key::ArrowLeft, Key::ArrowRight];
    let focused = ctx.memory(|memory| memory.focused());
    let is_home = focused.is_some() && state.areas.iter().any(|area| area.home == focused);
    if is_home && ctx.input(|input| ARROWS.into_iter().any(|key| input.key_pressed(key))) {
        ctx.memory_mut(|memory| memory.move_focus(FocusDirection::None));
    }
}

fn arrows(ctx: &Context, state: &FocusState, places: &[Place]) {
    let Some(focused) = ctx.memory(|memory| memory.focused()).filter(|_| !ctx.text_edit_focused()) else { return };
    let group = places.iter().find(|place| place.id == focused).and_then(|place| place.group);
    let Some((group, What::Group(_, arrows))) = group.and_then(|at| Some((at, state.areas.get(at)?.what))) else {
        return;
    };
    let (earlier, later) = match arrows {
        Arrows::Across => (Key::ArrowLeft, Key::ArrowRight),
        Arrows::Along => (Key::ArrowUp, Key::ArrowDown),
    };
    let pressed = |key| presses(ctx, Modifiers::NONE, key);
    let steps = pressed(later) - pressed(earlier);
    let (first, last) = (pressed(Key::Home) > 0, pressed(Key::End) > 0);
    if steps == 0 && !first && !last {
        return;
    }
    let list: Vec<Id> = places.iter().filter(|place| place.group == Some(group)).map(|place| place.id).collect();
    let at = list.iter().position(|id| *id == focused).unwrap_or(0);
    let to = match (first, last) {
        (true, _) => 0,
        (_, true) => list.len().saturating_sub(1),
        _ => at.saturating_add_signed(steps).min(list.len().saturating_sub(1)),
    };
    if let Some(id) = list.get(to) {
        focus(ctx, places, *id);
    }
}

/// A pane that was asked for and has no home yet: its first stop, until the home is there.
fn wanted(ctx: &Context, state: &FocusState, places: &[Place]) {
    let focused = ctx.memory(|memory| memory.focused());
    let Some(wanted) = drawn(ctx, |drawn| {
        drawn.wanted = drawn.wanted.filter(|wanted| wanted.may_take(focused));
        // The frame in which it was asked for shows what was there before.
        drawn.wanted.filter(|wanted| wanted.age > 1)
    }) else {
        return;
    };
    let is_wanted = |(_, area): &(usize, &Area)| matches!(area.what, What::Pane(pane) if pane.answers(wanted.pane));
    let panes = state.areas.iter().enumerate().filter(is_wanted);
    let found = panes.into_iter().find_map(|(at, area)| Some((state.in_pane(at, places)?, area.home)));
    let Some((id, home)) = found.filter(|(id, _)| Some(*id) != focused) else { return };
    focus(ctx, places, id);
    drawn(ctx, |drawn| match home {
        Some(_) => drawn.wanted = None,
        None => drawn.wanted.iter_mut().for_each(|wanted| wanted.instead_of = Some(id)),
    });
}

/// What had the focus is gone, or a key took it: it goes back, or to the view.
fn not_lost(ctx: &Context, state: &FocusState, places: &[Place], closed_popup: bool) {
    let focused = ctx.memory(|memory| memory.focused());
    let is_there = |id: Id| places.iter().any(|place| place.id == id);
    // It may have been asked for in the frame that is on screen, and be drawn in the next one only.
    if focused.is_some() || state.dialog.is_some() || !(state.by_keyboard || closed_popup) {
        return;
    }
    if drawn(ctx, |drawn| drawn.wanted.is_some()) {
        return;
    }
    match state.last {
        Some(last) if is_there(last) => focus(ctx, places, last),
        Some(_) => go_to(ctx, PaneId::Main),
        None => {}
    }
}

/// To the next pane, or to the one before. After the frame is drawn.
pub(crate) fn step(ctx: &Context, state: &mut FocusState, by: isize) {
    (state.areas, state.edges) = drawn(ctx, |drawn| (drawn.areas.clone(), drawn.edges.clone()));
    let places = places(ctx, Frame::This, &state.areas, &state.edges);
    let mut panes: Vec<(PaneId, usize)> = Vec::new();
    for (at, area) in state.areas.iter().enumerate() {
        if let What::Pane(pane) = area.what
            && places.iter().any(|place| place.pane == Some(at))
        {
            panes.push((pane, at));
        }
    }
    panes.sort_unstable();
    let focused = ctx.memory(|memory| memory.focused()).or(state.last);
    let pane_of = |id: Id| places.iter().find(|place| place.id == id).and_then(|place| place.pane);
    let at = focused.and_then(pane_of).and_then(|pane| panes.iter().position(|(_, at)| *at == pane));
    let count = panes.len() as isize;
    if count == 0 {
        return;
    }
    let to = match at {
        Some(at) => at as isize + by,
        None if by > 0 => 0,
        None => -1,
    };
    let found = panes.get(to.rem_euclid(count) as usize);
    if let Some((pane, at, id)) = found.and_then(|(pane, at)| Some((*pane, *at, state.in_pane(*at, &places)?))) {
        state.by_keyboard = true;
        if state.areas.get(at).and_then(|area| area.home) == Some(id) {
            select_text(ctx, pane, id);
        }
        focus(ctx, &places, id);
        state.remember(id, &places);
    }
}

/// After everything is drawn: closes what Esc was for, and draws a line around what has the focus, while the keyboard is
/// used.
pub(crate) fn end(ui: &Ui, state: &mut FocusState, out: &mut Vec<Action>) {
    let ctx = ui.ctx();
    if std::mem::take(&mut state.escapes) && ctx.input(|input| input.key_pressed(Key::Escape)) {
        out.push(Action::Escape);
    }
    // Enter takes the focus from a text field until the next frame.
    let left = state.last.filter(|_| state.by_keyboard && ctx.memory(|memory| memory.focused()).is_none());
    state.in_text = ctx.text_edit_focused() || left.is_some_and(|last| TextEditState::load(ctx, last).is_some());
    if !state.by_keyboard {
        return;
    }
    let focused = ctx.memory(|memory| memory.focused());
    let Some(response) = focused.and_then(|id| ctx.read_response(id)).filter(|r| r.interact_rect.is_positive()) else {
        return;
    };
    let stroke = Stroke::new(size::FOCUS, theme::palette(ui).focus);
    let rect = response.interact_rect.expand(size::FOCUS / 2.0).intersect(ctx.content_rect());
    ctx.layer_painter(response.layer_id).rect_stroke(rect, size::FOCUS_CORNER, stroke, StrokeKind::Inside);
}
