//! Events in a table whose columns are their members. Most values repeat: what one of them says of an event is read once,
//! and each event is put together from what its values say. Gives the JSON that `Layout::render` writes and the columns
//! that are read from it.

use super::columns::{EventColumn, Layout};
use super::event::{EventReader, EventValues, Found};
use crate::ingest::json::text::push_string;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Puts events together, one after the other.
pub(crate) struct ByColumn {
    columns: Vec<Member>,
    said: Vec<Said>,
    /// About what `said` takes.
    bytes: usize,
    /// Of the event at hand.
    json: String,
    found: Found,
    is_plain: bool,
    /// What values say, by where they are: of one column.
    places: FxHashMap<(usize, usize), u32>,
}

/// A column of the table.
struct Member {
    column: EventColumn,
    /// The member's name and a colon.
    name: String,
    /// The column of events whose value is the text as it is.
    text: Option<usize>,
    /// What values say, by their text.
    known: FxHashMap<Box<str>, u32>,
    /// What the values of the rows at hand say; `NOTHING` for none, `LONG` for one that is not kept.
    numbers: Vec<u32>,
}

const NOTHING: u32 = u32::MAX;
const LONG: u32 = NOTHING - 1;

/// What a value says.
struct Said {
    json: String,
    /// `None` for what is not plain: the JSON must be read as a whole.
    found: Option<OfMember>,
}

struct OfMember {
    columns: Vec<(usize, Box<str>)>,
    marks: u8,
    error: Option<(String, Option<String>)>,
    listed: Option<String>,
}

/// Memory for what values say.
const MOST_BYTES: usize = 16 << 20;
/// About what a value takes beside its texts.
const ENTRY_BYTES: usize = 256;
/// Bytes of the longest value that is kept.
const LONGEST: usize = 4 << 10;

impl ByColumn {
    /// `None` where a column is more or less than a member of its own.
    pub(crate) fn of(layout: &Layout, reader: &EventReader) -> Option<Self> {
        let mut names = BTreeSet::new();
        let member = |column: &EventColumn| {
            let path = match column {
                EventColumn::Text(path) | EventColumn::Boolean(path) | EventColumn::Value(path) => path,
                EventColumn::Event => return None,
            };
            let text = reader.text_column(path).filter(|_| matches!(column, EventColumn::Text(_)));
            let mut name = String::new();
            push_string(&mut name, path);
            name.push(':');
            let (known, numbers) = (FxHashMap::default(), Vec::new());
            let is_own = !path.contains('.') && names.insert(path.clone());
            is_own.then(|| Member { column: column.clone(), name, text, known, numbers })
        };
        let columns = layout.columns().iter().map(member).collect::<Option<Vec<_>>>()?;
        Some(Self {
            columns,
            said: Vec::new(),
            bytes: 0,
            json: String::new(),
            found: reader.nothing(),
            is_plain: true,
            places: FxHashMap::default(),
        })
    }

    /// Other rows from here on.
    pub(crate) fn begin_rows(&mut self) {
        self.columns.iter_mut().for_each(|member| member.numbers.clear());
        if self.bytes > MOST_BYTES {
            self.columns.iter_mut().for_each(|member| member.known.clear());
            self.said.clear();
            self.bytes = 0;
        }
    }

