//! Resources that an event names.

use super::event::Event;
use super::json::text_of;
use super::tables::{RESOURCES, Root, WellKnown};
use rustc_hash::FxHashSet;
use serde_json::Value;

/// A resource under one of its names.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Resource {
    /// `AWS::S3::Bucket`; empty where the event does not say.
    pub kind: String,
    /// A name, an id or an ARN; empty where the event says the type only.
    pub name: String,
}

/// What AWS's index lists, what the event lists itself, and well-known members of request and response.
pub(super) fn of(event: &Event<'_>) -> Vec<Resource> {
    let mut found = Found::default();
    for list in [event.listed_resources, event.resources].into_iter().flatten() {
        for item in list.as_array().into_iter().flatten() {
            found.listed(item);
        }
    }
    let service = event.source.as_deref().and_then(|source| source.split('.').next());
    for row in &RESOURCES {
        let root = match row.root {
            Root::Request => event.request_parameters,
            Root::Response => event.response_elements,
        };
        if let Some(root) = root.filter(|_| row.service.is_none() || row.service == service) {
            found.at(row, root, row.path);
        }
    }
    found.list
}

#[derive(Default)]
struct Found {
    list: Vec<Resource>,
    /// Only of many: a short list is looked through.
    seen: FxHashSet<Resource>,
}

impl Found {
    /// An element of a list of resources.
    fn listed(&mut self, item: &Value) {
        let first = |names: &[&str]| names.iter().find_map(|name| text_of(item.get(*name)));
        let kind = first(&["type", "resourceType", "ResourceType"]);
        let name = first(&["ARN", "arn", "resourceName", "ResourceName", "ARNPrefix"]);
        if kind.is_some() || name.is_some() {
            self.push(kind.as_deref().unwrap_or_default(), name.as_deref().unwrap_or_default());
        }
    }

    fn at(&mut self, row: &WellKnown, value: &Value, path: &[&str]) {
        match path.split_first() {
            Some((&"*", rest)) => {
                for element in value.as_array().into_iter().flatten() {
                    self.at(row, element, rest);
                }
            }
            Some((name, rest)) => {
                if let Some(value) = value.get(*name) {
                    self.at(row, value, rest);
                }
            }
            None => {
                if let Some(name) = text_of(Some(value)) {
                    self.push(row.kind, &name);
                }
            }
        }
    }

    fn push(&mut self, kind: &str, name: &str) {
        const SHORT: usize = 16;
        let resource = Resource { kind: kind.to_owned(), name: name.to_owned() };
        if self.list.len() == SHORT {
            self.seen.extend(self.list.iter().cloned());
        }
        let is_known = match self.list.len() < SHORT {
            true => self.list.contains(&resource),
            false => !self.seen.insert(resource.clone()),
        };
        if !is_known {
            self.list.push(resource);
        }
    }
}
