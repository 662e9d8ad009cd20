//! Where the keyboard is. The window is made of panes, which F6 goes through. Inside them Tab goes from stop to stop, and a
//! group of buttons is one stop, in which the arrow keys move. What opens gets the focus and gives it back when it closes;
//! what has it is outlined.
//!
//! A part of the window becomes a pane by `pane_ui`, a line of buttons one stop by `group_ui`, and `home` says what of a
//! pane gets the focus first. This module knows no view.

mod keys;
mod places;

pub(crate) use keys::{FocusState, begin, end, step};

use crate::present::text::Texts;
use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditState;
use egui::{Context, Id, InnerResponse, LayerId, Panel, Response, Ui, UiBuilder, accesskit::Role};

/// A part of the window that F6 goes to, in that order. A new pane is a variant and its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum PaneId {
    Menu,
    Navigation,
    Banner,
    Filter,
    Time,
    Histogram,
    /// The most frequent values beside a table of records.
    Facets,
    /// What a view lists beside its main part.
    List,
    /// The table, the plot or the text that a view is for.
    Main,
    /// The right one of two views side by side.
    Beside,
    /// What a view shows below its main part.
    Details,
    Inspector,
    /// A step of the tour through the sample case.
    Tour,
    Status,
    Dialog,
}

impl PaneId {
    #[cfg(test)]
    pub(crate) const ALL: [PaneId; 15] = [
        PaneId::Menu,
        PaneId::Navigation,
        PaneId::Banner,
        PaneId::Filter,
        PaneId::Time,
        PaneId::Histogram,
        PaneId::Facets,
        PaneId::List,
        PaneId::Main,
        PaneId::Beside,
        PaneId::Details,
        PaneId::Inspector,
        PaneId::Tour,
        PaneId::Status,
        PaneId::Dialog,
    ];

    /// Id of its name, and its role in the accessibility tree.
    fn row(self) -> (&'static str, Role) {
        match self {
            PaneId::Menu => ("pane-menu", Role::MenuBar),
            PaneId::Navigation => ("pane-navigation", Role::Navigation),
            PaneId::Banner => ("pane-banner", Role::Banner),
            PaneId::Filter => ("pane-filter", Role::Search),
            PaneId::Time => ("pane-time", Role::Group),
            PaneId::Histogram => ("pane-histogram", Role::Region),
            PaneId::Facets => ("pane-facets", Role::Complementary),
            PaneId::List => ("pane-list", Role::Region),
            PaneId::Main => ("pane-main", Role::Main),
            PaneId::Beside => ("pane-beside", Role::Region),
            PaneId::Details => ("pane-details", Role::Region),
            PaneId::Inspector => ("pane-inspector", Role::Complementary),
            PaneId::Tour => ("pane-tour", Role::Region),
            PaneId::Status => ("pane-status", Role::ContentInfo),
            PaneId::Dialog => ("pane-dialog", Role::Group),
        }
    }

    /// Is it beside the view, with nothing of its own that Esc closes?
    fn is_around(self) -> bool {
        matches!(
            self,
            PaneId::Menu | PaneId::Navigation | PaneId::Banner | PaneId::Inspector | PaneId::Tour | PaneId::Status
        )
    }

    /// Is it a place for whoever asks for the view as a whole?
    fn answers(self, wanted: PaneId) -> bool {
        self == wanted || wanted == PaneId::Main && self == PaneId::List
    }
}

/// Which arrow keys move in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Arrows {
    /// Left and right.
    Across,
    /// Up and down.
    Along,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum What {
    Pane(PaneId),
    Group(Id, Arrows),
}

/// A stretch of the widgets of a layer, in the order in which they are drawn.
#[derive(Clone, Copy, Debug)]
struct Area {
    what: What,
    layer: LayerId,
    from: usize,
    to: usize,
    /// What gets the focus when the keyboard comes here.
    home: Option<Id>,
}

/// The pane that the focus is on its way to.
#[derive(Clone, Copy, Debug)]
struct Wanted {
    pane: PaneId,
    /// What had the focus when it was asked for, or has it until the pane's home is there: anything else was chosen since.
    instead_of: Option<Id>,
    /// Frames drawn since.
    age: u32,
}

/// What the frame that is being drawn has told so far.
#[derive(Clone, Default)]
struct Drawn {
    areas: Vec<Area>,
    /// Places in `areas` that are still being drawn, the innermost last.
    open: Vec<usize>,
    wanted: Option<Wanted>,
    /// The edges of panels that can be moved.
    edges: Vec<Id>,
}

fn drawn<R>(ctx: &Context, change: impl FnOnce(&mut Drawn) -> R) -> R {
    ctx.data_mut(|data| change(data.get_temp_mut_or_default(Id::unique("focus"))))
}

fn widgets_so_far(ctx: &Context, layer: LayerId) -> usize {
    ctx.viewport(|viewport| viewport.this_pass.widgets.get_layer(layer).count())
}

