//! The filter language's help as data: syntax, and the ids of the texts that say what it means.

use super::names;
use crate::model::{Dataset, FieldId, Kind, field};

/// A field as the help lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldHelp {
    pub(crate) name: &'static str,
    /// The text that says what its values are.
    pub(crate) kind: &'static str,
    /// Further spellings.
    pub(crate) aliases: &'static [&'static str],
    /// The only values, where there is a closed set.
    pub(crate) values: &'static [&'static str],
    /// Flow log version that introduced it, where that has a meaning.
    pub(crate) since: Option<u8>,
}

/// A piece of syntax, or an example, and the text of the catalogue that says what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) syntax: &'static str,
    pub(crate) meaning: &'static str,
}

const fn entry(syntax: &'static str, meaning: &'static str) -> Entry {
    Entry { syntax, meaning }
}

/// Operators, in the order of the reference.
pub(crate) static OPERATORS: [Entry; 16] = [
    entry("= != < <= > >=", "filter-help-operator-compare"),
    entry("in (A, B, ...)", "filter-help-operator-in-values"),
    entry("in 10.0.0.0/8", "filter-help-operator-in-block"),
    entry("not in", "filter-help-operator-not-in"),
    entry("between A and B", "filter-help-operator-between"),
    entry("like '%x%'", "filter-help-operator-like"),
    entry("contains x", "filter-help-operator-contains"),
    entry("matches /x.*y/", "filter-help-operator-matches"),
    entry("is null", "filter-help-operator-null"),
    entry("exists, is not null", "filter-help-operator-exists"),
    entry("tcp_flags has syn", "filter-help-operator-flags"),
    entry("in indicators", "filter-help-operator-in-indicators"),
    entry("and, &&", "filter-help-operator-and"),
    entry("or, ||", "filter-help-operator-or"),
    entry("not, !", "filter-help-operator-not"),
    entry("( )", "filter-help-operator-group"),
];

/// Names that are not fields of the records.
pub(crate) static VIRTUAL_FIELDS: [Entry; 27] = [
    entry("ip", "filter-help-field-ip"),
    entry("port", "filter-help-field-port"),
    entry("any", "filter-help-field-any"),
    entry("evidence", "filter-help-field-evidence"),
    entry("duplicate", "filter-help-field-duplicate"),
    entry("conflict", "filter-help-field-conflict"),
    entry("tag", "filter-help-field-tag"),
    entry("date_partition", "filter-help-field-date-partition"),
    entry("region_partition", "filter-help-field-region-partition"),
    entry("account_partition", "filter-help-field-account-partition"),
    entry("indicator", "filter-help-field-indicator"),
    entry("label", "filter-help-field-label"),
    entry("rule", "filter-help-field-rule"),
    entry("sigma", "filter-help-field-sigma"),
    entry("sigma_level", "filter-help-field-sigma-level"),
    entry("event_user_name", "filter-help-field-event-user-name"),
    entry("session_name", "filter-help-field-session-name"),
    entry("login_result", "filter-help-field-login-result"),
    entry("resource_name", "filter-help-field-resource-name"),
    entry("resource_type", "filter-help-field-resource-type"),
    entry("user_agent_short", "filter-help-field-user-agent-short"),
    entry("mfa", "filter-help-field-mfa"),
    entry("policy_grants", "filter-help-field-policy-grants"),
    entry("foreign_account", "filter-help-field-foreign-account"),
    entry("extra.NAME", "filter-help-field-extra"),
    entry("requestParameters.bucketName", "filter-help-field-json-path"),
    entry("$.NAME", "filter-help-field-json-root"),
];

/// How values are written.
pub(crate) static VALUES: [Entry; 8] = [
    entry("10.0.0.1  2001:db8::/32  22  REJECT", "filter-help-value-plain"),
    entry("'it''s'  \"a \\\"b\\\"\"", "filter-help-value-quotes"),
    entry("10MB  1.5GiB  1_000", "filter-help-value-sizes"),
    entry("2021-05-16  2021-05-16T07:49  2021-05-16 07:49:46+09:00", "filter-help-value-times"),
    entry("1621151386  1621151386000", "filter-help-value-epoch"),
    entry("tcp  udp  icmp  6", "filter-help-value-protocols"),
    entry("ssh  rdp  https  22", "filter-help-value-ports"),
    entry("fin syn rst psh ack urg  18", "filter-help-value-tcp-flags"),
];

