//! The JSON of an event as a tree that folds and is searched. Its leaves have the menu of the table's cells.

use super::{InspectorState, SHOWN, leaf_menu_ui};
use crate::present::display;
use crate::present::json_tree::{self, Line, What, value_of};
use crate::session::records::Records;
use crate::session::source::Inspected;
use crate::session::{Action, App};
use crate::ui::theme::size;
use crate::ui::views::cell_menu::Place;
use crate::ui::widgets::leaves::{Leaf, LeafCell, LeafEvent, Leaves};
use egui::{Align2, Button, Id, ScrollArea, TextEdit, Ui};
use std::collections::BTreeSet;

#[derive(Default)]
pub(super) enum Tree {
    /// The record has no JSON.
    #[default]
    None,
    TooLong,
    Broken,
    Lines(Vec<Line>),
}

impl Tree {
    pub(super) fn of(json: Option<&str>) -> Self {
        match json {
            None => Tree::None,
            Some(json) if json.len() > SHOWN => Tree::TooLong,
            Some(json) => json_tree::lines(json).map_or(Tree::Broken, Tree::Lines),
        }
    }
}

/// The lines that are shown, kept while the search and what is folded stay the same. A new `Tree` needs a new one.
#[derive(Default)]
pub(super) struct Kept {
    /// What was searched for, and what was folded.
    of: Option<(String, BTreeSet<String>)>,
    /// Places in the tree, and each of these lines as it is drawn.
    shown: Vec<usize>,
    rows: Vec<Leaf>,
    /// How many values the search finds.
    found: Option<usize>,
}

impl Kept {
    fn keep(&mut self, app: &App, lines: &[Line], search: &str, folded: &BTreeSet<String>) {
        if self.of.as_ref().is_some_and(|(text, paths)| text == search && paths == folded) {
            return;
        }
        self.shown = shown(lines, search, folded);
        let shown = || self.shown.iter().filter_map(|at| lines.get(*at));
        let is_searched = !search.trim().is_empty();
        self.found = is_searched.then(|| shown().filter(|line| matches!(line.what, What::Leaf(_))).count());
        self.rows = shown().map(|line| leaf(app, line, is_searched, folded)).collect();
        self.of = Some((search.to_owned(), folded.clone()));
    }
}

pub(super) fn json_ui(
    ui: &mut Ui,
    app: &App,
    records: &Records,
    inspected: &Inspected,
    state: &mut InspectorState,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    let InspectorState { tree, kept, search, folded, leaves, .. } = state;
    let lines = match tree {
        Tree::Lines(lines) => lines,
        Tree::TooLong => return plain(ui, t.tr("inspector-json-long")),
        Tree::Broken => return plain(ui, t.tr("inspector-json-broken")),
        Tree::None => return plain(ui, t.tr("inspector-no-raw")),
    };
    kept.keep(app, lines, search, folded);
    let Kept { shown, rows, found, .. } = kept;
    bar_ui(ui, app, lines, *found, search, folded, (inspected, out));
    if *found == Some(0) {
        ui.weak(t.tr("inspector-json-none"));
    }
    let name = t.tr("inspector-json");
    let list = Leaves { id: Id::unique("json"), name: &name, rows, columns: 1 };
    let line = |row: usize| shown.get(row).and_then(|at| lines.get(*at));
    let mut asked = Vec::new();
    let events = ScrollArea::vertical().id_salt("json").auto_shrink([false, false]).show(ui, |ui| {
        list.show(ui, leaves, &mut |ui, at| {
            let named = line(at.row).and_then(|line| Some((line.path.clone()?, &line.what)));
            let of = (records, inspected);
            match named {
                None => drop(ui.weak(t.tr("inspector-json"))),
                Some((path, What::Leaf(written))) => {
                    let value = value_of(written);
                    leaf_menu_ui(ui, app, of, (Place::Path(path), &value), at.takes_focus, &mut asked);
                }
                Some((path, What::Object(_) | What::List(_))) => {
                    branch_menu_ui(ui, app, records, &path, at.takes_focus, &mut asked);
                }
            }
        })
    });
    out.append(&mut asked);
    for event in events.inner {
        match event {
            LeafEvent::Toggle(row) => {
                if let Some(line) = line(row) {
                    let path = id_of(line);
                    if !folded.remove(&path) {
                        folded.insert(path);
                    }
                }
            }
            LeafEvent::Copy { row, .. } => {
                if let Some(What::Leaf(written)) = line(row).map(|line| &line.what) {
                    out.extend(display::literal(&value_of(written)).map(Action::Copy));
                }
            }
        }
    }
}

fn plain(ui: &mut Ui, text: String) {
    ui.weak(text);
}

/// The same of each event: what is folded in one is folded in the next.
fn id_of(line: &Line) -> String {
    line.path.as_ref().map_or_else(|| line.key.clone(), ToString::to_string)
}

