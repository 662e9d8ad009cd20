//! STIX patterns (STIX 2.1, part 9): the comparisons in a pattern that can be searched for, and those that cannot.

use super::pattern::Joined;

/// A comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comparison {
    /// `ipv4-addr:value`
    pub path: String,
    /// `=`, `IN`, `ISSUBSET`, `LIKE` ... in capitals; `NOT` before it where it is negated.
    pub operator: String,
    pub values: Vec<String>,
}

/// What one observation, and so one record, has to meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Observation {
    pub comparisons: Joined<Comparison>,
    /// Other observations belong to it: met alone it is less than the pattern says.
    pub in_and: bool,
}

/// A pattern that cannot be read from this byte on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PatternError {
    pub at: usize,
    pub expected: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    LeftBracket,
    RightBracket,
    Comma,
    Text(String),
    /// Words, paths, numbers and operators.
    Word(String),
}

/// Every observation of a pattern. Qualifiers (`WITHIN`, `REPEATS`, `START`) narrow what is matched and are named by
/// the second value; `FOLLOWEDBY` and `AND` between observations count as AND.
pub(super) fn observations(pattern: &str) -> Result<(Vec<Observation>, Vec<String>), PatternError> {
    let tokens = tokens(pattern)?;
    let mut found: Vec<Observation> = Vec::new();
    let mut qualifiers = Vec::new();
    let mut at = 0;
    // Where the observations of the open brackets begin, and whether an AND joins them.
    let mut groups: Vec<(usize, bool)> = vec![(0, false)];
    while let Some((token, place)) = tokens.get(at) {
        at += 1;
        match token {
            Token::LeftBracket => {
                let mut inside = Inside { tokens: &tokens, at };
                let expected = |(at, expected): (usize, &'static str)| PatternError {
                    at: tokens.get(at).map_or(pattern.len(), |token| token.1),
                    expected,
                };
                let comparisons = inside.any(0).map_err(expected)?;
                inside.take(&Token::RightBracket, "]").map_err(expected)?;
                at = inside.at;
                found.push(Observation { comparisons, in_and: false });
            }
            Token::Open => groups.push((found.len(), false)),
            Token::Close if groups.len() > 1 => close(&mut groups, &mut found),
            Token::Close | Token::RightBracket => return Err(PatternError { at: *place, expected: "[" }),
            Token::Word(word) if word.eq_ignore_ascii_case("and") || word.eq_ignore_ascii_case("followedby") => {
                if let Some(group) = groups.last_mut() {
                    group.1 = true;
                }
            }
            Token::Word(word) if word.eq_ignore_ascii_case("or") => {}
            Token::Word(text) | Token::Text(text) => qualifiers.push(text.clone()),
            Token::Comma => return Err(PatternError { at: *place, expected: "[" }),
        }
    }
    if groups.len() != 1 {
        return Err(PatternError { at: pattern.len(), expected: ")" });
    }
    close(&mut groups, &mut found);
    Ok((found, qualifiers))
}

fn close(groups: &mut Vec<(usize, bool)>, found: &mut [Observation]) {
    if let Some((first, true)) = groups.pop() {
        found.iter_mut().skip(first).for_each(|observation| observation.in_and = true);
    }
}

/// Brackets in brackets: more than anybody writes, and not so many that reading them takes the stack.
const DEEPEST: usize = 50;

/// Which token is wrong, and what is expected there.
type Wrong = (usize, &'static str);

/// What is between the brackets of an observation; AND binds tighter than OR.
struct Inside<'a> {
    tokens: &'a [(Token, usize)],
    at: usize,
}

