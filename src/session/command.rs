//! Every command of the program in one enum: its stable name, its text and its shortcut. Menus, palette, key handling
//! and tests iterate it. Nothing here knows a tool kit.

/// Where a command stands in the menu bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    Case,
    Evidence,
    View,
    Query,
    Report,
    Help,
}

impl Menu {
    pub const ALL: [Menu; 6] = [Menu::Case, Menu::Evidence, Menu::View, Menu::Query, Menu::Report, Menu::Help];

    pub fn text_key(self) -> &'static str {
        match self {
            Menu::Case => "menu-case",
            Menu::Evidence => "menu-evidence",
            Menu::View => "menu-view",
            Menu::Query => "menu-query",
            Menu::Report => "menu-report",
            Menu::Help => "menu-help",
        }
    }
}

/// The keys that shortcuts use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Letter(char),
    Digit(u8),
    Function(u8),
    Left,
    Right,
    Plus,
    Minus,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shortcut {
    pub ctrl: bool,
    pub shift: bool,
    pub alt: bool,
    pub key: Key,
}

impl Shortcut {
    const fn ctrl(key: Key) -> Option<Self> {
        Some(Self { ctrl: true, shift: false, alt: false, key })
    }

    const fn ctrl_shift(key: Key) -> Option<Self> {
        Some(Self { ctrl: true, shift: true, alt: false, key })
    }

    const fn alt(key: Key) -> Option<Self> {
        Some(Self { ctrl: false, shift: false, alt: true, key })
    }

    const fn plain(key: Key) -> Option<Self> {
        Some(Self { ctrl: false, shift: false, alt: false, key })
    }
}

impl std::fmt::Display for Shortcut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (held, name) in [(self.ctrl, "Ctrl+"), (self.alt, "Alt+"), (self.shift, "Shift+")] {
            if held {
                f.write_str(name)?;
            }
        }
        match self.key {
            Key::Letter(letter) => write!(f, "{letter}"),
            Key::Digit(digit) => write!(f, "{digit}"),
            Key::Function(number) => write!(f, "F{number}"),
            Key::Left => f.write_str("Left"),
            Key::Right => f.write_str("Right"),
            Key::Plus => f.write_str("+"),
            Key::Minus => f.write_str("-"),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    NewCase,
    OpenCase,
    OpenSample,
    CloseCase,
    Undo,
    Redo,
    Quit,
    ImportEvidence,
    ShowJobs,
    ShowOverview,
    ShowEvidence,
    ShowFlows,
    ShowPairs,
    ShowEvents,
    ShowTimeline,
    ShowIndicators,
    ShowSightings,
    ImportIndicators,
    AddIndicators,
    AddLabel,
    OwnerDatabase,
    OnlySightings,
    ShowQueries,
    ShowSql,
    ToggleInspector,
    ToggleHistogram,
    ChooseZone,
    ThemeSystem,
    ThemeLight,
    ThemeDark,
    ZoomIn,
    ZoomOut,
    ZoomReset,
    Palette,
    FocusFilter,
    ClearFilter,
    AllTimes,
    FindAddress,
    Back,
    Forward,
    GoToRow,
    CountDuplicates,
    Export,
    AddExhibit,
    TagRows,
    ShowFindings,
    ShowExhibits,
    CheckExhibits,
    PreviewReport,
    WriteReport,
    ShowErrors,
    ShowHelp,
}

/// What a command needs in order to be of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    Nothing,
    /// An open case.
    Case,
    /// One of the record tables on screen.
    Records,
    /// A view on screen that follows a filter and the time range.
    Filter,
}

