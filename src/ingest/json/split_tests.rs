//! Tests of the splitter: pieces, limits, damage.

use super::*;
use proptest::prelude::*;

/// Writes down what it receives. An element is taken as JSON where serde_json takes it.
#[derive(Default, Debug, PartialEq, Eq)]
struct Notes(Vec<String>);

impl Sink for Notes {
    fn element(&mut self, raw: &[u8], span: Span, container: Container) -> Result<(), String> {
        if serde_json::from_slice::<serde::de::IgnoredAny>(raw).is_err() {
            return Err("no JSON".into());
        }
        assert_eq!(span.len, raw.len() as u64);
        self.0.push(format!("{container:?} {} {}", span.offset, String::from_utf8_lossy(raw)));
        Ok(())
    }

    fn fault(&mut self, reason: Reason, _: String, raw: &[u8], span: Span) {
        let raw = String::from_utf8_lossy(raw.get(..60).unwrap_or(raw)).into_owned();
        self.0.push(format!("{} {}+{} {raw}", reason.code(), span.offset, span.len));
    }

    fn wrapper(&mut self) {
        self.0.push("wrapper".into());
    }

    fn open(&mut self, container: Container) {
        self.0.push(format!("open {container:?}"));
    }

    fn scalar(&mut self, key: &str, value: &str) {
        self.0.push(format!("{key}={value}"));
    }
}

const SMALL: Limits = Limits { element_bytes: 200, depth: 8 };

fn split_with(limits: Limits, pieces: &[&[u8]]) -> (Vec<String>, Tail) {
    let mut notes = Notes::default();
    let mut splitter = Splitter::new(limits);
    for piece in pieces {
        splitter.push(piece, &mut notes);
    }
    let tail = splitter.finish(&mut notes);
    (notes.0, tail)
}

fn split(text: &str) -> Vec<String> {
    let (notes, tail) = split_with(Limits::default(), &[text.as_bytes()]);
    assert_eq!(tail, Tail::Complete, "{text}");
    notes
}

#[test]
fn lines_concatenated_values_and_lists() {
    assert_eq!(split("{\"a\":1}\n{\"b\":2}{\"c\":3}"), ["Top 0 {\"a\":1}", "Top 8 {\"b\":2}", "Top 15 {\"c\":3}"]);
    assert_eq!(split("[{\"a\":\"}\\\"]\"},\n {}]"), ["open List", "List 1 {\"a\":\"}\\\"]\"}", "List 16 {}"]);
    assert_eq!(split("[[{}],[]]"), ["open List", "open List", "List 2 {}", "open List"]);
    assert_eq!(split("\"a\\\\\"\n\"b\""), ["Top 0 \"a\\\\\"", "Top 6 \"b\""]);
    assert_eq!(split("\u{feff}{}\u{feff}{}"), ["Top 3 {}", "Top 8 {}"]);
    assert_eq!(split(" \n"), Vec::<String>::new());
}

