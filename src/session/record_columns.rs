//! Columns of the record tables: every field, and the values inside JSON that named queries show.

use crate::filter::{Filter, JsonPath, Target, clause};
use crate::model::{Dataset, FieldId, Kind, Value, field};
use crate::present::display;
use crate::present::zone::Zone;
use crate::query::tables::{Inside, RecordColumn};
use crate::questions::catalogue::{CATALOGUE, Shape};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownColumn {
    /// The field that it is read from.
    pub field: FieldId,
    inside: Option<Inside>,
}

impl From<FieldId> for ShownColumn {
    fn from(field: FieldId) -> Self {
        Self { field, inside: None }
    }
}

impl ShownColumn {
    pub fn of(column: &RecordColumn, dataset: Dataset) -> Option<Self> {
        let inside = match column {
            RecordColumn::Inside(inside) => Some(*inside),
            _ => None,
        };
        Some(Self { field: column.field(dataset)?, inside })
    }

    /// Every column that a table of these records can have: the fields first.
    pub fn all(dataset: Dataset) -> Vec<Self> {
        let mut all: Vec<Self> = field::of(dataset).map(Self::from).collect();
        for query in CATALOGUE.iter().filter(|query| query.dataset == dataset) {
            let Shape::Records { columns, .. } = query.shape else { continue };
            for column in columns.iter().filter_map(|column| Self::of(column, dataset)) {
                if !all.iter().any(|known| known.name() == column.name()) {
                    all.push(column);
                }
            }
        }
        all
    }

    pub fn by_name(dataset: Dataset, name: &str) -> Option<Self> {
        let field = field::by_name(dataset, name).map(Self::from);
        field.or_else(|| Self::all(dataset).into_iter().find(|column| column.name() == name))
    }

    /// Stable: the key of its setting.
    pub fn name(self) -> &'static str {
        self.inside.map_or_else(|| self.field.name(), |inside| inside.name)
    }

    /// The field, where the column is all of it: then it can be sorted by.
    pub fn whole_field(self) -> Option<FieldId> {
        self.inside.is_none().then_some(self.field)
    }

    /// All of a JSON member.
    pub fn is_json(self) -> bool {
        self.inside.is_none() && self.field.kind == Kind::Json
    }

    /// As an export of this column has it.
    pub fn as_column(self) -> RecordColumn {
        self.inside.map_or_else(|| RecordColumn::Field(self.field.name()), RecordColumn::Inside)
    }

    /// What it shows of the field's value.
    pub fn value(self, value: Value) -> Value {
        match self.inside {
            Some(inside) => inside.value(&value),
            None => value,
        }
    }

    pub fn header(self, zone: Zone) -> String {
        self.whole_field().map_or_else(|| self.name().to_owned(), |field| display::header(field, zone))
    }

    /// The filter that keeps (or excludes) exactly this value.
    pub fn clause(self, value: &Value, exclude: bool) -> Filter {
        let Some(Inside { pointer, .. }) = self.inside else {
            return clause::clause(value, self.field, exclude);
        };
        let member = JsonPath::key(self.field.event_path().unwrap_or_default());
        let path = pointer.split('/').skip(1).fold(member, JsonPath::member);
        clause::target_clause(value, Target::Path(path), exclude)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter;

    #[test]
    fn what_stands_inside_json_is_a_column_that_can_be_filtered_by() {
        let all = ShownColumn::all(Dataset::Events);
        assert_eq!(ShownColumn::all(Dataset::Flows).len(), field::of(Dataset::Flows).count());
        let inside: Vec<ShownColumn> = all.into_iter().filter(|column| column.whole_field().is_none()).collect();
        let names: Vec<&str> = inside.iter().map(|column| column.name()).collect();
        let of_queries = ["mfa_used", "console_login", "created_user_name", "created_user_arn", "bucket_name", "key"];
        let of_published = ["x_amz_copy_source", "key_user_name", "access_key_id", "user_name"];
        assert_eq!(names, [&of_queries[..], &of_published].concat());
        let mfa = inside[0];
        assert_eq!(mfa.value(Value::Text(r#"{"MFAUsed":"No"}"#.into())), Value::Text("No".into()));
        for (value, exclude, expected) in [
            (Value::Text("No".into()), false, "additionalEventData.MFAUsed = No"),
            (Value::Text("it's".into()), true, "not additionalEventData.MFAUsed = 'it''s'"),
            (Value::Null, false, "additionalEventData.MFAUsed is null"),
            (Value::Null, true, "additionalEventData.MFAUsed exists"),
        ] {
            let clause = mfa.clause(&value, exclude);
            assert_eq!(clause.to_string(), expected);
            assert_eq!(filter::parse(expected, Dataset::Events), Ok(clause));
        }
        assert_eq!(inside[3].clause(&Value::Text("a".into()), false).to_string(), "responseElements.user.arn = a");
    }
}
