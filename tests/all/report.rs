//! The report of a case, as a recipient gets it: made by the program from the sample logs with an exhibit of every kind,
//! opened with the programs that recipients use.

use crate::desk::{Desk, Template};
use crate::support::{coldtrail, files_below, repository, skip};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Would be markup, a formula, or another order of letters, if anything obeyed it.
const HOSTILE: &str = "<script>document.title='pwned'</script>\"'=cmd|'/C calc'!A0 \u{202e}gpj \u{1b}[31m";

/// The sample logs with findings and an exhibit of every kind.
fn sample() -> Desk {
    static CASE: Template = Template::new();
    CASE.desk(reported)
}

fn reported() -> Desk {
    let desk = Desk::without_case();
    let case = desk.case().to_owned();
    desk.ok(&["new", &case, "--examiner", "A. Mori", "--title", "sample", "--reference", "2026-0311"]);
    desk.import(&[repository().join("sample-logs/evidence")]);
    let said = ["--mark", "CONFIDENTIAL 部外秘", "--organisation", "証拠解析室", "--summary", "One.\n\n二つ目の段落。"];
    desk.ok(&[&["report", &case, "--title", "Intrusion at Kestrel Labs"][..], &said].concat());
    let words =
        ["--title", "Passwords were guessed", "--text", HOSTILE, "--status", "confirmed", "--technique", "T1110.001"];
    desk.ok(&[&["finding", "add", &case][..], &words].concat());
    let attacker = "source_ip_address = 203.0.113.66";
    let session = "srcaddr = 203.0.113.66 and dstport = 22 and bytes > 20000";
    let flow = desk.refs("flows", session);
    let call = desk.refs("events", &format!("event_name = AssumeRole and {attacker}"));
    desk.ok(&["finding", "cite", &case, "1", &flow[0], &call[0]]);
    let add = |kind: &str, more: &[&str]| {
        let head = ["exhibit", "add", case.as_str(), "--kind", kind, "--finding", "1"];
        desk.ok(&[&head[..], more].concat());
    };
    add(
        "flows",
        &["--filter", "action = REJECT and dstport = 22", "--sort", "start", "--limit", "120", "--caption", "Rejected"],
    );
    add("events", &["--filter", attacker, "--limit", "40", "--caption", HOSTILE, "--note", HOSTILE]);
    add(
        "selected",
        &[
            "--dataset",
            "flows",
            "--record",
            &flow[0],
            "--record",
            &flow[1],
            "--columns",
            "start,bytes",
            "--caption",
            "Two",
        ],
    );
    add("pairs", &["--limit", "20", "--sort", "-total_bytes", "--caption", "Pairs"]);
    add("conversations", &["--limit", "10", "--caption", "Conversations"]);
    add("top", &["--by", "srcaddr", "--limit", "15", "--caption", "Sources"]);
    add("series", &["--by", "action", "--bin", "1h", "--measure", "records", "--caption", "Bars"]);
    add(
        "series",
        &[
            "--by",
            "srcaddr",
            "--top",
            "3",
            "--bin",
            "1h",
            "--shape",
            "lines",
            "--threshold",
            "5000000",
            "--caption",
            "Lines",
        ],
    );
    add("heatmap", &["--dataset", "events", "--tz", "Asia/Tokyo", "--measure", "records", "--caption", "Hours"]);
    add("event", &["--dataset", "events", "--record", &call[0], "--caption", "The call"]);
    add("compare", &["--dataset", "events", "--record", &call[0], "--record", &call[1], "--caption", "Two calls"]);
    add("address", &["--ip", "203.0.113.66", "--limit", "10", "--caption", "The address"]);
    let known =
        "203.0.113.66 the address of the ticket\n198.51.100.0/24\nbad.example\n44d88612fea8a8f36de82e1278abb02f\n";
    let known = desk.file("known.txt", known);
    desk.ok(&["indicators", "import", &case, known.to_str().unwrap()]);
    add("sightings", &["--caption", "What was looked for"]);
    add("sightings", &["--by", "host", "--limit", "10", "--caption", "Hosts"]);
    add("playbook", &["--limit", "60", "--caption", "To and from"]);
    add("figure", &["--filter", session, "--measure", "bytes", "--caption", "How much"]);
    add("evidence", &["--caption", "Files"]);
    let statement = "SELECT srcaddr, count(*) AS records, sum(bytes) AS bytes, avg(bytes) AS mean\nFROM flow_record\n\
                     WHERE action = 'REJECT'\nGROUP BY srcaddr ORDER BY records DESC, srcaddr LIMIT 12";
    add("sql", &["--sql", statement, "--caption", "A statement"]);
    add("text", &["--text", "Not examined.\n\n調べていないもの。", "--caption", "Words"]);
    desk
}

