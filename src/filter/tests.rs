//! The language by example: text, and the canonical text of what it means.

use super::error::FilterError;
use super::*;
use crate::model::Dataset::{self, Events, Flows};
use crate::model::{TimeRange, Timestamp, field};

/// Canonical text, which has to parse back to the same filter.
fn canonical(dataset: Dataset, text: &str) -> String {
    let filter = parse(text, dataset).unwrap_or_else(|e| panic!("{text}: {e}"));
    let canonical = filter.to_string();
    let again = parse(&canonical, dataset).unwrap_or_else(|e| panic!("{text}\n{canonical}: {e}"));
    assert_eq!(again, filter, "{text} -> {canonical}");
    canonical
}

fn check(dataset: Dataset, examples: &[(&str, &str)]) {
    for (text, expected) in examples {
        assert_eq!(canonical(dataset, text), *expected, "{text}");
    }
}

#[test]
fn comparisons() {
    check(
        Flows,
        &[
            ("dstport = 22", "dstport = 22"),
            ("dstport==ssh", "dstport = 22"),
            ("dstport != rdp", "dstport != 3389"),
            ("dstport <> 22", "dstport != 22"),
            ("bytes > 10MB", "bytes > 10000000"),
            ("bytes > 10 MiB", "bytes > 10485760"),
            ("bytes<=1.5GB", "bytes <= 1500000000"),
            ("packets >= 5 and packets < 9", "packets >= 5 and packets < 9"),
            ("protocol = tcp", "protocol = tcp"),
            ("protocol = 6", "protocol = tcp"),
            ("protocol = '6'", "protocol = tcp"),
            ("protocol = 200", "protocol = 200"),
            ("action = reject", "action = REJECT"),
            ("action = 'odd value'", "action = 'odd value'"),
            ("flow-direction = EGRESS", "flow_direction = egress"),
            ("type = ipv6", "type = IPv6"),
            ("account_id = 012345678901", "account_id = 012345678901"),
            ("instance_id = 'it''s'", "instance_id = 'it''s'"),
            ("instance_id = \"a \\\"b\\\"\"", "instance_id = 'a \"b\"'"),
            ("instance_id = 'null'", "instance_id = 'null'"),
            ("srcaddr = 10.0.0.1", "srcaddr = 10.0.0.1"),
            ("srcaddr = 10.0.0.0/8", "srcaddr in 10.0.0.0/8"),
            ("srcaddr != 10.0.0.0/8", "srcaddr not in 10.0.0.0/8"),
            ("srcaddr >= 2001:db8::1", "srcaddr >= 2001:db8::1"),
            ("tcp_flags = 2", "tcp_flags = 2"),
            ("tcp_flags = syn", "tcp_flags = 2"),
            ("duplicate", "duplicate = true"),
            ("duplicate = no", "duplicate = false"),
            ("duplicate is true", "duplicate = true"),
            ("evidence = 3", "evidence = 3"),
            ("evidence = a/b.log.gz", "evidence = a/b.log.gz"),
            ("evidence = '3'", "evidence = '3'"),
            ("extra.new-field = 10MB", "extra.new_field = 10000000"),
            ("extra.new-field = '10MB'", "extra.new_field = '10MB'"),
            ("extra.\"new-field\" = 1", "extra.\"new-field\" = 1"),
        ],
    );
}

