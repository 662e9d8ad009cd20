//! What the examiner can set, and what is set so.

use super::fold::Wanted;
use super::given;
use super::interfaces::Told;
use super::space::{Shares, Since};
use crate::analysis::definition::{Parameter, ParameterKind};
use crate::filter::value::{parse_integer, parse_time};
use crate::model::{Address, KeySpan, Network};
use crate::query::{Ends, QueryError};
use std::collections::BTreeMap;

/// What decides sessions and conversations, and what is kept of records.
#[derive(Clone, Debug)]
pub(super) struct Basis {
    pub window: Option<i64>,
    pub join: Option<i64>,
    pub ends: Ends,
    /// Further internal networks.
    pub own: Vec<KeySpan>,
    pub wanted: Wanted,
}

#[derive(Clone, Debug)]
pub(super) struct Parameters {
    pub all_directions: bool,
    pub min_starts: usize,
    pub bins: usize,
    pub min_score: f64,
    pub skips_gaps: bool,
    pub shares: Shares,
    pub long: i64,
    pub miss_share: f64,
    pub min_targets: usize,
    pub scan_gap: i64,
    pub guess_min: usize,
    pub guess_gap: i64,
    pub guess_bytes: u64,
    /// Chances that a contact hits: of a benign source and of a scanner.
    pub theta: [f64; 2],
    pub alpha: f64,
    pub beta: f64,
    pub all_walks: bool,
    pub fan_min: usize,
    pub fan_ratio: f64,
    pub admin_ports: Vec<u16>,
    pub since: Since,
    pub internal_peers: bool,
    pub exfil_hour: u64,
    pub exfil_ratio: f64,
    pub exfil_floor: u64,
    pub exfil_pcr: f64,
    pub exfil_total: u64,
    pub dns_ports: Vec<u16>,
    pub dns_size: f64,
    pub icmp_size: f64,
    pub tunnel_rows: u64,
    pub tunnel_steady: f64,
    pub quiet: i64,
    pub near: i64,
    /// Leads of events too.
    pub with_events: bool,
}

/// Values as typed, by the names of their parameters.
#[derive(Clone, Copy)]
pub(super) struct Typed<'a>(pub &'a BTreeMap<String, String>);

/// Bars of a histogram at most: one a minute of a day.
const MOST_BARS: usize = 1440;

impl<'a> Typed<'a> {
    fn text(self, parameter: &Parameter) -> &'a str {
        let given = self.0.get(parameter.name).map(|value| value.trim()).filter(|value| !value.is_empty());
        given.or(parameter.default).unwrap_or_default()
    }

    fn wrong(self, parameter: &Parameter, expected: &str) -> QueryError {
        let Parameter { name, .. } = parameter;
        QueryError::Filter(format!("{} is not valid for parameter {name}: {expected}", self.text(parameter)))
    }

    fn number(self, parameter: &Parameter) -> Result<f64, QueryError> {
        let text = self.text(parameter);
        let found = match parameter.kind {
            ParameterKind::Bytes => parse_integer(text).ok().map(|number| number as f64),
            _ => text.parse().ok().filter(|number: &f64| number.is_finite()),
        };
        found.ok_or_else(|| self.wrong(parameter, parameter.kind.expected()))
    }

    fn whole(self, parameter: &Parameter) -> Result<u64, QueryError> {
        let number = self.number(parameter)?;
        if number >= 0.0 { Ok(number as u64) } else { Err(self.wrong(parameter, "0 or more")) }
    }

    fn seconds(self, parameter: &Parameter) -> Result<i64, QueryError> {
        Ok(i64::try_from(self.whole(parameter)?).unwrap_or(i64::MAX))
    }

    fn count(self, parameter: &Parameter) -> Result<usize, QueryError> {
        Ok(usize::try_from(self.whole(parameter)?).unwrap_or(usize::MAX))
    }

    /// A number of seconds, or none for `auto`.
    fn or_auto(self, parameter: &Parameter) -> Result<Option<i64>, QueryError> {
        match self.text(parameter) {
            "auto" => Ok(None),
            text => text.parse().map(Some).map_err(|_| self.wrong(parameter, "auto, or a number of seconds")),
        }
    }

    /// Is it the second of two words?
    fn is_second(self, parameter: &Parameter, [first, second]: [&str; 2]) -> Result<bool, QueryError> {
        match self.text(parameter) {
            text if text == first => Ok(false),
            text if text == second => Ok(true),
            _ => Err(self.wrong(parameter, &format!("{first} or {second}"))),
        }
    }

    fn items(self, parameter: &Parameter) -> impl Iterator<Item = &'a str> {
        let is_outside = |c: char| matches!(c, ',' | '[' | ']' | '(' | ')' | '"' | '\'' | '`') || c.is_whitespace();
        self.text(parameter).split(is_outside).filter(|item| !item.is_empty())
    }

    fn ports(self, parameter: &Parameter) -> Result<Vec<u16>, QueryError> {
        let ports = self.items(parameter).map(str::parse).collect::<Result<_, _>>();
        ports.map_err(|_| self.wrong(parameter, parameter.kind.expected()))
    }

    fn spans(self, parameter: &Parameter) -> Result<Vec<KeySpan>, QueryError> {
        let span = |item: &str| {
            let address = || Address::parse(item.as_bytes()).map(|address| KeySpan::of(&address));
            Network::parse(item).map(KeySpan::from).or_else(address)
        };
        let spans = self.items(parameter).map(span).collect::<Option<_>>();
        spans.ok_or_else(|| self.wrong(parameter, parameter.kind.expected()))
    }

    /// A time, or none for `auto`: seconds.
    fn time(self, parameter: &Parameter) -> Result<Option<i64>, QueryError> {
        match self.text(parameter) {
            "auto" => Ok(None),
            text => {
                let found = text.parse().ok().or_else(|| parse_time(text).map(|parsed| parsed.time.secs()));
                found.map(Some).ok_or_else(|| self.wrong(parameter, "auto, or a time such as 2026-03-10T18:00:00Z"))
            }
        }
    }
}

