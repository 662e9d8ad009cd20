//! The columns of tables: whole or not at all, the time always in sight, widths that somebody chose, signs beside the
//! row numbers.

use super::figures::painted;
use super::real::{DAY, HEADER, case_of};
use super::*;
use crate::model::Dataset;
use crate::session::Action;
use egui::Rect;

/// An event of somebody whose ARN is longer than any column.
fn event(n: i64, name: &str, arn: &str, parameters: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.08","eventTime":"2021-05-16T00:{:02}:00Z","eventSource":"ec2.amazonaws.com","eventName":"{name}","awsRegion":"ap-northeast-1","sourceIPAddress":"2001:db8:1234:5678:9abc:def0:1234:{n}","userAgent":"x","eventID":"00000000-0000-0000-0000-{n:012}","eventType":"AwsApiCall","recipientAccountId":"111122223333","requestParameters":{parameters},"userIdentity":{{"type":"AssumedRole","arn":"{arn}"}}}}"#,
        n * 5
    )
}

const ROLE: &str = "arn:aws:sts::111122223333:assumed-role/bastion-role/i-0abc123def4567890";

fn tables(size: egui::Vec2) -> (tempfile::TempDir, Shown) {
    let line = |minute: i64, ip: &str, action: &str, status: &str| {
        let start = DAY + minute * 60;
        format!(
            "5 123456789012 eni-0123456789abcdef0 {ip} 203.0.113.9 50000 443 6 4 1234567890123 {start} {} {action} \
             {status} egress 2 {ip} 203.0.113.9 i-0a",
            start + 59
        )
    };
    let mut lines = vec![HEADER.to_owned()];
    lines.extend((0..40).map(|minute| line(minute, "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", "ACCEPT", "OK")));
    lines.push(line(50, "10.0.0.5", "REJECT", "OK"));
    lines.push(format!("5 123456789012 eni-0123456789abcdef0 - - - - - - - {DAY} {} - SKIPDATA - - - - -", DAY + 59));
    let parameters = r#"{"groupId":"sg-0123456789abcdef0","cidrIp":"0.0.0.0/0"}"#;
    let events = [event(1, "AuthorizeSecurityGroupIngress", ROLE, parameters), event(2, "StopLogging", ROLE, "null")];
    let trail = format!(r#"{{"Records":[{}]}}"#, events.join(","));
    case_of(size, &[("flows.log", lines.join("\n") + "\n"), ("trail.json", trail)])
}

fn show(harness: &mut Shown, dataset: Dataset) {
    dispatch(harness, Action::Command(crate::session::Command::Show(View::Records(dataset))));
}

fn headers(harness: &Shown) -> Vec<(String, Rect)> {
    let named = |node: egui_kittest::Node<'_>| (node.accesskit_node().label().unwrap_or_default(), node.rect());
    harness.get_all_by_role(Role::ColumnHeader).map(named).collect()
}

#[test]
fn a_column_is_whole_or_not_there_and_every_one_is_reached_with_the_time_beside_it() {
    for (width, height, zoom) in
        [(1024.0, 700.0, 1.0), (1440.0, 900.0, 1.0), (2560.0, 1440.0, 1.0), (1440.0, 900.0, 2.0)]
    {
        let (_folder, mut harness) = tables(vec2(width, height));
        harness.ctx.set_zoom_factor(zoom);
        settle(&mut harness);
        assert_eq!(harness.ctx.content_rect().size(), vec2(width, height) / zoom);
        // The table has the window to itself: how the inspector shares a small one is asserted elsewhere.
        show(&mut harness, Dataset::Flows);
        if app(&harness).app.show_inspector {
            dispatch(&mut harness, Action::Command(crate::session::Command::ToggleInspector));
        }
        for (dataset, time) in [(Dataset::Flows, "start (UTC)"), (Dataset::Events, "event_time (UTC)")] {
            show(&mut harness, dataset);
            let columns = app(&harness).app.records().unwrap().shown_columns();
            harness.get_all_by_role(Role::GridCell).next().unwrap().click();
            settle(&mut harness);
            let mut seen = std::collections::BTreeSet::new();
            for step in 0..=columns.len() {
                let grid = harness.get_by_role(Role::Grid).rect();
                let at = format!("{dataset:?} at {width} x {height} x {zoom}, step {step}");
                let headers = headers(&harness);
                for (name, rect) in &headers {
                    assert!(rect.right() <= grid.right() + 0.5 && rect.left() >= grid.left(), "{at}: {name} {rect:?}");
                }
                assert!(headers.iter().any(|(name, _)| name == time), "{at}: {headers:?}");
                let cells: Vec<Rect> = harness.get_all_by_role(Role::GridCell).map(|cell| cell.rect()).collect();
                assert!(cells.iter().all(|rect| rect.right() <= grid.right() + 0.5), "{at}");
                let heads: Vec<Rect> = headers.iter().map(|(_, rect)| *rect).collect();
                let under = |cell: &Rect| heads.iter().any(|head| (head.left() - cell.left()).abs() < 0.5);
                assert!(cells.iter().all(under), "{at}: every cell is below its header");
                seen.extend(headers.into_iter().map(|(name, _)| name));
                harness.key_press(Key::ArrowRight);
                settle(&mut harness);
            }
            assert_eq!(seen.len(), columns.len(), "{dataset:?} at {width}: {seen:?}");
        }
    }
}

#[test]
fn who_it_was_and_the_host_part_are_read_in_narrow_columns() {
    let (_folder, mut harness) = tables(vec2(1900.0, 800.0));
    let texts = |harness: &Shown| -> Vec<String> {
        painted(&harness.output().shapes).iter().map(|(_, text)| text.galley.text().to_owned()).collect()
    };
    dispatch(&mut harness, Action::SetWidth { table: "flows", column: "srcaddr".into(), width: 130.0 });
    show(&mut harness, Dataset::Flows);
    let shown = texts(&harness);
    assert!(shown.iter().any(|text| text.contains('…') && text.ends_with("eeee:ffff")), "{shown:?}");
    for (column, width) in [("user_identity_arn", 180.0), ("request_parameters", 180.0), ("source_ip_address", 125.0)] {
        dispatch(&mut harness, Action::SetWidth { table: "events", column: column.into(), width });
    }
    show(&mut harness, Dataset::Events);
    let shown = texts(&harness);
    assert!(shown.iter().any(|text| text.starts_with("bastion-ro") && text.contains('…')), "{shown:?}");
    assert!(shown.iter().any(|text| text.contains('…') && text.ends_with(":1234:1")), "{shown:?}");
    assert!(shown.iter().any(|text| text.starts_with("sg-0123456789abcdef")), "{shown:?}");
}

#[test]
fn a_width_that_somebody_chose_stays_and_is_remembered() {
    let (_folder, mut harness) = tables(vec2(1600.0, 900.0));
    show(&mut harness, Dataset::Flows);
    dispatch(&mut harness, Action::SetWidth { table: "flows", column: "action".into(), width: 222.0 });
    let width = |harness: &Shown| headers(harness).iter().find(|(name, _)| name == "action").unwrap().1.width();
    assert!((width(&harness) - 222.0).abs() < 1.0, "{}", width(&harness));
    dispatch(&mut harness, Action::ApplyFilter(Dataset::Flows, "action = REJECT".into()));
    assert!((width(&harness) - 222.0).abs() < 1.0);
    assert_eq!(app(&harness).app.settings.own_width("flows", "action"), Some(222.0));
    dispatch(&mut harness, Action::ResetColumns(Dataset::Flows));
    assert!(width(&harness) < 120.0, "as wide as its content");
}

#[test]
fn the_menu_of_a_header_is_opened_by_a_key() {
    let (_folder, mut harness) = tables(vec2(1600.0, 900.0));
    show(&mut harness, Dataset::Flows);
    harness.get_by_role_and_label(Role::ColumnHeader, "dstaddr").focus();
    settle(&mut harness);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::F10);
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Button, "Hide this column").click();
    settle(&mut harness);
    assert!(headers(&harness).iter().all(|(name, _)| name != "dstaddr"));
}

