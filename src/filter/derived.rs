//! What the filter reads out of an event that AWS keeps in no field of its own: the user name, resources and result of
//! a sign-in that the console and `lookup-events` show. Pure; the SQL calls the same functions.

use serde_json::Value as Json;

/// A value that is made of an event's fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Derived {
    /// AWS's Username: the user's name, `root`, else the name of the session.
    EventUserName,
    /// Of a role or a federated user.
    SessionName,
    /// `success` or `failure`, of events of the sign-in service.
    LoginResult,
    ResourceName,
    ResourceType,
}

impl Derived {
    pub const ALL: [Derived; 5] = [
        Derived::EventUserName,
        Derived::SessionName,
        Derived::LoginResult,
        Derived::ResourceName,
        Derived::ResourceType,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Derived::EventUserName => "event_user_name",
            Derived::SessionName => "session_name",
            Derived::LoginResult => "login_result",
            Derived::ResourceName => "resource_name",
            Derived::ResourceType => "resource_type",
        }
    }

    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|derived| derived.name() == name)
    }

    /// The values in an event's JSON, each once; of resources in the order in which they are there.
    pub fn values(self, event: &str) -> Vec<String> {
        let Ok(event) = serde_json::from_str::<Json>(event) else { return Vec::new() };
        let text = |path: &str| at(&event, path).and_then(Json::as_str);
        let identity = Identity {
            kind: text("userIdentity.type"),
            user_name: text("userIdentity.userName"),
            principal_id: text("userIdentity.principalId"),
            arn: text("userIdentity.arn"),
        };
        match self {
            Derived::EventUserName => identity.event_user_name().map(str::to_owned).into_iter().collect(),
            Derived::SessionName => identity.session_name().map(str::to_owned).into_iter().collect(),
            Derived::LoginResult => login_result(&event).into_iter().collect(),
            Derived::ResourceName => {
                each_once(resources(&event).into_iter().map(|(_, name)| name).filter(|name| !name.is_empty()))
            }
            Derived::ResourceType => each_once(resources(&event).into_iter().filter_map(|(kind, _)| kind)),
        }
    }
}

/// The members of userIdentity that names come from.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Identity<'a> {
    pub kind: Option<&'a str>,
    pub user_name: Option<&'a str>,
    pub principal_id: Option<&'a str>,
    pub arn: Option<&'a str>,
}

impl<'a> Identity<'a> {
    /// What AWS's event history and `lookup-events` call the Username. AWS services have none.
    pub(crate) fn event_user_name(self) -> Option<&'a str> {
        let own = self.user_name.filter(|name| !name.is_empty());
        let root = || (self.kind == Some("Root")).then_some("root");
        own.or_else(root).or_else(|| self.session_name())
    }

    /// What follows the unique id in principalId; the end of the ARN where that id is masked or has no name.
    pub(crate) fn session_name(self) -> Option<&'a str> {
        if !matches!(self.kind, Some("AssumedRole" | "FederatedUser")) {
            return None;
        }
        let named = self.principal_id.and_then(|id| id.split_once(':')).filter(|(_, name)| !name.is_empty());
        let of_arn =
            self.arn.and_then(|arn| arn.rsplit_once('/')).map(|(_, name)| name).filter(|name| !name.is_empty());
        match named {
            Some((id, name)) if is_usable_id(id) => Some(name),
            Some((_, name)) => of_arn.or(Some(name)),
            None => of_arn,
        }
    }
}

/// Not one that was masked before it came here: a prefix of AWS's or an account, and characters that differ.
fn is_usable_id(id: &str) -> bool {
    const PREFIXES: [&str; 12] =
        ["ABIA", "ACCA", "AGPA", "AIDA", "AIPA", "AKIA", "ANPA", "ANVA", "APKA", "AROA", "ASCA", "ASIA"];
    if id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit()) {
        return true;
    }
    let Some((prefix, rest)) = id.split_at_checked(4) else { return false };
    let differing: std::collections::BTreeSet<u8> = rest.bytes().collect();
    PREFIXES.contains(&prefix)
        && rest.len() >= 12
        && rest.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && differing.len() >= 3
}

/// What the sign-in service says under the event's own name.
fn login_result(event: &Json) -> Option<String> {
    if event.get("eventSource")?.as_str()? != "signin.amazonaws.com" {
        return None;
    }
    let name = event.get("eventName")?.as_str()?;
    ["responseElements", "serviceEventDetails"]
        .iter()
        .find_map(|member| event.get(member)?.get(name)?.as_str())
        .map(str::to_lowercase)
}

