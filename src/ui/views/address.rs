//! Details of one address: how much it sent and received and when, with whom, over which ports and interfaces, and its
//! CloudTrail events. Every figure leads to its records.

use super::overview::{CardList, Parts, card_frame, card_ui, link_ui, parts_ui, whole_ui};
use super::timeline::track::{PlotState, Plotted, legend_ui, plot_ui};
use crate::analysis::assets::Known;
use crate::filter::clause;
use crate::model::conclusions::Subject;
use crate::model::{Address, Dataset, TimeRange, Timestamp, Value};
use crate::present::chart::{Chart, Shape};
use crate::present::display;
use crate::query::{self, AddressFigures, Figures, Mark, PairRow, Scope, own_field};
use crate::session::address_page::{AddressAction, AddressPages, Head, List, Pairs};
use crate::session::indicators::{NewLabel, TypedIndicators};
use crate::session::open_case::OpenCase;
use crate::session::{Action, App, Command, Dialog, Link, View, marks};
use crate::ui::filter_bar::step_button;
use crate::ui::inspector;
use crate::ui::state::UiState;
use crate::ui::theme::{self, size};
use crate::ui::time_bar;
use crate::ui::widgets::bars::{Bar, bar_ui};
use crate::ui::widgets::pages::page_keys;
use crate::ui::widgets::subject::subject_ui;
use egui::{Grid, Id, RichText, ScrollArea, Ui};

pub(crate) fn address_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    let Some(address) = &app.address else { return };
    let t = &app.texts;
    ui.horizontal(|ui| {
        step_button(ui, app, Command::Back, "◀", out);
        step_button(ui, app, Command::Forward, "▶", out);
        ui.vertical(|ui| time_bar::time_bar_ui(ui, app, &mut state.time, out));
    });
    if whole_ui(ui, app, case, View::Address, out) {
        return;
    }
    let pages = &case.address_pages;
    let Some(head) = pages.head(address) else {
        let text = pages.faults().next().map_or_else(|| t.tr("overview-counting"), |why| why.why(t));
        ui.vertical_centered(|ui| {
            ui.add_space(ui.available_height() * 0.3);
            ui.label(text);
            progress_ui(ui, app, pages, out);
        });
        return;
    };
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        page_keys(ui);
        ui.set_max_width(ui.available_width() - size::SCROLLBAR);
        head_ui(ui, app, address, (head, pages.known(address)), out);
        let subject = Subject::Address(address.to_string());
        egui::CollapsingHeader::new(RichText::new(t.tr("inspector-written")).strong())
            .default_open(
                case.conclusions.lists().is_some_and(|lists| {
                    !lists.tags_of(&subject).is_empty() || lists.notes_of(&subject).next().is_some()
                }),
            )
            .show(ui, |ui| subject_ui(ui, app, case, &subject, &mut state.address_subject, out));
        let of = &head.figures;
        if [&of.sent, &of.received, &of.passed_on.1, &of.events.1].iter().all(|f| f.records == 0) {
            ui.add_space(size::GAP_LARGE);
            ui.label(t.tr("address-none"));
            if app.range != TimeRange::default() && ui.button(t.tr(&Command::AllTimes.text_id())).clicked() {
                out.push(Action::Command(Command::AllTimes));
            }
            return;
        }
        figures_ui(ui, app, address, of, out);
        ui.horizontal_wrapped(|ui| progress_ui(ui, app, pages, out));
        for why in pages.faults() {
            ui.label(RichText::new(display::visible(&why.why(t))).color(theme::palette(ui).error));
        }
        if let Some(chart) = pages.chart(address) {
            chart_ui(ui, app, chart, &mut state.timeline.plot, out);
        }
        lists_ui(ui, app, case, address, &Link::records(&of.flows, None), out);
    });
}

/// How much of the page is counted, while some of it is not: nothing of that is shown as zero.
fn progress_ui(ui: &mut Ui, app: &App, pages: &AddressPages, out: &mut Vec<Action>) {
    let ((done, all), is_stopped) = (pages.progress(), pages.is_stopped());
    let texts = ["address-counting", "address-stopped"];
    if parts_ui(ui, app, &Parts { done, all, is_stopped, texts }) {
        let action = if is_stopped { AddressAction::Resume } else { AddressAction::Stop };
        out.push(Action::AddressPage(action));
    }
}

