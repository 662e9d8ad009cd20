//! Flows into the containers in which AWS delivers them.

use super::flow::{ALL_OF_V5, CUSTOM_V3, DEFAULT, Flow, line};
use super::pack::{Tree, gzip, json_text};
use super::rng::Rng;
use super::world::*;
use super::{parquet_file, transit};

/// What is wrong on purpose, as (a line's place in the file from its start, the line).
const DAMAGED_LINES: [(usize, &str); 3] = [
    (
        40,
        "2 111122223333 eni-0e1001aa01aa01aa1 198.51.100.77 10.20.1.10 70000 443 6 12 4410 1773136801 1773136990 ACCEPT OK",
    ),
    (81, "2 111122223333 eni-0e1001aa01aa01aa1 198.51.100.61 10.20.1.10 443"),
    (82, "gzip: warning: 4096 bytes of padding ignored"),
];

/// All flow evidence; returns how many elements were damaged on purpose.
pub(super) fn write(flows: &[Flow], tree: &mut Tree) -> Result<(), Box<dyn std::error::Error>> {
    text_default(flows, tree);
    text_hive(flows, tree);
    text_custom(flows, tree);
    for day in 10..13 {
        parquet_day(flows, day, tree)?;
        transit_day(flows, day, tree);
    }
    export_task(flows, tree);
    subscription(flows, tree);
    by_hand(flows, tree);
    Ok(())
}

