//! An exhibit's rows in canonical form: equal rows have equal bytes, and different rows different ones.
//!
//! UTF-8, one JSON text a line, each ended by a line feed, without spaces between tokens:
//! 1. `{"form":"coldtrail-exhibit-1","kind":KIND}`
//! 2. for each section `{"section":NAME,"columns":[[NAME,UNIT],...],"all_rows":N}`,
//! 3. then each of its rows as an array with a value for each column,
//! 4. then `{"totals":[[NAME,UNIT,VALUE],...]}`.
//!
//! Values: an absent one is `null`, an integer its digits, a truth value `true` or `false`, a text a JSON string (escapes:
//! only `\"`, `\\`, `\b`, `\f`, `\n`, `\r`, `\t`, and `\u00xx` for other controls below U+0020), a time
//! `{"t":MILLISECONDS}` since 1970-01-01T00:00:00Z, a number that 64 bits do not hold `{"n":"DIGITS"}`.
//!
//! The digest is SHA-256 over all of it.

use crate::model::Unit;
use crate::model::{Timestamp, Value};
use crate::query::tables::{Column, Total};
use crate::questions::Section;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

const FORM: &str = "coldtrail-exhibit-1";

/// SHA-256 over the lines, lowercase hex.
pub fn digest(lines: &str) -> String {
    crate::case::journal::hex(&Sha256::digest(lines.as_bytes()))
}

pub fn write(kind: &str, sections: &[Section]) -> String {
    let mut lines = format!("{{\"form\":\"{FORM}\",\"kind\":{}}}\n", text(kind));
    for section in sections {
        let columns: Vec<String> = section.columns.iter().map(|c| pair(&c.name, c.unit)).collect();
        let all_rows = section.all_rows;
        let name = text(&section.name);
        lines
            .push_str(&format!("{{\"section\":{name},\"columns\":[{}],\"all_rows\":{all_rows}}}\n", columns.join(",")));
        for row in &section.rows {
            lines.push('[');
            for (at, cell) in row.iter().enumerate() {
                if at > 0 {
                    lines.push(',');
                }
                lines.push_str(&value(cell));
            }
            lines.push_str("]\n");
        }
        let total =
            |total: &Total| format!("[{},\"{}\",{}]", text(&total.name), total.unit.name(), value(&total.value));
        let totals: Vec<String> = section.totals.iter().map(total).collect();
        lines.push_str(&format!("{{\"totals\":[{}]}}\n", totals.join(",")));
    }
    lines
}

fn pair(name: &str, unit: Unit) -> String {
    format!("[{},\"{}\"]", text(name), unit.name())
}

fn text(text: &str) -> String {
    Json::from(text).to_string()
}

fn value(cell: &Value) -> String {
    match cell {
        Value::Null => "null".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Number(digits) => format!("{{\"n\":{}}}", text(digits)),
        Value::Boolean(truth) => truth.to_string(),
        Value::Text(content) => text(content),
        Value::Time(time) => format!("{{\"t\":{}}}", time.0),
    }
}

/// Kind and sections of lines in this form; what is wrong with them where they are not.
pub fn read(lines: &str) -> Result<(String, Vec<Section>), String> {
    let mut kind = None;
    let mut sections: Vec<Section> = Vec::new();
    for (number, line) in (1..).zip(lines.lines()) {
        let wrong = |what: &str| format!("line {number}: {what}");
        let json: Json = serde_json::from_str(line).map_err(|error| wrong(&error.to_string()))?;
        if kind.is_none() {
            let form = json.get("form").and_then(Json::as_str);
            if form != Some(FORM) {
                return Err(wrong("another form of exhibit"));
            }
            kind = Some(json.get("kind").and_then(Json::as_str).unwrap_or_default().to_owned());
        } else if let Json::Array(cells) = &json {
            let section = sections.last_mut().ok_or_else(|| wrong("a row outside a section"))?;
            let row: Option<Vec<Value>> = cells.iter().map(read_value).collect();
            let row = row.filter(|row| row.len() == section.columns.len());
            section.rows.push(row.ok_or_else(|| wrong("a row that does not fit its columns"))?);
        } else if json.get("section").is_some() {
            sections.push(read_section(&json).ok_or_else(|| wrong("no section"))?);
        } else {
            let section = sections.last_mut().ok_or_else(|| wrong("totals outside a section"))?;
            let totals = json.get("totals").and_then(Json::as_array).ok_or_else(|| wrong("nothing known"))?;
            let totals: Option<Vec<Total>> = totals.iter().map(read_total).collect();
            section.totals = totals.ok_or_else(|| wrong("no totals"))?;
        }
    }
    Ok((kind.ok_or("there is nothing")?, sections))
}

