//! Records in the Open Cybersecurity Schema Framework, as Security Lake writes them: class 4001 is a flow record,
//! classes
//! 3001, 3002, 6003 and (1.0.0-rc.2) 3005 are CloudTrail events. `-` and empty texts are no values.
//!
//! What the framework does not keep is lost: the raw text, whether pkt-srcaddr and pkt-dstaddr were logged, the
//! interface of a flow without direction, the names of a session's issuer other than its ARN, the types of what is
//! unmapped.
//!
//! Source: ocsf/examples, mappings/markdown/AWS (versions 1.0.0-rc.2, 1.1.0, 1.5.0).

use super::cloudtrail::time;
use super::emit::FlowFields;
use super::json::flow::field_named;
use crate::model::{Dataset, Timestamp, field};
use serde_json::{Map, Value};

pub(crate) enum Ocsf {
    Flow(FlowFields),
    /// A CloudTrail event as JSON in AWS's names.
    Event(String),
}

/// Reads one record. The error says why it is none.
pub(crate) fn read(json: &str) -> Result<Ocsf, String> {
    let record: Value = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let class = text(&record, "class_uid").and_then(|uid| uid.parse::<u32>().ok());
    match class {
        Some(4001) => Ok(Ocsf::Flow(flow(&record))),
        Some(3001 | 3002 | 3005 | 6003) => event(&record).map(Ocsf::Event),
        _ => {
            let uid = text(&record, "class_uid").unwrap_or_default();
            let name = text(&record, "class_name").map(|name| format!(" ({name})")).unwrap_or_default();
            Err(format!(
                "OCSF class {uid}{name} is neither a flow record (4001) nor a CloudTrail event (3001, 3002, 3005, 6003)"
            ))
        }
    }
}

/// The value at a path; absent, null, `-` and empty texts are none.
fn at<'a>(record: &'a Value, path: &str) -> Option<&'a Value> {
    let value = path.split('.').try_fold(record, |value, name| value.get(name))?;
    match value {
        Value::Null => None,
        Value::String(text) if matches!(text.as_str(), "" | "-") => None,
        value => Some(value),
    }
}

/// The value at a path as text.
fn text(record: &Value, path: &str) -> Option<String> {
    at(record, path).map(|value| match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    })
}

/// Milliseconds at the first of the paths that has any: a number, or ISO text.
fn millis(record: &Value, paths: &[&str]) -> Option<i64> {
    paths.iter().find_map(|path| match at(record, path)? {
        Value::String(text) => text.parse().ok().or_else(|| time::millis(&text.replacen(' ', "T", 1))),
        value => value.as_i64().or_else(|| value.as_f64().map(|float| float as i64)),
    })
}

/// What no column of OCSF holds, by name; Parquet keeps it as pairs, some tools as JSON text.
fn unmapped(record: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    match at(record, "unmapped") {
        Some(Value::String(json)) => match serde_json::from_str::<Value>(json) {
            Ok(value) => flatten("", &value, &mut found),
            Err(_) => found.push(("unmapped".to_owned(), Value::String(json.clone()))),
        },
        Some(Value::Array(pairs)) => {
            for pair in pairs {
                match pair {
                    Value::Array(pair) => {
                        if let [Value::String(name), value] = pair.as_slice() {
                            flatten(name, value, &mut found);
                        }
                    }
                    pair => {
                        if let Some(name) = text(pair, "key").or_else(|| text(pair, "name")) {
                            flatten(&name, pair.get("value").unwrap_or(&Value::Null), &mut found);
                        }
                    }
                }
            }
        }
        Some(value) => flatten("", value, &mut found),
        None => {}
    }
    found
}

/// Members of objects by their dotted path.
fn flatten(path: &str, value: &Value, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(&path, value, found);
            }
        }
        Value::Null => {}
        Value::String(text) if matches!(text.as_str(), "" | "-") => {}
        value => found.push((path.to_owned(), value.clone())),
    }
}

