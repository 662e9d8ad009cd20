//! Small lists of every form.

use super::*;
use crate::model::{IndicatorKind, IssueReason, Timestamp};

fn list(text: &str) -> ReadList {
    read(text.as_bytes(), &ListOptions::default()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// `position kind value` of every entry.
fn entries(list: &ReadList) -> Vec<String> {
    list.entries.iter().map(|e| format!("{} {} {}", e.position, e.kind.code(), e.value)).collect()
}

/// `position reason` of everything that could not be used.
fn issues(list: &ReadList) -> Vec<String> {
    list.issues.iter().map(|issue| format!("{} {}", issue.position, issue.reason.code())).collect()
}

#[test]
fn the_playbooks_csv_with_and_without_its_header() {
    let body = "203.0.113.66,\"SSH, \\\"kestrel\\\" case\"\n 203.0.113.7 ,padded\n2001:db8::/32,v6\nnonsense,x\n\n203.0.113.66,again\n";
    for text in [body.to_owned(), format!("threat_ip,threat_comment\r\n{body}")] {
        let list = list(&text);
        let header = usize::from(text.starts_with("threat"));
        assert_eq!(list.format, ListFormat::Csv);
        let at = |line: usize| line + header;
        assert_eq!(
            entries(&list),
            [
                format!("{} address 203.0.113.66", at(1)),
                format!("{} address 203.0.113.7", at(2)),
                format!("{} range 2001:db8::/32", at(3))
            ]
        );
        assert_eq!(list.entries[0].comment, "SSH, \"kestrel\" case");
        assert_eq!(issues(&list), [format!("{} not_recognised", at(4)), format!("{} repeated", at(6))]);
        assert_eq!(list.issues[0].raw, "nonsense,x");
        let plan = list.columns.unwrap();
        assert_eq!(plan.header, header == 1);
        assert_eq!(plan.columns.iter().map(|(_, role)| *role).collect::<Vec<_>>(), [Role::Value, Role::Comment]);
    }
}

#[test]
fn columns_are_guessed_and_can_be_chosen() {
    let text = "when;host;why;extra\n2024-01-01;evil.example;beacon;1.2.3.4\n2024-01-02;;none;5.6.7.8\n";
    let guessed = guess_columns(text);
    assert_eq!((guessed.delimiter, guessed.header), (b';', true));
    let named: Vec<(&str, Role)> = guessed.columns.iter().map(|(name, role)| (name.as_str(), *role)).collect();
    assert_eq!(
        named,
        [("when", Role::Ignored), ("host", Role::Value), ("why", Role::Ignored), ("extra", Role::Ignored)]
    );
    assert_eq!(entries(&list(text)), ["2 domain evil.example"]);
    assert_eq!(issues(&list(text)), ["3 not_recognised"]);
    let mut plan = guessed;
    for (column, role) in [(0, Role::ValidFrom), (1, Role::Ignored), (2, Role::Comment), (3, Role::Value)] {
        plan.columns[column].1 = role;
    }
    let options = ListOptions { columns: Some(plan), ..ListOptions::default() };
    let chosen = read(text.as_bytes(), &options).unwrap();
    assert_eq!(entries(&chosen), ["2 address 1.2.3.4", "3 address 5.6.7.8"]);
    assert_eq!(chosen.entries[0].comment, "beacon");
    assert_eq!(chosen.entries[0].valid.from, Some(Timestamp(1_704_067_200_000)));
}

#[test]
fn types_that_a_csv_names() {
    let text = "value,type,description\n\
        \"019d4ae42f858d5ea65f3b71392dd37efec6c882,7a15cdb53c6c2a8e40a03dcf15195aef\",file,two hashes\n\
        evil.example,hostname,\nbob@example.com,email-src,\n4444,port,\nBoto3/1.2,user_agent,\nxyz,file,\n";
    let list = list(text);
    assert_eq!(
        entries(&list),
        [
            "2 hash 019d4ae42f858d5ea65f3b71392dd37efec6c882",
            "2 hash 7a15cdb53c6c2a8e40a03dcf15195aef",
            "3 domain evil.example",
            "5 port 4444",
            "6 user_agent Boto3/1.2"
        ]
    );
    assert_eq!(issues(&list), ["4 unsupported", "7 not_recognised"]);
}

#[test]
fn plain_lists_with_comments_columns_and_marks() {
    let text = "# title\nip\n1.2.3.4\t9\n198[.]51.100.201  # drop site\nhxxp://drop[.]example/upload\n// note\n\
        10.0.0.1 - 10.0.0.9\nuser_agent: curl/7 (evil)\nemail: a@b.c\n0.0.0.0 ads.example\nwhat is this\n";
    let list = list(text);
    assert_eq!(list.format, ListFormat::Text);
    assert_eq!(
        entries(&list),
        [
            "3 address 1.2.3.4",
            "4 address 198.51.100.201",
            "5 url http://drop.example/upload",
            "7 range 10.0.0.1-10.0.0.9",
            "8 user_agent curl/7 (evil)",
            "10 domain ads.example"
        ]
    );
    let comments: Vec<&str> = list.entries.iter().map(|entry| entry.comment.as_str()).collect();
    assert_eq!(comments, ["9", "drop site", "", "", "", ""]);
    assert_eq!(list.entries[1].written, "198[.]51.100.201");
    assert_eq!(issues(&list), ["9 unsupported", "11 not_recognised"]);
    let options = ListOptions { kind: Some(IndicatorKind::EventName), ..ListOptions::default() };
    assert_eq!(
        entries(&read(b"DeleteTrail\nStopLogging # x\n", &options).unwrap()),
        ["1 event_name DeleteTrail", "2 event_name StopLogging"]
    );
}

#[test]
fn stix_patterns_and_observed_addresses() {
    let text = r#"{"type":"bundle","id":"bundle--1","objects":[
        {"type":"indicator","name":"A","pattern":"[domain-name:value = 'evil.example' OR ipv4-addr:value = '1.2.3.4']",
         "pattern_type":"stix","valid_from":"2024-01-01T00:00:00.5Z","valid_until":"2024-02-01T00:00:00Z",
         "labels":["c2"],"indicator_types":["malicious-activity"],"confidence":85},
        {"type":"malware","name":"M"},
        {"type":"indicator","pattern":"[ipv4-addr:value = '5.6.7.8' AND network-traffic:dst_port = 443]","pattern_type":"stix"},
        {"type":"indicator","pattern":"[ipv4-addr:value ISSUBSET '10.0.0.0/8' AND file:name = 'x']","pattern_type":"stix"},
        {"type":"indicator","pattern":"[email-message:from_ref.value MATCHES 'x']","pattern_type":"stix"},
        {"type":"indicator","pattern":"[ipv4-addr:value = '","pattern_type":"stix"},
        {"type":"indicator","pattern":"rule x {}","pattern_type":"yara"},
        {"type":"indicator","pattern":"[ipv4-addr:value = '9.9.9.9']","pattern_type":"stix","revoked":true},
        {"type":"ipv6-addr","value":"2001:db8::1"},
        {"type":"observed-data","first_observed":"2024-01-01T00:00:00Z","objects":{"0":{"type":"ipv4-addr","value":"7.7.7.7"}}},
        {"type":"indicator","pattern":"[user-account:user_id = 'AKIAXPLANTEDEXAMPLE1' OR user-account:account_login = 'bob']","pattern_type":"stix"},
        {"type":"indicator","pattern":"[ipv4-addr:value != '1.1.1.1']","pattern_type":"stix"}
    ]}"#;
    let list = list(text);
    assert_eq!(list.format, ListFormat::Stix);
    assert_eq!(
        entries(&list),
        [
            "1 domain evil.example",
            "1 address 1.2.3.4",
            "3 address 5.6.7.8",
            "3 port 443",
            "4 range 10.0.0.0/8",
            "9 address 2001:db8::1",
            "10 address 7.7.7.7",
            "11 access_key AKIAXPLANTEDEXAMPLE1",
            "11 principal bob"
        ]
    );
    let first = &list.entries[0];
    assert_eq!((first.name.as_str(), first.severity.as_str()), ("A", "confidence 85"));
    assert_eq!(first.tags, ["c2", "malicious-activity"]);
    assert_eq!(first.valid.from, Some(Timestamp(1_704_067_200_500)));
    assert_eq!(first.valid.to, Some(Timestamp(1_706_745_600_000)));
    let parts: Vec<(u32, u32)> = list.entries.iter().filter_map(|e| Some((e.part?.pattern, e.part?.part))).collect();
    assert_eq!(parts, [(1, 1), (1, 2)], "the address with its port");
    // What cannot be looked for is told, and does not keep the rest from being met.
    for entry in &list.entries[2..5] {
        assert_eq!(entry.tags, ["part of a pattern"]);
        assert!(entry.comment.starts_with("part of [ipv4-addr:value"), "{}", entry.comment);
    }
    let reasons = ["4 unsupported", "5 unsupported", "6 malformed", "7 unsupported", "8 withdrawn", "12 unsupported"];
    assert_eq!(issues(&list), reasons);
    assert_eq!(list.issues[1].raw, "[email-message:from_ref.value MATCHES 'x']");
}

