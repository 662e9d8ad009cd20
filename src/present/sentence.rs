//! What a record means, in one sentence: the traffic between two addresses, or who called what. It says nothing that is
//! not in the record; what the record lacks is left out or named as absent.

use super::display::{self, protocol_name, size, visible};
use super::principal::of_arn;
use super::text::Texts;
use super::zone::Zone;
use crate::model::{Dataset, FieldId, Timestamp, Value};
use serde_json::Value as Json;

/// A record as its sentence needs it.
pub(crate) struct Told<'a> {
    pub texts: &'a Texts,
    pub zone: Zone,
    pub fields: &'a [(FieldId, Value)],
    /// An event's own JSON.
    pub json: Option<&'a str>,
    /// What the examiner calls the value of a field.
    pub label: &'a dyn Fn(FieldId) -> Option<String>,
}

pub(crate) fn sentence(dataset: Dataset, of: &Told<'_>) -> String {
    match dataset {
        Dataset::Flows => of.flow(),
        Dataset::Events => of.event(),
    }
}

/// Codes by which AWS services say that the caller may not do it.
const DENIED: [&str; 6] = [
    "AccessDenied",
    "AccessDeniedException",
    "Client.UnauthorizedOperation",
    "UnauthorizedOperation",
    "AuthorizationError",
    "Forbidden",
];

/// Where a request names what it is about, the likeliest first.
const NAMED: [&str; 40] = [
    "roleArn",
    "bucketName",
    "userName",
    "roleName",
    "groupId",
    "instanceId",
    "functionName",
    "secretId",
    "keyId",
    "tableName",
    "dBInstanceIdentifier",
    "snapshotId",
    "volumeId",
    "policyArn",
    "groupName",
    "name",
    "trailName",
    "logGroupName",
    "detectorId",
    "configurationRecorderName",
    "deliveryChannelName",
    "configRuleName",
    "dBSnapshotIdentifier",
    "dBClusterIdentifier",
    "clusterName",
    "networkAclId",
    "routeTableId",
    "internetGatewayId",
    "instanceProfileName",
    "fileSystemId",
    "hostedZoneId",
    "modelId",
    "stackName",
    "domainName",
    "emailAddress",
    "imageId",
    "keyName",
    "accountId",
    "path",
    "target",
];

/// Calls that name something else before what they are about.
const OWN: [(&str, &str); 12] = [
    ("AssociateRouteTable", "routeTableId"),
    ("AttachInternetGateway", "internetGatewayId"),
    ("CreateCluster", "clusterName"),
    ("CreateDBSnapshot", "dBInstanceIdentifier"),
    ("CreateGroup", "groupName"),
    ("CreateRoute", "routeTableId"),
    ("CreateSnapshot", "volumeId"),
    ("DeleteRoute", "routeTableId"),
    ("DetachVolume", "volumeId"),
    ("ScheduleKeyDeletion", "keyId"),
    ("StartSession", "target"),
    ("SwitchRole", "roleName"),
];

/// Lists that name what a call is about, and the member of an element that does.
const LISTED: [(&str, &str); 7] = [
    ("/requestParameters/instancesSet/items", "instanceId"),
    ("/requestParameters/instanceIds", ""),
    ("/responseElements/instancesSet/items", "instanceId"),
    ("/requestParameters/names", ""),
    ("/requestParameters/alarmNames", ""),
    ("/requestParameters/detectorIds", ""),
    ("/requestParameters/trailNameList", ""),
];

/// Types of resources that an ARN names in front of the name.
const TYPES: [&str; 18] = [
    "alias",
    "cluster",
    "db",
    "detector",
    "function",
    "group",
    "instance",
    "key",
    "log-group",
    "policy",
    "role",
    "saml-provider",
    "secret",
    "snapshot",
    "stack",
    "table",
    "trail",
    "user",
];

