//! The page of a key, a session or a principal: where its credentials came from and what it issued as a chain of boxes, its
//! calls over time with what mattered about them, what it called, and from where.

use super::overview::{card_frame, link_ui};
use super::timeline::track::{Plotted, legend_ui, plot_ui};
use crate::analysis::lineage::{CallCount, EventChain, Followed, Issued};
use crate::filter::{Filter, Target, clause};
use crate::model::{Address, Dataset, TimeRange, Value};
use crate::present::chart::Shape;
use crate::present::{display, unique_id};
use crate::query::{Duplicates, Scope, own_field};
use crate::session::follow::Shown;
use crate::session::open_case::OpenCase;
use crate::session::{Action, App, Command, Link, View};
use crate::ui::filter_bar::step_button;
use crate::ui::state::UiState;
use crate::ui::theme::{self, size};
use crate::ui::widgets::chain::{kind, note, proof, short, time};
use crate::ui::widgets::empty::{Empty, offer_ui};
use crate::ui::widgets::pages::page_keys;
use egui::{Button, CollapsingHeader, Frame, Id, Label, Margin, RichText, ScrollArea, Stroke, Ui, UiBuilder, vec2};

/// Points of a box.
const BOX: f32 = 250.0;
/// Points of the list of what was issued: about two boxes.
const ISSUED: f32 = 240.0;
/// Boxes of what was issued, and lines of a list.
const SHOWN: usize = 12;

pub(crate) fn follow_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let Some(subject) = case.follow.subject() else {
        let empty = Empty { title: t.tr("follow-none"), text: t.tr("follow-none-text") };
        return offer_ui(ui, app, &empty, &[Command::Show(View::Identities), Command::Palette], out);
    };
    ui.horizontal_wrapped(|ui| {
        step_button(ui, app, Command::Back, "◀", out);
        step_button(ui, app, Command::Forward, "▶", out);
        ui.heading(short(subject)).on_hover_text(&*display::visible(subject));
        if let Some(meaning) = unique_id::meaning(t, subject) {
            ui.weak(meaning);
        }
    });
    let Some(shown) = case.follow.shown() else {
        let text = case.follow.fault().map_or_else(|| t.tr("follow-finding"), |why| why.why(t));
        ui.centered_and_justified(|ui| ui.label(text));
        return;
    };
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        page_keys(ui);
        ui.set_max_width(ui.available_width() - size::SCROLLBAR);
        links_ui(ui, app, case, (subject, &shown.of), out);
        boxes_ui(ui, app, (subject, &shown.of), out);
        if shown.of.events.is_empty() {
            ui.add_space(size::GAP_LARGE);
            ui.label(t.tr("follow-no-calls"));
            return;
        }
        notes_ui(ui, app, &shown.of);
        chart_ui(ui, app, shown, state, out);
        lists_ui(ui, app, case, &shown.of, out);
    });
}

/// From when to when, how many, and where that leads.
fn links_ui(ui: &mut Ui, app: &App, case: &OpenCase, (subject, of): (&str, &Followed), out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.horizontal_wrapped(|ui| {
        if let (Some(first), Some(last)) = (time(app, of.first()), time(app, of.last())) {
            let events = display::count(of.events.len() as u64);
            let text = t.tr_args("follow-told", &[("count", &events), ("from", &first), ("to", &last)]);
            let scope = case.follow.events();
            link_ui(ui, text, None, || link(scope), out);
            let errors = of.events.iter().filter(|event| event.is_error).count() as u64;
            ui.weak(t.tr_args("follow-errors", &[("count", &display::count(errors))]));
        }
        if let Some(instance) = &of.instance {
            let id = Filter::test(
                Target::Field(own_field(Dataset::Flows, "instance_id")),
                crate::filter::Check::Equals(crate::filter::Literal::text(instance)),
            );
            let filter = id.to_string();
            let (view, range, duplicates) = (View::Records(Dataset::Flows), TimeRange::default(), Duplicates::Once);
            let to = Link { view, dataset: Dataset::Flows, filter, range, duplicates };
            if ui.button(t.tr_args("follow-flows", &[("instance", instance.as_str())])).clicked() {
                out.push(Action::Follow(to));
            }
        }
        if ui.button(t.tr("menu-copy-value")).clicked() {
            out.push(Action::Copy(subject.to_owned()));
        }
    });
}

fn link(scope: Option<Scope>) -> Action {
    Action::Follow(Link::records(&scope.unwrap_or_else(|| Scope::all(Dataset::Events)), None))
}

