//! What has a value in a statement: literals, names, paths, calls.

use super::lexer::{Group, Kind, Node, Token};
use super::piece::{Piece, Role};
use super::rewrite::Rewriter;
use super::tables::{Part, path};
use super::views::{IDENTITY_PARTS, JSON_COLUMNS};
use crate::query::SqlProblem;
use std::ops::Range;

/// Parts of a time that EXTRACT names, and the functions that give them.
const PARTS_OF_TIMES: [&str; 13] = [
    "year",
    "quarter",
    "month",
    "week",
    "day",
    "day_of_week",
    "dow",
    "day_of_year",
    "doy",
    "hour",
    "minute",
    "second",
    "year_of_week",
];

/// What of a call is written otherwise for SQLite.
const RENAMED: [(&str, &str); 4] =
    [("if", "iif"), ("substring", "substr"), ("date", "to_date"), ("now", "coldtrail_now")];

impl<'a> Rewriter<'a> {
    /// What has a value and begins at a node; the node behind it.
    pub(super) fn operand(
        &mut self,
        nodes: &[Node<'a>],
        at: usize,
        events: bool,
    ) -> Result<(Piece, usize), SqlProblem> {
        let (piece, next) = match nodes.get(at) {
            Some(Node::Group(group)) => (self.brackets(group, events)?, at + 1),
            Some(Node::Token(token)) if matches!(token.kind, Kind::Word | Kind::Quoted) => {
                match self.special(nodes, at, token, events)? {
                    Some(found) => found,
                    None => self.name_or_call(nodes, at, events)?,
                }
            }
            Some(Node::Token(token)) => {
                if let Some(content) = token.content().filter(|content| is_placeholder(content)) {
                    self.remarks.push(format!("'{content}' looks like a placeholder: put the value in its place"));
                }
                (Piece::typed(token.text, token.span(), Role::Operand), at + 1)
            }
            None => (Piece::typed("", 0..0, Role::Operand), at + 1),
        };
        let (piece, next) = self.subscripts(nodes, piece, next)?;
        let is = |at: usize, word: &str| nodes.get(at).is_some_and(|node| node.is(word));
        if is(next, "at") && is(next + 1, "time") && is(next + 2, "zone") {
            let span = nodes.get(next).map_or(0..0, Node::span);
            return self.refuse(span, "times are UTC; see --tz");
        }
        Ok((piece, next))
    }

    /// Names that mean something of their own.
    fn special(
        &mut self,
        nodes: &[Node<'a>],
        at: usize,
        token: &Token<'a>,
        events: bool,
    ) -> Result<Option<(Piece, usize)>, SqlProblem> {
        let word = if token.kind == Kind::Word { token.text.to_lowercase() } else { return Ok(None) };
        let next = nodes.get(at + 1);
        let span_to = |node: &Node<'a>| token.at..node.span().end;
        if let Some(text) = next.and_then(Node::token).filter(|next| next.kind == Kind::Text) {
            let span = token.at..text.span().end;
            let kind = match word.as_str() {
                "timestamp" | "date" | "ipaddress" => word.as_str(),
                "decimal" | "double" | "real" => "double",
                "bigint" | "integer" | "int" => "bigint",
                "interval" => return self.refuse(span, "INTERVAL stands behind a time"),
                _ => return Ok(None),
            };
            let call = format!("coldtrail_cast({}, '{kind}', 0)", text.text);
            return Ok(Some((Piece::instead(call, span, Role::Operand), at + 2)));
        }
        if word == "array"
            && let Some(list) = next.and_then(Node::square)
        {
            let inner = self.level(&list.inner, events)?;
            let piece = Piece::around("json_array(", inner, ")", token.at..list.span.end, Role::Operand);
            return Ok(Some((piece, at + 2)));
        }
        let today = match word.as_str() {
            "current_timestamp" | "localtimestamp" => Some("coldtrail_now()"),
            "current_date" => Some("to_date(coldtrail_now())"),
            _ => None,
        };
        if let Some(text) = today {
            let has_precision = next.and_then(Node::round).is_some();
            let piece = Piece::instead(text, token.span(), Role::Operand);
            return Ok(Some((piece, at + 1 + usize::from(has_precision))));
        }
        if word == "grouping" && next.is_some_and(|next| next.is("sets")) {
            return self.not_read(token.span(), "GROUPING SETS");
        }
        let Some(list) = next.and_then(Node::round) else { return Ok(None) };
        let span = next.map_or(token.span(), span_to);
        let piece = match word.as_str() {
            "cast" | "try_cast" => self.cast(list, word == "try_cast", span, events)?,
            "try" => {
                let outside = std::mem::replace(&mut self.quiet, true);
                let inner = self.level(&list.inner, events);
                self.quiet = outside;
                Piece::around("(", inner?, ")", span, Role::Operand)
            }
            "extract" => self.extract(list, span, events)?,
            "position" => self.position(list, span, events)?,
            "row" | "map" | "rollup" | "cube" | "lateral" => return self.not_read(span, &word.to_uppercase()),
            "from_unixtime" if list.inner.iter().any(|node| node.is_sign(",")) => {
                return self.refuse(span, "times are UTC; see --tz");
            }
            "approx_distinct" => {
                let first = list.inner.iter().position(|node| node.is_sign(",")).unwrap_or(list.inner.len());
                let inner = self.level(list.inner.get(..first).unwrap_or_default(), events)?;
                Piece::around("count(DISTINCT ", inner, ")", span, Role::Operand)
            }
            "replace" if list.inner.iter().filter(|node| node.is_sign(",")).count() == 1 => {
                let inner = self.level(&list.inner, events)?;
                Piece::around("replace(", inner, ", '')", span, Role::Operand)
            }
            _ => return Ok(None),
        };
        Ok(Some((piece, at + 2)))
    }

    fn cast(&mut self, list: &Group<'a>, is_try: bool, span: Range<usize>, events: bool) -> Result<Piece, SqlProblem> {
        let Some(middle) = list.inner.iter().rposition(|node| node.is("as")) else {
            return self.refuse(span, "CAST(value AS type) is expected");
        };
        let (value, kind) = list.inner.split_at(middle);
        let kind = kind.get(1..).unwrap_or_default();
        let written = kind.first().map_or(0, |node| node.span().start)..list.span.end.saturating_sub(1);
        let typed: String = self.typed(written.clone()).to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        let base = typed.split(['(', '<', ' ']).next().unwrap_or_default();
        if matches!(base, "map" | "row") {
            return self.not_read(written, &base.to_uppercase());
        }
        if !super::functions::cast::is_type(&typed) {
            return self.not_read(written, &typed.to_uppercase());
        }
        let inner = self.level(value, events)?;
        let quiet = u8::from(is_try || self.quiet);
        let after = format!(", '{}', {quiet})", typed.replace('\'', "''"));
        Ok(Piece::around("coldtrail_cast(", inner, &after, span, Role::Operand))
    }

    fn extract(&mut self, list: &Group<'a>, span: Range<usize>, events: bool) -> Result<Piece, SqlProblem> {
        let part = list.inner.first().and_then(Node::token).map(|token| token.text.to_lowercase());
        let known = part.and_then(|part| PARTS_OF_TIMES.into_iter().find(|known| **known == part));
        let (Some(part), true) = (known, list.inner.get(1).is_some_and(|node| node.is("from"))) else {
            return self.refuse(span, "EXTRACT(part FROM time) is expected, with a part such as year or hour");
        };
        let inner = self.level(list.inner.get(2..).unwrap_or_default(), events)?;
        Ok(Piece::around(&format!("{part}("), inner, ")", span, Role::Operand))
    }

    fn position(&mut self, list: &Group<'a>, span: Range<usize>, events: bool) -> Result<Piece, SqlProblem> {
        let Some(middle) = list.inner.iter().position(|node| node.is("in")) else {
            return self.refuse(span, "POSITION(part IN text) is expected");
        };
        let (part, text) = list.inner.split_at(middle);
        let part = self.level(part, events)?;
        let mut inner = self.level(text.get(1..).unwrap_or_default(), events)?;
        inner.push(Piece::instead(",", span.clone(), Role::Sign));
        inner.extend(part);
        Ok(Piece::around("strpos(", inner, ")", span, Role::Operand))
    }

    fn name_or_call(&mut self, nodes: &[Node<'a>], at: usize, events: bool) -> Result<(Piece, usize), SqlProblem> {
        let Some((parts, next)) = path(nodes, at) else {
            let span = nodes.get(at).map_or(0..0, Node::span);
            return Ok((Piece::typed(self.typed(span.clone()), span, Role::Operand), at + 1));
        };
        if let ([name], Some(list)) = (&parts[..], nodes.get(next).and_then(Node::round)) {
            let lower = name.name.to_lowercase();
            let renamed = RENAMED.iter().find(|(known, _)| *known == lower && !name.is_quoted).map(|(_, new)| *new);
            let called = renamed.unwrap_or(self.typed(name.span.clone()));
            let inner = self.level(&list.inner, events)?;
            let span = name.span.start..list.span.end;
            return Ok((Piece::around(&format!("{called}("), inner, ")", span, Role::Operand), next + 1));
        }
        Ok((self.path(&parts, events), next))
    }

    /// A column, or what a path leads to in one that is JSON.
    fn path(&self, parts: &[Part], events: bool) -> Piece {
        let span = parts.first().map_or(0, |part| part.span.start)..parts.last().map_or(0, |part| part.span.end);
        let typed = || {
            let last = parts.last().map(|part| part.name.clone()).unwrap_or_default();
            Piece::typed(self.typed(span.clone()), span.clone(), Role::Operand).named(last)
        };
        let is_qualified = parts.len() > 1
            && parts.first().is_some_and(|first| self.names.qualifiers.contains(&first.name.to_lowercase()));
        let (qualifier, rest) = parts.split_at(usize::from(is_qualified));
        let Some((column, inner)) = rest.split_first() else { return typed() };
        let place = |text: String| Piece::instead(text, span.clone(), Role::Operand);
        let last = parts.last().map(|part| part.name.clone()).unwrap_or_default();
        let unnested = self.names.unnested.iter().find(|one| {
            let own = qualifier.first().is_none_or(|part| part.name.eq_ignore_ascii_case(&one.alias));
            let is = |name: &str| column.name.eq_ignore_ascii_case(name);
            own && (is(&one.value) || one.ordinality.as_deref().is_some_and(is))
        });
        if let Some(one) = unnested {
            let is_value = column.name.eq_ignore_ascii_case(&one.value);
            let base = format!("{}.{}", quoted(&one.alias), if is_value { "value" } else { "ordinality" });
            let text = if inner.is_empty() { base } else { member(&base, inner) };
            return place(text).named(last);
        }
        let name = column.name.to_lowercase();
        if inner.is_empty() || !JSON_COLUMNS.contains(&name.as_str()) {
            return typed();
        }
        let before: String = qualifier.iter().map(|part| format!("{}.", quoted(&part.name))).collect();
        let below: Vec<String> = inner.iter().map(|part| part.name.to_lowercase()).collect();
        let below = below.join(".");
        let text = match IDENTITY_PARTS.iter().any(|(known, _)| events && name == "useridentity" && *known == below) {
            true => format!("{before}{}", quoted(&format!("useridentity.{below}"))),
            false => member(&format!("{before}{}", quoted(&column.name)), inner),
        };
        place(text).named(last)
    }

    /// `[n]` behind a value, and a path behind that.
    fn subscripts(&mut self, nodes: &[Node<'a>], piece: Piece, from: usize) -> Result<(Piece, usize), SqlProblem> {
        let (mut piece, mut at) = (piece, from);
        while let Some(list) = nodes.get(at).and_then(Node::square) {
            if let [Node::Token(key)] = &list.inner[..]
                && key.kind == Kind::Text
            {
                return self.not_read(list.span.clone(), &format!("map[{}]", key.text));
            }
            let span = piece.span.start..list.span.end;
            let index = self.level(&list.inner, false)?;
            let mut inner = vec![piece, Piece::instead(",", list.span.clone(), Role::Sign)];
            inner.extend(index);
            piece = Piece::around("element_at(", inner, ")", span, Role::Operand);
            at += 1;
            let behind = nodes.get(at).is_some_and(|node| node.is_sign(".")).then(|| path(nodes, at + 1)).flatten();
            if let Some((parts, next)) = behind {
                let span = piece.span.start..parts.last().map_or(list.span.end, |part| part.span.end);
                let last = parts.last().map(|part| part.name.clone()).unwrap_or_default();
                let after = format!("{})", keys(&parts));
                piece = Piece::around("coldtrail_member(", vec![piece], &after, span, Role::Operand).named(last);
                at = next;
            }
        }
        Ok((piece, at))
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn member(base: &str, inner: &[Part]) -> String {
    format!("coldtrail_member({base}{})", keys(inner))
}

fn keys(parts: &[Part]) -> String {
    parts.iter().map(|part| format!(", '{}'", part.name.replace('\'', "''"))).collect()
}

/// Is a text what a published statement has where the reader's own value belongs?
fn is_placeholder(text: &str) -> bool {
    let is_capital = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let is_shouted = text.len() > 3 && text.contains('_') && text.chars().all(is_capital) && !text.starts_with('_');
    let between = |open: char, close: char| {
        text.find(open)
            .is_some_and(|from| text.get(from..).is_some_and(|rest| rest.find(close).is_some_and(|to| to > 1)))
    };
    is_shouted && text.chars().any(|c| c.is_ascii_uppercase())
        || between('<', '>')
        || text.contains("${") && between('{', '}')
}

#[cfg(test)]
mod tests {
    use super::is_placeholder;

    #[test]
    fn placeholders_are_known_by_how_they_are_written() {
        for text in ["START_TIME", "<ip>", "arn:aws:iam::<account>:root", "${bucket}"] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["ACCEPT", "10.0.0.5", "us-east-1", "", "a<b", "_x", "Get%", "_", "A_"] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
