//! Texts that repeat, each kept once and referred to by number.

use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The number of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Text(u32);

impl Text {
    /// No text, or an empty one.
    pub(crate) const NONE: Text = Text(0);

    pub(crate) fn is_some(self) -> bool {
        self != Self::NONE
    }

    /// This one, or where there is none, the other.
    pub(crate) fn or(self, other: Text) -> Text {
        if self.is_some() { self } else { other }
    }
}

#[derive(Default)]
pub(crate) struct Texts {
    numbers: FxHashMap<Arc<str>, u32>,
    all: Vec<Arc<str>>,
}

impl Texts {
    pub(crate) fn add(&mut self, text: &str) -> Text {
        if text.is_empty() {
            return Text::NONE;
        }
        if let Some(number) = self.numbers.get(text) {
            return Text(*number);
        }
        let kept: Arc<str> = text.into();
        self.all.push(Arc::clone(&kept));
        // Text 0 is none, so the first has number 1. More than 2^32 texts do not fit into memory.
        let number = self.all.len() as u32;
        self.numbers.insert(kept, number);
        Text(number)
    }

    pub(crate) fn add_some(&mut self, text: Option<&str>) -> Text {
        text.map_or(Text::NONE, |text| self.add(text))
    }

    /// About how much memory they take.
    pub(super) fn bytes(&self) -> usize {
        const OF_EACH: usize = 64;
        self.all.iter().map(|text| text.len() + OF_EACH).sum()
    }

    /// Empty for no text.
    pub(crate) fn get(&self, text: Text) -> &str {
        let at = (text.0 as usize).checked_sub(1);
        at.and_then(|at| self.all.get(at)).map_or("", |text| text)
    }
}
