//! Which characters the window's own font can show. A character without a glyph would be an empty place, and two names
//! that differ in it would look the same; so it is spelt out instead. Knows the font as data and paints nothing.

use super::fonts::Face;
use skrifa::{FontRef, GlyphId, MetadataProvider};
use std::sync::LazyLock;

/// A bit for each code point up to the last that the font has.
static SHOWN: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let mut bits = Vec::new();
    let Ok(font) = FontRef::new(Face::Regular.data()) else { return bits };
    for (code, glyph) in font.charmap().mappings() {
        let at = code as usize / 64;
        if bits.len() <= at {
            bits.resize(at + 1, 0);
        }
        if let (Some(word), true) = (bits.get_mut(at), glyph != GlyphId::NOTDEF) {
            *word |= 1 << (code % 64);
        }
    }
    bits
});

/// Does the font have a glyph of this character's own, or, for a mark, of the character that it joins?
pub(crate) fn is_shown(c: char) -> bool {
    let code = c as u32;
    let own = || SHOWN.get(code as usize / 64).is_some_and(|word| word >> (code % 64) & 1 == 1);
    (' '..='~').contains(&c) || joins(c) || own()
}

/// Accents, and the voicing marks of kana, which file names from a Mac have apart: the shaper puts them together.
fn joins(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{3099}' | '\u{309a}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn japanese_has_glyphs_and_what_has_none_is_known() {
        assert!("aé東京フロー髙﨑①〜ｱｲｳ㈱…‹›□か\u{3099}".chars().all(is_shown));
        for c in ['🔥', '한', '简', '\u{10ffff}', '\u{e000}', 'ا', 'א'] {
            assert!(!is_shown(c), "{c}");
        }
    }
}
