//! The real window on a display of its own, drawn in software: how long it takes to its first frame, what a frame costs while
//! somebody works, and what the processor does while nobody does.

use crate::xvfb::{Program, Screen, wait_for};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const SIZE: (usize, usize) = (1920, 1080);
const IDLE: Duration = Duration::from_secs(10);
const STEP: Duration = Duration::from_secs(4);

/// Prints the figures of a case.
pub(crate) fn run(case: &Path) -> Result<()> {
    let Some(screen) = Screen::start("frames", SIZE.0, SIZE.1) else { return Ok(()) };
    let home = tempfile::tempdir()?;
    let case = case.canonicalize()?;
    let case = case.to_str().ok_or("the path of the case is no text")?;
    settings(home.path())?;
    idle(&screen, home.path(), case)?;
    frames(&screen, home.path(), case)
}

/// The window fills the screen.
fn settings(home: &Path) -> Result<()> {
    let folder = home.join("coldtrail");
    std::fs::create_dir_all(&folder)?;
    let window = r#"{"window": {"width": 1920, "height": 1060, "at": [0, 0], "maximized": true}, "theme": "dark"}"#;
    Ok(std::fs::write(folder.join("settings.json"), window)?)
}

fn idle(screen: &Screen, home: &Path, case: &str) -> Result<()> {
    let program = screen.open(home, &[case]);
    program.changes("the flows", 20_000, |p| p.key("ctrl+3"));
    program.key("Down");
    std::thread::sleep(Duration::from_secs(3));
    let before = ticks(&program)?;
    std::thread::sleep(IDLE);
    let spent = ticks(&program)? - before;
    println!("idle: {spent} ticks of 10 ms of processor in {} s, case open, a record inspected", IDLE.as_secs());
    program.close();
    Ok(())
}

/// What somebody does for a while, in microseconds since 1970.
struct Step {
    name: &'static str,
    from: u128,
    until: u128,
    /// Of the processor.
    ticks: u64,
}

/// Processor time of the program, in hundredths of a second.
fn ticks(program: &Program<'_>) -> Result<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", program.id()))?;
    // The name may hold spaces; what follows its bracket does not.
    let rest = stat.rsplit_once(") ").ok_or("an unknown form of stat")?.1;
    let fields: Vec<&str> = rest.split(' ').collect();
    let field = |at: usize| fields.get(at).and_then(|text| text.parse::<u64>().ok()).ok_or("a field is missing");
    Ok(field(11)? + field(12)?)
}

fn frames(screen: &Screen, home: &Path, case: &str) -> Result<()> {
    let file = home.join("frames");
    let begun = now();
    let program = screen.open_with(home, &[case], &[("COLDTRAIL_FRAME_TIMES", &file)]);
    wait_for("the case", || (program.title() != "Coldtrail").then_some(()));
    let mut steps = Vec::new();
    let (middle, plot) = ((SIZE.0 / 3, SIZE.1 * 3 / 4), (SIZE.0 / 3, SIZE.1 / 5));
    let mut step = |name: &'static str, act: &dyn Fn()| -> Result<()> {
        let (from, until, before) = (now(), Instant::now() + STEP, ticks(&program)?);
        while Instant::now() < until {
            act();
        }
        steps.push(Step { name, from, until: now(), ticks: ticks(&program)? - before });
        Ok(())
    };
    step("overview, nothing moves", &|| std::thread::sleep(Duration::from_millis(100)))?;
    program.key("ctrl+3");
    program.key("Down");
    step("flows, inspector and histogram, nothing moves", &|| std::thread::sleep(Duration::from_millis(100)))?;
    step("wheel over the table", &|| program.wheel(middle.0, middle.1, 5))?;
    step("down, each record inspected", &|| program.key("Down"))?;
    step("pointer over the table", &|| program.point(middle.0, middle.1 - 200, 10))?;
    step("pointer over the histogram", &|| program.point(plot.0, plot.1, 10))?;
    program.key("ctrl+6");
    step("timeline, nothing moves", &|| std::thread::sleep(Duration::from_millis(100)))?;
    program.key("ctrl+3");
    program.key("F7");
    step("flows beside the timeline", &|| std::thread::sleep(Duration::from_millis(100)))?;
    program.close();
    report(&file, begun, &steps)
}

fn report(file: &PathBuf, begun: u128, steps: &[Step]) -> Result<()> {
    let text = std::fs::read_to_string(file)?;
    let frames: Vec<u128> = text.lines().map(str::parse).collect::<std::result::Result<_, _>>()?;
    let first = frames.get(1).ok_or("there was no frame")?.saturating_sub(begun);
    println!("start to the end of the first frame: {} ms", first / 1000);
    println!(
        "{:<50}{:>7}{:>9}{:>9}{:>9}{:>11}",
        "ms a frame, 1920x1080, drawn in software", "frames", "median", "p95", "max", "processor"
    );
    for Step { name, from, until, ticks } in steps {
        let within = frames.windows(2).filter(|pair| pair.iter().all(|at| (from..until).contains(&at)));
        let mut costs: Vec<u128> = within.filter_map(|pair| Some(pair.get(1)? - pair.first()?)).collect();
        costs.sort_unstable();
        let at = |part: f64| {
            let place = ((costs.len() as f64 * part) as usize).min(costs.len().saturating_sub(1));
            costs.get(place).map_or(0.0, |micros| *micros as f64 / 1000.0)
        };
        // With the threads that draw; other programs have no part in it, unlike in the time that a frame takes.
        let processor = *ticks as f64 * 10.0 / costs.len().max(1) as f64;
        println!("{name:<50}{:>7}{:>9.1}{:>9.1}{:>9.1}{processor:>11.1}", costs.len(), at(0.5), at(0.95), at(1.0));
    }
    Ok(())
}

fn now() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros()
}