fn flow(record: &Value) -> FlowFields {
    let mut fields = FlowFields::default();
    let mut set = |name: &str, value: Option<String>| {
        if let (Some(field), Some(value)) = (field::by_name(Dataset::Flows, name), value) {
            fields.fields.push((field, value));
        }
    };
    let get = |path: &str| text(record, path);
    set("version", get("metadata.product.version"));
    set("account_id", get("cloud.account.uid").or_else(|| get("cloud.account_uid")));
    set("region", get("cloud.region"));
    set("az_id", get("cloud.zone"));
    for (side, address, packet) in
        [("src_endpoint", "srcaddr", "pkt_srcaddr"), ("dst_endpoint", "dstaddr", "pkt_dstaddr")]
    {
        // The packet's own address is kept apart only where it differs from the interface's.
        let first = at(record, &format!("{side}.intermediate_ips")).and_then(|ips| ips.get(0));
        let first = first.and_then(Value::as_str).filter(|ip| !matches!(*ip, "" | "-")).map(str::to_owned);
        let ip = get(&format!("{side}.ip"));
        match first {
            Some(first) => {
                set(address, Some(first));
                set(packet, ip);
            }
            None => set(address, ip),
        }
    }
    set("srcport", get("src_endpoint.port"));
    set("dstport", get("dst_endpoint.port"));
    set("pkt_src_aws_service", get("src_endpoint.svc_name"));
    set("pkt_dst_aws_service", get("dst_endpoint.svc_name"));
    set("protocol", get("connection_info.protocol_num"));
    set("tcp_flags", get("connection_info.tcp_flags"));
    set("type", get("connection_info.protocol_ver"));
    let number = |path: &str| get(path).and_then(|text| text.parse::<i64>().ok());
    let direction = match number("connection_info.direction_id") {
        Some(1) => Some("ingress"),
        Some(2) => Some("egress"),
        _ => None,
    };
    set("flow_direction", direction.map(str::to_owned));
    let path = number("connection_info.boundary_id").filter(|id| (4..=11).contains(id)).map(|id| id - 3);
    set("traffic_path", path.map(|path| path.to_string()));
    let here = if direction == Some("ingress") { "dst_endpoint" } else { "src_endpoint" };
    for (name, member) in [
        ("interface_id", "interface_uid"),
        ("vpc_id", "vpc_uid"),
        ("subnet_id", "subnet_uid"),
        ("instance_id", "instance_uid"),
    ] {
        set(name, get(&format!("{here}.{member}")));
    }
    set("packets", get("traffic.packets"));
    set("bytes", get("traffic.bytes"));
    set("start", millis(record, &["start_time", "start_time_dt", "time", "time_dt"]).map(seconds));
    set("end", millis(record, &["end_time", "end_time_dt"]).map(seconds));
    let action = match number("activity_id") {
        Some(6) => Some("ACCEPT"),
        Some(5) => Some("REJECT"),
        _ => None,
    };
    set("action", action.map(str::to_owned));
    set("log_status", get("status_code"));
    for (name, value) in unmapped(record) {
        let is_set = |field| fields.fields.iter().any(|(known, _)| *known == field);
        match (field_named(&name).filter(|field| !is_set(*field)), &value) {
            (Some(field), Value::String(text)) => fields.fields.push((field, text.clone())),
            (Some(field), Value::Number(number)) => fields.fields.push((field, number.to_string())),
            (_, value) => fields.extras.push((name, value.to_string())),
        }
    }
    fields
}

/// Whole seconds as such, anything finer in milliseconds.
fn seconds(millis: i64) -> String {
    if millis % 1000 == 0 { (millis / 1000).to_string() } else { millis.to_string() }
}

