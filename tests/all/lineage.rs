//! Lineage, sessions and identities of the corpora and the sample, as an independent program says them from their
//! definition; and the records behind each count.

use crate::desk::Desk;
use crate::support::{repository, shared};
use coldtrail::analysis::lineage::{IDENTITIES, SESSIONS};
use coldtrail::analysis::{Analysis, Asked};
use coldtrail::model::{Dataset, Value};
use coldtrail::query::{self, Cancel, Scope};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

type Row = BTreeMap<String, String>;

fn rows(text: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |record: csv::StringRecord| names.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn with_files(paths: &[PathBuf]) -> Desk {
    let desk = Desk::new();
    desk.import(paths);
    desk
}

/// A question's answer beside the expected file; `same` makes of a row what is compared.
fn compare(desk: &Desk, question: &str, expected: &Path, same: impl Fn(Row) -> Row) {
    let expected = std::fs::read_to_string(expected).unwrap_or_else(|e| panic!("{}: {e}", expected.display()));
    let answer = desk.ok(&[question, desk.case(), "--format", "csv"]);
    let header = |text: &str| text.lines().next().unwrap_or("").trim_end().to_owned();
    assert_eq!(header(&answer), header(&expected), "{question}: columns and their order");
    let (found, wanted): (Vec<Row>, Vec<Row>) =
        (rows(&answer).into_iter().map(&same).collect(), rows(&expected).into_iter().map(&same).collect());
    for (at, (found, wanted)) in found.iter().zip(&wanted).enumerate() {
        assert_eq!(found, wanted, "{question}, row {at}");
    }
    assert_eq!(found.len(), wanted.len(), "{question}");
    assert!(!found.is_empty());
}

fn set(name: &str, same: impl Fn(Row) -> Row + Copy) {
    let Some(folder) = shared(name) else { return };
    let desk = with_files(&[folder.join("corpora").join(name)]);
    for question in ["lineage", "sessions", "identities"] {
        compare(&desk, question, &expected(&folder, &format!("{name}.{question}.csv")), same);
    }
    counts_lead_to_their_events(&desk);
    actors_are_fields(&desk);
}

/// Who acted is a column, a filter and a group, and says of each event what its lineage says.
fn actors_are_fields(desk: &Desk) {
    let fields = ["actor", "actor_type", "actor_proof"];
    let mut groups: BTreeMap<[String; 3], usize> = BTreeMap::new();
    let mut wanted: Vec<[String; 4]> = Vec::new();
    for row in rows(&desk.ok(&["lineage", desk.case(), "--all", "--format", "csv"])) {
        let said = ["actor", "actor_type", "proof"].map(|name| row[name].clone());
        let [actor, kind, proof] = said.clone();
        wanted.push([row["event_id"].clone(), actor, kind, proof]);
        *groups.entry(said).or_default() += 1;
    }
    let columns = format!("event_id,{}", fields.join(","));
    let events = rows(&desk.ok(&["events", desk.case(), "--columns", &columns, "--format", "csv"]));
    let mut found: Vec<[String; 4]> =
        events.iter().map(|row| ["event_id", fields[0], fields[1], fields[2]].map(|name| row[name].clone())).collect();
    wanted.sort();
    found.sort();
    assert!(found == wanted, "the columns");
    let by = fields.join(",");
    let top = ["top", desk.case(), "--dataset", "events", "--by", &by, "--limit", "100000", "--format", "csv"];
    let top = rows(&desk.ok(&top));
    let grouped = top.iter().map(|row| (fields.map(|name| row[name].clone()), row["record_count"].parse().unwrap()));
    assert_eq!(grouped.collect::<BTreeMap<_, usize>>(), groups);
    let count = |filter: &str| -> usize {
        desk.ok(&["events", desk.case(), "--filter", filter, "--count"]).trim().replace(',', "").parse().unwrap()
    };
    let named: usize = groups.iter().filter(|(said, _)| !said[0].is_empty()).map(|(_, events)| events).sum();
    assert_eq!((count("actor exists"), count("actor is null")), (named, wanted.len() - named));
    for actor in groups.keys().map(|said| &said[0]).filter(|actor| !actor.is_empty()) {
        let own: usize = groups.iter().filter(|(said, _)| said[0] == *actor).map(|(_, events)| events).sum();
        let quoted = actor.replace('\'', "''");
        assert_eq!(count(&format!("actor = '{quoted}'")), own, "{actor}");
        assert_eq!(count(&format!("actor != '{quoted}'")), named - own, "{actor}");
        assert_eq!(count(&format!("actor contains '{quoted}' and not actor != '{quoted}'")), own, "{actor}");
    }
    for [_, kind, proof] in groups.keys() {
        let own: usize =
            groups.iter().filter(|(said, _)| said[1..] == [kind.clone(), proof.clone()]).map(|(_, n)| n).sum();
        let kind = if kind.is_empty() { "is null".to_owned() } else { format!("= {kind}") };
        assert_eq!(count(&format!("actor_type {kind} and actor_proof = {proof}")), own);
    }
}

/// What an import adds is in the next answer, and a field that all events say together is compared like any other.
#[test]
fn an_import_changes_who_acted() {
    let session = r#"{"type":"AssumedRole","principalId":"AROAR7STUVW8XYZA9BCDE:build-1",
        "arn":"arn:aws:sts::111122223333:assumed-role/deploy/build-1","accountId":"111122223333",
        "accessKeyId":"ASIAZ1XYWVU2TSRQ3PON"}"#;
    let issued = r#","responseElements":{"credentials":{"accessKeyId":"ASIAZ1XYWVU2TSRQ3PON"}}"#;
    let desk = case_of(&[event("j", "2026-03-01T10:30:00Z", session, "")]);
    let reader = desk.reader();
    let actor = |reader: &coldtrail::case::CaseReader| {
        let actors = query::event_actors(reader, &Cancel::default()).unwrap();
        let scope = Scope::written(Dataset::Events, "event_id = j").unwrap();
        let rows = query::rows(reader, &scope.records(Vec::new()), &Cancel::default()).unwrap();
        actors.of(rows.ids(0..1)[0]).map(|acted| acted.actor.to_string())
    };
    assert_eq!(actor(&reader).as_deref(), Some("build-1"), "the session's own name");
    assert!(query::knows_actors(&reader).unwrap());
    let path =
        desk.file("later.json", format!("{{\"Records\":[{}]}}", event("i", "2026-03-01T10:00:00Z", USER, issued)));
    desk.import(&[path]);
    assert!(!query::knows_actors(&reader).unwrap(), "of the case as it was");
    assert_eq!(actor(&reader).as_deref(), Some("arn:aws:iam::111122223333:user/mika"));
    let count = |filter: &str| desk.ok(&["events", desk.case(), "--filter", filter, "--count"]).trim().to_owned();
    assert_eq!(["actor = user_identity_arn", "actor != user_identity_arn"].map(count), ["1", "1"]);
}

