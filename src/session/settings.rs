//! What the program remembers between cases: recent cases and how each was looked at, zone, theme, language, the window and its layout,
//! columns. One small JSON file in the user's configuration folder. It holds nothing of a case, and failing to read or write
//! it never stops any work.
//!
//! The file of another version is read too: what is unknown is kept as it is, and a value that cannot be read costs that
//! value. A file that is no settings file at all is put aside under another name, and reported.

use crate::app::config::SETTINGS;
pub(crate) use crate::app::config::config_folder;
use crate::app::failure::Cause;
use crate::model::Dataset;
use crate::part::Part;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    #[default]
    System,
    Light,
    Dark,
}

impl ThemeChoice {
    pub const ALL: [ThemeChoice; 3] = [ThemeChoice::System, ThemeChoice::Light, ThemeChoice::Dark];
}

/// A column of a table of records as it was left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnSetting {
    pub key: String,
    pub visible: bool,
}

/// Where the window was, in points of the display's own scale.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowPlace {
    pub width: f32,
    pub height: f32,
    /// Of its upper left corner, where the desktop tells it.
    pub at: Option<[f32; 2]>,
    pub maximized: bool,
}

impl WindowPlace {
    /// What no screen can be: a damaged or hand-written value must not lose the window.
    pub fn is_sane(&self) -> bool {
        let size = |length: f32| (200.0..=20_000.0).contains(&length);
        let place = |x: f32| (-20_000.0..=20_000.0).contains(&x);
        size(self.width) && size(self.height) && self.at.is_none_or(|at| at.into_iter().all(place))
    }
}

/// How a case was looked at last: views by their stable names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CaseLayout {
    pub view: String,
    /// The view in the other half of the window.
    pub beside: Option<String>,
    /// The active view was in the right half.
    pub is_right: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Newest first.
    pub recent_cases: Vec<PathBuf>,
    /// IANA name; empty for UTC.
    pub zone: String,
    pub theme: ThemeChoice,
    /// Code of the window's language; empty for that of the desktop.
    pub language: String,
    /// 1.0 is the display's own scale.
    pub scale: Option<f32>,
    /// Nothing moves by itself; as the desktop says where this is not said.
    pub reduced_motion: Option<bool>,
    /// Names of what was run from the command palette, newest first.
    pub recent_commands: Vec<String>,
    pub examiner: String,
    /// Table -> columns in order.
    pub columns: BTreeMap<String, Vec<ColumnSetting>>,
    /// Table -> column -> the width that somebody chose, in points.
    pub widths: BTreeMap<String, BTreeMap<String, f32>>,
    /// Table -> fields whose most frequent values are beside it, in order.
    pub facets: BTreeMap<String, Vec<String>>,
    /// Are they shown? As there is room where it is not said.
    pub facets_shown: Option<bool>,
    /// The histogram over the flows shows bytes instead of records.
    pub histogram_bytes: bool,
    /// Filter texts that were applied, newest first.
    pub filters: Vec<String>,
    pub window: Option<WindowPlace>,
    /// Are the names shown beside the signs of the navigation? As there is room where it is not said.
    pub navigation_names: Option<bool>,
    /// Parts of the window that were put away.
    pub hidden: BTreeMap<String, bool>,
    /// Sizes of the parts of the window, as they were dragged.
    pub sizes: BTreeMap<String, f32>,
    /// Case -> how it was looked at; only of recent cases.
    pub layouts: BTreeMap<PathBuf, CaseLayout>,
    /// Megabytes of a case's column index that may be kept in memory; a quarter of the machine's where it is not said.
    pub index_memory_mb: Option<u64>,
    /// What another version of the program remembers.
    #[serde(flatten)]
    pub others: Map<String, Value>,
}

/// Parts of the window that can be put away.
pub(crate) const INSPECTOR: &str = "inspector";
/// Its sizes: in points beside the table; below it as a part of the window's height.
pub(crate) const INSPECTOR_BESIDE: &str = "inspector-beside";
pub(crate) const INSPECTOR_BELOW: &str = "inspector-below";
pub(crate) const HISTOGRAM: &str = "histogram";
/// Their width beside a table.
pub(crate) fn facets_part(dataset: Dataset) -> &'static str {
    match dataset {
        Dataset::Flows => "facets-flows",
        Dataset::Events => "facets-events",
    }
}

impl Settings {
    const RECENT: usize = 12;
    const FILTERS: usize = 50;
    const COMMANDS: usize = 12;
    /// Sizes of the window's content, from 75 to 250 %.
    const SCALES: [f32; 11] = [0.75, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5];

    /// In bytes.
    pub fn index_memory(&self) -> Option<usize> {
        usize::try_from(self.index_memory_mb?.saturating_mul(1_000_000)).ok()
    }

    /// The width that somebody chose for a column.
    pub fn own_width(&self, table: &str, column: &str) -> Option<f32> {
        self.widths.get(table)?.get(column).copied().filter(|width| width.is_finite())
    }

