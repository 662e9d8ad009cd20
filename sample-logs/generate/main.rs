//! Writes the sample logs: `cargo run --example make-sample-logs -- sample-logs`. No clock, no randomness from outside:
//! the same source gives the same bytes, and a test compares them with what is committed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a generator ends at the first failure, and prints what it wrote"
)]

mod story;

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Some(folder) = std::env::args_os().nth(1) else {
        return Err("usage: make-sample-logs FOLDER (FOLDER/evidence and FOLDER/indicators are made anew)".into());
    };
    let folder = Path::new(&folder);
    let tree = story::build()?;
    for owned in story::OWNED_FOLDERS {
        let path = folder.join(owned);
        if path.exists() {
            std::fs::remove_dir_all(path)?;
        }
    }
    for (path, bytes) in &tree.files {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, bytes)?;
    }
    for (name, value) in &tree.figures {
        println!("{name}\t{value}");
    }
    Ok(())
}
