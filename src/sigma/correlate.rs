//! Correlations: rules over the matches of others within a time, by event time. The matches of one are the events in the
//! window at the moments at which its condition held.

use super::RuleSet;
use crate::model::RecordId;
use rsigma_eval::correlation::{CompiledCorrelation, GroupKey, compile_correlation};
use rsigma_eval::{
    CorrelationConfig, CorrelationEngine, DetectionBody, EvaluationResult, Event, JsonEvent, ResultBody, RuleHeader,
};
use rsigma_parser::{CorrelationType, WindowMode};
use rustc_hash::FxHashMap;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Groups whose windows are kept at once; the engine drops the oldest beyond.
const MOST_GROUPS: usize = 2_000_000;
/// One event can open so many windows at most before they are counted again.
const MARGIN: usize = 4096;

/// An event that matches rules which correlations name.
pub(crate) struct BaseHit {
    pub event: RecordId,
    /// Seconds.
    pub time: i64,
    /// Places of all rules that it matches.
    pub rules: Vec<usize>,
    /// JSON of the values that correlations look at.
    pub values: Box<str>,
}

/// What came of all events.
pub(crate) struct Correlated {
    /// Places of correlations with their events, ascending, each once.
    pub matches: Vec<(usize, Vec<RecordId>)>,
    /// Windows were dropped because there were too many.
    pub is_cut: bool,
}

/// The values at some paths as one flat object; the engine looks a path up as a member first.
pub(super) fn values(event: &JsonEvent<'_>, paths: &[String]) -> Box<str> {
    let found = paths.iter().filter_map(|path| Some((path.clone(), event.get_field(path)?.to_json())));
    Value::Object(found.collect()).to_string().into()
}

/// Takes events in the order of their times.
pub(crate) struct Correlator<'a> {
    set: &'a RuleSet,
    engine: CorrelationEngine,
    compiled: FxHashMap<usize, CompiledCorrelation>,
    /// By a rule's place: the correlations that name it.
    parents: FxHashMap<usize, Vec<usize>>,
    windows: FxHashMap<(usize, GroupKey), Window>,
    matches: FxHashMap<usize, Vec<RecordId>>,
    is_cut: bool,
}

/// The events of a group in order.
#[derive(Default)]
struct Window {
    events: Vec<(i64, RecordId)>,
    /// So many from the start were looked at.
    told: usize,
}

impl<'a> Correlator<'a> {
    pub(crate) fn new(set: &'a RuleSet) -> Self {
        let config = CorrelationConfig { max_state_entries: MOST_GROUPS, ..CorrelationConfig::default() };
        let mut engine = CorrelationEngine::new(config);
        let (mut compiled, mut parents) = (FxHashMap::default(), FxHashMap::<usize, Vec<usize>>::default());
        for (place, rule) in &set.correlations {
            let Ok(ready) = compile_correlation(rule) else { continue };
            if engine.add_correlation(rule).is_err() {
                continue;
            }
            for named in ready.rule_refs.iter().filter_map(|name| name.parse().ok()) {
                let list = parents.entry(named).or_default();
                if !list.contains(place) {
                    list.push(*place);
                }
            }
            compiled.insert(*place, ready);
        }
        let (windows, matches) = (FxHashMap::default(), FxHashMap::default());
        Self { set, engine, compiled, parents, windows, matches, is_cut: false }
    }

    pub(crate) fn take(&mut self, hit: &BaseHit) {
        let value: Value = serde_json::from_str(&hit.values).unwrap_or_else(|_| Value::Object(Map::new()));
        let event = JsonEvent::borrow(&value);
        let base: Vec<usize> = hit.rules.iter().copied().filter(|rule| self.set.is_base(*rule)).collect();
        for rule in &base {
            for parent in self.parents.get(rule).cloned().unwrap_or_default() {
                let Some(compiled) = self.compiled.get(&parent) else { continue };
                if counts(compiled, &event) {
                    let key = GroupKey::extract(&event, &compiled.group_by, &[&rule.to_string()]);
                    self.put(parent, key, hit);
                }
            }
        }
        if self.engine.state_count() + MARGIN >= MOST_GROUPS {
            self.engine.evict_expired(hit.time);
            self.is_cut |= self.engine.state_count() + MARGIN >= MOST_GROUPS;
        }
        let detections = base.iter().map(|rule| detection(*rule)).collect();
        for result in self.engine.process_with_detections(&event, detections, hit.time) {
            self.fired(&result, hit);
        }
    }

