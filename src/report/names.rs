//! Where each file of a report is in its folder. Letters, digits, `-` and `.` only: any system can hold them.

pub(super) const HTML: &str = "report.html";
pub(super) const PDF: &str = "report.pdf";
pub(super) const JSON: &str = "report.json";
/// The provenance in the words of CASE and UCO.
pub(super) const CASE: &str = "report.case.jsonld";
/// The attachment with every evidence file.
pub(super) const EVIDENCE: &str = "evidence";
pub(super) const MANIFEST: &str = "SHA256SUMS";

/// A table or the values of a plot, as a spreadsheet may open it: what a click leads to.
pub(super) fn attachment(name: &str) -> String {
    format!("attachments/{name}.csv")
}

/// The same without loss.
pub(super) fn exact(name: &str) -> String {
    format!("attachments/{name}.exact.csv")
}

/// An exhibit's rows in canonical form.
pub(super) fn canonical(number: u32) -> String {
    format!("attachments/exhibit-{number:03}.canonical.jsonl")
}

/// A picture of a plot; `ending` is `svg` or `png`.
pub(super) fn picture(name: &str, ending: &str) -> String {
    format!("figures/{name}.{ending}")
}
