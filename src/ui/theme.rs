//! Every colour, size, spacing and font of the window, for light and dark. Views take them from here and from nowhere
//! else. A colour never means anything alone: whatever it marks is also said by a word or a sign.

use crate::model::{SeriesKey, Value};
use crate::present::chart::Chart;
use crate::present::fonts::Face;
use crate::session::settings::ThemeChoice;
use egui::{
    Button, Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, FontTweak, Margin, RichText,
    Stroke, TextStyle, Theme, ThemePreference, Ui, Visuals, vec2,
};
use std::sync::Arc;

/// Points.
pub(crate) mod size {
    pub(crate) const TEXT: f32 = 12.5;
    /// Of text that may wrap: the font's own lines be too close.
    pub(crate) const LINE: f32 = 16.0;
    pub(crate) const SMALL: f32 = 11.0;
    pub(crate) const HEADING: f32 = 16.0;
    /// The tabular face is wider than the text beside it at the same size.
    pub(crate) const MONO: f32 = 12.0;
    /// Of lists with bars, and of the days of a heat map.
    pub(crate) const ROW: f32 = 21.0;
    /// Rows of tables and what they hold.
    pub(crate) const GRID_ROW: f32 = 18.0;
    pub(crate) const GRID_TEXT: f32 = 12.5;
    pub(crate) const GRID_FIGURE: f32 = 12.0;
    pub(crate) const HEADER: f32 = 22.0;
    /// Of a sign left of the row number, one for each meaning.
    pub(crate) const LANE: f32 = 13.0;
    /// A wheel moves a table sideways by a column.
    pub(crate) const SIDEWAYS: f32 = 50.0;
    pub(crate) const CELL_PADDING: f32 = 5.0;
    pub(crate) const SCROLLBAR: f32 = 13.0;
    pub(crate) const THUMB_MIN: f32 = 24.0;
    pub(crate) const RESIZE_GRIP: f32 = 4.0;
    /// By which a key makes a column wider or narrower.
    pub(crate) const WIDTH_STEP: f32 = 16.0;
    pub(crate) const COLUMN_MIN: f32 = 40.0;
    /// Of a long text that is cut at the edge of a table.
    pub(crate) const TEXT_LEAST: f32 = 200.0;
    pub(crate) const COLUMN_MAX: f32 = 1200.0;
    /// A name of a column up to this is there whole.
    pub(crate) const TITLE_WHOLE: f32 = 100.0;
    pub(crate) const NAV: f32 = 152.0;
    /// The navigation without names.
    pub(crate) const NAV_SIGNS: f32 = 40.0;
    pub(crate) const NAV_ROW: f32 = 22.0;
    pub(crate) const NAV_HEADING: f32 = 20.0;
    pub(crate) const NAV_SIGN: f32 = 14.0;
    pub(crate) const NAV_MARGIN: i8 = 5;
    /// Of the numbers beside the names.
    pub(crate) const NUMBER: f32 = 11.0;
    /// A half of the window takes at least so much; with less the halves are one below the other, if there is room.
    pub(crate) const HALF: f32 = 380.0;
    pub(crate) const HALF_LOW: f32 = 120.0;
    /// Facts about the row of a list, beside it; and of the room for both.
    pub(crate) const DETAILS: f32 = 420.0;
    pub(crate) const DETAILS_PART: f32 = 0.42;
    pub(crate) const DETAILS_LEAST: f32 = 220.0;
    /// Bytes of an original.
    pub(crate) const BYTES: f32 = 260.0;
    pub(crate) const INSPECTOR: f32 = 420.0;
    /// The facets beside a table; what the table keeps at least, and from which width of both on they are shown unasked.
    pub(crate) const FACETS: f32 = 230.0;
    pub(crate) const FACETS_LEAST: f32 = 170.0;
    pub(crate) const FACETS_MOST: f32 = 460.0;
    pub(crate) const FACETS_TABLE: f32 = 400.0;
    pub(crate) const FACETS_ROOM: f32 = 1200.0;
    /// In a wide window: of its width.
    pub(crate) const INSPECTOR_WIDE_PART: f32 = 0.22;
    /// A window that is as wide has it beside the table, another one below.
    pub(crate) const INSPECTOR_BESIDE: f32 = 1400.0;
    pub(crate) const INSPECTOR_LEAST: f32 = 260.0;
    /// Below the table: of the window's height.
    pub(crate) const INSPECTOR_PART: f32 = 0.35;
    pub(crate) const INSPECTOR_PART_LEAST: f32 = 0.15;
    pub(crate) const INSPECTOR_PART_MOST: f32 = 0.6;
    /// The table above it keeps this part of a window that has less than enough for both.
    pub(crate) const TABLE_PART_LEAST: f32 = 0.62;
    /// With less height it is scrolled as a whole.
    pub(crate) const INSPECTOR_WHOLE: f32 = 160.0;
    /// A table below the histogram: its header and some rows.
    pub(crate) const TABLE_LEAST: f32 = 145.0;
    /// Its header and three rows.
    pub(crate) const TABLE_LOW: f32 = 90.0;
    /// The two lists of the evidence; with less than the first they are scrolled as a whole.
    pub(crate) const EVIDENCE_LOW: f32 = 290.0;
    pub(crate) const EVIDENCE_LEAST: f32 = 400.0;
    /// A comparison, of the height below the menu; what it leaves of that at least.
    pub(crate) const COMPARE_PART: f32 = 0.45;
    pub(crate) const COMPARE_LEAST: f32 = 140.0;
    pub(crate) const COMPARE_REST: f32 = 190.0;
    /// In a list of named values: part of the width that the names have, with one value and with several.
    pub(crate) const LEAF_NAME: f32 = 0.36;
    pub(crate) const LEAF_NAME_BESIDE: f32 = 0.24;
    pub(crate) const LEAF_NAME_LEAST: f32 = 110.0;
    pub(crate) const LEAF_NAME_MOST: f32 = 320.0;
    pub(crate) const LEAF_ROW: f32 = 19.0;
    pub(crate) const LEAF_SPACE: f32 = 3.0;
    pub(crate) const LEAF_INDENT: f32 = 14.0;
    pub(crate) const LEAF_SIGN: f32 = 18.0;
    /// The popup of tags.
    pub(crate) const TAGS: f32 = 300.0;
    /// The filter takes at least so much beside its buttons; else these are below it.
    pub(crate) const FILTER: f32 = 400.0;
    /// Lines that it grows to.
    pub(crate) const FILTER_LINES: usize = 3;
    /// The bars of the histogram.
    pub(crate) const HISTOGRAM: f32 = 64.0;
    /// In a window that has no height to spare.
    pub(crate) const HISTOGRAM_LOW: f32 = 44.0;
    /// Above them the flags, below them the matches of indicators and the times.
    pub(crate) const FLAGS: f32 = 16.0;
    pub(crate) const SIGHTINGS: f32 = 6.0;
    pub(crate) const TIMES: f32 = 16.0;
    /// What is there at all is seen: bars are at least so wide and so high.
    pub(crate) const BAR_LEAST: f32 = 2.0;
    /// And each part of a stacked bar above the lowest.
    pub(crate) const PART_LEAST: f32 = 1.0;
    pub(crate) const WINDOW_NARROW: f32 = 1100.0;
    pub(crate) const WINDOW_WIDE: f32 = 2000.0;
    pub(crate) const WINDOW_LOW: f32 = 700.0;
    /// So low that a strip is a line.
    pub(crate) const WINDOW_LOWEST: f32 = 480.0;
    /// For the text of a mark on its time axis.
    pub(crate) const TIME_MARK: f32 = 112.0;
    pub(crate) const COUNT_AXIS: f32 = 48.0;
    /// Its legend.
    pub(crate) const HISTOGRAM_FRAME: f32 = 24.0;
    pub(crate) const DIALOG: f32 = 560.0;
    /// What opens the palette, in the menu bar.
    pub(crate) const PALETTE_BUTTON: f32 = 160.0;
    /// Right of the commands in the palette.
    pub(crate) const PALETTE_PLACE: f32 = 70.0;
    pub(crate) const PALETTE_SHORTCUT: f32 = 100.0;
    pub(crate) const DIALOG_WIDE: f32 = 760.0;
    pub(crate) const DIALOG_HEIGHT: f32 = 420.0;
    /// Lines of a list in a dialog.
    pub(crate) const DIALOG_LINES: f32 = 110.0;
    pub(crate) const PATH_FIELD: f32 = 420.0;
    /// From here on what belongs together is side by side.
    pub(crate) const TWO_COLUMNS: f32 = 1200.0;
    /// A recent case, with its folder.
    pub(crate) const RECENT: f32 = 620.0;
    /// Beside the text of a button in a crowded line.
    pub(crate) const NARROW_PADDING: f32 = 5.0;
    /// Above and below the highest menu; the dot of what is set, in front of its name.
    pub(crate) const MENU_ROOM: f32 = 48.0;
    pub(crate) const MENU_MARK: f32 = 2.0;
    pub(crate) const ARROW_BUTTON: f32 = 30.0;
    pub(crate) const PROGRESS: f32 = 140.0;
    /// A list with bars takes at least so much.
    pub(crate) const CARD: f32 = 330.0;
    pub(crate) const CARD_MARGIN: i8 = 10;
    /// How strongly a bar behind text is tinted.
    pub(crate) const BAR_TINT: f32 = 0.18;
    /// How strongly a cell is tinted that matches an indicator.
    pub(crate) const CELL_TINT: f32 = 0.16;
    /// How strongly an answer is shown while the next one is on its way.
    pub(crate) const STALE: f32 = 0.55;
    pub(crate) const HATCH: f32 = 6.0;
    /// The strip that shows which hours there are.
    pub(crate) const STRIP: f32 = 14.0;
    pub(crate) const TRACK_MIN: f32 = 130.0;
    pub(crate) const TRACK_MAX: f32 = 640.0;
    /// The choices and the legend above a track.
    pub(crate) const TRACK_FRAME: f32 = 84.0;
    /// A list of choices up to this is there whole.
    pub(crate) const MENU_LONG: f32 = 420.0;
    pub(crate) const NUMBER_FIELD: f32 = 90.0;
    /// Of a technique as MITRE numbers it.
    pub(crate) const TECHNIQUE_FIELD: f32 = 115.0;
    /// The mark of a bin that reaches the threshold.
    pub(crate) const MARK: f32 = 4.0;
    /// Around the views, and the filter above them.
    pub(crate) const BARS_MARGIN: i8 = 5;
    /// Between the marks on a line.
    pub(crate) const MARKS_APART: f32 = 70.0;
    /// Of a series in a legend.
    pub(crate) const SWATCH: [f32; 2] = [20.0, 10.0];
    /// The name of a day beside its hours.
    pub(crate) const DAY: f32 = 116.0;
    pub(crate) const QUERY_LIST: f32 = 300.0;
    /// An exhibit with its words and its rows.
    pub(crate) const EXHIBIT_LEAST: f32 = 360.0;
    /// A panel beside a view.
    pub(crate) const SIDE: f32 = 240.0;
    pub(crate) const EDITOR: f32 = 200.0;
    /// Of a text in a table of results.
    pub(crate) const COLUMN_RESULT: f32 = 200.0;
    pub(crate) const POPUP: f32 = 220.0;
    pub(crate) const POPUP_ROWS: f32 = 260.0;
    pub(crate) const DIALOG_MARGIN: i8 = 14;
    pub(crate) const GAP: f32 = 5.0;
    pub(crate) const GAP_LARGE: f32 = 14.0;
    pub(crate) const UNDERLINE: f32 = 2.0;
    /// The line around what has the focus, and how round it is.
    pub(crate) const FOCUS: f32 = 2.0;
    pub(crate) const FOCUS_CORNER: f32 = 3.0;
    /// The contents beside a chapter of the help.
    pub(crate) const CONTENTS: f32 = 170.0;
    pub(crate) const WINDOW: [f32; 2] = [1440.0, 900.0];
    /// The desktop's title bar and panel.
    pub(crate) const WINDOW_FRAME: f32 = 60.0;
    pub(crate) const WINDOW_MIN: [f32; 2] = [720.0, 420.0];
}

