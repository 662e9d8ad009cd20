//! Records without a header: when their format has to be named, and what naming it does to a file that the case holds.

use crate::desk::{Desk, HEADER, Imported, gz, rows_of};
use crate::formats::{LINE, check, values, warnings};

/// One odd line among records of a known format says nothing of another format; where there is nothing else, it does.
#[test]
fn one_odd_message_among_records_is_a_plain_warning() {
    let stamp = "2021-05-16T07:49:46.000Z";
    let records = format!("{stamp} {LINE}\n").repeat(5);
    let longer = format!("{LINE} 7");
    let lost = LINE.replace(" 4444 ", " ");
    for odd in [&longer, &lost, "eni-1 10.0.0.1 203.0.113.5 4444 22 6"] {
        for (first, last) in [("", records.as_str()), (records.as_str(), ""), (records.as_str(), records.as_str())] {
            let content = format!("{first}{stamp} {odd}\n{last}");
            let count = (first.len() + last.len()) as u64 / (records.len() as u64 / 5);
            let desk = check(&[("a.gz", &gz(content.as_bytes()))], &[("cloudwatch-export", (count, 0, 1))]);
            assert_eq!(warnings(&desk), [("field_count".to_owned(), odd.to_owned())]);
        }
        let desk = Desk::new();
        let alone = desk.file("alone.gz", gz(format!("{stamp} {odd}\n").as_bytes()));
        let output = desk.import_output(&[&alone]);
        assert_eq!(rows_of(&output)[0].counts(), (0, 0, 1));
        let messages = String::from_utf8(output.stderr).unwrap();
        assert!(messages.contains("--format '${"), "{odd}: {messages}");
    }
}

/// A wrong format that was stated once gave records: they stay what they are in this case, and it is said what to do.
#[test]
fn a_reading_is_never_replaced_and_the_way_out_is_told() {
    let right = "${version} ${interface-id} ${srcaddr} ${dstaddr}";
    let wrong = "${version} ${interface-id} ${dstaddr} ${srcaddr}";
    let lines = "2 eni-1 10.0.0.1 203.0.113.5\n2 eni-1 10.0.0.2 203.0.113.5\n";
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("inside.log", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut zip, lines.replace("10.0.", "10.1.").as_bytes()).unwrap();
    let desk = Desk::new();
    desk.file("in/a.log", lines);
    desk.file("in/b.zip", zip.finish().unwrap().into_inner());
    let folder = desk.path("in");
    let folder = folder.to_str().unwrap();
    let sums = |rows: &[Imported]| rows.iter().map(|row| row.records).sum::<u64>();
    assert_eq!(sums(&desk.import(&[folder, "--format", wrong])), 4);
    let sources = || values(&desk, "flows", "srcaddr", &["--sort", "srcaddr"]);
    let seen = sources();
    assert_eq!(seen[0], ["203.0.113.5"]);
    // The same format again is nothing to say anything about.
    let same = desk.import_output(&[folder, "--format", wrong]);
    assert_eq!((same.status.code(), String::from_utf8_lossy(&same.stderr).as_ref()), (Some(0), ""));
    let other = desk.import_output(&[folder, "--format", right]);
    let messages = String::from_utf8(other.stderr.clone()).unwrap();
    assert_eq!((other.status.code(), sums(&rows_of(&other))), (Some(1), 0), "{messages}");
    for name in ["a.log", "b.zip"] {
        let told = messages.lines().any(|line| line.contains(name) && line.contains(wrong));
        assert!(told, "{name}: {messages}");
    }
    assert_eq!(messages.matches("import it into a new case").count(), 1, "{messages}");
    assert_eq!(sources(), seen, "nothing was changed");
    // Records that tell their format themselves are read in it whatever is stated: nothing was refused.
    let stamp = "2021-05-16T07:49:46.000Z";
    let default = desk.file("c.gz", gz(format!("{stamp} {LINE}\n").as_bytes()));
    for status in ["imported", "already in the case"] {
        let output = desk.import_output(&[default.to_str().unwrap(), "--format", right]);
        assert_eq!((output.status.code(), rows_of(&output)[0].status.as_str()), (Some(0), status));
    }
    // As told.
    let new = Desk::new();
    assert_eq!(sums(&new.import(&[folder, "--format", right])), 4);
    assert_eq!(values(&new, "flows", "srcaddr", &["--sort", "srcaddr"])[0], ["10.0.0.1"]);
}

