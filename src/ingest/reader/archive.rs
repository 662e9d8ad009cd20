//! The members of zip and tar archives, streamed one after the other.

use super::ReadError;
use super::pass::{Place, member};
use super::tap::{Guard, Metered, Packed, Shared, damaged};
use crate::model::{ImportWarning, Reason, Timestamp};
use std::cell::Cell;
use std::fmt::Display;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use zip::ExtraField;
use zip::read::{Config, ZipFile, ZipReadOptions};
use zip::unstable::read::ZipIterable;

/// The archive whose members are read.
pub(super) struct ArchivePlace<'p> {
    /// None: the top-level file.
    path: Option<&'p str>,
    depth: u8,
}

impl<'p> ArchivePlace<'p> {
    pub(super) fn of(place: &'p Place) -> Self {
        Self { path: place.member.as_deref(), depth: place.depth }
    }

    fn member(&self, name: &str, modified: Option<Timestamp>) -> Place {
        let member = match self.path {
            None => name.to_owned(),
            Some(path) => format!("{path}!/{name}"),
        };
        Place { member: Some(member), depth: self.depth + 1, modified }
    }
}

/// Passes a fault on; anything else becomes a warning on the archive.
fn warn(shared: &Shared<'_>, reason: Reason, what: &str, error: impl Display) -> Result<(), ReadError> {
    let why = shared.fault_or_damage(&error)?;
    shared.warn(ImportWarning::file(reason, format!("{what}: {why}")));
    Ok(())
}

/// Reads all members in the order of the central directory, names that occur twice included.
pub(super) fn zip_members<S: Read + Seek>(
    shared: &Shared<'_>,
    source: Guard<'_, '_, S>,
    at: &ArchivePlace<'_>,
) -> Result<(), ReadError> {
    // Filled again at each step from the directory to a member and back, so it is small.
    let mut source = BufReader::with_capacity(8 << 10, source);
    let mut archive = match ZipIterable::try_new(&mut source, Config::default()) {
        Ok(archive) => archive,
        Err(e) => {
            warn(
                shared,
                Reason::DamagedStream,
                "the zip's directory cannot be read, its members are taken in order",
                e,
            )?;
            return zip_without_directory(shared, &mut source, at);
        }
    };
    let files = match archive.files() {
        Ok(files) => files,
        Err(e) => return warn(shared, Reason::DamagedStream, "the zip's directory cannot be read", e),
    };
    while let Some(entry) = files.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(e) => return warn(shared, Reason::DamagedStream, "the zip's directory cannot be read on", e),
        };
        let name = zip_name(entry.name_raw(), entry.name());
        if entry.encrypted() {
            shared.warn(ImportWarning::file(Reason::UnreadableMember, encrypted(&name)));
            continue;
        }
        match entry.with_reader(files.reader_mut(), ZipReadOptions::new()) {
            Ok(file) => zip_member(shared, file, &name, at)?,
            Err(e) => warn(shared, Reason::UnreadableMember, &unreadable(&name), e)?,
        }
    }
    Ok(())
}

/// A zip that is cut off has lost its directory, which is at the end. Each member has a header of its own.
fn zip_without_directory<S: Read + Seek>(
    shared: &Shared<'_>,
    source: &mut S,
    at: &ArchivePlace<'_>,
) -> Result<(), ReadError> {
    if let Err(e) = source.seek(SeekFrom::Start(0)) {
        return warn(shared, Reason::DamagedStream, "the zip cannot be read", e);
    }
    loop {
        match zip::read::read_zipfile_from_stream(source) {
            Ok(Some(file)) => {
                let name = zip_name(file.name_raw(), file.name());
                zip_member(shared, file, &name, at)?;
            }
            Ok(None) => return Ok(()),
            Err(e) => return warn(shared, Reason::DamagedStream, "the zip cannot be read on", e),
        }
    }
}

fn encrypted(name: &str) -> String {
    format!("member {name} is encrypted; unpack the archive with its password (7z x FILE) and import what comes out")
}

fn unreadable(name: &str) -> String {
    format!(
        "member {name} cannot be read (stored, deflate, deflate64 and zstd are); unpack the archive (7z x FILE) and import \
         what comes out"
    )
}

