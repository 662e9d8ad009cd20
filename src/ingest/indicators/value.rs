//! One value of a list: what it is by its form, restored where it was defanged, in the form that it is compared in.

use super::defang::{cleaned, refanged};
use crate::model::{Address, IndicatorKind, IssueReason, KeySpan, Network};

/// A value as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognised {
    pub kind: IndicatorKind,
    pub value: String,
    pub span: Option<KeySpan>,
    pub port: Option<u16>,
}

/// Why a value cannot be searched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotUsable {
    pub reason: IssueReason,
    pub detail: String,
}

pub(super) type Recognition = Result<Recognised, NotUsable>;

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

/// What a value is by its form.
///
/// # Errors
/// It is nothing that can be searched for.
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
    if let Some((host, port)) = text.rsplit_once(':')
        && port.parse::<u16>().is_ok()
        && let Some(name) = domain(host)
    {
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
            None => {
                let host = text.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok());
                let name = domain(text).or_else(|| domain(host?.0));
                name.map(|name| Recognised::plain(kind, name)).ok_or_else(not_one)
            }
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

/// An address, with a port or not; a block; a span.
fn address_like(text: &str) -> Option<Recognised> {
    if let Some(address) = Address::parse(text.as_bytes()) {
        return Some(Recognised::address(&address, None));
    }
    let masked = || {
        let (address, mask) = text.split_once('/')?;
        Network::parse(&format!("{}/{}", address.trim(), mask_bits(mask)?))
    };
    if let Some(network) = Network::parse(text).or_else(masked) {
        let span = KeySpan::from(network);
        if span.is_one() {
            let address = text.split('/').next().and_then(|address| Address::parse(address.trim().as_bytes()))?;
            return Some(Recognised::address(&address, None));
        }
        return Some(Recognised {
            kind: IndicatorKind::Range,
            value: network.to_string(),
            span: Some(span),
            port: None,
        });
    }
    if let Some(range) = range(text) {
        return Some(range);
    }
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once("]:")?,
        None => text.split_once(':')?,
    };
    let address = Address::parse(host.as_bytes())?;
    port.parse::<u16>().ok().map(|port| Recognised::address(&address, Some(port)))
}

/// `first-last`, with any dash or `to` between them; `203.0.113.10-20`; `203.0.113.*`.
fn range(text: &str) -> Option<Recognised> {
    if let Some(stem) = text.strip_suffix(".*") {
        let stars = stem.split('.').filter(|octet| *octet == "*").count();
        let octets = stem.split('.').count();
        let known = stem.trim_end_matches(".*");
        let is_tail = known.split('.').count() + stars == octets && !known.contains('*') && (1..=3).contains(&octets);
        let fill = |octet: &str| format!("{known}{}", format!(".{octet}").repeat(3 - known.split('.').count() + 1));
        return is_tail.then(|| between(&fill("0"), &fill("255"))).flatten().map(as_block);
    }
    let apart = ["-", "–", "—", "−", "‐", "→", "->", "..", " to "];
    let (first, last) = apart.iter().find_map(|dash| text.split_once(dash))?;
    let (first, last) = (first.trim().trim_end_matches('.'), last.trim().trim_start_matches(['>', '.', '-']).trim());
    if !last.is_empty()
        && last.bytes().all(|b| b.is_ascii_digit())
        && let Some((stem, octet)) = first.rsplit_once('.')
        && octet.parse::<u8>().ok()? <= last.parse::<u8>().ok()?
    {
        return between(first, &format!("{stem}.{last}"));
    }
    between(first, last)
}

fn between(first: &str, last: &str) -> Option<Recognised> {
    let ends = Address::parse(first.as_bytes()).zip(Address::parse(last.as_bytes()));
    let (first, last) = ends.filter(|(first, last)| first.ip.is_ipv4() == last.ip.is_ipv4())?;
    let span = KeySpan { first: KeySpan::of(&first).first, last: KeySpan::of(&last).last };
    if span.is_one() {
        return Some(Recognised::address(&first, None));
    }
    let value = format!("{first}-{last}");
    (span.first < span.last).then_some(Recognised { kind: IndicatorKind::Range, value, span: Some(span), port: None })
}

/// A span that is a block, written as one.
fn as_block(found: Recognised) -> Recognised {
    let block = found.span.and_then(|span| {
        let first = Address::of_key(span.first);
        let bits = block_bits(span, first.ip.is_ipv4())?;
        Some(format!("{first}/{bits}"))
    });
    Recognised { value: block.unwrap_or(found.value), ..found }
}

/// The length of the prefix of the block that these addresses are, where they are one.
fn block_bits(span: KeySpan, is_ipv4: bool) -> Option<u32> {
    let size = span.width().checked_add(1)?;
    let is_block = size.is_power_of_two() && span.first.is_multiple_of(size);
    let all = if is_ipv4 { 32 } else { 128 };
    is_block.then(|| all - size.trailing_zeros().min(all))
}

