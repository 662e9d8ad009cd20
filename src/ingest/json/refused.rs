//! Objects of other tools in which AWS's record is not whole, because they took it apart: what it is, and the way
//! out.

use super::text::{Members, get, members, value_text};
use super::wrap::{is_splunk, value_at};
use crate::model::Wrapper;

/// Why an object is not read, and whose it is; `None` for what has nothing to do with AWS's logs.
pub(super) fn why(of: &Members<'_>) -> Option<(String, Wrapper)> {
    let source = get(of, "_source").and_then(members);
    let result = get(of, "result").and_then(members);
    let of = source.as_ref().or(result.as_ref()).unwrap_or(of);
    let text = |path: &str| value_at(of, path).and_then(value_text).unwrap_or_default().into_owned();
    let is_aws = |path: &str| {
        let text = text(path);
        text.starts_with("aws") || text.ends_with(".amazonaws.com")
    };
    let begins = |begin: &str| of.iter().any(|(name, _)| name.starts_with(begin));
    if ["aws.cloudtrail", "aws.vpcflow"].iter().any(|path| value_at(of, path).is_some() || begins(path))
        || ["event.dataset", "event.provider", "data_stream.dataset"].iter().any(|path| is_aws(path))
    {
        let why = "a document of Elastic or OpenSearch in fields of its own (ECS), without AWS's record: export it with the \
                   field event.original (the AWS integration keeps it where 'Preserve original event' is on), or import \
                   the log files from S3";
        return Some((why.to_owned(), Wrapper::Elastic));
    }
    if (result.is_some() || is_splunk(of)) && (is_aws("sourcetype") || get(of, "eventName").is_some()) {
        let why = "a result of Splunk without the field _raw, which holds AWS's record: export it again as raw events, or with \
                   '| table _time _raw'";
        return Some((why.to_owned(), Wrapper::Splunk));
    }
    if get(of, "rule").is_some() && (value_at(of, "data.aws").is_some() || text("data.integration") == "aws") {
        let why = "an alert of Wazuh without AWS's record as it came: import archives.json, or the log files from S3";
        return Some((why.to_owned(), Wrapper::Wazuh));
    }
    if is_aws("ddsource") || is_aws("attributes.ddsource") {
        let why = "a log of Datadog without AWS's record as it came: import the archive in S3, or AWS's log files";
        return Some((why.to_owned(), Wrapper::Datadog));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_took_the_record_apart_is_named_with_the_way_out() {
        for (json, wrapper, way_out) in [
            (r#"{"_source":{"aws":{"cloudtrail":{"event_type":"AwsApiCall"}}}}"#, Wrapper::Elastic, "event.original"),
            (r#"{"aws.cloudtrail.event_type":"AwsApiCall"}"#, Wrapper::Elastic, "event.original"),
            (r#"{"event":{"dataset":"aws.vpcflow"},"source":{"ip":"10.0.0.1"}}"#, Wrapper::Elastic, "event.original"),
            (r#"{"event":{"provider":"s3.amazonaws.com","action":"GetObject"}}"#, Wrapper::Elastic, "event.original"),
            (r#"{"preview":false,"result":{"eventName":"GetObject"}}"#, Wrapper::Splunk, "_raw"),
            (r#"{"_time":"t","sourcetype":"aws:cloudtrail"}"#, Wrapper::Splunk, "_raw"),
            (
                r#"{"rule":{"id":"1"},"data":{"integration":"aws","aws":{"source":"guardduty"}}}"#,
                Wrapper::Wazuh,
                "archives.json",
            ),
            (r#"{"ddsource":"aws","message":"x"}"#, Wrapper::Datadog, "S3"),
        ] {
            let (why, found) = why(&members(json).unwrap()).unwrap();
            assert!(found == wrapper && why.contains(way_out), "{json}: {why}");
        }
        for json in
            [r#"{"event":{"provider":"zeek"}}"#, r#"{"result":{"a":1}}"#, r#"{"rule":{"id":"1"},"data":{}}"#, "{}"]
        {
            assert_eq!(why(&members(json).unwrap()), None, "{json}");
        }
    }
}
