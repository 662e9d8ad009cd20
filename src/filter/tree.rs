//! A filter as a value: what the parser makes, what queries are keyed by, and what cell menus build.

use super::path::JsonPath;
use super::value::Literal;
use super::{FilterError, names, pattern, target};
use crate::model::{Address, Dataset, FieldId, Kind, Message, SIGMA_LEVELS, TimeRange, field};

/// A condition on one record.
///
/// Absent values: a `Test` on an absent value is false, whatever it compares (except `is null`), and `Not` is the
/// exact complement; so every filter is true or false for every record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Filter {
    /// Every record; the empty text.
    All,
    Not(Box<Filter>),
    /// Two or more, none of them `All` or `And`.
    And(Vec<Filter>),
    /// Two or more, none of them `All` or `Or`.
    Or(Vec<Filter>),
    Test(Test),
}

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Test {
    pub target: Target,
    /// `!=`, `not in`, `not like` ...: the target has a value, and none of its values passes the check. Only for checks
    /// that can be negated (`Check::can_be_negated`).
    pub negated: bool,
    pub check: Check,
}

/// What is compared. A target with several values (`ip`, `port`, `any`, a path with `[*]`) passes a check where one of
/// them does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    Field(FieldId),
    /// A further value of a flow record, by its key (a field of the log that the table of fields does not know).
    Extra(Box<str>),
    /// A value in the JSON of an event.
    Path(JsonPath),
    /// srcaddr or dstaddr.
    EitherAddress,
    /// srcport or dstport.
    EitherPort,
    /// A flow record's values as the log writes them, or an event's JSON.
    AnyText,
    /// The evidence file: its number, or its path.
    Evidence,
    /// Is the record a copy of one in another evidence file?
    Duplicate,
    /// Does another copy of the event contradict it?
    Conflict,
    /// What the path of the evidence says, else the record.
    Partition(Partition),
    Tag,
    Indicator,
    Label,
    /// The ids of the monitoring rules that an event matches.
    Rule,
    /// Titles and ids of the Sigma rules that an event matches.
    Sigma,
    /// Levels of these rules.
    SigmaLevel,
}

/// How it is compared. Literals have the target's type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Check {
    Equals(Literal),
    Less(Literal),
    LessOrEqual(Literal),
    Greater(Literal),
    GreaterOrEqual(Literal),
    /// Not empty; networks among the addresses.
    In(Vec<Literal>),
    /// Both ends inside.
    Between(Literal, Literal),
    /// SQL's pattern: `%` any characters, `_` one character.
    Like(Box<str>),
    /// Holds the text, whatever the case.
    Contains(Box<str>),
    /// Matches the regular expression (syntax of the `regex` crate), anywhere, in this case.
    Matches(Box<str>),
    /// All of these bits of tcp_flags are set.
    HasFlags(i64),
    /// The address is in an indicator list.
    InIndicators,
    /// How the value is to another field's of the same record; both are there. Never negated.
    Compare(Relation, FieldId),
    Present,
    Absent,
}

/// How one field's value is to another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Relation {
    /// As the language and SQL write it.
    pub fn sign(self) -> &'static str {
        match self {
            Relation::Equal => "=",
            Relation::NotEqual => "!=",
            Relation::Less => "<",
            Relation::LessOrEqual => "<=",
            Relation::Greater => ">",
            Relation::GreaterOrEqual => ">=",
        }
    }

    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Relation::Equal => order.is_eq(),
            Relation::NotEqual => order.is_ne(),
            Relation::Less => order.is_lt(),
            Relation::LessOrEqual => order.is_le(),
            Relation::Greater => order.is_gt(),
            Relation::GreaterOrEqual => order.is_ge(),
        }
    }
}

impl Check {
    pub fn can_be_negated(&self) -> bool {
        match self {
            Check::Equals(_)
            | Check::In(_)
            | Check::Between(..)
            | Check::Like(_)
            | Check::Contains(_)
            | Check::Matches(_)
            | Check::HasFlags(_)
            | Check::InIndicators => true,
            Check::Less(_)
            | Check::LessOrEqual(_)
            | Check::Greater(_)
            | Check::GreaterOrEqual(_)
            | Check::Compare(..)
            | Check::Present
            | Check::Absent => false,
        }
    }
}

/// A column by which Athena's tables are divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Partition {
    /// A day as `2021/05/16`.
    Date,
    Region,
    Account,
}

impl Partition {
    pub fn name(self) -> &'static str {
        match self {
            Self::Date => "date_partition",
            Self::Region => "region_partition",
            Self::Account => "account_partition",
        }
    }
}

