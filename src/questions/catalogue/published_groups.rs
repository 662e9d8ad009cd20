//! The queries of AWS's incident response playbooks, security analytics bootstrap and customer playbook framework that give
//! groups with several figures.

use super::published::{A, B, BUCKET, KEY, PRINCIPAL};
use super::{NamedQuery, Origin, Parameter, ParameterKind, Shape};
use crate::model::Dataset;

const fn parameter(name: &'static str, kind: ParameterKind, default: Option<&'static str>) -> Parameter {
    Parameter { name, kind, default, optional: false }
}

const IP: Parameter = parameter("ip", ParameterKind::Address, None);
const HOSTS: Parameter = parameter("hosts", ParameterKind::Addresses, None);
const NETWORK: Parameter = parameter("net", ParameterKind::Addresses, None);
const INSTANCE: Parameter = parameter("instance", ParameterKind::Text, None);
const PORT: Parameter = parameter("port", ParameterKind::Ports, Some("443"));
const ACTION: Parameter = parameter("action", ParameterKind::Text, Some("ACCEPT"));
const MIN_OF_10: Parameter = parameter("min", ParameterKind::Bytes, Some("10"));
const MIN_OF_100: Parameter = parameter("min", ParameterKind::Bytes, Some("100"));
const MIN_OF_100000: Parameter = parameter("min", ParameterKind::Bytes, Some("100000"));

/// What a query groups by and says of each group.
const fn grouped(by: &'static str, figures: &'static str) -> Shape {
    Shape::Grouped { by, figures, sort: "", leading: "" }
}

const fn sorted(shape: Shape, by_columns: &'static str) -> Shape {
    match shape {
        Shape::Grouped { by, figures, leading, .. } => Shape::Grouped { by, figures, sort: by_columns, leading },
        other => other,
    }
}

const fn query(name: &'static str, dataset: Dataset, filter: &'static str, shape: Shape) -> NamedQuery {
    let origin = Origin::Published;
    NamedQuery { name, origin, dataset, filter, parameters: &[], needs: &[], shape, limit: None, noted: false }
}

const fn flows(name: &'static str, filter: &'static str, shape: Shape) -> NamedQuery {
    query(name, Dataset::Flows, filter, shape)
}

const fn events(name: &'static str, filter: &'static str, shape: Shape) -> NamedQuery {
    query(name, Dataset::Events, filter, shape)
}

pub(super) const GROUPS: [NamedQuery; 20] = [
    events(
        "key-origins",
        "user_identity_access_key_id = :key",
        sorted(grouped("source_ip_address,user_agent", "records,first,last"), "first_seen"),
    )
    .with(&[KEY]),
    events(
        "bucket-readers",
        "event_source = 's3.amazonaws.com' and requestParameters.bucketName = :bucket and event_name = \
         GetObject",
        sorted(
            grouped(
                "user_identity_arn,source_ip_address",
                "records,sum(additionalEventData.bytesTransferredOut),first,last",
            ),
            "-record_count",
        ),
    )
    .with(&[BUCKET])
    .noted(),
    events(
        "bulk-reads",
        "event_source = 's3.amazonaws.com' and requestParameters.bucketName = :bucket and event_name = \
         GetObject and error_code is null",
        sorted(
            grouped("hour,user_identity_arn", "records,sum(additionalEventData.bytesTransferredOut)"),
            "hour,-record_count",
        ),
    )
    .with(&[BUCKET, MIN_OF_100]),
    events(
        "buckets-read",
        "event_source = 's3.amazonaws.com' and event_name = GetObject and user_identity_arn = :principal",
        grouped("requestParameters.bucketName", "records"),
    )
    .with(&[PRINCIPAL]),
    flows(
        "volumetric-sources",
        "action = :action",
        grouped("srcaddr,dstaddr,dstport,protocol", "packets,bytes,records"),
    )
    .with(&[ACTION, MIN_OF_100000])
    .limited(50)
    .noted(),
    flows(
        "attacked-ports",
        "dstaddr = :ip and action = ACCEPT",
        grouped("dstport,protocol", "packets,bytes,distinct(srcaddr),rate"),
    )
    .with(&[IP]),
    events(
        "read-volume",
        "event_source = 's3.amazonaws.com' and requestParameters.bucketName = :bucket and event_name = \
         GetObject and error_code is null and user_identity_arn = :principal",
        grouped("-", "distinct(requestParameters.key),records,sum(additionalEventData.bytesTransferredOut),first,last"),
    )
    .with(&[BUCKET, PRINCIPAL]),
    events(
        "deletions",
        "event_name like 'Delete%'",
        sorted(grouped("event_source,event_name,user_identity_arn", "records,first,last"), "-record_count"),
    )
    .with(&[MIN_OF_10]),
    flows("pairs-by-instance", "", grouped("region,instance_id,srcaddr,dstaddr", "records")),
    flows("between-two", "ip = :a and ip = :b", grouped("region,instance_id,srcaddr,dstaddr", "bytes")).with(&[A, B]),
    flows(
        "instance-from-port",
        "instance_id = :instance and srcport in :port",
        grouped("region,instance_id,srcaddr,srcport,dstaddr", "bytes"),
    )
    .with(&[INSTANCE, PORT]),
    flows(
        "instance-to-port",
        "instance_id = :instance and dstport in :port",
        grouped("region,instance_id,srcaddr,dstaddr,dstport", "bytes"),
    )
    .with(&[INSTANCE, PORT]),
    flows("four-tuples", "ip = :ip", grouped("srcaddr,dstaddr,srcport,dstport", "bytes")).with(&[IP]),
    flows(
        "sources-seen",
        "dstport < 32768",
        sorted(grouped("srcaddr", "first,last,list(dstaddr),list(instance_id),list(dstport)"), "first_seen"),
    )
    .noted(),
    flows(
        "daily-large",
        "srcaddr in :net",
        Shape::Grouped { by: "day,srcaddr,dstaddr", figures: "bytes", sort: "day,-total_bytes", leading: "srcaddr" },
    )
    .with(&[NETWORK])
    .noted(),
    events("by-region", "", grouped("aws_region", "records")),
    events("names-by-region", "", sorted(grouped("aws_region,event_name", "records"), "aws_region,-record_count")),
    events(
        "logins-by-user",
        "event_name in (AssumeRole, ConsoleLogin) and user_identity_arn exists",
        grouped("user_identity_arn,event_name", "list(source_ip_address)"),
    )
    .noted(),
    events(
        "user-activity",
        "not event_name like 'Get%' and not event_name like 'List%' and not event_name like 'Describe%' \
         and event_name != AssumeRole",
        grouped(
            "user_identity_arn,user_identity_user_name",
            "list(event_name),list(source_ip_address),list(user_agent)",
        ),
    ),
    flows(
        "egress-outside",
        "srcaddr in :hosts and action = ACCEPT and not dstaddr in (10.0.0.0/8, 172.16.0.0/12, \
         192.168.0.0/16, fc00::/7)",
        grouped("dstaddr,dstport", "bytes"),
    )
    .with(&[HOSTS]),
];
