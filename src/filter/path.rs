//! Paths into the JSON of an event: `requestParameters.bucketName`, `resources[*].ARN`, `resources[0].type`.

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Member of an object.
    Key(Box<str>),
    /// Element of a list, from 0.
    Index(u32),
    /// Every element of a list.
    Each,
}

/// A path from the event's root; at least one step, the first a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct JsonPath(Vec<Step>);

/// Steps that a path may have.
const MAX_STEPS: usize = 64;

impl JsonPath {
    pub fn key(key: &str) -> Self {
        Self(vec![Step::Key(key.into())])
    }

    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Reads a path without the leading `$.`. Keys that hold other than plain characters are in double quotes with
    /// backslash escapes. `Err` is the byte where it went wrong.
    pub fn parse(text: &str) -> Result<Self, usize> {
        let mut steps = Vec::new();
        let mut rest = text;
        let place = |rest: &str| text.len() - rest.len();
        loop {
            let (key, after) = parse_key(rest).ok_or_else(|| place(rest))?;
            steps.push(Step::Key(key.into()));
            rest = after;
            while let Some(inside) = rest.strip_prefix('[') {
                let (index, after) = inside.split_once(']').ok_or_else(|| place(rest))?;
                steps.push(match index {
                    "*" => Step::Each,
                    digits if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
                        Step::Index(digits.parse().map_err(|_| place(inside))?)
                    }
                    _ => return Err(place(inside)),
                });
                rest = after;
            }
            if steps.len() > MAX_STEPS {
                return Err(place(rest));
            }
            match rest.strip_prefix('.') {
                Some(after) => rest = after,
                None if rest.is_empty() => return Ok(Self(steps)),
                None => return Err(place(rest)),
            }
        }
    }

    /// The first key.
    pub fn root(&self) -> &str {
        match self.0.first() {
            Some(Step::Key(key)) => key,
            _ => "",
        }
    }

    /// The path to a member of what this one leads to.
    #[must_use]
    pub fn member(mut self, key: &str) -> Self {
        self.0.push(Step::Key(key.into()));
        self
    }

    /// The path to an element of the list that this one leads to.
    #[must_use]
    pub fn element(mut self, index: u32) -> Self {
        self.0.push(Step::Index(index));
        self
    }

    /// The same path with another first key.
    pub fn with_root(mut self, root: &str) -> Self {
        if let Some(first) = self.0.first_mut() {
            *first = Step::Key(root.into());
        }
        self
    }
}

/// A key at the start of `text`, and what follows it.
fn parse_key(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(['.', '[', ']', '"']).unwrap_or(text.len());
        let (key, rest) = text.split_at_checked(end)?;
        return (!key.is_empty()).then(|| (key.to_owned(), rest));
    };
    let mut key = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((key, quoted.get(at + 1..)?)),
            '\\' => key.push(chars.next()?.1),
            _ => key.push(c),
        }
    }
    None
}

/// Characters that are in a key without quotes.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':' | '/' | '@')
}

impl std::fmt::Display for JsonPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) => {
                    if i > 0 {
                        f.write_str(".")?;
                    }
                    if !key.is_empty() && key.chars().all(is_plain) {
                        f.write_str(key)?;
                    } else {
                        write!(f, "\"{}\"", key.replace('\\', "\\\\").replace('"', "\\\""))?;
                    }
                }
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Each => f.write_str("[*]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_parse_and_print() {
        for text in ["a", "a.b", "resources[*].ARN", "a[0][12].b-c", r#"a."x.y".z"#, r#"a."q\"\\""#, "tags.aws:x/y"] {
            assert_eq!(JsonPath::parse(text).unwrap().to_string(), text);
        }
        for (text, place) in
            [("", 0), ("a.", 2), ("a[", 1), ("a[x]", 2), ("a[1]b", 4), ("a[99999999999]", 2), ("a..b", 2)]
        {
            assert_eq!(JsonPath::parse(text), Err(place), "{text}");
        }
        assert!(JsonPath::parse(&vec!["a"; 65].join(".")).is_err());
    }
}
