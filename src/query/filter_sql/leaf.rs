//! One test of a filter, taken apart into what columns can answer: conditions on the small
//! dictionaries, which stay SQL and select ids, and conditions on the rows' own numbers. Means exactly what the SQL of
//! the whole means.

use super::column::{Shape, SqlColumn};
use super::compare::{has_column, in_one_tuple};
use super::event_leaf::event_leaf;
use super::flow::{EXTRA_END, shape, tuple_column};
use super::{CompileError, Compiler, SqlCondition, joined};
use crate::case::index::flow;
use crate::columns::{NULL, Ranges, Side};
use crate::filter::{Check, JsonPath, Literal, Relation, Target, pattern};
use crate::model::{Dataset, FieldId, Home, field};
use crate::query::indicators::Wanted;

/// Which records pass; every leaf is true or false for each.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) enum Leaf {
    Always(bool),
    AnyOf(Vec<Leaf>),
    /// The id in a column is one that the statement selects.
    Ids {
        column: usize,
        select: SqlCondition,
    },
    /// An address of the pair in a column is one whose id the statement selects; any address without one.
    Address {
        column: usize,
        side: Side,
        select: Option<SqlCondition>,
    },
    /// A number of the row.
    Number {
        column: usize,
        test: NumberTest,
    },
    /// The end, which a row holds as start and duration.
    End(NumberTest),
    /// There is no start, and the extra is one that the statement selects.
    NoStartAndExtra(SqlCondition),
    /// The evidence is one that the statement selects.
    Evidence(SqlCondition),
    /// Occurrences of events: those that stand for theirs where the statement selects 0, the others where it selects 1.
    Repeats(SqlCondition),
    /// How the values of two fields with columns are to each other.
    Compare {
        field: FieldId,
        relation: Relation,
        other: FieldId,
    },
    /// Some value matches an entry at the record's time.
    Met {
        wanted: Wanted,
        at: MetAt,
    },
    /// Occurrences of the events whose first one the statement selects.
    OfEvents(SqlCondition),
    /// The pattern is found in the event's JSON.
    Text(String),
    /// A condition on alias `f` of table flow, or `e` of table event.
    Sql(SqlCondition),
}

/// What of a flow record may match an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::query) enum MetAt {
    /// An address of the pair in a column.
    Side { column: usize, side: Side },
    /// Any address, the interface, the account, a port.
    Record,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) enum NumberTest {
    In(Ranges),
    /// All of these bits are set.
    Bits(i64),
    /// The regular expression is found in the number's digits.
    Pattern(String),
}

/// The leaf of a check that is not negated. The same errors as `condition`.
pub(in crate::query) fn leaf(dataset: Dataset, target: &Target, check: &Check) -> Result<Leaf, CompileError> {
    let mut compiler = Compiler { dataset, first: 1, params: Vec::new() };
    // Refuses what the whole would refuse; and it is what is left where there is no better way.
    let text = compiler.positive(target, check)?;
    let whole = Leaf::Sql(SqlCondition { text, params: std::mem::take(&mut compiler.params) });
    if dataset == Dataset::Events {
        return Ok(event_leaf(target, check).unwrap_or(whole));
    }
    if *check == Check::InIndicators {
        return Ok(in_indicators(target));
    }
    if let (Target::Field(field), Check::Compare(relation, other)) = (target, check) {
        return Ok(compare(*field, *relation, *other).unwrap_or(whole));
    }
    Ok(match target {
        Target::Indicator | Target::Label => Leaf::Met { wanted: Wanted::of(target, check), at: MetAt::Record },
        Target::Field(field) => of_field(*field, check),
        Target::EitherAddress => address(flow::PAIR, Side::Either, check),
        Target::EitherPort => {
            let port = |column| number(column, check, Shape::Integer);
            Leaf::AnyOf(vec![port(flow::SRCPORT), port(flow::DSTPORT)])
        }
        Target::Evidence | Target::Duplicate | Target::AnyText if *check == Check::Present => Leaf::Always(true),
        Target::Evidence => evidence(check),
        Target::Duplicate => Leaf::Ids { column: flow::DUPLICATE, select: either(check) },
        Target::Extra(key) => extra(|compiler| compiler.json_check("json", JsonPath::key(key).steps(), check)),
        Target::AnyText => any_text(check).unwrap_or(whole),
        Target::Partition(_)
        | Target::Path(_)
        | Target::Tag
        | Target::Conflict
        | Target::Rule
        | Target::Sigma
        | Target::SigmaLevel => whole,
    })
}

