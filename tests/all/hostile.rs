//! Evidence that means harm, or is damaged, or very large; and machines that fail: a clear message, the rest continues,
//! the case stays whole.

use crate::corpora::evidence_rows_add_up;
use crate::desk::{Desk, HEADER, event, flow_lines, gz, gz_at, rows_of};
use crate::support::coldtrail;
use serde_json::json;
use std::path::Path;
use std::process::{Command, Output};

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Members of gzip, one after the other, are one content. Packed as densely as gzip can, as a bomb is.
fn members(parts: &[(&[u8], usize)]) -> Vec<u8> {
    parts.iter().flat_map(|(bytes, times)| gz_at(bytes, 9).repeat(*times)).collect()
}

#[test]
fn a_bomb_is_refused_with_its_ratio_and_the_rest_is_read() {
    let desk = Desk::new();
    let zeros = vec![0; 1 << 20];
    let log = format!("{HEADER}{}", flow_lines(0..40));
    desk.file("in/a-bomb.log.gz", members(&[(&zeros, 1024)]));
    desk.file("in/b-twice.log.gz.gz", gz(&members(&[(&zeros, 1024)])));
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in [("fine.log", log.as_bytes()), ("bomb.gz", &members(&[(&zeros, 200)]))] {
        use std::io::Write;
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    desk.file("in/c-bomb.zip", zip.finish().unwrap().into_inner());
    desk.file("in/d-fine.log.gz", gz(log.as_bytes()));
    let output = desk.import_output(&[desk.path("in")]);
    let rows = rows_of(&output);
    assert_eq!(output.status.code(), Some(1));
    let counts: Vec<_> = rows.iter().map(|row| row.counts()).collect();
    assert_eq!(counts, [(40, 0, 0)], "only the last file: {rows:?}");
    let messages = stderr(&output);
    for name in ["a-bomb.log.gz", "b-twice.log.gz.gz", "c-bomb.zip"] {
        let told = messages.lines().any(|line| line.contains(name) && line.contains(" to 1)"));
        assert!(told, "{name}: {messages}");
    }
    assert_eq!(messages.matches("--any-expansion").count(), 3, "{messages}");
    assert_eq!(desk.number("SELECT count(*) FROM evidence"), 1);
    assert_eq!(desk.number("SELECT count(*) FROM raw_block WHERE evidence_id > 1"), 0);
    evidence_rows_add_up(&desk);
    assert_eq!(desk.beside(), ["one.coldtrail"]);
}

/// `count` zips in a zip, and so on `depth` times, with an empty text at the bottom.
fn nested_zips(depth: u32, count: usize) -> Vec<u8> {
    use std::io::Write;
    let zipped = |name: &dyn Fn(usize) -> String, content: &[u8]| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for n in 0..count {
            zip.start_file(name(n), zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    };
    let mut content = zipped(&|n| format!("{n}.log"), b"");
    for _ in 1..depth {
        content = zipped(&|n| format!("{n}.zip"), &content);
    }
    content
}

#[test]
fn zips_in_zips_without_end_are_refused_and_the_rest_is_read() {
    let desk = Desk::new();
    let trap = nested_zips(4, 16);
    assert!(trap.len() < 30_000, "{} bytes hold {} members", trap.len(), 16u64.pow(4));
    desk.file("in/a-trap.zip", &trap);
    desk.file("in/b-fine.log", format!("{HEADER}{}", flow_lines(0..40)));
    // As many members in one zip are what it says it is.
    desk.file("in/c-many.zip", nested_zips(1, 1500));
    let output = desk.import_output(&[desk.path("in")]);
    let messages = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{messages}");
    let told = format!("{} bytes hold 1001 members and more, with those of archives inside it", trap.len());
    assert!(messages.contains(&format!("a-trap.zip: {told}")), "{messages}");
    assert!(messages.contains("the limit for a file of this size is 1000"), "{messages}");
    assert_eq!(messages.matches("--any-expansion").count(), 1, "{messages}");
    assert_eq!(rows_of(&output).len(), 1 + 1 + 1500, "{messages}");
    assert_eq!(desk.number("SELECT count(*) FROM evidence WHERE path LIKE '%a-trap%'"), 0);
    evidence_rows_add_up(&desk);
    // A chain of them is short.
    let chain = desk.file("chain.zip", nested_zips(40, 1));
    let rows = desk.import(&[&chain]);
    assert_eq!(rows.len(), 5, "{rows:?}");
    let depth = "SELECT count(*) FROM import_warning WHERE reason = 'container_depth'";
    assert_eq!(desk.number(depth), 1);
    // What is small enough is read whole when the examiner says so.
    let small = desk.file("small.zip", nested_zips(3, 11));
    assert_eq!(desk.import_output(&[&small]).status.code(), Some(3));
    let rows = desk.import(&[small.to_str().unwrap(), "--any-expansion"]);
    assert_eq!(rows.len(), 1 + 11 + 121 + 1331);
}

#[test]
fn copies_of_a_refused_file_are_refused_each_with_its_reason() {
    let desk = Desk::new();
    let bomb = members(&[(&vec![0; 1 << 20], 200)]);
    for name in ["in/a-bomb.gz", "in/b-bomb.gz", "in/d-bomb.gz"] {
        desk.file(name, &bomb);
    }
    for name in ["in/c-fine.log", "in/e-fine.log"] {
        desk.file(name, format!("{HEADER}{}", flow_lines(0..40)));
    }
    let output = desk.import_output(&[desk.path("in")]);
    let counts: Vec<_> = rows_of(&output).iter().map(|row| row.counts()).collect();
    assert_eq!((output.status.code(), counts), (Some(1), vec![(40, 0, 0), (0, 40, 0)]));
    let messages = stderr(&output);
    for name in ["a-bomb.gz", "b-bomb.gz", "d-bomb.gz"] {
        let told = messages.lines().filter(|line| line.contains(name) && line.contains(" to 1)")).count();
        assert_eq!(told, 1, "{name}: {messages}");
    }
    assert_eq!(messages.matches("--any-expansion").count(), 3, "{messages}");
    let left = ["evidence", "raw_block", "import_warning", "seek_point", "import_queue"];
    let left = left.map(|table| desk.number(&format!("SELECT count(*) FROM {table}")));
    assert_eq!(left, [1, 1, 0, 0, 0]);
    assert_eq!(desk.number("SELECT count(*) FROM journal WHERE action = 'import'"), 1);
    evidence_rows_add_up(&desk);
    // When the examiner says so, the first is read and the others are its copies.
    let rows = desk.import(&[desk.path("in").to_str().unwrap(), "--any-expansion"]);
    let statuses: Vec<(&str, u32)> = rows.iter().map(|row| (row.status.as_str(), row.evidence)).collect();
    let known = "already in the case";
    assert_eq!(statuses, [("imported", 2), (known, 2), (known, 1), (known, 2), (known, 1)]);
}

#[test]
fn a_bomb_is_read_when_the_examiner_says_so() {
    let desk = Desk::new();
    let line = flow_lines(0..1);
    let parts = [(HEADER.as_bytes(), 1), (line.as_bytes(), 1), (&[b'\n'; 1 << 20][..], 80), (line.as_bytes(), 1)];
    let bomb = desk.file("bomb.log.gz", members(&parts));
    let ratio = (80 << 20) / std::fs::metadata(&bomb).unwrap().len();
    assert!(ratio > 250, "{ratio} to 1 is no bomb");
    let refused = desk.import_output(&[&bomb]);
    assert_eq!(refused.status.code(), Some(3), "nothing at all was imported: {}", stderr(&refused));
    let rows = desk.import(&[bomb.to_str().unwrap(), "--any-expansion"]);
    assert_eq!(rows[0].counts(), (2, 0, 0));
    let second = 2 + 1 + (80 << 20);
    assert_eq!(desk.ok(&["raw", desk.case(), &format!("1:{second}")]) + "\n", line);
}

/// Runs an import; the most memory that it had resident, in bytes.
#[cfg(target_os = "linux")]
fn import_measured(desk: &Desk, file: &Path) -> (Output, u64) {
    // Into files: a pipe that nobody reads would stop the program once it is full.
    let [out, err] = ["out", "err"].map(|name| desk.path(name));
    let mut child = coldtrail(desk.folder.path())
        .args(["import", desk.case(), file.to_str().unwrap(), "--json"])
        .stdout(std::fs::File::create(&out).unwrap())
        .stderr(std::fs::File::create(&err).unwrap())
        .spawn()
        .unwrap();
    let proc_status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        // The kernel keeps the highest value; it is gone with the process, so it is read until then.
        let text = std::fs::read_to_string(&proc_status).unwrap_or_default();
        let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
        most = most.max(peak.unwrap_or(0) * 1024);
        std::thread::sleep(std::time::Duration::from_millis(2));
    };
    (Output { status, stdout: std::fs::read(out).unwrap(), stderr: std::fs::read(err).unwrap() }, most)
}

#[cfg(target_os = "linux")]
#[test]
fn cloudtrail_json_of_one_endless_line_is_streamed() {
    let desk = Desk::new();
    let mut big = event("e-big", "PutObject", "2021-05-16T00:00:00Z");
    big["requestParameters"] = json!({"text": flow_lines(0..1000)});
    let piece = format!("{big},");
    let times = (320 << 20) / piece.len();
    let last = event("e-last", "DeleteTrail", "2021-05-16T00:00:01Z").to_string();
    let parts = [(b"{\"Records\":[".as_slice(), 1), (piece.as_bytes(), times), (last.as_bytes(), 1), (b"]}", 1)];
    let file = desk.file("huge.json.gz", members(&parts));
    let (output, most) = import_measured(&desk, &file);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(rows_of(&output)[0].counts(), (2, times as u64 - 1, 0));
    assert!(most > 0 && most < 1 << 30, "peak memory {} MiB", most >> 20);
    assert_eq!(desk.ok(&["raw", desk.case(), "e-last"]), last);
    eprintln!("320 MiB on one line: {} MiB of memory", most >> 20);
}

/// One string of 300 MiB: no event at all, and no reason to hold it in memory.
#[cfg(target_os = "linux")]
#[test]
fn an_element_without_end_is_a_warning() {
    let desk = Desk::new();
    let text = flow_lines(0..10_000).replace('\n', " ");
    let first = format!("{{\"Records\":[{},{{\"eventID\":\"", event("e-1", "A", "2021-05-16T00:00:00Z"));
    let rest = format!("\"}},{}]}}", event("e-2", "B", "2021-05-16T00:00:00Z"));
    let times = (300 << 20) / text.len();
    let parts = [(first.as_bytes(), 1), (text.as_bytes(), times), (rest.as_bytes(), 1)];
    let file = desk.file("endless.json.gz", members(&parts));
    let (output, most) = import_measured(&desk, &file);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_eq!(rows_of(&output)[0].counts(), (2, 0, 1));
    assert!(most > 0 && most < 1 << 30, "peak memory {} MiB", most >> 20);
    let warning: serde_json::Value =
        serde_json::from_str(&desk.ok(&["warnings", desk.case(), "--format", "jsonl"])).unwrap();
    assert_eq!((warning["reason"].as_str(), warning["position"].as_u64()), (Some("too_long"), Some(2)));
    let length = "{\"eventID\":\"".len() + text.len() * times + "\"}".len();
    assert_eq!(warning["byte_length"].as_u64(), Some(length as u64));
    assert_eq!(warning["raw"].as_str().unwrap().len(), 4096, "the beginning only");
}

/// Thousands of small files: what the readers are ahead of the writer stays bounded.
#[cfg(target_os = "linux")]
#[test]
fn many_files_take_no_more_memory_than_few() {
    let desk = Desk::new();
    // Packed once, as a member of its own.
    let text = gz("x".repeat(700_000).as_bytes());
    for n in 0..1500 {
        let mut big = event(&format!("e-{n}"), "PutObject", "2021-05-16T00:00:00Z");
        big["requestParameters"] = json!({"text": "@"});
        let whole = json!({"Records": [big]}).to_string();
        let (before, after) = whole.split_once('@').unwrap();
        desk.file(&format!("in/{n:04}.json.gz"), [gz(before.as_bytes()), text.clone(), gz(after.as_bytes())].concat());
    }
    let (output, most) = import_measured(&desk, &desk.path("in"));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(desk.count("events", &[]), 1500);
    assert!(most > 0 && most < 400 << 20, "peak memory {} MiB", most >> 20);
}

#[test]
fn damaged_lines_are_warnings_and_the_others_are_read() {
    let desk = Desk::new();
    let good = flow_lines(0..3);
    let with = |from: &str, to: &str| flow_lines(0..1).replacen(from, to, 1);
    let megabytes = format!("{}\n", "x".repeat(20 << 20));
    let bad = [
        with(" 443 ", " 70000 "),
        with(" 443 ", " -1 "),
        with(" 6 0 ", " 6 18446744073709551616 "),
        with("1621123200", "99999999999999999999999999"),
        with("10.0.0.0", "10.0.0.256"),
        with(" ACCEPT", ""),
        megabytes,
    ];
    let mut bytes = format!("{HEADER}{good}").into_bytes();
    for line in &bad {
        bytes.extend_from_slice(line.as_bytes());
    }
    // Bytes that are no text, a NUL, a line without an end.
    bytes.extend_from_slice(b"2 \xff\xfe\x80 eni\0 \xc3\x28\n");
    bytes.extend_from_slice(good.as_bytes());
    let file = desk.file("bad.log", &bytes);
    let rows = desk.import(&[&file]);
    assert_eq!(rows[0].counts(), (6, 0, bad.len() as u64 + 1));
    let text = desk.ok(&["warnings", desk.case(), "--format", "jsonl"]);
    let warnings: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let positions: Vec<u64> = warnings.iter().map(|w| w["position"].as_u64().unwrap()).collect();
    assert_eq!(positions, (5..13).collect::<Vec<_>>(), "{text}");
    let reasons: Vec<&str> = warnings.iter().map(|w| w["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons[..5], ["bad_value"; 5]);
    assert_eq!((reasons[5], reasons[6]), ("field_count", "too_long"));
    // What a warning stands for is found in the original at its place.
    for warning in &warnings {
        let [offset, length] = ["byte_offset", "byte_length"].map(|key| warning[key].as_u64().unwrap() as usize);
        let there = String::from_utf8_lossy(&bytes[offset..offset + length.min(4096)]).into_owned();
        assert!(there.starts_with(warning["raw"].as_str().unwrap().trim_end_matches('\u{fffd}')), "{warning}");
    }
}

#[test]
fn deep_nesting_and_odd_numbers_do_no_harm() {
    let desk = Desk::new();
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let odd = format!(r#"{{"eventID":"deep","eventName":"A","requestParameters":{deep}}}"#);
    let good = event("good", "B", "2021-05-16T00:00:00Z");
    let huge = r#"{"eventID":"huge","eventName":"C","eventSource":"x","eventTime":"9999999-99-99","n":1e999999,"m":123456789012345678901234567890}"#;
    desk.file("in/a.json", format!("{{\"Records\":[{odd},{good},{huge}]}}"));
    desk.file("in/b.json", &deep);
    desk.file("in/c.json", "{\"Records\":".repeat(50_000));
    desk.file("in/d.json", format!("{{\"Records\":[{}]}}", "{".repeat(200_000)));
    let rows = desk.import(&[desk.path("in")]);
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[0].sum(), 3, "{rows:?}");
    assert!(rows[1..].iter().all(|row| row.records == 0 && row.warnings >= 1), "{rows:?}");
    assert_eq!(desk.count("events", &["--filter", "event_name = B"]), 1);
    assert_eq!(desk.ok(&["raw", desk.case(), "huge"]), huge);
    evidence_rows_add_up(&desk);
}

#[test]
fn what_could_steer_a_terminal_is_shown_escaped() {
    let desk = Desk::new();
    let mut evil = event("e-1", "Run\u{1b}[2J\u{202e}gnp.exe\u{0}\u{7}", "2021-05-16T00:00:00Z");
    evil["userAgent"] = "a\r\nb\u{2066}".into();
    let name = "in/x\u{1b}]0;owned\u{7}\u{202e}.json";
    desk.file(name, json!({"Records": [evil, 5]}).to_string());
    let file = desk.path(name);
    let harmless = |text: &str, what: &str| {
        let bad = text.chars().find(|c| (c.is_control() && *c != '\n') || "\u{202e}\u{2066}".contains(*c));
        assert_eq!(bad, None, "{what}: {text:?}");
    };
    let output = coldtrail(desk.folder.path()).arg("import").arg(&desk.case).arg(desk.path("in")).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    for arguments in [
        vec!["events", desk.case(), "--format", "table", "--columns", "event_name,user_agent"],
        vec!["warnings", desk.case(), "--format", "table"],
        vec!["evidence", "list", desk.case(), "--format", "table"],
        vec!["sql", desk.case(), "SELECT event_name, user_agent FROM cloudtrail_event", "--format", "table"],
        vec!["info", desk.case()],
    ] {
        harmless(&desk.ok(&arguments), &format!("{arguments:?}"));
    }
    let table = desk.ok(&["events", desk.case(), "--format", "table", "--columns", "event_name"]);
    assert!(table.contains("Run\\u{1b}[2J\\u{202e}gnp.exe\\u{0}\\u{7}"), "{table}");
    // The lossless forms are for programs: exactly what the log says.
    let csv = desk.ok(&["events", desk.case(), "--format", "csv", "--columns", "event_name"]);
    assert_eq!(csv, "event_name\r\nRun\u{1b}[2J\u{202e}gnp.exe\u{0}\u{7}\r\n");
    // Messages are for a terminal, too.
    std::fs::remove_file(&file).unwrap();
    harmless(&stderr(&desk.import_output(&[&file])), "a file that is not there");
    harmless(&stderr(&coldtrail(desk.folder.path()).arg("info").arg(&file).output().unwrap()), "no such case");
    let bomb = desk.file(name, members(&[(&[0; 1 << 20], 80)]));
    harmless(&stderr(&desk.import_output(&[&bomb])), "a bomb");
    harmless(&desk.fails(&["flows", desk.case(), "--filter", "action = = \u{1b}[2J"], 2), "a bad filter");
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_read_is_told_and_the_rest_goes_on() {
    let desk = Desk::new();
    let fine = desk.file("fine.log", format!("{HEADER}{}", flow_lines(0..5)));
    std::os::unix::fs::symlink(desk.path("gone"), desk.path("dangling")).unwrap();
    std::os::unix::fs::symlink(desk.folder.path(), desk.path("loop")).unwrap();
    // Reading the first page of a process's own memory is an input/output error, as on a medium that was unplugged.
    let failing = Path::new("/proc/self/mem");
    let closed = desk.file("closed.log", format!("{HEADER}{}", flow_lines(0..5)));
    let mode = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o000);
    std::fs::set_permissions(&closed, mode).unwrap();
    let may_read_all = std::fs::File::open(&closed).is_ok();
    if may_read_all {
        std::fs::remove_file(&closed).unwrap();
    }
    let paths = [failing, &desk.path("dangling"), &desk.path("nothing"), Path::new("/dev/null"), &closed, &fine];
    let output = desk.import_output(&paths);
    let messages = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{messages}");
    assert_eq!(rows_of(&output).iter().map(|row| row.counts()).collect::<Vec<_>>(), [(5, 0, 0)], "{messages}");
    for (path, reason, advice) in [
        (failing.to_path_buf(), "reading failed at byte 0", "Check the drive"),
        (desk.path("dangling"), "No such file", "Check the path"),
        (desk.path("nothing"), "No such file", "Check the path"),
        ("/dev/null".into(), "neither a file nor a folder", "Only files and folders"),
    ] {
        let lines: Vec<&str> = messages.lines().collect();
        let place = lines.iter().position(|line| *line == path.to_str().unwrap());
        let place = place.unwrap_or_else(|| panic!("{} is not named: {messages}", path.display()));
        assert!(lines[place - 2].contains(reason) && lines[place - 1].contains(advice), "{messages}");
    }
    if !may_read_all {
        assert!(messages.contains("Grant yourself read permission"), "{messages}");
    }
    assert_eq!(desk.number("SELECT count(*) FROM import_queue"), 0);
    // A link in a circle ends; what was found before is known.
    let rows = desk.import(&[desk.folder.path()]);
    assert!(rows.iter().any(|row| row.status == "already in the case"), "{rows:?}");
}

/// Evidence for a case of some megabytes, in five files.
fn some_megabytes(desk: &Desk) -> std::path::PathBuf {
    for n in 0..5 {
        desk.file(
            &format!("in/{n}.log.gz"),
            gz(format!("{HEADER}{}", flow_lines(n * 9000..n * 9000 + 9000)).as_bytes()),
        );
    }
    desk.path("in")
}

/// Files may not grow beyond a limit: as on a full disk, every write behind it fails.
#[cfg(target_os = "linux")]
#[test]
fn when_writing_fails_the_case_is_whole_and_the_import_goes_on_later() {
    let desk = Desk::new();
    let folder = some_megabytes(&desk);
    let script = "trap '' XFSZ; ulimit -f 4096; exec \"$0\" import \"$1\" \"$2\" --json";
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_coldtrail"), desk.case()])
        .arg(&folder)
        .output()
        .unwrap();
    let messages = stderr(&output);
    assert_eq!(output.status.code(), Some(3), "{messages}");
    assert!(messages.contains("could not be written") && messages.contains("--resume"), "{messages}");
    assert!(!messages.contains("SQLite"), "{messages}");
    let files = desk.number("SELECT count(*) FROM evidence");
    assert!(files < 5, "all of them fitted");
    assert_eq!(rows_of(&output).len() as i64, files, "what is told to be imported is in the case");
    assert_eq!(desk.number("SELECT count(*) FROM import_queue"), 5 - files);
    evidence_rows_add_up(&desk);
    assert_eq!(desk.import(&["--resume"]).len() as i64, 5 - files);
    assert_eq!(desk.count("flows", &[]), 45_000);
    assert_eq!(desk.beside(), ["one.coldtrail"]);
}

/// A file system of three megabytes of our own, where the machine lets us make one.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_the_case_is_whole() {
    let desk = Desk::without_case();
    let folder = some_megabytes(&desk);
    let small = desk.path("small");
    std::fs::create_dir(&small).unwrap();
    let script = "mount -t tmpfs -o size=3m tmpfs \"$2\" || exit 77
        \"$0\" new \"$2/c.coldtrail\" && \"$0\" import \"$2/c.coldtrail\" \"$1\" --json; echo \"code $?\"
        \"$0\" info \"$2/c.coldtrail\" --json; echo \"code $?\"
        df \"$2\" | tail -1; cp \"$2\"/c.coldtrail* \"$3\"";
    let out = desk.path("out");
    std::fs::create_dir(&out).unwrap();
    let output = Command::new("unshare")
        .args(["-rm", "sh", "-c", script, env!("CARGO_BIN_EXE_coldtrail")])
        .args([&folder, &small, &out])
        .output();
    let Ok(output) = output else {
        return eprintln!("no unshare here: only the limit on the size of files was tested");
    };
    if output.status.code() == Some(77) || stderr(&output).starts_with("unshare") {
        return eprintln!("no file system of our own here: {}", stderr(&output));
    }
    let (text, messages) = (String::from_utf8_lossy(&output.stdout).into_owned(), stderr(&output));
    assert!(messages.contains("the disk is full") && messages.contains("Free disk space"), "{text}{messages}");
    let codes: Vec<&str> = text.lines().filter(|line| line.starts_with("code")).collect();
    assert_eq!(codes, ["code 3", "code 0"], "{text}{messages}");
    // What it left, on a disk with room: whole files, and the list of the rest.
    std::fs::rename(out.join("c.coldtrail"), &desk.case).unwrap();
    for end in ["-wal", "-shm"] {
        let _ = std::fs::rename(out.join(format!("c.coldtrail{end}")), format!("{}{end}", desk.case()));
    }
    evidence_rows_add_up(&desk);
    let files = desk.number("SELECT count(*) FROM evidence");
    assert!(files < 5);
    desk.import(&["--resume"]);
    assert_eq!((desk.count("flows", &[]), desk.number("SELECT count(*) FROM evidence")), (45_000, 5));
    assert_eq!(desk.beside(), ["one.coldtrail"]);
}
