//! What stops a read: limits, cancel, the receiver, the medium, files that cannot be opened.

use super::super::packing::Packing;
use super::*;
use proptest::prelude::*;
use std::io::{self, Read, SeekFrom};

fn limited(max_content_bytes: u64, max_ratio: u64) -> ReadOptions {
    let limits = Limits { max_content_bytes, max_ratio, ..Limits::default() };
    ReadOptions { limits, ..ReadOptions::default() }
}

#[test]
fn a_bomb_is_stopped_and_asked_about() {
    let file = gzip(&vec![0; 100 << 20], 9);
    let (recorder, result) = read_with(&file, &ReadOptions::default());
    let Err(ReadError::ExpansionLimit(expansion)) = result else { panic!("{result:?}") };
    assert!(expansion.content_bytes > Limits::RATIO_JUDGED_FROM && expansion.ratio() > 250, "{expansion:?}");
    assert_eq!(expansion.limits, Limits::default());
    assert_eq!(recorder.open, [0]);
    // The examiner says yes.
    let (recorder, result) = read_with(&file, &limited(u64::MAX, u64::MAX));
    result.unwrap();
    assert_eq!(recorder.seen[0].facts.content_bytes, 100 << 20);
}

#[test]
fn a_small_file_may_be_as_dense_as_it_likes() {
    assert_eq!(read_one(&gzip(&vec![b'\n'; 60 << 20], 9)).facts.content_bytes, 60 << 20);
}

#[test]
fn the_size_limit_holds_for_packed_content_only() {
    let content = flow_lines(3_000_000);
    let options = limited(1_000_000, 250);
    assert!(matches!(read_with(&gzip(&content, 6), &options).1, Err(ReadError::ExpansionLimit(_))));
    assert!(read_with(&content, &options).1.is_ok());
}

#[test]
fn the_members_of_a_zip_count_together() {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for name in ["a", "b", "c", "d"] {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(&flow_lines(1_000_000)).unwrap();
    }
    let file = writer.finish().unwrap().into_inner();
    let (recorder, result) = read_with(&file, &limited(2_500_000, 250));
    assert!(matches!(result, Err(ReadError::ExpansionLimit(_))), "{result:?}");
    assert_eq!(recorder.seen.len(), 4);
    assert!(read_with(&file, &limited(4_500_000, 250)).1.is_ok());
}

