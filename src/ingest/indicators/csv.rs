//! CSV: the playbook's `threat_ip,threat_comment`, and any other with a choice of columns.

use super::collect::{Collector, Details, time};
use super::value::{kind_named, recognise, refanged};
use super::{ListFormat, ListOptions, ReadList, split};
use crate::model::{IndicatorKind, IssueReason, TimeRange};

/// What a column means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Holds indicators; several columns may.
    Value,
    /// Says what kind the values of the row are.
    Type,
    Name,
    Comment,
    Severity,
    Tags,
    ValidFrom,
    ValidTo,
    Ignored,
}

impl Role {
    pub const ALL: [Role; 9] = [
        Role::Value,
        Role::Type,
        Role::Name,
        Role::Comment,
        Role::Severity,
        Role::Tags,
        Role::ValidFrom,
        Role::ValidTo,
        Role::Ignored,
    ];

    /// The word for it on the command line.
    pub fn code(self) -> &'static str {
        match self {
            Role::Value => "value",
            Role::Type => "type",
            Role::Name => "name",
            Role::Comment => "comment",
            Role::Severity => "severity",
            Role::Tags => "tags",
            Role::ValidFrom => "valid_from",
            Role::ValidTo => "valid_to",
            Role::Ignored => "ignored",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}

/// What the columns of a CSV file mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnPlan {
    pub delimiter: u8,
    /// The first row names the columns.
    pub header: bool,
    /// By column: its name, `column 1` ... where there is none, and what it means.
    pub columns: Vec<(String, Role)>,
}

/// Headers by what they mean, letters and digits in lower case.
const HEADERS: [(Role, &[&str]); 8] = [
    (
        Role::Value,
        &[
            "threatip",
            "ip",
            "ipaddress",
            "ipaddr",
            "address",
            "indicator",
            "indicatorvalue",
            "value",
            "ioc",
            "iocvalue",
            "observable",
            "domain",
            "domainname",
            "hostname",
            "host",
            "fqdn",
            "url",
            "cidr",
            "network",
            "range",
            "prefix",
            "md5",
            "sha1",
            "sha256",
            "hash",
            "srcip",
            "dstip",
            "accesskey",
            "accesskeyid",
            "arn",
            "accountid",
        ],
    ),
    (Role::Type, &["type", "entitytype", "indicatortype", "ioctype", "kind", "category"]),
    (
        Role::Comment,
        &["threatcomment", "comment", "comments", "description", "notes", "note", "context", "reason", "details"],
    ),
    (Role::Name, &["name", "title", "threat", "threatname", "malware", "family", "actor", "campaign"]),
    (Role::Severity, &["severity", "risk", "score", "confidence", "threatlevel", "level", "priority"]),
    (Role::Tags, &["tags", "tag", "labels", "label"]),
    (Role::ValidFrom, &["validfrom", "firstseen", "from", "datefirstseen", "firstseenutc"]),
    (Role::ValidTo, &["validto", "validuntil", "lastseen", "expires", "expiry", "datelastseen", "lastseenutc"]),
];

/// Rows that the guess looks at.
const LOOKED_AT: usize = 50;

fn role_of_header(header: &str) -> Option<Role> {
    let plain: String = header.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    HEADERS.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(role, _)| *role)
}

