//! Details of one evidence file: its records, duplicates and warnings, what it is, its hashes, its copies, its bytes.

use super::bytes::bytes_ui;
use super::time_text;
use crate::filter::{Check, Filter, Literal, Target};
use crate::model::{Dataset, PathFacts};
use crate::present::display;
use crate::query::{Duplicates, Scope};
use crate::session::evidence::EvidenceAction;
use crate::session::open_case::OpenCase;
use crate::session::source::EvidenceRow;
use crate::session::{Action, App, Link};
use crate::ui::state::EvidenceState;
use crate::ui::theme;
use crate::ui::views::beside_head_ui;
use crate::ui::views::overview::link_ui;
use crate::ui::widgets::facts::{copy_button, fact_ui, section_ui};
use crate::ui::widgets::subject::utc_text;
use egui::{Label, RichText, ScrollArea, Ui};

pub(super) fn details_ui(
    ui: &mut Ui,
    app: &App,
    case: &OpenCase,
    file: &EvidenceRow,
    state: &mut EvidenceState,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    if beside_head_ui(ui, app, t.tr_args("evidence-file", &[("number", &file.id.0.to_string())])) {
        out.push(Action::Evidence(EvidenceAction::LookAt(None)));
    }
    ScrollArea::vertical().id_salt("evidence-file").auto_shrink([false, false]).show(ui, |ui| {
        ui.add(Label::new(&*display::visible(&file.path)).wrap().selectable(true));
        records_ui(ui, app, case, file, out);
        section_ui(ui, &t.tr("evidence-bytes"), |ui| bytes_ui(ui, app, case, file, state, out));
        section_ui(ui, &t.tr("evidence-facts"), |ui| facts_ui(ui, app, file));
        section_ui(ui, &t.tr("evidence-hashes"), |ui| hashes_ui(ui, app, file, out));
        section_ui(ui, &t.tr("evidence-copies"), |ui| copies_ui(ui, app, case, file));
    });
}

/// The records of exactly this file, duplicates too; and the duplicates among them.
pub(super) fn record_links(app: &App, file: &EvidenceRow) -> Vec<(String, Link)> {
    let t = &app.texts;
    let of_file = Filter::test(Target::Evidence, Check::Equals(Literal::Integer(file.id.0.into())));
    let link =
        |dataset, filter| Link::records(&Scope { duplicates: Duplicates::All, ..Scope::of(dataset, filter) }, None);
    let mut links = Vec::new();
    for (dataset, count, text) in
        [(Dataset::Flows, file.flows, "evidence-flows"), (Dataset::Events, file.events, "evidence-events")]
    {
        if count > 0 {
            let text = t.tr_args(text, &[("count", &display::count(count))]);
            links.push((text, link(dataset, of_file.clone())));
        }
    }
    if file.duplicates > 0 && file.flows > 0 {
        let text = t.tr_args("evidence-duplicates", &[("count", &display::count(file.duplicates))]);
        let copies = Filter::test(Target::Duplicate, Check::Equals(Literal::Boolean(true)));
        links.push((text, link(Dataset::Flows, of_file.and(copies))));
    }
    links
}

/// How many records, duplicates and warnings, each a link.
fn records_ui(ui: &mut Ui, app: &App, case: &OpenCase, file: &EvidenceRow, out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.horizontal_wrapped(|ui| {
        for (text, link) in record_links(app, file) {
            link_ui(ui, text, None, || Action::Follow(link), out);
        }
        if file.flows + file.events == 0 {
            ui.weak(t.tr(if file.format == "archive" { "evidence-archive" } else { "evidence-no-records" }));
        }
        if file.warnings > 0 {
            let text = t.tr_args("overview-warnings", &[("count", &display::count(file.warnings))]);
            link_ui(ui, text, None, || Action::Warnings(Some(file.id)), out);
        } else {
            ui.weak(t.tr("overview-no-warnings"));
        }
    });
    if file.events > 0 && file.duplicates > 0 {
        ui.weak(t.tr_args("evidence-event-copies", &[("count", &display::count(file.duplicates))]));
    }
    if let Some(container) = file.container {
        let text = t.tr_args("evidence-container", &[("number", &container.0.to_string())]);
        link_ui(ui, text, None, || Action::Evidence(EvidenceAction::LookAt(Some(container))), out);
    }
    let members = case.evidence.members(file.id);
    if !members.is_empty() {
        ui.weak(t.tr_args("evidence-members", &[("count", &display::count(members.len() as u64))]));
        for member in members.iter().take(MEMBERS) {
            let text = display::visible(&display::clipped(&member.path).0).into_owned();
            link_ui(ui, text, None, || Action::Evidence(EvidenceAction::LookAt(Some(member.id))), out);
        }
    }
}

/// Members of an archive that are listed; all of them are in the list of files.
const MEMBERS: usize = 50;

fn facts_ui(ui: &mut Ui, app: &App, file: &EvidenceRow) {
    let t = &app.texts;
    let bytes =
        |count: u64| t.tr_args("evidence-size", &[("size", &display::size(count)), ("bytes", &display::count(count))]);
    let PathFacts { account, organisation, region, date, log_id, service } = &file.path_facts;
    let path = [organisation, account, region, service, date, log_id];
    let path: Vec<&str> = path.into_iter().flatten().map(String::as_str).collect();
    let stored = if file.raw_kept { t.tr("yes") } else { t.tr("no") };
    for (key, value) in [
        ("column-format", file.format.clone()),
        ("evidence-record-format", file.record_format.clone().unwrap_or_default()),
        ("column-sightings", super::hits(file, app).map(display::count).unwrap_or_default()),
        ("column-first", time_text(file.first, app)),
        ("column-last", time_text(file.last, app)),
        ("evidence-file-size", bytes(file.file_bytes)),
        ("evidence-content-size", bytes(file.content_bytes)),
        ("evidence-packing", file.packing.clone()),
        ("evidence-encoding", file.encoding.clone()),
        ("evidence-modified", file.modified_utc.as_deref().map(|time| utc_text(app, time)).unwrap_or_default()),
        ("evidence-imported", utc_text(app, &file.imported_utc)),
        ("column-raw", stored),
        ("evidence-path-facts", path.join(", ")),
    ] {
        fact_ui(ui, &t.tr_args(key, &[("zone", app.zone.name())]), &value);
    }
}

fn hashes_ui(ui: &mut Ui, app: &App, file: &EvidenceRow, out: &mut Vec<Action>) {
    let t = &app.texts;
    for (key, hash) in [("evidence-file-sha256", &file.file_sha256), ("evidence-content-sha256", &file.content_sha256)]
    {
        ui.weak(t.tr(key));
        ui.add(Label::new(RichText::new(hash).font(theme::mono())).wrap().selectable(true));
        copy_button(ui, &t.tr("evidence-copy-sha256"), hash, out);
        // An uncompressed file is its content.
        if file.file_sha256 == file.content_sha256 {
            ui.weak(t.tr("evidence-same-hash"));
            break;
        }
    }
}

/// Files with the same bytes that were offered, too.
fn copies_ui(ui: &mut Ui, app: &App, case: &OpenCase, file: &EvidenceRow) {
    let t = &app.texts;
    let mut any = false;
    for copy in case.copies(file.id) {
        any = true;
        fact_ui(ui, &utc_text(app, &copy.at_utc), &copy.path);
    }
    if !any {
        ui.weak(t.tr("evidence-no-copies"));
    }
}