#[test]
fn misp_events_with_and_without_their_wrapper() {
    let event = r#"{"info":"Kestrel","date":"2024-01-02","threat_level_id":"1","Attribute":[
        {"type":"ip-dst","value":"1.2.3.4","to_ids":true,"comment":"C2","first_seen":"2024-01-01T00:00:00+00:00","last_seen":"2024-01-02T00:00:00+00:00","Tag":[{"name":"tlp:white"}]},
        {"type":"ip-dst|port","value":"5.6.7.8|443","to_ids":true},
        {"type":"domain|ip","value":"evil.example|9.9.9.9","to_ids":true},
        {"type":"link","value":"https://blog.example/","to_ids":false},
        {"type":"ip-src","value":"8.8.8.8","to_ids":false},
        {"type":"sha1","value":"019d4ae42f858d5ea65f3b71392dd37efec6c882","deleted":true}],
        "Object":[{"name":"file","Attribute":[{"type":"filename|md5","value":"x.exe|7a15cdb53c6c2a8e40a03dcf15195aef","to_ids":true}]}]}"#;
    for text in
        [event.to_owned(), format!("{{\"Event\":{event}}}"), format!("{{\"response\":[{{\"Event\":{event}}}]}}")]
    {
        let list = list(&text);
        assert_eq!((list.format, list.name.as_str(), list.date.as_str()), (ListFormat::Misp, "Kestrel", "2024-01-02"));
        assert_eq!(
            entries(&list),
            [
                "1 address 1.2.3.4",
                "2 address 5.6.7.8",
                "3 domain evil.example",
                "3 address 9.9.9.9",
                "5 address 8.8.8.8",
                "7 hash 7a15cdb53c6c2a8e40a03dcf15195aef"
            ]
        );
        let first = &list.entries[0];
        assert_eq!((first.severity.as_str(), first.comment.as_str()), ("high", "C2"));
        assert_eq!(first.tags, ["tlp:white"]);
        // The last moment is inside.
        assert_eq!(first.valid.to, Some(Timestamp(1_704_153_600_001)));
        assert_eq!(list.entries[1].port, Some(443));
        assert!(!list.entries[4].enabled && list.entries[4].tags == ["to_ids=false"], "context only");
        assert_eq!(issues(&list), ["4 unsupported", "6 withdrawn"]);
    }
}

