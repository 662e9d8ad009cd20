//! What the program remembers between cases: recent cases, zone, theme, language, column layouts. One small JSON file in the
//! user's configuration folder. It holds nothing of a case, and failing to read or write it never stops any work.

use crate::app::config::SETTINGS;
pub(crate) use crate::app::config::config_folder;
use crate::part::Part;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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

/// A column of a table as it was left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnSetting {
    pub key: String,
    pub width: f32,
    pub visible: bool,
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
    pub examiner: String,
    /// Table -> columns in order.
    pub columns: BTreeMap<String, Vec<ColumnSetting>>,
    /// Filter texts that were applied, newest first.
    pub filters: Vec<String>,
    /// Megabytes of a case's column index that may be kept in memory; a quarter of the machine's where it is not said.
    pub index_memory_mb: Option<u64>,
}

impl Settings {
    const RECENT: usize = 12;
    const FILTERS: usize = 50;

    /// In bytes.
    pub fn index_memory(&self) -> Option<usize> {
        usize::try_from(self.index_memory_mb?.saturating_mul(1_000_000)).ok()
    }

    pub fn remember_case(&mut self, path: &Path) {
        self.recent_cases.retain(|known| known != path);
        self.recent_cases.insert(0, path.to_owned());
        self.recent_cases.truncate(Self::RECENT);
    }

    pub fn remember_filter(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        self.filters.retain(|known| known != text);
        self.filters.insert(0, text.to_owned());
        self.filters.truncate(Self::FILTERS);
    }
}

/// The settings of this folder; defaults where there are none or they do not parse.
pub(crate) fn load(folder: Option<&Path>) -> Settings {
    let text = folder.and_then(|folder| std::fs::read(folder.join(SETTINGS)).ok());
    text.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// Writes the settings whole or not at all.
pub(crate) fn save(folder: &Path, settings: &Settings) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let part = Part::beside(&folder.join(SETTINGS))?;
    std::fs::write(part.path(), serde_json::to_vec_pretty(settings)?)?;
    part.replace()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_come_back_and_damage_gives_the_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings { zone: "Asia/Tokyo".into(), scale: Some(1.25), ..Settings::default() };
        settings.language = "ja".to_owned();
        settings.remember_case(Path::new("/a.coldtrail"));
        settings.remember_case(Path::new("/b.coldtrail"));
        settings.remember_case(Path::new("/a.coldtrail"));
        settings.remember_filter("  ");
        settings.remember_filter("dstport = 22");
        assert_eq!(settings.recent_cases, [Path::new("/a.coldtrail"), Path::new("/b.coldtrail")]);
        let columns = vec![ColumnSetting { key: "srcaddr".into(), width: 120.0, visible: false }];
        settings.columns.insert("flows".into(), columns);
        save(folder.path(), &settings).unwrap();
        assert_eq!(load(Some(folder.path())), settings);
        std::fs::write(folder.path().join(SETTINGS), "{\"zone\": 7").unwrap();
        assert_eq!(load(Some(folder.path())), Settings::default());
        assert_eq!(load(None), Settings::default());
    }

    #[test]
    fn unknown_settings_of_a_newer_version_are_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(SETTINGS), r#"{"zone":"UTC","later":{"a":1}}"#).unwrap();
        assert_eq!(load(Some(folder.path())).zone, "UTC");
    }
}
