//! Any range of the content out of the stored blocks.

use super::*;
use proptest::prelude::*;

/// Content in parts, so that members and frames can be cut between them: (bytes, compressible, level).
fn parts() -> impl Strategy<Value = Vec<(Vec<u8>, u32)>> {
    let part = prop_oneof![
        (0usize..1_500_000).prop_map(flow_lines),
        (0usize..200_000, any::<u64>()).prop_map(|(len, seed)| noise(len, seed)),
        (0usize..5_000_000, any::<u8>()).prop_map(|(len, byte)| vec![byte; len]),
    ];
    prop::collection::vec((part, 0u32..10), 1..5)
}

fn noise(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let step = |s: &mut u64| {
        *s = s.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*s >> 56) as u8
    };
    (0..len).map(|_| step(&mut state)).collect()
}

fn check(file: &[u8], content: &[u8], packing: &str, places: &[(f64, usize)]) -> Seen {
    let seen = read_one(file);
    assert!(seen.decoded == content && seen.facts.packing == packing);
    for (place, len) in places {
        let from = (content.len() as f64 * place) as usize;
        let to = (from + len).min(content.len());
        assert!(seen.range(from as u64, *len) == content[from..to], "{from}..{to} of {}", content.len());
    }
    for point in &seen.points {
        let from = point.content_byte as usize;
        let to = (from + 100).min(content.len());
        assert!(seen.range(from as u64, 100) == content[from..to], "at point {from}");
    }
    seen
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn ranges_agree_with_the_content(
        parts in parts(),
        places in prop::collection::vec((0.0f64..1.0, 0usize..5000), 8),
    ) {
        let content: Vec<u8> = parts.iter().flat_map(|(part, _)| part.clone()).collect();
        if TextPlain::of(&content) {
            check(&content, &content, "", &places);
        }
        let members: Vec<u8> = parts.iter().flat_map(|(part, level)| gzip(part, *level)).collect();
        check(&members, &content, "gzip", &places);
        let frames: Vec<u8> = parts.iter().flat_map(|(part, _)| zstd_frame(part)).collect();
        check(&frames, &content, "zstd", &places);
    }
}

/// Random bytes can look packed or marked; then they are no plain content.
struct TextPlain;

impl TextPlain {
    fn of(content: &[u8]) -> bool {
        super::super::packing::Packing::of(content).is_none()
            && ArchiveKind::of(content).is_none()
            && super::super::text::TextEncoding::of(content) == super::super::text::TextEncoding::Utf8
    }
}

#[test]
fn a_large_gzip_has_a_point_about_every_four_mib() {
    let content = flow_lines(21 << 20);
    let places: Vec<(f64, usize)> = (0..40).map(|i| (f64::from(i) / 40.0, 200)).collect();
    for level in [2, 6] {
        let seen = check(&gzip(&content, level), &content, "gzip", &places);
        assert!((4..=5).contains(&seen.points.len()), "level {level}: {}", seen.points.len());
        for (i, point) in seen.points.iter().enumerate() {
            let least = (i as u64 + 1) * SEEK_EVERY_BYTES;
            assert!((least..least + (1 << 20)).contains(&point.content_byte));
            assert!(!point.window_zstd.is_empty() && point.window_zstd.len() < 32 << 10);
        }
    }
}

#[test]
fn many_small_members_have_points_without_a_window() {
    let content = flow_lines(10 << 20);
    let file: Vec<u8> = content.chunks(5000).flat_map(|part| gzip(part, 6)).collect();
    let seen = check(&file, &content, "gzip", &[(0.3, 9000), (0.99, 200_000)]);
    assert_eq!(seen.points.len(), 2);
    assert!(seen.points.iter().all(|p| p.window_zstd.is_empty() && p.file_bit % 8 == 0));
}

#[test]
fn a_range_past_the_end_is_shorter_and_then_empty() {
    let content = flow_lines(100_000);
    for file in [content.clone(), gzip(&content, 6), zstd_frame(&content)] {
        let seen = read_one(&file);
        assert_eq!(seen.range(99_990, 50), content[99_990..]);
        assert_eq!(seen.range(100_000, 50), b"");
        assert_eq!(seen.range(5_000_000, 50), b"");
        assert_eq!(seen.range(7, 0), b"");
    }
}

#[test]
fn a_range_in_a_stream_that_is_cut_off_is_what_there_is() {
    let content = flow_lines(200_000);
    let packed = gzip(&content, 6);
    let seen = read_one(&packed[..packed.len() / 2]);
    let had = seen.decoded.len();
    assert_eq!(seen.range(had as u64 - 10, 50), content[had - 10..had]);
    assert!(read_range(&seen, "gzip", None, had as u64 + 5, 50).is_err());
}

#[test]
fn blocks_that_lie_are_refused() {
    struct One(RawBlock);
    impl RawBlocks for One {
        fn block_at(&mut self, _: u64) -> std::io::Result<Option<RawBlock>> {
            Ok(Some(self.0.clone()))
        }
    }
    let block = |first_byte, byte_count, encoding, data: &[u8]| {
        One(RawBlock { first_byte, byte_count, encoding, data: data.to_vec() })
    };
    let bomb = zstd::bulk::compress(&vec![0; 64 << 20], 1).unwrap();
    for lie in [
        block(0, 9, RawEncoding::Stored, b"12345"),
        block(50, 5, RawEncoding::Stored, b"12345"),
        block(0, 0, RawEncoding::Stored, b""),
        block(0, 5, RawEncoding::Zstd, b"12345"),
        block(0, 64 << 20, RawEncoding::Zstd, &bomb),
    ] {
        assert!(read_range(lie, "", None, 0, 100).is_err());
    }
    assert!(read_range(block(0, 5, RawEncoding::Stored, b"12345"), "lzma", None, 0, 5).is_err());
    let point = SeekPoint { content_byte: 0, file_bit: 3, window_zstd: bomb };
    assert!(read_range(block(0, 5, RawEncoding::Stored, b"12345"), "gzip", Some(&point), 0, 5).is_err());
}

#[test]
fn an_original_on_disk_serves_ranges_too() {
    let content = flow_lines(5_000_000);
    let packed = gzip(&content, 6);
    let blocks = || FileBlocks(Cursor::new(&packed));
    assert_eq!(read_range(blocks(), "gzip", None, 4_000_000, 77).unwrap(), content[4_000_000..4_000_077]);
    assert_eq!(read_range(FileBlocks(Cursor::new(&content)), "", None, 4_999_999, 9).unwrap(), content[4_999_999..]);
    let mut out = Vec::new();
    OriginalReader::new(blocks()).read_to_end(&mut out).unwrap();
    assert!(out == packed);
}