fn read_section(json: &Json) -> Option<Section> {
    let column = |item: &Json| Some(Column::new(item.get(0)?.as_str()?, Unit::named(item.get(1)?.as_str()?)?));
    let columns: Option<Vec<Column>> = json.get("columns")?.as_array()?.iter().map(column).collect();
    let all_rows = json.get("all_rows")?.as_u64()?;
    Some(Section { name: json.get("section")?.as_str()?.to_owned(), columns: columns?, all_rows, ..Section::default() })
}

fn read_total(item: &Json) -> Option<Total> {
    Some(Total::new(item.get(0)?.as_str()?, Unit::named(item.get(1)?.as_str()?)?, read_value(item.get(2)?)?))
}

fn read_value(json: &Json) -> Option<Value> {
    Some(match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Boolean(*truth),
        Json::Number(number) => Value::Integer(number.as_i64()?),
        Json::String(content) => Value::Text(content.clone()),
        Json::Object(members) => match (members.get("t"), members.get("n")) {
            (Some(time), _) => Value::Time(Timestamp(time.as_i64()?)),
            (_, Some(digits)) => Value::Number(digits.as_str()?.into()),
            (None, None) => return None,
        },
        Json::Array(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::Integer),
            any::<u128>().prop_map(|n| Value::Number(n.to_string().into())),
            any::<bool>().prop_map(Value::Boolean),
            any::<String>().prop_map(Value::Text),
            prop::sample::select(vec!["null", "1", "true", "{\"t\":1}", "a\nb", "\"", "\u{2028}", "\u{202e}x", "=1+1"])
                .prop_map(|text| Value::Text(text.to_owned())),
            any::<i64>().prop_map(|millis| Value::Time(Timestamp(millis))),
        ]
    }

    fn any_section() -> impl Strategy<Value = Section> {
        let unit = || prop::sample::select(Unit::ALL.to_vec());
        let totals = prop::collection::vec((any::<String>(), unit(), any_value()), 0..3);
        (any::<String>(), prop::collection::vec((any::<String>(), unit()), 0..4), any::<u64>(), totals).prop_flat_map(
            |(name, columns, all_rows, totals)| {
                let columns: Vec<Column> = columns.into_iter().map(|(name, unit)| Column::new(name, unit)).collect();
                let totals: Vec<Total> = totals.into_iter().map(|(n, u, v)| Total::new(n, u, v)).collect();
                let row = prop::collection::vec(any_value(), columns.len());
                prop::collection::vec(row, 0..4).prop_map(move |rows| Section {
                    name: name.clone(),
                    columns: columns.clone(),
                    rows,
                    all_rows,
                    totals: totals.clone(),
                })
            },
        )
    }

    proptest! {
        /// What reads back to the same rows tells different rows apart.
        #[test]
        fn every_exhibit_reads_back_as_it_was(
            kind in any::<String>(), sections in prop::collection::vec(any_section(), 0..4)
        ) {
            let lines = write(&kind, &sections);
            let rows: usize = sections.iter().map(|section| section.rows.len() + 2).sum();
            prop_assert_eq!(lines.matches('\n').count(), rows + 1);
            prop_assert_eq!(write(&kind, &sections.clone()), lines.clone());
            prop_assert_eq!(read(&lines), Ok((kind, sections)));
        }
    }

    #[test]
    fn the_form_is_as_documented() {
        let mut section = Section::new(
            "pairs",
            vec![Column::new("srcaddr", Unit::Address), Column::new("total_bytes", Unit::Bytes)],
            vec![
                vec![Value::Text("10.0.0.1".into()), Value::Integer(5)],
                vec![Value::Null, Value::Number("18446744073709551616".into())],
            ],
        );
        section.totals = vec![Total::new("last", Unit::Time, Value::Time(Timestamp(-1)))];
        let lines = write("pairs", &[section]);
        assert_eq!(
            lines,
            "{\"form\":\"coldtrail-exhibit-1\",\"kind\":\"pairs\"}\n\
             {\"section\":\"pairs\",\"columns\":[[\"srcaddr\",\"address\"],[\"total_bytes\",\"bytes\"]],\"all_rows\":2}\n\
             [\"10.0.0.1\",5]\n\
             [null,{\"n\":\"18446744073709551616\"}]\n\
             {\"totals\":[[\"last\",\"time\",{\"t\":-1}]]}\n"
        );
        // As `sha256sum` gives it for these lines.
        assert_eq!(digest("a\n"), "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7");
    }

    #[test]
    fn what_is_no_exhibit_is_refused() {
        for lines in ["", "{}\n", "{\"form\":\"coldtrail-exhibit-2\",\"kind\":\"x\"}\n", "[1]\n", "x\n"] {
            assert!(read(lines).is_err(), "{lines}");
        }
        let head = "{\"form\":\"coldtrail-exhibit-1\",\"kind\":\"x\"}\n";
        for rest in ["[1]\n", "{\"totals\":[]}\n", "{\"section\":\"a\",\"columns\":[],\"all_rows\":1}\n[1]\n", "{}\n"] {
            assert!(read(&format!("{head}{rest}")).is_err(), "{rest}");
        }
    }
}
