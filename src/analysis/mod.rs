//! What is concluded from records. An analysis reads through `query` (no SQL here) and gives a table of values; it knows no
//! question, no face and no text. It is one file here and one row of `ALL`: the named query, the subcommand, the kind of
//! exhibit and the table in the window come from the row.

pub mod allow;
pub(crate) mod assets;
mod behaviour;
pub(crate) mod changes;
pub mod coverage;
mod definition;
mod digest;
mod event_fields;
pub mod glance;
pub mod grouped;
pub mod lineage;
pub mod monitor;
mod new_terms;
mod rates;
pub(crate) mod sigma;

pub use definition::{Analysis, Asked, Parameter, ParameterKind};
pub use digest::is_invalid;

/// Every analysis.
pub static ALL: &[&Analysis] = &[
    &coverage::COVERAGE,
    &digest::DIGEST,
    &event_fields::EVENT_FIELDS,
    &grouped::GROUPED_EVENTS,
    &grouped::GROUPED_FLOWS,
    &lineage::LINEAGE,
    &lineage::SESSIONS,
    &lineage::IDENTITIES,
    &monitor::MONITOR,
    &monitor::MONITOR_EVENTS,
    &new_terms::NEW_TERMS,
    &rates::RATES,
    &assets::ASSETS,
    &changes::CHANGES,
    &sigma::SIGMA,
    &sigma::SIGMA_EVENTS,
    &behaviour::INTERFACES,
    &behaviour::FLOW_SESSIONS,
    &behaviour::FLOW_CONVERSATIONS,
    &behaviour::BEACONS,
    &behaviour::LONG_SESSIONS,
    &behaviour::SCANS,
    &behaviour::FAN,
    &behaviour::LATERAL,
    &behaviour::EXFILTRATION,
    &behaviour::FIRST_SEEN,
    &behaviour::TUNNELS,
    &behaviour::PORTS_OPENED,
    &behaviour::LEADS,
];
