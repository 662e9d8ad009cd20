//! Tests of reading one event.

use super::*;
use crate::model::Dataset;
use proptest::prelude::*;

fn read(json: &str) -> EventValues {
    EventReader::new().read(json).unwrap()
}

fn column<'a>(values: &'a EventValues, name: &str) -> Option<&'a str> {
    let id = field::by_name(Dataset::Events, name).unwrap();
    let at = field::event_columns().position(|column| column == id).unwrap();
    values.columns.get(at)
}

#[test]
fn values_come_from_their_paths() {
    let event = read(
        r#"{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","accountId":"000000000042",
        "sessionContext":{"sessionIssuer":{"userName":"r"},"attributes":{"creationDate":"2023-07-10T11:42:31Z",
        "mfaAuthenticated":"true"}},"invokedBy":"AWS Internal"},"eventTime":"2023-07-10T11:42:36Z",
        "eventSource":"s3.amazonaws.com","eventName":"GetObject","sourceIPAddress":null,"readOnly":true,
        "managementEvent":"False","userAgent":"a\u0000b\u202ec","newField":{"k":[1]}}"#,
    );
    assert!(event.is_event);
    assert_eq!(event.time_millis, Some(1_688_989_356_000));
    for (name, value) in [
        ("event_version", Some("1.08")),
        ("user_identity_type", Some("AssumedRole")),
        ("user_identity_account_id", Some("000000000042")),
        ("session_issuer_user_name", Some("r")),
        ("session_mfa_authenticated", Some("true")),
        ("session_creation_date", Some("2023-07-10T11:42:31Z")),
        ("user_identity_invoked_by", Some("AWS Internal")),
        ("source_ip_address", None),
        ("read_only", Some("true")),
        ("management_event", Some("false")),
        ("user_agent", Some("a\0b\u{202e}c")),
        ("error_code", None),
    ] {
        assert_eq!(column(&event, name), value, "{name}");
    }
    assert_eq!(event.columns.len(), field::event_columns().count());
}