/// Places of the lines that are shown: what is not folded, or what the search finds with all that it is in.
fn shown(lines: &[Line], search: &str, folded: &BTreeSet<String>) -> Vec<usize> {
    let wanted = search.trim().to_lowercase();
    let mut shown = Vec::new();
    if wanted.is_empty() {
        let mut at = 0;
        while let Some(line) = lines.get(at) {
            shown.push(at);
            let is_folded = !matches!(line.what, What::Leaf(_)) && folded.contains(&id_of(line));
            at = if is_folded { line.end } else { at + 1 };
        }
        return shown;
    }
    // Those above a line, by their depth.
    let mut above: Vec<usize> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        above.truncate(line.depth);
        let holds = |text: &str| text.to_lowercase().contains(&wanted);
        let is_found = match &line.what {
            What::Leaf(written) => holds(&value_of(written).to_text()) || holds(&id_of(line)),
            What::Object(_) | What::List(_) => false,
        };
        if is_found {
            // In their order, each of them once.
            shown.append(&mut above.iter().copied().filter(|place| shown.binary_search(place).is_err()).collect());
            shown.push(at);
        }
        above.push(at);
    }
    shown
}

fn bar_ui(
    ui: &mut Ui,
    app: &App,
    lines: &[Line],
    found: Option<usize>,
    search: &mut String,
    folded: &mut BTreeSet<String>,
    (inspected, out): (&Inspected, &mut Vec<Action>),
) {
    let t = &app.texts;
    ui.horizontal_wrapped(|ui| {
        let name = t.tr("inspector-json-search");
        let field = TextEdit::singleline(search).hint_text(name.as_str()).desired_width(size::POPUP);
        ui.add(field.align(Align2::LEFT_CENTER)).accessible_name(&name);
        if let Some(found) = found {
            ui.weak(t.tr_args("inspector-json-found", &[("count", &display::count(found as u64))]));
        }
        if ui.add(Button::new(t.tr("inspector-json-fold")).small()).clicked() {
            folded.extend(lines.iter().filter(|line| !matches!(line.what, What::Leaf(_))).map(id_of));
        }
        if ui.add(Button::new(t.tr("inspector-json-unfold")).small()).clicked() {
            folded.clear();
        }
        if let Some(json) = &inspected.detail.json
            && ui.add(Button::new(t.tr("copy-raw")).small()).clicked()
        {
            out.push(Action::Copy(json.clone()));
        }
    });
}

fn leaf(app: &App, line: &Line, is_searched: bool, folded: &BTreeSet<String>) -> Leaf {
    let t = &app.texts;
    let members = |key: &str, count: usize| LeafCell::weak(t.tr_args(key, &[("count", &display::count(count as u64))]));
    let open = || Some(is_searched || !folded.contains(&id_of(line)));
    let (cell, open) = match &line.what {
        What::Leaf(written) => (LeafCell::of(display::visible(&display::clipped(written).0).into_owned()), None),
        What::Object(count) => (members("inspector-members", *count), open()),
        What::List(count) => (members("inspector-elements", *count), open()),
    };
    let name = display::visible(&display::clipped(&line.key).0).into_owned();
    Leaf {
        depth: line.depth,
        name,
        cells: vec![cell],
        open,
        hint: display::visible(&id_of(line)).into_owned(),
        sign: None,
    }
}

/// An object or a list is no value to filter by, but records have it or not.
fn branch_menu_ui(
    ui: &mut Ui,
    app: &App,
    records: &Records,
    path: &crate::filter::JsonPath,
    takes_focus: bool,
    out: &mut Vec<Action>,
) {
    use crate::filter::{Check, Filter, Target};
    use crate::ui::views::cell_menu::{Items, head_ui};
    head_ui(ui, &path.to_string());
    let mut items = Items::new(takes_focus);
    let exists = Filter::test(Target::Path(path.clone()), Check::Present);
    items.item(ui, app.texts.tr("menu-exists"), Action::Narrow(records.dataset, exists), out);
    items.item(ui, app.texts.tr("menu-copy-path"), Action::Copy(path.to_string()), out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_folded_or_not_found_is_not_shown() {
        let lines = json_tree::lines(r#"{"a":{"b":[1,{"c":"Needle"}],"d":2},"needle":3}"#).unwrap();
        let keys = |search: &str, folded: &[&str]| {
            let folded = folded.iter().map(|path| (*path).to_owned()).collect();
            let shown = shown(&lines, search, &folded);
            shown.into_iter().map(|at| lines[at].key.clone()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(keys("", &[]), "a b [0] [1] c d needle");
        assert_eq!(keys("", &["a.b"]), "a b d needle");
        assert_eq!(keys("", &["a"]), "a needle");
        assert_eq!(keys("needle", &["a"]), "a b [1] c needle");
        assert_eq!(keys("a.b[1].c", &[]), "a b [1] c");
        assert_eq!(keys("none", &[]), "");
    }
}
