//! Lists of indicators from end to end: the public and the constructed lists of the corpora, the sample's two lists,
//! and what an examiner does to lists and labels.

use crate::desk::{Desk, Template, sample_logs};
use crate::support::{corpus, repository, shared};
use coldtrail::app::indicators::{self, ImportChoice};
use coldtrail::ingest::indicators::{ListOptions, read};
use coldtrail::model::{IndicatorKind, Purpose};
use coldtrail::query::{self, By, Cancel, SightingQuery, Subject};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Elements of a list that gave an entry or an issue: what the manifest counts.
fn elements(path: &Path) -> (usize, usize, usize) {
    let list = read(&std::fs::read(path).unwrap(), &ListOptions::default())
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let positions = list.entries.iter().map(|e| e.position).chain(list.issues.iter().map(|i| i.position));
    (positions.collect::<BTreeSet<u64>>().len(), list.entries.len(), list.issues.len())
}

/// Entries and issues where they are not one for each element: why.
const SEVERAL: [(&str, usize, usize, &str); 10] = [
    ("volexity-threat-intel/2021_12_06_XEGroup__indicators.csv", 248, 0, "52 rows hold the three hashes of a file"),
    (
        "amnesty-investigations/2018-08-01_nso__indicators.csv",
        1191,
        17,
        "a name and an address a row; 17 addresses repeat",
    ),
    ("amnesty-investigations/2021-07-18_nso__pegasus.stix2", 1438, 111, "processes, senders and a file name are told"),
    ("amnesty-investigations/2024-12-16_serbia_novispy__novispy.stix2", 11, 7, "apps and certificates are told"),
    ("oasis-cti-documentation/apt1.json", 10, 4, "two certificates of two conditions each are told"),
    ("oasis-cti-documentation/poisonivy.json", 42, 25, "several comparisons a pattern; names and addresses repeat"),
    ("fireeye-iocs/APT17__7b9e87c5-b619-4a13-b862-0145614d359a.ioc", 23, 2, "what only a host holds is told"),
    ("fireeye-iocs/BlogPosts__4fdb0f45-8151-4941-a9e1-a31e21000659.ioc", 29, 9, "what only a host holds is told"),
    ("fireeye-iocs/APT3__db0b6ac6-874a-498e-892b-ac7c2020e061.ioc", 15, 15, "what only a host holds is told"),
    ("fireeye-iocs/BlogPosts__6037663c-680c-4a28-ad58-40622d206e1d.ioc", 46, 20, "what only a host holds is told"),
];

