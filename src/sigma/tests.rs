//! Rules in, matches out.

use super::*;
use crate::model::RecordId;
use serde_json::json;

const STOPPED: &str = "
title: Trail stopped
id: 11111111-1111-1111-1111-111111111111
name: trail_stopped
status: test
level: high
tags: [attack.t1685.002]
logsource: {product: aws, service: cloudtrail}
detection:
  selection:
    eventSource: cloudtrail.amazonaws.com
    eventName: [StopLogging, DeleteTrail]
  filter:
    userIdentity.arn|contains: ':user/robot'
  condition: selection and not filter
";

fn set(texts: &[&str]) -> RuleSet {
    let paths: Vec<String> = (0..texts.len()).map(|at| format!("{at}.yml")).collect();
    let files: Vec<RuleFile<'_>> =
        texts.iter().zip(&paths).map(|(text, path)| RuleFile { path, sha256: "", content: text.as_bytes() }).collect();
    RuleSet::read(&files)
}

fn matched(set: &RuleSet, event: &Value) -> Vec<String> {
    let found = set.matched(&event.to_string()).unwrap();
    found.rules.iter().map(|rule| set.rules[*rule].title.clone()).collect()
}

fn reasons(set: &RuleSet) -> Vec<(&str, &RuleState)> {
    set.rules.iter().map(|rule| (rule.title.as_str(), &rule.state)).collect()
}

#[test]
fn a_rule_matches_the_events_that_it_describes() {
    let set = set(&[STOPPED]);
    let event = |name: &str, arn: &str| json!({"eventSource": "cloudtrail.amazonaws.com", "eventName": name, "userIdentity": {"arn": arn}});
    assert_eq!(matched(&set, &event("StopLogging", "arn:aws:iam::1:user/x")), ["Trail stopped"]);
    assert_eq!(matched(&set, &event("stoplogging", "arn:aws:iam::1:user/x")), ["Trail stopped"]);
    assert!(matched(&set, &event("StopLogging", "arn:aws:iam::1:user/robot-7")).is_empty());
    assert!(matched(&set, &event("StartLogging", "arn:aws:iam::1:user/x")).is_empty());
    for no_event in ["", "[]", "7", "{\"eventName\":"] {
        assert!(set.matched(no_event).is_none(), "{no_event}");
    }
    let rule = &set.rules[0];
    assert_eq!(
        (rule.level, rule.status, rule.tags.as_slice()),
        (Some("high"), Some("test"), &["attack.t1685.002".to_owned()][..])
    );
}

#[test]
fn calls_that_cannot_match_are_proven_from_source_and_name() {
    let set = set(&[STOPPED]);
    let trail = Some("cloudtrail.amazonaws.com");
    assert!(set.concerns(trail, Some("DeleteTrail")));
    assert!(!set.concerns(trail, Some("LookupEvents")));
    assert!(!set.concerns(Some("ec2.amazonaws.com"), Some("StopLogging")));
    // What is not known may be anything.
    assert!(set.concerns(None, Some("StopLogging")) && set.concerns(trail, None) && set.concerns(None, None));
    let with = |detection: &str| {
        let text = format!("title: x\nlogsource: {{product: aws}}\ndetection:\n{detection}");
        RuleSet::read(&[RuleFile { path: "x", sha256: "", content: text.as_bytes() }])
    };
    for (detection, yes, no) in [
        ("  a: {eventName|startswith: [Delete, Stop]}\n  condition: a", Some("StopLogging"), Some("Start")),
        ("  a: {eventName|endswith: Trail}\n  condition: a", Some("DeleteTrail"), Some("DeleteBucket")),
        ("  a: {eventName|contains|all: [Put, Policy]}\n  condition: a", Some("PutUserPolicy"), Some("PutObject")),
        ("  a: {eventName: GetObject}\n  condition: not a", Some("PutObject"), Some("GetObject")),
        ("  a1: {eventName: A}\n  a2: {eventName: B}\n  condition: 1 of a*", Some("B"), Some("C")),
        ("  a: [{eventName: A}, {eventName: B}]\n  condition: all of them", Some("A"), Some("C")),
    ] {
        let set = with(detection);
        assert_eq!(set.rules[0].state, RuleState::Used, "{detection}");
        assert!(set.concerns(None, yes), "{detection}");
        assert!(!set.concerns(None, no), "{detection}");
    }
    // Nothing is proven of these.
    for detection in [
        "  a: {eventName: 'Get*'}\n  condition: a",
        "  a: {eventName|re: '^Get'}\n  condition: a",
        "  a: ['AccessDenied']\n  condition: a",
        "  a: {errorCode: AccessDenied}\n  condition: a",
        "  a: {eventName: A}\n  b: {errorCode: x}\n  condition: not (a and b)",
    ] {
        assert!(with(detection).concerns(Some("x"), Some("A")), "{detection}");
    }
}

