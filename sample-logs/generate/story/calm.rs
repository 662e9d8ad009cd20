//! The events of an ordinary week: a deployment robot, two engineers, and AWS's own services.

use super::event::{BOTO, BROWSER, CLI_AT_OFFICE, Event, Identity};
use super::json::{J, object};
use super::rng::Rng;
use super::world::*;

pub(super) const BACKUP_BUCKET: &str = "kestrel-backups";
pub(super) const LOG_BUCKET: &str = "kestrel-flow-logs";

pub(super) fn events() -> Vec<Event> {
    let mut out = Vec::new();
    for hour in (0..HOURS).map(|n| FIRST + n * HOUR) {
        let mut rng = Rng::named(&format!("calm {hour}"));
        services(hour, &mut rng, &mut out);
        deployment(hour, &mut rng, &mut out);
        engineers(hour, &mut rng, &mut out);
        warehouse(hour, &mut rng, &mut out);
    }
    out
}

/// The credentials part of an AssumeRole answer.
pub(super) fn credentials(key: &str, expires: i64) -> J {
    object([
        ("accessKeyId", key.into()),
        ("sessionToken", "HIDDEN_DUE_TO_SECURITY_REASONS".into()),
        ("expiration", iso(expires).into()),
    ])
}

/// An AssumeRole event; the answer names the new session and its key.
pub(super) fn assume_role(
    time: i64,
    by: Identity,
    ip: &str,
    (account, role): (&'static str, &'static str),
    session: &str,
    key: &str,
) -> Event {
    assume_role_for(HOUR, time, by, ip, (account, role), (session, key))
}

/// The same for so many seconds; an hour needs no saying.
pub(super) fn assume_role_for(
    seconds: i64,
    time: i64,
    by: Identity,
    ip: &str,
    (account, role): (&'static str, &'static str),
    (session, key): (&str, &str),
) -> Event {
    let arn = format!("arn:aws:iam::{account}:role/{role}");
    let user = object([
        ("assumedRoleId", format!("{}:{session}", super::event::unique_id(role)).into()),
        ("arn", format!("arn:aws:sts::{account}:assumed-role/{role}/{session}").into()),
    ]);
    let answer = object([("credentials", credentials(key, time + seconds)), ("assumedRoleUser", user)]);
    let mut request = vec![("roleArn", arn.as_str().into()), ("roleSessionName", session.into())];
    if seconds != HOUR {
        request.push(("durationSeconds", seconds.into()));
    }
    let mut event =
        Event::new(time, by, "sts.amazonaws.com", "AssumeRole", ip).response(answer).resource("AWS::IAM::Role", arn);
    event.request = J::Object(request);
    event.read_only = true;
    event
}

fn services(hour: i64, rng: &mut Rng, out: &mut Vec<Event>) {
    for host in [&BASTION, &WEB_1] {
        let role = if *host == BASTION { "bastion-role" } else { "web-role" };
        if day_hour(hour).1 % 3 == 0 {
            let key = format!("ASIAX{}", rng.upper(15));
            let by = Identity::Service("ec2.amazonaws.com");
            let event = assume_role(hour + 5, by, "ec2.amazonaws.com", (PRODUCTION, role), host.instance, &key);
            out.push(event.agent("ec2.amazonaws.com"));
        }
    }
    for (offset, log) in [(310, FLOW_LOG_TEXT), (910, FLOW_LOG_HIVE)] {
        let key = format!("AWSLogs/{PRODUCTION}/vpcflowlogs/{REGION}/{log}/{}.log.gz", stamp(hour + offset));
        let by = Identity::Service("delivery.logs.amazonaws.com");
        let event = Event::new(hour + offset, by, "s3.amazonaws.com", "PutObject", "delivery.logs.amazonaws.com");
        out.push(event.agent("delivery.logs.amazonaws.com").object(LOG_BUCKET, &key));
    }
    let monitor = |time: i64| {
        let key = format!("ASIAXM{}", Rng::named(&format!("monitor {}", hour / (6 * HOUR))).upper(14));
        Identity::session(PRODUCTION, "monitor-role", "config-recorder", &key, time - time % (6 * HOUR))
    };
    for (n, (source, name)) in [
        ("ec2.amazonaws.com", "DescribeInstances"),
        ("ec2.amazonaws.com", "DescribeSecurityGroups"),
        ("rds.amazonaws.com", "DescribeDBInstances"),
        ("s3.amazonaws.com", "GetBucketPolicy"),
    ]
    .into_iter()
    .enumerate()
    {
        let time = hour + 600 + n as i64 * 7 + rng.below(5);
        let event = Event::new(time, monitor(time), source, name, "config.amazonaws.com").agent("config.amazonaws.com");
        out.push(if source == "s3.amazonaws.com" {
            event.request([("bucketName", BACKUP_BUCKET.into())])
        } else {
            event.request([("maxResults", 1_000.into())])
        });
    }
    let by = Identity::Service("rds.amazonaws.com");
    let event = Event::new(hour + 1_800, by, "kms.amazonaws.com", "GenerateDataKey", "rds.amazonaws.com");
    let arn = format!("arn:aws:kms:{REGION}:{PRODUCTION}:key/2d0f6c1e-77aa-4c3e-8b1d-5e0a9f3c6b21");
    let mut event =
        event.agent("rds.amazonaws.com").request([("keyId", arn.as_str().into()), ("keySpec", "AES_256".into())]);
    event.read_only = true;
    out.push(event.resource("AWS::KMS::Key", arn));
}