/// What a target's values are, and so which literals and checks fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Text,
    /// Text of a closed set, compared regardless of case.
    Choice(&'static [&'static str]),
    Integer,
    Port,
    Protocol,
    TcpFlags,
    Address,
    /// An address, or a name in its place (CloudTrail's sourceIPAddress).
    AddressOrText,
    /// Seconds or milliseconds; compared, and not matched as text.
    Time,
    /// A time kept as the log wrote it: compared as a time, matched as text.
    WrittenTime,
    Boolean,
    Json,
    Evidence,
    FreeText,
}

impl Type {
    /// The text of what a value of it is called.
    pub fn name(self) -> &'static str {
        match self {
            Type::Text | Type::Choice(_) | Type::FreeText => "filter-expected-a-text",
            Type::Integer => "filter-expected-number",
            Type::Port => "filter-expected-port",
            Type::Protocol => "filter-expected-protocol",
            Type::TcpFlags => "filter-expected-tcp-flags",
            Type::Address | Type::AddressOrText => "filter-expected-address",
            Type::Time | Type::WrittenTime => "filter-expected-a-time",
            Type::Boolean => "filter-expected-true-or-false",
            Type::Json => "filter-expected-json",
            Type::Evidence => "filter-expected-evidence",
        }
    }
}

impl Target {
    pub fn value_type(&self) -> Type {
        match self {
            Target::Field(field) => field_type(*field),
            Target::Extra(_) | Target::Path(_) => Type::Json,
            Target::EitherAddress => Type::Address,
            Target::EitherPort => Type::Port,
            Target::AnyText => Type::FreeText,
            Target::Evidence => Type::Evidence,
            Target::Duplicate | Target::Conflict => Type::Boolean,
            Target::Partition(_) => Type::Text,
            Target::Tag | Target::Indicator | Target::Label | Target::Rule | Target::Sigma => Type::Text,
            Target::SigmaLevel => Type::Choice(&SIGMA_LEVELS),
        }
    }
}

fn field_type(field: FieldId) -> Type {
    use Dataset::Events;
    match field.kind {
        Kind::Text => names::choices(field).map_or(Type::Text, Type::Choice),
        Kind::List => Type::Text,
        Kind::Integer | Kind::Bytes => Type::Integer,
        Kind::Address if field.dataset == Events => Type::AddressOrText,
        Kind::Address => Type::Address,
        Kind::Port => Type::Port,
        Kind::Protocol => Type::Protocol,
        Kind::TcpFlags => Type::TcpFlags,
        Kind::Time if field.dataset == Events => Type::WrittenTime,
        Kind::Time => Type::Time,
        Kind::Boolean => Type::Boolean,
        Kind::Json => Type::Json,
    }
}

impl Filter {
    pub fn test(target: Target, check: Check) -> Self {
        Self::Test(Test { target, negated: false, check })
    }

    /// The same test with `!=`, `not in` ...: needs a value. Only for checks that can be negated.
    pub fn negated_test(target: Target, check: Check) -> Self {
        let negated = check.can_be_negated();
        Self::Test(Test { target, negated, check })
    }

    /// Records whose field has exactly the value of a cell. `text` is the value as the log writes it (numbers, epoch
    /// seconds or ISO times), `None` an absent one.
    ///
    /// # Errors
    /// The text is no value of the field's type.
    pub fn field_equals(field: FieldId, text: Option<&str>) -> Result<Self, FilterError> {
        Self::target_equals(Target::Field(field), text)
    }

    /// The same of any target whose value a table shows.
    ///
    /// # Errors
    /// The text is no value of the target's type.
    pub fn target_equals(target: Target, text: Option<&str>) -> Result<Self, FilterError> {
        let Some(text) = text else { return Ok(Self::test(target, Check::Absent)) };
        let kind = target.value_type();
        let exactly = || {
            let pattern = pattern::exactly(text).map_err(|reason| {
                FilterError::new(0..text.len(), Message::new("filter-error-pattern").with("reason", reason))
            })?;
            Ok(Self::test(target.clone(), Check::Matches(pattern.into())))
        };
        // What is in the place of an address or a time and would be read as another value than it is.
        let is_strange = match kind {
            Type::AddressOrText => {
                let read = super::literal::read(kind, &target, text, true, 0..0);
                !matches!(read, Ok(Literal::Text(_))) && Address::parse(text.as_bytes()).is_none()
            }
            Type::WrittenTime => super::value::parse_time(text).is_none(),
            _ => false,
        };
        if is_strange {
            return exactly();
        }
        let literal = match kind {
            Type::Json => Literal::text(text),
            _ => super::literal::read(kind, &target, text, true, 0..text.len())?,
        };
        Ok(Self::test(target, Check::Equals(literal)))
    }

    /// Records of which one field is so to another; both fields have the same type.
    pub fn fields_compare(field: FieldId, relation: Relation, other: FieldId) -> Self {
        Self::test(Target::Field(field), Check::Compare(relation, other))
    }