fn head_ui(ui: &mut Ui, app: &App, address: &Address, (head, known): (&Head, &[Known]), out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.horizontal_wrapped(|ui| {
        ui.heading(address.to_string());
        ui.weak(t.tr(match (query::is_private(address), head.internal) {
            (true, _) => "address-private",
            (false, true) => "address-own",
            (false, false) => "address-external",
        }));
        if let Some(label) = marks::label(&head.marks) {
            ui.strong(RichText::new(&*display::visible(&label)).color(theme::palette(ui).label));
        }
    });
    inspector::marks_ui(ui, app, &head.marks);
    owners_ui(ui, app, address, out);
    known_ui(ui, app, known, out);
    ui.horizontal_wrapped(|ui| {
        let flows = || Link::records(&head.figures.flows, None);
        if ui.button(t.tr("address-records")).clicked() {
            out.push(Action::Follow(flows()));
        }
        if ui.button(t.tr("address-pairs")).clicked() {
            out.push(Action::Follow(flows().in_view(View::Pairs)));
        }
        let (events, figures) = &head.figures.events;
        if ui.add_enabled(figures.records > 0, egui::Button::new(t.tr("address-events"))).clicked() {
            out.push(Action::Follow(Link::records(events, None)));
        }
        let thing = || address.to_string();
        if ui.button(t.tr("menu-add-indicator")).clicked() {
            let typed = TypedIndicators::of(t, thing(), None);
            out.push(Action::Dialog(Some(Dialog::AddIndicators(typed))));
        }
        if ui.button(t.tr("menu-label")).clicked() {
            let label = NewLabel { thing: thing(), ..NewLabel::default() };
            out.push(Action::Dialog(Some(Dialog::Label(label))));
        }
        if ui.button(t.tr("menu-copy-value")).clicked() {
            out.push(Action::Copy(address.to_string()));
        }
    });
}

/// Whose it is and in which country, by each database that the case remembers, with the day of its making: addresses
/// change hands.
fn owners_ui(ui: &mut Ui, app: &App, address: &Address, out: &mut Vec<Action>) {
    let t = &app.texts;
    let Some(owners) = app.case.as_ref().and_then(|case| case.indicators.owners()) else { return };
    let told = owners.told(t, address);
    if told.is_empty() && !owners.databases.is_empty() {
        let kinds: Vec<&str> = owners.databases.iter().map(|database| database.facts.kind.as_str()).collect();
        ui.weak(t.tr_args("owners-nothing", &[("kind", &display::visible(&t.list(&kinds)))]));
    }
    for line in told {
        ui.label(line);
    }
    for why in &owners.missing {
        let text = RichText::new(display::visible(why)).color(theme::palette(ui).warning);
        ui.label(text);
    }
    if owners.databases.is_empty() && ui.small_button(t.tr("command-owners")).clicked() {
        out.push(Action::Command(Command::OwnerDatabase));
    }
}

/// Lines of what is known of an address.
const KNOWN: usize = 8;

/// What events and inventories say of it, each with its time and a way to its source.
fn known_ui(ui: &mut Ui, app: &App, known: &[Known], out: &mut Vec<Action>) {
    let t = &app.texts;
    for one in known.iter().take(KNOWN) {
        let zoned = |time| format!("{} {}", app.zone.format(time), app.zone.name());
        let time = |time: Option<Timestamp>| time.map_or_else(|| t.tr("grid-absent"), zoned);
        let property = t.named(&format!("asset-{}", one.property.replace('_', "-")), one.property);
        let (from, to) = (time(one.from), time(one.to));
        let args = [("property", &*property), ("value", &*display::visible(&one.value)), ("from", &from), ("to", &to)];
        ui.horizontal_wrapped(|ui| {
            ui.label(t.tr_args(if one.to.is_some() { "address-known-until" } else { "address-known" }, &args));
            if let Some(path) = &one.inventory {
                ui.weak(t.tr_args("address-known-inventory", &[("path", &display::visible(path))]));
            }
            let event = one.event.as_ref().filter(|id| !id.is_empty());
            let filter =
                event.map(|id| clause::clause(&Value::Text(id.clone()), own_field(Dataset::Events, "event_id"), false));
            if let Some(filter) = filter
                && ui.small_button(t.tr("address-known-event")).clicked()
            {
                out.push(Action::Follow(Link::records(&Scope::of(Dataset::Events, filter), None)));
            }
            if one.is_disputed {
                ui.label(RichText::new(t.tr("address-known-disputed")).color(theme::palette(ui).warning));
            }
        });
    }
    if let Some(more) = known.len().checked_sub(KNOWN).filter(|more| *more > 0) {
        ui.weak(t.tr_args("address-known-more", &[("count", &display::count(more as u64))]));
    }
}

