//! Bytes of an original around a place: as numbers and characters, or as text, with what is meant marked.

use crate::present::display;
use crate::session::evidence::{Bytes, EvidenceAction};
use crate::session::open_case::OpenCase;
use crate::session::source::EvidenceRow;
use crate::session::{Action, App};
use crate::ui::state::EvidenceState;
use crate::ui::theme::{self, size};
use crate::ui::widgets::named::named_button;
use egui::text::{LayoutJob, TextFormat};
use egui::{Button, Color32, FontId, Key, Label, ScrollArea, TextEdit, Ui};
use std::ops::Range;

pub(super) fn bytes_ui(
    ui: &mut Ui,
    app: &App,
    case: &OpenCase,
    file: &EvidenceRow,
    state: &mut EvidenceState,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    match case.evidence.bytes() {
        Some(Ok(bytes)) => {
            tools_ui(ui, app, case, bytes, state, out);
            let marked = case.evidence.marked();
            match state.as_text {
                true => text_ui(ui, app, bytes, marked),
                false => lines_ui(ui, app, bytes, marked, state),
            }
        }
        Some(Err(why)) => {
            ui.add(Label::new(&*display::visible(&t.because(why))).wrap());
            ui.weak(t.tr("evidence-bytes-next"));
        }
        None if !file.raw_kept && !case.evidence.is_reading() => {
            ui.add(Label::new(t.tr("evidence-not-stored")).wrap());
            if file.container.is_none() && ui.button(t.tr("evidence-read-outside")).clicked() {
                out.push(Action::Evidence(EvidenceAction::ReadOutside));
            }
        }
        None => {
            ui.weak(t.tr("loading"));
        }
    }
}

/// Where this is in the content, and the ways to other places.
fn tools_ui(ui: &mut Ui, app: &App, case: &OpenCase, bytes: &Bytes, state: &mut EvidenceState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let end = bytes.start + bytes.data.len() as u64;
    ui.horizontal_wrapped(|ui| {
        for (sign, key, forward, enabled) in [
            ("◀", "evidence-bytes-back", false, bytes.start > 0),
            ("▶", "evidence-bytes-on", true, end < bytes.content_bytes),
        ] {
            let name = t.tr(key);
            let button = named_button(ui, enabled, Button::new(sign), &name);
            if button.on_hover_text(&name).clicked() {
                out.push(Action::Evidence(EvidenceAction::Turn { forward }));
            }
        }
        let hint = t.tr("evidence-bytes-go");
        let field = TextEdit::singleline(&mut state.offset).hint_text(&*hint).desired_width(size::NUMBER_FIELD);
        let field = ui.add(field).accessible_name(&*hint);
        if field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter)) {
            let typed = state.offset.trim().replace([',', ' '], "");
            let byte = match typed.strip_prefix("0x") {
                Some(hex) => u64::from_str_radix(hex, 16).ok(),
                None => typed.parse().ok(),
            };
            out.extend(byte.map(|byte| Action::Evidence(EvidenceAction::Bytes(byte..byte + 1))));
        }
        ui.selectable_value(&mut state.as_text, false, t.tr("evidence-bytes-hex"));
        ui.selectable_value(&mut state.as_text, true, t.tr("evidence-bytes-text"));
    });
    // Both ends are bytes that are shown.
    let (first, last) = (display::count(bytes.start), display::count(end.saturating_sub(1)));
    let all = display::count(bytes.content_bytes);
    ui.weak(t.tr_args("evidence-bytes-place", &[("first", &first), ("last", &last), ("all", &all)]));
    let marked = case.evidence.marked();
    if !marked.is_empty() {
        let args =
            [("first", &*display::count(marked.start)), ("last", &*display::count(marked.end.saturating_sub(1)))];
        ui.label(t.tr_args("evidence-bytes-marked", &args));
    }
}

/// Bytes in a line, and where there is no room for them with their characters.
const LINE: usize = 16;
const SHORT_LINE: usize = 8;

/// Letters of a line: its place, three for each number, a space, and the characters.
const fn letters(per_line: usize) -> usize {
    10 + 3 * per_line + 1 + per_line
}

/// A byte as a character: those that have a shape of their own.
fn character(byte: u8) -> char {
    if byte.is_ascii_graphic() || byte == b' ' { char::from(byte) } else { '.' }
}

/// A text in parts that are marked or not.
type Parts = Vec<(String, bool)>;

/// Place, numbers and characters of a line.
fn line(start: u64, data: &[u8], marked: &Range<u64>) -> (String, Parts, Parts) {
    let (mut hex, mut text) = (Parts::new(), Parts::new());
    for (at, byte) in (start..).zip(data) {
        let is_marked = marked.contains(&at);
        for (parts, piece) in [(&mut hex, format!("{byte:02x} ")), (&mut text, character(*byte).to_string())] {
            match parts.last_mut() {
                Some((last, of)) if *of == is_marked => last.push_str(&piece),
                _ => parts.push((piece, is_marked)),
            }
        }
    }
    (format!("{start:08x}  "), hex, text)
}

struct Inks {
    font: FontId,
    weak: Color32,
    text: Color32,
    ground: Color32,
}

