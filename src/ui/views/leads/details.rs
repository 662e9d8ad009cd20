//! The chosen lead: its sentence, the parts of its score, what it assumes and what would refute it, a picture, and what can
//! be done with it.

use super::picture::picture_ui;
use super::{records_of, score_text};
use crate::analysis::allow::Dismissed;
use crate::app::decisions::{Deciding, of_lead};
use crate::filter;
use crate::present::{display, lead};
use crate::session::leads::{LeadRow, LeadsAction, Purpose};
use crate::session::open_case::OpenCase;
use crate::session::{Action, App, Command};
use crate::ui::state::{LeadsState, LeavingOut};
use crate::ui::theme::{self, size};
use crate::ui::widgets::facts::fact_ui;
use egui::{Align2, Button, Label, RichText, ScrollArea, TextEdit, Ui, vec2};

/// Points below which the picture is under the words.
const BESIDE: f32 = 760.0;

pub(super) fn details_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut LeadsState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let Some(row) = case.leads.chosen() else {
        ui.weak(t.tr("leads-choose"));
        return;
    };
    if state.of != row.key {
        (state.of, state.asks, state.filter) = (row.key.clone(), None, row.allowing());
        state.reason.clear();
    }
    ui.add_space(size::GAP);
    actions_ui(ui, app, case, row, state, out);
    ScrollArea::vertical().id_salt("lead").auto_shrink([false, false]).show(ui, |ui| {
        if ui.available_width() >= BESIDE {
            ui.columns_const(|[left, right]| {
                words_ui(left, app, row);
                picture_ui(right, app, &case.leads, row);
                blind_ui(right, app, row);
            });
        } else {
            words_ui(ui, app, row);
            picture_ui(ui, app, &case.leads, row);
            blind_ui(ui, app, row);
        }
    });
}

/// The parts of a score in words.
fn parts(app: &App, row: &LeadRow) -> Vec<String> {
    let t = &app.texts;
    let part = |(words, points): &(String, String)| {
        t.tr_args("leads-part", &[("points", points), ("words", &lead::told(t, words))])
    };
    row.parts.iter().map(part).collect()
}

fn doubts(app: &App, row: &LeadRow) -> (String, String) {
    let own = || (row.assumption.clone(), row.refuted_by.clone());
    lead::doubts(&app.texts, &row.kind, &row.assumption).unwrap_or_else(own)
}

fn words_ui(ui: &mut Ui, app: &App, row: &LeadRow) {
    let t = &app.texts;
    let kind = lead::kind_text(t, &row.kind);
    let title = [score_text(app, row), kind, row.subject.clone(), row.peer.clone()];
    let title: Vec<String> = title.into_iter().filter(|text| !text.is_empty()).collect();
    ui.add(Label::new(RichText::new(display::visible(&title.join(" · "))).strong()).wrap().selectable(true));
    ui.add(Label::new(&*display::visible(&lead::told(t, &row.what))).wrap().selectable(true));
    let (assumption, refuted) = doubts(app, row);
    fact_ui(ui, &t.tr("leads-parts"), &parts(app, row).join("\n"));
    fact_ui(ui, &t.tr("leads-assumes"), &assumption);
    fact_ui(ui, &t.tr("leads-refuted-by"), &refuted);
    fact_ui(ui, &t.tr("leads-filter"), &display::clipped(&row.filter).0);
}

/// What the analysis behind it cannot see.
fn blind_ui(ui: &mut Ui, app: &App, row: &LeadRow) {
    let t = &app.texts;
    let id = format!("query-{}-about", row.analysis());
    if t.has(&id) {
        fact_ui(ui, &t.tr("leads-blind"), &t.tr(&id));
    }
}

fn decide(out: &mut Vec<Action>, deciding: Deciding) {
    out.push(Action::Leads(LeadsAction::Decide(deciding)));
}

