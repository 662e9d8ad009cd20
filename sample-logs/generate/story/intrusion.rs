//! What the intruder did with the stolen credentials, and what the responders did about it.

use super::calm::{LOG_BUCKET, assume_role, assume_role_for, login};
use super::deliver::hive_object;
use super::event::{BROWSER, CLI_ON_KALI, Event, Identity, OTHER_BROWSER, unique_id};
use super::json::{J, object};
use super::rng::Rng;
use super::world::*;

/// The key of the SSH host's role, taken from the instance's metadata service.
pub(super) const STOLEN_KEY: &str = "ASIAXBASTIONEXAMPLE1";
pub(super) const FIRST_HOP_KEY: &str = "ASIAXDEPLOYHOPEXAMP1";
pub(super) const SECOND_HOP_KEY: &str = "ASIAXDATAHOPEXAMPLE1";
/// The key of the user that the intruder made.
pub(super) const PLANTED_KEY: &str = "AKIAXPLANTEDEXAMPLE1";
pub(super) const PLANTED_USER: &str = "svc-backup-sync";
pub(super) const EXPORT_BUCKET: &str = "kestrel-customer-exports";
const TRAIL: &str = "kestrel-trail";

pub(super) fn events() -> Vec<Event> {
    let mut out = Vec::new();
    knocking(&mut out);
    looking_around(&mut out);
    two_hops(&mut out);
    staying(&mut out);
    going_dark(&mut out);
    taking_data(&mut out);
    covering_tracks(&mut out);
    response(&mut out);
    out
}

fn stolen() -> Identity {
    Identity::session(PRODUCTION, "bastion-role", BASTION.instance, STOLEN_KEY, at(11, 0, 0, 5))
}

fn first_hop() -> Identity {
    Identity::session(PRODUCTION, "deploy-role", "build-4125", FIRST_HOP_KEY, at(11, 2, 3, 12))
}

fn second_hop() -> Identity {
    Identity::session(DATA, "data-admin-role", "reporting", SECOND_HOP_KEY, at(11, 2, 6, 44))
}

fn planted() -> Identity {
    Identity::User { name: PLANTED_USER, key: Some(PLANTED_KEY.to_owned()), mfa: None }
}

/// Somebody tried the root user's password first.
fn knocking(out: &mut Vec<Event>) {
    for minute in [2, 3, 3, 5] {
        let mut event = login(at(10, 17, minute, 11), "root", ATTACKER, OTHER_BROWSER, false);
        event.identity = Identity::Root;
        event = event.failed("Failed authentication", "Failed authentication".to_owned());
        event.response = object([("ConsoleLogin", "Failure".into())]);
        out.push(event);
    }
}

/// What may this key do? Most of it is denied.
fn looking_around(out: &mut Vec<Event>) {
    let who = Event::new(KEY_FIRST_USED, stolen(), "sts.amazonaws.com", "GetCallerIdentity", ATTACKER);
    out.push(who.agent(CLI_ON_KALI));
    let buckets = Event::new(KEY_FIRST_USED + 34, stolen(), "s3.amazonaws.com", "ListBuckets", ATTACKER);
    out.push(buckets.agent(CLI_ON_KALI));
    const TRIED: [(&str, &str, &str); 12] = [
        ("iam.amazonaws.com", "ListUsers", "iam:ListUsers"),
        ("iam.amazonaws.com", "ListRoles", "iam:ListRoles"),
        ("iam.amazonaws.com", "GetAccountAuthorizationDetails", "iam:GetAccountAuthorizationDetails"),
        ("ec2.amazonaws.com", "DescribeSnapshots", "ec2:DescribeSnapshots"),
        ("ec2.amazonaws.com", "GetPasswordData", "ec2:GetPasswordData"),
        ("secretsmanager.amazonaws.com", "ListSecrets", "secretsmanager:ListSecrets"),
        ("ssm.amazonaws.com", "DescribeParameters", "ssm:DescribeParameters"),
        ("rds.amazonaws.com", "DescribeDBSnapshots", "rds:DescribeDBSnapshots"),
        ("lambda.amazonaws.com", "ListFunctions20150331", "lambda:ListFunctions"),
        ("kms.amazonaws.com", "ListKeys", "kms:ListKeys"),
        ("dynamodb.amazonaws.com", "ListTables", "dynamodb:ListTables"),
        ("organizations.amazonaws.com", "ListAccounts", "organizations:ListAccounts"),
    ];
    let mut rng = Rng::named("looking around");
    for n in 0..144 {
        let (source, name, action) = TRIED[n as usize % TRIED.len()];
        let time = KEY_FIRST_USED + 70 + n * 4 + rng.below(3);
        let event = Event::new(time, stolen(), source, name, ATTACKER).agent(CLI_ON_KALI);
        out.push(event.denied(action.to_owned()));
    }
    let role = Event::new(at(11, 1, 57, 40), stolen(), "iam.amazonaws.com", "GetRole", ATTACKER).agent(CLI_ON_KALI);
    out.push(role.request([("roleName", "deploy-role".into())]));
}

