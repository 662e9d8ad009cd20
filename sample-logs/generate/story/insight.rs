//! The pair of Insights events that CloudTrail made of the burst of denied calls.

use super::intrusion::STOLEN_KEY;
use super::json::{J, object};
use super::pack::{Tree, gzip};
use super::rng::Rng;
use super::world::*;

pub(super) fn write(tree: &mut Tree) {
    let shared = Rng::named("insight").uuid();
    let (start, end) = (at(11, 1, 45, 0), at(11, 1, 55, 0));
    let records: Vec<String> = [("Start", start), ("End", end)]
        .into_iter()
        .map(|(state, time)| record(state, time, &shared).to_string())
        .collect();
    let key = format!(
        "AWSLogs/{ORGANISATION}/{PRODUCTION}/CloudTrail-Insight/{GLOBAL_REGION}/2026/03/11/{PRODUCTION}_CloudTrail-Insight_\
         {GLOBAL_REGION}_20260311T0210Z_{}.json.gz",
        Rng::named("insight file").upper(16)
    );
    tree.add(&format!("evidence/s3-trail/{key}"), gzip(format!("{{\"Records\":[{}]}}", records.join(",")).as_bytes()));
}

fn record(state: &str, time: i64, shared: &str) -> J {
    let average = |value: &'static str| object([("average", J::Number(value))]);
    let mut statistics = vec![("baseline", average("0.0005952381")), ("insight", average("3.6"))];
    if state == "End" {
        statistics.push(("insightDuration", 10.into()));
    }
    statistics.push(("baselineDuration", 10_080.into()));
    let value = |name: String, average: &'static str| {
        J::List(vec![object([("value", name.into()), ("average", J::Number(average))])])
    };
    let role = format!("arn:aws:iam::{PRODUCTION}:role/bastion-role");
    let attribution = object([
        ("attribute", "userIdentityArn".into()),
        ("insight", value(role, "3.6")),
        ("baseline", value(format!("arn:aws:iam::{PRODUCTION}:user/mika.tanaka"), "0.0005952381")),
    ]);
    let context = object([("statistics", J::Object(statistics)), ("attributions", J::List(vec![attribution]))]);
    let details = object([
        ("state", state.into()),
        ("eventSource", "iam.amazonaws.com".into()),
        ("eventName", "ListUsers".into()),
        ("insightType", "ApiErrorRateInsight".into()),
        ("errorCode", "AccessDenied".into()),
        ("insightContext", context),
    ]);
    object([
        ("eventVersion", "1.09".into()),
        ("eventTime", iso(time).into()),
        ("awsRegion", GLOBAL_REGION.into()),
        ("eventID", Rng::named(&format!("insight {state} {STOLEN_KEY}")).uuid().into()),
        ("eventType", "AwsCloudTrailInsight".into()),
        ("recipientAccountId", PRODUCTION.into()),
        ("sharedEventID", shared.into()),
        ("insightDetails", details),
        ("eventCategory", "Insight".into()),
    ])
}
