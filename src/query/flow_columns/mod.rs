//! Flow records as a virtual table over the column index: SQLite gets the columns that a statement asks for and no other,
//! without joins. Comparisons with constants are decided over the columns, and rows come in groups where a statement
//! groups them, so that SQLite does not sort them. The view of the case, which the sqlite3 shell has, says the same.

#![expect(
    unsafe_code,
    reason = "rusqlite's traits of virtual tables are unsafe: SQLite's part comes first in each type"
)]

mod conditions;
mod groups;
mod source;
#[cfg(test)]
mod tests;

use super::QueryError;
use crate::case::CaseReader;
use crate::case::index::{IndexState, flow};
use crate::columns::PackedColumn;
use conditions::{Comparison, Condition, is_decided};
use groups::Wanted;
use rusqlite::types::{Null, Value};
use rusqlite::vtab::{Context, DistinctMode, Filters, IndexInfo, Module, VTab, VTabConnection, VTabCursor};
use rusqlite::{Result, ffi};
use source::{Flows, Source, failed};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::ffi::{CStr, CString, c_int};
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

/// Puts the virtual table in the place of view flow_record on a connection, where the case has a column index. Says
/// whether it did; with `dashes`, table coldtrail_flow_dashes is there too, whose absent texts are '-'.
///
/// # Errors
/// The case cannot be read.
pub(super) fn replace_view(reader: &CaseReader, dashes: bool) -> Result<bool, QueryError> {
    const MODULE: Module<'static, FlowTable> = Module::eponymous_only_module();
    if !matches!(reader.index_state()?, IndexState::Ready(_)) {
        return Ok(false);
    }
    let tables = [(c"coldtrail_flow", false), (c"coldtrail_flow_dashes", true)];
    for (name, dashes) in tables.into_iter().take(1 + usize::from(dashes)) {
        let case = Case { reader: Mutex::new(reader.another()?), dashes };
        reader.conn.create_module(name, &MODULE, Some(case))?;
    }
    reader.conn.execute_batch("CREATE TEMP VIEW flow_record AS SELECT * FROM coldtrail_flow")?;
    Ok(true)
}

/// What the table is over.
struct Case {
    reader: Mutex<CaseReader>,
    dashes: bool,
}

impl Case {
    /// One moment of it, until the table is gone.
    fn flows(&self) -> Result<Flows> {
        let own = self.reader.lock().unwrap_or_else(PoisonError::into_inner).another().map_err(failed)?;
        own.conn.execute_batch("BEGIN")?;
        match own.index_state().map_err(failed)? {
            IndexState::Ready(snapshot) => Ok(Flows::new(own, snapshot, self.dashes)),
            IndexState::Unusable(fault) => Err(failed(format!("the column index cannot be used: {fault:?}"))),
        }
    }
}

#[repr(C)]
struct FlowTable {
    /// SQLite's part; it must come first.
    base: ffi::sqlite3_vtab,
    flows: Rc<Flows>,
}

// SAFETY: `base` comes first, and the type is laid out as C does.
unsafe impl<'vtab> VTab<'vtab> for FlowTable {
    type Aux = Case;
    type Cursor = FlowRows<'vtab>;

    fn connect(
        _: &mut VTabConnection,
        aux: Option<&Case>,
        _: &[u8],
        _: &[u8],
        _: &[u8],
        _: &[&[u8]],
    ) -> Result<(Cow<'static, CStr>, Self)> {
        let flows = Rc::new(aux.ok_or_else(|| failed("the table has no case"))?.flows()?);
        let declaration = CString::new(flows.declaration()).map_err(failed)?;
        Ok((Cow::Owned(declaration), Self { base: ffi::sqlite3_vtab::default(), flows }))
    }

    fn best_index(&self, info: &mut IndexInfo) -> Result<bool> {
        let mut decided = Vec::new();
        for (at, constraint) in info.constraints().enumerate() {
            let column = usize::try_from(constraint.column()).ok();
            let source = column.and_then(|column| Some((column, self.flows.columns.get(column)?.source)));
            let comparison = Comparison::of(constraint.operator());
            if let (Some((column, source)), Some(comparison), true) = (source, comparison, constraint.is_usable())
                && is_decided(source, comparison)
            {
                decided.push((at, column, comparison));
            }
        }
        // A list of values would read everything once for each; and other collations compare otherwise.
        decided.retain(|(at, ..)| {
            info.is_in_constraint(*at) == Ok(false) && info.collation(*at).is_ok_and(|name| name == "BINARY")
        });
        let mut plan = String::new();
        for (number, (at, column, comparison)) in decided.iter().enumerate() {
            info.constraint_usage(*at).set_argv_index(number as c_int + 1);
            plan.push_str(&format!("{}{column} ", comparison.letter()));
        }
        if let Some(order) = self.order(info) {
            plan.push('|');
            plan.push_str(&order);
            info.set_order_by_consumed(true);
        }
        let rows = f64::from(self.flows.snapshot.flows.rows()).max(1.0);
        let share = 0.5f64.powi(decided.len().min(8) as i32);
        info.set_estimated_cost(rows * share);
        info.set_estimated_rows((rows * share * share).ceil() as i64);
        info.set_idx_str(&plan);
        Ok(true)
    }

