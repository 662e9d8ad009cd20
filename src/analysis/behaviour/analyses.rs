//! The analyses of behaviour, one row each.

use super::ask::{sessions_of, traffic};
use super::calls::{listed, network_changes};
use super::counted::{self, Cells};
use super::event_leads::event_leads;
use super::filters::By;
use super::given as p;
use super::lead::{self, Lead};
use super::leads::{flow_leads, sort};
use super::parameters::{Basis, Parameters, Typed};
use super::sighting_leads::sighting_leads;
use super::traffic::Traffic;
use super::{beacons, exfil, fan, first_seen, lateral, long, ports, scan, scans, tables, tunnels};
use crate::analysis::allow::{self, AllowList};
use crate::analysis::definition::{Analysis, Asked, Parameter};
use crate::case::CaseReader;
use crate::model::{Dataset, Unit, Value};
use crate::query::tables::{Column, LeftOut, Rows};
use crate::query::{Cancel, QueryError, Scope};
use std::cell::Cell;
use std::collections::BTreeMap;

type Columns = &'static [(&'static str, Unit)];
type Listed = Result<Vec<Vec<Value>>, QueryError>;

const fn analysis(
    name: &'static str,
    parameters: &'static [Parameter],
    run: fn(&CaseReader, &Asked, &Cancel) -> Result<Rows, QueryError>,
    counted: fn(&Asked, &[Value]) -> Option<Scope>,
) -> Analysis {
    Analysis { name, dataset: Dataset::Flows, parameters, needs: &[], run, counted }
}

/// Everything is read as far as the rows are asked for.
fn rows(
    (reader, asked, cancel): (&CaseReader, &Asked, &Cancel),
    columns: Columns,
    list: impl FnOnce(&Traffic, &Parameters, usize) -> Listed,
) -> Result<Rows, QueryError> {
    let typed = Typed(&asked.parameters);
    let (basis, parameters) = (Basis::read(typed)?, Parameters::read(typed)?);
    let traffic = traffic(reader, &asked.scope, &basis, cancel)?;
    let most = asked.limit.unwrap_or(usize::MAX);
    let mut rows = list(&traffic, &parameters, most)?;
    if cancel.is_cancelled() {
        return Err(QueryError::Cancelled);
    }
    rows.truncate(most);
    Ok(Rows::new(Column::list(columns), rows))
}

/// By which fields the records of a row are found.
fn by(asked: &Asked) -> By {
    let is_packet = |basis: &Basis| basis.ends == crate::query::Ends::Packet;
    let packet = Basis::read(Typed(&asked.parameters)).is_ok_and(|basis| is_packet(&basis));
    if packet { By::Either } else { By::Interface }
}

pub(crate) static INTERFACES: Analysis = analysis(
    "interfaces",
    &[p::WINDOW, p::JOIN],
    |reader, asked, cancel| rows((reader, asked, cancel), &tables::INTERFACES, |of, _, _| Ok(tables::interfaces(of))),
    |asked, row| counted::found(asked, &counted::of_interface(&Cells::of(&tables::INTERFACES, row))?),
);

pub(crate) static FLOW_SESSIONS: Analysis = analysis(
    "flow-sessions",
    &[p::WINDOW, p::JOIN, p::ADDRESSES],
    |reader, asked, cancel| {
        let of = sessions_of(reader, &asked.scope, &Basis::read(Typed(&asked.parameters))?, cancel)?;
        let most = asked.limit.unwrap_or(usize::MAX);
        let rows = tables::session_rows(of.list, (&of.addresses, &of.interfaces), most);
        Ok(Rows::new(Column::list(&tables::SESSIONS), rows))
    },
    |asked, row| counted::found(asked, &counted::of_session(by(asked), &Cells::of(&tables::SESSIONS, row))?),
);

pub(crate) static FLOW_CONVERSATIONS: Analysis = analysis(
    "flow-conversations",
    &[p::WINDOW, p::JOIN, p::ADDRESSES, p::OWN],
    |reader, asked, cancel| {
        rows((reader, asked, cancel), &tables::CONVERSATIONS, |of, _, most| Ok(tables::conversation_rows(of, most)))
    },
    |asked, row| counted::found(asked, &counted::of_conversation(by(asked), &Cells::of(&tables::CONVERSATIONS, row))?),
);

pub(crate) static BEACONS: Analysis = analysis(
    "beacons",
    &[
        p::WINDOW,
        p::JOIN,
        p::ADDRESSES,
        p::OWN,
        p::SCOPE,
        p::MIN_STARTS,
        p::BINS,
        p::MIN_SCORE,
        p::GAPS,
        p::RARE,
        p::COMMON,
        p::MIN_HOSTS,
    ],
    |reader, asked, cancel| {
        rows((reader, asked, cancel), &beacons::COLUMNS, |of, parameters, _| {
            Ok(beacons::beacons(of, parameters).iter().map(|one| beacons::row(of, one, parameters)).collect())
        })
    },
    |asked, row| counted::found(asked, &counted::of_beacon(by(asked), &Cells::of(&beacons::COLUMNS, row))?),
);

