//! A report of everything, and values that would break a careless writer.

use super::document::*;
use crate::analysis::coverage::Coverage;
use crate::model::{Dataset, SeriesKey, SeriesLine, SeriesTable, Timestamp, Unit, Value};
use crate::present::Zone;
use crate::present::chart::{Chart, Day, Heat, Shape};
use crate::query::tables::Column;
use crate::query::{Figures, Measure};
use std::sync::Arc;

/// Markup, formulas, control and direction characters, quotes, lines that look like ours, long values.
pub(super) fn hostile() -> Vec<String> {
    let mut values: Vec<String> = [
        "<script>document.title='pwned'</script>",
        "\"><img src=x onerror=\"document.title='pwned'\">",
        "</style><script>document.title='pwned'</script>",
        "</title></head><body onload=alert(1)>",
        "<!-- --><![CDATA[ ]]>&lt;&#60;&amp;",
        "javascript:alert(1)",
        "=cmd|'/C calc'!A0",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "+1-2",
        "-2+3",
        "\t=1+1",
        "\r\n=HYPERLINK(\"http://example.com\",\"x\")",
        "a\u{202e}gpj.exe",
        "\u{2066}x\u{2069}\u{200b}\u{200d}\u{feff}\u{ad}",
        "\u{0}\u{1}\u{7}\u{8}\u{1b}[31mred\u{1b}[0m\u{7f}\u{85}\u{9b}",
        "line one\nline two\rline three\u{2028}four\u{2029}five\u{b}six\u{c}seven",
        "SHA-256 0000000000000000000000000000000000000000000000000000000000000000  report.html\n# Coldtrail report, form 1",
        "שלום עולם مرحبا",
        "👩\u{200d}👩\u{200d}👧🇯🇵🔥",
        "e\u{301}か\u{3099}Z\u{335}\u{336}\u{337}",
        "\u{fffd}\u{fffd}",
        "@page @of @row { $name } ${jndi:ldap://x}",
        "%s%n\\\\server\\share \\u0041",
        "ﾃｽﾄ　全角（かっこ）、「引用」。",
        "'quoted' \"double\" `back`",
        "]]> --> */ }",
    ]
    .map(str::to_owned)
    .to_vec();
    values.push("x".repeat(1 << 20));
    values.push("<b>".repeat(10_000));
    values.push("長".repeat(50_000));
    values.push("\u{202e}".repeat(2_000));
    values
}

fn time(secs: i64) -> Option<Timestamp> {
    Some(Timestamp::from_secs(1_773_100_800 + secs))
}

fn chart(lines: usize) -> Arc<Chart> {
    let bins = (0..96).filter(|at| !(40..48).contains(at)).map(|at| 1_773_100_800 + at * 900).collect();
    let line = |at: usize| SeriesLine {
        key: if lines == 1 { SeriesKey::All } else { SeriesKey::Group(vec![Value::Text(format!("10.0.{at}.7"))]) },
        at: (0..88).collect(),
        values: (0..88u128).map(|bin| (bin * 37 + at as u128 * 1013) % 977 * 10_000).collect(),
    };
    let gaps = vec![(1_773_100_800 + 10 * 3600, 1_773_100_800 + 12 * 3600)];
    let lines = (0..lines).map(line).collect();
    Arc::new(Chart::of(&SeriesTable { bin_secs: 900, bins, lines, gaps, left_out: 3, untimed: 1 }))
}

fn plot(name: &str, shape: Shape, lines: usize) -> Body {
    let (from, to) = (1_773_100_800, 1_773_100_800 + 86_400);
    let threshold = (shape == Shape::Lines).then_some(5_000_000);
    Body::Plot(Plot {
        title: None,
        chart: chart(lines),
        shape,
        measure: Measure::Bytes,
        threshold,
        from,
        to,
        attachment: name.to_owned(),
    })
}

fn heat(name: &str) -> Body {
    let zone = Zone::by_name("Asia/Tokyo").unwrap_or_default();
    let mut heat = Heat::of(&chart(1), zone);
    let day = heat.days[0].clone();
    heat.days = (0..12).map(|at| Day { start: day.start + at * 86_400, ..day.clone() }).collect();
    Body::Heat(HeatMap { heat, zone, measure: Measure::Bytes, attachment: name.to_owned() })
}

fn flows(rows: usize, name: &str) -> Table {
    let columns = [
        ("start", Unit::Time),
        ("srcaddr", Unit::Address),
        ("dstaddr", Unit::Address),
        ("srcport", Unit::Port),
        ("dstport", Unit::Port),
        ("protocol", Unit::Protocol),
        ("packets", Unit::Count),
        ("bytes", Unit::Bytes),
        ("action", Unit::Text),
    ];
    let row = |at: usize| {
        vec![
            Value::Time(Timestamp::from_secs(1_773_100_800 + at as i64 * 61)),
            Value::Text(format!("10.0.{}.{}", at % 7, at % 250)),
            Value::Text("203.0.113.77".into()),
            Value::Integer(40_000 + at as i64),
            Value::Integer(443),
            Value::Integer(6),
            Value::Integer(at as i64 * 3),
            Value::Integer(at as i64 * 12_345),
            Value::Text(if at.is_multiple_of(5) { "REJECT" } else { "ACCEPT" }.into()),
        ]
    };
    Table {
        title: None,
        columns: columns.map(|(name, kind)| Column::new(name, kind)).to_vec(),
        rows: Arc::new((0..rows).map(row).collect::<Vec<_>>()),
        shown: 50,
        attachment: Some(name.to_owned()),
    }
}