/// Sent, received, passed on, events: each a link.
fn figures_ui(ui: &mut Ui, app: &App, address: &Address, facts: &AddressFigures, out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.add_space(size::GAP);
    let side = |field: &str| Link { filter: format!("{field} = {address}"), ..Link::records(&facts.flows, None) };
    let rows: [(&str, &Figures, Link); 3] = [
        ("address-sent", &facts.sent, side("srcaddr")),
        ("address-received", &facts.received, side("dstaddr")),
        ("address-passed-on", &facts.passed_on.1, Link::records(&facts.passed_on.0, None)),
    ];
    Grid::new("address-figures").num_columns(3).show(ui, |ui| {
        for (key, figures, link) in rows {
            if figures.records == 0 {
                continue;
            }
            ui.strong(t.tr(key));
            // Records without a value to sum have no bytes, which is not the same as zero.
            let absent = || t.tr("grid-absent");
            // The parts sum up to the records.
            let other = figures.records.saturating_sub(figures.accepted.saturating_add(figures.rejected));
            let args = [
                ("records", &*display::count(figures.records)),
                ("bytes", &*figures.bytes.map_or_else(absent, display::size)),
                ("packets", &*figures.packets.map_or_else(absent, display::count)),
                ("accepted", &*display::count(figures.accepted)),
                ("rejected", &*display::count(figures.rejected)),
                ("other", &*display::count(other)),
            ];
            let text = if other > 0 { "address-figures-other" } else { "address-figures" };
            ui.scope(|ui| {
                // A grid does not wrap by itself.
                ui.set_max_width(ui.ctx().content_rect().width() * 0.7);
                ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Wrap);
                link_ui(ui, t.tr_args(text, &args), None, || Action::Follow(link), out);
            });
            span_ui(ui, app, figures);
            ui.end_row();
        }
        let (events, figures) = &facts.events;
        if figures.records > 0 {
            ui.strong(t.tr("nav-events"));
            let args = [("count", &*display::count(figures.records)), ("errors", &*display::count(figures.rejected))];
            let link = || Action::Follow(Link::records(events, None));
            link_ui(ui, t.tr_args("address-events-count", &args), None, link, out);
            span_ui(ui, app, figures);
            ui.end_row();
        }
    });
}

fn span_ui(ui: &mut Ui, app: &App, figures: &Figures) {
    if let (Some(first), Some(last)) = (figures.first, figures.last) {
        let zone = app.zone;
        let args = [("from", &*zone.format(first)), ("to", &*zone.format(last)), ("zone", zone.name())];
        // In a row of its own: beside the counts it has no room in a small window.
        ui.end_row();
        ui.label("");
        ui.weak(app.texts.tr_args("address-span", &args));
    }
}

fn chart_ui(ui: &mut Ui, app: &App, chart: &Chart, state: &mut PlotState, out: &mut Vec<Action>) {
    let (Some(first), Some(last)) = (chart.starts.first(), chart.starts.last()) else { return };
    let names = ["address-line-sent", "address-line-received"].map(|key| app.texts.tr(key));
    let colours = [0, 1].map(|at| theme::series(ui, at));
    let plotted = Plotted {
        id: Id::unique("address-series"),
        chart,
        shape: Shape::Bars,
        is_bytes: true,
        names: &names,
        colours: &colours,
        threshold: None,
        sighted: &[],
        flags: None,
        span: (*first, last + chart.bin_secs),
        height: size::TRACK_MIN,
    };
    ui.add_space(size::GAP);
    legend_ui(ui, app, &plotted);
    plot_ui(ui, app, &plotted, state, out);
}