pub(crate) static LONG_SESSIONS: Analysis = analysis(
    "long-sessions",
    &[p::WINDOW, p::JOIN, p::ADDRESSES, p::OWN, p::LONG],
    |reader, asked, cancel| {
        rows((reader, asked, cancel), &long::COLUMNS, |of, parameters, _| {
            Ok(long::long_sessions(of, parameters).iter().map(|one| long::row(of, one)).collect())
        })
    },
    |asked, row| counted::found(asked, &counted::of_conversation(by(asked), &Cells::of(&long::COLUMNS, row))?),
);

pub(crate) static SCANS: Analysis = analysis(
    "scans",
    &[
        p::WINDOW,
        p::JOIN,
        p::ADDRESSES,
        p::OWN,
        p::MIN_TARGETS,
        p::MISS_SHARE,
        p::SCAN_GAP,
        p::THETA0,
        p::THETA1,
        p::ALPHA,
        p::BETA,
        p::TRW_ALL,
        p::ADMIN_PORTS,
        p::GUESS_MIN,
        p::GUESS_GAP,
        p::GUESS_BYTES,
    ],
    |reader, asked, cancel| {
        rows((reader, asked, cancel), &scan::COLUMNS, |of, parameters, _| {
            Ok(scans::scans(of, parameters).iter().map(|one| scan::row(of, one)).collect())
        })
    },
    |asked, row| counted::found(asked, &counted::of_scan(by(asked), &Cells::of(&scan::COLUMNS, row))?),
);

pub(crate) static FAN: Analysis = analysis(
    "fan",
    &[p::WINDOW, p::JOIN, p::ADDRESSES, p::OWN, p::FAN_MIN, p::FAN_RATIO],
    |reader, asked, cancel| {
        rows((reader, asked, cancel), &fan::COLUMNS, |of, parameters, _| {
            Ok(fan::fans(of, parameters).iter().map(|one| fan::row(of, one)).collect())
        })
    },
    |asked, row| counted::found(asked, &counted::of_fan(by(asked), &Cells::of(&fan::COLUMNS, row))?),
);

pub(crate) static LATERAL: Analysis = analysis(
    "lateral",
    &[p::WINDOW, p::JOIN, p::ADDRESSES, p::OWN, p::SINCE, p::MIN_HISTORY, p::ADMIN_PORTS],
    |reader, asked, cancel| {
        rows((reader, asked, cancel), &lateral::COLUMNS, |of, parameters, _| {
            Ok(lateral::lateral(of, parameters).iter().map(|one| lateral::row(of, one)).collect())
        })
    },
    |asked, row| counted::found(asked, &counted::of_lateral(by(asked), &Cells::of(&lateral::COLUMNS, row))?),
);

pub(crate) static EXFILTRATION: Analysis = analysis(
    "exfiltration",
    &[
        p::WINDOW,
        p::JOIN,
        p::ADDRESSES,
        p::OWN,
        p::EXFIL_SCOPE,
        p::EXFIL_HOUR,
        p::EXFIL_RATIO,
        p::EXFIL_FLOOR,
        p::EXFIL_PCR,
        p::EXFIL_TOTAL,
    ],
    |reader, asked, cancel| {
        rows((reader, asked, cancel), &exfil::COLUMNS, |of, parameters, _| {
            Ok(exfil::exfiltration(of, parameters).iter().map(|one| exfil::row(of, one)).collect())
        })
    },
    |asked, row| counted::found(asked, &counted::of_exfil(by(asked), &Cells::of(&exfil::COLUMNS, row))?),
);

pub(crate) static FIRST_SEEN: Analysis = analysis(
    "first-seen",
    &[p::WINDOW, p::JOIN, p::ADDRESSES, p::OWN, p::SINCE, p::MIN_HISTORY, p::RARE, p::COMMON, p::MIN_HOSTS],
    |reader, asked, cancel| {
        rows((reader, asked, cancel), &first_seen::COLUMNS, |of, parameters, _| {
            Ok(first_seen::first_seen(of, parameters).iter().map(|one| first_seen::row(of, one)).collect())
        })
    },
    |asked, row| counted::found(asked, &counted::of_peer(&Cells::of(&first_seen::COLUMNS, row))?),
);

pub(crate) static TUNNELS: Analysis = analysis(
    "tunnels",
    &[
        p::WINDOW,
        p::JOIN,
        p::ADDRESSES,
        p::OWN,
        p::DNS_PORTS,
        p::DNS_SIZE,
        p::ICMP_SIZE,
        p::TUNNEL_ROWS,
        p::TUNNEL_STEADY,
    ],
    |reader, asked, cancel| {
        rows((reader, asked, cancel), &tunnels::COLUMNS, |of, parameters, _| {
            Ok(tunnels::tunnels(of, parameters).iter().map(|one| tunnels::row(of, one)).collect())
        })
    },
    |asked, row| counted::found(asked, &counted::of_tunnel(by(asked), &Cells::of(&tunnels::COLUMNS, row))?),
);