pub(super) fn evidence(check: &Check) -> Leaf {
    Leaf::Evidence(select(|compiler| {
        format!("SELECT evidence_id FROM evidence WHERE {}", compiler.predicate(check, &SqlColumn::evidence()))
    }))
}

/// Selects 0 and 1 as far as they pass.
pub(super) fn either(check: &Check) -> SqlCondition {
    select(|compiler| {
        let predicate = compiler.predicate(check, &SqlColumn::boolean("v"));
        format!("SELECT v FROM (SELECT 0 AS v UNION ALL SELECT 1) WHERE {predicate}")
    })
}

fn compare(field: FieldId, relation: Relation, other: FieldId) -> Option<Leaf> {
    if has_column(field) && has_column(other) {
        return Some(Leaf::Compare { field, relation, other });
    }
    let table = in_one_tuple(field, other)?;
    let column = if table == "interface" { flow::INTERFACE } else { flow::DISPOSITION };
    let [one, two] = [field, other].map(tuple_column);
    let sign = relation.sign();
    let select = select(|_| format!("SELECT {table}_id FROM {table} WHERE {one} {sign} {two}"));
    Some(Leaf::Ids { column, select })
}

fn in_indicators(target: &Target) -> Leaf {
    let (column, side) = match target {
        Target::EitherAddress => (flow::PAIR, Side::Either),
        Target::Field(field) => match field.home {
            Home::PairSource => (flow::PAIR, Side::Source),
            Home::PairDestination => (flow::PAIR, Side::Destination),
            Home::PacketSource => (flow::PACKET_PAIR, Side::Source),
            Home::PacketDestination => (flow::PACKET_PAIR, Side::Destination),
            _ => return Leaf::Always(false),
        },
        _ => return Leaf::Always(false),
    };
    Leaf::Met { wanted: Wanted::EVERY, at: MetAt::Side { column, side } }
}

pub(super) fn select(text: impl FnOnce(&mut Compiler) -> String) -> SqlCondition {
    let mut compiler = Compiler { dataset: Dataset::Flows, first: 1, params: Vec::new() };
    let text = text(&mut compiler);
    SqlCondition { text, params: compiler.params }
}

fn of_field(field: FieldId, check: &Check) -> Leaf {
    match field.home {
        Home::Row if field.name() == "end" => end(check),
        Home::Row => match column_of(field) {
            Some(column) => number(column, check, shape(field)),
            None => Leaf::Always(false),
        },
        Home::Interface | Home::Disposition => {
            tuple(field.home, |compiler| compiler.predicate(check, &SqlColumn::new(tuple_column(field), shape(field))))
        }
        Home::PairSource => address(flow::PAIR, Side::Source, check),
        Home::PairDestination => address(flow::PAIR, Side::Destination, check),
        Home::PacketSource => address(flow::PACKET_PAIR, Side::Source, check),
        Home::PacketDestination => address(flow::PACKET_PAIR, Side::Destination, check),
        Home::Extra => extra(|compiler| {
            let value = format!("CAST(json_extract(json, '$.\"{}\"') AS INTEGER)", field.name());
            compiler.predicate(check, &SqlColumn::new(value, Shape::Integer))
        }),
        Home::Event(_) | Home::Call(_) | Home::EventJson(_) | Home::Derived | Home::Lineage => Leaf::Always(false),
    }
}

/// The column of a field that is a number of the row; the end is none.
pub(in crate::query) fn column_of(field: FieldId) -> Option<usize> {
    crate::case::FLOW_COLUMNS.iter().position(|name| *name == field.name())
}

fn tuple(home: Home, predicate: impl FnOnce(&mut Compiler) -> String) -> Leaf {
    let (column, table) = match home {
        Home::Interface => (flow::INTERFACE, "interface"),
        _ => (flow::DISPOSITION, "disposition"),
    };
    let select = select(|compiler| format!("SELECT {table}_id FROM {table} WHERE {}", predicate(compiler)));
    Leaf::Ids { column, select }
}

fn extra(predicate: impl FnOnce(&mut Compiler) -> String) -> Leaf {
    let select =
        select(|compiler| format!("SELECT extra_id FROM extra WHERE json_valid(json) AND {}", predicate(compiler)));
    Leaf::Ids { column: flow::EXTRA, select }
}

