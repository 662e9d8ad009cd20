//! Flow records that come as JSON members: objects of both directions, and wrapped or plain AWS names.

use super::text::{Members, get, members, value_text};
use crate::ingest::emit::FlowFields;
use crate::ingest::flow::directed;
use crate::model::{Address, Dataset, FieldId, field};

/// A flow field by any of its names: `pkt-srcaddr`, `pkt_srcaddr`, or an alias such as Logs Insights' `srcAddr`.
pub(crate) fn field_named(name: &str) -> Option<FieldId> {
    field::by_header(name).or_else(|| {
        let lower = name.to_ascii_lowercase();
        let squeezed = lower.replace(['-', '_'], "");
        field::of(Dataset::Flows)
            .find(|field| field.aliases.contains(&lower.as_str()) || field.name.replace('_', "") == squeezed)
    })
}

/// An object in AWS's names (`aws.vpc` of a wrapped record, or a record unloaded as JSON); `None` without both addresses
/// and without an interface.
pub(crate) fn named(of: &Members<'_>) -> Option<FlowFields> {
    let mut record = FlowFields::default();
    for (name, value) in of {
        match (field_named(name), value_text(value.get())) {
            (Some(field), Some(text)) => record.fields.push((field, text.into_owned())),
            (Some(_), None) => {}
            (None, _) => record.extras.push((name.clone().into_owned(), value.get().to_owned())),
        }
    }
    add_stamp(&mut record, |name| get(of, name).and_then(value_text).map(|text| text.into_owned()));
    let has = |name| field::by_name(Dataset::Flows, name).is_some_and(|id| record.fields.iter().any(|(f, _)| *f == id));
    (has("srcaddr") && has("dstaddr") || has("interface_id") && has("log_status")).then_some(record)
}

/// The time of a log event is the start of a record that names none.
pub(crate) fn add_stamp(record: &mut FlowFields, text: impl Fn(&str) -> Option<String>) {
    let Some(start) = field::by_header("start") else { return };
    if record.fields.iter().all(|(field, value)| *field != start || value.is_empty() || value == "-")
        && let Some(stamp) = ["@timestamp", "timestamp", "_time"].into_iter().find_map(text)
    {
        record.fields.push((start, stamp));
    }
}

/// An object that counts both directions (`directed`).
pub(crate) fn foreign(of: &Members<'_>) -> Option<FlowFields> {
    let of: Vec<(&str, &str)> = of.iter().map(|(name, value)| (name.as_ref(), value.get())).collect();
    directed::read(&of)
}

/// Does a message look like a flow record? Detection asks this; a record of any chosen fields passes as long as it names
/// an address, an interface, an action or a status.
pub(crate) fn looks_like_line(message: &str) -> bool {
    let mut words = message.split_ascii_whitespace();
    message.len() < 64 << 10
        && words.any(|word| {
            matches!(word, "ACCEPT" | "REJECT" | "NODATA" | "SKIPDATA")
                || word.starts_with("eni-")
                || word.starts_with("tgw-")
                || Address::parse(word.as_bytes()).is_some()
        })
}

/// As `looks_like_line`, for a text of which nothing says that it is one: words enough for a record, too.
pub(crate) fn looks_like_record(text: &str) -> bool {
    const LEAST_WORDS: usize = 8;
    looks_like_line(text) && text.split_ascii_whitespace().count() >= LEAST_WORDS
}

/// The fields under `aws.vpc` of a wrapped record.
pub(crate) fn wrapped(of: &Members<'_>) -> Option<FlowFields> {
    named(&members(get(&members(get(of, "aws")?)?, "vpc")?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(record: &FlowFields) -> String {
        record.fields.iter().map(|(id, value)| format!("{}={value} ", id.name())).collect()
    }

    #[test]
    fn named_values_become_fields_and_extras() {
        let json = r#"{"aws":{"vpc":{"srcAddr":"1.1.1.1","dst_addr":"2.2.2.2","pkt-src-aws-service":"S3","x":[1],"start":5}}}"#;
        let record = wrapped(&members(json).unwrap()).unwrap();
        assert_eq!(fields(&record), "srcaddr=1.1.1.1 dstaddr=2.2.2.2 pkt_src_aws_service=S3 start=5 ");
        assert_eq!(record.extras, [("x".to_owned(), "[1]".to_owned())]);
        assert_eq!(named(&members(r#"{"srcaddr":"1.1.1.1"}"#).unwrap()), None);
        let stamped = r#"{"srcaddr":"1.1.1.1","dstaddr":"2.2.2.2","@timestamp":"2025-03-04 05:00:00.000"}"#;
        let record = named(&members(stamped).unwrap()).unwrap();
        assert_eq!(fields(&record), "srcaddr=1.1.1.1 dstaddr=2.2.2.2 start=2025-03-04 05:00:00.000 ");
    }

    #[test]
    fn lines_are_told_from_other_messages() {
        assert!(looks_like_line("2 eni-1 - - NODATA"));
        assert!(looks_like_line("10.0.0.1 10.0.0.2"));
        assert!(!looks_like_line("Checking health of destination Firehose."));
    }
}