#[test]
fn every_list_of_the_corpora_holds_what_the_manifest_says() {
    let Some((folder, files)) = corpus("indicators") else { return };
    let lists: Vec<_> = files.iter().filter(|file| file.kind.starts_with("ioc-")).collect();
    assert!(lists.len() > 30);
    let mut wrong = Vec::new();
    for file in lists.iter().filter(|file| file.kind != "ioc-negative") {
        let found = elements(&folder.join(&file.path));
        let count = usize::try_from(file.count.expect("the manifest counts it")).unwrap();
        let several = SEVERAL.iter().find(|(path, ..)| *path == file.path);
        let expected = match (several, &*file.path) {
            (Some((_, entries, issues, _)), _) => (count, *entries, *issues),
            // One pattern, which searches for a sender.
            (None, "oasis-cti-documentation/using-granular-markings.json") => (1, 0, 1),
            // 56 attributes are texts, file names and links, which are reported.
            (None, "PyMISP-tests/existing_event.json") => (122, 66, 56),
            // No indicator; what was observed counts: the two hashes of a file, and a registry key, which is reported.
            (None, "oasis-cti-documentation/sighting-of-observed-data.json") => (2, 2, 1),
            (None, _) => (count, count, 0),
        };
        if found != expected {
            wrong.push(format!("{}: {found:?}, expected {expected:?}", file.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for file in lists.iter().filter(|file| file.kind == "ioc-negative") {
        let error = read(&std::fs::read(folder.join(&file.path)).unwrap(), &ListOptions::default()).unwrap_err();
        assert!(error.to_string().contains("no STIX"), "{}: {error}", file.path);
    }
}

/// Hits by indicator, over a case that holds some evidence and one list.
fn hits(desk: &Desk, list: &Path) -> BTreeMap<String, u64> {
    desk.ok(&["indicators", "import", desk.case(), list.to_str().unwrap()]);
    let text = desk.ok(&["sightings", desk.case(), "--format", "csv"]);
    let mut lines = csv::Reader::from_reader(text.as_bytes());
    let columns: Vec<String> = lines.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(
        columns.join(","),
        "indicator,kind,list,comment,hits,bytes_to,bytes_from,accepted,rejected,first_seen,last_seen,looked_for,name,\
         severity,flows,events,mentions,outside,hosts,principals"
    );
    lines.records().map(Result::unwrap).map(|row| (row[0].to_owned(), row[4].parse().unwrap())).collect()
}

#[test]
fn the_constructed_lists_have_their_expected_hits() {
    let Some(shared) = shared("indicators") else { return };
    let corpora = shared.join("corpora");
    let flows = ["centralized-logging-with-opensearch/vpcflow.log", "opensearch-catalog/vpc_flow_bodies.log"];
    for (name, evidence) in [("iocs-flow", &flows[..]), ("iocs-cloudtrail", &["invictus-ir-aws_dataset"])] {
        let expected: serde_json::Value = serde_json::from_slice(
            &std::fs::read(corpora.join(format!("constructed/ioc/{name}.expected.json"))).unwrap(),
        )
        .unwrap();
        let desk = Desk::new();
        desk.import(&evidence.iter().map(|path| corpora.join(path)).collect::<Vec<_>>());
        let found = hits(&desk, &corpora.join(format!("constructed/ioc/{name}.csv")));
        let mut counted = 0;
        for group in ["exact", "cidr24"] {
            for (value, count) in expected[group].as_object().unwrap() {
                assert_eq!(Some(found[value]), count.as_u64(), "{value}");
                counted += 1;
            }
        }
        for (value, hits) in &found {
            let is_expected = ["exact", "cidr24"].iter().any(|group| !expected[*group][value].is_null());
            assert!(is_expected || *hits == 0, "{value}: {hits}");
        }
        assert!(counted >= 4 && found.len() > counted);
        // The same addresses defanged, and as hosts of URLs.
        let again = Desk::new();
        again.import(&evidence.iter().map(|path| corpora.join(path)).collect::<Vec<_>>());
        let defanged = hits(&again, &corpora.join(format!("constructed/ioc/{name}-defanged.txt")));
        for (value, hits) in &defanged {
            let host = value.trim_start_matches("http://").split(':').next().unwrap();
            assert_eq!(Some(*hits), Some(expected["exact"][host].as_u64().unwrap_or(0)), "{value}");
        }
        assert!(defanged.values().filter(|hits| **hits > 0).count() >= 2);
    }
}

/// The case of the sample with its two lists.
fn sample() -> Desk {
    static CASE: Template = Template::new();
    CASE.desk(|| {
        let desk = sample_logs();
        for name in ["ioc-list.csv", "partner-list.txt"] {
            let list = repository().join("sample-logs/indicators").join(name);
            desk.ok(&["indicators", "import", desk.case(), list.to_str().unwrap()]);
        }
        desk
    })
}

#[test]
fn hits_of_the_sample_are_those_that_plain_sql_counts() {
    let desk = sample();
    let reader = desk.reader();
    let never = Cancel::default();
    let table = query::sightings(&reader, &SightingQuery::all(By::Indicator), &never).unwrap();
    let rows = query::sighting_rows(&reader, &table, 0..table.len()).unwrap();
    assert_eq!(rows.len(), 15);
    for row in &rows {
        let Subject::Indicator(entry) = &row.subject else { panic!() };
        let Some(span) = entry.entry.span else { continue };
        // Address by address over the documented views, without an index and without our functions.
        let key = |key: u128| format!("x'{key:032x}'");
        let inside =
            format!("SELECT address FROM address WHERE key BETWEEN {} AND {}", key(span.first), key(span.last));
        let flows = desk.number(&format!(
            "SELECT count(*) FROM flow_record WHERE NOT duplicate AND (srcaddr IN ({inside}) OR dstaddr IN ({inside})
               OR pkt_srcaddr IN ({inside}) OR pkt_dstaddr IN ({inside}))"
        ));
        let to = desk.number(&format!(
            "SELECT ifnull(sum(bytes), 0) FROM flow_record WHERE NOT duplicate AND (dstaddr IN ({inside}) OR pkt_dstaddr IN ({inside}))"
        ));
        let events = desk.number(&format!(
            "SELECT count(*) FROM cloudtrail_event v JOIN event e ON e.id = v.evidence << 32 | v.position
             WHERE e.source_ip_key BETWEEN {} AND {}",
            key(span.first),
            key(span.last)
        ));
        let found = &row.sighting;
        assert_eq!((found.flows as i64, found.events as i64), (flows, events), "{}", entry.entry.value);
        assert_eq!(found.bytes_to.unwrap_or(0), to as u128, "{}", entry.entry.value);
    }
    let hits = |value: &str| {
        let of = |row: &&query::SightingRow| matches!(&row.subject, Subject::Indicator(e) if e.entry.value == value);
        rows.iter().find(of).map(|row| row.sighting.hits()).unwrap()
    };
    assert_eq!(hits("192.0.2.110"), 960, "the scan of the story");
    assert_eq!(hits("192.0.2.240"), 0, "never seen in this case");
    assert!(hits("AKIAXPLANTEDEXAMPLE1") > 0 && hits("arn:aws:iam::111122223333:user/svc-backup-sync") > 0);
    // Each row leads to its records.
    for row in &rows {
        let mut count = 0;
        for dataset in [coldtrail::model::Dataset::Flows, coldtrail::model::Dataset::Events] {
            let scope = SightingQuery::all(By::Indicator).records_of(dataset, &row.subject);
            count += query::rows(&reader, &scope.records(Vec::new()), &never).unwrap().len() as u64;
        }
        assert_eq!(count, row.sighting.hits() + row.sighting.mentions, "{:?}", row.subject);
    }
}

#[test]
fn the_playbooks_view_is_the_playbooks_union() {
    let desk = sample();
    let text = desk.ok(&["sightings", desk.case(), "--playbook", "--format", "csv"]);
    let mut lines = csv::Reader::from_reader(text.as_bytes());
    let header = "account,interfaceid,source,destination,direction,connecting_ip,connecting_port,protocol,numpackets,numbytes,\
                  action,logstatus,starttime,endtime,sessiontime";
    assert_eq!(lines.headers().unwrap().iter().collect::<Vec<_>>().join(","), header);
    let rows: Vec<csv::StringRecord> = lines.records().map(Result::unwrap).collect();
    let count = |column: &str| desk.count("flows", &["--filter", &format!("{column} in indicators")]);
    let of = |word: &str| rows.iter().filter(|row| &row[4] == word).count() as u64;
    assert_eq!((of("INBOUND"), of("OUTBOUND")), (count("dstaddr"), count("srcaddr")));
    assert_eq!(rows.len() as u64, of("INBOUND") + of("OUTBOUND"));
    let key = |row: &csv::StringRecord| {
        let number: u64 = row[14].parse().unwrap();
        (row[12].to_owned(), row[13].to_owned(), number, row[1].to_owned(), row[5].to_owned(), row[4].to_owned())
    };
    assert!(rows.is_sorted_by_key(key));
    for row in &rows {
        // The address that connects is the one that is not the indicator.
        let other = if &row[4] == "INBOUND" { &row[2] } else { &row[3] };
        assert_eq!(*other, format!("{}:{}", &row[5], &row[6]));
    }
    let words = desk.ok(&["sightings", desk.case(), "--playbook", "--words", "--format", "csv", "--limit", "1"]);
    assert!(words.lines().next().unwrap().ends_with(",sessiontime,own_direction"), "{words}");
    assert!(words.contains("to IOC") || words.contains("from IOC"));
}

#[test]
fn what_an_examiner_does_to_a_list_can_be_undone_and_is_journalled() {
    let desk = sample();
    let count = || desk.count("flows", &["--filter", "ip in indicators"]);
    let all = count();
    let list = |arguments: &[&str]| {
        let all: Vec<&str> =
            ["indicators", arguments[0], desk.case()].into_iter().chain(arguments[1..].iter().copied()).collect();
        desk.ok(&all)
    };
    list(&["disable", "partner-list"]);
    let without = count();
    assert!(without < all, "results follow at once");
    list(&["enable", "partner-list"]);
    assert_eq!(count(), all);
    list(&["remove", "partner-list"]);
    assert_eq!(count(), without);
    let lists = query::indicator_lists(&desk.reader(), true).unwrap();
    assert!(lists[1].removed && lists[1].sha256.len() == 64 && lists[1].entries == 8, "it stays for the report");
    assert_eq!(query::indicator_lists(&desk.reader(), false).unwrap().len(), 1);
    list(&["restore", "2"]);
    assert_eq!(count(), all);
    // One entry, by its number.
    let entry = query::indicator_entries(&desk.reader(), 1, 0, 1).unwrap().remove(0);
    assert_eq!(entry.entry.value, "203.0.113.66");
    let hits = || desk.count("flows", &["--filter", "indicator = 'ioc-list' and ip = 203.0.113.66"]);
    assert!(hits() > 0);
    list(&["remove", "--entry", &entry.id.to_string()]);
    assert_eq!(hits(), 0);
    list(&["restore", "--entry", &entry.id.to_string()]);
    assert!(hits() > 0);
    // The same file again adds nothing.
    let root = repository().join("sample-logs/indicators");
    list(&["import", root.join("ioc-list.csv").to_str().unwrap()]);
    assert_eq!(query::indicator_lists(&desk.reader(), true).unwrap().len(), 2);
    list(&["add", "203.0.113[.]99", "--comment", "by telephone"]);
    list(&["add", "4444", "--kind", "port"]);
    list(&["add", "203.0.113.99"]);
    let typed = query::indicator_lists(&desk.reader(), false).unwrap().remove(2);
    assert_eq!((typed.name.as_str(), typed.format.as_str(), typed.entries), ("Typed", "typed", 2));
    let sha = |text: &str| coldtrail::case::journal::hex(&<sha2::Sha256 as sha2::Digest>::digest(text));
    assert_eq!(typed.sha256, sha("203.0.113[.]99\n4444\n"), "the hash follows the values");
    let conn = desk.sqlite();
    let mut statement =
        conn.prepare("SELECT action, examiner FROM journal WHERE action LIKE 'indicator%' ORDER BY seq").unwrap();
    let told: Vec<(String, String)> =
        statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?))).unwrap().map(Result::unwrap).collect();
    let actions: Vec<&str> = told.iter().map(|(action, _)| action.trim_start_matches("indicator_")).collect();
    let expected = ["import", "import", "disable", "enable", "remove", "restore", "remove", "restore", "add", "add"];
    assert_eq!(actions, expected);
    assert!(told.iter().all(|(_, examiner)| examiner == "A. Mori"));
    let shown =
        desk.number("SELECT count(*) FROM indicator WHERE looked_for AND list = 'ioc-list' AND kind = 'address'");
    assert_eq!(shown, 7, "the documented view");
}

