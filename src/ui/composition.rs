//! Input methods: while a word is being composed, as Japanese is, its keys are the input method's. Some desktops send them
//! to the window as well, where Enter would run the filter, Tab take a completion, and Esc close the dialog. So they are
//! removed from the input before anything in the window sees it.

use egui::{Context, Event, FullOutput, ImeEvent, Plugin, RawInput};

#[derive(Default)]
pub(super) struct Composition {
    is_on: bool,
}

impl Composition {
    /// Does the window get this event?
    fn passes(&mut self, event: &Event) -> bool {
        match event {
            Event::Ime(ImeEvent::Preedit { text, .. }) => self.is_on = !text.is_empty(),
            // Not every desktop tells the end of a composition that a click elsewhere broke off.
            Event::Ime(ImeEvent::Commit(_)) | Event::PointerButton { .. } | Event::WindowFocused(false) => {
                self.is_on = false;
            }
            Event::Key { pressed: true, .. } => return !self.is_on,
            _ => {}
        }
        true
    }
}

impl Plugin for Composition {
    fn debug_name(&self) -> &'static str {
        "composition"
    }

    fn input_hook(&mut self, _: &Context, input: &mut RawInput) {
        input.events.retain(|event| self.passes(event));
    }

    /// Without a field that takes text there is nothing to compose in.
    fn output_hook(&mut self, _: &Context, output: &mut FullOutput) {
        self.is_on &= output.platform_output.ime.is_some();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Key, Modifiers, PointerButton, pos2};

    fn key(key: Key) -> Event {
        Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::NONE }
    }

    fn preedit(text: &str) -> Event {
        Event::Ime(ImeEvent::Preedit { text: text.to_owned(), active_range_chars: None })
    }

    fn passed(composition: &mut Composition, events: &[Event]) -> usize {
        events.iter().filter(|event| composition.passes(event)).count()
    }

    #[test]
    fn keys_are_the_input_methods_until_the_word_is_committed_or_left() {
        let mut composition = Composition::default();
        assert_eq!(passed(&mut composition, &[key(Key::Enter), key(Key::Tab)]), 2);
        assert_eq!(passed(&mut composition, &[preedit("とうきょう"), key(Key::Tab), key(Key::Enter)]), 1);
        let committed = [key(Key::Enter), Event::Ime(ImeEvent::Commit("東京".to_owned())), key(Key::Enter)];
        assert_eq!(passed(&mut composition, &committed), 2, "the second Enter is the window's");
        assert_eq!(passed(&mut composition, &[preedit("と"), preedit(""), key(Key::Escape)]), 3);
        let click = Event::PointerButton {
            pos: pos2(0.0, 0.0),
            button: PointerButton::Primary,
            pressed: true,
            modifiers: Modifiers::NONE,
        };
        for left in [click, Event::WindowFocused(false)] {
            assert_eq!(passed(&mut composition, &[preedit("と"), left, key(Key::Enter)]), 3);
        }
    }
}