#[test]
fn lists_ranges_and_patterns() {
    check(
        Flows,
        &[
            ("dstport in (22, 3389)", "dstport in (22, 3389)"),
            ("dstport in (ssh,rdp)", "dstport in (22, 3389)"),
            ("dstport in 22", "dstport in (22)"),
            ("srcaddr in 10.1.2.3/8", "srcaddr in 10.0.0.0/8"),
            ("srcaddr in (10.0.0.0/8, 192.0.2.1, ::1)", "srcaddr in (10.0.0.0/8, 192.0.2.1, ::1)"),
            ("srcaddr not in ('10.0.0.0/8')", "srcaddr not in 10.0.0.0/8"),
            ("dstport between 1 and 1023 and action = ACCEPT", "dstport between 1 and 1023 and action = ACCEPT"),
            ("dstport not between 1 and 1023", "dstport not between 1 and 1023"),
            ("vpc_id like 'vpc-%'", "vpc_id like 'vpc-%'"),
            ("vpc_id not like %x%", "vpc_id not like '%x%'"),
            ("instance_id contains i-0", "instance_id contains 'i-0'"),
            ("instance_id not contains 'i-0'", "instance_id not contains 'i-0'"),
            ("instance_id matches /^i-[0-9]+$/", "instance_id matches '^i-[0-9]+$'"),
            ("instance_id matches /A\\/b/i", "instance_id matches '(?i)A/b'"),
            ("instance_id matches '^i'", "instance_id matches '^i'"),
            ("instance_id is null", "instance_id is null"),
            ("instance_id is not null", "instance_id exists"),
            ("exists instance_id", "instance_id exists"),
            ("instance_id exists", "instance_id exists"),
            ("instance_id not exists", "instance_id is null"),
            ("tcp_flags has syn", "tcp_flags has syn"),
            ("tcp_flags has (SYN, ack)", "tcp_flags has (syn, ack)"),
            ("tcp_flags has syn+ack", "tcp_flags has (syn, ack)"),
            ("tcp_flags not has 64", "tcp_flags not has 64"),
            ("any contains curl", "any contains 'curl'"),
            ("dstaddr in indicators", "dstaddr in indicators"),
            ("dstaddr not in indicators", "dstaddr not in indicators"),
            ("tag = exfil or label exists or indicator = 'x y'", "tag = exfil or label exists or indicator = 'x y'"),
            ("ip in 10.0.0.0/8 and port = https", "ip in 10.0.0.0/8 and port = 443"),
        ],
    );
}

#[test]
fn connectives_bind_as_in_sql_and_flatten() {
    check(
        Flows,
        &[
            ("", ""),
            ("  ", ""),
            ("()", ""),
            ("NOT ()", "not ()"),
            ("packets=1 AND packets=2 Or packets=3", "(packets = 1 and packets = 2) or packets = 3"),
            ("packets=1 && (packets=2 && packets=3)", "packets = 1 and packets = 2 and packets = 3"),
            ("packets=1 and (packets=2 || packets=3)", "packets = 1 and (packets = 2 or packets = 3)"),
            ("((packets=1))", "packets = 1"),
            ("not packets = 1", "not packets = 1"),
            ("! packets = 1 and packets = 2", "not packets = 1 and packets = 2"),
            ("!(packets=1 and packets=2)", "not (packets = 1 and packets = 2)"),
            ("not not packets = 1", "not not packets = 1"),
            ("() and packets = 1", "packets = 1"),
            ("packets = 1 or ()", ""),
            (
                "srcaddr in 10.0.0.0/8 and dstport in (22, 3389) and action = REJECT and bytes > 10MB and not dstaddr in indicators",
                "srcaddr in 10.0.0.0/8 and dstport in (22, 3389) and action = REJECT and bytes > 10000000 and not dstaddr in indicators",
            ),
        ],
    );
}

#[test]
fn times() {
    check(
        Flows,
        &[
            ("start >= 1621151386", "start >= 2021-05-16T07:49:46Z"),
            ("start >= 1621151386500", "start >= 2021-05-16T07:49:46.500Z"),
            ("start >= 2021-05-16", "start >= 2021-05-16T00:00:00Z"),
            ("start < 2021-05-16 07:49", "start < 2021-05-16T07:49:00Z"),
            ("start < '2021-05-16T16:49:46+09:00'", "start < 2021-05-16T07:49:46Z"),
            ("start = 2021-05-16", "start >= 2021-05-16T00:00:00Z and start < 2021-05-17T00:00:00Z"),
            ("start != 2021-05-16", "start < 2021-05-16T00:00:00Z or start >= 2021-05-17T00:00:00Z"),
            ("start in 2021-05-16", "start >= 2021-05-16T00:00:00Z and start < 2021-05-17T00:00:00Z"),
            ("start = 2021-05-16T00:00:00Z", "start = 2021-05-16T00:00:00Z"),
            (
                "start between 2021-05-16 00:00 and 2021-05-16 01:00",
                "start between 2021-05-16T00:00:00Z and 2021-05-16T01:00:00Z",
            ),
        ],
    );
    check(Events, &[("time > 2021-05-16", "event_time > 2021-05-16T00:00:00Z")]);
}

