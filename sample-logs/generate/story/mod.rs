//! The invented incident: what happened (`traffic`, `attack`, `calm`, `intrusion`), how it was delivered (`deliver`,
//! `trail_files`, `insight`), and what a reader is told about it (`steps`, the README).

mod attack;
mod calm;
mod deliver;
mod event;
mod flow;
mod indicators;
mod insight;
mod intrusion;
mod json;
mod pack;
mod parquet_file;
mod rng;
mod steps;
mod traffic;
mod trail_files;
mod transit;
mod world;

pub(crate) use pack::Tree;

use flow::Flow;
use steps::{Seen, Step};
use world::{BASTION, DATA_1, DROP_SITE, GAP_FROM, GAP_TO, NAT};

/// Folders under `sample-logs` that hold nothing but what the generator writes.
pub(crate) const OWNED_FOLDERS: [&str; 2] = ["evidence", "indicators"];

const CUSTODY: &str = "Collected 2026-03-12 by M. Tanaka and R. Sato.
s3-logs, s3-trail: aws s3 sync from the log buckets. cloudwatch: export task, and the subscription's bucket.
event-history: console and aws cloudtrail lookup-events. from-data-team: by e-mail, without a header.
responder-2: what R. Sato had on the laptop. Nothing was changed after download.
";

/// Everything, without touching a disk.
pub(crate) fn build() -> Result<Tree, Box<dyn std::error::Error>> {
    let mut tree = Tree::default();
    let mut flows = traffic::flows();
    flows.extend(attack::flows());
    flows.extend(attack::warehouse());
    flows.sort_by(|a, b| (a.start, a.end, a.observed.interface).cmp(&(b.start, b.end, b.observed.interface)));
    let mut events = calm::events();
    events.extend(intrusion::events());
    event::number(&mut events);

    deliver::write(&flows, &mut tree)?;
    trail_files::write(&events, &mut tree);
    tree.add("evidence/chain-of-custody.txt", CUSTODY.as_bytes().to_vec());
    indicators::write(&mut tree);

    // The deleted hour is in no file.
    flows.retain(|f| !([&BASTION, &NAT].contains(&f.observed) && (GAP_FROM..GAP_TO).contains(&f.start)));
    let mut seen: Vec<Seen> = flows.iter().map(|flow| Seen { flow, transit: false }).collect();
    seen.extend(flows.iter().filter(|f| crossed(f)).map(|flow| Seen { flow, transit: true }));
    let known: Vec<&event::Event> = events.iter().filter(|e| tree.distinct_events.contains(&e.id)).collect();
    let steps = steps::steps(&seen, &known);
    figures(&seen, &steps, &mut tree);
    tree.add("steps.tsv", step_table(&steps).into_bytes());
    let readme = readme(&tree, &steps)?;
    tree.add("README.md", readme.into_bytes());
    Ok(tree)
}

fn crossed(flow: &Flow) -> bool {
    flow.observed == &DATA_1 && transit::line(flow).is_some()
}

fn figures(seen: &[Seen], steps: &[Step], tree: &mut Tree) {
    let sum = |test: &dyn Fn(&Seen) -> bool| -> i64 { seen.iter().filter(|s| test(s)).map(|s| s.flow.bytes).sum() };
    let gigabytes = |bytes: i64| format!("{}.{:02} GB", bytes / 1_000_000_000, bytes % 1_000_000_000 / 10_000_000);
    let leaked = sum(&|s| s.flow.dst == DROP_SITE);
    let crossed = sum(&|s| s.transit && s.flow.src == DATA_1.ip && s.flow.dst == BASTION.ip);
    let evidence = tree.files.keys().filter(|path| path.starts_with("evidence/")).count();
    let bytes: usize = tree.files.iter().filter(|(path, _)| path.starts_with("evidence/")).map(|(_, b)| b.len()).sum();
    for step in steps {
        tree.figure(step.name, step.count);
    }
    tree.figure("leaked_bytes", leaked);
    tree.figure("leaked", gigabytes(leaked));
    tree.figure("crossed", gigabytes(crossed));
    tree.figure("files", evidence);
    tree.figure("kilobytes", bytes / 1000);
    tree.figure("flow_records", seen.len());
    tree.figure("transit_records", tree.transit_records);
    tree.figure("duplicate_flows", tree.duplicate_flows);
    // Insights events stand beside the numbered ones.
    tree.figure("distinct_events", tree.distinct_events.len() + 2);
    tree.figure("duplicate_events", tree.duplicate_events);
    tree.figure("damaged", tree.damaged);
}

/// `name, view, count, filter` for tests and scripts.
fn step_table(steps: &[Step]) -> String {
    let rows = steps.iter().map(|s| format!("{}\t{}\t{}\t{}\n", s.name, s.view, s.count, s.filter));
    format!("name\tview\tcount\tfilter\n{}", rows.collect::<String>())
}

/// The template with `{{name}}` replaced by figures and `{{name|filter}}` by a step's filter.
fn readme(tree: &Tree, steps: &[Step]) -> Result<String, String> {
    let mut text = include_str!("../README.template.md").to_owned();
    for (name, value) in &tree.figures {
        text = text.replace(&format!("{{{{{name}}}}}"), value);
    }
    for step in steps {
        text = text.replace(&format!("{{{{{}|filter}}}}", step.name), &step.filter);
    }
    match text.find("{{") {
        Some(place) => Err(format!("no figure for {}", &text[place..text.len().min(place + 40)])),
        None => Ok(text),
    }
}
