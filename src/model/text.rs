//! Characters that must not reach a screen as they are, and words that are nearly another.

/// Control characters, and those that change the direction or hide what follows: shown escaped, never obeyed.
pub(crate) fn is_hazardous(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The candidate nearest to what was typed, where it is near enough to be a typo: one edit for short words, two or
/// three for longer ones. Case does not count.
pub(crate) fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 64;
    let typed: Vec<char> = typed.to_lowercase().chars().collect();
    if typed.is_empty() || typed.len() > LONGEST {
        return None;
    }
    let allowed = match typed.len() {
        0..=2 => 0,
        3..=4 => 1,
        5..=9 => 2,
        _ => 3,
    };
    candidates
        .into_iter()
        .map(|candidate| (distance(&typed, &candidate.to_lowercase().chars().collect::<Vec<_>>()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX - 1);
    let width = b.len() + 1;
    let mut before_last: Vec<usize> = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    let mut previous_from = None;
    for (i, from) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        let mut previous_to = None;
        for (j, to) in b.iter().enumerate() {
            let mut best = (at(&last, j) + usize::from(from != to)).min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            if let (Some(swapped), true) = (j.checked_sub(1), previous_from == Some(to) && previous_to == Some(from)) {
                best = best.min(at(&before_last, swapped) + 1);
            }
            row.push(best);
            previous_to = Some(to);
        }
        before_last = std::mem::replace(&mut last, row);
        previous_from = Some(from);
    }
    at(&last, b.len())
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

    #[test]
    fn the_nearest_word_is_proposed_only_when_it_is_near() {
        let fields = ["srcaddr", "dstaddr", "srcport", "action"];
        assert_eq!(nearest("srcadr", fields), Some("srcaddr"));
        assert_eq!(nearest("SRCPROT", fields), Some("srcport"));
        assert_eq!(nearest("acton", fields), Some("action"));
        assert_eq!(nearest("srcpotr", ["srcport"]), Some("srcport"));
        assert_eq!(
            ["", "a", "ab", "ba", "abc", "axc"].map(|b| distance(&['a', 'b'], &b.chars().collect::<Vec<_>>())),
            [2, 1, 0, 1, 1, 2]
        );
        assert_eq!(nearest("banana", fields), None);
        assert_eq!(nearest("", fields), None);
        assert_eq!(nearest(&"x".repeat(100), fields), None);
    }
}