/// Members of an event: AWS's path, and those of OCSF, the first that has a value counts.
const EVENT: [(&str, &[&str]); 29] = [
    ("eventVersion", &["metadata.product.version"]),
    ("eventID", &["metadata.uid"]),
    ("eventType", &["metadata.event_code"]),
    ("eventName", &["api.operation"]),
    ("eventSource", &["api.service.name"]),
    ("apiVersion", &["api.version"]),
    ("errorCode", &["api.response.error"]),
    ("errorMessage", &["api.response.message"]),
    ("requestID", &["api.request.uid"]),
    ("awsRegion", &["cloud.region"]),
    ("recipientAccountId", &["cloud.account.uid", "cloud.account_uid"]),
    ("sourceIPAddress", &["src_endpoint.ip", "src_endpoint.domain"]),
    ("vpcEndpointId", &["src_endpoint.uid"]),
    ("userAgent", &["http_request.user_agent"]),
    ("userIdentity.type", &["actor.user.type"]),
    ("userIdentity.arn", &["actor.user.uid"]),
    ("userIdentity.principalId", &["actor.user.uid_alt"]),
    ("userIdentity.accountId", &["actor.user.account.uid", "actor.user.account_uid"]),
    ("userIdentity.accessKeyId", &["actor.user.credential_uid"]),
    ("userIdentity.userName", &["actor.user.name"]),
    ("userIdentity.invokedBy", &["actor.invoked_by"]),
    ("userIdentity.identityProvider", &["actor.idp.name"]),
    ("userIdentity.sessionContext.sessionIssuer.arn", &["actor.session.issuer"]),
    ("tlsDetails.tlsVersion", &["tls.version"]),
    ("tlsDetails.cipherSuite", &["tls.cipher"]),
    ("tlsDetails.clientProvidedHostHeader", &["tls.sni"]),
    ("sharedEventID", &["metadata.correlation_uid"]),
    ("requestParameters", &["api.request.data"]),
    ("responseElements", &["api.response.data"]),
];

fn event(record: &Value) -> Result<String, String> {
    let mut event = Value::Object(Map::new());
    for (target, paths) in EVENT {
        let value = paths.iter().find_map(|path| at(record, path));
        let Some(value) = value else { continue };
        match (target, value) {
            // In older versions the ARN is `uuid` and the unique id is `uid`.
            ("userIdentity.arn", _) if at(record, "actor.user.uuid").is_some() => {}
            ("requestParameters" | "responseElements", Value::String(json)) => {
                put(&mut event, target, serde_json::from_str(json).unwrap_or_else(|_| value.clone()));
            }
            ("requestParameters" | "responseElements", value) => put(&mut event, target, value.clone()),
            (_, Value::String(_)) => put(&mut event, target, value.clone()),
            (_, value) => put(&mut event, target, Value::String(value.to_string())),
        }
    }
    if let Some(arn) = at(record, "actor.user.uuid") {
        put(&mut event, "userIdentity.arn", arn.clone());
        if let Some(id) = at(record, "actor.user.uid") {
            put(&mut event, "userIdentity.principalId", id.clone());
        }
    }
    put_iso(&mut event, "eventTime", millis(record, &["time", "time_dt"]));
    let created = millis(record, &["actor.session.created_time", "actor.session.created_time_dt"]);
    put_iso(&mut event, "userIdentity.sessionContext.attributes.creationDate", created);
    let flag =
        |paths: &[&str]| paths.iter().find_map(|path| text(record, path)).map(|text| text.eq_ignore_ascii_case("true"));
    if let Some(mfa) = flag(&["actor.session.is_mfa", "actor.session.mfa"]) {
        put(&mut event, "userIdentity.sessionContext.attributes.mfaAuthenticated", Value::String(mfa.to_string()));
    }
    if let Some(category) = text(record, "metadata.product.feature.name")
        && ["Management", "Data", "Insight", "NetworkActivity"].contains(&category.as_str())
    {
        put(&mut event, "eventCategory", Value::String(category));
    }
    if text(record, "api.operation").as_deref() == Some("ConsoleLogin") {
        if let Some(status) = text(record, "status") {
            put(&mut event, "responseElements.ConsoleLogin", Value::String(status));
        }
        if let Some(mfa) = flag(&["is_mfa", "mfa"]) {
            let used = if mfa { "Yes" } else { "No" };
            put(&mut event, "additionalEventData.MFAUsed", Value::String(used.to_owned()));
        }
    }
    put_resources(&mut event, record);
    for (name, value) in unmapped(record) {
        put(&mut event, &name, value);
    }
    match ["eventName", "eventID"].iter().any(|name| event.get(name).is_some()) {
        true => Ok(event.to_string()),
        false => Err("OCSF without api.operation and metadata.uid: nothing says which event it is".to_owned()),
    }
}

