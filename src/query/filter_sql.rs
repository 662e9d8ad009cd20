//! A filter as an SQL condition on the case's tables: alias `f` for `flow`, `e` for `event`.
//!
//! No joins: what lives in a dictionary (addresses, pairs, interfaces, dispositions, extras) becomes an uncorrelated
//! subquery, which SQLite evaluates once per statement. Every leaf is 0 or 1 and never NULL, so that NOT is the exact
//! complement. Values are always bound; identifiers come from the table of fields.

mod column;
mod compare;
mod event;
mod event_leaf;
mod flow;
mod functions;
mod json;
mod leaf;
mod met;
mod rule;

pub(super) use flow::{row_expression, tuple_column};
pub(super) use functions::prepare;
#[cfg(test)]
use functions::register_functions;
pub(super) use json::steps_text;
pub(super) use leaf::{Leaf, MetAt, NumberTest, column_of, leaf};

use crate::case::schema;
use crate::filter::{Check, Filter, Literal, Partition, Target, Test};
use crate::model::Dataset;
use crate::query::sigma::WantedRules;
use rusqlite::types::Value;

/// A boolean SQL expression and the values of its numbered parameters.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SqlCondition {
    /// Without outer brackets; parameters are `?N`.
    pub text: String,
    /// In order of number.
    pub params: Vec<Value>,
}

/// Why a filter has no SQL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CompileError {
    #[error("{field} is not a field of these records")]
    WrongDataset { field: String },
    #[error("the filter holds too many values ({0}); import them as an indicator list instead")]
    TooManyValues(usize),
}

/// Values that one condition may bind, below SQLite's 32,766 so that the caller has some left.
const MAX_PARAMS: usize = 32_000;

/// The condition with parameters from `?1`. `Filter::All` is `1`.
///
/// # Errors
/// The filter names what the case does not hold yet, fields of the other dataset, or more values than SQLite binds.
pub(crate) fn condition(filter: &Filter, dataset: Dataset) -> Result<SqlCondition, CompileError> {
    condition_from(filter, dataset, 1)
}

/// The same with parameters from `?first`, for a statement that has some of its own.
///
/// # Errors
/// As `condition`.
pub(crate) fn condition_from(filter: &Filter, dataset: Dataset, first: usize) -> Result<SqlCondition, CompileError> {
    let mut compiler = Compiler { dataset, first, params: Vec::new() };
    let text = compiler.filter(filter)?;
    if compiler.params.len() > MAX_PARAMS {
        return Err(CompileError::TooManyValues(compiler.params.len()));
    }
    Ok(SqlCondition { text, params: compiler.params })
}

struct Compiler {
    dataset: Dataset,
    first: usize,
    params: Vec<Value>,
}

impl Compiler {
    /// A parameter for the value.
    fn bind(&mut self, value: Value) -> String {
        self.params.push(value);
        format!("?{}", self.first + self.params.len() - 1)
    }

    fn filter(&mut self, filter: &Filter) -> Result<String, CompileError> {
        match filter {
            Filter::All => Ok("1".to_owned()),
            Filter::Not(inner) => Ok(format!("NOT ({})", self.filter(inner)?)),
            Filter::And(parts) => {
                let parts = parts.iter().map(|part| self.filter(part)).collect::<Result<Vec<_>, _>>()?;
                Ok(joined(&parts, "AND"))
            }
            Filter::Or(parts) => {
                let parts = merged(parts).iter().map(|part| self.filter(part)).collect::<Result<Vec<_>, _>>()?;
                Ok(joined(&parts, "OR"))
            }
            Filter::Test(test) => self.test(test),
        }
    }

    fn test(&mut self, test: &Test) -> Result<String, CompileError> {
        match &test.check {
            Check::Absent => Ok(format!("NOT {}", self.positive(&test.target, &Check::Present)?)),
            check if test.negated => {
                let present = self.positive(&test.target, &Check::Present)?;
                let positive = self.positive(&test.target, check)?;
                Ok(format!("({present} AND NOT {positive})"))
            }
            check => self.positive(&test.target, check),
        }
    }

