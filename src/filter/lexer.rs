//! Text to words. A word runs to the next space, bracket, comma, quote or operator, so that addresses, CIDR blocks,
//! times, ARNs and paths are one word each and need no quotes.

use super::error::FilterError;
use crate::model::Message;
use std::ops::Range;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    /// Without its quotes and escapes.
    Quoted {
        text: String,
        quote: char,
    },
    /// Between slashes; the flags that follow are already in the pattern.
    Regex(String),
    Equal,
    /// `=~`: a pattern follows.
    Match,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    Bang,
    Open,
    Close,
    Comma,
    Semicolon,
}

/// A token and its bytes in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spanned {
    pub token: Token,
    pub span: Range<usize>,
}

/// The tokens before the first error, and the error.
pub(super) fn tokens(text: &str) -> (Vec<Spanned>, Option<FilterError>) {
    let mut found: Vec<Spanned> = Vec::new();
    let mut at = 0;
    let mut in_list = false;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        let last = found.last().map(|s| &s.token);
        let follows = |word: &str| last.is_some_and(|token| is_word(token, word));
        let pattern_follows = c == '/' && (follows("matches") || follows("like") || last == Some(&Token::Match));
        let rest = text.get(at..).unwrap_or_default();
        match comment(rest) {
            Some(Ok(len)) => {
                at += len;
                continue;
            }
            Some(Err(error)) => return (found, Some(shifted(error, at))),
            None => {}
        }
        // `in [a, b]` of CloudWatch Logs Insights; elsewhere brackets belong to a path.
        let opens_list = c == '[' && follows("in");
        let result = match c {
            '/' if pattern_follows => regex(rest),
            '\'' | '"' | '`' => quoted(rest, c),
            '[' if opens_list => Ok((Token::Open, 1)),
            ']' if in_list => Ok((Token::Close, 1)),
            _ => symbol(rest).map_or_else(|| word(rest, in_list), Ok),
        };
        in_list = opens_list || in_list && c != ']';
        match result {
            Ok((token, len)) => {
                found.push(Spanned { token, span: at..at + len });
                at += len;
            }
            Err(error) => return (found, Some(shifted(error, at))),
        }
    }
    (found, None)
}

fn shifted(mut error: FilterError, by: usize) -> FilterError {
    error.span = by + error.span.start..by + error.span.end;
    error
}

/// Bytes of the comment at the start: SQL's `--` and CloudWatch's `# ` to the end of the line, and `/* */`.
fn comment(rest: &str) -> Option<Result<usize, FilterError>> {
    let is_hash =
        rest.strip_prefix('#').is_some_and(|after| after.is_empty() || after.starts_with(char::is_whitespace));
    if rest.starts_with("--") || is_hash {
        return Some(Ok(rest.find('\n').unwrap_or(rest.len())));
    }
    let inside = rest.strip_prefix("/*")?;
    let end = inside.find("*/").map(|end| end + 4);
    Some(end.ok_or_else(|| {
        FilterError::new(0..rest.len(), Message::new("filter-error-open-comment")).proposing(Some(format!("{rest} */")))
    }))
}

pub(super) fn is_word(token: &Token, word: &str) -> bool {
    matches!(token, Token::Word(text) if text.eq_ignore_ascii_case(word))
}

fn symbol(rest: &str) -> Option<(Token, usize)> {
    const SYMBOLS: [(&str, Token); 19] = [
        ("==", Token::Equal),
        ("=~", Token::Match),
        ("!=", Token::NotEqual),
        ("<>", Token::NotEqual),
        ("<=", Token::LessOrEqual),
        (">=", Token::GreaterOrEqual),
        ("&&", Token::And),
        ("||", Token::Or),
        ("≠", Token::NotEqual),
        ("≤", Token::LessOrEqual),
        ("≥", Token::GreaterOrEqual),
        ("=", Token::Equal),
        ("<", Token::Less),
        (">", Token::Greater),
        ("!", Token::Bang),
        ("(", Token::Open),
        (")", Token::Close),
        (",", Token::Comma),
        (";", Token::Semicolon),
    ];
    SYMBOLS.into_iter().find(|(text, _)| rest.starts_with(text)).map(|(text, token)| (token, text.len()))
}

/// `in_list`: a square bracket is open, and the next one closes it.
fn word(rest: &str, in_list: bool) -> Result<(Token, usize), FilterError> {
    let ends = |c: char| c.is_whitespace() || "()'\"`,;=<>!&|≠≤≥".contains(c) || in_list && c == ']';
    let len = rest.find(ends).unwrap_or(rest.len());
    match rest.get(..len) {
        Some(word) if len > 0 => Ok((Token::Word(word.to_owned()), len)),
        _ => {
            // Only a lone & or | gets here.
            let proposal = if rest.starts_with('&') { "and" } else { "or" };
            let message = Message::new("filter-error-single").with("symbol", rest.chars().next().unwrap_or(' '));
            Err(FilterError::new(0..1, message).proposing(Some(proposal.into())))
        }
    }
}

