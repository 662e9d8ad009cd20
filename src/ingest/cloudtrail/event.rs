//! One CloudTrail event as JSON to the columns of the event table. The table of fields says which values are columns;
//! everything else stays in the JSON. Nothing that a value may be (null, a string where an object was expected, an
//! unknown field) makes an event unreadable; only text that is no JSON does.
//!
//! Source: the CloudTrail record contents reference, versions 1.0 to 1.11.

use super::derived;
use super::plain::{DEEPEST, Plain};
use super::time;
use crate::derive as derives;
use crate::ingest::json::text::{get, members, value_text};
use crate::ingest::json::wrap;
use crate::model::batch::EventColumns;
use crate::model::{Home, Kind, field};
use rustc_hash::FxHashMap;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::sync::LazyLock;

/// What was read from a JSON object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EventValues {
    /// In the order of `field::event_columns()`.
    pub columns: EventColumns,
    /// eventTime in milliseconds UTC.
    pub time_millis: Option<i64>,
    /// The object is an event, and not something else.
    pub is_event: bool,
    /// Its members leave no doubt of that: it has a time, and a name and a source, or an id.
    pub is_certain: bool,
    /// It has a member in which tools keep an event: it may be what wraps one.
    pub may_wrap: bool,
}

/// Reads events. Costs nothing to make: all share the layout of the columns.
pub(crate) struct EventReader {
    layout: &'static Layout,
    /// Room that an event's values took.
    spare: Cell<Option<EventColumns>>,
}

/// Objects and lists inside each other that an event which `read_ahead` takes has fewer of.
pub(crate) const DEEPEST_EVENT: usize = 2 * DEEPEST as usize;

static LAYOUT: LazyLock<Layout> = LazyLock::new(Layout::new);

/// Where each member's value goes.
struct Layout {
    root: Branch,
    width: usize,
    time: Option<usize>,
    version: Option<usize>,
    name: Option<usize>,
    source: Option<usize>,
    id: Option<usize>,
    category: Option<usize>,
    error_code: Option<usize>,
    error_message: Option<usize>,
}

/// Where a member's value goes.
enum Node {
    Column(usize, Kind),
    /// A column that holds the member's JSON; the mark that the member is there.
    Json(usize, u8),
    Branch(Branch),
    /// `userIdentity`: its members have columns of their own. The column of its JSON is for what they do not tell.
    Identity(Branch, usize),
    /// A member that tells what kind of event this is.
    Mark(u8),
    /// `Resources` of AWS's index.
    Listed,
}

/// The members of an object that are looked at, by the bytes of their names.
#[derive(Default)]
struct Branch {
    members: FxHashMap<&'static [u8], Node>,
    /// A bit of its own among the layout's objects.
    bit: u32,
}

const TIME_WINDOW: u8 = 1;
const SUMMARY: u8 = 2;
const INSIGHT: u8 = 4;
/// A member that may hold a list of records: the object may be what wraps them.
const LIST: u8 = 16;
/// A member in which a tool may keep the event: the object may be the tool's own.
const HOLDER: u8 = 32;
/// `responseElements`: some services report an error only there.
const RESPONSE: u8 = 8;

impl Default for EventReader {
    fn default() -> Self {
        Self::new()
    }
}

impl Layout {
    fn new() -> Self {
        let mut root = Branch::default();
        let mut branches = 0;
        let mut width = 0;
        let mut at = FxHashMap::default();
        for (column, field) in field::event_columns().enumerate() {
            width = column + 1;
            match field.home {
                Home::Event(path) | Home::Call(path) => {
                    plant(&mut root, &mut branches, path, column, field.kind);
                    at.insert(path, column);
                }
                Home::EventJson(key) => {
                    let node = match (key, root.members.remove(key.as_bytes())) {
                        (_, Some(Node::Branch(members))) => Node::Identity(members, column),
                        ("insightDetails", _) => Node::Json(column, INSIGHT),
                        ("responseElements", _) => Node::Json(column, RESPONSE),
                        _ => Node::Json(column, 0),
                    };
                    root.members.insert(key.as_bytes(), node);
                }
                _ => {}
            }
        }
        root.members.insert(b"timeWindow".as_slice(), Node::Mark(TIME_WINDOW));
        root.members.insert(b"summary".as_slice(), Node::Mark(SUMMARY));
        root.members.insert(b"Resources".as_slice(), Node::Listed);
        for name in ["Records", "Events", "events", "logEvents", "results"] {
            root.members.insert(name.as_bytes(), Node::Mark(LIST));
        }
        for name in wrap::holders() {
            root.members.entry(name.as_bytes()).or_insert(Node::Mark(HOLDER));
        }
        let column = |path| at.get(path).copied();
        Self {
            time: column("eventTime"),
            version: column("eventVersion"),
            name: column("eventName"),
            source: column("eventSource"),
            id: column("eventID"),
            category: column("eventCategory"),
            error_code: column("errorCode"),
            error_message: column("errorMessage"),
            root,
            width,
        }
    }
}

