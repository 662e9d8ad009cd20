//! Every error of the layers as a row of the table of kinds.

use super::Cause;
use super::kinds::{Kind, Told};
use crate::app::conclusions::ConcludeError;
use crate::app::export::ExportError;
use crate::app::filters::FilterFileError;
use crate::app::handover::HandoverError;
use crate::app::import::replay::ReplayError;
use crate::app::import::{FailureKind, ImportError};
use crate::app::indicators::IndicatorError;
use crate::app::owners::OwnerError;
use crate::app::raw::RawError;
use crate::app::report::ExportReportError;
use crate::app::supplements::SupplementError;
use crate::app::verify::VerifyError;
use crate::case::CaseError;
use crate::query::QueryError;
use crate::questions::{AskError, MOST_ROWS};
use crate::report::ReportError;
use crate::threads::Panic;
use std::path::Path;

impl Cause {
    /// In the words of the catalogue.
    pub fn told(&self) -> Told {
        match self {
            Cause::Case(error) => case(error),
            Cause::Query(error) => query(error),
            Cause::Ask(error) => ask(error),
            Cause::Conclude(error) => match error {
                ConcludeError::Unfit(reason) => because(Kind::Unfit, reason),
                ConcludeError::Exhibit(error) => ask(error),
                ConcludeError::Case(error) => case(error),
            },
            Cause::Export(error) => match error {
                ExportError::Exists { path } => Told::new(Kind::ExportExists).path(path),
                ExportError::Unwritable { path, reason } => file(Kind::FileUnwritable, path, reason),
                ExportError::Query(error) => query(error),
                ExportError::Ask(error) => ask(error),
            },
            Cause::Handover(error) => handover(error),
            Cause::Import(error) => import(error),
            Cause::Input(failure) => because(input(failure.kind), &failure.reason),
            Cause::Indicator(error) => indicator(error),
            Cause::Supplement(error) => match error {
                SupplementError::Unreadable { path, reason } => file(Kind::FileUnreadable, path, reason),
                SupplementError::NoRules { path } => Told::new(Kind::NoRules).path(path),
                SupplementError::NoInventory { path, reason } => file(Kind::NotAnInventory, path, reason),
                SupplementError::BadTime { value, detail } => because(Kind::BadValue, detail).with("value", value),
                SupplementError::Case(error) => case(error),
                SupplementError::Query(error) => query(error),
            },
            Cause::Owner(error) => match error {
                OwnerError::Unreadable { path, reason } => file(Kind::FileUnreadable, path, reason),
                OwnerError::NotADatabase { path, reason } => file(Kind::NotADatabase, path, reason),
                OwnerError::Case(error) => case(error),
                OwnerError::Query(error) => query(error),
            },
            Cause::Filters(error) => filters(error),
            Cause::Raw(error) => raw(error),
            Cause::Report(error) => report(error),
            Cause::ExportReport(error) => match error {
                ExportReportError::Query(error) => query(error),
                ExportReportError::Report(error) => report(error),
                ExportReportError::Verify(error) => verify(error),
            },
            Cause::Verify(error) => verify(error),
            Cause::NotVerified(verdict) => Told::new(Kind::NotVerified).with("verdict", verdict),
            Cause::Settings { path, error } => file(Kind::Settings, path, error),
            Cause::SettingsUnread { path, error } => file(Kind::SettingsUnread, path, error),
            Cause::SettingsDamaged { path, kept } => aside(Kind::SettingsDamaged, path, kept),
            Cause::UnsavedDamaged { path, kept } => aside(Kind::UnsavedDamaged, path, kept),
            Cause::Folder { path, error } => file(Kind::FileUnwritable, path, error),
            Cause::Panic(error) => panic(error),
            Cause::Thread(error) => because(Kind::NoThread, error),
            Cause::Ended => Told::new(Kind::ThreadEnded),
        }
    }
}

/// A file that was put under another name.
fn aside(kind: Kind, path: &Path, kept: &Path) -> Told {
    Told::new(kind).path(path).with("kept", kept.to_string_lossy())
}

fn because(kind: Kind, reason: impl ToString) -> Told {
    Told::new(kind).with("reason", reason)
}

fn file(kind: Kind, path: &Path, reason: impl ToString) -> Told {
    because(kind, reason).path(path)
}

fn panic(error: &Panic) -> Told {
    Told::new(Kind::Panic).with("place", &error.place).with("message", &error.message)
}