pub(crate) struct Palette {
    pub panel: Color32,
    /// Behind tables and texts.
    pub surface: Color32,
    pub stripe: Color32,
    pub header: Color32,
    pub line: Color32,
    pub text: Color32,
    pub weak: Color32,
    pub accent: Color32,
    pub selected: Color32,
    pub hovered: Color32,
    /// Accepted, ok.
    pub good: Color32,
    /// Rejected, error.
    pub bad: Color32,
    pub other: Color32,
    pub warning: Color32,
    pub error: Color32,
    /// What matches an indicator.
    pub sighting: Color32,
    /// What the examiner calls something.
    pub label: Color32,
    /// Around what has the focus.
    pub focus: Color32,
}

const DARK: Palette = Palette {
    panel: Color32::from_rgb(30, 33, 39),
    surface: Color32::from_rgb(22, 24, 29),
    stripe: Color32::from_rgb(27, 29, 35),
    header: Color32::from_rgb(38, 42, 50),
    line: Color32::from_rgb(58, 63, 74),
    text: Color32::from_rgb(224, 227, 233),
    weak: Color32::from_rgb(166, 173, 185),
    accent: Color32::from_rgb(92, 166, 255),
    selected: Color32::from_rgb(30, 58, 98),
    hovered: Color32::from_rgb(44, 49, 59),
    good: Color32::from_rgb(76, 156, 190),
    bad: Color32::from_rgb(238, 140, 96),
    other: Color32::from_rgb(112, 116, 124),
    warning: Color32::from_rgb(240, 190, 80),
    error: Color32::from_rgb(255, 128, 118),
    sighting: Color32::from_rgb(229, 134, 192),
    label: Color32::from_rgb(130, 200, 140),
    focus: Color32::from_rgb(92, 166, 255),
};