impl Desk {
    /// The names of the records that a filter finds.
    fn refs(&self, view: &str, filter: &str) -> Vec<String> {
        let lines = self.ok(&[view, self.case(), "--filter", filter, "--format", "jsonl"]);
        let name =
            |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["ref"].as_str().unwrap().to_owned();
        lines.lines().map(name).collect()
    }

    /// Writes a report; its folder.
    fn report(&self, name: &str, more: &[&str]) -> PathBuf {
        let folder = self.path(name);
        self.ok(&[&["report", self.case(), "--out", folder.to_str().unwrap()][..], more].concat());
        folder
    }
}

/// Every file with its bytes.
fn read(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let name = |path: &Path| path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
    files_below(folder).iter().map(|path| (name(path), std::fs::read(path).unwrap())).collect()
}

/// The output of another program; `None`, said, where the machine lacks it.
fn by(test: &str, program: &str, arguments: &[&str]) -> Option<Output> {
    match Command::new(program).args(arguments).output() {
        Ok(output) => Some(output),
        Err(_) => {
            skip(test, &format!("{program} is not installed"));
            None
        }
    }
}

const JAPANESE: [&str; 4] = ["--lang", "ja", "--tz", "Asia/Tokyo"];

#[test]
fn a_report_of_the_sample_is_complete_and_the_same_on_any_machine() {
    let desk = sample();
    let first = read(&desk.report("one", &JAPANESE));
    for name in [
        "report.html",
        "report.pdf",
        "report.json",
        "attachments/exhibit-001.csv",
        "attachments/exhibit-009.exact.csv",
        "figures/exhibit-008.svg",
        "figures/exhibit-009.png",
        "attachments/journal.csv",
        "attachments/import-warnings.exact.csv",
    ] {
        assert!(first.contains_key(name), "{name}: {:?}", first.keys());
    }
    // One processor, another locale, another zone, another folder.
    let case = desk.case();
    let folder = desk.path("elsewhere/two");
    let mut command = Command::new("taskset");
    command.args(["-c", "0", env!("CARGO_BIN_EXE_coldtrail"), "report", case, "--out", folder.to_str().unwrap()]);
    command
        .args(JAPANESE)
        .env("LANG", "ja_JP.UTF-8")
        .env("LC_ALL", "tr_TR.UTF-8")
        .env("TZ", "America/New_York")
        .env("HOME", desk.folder.path());
    assert!(command.output().unwrap().status.success());
    let second = read(&folder);
    for (name, bytes) in &first {
        assert!(second.get(name) == Some(bytes), "{name} differs");
    }
    assert_eq!(first.len(), second.len());
    // Once more over itself, and in the other language: only what is read differs.
    assert!(read(&desk.report("one", &JAPANESE)) == first);
    let english = read(&desk.report("three", &[]));
    assert_eq!(english["attachments/exhibit-001.exact.csv"], first["attachments/exhibit-001.exact.csv"]);
    assert_ne!(english["report.pdf"], first["report.pdf"]);
    assert_eq!(
        english["figures/exhibit-009.png"], first["figures/exhibit-009.png"],
        "hours stay those that were frozen"
    );

    let sums = by("report", "sha256sum", &["--version"]).is_some().then(|| {
        Command::new("sha256sum")
            .args(["--check", "--strict", "SHA256SUMS"])
            .current_dir(desk.path("one"))
            .output()
            .unwrap()
    });
    if let Some(output) = sums {
        let (said, failed) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && failed.is_empty(), "{failed}");
        assert_eq!(said.lines().filter(|line| line.ends_with(": OK")).count() + 1, first.len());
    }
}