/// From the instance's role to the deployment role, and from there into the other account.
fn two_hops(out: &mut Vec<Event>) {
    let first =
        assume_role(at(11, 2, 3, 12), stolen(), ATTACKER, (PRODUCTION, "deploy-role"), "build-4125", FIRST_HOP_KEY);
    out.push(first.agent(CLI_ON_KALI));
    // A call into another account stands in both trails, joined by the shared id.
    let shared = Rng::named("shared id").uuid();
    for account in [PRODUCTION, DATA] {
        let mut second = assume_role(
            at(11, 2, 6, 44),
            first_hop(),
            ATTACKER,
            (DATA, "data-admin-role"),
            "reporting",
            SECOND_HOP_KEY,
        )
        .agent(CLI_ON_KALI)
        .in_account(account);
        second.shared_id = Some(shared.clone());
        out.push(second);
    }
    let time = at(11, 2, 8, 1);
    let list = Event::new(time, second_hop(), "s3.amazonaws.com", "ListObjects", ATTACKER).agent(CLI_ON_KALI);
    let mut list = list.object(EXPORT_BUCKET, "").in_account(DATA);
    list.request =
        object([("bucketName", EXPORT_BUCKET.into()), ("prefix", "exports/".into()), ("max-keys", "1000".into())]);
    list.resources = vec![("AWS::S3::Bucket", format!("arn:aws:s3:::{EXPORT_BUCKET}"))];
    out.push(list);
    let clusters = Event::new(time + 31, second_hop(), "redshift.amazonaws.com", "GetClusterCredentials", ATTACKER);
    let clusters = clusters.agent(CLI_ON_KALI).in_account(DATA);
    out.push(clusters.request([("clusterIdentifier", "warehouse".into()), ("dbUser", "loader".into())]));
}

/// A user of the intruder's own, with every right.
fn staying(out: &mut Vec<Event>) {
    let arn = format!("arn:aws:iam::{PRODUCTION}:user/{PLANTED_USER}");
    let act = |second: i64, name: &'static str| {
        Event::new(at(11, 2, 11, 0) + second, first_hop(), "iam.amazonaws.com", name, ATTACKER).agent(CLI_ON_KALI)
    };
    let user = object([
        ("path", "/".into()),
        ("userName", PLANTED_USER.into()),
        ("userId", unique_id(PLANTED_USER).into()),
        ("arn", arn.as_str().into()),
        ("createDate", "Mar 11, 2026 2:11:09 AM".into()),
    ]);
    let made = act(9, "CreateUser").request([("userName", PLANTED_USER.into())]).response(object([("user", user)]));
    out.push(made.resource("AWS::IAM::User", arn.clone()));
    let key =
        object([("accessKeyId", PLANTED_KEY.into()), ("status", "Active".into()), ("userName", PLANTED_USER.into())]);
    let made = act(25, "CreateAccessKey").request([("userName", PLANTED_USER.into())]);
    out.push(made.response(object([("accessKey", key)])).resource("AWS::IAM::User", arn.clone()));
    let policy = "arn:aws:iam::aws:policy/AdministratorAccess";
    let attached = act(41, "AttachUserPolicy");
    out.push(
        attached
            .request([("userName", PLANTED_USER.into()), ("policyArn", policy.into())])
            .resource("AWS::IAM::User", arn.clone()),
    );
    let profile = act(58, "CreateLoginProfile")
        .request([("userName", PLANTED_USER.into()), ("passwordResetRequired", false.into())]);
    out.push(profile.resource("AWS::IAM::User", arn));
    let denied = act(90, "PutRolePolicy").request([("roleName", "bastion-role".into()), ("policyName", "all".into())]);
    out.push(denied.denied(format!("iam:PutRolePolicy on resource: role bastion-role in account {PRODUCTION}")));
}

