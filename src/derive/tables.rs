//! The names that derived fields are made of: where AWS's services put the names of their resources, programs that call
//! themselves what they are, condition keys that say who may come or from where, members that name an account.

/// A member that names a resource.
pub(super) struct WellKnown {
    pub kind: &'static str,
    /// `iam` of `iam.amazonaws.com`; `None` for any.
    pub service: Option<&'static str>,
    pub root: Root,
    /// Names of members; `*` is each element of a list.
    pub path: &'static [&'static str],
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    Request,
    Response,
}

const fn request(kind: &'static str, service: &'static str, path: &'static [&'static str]) -> WellKnown {
    WellKnown { kind, service: Some(service), root: Root::Request, path }
}

const fn any(kind: &'static str, root: Root, path: &'static [&'static str]) -> WellKnown {
    WellKnown { kind, service: None, root, path }
}

const fn response(kind: &'static str, service: &'static str, path: &'static [&'static str]) -> WellKnown {
    WellKnown { kind, service: Some(service), root: Root::Response, path }
}

/// In this order they are listed.
pub(super) static RESOURCES: [WellKnown; 43] = [
    any("AWS::S3::Bucket", Root::Request, &["bucketName"]),
    request("AWS::IAM::User", "iam", &["userName"]),
    request("AWS::IAM::Role", "iam", &["roleName"]),
    any("AWS::IAM::Role", Root::Request, &["roleArn"]),
    request("AWS::IAM::Group", "iam", &["groupName"]),
    request("AWS::IAM::Policy", "iam", &["policyArn"]),
    request("AWS::IAM::Policy", "iam", &["policyName"]),
    request("AWS::IAM::InstanceProfile", "iam", &["instanceProfileName"]),
    any("AWS::IAM::AccessKey", Root::Request, &["accessKeyId"]),
    any("AWS::IAM::AccessKey", Root::Response, &["accessKey", "accessKeyId"]),
    any("AWS::IAM::AccessKey", Root::Response, &["credentials", "accessKeyId"]),
    any("AWS::STS::AssumedRole", Root::Response, &["assumedRoleUser", "assumedRoleId"]),
    any("AWS::STS::AssumedRole", Root::Response, &["assumedRoleUser", "arn"]),
    request("AWS::STS::AssumedRole", "sts", &["roleSessionName"]),
    any("AWS::EC2::Instance", Root::Request, &["instanceId"]),
    any("AWS::EC2::Instance", Root::Request, &["instancesSet", "items", "*", "instanceId"]),
    any("AWS::EC2::Instance", Root::Response, &["instancesSet", "items", "*", "instanceId"]),
    request("AWS::EC2::SecurityGroup", "ec2", &["groupId"]),
    response("AWS::EC2::SecurityGroup", "ec2", &["groupId"]),
    request("AWS::EC2::NetworkInterface", "ec2", &["networkInterfaceId"]),
    response("AWS::EC2::NetworkInterface", "ec2", &["networkInterface", "networkInterfaceId"]),
    request("AWS::EC2::VPC", "ec2", &["vpcId"]),
    request("AWS::EC2::Subnet", "ec2", &["subnetId"]),
    request("AWS::EC2::RouteTable", "ec2", &["routeTableId"]),
    request("AWS::EC2::NetworkAcl", "ec2", &["networkAclId"]),
    request("AWS::EC2::Snapshot", "ec2", &["snapshotId"]),
    response("AWS::EC2::Snapshot", "ec2", &["snapshotId"]),
    request("AWS::EC2::Volume", "ec2", &["volumeId"]),
    request("AWS::EC2::Ami", "ec2", &["imageId"]),
    request("AWS::KMS::Key", "kms", &["keyId"]),
    request("AWS::SecretsManager::Secret", "secretsmanager", &["secretId"]),
    request("AWS::Lambda::Function", "lambda", &["functionName"]),
    request("AWS::RDS::DBInstance", "rds", &["dBInstanceIdentifier"]),
    request("AWS::RDS::DBSnapshot", "rds", &["dBSnapshotIdentifier"]),
    request("AWS::CloudTrail::Trail", "cloudtrail", &["name"]),
    request("AWS::CloudTrail::Trail", "cloudtrail", &["trailName"]),
    request("AWS::SSM::Parameter", "ssm", &["name"]),
    request("AWS::SSM::Parameter", "ssm", &["names", "*"]),
    request("AWS::Logs::LogGroup", "logs", &["logGroupName"]),
    request("AWS::DynamoDB::Table", "dynamodb", &["tableName"]),
    request("AWS::ECS::Cluster", "ecs", &["cluster"]),
    request("AWS::EKS::Cluster", "eks", &["name"]),
    request("AWS::GuardDuty::Detector", "guardduty", &["detectorId"]),
];

/// What a user agent contains, in lower case, and the program that it is then. The first one counts.
pub(super) static TOOLS: [(&str, &str); 30] = [
    ("pacu", "pacu"),
    ("scoutsuite", "scoutsuite"),
    ("scout suite", "scoutsuite"),
    ("stratus-red-team", "stratus-red-team"),
    ("trufflehog", "trufflehog"),
    ("cloudfox", "cloudfox"),
    ("prowler", "prowler"),
    ("steampipe", "steampipe"),
    ("cloudmapper", "cloudmapper"),
    ("weirdaal", "weirdaal"),
    ("s3 browser", "s3browser"),
    ("s3browser", "s3browser"),
    ("aws_consoler", "aws_consoler"),
    ("enumerate-iam", "enumerate-iam"),
    ("cloudsplaining", "cloudsplaining"),
    ("rclone", "rclone"),
    ("cyberduck", "cyberduck"),
    ("mountain duck", "mountainduck"),
    ("filezilla", "filezilla"),
    ("nuclei", "nuclei"),
    ("leonidas", "leonidas"),
    ("cloudgoat", "cloudgoat"),
    ("grimoire", "grimoire"),
    ("nimbostratus", "nimbostratus"),
    ("barq", "barq"),
    ("endgame", "endgame"),
    ("quiet-riot", "quiet-riot"),
    ("python-requests", "python-requests"),
    ("curl/", "curl"),
    ("wget/", "wget"),
];

/// Condition keys that say who may come, or from where; in lower case.
pub(super) static LIMITING: [&str; 13] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "aws:vpcsourceip",
    "kms:calleraccount",
];

/// Members of a request under which 12 digits are an account.
pub(super) static SHARING_KEYS: [&str; 13] = [
    "Account",
    "AccountId",
    "account",
    "accountId",
    "accountIds",
    "awsAccountId",
    "destinationAccount",
    "principal",
    "sourceAccount",
    "targetAccountId",
    "userId",
    "userIds",
    "valuesToAdd",
];

/// What a unique id begins with.
pub(crate) static UNIQUE_ID_PREFIXES: [&str; 12] =
    ["ABIA", "ACCA", "AGPA", "AIDA", "AIPA", "AKIA", "ANPA", "ANVA", "APKA", "AROA", "ASCA", "ASIA"];
