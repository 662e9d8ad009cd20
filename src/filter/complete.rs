//! What can be typed at the cursor: fields, operators, values, connectives.

use super::lexer::{self, Spanned, Token};
use super::tree::{Target, Type};
use super::{names, parser, predicate, target};
use crate::model::{Dataset, FieldId, field};
use std::ops::Range;

/// Values that occur in the case, for proposals. The caller decides how many and in which order.
pub trait KnownValues {
    /// Values of the target that start with what is typed, as text without quotes; the most frequent first.
    fn values(&self, target: &Target, typed: &str) -> Vec<String>;
}

/// No values beyond those of the language.
pub struct NoValues;

impl KnownValues for NoValues {
    fn values(&self, _target: &Target, _typed: &str) -> Vec<String> {
        Vec::new()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    Field,
    Operator,
    Value,
    Keyword,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Replaces the text at the completion's span; quoted where it has to be.
    pub text: String,
    pub kind: ItemKind,
}

/// Proposals for one place, best first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// Bytes of the text that an item replaces: the word around the cursor, or nothing.
    pub span: Range<usize>,
    pub items: Vec<Item>,
}

/// Proposals at the cursor (a byte; moved back to a character's start).
pub fn complete(text: &str, cursor: usize, dataset: Dataset, known: &dyn KnownValues) -> Completion {
    let mut cursor = cursor.min(text.len());
    while !text.is_char_boundary(cursor) {
        cursor -= 1;
    }
    let before = text.get(..cursor).unwrap_or_default();
    let (mut tokens, error) = lexer::tokens(before);
    let mut typed = Typed { text: String::new(), span: cursor..cursor, quote: None };
    if let Some(error) = error {
        // A quotation that is still open is the value being typed.
        let start = error.span.start;
        let open = before.get(start..).unwrap_or_default();
        let quote = open.chars().next().filter(|c| matches!(c, '\'' | '"'));
        if quote.is_none() {
            return Completion { span: cursor..cursor, items: Vec::new() };
        }
        typed = Typed { text: open.chars().skip(1).collect(), span: start..cursor, quote };
    } else if let Some(Spanned { token: Token::Word(word), span }) = tokens.last().cloned()
        && span.end == cursor
    {
        tokens.pop();
        let rest = text.get(cursor..).unwrap_or_default();
        let tail = match lexer::tokens(rest).0.first() {
            Some(Spanned { token: Token::Word(_), span }) if span.start == 0 => span.end,
            _ => 0,
        };
        typed = Typed { text: word, span: span.start..cursor + tail, quote: None };
    }
    let items = match place(&tokens, dataset) {
        Place::Field => fields(dataset, &typed.text),
        Place::Operator(target) => operators(&target, &typed.text),
        Place::Value(target) => values(&target, &typed, known),
        Place::Flag => words(&typed.text, names::FLAGS.iter().map(|(name, _)| *name), ItemKind::Value),
        Place::Connective => words(&typed.text, ["and", "or"], ItemKind::Keyword),
        Place::And => words(&typed.text, ["and"], ItemKind::Keyword),
        Place::Free => Vec::new(),
    };
    Completion { span: typed.span, items }
}

/// The word at the cursor.
struct Typed {
    text: String,
    span: Range<usize>,
    quote: Option<char>,
}

/// What may be at the cursor.
enum Place {
    Field,
    Operator(Target),
    Value(Target),
    Flag,
    Connective,
    /// Between the two values of `between`.
    And,
    /// Anything: a pattern, text to search for.
    Free,
}

/// Walks the tokens before the cursor. Tolerant: what does not fit is taken as what was expected.
fn place(tokens: &[Spanned], dataset: Dataset) -> Place {
    let mut place = Place::Field;
    let (mut in_list, mut between) = (false, false);
    let word_is = |token: &Token, words: &[&str]| words.iter().any(|word| lexer::is_word(token, word));
    for Spanned { token, .. } in tokens {
        place = match place {
            Place::Field => match token {
                Token::Word(word) if !parser::is_keyword(word) => named(word, dataset),
                Token::Quoted { text, .. } => named(text, dataset),
                Token::Close => Place::Connective,
                _ => Place::Field,
            },
            Place::Operator(target) => match token {
                Token::And | Token::Or => Place::Field,
                token if word_is(token, &["and", "or"]) => Place::Field,
                token if word_is(token, &["not", "is"]) => Place::Operator(target),
                token if word_is(token, &["exists", "null"]) => Place::Connective,
                token if word_is(token, &["contains", "like", "matches"]) => Place::Free,
                token if word_is(token, &["has"]) => Place::Flag,
                token => {
                    between = word_is(token, &["between"]);
                    Place::Value(target)
                }
            },
            Place::Value(target) => match token {
                Token::Open | Token::Comma => {
                    in_list |= *token == Token::Open;
                    Place::Value(target)
                }
                Token::Close => {
                    in_list = false;
                    Place::Connective
                }
                token if between && word_is(token, &["and"]) => {
                    between = false;
                    Place::Value(target)
                }
                _ if in_list => Place::Value(target),
                _ if between => Place::Value(target),
                _ => Place::Connective,
            },
            Place::Flag if matches!(token, Token::Open | Token::Comma) => Place::Flag,
            Place::Flag | Place::Free | Place::And => Place::Connective,
            Place::Connective => match token {
                Token::Close => Place::Connective,
                Token::Comma => Place::Flag,
                _ => Place::Field,
            },
        };
    }
    // After the first value of `between` and a space, its `and` follows.
    match (&place, tokens.last()) {
        (Place::Value(_), Some(last)) if between && !word_is(&last.token, &["between"]) => Place::And,
        (Place::Value(_), Some(last)) if in_list && !matches!(last.token, Token::Open | Token::Comma) => Place::Free,
        _ => place,
    }
}

