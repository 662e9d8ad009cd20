//! A window without a display: events in, frames out, each one timed.

use crate::report::{Cost, Report};
use coldtrail::app::Opening;
use coldtrail::session::{Action, CaseBackend};
use coldtrail::ui::window::Window;
use egui::accesskit::Role;
use egui::{Context, Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, RawInput, Rect, vec2};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Points: a laptop's screen.
const SCREEN: egui::Vec2 = vec2(1920.0, 1080.0);
const FRAME: Duration = Duration::from_nanos(1_000_000_000 / 60);
/// Who waits longer has gone elsewhere: the step is reported as it is, and what it asked is left.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Driver {
    ctx: Context,
    window: Window,
    begun: Instant,
    next: Instant,
    events: Vec<Event>,
    held: Modifiers,
    report: Report,
}

impl Driver {
    pub(crate) fn new(case: PathBuf) -> Self {
        let ctx = Context::default();
        let opening = Opening { case: Some(case), evidence: Vec::new() };
        let window = Window::new(&ctx, opening, Arc::new(CaseBackend::default()), None);
        let (begun, report) = (Instant::now(), Report::default());
        Self { ctx, window, begun, next: begun, events: Vec::new(), held: Modifiers::NONE, report }
    }

    pub(crate) fn into_report(self) -> Report {
        self.report
    }

    pub(crate) fn window(&self) -> &Window {
        &self.window
    }

    /// Opens a step of this name: the frames from here on belong to it.
    pub(crate) fn step(&mut self, name: impl Into<String>) {
        self.report.step(name.into());
    }

    /// One frame with the events that have been pushed, at its time.
    pub(crate) fn frame(&mut self) {
        std::thread::sleep(self.next.saturating_duration_since(Instant::now()));
        let (wall, cpu) = (Instant::now(), cpu_time());
        let output = self.draw();
        let primitives = self.ctx.tessellate(output.shapes, output.pixels_per_point);
        drop(primitives);
        let cost = Cost { wall: wall.elapsed(), cpu: cpu_time().saturating_sub(cpu) };
        self.report.frame(cost);
        // What is late is not made up for: a screen shows no two frames at once.
        self.next = Instant::now().max(self.next + FRAME);
    }

    fn draw(&mut self) -> egui::FullOutput {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, SCREEN)),
            time: Some(self.begun.elapsed().as_secs_f64()),
            events: std::mem::take(&mut self.events),
            max_texture_side: Some(8192),
            ..RawInput::default()
        };
        let window = &mut self.window;
        let mut output = self.ctx.run_ui(input, |ui| {
            window.logic(ui.ctx());
            window.frame(ui);
        });
        output.textures_delta.clear();
        output
    }

    pub(crate) fn frames(&mut self, count: usize) {
        (0..count).for_each(|_| self.frame());
    }

    /// Frames until every worker thread has answered.
    pub(crate) fn settle(&mut self) -> Result<(), String> {
        let begun = Instant::now();
        let mut quiet = 0;
        while quiet < 4 {
            self.frame();
            let busy = self.window.app.case.as_ref().is_none_or(|case| case.is_busy() || case.is_opening());
            quiet = if busy { 0 } else { quiet + 1 };
            if begun.elapsed() > PATIENCE {
                self.report.unfinished();
                break;
            }
        }
        let errors = self.window.app.errors.entries();
        if !errors.is_empty() { Err(format!("{errors:?}")) } else { Ok(()) }
    }

    pub(crate) fn key(&mut self, key: Key) {
        let modifiers = self.held;
        for pressed in [true, false] {
            self.events.push(Event::Key { key, physical_key: None, pressed, repeat: false, modifiers });
        }
        self.frame();
    }

    pub(crate) fn key_with(&mut self, held: Modifiers, key: Key) {
        self.hold(held);
        self.key(key);
        self.hold(Modifiers::NONE);
    }

    fn hold(&mut self, held: Modifiers) {
        self.held = held;
        self.events.push(Event::ModifiersChanged(held));
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.events.push(Event::Text(text.to_owned()));
        self.frame();
    }

    pub(crate) fn wheel(&mut self, lines: f32) {
        self.events.push(Event::MouseWheel {
            unit: MouseWheelUnit::Line,
            delta: vec2(0.0, -lines),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
            modifiers: self.held,
        });
        self.frame();
    }

    pub(crate) fn point(&mut self, at: Pos2) {
        self.events.push(Event::PointerMoved(at));
        self.frame();
    }

    pub(crate) fn button(&mut self, pos: Pos2, pressed: bool) {
        let (button, modifiers) = (PointerButton::Primary, self.held);
        self.events.push(Event::PointerButton { pos, button, pressed, modifiers });
        self.frame();
    }

    pub(crate) fn click(&mut self, at: Pos2) {
        self.point(at);
        self.button(at, true);
        self.button(at, false);
    }

    /// What a menu would ask for.
    pub(crate) fn ask(&mut self, action: Action) {
        self.window.app.dispatch(action);
        self.frame();
    }

    /// Where a part of the window is, by what a screen reader is reported of it. Such frames are not counted: without a
    /// screen reader nobody makes them.
    pub(crate) fn find(&mut self, role: Role, name: &str) -> Result<Rect, String> {
        self.ctx.enable_accesskit();
        let output = self.draw();
        self.ctx.disable_accesskit();
        let tree = output.platform_output.accesskit_update.ok_or("no accessibility tree")?;
        let found = tree.nodes.iter().map(|(_, node)| node).find(|node| {
            node.role() == role
                && node.label().is_some_and(|label| label == name || label.starts_with(&format!("{name} ")))
        });
        let bounds = found.and_then(|node| node.bounds()).ok_or_else(|| format!("there is no {role:?} {name}"))?;
        let pos = |x: f64, y: f64| Pos2::new(x as f32, y as f32);
        Ok(Rect::from_min_max(pos(bounds.x0, bounds.y0), pos(bounds.x1, bounds.y1)))
    }

    pub(crate) fn click_on(&mut self, role: Role, name: &str) -> Result<(), String> {
        let rect = self.find(role, name)?;
        self.click(rect.center());
        Ok(())
    }
}

/// Of this thread: what others do on a busy machine does not count.
#[cfg(target_os = "linux")]
fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

#[cfg(not(target_os = "linux"))]
fn cpu_time() -> Duration {
    use std::sync::OnceLock;
    static BEGUN: OnceLock<Instant> = OnceLock::new();
    BEGUN.get_or_init(Instant::now).elapsed()
}
