//! The command line as its page describes it: names and order of columns, formats, exit codes, messages, help.

use crate::desk::{Desk, HEADER, event, flow_lines, gz, rows_of};
use crate::support::{coldtrail, run};
use serde_json::{Value, json};
use std::process::{Output, Stdio};

const FLOWS: &str = "\
2 123456789010 eni-1 10.0.0.1 203.0.113.5 4444 22 6 3 180 1621151386 1621151400 REJECT OK
2 023456789010 eni-1 10.0.0.2 203.0.113.5 4445 443 6 30 18000000 1621151387 1621151400 ACCEPT OK
2 023456789010 eni-2 - - - - - - - 1621151388 1621151400 - NODATA
2 023456789010 eni-1 2001:db8::7 203.0.113.6 53 53 17 1 90 1621151389 1621151400 ACCEPT OK
";

/// A case with four flow records, one damaged line, and three events of which one was delivered twice.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.file("in/a.log", format!("{HEADER}{FLOWS}2 023456789010 eni-1 10.0.0.2\n"));
    let mut login = event("e-2", "ConsoleLogin", "2021-05-16T08:00:00Z");
    login["userAgent"] = "a,\"b\"\nc".into();
    let first = event("e-1", "RunInstances", "2021-05-16T07:49:46.250Z");
    let records = json!({"Records": [first, login, event("e-3", "=cmd|' /C calc'!A0", "2021-05-16T09:00:00Z")]});
    desk.file("in/b.json.gz", gz(records.to_string().as_bytes()));
    desk.file("in/c.json", json!({"Records": [event("e-1", "RunInstances", "2021-05-16T07:49:46.250Z")]}).to_string());
    let rows = desk.import(&[desk.path("in")]);
    assert_eq!(rows.iter().map(|row| row.counts()).collect::<Vec<_>>(), [(4, 0, 1), (3, 0, 0), (0, 1, 0)]);
    desk
}

fn header(csv: &str) -> Vec<&str> {
    csv.split("\r\n").next().unwrap().split(',').collect()
}

fn objects(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"))).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn columns_stand_in_the_order_of_their_page_and_results_alone_on_standard_output() {
    let desk = desk();
    let first = |arguments: &[&str]| desk.ok(arguments);
    let import = run(desk.folder.path(), &["import", desk.case(), desk.path("in").to_str().unwrap()], 1);
    assert_eq!(header(&text(&import.stdout))[..6], ["path", "format", "records", "duplicates", "warnings", "sha256"]);
    assert_eq!(text(&import.stderr), "", "nothing when piped");
    let warnings = first(&["warnings", desk.case()]);
    let columns = header(&warnings);
    let place = |name: &str| columns.iter().position(|column| *column == name).unwrap_or_else(|| panic!("{name}"));
    let order = ["evidence", "position", "reason", "raw"].map(place);
    assert!(order.is_sorted(), "{columns:?}");
    let flows = first(&["flows", desk.case()]);
    let fields = HEADER.trim().replace('-', "_");
    assert_eq!(header(&flows)[1..], fields.split(' ').collect::<Vec<_>>());
    assert_eq!(header(&flows)[0], "ref");
    let list = first(&["evidence", "list", desk.case()]);
    assert_eq!(header(&list)[..6], ["evidence", "path", "format", "records", "duplicates", "warnings"]);
    let one = first(&["evidence", "list", desk.case(), "2"]);
    assert_eq!(one.matches("\r\n").count(), 2, "{one}");
    let info: Value = serde_json::from_str(&first(&["info", desk.case(), "--json"])).unwrap();
    let counts = ["evidence", "records", "events", "distinct_events", "warnings"].map(|key| info[key].as_u64());
    assert_eq!(counts, [3, 4, 4, 3, 1].map(Some));
    assert_eq!(info["flow_span"], json!({"first": "2021-05-16T07:49:46Z", "last": "2021-05-16T07:50:00Z"}));
    assert_eq!(info["event_span"], json!({"first": "2021-05-16T07:49:46.250Z", "last": "2021-05-16T09:00:00Z"}));
    assert_eq!((&info["title"], &info["schema_version"]), (&json!("test"), &json!(coldtrail::case::schema::VERSION)));
    assert!(["file_bytes", "content_bytes", "case_bytes"].iter().all(|key| info[*key].as_u64() > Some(0)), "{info}");
}