/// What surprises, once each.
pub(crate) static RULES: [Entry; 7] = [
    entry("action != REJECT", "filter-help-rule-needs-value"),
    entry("not action = REJECT", "filter-help-rule-complement"),
    entry("ip != 10.0.0.1", "filter-help-rule-several"),
    entry("action = reject", "filter-help-rule-case"),
    entry("event_name contains login", "filter-help-rule-text-case"),
    entry("requestParameters.max > 5", "filter-help-rule-json"),
    entry("WHERE sourceaddress = '10.0.0.1'", "filter-help-rule-athena"),
];

/// Filters worth trying. Every one of them is valid.
pub(crate) fn examples(dataset: Dataset) -> &'static [Entry] {
    match dataset {
        Dataset::Flows => {
            const {
                &[
                    entry(
                        "srcaddr in 10.0.0.0/8 and dstport in (22, 3389) and action = REJECT",
                        "filter-help-flows-rejected",
                    ),
                    entry("ip = 192.0.2.7 and bytes > 10MB", "filter-help-flows-large"),
                    entry(
                        "protocol = tcp and tcp_flags has syn and not tcp_flags has ack",
                        "filter-help-flows-attempts",
                    ),
                    entry("start >= 2021-05-16T07:00 and start < 2021-05-16T08:00", "filter-help-flows-hour"),
                    entry(
                        "dstaddr in (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16) and flow_direction = egress",
                        "filter-help-flows-leaving",
                    ),
                    entry("not action = REJECT", "filter-help-flows-not-rejected"),
                    entry("instance_id is null", "filter-help-flows-no-instance"),
                ]
            }
        }
        Dataset::Events => {
            const {
                &[
                    entry("event_name = ConsoleLogin and error_message exists", "filter-help-events-failed-logins"),
                    entry("userIdentity.arn contains admin and read_only = false", "filter-help-events-administrators"),
                    entry(
                        "requestParameters.bucketName = 'backup' and event_time = 2021-05-16",
                        "filter-help-events-bucket",
                    ),
                    entry("source_ip_address not in (10.0.0.0/8, 'AWS Internal')", "filter-help-events-outside"),
                    entry("resources[*].ARN like 'arn:aws:s3:::%'", "filter-help-events-arn"),
                    entry("additionalEventData.bytesTransferredOut > 10MB", "filter-help-events-downloads"),
                    entry("error_code matches /Denied|Unauthorized/", "filter-help-events-refused"),
                ]
            }
        }
    }
}

/// The fields of a dataset, in AWS's order.
pub(crate) fn fields(dataset: Dataset) -> Vec<FieldHelp> {
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

/// The text that says what values of a kind are.
fn kind_text(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "filter-help-kind-text",
        Kind::Integer => "filter-help-kind-integer",
        Kind::Address => "filter-help-kind-address",
        Kind::Port => "filter-help-kind-port",
        Kind::Protocol => "filter-help-kind-protocol",
        Kind::TcpFlags => "filter-help-kind-tcp-flags",
        Kind::Bytes => "filter-help-kind-bytes",
        Kind::Time => "filter-help-kind-time",
        Kind::Boolean => "filter-help-kind-boolean",
        Kind::Json => "filter-help-kind-json",
        Kind::List => "filter-help-kind-list",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::target::VIRTUAL_NAMES;

    #[test]
    fn examples_and_rules_are_valid_filters() {
        for dataset in [Dataset::Flows, Dataset::Events] {
            for example in examples(dataset) {
                super::super::parse(example.syntax, dataset).unwrap_or_else(|e| panic!("{}: {e}", example.syntax));
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
        for name in VIRTUAL_NAMES {
            assert!(VIRTUAL_FIELDS.iter().any(|entry| entry.syntax == name), "{name}");
        }
    }
}