#[test]
fn the_text_of_the_pdf_is_text_with_numbered_pages_and_bookmarks() {
    let desk = sample();
    for (name, more, expect) in [
        ("en", &[][..], ["Exhibit 1: Rejected", "Finding 1: Passwords were guessed", "Page 2 of ", "SHA-256"]),
        ("ja", &JAPANESE[..], ["資料 1: Rejected", "所見 1: Passwords were guessed", "2 / ", "調べていないもの。"]),
    ] {
        let folder = desk.report(name, &[more, &["--pdf"]].concat());
        assert!(!folder.join("report.html").exists() && folder.join("report.json").exists());
        let file = folder.join("report.pdf");
        let file = file.to_str().unwrap();
        let Some(text) = by("the text of a PDF", "pdftotext", &["-layout", file, "-"]) else { return };
        let text = String::from_utf8(text.stdout).unwrap();
        for words in expect {
            assert!(text.contains(words), "{words}");
        }
        assert!(text.contains("<script>document.title='pwned'</script>") && text.contains("‹U+202E›gpj ‹U+001B›[31m"));
        assert!(!text.contains('\u{202e}') && !text.contains('\u{1b}'));
        let pages = text.matches('\u{c}').count();
        for page in 1..=pages {
            let numbered =
                if name == "en" { format!("Page {page} of {pages}") } else { format!("{page} / {pages} ページ") };
            assert!(text.contains(&numbered), "{numbered}");
        }
        let facts = String::from_utf8(by("a PDF's facts", "pdfinfo", &[file]).unwrap().stdout).unwrap();
        assert!(facts.contains("Tagged:          yes") && facts.contains("JavaScript:      no"), "{facts}");
        let fonts = String::from_utf8(by("a PDF's fonts", "pdffonts", &[file]).unwrap().stdout).unwrap();
        for font in fonts.lines().skip(2) {
            // emb sub uni: in the file, only what is used, and known by its letters.
            assert!(font.contains("yes yes yes"), "{font}");
        }
    }
}

/// The pages that the window shows are those of the PDF: line for line, as another program draws them.
#[test]
fn the_preview_shows_the_pages_of_the_pdf() {
    use coldtrail::app::report::{Order, assemble};
    use coldtrail::present::{Language, Zone};
    use coldtrail::report::{Sheets, Words, pages};
    let desk = sample();
    let folder = desk.report("ja", &[&JAPANESE[..], &["--pdf"]].concat());
    let prefix = desk.path("page");
    let (file, prefix) = (folder.join("report.pdf"), prefix.to_str().unwrap());
    let drawn = by("the preview", "pdftoppm", &["-gray", "-r", "72", file.to_str().unwrap(), prefix]);
    let order = Order { language: Language::Japanese, zone: Zone::by_name("Asia/Tokyo").unwrap(), ..Order::default() };
    let cancel = coldtrail::query::Cancel::default();
    let document = assemble(&desk.reader(), &order, &cancel, &mut |_, _| {}).unwrap();
    let words = Words::new(order.language, order.zone);
    let sheets = Sheets::set(pages(&document, &words).unwrap(), &cancel).unwrap();
    assert!(sheets.len() > 20 && sheets.page_of("exhibit-3").unwrap() > sheets.page_of("exhibit-2").unwrap());
    assert!(sheets.picture(sheets.len(), 1.0).is_err());
    if drawn.is_none() {
        return;
    }
    let mut files: Vec<PathBuf> = std::fs::read_dir(desk.folder.path()).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "pgm"));
    files.sort();
    assert_eq!(files.len(), sheets.len());
    for (at, file) in files.iter().enumerate() {
        let ours = sheets.picture(at, 1.0).unwrap();
        let ours: Vec<u8> = ours
            .rgba
            .chunks_exact(4)
            .map(|p| ((u32::from(p[0]) * 30 + u32::from(p[1]) * 59 + u32::from(p[2]) * 11) / 100) as u8)
            .collect();
        let theirs = std::fs::read(file).unwrap();
        let theirs = &theirs[theirs.len() - ours.len()..];
        let width = sheets.size(at).unwrap().0.ceil() as usize;
        let (worst, place) = worst_block(&ours, theirs, width);
        assert!(worst < 40.0, "page {}: {worst} at {place:?}", at + 1);
    }
}