#[test]
fn csv_is_lossless_and_json_lines_keep_integers() {
    let desk = desk();
    let csv = desk.ok(&["flows", desk.case(), "--columns", "ref,account_id,srcaddr,bytes,start"]);
    let expected = "ref,account_id,srcaddr,bytes,start\r\n\
                    1:2,123456789010,10.0.0.1,180,2021-05-16T07:49:46Z\r\n\
                    1:3,023456789010,10.0.0.2,18000000,2021-05-16T07:49:47Z\r\n\
                    1:4,023456789010,,,2021-05-16T07:49:48Z\r\n\
                    1:5,023456789010,2001:db8::7,90,2021-05-16T07:49:49Z\r\n";
    assert_eq!(csv, expected);
    let rows = objects(&desk.ok(&["flows", desk.case(), "--format", "jsonl", "--columns", "bytes,account_id,start"]));
    assert_eq!(rows[0], json!({"bytes": 180, "account_id": "123456789010", "start": "2021-05-16T07:49:46Z"}));
    assert_eq!(rows[2], json!({"bytes": null, "account_id": "023456789010", "start": "2021-05-16T07:49:48Z"}));
    // RFC 4180 quoting, and no neutralising of formulas: this is the lossless form.
    let events = desk.ok(&["events", desk.case(), "--columns", "event_name,user_agent"]);
    let expected = "event_name,user_agent\r\nRunInstances,aws-cli/2.0\r\nConsoleLogin,\"a,\"\"b\"\"\nc\"\r\n\
                    =cmd|' /C calc'!A0,aws-cli/2.0\r\n";
    assert_eq!(events, expected);
    let table = desk.ok(&["flows", desk.case(), "--format", "table", "--columns", "srcaddr,bytes", "--limit", "2"]);
    assert_eq!(table, "srcaddr   bytes\n10.0.0.1  180\n10.0.0.2  18000000\n");
    for (statement, expected) in [
        (
            "SELECT 1 AS a, NULL AS b, 1.5 AS c, 'x' AS d, x'00ff' AS e",
            "{\"a\":1,\"b\":null,\"c\":1.5,\"d\":\"x\",\"e\":\"00ff\"}\n",
        ),
        ("SELECT count(*) n, sum(bytes) s FROM flow_record", "{\"n\":4,\"s\":18000270}\n"),
        ("SELECT event_name n FROM cloudtrail_event WHERE event_id = 'e-1'", "{\"n\":\"RunInstances\"}\n"),
        ("SELECT count(*) n FROM cloudtrail_occurrence", "{\"n\":4}\n"),
    ] {
        assert_eq!(desk.ok(&["sql", desk.case(), statement, "--format", "jsonl"]), expected, "{statement}");
    }
}