#[test]
fn validity_is_honoured_and_can_be_switched_off() {
    let desk = sample();
    let from = "2026-03-11T00:00:00Z";
    let file = desk.file("feed.csv", format!("value,valid_from,valid_to\n203.0.113.66,{from},2026-03-12\n"));
    desk.ok(&["indicators", "import", desk.case(), file.to_str().unwrap(), "--list", "feed"]);
    let count = |more: &str| desk.count("flows", &["--filter", &format!("indicator = feed{more}")]);
    // A day as the end is inside as a whole.
    let inside = desk.count("flows", &["--filter", "(srcaddr = 203.0.113.66 or dstaddr = 203.0.113.66 or pkt_srcaddr = 203.0.113.66 or pkt_dstaddr = 203.0.113.66) and start >= 2026-03-11 and start < 2026-03-13"]);
    assert_eq!(count(""), inside);
    assert_eq!(count(" and start < 2026-03-11"), 0);
    let reader = desk.reader();
    let table = query::sightings(&reader, &SightingQuery::of_list(By::Indicator, "feed"), &Cancel::default()).unwrap();
    let row = table.get(0).unwrap();
    assert_eq!((row.flows, table.len()), (inside, 1));
    assert!(row.outside > 0, "what lies outside is told");
    desk.ok(&["indicators", "validity", desk.case(), "off"]);
    let all = count("");
    assert!(all > inside);
    let events = desk.count("events", &["--filter", "indicator = feed"]);
    assert_eq!(row.flows + row.events + row.outside, all + events);
}