fn named(name: &str, dataset: Dataset) -> Place {
    target::resolve(dataset, name, 0..name.len()).map_or(Place::Free, Place::Operator)
}

/// Fields whose name, alias or path starts with what is typed, then those that hold it.
fn fields(dataset: Dataset, typed: &str) -> Vec<Item> {
    let typed = typed.to_lowercase();
    let spellings = |f: FieldId| -> Vec<String> {
        f.field().aliases.iter().copied().chain([f.name()]).chain(f.event_path()).map(str::to_lowercase).collect()
    };
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for f in field::of(dataset) {
        let item = Item { text: f.name().to_owned(), kind: ItemKind::Field };
        let spellings = spellings(f);
        if spellings.iter().any(|s| s.starts_with(&typed)) {
            first.push(item);
        } else if spellings.iter().any(|s| s.contains(&typed)) {
            second.push(item);
        }
    }
    let own = target::VIRTUAL_NAMES.into_iter().filter(|name| target::virtual_target(dataset, name).is_some());
    first.extend(words(&typed, own, ItemKind::Field));
    first.extend(words(&typed, ["not", "exists"], ItemKind::Keyword));
    first.extend(second);
    first
}

fn operators(target: &Target, typed: &str) -> Vec<Item> {
    let all =
        predicate::OPERATORS.into_iter().chain(["not in", "not between", "not like", "not contains", "is not null"]);
    let fits = |operator: &&str| match target.value_type() {
        Type::FreeText => ["contains", "like", "matches", "not contains", "not like"].contains(operator),
        Type::Boolean => ["=", "!=", "is null", "is not null", "exists"].contains(operator),
        Type::Time => !["like", "contains", "matches", "has", "not like", "not contains"].contains(operator),
        Type::TcpFlags => true,
        _ => *operator != "has",
    };
    words(typed, all.filter(fits), ItemKind::Operator)
}

fn values(target: &Target, typed: &Typed, known: &dyn KnownValues) -> Vec<Item> {
    let kind = target.value_type();
    let mut items = Vec::new();
    let fixed: Vec<&str> = match (kind, target) {
        (Type::Choice(choices), _) => choices.to_vec(),
        (Type::Boolean, _) => vec!["true", "false"],
        (Type::Protocol, _) => names::PROTOCOLS.iter().map(|(name, _)| *name).collect(),
        (Type::Port, _) if !typed.text.is_empty() => names::PORTS.iter().map(|(name, _)| *name).collect(),
        (Type::TcpFlags, _) => names::FLAGS.iter().map(|(name, _)| *name).collect(),
        (_, Target::Field(field)) => names::suggestions(*field).to_vec(),
        _ => Vec::new(),
    };
    items.extend(words(&typed.text, fixed, ItemKind::Value));
    for value in known.values(target, &typed.text) {
        let text = match typed.quote {
            None => shown(target, &value),
            Some('"') => format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
            Some(_) => super::display::quoted(&value),
        };
        let item = Item { text, kind: ItemKind::Value };
        if !items.contains(&item) {
            items.push(item);
        }
    }
    items
}

/// A value as the filter writes it: quoted only where it has to be.
fn shown(target: &Target, value: &str) -> String {
    let kind = target.value_type();
    match super::literal::read(kind, target, value, true, 0..value.len()) {
        Ok(literal) => super::display::literal_text(kind, &literal),
        Err(_) => super::display::quoted(value),
    }
}

