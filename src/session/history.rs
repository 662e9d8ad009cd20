//! Back and forward over the steps of an investigation: which view, which filters, which time range.

/// A linear history with a place in it. Going back keeps what lies ahead until a new step is taken.
#[derive(Clone, Debug)]
pub(crate) struct History<T> {
    steps: Vec<T>,
    at: usize,
}

impl<T: Clone + PartialEq> History<T> {
    /// Steps kept; the oldest are forgotten first.
    const KEPT: usize = 500;

    pub(crate) fn new(first: T) -> Self {
        Self { steps: vec![first], at: 0 }
    }

    /// Takes a step. A step that changes nothing is none.
    pub(crate) fn push(&mut self, step: T) {
        if self.steps.get(self.at) == Some(&step) {
            return;
        }
        self.steps.truncate(self.at + 1);
        self.steps.push(step);
        if self.steps.len() > Self::KEPT {
            self.steps.remove(0);
        }
        self.at = self.steps.len() - 1;
    }

    /// What is known now of the step that one is at.
    pub(crate) fn update(&mut self, step: T) {
        if let Some(current) = self.steps.get_mut(self.at).filter(|current| **current == step) {
            *current = step;
        }
    }

    pub(crate) fn can_go_back(&self) -> bool {
        self.at > 0
    }

    pub(crate) fn can_go_forward(&self) -> bool {
        self.at + 1 < self.steps.len()
    }

    pub(crate) fn back(&mut self) -> Option<T> {
        let at = self.at.checked_sub(1)?;
        self.at = at;
        self.steps.get(at).cloned()
    }

    pub(crate) fn forward(&mut self) -> Option<T> {
        let step = self.steps.get(self.at + 1).cloned()?;
        self.at += 1;
        Some(step)
    }

    /// Newest first.
    #[cfg(test)]
    pub(crate) fn recent(&self) -> impl Iterator<Item = &T> {
        self.steps.iter().rev()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_and_forward_until_a_new_step() {
        let mut history = History::new("");
        history.push("a");
        history.push("a");
        history.push("b");
        assert_eq!((history.back(), history.back(), history.back()), (Some("a"), Some(""), None));
        assert_eq!(history.forward(), Some("a"));
        assert!(history.can_go_forward());
        history.push("c");
        assert_eq!(history.forward(), None);
        assert_eq!(history.recent().copied().collect::<Vec<_>>(), ["c", "a", ""]);
    }

    /// A place that is the same wherever it is scrolled to.
    #[derive(Clone, Debug)]
    struct Scrolled(&'static str, u32);

    impl PartialEq for Scrolled {
        fn eq(&self, other: &Self) -> bool {
            self.0 == other.0
        }
    }

    #[test]
    fn what_changed_meanwhile_is_returned_to() {
        let mut history = History::new(Scrolled("a", 0));
        history.update(Scrolled("a", 7));
        history.update(Scrolled("b", 8));
        history.push(Scrolled("b", 0));
        assert_eq!(history.back().map(|step| (step.0, step.1)), Some(("a", 7)), "of this place and of no other");
    }

    #[test]
    fn the_oldest_steps_are_forgotten() {
        let mut history = History::new(0);
        for step in 1..=1000 {
            history.push(step);
        }
        let mut back = 0;
        while history.back().is_some() {
            back += 1;
        }
        assert_eq!(back, History::<i32>::KEPT - 1);
    }
}
