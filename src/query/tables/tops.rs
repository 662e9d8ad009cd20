//! Top lists under each other, as rows: those of the overview and of an address.

use super::{Column, Rows};
use crate::model::{Unit, Value};
use crate::query::{Figures, PairRow, TopQuery, TopTable};

const FIGURES: [(&str, Unit); 7] = [
    ("record_count", Unit::Count),
    ("total_bytes", Unit::Bytes),
    ("packets", Unit::Count),
    ("accepted", Unit::Count),
    ("rejected", Unit::Count),
    ("first_seen", Unit::Time),
    ("last_seen", Unit::Time),
];

fn figures(figures: &Figures) -> [Value; 7] {
    [
        Value::count(figures.records),
        Value::sum(figures.bytes),
        Value::sum(figures.packets),
        Value::count(figures.accepted),
        Value::count(figures.rejected),
        Value::time(figures.first),
        Value::time(figures.last),
    ]
}

/// The rows of several top lists under each other, each with its list's name; then pairs, as a list too.
pub fn tops<'a>(lists: impl Iterator<Item = (&'a str, &'a TopQuery, &'a TopTable)>, pairs: &[PairRow]) -> Rows {
    let names = [("list", Unit::Text), ("by", Unit::Text), ("key", Unit::Text)];
    let mut rows = Vec::new();
    let text = |value: &Value| if *value == Value::Null { "-".to_owned() } else { value.to_text() };
    let head = |list: &str, by: String, key: &[Value]| {
        let key = key.iter().map(text).collect::<Vec<_>>().join(" ");
        [list.to_owned(), by, key].map(Value::Text)
    };
    for (list, query, table) in lists {
        for row in &table.rows {
            let head = head(list, query.by.names().join(" "), query.by.telling(&row.key));
            rows.push(head.into_iter().chain(figures(&row.figures)).collect());
        }
    }
    for pair in pairs {
        let end = |end: &Option<String>| end.clone().map_or(Value::Null, Value::Text);
        let head = head("pairs", "srcaddr dstaddr".to_owned(), &[end(&pair.srcaddr), end(&pair.dstaddr)]);
        let of_pair = Figures {
            records: pair.record_count,
            packets: pair.packets,
            bytes: pair.total_bytes,
            first: pair.first_seen,
            last: pair.last_seen,
            accepted: pair.accepted,
            rejected: pair.rejected,
            left_out: 0,
        };
        rows.push(head.into_iter().chain(figures(&of_pair)).collect());
    }
    Rows::new(Column::list(&[&names[..], &FIGURES].concat()), rows)
}
