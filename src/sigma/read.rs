//! From YAML to rules: what is for CloudTrail, what is not, and what cannot be used and why.

use super::possible::Calls;
use super::{RuleFile, RuleSet, RuleState, SigmaRule};
use rsigma_eval::Engine;
use rsigma_eval::correlation::compile_correlation;
use rsigma_parser as parser;
use rsigma_parser::{
    ConditionExpr, CorrelationCondition, CorrelationRule, Detection, FilterRule, FilterRuleTarget, LogSource, Modifier,
    Quantifier, SigmaCollection, Status, parse_sigma_yaml,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Files of rules are small; what is longer is something else.
const LONGEST_BYTES: usize = 4 << 20;

pub(super) fn read(files: &[RuleFile<'_>]) -> RuleSet {
    let mut reading = Reading::default();
    for file in files {
        reading.file(file);
    }
    reading.finish()
}

#[derive(Default)]
struct Reading {
    rules: Vec<SigmaRule>,
    /// By place, with what other rules call it.
    detections: Vec<(usize, parser::SigmaRule)>,
    correlations: Vec<(usize, CorrelationRule)>,
    filters: Vec<(usize, FilterRule)>,
}

impl Reading {
    fn file(&mut self, file: &RuleFile<'_>) {
        let collection = match parsed(file.content) {
            Ok(collection) => collection,
            Err(reason) => return self.unusable(file, reason),
        };
        let SigmaCollection { rules, correlations, filters, errors } = collection;
        for rule in rules {
            let state = match (routed(Some(&rule.logsource)), refused(rule.detection.named.values())) {
                (Some(state), _) => state,
                (None, Some(reason)) => RuleState::Unusable(reason.to_owned()),
                (None, None) => RuleState::Used,
            };
            let about = About::of_rule(&rule);
            let place = self.add(file, about, false, state.clone());
            if state == RuleState::Used {
                self.detections.push((place, rule));
            }
        }
        for rule in correlations {
            let place = self.add(file, About::of_correlation(&rule), true, RuleState::Used);
            self.correlations.push((place, rule));
        }
        for rule in filters {
            let state = match (routed(rule.logsource.as_ref()), refused(rule.detection.named.values())) {
                (Some(state), _) => state,
                (None, Some(reason)) => RuleState::Unusable(reason.to_owned()),
                (None, None) => RuleState::Filter,
            };
            let place = self.add(file, About::of_filter(&rule), false, state.clone());
            if state == RuleState::Filter {
                self.filters.push((place, rule));
            }
        }
        for reason in errors {
            self.unusable(file, reason);
        }
    }

    fn add(&mut self, file: &RuleFile<'_>, about: About<'_>, is_correlation: bool, state: RuleState) -> usize {
        self.rules.push(SigmaRule {
            title: about.title.to_owned(),
            id: about.id.map(str::to_owned),
            level: about.level.map(|level| level.as_str()),
            status: about.status.map(status_name),
            tags: about.tags.to_vec(),
            path: file.path.to_owned(),
            sha256: file.sha256.to_owned(),
            is_correlation,
            state,
        });
        self.rules.len() - 1
    }

    fn unusable(&mut self, file: &RuleFile<'_>, reason: String) {
        let nothing = About { title: "", id: None, level: None, status: None, tags: &[] };
        self.add(file, nothing, false, RuleState::Unusable(reason));
    }

    fn refuse(&mut self, place: usize, reason: String) {
        if let Some(rule) = self.rules.get_mut(place) {
            rule.state = RuleState::Unusable(reason);
        }
    }

    fn finish(mut self) -> RuleSet {
        let mut engine = Engine::new();
        // What a rule says of itself beyond the standard must not change how it is evaluated.
        let prepared: Vec<parser::SigmaRule> = self
            .detections
            .iter()
            .map(|(place, rule)| parser::SigmaRule {
                id: Some(place.to_string()),
                custom_attributes: HashMap::new(),
                ..rule.clone()
            })
            .collect();
        let refused: BTreeMap<usize, String> =
            engine.add_rules(&prepared).into_iter().map(|(at, error)| (at, error.to_string())).collect();
        let mut names = Names::default();
        let mut calls = Vec::new();
        for (at, (place, rule)) in std::mem::take(&mut self.detections).into_iter().enumerate() {
            match refused.get(&at) {
                Some(reason) => self.refuse(place, reason.clone()),
                None => {
                    names.add(place, [rule.id.as_deref(), rule.name.as_deref()]);
                    calls.push(Calls::of(&rule.detection));
                }
            }
        }
        self.apply_filters(&mut engine, &names);
        let correlations = self.resolve(names);
        let mut is_base = vec![false; self.rules.len()];
        let mut paths = BTreeSet::new();
        for (_, rule) in &correlations {
            for place in rule.rules.iter().filter_map(|place| place.parse::<usize>().ok()) {
                if let Some(is_base) = is_base.get_mut(place) {
                    *is_base = true;
                }
            }
            paths.extend(rule.group_by.iter().cloned());
            paths.extend(rule.aliases.iter().flat_map(|alias| alias.mapping.values().cloned()));
            if let CorrelationCondition::Threshold { field: Some(fields), .. } = &rule.condition {
                paths.extend(fields.iter().cloned());
            }
        }
        RuleSet { rules: self.rules, engine, calls, correlations, is_base, paths: paths.into_iter().collect() }
    }

    fn apply_filters(&mut self, engine: &mut Engine, names: &Names) {
        for (place, mut filter) in std::mem::take(&mut self.filters) {
            if let FilterRuleTarget::Specific(wanted) = &filter.rules {
                let found: Vec<String> =
                    wanted.iter().flat_map(|name| names.all(name)).map(|p| p.to_string()).collect();
                if found.is_empty() {
                    self.refuse(place, format!("no rule that it names is in use: {}", wanted.join(", ")));
                    continue;
                }
                filter.rules = FilterRuleTarget::Specific(found);
            }
            if let Err(error) = engine.apply_filter(&filter) {
                self.refuse(place, error.to_string());
            }
        }
    }

    /// The correlations whose rules are all in use, with these written as places.
    fn resolve(&mut self, mut names: Names) -> Vec<(usize, CorrelationRule)> {
        let mut open = std::mem::take(&mut self.correlations);
        let mut found = Vec::new();
        loop {
            let before = open.len();
            let mut left = Vec::new();
            for (place, rule) in open {
                match names.resolved(&rule) {
                    Err(Unresolved::Missing(_)) => left.push((place, rule)),
                    Err(Unresolved::Never(reason)) => self.refuse(place, reason),
                    Ok(resolved) => match compile_correlation(&resolved) {
                        Ok(_) => {
                            names.add(place, [rule.id.as_deref(), rule.name.as_deref()]);
                            found.push((place, CorrelationRule { id: Some(place.to_string()), ..resolved }));
                        }
                        Err(error) => self.refuse(place, error.to_string()),
                    },
                }
            }
            if left.len() == before {
                open = left;
                break;
            }
            open = left;
        }
        for (place, rule) in open {
            if let Err(Unresolved::Missing(name)) = names.resolved(&rule) {
                self.refuse(place, format!("the rule {name}, which it names, is not in use"));
            }
        }
        found
    }
}

/// What a document says of itself.
struct About<'a> {
    title: &'a str,
    id: Option<&'a str>,
    level: Option<parser::Level>,
    status: Option<Status>,
    tags: &'a [String],
}

impl<'a> About<'a> {
    fn of_rule(rule: &'a parser::SigmaRule) -> Self {
        Self { title: &rule.title, id: rule.id.as_deref(), level: rule.level, status: rule.status, tags: &rule.tags }
    }

    fn of_correlation(rule: &'a CorrelationRule) -> Self {
        Self { title: &rule.title, id: rule.id.as_deref(), level: rule.level, status: rule.status, tags: &rule.tags }
    }

    fn of_filter(rule: &'a FilterRule) -> Self {
        Self { title: &rule.title, id: rule.id.as_deref(), level: rule.level, status: rule.status, tags: &rule.tags }
    }
}

fn status_name(status: Status) -> &'static str {
    match status {
        Status::Stable => "stable",
        Status::Test => "test",
        Status::Experimental => "experimental",
        Status::Deprecated => "deprecated",
        Status::Unsupported => "unsupported",
    }
}