    /// Reads what the values of a column of these rows say.
    pub(crate) fn read<'t>(
        &mut self,
        column: usize,
        values: impl Iterator<Item = Option<&'t [u8]>>,
        reader: &EventReader,
    ) {
        if self.columns.get(column).is_none_or(|member| member.text.is_some()) {
            return;
        }
        // Values that repeat are often at one place.
        self.places.clear();
        let mut numbers = Vec::new();
        for value in values {
            let Some(value) = value.filter(|value| !value.is_empty()) else {
                numbers.push(NOTHING);
                continue;
            };
            let place = (value.as_ptr() as usize, value.len());
            numbers.push(match self.places.get(&place) {
                Some(number) => *number,
                None => {
                    let number = self.number(column, &text(value), reader).unwrap_or(LONG);
                    self.places.insert(place, number);
                    number
                }
            });
        }
        if let Some(member) = self.columns.get_mut(column) {
            member.numbers = numbers;
        }
    }

    /// The next event.
    pub(crate) fn begin(&mut self, reader: &EventReader) {
        self.json.clear();
        self.json.push('{');
        self.found = reader.nothing();
        self.is_plain = true;
    }

    /// Its value in a column of the rows that are read: that of this row.
    pub(crate) fn row<'t>(
        &mut self,
        column: usize,
        row: usize,
        value: impl FnOnce() -> Option<&'t [u8]>,
        reader: &EventReader,
    ) {
        // Nearly all is known without looking at the value, which is elsewhere in memory.
        match self.columns.get(column).and_then(|member| member.numbers.get(row)) {
            Some(&NOTHING) => {}
            None | Some(&LONG) => {
                if let Some(value) = value() {
                    self.value(column, &text(value), reader);
                }
            }
            Some(number) => self.add(column, *number),
        }
    }

    /// A value of it.
    pub(crate) fn value(&mut self, column: usize, value: &str, reader: &EventReader) {
        let Some(member) = self.columns.get(column).filter(|_| !value.is_empty()) else { return };
        if let Some(at) = member.text {
            begin_member(&mut self.json, &member.name);
            push_string(&mut self.json, value);
            self.found.columns.set(at, Some(value));
        } else if let Some(number) = self.number(column, value, reader) {
            self.add(column, number);
        } else if let Some(member) = self.columns.get(column) {
            let said = member.say(value, reader);
            begin_member(&mut self.json, &member.name);
            said.add_to(&mut self.json, &mut self.found, &mut self.is_plain);
        }
    }

    /// The number of what a value says; `None` for one that is too long to be kept.
    fn number(&mut self, column: usize, value: &str, reader: &EventReader) -> Option<u32> {
        let member = self.columns.get_mut(column)?;
        if let Some(number) = member.known.get(value) {
            return Some(*number);
        }
        let number = u32::try_from(self.said.len()).ok().filter(|number| *number < LONG)?;
        if value.len() > LONGEST {
            return None;
        }
        let said = member.say(value, reader);
        self.bytes += ENTRY_BYTES + 3 * value.len();
        self.said.push(said);
        member.known.insert(value.into(), number);
        Some(number)
    }

    fn add(&mut self, column: usize, number: u32) {
        if let (Some(member), Some(said)) = (self.columns.get(column), self.said.get(number as usize)) {
            begin_member(&mut self.json, &member.name);
            said.add_to(&mut self.json, &mut self.found, &mut self.is_plain);
        }
    }

    /// Hands on the event: its JSON, and what `EventReader::read_ahead` reads in it.
    pub(crate) fn end<T>(&mut self, reader: &EventReader, take: impl FnOnce(&str, Option<&EventValues>) -> T) -> T {
        self.json.push('}');
        if !self.is_plain {
            return take(&self.json, None);
        }
        let event = reader.event(std::mem::take(&mut self.found));
        let result = take(&self.json, event.as_ref());
        if let Some(values) = event {
            reader.reuse(values);
        }
        result
    }
}

/// Bytes that are no UTF-8 become U+FFFD.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    // Looking for the first such byte is slower than asking whether there is one.
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

fn begin_member(json: &mut String, name: &str) {
    if json.len() > 1 {
        json.push(',');
    }
    json.push_str(name);
}

impl Member {
    fn say(&self, value: &str, reader: &EventReader) -> Said {
        let json = self.column.json(value);
        let object = format!("{{{}{json}}}", self.name);
        let found = reader.member(&object).map(|found| {
            let values = found.columns.values();
            let columns = values.iter().enumerate().filter_map(|(at, text)| Some((at, text?.into())));
            OfMember { columns: columns.collect(), marks: found.marks, error: found.error, listed: found.listed }
        });
        Said { json, found }
    }
}

