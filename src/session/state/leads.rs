//! Ways from what is said about the case to the things themselves: entries of the journal, steps of the tour, queries.

use crate::app::journal::About;
use crate::filter::{Filter, Target};
use crate::query::Scope;
use crate::session::action::{Action, Effect, Link};
use crate::session::evidence::EvidenceAction;
use crate::session::library::LibraryAction;
use crate::session::state::App;
use crate::session::tour::TourAction;
use crate::session::view::View;

impl App {
    /// Shows what an entry of the journal speaks of.
    pub(super) fn show_about(&mut self, about: About) {
        match about {
            About::Evidence(id) => {
                self.dispatch(Action::Evidence(EvidenceAction::LookAt(Some(id))));
                self.dispatch(Action::Warnings(Some(id)));
                self.dispatch(Action::Show(View::Evidence));
            }
            About::Received => self.dispatch(Action::Show(View::Evidence)),
            About::Exhibit(id) => {
                self.dispatch(Action::LookAt(id));
                self.dispatch(Action::Show(View::Exhibits));
            }
            About::Finding(id) => {
                self.effects.push(Effect::ShowFinding(id));
                self.dispatch(Action::Show(View::Findings));
            }
            About::Tag(dataset, name) => {
                let filter = Filter::named(Target::Tag, &name);
                self.follow(Link::records(&Scope::of(dataset, filter), None));
            }
            About::Records(dataset, ids) => self.select_records(dataset, ids),
            About::Address(address) => self.dispatch(Action::ShowAddress(address)),
            About::Indicators => self.dispatch(Action::Show(View::Indicators)),
        }
    }

    /// Runs a named query of the library, and shows what it gives.
    pub(super) fn show_query(&mut self, name: &'static str) {
        self.dispatch(Action::Show(View::Queries));
        for action in [LibraryAction::Choose(name), LibraryAction::Run] {
            self.dispatch(Action::Library(action));
        }
    }

    pub(super) fn dispatch_tour(&mut self, action: TourAction) {
        let Some(case) = &mut self.case else { return };
        match action {
            TourAction::Next => case.tour.go(true),
            TourAction::Previous => case.tour.go(false),
            TourAction::Close => case.tour.close(),
            TourAction::Show(at) => {
                let Some((_, step)) = case.tour.step() else { return };
                let Some((search, scope)) = step.searches.get(at).and_then(|s| Some((s, s.scope()?))) else { return };
                let sort = step.sort.filter(|_| at == 0);
                let link = Link { filter: search.filter.to_owned(), ..Link::records(&scope, None) };
                if let Some(sort) = sort {
                    case.records_mut(search.dataset).sort = vec![sort];
                }
                self.follow(link);
            }
        }
    }
}
