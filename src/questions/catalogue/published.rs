//! The queries of AWS's incident response playbooks, security analytics bootstrap and customer playbook framework that give
//! records: what they answer, as filters. Faults of the published texts are mended, and each note says which.

use super::{NamedQuery, Order, Origin, Parameter, ParameterKind, Shape};
use crate::model::Dataset;
use crate::query::tables::{Inside, RecordColumn};

pub(super) const A: Parameter = Parameter { name: "a", kind: ParameterKind::Address, default: None, optional: false };
pub(super) const B: Parameter = Parameter { name: "b", kind: ParameterKind::Address, default: None, optional: false };
pub(super) const BUCKET: Parameter =
    Parameter { name: "bucket", kind: ParameterKind::Text, default: None, optional: false };
const BUCKETS: Parameter = Parameter { name: "buckets", kind: ParameterKind::Texts, default: None, optional: false };
pub(super) const KEY: Parameter = Parameter { name: "key", kind: ParameterKind::Text, default: None, optional: false };
const KEYS: Parameter = Parameter { name: "keys", kind: ParameterKind::Texts, default: None, optional: false };
const NAME: Parameter = Parameter { name: "name", kind: ParameterKind::Text, default: None, optional: false };
const NET: Parameter =
    Parameter { name: "net", kind: ParameterKind::Addresses, default: Some("172.16.0.0/12"), optional: false };
const OWNER: Parameter = Parameter { name: "owner", kind: ParameterKind::Text, default: None, optional: false };
pub(super) const PRINCIPAL: Parameter =
    Parameter { name: "principal", kind: ParameterKind::Text, default: None, optional: false };
const PRINCIPAL_OPTIONAL: Parameter =
    Parameter { name: "principal", kind: ParameterKind::Text, default: None, optional: true };
const TABLE: Parameter = Parameter { name: "table", kind: ParameterKind::Text, default: None, optional: false };
const USER: Parameter = Parameter { name: "user", kind: ParameterKind::Text, default: None, optional: false };

const fn query(name: &'static str, dataset: Dataset, filter: &'static str) -> NamedQuery {
    let field = match dataset {
        Dataset::Flows => "start",
        Dataset::Events => "event_time",
    };
    let shape = Shape::Records { sort: Some(Order { field, descending: false }), columns: &[] };
    let origin = Origin::Published;
    NamedQuery { name, origin, dataset, filter, parameters: &[], needs: &[], shape, limit: None, noted: false }
}

const fn flows(name: &'static str, filter: &'static str) -> NamedQuery {
    query(name, Dataset::Flows, filter)
}

const fn events(name: &'static str, filter: &'static str) -> NamedQuery {
    query(name, Dataset::Events, filter)
}

/// What of the JSON a query is about, beside who called from where.
const fn about(query: NamedQuery, columns: &'static [RecordColumn]) -> NamedQuery {
    let shape = match query.shape {
        Shape::Records { sort, .. } => Shape::Records { sort, columns },
        other => other,
    };
    NamedQuery { shape, ..query }
}

const fn inside(name: &'static str, field: &'static str, pointer: &'static str) -> RecordColumn {
    RecordColumn::Inside(Inside { name, field, pointer })
}

const TIME: RecordColumn = RecordColumn::Field("event_time");
const EVENT: RecordColumn = RecordColumn::Field("event_name");
const WHO: RecordColumn = RecordColumn::Field("user_identity_arn");
const FROM: RecordColumn = RecordColumn::Field("source_ip_address");
const ID: RecordColumn = RecordColumn::Field("event_id");

const COPIED: &[RecordColumn] = &[
    TIME,
    EVENT,
    WHO,
    FROM,
    inside("bucket_name", "request_parameters", "/bucketName"),
    inside("x_amz_copy_source", "request_parameters", "/x-amz-copy-source"),
    ID,
];
const READ: &[RecordColumn] = &[TIME, EVENT, WHO, FROM, inside("key", "request_parameters", "/key"), ID];
const CREATED: &[RecordColumn] = &[
    TIME,
    EVENT,
    WHO,
    FROM,
    inside("key_user_name", "response_elements", "/accessKey/userName"),
    inside("access_key_id", "response_elements", "/accessKey/accessKeyId"),
    ID,
];
const PASSWORD: &[RecordColumn] = &[TIME, EVENT, WHO, FROM, inside("user_name", "request_parameters", "/userName"), ID];

