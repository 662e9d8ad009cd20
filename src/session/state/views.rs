//! What the views other than the record tables ask for.

use crate::filter::{self, Check, Filter, Target};
use crate::model::{Address, Dataset, SeriesKey};
use crate::present::chart::Line;
use crate::present::display;
use crate::query::GroupBy;
use crate::questions::catalogue::{Given, Shape, named};
use crate::questions::{COMPARED, Live, group, scope_of};
use crate::session::action::{Action, Link};
use crate::session::command::Command;
use crate::session::compare::CompareAction;
use crate::session::copying::{Copied, LIST_LIMITS, RowsToCopy};
use crate::session::identities::IdentitiesAction;
use crate::session::indicators::IndicatorsAction;
use crate::session::leads::LeadsAction;
use crate::session::library::LibraryAction;
use crate::session::open_case::OpenCase;
use crate::session::pairs::PairsAction;
use crate::session::result_table::{ResultTable, TableAction};
use crate::session::rules::RulesAction;
use crate::session::sightings::{Show, SightingsAction};
use crate::session::sql_console::SqlAction;
use crate::session::state::{App, Effect};
use crate::session::text_filter::narrowed;
use crate::session::timeline::{Plan, TimelineAction, Track};
use crate::session::undo::{CaseChange, FilterStep};
use crate::session::unsaved::{self, Place};
use crate::session::view::View;

/// The lines of a track in words.
pub(crate) fn line_names(track: &Track, app: &App) -> Vec<String> {
    let t = &app.texts;
    let Some(chart) = track.chart() else { return Vec::new() };
    let name = |line: &Line| match (&line.key, track.shown_by()) {
        (SeriesKey::Group(key), Some(by)) => group::text(by, key, app.zone, &t.tr("timeline-none")),
        (SeriesKey::Other, _) => t.tr("timeline-rest"),
        _ => t.tr(&format!("measure-{}", track.shown_measure().name())),
    };
    chart.lines.iter().map(name).collect()
}

impl App {
    /// Shows exactly the records that a figure counts.
    pub(super) fn follow(&mut self, link: Link) {
        let duplicates = Some(self.duplicates).filter(|shown| *shown != link.duplicates);
        let before = self.filter_step(link.dataset).map(|step| FilterStep { duplicates, ..step });
        let Some(case) = &mut self.case else { return };
        if case.records_mut(link.dataset).apply(&link.filter) {
            self.turn_to(link.view);
            self.range = link.range;
            self.duplicates = link.duplicates;
            self.filter_left(before);
            self.effects.push(Effect::FocusTable);
            self.step();
        }
    }

    /// Opens the page of an address.
    pub(super) fn show_address(&mut self, address: &str) {
        let Some(address) = Address::parse(address.trim().as_bytes()) else { return };
        self.address = Some(address);
        self.turn_to(View::Address);
        self.dialog = None;
        self.effects.push(Effect::FocusTable);
        self.step();
    }

    /// Opens the page of a key, a session or a principal.
    pub(super) fn follow_key(&mut self, subject: String) {
        let Some(case) = &mut self.case else { return };
        case.follow.open(Some(subject.trim().to_owned()).filter(|subject| !subject.is_empty()));
        self.turn_to(View::Follow);
        self.dialog = None;
        self.effects.push(Effect::FocusTable);
        self.step();
    }

    pub(super) fn dispatch_identities(&mut self, action: IdentitiesAction) {
        match action {
            IdentitiesAction::Show(listed) => self.case.iter_mut().for_each(|case| case.identities.show(listed)),
            IdentitiesAction::Table(action) => self.arrange(action, |case| &mut case.identities.shown_mut().table),
        }
    }

    pub(super) fn dispatch_leads(&mut self, action: LeadsAction) {
        let Some(case) = &mut self.case else { return };
        match action {
            LeadsAction::Decide(deciding) => case.change(CaseChange::Decision(Box::new(deciding))),
            action => case.leads.apply(action),
        }
    }

    pub(super) fn dispatch_pairs(&mut self, action: PairsAction) {
        let Some(case) = &mut self.case else { return };
        let pairs = &mut case.pairs;
        match action {
            PairsAction::By(by) => pairs.make_by(by),
            PairsAction::Fold(folded) => pairs.fold(folded),
            PairsAction::CountOnce(once) => pairs.count_once(once),
            PairsAction::OnlyExternal(only) => pairs.show_only_external(only),
            PairsAction::Sort { column, add } => pairs.sort_by(column, add),
            PairsAction::Select(selection) => pairs.select(selection),
            PairsAction::Want(rows) => case.want_pairs(rows),
            PairsAction::Stop => pairs.cancel(),
            PairsAction::Resume => pairs.resume(),
            PairsAction::CopyRows => {
                let rows = pairs.to_copy();
                self.copy_rows(rows);
            }
        }
    }