fn words<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>, kind: ItemKind) -> Vec<Item> {
    let typed = typed.to_lowercase();
    let starts = candidates.into_iter().filter(|word| word.to_lowercase().starts_with(&typed));
    starts.map(|word| Item { text: word.to_owned(), kind }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Dataset::{Events, Flows};

    struct Actions;

    impl KnownValues for Actions {
        fn values(&self, target: &Target, typed: &str) -> Vec<String> {
            let all = match target.to_string().as_str() {
                "event_name" => vec!["ConsoleLogin", "CreateUser", "it's odd"],
                "srcaddr" => vec!["10.0.0.1"],
                _ => vec![],
            };
            all.into_iter().filter(|value| value.starts_with(typed)).map(str::to_owned).collect()
        }
    }

    /// Proposals at the `^` in the text, and the text that they replace.
    fn at(dataset: Dataset, marked: &str) -> (String, Vec<String>) {
        let cursor = marked.find('^').unwrap();
        let text = marked.replace('^', "");
        let completion = complete(&text, cursor, dataset, &Actions);
        (text[completion.span].to_owned(), completion.items.into_iter().map(|item| item.text).collect())
    }

    fn first(dataset: Dataset, marked: &str, count: usize) -> (String, Vec<String>) {
        let (replaced, mut items) = at(dataset, marked);
        items.truncate(count);
        (replaced, items)
    }

    #[test]
    fn fields_come_first() {
        let expected = |replaced: &str, items: &[&str]| {
            (replaced.to_owned(), items.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(first(Flows, "^", 3), expected("", &["version", "account_id", "interface_id"]));
        assert_eq!(first(Flows, "srcp^", 1), expected("srcp", &["srcport"]));
        assert_eq!(first(Flows, "sourceadd^ress = 1", 1), expected("sourceaddress", &["srcaddr"]));
        assert_eq!(first(Flows, "dstport = 22 and act^", 1), expected("act", &["action"]));
        assert_eq!(first(Flows, "(not dsta^", 1), expected("dsta", &["dstaddr"]));
        assert_eq!(
            first(Events, "userIdentity.a^", 2),
            expected("userIdentity.a", &["user_identity_arn", "user_identity_account_id"])
        );
        assert!(!at(Events, "^").1.contains(&"port".to_owned()));
    }

    #[test]
    fn operators_fit_the_field() {
        assert!(at(Flows, "tcp_flags ^").1.contains(&"has".to_owned()));
        assert!(!at(Flows, "dstport ^").1.contains(&"has".to_owned()));
        assert_eq!(at(Flows, "start b^").1, ["between"]);
        assert_eq!(at(Flows, "any ^").1, ["like", "contains", "matches", "not like", "not contains"]);
        assert_eq!(at(Flows, "dstport not i^").1, ["in", "is null", "is not null"]);
    }

    #[test]
    fn values_are_those_of_the_language_and_of_the_case() {
        assert_eq!(at(Flows, "action = ^").1, ["ACCEPT", "REJECT"]);
        assert_eq!(at(Flows, "action = re^").1, ["REJECT"]);
        assert_eq!(at(Flows, "log_status in (OK, ^").1, ["OK", "NODATA", "SKIPDATA"]);
        assert_eq!(at(Flows, "protocol = ud^").1, ["udp"]);
        assert_eq!(at(Flows, "dstport = rd^").1, ["rdp"]);
        assert_eq!(at(Flows, "tcp_flags has sy^").1, ["syn"]);
        assert_eq!(at(Flows, "tcp_flags has (syn, a^").1, ["ack"]);
        assert_eq!(at(Flows, "srcaddr = 10^").1, ["10.0.0.1"]);
        assert_eq!(at(Events, "event_name = C^").1, ["ConsoleLogin", "CreateUser"]);
        assert_eq!(at(Events, "event_name = 'Cr^").1, ["'CreateUser'"]);
        assert_eq!(at(Events, "event_name = it^").1, ["'it''s odd'"]);
        assert_eq!(at(Events, "userIdentity.type = R^").1, ["Root", "Role"]);
        assert_eq!(at(Events, "read_only = ^").1, ["true", "false"]);
    }

    #[test]
    fn connectives_follow_a_comparison() {
        assert_eq!(at(Flows, "dstport = 22 ^").1, ["and", "or"]);
        assert_eq!(at(Flows, "dstport in (22) o^").1, ["or"]);
        assert_eq!(at(Flows, "dstport is null ^").1, ["and", "or"]);
        assert_eq!(at(Flows, "dstport between 1 ^").1, ["and"]);
        assert_eq!(at(Flows, "(dstport = 1) ^").1, ["and", "or"]);
        assert_eq!(at(Flows, "vpc_id contains ^").1, [""; 0]);
    }

    #[test]
    fn any_cursor_in_any_text_is_answered() {
        for text in ["東京 = 'x", "a & b", "dstport in ((,", "not not )", "vpc_id matches /x", "\"", "x.\"y"] {
            for cursor in 0..text.len() + 2 {
                let span = complete(text, cursor, Flows, &NoValues).span;
                assert!(text.get(span).is_some(), "{text} {cursor}");
            }
        }
    }
}