const LIGHT: Palette = Palette {
    panel: Color32::from_rgb(243, 244, 247),
    surface: Color32::from_rgb(255, 255, 255),
    stripe: Color32::from_rgb(247, 249, 252),
    header: Color32::from_rgb(230, 233, 239),
    line: Color32::from_rgb(203, 208, 217),
    text: Color32::from_rgb(28, 31, 37),
    weak: Color32::from_rgb(82, 89, 102),
    accent: Color32::from_rgb(14, 92, 186),
    selected: Color32::from_rgb(198, 221, 250),
    hovered: Color32::from_rgb(228, 234, 243),
    good: Color32::from_rgb(36, 116, 153),
    bad: Color32::from_rgb(160, 54, 8),
    other: Color32::from_rgb(134, 138, 146),
    warning: Color32::from_rgb(130, 86, 0),
    error: Color32::from_rgb(186, 26, 26),
    sighting: Color32::from_rgb(168, 19, 108),
    label: Color32::from_rgb(14, 90, 34),
    focus: Color32::from_rgb(14, 92, 186),
};

/// The current colours.
pub(crate) fn palette(ui: &Ui) -> &'static Palette {
    if ui.visuals().dark_mode { &DARK } else { &LIGHT }
}

const fn rgbs(codes: [u32; 10]) -> [Color32; 10] {
    let mut colours = [Color32::BLACK; 10];
    let mut at = 0;
    while at < codes.len() {
        let [_, red, green, blue] = codes[at].to_be_bytes();
        colours[at] = Color32::from_rgb(red, green, blue);
        at += 1;
    }
    colours
}

