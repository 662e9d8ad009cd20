//! Shortcuts of commands as the tool kit knows them.

use crate::session::shortcut::{Key, Shortcut};
use egui::{KeyboardShortcut, Modifiers};

pub(crate) fn to_egui(shortcut: Shortcut) -> KeyboardShortcut {
    let mut modifiers = Modifiers::NONE;
    if shortcut.ctrl {
        modifiers |= Modifiers::COMMAND;
    }
    if shortcut.shift {
        modifiers |= Modifiers::SHIFT;
    }
    if shortcut.alt {
        modifiers |= Modifiers::ALT;
    }
    KeyboardShortcut::new(modifiers, key(shortcut.key))
}

fn key(key: Key) -> egui::Key {
    let name = match key {
        Key::Letter(letter) => letter.to_string(),
        Key::Digit(digit) => digit.to_string(),
        Key::Function(number) => format!("F{number}"),
        Key::Left => return egui::Key::ArrowLeft,
        Key::Right => return egui::Key::ArrowRight,
        Key::Plus => return egui::Key::Plus,
        Key::Minus => return egui::Key::Minus,
        Key::Equals => return egui::Key::Equals,
    };
    egui::Key::from_name(&name).unwrap_or(egui::Key::F35)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Command;

    #[test]
    fn every_shortcut_has_its_key() {
        for command in Command::all() {
            for shortcut in command.shortcuts() {
                assert_ne!(to_egui(shortcut).logical_key, egui::Key::F35, "{command:?}");
            }
        }
    }
}
