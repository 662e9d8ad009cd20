//! What paths and file names say about account, organisation, region, date, log and service: S3 prefixes as AWS
//! delivers them (`AWSLogs/<account>/...`), the Hive style (`aws-account-id=<account>/...`), and the names of flow log,
//! CloudTrail, Insight and digest files on their own. Reads text only, never a disk. Formats: AWS's VPC and CloudTrail
//! user guides.

use crate::model::PathFacts;

/// Reads a path, or just a file's name. `/`, `\` and the `!` of archive members separate folders. What a name says and
/// what its folders say fill each other's gaps; where they differ the name counts, because folders are made up more
/// easily.
pub fn path_facts(path: &str) -> PathFacts {
    let parts: Vec<&str> = path.split(['/', '\\', '!']).filter(|p| !p.is_empty()).collect();
    let Some((name, folders)) = parts.split_last() else { return PathFacts::default() };
    let by_name = name_facts(name);
    let by_folders = folder_facts(folders);
    PathFacts {
        account: by_name.account.or(by_folders.account),
        organisation: by_folders.organisation,
        region: by_name.region.or(by_folders.region),
        date: by_name.date.or(by_folders.date),
        log_id: by_name.log_id.or(by_folders.log_id),
        service: by_name.service.or(by_folders.service),
    }
}

/// `<account>_<service>_<region>_...`: what follows depends on the service.
fn name_facts(name: &str) -> PathFacts {
    let stem = name.split('.').next().unwrap_or_default();
    let (account, rest) = match stem.split_once('_') {
        Some((account, rest)) if is_account(account) => (account, rest),
        _ => return PathFacts::default(),
    };
    let Some((service, rest)) = rest.split_once('_') else { return PathFacts::default() };
    let Some(service) = known_service(service) else { return PathFacts::default() };
    let mut facts =
        PathFacts { account: Some(account.to_owned()), service: Some(service.to_owned()), ..PathFacts::default() };
    let words: Vec<&str> = rest.split('_').collect();
    match service {
        "CloudTrail-Digest" => digest_facts(&words, &mut facts),
        _ => {
            facts.region = words.first().filter(|w| is_region(w)).map(|w| (*w).to_owned());
            facts.date = words.iter().find_map(|w| stamp(w));
            facts.log_id = words.iter().find(|w| is_flow_log_id(w)).map(|w| (*w).to_owned());
        }
    }
    facts
}

/// `<source-region>_<trail>_<home-region>_<stamp>[_backfill]`. A trail's name may hold underscores itself, so it is
/// what is between the first region and the last one before the stamp.
fn digest_facts(words: &[&str], facts: &mut PathFacts) {
    let Some((region, rest)) = words.split_first().filter(|(first, _)| is_region(first)) else { return };
    facts.region = Some((*region).to_owned());
    let Some(at) = rest.iter().rposition(|w| stamp(w).is_some()) else { return };
    facts.date = rest.get(at).and_then(|w| stamp(w));
    let trail = rest.get(..at).unwrap_or_default();
    if let Some((home, trail)) = trail.split_last()
        && is_region(home)
        && !trail.is_empty()
    {
        facts.log_id = Some(trail.join("_"));
    }
}

/// What is below `AWSLogs`, or as `key=value` anywhere.
fn folder_facts(folders: &[&str]) -> PathFacts {
    let mut facts = PathFacts::default();
    hive_facts(folders, &mut facts);
    // The last one: a bucket's own prefix may be called so too.
    let Some(at) = folders.iter().rposition(|f| *f == "AWSLogs") else { return facts };
    let mut rest = folders.get(at + 1..).unwrap_or_default().iter().copied().peekable();
    if let Some(organisation) = rest.next_if(|f| is_organisation(f)) {
        facts.organisation = Some(organisation.to_owned());
    }
    if let Some(account) = rest.next_if(|f| is_account(f)) {
        facts.account = Some(account.to_owned());
    }
    if let Some(service) = rest.peek().and_then(|f| known_service(f)) {
        facts.service = Some(service.to_owned());
        rest.next();
    }
    if let Some(region) = rest.next_if(|f| is_region(f)) {
        facts.region = Some(region.to_owned());
    }
    let numbers: Vec<&str> = rest.map_while(|f| is_digits(f, 1).then_some(f)).collect();
    if let [year, month, day, hour @ ..] = numbers.as_slice() {
        facts.date = date(year, month, day, hour.first().copied()).or(facts.date);
    }
    facts
}

