//! The filter language's help as data: the command line prints it, the window draws it.

use super::names;
use crate::model::{Dataset, FieldId, Kind, field};

/// A field as the help lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldHelp {
    pub name: &'static str,
    /// What its values are.
    pub kind: &'static str,
    /// Further spellings.
    pub aliases: &'static [&'static str],
    /// The only values, where there is a closed set.
    pub values: &'static [&'static str],
    /// Flow log version that introduced it, where that has a meaning.
    pub since: Option<u8>,
}

/// A piece of syntax, or an example, and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub syntax: &'static str,
    pub meaning: &'static str,
}

const fn entry(syntax: &'static str, meaning: &'static str) -> Entry {
    Entry { syntax, meaning }
}

/// Operators, in the order of the reference.
pub static OPERATORS: [Entry; 16] = [
    entry("= != < <= > >=", "comparison; also == and <>"),
    entry("in (A, B, ...)", "one of the values; addresses and CIDR blocks mixed"),
    entry("in 10.0.0.0/8", "inside the block"),
    entry("not in", "has a value, which is none of these"),
    entry("between A and B", "from A to B, both included; not between"),
    entry("like '%x%'", "whole text with % for any characters and _ for one; not like"),
    entry("contains x", "holds the text, whatever the case; not contains"),
    entry("matches /x.*y/", "regular expression found in the text; case matters unless /.../i or (?i); not matches"),
    entry("is null", "has no value"),
    entry("exists, is not null", "has a value; also: exists FIELD"),
    entry("tcp_flags has syn", "the flag is set; has (syn, ack): all of them; not has"),
    entry("in indicators", "the address is in an indicator list; not in indicators"),
    entry("and, &&", "both; binds more tightly than or"),
    entry("or, ||", "one of them at least"),
    entry("not, !", "the exact complement of what follows"),
    entry("( )", "groups"),
];

/// Names that are not fields of the records.
pub static VIRTUAL_FIELDS: [Entry; 17] = [
    entry("ip", "srcaddr or dstaddr; source_ip_address of an event"),
    entry("port", "srcport or dstport"),
    entry("any", "every value of a flow record, or the JSON of an event; contains, like, matches"),
    entry("evidence", "the evidence file: its number, or its path as text"),
    entry("duplicate", "is the record a copy of one in another evidence file? true or false"),
    entry("conflict", "exists where two copies of the event, with one eventID, contradict each other"),
    entry("tag", "a tag that an examiner gave"),
    entry("indicator", "an indicator that the record meets: its list's name, its value, or what it is called"),
    entry("label", "the name of something in the record: an address, a range, an interface, a principal, a key"),
    entry("event_user_name", "an event's user as AWS shows it: the user's name, root, else the session's name"),
    entry("session_name", "the session's name of a role or a federated user"),
    entry("login_result", "how a sign-in ended: success or failure"),
    entry("resource_name", "an ARN, a name or an id of a resource that an event touched, as lookup-events knows it"),
    entry("resource_type", "the type of such a resource: AWS::S3::Bucket; of a flow record, the field of that name"),
    entry("extra.NAME", "a further value of a flow record, by the name that its log gives it (dashes or underscores)"),
    entry("requestParameters.bucketName", "a value in the JSON of an event; [0] an element, [*] any element of a list"),
    entry("$.NAME", "any path from the root of an event's JSON"),
];

/// How values are written.
pub static VALUES: [Entry; 8] = [
    entry(
        "10.0.0.1  2001:db8::/32  22  REJECT",
        "no quotes where a value has no space, bracket, comma, quote or operator",
    ),
    entry("'it''s'  \"a \\\"b\\\"\"", "quotes: single as in SQL, double with backslashes"),
    entry("10MB  1.5GiB  1_000", "K, KB, MB, GB, TB are decimal; KiB, MiB, GiB, TiB binary"),
    entry(
        "2021-05-16  2021-05-16T07:49  2021-05-16 07:49:46+09:00",
        "UTC where no zone is written; = with a date means that whole day, elsewhere a date is its midnight",
    ),
    entry("1621151386  1621151386000", "seconds or milliseconds since 1970"),
    entry("tcp  udp  icmp  6", "protocols by name or number"),
    entry("ssh  rdp  https  22", "ports by name or number"),
    entry("fin syn rst psh ack urg  18", "TCP flags by name or as a sum"),
];

/// What surprises, once each.
pub static RULES: [Entry; 7] = [
    entry(
        "action != REJECT",
        "a comparison needs a value, != and not in too: records without an action (NODATA) do not match",
    ),
    entry("not action = REJECT", "not is the exact complement: NODATA records match"),
    entry(
        "ip != 10.0.0.1",
        "where there are several values (ip, port, [*]): has a value, and none of them is this; = means one of them is",
    ),
    entry(
        "action = reject",
        "action, log_status, type and flow_direction compare regardless of case; all other text exactly as written",
    ),
    entry("event_name contains login", "contains ignores case; like and matches do not (matches /x/i does)"),
    entry(
        "requestParameters.max > 5",
        "JSON: a number compares by value, a text by its bytes; = finds '100' as text and as number",
    ),
    entry(
        "WHERE sourceaddress = '10.0.0.1'",
        "a WHERE clause of an Athena query works as it is, without ORDER BY and LIMIT",
    ),
];

