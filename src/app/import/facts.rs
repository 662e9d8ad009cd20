//! Do the records say the account and the region that the path says?

use crate::ingest::Output;
use crate::model::{Dataset, FieldId, ImportWarning, PathFacts, Reason, field};
use std::collections::BTreeSet;

/// Collects the accounts and regions that records name.
pub(super) struct FactsCheck {
    flow_account: Option<FieldId>,
    flow_region: Option<FieldId>,
    event_account: Option<usize>,
    event_region: Option<usize>,
    accounts: BTreeSet<Box<str>>,
    regions: BTreeSet<Box<str>>,
}

/// Files with more distinct values than this are not those of one account or region.
const KEPT: usize = 64;

impl FactsCheck {
    pub fn new() -> Self {
        let column = |name: &str| field::event_columns().position(|f| f.name == name);
        Self {
            flow_account: field::by_name(Dataset::Flows, "account_id"),
            flow_region: field::by_name(Dataset::Flows, "region"),
            event_account: column("recipient_account_id"),
            event_region: column("aws_region"),
            accounts: BTreeSet::new(),
            regions: BTreeSet::new(),
        }
    }

    pub fn see(&mut self, output: &Output) {
        match output {
            Output::Flows(batch) => {
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

    /// A remark for each of account and region that the path says and some records contradict.
    pub fn warnings(&self, path: &PathFacts) -> Vec<ImportWarning> {
        let told = [("account", &path.account, &self.accounts), ("region", &path.region, &self.regions)];
        told.into_iter()
            .filter_map(|(what, said, met)| {
                let said = said.as_deref()?;
                let others: Vec<&str> = met.iter().map(|v| &**v).filter(|v| *v != said).collect();
                let detail = format!("the path says {what} {said}, records say {}", others.join(", "));
                (!others.is_empty()).then(|| ImportWarning::file(Reason::PathMismatch, detail))
            })
            .collect()
    }
}

fn add(set: &mut BTreeSet<Box<str>>, value: &str) {
    if set.len() < KEPT && !set.contains(value) {
        set.insert(value.into());
    }
}
