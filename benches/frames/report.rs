//! Frames by step, and their distribution in print.

use std::fmt::{self, Write};
use std::time::{Duration, Instant};

/// What a frame took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
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
    /// Nobody waited for its end.
    unfinished: bool,
}

#[derive(Default)]
pub(crate) struct Report {
    steps: Vec<Step>,
}

/// A frame that takes longer is seen as a stutter at sixty frames a second.
const LIMIT: Duration = Duration::from_millis(16);

impl Report {
    /// Opens a step; the one before it is reported, so that a run that is stopped has told something.
    pub(crate) fn step(&mut self, name: String) {
        match self.steps.last() {
            Some(step) => eprint!("{}", line(&step.name, step.took, &step.frames)),
            None => eprint!("{}", heading()),
        }
        self.steps.push(Step {
            name,
            begun: Instant::now(),
            took: Duration::ZERO,
            frames: Vec::new(),
            unfinished: false,
        });
    }

    /// The last step did not come to rest.
    pub(crate) fn unfinished(&mut self) {
        if let Some(step) = self.steps.last_mut().filter(|step| !step.unfinished) {
            step.unfinished = true;
            step.name.push_str(" (NOT AT REST)");
        }
    }

    pub(crate) fn frame(&mut self, cost: Cost) {
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

fn heading() -> String {
    let columns = "    min median    p95    p99    max  >16";
    format!(
        "{:<63} | {:<38} | of the clock, ms\n{:<48}{:>8}{:>7} |{columns:<38} |{columns}\n",
        "", "own work of a frame, ms", "step", "seconds", "frames"
    )
}

fn line(name: &str, took: Duration, frames: &[Cost]) -> String {
    let sorted = |of: fn(&Cost) -> Duration| {
        let mut times: Vec<Duration> = frames.iter().map(of).collect();
        times.sort_unstable();
        times
    };
    let mut text = format!("{name:<48}{:>8.2}{:>7}", took.as_secs_f64(), frames.len());
    for times in [sorted(|cost| cost.cpu), sorted(|cost| cost.wall)] {
        let late = times.iter().filter(|time| **time > LIMIT).count();
        text.push_str(" |");
        for part in [0.0, 0.5, 0.95, 0.99, 1.0] {
            let _ = write!(text, "{:>7.2}", at(&times, part));
        }
        let _ = write!(text, "{late:>5}");
    }
    text.push('\n');
    text
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&heading())?;
        for step in &self.steps {
            f.write_str(&line(&step.name, step.took, &step.frames))?;
        }
        let all: Vec<Cost> = self.steps.iter().flat_map(|step| step.frames.iter().copied()).collect();
        f.write_str(&line("all", self.steps.iter().map(|step| step.took).sum(), &all))
    }
}
