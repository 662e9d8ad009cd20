//! The navigation: the views in their groups, each with its sign, its name and its number; in a narrow window the signs alone.

use super::focus::{self, Arrows, PaneId, group_ui, pane_ui};
use super::theme::{self, size};
use super::widgets::sign::sign;
use crate::present::display;
use crate::session::view::Group;
use crate::session::{Action, App, Command, View};
use egui::accesskit::Role;
use egui::{
    Align2, Context, FontId, Id, Panel, Rect, Response, ScrollArea, Sense, TextStyle, Ui, WidgetInfo, pos2, vec2,
};

/// The sign of what needs attention.
const WARNING: &str = "P 8 2 15 14 1 14 8 2 L 8 6 8 10 D 8 12 0.8";

/// In a row: where the sign begins, where the name does, and what is free between name and number and behind the number.
const SIGN_AT: f32 = 6.0;
const NAME_AT: f32 = SIGN_AT + size::NAV_SIGN + 6.0;
const BETWEEN: f32 = 4.0;
const NUMBER_END: f32 = 4.0;

pub(crate) fn nav_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let has_names = has_names(ui.ctx(), app);
    let width = if has_names { size::NAV } else { size::NAV_SIGNS };
    let frame = egui::Frame::side_top_panel(ui.style()).inner_margin(egui::Margin::symmetric(size::NAV_MARGIN, 2));
    Panel::left("nav").frame(frame).resizable(false).exact_size(width).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        pane_ui(ui, &app.texts, PaneId::Navigation, |ui| {
            group_ui(ui, Id::unique("nav"), Arrows::Along, |ui| {
                ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| groups_ui(ui, app, has_names, out));
            });
        });
    });
}

/// Are the names shown? As the examiner chose; else where the window has room for them.
pub(crate) fn has_names(ctx: &Context, app: &App) -> bool {
    let has_room = ctx.content_rect().width() >= size::WINDOW_NARROW;
    app.settings.navigation_names.unwrap_or(has_room)
}

fn groups_ui(ui: &mut Ui, app: &App, has_names: bool, out: &mut Vec<Action>) {
    let t = &app.texts;
    for group in Group::ALL {
        heading_ui(ui, &t.tr(group.text_id()), has_names, group == Group::ALL[0]);
        for view in group.views() {
            let row = view.row();
            let entry = Entry {
                sign: row.sign,
                name: t.tr(&view.text_id()),
                number: app.case.as_ref().and_then(|case| case.number(view)),
                is_chosen: app.view == view,
                is_beside: app.split.is_some_and(|split| split.other == view),
                warns: false,
            };
            let shortcut = row.shortcut.map(|shortcut| shortcut.to_string());
            let response = entry.show(ui, has_names, shortcut);
            if entry.is_chosen {
                focus::home(ui, response.id);
            }
            if response.gained_focus() {
                response.scroll_to_me(None);
            }
            if response.clicked() {
                out.push(Action::Command(Command::Show(view)));
            }
        }
    }
    let warnings = app.case.as_ref().and_then(|case| case.totals()).map_or(0, |totals| totals.warnings);
    if warnings > 0 {
        ui.add_space(size::GAP);
        let name = t.tr_args("nav-warnings", &[("count", &display::count(warnings))]);
        let entry = Entry { sign: WARNING, name, number: None, is_chosen: false, is_beside: false, warns: true };
        if entry.show(ui, has_names, Some(t.tr("nav-warnings-tip"))).clicked() {
            out.push(Action::Warnings(None));
            out.push(Action::Command(Command::Show(View::Evidence)));
        }
    }
}

/// A heading; a line where there are no names.
fn heading_ui(ui: &mut Ui, text: &str, has_names: bool, is_first: bool) {
    let p = theme::palette(ui);
    if has_names {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::NAV_HEADING), Sense::hover());
        let font = TextStyle::Small.resolve(ui.style());
        ui.painter().text(pos2(rect.left() + 4.0, rect.bottom() - 2.0), Align2::LEFT_BOTTOM, text, font, p.weak);
        response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, text));
    } else if !is_first {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), size::GAP + 1.0), Sense::hover());
        ui.painter().hline(rect.x_range(), rect.center().y, egui::Stroke::new(1.0, p.line));
    }
}

