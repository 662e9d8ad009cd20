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
    // What cannot be searched for is reported, and does not keep the rest from being matched.
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
        (br#"{"a":{"summary":"x"}}"#, "no STIX, no MISP event"),
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

/// `position kind value` of the entries that are searched for, and the issues, of a list that is a text.
fn told(text: &str) -> (Vec<String>, Vec<String>) {
    let list = list(text);
    let wanted: Vec<String> =
        list.entries.iter().filter(|e| e.enabled).map(|e| format!("{} {}", e.kind.code(), e.value)).collect();
    (wanted, issues(&list))
}

#[test]
fn lists_of_abuse_ch_in_their_three_forms() {
    let bars = "####################\n# abuse.ch          #\n#\n";
    let threatfox = format!(
        "{bars}# \"first_seen_utc\",\"ioc_id\",\"ioc_value\",\"ioc_type\",\"threat_type\",\"malware_printable\",\"last_seen_utc\",\"confidence_level\",\"reference\",\"tags\"\n\
         \"2025-03-04 05:00:00\", \"1\", \"203.0.113.5:8080\", \"ip:port\", \"botnet_cc\", \"Cobalt Strike\", \"\", \"100\", \"https://ref.example/a\", \"CS,c2\"\n\
         \"2025-03-04 05:00:00\", \"2\", \"bad.example\", \"domain\", \"botnet_cc\", \"X\", \"2025-03-05 00:00:00\", \"75\", \"https://ref.example/b\", \"\"\n# END\n"
    );
    let urlhaus = format!(
        "{bars}# id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter\n\
         \"2\",\"2025-03-04 05:07:33\",\"http://203.0.113.71:33935/m\",\"online\",\"\",\"malware_download\",\"elf\",\"https://urlhaus.example/url/2/\",\"g\"\n"
    );
    let feodo = format!(
        "{bars}\"first_seen_utc\",\"dst_ip\",\"dst_port\",\"c2_status\",\"last_online\",\"malware\"\n\"2025-01-04 15:12:02\",\"203.0.113.75\",\"443\",\"online\",\"2025-03-04\",\"Emotet\"\n"
    );
    let threatfox_json = r#"{"10":[{"ioc_value":"203.0.113.5:8080","ioc_type":"ip:port","malware_printable":"Cobalt Strike","first_seen_utc":"2025-03-04 05:00:00","last_seen_utc":null,"reference":"https://ref.example/a"}],
        "11":[{"ioc_value":"bad.example","ioc_type":"domain","reference":null}]}"#;
    let urlhaus_json = r#"{"2":[{"dateadded":"2025-03-04 05:07:33 UTC","url":"http://203.0.113.71:33935/m","url_status":"online","tags":["elf"],"urlhaus_link":"https://urlhaus.example/url/2/"}]}"#;
    let feodo_json = r#"[{"ip_address":"203.0.113.75","port":443,"status":"online","hostname":"c2.host.example","as_number":64500,"as_name":"X","first_seen":"2025-01-04 15:12:02","last_online":"2025-03-04","malware":"Emotet"}]"#;
    let two = vec!["address 203.0.113.5".to_owned(), "domain bad.example".to_owned()];
    let url = vec!["url http://203.0.113.71:33935/m".to_owned()];
    let c2 = vec!["address 203.0.113.75".to_owned()];
    for (text, expected) in [
        (threatfox.as_str(), &two),
        (threatfox_json, &two),
        ("# ThreatFox\n203.0.113.5:8080\nbad.example\n", &two),
        (&urlhaus, &url),
        (urlhaus_json, &url),
        ("# URLhaus\nhttp://203.0.113.71:33935/m\n", &url),
        (&feodo, &c2),
        (feodo_json, &c2),
        ("# Feodo\n203.0.113.75\n# END\n", &c2),
    ] {
        assert_eq!(told(text), (expected.clone(), vec![]), "{text}");
    }
    let first = &list(&threatfox).entries[0];
    assert_eq!((first.port, first.name.as_str(), first.severity.as_str()), (Some(8080), "Cobalt Strike", "100"));
    assert_eq!(list(feodo_json).entries[0].port, Some(443));
    let derived = &list(&urlhaus).entries[0];
    assert!(derived.span.is_some() && derived.tags.contains(&"derived_address".to_owned()));
    assert!(derived.comment.contains("the address of its host, 203.0.113.71"), "{}", derived.comment);
}

