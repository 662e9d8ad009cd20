//! Reads what the analyses of behaviour start from, once for all of them.

use super::calls::collected;
use super::interfaces::{Interface, Told, interfaces};
use super::parameters::Basis;
use super::sessions::{Session, sessions};
use super::traffic::{Kept, Traffic};
use crate::case::CaseReader;
use crate::model::{Address, KeySpan};
use crate::query::{self, Cancel, FlowTable, QueryError, Scope};

/// The traffic of a scope. It is kept until the case changes.
pub(super) fn traffic(
    reader: &CaseReader,
    scope: &Scope,
    basis: &Basis,
    cancel: &Cancel,
) -> Result<Traffic, QueryError> {
    let threads = crate::threads::for_a_question();
    let what = format!("behaviour of {scope:?} by {basis:?}");
    let kept = query::kept_of_flows(reader, &what, || {
        let (table, told) = read(reader, scope, basis, cancel)?;
        let space = query::internal_space(reader)?;
        let is_internal = |address: &Address| {
            let own = |span: &KeySpan| span.contains(u128::from_be_bytes(address.key()));
            space.contains(address) || basis.own.iter().any(own)
        };
        let kept = Kept::of(table, &told, is_internal, &basis.wanted, (threads, cancel));
        if cancel.is_cancelled() {
            return Err(QueryError::Cancelled);
        }
        let bytes = kept.memory_bytes();
        Ok((kept, bytes))
    })?;
    Ok(Traffic::of(kept, threads, cancel))
}

fn read(reader: &CaseReader, scope: &Scope, basis: &Basis, cancel: &Cancel) -> Result<(FlowTable, Told), QueryError> {
    let table = query::flow_table(reader, scope, basis.ends, cancel)?;
    Ok((table, Told { collected: collected(reader, cancel)?, ..basis.told() }))
}

/// The sessions of a scope, in no order, with what they name.
pub(super) struct Sessions {
    pub list: Vec<Session>,
    pub addresses: Vec<Address>,
    pub interfaces: Vec<Interface>,
}

/// They are as many as records, and asked for alone: nothing of them is kept.
pub(super) fn sessions_of(
    reader: &CaseReader,
    scope: &Scope,
    basis: &Basis,
    cancel: &Cancel,
) -> Result<Sessions, QueryError> {
    let threads = crate::threads::for_a_question();
    let (table, told) = read(reader, scope, basis, cancel)?;
    let interfaces = interfaces(&table, &told, &vec![false; table.addresses.len()], threads);
    let lists = table.fold(threads, cancel, Vec::new, |found, part| sessions(part, &interfaces, found));
    if cancel.is_cancelled() {
        return Err(QueryError::Cancelled);
    }
    // Conversations are not asked for.
    if let Some((_, all)) = cancel.progress() {
        cancel.reached(all);
    }
    let list = lists.into_iter().reduce(|mut all, more| {
        all.extend(more);
        all
    });
    Ok(Sessions { list: list.unwrap_or_default(), addresses: table.addresses, interfaces })
}
