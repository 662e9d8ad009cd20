//! The changes that people make to the open case, in one order whatever their kind, and what undoes them. A change
//! waits until the one before it is in the case, so that an undo always means the change that was asked for last.

#[cfg(test)]
mod tests;
mod words;

pub(crate) use words::{describe, tags as describe_tags};

use super::conclusions::Task;
use super::indicators;
use super::pane::NotMade;
use super::saved_filters::FilterChange;
use super::saved_views::ViewChange;
use crate::app::decisions::Deciding;
use crate::app::error::Message;
use crate::case::IndicatorItem;
use crate::model::{Dataset, TimeRange, conclusions};
use crate::query::Duplicates;
use std::collections::VecDeque;

/// A change to the case: what examiners write; indicators, labels and owners; the filters that are kept.
#[derive(Clone, Debug, PartialEq)]
pub enum CaseChange {
    Conclusions(Task),
    Indicators(Box<indicators::Change>),
    Filters(FilterChange),
    /// Which records are shown; nothing of it is in the case.
    Shown(FilterStep),
    View(Box<ViewChange>),
    Decision(Box<Deciding>),
}

/// The filter and the time range that a step of the examiner led away from, or leads back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterStep {
    pub dataset: Dataset,
    pub text: String,
    pub range: TimeRange,
    /// Where the step changed whether duplicates are shown.
    pub duplicates: Option<Duplicates>,
}

impl FilterStep {
    /// What the step from here to this filter and range is called.
    pub fn told_of(&self, text: &str, range: TimeRange) -> Message {
        words::filter_step(self, text, range)
    }
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
            CaseChange::Filters(_) | CaseChange::Shown(_) | CaseChange::View(_) | CaseChange::Decision(_) => false,
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
    /// It is made already; the step holds what undoes it.
    Made(Step),
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
    /// Neighbours of one number are undone and redone together.
    group: u64,
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
    groups: u64,
}

/// Changes that can be undone.
const UNDOS: usize = 200;

impl Changes {
    pub fn make(&mut self, what: Message, change: CaseChange) {
        self.make_together(what, [change]);
    }

    /// Changes that are undone and redone as one, under one name.
    pub fn make_together(&mut self, what: Message, changes: impl IntoIterator<Item = CaseChange>) {
        self.groups += 1;
        let group = self.groups;
        let orders = changes.into_iter().map(|change| Order::Make(Step { what: what.clone(), change, group }));
        self.waiting.extend(orders);
    }

    /// A change that took effect at once, and what undoes it, all of it together.
    pub fn made(&mut self, what: &Message, inverse: impl IntoIterator<Item = CaseChange>) {
        self.groups += 1;
        let group = self.groups;
        let orders = inverse.into_iter().map(|change| Order::Made(Step { what: what.clone(), change, group }));
        self.waiting.extend(orders);
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

    /// The change that is being made, where it undoes and redoes nothing.
    pub fn new_one(&self) -> Option<&CaseChange> {
        self.running.as_ref().filter(|(way, _)| *way == Way::New).map(|(_, step)| &step.change)
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
            (Some(Order::Make(step) | Order::Made(step)), _) | (None, Some((Way::New, step))) => Some(step),
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
                Order::Made(step) => {
                    self.redo.clear();
                    self.push_undo(step);
                    continue;
                }
                Order::Undo { agreed: false } if self.undo_takes_much_out() => {
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

    /// Would an undo of the last change, with all that goes with it?
    fn undo_takes_much_out(&self) -> bool {
        let Some(last) = self.undo.last() else { return false };
        let mut together = self.undo.iter().rev().take_while(|step| step.group == last.group);
        together.any(|step| step.change.takes_much_out())
    }

    /// The change under way came to an end. What is reported of an undo or a redo.
    pub fn settled(&mut self, outcome: Outcome) -> Option<(Way, Message)> {
        let (way, step) = self.running.take()?;
        let (what, group) = (step.what.clone(), step.group);
        let changed = match (way, outcome) {
            (Way::New, Err(NotMade)) => return None,
            // It can be tried again.
            (Way::Undo, Err(NotMade)) => {
                self.undo.push(step);
                return None;
            }
            (Way::Redo, Err(NotMade)) => {
                self.redo.push(step);
                return None;
            }
            // Somebody else did it already; or there is nothing to undo.
            (_, Ok(None)) => false,
            (Way::Undo, Ok(Some(inverse))) => {
                self.redo.push(Step { change: inverse, ..step });
                true
            }
            (Way::New | Way::Redo, Ok(Some(inverse))) => {
                if way == Way::New {
                    self.redo.clear();
                }
                self.push_undo(Step { change: inverse, ..step });
                true
            }
        };
        self.go_on(way, group);
        (changed && way != Way::New).then_some((way, what))
    }

    /// What belongs to the same step is undone or redone before anything else.
    fn go_on(&mut self, way: Way, group: u64) {
        let (next, order) = match way {
            Way::New => return,
            Way::Undo => (self.undo.last(), Order::Undo { agreed: true }),
            Way::Redo => (self.redo.last(), Order::Redo),
        };
        if next.is_some_and(|next| next.group == group) {
            self.waiting.push_front(order);
        }
    }

    fn push_undo(&mut self, step: Step) {
        self.undo.push(step);
        if self.undo.len() > UNDOS {
            self.undo.remove(0);
        }
    }
}
