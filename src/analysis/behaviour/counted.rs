//! The records that a row of each table counts, by what the row says.

use super::filters::{By, all, at, between, one_way};
use crate::analysis::definition::Asked;
use crate::model::{Dataset, Unit, Value};
use crate::query::Scope;

/// A row by the names of its columns.
pub(super) struct Cells<'a> {
    columns: &'a [(&'static str, Unit)],
    row: &'a [Value],
}

impl<'a> Cells<'a> {
    pub(super) fn of(columns: &'a [(&'static str, Unit)], row: &'a [Value]) -> Self {
        Self { columns, row }
    }

    pub(super) fn text(&self, name: &str) -> String {
        let at = self.columns.iter().position(|(column, _)| *column == name);
        at.and_then(|at| self.row.get(at)).map(Value::to_text).unwrap_or_default()
    }

    fn port(&self, name: &str) -> u16 {
        self.text(name).parse().unwrap_or(0)
    }

    fn protocol(&self) -> Option<String> {
        Some(self.text("protocol")).filter(|text| !text.is_empty()).map(|text| format!("protocol = {text}"))
    }

    /// Records that start from one time to another, both included.
    fn times(&self, from: &str, to: &str) -> Option<String> {
        let [from, to] = [from, to].map(|name| self.text(name));
        (!from.is_empty() && !to.is_empty()).then(|| format!("start >= {from} and start <= {to}"))
    }

    fn interface(&self) -> Option<String> {
        at(&self.text("interface_id"))
    }
}

/// The scope's records that a filter finds.
pub(super) fn found(asked: &Asked, text: &str) -> Option<Scope> {
    let filter = Scope::written(Dataset::Flows, text).ok()?.filter?;
    Some(Scope { dataset: Dataset::Flows, ..asked.scope.clone() }.and(filter))
}

pub(super) fn of_interface(cells: &Cells<'_>) -> Option<String> {
    let status = "not log_status in (NODATA, SKIPDATA)".to_owned();
    Some(all([cells.interface()?, status, "srcaddr exists".to_owned(), "dstaddr exists".to_owned()]))
}

pub(super) fn of_session(by: By, cells: &Cells<'_>) -> Option<String> {
    let [from, to] = [("srcaddr", "srcport"), ("dstaddr", "dstport")].map(|(a, p)| (cells.text(a), cells.port(p)));
    let ends = one_way(by, (&from.0, from.1), (&to.0, to.1));
    let action = match cells.text("action").as_str() {
        "REJECT" => "action = REJECT".to_owned(),
        _ => "not action = REJECT".to_owned(),
    };
    let parts = [cells.protocol(), cells.interface(), cells.times("start", "end")];
    Some(all([ends, action].into_iter().chain(parts.into_iter().flatten())))
}

pub(super) fn of_conversation(by: By, cells: &Cells<'_>) -> Option<String> {
    let end = |a: &str, p: &str| (cells.text(a), cells.port(p));
    let [one, other] = [end("initiator", "initiator_port"), end("responder", "responder_port")];
    let ends = between(by, (&one.0, one.1), (&other.0, other.1));
    let parts = [cells.protocol(), cells.interface(), cells.times("start", "end")];
    Some(all([ends].into_iter().chain(parts.into_iter().flatten())))
}

pub(super) fn of_beacon(by: By, cells: &Cells<'_>) -> Option<String> {
    let ends = between(by, (&cells.text("srcaddr"), 0), (&cells.text("dstaddr"), cells.port("dstport")));
    let parts = [cells.protocol(), cells.interface(), cells.times("first_seen", "last_record")];
    Some(all([ends].into_iter().chain(parts.into_iter().flatten())))
}

/// What the source sent.
pub(super) fn of_scan(by: By, cells: &Cells<'_>) -> Option<String> {
    let target = cells.text("target");
    let (host, port) = match cells.text("kind").as_str() {
        "horizontal" => (None, target.parse().ok()),
        "vertical" => (Some(target), None),
        "guessing" => {
            let (host, port) = target.rsplit_once(':')?;
            (Some(host.trim_matches(['[', ']']).to_owned()), port.parse().ok())
        }
        _ => (None, None),
    };
    let port = port.filter(|port: &u16| *port != 0).map(|port| format!("dstport = {port}"));
    let parts =
        [host.map(|host| by.destination(&host)), port, cells.protocol(), cells.times("first_seen", "last_seen")];
    Some(all([by.source(&cells.text("srcaddr"))].into_iter().chain(parts.into_iter().flatten())))
}

pub(super) fn of_fan(by: By, cells: &Cells<'_>) -> Option<String> {
    let (host, hour) = (cells.text("host"), cells.text("hour"));
    let side = if cells.text("side") == "out" { by.source(&host) } else { by.destination(&host) };
    // Hours begin at whole ones, so that the last second of one is known by its text.
    let last = hour.strip_suffix("00:00Z")?;
    Some(format!("{side} and start >= {hour} and start <= {last}59:59Z"))
}

pub(super) fn of_lateral(by: By, cells: &Cells<'_>) -> Option<String> {
    let ends = between(by, (&cells.text("srcaddr"), 0), (&cells.text("dstaddr"), cells.port("dstport")));
    Some(all([ends, "protocol = 6".to_owned(), cells.times("first_seen", "last_seen")?]))
}

pub(super) fn of_exfil(by: By, cells: &Cells<'_>) -> Option<String> {
    let ends = between(by, (&cells.text("host"), 0), (&cells.text("peer"), 0));
    let interfaces = cells.text("interface_id");
    let interfaces: Vec<String> = interfaces.split(' ').filter_map(at).collect();
    let interfaces = (!interfaces.is_empty()).then(|| format!("({})", interfaces.join(" or ")));
    let last = cells.text("last_hour");
    let until = last.strip_suffix("00:00Z").map(|hour| format!("start <= {hour}59:59Z"));
    let from = format!("start >= {}", cells.text("first_hour"));
    Some(all([Some(ends), interfaces, Some("not action = REJECT".to_owned()), Some(from), until].into_iter().flatten()))
}

pub(super) fn of_peer(cells: &Cells<'_>) -> Option<String> {
    Some(format!("ip = {}", cells.text("peer")))
}

pub(super) fn of_tunnel(by: By, cells: &Cells<'_>) -> Option<String> {
    let ends = between(by, (&cells.text("host"), 0), (&cells.text("peer"), cells.port("port")));
    let parts = [cells.protocol(), cells.times("first_seen", "last_seen")];
    Some(all([ends].into_iter().chain(parts.into_iter().flatten())))
}

pub(super) fn of_port(by: By, cells: &Cells<'_>) -> Option<String> {
    let port = format!("dstport = {}", cells.port("port"));
    let parts = [cells.protocol(), cells.interface()];
    Some(all([by.destination(&cells.text("host")), port].into_iter().chain(parts.into_iter().flatten())))
}
