//! The keyboard in a table: arrows, pages, ends, with Shift for ranges; Enter, copy, select all, the menu key.

use super::scroll::Extent;
use super::{Grid, GridEvent, GridState, MenuAt, Reveal};
use crate::session::selection::Selection;
use crate::ui::theme::size;
use egui::{Event, EventFilter, FocusDirection, Id, Key, Modifiers, Ui};

/// How much wider Shift and the arrows make the column of a header: they lead to no other one.
pub(super) fn widened(ui: &Ui) -> Option<f32> {
    let pressed = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::SHIFT, key)) as f32;
    let steps = pressed(Key::ArrowRight) - pressed(Key::ArrowLeft);
    if steps == 0.0 {
        return None;
    }
    ui.memory_mut(|memory| memory.move_focus(FocusDirection::None));
    Some(steps * size::WIDTH_STEP)
}

/// Was the key of the context menu pressed?
pub(crate) fn asks_for_menu(ui: &Ui) -> bool {
    let is_menu_key = |event: &Event| match event {
        Event::Key { key, pressed: true, modifiers, .. } => *key == Key::Menu || *key == Key::F10 && modifiers.shift,
        _ => false,
    };
    ui.input(|input| input.events.iter().any(is_menu_key))
}

impl Grid<'_> {
    fn open_menu(&self, ui: &Ui, state: &mut GridState, row: Option<u64>, column: usize) {
        if let Some(row) = row {
            state.menu = Some(MenuAt { row, column, pos: None, is_new: true });
            egui::Popup::open_id(ui.ctx(), self.id.with("menu"));
        }
    }

    pub(super) fn keys(
        &self,
        ui: &Ui,
        id: Id,
        state: &mut GridState,
        selection: &mut Selection,
        extent: Extent,
        events: &mut Vec<GridEvent>,
    ) {
        let filter = EventFilter { tab: false, horizontal_arrows: true, vertical_arrows: true, escape: false };
        ui.memory_mut(|m| m.set_focus_lock_filter(id, filter));
        let happened = ui.input(|i| i.events.clone());
        for event in happened {
            match event {
                Event::Copy => events.push(GridEvent::Copy),
                Event::Key { key, pressed: true, modifiers, .. } => {
                    self.key(ui, key, modifiers, state, selection, extent, events);
                }
                _ => {}
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one call site; each is what a key can change")]
    fn key(
        &self,
        ui: &Ui,
        key: Key,
        modifiers: Modifiers,
        state: &mut GridState,
        selection: &mut Selection,
        extent: Extent,
        events: &mut Vec<GridEvent>,
    ) {
        let Some(last) = extent.rows.checked_sub(1) else { return };
        if modifiers.alt {
            return;
        }
        let at = selection.cursor();
        let to = match key {
            Key::ArrowDown => Some(at.map_or(0, |c| c.saturating_add(1))),
            Key::ArrowUp => Some(at.map_or(0, |c| c.saturating_sub(1))),
            Key::PageDown => Some(at.unwrap_or(0).saturating_add(extent.page())),
            Key::PageUp => Some(at.unwrap_or(0).saturating_sub(extent.page())),
            Key::Home => Some(0),
            Key::End => Some(last),
            _ => None,
        };
        if let Some(to) = to.map(|to| to.min(last)) {
            if modifiers.shift {
                selection.extend_to(to);
            } else {
                selection.select(to);
            }
            state.scroll.reveal(to, extent);
            return;
        }
        match key {
            Key::ArrowLeft | Key::ArrowRight => {
                let step: isize = if key == Key::ArrowLeft { -1 } else { 1 };
                selection.column =
                    selection.column.saturating_add_signed(step).min(self.columns.len().saturating_sub(1));
                state.reveal = Some(Reveal::Column);
                ui.ctx().request_repaint();
            }
            // With Shift it is the shortcut of a command.
            Key::A if modifiers.command && !modifiers.shift => selection.select_all(extent.rows),
            Key::Space => events.extend(at.map(|_| GridEvent::Tagged)),
            Key::Enter => events.extend(at.map(GridEvent::Activated)),
            Key::F10 if modifiers.shift => self.open_menu(ui, state, at, selection.column),
            Key::Menu => self.open_menu(ui, state, at, selection.column),
            _ => {}
        }
    }
}
