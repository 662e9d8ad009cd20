//! Flow records: text with a header, headerless, CloudWatch exports and CSVs. Nothing here opens a file or knows a
//! case: bytes in, batches and warnings out.

mod csv;
mod csv_header;
pub mod definition;
mod detect;
pub(crate) mod directed;
mod draft;
mod export;
mod format;
mod guess;
pub(crate) mod infer;
mod line;
mod lines;
mod message;
mod names;
pub(crate) mod place;
mod record;
mod rows;
mod shape;
mod split;
mod text;
mod times;
mod tuples;
mod value;

#[cfg(test)]
mod corpora_test;
#[cfg(test)]
mod parser_test;
#[cfg(test)]
mod testing;

pub use csv::CsvParser;
pub use csv_header::{are_columns, is_csv_header};
pub use detect::detect;
pub use export::ExportParser;
pub use format::{DEFAULT_V2, FlowColumn, LineFormat, SpecError};
pub use line::LineReader;
pub use lines::{Line, Lines};
pub use message::MessageReader;
pub use names::tell_slips;
pub use place::{MessageSink, Place};
pub use record::RecordBuilder;
pub use text::FlowTextParser;
pub(crate) use tuples::Which;
pub use value::{BadValue, Problem, field_by_any_name};

/// Is a message of CloudWatch Logs in the line, behind its stamp?
pub fn is_stamped(line: &[u8]) -> bool {
    export::stamped(line).is_some()
}

/// The format that the examiner or the case stated; one that cannot be read counts as none (whoever takes the statement
/// checks it with `LineFormat::parse_spec`).
fn stated_format(choice: &crate::ingest::FormatChoice) -> Option<LineFormat> {
    choice.flow_format.as_deref().and_then(|spec| LineFormat::parse_spec(spec).ok())
}

/// The format that a person named: a preset's name, AWS's notation (`${version} ${account-id} ...`), or the definition
/// of an Athena table, whose columns are the file's in order. Gives AWS's notation; the error says what is wrong with it.
pub fn format_by_name_or_spec(text: &str) -> Result<String, String> {
    if let Some(preset) = infer::Preset::by_name(text) {
        return Ok(preset.format().to_spec());
    }
    let spec = match definition::is_definition(text) {
        true => definition::read(text).and_then(|table| table.line_format())?,
        false => text.to_owned(),
    };
    let wrong = match LineFormat::parse_spec(&spec) {
        // Later versions bring fields that are not known here, but never nothing else.
        Ok(format) if format.columns().iter().any(|column| matches!(column, FlowColumn::Field(_))) => {
            return Ok(format.to_spec());
        }
        Ok(_) => "the format has no known field".to_owned(),
        Err(error) => error.to_string(),
    };
    let presets: Vec<&str> = infer::PRESETS.iter().map(|p| p.name).collect();
    Err(format!(
        "{wrong}\nWrite it as AWS does ('${{version}} ${{account-id}} ...'), give a CREATE EXTERNAL TABLE statement, or name one of: {}",
        presets.join(", ")
    ))
}
