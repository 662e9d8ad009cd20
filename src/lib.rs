//! Coldtrail: an offline evidence viewer for AWS VPC flow logs and CloudTrail.

pub mod app;
pub mod case;
pub mod cli;
pub mod filter;
pub mod ingest;
pub mod model;
pub mod query;
pub mod ui;
