//! Every command of the program in one enum: its stable name, its text and its shortcut. Menus, palette, key handling
//! and tests iterate it. Nothing here knows a tool kit.

use super::shortcut::{Key, Menu, Shortcut};
use super::view::View;
use crate::present::Language;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Any view but that of an address, which has to be named first.
    Show(View),
    NewCase,
    OpenCase,
    OpenSample,
    CloseCase,
    Undo,
    Redo,
    Quit,
    ImportEvidence,
    ShowJobs,
    ImportIndicators,
    AddIndicators,
    AddLabel,
    OwnerDatabase,
    ImportSigma,
    ImportInventory,
    OnlySightings,
    SavedViews,
    ToggleSplit,
    OtherHalf,
    ToggleNavigation,
    ToggleInspector,
    ToggleHistogram,
    ToggleFacets,
    ChooseZone,
    ThemeSystem,
    ThemeLight,
    ThemeDark,
    /// Of the window.
    Language(Language),
    ZoomIn,
    ZoomOut,
    ZoomReset,
    ReduceMotion,
    NextPane,
    PreviousPane,
    Palette,
    FocusFilter,
    FocusTime,
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
    Compare,
    CheckExhibits,
    PreviewReport,
    WriteReport,
    ShowErrors,
    ShowHelp,
    /// The tour through the sample case, once more.
    Tour,
    TourNext,
    TourPrevious,
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
    /// A view on screen that shows the time range.
    Times,
}

impl Command {
    const BEFORE_VIEWS: [Command; 9] = [
        Command::NewCase,
        Command::OpenCase,
        Command::OpenSample,
        Command::CloseCase,
        Command::Undo,
        Command::Redo,
        Command::Quit,
        Command::ImportEvidence,
        Command::ShowJobs,
    ];
    const BEFORE_REPORT_VIEWS: [Command; 40] = [
        Command::ImportIndicators,
        Command::AddIndicators,
        Command::AddLabel,
        Command::OwnerDatabase,
        Command::ImportSigma,
        Command::ImportInventory,
        Command::OnlySightings,
        Command::SavedViews,
        Command::ToggleSplit,
        Command::OtherHalf,
        Command::ToggleNavigation,
        Command::ToggleInspector,
        Command::ToggleHistogram,
        Command::ToggleFacets,
        Command::ChooseZone,
        Command::ThemeSystem,
        Command::ThemeLight,
        Command::ThemeDark,
        Command::Language(Language::English),
        Command::Language(Language::Japanese),
        Command::ZoomIn,
        Command::ZoomOut,
        Command::ZoomReset,
        Command::ReduceMotion,
        Command::NextPane,
        Command::PreviousPane,
        Command::Palette,
        Command::FocusFilter,
        Command::FocusTime,
        Command::ClearFilter,
        Command::AllTimes,
        Command::FindAddress,
        Command::Back,
        Command::Forward,
        Command::GoToRow,
        Command::Compare,
        Command::CountDuplicates,
        Command::Export,
        Command::AddExhibit,
        Command::TagRows,
    ];
    const LAST: [Command; 8] = [
        Command::CheckExhibits,
        Command::PreviewReport,
        Command::WriteReport,
        Command::ShowErrors,
        Command::ShowHelp,
        Command::Tour,
        Command::TourNext,
        Command::TourPrevious,
    ];

    /// Every command, in the order of the menus.
    pub fn all() -> impl Iterator<Item = Command> {
        let views = |menu| View::ALL.into_iter().filter(move |view| view.row().menu == menu).map(Command::Show);
        let first = Self::BEFORE_VIEWS.into_iter().chain(views(Menu::View)).chain(Self::BEFORE_REPORT_VIEWS);
        first.chain(views(Menu::Report)).chain(Self::LAST)
    }

