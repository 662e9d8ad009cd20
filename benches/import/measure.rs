//! Runs a program to its end and says what it took.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[derive(Clone, Copy)]
pub(crate) struct Measured {
    pub seconds: f64,
    /// User and system time.
    pub cpu_seconds: f64,
    /// The highest resident memory that was seen; 0 where the system does not tell.
    pub peak_bytes: u64,
}

/// Exit codes 0 and 1 count as done (1: with warnings about the evidence).
pub(crate) fn run(mut command: Command) -> Result<Measured, Box<dyn std::error::Error>> {
    let cpu_before = children_cpu_seconds();
    let begin = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn()?;
    let status_file = format!("/proc/{}/status", child.id());
    let mut peak_bytes = 0;
    // The kernel keeps the high-water mark itself, so a look now and then loses at most the growth of the last moment.
    let status = loop {
        if let Ok(text) = std::fs::read_to_string(&status_file) {
            peak_bytes = peak_bytes.max(high_water(&text).unwrap_or(0));
        }
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let seconds = begin.elapsed().as_secs_f64();
    if !matches!(status.code(), Some(0 | 1)) {
        return Err(format!("{command:?} ended with {status}").into());
    }
    Ok(Measured { seconds, cpu_seconds: children_cpu_seconds() - cpu_before, peak_bytes })
}

/// `VmHWM:   123456 kB`
fn high_water(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

/// What all children that have ended took, from /proc; a tick is a hundredth of a second on every Linux that we know.
fn children_cpu_seconds() -> f64 {
    let Ok(text) = std::fs::read_to_string("/proc/self/stat") else { return 0.0 };
    // The program's name is in brackets and may hold anything.
    let Some((_, rest)) = text.rsplit_once(')') else { return 0.0 };
    let values: Vec<f64> = rest.split_whitespace().skip(1).map(|value| value.parse().unwrap_or(0.0)).collect();
    // Counted from the parent's id, field 4 of proc(5): cutime is field 16, cstime 17.
    (values.get(12).unwrap_or(&0.0) + values.get(13).unwrap_or(&0.0)) / 100.0
}
