//! One value of a list: what it is by its form, put back where it was defanged, in the form that it is compared in.

use crate::model::{Address, IndicatorKind, IssueReason, KeySpan, Network};
use std::borrow::Cow;

/// A value as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognised {
    pub kind: IndicatorKind,
    pub value: String,
    pub span: Option<KeySpan>,
    pub port: Option<u16>,
}

/// Why a value cannot be looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotUsable {
    pub reason: IssueReason,
    pub detail: String,
}

pub type Recognition = Result<Recognised, NotUsable>;

fn unsupported(detail: impl Into<String>) -> NotUsable {
    NotUsable { reason: IssueReason::Unsupported, detail: detail.into() }
}

fn not_recognised(detail: impl Into<String>) -> NotUsable {
    NotUsable { reason: IssueReason::NotRecognised, detail: detail.into() }
}

impl Recognised {
    fn plain(kind: IndicatorKind, value: impl Into<String>) -> Self {
        Self { kind, value: value.into(), span: None, port: None }
    }

    fn address(address: &Address, port: Option<u16>) -> Self {
        let span = Some(KeySpan::of(address));
        Self { kind: IndicatorKind::Address, value: address.to_string(), span, port }
    }
}

/// The names by which lists and examiners call the kinds.
const KIND_NAMES: [(&str, Option<IndicatorKind>); 74] = [
    ("ip", Some(IndicatorKind::Address)),
    ("ipaddress", Some(IndicatorKind::Address)),
    ("ipaddr", Some(IndicatorKind::Address)),
    ("address", Some(IndicatorKind::Address)),
    ("ipv4", Some(IndicatorKind::Address)),
    ("ipv6", Some(IndicatorKind::Address)),
    ("ipv4addr", Some(IndicatorKind::Address)),
    ("ipv6addr", Some(IndicatorKind::Address)),
    ("ipsrc", Some(IndicatorKind::Address)),
    ("ipdst", Some(IndicatorKind::Address)),
    ("srcip", Some(IndicatorKind::Address)),
    ("dstip", Some(IndicatorKind::Address)),
    ("ipport", Some(IndicatorKind::Address)),
    ("ipsrcport", Some(IndicatorKind::Address)),
    ("ipdstport", Some(IndicatorKind::Address)),
    ("cidr", Some(IndicatorKind::Range)),
    ("network", Some(IndicatorKind::Range)),
    ("netblock", Some(IndicatorKind::Range)),
    ("range", Some(IndicatorKind::Range)),
    ("iprange", Some(IndicatorKind::Range)),
    ("subnet", Some(IndicatorKind::Range)),
    ("domain", Some(IndicatorKind::Domain)),
    ("domainname", Some(IndicatorKind::Domain)),
    ("hostname", Some(IndicatorKind::Domain)),
    ("host", Some(IndicatorKind::Domain)),
    ("fqdn", Some(IndicatorKind::Domain)),
    ("url", Some(IndicatorKind::Url)),
    ("uri", Some(IndicatorKind::Url)),
    ("link", Some(IndicatorKind::Url)),
    ("accesskey", Some(IndicatorKind::AccessKey)),
    ("accesskeyid", Some(IndicatorKind::AccessKey)),
    ("key", Some(IndicatorKind::AccessKey)),
    ("arn", Some(IndicatorKind::Arn)),
    ("principal", Some(IndicatorKind::Principal)),
    ("principalid", Some(IndicatorKind::Principal)),
    ("user", Some(IndicatorKind::Principal)),
    ("username", Some(IndicatorKind::Principal)),
    ("role", Some(IndicatorKind::Principal)),
    ("rolename", Some(IndicatorKind::Principal)),
    ("useraccount", Some(IndicatorKind::Principal)),
    ("name", Some(IndicatorKind::Principal)),
    ("account", Some(IndicatorKind::Account)),
    ("accountid", Some(IndicatorKind::Account)),
    ("awsaccount", Some(IndicatorKind::Account)),
    ("useragent", Some(IndicatorKind::UserAgent)),
    ("ua", Some(IndicatorKind::UserAgent)),
    ("event", Some(IndicatorKind::EventName)),
    ("eventname", Some(IndicatorKind::EventName)),
    ("api", Some(IndicatorKind::EventName)),
    ("apicall", Some(IndicatorKind::EventName)),
    ("port", Some(IndicatorKind::Port)),
    ("interface", Some(IndicatorKind::Interface)),
    ("interfaceid", Some(IndicatorKind::Interface)),
    ("eni", Some(IndicatorKind::Interface)),
    ("hash", Some(IndicatorKind::Hash)),
    ("file", Some(IndicatorKind::Hash)),
    ("filehash", Some(IndicatorKind::Hash)),
    ("md5", Some(IndicatorKind::Hash)),
    ("sha1", Some(IndicatorKind::Hash)),
    ("sha224", Some(IndicatorKind::Hash)),
    ("sha256", Some(IndicatorKind::Hash)),
    ("sha384", Some(IndicatorKind::Hash)),
    ("sha512", Some(IndicatorKind::Hash)),
    ("imphash", Some(IndicatorKind::Hash)),
    ("pehash", Some(IndicatorKind::Hash)),
    // Known, and nothing that flow records or CloudTrail hold.
    ("email", None),
    ("emailaddr", None),
    ("emailsrc", None),
    ("filename", None),
    ("mutex", None),
    ("regkey", None),
    ("process", None),
    ("yara", None),
    ("cve", None),
];

