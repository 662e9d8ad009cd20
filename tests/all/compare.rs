//! `coldtrail compare` and the query of the same name.

use crate::desk::{Desk, sample_logs};
use crate::support::shared;

fn lines(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// Events leaf by leaf, as an independent program compares them.
#[test]
fn events_are_compared_as_an_independent_program_does() {
    let Some(shared) = shared("events_are_compared_as_an_independent_program_does") else { return };
    let (corpora, folder) = (shared.join("corpora"), shared.join("spec/cloudtrail/expected"));
    for set in ["invictus-ir-aws_dataset", "stratus-red-team", "sample-logs"] {
        let desk = match set {
            "sample-logs" => sample_logs(),
            set => {
                let desk = Desk::new();
                desk.import(&[corpora.join(set)]);
                desk
            }
        };
        let table = lines(&std::fs::read_to_string(folder.join(format!("{set}.compare.csv"))).unwrap());
        let ids: Vec<&str> = table[0][2..].iter().map(String::as_str).collect();
        let words: Vec<&str> = ["compare", desk.case()].into_iter().chain(ids.iter().copied()).collect();
        assert_eq!(lines(&desk.ok(&[&words[..], &["--format", "csv"]].concat())), table, "{set}");
        let parameter = format!("ids={}", ids.join(","));
        let query = desk.ok(&["query", desk.case(), "compare", "--param", &parameter, "--format", "csv"]);
        assert_eq!(lines(&query), table, "{set}");
    }
    let desk = sample_logs();
    assert!(desk.fails(&["compare", desk.case(), "no-such-event", "1:1"], 3).contains("no-such-event"));
    assert!(desk.fails(&["query", desk.case(), "compare"], 2).contains("--param ids="));
}
