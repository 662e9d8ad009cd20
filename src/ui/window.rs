//! The window as eframe runs it, and what is between a start and a first frame.

use super::composition::Composition;
use super::state::UiState;
use super::theme::{self, size};
use super::{shell, startup, views};
use crate::app::Opening;
use crate::present::{Language, display};
use crate::session::indicators::IndicatorsAction;
use crate::session::pairs::PairsAction;
use crate::session::sightings::SightingsAction;
use crate::session::source::Backend;
use crate::session::{Action, App, CaseBackend, Command, Effect, settings};
use eframe::{CreationContext, Frame, NativeOptions};
use egui::{Context, Ui, ViewportBuilder, ViewportCommand};
use std::path::PathBuf;
use std::sync::Arc;

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
    let options = NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title("Coldtrail")
            .with_app_id("coldtrail")
            .with_inner_size(size::WINDOW)
            .with_min_inner_size(size::WINDOW_MIN)
            .with_clamp_size_to_monitor_size(true)
            .with_drag_and_drop(true),
        persist_window: false,
        system_font_fallback: false,
        ..NativeOptions::default()
    };
    let window = |cc: &CreationContext<'_>| {
        let folder = settings::config_folder();
        let backend = CaseBackend::with_index_memory(settings::load(folder.as_deref()).index_memory());
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

pub struct Window {
    pub app: App,
    pub state: UiState,
    title: String,
    fitted: bool,
}

impl Window {
    pub fn new(ctx: &Context, opening: Opening, backend: Arc<dyn Backend>, config: Option<PathBuf>) -> Self {
        theme::install(ctx);
        ctx.add_plugin(Composition::default());
        let repaint = ctx.clone();
        let mut app = App::new(backend, Arc::new(move || repaint.request_repaint()), config);
        app.open_what_was_named(opening);
        Self { app, state: UiState::default(), title: String::new(), fitted: false }
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
        let name = self.app.case.as_ref().and_then(|case| case.path.file_stem()).map(|name| name.to_string_lossy());
        // The desktop shows it as it comes, so nothing in a name may turn or hide the rest.
        let title = name.map_or("Coldtrail".to_owned(), |name| format!("{} – Coldtrail", display::visible(&name)));
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    /// A screen that has no room for the window and its frame is used as a whole: nothing hangs over its edge.
    fn fit_screen(&mut self, ctx: &Context) {
        let monitor = ctx.input(|i| i.viewport().monitor_size).filter(|_| !self.fitted);
        let Some(monitor) = monitor.filter(|size| size.x > 1.0 && size.y > 1.0) else { return };
        self.fitted = true;
        let [width, height] = size::WINDOW;
        if monitor.x < width || monitor.y < height + size::WINDOW_FRAME {
            ctx.send_viewport_cmd(ViewportCommand::Maximized(true));
        }
    }

    /// Draws a frame and carries out what it asked for.
    pub fn frame(&mut self, ui: &mut Ui) {
        let actions = shell::window_ui(ui, &self.app, &mut self.state);
        let mut changed = false;
        for action in actions {
            // What every frame asks for changes nothing that would have to be drawn again.
            changed |= !matches!(
                action,
                Action::WantRows(..)
                    | Action::Complete(_)
                    | Action::Pairs(PairsAction::Want(_))
                    | Action::Indicators(IndicatorsAction::Want(_))
                    | Action::Sightings(SightingsAction::Want(_))
            );
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
            Effect::FocusFilter => {
                if let (Some(dataset), Some(case)) = (self.app.view.filtered(), &self.app.case) {
                    self.state.filter.focus(ctx, dataset, &case.records(dataset).draft);
                }
            }
            Effect::FocusTable => views::focus_table(self.app.view, &mut self.state),
            Effect::Theme(choice) => theme::choose(ctx, choice),
            Effect::Scale(scale) => ctx.set_zoom_factor(scale),
            Effect::CopyText(text) => ctx.copy_text(text),
        }
    }
}

impl eframe::App for Window {
    fn logic(&mut self, ctx: &Context, _frame: &mut Frame) {
        self.logic(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut Frame) {
        self.frame(ui);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.app.shut_down();
    }
}
