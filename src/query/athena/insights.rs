//! Queries of CloudWatch Logs Insights as statements over Athena's tables: commands with `|` between them.

use super::lexer::problem;
use crate::filter::{field_named, target_named};
use crate::model::Dataset;
use crate::query::SqlProblem;
use std::ops::Range;

/// Rows of a query that says no limit.
const ROWS: &str = "10000";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Word,
    Text,
    Regex,
    Number,
    Sign,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Token {
    kind: Kind,
    /// Without quotes or slashes.
    text: String,
    span: Range<usize>,
}

impl Token {
    fn is(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    fn is_sign(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }
}

/// The statement that a pipeline means, and what of it was left out.
///
/// # Errors
/// A command or a function that only CloudWatch has.
pub(super) fn statement(text: &str) -> Result<(String, Vec<String>), SqlProblem> {
    let all = tokens(text);
    let mut query = Query::new(text, &all);
    for stage in all.split(|token| token.is_sign("|")).filter(|stage| !stage.is_empty()) {
        query.stage(stage)?;
    }
    Ok(query.finish())
}

fn tokens(text: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let mut at = 0;
    while let Some(first) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or_default();
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '@' | '$');
        let ended = |quote: char| rest.get(1..).and_then(|inside| inside.find(quote)).map_or(rest.len(), |end| end + 2);
        let pattern = found.last().is_some_and(|last| last.is("like") || last.is_sign("=~"));
        let (kind, len) = match first {
            c if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '#' => {
                at += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            '"' | '\'' => (Kind::Text, ended(first)),
            '`' => (Kind::Word, ended(first)),
            '/' if pattern => (Kind::Regex, ended('/')),
            c if c.is_ascii_digit() => (Kind::Number, rest.find(|c| !is_word(c)).unwrap_or(rest.len())),
            c if is_word(c) => (Kind::Word, rest.find(|c| !is_word(c)).unwrap_or(rest.len())),
            _ => {
                let two = ["=~", "!=", "<=", ">="].iter().find(|sign| rest.starts_with(**sign));
                (Kind::Sign, two.map_or(first.len_utf8(), |sign| sign.len()))
            }
        };
        let span = at..at + len;
        let written = text.get(span.clone()).unwrap_or_default();
        let is_quoted = matches!(kind, Kind::Text | Kind::Regex) || first == '`';
        let inner = if is_quoted { written.get(1..len.saturating_sub(1)).unwrap_or_default() } else { written };
        found.push(Token { kind, text: inner.to_owned(), span });
        at += len;
    }
    found
}

struct Query<'a> {
    text: &'a str,
    dataset: Dataset,
    conditions: Vec<String>,
    columns: Vec<String>,
    groups: Vec<String>,
    order: Vec<String>,
    limit: Option<String>,
    /// Names that `as` gave.
    aliases: Vec<String>,
    grouped: bool,
    remarks: Vec<String>,
}

fn is_name_of(dataset: Dataset, name: &str) -> bool {
    target_named(dataset, name).is_ok()
}

impl<'a> Query<'a> {
    fn new(text: &'a str, tokens: &[Token]) -> Self {
        let names = |dataset| {
            tokens.iter().filter(|token| token.kind == Kind::Word && is_name_of(dataset, &token.text)).count()
        };
        let dataset = if names(Dataset::Events) > names(Dataset::Flows) { Dataset::Events } else { Dataset::Flows };
        Self {
            text,
            dataset,
            conditions: Vec::new(),
            columns: Vec::new(),
            groups: Vec::new(),
            order: Vec::new(),
            limit: None,
            aliases: Vec::new(),
            grouped: false,
            remarks: Vec::new(),
        }
    }

    fn refuse<T>(&self, span: Range<usize>, message: impl Into<String>) -> Result<T, SqlProblem> {
        Err(problem(self.text, span, message))
    }

