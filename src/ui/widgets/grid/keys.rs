//! The keyboard in a table: arrows, pages, ends, with Shift for ranges; Enter, copy, select all, the menu key.

use super::scroll::Extent;
use super::{Grid, GridEvent, GridState, MenuAt, Reveal};
use crate::session::selection::Selection;
use egui::{Event, EventFilter, Id, Key, Modifiers, Ui};

impl Grid<'_> {
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
            }
            Key::A if modifiers.command => selection.select_all(extent.rows),
            Key::Space => events.extend(at.map(|_| GridEvent::Tagged)),
            Key::Enter => events.extend(at.map(GridEvent::Activated)),
            Key::F10 if modifiers.shift => {
                if let Some(row) = at {
                    state.menu = Some(MenuAt { row, column: selection.column, pos: None, is_new: true });
                    egui::Popup::open_id(ui.ctx(), self.id.with("menu"));
                }
            }
            _ => {}
        }
    }
}