/// The trail is stopped: what follows, for an hour, is only in the event history.
fn going_dark(out: &mut Vec<Event>) {
    let arn = format!("arn:aws:cloudtrail:{REGION}:{PRODUCTION}:trail/{TRAIL}");
    let stop =
        Event::new(TRAIL_STOPPED, planted(), "cloudtrail.amazonaws.com", "StopLogging", ATTACKER).agent(CLI_ON_KALI);
    out.push(stop.request([("name", arn.as_str().into())]).resource("AWS::CloudTrail::Trail", arn.clone()));
    let dark = |minute: i64, source: &'static str, name: &'static str| {
        Event::new(at(11, 2, 24, 0) + minute * 60, planted(), source, name, ATTACKER).agent(CLI_ON_KALI)
    };
    let open = dark(0, "ec2.amazonaws.com", "AuthorizeSecurityGroupEgress");
    out.push(open.request([("groupId", "sg-0ba571000ba571000".into()), ("cidrIp", "0.0.0.0/0".into())]));
    for minute in 0..14 {
        let name = if minute % 2 == 0 { "DescribeSnapshots" } else { "DescribeDBInstances" };
        let source = if minute % 2 == 0 { "ec2.amazonaws.com" } else { "rds.amazonaws.com" };
        out.push(dark(3 + minute, source, name));
    }
    let share = dark(21, "ec2.amazonaws.com", "ModifySnapshotAttribute");
    out.push(share.request([
        ("snapshotId", "snap-0db1db1db1db1db1d".into()),
        (
            "createVolumePermission",
            object([("add", object([("items", J::List(vec![object([("userId", "999988887777".into())])]))]))]),
        ),
    ]));
    let run = dark(28, "ec2.amazonaws.com", "RunInstances");
    let run = run.request([("instanceType", "p5.48xlarge".into()), ("minCount", 1.into()), ("maxCount", 4.into())]);
    out.push(
        run.failed(
            "Client.VcpuLimitExceeded",
            "You have requested more vCPU capacity than your current vCPU limit of 0 allows for the instance bucket."
                .to_owned(),
        ),
    );
    // A rule of the company's own starts the trail again.
    let guard = Identity::session(PRODUCTION, "guard-role", "trail-guard", "ASIAXGUARDEXAMPLE123", at(11, 3, 25, 2));
    let start = Event::new(TRAIL_STARTED, guard, "cloudtrail.amazonaws.com", "StartLogging", "ssm.amazonaws.com");
    out.push(
        start
            .agent("ssm.amazonaws.com")
            .request([("name", arn.as_str().into())])
            .resource("AWS::CloudTrail::Trail", arn),
    );
}

/// The second day: a sign-in without a second factor, then object after object.
fn taking_data(out: &mut Vec<Event>) {
    out.push(login(at(11, 13, 42, 8), PLANTED_USER, ATTACKER_EXIT, OTHER_BROWSER, false));
    let key = "ASIAXREADEREXAMPLE12";
    let took = at(11, 13, 51, 30);
    // Long enough for all that follows.
    let role = (DATA, "data-admin-role");
    let mut again =
        assume_role_for(6 * HOUR, took, planted(), ATTACKER_EXIT, role, ("reporting", key)).agent(CLI_ON_KALI);
    let shared = Rng::named("second shared id").uuid();
    again.shared_id = Some(shared);
    out.push(again.clone().in_account(DATA));
    out.push(again);
    let reader = || Identity::session(DATA, "data-admin-role", "reporting", key, took);
    let mut rng = Rng::named("taking data");
    for n in 0..180 {
        let time = at(11, 13, 55, 0) + n * 32 + rng.below(20);
        let object_key = format!("exports/2026-0{}-{:02}/part-{:04}.parquet", 1 + n / 90, 1 + n % 28, n % 48);
        let get = Event::new(time, reader(), "s3.amazonaws.com", "GetObject", ATTACKER_EXIT).agent(CLI_ON_KALI);
        let mut get = get.in_account(DATA).object(EXPORT_BUCKET, &object_key);
        get.additional = Some(object([
            ("bytesTransferredOut", rng.between(8_000_000, 41_000_000).into()),
            ("SignatureVersion", "SigV4".into()),
        ]));
        out.push(get);
    }
    let mut note =
        Event::new(at(11, 19, 40, 2), reader(), "s3.amazonaws.com", "PutObject", ATTACKER_EXIT).agent(CLI_ON_KALI);
    note = note.in_account(DATA).object(EXPORT_BUCKET, "READ_ME.txt");
    out.push(note);
}