    fn time(&self) -> &'static str {
        match self.dataset {
            Dataset::Flows => "\"start\"",
            Dataset::Events => "eventtime",
        }
    }

    fn stage(&mut self, stage: &[Token]) -> Result<(), SqlProblem> {
        let Some((command, rest)) = stage.split_first() else { return Ok(()) };
        match command.text.to_lowercase().as_str() {
            "filter" => {
                let condition = self.expression(rest)?;
                self.conditions.push(format!("({condition})"));
            }
            "parse" => self.parse(rest, &command.span)?,
            "fields" | "display" => {
                if !self.grouped && command.is("display") {
                    self.columns.clear();
                }
                for item in split(rest) {
                    self.column(item)?;
                }
            }
            "sort" | "order" => {
                let rest = if rest.first().is_some_and(|token| token.is("by")) {
                    rest.get(1..).unwrap_or_default()
                } else {
                    rest
                };
                for item in split(rest) {
                    let (direction, of) = match item.split_last() {
                        Some((last, of)) if last.is("desc") => (" DESC", of),
                        Some((last, of)) if last.is("asc") => ("", of),
                        _ => ("", item),
                    };
                    let of = self.expression(of)?;
                    self.order.push(of + direction);
                }
            }
            "limit" | "head" | "tail" => {
                let count = rest.first().filter(|token| token.kind == Kind::Number);
                let Some(count) = count else {
                    return self.refuse(command.span.clone(), "a number of rows is expected");
                };
                if command.is("tail") {
                    self.order = vec![format!("{} DESC", self.time())];
                }
                self.limit = Some(count.text.clone());
            }
            "stats" => self.stats(rest)?,
            other => return self.refuse(command.span.clone(), format!("only CloudWatch does {other}")),
        }
        Ok(())
    }

    /// `parse @message "* * .." as a, b`: nothing is to be done where all names are fields.
    fn parse(&mut self, rest: &[Token], at: &Range<usize>) -> Result<(), SqlProblem> {
        let pattern = rest.iter().find(|token| token.kind == Kind::Text);
        let from = rest.iter().position(|token| token.is("as")).map_or(rest.len(), |at| at + 1);
        let names: Vec<&Token> =
            split(rest.get(from..).unwrap_or_default()).into_iter().filter_map(<[Token]>::first).collect();
        let stars = pattern.map_or(0, |pattern| pattern.text.matches('*').count());
        if let Some(unknown) = names.iter().find(|name| !is_name_of(self.dataset, &name.text)) {
            return self
                .refuse(unknown.span.clone(), format!("{} is no field: records are parsed already", unknown.text));
        }
        if stars != names.len() || names.is_empty() {
            return self.refuse(at.clone(), format!("the pattern has {stars} stars for {} names", names.len()));
        }
        Ok(())
    }

    fn column(&mut self, item: &[Token]) -> Result<(), SqlProblem> {
        if let [token] = item
            && token.text.starts_with('@')
            && !token.is("@timestamp")
        {
            self.remarks.push(format!("{} is left out", token.text));
            return Ok(());
        }
        let column = self.named(item)?;
        self.columns.push(column);
        Ok(())
    }

    /// An expression with its name, which is as it was written.
    fn named(&mut self, item: &[Token]) -> Result<String, SqlProblem> {
        let (of, name) = match item {
            [of @ .., is_as, name] if is_as.is("as") => (of, name.text.clone()),
            _ => {
                let begin = item.first().map_or(0, |token| token.span.start);
                let end = item.last().map_or(begin, |token| token.span.end);
                (item, self.text.get(begin..end).unwrap_or_default().to_owned())
            }
        };
        let value = self.expression(of)?;
        self.aliases.push(name.clone());
        Ok(format!("{value} AS \"{}\"", name.replace('"', "\"\"")))
    }

    fn stats(&mut self, rest: &[Token]) -> Result<(), SqlProblem> {
        if self.grouped {
            return self.refuse(rest.first().map_or(0..0, |token| token.span.clone()), "only one stats is read");
        }
        let by = rest.iter().position(|token| token.is("by")).unwrap_or(rest.len());
        let (figures, keys) = rest.split_at(by);
        (self.columns, self.grouped) = (Vec::new(), true);
        for key in split(keys.get(1..).unwrap_or_default()) {
            let key = self.named(key)?;
            self.columns.push(key);
            self.groups.push((self.groups.len() + 1).to_string());
        }
        for figure in split(figures) {
            let figure = self.named(figure)?;
            self.columns.push(figure);
        }
        Ok(())
    }

    /// A field, as a column of the tables.
    fn field(&self, name: &str) -> String {
        if name.eq_ignore_ascii_case("@timestamp") {
            return match self.dataset {
                Dataset::Flows => "from_unixtime(\"start\")".to_owned(),
                Dataset::Events => "eventtime".to_owned(),
            };
        }
        if self.aliases.iter().any(|alias| alias == name) {
            return format!("\"{}\"", name.replace('"', "\"\""));
        }
        match (self.dataset, field_named(self.dataset, name)) {
            (Dataset::Flows, Some(found)) => format!("\"{}\"", found.name()),
            (Dataset::Events, Some(found)) => found.event_path().unwrap_or(found.name()).to_owned(),
            (_, None) => name.to_owned(),
        }
    }

    fn expression(&mut self, tokens: &[Token]) -> Result<String, SqlProblem> {
        let mut out: Vec<String> = Vec::new();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let next = tokens.get(at + 1);
            at += 1;
            match token.kind {
                Kind::Text => out.push(quoted(&token.text)),
                Kind::Number => out.push(token.text.clone()),
                Kind::Regex => return self.refuse(token.span.clone(), "a pattern stands behind like or =~"),
                Kind::Sign if token.text == "=~" => at = self.like(&mut out, tokens, at, token)?,
                Kind::Sign => out.push(match token.text.as_str() {
                    "[" => "(".to_owned(),
                    "]" => ")".to_owned(),
                    sign => sign.to_owned(),
                }),
                Kind::Word if token.is("like") => at = self.like(&mut out, tokens, at, token)?,
                Kind::Word if next.is_some_and(|next| next.is_sign("(")) && !is_plain(&token.text) => {
                    let (arguments, behind) = arguments(tokens, at);
                    out.push(self.call(token, &arguments)?);
                    at = behind;
                }
                Kind::Word if is_plain(&token.text) => out.push(token.text.to_lowercase()),
                Kind::Word => out.push(self.field(&token.text)),
            }
        }
        Ok(out.join(" "))
    }

    /// `x like /re/`, `x =~ "re"`, `x like "part"`.
    fn like(&self, out: &mut Vec<String>, tokens: &[Token], at: usize, of: &Token) -> Result<usize, SqlProblem> {
        let is_not = out.last().is_some_and(|last| last == "not");
        if is_not {
            out.pop();
        }
        let (Some(value), Some(pattern)) = (out.pop(), tokens.get(at)) else {
            return self.refuse(of.span.clone(), "a field and a pattern are expected");
        };
        let call = match pattern.kind {
            Kind::Regex => format!("regexp_like({value}, {})", quoted(&pattern.text)),
            Kind::Text if of.is_sign("=~") => format!("regexp_like({value}, {})", quoted(&pattern.text)),
            Kind::Text => format!("(strpos({value}, {}) > 0)", quoted(&pattern.text)),
            Kind::Word | Kind::Number | Kind::Sign => {
                return self.refuse(pattern.span.clone(), "a pattern in quotes or slashes is expected");
            }
        };
        out.push(if is_not { format!("NOT {call}") } else { call });
        Ok(at + 1)
    }

    fn call(&mut self, name: &Token, arguments: &[&[Token]]) -> Result<String, SqlProblem> {
        let mut values = Vec::new();
        for argument in arguments {
            values.push(self.expression(argument)?);
        }
        let value = |at: usize| values.get(at).cloned().unwrap_or_default();
        Ok(match name.text.to_lowercase().as_str() {
            "count" if values.is_empty() => "count(*)".to_owned(),
            "count" => match value(0).as_str() {
                "*" => "count(*)".to_owned(),
                of => format!("count({of})"),
            },
            "sum" | "avg" | "min" | "max" | "abs" | "ceil" | "floor" | "round" | "sqrt" | "lower" | "upper"
            | "concat" | "greatest" | "least" | "coalesce" | "replace" | "substr" | "trim" | "strlen" => {
                let known = name.text.to_lowercase();
                format!("{}({})", if known == "strlen" { "length" } else { &known }, values.join(", "))
            }
            "count_distinct" => format!("count(DISTINCT {})", value(0)),
            "pct" => format!("approx_percentile({}, {} / 100.0)", value(0), value(1)),
            "latest" => format!("max_by({}, {})", value(0), self.time()),
            "earliest" => format!("min_by({}, {})", value(0), self.time()),
            "ispresent" => format!("({0} IS NOT NULL AND {0} <> '-')", value(0)),
            "isempty" => format!("({0} IS NULL OR {0} = '' OR {0} = '-')", value(0)),
            "isblank" => format!("({0} IS NULL OR trim({0}) = '' OR {0} = '-')", value(0)),
            "isipv4insubnet" | "isipv6insubnet" | "isipinsubnet" => {
                format!("contains({}, cast({} as ipaddress))", value(1), value(0))
            }
            "strcontains" => format!("(strpos({}, {}) > 0)", value(0), value(1)),
            "bin" | "datefloor" => return self.bin(name, arguments),
            other => return self.refuse(name.span.clone(), format!("only CloudWatch does {other}")),
        })
    }

    /// `bin(5m)`: the begin of the span of time.
    fn bin(&self, name: &Token, arguments: &[&[Token]]) -> Result<String, SqlProblem> {
        let period = arguments.last().and_then(|of| of.first()).map(|token| token.text.as_str()).unwrap_or_default();
        let digits = period.find(|c: char| !c.is_ascii_digit()).unwrap_or(period.len());
        let (count, unit) = period.split_at(digits);
        let seconds = match unit {
            "s" | "sec" | "second" | "seconds" => Some(1),
            "m" | "min" | "minute" | "minutes" => Some(60),
            "h" | "hr" | "hour" | "hours" => Some(3600),
            "d" | "day" | "days" => Some(86_400),
            _ => None,
        };
        let length = seconds.zip(count.parse::<u32>().ok()).and_then(|(seconds, count)| count.checked_mul(seconds));
        let Some(length) = length.filter(|length| *length > 0) else {
            return self
                .refuse(name.span.clone(), "bin is read with a period of seconds, minutes, hours or days, such as 5m");
        };
        Ok(match self.dataset {
            Dataset::Flows => format!("from_unixtime(\"start\" / {length} * {length})"),
            Dataset::Events => {
                let second = "cast(to_unixtime(from_iso8601_timestamp(eventtime)) as bigint)";
                format!("from_unixtime({second} / {length} * {length})")
            }
        })
    }

    fn finish(self) -> (String, Vec<String>) {
        let table = match self.dataset {
            Dataset::Flows => "vpcflow",
            Dataset::Events => "cloudtrail",
        };
        let columns = if self.columns.is_empty() { "*".to_owned() } else { self.columns.join(", ") };
        let mut sql = format!("SELECT {columns} FROM {table}");
        if !self.conditions.is_empty() {
            sql.push_str(&format!(" WHERE {}", self.conditions.join(" AND ")));
        }
        if !self.groups.is_empty() {
            sql.push_str(&format!(" GROUP BY {}", self.groups.join(", ")));
        }
        let order = match (self.order.is_empty(), self.grouped) {
            (false, _) => self.order.clone(),
            (true, false) => vec![format!("{} DESC", self.time())],
            (true, true) => self.groups.clone(),
        };
        if !order.is_empty() {
            sql.push_str(&format!(" ORDER BY {}", order.join(", ")));
        }
        sql.push_str(&format!(" LIMIT {}", self.limit.as_deref().unwrap_or(ROWS)));
        (sql, self.remarks)
    }
}

