//! What records are grouped by, in top lists and series.

use super::columns_sql::Columns;
use super::scope::own_field;
use super::{QueryError, directed, sort_sql};
use crate::model::{Dataset, FieldId, Kind, Unit, Value};

/// What makes records one group. A group without a value is one too (`-` in the logs), and comes last among equals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GroupBy {
    /// Flows and events: the value of a field.
    Field(FieldId),
    /// Flows: srcaddr or dstaddr. A record belongs to both; to one whose two sides are the same, once.
    Talker,
    /// Flows: as `Talker`; but of records that count both directions, the remote side only.
    Remote,
    /// Flows: pkt_srcaddr or pkt_dstaddr.
    PacketTalker,
    /// Flows: (srcaddr, dstaddr).
    Pair,
    /// Flows: (pkt_srcaddr, pkt_dstaddr).
    PacketPair,
    /// Flows: srcport or dstport; as `Talker`.
    EitherPort,
    /// Flows: (protocol, the lower of the two ports), where a service is likely to listen.
    Service,
    /// Events: (userIdentity's arn, else its principalId, else userName, else invokedBy, else type; principalId). A
    /// name that was given again to somebody else has another unique id, and is another principal.
    Principal,
    /// As `Principal` without the unique id: as it was asked by earlier versions, whose exhibits are run again.
    PrincipalName,
}

/// A group's key in SQL.
pub(super) struct KeySql {
    /// `key1`, `key2`, and what each sorts by, as `order1`, `order2`; for two-sided groups `other1` and `other_order1`
    /// too.
    pub columns: String,
    /// How many keys: 1 or 2.
    pub keys: usize,
    pub two_sided: bool,
    /// Which side is the remote one is a column too, `remote`.
    pub by_remote: bool,
    /// What the expressions read.
    pub fields: Vec<FieldId>,
    /// How each key is read.
    pub kinds: Vec<(Dataset, Kind)>,
}

impl GroupBy {
    /// Which records it groups.
    pub fn dataset(self) -> Dataset {
        match self {
            GroupBy::Field(field) => field.dataset,
            GroupBy::Principal | GroupBy::PrincipalName => Dataset::Events,
            GroupBy::Talker
            | GroupBy::Remote
            | GroupBy::PacketTalker
            | GroupBy::Pair
            | GroupBy::PacketPair
            | GroupBy::EitherPort
            | GroupBy::Service => Dataset::Flows,
        }
    }

