//! The dialect's functions against what Trino's documentation says of them.

use super::{Remarks, register};
use rusqlite::Connection;
use rusqlite::types::Value;

/// What an expression in Athena's dialect gives, and the remarks.
fn value(expression: &str) -> (String, Vec<String>) {
    let connection = Connection::open_in_memory().unwrap();
    let remarks = Remarks::default();
    register(&connection, &remarks).unwrap();
    let sql = format!("SELECT {expression}");
    let translated = crate::query::athena::translate(&sql, &std::collections::BTreeMap::new());
    let crate::query::athena::Translated::Query { mapped, .. } =
        translated.unwrap_or_else(|e| panic!("{expression}: {e}"))
    else {
        panic!("{expression}: no query")
    };
    let found = connection.query_row(&mapped.sql, [], |row| row.get::<_, Value>(0));
    let shown = match found.unwrap_or_else(|e| panic!("{expression}: {e}\n{}", mapped.sql)) {
        Value::Null => "NULL".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => super::double(number),
        Value::Text(text) => text,
        Value::Blob(bytes) => super::address_of(&bytes).unwrap().to_string(),
    };
    (shown, remarks.list())
}

fn check(cases: &[(&str, &str)]) {
    for (expression, expected) in cases {
        assert_eq!(value(expression).0, *expected, "{expression}");
    }
}

#[test]
fn casts_take_the_whole_value() {
    check(&[
        ("cast('123' as bigint)", "123"),
        ("cast('12x' as bigint)", "NULL"),
        ("cast(3.7 as integer)", "4"),
        ("cast(-3.5 as integer)", "-4"),
        ("cast(300 as tinyint)", "NULL"),
        ("cast('9223372036854775807' as bigint)", "9223372036854775807"),
        ("cast('1.5e3' as double)", "1500.0"),
        ("cast('inf' as double)", "NULL"),
        ("cast(1.0e7 as varchar)", "1.0E7"),
        ("cast(0.0005 as varchar)", "5.0E-4"),
        ("cast(1.5 as varchar)", "1.5"),
        ("cast(443 as varchar(2))", "44"),
        ("cast('true' as boolean)", "1"),
        ("cast('no' as boolean)", "NULL"),
        ("cast('2021-05-16 07:49:46.5' as date)", "2021-05-16"),
        ("cast('2021-05-16' as timestamp)", "2021-05-16 00:00:00.000"),
        ("cast('2021-05-16T07:49:46Z' as timestamp)", "NULL"),
        ("cast('10.0.0.5' as ipaddress)", "10.0.0.5"),
        ("cast(cast('2001:db8::1' as ipaddress) as varchar)", "2001:db8::1"),
        ("cast('a\"b' as json)", "\"a\\\"b\""),
        ("cast(12.345 as decimal(10, 2))", "12.35"),
        ("decimal '1.50'", "1.5"),
        ("try_cast('x' as bigint)", "NULL"),
        ("try(cast('x' as bigint))", "NULL"),
    ]);
    assert_eq!(value("cast('abc' as bigint)").1, ["'abc' is no bigint; Athena stops"]);
    for quiet in
        ["cast('-' as ipaddress)", "try_cast('x' as bigint)", "try(cast('x' as bigint))", "cast(NULL as bigint)"]
    {
        assert_eq!(value(quiet), ("NULL".to_owned(), vec![]), "{quiet}");
    }
}