/// Words that SQL has too.
fn is_plain(word: &str) -> bool {
    ["and", "or", "not", "in", "is", "null", "true", "false"].iter().any(|known| known.eq_ignore_ascii_case(word))
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The parts between commas that are in no brackets.
fn split(tokens: &[Token]) -> Vec<&[Token]> {
    let (mut parts, mut begin, mut depth) = (Vec::new(), 0, 0i32);
    for (at, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "(" | "[" if token.kind == Kind::Sign => depth += 1,
            ")" | "]" if token.kind == Kind::Sign => depth -= 1,
            "," if token.kind == Kind::Sign && depth == 0 => {
                parts.push(tokens.get(begin..at).unwrap_or_default());
                begin = at + 1;
            }
            _ => {}
        }
    }
    parts.push(tokens.get(begin..).unwrap_or_default());
    parts.retain(|part| !part.is_empty());
    parts
}

/// The arguments in the brackets that begin at a place, and the place behind them.
fn arguments(tokens: &[Token], open: usize) -> (Vec<&[Token]>, usize) {
    let (mut depth, mut end) = (0i32, tokens.len());
    for (at, token) in tokens.iter().enumerate().skip(open) {
        depth += i32::from(token.is_sign("(")) - i32::from(token.is_sign(")"));
        if depth == 0 {
            end = at;
            break;
        }
    }
    (split(tokens.get(open + 1..end).unwrap_or_default()), end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sql(text: &str) -> String {
        statement(text).map_or_else(|problem| problem.message, |(sql, _)| sql)
    }

    #[test]
    fn pipelines_become_statements() {
        for (text, expected) in [
            (
                "filter dstport = 443 | stats sum(bytes) by bin(1m)",
                "SELECT from_unixtime(\"start\" / 60 * 60) AS \"bin(1m)\", sum(\"bytes\") AS \"sum(bytes)\" FROM vpcflow \
                 WHERE (\"dstport\" = 443) GROUP BY 1 ORDER BY 1 LIMIT 10000",
            ),
            (
                "# all\nparse @message \"* *\" as srcaddr, dstaddr\n| stats sum(bytes) as n by srcaddr | sort by n desc | limit 2",
                "SELECT \"srcaddr\" AS \"srcaddr\", sum(\"bytes\") AS \"n\" FROM vpcflow GROUP BY 1 ORDER BY \"n\" DESC LIMIT 2",
            ),
            (
                "fields @timestamp, @message, srcAddr | filter srcAddr in [\"10.0.0.1\", \"10.0.0.2\"] and action not like /REJ.*/",
                "SELECT from_unixtime(\"start\") AS \"@timestamp\", \"srcaddr\" AS \"srcAddr\" FROM vpcflow \
                 WHERE (\"srcAddr\" in ( '10.0.0.1' , '10.0.0.2' ) and NOT regexp_like(\"action\", 'REJ.*')) \
                 ORDER BY \"start\" DESC LIMIT 10000",
            ),
            (
                "filter eventName like \"Get\" and ispresent(errorCode) | stats count(*) by eventName, userIdentity.arn",
                "SELECT eventName AS \"eventName\", userIdentity.arn AS \"userIdentity.arn\", count(*) AS \"count(*)\" FROM cloudtrail \
                 WHERE ((strpos(eventName, 'Get') > 0) and (errorCode IS NOT NULL AND errorCode <> '-')) GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 10000",
            ),
            ("pattern @message", "only CloudWatch does pattern"),
            ("fields srcaddr | anomaly", "only CloudWatch does anomaly"),
            ("stats stddev(bytes)", "only CloudWatch does stddev"),
            ("parse @message \"*\" as nonsense", "nonsense is no field: records are parsed already"),
            ("parse @message \"* *\" as srcaddr", "the pattern has 2 stars for 1 names"),
        ] {
            assert_eq!(sql(text), expected, "{text}");
        }
        for odd in [
            "filter",
            "filter like",
            "stats by",
            "sort",
            "limit",
            "filter (",
            "filter a in [",
            "parse",
            "stats bin(",
            "filter x like /",
            "|",
        ] {
            let _ = statement(odd);
        }
    }
}
