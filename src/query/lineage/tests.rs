//! The rules of lineage, one by one.

use super::events::{Event, Events, Issued, Place, launched_instances};
use super::identity::{Identity, Who};
use super::sessions::sessions;
use super::tally::{Call, Deed, Deeds};
use super::walk::{Lineage, Proof};
use serde_json::json;

const MIKA: Who<'_> = Who {
    kind: "IAMUser",
    principal_id: "AIDAQ3EGHIJ4KLMN5OPQ6",
    arn: "arn:aws:iam::111122223333:user/mika",
    account: "111122223333",
    access_key: "AKIAQ3EGHIJ4KLMN5OPQ",
    user_name: "mika",
    invoked_by: "",
    issuer_id: "",
    issuer_arn: "",
    issuer_account: "",
    created: None,
    more: None,
    is_call: true,
};
const KEN: Who<'_> = Who {
    principal_id: "AIDAK5ENKEN6KENK7ENKE",
    arn: "arn:aws:iam::111122223333:user/ken",
    access_key: "AKIAK5ENKEN6KENK7ENK",
    user_name: "ken",
    ..MIKA
};
const KEY: &str = "ASIAZ1XYWVU2TSRQ3PON";
const ROLE: &str = "AROAR7STUVW8XYZA9BCDE";
const SESSION: &str = "AROAR7STUVW8XYZA9BCDE:build-1";
const ARN: &str = "arn:aws:sts::111122223333:assumed-role/deploy/build-1";
const BUILD: Who<'_> = Who {
    kind: "AssumedRole",
    principal_id: SESSION,
    arn: ARN,
    access_key: "",
    user_name: "",
    issuer_id: ROLE,
    issuer_arn: "arn:aws:iam::111122223333:role/deploy",
    ..MIKA
};

/// Events as they are put together; the id of an event is its place.
#[derive(Default)]
struct Made(Events);

impl Made {
    fn event(&mut self, time: i64, who: &Who<'_>) -> Place {
        self.shared(time, who, "")
    }

    fn shared(&mut self, time: i64, who: &Who<'_>, shared: &str) -> Place {
        let identity = Identity::read(who, &mut self.0.texts);
        self.0.identities.push(identity);
        let shared = self.0.texts.add(shared);
        let identity = (self.0.identities.len() - 1) as u32;
        self.0.events.push(Event { time: Some(time), identity, shared });
        (self.0.events.len() - 1) as Place
    }

    fn issue(&mut self, time: i64, who: &Who<'_>, issued: &Issued) -> Place {
        let place = self.event(time, who);
        self.0.issued(place, issued);
        place
    }

    fn lineage(&mut self, place: Place) -> Lineage {
        self.0.index();
        self.0.lineage(place)
    }

    /// Actor, chain and notes of an event.
    fn told(&mut self, place: Place) -> [String; 3] {
        let lineage = self.lineage(place);
        self.texts(&lineage)
    }

    fn texts(&self, lineage: &Lineage) -> [String; 3] {
        let id = |place: Place| place.to_string();
        [self.0.actor_text(lineage.actor), self.0.chain_text(lineage, &id), self.0.notes_text(&lineage.notes, &id)]
    }
}

fn issued(key: &str, session_id: &str, expires: Option<i64>) -> Issued {
    Issued { key: key.to_owned(), session_id: session_id.to_owned(), session_arn: ARN.to_owned(), expires }
}

#[track_caller]
fn is(found: [String; 3], expected: [&str; 3]) {
    assert_eq!(found.each_ref().map(String::as_str), expected);
}

#[test]
fn a_key_leads_to_its_issue_whatever_the_times() {
    for (time, notes) in
        [(1000, ""), (700, ""), (699, "before_issue=301"), (5000, ""), (5300, ""), (5301, "after_expiry=301")]
    {
        let mut made = Made::default();
        made.issue(1000, &MIKA, &issued(KEY, SESSION, Some(5000)));
        let place = made.event(time, &Who { access_key: KEY, ..BUILD });
        is(made.told(place), [MIKA.arn, "access_key:0", notes]);
    }
}

