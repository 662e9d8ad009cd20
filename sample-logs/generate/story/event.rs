//! One CloudTrail event, before a container is chosen for it.

use super::json::{J, object};
use super::rng::Rng;
use super::world::*;

/// Who the event says acted.
#[derive(Clone, Debug)]
pub(super) enum Identity {
    Root,
    User {
        name: &'static str,
        key: Option<String>,
        mfa: Option<bool>,
    },
    /// A session of a role. `issued` is when it began.
    Session {
        account: &'static str,
        role: &'static str,
        session: String,
        key: String,
        issued: i64,
    },
    /// An AWS service by its host name.
    Service(&'static str),
}

/// Unique ids of the roles and users of the story.
pub(super) fn unique_id(name: &str) -> String {
    let prefix = if name.ends_with("-role") { "AROA" } else { "AIDA" };
    format!("{prefix}X{}", Rng::named(name).upper(16))
}

impl Identity {
    pub(super) fn session(account: &'static str, role: &'static str, session: &str, key: &str, issued: i64) -> Self {
        Identity::Session { account, role, session: session.to_owned(), key: key.to_owned(), issued }
    }

    pub(super) fn key(&self) -> Option<&str> {
        match self {
            Identity::User { key, .. } => key.as_deref(),
            Identity::Session { key, .. } => Some(key),
            Identity::Root | Identity::Service(_) => None,
        }
    }

    /// What the console calls the user name.
    pub(super) fn user_name(&self) -> &str {
        match self {
            Identity::Root => "root",
            Identity::User { name, .. } => name,
            Identity::Session { session, .. } => session,
            Identity::Service(host) => host,
        }
    }

