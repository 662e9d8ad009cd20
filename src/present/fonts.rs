//! The faces that a document is set in, as data: which glyph a character has and how wide it is. Pictures measure
//! their labels with it, and the PDF sets its lines with it; nothing here asks the machine for a font.

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::DrawSettings;
pub(crate) use skrifa::outline::OutlinePen;
use skrifa::{FontRef, GlyphId, MetadataProvider};
use std::collections::HashMap;
use std::sync::LazyLock;

/// A face of the fonts in `assets/fonts`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Face {
    #[default]
    Regular,
    Bold,
    /// Latin letters of one width, for hashes, filters and raw text; what it lacks comes from `Regular`.
    Mono,
    /// The Latin letters and figures of `Regular`: those of the Japanese font have short descenders.
    Latin,
    /// Those of `Bold`.
    LatinBold,
}

impl Face {
    pub const ALL: [Face; 5] = [Face::Regular, Face::Bold, Face::Mono, Face::Latin, Face::LatinBold];

    /// The font file.
    pub fn data(self) -> &'static [u8] {
        match self {
            Face::Regular => include_bytes!("../../assets/fonts/BIZUDPGothic-Regular.ttf"),
            Face::Bold => include_bytes!("../../assets/fonts/BIZUDPGothic-Bold.ttf"),
            Face::Mono => include_bytes!("../../assets/fonts/BIZUDGothic-Latin.ttf"),
            Face::Latin => include_bytes!("../../assets/fonts/Inter-Latin.otf"),
            Face::LatinBold => include_bytes!("../../assets/fonts/Inter-Bold-Latin.otf"),
        }
    }

    /// Which faces its characters come from: the first that has one.
    fn sources(self) -> &'static [Face] {
        match self {
            Face::Regular | Face::Latin => &[Face::Latin, Face::Regular],
            Face::Bold | Face::LatinBold => &[Face::LatinBold, Face::Bold],
            Face::Mono => &[Face::Mono, Face::Latin, Face::Regular],
        }
    }

    fn metrics(self) -> &'static Metrics {
        static ALL: LazyLock<[Metrics; Face::ALL.len()]> =
            LazyLock::new(|| Face::ALL.map(|face| Metrics::of(face.data())));
        let [regular, bold, mono, latin, latin_bold] = &*ALL;
        match self {
            Face::Regular => regular,
            Face::Bold => bold,
            Face::Mono => mono,
            Face::Latin => latin,
            Face::LatinBold => latin_bold,
        }
    }

    /// The face that shows this character, its glyph, and its advance as a part of the font size. `None`: no face has it.
    pub fn glyph(self, c: char) -> Option<(Face, Glyph)> {
        self.sources().iter().find_map(|face| face.metrics().glyphs.get(&c).map(|glyph| (*face, *glyph)))
    }

    /// Draws a glyph of this face, in parts of the font size, upwards from the base line. A blank draws nothing.
    pub fn outline(self, glyph: Glyph, pen: &mut impl OutlinePen) {
        let Ok(font) = FontRef::new(self.data()) else { return };
        let Some(outline) = font.outline_glyphs().get(GlyphId::new(glyph.id)) else { return };
        let settings = DrawSettings::unhinted(Size::new(1.0), LocationRef::default());
        // Fonts of our own: a test draws with each of them.
        let _ = outline.draw(settings, pen);
    }

    /// How wide a line of this text is, as a part of the font size. A character without a glyph counts as an em.
    pub fn width(self, text: &str) -> f32 {
        text.chars().map(|c| self.glyph(c).map_or(1.0, |(_, glyph)| glyph.advance)).sum()
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glyph {
    pub id: u32,
    /// As a part of the font size.
    pub advance: f32,
}

struct Metrics {
    glyphs: HashMap<char, Glyph>,
}

impl Metrics {
    fn of(data: &[u8]) -> Self {
        let mut glyphs = HashMap::new();
        if let Ok(font) = FontRef::new(data) {
            let widths = font.glyph_metrics(Size::unscaled(), LocationRef::default());
            let em = f32::from(font.metrics(Size::unscaled(), LocationRef::default()).units_per_em.max(1));
            for (code, id) in font.charmap().mappings() {
                let (Some(c), Some(advance)) = (char::from_u32(code), widths.advance_width(id)) else { continue };
                if id.to_u32() != 0 {
                    glyphs.insert(c, Glyph { id: id.to_u32(), advance: advance / em });
                }
            }
        }
        Self { glyphs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faces_know_their_glyphs_and_lend_each_other_what_they_lack() {
        assert_eq!(Face::Mono.glyph('漢').unwrap().0, Face::Regular);
        assert_eq!(Face::Mono.glyph('a').unwrap().0, Face::Mono);
        assert_eq!(Face::Bold.glyph('漢').unwrap().0, Face::Bold);
        assert_eq!(Face::Regular.glyph('漢').unwrap().0, Face::Regular);
        assert_eq!(['g', 'Q', '7'].map(|c| Face::Regular.glyph(c).unwrap().0), [Face::Latin; 3]);
        assert_eq!(['g', 'Q', '7'].map(|c| Face::Bold.glyph(c).unwrap().0), [Face::LatinBold; 3]);
        assert_eq!(Face::Regular.glyph('🔥'), None);
        let [i, w] = ["i", "W"].map(|text| Face::Mono.width(text));
        assert!(i == w && i > 0.4 && i < 0.6, "{i} {w}");
        assert!(Face::Regular.width("漢字") == 2.0 && Face::Bold.width("WWW") > Face::Bold.width("iii"));
    }

    #[test]
    fn bold_has_what_regular_has() {
        for (regular, bold) in [(Face::Regular, Face::Bold), (Face::Latin, Face::LatinBold)] {
            let missing: Vec<&char> =
                regular.metrics().glyphs.keys().filter(|c| !bold.metrics().glyphs.contains_key(c)).collect();
            assert!(missing.is_empty(), "{missing:?}");
        }
    }

    /// Figures in a column stand below each other.
    #[test]
    fn figures_have_one_width() {
        for face in [Face::Regular, Face::Bold] {
            let widths: Vec<f32> = ('0'..='9').map(|c| face.glyph(c).unwrap().1.advance).collect();
            assert!(widths.iter().all(|width| (width - widths[0]).abs() < 0.002), "{face:?} {widths:?}");
        }
    }

    /// The lowest point of a letter, as a part of the font size.
    fn lowest(face: Face, c: char) -> f32 {
        #[derive(Default)]
        struct Lowest(f32);
        impl OutlinePen for Lowest {
            fn move_to(&mut self, _: f32, y: f32) {
                self.0 = self.0.min(y);
            }
            fn line_to(&mut self, _: f32, y: f32) {
                self.0 = self.0.min(y);
            }
            fn quad_to(&mut self, _: f32, _: f32, _: f32, y: f32) {
                self.0 = self.0.min(y);
            }
            fn curve_to(&mut self, _: f32, _: f32, _: f32, _: f32, _: f32, y: f32) {
                self.0 = self.0.min(y);
            }
            fn close(&mut self) {}
        }
        let (face, glyph) = face.glyph(c).unwrap();
        let mut pen = Lowest::default();
        face.outline(glyph, &mut pen);
        pen.0
    }

    /// Short ones look cut off.
    #[test]
    fn latin_letters_have_whole_descenders() {
        for face in [Face::Regular, Face::Bold] {
            for c in ['g', 'j', 'p', 'q', 'y'] {
                assert!(lowest(face, c) < -0.18, "{face:?} {c}: {}", lowest(face, c));
            }
        }
    }
}
