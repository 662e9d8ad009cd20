//! Values restored as they were before somebody kept them from being opened by mistake, and extracted from what a text
//! sets around them.

use crate::model::{Address, Network};
use std::borrow::Cow;

/// Without what surrounds a value: white space, bullets, brackets, quotes, a list's and a sentence's punctuation.
pub(super) fn cleaned(text: &str) -> &str {
    const QUOTES: [char; 11] = ['"', '\'', '`', '\u{feff}', '“', '”', '‘', '’', '«', '»', '\u{200b}'];
    const BULLETS: [&str; 10] = ["• ", "- ", "* ", "– ", "— ", "· ", "▪ ", "◦ ", "> ", "+ "];
    let mut text = text.trim();
    loop {
        let before = text;
        text = text.trim_matches(QUOTES).trim();
        text = BULLETS.iter().find_map(|bullet| text.strip_prefix(bullet)).unwrap_or(text).trim_start();
        text = text.trim_start_matches(['•', '▪', '◦']).trim_start();
        text = without_number(text);
        text = text.trim_end_matches([',', ';', '.', '!', '?']).trim_end();
        for (open, close) in [('<', '>'), ('(', ')'), ('[', ']'), ('{', '}')] {
            let inside = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
            text = inside.filter(|inside| !inside.contains([open, close])).unwrap_or(text).trim();
        }
        if text == before {
            return text;
        }
    }
}

/// `1. value`, `12) value`: the number of an item.
fn without_number(text: &str) -> &str {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let behind = text.get(digits..).filter(|_| (1..=3).contains(&digits));
    behind.and_then(|rest| rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") "))).map_or(text, str::trim_start)
}

/// Was it written so that nobody opens it? Whoever does that means an indicator.
pub(super) fn is_defanged(text: &str) -> bool {
    matches!(refanged(text), Cow::Owned(_))
}

/// The value without the marks that keep it from being opened.
pub(super) fn refanged(text: &str) -> Cow<'_, str> {
    let mut plain = Cow::Borrowed(text);
    if text.contains(HIDDEN) || text.contains(['。', '．', '｡', '：', '／', '\u{a0}']) {
        plain = Cow::Owned(text.chars().filter(|c| !HIDDEN.contains(c)).map(narrow).collect());
    }
    if plain.contains(['[', '(', '{', '<', ']', '}'])
        && let Some(found) = without_brackets(&plain)
    {
        plain = Cow::Owned(found);
    }
    if let Some(found) = without_backslashes(&plain) {
        plain = Cow::Owned(found);
    }
    if let Some(found) = scheme(&plain) {
        plain = Cow::Owned(found);
    }
    if plain.trim().contains(char::is_whitespace)
        && let Some(found) = joined(plain.trim())
    {
        plain = Cow::Owned(found);
    }
    plain
}

/// Characters that nobody sees.
const HIDDEN: [char; 6] = ['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}', '\u{ad}'];

fn narrow(c: char) -> char {
    match c {
        '。' | '．' | '｡' => '.',
        '：' => ':',
        '／' => '/',
        '\u{a0}' => ' ',
        other => other,
    }
}

/// `[.]`, `(dot)`, `{://}`, `[.`, `.]` ... replaced by what is in the brackets; `None` where there is none.
fn without_brackets(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut changed = false;
    let mut rest = text;
    while let Some(at) = rest.find(['[', '(', '{', '<', '.']) {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        let Some((mark, len)) = bracketed(from) else {
            let len = from.chars().next().map_or(1, char::len_utf8);
            plain.push_str(from.get(..len).unwrap_or_default());
            rest = from.get(len..).unwrap_or_default();
            continue;
        };
        changed = true;
        rest = from.get(len..).unwrap_or_default();
        // `203 [.] 0`: the spaces are part of the mark.
        if mark == "." {
            plain.truncate(plain.trim_end().len());
            rest = rest.trim_start();
        }
        plain.push_str(mark);
    }
    plain.push_str(rest);
    changed.then_some(plain)
}

/// The mark at the beginning, and its bytes.
fn bracketed(text: &str) -> Option<(&'static str, usize)> {
    const PAIRS: [(char, char); 4] = [('[', ']'), ('(', ')'), ('{', '}'), ('<', '>')];
    const MARKS: [(&str, &str); 12] = [
        (".", "."),
        ("dot", "."),
        ("punto", "."),
        (":", ":"),
        ("::", "::"),
        ("/", "/"),
        ("//", "//"),
        ("://", "://"),
        (":/", ":/"),
        ("@", "@"),
        ("at", "@"),
        ("-", "-"),
    ];
    if let Some((open, close)) = PAIRS.into_iter().find(|(open, _)| text.starts_with(*open)) {
        if let Some((inside, _)) = text.get(open.len_utf8()..)?.split_once(close) {
            let word = inside.trim().to_ascii_lowercase();
            let len = open.len_utf8() + inside.len() + close.len_utf8();
            if let Some((_, mark)) = MARKS.into_iter().find(|(known, _)| *known == word) {
                return Some((mark, len));
            }
        }
        return text.get(1..)?.starts_with('.').then_some((".", 2));
    }
    // The second half alone: `203.0.113.]7`.
    let close = text.strip_prefix('.')?.chars().next()?;
    matches!(close, ']' | '}').then_some((".", 2))
}

