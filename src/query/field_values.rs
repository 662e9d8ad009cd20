//! Values that a field takes, for completion.

use super::columns_sql::Columns;
use super::{QueryError, filter_sql};
use crate::case::CaseReader;
use crate::case::schema::EventDictionary;
use crate::model::{FieldId, Home, Value};

/// Values that a field takes, for completion: at most `limit`, ascending, starting with `prefix` (letters of either
/// case). Looks through the dictionaries, not the records, and no further than some thousand events.
pub fn top_values(reader: &CaseReader, field: FieldId, prefix: &str, limit: usize) -> Result<Vec<String>, QueryError> {
    const EVENTS_LOOKED_AT: usize = 20_000;
    let columns = Columns::of(&[field]);
    let source = match field.home {
        Home::Interface => "interface i".to_owned(),
        Home::Disposition => "disposition o".to_owned(),
        Home::PairSource | Home::PairDestination | Home::PacketSource | Home::PacketDestination => {
            "address s".to_owned()
        }
        Home::Call(_) => "call k".to_owned(),
        Home::Event(_) => match EventDictionary::of(field) {
            Some(held) => format!("{} e", held.table),
            None => format!("(SELECT * FROM event LIMIT {EVENTS_LOOKED_AT}) e"),
        },
        Home::Row | Home::Extra | Home::EventJson(_) | Home::Virtual => return Ok(Vec::new()),
    };
    let expression = match field.home {
        Home::PairDestination | Home::PacketSource | Home::PacketDestination => "s.address".to_owned(),
        _ => columns.list(),
    };
    let pattern = format!("{}%", prefix.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    let sql = format!("SELECT DISTINCT {expression} AS v FROM {source} WHERE v LIKE ? ESCAPE '\\' ORDER BY v LIMIT ?");
    filter_sql::prepare(reader)?;
    let mut statement = reader.conn.prepare_cached(&sql)?;
    let rows = statement.query_map(rusqlite::params![pattern, limit as i64], |r| {
        Ok(match columns.read(r, 0)?.pop() {
            Some(Value::Null) | None => String::new(),
            Some(value) => value.to_text(),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
