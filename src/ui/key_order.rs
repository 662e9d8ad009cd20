//! Keys one after the other. On a slow machine several come in one frame: one that takes the keyboard elsewhere, and
//! letters that are meant for what is there. What comes behind such a key waits until the keyboard has arrived, and a key
//! that takes it away before anything is drawn waits until the letters before it are written.

use egui::{Context, Event, Key, Plugin, RawInput, Ui};

#[derive(Default)]
pub(super) struct KeyOrder {
    /// In their order, for the frames to come.
    held: Vec<Event>,
    /// Frames that are drawn before the next of them: a dialog that opens is there in the first and has the keyboard in the
    /// second.
    waits: u8,
    /// The key that took the keyboard elsewhere last and is still down: what is repeated of it takes it nowhere else, and
    /// must not pile up.
    down: Option<Key>,
}

/// The key, if it may take the keyboard elsewhere. Space does so outside texts: it presses buttons, and tags rows.
fn leads_elsewhere(event: &Event, in_text: bool) -> Option<Key> {
    let Event::Key { key, pressed: true, modifiers, .. } = event else { return None };
    let is_alone =
        matches!(key, Key::Enter | Key::Escape | Key::F1 | Key::F3 | Key::F4 | Key::F6 | Key::F7 | Key::F8 | Key::F10)
            || *key == Key::Space && !in_text;
    (is_alone || modifiers.command || modifiers.alt).then_some(*key)
}

/// Does it move the focus before what had it is drawn?
fn comes_first(event: &Event) -> bool {
    matches!(event, Event::Key { key: Key::Tab | Key::Escape | Key::F10, pressed: true, .. })
}

/// Is it meant for what has the keyboard?
fn is_for_a_place(event: &Event) -> bool {
    matches!(
        event,
        Event::Key { pressed: true, .. } | Event::Text(_) | Event::Ime(_) | Event::Paste(_) | Event::Copy | Event::Cut
    )
}

/// What is down after an event.
fn down_after(event: &Event, down: Option<Key>, in_text: bool) -> Option<Key> {
    match event {
        Event::Key { key, pressed: false, .. } if down == Some(*key) => None,
        // Its release may go to another window.
        Event::WindowFocused(_) => None,
        _ => leads_elsewhere(event, in_text).or(down),
    }
}

/// See `KeyOrder::waits`.
const DRAWN: u8 = 2;

impl KeyOrder {
    /// Leaves of what came what the window gets now.
    fn pass(&mut self, events: &mut Vec<Event>, in_text: bool) {
        self.held.append(events);
        if self.waits > 0 {
            self.waits -= 1;
            return;
        }
        let end = self.end(in_text);
        events.extend(self.held.drain(..end));
        self.down = events.iter().fold(self.down, |down, event| down_after(event, down, in_text));
        self.waits = if self.held.is_empty() { 0 } else { DRAWN };
    }

    /// How many of the events the window gets now.
    fn end(&self, in_text: bool) -> usize {
        let (mut down, mut is_used) = (self.down, false);
        for (at, event) in self.held.iter().enumerate() {
            let leads = leads_elsewhere(event, in_text).filter(|key| down != Some(*key));
            // What gets the keyboard then would see the keys before it in the same frame: a space in a filter and Enter behind
            // it would ask for tags.
            if is_used && (leads.is_some() || comes_first(event)) {
                return at;
            }
            down = down_after(event, down, in_text);
            is_used |= is_for_a_place(event) && !comes_first(event);
            let Some(key) = leads else { continue };
            // The letter of a space comes behind its key.
            let is_letter = |next: &&Event| key == Key::Space && matches!(next, Event::Text(text) if text == " ");
            let end = at + 1 + usize::from(self.held.get(at + 1).filter(is_letter).is_some());
            let is_more = self.held.iter().skip(end).any(is_for_a_place);
            return if is_more { end } else { self.held.len() };
        }
        self.held.len()
    }
}

/// Are there keys for the frames to come?
#[cfg(test)]
pub(super) fn waits(ctx: &Context) -> bool {
    ctx.with_plugin(|order: &mut KeyOrder| !order.held.is_empty()).unwrap_or_default()
}

