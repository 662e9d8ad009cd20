//! Plain, gzip and zstd files, and their encodings.

use super::*;

#[test]
fn a_plain_file_is_its_own_content() {
    let content = flow_lines(3_000_000);
    let seen = read_one(&content);
    assert!(seen.decoded == content);
    assert_eq!((seen.facts.packing.as_str(), seen.facts.encoding.as_str()), ("", "utf-8"));
    assert_eq!((seen.facts.content_bytes, seen.facts.content_sha256), (3_000_000, sha256(&content)));
    assert_eq!(seen.end, Some(StreamEnd::Complete));
    assert!(seen.pieces[1..seen.pieces.len() - 1].iter().all(|p| *p == PIECE_BYTES));
    assert_eq!(seen.blocks.iter().map(|b| b.byte_count).collect::<Vec<_>>(), [1 << 20, 1 << 20, 3_000_000 - (2 << 20)]);
    assert!(seen.blocks.iter().all(|b| b.encoding == RawEncoding::Zstd && b.data.len() < 600_000));
}

#[test]
fn an_empty_file_begins_and_ends() {
    for file in [Vec::new(), gzip(b"", 6), zstd_frame(b"")] {
        let seen = read_one(&file);
        assert_eq!((seen.decoded.len(), seen.facts.content_bytes, seen.end), (0, 0, Some(StreamEnd::Complete)));
        assert_eq!(seen.facts.content_sha256, sha256(b""));
    }
}

#[test]
fn gzip_of_any_number_of_members_is_one_content() {
    let content = flow_lines(700_000);
    let mut file = Vec::new();
    for (i, part) in content.chunks(90_000).enumerate() {
        file.extend(gzip(part, (i % 10) as u32));
        file.extend(gzip(b"", 6));
    }
    let seen = read_one(&file);
    assert!(seen.decoded == content);
    assert_eq!(seen.facts.packing, "gzip");
    assert_eq!((seen.facts.content_bytes, seen.facts.content_sha256), (700_000, sha256(&content)));
    assert_eq!(seen.warnings, []);
    assert!(seen.blocks.iter().all(|b| b.encoding == RawEncoding::Stored));
}

#[test]
fn every_optional_field_of_a_gzip_header_is_stepped_over() {
    let mut encoder = flate2::GzBuilder::new()
        .filename("flow.log")
        .comment("from the bucket")
        .extra(vec![7; 300])
        .write(Vec::new(), flate2::Compression::default());
    encoder.write_all(b"content").unwrap();
    let mut file = encoder.finish().unwrap();
    assert_eq!(read_one(&file).decoded, b"content");
    // A header checksum: the flag, and two bytes after the comment's zero.
    let at = file.windows(7).position(|w| w == b"bucket\0").unwrap() + 7;
    file[3] |= 2;
    file.splice(at..at, [0xab, 0xcd]);
    assert_eq!(read_one(&file).decoded, b"content");
}

#[test]
fn what_follows_the_last_member_is_kept_and_told() {
    for junk in [vec![0; 600], b"not gzip".to_vec(), vec![0x1f], vec![0x1f, 0x8b, 0x07, 0]] {
        for (packed, unit) in [(gzip(b"content", 6), "gzip member"), (zstd_frame(b"content"), "zstd frame")] {
            let file = [packed.as_slice(), &junk].concat();
            let seen = read_one(&file);
            assert_eq!((seen.decoded.as_slice(), seen.end), (b"content".as_slice(), Some(StreamEnd::Complete)));
            let detail =
                format!("what follows from byte {} of the file on is no {unit}; it is kept and not read", packed.len());
            assert_eq!(seen.warnings, [(Reason::DamagedStream, detail)]);
        }
    }
}

#[test]
fn a_wrong_checksum_is_told_and_reading_goes_on() {
    let first = gzip(b"first ", 6);
    for (from_end, what) in [(8, "checksum"), (4, "size")] {
        let mut file = [first.clone(), gzip(b"second", 6)].concat();
        file[first.len() - from_end] ^= 1;
        let seen = read_one(&file);
        assert_eq!((seen.decoded.as_slice(), seen.end), (b"first second".as_slice(), Some(StreamEnd::Complete)));
        assert_eq!(seen.warnings.len(), 1);
        assert!(seen.warnings[0].1.starts_with(&format!("the {what} ")), "{}", seen.warnings[0].1);
    }
}

#[test]
fn a_stream_cut_anywhere_keeps_what_came_before() {
    let content = flow_lines(20_000);
    for packed in [gzip(&content, 6), zstd_frame(&content)] {
        for cut in (4..packed.len()).step_by(97).chain(packed.len() - 9..packed.len()) {
            let seen = read_one(&packed[..cut]);
            assert!(content.starts_with(&seen.decoded), "cut at {cut}");
            let Some(StreamEnd::CutOff(reason)) = &seen.end else { panic!("cut at {cut}: {:?}", seen.end) };
            assert!(reason.contains("stream ends inside") || reason.contains("near byte"), "{reason}");
        }
    }
    // The first member is whole, so all of it is there.
    let file = [gzip(&content, 6), gzip(b"second", 6)[..12].to_vec()].concat();
    let seen = read_one(&file);
    assert!(seen.decoded.starts_with(&content) && b"second".starts_with(&seen.decoded[content.len()..]));
    assert_eq!(seen.end, Some(StreamEnd::CutOff("the gzip stream ends inside the data of member 2".into())));
}