impl EventReader {
    pub(crate) fn new() -> Self {
        Self { layout: &LAYOUT, spare: Cell::default() }
    }

    /// Reads the event with which a text begins, whatever follows it, and its length in bytes. `None` for what is no
    /// event beyond doubt, or is not all there.
    pub(crate) fn read_ahead(&self, text: &str) -> Option<(EventValues, usize)> {
        let mut plain = Plain::new(text);
        let mut found = self.nothing();
        found.walk(&mut plain, &self.layout.root, false)?;
        let len = plain.at();
        if found.identity_tells_more {
            self.keep_identity(text.get(..len)?, &mut found);
        }
        Some((self.event(found)?, len))
    }

    /// The column whose value is the text of the member of this name.
    pub(super) fn text_column(&self, name: &str) -> Option<usize> {
        match self.layout.root.members.get(name.as_bytes())? {
            Node::Column(at, kind) if *kind != Kind::Boolean => Some(*at),
            _ => None,
        }
    }

    /// What an object of one member says. `None` for what is not plain.
    pub(super) fn member(&self, object: &str) -> Option<Found> {
        let mut found = self.nothing();
        found.walk(&mut Plain::new(object), &self.layout.root, false)?;
        if found.identity_tells_more {
            self.keep_identity(object, &mut found);
        }
        Some(found)
    }

    /// What is known of an event before any of its members is read.
    pub(super) fn nothing(&self) -> Found {
        let columns = match self.spare.take() {
            Some(mut columns) => {
                columns.clear();
                columns
            }
            None => EventColumns::new(self.layout.width),
        };
        Found { columns, ..Found::default() }
    }

    /// Takes the room of an event's values, for those of the next one.
    pub(crate) fn reuse(&self, values: EventValues) {
        self.spare.set(Some(values.columns));
    }

    /// The event of which this was read member by member, as `read_ahead` gives it.
    pub(super) fn event(&self, found: Found) -> Option<EventValues> {
        let is_wrapper = found.marks & LIST != 0;
        let values = self.judge(found);
        (values.is_event && !values.may_wrap && !is_wrapper).then_some(values)
    }

    /// Reads a JSON value. A value that is no object is no event; an error is text that is no JSON.
    pub(crate) fn read(&self, json: &str) -> Result<EventValues, serde_json::Error> {
        let mut found = self.nothing();
        let mut deserializer = serde_json::Deserializer::from_str(json);
        Members { branch: &self.layout.root, found: &mut found, is_identity: false }.deserialize(&mut deserializer)?;
        deserializer.end()?;
        if found.identity_tells_more {
            self.keep_identity(json, &mut found);
        }
        Ok(self.judge(found))
    }

    /// Rare enough to search for the member again.
    fn keep_identity(&self, json: &str, found: &mut Found) {
        if let Some(Node::Identity(_, column)) = self.layout.root.members.get(b"userIdentity".as_slice()) {
            let members = members(json);
            let raw = members.as_ref().and_then(|members| get(members, "userIdentity"));
            found.columns.set(*column, raw.filter(|raw| *raw != "null"));
        }
    }

