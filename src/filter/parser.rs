//! Tokens to a filter, by recursive descent with a limit on depth.

use super::error::{FilterError, nearest};
use super::lexer::{self, Spanned, Token, is_word};
use super::tree::{Check, Filter, Target};
use super::{functions, pipeline, predicate, target};
use crate::model::{Dataset, Message};
use std::ops::Range;

/// Brackets and `not`s inside one another; far above what a person writes, far below what the stack holds.
pub(super) const MAX_DEPTH: usize = 100;
/// Bytes of a filter's text: room for pasted lists of thousands of addresses.
pub(super) const MAX_BYTES: usize = 1 << 20;

const KEYWORDS: [&str; 23] = [
    "and", "or", "not", "in", "between", "like", "contains", "matches", "is", "null", "exists", "has", "where",
    "order", "limit", "group", "having", "select", "from", "union", "escape", "as", "by",
];

/// Words of the language, which need quotes as values.
pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(word))
}

/// Reads a filter. Empty text is `Filter::All`.
///
/// # Errors
/// The first thing that is not understood, with its place and a proposal.
pub fn parse(text: &str, dataset: Dataset) -> Result<Filter, FilterError> {
    if text.len() > MAX_BYTES {
        return Err(FilterError::new(
            0..0,
            Message::new("filter-error-too-long").with("most", MAX_BYTES).with("bytes", text.len()),
        ));
    }
    let (tokens, lexical_error) = lexer::tokens(text);
    let mut parser = Parser { text, dataset, tokens, at: 0, depth: 0 };
    let parsed = parser.whole();
    // An unreadable token ends the list; a mistake before it is reported first, but one at the end is the token itself.
    match (parsed, lexical_error) {
        (Ok(_), Some(lexical)) => Err(lexical),
        (Err(error), Some(lexical)) => Err(if error.span.start < parser.end_of_tokens() { error } else { lexical }),
        (parsed, None) => parsed,
    }
}

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) dataset: Dataset,
    tokens: Vec<Spanned>,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn whole(&mut self) -> Result<Filter, FilterError> {
        if self.nth_is_word(0, "select") {
            let clause = self.tokens.iter().find(|s| is_word(&s.token, "where"));
            let span = self.here().start..clause.map_or(self.text.trim_end().len(), |s| s.span.end);
            let message = Message::new("filter-error-only-where");
            return Err(FilterError::new(span, message).proposing(Some(String::new())));
        }
        if pipeline::is_pipeline(self.text) {
            let span = self.here().start..self.text.trim_end().len();
            let message = Message::new("filter-error-pipeline");
            return Err(FilterError::new(span, message).proposing(Some(pipeline::conditions(self.text))));
        }
        self.accept_word("where");
        if self.peek().is_none() || matches!(self.peek_token(), Some(Token::Semicolon)) {
            return self.finished(Filter::All);
        }
        let filter = self.disjunction()?;
        self.finished(filter)
    }

    /// Nothing but a semicolon may follow.
    fn finished(&mut self, filter: Filter) -> Result<Filter, FilterError> {
        while self.accept(&Token::Semicolon) {}
        let Some(next) = self.peek() else { return Ok(filter) };
        let span = next.span.clone();
        let tail = span.start..self.text.trim_end().len();
        Err(match &next.token {
            Token::Close => FilterError::new(span, Message::new("filter-error-closing-bracket")).expecting([
                "and",
                "or",
                "filter-expected-end",
            ]),
            Token::Word(word) if word.eq_ignore_ascii_case("order") => {
                FilterError::new(tail, Message::new("filter-error-sort")).proposing(Some(String::new()))
            }
            Token::Word(word) if word.eq_ignore_ascii_case("limit") => {
                FilterError::new(tail, Message::new("filter-error-limit")).proposing(Some(String::new()))
            }
            Token::Word(word) if ["group", "having", "union"].iter().any(|w| w.eq_ignore_ascii_case(word)) => {
                FilterError::new(tail, Message::new("filter-error-group")).proposing(Some(String::new()))
            }
            Token::Word(word) => {
                let joined = nearest(word, ["and", "or"]).map_or_else(|| format!("and {word}"), str::to_owned);
                FilterError::new(span, Message::new("filter-error-word-after").with("word", word))
                    .expecting(["and", "or", "filter-expected-end"])
                    .proposing(Some(joined))
            }
            _ => FilterError::new(span, Message::new("filter-error-after")).expecting([
                "and",
                "or",
                "filter-expected-end",
            ]),
        })
    }

    fn disjunction(&mut self) -> Result<Filter, FilterError> {
        let mut parts = vec![self.conjunction()?];
        while self.accept_word("or") || self.accept(&Token::Or) {
            parts.push(self.conjunction()?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Filter::any_of(parts) })
    }

    fn conjunction(&mut self) -> Result<Filter, FilterError> {
        let mut parts = vec![self.negation()?];
        while self.accept_word("and") || self.accept(&Token::And) {
            parts.push(self.negation()?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Filter::all_of(parts) })
    }

    fn negation(&mut self) -> Result<Filter, FilterError> {
        if self.accept_word("not") || self.accept(&Token::Bang) {
            let inner = self.deeper(Self::negation)?;
            return Ok(Filter::Not(Box::new(inner)));
        }
        let Some(open) = self.peek().filter(|s| s.token == Token::Open).map(|s| s.span.clone()) else {
            return self.predicate();
        };
        self.at += 1;
        if self.accept(&Token::Close) {
            return Ok(Filter::All);
        }
        let inner = self.deeper(Self::disjunction)?;
        if self.accept(&Token::Close) {
            return Ok(inner);
        }
        Err(match self.peek() {
            None => FilterError::new(open, Message::new("filter-error-open-bracket")).expecting([")"]),
            Some(next) => {
                FilterError::new(next.span.clone(), Message::new("filter-error-after")).expecting(["and", "or", ")"])
            }
        })
    }

    pub(super) fn deeper<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, FilterError>,
    ) -> Result<T, FilterError> {
        if self.depth >= MAX_DEPTH {
            return Err(FilterError::new(self.here(), Message::new("filter-error-depth").with("most", MAX_DEPTH)));
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }

    /// One comparison, or a field that is alone.
    fn predicate(&mut self) -> Result<Filter, FilterError> {
        let exists = self.peek().is_some_and(|s| is_word(&s.token, "exists"));
        if exists {
            self.at += 1;
            let (target, _) = self.target()?;
            return Ok(Filter::test(target, Check::Present));
        }
        if self.peek().is_some_and(|s| is_word(&s.token, "regexp_like")) && self.nth_is(1, &Token::Open) {
            return functions::regexp_like(self);
        }
        let (target, span) = self.target()?;
        predicate::comparison(self, target, span)
    }

    /// A field, a path, or a function of Athena that our types make needless.
    pub(super) fn target(&mut self) -> Result<(Target, Range<usize>), FilterError> {
        let Some(next) = self.peek().cloned() else {
            return Err(FilterError::new(self.here(), Message::new("filter-error-end-field")).expecting([
                "filter-expected-field",
                "not",
                "(",
            ]));
        };
        match next.token {
            Token::Word(word) if self.nth_is(1, &Token::Open) && !is_keyword(&word) => {
                self.deeper(|parser| functions::target(parser, &word))
            }
            Token::Word(word) if !is_keyword(&word) => {
                self.at += 1;
                let (name, span) = self.long_name(word, next.span);
                let resolved = target::resolve(self.dataset, &name, span.clone());
                let target = resolved.map_err(|error| self.name_error(&name, error))?;
                Ok((target, span))
            }
            Token::Quoted { text, quote: '"' | '`' } => {
                self.at += 1;
                let resolved = target::resolve(self.dataset, &text, next.span.clone());
                Ok((resolved.map_err(|error| self.name_error(&text, error))?, next.span))
            }
            _ => {
                let shown = self.text.get(next.span.clone()).unwrap_or_default();
                Err(FilterError::new(next.span.clone(), Message::new("filter-error-field-before").with("shown", shown))
                    .expecting(["filter-expected-field", "not", "("]))
            }
        }
    }

    /// `requestParameters."x.y".z`: quoted pieces that touch the word belong to it.
    fn long_name(&mut self, word: String, span: Range<usize>) -> (String, Range<usize>) {
        let mut end = span.end;
        while let Some(next) = self.peek() {
            let joins = match &next.token {
                Token::Quoted { quote: '"', .. } => self.text.get(..end).is_some_and(|t| t.ends_with('.')),
                Token::Word(piece) => piece.starts_with(['.', '[']) && end > span.end,
                _ => false,
            };
            if next.span.start != end || !joins {
                break;
            }
            end = next.span.end;
            self.at += 1;
        }
        if end == span.end {
            return (word, span);
        }
        (self.text.get(span.start..end).unwrap_or_default().to_owned(), span.start..end)
    }

    /// Says more where the unknown name is a value, or a partition column whose whole comparison is to be replaced.
    fn name_error(&mut self, name: &str, mut error: FilterError) -> FilterError {
        if error.proposal.is_some() {
            let compares = self
                .peek()
                .is_some_and(|s| matches!(s.token, Token::Equal | Token::GreaterOrEqual | Token::LessOrEqual));
            if let (true, true, Some(value)) = (target::is_partition(name), compares, self.tokens.get(self.at + 1)) {
                error.span.end = value.span.end;
                let operator = self.peek_token().cloned();
                let written = match &value.token {
                    Token::Word(text) | Token::Quoted { text, .. } => text.as_str(),
                    _ => "",
                };
                if let Some(range) = operator.and_then(|operator| day_range(self.dataset, &operator, written)) {
                    error.proposal = Some(range);
                }
            }
            return error;
        }
        let operator_follows = self.peek().is_some_and(|s| predicate::starts_operator(&s.token));
        if operator_follows {
            return error;
        }
        let is_address = crate::model::Address::parse(name.as_bytes()).is_some();
        let proposal = if is_address {
            format!("ip = {name}")
        } else if super::value::Network::parse(name).is_some() {
            format!("ip in {name}")
        } else {
            format!("any contains {}", super::display::quoted(name))
        };
        error.proposing(Some(proposal))
    }

    // Tokens.

    pub(super) fn peek(&self) -> Option<&Spanned> {
        self.tokens.get(self.at)
    }

    pub(super) fn peek_token(&self) -> Option<&Token> {
        self.peek().map(|s| &s.token)
    }

    pub(super) fn nth_is(&self, n: usize, token: &Token) -> bool {
        self.tokens.get(self.at + n).is_some_and(|s| s.token == *token)
    }

    pub(super) fn nth_is_word(&self, n: usize, word: &str) -> bool {
        self.tokens.get(self.at + n).is_some_and(|s| is_word(&s.token, word))
    }

    /// The word there, unquoted, and its place.
    pub(super) fn nth_word(&self, n: usize) -> Option<(String, Range<usize>)> {
        match self.tokens.get(self.at + n) {
            Some(Spanned { token: Token::Word(word), span }) => Some((word.clone(), span.clone())),
            _ => None,
        }
    }

    pub(super) fn next(&mut self) -> Option<Spanned> {
        let token = self.tokens.get(self.at).cloned();
        self.at += usize::from(token.is_some());
        token
    }

    pub(super) fn accept(&mut self, token: &Token) -> bool {
        let found = self.nth_is(0, token);
        self.at += usize::from(found);
        found
    }

    pub(super) fn accept_word(&mut self, word: &str) -> bool {
        let found = self.nth_is_word(0, word);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, token: &Token, shown: &'static str) -> Result<(), FilterError> {
        if self.accept(token) {
            return Ok(());
        }
        Err(FilterError::new(self.here(), Message::new("filter-error-here").with("expected", shown)).expecting([shown]))
    }

    /// The next token's span, or the empty one at the end.
    pub(super) fn here(&self) -> Range<usize> {
        let end = self.text.trim_end().len();
        self.peek().map_or(end..end, |s| s.span.clone())
    }

    pub(super) fn last_end(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |s| s.span.end)
    }

    fn end_of_tokens(&self) -> usize {
        self.tokens.last().map_or(0, |s| s.span.end)
    }
}

/// The times that a comparison of a partition with a day means.
fn day_range(dataset: Dataset, operator: &Token, written: &str) -> Option<String> {
    let day = written.get(..10)?.replace('/', "-");
    let day = chrono::NaiveDate::parse_from_str(&day, "%Y-%m-%d").ok()?;
    let next = day.succ_opt()?;
    let time = if dataset == Dataset::Flows { "start" } else { "event_time" };
    match operator {
        Token::Equal => Some(format!("{time} >= {day} and {time} < {next}")),
        Token::GreaterOrEqual => Some(format!("{time} >= {day}")),
        Token::LessOrEqual => Some(format!("{time} < {next}")),
        _ => None,
    }
}