#[test]
fn one_dense_member_is_enough() {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("dense", zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(&vec![0; 80 << 20]).unwrap();
    writer.start_file("padding", zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(&flow_lines(8 << 20)).unwrap();
    let (_, result) = read_with(&writer.finish().unwrap().into_inner(), &ReadOptions::default());
    assert!(matches!(result, Err(ReadError::ExpansionLimit(e)) if e.ratio() > 250));
}

#[test]
fn a_cancelled_read_stops_at_once() {
    let options = ReadOptions::default();
    options.cancel.cancel();
    assert!(matches!(read_with(&flow_lines(1000), &options).1, Err(ReadError::Cancelled)));
}

#[test]
fn stop_is_obeyed_at_every_call() {
    let mut builder = tar::Builder::new(Vec::new());
    for name in ["a.gz", "b.gz"] {
        let packed = gzip(&flow_lines(5 << 20), 1);
        let mut header = tar::Header::new_gnu();
        header.set_size(packed.len() as u64);
        builder.append_data(&mut header, name, packed.as_slice()).unwrap();
    }
    let file = gzip(&builder.into_inner().unwrap(), 1);
    let all = {
        let mut recorder = Recorder::default();
        read_source(&mut Cursor::new(&file), &ReadOptions::default(), &mut recorder).unwrap();
        recorder.calls
    };
    assert!(all > 50);
    for stop in 1..=all {
        // The recorder fails on a call after Stop.
        let mut recorder = Recorder { stop_at_call: Some(stop), ..Recorder::default() };
        let result = read_source(&mut Cursor::new(&file), &ReadOptions::default(), &mut recorder);
        assert!(matches!(result, Err(ReadError::Stopped)), "call {stop} of {all}: {result:?}");
        assert_eq!(recorder.calls, stop);
    }
}

/// A medium that goes away after some bytes.
struct Unplugged {
    inner: Cursor<Vec<u8>>,
    after: u64,
}

impl Read for Unplugged {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.after.saturating_sub(self.inner.position());
        if left == 0 {
            return Err(io::Error::other("no such device"));
        }
        let room = buffer.len().min(left as usize);
        self.inner.read(&mut buffer[..room])
    }
}

impl Seek for Unplugged {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

#[test]
fn a_medium_that_goes_away_is_no_damaged_file() {
    let content = flow_lines(2_000_000);
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("a", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(&content).unwrap();
    for file in [content.clone(), gzip(&content, 6), zstd_frame(&content), zip.finish().unwrap().into_inner()] {
        for after in [0, 1, 5000, file.len() as u64 / 2] {
            let mut source = Unplugged { inner: Cursor::new(file.clone()), after };
            let mut recorder = Recorder::default();
            let result = read_source(&mut source, &ReadOptions::default(), &mut recorder);
            let Err(ReadError::Media { position, source }) = result else { panic!("{after}: {result:?}") };
            assert_eq!((position, source.to_string().as_str()), (after, "no such device"));
            assert_eq!(recorder.open, [0]);
        }
    }
}

#[test]
fn files_that_cannot_be_opened_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let kind = |path: &Path| match read_file(path, &ReadOptions::default(), &mut Recorder::default()) {
        Err(ReadError::Open { kind, .. }) => kind,
        other => panic!("{other:?}"),
    };
    assert_eq!(kind(&folder.path().join("none.log")), OpenFailure::NotFound);
    assert_eq!(kind(folder.path()), OpenFailure::NotAFile);
    assert_eq!(
        ReadError::open(Path::new("x"), io::ErrorKind::PermissionDenied.into()).to_string(),
        "cannot open x: permission denied"
    );
}

#[test]
fn a_file_on_disk_is_read_and_hashed() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let content = gzip(&flow_lines(700_000), 6);
    std::fs::write(file.path(), &content).unwrap();
    let mut recorder = Recorder::default();
    read_file(file.path(), &ReadOptions::default(), &mut recorder).unwrap();
    let progress = AtomicU64::new(0);
    let hash = hash_file(file.path(), &Cancel::default(), &progress).unwrap();
    assert_eq!((hash, recorder.seen[0].facts.file_sha256), (sha256(&content), sha256(&content)));
    assert_eq!(progress.into_inner(), content.len() as u64);
    let cancelled = Cancel::default();
    cancelled.cancel();
    assert!(matches!(hash_file(file.path(), &cancelled, &AtomicU64::new(0)), Err(ReadError::Cancelled)));
}

/// One small file of every kind.
fn kinds() -> Vec<Vec<u8>> {
    let content = flow_lines(6000);
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("a.log.gz", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(&gzip(&content, 6)).unwrap();
    zip.start_file("b.log", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(&content).unwrap();
    let mut tar = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(content.len() as u64);
    tar.append_data(&mut header, "a.log", content.as_slice()).unwrap();
    tar.append_data(&mut header, "b/".to_owned() + &"x".repeat(150), content.as_slice()).unwrap();
    let (zip, tar) = (zip.finish().unwrap().into_inner(), tar.into_inner().unwrap());
    let wide: Vec<u8> = String::from_utf8(content.clone()).unwrap().encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![gzip(&content, 6), zstd_frame(&content), gzip(&zip, 1), gzip(&tar, 1), zip, tar, wide]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever happens to a file, it is read to its end, hashed, and kept byte for byte.
    #[test]
    fn any_damage_leaves_the_original_whole(
        kind in 0usize..7,
        changes in prop::collection::vec((0.0f64..1.0, any::<u8>()), 0..6),
        keep in 0.0f64..1.2,
    ) {
        let mut file = kinds().swap_remove(kind);
        for (place, byte) in changes {
            let at = (file.len() as f64 * place) as usize;
            file[at] = byte;
        }
        file.truncate((file.len() as f64 * keep) as usize);
        let seen = read_all(&file);
        for evidence in seen.iter().filter(|s| s.archive.is_none() && s.facts.encoding == "utf-8") {
            let bytes = evidence.decoded.len() as u64;
            prop_assert_eq!(evidence.facts.content_bytes, bytes);
            prop_assert_eq!(sha256(&evidence.decoded), evidence.facts.content_sha256);
            prop_assert!(bytes == 0 || evidence.range(bytes - 1, 10) == evidence.decoded[bytes as usize - 1..]);
        }
    }
}

/// Inputs that fail after so many bytes, not only that end: what was passed on before is decoded to the last byte,
/// however small the pieces in which it is taken.
#[test]
fn what_came_before_a_failing_input_is_decoded() {
    struct Failing<'a>(&'a [u8]);
    impl Read for Failing<'_> {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            match self.0.read(out) {
                Ok(0) => Err(std::io::Error::other("unplugged")),
                other => other,
            }
        }
    }
    let content = flow_lines(60_000);
    for (packing, file) in [(Packing::Gzip, gzip(&content, 6)), (Packing::Zstd, zstd_frame(&content))] {
        for part in 1..8 {
            let part = &file[..file.len() * part / 8];
            let decoded = |step: usize| {
                let mut decoder = packing.decoder(Box::new(Failing(part)), None).unwrap();
                let (mut all, mut piece) = (Vec::new(), vec![0; step]);
                loop {
                    match decoder.read(&mut piece) {
                        Ok(count) => all.extend_from_slice(&piece[..count]),
                        Err(error) => return (all, error.to_string()),
                    }
                }
            };
            let (whole, why) = decoded(1 << 20);
            assert_eq!(why, "unplugged");
            for step in [1, 100, 4096] {
                assert!(decoded(step).0 == whole, "{packing:?}, pieces of {step}");
            }
        }
    }
}
