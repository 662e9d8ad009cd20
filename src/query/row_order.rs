//! In which order the rows of a table are shown.

use crate::columns::Order;

/// Which of the rows, as they lie, is at which place.
#[derive(Debug, Default)]
pub(super) enum RowOrder {
    /// As they lie.
    #[default]
    AsStored,
    Listed(Vec<u32>),
    /// Sorted where it is looked at.
    Sorted(Order),
}

impl RowOrder {
    /// How many places there are; `stored`: rows that lie there.
    pub(super) fn len(&self, stored: usize) -> usize {
        match self {
            Self::AsStored => stored,
            Self::Listed(rows) => rows.len(),
            Self::Sorted(order) => order.len(),
        }
    }

    /// The row at a place. Some milliseconds, where it is the first that is asked for there.
    pub(super) fn row(&self, place: usize) -> Option<usize> {
        match self {
            Self::AsStored => Some(place),
            Self::Listed(rows) => rows.get(place).map(|row| *row as usize),
            Self::Sorted(order) => order.row(place).map(|row| row as usize),
        }
    }
}
