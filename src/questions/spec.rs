//! How questions are written in an exhibit: JSON with the names that the command line uses, filters in canonical text,
//! times as ISO 8601 in UTC.

use crate::filter::{self, Filter, field_named};
use crate::model::{Dataset, FieldId, RecordId, TimeRange, Timestamp};
use crate::present::filter_help::mistake;
use crate::present::text::Texts;
use crate::query::{BinWidth, Duplicates, GroupBy, Measure, Scope, SortKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Which records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScopeSpec {
    pub dataset: String,
    pub filter: String,
    pub from: Option<String>,
    pub to: Option<String>,
    /// Each record as often as it was delivered.
    pub all_copies: bool,
}

impl ScopeSpec {
    pub(crate) fn of(scope: &Scope) -> Self {
        let time = |time: Option<Timestamp>| time.map(Timestamp::to_iso);
        Self {
            dataset: crate::case::dataset_name(scope.dataset).to_owned(),
            filter: scope.filter.as_ref().map(Filter::to_string).unwrap_or_default(),
            from: time(scope.range.from),
            to: time(scope.range.to),
            all_copies: scope.duplicates == Duplicates::All,
        }
    }

    pub(crate) fn scope(&self) -> Result<Scope, String> {
        let dataset = dataset(&self.dataset)?;
        let filter =
            filter::parse(&self.filter, dataset).map_err(|error| mistake(&Texts::english(), &error, &self.filter))?;
        Ok(Scope {
            dataset,
            filter: (filter != Filter::All).then_some(filter),
            range: TimeRange { from: time(self.from.as_deref())?, to: time(self.to.as_deref())? },
            duplicates: if self.all_copies { Duplicates::All } else { Duplicates::Once },
        })
    }
}

/// The records that a written question is about, wherever they stand among its members; `None` where it names none.
pub(crate) fn scope_in(question: &str) -> Option<Scope> {
    fn find(value: &Value) -> Option<Scope> {
        let Value::Object(members) = value else { return None };
        let own = ScopeSpec::deserialize(value).ok().and_then(|spec| spec.scope().ok());
        own.or_else(|| members.values().find_map(find))
    }
    find(&serde_json::from_str(question).ok()?)
}

pub(crate) fn time(text: Option<&str>) -> Result<Option<Timestamp>, String> {
    let Some(text) = text else { return Ok(None) };
    let parsed = filter::value::parse_time(text).ok_or_else(|| format!("{text} is not a time"))?;
    Ok(Some(parsed.time))
}

pub(crate) fn dataset(name: &str) -> Result<Dataset, String> {
    crate::case::dataset_named(name).ok_or_else(|| format!("unknown record type {name}"))
}

/// `["-bytes","start"]`.
pub(crate) fn sort_names(sort: &[SortKey]) -> Vec<String> {
    sort.iter().map(|key| format!("{}{}", if key.descending { "-" } else { "" }, key.field.name())).collect()
}

pub(crate) fn sort_keys(dataset: Dataset, names: &[String]) -> Result<Vec<SortKey>, String> {
    names
        .iter()
        .map(|text| {
            let (name, descending) = text.strip_prefix('-').map_or((text.as_str(), false), |name| (name, true));
            Ok(SortKey { field: field(dataset, name)?, descending })
        })
        .collect()
}

pub(crate) fn field(dataset: Dataset, name: &str) -> Result<FieldId, String> {
    field_named(dataset, name).ok_or_else(|| format!("unknown field {name}"))
}

pub(crate) fn record(text: &str) -> Result<RecordId, String> {
    RecordId::parse(text).ok_or_else(|| format!("{text} is not a record"))
}

pub(crate) fn measure(name: &str) -> Result<Measure, String> {
    let found = Measure::ALL.into_iter().find(|measure| measure.name() == name);
    found.ok_or_else(|| format!("unknown measure {name}"))
}

/// `auto`, or seconds.
pub(crate) fn bin(text: &str) -> Result<BinWidth, String> {
    match text {
        "auto" => Ok(BinWidth::Auto),
        secs => secs.parse().map(BinWidth::Secs).map_err(|_| format!("{secs} is not a bin width")),
    }
}

pub(crate) fn bin_name(bin: BinWidth) -> String {
    match bin {
        BinWidth::Auto => "auto".to_owned(),
        BinWidth::Secs(secs) => secs.to_string(),
    }
}

const GROUPS: [(&str, GroupBy); 9] = [
    ("ip", GroupBy::Talker),
    ("remote_ip", GroupBy::Remote),
    ("pkt_ip", GroupBy::PacketTalker),
    ("pair", GroupBy::Pair),
    ("pkt_pair", GroupBy::PacketPair),
    ("port", GroupBy::EitherPort),
    ("service", GroupBy::Service),
    // Earlier versions wrote the first of these, and did not tell principals of one name apart.
    ("principal", GroupBy::PrincipalName),
    ("principal,principal_id", GroupBy::Principal),
];

/// A group by its name: one of ours, or a field.
pub(crate) fn group(dataset: Dataset, name: &str) -> Result<GroupBy, String> {
    let own = GROUPS.into_iter().find(|(known, by)| *known == name && by.dataset() == dataset);
    match own {
        Some((_, by)) => Ok(by),
        None => field(dataset, name).map(GroupBy::Field),
    }
}

pub(crate) fn group_name(by: GroupBy) -> &'static str {
    match by {
        GroupBy::Field(field) => field.name(),
        other => GROUPS.iter().find(|(_, known)| *known == other).map_or("", |(name, _)| name),
    }
}