fn actions_ui(ui: &mut Ui, app: &App, case: &OpenCase, row: &LeadRow, state: &mut LeadsState, out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.horizontal_wrapped(|ui| {
        if ui.button(t.tr("menu-show-records")).clicked() {
            out.extend(records_of(row));
        }
        let finding = ui.button(t.tr("leads-make-finding")).on_hover_text(t.tr("leads-make-finding-tip"));
        if finding.clicked() {
            let title = format!("{}: {}", lead::kind_text(t, &row.kind), lead::told(t, &row.what));
            let (assumption, refuted) = doubts(app, row);
            let parts = parts(app, row).join("; ");
            let args = [("parts", &*parts), ("assumption", &*assumption), ("refuted", &*refuted)];
            let text = t.tr_args("finding-of-lead", &args);
            let purpose = Purpose::Finding { title, text };
            out.push(Action::Leads(LeadsAction::Use(row.key.clone(), purpose)));
        }
        cite_ui(ui, app, case, row, out);
        if ui.button(t.tr("leads-exhibit")).clicked() {
            out.push(Action::Command(Command::AddExhibit));
        }
        for (asks, id) in [(LeavingOut::Allow, "leads-allow"), (LeavingOut::Dismiss, "leads-dismiss")] {
            let is_restored = asks == LeavingOut::Dismiss && case.leads.reason(row).is_some();
            if is_restored {
                if ui.button(t.tr("leads-restore")).clicked() {
                    decide(out, Deciding::Put(of_lead(&row.key)));
                }
            } else if ui.add(Button::selectable(state.asks == Some(asks), t.tr(id))).clicked() {
                state.asks = if state.asks == Some(asks) { None } else { Some(asks) };
            }
        }
        if let Some(reason) = case.leads.reason(row) {
            let text = t.tr_args("leads-dismissed-because", &[("reason", &display::visible(reason))]);
            ui.label(RichText::new(text).color(theme::palette(ui).warning));
        }
    });
    if let Some(asks) = state.asks {
        leaving_out_ui(ui, app, row, asks, state, out);
    }
}

/// The findings, to cite the lead's records in one of them.
fn cite_ui(ui: &mut Ui, app: &App, case: &OpenCase, row: &LeadRow, out: &mut Vec<Action>) {
    let Some(lists) = case.conclusions.lists().filter(|lists| !lists.findings.is_empty()) else { return };
    ui.menu_button(app.texts.tr("leads-cite"), |ui| {
        for finding in &lists.findings {
            let text = format!("{}. {}", finding.place, display::visible(&finding.text.title));
            if ui.button(text).clicked() {
                out.push(Action::Leads(LeadsAction::Use(row.key.clone(), Purpose::Cite(finding.id))));
                ui.close();
            }
        }
    });
}

/// A reason, and for an allow-list the filter.
fn leaving_out_ui(
    ui: &mut Ui,
    app: &App,
    row: &LeadRow,
    asks: LeavingOut,
    state: &mut LeadsState,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    let analysis = row.analysis();
    ui.horizontal_wrapped(|ui| {
        let field = |ui: &mut Ui, id: &str, text: &mut String, width: f32| {
            let name = t.tr(id);
            let edit = TextEdit::singleline(text).hint_text(&*name).desired_width(width).align(Align2::LEFT_CENTER);
            ui.add(edit).accessible_name(&*name);
        };
        let is_filter = filter::parse(&state.filter, row.dataset).is_ok() && !state.filter.trim().is_empty();
        if asks == LeavingOut::Allow {
            field(ui, "leads-allow-filter", &mut state.filter, size::DIALOG * 0.6);
        }
        field(ui, "leads-reason", &mut state.reason, size::POPUP);
        let name = t.tr(&format!("query-{analysis}"));
        let text = match asks {
            LeavingOut::Allow => t.tr_args("leads-allow-confirm", &[("analysis", &name)]),
            LeavingOut::Dismiss => t.tr("leads-dismiss-confirm"),
        };
        let may = !state.reason.trim().is_empty() && (asks == LeavingOut::Dismiss || is_filter);
        if ui.add_enabled(may, Button::new(text).min_size(vec2(0.0, 0.0))).clicked() {
            let reason = state.reason.trim().to_owned();
            decide(
                out,
                match asks {
                    LeavingOut::Allow => {
                        Deciding::Allow { analysis: analysis.to_owned(), filter: state.filter.clone(), reason }
                    }
                    LeavingOut::Dismiss => Deciding::Dismiss(Box::new(Dismissed {
                        key: row.key.clone(),
                        kind: row.kind.clone(),
                        subject: row.subject.clone(),
                        peer: row.peer.clone(),
                        filter: row.filter.clone(),
                        reason,
                        ..Dismissed::default()
                    })),
                },
            );
            state.asks = None;
            state.reason.clear();
        }
    });
}