#[test]
fn a_session_without_a_key_is_found_within_its_time() {
    let half_day = 12 * 3600;
    for (time, expires, chain) in [
        (700, Some(5000), "assumed_role_id:0"),
        (699, Some(5000), "session_name"),
        (5300, Some(5000), "assumed_role_id:0"),
        (5301, Some(5000), "session_name"),
        (1300 + half_day, None, "assumed_role_id:0"),
        (1301 + half_day, None, "session_name"),
    ] {
        let mut made = Made::default();
        made.issue(1000, &MIKA, &issued("", SESSION, expires));
        let place = made.event(time, &Who { created: Some(1002), ..BUILD });
        let [_, found, notes] = made.told(place);
        assert_eq!((found.as_str(), notes.as_str()), (chain, ""), "{time}");
    }
}

#[test]
fn of_several_issues_the_one_at_creation_is_followed_or_the_latest() {
    let mut made = Made::default();
    for (time, who) in [(1000, &MIKA), (2000, &KEN), (3000, &MIKA)] {
        made.issue(time, who, &issued("", SESSION, None));
    }
    let place = |made: &mut Made, time, created| made.event(time, &Who { created, ..BUILD });
    let at_creation = place(&mut made, 3500, Some(2002));
    let later = place(&mut made, 3500, Some(2003));
    let unsaid = place(&mut made, 2100, None);
    is(made.told(at_creation), [KEN.arn, "assumed_role_id:1", ""]);
    is(made.told(later), [MIKA.arn, "assumed_role_id:2", "nearest_before"]);
    is(made.told(unsaid), [KEN.arn, "assumed_role_id:1", "nearest_before"]);
}

#[test]
fn issues_that_fit_equally_are_told() {
    for (other, notes) in [(&MIKA, "candidates=2".to_owned()), (&KEN, format!("conflict={} | {}", MIKA.arn, KEN.arn))] {
        for (key, id) in [(KEY, ""), ("", SESSION)] {
            let mut made = Made::default();
            made.issue(1000, &MIKA, &issued(key, id, None));
            made.issue(1001, other, &issued(key, id, None));
            let place = made.event(1100, &Who { access_key: key, created: Some(1000), ..BUILD });
            let proof = if key.is_empty() { "assumed_role_id:0" } else { "access_key:0" };
            is(made.told(place), [MIKA.arn, proof, &notes]);
        }
    }
}

#[test]
fn masked_values_join_nothing_but_an_arn_does_where_no_id_says_otherwise() {
    let hidden = Who { principal_id: "AROA****************:build-1", issuer_id: "AROA****************", ..BUILD };
    let mut made = Made::default();
    made.issue(1000, &MIKA, &issued("", SESSION, None));
    let masked = made.event(1100, &Who { access_key: "ASIA****************", created: Some(1000), ..hidden });
    let other = made.event(1100, &Who { principal_id: "AROAF0GHIJK1LMNO2PQRS:build-1", created: Some(1000), ..BUILD });
    is(made.told(masked), [MIKA.arn, "assumed_role_arn:0", "masked_key; masked_id"]);
    is(made.told(other), ["build-1", "session_name", ""]);
}

#[test]
fn a_change_of_roles_in_the_console_names_who_it_was() {
    let half_day = 12 * 3600;
    let mut made = Made::default();
    let switch = made.event(1000, &BUILD);
    made.0.switched(switch, MIKA.arn);
    let inside = made.event(1000 + half_day, &BUILD);
    let before = made.event(999, &BUILD);
    let behind = made.event(1001 + half_day, &BUILD);
    is(made.told(switch), [MIKA.arn, "switch_role:0", ""]);
    is(made.told(inside), [MIKA.arn, "switch_role:0", ""]);
    is(made.told(before), ["build-1", "session_name", ""]);
    is(made.told(behind), ["build-1", "session_name", ""]);
    // A name that is a session itself is followed.
    let mut made = Made::default();
    made.issue(500, &KEN, &issued("", SESSION, None));
    let admin =
        Who { principal_id: "AROAF0GHIJK1LMNO2PQRS:adm", arn: "arn:aws:sts::111122223333:assumed-role/a/adm", ..BUILD };
    let switch = made.event(1000, &admin);
    made.0.switched(switch, ARN);
    is(made.told(switch), [KEN.arn, "switch_role:1>assumed_role_arn:0", "nearest_before"]);
}