#[test]
fn events_and_paths() {
    check(
        Events,
        &[
            ("eventName = ConsoleLogin", "event_name = ConsoleLogin"),
            ("userIdentity.arn like 'arn:aws:iam::%'", "user_identity_arn like 'arn:aws:iam::%'"),
            ("requestParameters.bucketName = 'x'", "requestParameters.bucketName = x"),
            ("requestParameters.\"a.b\".c = 1", "requestParameters.\"a.b\".c = 1"),
            ("requestParameters.\"a b\"[0].c = 1", "requestParameters.\"a b\"[0].c = 1"),
            ("resources[*].ARN contains admin", "resources[*].ARN contains 'admin'"),
            ("resources[0].accountId != 1", "resources[0].accountId != 1"),
            ("additionalEventData.bytesTransferredOut > 10MB", "additionalEventData.bytesTransferredOut > 10000000"),
            ("$.newThing = 'a b'", "$.newThing = 'a b'"),
            ("source_ip_address = 'AWS Internal'", "source_ip_address = 'AWS Internal'"),
            ("ip in (10.0.0.0/8, ec2.amazonaws.com)", "source_ip_address in (10.0.0.0/8, ec2.amazonaws.com)"),
            ("readOnly = false and not managementEvent", "read_only = false and not management_event = true"),
            ("event_time like '2021-05-16%'", "event_time like '2021-05-16%'"),
        ],
    );
}

#[test]
fn where_clauses_of_athena_queries() {
    check(
        Flows,
        &[
            (
                "WHERE sourceaddress = '10.0.0.1' OR destinationaddress = '10.0.0.1';",
                "srcaddr = 10.0.0.1 or dstaddr = 10.0.0.1",
            ),
            ("action = 'REJECT' AND protocol = 6", "action = REJECT and protocol = tcp"),
            ("starttime >= 1621151386", "start >= 2021-05-16T07:49:46Z"),
            (
                "from_unixtime(starttime) BETWEEN from_iso8601_timestamp('2021-05-16T00:00:00Z') AND TIMESTAMP '2021-05-17 00:00:00'",
                "start between 2021-05-16T00:00:00Z and 2021-05-17T00:00:00Z",
            ),
            ("start >= to_unixtime(timestamp '2021-05-16 07:49:46')", "start >= 2021-05-16T07:49:46Z"),
            ("\"start\" >= 1621151386 and \"end\" < 1621151390", {
                "start >= 2021-05-16T07:49:46Z and end < 2021-05-16T07:49:50Z"
            }),
            ("cast(numbytes as bigint) > 100", "bytes > 100"),
            ("bytes > cast('100' as varchar(10))", "bytes > 100"),
            ("sourceport IN (80, 443) AND sourceaddress LIKE '10.%'", "srcport in (80, 443) and srcaddr like '10.%'"),
            ("interfaceid IS NOT NULL AND logstatus <> 'NODATA'", "interface_id exists and log_status != NODATA"),
            ("regexp_like(sourceaddress, '^10\\.')", "srcaddr matches '^10\\.'"),
            ("date(from_unixtime(starttime)) = date '2021-05-16'", {
                "start >= 2021-05-16T00:00:00Z and start < 2021-05-17T00:00:00Z"
            }),
            ("-- one port\nWHERE dstport = 22 -- ssh\nand action = 'ACCEPT' --", "dstport = 22 and action = ACCEPT"),
        ],
    );
    check(
        Events,
        &[
            (
                "useridentity.arn = 'arn:aws:iam::1:user/x' and eventtime >= '2021-05-16T00:00:00Z'",
                "user_identity_arn = arn:aws:iam::1:user/x and event_time >= 2021-05-16T00:00:00Z",
            ),
            ("json_extract_scalar(requestparameters, '$.bucketName') = 'x'", "requestParameters.bucketName = x"),
            ("json_extract(responseelements, '$[0].a') is not null", "responseElements[0].a exists"),
            ("useridentity.sessioncontext.sessionissuer.username = 'r'", "session_issuer_user_name = r"),
            ("from_iso8601_timestamp(eventtime) > date '2021-05-16'", "event_time > 2021-05-16T00:00:00Z"),
            ("sourceipaddress not in ('delivery.logs.amazonaws.com')", {
                "source_ip_address not in (delivery.logs.amazonaws.com)"
            }),
        ],
    );
}

/// The message in English.
pub(super) fn said(error: &FilterError) -> String {
    error.message.render(&crate::present::text::Texts::english())
}