    /// Headers of the key's columns.
    pub fn names(self) -> Vec<&'static str> {
        match self {
            GroupBy::Field(field) => vec![field.name()],
            GroupBy::Talker | GroupBy::Remote | GroupBy::PacketTalker => vec!["ip"],
            GroupBy::Pair => vec!["srcaddr", "dstaddr"],
            GroupBy::PacketPair => vec!["pkt_srcaddr", "pkt_dstaddr"],
            GroupBy::EitherPort => vec!["port"],
            GroupBy::Service => vec!["protocol", "port"],
            GroupBy::Principal => vec!["principal", "principal_id"],
            GroupBy::PrincipalName => vec!["principal"],
        }
    }

    /// The values of a key that tell something: a principal without a unique id, or without another name, is one value.
    pub fn telling(self, key: &[Value]) -> &[Value] {
        match (self, key) {
            (GroupBy::Principal, [who, id]) if *id == Value::Null || who == id => key.get(..1).unwrap_or(key),
            _ => key,
        }
    }

    /// What each value of the key is.
    pub fn units(self) -> Vec<Unit> {
        match self {
            GroupBy::Field(field) => vec![Unit::of(field)],
            GroupBy::Talker | GroupBy::Remote | GroupBy::PacketTalker => vec![Unit::Address],
            GroupBy::Pair | GroupBy::PacketPair => vec![Unit::Address; 2],
            GroupBy::EitherPort => vec![Unit::Port],
            GroupBy::Service => vec![Unit::Protocol, Unit::Port],
            GroupBy::Principal => vec![Unit::Text; 2],
            GroupBy::PrincipalName => vec![Unit::Text],
        }
    }

    /// Are a group's records met on both of their sides, with sent and received?
    pub fn is_two_sided(self) -> bool {
        matches!(self, GroupBy::Talker | GroupBy::Remote | GroupBy::PacketTalker | GroupBy::EitherPort)
    }

    /// The fields that the key is made of.
    pub fn fields(self) -> Vec<FieldId> {
        let flows = |names: &[&'static str]| names.iter().map(|name| own_field(Dataset::Flows, name)).collect();
        match self {
            GroupBy::Field(field) => vec![field],
            GroupBy::Talker | GroupBy::Remote | GroupBy::Pair => flows(&["srcaddr", "dstaddr"]),
            GroupBy::PacketTalker | GroupBy::PacketPair => flows(&["pkt_srcaddr", "pkt_dstaddr"]),
            GroupBy::EitherPort => flows(&["srcport", "dstport"]),
            GroupBy::Service => flows(&["protocol", "srcport", "dstport"]),
            GroupBy::Principal | GroupBy::PrincipalName => [
                "user_identity_arn",
                "user_identity_principal_id",
                "user_identity_user_name",
                "user_identity_invoked_by",
                "user_identity_type",
            ]
            .iter()
            .map(|name| own_field(Dataset::Events, name))
            .collect(),
        }
    }

    /// # Errors
    /// It groups records of the other dataset.
    pub(super) fn sql(self, dataset: Dataset) -> Result<KeySql, QueryError> {
        if self.dataset() != dataset {
            return Err(QueryError::Filter(format!("{} is not a field of these records", self.names().join(", "))));
        }
        let mut fields = self.fields();
        let (columns, keys) = match self {
            GroupBy::Field(field) => (columns(&[(value(field), sort_sql::sort_key(field), 1, "")]), 1),
            GroupBy::Talker | GroupBy::PacketTalker | GroupBy::EitherPort => {
                (both(&fields, [(1, ""), (1, "other_")]), 1)
            }
            GroupBy::Remote => {
                let sides = both(&fields, [(1, ""), (1, "other_")]);
                (format!("{sides}, {} AS remote", directed::REMOTE), 1)
            }
            GroupBy::Pair | GroupBy::PacketPair => (both(&fields, [(1, ""), (2, "")]), 2),
            GroupBy::Service => {
                // `min` of one absent port is absent.
                let [protocol, source, destination] =
                    [0, 1, 2].map(|place| fields.get(place).copied().map_or_else(String::new, value));
                let lower = format!("min({source}, {destination})");
                (columns(&[(protocol.clone(), protocol, 1, ""), (lower.clone(), lower, 2, "")]), 2)
            }
            GroupBy::Principal | GroupBy::PrincipalName => {
                let all = fields.iter().map(|field| value(*field)).collect::<Vec<_>>().join(", ");
                let who = format!("coalesce({all})");
                let who = (who.clone(), who, 1, "");
                if self == GroupBy::PrincipalName {
                    (columns(&[who]), 1)
                } else {
                    let id = fields.get(1).copied().map_or_else(String::new, value);
                    (columns(&[who, (id.clone(), id, 2, "")]), 2)
                }
            }
        };
        let kinds = match self {
            GroupBy::Service => vec![(dataset, Kind::Protocol), (dataset, Kind::Port)],
            _ => fields.iter().take(keys).map(|field| (dataset, field.kind)).collect(),
        };
        let (two_sided, by_remote) = (self.is_two_sided(), self == GroupBy::Remote);
        if by_remote {
            // Its column reads the further values, as that of the start does.
            fields.push(own_field(dataset, "start"));
        }
        Ok(KeySql { columns, keys, two_sided, by_remote, fields, kinds })
    }
}

/// A field's value in SQL, with the joins of `Columns`.
pub(super) fn value(field: FieldId) -> String {
    Columns::of(&[field]).list()
}

/// `value AS key1, order AS order1 ...`
fn columns(list: &[(String, String, usize, &str)]) -> String {
    let column = |(value, order, number, prefix): &(String, String, usize, &str)| {
        format!("{value} AS {prefix}key{number}, {order} AS {prefix}order{number}")
    };
    list.iter().map(column).collect::<Vec<_>>().join(", ")
}

/// Two fields under these numbers and prefixes.
fn both(fields: &[FieldId], names: [(usize, &str); 2]) -> String {
    let list: Vec<(String, String, usize, &str)> = fields
        .iter()
        .zip(names)
        .map(|(field, (number, prefix))| (value(*field), sort_sql::sort_key(*field), number, prefix))
        .collect();
    columns(&list)
}

impl KeySql {
    /// The same list of a group's keys: `key1, key2`.
    pub(super) fn names(&self) -> String {
        (1..=self.keys).map(|n| format!("key{n}")).collect::<Vec<_>>().join(", ")
    }

    /// `min(order1) ASC NULLS LAST ...`: ties between groups.
    pub(super) fn ties(&self) -> String {
        (1..=self.keys).map(|n| format!("min(order{n}) ASC NULLS LAST, key{n} ASC")).collect::<Vec<_>>().join(", ")
    }
}
