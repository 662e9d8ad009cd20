//! Pairs, series, benchmark and export on the command line: columns, exit codes, and files that come back as they went.

use crate::answers::desk;
use crate::desk::{Desk, HEADER, event, flow_lines, sample_logs};
use crate::support::{repository, run};
use coldtrail::query::{Cancel, SqlLimits};
use parquet::basic::Type;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;
use serde_json::{Value, json};

fn objects(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"))).collect()
}

fn header(csv: &str) -> &str {
    csv.split("\r\n").next().unwrap()
}

#[test]
fn pairs_on_the_command_line() {
    let desk = desk();
    let pairs = |more: &[&str]| desk.ok(&[&["pairs", desk.case()], more].concat());
    let all = pairs(&[]);
    let columns = "srcaddr,dstaddr,record_count,packets,total_bytes,data_ratio,first_seen,last_seen,accepted,rejected";
    assert_eq!(header(&all), columns);
    // Longer than any 64-bit integer, and still every digit of it.
    let first = "10.0.0.1,203.0.113.5,4,18446744073709551624,27670116110564327421,6917529027641081855,\
                 2021-05-16T00:00:00Z,2021-05-16T02:02:00Z,4,0";
    assert_eq!(all.lines().nth(1), Some(first));
    assert_eq!(all.lines().last(), Some(",,2,,,,2021-05-16T02:00:00Z,2021-05-16T02:02:00Z,0,0"));
    let json = pairs(&["--format", "jsonl", "--limit", "1"]);
    assert!(json.contains("\"total_bytes\":27670116110564327421,"), "{json}");
    let told = run(desk.folder.path(), &["pairs", desk.case()], 0).stderr;
    assert!(String::from_utf8(told).unwrap().contains("excluded from the sums: 3"));
    let rows = |more: &[&str]| pairs(more).lines().count() - 1;
    assert_eq!(rows(&["--ip", "198.51.100.7"]), 2, "its pair, and the records without addresses");
    assert_eq!(rows(&["--filter", "ip = 198.51.100.7"]), 1);
    assert_eq!(rows(&["--external"]), 5);
    for fold in [&[][..], &["--fold"]] {
        let arguments = [&["pairs", desk.case(), "--filter", "dstport = 9"], fold].concat();
        let told = String::from_utf8(run(desk.folder.path(), &arguments, 0).stderr).unwrap();
        assert!(told.contains("but none match"), "{told}");
    }
    assert_eq!(rows(&["--to", "2021-05-16"]), 1);
    assert!(
        header(&pairs(&["--by", "src,dst,flow_direction"])).starts_with("srcaddr,dstaddr,flow_direction,record_count")
    );
    assert_eq!(header(&pairs(&["--by", "pkt"])), columns);
    let sorted = pairs(&["--sort", "dstaddr,-record_count", "--limit", "2"]);
    let keys: Vec<&str> = sorted.lines().skip(1).map(|line| line.rsplit_once(",20").unwrap().0).collect();
    assert!(
        keys[0].starts_with("198.51.100.7,10.0.0.1,2,") && keys[1].starts_with("203.0.113.5,10.0.0.1,1,"),
        "{keys:?}"
    );
    let folded = pairs(&["--fold", "--format", "jsonl"]);
    let first = &objects(&folded)[1];
    assert_eq!((&first["sent_bytes"], &first["started_by"]), (&json!(722), &json!("10.0.0.1")));
    assert_eq!((&first["started_evidence"], &first["repeats"]), (&json!("inferred: syn_flags"), &json!(1)));
    let once = objects(&pairs(&["--fold", "--once", "--format", "jsonl"]));
    assert_eq!((&once[1]["sent_bytes"], &once[1]["record_count"]), (&json!(361), &json!(1)));
    for (more, told) in [
        (["--by", "port"], "src,dst,flow_direction"),
        (["--sort", "bytez"], "unknown column bytez"),
        (["--sort", "total_byte"], "did you mean total_bytes?"),
        (["--ip", "10.0.0"], "10.0.0 is not an IP address"),
        (["--once", "--external"], "--fold"),
    ] {
        let arguments = [&["pairs", desk.case()], &more[..]].concat();
        let message = desk.fails(&arguments, 2);
        assert!(message.contains(told), "{more:?} {message}");
    }
}