impl Command {
    pub const ALL: [Command; 52] = [
        Command::NewCase,
        Command::OpenCase,
        Command::OpenSample,
        Command::CloseCase,
        Command::Undo,
        Command::Redo,
        Command::Quit,
        Command::ImportEvidence,
        Command::ShowJobs,
        Command::ShowOverview,
        Command::ShowEvidence,
        Command::ShowFlows,
        Command::ShowPairs,
        Command::ShowEvents,
        Command::ShowTimeline,
        Command::ShowIndicators,
        Command::ShowSightings,
        Command::ImportIndicators,
        Command::AddIndicators,
        Command::AddLabel,
        Command::OwnerDatabase,
        Command::OnlySightings,
        Command::ShowQueries,
        Command::ShowSql,
        Command::ToggleInspector,
        Command::ToggleHistogram,
        Command::ChooseZone,
        Command::ThemeSystem,
        Command::ThemeLight,
        Command::ThemeDark,
        Command::ZoomIn,
        Command::ZoomOut,
        Command::ZoomReset,
        Command::Palette,
        Command::FocusFilter,
        Command::ClearFilter,
        Command::AllTimes,
        Command::FindAddress,
        Command::Back,
        Command::Forward,
        Command::GoToRow,
        Command::CountDuplicates,
        Command::Export,
        Command::AddExhibit,
        Command::TagRows,
        Command::ShowFindings,
        Command::ShowExhibits,
        Command::CheckExhibits,
        Command::PreviewReport,
        Command::WriteReport,
        Command::ShowErrors,
        Command::ShowHelp,
    ];

