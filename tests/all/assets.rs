//! What events and inventories say of assets, and changes of the network beside the traffic around them.

use crate::desk::{Desk, event};
use serde_json::{Value, json};

fn rows(desk: &Desk, words: &[&str]) -> Vec<Value> {
    let text = desk.ok(&[words, &["--format", "jsonl"]].concat());
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn with(id: &str, name: &str, time: &str, request: Value, response: Value) -> Value {
    let mut event = event(id, name, time);
    event["eventSource"] = json!("ec2.amazonaws.com");
    event["recipientAccountId"] = json!("111122223333");
    event["requestParameters"] = request;
    event["responseElements"] = response;
    event
}

/// An instance in a group that is opened at 02:00, and its traffic from 01:30 to 02:30.
fn desk() -> Desk {
    let desk = Desk::new();
    let item = json!({
        "instanceId": "i-1", "privateIpAddress": "10.0.0.5", "groupSet": {"items": [{"groupId": "sg-1"}]},
        "networkInterfaceSet": {"items": [{"networkInterfaceId": "eni-1", "privateIpAddress": "10.0.0.5",
            "groupSet": {"items": [{"groupId": "sg-1"}]}}]},
    });
    let rule = json!({"groupId": "sg-1", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22,
        "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]}}]}});
    let events = [
        with("e1", "RunInstances", "2026-03-11T01:00:00Z", json!({}), json!({"instancesSet": {"items": [item]}})),
        with("e2", "AuthorizeSecurityGroupIngress", "2026-03-11T02:00:00Z", rule, json!({"_return": true})),
    ];
    desk.file("events.json", json!({"Records": events}).to_string());
    let moment = 1_773_194_400; // 2026-03-11T02:00:00Z
    let line = |from: i64, to: i64, interface: &str, port: u16, action: &str| {
        let (from, to) = (moment + from, moment + to);
        format!("2 111122223333 {interface} 203.0.113.9 10.0.0.5 40000 {port} 6 3 300 {from} {to} {action} OK\n")
    };
    let flows = [
        line(-1800, -1740, "eni-1", 22, "REJECT"),
        line(-30, 30, "eni-1", 22, "REJECT"),
        line(60, 120, "eni-1", 22, "ACCEPT"),
        line(600, 660, "eni-1", 22, "ACCEPT"),
        line(60, 120, "eni-1", 443, "REJECT"),
        line(60, 120, "eni-2", 22, "ACCEPT"),
        line(4000, 4060, "eni-1", 22, "ACCEPT"),
    ];
    desk.file("flows.log", flows.concat());
    desk.import(&[desk.path("events.json"), desk.path("flows.log")]);
    desk
}

#[test]
fn a_change_is_beside_the_traffic_of_its_interfaces() {
    let desk = desk();
    let found = rows(&desk, &["changes", desk.case()]);
    assert_eq!(found.len(), 2, "{found:#?}");
    let [ssh, https] = &found[..] else { panic!() };
    assert_eq!((&ssh["event_id"], &ssh["target"], &ssh["scope"]), (&json!("e2"), &json!("sg-1"), &json!("group")));
    assert_eq!((&ssh["change"], &ssh["interface_id"]), (&json!("tcp 22 0.0.0.0/0"), &json!("eni-1")));
    let sums =
        ["rejected_before", "rejected_after", "accepted_before", "accepted_after", "straddling"].map(|name| &ssh[name]);
    assert_eq!(sums, [&json!(1), &json!(0), &json!(0), &json!(2), &json!(1)]);
    assert_eq!((&ssh["verdict"], &ssh["in_rule"]), (&json!("opened"), &json!(true)));
    assert_eq!(
        (&https["port"], &https["verdict"], &https["in_rule"]),
        (&json!(443), &json!("rejected_now"), &json!(false))
    );
    // In a shorter time there is no evidence of before.
    let short = rows(&desk, &["changes", desk.case(), "--minutes", "2"]);
    assert_eq!(short.len(), 2, "{short:#?}");
    assert_eq!(desk.ok(&["changes", desk.case()]), desk.ok(&["changes", desk.case()]));
}

#[test]
fn assets_come_from_events_and_inventories_and_both_are_shown_where_they_disagree() {
    let desk = desk();
    let of = |list: &[Value], asset: &str, property: &str| -> Vec<Value> {
        list.iter().filter(|row| row["asset"] == asset && row["property"] == property).cloned().collect()
    };
    let found = rows(&desk, &["assets", desk.case()]);
    let address = of(&found, "10.0.0.5", "instance");
    assert_eq!(address.len(), 1, "{found:#?}");
    assert_eq!((&address[0]["value"], &address[0]["source"]), (&json!("i-1"), &json!("e1")));
    assert_eq!(address[0]["valid_from"], "2026-03-11T01:00:00Z");
    let inventory = json!({"NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", "OwnerId": "111122223333",
        "AvailabilityZone": "us-east-1a", "Attachment": {"InstanceId": "i-9"}, "Description": "web"}]});
    let file = desk.file("interfaces.json", inventory.to_string());
    let at = "2026-03-12T00:00:00Z";
    desk.ok(&["inventory", "import", desk.case(), file.to_str().unwrap(), "--captured-at", at]);
    let found = rows(&desk, &["assets", desk.case()]);
    let described = of(&found, "eni-1", "description");
    assert_eq!((&described[0]["value"], &described[0]["source"]), (&json!("web"), &json!("interfaces.json")));
    assert_eq!(described[0]["valid_from"], at);
    let list = rows(&desk, &["inventory", "list", desk.case()]);
    assert_eq!((list.len(), &list[0]["captured_utc"]), (1, &json!(at)));
    desk.ok(&["inventory", "remove", desk.case(), "interfaces.json"]);
    assert!(of(&rows(&desk, &["assets", desk.case()]), "eni-1", "description").is_empty());
    desk.ok(&["inventory", "restore", desk.case(), "1"]);
    let nothing = desk.file("nothing.json", "{}");
    assert!(desk.fails(&["inventory", "import", desk.case(), nothing.to_str().unwrap()], 3).contains("Reservations"));
    let (found, code) = crate::verify::verdicts(&desk, &desk.case, &[]);
    assert_eq!(code, 0, "{found:#?}");
}
