//! The views of an open case: a variant, its place in the navigation, and a row that says everything else of it. What a
//! view asks for is the pane that shows it (`pane::Pane`); how it is drawn is in `ui::views`.

use super::shortcut::{Key, Menu, Shortcut};
use crate::model::Dataset;

/// The headed parts of the navigation, from top to bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// What the case is and what was done with it.
    Case,
    /// The records and what is derived from them.
    Explore,
    /// What the examiner makes of it.
    Conclude,
}

impl Group {
    pub const ALL: [Group; 3] = [Group::Case, Group::Explore, Group::Conclude];

    /// Id of its heading.
    pub fn text_id(self) -> &'static str {
        match self {
            Group::Case => "nav-group-case",
            Group::Explore => "nav-group-explore",
            Group::Conclude => "nav-group-conclude",
        }
    }

    /// Its views, in order.
    pub fn views(self) -> impl Iterator<Item = View> {
        View::ALL.into_iter().filter(move |view| view.row().group == self)
    }
}

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
    Journal,
    Identities,
    Rules,
    /// What stands out.
    Leads,
    /// Details of `App::address`.
    Address,
    /// Of a key, session or principal (`follow`).
    Follow,
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
    /// Where it is in the navigation.
    pub group: Group,
    /// Its sign there: a drawing on a square of 16 by 16, in the language of `present::sign`.
    pub sign: &'static str,
}

impl View {
    /// In the order of the navigation, group by group. The pages of an address and of a key are not in it:
    /// which one has to be named first.
    pub const ALL: [View; 16] = [
        View::Overview,
        View::Evidence,
        View::Journal,
        View::Leads,
        View::Records(Dataset::Flows),
        View::Pairs,
        View::Records(Dataset::Events),
        View::Identities,
        View::Timeline,
        View::Indicators,
        View::Sightings,
        View::Rules,
        View::Queries,
        View::Sql,
        View::Findings,
        View::Exhibits,
    ];