    pub fn remember_width(&mut self, table: &str, column: &str, width: f32) {
        self.widths.entry(table.to_owned()).or_default().insert(column.to_owned(), width);
    }

    /// The next size, larger or smaller.
    pub fn next_scale(&self, larger: bool) -> f32 {
        let now = self.scale.unwrap_or(1.0);
        let [least, .., most] = Self::SCALES;
        let next = match larger {
            true => Self::SCALES.into_iter().find(|scale| *scale > now + 0.01),
            false => Self::SCALES.into_iter().rev().find(|scale| *scale < now - 0.01),
        };
        next.unwrap_or(if larger { most } else { least })
    }

    pub fn remember_command(&mut self, name: &str) {
        put_first(&mut self.recent_commands, name.to_owned(), Self::COMMANDS);
    }

    pub fn remember_case(&mut self, path: &Path) {
        // The file is text: a name that is none cannot be written into it.
        if path.to_str().is_none() {
            return;
        }
        put_first(&mut self.recent_cases, path.to_owned(), Self::RECENT);
        let Self { recent_cases, layouts, .. } = self;
        layouts.retain(|path, _| recent_cases.contains(path));
    }

    pub fn forget_case(&mut self, path: &Path) {
        self.recent_cases.retain(|known| known != path);
        self.layouts.remove(path);
    }

    pub fn layout(&self, case: &Path) -> Option<&CaseLayout> {
        self.layouts.get(case)
    }

    pub fn remember_layout(&mut self, case: &Path, layout: CaseLayout) {
        if self.recent_cases.iter().any(|known| known == case) {
            self.layouts.insert(case.to_owned(), layout);
        }
    }

    pub fn keep_size(&mut self, part: &str, size: f32) {
        self.sizes.insert(part.to_owned(), size);
    }

    pub fn is_shown(&self, part: &str) -> bool {
        !self.hidden.get(part).copied().unwrap_or_default()
    }

    pub fn remember_filter(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        put_first(&mut self.filters, text.to_owned(), Self::FILTERS);
    }
}

/// The newest of a list, in which it is once and which has so many at most.
fn put_first<T: PartialEq>(list: &mut Vec<T>, newest: T, most: usize) {
    list.retain(|known| *known != newest);
    list.insert(0, newest);
    list.truncate(most);
}

/// Settings that were read, and what was wrong with their file.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub settings: Settings,
    pub fault: Option<Cause>,
}

/// The settings of this folder; defaults where there are none.
pub(crate) fn load(folder: Option<&Path>) -> Loaded {
    let Some(folder) = folder else { return Loaded::default() };
    let path = folder.join(SETTINGS);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Loaded::default(),
        Err(error) => return Loaded { fault: Some(Cause::SettingsUnread { path, error }), ..Loaded::default() },
    };
    match serde_json::from_slice::<Map<String, Value>>(&bytes) {
        Ok(values) => Loaded { settings: read(values), fault: None },
        Err(_) => {
            let kept = aside(&path);
            Loaded { fault: Some(Cause::SettingsDamaged { path, kept }), ..Loaded::default() }
        }
    }
}

/// Value by value, so that one that cannot be read costs that one.
fn read(values: Map<String, Value>) -> Settings {
    if let Ok(settings) = serde_json::from_value(Value::Object(values.clone())) {
        return settings;
    }
    let mut good = Map::new();
    for (name, value) in values {
        good.insert(name.clone(), value);
        if serde_json::from_value::<Settings>(Value::Object(good.clone())).is_err() {
            good.remove(&name);
        }
    }
    serde_json::from_value(Value::Object(good)).unwrap_or_default()
}

/// Gives a damaged file a name that is free, where the folder can be written; its new place.
pub(crate) fn aside(path: &Path) -> PathBuf {
    let names = (1..1000).map(|n| path.with_extension(format!("damaged-{n}.json")));
    let free = names.into_iter().find(|name| !name.exists()).unwrap_or_else(|| path.with_extension("damaged.json"));
    match std::fs::rename(path, &free) {
        Ok(()) => free,
        Err(_) => path.to_owned(),
    }
}

/// Writes the settings whole or not at all.
pub(crate) fn save(folder: &Path, settings: &Settings) -> std::io::Result<()> {
    write(&folder.join(SETTINGS), &serde_json::to_vec_pretty(settings)?)
}