#[test]
fn warning_lists_and_texts_in_json() {
    let text = r#"{"name":"Clouds","version":3,"type":"cidr","list":["198.51.100.0/24","2001:db8::/32","x y"]}"#;
    let list = list(text);
    assert_eq!((list.format, list.purpose, list.date.as_str()), (ListFormat::WarningList, Purpose::WellKnown, "3"));
    assert_eq!(entries(&list), ["1 range 198.51.100.0/24", "2 range 2001:db8::/32"]);
    assert_eq!(issues(&list), ["3 not_recognised"]);
    let plain = super::read(br#"["1.2.3.4", "evil.example"]"#, &ListOptions::default()).unwrap();
    assert_eq!((plain.purpose, entries(&plain).len()), (Purpose::KnownBad, 2));
}

#[test]
fn openioc_of_both_versions() {
    let item = |search: &str, condition: &str, content: &str| {
        format!(
            "<IndicatorItem condition=\"{condition}\"><Context search=\"{search}\"/><Content>{content}</Content></IndicatorItem>"
        )
    };
    let items = [
        item("PortItem/remoteIP", "is", "1.2.3.4"),
        item("DnsEntryItem/RecordName", "contains", "evil.example"),
        item("FileItem/Md5sum", "is", "7a15cdb53c6c2a8e40a03dcf15195aef"),
        item("RegistryItem/Path", "contains", "x"),
        item("PortItem/remoteIP", "starts-with", "10."),
    ]
    .concat();
    let inner = format!("<Indicator operator=\"OR\">{items}</Indicator>");
    let old = format!(
        "<?xml version=\"1.0\"?><ioc xmlns=\"http://schemas.mandiant.com/2010/ioc\"><short_description>K</short_description><definition>{inner}</definition></ioc>"
    );
    let new = format!(
        "<OpenIOC xmlns=\"http://openioc.org/schemas/OpenIOC_1.1\"><metadata><short_description>K</short_description></metadata><criteria>{inner}</criteria></OpenIOC>"
    );
    for text in [old, new] {
        let list = list(&text);
        assert_eq!((list.format, list.name.as_str()), (ListFormat::OpenIoc, "K"));
        let expected = ["1 address 1.2.3.4", "2 domain evil.example", "3 hash 7a15cdb53c6c2a8e40a03dcf15195aef"];
        assert_eq!(entries(&list), expected);
        assert_eq!(issues(&list), ["4 unsupported", "5 unsupported"]);
        assert!(list.issues[0].raw.starts_with("<IndicatorItem"));
    }
}

#[test]
fn what_is_no_list_is_refused_with_a_reason() {
    for (bytes, expected) in [
        (&b""[..], "the file is empty"),
        (b" \n\n", "the file is empty"),
        (b"\x7fELF\0\0", "the file is no text"),
        (br#"{"a":{"summary":"x"}}"#, "no STIX bundle"),
        (b"{\"type\":\"bundle\",", "cannot be read as JSON"),
        (b"<?xml version='1.0'?><html/>", "no OpenIOC document"),
        (b"<?xml version='1.0'?><!DOCTYPE ioc [<!ENTITY a 'b'>]><ioc/>", "cannot be read as OpenIOC"),
        (b"Dear colleague,\nthe report follows.\n", "its first line that is none: Dear colleague,"),
    ] {
        let error = read(bytes, &ListOptions::default()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert!(read(b"<?xml version='1.0'?><ioc/>", &ListOptions::default()).unwrap().entries.is_empty());
}

#[test]
fn other_encodings_are_read() {
    let wide: Vec<u8> =
        [0xff, 0xfe].into_iter().chain("1.2.3.4\r\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let options = ListOptions::default();
    assert_eq!(entries(&read(&wide, &options).unwrap()), ["1 address 1.2.3.4"]);
    assert_eq!(entries(&read(b"\xef\xbb\xbf1.2.3.4\n5.6.7.8 # caf\xe9\n", &options).unwrap()).len(), 2);
    assert_eq!(IssueReason::ALL.len(), 5);
}