fn exhibit(number: u32, kind: &str, caption: &str, body: Vec<Body>) -> Exhibit {
    Exhibit {
        number,
        kind: kind.into(),
        caption: caption.into(),
        note: "The examiner's words.\n\nA second paragraph about 10.0.0.7.".into(),
        frozen: Stamp { by: "A. Mori".into(), at: time(200_000) },
        finding: Some(1),
        question: vec![
            Fact::new("dataset", FactValue::Words("dataset-flows".into(), Vec::new())),
            Fact::code("filter", "srcaddr in 10.0.0.0/8 and dstport in (22, 3389) and action = REJECT"),
            Fact::new("range", FactValue::Range(time(0), time(86_400))),
            Fact::text("sort", "-bytes"),
        ],
        facts: vec![Fact::count("rows", 1_234), Fact::count("duplicates", 7), Fact::code("digest", &"ab".repeat(32))],
        evidence: vec![1, 2],
        sources: vec!["flow_logs".into()],
        canonical: format!("{{\"form\":\"coldtrail-exhibit-1\",\"kind\":\"{kind}\"}}\n"),
        body,
    }
}

fn evidence(number: u32, path: &str) -> Evidence {
    Evidence {
        number,
        path: path.into(),
        format: "flow-text".into(),
        file_bytes: 123_456,
        content_bytes: 987_654,
        file_sha256: "0123456789abcdef".repeat(4),
        content_sha256: "fedcba9876543210".repeat(4),
        records: 12_345,
        duplicates: 12,
        warnings: 1,
        first: time(0),
        last: time(86_400),
        imported: time(150_000),
        source: "111122223333, ap-northeast-1, vpcflowlogs".into(),
        container: (number == 2).then_some(1),
    }
}

fn journal() -> Table {
    let columns = [
        ("entry_number", Unit::Port),
        ("recorded_time", Unit::Time),
        ("written_by", Unit::Text),
        ("journal_action", Unit::Text),
        ("entry_hash", Unit::Text),
    ];
    let row = |at: i64| {
        let time = Value::Time(Timestamp::from_secs(1_773_250_000 + at));
        let [by, action, hash] = ["A. Mori".to_owned(), "import".to_owned(), format!("{at:064x}")].map(Value::Text);
        vec![Value::Integer(at), time, by, action, hash]
    };
    Table {
        title: None,
        columns: columns.map(|(name, kind)| Column::new(name, kind)).to_vec(),
        rows: Arc::new((1..=30).map(row).collect::<Vec<_>>()),
        shown: 20,
        attachment: Some("journal".into()),
    }
}

/// Some of everything, more than the pages name.
fn verification() -> Verification {
    let checks = |count: u64, area: &str, detail: &str| CaseChecks {
        count,
        first: (1..=count.min(70))
            .map(|n| CheckNote { area: area.into(), item: format!("{n}"), detail: detail.into() })
            .collect(),
    };
    Verification {
        verdict: Verdict::Failed,
        tool_version: "0.1.0".into(),
        entries: 34,
        replayed: false,
        good: 112,
        failed: checks(70, "evidence", "its SHA-256 is not what it was when it was imported"),
        outdated: checks(2, "exhibit", "evidence was added after it was saved (evidence files used now: 1 file)"),
        unchecked: checks(1, "originals", "it was left out of the case"),
    }
}