/// What a mask says of a prefix: `24`, `/24`, `255.255.255.0`.
pub(super) fn mask_bits(text: &str) -> Option<u8> {
    let text = text.trim();
    let number = text.strip_prefix('/').unwrap_or(text);
    if let Ok(bits) = number.parse::<u8>() {
        return (number.bytes().all(|b| b.is_ascii_digit()) && bits <= 128).then_some(bits);
    }
    let Some(Address { ip: std::net::IpAddr::V4(mask), .. }) = Address::parse(number.as_bytes()) else { return None };
    // A mask of zeros says nothing of a block here; as a cell it is an address.
    ipnetwork::ipv4_mask_to_prefix(mask).ok().filter(|bits| *bits > 0)
}

/// A block that the first cells say together, and how many cells that are: its two ends (and the length of its prefix),
/// or its address and a mask. Two addresses that are no block, or a small one, are two addresses.
pub(super) fn span_of(cells: &[&str]) -> Option<(Recognised, usize)> {
    let [first, second, rest @ ..] = cells else { return None };
    let (first, second) = (refanged(first), refanged(second));
    let address = Address::parse(first.as_bytes())?;
    let is_mask = second.starts_with('/') || second.starts_with("255.");
    if let Some(bits) = mask_bits(&second).filter(|_| is_mask) {
        return address_like(&format!("{address}/{bits}")).map(|found| (found, 2));
    }
    let found = between(&first, &second)?;
    let bits = block_bits(found.span.filter(|span| !span.is_one())?, address.ip.is_ipv4())?;
    let third = rest.first().copied().unwrap_or_default();
    let says_so = mask_bits(third).is_some_and(|told| u32::from(told) == bits);
    let is_wide = found.span.is_some_and(|span| span.width() >= 7) && Address::parse(third.as_bytes()).is_none();
    (says_so || is_wide).then_some((found, 2 + usize::from(says_so)))
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
pub(super) fn parts_of(text: &str) -> Vec<&str> {
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

/// The host of a URL is searched for where it is an address.
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
pub(super) fn domain(text: &str) -> Option<String> {
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
        && last.chars().any(char::is_alphabetic)
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
            ("10.0.0.1 – 10.0.0.9", "range 10.0.0.1-10.0.0.9"),
            ("10.0.0.1 to 10.0.0.9", "range 10.0.0.1-10.0.0.9"),
            ("10.0.0.1..10.0.0.9", "range 10.0.0.1-10.0.0.9"),
            ("10.0.0.1-9", "range 10.0.0.1-10.0.0.9"),
            ("203.0.113.*", "range 203.0.113.0/24"),
            ("10.20.*.*", "range 10.20.0.0/16"),
            ("10.*.20.*", "not_recognised"),
            ("10.0.0.5-10.0.0.5", "address 10.0.0.5"),
            ("2001:db8::1-2001:db8::9", "range 2001:db8::1-2001:db8::9"),
            ("203.0.113.0/255.255.255.0", "range 203.0.113.0/24"),
            ("evil.example:8080", "domain evil.example"),
            ("<203.0.113.23>", "address 203.0.113.23"),
            ("• 203[.]0[.]113[.]19.", "address 203.0.113.19"),
            ("10.0.0.9-10.0.0.1", "not_recognised"),
            ("10.0.0.9-1", "not_recognised"),
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
    }

    #[test]
    fn cells_say_a_block_together() {
        let told = |cells: &[&str]| span_of(cells).map(|(found, used)| format!("{} {used}", found.value));
        for (cells, expected) in [
            (&["203.0.113.0", "203.0.113.255", "24", "3105"][..], Some("203.0.113.0-203.0.113.255 3")),
            (&["203.0.113.0", "203.0.113.255"], Some("203.0.113.0-203.0.113.255 2")),
            (&["203.0.113.0", "/24"], Some("203.0.113.0/24 2")),
            (&["203.0.113.0", "255.255.255.0"], Some("203.0.113.0/24 2")),
            (&["2001:db8::", "2001:db8::ffff"], Some("2001:db8::-2001:db8::ffff 2")),
            (&["203.0.113.2", "203.0.113.3", "31"], Some("203.0.113.2-203.0.113.3 3")),
            (&["203.0.113.2", "203.0.113.3"], None),
            (&["203.0.113.0", "203.0.113.255", "203.0.114.0"], None),
            (&["203.0.113.5", "203.0.113.9"], None),
            (&["203.0.113.0", "24"], None),
            (&["203.0.113.5", "203.0.113.5"], None),
            (&["203.0.113.255", "203.0.113.0"], None),
            (&["203.0.113.0"], None),
        ] {
            assert_eq!(told(cells).as_deref(), expected, "{cells:?}");
        }
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
