//! The one table of fields. A field's name here is the struct field, the SQL column, the filter keyword and the column
//! header; parsers, the case file, the filter, the views and the help all iterate this table.
//!
//! Sources: the field lists of the VPC Flow Logs guide (versions 2 to 11), the Transit Gateway Flow Logs guide and the
//! CloudTrail record contents reference.

/// Which kind of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dataset {
    Flows,
    Events,
}

/// What a value is, and so how it is compared, written and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Text,
    Integer,
    Address,
    Port,
    Protocol,
    TcpFlags,
    Bytes,
    Time,
    Boolean,
    /// A JSON value of an event (object, list, string or null).
    Json,
    /// Texts, as a JSON list of them; null stands for none.
    List,
}

/// Where a field's value lives in the normalised case file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Home {
    /// A column of the flow row.
    Row,
    /// The tuple of where the flow was observed (account, interface, VPC ...).
    Interface,
    /// The tuple of what happened to it (action, status, direction, protocol, flags ...).
    Disposition,
    PairSource,
    PairDestination,
    PacketSource,
    PacketDestination,
    /// A key of the row's JSON object of further values (unknown fields, lost-packet counters, sub-second times).
    Extra,
    /// A column of the event row; the path of the value in the event's JSON.
    Event(&'static str),
    /// The tuple of what was called, by which kind of identity and with which client (name, source, region, agent ...);
    /// the path of the value in the event's JSON.
    Call(&'static str),
    /// A column of the event row that holds the JSON of this member.
    EventJson(&'static str),
    /// What `derive` makes of the event.
    Derived,
    /// Who acted, found over all events of a case: no part of the event, and of no export of all that it says.
    Lineage,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// snake_case, AWS's own term.
    pub name: &'static str,
    pub dataset: Dataset,
    pub kind: Kind,
    pub home: Home,
    /// Flow log version that introduced the field; 0 where that has no meaning.
    pub since: u8,
    /// Further spellings that the filter accepts, lower case (the Athena tables' names among them).
    pub aliases: &'static [&'static str],
}

/// A field by its place in `FIELDS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldId(pub u16);

impl Field {
    /// Where the value is in an event's JSON, names joined by dots; `None` for fields of flow records.
    pub fn event_path(&self) -> Option<&'static str> {
        match self.home {
            Home::Event(path) | Home::Call(path) | Home::EventJson(path) => Some(path),
            _ => None,
        }
    }
}

impl FieldId {
    pub fn field(self) -> &'static Field {
        &FIELDS[usize::from(self.0)]
    }

    pub fn name(self) -> &'static str {
        self.field().name
    }
}

impl std::ops::Deref for FieldId {
    type Target = Field;

    fn deref(&self) -> &Field {
        self.field()
    }
}

