//! What hosts do, from flow records alone: sessions and conversations, and on them beacons, long sessions, scans and guessing,
//! fan and lateral movement, exfiltration, first sights, tunnels, and ports that were opened and closed.
//!
//! `query::flow_table` reads the records; `traffic` makes of them, once for all, conversations and what is known of
//! interfaces and addresses. Every file of an analysis goes from that to its rows and is pure; `analyses` has the rows of
//! the registry, and `ask`, `calls` and `counted` are what knows the case.
//!
//! Nothing is judged where it cannot be: a conversation of which nobody knows who began it is left out of what needs to
//! know, a walk over rejected records alone is undecidable, and a first sight without enough history before it is said to
//! be one.

mod analyses;
mod ask;
mod beacons;
mod calls;
mod conversations;
mod counted;
mod exfil;
mod fan;
mod filters;
mod first_seen;
mod given;
mod guessing;
mod interfaces;
mod lateral;
mod lateral_leads;
mod lead;
mod lead_filters;
mod leads;
mod long;
mod numbers;
mod parameters;
mod ports;
mod repeats;
mod scan;
mod scan_leads;
mod scans;
mod sessions;
mod space;
mod tables;
mod traffic;
mod tunnels;
mod walk;

pub(super) use analyses::{
    BEACONS, EXFILTRATION, FAN, FIRST_SEEN, FLOW_CONVERSATIONS, FLOW_SESSIONS, INTERFACES, LATERAL, LEADS,
    LONG_SESSIONS, PORTS_OPENED, SCANS, TUNNELS,
};