fn expected(shared: &Path, name: &str) -> PathBuf {
    shared.join("spec/cloudtrail/expected").join(name)
}

#[test]
fn the_intrusion_of_the_invictus_set() {
    set("invictus-ir-aws_dataset", |row| row);
}

#[test]
fn the_attacks_of_stratus_red_team() {
    set("stratus-red-team", |row| row);
}

/// The set hides addresses as 0.0.0.0, which the expected files count as a public one. It is none: it is no host's.
#[test]
fn the_masked_events_of_traildiscover() {
    set("TrailDiscover", |mut row| {
        if row.get("public_addresses").is_some_and(|addresses| addresses == "0.0.0.0") {
            row.insert("public_addresses".to_owned(), String::new());
        }
        row
    });
}

/// One session of the sample lasts six hours, and its calls are inside of them; the expected files are of the sample
/// before that.
#[test]
fn the_sample() {
    let Some(folder) = shared("the_sample") else { return };
    const LONGER: &str = "ASIAXREADEREXAMPLE12";
    let desk = with_files(&[repository().join("sample-logs/evidence")]);
    let issue = "access_key:5a6cccb5-62f8-4911-9aa7-57ffd16d00c8";
    for question in ["lineage", "sessions", "identities"] {
        compare(&desk, question, &expected(&folder, &format!("sample-logs.{question}.csv")), |mut row| {
            if row.get("session").is_some_and(|session| session == LONGER) {
                row.remove("expires_at");
                row.remove("flags");
            }
            if row.get("chain").is_some_and(|chain| chain.starts_with(issue)) {
                row.remove("notes");
            }
            row
        });
    }
    counts_lead_to_their_events(&desk);
}

#[test]
fn identities_of_the_rates_fixture() {
    let Some(folder) = shared("identities_of_the_rates_fixture") else { return };
    let desk = with_files(&[expected(&folder, "fixtures/rates.jsonl")]);
    compare(&desk, "identities", &expected(&folder, "fixtures/rates.identities.csv"), |row| row);
}

