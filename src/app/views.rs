//! The views that an examiner keeps in a case, each under a name: which view, filter, time, order and columns. A view is a
//! setting of the case, so it is journalled, travels with the file, and needs no table of its own. What it says is the
//! window's.

use super::failure::Cause;
use super::import::now_utc;
use crate::case::{CaseReader, CaseWriter, Target};
use crate::query;

/// What the keys of such settings begin with.
const SETTING: &str = "view:";

/// The views of the case by name, as they were written.
///
/// # Errors
/// The case cannot be read.
pub(crate) fn saved(reader: &CaseReader) -> Result<Vec<(String, String)>, Cause> {
    let settings = query::settings_with_prefix(reader, SETTING)?;
    // An empty text is one that was removed: a setting is not deleted from a case.
    let views = settings.into_iter().filter(|(_, text)| !text.is_empty());
    Ok(views.filter_map(|(key, text)| Some((key.strip_prefix(SETTING)?.to_owned(), text))).collect())
}

/// Keeps a view under a name, or removes the one of that name.
///
/// # Errors
/// The case cannot be written.
pub(crate) fn put<'c>(case: impl Into<Target<'c>>, name: &str, text: Option<&str>) -> Result<(), Cause> {
    let mut writer = CaseWriter::open(case)?;
    let done = writer.set_setting(&format!("{SETTING}{name}"), text.unwrap_or_default(), &now_utc());
    writer.close()?;
    Ok(done?)
}
