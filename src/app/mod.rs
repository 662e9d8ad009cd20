//! The headless application: state, commands, jobs, query slots, user errors. Windows and subcommands stand on it.

pub mod import;
pub mod raw;
