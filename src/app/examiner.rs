//! Who does what is done to a case as a whole, and not in the course of its examination: upgrading it, rescuing it.

use super::config;
use serde_json::Value;

/// The name that was given for this run, else the examiner of the program's settings, else the login name.
pub(crate) fn of_this_run(given: Option<&str>) -> String {
    let named = |name: &str| Some(name.trim().to_owned()).filter(|name| !name.is_empty());
    let login = || ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| named(&std::env::var(name).ok()?));
    let remembered = || named(remembered()?.get("examiner")?.as_str()?);
    given.and_then(named).or_else(remembered).or_else(login).unwrap_or_default()
}

/// The settings as they lie there; the window writes them.
fn remembered() -> Option<Value> {
    let bytes = std::fs::read(config::config_folder()?.join(config::SETTINGS)).ok()?;
    serde_json::from_slice(&bytes).ok()
}
