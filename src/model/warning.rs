//! What could not be read. A warning never stands for something that was dropped: it keeps the position and the raw
//! text.

/// Does the warning stand for one element of the file, or say something about the file as a whole?
/// records + duplicates + `Element` warnings = what the file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    Element,
    File,
}

/// Why. The stable code (`Reason::code`) is what the case file stores; the sentence for people is in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// A line has more or fewer values than its header or format.
    FieldCount,
    /// A value does not fit its field (an octet above 255, a port above 65535, a number out of range ...).
    BadValue,
    /// Text between records that is no record.
    NotARecord,
    /// JSON that does not parse.
    BadJson,
    /// A line or element longer than the limit; its beginning is kept here, all of it in the raw content.
    TooLong,
    /// Nested deeper than the limit.
    TooDeep,
    /// The file ends inside this element.
    CutOff,
    /// The compressed stream is damaged from here on.
    DamagedStream,
    /// Not a format that Coldtrail reads; the file is kept as it is.
    UnknownFormat,
    /// Records without a header whose format has to be named before they can be read.
    FormatNeeded,
    /// The capture says that there was more (a next token).
    IncompleteCapture,
    /// The records say another account or region than the path.
    PathMismatch,
    /// The expansion limit was reached (a gzip bomb, or a very well compressed file).
    ExpansionLimit,
    /// A container inside containers, deeper than the limit.
    ContainerDepth,
    /// An archive member that cannot be read (encrypted, unsupported method).
    UnreadableMember,
    /// Bytes that are not valid UTF-8 were found in records that were kept.
    InvalidUtf8,
    /// Two copies of one event contradict each other; both are kept.
    ConflictingCopy,
    /// Values were read by a rule that the file itself does not state (the unit of its times, the order of day and
    /// month).
    ReadAs,
    /// Values of records that were kept are less exact than they were (rounded by a spreadsheet, times without
    /// seconds).
    Inexact,
    /// A column's name is nearly that of a field that the file lacks; its values are kept as further ones.
    UnknownColumn,
    /// Times of records lie outside of what a log can be about.
    OddTime,
}

impl Reason {
    pub const ALL: [Reason; 21] = [
        Reason::FieldCount,
        Reason::BadValue,
        Reason::NotARecord,
        Reason::BadJson,
        Reason::TooLong,
        Reason::TooDeep,
        Reason::CutOff,
        Reason::DamagedStream,
        Reason::UnknownFormat,
        Reason::FormatNeeded,
        Reason::IncompleteCapture,
        Reason::PathMismatch,
        Reason::ExpansionLimit,
        Reason::ContainerDepth,
        Reason::UnreadableMember,
        Reason::InvalidUtf8,
        Reason::ConflictingCopy,
        Reason::ReadAs,
        Reason::Inexact,
        Reason::UnknownColumn,
        Reason::OddTime,
    ];

    /// Stable name, stored in case files and printed by `coldtrail warnings`.
    pub fn code(self) -> &'static str {
        match self {
            Reason::FieldCount => "field_count",
            Reason::BadValue => "bad_value",
            Reason::NotARecord => "not_a_record",
            Reason::BadJson => "bad_json",
            Reason::TooLong => "too_long",
            Reason::TooDeep => "too_deep",
            Reason::CutOff => "cut_off",
            Reason::DamagedStream => "damaged_stream",
            Reason::UnknownFormat => "unknown_format",
            Reason::FormatNeeded => "format_needed",
            Reason::IncompleteCapture => "incomplete_capture",
            Reason::PathMismatch => "path_mismatch",
            Reason::ExpansionLimit => "expansion_limit",
            Reason::ContainerDepth => "container_depth",
            Reason::UnreadableMember => "unreadable_member",
            Reason::InvalidUtf8 => "invalid_utf8",
            Reason::ConflictingCopy => "conflicting_copy",
            Reason::ReadAs => "read_as",
            Reason::Inexact => "inexact",
            Reason::UnknownColumn => "unknown_column",
            Reason::OddTime => "odd_time",
        }
    }

    /// Said of a file as a whole: is something of it cut, damaged or not understood? The others are notes about what
    /// was read.
    pub fn is_fault(self) -> bool {
        match self {
            Reason::IncompleteCapture
            | Reason::PathMismatch
            | Reason::InvalidUtf8
            | Reason::ConflictingCopy
            | Reason::ReadAs
            | Reason::OddTime => false,
            Reason::FieldCount
            | Reason::BadValue
            | Reason::NotARecord
            | Reason::BadJson
            | Reason::TooLong
            | Reason::TooDeep
            | Reason::CutOff
            | Reason::DamagedStream
            | Reason::UnknownFormat
            | Reason::FormatNeeded
            | Reason::ExpansionLimit
            | Reason::ContainerDepth
            | Reason::UnreadableMember
            | Reason::Inexact
            | Reason::UnknownColumn => true,
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }
}

/// How much of an element's raw text a warning keeps; all of it stays in the raw content.
pub(crate) const RAW_KEPT_BYTES: usize = 4096;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportWarning {
    pub scope: Scope,
    /// Line or element, from 1; 0 for `Scope::File`.
    pub position: u64,
    /// Bytes from the start of the uncompressed content.
    pub offset: u64,
    /// Bytes of the element in the uncompressed content.
    pub len: u64,
    pub reason: Reason,
    /// What exactly: `srcport 70000 is above 65535`. Plain English, for the record; not translated.
    pub detail: String,
    /// The element's raw bytes, at most `RAW_KEPT_BYTES`.
    pub raw: Vec<u8>,
}

impl ImportWarning {
    /// A warning about the file as a whole.
    pub fn file(reason: Reason, detail: impl Into<String>) -> Self {
        Self { scope: Scope::File, position: 0, offset: 0, len: 0, reason, detail: detail.into(), raw: Vec::new() }
    }

    /// A warning that stands for one element; `raw` is cut to `RAW_KEPT_BYTES`.
    pub fn element(reason: Reason, detail: impl Into<String>, position: u64, offset: u64, raw: &[u8]) -> Self {
        let kept = raw.get(..RAW_KEPT_BYTES).unwrap_or(raw);
        Self {
            scope: Scope::Element,
            position,
            offset,
            len: raw.len() as u64,
            reason,
            detail: detail.into(),
            raw: kept.to_vec(),
        }
    }
}
