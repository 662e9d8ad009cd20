//! Filters of leads, part by part. Pure.

use super::filters::{By, at, between};
use super::traffic::Traffic;
use crate::query::NO_PROTOCOL;

const HOUR: i64 = 3600;

pub(super) struct Written<'a> {
    of: &'a Traffic,
    by: By,
    parts: Vec<String>,
}

impl<'a> Written<'a> {
    /// `is_rewritten`: the addresses at the interface are not the packet's.
    pub(super) fn of(of: &'a Traffic, is_rewritten: bool) -> Self {
        Self { of, by: if is_rewritten { By::Packet } else { By::Interface }, parts: Vec::new() }
    }

    /// `port`: of the other end; 0 for any.
    pub(super) fn between(self, one: u32, other: u32, port: u16) -> Self {
        let [one, other] = [one, other].map(|at| self.of.address_text(at));
        let text = between(self.by, (&one, 0), (&other, port));
        self.with(text)
    }

    pub(super) fn protocol(self, protocol: u8) -> Self {
        if protocol == NO_PROTOCOL { self } else { self.with(format!("protocol = {protocol}")) }
    }

    pub(super) fn interface(self, interface: u32) -> Self {
        match at(&self.of.interface_name(interface).to_text()) {
            Some(text) => self.with(text),
            None => self,
        }
    }

    pub(super) fn interfaces(self, interfaces: impl Iterator<Item = u32>) -> Self {
        let texts: Vec<String> =
            interfaces.filter_map(|interface| at(&self.of.interface_name(interface).to_text())).collect();
        match texts.as_slice() {
            [] => self,
            [one] => self.with(one.clone()),
            several => self.with(format!("({})", several.join(" or "))),
        }
    }

    pub(super) fn accepted(self) -> Self {
        self.with("action = ACCEPT".to_owned())
    }

    pub(super) fn in_time(self, first: i64, last: i64) -> String {
        let text = format!("start >= {} and start <= {}", self.time(first), self.time(last));
        self.with(text).parts.join(" and ")
    }

    /// Records that start in these hours, ascending.
    pub(super) fn hours(self, hours: &[i64]) -> String {
        let runs =
            hours.chunk_by(|one, next| one + HOUR == *next).filter_map(|run| Some((*run.first()?, *run.last()?)));
        let texts: Vec<String> = runs
            .map(|(first, last)| format!("(start >= {} and start < {})", self.time(first), self.time(last + HOUR)))
            .collect();
        let text = format!("({})", texts.join(" or "));
        self.with(text).parts.join(" and ")
    }

    pub(super) fn into_port(self, interface: u32, host: u32, port: u16, protocol: u8) -> String {
        let host = self.by.destination(&self.of.address_text(host));
        self.interface(interface).with(host).with(format!("dstport = {port}")).protocol(protocol).parts.join(" and ")
    }

    fn time(&self, secs: i64) -> String {
        self.of.time(secs).to_text()
    }

    fn with(mut self, part: String) -> Self {
        self.parts.push(part);
        self
    }
}
