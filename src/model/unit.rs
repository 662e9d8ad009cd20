//! What the values of a column are: the one vocabulary of tables on screen, in files, in exhibits and in reports.

use super::{FieldId, Kind};

/// What the values of a column are, and so how they read and how a file stores them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    Text,
    /// A record: `EVIDENCE:POSITION`.
    Record,
    Address,
    /// A number of things.
    Count,
    /// A number that is a name: a version, a code.
    Number,
    Port,
    Protocol,
    TcpFlags,
    Bytes,
    Ratio,
    Boolean,
    Time,
    Json,
}

impl Unit {
    pub const ALL: [Unit; 13] = [
        Unit::Text,
        Unit::Record,
        Unit::Address,
        Unit::Count,
        Unit::Number,
        Unit::Port,
        Unit::Protocol,
        Unit::TcpFlags,
        Unit::Bytes,
        Unit::Ratio,
        Unit::Boolean,
        Unit::Time,
        Unit::Json,
    ];

    /// Stable name, part of the canonical form.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Text => "text",
            Unit::Record => "record",
            Unit::Address => "address",
            Unit::Count => "count",
            Unit::Number => "number",
            Unit::Port => "port",
            Unit::Protocol => "protocol",
            Unit::TcpFlags => "tcp_flags",
            Unit::Bytes => "bytes",
            Unit::Ratio => "ratio",
            Unit::Boolean => "boolean",
            Unit::Time => "time",
            Unit::Json => "json",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.name() == name)
    }

    pub fn of(field: FieldId) -> Self {
        match (field.kind, field.name()) {
            (Kind::Text, _) => Unit::Text,
            (Kind::Integer, name) if name.starts_with("packets") => Unit::Count,
            (Kind::Integer, _) => Unit::Number,
            (Kind::Address, _) => Unit::Address,
            (Kind::Port, _) => Unit::Port,
            (Kind::Protocol, _) => Unit::Protocol,
            (Kind::TcpFlags, _) => Unit::TcpFlags,
            (Kind::Bytes, _) => Unit::Bytes,
            (Kind::Time, _) => Unit::Time,
            (Kind::Boolean, _) => Unit::Boolean,
            (Kind::Json | Kind::List, _) => Unit::Json,
        }
    }

    /// Are its values numbers, to be aligned on their last digit?
    pub fn is_number(self) -> bool {
        match self {
            Unit::Count | Unit::Number | Unit::Port | Unit::Bytes | Unit::Ratio => true,
            Unit::Text
            | Unit::Record
            | Unit::Address
            | Unit::Protocol
            | Unit::TcpFlags
            | Unit::Boolean
            | Unit::Time
            | Unit::Json => false,
        }
    }
}
