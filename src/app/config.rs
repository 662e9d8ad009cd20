//! Where the program keeps what it remembers between cases, for both of its faces.

use std::path::PathBuf;

/// The file of the settings in it.
pub(crate) const SETTINGS: &str = "settings.json";

/// Where the settings live: `$COLDTRAIL_CONFIG_DIR`, else `$XDG_CONFIG_HOME/coldtrail`, else `~/.config/coldtrail`.
/// `None` where none of these is known: then nothing is remembered.
pub(crate) fn config_folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    set("COLDTRAIL_CONFIG_DIR")
        .or_else(|| set("XDG_CONFIG_HOME").map(|p| p.join("coldtrail")))
        .or_else(|| set("HOME").map(|p| p.join(".config/coldtrail")))
}