/// Type and name of what an event touched, each pair once: what it lists itself, what `lookup-events` listed with it,
/// and what is at well-known places of its request and answer.
fn resources(event: &Json) -> Vec<(Option<String>, String)> {
    let mut found = Vec::new();
    let mut put = |kind: Option<&str>, name: &str| {
        let pair = (kind.filter(|kind| !kind.is_empty()).map(str::to_owned), name.to_owned());
        if !found.contains(&pair) {
            found.push(pair);
        }
    };
    for list in ["Resources", "resources"] {
        for resource in event.get(list).and_then(Json::as_array).into_iter().flatten() {
            let first =
                |keys: &[&str]| keys.iter().find_map(|key| resource.get(key)?.as_str().filter(|text| !text.is_empty()));
            let name = first(&["ARN", "arn", "resourceName", "ResourceName", "ARNPrefix"]);
            put(first(&["type", "resourceType", "ResourceType"]), name.unwrap_or_default());
        }
    }
    let source = event.get("eventSource").and_then(Json::as_str).unwrap_or_default();
    let service = source.split('.').next().unwrap_or_default();
    for (kind, only, path) in PLACES {
        if only.is_none_or(|only| only == service) {
            for name in all_at(event, path).into_iter().filter(|name| !name.is_empty()) {
                put(Some(kind), name);
            }
        }
    }
    found
}

fn each_once(values: impl Iterator<Item = String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for value in values {
        if !found.contains(&value) {
            found.push(value);
        }
    }
    found
}

/// The value at a path of names.
fn at<'a>(json: &'a Json, path: &str) -> Option<&'a Json> {
    path.split('.').try_fold(json, |value, name| value.get(name))
}

/// The texts at a path; a name with `[*]` steps into each element.
fn all_at<'a>(json: &'a Json, path: &str) -> Vec<&'a str> {
    let mut found = vec![json];
    for step in path.split('.') {
        let (name, each) = step.strip_suffix("[*]").map_or((step, false), |name| (name, true));
        let members = found.into_iter().filter_map(|value| value.get(name));
        found = match each {
            true => members.filter_map(Json::as_array).flatten().collect(),
            false => members.collect(),
        };
    }
    found.into_iter().filter_map(Json::as_str).collect()
}

