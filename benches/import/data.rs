//! The files to import, made once and kept. The same arguments give the same bytes.

use crate::options::Options;
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Default-format flow logs by the shared generator.
pub(crate) fn flow_logs(records: u64, options: &Options) -> Result<PathBuf> {
    generated(&format!("flows-{records}"), records, &[], options)
}

/// The same with the fields of all versions up to 5.
pub(crate) fn full_flow_logs(records: u64, options: &Options) -> Result<PathBuf> {
    generated(&format!("full-flows-{records}"), records, &["--v5"], options)
}

fn generated(name: &str, records: u64, more: &[&str], options: &Options) -> Result<PathBuf> {
    kept(&options.work()?.join(name), |folder| {
        let status = Command::new(generator(options)?).arg(records.to_string()).arg(folder).args(more).status()?;
        if status.success() { Ok(()) } else { Err(format!("the generator ended with {status}").into()) }
    })
}

/// Builds the generator in a copy, because cargo writes a lock file beside a manifest and the shared folder is not ours.
fn generator(options: &Options) -> Result<PathBuf> {
    let from = options.shared.join("bench/gen");
    let to = options.work()?.join("gen");
    std::fs::create_dir_all(to.join("src"))?;
    for file in ["Cargo.toml", "src/main.rs"] {
        let source = from.join(file);
        std::fs::copy(&source, to.join(file)).map_err(|error| format!("{}: {error}", source.display()))?;
    }
    let target = options.work()?.join("gen-target");
    let status = Command::new("cargo")
        .args(["build", "--release", "--quiet", "--manifest-path"])
        .arg(to.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .status()?;
    if status.success() { Ok(target.join("release/flowgen")) } else { Err("the generator does not build".into()) }
}

/// CloudTrail log files of real shapes by the shared generator: what the corpora hold, with new ids and rising times.
pub(crate) fn trail_files(events: u64, options: &Options) -> Result<PathBuf> {
    const SETS: [&str; 3] = ["invictus-ir-aws_dataset", "stratus-red-team", "TrailDiscover"];
    kept(&options.work()?.join(format!("trail-{events}")), |folder| {
        let script = options.shared.join("bench/gen_events.py");
        let sets = SETS.map(|name| options.shared.join("corpora").join(name));
        let status = Command::new("python3").arg(script).arg(events.to_string()).arg(folder).args(sets).status()?;
        if status.success() { Ok(()) } else { Err(format!("gen_events.py ended with {status}").into()) }
    })
}

/// Makes a folder under another name first, so that an interrupted run leaves nothing that looks whole.
pub(crate) fn kept(folder: &Path, make: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    if !folder.is_dir() {
        let part = folder.with_extension("part");
        if part.exists() {
            std::fs::remove_dir_all(&part)?;
        }
        std::fs::create_dir_all(&part)?;
        make(&part)?;
        std::fs::rename(&part, folder)?;
    }
    Ok(folder.to_owned())
}

/// Bytes of all gzip files below a folder, unpacked.
pub(crate) fn uncompressed_bytes(folder: &Path) -> Result<u64> {
    let (mut sum, mut folders) = (0, vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "gz") {
                let mut content = MultiGzDecoder::new(BufReader::new(File::open(&path)?));
                let mut piece = vec![0; 1 << 20];
                loop {
                    match content.read(&mut piece)? {
                        0 => break,
                        bytes => sum += bytes as u64,
                    }
                }
            }
        }
    }
    Ok(sum)
}