pub(super) const PUBLISHED: [NamedQuery; 44] = [
    events("key-calls", "user_identity_access_key_id = :key").with(&[KEY]),
    events(
        "key-persistence",
        "user_identity_access_key_id = :key and (event_name in (CreateUser, CreateRole, CreateAccessKey, \
         CreateLoginProfile, AttachUserPolicy, AttachRolePolicy, PutUserPolicy, PutRolePolicy, \
         UpdateAssumeRolePolicy, PutBucketPolicy, CreateTrail, StopLogging, DeleteTrail) or event_name \
         matches /^(CreateFunction|UpdateFunctionCode|AddPermission|\
         CreateEventSourceMapping)([0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9](v[0-9]+)?)?$/)",
    )
    .with(&[KEY])
    .noted(),
    events(
        "key-data-reads",
        "user_identity_access_key_id = :key and event_source in ('s3.amazonaws.com', \
         'dynamodb.amazonaws.com', 'secretsmanager.amazonaws.com', 'ssm.amazonaws.com') and event_name in \
         (GetObject, GetItem, BatchGetItem, GetSecretValue, GetParameter, GetParameters)",
    )
    .with(&[KEY])
    .noted(),
    events("key-role-hops", "user_identity_access_key_id = :key and event_name = AssumeRole").with(&[KEY]).noted(),
    events("key-errors", "user_identity_access_key_id = :key and error_code exists").with(&[KEY]),
    events(
        "bucket-reads",
        "event_source = 's3.amazonaws.com' and requestParameters.bucketName = :bucket and event_name in \
         (GetObject, HeadObject, ListObjects, ListObjectsV2, SelectObjectContent, CopyObject)",
    )
    .with(&[BUCKET])
    .noted(),
    events(
        "dynamodb-reads",
        "event_source = 'dynamodb.amazonaws.com' and event_name in (Scan, Query, BatchGetItem, GetItem) and \
         requestParameters.tableName = :table",
    )
    .with(&[TABLE]),
    events(
        "secret-reads",
        "event_source in ('secretsmanager.amazonaws.com', 'ssm.amazonaws.com') and event_name in \
         (GetSecretValue, GetParameter, GetParameters, GetParametersByPath)",
    ),
    about(
        events(
            "staging",
            "event_source = 's3.amazonaws.com' and event_name in (CopyObject, PutObject, UploadPart) and \
         user_identity_arn = :principal",
        ),
        COPIED,
    )
    .with(&[PRINCIPAL])
    .noted(),
    about(
        events(
            "objects-read",
            "event_source = 's3.amazonaws.com' and requestParameters.bucketName = :bucket and event_name = \
         GetObject and user_identity_arn = :principal",
        ),
        READ,
    )
    .with(&[BUCKET, PRINCIPAL]),
    events(
        "bucket-grants",
        "event_source = 's3.amazonaws.com' and event_name in (PutBucketPolicy, DeleteBucketPolicy, \
         PutBucketAcl, PutObjectAcl, PutBucketPublicAccessBlock, DeleteBucketPublicAccessBlock)",
    ),
    events(
        "copies-out",
        "event_name in (CopyObject, PutObject, CreateSnapshot, CopySnapshot, ModifySnapshotAttribute) and \
         user_identity_arn = :principal",
    )
    .with(&[PRINCIPAL])
    .noted(),
    events(
        "pii-reads",
        "event_source = 's3.amazonaws.com' and requestParameters.bucketName in :buckets and event_name in \
         (GetObject, SelectObjectContent, CopyObject, HeadObject, ListObjects, ListObjectsV2)",
    )
    .with(&[BUCKETS]),
    events(
        "foreign-account-reads",
        "event_source = 's3.amazonaws.com' and requestParameters.bucketName = :bucket and event_name = \
         GetObject and error_code is null and user_identity_account_id != :owner",
    )
    .with(&[BUCKET, OWNER])
    .noted(),
    events(
        "listed-objects",
        "event_source = 's3.amazonaws.com' and requestParameters.bucketName = :bucket and event_name = \
         GetObject and error_code is null and requestParameters.key in :keys",
    )
    .with(&[BUCKET, KEYS]),
    events(
        "pii-access",
        "event_source = 's3.amazonaws.com' and requestParameters.bucketName = :bucket and error_code is \
         null and event_name in (GetObject, SelectObjectContent, HeadObject) {user_identity_arn = \
         :principal}",
    )
    .with(&[BUCKET, PRINCIPAL_OPTIONAL]),
    events(
        "outside-reads",
        "event_source = 's3.amazonaws.com' and requestParameters.bucketName = :bucket and event_name = \
         GetObject and error_code is null and source_ip_address in (0.0.0.0/0, ::/0) and source_ip_address \
         not in (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7)",
    )
    .with(&[BUCKET])
    .noted(),
    events(
        "bucket-changes",
        "event_source = 's3.amazonaws.com' and requestParameters.bucketName = :bucket and event_name in \
         (PutBucketPolicy, DeleteBucketPolicy, PutBucketAcl, PutBucketReplication, \
         PutBucketPublicAccessBlock, DeleteBucketPublicAccessBlock)",
    )
    .with(&[BUCKET]),
    events(
        "kms-by-principal",
        "user_identity_arn contains :principal and event_source = 'kms.amazonaws.com' and event_name in \
         (CreateKey, CreateGrant, Encrypt, ReEncrypt, GenerateDataKey, GenerateDataKeyWithoutPlaintext, \
         ScheduleKeyDeletion, DisableKey, PutKeyPolicy)",
    )
    .with(&[PRINCIPAL])
    .noted(),
    events(
        "destruction",
        "event_name in (DeleteObject, DeleteObjects, DeleteSnapshot, DeleteDBSnapshot, \
         DeleteDBClusterSnapshot, DeleteRecoveryPoint, DeleteBackupVault, PutBucketVersioning, \
         DeleteBucketPolicy)",
    )
    .noted(),
    events(
        "snapshots",
        "event_source = 'ec2.amazonaws.com' and event_name in (DeleteSnapshot, ModifySnapshotAttribute, \
         CopySnapshot, CreateSnapshot, CreateSnapshots)",
    ),
    events(
        "protection-off",
        "event_source = 's3.amazonaws.com' and event_name in (PutBucketVersioning, \
         PutObjectLockConfiguration, PutBucketObjectLockConfiguration, PutBucketLifecycle, \
         PutBucketLifecycleConfiguration, DeleteBucketPolicy, PutBucketPolicy)",
    )
    .noted(),
    events("kms-calls", "event_source = 'kms.amazonaws.com'"),
    events("versioning-changes", "event_source = 's3.amazonaws.com' and event_name = PutBucketVersioning").noted(),
    events(
        "snapshot-sharing",
        "event_name in (ModifySnapshotAttribute, ModifyDBSnapshotAttribute, \
         ModifyDBClusterSnapshotAttribute)",
    ),
    flows("flows-between", "(srcaddr = :a and dstaddr = :b) or (srcaddr = :b and dstaddr = :a)").with(&[A, B]),
    flows(
        "private-public",
        "(srcaddr in (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7) and not dstaddr in (10.0.0.0/8, \
         172.16.0.0/12, 192.168.0.0/16, fc00::/7) or dstaddr in (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, \
         fc00::/7) and not srcaddr in (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7)) and log_status \
         = OK",
    )
    .noted(),
    flows("internal", "srcaddr in :net and dstaddr in :net").with(&[NET]),
    flows("not-internal", "not (srcaddr in :net and dstaddr in :net) and log_status = OK").with(&[NET]),
    events(
        "iam-changes",
        "event_source = 'iam.amazonaws.com' and not event_name like 'Get%' and not event_name like 'List%' \
         and not event_name like 'Describe%' and error_code is null",
    ),
    about(events("keys-made", "event_name = CreateAccessKey and error_code is null"), CREATED),
    about(
        events("passwords-set", "event_name in (UpdateLoginProfile, CreateLoginProfile) and error_code is null"),
        PASSWORD,
    )
    .noted(),
    events(
        "public-callers",
        "source_ip_address in (0.0.0.0/0, ::/0) and source_ip_address not in (10.0.0.0/8, 172.16.0.0/12, \
         192.168.0.0/16, fc00::/7)",
    )
    .noted(),
    events("user-calls", "user_identity_type = IAMUser and user_identity_user_name = :user").with(&[USER]),
    events("lambda-calls", "resources[*].ARN contains :name").with(&[NAME]),
    events(
        "ses-changes",
        "event_source = 'ses.amazonaws.com' and event_name in (DeleteIdentity, DeleteIdentityPolicy, \
         DeleteReceiptFilter, DeleteReceiptRule, DeleteReceiptRuleSet, DeleteVerifiedEmailAddress, \
         GetSendQuota, PutIdentityPolicy, UpdateReceiptRule, VerifyDomainDkim, VerifyDomainIdentity, \
         VerifyEmailAddress, VerifyEmailIdentity)",
    ),
    events("public-access", "event_name like '%PublicAccessBlock' or event_name in (GetObjectAcl, PutObjectAcl)")
        .noted(),
    events(
        "rds-public",
        "event_name in (ModifyDBInstance, ModifyDBSnapshotAttribute, ModifyDBClusterSnapshotAttribute)",
    ),
    events(
        "idp-changes",
        "event_source = 'iam.amazonaws.com' and event_name in (CreateSAMLProvider, DeleteSAMLProvider, \
         UpdateSAMLProvider, CreateOpenIDConnectProvider, AddClientIDToOpenIDConnectProvider, \
         DeleteOpenIDConnectProvider, RemoveClientIDFromOpenIDConnectProvider, \
         UpdateOpenIDConnectProviderThumbprint)",
    ),
    events(
        "iam-persistence",
        "event_source = 'iam.amazonaws.com' and event_name in (ChangePassword, CreateUser, CreateRole, \
         CreateGroup, AttachUserPolicy, AttachRolePolicy, AttachGroupPolicy, ListAccessKeys, \
         CreatePolicyVersion, UpdateLoginProfile, CreateAccessKey, UpdateAccessKey, DeactivateMFADevice)",
    ),
    events(
        "monitoring-off",
        "event_name in (DeleteTrail, StopLogging, UpdateTrail, DeleteEventDataStore, DeleteDetector, \
         DeletePublishingDestination, DeleteAnalyzer, DeleteConfigRule, DeleteConfigurationRecorder, \
         DeleteDeliveryChannel, StopConfigurationRecorder)",
    ),
    events(
        "bucket-configuration",
        "event_source = 's3.amazonaws.com' and event_name in (ListBuckets, CreateBucket, \
         DeleteBucketPublicAccessBlock, PutBucketPolicy, DeleteBucketPolicy, PutObjectAcl, DeleteObjectAcl, \
         PutBucketCORS, DeleteBucketCORS, PutBucketEncryption, DeleteBucketEncryption)",
    ),
    events(
        "key-changes",
        "event_source = 'kms.amazonaws.com' and event_name in (DisableKey, ScheduleKeyDeletion, \
         PutKeyPolicy, CreateKey)",
    ),
    events(
        "compute-changes",
        "event_source in ('ec2.amazonaws.com', 'rds.amazonaws.com') and event_name in (DescribeInstances, \
         RunInstances, CreateVpc, DescribeVpcs, CreateSecurityGroup, DeleteSecurityGroup, CreateDBInstance, \
         DeleteDBInstance)",
    ),
];