#[test]
fn series_on_the_command_line() {
    let desk = desk();
    let series = |more: &[&str]| desk.ok(&[&["series", desk.case()], more].concat());
    let flows = series(&["--dataset", "flows", "--bin", "1h", "--measure", "records"]);
    assert_eq!(
        flows,
        "bin_start,series,value\r\n2021-05-15T23:00:00Z,records,1\r\n2021-05-16T00:00:00Z,records,4\r\n\
         2021-05-16T01:00:00Z,records,4\r\n2021-05-16T02:00:00Z,records,3\r\n2021-05-16T04:00:00Z,records,2\r\n"
    );
    let zeros = series(&[
        "--dataset",
        "flows",
        "--bin",
        "1h",
        "--measure",
        "records",
        "--zeros",
        "--filter",
        "dstport = 443 or srcport = 8",
    ]);
    assert_eq!(
        zeros,
        "bin_start,series,value\r\n2021-05-16T00:00:00Z,records,3\r\n2021-05-16T01:00:00Z,records,0\r\n\
         2021-05-16T02:00:00Z,records,0\r\n2021-05-16T03:00:00Z,records,\r\n2021-05-16T04:00:00Z,records,1\r\n",
        "zero where there is evidence, nothing where there is none"
    );
    let by = series(&["--dataset", "flows", "--bin", "1d", "--by", "action", "--top", "1", "--measure", "records"]);
    assert_eq!(
        by,
        "bin_start,series,value\r\n2021-05-15T00:00:00Z,other,1\r\n2021-05-16T00:00:00Z,ACCEPT,9\r\n\
         2021-05-16T00:00:00Z,other,4\r\n"
    );
    let bytes = series(&["--dataset", "flows", "--bin", "1d", "--format", "jsonl", "--filter", "ip = 203.0.113.5"]);
    assert_eq!(objects(&bytes).len(), 1);
    assert!(bytes.contains("\"value\":27670116110564328121}"), "{bytes}");
    let events = series(&["--dataset", "events", "--bin", "1m", "--by", "event_name"]);
    assert_eq!(events.lines().count(), 4, "{events}");
    let empty = ["series", desk.case(), "--dataset", "events", "--from", "2030-01-01"];
    let told = String::from_utf8(run(desk.folder.path(), &empty, 0).stderr).unwrap();
    assert!(told.contains("no records from 2030-01-01T00:00:00Z"), "{told}");
    assert_eq!(series(&["--dataset", "events"]).lines().count(), 3, "automatic bins, records");
    for (more, told) in [
        (vec!["--bin", "2d"], "use 1s to 1d"),
        (vec!["--bin", "0s"], "use 1s to 1d"),
        (vec!["--bin", "x"], "use 1s to 1d"),
        (vec!["--by", "srcadr"], "did you mean srcaddr?"),
    ] {
        let arguments = [&["series", desk.case(), "--dataset", "flows"][..], &more].concat();
        assert!(desk.fails(&arguments, 2).contains(told), "{more:?}");
    }
    assert!(desk.fails(&["series", desk.case(), "--dataset", "events", "--measure", "bytes"], 2).contains("no bytes"));
    assert!(desk.fails(&["series", desk.case()], 2).contains("--dataset"));
}

