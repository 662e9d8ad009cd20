//! The provenance for other tools: evidence files, tool, examiners, exhibits and what was written of them, as JSON-LD
//! in the terms of CASE 1.x and UCO 1.x. The context is in it, so that nobody needs a network to read it.
//!
//! Names of things are made of what they are (a hash, a number), so that the same report has the same ones.

use super::document::{Body, Evidence, Exhibit, FactValue, Report, Stamp};
use super::{ReportError, json, manifest, names};
use crate::model::Timestamp;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// `files`: the report's own files that are written, each with its SHA-256.
pub(super) fn bytes(report: &Report, files: &[(String, String)]) -> Result<Vec<u8>, ReportError> {
    json::lines(&document(report, files))
}

/// A name-based UUID over what a thing is.
fn id(kind: &str, what: &str) -> String {
    let hash = manifest::sha256(format!("coldtrail\n{kind}\n{what}").as_bytes());
    let digit = |at: usize| hash.get(at..at + 1).and_then(|c| u8::from_str_radix(c, 16).ok()).unwrap_or(0);
    let part = |from: usize, to: usize| hash.get(from..to).unwrap_or_default();
    // The version and the variant of such names are in fixed places.
    let variant = digit(16) & 3 | 8;
    format!("kb:{kind}-{}-{}-5{}-{variant:x}{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

fn reference(id: &str) -> Json {
    json!({"@id": id})
}

fn references<'a>(ids: impl IntoIterator<Item = &'a String>) -> Json {
    ids.into_iter().map(|id| reference(id)).collect()
}

fn time(time: Timestamp) -> Json {
    json!({"@type": "xsd:dateTime", "@value": time.to_iso()})
}

/// A member that has something to say.
fn say(object: &mut Json, member: &str, text: &str) {
    if let (Json::Object(members), false) = (object, text.trim().is_empty()) {
        members.insert(member.to_owned(), json!(text));
    }
}

fn set(object: &mut Json, member: &str, value: Option<Json>) {
    if let (Json::Object(members), Some(value)) = (object, value) {
        members.insert(member.to_owned(), value);
    }
}

fn hash_of(kind: &str, sha256: &str, of: &str) -> Json {
    json!({
        "@id": id("hash", &format!("{kind} {of} {sha256}")),
        "@type": "uco-types:Hash",
        "uco-types:hashMethod": "SHA256",
        "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": sha256},
    })
}

/// `of`: what it is among all files, so that two of the same content are two things.
fn file(own: &str, of: &str, path: &str, sha256: &str, size: Option<u64>) -> Json {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let mut about = json!({
        "@id": id("file-facet", of), "@type": "uco-observable:FileFacet",
        "uco-observable:fileName": name, "uco-observable:filePath": path, "uco-observable:isDirectory": false,
    });
    let size = size.map(|size| json!(size));
    set(&mut about, "uco-observable:sizeInBytes", size.clone());
    let mut content = json!({
        "@id": id("content-facet", of), "@type": "uco-observable:ContentDataFacet",
        "uco-observable:hash": [hash_of("file", sha256, of)],
    });
    set(&mut content, "uco-observable:sizeInBytes", size);
    json!({"@id": own, "@type": "uco-observable:File", "uco-core:hasFacet": [about, content]})
}

/// What is in the graph already, and the names that others refer to it by.
#[derive(Default)]
struct Graph {
    nodes: Vec<Json>,
    ids: Vec<String>,
    people: BTreeMap<String, String>,
    evidence: BTreeMap<u32, String>,
    files: BTreeMap<String, String>,
    tool: String,
}

impl Graph {
    fn add(&mut self, id: &str, node: Json) {
        self.ids.push(id.to_owned());
        self.nodes.push(node);
    }

    fn person(&mut self, name: &str) -> Option<String> {
        let name = name.trim();
        if name.is_empty() {
            return None;
        }
        if let Some(known) = self.people.get(name) {
            return Some(known.clone());
        }
        let own = id("identity", name);
        self.add(&own, json!({"@id": own, "@type": "uco-identity:Identity", "uco-core:name": name}));
        self.people.insert(name.to_owned(), own.clone());
        Some(own)
    }

    fn evidence(&mut self, evidence: &Evidence) {
        let of = format!("{} {}", evidence.number, evidence.file_sha256);
        let own = id("evidence", &of);
        let mut node =
            file(&own, &format!("evidence {of}"), &evidence.path, &evidence.file_sha256, Some(evidence.file_bytes));
        say(&mut node, "uco-core:name", &format!("Evidence {}", evidence.number));
        let Evidence { format, records, duplicates, warnings, content_sha256, .. } = evidence;
        let about = format!(
            "Format {format}; records {records}, duplicates {duplicates}, unreadable elements {warnings}. SHA-256 of the \
             unpacked content: {content_sha256}"
        );
        say(&mut node, "uco-core:description", &about);
        self.add(&own, node);
        if let Some(container) = evidence.container.and_then(|number| self.evidence.get(&number)).cloned() {
            let inside = id("relationship", &of);
            let node = json!({
                "@id": inside, "@type": "uco-observable:ObservableRelationship",
                "uco-core:source": reference(&own), "uco-core:target": reference(&container),
                "uco-core:kindOfRelationship": "Contained_Within", "uco-core:isDirectional": true,
            });
            self.add(&inside, node);
        }
        self.evidence.insert(evidence.number, own);
    }

