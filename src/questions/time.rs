//! Plots: series over time, and the heat map of hours by days. Their values are kept, not their pictures.

use super::error::{AskError, MOST_ROWS};
use super::question::{self, Basis, Live, Question};
use super::records::totals;
use super::section::Section;
use super::spec::{self, ScopeSpec};
use crate::case::CaseReader;
use crate::model::{SeriesTable, Timestamp, Unit, Value};
use crate::present::chart::{Chart, HEAT_DAYS, Heat, Shape};
use crate::present::zone::Zone;
use crate::query::tables::{self, Column, Table, Total, measure_unit};
use crate::query::{self, BinWidth, Cancel, Measure, QueryError, Scope, SeriesQuery};
use serde::{Deserialize, Serialize};

/// A measure over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesQuestion {
    pub query: SeriesQuery,
    /// How it is drawn.
    pub shape: Shape,
    /// Its table has bins without records too.
    pub zeros: bool,
}

impl SeriesQuestion {
    pub fn new(query: SeriesQuery, shape: Shape) -> Self {
        Self { query, shape, zeros: false }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeriesSpec {
    records: ScopeSpec,
    measure: String,
    /// Seconds, or `auto`.
    bin: String,
    by: Option<String>,
    top: usize,
    threshold: Option<u64>,
    shape: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    zeros: bool,
}

impl Question for SeriesQuestion {
    fn kind(&self) -> &'static str {
        "series"
    }

    fn query(&self) -> String {
        let query = &self.query;
        spec::write(&SeriesSpec {
            records: ScopeSpec::of(&query.scope),
            measure: query.measure.name().to_owned(),
            bin: spec::bin_name(query.bin),
            by: query.by.map(|by| spec::group_name(by).to_owned()),
            top: query.top,
            threshold: query.threshold,
            shape: self.shape.name().to_owned(),
            zeros: self.zeros,
        })
    }

    fn basis(&self, _: &CaseReader) -> Result<Basis, QueryError> {
        Ok(Basis { scopes: vec![self.query.scope.clone()], ..Basis::default() })
    }

    fn coverage(&self) -> Option<Scope> {
        Some(Scope { filter: None, ..self.query.scope.clone() })
    }

    fn sections(&self, reader: &CaseReader, _: Zone, cancel: &Cancel) -> Result<Vec<Section>, AskError> {
        let table = query::series(reader, &self.query, cancel)?;
        let mut section = series_section("series", &self.query, &table)?;
        section.totals.extend(totals(self.query.scope.dataset, &query::figures(reader, &self.query.scope, cancel)?));
        Ok(vec![section, gaps(&table)])
    }

    fn table<'a>(&self, reader: &'a CaseReader, cancel: &Cancel) -> Result<Box<dyn Table + 'a>, AskError> {
        let table = query::series(reader, &self.query, cancel)?;
        Ok(match self.zeros {
            true => Box::new(tables::FilledSeries::new(self.query.clone(), table)),
            false => Box::new(tables::series(&self.query, &table)),
        })
    }

    fn result(&self) -> String {
        let query = &self.query;
        let by = query.by.map(|by| format!(" by {}", by.names().join(","))).unwrap_or_default();
        let bin = match query.bin {
            BinWidth::Auto => "auto".to_owned(),
            BinWidth::Secs(secs) => format!("{secs}s"),
        };
        let series = format!("series {}{by} | bin {bin}", query.measure.name());
        let reached = query.threshold.map(|threshold| format!("reached at {threshold}"));
        question::steps(std::iter::once(series).chain(reached), None)
    }

    fn limited(&self, _: usize) -> Box<dyn Question> {
        Box::new(self.clone())
    }

    fn live(&self) -> Live {
        Live::Series(self.query.clone(), self.shape)
    }
}

pub(super) fn read_series(text: &str) -> Result<Box<dyn Question>, String> {
    let spec: SeriesSpec = spec::read(text)?;
    let scope = spec.records.scope()?;
    let by = spec.by.as_deref().map(|name| spec::group(scope.dataset, name)).transpose()?;
    let shape = Shape::ALL.into_iter().find(|shape| shape.name() == spec.shape && *shape != Shape::Heat);
    let query = SeriesQuery {
        scope,
        measure: spec::measure(&spec.measure)?,
        bin: spec::bin(&spec.bin)?,
        by,
        top: spec.top,
        threshold: spec.threshold,
    };
    let shape = shape.ok_or_else(|| format!("unknown chart type {}", spec.shape))?;
    Ok(Box::new(SeriesQuestion { query, shape, zeros: spec.zeros }))
}