#[test]
fn the_benchmark_names_every_question() {
    let desk = Desk::new();
    desk.import(&[desk.file("a.log", format!("{HEADER}{}", flow_lines(0..500)))]);
    let json: Value = serde_json::from_str(&desk.ok(&["bench", desk.case(), "--json"])).unwrap();
    let names: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "open_first_page",
        "pairs",
        "pairs_of_ip",
        "pairs_rejected",
        "top_talkers",
        "rejected_ssh",
        "bytes_per_minute",
        "count_filtered",
        "page_filtered",
        "page_sorted",
        "count_cidr",
        "pairs_by_time",
        "pairs_by_records",
        "pairs_external",
        "conversations_by_ratio",
        "address_figures",
        "address_page",
        "behaviour_load",
        "behaviour_all",
        "behaviour_beacons",
        "behaviour_long",
        "behaviour_scans",
        "behaviour_fan",
        "behaviour_lateral",
        "behaviour_exfil",
        "behaviour_first_seen",
        "behaviour_tunnels",
        "behaviour_ports",
        "behaviour_leads",
        "behaviour_sessions",
        "behaviour_conversations",
        "open_address",
        "open_overview",
        "open_coverage",
        "open_pairs_first",
        "open_pairs",
        "open_pairs_packet",
        "open_conversations_first",
        "open_conversations",
        "open_conversations_once",
        "open_conversations_sorted",
    ];
    let mut sorted = expected;
    sorted.sort_unstable();
    assert_eq!(names, sorted);
    assert!(json.as_object().unwrap().values().all(|secs| secs.as_f64().is_some_and(|secs| secs >= 0.0)));
    let table = desk.ok(&["bench", desk.case()]);
    let rows = |name: &str| {
        table
            .lines()
            .find(|line| line.starts_with(&format!("{name} ")))
            .map(|l| l.split_whitespace().nth(3).unwrap().to_owned())
    };
    assert_eq!(rows("pairs").as_deref(), Some("500"));
    assert_eq!(rows("pairs_of_ip").as_deref(), Some("1"), "10.0.1.4 is line 260");
    assert_eq!(rows("page_sorted").as_deref(), Some("200"));
    assert_eq!(rows("bytes_per_minute").as_deref(), Some("9"));
    assert_eq!(rows("behaviour_load").as_deref(), Some("7"), "interfaces");
    assert_eq!(rows("behaviour_sessions").as_deref(), Some("200"));
    desk.fails(&["bench", "/nowhere/x.coldtrail"], 3);
}

#[test]
fn the_benchmark_asks_about_events_where_there_are_some() {
    let desk = Desk::new();
    let event = |n: u32| {
        let mut event = json!({
            "eventVersion": "1.08", "eventID": format!("00000000-0000-0000-0000-00000000000{n}"),
            "eventTime": format!("2024-01-02T0{n}:00:00Z"), "eventSource": "s3.amazonaws.com",
            "eventName": if n.is_multiple_of(2) { "GetObject" } else { "PutObject" }, "awsRegion": "us-east-1",
            "sourceIPAddress": format!("203.0.113.{n}"), "requestParameters": {},
            "userIdentity": {"type": "IAMUser", "arn": format!("arn:aws:iam::1:user/{}", n % 3)},
        });
        match n {
            1 | 2 => event["requestParameters"] = json!({"bucketName": "ransom-notes"}),
            3 => event["errorCode"] = "AccessDenied".into(),
            _ => {}
        }
        event
    };
    let records = json!({"Records": (1..6).map(event).collect::<Vec<_>>()});
    desk.import(&[desk.file("a.json", records.to_string())]);
    let table = desk.ok(&["bench", desk.case()]);
    let rows = |name: &str| {
        let line = table.lines().find(|line| line.starts_with(&format!("{name} ")));
        line.map(|line| line.split_whitespace().nth(3).unwrap_or_default().to_owned())
    };
    let names = ["count_error", "top_names", "series", "principals", "sort", "text", "path"];
    let found = names.map(|name| rows(&format!("events_{name}")).unwrap_or_default());
    assert_eq!(found, ["1", "2", "5", "3", "5", "2", "2"]);
    assert_eq!(rows("open_first_page").as_deref(), Some("5"));
}

/// The values of every field of every flow record, as one line each, in order.
fn flows_of(desk: &Desk) -> Vec<String> {
    let statement = "SELECT * FROM flow_record WHERE NOT duplicate ORDER BY evidence, position";
    let mut rows = objects(&desk.ok(&["sql", desk.case(), statement, "--format", "jsonl"]));
    for row in &mut rows {
        for name in ["evidence", "position", "duplicate"] {
            row.as_object_mut().unwrap().remove(name);
        }
    }
    rows.iter().map(Value::to_string).collect()
}

#[test]
fn flows_that_went_out_as_parquet_come_in_as_they_were() {
    for desk in [desk(), sample_logs()] {
        let file = desk.path("out.parquet");
        desk.ok(&["export", desk.case(), "--flows", file.to_str().unwrap()]);
        let other = Desk::new();
        let rows = other.import(&[&file]);
        assert_eq!(rows.iter().map(|row| row.warnings).sum::<u64>(), 0, "{rows:?}");
        let (ours, theirs) = (flows_of(&desk), flows_of(&other));
        assert_eq!(ours.len(), theirs.len());
        // Further values come back as those of a field named extra; the rest is the same to the letter.
        let plain = |line: &String| line.contains("\"extra\":null");
        assert!(ours.iter().any(plain));
        for (a, b) in ours.iter().zip(&theirs).filter(|(a, _)| plain(a)) {
            assert_eq!(a, b);
        }
    }
}

