//! One comparison: its operator and its values.

use super::error::{FilterError, nearest};
use super::lexer::Token;
use super::parser::{Parser, is_keyword};
use super::tree::{Check, Filter, Partition, Relation, Target, Type};
use super::value::{self, Literal};
use super::{functions, literal, names};
use crate::model::{Message, Timestamp};
use std::ops::Range;

pub(super) type Parsed<T> = Result<T, FilterError>;

pub(super) const OPERATORS: [&str; 14] =
    ["=", "!=", "<", "<=", ">", ">=", "in", "between", "like", "contains", "matches", "is null", "exists", "has"];
const DAY_MILLIS: i64 = 86_400_000;

pub(super) fn starts_operator(token: &Token) -> bool {
    match token {
        Token::Equal
        | Token::Match
        | Token::NotEqual
        | Token::Less
        | Token::LessOrEqual
        | Token::Greater
        | Token::GreaterOrEqual => true,
        Token::Word(word) => ["in", "between", "like", "contains", "matches", "is", "exists", "has", "not"]
            .iter()
            .any(|w| w.eq_ignore_ascii_case(word)),
        _ => false,
    }
}

/// What follows a field.
pub(super) fn comparison(p: &mut Parser<'_>, target: Target, span: Range<usize>) -> Parsed<Filter> {
    let Some(next) = p.peek().cloned() else { return alone(p, target, &span) };
    if let Some(filter) = with_field(p, &target, &next.token)? {
        return Ok(filter);
    }
    match next.token {
        Token::Equal => equals(p, target, false),
        Token::Match => {
            p.next();
            searchable(&target, &next.span)?;
            Ok(Filter::test(target, Check::Matches(pattern_value(p)?.into())))
        }
        Token::NotEqual => equals(p, target, true),
        Token::Less => ordered(p, target, Check::Less),
        Token::LessOrEqual => ordered(p, target, Check::LessOrEqual),
        Token::Greater => ordered(p, target, Check::Greater),
        Token::GreaterOrEqual => ordered(p, target, Check::GreaterOrEqual),
        Token::Word(word) if starts_operator(&Token::Word(word.clone())) => word_operator(p, target),
        Token::Word(word) if !is_keyword(&word) => {
            let near = nearest(&word, ["in", "between", "like", "contains", "matches", "exists", "has", "not"]);
            let proposal =
                near.map_or_else(|| format!("= {}", p.text.get(next.span.clone()).unwrap_or(&word)), str::to_owned);
            Err(FilterError::new(
                next.span,
                Message::new("filter-error-operator-between").with("field", &target).with("word", &word),
            )
            .expecting(OPERATORS)
            .proposing(Some(proposal)))
        }
        _ => alone(p, target, &span),
    }
}

/// `pkt_srcaddr = srcaddr`: the operator and the other field are taken where a field's name is without quotes, and
/// is no value of the first one's type.
fn with_field(p: &mut Parser<'_>, target: &Target, operator: &Token) -> Parsed<Option<Filter>> {
    let relation = match operator {
        Token::Equal => Relation::Equal,
        Token::NotEqual => Relation::NotEqual,
        Token::Less => Relation::Less,
        Token::LessOrEqual => Relation::LessOrEqual,
        Token::Greater => Relation::Greater,
        Token::GreaterOrEqual => Relation::GreaterOrEqual,
        _ => return Ok(None),
    };
    let Some((word, span)) = p.nth_word(1) else { return Ok(None) };
    let Some(other) = super::target::field_without_alias(p.dataset, &word) else { return Ok(None) };
    let kind = target.value_type();
    let is_value = match kind {
        Type::Text | Type::AddressOrText => false,
        Type::FreeText | Type::Evidence => true,
        Type::Json => !matches!(target, Target::Field(_)),
        _ => literal::read(kind, target, &word, false, span.clone()).is_ok(),
    };
    if is_value
        || matches!(
            target,
            Target::Tag | Target::Indicator | Target::Label | Target::Rule | Target::Sigma | Target::SigmaLevel
        )
        || p.nth_is(2, &Token::Open)
    {
        return Ok(None);
    }
    let refused = |message: Message| {
        let quoted = super::display::quoted(&word);
        FilterError::new(span.clone(), message.with("field", target).with("word", &word))
            .expecting(example_of(kind))
            .proposing(Some(quoted))
    };
    let Target::Field(field) = *target else {
        return Err(FilterError::new(span.clone(), Message::new("filter-error-several-values").with("field", target))
            .expecting(example_of(kind)));
    };
    let other_kind = Target::Field(other).value_type();
    if kind == Type::Json {
        return Err(refused(Message::new("filter-error-json-field")));
    }
    if !comparable(kind, other_kind) {
        let (one, two) = (kind.name(), other_kind.name());
        return Err(refused(
            Message::new("filter-error-types").with("one", one).with("other", other.name()).with("two", two),
        ));
    }
    if kind == Type::Boolean && !matches!(relation, Relation::Equal | Relation::NotEqual) {
        return Err(
            FilterError::new(span, Message::new("filter-error-no-order").with("field", target)).expecting(["=", "!="])
        );
    }
    p.next();
    p.next();
    Ok(Some(Filter::fields_compare(field, relation, other)))
}

