//! Filters that an examiner keeps in the case, and takes from case to case.

use crate::desk::Desk;
use coldtrail::app::filters::{self, FilterFileError};
use coldtrail::case::{CaseWriter, FiltersAdded};
use coldtrail::model::{Dataset, SavedFilter};
use coldtrail::query::saved_filters;

fn filter(dataset: Dataset, name: &str, text: &str) -> SavedFilter {
    SavedFilter { dataset, name: name.into(), text: text.into(), note: "why".into() }
}

fn kept(desk: &Desk) -> Vec<String> {
    let list = saved_filters(&desk.reader()).unwrap();
    list.iter().map(|(f, ..)| format!("{:?} {} | {}", f.dataset, f.name, f.text)).collect()
}

fn journal(desk: &Desk) -> Vec<(String, serde_json::Value)> {
    let conn = desk.sqlite();
    let mut statement = conn.prepare("SELECT action, parameters FROM journal ORDER BY seq").unwrap();
    let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get::<_, String>(1)?))).unwrap();
    rows.map(Result::unwrap)
        .map(|(action, text): (String, String)| (action, serde_json::from_str(&text).unwrap()))
        .collect()
}

const AT: &str = "2026-01-01T00:00:00Z";

#[test]
fn filters_are_kept_replaced_renamed_and_forgotten_and_the_journal_knows() {
    let desk = Desk::new();
    let ssh = filter(Dataset::Flows, "ssh", "dstport = 22");
    filters::save(&desk.case, &ssh).unwrap();
    filters::save(&desk.case, &ssh).unwrap();
    filters::save(&desk.case, &filter(Dataset::Events, "ssh", "event_name = RunInstances")).unwrap();
    filters::save(&desk.case, &filter(Dataset::Flows, "ssh", "port = 22")).unwrap();
    filters::save(&desk.case, &filter(Dataset::Flows, "a", "")).unwrap();
    let expected = ["Flows a | ", "Flows ssh | port = 22", "Events ssh | event_name = RunInstances"];
    assert_eq!(kept(&desk), expected);
    let mut writer = CaseWriter::open(&desk.case).unwrap();
    assert!(!writer.rename_filter(Dataset::Flows, "a", "ssh", AT).unwrap(), "the name is taken");
    assert!(!writer.rename_filter(Dataset::Flows, "b", "c", AT).unwrap());
    assert!(writer.rename_filter(Dataset::Flows, "a", "b", AT).unwrap());
    assert!(writer.remove_filter(Dataset::Flows, "ssh", AT).unwrap());
    assert!(!writer.remove_filter(Dataset::Flows, "ssh", AT).unwrap());
    writer.close().unwrap();
    assert_eq!(kept(&desk), ["Flows b | ", "Events ssh | event_name = RunInstances"]);
    let entries = journal(&desk);
    let actions: Vec<&str> = entries.iter().map(|(action, _)| action.as_str()).collect();
    let expected =
        ["create", "filter_save", "filter_save", "filter_save", "filter_save", "filter_rename", "filter_remove"];
    assert_eq!(actions, expected, "what changes nothing is no entry");
    assert_eq!(entries[3].1["before"]["text"], "dstport = 22");
    assert_eq!(entries[6].1["before"]["text"], "port = 22");
    let by: String = desk.sqlite().query_row("SELECT DISTINCT examiner FROM saved_filter", [], |r| r.get(0)).unwrap();
    assert_eq!(by, "A. Mori");
}

#[test]
fn filters_go_from_case_to_case_and_change_none_that_is_there() {
    let desk = Desk::new();
    for (name, text) in [("ssh", "dstport = 22"), ("rdp", "dstport = 3389"), ("日本", "srcaddr in 10.0.0.0/8")] {
        filters::save(&desk.case, &filter(Dataset::Flows, name, text)).unwrap();
    }
    let file = desk.path("filters.json");
    assert_eq!(filters::export_filters(&desk.reader(), &file).unwrap(), 3);
    assert!(matches!(filters::export_filters(&desk.reader(), &file), Err(FilterFileError::Exists { .. })));
    let other = Desk::new();
    filters::save(&other.case, &filter(Dataset::Flows, "ssh", "port = 22")).unwrap();
    filters::save(&other.case, &filter(Dataset::Flows, "rdp", "dstport = 3389")).unwrap();
    let done = filters::import_filters(&other.case, &file).unwrap();
    assert_eq!(done, FiltersAdded { added: 2, known: 1, renamed: vec![("ssh".into(), "ssh (2)".into())] });
    let expected = [
        "Flows rdp | dstport = 3389",
        "Flows ssh | port = 22",
        "Flows ssh (2) | dstport = 22",
        "Flows 日本 | srcaddr in 10.0.0.0/8",
    ];
    assert_eq!(kept(&other), expected);
    let again = filters::import_filters(&other.case, &file).unwrap();
    assert_eq!((again.added, again.known, kept(&other).len()), (0, 3, 4), "twice is once");
    assert_eq!(journal(&other).last().unwrap().0, "filter_import");
}

#[test]
fn a_file_that_is_no_list_of_filters_adds_none() {
    let desk = Desk::new();
    let read = |text: &str| {
        let file = desk.file("f.json", text);
        filters::import_filters(&desk.case, &file).unwrap_err().to_string()
    };
    let list = |filters: &str| format!("{{\"format\":\"coldtrail-filters\",\"version\":1,\"filters\":[{filters}]}}");
    let good = "{\"dataset\":\"flows\",\"name\":\"a\",\"text\":\"dstport = 22\"}";
    assert!(read("[]").contains("is not a filter list"));
    assert!(read("{\"format\":\"x\",\"version\":1,\"filters\":[]}").contains("its format is x"));
    assert!(read("{\"format\":\"coldtrail-filters\",\"version\":2,\"filters\":[]}").contains("newer"));
    assert!(read(&list(&format!("{good},{}", good.replace("flows", "notes")))).contains("filter a is of notes"));
    let bad = read(&list(&format!("{good},{}", good.replace("dstport", "dstprt").replace("\"a\"", "\"b\""))));
    assert!(bad.contains("filter b is not valid") && bad.contains("^^^^^^") && bad.contains("dstport"), "{bad}");
    assert!(read(&list(&good.replace("\"a\"", "\" \""))).contains("needs a name"));
    assert!(
        filters::import_filters(&desk.case, &desk.path("none.json"))
            .unwrap_err()
            .to_string()
            .contains("could not be read")
    );
    assert_eq!(kept(&desk), [""; 0]);
    assert!(matches!(
        filters::save(&desk.case, &filter(Dataset::Flows, "x", "dstport =")),
        Err(FilterFileError::BadFilter { .. })
    ));
    filters::import_filters(&desk.case, &desk.file("g.json", list(good))).unwrap();
    assert_eq!(kept(&desk), ["Flows a | dstport = 22"]);
}
