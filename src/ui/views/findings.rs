//! Findings: what the examiner concludes, in order, with what each rests on.

use crate::model::Dataset;
use crate::model::conclusions::{Change, Confidence, Finding, FindingStatus, FindingText, is_technique};
use crate::present::display;
use crate::session::View;
use crate::session::conclusions::Lists;
use crate::session::open_case::OpenCase;
use crate::session::unsaved::{self, Place};
use crate::session::{Action, App, Command};
use crate::ui::focus::{self, Arrows, PaneId, group_ui, pane_ui, sized_ui};
use crate::ui::state::{FindingsState, UiState};
use crate::ui::theme::{self, size};
use crate::ui::widgets::empty::{Empty, offer_ui};
use crate::ui::widgets::subject::{stamp_text, write};
use crate::ui::widgets::unsaved::keep;
use egui::{Button, ComboBox, Frame, Grid, Id, Margin, Panel, RichText, ScrollArea, TextEdit, Ui, vec2};

pub(crate) fn findings_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let Some(lists) = case.conclusions.lists() else {
        ui.centered_and_justified(|ui| ui.label(t.tr("loading")));
        return;
    };
    let state = &mut state.findings;
    ui.horizontal(|ui| {
        ui.heading(t.tr("nav-findings"));
        let field = TextEdit::singleline(&mut state.new_title).hint_text(t.tr("finding-new")).desired_width(280.0);
        let field = ui.add(field).accessible_name(t.tr("finding-new"));
        let entered = field.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
        let title = state.new_title.trim().to_owned();
        let add = ui.add_enabled(!title.is_empty(), Button::new(t.tr("finding-add"))).clicked();
        if (add || entered) && !title.is_empty() {
            write(out, Change::AddFinding(FindingText { title, ..FindingText::default() }));
            state.new_title.clear();
            state.of = None;
        }
    });
    if lists.findings.is_empty() {
        let empty = Empty { title: t.tr("empty-findings"), text: t.tr("findings-empty") };
        let shown = [View::Overview, View::Records(Dataset::Flows), View::Records(Dataset::Events)];
        return offer_ui(ui, app, &empty, &shown.map(Command::Show), out);
    }
    let known = state.of.filter(|id| lists.finding(*id).is_some());
    let newest = lists.findings.iter().map(|finding| finding.id).max();
    let mut id = known.or(newest);
    let frame = Frame::new().inner_margin(Margin { right: 10, ..Margin::symmetric(0, 6) });
    let list = Panel::left("finding-list").frame(frame).default_size(size::QUERY_LIST.min(ui.available_width() * 0.4));
    sized_ui(ui, list, |ui| {
        pane_ui(ui, t, PaneId::List, |ui| {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                group_ui(ui, Id::unique("findings"), Arrows::Along, |ui| {
                    let shown = id;
                    for finding in &lists.findings {
                        if list_ui(ui, app, lists, finding, shown == Some(finding.id), out) {
                            id = Some(finding.id);
                        }
                    }
                });
            });
        });
    });
    let Some(finding) = id.and_then(|id| lists.finding(id)) else { return };
    let (place, revision) = (Place::Finding(finding.id), app.unsaved.revision());
    if state.of != Some(finding.id) || state.known != finding.text || state.revision != revision {
        let typed = app.unsaved.get(&place).map(|words| unsaved::finding(words, &finding.text));
        state.draft = typed.unwrap_or_else(|| finding.text.clone());
        (state.of, state.known, state.revision) = (Some(finding.id), finding.text.clone(), revision);
    }
    ScrollArea::vertical().id_salt("finding").auto_shrink([false, false]).show(ui, |ui| {
        Frame::new().inner_margin(Margin::symmetric(12, 6)).show(ui, |ui| {
            // Where there is room, what it rests on is beside the words.
            if ui.available_width() >= size::TWO_COLUMNS {
                ui.columns_const(|[left, right]| {
                    words_ui(left, app, finding, state, out);
                    rests_on_ui(right, app, lists, finding, out);
                });
            } else {
                words_ui(ui, app, finding, state, out);
                rests_on_ui(ui, app, lists, finding, out);
            }
            let typed = (state.draft != state.known).then(|| unsaved::of_finding(&state.draft));
            keep(app, place, typed, out);
        });
    });
}

/// A finding in the list. Is it the one to show from now on?
fn list_ui(ui: &mut Ui, app: &App, lists: &Lists, finding: &Finding, is_chosen: bool, out: &mut Vec<Action>) -> bool {
    let t = &app.texts;
    let title = format!("{}. {}", finding.place, display::visible(&finding.text.title));
    let width = ui.available_width();
    let title = (egui::Atom::from(RichText::new(title).strong()), egui::Atom::grow());
    let button = Button::selectable(is_chosen, title).truncate().min_size(vec2(width, size::HEADER));
    let response = ui.add(button);
    let by_key = focus::choosing(ui, &response, is_chosen);
    // By keyboard: the arrows with Alt move it.
    if response.has_focus() {
        let (up, down) = ui.input_mut(|i| {
            let alt = egui::Modifiers::ALT;
            (i.consume_key(alt, egui::Key::ArrowUp), i.consume_key(alt, egui::Key::ArrowDown))
        });
        if up || down {
            let place = finding.place + if down { 1 } else { -1 };
            write(out, Change::MoveFinding { id: finding.id, place: place.max(1) });
        }
    }
    let exhibits = lists.exhibits.iter().filter(|exhibit| exhibit.text.finding == Some(finding.id)).count();
    let counts = [("exhibits", exhibits), ("records", finding.records.len())];
    let counts = counts.map(|(name, count)| (name, display::count(count as u64)));
    let status = t.tr(&format!("finding-{}", finding.text.status.name().replace('_', "-")));
    ui.horizontal(|ui| {
        ui.add_space(size::GAP_LARGE);
        let rests = t.tr_args("finding-rests", &counts.each_ref().map(|(name, count)| (*name, count.as_str())));
        ui.weak(t.tr_args("finding-line", &[("status", &status), ("rests", &rests)]));
    });
    ui.add_space(size::GAP);
    response.clicked() || by_key
}

