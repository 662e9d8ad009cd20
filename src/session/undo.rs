//! The changes that people make to the open case, in one order whatever their kind, and what undoes them. A change
//! waits until the one before it is in the case, so that an undo always means the change that was asked for last.

#[cfg(test)]
mod tests;
mod words;

pub(crate) use words::describe;

use super::conclusions::Task;
use super::indicators;
use super::pane::NotMade;
use super::saved_filters::FilterChange;
use crate::app::error::Message;
use crate::case::IndicatorItem;
use crate::model::conclusions;
use std::collections::VecDeque;

/// A change to the case: what examiners write; indicators, labels and owners; the filters that are kept.
#[derive(Clone, Debug, PartialEq)]
pub enum CaseChange {
    Conclusions(Task),
    Indicators(Box<indicators::Change>),
    Filters(FilterChange),
}

/// Things that are undone at once without being asked about first.
const ASKED_FROM: usize = 1_000;

impl CaseChange {
    /// Does this take much out of the case at once: a list of indicators, several filters, a thousand tags?
    pub fn takes_much_out(&self) -> bool {
        match self {
            CaseChange::Conclusions(Task::Change(conclusions::Change::RemoveTag { subjects, .. })) => {
                subjects.len() >= ASKED_FROM
            }
            CaseChange::Conclusions(_) => false,
            CaseChange::Indicators(change) => match change.as_ref() {
                indicators::Change::Remove(items, true) => {
                    items.len() >= ASKED_FROM || items.iter().any(|item| matches!(item, IndicatorItem::List(_)))
                }
                _ => false,
            },
            CaseChange::Filters(FilterChange::Restore { remove, .. }) => remove.len() > 1,
            CaseChange::Filters(_) => false,
        }
    }
}

/// Why a change came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    New,
    Undo,
    Redo,
}

#[derive(Debug)]
enum Order {
    Make(Step),
    /// `agreed`: it may take much out of the case.
    Undo {
        agreed: bool,
    },
    Redo,
}

/// A change, and what the change that it makes, undoes or redoes is called.
#[derive(Clone, Debug)]
struct Step {
    what: Message,
    change: CaseChange,
}

/// What a change came to: what undoes it, or `None` where nothing changed; or it failed and nothing changed.
pub(crate) type Outcome = Result<Option<CaseChange>, NotMade>;

#[derive(Default)]
pub struct Changes {
    waiting: VecDeque<Order>,
    running: Option<(Way, Step)>,
    undo: Vec<Step>,
    redo: Vec<Step>,
    asks: bool,
}

/// Changes that can be undone.
const UNDOS: usize = 200;

impl Changes {
    pub fn make(&mut self, what: Message, change: CaseChange) {
        self.waiting.push_back(Order::Make(Step { what, change }));
    }

    /// Undoes the last change, once it is made.
    pub fn undo(&mut self, agreed: bool) {
        self.waiting.push_back(Order::Undo { agreed });
    }

    pub fn redo(&mut self) {
        self.waiting.push_back(Order::Redo);
    }

    pub fn is_idle(&self) -> bool {
        self.running.is_none() && self.waiting.is_empty()
    }

    /// May there be anything to undo?
    pub fn can_undo(&self) -> bool {
        !self.is_idle() || !self.undo.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.redo.is_empty()
    }

    /// What an undo would undo; `None` while that is not settled.
    pub fn to_undo(&self) -> Option<&Message> {
        let step = match (self.waiting.back(), &self.running) {
            (Some(Order::Make(step)), _) | (None, Some((Way::New, step))) => Some(step),
            (None, None) => self.undo.last(),
            _ => None,
        };
        step.map(|step| &step.what)
    }

    pub fn to_redo(&self) -> Option<&Message> {
        self.redo.last().filter(|_| self.is_idle()).map(|step| &step.what)
    }

    /// An undo would take much out of the case, and is to be agreed to; told once.
    pub fn take_asks(&mut self) -> bool {
        std::mem::take(&mut self.asks)
    }

    /// The next change to be made, where none is under way.
    pub fn take_next(&mut self) -> Option<CaseChange> {
        if self.running.is_some() {
            return None;
        }
        while self.running.is_none() {
            let (way, step) = match self.waiting.pop_front()? {
                Order::Make(step) => (Way::New, Some(step)),
                Order::Undo { agreed: false } if self.undo.last().is_some_and(|s| s.change.takes_much_out()) => {
                    self.asks = true;
                    continue;
                }
                Order::Undo { .. } => (Way::Undo, self.undo.pop()),
                Order::Redo => (Way::Redo, self.redo.pop()),
            };
            self.running = step.map(|step| (way, step));
        }
        self.running.as_ref().map(|(_, step)| step.change.clone())
    }

    /// The change under way came to an end. What is reported of an undo or a redo.
    pub fn settled(&mut self, outcome: Outcome) -> Option<(Way, Message)> {
        let (way, step) = self.running.take()?;
        let what = step.what.clone();
        let to = match (way, outcome) {
            (Way::New, Ok(Some(inverse))) => {
                self.redo.clear();
                (&mut self.undo, Step { change: inverse, ..step })
            }
            (Way::Redo, Ok(Some(inverse))) => (&mut self.undo, Step { change: inverse, ..step }),
            (Way::Undo, Ok(Some(inverse))) => (&mut self.redo, Step { change: inverse, ..step }),
            // Somebody else did it already; or there is nothing to undo.
            (_, Ok(None)) | (Way::New, Err(NotMade)) => return None,
            // It can be tried again.
            (Way::Undo, Err(NotMade)) => {
                self.undo.push(step);
                return None;
            }
            (Way::Redo, Err(NotMade)) => {
                self.redo.push(step);
                return None;
            }
        };
        to.0.push(to.1);
        if self.undo.len() > UNDOS {
            self.undo.remove(0);
        }
        (way != Way::New).then_some((way, what))
    }
}