fn number_font() -> FontId {
    FontId::monospace(size::NUMBER)
}

struct Entry {
    sign: &'static str,
    name: String,
    number: Option<u64>,
    is_chosen: bool,
    /// It is what the other half of the window shows.
    is_beside: bool,
    warns: bool,
}

impl Entry {
    /// `more`: what the tooltip says besides.
    fn show(&self, ui: &mut Ui, has_name: bool, more: Option<String>) -> Response {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::NAV_ROW), Sense::click());
        let exact = self.number.map(display::count);
        response.widget_info(|| {
            let label = std::iter::once(self.name.as_str()).chain(exact.as_deref()).collect::<Vec<_>>().join(" ");
            WidgetInfo::selected(Role::Button, true, self.is_chosen, label)
        });
        let number = self.shown_number(ui, rect);
        let is_shortened = number != exact;
        if ui.is_rect_visible(rect) {
            self.paint(ui, rect, &response, (has_name, number));
        }
        let tip = |ui: &mut Ui| {
            if !has_name {
                ui.label(&self.name);
            }
            if let Some(exact) = exact.filter(|_| is_shortened || !has_name) {
                ui.label(exact);
            }
            if let Some(more) = &more {
                ui.weak(more);
            }
        };
        response.on_hover_ui(tip)
    }

    /// The number, shortened where it would cut the name.
    fn shown_number(&self, ui: &Ui, rect: Rect) -> Option<String> {
        let number = self.number?;
        let width = |text: &str, font: FontId| {
            ui.painter().layout_no_wrap(text.to_owned(), font, egui::Color32::PLACEHOLDER).size().x
        };
        let room = rect.width() - NAME_AT - NUMBER_END - BETWEEN - width(&self.name, theme::body());
        let exact = display::short_count(number);
        Some(if width(&exact, number_font()) <= room { exact } else { display::shorter_count(number) })
    }

    fn paint(&self, ui: &Ui, rect: Rect, response: &Response, (has_name, number): (bool, Option<String>)) {
        let p = theme::palette(ui);
        let painter = ui.painter();
        let fill = match () {
            () if self.is_chosen => Some(p.selected),
            () if response.hovered() => Some(p.hovered),
            () => None,
        };
        if let Some(fill) = fill {
            painter.rect_filled(rect, 3.0, fill);
        }
        if response.has_focus() {
            painter.rect_stroke(rect, 3.0, egui::Stroke::new(1.5, p.accent), egui::StrokeKind::Inside);
        }
        if self.is_chosen || self.is_beside {
            let mark = Rect::from_min_max(rect.left_top(), pos2(rect.left() + 2.0, rect.bottom()));
            painter.rect_filled(mark.shrink2(vec2(0.0, 3.0)), 1.0, p.accent);
        }
        let ink = if self.warns { p.warning } else { p.text };
        let faint = if self.warns || self.is_chosen { ink } else { p.weak };
        let left = if has_name { rect.left() + SIGN_AT } else { rect.center().x - size::NAV_SIGN / 2.0 };
        let square =
            Rect::from_min_size(pos2(left, rect.center().y - size::NAV_SIGN / 2.0), egui::Vec2::splat(size::NAV_SIGN));
        sign(painter, square, self.sign, faint);
        if !has_name {
            return;
        }
        let mut right = rect.right() - NUMBER_END;
        if let Some(number) = number {
            let number = painter.layout_no_wrap(number, number_font(), p.weak);
            let at = pos2(right - number.size().x, rect.center().y - number.size().y / 2.0);
            right = at.x - BETWEEN;
            painter.galley(at, number, p.weak);
        }
        let from = rect.left() + NAME_AT;
        let mut job = egui::text::LayoutJob::simple_singleline(self.name.clone(), theme::body(), ink);
        job.wrap = egui::text::TextWrapping::truncate_at_width((right - from).max(0.0));
        let name = painter.layout_job(job);
        painter.galley(pos2(from, rect.center().y - name.size().y / 2.0), name, ink);
    }
}