impl Said {
    fn add_to(&self, json: &mut String, found: &mut Found, is_plain: &mut bool) {
        json.push_str(&self.json);
        let Some(said) = &self.found else {
            *is_plain = false;
            return;
        };
        for (at, text) in &said.columns {
            found.columns.set(*at, Some(text));
        }
        found.marks |= said.marks;
        if said.error.is_some() {
            found.error.clone_from(&said.error);
        }
        if said.listed.is_some() {
            found.listed.clone_from(&said.listed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEADER: [&str; 20] = [
        "eventversion",
        "eventid",
        "eventtime",
        "eventname",
        "eventsource",
        "useridentity",
        "requestparameters",
        "responseelements",
        "additionaleventdata",
        "resources",
        "readonly",
        "insightdetails",
        "errorcode",
        "errormessage",
        "useragent",
        "events",
        "timeWindow",
        "summary",
        "detail",
        "user \"name\"",
    ];

    fn values() -> impl Strategy<Value = String> {
        let plain = [
            "",
            "1.08",
            "null",
            "true",
            "False",
            "01",
            "12.50",
            "2021-05-16T07:50:00Z",
            "aws:s3",
            "a \"b\"\n\u{1}é",
            "{}",
            "[1,{\"a\":[]}]",
            "\"a\\u0041\\n\"",
            "{\"errorCode\":\"X\",\"errorMessage\":\"Y\"}",
            "{\"bucketName\":\"b\"}",
            "{\"MFAUsed\":\"No\"}",
            "[{\"type\":\"AWS::S3::Bucket\",\"ARN\":\"arn:aws:s3:::b\"}]",
            "{\"type\":\"Root\",\"arn\":null}",
            "{\"type\":1,\"sessionContext\":{\"attributes\":{\"mfaAuthenticated\":\"false\"}}}",
            "{\"type\":\"AssumedRole\",\"principalId\":\"AROA1234567890ABC:s\",\"more\":[0]}",
            "{\"\\u0061\":1}",
            "{type=IAMUser, accountid=1, arn=arn:aws:iam::1:user/x}",
            "{type=",
        ];
        let text = prop::sample::select(plain.to_vec()).prop_map(str::to_owned);
        let long = (0usize..3).prop_map(|number| format!("{{\"a\":\"{}{number}\"}}", "x".repeat(LONGEST)));
        prop_oneof![60 => text, 1 => long]
    }

    proptest! {
        /// Events are the same as those whose JSON is written and read, whatever was said before and wherever values are.
        #[test]
        fn events_are_those_whose_json_is_read(
            header in prop::sample::subsequence(HEADER.to_vec(), 4..=HEADER.len()).prop_shuffle(),
            pool in prop::collection::vec(values(), 6),
            rows in prop::collection::vec(prop::collection::vec(0usize..6, HEADER.len()), 1..12),
            batch in 1usize..5,
            is_read in prop::collection::vec(any::<bool>(), HEADER.len()),
        ) {
            let names: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
            let Some(layout) = Layout::of_header(&names) else { return Ok(()) };
            let reader = EventReader::new();
            let mut by_column = ByColumn::of(&layout, &reader).unwrap();
            let rows: Vec<Vec<&str>> =
                rows.iter().map(|row| row.iter().take(names.len()).map(|at| pool[*at].as_str()).collect()).collect();
            for rows in rows.chunks(batch) {
                by_column.begin_rows();
                for column in (0..names.len()).filter(|column| is_read[*column]) {
                    by_column.read(column, rows.iter().map(|row| Some(row[column].as_bytes())), &reader);
                }
                for (at, texts) in rows.iter().enumerate() {
                    by_column.begin(&reader);
                    for (column, text) in texts.iter().enumerate() {
                        match is_read[column] {
                            true => by_column.row(column, at, || Some(text.as_bytes()), &reader),
                            false => by_column.value(column, text, &reader),
                        }
                    }
                    let (json, _) = layout.render(texts);
                    let read = reader.read_ahead(&json).filter(|(_, len)| *len == json.len()).map(|(values, _)| values);
                    by_column.end(&reader, |put_together, values| {
                        prop_assert_eq!(put_together, &json);
                        prop_assert_eq!(values, read.as_ref(), "{}", json);
                        Ok(())
                    })?;
                }
            }
        }
    }

    #[test]
    fn a_column_that_is_no_member_of_its_own_is_left_to_the_layout() {
        for (header, is_taken) in [
            ("eventid,eventname", true),
            ("eventid,eventname,user_identity_arn", false),
            ("eventid,eventjson", false),
            ("eventid,eventname,event_name", false),
        ] {
            let names: Vec<String> = header.split(',').map(str::to_owned).collect();
            let layout = Layout::of_header(&names).unwrap();
            assert_eq!(ByColumn::of(&layout, &EventReader::new()).is_some(), is_taken, "{header}");
        }
    }
}