    fn judge(&self, found: Found) -> EventValues {
        let Found { mut columns, marks, error, listed, .. } = found;
        let text = |column: Option<usize>| column.and_then(|at| columns.get(at));
        let source = text(self.layout.source);
        // S3's own notifications have an eventVersion too; their eventSource is `aws:s3`.
        let foreign = source.is_some_and(|source| source.starts_with("aws:"));
        let summary = marks & TIME_WINDOW != 0 && marks & SUMMARY != 0;
        let aggregated = text(self.layout.category) == Some("Aggregated") || summary;
        let uncategorised = text(self.layout.category).is_none();
        let named = text(self.layout.name).is_some() && source.is_some();
        let known = text(self.layout.version).is_some() || named || marks & INSIGHT != 0 || aggregated;
        let time_millis = text(self.layout.time).and_then(time::millis);
        let has_error = text(self.layout.error_code).is_some_and(|code| !code.is_empty());
        let has_message = text(self.layout.error_message).is_some();
        let has_id = text(self.layout.id).is_some();
        let mut set = |column: Option<usize>, value: Option<&str>| {
            if let Some(at) = column {
                columns.set(at, value);
            }
        };
        if !has_error {
            // Some exports write an empty text where there was no error.
            let (code, message) = error.map_or((None, None), |(code, message)| (Some(code), message));
            set(self.layout.error_code, code.as_deref());
            if !has_message {
                set(self.layout.error_message, message.as_deref());
            }
        }
        if summary && uncategorised {
            set(self.layout.category, Some("Aggregated"));
        }
        if known && !foreign {
            derived::derive(&mut columns, listed.as_deref());
        }
        EventValues {
            columns,
            time_millis,
            is_event: known && !foreign,
            is_certain: known && !foreign && time_millis.is_some() && (named || has_id),
            may_wrap: marks & HOLDER != 0,
        }
    }
}

fn plant(branch: &mut Branch, branches: &mut u32, path: &'static str, column: usize, kind: Kind) {
    match path.split_once('.') {
        None => {
            branch.members.insert(path.as_bytes(), Node::Column(column, kind));
        }
        Some((first, rest)) => {
            let node = branch.members.entry(first.as_bytes()).or_insert_with(|| {
                *branches += 1;
                Node::Branch(Branch { bit: 1 << *branches, ..Branch::default() })
            });
            if let Node::Branch(inner) = node {
                plant(inner, branches, rest, column, kind);
            }
        }
    }
}

/// What was read of an object so far.
#[derive(Clone, Default)]
pub(super) struct Found {
    pub columns: EventColumns,
    pub marks: u8,
    /// Code and message of an error in the response.
    pub error: Option<(String, Option<String>)>,
    pub listed: Option<String>,
    /// There is something in userIdentity that its columns do not say.
    identity_tells_more: bool,
    /// The bits of the objects that were seen.
    begun: u32,
}

impl Found {
    /// Reads the members of the plain object that is here into the columns of a branch, as `Members` does. `None` for
    /// what is not plain.
    fn walk(&mut self, plain: &mut Plain<'_>, branch: &Branch, is_identity: bool) -> Option<()> {
        let mut more = plain.open()?;
        while more {
            let node = branch.members.get(plain.key()?.as_bytes());
            if let Some(Node::Branch(inner) | Node::Identity(inner, _)) = node {
                let starts = matches!(node, Some(Node::Identity(..)));
                let is_identity = is_identity || starts;
                self.begin(inner);
                self.identity_tells_more &= !starts;
                if plain.is_object() {
                    self.walk(plain, inner, is_identity)?;
                } else {
                    let raw = plain.value()?;
                    self.identity_tells_more |= is_identity && raw != "null";
                }
            } else {
                let raw = plain.value()?;
                match node {
                    Some(Node::Column(at, kind)) => self.column(*at, *kind, raw, is_identity),
                    Some(Node::Json(at, mark)) => self.json(*at, *mark, raw),
                    Some(Node::Mark(mark)) => self.marks |= mark,
                    Some(Node::Listed) => self.listed = Some(raw.to_owned()),
                    _ => self.identity_tells_more |= is_identity && says_something(raw),
                }
            }
            more = plain.more()?;
        }
        Some(())
    }

    fn column(&mut self, at: usize, kind: Kind, raw: &str, is_identity: bool) {
        self.identity_tells_more |= is_identity && !column_tells(raw, kind);
        self.set(at, kind, raw);
    }

