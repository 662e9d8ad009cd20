//! The page of monitoring rules: every rule in its group with what it matches, zeros too; or a matrix of the techniques of
//! ATT&CK that they are about, coloured by what the case holds. Every figure leads to its events.

use super::cell_menu::{Items, head_ui};
use super::no_records::no_records_ui;
use crate::model::Dataset;
use crate::present::display;
use crate::present::rules::{group_text, rule_text};
use crate::session::open_case::OpenCase;
use crate::session::rules::{Arranged, RuleRow, Rules, RulesAction};
use crate::session::{Action, App, Link, View};
use crate::ui::state::UiState;
use crate::ui::theme::{self, size};
use crate::ui::widgets::facts::fact_ui;
use crate::ui::widgets::grid::{CellView, Grid, GridColumn, GridEvent, GridState, GridTexts, MenuCell, RowSource};
use crate::ui::{filter_bar, time_bar};
use egui::{Button, Checkbox, Id, Label, Panel, RichText, Ui};

mod matrix;
mod sigma;

pub(crate) fn rules_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    filter_bar::filter_bar_ui(ui, app, case, Dataset::Events, state.filter(Dataset::Events), out);
    if state.filter(Dataset::Events).take_leaves(app, View::Rules) {
        state.rules.focus();
    }
    time_bar::time_bar_ui(ui, app, &mut state.time, out);
    let (t, rules) = (&app.texts, &case.rules);
    choices_ui(ui, app, rules, out);
    if rules.arranged() == Arranged::Sigma {
        return sigma::sigma_ui(ui, app, case, state, out);
    }
    let Some(found) = rules.monitored() else {
        let text = rules.fault().map_or_else(|| t.tr("rules-counting"), |why| why.why(t));
        ui.centered_and_justified(|ui| ui.label(text));
        return;
    };
    if found.events == 0 && !rules.is_stale() {
        return no_records_ui(ui, app, case, Dataset::Events, out);
    }
    match rules.arranged() {
        Arranged::Matrix => matrix::matrix_ui(ui, app, rules, found, out),
        // Shown above, whether or not the monitoring rules were counted.
        Arranged::Sigma => {}
        Arranged::ByGroup => {
            Panel::bottom("rule").resizable(false).show(ui, |ui| chosen_ui(ui, app, rules, out));
            table_ui(ui, app, rules, &mut state.rules, out);
        }
    }
}

fn choices_ui(ui: &mut Ui, app: &App, rules: &Rules, out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.horizontal_wrapped(|ui| {
        for arranged in Arranged::ALL {
            let key = format!("rules-by-{}", arranged.name());
            let button = Button::selectable(rules.arranged() == arranged, t.tr(&key));
            if ui.add(button).on_hover_text(t.tr(&format!("{key}-tip"))).clicked() {
                out.push(Action::Rules(RulesAction::Arrange(arranged)));
            }
        }
        ui.separator();
        if rules.arranged() == Arranged::ByGroup {
            let mut shows = rules.shows_zeros();
            if ui.add(Checkbox::new(&mut shows, t.tr("rules-zeros"))).changed() {
                out.push(Action::Rules(RulesAction::ShowZeros(shows)));
            }
        }
        if let Some(technique) = rules.technique() {
            ui.strong(t.tr_args("rules-technique", &[("technique", technique)]));
            if ui.small_button(t.tr("rules-all")).clicked() {
                out.push(Action::Rules(RulesAction::Technique(None)));
            }
        }
        if let Some(found) = rules.monitored().filter(|_| rules.arranged() != Arranged::Sigma) {
            let matched = found.rules.iter().filter(|of| of.matches > 0).count();
            let args = [
                ("matched", &*display::count(matched as u64)),
                ("all", &*display::count(found.rules.len() as u64)),
                ("events", &*display::count(found.events)),
            ];
            ui.weak(t.tr_args("rules-told", &args));
        }
    });
}

/// Columns: id of the title, what its texts get at first, and whether it holds numbers.
const COLUMNS: [(&str, f32, bool); 8] = [
    ("rule", 260.0, false),
    ("matches", 70.0, true),
    ("failed", 70.0, true),
    ("actors", 70.0, true),
    ("series", 120.0, false),
    ("first", 150.0, false),
    ("last", 150.0, false),
    ("attack", 170.0, false),
];

/// Points of what is said of the chosen rule.
const CHOSEN: f32 = 84.0;

/// Of its widths.
const TABLE: &str = "rules";

