//! Characters that must not reach a screen as they are.

/// Control characters, and those that change the direction or hide what follows: shown escaped, never obeyed.
pub fn is_hazardous(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_and_direction_marks_are_hazardous_and_letters_are_not() {
        for c in ['\0', '\n', '\u{1b}', '\u{7f}', '\u{85}', '\u{202e}', '\u{2066}', '\u{200f}', '\u{feff}'] {
            assert!(is_hazardous(c), "{c:?}");
        }
        for c in ['a', ' ', 'é', '漢', '\u{3000}', '✓'] {
            assert!(!is_hazardous(c), "{c:?}");
        }
    }
}