/// The greatest difference of two pictures' brightness over blocks of 16 by 16 pixels, which letters' edges do not matter
/// to; and where.
fn worst_block(a: &[u8], b: &[u8], width: usize) -> (f64, (usize, usize)) {
    let height = a.len() / width;
    let mut worst = (0.0, (0, 0));
    for (top, left) in (0..height).step_by(16).flat_map(|top| (0..width).step_by(16).map(move |left| (top, left))) {
        let rows = top..(top + 16).min(height);
        let columns = left..(left + 16).min(width);
        let mean = |of: &[u8]| {
            let sum: u64 = rows
                .clone()
                .flat_map(|y| columns.clone().map(move |x| y * width + x))
                .map(|at| u64::from(of[at]))
                .sum();
            sum as f64 / (rows.len() * columns.len()) as f64
        };
        let difference = (mean(a) - mean(b)).abs();
        if difference > worst.0 {
            worst = (difference, (left, top));
        }
    }
    worst
}

/// What a browser makes of a page: the document after it ran whatever would run.
fn browsed(test: &str, page: &Path, home: &Path) -> Option<String> {
    let data = format!("--user-data-dir={}", home.join("browser").display());
    let address = format!("file://{}", page.display());
    let arguments = ["--headless", "--no-sandbox", "--disable-gpu", &data, "--dump-dom", &address];
    by(test, "chromium", &arguments).map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn nothing_in_the_html_runs_in_a_real_browser() {
    let test = "the HTML in a browser";
    let desk = sample();
    let folder = desk.report("html", &["--html"]);
    let Some(document) = browsed(test, &folder.join("report.html"), desk.folder.path()) else { return };
    assert!(document.contains("<title>Intrusion at Kestrel Labs</title>"), "the title is as it was written");
    assert!(document.contains("&lt;script&gt;document.title='pwned'&lt;/script&gt;"));
    assert!(!document.contains("<script"), "no element of that name");
    // The browser would run this where nothing forbids it: the check can fail.
    let bare = desk.file("bare.html", "<!DOCTYPE html><title>calm</title><script>document.title='pwned'</script>");
    assert!(browsed(test, &bare, desk.folder.path()).unwrap().contains("<title>pwned</title>"));
    // And the policy of the report forbids it, were it ever to slip through.
    let text = std::fs::read_to_string(folder.join("report.html")).unwrap();
    let slipped = text.replacen("<main>", "<main><script>document.title='pwned'</script>", 1);
    let slipped = browsed(test, &desk.file("slipped.html", slipped), desk.folder.path()).unwrap();
    assert!(!slipped.contains("<title>pwned</title>"), "the policy stops a script");
}

#[test]
fn a_folder_that_is_no_report_is_left_alone_and_the_case_too() {
    let desk = Desk::new();
    let before = std::fs::read(&desk.case).unwrap();
    let mine = desk.file("mine/notes.txt", "x");
    let told = desk.fails(&["report", desk.case(), "--out", mine.parent().unwrap().to_str().unwrap()], 3);
    assert!(told.contains("notes.txt") && told.contains("Specify a new folder"), "{told}");
    assert_eq!(std::fs::read(&mine).unwrap(), b"x");
    let folder = desk.report("empty", &[]);
    assert!(folder.join("report.pdf").exists(), "a case without anything has a report");
    assert_eq!(std::fs::read(&desk.case).unwrap(), before, "a report changes nothing");
    assert!(!coldtrail(desk.folder.path()).args(["report", desk.case()]).output().unwrap().status.success());
}