/// `203\.0`, and a URL whose slashes lean the other way.
fn without_backslashes(text: &str) -> Option<String> {
    if !text.contains('\\') {
        return None;
    }
    let plain = text.replace("\\.", ".").replace("\\:", ":").replace("\\/", "/");
    let plain = match plain.split_once(":\\\\") {
        Some((scheme, rest)) if scheme.chars().all(|c| c.is_ascii_alphabetic()) => {
            format!("{scheme}://{}", rest.replace('\\', "/"))
        }
        _ => plain,
    };
    (plain != text).then_some(plain)
}

/// `hxxp`, `hXXps`, `fxp` and their kin.
fn scheme(text: &str) -> Option<String> {
    let end = text.find(|c: char| !c.is_ascii_alphabetic())?;
    let (word, rest) = text.split_at_checked(end)?;
    let rest = rest.strip_prefix("://").or_else(|| rest.strip_prefix(":/").filter(|rest| !rest.starts_with('/')))?;
    let real = match word.to_ascii_lowercase().as_str() {
        "hxxp" | "hxtp" | "htxp" | "hxxxp" | "httx" | "xxxp" | "hzzp" => "http",
        "hxxps" | "hxtps" | "htxps" | "hxxxps" | "httxs" | "xxxps" | "hzzps" => "https",
        "fxp" | "fxxp" => "ftp",
        "fxps" => "ftps",
        "sxxh" => "ssh",
        _ => return None,
    };
    Some(format!("{real}://{rest}"))
}

/// `203 . 0 . 113 . 9`, `bad DOT example`: one value, where joining makes one of the whole.
fn joined(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut dots = 0;
    for word in text.split_whitespace() {
        let is_dot = word.eq_ignore_ascii_case("dot") || word == ".";
        let joins = is_dot || word.starts_with('.') || plain.is_empty() || plain.ends_with('.');
        if !joins {
            return None;
        }
        dots += usize::from(is_dot || word.starts_with('.') || word.ends_with('.'));
        plain.push_str(if is_dot { "." } else { word });
    }
    let is_one = Address::parse(plain.as_bytes()).is_some() || Network::parse(&plain).is_some();
    let is_name = || super::value::domain(&plain).is_some();
    (dots > 0 && (is_one || is_name())).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_out() {
        for (text, expected) in [
            ("203[.]0[.]113[.]1", "203.0.113.1"),
            ("203(.)0{.}113<.>1", "203.0.113.1"),
            ("203[dot]0(DOT)113{ dot }1", "203.0.113.1"),
            ("203 [.] 0 [.] 113 [.] 1", "203.0.113.1"),
            ("203.0.113[.1", "203.0.113.1"),
            ("203.0.113.]1", "203.0.113.1"),
            (r"203\.0\.113\.1", "203.0.113.1"),
            ("203 . 0 . 113 . 1", "203.0.113.1"),
            ("203 dot 0 dot 113 dot 1", "203.0.113.1"),
            ("203。0．113｡1", "203.0.113.1"),
            ("203\u{200b}.0.113.1", "203.0.113.1"),
            ("bad DOT example", "bad.example"),
            ("hxxps[:]//bad[.]example/b", "https://bad.example/b"),
            ("hXXp[://]203[.]0[.]113[.]1/x", "http://203.0.113.1/x"),
            (r"hxxp[:]\\bad[.]example\c", "http://bad.example/c"),
            ("fxp://bad[.]example", "ftp://bad.example"),
            ("2001:db8[:]85a3[::]1", "2001:db8:85a3::1"),
            ("2001[:]db8[:][:]17", "2001:db8::17"),
            ("bob[at]bad[.]example", "bob@bad.example"),
            ("203[.]0[.]113[.]0[/]28", "203.0.113.0/28"),
        ] {
            assert_eq!(refanged(text), expected, "{text}");
            assert!(is_defanged(text), "{text}");
        }
        for text in [
            "203.0.113.1",
            "https://[2001:db8::5]/x",
            "[2001:db8::1]:443",
            "a. b",
            "one . two three",
            r"C:\x\y",
            "(see below)",
        ] {
            assert_eq!(refanged(text), text);
            assert!(!is_defanged(text), "{text}");
        }
    }

    #[test]
    fn what_stands_around_a_value_is_no_part_of_it() {
        for text in [
            "• x", "- x", "•x", "\"x\",", "x.", "<x>", "(x)", "“x”", "1. x", "12) x", "* \"x\";", "[x]", "> x", "'x'.",
            " x ; ",
        ] {
            assert_eq!(cleaned(text), "x", "{text}");
        }
        for text in ["2001:db8::", "[2001:db8::1]:443", "-x", "1.2.3.4", "203.0.113[.]1"] {
            assert_eq!(cleaned(text), text);
        }
    }
}