/// What waits for a format is read with it, wherever it lies; what was read beside it stays as it is.
#[test]
fn an_archive_that_waits_for_a_format_is_read_again_as_a_whole() {
    let format = "${version} ${interface-id} ${srcaddr} ${dstaddr}";
    let lines = "2 eni-1 10.0.0.1 203.0.113.5\n2 eni-1 10.0.0.2 203.0.113.5\n";
    let default = format!("{LINE}\n");
    let zip = |members: &[(&str, &str)]| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, text) in members {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut zip, text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    };
    let desk = Desk::new();
    let all = desk.file("all.zip", zip(&[("a.log", lines), ("notes.txt", "nothing of ours")]));
    desk.import(&[&all]);
    let rows = desk.import(&[all.to_str().unwrap(), "--format", format]);
    assert_eq!(rows.iter().map(Imported::counts).collect::<Vec<_>>(), [(2, 0, 0), (0, 0, 1), (0, 0, 0)]);
    assert_eq!(desk.number("SELECT count(*) FROM evidence"), 3);
    assert_eq!(values(&desk, "flows", "srcaddr", &["--sort", "srcaddr"]), [["10.0.0.1"], ["10.0.0.2"]]);

    let part = desk.file("part.zip", zip(&[("a.log", &lines.replace("10.0.", "10.1.")), ("b.log", &default)]));
    desk.import(&[&part]);
    let output = desk.import_output(&[part.to_str().unwrap(), "--format", format]);
    let messages = String::from_utf8(output.stderr).unwrap();
    assert!(messages.contains("import it into a new case"), "{messages}");
    assert_eq!(desk.count("flows", &[]), 3);
}

/// A file of which all that was read was there before is not taken for one of which nothing was read.
#[test]
fn duplicates_beside_records_that_wait_stay_in_the_case() {
    let stamp = "2021-05-16T07:49:46.000Z";
    let custom = "123456789010 eni-1 vpc-1 10.0.0.1 203.0.113.5 ACCEPT OK";
    let desk = Desk::new();
    let first = desk.file("a.log", format!("{HEADER}{LINE}\n"));
    let both = format!("{stamp} {LINE}\n{stamp} {custom}\n{stamp} {custom}\n");
    let second = desk.file("b.gz", gz(both.as_bytes()));
    assert_eq!(desk.import(&[first, second.clone()])[1].counts(), (0, 1, 2));
    let format = "${account-id} ${interface-id} ${vpc-id} ${srcaddr} ${dstaddr} ${action} ${log-status}";
    let output = desk.import_output(&[second.to_str().unwrap(), "--format", format]);
    let messages = String::from_utf8(output.stderr).unwrap();
    assert!(messages.contains("import it into a new case"), "{messages}");
    let orphans = "SELECT count(*) FROM flow WHERE id >> 32 NOT IN (SELECT evidence_id FROM evidence)";
    assert_eq!((desk.number(orphans), desk.number("SELECT count(*) FROM flow")), (0, 2));
    assert_eq!(desk.count("flows", &["--all-copies"]), 2);
}

/// Files of one size that all wait for their format: each is read again once it is named, not only the first of them.
#[test]
fn all_files_of_one_size_are_read_when_their_format_is_named() {
    let desk = Desk::new();
    for host in 1..=3 {
        desk.file(&format!("in/{host}.log"), format!("2 eni-1 10.0.0.{host} 203.0.113.5\n"));
    }
    let folder = desk.path("in");
    let counts = |rows: &[Imported]| rows.iter().map(Imported::counts).collect::<Vec<_>>();
    assert_eq!(counts(&desk.import(&[&folder])), [(0, 0, 1); 3]);
    let format = ["--format", "${version} ${interface-id} ${srcaddr} ${dstaddr}"];
    assert_eq!(counts(&desk.import(&[folder.to_str().unwrap(), format[0], format[1]])), [(1, 0, 0); 3]);
    assert_eq!(desk.number("SELECT count(*) FROM evidence"), 3);
}