#[test]
fn labels_are_seen_wherever_their_thing_is() {
    let desk = sample();
    desk.ok(&["label", "add", desk.case(), "10.20.1.22", "bastion", "--note", "reached by SSH"]);
    desk.ok(&["label", "add", desk.case(), "192.0.2.0/24", "scanners"]);
    desk.ok(&["label", "add", desk.case(), "svc-backup-sync", "planted user"]);
    let message = desk.fails(&["label", "add", desk.case(), "evil.example", "x"], 2);
    assert!(message.contains("domain cannot have a label"), "{message}");
    let flows = |filter: &str| desk.count("flows", &["--filter", filter]);
    let sides = |value: &str| {
        flows(
            &["srcaddr", "dstaddr", "pkt_srcaddr", "pkt_dstaddr"].map(|side| format!("{side} in {value}")).join(" or "),
        )
    };
    assert_eq!(flows("label = bastion"), sides("10.20.1.22/32"));
    assert_eq!(flows("label like 'scan%'"), sides("192.0.2.0/24"));
    assert!(desk.count("events", &["--filter", "label = 'planted user'"]) > 0);
    let reader = desk.reader();
    let key = |text: &str| u128::from_be_bytes(coldtrail::model::Address::parse(text.as_bytes()).unwrap().key());
    let marks = query::address_marks(&reader, &[key("10.20.1.22"), key("192.0.2.110"), key("8.8.8.8")]).unwrap();
    let names: Vec<Vec<&str>> = marks
        .iter()
        .map(|marks| marks.iter().map(|mark| if mark.name.is_empty() { &*mark.list } else { &*mark.name }).collect())
        .collect();
    assert_eq!(names, [vec!["bastion"], vec!["ioc-list", "partner-list", "scanners"], vec![]]);
    desk.ok(&["label", "remove", desk.case(), "1"]);
    assert_eq!(flows("label = bastion"), 0);
    desk.ok(&["label", "restore", desk.case(), "1"]);
    assert!(flows("label = bastion") > 0);
}