impl Inside<'_> {
    fn is_word(&self, word: &str) -> bool {
        matches!(self.tokens.get(self.at), Some((Token::Word(found), _)) if found.eq_ignore_ascii_case(word))
    }

    fn take(&mut self, token: &Token, expected: &'static str) -> Result<(), Wrong> {
        match self.tokens.get(self.at) {
            Some((found, _)) if found == token => {
                self.at += 1;
                Ok(())
            }
            _ => Err((self.at, expected)),
        }
    }

    fn any(&mut self, depth: usize) -> Result<Joined<Comparison>, Wrong> {
        let mut parts = vec![self.all(depth)?];
        while self.is_word("or") {
            self.at += 1;
            parts.push(self.all(depth)?);
        }
        Ok(joined(parts, Joined::Or))
    }

    fn all(&mut self, depth: usize) -> Result<Joined<Comparison>, Wrong> {
        let mut parts = vec![self.one(depth)?];
        while self.is_word("and") {
            self.at += 1;
            parts.push(self.one(depth)?);
        }
        Ok(joined(parts, Joined::And))
    }

    fn one(&mut self, depth: usize) -> Result<Joined<Comparison>, Wrong> {
        match self.tokens.get(self.at) {
            Some((Token::Open, _)) if depth == DEEPEST => Err((self.at, "fewer brackets")),
            Some((Token::Open, _)) => {
                self.at += 1;
                let inner = self.any(depth + 1)?;
                self.take(&Token::Close, ")")?;
                Ok(inner)
            }
            Some((Token::Word(path), _)) => {
                let (comparison, next) = comparison(path, self.tokens, self.at + 1)?;
                self.at = next;
                Ok(Joined::One(comparison))
            }
            _ => Err((self.at, "a path")),
        }
    }
}

fn joined<T>(mut parts: Vec<T>, join: impl FnOnce(Vec<T>) -> T) -> T {
    match (parts.len(), parts.pop()) {
        (1, Some(one)) => one,
        (_, last) => {
            parts.extend(last);
            join(parts)
        }
    }
}

type Next = Result<(Comparison, usize), Wrong>;

/// What follows a path: `[NOT] operator value`.
fn comparison(path: &str, tokens: &[(Token, usize)], mut at: usize) -> Next {
    let word = |at: usize| match tokens.get(at) {
        Some((Token::Word(word), _)) => Some(word.to_ascii_uppercase()),
        _ => None,
    };
    let mut path = path.to_owned();
    // A path may hold a quoted step or an index: file:hashes.'SHA-256', x:list[0].
    loop {
        match tokens.get(at) {
            Some((Token::Text(step), _)) if path.ends_with('.') => path.push_str(step),
            Some((Token::LeftBracket, _)) => {
                let index = word(at + 1).ok_or((at + 1, "an index"))?;
                path.push_str(&format!("[{index}]"));
                at += 2;
                if !matches!(tokens.get(at), Some((Token::RightBracket, _))) {
                    return Err((at, "]"));
                }
            }
            Some((Token::Word(more), _)) if more.starts_with('.') => path.push_str(more),
            _ => break,
        }
        at += 1;
    }
    let mut operator = word(at).ok_or((at, "a comparison"))?;
    at += 1;
    if path.eq_ignore_ascii_case("exists") {
        return Ok((
            Comparison { path: operator.to_ascii_lowercase(), operator: path, values: vec![String::new()] },
            at,
        ));
    }
    if operator == "NOT" {
        operator = format!("NOT {}", word(at).ok_or((at, "a comparison"))?);
        at += 1;
    }
    let value = |at: usize| match tokens.get(at) {
        Some((Token::Text(text) | Token::Word(text), _)) => Some(text.clone()),
        _ => None,
    };
    let mut values = Vec::new();
    if matches!(tokens.get(at), Some((Token::Open, _))) {
        loop {
            values.push(value(at + 1).ok_or((at + 1, "a value"))?);
            at += 2;
            match tokens.get(at) {
                Some((Token::Comma, _)) => {}
                Some((Token::Close, _)) => break,
                _ => return Err((at, ")")),
            }
        }
    } else {
        values.push(value(at).ok_or((at, "a value"))?);
    }
    Ok((Comparison { path, operator, values }, at + 1))
}