fn parsed(content: &[u8]) -> Result<SigmaCollection, String> {
    if content.len() > LONGEST_BYTES {
        return Err(format!("it is longer than {} MiB", LONGEST_BYTES >> 20));
    }
    let text = std::str::from_utf8(content).map_err(|_| "it is not valid UTF-8".to_owned())?;
    let collection = parse_sigma_yaml(text.trim_start_matches('\u{feff}')).map_err(|error| error.to_string())?;
    match collection.is_empty() && collection.errors.is_empty() {
        true => Err("it contains no rule".to_owned()),
        false => Ok(collection),
    }
}

/// `None` for rules about CloudTrail: product aws, and service cloudtrail or none.
fn routed(source: Option<&LogSource>) -> Option<RuleState> {
    let source = source?;
    let is = |value: &Option<String>, name: &str| value.as_deref().is_some_and(|v| v.eq_ignore_ascii_case(name));
    if source.product.is_none() && source.service.is_none() && source.category.is_none() {
        return Some(RuleState::Unusable("its log source names no product".to_owned()));
    }
    let fits = is(&source.product, "aws") && (source.service.is_none() || is(&source.service, "cloudtrail"));
    (!fits).then_some(RuleState::NotForCloudTrail)
}

/// Why no detection with these parts is evaluated.
fn refused<'a>(mut detections: impl Iterator<Item = &'a Detection>) -> Option<&'static str> {
    detections.any(has_placeholder).then_some("it has placeholders, for which there are no values")
}