fn comparable(one: Type, other: Type) -> bool {
    let is_text = |kind| matches!(kind, Type::Text | Type::Choice(_));
    let is_time = |kind| matches!(kind, Type::Time | Type::WrittenTime);
    one == other || is_text(one) && is_text(other) || is_time(one) && is_time(other)
}

/// A field without an operator is a condition only where it is true or false.
fn alone(p: &Parser<'_>, target: Target, span: &Range<usize>) -> Parsed<Filter> {
    if target.value_type() == Type::Boolean {
        return Ok(Filter::test(target, Check::Equals(Literal::Boolean(true))));
    }
    let name = p.text.get(span.clone()).unwrap_or_default();
    let at = p.here();
    Err(FilterError::new(at, Message::new("filter-error-operator-after").with("name", name)).expecting(OPERATORS))
}

fn equals(p: &mut Parser<'_>, target: Target, negated: bool) -> Parsed<Filter> {
    p.next();
    if p.peek().is_some_and(|s| super::lexer::is_word(&s.token, "null")) {
        let proposal = if negated { "is not null" } else { "is null" };
        let span = p.here();
        return Err(FilterError::new(
            span,
            Message::new("filter-error-equals-null").with("field", &target).with("proposal", proposal),
        ));
    }
    let value = value(p, &target)?;
    equality(target, value, negated)
}

struct ReadValue {
    literal: Literal,
    span: Range<usize>,
    /// Only a date was written: it stands for its whole day.
    whole_day: bool,
}

fn equality(target: Target, value: ReadValue, negated: bool) -> Parsed<Filter> {
    check_text_search_only(&target, &value.span)?;
    let check = match value.literal {
        network @ Literal::Network(_) => Check::In(vec![network]),
        Literal::Time(Timestamp(start)) if value.whole_day => {
            let (from, to) = (Literal::Time(Timestamp(start)), Literal::Time(Timestamp(start + DAY_MILLIS)));
            return Ok(if negated {
                Filter::any_of([
                    Filter::test(target.clone(), Check::Less(from)),
                    Filter::test(target, Check::GreaterOrEqual(to)),
                ])
            } else {
                Filter::all_of([
                    Filter::test(target.clone(), Check::GreaterOrEqual(from)),
                    Filter::test(target, Check::Less(to)),
                ])
            });
        }
        other => Check::Equals(other),
    };
    Ok(if negated { Filter::negated_test(target, check) } else { Filter::test(target, check) })
}

fn ordered(p: &mut Parser<'_>, target: Target, check: fn(Literal) -> Check) -> Parsed<Filter> {
    p.next();
    let value = value(p, &target)?;
    check_orderable(&target, &value)?;
    Ok(Filter::test(target, check(value.literal)))
}

fn check_orderable(target: &Target, value: &ReadValue) -> Parsed<()> {
    check_text_search_only(target, &value.span)?;
    if target.value_type() == Type::Boolean {
        return Err(FilterError::new(value.span.clone(), Message::new("filter-error-no-order").with("field", target))
            .expecting(["= true", "= false"]));
    }
    if matches!(value.literal, Literal::Network(_)) {
        return Err(FilterError::new(value.span.clone(), Message::new("filter-error-block-order"))
            .expecting(["filter-expected-address"]));
    }
    Ok(())
}