fn address(column: usize, side: Side, check: &Check) -> Leaf {
    let select = (*check != Check::Present).then(|| {
        select(|compiler| {
            format!("SELECT address_id FROM address WHERE {}", compiler.predicate(check, &SqlColumn::address()))
        })
    });
    Leaf::Address { column, side, select }
}

fn end(check: &Check) -> Leaf {
    let in_extra = select(|compiler| {
        let predicate = compiler.predicate(check, &SqlColumn::new(EXTRA_END, Shape::Seconds));
        format!("SELECT extra_id FROM extra WHERE json_valid(json) AND {predicate}")
    });
    Leaf::AnyOf(vec![Leaf::End(number_test(check, Shape::Seconds)), Leaf::NoStartAndExtra(in_extra)])
}

pub(super) fn number(column: usize, check: &Check, shape: Shape) -> Leaf {
    Leaf::Number { column, test: number_test(check, shape) }
}

/// As `Compiler::flow_text`, for patterns; whether a text equals a number is left to SQL.
fn any_text(check: &Check) -> Option<Leaf> {
    let digits = NumberTest::Pattern(pattern::of_check(check, false)?);
    let mut parts = vec![address(flow::PAIR, Side::Either, check), address(flow::PACKET_PAIR, Side::Either, check)];
    for home in [Home::Interface, Home::Disposition] {
        parts.push(tuple(home, |compiler| {
            let fields = field::at_home(Dataset::Flows, home);
            let columns: Vec<String> =
                fields.map(|f| compiler.predicate(check, &SqlColumn::new(tuple_column(f), Shape::Text))).collect();
            joined(&columns, "OR")
        }));
    }
    parts.extend(field::at_home(Dataset::Flows, Home::Row).map(|field| match column_of(field) {
        Some(column) => Leaf::Number { column, test: digits.clone() },
        None => Leaf::End(digits.clone()),
    }));
    let select = select(|compiler| {
        let predicate = compiler.predicate(check, &SqlColumn::new("json", Shape::Text));
        format!("SELECT extra_id FROM extra WHERE {predicate}")
    });
    parts.push(Leaf::Ids { column: flow::EXTRA, select });
    Some(Leaf::AnyOf(parts))
}

/// As `Compiler::predicate` on a column of numbers or of times.
fn number_test(check: &Check, shape: Shape) -> NumberTest {
    if let Some(pattern) = pattern::of_check(check, false) {
        return NumberTest::Pattern(pattern);
    }
    let one = |operator, literal: &Literal| range(operator, literal, shape);
    NumberTest::In(Ranges::of(match check {
        Check::HasFlags(mask) => return NumberTest::Bits(*mask),
        Check::Present => vec![(NULL + 1, i64::MAX)],
        Check::Equals(literal) => vec![one("=", literal)],
        Check::Less(literal) => vec![one("<", literal)],
        Check::LessOrEqual(literal) => vec![one("<=", literal)],
        Check::Greater(literal) => vec![one(">", literal)],
        Check::GreaterOrEqual(literal) => vec![one(">=", literal)],
        Check::Between(low, high) => {
            let (low, high) = (one(">=", low), one("<=", high));
            vec![(low.0.max(high.0), low.1.min(high.1))]
        }
        Check::In(items) => items.iter().map(|item| one("=", item)).collect(),
        Check::Absent
        | Check::Like(_)
        | Check::Contains(_)
        | Check::Matches(_)
        | Check::InIndicators
        | Check::Compare(..) => vec![],
    }))
}

/// No value.
const NOTHING: (i64, i64) = (i64::MAX, i64::MIN);

fn range(operator: &str, literal: &Literal, shape: Shape) -> (i64, i64) {
    let bound = match (shape, literal) {
        (Shape::Integer, Literal::Integer(number)) => *number,
        (Shape::Millis, Literal::Time(time)) => time.0,
        (Shape::Seconds, Literal::Time(time)) => {
            // As `compare_seconds`: a time inside a second is no whole second.
            let floor = time.secs();
            let whole = floor.saturating_mul(1000) == time.0;
            match operator {
                "=" if !whole => return NOTHING,
                ">=" | "<" if !whole => floor.saturating_add(1),
                _ => floor,
            }
        }
        _ => return NOTHING,
    };
    match operator {
        "=" => (bound, bound),
        "<" => bound.checked_sub(1).map_or(NOTHING, |high| (NULL + 1, high)),
        "<=" => (NULL + 1, bound),
        ">" => bound.checked_add(1).map_or(NOTHING, |low| (low, i64::MAX)),
        _ => (bound, i64::MAX),
    }
}