/// `'it''s'` as in SQL; `"a \"b\""` with backslash escapes; `` `name` `` as in Athena.
fn quoted(rest: &str, quote: char) -> Result<(Token, usize), FilterError> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == quote {
            let doubled = quote == '\'' && chars.peek().is_some_and(|(_, next)| *next == quote);
            if !doubled {
                return Ok((Token::Quoted { text, quote }, at + c.len_utf8()));
            }
            chars.next();
            text.push(quote);
        } else if c == '\\' && quote == '"' {
            match chars.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, 't')) => text.push('\t'),
                Some((_, 'r')) => text.push('\r'),
                Some((_, other)) => text.push(other),
                None => break,
            }
        } else {
            text.push(c);
        }
    }
    Err(FilterError::new(0..rest.len(), Message::new("filter-error-open-quotation"))
        .proposing(Some(format!("{rest}{quote}"))))
}

/// `/pattern/`, `/pattern/i`; `\/` is a slash.
fn regex(rest: &str) -> Result<(Token, usize), FilterError> {
    let mut pattern = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '/' => {
                let after = rest.get(at + 1..).unwrap_or_default();
                let flags: &str = after.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
                if !flags.chars().all(|flag| "imsx".contains(flag)) {
                    let span = at + 1..at + 1 + flags.len();
                    return Err(FilterError::new(span, Message::new("filter-error-pattern-flag"))
                        .expecting(["i", "m", "s", "x"]));
                }
                let flagged = if flags.is_empty() { pattern } else { format!("(?{flags}){pattern}") };
                return Ok((Token::Regex(flagged), at + 1 + flags.len()));
            }
            '\\' => match chars.next() {
                Some((_, '/')) => pattern.push('/'),
                Some((_, other)) => pattern.extend(['\\', other]),
                None => break,
            },
            _ => pattern.push(c),
        }
    }
    Err(FilterError::new(0..rest.len(), Message::new("filter-error-open-pattern")).proposing(Some(format!("{rest}/"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexed(text: &str) -> Vec<Token> {
        let (tokens, error) = tokens(text);
        assert_eq!(error, None, "{text}");
        tokens.into_iter().map(|s| s.token).collect()
    }

    fn w(text: &str) -> Token {
        Token::Word(text.into())
    }

    fn q(text: &str, quote: char) -> Token {
        Token::Quoted { text: text.into(), quote }
    }

    #[test]
    fn words_are_long() {
        assert_eq!(lexed("srcaddr in 10.0.0.0/8"), [w("srcaddr"), w("in"), w("10.0.0.0/8")]);
        assert_eq!(lexed("a[*].b>=2001:db8::1"), [w("a[*].b"), Token::GreaterOrEqual, w("2001:db8::1")]);
        assert_eq!(lexed("!(a<>1)&&b||c"), {
            let mut expected = vec![Token::Bang, Token::Open, w("a"), Token::NotEqual, w("1"), Token::Close];
            expected.extend([Token::And, w("b"), Token::Or, w("c")]);
            expected
        });
    }

    #[test]
    fn comments_and_square_lists() {
        let ab = [w("a"), Token::Equal, w("b")];
        for text in ["a = /* x\n ) */ b -- end", "# first\na = b #", "a = b/* */".trim_end_matches("/* */"), "/**/a=b"]
        {
            assert_eq!(lexed(text), ab, "{text}");
        }
        assert_eq!(lexed("a like c/* and #x"), [w("a"), w("like"), w("c/*"), w("and"), w("#x")]);
        let list = [w("a"), w("in"), Token::Open, w("1"), Token::Comma, q("b", '"'), Token::Close];
        for text in ["a in [1,\"b\"]", "a in [ 1 , \"b\" ]"] {
            assert_eq!(lexed(text), list, "{text}");
        }
        assert_eq!(lexed("a in [x] and b[0] = 1")[5..], [w("and"), w("b[0]"), Token::Equal, w("1")]);
        assert_eq!(lexed("a =~ /x y/i"), [w("a"), Token::Match, Token::Regex("(?i)x y".into())]);
        assert_eq!(lexed("a like /x y/"), [w("a"), w("like"), Token::Regex("x y".into())]);
        assert!(tokens("a = 1 /* open").1.is_some());
    }

    #[test]
    fn quotes_and_patterns() {
        assert_eq!(lexed("'it''s' \"a\\\"b\\n\" `end`"), [q("it's", '\''), q("a\"b\n", '"'), q("end", '`')]);
        assert_eq!(lexed("x matches /a\\/b\\d/i"), [w("x"), w("matches"), Token::Regex("(?i)a/b\\d".into())]);
        for text in ["'open", "\"open", "\"open\\", "x matches /open", "x matches /a/z", "a & b", "|"] {
            assert!(tokens(text).1.is_some(), "{text}");
        }
        assert_eq!(tokens("東 = 'x").1.map(|e| e.span), Some(6..8));
    }
}
