//! Events into the containers in which CloudTrail and its console hand them out.

use super::event::Event;
use super::insight;
use super::intrusion::PLANTED_KEY;
use super::json::{J, object};
use super::pack::{Tree, gzip, sha256_hex};
use super::rng::Rng;
use super::world::*;
use std::collections::{BTreeMap, BTreeSet};

const TRAIL_BUCKET: &str = "kestrel-trail-logs";
const SLOT: i64 = 900;

/// A log file as the trail delivered it, for the digests.
struct Delivered {
    key: String,
    /// End of the slot: when it was delivered.
    at: i64,
    content: String,
    first: i64,
    last: i64,
}

/// All CloudTrail evidence. `events` are in order of time.
pub(super) fn write(events: &[Event], tree: &mut Tree) {
    let mut told = Told::default();
    let delivered = log_files(events, tree, &mut told);
    digests(&delivered, tree);
    for region in [REGION, GLOBAL_REGION] {
        lookup(events, region, tree, &mut told);
    }
    console_csv(events, tree, &mut told);
    json_lines(events, tree, &mut told);
    insight::write(tree);
    tree.duplicate_events = told.occurrences - told.distinct.len() as i64;
    tree.distinct_events = told.distinct;
}

/// Which events have been written how often.
#[derive(Default)]
struct Told {
    occurrences: i64,
    distinct: BTreeSet<String>,
}

impl Told {
    fn tell(&mut self, event: &Event) {
        self.occurrences += 1;
        self.distinct.insert(event.id.clone());
    }
}

fn is_in_trail(event: &Event) -> bool {
    event.time <= TRAIL_STOPPED || event.time >= TRAIL_STARTED
}

/// A quarter of an hour a file; none where nothing happened, none while the trail is stopped.
fn log_files(events: &[Event], tree: &mut Tree, told: &mut Told) -> Vec<Delivered> {
    let mut slots: BTreeMap<(&str, &str, i64), Vec<&Event>> = BTreeMap::new();
    for event in events.iter().filter(|event| is_in_trail(event)) {
        told.tell(event);
        slots.entry((event.account, event.region, (event.time - FIRST) / SLOT)).or_default().push(event);
    }
    let mut out = Vec::new();
    for ((account, region, slot), events) in slots {
        let at = FIRST + (slot + 1) * SLOT;
        let (day, _) = day_hour(at - 1);
        let unique: String = Rng::named(&format!("{account} {region} {slot}")).upper(16);
        let key = format!(
            "AWSLogs/{ORGANISATION}/{account}/CloudTrail/{region}/2026/03/{day}/{account}_CloudTrail_{region}_{}_{unique}.json.gz",
            stamp(at)
        );
        let records: Vec<String> = events.iter().map(|event| event.text()).collect();
        let content = format!("{{\"Records\":[{}]}}", records.join(","));
        tree.add(&format!("evidence/s3-trail/{key}"), gzip(content.as_bytes()));
        let (first, last) = (events[0].time, events[events.len() - 1].time);
        if (account, region) == (PRODUCTION, REGION) {
            out.push(Delivered { key, at, content, first, last });
        }
    }
    out
}

/// The hourly digests of the second day. No digest is written while the trail is stopped, and the chain starts anew
/// afterwards. Hashes are true; the signatures are invented, for the key that could make them is AWS's.
fn digests(delivered: &[Delivered], tree: &mut Tree) {
    let mut previous: Option<(String, String, String)> = None;
    for hour in (24..48).map(|n| FIRST + n * HOUR) {
        let end = hour + HOUR;
        if (TRAIL_STOPPED..TRAIL_STARTED).contains(&end) {
            previous = None;
            continue;
        }
        let (day, clock) = day_hour(end);
        let (path_day, _) = day_hour(end - 1);
        let key = format!(
            "AWSLogs/{ORGANISATION}/{PRODUCTION}/CloudTrail-Digest/{REGION}/2026/03/{path_day}/{PRODUCTION}_CloudTrail-Digest_\
             {REGION}_kestrel-trail_{REGION}_202603{day:02}T{clock:02}0000Z.json.gz"
        );
        let files: Vec<&Delivered> = delivered.iter().filter(|file| (hour + 1..=end).contains(&file.at)).collect();
        let content = digest(&key, (hour, end), &files, previous.as_ref());
        let signature = Rng::named(&key).hex(512);
        tree.add(&format!("evidence/s3-trail/{key}"), gzip(content.as_bytes()));
        previous = Some((key, sha256_hex(content.as_bytes()), signature));
    }
}

