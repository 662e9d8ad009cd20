//! Does the desktop ask programs for no animations? It is known where GTK or KDE keep it in a file.

use std::path::{Path, PathBuf};

/// File below the configuration folder, key, and the values that mean it.
const PLACES: [(&str, &str, &[&str]); 3] = [
    ("gtk-4.0/settings.ini", "gtk-enable-animations", &["0", "false"]),
    ("gtk-3.0/settings.ini", "gtk-enable-animations", &["0", "false"]),
    ("kdeglobals", "AnimationDurationFactor", &["0", "0.0"]),
];

pub(crate) fn desktop_is_still() -> bool {
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config"));
    let folder = std::env::var_os("XDG_CONFIG_HOME").filter(|path| !path.is_empty()).map(PathBuf::from).or_else(home);
    folder.is_some_and(|folder| is_still(&folder))
}

/// The first of the files that says anything decides.
fn is_still(folder: &Path) -> bool {
    let said = |(file, key, still): (&str, &str, &[&str])| {
        let text = std::fs::read_to_string(folder.join(file)).ok()?;
        let value = text.lines().filter_map(|line| line.split_once('=')).find(|(name, _)| name.trim() == key)?.1;
        Some(still.contains(&value.trim().to_ascii_lowercase().as_str()))
    };
    PLACES.into_iter().find_map(said).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::is_still;

    #[test]
    fn the_desktop_says_so_in_its_own_files() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_still(folder.path()));
        let write = |file: &str, text: &str| {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("kdeglobals", "[KDE]\nAnimationDurationFactor=0\n");
        assert!(is_still(folder.path()));
        write("gtk-3.0/settings.ini", "[Settings]\ngtk-enable-animations = True\n");
        assert!(!is_still(folder.path()), "GTK's own file is asked first");
        write("gtk-4.0/settings.ini", "[Settings]\ngtk-enable-animations=0\n");
        assert!(is_still(folder.path()));
    }
}