#[test]
fn small_cases_of_every_rule() {
    let Some(folder) = shared("small_cases_of_every_rule") else { return };
    let cases = std::fs::read_to_string(expected(&folder, "fixtures/lineage-cases.tsv")).unwrap();
    let mut count = 0;
    for line in cases.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [case, events, actor, proof, weakest, hops, notes] = cells[..] else { panic!("{line}") };
        let desk = Desk::new();
        let path = desk.file("events.json", format!("{{\"Records\":{events}}}"));
        desk.import(&[path]);
        let all = rows(&desk.ok(&["lineage", desk.case(), "--all", "--format", "csv"]));
        let row = all.iter().find(|row| row["event_id"] == "last").unwrap_or_else(|| panic!("{case}: {all:?}"));
        let found = ["actor", "proof", "weakest", "hops"].map(|name| row[name].as_str());
        assert_eq!(found, [actor, proof, weakest, hops], "{case}");
        let mut own = row["notes"].split("; ");
        for note in notes.split_whitespace() {
            assert!(own.next().is_some_and(|own| own.starts_with(note)), "{case}: {} and not {notes}", row["notes"]);
        }
        assert!(!notes.is_empty() || row["notes"].is_empty(), "{case}: {}", row["notes"]);
        // A line for the event itself, and one for each hop; the last one says who acted.
        let steps = rows(&desk.ok(&["lineage", desk.case(), "--event", "last", "--format", "csv"]));
        assert_eq!(steps.len().to_string(), (hops.parse::<usize>().unwrap() + 1).to_string(), "{case}: {steps:?}");
        assert_eq!(steps[0]["event_id"], "last", "{case}");
        if hops != "0" {
            assert_eq!((&*steps.last().unwrap()["caller"], &*steps[1]["proof"]), (actor, proof), "{case}");
        }
        count += 1;
    }
    assert_eq!(count, 27);
}

/// Every row of sessions and identities counts as many events as its filter finds.
fn counts_lead_to_their_events(desk: &Desk) {
    let reader = desk.reader();
    for analysis in [&SESSIONS, &IDENTITIES] {
        let asked = asked(analysis);
        let table = (analysis.run)(&reader, &asked, &Cancel::default()).unwrap();
        let events = table.columns.iter().position(|column| column.name == "events").unwrap();
        for row in &table.rows {
            let scope = (analysis.counted)(&asked, row).unwrap_or_else(|| panic!("{analysis:?}: {row:?}"));
            let count = query::count(&reader, &scope, &Cancel::default()).unwrap();
            assert_eq!(Value::count(count), row[events], "{analysis:?}: {:?} by {:?}", row[0], scope.filter);
        }
    }
}

fn asked(analysis: &Analysis) -> Asked {
    let mut asked = Asked::of(Scope::all(Dataset::Events));
    for parameter in analysis.parameters {
        asked.parameters.extend(parameter.default.map(|default| (parameter.name.to_owned(), default.to_owned())));
    }
    asked
}

const USER: &str = r#"{"type":"IAMUser","principalId":"AIDAQ3EGHIJ4KLMN5OPQ6","arn":"arn:aws:iam::111122223333:user/mika",
    "accountId":"111122223333","accessKeyId":"AKIAQ3EGHIJ4KLMN5OPQ","userName":"mika"}"#;

fn event(id: &str, time: &str, identity: &str, more: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.10","eventID":"{id}","eventTime":"{time}","eventName":"AssumeRole",
        "eventSource":"sts.amazonaws.com","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.7",
        "userAgent":"aws-cli/2","recipientAccountId":"111122223333","eventType":"AwsApiCall","readOnly":true,
        "userIdentity":{identity}{more}}}"#
    )
    .replace('\n', " ")
}

fn case_of(events: &[String]) -> Desk {
    let desk = Desk::new();
    let path = desk.file("events.json", format!("{{\"Records\":[{}]}}", events.join(",")));
    desk.import(&[path]);
    desk
}