/// A name is UTF-8 where it can be; the crate's reading of older encodings else.
fn zip_name<E>(raw: &[u8], name: Result<std::borrow::Cow<'_, str>, E>) -> String {
    match (std::str::from_utf8(raw), name) {
        (Ok(utf8), _) => utf8.to_owned(),
        (Err(_), Ok(name)) => name.into_owned(),
        (Err(_), Err(_)) => String::from_utf8_lossy(raw).into_owned(),
    }
}

fn zip_member<R: Read>(
    shared: &Shared<'_>,
    file: ZipFile<'_, R>,
    name: &str,
    at: &ArchivePlace<'_>,
) -> Result<(), ReadError> {
    if file.is_dir() {
        return Ok(());
    }
    // The time in the header itself has no zone; only the extra field is UTC.
    let utc = file.extra_data_fields().find_map(|field| match field {
        ExtraField::ExtendedTimestamp(stamp) => stamp.mod_time(),
        _ => None,
    });
    let place = at.member(name, utc.map(|secs| Timestamp::from_secs(i64::from(secs))));
    let packed = Packed::Known(file.compressed_size().min(shared.file_len));
    let mut input = Metered::new(file, packed, true, shared);
    // Where not even the first byte can be read there is no content, and no evidence that looks like an empty file.
    let mut first = [0; 1];
    match input.read(&mut first) {
        Ok(count) => {
            let first = first.get(..count).unwrap_or_default();
            let input: Box<dyn Read + '_> = Box::new(first.chain(input));
            member(shared, input, &place)
        }
        Err(e) => warn(shared, Reason::UnreadableMember, &unreadable(name), e),
    }
}

/// Reads all members of a tar stream.
pub(super) fn tar_members(shared: &Shared<'_>, source: impl Read, at: &ArchivePlace<'_>) -> Result<(), ReadError> {
    let read = Cell::new(0);
    let mut archive = tar::Archive::new(Counted { input: source, read: &read });
    // Where the member before ends, and behind it the block that says that there is no further one.
    let mut end = Some(0u64);
    let entries = match archive.entries() {
        Ok(entries) => entries,
        Err(e) => return warn(shared, Reason::DamagedStream, "the tar cannot be read", e),
    };
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(e) => return warn(shared, Reason::DamagedStream, "the tar cannot be read on", e),
        };
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let kind = entry.header().entry_type();
        let blocks = entry.size().div_ceil(TAR_BLOCK).saturating_mul(TAR_BLOCK);
        // Of a sparse file or a link the size says nothing of the blocks behind its header.
        let is_plain = kind.is_file() || kind.is_contiguous() || kind.is_dir();
        end = is_plain.then(|| entry.raw_file_position().saturating_add(blocks));
        if kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse() {
            // Old tars write folders as files whose name ends so.
            if name.ends_with('/') && entry.size() == 0 {
                continue;
            }
            let modified = entry.header().mtime().ok().and_then(|s| i64::try_from(s).ok()).map(Timestamp::from_secs);
            let left = entry.size();
            let input: Box<dyn Read + '_> = Box::new(Whole { input: entry, left });
            member(shared, input, &at.member(&name, modified))?;
        } else if kind.is_symlink() || kind.is_hard_link() {
            let target = entry.link_name_bytes().map(|t| String::from_utf8_lossy(&t).into_owned()).unwrap_or_default();
            let detail = format!("member {name} is a link to {target} without content of its own");
            shared.warn(ImportWarning::file(Reason::UnreadableMember, detail));
        } else if !kind.is_dir() && !kind.is_pax_global_extensions() {
            let detail =
                format!("member {name} is neither a file nor a folder (type {})", kind.as_byte().escape_ascii());
            shared.warn(ImportWarning::file(Reason::UnreadableMember, detail));
        }
    }
    if end.is_some_and(|end| read.get() <= end) {
        let detail = "the tar ends without its end mark: it may be cut off behind its last member".to_owned();
        shared.warn(ImportWarning::file(Reason::DamagedStream, detail));
    }
    Ok(())
}

const TAR_BLOCK: u64 = 512;

/// Counts what is read.
struct Counted<'a, R> {
    input: R,
    read: &'a Cell<u64>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.read.set(self.read.get() + count as u64);
        Ok(count)
    }
}

/// A tar that is cut off looks like a shorter member, which must not pass for a whole one.
struct Whole<R> {
    input: R,
    left: u64,
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.left = self.left.saturating_sub(count as u64);
        if count == 0 && self.left > 0 && !buffer.is_empty() {
            return Err(damaged(format!("the tar ends {} bytes before the end of this member", self.left)));
        }
        Ok(count)
    }
}