#[test]
fn odd_types_never_drop_an_event() {
    for identity in ["null", "\"x\"", "1", "-1.5", "true", "[{\"type\":1}]", "{}", "{\"sessionContext\":7}"] {
        let json = format!(r#"{{"userIdentity":{identity},"eventVersion":1.10,"eventTime":"junk","readOnly":0}}"#);
        let event = read(&json);
        assert!(event.is_event, "{identity}");
        assert_eq!(column(&event, "event_version"), Some("1.10"));
        assert_eq!((column(&event, "event_time"), event.time_millis), (Some("junk"), None));
        assert_eq!(column(&event, "read_only"), Some("0"));
        assert_eq!(column(&event, "user_identity_type"), None);
    }
    let event = read(r#"{"eventName":{"a":1},"eventSource":"\ud800","eventVersion":9007199254740993}"#);
    assert_eq!(column(&event, "event_name"), Some(r#"{"a":1}"#));
    assert_eq!(column(&event, "event_source"), Some("\u{fffd}"));
    assert_eq!(column(&event, "event_version"), Some("9007199254740993"));
}

#[test]
fn of_a_repeated_member_the_last_counts() {
    let event = read(
        r#"{"eventVersion":"1","eventVersion":"2","userIdentity":{"type":"A","userName":"u"},"userIdentity":{"type":"B"}}"#,
    );
    assert_eq!(column(&event, "event_version"), Some("2"));
    assert_eq!(column(&event, "user_identity_type"), Some("B"));
    assert_eq!(column(&event, "user_identity_user_name"), None);
}

#[test]
fn an_error_is_found_at_the_top_and_in_the_response() {
    for (rest, code, message) in [
        (r#""errorCode":"A","errorMessage":"m","responseElements":{"errorCode":"B"}"#, Some("A"), Some("m")),
        (r#""responseElements":{"errorCode":"B","errorMessage":"n"}"#, Some("B"), Some("n")),
        (r#""errorMessage":"Failed authentication","responseElements":null"#, None, Some("Failed authentication")),
        (r#""errorMessage":"top","responseElements":{"errorCode":"B","errorMessage":"n"}"#, Some("B"), Some("top")),
        (r#""responseElements":{"error":{"code":"C","message":"o"}}"#, Some("C"), Some("o")),
        (r#""responseElements":{"code":"D","message":"p"}"#, Some("D"), Some("p")),
        (r#""responseElements":{"code":16,"x":{"errorCode":"deep"}}"#, None, None),
        (r#""responseElements":"errorCode""#, None, None),
        (r#""errorCode":"","responseElements":null"#, None, None),
        (r#""responseElements":{"error":{"error":{"code":"C","message":"o"}}}"#, None, None),
    ] {
        let event = read(&format!(r#"{{"eventVersion":"1.08",{rest}}}"#));
        assert_eq!((column(&event, "error_code"), column(&event, "error_message")), (code, message), "{rest}");
    }
}

#[test]
fn what_is_an_event() {
    for (json, is_event) in [
        (r#"{"eventVersion":"1.08"}"#, true),
        (r#"{"eventName":"a","eventSource":"b.amazonaws.com"}"#, true),
        (r#"{"eventName":"a"}"#, false),
        (r#"{"insightDetails":{"state":"Start"}}"#, true),
        (r#"{"eventVersion":"2.1","eventSource":"aws:s3","eventName":"ObjectCreated:Put"}"#, false),
        (r#"{"eventVersion":null}"#, false),
        ("{}", false),
        ("[1,2]", false),
        ("7", false),
    ] {
        assert_eq!(read(json).is_event, is_event, "{json}");
    }
    let summary = read(r#"{"eventVersion":"1.11","timeWindow":{"start":"x"},"summary":{"count":3}}"#);
    assert_eq!(column(&summary, "event_category"), Some("Aggregated"));
}

#[test]
fn only_text_that_is_no_json_is_an_error() {
    for json in ["", "{", r#"{"a":1}}"#, r#"{"a":1,}"#, "{\"a\":\"\n\"}", r#"{"a":01}"#] {
        assert!(EventReader::new().read(json).is_err(), "{json}");
    }
    let deep = format!(r#"{{"eventVersion":"1","requestParameters":{}1{}}}"#, "[".repeat(500), "]".repeat(500));
    assert!(read(&deep).is_event);
}

proptest! {
    /// Reading ahead and reading an element alone say the same of every event that both take.
    #[test]
    fn reading_ahead_says_the_same(
        members in prop::collection::vec((
            prop::sample::select(vec![
                "eventVersion", "eventID", "eventName", "eventSource", "userIdentity", "requestParameters", "responseElements",
                "readOnly", "insightDetails", "events", "timeWindow", "summary", "errorCode", "other",
            ]),
            prop::sample::select(vec![
                "\"1.08\"", "null", "true", "{}", "[1,{\"a\":[]}]", "12.50", "\"a\\u0041\\n\"", "\"\"", "{\"errorCode\":\"X\"}",
                "{\"type\":\"Root\",\"arn\":null}", "{\"type\":1,\"sessionContext\":{\"attributes\":{\"mfaAuthenticated\":\"false\"}}}",
                "{\"sessionContext\":\"x\"}", "{\"sessionContext\":{\"webIdFederationData\":{},\"more\":0}}", "\"aws:s3\"", "-0", "01",
            ]),
        ), 0..9),
        blanks in any::<bool>(),
    ) {
        let blank = if blanks { "\n " } else { "" };
        let members: Vec<String> =
            members.iter().map(|(name, value)| format!("{blank}\"{name}\"{blank}:{blank}{value}{blank}")).collect();
        let json = format!("{{{}}}", members.join(","));
        let reader = EventReader::new();
        let alone = reader.read(&json);
        if let Some((ahead, len)) = reader.read_ahead(&format!("{json},{{")) {
            prop_assert_eq!(len, json.len());
            prop_assert_eq!(&ahead, &alone.unwrap());
        } else {
            let declines = json.contains("\"events\"") || alone.as_ref().is_ok_and(|values| !values.is_event);
            prop_assert!(alone.is_err() || declines, "{}", json);
        }
    }
}