    fn open(&'vtab mut self) -> Result<FlowRows<'vtab>> {
        Ok(FlowRows::new(Rc::clone(&self.flows)))
    }
}

impl FlowTable {
    /// The columns by which rows are wanted together, each with its direction; `None` where SQLite sorts them itself.
    fn order(&self, info: &IndexInfo) -> Option<String> {
        if info.num_of_order_by() == 0 {
            return None;
        }
        // A whole order by a number with many values is SQLite's work.
        let few = info.distinct() == DistinctMode::Ordered;
        let mut text = String::new();
        for by in info.order_bys() {
            let column = usize::try_from(by.column()).ok()?;
            let source = self.flows.columns.get(column)?.source;
            let groups = match source {
                Source::Duplicate | Source::Tuple(_) => true,
                Source::Evidence | Source::Number(_) | Source::Address(..) => !few,
                Source::Position | Source::End | Source::Extra | Source::ExtraJson => false,
            };
            if !groups {
                return None;
            }
            text.push_str(&format!("{}{column} ", if by.is_order_by_desc() { '-' } else { '+' }));
        }
        Some(text)
    }
}

type Cells = [OnceCell<Arc<PackedColumn>>; flow::COUNT];

#[repr(C)]
struct FlowRows<'vtab> {
    /// SQLite's part; it must come first.
    base: ffi::sqlite3_vtab_cursor,
    flows: Rc<Flows>,
    conditions: Vec<Condition>,
    /// By segment.
    cells: Vec<Cells>,
    /// Rows in groups; otherwise they come in the order of their ids.
    listed: Option<Vec<u32>>,
    /// The next one of them.
    next: usize,
    segment: usize,
    /// In the segment.
    row: usize,
    is_over: bool,
    of: PhantomData<&'vtab FlowTable>,
}

