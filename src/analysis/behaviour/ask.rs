//! Reads what the analyses of behaviour start from, once for all of them.

use super::calls::collected;
use super::interfaces::Told;
use super::parameters::Basis;
use super::traffic::Traffic;
use crate::case::CaseReader;
use crate::model::{Address, KeySpan};
use crate::query::{self, Cancel, QueryError, Scope};
use std::sync::Arc;

/// The traffic of a scope. It is kept until the case changes.
pub(super) fn traffic(
    reader: &CaseReader,
    scope: &Scope,
    basis: &Basis,
    cancel: &Cancel,
) -> Result<Arc<Traffic>, QueryError> {
    let what = format!("behaviour of {scope:?} by {basis:?}");
    query::kept_of_flows(reader, &what, || {
        let table = Arc::new(query::flow_table(reader, scope, basis.ends, cancel)?);
        let told = Told { collected: collected(reader, cancel)?, ..basis.told() };
        let space = query::internal_space(reader)?;
        let is_internal = |address: &Address| {
            let own = |span: &KeySpan| span.contains(u128::from_be_bytes(address.key()));
            space.contains(address) || basis.own.iter().any(own)
        };
        let threads = crate::threads::for_a_question();
        let traffic = Traffic::of(table, &told, is_internal, threads, &|| cancel.is_cancelled());
        if cancel.is_cancelled() {
            return Err(QueryError::Cancelled);
        }
        let bytes = traffic.memory_bytes();
        Ok((traffic, bytes))
    })
}