#[test]
fn a_filter_and_a_principal_choose_rows_and_the_chain_is_the_same() {
    let issued = r#","responseElements":{"credentials":{"accessKeyId":"ASIAZ1XYWVU2TSRQ3PON","expiration":
        "Mar 1, 2026, 11:00:00 AM"},"assumedRoleUser":{"assumedRoleId":"AROAR7STUVW8XYZA9BCDE:build-1",
        "arn":"arn:aws:sts::111122223333:assumed-role/deploy/build-1"}}"#;
    let session = r#"{"type":"AssumedRole","principalId":"AROAR7STUVW8XYZA9BCDE:build-1",
        "arn":"arn:aws:sts::111122223333:assumed-role/deploy/build-1","accountId":"111122223333",
        "accessKeyId":"ASIAZ1XYWVU2TSRQ3PON","sessionContext":{"sessionIssuer":{"type":"Role",
        "principalId":"AROAR7STUVW8XYZA9BCDE","arn":"arn:aws:iam::111122223333:role/deploy",
        "accountId":"111122223333","userName":"deploy"},"attributes":{"creationDate":"2026-03-01T10:00:00Z"}}}"#;
    let ken = USER.replace("mika", "ken").replace("AIDAQ3EGHIJ4KLMN5OPQ6", "AIDAK5ENKEN6KENK7ENKE");
    let desk = case_of(&[
        event("i", "2026-03-01T10:00:00Z", USER, issued),
        event("j", "2026-03-01T10:30:00Z", session, ""),
        event("k", "2026-03-01T10:40:00Z", &ken.replace("AKIAQ3EGHIJ4KLMN5OPQ", "AKIAK5ENKEN6KENK7ENK"), ""),
    ]);
    let ids = |arguments: &[&str]| {
        let arguments: Vec<&str> =
            ["lineage", desk.case(), "--format", "csv"].iter().chain(arguments).copied().collect();
        rows(&desk.ok(&arguments)).iter().map(|row| format!("{}:{}", row["event_id"], row["chain"])).collect::<Vec<_>>()
    };
    assert_eq!(ids(&["--all"]), ["i:direct", "j:access_key:i", "k:direct"]);
    // What is left out still says who acted.
    assert_eq!(ids(&["--filter", "event_time >= '2026-03-01T10:20:00Z'", "--limit", "1"]), ["j:access_key:i"]);
    for of_mika in ["arn:aws:iam::111122223333:user/mika", "AIDAQ3EGHIJ4KLMN5OPQ6"] {
        assert_eq!(ids(&["--principal", of_mika]), ["i:direct", "j:access_key:i"], "{of_mika}");
    }
    assert_eq!(ids(&["--principal=AROAR7STUVW8XYZA9BCDE"]), ["j:access_key:i"]);
    assert!(desk.fails(&["lineage", desk.case(), "--event", "none"], 2).contains("no event with the id none"));
    let sessions = rows(&desk.ok(&["sessions", desk.case(), "--filter", "event_id = j", "--format", "csv"]));
    assert_eq!(
        (sessions.len(), &*sessions[0]["session"], &*sessions[0]["issued_by"]),
        (1, "ASIAZ1XYWVU2TSRQ3PON", "i")
    );
    // An exhibit keeps it.
    let add = ["exhibit", "add", desk.case(), "--kind", "query", "--query", "lineage", "--caption", "Who acted"];
    desk.ok(&add);
    let verified = desk.ok(&["verify", desk.case()]);
    assert!(!verified.contains("Who acted: changed"), "{verified}");
}

/// Members that are missing, null or of another type say nothing; the events are listed all the same.
#[test]
fn members_of_wrong_types_say_nothing() {
    let identities = [
        "null",
        "[]",
        "\"AIDAQ3EGHIJ4KLMN5OPQ6\"",
        "{}",
        r#"{"type":7,"principalId":{},"arn":[1]}"#,
        r#"{"type":"AssumedRole"}"#,
        r#"{"type":"AssumedRole","principalId":null,"arn":"arn:","sessionContext":"none","accessKeyId":false}"#,
        r#"{"type":"AWSAccount"}"#,
        r#"{"type":"AWSService"}"#,
        r#"{"type":"Root","sessionContext":{"attributes":{"creationDate":"yesterday"}}}"#,
        r#"{"type":"IdentityCenterUser","onBehalfOf":[]}"#,
    ];
    let answers = [
        "",
        r#","responseElements":[1]"#,
        r#","responseElements":{"credentials":"none","assumedRoleUser":7}"#,
        r#","responseElements":{"credentials":{"accessKeyId":"ASIAZ1XYWVU2TSRQ3PON","expiration":{}}}"#,
        r#","responseElements":{"credentials":{"accessKeyId":["ASIAZ1XYWVU2TSRQ3PON"]}},"sharedEventID":9"#,
    ];
    let mut events = Vec::new();
    for (at, identity) in identities.iter().enumerate() {
        for (of, answer) in answers.iter().enumerate() {
            events.push(event(&format!("{at}-{of}"), "2026-03-01T10:00:00Z", identity, answer));
        }
    }
    events.push(event("x", "not a time", USER, ""));
    let desk = case_of(&events);
    let all = rows(&desk.ok(&["lineage", desk.case(), "--format", "csv"]));
    assert_eq!(all.len() as u64, desk.count("events", &[]));
    assert!(all.len() > identities.len());
    for question in ["sessions", "identities"] {
        desk.ok(&[question, desk.case(), "--format", "csv"]);
    }
    assert!(desk.fails(&["identities", desk.case(), "--dormant-days", "0"], 2).contains("days, 1 to 3650"));
}