#[test]
fn records_are_filtered_sorted_and_cut() {
    let desk = desk();
    let refs = |more: &[&str]| {
        let arguments: Vec<&str> =
            ["flows", desk.case(), "--columns", "ref"].into_iter().chain(more.iter().copied()).collect();
        desk.ok(&arguments).lines().skip(1).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(refs(&["--filter", "bytes > 10MB"]), "1:3");
    assert_eq!(refs(&["--filter", "action != REJECT"]), "1:3 1:5");
    assert_eq!(refs(&["--filter", "not action = REJECT"]), "1:3 1:4 1:5");
    assert_eq!(refs(&["--sort", "-bytes"]), "1:3 1:2 1:5 1:4", "the absent value last");
    assert_eq!(refs(&["--sort", "bytes"]), "1:5 1:2 1:3 1:4");
    assert_eq!(refs(&["--sort", "protocol,-srcport"]), "1:3 1:2 1:5 1:4");
    assert_eq!(refs(&["--sort", "srcaddr", "--limit", "2"]), "1:2 1:3");
    assert_eq!(refs(&["--limit", "2", "--offset", "1"]), "1:3 1:4");
    assert_eq!(refs(&["--limit", "0"]), "");
    assert_eq!(refs(&["--offset", "99"]), "");
    // From is inside, to is not.
    assert_eq!(refs(&["--from", "2021-05-16T07:49:47Z", "--to", "2021-05-16T07:49:49Z"]), "1:3 1:4");
    assert_eq!(refs(&["--from", "1621151389"]), "1:5");
    assert_eq!(refs(&["--to", "2021-05-16T16:49:47+09:00"]), "1:2");
    assert_eq!(refs(&["--from", "2021-05-17"]), "");
    assert_eq!(desk.count("flows", &["--filter", "dstport in (22, 443)"]), 2);
    assert_eq!((desk.count("events", &[]), desk.count("events", &["--occurrences"])), (3, 4));
    let tokyo = ["events", desk.case(), "--columns", "event_time", "--tz", "Asia/Tokyo", "--limit", "1"];
    assert_eq!(desk.ok(&tokyo), "event_time\r\n2021-05-16T16:49:46.250+09:00\r\n");
}

#[test]
fn wrong_usage_is_told_with_its_place_and_exit_code_2() {
    let desk = desk();
    let message = |arguments: &[&str], code: i32| {
        let output = run(desk.folder.path(), arguments, code);
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
        text(&output.stderr)
    };
    let marked = message(&["flows", desk.case(), "--filter", "action = REJECT and srcadr = 1"], 2);
    let lines: Vec<&str> = marked.lines().collect();
    let place = lines[1].find("srcadr").unwrap();
    assert_eq!(lines[2], format!("{}^^^^^^", " ".repeat(place)), "{marked}");
    assert!(marked.contains("did you mean: srcaddr"), "{marked}");
    let marked = message(&["sql", desk.case(), "SELECT 1 FRM x"], 2);
    let lines: Vec<&str> = marked.lines().collect();
    assert_eq!(lines[2].find('^'), lines[1].find(" x").map(|at| at + 1), "{marked}");
    for (arguments, told) in [
        (vec!["flows", desk.case(), "--sort", "bytez"], "did you mean bytes?"),
        (vec!["flows", desk.case(), "--columns", "srcadr"], "did you mean srcaddr?"),
        (vec!["flows", desk.case(), "--from", "yesterday"], "yesterday is not a time"),
        (vec!["flows", desk.case(), "--tz", "Mars/Base"], "Mars/Base"),
        (vec!["flows", desk.case(), "--format", "xml"], "xml"),
        (vec!["flows", desk.case(), "--limit", "-1"], "-1"),
        (vec!["flows"], "<CASE>"),
        (vec!["raw", desk.case(), "nothing"], "nor an eventID"),
        (vec!["raw", desk.case(), "9:9"], "not in the case"),
        (vec!["evidence", "export", desk.case(), "9"], "no evidence number 9"),
        (vec!["evidence", "list", desk.case(), "9"], "no evidence number 9"),
        (vec!["sql", desk.case(), "DELETE FROM flow"], "not read-only"),
        (vec!["sql", desk.case(), "ATTACH 'x' AS y"], "not read-only"),
        (vec!["sql", desk.case(), "PRAGMA journal_mode = DELETE"], "not read-only"),
        (vec!["sql", desk.case(), "SELECT 1; SELECT 2"], "one statement"),
        (vec!["sql", desk.case(), " "], "the statement is empty"),
        (vec!["sql", desk.case(), "SELECT * FROM nope"], "no such table"),
        (vec!["sql", desk.case(), "SELECT abs(-9223372036854775807 - 1)"], "overflow"),
        (vec!["import", desk.case(), "x.log", "--format", "nonsense"], "name one of"),
        (vec!["import", desk.case()], "PATHS"),
    ] {
        let message = message(&arguments, 2);
        assert!(message.contains(told), "{arguments:?}: {message}");
        assert!(!message.contains("SQLite:"), "{message}");
    }
    assert_eq!(desk.count("flows", &[]), 4, "nothing was changed");
}

#[test]
fn what_cannot_be_used_is_exit_code_3_with_the_next_step() {
    let desk = desk();
    let log = desk.path("in/a.log");
    let log = log.to_str().unwrap();
    for (arguments, told) in [
        (vec!["new", desk.case()], "already exists"),
        (vec!["info", "/nowhere/x.coldtrail"], "coldtrail new"),
        (vec!["flows", log], "not a Coldtrail case"),
        (vec!["import", log, log], "not a Coldtrail case"),
        (vec!["import", desk.case(), "/nowhere/x.log"], "Check the path"),
        (vec!["evidence", "export", desk.case(), "1", "--out", log], "Existing files are not overwritten"),
    ] {
        let message = text(&run(desk.folder.path(), &arguments, 3).stderr);
        assert!(message.contains(told), "{arguments:?}: {message}");
    }
    let bytes = std::fs::read(log).unwrap();
    assert!(bytes.starts_with(b"version"), "the evidence is as it was");
}

#[test]
fn originals_and_raw_text_come_out_byte_for_byte() {
    let desk = desk();
    let out = desk.path("out/deep");
    desk.ok(&["evidence", "export", desk.case(), "--out", out.to_str().unwrap()]);
    for (name, original) in
        [("0001-a.log", "in/a.log"), ("0002-b.json.gz", "in/b.json.gz"), ("0003-c.json", "in/c.json")]
    {
        assert_eq!(std::fs::read(out.join(name)).unwrap(), std::fs::read(desk.path(original)).unwrap(), "{name}");
    }
    let one = desk.path("one.gz");
    let output = run(desk.folder.path(), &["evidence", "export", desk.case(), "2", "--out", one.to_str().unwrap()], 0);
    assert_eq!(std::fs::read(one).unwrap(), std::fs::read(desk.path("in/b.json.gz")).unwrap());
    assert!(text(&output.stderr).len() > 64 && output.stdout.is_empty(), "the hash is a message");
    let here = coldtrail(desk.folder.path())
        .args(["evidence", "export", desk.case(), "3"])
        .current_dir(desk.path("out"))
        .output();
    assert!(here.unwrap().status.success() && desk.path("out/0003-c.json").is_file());
    assert_eq!(desk.ok(&["raw", desk.case(), "1:3"]), FLOWS.lines().nth(1).unwrap());
    assert_eq!(
        desk.ok(&["raw", desk.case(), "e-1"]),
        event("e-1", "RunInstances", "2021-05-16T07:49:46.250Z").to_string()
    );
}

/// A damaged original in the case: what was written of it does not stay under its name.
#[test]
fn an_export_that_fails_leaves_no_file() {
    let desk = desk();
    let conn = rusqlite::Connection::open(&desk.case).unwrap();
    conn.execute(
        "UPDATE evidence SET file_sha256 = replace(file_sha256, substr(file_sha256, 1, 1), 'x') WHERE evidence_id = 1",
        [],
    )
    .unwrap();
    drop(conn);
    let out = desk.path("damaged.log");
    let message = desk.fails(&["evidence", "export", desk.case(), "1", "--out", out.to_str().unwrap()], 3);
    assert!(message.contains("SHA-256") && !out.exists(), "{message}");
}

/// `| head`: whoever reads goes away before the end.
#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let desk = Desk::new();
    let file = desk.file("a.log", format!("{HEADER}{}", flow_lines(0..20_000)));
    let quitter = |arguments: &[&str]| -> Output {
        let mut child = coldtrail(desk.folder.path())
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        child.wait_with_output().unwrap()
    };
    let path = file.to_str().unwrap();
    for arguments in [
        vec!["import", desk.case(), path],
        vec!["flows", desk.case()],
        vec!["flows", desk.case(), "--format", "table"],
        vec!["sql", desk.case(), "SELECT * FROM flow_record"],
        vec!["evidence", "list", desk.case()],
        vec!["info", desk.case()],
        vec!["man"],
        vec!["completions", "zsh"],
    ] {
        let output = quitter(&arguments);
        assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""), "{arguments:?}");
        assert_eq!(desk.beside(), ["one.coldtrail"], "{arguments:?}");
    }
    assert_eq!(desk.count("flows", &[]), 20_000);
}

