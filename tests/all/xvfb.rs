//! A display of its own for the real program: Xvfb, a window manager, and hands (xdotool) and eyes (ImageMagick). Nothing
//! here waits for a fixed time: every wait is for a condition, with a limit.

// A box of tools: a test of the window takes those that it needs.
#![allow(dead_code, reason = "the benchmark of frames uses the rest")]

use crate::support::{coldtrail, skip};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Generous: a machine that is busy with other tests, drawing in software. Only a failure waits so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(300);
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// Looks again and again until there is an answer; panics when patience ends.
pub(crate) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begin.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain: {what}");
        std::thread::sleep(BETWEEN_LOOKS);
    }
}

/// Ends with the value that owns it.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A virtual display with a window manager.
pub(crate) struct Screen {
    // Fields drop in this order: first who uses the display, then the display.
    _manager: Running,
    _server: Running,
    name: String,
    pub width: usize,
    pub height: usize,
}

/// What is on the screen: RGB, row by row.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    pub width: usize,
    pub height: usize,
    pub rgb: Vec<u8>,
}

impl Picture {
    pub(crate) fn pixel(&self, x: usize, y: usize) -> [u8; 3] {
        let at = (y * self.width + x) * 3;
        [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]]
    }

    /// How many different colours there are: one or two before the program has painted.
    pub(crate) fn colours(&self) -> usize {
        self.rgb.chunks_exact(3).collect::<std::collections::BTreeSet<_>>().len()
    }

    /// Pixels that differ between two pictures of one size.
    pub(crate) fn difference(&self, other: &Picture) -> usize {
        self.rgb.chunks_exact(3).zip(other.rgb.chunks_exact(3)).filter(|(a, b)| a != b).count()
    }
}

impl Screen {
    /// `None`, said so, where the machine lacks what is needed (on CI that is a failure).
    pub(crate) fn start(test: &str, width: usize, height: usize) -> Option<Self> {
        for tool in ["Xvfb", "openbox", "xdotool", "import", "xclip"] {
            if !is_on_path(tool) {
                skip(test, &format!("{tool} is not installed (bash tests/run installs it where it may)"));
                return None;
            }
        }
        // The server picks a free display and says which.
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", &format!("{width}x{height}x24")])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts");
        let mut number = String::new();
        BufReader::new(server.stdout.take().expect("piped")).read_line(&mut number).expect("Xvfb names its display");
        let server = Running(server);
        assert!(!number.trim().is_empty(), "Xvfb ended before it named a display");
        let name = format!(":{}", number.trim());
        let manager = Command::new("openbox")
            .env("DISPLAY", &name)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("openbox starts");
        let screen = Self { _manager: Running(manager), _server: server, name, width, height };
        // Keys get lost without a window manager, so wait until it has announced itself.
        wait_for("a window manager", || {
            let root = screen.tool("xprop", &["-root", "_NET_SUPPORTING_WM_CHECK"]);
            match root {
                Some(text) => text.contains("window id").then_some(()),
                // Without xprop: the manager answers questions about the current desktop.
                None => screen.xdotool(&["get_desktop"]).map(|_| ()),
            }
        });
        Some(screen)
    }

    fn tool(&self, name: &str, arguments: &[&str]) -> Option<String> {
        let output = Command::new(name).args(arguments).env("DISPLAY", &self.name).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// What xdotool prints; `None` where it failed (no such window, say).
    pub(crate) fn xdotool(&self, arguments: &[&str]) -> Option<String> {
        self.tool("xdotool", arguments)
    }

    /// Puts a text on the clipboard as another program does: xclip stays in the background and serves it, so it gets no
    /// pipe of ours that it would hold open.
    pub(crate) fn put_on_clipboard(&self, text: &str) {
        let mut owner = Command::new("xclip")
            .args(["-selection", "clipboard", "-in"])
            .env("DISPLAY", &self.name)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("xclip starts");
        owner.stdin.take().expect("piped").write_all(text.as_bytes()).expect("xclip reads the text");
        assert!(owner.wait().expect("xclip can be waited for").success(), "xclip takes the text");
    }

    /// What another program gets from the clipboard; `None` while nobody owns it or its owner does not answer.
    pub(crate) fn clipboard(&self) -> Option<String> {
        let output = Command::new("timeout")
            .args(["5", "xclip", "-selection", "clipboard", "-out"])
            .env("DISPLAY", &self.name)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
            .ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Starts the program on this display and waits until its window is there and painted.
    pub(crate) fn open(&self, home: &Path, arguments: &[&str]) -> Program<'_> {
        self.open_with(home, arguments, &[])
    }

    /// The same with these variables in its environment.
    pub(crate) fn open_with(&self, home: &Path, arguments: &[&str], environment: &[(&str, &Path)]) -> Program<'_> {
        let child = coldtrail(home)
            .args(arguments)
            .envs(environment.iter().copied())
            .current_dir(home)
            .env("DISPLAY", &self.name)
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("WINIT_X11_SCALE_FACTOR", "1")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("WAYLAND_SOCKET")
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(home.join("window.err")).expect("a file for its messages"))
            .spawn()
            .expect("the program starts");
        let mut program = Program { screen: self, child: Running(child), window: String::new() };
        let log = home.join("window.err");
        program.window = wait_for("the window", || {
            if let Ok(Some(status)) = program.child.0.try_wait() {
                panic!("the program ended with {status}: {}", std::fs::read_to_string(&log).unwrap_or_default());
            }
            let pid = program.child.0.id().to_string();
            let found = self.xdotool(&["search", "--onlyvisible", "--pid", &pid])?;
            found.lines().next().map(str::to_owned).filter(|id| !id.is_empty())
        });
        // Asked for again and again: a window that is not mapped yet does not take it.
        wait_for("the keyboard in the window", || {
            self.xdotool(&["windowactivate", &program.window]);
            (self.xdotool(&["getactivewindow"])? == program.window).then_some(())
        });
        wait_for("a painted window", || (program.picture().colours() > 8).then_some(()));
        program
    }
}