    /// 1 where a value of the target passes the check, else 0; one operand in brackets or a function call.
    fn positive(&mut self, target: &Target, check: &Check) -> Result<String, CompileError> {
        match target {
            Target::Field(field) if field.dataset != self.dataset => {
                Err(CompileError::WrongDataset { field: field.name().to_owned() })
            }
            Target::Tag => Ok(self.tag(check)),
            Target::Indicator | Target::Label => Ok(self.record_met(target, check)),
            Target::Rule if self.dataset == Dataset::Events => self.rule(check),
            Target::Sigma | Target::SigmaLevel if self.dataset == Dataset::Events => {
                let wanted = WantedRules::of(target, check).map(|wanted| wanted.text());
                let wanted = self.bind(wanted.map_or(Value::Null, Value::Text));
                Ok(format!("coldtrail_sigma({wanted}, e.id)"))
            }
            _ if *check == Check::InIndicators => self.in_indicators(target),
            Target::Field(field) if let Check::Compare(relation, other) = check => {
                self.compare_fields(*field, *relation, *other)
            }
            Target::Evidence => Ok(self.evidence(check)),
            Target::Duplicate => Ok(self.duplicate(check)),
            Target::Partition(partition) => Ok(self.partition(*partition, check)),
            Target::Conflict if self.dataset == Dataset::Events => Ok(self.conflict(check)),
            Target::Field(field) => Ok(match self.dataset {
                Dataset::Flows => self.flow_field(*field, check),
                Dataset::Events => self.event_field(*field, check),
            }),
            Target::AnyText => Ok(match self.dataset {
                Dataset::Flows => self.flow_text(check),
                Dataset::Events => self.event_text(check),
            }),
            Target::Extra(key) if self.dataset == Dataset::Flows => Ok(self.extra(key, check)),
            Target::EitherAddress if self.dataset == Dataset::Flows => Ok(self.either_address(check)),
            Target::EitherPort if self.dataset == Dataset::Flows => Ok(self.either_port(check)),
            Target::Path(path) if self.dataset == Dataset::Events => Ok(self.event_path(path, check)),
            Target::Extra(_)
            | Target::EitherAddress
            | Target::EitherPort
            | Target::Path(_)
            | Target::Conflict
            | Target::Rule
            | Target::Sigma
            | Target::SigmaLevel => Err(CompileError::WrongDataset { field: target.to_string() }),
        }
    }