/// The values of a series, line by line.
pub(super) fn series_section(name: &str, query: &SeriesQuery, table: &SeriesTable) -> Result<Section, AskError> {
    let cells: usize = table.lines.iter().map(|line| line.at.len()).sum();
    if cells > MOST_ROWS {
        return Err(AskError::TooManyRows(cells as u64));
    }
    let mut section = Section::of(name, &tables::series_lines(query, table), None, &Cancel::default())?;
    section.totals = vec![
        Total::new("bin_seconds", Unit::Number, Value::Integer(table.bin_secs.into())),
        Total::new("lines", Unit::Count, Value::count(table.lines.len() as u64)),
        Total::new("untimed", Unit::Count, Value::count(table.untimed)),
    ];
    let threshold = query.threshold.map(Value::count);
    section.totals.extend(threshold.map(|value| Total::new("threshold", measure_unit(query.measure), value)));
    Ok(section)
}

/// Hours of which there is no evidence: from is inside, to is not.
fn gaps(table: &SeriesTable) -> Section {
    let time = |secs: i64| Value::Time(Timestamp::from_secs(secs));
    let rows = table.gaps.iter().map(|(from, to)| vec![time(*from), time(*to)]).collect();
    Section::new("gaps", vec![Column::new("from", Unit::Time), Column::new("to", Unit::Time)], rows)
}

/// Hours of the day by days, in the exhibit's zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeatQuestion {
    pub scope: Scope,
    pub measure: Measure,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeatSpec {
    records: ScopeSpec,
    measure: String,
}

/// Parts of an hour: every zone's offset is a multiple of a quarter.
const HEAT_BIN_SECS: u32 = 900;

impl HeatQuestion {
    fn series(&self) -> SeriesQuery {
        SeriesQuery { bin: BinWidth::Secs(HEAT_BIN_SECS), ..SeriesQuery::of(self.scope.clone(), self.measure) }
    }
}

impl Question for HeatQuestion {
    fn kind(&self) -> &'static str {
        "heatmap"
    }

    fn query(&self) -> String {
        let measure = self.measure.name().to_owned();
        spec::write(&HeatSpec { records: ScopeSpec::of(&self.scope), measure })
    }

    fn basis(&self, _: &CaseReader) -> Result<Basis, QueryError> {
        Ok(Basis { scopes: vec![self.scope.clone()], ..Basis::default() })
    }

    fn coverage(&self) -> Option<Scope> {
        Some(Scope { filter: None, ..self.scope.clone() })
    }

    fn sections(&self, reader: &CaseReader, zone: Zone, cancel: &Cancel) -> Result<Vec<Section>, AskError> {
        let table = query::series(reader, &self.series(), cancel)?;
        let chart = Chart::of(&table);
        let heat = Heat::of(&chart, zone);
        let end = heat.days.last().map(|day| day.start.saturating_add(86_400 + 3600));
        if heat.days.len() >= HEAT_DAYS && chart.starts.last().copied() > end {
            let most = format!("a heat map can have at most {HEAT_DAYS} days; narrow the time range");
            return Err(AskError::Unfit(most));
        }
        let mut columns = vec![Column::new("day", Unit::Time)];
        columns.extend((0..24).map(|hour| Column::new(format!("{hour:02}"), measure_unit(self.measure))));
        let rows = heat.days.iter().map(|day| {
            let hours = day.hours.iter().map(|value| Value::sum(*value));
            std::iter::once(Value::Time(Timestamp::from_secs(day.start))).chain(hours).collect()
        });
        let mut section = Section::new("heatmap", columns, rows.collect());
        section.totals = totals(self.scope.dataset, &query::figures(reader, &self.scope, cancel)?);
        section.totals.push(Total::new("untimed", Unit::Count, Value::count(table.untimed)));
        Ok(vec![section, gaps(&table)])
    }

    fn limited(&self, _: usize) -> Box<dyn Question> {
        Box::new(self.clone())
    }

    fn live(&self) -> Live {
        Live::Series(SeriesQuery { bin: BinWidth::Secs(3600), ..self.series() }, Shape::Heat)
    }
}

pub(super) fn read_heat(text: &str) -> Result<Box<dyn Question>, String> {
    let spec: HeatSpec = spec::read(text)?;
    Ok(Box::new(HeatQuestion { scope: spec.records.scope()?, measure: spec::measure(&spec.measure)? }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Dataset, SeriesKey, SeriesLine};

    #[test]
    fn lines_of_absent_and_other_groups_stay_apart() {
        let by = spec::group(Dataset::Flows, "vpc_id").unwrap();
        let query = SeriesQuery { by: Some(by), ..SeriesQuery::of(Scope::all(Dataset::Flows), Measure::Records) };
        let line = |key| SeriesLine { key, at: vec![0], values: vec![1] };
        let text = SeriesKey::Group(vec![Value::Text("other".into())]);
        let table = SeriesTable {
            bin_secs: 60,
            bins: vec![0],
            lines: vec![line(text), line(SeriesKey::Group(vec![Value::Null])), line(SeriesKey::Other)],
            ..SeriesTable::default()
        };
        let rows = series_section("series", &query, &table).unwrap().rows;
        assert_eq!(rows.len(), 3);
        assert!(rows[0] != rows[1] && rows[1] != rows[2] && rows[0] != rows[2]);
        assert_eq!(rows[1][2..4], [Value::Text("group".into()), Value::Null]);
    }
}
