//! What the dialect makes of statements, and what it refuses with which words.

use super::{Translated, is_athena, translate};
use std::collections::BTreeMap;

fn sql(statement: &str) -> String {
    match translate(statement, &BTreeMap::new()) {
        Ok(Translated::Query { mapped, .. }) => mapped.sql,
        Ok(Translated::Definition { view, .. }) => format!("definition of {view}"),
        Err(problem) => problem.marked(),
    }
}

#[test]
fn a_statement_is_athenas_where_it_names_one_of_its_tables() {
    for (statement, expected) in [
        ("SELECT 1 FROM vpcflow", true),
        ("select * from (select * from \"c\".\"d\".VPC_flow_logs_parquet) x", true),
        ("SELECT 1 FROM \"<database>\".\"<table>\"", true),
        ("CREATE EXTERNAL TABLE x (a int)", true),
        ("with t as (select 1 from cloudtrail) select * from t", true),
        ("SELECT 'from vpcflow' FROM flow_record -- from vpcflow", false),
        ("with vpcflow as (select 1) select * from vpcflow", false),
        ("SELECT extract(year from x) FROM flow_record", false),
    ] {
        assert_eq!(is_athena(statement, &BTreeMap::new()), expected, "{statement}");
    }
    let given = BTreeMap::from([("mine".to_owned(), "vpcflow".to_owned())]);
    assert!(is_athena("select 1 from Mine", &given));
}

#[test]
fn words_are_rewritten_where_sqlite_reads_them_otherwise() {
    for (statement, expected) in [
        (
            "select a, count(*) cnt from vpcflow order by cnt desc, a nulls first limit 3",
            "select a AS \"a\" , count(*) cnt from vpcflow order BY cnt desc NULLS LAST , a nulls first LIMIT 3",
        ),
        ("select * from x.vpcflow_2 offset 5 limit 2", "select * from vpcflow AS \"vpcflow_2\" LIMIT 2 OFFSET 5"),
        ("select 1 from vpcflow fetch first 7 rows only", "select 1 AS \"1\" from vpcflow LIMIT 7"),
        ("select 1 from vpcflow limit all", "select 1 AS \"1\" from vpcflow "),
        (
            "select c.useridentity.sessioncontext.sessionissuer.username from cloudtrail_logs c",
            "select \"c\".\"useridentity.sessioncontext.sessionissuer.username\" AS \"username\" from cloudtrail_logs AS \"c\"",
        ),
        (
            "select requestparameters.bucketName as b from cloudtrail",
            "select coldtrail_member(\"requestparameters\", 'bucketName') as b from cloudtrail",
        ),
        (
            "select resources[1].arn from cloudtrail",
            "select coldtrail_member(element_at(\u{1}resources , 1), 'arn') AS \"arn\" from cloudtrail",
        ),
        (
            "select r.arn, n from cloudtrail cross join unnest(resources) with ordinality as t(r, n)",
            "select coldtrail_member(\"t\".value, 'arn') AS \"arn\" , \"t\".ordinality AS \"n\" from cloudtrail cross join coldtrail_unnest(resources) AS \"t\"",
        ),
        (
            "select try_cast(x as bigint) from vpcflow",
            "select coldtrail_cast(x, 'bigint', 1) AS \"try_cast(x as bigint)\" from vpcflow",
        ),
        ("create or replace view v as select 1 from vpcflow", "select 1 AS \"1\" from vpcflow"),
        ("create external table vpcflow (a int)", "definition of vpcflow"),
    ] {
        assert_eq!(sql(statement), expected.replace('\u{1}', ""), "{statement}");
    }
}

#[test]
fn what_is_not_read_is_refused_with_its_words() {
    for (statement, words) in [
        ("select 1 from nowhere", "no table nowhere; say --table nowhere=VIEW"),
        ("select any_match(resources, r -> true) from cloudtrail", "functions with -> are not read; use UNNEST"),
        ("select a from vpcflow, unnest(b) as t(r)", "write CROSS JOIN UNNEST(x) AS t(r)"),
        ("select starttime at time zone 'Asia/Tokyo' from vpcflow", "times are UTC; see --tz"),
        ("select from_unixtime(starttime, 'UTC') from vpcflow", "times are UTC; see --tz"),
        ("select interval '1' day from vpcflow", "INTERVAL stands behind a time"),
        ("select x['k'] from vpcflow", "map['k'] is not read"),
        ("select a from vpcflow group by rollup(a)", "ROLLUP is not read"),
        ("select a from vpcflow group by cube (a)", "CUBE is not read"),
        ("select a from vpcflow group by grouping sets ((a))", "GROUPING SETS is not read"),
        ("select listagg(a) within group (order by a) from vpcflow", "WITHIN GROUP is not read"),
        ("select row(1, 2) from vpcflow", "ROW is not read"),
        ("select x from (select 1 from vpcflow) as t(x)", "AS t(x) is not read"),
        ("select x from vpcflow, lateral (select 1)", "LATERAL is not read"),
        ("create table t as select 1 from vpcflow", "this statement does more than read"),
        ("insert into vpcflow values (1)", "this statement does more than read"),
        ("select cast(a as map(varchar, varchar)) from vpcflow", "MAP is not read"),
        ("select (1 from vpcflow", "this bracket is not closed"),
        ("select 'a from vpcflow", "this quote is not closed"),
        ("select 1 from vpcflow; select 2 from vpcflow", "only one statement is allowed"),
    ] {
        let told = sql(statement);
        assert!(told.ends_with(words), "{statement}: {told}");
        assert!(told.lines().count() == 3, "{statement}: the place is marked\n{told}");
    }
}

#[test]
fn deep_brackets_and_odd_texts_are_read_without_trouble() {
    let deep = format!("select {}1{} from vpcflow", "(".repeat(500), ")".repeat(500));
    assert!(sql(&deep).ends_with("the brackets are nested too deeply"));
    for text in [
        "",
        ";",
        "select",
        "select from",
        "from",
        "cast(",
        "select 東 from vpcflow",
        "select * from vpcflow order by",
        "with",
        "select a.",
        "limit",
        "select x from vpcflow where a in ()",
        "select - interval",
        "unnest",
        "join unnest(a)",
        "[",
        "select \"",
        "--",
        "/*",
    ] {
        let _ = sql(text);
    }
}
