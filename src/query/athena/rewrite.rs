//! From Athena's dialect to SQLite's, word by word: what both read alike stays as it was typed.

use super::lexer::{Group, Kind, Node, Token, problem};
use super::piece::{Piece, Role};
use super::tables::{Names, Resolved, Source, TableRef, table_at, unknown};
use crate::query::SqlProblem;
use std::ops::Range;

/// Words that are no names.
const KEYWORDS: &[&str] = &[
    "all",
    "and",
    "any",
    "as",
    "asc",
    "between",
    "by",
    "case",
    "cross",
    "current",
    "desc",
    "distinct",
    "else",
    "end",
    "escape",
    "except",
    "exists",
    "fetch",
    "filter",
    "first",
    "following",
    "for",
    "from",
    "full",
    "group",
    "groups",
    "having",
    "ignore",
    "in",
    "inner",
    "intersect",
    "is",
    "join",
    "last",
    "left",
    "like",
    "limit",
    "natural",
    "next",
    "not",
    "nulls",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "over",
    "partition",
    "preceding",
    "range",
    "recursive",
    "respect",
    "right",
    "row",
    "rows",
    "select",
    "some",
    "then",
    "unbounded",
    "union",
    "using",
    "values",
    "when",
    "where",
    "with",
];

/// Of these, those that people call columns.
const ALSO_NAMES: &[&str] = &["first", "last", "next", "only", "row", "rows", "range", "current", "any", "all"];

/// Where a level of brackets is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clause {
    Expression,
    Select,
    From,
    OrderBy,
}

pub(super) struct Rewriter<'a> {
    pub sql: &'a str,
    pub names: Names,
    pub remarks: Vec<String>,
    /// Inside TRY, where a value that does not fit is no remark.
    pub quiet: bool,
    /// Views that are read.
    pub views: Vec<String>,
}

/// A level of brackets that is being rewritten.
struct Level {
    pieces: Vec<Piece>,
    clause: Clause,
    /// Where the item of the clause begins.
    item: usize,
    /// Are the parts of useridentity columns here?
    events: bool,
}

impl<'a> Rewriter<'a> {
    pub(super) fn refuse<T>(&self, span: Range<usize>, message: impl Into<String>) -> Result<T, SqlProblem> {
        Err(problem(self.sql, span, message))
    }

    /// Something that Athena reads and the console does not.
    pub(super) fn not_read<T>(&self, span: Range<usize>, what: &str) -> Result<T, SqlProblem> {
        self.refuse(span, format!("{what} is not read"))
    }