    pub(super) fn dispatch_timeline(&mut self, action: TimelineAction) {
        let Some(case) = &mut self.case else { return };
        let timeline = &mut case.timeline;
        match action {
            TimelineAction::Bin(bin) => timeline.choose_bin(bin),
            TimelineAction::Add(dataset) => timeline.add(Plan::of(dataset)),
            TimelineAction::Remove(at) => timeline.remove(at),
            TimelineAction::Change(at, plan) => timeline.change(at, plan),
            TimelineAction::NatAlarm => {
                timeline.nat_alarm();
                let filter = named("nat-alarm").map(|query| query.text(&Given::default()));
                self.apply_filter(Dataset::Flows, &filter.unwrap_or_default());
            }
            TimelineAction::Hourly(dataset, clause, by) => self.show_hourly(dataset, clause, by),
            TimelineAction::CopyCsv => {
                let csv = self.timeline_csv();
                csv.into_iter().for_each(|copied| self.copied(copied));
            }
            TimelineAction::Save(path, drawing) => {
                case.save_chart(path, *drawing);
                self.dialog = None;
            }
        }
    }

    /// The hours of the records that this condition leaves too.
    fn show_hourly(&mut self, dataset: Dataset, clause: Filter, by: GroupBy) {
        if !self.drill(View::Timeline, dataset, clause) {
            return;
        }
        let Some(case) = &mut self.case else { return };
        let span = case.totals().and_then(|totals| totals.span(dataset));
        let hours = span.map_or(0, |(first, last)| last.secs().saturating_sub(first.secs()) / 3600);
        case.timeline.hourly(dataset, by, hours);
    }

    /// Every track as a table, one after the other; a bin is a row.
    fn timeline_csv(&self) -> Option<Copied> {
        let case = self.case.as_ref()?;
        let (mut tables, mut rows, mut wanted) = (Vec::new(), 0, 0);
        for track in case.timeline.tracks() {
            let Some(chart) = track.chart() else { continue };
            let left = usize::try_from(LIST_LIMITS.rows.saturating_sub(rows)).unwrap_or(usize::MAX);
            let Some(table) = chart.csv(&line_names(track, self), left) else { continue };
            rows += chart.bins().min(left as u64);
            wanted += chart.bins();
            tables.push(table);
        }
        (!tables.is_empty()).then(|| Copied { text: tables.join("\n"), rows, wanted, limits: LIST_LIMITS })
    }

    /// Whose an address of the case is and in which country, by the databases that the case remembers; nothing of a
    /// text that is no address.
    pub fn owners_told(&self, text: &str) -> Vec<String> {
        let owners = self.case.as_ref().and_then(|case| case.indicators.owners());
        let told =
            owners.zip(Address::parse(text.as_bytes())).map(|(owners, address)| owners.told(&self.texts, &address));
        told.unwrap_or_default()
    }

    pub(super) fn dispatch_indicators(&mut self, action: IndicatorsAction) {
        let Some(case) = &mut self.case else { return };
        match action {
            IndicatorsAction::Want(rows) => case.want_entries(rows),
            IndicatorsAction::CopyRows => {
                let rows = case.indicators.to_copy();
                self.copy_rows(rows);
            }
            IndicatorsAction::Change(change) => {
                self.dialog = None;
                case.change(CaseChange::Indicators(change));
            }
            action => case.indicators.apply(action),
        }
    }

    pub(super) fn dispatch_sightings(&mut self, action: SightingsAction) {
        let Some(case) = &mut self.case else { return };
        match action {
            SightingsAction::Want(rows) => case.want_sightings(rows),
            SightingsAction::CopyRows => {
                let rows = case.sightings.to_copy(case.indicators.shared_owners());
                self.copy_rows(rows);
            }
            action => case.sightings.apply(action),
        }
    }

    /// What matches an indicator, whichever; a second time everything again.
    pub(super) fn only_sightings(&mut self) {
        let any = Filter::test(Target::Indicator, Check::Present);
        let (Some(dataset), Some(case)) = (self.view.filtered(), &self.case) else { return };
        let Ok(applied) = filter::parse(case.records(dataset).applied(), dataset) else { return };
        let wanted = if applied.requires(&any) {
            applied.without(&any)
        } else {
            applied.without(&any.clone().complement()).and(any)
        };
        self.dispatch(Action::ApplyFilter(dataset, wanted.to_string()));
    }

    /// The records that this condition leaves too, in this view. It is one step: back leads to where it was asked for.
    pub(super) fn drill(&mut self, view: View, dataset: Dataset, clause: Filter) -> bool {
        let from = (self.view, self.split);
        self.turn_to(view);
        let narrowed = self.narrow(dataset, clause);
        match narrowed {
            true => self.effects.push(Effect::FocusTable),
            false => (self.view, self.split) = from,
        }
        narrowed
    }

