//! The pages of the report as they will be: white paper, whatever the theme.

use crate::present::Language;
use crate::present::display;
use crate::report::Picture;
use crate::session::open_case::OpenCase;
use crate::session::pane::Pane;
use crate::session::preview::{Preview, PreviewAction};
use crate::session::{Action, App, View};
use crate::ui::motion;
use crate::ui::state::PreviewState;
use crate::ui::theme;
use egui::{
    Button, ColorImage, DragValue, Image, Key, Modifiers, Rect, ScrollArea, TextureHandle, TextureOptions, Ui,
    UiBuilder, Vec2, vec2,
};
use std::sync::Arc;

pub(super) fn preview_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut PreviewState, out: &mut Vec<Action>) {
    let preview = &case.preview;
    bar_ui(ui, app, preview, state, out);
    if let Some(why) = preview.fault() {
        ui.colored_label(theme::palette(ui).error, &*display::visible(&why.why(&app.texts)));
    }
    let Some(size) = preview.size() else {
        let text = busy_text(app, preview);
        ui.centered_and_justified(|ui| ui.label(text));
        return;
    };
    // With another view beside it, its keys are for the active one.
    if app.view == View::Exhibits {
        keys(ui, preview, out);
    }
    let room = ui.available_size() - Vec2::splat(24.0);
    let (width, height) = (size.0.max(1.0), size.1.max(1.0));
    let fit = (room.x / width).min(room.y / height);
    let zoom = if state.is_wide { room.x / width } else { fit }.clamp(0.2, 4.0);
    // Asked for in every frame, it would be drawn for ever.
    let scale = zoom * ui.ctx().pixels_per_point();
    if !preview.is_at(scale) {
        out.push(Action::Preview(PreviewAction::Scale(scale)));
    }
    let Some((picture, is_it)) = preview.picture() else { return };
    let texture = texture(ui, state, picture);
    // What is drawn of another page or size is no more than a place holder until this one is in.
    let strength = if is_it { 1.0 } else { 0.6 };
    let tint = egui::Color32::WHITE.gamma_multiply(strength);
    let number = display::count(preview.page() as u64 + 1);
    ScrollArea::both().id_salt(("preview", preview.page())).auto_shrink([false, false]).show(ui, |ui| {
        ui.vertical_centered(|ui| {
            ui.add_space(8.0);
            let image = Image::new(&texture).fit_to_exact_size(vec2(width, height) * zoom).tint(tint);
            let name = app.texts.tr_args("preview-name", &[("page", &number)]);
            ui.add(image.alt_text(name));
            ui.add_space(8.0);
        });
    });
    if preview.is_busy() {
        // Over the page: a place of its own would make the page smaller, which would have to be drawn again.
        let corner = Rect::from_min_size(ui.min_rect().left_top() + vec2(4.0, 40.0), Vec2::splat(18.0));
        let busy = ui.scope_builder(UiBuilder::new().max_rect(corner), motion::busy_ui);
        busy.response.on_hover_text(busy_text(app, preview));
    }
}

fn texture(ui: &Ui, state: &mut PreviewState, picture: &Arc<Picture>) -> TextureHandle {
    match &state.shown {
        Some((known, texture)) if Arc::ptr_eq(known, picture) => texture.clone(),
        _ => {
            let size = [picture.width as usize, picture.height as usize];
            let image = ColorImage::from_rgba_unmultiplied(size, &picture.rgba);
            let texture = ui.ctx().load_texture("preview", image, TextureOptions::LINEAR);
            state.shown = Some((Arc::clone(picture), texture.clone()));
            texture
        }
    }
}

fn busy_text(app: &App, preview: &Preview) -> String {
    match preview.progress() {
        Some((done, total)) if done < total => {
            let (done, total) = (display::count(done), display::count(total));
            app.texts.tr_args("preview-reading", &[("done", &done), ("total", &total)])
        }
        _ => app.texts.tr("preview-laying-out"),
    }
}

fn bar_ui(ui: &mut Ui, app: &App, preview: &Preview, state: &mut PreviewState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let mut ask = |action: PreviewAction| out.push(Action::Preview(action));
    ui.horizontal_wrapped(|ui| {
        if let Some(count) = preview.len() {
            let page = preview.page();
            let back = Button::new("<");
            if ui.add_enabled(page > 0, back).on_hover_text(t.tr("preview-back")).clicked() {
                ask(PreviewAction::Page(page - 1));
            }
            let mut typed = page + 1;
            let label = ui.label(t.tr("preview-page"));
            if ui.add(DragValue::new(&mut typed).range(1..=count.max(1))).labelled_by(label.id).changed() {
                ask(PreviewAction::Page(typed.saturating_sub(1)));
            }
            ui.label(t.tr_args("preview-of", &[("count", &display::count(count as u64))]));
            let on = Button::new(">");
            if ui.add_enabled(page + 1 < count, on).on_hover_text(t.tr("preview-on")).clicked() {
                ask(PreviewAction::Page(page + 1));
            }
            ui.separator();
        }
        ui.radio_value(&mut state.is_wide, false, t.tr("preview-fit"));
        ui.radio_value(&mut state.is_wide, true, t.tr("preview-width"));
        ui.separator();
        let order = preview.order();
        for language in Language::ALL {
            if ui.radio(order.language == language, t.tr(&language.text_key())).clicked() {
                ask(PreviewAction::Language(language));
            }
        }
        ui.separator();
        let mut rows = order.shown_rows;
        let label = ui.label(t.tr("preview-rows")).on_hover_text(t.tr("report-rows"));
        if ui.add(DragValue::new(&mut rows).range(1..=5000)).labelled_by(label.id).changed() {
            ask(PreviewAction::Rows(rows));
        }
    });
}

fn keys(ui: &Ui, preview: &Preview, out: &mut Vec<Action>) {
    // Where something is typed or scrolled, the keys are its own.
    if ui.ctx().text_edit_focused() || ui.memory(|memory| memory.top_modal_layer().is_some()) {
        return;
    }
    let presses = |key| ui.input_mut(|i| i.count_and_consume_key(Modifiers::NONE, key));
    let page = (preview.page() + presses(Key::PageDown)).saturating_sub(presses(Key::PageUp));
    if page != preview.page() {
        out.push(Action::Preview(PreviewAction::Page(page)));
    }
}