    /// Of a member that comes twice, the last one counts: what the first one said is removed.
    fn begin(&mut self, branch: &Branch) {
        if self.begun & branch.bit != 0 {
            self.clear(branch);
        }
        self.begun |= branch.bit;
    }

    fn clear(&mut self, branch: &Branch) {
        for node in branch.members.values() {
            match node {
                Node::Column(at, _) => self.columns.set(*at, None),
                Node::Branch(inner) | Node::Identity(inner, _) => self.clear(inner),
                Node::Json(..) | Node::Mark(_) | Node::Listed => {}
            }
        }
    }

    fn set(&mut self, at: usize, kind: Kind, raw: &str) {
        let text = value_text(raw);
        let value = text.as_deref().map(|text| match kind {
            Kind::Boolean if text.eq_ignore_ascii_case("true") => "true",
            Kind::Boolean if text.eq_ignore_ascii_case("false") => "false",
            _ => text,
        });
        self.columns.set(at, value);
    }

    fn json(&mut self, at: usize, mark: u8, raw: &str) {
        self.columns.set(at, Some(raw).filter(|raw| *raw != "null"));
        self.marks |= mark;
        if mark == RESPONSE {
            // Without one of these there is no member whose name ends in `code`.
            let may_tell = |raw: &str| memchr::memmem::find(raw.as_bytes(), b"ode").is_some() || raw.contains('\\');
            let response = Some(raw).filter(|raw| may_tell(raw)).and_then(derives::parse);
            self.error = response.and_then(|response| derives::error_of_response(&response));
        }
    }
}

/// A member of userIdentity that has no column: is there anything in it?
fn says_something(raw: &str) -> bool {
    !matches!(raw, "{}" | "null")
}

/// Does a column say the same as this member of userIdentity? Its text does, and nothing says nothing.
fn column_tells(raw: &str, kind: Kind) -> bool {
    match kind {
        Kind::Boolean => matches!(raw, "\"true\"" | "\"false\"" | "null"),
        _ => raw.as_bytes().first() == Some(&b'"') || raw == "null",
    }
}

/// Reads the members of an object into the columns of a branch; any other value says nothing.
struct Members<'t> {
    branch: &'t Branch,
    found: &'t mut Found,
    /// It is userIdentity, or inside of it.
    is_identity: bool,
}

impl Members<'_> {
    /// A value that is no object where one was expected.
    fn other(self) {
        self.found.identity_tells_more |= self.is_identity;
    }
}

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(Key)? {
            match self.branch.members.get(key.as_ref()) {
                None if self.is_identity => {
                    self.found.identity_tells_more |= says_something(map.next_value::<&RawValue>()?.get());
                }
                None => drop(map.next_value::<IgnoredAny>()?),
                Some(Node::Column(at, kind)) => {
                    let raw = map.next_value::<&RawValue>()?.get();
                    self.found.column(*at, *kind, raw, self.is_identity);
                }
                Some(Node::Json(at, mark)) => {
                    let raw = map.next_value::<&RawValue>()?.get();
                    self.found.json(*at, *mark, raw);
                }
                Some(Node::Branch(inner)) => {
                    self.found.begin(inner);
                    map.next_value_seed(Members { branch: inner, found: self.found, is_identity: self.is_identity })?;
                }
                Some(Node::Identity(inner, _)) => {
                    self.found.begin(inner);
                    self.found.identity_tells_more = false;
                    map.next_value_seed(Members { branch: inner, found: self.found, is_identity: true })?;
                }
                Some(Node::Mark(mark)) => {
                    self.found.marks |= mark;
                    map.next_value::<IgnoredAny>()?;
                }
                Some(Node::Listed) => self.found.listed = Some(map.next_value::<&RawValue>()?.get().to_owned()),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        self.other();
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        self.other();
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        self.other();
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        self.other();
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        self.other();
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        self.other();
        Ok(())
    }
}

/// A member's name. Read as bytes, because a name with half a surrogate pair is no reason to lose an event.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, [u8]>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_bytes(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, [u8]>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_bytes<E>(self, name: &'de [u8]) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_bytes<E>(self, name: &[u8]) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