/// The same table without columns: its rows are read one by one from the case.
struct ByRows<'a>(coldtrail::query::tables::Records<'a>);

impl coldtrail::query::tables::Table for ByRows<'_> {
    fn columns(&self) -> &[coldtrail::query::tables::Column] {
        self.0.columns()
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn rows(
        &self,
        from: usize,
        count: usize,
    ) -> Result<Vec<Vec<coldtrail::model::Value>>, coldtrail::query::QueryError> {
        self.0.rows(from, count)
    }

    fn storage(&self) -> coldtrail::query::tables::Storage {
        self.0.storage()
    }
}

/// Times in milliseconds, ends without a start, unknown fields: what the columns of the case do not hold.
const MORE: &str = "version interface-id srcaddr dstaddr start end bytes colour log-status
2 eni-7 10.0.0.1 10.0.0.2 1621151386123 1621151387000 5 red OK
2 eni-7 10.0.0.1 10.0.0.2 - 1621151387 5 - OK
2 eni-7 10.0.0.1 10.0.0.2 1621151386 1621151387 - a,b OK
2 eni-8 - 10.0.0.2 1621151386 - 7 - OK
";

#[test]
fn what_the_columns_tell_is_what_the_rows_say() {
    use coldtrail::app::export::{ExportFormat, export};
    use coldtrail::filter::{self, Filter};
    use coldtrail::model::{Dataset, field};
    use coldtrail::query::tables::{Records, record_columns};
    use coldtrail::query::{self, Duplicates, Scope, SortKey};
    let desk = desk();
    let plain: Vec<String> = (0..30)
        .map(|n| format!("2 eni-{n} 10.0.0.{n} 10.0.1.1 {} {} {n} - OK", 1_621_151_000 + n, 1_621_151_100 + n))
        .collect();
    let fields = MORE.lines().next().unwrap();
    desk.import(&[desk.file("more.log", MORE)]);
    desk.import(&[desk.file("plain.log", format!("{fields}\n{}\n", plain.join("\n")))]);
    desk.import(&[repository().join("sample-logs/evidence")]);
    let reader = desk.reader();
    let cancel = Cancel::default();
    let mut number = 0;
    for (dataset, filter, sort) in [
        (Dataset::Flows, "", None),
        (Dataset::Flows, "interface_id = eni-7 or srcport > 1000", None),
        (Dataset::Flows, "", Some("bytes")),
        (Dataset::Flows, "interface_id = eni-3", Some("dstaddr")),
        (Dataset::Events, "", None),
    ] {
        let fields = record_columns(&reader, dataset, &cancel).unwrap();
        let mut scope = match filter {
            "" => Scope::of(dataset, Filter::All),
            filter => Scope::of(dataset, filter::parse(filter, dataset).unwrap()),
        };
        scope.duplicates = Duplicates::All;
        let key = sort.map(|name| SortKey { field: field::by_name(dataset, name).unwrap(), descending: true });
        let rows = query::rows(&reader, &scope.records(key.into_iter().collect()), &cancel).unwrap();
        assert!(!rows.is_empty(), "{filter}");
        let table = |with_ref| Records::whole(&reader, dataset, rows.clone(), &fields, with_ref).unwrap();
        for (format, with_ref) in [
            (ExportFormat::Csv, false),
            (ExportFormat::Csv, true),
            (ExportFormat::JsonLines, true),
            (ExportFormat::Parquet, false),
        ] {
            let mut write = |table: &dyn coldtrail::query::tables::Table| {
                number += 1;
                let path = desk.path(&format!("same-{number}"));
                let done = export(table, &path, format, false, &cancel, &mut |_| {}).unwrap();
                assert_eq!(done.rows as usize, rows.len());
                (std::fs::read(path).unwrap(), done.cut_times)
            };
            let (by_columns, by_rows) = (write(&table(with_ref)), write(&ByRows(table(with_ref))));
            assert!(by_columns == by_rows, "{dataset:?} {filter} {sort:?} {format:?}");
        }
    }
}