impl Told<'_> {
    fn value(&self, name: &str) -> Option<(FieldId, &Value)> {
        self.fields.iter().find(|(field, _)| field.name() == name).map(|(field, value)| (*field, value))
    }

    /// As it is written, with nothing invisible in it.
    fn text(&self, name: &str) -> Option<String> {
        let (_, value) = self.value(name)?;
        display::literal(value).map(|text| visible(&display::clipped(&text).0).into_owned())
    }

    /// An address, with what the examiner calls it.
    fn named(&self, name: &str) -> Option<String> {
        let (field, _) = self.value(name)?;
        let text = self.text(name)?;
        Some(match (self.label)(field) {
            Some(label) => self.texts.tr_args("sentence-labelled", &[("value", &text), ("label", &visible(&label))]),
            None => text,
        })
    }

    fn time(&self, name: &str) -> Option<Timestamp> {
        match self.value(name)?.1 {
            Value::Time(time) => Some(*time),
            _ => None,
        }
    }

    fn number(&self, name: &str) -> Option<u64> {
        match self.value(name)?.1 {
            Value::Integer(number) => u64::try_from(*number).ok(),
            _ => None,
        }
    }

    /// A moment with the zone that it is written in.
    fn zoned(&self, time: &str) -> String {
        self.texts.tr_args("sentence-zoned", &[("time", time), ("zone", self.zone.name())])
    }

    /// From start to end; the date once where it is the same.
    fn times(&self) -> Option<String> {
        let (start, end) = (self.time("start"), self.time("end"));
        let one = |time| self.zoned(&self.zone.format(time));
        let (Some(from), Some(to)) = (start, end) else { return start.or(end).map(one) };
        let (from, to) = (self.zone.format(from), self.zone.format(to));
        let same_day = from.get(..11).is_some_and(|day| to.starts_with(day));
        let to = if same_day { to.get(11..).unwrap_or_default() } else { &to };
        let both = self.texts.tr_args("sentence-from-to", &[("from", &from), ("to", to)]);
        Some(self.zoned(&both))
    }

    fn flow(&self) -> String {
        let t = self.texts;
        let times = self.times().unwrap_or_else(|| t.tr("sentence-no-time"));
        let status = self.text("log_status");
        let lost = match status.as_deref() {
            Some("NODATA") => Some("sentence-nodata"),
            Some("SKIPDATA") => Some("sentence-skipdata"),
            _ => None,
        };
        if let Some(key) = lost {
            let interface = self.text("interface_id").unwrap_or_else(|| t.tr("sentence-no-interface"));
            return t.tr_args(key, &[("interface", &interface), ("time", &times)]);
        }
        let source = self.named("srcaddr").unwrap_or_else(|| t.tr("sentence-no-source"));
        let destination = self.named("dstaddr").unwrap_or_else(|| t.tr("sentence-no-destination"));
        let destination = self.destination(destination);
        let amount = match (self.number("bytes"), self.number("packets")) {
            (None, None) => t.tr("sentence-no-amount"),
            (Some(bytes), None) => size(bytes),
            (None, Some(packets)) => t.tr_args("sentence-packets", &[("count", &display::count(packets))]),
            (Some(bytes), Some(packets)) => {
                let packets = t.tr_args("sentence-packets", &[("count", &display::count(packets))]);
                t.tr_args("sentence-amount", &[("bytes", &size(bytes)), ("packets", &packets)])
            }
        };
        let outcome = match self.text("action").as_deref() {
            Some("ACCEPT") => t.tr("sentence-accepted"),
            Some("REJECT") => t.tr("sentence-rejected"),
            Some(other) => t.tr_args("sentence-action", &[("action", other)]),
            None => t.tr("sentence-no-action"),
        };
        let args = [
            ("source", &*source),
            ("amount", &*amount),
            ("destination", &*destination),
            ("outcome", &*outcome),
            ("time", &*times),
        ];
        t.tr_args("sentence-flow", &args)
    }

    /// An address with its port and protocol.
    fn destination(&self, address: String) -> String {
        let protocol = self.number("protocol").map(|number| {
            let name = i64::try_from(number).ok().and_then(protocol_name);
            name.map_or_else(
                || self.texts.tr_args("sentence-protocol", &[("number", &number.to_string())]),
                str::to_owned,
            )
        });
        // Where a protocol has no ports, logs write 0.
        let has_ports = !matches!(self.number("protocol"), Some(1 | 58));
        let port = self.text("dstport").filter(|_| has_ports);
        let (key, args): (&str, Vec<(&str, &str)>) = match (&port, &protocol) {
            (Some(port), Some(protocol)) => {
                ("sentence-port-protocol", vec![("port", &**port), ("protocol", &**protocol)])
            }
            (Some(port), None) => ("sentence-port", vec![("port", &**port)]),
            (None, Some(protocol)) => ("sentence-with-protocol", vec![("protocol", &**protocol)]),
            (None, None) => return address,
        };
        let args: Vec<(&str, &str)> = args.into_iter().chain([("address", address.as_str())]).collect();
        self.texts.tr_args(key, &args)
    }

    fn event(&self) -> String {
        let t = self.texts;
        let name = self.text("event_name");
        let who = self.who();
        let (result, failed) = self.result();
        // A call that failed did not do what its name means.
        let meant = name.as_deref().filter(|_| !failed).and_then(|name| self.meant(name));
        let (key, what, resource) = match meant {
            Some(meant) => ("sentence-event-meant", meant, None),
            None => {
                let resource = self.resource().map(|(name, _)| t.tr_args("sentence-on", &[("resource", &name)]));
                ("sentence-event", name.unwrap_or_else(|| t.tr("sentence-no-call")), resource)
            }
        };
        // A service that calls is its own source.
        let source = self.named("source_ip_address").filter(|from| *from != who);
        let source = source.map(|from| t.tr_args("sentence-from", &[("source", &from)]));
        let time = self.time("event_time").map(|time| self.zoned(&self.zone.format(time)));
        let time = time.unwrap_or_else(|| t.tr("sentence-no-time"));
        let args = [
            ("who", &*who),
            ("what", &*what),
            ("on", &*resource.unwrap_or_default()),
            ("from", &*source.unwrap_or_default()),
            ("result", &*result),
            ("time", &*time),
        ];
        t.tr_args(key, &args)
    }

    /// What a call of this name does, with what it does it to; `None` where the catalogue does not say.
    fn meant(&self, name: &str) -> Option<String> {
        let t = self.texts;
        let id = format!("event-{name}");
        if !name.chars().all(|c| c.is_ascii_alphanumeric()) || !t.has(&id) {
            return None;
        }
        let target = self.resource().map(|(text, is_arn)| if is_arn { without_type(&text).to_owned() } else { text });
        let target = target.map(|name| t.tr_args("sentence-target", &[("name", &name)]));
        Some(t.tr_args(&id, &[("target", &target.unwrap_or_default())]))
    }

    /// Who called: a user's name, a session with its role, a service.
    fn who(&self) -> String {
        let t = self.texts;
        let session = |arn: &str| {
            let (_, of) = arn.split_once(":assumed-role/")?;
            let (role, session) = of.split_once('/')?;
            Some(t.tr_args("sentence-session", &[("session", session), ("role", role)]))
        };
        let arn = self.text("user_identity_arn");
        if let Some(session) = arn.as_deref().and_then(session) {
            return session;
        }
        let of_type = self.text("user_identity_type");
        if of_type.as_deref() == Some("Root") {
            let account = self.text("user_identity_account_id").or_else(|| self.text("recipient_account_id"));
            return match account {
                Some(account) => t.tr_args("sentence-root-of", &[("account", &account)]),
                None => t.tr("sentence-root"),
            };
        }
        let names = ["user_identity_user_name", "user_identity_invoked_by"];
        let name = names.iter().find_map(|name| self.text(name));
        name.or_else(|| arn.as_deref().map(arn_name).map(str::to_owned))
            .or_else(|| self.text("user_identity_principal_id"))
            .or(of_type)
            .unwrap_or_else(|| t.tr("sentence-no-caller"))
    }

    /// What the call was about, where the request or the resources say it; and whether an ARN does.
    fn resource(&self) -> Option<(String, bool)> {
        let json: Json = serde_json::from_str(self.json?).ok()?;
        let request = json.get("requestParameters");
        let member = |name: &str| request?.get(name)?.as_str().filter(|text| !text.is_empty());
        let object = || request?.get("key")?.as_str();
        let first = || {
            let first = json.get("resources")?.get(0)?;
            ["ARN", "arn", "resourceName"].iter().find_map(|name| first.get(*name)?.as_str())
        };
        let own = self.text("event_name").and_then(|event| OWN.iter().find(|(name, _)| *name == event));
        let mut names = own.into_iter().map(|(_, name)| *name).chain(NAMED);
        let named = names.find_map(|name| Some((name, member(name)?)));
        let text = match named {
            Some(("bucketName", bucket)) => match object() {
                Some(key) => (format!("{bucket}/{key}"), false),
                None => (bucket.to_owned(), false),
            },
            Some((_, text)) => (arn_name(text).to_owned(), of_arn(text).is_some()),
            None => match self.listed(&json) {
                Some(listed) => (listed, false),
                None => (arn_name(first()?).to_owned(), true),
            },
        };
        Some((visible(&display::clipped(&text.0).0).into_owned(), text.1))
    }

    /// What a list names: its first element, and how many more there are.
    fn listed(&self, json: &Json) -> Option<String> {
        LISTED.iter().find_map(|(list, member)| {
            let list = json.pointer(list)?.as_array()?;
            let first = list.first()?;
            let name = if member.is_empty() { first } else { first.get(*member)? }.as_str()?;
            Some(match list.len() {
                1 => name.to_owned(),
                count => {
                    let count = display::count(count as u64 - 1);
                    self.texts.tr_args("sentence-and-more", &[("name", name), ("count", &count)])
                }
            })
        })
    }

    /// What came of the call, and whether it failed.
    fn result(&self) -> (String, bool) {
        let t = self.texts;
        if let Some(code) = self.text("error_code") {
            let key = if DENIED.contains(&code.as_str()) { "sentence-denied" } else { "sentence-failed" };
            return (t.tr_args(key, &[("code", &code)]), true);
        }
        // A sign-in has no error code: its result is a member of the answer under the name of the event.
        let signed_in = self.text("event_name").and_then(|name| {
            let (_, value) = self.value("response_elements")?;
            let Value::Text(answer) = value else { return None };
            let answer: Json = serde_json::from_str(answer).ok()?;
            answer.get(&name)?.as_str()?.eq_ignore_ascii_case("failure").then_some(())
        });
        let key = if signed_in.is_some() { "sentence-failure" } else { "sentence-succeeded" };
        (t.tr(key), signed_in.is_some())
    }
}