/// From who acted to this, and on to what this issued.
fn boxes_ui(ui: &mut Ui, app: &App, (subject, of): (&str, &Followed), out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.add_space(size::GAP);
    ScrollArea::horizontal().id_salt("chain").auto_shrink([false, true]).show(ui, |ui| {
        ui.horizontal_top(|ui| {
            if let Some(chain) = &of.chain {
                before_ui(ui, app, chain, subject, out);
            }
            let seen = [("follow-first", of.first()), ("follow-last", of.last())];
            let seen = seen.into_iter().filter_map(|(key, secs)| Some(t.tr_args(key, &[("time", &time(app, secs)?)])));
            let mut lines: Vec<String> = seen.collect();
            lines.extend(time(app, of.expires).map(|at| t.tr_args("follow-expires", &[("time", &at)])));
            box_ui(ui, app, &Boxed { name: short(subject), whole: subject, lines, is_own: true, opens: None }, out);
            if !of.issued.is_empty() {
                arrow_ui(ui, &t.tr("follow-issued"));
                let list = ScrollArea::vertical().id_salt("issued").max_height(ISSUED).auto_shrink([true, true]);
                list.show(ui, |ui| ui.vertical(|ui| issued_ui(ui, app, &of.issued, out)));
            }
        });
    });
}

/// The steps that led to its first call, who acted at the left.
fn before_ui(ui: &mut Ui, app: &App, chain: &EventChain, subject: &str, out: &mut Vec<Action>) {
    let t = &app.texts;
    for step in chain.steps.iter().skip(1).rev() {
        let mut lines = vec![kind(t, step.caller_type)];
        if step.record.is_some() {
            lines.push(display::visible(&step.event_name).into_owned());
        }
        lines.extend(time(app, step.time));
        let opens = step.record.map(|record| Action::ShowRecord(Dataset::Events, record));
        if step.caller != subject {
            box_ui(
                ui,
                app,
                &Boxed { name: short(&step.caller), whole: &step.caller, lines, is_own: false, opens },
                out,
            );
        }
        arrow_ui(ui, &proof(t, step.proof.unwrap_or("")));
    }
}

fn issued_ui(ui: &mut Ui, app: &App, issued: &[Issued], out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.spacing_mut().item_spacing.y = size::GAP;
    for of in issued.iter().take(SHOWN) {
        let mut lines = vec![short(&of.session)];
        lines.extend(time(app, of.time).map(|at| t.tr_args("follow-issued-at", &[("time", &at)])));
        lines.extend(time(app, of.expires).map(|at| t.tr_args("follow-expires", &[("time", &at)])));
        lines.push(t.tr_args("overview-event-count", &[("count", &display::count(of.events))]));
        let opens = Some(Action::FollowKey(of.subject.clone()));
        box_ui(ui, app, &Boxed { name: short(&of.subject), whole: &of.subject, lines, is_own: false, opens }, out);
    }
    if let Some(more) = issued.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        ui.weak(t.tr_args("flag-more", &[("count", &display::count(more as u64))]));
    }
}

struct Boxed<'a> {
    name: String,
    whole: &'a str,
    lines: Vec<String>,
    is_own: bool,
    opens: Option<Action>,
}

fn box_ui(ui: &mut Ui, app: &App, of: &Boxed<'_>, out: &mut Vec<Action>) {
    let p = theme::palette(ui);
    let edge = if of.is_own { p.accent } else { p.line };
    let frame = Frame::new().fill(p.surface).stroke(Stroke::new(if of.is_own { 2.0 } else { 1.0 }, edge));
    let frame = frame.corner_radius(4.0).inner_margin(Margin::same(size::CARD_MARGIN));
    ui.scope_builder(UiBuilder::new().id_salt(("box", of.whole, of.is_own)), |ui| {
        frame.show(ui, |ui| {
            ui.set_width(BOX);
            ui.vertical(|ui| {
                let name = RichText::new(&of.name).strong();
                match &of.opens {
                    None => ui.add(Label::new(name).truncate()),
                    Some(action) => {
                        let button = ui.add(Button::new(name.color(p.accent)).frame(false).truncate());
                        if button.clicked() {
                            out.push(action.clone());
                        }
                        button
                    }
                }
                .on_hover_text(unique_id::meaning(&app.texts, of.whole).map_or_else(
                    || display::visible(of.whole).into_owned(),
                    |meaning| format!("{}\n{meaning}", display::visible(of.whole)),
                ));
                for line in of.lines.iter().filter(|line| !line.is_empty()) {
                    ui.add(Label::new(RichText::new(line).color(p.weak).small()).truncate());
                }
            });
        });
    });
}

/// An arrow with what proves it.
fn arrow_ui(ui: &mut Ui, text: &str) {
    ui.allocate_ui(vec2(size::SIDE * 0.4, 0.0), |ui| {
        ui.vertical_centered(|ui| {
            ui.label(RichText::new("→").heading());
            ui.add(Label::new(RichText::new(text).small().color(theme::palette(ui).weak)).wrap());
        });
    });
}

