//! `cargo fuzz run --fuzz-dir tests/fuzz list_text`; what has to hold is in `bodies.rs`.
#![no_main]

#[allow(dead_code)]
#[path = "../bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::list_text(data));
