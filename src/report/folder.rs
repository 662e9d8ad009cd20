//! A report on disk: all of it in a folder beside its place, which gets its own name when everything is there. What is in
//! the place already is only replaced where all of it is a report of ours.

use super::document::{Body, Report, Table};
use super::words::Words;
use super::{ReportError, case_uco, csv, html, json, manifest, names, pdf, picture, setting};
use crate::part::{self, Part};
use crate::present::chart::scene::Scene;
use crate::present::chart::svg;
use crate::query::Cancel;
use std::fs;
use std::path::{Path, PathBuf};

/// The documents of a report. Attachments, pictures, JSON and the manifest come with any of them: the documents name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Formats {
    pub html: bool,
    pub pdf: bool,
}

impl Default for Formats {
    fn default() -> Self {
        Self { html: true, pdf: true }
    }
}

/// How far it is: files done, of how many.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub folder: PathBuf,
    pub files: u64,
    pub bytes: u64,
    /// Of the manifest, and by it of all of them.
    pub sha256: String,
}

/// Pixels to a point in PNG pictures: sharp in print.
const PNG_SCALE: f32 = 2.0;

/// Writes a report as the folder `folder`.
///
/// # Errors
/// The folder holds what is not of a report; rows cannot be read; the disk refuses; it was stopped. Then nothing of it is
/// left, and what was there is there still.
pub fn write(
    report: &Report,
    words: &Words,
    formats: Formats,
    folder: &Path,
    cancel: &Cancel,
    progress: Progress<'_>,
) -> Result<Written, ReportError> {
    let old = Old::at(folder)?;
    let unwritable = unwritable(folder);
    fs::create_dir_all(part::parent(folder)).map_err(&unwritable)?;
    let part = Part::beside(folder).map_err(&unwritable)?;
    let inside = part.path();
    let evidence = Table { attachment: Some(names::EVIDENCE.to_owned()), ..report.evidence_table() };
    let tables: Vec<&Table> = report.attached().chain([&evidence]).collect();
    let plots: Vec<&Body> = report.bodies().filter(|body| matches!(body, Body::Plot(_) | Body::Heat(_))).collect();
    let exhibits = || report.exhibits.iter().filter(|exhibit| !exhibit.canonical.is_empty());
    let total = exhibits().count()
        + tables.len() * 2
        + plots.len() * 4
        + 2
        + usize::from(formats.html)
        + usize::from(formats.pdf);
    let mut out = Out { folder: inside, files: Vec::new(), bytes: 0, total: total as u64, cancel, progress };
    for folder in ["", "attachments", "figures"] {
        if folder != "figures" || !plots.is_empty() {
            fs::create_dir(out.folder.join(folder)).map_err(&unwritable)?;
        }
    }
    out.attachments(&tables, &plots, words)?;
    for exhibit in exhibits() {
        out.put(&names::canonical(exhibit.number), exhibit.canonical.as_bytes())?;
    }
    out.put(names::JSON, &json::bytes(report, words, cancel)?)?;
    let pages = setting::pages(report, words)?;
    if formats.html {
        out.put(names::HTML, html::html(&pages).as_bytes())?;
    }
    if formats.pdf {
        out.put(names::PDF, &pdf::pdf(&pages, cancel)?)?;
    }
    let provenance = case_uco::bytes(report, &out.files)?;
    out.put(names::CASE, &provenance)?;
    let written = out.finish(folder)?;
    old.replace(folder, &part.path(), &part.inside("old"))?;
    Ok(written)
}

fn unwritable(path: &Path) -> impl Fn(std::io::Error) -> ReportError + '_ {
    |error| ReportError::Unwritable { path: path.to_owned(), reason: error.to_string() }
}

struct Out<'a, 'b> {
    folder: PathBuf,
    files: Vec<(String, String)>,
    bytes: u64,
    total: u64,
    cancel: &'a Cancel,
    progress: Progress<'b>,
}

