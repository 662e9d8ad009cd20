//! What is stopped or killed before its end: nothing half done under its name, nothing hidden that stays, and a word about
//! it.

use crate::desk::{Desk, HEADER, flow_lines, gz, plain};
use crate::support::coldtrail;
use coldtrail::case::{CaseReader, journal};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// Names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// What is being written in a folder, or was left there.
fn hidden(folder: &Path) -> Vec<PathBuf> {
    let ours = names(folder).into_iter().filter(|name| name.starts_with('.') && name.ends_with(".coldtrail-part"));
    ours.map(|name| folder.join(name)).collect()
}

/// Bytes of the files below the hidden folders.
fn hidden_bytes(folder: &Path) -> u64 {
    let files = |folder: PathBuf| std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    hidden(folder).into_iter().flat_map(files).filter_map(|file| file.metadata().ok()).map(|m| m.len()).sum()
}

fn start(home: &Path, arguments: &[&str]) -> Child {
    let mut command = coldtrail(home);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Kills a run as soon as this holds; false where it came to its end before.
fn kill_when(child: &mut Child, holds: impl Fn() -> bool) -> bool {
    while !holds() {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap().code().is_none()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What is under the case's name is a case: whole, with its first entry.
fn is_a_case(case: &Path, what: &str) {
    let entries = CaseReader::open(case).unwrap_or_else(|error| panic!("{what}: {error}")).journal().unwrap();
    assert_eq!((entries.len(), journal::first_break(&entries)), (1, None), "{what}");
    let text = |sql: &str| -> String { plain(case).query_row(sql, [], |row| row.get(0)).unwrap() };
    assert_eq!(text("PRAGMA integrity_check"), "ok", "{what}");
    assert_eq!(text("SELECT value FROM case_info WHERE key = 'title'"), "first", "{what}");
}

#[test]
fn killed_at_any_moment_new_leaves_a_case_or_nothing_under_its_name() {
    let whole = Desk::new();
    let most = std::fs::metadata(&whole.case).unwrap().len();
    let mut before = 0;
    for round in 0..30 {
        let desk = Desk::without_case();
        let folder = desk.folder.path();
        let mut child = start(folder, &["new", desk.case(), "--title", "first"]);
        let named = round == 29;
        let at = |bytes: u64| !hidden(folder).is_empty() && hidden_bytes(folder) >= bytes;
        kill_when(&mut child, || if named { desk.case.exists() } else { at(most * round / 24) });
        let what = format!("round {round}: {:?}", names(folder));
        match desk.case.exists() {
            true => is_a_case(&desk.case, &what),
            false => {
                before += usize::from(!hidden(folder).is_empty());
                desk.ok(&["new", desk.case(), "--title", "first"]);
                is_a_case(&desk.case, &what);
            }
        }
        desk.ok(&["verify", desk.case()]);
        assert_eq!(names(folder), ["one.coldtrail"], "{what}");
    }
    assert!(before >= 5, "only {before} of 30 were killed while they wrote");
}

#[test]
fn of_many_that_make_the_same_case_one_does() {
    for _ in 0..4 {
        let desk = Desk::without_case();
        let start = |n: usize| start(desk.folder.path(), &["new", desk.case(), "--title", &format!("title {n}")]);
        let children: Vec<Child> = (0..8).map(start).collect();
        let outputs: Vec<Output> = children.into_iter().map(|child| child.wait_with_output().unwrap()).collect();
        let made: Vec<usize> = (0..8).filter(|n| outputs[*n].status.code() == Some(0)).collect();
        assert_eq!(made.len(), 1, "{outputs:?}");
        for output in outputs.iter().filter(|output| output.status.code() != Some(0)) {
            assert_eq!(output.status.code(), Some(3));
            assert!(stderr(output).contains("one.coldtrail already exists"), "{}", stderr(output));
        }
        let title = "SELECT value FROM case_info WHERE key = 'title'";
        let title: String = desk.sqlite().query_row(title, [], |row| row.get(0)).unwrap();
        assert_eq!(title, format!("title {}", made[0]));
        assert_eq!(names(desk.folder.path()), ["one.coldtrail"]);
    }
}

#[test]
fn what_is_there_is_never_touched() {
    let desk = Desk::new();
    desk.import(&[desk.file("a.log", format!("{HEADER}{}", flow_lines(0..10)))]);
    let there = desk.file("mine.txt", "mine");
    let path = there.to_str().unwrap();
    for arguments in [
        vec!["new", path],
        vec!["subset", desk.case(), path, "--evidence", "1"],
        vec!["evidence", "export", desk.case(), "1", "--out", path],
        vec!["discovery", desk.case(), "--out", path],
    ] {
        assert!(desk.fails(&arguments, 3).contains("already exists"), "{arguments:?}");
        assert_eq!(std::fs::read(&there).unwrap(), b"mine", "{arguments:?}");
    }
    assert_eq!(hidden(desk.folder.path()), [""; 0].map(PathBuf::from));
    // A link that leads nowhere is something, too.
    #[cfg(unix)]
    {
        let link = desk.path("link.coldtrail");
        std::os::unix::fs::symlink(desk.path("nowhere"), &link).unwrap();
        desk.fails(&["new", link.to_str().unwrap()], 3);
        assert!(!desk.path("nowhere").exists() && link.symlink_metadata().unwrap().is_symlink());
    }
}

/// Files may not grow beyond a limit: as on a full disk, every write behind it fails.
#[cfg(unix)]
#[test]
fn where_there_is_no_room_nothing_stays_behind() {
    let desk = Desk::new();
    desk.import(&[desk.file("a.log", format!("{HEADER}{}", flow_lines(0..500)))]);
    let blocks = std::fs::metadata(Desk::new().case()).unwrap().len() / 512;
    let (mut refused, mut made) = (0, 0);
    for (command, limits) in [("new", 0..=blocks + 2), ("subset", 0..=blocks * 4)] {
        for limit in limits.step_by(usize::try_from(blocks).unwrap() / 6) {
            let out = desk.path("out");
            std::fs::create_dir_all(&out).unwrap();
            let target = out.join("two.coldtrail");
            let script = match command {
                "new" => "trap '' XFSZ; ulimit -f $3; exec \"$0\" new \"$2\"",
                _ => "trap '' XFSZ; ulimit -f $3; exec \"$0\" subset \"$1\" \"$2\" --evidence 1",
            };
            let output = Command::new("sh")
                .args(["-c", script, env!("CARGO_BIN_EXE_coldtrail"), desk.case(), target.to_str().unwrap()])
                .arg(limit.to_string())
                .output()
                .unwrap();
            let what = format!("{command}, {limit} blocks: {}", stderr(&output));
            match output.status.code() {
                Some(0) => {
                    desk.ok(&["verify", target.to_str().unwrap()]);
                    assert_eq!(names(&out), ["two.coldtrail"], "{what}");
                    made += 1;
                }
                code => {
                    assert_eq!(code, Some(3), "{what}");
                    assert!(!stderr(&output).contains("--resume"), "{what}");
                    assert_eq!(names(&out), [""; 0], "{what}");
                    refused += 1;
                }
            }
            std::fs::remove_dir_all(out).unwrap();
        }
    }
    assert!(refused >= 8 && made >= 2, "{refused} refused, {made} made");
}

/// File systems of our own from nothing to enough, where the machine lets us make them.
#[cfg(target_os = "linux")]
#[test]
fn on_a_full_disk_a_new_case_leaves_nothing_behind() {
    let desk = Desk::without_case();
    let small = desk.path("small");
    std::fs::create_dir(&small).unwrap();
    let script = "for size in 8k 64k 256k 512k 768k 8m; do
            mount -t tmpfs -o size=$size tmpfs \"$1\" || exit 77
            \"$0\" new \"$1/c.coldtrail\"; echo \"code $?: $(ls -A \"$1\")\"
            umount \"$1\"
        done";
    let output =
        Command::new("unshare").args(["-rm", "sh", "-c", script, env!("CARGO_BIN_EXE_coldtrail")]).arg(&small).output();
    let Ok(output) = output else {
        return eprintln!("no unshare here: only the limit on the size of files was tested");
    };
    if output.status.code() == Some(77) || stderr(&output).starts_with("unshare") {
        return eprintln!("no file system of our own here: {}", stderr(&output));
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines.last()), (6, Some(&"code 0: c.coldtrail")), "{text}{}", stderr(&output));
    assert!(lines.iter().all(|line| ["code 0: c.coldtrail", "code 3: "].contains(line)), "{text}");
    assert!(lines.first() == Some(&"code 3: ") && stderr(&output).contains("the disk is full"), "{text}");
}

/// A case on which everything takes a while.
fn large() -> Desk {
    let desk = Desk::new();
    desk.import(&[desk.file("a.log.gz", gz(format!("{HEADER}{}", flow_lines(0..60_000)).as_bytes()))]);
    desk.ok(&["exhibit", "add", desk.case(), "--kind", "flows", "--limit", "2000", "--caption", "flows"]);
    desk
}

#[test]
fn what_a_killed_run_has_hidden_is_removed_by_the_next() {
    let desk = large();
    let folder = desk.folder.path();
    let before = names(folder);
    let [report, flows, part, original] = ["report", "f.parquet", "part.coldtrail", "again.log.gz"].map(|name| {
        let path = desk.path(name);
        path.to_str().unwrap().to_owned()
    });
    let runs: [(&[&str], &str); 5] = [
        (&["report", desk.case(), "--out", &report], "report"),
        (&["verify", desk.case(), "--replay"], ""),
        (&["export", desk.case(), "--flows", &flows], "f.parquet"),
        (&["subset", desk.case(), &part, "--evidence", "1"], "part.coldtrail"),
        (&["evidence", "export", desk.case(), "1", "--out", &original], "again.log.gz"),
    ];
    let mut left = 0;
    for (arguments, name) in runs {
        let mut child = start(folder, arguments);
        kill_when(&mut child, || !hidden(folder).is_empty());
        let found = hidden(folder);
        left += usize::from(!found.is_empty());
        let output = coldtrail(folder).args(arguments).output().unwrap();
        if let [found] = found.as_slice() {
            assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", stderr(&output));
            assert!(
                stderr(&output).contains(&format!("removed what a run that was ended had left: {}", found.display())),
                "{arguments:?}: {}",
                stderr(&output)
            );
        }
        let mut expected = before.clone();
        expected.extend((!name.is_empty()).then(|| name.to_owned()));
        expected.sort();
        assert_eq!(names(folder), expected, "{arguments:?}");
        for made in [&report, &flows, &part, &original] {
            let _ = std::fs::remove_dir_all(made);
            let _ = std::fs::remove_file(made);
        }
    }
    assert!(left >= 3, "only {left} of 5 were killed while they wrote");
}

#[cfg(target_os = "linux")]
mod signals {
    use super::*;

    /// A statement that counts for ever, once the case has two evidence files.
    const ENDLESS: &str = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c
        WHERE (SELECT count(*) FROM evidence) > 1) SELECT count(*) FROM c";

    fn send(signal: &str, child: &Child) {
        let done =
            Command::new("sh").args(["-c", &format!("kill -{signal} {}", child.id())]).stderr(Stdio::null()).status();
        done.unwrap();
    }

    /// The signals that a process handles, by their numbers' bits.
    fn signals(child: &Child, kind: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix(kind));
        mask.map_or(0, |mask| u64::from_str_radix(mask.trim(), 16).unwrap())
    }

    fn handled(child: &Child) -> u64 {
        signals(child, "SigCgt:")
    }

    const HUP: u64 = 1;
    const TERM: u64 = 1 << 14;

    /// Waits until a run has said what to do on each signal, SIGHUP last, which it may ignore; false where it came to its end
    /// before.
    fn is_listening(child: &mut Child) -> bool {
        while handled(child) & TERM == 0 || (handled(child) | signals(child, "SigIgn:")) & HUP == 0 {
            if child.try_wait().unwrap().is_some() {
                return false;
            }
            std::thread::yield_now();
        }
        true
    }

    #[test]
    fn every_signal_stops_an_import_which_says_how_to_go_on() {
        for signal in ["INT", "TERM", "HUP"] {
            let desk = Desk::new();
            desk.file("in/a.log", format!("{HEADER}{}", flow_lines(0..10)));
            let member = gz(flow_lines(0..20_000).as_bytes());
            let long = [gz(HEADER.as_bytes()), member.repeat(400)].concat();
            desk.file("in/b.log.gz", long);
            let mut child = coldtrail(desk.folder.path())
                .args(["import", desk.case(), desk.path("in").to_str().unwrap(), "--json"])
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let mut line = String::new();
            BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
            send(signal, &child);
            let output = child.wait_with_output().unwrap();
            assert_eq!(output.status.code(), Some(5), "{signal}: {}", stderr(&output));
            assert!(stderr(&output).contains("stopped; files that were already imported are in the case"), "{signal}");
            assert!(stderr(&output).contains("--resume"), "{signal}");
            assert_eq!(names(desk.folder.path()), ["in", "one.coldtrail"], "{signal}");
        }
    }

    /// The second file makes ENDLESS what it is called.
    fn desk_with_an_endless_exhibit() -> Desk {
        let desk = large();
        desk.ok(&["exhibit", "add", desk.case(), "--kind", "sql", "--sql", ENDLESS, "--caption", "endless"]);
        desk.import(&[desk.file("b.log", format!("{HEADER}{}", flow_lines(0..5)))]);
        desk
    }

    #[test]
    fn every_long_command_stops_when_it_is_asked_to() {
        let desk = desk_with_an_endless_exhibit();
        let folder = desk.folder.path();
        let before = names(folder);
        for signal in ["INT", "TERM", "HUP"] {
            let endless: [&[&str]; 3] = [
                &["sql", desk.case(), ENDLESS],
                &["exhibit", "check", desk.case()],
                &["exhibit", "add", desk.case(), "--kind", "sql", "--sql", ENDLESS, "--caption", "again"],
            ];
            for arguments in endless {
                let mut child = start(folder, arguments);
                assert!(is_listening(&mut child), "{arguments:?}");
                send(signal, &child);
                let output = child.wait_with_output().unwrap();
                assert_eq!(output.status.code(), Some(5), "{signal} {arguments:?}: {}", stderr(&output));
                assert!(stderr(&output).contains("stopped"), "{signal} {arguments:?}: {}", stderr(&output));
                assert_eq!(names(folder), before, "{signal} {arguments:?}");
            }
        }
        assert_eq!(desk.number("SELECT count(*) FROM exhibit"), 2);
    }

    /// These come to their end: in time or stopped, and nothing half done either way.
    #[test]
    fn what_is_stopped_leaves_nothing_behind() {
        let desk = large();
        let folder = desk.folder.path();
        let out = desk.path("out");
        std::fs::create_dir(&out).unwrap();
        let before = names(folder);
        let at = |name: &str| out.join(name).to_str().unwrap().to_owned();
        let [report, flows, part, original] = ["report", "f.parquet", "part.coldtrail", "again.log.gz"].map(at);
        let runs: [(&[&str], &str); 9] = [
            (&["report", desk.case(), "--out", &report], "report"),
            (&["verify", desk.case(), "--replay"], ""),
            (&["export", desk.case(), "--flows", &flows], "f.parquet"),
            (&["subset", desk.case(), &part, "--evidence", "1"], "part.coldtrail"),
            (&["evidence", "export", desk.case(), "1", "--out", &original], "again.log.gz"),
            (&["sightings", desk.case()], ""),
            (&["flows", desk.case()], ""),
            (&["pairs", desk.case()], ""),
            (&["index", desk.case(), "--rebuild"], ""),
        ];
        for (arguments, name) in runs {
            let mut child = start(folder, arguments);
            if is_listening(&mut child) {
                send("TERM", &child);
            }
            let output = child.wait_with_output().unwrap();
            match output.status.code() {
                Some(0) => assert_eq!(names(&out).concat(), name, "{arguments:?}"),
                code => {
                    assert_eq!(code, Some(5), "{arguments:?}: {}", stderr(&output));
                    assert!(stderr(&output).contains("stop"), "{arguments:?}: {}", stderr(&output));
                    assert_eq!(names(&out), [""; 0], "{arguments:?}");
                }
            }
            assert_eq!(names(folder), before, "{arguments:?}");
            for made in [&report, &flows, &part, &original] {
                let _ = std::fs::remove_dir_all(made);
                let _ = std::fs::remove_file(made);
            }
        }
        desk.ok(&["verify", desk.case()]);
    }

    /// SQLite compares without looking up, for longer than anybody waits.
    const DEAF: &str = "SELECT instr(hex(zeroblob(10000000)), hex(zeroblob(1000000)) || '1')";

    #[test]
    fn a_second_signal_ends_the_program_at_once() {
        let desk = Desk::new();
        let mut child = start(desk.folder.path(), &["sql", desk.case(), DEAF]);
        assert!(is_listening(&mut child));
        send("TERM", &child);
        let mut messages = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        messages.read_line(&mut line).unwrap();
        assert_eq!(line, "coldtrail: stopping; a second signal stops it immediately\n");
        assert!(child.try_wait().unwrap().is_none(), "the statement does not hear the first");
        send("INT", &child);
        assert_eq!(child.wait().unwrap().code(), Some(5));
        let mut rest = String::new();
        messages.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "");
    }

    #[test]
    fn under_nohup_a_run_goes_on_when_its_terminal_is_gone() {
        let desk = desk_with_an_endless_exhibit();
        let mut child = Command::new("sh")
            .args(["-c", "trap '' HUP; exec \"$0\" sql \"$1\" \"$2\""])
            .args([env!("CARGO_BIN_EXE_coldtrail"), desk.case(), ENDLESS])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        assert!(is_listening(&mut child));
        assert_eq!(handled(&child) & HUP, 0);
        send("HUP", &child);
        send("TERM", &child);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(5));
        assert_eq!(stderr(&output).matches("stopping").count(), 1, "{}", stderr(&output));
    }
}
