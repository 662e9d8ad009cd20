//! The views of an open case: a variant, its place in the navigation, and a row that says everything else of it. What a
//! view asks for is the pane that shows it (`pane::Pane`); how it is drawn is in `ui::views`.

use super::shortcut::{Key, Menu, Shortcut};
use crate::model::Dataset;

/// What fills the middle of the window while a case is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum View {
    Overview,
    Evidence,
    Records(Dataset),
    Pairs,
    Timeline,
    Indicators,
    Sightings,
    Queries,
    Sql,
    Findings,
    Exhibits,
    /// Details of `App::address`.
    Address,
}

/// What there is to know of a view.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Stable; its texts are `nav-NAME`, `command-NAME` and `command-NAME-tip`.
    pub name: &'static str,
    pub shortcut: Option<Shortcut>,
    /// Where its command is.
    pub menu: Menu,
    /// The records whose filter it follows.
    pub filtered: Option<Dataset>,
}

impl View {
    /// In the order of the navigation. The view of an address is not in it: which one has to be named first.
    pub const ALL: [View; 12] = [
        View::Overview,
        View::Evidence,
        View::Records(Dataset::Flows),
        View::Pairs,
        View::Records(Dataset::Events),
        View::Timeline,
        View::Indicators,
        View::Sightings,
        View::Queries,
        View::Sql,
        View::Findings,
        View::Exhibits,
    ];

    pub fn row(self) -> Row {
        let row = |name, shortcut| Row { name, shortcut, menu: Menu::View, filtered: None };
        let digit = |digit| Shortcut::ctrl(Key::Digit(digit));
        let letter = |letter| Shortcut::ctrl(Key::Letter(letter));
        let of = |dataset, row| Row { filtered: Some(dataset), ..row };
        let report = |row| Row { menu: Menu::Report, ..row };
        match self {
            View::Overview => row("overview", digit(1)),
            View::Evidence => row("evidence", digit(2)),
            View::Records(Dataset::Flows) => of(Dataset::Flows, row("flows", digit(3))),
            View::Pairs => of(Dataset::Flows, row("pairs", digit(4))),
            View::Records(Dataset::Events) => of(Dataset::Events, row("events", digit(5))),
            View::Timeline => of(Dataset::Flows, row("timeline", digit(6))),
            View::Queries => row("queries", digit(7)),
            View::Sql => row("sql", digit(8)),
            View::Indicators => row("indicators", digit(9)),
            View::Sightings => row("sightings", Shortcut::ctrl_shift(Key::Letter('S'))),
            View::Findings => report(row("findings", letter('D'))),
            View::Exhibits => report(row("exhibits", letter('R'))),
            View::Address => row("address", None),
        }
    }

    /// Id of its name in the navigation.
    pub fn text_id(self) -> String {
        format!("nav-{}", self.row().name)
    }

    /// The records whose filter it follows.
    pub fn filtered(self) -> Option<Dataset> {
        self.row().filtered
    }
}
