//! Tables as files for other tools: Parquet, CSV, JSON Lines. A file is written beside its place under another name and
//! gets its own when it is whole; what already exists is only replaced when asked for.

mod parquet;
mod text;
mod work;

use crate::part::Part;
use crate::query::tables::Table;
use crate::query::{Cancel, QueryError};
use crate::questions::AskError;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// What the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExportFormat {
    Parquet,
    Csv,
    JsonLines,
}

impl ExportFormat {
    /// By the name's ending: `.parquet`, `.csv`, `.jsonl` or `.ndjson`.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "parquet" => Some(Self::Parquet),
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            _ => None,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("{} already exists", path.display())]
    Exists { path: PathBuf },
    #[error("{} could not be written: {reason}", path.display())]
    Unwritable { path: PathBuf, reason: String },
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The question cannot be asked.
    #[error(transparent)]
    Ask(AskError),
}

impl From<AskError> for ExportError {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Query(error) => ExportError::Query(error),
            error => ExportError::Ask(error),
        }
    }
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    pub rows: u64,
    pub file_bytes: u64,
    /// Times whose fraction of a second the format has no place for (flow records in Parquet: AWS writes whole
    /// seconds).
    pub cut_times: u64,
}

/// Writes all rows of a table. `progress` is given how many are done. A stop leaves no file.
///
/// # Errors
/// The file already exists and `replace` is not asked for; it cannot be written; the case cannot be read.
pub fn export(
    source: &dyn Table,
    path: &Path,
    format: ExportFormat,
    replace: bool,
    cancel: &Cancel,
    progress: &mut dyn FnMut(u64),
) -> Result<Exported, ExportError> {
    if !replace && path.symlink_metadata().is_ok() {
        return Err(ExportError::Exists { path: path.to_owned() });
    }
    let unwritable =
        |error: &dyn std::fmt::Display| ExportError::Unwritable { path: path.to_owned(), reason: error.to_string() };
    let part = Part::beside(path).map_err(|e| unwritable(&e))?;
    let file = File::create_new(part.path()).map_err(|e| unwritable(&e))?;
    let out = BufWriter::with_capacity(1 << 18, file.try_clone().map_err(|e| unwritable(&e))?);
    let (rows, cut_times) = write(source, out, format, cancel, progress).map_err(|error| match error {
        Stopped::Query(error) => ExportError::Query(error),
        Stopped::Write(reason) => unwritable(&reason),
    })?;
    file.sync_all().map_err(|e| unwritable(&e))?;
    let file_bytes = file.metadata().map_err(|e| unwritable(&e))?.len();
    let kept = if replace { part.replace() } else { part.place() };
    match kept {
        Ok(()) => Ok(Exported { rows, file_bytes, cut_times }),
        // Somebody else made it meanwhile.
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Err(ExportError::Exists { path: path.to_owned() }),
        Err(e) => Err(unwritable(&e)),
    }
}

enum Stopped {
    Query(QueryError),
    Write(String),
}

fn write<W: Write + Send>(
    source: &dyn Table,
    mut file: W,
    format: ExportFormat,
    cancel: &Cancel,
    progress: &mut dyn FnMut(u64),
) -> Result<(u64, u64), Stopped> {
    let columns = source.columns();
    let unwritable = |e: std::io::Error| e.to_string();
    if format == ExportFormat::Parquet {
        let groups = parquet::Groups::new(columns, source.storage(), source.has_wide_sums()).map_err(Stopped::Write)?;
        let mut out = groups.file(file).map_err(Stopped::Write)?;
        let rows = work::each_part(
            source,
            parquet::ROWS_OF_A_GROUP,
            cancel,
            progress,
            &|part| groups.encode(part),
            &mut |group| out.group(group),
        )?;
        return Ok((rows, out.finish().map_err(Stopped::Write)?));
    }
    let text = text::Lines::new(format, columns);
    file.write_all(&text.header().map_err(Stopped::Write)?).map_err(unwritable).map_err(Stopped::Write)?;
    let rows =
        work::each_part(source, text::ROWS_OF_A_PART, cancel, progress, &|part| Ok(text.encode(part)), &mut |lines| {
            file.write_all(&lines).map_err(unwritable)
        })?;
    file.flush().map_err(unwritable).map_err(Stopped::Write)?;
    Ok((rows, 0))
}