    /// One more condition beside the current filter; `false` where nothing changed for a mistake.
    pub(super) fn narrow(&mut self, dataset: Dataset, clause: Filter) -> bool {
        let Some(case) = &self.case else { return false };
        match narrowed(case.records(dataset).applied(), dataset, clause) {
            Ok(text) => self.apply_filter(dataset, &text),
            Err(error) => {
                self.notice = Some(error.to_string());
                false
            }
        }
    }

    pub(super) fn dispatch_library(&mut self, action: LibraryAction) {
        let (range, duplicates) = (self.range, self.duplicates);
        let Some(case) = &mut self.case else { return };
        match action {
            LibraryAction::Run => {}
            LibraryAction::Table(action) => return self.arrange(action, |case| &mut case.library.table),
            action => return case.library.apply(action),
        }
        let Some(query) = case.library.chosen() else { return };
        // The view says what is wrong with it and offers no run.
        let Ok(question) = case.library.question(query, range, duplicates) else { return };
        match (question.live(), query.shape) {
            (Live::Records(asked), Shape::Records { columns, .. }) => {
                let dataset = asked.dataset;
                let link = Link::records(&scope_of(&asked), None);
                if !asked.sort.is_empty() {
                    case.records_mut(dataset).sort = asked.sort;
                }
                self.follow(link);
                if let Some(case) = &mut self.case {
                    case.records_mut(dataset).lend_columns(columns);
                }
            }
            (Live::Pairs(asked), _) => {
                let Ok(scope) = asked.records() else { return };
                case.pairs.open(&asked);
                self.follow(Link::records(&scope, None).in_view(View::Pairs));
            }
            (Live::Series(asked, _), _) => {
                case.timeline.open(&asked);
                self.follow(Link::records(&asked.scope, None).in_view(View::Timeline));
            }
            (Live::Playbook(_), _) => {
                case.sightings.apply(SightingsAction::Show(Show::Playbook));
                self.dispatch(Action::Command(Command::Show(View::Sightings)));
            }
            // Everything else is a table in the library itself.
            _ => {
                let revision = case.revision();
                case.library.put(query.name, revision, question);
            }
        }
    }

    /// Are records of this kind side by side now?
    pub(super) fn is_compared(&self, dataset: Dataset) -> bool {
        self.case.as_ref().is_some_and(|case| case.compare.is_open(View::Records(dataset)))
    }

    pub(super) fn dispatch_compare(&mut self, action: CompareAction) {
        let Some(dataset) = self.shown_records() else { return };
        let Some(case) = &mut self.case else { return };
        match action {
            CompareAction::Open => {
                let selected = case.records(dataset).selection.len();
                let ids = case.records(dataset).selected_ids(*COMPARED.end());
                if !usize::try_from(selected).is_ok_and(|selected| COMPARED.contains(&selected)) {
                    let count = display::count(selected);
                    self.notice = Some(self.texts.tr_args("notice-compare-count", &[("count", &count)]));
                    return;
                }
                case.compare.open(dataset, ids);
                self.step();
            }
            CompareAction::Close => {
                case.compare.close();
                self.effects.push(Effect::FocusTable);
                self.step();
            }
            CompareAction::OnlyDifferences(only) => case.compare.only_differences = only,
            CompareAction::Unfold(unfolded) => case.compare.is_unfolded = unfolded,
            CompareAction::CopyText => {
                let text = case.compare.text();
                text.into_iter().for_each(|text| self.copy(text));
            }
            CompareAction::CopyCsv => {
                let text = case.compare.csv();
                text.into_iter().for_each(|text| self.copy(text));
            }
        }
    }

    pub(super) fn dispatch_sql(&mut self, action: SqlAction) {
        let Some(console) = self.case.as_mut().map(|case| &mut case.sql) else { return };
        match action {
            SqlAction::Edit(text) => {
                console.edit(text.clone());
                self.unsaved.set(Place::Statement, unsaved::words(&text));
            }
            SqlAction::Run => console.run(),
            SqlAction::Stop => console.stop(),
            SqlAction::LimitRows(rows) => console.limit_rows(rows),
            SqlAction::LimitSecs(secs) => console.limit_time(secs),
            SqlAction::Table(action) => self.arrange(action, |case| &mut case.sql.table),
        }
    }

    pub(super) fn dispatch_rules(&mut self, action: RulesAction) {
        match action {
            RulesAction::Table(action) => self.arrange(action, |case| &mut case.rules.sigma.table),
            action => self.case.iter_mut().for_each(|case| case.rules.apply(action.clone())),
        }
    }

    /// A change to a table of results; copies go to the clipboard.
    fn arrange(&mut self, action: TableAction, of: impl Fn(&mut OpenCase) -> &mut ResultTable) {
        let Some(table) = self.case.as_mut().map(of) else { return };
        match action {
            TableAction::CopyRows => {
                let rows = table.to_copy();
                self.copy_rows(rows);
            }
            TableAction::CopyCsv => {
                let rows = table.all_to_copy().map(RowsToCopy::into_csv);
                self.copy_rows(rows);
            }
            action => table.apply(action),
        }
    }
}