#[test]
fn a_damaged_stream_keeps_what_came_before_and_the_whole_file() {
    let content = flow_lines(3_000_000);
    // A third member whose first block has the one type that does not exist.
    let header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0b110, 1, 2, 3];
    let file = [gzip(&content, 6), gzip(b"", 6), header.to_vec()].concat();
    let seen = read_one(&file);
    assert!(seen.decoded == content);
    let reason = format!("the gzip stream is damaged in member 3, before byte {}: invalid block type", file.len() - 3);
    assert_eq!(seen.end, Some(StreamEnd::CutOff(reason)));
    // A hole in the middle of a member.
    let mut file = gzip(&content, 6);
    let middle = file.len() / 2;
    file[middle..middle + (64 << 10)].iter_mut().zip(content).for_each(|(to, from)| *to = from.wrapping_mul(37));
    let seen = read_one(&file);
    assert!(seen.decoded.len() > 1_000_000 && flow_lines(3_000_000).starts_with(&seen.decoded[..1_000_000]));
    let Some(StreamEnd::CutOff(reason)) = &seen.end else { panic!("{:?}", seen.end) };
    assert!(reason.starts_with("the gzip stream is damaged in member 1, before byte "), "{reason}");
    assert_eq!(seen.facts.content_bytes, seen.decoded.len() as u64);
}

#[test]
fn zstd_of_several_frames_is_one_content() {
    let content = flow_lines(9 << 20);
    let mut file = vec![0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]; // a skippable frame
    for part in content.chunks(1 << 20) {
        file.extend(zstd_frame(part));
    }
    let seen = read_one(&file);
    assert!(seen.decoded == content);
    assert_eq!((seen.facts.packing.as_str(), seen.facts.content_sha256), ("zstd", sha256(&content)));
    assert_eq!(seen.points.iter().map(|p| p.content_byte).collect::<Vec<_>>(), [4 << 20, 8 << 20]);
}

#[test]
fn compression_inside_compression_comes_off() {
    let content = flow_lines(5 << 20);
    let seen = read_one(&gzip(&gzip(&content, 1), 6));
    assert!(seen.decoded == content && seen.points.is_empty());
    assert_eq!(seen.facts.packing, "gzip+gzip");
    let seen = read_one(&gzip(&zstd_frame(b"content"), 6));
    assert_eq!((seen.decoded.as_slice(), seen.facts.packing.as_str()), (b"content".as_slice(), "gzip+zstd"));
}

#[test]
fn compression_deeper_than_the_limit_stays_on() {
    let mut file = b"content".to_vec();
    for _ in 0..5 {
        file = gzip(&file, 6);
    }
    let seen = read_one(&file);
    assert_eq!(seen.decoded, gzip(b"content", 6));
    assert_eq!(seen.facts.packing, "gzip+gzip+gzip+gzip");
    assert_eq!(seen.warnings.len(), 1);
    assert_eq!(seen.warnings[0].0, Reason::ContainerDepth);
}

#[test]
fn a_byte_order_mark_comes_off_and_counts() {
    for (file, packing) in [(b"\xef\xbb\xbf{\"a\":1}".to_vec(), ""), (gzip(b"\xef\xbb\xbf{\"a\":1}", 6), "gzip")] {
        let seen = read_one(&file);
        assert_eq!(seen.decoded, b"{\"a\":1}");
        assert_eq!((seen.facts.encoding.as_str(), seen.facts.packing.as_str()), ("utf-8-bom", packing));
        assert_eq!((seen.facts.content_bytes, seen.places), (10, (3..10).collect()));
    }
}

#[test]
fn utf_16_becomes_utf_8_with_places_in_the_original() {
    let text = "2 東京 a\u{1f600}b OK\r\n".repeat(30_000);
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let file = [b"\xff\xfe".as_slice(), &units].concat();
    let seen = read_one(&gzip(&file, 6));
    assert!(seen.decoded == text.as_bytes());
    assert_eq!(seen.facts.encoding, "utf-16le");
    assert_eq!((seen.facts.content_bytes, seen.facts.content_sha256), (file.len() as u64, sha256(&file)));
    let mut content = 2;
    for (at, c) in text.char_indices().take_while(|(at, _)| *at < 4000) {
        assert_eq!(seen.places[at], content, "character {at}");
        content += 2 * c.len_utf16() as u64;
    }
}

#[test]
fn invalid_utf_8_passes_untouched() {
    let content: Vec<u8> = (0..=255).cycle().skip(1).take(70_000).collect();
    assert!(read_one(&content).decoded == content);
}

#[test]
fn nothing_of_the_original_is_told_when_it_is_not_kept() {
    let options = ReadOptions { keep_raw: false, ..ReadOptions::default() };
    let (recorder, result) = read_with(&gzip(&flow_lines(9 << 20), 1), &options);
    result.unwrap();
    assert!(recorder.seen[0].blocks.is_empty() && recorder.seen[0].points.is_empty());
    assert_eq!(recorder.seen[0].facts.content_bytes, 9 << 20);
}