    fn json(&self) -> J {
        match self {
            Identity::Root => object([
                ("type", "Root".into()),
                ("principalId", PRODUCTION.into()),
                ("arn", format!("arn:aws:iam::{PRODUCTION}:root").into()),
                ("accountId", PRODUCTION.into()),
                ("accessKeyId", "".into()),
            ]),
            Identity::User { name, key, mfa } => {
                let mut members = vec![
                    ("type", "IAMUser".into()),
                    ("principalId", unique_id(name).into()),
                    ("arn", format!("arn:aws:iam::{PRODUCTION}:user/{name}").into()),
                    ("accountId", PRODUCTION.into()),
                ];
                members.extend(key.as_deref().map(|key| ("accessKeyId", key.into())));
                members.push(("userName", (*name).into()));
                if let Some(mfa) = mfa {
                    let attributes = object([("mfaAuthenticated", mfa.to_string().into())]);
                    members.push(("sessionContext", object([("attributes", attributes)])));
                }
                J::Object(members)
            }
            Identity::Session { account, role, session, key, issued } => {
                let issuer = object([
                    ("type", "Role".into()),
                    ("principalId", unique_id(role).into()),
                    ("arn", format!("arn:aws:iam::{account}:role/{role}").into()),
                    ("accountId", (*account).into()),
                    ("userName", (*role).into()),
                ]);
                let attributes = object([("creationDate", iso(*issued).into()), ("mfaAuthenticated", "false".into())]);
                object([
                    ("type", "AssumedRole".into()),
                    ("principalId", format!("{}:{session}", unique_id(role)).into()),
                    ("arn", format!("arn:aws:sts::{account}:assumed-role/{role}/{session}").into()),
                    ("accountId", (*account).into()),
                    ("accessKeyId", key.as_str().into()),
                    ("sessionContext", object([("sessionIssuer", issuer), ("attributes", attributes)])),
                ])
            }
            Identity::Service(host) => object([("type", "AWSService".into()), ("invokedBy", (*host).into())]),
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Event {
    pub time: i64,
    /// The account whose trail holds the event.
    pub account: &'static str,
    pub region: &'static str,
    pub identity: Identity,
    pub source: &'static str,
    pub name: &'static str,
    pub ip: String,
    pub agent: &'static str,
    pub error: Option<(&'static str, String)>,
    pub request: J,
    pub response: J,
    pub additional: Option<J>,
    pub read_only: bool,
    /// (type, ARN) of what the event touched.
    pub resources: Vec<(&'static str, String)>,
    pub data: bool,
    pub shared_id: Option<String>,
    pub kind: &'static str,
    /// Given when all events stand in order.
    pub id: String,
    pub request_id: String,
}

pub(super) const CLI_ON_KALI: &str = "aws-cli/2.22.3 md/awscrt#0.23.4 ua/2.0 os/linux#6.11.2-amd64 md/arch#x86_64 lang/python#3.12.6 \
md/pyimpl#CPython cfg/retry-mode#standard";
pub(super) const CLI_AT_OFFICE: &str =
    "aws-cli/2.27.1 md/awscrt#0.26.1 ua/2.1 os/macos#24.4.0 md/arch#arm64 lang/python#3.13.2";
pub(super) const BOTO: &str = "Boto3/1.40.11 md/Botocore#1.40.11 ua/2.1 os/linux#5.10.240 lang/python#3.9.23";
pub(super) const BROWSER: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 \
Safari/605.1.15";
pub(super) const OTHER_BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

impl Event {
    /// A management event that read something and failed at nothing.
    pub(super) fn new(time: i64, identity: Identity, source: &'static str, name: &'static str, ip: &str) -> Self {
        let read_only = ["Get", "List", "Describe", "Lookup", "Decrypt"].iter().any(|verb| name.starts_with(verb));
        Self {
            time,
            account: PRODUCTION,
            region: if matches!(source, "iam.amazonaws.com" | "signin.amazonaws.com") { GLOBAL_REGION } else { REGION },
            identity,
            source,
            name,
            ip: ip.to_owned(),
            agent: CLI_AT_OFFICE,
            error: None,
            request: J::Null,
            response: J::Null,
            additional: None,
            read_only,
            resources: Vec::new(),
            data: false,
            shared_id: None,
            kind: "AwsApiCall",
            id: String::new(),
            request_id: String::new(),
        }
    }

    pub(super) fn agent(mut self, agent: &'static str) -> Self {
        self.agent = agent;
        self
    }

    pub(super) fn request<const N: usize>(mut self, members: [(&'static str, J); N]) -> Self {
        self.request = object(members);
        self
    }

    pub(super) fn response(mut self, response: J) -> Self {
        self.response = response;
        self
    }

    pub(super) fn resource(mut self, kind: &'static str, arn: String) -> Self {
        self.resources.push((kind, arn));
        self
    }

    pub(super) fn failed(mut self, code: &'static str, message: String) -> Self {
        self.error = Some((code, message));
        self.response = J::Null;
        self
    }

    /// Denied, in the words of IAM.
    pub(super) fn denied(self, action: String) -> Self {
        let who = match &self.identity {
            Identity::Session { account, role, session, .. } => {
                format!("arn:aws:sts::{account}:assumed-role/{role}/{session}")
            }
            other => format!("arn:aws:iam::{PRODUCTION}:user/{}", other.user_name()),
        };
        let message = format!(
            "User: {who} is not authorized to perform: {action} because no identity-based policy allows the {action} action"
        );
        self.failed("AccessDenied", message)
    }

    /// A data event on an object of S3.
    pub(super) fn object(mut self, bucket: &'static str, key: &str) -> Self {
        self.data = true;
        self.request = object([
            ("bucketName", bucket.into()),
            ("Host", format!("{bucket}.s3.{REGION}.amazonaws.com").into()),
            ("key", key.into()),
        ]);
        self.resources = vec![
            ("AWS::S3::Object", format!("arn:aws:s3:::{bucket}/{key}")),
            ("AWS::S3::Bucket", format!("arn:aws:s3:::{bucket}")),
        ];
        self
    }

    pub(super) fn in_account(mut self, account: &'static str) -> Self {
        self.account = account;
        self
    }

    pub(super) fn text(&self) -> String {
        self.json().to_string()
    }

    pub(super) fn json(&self) -> J {
        let mut members = vec![
            ("eventVersion", "1.11".into()),
            ("userIdentity", self.identity.json()),
            ("eventTime", iso(self.time).into()),
            ("eventSource", self.source.into()),
            ("eventName", self.name.into()),
            ("awsRegion", self.region.into()),
            ("sourceIPAddress", self.ip.as_str().into()),
            ("userAgent", self.agent.into()),
        ];
        if let Some((code, message)) = &self.error {
            members.push(("errorCode", (*code).into()));
            members.push(("errorMessage", message.as_str().into()));
        }
        members.push(("requestParameters", self.request.clone()));
        members.push(("responseElements", self.response.clone()));
        members.extend(self.additional.clone().map(|value| ("additionalEventData", value)));
        members.push(("requestID", self.request_id.as_str().into()));
        members.push(("eventID", self.id.as_str().into()));
        members.push(("readOnly", self.read_only.into()));
        if !self.resources.is_empty() {
            let list = self.resources.iter().map(|(kind, arn)| {
                object([("accountId", self.account.into()), ("type", (*kind).into()), ("ARN", arn.as_str().into())])
            });
            members.push(("resources", J::List(list.collect())));
        }
        members.push(("eventType", self.kind.into()));
        members.push(("managementEvent", (!self.data).into()));
        members.push(("recipientAccountId", self.account.into()));
        members.extend(self.shared_id.as_deref().map(|id| ("sharedEventID", id.into())));
        members.push(("eventCategory", self.category().into()));
        if !matches!(self.identity, Identity::Service(_)) {
            members.push((
                "tlsDetails",
                object([
                    ("tlsVersion", "TLSv1.3".into()),
                    ("cipherSuite", "TLS_AES_128_GCM_SHA256".into()),
                    (
                        "clientProvidedHostHeader",
                        self.source.replace(".amazonaws", &format!(".{}.amazonaws", self.region)).into(),
                    ),
                ]),
            ));
        }
        J::Object(members)
    }

    pub(super) fn category(&self) -> &'static str {
        if self.data { "Data" } else { "Management" }
    }
}

/// Puts events in order and gives them their ids.
pub(super) fn number(events: &mut [Event]) {
    events.sort_by_key(|event| event.time);
    for (n, event) in events.iter_mut().enumerate() {
        let mut rng = Rng::named(&format!("event {n} {} {}", event.time, event.name));
        event.id = rng.uuid();
        event.request_id = rng.uuid();
    }
}
