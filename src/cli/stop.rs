//! Stopping a run: Ctrl+C, a system that shuts down (SIGTERM), a terminal that is closed (SIGHUP). The first signal
//! asks the work to stop, which leaves nothing half done; the second ends the program at once.

use super::output::{fail, tell};
use super::{CliError, exit};
use crate::model::Cancel;
use crate::threads;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// One for the whole program.
static STOP: OnceLock<Cancel> = OnceLock::new();

/// From here on signals ask this to stop instead of ending the program.
pub(super) fn on_signal() -> Cancel {
    let begin = || {
        let stop = Cancel::default();
        let asked = stop.clone();
        let before = AtomicBool::new(false);
        let heard = listen(move || {
            if before.swap(true, Ordering::SeqCst) {
                // Whoever asks twice does not want to wait for the case to be closed; its log is read back when it is
                // opened.
                #[expect(clippy::disallowed_methods, reason = "a second signal stops the program immediately")]
                std::process::exit(i32::from(exit::STOPPED));
            }
            tell("coldtrail: stopping; a second signal stops it immediately");
            asked.cancel();
        });
        // Then a signal ends the program as it ends any other; the next run removes what that leaves.
        if let Err(error) = heard {
            fail(&format!("coldtrail: Ctrl+C will stop this immediately, without cleaning up: {error}"));
        }
        stop
    };
    STOP.get_or_init(begin).clone()
}

/// For what prints many rows: ends it where a stop was asked for.
pub(super) fn check() -> Result<(), CliError> {
    match STOP.get() {
        Some(stop) if stop.is_cancelled() => Err(CliError::Stopped("stopped".to_owned())),
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
    threads::start("signals", work)?;
    Ok(())
}

/// Under nohup a run continues when its terminal is gone.
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
