//! What is chosen in the lists of findings and exhibits.

use super::conclusions::{freeze, opened_case, write};
use super::*;
use crate::model::conclusions::{Change, FindingText};

#[test]
fn findings_and_exhibits_are_chosen_by_a_click_and_by_the_arrows() {
    let (_folder, mut harness) = opened_case();
    for caption in ["one", "two"] {
        freeze(&mut harness, caption);
    }
    for title in ["It came", "It left"] {
        write(&mut harness, Change::AddFinding(FindingText { title: title.into(), ..FindingText::default() }));
    }
    let field = |harness: &Shown, name: &str| harness.get_by_role_and_label(Role::TextInput, name).value();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    settle(&mut harness);
    assert_eq!(field(&harness, "Title").as_deref(), Some("It left"), "the newest one at first");
    keyed(&mut harness, Key::ArrowUp);
    assert!(harness.get_by_role_and_label(Role::Button, "1. It came").is_focused());
    assert_eq!(field(&harness, "Title").as_deref(), Some("It came"));
    harness.get_by_role_and_label(Role::Button, "2. It left").click();
    settle(&mut harness);
    assert_eq!(field(&harness, "Title").as_deref(), Some("It left"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::R);
    settle(&mut harness);
    assert_eq!(field(&harness, "Caption").as_deref(), Some("two"), "the one added last");
    keyed(&mut harness, Key::ArrowUp);
    assert!(harness.get_by_role_and_label(Role::Button, "1. one").is_focused());
    assert_eq!(field(&harness, "Caption").as_deref(), Some("one"));
}