    /// The view of this stable name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.row().name == name)
    }

    /// The name under which it is kept; none for the page of an address or a key, which means nothing
    /// without it.
    pub fn kept_name(self) -> Option<String> {
        Self::ALL.contains(&self).then(|| self.row().name.to_owned())
    }

    pub fn row(self) -> Row {
        let row = |name, group, sign, shortcut| Row { name, shortcut, menu: Menu::View, filtered: None, group, sign };
        let case = |name, sign, shortcut| row(name, Group::Case, sign, shortcut);
        let explore = |name, sign, shortcut| row(name, Group::Explore, sign, shortcut);
        let conclude = |name, sign, key| Row {
            menu: Menu::Report,
            ..row(name, Group::Conclude, sign, Shortcut::ctrl(Key::Letter(key)))
        };
        let digit = |digit| Shortcut::ctrl(Key::Digit(digit));
        let of = |dataset, row| Row { filtered: Some(dataset), ..row };
        match self {
            View::Overview => case("overview", "R 2 2 7 9 R 9 2 14 6 R 9 8 14 14 R 2 11 7 14", digit(1)),
            View::Evidence => {
                case("evidence", "P 9 2 4 2 4 14 12 14 12 5 9 2 9 5 12 5 L 6 8 10 8 L 6 11 10 11", digit(2))
            }
            View::Journal => {
                case("journal", "R 3 2 13 14 L 6 2 6 14 L 8 5 11 5 L 8 8 11 8", Shortcut::ctrl_shift(Key::Letter('J')))
            }
            View::Records(Dataset::Flows) => of(
                Dataset::Flows,
                explore("flows", "L 2 5 14 5 P 11 2 14 5 11 8 L 2 11 14 11 P 5 8 2 11 5 14", digit(3)),
            ),
            View::Pairs => of(Dataset::Flows, explore("pairs", "C 4 8 2 C 12 8 2 L 6 8 10 8", digit(4))),
            View::Records(Dataset::Events) => of(
                Dataset::Events,
                explore("events", "R 2 2 14 14 D 5 5 1 L 8 5 12 5 D 5 8 1 L 8 8 12 8 D 5 11 1 L 8 11 12 11", digit(5)),
            ),
            View::Timeline => of(
                Dataset::Flows,
                explore("timeline", "P 2 2 2 14 14 14 L 5 11 5 14 L 8 4 8 14 L 11 8 11 14", digit(6)),
            ),
            View::Queries => explore("queries", "C 7 7 5 L 11 11 14 14", digit(7)),
            View::Sql => explore("sql", "R 2 3 14 13 P 5 6 7 8 5 10 L 9 10 12 10", digit(8)),
            View::Indicators => explore("indicators", "P 4 14 4 2 13 2 10 5 13 8 4 8", digit(9)),
            View::Sightings => explore(
                "sightings",
                "C 8 8 5 L 8 1 8 4 L 8 12 8 15 L 1 8 4 8 L 12 8 15 8",
                Shortcut::ctrl_shift(Key::Letter('S')),
            ),
            View::Identities => of(
                Dataset::Events,
                explore(
                    "identities",
                    "C 6 5 2.5 P 2 14 3 10 9 10 10 14 L 11 4 14 4 L 11 7 14 7 L 12 10 14 10",
                    Shortcut::ctrl_shift(Key::Letter('U')),
                ),
            ),
            View::Rules => of(
                Dataset::Events,
                explore(
                    "rules",
                    "P 8 1 14 4 14 8 8 15 2 8 2 4 8 1 P 5 7 7 9 11 5",
                    Shortcut::ctrl_shift(Key::Letter('M')),
                ),
            ),
            View::Leads => explore(
                "leads",
                "L 2 14 5 9 L 5 9 8 11 L 8 11 13 3 C 13 3 1.5 D 5 9 1",
                Shortcut::ctrl_shift(Key::Letter('L')),
            ),
            View::Findings => conclude("findings", "R 2 2 14 14 P 5 8 7 10 11 5", 'D'),
            View::Exhibits => conclude("exhibits", "R 2 4 10 14 P 5 4 5 2 14 2 14 11 10 11 L 4 8 8 8 L 4 11 8 11", 'R'),
            View::Address => explore("address", "C 8 6 3 P 3 14 4 11 12 11 13 14", None),
            View::Follow => explore("follow", "C 4 8 3 L 7 8 15 8 L 15 8 15 11 L 11 8 11 11", None),
        }
    }

    /// Id of its name in the navigation.
    pub fn text_id(self) -> String {
        format!("nav-{}", self.row().name)
    }

    /// Has its list a field of its own that searches it?
    pub fn is_searched(self) -> bool {
        matches!(self, View::Evidence | View::Journal | View::Queries)
    }

    /// Does it show the time range?
    pub fn is_timed(self) -> bool {
        self.filtered().is_some() || matches!(self, View::Sightings | View::Address)
    }

    /// The records whose filter it follows.
    pub fn filtered(self) -> Option<Dataset> {
        self.row().filtered
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::sign::{SIDE, Stroke, strokes};

    #[test]
    fn the_navigation_shows_every_view_once_in_its_order() {
        let grouped: Vec<View> = Group::ALL.into_iter().flat_map(Group::views).collect();
        assert_eq!(grouped, View::ALL, "a row of `ALL` stands beside the others of its group");
        assert!(View::ALL.iter().all(|view| View::named(view.row().name) == Some(*view)));
        assert_eq!(["address", "follow"].map(View::named), [None, None], "which one has to be named first");
    }

    #[test]
    fn every_sign_is_read_whole_and_differs_from_the_others() {
        let signs: std::collections::BTreeSet<&str> = View::ALL.iter().map(|view| view.row().sign).collect();
        assert_eq!(signs.len(), View::ALL.len());
        for text in signs {
            let written = text.split(' ').filter(|word| word.parse::<f32>().is_err()).count();
            let strokes = strokes(text);
            assert_eq!(strokes.len(), written, "{text}");
            let inside = |x: f32| (0.0..=SIDE).contains(&x);
            for stroke in strokes {
                let is_inside = match stroke {
                    Stroke::Line(corners) => corners.iter().flatten().all(|x| inside(*x)),
                    Stroke::Ring { center, radius } | Stroke::Dot { center, radius } => {
                        center.iter().all(|x| inside(x - radius) && inside(x + radius))
                    }
                };
                assert!(is_inside, "{text}");
            }
        }
    }
}
