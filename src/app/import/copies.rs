//! Copies within one import. Only files of the same size can be the same, so only they are hashed before they are read.

use super::list::Listing;
use crate::ingest::reader;
use crate::model::Cancel;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, PoisonError};

pub(super) struct Copies {
    /// By size, where several files have it.
    groups: HashMap<u64, Mutex<Group>>,
}

struct Group {
    /// Places in the listing, rising, and the paths there.
    members: Vec<(usize, PathBuf)>,
    /// The members that were hashed, in their order.
    hashes: Vec<Option<[u8; 32]>>,
    first: HashMap<[u8; 32], usize>,
}

impl Copies {
    pub(super) fn of(listing: &Listing) -> Self {
        let mut sizes: HashMap<u64, Vec<(usize, PathBuf)>> = HashMap::new();
        // A file that holds nothing is read sooner than it is hashed.
        for (index, (path, bytes)) in listing.files.iter().enumerate().filter(|(_, (_, bytes))| *bytes > 0) {
            sizes.entry(*bytes).or_default().push((index, path.clone()));
        }
        let several = sizes.into_iter().filter(|(_, members)| members.len() > 1);
        let group = |members| Mutex::new(Group { members, hashes: Vec::new(), first: HashMap::new() });
        Self { groups: several.map(|(bytes, members)| (bytes, group(members))).collect() }
    }

    pub(super) fn none() -> Self {
        Self { groups: HashMap::new() }
    }

    /// The hash of a file whose bytes a file before it in the listing has too. A file that cannot be read is no copy:
    /// why it cannot is found when it is read.
    pub(crate) fn copy_of_earlier(&self, index: usize, bytes: u64, cancel: &Cancel) -> Option<[u8; 32]> {
        let mut group = self.groups.get(&bytes)?.lock().unwrap_or_else(PoisonError::into_inner);
        let place = group.members.binary_search_by_key(&index, |(member, _)| *member).ok()?;
        // In order, so that it does not depend on the threads which of two is the copy.
        while group.hashes.len() <= place {
            let (member, path) = group.members.get(group.hashes.len())?.clone();
            let hash = reader::hash_file(&path, cancel, &AtomicU64::new(0)).ok();
            if let Some(hash) = hash {
                group.first.entry(hash).or_insert(member);
            }
            group.hashes.push(hash);
        }
        let hash = (*group.hashes.get(place)?)?;
        (*group.first.get(&hash)? < index).then_some(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_known_by_the_one_before_it_whoever_asks_first() {
        let folder = tempfile::tempdir().unwrap();
        let files = ["same", "else", "", "same", "longer", "same", ""];
        let files = files.iter().enumerate().map(|(n, text)| {
            let path = folder.path().join(n.to_string());
            std::fs::write(&path, text).unwrap();
            (path, text.len() as u64)
        });
        let listing = Listing { files: files.collect(), left_out: Vec::new() };
        let copies = |order: &[usize]| {
            let copies = Copies::of(&listing);
            let cancel = Cancel::default();
            let is_copy = |n: &usize| copies.copy_of_earlier(*n, listing.files[*n].1, &cancel).is_some();
            let mut found: Vec<usize> = order.iter().copied().filter(is_copy).collect();
            found.sort_unstable();
            found
        };
        assert_eq!(copies(&[0, 1, 2, 3, 4, 5, 6]), [3, 5]);
        assert_eq!(copies(&[6, 5, 4, 3, 2, 1, 0]), [3, 5]);
    }
}
