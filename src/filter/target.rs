//! Which field a name means: AWS's names in any spelling, the Athena tables' names, paths into an event's JSON, and the
//! filter's own names.

use super::error::{FilterError, nearest};
use super::path::{JsonPath, Step};
use super::tree::{Partition, Target};
use crate::model::{Dataset, FieldId, Message, field};
use std::ops::Range;

/// The filter's own names; not each stands for something in each dataset (`virtual_target`).
pub(super) static VIRTUAL_NAMES: [&str; 15] = [
    "ip",
    "port",
    "any",
    "evidence",
    "duplicate",
    "conflict",
    "tag",
    "indicator",
    "label",
    "rule",
    "sigma",
    "sigma_level",
    "date_partition",
    "region_partition",
    "account_partition",
];

/// Columns that Athena tables add for partitions in ways of their own; a filter says the same as a range of times.
const PARTITIONS: [&str; 8] = ["year", "month", "day", "hour", "dt", "date", "timestamp", "partition_date"];

/// `eventName`, `event_name`, `event-name`, `EVENTNAME` are one name: its letters and digits in lower case.
fn letters(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|c| !matches!(c, '_' | '-' | '.')).flat_map(char::to_lowercase)
}

fn same_name(a: &str, b: &str) -> bool {
    letters(a).eq(letters(b))
}

/// The field that has this name in any spelling.
pub fn field_named(dataset: Dataset, name: &str) -> Option<FieldId> {
    let spelled = |candidate: &str| same_name(candidate, name);
    field::of(dataset).find(|f| {
        spelled(f.name) || f.aliases.iter().any(|alias| spelled(alias)) || f.event_path().is_some_and(spelled)
    })
}

/// What a name stands for in a filter.
///
/// # Errors
/// These records have nothing of this name.
pub fn target_named(dataset: Dataset, name: &str) -> Result<Target, FilterError> {
    resolve(dataset, name, 0..name.len())
}

/// The key of a further value of flow records that `extra.NAME` means.
pub fn extra_named(dataset: Dataset, name: &str) -> Option<String> {
    match resolve(dataset, name, 0..name.len()) {
        Ok(Target::Extra(key)) => Some(key.into()),
        _ => None,
    }
}

/// The same; a name of the query's table may be in front: `vpc.destinationaddress`.
pub(super) fn field_without_alias(dataset: Dataset, name: &str) -> Option<FieldId> {
    if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        return None;
    }
    field_named(dataset, name).or_else(|| match behind_alias(dataset, name) {
        Some(Target::Field(field)) => Some(field),
        _ => None,
    })
}

/// What a name stands for.
///
/// # Errors
/// No such field; the error's span is `span`.
pub(super) fn resolve(dataset: Dataset, name: &str, span: Range<usize>) -> Result<Target, FilterError> {
    if let Some(path) = name.strip_prefix("$.") {
        return match dataset {
            Dataset::Events => json_path(path, &span).map(canonical_path),
            Dataset::Flows => Err(FilterError::new(span, Message::new("filter-error-flow-path"))),
        };
    }
    if let Some(target) = virtual_target(dataset, name) {
        return Ok(target);
    }
    if let Some(found) = field_named(dataset, name) {
        return Ok(Target::Field(found));
    }
    if let (Dataset::Flows, Some(key)) = (dataset, strip_prefix_ignore_case(name, "extra.")) {
        let path = json_path(key, &span)?;
        return match path.steps() {
            // A log's names are kept in snake_case; with quotes the key is meant as it is.
            [Step::Key(plain)] if !key.contains('"') => Ok(Target::Extra(plain.replace('-', "_").into())),
            [Step::Key(quoted)] => Ok(Target::Extra(quoted.clone())),
            _ => Err(FilterError::new(span, Message::new("filter-error-extra"))
                .proposing(Some(format!("extra.{}", JsonPath::key(key))))),
        };
    }
    if let Some(target) = behind_alias(dataset, name) {
        return Ok(target);
    }
    if dataset == Dataset::Events && name.contains(['.', '[']) {
        return event_path(name, span);
    }
    Err(unknown(dataset, name, span))
}