/// Lines of a chart beside each other, distinguished on a dark and on a light ground, also by eyes that lack cones of one
/// kind: the search for them kept the least distance large, under each of the three. Their order is that of the legend.
const SERIES_DARK: [Color32; 10] =
    rgbs([0x4c9cbe, 0x9ecffc, 0xffeb2c, 0x7d4bc0, 0xd6aa0b, 0xd33951, 0x087900, 0xaeffb8, 0xb58c10, 0x2ec893]);

const SERIES_LIGHT: [Color32; 10] =
    rgbs([0x26789e, 0xd17508, 0xa83902, 0x002c6a, 0x591600, 0x0097ff, 0x66414a, 0x115081, 0x905e64, 0xb08571]);

/// Both palettes with their series.
#[cfg(test)]
pub(crate) fn palettes() -> [(&'static Palette, &'static [Color32; 10]); 2] {
    [(&DARK, &SERIES_DARK), (&LIGHT, &SERIES_LIGHT)]
}

fn series_colours(ui: &Ui) -> &'static [Color32; 10] {
    if ui.visuals().dark_mode { &SERIES_DARK } else { &SERIES_LIGHT }
}

/// The colour of a chart's line by its place.
pub(crate) fn series(ui: &Ui, at: usize) -> Color32 {
    let colours = series_colours(ui);
    colours.get(at % colours.len()).copied().unwrap_or(DARK.other)
}

