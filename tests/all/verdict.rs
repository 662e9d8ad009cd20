//! A report says whether its case verifies: on its first page, with the method, as JSON, and by the exit code.

use crate::desk::{Desk, HEADER, flow_lines};
use crate::support::{coldtrail, files_below};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A case with an exhibit that a further file changes.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.import(&[desk.file("a.log", format!("{HEADER}{}", flow_lines(0..50)))]);
    desk.ok(&["finding", "add", desk.case(), "--title", "it left"]);
    desk.ok(&["exhibit", "add", desk.case(), "--kind", "flows", "--caption", "all of them", "--finding", "1"]);
    desk
}

struct Reported {
    folder: PathBuf,
    code: i32,
    messages: String,
    json: Value,
    /// What is before the contents: the first page.
    front: String,
    html: String,
}

fn report(desk: &Desk, name: &str, more: &[&str]) -> Reported {
    let folder = desk.path(name);
    let arguments = [&["report", desk.case(), "--out", folder.to_str().unwrap()][..], more].concat();
    let output = coldtrail(desk.folder.path()).args(&arguments).output().unwrap();
    let messages = String::from_utf8_lossy(&output.stderr).into_owned();
    let read = |name: &str| {
        std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}; {messages}"))
    };
    let html = read("report.html");
    let front = html.split("class=\"contents\"").next().unwrap().to_owned();
    assert!(front.len() < html.len(), "the contents are found");
    let json = serde_json::from_str(&read("report.json")).unwrap();
    Reported { folder, code: output.status.code().unwrap(), messages, json, front, html }
}

impl Reported {
    fn verification(&self) -> &Value {
        &self.json["verification"]
    }

    fn count(&self, kind: &str) -> u64 {
        self.verification()[kind]["count"].as_u64().unwrap()
    }

    /// The first page of the PDF as text, where the machine can read one.
    fn pdf_front(&self) -> Option<String> {
        let file = self.folder.join("report.pdf");
        let arguments = ["-f", "1", "-l", "1", "-layout", file.to_str().unwrap(), "-"];
        let output = std::process::Command::new("pdftotext").args(arguments).output().ok()?;
        Some(String::from_utf8(output.stdout).unwrap())
    }
}

fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let paths = files_below(folder).into_iter();
    paths.map(|path| (path.strip_prefix(folder).unwrap().to_owned(), std::fs::read(path).unwrap())).collect()
}

#[test]
fn a_case_that_verifies_is_called_so_with_the_state_that_was_checked() {
    let desk = desk();
    let good = report(&desk, "good", &[]);
    assert_eq!(good.code, 0, "{}", good.messages);
    assert!(good.messages.contains("verification passed"), "{}", good.messages);
    let v = good.verification();
    assert_eq!((v["verdict"].as_str(), v["replayed"].as_bool()), (Some("good"), Some(false)));
    assert_eq!(v["version"].as_str(), Some(env!("CARGO_PKG_VERSION")));
    assert_eq!(["failed", "outdated"].map(|kind| good.count(kind)), [0, 0]);
    assert!(v["good"].as_u64().unwrap() >= 7, "{v}");
    let entries = desk.reader().journal().unwrap();
    assert_eq!(v["journal_entries"].as_u64(), Some(entries.len() as u64));
    let last = entries.last().unwrap().at_utc.trim_end_matches('Z').replace('T', " ");
    for page in [Some(good.front.clone()), good.pdf_front()].into_iter().flatten() {
        let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
        for text in
            ["Verification passed", "0 failed", &last, "Coldtrail 0.1.0", "Not checked: whether deriving every row"]
        {
            assert!(page.contains(text), "{text}: {page}");
        }
    }
    let method = good.html.split("id=\"method\"").nth(1).unwrap();
    assert!(method.contains("id=\"verification\"") && method.contains("every check that could be made succeeded"));
    // The same case gives the same bytes: no clock is in it.
    let again = report(&desk, "again", &[]);
    assert_eq!(files(&good.folder), files(&again.folder));
    let japanese = report(&desk, "ja", &["--lang", "ja", "--tz", "Asia/Tokyo"]);
    assert!(japanese.front.contains("検証に合格した"), "{}", japanese.front);
    let replayed = report(&desk, "replayed", &["--replay"]);
    assert_eq!((replayed.code, replayed.verification()["replayed"].as_bool()), (0, Some(true)));
    assert!(replayed.front.contains("Every row was derived again from the original files"));
}

