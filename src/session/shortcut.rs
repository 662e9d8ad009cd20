//! Menus and the keys of shortcuts. Nothing here knows a tool kit.

/// Where a command is in the menu bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    Case,
    Evidence,
    View,
    Query,
    Report,
    Help,
}

impl Menu {
    pub const ALL: [Menu; 6] = [Menu::Case, Menu::Evidence, Menu::View, Menu::Query, Menu::Report, Menu::Help];

    pub fn text_key(self) -> &'static str {
        match self {
            Menu::Case => "menu-case",
            Menu::Evidence => "menu-evidence",
            Menu::View => "menu-view",
            Menu::Query => "menu-query",
            Menu::Report => "menu-report",
            Menu::Help => "menu-help",
        }
    }
}

/// The keys that shortcuts use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Letter(char),
    Digit(u8),
    Function(u8),
    Left,
    Right,
    Plus,
    Minus,
    Equals,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shortcut {
    pub ctrl: bool,
    pub shift: bool,
    pub alt: bool,
    pub key: Key,
}

impl Shortcut {
    pub const fn ctrl(key: Key) -> Option<Self> {
        Some(Self { ctrl: true, shift: false, alt: false, key })
    }

    pub const fn ctrl_shift(key: Key) -> Option<Self> {
        Some(Self { ctrl: true, shift: true, alt: false, key })
    }

    pub const fn alt(key: Key) -> Option<Self> {
        Some(Self { ctrl: false, shift: false, alt: true, key })
    }

    pub const fn shift(key: Key) -> Option<Self> {
        Some(Self { ctrl: false, shift: true, alt: false, key })
    }

    pub const fn plain(key: Key) -> Option<Self> {
        Some(Self { ctrl: false, shift: false, alt: false, key })
    }
}

impl std::fmt::Display for Shortcut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (held, name) in [(self.ctrl, "Ctrl+"), (self.alt, "Alt+"), (self.shift, "Shift+")] {
            if held {
                f.write_str(name)?;
            }
        }
        match self.key {
            Key::Letter(letter) => write!(f, "{letter}"),
            Key::Digit(digit) => write!(f, "{digit}"),
            Key::Function(number) => write!(f, "F{number}"),
            Key::Left => f.write_str("Left"),
            Key::Right => f.write_str("Right"),
            Key::Plus => f.write_str("+"),
            Key::Minus => f.write_str("-"),
            Key::Equals => f.write_str("="),
        }
    }
}
