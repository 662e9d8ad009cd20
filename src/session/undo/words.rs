//! What a change is called: `tag 3 records as exfil`.

use super::{CaseChange, FilterStep};
use crate::app::decisions::{Deciding, Decision};
use crate::app::error::Message;
use crate::case::ALLOW;
use crate::case::IndicatorItem;
use crate::model::conclusions::{Change, Subject};
use crate::model::{SupplementKind, TimeRange};
use crate::present::display;
use crate::session::conclusions::{Conclusions, Lists, Task};
use crate::session::indicators::{self, Indicators};
use crate::session::saved_filters::FilterChange;
use std::path::Path;

/// Names are as long as fits into a menu.
const LONGEST: usize = 48;

/// Names things as the case has them before the change.
pub(crate) fn describe(written: &Conclusions, known: &Indicators, change: &CaseChange) -> Message {
    match change {
        CaseChange::Conclusions(Task::Exhibit(request)) => named("change-exhibit-add", &request.text.caption),
        CaseChange::Conclusions(Task::Change(change)) => {
            conclusions(written.lists().map(AsRef::as_ref).unwrap_or(&Lists::default()), change)
        }
        CaseChange::Indicators(change) => indicators(known, change),
        CaseChange::Filters(change) => match change {
            FilterChange::Save(filter) => named("change-filter-save", &filter.name),
            FilterChange::Remove(_, name) => named("change-filter-remove", name),
            FilterChange::Import(path) => named("change-filters-import", &file_name(path)),
            FilterChange::Export(path) => named("change-filters-export", &file_name(path)),
            FilterChange::Restore { .. } => Message::new("change-filters"),
        },
        CaseChange::Shown(step) => filter_step(step, &step.text, step.range),
        CaseChange::Decision(deciding) => match deciding.as_ref() {
            Deciding::Allow { filter, .. } => named("change-allow-add", filter),
            Deciding::Dismiss(lead) => named("change-lead-dismiss", &lead.subject),
            Deciding::Put(Decision { key, text }) => {
                let name = key.split_once(':').map_or("", |(_, name)| name);
                let id = match (key.starts_with(ALLOW), text) {
                    (true, Some(_)) => "change-allow-add",
                    (true, None) => "change-allow-remove",
                    (false, Some(_)) => "change-lead-dismiss",
                    (false, None) => "change-lead-restore",
                };
                named(id, name)
            }
        },
        CaseChange::View(change) => {
            named(if change.view.is_some() { "change-view-save" } else { "change-view-remove" }, &change.name)
        }
    }
}

/// Several tags of the same things.
pub(crate) fn tags(tags: usize, subjects: usize) -> Message {
    let [tags, count] = [tags, subjects].map(|number| display::count(number as u64));
    Message::new("change-tags").with("tags", tags).with("count", count)
}

/// From this filter and range to others.
pub(crate) fn filter_step(from: &FilterStep, text: &str, range: TimeRange) -> Message {
    match text {
        _ if range != from.range => Message::new("change-range"),
        "" => Message::new("change-filter-clear"),
        text => named("change-filter-apply", text),
    }
}