    /// Something that was done with the tool: with what, and what came of it.
    fn action(&mut self, own: &str, name: &str, stamp: &Stamp, of: &[String], results: &[String]) {
        let mut node = json!({
            "@id": own, "@type": "case-investigation:InvestigativeAction", "uco-core:name": name,
            "uco-action:instrument": [reference(&self.tool)],
        });
        let by = self.person(&stamp.by).map(|id| reference(&id));
        set(&mut node, "uco-action:performer", by);
        set(&mut node, "uco-action:startTime", stamp.at.map(time));
        set(&mut node, "uco-action:object", (!of.is_empty()).then(|| references(of)));
        set(&mut node, "uco-action:result", (!results.is_empty()).then(|| references(results)));
        self.add(own, node);
    }

    fn exhibit(&mut self, exhibit: &Exhibit) {
        let number = exhibit.number.to_string();
        let said = |name: &str| {
            let fact = exhibit.facts.iter().chain(&exhibit.question).find(|fact| fact.name == name);
            match fact.map(|fact| &fact.value) {
                Some(FactValue::Code(text)) => text.clone(),
                _ => String::new(),
            }
        };
        let (digest, question) = (said("digest"), said("question"));
        let attached: Vec<String> =
            exhibit.body.iter().filter_map(attachment).filter_map(|path| self.files.get(&path).cloned()).collect();
        // A text has no file of its own: it is in the report as values.
        let own_files =
            if attached.is_empty() { self.files.get(names::JSON).cloned().into_iter().collect() } else { attached };
        let of: Vec<String> = exhibit.evidence.iter().filter_map(|number| self.evidence.get(number).cloned()).collect();
        let record = id("provenance", &format!("{number} {digest}"));
        let mut node = json!({
            "@id": record, "@type": "case-investigation:ProvenanceRecord",
            "case-investigation:exhibitNumber": number,
            "uco-core:object": references(own_files.iter().chain(&of)),
        });
        say(&mut node, "uco-core:name", &exhibit.caption);
        let about = format!("Question: {question}\nSHA-256 of the rows in canonical form: {digest}");
        say(&mut node, "uco-core:description", &about);
        self.add(&record, node);
        let results: Vec<String> = std::iter::once(record).chain(own_files).collect();
        let own = id("action", &format!("exhibit {number} {digest}"));
        self.action(&own, &format!("Exhibit {number} was taken"), &exhibit.frozen, &of, &results);
    }
}

/// Where all rows or values of a part of an exhibit are.
fn attachment(body: &Body) -> Option<String> {
    match body {
        Body::Table(table) => table.attachment.as_deref().map(names::exact),
        Body::Plot(plot) => Some(names::exact(&plot.attachment)),
        Body::Heat(map) => Some(names::exact(&map.attachment)),
        Body::Text(_) | Body::Raw(_) => None,
    }
}

fn document(report: &Report, files: &[(String, String)]) -> Json {
    let (title, appendix) = (&report.title, &report.appendix);
    let version = env!("CARGO_PKG_VERSION");
    let mut graph = Graph { tool: id("tool", version), ..Graph::default() };
    let tool = json!({
        "@id": graph.tool, "@type": "uco-tool:AnalyticTool", "uco-core:name": "Coldtrail", "uco-tool:version": version,
        "uco-tool:toolType": "Log analysis",
    });
    graph.add(&graph.tool.clone(), tool);
    if !title.organisation.trim().is_empty() {
        let own = id("organization", title.organisation.trim());
        let node =
            json!({"@id": own, "@type": "uco-identity:Organization", "uco-core:name": title.organisation.trim()});
        graph.add(&own, node);
    }
    appendix.evidence.iter().for_each(|evidence| graph.evidence(evidence));
    for (path, sha256) in files {
        let of = format!("report {path} {sha256}");
        let own = id("file", &of);
        graph.add(&own, file(&own, &of, path, sha256, None));
        graph.files.insert(path.clone(), own);
    }
    if !graph.evidence.is_empty() {
        let of: Vec<String> = graph.evidence.values().cloned().collect();
        let own = id("action", &format!("import {}", appendix.journal_head));
        let at = appendix.evidence.iter().filter_map(|evidence| evidence.imported).min();
        graph.action(&own, "The evidence was read into the case", &Stamp { by: title.examiner.clone(), at }, &of, &[]);
    }
    report.exhibits.iter().for_each(|exhibit| graph.exhibit(exhibit));
    let own = id("investigation", &appendix.journal_head);
    let mut node = json!({
        "@id": own, "@type": "case-investigation:Investigation", "uco-core:object": references(&graph.ids),
    });
    say(&mut node, "uco-core:name", &title.title);
    say(&mut node, "uco-core:description", &report.summary);
    if !title.reference.trim().is_empty() {
        let outside = json!([{
            "@id": id("reference", &title.reference), "@type": "uco-core:ExternalReference",
            "uco-core:externalIdentifier": title.reference,
        }]);
        set(&mut node, "uco-core:externalReference", Some(outside));
    }
    graph.nodes.insert(0, node);
    json!({"@context": context(), "@graph": graph.nodes})
}