/// `any` and patterns: only what searches text.
fn check_text_search_only(target: &Target, span: &Range<usize>) -> Parsed<()> {
    if *target == Target::AnyText {
        return Err(FilterError::new(span.clone(), Message::new("filter-error-any-compared"))
            .expecting(["contains", "like", "matches"]));
    }
    Ok(())
}

fn word_operator(p: &mut Parser<'_>, target: Target) -> Parsed<Filter> {
    let negated = p.accept_word("not");
    let at = p.here();
    let build = |check: Check| Test { target: target.clone(), negated }.with(check);
    if p.accept_word("in") {
        return in_list(p, target, negated);
    }
    if p.accept_word("between") {
        let low = value(p, &target)?;
        check_orderable(&target, &low)?;
        if !(p.accept_word("and") || p.accept(&Token::And) || p.accept(&Token::Comma)) {
            return Err(FilterError::new(p.here(), Message::new("filter-error-between")).expecting(["and"]));
        }
        let high = value(p, &target)?;
        check_orderable(&target, &high)?;
        return Ok(build(Check::Between(low.literal, high.literal)));
    }
    if p.accept_word("like") {
        searchable(&target, &at)?;
        // CloudWatch Logs Insights writes `like /x.*y/`.
        if matches!(p.peek_token(), Some(Token::Regex(_))) {
            return Ok(build(Check::Matches(pattern_value(p)?.into())));
        }
        let (pattern, _) = text_value(p, "filter-expected-like")?;
        if p.nth_is_word(0, "escape") {
            return Err(
                FilterError::new(p.here(), Message::new("filter-error-escape")).expecting(["contains", "matches"])
            );
        }
        return short_enough(Check::Like(pattern.into()), at.start..p.last_end()).map(build);
    }
    if p.accept_word("contains") {
        searchable(&target, &at)?;
        let (text, _) = text_value(p, "filter-expected-text")?;
        return short_enough(Check::Contains(text.into()), at.start..p.last_end()).map(build);
    }
    if p.accept_word("matches") {
        searchable(&target, &at)?;
        return Ok(build(Check::Matches(pattern_value(p)?.into())));
    }
    if p.accept_word("has") {
        return flags(p, &target, &at).map(|mask| build(Check::HasFlags(mask)));
    }
    if p.accept_word("exists") {
        return Ok(Filter::test(target, if negated { Check::Absent } else { Check::Present }));
    }
    if !negated && p.accept_word("is") {
        return is_what(p, target);
    }
    Err(FilterError::new(at, Message::new("filter-error-after-not"))
        .expecting(["in", "between", "like", "contains", "matches", "has"]))
}

/// Long texts make large patterns, and those have a limit.
fn short_enough(check: Check, span: Range<usize>) -> Parsed<Check> {
    let compiles =
        super::pattern::of_check(&check, true).is_none_or(|p| p.len() < 1000 || super::pattern::regex(&p).is_ok());
    if compiles { Ok(check) } else { Err(FilterError::new(span, Message::new("filter-error-long-text"))) }
}

/// The part of a test before its check.
struct Test {
    target: Target,
    negated: bool,
}

impl Test {
    fn with(self, check: Check) -> Filter {
        if self.negated { Filter::negated_test(self.target, check) } else { Filter::test(self.target, check) }
    }
}

fn is_what(p: &mut Parser<'_>, target: Target) -> Parsed<Filter> {
    let negated = p.accept_word("not");
    if p.accept_word("null") {
        return Ok(Filter::test(target, if negated { Check::Present } else { Check::Absent }));
    }
    if target.value_type() == Type::Boolean {
        for (word, value) in [("true", true), ("false", false)] {
            if p.accept_word(word) {
                let test = Filter::test(target, Check::Equals(Literal::Boolean(value)));
                return Ok(if negated { test.complement() } else { test });
            }
        }
    }
    let expected: &[&str] = if negated { &["null"] } else { &["null", "not null"] };
    Err(FilterError::new(p.here(), Message::new("filter-error-after-is")).expecting(expected.iter().copied()))
}

pub(super) fn searchable(target: &Target, at: &Range<usize>) -> Parsed<()> {
    match target.value_type() {
        Type::Time => {
            Err(FilterError::new(at.clone(), Message::new("filter-error-time-searched").with("field", target))
                .expecting(["=", "<", "<=", ">", ">=", "between"]))
        }
        Type::Boolean => Err(FilterError::new(at.clone(), Message::new("filter-error-boolean").with("field", target))
            .expecting(["= true", "= false"])),
        _ => Ok(()),
    }
}

