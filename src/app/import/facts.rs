//! Do the records say the account and the region that the path says, and are their times those of a log?

use crate::filter::value::parse_time;
use crate::ingest::Output;
use crate::ingest::time::PLAUSIBLE_SECS;
use crate::model::batch::NO_VALUE;
use crate::model::{Dataset, FieldId, ImportWarning, PathFacts, Reason, Timestamp, field};
use std::collections::BTreeSet;

/// Collects the accounts and regions that records name, and the ends of their times.
pub(super) struct FactsCheck {
    flow_account: Option<FieldId>,
    flow_region: Option<FieldId>,
    event_account: Option<usize>,
    event_region: Option<usize>,
    accounts: BTreeSet<Box<str>>,
    regions: BTreeSet<Box<str>>,
    /// Records with a time before any that a log can be about, and the first of them.
    early: u64,
    first_early: Option<(Timestamp, u32)>,
    latest: Option<(Timestamp, u32)>,
}

/// Files with more distinct values than this are not those of one account or region.
const KEPT: usize = 64;

impl FactsCheck {
    pub(super) fn new() -> Self {
        let column = |name: &str| field::event_columns().position(|f| f.name == name);
        Self {
            flow_account: field::by_name(Dataset::Flows, "account_id"),
            flow_region: field::by_name(Dataset::Flows, "region"),
            event_account: column("recipient_account_id"),
            event_region: column("aws_region"),
            accounts: BTreeSet::new(),
            regions: BTreeSet::new(),
            early: 0,
            first_early: None,
            latest: None,
        }
    }

    pub(super) fn see(&mut self, output: &Output) {
        match output {
            Output::Flows(batch) => {
                for row in batch.rows.iter().filter(|row| row.start != NO_VALUE) {
                    self.time(Timestamp::from_secs(row.start), row.position);
                }
                for (field, value) in batch.interfaces.iter().flat_map(|tuple| &tuple.0) {
                    if Some(*field) == self.flow_account && &**value != "unknown" {
                        add(&mut self.accounts, value);
                    } else if Some(*field) == self.flow_region {
                        add(&mut self.regions, value);
                    }
                }
            }
            Output::Events(events) => {
                for event in events.iter() {
                    if let Some(millis) = event.time_millis {
                        self.time(Timestamp(millis), event.position);
                    }
                    let value = |column: Option<usize>| column.and_then(|c| event.columns.get(c));
                    if let Some(account) = value(self.event_account) {
                        add(&mut self.accounts, account);
                    }
                    if let Some(region) = value(self.event_region) {
                        add(&mut self.regions, region);
                    }
                }
            }
            Output::Digest(_) | Output::Warnings(_) => {}
        }
    }

    #[inline]
    fn time(&mut self, time: Timestamp, position: u32) {
        if time.0 < PLAUSIBLE_SECS.start * 1000 {
            self.early += 1;
            self.first_early.get_or_insert((time, position));
        }
        if self.latest.is_none_or(|(latest, _)| time > latest) {
            self.latest = Some((time, position));
        }
    }

    /// The latest time of a record, and which record has it.
    pub(super) fn latest(&self) -> Option<(Timestamp, u32)> {
        self.latest
    }

    /// A remark on times before 1990, and one for each of account and region that the path says and some records contradict.
    pub(super) fn warnings(&self, path: &PathFacts) -> Vec<ImportWarning> {
        let told = [("account", &path.account, &self.accounts), ("region", &path.region, &self.regions)];
        let early = self.first_early.map(|(time, position)| {
            let detail = format!(
                "{} records have a time before 1990, as they are written; the first is element {position}: {}",
                self.early,
                time.to_iso()
            );
            ImportWarning::file(Reason::OddTime, detail)
        });
        told.into_iter()
            .filter_map(|(what, said, met)| {
                let said = said.as_deref()?;
                let others: Vec<&str> = met.iter().map(|v| &**v).filter(|v| *v != said).collect();
                let detail = format!("the path says {what} {said}, records say {}", others.join(", "));
                (!others.is_empty()).then(|| ImportWarning::file(Reason::PathMismatch, detail))
            })
            .chain(early)
            .collect()
    }
}

/// A remark on a record of a time after the day of the import: of the first one, where an original is read again, so that
/// the same remark is made.
pub(super) fn after_import(latest: Option<(Timestamp, u32)>, imported_utc: &str) -> Option<ImportWarning> {
    const MILLIS_OF_DAY: i64 = 86_400_000;
    let (time, position) = latest?;
    let end = parse_time(imported_utc)?.time.0.checked_add(MILLIS_OF_DAY)?;
    let detail = format!(
        "the latest record is of {}, after the day of its import ({imported_utc}); it is element {position}",
        time.to_iso()
    );
    (time.0 > end).then(|| ImportWarning::file(Reason::OddTime, detail))
}

fn add(set: &mut BTreeSet<Box<str>>, value: &str) {
    if set.len() < KEPT && !set.contains(value) {
        set.insert(value.into());
    }
}