fn digest(
    key: &str,
    (start, end): (i64, i64),
    files: &[&Delivered],
    previous: Option<&(String, String, String)>,
) -> String {
    let optional = |text: Option<&str>| text.map_or(J::Null, J::from);
    let list = files.iter().map(|file| {
        object([
            ("s3Bucket", TRAIL_BUCKET.into()),
            ("s3Object", file.key.as_str().into()),
            ("hashValue", sha256_hex(file.content.as_bytes()).into()),
            ("hashAlgorithm", "SHA-256".into()),
            ("newestEventTime", iso(file.last).into()),
            ("oldestEventTime", iso(file.first).into()),
        ])
    });
    object([
        ("awsAccountId", PRODUCTION.into()),
        ("digestStartTime", iso(start).into()),
        ("digestEndTime", iso(end).into()),
        ("digestS3Bucket", TRAIL_BUCKET.into()),
        ("digestS3Object", key.into()),
        ("digestPublicKeyFingerprint", Rng::named("fingerprint").hex(32).into()),
        ("digestSignatureAlgorithm", "SHA256withRSA".into()),
        ("newestEventTime", files.iter().map(|f| f.last).max().map_or(J::Null, |t| iso(t).into())),
        ("oldestEventTime", files.iter().map(|f| f.first).min().map_or(J::Null, |t| iso(t).into())),
        ("previousDigestS3Bucket", optional(previous.map(|_| TRAIL_BUCKET))),
        ("previousDigestS3Object", optional(previous.map(|p| p.0.as_str()))),
        ("previousDigestHashValue", optional(previous.map(|p| p.1.as_str()))),
        ("previousDigestHashAlgorithm", optional(previous.map(|_| "SHA-256"))),
        ("previousDigestSignature", optional(previous.map(|p| p.2.as_str()))),
        ("logFiles", J::List(list.collect())),
    ])
    .to_string()
}

/// `aws cloudtrail lookup-events` around the hour in which the trail was stopped: newest first, management events only.
fn lookup(events: &[Event], region: &str, tree: &mut Tree, told: &mut Told) {
    let (from, to) = (at(11, 2, 0, 0), at(11, 3, 30, 0));
    let found: Vec<&Event> = events
        .iter()
        .filter(|e| e.account == PRODUCTION && e.region == region && !e.data && (from..to).contains(&e.time))
        .collect();
    let mut list = Vec::new();
    for event in found.iter().rev() {
        told.tell(event);
        let mut members = vec![
            ("EventId", event.id.as_str().into()),
            ("EventName", event.name.into()),
            ("ReadOnly", event.read_only.to_string().into()),
        ];
        members.extend(event.identity.key().map(|key| ("AccessKeyId", key.into())));
        let resources = event
            .resources
            .iter()
            .map(|(kind, arn)| object([("ResourceType", (*kind).into()), ("ResourceName", last_part(arn).into())]));
        members.extend([
            ("EventTime", J::from(iso(event.time).replace('Z', "+00:00"))),
            ("EventSource", event.source.into()),
            ("Username", event.identity.user_name().into()),
            ("Resources", J::List(resources.collect())),
            ("CloudTrailEvent", event.text().into()),
        ]);
        list.push(format!("        {}", J::Object(members)));
    }
    // The second region's capture was stopped after its first page.
    let token = if region == GLOBAL_REGION { "" } else { ",\n    \"NextToken\": \"kXnE0Invented0Token==\"" };
    let text = format!("{{\n    \"Events\": [\n{}\n    ]{token}\n}}\n", list.join(",\n"));
    tree.add(&format!("evidence/event-history/lookup-events-{region}.json"), text.into_bytes());
}

fn last_part(arn: &str) -> &str {
    arn.rsplit(['/', ':']).next().unwrap_or(arn)
}

/// The console's event history of the global region on the second day, downloaded as CSV.
fn console_csv(events: &[Event], tree: &mut Tree, told: &mut Told) {
    const COLUMNS: &str = "User name,AWS access key,Event time,Event source,Event name,AWS region,Source IP address,User agent,\
Error code,Resources,Request ID,Event ID,Read-only,Event type,Recipient Account Id,Event category";
    let mut text = format!("{COLUMNS}\n");
    let (from, to) = (at(11, 0, 0, 0), at(12, 0, 0, 0));
    let shown =
        |e: &&Event| e.account == PRODUCTION && e.region == GLOBAL_REGION && !e.data && (from..to).contains(&e.time);
    for event in events.iter().rev().filter(shown) {
        told.tell(event);
        let resources = event
            .resources
            .iter()
            .map(|(kind, arn)| object([("resourceType", (*kind).into()), ("resourceName", last_part(arn).into())]));
        let cells = [
            event.identity.user_name().to_owned(),
            event.identity.key().unwrap_or_default().to_owned(),
            iso(event.time),
            event.source.to_owned(),
            event.name.to_owned(),
            event.region.to_owned(),
            event.ip.clone(),
            event.agent.to_owned(),
            event.error.as_ref().map_or_else(String::new, |error| error.0.to_owned()),
            J::List(resources.collect()).to_string(),
            event.request_id.clone(),
            event.id.clone(),
            event.read_only.to_string(),
            event.kind.to_owned(),
            event.account.to_owned(),
            event.category().to_owned(),
        ];
        let cells: Vec<String> = cells.iter().map(|cell| csv_cell(cell)).collect();
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    tree.add("evidence/event-history/event_history.csv", text.into_bytes());
}

fn csv_cell(text: &str) -> String {
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// What a colleague's log system found for the intruder's key, an event a line; one line was cut when it was copied.
fn json_lines(events: &[Event], tree: &mut Tree, told: &mut Told) {
    let mut text = String::new();
    let found = events.iter().filter(|event| event.identity.key() == Some(PLANTED_KEY) && is_in_trail(event));
    for (n, event) in found.enumerate() {
        if n == 3 {
            let whole = event.text();
            text.push_str(&whole[..whole.len() / 3]);
            text.push('\n');
            tree.damaged += 1;
        }
        told.tell(event);
        text.push_str(&event.text());
        text.push('\n');
    }
    tree.add("evidence/responder-2/log-system-export.jsonl", text.into_bytes());
}
