//! Readable words for what can fail before there is a window.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind, set_hook, take_hook};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Runs the window. Libraries that are opened at run time (libxkbcommon-x11) panic where they are missing: until
/// `opened` is called, a panic becomes its message; from then on a panic is what it always is.
pub(super) fn guarded<T>(run: impl FnOnce(Box<dyn FnOnce() + Send>) -> T) -> Result<T, String> {
    let is_open = Arc::new(AtomicBool::new(false));
    let usual = take_hook();
    let open_for_hook = Arc::clone(&is_open);
    set_hook(Box::new(move |panic| {
        if open_for_hook.load(Ordering::SeqCst) {
            usual(panic);
        }
    }));
    let opened = Arc::clone(&is_open);
    let ran = catch_unwind(AssertUnwindSafe(|| run(Box::new(move || opened.store(true, Ordering::SeqCst)))));
    // Whatever comes later is reported by the standard hook.
    let _ = take_hook();
    ran.or_else(|panic| if is_open.load(Ordering::SeqCst) { resume_unwind(panic) } else { Err(message(&*panic)) })
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

/// Without the source file and line that the window library puts before its reason.
pub(super) fn reason(text: &str) -> &str {
    let after_place = text.rfind(".rs:").and_then(|at| text.get(at + 4..)).and_then(|rest| rest.split_once(": "));
    after_place.map_or(text, |(_, reason)| reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_before_the_window_is_its_message_and_a_later_one_is_a_panic() {
        assert_eq!(guarded(|_| 7), Ok(7));
        let missing = guarded(|_| -> u8 { panic!("Library libx.so could not be loaded.") });
        assert_eq!(missing, Err("Library libx.so could not be loaded.".to_owned()));
        let later = catch_unwind(|| {
            guarded(|opened| -> u8 {
                opened();
                panic!("a mistake of ours")
            })
        });
        assert!(later.is_err());
    }

    #[test]
    fn the_place_in_a_source_file_is_left_out() {
        let text = "winit EventLoopError: os error at /x/linux/mod.rs:788: Failed to open connection to X server";
        assert_eq!(reason(text), "Failed to open connection to X server");
        assert_eq!(reason("plain: words"), "plain: words");
    }
}