impl Basis {
    /// # Errors
    /// A value cannot be read.
    pub(super) fn read(typed: Typed<'_>) -> Result<Self, QueryError> {
        let ends = match typed.is_second(&given::ADDRESSES, ["packet", "interface"])? {
            true => Ends::Interface,
            false => Ends::Packet,
        };
        Ok(Self {
            window: typed.or_auto(&given::WINDOW)?,
            join: typed.or_auto(&given::JOIN)?,
            ends,
            own: typed.spans(&given::OWN)?,
            wanted: Wanted { dns_ports: typed.ports(&given::DNS_PORTS)?, long: typed.seconds(&given::LONG)? },
        })
    }

    pub(super) fn told(&self) -> Told {
        Told { window: self.window, join: self.join, ..Told::default() }
    }
}

impl Parameters {
    /// # Errors
    /// A value cannot be read.
    pub(super) fn read(typed: Typed<'_>) -> Result<Self, QueryError> {
        let shares = Shares {
            rare: typed.number(&given::RARE)?,
            common: typed.number(&given::COMMON)?,
            fewest_hosts: typed.count(&given::MIN_HOSTS)?,
        };
        Ok(Self {
            all_directions: typed.is_second(&given::SCOPE, ["out", "all"])?,
            min_starts: typed.count(&given::MIN_STARTS)?,
            bins: typed.count(&given::BINS)?.clamp(1, MOST_BARS),
            min_score: typed.number(&given::MIN_SCORE)?,
            skips_gaps: typed.is_second(&given::GAPS, ["zero", "skip"])?,
            shares,
            long: typed.seconds(&given::LONG)?,
            miss_share: typed.number(&given::MISS_SHARE)?,
            min_targets: typed.count(&given::MIN_TARGETS)?.max(1),
            scan_gap: typed.seconds(&given::SCAN_GAP)?,
            guess_min: typed.count(&given::GUESS_MIN)?.max(1),
            guess_gap: typed.seconds(&given::GUESS_GAP)?,
            guess_bytes: typed.whole(&given::GUESS_BYTES)?,
            theta: [typed.number(&given::THETA0)?, typed.number(&given::THETA1)?],
            alpha: typed.number(&given::ALPHA)?,
            beta: typed.number(&given::BETA)?,
            all_walks: typed.number(&given::TRW_ALL)? != 0.0,
            fan_min: typed.count(&given::FAN_MIN)?.max(1),
            fan_ratio: typed.number(&given::FAN_RATIO)?,
            admin_ports: typed.ports(&given::ADMIN_PORTS)?,
            since: Since { given: typed.time(&given::SINCE)?, history: typed.seconds(&given::MIN_HISTORY)? },
            internal_peers: typed.is_second(&given::EXFIL_SCOPE, ["external", "internal"])?,
            exfil_hour: typed.whole(&given::EXFIL_HOUR)?,
            exfil_ratio: typed.number(&given::EXFIL_RATIO)?,
            exfil_floor: typed.whole(&given::EXFIL_FLOOR)?,
            exfil_pcr: typed.number(&given::EXFIL_PCR)?,
            exfil_total: typed.whole(&given::EXFIL_TOTAL)?,
            dns_ports: typed.ports(&given::DNS_PORTS)?,
            dns_size: typed.number(&given::DNS_SIZE)?,
            icmp_size: typed.number(&given::ICMP_SIZE)?,
            tunnel_rows: typed.whole(&given::TUNNEL_ROWS)?,
            tunnel_steady: typed.number(&given::TUNNEL_STEADY)?,
            quiet: typed.seconds(&given::QUIET)?,
            near: typed.seconds(&given::NEAR)?,
            with_events: typed.is_second(&given::SOURCES, ["flows", "all"])?,
        })
    }
}
