//! Values of structs, lists and maps as JSON.

use crate::ingest::json::text::push_string;
use crate::model::Timestamp;
use ::parquet::data_type::Decimal;
use ::parquet::record::Field;
use std::fmt::Write;

/// Appends a value as JSON; what is absent is null. Writing into a string cannot fail.
pub(super) fn push_json(json: &mut String, field: &Field) {
    match field {
        Field::Null => json.push_str("null"),
        Field::Bool(value) => _ = write!(json, "{value}"),
        Field::Byte(value) => _ = write!(json, "{value}"),
        Field::Short(value) => _ = write!(json, "{value}"),
        Field::Int(value) => _ = write!(json, "{value}"),
        Field::Long(value) => _ = write!(json, "{value}"),
        Field::UByte(value) => _ = write!(json, "{value}"),
        Field::UShort(value) => _ = write!(json, "{value}"),
        Field::UInt(value) => _ = write!(json, "{value}"),
        Field::ULong(value) => _ = write!(json, "{value}"),
        Field::Float(value) => push_float(json, f64::from(*value)),
        Field::Double(value) => push_float(json, *value),
        Field::TimestampMillis(millis) => push_string(json, &Timestamp(*millis).to_iso()),
        Field::TimestampMicros(micros) => push_string(json, &Timestamp(micros.div_euclid(1000)).to_iso()),
        Field::Decimal(value) => push_string(json, &decimal(value)),
        Field::Str(text) => push_string(json, text),
        Field::Bytes(bytes) => push_string(json, &String::from_utf8_lossy(bytes.data())),
        Field::Group(row) => {
            json.push('{');
            for (i, (name, value)) in row.get_column_iter().enumerate() {
                push_member(json, i, name, value);
            }
            json.push('}');
        }
        Field::ListInternal(list) => {
            json.push('[');
            for (i, value) in list.elements().iter().enumerate() {
                if i > 0 {
                    json.push(',');
                }
                push_json(json, value);
            }
            json.push(']');
        }
        Field::MapInternal(map) => {
            json.push('{');
            for (i, (key, value)) in map.entries().iter().enumerate() {
                match key {
                    Field::Str(name) => push_member(json, i, name, value),
                    other => push_member(json, i, &other.to_string(), value),
                }
            }
            json.push('}');
        }
        // A date, a time of day, a half float: as the library writes it.
        other => push_string(json, &other.to_string()),
    }
}

fn push_member(json: &mut String, index: usize, name: &str, value: &Field) {
    if index > 0 {
        json.push(',');
    }
    push_string(json, name);
    json.push(':');
    push_json(json, value);
}

/// JSON has no infinities.
fn push_float(json: &mut String, value: f64) {
    match value.is_finite() {
        true => _ = write!(json, "{value}"),
        false => push_string(json, &value.to_string()),
    }
}

/// The digits of a decimal; zeros behind the point say nothing.
fn decimal(value: &Decimal) -> String {
    let negative = value.data().first().is_some_and(|byte| byte & 0x80 != 0);
    let fill = if negative { 0xff } else { 0 };
    let Some(room) = 16usize.checked_sub(value.data().len()) else { return format!("{value:?}") };
    let mut bytes = [fill; 16];
    if let Some(low) = bytes.get_mut(room..) {
        low.copy_from_slice(value.data());
    }
    scaled(i128::from_be_bytes(bytes), value.scale())
}

/// A number of `scale` digits behind the point, without the zeros at its end.
pub(super) fn scaled(unscaled: i128, scale: i32) -> String {
    let digits = usize::try_from(scale).unwrap_or(0);
    let (sign, whole) = (if unscaled < 0 { "-" } else { "" }, unscaled.unsigned_abs().to_string());
    if digits == 0 {
        return format!("{sign}{whole}");
    }
    let whole = format!("{whole:0>width$}", width = digits + 1);
    let (before, after) = whole.split_at(whole.len() - digits);
    match after.trim_end_matches('0') {
        "" => format!("{sign}{before}"),
        after => format!("{sign}{before}.{after}"),
    }
}

#[cfg(test)]
mod tests {
    use super::scaled;

    #[test]
    fn decimals_are_written_without_zeros_that_say_nothing() {
        for (unscaled, scale, text) in
            [(174_106_440_000, 2, "1741064400"), (5, 3, "0.005"), (-1250, 2, "-12.5"), (7, 0, "7"), (0, 4, "0")]
        {
            assert_eq!(scaled(unscaled, scale), text);
        }
    }
}
