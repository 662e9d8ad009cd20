//! The card that says what stands out: a sentence for each fact, which leads to its records.

use super::{Parts, card_frame, link_ui, parts_ui};
use crate::present::{display, lead, principal};
use crate::questions::standout::{Standout, Told};
use crate::session::open_case::OpenCase;
use crate::session::standouts::{Standouts, StandoutsAction};
use crate::session::{Action, App, Command, Link, View};
use crate::ui::theme::{self, size};
use crate::ui::views::leads::{progress_ui, records_of, score_text};
use egui::{Label, RichText, Ui};

pub(super) fn standouts_ui(ui: &mut Ui, app: &App, case: &OpenCase, out: &mut Vec<Action>) {
    let (t, p, standouts) = (&app.texts, theme::palette(ui), &case.standouts);
    if case.totals().is_none_or(|totals| totals.flows + totals.events == 0) {
        return;
    }
    ui.add_space(size::GAP);
    card_frame(ui).show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(t.tr("standouts-title")).heading()).on_hover_text(t.tr("standouts-tip"));
            facts_progress_ui(ui, app, standouts, out);
        });
        let mut any = leads_ui(ui, app, case, out);
        for fact in standouts.found() {
            any = true;
            fact_ui(ui, app, fact, out);
        }
        let (done, all) = standouts.progress();
        if !any && done == all {
            ui.add(Label::new(t.tr("standouts-none")).wrap());
        }
        for why in standouts.faults() {
            ui.label(RichText::new(display::visible(&why.why(t))).color(p.error));
        }
    });
}

/// The first leads, each with its score; were there any?
fn leads_ui(ui: &mut Ui, app: &App, case: &OpenCase, out: &mut Vec<Action>) -> bool {
    let (t, leads) = (&app.texts, &case.leads);
    let mut any = false;
    for row in leads.first() {
        any = true;
        ui.horizontal_wrapped(|ui| {
            let parts = [
                lead::kind_text(t, &row.kind),
                principal::short(&lead::told(t, &row.subject)),
                // What a rule found begins with its name.
                if row.kind == "rule" { String::new() } else { row.peer.clone() },
                lead::told(t, &row.what),
            ];
            let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            ui.label(RichText::new(score_text(app, row)).strong());
            let text = display::visible(&display::clipped(&parts.join(" · ")).0).into_owned();
            match records_of(row) {
                Some(action) => link_ui(ui, text, Some(row.filter.clone()), || action, out),
                None => {
                    ui.label(text);
                }
            }
        });
    }
    ui.horizontal_wrapped(|ui| {
        let more = leads.found().map_or(0, |found| (found.leads.len() + found.more) as u64 - leads.dismissed());
        if more > 0 {
            let text = t.tr_args("leads-overview-all", &[("count", &display::count(more))]);
            link_ui(ui, text, None, || Action::Command(Command::Show(View::Leads)), out);
        }
        progress_ui(ui, app, leads, out);
    });
    any
}

/// How far the search is, and a way to stop it or to go on.
fn facts_progress_ui(ui: &mut Ui, app: &App, standouts: &Standouts, out: &mut Vec<Action>) {
    let ((done, all), is_stopped) = (standouts.progress(), standouts.is_stopped());
    let texts = ["standouts-searching", "standouts-stopped"];
    if parts_ui(ui, app, &Parts { done, all, is_stopped, texts }) {
        let action = if is_stopped { StandoutsAction::Resume } else { StandoutsAction::Stop };
        out.push(Action::Standouts(action));
    }
}

fn fact_ui(ui: &mut Ui, app: &App, fact: &Standout, out: &mut Vec<Action>) {
    let text = sentence(app, fact);
    ui.horizontal_wrapped(|ui| {
        let tip = crate::questions::group::filter_text(&fact.scope, None);
        let of = || Action::Follow(Link::records(&fact.scope, None));
        link_ui(ui, text, Some(tip), of, out);
    });
}

/// The fact in words, in the zone of the window.
fn sentence(app: &App, fact: &Standout) -> String {
    let zone = app.zone;
    let told = |value: &Told| match value {
        Told::Count(count) => display::count(*count),
        Told::Bytes(bytes) => display::size(*bytes),
        Told::Time(time) => zone.format(*time),
        Told::Text(text) => display::visible(&display::clipped(text).0).into_owned(),
        Told::Principal(name) => display::visible(&principal::short(name)).into_owned(),
        Told::Times(list) => {
            let one = |(name, time): &(String, crate::model::Timestamp)| {
                format!("{} {}", display::visible(name), zone.format(*time))
            };
            list.iter().map(one).collect::<Vec<_>>().join(", ")
        }
    };
    let values: Vec<(&str, String)> = fact.values.iter().map(|(name, value)| (*name, told(value))).collect();
    let mut args: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    args.push(("zone", zone.name()));
    let value = |wanted: &str| values.iter().find(|(name, _)| *name == wanted).map_or("", |(_, text)| text.as_str());
    // What happened once has one time.
    let (first, last) = (value("first"), value("last"));
    let span = app.texts.tr_args("standout-span", &[("first", first), ("last", last)]);
    args.push(("time", if first == last { first } else { span.as_str() }));
    app.texts.tr_args(&format!("standout-{}", fact.name), &args)
}