fn flags(p: &mut Parser<'_>, target: &Target, at: &Range<usize>) -> Parsed<i64> {
    if target.value_type() != Type::TcpFlags {
        return Err(
            FilterError::new(at.clone(), Message::new("filter-error-only-flags")).expecting(["contains", "in", "="])
        );
    }
    let mut mask = 0;
    if !p.accept(&Token::Open) {
        let (text, span) = text_value(p, "filter-expected-flag")?;
        return literal::flags(&text, span);
    }
    loop {
        let (text, span) = text_value(p, "filter-expected-flag")?;
        mask |= literal::flags(&text, span)?;
        if !p.accept(&Token::Comma) {
            p.expect(&Token::Close, ")")?;
            return Ok(mask);
        }
    }
}

/// `in (A, B)`, `in CIDR`, `in indicators`.
fn in_list(p: &mut Parser<'_>, target: Target, negated: bool) -> Parsed<Filter> {
    if p.nth_is_word(0, "indicators") || p.nth_is_word(0, "indicator") {
        let span = p.here();
        p.next();
        if !matches!(target.value_type(), Type::Address | Type::AddressOrText) {
            return Err(FilterError::new(span, Message::new("filter-error-not-address-field").with("field", &target)));
        }
        return Ok(Test { target, negated }.with(Check::InIndicators));
    }
    let mut values = Vec::new();
    if p.nth_is(0, &Token::Open) && p.nth_is_word(1, "select") {
        return in_subquery(p, target, negated);
    }
    if p.accept(&Token::Open) {
        loop {
            values.push(value(p, &target)?);
            if !p.accept(&Token::Comma) {
                break;
            }
        }
        p.expect(&Token::Close, ")")?;
    } else {
        values.push(value(p, &target)?);
    }
    for value in &values {
        check_text_search_only(&target, &value.span)?;
    }
    // A date among times stands for its day, so that a list of times is a list of comparisons.
    if matches!(target.value_type(), Type::Time | Type::WrittenTime) {
        let parts =
            values.into_iter().map(|value| equality(target.clone(), value, negated)).collect::<Parsed<Vec<_>>>()?;
        return Ok(if negated { Filter::all_of(parts) } else { Filter::any_of(parts) });
    }
    let items = values.into_iter().map(|value| value.literal).collect();
    Ok(Test { target, negated }.with(Check::In(items)))
}

/// `in (select threat_ip from incident_iocs)`, the playbook's list of indicators.
fn in_subquery(p: &mut Parser<'_>, target: Target, negated: bool) -> Parsed<Filter> {
    let start = p.here().start;
    p.next();
    p.next();
    p.accept_word("distinct");
    let (column, _) = text_value(p, "threat_ip")?;
    let is_column = column.rsplit('.').next().is_some_and(|name| name.eq_ignore_ascii_case("threat_ip"));
    let from = p.accept_word("from").then(|| text_value(p, "incident_iocs")).transpose()?;
    let is_table = from.is_some_and(|(table, _)| table.eq_ignore_ascii_case("incident_iocs"));
    if !(is_column && is_table && p.accept(&Token::Close)) {
        let message = Message::new("filter-error-inner-query");
        return Err(FilterError::new(start..p.here().end, message).expecting(["indicators", "(A, B)"]));
    }
    if !matches!(target.value_type(), Type::Address | Type::AddressOrText) {
        let message = Message::new("filter-error-not-address-field").with("field", &target);
        return Err(FilterError::new(start..p.last_end(), message));
    }
    Ok(Test { target, negated }.with(Check::InIndicators))
}

/// A value for the target; takes the words that belong to it (`10 MB`, `2021-05-16 07:49`).
fn value(p: &mut Parser<'_>, target: &Target) -> Parsed<ReadValue> {
    let kind = target.value_type();
    let (text, quoted, span) = value_text(p, kind, target)?;
    let literal = literal::read(kind, target, &text, quoted, span.clone())?;
    let literal = match literal {
        // A day may be written as any other date.
        Literal::Text(day) if *target == Target::Partition(Partition::Date) && is_date(&day) => {
            Literal::Text(day.replace('-', "/").into())
        }
        other => other,
    };
    let whole_day = matches!(literal, Literal::Time(_)) && value::parse_time(&text).is_some_and(|time| time.whole_day);
    Ok(ReadValue { literal, span, whole_day })
}