#[test]
fn wrappers_open_and_tell_their_scalars() {
    let text = r#"{"messageType":"DATA_MESSAGE","x":{"Records":[{}]},"logEvents":[{"id":1}],"n":5,"y":[[]],"z":"é\"","w":null}"#;
    assert_eq!(
        split(text),
        ["wrapper", "messageType=DATA_MESSAGE", "open LogEvents", "LogEvents 64 {\"id\":1}", "n=5", "z=é\"", "w=null"]
    );
    assert_eq!(
        split(r#"[{"Records":[{"a":1}]},{"Records":[]}]"#),
        ["open List", "wrapper", "open Records", "Records 13 {\"a\":1}", "wrapper", "open Records"]
    );
    assert_eq!(
        split(r#"{"results":[[{"field":1}],[]],"status":"Complete"}"#),
        ["wrapper", "open Results", "Results 12 [{\"field\":1}]", "Results 26 []", "status=Complete"]
    );
    // An event may have a member of such a name; it is an event nevertheless.
    assert_eq!(split(r#"{"eventVersion":"1","results":[{}]}"#), [r#"Top 0 {"eventVersion":"1","results":[{}]}"#]);
}

#[test]
fn garbage_between_elements_is_one_fault_a_run() {
    assert_eq!(
        split("[{\"a\":1}}},\n {\"b\":2} ... {\"c\":3}, 1, 2]"),
        [
            "open List",
            "List 1 {\"a\":1}",
            "not_a_record 8+2 }}",
            "List 13 {\"b\":2}",
            "not_a_record 21+3 ...",
            "List 25 {\"c\":3}",
            "not_a_record 34+4 1, 2"
        ]
    );
    assert_eq!(
        split("# one\n{\"a\":1}\nx y\n\nz\n"),
        ["not_a_record 0+5 # one", "Top 6 {\"a\":1}", "not_a_record 14+3 x y", "not_a_record 19+1 z"]
    );
    // A wrapper that was not closed, and a new one.
    assert_eq!(
        split("{\"Records\":[{}]\n{\"Records\":[{}]}"),
        ["wrapper", "open Records", "Records 12 {}", "wrapper", "open Records", "Records 28 {}"]
    );
}

#[test]
fn a_damaged_record_does_not_swallow_its_successors() {
    // A line that lost its end.
    assert_eq!(
        split("{\"a\":\"x\n{\"b\":2}\n{\"c\":3}\n"),
        ["bad_json 0+7 {\"a\":\"x", "Top 8 {\"b\":2}", "Top 16 {\"c\":3}"]
    );
    // A record in a list that lost a brace, then one that lost a quote.
    let text = concat!(
        r#"{"Records":[{"eventVersion":"1","a":{"b":1},{"eventVersion":"2"},"#,
        r#"{"eventVersion":"3,"x":1},{"eventVersion":"4"}]}"#
    );
    assert_eq!(
        split(text),
        [
            "wrapper",
            "open Records",
            r#"bad_json 12+32 {"eventVersion":"1","a":{"b":1},"#,
            r#"Records 44 {"eventVersion":"2"}"#,
            r#"bad_json 65+26 {"eventVersion":"3,"x":1},"#,
            r#"Records 91 {"eventVersion":"4"}"#
        ]
    );
}

#[test]
fn what_is_cut_off_keeps_what_came_before() {
    let (notes, tail) = split_with(Limits::default(), &[br#"{"Records":[{"a":1},{"b":"#]);
    assert_eq!(notes, ["wrapper", "open Records", "Records 12 {\"a\":1}", "cut_off 20+5 {\"b\":"]);
    assert_eq!(tail, Tail::InsideElement);
    let (notes, tail) = split_with(Limits::default(), &[br#"{"Records":[{"a":1},"#]);
    assert_eq!((notes.len(), tail), (3, Tail::Unclosed));
    let (notes, tail) = split_with(Limits::default(), &[br#"{"Events":[],"NextToken":"abc"#]);
    assert_eq!((notes.len(), tail), (2, Tail::Unclosed));
}

#[test]
fn limits_cost_one_element_and_no_more() {
    let long = format!("[{{\"a\":\"{}\"}},{{\"b\":2}}]", "x".repeat(300));
    let (notes, _) = split_with(SMALL, &[long.as_bytes()]);
    let kept = format!("too_long 1+308 {{\"a\":\"{}", "x".repeat(54));
    assert_eq!(notes, ["open List", kept.as_str(), "List 310 {\"b\":2}"]);

    let deep = format!("[{{\"a\":{}{}}},{{\"b\":2}}]", "[".repeat(20), "]".repeat(20));
    let (notes, _) = split_with(SMALL, &[deep.as_bytes()]);
    assert_eq!(notes.len(), 3);
    assert!(notes[1].starts_with("too_deep 1+46 {\"a\":[[[["), "{notes:?}");
    assert_eq!(notes[2], "List 48 {\"b\":2}");

    let lists = format!("{}{}{{}}", "[".repeat(1000), "]".repeat(1000));
    let (notes, tail) = split_with(SMALL, &[lists.as_bytes()]);
    assert_eq!(notes.len(), 10);
    assert_eq!(notes[9], "Top 2000 {}");
    assert_eq!(tail, Tail::Complete);
}

#[test]
fn memory_does_not_grow_with_the_content() {
    let limits = Limits { element_bytes: 1 << 16, depth: 64 };
    let record = format!("{{\"a\":\"{}\"}},", "x".repeat(30_000));
    let endless = "y".repeat(1 << 16);
    let mut notes = Notes::default();
    let mut splitter = Splitter::new(limits);
    splitter.push(b"{\"Records\":[", &mut notes);
    for round in 0..400 {
        splitter.push(record.as_bytes(), &mut notes);
        assert!(splitter.buffer.capacity() <= 1 << 18, "{round}");
    }
    splitter.push(b"{\"a\":\"", &mut notes);
    for round in 0..400 {
        splitter.push(endless.as_bytes(), &mut notes);
        assert!(splitter.buffer.capacity() <= 1 << 18, "{round}");
    }
    splitter.push(b"\"}]}", &mut notes);
    assert_eq!(splitter.finish(&mut notes), Tail::Complete);
    assert_eq!(notes.0.len(), 2 + 400 + 1);
    assert!(notes.0[402].starts_with("too_long "), "{}", &notes.0[402][..40]);
}

#[test]
fn hostile_restarts_end() {
    for unit in [
        "{\"a\":\"\n",
        "{\"eventVersion\":[",
        ":{\"eventVersion\"",
        "[{\"Records\":[",
        "\"\n{\"",
        "{\"Records\":[{\n{\"b\"",
    ] {
        let text = unit.repeat(20_000);
        let (notes, _) = split_with(Limits::default(), &[text.as_bytes()]);
        assert!(!notes.is_empty());
    }
}

/// JSON-like text: pieces of structure in any order, so that most of it is broken.
fn rubble() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\\",
        ",",
        ":",
        "\n",
        " ",
        "x",
        "1",
        "é",
        "{\"a\":1}",
        "{\"Records\":[",
        "]}",
        "{\"eventVersion\":\"1\"}",
        "\n{\"b\":[1]}",
        "\"messageType\":",
        "\"k\"",
        "null",
        "{\"results\":[[",
        "\u{feff}",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn pieces_make_no_difference(text in rubble(), cuts in prop::collection::vec(0usize..200, 0..6)) {
        let bytes = text.as_bytes();
        let whole = split_with(SMALL, &[bytes]);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        prop_assert_eq!(&split_with(SMALL, &pieces), &whole);
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        prop_assert_eq!(&split_with(SMALL, &single), &whole);
    }

    #[test]
    fn any_bytes_are_read_to_their_end(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        split_with(SMALL, &[&bytes]);
    }
}