/// What a kind is called: `ip-dst`, `IPv4`, `user_agent` ... `Some(None)` for a kind that logs cannot hold, `None` for a
/// word that names no kind.
pub fn kind_named(name: &str) -> Option<Option<IndicatorKind>> {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    KIND_NAMES.iter().find(|(known, _)| *known == plain).map(|(_, kind)| *kind)
}

/// The value without the marks that keep it from being opened by mistake.
pub fn refanged(text: &str) -> Cow<'_, str> {
    let marks = text.contains(['[', '(', '{']);
    let scheme = text.get(..4).is_some_and(|head| head.to_ascii_lowercase().starts_with("hxx"))
        || text.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("fxp"));
    if !marks && !scheme {
        return Cow::Borrowed(text);
    }
    let mut plain = text.to_owned();
    for (from, to) in [
        ("[.]", "."),
        ("(.)", "."),
        ("{.}", "."),
        ("[.", "."),
        (".]", "."),
        ("[dot]", "."),
        ("(dot)", "."),
        ("{dot}", "."),
        ("[DOT]", "."),
        ("[://]", "://"),
        ("[:]", ":"),
        ("[@]", "@"),
        ("[at]", "@"),
        ("[/]", "/"),
    ] {
        if plain.contains(from) {
            plain = plain.replace(from, to);
        }
    }
    if let Some(rest) = plain.get(4..).filter(|_| scheme) {
        let head = plain.get(..4).unwrap_or_default().to_ascii_lowercase();
        if head == "hxxp" {
            return Cow::Owned(format!("http{rest}"));
        }
    }
    if let Some(rest) = plain.get(3..).filter(|_| plain.get(..3).is_some_and(|h| h.eq_ignore_ascii_case("fxp"))) {
        return Cow::Owned(format!("ftp{rest}"));
    }
    Cow::Owned(plain)
}

/// What a value is by its form.
///
/// # Errors
/// It is nothing that can be looked for.
pub fn recognise(written: &str) -> Recognition {
    let text = cleaned(written);
    let text = &*refanged(text);
    if text.is_empty() {
        return Err(not_recognised("it is empty"));
    }
    if let Some(found) = address_like(text) {
        return Ok(found);
    }
    if let Some((host, port)) = text.rsplit_once('|').filter(|(_, port)| !port.is_empty()) {
        // MISP's composite types: an address or a name with a port or an address.
        return composite(host, port);
    }
    if text.starts_with("arn:") && text.split(':').count() >= 6 {
        return Ok(Recognised::plain(IndicatorKind::Arn, text));
    }
    if let Some(kind) = aws_id(text) {
        return Ok(Recognised::plain(kind, text));
    }
    if is_hash(text) {
        return Ok(Recognised::plain(IndicatorKind::Hash, text.to_ascii_lowercase()));
    }
    if text.contains("://") {
        return url(text);
    }
    if text.contains('@') {
        return Err(unsupported("an e-mail address; where it is the name of a user or a session, say principal"));
    }
    if let Some(name) = domain(text) {
        return Ok(Recognised::plain(IndicatorKind::Domain, name));
    }
    if let Some((host, path)) = text.split_once('/')
        && path.chars().any(|c| !c.is_ascii_digit())
        && (domain(host).is_some() || Address::parse(host.as_bytes()).is_some())
    {
        return url(text);
    }
    Err(not_recognised("no address, range, domain, URL, key, ARN, account or hash"))
}

