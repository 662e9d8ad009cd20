//! The case file: create, open, migrate, write, raw content, journal. All DDL and every write is here.