/// With an exhibit of each kind of body.
pub(super) fn report() -> Report {
    let title = TitlePage {
        title: "Intrusion into the web tier, March 2026".into(),
        reference: "2026-0311".into(),
        examiner: "A. Mori".into(),
        organisation: "証拠解析室".into(),
        mark: "CONFIDENTIAL 部外秘".into(),
        case_file: "incident.coldtrail".into(),
        as_of: time(250_000),
        exported: None,
    };
    let finding = |number: u32, title: &str, exhibits: Vec<u32>| Finding {
        number,
        title: title.into(),
        text: "What was concluded, and why.\n\nSecond paragraph.".into(),
        status: "confirmed".into(),
        confidence: "high".into(),
        technique: "T1078.004".into(),
        written: Stamp { by: "A. Mori".into(), at: time(220_000) },
        exhibits,
        records: vec![CitedRecord {
            reference: "3:1024".into(),
            time: time(3_600),
            words: "10.0.0.7 > 203.0.113.77 tcp 443 ACCEPT".into(),
            path: "AWSLogs/111122223333/vpcflowlogs/a.log.gz".into(),
        }],
    };
    let exhibits = vec![
        exhibit(
            1,
            "flows",
            "Rejected connections to administrative ports",
            vec![Body::Table(flows(120, "exhibit-01"))],
        ),
        exhibit(2, "series", "Bytes to the outside", vec![plot("exhibit-02", Shape::Bars, 4)]),
        exhibit(3, "series", "Course of the greatest talkers", vec![plot("exhibit-03", Shape::Lines, 3)]),
        exhibit(4, "heatmap", "Hours of the day", vec![heat("exhibit-04")]),
        exhibit(5, "text", "What was not looked at", vec![Body::Text("One paragraph.\n\nAnother one.".into())]),
        exhibit(
            6,
            "event",
            "The deletion",
            vec![Body::Raw("{\n  \"eventName\": \"DeleteTrail\",\n  \"証跡\": 1\n}".into())],
        ),
        exhibit(7, "series", "One line", vec![plot("exhibit-07", Shape::Area, 1)]),
    ];
    let appendix = Appendix {
        evidence: vec![evidence(1, "AWSLogs/111122223333/a.zip"), evidence(2, "証拠/東京 リージョン/b.log")],
        warnings: Some(Table::whole(
            ["evidence_file", "evidence_place", "warning_reason", "raw_text"]
                .map(|name| Column::new(name, Unit::Text))
                .to_vec(),
            vec![["a.log", "17", "field_count", "2 eni-1 10.0.0.1"].map(|text| Value::Text(text.into())).to_vec()],
        )),
        received: None,
        custody: None,
        coverage: vec![Coverage {
            dataset: Dataset::Flows,
            figures: Figures { records: 12_345, first: time(0), last: time(86_400), ..Figures::default() },
            hours: 22,
            gaps: vec![(1_773_100_800 + 10 * 3600, 1_773_100_800 + 12 * 3600)],
        }],
        indicators: None,
        settings: vec![Fact::text("version", "0.1.0")],
        method: ["import", "records", "duplicates", "exhibits", "report"].map(str::to_owned).to_vec(),
        incomplete: None,
        limits: vec![
            ("flow_logs".into(), vec!["limit-flow-dns".into(), "limit-flow-status".into()]),
            ("cloud_trail".into(), vec!["limit-trail-delivery".into()]),
        ],
        journal: Some(journal()),
        journal_head: "c0ffee".repeat(10) + "0000",
        journal_break: None,
    };
    Report {
        title,
        summary: "A short summary.\n\n短い要約。".into(),
        findings: vec![
            finding(1, "Keys of a user were used from outside", vec![1, 2]),
            finding(2, "Data left", vec![3]),
        ],
        exhibits,
        verification: verification(),
        appendix,
    }
}

/// The same with hostile values wherever a text is that is not ours.
pub(super) fn hostile_report() -> Report {
    let mut report = report();
    let values = hostile();
    let mut next = values.iter().cycle();
    let mut text = || next.next().cloned().unwrap_or_default();
    let t = &mut report.title;
    for place in [&mut t.title, &mut t.reference, &mut t.examiner, &mut t.organisation, &mut t.mark, &mut t.case_file] {
        *place = text();
    }
    report.summary = values.join("\n\n");
    for finding in &mut report.findings {
        for place in [&mut finding.title, &mut finding.text, &mut finding.status, &mut finding.technique] {
            *place = text();
        }
        finding.written.by = text();
        for record in &mut finding.records {
            (record.words, record.path, record.reference) = (text(), text(), text());
        }
    }
    for check in report.verification.failed.first.iter_mut().chain(&mut report.verification.unchecked.first) {
        (check.area, check.item, check.detail) = (text(), text(), text());
    }
    report.verification.tool_version = text();
    for exhibit in &mut report.exhibits {
        (exhibit.caption, exhibit.note, exhibit.kind, exhibit.frozen.by) = (text(), text(), text(), text());
        exhibit.facts.push(Fact::new(&text(), FactValue::List(vec![FactValue::Code(text()), FactValue::Text(text())])));
        exhibit.sources.push(text());
    }
    let columns = ["one", "two", "three"].map(|name| Column::new(name, Unit::Text)).to_vec();
    let row = |value: &String| vec![Value::Text(value.clone()), Value::Null, Value::Text(value.clone())];
    let rows: Vec<Vec<Value>> = values.iter().map(row).collect();
    let attachment = Some("exhibit-08".to_owned());
    let table = Table { title: None, columns, rows: Arc::new(rows), shown: 100, attachment };
    report.exhibits.push(exhibit(
        8,
        "rows",
        "hostile",
        vec![Body::Table(table), Body::Raw(values.join("\n")), Body::Text(values.join("\n"))],
    ));
    let wide: Vec<Column> = (0..40).map(|at| Column::new(format!("column_{at}_of_many"), Unit::Text)).collect();
    let row: Vec<Value> = values.iter().cycle().take(40).map(|value| Value::Text(value.clone())).collect();
    report.exhibits.push(exhibit(9, "rows", "wide", vec![Body::Table(Table::whole(wide, vec![row]))]));
    for evidence in &mut report.appendix.evidence {
        (evidence.path, evidence.source, evidence.format) = (text(), text(), text());
    }
    report
}
