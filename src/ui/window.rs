//! The window as eframe runs it, and what is between a start and a first frame.

use super::composition::Composition;
use super::focus::{self, PaneId};
use super::key_order::KeyOrder;
use super::measure::FrameTimes;
use super::resting::Resting;
use super::state::UiState;
use super::theme::{self, size};
use super::widgets::list::search_id;
use super::{motion, nav, shell, software, startup, views};
use crate::app::Opening;
use crate::present::{Language, display};
use crate::session::settings::WindowPlace;
use crate::session::source::Backend;
use crate::session::{Action, App, CaseBackend, Command, Effect, Side, settings};
use eframe::{CreationContext, Frame, NativeOptions};
use egui::{Context, Ui, Vec2, ViewportBuilder, ViewportCommand};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

#[derive(Debug, thiserror::Error)]
pub enum UiError {
    #[error("there is no display: neither DISPLAY nor WAYLAND_DISPLAY is set")]
    NoDisplay,
    #[error(
        "the display offers no OpenGL that Coldtrail can use; install libgl1 and libegl1 (Mesa has a software renderer), or \
         use the command line: coldtrail --help ({0})"
    )]
    NoGl(String),
    #[error("the display does not answer: {0}")]
    NoAnswer(String),
    #[error(
        "a library of the window is missing: {0}; on Debian these are libx11-6 libx11-xcb1 libxcursor1 libxi6 \
         libxkbcommon-x11-0 libgl1 libegl1"
    )]
    NoLibrary(String),
    #[error("the window could not be opened: {0}; you can use the command line instead: coldtrail --help")]
    Other(String),
}

/// Opens the window and returns when it is closed.
pub fn run(opening: Opening) -> Result<(), UiError> {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !set("DISPLAY") && !set("WAYLAND_DISPLAY") && !set("WAYLAND_SOCKET") {
        return Err(UiError::NoDisplay);
    }
    let folder = settings::config_folder();
    let place = settings::load(folder.as_deref()).settings.window.filter(WindowPlace::is_sane);
    let options = NativeOptions {
        viewport: viewport(place),
        persist_window: false,
        system_font_fallback: false,
        // Nothing here is a gradient, and it is paid for with each pixel.
        dithering: false,
        ..NativeOptions::default()
    };
    let window = move |cc: &CreationContext<'_>| {
        software::adapt(&cc.egui_ctx, cc.gl.as_ref());
        let backend = CaseBackend::with_index_memory(settings::load(folder.as_deref()).settings.index_memory());
        let mut window = Window::new(&cc.egui_ctx, opening, Arc::new(backend), folder);
        window.app.speak_as_the_system(Language::of_system(|name| std::env::var(name).ok()));
        Ok(Box::new(window) as Box<dyn eframe::App>)
    };
    startup::guarded(|opened| {
        let window = Box::new(move |cc: &CreationContext<'_>| {
            opened();
            window(cc)
        });
        eframe::run_native("Coldtrail", options, window)
    })
    .map_err(UiError::NoLibrary)?
    .map_err(readable)
}

/// As the window was left.
fn viewport(place: Option<WindowPlace>) -> ViewportBuilder {
    let viewport = ViewportBuilder::default()
        .with_title("Coldtrail")
        .with_app_id("coldtrail")
        .with_min_inner_size(size::WINDOW_MIN)
        .with_clamp_size_to_monitor_size(true)
        .with_drag_and_drop(true);
    let Some(place) = place else { return viewport.with_inner_size(size::WINDOW) };
    let viewport = viewport.with_inner_size([place.width, place.height]).with_maximized(place.maximized);
    match place.at {
        Some(at) => viewport.with_position(at),
        None => viewport,
    }
}