fn notes_ui(ui: &mut Ui, app: &App, of: &Followed) {
    for told in of.chain.iter().flat_map(|chain| &chain.notes) {
        let ink = if told.name == "conflict" { theme::palette(ui).warning } else { theme::palette(ui).weak };
        ui.add(Label::new(RichText::new(format!("• {}", note(&app.texts, told))).color(ink)).wrap());
    }
}

fn chart_ui(ui: &mut Ui, app: &App, shown: &Shown, state: &mut UiState, out: &mut Vec<Action>) {
    let Some(span) = shown.span.filter(|_| !shown.chart.is_empty()) else { return };
    let names = ["follow-line-succeeded", "follow-line-failed"].map(|key| app.texts.tr(key));
    let p = theme::palette(ui);
    let plotted = Plotted {
        id: Id::unique("follow-series"),
        chart: &shown.chart,
        shape: Shape::Bars,
        is_bytes: false,
        names: &names,
        colours: &[p.good, p.bad],
        threshold: None,
        sighted: &[],
        flags: Some(&shown.flags),
        span,
        height: size::TRACK_MIN,
    };
    ui.add_space(size::GAP);
    legend_ui(ui, app, &plotted);
    plot_ui(ui, app, &plotted, &mut state.follow, out);
}

/// What it called, from where, and with what.
fn lists_ui(ui: &mut Ui, app: &App, case: &OpenCase, of: &Followed, out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.add_space(size::GAP);
    let only = |field: &'static str, value: &str| {
        let events = case.follow.events()?;
        let field = Target::Field(own_field(Dataset::Events, field));
        Some(events.and(clause::target_clause(&Value::Text(value.to_owned()), field, false)))
    };
    ui.columns(if ui.available_width() < size::CARD * 2.0 { 1 } else { 2 }, |uis| {
        let (calls_at, others_at) = (0, uis.len() - 1);
        if let Some(ui) = uis.get_mut(calls_at) {
            card_frame(ui).show(ui, |ui| calls_ui(ui, app, case, &of.calls, out));
        }
        let Some(ui) = uis.get_mut(others_at) else { return };
        for (key, list, field) in [
            ("follow-addresses", &of.addresses, "source_ip_address"),
            ("follow-agents", &of.agents, "user_agent_short"),
        ] {
            card_frame(ui).show(ui, |ui| {
                ui.set_min_width(ui.available_width());
                ui.strong(t.tr(key));
                for (value, count) in list.iter().take(SHOWN) {
                    ui.horizontal_wrapped(|ui| {
                        let name = display::visible(&display::clipped(value).0).into_owned();
                        if Address::parse(value.as_bytes()).is_some() {
                            link_ui(ui, name, None, || Action::ShowAddress(value.clone()), out);
                        } else {
                            ui.label(name);
                        }
                        let count = t.tr_args("overview-event-count", &[("count", &display::count(*count))]);
                        link_ui(ui, count, None, || link(only(field, value)), out);
                    });
                }
                if let Some(more) = list.len().checked_sub(SHOWN).filter(|more| *more > 0) {
                    ui.weak(t.tr_args("flag-more", &[("count", &display::count(more as u64))]));
                }
            });
        }
    });
}

/// A tree: services, and in each its calls.
fn calls_ui(ui: &mut Ui, app: &App, case: &OpenCase, calls: &[CallCount], out: &mut Vec<Action>) {
    let (t, p) = (&app.texts, theme::palette(ui));
    ui.set_min_width(ui.available_width());
    ui.strong(t.tr("follow-calls"));
    for of_service in calls.chunk_by(|one, other| one.source == other.source) {
        let Some(first) = of_service.first() else { continue };
        let events: u64 = of_service.iter().map(|call| call.events).sum();
        let title = format!("{} {}", display::visible(&first.source), display::count(events));
        CollapsingHeader::new(title).id_salt(("service", &first.source)).default_open(true).show(ui, |ui| {
            for call in of_service {
                ui.horizontal_wrapped(|ui| {
                    let scope = || {
                        let is = |field: &'static str, value: &str| {
                            let field = Target::Field(own_field(Dataset::Events, field));
                            clause::target_clause(&Value::Text(value.to_owned()), field, false)
                        };
                        let events = case.follow.events()?;
                        Some(events.and(is("event_source", &call.source)).and(is("event_name", &call.name)))
                    };
                    let name = format!("{} {}", display::visible(&call.name), display::count(call.events));
                    link_ui(ui, name, None, || link(scope()), out);
                    if call.errors > 0 {
                        let args = [("count", &*display::count(call.errors))];
                        ui.label(RichText::new(t.tr_args("follow-errors", &args)).color(p.bad));
                    }
                });
            }
        });
    }
}