const fn flow(name: &'static str, kind: Kind, home: Home, since: u8, aliases: &'static [&'static str]) -> Field {
    Field { name, dataset: Dataset::Flows, kind, home, since, aliases }
}

const fn lineage(name: &'static str) -> Field {
    Field { name, dataset: Dataset::Events, kind: Kind::Text, home: Home::Lineage, since: 0, aliases: &[] }
}

const fn derived(name: &'static str, kind: Kind) -> Field {
    Field { name, dataset: Dataset::Events, kind, home: Home::Derived, since: 0, aliases: &[] }
}

const fn event(name: &'static str, kind: Kind, home: Home, aliases: &'static [&'static str]) -> Field {
    Field { name, dataset: Dataset::Events, kind, home, since: 0, aliases }
}

/// Every field of every dataset, AWS's order within each.
pub static FIELDS: [Field; 130] = [
    flow("version", Kind::Integer, Home::Disposition, 2, &[]),
    flow("account_id", Kind::Text, Home::Interface, 2, &["account", "accountid"]),
    flow("interface_id", Kind::Text, Home::Interface, 2, &["interfaceid", "eni_id"]),
    flow("srcaddr", Kind::Address, Home::PairSource, 2, &["sourceaddress", "src_addr", "src"]),
    flow("dstaddr", Kind::Address, Home::PairDestination, 2, &["destinationaddress", "dst_addr", "dst"]),
    flow("srcport", Kind::Port, Home::Row, 2, &["sourceport", "src_port"]),
    flow("dstport", Kind::Port, Home::Row, 2, &["destinationport", "dst_port"]),
    flow("protocol", Kind::Protocol, Home::Disposition, 2, &[]),
    flow("packets", Kind::Integer, Home::Row, 2, &["numpackets"]),
    flow("bytes", Kind::Bytes, Home::Row, 2, &["numbytes"]),
    flow("start", Kind::Time, Home::Row, 2, &["starttime", "start_time"]),
    flow("end", Kind::Time, Home::Row, 2, &["endtime", "end_time"]),
    flow("action", Kind::Text, Home::Disposition, 2, &[]),
    flow("log_status", Kind::Text, Home::Disposition, 2, &["logstatus"]),
    flow("vpc_id", Kind::Text, Home::Interface, 3, &["vpcid"]),
    flow("subnet_id", Kind::Text, Home::Interface, 3, &["subnetid"]),
    flow("instance_id", Kind::Text, Home::Interface, 3, &["instanceid"]),
    flow("tcp_flags", Kind::TcpFlags, Home::Disposition, 3, &["tcpflags"]),
    flow("type", Kind::Text, Home::Disposition, 3, &[]),
    flow("pkt_srcaddr", Kind::Address, Home::PacketSource, 3, &["pktsrcaddr", "pkt_src_addr"]),
    flow("pkt_dstaddr", Kind::Address, Home::PacketDestination, 3, &["pktdstaddr", "pkt_dst_addr"]),
    flow("region", Kind::Text, Home::Interface, 4, &[]),
    flow("az_id", Kind::Text, Home::Interface, 4, &["azid"]),
    flow("sublocation_type", Kind::Text, Home::Interface, 4, &[]),
    flow("sublocation_id", Kind::Text, Home::Interface, 4, &[]),
    flow("pkt_src_aws_service", Kind::Text, Home::Disposition, 5, &[]),
    flow("pkt_dst_aws_service", Kind::Text, Home::Disposition, 5, &[]),
    flow("flow_direction", Kind::Text, Home::Disposition, 5, &["flowdirection", "direction"]),
    flow("traffic_path", Kind::Integer, Home::Disposition, 5, &["trafficpath"]),
    flow("ecs_cluster_arn", Kind::Text, Home::Interface, 7, &[]),
    flow("ecs_cluster_name", Kind::Text, Home::Interface, 7, &[]),
    flow("ecs_container_instance_arn", Kind::Text, Home::Interface, 7, &[]),
    flow("ecs_container_instance_id", Kind::Text, Home::Interface, 7, &[]),
    flow("ecs_container_id", Kind::Text, Home::Interface, 7, &[]),
    flow("ecs_second_container_id", Kind::Text, Home::Interface, 7, &[]),
    flow("ecs_service_name", Kind::Text, Home::Interface, 7, &[]),
    flow("ecs_task_definition_arn", Kind::Text, Home::Interface, 7, &[]),
    flow("ecs_task_arn", Kind::Text, Home::Interface, 7, &[]),
    flow("ecs_task_id", Kind::Text, Home::Interface, 7, &[]),
    flow("reject_reason", Kind::Text, Home::Disposition, 8, &[]),
    flow("resource_id", Kind::Text, Home::Interface, 9, &[]),
    flow("encryption_status", Kind::Integer, Home::Disposition, 10, &[]),
    flow("interface_type", Kind::Text, Home::Interface, 11, &[]),
    flow("next_hop_interface_id", Kind::Text, Home::Disposition, 11, &[]),
    flow("next_hop_subnet_id", Kind::Text, Home::Disposition, 11, &[]),
    flow("next_hop_az_id", Kind::Text, Home::Disposition, 11, &[]),
    flow("next_hop_vpc_id", Kind::Text, Home::Disposition, 11, &[]),
    flow("next_hop_interface_type", Kind::Text, Home::Disposition, 11, &[]),
    flow("instance_tag", Kind::Text, Home::Interface, 11, &[]),
    flow("instance_tag_2", Kind::Text, Home::Interface, 11, &[]),
    flow("interface_tag", Kind::Text, Home::Interface, 11, &[]),
    flow("interface_tag_2", Kind::Text, Home::Interface, 11, &[]),
    flow("asg_tag", Kind::Text, Home::Interface, 11, &[]),
    flow("asg_tag_2", Kind::Text, Home::Interface, 11, &[]),
    flow("resource_type", Kind::Text, Home::Interface, 6, &[]),
    flow("tgw_id", Kind::Text, Home::Interface, 6, &[]),
    flow("tgw_attachment_id", Kind::Text, Home::Interface, 6, &[]),
    flow("tgw_src_vpc_account_id", Kind::Text, Home::Interface, 6, &[]),
    flow("tgw_dst_vpc_account_id", Kind::Text, Home::Interface, 6, &[]),
    flow("tgw_src_vpc_id", Kind::Text, Home::Interface, 6, &[]),
    flow("tgw_dst_vpc_id", Kind::Text, Home::Interface, 6, &[]),
    flow("tgw_src_subnet_id", Kind::Text, Home::Interface, 6, &[]),
    flow("tgw_dst_subnet_id", Kind::Text, Home::Interface, 6, &[]),
    flow("tgw_src_eni", Kind::Text, Home::Interface, 6, &[]),
    flow("tgw_dst_eni", Kind::Text, Home::Interface, 6, &[]),
    flow("tgw_src_az_id", Kind::Text, Home::Interface, 6, &[]),
    flow("tgw_dst_az_id", Kind::Text, Home::Interface, 6, &[]),
    flow("tgw_pair_attachment_id", Kind::Text, Home::Interface, 6, &[]),
    flow("packets_lost_no_route", Kind::Integer, Home::Extra, 6, &[]),
    flow("packets_lost_blackhole", Kind::Integer, Home::Extra, 6, &[]),
    flow("packets_lost_mtu_exceeded", Kind::Integer, Home::Extra, 6, &[]),
    flow("packets_lost_ttl_expired", Kind::Integer, Home::Extra, 6, &[]),
    // CloudTrail.
    event("event_id", Kind::Text, Home::Event("eventID"), &["eventid"]),
    event("event_version", Kind::Text, Home::Call("eventVersion"), &["eventversion"]),
    event("event_time", Kind::Time, Home::Event("eventTime"), &["eventtime", "time"]),
    event("event_source", Kind::Text, Home::Call("eventSource"), &["eventsource"]),
    event("event_name", Kind::Text, Home::Call("eventName"), &["eventname"]),
    event("aws_region", Kind::Text, Home::Call("awsRegion"), &["awsregion", "region"]),
    event("source_ip_address", Kind::Address, Home::Event("sourceIPAddress"), &["sourceipaddress", "source_ip"]),
    event("user_agent", Kind::Text, Home::Call("userAgent"), &["useragent"]),
    event("error_code", Kind::Text, Home::Call("errorCode"), &["errorcode"]),
    event("error_message", Kind::Text, Home::Event("errorMessage"), &["errormessage"]),
    event("user_identity_type", Kind::Text, Home::Call("userIdentity.type"), &[]),
    event("user_identity_principal_id", Kind::Text, Home::Event("userIdentity.principalId"), &["principal_id"]),
    event("user_identity_arn", Kind::Text, Home::Event("userIdentity.arn"), &["arn"]),
    event("user_identity_account_id", Kind::Text, Home::Call("userIdentity.accountId"), &["account_id", "account"]),
    event("user_identity_access_key_id", Kind::Text, Home::Event("userIdentity.accessKeyId"), &["access_key_id"]),
    event("user_identity_user_name", Kind::Text, Home::Call("userIdentity.userName"), &["user_name", "username"]),
    event("user_identity_invoked_by", Kind::Text, Home::Call("userIdentity.invokedBy"), &["invoked_by"]),
    event("session_issuer_type", Kind::Text, Home::Call("userIdentity.sessionContext.sessionIssuer.type"), &[]),
    event(
        "session_issuer_principal_id",
        Kind::Text,
        Home::Call("userIdentity.sessionContext.sessionIssuer.principalId"),
        &[],
    ),
    event("session_issuer_arn", Kind::Text, Home::Call("userIdentity.sessionContext.sessionIssuer.arn"), &[]),
    event(
        "session_issuer_account_id",
        Kind::Text,
        Home::Call("userIdentity.sessionContext.sessionIssuer.accountId"),
        &[],
    ),
    event(
        "session_issuer_user_name",
        Kind::Text,
        Home::Call("userIdentity.sessionContext.sessionIssuer.userName"),
        &[],
    ),
    event("session_creation_date", Kind::Time, Home::Event("userIdentity.sessionContext.attributes.creationDate"), &[]),
    event(
        "session_mfa_authenticated",
        Kind::Boolean,
        Home::Call("userIdentity.sessionContext.attributes.mfaAuthenticated"),
        &["mfa_authenticated"],
    ),
    event("request_id", Kind::Text, Home::Event("requestID"), &["requestid"]),
    event("api_version", Kind::Text, Home::Call("apiVersion"), &["apiversion"]),
    event("read_only", Kind::Boolean, Home::Call("readOnly"), &["readonly"]),
    event("event_type", Kind::Text, Home::Call("eventType"), &["eventtype"]),
    event("recipient_account_id", Kind::Text, Home::Call("recipientAccountId"), &["recipientaccountid"]),
    event("shared_event_id", Kind::Text, Home::Event("sharedEventID"), &["sharedeventid"]),
    event("vpc_endpoint_id", Kind::Text, Home::Call("vpcEndpointId"), &["vpcendpointid"]),
    event("vpc_endpoint_account_id", Kind::Text, Home::Call("vpcEndpointAccountId"), &["vpcendpointaccountid"]),
    event("management_event", Kind::Boolean, Home::Call("managementEvent"), &["managementevent"]),
    event("event_category", Kind::Text, Home::Call("eventCategory"), &["eventcategory"]),
    event("session_credential_from_console", Kind::Boolean, Home::Call("sessionCredentialFromConsole"), &[]),
    event("user_identity", Kind::Json, Home::EventJson("userIdentity"), &["useridentity"]),
    event("request_parameters", Kind::Json, Home::EventJson("requestParameters"), &["requestparameters"]),
    event("response_elements", Kind::Json, Home::EventJson("responseElements"), &["responseelements"]),
    event("additional_event_data", Kind::Json, Home::EventJson("additionalEventData"), &["additionaleventdata"]),
    event("resources", Kind::Json, Home::EventJson("resources"), &[]),
    event("service_event_details", Kind::Json, Home::EventJson("serviceEventDetails"), &["serviceeventdetails"]),
    event("insight_details", Kind::Json, Home::EventJson("insightDetails"), &["insightdetails"]),
    event("addendum", Kind::Json, Home::EventJson("addendum"), &[]),
    event("edge_device_details", Kind::Json, Home::EventJson("edgeDeviceDetails"), &["edgedevicedetails"]),
    event("tls_details", Kind::Json, Home::EventJson("tlsDetails"), &["tlsdetails"]),
    event("event_context", Kind::Json, Home::EventJson("eventContext"), &["eventcontext"]),
    // What these say together.
    derived("event_user_name", Kind::Text),
    derived("session_name", Kind::Text),
    derived("user_agent_short", Kind::Text),
    derived("login_result", Kind::Text),
    derived("mfa", Kind::Text),
    derived("resource_type", Kind::List),
    derived("resource_name", Kind::List),
    derived("policy_grants", Kind::List),
    derived("foreign_account", Kind::List),
    // What all events of a case say together.
    lineage("actor"),
    lineage("actor_type"),
    lineage("actor_proof"),
];

/// The fields of one dataset, in AWS's order; those that all records together say are the last.
pub fn of(dataset: Dataset) -> impl Iterator<Item = FieldId> {
    FIELDS.iter().enumerate().filter(move |(_, f)| f.dataset == dataset).map(|(i, _)| FieldId(i as u16))
}

/// The fields of what a record itself says.
pub fn own(dataset: Dataset) -> impl Iterator<Item = FieldId> {
    of(dataset).filter(|f| f.home != Home::Lineage)
}

/// The fields of a dataset that live in the given home, in the table's order.
pub fn at_home(dataset: Dataset, home: Home) -> impl Iterator<Item = FieldId> {
    of(dataset).filter(move |f| f.home == home)
}

/// The fields that are columns of table event or of its tuples, in order: an `EventRow`'s values are in this order.
pub fn event_columns() -> impl Iterator<Item = FieldId> {
    of(Dataset::Events).filter(|f| f.event_path().is_some() || f.home == Home::Derived)
}

/// A field by its exact snake_case name.
pub fn by_name(dataset: Dataset, name: &str) -> Option<FieldId> {
    of(dataset).find(|f| f.name == name)
}

/// A field of a flow log header (`pkt-srcaddr`, or Parquet's `pkt_srcaddr`).
pub fn by_header(name: &str) -> Option<FieldId> {
    let name = name.replace('-', "_").to_ascii_lowercase();
    by_name(Dataset::Flows, &name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_aliases_are_unambiguous_within_a_dataset() {
        for dataset in [Dataset::Flows, Dataset::Events] {
            let mut seen = std::collections::BTreeSet::new();
            for field in of(dataset) {
                for name in field.aliases.iter().chain([&field.name]) {
                    assert!(seen.insert(*name), "{dataset:?} {name}");
                    assert_eq!(*name, name.to_ascii_lowercase());
                }
            }
        }
    }

    #[test]
    fn the_54_fields_up_to_version_11_and_those_of_transit_gateways() {
        assert_eq!(of(Dataset::Flows).filter(|f| f.since != 6).count(), 54);
        assert_eq!(by_header("pkt-src-aws-service").map(FieldId::name), Some("pkt_src_aws_service"));
        assert_eq!(by_header("tgw-pair-attachment-id").map(|f| f.since), Some(6));
        assert_eq!(by_header("no-such-field"), None);
    }
}
