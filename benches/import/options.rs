//! What the bench is asked to do.

use std::path::PathBuf;

pub const HELP: &str = "\
cargo bench --bench import -- [options]
  --sizes N,N      flow records to import (default 1000000,10000000; 0 leaves them out)
  --large          adds 50000000 records
  --events N       CloudTrail events to import (default 100000; 0 leaves them out)
  --repeat N       runs of each side, taken in turn, best of which counts (default 2)
  --threads N      for the peer (default 2)
  --no-peer        ours only; without it: pip install duckdb
  --shared DIR     holds bench/gen and bench/peers.py (default ../shared)
  --data DIR       where data is made and kept (default target/bench)
";

pub struct Options {
    pub sizes: Vec<u64>,
    pub events: u64,
    pub repeat: u32,
    pub threads: u32,
    pub peer: bool,
    pub shared: PathBuf,
    pub data: PathBuf,
}

impl Options {
    /// `None` when help was asked for.
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let mut options = Self {
            sizes: vec![1_000_000, 10_000_000],
            events: 100_000,
            repeat: 2,
            threads: 2,
            peer: true,
            shared: root.join("../shared"),
            data: root.join("target/bench"),
        };
        while let Some(name) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{name} needs a value"));
            let number = |text: String| text.trim().parse::<u64>().map_err(|_| format!("{text} is no number"));
            match name.as_str() {
                // Cargo passes this to every bench.
                "--bench" => {}
                "--help" | "-h" => return Ok(None),
                "--sizes" => {
                    options.sizes =
                        value()?.split(',').map(|text| number(text.to_owned())).collect::<Result<_, _>>()?;
                    options.sizes.retain(|&records| records > 0);
                }
                "--large" => options.sizes.push(50_000_000),
                "--events" => options.events = number(value()?)?,
                "--repeat" => options.repeat = number(value()?)?.clamp(1, 100) as u32,
                "--threads" => options.threads = number(value()?)?.clamp(1, 1024) as u32,
                "--no-peer" => options.peer = false,
                "--shared" => options.shared = value()?.into(),
                "--data" => options.data = value()?.into(),
                other => return Err(format!("unknown option {other}")),
            }
        }
        Ok(Some(options))
    }

    /// The folder for data and scratch, made where it is missing.
    pub fn work(&self) -> std::io::Result<&PathBuf> {
        std::fs::create_dir_all(&self.data)?;
        Ok(&self.data)
    }
}
