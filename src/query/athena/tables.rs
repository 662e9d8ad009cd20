//! Which tables a statement names, and what they are called in it.

use super::lexer::{Kind, Node, problem};
use crate::query::SqlProblem;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Athena's tables that the console has, by the names under which AWS's texts make them.
pub const VIEWS: [&str; 6] =
    ["vpcflow", "vpc_flow_logs", "cloudtrail_logs", "cloudtrail", "incident_iocs", "incident_vpc_flow_directional"];

/// Those with `useridentity` and its parts as columns.
const OF_EVENTS: [&str; 2] = ["cloudtrail_logs", "cloudtrail"];

/// The documented views, which both dialects know.
const DOCUMENTED: [&str; 4] = ["flow_record", "cloudtrail_event", "cloudtrail_occurrence", "indicator"];

/// Words after which a FROM clause is over.
const AFTER_FROM: [&str; 11] =
    ["where", "group", "having", "order", "limit", "offset", "fetch", "union", "intersect", "except", "select"];

/// Words that can follow a table and are no alias.
const NO_ALIAS: [&str; 10] =
    ["on", "using", "join", "inner", "left", "right", "full", "cross", "natural", "tablesample"];

/// A part of a dotted name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub name: String,
    pub is_quoted: bool,
    pub span: Range<usize>,
}

/// What a FROM clause names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Table(Vec<Part>),
    /// A query or a join in brackets.
    Group,
    Unnest,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TableRef {
    pub source: Source,
    pub alias: Option<String>,
    /// The names that follow the alias in brackets.
    pub columns: Vec<String>,
    /// The first and the last node of it, and one more.
    pub nodes: Range<usize>,
    /// The node of the bracket behind the name, if any.
    pub group: Option<usize>,
    pub with_ordinality: bool,
}

