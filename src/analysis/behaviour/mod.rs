//! What hosts do, from flow records alone: sessions and conversations, and on them beacons, long sessions, scans and guessing,
//! fan and lateral movement, exfiltration, first sights, tunnels, and ports that were opened and closed.
//!
//! `query::flow_table` reads the records; `fold` makes conversations of them, part by part, so that no part's records outlive it,
//! and puts them in the order of who began them; `traffic` keeps these, once for all analyses, with what is known of interfaces
//! and addresses. An analysis goes through the parts on several threads: what concerns one initiator is in one part, one after
//! the other; for what concerns another address, each part hands items to lists by that address. Every file of an analysis is
//! pure; `analyses` has the rows of the registry, and `ask`, `calls`, `counted`, `event_leads` and
//! `sighting_leads` are what knows the case.
//!
//! Nothing is judged where it cannot be: a conversation of which nobody knows who began it is left out of what needs to
//! know, a walk over rejected records alone is undecidable, and a first sight without enough history before it is said to
//! be one.

mod analyses;
mod ask;
mod beacons;
mod calls;
mod chunks;
mod conversation;
mod conversations;
mod counted;
mod distinct;
mod event_leads;
mod exfil;
mod fan;
mod filters;
mod first_seen;
mod fold;
mod given;
mod guessing;
mod interfaces;
mod lateral;
mod lateral_leads;
mod lead;
mod lead_filters;
mod leads;
mod left_out;
mod long;
mod numbers;
mod parameters;
#[cfg(test)]
mod plain;
mod ports;
mod repeats;
mod scan;
mod scan_leads;
mod scans;
mod sessions;
mod sighting_leads;
mod space;
mod tables;
mod traffic;
mod tunnels;
mod walk;

pub(super) use analyses::{
    BEACONS, EXFILTRATION, FAN, FIRST_SEEN, FLOW_CONVERSATIONS, FLOW_SESSIONS, INTERFACES, LATERAL, LEADS,
    LONG_SESSIONS, PORTS_OPENED, SCANS, TUNNELS,
};
