//! What `coldtrail [CASE or PATHS...]` prints where no window can be opened.

use super::{CliError, exit, info, output};
use crate::app::Opening;
use crate::present::display::shell_word;
use std::error::Error;
use std::path::Path;

/// Says why, and what does the same work here; then the summary of the case, where one was named.
pub(super) fn run(why: &dyn Error, opening: &Opening) -> Result<u8, CliError> {
    output::fail(&format!("coldtrail: {why}"));
    if let Some(evidence) = opening.evidence.first() {
        let commands = import_commands(opening.case.as_deref(), evidence);
        output::tell(&format!("Nothing was imported. Without a window:\n{commands}"));
    }
    match &opening.case {
        Some(case) => info::print_summary(case),
        None => Ok(exit::UNUSABLE),
    }
}

fn import_commands(case: Option<&Path>, evidence: &Path) -> String {
    let evidence = shell_word(evidence);
    match case {
        Some(case) => format!("  coldtrail import {} {evidence}", shell_word(case)),
        None => format!("  coldtrail new CASE.coldtrail\n  coldtrail import CASE.coldtrail {evidence}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_as_a_shell_reads_them() {
        assert_eq!(shell_word(Path::new("/logs/a-1.gz")), "/logs/a-1.gz");
        assert_eq!(shell_word(Path::new("it's here")), r"'it'\''s here'");
        assert_eq!(
            import_commands(Some(Path::new("x.coldtrail")), Path::new("logs")),
            "  coldtrail import x.coldtrail logs"
        );
    }
}
