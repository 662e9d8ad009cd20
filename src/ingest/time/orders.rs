//! The order of day, month and year in the dates of one file, as far as they tell it.

use super::text::{Order, Written};

/// What all dates so far allow; nothing before any date told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Orders(Option<[bool; 3]>);

/// When a date is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Day {
    /// Milliseconds since 1970 UTC.
    At(i64),
    /// It may be two days, and no other date has told the order.
    Open,
    /// It contradicts the dates before it; the time, where it is one all the same.
    Torn(Option<i64>),
}

impl Orders {
    pub(crate) fn read(&mut self, written: &Written) -> Day {
        if !written.has_order() {
            return written.plain().map_or(Day::Open, Day::At);
        }
        let before = self.0.unwrap_or([true; 3]);
        let mut both = before;
        for (allowed, order) in both.iter_mut().zip(Order::ALL) {
            *allowed &= written.in_order(order).is_some();
        }
        if !both.contains(&true) {
            return Day::Torn(written.plain());
        }
        self.0 = Some(both);
        let millis = self.order().map_or_else(|| written.plain(), |order| written.in_order(order));
        millis.map_or(Day::Open, Day::At)
    }

    /// The one order that all dates so far allow.
    pub(crate) fn order(&self) -> Option<Order> {
        let allowed = Order::ALL.into_iter().zip(self.0?);
        let mut allowed = allowed.filter(|(_, is_allowed)| *is_allowed).map(|(order, _)| order);
        allowed.next().filter(|_| allowed.next().is_none())
    }
}