#[test]
fn what_a_session_says_of_itself_is_taken_in_this_order() {
    let further = [
        (json!({"sessionContext": {"sourceIdentity": "ken"}}), "source-identity:ken", Proof::SourceIdentity),
        (json!({"sessionContext": {"ec2RoleDelivery": "2.0"}}), "instance:build-1", Proof::InstanceProfile),
        (json!({"inScopeOf": {"sourceArn": "arn:aws:lambda:x"}}), "arn:aws:lambda:x", Proof::Service),
        (json!({"inScopeOf": {"credentialsIssuedTo": "arn:aws:x"}}), "arn:aws:x", Proof::Service),
        (
            json!({"sessionContext": {"webIdFederationData": {"federatedProvider": "accounts.google.com"}}}),
            "accounts.google.com",
            Proof::WebIdentity,
        ),
        (json!({"sessionContext": 7, "inScopeOf": []}), "build-1", Proof::SessionName),
    ];
    let mut all = serde_json::Map::new();
    for (more, actor, proof) in further.iter().rev() {
        let mut made = Made::default();
        let place = made.event(1, &Who { more: Some(more), ..BUILD });
        let lineage = made.lineage(place);
        assert_eq!((made.texts(&lineage)[0].as_str(), lineage.proof()), (*actor, *proof));
        // What is said besides by weaker rules changes nothing.
        for (name, value) in more.as_object().unwrap() {
            match (all.get_mut(name).and_then(|known| known.as_object_mut()), value.as_object()) {
                (Some(known), Some(value)) => known.extend(value.clone()),
                _ => drop(all.insert(name.clone(), value.clone())),
            }
        }
        let more = serde_json::Value::Object(all.clone());
        let place = made.event(2, &Who { more: Some(&more), ..BUILD });
        assert_eq!(made.lineage(place).proof(), *proof, "{more}");
    }
    let linked = "arn:aws:iam::111122223333:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS";
    let sso = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_A_0123456789abcdef";
    for (issuer_arn, actor, chain) in [(linked, "rds.amazonaws.com", "service"), (sso, "sso:build-1", "sso")] {
        let mut made = Made::default();
        let place = made.event(1, &Who { issuer_arn, ..BUILD });
        is(made.told(place), [actor, chain, ""]);
    }
    let mut made = Made::default();
    let name = "AROAR7STUVW8XYZA9BCDE:botocore-session-1700000000";
    let place = made.event(1, &Who { principal_id: name, arn: "", ..BUILD });
    is(made.told(place), [name, "unresolved", "missing=AssumeRole"]);
}

#[test]
fn a_session_that_issued_itself_ends_and_so_does_a_long_chain() {
    let mut made = Made::default();
    let own = made.issue(1000, &Who { access_key: KEY, ..BUILD }, &issued(KEY, SESSION, None));
    let lineage = made.lineage(own);
    assert_eq!((lineage.hops.len(), lineage.proof(), lineage.weakest()), (1, Proof::AccessKey, Proof::Unresolved));
    is(made.texts(&lineage), [ARN, "access_key:0>unresolved", "cycle"]);

    let key = |at: usize| format!("ASIAZ1XYWVU2TSRQ3{at:03}");
    let mut made = Made::default();
    made.issue(1000, &MIKA, &issued(&key(0), "", None));
    for at in 1..20 {
        let before = key(at - 1);
        made.issue(1000, &Who { access_key: &before, ..BUILD }, &issued(&key(at), "", None));
    }
    let last = made.lineage(15);
    assert_eq!((made.texts(&last)[0].as_str(), last.hops.len()), (MIKA.arn, 15));
    let lineage = made.lineage(19);
    assert_eq!((lineage.hops.len(), lineage.weakest()), (16, Proof::Unresolved));
    assert_eq!(made.texts(&lineage)[2], "limit");
}

