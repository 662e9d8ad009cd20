//! An answer as a table on screen: its rows in memory, in the order of a column, those that hold a text, what is
//! selected. Every question whose answer has no view of its own is shown like this.

use super::copying::RowsToCopy;
use super::selection::Selection;
use super::slots::{Lane, Slot};
use crate::app::Failure;
use crate::model::{Address, Unit, Value};
use crate::present::display;
use crate::present::zone::Zone;
use crate::query::tables::Rows;
use std::cmp::Ordering;
use std::sync::Arc;

/// Changes that the view asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum TableAction {
    /// A click on a column: by its values, then the other way round.
    Sort(usize),
    /// Only rows with a cell that contains this, whatever the case of its letters.
    Search(String),
    Select(Selection),
    /// The selected rows, tab separated.
    CopyRows,
    /// Every row that is shown.
    CopyCsv,
}

/// A column and whether the greatest is first.
type Sort = Option<(usize, bool)>;

/// Which rows in which order: of the n-th result.
#[derive(Clone, Debug, Default, PartialEq)]
struct Arrangement {
    result: u64,
    sort: Sort,
    search: String,
}

#[derive(Default)]
pub struct ResultTable {
    rows: Option<Arc<Rows>>,
    arrangement: Arrangement,
    order: Slot<Arrangement, Arc<[u32]>>,
    /// Counts the orders that came in.
    orders: u64,
    pub selection: Selection,
}

impl ResultTable {
    /// The last result.
    pub fn rows(&self) -> Option<&Arc<Rows>> {
        self.rows.as_ref()
    }

    pub fn sort(&self) -> Sort {
        self.arrangement.sort
    }

    pub fn search(&self) -> &str {
        &self.arrangement.search
    }

    /// Takes the place of the last result.
    pub fn take(&mut self, rows: Arc<Rows>) {
        if self.rows.as_ref().is_none_or(|known| known.columns != rows.columns) {
            self.arrangement.sort = None;
            self.arrangement.search.clear();
        }
        self.arrangement.result += 1;
        self.rows = Some(rows);
        self.select_first();
    }

    /// Of whatever rows will be shown.
    fn select_first(&mut self) {
        let rows = self.rows.as_ref().map_or(0, |rows| rows.rows.len() as u64);
        self.selection.select_first_of(rows);
    }

    pub fn clear(&mut self) {
        *self = Self {
            arrangement: Arrangement { result: self.arrangement.result, ..Arrangement::default() },
            ..Self::default()
        };
    }

    /// What is not done here: copies, which go to the clipboard.
    pub fn apply(&mut self, action: TableAction) {
        match action {
            TableAction::Sort(column) => {
                let descending = self.sort().is_some_and(|(sorted, descending)| sorted == column && !descending);
                self.arrangement.sort = Some((column, descending));
                self.select_first();
            }
            TableAction::Search(text) => {
                self.arrangement.search = text;
                self.select_first();
            }
            TableAction::Select(selection) => self.selection = selection,
            TableAction::CopyRows | TableAction::CopyCsv => {}
        }
    }

    fn is_as_it_came(&self) -> bool {
        self.arrangement.sort.is_none() && self.arrangement.search.is_empty()
    }

    /// The order that is applied; of the last arrangement of this result while the next is made.
    fn arranged(&self) -> Option<&Arc<[u32]>> {
        let of_this = self.order.shown_query().is_some_and(|shown| shown.result == self.arrangement.result);
        self.order.shown().filter(|_| of_this && !self.is_as_it_came())
    }