#[test]
fn a_format_that_does_not_fit_can_be_stated_again() {
    let desk = Desk::new();
    let line = "123456789010 2 10.0.0.1 203.0.113.5 4444 22 6 3 180 1621151386 1621151400 ACCEPT OK";
    let file = desk.file("h.log", format!("{line}\n{line}\n"));
    let path = file.to_str().unwrap();
    let output = desk.import_output(&[path]);
    assert_eq!(rows_of(&output)[0].counts(), (0, 0, 2));
    assert!(text(&output.stderr).contains("--format '${"), "{}", text(&output.stderr));
    assert_eq!(desk.import(&[path, "--format", "${version} ${srcaddr}"])[0].counts(), (0, 0, 2));
    let spec = "${account-id} ${version} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} \
                ${start} ${end} ${action} ${log-status}";
    assert_eq!(desk.import(&[path, "--format", spec])[0].counts(), (2, 0, 0));
    assert_eq!(desk.count("flows", &["--filter", "dstport = 22 and account_id = 123456789010"]), 2);
}

#[test]
fn help_the_manual_and_completions_name_everything() {
    let desk = Desk::without_case();
    let manual = desk.ok(&["man"]);
    for command in [
        "new",
        "import",
        "info",
        "evidence list",
        "evidence export",
        "warnings",
        "flows",
        "events",
        "raw",
        "sql",
        "pairs",
        "series",
        "top",
        "query",
        "export",
        "bench",
    ] {
        let mut arguments: Vec<&str> = command.split(' ').collect();
        arguments.push("--help");
        let help = desk.ok(&arguments);
        assert!(help.contains("Example:") && help.contains(&format!("Usage: coldtrail {command}")), "{help}");
        assert!(manual.contains(&format!(".TH coldtrail-{} 1", command.replace(' ', "-"))), "{command}");
    }
    // What surprises about absent values is reported with its example.
    let help = desk.ok(&["flows", "--help"]);
    for told in [
        "not action = REJECT",
        "action != REJECT",
        "srcaddr in 10.0.0.0/8",
        "next_hop_interface_id",
        "exact complement",
    ] {
        assert!(help.contains(told) && manual.contains(&told.replace('-', "\\-")), "{told}");
    }
    assert!(desk.ok(&["events", "--help"]).contains("requestParameters.bucketName"));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = desk.ok(&["completions", shell]);
        assert!(script.contains("occurrences") && script.contains("evidence"), "{shell}");
    }
    assert!(desk.ok(&["--version"]).starts_with("coldtrail "));
}

