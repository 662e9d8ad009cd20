//! Two views of a case side by side: one of them is the active one, which commands and the status bar are about.

use super::view::View;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    Left,
    Right,
}

impl Side {
    pub const ALL: [Side; 2] = [Side::Left, Side::Right];

    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Side::Left => Side::Right,
            Side::Right => Side::Left,
        }
    }
}

/// What is beside the active view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    pub other: View,
    /// Where the active view is.
    pub active: Side,
}

impl Split {
    /// What a half shows, `active` being the active view.
    pub fn view(self, side: Side, active: View) -> View {
        if side == self.active { active } else { self.other }
    }
}

/// The views on screen: one, or two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Views {
    pub active: View,
    pub other: Option<View>,
}

impl Views {
    pub fn has(self, view: View) -> bool {
        self.active == view || self.other == Some(view)
    }

    pub fn any(self, holds: impl Fn(View) -> bool) -> bool {
        holds(self.active) || self.other.is_some_and(holds)
    }
}