#[test]
fn ranges_in_one_column_or_two() {
    let block = "range 203.0.113.0-203.0.113.255";
    for (text, expected) in [
        ("Start\tEnd\tNetmask\tAttacks\tName\n203.0.113.0\t203.0.113.255\t24\t31\tX\n", vec![block]),
        (
            "203.0.113.0\t203.0.113.255\t24\n198.51.100.0\t198.51.100.255\t24\n",
            vec![block, "range 198.51.100.0-198.51.100.255"],
        ),
        ("203.0.113.0,203.0.113.255\n", vec![block]),
        (
            "start_ip,end_ip,name\n203.0.113.10,203.0.113.20,A\n203.0.113.30,,B\n",
            vec!["range 203.0.113.10-203.0.113.20", "address 203.0.113.30"],
        ),
        (
            "203.0.113.10;203.0.113.20\n198.51.100.1;198.51.100.7\n",
            vec!["range 203.0.113.10-203.0.113.20", "range 198.51.100.1-198.51.100.7"],
        ),
        (
            "network,netmask\n203.0.113.0,255.255.255.0\n198.51.100.0,25\n",
            vec!["range 203.0.113.0/24", "range 198.51.100.0/25"],
        ),
        ("203.0.113.0\t/24\tx\n198.51.100.0\t/25\ty\n", vec!["range 203.0.113.0/24", "range 198.51.100.0/25"]),
        ("Bad org:203.0.113.0-203.0.113.255\n", vec![block]),
        ("203.0.113.0 203.0.113.255\n", vec![block]),
        ("203.0.113.0 – 203.0.113.255\n", vec![block]),
        (
            "203.0.113.1,203.0.113.2,203.0.113.3,203.0.113.4\n",
            vec!["address 203.0.113.1", "address 203.0.113.2", "address 203.0.113.3", "address 203.0.113.4"],
        ),
        ("203.0.113.2,203.0.113.3\n", vec!["address 203.0.113.2", "address 203.0.113.3"]),
    ] {
        assert_eq!(told(text).0, expected, "{text}");
    }
}

#[test]
fn several_values_on_a_line_are_all_read_and_the_rest_is_told() {
    let text = "203.0.113.1 203.0.113.2\n203.0.113.3, notanip, 203.0.113.4\n\
        The host 203.0.113.5 had it from bad[.]example, says vendor.example.\n203.0.113.6 C2 since 2021\nC2=203.0.113.7\n\
        nothing here\n";
    let (wanted, issues) = told(text);
    let expected = [
        "address 203.0.113.1",
        "address 203.0.113.2",
        "address 203.0.113.3",
        "address 203.0.113.4",
        "address 203.0.113.5",
        "domain bad.example",
        "address 203.0.113.6",
        "address 203.0.113.7",
    ];
    assert_eq!(wanted, expected);
    assert_eq!(issues, ["2 not_recognised", "3 not_recognised", "6 not_recognised"]);
    let prose = "The actor used 203.0.113.5, then 198.51.100.6, and left.\nLater, from [203.0.113.7](https://x.example), it came back.\n";
    assert_eq!(told(prose).0, ["address 203.0.113.5", "address 198.51.100.6", "address 203.0.113.7"]);
    assert_eq!(told(prose).1, ["2 not_recognised"]);
    assert_eq!(
        told("We saw 203.0.113.5, then it left.\n203.0.113.6,C2\n").0,
        ["address 203.0.113.5", "address 203.0.113.6"]
    );
    let beside = "203.0.113.1,seen with 203.0.113.2\n203.0.113.3,198.51.100.4\n203.0.113.5,x\n203.0.113.6,y\n";
    let expected = ["203.0.113.1", "203.0.113.3", "198.51.100.4", "203.0.113.5", "203.0.113.6"];
    assert_eq!(told(beside).0, expected.map(|value| format!("address {value}")));
    assert_eq!(told("203.0.113.9|443\nbad.example|203.0.113.10\n").1, [""; 0]);
    let cells = "ip,comment\n\"203.0.113.1, 203.0.113.2\",two\n203.0.113.3;x1,bad\n";
    assert_eq!(told(cells).0, ["address 203.0.113.1", "address 203.0.113.2", "address 203.0.113.3"]);
    assert_eq!(told(cells).1, ["3 not_recognised"]);
}