#[test]
fn marks_of_a_page_say_which_cell_and_why() {
    let desk = sample();
    let reader = desk.reader();
    let filter = coldtrail::filter::parse("indicator exists", coldtrail::model::Dataset::Flows).unwrap();
    let scope = query::Scope::of(coldtrail::model::Dataset::Flows, filter);
    let found = query::rows(&reader, &scope.records(Vec::new()), &Cancel::default()).unwrap();
    let ids: Vec<_> = found.iter().take(100).collect();
    let marks = query::marks(&reader, coldtrail::model::Dataset::Flows, &ids).unwrap();
    assert_eq!(marks.len(), 100);
    assert!(marks.iter().all(|marks| !marks.is_empty()));
    let fields = ["srcaddr", "dstaddr", "pkt_srcaddr", "pkt_dstaddr"]
        .map(|name| coldtrail::model::field::by_name(coldtrail::model::Dataset::Flows, name).unwrap());
    let page = query::page(&reader, coldtrail::model::Dataset::Flows, &ids, &fields).unwrap();
    for (marks, values) in marks.iter().zip(&page) {
        for mark in marks.iter().filter(|mark| !mark.value.contains('/')) {
            let at = fields.iter().position(|field| query::Where::Field(*field) == mark.at).unwrap();
            assert_eq!(values[at].to_text(), mark.value);
        }
    }
}

#[test]
fn own_networks_decide_what_is_external() {
    let desk = sample();
    let pairs = || desk.ok(&["pairs", desk.case(), "--external", "--format", "csv"]).lines().count();
    let before = pairs();
    let file = desk.file("office.txt", "203.0.113.0/24 # our office\n");
    desk.ok(&["indicators", "import", desk.case(), file.to_str().unwrap(), "--purpose", "own"]);
    assert!(pairs() < before);
    let text = desk.ok(&["pairs", desk.case(), "--external", "--format", "csv"]);
    let own = |text: &str| text.starts_with("203.0.113.") || text.starts_with("10.");
    assert!(text.lines().skip(1).all(|line| !line.split(',').take(2).all(own)), "both ends are ours");
    let count = desk.count("flows", &["--filter", "indicator = office"]);
    assert_eq!(count, 0, "own networks are not looked for");
}