/// The colours of a chart's lines, in their order.
pub(crate) fn lines(ui: &Ui, chart: &Chart) -> Vec<Color32> {
    line_colours(chart, palette(ui), series_colours(ui))
}

/// What was accepted and refused has its own colours everywhere, and so has the rest.
fn line_colours(chart: &Chart, p: &Palette, series: &[Color32; 10]) -> Vec<Color32> {
    let colour = |(at, key): (usize, &SeriesKey)| match key {
        SeriesKey::Other => p.other,
        SeriesKey::All => p.good,
        SeriesKey::Group(key) => match key.first() {
            Some(Value::Text(text)) if text == "ACCEPT" => p.good,
            Some(Value::Text(text)) if text == "REJECT" => p.bad,
            _ => series.get(at % series.len()).copied().unwrap_or(p.other),
        },
    };
    chart.lines.iter().map(|line| &line.key).enumerate().map(colour).collect()
}

/// Colours on paper, for pictures that are saved.
pub(crate) mod print {
    use super::{LIGHT, SERIES_LIGHT};
    use crate::present::chart::Chart;
    use crate::present::chart::svg::{Colours, Rgb};
    use egui::Color32;

    fn rgb(colour: Color32) -> Rgb {
        [colour.r(), colour.g(), colour.b()]
    }

    pub(crate) fn colours() -> Colours {
        let [ground, text, grid, gap, threshold] =
            [LIGHT.surface, LIGHT.text, LIGHT.line, LIGHT.other, LIGHT.error].map(rgb);
        Colours { ground, text, grid, gap, threshold }
    }

    /// Of each line of a chart.
    pub(crate) fn lines(chart: &Chart) -> Vec<Rgb> {
        super::line_colours(chart, &LIGHT, &SERIES_LIGHT).into_iter().map(rgb).collect()
    }
}

pub(crate) fn body() -> FontId {
    FontId::proportional(size::TEXT)
}

pub(crate) fn mono() -> FontId {
    FontId::monospace(size::MONO)
}

/// Texts in tables.
pub(crate) fn grid_text() -> FontId {
    FontId::proportional(size::GRID_TEXT)
}

/// Numbers and identifiers in tables: figures of one width, in which no two signs look the same.
pub(crate) fn grid_figure() -> FontId {
    FontId::monospace(size::GRID_FIGURE)
}

/// Beside charts.
pub(crate) fn small() -> FontId {
    FontId::proportional(size::SMALL)
}

/// The button that continues with a dialog.
pub(crate) fn primary_button(ui: &Ui, text: &str) -> Button<'static> {
    let p = palette(ui);
    Button::new(RichText::new(text).strong()).fill(p.selected).stroke(Stroke::new(1.0, p.accent))
}

/// Installs fonts and both themes.
pub(crate) fn install(ctx: &Context) {
    ctx.set_fonts(fonts());
    // Commands of the program, which remembers the size.
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
    ctx.set_visuals_of(Theme::Dark, visuals(Visuals::dark(), &DARK));
    ctx.set_visuals_of(Theme::Light, visuals(Visuals::light(), &LIGHT));
    ctx.all_styles_mut(|style| {
        style.text_styles = [
            (TextStyle::Small, FontId::proportional(size::SMALL)),
            (TextStyle::Body, FontId::proportional(size::TEXT)),
            (TextStyle::Button, FontId::proportional(size::TEXT)),
            (TextStyle::Heading, FontId::proportional(size::HEADING)),
            (TextStyle::Monospace, mono()),
        ]
        .into();
        style.spacing.item_spacing = vec2(6.0, 4.0);
        style.spacing.button_padding = vec2(7.0, 2.0);
        style.spacing.interact_size.y = 21.0;
        style.spacing.menu_margin = Margin::same(4);
        style.spacing.combo_height = size::MENU_LONG;
        // A cursor that blinks draws the whole window twice a second.
        style.visuals.text_cursor.blink = false;
        style.interaction.selectable_labels = true;
    });
}

