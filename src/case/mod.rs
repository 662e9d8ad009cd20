//! The case file: create, open, migrate, write, raw content, journal. All DDL and every write is here.

mod calls;
mod carried;
mod checkpoint;
pub mod conclusions;
mod content;
mod dictionary;
mod duplicates;
pub mod error;
pub mod event_json;
mod events;
mod feed;
mod flows;
pub mod index;
mod indicators;
pub mod journal;
mod migrate;
mod open;
pub mod places;
mod saved;
pub mod schema;
mod transaction;
mod write;

pub use checkpoint::Checkpointer;
pub use conclusions::Concluded;
pub use content::StoredSeekPoint;
pub use dictionary::{address_key, key_text};
pub use error::CaseError;
pub use flows::COLUMNS as FLOW_COLUMNS;
pub use indicators::{IndicatorItem, REVISION_KEY, VALIDITY_KEY};
pub use open::{CaseInfo, CaseReader, settle};
pub use saved::{FiltersAdded, dataset_name, dataset_named};
pub use write::{CaseWriter, EvidenceCounts, FinishedFile, IndexStep, OpenEvidence};