struct Rows<'a> {
    app: &'a App,
    rules: &'a Rules,
}

impl Rows<'_> {
    fn name(&self, row: u64) -> Option<String> {
        Some(match self.rules.row(row)? {
            RuleRow::Group(group, _) => group_text(&self.app.texts, group).unwrap_or_else(|| group.to_owned()),
            RuleRow::Rule(of) => {
                let name =
                    rule_text(&self.app.texts, of.rule.id).map_or_else(|| of.rule.id.to_owned(), |text| text.name);
                format!("    {name}")
            }
        })
    }
}

/// Both numbers of a technique where they differ.
fn attack(ids: [Option<&'static str>; 2]) -> Option<String> {
    match ids {
        [Some(old), Some(new)] if old == new => Some(new.to_owned()),
        [Some(old), Some(new)] => Some(format!("{new} ({old})")),
        [one, other] => one.or(other).map(str::to_owned),
    }
}

impl RowSource for Rows<'_> {
    fn rows(&self) -> u64 {
        self.rules.len()
    }

    fn cell(&self, row: u64, column: usize) -> CellView {
        let (Some(of), Some((column, ..))) = (self.rules.row(row), COLUMNS.get(column)) else {
            return CellView::Loading;
        };
        let text = |text: Option<String>| text.map_or(CellView::Absent, CellView::Text);
        let of = match (of, *column) {
            (_, "rule") => return text(self.name(row)),
            (RuleRow::Group(_, matches), "matches") => return CellView::Text(display::count(matches)),
            // A group is no rule: nothing is missing here.
            (RuleRow::Group(..), _) => return CellView::Text(String::new()),
            (RuleRow::Rule(of), _) => of,
        };
        let time = |time: Option<crate::model::Timestamp>| time.map(|time| self.app.zone.format(time));
        match *column {
            "matches" => CellView::Text(display::count(of.matches)),
            "failed" => CellView::Text(display::count(of.failed)),
            "actors" => CellView::Text(display::count(of.actors)),
            "series" => {
                let busy = of.series.iter().filter(|count| **count > 0.0).count();
                let args =
                    [("parts", &*display::count(busy as u64)), ("all", &*display::count(of.series.len() as u64))];
                CellView::Spark { values: of.series.clone(), text: self.app.texts.tr_args("rules-series-told", &args) }
            }
            "first" => text(time(of.first)),
            "last" => text(time(of.last)),
            _ => text(attack(of.rule.attack)),
        }
    }

    fn answer(&self) -> u64 {
        self.rules.shown()
    }

    fn hint(&self, row: u64, column: usize) -> Option<String> {
        match self.rules.row(row)? {
            RuleRow::Group(..) => None,
            RuleRow::Rule(of) => match COLUMNS.get(column)?.0 {
                "first" => of.first.map(crate::model::Timestamp::to_iso),
                "last" => of.last.map(crate::model::Timestamp::to_iso),
                _ => rule_text(&self.app.texts, of.rule.id).map(|text| text.why),
            },
        }
    }

    fn fades(&self, row: u64, column: usize) -> bool {
        let Some((name, ..)) = COLUMNS.get(column) else { return false };
        match (self.rules.row(row), *name) {
            (Some(RuleRow::Group(_, matches)), _) => matches == 0,
            (Some(RuleRow::Rule(of)), "failed") => of.failed == 0,
            (Some(RuleRow::Rule(of)), _) => of.matches == 0,
            (None, _) => false,
        }
    }

    fn stands_out(&self, row: u64, column: usize) -> bool {
        let is_failed = COLUMNS.get(column).is_some_and(|(name, ..)| *name == "failed");
        is_failed && matches!(self.rules.row(row), Some(RuleRow::Rule(of)) if of.failed > 0)
    }
}

/// The events that a row counts.
fn opens(rules: &Rules, row: u64) -> Option<Action> {
    let scope = match rules.row(row)? {
        RuleRow::Rule(of) if of.matches > 0 => rules.records(std::iter::once(of.rule.id)),
        RuleRow::Group(group, matches) if matches > 0 => {
            rules.records(crate::filter::rules().iter().filter(|rule| rule.group == group).map(|rule| rule.id))
        }
        _ => None,
    };
    Some(Action::Follow(Link::records(&scope?, None)))
}

