//! The one integration binary: what holds for the sources as a whole, the sample logs, the public corpora, and the
//! program as a real window.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test and its helpers fail by a panic, and say on standard error what they skip"
)]

#[path = "all/answers.rs"]
mod answers;
#[path = "all/assets.rs"]
mod assets;
#[path = "all/athena.rs"]
mod athena;
#[path = "all/behaviour.rs"]
mod behaviour;
#[path = "all/case_file.rs"]
mod case_file;
#[path = "all/circles.rs"]
mod circles;
#[path = "all/compare.rs"]
mod compare;
#[path = "all/conclusions.rs"]
mod conclusions;
#[path = "all/conflicts.rs"]
mod conflicts;
#[path = "all/contract.rs"]
mod contract;
#[path = "all/conversations.rs"]
mod conversations;
#[path = "all/corpora.rs"]
mod corpora;
#[path = "all/crash.rs"]
mod crash;
#[path = "all/custody.rs"]
mod custody;
#[path = "all/damage.rs"]
mod damage;
#[path = "all/derived.rs"]
mod derived;
#[path = "all/desk.rs"]
mod desk;
#[path = "all/digests.rs"]
mod digests;
#[path = "all/duplicates.rs"]
mod duplicates;
#[path = "all/exhibits.rs"]
mod exhibits;
#[path = "all/export.rs"]
mod export;
#[path = "all/flips.rs"]
mod flips;
#[path = "all/formats.rs"]
mod formats;
#[path = "all/fuzz.rs"]
mod fuzz;
#[path = "all/glance.rs"]
mod glance;
#[path = "all/handover.rs"]
mod handover;
#[path = "all/hash_list.rs"]
mod hash_list;
#[path = "all/hostile.rs"]
mod hostile;
#[path = "all/indicators.rs"]
mod indicators;
#[path = "all/keyboard.rs"]
mod keyboard;
#[path = "all/leads.rs"]
mod leads;
#[path = "all/lineage.rs"]
mod lineage;
#[path = "all/migrate.rs"]
mod migrate;
#[path = "all/monitor.rs"]
mod monitor;
#[path = "all/named.rs"]
mod named;
#[path = "all/only_value.rs"]
mod only_value;
#[path = "all/published.rs"]
mod published;
#[path = "all/questions.rs"]
mod questions;
#[path = "all/random_answers.rs"]
mod random_answers;
#[path = "all/received.rs"]
mod received;
#[path = "all/recompute.rs"]
mod recompute;
#[path = "all/report.rs"]
mod report;
#[path = "all/samples.rs"]
mod samples;
#[path = "all/saved.rs"]
mod saved;
#[path = "all/sigma.rs"]
mod sigma;
#[path = "all/sign.rs"]
mod sign;
#[path = "all/stated.rs"]
mod stated;
#[path = "all/stopping.rs"]
mod stopping;
#[path = "all/structure.rs"]
mod structure;
#[path = "all/support.rs"]
mod support;
#[path = "all/times.rs"]
mod times;
#[path = "all/timestamp.rs"]
mod timestamp;
#[path = "all/trials.rs"]
mod trials;
#[path = "all/verdict.rs"]
mod verdict;
#[path = "all/verify.rs"]
mod verify;
#[path = "all/window.rs"]
mod window;
#[path = "all/words.rs"]
mod words;
#[path = "all/wrappers.rs"]
mod wrappers;
#[path = "all/writing.rs"]
mod writing;
#[path = "all/xvfb.rs"]
mod xvfb;