/// `vpc.destinationaddress`, `ct.useridentity.arn`: what is behind the name of a query's table, unless that name is
/// nearly one of an event's members, whose own members have names of fields too.
fn behind_alias(dataset: Dataset, name: &str) -> Option<Target> {
    let (alias, rest) = name.split_once('.')?;
    let is_name = alias.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && alias.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !is_name || alias.eq_ignore_ascii_case("extra") {
        return None;
    }
    let is_root = |name: &str| event_roots().any(|root| same_name(root, name));
    let found = match field_named(dataset, rest) {
        Some(found) => Target::Field(found),
        None if dataset == Dataset::Events && is_root(rest.split(['.', '[']).next()?) => {
            event_path(rest, 0..rest.len()).ok()?
        }
        None => return None,
    };
    let is_member = dataset == Dataset::Events && (is_root(alias) || nearest(alias, event_roots()).is_some());
    (!is_member).then_some(found)
}

pub(super) fn virtual_target(dataset: Dataset, name: &str) -> Option<Target> {
    let target = match name.to_ascii_lowercase().as_str() {
        "ip" | "addr" | "address" => match dataset {
            Dataset::Flows => Target::EitherAddress,
            Dataset::Events => Target::Field(field::by_name(dataset, "source_ip_address")?),
        },
        "port" if dataset == Dataset::Flows => Target::EitherPort,
        "any" => Target::AnyText,
        "evidence" => Target::Evidence,
        "duplicate" => Target::Duplicate,
        "conflict" if dataset == Dataset::Events => Target::Conflict,
        "tag" => Target::Tag,
        "date_partition" | "event_date" => Target::Partition(Partition::Date),
        "region_partition" => Target::Partition(Partition::Region),
        "account_partition" => Target::Partition(Partition::Account),
        "indicator" => Target::Indicator,
        "label" => Target::Label,
        "rule" if dataset == Dataset::Events => Target::Rule,
        "sigma" if dataset == Dataset::Events => Target::Sigma,
        "sigma_level" | "sigma-level" if dataset == Dataset::Events => Target::SigmaLevel,
        _ => return None,
    };
    Some(target)
}

fn strip_prefix_ignore_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(tail)
}

fn json_path(text: &str, span: &Range<usize>) -> Result<JsonPath, FilterError> {
    JsonPath::parse(text).map_err(|at| {
        // The place inside a quoted or prefixed name cannot always be counted back, so it is kept inside the span.
        let offset = span.len().saturating_sub(text.len());
        // Nor is it counted among characters of several bytes.
        let start = if text.is_ascii() { (span.start + offset + at).min(span.end) } else { span.start };
        FilterError::new(start..span.end, Message::new("filter-error-json-path")).expecting([
            "name.name",
            "name[0]",
            "name[*].name",
        ])
    })
}

/// A path whose first name is one of the event's own; the rest is taken as written, because its keys depend on the API.
fn event_path(name: &str, span: Range<usize>) -> Result<Target, FilterError> {
    let path = json_path(name, &span)?;
    let root = path.root().to_owned();
    if let Some(key) = event_roots().find(|key| same_name(key, &root)) {
        return Ok(canonical_path(path.with_root(key)));
    }
    let proposal = nearest(&root, event_roots()).map(|near| path.with_root(near).to_string());
    let message = Message::new("filter-error-member").with("root", root).with("name", name);
    Err(FilterError::new(span, message).proposing(proposal.or_else(|| Some(format!("$.{name}")))))
}

/// First keys of all paths in the table of fields.
fn event_roots() -> impl Iterator<Item = &'static str> {
    field::of(Dataset::Events).filter_map(|f| f.event_path()?.split('.').next())
}

/// The column, where the path is one's.
fn canonical_path(path: JsonPath) -> Target {
    let dotted: Option<Vec<&str>> = path
        .steps()
        .iter()
        .map(|step| match step {
            Step::Key(key) if !key.contains('.') => Some(&**key),
            _ => None,
        })
        .collect();
    let dotted = dotted.unwrap_or_default().join(".");
    let same = |f: &FieldId| f.event_path().is_some_and(|path| path.eq_ignore_ascii_case(&dotted));
    match field::of(Dataset::Events).find(same) {
        Some(found) => Target::Field(found),
        None => Target::Path(path),
    }
}

/// Does the path's text, without `$.`, resolve to the same path?
pub(super) fn stands_without_prefix(path: &JsonPath) -> bool {
    let text = path.to_string();
    resolve(Dataset::Events, &text, 0..text.len()).is_ok_and(|target| target == Target::Path(path.clone()))
}

pub(super) fn is_partition(name: &str) -> bool {
    PARTITIONS.iter().any(|partition| partition.eq_ignore_ascii_case(name))
}

