//! What is known of an evidence file.

use super::Wrapper;

/// What a file turned out to be, by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Text with a header of field names (S3 delivery, any version and order), flow logs of VPCs or transit gateways.
    FlowText,
    /// Records without a header, in the default or a named format.
    FlowHeaderless,
    FlowParquet,
    /// The playbook's second table: one object a line with both directions.
    FlowForeignJson,
    /// JSON objects that wrap a flow record's line or fields.
    FlowJson,
    /// CloudWatch Logs: export task to S3 (`STAMP RECORD` lines).
    CloudWatchExport,
    /// CloudWatch Logs: subscription objects with logEvents.
    CloudWatchSubscription,
    /// CloudWatch Logs: filter-log-events or get-log-events output.
    CloudWatchEvents,
    /// CloudWatch Logs Insights results, or the console's log event CSV.
    CloudWatchInsightsCsv,
    CloudWatchInsightsJson,
    /// CloudTrail JSON in any wrapping (Records, lines, lists, EventBridge).
    CloudTrailJson,
    CloudTrailLookupEvents,
    CloudTrailConsoleCsv,
    /// CloudTrail Lake or Athena query results.
    CloudTrailQueryCsv,
    CloudTrailParquet,
    /// Security Lake and others: flow records and events in the Open Cybersecurity Schema Framework.
    OcsfJson,
    OcsfParquet,
    CloudTrailDigest,
    /// CloudTrail Lake's signature of saved query results (`result_sign.json`): kept, its files listed.
    CloudTrailQuerySign,
    /// The saved output of `aws s3api head-object` for a digest, which has its signature: kept.
    CloudTrailDigestMeta,
    /// The saved output of `aws cloudtrail list-public-keys`: kept.
    CloudTrailPublicKeys,
    /// Events, or flow records, that are whole inside the objects of another tool.
    CloudTrailIn(Wrapper),
    FlowIn(Wrapper),
    /// A zip or tar: its members are evidence of their own.
    Archive,
    /// No byte of content.
    Empty,
    /// Kept as it is; nothing was read from it.
    Unknown,
}

impl Format {
    /// All but those of the wrappers.
    const PLAIN: [Format; 24] = [
        Format::FlowText,
        Format::FlowHeaderless,
        Format::FlowParquet,
        Format::FlowForeignJson,
        Format::FlowJson,
        Format::CloudWatchExport,
        Format::CloudWatchSubscription,
        Format::CloudWatchEvents,
        Format::CloudWatchInsightsCsv,
        Format::CloudWatchInsightsJson,
        Format::CloudTrailJson,
        Format::CloudTrailLookupEvents,
        Format::CloudTrailConsoleCsv,
        Format::CloudTrailQueryCsv,
        Format::CloudTrailParquet,
        Format::OcsfJson,
        Format::OcsfParquet,
        Format::CloudTrailDigest,
        Format::CloudTrailQuerySign,
        Format::CloudTrailDigestMeta,
        Format::CloudTrailPublicKeys,
        Format::Archive,
        Format::Empty,
        Format::Unknown,
    ];

    /// Stable name: stored in the case, printed by `coldtrail import`.
    pub fn code(self) -> &'static str {
        match self {
            Format::FlowText => "flow-text",
            Format::FlowHeaderless => "flow-headerless",
            Format::FlowParquet => "flow-parquet",
            Format::FlowForeignJson => "flow-foreign-json",
            Format::FlowJson => "flow-json",
            Format::CloudWatchExport => "cloudwatch-export",
            Format::CloudWatchSubscription => "cloudwatch-subscription",
            Format::CloudWatchEvents => "cloudwatch-events",
            Format::CloudWatchInsightsCsv => "cloudwatch-csv",
            Format::CloudWatchInsightsJson => "cloudwatch-insights-json",
            Format::CloudTrailJson => "cloudtrail-json",
            Format::CloudTrailLookupEvents => "cloudtrail-lookup-events",
            Format::CloudTrailConsoleCsv => "cloudtrail-console-csv",
            Format::CloudTrailQueryCsv => "cloudtrail-query-csv",
            Format::CloudTrailParquet => "cloudtrail-parquet",
            Format::OcsfJson => "ocsf-json",
            Format::OcsfParquet => "ocsf-parquet",
            Format::CloudTrailDigest => "cloudtrail-digest",
            Format::CloudTrailQuerySign => "cloudtrail-query-sign",
            Format::CloudTrailDigestMeta => "cloudtrail-digest-meta",
            Format::CloudTrailPublicKeys => "cloudtrail-public-keys",
            Format::CloudTrailIn(wrapper) => wrapper.code(false),
            Format::FlowIn(wrapper) => wrapper.code(true),
            Format::Archive => "archive",
            Format::Empty => "empty",
            Format::Unknown => "unknown",
        }
    }

    /// Its rows have no text of their own.
    pub fn is_parquet(self) -> bool {
        matches!(self, Format::FlowParquet | Format::CloudTrailParquet | Format::OcsfParquet)
    }

    pub fn from_code(code: &str) -> Option<Self> {
        let wrapped = Wrapper::all().flat_map(|wrapper| [Self::CloudTrailIn(wrapper), Self::FlowIn(wrapper)]);
        Self::PLAIN.into_iter().chain(wrapped).find(|f| f.code() == code)
    }
}

/// What a path and a name say (`AWSLogs/<account>/vpcflowlogs/<region>/...`), kept beside what the records say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PathFacts {
    pub account: Option<String>,
    pub organisation: Option<String>,
    pub region: Option<String>,
    /// `YYYY-MM-DD`, with `THH:MM` where the name has it.
    pub date: Option<String>,
    /// Flow log id (`fl-...`), or the trail's name.
    pub log_id: Option<String>,
    /// `vpcflowlogs`, `CloudTrail`, `CloudTrail-Digest`, `CloudTrail-Insight`.
    pub service: Option<String>,
}

/// What reading a file through to its end found out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EvidenceFacts {
    /// Bytes of the file as it is on disk.
    pub file_bytes: u64,
    /// Bytes of the uncompressed content.
    pub content_bytes: u64,
    /// SHA-256 of the file as it is on disk.
    pub file_sha256: [u8; 32],
    /// SHA-256 of the uncompressed content.
    pub content_sha256: [u8; 32],
    /// How it was packed, outermost first: `gzip`, `zstd`, `gzip+gzip`; empty for plain.
    pub packing: String,
    /// Character encoding of the content: `utf-8`, `utf-8-bom`, `utf-16le`, `utf-16be`.
    pub encoding: String,
}