/// The program in its window.
pub(crate) struct Program<'a> {
    screen: &'a Screen,
    child: Running,
    window: String,
}

impl Program<'_> {
    /// Key names as xdotool has them: `ctrl+k`, `Down`, `Return`.
    pub(crate) fn key(&self, keys: &str) {
        self.screen.xdotool(&["key", "--clearmodifiers", keys]).unwrap_or_else(|| panic!("key {keys}"));
    }

    pub(crate) fn type_text(&self, text: &str) {
        self.screen.xdotool(&["type", "--delay", "15", text]).unwrap_or_else(|| panic!("type {text}"));
    }

    /// A click of the left button at a place of the screen.
    pub(crate) fn click(&self, x: usize, y: usize) {
        let (x, y) = (x.to_string(), y.to_string());
        self.screen.xdotool(&["mousemove", &x, &y, "click", "1"]).unwrap_or_else(|| panic!("click {x} {y}"));
    }

    /// Notches of the wheel over a place of the screen; negative scrolls up.
    pub(crate) fn wheel(&self, x: usize, y: usize, notches: i32) {
        let (x, y, times) = (x.to_string(), y.to_string(), notches.unsigned_abs().to_string());
        let button = if notches < 0 { "4" } else { "5" };
        let arguments = ["mousemove", &x, &y, "click", "--repeat", &times, "--delay", "15", button];
        self.screen.xdotool(&arguments).unwrap_or_else(|| panic!("wheel {notches}"));
    }

    /// Moves the pointer through so many places from here on.
    pub(crate) fn point(&self, x: usize, y: usize, places: usize) {
        for step in 0..places {
            let (x, y) = ((x + 7 * step).to_string(), (y + 3 * step).to_string());
            self.screen.xdotool(&["mousemove", &x, &y]).unwrap_or_else(|| panic!("mousemove {x} {y}"));
        }
    }

    /// Moves the window and gives it another size.
    pub(crate) fn place(&self, x: u32, y: u32, width: u32, height: u32) {
        let [x, y, width, height] = [x, y, width, height].map(|number| number.to_string());
        let window = self.window.as_str();
        let moved = self.screen.xdotool(&["windowmove", window, &x, &y, "windowsize", window, &width, &height]);
        moved.unwrap_or_else(|| panic!("windowmove {x} {y} {width} {height}"));
    }

    /// Width and height of what is inside its frame.
    pub(crate) fn size(&self) -> Option<(u32, u32)> {
        let told = self.screen.xdotool(&["getwindowgeometry", "--shell", &self.window])?;
        let number = |name: &str| told.lines().find_map(|line| line.strip_prefix(name)?.parse().ok());
        Some((number("WIDTH=")?, number("HEIGHT=")?))
    }

    /// Of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.0.id()
    }

    pub(crate) fn title(&self) -> String {
        self.screen.xdotool(&["getwindowname", &self.window]).unwrap_or_default()
    }

    pub(crate) fn picture(&self) -> Picture {
        let output = Command::new("import")
            .args(["-display", &self.screen.name, "-window", "root", "-depth", "8", "rgb:-"])
            .output()
            .expect("import runs");
        let (width, height) = (self.screen.width, self.screen.height);
        assert_eq!(output.stdout.len(), width * height * 3, "{}", String::from_utf8_lossy(&output.stderr));
        Picture { width, height, rgb: output.stdout }
    }

    /// Does something and waits until at least `pixels` of the screen look different, and then for a picture that stays
    /// the same from one look to the next.
    pub(crate) fn changes(&self, what: &str, pixels: usize, act: impl FnOnce(&Self)) -> Picture {
        let before = self.picture();
        act(self);
        let mut last = wait_for(what, || Some(self.picture()).filter(|now| now.difference(&before) >= pixels));
        wait_for(&format!("{what}: a picture that stays"), || {
            let now = self.picture();
            let stays = now == last;
            last = now;
            stays.then(|| last.clone())
        })
    }

    /// Writes what is on the screen as PNG.
    pub(crate) fn save_picture(&self, path: &Path) {
        let status = Command::new("import")
            .args(["-display", &self.screen.name, "-window", "root", "-depth", "8", "-strip"])
            .arg(path)
            .status()
            .expect("import runs");
        assert!(status.success(), "{}", path.display());
    }

    /// Asks the window to close, as its own button does, and waits for the program's end.
    pub(crate) fn close(mut self) -> Option<i32> {
        self.screen.xdotool(&["key", "--clearmodifiers", "alt+F4"]);
        wait_for("the program's end", || self.child.0.try_wait().expect("the program can be waited for")).code()
    }

    /// Ends the program as a power cut would.
    pub(crate) fn kill(self) {
        drop(self);
    }
}

/// What was on the screen tells most about a test that failed.
impl Drop for Program<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let thread = std::thread::current();
            let test = thread.name().unwrap_or("window").replace("::", "-");
            let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}-failed.png"));
            let mut import = Command::new("import");
            let status = import.args(["-display", &self.screen.name, "-window", "root"]).arg(&path).status();
            eprintln!("{}: {status:?}", path.display());
        }
    }
}

fn is_on_path(tool: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(tool).is_file()))
}