fn of_version(kind: Kind, path: &Path, found: i32, known: i32) -> Told {
    Told::new(kind).path(path).with("found", found).with("known", known)
}

fn case(error: &CaseError) -> Told {
    match error {
        CaseError::NotFound { path } => Told::new(Kind::CaseNotFound).path(path),
        CaseError::Exists { path } => Told::new(Kind::CaseExists).path(path),
        CaseError::Unreadable { path, reason } => file(Kind::CaseUnreadable, path, reason),
        CaseError::NotACase { path } => Told::new(Kind::NotACase).path(path),
        CaseError::Newer { path, found, known } => of_version(Kind::CaseNewer, path, *found, *known),
        CaseError::NeedsUpgrade { path, found, known } => of_version(Kind::CaseNeedsUpgrade, path, *found, *known),
        CaseError::NotUpgraded { path, reason } => file(Kind::CaseNotUpgraded, path, reason),
        CaseError::NoRoom { path, folder, bytes: _, reason } => {
            file(Kind::CaseNoRoom, path, reason).with("folder", folder.display())
        }
        CaseError::Untrusted { path, what } => Told::new(Kind::CaseUntrusted).path(path).with("what", what),
        CaseError::Damaged { path, what } => Told::new(Kind::CaseDamaged).path(path).with("what", what),
        CaseError::Busy => Told::new(Kind::CaseBusy),
        CaseError::DiskFull => Told::new(Kind::DiskFull),
        CaseError::ReadOnly => Told::new(Kind::CaseReadOnly),
        CaseError::NotWritten => Told::new(Kind::CaseNotWritten),
        CaseError::NotRead => Told::new(Kind::CaseNotRead),
        CaseError::NoRawContent { evidence } => Told::new(Kind::NoRawContent).with("evidence", evidence),
        CaseError::NoSuchRecord(record) => Told::new(Kind::NoSuchRecord).with("record", record),
        CaseError::NoSuch(what) => Told::new(Kind::NoSuch).with("what", what),
        CaseError::BadContent { evidence, reason } => because(Kind::BadContent, reason).with("evidence", evidence),
        CaseError::Temporary(reason) => because(Kind::TemporaryFile, reason),
        CaseError::Corrupt(reason) => because(Kind::CaseCorrupt, reason),
        CaseError::Sql(error) => because(Kind::Sqlite, error),
    }
}

fn query(error: &QueryError) -> Told {
    match error {
        QueryError::Cancelled => Told::new(Kind::Cancelled),
        QueryError::Filter(reason) => because(Kind::Filter, reason),
        QueryError::Statement(problem) => because(Kind::Statement, problem.marked()),
        QueryError::Late => Told::new(Kind::TimedOut),
        QueryError::Case(error) => case(error),
    }
}

fn ask(error: &AskError) -> Told {
    match error {
        AskError::Query(error) => query(error),
        AskError::TooManyRows(rows) => Told::new(Kind::TooManyRows).with("most", MOST_ROWS).with("rows", rows),
        AskError::Unreadable(reason) => because(Kind::ExhibitUnreadable, reason),
        AskError::Unfit(reason) => because(Kind::Unfit, reason),
    }
}

fn handover(error: &HandoverError) -> Told {
    match error {
        HandoverError::Exists(path) => Told::new(Kind::FileExists).path(path),
        HandoverError::Unwritable { path, reason } => file(Kind::FileUnwritable, path, reason),
        HandoverError::Unfit(reason) => because(Kind::Unfit, reason),
        HandoverError::Stopped(path) => Told::new(Kind::StoppedUnwritten).path(path),
        HandoverError::Differs { evidence, reason } => because(Kind::NotHandedOver, reason).with("evidence", evidence),
        HandoverError::Raw(error) => raw(error),
        HandoverError::Replay(error) => match error {
            ReplayError::Case(error) => case(error),
            ReplayError::Read(error) => because(Kind::ReadAgain, error),
            ReplayError::Import(error) => into_a_new_case(error),
        },
        HandoverError::Query(error) => query(error),
        HandoverError::Case(error) => case(error),
        HandoverError::Import(error) => into_a_new_case(error),
    }
}

