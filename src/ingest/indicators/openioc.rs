//! OpenIOC 1.0 and 1.1. An item's position is its place among the document's items.

use super::collect::{Collector, Details};
use super::pattern::{Condition, Joined, take_in};
use super::value::{NotUsable, Recognition, recognise, recognise_as};
use super::{ListFormat, NoList, ReadList};
use crate::model::{IndicatorKind, IssueReason};
use roxmltree::{Document, Node, ParsingOptions};

/// Elements of a document: far above any list, far below what fills memory.
const MOST_NODES: u32 = 4_000_000;

pub(super) fn read(text: &str) -> Result<ReadList, NoList> {
    // No document type: entities could make much out of little.
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options)
        .map_err(|error| NoList::Broken { format: "OpenIOC", reason: error.to_string() })?;
    let root = document.root_element();
    if !matches!(root.tag_name().name(), "ioc" | "OpenIOC") {
        return Err(NoList::OtherXml);
    }
    let mut out = Collector::new(ListFormat::OpenIoc);
    let told = |name: &str| {
        let node = root.descendants().find(|node| node.has_tag_name_in_any_space(name));
        node.and_then(|node| node.text()).map(str::trim).unwrap_or_default().to_owned()
    };
    out.list.name = told("short_description");
    out.list.date = told("authored_date");
    let license = root.descendants().find(|node| {
        node.has_tag_name_in_any_space("link") && node.attribute("rel").is_some_and(|rel| rel == "license")
    });
    out.list.licence = license.and_then(|node| node.text()).map(str::trim).unwrap_or_default().to_owned();
    let details = Details { name: out.list.name.clone(), ..Details::default() };
    let mut position = 0;
    let outermost = root.descendants().filter(|node| {
        is_condition(node) && !node.ancestors().skip(1).any(|above| above.has_tag_name_in_any_space("Indicator"))
    });
    for node in outermost {
        let joined = conditions(node, &mut position, text, 0);
        take_in(&mut out, &joined, &details, "stands in an AND with other items");
    }
    Ok(out.list)
}

fn is_condition(node: &Node<'_, '_>) -> bool {
    node.has_tag_name_in_any_space("Indicator") || node.has_tag_name_in_any_space("IndicatorItem")
}

/// Documents nest a few deep; what nests deeper is taken as alternatives.
const DEEPEST: usize = 50;

/// An item, or items joined by an operator.
fn conditions(node: Node<'_, '_>, position: &mut u64, text: &str, depth: usize) -> Joined<Condition> {
    if node.has_tag_name_in_any_space("IndicatorItem") {
        *position += 1;
        return Joined::One(read_item(*position, node, text));
    }
    if depth == DEEPEST {
        let items = node.descendants().filter(|node| node.has_tag_name_in_any_space("IndicatorItem"));
        let mut next = |item| {
            *position += 1;
            Joined::One(read_item(*position, item, text))
        };
        return Joined::Or(items.map(&mut next).collect());
    }
    let parts = node.children().filter(is_condition).map(|part| conditions(part, position, text, depth + 1)).collect();
    let is_and = node.attribute("operator").is_some_and(|operator| operator.eq_ignore_ascii_case("and"));
    if is_and { Joined::And(parts) } else { Joined::Or(parts) }
}

/// The two versions have different name spaces, and some documents none.
trait AnySpace {
    fn has_tag_name_in_any_space(&self, name: &str) -> bool;
}

impl AnySpace for Node<'_, '_> {
    fn has_tag_name_in_any_space(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

fn read_item(position: u64, item: Node<'_, '_>, text: &str) -> Condition {
    let raw = text.get(item.range()).unwrap_or_default();
    let child = |name: &str| item.children().find(|node| node.has_tag_name_in_any_space(name));
    let search = child("Context").and_then(|context| context.attribute("search")).unwrap_or_default();
    let value = child("Content").and_then(|content| content.text()).unwrap_or_default().trim();
    let condition = item.attribute("condition").unwrap_or("is");
    let negated = item.attribute("negate").is_some_and(|negate| negate == "true") || condition.ends_with("not");
    let found = if negated || !matches!(condition, "is" | "contains") {
        let condition = if negated { "negated" } else { condition };
        Err(unsupported(format!("a condition that is {condition}")))
    } else {
        looked_for(search, value)
    };
    Condition { position, written: value.to_owned(), found, raw: raw.to_owned() }
}

fn unsupported(detail: String) -> NotUsable {
    NotUsable { reason: IssueReason::Unsupported, detail }
}

/// By the term that is searched (the IOC terms of OpenIOC 1.0 and 1.1).
fn looked_for(search: &str, value: &str) -> Recognition {
    let term = search.to_ascii_lowercase();
    let last = term.rsplit('/').next().unwrap_or_default();
    let kind = match (last, term.as_str()) {
        ("remoteip" | "localip" | "ipv4" | "ipv6" | "ip" | "remoteipaddress", _) => IndicatorKind::Address,
        ("remoteport" | "localport", _) => IndicatorKind::Port,
        (_, "dnsentryitem/recordname" | "dnsentryitem/host" | "network/dns" | "urlhistoryitem/hostname") => {
            IndicatorKind::Domain
        }
        (_, "network/uri" | "urlhistoryitem/url") => IndicatorKind::Url,
        ("useragent", _) => IndicatorKind::UserAgent,
        ("md5sum" | "sha1sum" | "sha256sum" | "md5" | "sha1" | "sha256", _) => IndicatorKind::Hash,
        (_, "useritem/username") => IndicatorKind::Principal,
        _ => return Err(unsupported(format!("{search}: neither flow records nor CloudTrail hold any"))),
    };
    // A path alone is no URL that could be matched; an address in the place of a name is one.
    recognise_as(kind, value).or_else(|why| recognise(value).map_err(|_| why))
}