/// What the columns mean, by their header or by what stands in them.
pub fn guess_columns(text: &str) -> ColumnPlan {
    let delimiter = split::delimiter_of(text);
    let rows: Vec<Vec<String>> = data_rows(text, delimiter).take(LOOKED_AT).map(|row| row.cells).collect();
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let first = rows.first().cloned().unwrap_or_default();
    // A header holds no indicator: it has a name that is known, or stands over rows that hold some.
    let holds = |row: &[String]| row.iter().any(|cell| recognise(cell).is_ok());
    let has_name = first.iter().any(|cell| role_of_header(cell).is_some());
    let header = !holds(&first) && (has_name || rows.iter().skip(1).any(|row| holds(row)));
    let body = rows.get(usize::from(header)..).unwrap_or_default();
    let share = |column: usize| {
        let cells: Vec<&String> =
            body.iter().filter_map(|row| row.get(column)).filter(|c| !c.trim().is_empty()).collect();
        let good = cells.iter().filter(|cell| recognise(cell).is_ok()).count();
        (good, cells.len())
    };
    let mut columns: Vec<(String, Role)> = Vec::with_capacity(width);
    for column in 0..width {
        let name = first.get(column).map(|name| name.trim()).filter(|name| header && !name.is_empty());
        let (good, all) = share(column);
        let role = match name.and_then(role_of_header) {
            Some(role) => role,
            None if header && has_name => Role::Ignored,
            None if good > 0 && good * 2 >= all => Role::Value,
            None => Role::Ignored,
        };
        let name = name.map_or_else(|| format!("column {}", column + 1), str::to_owned);
        columns.push((name, role));
    }
    // Nothing is called a value, but something looks like one.
    if !columns.iter().any(|(_, role)| *role == Role::Value)
        && let Some(best) = (0..width).filter(|column| share(*column).0 > 0).max_by_key(|column| share(*column).0)
        && let Some((_, role)) = columns.get_mut(best)
    {
        *role = Role::Value;
    }
    // Without a header the first text beside the value is its comment, as in the playbook's table.
    if !header
        && let Some(value) = columns.iter().position(|(_, role)| *role == Role::Value)
        && let Some((_, role)) = columns.iter_mut().skip(value + 1).find(|(_, role)| *role == Role::Ignored)
    {
        *role = Role::Comment;
    }
    ColumnPlan { delimiter, header, columns }
}

/// Rows that hold something; a `#` begins a comment.
fn data_rows(text: &str, delimiter: u8) -> impl Iterator<Item = split::Row<'_>> {
    split::Rows::new(text, delimiter).filter(|row| !row.raw.trim().is_empty() && !row.raw.trim_start().starts_with('#'))
}

pub fn read(text: &str, options: &ListOptions) -> ReadList {
    let plan = options.columns.clone().unwrap_or_else(|| guess_columns(text));
    let mut out = Collector::new(ListFormat::Csv);
    for row in data_rows(text, plan.delimiter).skip(usize::from(plan.header)) {
        if row.open_quote {
            out.issue(
                row.line,
                IssueReason::Malformed,
                "a quote that is not closed; the line is read as it stands",
                row.raw,
            );
        }
        read_row(&mut out, &row, &plan, options.kind);
    }
    out.list.columns = Some(plan);
    out.list
}

fn read_row(out: &mut Collector, row: &split::Row<'_>, plan: &ColumnPlan, kind: Option<IndicatorKind>) {
    let cells = || plan.columns.iter().map(|(_, role)| *role).zip(&row.cells).map(|(role, cell)| (role, cell.trim()));
    let all = |wanted: Role| {
        let texts: Vec<&str> =
            cells().filter(|(role, cell)| *role == wanted && !cell.is_empty()).map(|(_, c)| c).collect();
        texts.join("; ")
    };
    let details = Details {
        name: all(Role::Name),
        comment: all(Role::Comment),
        severity: all(Role::Severity),
        tags: all(Role::Tags).split([';', ',']).map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect(),
        valid: TimeRange { from: time(&all(Role::ValidFrom)), to: time(&all(Role::ValidTo)) },
        context: false,
        part: None,
    };
    let named = all(Role::Type);
    let kind = match kind.map(Some).or_else(|| kind_named(&named).filter(|_| !named.is_empty())) {
        // A type that logs cannot hold.
        Some(None) => {
            return out.issue(
                row.line,
                IssueReason::Unsupported,
                format!("{named}: neither flow records nor CloudTrail hold any"),
                row.raw,
            );
        }
        Some(kind) => kind,
        None => None,
    };
    let values: Vec<&str> =
        cells().filter(|(role, cell)| *role == Role::Value && !cell.is_empty()).map(|(_, c)| c).collect();
    if values.is_empty() {
        return out.issue(row.line, IssueReason::NotRecognised, "no value in the columns that hold values", row.raw);
    }
    for value in values {
        // A file's row holds hashes; a row that says so and holds something else is told.
        let kind = kind.filter(|_| !refanged(value).is_empty());
        out.element(row.line, kind, value, &details, row.raw);
    }
}