/// `aws-account-id=`, `aws-service=`, `aws-region=`, `year=`, `month=`, `day=`, `hour=`, in any order; and the
/// partitions that tables of Athena and Glue are given.
fn hive_facts(folders: &[&str], facts: &mut PathFacts) {
    let value = |key: &str| {
        folders.iter().rev().find_map(|f| f.split_once('=').filter(|(k, v)| *k == key && !v.is_empty()).map(|(_, v)| v))
    };
    let first = |keys: &[&str], fits: fn(&str) -> bool| {
        keys.iter().filter_map(|key| value(key)).find(|v| fits(v)).map(str::to_owned)
    };
    facts.account =
        first(&["aws-account-id", "aws_account_id", "account_partition", "account_id", "account"], is_account);
    facts.service = value("aws-service").and_then(known_service).map(str::to_owned);
    facts.region = first(&["aws-region", "aws_region", "region_partition", "region"], is_region);
    let top = folders.iter().position(|f| *f == "AWSLogs").and_then(|at| folders.get(at + 1));
    facts.organisation = top.filter(|f| is_organisation(f)).map(|f| (*f).to_owned());
    if let (Some(year), Some(month), Some(day)) = (value("year"), value("month"), value("day")) {
        facts.date = date(year, month, day, value("hour"));
    } else {
        facts.date = DAY_PARTITIONS.iter().find_map(|key| day_partition(folders, key));
    }
}

const DAY_PARTITIONS: [&str; 8] =
    ["date_partition", "partition_date", "event_date", "eventdate", "eventday", "date", "dt", "day"];

/// `date_partition=2023-11-14`, `dt=20231114`, `date=2023%2F11%2F14`, and a day whose slashes made folders of it.
fn day_partition(folders: &[&str], key: &str) -> Option<String> {
    let is_key = |folder: &&str| folder.split_once('=').is_some_and(|(name, _)| name == key);
    let at = folders.iter().rposition(is_key)?;
    let (_, value) = folders.get(at)?.split_once('=')?;
    let value = value.replace("%2F", "-").replace("%2f", "-");
    if value.len() == 8 && is_digits(&value, 8) {
        return date(value.get(..4)?, value.get(4..6)?, value.get(6..)?, None);
    }
    let behind = folders.get(at + 1..).unwrap_or_default().iter().copied().take_while(|folder| is_digits(folder, 1));
    let parts: Vec<&str> = value.split('-').chain(behind).collect();
    let [year, month, day, hour @ ..] = parts.as_slice() else { return None };
    date(year, month, day, hour.first().copied())
}

/// The service in AWS's own spelling.
fn known_service(word: &str) -> Option<&'static str> {
    const SERVICES: [&str; 5] =
        ["vpcflowlogs", "CloudTrail", "CloudTrail-Digest", "CloudTrail-Insight", "CloudTrail-Aggregated"];
    SERVICES.into_iter().find(|s| s.eq_ignore_ascii_case(word))
}

/// Twelve digits.
fn is_account(word: &str) -> bool {
    word.len() == 12 && is_digits(word, 12)
}

fn is_digits(word: &str, least: usize) -> bool {
    word.len() >= least && word.bytes().all(|b| b.is_ascii_digit())
}