fn is_date(text: &str) -> bool {
    chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

pub(super) fn value_text(p: &mut Parser<'_>, kind: Type, target: &Target) -> Parsed<(String, bool, Range<usize>)> {
    let expected = example_of(kind);
    let Some(next) = p.next() else {
        return Err(FilterError::new(p.here(), Message::new("filter-error-end-value").with("field", target))
            .expecting(expected));
    };
    match next.token {
        Token::Quoted { text, .. } => Ok((text, true, next.span)),
        Token::Word(word) if p.nth_is(0, &Token::Open) && !is_keyword(&word) => {
            let inner = p.deeper(|p| functions::value(p, &word, kind, target))?;
            Ok((inner, true, next.span.start..p.last_end()))
        }
        Token::Word(word) if is_keyword(&word) => {
            let message = Message::new("filter-error-keyword-value").with("field", target).with("word", &word);
            Err(FilterError::new(next.span, message).expecting(expected).proposing(Some(super::display::quoted(&word))))
        }
        Token::Word(word) => match p.peek_token().cloned() {
            // timestamp '2021-05-16 07:49:46', date '2021-05-16'
            Some(Token::Quoted { text, .. }) if functions::is_transparent(&word) => {
                p.next();
                Ok((text, true, next.span.start..p.last_end()))
            }
            Some(Token::Word(more)) if continues(kind, &word, &more) => {
                p.next();
                Ok((format!("{word} {more}"), false, next.span.start..p.last_end()))
            }
            _ => Ok((word, false, next.span)),
        },
        _ => {
            Err(FilterError::new(next.span, Message::new("filter-error-value").with("field", target))
                .expecting(expected))
        }
    }
}

fn continues(kind: Type, word: &str, more: &str) -> bool {
    let starts_with_digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    match kind {
        Type::Time | Type::WrittenTime => starts_with_digit(more) && more.contains(':'),
        Type::Integer | Type::Json => {
            starts_with_digit(word)
                && names::number_of(&value::UNITS, more).is_some()
                && value::parse_integer(word) != Err(value::NumberError::NotANumber)
        }
        _ => false,
    }
}

pub(super) fn example_of(kind: Type) -> Vec<&'static str> {
    match kind {
        Type::Choice(choices) => choices.to_vec(),
        Type::Integer => vec!["filter-expected-number", "filter-expected-size"],
        Type::Port => vec!["filter-expected-port", "filter-expected-port-name"],
        Type::Protocol => vec!["tcp", "udp", "icmp", "filter-expected-number"],
        Type::TcpFlags => vec!["filter-expected-number", "syn", "ack"],
        Type::Address | Type::AddressOrText => vec!["filter-expected-address", "filter-expected-block"],
        Type::Time | Type::WrittenTime => vec!["filter-expected-time"],
        Type::Boolean => vec!["true", "false"],
        Type::Evidence => vec!["filter-expected-number", "filter-expected-path"],
        Type::Text | Type::Json | Type::FreeText => vec!["filter-expected-text"],
    }
}

pub(super) fn text_value(p: &mut Parser<'_>, expected: &'static str) -> Parsed<(String, Range<usize>)> {
    match p.next() {
        Some(super::lexer::Spanned { token: Token::Quoted { text, .. } | Token::Regex(text), span }) => {
            Ok((text, span))
        }
        Some(super::lexer::Spanned { token: Token::Word(text), span }) if !is_keyword(&text) => Ok((text, span)),
        Some(other) => Err(FilterError::new(other.span, Message::new("filter-error-here").with("expected", expected))
            .expecting([expected])),
        None => Err(FilterError::new(p.here(), Message::new("filter-error-end").with("expected", expected))
            .expecting([expected])),
    }
}

pub(super) fn pattern_value(p: &mut Parser<'_>) -> Parsed<String> {
    let (pattern, span) = text_value(p, "filter-expected-pattern")?;
    match super::pattern::regex(&pattern) {
        Ok(_) => Ok(pattern),
        Err(reason) => Err(FilterError::new(span, Message::new("filter-error-pattern").with("reason", reason))),
    }
}
