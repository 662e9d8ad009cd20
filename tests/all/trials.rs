//! Small inputs made after public reports of other programs' bugs, and what is right for each: `../shared/trials`.

use crate::support::{coldtrail, shared, skip};
use std::process::Command;

#[test]
fn every_trial_ends_as_its_row_says() {
    let Some(folder) = shared("trials").map(|folder| folder.join("trials")) else { return };
    let check = folder.join("check.py");
    if !check.is_file() {
        return skip("trials", "../shared/trials is not there");
    }
    let program = coldtrail(&folder).get_program().to_owned();
    let Ok(output) = Command::new("python3").arg(&check).arg(program).arg(&folder).output() else {
        return skip("trials", "there is no python3");
    };
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    // A check of nothing would hold as well.
    let last = said.lines().last().unwrap_or_default();
    let checked: usize = last.split(' ').nth(2).and_then(|count| count.parse().ok()).unwrap_or_default();
    assert!(checked >= 100, "{last}");
}