/// Every construct that the page of the filter language names, over records whose answers are plain.
#[test]
fn the_filter_language_gives_what_its_page_says() {
    let desk = Desk::new();
    let header = format!("{} tcp-flags flow-direction pkt-srcaddr interface-id-x\n", HEADER.trim());
    let lines = "\
2 123456789010 eni-1 10.0.0.1 203.0.113.5 40000 22 6 3 180 1621151386 1621151400 REJECT OK 2 ingress 10.0.0.1 a
2 123456789010 eni-1 10.0.0.2 203.0.113.5 40001 3389 6 30 18000000 1621151387 1621151400 REJECT OK 18 egress 10.9.9.9 b
2 123456789010 eni-2 - - - - - - - 1621151388 1621151400 - NODATA - - - c
2 123456789010 eni-1 2001:db8::7 10.0.0.1 53 40002 17 1 90 1621238400 1621238460 ACCEPT OK 0 ingress - d
";
    desk.file("in/a.log", format!("{header}{lines}"));
    let mut login = event("e-1", "ConsoleLogin", "2021-05-16T08:00:00Z");
    login["errorMessage"] = "Failed authentication".into();
    let mut bucket = event("e-2", "GetObject", "2021-05-17T00:00:00Z");
    (bucket["requestParameters"], bucket["sourceIPAddress"]) = (json!({"bucketName": "x"}), "AWS Internal".into());
    desk.file("in/b.json", json!({"Records": [login, bucket]}).to_string());
    desk.import(&[desk.path("in")]);
    let positions = |view: &str, filter: &str| {
        let listed = desk.ok(&[view, desk.case(), "--filter", filter, "--columns", "position"]);
        listed.lines().skip(1).collect::<Vec<_>>().join(" ")
    };
    for (filter, found) in [
        // The page's own example, as far as a case without indicator lists can answer it.
        ("srcaddr in 10.0.0.0/8 and dstport in (22, 3389) and action = REJECT and bytes > 10MB", "3"),
        ("dstport = 22", "2"),
        ("dstport == 22", "2"),
        ("dstport != 22", "3 5"),
        ("dstport <> 22", "3 5"),
        ("bytes < 180", "5"),
        ("bytes <= 180", "2 5"),
        ("bytes > 180", "3"),
        ("bytes >= 180", "2 3"),
        ("dstport = 22 || dstport = 3389", "2 3"),
        ("action = REJECT && !(dstport = 22)", "3"),
        ("dstaddr in 203.0.113.0/24", "2 3"),
        ("srcaddr in 2001:db8::/32", "5"),
        ("srcport between 40000 and 40001", "2 3"),
        ("interface_id like '%-2'", "4"),
        ("interface_id contains NI-2", "4"),
        ("interface_id matches /^eni-[13]$/", "2 3 5"),
        ("action is null", "4"),
        ("action is not null", "2 3 5"),
        ("action exists", "2 3 5"),
        ("ACTION = reject AND NOT (dstport IN (22))", "3"),
        ("flow-direction = egress", "3"),
        ("flowDirection = egress", "3"),
        ("pkt_srcaddr = 10.9.9.9", "3"),
        ("sourceaddress = '10.0.0.1' OR destinationaddress = '10.0.0.1'", "2 5"),
        ("ip = 10.0.0.1", "2 5"),
        ("port = 53", "5"),
        ("any contains eni-2", "4"),
        ("evidence = 1 and protocol = tcp", "2 3"),
        ("protocol = udp", "5"),
        ("dstport = ssh", "2"),
        ("tcp_flags has syn", "2 3"),
        ("tcp_flags has (syn, ack)", "3"),
        ("start >= 2021-05-17", "5"),
        ("start = 2021-05-16", "2 3 4"),
        ("start < 1621151388", "2 3"),
        ("start < 2021-05-16T07:49:47Z", "2"),
        ("bytes > 17MiB", "3"),
        ("bytes > 18MB", ""),
        ("bytes >= 18MB", "3"),
        ("bytes < 1KB", "2 5"),
        ("extra.interface-id-x in (a, d)", "2 5"),
        ("not action = REJECT", "4 5"),
        ("action != REJECT", "5"),
        ("not (action != REJECT)", "2 3 4"),
        ("WHERE sourceport IN (40000, 53) AND starttime >= 1621151386 AND action = 'ACCEPT';", "5"),
    ] {
        assert_eq!(positions("flows", filter), found, "{filter}");
    }
    for (filter, found) in [
        ("eventName = ConsoleLogin", "1"),
        ("event_name in (ConsoleLogin, GetObject)", "1 2"),
        ("userIdentity.arn like 'arn:aws:iam::%'", "1 2"),
        ("useridentity.arn = 'arn:aws:iam::111122223333:user/Alice'", "1 2"),
        ("requestParameters.bucketName = 'x'", "2"),
        ("requestParameters.bucketName exists", "2"),
        ("not requestParameters.bucketName = 'x'", "1"),
        ("requestParameters.bucketName != 'x'", ""),
        ("error_message matches /failed/i", "1"),
        ("any contains bucketname", "2"),
        ("ip in 198.51.100.0/24", "1"),
        ("sourceIPAddress = 'AWS Internal'", "2"),
        ("event_time >= 2021-05-17", "2"),
        ("readOnly = false", "1 2"),
        ("json_extract_scalar(requestparameters, '$.bucketName') = 'x' and eventsource = 'ec2.amazonaws.com'", "2"),
    ] {
        assert_eq!(positions("events", filter), found, "{filter}");
    }
}
