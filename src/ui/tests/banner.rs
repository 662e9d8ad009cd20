//! A case that is older or damaged says so in every view.

use super::*;
use crate::app::rescued::Origin;
use crate::session::source::{Mend, Standing};

fn standing(standing: Standing) -> (Shown, MemoryBackend) {
    let backend = MemoryBackend::with_flows(10);
    *backend.standing.lock().unwrap() = standing;
    (window(backend.clone(), Some("memory.coldtrail")), backend)
}

#[test]
fn a_damaged_case_says_in_every_view_what_is_missing_and_offers_to_save_the_rest() {
    let lost = vec!["flow: rows after 1:2 and before 1:9 (database disk image is malformed)".to_owned()];
    let (mut harness, backend) = standing(Standing { damage: vec!["page 7".to_owned()], lost, ..Standing::default() });
    for key in [Key::Num1, Key::Num2, Key::Num3, Key::Num4] {
        harness.key_press_modifiers(Modifiers::COMMAND, key);
        settle(&mut harness);
        harness.get_by_label_contains("This case is damaged");
        harness.get_by_label_contains("rows after 1:2 and before 1:9");
    }
    harness.get_by_label("Recover into a new case...").click();
    settle(&mut harness);
    assert!(matches!(app(&harness).app.dialog, Some(Dialog::Rescue { .. })));
    harness.get_by_label("Recover").click();
    settle(&mut harness);
    let mended = backend.mended.lock().unwrap();
    assert!(
        matches!(mended.as_slice(), [(Mend::Rescue(path), _)] if path.ends_with("memory-rescued.coldtrail")),
        "{mended:?}"
    );
    assert!(harness.query_by_label_contains("This case is damaged").is_none());
}

#[test]
fn an_older_case_says_so_and_offers_its_upgrade() {
    let (mut harness, backend) = standing(Standing { older: Some(2), ..Standing::default() });
    harness.get_by_label_contains("written by an older version (2;");
    harness.get_by_label("Upgrade the case...").click();
    settle(&mut harness);
    harness.get_by_label_contains("older versions of Coldtrail cannot open it afterwards");
    harness.get_by_label("Upgrade").click();
    settle(&mut harness);
    assert!(matches!(backend.mended.lock().unwrap().as_slice(), [(Mend::Upgrade, _)]));
    assert!(harness.query_by_label_contains("older version").is_none());
}

#[test]
fn a_sound_case_has_no_banner() {
    let (harness, _) = standing(Standing::default());
    assert!(harness.query_by_label_contains("This case").is_none());
}

#[test]
fn a_case_that_was_saved_from_a_damaged_one_says_so_in_the_overview() {
    let backend = MemoryBackend::with_flows(10);
    let lost = vec!["flow: rows after 1:2".to_owned()];
    *backend.rescued.lock().unwrap() =
        Some(Origin { of: "broken.coldtrail".to_owned(), lost, lost_count: 1, ..Origin::default() });
    let mut harness = window(backend, Some("memory.coldtrail"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num1);
    settle(&mut harness);
    harness.get_by_label_contains("Recovered from the damaged case broken.coldtrail; unreadable places: 1");
}