    /// Rows that are shown.
    pub fn len(&self) -> u64 {
        let all = self.rows.as_ref().map_or(0, |rows| rows.rows.len());
        self.arranged().map_or(all, |order| order.len()) as u64
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Another number for another result, and for another order of it.
    pub fn answer(&self) -> u64 {
        let order = self.arranged().map_or(0, |_| self.orders);
        self.arrangement.result.wrapping_mul(1 << 32).wrapping_add(order)
    }

    /// The shown row at this place.
    pub fn row(&self, row: u64) -> Option<&[Value]> {
        let row = usize::try_from(row).ok()?;
        let place = match self.arranged() {
            Some(order) => *order.get(row)? as usize,
            None => row,
        };
        Some(self.rows.as_ref()?.rows.get(place)?)
    }

    /// Asks for the order, where it is another than that of the answer.
    pub fn ask(&mut self, lane: &Lane) {
        if let (Some(rows), false) = (&self.rows, self.is_as_it_came()) {
            let rows = Arc::clone(rows);
            self.order.ask(lane, self.arrangement.clone(), move |_, arrangement, _| Ok(arranged(&rows, arrangement)));
        }
    }

    pub fn poll(&mut self) -> Option<Result<(), Failure>> {
        let result = self.order.poll();
        self.orders += u64::from(result == Some(Ok(())));
        result
    }

    pub fn is_busy(&self) -> bool {
        self.order.is_busy()
    }

    /// The selected rows.
    pub(crate) fn to_copy(&self) -> Option<RowsToCopy> {
        self.copied(&self.selection)
    }

    /// Every row that is shown.
    pub(crate) fn all_to_copy(&self) -> Option<RowsToCopy> {
        let mut all = Selection::default();
        all.select_all(self.len());
        self.copied(&all)
    }

    fn copied(&self, selected: &Selection) -> Option<RowsToCopy> {
        let (rows, order) = (Arc::clone(self.rows.as_ref()?), self.arranged().map(Arc::clone));
        let names = rows.columns.iter().map(|column| column.name.clone()).collect();
        let copied = RowsToCopy::new(selected, move |_, places| {
            let place = |place: usize| match &order {
                Some(order) => order.get(place).map(|place| *place as usize),
                None => Some(place),
            };
            let row = |at: usize| rows.rows.get(place(at)?);
            Ok(places.filter_map(row).map(|row| row.iter().map(Value::to_text).collect()).collect())
        });
        Some(copied.with_header(names))
    }
}

/// Places of the rows that contain the text, by the values of the column: absent ones, then numbers, then texts, as
/// SQLite orders; ties as they came.
fn arranged(rows: &Rows, arrangement: &Arrangement) -> Arc<[u32]> {
    let wanted = arrangement.search.to_lowercase();
    let holds = |row: &[Value]| row.iter().any(|value| value.to_text().to_lowercase().contains(&wanted));
    let places = (0u32..).zip(&rows.rows).filter(|(_, row)| wanted.is_empty() || holds(row));
    let mut order: Vec<u32> = places.map(|(place, _)| place).collect();
    let Some((column, descending)) = arrangement.sort else { return order.into() };
    let value = |place: &u32| rows.rows.get(*place as usize).and_then(|row| row.get(column)).unwrap_or(&Value::Null);
    let is_address = rows.columns.get(column).is_some_and(|column| column.unit == Unit::Address);
    let address = |value: &Value| match value {
        Value::Text(text) if is_address => Address::parse(text.as_bytes()).map(|address| address.key()),
        _ => None,
    };
    // Addresses are in the order of their numbers, which their texts are not.
    let addresses: Vec<_> = rows.rows.iter().map(|row| row.get(column).and_then(address)).collect();
    order.sort_by(|a, b| {
        let keys = (addresses.get(*a as usize).copied().flatten(), addresses.get(*b as usize).copied().flatten());
        let by_value = match keys {
            (Some(a), Some(b)) => a.cmp(&b),
            // In front of other texts, behind absent values.
            (Some(_), None) if *value(b) != Value::Null => Ordering::Less,
            (None, Some(_)) if *value(a) != Value::Null => Ordering::Greater,
            _ => compare(value(a), value(b)),
        };
        if descending { by_value.reverse() } else { by_value }
    });
    order.into()
}

fn compare(a: &Value, b: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Null => 0,
        Value::Boolean(_) | Value::Integer(_) | Value::Number(_) | Value::Time(_) => 1,
        Value::Text(_) => 2,
    };
    let number = |value: &Value| match value {
        Value::Boolean(is) => Some(i64::from(*is)),
        Value::Integer(number) => Some(*number),
        Value::Time(time) => Some(time.0),
        _ => None,
    };
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        _ if rank(a) != 1 || rank(b) != 1 => rank(a).cmp(&rank(b)),
        _ => {
            let float = |value: &Value| match number(value) {
                Some(number) => number as f64,
                None => value.to_text().parse::<f64>().unwrap_or(0.0),
            };
            // What is the same as a floating-point number: integers by their value, in front of other numbers.
            let exactly = || match (number(a), number(b)) {
                (Some(a), Some(b)) => a.cmp(&b),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => a.to_text().cmp(&b.to_text()),
            };
            float(a).total_cmp(&float(b)).then_with(exactly)
        }
    }
}

/// A cell as it is shown; nothing where it is absent.
pub(crate) fn cell_text(rows: &Rows, row: &[Value], column: usize, zone: Zone) -> Option<String> {
    let unit = rows.columns.get(column)?.unit;
    display::cell_of(row.get(column)?, unit, zone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::tables::Column;

    fn rows(unit: Unit, values: Vec<Value>) -> Rows {
        Rows::new(vec![Column::new("x", unit)], values.into_iter().map(|value| vec![value]).collect())
    }

    #[test]
    fn rows_are_ordered_as_sqlite_orders_values() {
        let text = |text: &str| Value::Text(text.into());
        let rows = rows(
            Unit::Text,
            vec![
                text("b"),
                Value::Integer(10),
                Value::Null,
                Value::Number("9.5".into()),
                text("a"),
                Value::Integer(10),
            ],
        );
        let order = |sort, search: &str| arranged(&rows, &Arrangement { result: 1, sort, search: search.into() });
        assert_eq!(order(Some((0, false)), "")[..], [2, 3, 1, 5, 4, 0]);
        assert_eq!(order(Some((0, true)), "")[..], [0, 4, 1, 5, 3, 2], "ties stay as they came");
        assert_eq!(order(None, "")[..], [0, 1, 2, 3, 4, 5]);
        assert_eq!(order(Some((0, false)), "1")[..], [1, 5]);
        assert_eq!(order(None, "B")[..], [0]);
    }

    #[test]
    fn addresses_are_ordered_by_their_numbers() {
        let texts = ["10.0.0.10", "10.0.0.9", "2001:db8::1", "9.255.0.1"];
        let values = texts.map(|text| Value::Text(text.into())).into_iter().chain([Value::Null]).collect();
        let rows = rows(Unit::Address, values);
        let arrangement = Arrangement { result: 1, sort: Some((0, false)), search: String::new() };
        assert_eq!(arranged(&rows, &arrangement)[..], [4, 3, 1, 0, 2]);
    }
}