fn words_ui(ui: &mut Ui, app: &App, finding: &Finding, state: &mut FindingsState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let draft = &mut state.draft;
    let width = (ui.available_width() - 150.0).clamp(200.0, 760.0);
    Grid::new("finding-words").num_columns(2).spacing(vec2(12.0, 8.0)).show(ui, |ui| {
        let label = ui.label(t.tr("finding-title"));
        ui.add(TextEdit::singleline(&mut draft.title).desired_width(width)).labelled_by(label.id);
        ui.end_row();
        let label = ui.label(t.tr("finding-text"));
        ui.add(TextEdit::multiline(&mut draft.text).desired_rows(6).desired_width(width)).labelled_by(label.id);
        ui.end_row();
        let label = ui.label(t.tr("finding-status"));
        let name = |status: FindingStatus| t.tr(&format!("finding-{}", status.name().replace('_', "-")));
        let combo = ComboBox::from_id_salt("finding-status").selected_text(name(draft.status));
        let response = combo.show_ui(ui, |ui| {
            for status in FindingStatus::ALL {
                ui.selectable_value(&mut draft.status, status, name(status));
            }
        });
        response.response.labelled_by(label.id);
        ui.end_row();
        let label = ui.label(t.tr("finding-confidence"));
        let name = |confidence: Confidence| t.tr(&format!("confidence-{}", confidence.name()));
        let combo = ComboBox::from_id_salt("finding-confidence").selected_text(name(draft.confidence));
        let response = combo.show_ui(ui, |ui| {
            for confidence in Confidence::ALL {
                ui.selectable_value(&mut draft.confidence, confidence, name(confidence));
            }
        });
        response.response.labelled_by(label.id);
        ui.end_row();
        let label = ui.label(t.tr("finding-technique"));
        ui.horizontal(|ui| {
            let field =
                TextEdit::singleline(&mut draft.technique).hint_text("T1078.004").desired_width(size::TECHNIQUE_FIELD);
            ui.add(field).labelled_by(label.id);
            if !is_technique(draft.technique.trim()) {
                ui.colored_label(theme::palette(ui).error, t.tr("finding-technique-wrong"));
            }
        });
        ui.end_row();
    });
    draft.technique = draft.technique.trim().to_owned();
    let (changed, good) = (*draft != state.known, !draft.title.trim().is_empty() && is_technique(&draft.technique));
    ui.horizontal(|ui| {
        if ui.add_enabled(changed && good, theme::primary_button(ui, &t.tr("save"))).clicked() {
            write(out, Change::EditFinding { id: finding.id, text: draft.clone() });
        }
        if ui.add_enabled(changed, Button::new(t.tr("revert"))).clicked() {
            *draft = state.known.clone();
        }
        if ui.button(t.tr("move-up")).clicked() && finding.place > 1 {
            write(out, Change::MoveFinding { id: finding.id, place: finding.place - 1 });
        }
        if ui.button(t.tr("move-down")).clicked() {
            write(out, Change::MoveFinding { id: finding.id, place: finding.place + 1 });
        }
        if ui.button(t.tr("remove")).clicked() {
            write(out, Change::RemoveFinding(finding.id));
        }
    });
    let stamp = finding.life.changed.as_ref().unwrap_or(&finding.life.created);
    ui.weak(stamp_text(app, stamp));
}

/// Records shown one by one; of more, the table is meant.
const SHOWN: usize = 40;

fn rests_on_ui(ui: &mut Ui, app: &App, lists: &Lists, finding: &Finding, out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.add_space(size::GAP_LARGE);
    ui.strong(t.tr("finding-exhibits"));
    let mut any = false;
    for exhibit in lists.exhibits.iter().filter(|exhibit| exhibit.text.finding == Some(finding.id)) {
        any = true;
        let text = format!("{}. {}", exhibit.place, display::visible(&exhibit.text.caption));
        if ui.link(text).clicked() {
            out.push(Action::LookAt(exhibit.id));
            out.push(Action::Command(crate::session::Command::Show(View::Exhibits)));
        }
    }
    if !any {
        ui.weak(t.tr("finding-no-exhibits"));
    }
    ui.add_space(size::GAP);
    ui.horizontal(|ui| {
        ui.strong(t.tr("finding-records"));
        if !finding.records.is_empty() && ui.small_button(t.tr("finding-show-records")).clicked() {
            out.push(Action::ShowCited(finding.id));
        }
    });
    if finding.records.is_empty() {
        ui.weak(t.tr("finding-no-records"));
    }
    ui.horizontal_wrapped(|ui| {
        for id in finding.records.iter().take(SHOWN) {
            let tip = t.tr_args("finding-uncite", &[("record", &id.to_string())]);
            if ui.small_button(format!("{id} ×")).on_hover_text(tip).clicked() {
                write(out, Change::Uncite { finding: finding.id, records: vec![*id] });
            }
        }
        if finding.records.len() > SHOWN {
            ui.weak(t.tr_args("finding-more", &[("count", &display::count((finding.records.len() - SHOWN) as u64))]));
        }
    });
}