#[test]
fn what_would_flood_the_case_is_said_before_it_comes_in() {
    let desk = Desk::new();
    let clouds = desk.file("clouds.json", r#"{"name":"Clouds","type":"cidr","list":["198.51.100.0/24"]}"#);
    desk.ok(&["indicators", "import", desk.case(), clouds.to_str().unwrap()]);
    let file = desk.file("flood.txt", "0.0.0.0/0\n10.0.0.0/8\n198.51.100.7\n203.0.113.1\nwhat\n");
    let preview = indicators::preview(&desk.reader(), &file, &ListOptions::default()).unwrap();
    let told: Vec<(u64, &str)> = preview.cautions.iter().map(|c| (c.position, c.reason.code())).collect();
    assert_eq!(told, [(1, "everything"), (2, "private"), (3, "well_known")]);
    let well_known = query::indicator_entry(&desk.reader(), preview.cautions[2].well_known.unwrap()).unwrap().unwrap();
    assert_eq!((well_known.list.as_str(), well_known.entry.value.as_str()), ("Clouds", "198.51.100.0/24"));
    let message = desk.fails(&["indicators", "import", desk.case(), file.to_str().unwrap(), "--dry-run"], 0);
    assert!(message.contains("caution: 1 match every address: 0.0.0.0/0") && message.contains("5: not_recognised"));
    assert_eq!(query::indicator_lists(&desk.reader(), true).unwrap().len(), 1, "a dry run writes nothing");
    let choice = ImportChoice { name: "Clouds".into(), purpose: Purpose::KnownBad, licence: String::new() };
    let error = indicators::import(&desk.case, &preview, &choice).unwrap_err();
    assert!(error.to_string().contains("a list named Clouds"), "{error}");
}

#[test]
fn a_file_that_is_no_list_and_a_value_that_is_none_are_refused() {
    let desk = Desk::new();
    let file = desk.file("report.txt", "Dear colleague,\nsee attachment\n");
    let message = desk.fails(&["indicators", "import", desk.case(), file.to_str().unwrap()], 3);
    assert!(message.contains("is not an indicator list") && message.contains("Dear colleague,"), "{message}");
    let message = desk.fails(&["indicators", "import", desk.case(), desk.path("none").to_str().unwrap()], 3);
    assert!(message.contains("could not be read"), "{message}");
    let message = desk.fails(&["indicators", "add", desk.case(), "1.2.3"], 2);
    assert!(message.contains("1.2.3 is not valid"), "{message}");
    let message = desk.fails(&["indicators", "remove", desk.case(), "nothing"], 2);
    assert!(message.contains("unknown list nothing"), "{message}");
    assert_eq!(IndicatorKind::ALL.iter().filter(|kind| !kind.is_matchable()).count(), 1);
}

#[test]
fn databases_of_owners_are_named_before_they_are_asked() {
    let desk = sample();
    let file = desk.file("x.mmdb", "hello");
    let message = desk.fails(&["label", "owners", desk.case(), file.to_str().unwrap()], 3);
    assert!(message.contains("not a database in MaxMind format"), "{message}");
    let message = desk.fails(&["sightings", desk.case(), "--by", "host", "--owners"], 2);
    assert!(message.contains("coldtrail label owners"), "{message}");
    assert_eq!(desk.ok(&["label", "owners", desk.case(), "--format", "csv"]).trim(), "kind,built_utc,sha256,path");
}

/// `tests/fixtures/owners.mmdb` knows the networks of documentation, as of 2026-01-01.
#[test]
fn owners_are_told_with_the_day_of_their_database() {
    let desk = sample();
    let file = repository().join("tests/fixtures/owners.mmdb");
    let listed = desk.ok(&["label", "owners", desk.case(), file.to_str().unwrap(), "--format", "csv"]);
    assert!(listed.contains("Test-Country-ASN,2026-01-01T00:00:00Z,"), "{listed}");
    let text = desk.ok(&["sightings", desk.case(), "--owners", "--format", "jsonl"]);
    let rows: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let row = rows.iter().find(|row| row["indicator"] == "203.0.113.66").unwrap();
    assert_eq!((&row["country"], &row["asn"]), (&"JP".into(), &64500.into()));
    let told = desk.fails(&["sightings", desk.case(), "--by", "host", "--owners", "--limit", "1"], 0);
    assert!(told.contains("GeoIP and ASN data from Test-Country-ASN, built 2026-01-01T00:00:00Z"), "{told}");
    let conn = desk.sqlite();
    let remembered: String = conn
        .query_row("SELECT parameters FROM journal WHERE action = 'setting' ORDER BY seq DESC LIMIT 1", [], |r| {
            r.get(0)
        })
        .unwrap();
    assert!(remembered.contains("Test-Country-ASN"), "{remembered}");
}

#[test]
fn a_pattern_counts_only_as_a_whole() {
    let desk = Desk::new();
    let flow = |from: &str, to: &str, port: u16, start: i64| {
        format!("2 123456789012 eni-1 {from} {to} 50000 {port} 6 1 100 {start} {} ACCEPT OK\n", start + 10)
    };
    let log = [
        flow("10.0.0.1", "198.51.100.7", 443, 1_000_000),
        flow("10.0.0.1", "198.51.100.7", 80, 1_000_100),
        flow("10.0.0.1", "203.0.113.5", 443, 1_000_200),
        flow("10.0.0.1", "192.0.2.9", 22, 1_000_300),
    ];
    desk.import(&[desk.file("a.log", format!("{}{}", crate::desk::HEADER, log.concat()))]);
    let bundle = r#"{"type":"bundle","id":"bundle--1","objects":[
        {"type":"indicator","name":"C2","pattern":"[ipv4-addr:value = '198.51.100.7' AND network-traffic:dst_port = 443]","pattern_type":"stix"},
        {"type":"indicator","name":"dropper","pattern":"[ipv4-addr:value = '192.0.2.9' AND file:name = 'x.exe']","pattern_type":"stix"}]}"#;
    desk.ok(&["indicators", "import", desk.case(), desk.file("b.json", bundle).to_str().unwrap(), "--list", "b"]);
    let rows = desk.ok(&["sightings", desk.case(), "--format", "jsonl"]);
    let hits: BTreeMap<String, i64> = rows
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|row| (row["indicator"].as_str().unwrap().to_owned(), row["hits"].as_i64().unwrap()))
        .collect();
    let expected = [("192.0.2.9", 1), ("198.51.100.7", 1), ("443", 1)];
    assert_eq!(hits, expected.map(|(value, hits)| (value.to_owned(), hits)).into());
    assert!(rows.contains("part of [ipv4-addr:value = '192.0.2.9' AND file:name"), "what cannot be met is told");
    let told = desk.fails(&["sightings", desk.case()], 0);
    assert!(told.contains("1 records match an indicator outside its validity period, or without"), "{told}");
    for (filter, count) in [
        ("indicator exists", 2),
        ("indicator = '198.51.100.7'", 1),
        ("indicator = '443'", 1),
        ("dstaddr in indicators", 2),
        ("srcaddr in indicators", 0),
        ("dstaddr in indicators and dstport = 80", 0),
    ] {
        assert_eq!(desk.count("flows", &["--filter", filter]), count, "{filter}");
    }
    let records = desk.ok(&["sightings", desk.case(), "--by", "record", "--format", "csv"]);
    assert_eq!(records.lines().count(), 4, "{records}");
    // Without the port the address is enough.
    let port =
        query::indicator_entries(&desk.reader(), 1, 0, 10).unwrap().into_iter().find(|row| row.entry.value == "443");
    desk.ok(&["indicators", "disable", desk.case(), "--entry", &port.unwrap().id.to_string()]);
    assert_eq!(desk.count("flows", &["--filter", "indicator exists"]), 3);
}

