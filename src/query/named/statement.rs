//! What a query gives, in one line that reads like the command line: what its filter does not say.

use super::{Figure, Given, NamedQuery, Question};
use crate::model::Dataset;
use crate::query::{BinWidth, PairKey};

impl NamedQuery {
    /// `flows | sort -start | limit 2`, `top ip by bytes | limit 50`, `pairs srcaddr,dstaddr | sort -total_bytes` ... with
    /// the limit that is given. Parameters without a value stand as their names.
    pub fn result(&self, given: &Given) -> String {
        // Which result it is does not depend on what the missing parameters would say.
        let mut asked = Given { limit: given.limit, ..Given::default() };
        for parameter in self.parameters {
            let own = given.parameters.iter().find(|(name, _)| name.eq_ignore_ascii_case(parameter.name));
            let stand_in = if parameter.optional { "" } else { parameter.default.unwrap_or("::") };
            let value = own.map_or(stand_in, |(_, value)| value.as_str());
            asked.parameters.insert(parameter.name.to_owned(), value.to_owned());
        }
        self.question(&asked).map(|question| question.result(self.dataset)).unwrap_or_default()
    }
}

impl Question {
    fn result(&self, dataset: Dataset) -> String {
        let sign = |descending: bool| if descending { "-" } else { "" };
        let mut steps = Vec::new();
        let mut limited = None;
        match self {
            Question::Records { query, limit, .. } => {
                steps.push(if dataset == Dataset::Flows { "flows" } else { "events" }.to_owned());
                let keys: Vec<String> =
                    query.sort.iter().map(|key| format!("{}{}", sign(key.descending), key.field.name())).collect();
                steps.extend((!keys.is_empty()).then(|| format!("sort {}", keys.join(","))));
                limited = *limit;
            }
            Question::Pairs(query) => {
                let direction = if query.by == PairKey::AddressesAndDirection { ",flow_direction" } else { "" };
                steps.push(format!("pairs {}{direction}", query.by.fields().join(",")));
                let address = if query.keep_addressless { ", or no address at all" } else { "" };
                steps.extend(query.ip.is_some().then(|| format!("either side is ip{address}")));
                let keys: Vec<String> =
                    query.sort.iter().map(|key| format!("{}{}", sign(key.descending), key.column.name())).collect();
                steps.push(format!("sort {}", keys.join(",")));
                limited = query.limit;
            }
            Question::Top(query) => {
                steps.push(format!("top {} by {}", query.by.names().join(","), query.measure.name()));
                limited = query.limit;
            }
            Question::Series(query) => {
                let by = query.by.map(|by| format!(" by {}", by.names().join(","))).unwrap_or_default();
                let bin = match query.bin {
                    BinWidth::Auto => "auto".to_owned(),
                    BinWidth::Secs(secs) => format!("{secs}s"),
                };
                steps.push(format!("series {}{by} | bin {bin}", query.measure.name()));
                steps.extend(query.threshold.map(|threshold| format!("reached at {threshold}")));
            }
            Question::Directional { limit, .. } => {
                steps.push("to indicators, and from indicators".to_owned());
                steps.push("sort starttime,endtime,sessiontime,interfaceid,connecting_ip,direction".to_owned());
                limited = *limit;
            }
            Question::Figure { figure: Figure::Records, .. } => steps.push("count".to_owned()),
            Question::Figure { figure: Figure::Bytes, .. } => steps.push("sum bytes".to_owned()),
        }
        steps.extend(limited.map(|limit| format!("limit {limit}")));
        steps.join(" | ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::named::{CATALOGUE, named};

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