/// One hour of the flow log is deleted, and an attempt at the rest is denied.
fn covering_tracks(out: &mut Vec<Event>) {
    let (day, clock) = day_hour(GAP_FROM);
    let key = hive_object(day, clock, GAP_FROM);
    let gone = Event::new(at(11, 18, 31, 17), planted(), "s3.amazonaws.com", "DeleteObject", ATTACKER_EXIT);
    out.push(gone.agent(CLI_ON_KALI).object(LOG_BUCKET, &key));
    for n in 0..6 {
        let key = hive_object(day, clock + 1 + n % 2, GAP_FROM + (1 + n % 2) * HOUR);
        let kept = Event::new(at(11, 19, 46, 0) + n * 9, planted(), "s3.amazonaws.com", "DeleteObject", ATTACKER_EXIT);
        out.push(
            kept.agent(CLI_ON_KALI).object(LOG_BUCKET, &key).denied("s3:DeleteObject with an explicit deny".to_owned()),
        );
    }
}

fn response(out: &mut Vec<Event>) {
    let key = "ASIAXRESPONSEEXAMPL1";
    let tanaka = || Identity::User { name: "mika.tanaka", key: Some(key.to_owned()), mfa: Some(true) };
    out.push(login(RESPONSE, "mika.tanaka", OFFICE, BROWSER, true));
    let act = |minute: i64, source: &'static str, name: &'static str| {
        Event::new(RESPONSE + minute * 60, tanaka(), source, name, OFFICE).agent(BROWSER)
    };
    let user = ("userName", J::from(PLANTED_USER));
    let key_off = [user.clone(), ("accessKeyId", PLANTED_KEY.into()), ("status", "Inactive".into())];
    out.push(act(4, "iam.amazonaws.com", "UpdateAccessKey").request(key_off));
    let policy = ("policyArn", J::from("arn:aws:iam::aws:policy/AdministratorAccess"));
    out.push(act(5, "iam.amazonaws.com", "DetachUserPolicy").request([user.clone(), policy]));
    out.push(act(6, "iam.amazonaws.com", "DeleteLoginProfile").request([user]));
    for (minute, role) in [(8, "bastion-role"), (9, "deploy-role")] {
        let revoke = [("roleName", role.into()), ("policyName", "AWSRevokeOlderSessions".into())];
        out.push(act(minute, "iam.amazonaws.com", "PutRolePolicy").request(revoke));
    }
    let close = act(22, "ec2.amazonaws.com", "RevokeSecurityGroupIngress");
    out.push(close.request([
        ("groupId", "sg-0ba571000ba571000".into()),
        ("fromPort", 22.into()),
        ("cidrIp", "0.0.0.0/0".into()),
    ]));
    let stop = act(40, "ec2.amazonaws.com", "CreateSnapshot");
    out.push(stop.request([("volumeId", "vol-0ba571000ba571000".into()), ("description", "evidence".into())]));
    let mut rng = Rng::named("locked out");
    for n in 0..24 {
        let name = if n % 2 == 0 { "ListBuckets" } else { "GetCallerIdentity" };
        let source = if n % 2 == 0 { "s3.amazonaws.com" } else { "sts.amazonaws.com" };
        let time = RESPONSE + 1_900 + n * 71 + rng.below(30);
        let event = Event::new(time, planted(), source, name, ATTACKER_EXIT).agent(CLI_ON_KALI);
        out.push(
            event.failed("InvalidClientTokenId", "The security token included in the request is invalid.".to_owned()),
        );
    }
}