/// The marked text, the message, and the proposal.
fn wrong(dataset: Dataset, text: &str) -> (String, String, Option<String>) {
    let error = parse(text, dataset).expect_err(text);
    (text[error.span.clone()].to_owned(), said(&error), error.proposal)
}

#[test]
fn errors_say_where_and_propose() {
    let some = |text: &str| Some(text.to_owned());
    for (dataset, text, marked, message, proposal) in [
        (Flows, "srcadr = 1", "srcadr", "flow records have no field srcadr", some("srcaddr")),
        (Flows, "dstport = shh", "shh", "shh is not a port", some("ssh")),
        (Flows, "dstport = 70000", "70000", "70000 is not a port", None),
        (
            Flows,
            "action = REJCT",
            "REJCT",
            "REJCT is not a known value of action; quote it to search for it anyway",
            some("REJECT"),
        ),
        (Flows, "protocol = tpc", "tpc", "tpc is not a protocol", some("tcp")),
        (Flows, "bytes > 10MBB", "10MBB", "bytes is a number, and 10MBB is none", some("10MB")),
        (Flows, "srcaddr = 10.0.*", "10.0.*", "10.0.* is not an IP address", some("in 10.0.0.0/16")),
        (Flows, "srcaddr = host", "host", "host is not an IP address", None),
        (Flows, "dstport = 22 action = REJECT", "action", "action does not continue the filter", some("and action")),
        (Flows, "dstport = 22 nad action = REJECT", "nad", "nad does not continue the filter", some("and")),
        (Flows, "dstport 22", "22", "an operator is expected between dstport and 22", some("= 22")),
        (Flows, "dstport = ", "", "the filter ends where a value of dstport is expected", None),
        (Flows, "dstport", "", "an operator is expected after dstport", None),
        (Flows, "10.0.0.1", "10.0.0.1", "flow records have no field 10.0.0.1", some("ip = 10.0.0.1")),
        (Flows, "zzzzzz", "zzzzzz", "flow records have no field zzzzzz", some("any contains 'zzzzzz'")),
        (Flows, "(dstport = 22", "(", "this bracket is not closed", None),
        (Flows, "dstport = 22)", ")", "this bracket closes nothing", None),
        (Flows, "dstport = 22 and", "", "the filter ends where a field is expected", None),
        (Flows, "dstport in (22, ", "", "the filter ends where a value of dstport is expected", None),
        (Flows, "dstport = null", "null", "nothing equals null; say dstport is null", None),
        (
            Flows,
            "dstport = 22 ORDER BY start DESC",
            "ORDER BY start DESC",
            "a filter does not sort; use --sort or a column's header",
            some(""),
        ),
        (Flows, "dstport = 22 LIMIT 10;", "LIMIT 10;", "a filter does not limit; use --limit", some("")),
        (Flows, "vpc_id = 'x", "'x", "this quotation does not end", some("'x'")),
        (Flows, "vpc_id matches /a(/", "/a(/", "this regular expression is not valid: unclosed group", None),
        (Flows, "tcp_flags has sny", "sny", "sny is not a TCP flag", some("syn")),
        (Flows, "bytes has syn", "has", "only tcp_flags has flags", None),
        (Flows, "start like '2021%'", "like", "start is a time; compare it with a range", None),
        (Flows, "any = x", "x", "any is searched, not compared; use any contains ...", None),
        (
            Flows,
            "event_name = x",
            "event_name",
            "event_name is a field of CloudTrail events, not of flow records",
            None,
        ),
        (Flows, "dstport = 1 & dstport = 2", "&", "a single & is not an operator", some("and")),
        (
            Flows,
            "year = '2021' and dstport = 22",
            "year = '2021'",
            "year is a partition of Athena tables; a case has times: compare start",
            some("start >= 2021-05-16 and start < 2021-05-17"),
        ),
        (
            Flows,
            "lower(vpc_id) = 'x'",
            "lower",
            "lower is not needed; contains ignores case, and matches does with (?i)",
            None,
        ),
        (
            Flows,
            "SELECT * FROM flows WHERE dstport = 22",
            "SELECT * FROM flows WHERE",
            "only the WHERE clause of a query is a filter",
            some(""),
        ),
        (Events, "read_only = maybe", "maybe", "read_only is true or false", None),
        (Events, "duplicate > true", "true", "duplicate is true or false and has no order", None),
        (Events, "event_time > yesterday", "yesterday", "event_time is a time, and yesterday is none", None),
        (Events, "bytes > 1", "bytes", "bytes is a field of flow records, not of CloudTrail events", None),
    ] {
        assert_eq!(wrong(dataset, text), (marked.to_owned(), message.to_owned(), proposal), "{text}");
    }
}