#[test]
fn a_column_is_made_wider_by_keys() {
    let (_folder, mut harness) = tables(vec2(1600.0, 900.0));
    show(&mut harness, Dataset::Flows);
    let width = |harness: &Shown| headers(harness).iter().find(|(name, _)| name == "action").unwrap().1.width();
    let before = width(&harness);
    harness.get_by_role_and_label(Role::ColumnHeader, "action").focus();
    settle(&mut harness);
    for _ in 0..2 {
        harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
        settle(&mut harness);
    }
    assert!((width(&harness) - before - 32.0).abs() < 1.0, "{before} {}", width(&harness));
    assert!(harness.get_by_role_and_label(Role::ColumnHeader, "action").is_focused());
}

#[test]
fn scrolling_moves_no_text_column() {
    let (_folder, mut harness) = tables(vec2(1600.0, 600.0));
    show(&mut harness, Dataset::Flows);
    let before = headers(&harness);
    harness.get_all_by_role(Role::GridCell).next().unwrap().click();
    settle(&mut harness);
    harness.key_press(Key::End);
    settle(&mut harness);
    assert_eq!(headers(&harness), before);
}

#[test]
fn each_mark_has_its_lane_and_its_word() {
    let (_folder, mut harness) = tables(vec2(1600.0, 900.0));
    show(&mut harness, Dataset::Flows);
    // The SKIPDATA record starts with the first minute.
    let skipped = harness.get_all_by(|n| n.label().is_some_and(|l| l.ends_with(", warning"))).count();
    assert_eq!(skipped, 1);
    let id = app(&harness).app.records().unwrap().pages.id(0).unwrap();
    let subjects = vec![crate::model::conclusions::Subject::Record(id)];
    let tag = crate::model::conclusions::Change::AddTag { name: "seen".into(), subjects };
    dispatch(&mut harness, Action::Write(crate::session::conclusions::Task::Change(tag)));
    let names: Vec<String> =
        harness.get_all_by(|n| n.role() == Role::Row).filter_map(|n| n.accesskit_node().label()).collect();
    assert!(names.iter().any(|name| name.contains("tagged")), "{names:?}");
}

