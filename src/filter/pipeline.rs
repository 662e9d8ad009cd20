//! Queries of CloudWatch Logs Insights: commands with `|` between them, of which a filter is one.

/// Commands with which such a query can begin.
const COMMANDS: [&str; 18] = [
    "fields", "display", "filter", "stats", "sort", "limit", "head", "tail", "parse", "pattern", "anomaly", "diff",
    "join", "unmask", "unnest", "lookup", "source", "dedup",
];

/// Does a text begin with a command, and not with a comparison?
pub(crate) fn is_pipeline(text: &str) -> bool {
    let plain = without_comments(text);
    let plain = plain.trim_start();
    let end = plain.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(plain.len());
    let (word, rest) = plain.split_at(end);
    let is_command = COMMANDS.iter().any(|command| command.eq_ignore_ascii_case(word));
    let operand = rest.trim_start();
    let is_argument =
        operand.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '@' | '(' | '"' | '`' | '\'' | '!'));
    let compares = ["in", "is", "like", "not", "between", "contains", "matches", "exists"].iter().any(|operator| {
        let begin = operand.get(..operator.len()).unwrap_or_default();
        let behind = operand.get(operator.len()..).and_then(|rest| rest.chars().next());
        begin.eq_ignore_ascii_case(operator) && behind.is_none_or(char::is_whitespace)
    });
    let is_negated = word.eq_ignore_ascii_case("filter");
    is_command && rest.starts_with(|c: char| c.is_whitespace() || c == '|') && is_argument && (!compares || is_negated)
}

/// The conditions of its filter commands, as one.
pub(super) fn conditions(text: &str) -> String {
    let plain = without_comments(text);
    let of_stage = |stage: &String| {
        let stage = stage.trim();
        let (command, rest) = stage.split_at_checked("filter".len())?;
        let is_filter =
            command.eq_ignore_ascii_case("filter") && rest.starts_with(|c: char| c.is_whitespace() || c == '(');
        is_filter.then(|| rest.trim().to_owned())
    };
    let found: Vec<String> = stages(&plain).iter().filter_map(of_stage).collect();
    match &found[..] {
        [one] => one.clone(),
        several => several.iter().map(|condition| format!("({condition})")).collect::<Vec<_>>().join(" and "),
    }
}

fn without_comments(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with('#')).collect::<Vec<_>>().join("\n")
}

/// The parts between `|` that are in no quotes and no pattern.
fn stages(text: &str) -> Vec<String> {
    let (mut parts, mut inside) = (vec![String::new()], None);
    for c in text.chars() {
        let begins_pattern = c == '/'
            && parts.last().is_some_and(|part| {
                let before = part.trim_end().to_lowercase();
                before.ends_with("like") || before.ends_with("=~")
            });
        match inside {
            Some(end) if c == end => inside = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'' | '`') || begins_pattern => inside = Some(c),
            None if c == '|' => {
                parts.push(String::new());
                continue;
            }
            None => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pipelines_are_told_from_filters() {
        for text in [
            "fields @timestamp | sort start",
            "# x\nparse @message \"*\" as a",
            "filter not a = 1",
            "STATS count(*) by a",
        ] {
            assert!(is_pipeline(text), "{text}");
        }
        for text in
            ["srcaddr = 10.0.0.1", "source = x", "limit > 3", "fields", "", "filter = 3", "source in (a)", "SELECT 1"]
        {
            assert!(!is_pipeline(text), "{text}");
        }
    }

    #[test]
    fn their_conditions_are_a_filter() {
        assert_eq!(conditions("filter dstport = 443 | stats sum(bytes) by bin(1m)"), "dstport = 443");
        let two = "fields a | filter x like /a|b/ and y = '|' | filter (z = 1) | limit 2";
        assert_eq!(conditions(two), "(x like /a|b/ and y = '|') and ((z = 1))");
        assert_eq!(conditions("fields a"), "");
    }
}