fn unknown(dataset: Dataset, name: &str, span: Range<usize>) -> FilterError {
    let (other, own_word) = match dataset {
        Dataset::Flows => (Dataset::Events, "flows"),
        Dataset::Events => (Dataset::Flows, "events"),
    };
    let candidates =
        field::of(dataset).flat_map(|f| f.field().aliases.iter().copied().chain([f.name()])).chain(VIRTUAL_NAMES);
    let near = nearest(name, candidates).map(|near| match field_named(dataset, near) {
        Some(found) => found.name().to_owned(),
        None => near.to_owned(),
    });
    if is_partition(name) {
        let time = if dataset == Dataset::Flows { "start" } else { "event_time" };
        let message = Message::new("filter-error-partition").with("name", name).with("time", time);
        let range = format!("{time} >= 2021-05-16 and {time} < 2021-05-17");
        return FilterError::new(span, message).proposing(Some(range));
    }
    if let Some(found) = field_named(other, name) {
        let message = Message::new("filter-error-other-field").with("name", found.name()).with("dataset", own_word);
        return FilterError::new(span, message).proposing(near);
    }
    let message = Message::new("filter-error-no-field").with("name", name).with("dataset", own_word);
    FilterError::new(span, message).expecting(["filter-expected-field"]).proposing(near)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(dataset: Dataset, text: &str) -> String {
        match resolve(dataset, text, 0..text.len()) {
            Ok(target) => target.to_string(),
            Err(error) => format!("{} [{}]", crate::filter::tests::said(&error), error.proposal.unwrap_or_default()),
        }
    }

    #[test]
    fn no_two_fields_share_a_spelling() {
        for dataset in [Dataset::Flows, Dataset::Events] {
            let mut seen = std::collections::BTreeMap::new();
            for f in field::of(dataset) {
                for spelling in f.aliases.iter().copied().chain([f.name()]).chain(f.event_path()) {
                    let earlier = seen.insert(letters(spelling).collect::<String>(), f);
                    assert!(earlier.is_none_or(|earlier| earlier == f), "{spelling}");
                }
            }
            for own in VIRTUAL_NAMES.into_iter().filter(|own| virtual_target(dataset, own).is_some()) {
                assert!(!seen.contains_key(own), "{own}");
            }
        }
    }

    #[test]
    fn spellings_of_flow_fields() {
        for (text, expected) in [
            ("srcaddr", "srcaddr"),
            ("sourceAddress", "srcaddr"),
            ("destinationaddress", "dstaddr"),
            ("pkt-srcaddr", "pkt_srcaddr"),
            ("interfaceid", "interface_id"),
            ("numbytes", "bytes"),
            ("accountId", "account_id"),
            ("starttime", "start"),
            ("IP", "ip"),
            ("extra.some-new-field", "extra.some_new_field"),
            ("extra.\"a.b\"", "extra.\"a.b\""),
        ] {
            assert_eq!(name(Dataset::Flows, text), expected, "{text}");
        }
        assert_eq!(name(Dataset::Flows, "srcadr"), "flow records have no field srcadr [srcaddr]");
        assert_eq!(
            name(Dataset::Flows, "eventName"),
            "event_name is a field of CloudTrail events, not of flow records []"
        );
        assert!(name(Dataset::Flows, "day").contains("start >= 2021-05-16"));
    }

    #[test]
    fn spellings_of_event_fields_and_paths() {
        for (text, expected) in [
            ("eventName", "event_name"),
            ("eventUserName", "event_user_name"),
            ("resource-name", "resource_name"),
            ("userIdentity.arn", "user_identity_arn"),
            ("useridentity.sessioncontext.sessionissuer.username", "session_issuer_user_name"),
            ("userIdentity", "user_identity"),
            ("ip", "source_ip_address"),
            ("region", "aws_region"),
            ("requestParameters.bucketName", "requestParameters.bucketName"),
            ("request_parameters.bucketName", "requestParameters.bucketName"),
            ("requestparameters.bucketName", "requestParameters.bucketName"),
            ("resources[*].ARN", "resources[*].ARN"),
            ("$.brandNew", "$.brandNew"),
            ("$.eventName", "event_name"),
            ("$.brandNew.deep[0]", "$.brandNew.deep[0]"),
        ] {
            assert_eq!(name(Dataset::Events, text), expected, "{text}");
        }
        assert!(name(Dataset::Events, "requestParamters.bucketName").ends_with("[requestParameters.bucketName]"));
        assert!(name(Dataset::Events, "port").contains("no field port"));
    }
}
