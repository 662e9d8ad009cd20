//! The page of an address by the window.

use super::real::case;
use super::*;

fn page(address: &str) -> (tempfile::TempDir, Shown) {
    let (folder, mut harness) = case(vec2(1500.0, 1100.0));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::L);
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "An IP address").type_text(address);
    settle(&mut harness);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    (folder, harness)
}

#[test]
fn an_address_is_told_with_all_that_the_case_has_of_it() {
    let (_folder, mut harness) = page("203.0.113.9");
    assert_eq!(app(&harness).app.view, View::Address);
    harness.get_by_label("outside private address space");
    harness.get_by_role_and_label(Role::Button, "40 records, 280.0 kB, 160 packets; 40 accepted, 0 rejected");
    harness.get_by_role_and_label(Role::Button, "3 CloudTrail events from it, 1 with an error");
    harness.get_by_label("sent 280.0 kB");
    harness.get_by_role_and_label(Role::Button, "Event names: ListBuckets, 2");
    harness.get_by_role_and_label(Role::Button, "Ports contacted by others: 443, 40");
    harness.get_by_role_and_label(Role::Button, "Pairs: 10.0.0.5 → 203.0.113.9, 40.0 kB").click();
    settle(&mut harness);
    assert_eq!((app(&harness).app.view, rows(&harness)), (View::Records(Dataset::Flows), 40));
    harness.key_press_modifiers(Modifiers::ALT, Key::ArrowLeft);
    settle(&mut harness);
    assert_eq!(app(&harness).app.view, View::Address);
    harness.get_by_role_and_label(Role::Button, "Show events").click();
    settle(&mut harness);
    assert_eq!((app(&harness).app.view, rows(&harness)), (View::Records(Dataset::Events), 3));
}

#[test]
fn any_cell_with_an_address_leads_to_its_page() {
    let (_folder, mut harness) = page("192.0.2.99");
    harness.get_by_label("No records of this address in this time range.");
    for (view, cell) in [
        (Key::Num3, "srcaddr: 198.51.100.7"),
        (Key::Num4, "srcaddr: 198.51.100.7"),
        (Key::Num5, "source_ip_address: 203.0.113.9"),
    ] {
        harness.key_press_modifiers(Modifiers::COMMAND, view);
        settle(&mut harness);
        harness.get_all_by_label(cell).next().unwrap().click_secondary();
        settle(&mut harness);
        harness.get_by_label("Address details").click();
        settle(&mut harness);
        assert_eq!(app(&harness).app.view, View::Address);
        let address = app(&harness).app.address.as_ref().unwrap().to_string();
        assert!(cell.ends_with(&address), "{cell} {address}");
    }
}