#[test]
fn parquet_has_the_names_and_types_of_delivered_logs() {
    let desk = desk();
    let file = desk.path("out.parquet");
    desk.ok(&["export", desk.case(), "--flows", file.to_str().unwrap(), "--filter", "action = REJECT", "--with-ref"]);
    let reader = SerializedFileReader::new(std::fs::File::open(&file).unwrap()).unwrap();
    let schema = reader.metadata().file_metadata().schema_descr();
    let columns: Vec<(&str, Type)> = schema.columns().iter().map(|c| (c.name(), c.physical_type())).collect();
    let (text, int, long) = (Type::BYTE_ARRAY, Type::INT32, Type::INT64);
    let expected = [
        ("ref", text),
        ("version", int),
        ("account_id", text),
        ("interface_id", text),
        ("srcaddr", text),
        ("dstaddr", text),
        ("srcport", int),
        ("dstport", int),
        ("protocol", int),
        ("packets", long),
        ("bytes", long),
        ("start", long),
        ("end", long),
        ("action", text),
        ("log_status", text),
        ("subnet_id", text),
        ("instance_id", text),
        ("tcp_flags", int),
        ("type", text),
        ("pkt_srcaddr", text),
        ("pkt_dstaddr", text),
        ("flow_direction", text),
    ];
    assert_eq!(columns, expected);
    let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3);
    assert_eq!((rows[0].get_string(0).unwrap().as_str(), rows[0].get_long(10).unwrap()), ("1:6", 180));
    assert_eq!((rows[0].get_long(11).unwrap(), rows[0].get_string(13).unwrap().as_str()), (1_621_126_800, "REJECT"));

    let file = desk.path("pairs.parquet");
    desk.ok(&["export", desk.case(), "--pairs", file.to_str().unwrap()]);
    let reader = SerializedFileReader::new(std::fs::File::open(&file).unwrap()).unwrap();
    let first = reader.get_row_iter(None).unwrap().next().unwrap().unwrap().to_string();
    assert!(first.contains("27670116110564327421"), "{first}");
}

#[test]
fn events_and_flows_as_text_formats() {
    let desk = desk();
    let out = |name: &str| desk.path(name).to_str().unwrap().to_owned();
    desk.ok(&["export", desk.case(), "--events", &out("e.jsonl")]);
    let events = objects(&std::fs::read_to_string(out("e.jsonl")).unwrap());
    assert_eq!(events.len(), 3);
    assert_eq!(events[0]["eventname"], "RunInstances");
    assert_eq!(events[0]["useridentity"]["userName"], "Alice", "JSON stays JSON");
    assert_eq!(events[0]["responseelements"], Value::Null);
    desk.ok(&["export", desk.case(), "--events", &out("e.csv"), "--filter", "error_code exists"]);
    let mut csv = csv::Reader::from_path(out("e.csv")).unwrap();
    let names = csv.headers().unwrap().clone();
    let place = |name: &str| names.iter().position(|n| n == name).unwrap_or_else(|| panic!("{name} {names:?}"));
    for name in [
        "eventversion",
        "eventtime",
        "eventsource",
        "awsregion",
        "sourceipaddress",
        "requestparameters",
        "recipientaccountid",
    ] {
        place(name);
    }
    let records: Vec<_> = csv.records().map(Result::unwrap).collect();
    assert_eq!(
        (records.len(), &records[0][place("eventname")], &records[0][place("errorcode")]),
        (1, "ConsoleLogin", "AccessDenied")
    );
    let identity: Value = serde_json::from_str(&records[0][place("useridentity")]).unwrap();
    assert_eq!(identity["type"], "IAMUser");
    desk.ok(&["export", desk.case(), "--events", &out("e.parquet")]);
    let reader = SerializedFileReader::new(std::fs::File::open(out("e.parquet")).unwrap()).unwrap();
    assert_eq!(reader.metadata().file_metadata().num_rows(), 3);

    desk.ok(&["export", desk.case(), "--flows", &out("f.csv")]);
    let flows = std::fs::read_to_string(out("f.csv")).unwrap();
    assert_eq!(
        (flows.lines().count(), header(&flows).starts_with("version,account_id,interface_id,srcaddr")),
        (16, true)
    );
    desk.ok(&["export", desk.case(), "--flows", &out("f.jsonl"), "--all-copies"]);
    assert_eq!(objects(&std::fs::read_to_string(out("f.jsonl")).unwrap()).len(), 20);
}