#[test]
fn columns_are_chosen_on_the_command_line() {
    let desk = Desk::new();
    let file = desk.file("odd.csv", "when,why,what\n2024,beacon,1.2.3.4\n2025,other,5.6.7.8\n");
    let import = |more: &[&str]| {
        let all: Vec<&str> = ["indicators", "import", desk.case(), file.to_str().unwrap(), "--dry-run"]
            .into_iter()
            .chain(more.iter().copied())
            .collect();
        desk.ok(&all)
    };
    assert!(import(&[]).contains("what=value"), "guessed by what stands there");
    for columns in ["ignored,comment,value", "what=value,why=comment"] {
        assert!(import(&["--columns", columns]).contains("when=ignored,why=comment,what=value"), "{columns}");
    }
    let message =
        desk.fails(&["indicators", "import", desk.case(), file.to_str().unwrap(), "--columns", "wha=value"], 2);
    assert!(message.contains("unknown column wha; did you mean wh"), "{message}");
}

#[test]
fn what_a_list_gives_as_context_is_told_as_not_looked_for() {
    let desk = Desk::new();
    let log = format!("{}{}", crate::desk::HEADER, crate::desk::flow_lines(0..3));
    desk.import(&[desk.file("a.log", log)]);
    let misp = "uuid,category,type,value,comment,to_ids\n1,Network activity,ip-dst,203.0.113.9,c2,1\n2,Network activity,domain,ok.example,benign,0\n";
    let list = desk.file("misp.csv", misp);
    let output = crate::support::run(
        desk.folder.path(),
        &["indicators", "import", desk.case(), list.to_str().unwrap(), "--format", "jsonl"],
        0,
    );
    let row: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&row["entries"], &row["not_looked_for"]), (&2.into(), &1.into()));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("disabled, because the list marks them as context only: 1: ok.example"), "{told}");
    let sightings = |more: &[&str]| {
        let all = [&["sightings", desk.case(), "--format", "jsonl"], more].concat();
        let rows = desk.ok(&all);
        let row = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap();
        let told = |row: serde_json::Value| format!("{} {} {}", row["indicator"], row["hits"], row["looked_for"]);
        rows.lines().map(row).map(told).collect::<Vec<_>>()
    };
    let both = ["\"203.0.113.9\" 0 true", "\"ok.example\" null false"];
    assert_eq!(sightings(&[]), both);
    assert_eq!(sightings(&["--list", "misp"]), both);
    assert_eq!(sightings(&["--limit", "1"]), both[..1]);
    assert_eq!(sightings(&["--seen"]), [""; 0]);
}