#[test]
fn a_proposal_in_place_of_the_marked_text_parses() {
    for (dataset, text) in [
        (Flows, "srcadr = 10.0.0.1"),
        (Flows, "dstport = shh"),
        (Flows, "dstport = 22 action = REJECT"),
        (Flows, "dstport = 22 nad action = REJECT"),
        (Flows, "10.0.0.1"),
        (Flows, "10.0.0.0/8"),
        (Flows, "zzzzzz"),
        (Flows, "year = '2021' and dstport = 22"),
        (Flows, "dstport = 22 order by start"),
        (Flows, "select * from flows where dstport = 22"),
        (Flows, "vpc_id = 'x"),
        (Events, "requestParamters.x = 1"),
        (Events, "brandnew.x = 1"),
    ] {
        let error = parse(text, dataset).expect_err(text);
        let mut mended = text.to_owned();
        mended.replace_range(error.span.clone(), error.proposal.as_deref().expect(text));
        assert!(parse(&mended, dataset).is_ok(), "{text} -> {mended}");
    }
}

#[test]
fn depth_and_length_are_limited() {
    for text in ["(".repeat(200_000), "not ".repeat(200_000), "!".repeat(200_000), "cast(".repeat(100_000)] {
        let error = parse(&text, Flows).expect_err("too deep");
        assert!(said(&error).contains("100 levels"), "{}", said(&error));
    }
    let deep = format!("{}packets = 1{}", "(".repeat(99), ")".repeat(99));
    assert_eq!(canonical(Flows, &deep), "packets = 1");
    let deep = format!("packets = {}1{}", "cast(".repeat(200), " as bigint)".repeat(200));
    assert!(said(&parse(&deep, Flows).expect_err("too deep")).contains("100 levels"));
    let long = format!("any contains '{}'", "x".repeat(200_000));
    assert_eq!(said(&parse(&long, Flows).expect_err("too long")), "this text is too long to search for");
    let wide = vec!["packets = 1"; 20_000].join(" or ");
    assert!(matches!(parse(&wide, Flows), Ok(Filter::Or(parts)) if parts.len() == 20_000));
    assert!(parse(&" ".repeat(2 << 20), Flows).is_err());
}

#[test]
fn a_field_is_compared_with_another() {
    check(
        Flows,
        &[
            ("pkt_srcaddr = srcaddr", "pkt_srcaddr = srcaddr"),
            ("pkt-srcaddr <> sourceAddress", "pkt_srcaddr != srcaddr"),
            ("srcport < dstport and srcport>=destinationport", "srcport < dstport and srcport >= dstport"),
            ("bytes > packets or start<=endtime", "bytes > packets or start <= end"),
            ("vpc_id = subnet_id", "vpc_id = subnet_id"),
            ("vpc_id = 'subnet_id'", "vpc_id = 'subnet_id'"),
            ("vpc_id = vpc.subnetid", "vpc_id = subnet_id"),
            ("not pkt_srcaddr = srcaddr", "not pkt_srcaddr = srcaddr"),
            // A value of the first field's own type is the value.
            ("extra.x = bytes", "extra.x = 'bytes'"),
            ("vpc_id = 'x.subnetid'", "vpc_id = 'x.subnetid'"),
            ("tag = bytes", "tag = 'bytes'"),
        ],
    );
    check(
        Events,
        &[
            ("eventTime > session_creation_date", "event_time > session_creation_date"),
            ("userIdentity.accountId != recipientAccountId", "user_identity_account_id != recipient_account_id"),
            ("readOnly = managementEvent", "read_only = management_event"),
            (
                "requestParameters.userName = userIdentity.userName",
                "requestParameters.userName = 'userIdentity.userName'",
            ),
        ],
    );
    for (dataset, text, expected) in [
        (Flows, "srcport = start", "srcport is a port, start is a time: only fields of one type compare"),
        (Flows, "vpc_id = bytes", "vpc_id is a text, bytes is a number: only fields of one type compare"),
        (Flows, "srcaddr = vpc_id", "srcaddr is an address, vpc_id is a text: only fields of one type compare"),
        (Flows, "ip = srcaddr", "ip stands for more than one value and is not compared with a field"),
        (Events, "read_only < management_event", "read_only is true or false and has no order"),
        (
            Events,
            "request_parameters = event_name",
            "request_parameters is JSON, and JSON is not compared with a field",
        ),
    ] {
        let error = parse(text, dataset).expect_err(text);
        assert!(said(&error).starts_with(expected), "{}", said(&error));
        assert_eq!(text.get(error.span.clone()), text.split(' ').next_back(), "{text}");
    }
}

