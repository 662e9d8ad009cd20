//! Columns in memory, shared by all readers of an opened case, within a budget: what was not used longest goes first.

use super::snapshot::{IndexState, Key};
use super::{IndexFault, head_checksum};
use crate::case::CaseError;
use crate::case::reading::Copied;
use crate::columns::{PackedColumn, SEGMENT_ROWS, Zone};
use rustc_hash::FxHashMap;
use std::any::Any;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

/// A column of a segment: decoded by whoever needs it first, checked then.
#[derive(Debug)]
pub(crate) struct Cell {
    zone: Zone,
    data_checksum: u32,
    raw: Mutex<Vec<u8>>,
    column: OnceLock<Result<Arc<PackedColumn>, IndexFault>>,
}

impl Cell {
    pub(super) fn raw(zone: Zone, data_checksum: u32, data: Vec<u8>) -> Self {
        Self { zone, data_checksum, raw: Mutex::new(data), column: OnceLock::new() }
    }

    pub(super) fn ready(column: PackedColumn) -> Self {
        let (zone, column) = (column.zone(), OnceLock::from(Ok(Arc::new(column))));
        Self { zone, data_checksum: 0, raw: Mutex::default(), column }
    }

    /// # Errors
    /// The stored data is not what was written.
    pub(crate) fn get(&self) -> Result<Arc<PackedColumn>, IndexFault> {
        let decode = || {
            let data = std::mem::take(&mut *self.raw.lock().unwrap_or_else(PoisonError::into_inner));
            if crc32fast::hash(&data) != self.data_checksum {
                return Err(IndexFault::Checksum);
            }
            Ok(Arc::new(PackedColumn::decode(self.zone, data)?))
        };
        self.column.get_or_init(decode).clone()
    }
}

/// Where a column is stored, and what its segment's row says of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct StoredColumn {
    pub key: i64,
    pub zone: Zone,
    pub data_checksum: u32,
}