/// Of an ARN what names the resource; of other texts all.
fn arn_name(text: &str) -> &str {
    of_arn(text).map(|(_, resource)| resource).filter(|resource| !resource.is_empty()).unwrap_or(text)
}

/// A name of an ARN without the type in front.
fn without_type(name: &str) -> &str {
    let parts = name.split_once(['/', ':']).filter(|(of, name)| TYPES.contains(of) && !name.is_empty());
    parts.map_or(name, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::field;

    fn told(dataset: Dataset, values: &[(&str, Value)], json: Option<&str>) -> String {
        let texts = Texts::english();
        let fields: Vec<(FieldId, Value)> =
            values.iter().map(|(name, value)| (field::by_name(dataset, name).unwrap(), value.clone())).collect();
        let label = |field: FieldId| (field.name() == "srcaddr").then(|| "web".to_owned());
        sentence(dataset, &Told { texts: &texts, zone: Zone::default(), fields: &fields, json, label: &label })
    }

    fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    fn at(text: &str) -> Value {
        Value::Time(Zone::default().parse(text).unwrap())
    }

    #[test]
    fn flows() {
        let whole = [
            ("srcaddr", text("10.20.1.22")),
            ("dstaddr", text("198.51.100.201")),
            ("srcport", Value::Integer(40_000)),
            ("dstport", Value::Integer(443)),
            ("protocol", Value::Integer(6)),
            ("packets", Value::Integer(4_000_000)),
            ("bytes", Value::Integer(5_400_000_000)),
            ("start", at("2026-03-11 01:44:00")),
            ("end", at("2026-03-11 01:45:00")),
            ("action", text("ACCEPT")),
        ];
        assert_eq!(
            told(Dataset::Flows, &whole, None),
            "10.20.1.22 (web) sent 5.4 GB in 4,000,000 packets to 198.51.100.201 port 443 (tcp), accepted, \
             2026-03-11 01:44:00 to 01:45:00 UTC"
        );
        let ping = [
            ("dstaddr", text("10.0.0.2")),
            ("dstport", Value::Integer(0)),
            ("protocol", Value::Integer(1)),
            ("packets", Value::Integer(1)),
            ("start", at("2026-03-11 23:59:30")),
            ("end", at("2026-03-12 00:00:30")),
            ("action", text("REJECT")),
        ];
        assert_eq!(
            told(Dataset::Flows, &ping, None),
            "An unnamed address sent 1 packet to 10.0.0.2 (icmp), rejected, 2026-03-11 23:59:30 to 2026-03-12 00:00:30 \
             UTC"
        );
        let lost = [("interface_id", text("eni-1")), ("log_status", text("NODATA")), ("start", at("2026-03-11"))];
        assert_eq!(told(Dataset::Flows, &lost, None), "No traffic at eni-1 (NODATA), 2026-03-11 00:00:00 UTC");
    }

    #[test]
    fn events() {
        let event = |more: &[(&str, Value)], json| {
            let base = [("event_time", at("2026-03-11 01:44:00")), ("source_ip_address", text("203.0.113.5"))];
            let all: Vec<(&str, Value)> = base.into_iter().chain(more.iter().cloned()).collect();
            told(Dataset::Events, &all, json)
        };
        let assume = [
            ("event_name", text("AssumeRole")),
            ("user_identity_type", text("IAMUser")),
            ("user_identity_user_name", text("mori")),
            ("error_code", text("AccessDenied")),
        ];
        assert_eq!(
            event(&assume, Some(r#"{"requestParameters":{"roleArn":"arn:aws:iam::1:role/admin"}}"#)),
            "mori called AssumeRole on role/admin from 203.0.113.5: access denied (AccessDenied), 2026-03-11 01:44:00 UTC"
        );
        let read =
            [("event_name", text("GetObject")), ("user_identity_arn", text("arn:aws:sts::1:assumed-role/web/i-0a1"))];
        assert_eq!(
            event(&read, Some(r#"{"requestParameters":{"bucketName":"logs","key":"a/b"}}"#)),
            "i-0a1 (role web) read the object logs/a/b from 203.0.113.5: ok, 2026-03-11 01:44:00 UTC"
        );
        let login = [
            ("event_name", text("ConsoleLogin")),
            ("user_identity_type", text("Root")),
            ("user_identity_account_id", text("111122223333")),
            ("response_elements", text(r#"{"ConsoleLogin":"Failure"}"#)),
        ];
        assert_eq!(
            event(&login, None),
            "The root user of 111122223333 called ConsoleLogin from 203.0.113.5: failed, 2026-03-11 01:44:00 UTC"
        );
        let service = [
            ("event_time", at("2026-03-11 01:44:00")),
            ("source_ip_address", text("ec2.amazonaws.com")),
            ("event_name", text("AssumeRole")),
            ("user_identity_type", text("AWSService")),
            ("user_identity_invoked_by", text("ec2.amazonaws.com")),
        ];
        assert_eq!(
            told(Dataset::Events, &service, None),
            "ec2.amazonaws.com assumed the role: ok, 2026-03-11 01:44:00 UTC"
        );
        let stop = [("event_name", text("StopLogging")), ("user_identity_user_name", text("svc-backup-sync"))];
        for json in [
            r#"{"requestParameters":{"name":"kestrel-trail"}}"#,
            r#"{"requestParameters":{"name":"arn:aws:cloudtrail:us-east-1:111122223333:trail/kestrel-trail"}}"#,
        ] {
            assert_eq!(
                event(&stop, Some(json)),
                "svc-backup-sync stopped the trail kestrel-trail from 203.0.113.5: ok, 2026-03-11 01:44:00 UTC"
            );
        }
        let launch = [("event_name", text("TerminateInstances")), ("user_identity_user_name", text("mori"))];
        let several = r#"{"requestParameters":{"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"}]}}}"#;
        assert_eq!(
            event(&launch, Some(several)),
            "mori terminated the instance i-1 and 1 more from 203.0.113.5: ok, 2026-03-11 01:44:00 UTC"
        );
        let bare = [("error_code", text("Throttling"))];
        assert_eq!(
            event(&bare, Some("no json")),
            "An unnamed caller called an unnamed API from 203.0.113.5: failed with Throttling, 2026-03-11 01:44:00 UTC"
        );
    }

    /// Every event that a monitoring rule names is said in words, in each language.
    #[test]
    fn events_that_rules_name_have_a_meaning() {
        let table = include_str!("../../assets/rules/monitor.tsv");
        let named = regex::Regex::new(r"event_name (?:= ([A-Za-z0-9]+)|in \(([^)]*)\))").unwrap();
        let mut seen = 0;
        for language in crate::present::Language::ALL {
            let texts = Texts::new(language);
            for found in named.captures_iter(table) {
                let names = found.get(1).or(found.get(2)).unwrap().as_str();
                for name in names.split(',').map(|name| name.trim().trim_matches('\'')) {
                    assert!(texts.has(&format!("event-{name}")), "{} {name}", language.code());
                    seen += 1;
                }
            }
        }
        assert!(seen > 600, "{seen}");
    }
}