fn table_ui(ui: &mut Ui, app: &App, rules: &Rules, state: &mut GridState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let column = |(at, (name, width, numeric)): (usize, &(&str, f32, bool))| GridColumn {
        title: t.tr_args(&format!("rules-column-{name}"), &[("zone", app.zone.name())]),
        width: *width,
        own: app.settings.own_width(TABLE, name),
        numeric: *numeric,
        tabular: *numeric || matches!(*name, "first" | "last" | "attack"),
        pinned: at == 0,
        sort: None,
    };
    let columns: Vec<GridColumn> = COLUMNS.iter().enumerate().map(column).collect();
    let (source, texts) = (Rows { app, rules }, GridTexts::of(t, t.tr("nav-rules")));
    let grid =
        Grid { id: Id::unique(TABLE), columns: &columns, source: &source, texts: &texts, dimmed: rules.is_stale() };
    let mut selection = rules.selection.clone();
    let mut chosen = Vec::new();
    let shown = grid.show(
        ui,
        state,
        &mut selection,
        &mut |ui, cell| menu_ui(ui, app, &source, cell, &mut chosen),
        &mut |ui, _| {
            ui.weak(t.tr("rules-order"));
        },
    );
    if selection != rules.selection {
        out.push(Action::Rules(RulesAction::Select(selection)));
    }
    out.extend(chosen);
    for event in shown.events {
        match event {
            GridEvent::Activated(row) => out.extend(opens(rules, row)),
            GridEvent::Resized { column, width } => {
                let name = COLUMNS.get(column).map(|(name, ..)| (*name).to_owned());
                out.extend(name.map(|column| Action::SetWidth { table: TABLE, column, width }));
            }
            GridEvent::Copy => {
                let cursor = rules.selection.cursor();
                out.extend(cursor.and_then(|row| source.name(row)).map(|name| Action::Copy(name.trim().to_owned())));
            }
            GridEvent::Sort { .. } | GridEvent::Moved { .. } | GridEvent::Tagged => {}
        }
    }
}

fn menu_ui(ui: &mut Ui, app: &App, rows: &Rows<'_>, cell: MenuCell, out: &mut Vec<Action>) {
    let t = &app.texts;
    let Some(of) = rows.rules.row(cell.row) else { return };
    head_ui(ui, rows.name(cell.row).unwrap_or_default().trim());
    let mut items = Items::new(cell.takes_focus);
    if let Some(action) = opens(rows.rules, cell.row) {
        items.item(ui, t.tr("menu-show-records"), action, out);
    }
    if let RuleRow::Rule(of) = of {
        for technique in of.rule.attack.into_iter().flatten().take(1) {
            let text = t.tr_args("rules-technique", &[("technique", technique)]);
            items.item(ui, text, Action::Rules(RulesAction::Technique(Some(technique))), out);
        }
        items.item(ui, t.tr("menu-copy-value"), Action::Copy(of.rule.id.to_owned()), out);
    }
}

/// The rule under the cursor: why it matters, and its filter.
fn chosen_ui(ui: &mut Ui, app: &App, rules: &Rules, out: &mut Vec<Action>) {
    let t = &app.texts;
    // The table above keeps its height, whatever is chosen.
    ui.set_min_height(CHOSEN);
    ui.add_space(size::GAP);
    let Some(of) = rules.chosen() else {
        ui.weak(t.tr("rules-choose"));
        return;
    };
    let Some(text) = rule_text(t, of.rule.id) else { return };
    ui.horizontal_wrapped(|ui| {
        ui.strong(&text.name);
        ui.weak(of.rule.id);
        let show = ui.add_enabled(of.matches > 0, Button::new(t.tr("menu-show-records")).small());
        if show.clicked()
            && let Some(scope) = rules.records(std::iter::once(of.rule.id))
        {
            out.push(Action::Follow(Link::records(&scope, None)));
        }
    });
    ui.add(Label::new(text.why).wrap());
    fact_ui(ui, "ATT&CK", &attack(of.rule.attack).unwrap_or_default());
    let filter = of.rule.filter.to_string();
    let burst = of.rule.burst.as_ref().map(|burst| {
        let by = burst.by.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let args = [("events", burst.events.to_string()), ("seconds", burst.seconds.to_string()), ("by", by)];
        t.tr_args("rules-burst", &args.each_ref().map(|(name, value)| (*name, value.as_str())))
    });
    let all = [Some(display::clipped(&filter).0.into_owned()), burst].into_iter().flatten().collect::<Vec<_>>();
    ui.add(Label::new(RichText::new(all.join(" · ")).font(theme::mono()).color(theme::palette(ui).weak)).truncate());
    ui.add_space(size::GAP);
}
