//! Batches of which one thread has read all that it takes to make them.

use super::QueryError;
use super::identities::Identities;
use super::values::Batch;

/// A batch some columns of which are still to be made; any thread may do that.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    batch: Batch,
    /// Columns of `user_identity`, and what they are made of.
    later: Option<(Vec<usize>, Identities)>,
}

impl Draft {
    pub(crate) fn new(batch: Batch, later: Option<(Vec<usize>, Identities)>) -> Self {
        Self { batch, later }
    }

    pub fn len(&self) -> usize {
        self.batch.len()
    }

    pub fn is_empty(&self) -> bool {
        self.batch.is_empty()
    }

    /// About how many bytes of memory it takes.
    pub fn weight(&self) -> usize {
        self.batch.weight() + self.later.as_ref().map_or(0, |(_, identities)| identities.weight())
    }

    /// The batch with all its columns.
    ///
    /// # Errors
    /// A part of the case is damaged.
    pub fn finish(self) -> Result<Batch, QueryError> {
        let Self { mut batch, later } = self;
        if let Some((columns, identities)) = later {
            let values = identities.values()?;
            columns.into_iter().for_each(|column| batch.replace(column, values.clone()));
        }
        Ok(batch)
    }
}

impl From<Batch> for Draft {
    fn from(batch: Batch) -> Self {
        Self::new(batch, None)
    }
}
