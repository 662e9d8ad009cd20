//! Frames by step, and their distribution in print.

use std::fmt;
use std::time::{Duration, Instant};

/// What a frame took.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// From its events to its triangles, with whatever else the machine did meanwhile.
    pub wall: Duration,
    /// Of the frame's own thread.
    pub cpu: Duration,
}

struct Step {
    name: String,
    begun: Instant,
    took: Duration,
    frames: Vec<Cost>,
}

#[derive(Default)]
pub struct Report {
    steps: Vec<Step>,
}

/// A frame that takes longer is seen as a stutter at sixty frames a second.
const LIMIT: Duration = Duration::from_millis(16);

impl Report {
    pub fn step(&mut self, name: String) {
        self.steps.push(Step { name, begun: Instant::now(), took: Duration::ZERO, frames: Vec::new() });
    }

    pub fn frame(&mut self, cost: Cost) {
        if let Some(step) = self.steps.last_mut() {
            step.frames.push(cost);
            step.took = step.begun.elapsed();
        }
    }
}

/// Milliseconds at a part (0 to 1) of the sorted list, by the nearest rank.
fn at(sorted: &[Duration], part: f64) -> f64 {
    let place = ((sorted.len() as f64 * part).ceil() as usize).clamp(1, sorted.len().max(1)) - 1;
    sorted.get(place).map_or(0.0, |time| time.as_secs_f64() * 1e3)
}

fn line(f: &mut fmt::Formatter<'_>, name: &str, took: Duration, frames: &[Cost]) -> fmt::Result {
    let sorted = |of: fn(&Cost) -> Duration| {
        let mut times: Vec<Duration> = frames.iter().map(of).collect();
        times.sort_unstable();
        times
    };
    write!(f, "{name:<48}{:>8.2}{:>7}", took.as_secs_f64(), frames.len())?;
    for times in [sorted(|cost| cost.cpu), sorted(|cost| cost.wall)] {
        let late = times.iter().filter(|time| **time > LIMIT).count();
        write!(f, " |")?;
        for part in [0.0, 0.5, 0.95, 0.99, 1.0] {
            write!(f, "{:>7.2}", at(&times, part))?;
        }
        write!(f, "{late:>5}")?;
    }
    writeln!(f)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = "    min median    p95    p99    max  >16";
        writeln!(f, "{:<63} | {:<38} | of the clock, ms", "", "own work of a frame, ms")?;
        writeln!(f, "{:<48}{:>8}{:>7} |{columns:<38} |{columns}", "step", "seconds", "frames")?;
        for step in &self.steps {
            line(f, &step.name, step.took, &step.frames)?;
        }
        let all: Vec<Cost> = self.steps.iter().flat_map(|step| step.frames.iter().copied()).collect();
        line(f, "all", self.steps.iter().map(|step| step.took).sum(), &all)
    }
}