/// `o-` and small letters and digits: 10 to 32 by AWS's rule, fewer in files whose owners were masked.
fn is_organisation(word: &str) -> bool {
    word.strip_prefix("o-").is_some_and(|rest| {
        (4..=32).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}

/// `us-east-1`, `us-gov-west-1`, `ap-northeast-3`: two letters, one or two words, a number.
fn is_region(word: &str) -> bool {
    let words: Vec<&str> = word.split('-').collect();
    let lower = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase());
    match words.as_slice() {
        [area, middle @ .., number] => {
            (2..=3).contains(&area.len())
                && lower(area)
                && (1..=2).contains(&middle.len())
                && middle.iter().all(|w| lower(w))
                && is_digits(number, 1)
                && number.len() <= 2
        }
        _ => false,
    }
}

/// `fl-` and hexadecimal digits.
fn is_flow_log_id(word: &str) -> bool {
    word.strip_prefix("fl-").is_some_and(|rest| rest.len() >= 8 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// `YYYYMMDDTHHMMZ` or `YYYYMMDDTHHMMSSZ` as `YYYY-MM-DDTHH:MM`.
fn stamp(word: &str) -> Option<String> {
    let (day, time) = word.strip_suffix('Z')?.split_once('T')?;
    if day.len() != 8 || !is_digits(day, 8) || !(time.len() == 4 || time.len() == 6) || !is_digits(time, 4) {
        return None;
    }
    let minute = time.get(2..4)?;
    let date = date(day.get(..4)?, day.get(4..6)?, day.get(6..8)?, Some(time.get(..2)?))?;
    let start = date.get(..13)?;
    (minute < "60").then(|| format!("{start}:{minute}"))
}

/// `YYYY-MM-DD`, with `THH:00` where an hour is given. None where it is no date.
fn date(year: &str, month: &str, day: &str, hour: Option<&str>) -> Option<String> {
    if year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    let (y, m, d) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    chrono::NaiveDate::from_ymd_opt(y, m, d)?;
    let day = format!("{y:04}-{m:02}-{d:02}");
    match hour.map(str::parse::<u8>) {
        None => Some(day),
        Some(Ok(hour)) if hour < 24 => Some(format!("{day}T{hour:02}:00")),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// account, organisation, region, date, log id, service; `-` for none.
    fn check(path: &str, expected: [&str; 6]) {
        let facts = path_facts(path);
        let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".into());
        let told = [&facts.account, &facts.organisation, &facts.region, &facts.date, &facts.log_id, &facts.service];
        assert_eq!(told.map(text), expected, "{path}");
    }

    #[test]
    fn flow_logs_as_s3_delivers_them() {
        let name = "123456789012_vpcflowlogs_us-east-1_fl-0123456789abcdef0_20231114T2215Z_00c0ffee.log.gz";
        let all = ["123456789012", "-", "us-east-1", "2023-11-14T22:15", "fl-0123456789abcdef0", "vpcflowlogs"];
        check(name, all);
        check(&format!("case/AWSLogs/123456789012/vpcflowlogs/us-east-1/2023/11/14/{name}"), all);
        check(&format!(r"C:\evidence\AWSLogs\123456789012\vpcflowlogs\us-east-1\2023\11\14\22\{name}"), all);
        check(
            "p/AWSLogs/123456789012/vpcflowlogs/ap-northeast-1/2023/11/14/22/part.log",
            ["123456789012", "-", "ap-northeast-1", "2023-11-14T22:00", "-", "vpcflowlogs"],
        );
    }

    #[test]
    fn flow_logs_in_hive_style() {
        let folders = "AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-gov-west-1";
        check(
            &format!("{folders}/year=2023/month=11/day=14/hour=22/x.log.parquet"),
            ["123456789012", "-", "us-gov-west-1", "2023-11-14T22:00", "-", "vpcflowlogs"],
        );
        check(
            &format!("{folders}/year=2023/month=2/day=4/x.log.parquet"),
            ["123456789012", "-", "us-gov-west-1", "2023-02-04", "-", "vpcflowlogs"],
        );
        check(
            &format!("{folders}/year=2023/month=13/day=4/x"),
            ["123456789012", "-", "us-gov-west-1", "-", "-", "vpcflowlogs"],
        );
    }

    #[test]
    fn partitions_of_athena_and_glue_tables() {
        let table = "flows/account_partition=012345678901/region_partition=eu-central-1";
        let expected = |date| ["012345678901", "-", "eu-central-1", date, "-", "-"];
        check(&format!("{table}/date_partition=2023-11-14/part-0.parquet"), expected("2023-11-14"));
        check(&format!("{table}/date_partition=2023%2F11%2F14/part-0.parquet"), expected("2023-11-14"));
        check(&format!("{table}/date_partition=2023/11/14/part-0.parquet"), expected("2023-11-14"));
        check(&format!("{table}/dt=20231114/part-0.csv"), expected("2023-11-14"));
        check(&format!("{table}/date=2023-11-14-22/part-0.csv"), expected("2023-11-14T22:00"));
        check(&format!("{table}/date_partition=2023-13-14/part-0.csv"), expected("-"));
        check(&format!("{table}/day=4/part-0.csv"), expected("-"));
    }

    #[test]
    fn cloudtrail_of_an_account_and_of_an_organisation() {
        let name = "218007301253_CloudTrail_us-east-1_20230710T1145Z_7xgocspSowgK0Gto.json.gz";
        check(name, ["218007301253", "-", "us-east-1", "2023-07-10T11:45", "-", "CloudTrail"]);
        check(
            &format!("AWSLogs/o-exampleorgid/218007301253/CloudTrail/us-east-1/2023/07/10/{name}"),
            ["218007301253", "o-exampleorgid", "us-east-1", "2023-07-10T11:45", "-", "CloudTrail"],
        );
        check(
            "trails.zip!/AWSLogs/218007301253/CloudTrail-Insight/eu-west-2/2023/07/10/x.json",
            ["218007301253", "-", "eu-west-2", "2023-07-10", "-", "CloudTrail-Insight"],
        );
    }

    #[test]
    fn digests_name_their_trail() {
        check(
            "218007301253_CloudTrail-Digest_us-west-2_demo-trail_us-east-1_20230710T123000Z.json.gz",
            ["218007301253", "-", "us-west-2", "2023-07-10T12:30", "demo-trail", "CloudTrail-Digest"],
        );
        check(
            "218007301253_CloudTrail-Digest_us-west-2_my_own_trail_us-east-1_20230710T123000Z_backfill.json.gz",
            ["218007301253", "-", "us-west-2", "2023-07-10T12:30", "my_own_trail", "CloudTrail-Digest"],
        );
    }

    #[test]
    fn a_name_counts_more_than_its_folders() {
        check(
            "AWSLogs/111111111111/vpcflowlogs/us-east-1/2020/01/01/222222222222_vpcflowlogs_eu-west-1_fl-0a1b2c3d_20231114T2215Z_0.log",
            ["222222222222", "-", "eu-west-1", "2023-11-14T22:15", "fl-0a1b2c3d", "vpcflowlogs"],
        );
    }

    #[test]
    fn other_paths_say_nothing() {
        for path in [
            "",
            "/",
            "flow.log",
            "exportedlogs/8f2d9a3e-0000-4000-8000-00000000000A/eni-1235b8ca123456789-all/000000.gz",
            "12345678901_vpcflowlogs_us-east-1_fl-1_20231114T2215Z_0.log",
            "123456789012_elasticloadbalancing_us-east-1_app.log",
            "123456789012_CloudTrail",
            "AWSLogs",
            "東京/記録_2023.log",
        ] {
            check(path, ["-"; 6]);
        }
        check(
            "123456789012_CloudTrail_nowhere_20231314T2215Z_x.json",
            ["123456789012", "-", "-", "-", "-", "CloudTrail"],
        );
        check(
            "123456789012_CloudTrail_us-east-1_20231114T2460Z_x.json",
            ["123456789012", "-", "us-east-1", "-", "-", "CloudTrail"],
        );
    }

    #[test]
    fn the_corpora_paths_are_read() {
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpora/MANIFEST.tsv");
        let Ok(manifest) = std::fs::read_to_string(manifest) else {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "{manifest} is missing");
            println!("skipped: {manifest} is missing");
            return;
        };
        let paths = || manifest.lines().skip(1).filter_map(|l| l.split('\t').next());
        let delivered = |path: &str| path.contains("_CloudTrail") || path.contains("_vpcflowlogs_");
        for path in paths().filter(|p| delivered(p)) {
            let facts = path_facts(path);
            let all = [&facts.account, &facts.region, &facts.date, &facts.service];
            assert!(all.iter().all(|f| f.is_some()), "{path}: {facts:?}");
            assert_eq!(facts.log_id.is_some(), !path.contains("_CloudTrail_"), "{path}: {facts:?}");
        }
        assert_eq!(paths().filter(|p| delivered(p)).count(), 79);
        check(
            paths().find(|p| p.contains("o-abcd")).unwrap(),
            ["811596193553", "o-abcd", "ap-southeast-1", "2020-09-30", "-", "CloudTrail"],
        );
        check(
            paths().find(|p| p.contains("hour=22")).unwrap(),
            ["123456789012", "-", "us-east-1", "2023-11-14T22:15", "fl-0123456789abcdef0", "vpcflowlogs"],
        );
    }
}
