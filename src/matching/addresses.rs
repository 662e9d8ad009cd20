//! Which entries hold an address: single ones by their key, ranges by an interval tree over their first keys.

use crate::model::KeySpan;

/// Spans of addresses by their places in a list.
#[derive(Debug, Default)]
pub struct AddressIndex {
    /// Single addresses, ascending.
    keys: Vec<u128>,
    places: Vec<u32>,
    /// Ranges by first key, then the wider first: a balanced tree, whose root is the middle.
    ranges: Vec<(KeySpan, u32)>,
    /// The greatest last key in the subtree of each range.
    greatest: Vec<u128>,
}

impl AddressIndex {
    pub fn new(spans: impl IntoIterator<Item = (KeySpan, u32)>) -> Self {
        let mut single: Vec<(u128, u32)> = Vec::new();
        let mut ranges: Vec<(KeySpan, u32)> = Vec::new();
        for (span, place) in spans {
            if span.is_one() { single.push((span.first, place)) } else { ranges.push((span, place)) }
        }
        single.sort_unstable();
        ranges.sort_unstable_by_key(|(span, place)| (span.first, std::cmp::Reverse(span.last), *place));
        let mut greatest = vec![0; ranges.len()];
        fill(&ranges, &mut greatest);
        let (keys, places) = single.into_iter().unzip();
        Self { keys, places, ranges, greatest }
    }

    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.ranges.is_empty()
    }

    /// About how much memory it takes, in bytes.
    pub fn bytes(&self) -> usize {
        self.keys.len() * 20 + self.ranges.len() * (size_of::<(KeySpan, u32)>() + 16)
    }

    /// Appends the places of all entries that hold this key, the narrowest first; among equals in the order of places.
    pub fn containing(&self, key: u128, out: &mut Vec<u32>) {
        let first = self.keys.partition_point(|known| *known < key);
        let same = self.keys.iter().skip(first).take_while(|known| **known == key).count();
        out.extend(self.places.iter().skip(first).take(same));
        if self.ranges.is_empty() {
            return;
        }
        let mut found: Vec<(u128, u32)> = Vec::new();
        self.visit(0, self.ranges.len(), key, &mut found);
        found.sort_unstable();
        out.extend(found.into_iter().map(|(_, place)| place));
    }

    fn visit(&self, low: usize, high: usize, key: u128, out: &mut Vec<(u128, u32)>) {
        let middle = low + (high - low) / 2;
        let (Some((span, place)), Some(greatest)) = (self.ranges.get(middle), self.greatest.get(middle)) else {
            return;
        };
        if low >= high || *greatest < key {
            return;
        }
        self.visit(low, middle, key, out);
        if span.first <= key {
            if span.last >= key {
                out.push((span.width(), *place));
            }
            self.visit(middle + 1, high, key, out);
        }
    }

    /// Places of the entries that share an address with this span.
    pub fn overlapping(&self, span: &KeySpan) -> Vec<u32> {
        let from = self.keys.partition_point(|known| *known < span.first);
        let to = self.keys.partition_point(|known| *known <= span.last);
        let mut found: Vec<u32> = self.places.get(from..to).unwrap_or_default().to_vec();
        found.extend(self.ranges.iter().filter(|(range, _)| range.overlaps(span)).map(|(_, place)| place));
        found
    }
}

/// The greatest last key of each subtree; of the whole.
fn fill(ranges: &[(KeySpan, u32)], greatest: &mut [u128]) -> u128 {
    if ranges.is_empty() {
        return 0;
    }
    let middle = ranges.len() / 2;
    let (left, right) = ranges.split_at(middle);
    let (left_greatest, right_greatest) = greatest.split_at_mut(middle);
    let Some(((own, _), rest)) = right.split_first() else { return 0 };
    let Some((place, rest_greatest)) = right_greatest.split_first_mut() else { return 0 };
    *place = own.last.max(fill(left, left_greatest)).max(fill(rest, rest_greatest));
    *place
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spans() -> impl Strategy<Value = Vec<KeySpan>> {
        // Few distinct ends, so that spans nest, touch, cross and repeat.
        let span = (0u128..40, 0u128..12).prop_map(|(first, width)| KeySpan { first, last: first + width / 3 * 3 });
        prop::collection::vec(span, 0..40)
    }

    proptest! {
        #[test]
        fn finds_what_looking_at_each_finds(spans in spans(), wide in any::<bool>()) {
            let mut spans = spans;
            if wide {
                spans.push(KeySpan { first: 0, last: u128::MAX });
            }
            let index = AddressIndex::new(spans.iter().copied().zip(0..));
            for key in (0..60).chain([u128::MAX]) {
                let mut expected: Vec<(u128, u32)> =
                    spans.iter().zip(0..).filter(|(span, _)| span.contains(key)).map(|(span, at)| (span.width(), at)).collect();
                expected.sort_unstable();
                let mut found = Vec::new();
                index.containing(key, &mut found);
                prop_assert_eq!(found, expected.into_iter().map(|(_, at)| at).collect::<Vec<_>>(), "{}", key);
            }
            for asked in &spans {
                let mut found = index.overlapping(asked);
                found.sort_unstable();
                let expected: Vec<u32> =
                    spans.iter().zip(0..).filter(|(span, _)| span.overlaps(asked)).map(|(_, at)| at).collect();
                prop_assert_eq!(found, expected);
            }
        }
    }
}
