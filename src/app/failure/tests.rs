//! The table against the catalogue, and the window and the command line against each other.

use super::*;
use crate::app::import::FailureKind;
use crate::app::import::replay::ReplayError;
use crate::ingest::indicators::NoList;
use crate::ingest::reader::ReadError;
use crate::model::EvidenceId;
use crate::present::Language;
use crate::query::SqlProblem;
use std::collections::HashSet;
use std::io::Error as IoError;

fn text() -> String {
    "the reason".to_owned()
}

fn path() -> PathBuf {
    "/cases/x".into()
}

fn cases() -> Vec<Cause> {
    let of = |make: fn(PathBuf) -> CaseError| Cause::Case(make(path()));
    vec![
        of(|path| CaseError::NotFound { path }),
        of(|path| CaseError::Exists { path }),
        of(|path| CaseError::Unreadable { path, reason: text() }),
        of(|path| CaseError::NotACase { path }),
        of(|path| CaseError::Newer { path, found: 9, known: 5 }),
        of(|path| CaseError::NeedsUpgrade { path, found: 3, known: 5 }),
        of(|path| CaseError::NotUpgraded { path, reason: text() }),
        of(|path| CaseError::NoRoom { path, folder: "/tmp".into(), bytes: 7, reason: text() }),
        of(|path| CaseError::Untrusted { path, what: text() }),
        of(|path| CaseError::Damaged { path, what: text() }),
        CaseError::Busy.into(),
        CaseError::DiskFull.into(),
        CaseError::ReadOnly.into(),
        CaseError::NotWritten.into(),
        CaseError::NotRead.into(),
        CaseError::NoRawContent { evidence: 2 }.into(),
        CaseError::NoSuchRecord("3:7".to_owned()).into(),
        CaseError::NoSuch("exhibit 7".to_owned()).into(),
        CaseError::BadContent { evidence: 2, reason: text() }.into(),
        CaseError::Temporary(text()).into(),
        CaseError::Corrupt(text()).into(),
        CaseError::Sql(rusqlite_error()).into(),
    ]
}

/// Of SQLite, by a statement that it refuses.
fn rusqlite_error() -> rusqlite::Error {
    rusqlite::Error::InvalidQuery
}

fn questions() -> Vec<Cause> {
    vec![
        QueryError::Cancelled.into(),
        QueryError::Filter(text()).into(),
        QueryError::Statement(SqlProblem { message: text(), at: Some(0..1), statement: "x".to_owned() }).into(),
        QueryError::Late.into(),
        AskError::TooManyRows(20_001).into(),
        AskError::Unreadable(text()).into(),
        AskError::Unfit(text()).into(),
        ConcludeError::Unfit(text()).into(),
        ExportError::Exists { path: path() }.into(),
        ExportError::Unwritable { path: path(), reason: text() }.into(),
        ExportError::Ask(AskError::Unfit(text())).into(),
    ]
}

fn bad_filter() -> Cause {
    let (name, text) = ("x".to_owned(), "dstport = shh".to_owned());
    let error = crate::filter::parse(&text, crate::model::Dataset::Flows).unwrap_err();
    FilterFileError::BadFilter { name, text, error: error.into() }.into()
}

fn files() -> Vec<Cause> {
    let input = |kind| Cause::Input(FileFailure { path: path(), kind, reason: text() });
    let kinds = [
        FailureKind::NotFound,
        FailureKind::PermissionDenied,
        FailureKind::NotAFile,
        FailureKind::Link,
        FailureKind::EmptyFolder,
        FailureKind::Media,
        FailureKind::Expansion,
        FailureKind::Temporary,
        FailureKind::Internal,
    ];
    let mut causes: Vec<Cause> = kinds.into_iter().map(input).collect();
    causes.extend([
        ImportError::Case(CaseError::DiskFull).into(),
        ImportError::Query(CaseError::NotWritten.into()).into(),
        ImportError::Thread(IoError::other("none left")).into(),
        IndicatorError::Unreadable { path: path(), reason: text() }.into(),
        IndicatorError::NoList { path: path(), reason: NoList::Empty }.into(),
        IndicatorError::BadValue { value: "1.2.3".to_owned(), detail: text() }.into(),
        IndicatorError::NameTaken("mine".to_owned()).into(),
        IndicatorError::NoLabel("a port").into(),
        IndicatorError::Nameless.into(),
        SupplementError::Unreadable { path: path(), reason: text() }.into(),
        SupplementError::NoInventory { path: path(), reason: text() }.into(),
        SupplementError::BadTime { value: "yesterday".to_owned(), detail: text() }.into(),
        SupplementError::NoRules { path: path() }.into(),
        OwnerError::Unreadable { path: path(), reason: text() }.into(),
        OwnerError::NotADatabase { path: path(), reason: text() }.into(),
        FilterFileError::Exists { path: path() }.into(),
        FilterFileError::NotAList { path: path(), reason: text() }.into(),
        bad_filter(),
        FilterFileError::Nameless.into(),
        Cause::Settings { path: path(), error: IoError::other("x") },
        Cause::SettingsUnread { path: path(), error: IoError::other("x") },
        Cause::SettingsDamaged { path: path(), kept: "/x/settings.damaged-1.json".into() },
        Cause::UnsavedDamaged { path: path(), kept: "/x/a.damaged-1.json".into() },
        Cause::Folder { path: path(), error: IoError::other("x") },
    ]);
    causes
}

