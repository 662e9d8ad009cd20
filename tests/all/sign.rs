//! Signatures with the signer's own key: what is signed, that plain `ssh-keygen` and `sha256sum` check it, and what is
//! refused.

use crate::desk::{Desk, HEADER, flow_lines};
use crate::support::coldtrail;
use ssh_key::private::Ed25519Keypair;
use ssh_key::{LineEnding, PrivateKey, SshSig};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// A key of the tests, the same every time.
pub(crate) fn test_key() -> String {
    let mut key = PrivateKey::from(Ed25519Keypair::from_seed(&[7; 32]));
    key.set_comment("mori@example.com");
    key.to_openssh(LineEnding::LF).unwrap().to_string()
}

fn with_report() -> Desk {
    let desk = Desk::new();
    desk.import(&[desk.file("a.log", format!("{HEADER}{}", flow_lines(0..5)))]);
    desk.file("key", test_key());
    let out = desk.path("report");
    desk.ok(&["report", desk.case(), "--out", out.to_str().unwrap(), "--no-verify", "--csv"]);
    desk
}

fn path(desk: &Desk, name: &str) -> String {
    desk.path(name).to_str().unwrap().to_owned()
}

/// Every file of a folder, with its bytes.
fn bytes_of(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| (entry.path().to_str().unwrap().to_owned(), std::fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}

/// `ssh-keygen -Y verify` over a statement with the line that the program printed; `None`: there is no ssh-keygen.
fn ssh_keygen(desk: &Desk, allowed: &str, namespace: &str, signature: &str, statement: &[u8]) -> Option<bool> {
    let signers = desk.file("allowed_signers", allowed);
    let mut child = Command::new("ssh-keygen")
        .args([
            "-Y",
            "verify",
            "-f",
            signers.to_str().unwrap(),
            "-I",
            "mori@example.com",
            "-n",
            namespace,
            "-s",
            signature,
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    // It may have seen enough before it read all.
    let _ = child.stdin.take().unwrap().write_all(statement);
    Some(child.wait().unwrap().success())
}

fn sha256sum(folder: &Path, list: &str) -> bool {
    Command::new("sha256sum").arg("-c").arg("--strict").arg(list).current_dir(folder).output().unwrap().status.success()
}

#[test]
fn a_report_is_signed_with_its_case_and_anyone_can_check_it() {
    let desk = with_report();
    let (report, key) = (path(&desk, "report"), path(&desk, "key"));
    let before = bytes_of(&desk.path("report"));
    let entries = desk.reader().journal().unwrap();
    let allowed = desk.ok(&["sign", &report, "--case", desk.case(), "--key", &key, "--examiner", "R. Writer"]);
    assert!(bytes_of(&desk.path("report")) == before, "the report was changed");
    assert!(allowed.starts_with("mori@example.com namespaces=\"coldtrail\" ssh-ed25519 AAAA"), "{allowed}");
    let journal = desk.reader().journal().unwrap();
    assert_eq!(journal.len(), entries.len() + 1);
    let last = journal.last().unwrap();
    assert_eq!((last.action.as_str(), last.examiner.as_str()), ("signature_add", "R. Writer"));
    let text = std::fs::read_to_string(desk.path("report.signed")).unwrap();
    for head in [&last.hash, &entries.last().unwrap().hash] {
        assert!(text.contains(head.as_str()), "{text}");
        desk.ok(&["verify", desk.case(), "--head", head]);
    }
    assert!(sha256sum(desk.folder.path(), "report.signed"), "{text}");
    // The key's secret part is nowhere.
    let secret = [7_u8; 32];
    for file in [desk.case.clone(), desk.path("report.signed"), desk.path("report.signed.sig")] {
        assert!(!std::fs::read(&file).unwrap().windows(32).any(|part| part == secret), "{}", file.display());
    }
    let pem = std::fs::read_to_string(desk.path("report.signed.sig")).unwrap();
    let signature = SshSig::from_pem(&pem).unwrap();
    let public = PrivateKey::from_openssh(test_key()).unwrap().public_key().clone();
    public.verify("coldtrail", text.as_bytes(), &signature).unwrap();
    let sig = path(&desk, "report.signed.sig");
    let checked = |namespace: &str, statement: &[u8]| ssh_keygen(&desk, &allowed, namespace, &sig, statement);
    if checked("coldtrail", text.as_bytes()).is_some() {
        assert_eq!(checked("coldtrail", text.as_bytes()), Some(true));
        assert_eq!(checked("file", text.as_bytes()), Some(false), "another namespace");
        assert_eq!(checked("coldtrail", text.replace("form 1", "form 2").as_bytes()), Some(false), "another text");
    }
    assert!(desk.fails(&["sign", &report, "--key", &key], 3).contains("already exists"));
    // The report can be written again beside its signature.
    desk.ok(&["report", desk.case(), "--out", &report, "--no-verify", "--csv"]);
    assert!(!sha256sum(desk.folder.path(), "report.signed"), "the case went on, and its report with it");
}

#[test]
fn a_case_alone_is_signed_after_its_entry() {
    let desk = with_report();
    desk.ok(&["sign", desk.case(), "--key", &path(&desk, "key"), "--identity", "A. Mori"]);
    let text = std::fs::read_to_string(desk.path("one.coldtrail.signed")).unwrap();
    assert!(text.contains("# Signer: A._Mori\n"), "{text}");
    assert!(sha256sum(desk.folder.path(), "one.coldtrail.signed"));
    desk.ok(&["verify", desk.case()]);
    assert!(sha256sum(desk.folder.path(), "one.coldtrail.signed"), "verify changed the case");
    desk.ok(&["tag", "add", desk.case(), "odd", "1:2"]);
    assert!(!sha256sum(desk.folder.path(), "one.coldtrail.signed"));
}

#[test]
fn what_cannot_be_signed_is_refused_and_nothing_is_written() {
    let desk = with_report();
    let (report, key) = (path(&desk, "report"), path(&desk, "key"));
    let entries = desk.reader().journal().unwrap().len();
    let public = PrivateKey::from_openssh(test_key()).unwrap().public_key().to_openssh().unwrap();
    for (name, content, why) in [
        ("key.pub", public.as_str(), "public key"),
        ("key.pem", "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n", "ssh-keygen -p"),
        ("key.txt", "hello", "not a private key"),
        ("key.bad", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", "cannot be used"),
    ] {
        let bad = desk.file(name, content);
        let told = desk.fails(&["sign", desk.case(), "--key", bad.to_str().unwrap()], 3);
        assert!(told.contains(why), "{name}: {told}");
    }
    assert!(desk.fails(&["sign", desk.case(), "--key", &path(&desk, "none")], 3).contains("could not be read"));
    let other = path(&desk, "other.coldtrail");
    desk.ok(&["new", &other, "--examiner", "X"]);
    let told = desk.fails(&["sign", &report, "--case", &other, "--key", &key], 2);
    assert!(told.contains("is not a report of"), "{told}");
    assert!(desk.fails(&["sign", desk.case(), "--case", &other, "--key", &key], 2).contains("not a folder"));
    let empty = path(&desk, "empty");
    std::fs::create_dir(&empty).unwrap();
    assert!(desk.fails(&["sign", &empty, "--key", &key], 3).contains("not a complete report"));
    let json = desk.path("report/report.json");
    let mut bytes = std::fs::read(&json).unwrap();
    bytes.push(b' ');
    std::fs::write(&json, bytes).unwrap();
    let told = desk.fails(&["sign", &report, "--key", &key], 3);
    assert!(told.contains("report.json is not the file that its manifest names"), "{told}");
    assert_eq!(desk.reader().journal().unwrap().len(), entries);
    assert!(!desk.path("report.signed").exists() && !desk.path("one.coldtrail.signed").exists());
}

/// A key with a passphrase, made by ssh-keygen so that its form is that of the tool.
#[test]
fn the_passphrase_of_a_key_is_read_from_where_it_is_given() {
    let desk = with_report();
    let key = path(&desk, "locked");
    for kind in [&["-t", "ed25519"][..], &["-t", "ecdsa", "-b", "256"], &["-t", "rsa", "-b", "2048"]] {
        let _ = std::fs::remove_file(&key);
        let made = Command::new("ssh-keygen")
            .args(kind)
            .args(["-q", "-N", "correct horse", "-C", "mori@example.com", "-f", &key])
            .status();
        if made.is_err() {
            eprintln!("there is no ssh-keygen: keys with a passphrase were not tested");
            return;
        }
        let (right, wrong) = (desk.file("right", "correct horse\n"), desk.file("wrong", "battery\n"));
        let case = ["sign", desk.case(), "--key", &key, "--passphrase-file"];
        let told = desk.fails(&[&case[..], &[wrong.to_str().unwrap()]].concat(), 3);
        assert!(told.contains("does not open"), "{told}");
        let allowed = desk.ok(&[&case[..], &[right.to_str().unwrap()]].concat());
        let text = std::fs::read(desk.path("one.coldtrail.signed")).unwrap();
        let sig = path(&desk, "one.coldtrail.signed.sig");
        assert_eq!(ssh_keygen(&desk, &allowed, "coldtrail", &sig, &text), Some(true), "{kind:?}");
        std::fs::remove_file(desk.path("one.coldtrail.signed")).unwrap();
        std::fs::remove_file(&sig).unwrap();
        let mut child = coldtrail(desk.folder.path())
            .args([&case[..], &["-"]].concat())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(b"correct horse\n").unwrap();
        assert!(child.wait().unwrap().success());
        std::fs::remove_file(desk.path("one.coldtrail.signed")).unwrap();
        std::fs::remove_file(&sig).unwrap();
        std::fs::remove_file(desk.path("locked.pub")).unwrap();
    }
}
