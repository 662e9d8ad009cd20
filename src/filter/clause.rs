//! The filters that a value stands for: only this value, or everything else.

use super::{Check, Filter, Target, pattern};
use crate::model::{FieldId, Value};

/// The filter that keeps (or excludes) exactly this value.
pub fn clause(value: &Value, field: FieldId, exclude: bool) -> Filter {
    target_clause(value, Target::Field(field), exclude)
}

/// The same of any target of the filter language.
pub fn target_clause(value: &Value, target: Target, exclude: bool) -> Filter {
    let text = match value {
        Value::Null => None,
        value => Some(value.to_text()),
    };
    let Some(text) = text else {
        return Filter::test(target, if exclude { Check::Present } else { Check::Absent });
    };
    // What is no value of the field's type can only be searched for as it is written.
    let filter = Filter::target_equals(target.clone(), Some(&text)).unwrap_or_else(|_| {
        let written = pattern::exactly(&text).unwrap_or_default();
        Filter::test(target, Check::Matches(written.into()))
    });
    if exclude { filter.complement() } else { filter }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Dataset, Timestamp, field};

    fn flow(name: &str) -> FieldId {
        field::by_name(Dataset::Flows, name).unwrap()
    }

    #[test]
    fn cell_filters() {
        assert_eq!(clause(&Value::Text("10.0.0.1".into()), flow("srcaddr"), false).to_string(), "srcaddr = 10.0.0.1");
        assert_eq!(clause(&Value::Text("it's".into()), flow("action"), true).to_string(), "not action = 'it''s'");
        assert_eq!(clause(&Value::Null, flow("action"), false).to_string(), "action is null");
        assert_eq!(clause(&Value::Null, flow("action"), true).to_string(), "action exists");
        assert_eq!(clause(&Value::Integer(22), flow("dstport"), false).to_string(), "dstport = 22");
        assert_eq!(
            clause(&Value::Time(Timestamp(0)), flow("start"), false).to_string(),
            "start = 1970-01-01T00:00:00Z"
        );
    }
}
