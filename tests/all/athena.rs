//! Athena's dialect: the acceptance examples of the definitions, and the statements of the articles as they are printed.

use crate::desk::{Desk, Template};
use crate::support::shared;
use std::path::Path;

/// The fixtures of the acceptance examples.
fn fixtures(shared: &Path) -> Desk {
    static CASE: Template = Template::new();
    let folder = shared.join("spec/compatibility/fixtures");
    CASE.desk(|| {
        let desk = Desk::new();
        let files = desk.import(&["F.log", "G.log", "E.json"].map(|name| folder.join(name)));
        assert_eq!(files.iter().map(|file| file.counts()).collect::<Vec<_>>(), [(7, 0, 0), (0, 1, 0), (4, 0, 0)]);
        let list = folder.join("I.csv");
        desk.ok(&["indicators", "import", desk.case(), list.to_str().unwrap(), "--examiner", "A. Mori"]);
        desk
    })
}

fn table(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// Header and rows; the messages.
fn asked(desk: &Desk, statement: &str, more: &[&str]) -> (Vec<Vec<String>>, String) {
    let arguments = ["sql", desk.case(), statement, "--format", "csv"];
    let all: Vec<&str> = arguments.into_iter().chain(more.iter().copied()).collect();
    let output = crate::support::run(desk.folder.path(), &all, 0);
    (table(&String::from_utf8(output.stdout).unwrap()), String::from_utf8(output.stderr).unwrap())
}

/// The rows with a bar between their cells.
fn rows(desk: &Desk, statement: &str) -> Vec<String> {
    let (rows, _) = asked(desk, statement, &["--dialect", "athena"]);
    rows[1..].iter().map(|row| row.join("|")).collect()
}

/// From the line that begins so to the first line after it that ends so.
fn printed(text: &str, begin: &str, end: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.iter().position(|line| line.starts_with(begin)).unwrap_or_else(|| panic!("{begin} is not there"));
    let len = lines[from..].iter().position(|line| line.ends_with(end)).unwrap_or_else(|| panic!("{end} is not there"));
    lines[from..=from + len].join("\n")
}

fn article(shared: &Path, number: &str) -> String {
    let mut files = std::fs::read_dir(shared.join("seeds")).unwrap().map(|entry| entry.unwrap().path());
    let is = |path: &std::path::PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with(number);
    std::fs::read_to_string(files.find(is).unwrap()).unwrap()
}

#[test]
fn the_acceptance_examples_of_flows() {
    let Some(shared) = shared("athena") else { return };
    let desk = fixtures(&shared);
    assert_eq!(rows(&desk, "select count(*) from vpc_flow_logs"), ["7"], "1");
    let not_accepted = "select sourceaddress from vpcflow where action <> 'ACCEPT' order by 1";
    assert_eq!(rows(&desk, not_accepted), ["-", "10.0.0.0", "172.32.0.1", "203.0.113.9"], "6");
    assert_eq!(desk.count("flows", &["--filter", "action != ACCEPT and duplicate = false"]), 3, "6, as a filter");
    let ports = "select distinct destinationport from vpcflow order by 1";
    assert_eq!(rows(&desk, ports), ["22", "443", "3389", "40000", ""], "7");
    assert_eq!(rows(&desk, &format!("{ports} desc")).last().unwrap(), "", "7, descending");
    let inside = "select sourceaddress from vpcflow where contains('10.0.0.0/8', cast(sourceaddress as ipaddress))";
    let (found, remarks) = asked(&desk, inside, &[]);
    assert_eq!((found.len() - 1, remarks.as_str()), (3, ""), "11");
    let days = "select date_partition, count(*) from \"c\".\"d\".\"vpcflow\" group by 1 order by 1";
    assert_eq!(rows(&desk, days), ["2021/01/01|6", "2021/01/02|1"], "14");
    let listed =
        "select array_agg(distinct destinationport order by destinationport) from vpcflow where action = 'REJECT'";
    assert_eq!(rows(&desk, listed), ["[22,3389]"], "19");
    // Row 4 is met by a range, which the comparison of texts does not see.
    let (found, remarks) = asked(
        &desk,
        "select sourceaddress from vpcflow where sourceaddress in (select threat_ip from incident_iocs)",
        &[],
    );
    assert_eq!(found[1..], [["198.51.100.7"]]);
    assert!(remarks.contains("203.0.113.0/24"), "{remarks}");
    let met = rows(&desk, "select direction, connecting_ip, sessiontime from incident_vpc_flow_directional");
    assert_eq!(met, ["INBOUND|10.0.0.5|60", "OUTBOUND|10.0.0.5|61", "INBOUND|10.0.0.5|60", "OUTBOUND|172.31.0.8|1"]);
}

#[test]
fn the_acceptance_examples_of_values() {
    let Some(shared) = shared("athena") else { return };
    let desk = fixtures(&shared);
    let (found, remarks) = asked(&desk, "select cast('abc' as bigint), cast(3.7 as integer)", &["--dialect", "athena"]);
    assert_eq!(found[1], ["", "4"], "10");
    assert_eq!(found[0], ["cast('abc' as bigint)", "cast(3.7 as integer)"], "columns are called as typed");
    assert!(remarks.contains("'abc' is no bigint; Athena stops"), "{remarks}");
    let hours = "select date_diff('hour', timestamp '2021-01-01 00:59:59', timestamp '2021-01-01 02:00:00')";
    assert_eq!(rows(&desk, hours), ["1"], "12");
    let month = "select timestamp '2012-10-31 01:00' + interval '1' month";
    assert_eq!(rows(&desk, month), ["2012-11-30 01:00:00.000"], "13");
    let json = "select json_extract('{\"a\":\"x\"}', '$.a'), json_extract_scalar('{\"v\":1.50}', '$.v')";
    assert_eq!(rows(&desk, json), ["\"x\"|1.50"], "18");
    let typo = desk.fails(&["sql", desk.case(), "select \"sourceadress\" from vpcflow"], 2);
    assert!(typo.contains("sourceadress") && typo.contains("^"), "9: {typo}");
    let sqlite = desk.fails(&["sql", desk.case(), "select \"sourceadress\" from flow_record"], 2);
    assert!(sqlite.contains("sourceadress") && sqlite.contains("^"), "9, in SQLite's dialect: {sqlite}");
    let lambda = desk.fails(&["sql", desk.case(), "select any_match(resources, r -> true) from cloudtrail_logs"], 2);
    assert!(lambda.contains("functions with -> are not read; use UNNEST"), "20: {lambda}");
}

#[test]
fn the_acceptance_examples_of_events() {
    let Some(shared) = shared("athena") else { return };
    let desk = fixtures(&shared);
    let names =
        |like: &str| rows(&desk, &format!("select eventname from cloudtrail_logs where eventname like '{like}'")).len();
    assert_eq!((names("get%"), names("Get%")), (0, 2), "8");
    let issuer =
        "select useridentity.sessioncontext.sessionissuer.username from cloudtrail_logs where eventid like '%3'";
    assert_eq!(asked(&desk, issuer, &[]).0, [["username"], ["R"]], "15");
    let resources = "select t.r.arn from cloudtrail_logs cross join unnest(resources) as t(r) order by 1";
    assert_eq!(rows(&desk, resources), ["arn:aws:s3:::pii", "arn:aws:s3:::pii/a.csv"], "16");
    let third = "select resources[3].arn, resources[1].accountid from cloudtrail_logs where eventid like '%3'";
    assert_eq!(rows(&desk, third), ["|111122223333"], "16");
    let bytes = "select sum(cast(additionaleventdata.bytesTransferredOut as bigint)) from cloudtrail_logs";
    assert_eq!(rows(&desk, bytes), ["1507"], "17");
    let readers = desk.ok(&["query", desk.case(), "bucket-readers", "--param", "bucket=pii", "--format", "csv"]);
    assert!(table(&readers)[1].contains(&"1500".to_owned()), "17: {readers}");
    let facts = "select date_partition, region_partition, account_partition, readonly, \
                 useridentity.sessioncontext.attributes.mfaauthenticated from cloudtrail where eventid like '%3'";
    assert_eq!(rows(&desk, facts), ["2021/01/10|us-east-1|111122223333|true|false"]);
    let inner =
        "with e as (select useridentity u, useridentity from cloudtrail) select count(*), max(useridentity.arn) from e";
    assert_eq!(rows(&desk, inner), ["4|arn:aws:sts::999988887777:assumed-role/R/s"]);
}

#[test]
fn groups_of_the_acceptance_examples() {
    let Some(shared) = shared("athena") else { return };
    let desk = fixtures(&shared);
    let top = ["top", desk.case(), "--dataset", "flows", "--by", "action", "--measure", "distinct(srcaddr)"];
    let text = desk.ok(&[&top[..], &["--limit", "1", "--format", "csv"]].concat());
    assert_eq!(table(&text)[1][..2], ["REJECT", "3"], "24: {text}");
    let outside = desk.ok(&["query", desk.case(), "outside-reads", "--param", "bucket=pii", "--format", "csv"]);
    assert_eq!(table(&outside).len(), 2, "25: {outside}");
}

#[test]
fn the_statements_of_the_playbook_run_as_printed() {
    let Some(shared) = shared("athena") else { return };
    let desk = fixtures(&shared);
    let text = article(&shared, "002");
    for (begin, end, view) in [
        ("CREATE EXTERNAL TABLE IF NOT EXISTS vpcflow (", ");", "vpcflow"),
        ("CREATE EXTERNAL TABLE IF NOT EXISTS vpc_flow_logs (", "<bucket_name>/';", "vpc_flow_logs"),
        ("CREATE EXTERNAL TABLE IF NOT EXISTS incident_iocs (", "iocfilehere/'", "incident_iocs"),
    ] {
        let (rows, remarks) = asked(&desk, &printed(&text, begin, end), &[]);
        assert_eq!(remarks, format!("coldtrail: nothing is made: {view} is there, with these columns\n"));
        assert!(rows.iter().all(|row| row.iter().all(String::is_empty)), "{rows:?}");
    }
    let run = |begin: &str, end: &str| asked(&desk, &printed(&text, begin, end), &[]).0;
    assert_eq!(run("SELECT count(*) FROM vpc_flow_logs;", ";"), [["count(*)"], ["7"]]);
    assert_eq!(run("SELECT * FROM vpc_flow_logs limit 1000;", ";").len(), 8);
    let ips = run("select ip, count(*) cnt", "limit 100;");
    assert_eq!((ips.len(), &ips[1][..]), (6, &["198.51.100.7".to_owned(), "3".to_owned()][..]), "{ips:?}");
    assert_eq!(run("select * from vpc_flow_logs", "order by start_time;").len(), 1, "nobody has 123.123.123.123");
    let ratio = printed(&text, "SELECT sourceaddress,", "ORDER BY total_bytes DESC");
    assert_eq!(asked(&desk, &ratio, &[]).0.len(), 1, "nobody has 10.10.10.10");
    let ratio = rows(&desk, &ratio.replace("10.10.10.10", "10.0.0.5"));
    let expected = [
        "198.51.100.7|10.0.0.5|1|9001|9001|2021/01/01 00:00:00|2021/01/01 00:01:01",
        "10.0.0.5|198.51.100.7|2|1501|750|2021/01/01 00:00:00|2021/01/01 00:03:00",
    ];
    assert_eq!(ratio, expected, "2");
    let view = run("CREATE VIEW incident_vpc_flow_directional AS", "connecting_ip, direction");
    let at = |name: &str| view[0].iter().position(|column| column == name).unwrap();
    let told: Vec<[&str; 3]> = view[1..]
        .iter()
        .map(|row| [row[at("direction")].as_str(), row[at("sessionTime")].as_str(), row[at("connecting_ip")].as_str()])
        .collect();
    let expected = [["INBOUND", "60", "10.0.0.5"], ["OUTBOUND", "61", "10.0.0.5"], ["INBOUND", "60", "10.0.0.5"]];
    assert_eq!(told, expected, "4");
}

#[test]
fn the_statements_of_the_articles_run_as_printed() {
    let Some(shared) = shared("athena") else { return };
    let desk = fixtures(&shared);
    let blog = article(&shared, "001");
    let begin = "CREATE EXTERNAL TABLE IF NOT EXISTS vpc_flow_logs (";
    let remarks = asked(&desk, &printed(&blog, begin, "=\"1\");"), &[]).1;
    assert_eq!(remarks, "coldtrail: nothing is made: vpc_flow_logs is there, with these columns\n");
    let rejected = printed(&blog, "SELECT", "10;");
    assert!(rejected.contains("'REJECT'"));
    let pairs = rows(&desk, &rejected);
    assert_eq!(pairs.len(), 3, "3");
    assert!(pairs.iter().all(|row| row.ends_with("|172.31.0.8|1")), "{pairs:?}");
    let (_, rest) = blog.split_once("10;").unwrap();
    let accepted = printed(rest, "SELECT", "10;");
    assert_eq!(rows(&desk, &accepted), ["10.0.0.5|198.51.100.7|2", "198.51.100.7|10.0.0.5|1"]);
    let logins = printed(&article(&shared, "003"), "SELECT useridentity.username", ";");
    let more = printed(&article(&shared, "003"), "SELECT useridentity.username", "2021-01-18T00:00:00Z';");
    assert!(more.starts_with(&logins) || logins == more);
    let (found, _) = asked(&desk, &more, &[]);
    let header = ["username", "sourceipaddress", "eventtime", "additionalEventData"];
    let row = ["", "203.0.113.1", "2021-01-17T15:28:47Z", "{\"MobileVersion\":\"No\",\"MFAUsed\":\"No\"}"];
    assert_eq!(
        found,
        [header.map(str::to_owned).to_vec(), row.map(str::to_owned).to_vec()],
        "5, as the article prints it"
    );
}

#[test]
fn the_translated_statements_of_article_000_are_no_sql_and_say_where() {
    let Some(shared) = shared("athena") else { return };
    let desk = fixtures(&shared);
    let text = article(&shared, "000");
    let blocks: Vec<&str> = text.split("```").skip(1).step_by(2).collect();
    let statements: Vec<&&str> =
        blocks.iter().filter(|block| block.contains("vpc") || block.contains("iocs")).collect();
    assert!(statements.len() >= 7, "{}", statements.len());
    for statement in statements {
        let told = desk.fails(&["sql", desk.case(), statement], 2);
        assert!(told.contains("error") || told.contains("not read") || told.contains("not closed"), "{told}");
    }
}

#[test]
fn names_of_tables_can_be_given_and_the_rewritten_statement_shown() {
    let Some(shared) = shared("athena") else { return };
    let desk = fixtures(&shared);
    let told = desk.fails(&["sql", desk.case(), "select count(*) from logs", "--dialect", "athena"], 2);
    assert!(told.contains("no table logs; say --table logs=VIEW"), "{told}");
    let (found, shown) =
        asked(&desk, "select count(*) from db.Logs limit all", &["--table", "logs=vpcflow", "--show-sql"]);
    assert_eq!((found[1][0].as_str(), shown.trim()), ("7", "select count(*) AS \"count(*)\" from vpcflow AS \"Logs\""));
    assert!(desk.fails(&["sql", desk.case(), "select 1", "--table", "logs=nothing"], 2).contains("vpcflow"));
    let (_, remarks) = asked(&desk, "select 1 from cloudtrail where eventtime > 'START_TIME'", &[]);
    assert!(remarks.contains("'START_TIME' looks like a placeholder"), "{remarks}");
    let before = std::fs::read(&desk.case).unwrap();
    desk.fails(&["sql", desk.case(), "create table x as select 1 from vpcflow"], 2);
    assert_eq!(std::fs::read(&desk.case).unwrap(), before, "the case stays as it is");
}

#[test]
fn the_definition_of_a_table_is_a_format() {
    let Some(shared) = shared("athena") else { return };
    let text = article(&shared, "002");
    let definition = printed(&text, "CREATE EXTERNAL TABLE IF NOT EXISTS vpcflow (", ");");
    // The playbook's order, without a header: only the definition says which column is which.
    let line = "2 123456789010 eni-1 10.0.0.5 198.51.100.7 40000 443 6 10 1000 1609459200 1609459260 ACCEPT OK vpc-1 IPv4 3 \
                subnet-1 - - us-east-1 10.0.0.5 198.51.100.7 i-1 use1-az1 - S3 egress 8\n";
    let rows = |desk: &Desk, format: &str| {
        let file = desk.file("flows.log", line);
        let rows = desk.import(&[file.to_str().unwrap(), "--format", format]);
        assert_eq!(rows[0].counts(), (1, 0, 0));
        desk.ok(&[
            "flows",
            desk.case(),
            "--columns",
            "vpc_id,tcp_flags,pkt_dst_aws_service,traffic_path",
            "--format",
            "csv",
        ])
    };
    let expected = "vpc_id,tcp_flags,pkt_dst_aws_service,traffic_path\nvpc-1,3,S3,8\n";
    let desk = Desk::new();
    assert_eq!(rows(&desk, &definition).replace('\r', ""), expected, "as text");
    let desk = Desk::new();
    let file = desk.file("table.sql", &definition);
    assert_eq!(rows(&desk, file.to_str().unwrap()).replace('\r', ""), expected, "as a file");
    let json = printed(&text, "CREATE EXTERNAL TABLE IF NOT EXISTS vpc_flow_logs (", "<bucket_name>/';");
    let log = desk.file("other.log", line);
    let told = desk.fails(&["import", desk.case(), log.to_str().unwrap(), "--format", &json], 2);
    assert!(told.contains("the table's records are JSON"), "{told}");
}

#[test]
fn queries_of_logs_insights_run_as_they_are_pasted() {
    let Some(shared) = shared("athena") else { return };
    let desk = fixtures(&shared);
    let (found, remarks) = asked(&desk, "filter dstport = 443 | stats sum(bytes) by bin(1m)", &[]);
    let expected = [["bin(1m)", "sum(bytes)"], ["2021-01-01 00:00:00.000", "1000"], ["2021-01-01 00:02:00.000", "501"]];
    assert_eq!(found, expected.map(|row| row.map(str::to_owned).to_vec()), "23");
    assert!(remarks.contains("read as: SELECT"), "{remarks}");
    let text = article(&shared, "004");
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let starts: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].starts_with("parse @message")).collect();
    let queries: Vec<String> = starts
        .iter()
        .map(|at| {
            let more = lines[at + 1..].iter().take_while(|line| line.starts_with('|'));
            std::iter::once(&lines[*at]).chain(more).copied().collect::<Vec<_>>().join("\n")
        })
        .collect();
    assert_eq!(queries.len(), 6, "the article's queries");
    let results: Vec<Vec<Vec<String>>> = queries.iter().map(|query| asked(&desk, query, &[]).0).collect();
    assert_eq!(results[0].len(), 3, "the latest two");
    let by_instance = [["instance_id", "Data_Transferred"], ["i-1", "10502"], ["-", "160"]];
    assert_eq!(results[2], by_instance.map(|row| row.map(str::to_owned).to_vec()), "22");
    let rejected = [["srcaddr", "SSH_Traffic_Volume"], ["172.32.0.1", "80"], ["203.0.113.9", "40"]];
    assert_eq!(results[3], rejected.map(|row| row.map(str::to_owned).to_vec()));
    let (only_cloudwatch, code) = ("fields srcaddr | pattern @message", 2);
    assert!(desk.fails(&["sql", desk.case(), only_cloudwatch], code).contains("only CloudWatch does pattern"));
    let told = desk.fails(&["flows", desk.case(), "--filter", "filter dstport = 443 | limit 2"], 2);
    assert!(told.contains("Logs Insights") && told.contains("dstport = 443"), "{told}");
    let day = desk.fails(&["flows", desk.case(), "--filter", "dt = '2021/01/01'"], 2);
    assert!(day.contains("start >= 2021-01-01 and start < 2021-01-02"), "{day}");
    let met = "vpc.destinationaddress in (select threat_ip from incident_iocs) and duplicate = false";
    let rows = desk.ok(&["flows", desk.case(), "--filter", met, "--columns", "start", "--format", "csv"]);
    assert_eq!(rows.lines().count(), 3, "21: rows 1 and 3\n{rows}");
}