#[test]
fn any_result_goes_into_a_file() {
    let desk = desk();
    let out = |name: &str| desk.path(name).to_str().unwrap().to_owned();
    let ask = |query: &[&str], file: &str| {
        desk.ok(&[&["query", desk.case()], query, &["--out", &out(file)]].concat());
        let Some(name) = file.strip_suffix(".parquet") else { return std::fs::read_to_string(out(file)).unwrap() };
        let reader = SerializedFileReader::new(std::fs::File::open(out(file)).unwrap()).unwrap();
        let rows: Vec<String> = reader.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect();
        format!("{name}\n{}", rows.join("\n"))
    };
    for (query, rows) in [
        (vec!["VpcFlowLogsRejectedTraffic"], 3),
        (vec!["VpcFlowLogsTotalBytesTransferred"], 9),
        (vec!["VpcFlowLogsTopTalkers"], 11),
        (vec!["flow-count"], 1),
        (vec!["nat-alarm", "--param", "threshold=90"], 4),
        (vec!["console-logins"], 1),
    ] {
        // The same rows on standard output, in the text formats, and in Parquet.
        let csv = ask(&query, &format!("{}.csv", query[0]));
        let rows_of = |text: &str| text.lines().count() - 1;
        assert_eq!(rows_of(&csv), rows, "{query:?} {csv}");
        let jsonl = ask(&query, &format!("{}.jsonl", query[0]));
        assert_eq!(objects(&jsonl).len(), rows, "{query:?}");
        assert_eq!(rows_of(&ask(&query, &format!("{}.parquet", query[0]))), rows, "{query:?}");
        // Records are there with more columns than on the screen.
        if !query[0].contains("Rejected") {
            assert_eq!(csv, desk.ok(&[&["query", desk.case()], &query[..]].concat()), "{query:?}");
        }
    }
    let message = desk.fails(&["query", desk.case(), "flow-count", "--out", &out("flow-count.csv")], 3);
    assert!(message.contains("use --force"), "{message}");
    desk.fails(&["query", desk.case(), "flow-count", "--out", &out("x.doc")], 2);

    use coldtrail::app::export::{ExportFormat, export};
    use coldtrail::model::Unit;
    use coldtrail::query::tables::{Statement, Table};
    let sql = "SELECT 1 a, NULL b, 2.5 c, 'x' d, 9 a UNION ALL SELECT 2, NULL, 3, 4, NULL";
    let rows = coldtrail::query::read_only_sql(
        &desk.reader(),
        &sql.into(),
        SqlLimits { rows: 10, time: None },
        &Cancel::default(),
    )
    .unwrap();
    let source = Statement::new(&rows);
    let units: Vec<(&str, Unit)> = source.columns().iter().map(|c| (c.name.as_str(), c.unit)).collect();
    let (int, text) = (Unit::Number, Unit::Text);
    assert_eq!(units, [("a", int), ("b", text), ("c", Unit::Ratio), ("d", text), ("a_2", int)]);
    for (format, name) in [(ExportFormat::Csv, "s.csv"), (ExportFormat::Parquet, "s.parquet")] {
        let done = export(&source, &desk.path(name), format, false, &Cancel::default(), &mut |_| {}).unwrap();
        assert_eq!(done.rows, 2);
    }
    assert_eq!(std::fs::read_to_string(out("s.csv")).unwrap(), "a,b,c,d,a_2\r\n1,,2.5,x,9\r\n2,,3,4,\r\n");
}