/// The pairs, then the lists; what is still counted keeps its place.
fn lists_ui(ui: &mut Ui, app: &App, case: &OpenCase, address: &Address, flows: &Link, out: &mut Vec<Action>) {
    ui.add_space(size::GAP);
    let (t, pages) = (&app.texts, &case.address_pages);
    let has_rows = |(.., table): &List<'_>| table.is_none_or(|table| !table.rows.is_empty());
    let lists: Vec<List<'_>> = pages.lists(address).filter(has_rows).collect();
    let columns = (ui.available_width() / size::CARD).floor().clamp(1.0, 4.0) as usize;
    let pairs = pages.pairs(address);
    let first = usize::from(pairs.is_none_or(|pairs| !pairs.rows.is_empty()));
    let cards = lists.len() + first;
    for start in (0..cards).step_by(columns) {
        ui.columns(columns, |uis| {
            for (at, ui) in (start..cards).zip(uis.iter_mut()) {
                match at.checked_sub(first).map(|at| lists.get(at)) {
                    None => pairs_ui(ui, app, pairs, flows, out),
                    Some(Some((name, query, table))) => {
                        let title = t.tr(&format!("list-{name}"));
                        card_ui(ui, app, &CardList { title, query, table: *table, bad: false, marks: None }, out);
                    }
                    Some(None) => {}
                }
            }
        });
    }
}

/// With whom it communicates most.
fn pairs_ui(ui: &mut Ui, app: &App, pairs: Option<&Pairs>, flows: &Link, out: &mut Vec<Action>) {
    let t = &app.texts;
    card_frame(ui).show(ui, |ui| {
        let title = t.tr("address-list-pairs");
        ui.horizontal(|ui| {
            ui.label(RichText::new(&title).strong());
            ui.weak(t.tr("list-by-bytes"));
            if let Some(pairs) = pairs.filter(|pairs| pairs.count > pairs.rows.len() as u64) {
                let (shown, all) = (display::count(pairs.rows.len() as u64), display::count(pairs.count));
                ui.weak(t.tr_args("list-more", &[("shown", &shown), ("all", &all)]));
            }
        });
        ui.spacing_mut().item_spacing.y = 0.0;
        let Some(pairs) = pairs else {
            ui.weak(t.tr("overview-counting"));
            return;
        };
        let most = pairs.rows.iter().filter_map(|row| row.total_bytes).max().unwrap_or(1).max(1);
        for row in &pairs.rows {
            pair_ui(ui, app, pairs, row, (&title, most), flows, out);
        }
    });
}

fn pair_ui(
    ui: &mut Ui,
    app: &App,
    pairs: &Pairs,
    row: &PairRow,
    (title, most): (&str, u128),
    flows: &Link,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    let end = |end: &Option<String>| {
        end.as_deref().map_or(display::ABSENT.into(), |text| display::visible(text).into_owned())
    };
    let key = format!("{} → {}", end(&row.srcaddr), end(&row.dstaddr));
    let value = row.total_bytes.map_or_else(|| t.tr("grid-absent"), display::size);
    let name = t.tr_args("list-bar", &[("list", title), ("key", &*key), ("value", &*value)]);
    let part = row.total_bytes.unwrap_or(0) as f32 / most as f32;
    let of = |end: &Option<String>| end.as_ref().and_then(|text| pairs.marks.get(text));
    let marks: Vec<&Mark> = [&row.srcaddr, &row.dstaddr].into_iter().filter_map(of).flatten().collect();
    let (sighted, label) = (marks.iter().any(|m| marks::is_sighting(m)), marks::label(marks.iter().copied()));
    let told = |elided: bool| {
        let records = display::count(row.record_count);
        let bytes = row.total_bytes.map_or_else(|| t.tr("grid-absent"), display::count);
        let tip = t.tr_args("list-tip", &[("records", &records), ("bytes", &bytes)]);
        elided.then(|| key.clone()).into_iter().chain([tip]).collect()
    };
    let bar = Bar { name, key: &key, value: &value, part, bad: false, sighted, label };
    if bar_ui(ui, &bar, told).clicked()
        && let Ok(query) = pairs.query.records_of(row)
    {
        let filter = query.filter.map(|filter| filter.to_string()).unwrap_or_default();
        out.push(Action::Follow(Link { dataset: Dataset::Flows, filter, ..flows.clone() }));
    }
}