impl Out<'_, '_> {
    fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), ReportError> {
        if self.cancel.is_cancelled() {
            return Err(ReportError::Cancelled);
        }
        let path = self.folder.join(name);
        write_through(&path, bytes).map_err(unwritable(&path))?;
        self.files.push((name.to_owned(), manifest::sha256(bytes)));
        self.bytes += bytes.len() as u64;
        (self.progress)(self.files.len() as u64, self.total);
        Ok(())
    }

    fn attachments(&mut self, tables: &[&Table], plots: &[&Body], words: &Words) -> Result<(), ReportError> {
        for table in tables {
            let Some(name) = &table.attachment else { continue };
            self.put(&names::attachment(name), &csv::table(table, csv::Form::Spreadsheet, self.cancel)?)?;
            self.put(&names::exact(name), &csv::table(table, csv::Form::Lossless, self.cancel)?)?;
        }
        for plot in plots {
            let (name, forms, scene) = match plot {
                Body::Plot(plot) => {
                    let forms = [csv::Form::Spreadsheet, csv::Form::Lossless].map(|form| csv::plot(plot, words, form));
                    (&plot.attachment, forms, picture::scene(plot, words))
                }
                Body::Heat(map) => {
                    let forms = [csv::Form::Spreadsheet, csv::Form::Lossless].map(|form| csv::heat(map, form));
                    (&map.attachment, forms, picture::of_heat(map))
                }
                Body::Table(_) | Body::Text(_) | Body::Raw(_) => continue,
            };
            self.plot(name, &forms, &scene)?;
        }
        Ok(())
    }

    fn plot(&mut self, name: &str, [spreadsheet, exact]: &[Vec<u8>; 2], scene: &Scene) -> Result<(), ReportError> {
        self.put(&names::attachment(name), spreadsheet)?;
        self.put(&names::exact(name), exact)?;
        self.put(&names::picture(name, "svg"), svg::of_scene(scene).as_bytes())?;
        let png = svg::png_of_scene(scene, PNG_SCALE).map_err(ReportError::Picture)?;
        self.put(&names::picture(name, "png"), &png)
    }

    fn finish(self, folder: &Path) -> Result<Written, ReportError> {
        let text = manifest::text(&self.files);
        let path = self.folder.join(names::MANIFEST);
        write_through(&path, text.as_bytes()).map_err(unwritable(&path))?;
        Ok(Written {
            folder: folder.to_owned(),
            files: self.files.len() as u64 + 1,
            bytes: self.bytes + text.len() as u64,
            sha256: manifest::sha256(text.as_bytes()),
        })
    }
}

/// On the medium when it returns.
fn write_through(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = fs::File::create_new(path)?;
    std::io::Write::write_all(&mut file, bytes)?;
    file.sync_all()
}

/// What is in the place already.
enum Old {
    Nothing,
    Empty,
    Report,
}

impl Old {
    fn at(folder: &Path) -> Result<Self, ReportError> {
        let occupied = |what: &str| ReportError::Occupied { path: folder.to_owned(), what: what.to_owned() };
        let Ok(found) = folder.symlink_metadata() else { return Ok(Old::Nothing) };
        if !found.is_dir() {
            return Err(occupied("a file"));
        }
        let files = files_of(folder).map_err(unwritable(folder))?;
        if files.is_empty() {
            return Ok(Old::Empty);
        }
        // Of any text that begins otherwise this reads no more than it must.
        let known = fs::read_to_string(folder.join(names::MANIFEST)).ok().and_then(|text| manifest::names(&text));
        let known = known.ok_or_else(|| occupied(files.first().map_or("", String::as_str)))?;
        match files.iter().find(|file| *file != names::MANIFEST && !known.contains(file)) {
            Some(stranger) => Err(occupied(stranger)),
            None => Ok(Old::Report),
        }
    }

    fn replace(self, folder: &Path, new: &Path, aside: &Path) -> Result<(), ReportError> {
        let unwritable = unwritable(folder);
        match self {
            Old::Nothing => {}
            Old::Empty => fs::remove_dir(folder).map_err(&unwritable)?,
            Old::Report => fs::rename(folder, aside).map_err(&unwritable)?,
        }
        fs::rename(new, folder).map_err(|error| {
            if matches!(self, Old::Report) {
                // What was there is better than nothing; that it is there again needs no word of its own.
                let _ = fs::rename(aside, folder);
            }
            unwritable(error)
        })
    }
}

/// Everything in a folder but folders, by its path in it, with `/`.
fn files_of(folder: &Path) -> std::io::Result<Vec<String>> {
    let (mut files, mut open) = (Vec::new(), vec![(folder.to_owned(), String::new())]);
    while let Some((path, prefix)) = open.pop() {
        for entry in fs::read_dir(&path)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                open.push((entry.path(), format!("{name}/")));
            } else {
                files.push(name);
            }
        }
    }
    files.sort();
    Ok(files)
}