#[test]
fn queries_of_other_tools_are_read() {
    check(
        Flows,
        &[
            ("dstport in [22, 3389]", "dstport in (22, 3389)"),
            ("vpc_id in [\"a b\", 'c']", "vpc_id in ('a b', c)"),
            ("vpc_id not in ['a']", "vpc_id not in (a)"),
            ("vpc_id like /^vpc-.*x/i", "vpc_id matches '(?i)^vpc-.*x'"),
            ("vpc_id not like /x/", "vpc_id not matches 'x'"),
            ("vpc_id =~ /x/ and dstport = 22 # ssh", "vpc_id matches 'x' and dstport = 22"),
            ("/* ssh ) */ dstport = 22 /* and */ and -- more\n bytes > 1", "dstport = 22 and bytes > 1"),
            ("vpc.destinationaddress = 10.0.0.1", "dstaddr = 10.0.0.1"),
            ("v.srcaddr in (select threat_ip from incident_iocs)", "srcaddr in indicators"),
            ("srcaddr not in (SELECT DISTINCT i.threat_ip FROM incident_iocs)", "srcaddr not in indicators"),
        ],
    );
    check(
        Events,
        &[
            ("ct.eventname = 'x'", "event_name = x"),
            ("t.useridentity.sessioncontext.sessionissuer.arn exists", "session_issuer_arn exists"),
            ("t.requestParameters.bucketName = x", "requestParameters.bucketName = x"),
        ],
    );
    for (dataset, text, expected) in [
        (Flows, "srcaddr in (select ip from other)", "of queries inside a filter only"),
        (Flows, "vpc_id in (select threat_ip from incident_iocs)", "vpc_id is not an address"),
        (Flows, "dstport in [22, 23", ") is expected here"),
        (Flows, "dstport = 22 /* open", "this comment does not end"),
        (Flows, "start =~ /x/", "start is a time"),
        (Events, "requestParamters.userName = x", "requestParamters is not a member of CloudTrail events"),
        (Events, "t.unknownThing.userName = x", "t is not a member of CloudTrail events"),
    ] {
        let error = parse(text, dataset).expect_err(text);
        assert!(said(&error).starts_with(expected), "{text}: {}", said(&error));
    }
}

#[test]
fn cell_menus_build_filters() {
    let named = |name| field::by_name(Flows, name).unwrap();
    let port = Filter::field_equals(named("dstport"), Some("22")).unwrap();
    let action = Filter::field_equals(named("action"), Some("REJECT")).unwrap();
    let none = Filter::field_equals(named("instance_id"), None).unwrap();
    let start = Filter::field_equals(named("start"), Some("1621151386")).unwrap();
    assert_eq!(Filter::All.and(port.clone()).to_string(), "dstport = 22");
    assert_eq!(port.clone().and(action.clone()).exclude(none).to_string(), {
        "dstport = 22 and action = REJECT and not instance_id is null"
    });
    assert_eq!(start.to_string(), "start = 2021-05-16T07:49:46Z");
    assert_eq!(action.clone().complement().complement(), action);
    assert!(Filter::field_equals(named("dstport"), Some("x")).is_err());
    assert_eq!(Filter::any_of([port.clone(), action.clone()]).and(port.clone()).to_string(), {
        "(dstport = 22 or action = REJECT) and dstport = 22"
    });
    assert_eq!(port.clone().and(action).tests().len(), 2);
    let event =
        |name, text| Filter::field_equals(field::by_name(Events, name).unwrap(), Some(text)).map(|f| f.to_string());
    assert_eq!(event("event_time", "soon").unwrap(), "event_time matches '(?s)\\Asoon\\z'");
    assert_eq!(event("resources", "[ 1]").unwrap(), "resources = '[ 1]'");
    assert_eq!(
        event("source_ip_address", "10.0.0.0/8").unwrap(),
        "source_ip_address matches '(?s)\\A10\\.0\\.0\\.0/8\\z'"
    );
    assert_eq!(event("event_name", "event_source").unwrap(), "event_name = 'event_source'");
    assert_eq!(event("event_time", "2021-05-16T07:49:46Z").unwrap(), "event_time = 2021-05-16T07:49:46Z");
    let range = TimeRange { from: Some(Timestamp(0)), to: None };
    assert_eq!(Filter::in_time(Flows, range).to_string(), "start >= 1970-01-01T00:00:00Z");
    assert_eq!(Filter::in_time(Events, TimeRange::default()), Filter::All);
}

