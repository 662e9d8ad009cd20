//! CSV: the playbook's `threat_ip,threat_comment`, what vendors and platforms export, and any other with a choice of
//! columns.

use super::collect::{Collector, Details};
use super::columns::{Role, data_rows, guess_columns, is_unnamed, may_hold_ports};
use super::kinds::kind_named;
use super::value::recognise;
use super::when::set_valid;
use super::{ListFormat, ListOptions, ReadList};
use super::{stix, text};
use crate::model::{IndicatorKind, IssueReason};

pub(super) fn read(text: &str, options: &ListOptions) -> ReadList {
    let plan = options.columns.clone().unwrap_or_else(|| guess_columns(text));
    let mut out = Collector::new(ListFormat::Csv);
    for row in data_rows(text, plan.delimiter).skip(usize::from(plan.header)) {
        if row.open_quote {
            let detail = "a quote that is not closed; the line is read as it stands";
            out.issue(row.line, IssueReason::Malformed, detail, row.raw);
        }
        let cells = Row { position: row.line, cells: &row.cells, raw: row.raw };
        // A sentence among lines of values, or lines that only have commas in common.
        let by_guess = options.columns.is_none() && plan.columns.iter().all(|(name, _)| is_unnamed(name));
        match by_guess && options.kind.is_none() && !holds_a_value(&cells, &plan.columns) {
            true => text::read_line(&mut out, row.line, row.raw.trim(), row.raw, None),
            false => read_row(&mut out, &cells, &plan.columns, options.kind),
        }
    }
    out.list.columns = Some(plan);
    out.list
}

/// A row of a table, or an object of a list of them.
pub(super) struct Row<'a> {
    pub position: u64,
    pub cells: &'a [String],
    pub raw: &'a str,
}

fn holds_a_value(row: &Row<'_>, columns: &[(String, Role)]) -> bool {
    let mut cells = columns.iter().zip(row.cells).filter(|((_, role), _)| *role == Role::Value);
    cells.any(|(_, cell)| recognise(cell).is_ok() || stix::is_pattern(cell) || recognise_all(cell))
}

/// Does a cell hold several?
fn recognise_all(cell: &str) -> bool {
    let mut words = cell.split_whitespace().peekable();
    words.peek().is_some() && words.all(|word| recognise(word).is_ok())
}

/// Takes a row in. `kind`: what every value is, where the examiner says so.
pub(super) fn read_row(out: &mut Collector, row: &Row<'_>, columns: &[(String, Role)], kind: Option<IndicatorKind>) {
    let cells = || columns.iter().zip(row.cells).map(|((name, role), cell)| (name, *role, cell.trim()));
    let all = |wanted: Role| {
        let texts: Vec<&str> =
            cells().filter(|(_, role, cell)| *role == wanted && !cell.is_empty()).map(|(_, _, cell)| cell).collect();
        texts.join("; ")
    };
    let is_port = |name: &str, role: Role, cell: &str| {
        let beside = matches!(role, Role::Comment | Role::Ignored) || role == Role::Value && is_unnamed(name);
        beside && may_hold_ports(name) && cell.parse::<u16>().is_ok_and(|port| port > 0)
    };
    let port = cells().find(|(name, role, cell)| is_port(name, *role, cell)).and_then(|(_, _, cell)| cell.parse().ok());
    let mut details = Details {
        port,
        name: all(Role::Name),
        comment: all(Role::Comment),
        severity: all(Role::Severity),
        tags: all(Role::Tags).split([';', ',']).map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect(),
        ..Details::default()
    };
    set_valid(&mut details, &all(Role::ValidFrom), &all(Role::ValidTo));
    let says_no = |text: &str| ["0", "false", "no", "n", "f"].iter().any(|no| text.eq_ignore_ascii_case(no));
    if says_no(&all(Role::LookedFor)) {
        details.context = true;
        details.tags.push("to_ids=false".to_owned());
    }
    let named = all(Role::Type);
    let kind = match kind.map(Some).or_else(|| kind_named(&named).filter(|_| !named.is_empty())) {
        // A type that logs cannot hold.
        Some(None) => {
            let detail = format!("{named}: neither flow records nor CloudTrail hold any");
            return out.issue(row.position, IssueReason::Unsupported, detail, row.raw);
        }
        Some(kind) => kind,
        None => None,
    };
    let mut taken = 0;
    let mut cells = cells().filter(|(_, _, cell)| !cell.is_empty()).peekable();
    while let Some((name, role, cell)) = cells.next() {
        // What is beside the values of a table without names may be one too.
        let beside = matches!(role, Role::Comment | Role::Ignored)
            && is_unnamed(name)
            && recognise(cell).is_ok_and(|found| found.span.is_some());
        if role != Role::Value && !beside || is_port(name, role, cell) {
            continue;
        }
        taken += 1;
        if stix::is_pattern(cell) {
            stix::read_pattern(out, row.position, cell, &details, row.raw);
            continue;
        }
        let range = cells.peek().and_then(|(_, role, next)| match role {
            Role::RangeEnd => Some(format!("{cell}-{next}")),
            Role::Prefix => Some(format!("{cell}/{}", next.trim_start_matches('/'))),
            _ => None,
        });
        if let Some(range) = range {
            out.element(row.position, Some(IndicatorKind::Range), &range, &details, row.raw);
            continue;
        }
        // The column's name says what its values are, where their form does not.
        let hint = || kind_named(name).flatten().filter(|_| recognise(cell).is_err());
        out.element(row.position, kind.or_else(hint), cell, &details, row.raw);
    }
    if taken == 0 {
        out.issue(row.position, IssueReason::NotRecognised, "no value in the columns that hold values", row.raw);
    }
}