/// A value of a kind that the list names. A list may call an address a domain, or a block an address: what it is by its
/// form goes before.
///
/// # Errors
/// It is no value of that kind.
pub fn recognise_as(kind: IndicatorKind, written: &str) -> Recognition {
    let text = cleaned(written);
    let text = &*refanged(text);
    if text.is_empty() {
        return Err(not_recognised("it is empty"));
    }
    let not_one = || not_recognised(format!("no {}", kind.code()));
    match kind {
        IndicatorKind::Address | IndicatorKind::Range => {
            let found = address_like(text).or_else(|| {
                let (host, port) = text.rsplit_once('|')?;
                composite(host, port).ok().filter(|found| found.span.is_some())
            });
            found.ok_or_else(not_one)
        }
        IndicatorKind::Domain => match address_like(text) {
            Some(found) => Ok(found),
            None if text.contains("://") => url(text),
            None => domain(text).map(|name| Recognised::plain(kind, name)).ok_or_else(not_one),
        },
        IndicatorKind::Url => match address_like(text) {
            Some(found) => Ok(found),
            None => url(text),
        },
        IndicatorKind::AccessKey => match aws_id(text) {
            Some(IndicatorKind::AccessKey) => Ok(Recognised::plain(kind, text)),
            _ => Err(not_one()),
        },
        IndicatorKind::Arn if text.starts_with("arn:") => Ok(Recognised::plain(kind, text)),
        IndicatorKind::Arn => Err(not_one()),
        IndicatorKind::Principal if text.starts_with("arn:") => Ok(Recognised::plain(IndicatorKind::Arn, text)),
        IndicatorKind::Principal => Ok(Recognised::plain(kind, written.trim())),
        IndicatorKind::Account => {
            let digits: String = text.chars().filter(|c| *c != '-').collect();
            let is_account = digits.len() == 12 && digits.bytes().all(|b| b.is_ascii_digit());
            if is_account { Ok(Recognised::plain(kind, digits)) } else { Err(not_one()) }
        }
        IndicatorKind::UserAgent | IndicatorKind::EventName => Ok(Recognised::plain(kind, written.trim())),
        IndicatorKind::Port => {
            let port = text.parse::<u16>().map_err(|_| not_one())?;
            Ok(Recognised { port: Some(port), ..Recognised::plain(kind, port.to_string()) })
        }
        IndicatorKind::Interface if text.starts_with("eni-") => Ok(Recognised::plain(kind, text)),
        IndicatorKind::Interface => Err(not_one()),
        IndicatorKind::Hash if is_hash(text) => Ok(Recognised::plain(kind, text.to_ascii_lowercase())),
        IndicatorKind::Hash => Err(not_one()),
    }
}

/// Without what surrounds a value: white space, quotes, a list's punctuation.
fn cleaned(text: &str) -> &str {
    text.trim().trim_matches(['"', '\'', '`', '\u{feff}']).trim().trim_end_matches([',', ';'])
}

/// An address, with a port or not; a block; a span.
fn address_like(text: &str) -> Option<Recognised> {
    if let Some(address) = Address::parse(text.as_bytes()) {
        return Some(Recognised::address(&address, None));
    }
    if let Some(network) = Network::parse(text) {
        let span = KeySpan::from(network);
        if span.is_one() {
            let address = text.split('/').next().and_then(|address| Address::parse(address.as_bytes()))?;
            return Some(Recognised::address(&address, None));
        }
        return Some(Recognised {
            kind: IndicatorKind::Range,
            value: network.to_string(),
            span: Some(span),
            port: None,
        });
    }
    if let Some((first, last)) = text.split_once('-') {
        let ends = Address::parse(first.trim().as_bytes()).zip(Address::parse(last.trim().as_bytes()));
        let (first, last) = ends.filter(|(first, last)| first.ip.is_ipv4() == last.ip.is_ipv4())?;
        let span = KeySpan { first: KeySpan::of(&first).first, last: KeySpan::of(&last).last };
        let value = format!("{first}-{last}");
        return (span.first <= span.last).then_some(Recognised {
            kind: IndicatorKind::Range,
            value,
            span: Some(span),
            port: None,
        });
    }
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once("]:")?,
        None => text.split_once(':')?,
    };
    let address = Address::parse(host.as_bytes())?;
    port.parse::<u16>().ok().map(|port| Recognised::address(&address, Some(port)))
}