#[test]
fn a_case_that_does_not_verify_has_a_report_that_says_so() {
    let desk = desk();
    desk.change("UPDATE finding SET title = 'it stayed'");
    for (language, name, alarm) in [("en", "en", "VERIFICATION FAILED"), ("ja", "ja", "検証は不合格である")] {
        let failed = report(&desk, name, &["--lang", language]);
        assert_eq!(failed.code, 4, "{}", failed.messages);
        assert_eq!(failed.verification()["verdict"].as_str(), Some("failed"));
        assert!(failed.count("failed") >= 1);
        let first = &failed.verification()["failed"]["first"][0];
        assert_eq!(first["area"].as_str(), Some("conclusions"), "{first}");
        let detail = first["detail"].as_str().unwrap();
        assert!(failed.messages.contains(detail), "{}", failed.messages);
        let shown = detail.split_whitespace().next().unwrap();
        let pdf = failed.pdf_front().map(|page| page.split_whitespace().collect::<Vec<_>>().join(" "));
        for page in [Some(failed.front.clone()), pdf].into_iter().flatten() {
            assert!(page.contains(alarm) && page.contains(shown), "{page}");
        }
        let method = failed.html.split("id=\"method\"").nth(1).unwrap();
        assert!(method.contains(alarm), "{method}");
    }
    // Nobody asked, so nobody knows: that is said.
    let none = report(&desk, "none", &["--no-verify"]);
    assert_eq!((none.code, none.verification()["verdict"].as_str()), (0, Some("unverified")));
    assert!(none.front.contains("NOT VERIFIED") && !none.front.contains("VERIFICATION FAILED"), "{}", none.front);
    assert!(none.messages.contains("not verified"), "{}", none.messages);
}

#[test]
fn a_broken_chain_stands_on_the_first_page_whether_the_case_is_verified_or_not() {
    let desk = desk();
    desk.change("UPDATE journal SET examiner = 'B. Sato' WHERE seq = 2");
    for more in [&["--no-verify"][..], &[]] {
        let broken = report(&desk, &format!("broken{}", more.len()), more);
        assert_eq!(broken.code, 4, "{more:?}: {}", broken.messages);
        assert!(
            broken.front.contains("The hash chain of the journal is broken at entry 2"),
            "{more:?}: {}",
            broken.front
        );
    }
}

#[test]
fn evidence_that_came_in_since_is_told_apart_from_tampering() {
    let desk = desk();
    desk.import(&[desk.file("b.log", format!("{HEADER}{}", flow_lines(100..150)))]);
    let outdated = report(&desk, "outdated", &[]);
    assert_eq!(outdated.code, 1, "{}", outdated.messages);
    assert_eq!(outdated.verification()["verdict"].as_str(), Some("outdated"));
    assert_eq!(["failed", "outdated"].map(|kind| outdated.count(kind)), [0, 1]);
    assert!(
        outdated.front.contains("Verification passed. The results of 1 exhibit have changed"),
        "{}",
        outdated.front
    );
    assert!(outdated.front.contains("Outdated: Exhibit, 1 all of them: evidence was added after it was saved"));
    assert!(!outdated.front.contains("VERIFICATION FAILED"));
    let japanese = report(&desk, "ja", &["--lang", "ja"]);
    assert!(japanese.front.contains("いま再実行すると結果が異なる") && japanese.front.contains("結果が古い: 資料"));
}

#[test]
fn an_exhibit_that_was_altered_is_named_and_the_rest_is_reported() {
    let desk = desk();
    desk.ok(&["exhibit", "add", desk.case(), "--kind", "text", "--text", "Untouched words.", "--caption", "words"]);
    desk.change("UPDATE exhibit_content SET data = x'00' WHERE exhibit_id = 1");
    let altered = report(&desk, "altered", &[]);
    assert_eq!(altered.code, 4, "{}", altered.messages);
    assert!(altered.html.contains("CANNOT BE SHOWN") && altered.html.contains("Untouched words."));
    let failed = altered.verification()["failed"]["first"].as_array().unwrap();
    assert!(failed.iter().any(|check| check["area"] == "exhibit" && check["item"] == "1 all of them"), "{failed:?}");
}

/// The pages as the window shows them before they are written.
#[test]
fn the_preview_says_it_too() {
    use coldtrail::app::report::{Checking, Order, assemble};
    use coldtrail::report::document::Verdict;
    let desk = desk();
    let order = Order { checking: Checking::Preview, ..Order::default() };
    let verdict = || {
        let cancel = coldtrail::query::Cancel::default();
        assemble(&desk.reader(), &order, &cancel, &mut |_, _| {}).unwrap().verification.verdict
    };
    assert_eq!(verdict(), Verdict::Good);
    desk.change("UPDATE finding SET title = 'it stayed'");
    assert_eq!(verdict(), Verdict::Failed);
}

impl Desk {
    /// Changes the case past the program.
    fn change(&self, sql: &str) {
        let changed = rusqlite::Connection::open(&self.case).unwrap().execute(sql, []).unwrap();
        assert!(changed > 0, "{sql}");
    }
}