fn readable(error: eframe::Error) -> UiError {
    match error {
        eframe::Error::NoGlutinConfigs(..) => UiError::NoGl("no matching configuration".to_owned()),
        eframe::Error::Glutin(error) => UiError::NoGl(error.to_string()),
        eframe::Error::OpenGL(error) => UiError::NoGl(error.to_string()),
        eframe::Error::Winit(error) => not_opened(startup::reason(&error.to_string())),
        eframe::Error::WinitEventLoop(error) => not_opened(startup::reason(&error.to_string())),
        other => UiError::Other(startup::reason(&other.to_string()).to_owned()),
    }
}

fn not_opened(reason: &str) -> UiError {
    match reason {
        reason if reason.contains("shared libraries") => UiError::NoLibrary(reason.to_owned()),
        reason if reason.contains("connection to X server") => UiError::NoAnswer(reason.to_owned()),
        reason => UiError::Other(reason.to_owned()),
    }
}

/// Without a letter for so long, what was typed is written.
const PAUSE: Duration = Duration::from_millis(500);

pub struct Window {
    pub app: App,
    pub state: UiState,
    title: String,
    fitted: bool,
    times: Option<FrameTimes>,
}

impl Window {
    pub fn new(ctx: &Context, opening: Opening, backend: Arc<dyn Backend>, config: Option<PathBuf>) -> Self {
        theme::install(ctx);
        // In this order: whether something is being composed depends on what the window gets, not by what still waits.
        ctx.add_plugin(KeyOrder::default());
        ctx.add_plugin(Composition::default());
        ctx.add_plugin(Resting::default());
        let repaint = ctx.clone();
        let mut app = App::new(backend, Arc::new(move || repaint.request_repaint()), config);
        app.open_what_was_named(opening);
        Self { app, state: UiState::default(), title: String::new(), fitted: false, times: FrameTimes::wanted() }
    }

