//! Hashes that came with the evidence: compared at import, journaled, and a difference ends with exit code 4.

use crate::desk::{Desk, HEADER, flow_lines};
use crate::support::run;
use sha2::{Digest, Sha256};

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn hashes_expected_are_compared_with_hashes_received() {
    let desk = Desk::new();
    let (a, b) = (format!("{HEADER}{}", flow_lines(0..5)), format!("{HEADER}{}", flow_lines(5..9)));
    desk.file("in/a.log", &a);
    desk.file("in/b.log", &b);
    let (folder, list) = (desk.path("in"), desk.path("list.sha256"));
    let import = |code: i32| {
        let words = ["import", desk.case(), folder.to_str().unwrap(), "--hashes", list.to_str().unwrap()];
        String::from_utf8(run(desk.folder.path(), &words, code).stderr).unwrap()
    };
    let last = || desk.reader().journal().unwrap().pop().unwrap();
    desk.file("list.sha256", format!("{}  in/a.log\n{} *b.log\n", hash(&a), hash(&b).to_uppercase()));
    assert!(import(0).contains("matches 2, differs 0, not received 0, not listed 0"));
    assert_eq!((last().action.as_str(), last().counts.contains("\"matches\":2")), ("hashes_compare", true));
    desk.file("list.sha256", format!("{}  in/a.log\n{}  c.log\n", hash("other"), hash("c")));
    let told = import(4);
    assert!(told.contains("differs: in/a.log") && told.contains(&hash(&a)), "{told}");
    assert!(told.contains("not received: c.log") && told.contains("not listed: "), "{told}");
    assert!(last().parameters.contains("c.log"), "{:?}", last());
    desk.ok(&["verify", desk.case()]);
    let entries = desk.reader().journal().unwrap().len();
    desk.file("list.sha256", "hello\n");
    assert!(import(2).contains("line 1"));
    // A list that cannot be read is found before anything is imported.
    desk.file("in/d.log", format!("{HEADER}{}", flow_lines(20..22)));
    assert!(import(2).contains("line 1"));
    assert_eq!(desk.reader().journal().unwrap().len(), entries);
}
