//! Compression and archives told by their first bytes, and the chain of decoders that takes compression off.

use super::ReadError;
use super::gunzip::Gunzip;
use super::tap::{EvidenceNotes, Metered, Notes, Packed, Peeked, Shared};
use super::unzstd::Unzstd;
use std::io::{self, Read};

/// A container whose members are evidence of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArchiveKind {
    Zip,
    Tar,
}

/// A compression around a whole file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Zstd,
}

impl Packing {
    /// The word in `EvidenceFacts::packing`.
    pub(super) fn code(self) -> &'static str {
        match self {
            Packing::Gzip => "gzip",
            Packing::Zstd => "zstd",
        }
    }

    /// What the first bytes say.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        if head.starts_with(&[0x1f, 0x8b, 0x08]) {
            Some(Packing::Gzip)
        } else if is_zstd(head) {
            Some(Packing::Zstd)
        } else {
            None
        }
    }

    /// Reads `EvidenceFacts::packing` back: compressions, outermost first.
    pub(super) fn parse_all(packing: &str) -> Option<Vec<Self>> {
        let words = packing.split('+').filter(|w| !w.is_empty());
        words.map(|word| [Packing::Gzip, Packing::Zstd].into_iter().find(|p| p.code() == word)).collect()
    }

    pub(super) fn decoder<'s>(
        self,
        input: Box<dyn Read + 's>,
        notes: Option<&'s dyn Notes>,
    ) -> io::Result<Box<dyn Read + 's>> {
        Ok(match self {
            Packing::Gzip => Box::new(Gunzip::new(input, notes)?),
            Packing::Zstd => Box::new(Unzstd::new(input, notes)?),
        })
    }
}

/// A zstd frame begins here, or a skippable one.
pub(super) fn is_zstd(head: &[u8]) -> bool {
    matches!(head, [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

impl ArchiveKind {
    /// What the first bytes say: zip by its signature (an empty zip has the second one), tar by the checksum of its
    /// first header, which files older than the word `ustar` have too.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            Some(ArchiveKind::Zip)
        } else if is_tar(head) {
            Some(ArchiveKind::Tar)
        } else {
            None
        }
    }
}

/// The header's checksum is the sum of its 512 bytes with the checksum itself (6 octal digits at 148) read as spaces.
fn is_tar(head: &[u8]) -> bool {
    let (Some(header), Some(field)) = (head.get(..512), head.get(148..156)) else { return false };
    let digits = field.iter().skip_while(|b| **b == b' ').take_while(|b| (b'0'..=b'7').contains(*b));
    let (told, count) = digits.fold((0u32, 0), |(sum, n), b| (sum * 8 + u32::from(b - b'0'), n + 1));
    let sum = |bytes: &[u8]| bytes.iter().map(|b| u32::from(*b)).sum::<u32>();
    count > 0 && header.first() != Some(&0) && told == sum(header) - sum(field) + 8 * u32::from(b' ')
}

/// Content with all compression removed.
pub(super) struct Unpacked<'t> {
    pub content: Peeked<Box<dyn Read + 't>>,
    pub packing: Vec<Packing>,
    /// Compressed deeper than the limit; the rest is left on.
    pub too_deep: bool,
}

/// Takes compression off by what the bytes say, layer by layer. `on_first` is reported what the file itself is before
/// more of it is read.
pub(super) fn unpack<'t, 's: 't, 'r: 's>(
    input: Box<dyn Read + 't>,
    packed: Packed<'t>,
    of_member: bool,
    shared: &'s Shared<'r>,
    notes: Option<&'t EvidenceNotes<'s, 'r>>,
    on_first: impl FnOnce(Option<Packing>, &[u8]),
) -> Result<Unpacked<'t>, ReadError> {
    let mut content = Peeked::new(input);
    let mut found = Packing::of(content.head());
    let mut packing = Vec::new();
    on_first(found, content.head());
    while let Some(layer) = found {
        if packing.len() >= usize::from(shared.options.limits.max_depth) {
            return Ok(Unpacked { content, packing, too_deep: true });
        }
        if let Some(notes) = notes
            && !packing.is_empty()
        {
            notes.points.set(false);
        }
        packing.push(layer);
        let decoder = layer.decoder(Box::new(content), notes.map(|n| n as &dyn Notes)).map_err(ReadError::Temporary)?;
        content = Peeked::new(Box::new(Metered::new(decoder, packed, of_member, shared)));
        found = Packing::of(content.head());
    }
    Ok(Unpacked { content, packing, too_deep: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_is_told_by_the_first_bytes() {
        assert_eq!(Packing::of(b"\x1f\x8b\x08\x00"), Some(Packing::Gzip));
        assert_eq!(Packing::of(b"\x1f\x8b\x07\x00"), None);
        assert_eq!(Packing::of(b"\x28\xb5\x2f\xfd"), Some(Packing::Zstd));
        assert_eq!(Packing::of(b"\x52\x2a\x4d\x18"), Some(Packing::Zstd));
        assert_eq!(Packing::of(b"2 123456789010 eni-"), None);
        assert_eq!(Packing::of(b""), None);
        assert_eq!(Packing::parse_all("gzip+zstd"), Some(vec![Packing::Gzip, Packing::Zstd]));
        assert_eq!(Packing::parse_all(""), Some(vec![]));
        assert_eq!(Packing::parse_all("gzip+xz"), None);
    }

    #[test]
    fn archives_are_told_by_the_first_bytes() {
        assert_eq!(ArchiveKind::of(b"PK\x03\x04"), Some(ArchiveKind::Zip));
        assert_eq!(ArchiveKind::of(b"PK\x05\x06"), Some(ArchiveKind::Zip));
        let mut header = tar::Header::new_old();
        header.set_path("a.log").unwrap();
        header.set_size(0);
        header.set_cksum();
        assert_eq!(ArchiveKind::of(header.as_bytes()), Some(ArchiveKind::Tar));
        let mut other = *header.as_bytes();
        other[0] = b'b';
        assert_eq!(ArchiveKind::of(&other), None);
        assert_eq!(ArchiveKind::of(&[0; 512]), None);
        assert_eq!(ArchiveKind::of(&[b'0'; 511]), None);
    }
}
