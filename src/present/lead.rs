//! What leads say, in the language of the window. A lead's row is English, as every row is; its sentences are those of the
//! English catalogue, so that what was filled in is found in them and filled into those of another language.

use super::rules::{group_text, rule_text};
use super::text::Texts;
use std::sync::LazyLock;

/// A sentence of the catalogue and what is filled into it.
type Sentence = (&'static str, &'static [&'static str]);

/// In the order in which they are tried: what is part of another comes after it.
const SENTENCES: [Sentence; 61] = [
    ("lead-what-beacon", &["count", "port", "seconds", "score"]),
    ("lead-what-long-cut", &["seconds", "port"]),
    ("lead-what-long", &["seconds", "port"]),
    ("lead-what-exfil", &["bytes", "hours", "ratio", "pcr"]),
    ("lead-what-fan-out", &["peers", "usual"]),
    ("lead-what-fan-in", &["peers", "usual"]),
    ("lead-what-first-in", &[]),
    ("lead-what-first-out-one", &[]),
    ("lead-what-first-out", &["count"]),
    ("lead-what-lateral-several", &["port", "count", "bytes"]),
    ("lead-what-lateral", &["port", "bytes"]),
    ("lead-what-opened-rejected", &["port"]),
    ("lead-what-opened-silent", &["port"]),
    ("lead-what-tunnel", &["tunnel", "packets", "bytes", "hints"]),
    ("lead-what-guessing-large", &["count", "time"]),
    ("lead-what-guessing", &["count"]),
    ("lead-what-background", &["missed"]),
    ("lead-what-scan", &["shapes", "missed", "hits"]),
    ("lead-shape-horizontal-one", &[]),
    ("lead-shape-horizontal", &["count"]),
    ("lead-shape-vertical-one", &[]),
    ("lead-shape-vertical", &["count"]),
    ("lead-shape-walk", &[]),
    ("lead-what-rule-one", &["rule", "failed"]),
    ("lead-what-rule", &["rule", "events", "failed"]),
    ("lead-what-conflict", &["events", "callers"]),
    ("lead-what-unresolved", &["events"]),
    ("lead-what-sighting", &["list", "flows", "accepted", "events"]),
    ("lead-part-rare", &[]),
    ("lead-part-common", &[]),
    ("lead-part-listed", &[]),
    ("lead-part-also", &["kinds"]),
    ("lead-part-near-window", &[]),
    ("lead-part-little-evidence", &[]),
    ("lead-part-not-sure", &[]),
    ("lead-part-same-hour", &["days"]),
    ("lead-part-much-moved", &[]),
    ("lead-part-beside", &["call"]),
    ("lead-part-rule", &["group"]),
    ("lead-part-sigma", &["level"]),
    ("lead-part-failed", &[]),
    ("lead-part-new", &[]),
    ("lead-part-days", &["days"]),
    ("lead-part-matched", &[]),
    ("lead-part-conflict", &[]),
    ("lead-part-unresolved", &[]),
    ("lead-part-sighting-accepted", &[]),
    ("lead-part-sighting", &[]),
    ("lead-part-sighting-events", &[]),
    ("lead-kind-beacon", &[]),
    ("lead-kind-exfil", &[]),
    ("lead-kind-fan", &[]),
    ("lead-kind-firstseen", &[]),
    ("lead-kind-guessing", &[]),
    ("lead-kind-lateral", &[]),
    ("lead-kind-lineage", &[]),
    ("lead-kind-long", &[]),
    ("lead-kind-opened", &[]),
    ("lead-kind-scan", &[]),
    ("lead-kind-tunnel", &[]),
    ("lead-subject-outside", &["count"]),
];

/// What surrounds what is filled in, piece by piece.
struct Template {
    id: &'static str,
    names: Vec<&'static str>,
    between: Vec<String>,
}

/// Around a name where its value would be; in no text.
const MARK: char = '\u{1}';

static TEMPLATES: LazyLock<Vec<Template>> = LazyLock::new(|| {
    let english = Texts::english();
    SENTENCES.iter().map(|sentence| template(&english, sentence)).collect()
});

fn template(english: &Texts, (id, names): &Sentence) -> Template {
    let marked: Vec<(&str, String)> = names.iter().map(|name| (*name, format!("{MARK}{name}{MARK}"))).collect();
    let args: Vec<(&str, &str)> = marked.iter().map(|(name, value)| (*name, value.as_str())).collect();
    // A kind has a name of its own for people; a row has its word.
    let text = match id.strip_prefix("lead-kind-") {
        Some(kind) => kind.to_owned(),
        None => english.tr_args(id, &args),
    };
    let pieces: Vec<&str> = text.split(MARK).collect();
    let of = |odd: usize| pieces.iter().enumerate().filter(move |(at, _)| at % 2 == odd).map(|(_, piece)| *piece);
    let named = |piece: &str| names.iter().copied().find(|name| *name == piece);
    Template { id, names: of(1).filter_map(named).collect(), between: of(0).map(str::to_owned).collect() }
}

impl Template {
    /// What is filled in, where the text is of this sentence.
    fn values<'t>(&self, text: &'t str) -> Option<Vec<(&'static str, &'t str)>> {
        let (first, others) = self.between.split_first()?;
        let mut rest = text.strip_prefix(first.as_str())?;
        let mut values = Vec::new();
        for (at, (name, after)) in self.names.iter().zip(others).enumerate() {
            let is_last = at + 1 == others.len();
            let end = if is_last { rest.len().checked_sub(after.len())? } else { rest.find(after.as_str())? };
            if is_last && !rest.ends_with(after.as_str()) {
                return None;
            }
            values.push((*name, rest.get(..end)?));
            rest = rest.get(end + after.len()..)?;
        }
        rest.is_empty().then_some(values)
    }
}

/// A sentence, a part or a kind of a lead in this language; as it is where the catalogue does not know it.
pub(crate) fn told(texts: &Texts, text: &str) -> String {
    let found = TEMPLATES.iter().find_map(|template| Some((template.id, template.values(text)?)));
    let Some((id, values)) = found else { return text.to_owned() };
    let values: Vec<(&str, String)> =
        values.into_iter().map(|(name, value)| (name, filled(texts, name, value))).collect();
    let args: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    texts.tr_args(id, &args)
}

fn filled(texts: &Texts, name: &str, value: &str) -> String {
    match name {
        "shapes" => texts.list(&value.split(", ").map(|shape| told(texts, shape)).collect::<Vec<_>>()),
        "kinds" => texts.list(&value.split(' ').map(|kind| kind_text(texts, kind)).collect::<Vec<_>>()),
        "group" => group_text(texts, value).unwrap_or_else(|| value.to_owned()),
        "rule" => rule_text(texts, value).map_or_else(|| value.to_owned(), |rule| rule.name),
        _ => value.to_owned(),
    }
}

/// A kind of leads, or a group of rules.
pub(crate) fn kind_text(texts: &Texts, kind: &str) -> String {
    group_text(texts, kind).unwrap_or_else(|| texts.named(&format!("lead-kind-{kind}"), kind))
}

/// What a lead of this kind takes for granted, and what would refute it; `None` where the row says something else.
pub(crate) fn doubts(texts: &Texts, kind: &str, assumption: &str) -> Option<(String, String)> {
    let english = &*ENGLISH_DOUBTS;
    let (id, _) = english.iter().find(|(id, text)| text == assumption && (*id == kind || *id == "background"))?;
    Some((texts.tr(&format!("lead-assumes-{id}")), texts.tr(&format!("lead-refuted-{id}"))))
}

/// Every kind, and the one lead of all who guess little.
const DOUBTED: [&str; 15] = [
    "background",
    "beacon",
    "exfil",
    "fan",
    "firstseen",
    "guessing",
    "lateral",
    "lineage",
    "long",
    "opened",
    "rule",
    "scan",
    "sighting",
    "sigma",
    "tunnel",
];

static ENGLISH_DOUBTS: LazyLock<Vec<(&'static str, String)>> = LazyLock::new(|| {
    let english = Texts::english();
    DOUBTED.iter().map(|kind| (*kind, english.tr(&format!("lead-assumes-{kind}")))).collect()
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::text::Language;

    #[test]
    fn sentences_of_rows_are_told_in_another_language() {
        let (english, japanese) = (Texts::english(), Texts::new(Language::Japanese));
        for text in [
            "720 conversations with port 53, every 74.5 s (median), score 0.872",
            "one session of 147000 s with port 123, cut by the evidence",
            "one session of 7412 s with port 22",
            "5440646807 bytes out in 5 h, peak 1266.4 times the usual hour, PCR 0.982",
            "fan-out: 27 peers in an hour, usually 2",
            "first seen, gone out to by one host",
            "first contact with port 5439, 6779474711 bytes",
            "port 3389 accepted for the first time, rejected_before",
            "dns: 19407 packets of 231 bytes, outside_resolver large steady volume",
            "1395 small sessions with an admin port, a large one from 2026-03-11T01:37:40Z",
            "horizontal: 1 port, vertical: 3 hosts, 950 targets missed, 0 answered",
            "walk over first contacts, 5 targets missed, 2 answered",
            "background: 1654 targets missed, none answered",
            "indicator of list c2: 906 flow records, 906 accepted, 0 events",
            "rare peer",
            "the same hour on 3 days",
            "initiator unknown or only from who came first",
        ] {
            assert_eq!(told(&english, text), text, "the English catalogue has the words of the rows");
            assert_ne!(told(&japanese, text), text);
            assert!(!told(&japanese, text).contains('\u{1}'), "{text}");
        }
        assert_eq!(told(&english, "logging-off: 1 event, 0 failed"), "Logging turned off: 1 event, 0 failed");
        assert_eq!(told(&english, "of a later version"), "of a later version");
        assert_eq!(told(&english, "also beacon exfiltration"), "also Beacon, Exfiltration");
    }

    #[test]
    fn every_kind_has_its_doubts() {
        for kind in DOUBTED {
            let english = Texts::english();
            let assumption = english.tr(&format!("lead-assumes-{kind}"));
            let (told, refuted) = doubts(&Texts::new(Language::Japanese), kind, &assumption).unwrap();
            assert!(told != assumption && refuted.ends_with('。'), "{kind}");
        }
    }
}