/// The robot takes its role each hour and ships what is new.
fn deployment(hour: i64, rng: &mut Rng, out: &mut Vec<Event>) {
    let robot = Identity::User { name: "ci-runner", key: Some("AKIAXCIRUNNEREXAMPLE".to_owned()), mfa: None };
    let key = format!("ASIAXD{}", rng.upper(14));
    let session = format!("build-{}", 4_100 + (hour - FIRST) / HOUR);
    let begin = hour + 1_200 + rng.below(300);
    out.push(assume_role(begin, robot, CI_RUNNER, (PRODUCTION, "deploy-role"), &session, &key).agent(BOTO));
    let deploy = || Identity::session(PRODUCTION, "deploy-role", &session, &key, begin);
    for n in 0..3 {
        let artefact = format!("releases/shop/{session}/layer-{n}.tar");
        let event = Event::new(begin + 9 + n, deploy(), "s3.amazonaws.com", "PutObject", CI_RUNNER).agent(BOTO);
        out.push(event.object("kestrel-releases", &artefact));
    }
    let event = Event::new(begin + 15, deploy(), "ecs.amazonaws.com", "RegisterTaskDefinition", CI_RUNNER).agent(BOTO);
    out.push(event.request([("family", "shop".into()), ("networkMode", "awsvpc".into())]));
    let event = Event::new(begin + 18, deploy(), "ecs.amazonaws.com", "UpdateService", CI_RUNNER).agent(BOTO);
    out.push(event.request([
        ("cluster", "shop".into()),
        ("service", "web".into()),
        ("forceNewDeployment", true.into()),
    ]));
    if rng.chance(20) {
        let event = Event::new(begin + 21, deploy(), "ecr.amazonaws.com", "DescribeImages", CI_RUNNER).agent(BOTO);
        out.push(event.failed(
            "RepositoryNotFoundException",
            format!("The repository with name 'shop-cache' does not exist in the registry with id '{PRODUCTION}'"),
        ));
    }
}

pub(super) fn login(time: i64, name: &'static str, ip: &str, agent: &'static str, mfa: bool) -> Event {
    let mut event =
        Event::new(time, Identity::User { name, key: None, mfa: None }, "signin.amazonaws.com", "ConsoleLogin", ip)
            .agent(agent)
            .response(object([("ConsoleLogin", "Success".into())]));
    event.additional = Some(object([
        ("LoginTo", "https://console.aws.amazon.com/console/home".into()),
        ("MobileVersion", "No".into()),
        ("MFAUsed", if mfa { "Yes" } else { "No" }.into()),
    ]));
    event.kind = "AwsConsoleSignIn";
    event
}

/// Between nine and six in Japan somebody looks at something.
fn engineers(hour: i64, rng: &mut Rng, out: &mut Vec<Event>) {
    let (day, clock) = day_hour(hour);
    if clock > 8 {
        return;
    }
    let name = if (day + clock) % 2 == 0 { "mika.tanaka" } else { "ren.sato" };
    let key = format!("ASIAXE{}", Rng::named(&format!("{name} {day}")).upper(14));
    let user = || Identity::User { name, key: Some(key.clone()), mfa: Some(true) };
    if clock < 2 {
        out.push(login(hour + 120 + rng.below(600), name, OFFICE, BROWSER, true));
    }
    const LOOKS: [(&str, &str); 8] = [
        ("ec2.amazonaws.com", "DescribeInstances"),
        ("ec2.amazonaws.com", "DescribeVolumes"),
        ("ecs.amazonaws.com", "DescribeServices"),
        ("logs.amazonaws.com", "DescribeLogGroups"),
        ("cloudwatch.amazonaws.com", "GetDashboard"),
        ("iam.amazonaws.com", "ListUsers"),
        ("cloudtrail.amazonaws.com", "LookupEvents"),
        ("s3.amazonaws.com", "ListBuckets"),
    ];
    for _ in 0..rng.between(6, 12) {
        let (source, what) = *rng.pick(&LOOKS);
        let time = hour + 700 + rng.below(2_800);
        out.push(Event::new(time, user(), source, what, OFFICE).agent(if rng.chance(70) {
            BROWSER
        } else {
            CLI_AT_OFFICE
        }));
    }
    if rng.chance(30) {
        let event =
            Event::new(hour + 3_000, user(), "ec2.amazonaws.com", "ModifyInstanceAttribute", OFFICE).agent(BROWSER);
        let event = event.request([
            ("instanceId", WEB_2.instance.into()),
            ("disableApiTermination", object([("value", true.into())])),
        ]);
        out.push(event.response(object([("_return", true.into())])));
    }
}

/// The data account keeps its own hours.
fn warehouse(hour: i64, rng: &mut Rng, out: &mut Vec<Event>) {
    let key = format!("ASIAXW{}", Rng::named(&format!("warehouse {}", hour / (12 * HOUR))).upper(14));
    let loader = || Identity::session(DATA, "loader-role", "nightly-load", &key, hour - hour % (12 * HOUR));
    for n in 0..2 {
        let object_key = format!("exports/2026-03-{}/part-{:04}.parquet", day_hour(hour).0, day_hour(hour).1 * 2 + n);
        let event = Event::new(hour + 2_400 + n * 3, loader(), "s3.amazonaws.com", "PutObject", DATA_1.ip).agent(BOTO);
        out.push(event.in_account(DATA).object("kestrel-customer-exports", &object_key));
    }
    let event =
        Event::new(hour + 2_500 + rng.below(60), loader(), "redshift.amazonaws.com", "DescribeClusters", DATA_1.ip);
    out.push(event.in_account(DATA).agent(BOTO));
}
