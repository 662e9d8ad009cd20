//! The words and signs of a statement, and its brackets as a tree.

use crate::query::SqlProblem;
use std::ops::Range;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword.
    Word,
    /// A name in double quotes or back quotes.
    Quoted,
    Text,
    Number,
    Sign,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
    /// Where it begins in the statement.
    pub at: usize,
}

impl Token<'_> {
    pub(super) fn span(&self) -> Range<usize> {
        self.at..self.at + self.text.len()
    }

    pub(super) fn is(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    pub(super) fn is_sign(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }

    /// The name that it is, without quotes.
    pub(super) fn name(&self) -> Option<String> {
        match self.kind {
            Kind::Word => Some(self.text.to_owned()),
            Kind::Quoted => {
                let quote = self.text.get(..1)?;
                let inner = self.text.get(1..self.text.len() - 1).unwrap_or_default();
                Some(inner.replace(&quote.repeat(2), quote))
            }
            Kind::Text | Kind::Number | Kind::Sign => None,
        }
    }

    /// What a text says, without its quotes.
    pub(super) fn content(&self) -> Option<String> {
        let inner = || self.text.get(1..self.text.len().saturating_sub(1)).unwrap_or_default();
        (self.kind == Kind::Text).then(|| inner().replace("''", "'"))
    }
}

/// A token, or brackets with what is in them.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node<'a> {
    Token(Token<'a>),
    Group(Group<'a>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Group<'a> {
    /// `(` or `[`.
    pub open: &'a str,
    pub inner: Vec<Node<'a>>,
    pub span: Range<usize>,
}

impl<'a> Node<'a> {
    pub(super) fn token(&self) -> Option<&Token<'a>> {
        match self {
            Node::Token(token) => Some(token),
            Node::Group(_) => None,
        }
    }

    pub(super) fn round(&self) -> Option<&Group<'a>> {
        self.group("(")
    }

    pub(super) fn square(&self) -> Option<&Group<'a>> {
        self.group("[")
    }

    fn group(&self, open: &str) -> Option<&Group<'a>> {
        match self {
            Node::Group(group) if group.open == open => Some(group),
            _ => None,
        }
    }

    pub(super) fn is(&self, word: &str) -> bool {
        self.token().is_some_and(|token| token.is(word))
    }

    pub(super) fn is_sign(&self, sign: &str) -> bool {
        self.token().is_some_and(|token| token.is_sign(sign))
    }

    pub(super) fn span(&self) -> Range<usize> {
        match self {
            Node::Token(token) => token.span(),
            Node::Group(group) => group.span.clone(),
        }
    }
}

/// A problem at a place of a statement.
pub(super) fn problem(sql: &str, at: Range<usize>, message: impl Into<String>) -> SqlProblem {
    SqlProblem { message: message.into(), at: Some(at), statement: sql.to_owned() }
}

const SIGNS: [&str; 7] = ["->", "||", "<=", ">=", "<>", "!=", "=="];

/// Brackets in brackets at most.
const MOST_DEPTH: usize = 100;

/// The tokens of a statement; comments are left out.
pub(super) fn tokens(sql: &str) -> Result<Vec<Token<'_>>, SqlProblem> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = sql.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = sql.get(at..).unwrap_or_default();
        let (kind, len) = match first {
            c if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            _ if rest.starts_with("--") => {
                at += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            _ if rest.starts_with("/*") => {
                at += rest.find("*/").map_or(rest.len(), |end| end + 2);
                continue;
            }
            '\'' | '"' | '`' => {
                let len = quoted(rest, first).ok_or_else(|| problem(sql, at..sql.len(), "this quote is not closed"))?;
                (if first == '\'' { Kind::Text } else { Kind::Quoted }, len)
            }
            c if c.is_alphabetic() || c == '_' => {
                (Kind::Word, end_of(rest, |c| c.is_alphanumeric() || c == '_' || c == '$'))
            }
            c if c.is_ascii_digit() => (Kind::Number, number(rest)),
            _ => (Kind::Sign, SIGNS.iter().find(|sign| rest.starts_with(**sign)).map_or(first.len_utf8(), |s| s.len())),
        };
        found.push(Token { kind, text: rest.get(..len).unwrap_or_default(), at });
        at += len;
    }
    Ok(found)
}

fn end_of(text: &str, inside: impl Fn(char) -> bool) -> usize {
    text.find(|c: char| !inside(c)).unwrap_or(text.len())
}

/// `12`, `1.5`, `1e-3`; a name that begins with digits is read to its end, so that it is found wrong as a whole.
fn number(text: &str) -> usize {
    let mut len = end_of(text, |c| c.is_ascii_alphanumeric() || c == '.' || c == '_');
    let is_exponent = text.get(..len).is_some_and(|read| read.ends_with(['e', 'E']) && !read.starts_with("0x"));
    if is_exponent && text.get(len..).is_some_and(|rest| rest.starts_with(['+', '-'])) {
        len += 1;
        len += end_of(text.get(len..).unwrap_or_default(), |c| c.is_ascii_digit());
    }
    len
}

fn quoted(text: &str, quote: char) -> Option<usize> {
    let mut inside = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = inside.next() {
        if c == quote && inside.next_if(|(_, next)| *next == quote).is_none() {
            return Some(at + c.len_utf8());
        }
    }
    None
}

/// The statement's tokens with its brackets as groups.
pub(super) fn tree<'a>(sql: &'a str, tokens: &[Token<'a>]) -> Result<Vec<Node<'a>>, SqlProblem> {
    let mut open: Vec<(Token<'a>, Vec<Node<'a>>)> = Vec::new();
    let mut level: Vec<Node<'a>> = Vec::new();
    for token in tokens {
        match token.text {
            "(" | "[" if token.kind == Kind::Sign => {
                if open.len() == MOST_DEPTH {
                    return Err(problem(sql, token.span(), "the brackets are nested too deeply"));
                }
                open.push((*token, std::mem::take(&mut level)));
            }
            ")" | "]" if token.kind == Kind::Sign => {
                let closes = |first: &Token<'_>| (first.text == "(") == (token.text == ")");
                let Some((first, outer)) = open.pop().filter(|(first, _)| closes(first)) else {
                    return Err(problem(sql, token.span(), "this bracket was not opened"));
                };
                let inner = std::mem::replace(&mut level, outer);
                let span = first.at..token.at + token.text.len();
                level.push(Node::Group(Group { open: first.text, inner, span }));
            }
            _ => level.push(Node::Token(*token)),
        }
    }
    match open.pop() {
        Some((first, _)) => Err(problem(sql, first.span(), "this bracket is not closed")),
        None => Ok(level),
    }
}
