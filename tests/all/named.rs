//! Every named query on the sample logs and on the public corpora, against its definition written out manually as plain
//! SQL over the documented views.

use crate::answers::sql as other_sql;
use crate::desk::{Desk, event, sample_logs};
use crate::support::{corpus, repository};
use coldtrail::questions::catalogue::{CATALOGUE, Origin};
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::Value as Sql;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// Queries with their parameters, the columns that are compared, and the definition. `f` is `flow_record`, each record
/// once, with `b` and `p` for what may be summed; `e` is `cloudtrail_event`; LIMIT is the query's own or another.
/// Addresses order by `ipkey`.
const DEFINITIONS: &[(&str, &[&str], &str, &str)] = &[
    ("VpcFlowLogsAcceptedTraffic", &[], "ref", "SELECT ref FROM f WHERE protocol = 6 AND action = 'ACCEPT' ORDER BY start DESC NULLS LAST, evidence, position"),
    ("VpcFlowLogsAdminPortTraffic", &[], "ip total", "WITH a AS (SELECT * FROM f WHERE srcport IN (20,21,22,23,135,139,389,445,1433,3389,5900,5985,5986,8000,8080,8443,8888,9090,9443,10000) OR dstport IN (20,21,22,23,135,139,389,445,1433,3389,5900,5985,5986,8000,8080,8443,8888,9090,9443,10000))
        SELECT ip, sum(b) t FROM (SELECT srcaddr ip, b FROM a UNION ALL SELECT dstaddr, b FROM a) GROUP BY ip ORDER BY t DESC NULLS LAST, ipkey(ip) NULLS LAST, ip LIMIT 10"),
    ("VpcFlowLogsAdminPortTraffic", &["ports=443"], "ip total", "WITH a AS (SELECT * FROM f WHERE srcport = 443 OR dstport = 443)
        SELECT ip, sum(b) t FROM (SELECT srcaddr ip, b FROM a UNION ALL SELECT dstaddr, b FROM a) GROUP BY ip ORDER BY t DESC NULLS LAST, ipkey(ip) NULLS LAST, ip LIMIT 10"),
    ("VpcFlowLogsIPv4Traffic", &[], "total_bytes", "SELECT sum(b) FROM f WHERE type = 'IPv4' OR (type IS NULL AND srcaddr LIKE '%.%')"),
    ("VpcFlowLogsIPv6Traffic", &[], "total_bytes", "SELECT sum(b) FROM f WHERE type = 'IPv6' OR (type IS NULL AND srcaddr NOT LIKE '%.%')"),
    ("VpcFlowLogsRejectedTCPTraffic", &[], "ref", "SELECT ref FROM f WHERE protocol = 6 AND action = 'REJECT' ORDER BY start DESC NULLS LAST, evidence, position"),
    ("VpcFlowLogsRejectedTraffic", &[], "ref", "SELECT ref FROM f WHERE action = 'REJECT' ORDER BY start DESC NULLS LAST, evidence, position"),
    ("VpcFlowLogsSshRdpTraffic", &[], "ref", "SELECT ref FROM f WHERE srcport IN (22, 3389) OR dstport IN (22, 3389) ORDER BY start DESC NULLS LAST, evidence, position"),
    ("VpcFlowLogsTopTalkers", &[], "ip sent received total", "SELECT ip, sum(s), sum(r), iif(count(s) + count(r), total(s) + total(r), NULL) t FROM (SELECT srcaddr ip, b s, NULL r FROM f UNION ALL SELECT dstaddr, NULL, b FROM f)
        GROUP BY ip ORDER BY t DESC NULLS LAST, ipkey(ip) NULLS LAST, ip LIMIT 50"),
    ("VpcFlowLogsTopTalkersPacketLevel", &[], "ip sent received total", "WITH a AS (SELECT * FROM f WHERE pkt_srcaddr IS NOT NULL AND pkt_dstaddr IS NOT NULL)
        SELECT ip, sum(s), sum(r), iif(count(s) + count(r), total(s) + total(r), NULL) t FROM (SELECT pkt_srcaddr ip, b s, NULL r FROM a UNION ALL SELECT pkt_dstaddr, NULL, b FROM a)
        GROUP BY ip ORDER BY t DESC NULLS LAST, ipkey(ip) NULLS LAST, ip LIMIT 50"),
    ("VpcFlowLogsTopTalkingInstances", &[], "instance_id total_bytes", "SELECT instance_id k, sum(b) t FROM f GROUP BY k ORDER BY t DESC NULLS LAST, k NULLS LAST LIMIT 50"),
    ("VpcFlowLogsTopTalkingSubnets", &[], "subnet_id total_bytes", "SELECT subnet_id k, sum(b) t FROM f GROUP BY k ORDER BY t DESC NULLS LAST, k NULLS LAST LIMIT 50"),
    ("VpcFlowLogsTopTCPTraffic", &["ip=IP"], "ref", "SELECT ref FROM f WHERE protocol = 6 AND srcaddr = 'IP' ORDER BY bytes DESC NULLS LAST, evidence, position"),
    ("VpcFlowLogsTotalBytesTransferred", &[], "srcaddr dstaddr total_bytes", "SELECT srcaddr, dstaddr, sum(b) t FROM f GROUP BY 1, 2 ORDER BY t DESC NULLS LAST, ipkey(srcaddr) NULLS LAST, ipkey(dstaddr) NULLS LAST LIMIT 50"),
    ("VpcFlowLogsTotalBytesTransferredPacketLevel", &[], "srcaddr dstaddr total_bytes", "SELECT pkt_srcaddr, pkt_dstaddr, sum(b) t FROM f WHERE pkt_srcaddr IS NOT NULL AND pkt_dstaddr IS NOT NULL GROUP BY 1, 2
        ORDER BY t DESC NULLS LAST, ipkey(pkt_srcaddr), ipkey(pkt_dstaddr) LIMIT 50"),
    ("VpcFlowLogsTrafficFrmSrcAddr", &["ip=IP"], "ref", "SELECT ref FROM f WHERE srcaddr = 'IP' ORDER BY start NULLS LAST, evidence, position"),
    ("VpcFlowLogsTrafficToDstAddr", &["ip=IP"], "ref", "SELECT ref FROM f WHERE dstaddr = 'IP' ORDER BY start NULLS LAST, evidence, position"),
    ("flow-count", &[], "record_count", "SELECT count(*) FROM f"),
    ("flow-preview", &[], "ref", "SELECT ref FROM f ORDER BY evidence, position LIMIT 1000"),
    ("top-ips-by-records", &[], "ip record_count", "SELECT ip, count(DISTINCT ref) n FROM (SELECT srcaddr ip, ref FROM f WHERE extra ->> '$.remote' IS NOT 'dstaddr' UNION ALL SELECT dstaddr, ref FROM f WHERE extra ->> '$.remote' IS NOT 'srcaddr') GROUP BY ip ORDER BY n DESC, ipkey(ip) NULLS LAST, ip LIMIT 100"),
    ("flows-of-ip", &["ip=IP"], "ref", "SELECT ref FROM f WHERE srcaddr = 'IP' OR dstaddr = 'IP' ORDER BY start NULLS LAST, evidence, position"),
    ("data-ratio", &["ip=IP"], "srcaddr dstaddr record_count total_bytes data_ratio first_seen last_seen", "SELECT srcaddr, dstaddr, count(*) n, sum(b) t, sum(b) / count(*), replace(replace(replace(iso(min(start)), '-', '/'), 'T', ' '), 'Z', ''), replace(replace(replace(iso(max(\"end\")), '-', '/'), 'T', ' '), 'Z', '')
        FROM f WHERE (srcaddr = 'IP' OR dstaddr = 'IP') AND (log_status IS NULL OR log_status NOT IN ('NODATA', 'SKIPDATA')) GROUP BY 1, 2 ORDER BY t DESC NULLS LAST, ipkey(srcaddr) NULLS LAST, ipkey(dstaddr) NULLS LAST"),
    ("data-ratio", &[], "srcaddr dstaddr record_count total_bytes data_ratio first_seen last_seen", "SELECT srcaddr, dstaddr, count(*) n, sum(b) t, sum(b) / count(*), replace(replace(replace(iso(min(start)), '-', '/'), 'T', ' '), 'Z', ''), replace(replace(replace(iso(max(\"end\")), '-', '/'), 'T', ' '), 'Z', '')
        FROM f WHERE (log_status IS NULL OR log_status NOT IN ('NODATA', 'SKIPDATA')) GROUP BY 1, 2 ORDER BY t DESC NULLS LAST, ipkey(srcaddr) NULLS LAST, ipkey(dstaddr) NULLS LAST"),
    ("top-rejected-pairs", &[], "srcaddr dstaddr record_count", "SELECT srcaddr, dstaddr, count(*) n FROM f WHERE action = 'REJECT' GROUP BY 1, 2 ORDER BY n DESC, ipkey(srcaddr) NULLS LAST, ipkey(dstaddr) NULLS LAST LIMIT 10"),
    ("top-accepted-pairs", &[], "srcaddr dstaddr record_count", "SELECT srcaddr, dstaddr, count(*) n FROM f WHERE action = 'ACCEPT' GROUP BY 1, 2 ORDER BY n DESC, ipkey(srcaddr) NULLS LAST, ipkey(dstaddr) NULLS LAST LIMIT 10"),
    ("latest-flows", &[], "ref", "SELECT ref FROM f ORDER BY start DESC NULLS LAST, evidence, position LIMIT 2"),
    ("bytes-by-direction", &[], "srcaddr dstaddr flow_direction total_bytes", "SELECT srcaddr, dstaddr, flow_direction, sum(b) t FROM f GROUP BY 1, 2, 3
        ORDER BY t DESC NULLS LAST, ipkey(srcaddr) NULLS LAST, ipkey(dstaddr) NULLS LAST, flow_direction NULLS LAST LIMIT 2"),
    ("bytes-by-instance", &[], "instance_id total_bytes", "SELECT instance_id k, sum(b) t FROM f GROUP BY k ORDER BY t DESC NULLS LAST, k NULLS LAST LIMIT 5"),
    ("rejected-ssh", &[], "srcaddr total_bytes", "SELECT srcaddr k, sum(b) t FROM f WHERE action = 'REJECT' AND protocol = 6 AND dstport = 22 GROUP BY k ORDER BY t DESC NULLS LAST, ipkey(k) NULLS LAST LIMIT 2"),
    ("http-between-hosts", &["hosts=HOSTS"], "ref", "SELECT ref FROM f WHERE srcaddr IN (HOSTS) AND dstaddr IN (HOSTS) AND protocol = 6 AND (dstport = 80 OR srcport = 80) ORDER BY start DESC NULLS LAST, evidence, position"),
    ("http-between-hosts-per-minute", &["hosts=HOSTS"], "bin_start series value", "SELECT iso(start / 60 * 60) m, 'bytes', ifnull(sum(b), 0) FROM f WHERE srcaddr IN (HOSTS) AND dstaddr IN (HOSTS) AND protocol = 6 AND (dstport = 80 OR srcport = 80) AND start IS NOT NULL GROUP BY m ORDER BY m"),
    ("ioc-directional-view", &[], "source destination direction connecting_ip connecting_port numbytes sessiontime",
        "WITH k AS (SELECT a.address FROM address a WHERE EXISTS (SELECT 1 FROM indicator_entry i JOIN indicator_list l USING (list_id)
            WHERE l.purpose = 'known_bad' AND a.key BETWEEN i.first_key AND ifnull(i.last_key, i.first_key))),
          u AS (SELECT 'INBOUND' d, srcaddr c, srcport p, * FROM f WHERE dstaddr IN k UNION ALL SELECT 'OUTBOUND', dstaddr, dstport, * FROM f WHERE srcaddr IN k)
        SELECT srcaddr || ':' || srcport, dstaddr || ':' || dstport, d, c, p, bytes, \"end\" - start s FROM u
        ORDER BY start, \"end\", s, interface_id, c, d, evidence, position"),
    ("console-logins", &[], "ref user_identity_user_name source_ip_address event_time mfa_used console_login", "SELECT ref, user_identity_user_name, source_ip_address, event_time, additional_event_data ->> '$.MFAUsed', response_elements ->> '$.ConsoleLogin' FROM e WHERE event_name = 'ConsoleLogin' ORDER BY instant(event_time) NULLS LAST, evidence, position"),
    ("created-users", &[], "ref aws_region created_user_name created_user_arn error_code", "SELECT ref, aws_region, request_parameters ->> '$.userName', response_elements ->> '$.user.arn', error_code FROM e WHERE event_name = 'CreateUser' ORDER BY instant(event_time) NULLS LAST, evidence, position"),
    ("s3-put-object", &[], "ref bucket_name key", "SELECT ref, request_parameters ->> '$.bucketName', request_parameters ->> '$.key' FROM e WHERE event_name = 'PutObject' AND event_source = 's3.amazonaws.com'
        AND ifnull(source_ip_address, '') NOT IN ('delivery.logs.amazonaws.com', 'cloudtrail.amazonaws.com', 'athena.amazonaws.com') ORDER BY instant(event_time) NULLS LAST, evidence, position"),
    ("lookup-events", &[], "ref", "SELECT ref FROM e ORDER BY instant(event_time) NULLS LAST, evidence, position"),
    ("lookup-events", &["EventName=AssumeRole", "ReadOnly=true"], "ref", "SELECT ref FROM e WHERE event_name = 'AssumeRole' AND read_only ORDER BY instant(event_time) NULLS LAST, evidence, position"),
    ("lookup-events", &["EventSource=iam.amazonaws.com", "Username=Alice"], "ref", "SELECT ref FROM e WHERE event_source = 'iam.amazonaws.com' AND coalesce(nullif(user_identity_user_name, ''), iif(user_identity_type = 'Root', 'root', NULL), iif(user_identity_type IN ('AssumedRole', 'FederatedUser'),
        iif(user_identity_principal_id GLOB 'A???????????????*:?*', substr(user_identity_principal_id, instr(user_identity_principal_id, ':') + 1), replace(user_identity_arn, rtrim(user_identity_arn, replace(user_identity_arn, '/', '')), '')), NULL)) = 'Alice' ORDER BY instant(event_time) NULLS LAST, evidence, position"),
    ("lookup-events", &["Username=root"], "ref", "SELECT ref FROM e WHERE coalesce(nullif(user_identity_user_name, ''), iif(user_identity_type = 'Root', 'root', NULL), iif(user_identity_type IN ('AssumedRole', 'FederatedUser'),
        iif(user_identity_principal_id GLOB 'A???????????????*:?*', substr(user_identity_principal_id, instr(user_identity_principal_id, ':') + 1), replace(user_identity_arn, rtrim(user_identity_arn, replace(user_identity_arn, '/', '')), '')), NULL)) = 'root' ORDER BY instant(event_time) NULLS LAST, evidence, position"),
    ("lookup-events", &["Username=i-0ba571bb06bb06bb6"], "ref", "SELECT ref FROM e WHERE coalesce(nullif(user_identity_user_name, ''), iif(user_identity_type = 'Root', 'root', NULL), iif(user_identity_type IN ('AssumedRole', 'FederatedUser'),
        iif(user_identity_principal_id GLOB 'A???????????????*:?*', substr(user_identity_principal_id, instr(user_identity_principal_id, ':') + 1), replace(user_identity_arn, rtrim(user_identity_arn, replace(user_identity_arn, '/', '')), '')), NULL)) = 'i-0ba571bb06bb06bb6' ORDER BY instant(event_time) NULLS LAST, evidence, position"),
    ("lookup-events", &["Username=config-recorder"], "ref", "SELECT ref FROM e WHERE coalesce(nullif(user_identity_user_name, ''), iif(user_identity_type = 'Root', 'root', NULL), iif(user_identity_type IN ('AssumedRole', 'FederatedUser'),
        iif(user_identity_principal_id GLOB 'A???????????????*:?*', substr(user_identity_principal_id, instr(user_identity_principal_id, ':') + 1), replace(user_identity_arn, rtrim(user_identity_arn, replace(user_identity_arn, '/', '')), '')), NULL)) = 'config-recorder' ORDER BY instant(event_time) NULLS LAST, evidence, position"),
    ("lookup-events", &["ResourceType=AWS::S3::Bucket"], "ref", "SELECT ref FROM e WHERE request_parameters ->> '$.bucketName' <> '' OR EXISTS (SELECT 1 FROM json_each(e.resources) r WHERE 'AWS::S3::Bucket' IN (r.value ->> 'type', r.value ->> 'resourceType', r.value ->> 'ResourceType')) ORDER BY instant(event_time) NULLS LAST, evidence, position"),
    ("lookup-events", &["ResourceName=kestrel-backups"], "ref", "SELECT ref FROM e WHERE request_parameters ->> '$.bucketName' = 'kestrel-backups' ORDER BY instant(event_time) NULLS LAST, evidence, position"),
    ("root-use", &[], "ref", "SELECT ref FROM e WHERE user_identity_type = 'Root' OR session_issuer_type = 'Root' ORDER BY instant(event_time) NULLS LAST, evidence, position"),
    ("trail-changes", &[], "ref", "SELECT ref FROM e WHERE event_name IN ('StopLogging', 'DeleteTrail', 'UpdateTrail') ORDER BY instant(event_time) NULLS LAST, evidence, position"),
    ("failures", &[], "ref", "SELECT ref FROM e WHERE error_code <> '' OR error_message <> '' OR response_elements ->> '$.errorCode' <> '' OR response_elements ->> '$.errorMessage' <> ''
        OR service_event_details ->> '$.errorCode' <> '' OR service_event_details ->> '$.errorMessage' <> '' OR (response_elements ->> '$.code' <> '' AND response_elements ->> '$.message' IS NOT NULL)
        OR response_elements ->> '$.error.errorCode' <> '' OR (response_elements ->> '$.error.code' <> '' AND response_elements ->> '$.error.message' IS NOT NULL)
        OR (event_source = 'signin.amazonaws.com' AND lower(coalesce(response_elements ->> ('$.' || event_name), service_event_details ->> ('$.' || event_name))) = 'failure') ORDER BY instant(event_time) NULLS LAST, evidence, position"),
    ("access-denied", &[], "ref", "SELECT ref FROM e WHERE error_code GLOB 'Unauthorized*' OR error_code GLOB '*.Unauthorized*' OR error_code GLOB 'AccessDenied*' OR response_elements ->> '$.errorCode' GLOB 'Unauthorized*'
        OR response_elements ->> '$.errorCode' GLOB 'AccessDenied*' OR error_message = 'Failed authentication' ORDER BY instant(event_time) NULLS LAST, evidence, position"),
    ("iam-policy-changes", &[], "ref", "SELECT ref FROM e WHERE event_name IN ('DeleteGroupPolicy','DeleteRole','DeleteRolePolicy','DeleteUserPolicy','PutGroupPolicy','PutRolePolicy','PutUserPolicy') ORDER BY instant(event_time) NULLS LAST, evidence, position"),
    ("instance-changes", &[], "ref", "SELECT ref FROM e WHERE event_name IN ('RunInstances','CreateInstances','LaunchInstances','TerminateInstances') ORDER BY instant(event_time) NULLS LAST, evidence, position"),
    ("network-changes", &[], "ref", "SELECT ref FROM e WHERE event_name IN ('AttachInternetGateway','AssociateRouteTable','CreateRoute','DeleteCustomerGateway','DeleteInternetGateway','DeleteRoute','DeleteRouteTable','DeleteDhcpOptions','DisassociateRouteTable',
        'CreateNetworkAcl','CreateNetworkAclEntry','DeleteNetworkAcl','DeleteNetworkAclEntry','ReplaceNetworkAclEntry','ReplaceNetworkAclAssociation',
        'AuthorizeSecurityGroupIngress','AuthorizeSecurityGroupEgress','RevokeSecurityGroupIngress','RevokeSecurityGroupEgress','ModifySecurityGroupRules','CreateSecurityGroup','DeleteSecurityGroup') ORDER BY instant(event_time) NULLS LAST, evidence, position"),
    ("nat-alarm", &["window=300", "threshold=20kb"], "bin_start series value reached", "WITH a AS MATERIALIZED (SELECT start / 300 * 300 m, interface_id k, b FROM f WHERE flow_direction = 'egress' AND (pkt_srcaddr = srcaddr OR pkt_srcaddr IS NULL) AND start IS NOT NULL),
        t AS MATERIALIZED (SELECT interface_id k, sum(b) t FROM f WHERE flow_direction = 'egress' GROUP BY 1)
        SELECT iso(m), a.k, ifnull(sum(b), 0), iif(ifnull(sum(b), 0) >= 20000, 'true', 'false') FROM a LEFT JOIN t ON t.k IS a.k
        GROUP BY m, a.k ORDER BY m, t DESC NULLS LAST, a.k NULLS LAST"),
];

#[test]
fn lookups_failures_and_network_changes_of_the_sample_have_the_numbers_of_their_definitions() {
    let desk = sample_logs();
    let found = |name: &str, parameters: &[&str]| {
        let parameters: Vec<String> = parameters.iter().map(|p| (*p).to_owned()).collect();
        asked(&desk, name, &parameters, "ref", None).len()
    };
    for (parameter, count) in [
        ("Username=i-0ba571bb06bb06bb6", 148),
        ("Username=config-recorder", 288),
        ("Username=root", 4),
        ("Username=i-0ba571bb06bb06bb", 0),
        ("ResourceName=kestrel-backup", 0),
    ] {
        assert_eq!(found("lookup-events", &[parameter]), count, "{parameter}");
    }
    assert_eq!((found("failures", &[]), found("root-use", &[]), found("network-changes", &[])), (196, 4, 2));
    let told = desk.ok(&["query", desk.case(), "network-changes", "--columns", "event_name", "--format", "csv"]);
    assert_eq!(told, "event_name\r\nAuthorizeSecurityGroupEgress\r\nRevokeSecurityGroupIngress\r\n");
}

#[test]
fn columns_of_a_query_are_chosen_and_lists_are_read_as_queries_write_them() {
    let desk = Desk::new();
    let line = |n: u32, source: &str, ports: &str, bytes: u32, status: &str| match status {
        "OK" => format!("2 1 eni-{n} {source} {ports} 6 1 {bytes} {n} {} ACCEPT OK\n", n + 9),
        _ => format!("2 1 eni-{n} - - - - - - - {n} {} - {status}\n", n + 9),
    };
    let log = [
        crate::desk::HEADER.to_owned(),
        line(100, "172.31.1.247 172.31.11.212", "80 50000", 400, "OK"),
        line(200, "172.31.11.212 172.31.1.247", "50000 80", 100, "OK"),
        line(300, "10.0.0.1 172.31.1.247", "50000 80", 50, "OK"),
        line(400, "", "", 0, "NODATA"),
    ]
    .concat();
    desk.import(&[desk.file("a.log", log)]);
    let query = |arguments: &[&str]| {
        let all = [&["query", desk.case()][..], arguments, &["--format", "csv"]].concat();
        let output = crate::support::run(desk.folder.path(), &all, 0);
        (String::from_utf8(output.stdout).unwrap().replace('\r', ""), String::from_utf8(output.stderr).unwrap())
    };
    let ratio = "srcaddr,dstaddr,record_count,total_bytes,data_ratio,first_seen,last_seen,packets,accepted,rejected\n\
        172.31.1.247,172.31.11.212,1,400,400,1970/01/01 00:01:40,1970/01/01 00:01:49,1,1,0\n\
        172.31.11.212,172.31.1.247,1,100,100,1970/01/01 00:03:20,1970/01/01 00:03:29,1,1,0\n\
        10.0.0.1,172.31.1.247,1,50,50,1970/01/01 00:05:00,1970/01/01 00:05:09,1,1,0\n";
    let (rows, told) = query(&["data-ratio"]);
    assert_eq!((rows.as_str(), told.as_str()), (ratio, "NODATA and SKIPDATA records, excluded: 1\n"));
    let (rows, told) =
        query(&["data-ratio", "--quiet", "--tz", "Asia/Tokyo", "--limit", "1", "--columns", "last_seen,dstaddr"]);
    assert_eq!((rows.as_str(), told.as_str()), ("last_seen,dstaddr\n1970/01/01 09:01:49,172.31.11.212\n", ""));
    let shown = "ref,interface_id,srcaddr,srcport,dstaddr,dstport,protocol,bytes,action,log_status,start,end,flow_direction,tcp_flags\n";
    for list in [
        r#"["172.31.1.247"," 172.31.11.212"]"#,
        "172.31.1.247,172.31.11.212",
        "('172.31.1.247', '172.31.11.212')",
        "[172.31.0.0/16]",
    ] {
        let hosts = format!("hosts={list}");
        let (rows, _) = query(&["http-between-hosts", "--param", &hosts]);
        assert!(rows.starts_with(shown), "{rows}");
        assert_eq!(rows.lines().count(), 3, "{list} {rows}");
        let (rows, _) = query(&["http-between-hosts", "--param", &hosts, "--columns", "srcport,version,evidence"]);
        assert_eq!(rows, "srcport,version,evidence\n50000,2,1\n80,2,1\n", "{list}");
    }
    let (rows, _) =
        query(&["VpcFlowLogsAdminPortTraffic", "--param", "ports=[80]", "--columns", "total,ip", "--limit", "1"]);
    assert_eq!(rows, "total,ip\n550,172.31.1.247\n");
    assert_eq!(query(&["flow-count", "--columns", "record_count"]).0, "record_count\n4\n");
    assert_eq!(
        desk.ok(&["query", "--list", "--columns", "name", "--format", "csv"]).lines().count(),
        CATALOGUE.len() + 1
    );
    let top = |arguments: &[&str]| {
        let all = [&["top", desk.case(), "--dataset", "flows", "--format", "csv"][..], arguments].concat();
        let output = crate::support::run(desk.folder.path(), &all, 0);
        (String::from_utf8(output.stdout).unwrap().replace('\r', ""), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(
        top(&["--by", "srcaddr", "--measure", "bytes", "--limit", "1"]),
        (
            "srcaddr,total_bytes,share\n172.31.1.247,400,0.727273\nother (3 groups),150,0.272727\n".to_owned(),
            "NODATA and SKIPDATA records, counted but excluded from the sums: 1\n".to_owned()
        )
    );
    let by_port = "srcport,record_count,share\n50000,2,0.500000\n80,1,0.250000\n,1,0.250000\n";
    assert_eq!(top(&["--by", "srcport"]).0, by_port);
    assert_eq!(query(&["top-flows", "--param", "by=srcport"]).0, by_port, "the same question by its name");
    let ports = top(&["--by", "port", "--measure", "distinct(srcaddr)", "--sort=-port", "--filter", "bytes exists"]);
    assert_eq!(ports, ("port,distinct(srcaddr)\n50000,3\n80,3\n".to_owned(), String::new()));
    for (arguments, told) in [
        (vec!["top", desk.case(), "--dataset", "flows", "--by", "srcadr"], "srcaddr"),
        (
            vec!["top", desk.case(), "--dataset", "events", "--by", "event_name", "--measure", "bytes"],
            "events have no bytes",
        ),
        (vec!["query", desk.case(), "top-flows", "--param", "measure=sum"], "distinct(FIELD)"),
        (vec!["query", desk.case(), "data-ratio", "--columns", "last_sen"], "did you mean last_seen?"),
        (vec!["query", desk.case(), "flow-preview", "--columns", "srcadr"], "did you mean srcaddr?"),
        (vec!["query", desk.case(), "http-between-hosts", "--param", "hosts=[]"], "IP addresses"),
    ] {
        assert!(desk.fails(&arguments, 2).contains(told), "{arguments:?} {}", desk.fails(&arguments, 2));
    }
}

/// The case as the definitions see it.
fn definitions(desk: &Desk) -> Connection {
    let conn = desk.sqlite();
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    conn.create_scalar_function("ipkey", 1, flags, |context| {
        let text: Option<String> = context.get(0)?;
        Ok(text.map(|text| match text.split('%').next().unwrap().parse::<IpAddr>().unwrap() {
            IpAddr::V4(v4) => v4.to_ipv6_mapped().octets().to_vec(),
            IpAddr::V6(v6) => v6.octets().to_vec(),
        }))
    })
    .unwrap();
    conn.create_scalar_function("instant", 1, flags, |context| {
        let text: Option<String> = context.get(0)?;
        let instant = text.and_then(|text| chrono::DateTime::parse_from_rfc3339(&text).ok());
        Ok(instant.map(|instant| instant.timestamp_millis()))
    })
    .unwrap();
    conn.create_scalar_function("iso", 1, flags, |context| {
        let secs: Option<i64> = context.get(0)?;
        Ok(secs.map(|secs| chrono::DateTime::from_timestamp(secs, 0).unwrap().format("%Y-%m-%dT%H:%M:%SZ").to_string()))
    })
    .unwrap();
    // A table of its own, because the view joins ten for every row of every definition.
    conn.execute_batch(
        "CREATE TEMP TABLE f AS SELECT evidence || ':' || position AS ref, *,
           iif(log_status IN ('NODATA', 'SKIPDATA'), NULL, bytes) AS b, iif(log_status IN ('NODATA', 'SKIPDATA'), NULL, packets) AS p
         FROM flow_record WHERE NOT duplicate;
         CREATE TEMP TABLE e AS SELECT evidence || ':' || position AS ref, * FROM cloudtrail_event;",
    )
    .unwrap();
    conn
}

fn evaluate(conn: &Connection, statement: &str) -> Vec<String> {
    let mut prepared = conn.prepare(statement).unwrap_or_else(|e| panic!("{statement}: {e}"));
    let width = prepared.column_count();
    let cell = |value: Sql| match value {
        Sql::Null => "null".to_owned(),
        Sql::Integer(number) => number.to_string(),
        Sql::Real(number) => format!("{number:.0}"),
        Sql::Text(text) => text,
        Sql::Blob(_) => panic!("a blob"),
    };
    let rows = prepared.query_map([], |row| (0..width).map(|at| row.get(at).map(cell)).collect::<Result<Vec<_>, _>>());
    rows.unwrap().map(|row| row.unwrap().join(" ")).collect()
}

/// The columns of the answer that the command line prints.
fn asked(desk: &Desk, name: &str, parameters: &[String], columns: &str, limit: Option<usize>) -> Vec<String> {
    let mut arguments = vec!["query".to_owned(), desk.case().to_owned(), name.to_owned()];
    arguments.extend(["--format".to_owned(), "jsonl".to_owned()]);
    arguments.extend(parameters.iter().flat_map(|p| ["--param".to_owned(), p.clone()]));
    arguments.extend(limit.into_iter().flat_map(|limit| ["--limit".to_owned(), limit.to_string()]));
    let text = desk.ok(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let row = |line: &str| {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let cell = |name: &str| match &row[name] {
            serde_json::Value::String(text) => text.clone(),
            other => {
                assert!(row.get(name).is_some(), "no column {name}: {line}");
                other.to_string()
            }
        };
        columns.split(' ').map(cell).collect::<Vec<_>>().join(" ")
    };
    text.lines().map(row).collect()
}

/// Compares every definition; the names of those that found something.
fn compare(desk: &Desk, ip: &str, hosts: &[&str]) -> BTreeSet<&'static str> {
    let conn = definitions(desk);
    let quoted: Vec<String> = hosts.iter().map(|host| format!("'{host}'")).collect();
    let mut found = BTreeSet::new();
    for (name, parameters, columns, definition) in DEFINITIONS {
        let parameters: Vec<String> =
            parameters.iter().map(|p| p.replace("IP", ip).replace("HOSTS", &hosts.join(","))).collect();
        let definition = definition.replace("'IP'", &format!("'{ip}'")).replace("HOSTS", &quoted.join(","));
        // Times are compared as ISO text in order; the case orders events by the same times.
        let expected = evaluate(&conn, &definition);
        let ours = asked(desk, name, &parameters, columns, None);
        assert_eq!(ours, expected, "{name} {parameters:?}");
        if let Some((all, _)) = definition.rsplit_once(" LIMIT ") {
            assert_eq!(asked(desk, name, &parameters, columns, Some(1_000_000)), evaluate(&conn, all), "{name}, all");
        }
        let is_sum_of_nothing = ours == ["null"];
        found.extend((!ours.is_empty() && !is_sum_of_nothing).then_some(*name));
    }
    found
}

#[test]
fn every_query_of_the_catalogue_is_defined_here() {
    let defined: BTreeSet<&str> = DEFINITIONS.iter().map(|(name, ..)| *name).collect();
    let of_sql = || CATALOGUE.iter().filter(|query| !matches!(query.origin, Origin::Analysis | Origin::Published));
    let known: BTreeSet<&str> = of_sql().map(|query| query.name).collect();
    assert_eq!(defined, known);
    // The limits are in the definitions too.
    for query in of_sql() {
        let (.., definition) = DEFINITIONS.iter().find(|(name, ..)| *name == query.name).unwrap();
        let limit = definition.rsplit_once(" LIMIT ").map(|(_, limit)| limit.parse::<usize>().unwrap());
        assert_eq!(query.limit, limit, "{}", query.name);
    }
}

#[test]
fn named_queries_on_the_sample_logs_find_what_their_definitions_find() {
    let desk = sample_logs();
    let list = repository().join("sample-logs/indicators/ioc-list.csv");
    desk.ok(&["indicators", "import", desk.case(), list.to_str().unwrap()]);
    let most = "SELECT srcaddr FROM flow_record GROUP BY 1 ORDER BY count(*) DESC LIMIT 1";
    let ip = other_sql(&desk, most).remove(0);
    let hosts = "SELECT DISTINCT a FROM (SELECT srcaddr a FROM flow_record WHERE dstport = 80 UNION SELECT dstaddr FROM flow_record WHERE dstport = 80) ORDER BY a";
    let hosts = other_sql(&desk, hosts);
    let found = compare(&desk, &ip, &hosts.iter().map(String::as_str).take(200).collect::<Vec<_>>());
    assert!(found.len() >= 30, "{found:?}");
}

#[test]
fn the_nat_alarm_of_the_sample_counts_what_goes_out_to_destinations_only() {
    let desk = sample_logs();
    let nat = "eni-04a700aa05aa05aa5";
    let windows = format!(
        "SELECT sum(b), sum(b >= 200000), count(*) FROM (SELECT sum(iif(log_status IN ('NODATA', 'SKIPDATA'), NULL, bytes)) b
         FROM flow_record WHERE NOT duplicate AND flow_direction = 'egress' AND interface_id = '{nat}' GROUP BY start / 900)"
    );
    // With the answers to its clients it would have rung 29 times.
    assert_eq!(other_sql(&desk, &windows), ["37402394 29 284"]);
    let parameters = ["threshold=200000".to_owned(), format!("interface={nat}")];
    let rows = asked(&desk, "nat-alarm", &parameters, "series value reached", None);
    let values = rows.iter().map(|row| match row.split(' ').collect::<Vec<_>>()[..] {
        [series, value, reached] => {
            assert_eq!((series, reached), (nat, "false"), "{row}");
            value.parse::<u64>().unwrap_or_else(|e| panic!("{row}: {e}"))
        }
        _ => panic!("{row}"),
    });
    assert_eq!(values.sum::<u64>(), 3_668_630);
    assert_eq!(rows.len(), 284);
}

#[test]
fn named_queries_on_the_public_corpora_find_what_their_definitions_find() {
    let Some((folder, files)) = corpus("named_queries_on_the_public_corpora") else { return };
    let desk = Desk::new();
    let kinds = ["vpc-flow", "tgw-flow", "cloudtrail", "cloudwatch-export"];
    let is_log = |kind: &str| kinds.iter().any(|k| kind == *k || kind.starts_with(&format!("{k}/")));
    let paths: Vec<_> = files.iter().filter(|file| is_log(&file.kind)).map(|file| folder.join(&file.path)).collect();
    assert!(paths.len() > 700, "{}", paths.len());
    desk.import(&paths);
    let found = compare(&desk, "172.31.16.139", &["172.31.16.139", "172.31.16.21", "10.0.0.61"]);
    assert!(found.len() >= 30, "{found:?}");
}

#[test]
fn what_the_evidence_lacks_and_why_nothing_was_found_is_told() {
    let desk = Desk::new();
    let empty = |arguments: &[&str]| {
        let output = crate::support::run(desk.folder.path(), arguments, 0);
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(empty(&["query", desk.case(), "VpcFlowLogsRejectedTraffic"]).contains("no flow records"));
    assert!(empty(&["query", desk.case(), "root-use"]).contains("no CloudTrail events"));
    let log = format!("{}{}", crate::desk::HEADER, crate::desk::flow_lines(0..3));
    let events = serde_json::json!({"Records": [event("e-1", "CreateUser", "2021-05-16T00:00:00Z")]}).to_string();
    desk.import(&[desk.file("a.log", log), desk.file("b.json", events)]);
    assert!(empty(&["query", desk.case(), "VpcFlowLogsRejectedTraffic"]).contains("none match"));
    let later = ["query", desk.case(), "flow-count", "--from", "2030-01-01"];
    assert!(empty(&later).contains("no records from 2030-01-01T00:00:00Z"), "{}", empty(&later));
    assert!(empty(&["query", desk.case(), "flow-preview", "--limit", "0"]).contains("the limit"));
    let lacks = |name: &str| desk.fails(&["query", desk.case(), name], 3);
    assert!(lacks("VpcFlowLogsTopTalkingInstances").contains("no record in the case has instance_id"));
    assert!(lacks("VpcFlowLogsTopTalkersPacketLevel").contains("pkt_srcaddr"));
    assert!(lacks("nat-alarm").contains("flow_direction"));
    let list = desk.ok(&["query", desk.case(), "--list", "--format", "jsonl"]);
    let rows: Vec<serde_json::Value> = list.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), CATALOGUE.len());
    let lacking: Vec<&str> =
        rows.iter().filter(|row| !row["lacks"].is_null()).map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(
        lacking,
        [
            "VpcFlowLogsTopTalkersPacketLevel",
            "VpcFlowLogsTopTalkingInstances",
            "VpcFlowLogsTopTalkingSubnets",
            "VpcFlowLogsTotalBytesTransferredPacketLevel",
            "bytes-by-direction",
            "bytes-by-instance",
            "nat-alarm"
        ]
    );
    let without = desk.ok(&["query", "--list"]);
    assert!(without.starts_with("name,dataset,title,about,parameters,filter,result,needs,limit,note\r\n"), "{without}");
    for (arguments, told) in [
        (vec!["query", desk.case(), "no-such"], "unknown query no-such"),
        (vec!["query", desk.case(), "dataratio"], "did you mean data-ratio?"),
        (vec!["query", desk.case(), "flows-of-ip"], "requires the parameter ip"),
        (vec!["query", desk.case(), "data-ratio", "--param", "ip"], "use NAME=VALUE"),
        (vec!["query", desk.case(), "data-ratio", "--param", "ip=10.0.0.256"], "10.0.0.256 is not valid for parameter"),
        (vec!["query", desk.case(), "flow-count", "--param", "x=1"], "no parameter x"),
        (vec!["query", desk.case()], "<NAME>"),
    ] {
        assert!(desk.fails(&arguments, 2).contains(told), "{arguments:?} {}", desk.fails(&arguments, 2));
    }
}
