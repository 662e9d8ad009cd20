//! The sample's story by keyboard alone, in the real window: every filter of `steps.tsv` in its view, and what an examiner
//! does on the way. What the window did is read from outside: the clipboard, the case by the command line, written files.

use crate::support::{repository, run};
use crate::xvfb::{Program, Screen, wait_for};
use std::path::Path;

/// What is on the clipboard before something is copied.
const NOTHING: &str = "nothing";
/// Looks at the clipboard for each copy.
const LOOKS: usize = 60;

/// Lines of `coldtrail ... --format jsonl`.
fn listed(home: &Path, arguments: &[&str]) -> Vec<serde_json::Value> {
    let output = run(home, &[arguments, &["--format", "jsonl"]].concat(), 0).stdout;
    output.split(|b| *b == b'\n').filter(|l| !l.is_empty()).map(|l| serde_json::from_slice(l).unwrap()).collect()
}

/// The window, its display and the case.
struct Walk<'a> {
    screen: &'a Screen,
    program: Program<'a>,
    home: &'a Path,
    case: &'a str,
}

impl Walk<'_> {
    fn keys(&self, keys: &[&str]) {
        keys.iter().for_each(|key| self.program.key(key));
    }

    /// Shows a view and applies a filter in it.
    fn filter(&self, view: &str, filter: &str) {
        self.keys(&[view, "ctrl+f"]);
        self.program.type_text(filter);
        self.keys(&["Return"]);
        wait_for(filter, || (self.last_filter().as_deref() == Some(filter)).then_some(()));
    }

    fn last_filter(&self) -> Option<String> {
        let text = std::fs::read(self.home.join("coldtrail/settings.json")).ok()?;
        let settings: serde_json::Value = serde_json::from_slice(&text).ok()?;
        settings["filters"][0].as_str().map(str::to_owned)
    }

    /// Waits until the table holds so many rows: all of them are copied, each as a whole.
    fn holds(&self, what: &str, rows: usize) {
        wait_for(&format!("{what}: {rows} rows"), || {
            self.screen.put_on_clipboard(NOTHING);
            self.keys(&["ctrl+a", "ctrl+c"]);
            // They are read by a worker thread. While the table has no row, nothing comes, however often it is looked.
            let copied = (0..LOOKS).find_map(|_| self.screen.clipboard().filter(|text| text != NOTHING))?;
            let cells = |line: &str| line.split('\t').count();
            let columns = copied.lines().next().map(cells)?;
            assert!(columns > 5 && copied.lines().all(|line| cells(line) == columns), "{what}: {copied}");
            (copied.lines().count() == rows + 1).then_some(())
        });
    }

    /// Runs a command by a word for it.
    fn palette(&self, word: &str) {
        self.keys(&["ctrl+k"]);
        self.program.type_text(word);
        self.keys(&["Return"]);
    }
}

fn opened<'a>(screen: &'a Screen, home: &'a Path, case: &'a str) -> Walk<'a> {
    run(home, &["new", case, "--examiner", "A. Analyst"], 0);
    let evidence = repository().join("sample-logs/evidence");
    // Exit code 1: some of its lines are damaged on purpose.
    run(home, &["import", case, evidence.to_str().unwrap(), "--examiner", "A. Analyst"], 1);
    let program = screen.open(home, &[case]);
    wait_for("the case", || program.title().starts_with("sample").then_some(()));
    Walk { screen, program, home, case }
}

#[test]
fn the_story_of_the_sample_is_walked_by_keyboard_alone() {
    let Some(screen) = Screen::start("keyboard", 1440, 900) else { return };
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let case = home.join("sample.coldtrail");
    let walk = opened(&screen, home, case.to_str().unwrap());

    let steps = std::fs::read_to_string(repository().join("sample-logs/steps.tsv")).unwrap();
    for step in steps.lines().skip(1) {
        let [name, view, count, filter] = step.split('\t').collect::<Vec<_>>()[..] else { panic!("{step}") };
        walk.filter(if view == "flows" { "ctrl+3" } else { "ctrl+5" }, filter);
        match count.parse().unwrap() {
            0 => {}
            count => walk.holds(name, count),
        }
    }

    kept_in_the_case(&walk);
    led_away_and_back(&walk);
    assert_eq!(walk.program.close(), Some(0));
}

/// The stolen key until the trail was stopped, as an exhibit, undone and redone; the result and the report as files.
fn kept_in_the_case(walk: &Walk<'_>) {
    let keys = "user_identity_access_key_id in (ASIAXBASTIONEXAMPLE1, AKIAXPLANTEDEXAMPLE1)";
    walk.filter("ctrl+5", keys);
    walk.holds("the stolen and the planted key", 199);
    // By the time: what they did before the trail was stopped.
    walk.keys(&["ctrl+t", "Tab"]);
    walk.program.type_text("2026-03-11 02:20:05");
    walk.keys(&["Return", "Escape"]);
    walk.holds("the key before the trail stopped", 148);
    walk.keys(&["Home", "ctrl+e"]);
    walk.program.type_text("The stolen key");
    walk.keys(&["ctrl+Return"]);
    let exhibits = || listed(walk.home, &["exhibit", "list", walk.case]);
    wait_for("the exhibit", || (exhibits().len() == 1).then_some(()));
    walk.keys(&["ctrl+z"]);
    wait_for("the exhibit undone", || exhibits().is_empty().then_some(()));
    walk.keys(&["ctrl+y"]);
    wait_for("the exhibit redone", || (exhibits().len() == 1).then_some(()));

    walk.keys(&["ctrl+s", "ctrl+a"]);
    walk.program.type_text(walk.home.join("key.csv").to_str().unwrap());
    walk.keys(&["Return"]);
    let csv = wait_for("the exported rows", || std::fs::read_to_string(walk.home.join("key.csv")).ok());
    assert_eq!(csv.lines().count(), 149);

    walk.palette("write report");
    walk.keys(&["ctrl+a"]);
    walk.program.type_text(walk.home.join("report").to_str().unwrap());
    walk.keys(&["Return"]);
    wait_for("the report", || walk.home.join("report").join("report.html").exists().then_some(()));
}

/// Pairs down to records and back, an address, the palette and a key in it.
fn led_away_and_back(walk: &Walk<'_>) {
    walk.palette("all times");
    walk.filter("ctrl+3", "dstaddr = 198.51.100.201");
    walk.keys(&["ctrl+4"]);
    walk.program.changes("the pairs", 5_000, |p| p.key("Home"));
    walk.keys(&["Return"]);
    wait_for("the records of the pair", || {
        let filter = walk.last_filter()?;
        (filter != "dstaddr = 198.51.100.201" && filter.contains("198.51.100.201")).then_some(())
    });
    walk.program.changes("the page of an address", 20_000, |p| {
        p.key("ctrl+l");
        p.type_text("203.0.113.66");
        p.key("Return");
    });
    walk.keys(&["alt+Left"]);
    // A key in the palette is the page that follows it; its events are a filter.
    walk.program.changes("the page of a key", 20_000, |_| walk.palette("ASIAXBASTIONEXAMPLE1"));
    walk.filter("ctrl+5", "user_identity_access_key_id = ASIAXBASTIONEXAMPLE1");
    walk.holds("the records of the key", 148);
}