pub(crate) static PORTS_OPENED: Analysis = analysis(
    "ports-opened",
    &[p::WINDOW, p::JOIN, p::ADDRESSES, p::OWN, p::QUIET, p::NEAR],
    |reader, asked, cancel| {
        rows((reader, asked, cancel), &ports::COLUMNS, |of, parameters, _| {
            let calls = network_changes(reader, cancel)?;
            Ok(ports::changes(of, &calls, parameters).iter().map(|one| ports::row(of, one)).collect())
        })
    },
    |asked, row| counted::found(asked, &counted::of_port(by(asked), &Cells::of(&ports::COLUMNS, row))?),
);

pub(crate) static LEADS: Analysis = analysis(
    "leads",
    &[
        p::SOURCES,
        p::WINDOW,
        p::JOIN,
        p::ADDRESSES,
        p::OWN,
        p::SINCE,
        p::MIN_HISTORY,
        p::RARE,
        p::COMMON,
        p::MIN_HOSTS,
        p::ADMIN_PORTS,
        p::MIN_SCORE,
        p::LONG,
        p::MIN_TARGETS,
        p::GUESS_MIN,
        p::FAN_MIN,
        p::EXFIL_HOUR,
        p::EXFIL_TOTAL,
        p::NEAR,
    ],
    found_leads,
    lead::counted,
);

/// The analyses whose rows become leads.
static LEADING: [&Analysis; 9] =
    [&BEACONS, &EXFILTRATION, &FAN, &FIRST_SEEN, &LATERAL, &LONG_SESSIONS, &PORTS_OPENED, &SCANS, &TUNNELS];

/// The same of events: a lead is a row of theirs, or a part of one.
static EVENT_LEADING: [&str; 3] = ["monitor", "sigma", "lineage"];

fn found_leads(reader: &CaseReader, asked: &Asked, cancel: &Cancel) -> Result<Rows, QueryError> {
    let typed = Typed(&asked.parameters);
    let (basis, parameters) = (Basis::read(typed)?, Parameters::read(typed)?);
    let traffic = traffic(reader, &asked.scope, &basis, cancel)?;
    let calls = network_changes(reader, cancel)?;
    let listed = listed(reader, &traffic)?;
    let lists = LEADING.into_iter().map(|analysis| Ok((analysis, AllowList::of(reader, analysis.name)?)));
    let lists: Vec<(&Analysis, AllowList)> = lists.collect::<Result<_, QueryError>>()?;
    let count = Cell::new(0);
    let left_out = |name: &'static str, row: &dyn Fn() -> Vec<Value>| {
        let Some((analysis, list)) = lists.iter().find(|(analysis, list)| analysis.name == name && !list.is_empty())
        else {
            return Ok(false);
        };
        let Some(scope) = (analysis.counted)(asked, &row()) else { return Ok(false) };
        let holds = list.holds(reader, &scope, cancel)?;
        count.set(count.get() + u64::from(holds));
        Ok(holds)
    };
    let mut list = flow_leads(&traffic, &calls, |address| listed.contains(&address), &parameters, &left_out)?;
    list.extend(sighting_leads(reader, &asked.scope, parameters.with_events, cancel)?);
    if parameters.with_events {
        let lists = EVENT_LEADING.into_iter().map(|name| Ok((name, AllowList::of(reader, name)?)));
        let lists: Vec<(&str, AllowList)> = lists.collect::<Result<_, QueryError>>()?;
        for lead in event_leads(reader, &asked.scope, cancel)? {
            let own = lists.iter().find(|(name, list)| lead.kind.analysis() == Some(*name) && !list.is_empty());
            let scope = Scope { dataset: lead.dataset, ..asked.scope.clone() };
            let scope = Scope { filter: Scope::written(lead.dataset, &lead.filter)?.filter, ..scope };
            match own {
                Some((_, own)) if own.holds(reader, &scope, cancel)? => count.set(count.get() + 1),
                _ => list.push(lead),
            }
        }
    }
    sort(&mut list);
    let dismissed: BTreeMap<String, String> =
        allow::dismissed(reader)?.into_iter().map(|lead| (lead.key, lead.reason)).collect();
    let most = asked.limit.unwrap_or(usize::MAX);
    let row = |(at, lead): (usize, &Lead)| {
        lead::row(&traffic, at + 1, lead, dismissed.get(&lead::key(lead)).map(String::as_str))
    };
    let rows = list.iter().take(most).enumerate().map(row).collect();
    let left_out = LeftOut { allowed: count.get(), ..LeftOut::default() };
    Ok(Rows { left_out, ..Rows::new(Column::list(&lead::COLUMNS), rows) })
}