/// The parts of a dotted name that begins at a node, and the node behind it.
pub(super) fn path(nodes: &[Node<'_>], from: usize) -> Option<(Vec<Part>, usize)> {
    let part = |at: usize| {
        let token = nodes.get(at)?.token()?;
        Some(Part { name: token.name()?, is_quoted: token.kind == Kind::Quoted, span: token.span() })
    };
    let mut parts = vec![part(from)?];
    let mut at = from + 1;
    while nodes.get(at).is_some_and(|node| node.is_sign(".")) {
        let Some(next) = part(at + 1) else { break };
        parts.push(next);
        at += 2;
    }
    Some((parts, at))
}

/// The table that begins at a node of a FROM clause.
pub(super) fn table_at(nodes: &[Node<'_>], from: usize) -> Option<TableRef> {
    let (source, group, mut at) = match nodes.get(from)? {
        node if node.round().is_some() => (Source::Group, Some(from), from + 1),
        node if node.is("unnest") && nodes.get(from + 1).is_some_and(|next| next.round().is_some()) => {
            (Source::Unnest, Some(from + 1), from + 2)
        }
        _ => {
            let (parts, at) = path(nodes, from)?;
            (Source::Table(parts), None, at)
        }
    };
    let is = |at: usize, word: &str| nodes.get(at).is_some_and(|node: &Node<'_>| node.is(word));
    let with_ordinality = is(at, "with") && is(at + 1, "ordinality");
    at += if with_ordinality { 2 } else { 0 };
    let has_as = is(at, "as");
    let next = at + usize::from(has_as);
    let token = nodes.get(next).and_then(Node::token);
    let is_word = |words: &[&str]| words.iter().any(|word| is(next, word));
    let alias = token.filter(|_| has_as || !is_word(&AFTER_FROM) && !is_word(&NO_ALIAS)).and_then(|token| token.name());
    let mut columns = Vec::new();
    if alias.is_some() {
        at = next + 1;
        if let Some(list) = nodes.get(at).and_then(Node::round) {
            columns = list.inner.iter().filter_map(|node| node.token()?.name()).collect();
            at += 1;
        }
    }
    Some(TableRef { source, alias, columns, nodes: from..at, group, with_ordinality })
}

/// The tables of the FROM clauses of a level, without those in brackets.
pub(super) fn tables_of(nodes: &[Node<'_>]) -> Vec<TableRef> {
    let (mut found, mut in_from, mut at) = (Vec::new(), false, 0);
    while let Some(node) = nodes.get(at) {
        let begins = node.is("from") && !(at > 0 && nodes.get(at - 1).is_some_and(|before| before.is("distinct")));
        let follows = in_from && (node.is("join") || node.is_sign(","));
        if AFTER_FROM.iter().any(|word| node.is(word)) {
            in_from = false;
        }
        at += 1;
        if begins || follows {
            in_from = true;
            if let Some(table) = table_at(nodes, at) {
                at = table.nodes.end;
                found.push(table);
            }
        }
    }
    found
}

/// `UNNEST(x) AS t(r, n)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unnested {
    pub alias: String,
    pub value: String,
    pub ordinality: Option<String>,
}

/// What names in a statement mean.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// Tables of WITH, in lower case.
    pub queries: BTreeSet<String>,
    /// Names that a column can have before it, in lower case.
    pub qualifiers: BTreeSet<String>,
    pub unnested: Vec<Unnested>,
    /// Names of tables that the examiner gave, in lower case, and the view that each is.
    pub given: BTreeMap<String, String>,
}

/// What a table of a statement is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Resolved {
    /// A view of the console; `athena` where only that dialect has it.
    View { name: String, athena: bool },
    /// One of WITH.
    Query,
}

impl Names {
    pub(super) fn of(nodes: &[Node<'_>], given: &BTreeMap<String, String>) -> Self {
        let mut names = Self { given: given.clone(), ..Self::default() };
        names.read(nodes);
        names
    }

    fn read(&mut self, nodes: &[Node<'_>]) {
        for (at, pair) in nodes.windows(2).enumerate() {
            // name AS (SELECT ..), or name (a, b) AS (SELECT ..)
            if let [this, next] = pair
                && this.is("as")
                && let Some(group) = next.round()
                && group.inner.first().is_some_and(|first| first.is("select") || first.is("with"))
            {
                let before = |back: usize| at.checked_sub(back).and_then(|at| nodes.get(at));
                let name = before(1).and_then(Node::token).or_else(|| before(2).and_then(Node::token));
                self.queries.extend(name.and_then(|token| token.name()).map(|name| name.to_lowercase()));
            }
        }
        for table in tables_of(nodes) {
            let last = match &table.source {
                Source::Table(parts) => parts.last().map(|part| part.name.clone()),
                Source::Group | Source::Unnest => None,
            };
            self.qualifiers.extend(last.into_iter().chain(table.alias.clone()).map(|name| name.to_lowercase()));
            if let (Source::Unnest, Some(alias), [value, rest @ ..]) = (&table.source, &table.alias, &table.columns[..])
            {
                let ordinality = rest.first().cloned();
                self.unnested.push(Unnested { alias: alias.clone(), value: value.clone(), ordinality });
            }
        }
        for node in nodes {
            if let Node::Group(group) = node {
                self.read(&group.inner);
            }
        }
    }

    /// What the name of a table means.
    pub(super) fn resolve(&self, parts: &[Part]) -> Option<Resolved> {
        let last = parts.last()?;
        let name = last.name.to_lowercase();
        if parts.len() == 1 && self.queries.contains(&name) {
            return Some(Resolved::Query);
        }
        let is_given = self.given.contains_key(&name);
        let view =
            |name: &str| Some(Resolved::View { name: name.to_owned(), athena: is_given || VIEWS.contains(&name) });
        if let Some(known) = VIEWS.iter().chain(&DOCUMENTED).find(|known| **known == name) {
            return view(known);
        }
        if let Some(given) =
            self.given.get(&name).and_then(|given| VIEWS.iter().chain(&DOCUMENTED).find(|v| *v == given))
        {
            return view(given);
        }
        // "<database>"."<table>", as the playbook has it.
        if parts.len() > 1 && parts.iter().all(|part| part.is_quoted && part.name.starts_with('<')) {
            return view("vpcflow");
        }
        let begun = |known: &&&str| name.strip_prefix(**known).is_some_and(|rest| rest.starts_with('_'));
        VIEWS.iter().filter(begun).max_by_key(|known| known.len()).and_then(|known| view(known))
    }

    /// Does a statement name a table that only Athena's dialect has?
    pub(super) fn names_athena(&self, nodes: &[Node<'_>]) -> bool {
        let is_athena = |table: &TableRef| match &table.source {
            Source::Table(parts) => matches!(self.resolve(parts), Some(Resolved::View { athena: true, .. })),
            Source::Group | Source::Unnest => false,
        };
        let inside = |node: &Node<'_>| matches!(node, Node::Group(group) if self.names_athena(&group.inner));
        tables_of(nodes).iter().any(is_athena) || nodes.iter().any(inside)
    }

    /// Does a level read the events' view itself, so that the parts of useridentity are columns?
    pub(super) fn reads_events(&self, nodes: &[Node<'_>]) -> bool {
        tables_of(nodes).iter().any(|table| match &table.source {
            Source::Table(parts) => matches!(self.resolve(parts),
                Some(Resolved::View { name, .. }) if OF_EVENTS.contains(&name.as_str())),
            Source::Group | Source::Unnest => false,
        })
    }
}

/// A table that nobody knows.
pub(super) fn unknown(sql: &str, parts: &[Part]) -> SqlProblem {
    let name = parts.last().map(|part| part.name.clone()).unwrap_or_default();
    let span = parts.first().map_or(0, |part| part.span.start)..parts.last().map_or(0, |part| part.span.end);
    problem(sql, span, format!("no table {name}; say --table {name}=VIEW"))
}