    /// Takes in events; before each frame.
    pub fn logic(&mut self, ctx: &Context) {
        self.app.poll();
        // The window's own button asks for the same as the command.
        if ctx.input(|i| i.viewport().close_requested()) && !self.app.may_close() {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.app.dispatch(Action::Command(Command::Quit));
        }
        views::records::apply_reveal(&mut self.app, &mut self.state);
        for effect in self.app.take_effects() {
            self.carry_out(ctx, effect);
        }
        self.fit_screen(ctx);
        self.note_place(ctx);
        if self.app.unsaved.is_waiting() {
            // The frame that shows that nothing is typed any more.
            ctx.request_repaint_after(PAUSE);
        }
        let name = self.app.case.as_ref().and_then(|case| case.path.file_stem()).map(|name| name.to_string_lossy());
        // The desktop shows it as it comes, so nothing in a name may turn or hide the rest.
        let title = name.map_or("Coldtrail".to_owned(), |name| format!("{} – Coldtrail", display::visible(&name)));
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    /// Where the window is, for the next time. A maximized one keeps the size that it would have otherwise.
    fn note_place(&mut self, ctx: &Context) {
        let (info, zoom) = (ctx.input(|i| i.viewport().clone()), ctx.zoom_factor());
        if info.minimized == Some(true) {
            return;
        }
        let maximized = info.maximized.unwrap_or(false) || info.fullscreen.unwrap_or(false);
        let size = info.inner_rect.map_or(ctx.content_rect().size(), |rect| rect.size()) * zoom;
        let at = info.outer_rect.map(|rect| [rect.min.x * zoom, rect.min.y * zoom]);
        let place = WindowPlace { width: size.x, height: size.y, at, maximized };
        self.app.note_window(place);
    }

    /// A screen that has no room for the window and its frame is used as a whole: nothing hangs over its edge.
    fn fit_screen(&mut self, ctx: &Context) {
        let monitor = ctx.input(|i| i.viewport().monitor_size).filter(|_| !self.fitted);
        let Some(monitor) = monitor.filter(|size| size.x > 1.0 && size.y > 1.0) else { return };
        self.fitted = true;
        if needs_whole_screen(monitor * ctx.zoom_factor(), self.app.settings.window) {
            ctx.send_viewport_cmd(ViewportCommand::Maximized(true));
        }
    }

    /// Draws a frame and carries out what it asked for.
    pub fn frame(&mut self, ui: &mut Ui) {
        let actions = shell::window_ui(ui, &self.app, &mut self.state);
        let mut changed = false;
        for action in actions {
            changed |= !action.is_routine();
            self.app.dispatch(action);
        }
        // At once, so that what is typed next already goes where it should.
        for effect in self.app.take_effects() {
            self.carry_out(ui.ctx(), effect);
        }
        if changed {
            ui.ctx().request_repaint();
        }
    }

    fn carry_out(&mut self, ctx: &Context, effect: Effect) {
        match effect {
            Effect::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
            Effect::FocusFilter if self.app.view.is_searched() => {
                ctx.memory_mut(|memory| memory.request_focus(search_id(self.app.view)));
            }
            Effect::FocusFilter => {
                if let (Some(dataset), Some(case)) = (self.app.shown_filter(), &self.app.case) {
                    self.state.filter(dataset).focus(ctx, dataset, &case.records(dataset).draft);
                }
            }
            Effect::EditTags => self.state.tags.open(&self.app),
            Effect::FocusTable => {
                let is_right = self.app.split.is_some_and(|split| split.active == Side::Right);
                focus::go_to(ctx, if is_right { PaneId::Beside } else { PaneId::Main });
            }
            Effect::FocusInspector if self.state.focus.is_by_keyboard() => focus::go_to(ctx, PaneId::Inspector),
            Effect::FocusInspector => {}
            Effect::FocusTime => focus::go_to(ctx, PaneId::Time),
            Effect::Pane(by) => focus::step(ctx, &mut self.state.focus, by),
            Effect::Still(still) => motion::choose(ctx, still),
            Effect::ShowFinding(id) => self.state.findings.of = Some(id),
            Effect::Theme(choice) => theme::choose(ctx, choice),
            Effect::ToggleNavigation => {
                let names = nav::has_names(ctx, &self.app);
                self.app.settings.navigation_names = Some(!names);
            }
            Effect::ToggleFacets => {
                let Some(dataset) = self.app.shown_records() else { return };
                let facets = self.state.facets(dataset);
                let (is_shown, has_room) = (facets.is_shown(), facets.has_room());
                self.app.settings.facets_shown = Some(!is_shown);
                if !is_shown && !has_room {
                    self.app.notice = Some(self.app.texts.tr("facets-no-room"));
                }
            }
            Effect::Scale(scale) => ctx.set_zoom_factor(scale),
            Effect::CopyText(text) => ctx.copy_text(text),
        }
    }
}

/// Has the screen no room for a new window with its frame, or for one as it was left, perhaps on a larger screen?
fn needs_whole_screen(screen: Vec2, place: Option<WindowPlace>) -> bool {
    let [width, height] =
        place.map_or([size::WINDOW[0], size::WINDOW[1] + size::WINDOW_FRAME], |place| [place.width, place.height]);
    screen.x < width || screen.y < height
}

impl eframe::App for Window {
    fn logic(&mut self, ctx: &Context, _frame: &mut Frame) {
        if let Some(times) = &mut self.times {
            times.frame(ctx);
        }
        self.logic(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut Frame) {
        self.frame(ui);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.app.shut_down();
        if let Some(times) = &self.times {
            times.write();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_that_was_left_on_a_larger_screen_does_not_hang_over_the_edge_of_this_one() {
        let place = |width, height| Some(WindowPlace { width, height, at: None, maximized: false });
        let screen = Vec2::new(1024.0, 700.0);
        assert!(needs_whole_screen(screen, None) && needs_whole_screen(screen, place(1440.0, 900.0)));
        assert!(!needs_whole_screen(screen, place(1024.0, 640.0)), "as it was left");
        assert!(!needs_whole_screen(Vec2::new(1440.0, 960.0), None));
        assert!(needs_whole_screen(Vec2::new(1440.0, 900.0), None), "its frame has no room");
    }
}