fn put_iso(event: &mut Value, path: &str, millis: Option<i64>) {
    if let Some(millis) = millis {
        put(event, path, Value::String(Timestamp(millis).to_iso()));
    }
}

fn put_resources(event: &mut Value, record: &Value) {
    let Some(Value::Array(resources)) = at(record, "resources") else { return };
    let resource = |resource: &Value| {
        let mut of = Map::new();
        let account =
            ["owner.account.uid", "owner.account_uid", "account_uid"].iter().find_map(|path| text(resource, path));
        for (name, value) in [("ARN", text(resource, "uid")), ("accountId", account), ("type", text(resource, "type"))]
        {
            if let Some(value) = value {
                of.insert(name.to_owned(), Value::String(value));
            }
        }
        Value::Object(of)
    };
    put(event, "resources", Value::Array(resources.iter().map(resource).collect()));
}

/// Sets a value at a dotted path, where none is yet and no plain value is in the way; there it is kept at the top,
/// under its whole path.
fn put(event: &mut Value, path: &str, value: Value) {
    let mut place = &mut *event;
    for name in path.split('.') {
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
        let Value::Object(members) = place else {
            if let Value::Object(members) = event {
                members.entry(path).or_insert(value);
            }
            return;
        };
        place = members.entry(name).or_insert(Value::Null);
    }
    if place.is_null() {
        *place = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fields(record: &Value) -> String {
        let Ok(Ocsf::Flow(fields)) = read(&record.to_string()) else { panic!("{record}") };
        let mut pairs: Vec<_> =
            fields.fields.iter().map(|(field, value)| format!("{}={value}", field.name())).collect();
        pairs.extend(fields.extras.iter().map(|(name, json)| format!("+{name}={json}")));
        pairs.join(" ")
    }

    fn event(record: &Value) -> Value {
        let Ok(Ocsf::Event(json)) = read(&record.to_string()) else { panic!("{record}") };
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn a_flow_of_the_current_version() {
        let record = json!({
            "class_uid": 4001, "activity_id": 6, "status_code": "OK", "time": 1_752_247_584_000_i64,
            "start_time_dt": "2025-07-11 15:26:24+00:00", "end_time_dt": "2025-07-11 15:26:43+00:00",
            "cloud": {"account": {"uid": "012345678901"}, "region": "us-east-2", "zone": "use2-az2"},
            "connection_info": {"boundary_id": 4, "direction_id": 2, "protocol_num": 6, "protocol_ver": "IPv4", "tcp_flags": 19},
            "dst_endpoint": {"intermediate_ips": ["10.0.0.1"], "ip": "1.2.3.5", "port": 8864, "svc_name": "-", "vpc_uid": "vpc-not"},
            "src_endpoint": {"instance_uid": "-", "interface_uid": "eni-0", "ip": "1.2.3.4", "port": 8080, "vpc_uid": "vpc-0"},
            "metadata": {"product": {"version": "8"}},
            "traffic": {"bytes": 38526, "packets": 8},
            "unmapped": {"ecs_cluster_name": "c", "sublocation_id": "-", "other": {"x": 1}},
        });
        assert_eq!(
            fields(&record),
            "version=8 account_id=012345678901 region=us-east-2 az_id=use2-az2 srcaddr=1.2.3.4 dstaddr=10.0.0.1 \
             pkt_dstaddr=1.2.3.5 srcport=8080 dstport=8864 protocol=6 tcp_flags=19 type=IPv4 flow_direction=egress \
             traffic_path=1 interface_id=eni-0 vpc_id=vpc-0 packets=8 bytes=38526 start=1752247584 end=1752247603 \
             action=ACCEPT log_status=OK ecs_cluster_name=c +other.x=1"
        );
    }

    #[test]
    fn a_flow_of_the_release_candidate() {
        let record = json!({
            "class_uid": 4001, "activity_id": 5, "status_code": "OK",
            "time": 1, "start_time": 1_649_721_732_000_i64, "end_time": 1_649_721_788_500_i64,
            "cloud": {"account_uid": "123456789012"},
            "connection_info": {"boundary_id": 99, "direction_id": 1},
            "src_endpoint": {"ip": "1.2.3.4", "interface_uid": "eni-not"},
            "dst_endpoint": {"ip": "172.31.2.52", "interface_uid": "eni-0", "subnet_uid": "subnet-0"},
        });
        assert_eq!(
            fields(&record),
            "account_id=123456789012 srcaddr=1.2.3.4 dstaddr=172.31.2.52 flow_direction=ingress interface_id=eni-0 \
             subnet_id=subnet-0 start=1649721732 end=1649721788500 action=REJECT log_status=OK"
        );
    }

    #[test]
    fn a_sign_in_of_the_current_version() {
        let record = json!({
            "class_uid": 3002, "time": 1_726_763_566_000_i64, "status": "Failure", "is_mfa": true,
            "actor": {
                "session": {"issuer": "arn:aws:iam::1:role/R", "is_mfa": false},
                "user": {"type": "IAMUser", "uid": "arn:aws:iam::1:user/a", "uid_alt": "AIDA1", "name": "a", "credential_uid": "AKIA1"},
            },
            "api": {"operation": "ConsoleLogin", "service": {"name": "signin.amazonaws.com"}, "response": {"error": "Failed"}},
            "cloud": {"account": {"uid": "111122223333"}, "region": "eu-central-1"},
            "metadata": {"uid": "e-1", "event_code": "AwsConsoleSignIn", "product": {"version": "1.08"}},
            "src_endpoint": {"ip": "", "domain": "signin.amazonaws.com"},
            "unmapped": {"additionalEventData.LoginTo": "x", "readOnly": "false"},
        });
        assert_eq!(
            event(&record),
            json!({
                "eventVersion": "1.08", "eventID": "e-1", "eventType": "AwsConsoleSignIn", "eventName": "ConsoleLogin",
                "eventSource": "signin.amazonaws.com", "errorCode": "Failed", "awsRegion": "eu-central-1",
                "recipientAccountId": "111122223333", "sourceIPAddress": "signin.amazonaws.com",
                "eventTime": "2024-09-19T16:32:46Z", "readOnly": "false",
                "responseElements": {"ConsoleLogin": "Failure"},
                "additionalEventData": {"MFAUsed": "Yes", "LoginTo": "x"},
                "userIdentity": {
                    "type": "IAMUser", "arn": "arn:aws:iam::1:user/a", "principalId": "AIDA1", "userName": "a", "accessKeyId": "AKIA1",
                    "sessionContext": {"sessionIssuer": {"arn": "arn:aws:iam::1:role/R"}, "attributes": {"mfaAuthenticated": "false"}},
                },
            })
        );
    }

    #[test]
    fn calls_of_every_version() {
        for (class, data) in [
            (3001, json!("{\"userName\":\"x\"}")),
            (6003, json!({"userName": "x"})),
            (3005, json!("{\"userName\":\"x\"}")),
        ] {
            let record = json!({
                "class_uid": class, "time": 1000,
                "actor": {"user": {"uid": "AIDA1", "uuid": "arn:aws:iam::1:user/a"}, "session": {"mfa": true}},
                "api": {"operation": "CreateUser", "request": {"data": data, "uid": "r"}},
                "metadata": {"uid": "e-1"},
                "unmapped": [["requestParameters.policyArn", "p"]],
            });
            let event = event(&record);
            assert_eq!(event["requestParameters"], json!({"userName": "x", "policyArn": "p"}), "{class}");
            assert_eq!(
                (&event["userIdentity"]["arn"], &event["userIdentity"]["principalId"]),
                (&json!("arn:aws:iam::1:user/a"), &json!("AIDA1"))
            );
            assert_eq!(event["userIdentity"]["sessionContext"]["attributes"]["mfaAuthenticated"], "true");
        }
    }

    #[test]
    fn other_classes_are_named() {
        let why = |record: Value| read(&record.to_string()).err().unwrap_or_default();
        let dns = why(json!({"class_uid": 4003, "class_name": "DNS Activity"}));
        assert!(dns.starts_with("OCSF class 4003 (DNS Activity) is neither"), "{dns}");
        assert!(why(json!({"class_uid": 6003, "time": 1})).contains("nothing says which event"));
    }
}