impl Inks {
    fn of(ui: &Ui) -> Self {
        let p = theme::palette(ui);
        let font = FontId::new(size::SMALL, theme::mono().family);
        Self { font, weak: p.weak, text: p.text, ground: p.selected }
    }

    fn format(&self, marked: bool) -> TextFormat {
        let background = if marked { self.ground } else { Color32::TRANSPARENT };
        TextFormat { background, ..TextFormat::simple(self.font.clone(), self.text) }
    }
}

/// The numbers of the bytes; the marked ones stand on a ground of their own, and the line above says which they are.
fn lines_ui(ui: &mut Ui, app: &App, bytes: &Bytes, marked: &Range<u64>, state: &mut EvidenceState) {
    let inks = Inks::of(ui);
    let letter = ui.fonts_mut(|fonts| fonts.glyph_width(&inks.font, '0'));
    let has_room = ui.available_width() - size::SCROLLBAR >= letters(LINE) as f32 * letter;
    let per_line = if has_room { LINE } else { SHORT_LINE };
    let lines = bytes.data.len().div_ceil(per_line);
    let first_marked = usize::try_from(marked.start.saturating_sub(bytes.start)).unwrap_or(0) / per_line;
    let area = ScrollArea::both().id_salt(("bytes", bytes.start, marked.start)).max_height(size::BYTES);
    let height = ui.fonts_mut(|fonts| fonts.row_height(&inks.font));
    let spacing = ui.spacing().item_spacing.y;
    // Once: after that it is scrolled by whoever reads it.
    let shown = Some((bytes.start, marked.start));
    let area = match std::mem::replace(&mut state.bytes_shown, shown) == shown || marked.is_empty() {
        true => area,
        false => area.vertical_scroll_offset(first_marked.saturating_sub(2) as f32 * (height + spacing)),
    };
    let name = app.texts.tr("evidence-bytes");
    area.show_rows(ui, height, lines, |ui, rows| {
        for row in rows {
            let from = row * per_line;
            let data = bytes.data.get(from..(from + per_line).min(bytes.data.len())).unwrap_or_default();
            let (place, hex, text) = line(bytes.start + from as u64, data, marked);
            let mut job = LayoutJob { break_on_newline: false, ..LayoutJob::default() };
            job.append(&place, 0.0, TextFormat::simple(inks.font.clone(), inks.weak));
            hex.iter().for_each(|(piece, is_marked)| job.append(piece, 0.0, inks.format(*is_marked)));
            job.append(&"   ".repeat(per_line - data.len()), 0.0, inks.format(false));
            job.append(" ", 0.0, inks.format(false));
            text.iter().for_each(|(piece, is_marked)| job.append(piece, 0.0, inks.format(*is_marked)));
            let spoken = job.text.clone();
            let label = ui.add(Label::new(job).extend().selectable(true));
            label.widget_info(|| {
                egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, format!("{name}: {spoken}"))
            });
        }
    });
}

/// The bytes as text, what cannot be shown in sight.
fn text_ui(ui: &mut Ui, app: &App, bytes: &Bytes, marked: &Range<u64>) {
    let inks = Inks::of(ui);
    let place = |byte: u64| usize::try_from(byte.saturating_sub(bytes.start)).unwrap_or(0).min(bytes.data.len());
    let (from, to) = (place(marked.start), place(marked.end));
    let part = |range: Range<usize>| {
        let part = bytes.data.get(range).unwrap_or_default();
        display::visible_lines(&String::from_utf8_lossy(part)).into_owned()
    };
    let mut job = LayoutJob::default();
    for (text, is_marked) in [(part(0..from), false), (part(from..to), true), (part(to..bytes.data.len()), false)] {
        job.append(&text, 0.0, inks.format(is_marked));
    }
    job.wrap.max_width = ui.available_width();
    let area = ScrollArea::vertical().id_salt(("bytes-text", bytes.start)).max_height(size::BYTES);
    area.show(ui, |ui| ui.add(Label::new(job).wrap().selectable(true)))
        .inner
        .on_hover_text(app.texts.tr("evidence-bytes"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_place_its_numbers_and_its_characters() {
        let (place, hex, text) = line(16, b"2 eni-\x00\xff OK", &(0..0));
        assert_eq!(place, "00000010  ");
        assert_eq!(hex, [("32 20 65 6e 69 2d 00 ff 20 4f 4b ".to_owned(), false)]);
        assert_eq!(text, [("2 eni-.. OK".to_owned(), false)]);
    }

    #[test]
    fn a_line_is_as_long_as_its_letters() {
        let (place, hex, text) = line(0, &[7; LINE], &(0..0));
        assert_eq!(place.len() + hex[0].0.len() + 1 + text[0].0.len(), letters(LINE));
    }

    #[test]
    fn what_is_meant_is_marked_in_both() {
        let (_, hex, text) = line(16, b"abcd", &(17..19));
        assert_eq!(hex, [("61 ".into(), false), ("62 63 ".into(), true), ("64 ".into(), false)]);
        assert_eq!(text, [("a".into(), false), ("bc".into(), true), ("d".into(), false)]);
    }
}