#[test]
fn times() {
    check(&[
        ("from_unixtime(1621151386)", "2021-05-16 07:49:46.000"),
        ("from_unixtime(1621151386.123)", "2021-05-16 07:49:46.123"),
        ("to_unixtime(timestamp '2021-05-16 07:49:46')", "1.621151386E9"),
        ("from_iso8601_timestamp('2021-05-16T07:49:46+09:00')", "2021-05-15 22:49:46.000"),
        ("from_iso8601_date('2021-05-16')", "2021-05-16"),
        ("date('2021-05-16 07:49:46')", "2021-05-16"),
        ("timestamp '2012-10-31 01:00' + interval '1' month", "2012-11-30 01:00:00.000"),
        ("date '2012-08-08' + interval '2' day", "2012-08-10"),
        ("timestamp '2012-08-08 01:00' - interval '29' hour", "2012-08-06 20:00:00.000"),
        ("date_add('month', 1, date '2021-01-31')", "2021-02-28"),
        ("date_add('second', 86, timestamp '2020-03-01 00:00:00')", "2020-03-01 00:01:26.000"),
        ("date_add('hour', 9, timestamp '2020-03-01 00:00:00')", "2020-03-01 09:00:00.000"),
        ("date_add('day', -1, timestamp '2020-03-01 00:00:00')", "2020-02-29 00:00:00.000"),
        ("date_diff('second', timestamp '2020-03-01 00:00:00', timestamp '2020-03-02 00:00:00')", "86400"),
        ("date_diff('hour', timestamp '2020-03-01 00:00:00', timestamp '2020-03-02 00:00:00')", "24"),
        ("date_diff('hour', timestamp '2021-01-01 00:59:59', timestamp '2021-01-01 02:00:00')", "1"),
        ("date_diff('day', date '2020-03-01', date '2020-03-02')", "1"),
        ("date_diff('month', timestamp '2020-01-31 00:00:00', timestamp '2020-03-01 00:00:00')", "1"),
        ("date_diff('year', date '2021-03-01', date '2020-03-02')", "0"),
        ("date_diff('hour', timestamp '2021-01-01 02:00:00', timestamp '2021-01-01 00:30:00')", "-1"),
        ("date_trunc('hour', timestamp '2022-10-20 05:10:00')", "2022-10-20 05:00:00.000"),
        ("date_trunc('week', timestamp '2022-10-20 05:10:00')", "2022-10-17 00:00:00.000"),
        ("date_trunc('quarter', date '2022-11-20')", "2022-10-01"),
        ("date_format(timestamp '2022-10-20 05:10:00', '%m-%d-%Y %H')", "10-20-2022 05"),
        (
            "date_format(timestamp '2022-10-20 15:10:09.5', '%y %c %e %b %M %h %l %i %s %f %p %j %a %W %T %r %%')",
            "22 10 20 Oct October 03 3 10 09 500000 PM 293 Thu Thursday 15:10:09 03:10:09 PM %",
        ),
        ("date_parse('2022/10/20/05', '%Y/%m/%d/%H')", "2022-10-20 05:00:00.000"),
        ("date_parse('20 Oct 22 3:05 PM', '%d %b %y %h:%i %p')", "2022-10-20 15:05:00.000"),
        ("date_parse('x', '%Y')", "NULL"),
        ("extract(year from timestamp '2022-10-20 05:10:00')", "2022"),
        ("day_of_week(date '2022-10-20')", "4"),
        ("week(date '2021-01-01')", "53"),
        ("hour(timestamp '2022-10-20 05:10:00')", "5"),
        ("cast(from_unixtime(0) as date) = date '1970-01-01'", "1"),
    ]);
}