fn area_ui<R>(ui: &mut Ui, what: What, draw: impl FnOnce(&mut Ui) -> R) -> R {
    let (ctx, layer) = (ui.ctx().clone(), ui.layer_id());
    let from = widgets_so_far(&ctx, layer);
    drawn(&ctx, |drawn| {
        drawn.open.push(drawn.areas.len());
        drawn.areas.push(Area { what, layer, from, to: from, home: None });
    });
    let shown = draw(ui);
    let to = widgets_so_far(&ctx, layer);
    drawn(&ctx, |drawn| {
        if let Some(area) = drawn.open.pop().and_then(|at| drawn.areas.get_mut(at)) {
            area.to = to;
        }
    });
    shown
}

/// Draws a part of the window as a pane: a landmark for screen readers, and a place that F6 goes to.
pub(crate) fn pane_ui<R>(ui: &mut Ui, texts: &Texts, pane: PaneId, draw: impl FnOnce(&mut Ui) -> R) -> R {
    let (name, role) = pane.row();
    let builder = UiBuilder::new().id_salt(("pane", pane)).accessibility_role(role).accessibility_label(texts.tr(name));
    area_ui(ui, What::Pane(pane), |ui| ui.scope_builder(builder, draw).inner)
}

/// Draws a panel whose edge can be moved. The edge is for the mouse and for assistive technology: Tab passes over it.
pub(crate) fn sized_ui<R>(ui: &mut Ui, panel: Panel, draw: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    let shown = panel.resizable(true).show(ui, draw);
    let (ctx, layer) = (ui.ctx(), ui.layer_id());
    // The tool kit puts it above all that the panel holds, so it comes last.
    let edge = ctx.viewport(|viewport| viewport.this_pass.widgets.get_layer(layer).last().map(|widget| widget.id));
    drawn(ctx, |drawn| drawn.edges.extend(edge));
    shown
}

/// Draws widgets of which Tab reaches one; the arrow keys go to the others.
pub(crate) fn group_ui<R>(ui: &mut Ui, id: Id, arrows: Arrows, draw: impl FnOnce(&mut Ui) -> R) -> R {
    area_ui(ui, What::Group(id, arrows), draw)
}

/// What gets the focus when the keyboard comes to the pane that is being drawn; the first that says so.
pub(crate) fn home(ui: &Ui, id: Id) {
    let focused = ui.memory(|memory| memory.focused());
    let layer = ui.layer_id();
    let takes = drawn(ui.ctx(), |drawn| {
        let Drawn { areas, open, wanted, .. } = drawn;
        // A group inside the pane does not count.
        let innermost = open.iter().rev().copied().find_map(|at| match areas.get(at)?.what {
            What::Pane(pane) => Some((at, pane)),
            What::Group(..) => None,
        });
        let (at, pane) = innermost?;
        let area = areas.get_mut(at).filter(|area| area.layer == layer && area.home.is_none())?;
        area.home = Some(id);
        let is_wanted = |wanted: &mut Wanted| pane.answers(wanted.pane) && wanted.may_take(focused);
        wanted.take_if(is_wanted).map(|_| pane)
    });
    if let Some(pane) = takes {
        ui.memory_mut(|memory| memory.request_focus(id));
        select_text(ui.ctx(), pane, id);
    }
}

/// An entry of a list whose arrows choose as they go; the keyboard comes to the chosen one first. Is this one chosen now?
pub(crate) fn choosing(ui: &Ui, entry: &Response, is_chosen: bool) -> bool {
    if is_chosen {
        home(ui, entry.id);
    }
    entry.gained_focus() && !is_chosen && !ui.input(|i| i.pointer.any_down())
}

/// What is typed into the filter or the time range replaces what is there.
fn select_text(ctx: &Context, pane: PaneId, id: Id) {
    if matches!(pane, PaneId::Filter | PaneId::Time) {
        let mut edit = TextEditState::load(ctx, id).unwrap_or_default();
        edit.cursor.set_char_range(Some(CCursorRange::two(CCursor::new(0), CCursor::new(LONGEST))));
        edit.store(ctx, id);
    }
}

/// Characters that are selected at most.
const LONGEST: usize = 100_000;

impl Wanted {
    /// Nothing else was given the focus since.
    fn may_take(&self, focused: Option<Id>) -> bool {
        focused.is_none() || focused == self.instead_of
    }
}

/// Gives the focus to a pane as soon as it is drawn, unless something else is chosen before.
pub(crate) fn go_to(ctx: &Context, pane: PaneId) {
    let instead_of = ctx.memory(|memory| memory.focused());
    drawn(ctx, |drawn| drawn.wanted = Some(Wanted { pane, instead_of, age: 0 }));
    ctx.request_repaint();
}

#[cfg(test)]
mod tests {
    use super::PaneId;
    use crate::present::{Language, Texts};

    #[test]
    fn every_pane_has_a_name_in_every_language() {
        for language in Language::ALL {
            let texts = Texts::new(language);
            for pane in PaneId::ALL {
                assert!(texts.has(pane.row().0), "{} {pane:?}", language.code());
            }
        }
    }
}