fn others() -> Vec<Cause> {
    vec![
        RawError::NotKept { evidence: EvidenceId(2), path: "/logs/x.gz".to_owned(), reason: text() }.into(),
        RawError::OtherFile { path: "/logs/x.gz".to_owned(), found: "00ff".to_owned() }.into(),
        RawError::Exists(path()).into(),
        RawError::Write { path: path(), error: IoError::other("x") }.into(),
        RawError::Stopped(path()).into(),
        RawError::Content { evidence: 2, reason: text() }.into(),
        HandoverError::Exists(path()).into(),
        HandoverError::Unfit(text()).into(),
        HandoverError::Differs { evidence: 2, reason: text() }.into(),
        HandoverError::Replay(ReplayError::Read(ReadError::Cancelled)).into(),
        ReportError::Cancelled.into(),
        ReportError::Unreadable(text()).into(),
        ReportError::Pdf(text()).into(),
        ReportError::Picture(text()).into(),
        ReportError::Occupied { path: path(), what: "notes.txt".to_owned() }.into(),
        ReportError::Unwritable { path: path(), reason: text() }.into(),
        VerifyError::Scratch(text()).into(),
        Cause::NotVerified(text()),
        Panic { place: "src/x.rs:7".to_owned(), message: text() }.into(),
        Cause::Thread(IoError::other("none left")),
        Cause::Ended,
    ]
}

/// Errors of every kind.
fn samples() -> Vec<Cause> {
    [cases(), questions(), files(), others()].into_iter().flatten().collect()
}

/// Are all arguments of the text filled in?
fn whole(text: &str) -> bool {
    !text.is_empty() && !text.contains(['{', '}', '$'])
}

#[test]
fn every_kind_is_told_with_a_next_step_in_every_language() {
    let samples = samples();
    let kinds: HashSet<Kind> = samples.iter().map(|cause| cause.told().kind).collect();
    let without: Vec<&Kind> = Kind::ALL.iter().filter(|kind| !kinds.contains(kind)).collect();
    assert!(without.is_empty(), "no sample: {without:?}");
    for language in Language::ALL {
        let texts = Texts::new(language);
        for cause in &samples {
            let told = cause.told();
            let why = told.why(&texts);
            assert!(whole(&why) && why != told.kind.id(), "{:?}: {why}", told.kind);
            for face in [Face::CommandLine, Face::Window] {
                let next = told.next(&texts, face);
                assert!(whole(&next) && !next.starts_with("error-"), "{:?}: {next}", told.kind);
            }
        }
    }
}

/// What a program reads of an error in a log is what a person is reported.
#[test]
fn the_catalogue_says_what_the_error_says() {
    let texts = Texts::english();
    for cause in samples() {
        let why = cause.told().why(&texts);
        // A report that was stopped says more.
        if !matches!(cause.told().kind, Kind::ReportStopped) {
            assert!(cause.to_string().starts_with(&why), "{cause}\n{why}");
        }
    }
}

/// The command line and the window say the same of the same error: what failed, why, and the same advice. Where the way
/// to do it differs, each names its own: a command, or what is on the screen.
#[test]
fn both_faces_advise_the_same() {
    let texts = Texts::english();
    let mut differ = 0;
    for cause in samples() {
        let told = cause.told();
        let window = crate::app::UserError::new(crate::app::Message::new("error-query"), told.clone());
        let line = crate::cli::CliError::Failed(cause);
        let (window, line) = (window.render(&texts), line.to_string());
        let (_, window) = window.split_once('\n').unwrap();
        let (why, next) = window.rsplit_once('\n').unwrap();
        assert!(line.starts_with(why), "{line}\n{window}");
        if matches!(told.kind, Kind::Cancelled | Kind::StoppedUnwritten | Kind::ReportStopped) || line == window {
            continue;
        }
        differ += 1;
        let (_, by_command) = line.rsplit_once('\n').unwrap();
        let same = next.bytes().zip(by_command.bytes()).take_while(|(a, b)| a == b).count();
        assert!(same >= 10, "the advice begins otherwise: {next}\n{by_command}");
        let names_a_command = |text: &str| text.contains(": coldtrail ") || text.contains("--");
        assert!(names_a_command(by_command) && !names_a_command(next), "{next}\n{by_command}");
    }
    assert!((5..20).contains(&differ), "{differ}");
}
