//! Leads of scans and guessing: one for a source, and one for all who guess little. Pure.

use super::lead::{Kind as Found, Lead};
use super::left_out::{LeftOut, kept};
use super::parameters::Parameters;
use super::scan::{self, Kind, Scan};
use super::scans::scans;
use super::traffic::Traffic;
use crate::model::Dataset;
use crate::query::QueryError;
use std::collections::{BTreeMap, BTreeSet};

/// So many missed targets are no noise.
const MANY: usize = 100;
const NOISE: (&str, &str) =
    ("who guesses little and gets no answer is the noise of the internet", "one of them comes back and is answered");

pub(super) fn scan_leads(
    of: &Traffic,
    parameters: &Parameters,
    left_out: &LeftOut<'_>,
) -> Result<Vec<Lead>, QueryError> {
    let found = scans(of, &Parameters { all_walks: false, ..parameters.clone() });
    let found = kept("scans", found, |one| scan::row(of, one), left_out)?;
    let mut leads = Vec::new();
    let mut sources: BTreeMap<u32, Vec<&Scan>> = BTreeMap::new();
    for scan in &found {
        match &scan.kind {
            Kind::Guessing { host, port, last_start, decided_at } => {
                leads.push(guessing(of, parameters, scan, (*host, *port), *last_start, *decided_at));
            }
            Kind::Horizontal { .. } | Kind::Vertical { .. } | Kind::Walk { .. } => {
                sources.entry(scan.source).or_default().push(scan);
            }
        }
    }
    let mut noise: Vec<(u32, Vec<&Scan>)> = Vec::new();
    for (source, list) in sources {
        let (missed, hits) = counts(&list);
        let base = match (of.space.is_internal(source), hits > 0, missed >= MANY) {
            (true, ..) => 70.0,
            (false, true, _) => 50.0,
            (false, false, true) => 30.0,
            (false, false, false) => {
                noise.push((source, list));
                continue;
            }
        };
        leads.push(of_source(of, source, &list, base));
    }
    leads.extend(background(of, &noise));
    Ok(leads)
}

/// Targets that were missed, each once, and answers.
fn counts(list: &[&Scan]) -> (usize, u64) {
    let missed: BTreeSet<(u32, u16)> = list.iter().flat_map(|scan| scan.missed.iter().copied()).collect();
    (missed.len(), list.iter().map(|scan| scan.hits).sum())
}

fn lead(kind: Found, subject: String, list: &[&Scan], base: f64) -> Lead {
    Lead {
        kind,
        subject,
        peer: String::new(),
        ends: None,
        what: String::new(),
        first: list.iter().map(|scan| scan.first).min().unwrap_or(0),
        last: list.iter().map(|scan| scan.last).max().unwrap_or(0),
        parts: vec![(kind.name().to_owned(), base)],
        records: None,
        filter: String::new(),
        dataset: Dataset::Flows,
        actor: None,
        doubts: None,
    }
}

fn of_source(of: &Traffic, source: u32, list: &[&Scan], base: f64) -> Lead {
    let mut lead = lead(Found::Scan, of.address_text(source), list, base);
    let (mut ports, mut hosts) = (BTreeSet::new(), BTreeSet::new());
    for scan in list {
        match &scan.kind {
            Kind::Horizontal { port, .. } => {
                ports.insert(*port);
            }
            Kind::Vertical { host, .. } => {
                hosts.insert(*host);
            }
            Kind::Guessing { .. } | Kind::Walk { .. } => {}
        }
    }
    let count = |count: usize, one: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    };
    let shapes = [("horizontal", ports.len(), "port"), ("vertical", hosts.len(), "host")];
    let mut shapes: Vec<String> = shapes
        .into_iter()
        .filter(|(_, number, _)| *number > 0)
        .map(|(shape, number, one)| format!("{shape}: {}", count(number, one)))
        .collect();
    if shapes.is_empty() {
        shapes.push("walk over first contacts".to_owned());
    }
    let (missed, hits) = counts(list);
    lead.what = format!("{}, {missed} targets missed, {hits} answered", shapes.join(", "));
    let [from, to] = [lead.first, lead.last].map(|time| of.time(time).to_text());
    lead.filter = format!("srcaddr = {} and start >= {from} and start <= {to}", lead.subject);
    lead
}

fn background(of: &Traffic, noise: &[(u32, Vec<&Scan>)]) -> Option<Lead> {
    let all: Vec<&Scan> = noise.iter().flat_map(|(_, list)| list.iter().copied()).collect();
    all.first()?;
    let subject = match noise.len() {
        1 => "1 outside source".to_owned(),
        count => format!("{count} outside sources"),
    };
    let mut lead = lead(Found::Scan, subject, &all, 10.0);
    let missed: usize = noise.iter().map(|(_, list)| counts(list).0).sum();
    lead.what = format!("background: {missed} targets missed, none answered");
    let sources: Vec<String> = noise.iter().map(|(source, _)| of.address_text(*source)).collect();
    lead.filter = format!("srcaddr in ({})", sources.join(", "));
    lead.doubts = Some(NOISE);
    Some(lead)
}

fn guessing(
    of: &Traffic,
    parameters: &Parameters,
    scan: &Scan,
    (host, port): (u32, u16),
    last_start: i64,
    decided_at: Option<i64>,
) -> Lead {
    let base = if decided_at.is_some() { 75.0 } else { 50.0 };
    let mut lead = lead(Found::Guessing, of.address_text(scan.source), &[scan], base);
    (lead.peer, lead.ends) = (of.address_text(host), Some((scan.source, host)));
    let large = decided_at.map(|at| format!(", a large one from {}", of.time(at).to_text()));
    lead.what = format!("{} small sessions with an admin port{}", scan.probes, large.unwrap_or_default());
    lead.records = Some(scan.probes);
    lead.filter = format!(
        "srcaddr = {} and dstport = {port} and action = ACCEPT and bytes <= {} and start >= {} and start <= {}",
        lead.subject,
        parameters.guess_bytes,
        of.time(scan.first).to_text(),
        of.time(last_start).to_text()
    );
    lead
}