#[test]
fn only_the_columns_of_indicators_become_indicators() {
    let misp = "uuid,event_id,category,type,value,comment,to_ids,date\n\
        1,7,Network activity,ip-dst,203.0.113.9,c2,1,1741064400\n1,7,Network activity,hostname,ok.example.com,,0,1741064400\n\
        1,7,External analysis,link,https://blog.example/x,,0,1\n1,7,Network activity,ip-dst|port,198.51.100.7|8443,,1,1\n";
    assert_eq!(
        told(misp),
        (vec!["address 203.0.113.9".into(), "address 198.51.100.7".into()], vec!["4 unsupported".into()])
    );
    let context: Vec<IndicatorEntry> = list(misp).entries.into_iter().filter(|entry| !entry.enabled).collect();
    assert_eq!((context.len(), context[0].value.as_str()), (1, "ok.example.com"));
    assert!(context[0].tags.contains(&"to_ids=false".to_owned()));
    let malware = "date,malware,ip,reference\n2025-01-01,Emotet,203.0.113.5,https://blog.example/x\n";
    assert_eq!(told(malware), (vec!["address 203.0.113.5".into()], vec![]));
    let opencti = "\"id\";\"entity_type\";\"name\";\"pattern\";\"valid_until\";\"x_opencti_main_observable_type\"\n\
        \"1\";\"Indicator\";\"203.0.113.9\";\"[ipv4-addr:value = '203.0.113.9']\";\"2025-06-01\";\"IPv4-Addr\"\n";
    assert_eq!(told(opencti), (vec!["address 203.0.113.9".into()], vec![]));
    let observables = "\"id\",\"entity_type\",\"observable_value\"\n\"1\",\"IPv4-Addr\",\"203.0.113.9\"\n\"2\",\"Autonomous-System\",\"AS64500\"\n";
    assert_eq!(told(observables), (vec!["address 203.0.113.9".into()], vec!["3 unsupported".into()]));
    let ports = list("203.0.113.5;8080\n203.0.113.6;443\n");
    let ports: Vec<_> = ports.entries.iter().map(|entry| (entry.value.as_str(), entry.port)).collect();
    assert_eq!(ports, [("203.0.113.5", Some(8080)), ("203.0.113.6", Some(443))]);
    for text in ["Type\tValue\tComment\nip-dst\t203.0.113.9\tc2\n", "203.0.113.9\tThis is a C2\n"] {
        assert_eq!(told(text), (vec!["address 203.0.113.9".into()], vec![]), "{text}");
    }
}

#[test]
fn lists_with_forms_of_their_own() {
    for (text, expected) in [
        (
            "198.51.100.1#4#2#Malicious Host#US##0.0,0.0#3\nwww.bad.example#4#2#Malicious Host#CA#City#45.4,-73.4#3\n",
            vec!["address 198.51.100.1", "domain www.bad.example"],
        ),
        (
            "; Spamhaus DROP List 2025/03/04 - (c) 2025\n203.0.113.0/24 ; SBL1\n198.51.100.0/25 ; SBL2\n",
            vec!["range 203.0.113.0/24", "range 198.51.100.0/25"],
        ),
        (
            "ExitNode 0011BD2485AD45D984EC4159C88FC066E5E3300E\nPublished 2025-03-03 05:36:38\nLastStatus 2025-03-03 15:00:00\nExitAddress 203.0.113.42 2025-03-03 15:11:55\n",
            vec!["address 203.0.113.42"],
        ),
        (
            "Indicator type, Indicator, Description\nCIDR, 203.0.113.0/25, alpha\nDomain name, bad.example.net, delta\n",
            vec!["range 203.0.113.0/25", "domain bad.example.net"],
        ),
        (
            r#"{"name":"Pulse","references":["https://v.example/r"],"indicators":[{"indicator":"203.0.113.9","type":"IPv4"}]}"#,
            vec!["address 203.0.113.9"],
        ),
        (
            r#"{"ips":["203.0.113.1"],"domains":["bad.example"],"references":["https://vendor.example/report"]}"#,
            vec!["domain bad.example", "address 203.0.113.1"],
        ),
        (
            r#"{"response":{"Attribute":[{"type":"ip-src","value":"203.0.113.9","to_ids":"1"},{"type":"domain","value":"ok.example","to_ids":"0"}]}}"#,
            vec!["address 203.0.113.9"],
        ),
        ("0.0.0.0 ads.example\n0.0.0.0 b.example\n", vec!["domain ads.example", "domain b.example"]),
    ] {
        assert_eq!(told(text), (expected.into_iter().map(str::to_owned).collect(), vec![]), "{text}");
    }
    let lines = "{\"cidr\":\"203.0.113.0/24\",\"sblid\":\"SBL1\"}\n{\"type\":\"metadata\",\"records\":1}\n";
    assert_eq!(told(lines), (vec!["range 203.0.113.0/24".into()], vec!["2 not_recognised".into()]));
}