#[test]
fn the_result_of_an_event_is_in_sight_beside_the_inspector() {
    let (_folder, mut harness) = tables(vec2(1440.0, 900.0));
    show(&mut harness, Dataset::Events);
    assert!(app(&harness).app.show_inspector);
    let names: Vec<String> = headers(&harness).into_iter().map(|(name, _)| name).collect();
    assert!(names.iter().any(|name| name == "error_code"), "{names:?}");
}

#[test]
fn beside_the_inspector_flows_are_whole_up_to_the_packets() {
    let (_folder, mut harness) = super::real::case(vec2(1440.0, 900.0));
    show(&mut harness, Dataset::Flows);
    assert!(app(&harness).app.show_inspector);
    let names: Vec<String> = headers(&harness).into_iter().map(|(name, _)| name).collect();
    assert!(names.iter().any(|name| name == "packets"), "{names:?}");
}

#[test]
fn only_the_column_that_is_sorted_by_keeps_room_for_the_sign_of_it() {
    let (_folder, mut harness) = super::real::case(vec2(1600.0, 900.0));
    show(&mut harness, Dataset::Flows);
    let width = |harness: &Shown| headers(harness).iter().find(|(name, _)| name == "srcport").unwrap().1.width();
    let before = width(&harness);
    let field = crate::model::field::by_name(Dataset::Flows, "srcport").unwrap();
    dispatch(&mut harness, Action::SortAs { field, descending: true });
    let sorted = width(&harness);
    assert!((5.0..30.0).contains(&(sorted - before)), "{before} {sorted}");
}