fn context() -> Json {
    const UCO: [&str; 8] = ["core", "action", "identity", "observable", "tool", "types", "vocabulary", "role"];
    let mut context = Map::new();
    // What has no meaning outside this report.
    context.insert("kb".to_owned(), json!("urn:coldtrail:"));
    let case = "https://ontology.caseontology.org/case/investigation/";
    context.insert("case-investigation".to_owned(), json!(case));
    for name in UCO {
        let address = format!("https://ontology.unifiedcyberontology.org/uco/{name}/");
        context.insert(format!("uco-{name}"), json!(address));
    }
    context.insert("xsd".to_owned(), json!("http://www.w3.org/2001/XMLSchema#"));
    Json::Object(context)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{hostile_report, report};
    use super::*;
    use std::collections::BTreeSet;

    /// Names of things that are there, and those that something refers to: the second must be among the first.
    fn names_of(json: &Json, there: &mut BTreeSet<String>, referred: &mut BTreeSet<String>) {
        match json {
            Json::Array(items) => items.iter().for_each(|item| names_of(item, there, referred)),
            Json::Object(members) => {
                if let Some(Json::String(id)) = members.get("@id") {
                    match members.len() {
                        1 => _ = referred.insert(id.clone()),
                        _ => assert!(there.insert(id.clone()), "{id} twice"),
                    }
                }
                members.values().for_each(|value| names_of(value, there, referred));
            }
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_to_a_thing_and_every_name_is_well_formed() {
        let name =
            regex::Regex::new(r"^kb:[a-z-]+-[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
                .unwrap();
        let term = regex::Regex::new(r#""(?:@type": ")?([a-z-]+):[A-Za-z]+""#).unwrap();
        for report in [report(), hostile_report(), Report::default()] {
            let files: Vec<(String, String)> = ["report.json", "attachments/exhibit-01.exact.csv"]
                .map(|path| (path.to_owned(), manifest::sha256(path.as_bytes())))
                .to_vec();
            let bytes = bytes(&report, &files).unwrap();
            assert_eq!(super::bytes(&report, &files).unwrap(), bytes);
            let json: Json = serde_json::from_slice(&bytes).unwrap();
            let (mut there, mut referred) = (BTreeSet::new(), BTreeSet::new());
            names_of(&json["@graph"], &mut there, &mut referred);
            assert!(referred.is_subset(&there), "{:?}", referred.difference(&there));
            assert!(there.iter().all(|id| name.is_match(id)), "{there:?}");
            let prefixes: BTreeSet<&str> = json["@context"].as_object().unwrap().keys().map(String::as_str).collect();
            let text = String::from_utf8(bytes).unwrap();
            for found in term.captures_iter(&text) {
                assert!(prefixes.contains(&found[1]), "{}", &found[0]);
            }
            let of_type = |kind: &str| {
                let nodes = json["@graph"].as_array().unwrap().iter();
                nodes.filter(|node| node["@type"] == kind).cloned().collect::<Vec<Json>>()
            };
            assert_eq!(of_type("case-investigation:ProvenanceRecord").len(), report.exhibits.len());
            assert_eq!(of_type("uco-observable:File").len(), report.appendix.evidence.len() + files.len());
            assert_eq!(of_type("case-investigation:Investigation").len(), 1);
        }
    }

    #[test]
    fn evidence_keeps_its_hash_and_an_exhibit_its_files() {
        let report = report();
        let path = "attachments/exhibit-01.exact.csv".to_owned();
        let json = document(&report, &[(path, manifest::sha256(b"x"))]);
        let text = json.to_string();
        for evidence in &report.appendix.evidence {
            assert!(text.contains(&format!("\"@value\":\"{}\"", evidence.file_sha256)), "{}", evidence.path);
        }
        let nodes = json["@graph"].as_array().unwrap();
        let record = nodes.iter().find(|node| node["case-investigation:exhibitNumber"] == "1").unwrap();
        let objects = record["uco-core:object"].as_array().unwrap();
        assert_eq!(objects.len(), 1 + report.exhibits[0].evidence.len());
    }
}