    pub(super) fn typed(&self, span: Range<usize>) -> &'a str {
        self.sql.get(span).unwrap_or_default()
    }

    /// The pieces of a level; `events` as around it.
    pub(super) fn level(&mut self, nodes: &[Node<'a>], events: bool) -> Result<Vec<Piece>, SqlProblem> {
        let is_query = nodes.iter().any(|node| node.is("select"));
        let events = if is_query { self.names.reads_events(nodes) } else { events };
        let mut level = Level { pieces: Vec::new(), clause: Clause::Expression, item: 0, events };
        let mut at = 0;
        while at < nodes.len() {
            at = self.next(nodes, at, &mut level)?;
        }
        self.end_item(&mut level);
        Ok(level.pieces)
    }

    /// Reads what begins at a node; the node behind it.
    fn next(&mut self, nodes: &[Node<'a>], at: usize, level: &mut Level) -> Result<usize, SqlProblem> {
        let Some(node) = nodes.get(at) else { return Ok(at + 1) };
        match node {
            Node::Token(token) if token.kind == Kind::Sign => self.sign(nodes, at, token, level),
            Node::Token(token) if is_keyword(nodes, at, token) => self.keyword(nodes, at, token, level),
            _ => {
                let (piece, next) = self.operand(nodes, at, level.events)?;
                level.pieces.push(piece);
                Ok(next)
            }
        }
    }

    fn sign(
        &mut self,
        nodes: &[Node<'a>],
        at: usize,
        token: &Token<'a>,
        level: &mut Level,
    ) -> Result<usize, SqlProblem> {
        match token.text {
            "->" => return self.refuse(token.span(), "functions with -> are not read; use UNNEST"),
            "+" | "-" if nodes.get(at + 1).is_some_and(|next| next.is("interval")) => {
                return self.interval(nodes, at, level);
            }
            "," => {
                self.end_item(level);
                level.pieces.push(Piece::typed(",", token.span(), Role::Sign));
                level.item = level.pieces.len();
                if level.clause == Clause::From {
                    return self.table(nodes, at + 1, level);
                }
            }
            text => level.pieces.push(Piece::typed(text, token.span(), Role::Sign)),
        }
        Ok(at + 1)
    }

    fn keyword(
        &mut self,
        nodes: &[Node<'a>],
        at: usize,
        token: &Token<'a>,
        level: &mut Level,
    ) -> Result<usize, SqlProblem> {
        let word = token.text.to_lowercase();
        let follows = |next: &str| nodes.get(at + 1).is_some_and(|node| node.is(next));
        let piece = Piece::typed(token.text, token.span(), Role::Word(word.clone()));
        let is_distinct_from = word == "from" && level.pieces.last().is_some_and(|piece| piece.is("distinct"));
        match word.as_str() {
            "with" if follows("ordinality") => return self.not_read(token.span(), "WITH ORDINALITY"),
            "fetch" | "offset" | "limit" if level.clause != Clause::Expression || is_at_end(nodes, at) => {
                self.end_item(level);
                return self.limit(nodes, at, level);
            }
            "group" if level.pieces.last().is_some_and(|before| before.name.as_deref() == Some("within")) => {
                return self.not_read(token.span(), "WITHIN GROUP");
            }
            "select" => {
                level.pieces.push(piece);
                let modifier = |word: &&str| follows(word);
                let skip = ["distinct", "all"].iter().any(modifier);
                if let Some(Node::Token(next)) = nodes.get(at + 1).filter(|_| skip) {
                    level.pieces.push(Piece::typed(next.text, next.span(), Role::Word(next.text.to_lowercase())));
                }
                (level.clause, level.item) = (Clause::Select, level.pieces.len());
                return Ok(at + 1 + usize::from(skip));
            }
            "from" if !is_distinct_from && level.clause != Clause::OrderBy => {
                self.end_item(level);
                level.pieces.push(piece);
                level.clause = Clause::From;
                return self.table(nodes, at + 1, level);
            }
            "join" => {
                level.pieces.push(piece);
                level.clause = Clause::From;
                return self.table(nodes, at + 1, level);
            }
            "order" if follows("by") => {
                self.end_item(level);
                level.pieces.push(piece);
                let by = nodes.get(at + 1).map_or(token.span(), Node::span);
                level.pieces.push(Piece::typed("BY", by, Role::Word("by".into())));
                (level.clause, level.item) = (Clause::OrderBy, level.pieces.len());
                return Ok(at + 2);
            }
            "where" | "group" | "having" | "union" | "intersect" | "except" | "rows" | "range" | "groups" => {
                self.end_item(level);
                level.pieces.push(piece);
                level.clause = Clause::Expression;
            }
            _ => level.pieces.push(piece),
        }
        Ok(at + 1)
    }

    /// What has to be added to an item of SELECT or of ORDER BY.
    fn end_item(&self, level: &mut Level) {
        let item = level.pieces.get(level.item..).unwrap_or_default();
        let (Some(first), Some(last)) = (item.first(), item.last()) else { return };
        match level.clause {
            Clause::OrderBy if !item.iter().any(|piece| piece.is("nulls")) => {
                if let Some(last) = level.pieces.pop() {
                    level.pieces.push(last.then(" NULLS LAST"));
                }
            }
            // The column is called as it was typed.
            Clause::Select if !item.iter().any(|piece| piece.is("as")) && !has_alias(item) && last.text() != "*" => {
                let typed = self.typed(first.span.start..last.span.end);
                let only = (item.len() == 1).then(|| last.name.clone()).flatten();
                let name = only.unwrap_or_else(|| typed.to_owned());
                let alias = format!(" AS \"{}\"", name.replace('"', "\"\""));
                if let Some(last) = level.pieces.pop() {
                    level.pieces.push(last.then(&alias));
                }
            }
            Clause::OrderBy | Clause::Select | Clause::From | Clause::Expression => {}
        }
        level.item = level.pieces.len();
    }

    /// A table of a FROM clause.
    fn table(&mut self, nodes: &[Node<'a>], at: usize, level: &mut Level) -> Result<usize, SqlProblem> {
        let Some(found) = table_at(nodes, at) else { return Ok(at) };
        let span = nodes.get(at).map_or(0, |node| node.span().start)
            ..nodes.get(found.nodes.end.saturating_sub(1)).map_or(0, |node| node.span().end);
        if nodes.get(at).is_some_and(|node| node.is("lateral")) {
            return self.not_read(span, "LATERAL");
        }
        if nodes.get(found.nodes.end).is_some_and(|node| node.is("tablesample")) {
            return self.not_read(span, "TABLESAMPLE");
        }
        if found.source == Source::Unnest {
            return self.unnest(nodes, &found, span, level);
        }
        if !found.columns.is_empty() {
            let alias = found.alias.unwrap_or_default();
            return self.not_read(span, &format!("AS {alias}({})", found.columns.join(", ")));
        }
        let source = match &found.source {
            Source::Table(parts) => {
                let begin = parts.first().map_or(span.start, |part| part.span.start);
                let place = begin..parts.last().map_or(begin, |part| part.span.end);
                match self.names.resolve(parts) {
                    None => return Err(unknown(self.sql, parts)),
                    Some(Resolved::Query) => Piece::typed(self.typed(place.clone()), place, Role::Operand),
                    Some(Resolved::View { name, .. }) => {
                        let last = parts.last().map(|part| part.name.clone()).unwrap_or_default();
                        let renamed = found.alias.is_none() && !last.eq_ignore_ascii_case(&name);
                        let alias =
                            if renamed { format!(" AS \"{}\"", last.replace('"', "\"\"")) } else { String::new() };
                        self.views.push(name.clone());
                        Piece::instead(name + &alias, place, Role::Operand)
                    }
                }
            }
            Source::Group | Source::Unnest => match found.group.and_then(|at| nodes.get(at)) {
                Some(Node::Group(group)) => {
                    let inner = self.level(&group.inner, level.events)?;
                    Piece::around("(", inner, ")", group.span.clone(), Role::Operand)
                }
                _ => return Ok(found.nodes.end),
            },
        };
        level.pieces.push(match &found.alias {
            Some(alias) => source.then(&format!(" AS \"{}\"", alias.replace('"', "\"\""))),
            None => source,
        });
        Ok(found.nodes.end)
    }

    fn unnest(
        &mut self,
        nodes: &[Node<'a>],
        found: &TableRef,
        span: Range<usize>,
        level: &mut Level,
    ) -> Result<usize, SqlProblem> {
        let joined = |back: usize, word: &str| {
            level.pieces.len().checked_sub(back).and_then(|at| level.pieces.get(at)).is_some_and(|piece| piece.is(word))
        };
        let list = found.group.and_then(|at| nodes.get(at)).and_then(Node::round);
        let one = list.filter(|list| !list.inner.iter().any(|node| node.is_sign(",")));
        let columns = 1 + usize::from(found.with_ordinality);
        let (Some(alias), Some(list), true) = (&found.alias, one, joined(1, "join") && joined(2, "cross")) else {
            return self.refuse(span, "write CROSS JOIN UNNEST(x) AS t(r)");
        };
        if found.columns.len() != columns {
            return self.not_read(span, &format!("AS {alias}({})", found.columns.join(", ")));
        }
        let inner = self.level(&list.inner, level.events)?;
        let after = format!(") AS \"{}\"", alias.replace('"', "\"\""));
        level.pieces.push(Piece::around("coldtrail_unnest(", inner, &after, span, Role::Operand));
        Ok(found.nodes.end)
    }

    /// LIMIT, OFFSET and FETCH in whatever order, as SQLite takes them.
    fn limit(&mut self, nodes: &[Node<'a>], from: usize, level: &mut Level) -> Result<usize, SqlProblem> {
        let (mut limit, mut offset, mut at) = (None, None, from);
        let value = |at: usize| nodes.get(at).and_then(Node::token).map(|token| token.text.to_owned());
        let is = |at: usize, words: &[&str]| words.iter().any(|word| nodes.get(at).is_some_and(|node| node.is(word)));
        loop {
            if is(at, &["limit"]) {
                limit = value(at + 1);
                at += 2;
                if nodes.get(at).is_some_and(|node| node.is_sign(",")) {
                    // SQLite's own: LIMIT offset, count.
                    (offset, limit) = (limit, value(at + 1));
                    at += 2;
                }
            } else if is(at, &["offset"]) {
                offset = value(at + 1);
                at += 2 + usize::from(is(at + 2, &["row", "rows"]));
            } else if is(at, &["fetch"]) && is(at + 1, &["first", "next"]) {
                let counted = !is(at + 2, &["row", "rows"]);
                limit = if counted { value(at + 2) } else { Some("1".to_owned()) };
                at += 3 + usize::from(counted);
                if !is(at, &["only"]) {
                    let span = nodes.get(from).map_or(0..0, Node::span);
                    return self.not_read(span, "FETCH without ONLY");
                }
                at += 1;
            } else {
                break;
            }
        }
        let span = nodes.get(from).map_or(0..0, Node::span);
        let all = limit.is_none() || limit.as_ref().is_some_and(|limit| limit.eq_ignore_ascii_case("all"));
        let text = match (limit.filter(|_| !all), offset) {
            (Some(limit), Some(offset)) => format!("LIMIT {limit} OFFSET {offset}"),
            (Some(limit), None) => format!("LIMIT {limit}"),
            (None, Some(offset)) => format!("LIMIT -1 OFFSET {offset}"),
            (None, None) => String::new(),
        };
        level.clause = Clause::Expression;
        level.pieces.push(Piece::instead(text, span, Role::Word("limit".into())));
        level.item = level.pieces.len();
        Ok(at.max(from + 1))
    }

    /// `x + INTERVAL '1' day`.
    fn interval(&mut self, nodes: &[Node<'a>], at: usize, level: &mut Level) -> Result<usize, SqlProblem> {
        let span = nodes.get(at + 1).map_or(0..0, Node::span);
        let misplaced = "INTERVAL stands behind a time";
        let negative = nodes.get(at + 2).is_some_and(|node| node.is_sign("-"));
        let from = at + 2 + usize::from(negative);
        let token = |at: usize| nodes.get(at).and_then(Node::token);
        let (Some(count), Some(unit)) = (token(from).and_then(Token::content), token(from + 1)) else {
            return self.refuse(span, misplaced);
        };
        if token(from + 2).is_some_and(|token| token.is("to")) {
            return self.not_read(span, "INTERVAL .. TO");
        }
        let Ok(count) = count.trim().parse::<i64>() else {
            return self.refuse(span, format!("'{count}' is no number of units"));
        };
        let minus = nodes.get(at).is_some_and(|node| node.is_sign("-"));
        let count = if minus != negative { -count } else { count };
        let Some(time) = level.pieces.pop().filter(|piece| piece.is_operand() && level.pieces.len() >= level.item)
        else {
            return self.refuse(span, misplaced);
        };
        let begin = time.span.start;
        let before = format!("date_add('{}', {count}, ", unit.text.to_lowercase());
        let piece = Piece::around(&before, vec![time], ")", begin..unit.span().end, Role::Operand);
        level.pieces.push(piece);
        Ok(from + 2)
    }

    /// Brackets and what is in them.
    pub(super) fn brackets(&mut self, group: &Group<'a>, events: bool) -> Result<Piece, SqlProblem> {
        let inner = self.level(&group.inner, events)?;
        Ok(Piece::around("(", inner, ")", group.span.clone(), Role::Operand))
    }
}

/// Is it a keyword where it stands, and not the name of a column or a function?
fn is_keyword(nodes: &[Node<'_>], at: usize, token: &Token<'_>) -> bool {
    let word = token.text.to_lowercase();
    let before = |sign: &str| at > 0 && nodes.get(at - 1).is_some_and(|node| node.is_sign(sign));
    if word == "row" && nodes.get(at + 1).is_some_and(|next| next.round().is_some()) {
        return false;
    }
    token.kind == Kind::Word && KEYWORDS.contains(&word.as_str()) && !before(".")
}

/// Is only LIMIT, OFFSET or FETCH left of the level?
fn is_at_end(nodes: &[Node<'_>], at: usize) -> bool {
    nodes
        .get(at + 1)
        .and_then(Node::token)
        .is_some_and(|next| next.kind == Kind::Number || next.is("first") || next.is("next") || next.is("all"))
}

/// Does an item of SELECT end in a name of its own: `count(*) cnt`?
fn has_alias(item: &[Piece]) -> bool {
    match item {
        [.., before, last] => {
            let is_name = last.is_operand() || ALSO_NAMES.iter().any(|word| last.is(word));
            is_name && (before.is_operand() || before.is("end"))
        }
        _ => false,
    }
}
