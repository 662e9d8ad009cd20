//! Leads of all kinds, the allow-lists of analyses, and leads that were dismissed.

use crate::desk::{Desk, sample_logs};
use crate::support::run;
use coldtrail::analysis::allow::Dismissed;
use coldtrail::app::decisions::{Deciding, Decision, decide};
use coldtrail::model::Dataset;
use coldtrail::query::{self, Cancel, Scope};
use std::collections::BTreeMap;

type Row = BTreeMap<String, String>;

fn rows(text: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |record: csv::StringRecord| names.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn asked(desk: &Desk, name: &str, parameters: &[&str]) -> Vec<Row> {
    let mut words = vec!["query", desk.case(), name, "--format", "csv"];
    parameters.iter().for_each(|parameter| words.extend(["--param", parameter]));
    rows(&desk.ok(&words))
}

fn all_leads(desk: &Desk) -> Vec<Row> {
    asked(desk, "leads", &["sources=all"])
}

const TUNNEL: &str = "ip = 10.20.1.22 and ip = 192.0.2.53";

#[test]
fn leads_of_events_join_those_of_flows_and_count_their_records() {
    let desk = sample_logs();
    let (flows, all) = (asked(&desk, "leads", &[]), all_leads(&desk));
    assert!(flows.iter().all(|lead| lead["dataset"] == "flows"));
    let ranks: Vec<String> = (1..=all.len()).map(|rank| rank.to_string()).collect();
    assert_eq!(all.iter().map(|lead| lead["rank"].clone()).collect::<Vec<_>>(), ranks);
    // What flow records show is scored as before, whatever else is there.
    let key = |lead: &Row| (lead["lead_key"].clone(), lead["score"].clone());
    let of_flows: Vec<_> = all.iter().filter(|lead| lead["dataset"] == "flows").map(key).collect();
    assert_eq!(of_flows, flows.iter().map(key).collect::<Vec<_>>());
    let reader = desk.reader();
    for lead in all.iter().filter(|lead| !lead["records"].is_empty()) {
        let dataset = if lead["dataset"] == "events" { Dataset::Events } else { Dataset::Flows };
        let scope = Scope::written(dataset, &lead["filter"]).unwrap();
        let count = query::count(&reader, &scope, &Cancel::default()).unwrap();
        assert_eq!(count.to_string(), lead["records"], "{lead:?}");
    }
    // The steps of the incident are above what happens every day.
    let place = |peer: &str| all.iter().position(|lead| lead["peer"] == peer).unwrap_or_else(|| panic!("{peer}"));
    for step in ["logging-off", "snapshot-shared", "user-created", "admin-granted", "other-credentials"] {
        assert!(place(step) < 25, "{step}");
        assert!(place(step) < place("workload-started"), "{step}");
    }
    let daily = &all[place("workload-started")];
    assert_eq!((&*daily["score"], &*daily["parts"]), ("20", "rule of group impact +45; on 3 days -25"));
}

#[test]
fn an_allow_list_leaves_out_rows_whose_records_all_match() {
    let desk = sample_logs();
    let (beacons, leads) = (asked(&desk, "beacons", &[]), all_leads(&desk));
    let is_tunnel = |row: &&Row| row.values().any(|cell| cell == "192.0.2.53");
    let before = beacons.iter().filter(is_tunnel).count();
    assert!(before > 0);
    desk.ok(&["allow", "add", desk.case(), "beacons", "--filter", TUNNEL, "--reason", "our resolver"]);
    let told = desk.fails(&["query", desk.case(), "beacons"], 0);
    assert!(told.contains(&format!("rows left out by the allow-list: {before}")), "{told}");
    assert_eq!(asked(&desk, "beacons", &[]).len(), beacons.len() - before);
    // It is of this analysis only: the tunnel stays a lead, and no beacon counts for it any more.
    let now = all_leads(&desk);
    let found = |leads: &[Row], kind: &str| {
        leads.iter().find(|lead| lead["kind"] == kind && lead["peer"] == "192.0.2.53").map(|lead| lead["parts"].clone())
    };
    assert!(found(&leads, "beacon").is_some() && found(&now, "beacon").is_none());
    assert_eq!(found(&leads, "tunnel").unwrap(), "tunnel +80; rare peer +15; also beacon firstseen +10");
    assert_eq!(found(&now, "tunnel").unwrap(), "tunnel +80; rare peer +15; also firstseen +5");
    // That of leads leaves out a lead of any kind, and ranks are counted again.
    desk.ok(&["allow", "add", desk.case(), "leads", "--filter", TUNNEL, "--reason", "our resolver"]);
    let now = all_leads(&desk);
    assert_eq!((found(&now, "tunnel"), now[0]["rank"].as_str(), now[0]["kind"].as_str()), (None, "1", "exfil"));
    // Of a row with other records nothing is left out.
    desk.ok(&["allow", "add", desk.case(), "beacons", "--filter", "dstport = 443", "--reason", "one way only"]);
    assert_eq!(asked(&desk, "beacons", &[]).len(), beacons.len() - before);
    let listed = rows(&desk.ok(&["allow", "list", desk.case(), "beacons", "--format", "csv"]));
    let entries: Vec<(&str, &str)> = listed.iter().map(|row| (&*row["filter"], &*row["reason"])).collect();
    assert_eq!(entries, [(TUNNEL, "our resolver"), ("dstport = 443", "one way only")]);
    for filter in [TUNNEL, "dstport = 443"] {
        desk.ok(&["allow", "remove", desk.case(), "beacons", "--filter", filter]);
    }
    assert_eq!(asked(&desk, "beacons", &[]), beacons);
    desk.fails(&["allow", "remove", desk.case(), "beacons", "--filter", TUNNEL], 2);
    desk.ok(&["verify", desk.case()]);
}

#[test]
fn what_cannot_be_an_entry_is_refused_and_says_why() {
    let desk = Desk::new();
    for (words, told) in [
        (["nothing", "port = 123", "x"], "no analysis is named nothing"),
        (["beacons", "port = ", "x"], "is not valid"),
        (["beacons", "", "x"], "needs a filter"),
        (["beacons", "port = 123", " "], "needs a reason"),
    ] {
        let [analysis, filter, reason] = words;
        let said = desk.fails(&["allow", "add", desk.case(), analysis, "--filter", filter, "--reason", reason], 2);
        assert!(said.contains(told), "{said}");
    }
    assert_eq!(desk.ok(&["allow", "list", desk.case(), "--format", "csv"]).lines().count(), 1, "none by default");
    let offered = desk.ok(&["allow", "list", desk.case(), "--offered", "--format", "csv"]);
    assert!(offered.contains("protocol = udp and port = 123"), "{offered}");
}

#[test]
fn a_dismissed_lead_says_so_until_it_is_restored() {
    let desk = sample_logs();
    let first = all_leads(&desk).remove(0);
    let lead = Dismissed { key: first["lead_key"].clone(), reason: "known".to_owned(), ..Dismissed::default() };
    let inverse = decide(desk.case.as_path(), &Deciding::Dismiss(Box::new(lead.clone()))).unwrap().unwrap();
    assert_eq!(inverse, Decision { key: format!("dismissed:{}", lead.key), text: None });
    assert_eq!(all_leads(&desk)[0]["dismissed"], "known");
    let journal = desk.ok(&["journal", desk.case(), "--format", "jsonl"]);
    assert!(journal.lines().last().unwrap().contains("known"), "{journal}");
    decide(desk.case.as_path(), &Deciding::Put(inverse)).unwrap();
    assert_eq!(all_leads(&desk)[0]["dismissed"], "");
    desk.ok(&["verify", desk.case()]);
}

#[test]
fn a_clean_case_has_no_leads_and_says_what_was_looked_at() {
    let desk = Desk::new();
    // Two hosts that talk to each other all day, at no regular times.
    let mut lines = String::from(
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n",
    );
    for n in 0..200u64 {
        let start = 1_621_123_200 + n * 400 + (n * n * 37) % 211;
        let port = 40_000 + n % 7_000;
        let bytes = 900 + (n * 7919) % 5_000;
        for (from, to, ports) in [("10.0.0.5", "10.0.0.9", (port, 443)), ("10.0.0.9", "10.0.0.5", (443, port))] {
            lines.push_str(&format!(
                "2 123456789012 eni-0a {from} {to} {} {} 6 9 {bytes} {start} {} ACCEPT OK\n",
                ports.0,
                ports.1,
                start + 5
            ));
        }
    }
    desk.file("in/a.log", lines);
    desk.import(&[desk.path("in")]);
    assert_eq!(all_leads(&desk), Vec::<Row>::new());
}

#[test]
fn an_analysis_is_a_kind_of_exhibit_by_its_own_name() {
    let desk = sample_logs();
    for name in ["monitor", "leads", "beacons"] {
        desk.ok(&["exhibit", "add", desk.case(), "--kind", name, "--caption", name]);
    }
    desk.ok(&["exhibit", "add", desk.case(), "--kind", "leads", "--param", "sources=all", "--caption", "all"]);
    let told = desk.fails(&["exhibit", "add", desk.case(), "--kind", "monitors", "--caption", "x"], 2);
    assert!(told.contains("monitor"), "{told}");
    desk.ok(&["verify", desk.case()]);
    // What an allow-list leaves out explains another answer.
    desk.ok(&["allow", "add", desk.case(), "beacons", "--filter", TUNNEL, "--reason", "ours"]);
    let told = run(desk.folder.path(), &["verify", desk.case(), "--format", "csv"], 1).stdout;
    let told = String::from_utf8(told).unwrap();
    assert!(told.contains("allow-lists were changed"), "{told}");
}
