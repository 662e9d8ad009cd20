//! Stopping a run: Ctrl+C, a system that shuts down (SIGTERM), a terminal that is closed (SIGHUP). The first signal asks the
//! work to stop, which leaves nothing half done; the second ends the program at once.

use super::output::{fail, tell};
use super::{CliError, exit};
use crate::ingest::reader::CancelToken;
use crate::query::Cancel;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a signal asks to stop: queries, and the reading of evidence. One for the whole program.
#[derive(Clone, Default)]
pub(super) struct Stop {
    pub queries: Cancel,
    pub reading: CancelToken,
}

static STOP: OnceLock<Stop> = OnceLock::new();

/// From here on signals ask this to stop instead of ending the program.
pub(super) fn on_signal() -> Stop {
    let begin = || {
        let stop = Stop::default();
        let asked = stop.clone();
        let before = AtomicBool::new(false);
        let heard = listen(move || {
            if before.swap(true, Ordering::SeqCst) {
                // Whoever asks twice does not want to wait for the case to be closed; its log is read back when it is opened.
                #[expect(clippy::disallowed_methods, reason = "a second signal ends the program at once")]
                std::process::exit(i32::from(exit::STOPPED));
            }
            tell("coldtrail: stopping; a second signal ends it at once");
            asked.reading.cancel();
            asked.queries.cancel();
        });
        // Then a signal ends the program as it ends any other; the next run removes what that leaves.
        if let Err(error) = heard {
            fail(&format!("coldtrail: Ctrl+C will end this at once: {error}"));
        }
        stop
    };
    STOP.get_or_init(begin).clone()
}

/// For what prints many rows: ends it where a stop was asked for.
pub(super) fn check() -> Result<(), CliError> {
    match STOP.get() {
        Some(stop) if stop.queries.is_cancelled() => Err(CliError::Stopped("stopped".to_owned())),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn listen(asked: impl Fn() + Send + 'static) -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use std::io::Read;
    let (mut heard, told) = std::io::pipe()?;
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        if signal != SIGHUP || !ignores_hangup() {
            signal_hook::low_level::pipe::register(signal, told.try_clone()?)?;
        }
    }
    let work = move || {
        let mut signal = [0];
        while heard.read_exact(&mut signal).is_ok() {
            asked();
        }
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(work)?;
    Ok(())
}

/// Under nohup a run goes on when its terminal is gone.
#[cfg(unix)]
fn ignores_hangup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    mask.is_some_and(|mask| mask & 1 == 1)
}

#[cfg(not(unix))]
fn listen(asked: impl Fn() + Send + 'static) -> std::io::Result<()> {
    ctrlc::set_handler(asked).map_err(std::io::Error::other)
}