fn of<'a>(flows: &'a [Flow], hosts: &[&'static Host], from: i64, to: i64) -> Vec<&'a Flow> {
    flows.iter().filter(|flow| hosts.contains(&flow.observed) && (from..to).contains(&flow.start)).collect()
}

fn hours() -> impl Iterator<Item = i64> {
    (0..HOURS).map(|n| FIRST + n * HOUR)
}

/// The name that AWS gives a delivered file; `suffix` is `.log.gz` or `.log.parquet`.
fn name(account: &str, log: &str, secs: i64, suffix: &str) -> String {
    let hash = Rng::named(&format!("{log} {secs}")).hex(8);
    format!("{account}_vpcflowlogs_{REGION}_{log}_{}_{hash}{suffix}", stamp(secs))
}

fn text(header: Option<&str>, lines: impl Iterator<Item = String>) -> String {
    let mut text = String::new();
    for line in header.map(str::to_owned).into_iter().chain(lines) {
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// Version 2, an hour a file.
fn text_default(flows: &[Flow], tree: &mut Tree) {
    for hour in hours() {
        let mut lines: Vec<String> = of(flows, &[&WEB_1, &BALANCER, &IDLE], hour, hour + HOUR)
            .into_iter()
            .map(|f| line(f, "2", DEFAULT))
            .collect();
        if hour == at(10, 10, 0, 0) {
            for (place, damaged) in DAMAGED_LINES {
                lines.insert(place, damaged.to_owned());
                tree.damaged += 1;
            }
        }
        let (day, _) = day_hour(hour);
        let bytes = gzip(text(Some(DEFAULT), lines.into_iter()).as_bytes());
        let name = name(PRODUCTION, FLOW_LOG_TEXT, hour, ".log.gz");
        if hour == at(11, 9, 0, 0) {
            // Fetched a second time by another responder: the same bytes under another name.
            tree.add("evidence/responder-2/downloads/flow-log (1).log.gz", bytes.clone());
        }
        tree.add(&format!("evidence/s3-logs/AWSLogs/{PRODUCTION}/vpcflowlogs/{REGION}/2026/03/{day}/{name}"), bytes);
    }
}

/// All 29 fields of version 5 in a Hive path. The intruder deleted one hour of it.
fn text_hive(flows: &[Flow], tree: &mut Tree) {
    for hour in hours().filter(|&hour| hour != GAP_FROM) {
        let (day, clock) = day_hour(hour);
        let lines: Vec<String> =
            of(flows, &[&BASTION, &NAT], hour, hour + HOUR).into_iter().map(|f| line(f, "5", ALL_OF_V5)).collect();
        let path = hive_object(day, clock, hour);
        tree.add(&format!("evidence/s3-logs/{path}"), gzip(text(Some(ALL_OF_V5), lines.into_iter()).as_bytes()));
    }
}

/// The object's key, which the intruder's DeleteObject names too.
pub(super) fn hive_object(day: i64, clock: i64, hour: i64) -> String {
    format!(
        "AWSLogs/aws-account-id={PRODUCTION}/aws-service=vpcflowlogs/aws-region={REGION}/year=2026/month=03/day={day}/\
         hour={clock:02}/{}",
        name(PRODUCTION, FLOW_LOG_HIVE, hour, ".log.gz")
    )
}

/// Version 3 in an order of the owner's, six hours a file.
fn text_custom(flows: &[Flow], tree: &mut Tree) {
    for from in (0..HOURS / 6).map(|n| FIRST + n * 6 * HOUR) {
        let (day, _) = day_hour(from);
        let lines: Vec<String> =
            of(flows, &[&WEB_2], from, from + 6 * HOUR).into_iter().map(|f| line(f, "3", CUSTOM_V3)).collect();
        let name = name(PRODUCTION, FLOW_LOG_CUSTOM, from, ".log.gz");
        tree.add(
            &format!("evidence/s3-logs/AWSLogs/{PRODUCTION}/vpcflowlogs/{REGION}/2026/03/{day}/{name}"),
            gzip(text(Some(CUSTOM_V3), lines.into_iter()).as_bytes()),
        );
    }
}

fn parquet_day(flows: &[Flow], day: i64, tree: &mut Tree) -> Result<(), Box<dyn std::error::Error>> {
    let from = at(day, 0, 0, 0);
    let rows: Vec<&Flow> = of(flows, &[&APP_1, &DB_1], from, from + 24 * HOUR);
    let path = format!(
        "AWSLogs/aws-account-id={PRODUCTION}/aws-service=vpcflowlogs/aws-region={REGION}/year=2026/month=03/day={day}"
    );
    let name = name(PRODUCTION, FLOW_LOG_PARQUET, from, ".log.parquet");
    tree.add(&format!("evidence/s3-logs/{path}/{name}"), parquet_file::write(&rows)?);
    Ok(())
}

fn transit_day(flows: &[Flow], day: i64, tree: &mut Tree) {
    let from = at(day, 0, 0, 0);
    let lines: Vec<String> =
        of(flows, &[&DATA_1], from, from + 24 * HOUR).into_iter().filter_map(transit::line).collect();
    let name = name(DATA, FLOW_LOG_TRANSIT, from, ".log.gz");
    tree.transit_records += lines.len() as i64;
    tree.add(
        &format!("evidence/s3-logs/AWSLogs/{DATA}/vpcflowlogs/{REGION}/2026/03/{day}/{name}"),
        gzip(text(Some(transit::FIELDS), lines.into_iter()).as_bytes()),
    );
}

/// The web host's log group of the same hours in which its S3 files exist: the records arrive twice. An export task
/// writes streams in no order of time.
fn export_task(flows: &[Flow], tree: &mut Tree) {
    const EXPORTED_FROM: i64 = FIRST + 18 * HOUR;
    for (part, from) in [EXPORTED_FROM + 3 * HOUR, EXPORTED_FROM].into_iter().enumerate() {
        let records: Vec<&Flow> = of(flows, &[&WEB_1], from, from + 3 * HOUR);
        tree.duplicate_flows += records.len() as i64;
        let mut lines: Vec<String> = records
            .into_iter()
            .map(|f| format!("{} {}", iso(f.start).replace('Z', ".000Z"), line(f, "2", DEFAULT)))
            .collect();
        if part == 0 {
            lines.insert(
                7,
                "2026-03-10T21:03:00.000Z 2 111122223333 eni-0e1001aa01aa01aa1 198.51.100.77 10.20".to_owned(),
            );
            tree.damaged += 1;
        }
        tree.add(
            &format!(
                "evidence/cloudwatch/exportedlogs/6f1c2a0e-8d55-4a3b-9a51-0c2f8e7d1b64/{}-all/{part:06}.gz",
                WEB_1.interface
            ),
            gzip(text(None, lines.into_iter()).as_bytes()),
        );
    }
}

/// The batch host's flow log goes to CloudWatch Logs only; a subscription carried it to a bucket, a day a file.
fn subscription(flows: &[Flow], tree: &mut Tree) {
    for day in 10..13 {
        let from = at(day, 0, 0, 0);
        let records: Vec<&Flow> = of(flows, &[&BATCH], from, from + 24 * HOUR);
        let mut text = String::from(
            "{\"messageType\":\"CONTROL_MESSAGE\",\"owner\":\"CloudwatchLogs\",\"logGroup\":\"\",\"logStream\":\"\",\
             \"subscriptionFilters\":[],\"logEvents\":[{\"id\":\"\",\"timestamp\":1773100800000,\"message\":\"CWL CONTROL \
             MESSAGE: Checking health of destination Firehose.\"}]}",
        );
        for (chunk, records) in records.chunks(40).enumerate() {
            text.push_str(&format!(
                "{{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"{PRODUCTION}\",\"logGroup\":\"/vpc/batch\",\"logStream\":\
                 \"{}-all\",\"subscriptionFilters\":[\"to-bucket\"],\"logEvents\":[",
                BATCH.interface
            ));
            for (n, flow) in records.iter().enumerate() {
                let comma = if n == 0 { "" } else { "," };
                text.push_str(&format!(
                    "{comma}{{\"id\":\"3893{day}{chunk:08}{n:042}\",\"timestamp\":{}000,\"message\":{}}}",
                    flow.start,
                    json_text(&line(flow, "2", DEFAULT))
                ));
            }
            text.push_str("]}");
        }
        tree.add(
            &format!(
                "evidence/cloudwatch/subscription/2026/03/{day}/to-bucket-1-2026-03-{day}-00-05-11-{}.gz",
                BATCH.interface
            ),
            gzip(text.as_bytes()),
        );
    }
}

/// The data account's owners sent the lines of one interface without the header.
fn by_hand(flows: &[Flow], tree: &mut Tree) {
    let mut lines: Vec<String> =
        of(flows, &[&DATA_1], FIRST, FIRST + HOURS * HOUR).into_iter().map(|f| line(f, "2", DEFAULT)).collect();
    lines.insert(300, "2 444455556666 eni-0da7a1aa10aa10aa1 10.40.1.61 10.40.1.256 51000 5439 6 9 4000 1773136801 1773136990 ACCEPT OK".to_owned());
    tree.damaged += 1;
    tree.add("evidence/from-data-team/data-1-flows.log", text(None, lines.into_iter()).into_bytes());
}