    fn put(&mut self, correlation: usize, key: GroupKey, hit: &BaseHit) {
        let window = self.windows.entry((correlation, key)).or_default();
        if window.events.last().is_none_or(|(_, event)| *event != hit.event) {
            window.events.push((hit.time, hit.event));
        }
    }

    fn fired(&mut self, result: &EvaluationResult, hit: &BaseHit) {
        let (Some(body), Some(id)) = (result.as_correlation(), result.header.rule_id.as_deref()) else { return };
        let Ok(place) = id.parse::<usize>() else { return };
        let Some(compiled) = self.compiled.get(&place) else { return };
        let key = GroupKey::from_pairs(&body.group_key, &compiled.group_by);
        if let Some(window) = self.windows.get_mut(&(place, key)) {
            let from = window.first(compiled, hit.time);
            let new = window.events.get(from.max(window.told)..).unwrap_or_default();
            self.matches.entry(place).or_default().extend(new.iter().map(|(_, event)| *event));
            window.told = window.events.len();
        }
        for parent in self.parents.get(&place).cloned().unwrap_or_default() {
            let Some(compiled) = self.compiled.get(&parent) else { continue };
            let key = GroupKey::from_pairs(&body.group_key, &compiled.group_by);
            self.put(parent, key, hit);
        }
    }

    pub(crate) fn finish(self) -> Correlated {
        let mut matches: Vec<(usize, Vec<RecordId>)> = self.matches.into_iter().collect();
        matches.sort_unstable_by_key(|(place, _)| *place);
        for (_, events) in &mut matches {
            events.sort_unstable();
            events.dedup();
        }
        Correlated { matches, is_cut: self.is_cut }
    }
}

impl Window {
    /// Place of the first event of the window at this time.
    fn first(&self, correlation: &CompiledCorrelation, time: i64) -> usize {
        let span = i64::try_from(correlation.timespan_secs).unwrap_or(i64::MAX);
        let since = |from: i64| self.events.partition_point(|(at, _)| *at < from);
        match correlation.window_mode {
            WindowMode::Sliding => since(time.saturating_sub(span)),
            WindowMode::Tumbling if span > 0 => since(time - time.rem_euclid(span)),
            WindowMode::Tumbling => 0,
            WindowMode::Session => {
                let gap = correlation.gap_secs.and_then(|gap| i64::try_from(gap).ok()).unwrap_or(span);
                let mut first = self.events.len().saturating_sub(1);
                while let Some([(before, _), (after, _)]) =
                    first.checked_sub(1).and_then(|at| self.events.get(at..=first))
                {
                    if first <= self.told || after - before > gap || time - before > span {
                        break;
                    }
                    first -= 1;
                }
                first
            }
        }
    }
}

/// Does the correlation count an event with these values?
fn counts(correlation: &CompiledCorrelation, event: &JsonEvent<'_>) -> bool {
    let fields = correlation.condition.field.as_deref().unwrap_or_default();
    correlation.correlation_type == CorrelationType::EventCount
        || fields.iter().all(|field| event.get_field(field).is_some())
}

/// The match of a rule, as the engine of correlations takes it.
fn detection(rule: usize) -> EvaluationResult {
    EvaluationResult {
        header: RuleHeader {
            rule_title: String::new(),
            rule_id: Some(rule.to_string()),
            level: None,
            tags: Vec::new(),
            custom_attributes: Arc::default(),
            enrichments: None,
        },
        body: ResultBody::Detection(DetectionBody {
            matched_selections: Vec::new(),
            matched_fields: Vec::new(),
            event: None,
        }),
    }
}