/// `address|port`, `domain|address`, `host|port`. Of a name with an address, the address; see `parts_of`.
fn composite(host: &str, rest: &str) -> Recognition {
    let port = rest.trim().parse::<u16>().ok();
    if let (Some(address), Some(port)) = (Address::parse(host.trim().as_bytes()), port) {
        return Ok(Recognised::address(&address, Some(port)));
    }
    match (domain(host.trim()), port) {
        (Some(name), Some(_)) => Ok(Recognised::plain(IndicatorKind::Domain, name)),
        _ => Err(not_recognised("no address with a port, and no name with one")),
    }
}

/// The values of one cell: hashes of one file with commas between them, a name with its address.
pub fn parts_of(text: &str) -> Vec<&str> {
    let inner = cleaned(text);
    let hashes: Vec<&str> = inner.split(',').map(str::trim).collect();
    if hashes.len() > 1 && hashes.iter().all(|part| is_hash(part)) {
        return hashes;
    }
    if let Some((name, address)) = inner.split_once('|')
        && Address::parse(refanged(address.trim()).as_bytes()).is_some()
    {
        return vec![name, address];
    }
    vec![text]
}

/// AWS's own identifiers by their beginnings (IAM's reference of unique identifiers), accounts and interfaces.
fn aws_id(text: &str) -> Option<IndicatorKind> {
    if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Some(IndicatorKind::Account);
    }
    if let Some(hex) = text.strip_prefix("eni-") {
        return (hex.len() >= 8 && hex.bytes().all(|b| b.is_ascii_hexdigit())).then_some(IndicatorKind::Interface);
    }
    let id = text.split(':').next().unwrap_or(text);
    let plain = id.len() >= 16 && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    match id.get(..4).filter(|_| plain)? {
        "AKIA" | "ASIA" | "ABIA" | "ACCA" if id == text => Some(IndicatorKind::AccessKey),
        "AIDA" | "AROA" | "AGPA" | "AIPA" | "ANPA" => Some(IndicatorKind::Principal),
        _ => None,
    }
}

fn is_hash(text: &str) -> bool {
    matches!(text.len(), 32 | 40 | 56 | 64 | 96 | 128) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The host of a URL is looked for where it is an address.
fn url(text: &str) -> Recognition {
    let after = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = after.split(['/', '?', '#']).next().unwrap_or(after);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let (host, port) = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or((rest, None), |(host, port)| (host, port.strip_prefix(':'))),
        None => host.split_once(':').map_or((host, None), |(host, port)| (host, Some(port))),
    };
    let address = Address::parse(host.as_bytes());
    if text.chars().any(char::is_whitespace) || (address.is_none() && domain(host).is_none()) {
        return Err(not_recognised("no URL: its host is neither a name nor an address"));
    }
    Ok(Recognised {
        kind: IndicatorKind::Url,
        value: text.to_owned(),
        span: address.as_ref().map(KeySpan::of),
        port: port.and_then(|port| port.parse().ok()).filter(|_| address.is_some()),
    })
}

/// Endings of files that are no top-level domains: a list without types says `dropper.exe` and means a file.
const FILE_ENDINGS: [&str; 34] = [
    "exe", "dll", "sys", "bat", "ps1", "vbs", "js", "doc", "docx", "docm", "xls", "xlsx", "xlsm", "ppt", "pptx", "pdf",
    "jar", "scr", "tmp", "txt", "php", "html", "htm", "bin", "dat", "log", "lnk", "cmd", "elf", "conf", "cfg", "ini",
    "xml", "json",
];

