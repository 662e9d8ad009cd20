//! Files that are known by their first bytes and not read: what they are, and what to do with them.

/// First bytes, what they say, and the way out.
const KNOWN: [(&[u8], &str, &str); 20] = [
    (b"BZh", "a file packed with bzip2", "unpack it (bunzip2 FILE) and import what comes out"),
    (b"\xfd7zXZ\0", "a file packed with xz", "unpack it (xz -d FILE) and import what comes out"),
    (b"\xff\x06\0\0sNaPpY", "a file packed with snappy", "unpack it (snzip -d FILE) and import what comes out"),
    (b"\x04\x22\x4d\x18", "a file packed with lz4", "unpack it (lz4 -d FILE) and import what comes out"),
    (b"LZIP", "a file packed with lzip", "unpack it (lzip -d FILE) and import what comes out"),
    (b"\x1f\x9d", "a file packed with compress", "unpack it (uncompress FILE) and import what comes out"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it (7z x FILE) and import what comes out"),
    (b"Rar!\x1a\x07", "a rar archive", "unpack it (unrar x FILE) and import what comes out"),
    (b"PARE", "a Parquet file with an encrypted footer", "write it out again without encryption and import that"),
    (b"ORC", "an ORC file", "write it out again as Parquet, JSON lines or CSV (Athena: UNLOAD) and import that"),
    (b"Obj\x01", "an Avro file", "write it out again as Parquet, JSON lines or CSV (Athena: UNLOAD) and import that"),
    (b"ARROW1", "an Arrow file", "write it out again as Parquet, JSON lines or CSV and import that"),
    (b"FEA1", "a Feather file", "write it out again as Parquet, JSON lines or CSV and import that"),
    (
        b"SQLite format 3\0",
        "an SQLite database",
        "export its tables as CSV and import these; a case is opened, not imported",
    ),
    (b"%PDF-", "a PDF", "import the file that it was made from"),
    (b"\xd0\xcf\x11\xe0", "an Office document", "save its table as CSV and import that"),
    (b"\xd4\xc3\xb2\xa1", "a packet capture", "open it with Wireshark; flow logs and CloudTrail are read here"),
    (b"\xa1\xb2\xc3\xd4", "a packet capture", "open it with Wireshark; flow logs and CloudTrail are read here"),
    (b"\x0a\x0d\x0d\x0a", "a packet capture", "open it with Wireshark; flow logs and CloudTrail are read here"),
    (b"ElfFile\0", "a Windows event log", "flow logs and CloudTrail are read here"),
];

const AS_JSON: &str = "run the command again with --output json and import that";

/// Text that the AWS CLI writes for people, or for other programs than this.
fn output_of_cli(head: &[u8]) -> Option<(&'static str, &'static str)> {
    /// Lines that are looked at.
    const MOST: usize = 50;
    const YAML: [&[u8]; 6] =
        [b"Events:", b"CloudTrailEvent:", b"- CloudTrailEvent:", b"Records:", b"- eventVersion:", b"ResultSet:"];
    const TEXT: [&[u8]; 4] = [b"EVENTS\t", b"RESOURCES\t", b"RESULTSET\t", b"QUERYRESULTROWS\t"];
    let lines = || head.split(|byte| *byte == b'\n').take(MOST).map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let is_rule = |line: &[u8]| line.len() > 8 && line.iter().all(|byte| *byte == b'-');
    if lines().next().is_some_and(is_rule) && lines().nth(1).is_some_and(|line| line.starts_with(b"|")) {
        return Some(("a table of the AWS CLI", AS_JSON));
    }
    if lines().any(|line| TEXT.iter().any(|begin| line.starts_with(begin))) {
        return Some(("the AWS CLI's output as text", AS_JSON));
    }
    lines()
        .any(|line| YAML.iter().any(|begin| line.starts_with(begin)))
        .then_some(("YAML, as the AWS CLI writes it", AS_JSON))
}

/// A table of Elastic's Discover without the column that holds AWS's record.
fn table_of_elastic(head: &[u8]) -> Option<(&'static str, &'static str)> {
    let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let has = |name: &[u8]| memchr::memmem::find(first, name).is_some();
    (first.contains(&b',') && (has(b"event.action") || has(b"event.dataset") || has(b"aws.cloudtrail."))).then_some((
        "a table of Elastic or OpenSearch without the column event.original, which holds AWS's record",
        "add that field in Discover and export again, or import the log files from S3",
    ))
}

/// What the file is and what to do; `None` where its beginning does not say.
pub(crate) fn name(head: &[u8]) -> Option<(&'static str, &'static str)> {
    of_first_bytes(head).or_else(|| output_of_cli(head)).or_else(|| table_of_elastic(head))
}

fn of_first_bytes(head: &[u8]) -> Option<(&'static str, &'static str)> {
    let found = KNOWN.iter().find(|(magic, ..)| head.starts_with(magic));
    // Words may begin with these letters.
    let is_bzip2 = |head: &[u8]| matches!(head.get(3..10), Some([b'1'..=b'9', b'1', b'A', b'Y', b'&', b'S', b'Y']));
    found.filter(|(magic, ..)| *magic != b"BZh" || is_bzip2(head)).map(|(_, what, way_out)| (*what, *way_out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_cli_writes_for_people_is_named_with_the_way_out() {
        for (text, what) in [
            ("Events:\n- AccessKeyId: A\n  CloudTrailEvent: '{}'\n", "YAML"),
            ("NextToken: x\n\nEvents:\n- EventId: e\n", "YAML"),
            ("- eventVersion: '1.08'\n", "YAML"),
            ("EVENTS\tAKIA\te\tListBuckets\n", "as text"),
            ("---------------------\n|   LookupEvents    |\n+-----+\n", "a table"),
        ] {
            let (found, way_out) = name(text.as_bytes()).unwrap();
            assert!(found.contains(what) && way_out.contains("--output json"), "{text}: {found}");
        }
        let elastic = name(b"\"@timestamp\",\"event.action\",\"source.ip\"\n").unwrap();
        assert!(elastic.1.contains("export again"));
        for text in ["--- a\n+++ b\n", "events are here\n", "a,b\n1,2\n"] {
            assert_eq!(name(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn packings_and_containers_are_named_with_the_way_out() {
        let way_out = |head: &[u8]| name(head).map(|(_, way_out)| way_out).unwrap_or_default();
        assert!(way_out(b"BZh91AY&SY\x01").contains("bunzip2"));
        assert!(way_out(b"\xfd7zXZ\0\0\x04").contains("xz -d"));
        assert!(way_out(b"\xff\x06\0\0sNaPpY\x01").contains("snzip"));
        assert!(way_out(b"ORC\x03").contains("UNLOAD"));
        for text in [b"BZhong wrote".as_slice(), b"2 123456789012 eni-1", b"", b"PAR1"] {
            assert_eq!(name(text), None);
        }
    }
}
