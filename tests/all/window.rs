//! The real program in a real window.

use crate::support::{repository, run};
use crate::xvfb::Screen;

#[test]
fn the_window_opens_on_a_case_and_closes_leaving_one_file() {
    let Some(screen) = Screen::start("window", 1280, 800) else { return };
    let home = tempfile::tempdir().unwrap();
    let case = home.path().join("window.coldtrail");
    let case = case.to_str().unwrap();
    let evidence = repository().join("sample-logs/evidence/from-data-team");
    run(home.path(), &["new", case, "--title", "window", "--examiner", "test"], 0);
    run(home.path(), &["import", case, evidence.to_str().unwrap(), "--quiet"], 1);
    let program = screen.open(home.path(), &[case]);
    assert_eq!(program.title(), "window – Coldtrail");
    assert_eq!(program.close(), Some(0));
    let beside: Vec<String> = std::fs::read_dir(home.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("window.coldtrail"))
        .collect();
    assert_eq!(beside, ["window.coldtrail"]);
}