#[test]
fn texts() {
    check(&[
        ("'GetObject' like 'get%'", "0"),
        ("'GetObject' like 'Get%'", "1"),
        ("'a%b' like 'a#%b' escape '#'", "1"),
        ("'axb' like 'a#%b' escape '#'", "0"),
        ("'abcbc' like '%bc'", "1"),
        ("'a' not like NULL", "NULL"),
        ("concat('a', 1, 'b')", "a1b"),
        ("concat('a', NULL)", "NULL"),
        ("'a' || NULL", "NULL"),
        ("greatest(1, 3, 2)", "3"),
        ("least('b', NULL)", "NULL"),
        ("split_part('a:b:c', ':', 2)", "b"),
        ("split_part('a:b', ':', 3)", "NULL"),
        ("split('a,b', ',')", "[\"a\",\"b\"]"),
        ("split('a,b', ',')[2]", "b"),
        ("strpos('high', 'ig')", "2"),
        ("position('x' in 'high')", "0"),
        ("substring('quadratically', 5, 6)", "ratica"),
        ("replace('abca', 'a')", "bc"),
        ("reverse('abc')", "cba"),
        ("lpad('7', 3, '0')", "007"),
        ("regexp_like('1a 2b 14m', '\\d+b')", "1"),
        ("regexp_extract('1a 2b 14m', '(\\d+)([a-z]+)', 2)", "a"),
        ("regexp_extract('x', '\\d')", "NULL"),
        ("regexp_replace('1a 2b 14m', '(\\d+)([ab]) ', '3c$2 ')", "3ca 3cb 14m"),
        ("if(1 = 2, 'a')", "NULL"),
        ("7 / 2", "3"),
        ("7 / 0", "NULL"),
        ("round(2.5)", "3.0"),
        ("round(7)", "7"),
        ("mod(7, 3)", "1"),
        ("floor(-1.5)", "-2.0"),
        ("1 is distinct from NULL", "1"),
    ]);
}

#[test]
fn json_and_arrays() {
    check(&[
        ("json_extract('{\"a\":\"x\"}', '$.a')", "\"x\""),
        ("json_extract_scalar('{\"v\":1.50}', '$.v')", "1.50"),
        ("json_extract_scalar('{\"v\":{\"b c\":[1,true]}}', '$.v[\"b c\"][1]')", "true"),
        ("json_extract_scalar('{\"v\":null}', '$.v')", "NULL"),
        ("json_extract_scalar('{\"v\":[1]}', '$.v')", "NULL"),
        ("json_extract_scalar('{\"x-amz\":\"1\"}', '$.x-amz')", "1"),
        ("json_extract('not json', '$.a')", "NULL"),
        ("json_array_length('[1, 2, 3]')", "3"),
        ("cardinality(array[1, 2])", "2"),
        ("contains(array['a', 'b'], 'b')", "1"),
        ("element_at(array[1, 2], -1)", "2"),
        ("array['x', 'y'][3]", "NULL"),
        ("array_join(array['a', NULL, 'c'], '-')", "a-c"),
        ("array_join(array['a', NULL, 'c'], '-', '?')", "a-?-c"),
        ("array_sort(array[3, NULL, 1])", "[1,3,null]"),
        ("array_max(array[3, 10])", "10"),
        ("array_distinct(array[1, 1, 2])", "[1,2]"),
        ("contains('10.0.0.0/8', cast('10.255.255.255' as ipaddress))", "1"),
        ("contains('10.0.0.0/8', cast('11.255.255.255' as ipaddress))", "0"),
        ("contains('2001:0db8::/32', cast('2001:db8::1' as ipaddress))", "1"),
        ("contains('::/0', cast('10.0.0.1' as ipaddress))", "0"),
        ("contains('0.0.0.0/0', cast('10.0.0.1' as ipaddress))", "1"),
        ("contains('10.0.0.0/8', cast('-' as ipaddress))", "NULL"),
    ]);
}

#[test]
fn aggregates() {
    let of = |what: &str| {
        let table =
            "SELECT 1 AS a, 'x' AS b UNION ALL SELECT NULL, 'y' UNION ALL SELECT 3, NULL UNION ALL SELECT 3, 'z'";
        value(&format!("{what} from ({table})")).0
    };
    for (what, expected) in [
        ("array_agg(a)", "[1,null,3,3]"),
        ("array_agg(distinct a order by a)", "[1,3,null]"),
        ("array_agg(b order by b desc)", "[\"z\",\"y\",\"x\",null]"),
        ("max_by(b, a)", "NULL"),
        ("min_by(b, a)", "x"),
        ("count_if(a > 1)", "2"),
        ("approx_distinct(a)", "2"),
        ("approx_percentile(a, 0.5)", "3"),
        ("bool_or(a > 2)", "1"),
        ("bool_and(a > 2)", "0"),
        ("arbitrary(b)", "x"),
    ] {
        assert_eq!(of(what), expected, "{what}");
    }
}