#[test]
fn an_export_overwrites_nothing_unasked_and_leaves_no_part_behind() {
    let desk = desk();
    let file = desk.file("out/mine.csv", "mine");
    let path = file.to_str().unwrap();
    let message = desk.fails(&["export", desk.case(), "--flows", path], 3);
    assert!(message.contains("use --force"), "{message}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    desk.ok(&["export", desk.case(), "--flows", path, "--force"]);
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("version,"));
    for (arguments, code, told) in [
        (vec!["export", desk.case(), "--flows", "x.txt"], 2, ".parquet"),
        (vec!["export", desk.case()], 2, "--flows"),
        (vec!["export", desk.case(), "--flows", "a.csv", "--events", "b.csv"], 2, "cannot be used with"),
        (vec!["export", desk.case(), "--flows", "/nowhere/deep/a.csv"], 3, "could not be written"),
        (vec!["export", desk.case(), "--flows", "a.csv", "--filter", "srcadr = 1"], 2, "did you mean"),
    ] {
        let message = desk.fails(&arguments, code);
        assert!(message.contains(told), "{arguments:?} {message}");
    }
    // Stopped in the middle.
    use coldtrail::app::export::{ExportError, ExportFormat, export};
    use coldtrail::query::tables::{Column, Table};
    struct Stopping(Vec<Column>, Cancel);
    impl Table for Stopping {
        fn columns(&self) -> &[Column] {
            &self.0
        }
        fn len(&self) -> usize {
            100_000
        }
        fn rows(
            &self,
            from: usize,
            count: usize,
        ) -> Result<Vec<Vec<coldtrail::model::Value>>, coldtrail::query::QueryError> {
            if from > 0 {
                self.1.cancel();
            }
            Ok(vec![vec![coldtrail::model::Value::Integer(1)]; count])
        }
    }
    for format in [ExportFormat::Csv, ExportFormat::JsonLines, ExportFormat::Parquet] {
        let cancel = Cancel::default();
        let columns = vec![Column::new("n", coldtrail::model::Unit::Number)];
        let source = Stopping(columns, cancel.clone());
        let path = desk.path("out/stopped");
        let mut told = Vec::new();
        let stopped = export(&source, &path, format, false, &cancel, &mut |rows| told.push(rows));
        assert!(matches!(stopped, Err(ExportError::Query(coldtrail::query::QueryError::Cancelled))), "{format:?}");
        assert_eq!(told, [4096, 8192]);
    }
    let left: Vec<_> = std::fs::read_dir(desk.path("out")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["mine.csv"]);
}

#[test]
fn a_time_that_parquet_has_no_place_for_is_told() {
    let desk = Desk::new();
    let line = "2 123456789010 eni-1 10.0.0.1 10.0.0.2 1 2 6 1 1 1621151386123 1621151387000 ACCEPT OK\n";
    desk.import(&[desk.file("a.log", format!("{HEADER}{line}"))]);
    let file = desk.path("a.parquet");
    let output = run(desk.folder.path(), &["export", desk.case(), "--flows", file.to_str().unwrap()], 0);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("truncated to whole seconds, as in AWS's Parquet (the milliseconds are in column extra): 1"),
        "{told}"
    );
    let reader = SerializedFileReader::new(std::fs::File::open(&file).unwrap()).unwrap();
    let row = reader.get_row_iter(None).unwrap().next().unwrap().unwrap();
    assert_eq!(
        (row.get_long(10).unwrap(), row.get_string(14).unwrap().as_str()),
        (1_621_151_386, "{\"start_ms\":123,\"time_unit\":\"ms\"}")
    );
    let events = serde_json::json!({"Records": [event("e-1", "A", "2021-05-16T00:00:00.5Z")]}).to_string();
    desk.import(&[desk.file("e.json", events)]);
    let file = desk.path("e.parquet");
    let output = run(desk.folder.path(), &["export", desk.case(), "--events", file.to_str().unwrap()], 0);
    assert!(!String::from_utf8(output.stderr).unwrap().contains("cut"));
}

#[cfg(unix)]
#[test]
fn an_export_that_is_interrupted_leaves_nothing_behind() {
    let desk = Desk::new();
    desk.import(&[desk.file("big.log", format!("{HEADER}{}", flow_lines(0..100_000)))]);
    let folder = desk.path("out");
    std::fs::create_dir(&folder).unwrap();
    let out = folder.join("big.parquet");
    let names = || -> Vec<String> {
        let entries = std::fs::read_dir(&folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let arguments = ["export", desk.case(), "--flows", out.to_str().unwrap()];
    match crate::support::interrupted(desk.folder.path(), &arguments, || !names().is_empty()) {
        true => assert_eq!(names(), [""; 0]),
        false => assert_eq!(names(), ["big.parquet"]),
    }
}