    /// Stable name; also the id of its text (`command-NAME`) and of its explanation (`command-NAME-tip`).
    pub fn name(self) -> &'static str {
        match self {
            Command::Show(view) => view.row().name,
            Command::NewCase => "new-case",
            Command::OpenCase => "open-case",
            Command::OpenSample => "open-sample",
            Command::CloseCase => "close-case",
            Command::Quit => "quit",
            Command::ImportEvidence => "import",
            Command::ShowJobs => "jobs",
            Command::ImportIndicators => "import-indicators",
            Command::AddIndicators => "add-indicators",
            Command::AddLabel => "add-label",
            Command::OwnerDatabase => "owners",
            Command::ImportSigma => "import-sigma",
            Command::ImportInventory => "import-inventory",
            Command::OnlySightings => "only-sightings",
            Command::SavedViews => "saved-views",
            Command::ToggleSplit => "split",
            Command::OtherHalf => "other-half",
            Command::ToggleNavigation => "navigation",
            Command::ToggleInspector => "inspector",
            Command::ToggleHistogram => "histogram",
            Command::ToggleFacets => "facets",
            Command::ChooseZone => "zone",
            Command::ThemeSystem => "theme-system",
            Command::ThemeLight => "theme-light",
            Command::ThemeDark => "theme-dark",
            Command::Language(Language::English) => "language-english",
            Command::Language(Language::Japanese) => "language-japanese",
            Command::ZoomIn => "zoom-in",
            Command::ZoomOut => "zoom-out",
            Command::ZoomReset => "zoom-reset",
            Command::ReduceMotion => "reduce-motion",
            Command::NextPane => "next-pane",
            Command::PreviousPane => "previous-pane",
            Command::Palette => "palette",
            Command::FocusFilter => "focus-filter",
            Command::FocusTime => "focus-time",
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
            Command::Compare => "compare",
            Command::CheckExhibits => "check-exhibits",
            Command::PreviewReport => "preview-report",
            Command::WriteReport => "write-report",
            Command::Undo => "undo",
            Command::Redo => "redo",
            Command::ShowErrors => "errors",
            Command::ShowHelp => "help",
            Command::Tour => "tour",
            Command::TourNext => "tour-next",
            Command::TourPrevious => "tour-previous",
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
            Command::Show(view) => view.row().shortcut,
            Command::NewCase => Shortcut::ctrl(Key::Letter('N')),
            Command::OpenCase => Shortcut::ctrl(Key::Letter('O')),
            Command::Quit => Shortcut::ctrl(Key::Letter('Q')),
            Command::CloseCase => Shortcut::ctrl(Key::Letter('W')),
            Command::ImportEvidence => Shortcut::ctrl(Key::Letter('I')),
            Command::ShowJobs => Shortcut::ctrl(Key::Letter('J')),
            Command::ImportIndicators => Shortcut::ctrl_shift(Key::Letter('I')),
            Command::AddIndicators => Shortcut::ctrl_shift(Key::Letter('A')),
            Command::OnlySightings => Shortcut::ctrl_shift(Key::Letter('O')),
            Command::SavedViews => Shortcut::ctrl_shift(Key::Letter('V')),
            Command::ToggleSplit => Shortcut::plain(Key::Function(7)),
            Command::OtherHalf => Shortcut::ctrl_shift(Key::Letter('T')),
            Command::ToggleNavigation => Shortcut::ctrl(Key::Letter('B')),
            Command::ToggleInspector => Shortcut::plain(Key::Function(4)),
            Command::ToggleHistogram => Shortcut::plain(Key::Function(3)),
            Command::ToggleFacets => Shortcut::plain(Key::Function(9)),
            Command::ZoomIn => Shortcut::ctrl(Key::Plus),
            Command::ZoomOut => Shortcut::ctrl(Key::Minus),
            Command::ZoomReset => Shortcut::ctrl(Key::Digit(0)),
            Command::NextPane => Shortcut::plain(Key::Function(6)),
            Command::PreviousPane => Shortcut::shift(Key::Function(6)),
            Command::Palette => Shortcut::ctrl(Key::Letter('K')),
            Command::FocusFilter => Shortcut::ctrl(Key::Letter('F')),
            Command::FocusTime => Shortcut::ctrl(Key::Letter('T')),
            Command::ClearFilter => Shortcut::ctrl_shift(Key::Letter('F')),
            Command::Export => Shortcut::ctrl(Key::Letter('S')),
            Command::AddExhibit => Shortcut::ctrl(Key::Letter('E')),
            Command::PreviewReport => Shortcut::ctrl_shift(Key::Letter('R')),
            Command::Undo => Shortcut::ctrl(Key::Letter('Z')),
            Command::Redo => Shortcut::ctrl_shift(Key::Letter('Z')),
            Command::Compare => Shortcut::ctrl(Key::Letter('M')),
            Command::FindAddress => Shortcut::ctrl(Key::Letter('L')),
            Command::Back => Shortcut::alt(Key::Left),
            Command::Forward => Shortcut::alt(Key::Right),
            Command::GoToRow => Shortcut::ctrl(Key::Letter('G')),
            Command::ShowErrors => Shortcut::ctrl_shift(Key::Letter('E')),
            Command::ShowHelp => Shortcut::plain(Key::Function(1)),
            Command::TourNext => Shortcut::plain(Key::Function(8)),
            Command::TourPrevious => Shortcut::shift(Key::Function(8)),
            Command::OpenSample
            | Command::ChooseZone
            | Command::ThemeSystem
            | Command::ThemeLight
            | Command::ThemeDark
            | Command::ReduceMotion
            | Command::Language(_)
            | Command::AllTimes
            | Command::AddLabel
            | Command::OwnerDatabase
            | Command::ImportSigma
            | Command::ImportInventory
            | Command::TagRows
            | Command::CheckExhibits
            | Command::WriteReport
            | Command::Tour
            | Command::CountDuplicates => None,
        }
    }

    /// All of its shortcuts; the first is the one that menus show.
    pub fn shortcuts(self) -> impl Iterator<Item = Shortcut> {
        let other = match self {
            Command::Redo => Shortcut::ctrl(Key::Letter('Y')),
            // The plus of many keyboards needs Shift, which nobody presses.
            Command::ZoomIn => Shortcut::ctrl(Key::Equals),
            _ => None,
        };
        self.shortcut().into_iter().chain(other)
    }

    /// Does it change nothing that a dialog is in front of?
    pub fn works_in_dialogs(self) -> bool {
        matches!(
            self,
            Command::ZoomIn | Command::ZoomOut | Command::ZoomReset | Command::NextPane | Command::PreviousPane
        )
    }

    pub fn menu(self) -> Menu {
        match self {
            Command::Show(view) => view.row().menu,
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
            | Command::OwnerDatabase
            | Command::ImportSigma
            | Command::ImportInventory => Menu::Evidence,
            Command::SavedViews
            | Command::ToggleSplit
            | Command::OtherHalf
            | Command::ToggleNavigation
            | Command::ToggleInspector
            | Command::ToggleHistogram
            | Command::ToggleFacets
            | Command::ChooseZone
            | Command::ThemeSystem
            | Command::ThemeLight
            | Command::ThemeDark
            | Command::Language(_)
            | Command::ZoomIn
            | Command::ZoomOut
            | Command::ZoomReset
            | Command::ReduceMotion
            | Command::NextPane
            | Command::PreviousPane => Menu::View,
            Command::FocusFilter
            | Command::FocusTime
            | Command::ClearFilter
            | Command::AllTimes
            | Command::OnlySightings
            | Command::FindAddress
            | Command::Back
            | Command::Forward
            | Command::GoToRow
            | Command::Compare
            | Command::CountDuplicates
            | Command::Export => Menu::Query,
            Command::AddExhibit
            | Command::TagRows
            | Command::CheckExhibits
            | Command::PreviewReport
            | Command::WriteReport => Menu::Report,
            Command::Palette
            | Command::ShowErrors
            | Command::ShowHelp
            | Command::Tour
            | Command::TourNext
            | Command::TourPrevious => Menu::Help,
        }
    }

    /// Does a line separate it from what is above it in its menu?
    pub fn begins_part(self) -> bool {
        matches!(
            self,
            Command::CloseCase
                | Command::Undo
                | Command::Quit
                | Command::ImportIndicators
                | Command::ImportSigma
                | Command::SavedViews
                | Command::ToggleNavigation
                | Command::ChooseZone
                | Command::ZoomIn
                | Command::NextPane
                | Command::FindAddress
                | Command::Compare
                | Command::CheckExhibits
                | Command::Tour
        )
    }

    pub fn needs(self) -> Needs {
        match self {
            Command::Show(_)
            | Command::SavedViews
            | Command::ToggleSplit
            | Command::OtherHalf
            | Command::ToggleNavigation
            | Command::CloseCase
            | Command::ImportEvidence
            | Command::ImportIndicators
            | Command::AddIndicators
            | Command::AddLabel
            | Command::OwnerDatabase
            | Command::ImportSigma
            | Command::ImportInventory
            | Command::FindAddress
            | Command::Export
            | Command::AddExhibit
            | Command::CheckExhibits
            | Command::PreviewReport
            | Command::WriteReport
            | Command::Undo
            | Command::Redo
            | Command::Back
            | Command::Forward
            | Command::AllTimes
            | Command::Tour
            | Command::TourNext
            | Command::TourPrevious => Needs::Case,
            Command::ToggleInspector
            | Command::ToggleHistogram
            | Command::ToggleFacets
            | Command::GoToRow
            | Command::TagRows
            | Command::Compare => Needs::Records,
            Command::FocusFilter | Command::ClearFilter | Command::OnlySightings | Command::CountDuplicates => {
                Needs::Filter
            }
            Command::FocusTime => Needs::Times,
            Command::NewCase
            | Command::OpenCase
            | Command::OpenSample
            | Command::Quit
            | Command::ShowJobs
            | Command::ChooseZone
            | Command::ThemeSystem
            | Command::ThemeLight
            | Command::ThemeDark
            | Command::Language(_)
            | Command::ZoomIn
            | Command::ZoomOut
            | Command::ZoomReset
            | Command::ReduceMotion
            | Command::NextPane
            | Command::PreviousPane
            | Command::Palette
            | Command::ShowErrors
            | Command::ShowHelp => Needs::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::Texts;
    use std::collections::BTreeSet;

    #[test]
    fn names_and_shortcuts_are_unique_and_every_text_exists() {
        let names: BTreeSet<&str> = Command::all().map(Command::name).collect();
        assert_eq!(names.len(), Command::all().count());
        let shortcuts: Vec<Shortcut> = Command::all().flat_map(Command::shortcuts).collect();
        let distinct: std::collections::HashSet<&Shortcut> = shortcuts.iter().collect();
        assert_eq!(distinct.len(), shortcuts.len());
        for language in Language::ALL {
            let texts = Texts::new(language);
            for command in Command::all() {
                assert!(texts.has(&command.text_id()), "{}", command.text_id());
                assert!(texts.has(&command.tip_id()), "{}", command.tip_id());
            }
            for view in View::ALL {
                assert!(texts.has(&view.text_id()), "{}", view.text_id());
            }
            for menu in Menu::ALL {
                assert!(texts.has(menu.text_key()), "{}", menu.text_key());
                assert!(Command::all().any(|c| c.menu() == menu), "an empty menu: {menu:?}");
            }
        }
    }

    #[test]
    fn the_shortcuts_of_the_manual() {
        let shown = |c: Command| c.shortcut().map(|s| s.to_string());
        assert_eq!(shown(Command::Palette).as_deref(), Some("Ctrl+K"));
        assert_eq!(shown(Command::Back).as_deref(), Some("Alt+Left"));
        assert_eq!(shown(Command::PreviousPane).as_deref(), Some("Shift+F6"));
        let redo: Vec<String> = Command::Redo.shortcuts().map(|shortcut| shortcut.to_string()).collect();
        assert_eq!(redo, ["Ctrl+Shift+Z", "Ctrl+Y"]);
        assert_eq!(shown(Command::ShowHelp).as_deref(), Some("F1"));
        assert_eq!(shown(Command::ShowErrors).as_deref(), Some("Ctrl+Shift+E"));
    }
}