/// Writes a file of ours whole or not at all, over the one that is there.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
    let part = Part::beside(path)?;
    let mut file = std::fs::File::create(part.path())?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    part.replace()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(text: &str) -> (tempfile::TempDir, Loaded) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(SETTINGS), text).unwrap();
        let loaded = load(Some(folder.path()));
        (folder, loaded)
    }

    #[test]
    fn settings_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings { zone: "Asia/Tokyo".into(), scale: Some(1.25), ..Settings::default() };
        settings.language = "ja".to_owned();
        settings.remember_case(Path::new("/a.coldtrail"));
        settings.remember_case(Path::new("/b.coldtrail"));
        settings.remember_case(Path::new("/a.coldtrail"));
        settings.remember_filter("  ");
        settings.remember_filter("dstport = 22");
        assert_eq!(settings.recent_cases, [Path::new("/a.coldtrail"), Path::new("/b.coldtrail")]);
        let columns = vec![ColumnSetting { key: "srcaddr".into(), visible: false }];
        settings.columns.insert("flows".into(), columns);
        settings.remember_width("flows", "srcaddr", 120.0);
        settings.remember_width("flows", "srcaddr", 130.0);
        assert_eq!(
            (settings.own_width("flows", "srcaddr"), settings.own_width("events", "srcaddr")),
            (Some(130.0), None)
        );
        settings.window = Some(WindowPlace { width: 1440.0, height: 900.0, at: Some([10.0, 20.0]), maximized: true });
        let layout = CaseLayout { view: "flows".into(), beside: Some("timeline".into()), is_right: true };
        settings.remember_layout(Path::new("/a.coldtrail"), layout.clone());
        settings.remember_layout(Path::new("/never-opened.coldtrail"), layout.clone());
        settings.hidden.insert(INSPECTOR.into(), true);
        save(folder.path(), &settings).unwrap();
        let loaded = load(Some(folder.path()));
        assert_eq!(loaded.settings, settings);
        assert!(loaded.fault.is_none() && load(None).fault.is_none());
        assert_eq!(loaded.settings.layouts.len(), 1, "only of cases that are in the list");
        assert_eq!((settings.is_shown(INSPECTOR), settings.is_shown(HISTOGRAM)), (false, true));
        settings.forget_case(Path::new("/a.coldtrail"));
        assert_eq!((settings.layout(Path::new("/a.coldtrail")), settings.recent_cases.len()), (None, 1));
    }

    #[test]
    fn sizes_go_from_75_to_250_percent() {
        let at = |scale| Settings { scale, ..Settings::default() };
        assert_eq!((at(None).next_scale(true), at(None).next_scale(false)), (1.1, 0.9));
        assert_eq!((at(Some(2.5)).next_scale(true), at(Some(0.75)).next_scale(false)), (2.5, 0.75));
        // One that an older version remembered.
        assert_eq!((at(Some(1.3)).next_scale(true), at(Some(1.3)).next_scale(false)), (1.5, 1.25));
        let mut settings = at(None);
        for name in ["undo", "flows", "undo"] {
            settings.remember_command(name);
        }
        assert_eq!(settings.recent_commands, ["undo", "flows"]);
    }

    #[test]
    fn a_file_that_is_no_settings_file_is_kept_aside() {
        for damaged in ["{\"zone\": 7", "", "[]", "\u{0}\u{0}"] {
            let (folder, loaded) = stored(damaged);
            assert_eq!(loaded.settings, Settings::default());
            let Some(Cause::SettingsDamaged { kept, .. }) = loaded.fault else { panic!("{damaged:?}") };
            assert_eq!(std::fs::read_to_string(&kept).unwrap(), damaged, "kept as it was");
            assert!(load(Some(folder.path())).fault.is_none(), "told once");
            std::fs::write(folder.path().join(SETTINGS), damaged).unwrap();
            let Some(Cause::SettingsDamaged { kept: second, .. }) = load(Some(folder.path())).fault else { panic!() };
            assert!(second != kept && kept.exists(), "the first is not written over");
        }
    }

    #[test]
    fn a_value_that_cannot_be_read_costs_that_value() {
        let (_folder, loaded) = stored(r#"{"zone":7,"scale":1.5,"theme":"mauve","examiner":"A","window":{"width":1}}"#);
        assert!(loaded.fault.is_none());
        let expected = Settings { scale: Some(1.5), examiner: "A".into(), ..Settings::default() };
        assert_eq!(loaded.settings, expected);
    }

    #[test]
    fn what_a_newer_version_remembers_is_kept() {
        let (folder, loaded) = stored(r#"{"zone":"UTC","later":{"a":1},"recent_cases":["/a.coldtrail"]}"#);
        assert_eq!(loaded.settings.zone, "UTC");
        save(folder.path(), &Settings { examiner: "A".into(), ..loaded.settings }).unwrap();
        let text = std::fs::read_to_string(folder.path().join(SETTINGS)).unwrap();
        let values: Map<String, Value> = serde_json::from_str(&text).unwrap();
        assert_eq!(values["later"]["a"], 1);
        assert_eq!(
            load(Some(folder.path())).settings.recent_cases,
            [Path::new("/a.coldtrail")],
            "as older ones wrote it"
        );
    }

    #[test]
    fn a_window_that_no_screen_can_hold_is_not_restored() {
        let place = WindowPlace { width: 1440.0, height: 900.0, at: Some([-1500.0, 0.0]), maximized: false };
        assert!(place.is_sane(), "a screen to the left of the first");
        for at in [[f32::NAN, 0.0], [0.0, 1e9]] {
            assert!(!WindowPlace { at: Some(at), ..place }.is_sane());
        }
        assert!(!WindowPlace { width: 0.0, ..place }.is_sane());
    }
}
