//! Derived fields of events as the product shows them, compared with what an independent program made of set A.

use crate::desk::Desk;
use crate::support::{repository, shared};
use std::path::PathBuf;

/// The expected lists of resources end after so many pairs without a word; ours end nowhere.
const WRITTEN: usize = 12;

/// `shorter`: of how many events the copy that is shown is one without the `Resources` of AWS's index, which another copy has.
/// Of two complete copies the first one is shown, and what the other one lists besides is a record of its own.
fn check(set: &str, evidence: &[PathBuf], rows: usize, shorter: usize) -> Desk {
    let desk = Desk::new();
    desk.import(evidence);
    let printed = desk.ok(&["event-fields", desk.case(), "--format", "csv"]);
    let mut printed = csv::Reader::from_reader(printed.as_bytes());
    let expected = shared(set).unwrap().join(format!("spec/cloudtrail/expected/{set}.usernames.csv"));
    let mut expected = csv::Reader::from_path(expected).unwrap();
    let columns = expected.headers().unwrap().clone();
    assert_eq!(printed.headers().unwrap(), &columns);
    let resources = columns.iter().position(|name| name == "resources").unwrap();
    let (mut read, mut without) = (0, 0);
    for (ours, theirs) in printed.records().zip(expected.records()) {
        let (ours, theirs) = (ours.unwrap(), theirs.unwrap());
        for (at, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
            let first: Vec<&str> = ours.split(' ').take(WRITTEN).collect();
            let ours = if at == resources { first.join(" ") } else { ours.to_owned() };
            if at == resources && shorter > 0 && ours != theirs {
                without += 1;
                let theirs: Vec<&str> = theirs.split(' ').collect();
                assert!(first.iter().all(|pair| theirs.contains(pair)), "{set}: {ours} of row {read}");
                continue;
            }
            assert_eq!(ours, theirs, "{set}: {} of row {read}", &columns[at]);
        }
        read += 1;
    }
    assert_eq!((read, without), (rows, shorter), "{set}");
    desk
}

#[test]
fn fields_of_the_corpora_are_the_expected_ones() {
    let Some(shared) = shared("fields_of_the_corpora_are_the_expected_ones") else { return };
    for (set, rows) in [("TrailDiscover", 314), ("invictus-ir-aws_dataset", 2900), ("stratus-red-team", 310)] {
        check(set, &[shared.join("corpora").join(set)], rows, 0);
    }
}

#[test]
fn fields_of_the_sample_are_the_expected_ones() {
    if shared("fields_of_the_sample_are_the_expected_ones").is_none() {
        return;
    }
    let folder = repository().join("sample-logs/evidence");
    let evidence = ["s3-trail", "responder-2", "event-history/lookup-events-ap-northeast-1.json"]
        .into_iter()
        .chain(["event-history/lookup-events-us-east-1.json"])
        .map(|path| folder.join(path));
    let desk = check("sample-logs", &evidence.collect::<Vec<_>>(), 1880, 13);
    let count = |filter: &str| desk.ok(&["events", desk.case(), "--filter", filter, "--count"]).trim().to_owned();
    let sql = |condition: &str| {
        let sql = format!("SELECT count(*) FROM cloudtrail_event WHERE {condition}");
        desk.ok(&["sql", desk.case(), &sql, "--format", "csv"]).lines().nth(1).unwrap().to_owned()
    };
    // The views show what is filtered: any element of a list, and what is absent.
    for (filter, condition) in [
        ("resource_name = 'kestrel-trail'", "resource_name LIKE '%\"kestrel-trail\"%'"),
        ("not resource_type exists", "resource_type IS NULL"),
        ("foreign_account in (444455556666, 999988887777)", "foreign_account IS NOT NULL"),
        ("mfa = yes", "mfa = 'yes'"),
        ("user_agent_short like 'aws-cli%'", "user_agent_short LIKE 'aws-cli%'"),
        ("event_user_name != session_name", "event_user_name <> session_name"),
    ] {
        assert_eq!(count(filter), sql(condition), "{filter}");
    }
    assert_ne!(count("mfa = yes"), "0");
}