#[test]
fn a_call_that_two_accounts_logged_issued_one_set_of_credentials() {
    let foreign = Who { kind: "AWSAccount", arn: "", access_key: "", user_name: "", ..MIKA };
    let mut made = Made::default();
    // The other account's view comes first.
    for who in [&foreign, &MIKA] {
        let place = made.shared(1000, who, "s");
        made.0.issued(place, &issued(KEY, SESSION, None));
    }
    let alone = made.event(1000, &foreign);
    let session = made.event(1100, &Who { access_key: KEY, ..BUILD });
    is(made.told(session), [MIKA.arn, "access_key:1", ""]);
    is(made.told(0), [MIKA.arn, "shared_event_id:1", ""]);
    let named = "account:111122223333 AIDAQ3EGHIJ4KLMN5OPQ6";
    is(made.told(alone), [named, "direct", &format!("known_as={}", MIKA.arn)]);
}

#[test]
fn services_issue_to_instances_and_what_is_told_beside() {
    let ec2 = Who { kind: "AWSService", invoked_by: "ec2.amazonaws.com", ..Who { is_call: true, ..Who::default() } };
    let mut made = Made::default();
    let start = made.event(900, &MIKA);
    made.0.launched(start, "i-0ba571bb06bb06bb6");
    made.issue(1000, &ec2, &issued(KEY, "", None));
    let of_instance = Who { principal_id: "AROAR7STUVW8XYZA9BCDE:i-0ba571bb06bb06bb6", ..BUILD };
    let call = made.event(1100, &Who { access_key: KEY, invoked_by: "ssm.amazonaws.com", ..of_instance });
    let notes = format!("via=ssm.amazonaws.com; name_differs; launched_by={}@0", MIKA.arn);
    is(made.told(call), ["instance:i-0ba571bb06bb06bb6", "access_key:1", &notes]);

    let mut made = Made::default();
    let login = made.event(1000, &MIKA);
    made.0.signed_in(login);
    let console = made.event(1500, &Who { created: Some(1002), access_key: KEY, ..MIKA });
    let token = made.event(1500, &Who { created: Some(1003), access_key: KEY, ..MIKA });
    is(made.told(console), [MIKA.arn, "direct", "login=0"]);
    is(made.told(token), [MIKA.arn, "direct", ""]);
}

#[test]
fn names_that_were_given_again_are_told_apart() {
    let mut made = Made::default();
    let first = made.event(1, &MIKA);
    let second = made.event(2, &Who { principal_id: "AIDAB7ACK8AGAIN9MIKA1", ..MIKA });
    // A sign-in that does not name its ARN.
    let unnamed = made.event(3, &Who { arn: "", ..MIKA });
    for (place, id) in
        [(first, "AIDAQ3EGHIJ4KLMN5OPQ6"), (second, "AIDAB7ACK8AGAIN9MIKA1"), (unnamed, "AIDAQ3EGHIJ4KLMN5OPQ6")]
    {
        assert_eq!(made.told(place)[0], format!("{}#{id}", MIKA.arn));
    }
}