/// A name as it is shown: one line of what can be seen, and not too long.
fn short(text: &str) -> String {
    let line = display::visible(text.trim()).into_owned();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

fn named(id: &'static str, name: &str) -> Message {
    Message::new(id).with("name", short(name))
}

fn counted(id: &'static str, name: &str, count: usize) -> Message {
    named(id, name).with("count", display::count(count as u64))
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn conclusions(lists: &Lists, change: &Change) -> Message {
    let note = |id: i64| lists.notes.iter().find(|note| note.id == id).map_or("", |note| note.text.as_str());
    let finding = |id: i64| lists.finding(id).map_or("", |finding| finding.text.title.as_str());
    let exhibit = |id: i64| lists.exhibit(id).map_or("", |exhibit| exhibit.text.caption.as_str());
    match change {
        Change::AddTag { name, subjects } => tagged(["change-tag", "change-tag-thing"], name, subjects),
        Change::RemoveTag { name, subjects } => tagged(["change-untag", "change-untag-thing"], name, subjects),
        Change::AddNote { text, .. } => named("change-note-add", text),
        Change::EditNote { id, .. } => named("change-note-edit", note(*id)),
        Change::RemoveNote(id) => named("change-note-remove", note(*id)),
        Change::RestoreNote(_) => Message::new("change-note-restore"),
        Change::AddFinding(text) => named("change-finding-add", &text.title),
        Change::EditFinding { id, .. } => named("change-finding-edit", finding(*id)),
        Change::MoveFinding { id, .. } => named("change-finding-move", finding(*id)),
        Change::RemoveFinding(id) => named("change-finding-remove", finding(*id)),
        Change::RestoreFinding { .. } => Message::new("change-finding-restore"),
        Change::Cite { finding: id, records } => counted("change-cite", finding(*id), records.len()),
        Change::Uncite { finding: id, records } => counted("change-uncite", finding(*id), records.len()),
        Change::AddExhibit(new) => named("change-exhibit-add", &new.text.caption),
        Change::EditExhibit { id, .. } => named("change-exhibit-edit", exhibit(*id)),
        Change::MoveExhibit { id, .. } => named("change-exhibit-move", exhibit(*id)),
        Change::RemoveExhibit(id) => named("change-exhibit-remove", exhibit(*id)),
        Change::RestoreExhibit { .. } => Message::new("change-exhibit-restore"),
        Change::SetReport { field, .. } => named("change-report", field.name()),
    }
}

fn tagged([records, thing]: [&'static str; 2], name: &str, subjects: &[Subject]) -> Message {
    match subjects {
        [subject] if !matches!(subject, Subject::Record(_)) => named(thing, name).with("thing", short(&subject.key())),
        _ => counted(records, name, subjects.len()),
    }
}

fn indicators(indicators: &Indicators, change: &indicators::Change) -> Message {
    match change {
        indicators::Change::Import(preview, choice) => {
            counted("change-list-import", &choice.name, preview.list.entries.len())
        }
        indicators::Change::Add { list, values, .. } => counted("change-indicators-add", list, values.len()),
        indicators::Change::Enable(item, true) => {
            items(indicators, ["change-list-on", "change-indicators-on"], &[*item])
        }
        indicators::Change::Enable(item, false) => {
            items(indicators, ["change-list-off", "change-indicators-off"], &[*item])
        }
        indicators::Change::Remove(of, true) => {
            items(indicators, ["change-list-remove", "change-indicators-remove"], of)
        }
        indicators::Change::Remove(of, false) => {
            items(indicators, ["change-list-restore", "change-indicators-restore"], of)
        }
        indicators::Change::Validity(_) => Message::new("change-validity"),
        indicators::Change::Label { thing, name, .. } => named("change-label", name).with("thing", short(thing)),
        indicators::Change::RemoveLabel(id, removed) => {
            let label = indicators.kept().and_then(|kept| kept.labels.iter().find(|label| label.id == *id));
            let (name, thing) = label.map_or(("", ""), |label| (label.name.as_str(), label.value.as_str()));
            let key = if *removed { "change-label-remove" } else { "change-label-restore" };
            named(key, name).with("thing", short(thing))
        }
        indicators::Change::Supplement(SupplementKind::Sigma, path) => named("change-sigma", &file_name(path)),
        indicators::Change::Supplement(SupplementKind::Inventory, path) => named("change-inventory", &file_name(path)),
        indicators::Change::RemoveSupplements(kind, ids, removed) => {
            let key = match (kind, removed) {
                (SupplementKind::Sigma, true) => "change-sigma-remove",
                (SupplementKind::Sigma, false) => "change-sigma-restore",
                (SupplementKind::Inventory, true) => "change-inventory-remove",
                (SupplementKind::Inventory, false) => "change-inventory-restore",
            };
            Message::new(key).with("count", display::count(ids.len() as u64))
        }
        indicators::Change::Owners(path) => named("change-owners", &file_name(path)),
        indicators::Change::OwnersBefore(kind, _) => named("change-owners", kind),
    }
}

/// A list with how many entries it has; else how many entries, and of which list.
fn items(indicators: &Indicators, [list, entries]: [&'static str; 2], items: &[IndicatorItem]) -> Message {
    let lists = || indicators.kept().into_iter().flat_map(|kept| kept.lists.iter());
    if let [IndicatorItem::List(id)] = items {
        let of = lists().find(|list| list.id == *id);
        let (name, count) = of.map_or(("", 0), |list| (list.name.as_str(), list.entries));
        return named(list, name).with("count", display::count(count));
    }
    counted(entries, indicators.chosen().map_or("", |list| list.name.as_str()), items.len())
}