mod random {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        /// Whatever is typed: no panic, spans inside the text, and what parses has a canonical text.
        #[test]
        fn any_text(text in "\\PC{0,60}") {
            never_panics(&text);
        }

        #[test]
        fn text_of_the_language(
            words in proptest::collection::vec(prop_oneof![
                Just("srcaddr"), Just("dstport"), Just("start"), Just("bytes"), Just("eventName"), Just("any"), Just("tag"),
                Just("requestParameters.a"), Just("resources[*].b"), Just("$."), Just("extra.x"), Just("read_only"), Just("tcp_flags"),
                Just("="), Just("!="), Just("<"), Just("in"), Just("not"), Just("between"), Just("and"), Just("or"), Just("like"),
                Just("contains"), Just("matches"), Just("is"), Just("null"), Just("exists"), Just("has"), Just("("), Just(")"), Just(","),
                Just("10.0.0.1"), Just("10.0.0.0/8"), Just("22"), Just("10MB"), Just("2021-05-16"), Just("'x'"), Just("\"x"), Just("/a/i"),
                Just("date"), Just("cast("), Just("as"), Just(";"), Just("東京"), Just("!"), Just("where"), Just("indicators"), Just("syn"),
            ], 0..12),
            joint in prop_oneof![Just(" "), Just("")],
        ) {
            never_panics(&words.join(joint));
        }

        /// Every text value survives the way through canonical text.
        #[test]
        fn any_value(value in "\\PC{0,20}") {
            for (dataset, target) in [
                (Flows, "instance_id"), (Flows, "extra.x"), (Flows, "action"), (Flows, "evidence"), (Events, "requestParameters.x"),
                (Events, "source_ip_address"), (Flows, "tag"),
            ] {
                let text = format!("{target} != {} or {target} contains {0}", display::quoted(&value));
                let filter = parse(&text, dataset).unwrap();
                prop_assert_eq!(parse(&filter.to_string(), dataset), Ok(filter));
            }
        }

        #[test]
        fn any_key(keys in proptest::collection::vec("\\PC{0,8}", 1..4)) {
            let steps: Vec<String> = keys.iter().map(|k| JsonPath::key(k).to_string()).collect();
            let text = format!("$.{} exists", steps.join("."));
            if let Ok(filter) = parse(&text, Events) {
                prop_assert_eq!(parse(&filter.to_string(), Events), Ok(filter));
            }
        }
    }

    #[test]
    fn a_mistake_in_a_quoted_name_is_marked_between_characters() {
        never_panics("\"R.𐗊|ׯ𞀄🇬<:ﬆఈh/[]¥🂵51🕴=𞓔\\🡻\"ꠘ.7$\\U𞟫𑜪<🕴𐪕𝔢`");
    }

    thread_local! {
        /// Read once for all the texts that a test draws.
        static TEXTS: crate::present::text::Texts = crate::present::text::Texts::english();
    }

    fn never_panics(text: &str) {
        for dataset in [Flows, Events] {
            match parse(text, dataset) {
                Ok(filter) => {
                    let canonical = filter.to_string();
                    assert_eq!(parse(&canonical, dataset).as_ref(), Ok(&filter), "{text} -> {canonical}");
                }
                Err(error) => {
                    assert!(text.get(error.span.clone()).is_some(), "{text} {:?}", error.span);
                    let told = TEXTS.with(|texts| crate::present::filter_help::mistake(texts, &error, text));
                    assert!(told.lines().count() >= 3, "{told}");
                }
            }
        }
    }
}
