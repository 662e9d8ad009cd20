//! What becomes of a program error (a panic) on a thread that works for somebody: the work fails with a message that names
//! the place, and the thread goes on.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// Where this thread panicked last, as `FILE:LINE`.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Notes the place of every panic from now on, and does what was done before besides.
fn note_places() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            let place = panic.location().map(place);
            PLACE.with(|last| last.replace(place));
            usual(panic);
        }));
    });
}

fn place(location: &Location<'_>) -> String {
    format!("{}:{}", location.file(), location.line())
}

/// Runs `work`; a panic in it is an error that says where it happened and what its message was.
///
/// # Errors
/// The work panicked. What it was changing may be half done: the caller drops it.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    note_places();
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let text = payload.downcast_ref::<String>().cloned();
        let text = text.or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        let place = PLACE.with(|last| last.take()).unwrap_or_else(|| "an unknown place".to_owned());
        format!("program error at {place}: {}", text.unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_with_its_place() {
        assert_eq!(caught(|| 7), Ok(7));
        let error = caught(|| -> u8 { panic!("index {} of 3", 9) }).unwrap_err();
        assert!(error.starts_with("program error at src/app/panics.rs:"), "{error}");
        assert!(error.ends_with(": index 9 of 3"), "{error}");
    }
}