#[test]
fn a_day_without_a_time_covers_that_day() {
    let desk = Desk::new();
    let line =
        |start: i64| format!("2 1 eni-1 100.64.9.9 10.20.0.5 40000 443 6 3 300 {start} {} ACCEPT OK\n", start + 59);
    let starts = [1_735_534_800, 1_735_707_600, 1_748_667_600, 1_748_754_000, 1_748_840_400];
    let log = format!("{}{}", crate::desk::HEADER, starts.map(line).concat());
    desk.import(&[desk.file("a.log", log)]);
    for (name, list, hits) in [
        ("days.csv", "ip,first_seen,last_seen\n100.64.9.9,2025-01-01,2025-06-01\n", 3),
        ("once.csv", "ip,first_seen,last_seen\n100.64.9.9,2025-06-01 05:00:00,2025-06-01 05:00:00\n", 1),
        ("day.csv", "ip,first_seen,last_seen\n100.64.9.9,2025-06-01,2025-06-01\n", 1),
    ] {
        let list = desk.file(name, list);
        desk.ok(&["indicators", "import", desk.case(), list.to_str().unwrap()]);
        let name = name.trim_end_matches(".csv");
        let row = desk.ok(&["sightings", desk.case(), "--list", name, "--format", "jsonl"]);
        let row: serde_json::Value = serde_json::from_str(row.trim()).unwrap();
        assert_eq!(row["hits"], hits, "{name}");
    }
}

#[test]
fn the_address_of_a_urls_host_is_met_and_told_as_derived() {
    let desk = Desk::new();
    let log = format!("{}2 1 eni-1 10.0.0.1 203.0.113.71 40000 33935 6 3 300 100 109 ACCEPT OK\n", crate::desk::HEADER);
    desk.import(&[desk.file("a.log", log)]);
    let list = desk.file("urls.txt", "http://203.0.113.71:33935/m\nhttps://bad.example/x\n");
    desk.ok(&["indicators", "import", desk.case(), list.to_str().unwrap()]);
    let rows = desk.ok(&["sightings", desk.case(), "--format", "jsonl"]);
    let rows: Vec<serde_json::Value> = rows.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> =
        rows.iter().map(|row| (row["indicator"].as_str().unwrap(), row["hits"].as_u64().unwrap())).collect();
    assert_eq!(told, [("http://203.0.113.71:33935/m", 1), ("https://bad.example/x", 0)]);
    assert_eq!(rows[0]["comment"], "derived: also matched by the address of its host, 203.0.113.71");
}
