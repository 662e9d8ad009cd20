//! From a named query and its parameters to a question.

use super::{Key, NamedQuery, Order, Parameter, ParameterKind, Shape};
use crate::analysis::Asked;
use crate::analysis::grouped;
use crate::filter::value::parse_integer;
use crate::filter::{self, Filter, Network};
use crate::model::{Address, Dataset, TimeRange};
use crate::present::chart;
use crate::query::tables::RecordColumn;
use crate::query::{
    BinWidth, Duplicates, GroupBy, PairQuery, PairSort, PlaybookQuery, Scope, SeriesQuery, SortKey, TopQuery, own_field,
};
use crate::questions::{
    AnalysisQuestion, FigureQuestion, GroupsQuestion, PairsQuestion, PlaybookQuestion, Question, RecordsQuestion,
    SeriesQuestion, TopQuestion,
};
use std::collections::BTreeMap;

/// What the examiner sets beside the query itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Values of parameters by name, whatever the case of its letters; an empty text is no value.
    pub parameters: BTreeMap<String, String>,
    /// Instead of the query's own limit.
    pub limit: Option<usize>,
    /// Only records that match this too: the view's filter.
    pub filter: Option<Filter>,
    pub range: TimeRange,
    pub duplicates: Duplicates,
}

/// Why a query cannot be asked like this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    #[error("{query} has no parameter {name}{}", list(.known))]
    Unknown { query: &'static str, name: String, known: Vec<&'static str> },
    #[error("{query} requires the parameter {name}: {}", .kind.expected())]
    Missing { query: &'static str, name: &'static str, kind: ParameterKind },
    #[error("{value} is not valid for parameter {name}: {}", .kind.expected())]
    Unreadable { name: &'static str, value: String, kind: ParameterKind },
    /// A value that can be read, and does not fit the query.
    #[error("{0}")]
    Unfit(String),
    /// The catalogue itself is wrong; a test builds every query.
    #[error("{query}: {reason}")]
    Template { query: &'static str, reason: String },
}

fn list(known: &[&str]) -> String {
    if known.is_empty() { String::new() } else { format!("; it has {}", known.join(", ")) }
}

impl ParameterKind {
    /// The value as the filter language writes it; `None` where it cannot be read.
    fn literal(self, value: &str) -> Option<String> {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
        // `["a", "b"]` and `('a', 'b')` are lists too, as queries write them.
        let inside = [('[', ']'), ('(', ')')]
            .into_iter()
            .find_map(|(open, close)| value.strip_prefix(open)?.strip_suffix(close))
            .unwrap_or(value);
        let bare = |item| str::trim_matches(str::trim(item), ['"', '\'', '`']).trim();
        let items = || inside.split(',').map(bare).filter(|item| !item.is_empty());
        let each = |read: &dyn Fn(&str) -> Option<String>| {
            let list: Option<Vec<String>> = items().map(read).collect();
            list.filter(|list| !list.is_empty()).map(|list| format!("({})", list.join(", ")))
        };
        let address = |text: &str| Address::parse(text.as_bytes()).map(|address| quoted(&address.to_string()));
        match self {
            ParameterKind::Address => address(value),
            ParameterKind::Addresses => {
                each(&|item| address(item).or_else(|| Network::parse(item).map(|network| quoted(&network.to_string()))))
            }
            ParameterKind::Ports => each(&|item| item.parse::<u16>().ok().map(|port| port.to_string())),
            ParameterKind::Texts => each(&|item| Some(quoted(item))),
            ParameterKind::Text
            | ParameterKind::Document
            | ParameterKind::Fields
            | ParameterKind::Measure
            | ParameterKind::Columns => Some(quoted(value)),
            ParameterKind::Boolean => {
                let known = ["true", "false"].into_iter().find(|known| value.eq_ignore_ascii_case(known));
                known.map(str::to_owned)
            }
            ParameterKind::Number => {
                let number = value.parse().ok().filter(|number: &f64| number.is_finite());
                number.map(|_| value.to_owned())
            }
            ParameterKind::Bytes => parse_integer(value).ok().filter(|n| *n >= 0).map(|n| n.to_string()),
            ParameterKind::Seconds | ParameterKind::Minutes | ParameterKind::Days => {
                self.number(value).map(|number| number.to_string())
            }
        }
    }
}

impl NamedQuery {
    /// # Errors
    /// A parameter is unknown, cannot be read, or is missing.
    pub fn question(&self, given: &Given) -> Result<Box<dyn Question>, ParameterError> {
        let literals = self.literals(given)?;
        let broken = |reason: String| ParameterError::Template { query: self.name, reason };
        let parse = |text: &String| filter::parse(text, self.dataset).map_err(|error| broken(error.to_string()));
        let parts = self.filter_parts(&literals)?.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
        let filter = Filter::all_of(parts.into_iter().chain(given.filter.clone()));
        let filter = (filter != Filter::All).then_some(filter);
        let scope = Scope { dataset: self.dataset, filter, range: given.range, duplicates: given.duplicates };
        let limit = given.limit.or(self.limit);
        let value = |name: &str| literals.get(name).cloned();
        Ok(match self.shape {
            Shape::Records { sort, columns } => {
                let sort = sort
                    .map(|Order { field, descending }| SortKey { field: own_field(self.dataset, field), descending });
                let query = scope.records(sort.into_iter().collect());
                let of_query =
                    (!columns.is_empty()).then_some(RecordColumn::Ref).into_iter().chain(columns.iter().cloned());
                Box::new(RecordsQuestion { query, columns: of_query.collect(), limit })
            }
            Shape::Pairs { by, sort } => {
                let sort = vec![PairSort { column: sort, descending: true }];
                Box::new(PairsQuestion(PairQuery { scope, by, sort, limit, ..PairQuery::all() }))
            }
            Shape::DataRatio => {
                let ip = value("ip").and_then(|text| Address::parse(text.trim_matches('\'').as_bytes()));
                Box::new(PairsQuestion(PairQuery { scope, ip, limit, ..PairQuery::all() }))
            }
            Shape::Top { by, measure } => {
                Box::new(TopQuestion(TopQuery { scope, by: by.group(self.dataset), measure, limit }))
            }
            Shape::Groups => {
                let text = |name: &str| {
                    let parameter = self.parameters.iter().find(|parameter| parameter.name == name);
                    parameter.and_then(|parameter| value_of(parameter, given)).unwrap_or_default()
                };
                let question = GroupsQuestion::written(scope, text("by"), text("measure"), text("sort"), limit);
                Box::new(question.map_err(ParameterError::Unfit)?)
            }
            Shape::Grouped { by, figures, sort, leading } => {
                let analysis = grouped::of(self.dataset);
                let written = [(grouped::BY, by), (grouped::FIGURES, figures), (grouped::SORT, sort)];
                let written = written.into_iter().chain([(grouped::LEADING, leading)]);
                let written = written.filter(|(_, text)| !text.is_empty());
                let mut parameters: BTreeMap<String, String> =
                    written.map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
                parameters.extend(value(grouped::MIN).map(|min| (grouped::MIN.to_owned(), min)));
                Box::new(AnalysisQuestion { analysis, asked: Asked { scope, parameters, limit } })
            }
            Shape::Series { measure, by, bin_secs } => {
                let query = SeriesQuery {
                    scope,
                    measure,
                    bin: BinWidth::Secs(value("window").and_then(|text| text.parse().ok()).unwrap_or(bin_secs)),
                    by: by.map(|by| by.group(self.dataset)),
                    // Every group has its own line: the rest of many would be nobody's.
                    top: limit.unwrap_or(usize::MAX),
                    threshold: value("threshold").and_then(|text| text.parse().ok()),
                };
                Box::new(SeriesQuestion::new(query, chart::Shape::default()))
            }
            Shape::Figure(figure) => Box::new(FigureQuestion { scope, figure }),
            Shape::Directional => Box::new(PlaybookQuestion { query: PlaybookQuery { scope }, limit }),
            Shape::Analysis(analysis) => {
                let typed = |parameter: &Parameter| {
                    value_of(parameter, given).map(|value| (parameter.name.to_owned(), value.to_owned()))
                };
                let parameters = self.parameters.iter().filter_map(typed).collect();
                Box::new(AnalysisQuestion { analysis, asked: Asked { scope, parameters, limit } })
            }
        })
    }

    /// What it gives, in one line that reads like the command line, with the limit that is given: what its filter does
    /// not say. Parameters without a value are as their names.
    pub fn result(&self, given: &Given) -> String {
        // Which result it is does not depend on what the missing parameters would say.
        let mut asked = Given { limit: given.limit, ..Given::default() };
        for parameter in self.parameters {
            let own = given.parameters.iter().find(|(name, _)| name.eq_ignore_ascii_case(parameter.name));
            let stand_in = if parameter.optional { "" } else { parameter.default.unwrap_or("::") };
            let value = own.map_or(stand_in, |(_, value)| value.as_str());
            asked.parameters.insert(parameter.name.to_owned(), value.to_owned());
        }
        self.question(&asked).map(|question| question.result()).unwrap_or_default()
    }

    /// The query as it is asked with these parameters, in the filter language; a parameter without a value is as
    /// `:name`.
    pub fn text(&self, given: &Given) -> String {
        let literals: BTreeMap<&'static str, String> = self
            .parameters
            .iter()
            .filter_map(|p| {
                Some((
                    p.name,
                    value_of(p, given)
                        .and_then(|value| p.kind.literal(value))
                        .or_else(|| (!p.optional).then(|| format!(":{}", p.name)))?,
                ))
            })
            .collect();
        self.filter_text(&literals).unwrap_or_else(|_| self.filter.to_owned())
    }

    fn literals(&self, given: &Given) -> Result<BTreeMap<&'static str, String>, ParameterError> {
        let known = |name: &String| self.parameters.iter().any(|p| p.name.eq_ignore_ascii_case(name));
        if let Some(name) = given.parameters.keys().find(|name| !known(name)) {
            let known = self.parameters.iter().map(|p| p.name).collect();
            return Err(ParameterError::Unknown { query: self.name, name: name.clone(), known });
        }
        let mut literals = BTreeMap::new();
        for Parameter { name, kind, optional, .. } in self.parameters {
            let parameter = self.parameters.iter().find(|p| p.name == *name);
            match parameter.and_then(|parameter| value_of(parameter, given)) {
                Some(value) => {
                    let literal = kind.literal(value).ok_or_else(|| ParameterError::Unreadable {
                        name,
                        value: value.to_owned(),
                        kind: *kind,
                    })?;
                    literals.insert(*name, literal);
                }
                None if *optional => {}
                None => return Err(ParameterError::Missing { query: self.name, name, kind: *kind }),
            }
        }
        Ok(literals)
    }

    /// The same in one line, to be read.
    fn filter_text(&self, literals: &BTreeMap<&'static str, String>) -> Result<String, ParameterError> {
        let parts = self.filter_parts(literals)?;
        Ok(match parts.len() {
            0 | 1 => parts.concat(),
            _ => parts.iter().map(|part| format!("({part})")).collect::<Vec<_>>().join(" and "),
        })
    }

    /// The conditions with the parameters' values, all of which have to hold; one in braces without a value is left
    /// out.
    fn filter_parts(&self, literals: &BTreeMap<&'static str, String>) -> Result<Vec<String>, ParameterError> {
        let mut parts = Vec::new();
        let mut rest = self.filter;
        while !rest.is_empty() {
            let (part, optional, after) = match rest.strip_prefix('{') {
                Some(inside) => {
                    let (part, after) = inside.split_once('}').unwrap_or((inside, ""));
                    (part, true, after)
                }
                None => {
                    let end = rest.find('{').unwrap_or(rest.len());
                    let (part, after) = rest.split_at(end);
                    (part, false, after)
                }
            };
            rest = after.trim_start();
            match filled(part, literals) {
                Ok(text) => parts.push(text.trim().to_owned()),
                Err(_) if optional => {}
                Err(name) => {
                    let reason = format!("the filter names an unknown parameter {name}");
                    return Err(ParameterError::Template { query: self.name, reason });
                }
            }
        }
        Ok(parts)
    }
}

