//! User agents in a word or two.

use super::tables::TOOLS;
use regex::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

/// Characters of a name that is none of those known.
const LONGEST: usize = 40;

/// The program and its version, the service or the tool that a user agent names.
pub fn user_agent_short(user_agent: &str) -> Option<String> {
    let text = user_agent.trim();
    let text = text.strip_prefix('[').unwrap_or(text);
    let text = text.strip_suffix(']').unwrap_or(text).trim();
    if text.is_empty() {
        return None;
    }
    let lower = text.to_lowercase();
    if let Some((_, tool)) = TOOLS.iter().find(|(contained, _)| lower.contains(contained)) {
        return Some(format!("tool {tool}"));
    }
    if text == "AWS Internal" {
        return Some(text.to_owned());
    }
    if let Some(host) = host(text) {
        return Some(host);
    }
    let suffix = suffix(text, &lower);
    match named(text) {
        Some(Named::Alone(name)) => Some(name),
        Some(Named::Program(name)) => Some(name + suffix),
        None => Some(first_word(text, suffix)),
    }
}

/// `console`, or the service whose name the text is.
fn host(text: &str) -> Option<String> {
    const ENDS: [&str; 4] = [".amazonaws.com", ".amazonaws.com.cn", ".aws.internal", ".aws.amazon.com"];
    let name = ENDS.iter().find_map(|end| text.strip_suffix(end))?;
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if name.is_empty() || !name.bytes().all(is_host) {
        return None;
    }
    let is_console = text.starts_with("signin.") || text.starts_with("console.");
    Some(if is_console { "console".to_owned() } else { format!("service {name}") })
}

enum Named {
    /// Where it ran is said already, or is nobody's business.
    Alone(String),
    Program(String),
}

/// What a pattern finds; the first one that does counts.
struct Pattern {
    expression: Regex,
    /// The program's name; `None`: it is in the text.
    name: Option<&'static str>,
}

static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    [
        (r"(?i)Terraform/([\w.-]+)", Some("terraform")),
        (r"(?i)pulumi[\w-]*/([\w.-]+)", Some("pulumi")),
        (r"(?i)aws-cdk/([\w.-]+)", Some("aws-cdk")),
        (r"(?i)Ansible/([\w.-]+)", Some("ansible")),
        (r"\baws-cli/([\w.-]+)", Some("aws-cli")),
        (r"aws-internal/", None),
        (r"\bConsole\b", None),
        (r"\b(Boto3|Botocore)/([\w.-]+)", None),
        (r"(?i)\b(aws-sdk-[a-z]+(?:-v\d)?)/v?([\w.-]+)", None),
    ]
    .into_iter()
    .filter_map(|(text, name)| Some(Pattern { expression: Regex::new(text).ok()?, name }))
    .collect()
});

fn named(text: &str) -> Option<Named> {
    for Pattern { expression, name } in PATTERNS.iter() {
        let Some(found) = expression.captures(text) else { continue };
        let group = |at| found.get(at).map(|part| part.as_str());
        return Some(match (name, group(1), group(2)) {
            (Some(name), Some(version), _) => Named::Program(format!("{name} {version}")),
            (None, Some(name), Some(version)) => Named::Program(format!("{} {version}", name.to_lowercase())),
            _ if text.contains("onsole") => Named::Alone("console".to_owned()),
            _ => Named::Program("aws-internal".to_owned()),
        });
    }
    text.starts_with("Mozilla/").then(|| Named::Alone(browser(text)))
}

static BROWSERS: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    [
        (r"\b(?:Edg|Edge)/(\d+)", "edge"),
        (r"\bOPR/(\d+)", "opera"),
        (r"\bFirefox/(\d+)", "firefox"),
        (r"\bChrome/(\d+)", "chrome"),
        (r"(?s)\bVersion/(\d+).*Safari", "safari"),
    ]
    .into_iter()
    .filter_map(|(text, name)| Some((Regex::new(text).ok()?, name)))
    .collect()
});

fn browser(text: &str) -> String {
    let version = |expression: &Regex| Some(expression.captures(text)?.get(1)?.as_str().to_owned());
    let found = BROWSERS.iter().find_map(|(expression, name)| Some((version(expression)?, name)));
    found.map_or("browser".to_owned(), |(version, name)| format!("browser {name} {version}"))
}

/// Where the program ran: a system made for breaking in, or a service of AWS.
fn suffix(text: &str, lower: &str) -> &'static str {
    const SYSTEMS: [(&str, &str); 4] =
        [("kali", " (kali)"), ("parrot", " (parrot)"), ("pentoo", " (pentoo)"), ("blackarch", " (blackarch)")];
    const SERVICES: [(&str, &str); 3] = [
        ("exec-env/CloudShell", " (cloudshell)"),
        ("exec-env/AWS_Lambda", " (lambda)"),
        ("exec-env/AWS_ECS", " (ecs)"),
    ];
    let system = SYSTEMS.iter().find(|(name, _)| lower.contains(name));
    system.or_else(|| SERVICES.iter().find(|(name, _)| text.contains(name))).map_or("", |(_, suffix)| suffix)
}

fn first_word(text: &str, suffix: &str) -> String {
    let word = text.split([' ', ',', ';']).next().unwrap_or_default();
    let name: Cow<'_, str> = if word.contains('/') { word.replacen('/', " ", 1).into() } else { word.into() };
    name.chars().chain(suffix.chars()).take(LONGEST).collect()
}