/// The name in lower case without a trailing dot or a leading `*.`.
fn domain(text: &str) -> Option<String> {
    let name = text.strip_prefix("*.").unwrap_or(text);
    let name = name.strip_suffix('.').unwrap_or(name);
    let good = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    let last = name.rsplit('.').next()?.to_lowercase();
    let is_name = name.contains('.')
        && name.len() <= 253
        && name.split('.').all(good)
        && last.chars().count() >= 2
        && !last.chars().all(|c| c.is_ascii_digit())
        && !last.contains('_')
        && !FILE_ENDINGS.contains(&last.as_str());
    is_name.then(|| name.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        match recognise(text) {
            Ok(found) => {
                let port = found.port.map(|port| format!(" port {port}")).unwrap_or_default();
                format!("{} {}{port}", found.kind.code(), found.value)
            }
            Err(why) => why.reason.code().to_owned(),
        }
    }

    #[test]
    fn values_are_known_by_their_form() {
        for (text, expected) in [
            ("203.0.113.66", "address 203.0.113.66"),
            (" 203.0.113.7 ", "address 203.0.113.7"),
            ("203[.]0[.]113[.]66", "address 203.0.113.66"),
            ("198[.]51.100.201", "address 198.51.100.201"),
            ("1.2.3[.]4:8080", "address 1.2.3.4 port 8080"),
            ("[2001:db8::1]:443", "address 2001:db8::1 port 443"),
            ("1.2.3.4|443", "address 1.2.3.4 port 443"),
            ("203.0.113.9/32", "address 203.0.113.9"),
            ("192.0.2[.]96/27", "range 192.0.2.96/27"),
            ("192.0.2.97/27", "range 192.0.2.96/27"),
            ("2001:db8:bad::/48", "range 2001:db8:bad::/48"),
            ("10.0.0.1-10.0.0.9", "range 10.0.0.1-10.0.0.9"),
            ("10.0.0.9-10.0.0.1", "not_recognised"),
            ("10.0.0.1-2001:db8::1", "not_recognised"),
            ("evil[.]example", "domain evil.example"),
            ("*.Evil.Example.", "domain evil.example"),
            ("hxxp://drop[.]example/upload", "url http://drop.example/upload"),
            ("hxxps://[2001:db8::5]/x", "url https://[2001:db8::5]/x"),
            ("hXXp://1.2.3[.]4:8080/x", "url http://1.2.3.4:8080/x port 8080"),
            ("drop.example/upload", "url drop.example/upload"),
            ("AKIAXPLANTEDEXAMPLE1", "access_key AKIAXPLANTEDEXAMPLE1"),
            ("AROAXEXAMPLEEXAMPLE:bob@example.com", "principal AROAXEXAMPLEEXAMPLE:bob@example.com"),
            ("arn:aws:iam::111122223333:user/svc", "arn arn:aws:iam::111122223333:user/svc"),
            ("111122223333", "account 111122223333"),
            ("eni-0e1001aa01aa01aa1", "interface eni-0e1001aa01aa01aa1"),
            ("D41D8CD98F00B204E9800998ECF8427E", "hash d41d8cd98f00b204e9800998ecf8427e"),
            ("bob@example.com", "unsupported"),
            ("dropper.exe", "not_recognised"),
            ("1.2.3", "not_recognised"),
            ("999.1.1.1", "not_recognised"),
            ("10.0.0.0/33", "not_recognised"),
            ("hello", "not_recognised"),
            ("", "not_recognised"),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }

    #[test]
    fn kinds_that_a_list_names() {
        for (kind, text, expected) in [
            (IndicatorKind::Port, "4444", Some("4444")),
            (IndicatorKind::Port, "70000", None),
            (IndicatorKind::UserAgent, " curl/7 (x) ", Some("curl/7 (x)")),
            (IndicatorKind::Account, "1111-2222-3333", Some("111122223333")),
            (IndicatorKind::Domain, "176.223.111.131", Some("176.223.111.131")),
            (IndicatorKind::Principal, "bob", Some("bob")),
            (IndicatorKind::AccessKey, "bob", None),
            (IndicatorKind::Hash, "abc", None),
            (IndicatorKind::Url, "evil.example/x", Some("evil.example/x")),
        ] {
            assert_eq!(recognise_as(kind, text).ok().map(|found| found.value).as_deref(), expected, "{text}");
        }
        assert_eq!(kind_named("ip-dst|port"), Some(Some(IndicatorKind::Address)));
        assert_eq!(kind_named("email-src"), Some(None));
        assert_eq!(kind_named("colour"), None);
        let names: std::collections::BTreeSet<&str> = KIND_NAMES.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), KIND_NAMES.len());
    }

    #[test]
    fn a_cell_may_hold_several_values() {
        let hashes = "019d4ae42f858d5ea65f3b71392dd37efec6c882,7a15cdb53c6c2a8e40a03dcf15195aef";
        assert_eq!(parts_of(hashes).len(), 2);
        assert_eq!(parts_of("evil.example|1.2.3.4"), ["evil.example", "1.2.3.4"]);
        assert_eq!(parts_of("1.2.3.4|443"), ["1.2.3.4|443"]);
        assert_eq!(parts_of("a,b"), ["a,b"]);
    }
}
