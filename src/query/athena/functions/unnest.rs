//! `coldtrail_unnest(list)`: a row for each element of an array.

#![expect(
    unsafe_code,
    reason = "rusqlite's traits of virtual tables are unsafe: SQLite's part comes first in each type"
)]

use super::arrays::element_value;
use super::json::elements;
use super::text_of;
use rusqlite::types::Value;
use rusqlite::vtab::{Context, Filters, IndexConstraintOp, IndexInfo, Module, VTab, VTabConnection, VTabCursor};
use rusqlite::{Connection, Result, ffi};
use std::borrow::Cow;
use std::ffi::{CStr, c_int};
use std::marker::PhantomData;

/// The first hidden column is the function's argument.
const LIST: c_int = 1;
const ORDINALITY: c_int = 2;

pub(super) fn register(connection: &Connection) -> Result<()> {
    const MODULE: Module<'static, Unnest> = Module::eponymous_only_module();
    connection.create_module(c"coldtrail_unnest", &MODULE, None)
}

#[repr(C)]
struct Unnest {
    /// SQLite's part; it must come first.
    base: ffi::sqlite3_vtab,
}

#[repr(C)]
struct Elements<'vtab> {
    /// SQLite's part; it must come first.
    base: ffi::sqlite3_vtab_cursor,
    list: Vec<Value>,
    at: usize,
    of: PhantomData<&'vtab Unnest>,
}

// SAFETY: `base` comes first, and the type is laid out as C does.
unsafe impl<'vtab> VTab<'vtab> for Unnest {
    type Aux = ();
    type Cursor = Elements<'vtab>;

    fn connect(
        _: &mut VTabConnection,
        _: Option<&()>,
        _: &[u8],
        _: &[u8],
        _: &[u8],
        _: &[&[u8]],
    ) -> Result<(Cow<'static, CStr>, Self)> {
        let table = c"CREATE TABLE x(value, list HIDDEN, ordinality HIDDEN)";
        Ok((Cow::Borrowed(table), Self { base: ffi::sqlite3_vtab::default() }))
    }

    fn best_index(&self, info: &mut IndexInfo) -> Result<bool> {
        let is_list = |(_, constraint): &(usize, rusqlite::vtab::IndexConstraint<'_>)| {
            constraint.column() == LIST && constraint.operator() == IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_EQ
        };
        let found = info.constraints().enumerate().find(is_list).map(|(at, constraint)| (at, constraint.is_usable()));
        match found {
            Some((at, true)) => {
                let mut usage = info.constraint_usage(at);
                usage.set_argv_index(1);
                usage.set_omit(true);
                info.set_estimated_cost(10.0);
                Ok(true)
            }
            // In this order the list is not known yet.
            Some((_, false)) => Ok(false),
            None => Ok(true),
        }
    }

    fn open(&'vtab mut self) -> Result<Elements<'vtab>> {
        Ok(Elements { base: ffi::sqlite3_vtab_cursor::default(), list: Vec::new(), at: 0, of: PhantomData })
    }
}

// SAFETY: `base` comes first, and the type is laid out as C does.
unsafe impl VTabCursor for Elements<'_> {
    fn filter(&mut self, _: c_int, _: Option<&str>, arguments: &Filters<'_>) -> Result<()> {
        let json = arguments.iter().next().and_then(text_of);
        let list = json.as_deref().and_then(elements).unwrap_or_default();
        self.list = list.into_iter().map(element_value).collect();
        self.at = 0;
        Ok(())
    }

    fn next(&mut self) -> Result<()> {
        self.at += 1;
        Ok(())
    }

    fn eof(&self) -> bool {
        self.at >= self.list.len()
    }

    fn column(&self, context: &mut Context, column: c_int) -> Result<()> {
        match column {
            0 => context.set_result(self.list.get(self.at).unwrap_or(&Value::Null)),
            ORDINALITY => context.set_result(self.at as i64 + 1),
            _ => context.set_result(Value::Null),
        }
    }

    fn rowid(&self) -> Result<i64> {
        Ok(self.at as i64)
    }
}