impl StoredColumn {
    pub(super) fn is_intact(&self, head: u32) -> bool {
        head_checksum(self.key, &self.zone, self.data_checksum) == head
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Name {
    Column(i64, u32),
    /// Something computed, by what it is and of how much it was computed.
    Derived(String, i64),
}

struct Entry {
    value: Arc<dyn Any + Send + Sync>,
    bytes: usize,
    used: u64,
}

#[derive(Default)]
struct Held {
    entries: FxHashMap<Name, Entry>,
    bytes: usize,
    clock: u64,
    /// The last snapshot that was read, for readers that find the case as it was then.
    snapshot: Option<(Key, IndexState)>,
    /// What was found wrong, and with which index.
    damage: Option<(Key, IndexFault)>,
}

/// The memory of one opened case's index.
pub struct IndexCache {
    budget: AtomicUsize,
    damages: AtomicU64,
    /// Rows of the segments that are made in memory of what the index does not hold yet.
    pub(super) segment_rows: usize,
    held: Mutex<Held>,
    /// What the readers read in place of the case, where that is older or damaged.
    copied: Mutex<Weak<Copied>>,
}

impl Default for IndexCache {
    fn default() -> Self {
        Self::with_segments_of(SEGMENT_ROWS)
    }
}

impl IndexCache {
    /// With another size of segments than the usual one: tests see several with few rows.
    pub(crate) fn with_segments_of(segment_rows: usize) -> Self {
        Self {
            budget: AtomicUsize::new(default_budget()),
            damages: AtomicU64::new(0),
            segment_rows,
            held: Mutex::default(),
            copied: Mutex::default(),
        }
    }

    /// The copy that another reader has made, or a new one. The others wait for it.
    pub(in crate::case) fn copied(
        &self,
        make: impl FnOnce() -> Result<Copied, CaseError>,
    ) -> Result<Arc<Copied>, CaseError> {
        let mut copied = self.copied.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(copied) = copied.upgrade() {
            return Ok(copied);
        }
        let made = Arc::new(make()?);
        *copied = Arc::downgrade(&made);
        Ok(made)
    }

    /// How much it may hold, in bytes. What a query works on at the moment comes on top.
    pub fn set_budget(&self, bytes: usize) {
        self.budget.store(bytes, Ordering::Relaxed);
        self.evict(&mut self.lock(), 0);
    }

    pub fn budget(&self) -> usize {
        self.budget.load(Ordering::Relaxed)
    }

    /// How often an index was found damaged.
    pub fn damages(&self) -> u64 {
        self.damages.load(Ordering::Relaxed)
    }

    /// Bytes that it holds.
    pub fn bytes(&self) -> usize {
        self.lock().bytes
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn column(&self, stored: &StoredColumn) -> Option<Arc<Cell>> {
        self.find(&Name::Column(stored.key, stored.data_checksum))
    }

    pub(super) fn keep_column(&self, stored: &StoredColumn, cell: &Arc<Cell>) {
        let name = Name::Column(stored.key, stored.data_checksum);
        self.keep(name, cell.clone(), stored.zone.memory_bytes());
    }

    /// Something that was computed of the first `count` of the case's things of a kind; `make` where it is not here, which
    /// gives its bytes too.
    pub fn derived<T: Any + Send + Sync, E>(
        &self,
        what: &str,
        count: i64,
        make: impl FnOnce() -> Result<(T, usize), E>,
    ) -> Result<Arc<T>, E> {
        let name = Name::Derived(what.to_owned(), count);
        if let Some(found) = self.find(&name) {
            return Ok(found);
        }
        let (value, bytes) = make()?;
        let value = Arc::new(value);
        self.keep(name, value.clone(), bytes);
        Ok(value)
    }

    /// The same, where it is here.
    pub fn kept<T: Any + Send + Sync>(&self, what: &str, count: i64) -> Option<Arc<T>> {
        self.find(&Name::Derived(what.to_owned(), count))
    }

    /// Is it here?
    pub fn has(&self, what: &str, count: i64) -> bool {
        self.lock().entries.contains_key(&Name::Derived(what.to_owned(), count))
    }

    fn find<T: Any + Send + Sync>(&self, name: &Name) -> Option<Arc<T>> {
        let mut held = self.lock();
        held.clock += 1;
        let clock = held.clock;
        let entry = held.entries.get_mut(name)?;
        entry.used = clock;
        Arc::clone(&entry.value).downcast().ok()
    }

    fn keep(&self, name: Name, value: Arc<dyn Any + Send + Sync>, bytes: usize) {
        let mut held = self.lock();
        self.evict(&mut held, bytes);
        held.clock += 1;
        let used = held.clock;
        held.bytes += bytes;
        if let Some(before) = held.entries.insert(name, Entry { value, bytes, used }) {
            held.bytes -= before.bytes;
        }
    }

    /// Makes room for `more` bytes; an eighth of the budget at once, so that the list is not gone through for each column.
    fn evict(&self, held: &mut Held, more: usize) {
        let budget = self.budget();
        if held.bytes + more <= budget {
            return;
        }
        let wanted = (budget - budget / 8).saturating_sub(more);
        let mut by_age: Vec<(u64, Name)> = held.entries.iter().map(|(name, e)| (e.used, name.clone())).collect();
        by_age.sort_unstable_by_key(|(used, _)| *used);
        for (_, name) in by_age {
            if held.bytes <= wanted {
                break;
            }
            if let Some(entry) = held.entries.remove(&name) {
                held.bytes -= entry.bytes;
            }
        }
    }

    /// What was found wrong with this index.
    pub(super) fn damage(&self, key: &Key) -> Option<IndexFault> {
        let held = self.lock();
        held.damage.as_ref().filter(|(damaged, _)| damaged.index() == key.index()).map(|(_, fault)| fault.clone())
    }

    pub(super) fn snapshot(&self, key: &Key) -> Option<IndexState> {
        if let Some(fault) = self.damage(key) {
            return Some(IndexState::Unusable(fault));
        }
        let held = self.lock();
        held.snapshot.as_ref().filter(|(known, _)| known == key).map(|(_, state)| state.clone())
    }

    pub(super) fn keep_snapshot(&self, key: Key, state: &IndexState) {
        self.lock().snapshot = Some((key, state.clone()));
    }

    /// From now on this index is not used by anybody.
    pub(super) fn damaged(&self, key: Key, fault: IndexFault) {
        self.lock().damage = Some((key, fault));
        self.damages.fetch_add(1, Ordering::Relaxed);
    }
}

/// A quarter of the machine's memory; a gigabyte where the system does not say how much that is.
pub(super) fn default_budget() -> usize {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<usize>().ok());
    kib.map_or(1 << 30, |kib| kib.saturating_mul(256))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_used_longest_goes_first() {
        let cache = IndexCache::default();
        cache.set_budget(1000);
        let get = |name: &str| {
            let mut made = false;
            let value = cache.derived(name, 1, || -> Result<_, ()> {
                made = true;
                Ok((name.to_owned(), 300))
            });
            assert_eq!(*value.unwrap(), name);
            made
        };
        assert!(get("a") && get("b") && get("c"));
        assert!(!get("a"), "still there, and used again");
        assert!(get("d"));
        assert!(cache.bytes() <= 1000);
        assert!(!get("a") && !get("d"));
        assert!(get("b"), "was the oldest");
        cache.set_budget(0);
        assert_eq!(cache.bytes(), 0);
        assert!(get("a"));
    }
}