pub(crate) fn choose(ctx: &Context, choice: ThemeChoice) {
    ctx.set_theme(match choice {
        ThemeChoice::System => ThemePreference::System,
        ThemeChoice::Light => ThemePreference::Light,
        ThemeChoice::Dark => ThemePreference::Dark,
    });
}

/// Inter for Latin letters and figures; JetBrains Mono for numbers, identifiers and raw text; and behind both BIZ UDPGothic
/// for everything else, so that Japanese data shows on a machine without any font.
fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let files: [(&str, &'static [u8], f32); 3] = [
        ("latin", Face::Latin.data(), 0.0),
        ("japanese", Face::Regular.data(), 0.0),
        // On one line with the others.
        ("mono", include_bytes!("../../assets/fonts/JetBrainsMono-Latin.ttf"), 0.035),
    ];
    for (name, bytes, y_offset_factor) in files {
        let tweak = FontTweak { y_offset_factor, ..FontTweak::default() };
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes).tweak(tweak)));
    }
    fonts.families.insert(FontFamily::Proportional, vec!["latin".to_owned(), "japanese".to_owned()]);
    fonts.families.insert(FontFamily::Monospace, vec!["mono".to_owned(), "japanese".to_owned()]);
    fonts
}

fn visuals(mut visuals: Visuals, p: &Palette) -> Visuals {
    let corner = CornerRadius::same(4);
    visuals.panel_fill = p.panel;
    visuals.window_fill = p.panel;
    visuals.extreme_bg_color = p.surface;
    visuals.text_edit_bg_color = Some(p.surface);
    visuals.faint_bg_color = p.stripe;
    visuals.code_bg_color = p.surface;
    visuals.hyperlink_color = p.accent;
    visuals.warn_fg_color = p.warning;
    visuals.error_fg_color = p.error;
    visuals.weak_text_color = Some(p.weak);
    visuals.window_stroke = Stroke::new(1.0, p.line);
    visuals.selection.bg_fill = p.selected;
    visuals.selection.stroke = Stroke::new(1.0, p.text);
    let widgets = &mut visuals.widgets;
    for (state, fill, stroke) in [
        (&mut widgets.noninteractive, p.panel, p.line),
        (&mut widgets.inactive, p.header, p.line),
        (&mut widgets.hovered, p.hovered, p.accent),
        (&mut widgets.active, p.selected, p.accent),
        (&mut widgets.open, p.hovered, p.line),
    ] {
        state.bg_fill = fill;
        state.weak_bg_fill = fill;
        state.bg_stroke = Stroke::new(1.0, stroke);
        state.fg_stroke = Stroke::new(1.0, p.text);
        state.corner_radius = corner;
        state.expansion = 0.0;
    }
    visuals
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2.1 contrast ratio.
    fn contrast(a: Color32, b: Color32) -> f64 {
        let luminance = |c: Color32| {
            let channel = |v: u8| {
                let v = f64::from(v) / 255.0;
                if v <= 0.03928 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * channel(c.r()) + 0.7152 * channel(c.g()) + 0.0722 * channel(c.b())
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_text_has_the_contrast_of_wcag_aa() {
        for p in [&DARK, &LIGHT] {
            for ground in [p.panel, p.surface, p.stripe, p.header, p.selected, p.hovered] {
                assert!(contrast(p.text, ground) >= 4.5, "{ground:?}");
            }
            for ground in [p.panel, p.surface, p.stripe] {
                for ink in [p.accent, p.bad] {
                    assert!(contrast(ink, ground) >= 4.5, "{ink:?} on {ground:?}");
                }
            }
            // Row numbers and absent values in selected rows, counts in the chosen view, what buttons say of errors.
            for ground in [p.panel, p.surface, p.stripe, p.header, p.hovered, p.selected] {
                assert!(contrast(p.weak, ground) >= 4.5, "{:?} on {ground:?}", p.weak);
            }
            for ground in [p.panel, p.surface, p.stripe, p.header, p.hovered] {
                for ink in [p.warning, p.error] {
                    assert!(contrast(ink, ground) >= 4.5, "{ink:?} on {ground:?}");
                }
            }
            // A refusal under the pointer, the sign of the order in a header.
            assert!(contrast(p.bad, p.hovered) >= 4.5);
            assert!(contrast(p.accent, p.header) >= 4.5);
            // A cell that matches an indicator is tinted; what was refused is in such cells too.
            let cell = |ground: Color32| ground.blend(p.sighting.gamma_multiply(size::CELL_TINT));
            for ground in [cell(p.surface), cell(p.stripe)] {
                for ink in [p.text, p.weak, p.bad, p.sighting, p.label] {
                    assert!(contrast(ink, ground) >= 4.5, "{ink:?} on {ground:?}");
                }
            }
            assert!(contrast(p.bad, p.selected) >= 4.5);
            for ground in [p.panel, p.surface, p.stripe, p.hovered, p.selected] {
                for ink in [p.sighting, p.label] {
                    assert!(contrast(ink, ground) >= 4.5, "{ink:?} on {ground:?}");
                }
            }
            let lines = if std::ptr::eq(p, &DARK) { SERIES_DARK } else { SERIES_LIGHT };
            for mark in [p.good, p.bad, p.other].into_iter().chain(lines) {
                assert!(contrast(mark, p.surface) >= 3.0, "{mark:?}");
            }
        }
    }

    #[test]
    fn the_fonts_hold_japanese_and_the_signs_of_the_window() {
        let ctx = Context::default();
        install(&ctx);
        let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
            let font = FontId::proportional(size::TEXT);
            for c in "東京フロー髙﨑①〜…‹›▲▼●○×–—•→□■◀▶×◆≠±".chars() {
                assert!(ui.fonts_mut(|f| f.has_glyph(&font, c)), "{c}");
            }
            for c in '0'..='9' {
                let width = |c| ui.fonts_mut(|f| f.glyph_width(&font, c));
                assert!((width(c) - width('0')).abs() < 0.01, "{c} is as wide as any other figure in a sentence");
            }
            let width = |c| ui.fonts_mut(|f| f.glyph_width(&grid_figure(), c));
            for c in "0123456789abcdefIlOo.,:-…◆".chars() {
                assert!((width(c) - width('0')).abs() < 0.01, "{c} is as wide as any other figure");
            }
        });
        output.textures_delta.clear();
    }

    /// In parts of the height of the letters: how far a sign goes below the line, and how high it is.
    fn extent(ui: &Ui, family: FontFamily, sign: char) -> (f32, f32) {
        let font = FontId::new(100.0, family);
        let galley = ui.fonts_mut(|f| f.layout_no_wrap(sign.to_string(), font, Color32::WHITE));
        let drawn = galley.rows[0].glyphs[0].uv_rect;
        ((drawn.offset.y + drawn.size.y) / 100.0, drawn.size.y / 100.0)
    }

    #[test]
    fn latin_letters_have_whole_descenders_and_underscores_that_are_seen() {
        let ctx = Context::default();
        install(&ctx);
        let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
            for family in [FontFamily::Proportional, FontFamily::Monospace] {
                for letter in "gjpqy".chars() {
                    let (below, _) = extent(ui, family.clone(), letter);
                    assert!(below > 0.17, "{letter} goes {below} below the line in {family:?}");
                }
                let (_, high) = extent(ui, family.clone(), '_');
                assert!(high > 0.06, "an underscore is {high} high in {family:?}");
            }
            let [latin, japanese] = ["g", "東"].map(|text| {
                let galley = ui.fonts_mut(|f| f.layout_no_wrap(text.to_owned(), body(), Color32::WHITE));
                (galley.rows[0].glyphs[0].pos.y, galley.size().y)
            });
            let is_near = |one: f32, other: f32| (one - other).abs() < 0.1;
            assert!(is_near(latin.0, japanese.0) && is_near(latin.1, japanese.1), "one line: {latin:?} {japanese:?}");
        });
        output.textures_delta.clear();
    }
}