fn has_placeholder(detection: &Detection) -> bool {
    match detection {
        Detection::AllOf(items) => items.iter().any(|item| item.field.has_modifier(Modifier::Expand)),
        Detection::AnyOf(parts) | Detection::And(parts) => parts.iter().any(has_placeholder),
        Detection::Keywords(_) => false,
        Detection::ArrayMatch { body, .. } => has_placeholder(body),
        Detection::Conditional { named, .. } => named.values().any(has_placeholder),
    }
}

/// What rules in use are called.
#[derive(Default)]
struct Names(BTreeMap<String, BTreeSet<usize>>);

enum Unresolved {
    /// A rule of this name may still come.
    Missing(String),
    Never(String),
}

impl Names {
    fn add(&mut self, place: usize, names: [Option<&str>; 2]) {
        for name in names.into_iter().flatten() {
            self.0.entry(name.to_owned()).or_default().insert(place);
        }
    }

    fn all(&self, name: &str) -> impl Iterator<Item = usize> {
        self.0.get(name).into_iter().flatten().copied()
    }

    fn one(&self, name: &str) -> Result<String, Unresolved> {
        let mut found = self.all(name);
        match (found.next(), found.next()) {
            (Some(place), None) => Ok(place.to_string()),
            (None, _) => Err(Unresolved::Missing(name.to_owned())),
            (Some(_), Some(_)) => Err(Unresolved::Never(format!("several rules are called {name}"))),
        }
    }

    fn resolved(&self, rule: &CorrelationRule) -> Result<CorrelationRule, Unresolved> {
        let mut resolved = rule.clone();
        // What a rule says of itself beyond the standard must not change how it is evaluated.
        resolved.custom_attributes.clear();
        resolved.name = None;
        resolved.rules = rule.rules.iter().map(|name| self.one(name)).collect::<Result<_, _>>()?;
        for alias in &mut resolved.aliases {
            let mapping = std::mem::take(&mut alias.mapping);
            alias.mapping =
                mapping.into_iter().map(|(name, field)| Ok((self.one(&name)?, field))).collect::<Result<_, _>>()?;
        }
        if let CorrelationCondition::Extended(condition) = &rule.condition {
            resolved.condition = CorrelationCondition::Extended(self.condition(condition, &rule.rules)?);
        }
        Ok(resolved)
    }

    /// A condition over the rules of a correlation.
    fn condition(&self, condition: &ConditionExpr, rules: &[String]) -> Result<ConditionExpr, Unresolved> {
        let all = |parts: &[ConditionExpr]| {
            parts.iter().map(|part| self.condition(part, rules)).collect::<Result<Vec<_>, _>>()
        };
        Ok(match condition {
            ConditionExpr::And(parts) => ConditionExpr::And(all(parts)?),
            ConditionExpr::Or(parts) => ConditionExpr::Or(all(parts)?),
            ConditionExpr::Not(part) => ConditionExpr::Not(Box::new(self.condition(part, rules)?)),
            ConditionExpr::Identifier(name) => ConditionExpr::Identifier(self.one(name)?),
            ConditionExpr::Selector { quantifier, pattern } => {
                let chosen = rules.iter().filter(|name| pattern.matches_detection_name(name));
                let chosen = chosen.map(|name| Ok(ConditionExpr::Identifier(self.one(name)?)));
                let chosen = chosen.collect::<Result<Vec<_>, Unresolved>>()?;
                match quantifier {
                    Quantifier::Any | Quantifier::Count(1) => ConditionExpr::Or(chosen),
                    Quantifier::All => ConditionExpr::And(chosen),
                    Quantifier::Count(_) => {
                        return Err(Unresolved::Never("its condition counts rules by a pattern".to_owned()));
                    }
                }
            }
        })
    }
}