/// An import into the case of an examiner: what was finished is in it.
fn import(error: &ImportError) -> Told {
    match error {
        ImportError::Case(CaseError::DiskFull) | ImportError::Query(QueryError::Case(CaseError::DiskFull)) => {
            Told::new(Kind::ImportDiskFull)
        }
        ImportError::Case(CaseError::NotWritten) | ImportError::Query(QueryError::Case(CaseError::NotWritten)) => {
            Told::new(Kind::ImportNotWritten)
        }
        error => into_a_new_case(error),
    }
}

/// An import into a case that is not kept where it fails.
fn into_a_new_case(error: &ImportError) -> Told {
    match error {
        ImportError::Case(error) => case(error),
        ImportError::Thread(error) => because(Kind::NoThread, error),
        ImportError::Panic(error) => panic(error),
        ImportError::Query(error) => query(error),
    }
}

fn input(kind: FailureKind) -> Kind {
    match kind {
        FailureKind::NotFound => Kind::InputNotFound,
        FailureKind::PermissionDenied => Kind::InputForbidden,
        FailureKind::NotAFile | FailureKind::Special => Kind::InputNotAFile,
        FailureKind::Link => Kind::InputLink,
        FailureKind::EmptyFolder | FailureKind::OwnCase => Kind::InputNothing,
        FailureKind::Media => Kind::InputMedia,
        FailureKind::Expansion => Kind::InputExpansion,
        FailureKind::Temporary => Kind::InputTemporary,
        FailureKind::Internal => Kind::InputInternal,
    }
}

fn indicator(error: &IndicatorError) -> Told {
    match error {
        IndicatorError::Unreadable { path, reason } => file(Kind::FileUnreadable, path, reason),
        IndicatorError::NoList { path, reason } => file(Kind::NotAList, path, reason),
        IndicatorError::BadValue { value, detail } => because(Kind::BadValue, detail).with("value", value),
        IndicatorError::NameTaken(name) => Told::new(Kind::ListNameTaken).with("name", name),
        IndicatorError::NoLabel(kind) => Told::new(Kind::NoLabel).with("kind", kind),
        IndicatorError::Nameless => Told::new(Kind::LabelNameless),
        IndicatorError::Case(error) => case(error),
        IndicatorError::Query(error) => query(error),
    }
}

fn filters(error: &FilterFileError) -> Told {
    match error {
        FilterFileError::Unreadable { path, reason } => file(Kind::FileUnreadable, path, reason),
        FilterFileError::Unwritable { path, reason } => file(Kind::FileUnwritable, path, reason),
        FilterFileError::Exists { path } => Told::new(Kind::FileExists).path(path),
        FilterFileError::NotAList { path, reason } => file(Kind::NotAFilterFile, path, reason),
        FilterFileError::BadFilter { name, text, error } => {
            Told::new(Kind::BadFilter).with("name", name).mistake(error, text)
        }
        FilterFileError::Nameless => Told::new(Kind::FilterNameless),
        FilterFileError::Case(error) => case(error),
        FilterFileError::Query(error) => query(error),
    }
}

fn raw(error: &RawError) -> Told {
    match error {
        RawError::Query(error) => query(error),
        RawError::NotKept { evidence, path, reason } => {
            because(Kind::OriginalNotKept, reason).with("evidence", evidence.0).with("path", path)
        }
        RawError::OtherFile { path, found } => Told::new(Kind::OtherFile).with("path", path).with("found", found),
        RawError::Exists(path) => Told::new(Kind::FileExists).path(path),
        RawError::Write { path, error } => file(Kind::FileUnwritable, path, error),
        RawError::Stopped(path) => Told::new(Kind::StoppedUnwritten).path(path),
        RawError::Content { evidence, reason } => because(Kind::OriginalUnreadable, reason).with("evidence", evidence),
    }
}

fn report(error: &ReportError) -> Told {
    match error {
        ReportError::Cancelled => Told::new(Kind::ReportStopped),
        ReportError::Unreadable(reason) => because(Kind::ReportRows, reason),
        ReportError::Pdf(reason) => because(Kind::ReportPdf, reason),
        ReportError::Picture(reason) => because(Kind::ReportPicture, reason),
        ReportError::Occupied { path, what } => Told::new(Kind::ReportFolder).path(path).with("what", what),
        ReportError::Unwritable { path, reason } => file(Kind::FileUnwritable, path, reason),
    }
}

fn verify(error: &VerifyError) -> Told {
    match error {
        VerifyError::Query(error) => query(error),
        VerifyError::Scratch(reason) => because(Kind::VerifyScratch, reason),
    }
}
