//! A scan, a run of guesses or a random walk, as a row of one table. Pure.

use super::conversation::Conversation;
use super::interfaces::Collected;
use super::numbers::decimal;
use super::traffic::Traffic;
use crate::model::{Unit, Value};

pub(super) const COLUMNS: [(&str, Unit); 15] = [
    ("kind", Unit::Text),
    ("srcaddr", Unit::Address),
    ("target", Unit::Text),
    ("protocol", Unit::Protocol),
    ("first_seen", Unit::Time),
    ("last_seen", Unit::Time),
    ("probes", Unit::Count),
    ("misses", Unit::Count),
    ("hits", Unit::Count),
    ("examples", Unit::Text),
    ("collected", Unit::Text),
    ("verdict", Unit::Text),
    ("llr", Unit::Number),
    ("decided_after", Unit::Count),
    ("decided_at", Unit::Time),
];

/// A row of the table; the walk and guessing give such rows too.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scan {
    pub kind: Kind,
    pub source: u32,
    pub protocol: u8,
    pub first: i64,
    pub last: i64,
    pub probes: u64,
    pub misses: u64,
    pub hits: u64,
    /// Hosts and ports that were missed.
    pub missed: Vec<(u32, u16)>,
    pub collected: Collected,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Horizontal {
        port: u16,
        examples: Vec<u32>,
    },
    Vertical {
        host: u32,
        examples: Vec<u16>,
    },
    /// The last guess begins at this time.
    Guessing {
        host: u32,
        port: u16,
        last_start: i64,
        decided_at: Option<i64>,
    },
    Walk {
        verdict: Verdict,
        llr: f64,
        decided_after: u64,
        decided_at: Option<i64>,
    },
}

/// What a random walk over hits and misses says of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Scanner,
    Benign,
    Undecided,
    /// What would decide was not collected.
    Undecidable,
}

impl Verdict {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Scanner => "scanner",
            Self::Benign => "benign",
            Self::Undecided => "undecided",
            Self::Undecidable => "undecidable",
        }
    }
}

impl Kind {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Horizontal { .. } => "horizontal",
            Self::Vertical { .. } => "vertical",
            Self::Guessing { .. } => "guessing",
            Self::Walk { .. } => "trw",
        }
    }

    /// What orders the targets of one source.
    pub(super) fn place(&self) -> (u32, u16) {
        match self {
            Self::Horizontal { port, .. } => (0, *port),
            Self::Vertical { host, .. } => (*host, 0),
            Self::Guessing { host, port, .. } => (*host, *port),
            Self::Walk { .. } => (0, 0),
        }
    }
}

/// What is the same of all kinds; the kind is the caller's.
pub(super) fn of_run(of: &Traffic, run: &[&Conversation], misses: u64, hits: u64) -> Scan {
    let collected = run.iter().filter_map(|one| of.interfaces.get(one.interface as usize));
    Scan {
        kind: Kind::Walk { verdict: Verdict::Undecided, llr: 0.0, decided_after: 0, decided_at: None },
        source: run.first().map_or(0, |one| one.initiator()),
        protocol: run.first().map_or(0, |one| one.protocol),
        first: run.first().map_or(0, |one| one.start),
        last: run.iter().map(|one| one.end()).max().unwrap_or(0),
        probes: run.len() as u64,
        misses,
        hits,
        missed: Vec::new(),
        collected: collected.fold(Collected::None, |all, at| all.and(at.collected)),
    }
}

fn target(of: &Traffic, scan: &Scan) -> String {
    match &scan.kind {
        Kind::Horizontal { port, .. } => port.to_string(),
        Kind::Vertical { host, .. } => of.address_text(*host),
        Kind::Guessing { host, port, .. } => match of.address_text(*host) {
            v6 if v6.contains(':') => format!("[{v6}]:{port}"),
            v4 => format!("{v4}:{port}"),
        },
        Kind::Walk { .. } => String::new(),
    }
}

pub(super) fn row(of: &Traffic, scan: &Scan) -> Vec<Value> {
    let text = |text: String| if text.is_empty() { Value::Null } else { Value::Text(text) };
    let examples = match &scan.kind {
        Kind::Horizontal { examples, .. } => examples.iter().map(|at| of.address_text(*at)).collect(),
        Kind::Vertical { examples, .. } => examples.iter().map(u16::to_string).collect(),
        Kind::Guessing { .. } | Kind::Walk { .. } => Vec::new(),
    };
    let (verdict, llr, after, at) = match &scan.kind {
        Kind::Horizontal { .. } | Kind::Vertical { .. } => ("", Value::Null, Value::Null, None),
        Kind::Guessing { decided_at, .. } => {
            (if decided_at.is_some() { "guessed" } else { "" }, Value::Null, Value::Null, *decided_at)
        }
        Kind::Walk { verdict, llr, decided_after, decided_at } => {
            (verdict.name(), decimal(*llr), Value::count(*decided_after), *decided_at)
        }
    };
    vec![
        text(scan.kind.name().to_owned()),
        of.address(scan.source),
        text(target(of, scan)),
        of.protocol(scan.protocol),
        of.time(scan.first),
        of.time(scan.last),
        Value::count(scan.probes),
        Value::count(scan.misses),
        Value::count(scan.hits),
        text(examples.join(" ")),
        text(scan.collected.name().to_owned()),
        text(verdict.to_owned()),
        llr,
        after,
        at.map_or(Value::Null, |at| of.time(at)),
    ]
}
