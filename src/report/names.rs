//! Where each file of a report stands in its folder. Letters, digits, `-` and `.` only: any system can hold them.

pub const HTML: &str = "report.html";
pub const PDF: &str = "report.pdf";
pub const JSON: &str = "report.json";
/// The provenance in the words of CASE and UCO.
pub const CASE: &str = "report.case.jsonld";
/// The attachment with every evidence file.
pub const EVIDENCE: &str = "evidence";
pub const MANIFEST: &str = "SHA256SUMS";

/// A table or the values of a plot, as a spreadsheet may open it: what a click leads to.
pub fn attachment(name: &str) -> String {
    format!("attachments/{name}.csv")
}

/// The same without loss.
pub fn exact(name: &str) -> String {
    format!("attachments/{name}.exact.csv")
}

/// A picture of a plot; `ending` is `svg` or `png`.
pub fn picture(name: &str, ending: &str) -> String {
    format!("figures/{name}.{ending}")
}