impl FlowRows<'_> {
    fn new(flows: Rc<Flows>) -> Self {
        let cells = flows.snapshot.flows.segments.iter().map(|_| Cells::default()).collect();
        Self {
            base: ffi::sqlite3_vtab_cursor::default(),
            flows,
            conditions: Vec::new(),
            cells,
            listed: None,
            next: 0,
            segment: 0,
            row: 0,
            is_over: true,
            of: PhantomData,
        }
    }

    fn number(&self, column: usize) -> Result<Option<i64>> {
        self.number_at(self.segment, self.row, column)
    }

    fn number_at(&self, segment: usize, row: usize, column: usize) -> Result<Option<i64>> {
        let Some(cell) = self.cells.get(segment).and_then(|cells| cells.get(column)) else { return Ok(None) };
        if let Some(packed) = cell.get() {
            return Ok(packed.get(row));
        }
        let packed = self.flows.packed(segment, column)?;
        Ok(cell.get_or_init(|| packed).get(row))
    }

    fn id_at(&self, segment: usize, row: usize) -> i64 {
        let table = &self.flows.snapshot.flows;
        let first = table.segments.get(segment).map_or(0, |segment| segment.first_row);
        table.ids.id(first + row as u32).unwrap_or(0)
    }

    /// Goes to the first row from here on that passes.
    fn settle(&mut self) -> Result<()> {
        let flows = Rc::clone(&self.flows);
        let segments = &flows.snapshot.flows.segments;
        while let Some(segment) = segments.get(self.segment) {
            if self.row == 0 {
                let (first, last) =
                    (self.id_at(self.segment, 0), self.id_at(self.segment, segment.rows.saturating_sub(1) as usize));
                if self.conditions.iter().any(|condition| condition.skips(segment, first, last)) {
                    self.segment += 1;
                    continue;
                }
            }
            while self.row < segment.rows as usize {
                if self.passes()? {
                    return Ok(());
                }
                self.row += 1;
            }
            if let Some(cells) = self.cells.get_mut(self.segment) {
                *cells = Cells::default();
            }
            (self.segment, self.row) = (self.segment + 1, 0);
        }
        self.is_over = true;
        Ok(())
    }

    fn passes(&self) -> Result<bool> {
        for condition in &self.conditions {
            let id = || self.id_at(self.segment, self.row);
            if !condition.passes(&self.flows, id, |column| self.number(column))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Goes to the next of the listed rows.
    fn follow(&mut self) {
        let row = self.listed.as_ref().and_then(|list| list.get(self.next)).copied();
        self.next += 1;
        let Some(row) = row else {
            self.is_over = true;
            return;
        };
        let segments = &self.flows.snapshot.flows.segments;
        let is_here = segments
            .get(self.segment)
            .is_some_and(|segment| (segment.first_row..segment.first_row + segment.rows).contains(&row));
        if !is_here {
            self.segment = segments.partition_point(|segment| segment.first_row <= row).saturating_sub(1);
        }
        let first = segments.get(self.segment).map_or(0, |segment| segment.first_row);
        self.row = row.saturating_sub(first) as usize;
    }

    /// All rows that pass, in groups.
    fn list(&mut self, wanted: &[Wanted]) -> Result<()> {
        let mut grouping = groups::Grouping::new(&self.flows, wanted)?;
        self.settle()?;
        while !self.is_over {
            let first = self.flows.snapshot.flows.segments.get(self.segment).map_or(0, |segment| segment.first_row);
            let id = self.id_at(self.segment, self.row);
            grouping.push(&self.flows, first + self.row as u32, id, |column| self.number(column))?;
            self.row += 1;
            self.settle()?;
        }
        self.listed = Some(grouping.finish(&self.flows)?);
        (self.next, self.is_over) = (0, false);
        self.follow();
        Ok(())
    }

    fn value(&self, context: &mut Context, at: usize) -> Result<()> {
        let flows = &*self.flows;
        let Some(column) = flows.columns.get(at) else { return context.set_result(Null) };
        let dash = flows.dashes && column.is_text;
        match column.source {
            Source::Evidence => context.set_result(self.id_at(self.segment, self.row) >> 32),
            Source::Position => context.set_result(self.id_at(self.segment, self.row) & i64::from(u32::MAX)),
            Source::Duplicate => context.set_result(self.number(flow::DUPLICATE)?.unwrap_or(0)),
            Source::Number(number) => context.set_result(self.number(number)?),
            Source::End => {
                let end =
                    self.number(flow::START)?.zip(self.number(flow::DURATION)?).map(|(start, length)| start + length);
                match end {
                    Some(end) => context.set_result(end),
                    None => context.set_result(flows.member(self.number(flow::EXTRA)?, "end")?),
                }
            }
            Source::Tuple(number) => {
                let id = self.number(number)?.and_then(|id| usize::try_from(id).ok());
                let value = id.map_or(Ok(None), |id| flows.tuple(at).map(|values| values.get(id)))?;
                match value {
                    None | Some(Value::Null) if dash => context.set_result("-"),
                    None => context.set_result(Null),
                    Some(value) => context.set_result(value),
                }
            }
            Source::Address(pair, side) => {
                let id = flows.address_of_pair(self.number(pair)?, side)?;
                match flows.address(id)? {
                    None if dash => context.set_result("-"),
                    text => context.set_result(text),
                }
            }
            Source::Extra => context.set_result(flows.member(self.number(flow::EXTRA)?, column.name)?),
            Source::ExtraJson => context.set_result(flows.extra(self.number(flow::EXTRA)?)?),
        }
    }
}

// SAFETY: `base` comes first, and the type is laid out as C does.
unsafe impl VTabCursor for FlowRows<'_> {
    fn filter(&mut self, _: c_int, plan: Option<&str>, arguments: &Filters<'_>) -> Result<()> {
        let (decided, order) = plan.unwrap_or_default().split_once('|').unwrap_or((plan.unwrap_or_default(), ""));
        let flows = Rc::clone(&self.flows);
        *self = Self { base: std::mem::take(&mut self.base), ..Self::new(Rc::clone(&flows)) };
        let numbered = |text: &str| {
            let letter = text.chars().next()?;
            Some((letter, text.get(1..)?.parse::<usize>().ok()?))
        };
        for (written, value) in decided.split_whitespace().zip(arguments.iter()) {
            let Some((letter, column)) = numbered(written) else { continue };
            let Some(comparison) = Comparison::of_letter(letter) else { continue };
            self.conditions.extend(Condition::of(&flows, column, comparison, value)?);
        }
        let wanted: Vec<Wanted> = order
            .split_whitespace()
            .filter_map(numbered)
            .map(|(letter, column)| Wanted { column, descending: letter == '-' })
            .collect();
        self.is_over = false;
        if wanted.is_empty() { self.settle() } else { self.list(&wanted) }
    }

    fn next(&mut self) -> Result<()> {
        if self.listed.is_some() {
            self.follow();
            return Ok(());
        }
        self.row += 1;
        self.settle()
    }

    fn eof(&self) -> bool {
        self.is_over
    }

    fn column(&self, context: &mut Context, column: c_int) -> Result<()> {
        self.value(context, usize::try_from(column).map_err(failed)?)
    }

    fn rowid(&self) -> Result<i64> {
        Ok(self.id_at(self.segment, self.row))
    }
}