type Place = (&'static str, Option<&'static str>, &'static str);

/// Type of a resource, the service that says it so (`None`: any), and where its name is.
const PLACES: [Place; 43] = [
    ("AWS::S3::Bucket", None, "requestParameters.bucketName"),
    ("AWS::IAM::User", Some("iam"), "requestParameters.userName"),
    ("AWS::IAM::Role", Some("iam"), "requestParameters.roleName"),
    ("AWS::IAM::Role", None, "requestParameters.roleArn"),
    ("AWS::IAM::Group", Some("iam"), "requestParameters.groupName"),
    ("AWS::IAM::Policy", Some("iam"), "requestParameters.policyArn"),
    ("AWS::IAM::Policy", Some("iam"), "requestParameters.policyName"),
    ("AWS::IAM::InstanceProfile", Some("iam"), "requestParameters.instanceProfileName"),
    ("AWS::IAM::AccessKey", None, "requestParameters.accessKeyId"),
    ("AWS::IAM::AccessKey", None, "responseElements.accessKey.accessKeyId"),
    ("AWS::IAM::AccessKey", None, "responseElements.credentials.accessKeyId"),
    ("AWS::STS::AssumedRole", None, "responseElements.assumedRoleUser.assumedRoleId"),
    ("AWS::STS::AssumedRole", None, "responseElements.assumedRoleUser.arn"),
    ("AWS::STS::AssumedRole", Some("sts"), "requestParameters.roleSessionName"),
    ("AWS::EC2::Instance", None, "requestParameters.instanceId"),
    ("AWS::EC2::Instance", None, "requestParameters.instancesSet.items[*].instanceId"),
    ("AWS::EC2::Instance", None, "responseElements.instancesSet.items[*].instanceId"),
    ("AWS::EC2::SecurityGroup", Some("ec2"), "requestParameters.groupId"),
    ("AWS::EC2::SecurityGroup", Some("ec2"), "responseElements.groupId"),
    ("AWS::EC2::NetworkInterface", Some("ec2"), "requestParameters.networkInterfaceId"),
    ("AWS::EC2::NetworkInterface", Some("ec2"), "responseElements.networkInterface.networkInterfaceId"),
    ("AWS::EC2::VPC", Some("ec2"), "requestParameters.vpcId"),
    ("AWS::EC2::Subnet", Some("ec2"), "requestParameters.subnetId"),
    ("AWS::EC2::RouteTable", Some("ec2"), "requestParameters.routeTableId"),
    ("AWS::EC2::NetworkAcl", Some("ec2"), "requestParameters.networkAclId"),
    ("AWS::EC2::Snapshot", Some("ec2"), "requestParameters.snapshotId"),
    ("AWS::EC2::Snapshot", Some("ec2"), "responseElements.snapshotId"),
    ("AWS::EC2::Volume", Some("ec2"), "requestParameters.volumeId"),
    ("AWS::EC2::Ami", Some("ec2"), "requestParameters.imageId"),
    ("AWS::KMS::Key", Some("kms"), "requestParameters.keyId"),
    ("AWS::SecretsManager::Secret", Some("secretsmanager"), "requestParameters.secretId"),
    ("AWS::Lambda::Function", Some("lambda"), "requestParameters.functionName"),
    ("AWS::RDS::DBInstance", Some("rds"), "requestParameters.dBInstanceIdentifier"),
    ("AWS::RDS::DBSnapshot", Some("rds"), "requestParameters.dBSnapshotIdentifier"),
    ("AWS::CloudTrail::Trail", Some("cloudtrail"), "requestParameters.name"),
    ("AWS::CloudTrail::Trail", Some("cloudtrail"), "requestParameters.trailName"),
    ("AWS::SSM::Parameter", Some("ssm"), "requestParameters.name"),
    ("AWS::SSM::Parameter", Some("ssm"), "requestParameters.names[*]"),
    ("AWS::Logs::LogGroup", Some("logs"), "requestParameters.logGroupName"),
    ("AWS::DynamoDB::Table", Some("dynamodb"), "requestParameters.tableName"),
    ("AWS::ECS::Cluster", Some("ecs"), "requestParameters.cluster"),
    ("AWS::EKS::Cluster", Some("eks"), "requestParameters.name"),
    ("AWS::GuardDuty::Detector", Some("guardduty"), "requestParameters.detectorId"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_name_is_that_of_the_event_history() {
        let name = |kind: &str, user: Option<&str>, id: &str, arn: &str| {
            let identity = Identity { kind: Some(kind), user_name: user, principal_id: Some(id), arn: Some(arn) };
            identity.event_user_name().map(str::to_owned).unwrap_or_default()
        };
        let role = "arn:aws:sts::111122223333:assumed-role/role/i-0ba571bb06bb06bb6";
        assert_eq!(name("IAMUser", Some("Alice"), "AIDAX", "arn:aws:iam::1:user/Alice"), "Alice");
        assert_eq!(name("Root", None, "111122223333", "arn:aws:iam::111122223333:root"), "root");
        assert_eq!(name("Root", Some("alias"), "1", "arn"), "alias");
        assert_eq!(name("AssumedRole", None, "AROAXW7ZZNRCRVZ2P3F6D:i-0ba571bb06bb06bb6", role), "i-0ba571bb06bb06bb6");
        // Masked, cut off, or without a name: the ARN's end.
        for id in
            ["***:***", "AROA0000000000000000:HIDDEN", "HIDDEN_DUE_TO_SECURITY_REASONS", "AROAXW7ZZNRCRVZ2P3F6D", ""]
        {
            assert_eq!(name("AssumedRole", None, id, role), "i-0ba571bb06bb06bb6", "{id}");
        }
        assert_eq!(name("AssumedRole", Some(""), "AROAEXAMPLE:s", ""), "s");
        assert_eq!(name("FederatedUser", None, "111122223333:bob", "arn:aws:sts::1:federated-user/other"), "bob");
        assert_eq!(name("AWSService", None, "AROAXW7ZZNRCRVZ2P3F6D:x", role), "");
        assert_eq!(name("IAMUser", None, "AIDAXW7ZZNRCRVZ2P3F6D:x", role), "");
    }

    #[test]
    fn resources_are_listed_each_once_and_known_places_are_looked_at() {
        let event = r#"{"eventSource":"sts.amazonaws.com","eventName":"AssumeRole",
            "Resources":[{"ResourceType":"AWS::IAM::Role","ResourceName":"arn:r"}],
            "resources":[{"type":"AWS::IAM::Role","ARN":"arn:r"},{"ARNPrefix":"arn:p"},{"type":"x"},"odd",{"ARN":7}],
            "requestParameters":{"roleArn":"arn:r","roleSessionName":"s","userName":"not of iam"},
            "responseElements":{"credentials":{"accessKeyId":"ASIA1"},"assumedRoleUser":{"assumedRoleId":"AROA1:s","arn":"arn:s"}}}"#;
        assert_eq!(Derived::ResourceName.values(event), ["arn:r", "arn:p", "ASIA1", "AROA1:s", "arn:s", "s"]);
        let kinds = ["AWS::IAM::Role", "x", "AWS::IAM::AccessKey", "AWS::STS::AssumedRole"];
        assert_eq!(Derived::ResourceType.values(event), kinds);
        let many = r#"{"eventSource":"ec2.amazonaws.com","requestParameters":{"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"},{}]}}}"#;
        assert_eq!(Derived::ResourceName.values(many), ["i-1", "i-2"]);
        for none in ["", "[]", "7", "{}", r#"{"resources":{},"requestParameters":null}"#, "{"] {
            assert_eq!(Derived::ResourceName.values(none), [""; 0], "{none}");
        }
    }

    #[test]
    fn the_result_of_a_sign_in_stands_under_the_events_own_name() {
        let result = |source: &str, member: &str, inside: &str| {
            let event = format!(r#"{{"eventSource":"{source}","eventName":"ConsoleLogin","{member}":{inside}}}"#);
            Derived::LoginResult.values(&event)
        };
        let failed = r#"{"ConsoleLogin":"Failure"}"#;
        assert_eq!(result("signin.amazonaws.com", "responseElements", failed), ["failure"]);
        assert_eq!(result("signin.amazonaws.com", "serviceEventDetails", failed), ["failure"]);
        assert_eq!(result("signin.amazonaws.com", "responseElements", r#"{"CheckMfa":"Success"}"#), [""; 0]);
        assert_eq!(result("iam.amazonaws.com", "responseElements", failed), [""; 0]);
    }
}