/// JSON with the members in the order of the type's fields.
pub(crate) fn write(spec: &impl Serialize) -> String {
    // Specifications hold texts and numbers only, which always have a JSON.
    serde_json::to_string(spec).unwrap_or_default()
}

pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_reads_back_as_it_was() {
        for (dataset, text) in
            [(Dataset::Flows, "not srcaddr in 10.0.0.0/8 and bytes > 10MB"), (Dataset::Events, "eventName = 'It''s'")]
        {
            let scope = Scope {
                range: TimeRange { from: Some(Timestamp(1_621_151_386_123)), to: None },
                duplicates: Duplicates::All,
                ..Scope::of(dataset, filter::parse(text, dataset).unwrap())
            };
            let spec = ScopeSpec::of(&scope);
            assert_eq!(spec.scope(), Ok(scope));
            assert_eq!(read::<ScopeSpec>(&write(&spec)), Ok(spec));
        }
        assert_eq!(ScopeSpec::of(&Scope::all(Dataset::Flows)).scope(), Ok(Scope::all(Dataset::Flows)));
        assert!(read::<ScopeSpec>("{\"dataset\":\"flows\",\"sort\":1}").is_err());
    }

    #[test]
    fn the_records_of_a_question_are_found_among_its_members() {
        let scope = Scope {
            range: TimeRange { from: Some(Timestamp(1_621_151_386_000)), to: None },
            ..Scope::of(Dataset::Flows, filter::parse("dstport = 4444", Dataset::Flows).unwrap())
        };
        let records = write(&ScopeSpec::of(&scope));
        for question in [
            records.clone(),
            format!(r#"{{"records":{records},"limit":3}}"#),
            format!(r#"{{"pairs":{{"by":"src,dst","records":{records}}},"once":true}}"#),
        ] {
            assert_eq!(scope_in(&question).as_ref(), Some(&scope), "{question}");
        }
        for question in ["", "{}", r#"{"address":"10.0.0.1","from":null,"to":null}"#, r#"{"records":["1:2"]}"#] {
            assert_eq!(scope_in(question), None, "{question}");
        }
    }

    #[test]
    fn groups_have_names() {
        for (name, by) in GROUPS {
            assert_eq!((group(by.dataset(), name), group_name(by)), (Ok(by), name));
        }
        let action = group(Dataset::Flows, "action").unwrap();
        assert_eq!(group_name(action), "action");
        assert!(group(Dataset::Events, "ip").is_err(), "events have one address, and it has a name");
        assert!(group(Dataset::Flows, "principal").is_err());
    }
}