#[test]
fn stix_without_a_bundle_and_what_was_observed() {
    let indicator = r#"{"type":"indicator","id":"indicator--1","pattern":"[ipv4-addr:value = '203.0.113.9']","pattern_type":"stix","valid_until":"2025-06-01"}"#;
    let name = r#"{"type":"domain-name","id":"domain-name--1","value":"bad.example"}"#;
    let expected: Vec<String> = vec!["address 203.0.113.9".into(), "domain bad.example".into()];
    for text in [
        format!("[{indicator},{name}]"),
        format!("{indicator}\n{name}\n"),
        format!("{{\"more\":false,\"objects\":[{indicator},{name}]}}"),
        format!("{{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[{indicator},{name}]}}"),
    ] {
        assert_eq!(told(&text), (expected.clone(), vec![]), "{text}");
        assert_eq!(list(&text).entries[0].valid.to.map(|time| time.to_iso()).as_deref(), Some("2025-06-02T00:00:00Z"));
    }
    assert_eq!(told(name).0, ["domain bad.example"]);
    assert_eq!(told(&format!("{indicator}\n{name}\nnot json\n")), (expected, vec!["3 malformed".into()]));
    let others = r#"[{"type":"url","id":"url--1","value":"http://bad.example/x"},{"type":"file","id":"file--1","hashes":{"MD5":"0f523040c10857d5e03c5f0f88eefee8"}},
        {"type":"email-addr","id":"email-addr--2","value":"a@b.c"},{"type":"relationship","id":"relationship--1"}]"#;
    let seen = vec!["url http://bad.example/x".to_owned(), "hash 0f523040c10857d5e03c5f0f88eefee8".to_owned()];
    assert_eq!(told(others), (seen, vec!["3 unsupported".into()]));
    for text in [
        "<?xml version=\"1.0\"?><stix:STIX_Package xmlns:stix=\"http://stix.mitre.org/stix-1\"/>",
        "<stix:STIX_Package xmlns:cybox=\"http://cybox.mitre.org/cybox-2\"/>",
        r#"{"id":"example:Package-1","stix_header":{"title":"x"}}"#,
    ] {
        let why = read(text.as_bytes(), &ListOptions::default()).unwrap_err();
        assert_eq!(why, NoList::StixOne);
        assert!(why.to_string().contains("stix2-elevator"), "{why}");
    }
}

#[test]
fn utf_16_without_a_mark_and_tables_of_excel() {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let options = ListOptions::default();
    assert_eq!(entries(&read(&wide("203.0.113.9\r\nbad.example\r\n"), &options).unwrap()).len(), 2);
    let table =
        "\u{feff}Indicator\tType\tDescription\r\nEvilBot/1.0 (x; y)\tUser-Agent\tagent\r\n203.0.113.9\tIPv4\tc2\r\n";
    assert_eq!(
        entries(&read(&wide(table), &options).unwrap()),
        ["2 user_agent EvilBot/1.0 (x; y)", "3 address 203.0.113.9"]
    );
}