    /// Stable name; also the id of its text (`command-NAME`) and of its explanation (`command-NAME-tip`).
    pub fn name(self) -> &'static str {
        match self {
            Command::NewCase => "new-case",
            Command::OpenCase => "open-case",
            Command::OpenSample => "open-sample",
            Command::CloseCase => "close-case",
            Command::Quit => "quit",
            Command::ImportEvidence => "import",
            Command::ShowJobs => "jobs",
            Command::ShowOverview => "overview",
            Command::ShowEvidence => "evidence",
            Command::ShowFlows => "flows",
            Command::ShowPairs => "pairs",
            Command::ShowEvents => "events",
            Command::ShowTimeline => "timeline",
            Command::ShowIndicators => "indicators",
            Command::ShowSightings => "sightings",
            Command::ImportIndicators => "import-indicators",
            Command::AddIndicators => "add-indicators",
            Command::AddLabel => "add-label",
            Command::OwnerDatabase => "owners",
            Command::OnlySightings => "only-sightings",
            Command::ShowQueries => "queries",
            Command::ShowSql => "sql",
            Command::ToggleInspector => "inspector",
            Command::ToggleHistogram => "histogram",
            Command::ChooseZone => "zone",
            Command::ThemeSystem => "theme-system",
            Command::ThemeLight => "theme-light",
            Command::ThemeDark => "theme-dark",
            Command::ZoomIn => "zoom-in",
            Command::ZoomOut => "zoom-out",
            Command::ZoomReset => "zoom-reset",
            Command::Palette => "palette",
            Command::FocusFilter => "focus-filter",
            Command::ClearFilter => "clear-filter",
            Command::AllTimes => "all-times",
            Command::FindAddress => "address",
            Command::Back => "back",
            Command::Forward => "forward",
            Command::GoToRow => "go-to-row",
            Command::CountDuplicates => "duplicates",
            Command::Export => "export",
            Command::AddExhibit => "add-exhibit",
            Command::TagRows => "tag-rows",
            Command::ShowFindings => "findings",
            Command::ShowExhibits => "exhibits",
            Command::CheckExhibits => "check-exhibits",
            Command::PreviewReport => "preview-report",
            Command::WriteReport => "write-report",
            Command::Undo => "undo",
            Command::Redo => "redo",
            Command::ShowErrors => "errors",
            Command::ShowHelp => "help",
        }
    }

    pub fn text_id(self) -> String {
        format!("command-{}", self.name())
    }

    pub fn tip_id(self) -> String {
        format!("command-{}-tip", self.name())
    }

    pub fn shortcut(self) -> Option<Shortcut> {
        match self {
            Command::NewCase => Shortcut::ctrl(Key::Letter('N')),
            Command::OpenCase => Shortcut::ctrl(Key::Letter('O')),
            Command::Quit => Shortcut::ctrl(Key::Letter('Q')),
            Command::CloseCase => Shortcut::ctrl(Key::Letter('W')),
            Command::ImportEvidence => Shortcut::ctrl(Key::Letter('I')),
            Command::ShowJobs => Shortcut::ctrl(Key::Letter('J')),
            Command::ShowOverview => Shortcut::ctrl(Key::Digit(1)),
            Command::ShowEvidence => Shortcut::ctrl(Key::Digit(2)),
            Command::ShowFlows => Shortcut::ctrl(Key::Digit(3)),
            Command::ShowPairs => Shortcut::ctrl(Key::Digit(4)),
            Command::ShowEvents => Shortcut::ctrl(Key::Digit(5)),
            Command::ShowTimeline => Shortcut::ctrl(Key::Digit(6)),
            Command::ShowQueries => Shortcut::ctrl(Key::Digit(7)),
            Command::ShowSql => Shortcut::ctrl(Key::Digit(8)),
            Command::ShowIndicators => Shortcut::ctrl(Key::Digit(9)),
            Command::ShowSightings => Shortcut::ctrl_shift(Key::Letter('S')),
            Command::ImportIndicators => Shortcut::ctrl_shift(Key::Letter('I')),
            Command::AddIndicators => Shortcut::ctrl_shift(Key::Letter('A')),
            Command::OnlySightings => Shortcut::ctrl_shift(Key::Letter('O')),
            Command::ToggleInspector => Shortcut::plain(Key::Function(4)),
            Command::ToggleHistogram => Shortcut::plain(Key::Function(3)),
            Command::ZoomIn => Shortcut::ctrl(Key::Plus),
            Command::ZoomOut => Shortcut::ctrl(Key::Minus),
            Command::ZoomReset => Shortcut::ctrl(Key::Digit(0)),
            Command::Palette => Shortcut::ctrl(Key::Letter('K')),
            Command::FocusFilter => Shortcut::ctrl(Key::Letter('F')),
            Command::ClearFilter => Shortcut::ctrl_shift(Key::Letter('F')),
            Command::Export => Shortcut::ctrl(Key::Letter('S')),
            Command::AddExhibit => Shortcut::ctrl(Key::Letter('E')),
            Command::ShowFindings => Shortcut::ctrl(Key::Letter('D')),
            Command::ShowExhibits => Shortcut::ctrl(Key::Letter('R')),
            Command::PreviewReport => Shortcut::ctrl_shift(Key::Letter('R')),
            Command::Undo => Shortcut::ctrl(Key::Letter('Z')),
            Command::Redo => Shortcut::ctrl_shift(Key::Letter('Z')),
            Command::FindAddress => Shortcut::ctrl(Key::Letter('L')),
            Command::Back => Shortcut::alt(Key::Left),
            Command::Forward => Shortcut::alt(Key::Right),
            Command::GoToRow => Shortcut::ctrl(Key::Letter('G')),
            Command::ShowErrors => Shortcut::ctrl_shift(Key::Letter('E')),
            Command::ShowHelp => Shortcut::plain(Key::Function(1)),
            Command::OpenSample
            | Command::ChooseZone
            | Command::ThemeSystem
            | Command::ThemeLight
            | Command::ThemeDark
            | Command::AllTimes
            | Command::AddLabel
            | Command::OwnerDatabase
            | Command::TagRows
            | Command::CheckExhibits
            | Command::WriteReport
            | Command::CountDuplicates => None,
        }
    }

    pub fn menu(self) -> Menu {
        match self {
            Command::NewCase
            | Command::OpenCase
            | Command::OpenSample
            | Command::CloseCase
            | Command::Undo
            | Command::Redo
            | Command::Quit => Menu::Case,
            Command::ImportEvidence
            | Command::ShowJobs
            | Command::ImportIndicators
            | Command::AddIndicators
            | Command::AddLabel
            | Command::OwnerDatabase => Menu::Evidence,
            Command::ShowOverview
            | Command::ShowEvidence
            | Command::ShowFlows
            | Command::ShowPairs
            | Command::ShowEvents
            | Command::ShowTimeline
            | Command::ShowIndicators
            | Command::ShowSightings
            | Command::ShowQueries
            | Command::ShowSql
            | Command::ToggleInspector
            | Command::ToggleHistogram
            | Command::ChooseZone
            | Command::ThemeSystem
            | Command::ThemeLight
            | Command::ThemeDark
            | Command::ZoomIn
            | Command::ZoomOut
            | Command::ZoomReset => Menu::View,
            Command::FocusFilter
            | Command::ClearFilter
            | Command::AllTimes
            | Command::OnlySightings
            | Command::FindAddress
            | Command::Back
            | Command::Forward
            | Command::GoToRow
            | Command::CountDuplicates
            | Command::Export => Menu::Query,
            Command::AddExhibit
            | Command::TagRows
            | Command::ShowFindings
            | Command::ShowExhibits
            | Command::CheckExhibits
            | Command::PreviewReport
            | Command::WriteReport => Menu::Report,
            Command::Palette | Command::ShowErrors | Command::ShowHelp => Menu::Help,
        }
    }

    pub fn needs(self) -> Needs {
        match self {
            Command::CloseCase
            | Command::ImportEvidence
            | Command::ShowOverview
            | Command::ShowEvidence
            | Command::ShowFlows
            | Command::ShowPairs
            | Command::ShowEvents
            | Command::ShowTimeline
            | Command::ShowIndicators
            | Command::ShowSightings
            | Command::ImportIndicators
            | Command::AddIndicators
            | Command::AddLabel
            | Command::OwnerDatabase
            | Command::ShowQueries
            | Command::ShowSql
            | Command::FindAddress
            | Command::Export
            | Command::AddExhibit
            | Command::ShowFindings
            | Command::ShowExhibits
            | Command::CheckExhibits
            | Command::PreviewReport
            | Command::WriteReport
            | Command::Undo
            | Command::Redo
            | Command::Back
            | Command::Forward => Needs::Case,
            Command::ToggleInspector | Command::ToggleHistogram | Command::GoToRow | Command::TagRows => Needs::Records,
            Command::FocusFilter
            | Command::ClearFilter
            | Command::AllTimes
            | Command::OnlySightings
            | Command::CountDuplicates => Needs::Filter,
            Command::NewCase
            | Command::OpenCase
            | Command::OpenSample
            | Command::Quit
            | Command::ShowJobs
            | Command::ChooseZone
            | Command::ThemeSystem
            | Command::ThemeLight
            | Command::ThemeDark
            | Command::ZoomIn
            | Command::ZoomOut
            | Command::ZoomReset
            | Command::Palette
            | Command::ShowErrors
            | Command::ShowHelp => Needs::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::text::{Language, Texts};
    use std::collections::BTreeSet;

    #[test]
    fn names_and_shortcuts_are_unique_and_every_text_exists() {
        let names: BTreeSet<&str> = Command::ALL.iter().map(|c| c.name()).collect();
        assert_eq!(names.len(), Command::ALL.len());
        let shortcuts: Vec<Shortcut> = Command::ALL.iter().filter_map(|c| c.shortcut()).collect();
        let distinct: std::collections::HashSet<&Shortcut> = shortcuts.iter().collect();
        assert_eq!(distinct.len(), shortcuts.len());
        for language in Language::ALL {
            let texts = Texts::new(language);
            for command in Command::ALL {
                assert!(texts.has(&command.text_id()), "{}", command.text_id());
                assert!(texts.has(&command.tip_id()), "{}", command.tip_id());
            }
            for menu in Menu::ALL {
                assert!(texts.has(menu.text_key()), "{}", menu.text_key());
                assert!(Command::ALL.iter().any(|c| c.menu() == menu), "an empty menu: {menu:?}");
            }
        }
    }

    #[test]
    fn the_shortcuts_of_the_manual() {
        let shown = |c: Command| c.shortcut().map(|s| s.to_string());
        assert_eq!(shown(Command::Palette).as_deref(), Some("Ctrl+K"));
        assert_eq!(shown(Command::Back).as_deref(), Some("Alt+Left"));
        assert_eq!(shown(Command::ShowHelp).as_deref(), Some("F1"));
        assert_eq!(shown(Command::ShowErrors).as_deref(), Some("Ctrl+Shift+E"));
    }
}