    /// The alias of the record's table.
    fn alias(&self) -> &'static str {
        match self.dataset {
            Dataset::Flows => "f",
            Dataset::Events => "e",
        }
    }

    fn evidence(&mut self, check: &Check) -> String {
        if *check == Check::Present {
            return "1".to_owned();
        }
        // The records of one evidence file are a range of ids, which SQLite finds without reading the others.
        if let Check::Equals(Literal::Integer(number @ 1..=0x7fff_ffff)) = check {
            let (first, last) = (number << 32, (number << 32) | 0xffff_ffff);
            let (first, last) = (self.bind(Value::Integer(first)), self.bind(Value::Integer(last)));
            return format!("({}.id BETWEEN {first} AND {last})", self.alias());
        }
        let predicate = self.predicate(check, &column::SqlColumn::evidence());
        format!("(({}.id >> 32) IN (SELECT evidence_id FROM evidence WHERE {predicate}))", self.alias())
    }

    /// Tags are few and found by the record: of an event they are with its first occurrence.
    fn tag(&mut self, check: &Check) -> String {
        let id = match self.dataset {
            Dataset::Flows => "f.id",
            Dataset::Events => "e.event_key",
        };
        let predicate = self.predicate(check, &column::SqlColumn::new("name", column::Shape::Text));
        format!(
            "({id} IN (SELECT record_id FROM tag WHERE record_id IS NOT NULL AND removed_utc IS NULL AND {predicate}))"
        )
    }

    /// What the path of the evidence says, else the record: as Athena's tables have it.
    fn partition(&mut self, partition: Partition, check: &Check) -> String {
        let alias = self.alias();
        let of_path =
            |column: &str| format!("(SELECT v.{column} FROM evidence v WHERE v.evidence_id = {alias}.id >> 32)");
        let interface =
            |column: &str| format!("(SELECT n.{column} FROM interface n WHERE n.interface_id = {alias}.interface_id)");
        let call = |column: &str| format!("(SELECT c.{column} FROM call c WHERE c.call_id = {alias}.call_id)");
        let value = match (partition, self.dataset) {
            (Partition::Date, dataset) => {
                let own = match dataset {
                    Dataset::Flows => "strftime('%Y/%m/%d', f.start, 'unixepoch')".to_owned(),
                    Dataset::Events => format!("replace(substr({}, 1, 10), '-', '/')", schema::EVENT_TIME_TEXT),
                };
                format!("ifnull(replace(substr({}, 1, 10), '-', '/'), {own})", of_path("path_date"))
            }
            (Partition::Region, Dataset::Flows) => {
                format!("ifnull({}, {})", of_path("path_region"), interface("region"))
            }
            (Partition::Region, Dataset::Events) => {
                format!("ifnull({}, {})", of_path("path_region"), call("aws_region"))
            }
            (Partition::Account, Dataset::Flows) => {
                format!("ifnull({}, {})", of_path("path_account"), interface("account_id"))
            }
            (Partition::Account, Dataset::Events) => {
                format!("ifnull({}, {})", of_path("path_account"), call("recipient_account_id"))
            }
        };
        let predicate = self.predicate(check, &column::SqlColumn::new(value, column::Shape::Text));
        format!("IFNULL({predicate}, 0)")
    }

    fn duplicate(&mut self, check: &Check) -> String {
        let duplicate = match self.dataset {
            Dataset::Flows => "(f.id IN (SELECT id FROM flow_duplicate))",
            // The occurrence that tells most stands for the event; the others are its duplicates.
            Dataset::Events => {
                "(e.id <> IFNULL((SELECT c.best_id FROM event_choice c WHERE c.event_key = e.event_key), e.event_key))"
            }
        };
        match check {
            Check::Present => "1".to_owned(),
            check => format!("({})", self.predicate(check, &column::SqlColumn::boolean(duplicate))),
        }
    }

    /// True of both events of a conflict, absent of all others.
    fn conflict(&mut self, check: &Check) -> String {
        let conflict = "(e.event_key IN (SELECT id FROM event_conflict UNION SELECT other_id FROM event_conflict))";
        match check {
            Check::Present => conflict.to_owned(),
            check => {
                let column = column::SqlColumn::boolean(&format!("nullif({conflict}, 0)"));
                format!("IFNULL({}, 0)", self.predicate(check, &column))
            }
        }
    }
}

/// `a = 1 or a = 2 or b = 3` as `a in (1, 2) or b = 3`: one pass over a dictionary instead of one for each value.
pub(super) fn merged(parts: &[Filter]) -> Vec<Filter> {
    let mut merged: Vec<Filter> = Vec::with_capacity(parts.len());
    let mut places: std::collections::HashMap<&Target, usize> = std::collections::HashMap::new();
    for part in parts {
        let Some((target, items)) = alternatives(part) else {
            merged.push(part.clone());
            continue;
        };
        let place = *places.entry(target).or_insert_with(|| {
            merged.push(Filter::test(target.clone(), Check::In(Vec::new())));
            merged.len() - 1
        });
        if let Some(Filter::Test(Test { check: Check::In(list), .. })) = merged.get_mut(place) {
            list.extend(items.iter().cloned());
        }
    }
    merged
}

fn alternatives(filter: &Filter) -> Option<(&Target, &[Literal])> {
    match filter {
        Filter::Test(Test { target, negated: false, check: Check::Equals(literal) }) => {
            Some((target, std::slice::from_ref(literal)))
        }
        Filter::Test(Test { target, negated: false, check: Check::In(items) }) => Some((target, items)),
        _ => None,
    }
}

/// Joins as a balanced tree, because SQLite limits the depth of an expression, and a chain of n is n deep. In brackets.
fn joined(parts: &[String], operator: &str) -> String {
    match parts {
        [] => "0".to_owned(),
        [one] => one.clone(),
        _ => {
            let (left, right) = parts.split_at(parts.len() / 2);
            format!("({} {operator} {})", joined(left, operator), joined(right, operator))
        }
    }
}

#[cfg(test)]
pub(super) mod fixture;
#[cfg(test)]
pub(super) mod random_tests;
#[cfg(test)]
mod tests;
