//! What a text inside of a wrapper is: JSON values one behind the other, lines, or bytes in base64 that may be packed with
//! gzip.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::value::RawValue;
use std::io::Read;

/// Bytes that a payload may unpack to.
const MOST_BYTES: u64 = 64 << 20;
/// Shorter ones are words.
const LEAST_BASE64: usize = 24;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The text that base64 holds, unpacked where it is packed. `None` for what is no base64 of text; an error for what is
/// packed and cannot be unpacked.
pub(crate) fn decoded(text: &str) -> Option<Result<String, String>> {
    let is_base64 = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'\n' | b'\r');
    if text.len() < LEAST_BASE64 || !text.bytes().all(is_base64) {
        return None;
    }
    let joined: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let bytes = BASE64.decode(joined).ok()?;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return String::from_utf8(bytes).ok().filter(|text| !text.contains('\0')).map(Ok);
    }
    let mut plain = Vec::new();
    let mut packed = flate2::read::MultiGzDecoder::new(bytes.as_slice()).take(MOST_BYTES);
    if let Err(error) = packed.read_to_end(&mut plain) {
        return Some(Err(format!("the gzip in its base64 is damaged: {error}")));
    }
    if plain.len() as u64 == MOST_BYTES {
        return Some(Err(format!("its base64 unpacks to more than {MOST_BYTES} bytes")));
    }
    Some(Ok(String::from_utf8(plain).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())))
}

/// JSON values one behind the other, blanks and commas between them, and what is left where the text stops being JSON.
pub(crate) fn values(text: &str) -> (Vec<&RawValue>, &str) {
    let mut rest = text;
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',' || c == '\u{1e}');
        if !rest.starts_with(['{', '[', '"']) {
            return (found, rest);
        }
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<&RawValue>();
        let Some(Ok(value)) = stream.next() else { return (found, rest) };
        found.push(value);
        rest = rest.get(stream.byte_offset()..).unwrap_or_default();
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::io::Write;

    pub(crate) fn base64(bytes: &[u8]) -> String {
        BASE64.encode(bytes)
    }

    pub(crate) fn gzip(text: &str) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(text.as_bytes()).unwrap();
        packed.finish().unwrap()
    }

    #[test]
    fn base64_is_text_or_packed_text() {
        let text = "{\"a\": \"a text of some length\"}";
        let plain = base64(text.as_bytes());
        let lines = format!("{}\n{}\r\n", &plain[..20], &plain[20..]);
        for held in [plain.as_str(), plain.trim_end_matches('='), &lines, &base64(&gzip(text))] {
            assert_eq!(decoded(held), Some(Ok(text.to_owned())), "{held}");
        }
        for other in ["", "GetObject", "2 123456789012 eni-1 10.0.0.1", &base64(&[0xff; 40]), &base64(&[0; 40])] {
            assert_eq!(decoded(other), None, "{other}");
        }
        let packed = gzip(text);
        let cut = decoded(&base64(&packed[..packed.len() - 9]));
        assert!(matches!(cut, Some(Err(ref why)) if why.contains("damaged")), "{cut:?}");
    }

    #[test]
    fn values_stand_one_behind_the_other() {
        let texts = |text: &str| {
            let (values, rest) = values(text);
            (values.iter().map(|value| value.get().to_owned()).collect::<Vec<_>>(), rest.to_owned())
        };
        let expected = |found: &[&str], rest: &str| (found.iter().map(|f| (*f).to_owned()).collect(), rest.to_owned());
        assert_eq!(texts("{\"a\":1}{\"b\":2},\n[3]\n"), expected(&["{\"a\":1}", "{\"b\":2}", "[3]"], ""));
        assert_eq!(texts("{\"a\":1} {\"b\":"), expected(&["{\"a\":1}"], "{\"b\":"));
        assert_eq!(texts("5 {}"), expected(&[], "5 {}"));
    }
}
