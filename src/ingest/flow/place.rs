//! Where an element is in the evidence, and who takes the message of a CloudWatch envelope.

pub use crate::ingest::emit::{MessageSink, Place};