/// Filters worth trying. Every one of them is valid.
pub fn examples(dataset: Dataset) -> &'static [Entry] {
    match dataset {
        Dataset::Flows => {
            const {
                &[
                    entry(
                        "srcaddr in 10.0.0.0/8 and dstport in (22, 3389) and action = REJECT",
                        "rejected SSH and RDP from inside",
                    ),
                    entry("ip = 192.0.2.7 and bytes > 10MB", "large flows with one host, either side"),
                    entry("protocol = tcp and tcp_flags has syn and not tcp_flags has ack", "connection attempts"),
                    entry("start >= 2021-05-16T07:00 and start < 2021-05-16T08:00", "one hour"),
                    entry(
                        "dstaddr in (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16) and flow_direction = egress",
                        "inside traffic leaving an interface",
                    ),
                    entry("not action = REJECT", "everything but rejected flows, NODATA included"),
                    entry("instance_id is null", "flows of interfaces without an instance"),
                ]
            }
        }
        Dataset::Events => {
            const {
                &[
                    entry("event_name = ConsoleLogin and error_message exists", "failed console logins"),
                    entry("userIdentity.arn contains admin and read_only = false", "changes by administrators"),
                    entry(
                        "requestParameters.bucketName = 'backup' and event_time = 2021-05-16",
                        "one bucket on one day",
                    ),
                    entry("source_ip_address not in (10.0.0.0/8, 'AWS Internal')", "calls from outside"),
                    entry("resources[*].ARN like 'arn:aws:s3:::%'", "events on S3 buckets"),
                    entry("additionalEventData.bytesTransferredOut > 10MB", "large downloads"),
                    entry("error_code matches /Denied|Unauthorized/", "refused calls"),
                ]
            }
        }
    }
}

/// The fields of a dataset, in AWS's order.
pub fn fields(dataset: Dataset) -> Vec<FieldHelp> {
    field::of(dataset).map(describe).collect()
}

fn describe(field: FieldId) -> FieldHelp {
    FieldHelp {
        name: field.name(),
        kind: kind_text(field.kind),
        aliases: field.field().aliases,
        values: names::choices(field).unwrap_or_default(),
        since: Some(field.since).filter(|since| *since > 0),
    }
}

fn kind_text(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Integer => "number",
        Kind::Address => "address",
        Kind::Port => "port",
        Kind::Protocol => "protocol",
        Kind::TcpFlags => "TCP flags",
        Kind::Bytes => "bytes",
        Kind::Time => "time",
        Kind::Boolean => "true or false",
        Kind::Json => "JSON",
    }
}

/// The whole help as plain text, for a terminal.
pub fn plain_text(dataset: Dataset) -> String {
    let mut text = String::new();
    let mut section = |title: &str, entries: &[Entry]| {
        text.push_str(&format!("{title}\n"));
        for entry in entries {
            text.push_str(&format!("  {}\n      {}\n", entry.syntax, entry.meaning));
        }
        text.push('\n');
    };
    section("Operators", &OPERATORS);
    section("Values", &VALUES);
    section("Rules", &RULES);
    section("Besides the fields", &VIRTUAL_FIELDS);
    section("Examples", examples(dataset));
    text.push_str("Fields (camelCase and dashes are understood)\n");
    for field in fields(dataset) {
        let mut notes = vec![field.kind.to_owned()];
        if !field.values.is_empty() {
            notes.push(field.values.join(", "));
        }
        if !field.aliases.is_empty() {
            notes.push(format!("also {}", field.aliases.join(", ")));
        }
        text.push_str(&format!("  {:<32} {}\n", field.name, notes.join("; ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::target::VIRTUAL_NAMES;

    #[test]
    fn examples_and_rules_are_valid_filters() {
        for dataset in [Dataset::Flows, Dataset::Events] {
            for example in examples(dataset) {
                super::super::parse(example.syntax, dataset).unwrap_or_else(|e| panic!("{}", e.render(example.syntax)));
            }
        }
        for rule in RULES {
            let valid = [Dataset::Flows, Dataset::Events]
                .into_iter()
                .any(|dataset| super::super::parse(rule.syntax, dataset).is_ok());
            assert!(valid, "{}", rule.syntax);
        }
    }

    #[test]
    fn every_name_is_explained() {
        for dataset in [Dataset::Flows, Dataset::Events] {
            let text = plain_text(dataset);
            for field in field::of(dataset) {
                assert!(text.contains(&format!("\n  {} ", field.name())), "{}", field.name());
            }
        }
        for name in VIRTUAL_NAMES {
            assert!(VIRTUAL_FIELDS.iter().any(|entry| entry.syntax == name), "{name}");
        }
    }
}
