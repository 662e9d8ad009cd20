//! The tools in whose files AWS's records are whole: what each is called, and how a file of theirs is.

/// A tool, service or API that keeps AWS's record inside of an object of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wrapper {
    Athena,
    CloudWatchPayload,
    Datadog,
    Elastic,
    EventBridge,
    Filebeat,
    Firehose,
    Fluentd,
    Kinesis,
    Lake,
    Logstash,
    NewRelic,
    Sns,
    Splunk,
    Sqs,
    Wazuh,
    /// Known by what is inside only.
    Other,
}

struct Row {
    wrapper: Wrapper,
    /// As a person calls it.
    name: &'static str,
    /// The format's name of a file with events, and of one with flow records.
    codes: [&'static str; 2],
}

/// The codes are stored in cases: they are never changed.
const TABLE: [Row; 17] = [
    row(Wrapper::Athena, "Athena's get-query-results", ["cloudtrail-in-athena", "flow-in-athena"]),
    row(
        Wrapper::CloudWatchPayload,
        "a payload of CloudWatch Logs",
        ["cloudtrail-in-cloudwatch-payload", "flow-in-cloudwatch-payload"],
    ),
    row(Wrapper::Datadog, "Datadog", ["cloudtrail-in-datadog", "flow-in-datadog"]),
    row(Wrapper::Elastic, "Elastic or OpenSearch", ["cloudtrail-in-elastic", "flow-in-elastic"]),
    row(Wrapper::EventBridge, "EventBridge", ["cloudtrail-in-eventbridge", "flow-in-eventbridge"]),
    row(Wrapper::Filebeat, "Filebeat", ["cloudtrail-in-filebeat", "flow-in-filebeat"]),
    row(Wrapper::Firehose, "Firehose", ["cloudtrail-in-firehose", "flow-in-firehose"]),
    row(Wrapper::Fluentd, "Fluentd or Fluent Bit", ["cloudtrail-in-fluentd", "flow-in-fluentd"]),
    row(Wrapper::Kinesis, "Kinesis", ["cloudtrail-in-kinesis", "flow-in-kinesis"]),
    row(Wrapper::Lake, "CloudTrail Lake's get-query-results", ["cloudtrail-in-lake", "flow-in-lake"]),
    row(Wrapper::Logstash, "Logstash", ["cloudtrail-in-logstash", "flow-in-logstash"]),
    row(Wrapper::NewRelic, "New Relic", ["cloudtrail-in-new-relic", "flow-in-new-relic"]),
    row(Wrapper::Sns, "SNS", ["cloudtrail-in-sns", "flow-in-sns"]),
    row(Wrapper::Splunk, "Splunk", ["cloudtrail-in-splunk", "flow-in-splunk"]),
    row(Wrapper::Sqs, "SQS", ["cloudtrail-in-sqs", "flow-in-sqs"]),
    row(Wrapper::Wazuh, "Wazuh", ["cloudtrail-in-wazuh", "flow-in-wazuh"]),
    row(Wrapper::Other, "another tool", ["cloudtrail-in-wrapper", "flow-in-wrapper"]),
];

const fn row(wrapper: Wrapper, name: &'static str, codes: [&'static str; 2]) -> Row {
    Row { wrapper, name, codes }
}

impl Wrapper {
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.wrapper)
    }

    /// As a person calls it: `Splunk`.
    pub fn name(self) -> &'static str {
        self.row().map_or("another tool", |row| row.name)
    }

    /// The name of the format of a file whose wrapped records are events, or flow records.
    pub(super) fn code(self, is_flow: bool) -> &'static str {
        match (self.row(), is_flow) {
            (Some(Row { codes: [code, _], .. }), false) | (Some(Row { codes: [_, code], .. }), true) => code,
            (None, _) => "unknown",
        }
    }

    fn row(self) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.wrapper == self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Format;

    #[test]
    fn every_wrapper_has_codes_of_its_own() {
        for wrapper in Wrapper::all() {
            for format in [Format::CloudTrailIn(wrapper), Format::FlowIn(wrapper)] {
                assert_eq!(Format::from_code(format.code()), Some(format));
            }
            assert!(Format::CloudTrailIn(wrapper).code().starts_with("cloudtrail-in-"));
            assert!(Format::FlowIn(wrapper).code().starts_with("flow-in-"));
            assert!(!wrapper.name().is_empty());
        }
        assert_eq!(Wrapper::all().count(), TABLE.len());
    }
}
