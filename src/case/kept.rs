//! Values that were written a short time ago, with their numbers: what repeats is found without asking the case, in
//! memory that does not grow with it.

use rustc_hash::FxHashMap;

/// About what a value takes beside its bytes.
const ENTRY_BYTES: usize = 48;

/// The values of one dictionary. Those that were not met for long are forgotten; one of them is written again when it
/// comes back, which costs room but is no fault.
pub(super) struct Kept {
    young: FxHashMap<Box<[u8]>, u32>,
    old: FxHashMap<Box<[u8]>, u32>,
    /// Of the young.
    bytes: usize,
    /// About the most that both take.
    most: usize,
}

impl Kept {
    pub(super) fn new(most: usize) -> Self {
        Self { young: FxHashMap::default(), old: FxHashMap::default(), bytes: 0, most }
    }

    pub(super) fn get(&mut self, value: &[u8]) -> Option<u32> {
        if let Some(id) = self.young.get(value) {
            return Some(*id);
        }
        let (value, id) = self.old.remove_entry(value)?;
        self.put(value, id);
        Some(id)
    }

    pub(super) fn put(&mut self, value: Box<[u8]>, id: u32) {
        self.bytes += value.len() + ENTRY_BYTES;
        self.young.insert(value, id);
        if self.is_half_full() {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
    }

    /// Has what came in since it was empty, or last half full, taken half of the room?
    fn is_half_full(&self) -> bool {
        self.bytes > self.most / 2
    }

    /// Takes a value of the case while there is room for it without forgetting another; was there?
    pub(super) fn fill(&mut self, value: &[u8], id: u32) -> bool {
        if self.bytes + value.len() + ENTRY_BYTES > self.most / 2 {
            return false;
        }
        self.put(value.into(), id);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever it still knows is right, and what was met just now is known.
        #[test]
        fn a_value_has_the_number_that_it_was_given(list in prop::collection::vec(0u32..40, 1..300), most in 0usize..2000) {
            let mut kept = Kept::new(most);
            for value in list {
                let bytes = value.to_be_bytes();
                match kept.get(&bytes) {
                    Some(id) => prop_assert_eq!(id, value + 7),
                    None => kept.put(bytes.as_slice().into(), value + 7),
                }
                prop_assert_eq!(kept.get(&bytes), Some(value + 7));
                prop_assert!(kept.young.len() + kept.old.len() <= most / ENTRY_BYTES + 2);
            }
        }
    }

    #[test]
    fn filling_never_forgets() {
        let mut kept = Kept::new(10 * (ENTRY_BYTES + 4));
        let taken = (0u32..20).take_while(|id| kept.fill(&id.to_be_bytes(), *id)).count();
        assert_eq!(taken, 5);
        assert!((0..5).all(|id: u32| kept.get(&id.to_be_bytes()) == Some(id)));
    }
}
