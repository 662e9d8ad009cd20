//! STIX patterns (STIX 2.1, part 9): the comparisons in a pattern that can be looked for, and those that cannot.

/// A comparison, in the order of the pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// `ipv4-addr:value`
    pub path: String,
    /// `=`, `IN`, `ISSUBSET`, `LIKE` ... in capitals; `NOT` before it where it is negated.
    pub operator: String,
    pub values: Vec<String>,
    /// It stands in an AND: met alone it is less than the pattern says.
    pub in_and: bool,
}

/// A pattern that cannot be read from this byte on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
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

/// Every comparison of a pattern. Qualifiers (`WITHIN`, `REPEATS`, `START`) narrow what is met and are named by the second
/// value; `FOLLOWEDBY` and `AND` between observations count as AND.
pub fn comparisons(pattern: &str) -> Result<(Vec<Comparison>, Vec<String>), PatternError> {
    let tokens = tokens(pattern)?;
    let mut found: Vec<Comparison> = Vec::new();
    let mut qualifiers = Vec::new();
    let mut at = 0;
    let mut inside = false;
    // Where the comparisons of the open brackets begin, and whether an AND joins them.
    let mut groups: Vec<(usize, bool)> = vec![(0, false)];
    let expected = |at: usize, expected| PatternError { at: tokens.get(at).map_or(pattern.len(), |t| t.1), expected };
    while let Some((token, place)) = tokens.get(at) {
        at += 1;
        match token {
            Token::LeftBracket | Token::Open => {
                inside |= *token == Token::LeftBracket;
                groups.push((found.len(), false));
            }
            Token::RightBracket | Token::Close => {
                inside &= *token != Token::RightBracket;
                if groups.len() < 2 {
                    return Err(PatternError { at: *place, expected: "[" });
                }
                close(&mut groups, &mut found);
            }
            Token::Word(word) if word.eq_ignore_ascii_case("and") || word.eq_ignore_ascii_case("followedby") => {
                if let Some(group) = groups.last_mut() {
                    group.1 = true;
                }
            }
            Token::Word(word) if word.eq_ignore_ascii_case("or") => {}
            Token::Word(path) if inside => {
                let (comparison, next) = comparison(path, &tokens, at).map_err(|(at, what)| expected(at, what))?;
                found.push(comparison);
                at = next;
            }
            Token::Word(word) => qualifiers.push(word.clone()),
            Token::Text(text) if !inside => qualifiers.push(text.clone()),
            Token::Text(_) | Token::Comma => return Err(PatternError { at: *place, expected: "a path" }),
        }
    }
    if groups.len() != 1 {
        return Err(PatternError { at: pattern.len(), expected: "]" });
    }
    close(&mut groups, &mut found);
    Ok((found, qualifiers))
}

fn close(groups: &mut Vec<(usize, bool)>, found: &mut [Comparison]) {
    if let Some((first, true)) = groups.pop() {
        found.iter_mut().skip(first).for_each(|comparison| comparison.in_and = true);
    }
}

type Next = Result<(Comparison, usize), (usize, &'static str)>;

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
    Ok((Comparison { path, operator, values, in_and: false }, at + 1))
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

    fn told(pattern: &str) -> Vec<String> {
        let (found, qualifiers) = comparisons(pattern).unwrap_or_else(|e| panic!("{pattern}: {e:?}"));
        let one = |c: &Comparison| {
            format!("{} {} {}{}", c.path, c.operator, c.values.join("|"), if c.in_and { " &" } else { "" })
        };
        found.iter().map(one).chain(qualifiers).collect()
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
            ["ipv4-addr:value = 1.2.3.4 &", "network-traffic:dst_port = 443 &"]
        );
        assert_eq!(told("[a:b = '1' OR (a:b = '2' AND a:c = '3')]"), ["a:b = 1", "a:b = 2 &", "a:c = 3 &"]);
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
        ] {
            assert_eq!(comparisons(pattern), Err(PatternError { at, expected }), "{pattern}");
        }
    }
}