    /// Records whose time (start of a flow, time of an event) is in the range; every record where the range is open.
    pub fn in_time(dataset: Dataset, range: TimeRange) -> Self {
        let name = match dataset {
            Dataset::Flows => "start",
            Dataset::Events => "event_time",
        };
        let Some(target) = field::by_name(dataset, name).map(Target::Field) else { return Self::All };
        let from = range.from.map(|t| Self::test(target.clone(), Check::GreaterOrEqual(Literal::Time(t))));
        let to = range.to.map(|t| Self::test(target.clone(), Check::Less(Literal::Time(t))));
        Self::all_of(from.into_iter().chain(to))
    }

    /// Records of which this target is this text: a name of an indicator list, a label, a tag.
    pub fn named(target: Target, text: &str) -> Self {
        Self::test(target, Check::Equals(Literal::text(text)))
    }

    /// Is this one of the conditions that all have to hold?
    pub fn requires(&self, part: &Filter) -> bool {
        match self {
            Filter::And(parts) => parts.contains(part),
            filter => filter == part,
        }
    }

    /// Without one of the conditions that all have to hold; the same where it is none of them.
    #[must_use]
    pub fn without(self, part: &Filter) -> Self {
        match self {
            Filter::And(parts) => Self::all_of(parts.into_iter().filter(|own| own != part)),
            filter if filter == *part => Filter::All,
            filter => filter,
        }
    }

    /// Both this and the other: what "only this value" adds to the filter bar.
    #[must_use]
    pub fn and(self, other: Filter) -> Self {
        Self::all_of([self, other])
    }

    /// The same; a condition that already exists is not said twice.
    #[must_use]
    pub fn narrowed(self, part: Filter) -> Self {
        if self.requires(&part) { self } else { self.and(part) }
    }

    /// This, but not what the other matches: what "exclude this value" adds to the filter bar. Records that lack the
    /// value stay.
    #[must_use]
    pub fn exclude(self, other: Filter) -> Self {
        Self::all_of([self, other.complement()])
    }

    /// Exactly the records that this filter does not match.
    #[must_use]
    pub fn complement(self) -> Self {
        match self {
            Filter::Not(inner) => *inner,
            other => Filter::Not(Box::new(other)),
        }
    }

    /// Records that match every one of the filters.
    pub fn all_of(filters: impl IntoIterator<Item = Filter>) -> Self {
        let mut parts = Vec::new();
        for filter in filters {
            match filter {
                Filter::All => {}
                Filter::And(inner) => parts.extend(inner),
                other => parts.push(other),
            }
        }
        single_or(parts, Filter::And)
    }

    /// Records that match one of the filters at least; of none, every record.
    pub fn any_of(filters: impl IntoIterator<Item = Filter>) -> Self {
        let mut parts = Vec::new();
        for filter in filters {
            match filter {
                Filter::All => return Filter::All,
                Filter::Or(inner) => parts.extend(inner),
                other => parts.push(other),
            }
        }
        single_or(parts, Filter::Or)
    }

    /// Every test in the filter, in order.
    pub fn tests(&self) -> Vec<&Test> {
        let mut found = Vec::new();
        let mut waiting = vec![self];
        while let Some(filter) = waiting.pop() {
            match filter {
                Filter::All => {}
                Filter::Not(inner) => waiting.push(inner),
                Filter::And(parts) | Filter::Or(parts) => waiting.extend(parts.iter().rev()),
                Filter::Test(test) => found.push(test),
            }
        }
        found
    }
}

fn single_or(mut parts: Vec<Filter>, join: fn(Vec<Filter>) -> Filter) -> Filter {
    match parts.len() {
        0 => Filter::All,
        1 => parts.swap_remove(0),
        _ => join(parts),
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Target::Field(field) => f.write_str(field.name()),
            Target::Extra(key) if key.contains('-') => {
                write!(f, "extra.\"{}\"", key.replace('\\', "\\\\").replace('"', "\\\""))
            }
            Target::Extra(key) => write!(f, "extra.{}", JsonPath::key(key)),
            Target::Path(path) if target::stands_without_prefix(path) => write!(f, "{path}"),
            Target::Path(path) => write!(f, "$.{path}"),
            Target::EitherAddress => f.write_str("ip"),
            Target::EitherPort => f.write_str("port"),
            Target::AnyText => f.write_str("any"),
            Target::Evidence => f.write_str("evidence"),
            Target::Duplicate => f.write_str("duplicate"),
            Target::Conflict => f.write_str("conflict"),
            Target::Partition(partition) => f.write_str(partition.name()),
            Target::Tag => f.write_str("tag"),
            Target::Indicator => f.write_str("indicator"),
            Target::Label => f.write_str("label"),
            Target::Rule => f.write_str("rule"),
            Target::Sigma => f.write_str("sigma"),
            Target::SigmaLevel => f.write_str("sigma_level"),
        }
    }
}