fn tokens(pattern: &str) -> Result<Vec<(Token, usize)>, PatternError> {
    let mut found = Vec::new();
    let mut chars = pattern.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let token = match c {
            _ if c.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            '[' => Token::LeftBracket,
            ']' => Token::RightBracket,
            ',' => Token::Comma,
            '\'' => {
                let mut text = String::new();
                loop {
                    match chars.next() {
                        Some((_, '\\')) => text.extend(chars.next().map(|(_, c)| c)),
                        Some((_, '\'')) => break,
                        Some((_, c)) => text.push(c),
                        None => return Err(PatternError { at, expected: "'" }),
                    }
                }
                Token::Text(text)
            }
            '=' | '!' | '<' | '>' => {
                let mut word = String::from(c);
                while let Some((_, next)) = chars.next_if(|(_, next)| matches!(next, '=' | '>')) {
                    word.push(next);
                }
                Token::Word(word)
            }
            _ => {
                let mut word = String::from(c);
                let ends = |c: char| c.is_whitespace() || "()[],'=!<>".contains(c);
                while let Some((_, next)) = chars.next_if(|(_, next)| !ends(*next)) {
                    word.push(next);
                }
                Token::Word(word)
            }
        };
        found.push((token, at));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Patterns of each observation, `&` where others belong to it; then the qualifiers.
    fn told(pattern: &str) -> Vec<String> {
        let (found, qualifiers) = observations(pattern).unwrap_or_else(|e| panic!("{pattern}: {e:?}"));
        let one = |c: &Comparison| format!("{} {} {}", c.path, c.operator, c.values.join("|"));
        let part = |part: &Vec<Comparison>| part.iter().map(one).collect::<Vec<_>>().join(" | ");
        let each = |observation: &Observation| {
            let patterns = observation.comparisons.patterns().unwrap();
            let more = if observation.in_and { " &" } else { "" };
            let told = |pattern: Vec<Vec<Comparison>>| {
                format!("{}{more}", pattern.iter().map(part).collect::<Vec<_>>().join(" & "))
            };
            patterns.into_iter().map(told).collect::<Vec<_>>()
        };
        found.iter().flat_map(each).chain(qualifiers).collect()
    }

    #[test]
    fn comparisons_in_their_order() {
        assert_eq!(told("[ipv4-addr:value = '1.2.3.4']"), ["ipv4-addr:value = 1.2.3.4"]);
        assert_eq!(told("[domain-name:value='a.example']"), ["domain-name:value = a.example"]);
        assert_eq!(
            told("[domain-name:value = 'a.example' OR ipv4-addr:value ISSUBSET '10.0.0.0/8']"),
            ["domain-name:value = a.example", "ipv4-addr:value ISSUBSET 10.0.0.0/8"]
        );
        assert_eq!(
            told("[ipv4-addr:value = '1.2.3.4' AND network-traffic:dst_port = 443]"),
            ["ipv4-addr:value = 1.2.3.4 & network-traffic:dst_port = 443"]
        );
        for pattern in ["[a:b = '1' OR (a:b = '2' AND a:c = '3')]", "[a:b = '1' OR a:b = '2' AND a:c = '3']"] {
            assert_eq!(told(pattern), ["a:b = 1", "a:b = 2 & a:c = 3"]);
        }
        assert_eq!(told("[(a:b = '1' OR a:b = '2') AND a:c = '3']"), ["a:b = 1 | a:b = 2 & a:c = 3"]);
        assert_eq!(told("[EXISTS a:b AND a:c = '3']"), ["a:b EXISTS  & a:c = 3"]);
        assert_eq!(told("[a:b IN ('1','2')]"), ["a:b IN 1|2"]);
        assert_eq!(told("[a:b NOT = '1']"), ["a:b NOT = 1"]);
        assert_eq!(told(r"[a:b = 'it\'s \\ here']"), [r"a:b = it's \ here"]);
        assert_eq!(told("[file:hashes.'SHA-256' = 'ff']"), ["file:hashes.SHA-256 = ff"]);
        assert_eq!(
            told("[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'x']"),
            ["network-traffic:extensions.http-request-ext.request_header.User-Agent = x"]
        );
        assert_eq!(told("[a:list[0].b = '1']"), ["a:list[0].b = 1"]);
        assert_eq!(
            told("[a:b = '1'] FOLLOWEDBY [a:b = '2'] WITHIN 600 SECONDS"),
            ["a:b = 1 &", "a:b = 2 &", "WITHIN", "600", "SECONDS"]
        );
    }

    #[test]
    fn broken_patterns_say_where() {
        for (pattern, at, expected) in [
            ("[a:b = '1'", 10, "]"),
            ("a:b = '1']", 9, "["),
            ("[a:b = ]", 7, "a value"),
            ("[a:b]", 4, "a comparison"),
            ("[a:b = 'x]", 7, "'"),
            ("['x' = a]", 1, "a path"),
            ("[a:b IN ('1' '2')]", 13, ")"),
            ("[(a:b = '1']", 11, ")"),
            ("([a:b = '1']", 12, ")"),
            ("[a:b = '1' AND]", 14, "a path"),
            (&*format!("[{}a:b = '1']", "(".repeat(60)), 51, "fewer brackets"),
        ] {
            assert_eq!(observations(pattern), Err(PatternError { at, expected }), "{pattern}");
        }
    }
}
