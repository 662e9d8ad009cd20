//! What leaves a case and comes back: flow records of 29 fields and CloudTrail events into Parquet, CSV and JSON Lines, and
//! the Parquet into a new case, beside DuckDB with the same records in a table of its own.

use crate::measure::{Measured, run};
use crate::options::Options;
use crate::table::Table;
use crate::{Result, data, import, new_case, peer};
use std::path::Path;
use std::process::Command;

/// Prints seconds: the Parquet into a table on disk, and the table into the three formats.
const PEER: &str = "
import duckdb, json, os, sys, time
source, folder, threads = sys.argv[1:]
db = duckdb.connect(os.path.join(folder, 'peer.duckdb'))
db.execute(f'set threads={threads}')
took = {}
def timed(name, *statements):
    begin = time.time()
    for statement in statements:
        db.execute(statement)
    took[name] = time.time() - begin
timed('import', f\"create table f as select * from read_parquet('{source}')\", 'checkpoint')
for name, how in (('parquet', 'format parquet, compression zstd'), ('csv', 'format csv, header'), ('jsonl', 'format json')):
    out = os.path.join(folder, 'peer.' + name)
    timed(name, f\"copy f to '{out}' ({how})\")
    os.remove(out)
took['records'] = db.execute('select count(*) from f').fetchone()[0]
print(json.dumps(took))
";

/// What leaves.
struct Kind {
    text: &'static str,
    /// Of `coldtrail export`.
    option: &'static str,
}

const FLOWS: Kind = Kind { text: "flow records of 29 fields", option: "--flows" };
const EVENTS: Kind = Kind { text: "CloudTrail events", option: "--events" };

pub(crate) fn measure(options: &Options, table: &mut Table) -> Result<()> {
    out_and_in(&FLOWS, options.exports, &data::full_flow_logs(options.exports, options)?, options, table)?;
    if options.events > 0 {
        out_and_in(&EVENTS, options.events, &data::trail_files(options.events, options)?, options, table)?;
    }
    Ok(())
}

fn out_and_in(kind: &Kind, records: u64, logs: &Path, options: &Options, table: &mut Table) -> Result<()> {
    let scratch = tempfile::tempdir_in(options.work()?)?;
    let case = scratch.path().join("bench.coldtrail");
    new_case(&case, options)?;
    let mut command = Command::new(&options.program);
    command.arg("import").arg(&case).arg(logs).args(["--quiet", "--no-raw"]);
    run(command)?;
    table.heading(&format!("{records} {} out and in, {} threads", kind.text, options.threads));
    let file = |format: &str| scratch.path().join(format!("out.{format}"));
    let parquet = file("parquet");
    let mut ours = Vec::new();
    for format in ["parquet", "csv", "jsonl"] {
        ours.push((format, best(options, || export(&case, kind, &file(format), options))?));
    }
    let incoming = best(options, || Ok(import(&parquet, true, options)?.0))?;
    let peer = if options.peer { Some(duckdb(&parquet, scratch.path(), options)?) } else { None };
    let duck = |key: &str| peer.as_ref().and_then(|peer| peer[key].as_f64());
    if let Some(found) = duck("records").filter(|found| *found != records as f64) {
        return Err(format!("the peer read {found} records of {records}").into());
    }
    for (format, measured) in ours {
        table.row(&format!("export as {format}, seconds"), measured.seconds, duck(format), Some(1.5));
        table.row("records a second", records as f64 / measured.seconds, None, None);
        table.row("peak memory, MB", measured.peak_bytes as f64 / 1e6, None, None);
    }
    table.row("import of the Parquet, seconds", incoming.seconds, duck("import"), Some(1.0));
    table.row("peak memory, MB", incoming.peak_bytes as f64 / 1e6, None, None);
    table.limit("peak memory of the import, MB", incoming.peak_bytes as f64 / 1e6, 500.0);
    Ok(())
}

/// The fastest of some runs.
fn best(options: &Options, run: impl Fn() -> Result<Measured>) -> Result<Measured> {
    let mut best = run()?;
    for _ in 1..options.repeat {
        let now = run()?;
        if now.seconds < best.seconds {
            best = now;
        }
    }
    Ok(best)
}

fn export(case: &Path, kind: &Kind, to: &Path, options: &Options) -> Result<Measured> {
    let mut command = Command::new(&options.program);
    command.arg("export").arg(case).arg(kind.option).arg(to).arg("--force").stderr(std::process::Stdio::null());
    run(command)
}

fn duckdb(parquet: &Path, folder: &Path, options: &Options) -> Result<serde_json::Value> {
    let threads = options.threads.to_string();
    peer::answer(Command::new("python3").args(["-c", PEER]).arg(parquet).arg(folder).arg(threads))
}