/// The value that a parameter has: the given one, else the default.
fn value_of<'a>(parameter: &Parameter, given: &'a Given) -> Option<&'a str> {
    let own = given.parameters.iter().find(|(name, _)| name.eq_ignore_ascii_case(parameter.name));
    own.map(|(_, value)| value.trim()).filter(|value| !value.is_empty()).or(parameter.default)
}

/// `:name` replaced by its literal; the name of the first that has none otherwise.
fn filled(part: &str, literals: &BTreeMap<&'static str, String>) -> Result<String, String> {
    let mut text = String::with_capacity(part.len() + 32);
    let mut pieces = part.split(':');
    text.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let end = piece.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(piece.len());
        let (name, after) = piece.split_at(end);
        if name.is_empty() {
            // A colon of an IPv6 address.
            text.push(':');
            text.push_str(after);
            continue;
        }
        text.push_str(literals.get(name).ok_or_else(|| name.to_owned())?);
        text.push_str(after);
    }
    Ok(text)
}

impl Key {
    fn group(self, dataset: Dataset) -> GroupBy {
        match self {
            Key::Field(name) => GroupBy::Field(own_field(dataset, name)),
            Key::Talker => GroupBy::Talker,
            Key::Remote => GroupBy::Remote,
            Key::PacketTalker => GroupBy::PacketTalker,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::questions::Live;
    use crate::questions::catalogue::{CATALOGUE, named};

    fn given(parameters: &[(&str, &str)]) -> Given {
        let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Given { parameters, ..Given::default() }
    }

    fn text(name: &str, parameters: &[(&str, &str)]) -> String {
        named(name).unwrap().text(&given(parameters))
    }

    #[test]
    fn every_query_can_be_asked_and_names_fields_that_exist() {
        let mut names = std::collections::BTreeSet::new();
        for query in CATALOGUE.iter() {
            assert!(names.insert(query.name.to_ascii_lowercase()), "{}", query.name);
            let values: Vec<(&str, &str)> = query
                .parameters
                .iter()
                .map(|p| {
                    let value = match p.kind {
                        ParameterKind::Address => "10.0.0.1",
                        ParameterKind::Addresses => "10.0.0.0/8,::1",
                        ParameterKind::Ports => "22",
                        ParameterKind::Text => "it's",
                        ParameterKind::Texts => "it's, 'b'",
                        ParameterKind::Document => r#"{"PublicKeyList": []}"#,
                        ParameterKind::Boolean => "TRUE",
                        ParameterKind::Number => "0.5",
                        ParameterKind::Bytes => "5MB",
                        ParameterKind::Seconds => "60",
                        ParameterKind::Minutes => "5",
                        ParameterKind::Days => "7",
                        ParameterKind::Fields => "ip",
                        ParameterKind::Measure => "records",
                        ParameterKind::Columns => "-records",
                    };
                    (p.name, value)
                })
                .collect();
            query.question(&given(&values)).unwrap();
            let required: Vec<_> = query.parameters.iter().filter(|p| !p.optional && p.default.is_none()).collect();
            assert_eq!(query.question(&Given::default()).is_ok(), required.is_empty(), "{}", query.name);
            for field in query.needs {
                assert!(crate::model::field::by_name(query.dataset, field).is_some(), "{field}");
            }
            if let Shape::Records { columns, .. } = query.shape {
                assert!(columns.iter().all(|c| c.field(query.dataset).is_some()), "{}", query.name);
            }
        }
        assert_eq!(CATALOGUE.iter().filter(|q| q.name.starts_with("VpcFlowLogs")).count(), 16);
    }

    #[test]
    fn parameters_stand_in_the_text_as_values() {
        assert_eq!(text("vpcflowlogstoptcptraffic", &[("IP", "10.0.0.1")]), "protocol = 6 and srcaddr = '10.0.0.1'");
        assert_eq!(text("flows-of-ip", &[]), "ip = :ip");
        assert_eq!(text("VpcFlowLogsAdminPortTraffic", &[("ports", " 22, 3389 ")]), "port in (22, 3389)");
        let egress = "flow_direction = 'egress' and (pkt_srcaddr = srcaddr or pkt_srcaddr is null)";
        assert_eq!(text("nat-alarm", &[]), egress);
        let one = text("nat-alarm", &[("interface", "eni-'1")]);
        assert_eq!(one, format!("({egress}) and (interface_id = 'eni-''1')"));
        assert_eq!(text("lookup-events", &[]), "");
        assert_eq!(text("lookup-events", &[("ReadOnly", "False")]), "read_only = false");
        assert_eq!(
            text("lookup-events", &[("EventName", "A"), ("EventId", "b")]),
            "(event_id = 'b') and (event_name = 'A')"
        );
        // A value stays a value, whatever is in it.
        let text = text("lookup-events", &[("EventName", "x' or event_name exists or event_name = ':EventId")]);
        assert_eq!(text, "event_name = 'x'' or event_name exists or event_name = '':EventId'");
        let question = named("nat-alarm").unwrap().question(&given(&[("window", "300")])).unwrap();
        let Live::Series(series, _) = question.live() else { panic!() };
        assert_eq!((series.bin, series.threshold), (BinWidth::Secs(300), Some(5_000_000)));
    }

    #[test]
    fn what_is_wrong_with_a_parameter_is_told() {
        let error = |name: &str, parameters: &[(&str, &str)]| {
            named(name).unwrap().question(&given(parameters)).map(|_| ()).unwrap_err().to_string()
        };
        assert_eq!(error("flows-of-ip", &[]), "flows-of-ip requires the parameter ip: an IP address");
        assert_eq!(error("flows-of-ip", &[("ip", " ")]), "flows-of-ip requires the parameter ip: an IP address");
        assert_eq!(error("flows-of-ip", &[("ip", "x")]), "x is not valid for parameter ip: an IP address");
        assert_eq!(error("flows-of-ip", &[("host", "x")]), "flows-of-ip has no parameter host; it has ip");
        assert!(error("flow-count", &[("x", "1")]).ends_with("no parameter x"));
        for value in ["", ",", "22,x", "65536", "-1"] {
            let outcome = named("VpcFlowLogsAdminPortTraffic").unwrap().question(&given(&[("ports", value)]));
            assert_eq!(outcome.is_ok(), value.is_empty(), "{value}");
        }
        for value in ["0", "86401", "1m"] {
            error("nat-alarm", &[("window", value)]);
        }
        error("nat-alarm", &[("threshold", "-5")]);
        error("http-between-hosts", &[("hosts", "10.0.0.1,web")]);
    }

    #[test]
    fn results_read_like_the_command_line() {
        let result = |name: &str| named(name).unwrap().result(&Given::default());
        for (name, expected) in [
            ("latest-flows", "flows | sort -start | limit 2"),
            ("flows-of-ip", "flows | sort start"),
            ("VpcFlowLogsTopTalkers", "top ip by bytes | limit 50"),
            ("bytes-by-direction", "pairs srcaddr,dstaddr,flow_direction | sort -total_bytes | limit 2"),
            ("data-ratio", "pairs srcaddr,dstaddr | sort -total_bytes"),
            ("nat-alarm", "series bytes by interface_id | bin 900s | reached at 5000000"),
            ("top-flows", "top srcaddr by records | limit 50"),
            ("flow-count", "count"),
            ("VpcFlowLogsIPv6Traffic", "sum bytes"),
            ("console-logins", "events | sort event_time"),
        ] {
            assert_eq!(result(name), expected);
        }
        let of = Given { parameters: [("ip".to_owned(), "10.0.0.1".to_owned())].into(), ..Given::default() };
        let ratio = "pairs srcaddr,dstaddr | either side is ip | sort -total_bytes";
        assert_eq!(named("data-ratio").unwrap().result(&of), ratio);
        let all = Given { limit: Some(7), ..Given::default() };
        assert_eq!(named("flow-preview").unwrap().result(&all), "flows | limit 7");
        assert!(CATALOGUE.iter().all(|query| !query.result(&Given::default()).is_empty()));
    }
}
