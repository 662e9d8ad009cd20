//! Many small flow log files: how the time grows with their number, whatever hours they are of.

use crate::data::kept;
use crate::measure::{Measured, run};
use crate::options::{Options, Shape};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

impl Shape {
    fn records(self) -> u64 {
        if self == Self::Zip { 3 } else { 20 }
    }

    /// The text of one file.
    fn text(self, file: u64) -> String {
        const FIRST_START: u64 = 1_621_123_200;
        // Of a pair of files the second has one line more, so that it is no copy of the first.
        let of = if self == Self::Twice { file / 2 } else { file };
        let mut text = String::from(
            "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n",
        );
        for record in 0..self.records() {
            // SplitMix64's finish: neighbours share no digits.
            let mut hash = (of * 100 + record).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            hash ^= hash >> 27;
            let (interfaces, start) = match self {
                Self::SameHours | Self::Zip | Self::Twice => (2_000, hash % 21_600),
                Self::Spread => (2_000, of * 300 + hash % 300),
                Self::Busy => (50, hash % 3_600),
            };
            let (interface, start) = (hash >> 16 & 0xffff, FIRST_START + start);
            text += &line(interface % interfaces, hash, start);
        }
        if self == Self::Twice && file % 2 == 1 {
            text += &line(1, of, FIRST_START + of % 21_600);
        }
        text
    }
}

fn line(interface: u64, hash: u64, start: u64) -> String {
    format!(
        "2 111111111111 eni-{interface:017x} 10.0.{}.{} 198.51.100.{} {} 443 6 {} {} {start} {} ACCEPT OK\n",
        interface >> 8 & 255,
        interface & 255,
        hash >> 32 & 63,
        32_768 + (hash >> 40 & 0x3fff),
        1 + (hash >> 20 & 31),
        100 + (hash >> 24 & 0xffff),
        start + 60,
    )
}

fn made(shape: Shape, files: u64, options: &Options) -> Result<PathBuf> {
    kept(&options.work()?.join(format!("many-{}-{files}", shape.name())), |folder| {
        if shape == Shape::Zip {
            let mut zip = zip::ZipWriter::new(BufWriter::new(File::create(folder.join("members.zip"))?));
            for file in 0..files {
                zip.start_file(format!("{file:08}.log"), zip::write::SimpleFileOptions::default())?;
                zip.write_all(shape.text(file).as_bytes())?;
            }
            zip.finish()?.flush()?;
            return Ok(());
        }
        for file in 0..files {
            // A thousand in a folder, as a day has.
            let folder = folder.join(format!("{:04}", file / 1000));
            if file % 1000 == 0 {
                std::fs::create_dir(&folder)?;
            }
            std::fs::write(folder.join(format!("{file:08}.log")), shape.text(file))?;
        }
        Ok(())
    })
}

/// A line for each shape and number of files.
pub(crate) fn measure(options: &Options) -> Result<()> {
    println!(
        "{:<12}{:>9}{:>10}{:>10}{:>10}{:>9}{:>12}",
        "shape", "files", "records", "seconds", "files/s", "peak MB", "duplicates"
    );
    for shape in &options.shapes {
        for &files in &options.files {
            let folder = made(*shape, files, options)?;
            let scratch = tempfile::tempdir_in(options.work()?)?;
            let case = scratch.path().join("many.coldtrail");
            let mut new = Command::new(&options.program);
            new.arg("new").arg(&case).args(["--examiner", "bench"]);
            run(new)?;
            let mut import = Command::new(&options.program);
            import.arg("import").arg(&case).arg(&folder).arg("--quiet");
            let taken = run(import)?;
            tell(shape.name(), files, &taken, &info(&case, options)?);
            if options.replay {
                let mut verify = Command::new(&options.program);
                verify.arg("verify").arg(&case).arg("--replay");
                tell("  --replay", files, &run(verify)?, &info(&case, options)?);
            }
        }
    }
    Ok(())
}

fn tell(name: &str, files: u64, taken: &Measured, info: &serde_json::Value) {
    println!(
        "{name:<12}{files:>9}{:>10}{:>10.2}{:>10.0}{:>9.0}{:>12}",
        info["records"].to_string(),
        taken.seconds,
        files as f64 / taken.seconds,
        taken.peak_bytes as f64 / 1e6,
        info["flow_duplicates"].to_string(),
    );
}

fn info(case: &Path, options: &Options) -> Result<serde_json::Value> {
    let output = Command::new(&options.program).arg("info").arg(case).arg("--json").output()?;
    Ok(serde_json::from_slice(&output.stdout)?)
}
