//! Leads from events: what monitoring rules and Sigma rules match, and whose lineage is contradicted or open. Their base
//! scores are ours; README.md has them.

use super::lead::{Kind, Lead};
use crate::analysis::definition::Asked;
use crate::analysis::lineage::conflicts;
use crate::analysis::monitor::monitored;
use crate::analysis::sigma::SIGMA;
use crate::case::CaseReader;
use crate::filter::{Filter, Target};
use crate::model::{Dataset, RecordId, Timestamp, Value};
use crate::query::tables::Rows;
use crate::query::{self, Actors, Cancel, QueryError, Scope, own_field};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use std::sync::Arc;

const DAY: i64 = 86_400;
/// A rule that more actors than these met is one lead for all of them.
const FEW_ACTORS: usize = 5;
/// On so many days it is a habit.
const HABIT_DAYS: usize = 3;
const HABIT: f64 = -25.0;
const ALL_FAILED: f64 = -20.0;
const NEW: f64 = 10.0;
const LISTED: f64 = 20.0;
const ALSO: f64 = 5.0;
const MOST_ALSO: f64 = 15.0;
const CONFLICT: f64 = 45.0;
const UNRESOLVED: f64 = 15.0;
/// A call that was refused, or a sign-in that failed.
const FAILED: &str = "error_code exists or login_result = failure";

/// Points of a monitoring rule, by its group. The rules of the first group count events of every day.
fn of_group(group: &str) -> Option<f64> {
    match group {
        "impact" | "exfiltration" | "defence-evasion" => Some(45.0),
        "privilege-escalation" | "exposure" | "persistence" | "credential-access" => Some(35.0),
        "lateral-movement" | "initial-access" => Some(25.0),
        "discovery" => Some(10.0),
        _ => None,
    }
}

fn of_level(level: &str) -> f64 {
    match level {
        "critical" => 70.0,
        "high" => 50.0,
        "medium" => 35.0,
        "low" => 20.0,
        _ => 5.0,
    }
}

/// What the events of a case have in common.
struct Events<'a> {
    reader: &'a CaseReader,
    cancel: &'a Cancel,
    scope: Scope,
    actors: Arc<Actors>,
    failed: FxHashSet<RecordId>,
    /// Those that indicators match.
    listed: FxHashSet<RecordId>,
    /// Seconds.
    first: i64,
    last: i64,
}

/// Events that something found, and what it is.
struct Found<'a> {
    kind: Kind,
    /// What found them, and its part in words.
    name: &'a str,
    part: String,
    base: f64,
    filter: Filter,
    /// Groups of rules, by which several of one actor count.
    group: &'static str,
}