#[test]
fn answers_that_issue_credentials() {
    let time = |text: &str| text.parse().ok();
    let read = |request: serde_json::Value, response: serde_json::Value| Issued::read(Some(&request), &response, time);
    let request = json!({"roleArn": "arn:aws:iam::111122223333:role/path/deploy", "roleSessionName": "build-1"});
    let plain = read(request.clone(), json!({"credentials": {"accessKeyId": KEY, "expiration": "5000"}})).unwrap();
    assert_eq!(plain, Issued { session_id: String::new(), ..issued(KEY, "", Some(5000)) });
    let user = json!({"assumedRoleUser": {"assumedRoleId": SESSION, "arn": ARN}});
    assert_eq!(read(json!(null), user), Some(issued("", SESSION, None)));
    for nothing in [
        json!(null),
        json!([]),
        json!({"credentials": {"accessKeyId": "ASIA****************"}}),
        json!({"credentials": {"accessKeyId": 7}, "assumedRoleUser": {"assumedRoleId": "AROA0000000000000:x"}}),
        json!({"accessKey": {"accessKeyId": "AKIAQ3EGHIJ4KLMN5OPQ"}}),
    ] {
        assert_eq!(read(request.clone(), nothing.clone()), None, "{nothing}");
    }
    let started = json!({"instancesSet": {"items": [{"instanceId": "i-1"}, {"instanceId": "i-2"}]}});
    let given = json!({"AssociateIamInstanceProfileRequest": {"InstanceId": "i-1"}});
    assert_eq!(launched_instances(Some(&given), Some(&started)), ["i-1", "i-2"]);
}

#[test]
fn sessions_are_told_by_key_by_creation_or_by_name() {
    let mut made = Made::default();
    let key = Who { access_key: KEY, ..BUILD };
    made.event(10, &key);
    made.event(
        20,
        &Who {
            arn: "arn:aws:sts::111122223333:assumed-role/other/x",
            principal_id: "AROAF0GHIJK1LMNO2PQRS:x",
            issuer_id: "AROAF0GHIJK1LMNO2PQRS",
            ..key
        },
    );
    made.event(30, &Who { created: Some(5), ..BUILD });
    made.event(40, &MIKA);
    made.event(50, &Who { created: Some(5), access_key: "ASIAM4LKJIH5GFED6CBA", ..MIKA });
    made.0.index();
    let mut deeds = Deeds { calls: vec![Call { is_write: true, ..Call::default() }], ..Deeds::default() };
    for address in ["198.51.100.1", "198.51.100.2", "10.0.0.1", "10.0.0.1", "10.0.0.1"] {
        let address = made.0.texts.add(address);
        deeds.deeds.push(Deed { address, ..Deed::default() });
    }
    let all = sessions(&made.0, &deeds, &|address| address.starts_with("198."));
    let told: Vec<[String; 3]> =
        all.iter().map(|s| [made.0.session_text(s.key), s.key.kind().to_owned(), s.flags()]).collect();
    let expected = [
        [KEY, "temporary_key", "addresses=2; actors=2; principals=2"],
        ["AROAR7STUVW8XYZA9BCDE:build-1@1970-01-01T00:00:05Z", "unkeyed_session", ""],
        [MIKA.access_key, "long_term_key", ""],
        ["AIDAQ3EGHIJ4KLMN5OPQ6@1970-01-01T00:00:05Z", "console_or_token", ""],
    ];
    assert_eq!(told, expected.map(|row| row.map(str::to_owned)));
    assert_eq!((all[0].tally.events, all[0].tally.writes, all[0].tally.longest_gap), (2, 2, 10));
    // Only some of the events are counted.
    deeds.counted = Some(vec![true, false, false, false, false]);
    let some = sessions(&made.0, &deeds, &|_| true);
    assert_eq!((some.len(), some[0].flags().as_str()), (1, ""));
}

/// One name for all sessions of a role: each event finds its issue without a look at all others.
#[test]
fn many_sessions_of_one_name_are_found_by_their_times() {
    const COUNT: i64 = 30_000;
    let mut made = Made::default();
    for at in 0..COUNT {
        made.issue(at * 10, if at % 2 == 0 { &MIKA } else { &KEN }, &issued("", SESSION, Some(at * 10 + 900)));
    }
    for at in 0..COUNT {
        let who = Who { created: Some(at * 10 + 1), ..BUILD };
        made.event(at * 10 + 400, &who);
    }
    made.0.index();
    for at in 0..COUNT {
        let lineage = made.0.lineage((COUNT + at) as Place);
        assert_eq!(lineage.hops.first().and_then(|hop| hop.event), Some(at as Place));
    }
}