#[test]
fn what_cannot_be_used_is_listed_with_the_reason() {
    let other = "title: Whoami\nlogsource: {product: windows}\ndetection:\n  a: {x: y}\n  condition: a";
    let flow = "title: Flow\nlogsource: {product: aws, service: vpcflow}\ndetection:\n  a: {x: y}\n  condition: a";
    let broken = "title: [";
    let placeholder =
        "title: P\nlogsource: {product: aws}\ndetection:\n  a: {userName|expand: '%admins%'}\n  condition: a";
    let modifier = "title: M\nlogsource: {product: aws}\ndetection:\n  a: {eventName|soundslike: x}\n  condition: a";
    let missing =
        "title: C\ncorrelation:\n  type: event_count\n  rules: [nowhere]\n  timespan: 1m\n  condition: {gte: 2}";
    let names_other =
        "title: D\ncorrelation:\n  type: event_count\n  rules: [Whoami]\n  timespan: 1m\n  condition: {gte: 2}";
    let set = set(&[other, flow, broken, placeholder, modifier, missing, names_other, "a: b"]);
    let found = reasons(&set);
    assert_eq!(found[0], ("Whoami", &RuleState::NotForCloudTrail));
    assert_eq!(found[1], ("Flow", &RuleState::NotForCloudTrail));
    let unusable: Vec<&RuleState> = found[2..].iter().map(|(_, state)| *state).collect();
    assert_eq!(unusable.len(), 6, "{found:?}");
    assert!(
        unusable.iter().all(|state| matches!(state, RuleState::Unusable(reason) if !reason.is_empty())),
        "{found:?}"
    );
    assert!(format!("{:?}", unusable[1]).contains("placeholder"));
    assert!(format!("{:?}", unusable[3]).contains("nowhere"));
    assert!(set.matched(&json!({"eventName": "x", "x": "y"}).to_string()).unwrap().rules.is_empty());
    let not_text = RuleSet::read(&[RuleFile { path: "x", sha256: "", content: &[0xff, 0xfe, 0] }]);
    assert_eq!(not_text.rules[0].state, RuleState::Unusable("it is not valid UTF-8".to_owned()));
}

const FAILED_LOGIN: &str = "
title: Failed sign-in
name: failed_login
logsource: {product: aws, service: cloudtrail}
detection:
  a: {eventName: ConsoleLogin, responseElements.ConsoleLogin: Failure}
  condition: a
---
title: Sign-in
name: login
logsource: {product: aws, service: cloudtrail}
detection:
  a: {eventName: ConsoleLogin, responseElements.ConsoleLogin: Success}
  condition: a
---
title: Guessing
name: guessing
level: medium
correlation:
  type: event_count
  rules: [failed_login]
  group-by: [sourceIPAddress]
  timespan: 10m
  condition: {gte: 3}
---
title: Guessed
level: critical
correlation:
  type: temporal_ordered
  rules: [guessing, login]
  group-by: [sourceIPAddress]
  timespan: 30m
";

/// Titles of correlations with the records that they match.
fn correlated(set: &RuleSet, events: &[(i64, &str, &str)]) -> Vec<(String, Vec<i64>)> {
    let mut correlator = Correlator::new(set);
    for (record, (time, address, result)) in (1..).zip(events) {
        let event = json!({
            "eventName": "ConsoleLogin", "sourceIPAddress": address, "responseElements": {"ConsoleLogin": result},
        });
        let found = set.matched(&event.to_string()).unwrap();
        let Some(values) = found.values else { continue };
        correlator.take(&BaseHit { event: RecordId(record), time: *time, rules: found.rules, values });
    }
    let done = correlator.finish();
    assert!(!done.is_cut);
    let ids = |events: Vec<RecordId>| events.into_iter().map(|id| id.0).collect();
    done.matches.into_iter().map(|(place, events)| (set.rules[place].title.clone(), ids(events))).collect()
}

#[test]
fn a_correlation_matches_the_events_of_its_window_by_event_time() {
    let set = set(&[FAILED_LOGIN]);
    assert!(set.rules.iter().all(|rule| rule.state == RuleState::Used), "{:?}", reasons(&set));
    let (here, there) = ("203.0.113.66", "198.51.100.7");
    let events = [
        (0, here, "Failure"),
        (1000, here, "Failure"),
        (1100, there, "Failure"),
        (1200, here, "Failure"),
        (1300, here, "Failure"),
        (1400, here, "Success"),
        (9000, here, "Failure"),
    ];
    // The first is ten minutes before, the third another address's.
    let found = correlated(&set, &events);
    assert_eq!(found[0], ("Guessing".to_owned(), vec![2, 4, 5]));
    assert_eq!(found[1], ("Guessed".to_owned(), vec![5, 6]));
    assert_eq!(found.len(), 2);
    // Times long ago are as good as any: no clock is asked.
    let later: Vec<_> =
        events.iter().map(|(time, address, result)| (time + 1_000_000_000, *address, *result)).collect();
    assert_eq!(correlated(&set, &later), found);
}

#[test]
fn a_filter_narrows_the_rules_that_it_names() {
    let filter = "
title: Deployments
logsource: {product: aws}
filter:
  rules: [11111111-1111-1111-1111-111111111111]
  selection: {sourceIPAddress: 10.0.0.9}
  condition: not selection
";
    let nobody = filter.replace("11111111-1111-1111-1111-111111111111", "nobody");
    let set = set(&[STOPPED, filter, &nobody]);
    assert_eq!(set.rules[1].state, RuleState::Filter, "{:?}", reasons(&set));
    assert!(matches!(&set.rules[2].state, RuleState::Unusable(reason) if reason.contains("nobody")));
    let event = |address: &str| json!({"eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging", "sourceIPAddress": address});
    assert_eq!(matched(&set, &event("10.0.0.8")), ["Trail stopped"]);
    assert!(matched(&set, &event("10.0.0.9")).is_empty());
}