/// `range` of the flow records that are asked for limits the events too. Without a group: kinds of one actor.
///
/// # Errors
/// As of any query.
pub(super) fn event_leads(reader: &CaseReader, flows: &Scope, cancel: &Cancel) -> Result<Vec<Lead>, QueryError> {
    let scope = Scope { dataset: Dataset::Events, filter: None, ..flows.clone() };
    let all = query::event_table(reader, &scope, &[], cancel)?;
    let times = || (0..all.len()).filter_map(|row| all.time(row));
    let (Some(first), Some(last)) = (times().min(), times().max()) else { return Ok(Vec::new()) };
    let ids = |text: &str| -> Result<FxHashSet<RecordId>, QueryError> {
        let filter = Scope::written(Dataset::Events, text)?.filter.unwrap_or(Filter::All);
        let rows = query::rows(reader, &scope.and(filter).records(Vec::new()), cancel)?;
        Ok(rows.ids(0..rows.len()).into_iter().collect())
    };
    let events = Events {
        reader,
        cancel,
        actors: query::event_actors(reader, cancel)?,
        failed: ids(FAILED)?,
        listed: if query::indicator_lists(reader, false)?.is_empty() {
            FxHashSet::default()
        } else {
            ids("indicator exists")?
        },
        first: Timestamp(first).secs(),
        last: Timestamp(last).secs(),
        scope: scope.clone(),
    };
    let mut leads: Vec<(Lead, &'static str)> = Vec::new();
    for of in monitored(reader, &scope, cancel)?.rules.iter().filter(|of| of.matches > 0) {
        let Some(base) = of_group(of.rule.group) else { continue };
        let part = format!("rule of group {}", of.rule.group);
        let filter = Filter::named(Target::Rule, of.rule.id);
        let found = Found { kind: Kind::Rule, name: of.rule.id, part, base, filter, group: of.rule.group };
        events.leads(&found, &mut leads)?;
    }
    let sigma = (SIGMA.run)(reader, &Asked::of(scope.clone()), cancel)?;
    for (name, level) in sigma_rules(&sigma) {
        let part = format!("Sigma rule of level {level}");
        let filter = Filter::named(Target::Sigma, &name);
        let found = Found { kind: Kind::Sigma, name: &name, part, base: of_level(&level), filter, group: "" };
        events.leads(&found, &mut leads)?;
    }
    also(&mut leads);
    let mut leads: Vec<Lead> = leads.into_iter().map(|(lead, _)| lead).collect();
    leads.extend(events.lineages()?);
    Ok(leads)
}

/// Rules that match anything: by id, else by title, with their levels.
fn sigma_rules(rows: &Rows) -> Vec<(String, String)> {
    let at = |name: &str| rows.columns.iter().position(|column| column.name == name);
    let text = |row: &[Value], name: &str| match at(name).and_then(|at| row.get(at)) {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let matches = |row: &&Vec<Value>| {
        at("matches").and_then(|at| row.get(at)).is_some_and(|value| !matches!(value, Value::Null | Value::Integer(0)))
    };
    let rule = |row: &Vec<Value>| {
        let name = text(row, "id").or_else(|| text(row, "title"))?;
        Some((name, text(row, "level").unwrap_or_else(|| "none".to_owned())))
    };
    rows.rows.iter().filter(matches).filter_map(rule).collect()
}

impl Events<'_> {
    /// A lead for each actor where they are few, else one for all.
    fn leads(&self, found: &Found<'_>, leads: &mut Vec<(Lead, &'static str)>) -> Result<(), QueryError> {
        let table = query::event_table(self.reader, &self.scope.and(found.filter.clone()), &[], self.cancel)?;
        let mut by_actor: FxHashMap<Option<&str>, Vec<usize>> = FxHashMap::default();
        for (row, id) in table.ids.iter().enumerate() {
            by_actor.entry(self.actor(*id)).or_default().push(row);
        }
        let time = |row: &usize| table.time(*row).map(|time| Timestamp(time).secs());
        let of = |rows: &[usize]| -> Vec<(RecordId, Option<i64>)> {
            rows.iter().filter_map(|row| Some((*table.ids.get(*row)?, time(row)))).collect()
        };
        if by_actor.len() > FEW_ACTORS {
            let all: Vec<usize> = (0..table.len()).collect();
            let subject = format!("{} actors", by_actor.len());
            leads.push((self.lead(found, subject, None, &of(&all)), found.group));
            return Ok(());
        }
        for (actor, rows) in by_actor {
            let subject = actor.unwrap_or("nobody who is known").to_owned();
            leads.push((self.lead(found, subject, actor, &of(&rows)), found.group));
        }
        Ok(())
    }

    fn actor(&self, id: RecordId) -> Option<&str> {
        let acted = self.actors.all().get(self.actors.number(id)? as usize)?;
        Some(&*acted.actor).filter(|actor| !actor.is_empty())
    }

    fn lead(
        &self,
        found: &Found<'_>,
        subject: String,
        actor: Option<&str>,
        records: &[(RecordId, Option<i64>)],
    ) -> Lead {
        let times = || records.iter().filter_map(|(_, time)| *time);
        let (first, last) = (times().min().unwrap_or(self.first), times().max().unwrap_or(self.last));
        let days: BTreeSet<i64> = times().map(|time| time.div_euclid(DAY)).collect();
        let failed = records.iter().filter(|(id, _)| self.failed.contains(id)).count();
        let filter = match actor {
            Some(actor) => found.filter.clone().and(Filter::named(by_actor(), actor)),
            None => found.filter.clone(),
        };
        let events = if records.len() == 1 { "1 event".to_owned() } else { format!("{} events", records.len()) };
        let mut lead = Lead {
            kind: found.kind,
            subject,
            peer: found.name.to_owned(),
            ends: None,
            what: format!("{}: {events}, {failed} failed", found.name),
            first,
            last,
            parts: vec![(found.part.clone(), found.base)],
            records: Some(records.len() as u64),
            filter: filter.to_string(),
            dataset: Dataset::Events,
            actor: actor.map(str::to_owned),
            doubts: None,
        };
        if failed == records.len() {
            lead.add("every call failed", ALL_FAILED);
        }
        if first - self.first >= DAY {
            lead.add("not seen in the first day of evidence", NEW);
        }
        if days.len() >= HABIT_DAYS {
            lead.add(format!("on {} days", days.len()), HABIT);
        }
        if records.iter().any(|(id, _)| self.listed.contains(id)) {
            lead.add("an event that an indicator matches", LISTED);
        }
        lead
    }

    /// Actors of whom two calls say different things, and sessions of which the issuing call is missing.
    fn lineages(&self) -> Result<Vec<Lead>, QueryError> {
        let mut leads = Vec::new();
        for (actor, found) in conflicts(self.reader, &self.scope, self.cancel)? {
            let filter = Filter::named(by_actor(), &actor).to_string();
            let what = format!("{} events lead back to different callers: {}", found.events, found.callers);
            let doubts = None;
            leads.push(self.lineage(actor, what, CONFLICT, "conflict of lineages", filter, found.times, doubts));
        }
        let filter = Filter::named(Target::Field(own_field(Dataset::Events, "actor_proof")), "unresolved");
        let table = query::event_table(self.reader, &self.scope.and(filter.clone()), &[], self.cancel)?;
        let sessions: BTreeSet<&str> = table.ids.iter().filter_map(|id| self.actor(*id)).collect();
        let times = || (0..table.len()).filter_map(|row| table.time(row)).map(|time| Timestamp(time).secs());
        if let (Some(first), Some(last)) = (times().min(), times().max()) {
            let subject = match sessions.len() {
                1 => sessions.first().map(|one| (*one).to_owned()).unwrap_or_default(),
                count => format!("{count} sessions"),
            };
            let what = format!("{} events of sessions whose issuing call is not in the evidence", table.len());
            let part = "unresolved lineage";
            let mut lead = self.lineage(subject, what, UNRESOLVED, part, filter.to_string(), (first, last), None);
            lead.records = Some(table.len() as u64);
            leads.push(lead);
        }
        Ok(leads)
    }

    #[expect(clippy::too_many_arguments, reason = "each is a column of the lead")]
    fn lineage(
        &self,
        subject: String,
        what: String,
        base: f64,
        part: &str,
        filter: String,
        (first, last): (i64, i64),
        doubts: Option<(&'static str, &'static str)>,
    ) -> Lead {
        Lead {
            kind: Kind::Lineage,
            subject,
            peer: String::new(),
            ends: None,
            what,
            first,
            last,
            parts: vec![(part.to_owned(), base)],
            records: None,
            filter,
            dataset: Dataset::Events,
            actor: None,
            doubts,
        }
    }
}

fn by_actor() -> Target {
    Target::Field(own_field(Dataset::Events, "actor"))
}

/// Rules of other groups, and Sigma rules, that the same actor met.
fn also(leads: &mut [(Lead, &'static str)]) {
    let mut found: FxHashMap<String, BTreeSet<String>> = FxHashMap::default();
    let name = |lead: &Lead, group: &str| if group.is_empty() { lead.kind.name().to_owned() } else { group.to_owned() };
    for (lead, group) in leads.iter().filter(|(lead, _)| lead.parts.iter().map(|(_, points)| points).sum::<f64>() > 0.0)
    {
        if let Some(actor) = &lead.actor {
            found.entry(actor.clone()).or_default().insert(name(lead, group));
        }
    }
    for (lead, group) in leads {
        let own = name(lead, group);
        let others = lead.actor.as_ref().and_then(|actor| found.get(actor)).into_iter().flatten();
        let others: Vec<&str> = others.filter(|other| **other != own).map(String::as_str).collect();
        if !others.is_empty() {
            let points = (others.len() as f64 * ALSO).min(MOST_ALSO);
            lead.add(format!("also {}", others.join(" ")), points);
        }
    }
}
