//! How long the analyses of behaviour take, and how much memory.

use super::{PAGE, RUNS, Timing};
use crate::analysis::{self, Analysis, Asked};
use crate::case::CaseReader;
use crate::model::Dataset;
use crate::query::{Cancel, QueryError, Scope};
use std::path::Path;
use std::time::Instant;

/// Of whose rows there may be as many as records: the first page of each is asked for.
const LISTED: [(&str, &str); 2] =
    [("behaviour_sessions", "flow-sessions"), ("behaviour_conversations", "flow-conversations")];
/// What reads the records and makes conversations of them, where these are not kept yet.
const LOAD: (&str, &str) = ("behaviour_load", "interfaces");
const EACH: [(&str, &str); 10] = [
    ("behaviour_beacons", "beacons"),
    ("behaviour_long", "long-sessions"),
    ("behaviour_scans", "scans"),
    ("behaviour_fan", "fan"),
    ("behaviour_lateral", "lateral"),
    ("behaviour_exfil", "exfiltration"),
    ("behaviour_first_seen", "first-seen"),
    ("behaviour_tunnels", "tunnels"),
    ("behaviour_ports", "ports-opened"),
    ("behaviour_leads", "leads"),
];
const ALL: &str = "behaviour_all";

/// Measures them on a case with flow records; the columns of these are in memory before each run.
pub(super) fn behaviour(case: &Path, cancel: &Cancel, take: &mut dyn FnMut(Timing)) -> Result<(), QueryError> {
    let opened = || {
        let reader = CaseReader::open(case)?;
        // It reads every record, and keeps nothing but their columns.
        rows(&reader, LISTED[0].1, cancel)?;
        Ok(reader)
    };
    take(measured(LOAD.0, opened, |reader| rows(reader, LOAD.1, cancel))?);
    take(measured(ALL, opened, |reader| {
        [LOAD].iter().chain(&EACH).try_fold(0, |sum, (_, name)| Ok(sum + rows(reader, name, cancel)?))
    })?);
    let reader = opened()?;
    rows(&reader, LOAD.1, cancel)?;
    for (name, analysis) in EACH.into_iter().chain(LISTED) {
        take(measured(name, || Ok(()), |()| rows(&reader, analysis, cancel))?);
    }
    Ok(())
}

fn rows(reader: &CaseReader, name: &str, cancel: &Cancel) -> Result<u64, QueryError> {
    let Some(analysis) = analysis::ALL.iter().find(|analysis| analysis.name == name) else { return Ok(0) };
    let limit = LISTED.iter().any(|(_, listed)| *listed == name).then_some(PAGE);
    Ok((analysis.run)(reader, &asked(analysis, limit), cancel)?.rows.len() as u64)
}

fn asked(analysis: &Analysis, limit: Option<usize>) -> Asked {
    let mut asked = Asked { limit, ..Asked::of(Scope::all(Dataset::Flows)) };
    let defaults = analysis.parameters.iter().filter_map(|parameter| Some((parameter.name, parameter.default?)));
    asked.parameters.extend(defaults.map(|(name, value)| (name.to_owned(), value.to_owned())));
    asked
}

/// `ready`: what is not measured of each run.
fn measured<T>(
    name: &'static str,
    ready: impl Fn() -> Result<T, QueryError>,
    run: impl Fn(&T) -> Result<u64, QueryError>,
) -> Result<Timing, QueryError> {
    let (mut best, mut peak, mut found) = (f64::INFINITY, None, 0);
    for at in 0..=RUNS {
        let ready = ready()?;
        forget_peak();
        let begin = Instant::now();
        found = run(&ready)?;
        if at > 0 {
            best = best.min(begin.elapsed().as_secs_f64());
            peak = peak.max(peak_memory());
        }
    }
    Ok(Timing { name, secs: best, rows: found, peer: None, peak })
}

/// The most memory that the process has taken since `forget_peak`, in bytes; `None` where the system does not say.
fn peak_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

fn forget_peak() {
    // Where it cannot be forgotten, the peak is that of all runs before as well.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}
