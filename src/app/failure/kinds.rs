//! The table of what can fail: each kind has a text of the catalogue, which says what failed and why, and the attribute
//! `next` of that text, which says what to do about it. Where that is done otherwise on the command line than in the
//! window, the attribute chooses by `$face`.

use crate::filter::FilterError;
use crate::present::filter_help::mistake;
use crate::present::text::Texts;

macro_rules! kinds {
    ($($kind:ident = $id:literal,)*) => {
        /// What failed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Kind {
            $($kind,)*
        }

        impl Kind {
            pub const ALL: &[Kind] = &[$(Kind::$kind,)*];

            /// Of its text.
            pub fn id(self) -> &'static str {
                match self {
                    $(Kind::$kind => $id,)*
                }
            }
        }
    };
}

kinds! {
    // Cases.
    CaseNotFound = "error-case-not-found",
    CaseExists = "error-case-exists",
    CaseUnreadable = "error-case-unreadable",
    NotACase = "error-not-a-case",
    CaseNewer = "error-case-newer",
    CaseNeedsUpgrade = "error-case-needs-upgrade",
    CaseNotUpgraded = "error-case-not-upgraded",
    CaseNoRoom = "error-case-no-room",
    CaseUntrusted = "error-case-untrusted",
    CaseDamaged = "error-case-damaged",
    CaseCorrupt = "error-case-corrupt",
    CaseBusy = "error-case-busy",
    DiskFull = "error-disk-full",
    CaseReadOnly = "error-case-read-only",
    CaseNotWritten = "error-case-not-written",
    CaseNotRead = "error-case-not-read",
    NoRawContent = "error-no-raw-content",
    NoSuchRecord = "error-no-such-record",
    NoSuch = "error-no-such",
    BadContent = "error-bad-content",
    TemporaryFile = "error-temporary-file",
    Sqlite = "error-sqlite",
    // Questions.
    Cancelled = "error-cancelled",
    Filter = "error-filter",
    Statement = "error-statement",
    TimedOut = "error-timed-out",
    TooManyRows = "error-too-many-rows",
    ExhibitUnreadable = "error-exhibit-unreadable",
    Unfit = "error-unfit",
    // Files.
    FileExists = "error-file-exists",
    ExportExists = "error-export-exists",
    FileUnreadable = "error-file-unreadable",
    FileUnwritable = "error-file-unwritable",
    NotAList = "error-not-a-list",
    NoRules = "error-no-rules",
    NotAnInventory = "error-not-an-inventory",
    NotAFilterFile = "error-not-a-filter-file",
    NotADatabase = "error-not-a-database",
    Settings = "error-settings-unwritable",
    SettingsUnread = "error-settings-unread",
    SettingsDamaged = "error-settings-damaged",
    UnsavedDamaged = "error-unsaved-damaged",
    // Imports.
    ImportDiskFull = "error-import-disk-full",
    ImportNotWritten = "error-import-not-written",
    InputNotFound = "error-input-not-found",
    InputForbidden = "error-input-forbidden",
    InputNotAFile = "error-input-not-a-file",
    InputLink = "error-input-link",
    InputNothing = "error-input-nothing",
    InputMedia = "error-input-media",
    InputExpansion = "error-input-expansion",
    InputTemporary = "error-input-temporary",
    InputInternal = "error-input-internal",
    // Indicators, labels and filters.
    BadValue = "error-bad-value",
    ListNameTaken = "error-list-name-taken",
    NoLabel = "error-no-label",
    LabelNameless = "error-label-nameless",
    BadFilter = "error-bad-filter",
    FilterNameless = "error-filter-nameless",
    // Originals, handover, reports, verification.
    OriginalNotKept = "error-original-not-kept",
    OtherFile = "error-other-file",
    OriginalUnreadable = "error-original-unreadable",
    StoppedUnwritten = "error-stopped-unwritten",
    NotHandedOver = "error-not-handed-over",
    ReadAgain = "error-read-again",
    ReportStopped = "error-report-stopped",
    ReportRows = "error-report-rows",
    ReportPdf = "error-report-pdf",
    ReportPicture = "error-report-picture",
    ReportFolder = "error-report-folder",
    VerifyScratch = "error-verify-scratch",
    NotVerified = "error-case-differs",
    // The program itself.
    Panic = "error-panic",
    NoThread = "error-no-thread",
    ThreadEnded = "error-thread-ended",
}

/// Where it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    CommandLine,
    Window,
}

impl Face {
    /// As the catalogue names it.
    fn name(self) -> &'static str {
        match self {
            Face::CommandLine => "cli",
            Face::Window => "window",
        }
    }
}

/// A failure in the words of the catalogue: its kind, and what fills in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub kind: Kind,
    args: Vec<(&'static str, String)>,
    /// What is wrong with a filter, which is `$reason`.
    mistake: Option<(FilterError, String)>,
}

impl Told {
    pub fn new(kind: Kind) -> Self {
        Self { kind, args: Vec::new(), mistake: None }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    #[must_use]
    pub fn path(self, path: &std::path::Path) -> Self {
        self.with("path", path.display())
    }

    /// The reason is that `text` is no filter.
    #[must_use]
    pub fn mistake(mut self, error: &FilterError, text: &str) -> Self {
        self.mistake = Some((error.clone(), text.to_owned()));
        self
    }

    fn args(&self, texts: &Texts) -> Vec<(&'static str, String)> {
        let mistake = self.mistake.as_ref().map(|(error, text)| ("reason", mistake(texts, error, text)));
        let in_words = |(name, value): &(&'static str, String)| {
            let value = if *name == "path" { value.clone() } else { texts.because(value) };
            (*name, value)
        };
        self.args.iter().map(in_words).chain(mistake).collect()
    }

    /// What failed, and why.
    pub fn why(&self, texts: &Texts) -> String {
        texts.tr_args(self.kind.id(), &borrowed(&self.args(texts)))
    }

    /// What to do next.
    pub fn next(&self, texts: &Texts, face: Face) -> String {
        let args = self.args(texts);
        let args = [&borrowed(&args)[..], &[("face", face.name())]].concat();
        texts.attribute(self.kind.id(), "next", &args)
    }
}

fn borrowed<'a>(args: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    args.iter().map(|(name, value)| (*name, value.as_str())).collect()
}
