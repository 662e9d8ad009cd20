//! CloudTrail: one event as JSON to a row; console and query CSVs.
