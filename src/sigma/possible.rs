//! Which calls a rule can match, from what its condition says of `eventSource` and `eventName`. Everything else it says
//! may be so or not.

use rsigma_parser::{ConditionExpr, Detection, DetectionItem, Detections, Modifier, Quantifier, SigmaValue};
use std::collections::HashMap;

/// What may come of a part of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Outcome {
    can_hold: bool,
    can_fail: bool,
}

const OPEN: Outcome = Outcome { can_hold: true, can_fail: true };

impl Outcome {
    fn of(holds: bool) -> Self {
        Self { can_hold: holds, can_fail: !holds }
    }

    fn not(self) -> Self {
        Self { can_hold: self.can_fail, can_fail: self.can_hold }
    }

    fn all(parts: impl Iterator<Item = Outcome>) -> Self {
        parts.fold(Self::of(true), |all, part| Self {
            can_hold: all.can_hold && part.can_hold,
            can_fail: all.can_fail || part.can_fail,
        })
    }

    fn any(parts: impl Iterator<Item = Outcome>) -> Self {
        Self::all(parts.map(Outcome::not)).not()
    }
}

/// A test of one of the two fields, or anything else.
enum Part {
    Text { of_source: bool, how: How, values: Vec<String>, every: bool },
    Open,
}

#[derive(Clone, Copy)]
enum How {
    Equal,
    Contains,
    Starts,
    Ends,
}

enum Node {
    Part(Part),
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
}

/// The condition of a rule as far as it speaks of calls.
pub(super) struct Calls(Node);

impl Calls {
    pub(super) fn of(detection: &Detections) -> Self {
        // A rule matches where any of its conditions does.
        let conditions = detection.conditions.iter().map(|condition| of_condition(condition, &detection.named));
        Self(Node::Any(conditions.collect()))
    }

    /// Can an event of this source and name match?
    pub(super) fn allow(&self, source: Option<&str>, name: Option<&str>) -> bool {
        self.0.outcome(source, name).can_hold
    }
}

impl Node {
    fn outcome(&self, source: Option<&str>, name: Option<&str>) -> Outcome {
        match self {
            Node::Part(part) => part.outcome(source, name),
            Node::All(parts) => Outcome::all(parts.iter().map(|part| part.outcome(source, name))),
            Node::Any(parts) => Outcome::any(parts.iter().map(|part| part.outcome(source, name))),
            Node::Not(part) => part.outcome(source, name).not(),
        }
    }
}

impl Part {
    fn outcome(&self, source: Option<&str>, name: Option<&str>) -> Outcome {
        let Part::Text { of_source, how, values, every } = self else { return OPEN };
        // Letters beyond ASCII have more than one way to be the same.
        let text = if *of_source { source } else { name };
        let Some(text) = text.filter(|text| text.is_ascii()).map(str::to_ascii_lowercase) else { return OPEN };
        let meets = |value: &String| match how {
            How::Equal => text == *value,
            How::Contains => text.contains(value.as_str()),
            How::Starts => text.starts_with(value.as_str()),
            How::Ends => text.ends_with(value.as_str()),
        };
        Outcome::of(if *every { values.iter().all(meets) } else { values.iter().any(meets) })
    }
}

fn of_condition(condition: &ConditionExpr, named: &HashMap<String, Detection>) -> Node {
    let all = |parts: &[ConditionExpr]| parts.iter().map(|part| of_condition(part, named)).collect();
    match condition {
        ConditionExpr::And(parts) => Node::All(all(parts)),
        ConditionExpr::Or(parts) => Node::Any(all(parts)),
        ConditionExpr::Not(part) => Node::Not(Box::new(of_condition(part, named))),
        ConditionExpr::Identifier(name) => named.get(name).map_or(Node::Part(Part::Open), of_detection),
        ConditionExpr::Selector { quantifier, pattern } => {
            let chosen = named.iter().filter(|(name, _)| pattern.matches_detection_name(name));
            let chosen = chosen.map(|(_, detection)| of_detection(detection)).collect();
            match quantifier {
                Quantifier::Any => Node::Any(chosen),
                Quantifier::All => Node::All(chosen),
                Quantifier::Count(_) => Node::Part(Part::Open),
            }
        }
    }
}

fn of_detection(detection: &Detection) -> Node {
    match detection {
        Detection::AllOf(items) => Node::All(items.iter().map(|item| Node::Part(of_item(item))).collect()),
        Detection::AnyOf(parts) => Node::Any(parts.iter().map(of_detection).collect()),
        Detection::And(parts) => Node::All(parts.iter().map(of_detection).collect()),
        Detection::Keywords(_) | Detection::ArrayMatch { .. } | Detection::Conditional { .. } => Node::Part(Part::Open),
    }
}

fn of_item(item: &DetectionItem) -> Part {
    let of_source = match item.field.name.as_deref() {
        Some("eventSource") => true,
        Some("eventName") => false,
        _ => return Part::Open,
    };
    let every = item.field.has_modifier(Modifier::All);
    let others: Vec<Modifier> = item.field.modifiers.iter().copied().filter(|m| *m != Modifier::All).collect();
    let how = match others.as_slice() {
        [] => How::Equal,
        [Modifier::Contains] => How::Contains,
        [Modifier::StartsWith] => How::Starts,
        [Modifier::EndsWith] => How::Ends,
        _ => return Part::Open,
    };
    let plain = |value: &SigmaValue| match value {
        SigmaValue::String(text) => text.as_plain().filter(|text| text.is_ascii() && !text.is_empty()),
        _ => None,
    };
    let values: Option<Vec<String>> =
        item.values.iter().map(|value| plain(value).map(|text| text.to_ascii_lowercase())).collect();
    match values.filter(|values| !values.is_empty()) {
        Some(values) => Part::Text { of_source, how, values, every },
        None => Part::Open,
    }
}
