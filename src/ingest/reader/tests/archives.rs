//! Zip and tar, packed and nested.

use super::*;
use zip::write::{FullFileOptions, SimpleFileOptions};
use zip::{CompressionMethod, ZipWriter};

fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (i, (name, content)) in members.iter().enumerate() {
        let method = if i % 2 == 0 { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(1_700_000_000);
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

/// Path, decoded content, packing of every piece of evidence.
fn listed(seen: &[Seen]) -> Vec<(&str, &[u8], &str)> {
    seen.iter().map(|s| (s.member.as_deref().unwrap_or("-"), s.decoded.as_slice(), s.facts.packing.as_str())).collect()
}

#[test]
fn the_members_of_a_zip_are_evidence_of_their_own() {
    let packed = gzip(b"packed line\n", 6);
    let file = zip_of(&[("AWSLogs/a.log", b"line\n"), ("b.log.gz", &packed), ("__MACOSX/._a.log", b"\0\x05\x16\x07")]);
    let seen = read_all(&file);
    let expected: [(&str, &[u8], &str); 4] = [
        ("-", b"", ""),
        ("AWSLogs/a.log", b"line\n", ""),
        ("b.log.gz", b"packed line\n", "gzip"),
        ("__MACOSX/._a.log", b"\0\x05\x16\x07", ""),
    ];
    assert_eq!(listed(&seen), expected);
    assert_eq!(seen[0].archive, Some(ArchiveKind::Zip));
    assert_eq!(seen[0].facts.content_sha256, sha256(&file));
    assert_eq!((seen[2].facts.file_sha256, seen[2].facts.content_sha256), (sha256(&packed), sha256(b"packed line\n")));
    assert_eq!(seen[2].original(), packed);
    assert!(seen[0].blocks.iter().all(|b| b.encoding == RawEncoding::Stored));
    assert!(seen.iter().all(|s| s.end == Some(StreamEnd::Complete) && s.warnings.is_empty()));
}

#[test]
fn tar_plain_and_packed_gives_the_same_members() {
    let long = format!("AWSLogs/{}/a.log", "x".repeat(200));
    let tar = tar_of(&[(&long, b"line\n"), ("empty.log", b""), ("c.gz", &gzip(b"packed\n", 6))]);
    let members: [(&str, &[u8], &str); 3] =
        [(&long, b"line\n", ""), ("empty.log", b"", ""), ("c.gz", b"packed\n", "gzip")];
    for (file, packing) in [(tar.clone(), ""), (gzip(&tar, 6), "gzip"), (zstd_frame(&tar), "zstd")] {
        let seen = read_all(&file);
        assert_eq!(listed(&seen)[0], ("-", b"".as_slice(), packing));
        assert_eq!(listed(&seen)[1..], members);
        assert_eq!(seen[0].archive, Some(ArchiveKind::Tar));
        assert_eq!((seen[0].facts.content_bytes, seen[0].facts.content_sha256), (tar.len() as u64, sha256(&tar)));
        assert_eq!(seen[1].modified, Some(Timestamp::from_secs(1_700_000_000)));
    }
}

#[test]
fn archives_in_archives_name_the_whole_way() {
    let inner = zip_of(&[("x.log", b"deep\n"), ("y.log", b"deeper\n")]);
    let middle = gzip(&tar_of(&[("in/inner.zip", &inner), ("z.log", b"middle\n")]), 6);
    let seen = read_all(&gzip(&zip_of(&[("m.tar.gz", &middle)]), 6));
    let expected: [(&str, &[u8], &str); 6] = [
        ("-", b"", "gzip"),
        ("m.tar.gz", b"", "gzip"),
        ("m.tar.gz!/in/inner.zip", b"", ""),
        ("m.tar.gz!/in/inner.zip!/x.log", b"deep\n", ""),
        ("m.tar.gz!/in/inner.zip!/y.log", b"deeper\n", ""),
        ("m.tar.gz!/z.log", b"middle\n", ""),
    ];
    assert_eq!(listed(&seen), expected);
    assert_eq!(seen.iter().map(|s| s.depth).collect::<Vec<_>>(), [0, 1, 2, 3, 3, 2]);
    assert_eq!(seen[2].original(), inner);
}

#[test]
fn archives_deeper_than_the_limit_are_kept_whole() {
    let mut file = b"content".to_vec();
    for _ in 0..6 {
        file = tar_of(&[("a", &file)]);
    }
    let seen = read_all(&file);
    assert_eq!(seen.len(), 5);
    assert_eq!(seen[4].archive, None);
    assert_eq!(seen[4].warnings[0].0, Reason::ContainerDepth);
    assert_eq!(seen[4].decoded, tar_of(&[("a", &tar_of(&[("a", b"content")]))]));
}

#[test]
fn an_encrypted_member_is_told_and_the_others_are_read() {
    use zip::unstable::write::FileOptionsExt;
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let locked = FullFileOptions::default().with_deprecated_encryption(b"secret").unwrap();
    writer.start_file("locked.log", locked).unwrap();
    writer.write_all(b"hidden").unwrap();
    writer.start_file("open.log", SimpleFileOptions::default()).unwrap();
    writer.write_all(b"open\n").unwrap();
    let seen = read_all(&writer.finish().unwrap().into_inner());
    let expected: [(&str, &[u8], &str); 2] = [("-", b"", ""), ("open.log", b"open\n", "")];
    assert_eq!(listed(&seen), expected);
    assert_eq!(seen[0].warnings.len(), 1);
    assert_eq!(seen[0].warnings[0].0, Reason::UnreadableMember);
    assert!(seen[0].warnings[0].1.starts_with("member locked.log is encrypted; unpack"), "{}", seen[0].warnings[0].1);
}

#[test]
fn names_that_occur_twice_are_both_read() {
    let file = zip_of(&[("aa.log", b"first\n"), ("bb.log", b"second\n")]);
    let at: Vec<usize> = (0..file.len() - 6).filter(|i| file[*i..].starts_with(b"bb.log")).collect();
    let mut same = file.clone();
    at.iter().for_each(|i| same[*i..*i + 6].copy_from_slice(b"aa.log"));
    let expected: [(&str, &[u8], &str); 3] = [("-", b"", ""), ("aa.log", b"first\n", ""), ("aa.log", b"second\n", "")];
    assert_eq!(listed(&read_all(&same)), expected);
}

#[test]
fn a_zip_that_is_cut_off_keeps_the_members_before_the_cut() {
    let (a, b) = (flow_lines(40_000), flow_lines(90_000));
    let file = zip_of(&[("a.log", &a), ("b.log", &b)]);
    let seen = read_all(&file[..file.len() / 2]);
    assert_eq!(seen.len(), 3);
    assert!(seen[1].decoded == a && seen[1].end == Some(StreamEnd::Complete));
    assert!(b.starts_with(&seen[2].decoded) && !seen[2].decoded.is_empty());
    assert!(matches!(seen[2].end, Some(StreamEnd::CutOff(_))));
    assert_eq!(seen[0].warnings[0].0, Reason::DamagedStream);
}

#[test]
fn a_tar_that_is_cut_off_keeps_the_members_before_the_cut() {
    let (a, b) = (flow_lines(40_000), flow_lines(90_000));
    let tar = tar_of(&[("a.log", &a), ("b.log", &b)]);
    for file in [tar[..70_000].to_vec(), gzip(&tar[..70_000], 6)] {
        let seen = read_all(&file);
        assert_eq!(seen.len(), 3);
        assert!(seen[1].decoded == a && seen[1].end == Some(StreamEnd::Complete));
        assert!(b.starts_with(&seen[2].decoded) && seen[2].decoded.len() > 20_000);
        let Some(StreamEnd::CutOff(reason)) = &seen[2].end else { panic!("{:?}", seen[2].end) };
        assert!(reason.starts_with("the tar ends "), "{reason}");
        assert_eq!(seen[0].warnings[0].0, Reason::DamagedStream);
    }
    let packed = gzip(&tar, 6);
    let seen = read_all(&packed[..packed.len() / 2]);
    assert!(seen[1].decoded == a);
    assert!(matches!(seen[0].end, Some(StreamEnd::CutOff(_))) && matches!(seen[2].end, Some(StreamEnd::CutOff(_))));
}

#[test]
fn links_and_devices_are_told_and_folders_are_not() {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, kind, link) in [
        ("folder/", tar::EntryType::Directory, None),
        ("soft.log", tar::EntryType::Symlink, Some("/etc/passwd")),
        ("hard.log", tar::EntryType::Link, Some("a.log")),
        ("pipe", tar::EntryType::Fifo, None),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        header.set_path(name).unwrap();
        if let Some(link) = link {
            header.set_link_name_literal(link).unwrap();
        }
        header.set_cksum();
        builder.append(&header, std::io::empty()).unwrap();
    }
    let seen = read_all(&builder.into_inner().unwrap());
    assert_eq!(seen.len(), 1);
    let details: Vec<&str> = seen[0].warnings.iter().map(|(_, d)| d.as_str()).collect();
    assert_eq!(
        details,
        [
            "member soft.log is a link to /etc/passwd without content of its own",
            "member hard.log is a link to a.log without content of its own",
            "member pipe is neither a file nor a folder (type 6)",
        ]
    );
}

#[test]
fn a_large_member_has_seek_points_of_its_own() {
    let content = flow_lines(9 << 20);
    let packed = gzip(&content, 3);
    for file in [tar_of(&[("a.gz", &packed)]), zip_of(&[("a.gz", &packed)])] {
        let seen = read_all(&file);
        assert_eq!(seen[1].points.len(), 2);
        assert_eq!(seen[1].range(9_000_000, 100), content[9_000_000..9_000_100]);
    }
}