impl Plugin for KeyOrder {
    fn debug_name(&self) -> &'static str {
        "key order"
    }

    fn input_hook(&mut self, ctx: &Context, input: &mut RawInput) {
        self.pass(&mut input.events, ctx.text_edit_focused());
    }

    fn on_end_pass(&mut self, ui: &mut Ui) {
        if !self.held.is_empty() {
            ui.ctx().request_repaint();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::Modifiers;

    fn key(key: Key, modifiers: Modifiers, pressed: bool) -> Event {
        Event::Key { key, physical_key: None, pressed, repeat: false, modifiers }
    }

    #[test]
    fn letters_behind_a_shortcut_wait_for_what_it_opens() {
        let mut order = KeyOrder::default();
        let shortcut = key(Key::F, Modifiers::COMMAND, true);
        let enter = key(Key::Enter, Modifiers::NONE, true);
        let text = |text: &str| Event::Text(text.to_owned());
        let mut frame = |came: Vec<Event>| {
            let mut events = came;
            order.pass(&mut events, true);
            events
        };
        assert_eq!(frame(vec![text("a"), shortcut.clone(), text("b"), enter.clone()]), [text("a")]);
        assert!(frame(vec![text("c")]).is_empty(), "what was written is drawn");
        let rest: Vec<Vec<Event>> = (0..12).map(|_| frame(Vec::new())).filter(|events| !events.is_empty()).collect();
        assert_eq!(rest, [vec![shortcut.clone()], vec![text("b")], vec![enter], vec![text("c")]]);
        // The release of a key is no reason to wait.
        let released = key(Key::F, Modifiers::COMMAND, false);
        assert_eq!(frame(vec![shortcut.clone(), released.clone()]), [shortcut, released]);
        assert_eq!(frame(vec![text("d")]), [text("d")]);
    }

    #[test]
    fn what_a_key_repeats_does_not_pile_up() {
        let mut order = KeyOrder::default();
        let mut frame = |mut came: Vec<Event>| {
            order.pass(&mut came, false);
            came
        };
        let down = key(Key::ArrowDown, Modifiers::NONE, true);
        let arrows = vec![down; 3];
        assert_eq!(frame(arrows.clone()), arrows, "arrows never wait");
        let (next, released) = (key(Key::F8, Modifiers::NONE, true), key(Key::F8, Modifiers::NONE, false));
        let repeated = vec![next.clone(); 3];
        assert_eq!(frame(repeated.clone()), std::slice::from_ref(&next));
        assert!(frame(repeated.clone()).is_empty(), "what the first led to is drawn");
        assert!(frame(repeated.clone()).is_empty(), "and has the keyboard");
        assert_eq!(frame(repeated.clone()).len(), 11, "then all the others at once");
        assert_eq!(frame(repeated.clone()), repeated);
        assert_eq!(frame(vec![released.clone(), next.clone(), next.clone()]), [released, next], "pressed again");
    }

    #[test]
    fn letters_before_a_key_that_moves_the_focus_are_written_first() {
        let text = |text: &str| Event::Text(text.to_owned());
        for of in [Key::Tab, Key::Escape, Key::F10] {
            let mut order = KeyOrder::default();
            let mut frame = |mut came: Vec<Event>| {
                order.pass(&mut came, true);
                came
            };
            let of = key(of, Modifiers::NONE, true);
            assert_eq!(frame(vec![text("a"), of.clone(), text("b")]), [text("a")]);
            assert!(frame(Vec::new()).is_empty());
            let rest = [(); 6].map(|()| frame(Vec::new())).concat();
            assert_eq!(rest, [of.clone(), text("b")]);
            assert_eq!(
                frame(vec![of.clone(), of.clone()]).first(),
                Some(&of),
                "with nothing before it, it does not wait"
            );
        }
    }

    #[test]
    fn a_space_leads_elsewhere_only_outside_texts() {
        let came = vec![key(Key::Space, Modifiers::NONE, true), Event::Text(" ".into()), Event::Text("r".into())];
        for (in_text, passed) in [(true, 3), (false, 2)] {
            let mut events = came.clone();
            KeyOrder::default().pass(&mut events, in_text);
            assert_eq!(events, came[..passed]);
        }
    }
}
