//! What the columns of a table of indicators mean: by their names, and by what is in them.

use super::kinds::kind_named;
use super::split;
use super::value::{mask_bits, recognise, span_of};
use crate::model::Address;

/// What a column means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Holds indicators; several columns may.
    Value,
    /// The last address of a range that the value before it begins.
    RangeEnd,
    /// How long the prefix of the block is that the value before it begins: `24`, `/24`, `255.255.255.0`.
    Prefix,
    /// Says what kind the values of the row are.
    Type,
    /// Says whether the row is searched for; it is context where the cell says no.
    LookedFor,
    Name,
    Comment,
    Severity,
    Tags,
    ValidFrom,
    ValidTo,
    Ignored,
}

impl Role {
    pub const ALL: [Role; 12] = [
        Role::Value,
        Role::RangeEnd,
        Role::Prefix,
        Role::Type,
        Role::LookedFor,
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
            Role::RangeEnd => "range_end",
            Role::Prefix => "prefix",
            Role::Type => "type",
            Role::LookedFor => "looked_for",
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

/// Columns that hold an indicator whatever it is. Where there is one, columns of a certain kind (a URL, a host) are
/// what the list says about it.
const GENERIC: &str = "indicator indicatorvalue value ioc iocvalue iocs observable observablevalue artifact pattern \
    stixpattern dataitem entityvalue";

/// Headers by what they mean, letters and digits in lower case.
const HEADERS: [(Role, &str); 10] = [
    (Role::Value, GENERIC),
    (
        Role::Value,
        "threatip ip ips ipaddress ipaddresses ipaddr ipv4 ipv6 ipv4address ipv6address address domain \
         domains domainname hostname hostnames host fqdn url urls uri cidr cidrs network netblock range \
         iprange subnet prefix ipprefix ipv4prefix ipv6prefix md5 sha1 sha256 md5hash sha1hash sha256hash \
         hash hashes filehash srcip dstip sourceip sourceipaddress destinationip destinationipaddress \
         remoteip attackerip maliciousip c2 c2ip c2address accesskey accesskeyid arn accountid useragent",
    ),
    (
        Role::Type,
        "type entitytype indicatortype ioctype kind category observabletype datatype attributetype \
         xopenctimainobservabletype mainobservabletype valuetype",
    ),
    (Role::LookedFor, "toids ids idsflag"),
    (Role::Comment, "threatcomment comment comments description notes note context reason details"),
    (
        Role::Name,
        "name title threat threatname malware malwareprintable malwarefamily malwarename family actor \
         campaign",
    ),
    (Role::Severity, "severity risk score xopenctiscore confidence confidencelevel threatlevel level priority"),
    (Role::Tags, "tags tag labels label attributetag objectlabel threattype"),
    (Role::ValidFrom, "validfrom firstseen from datefirstseen firstseenutc firstobserved firstreported"),
    (
        Role::ValidTo,
        "validto validuntil lastseen expires expiry expiration expirationdate datelastseen lastseenutc \
         lastobserved lastreported",
    ),
];

/// Names of the two ends of a range; of times too, so what is in the columns decides.
const STARTS: &str = "start startip startaddress first firstip rangestart ipstart ipfrom from fromip begin beginip \
    startipaddress low";
const ENDS: &str = "end endip endaddress last lastip rangeend ipend ipto to toip stop endipaddress lastaddress high";
const PREFIXES: &str = "netmask mask prefix prefixlen prefixlength bits masklength masklen subnetmask subnet cidr \
    cidrprefix";

/// Names of columns that hold the port of a row's address.
const PORTS: &str = "port dstport destport destinationport remoteport c2port ipport serverport";

/// Does a column of this name hold ports? One without a name may.
pub(super) fn may_hold_ports(name: &str) -> bool {
    is_one_of(&plain(name), PORTS) || is_unnamed(name)
}

/// Does the table give the column no name?
pub(super) fn is_unnamed(name: &str) -> bool {
    name.strip_prefix("column ").is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()))
}

/// Rows that the guess looks at.
const LOOKED_AT: usize = 200;

fn plain(header: &str) -> String {
    header.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn is_one_of(word: &str, names: &str) -> bool {
    names.split(' ').any(|name| name == word)
}

/// What a column or a JSON member of this name means.
pub(super) fn role_of_header(header: &str) -> Option<Role> {
    let plain = plain(header);
    HEADERS.iter().find(|(_, names)| is_one_of(&plain, names)).map(|(role, _)| *role)
}

fn is_named(header: &str) -> bool {
    let plain = plain(header);
    role_of_header(header).is_some() || [STARTS, ENDS, PREFIXES].iter().any(|names| is_one_of(&plain, names))
}

/// What the columns mean, by their header or by what is in them.
pub fn guess_columns(text: &str) -> ColumnPlan {
    let delimiter = split::delimiter_of(text);
    let rows: Vec<Vec<String>> = data_rows(text, delimiter).take(LOOKED_AT).map(|row| row.cells).collect();
    let first = rows.first().cloned().unwrap_or_default();
    // A header holds no indicator: it has a name that is known, or is over rows that hold some.
    let holds = |row: &[String]| row.iter().any(|cell| recognise(cell).is_ok());
    let has_name = first.iter().any(|cell| is_named(cell));
    let names_some =
        |cell: &String| cell.split_whitespace().any(|word| recognise(word).is_ok_and(|found| found.span.is_some()));
    let over_values = !first.iter().any(names_some) && rows.iter().skip(1).any(|row| holds(row));
    let header = !holds(&first) && (has_name || over_values);
    let body = rows.get(usize::from(header)..).unwrap_or_default();
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let names = if header { Some(first) } else { header_in_comment(text, delimiter, width) };
    let roles = roles(names.as_deref(), body, width);
    let name = |column: usize| {
        let name = names.as_ref().and_then(|names| names.get(column)).map(|name| name.trim());
        name.filter(|name| !name.is_empty()).map_or_else(|| format!("column {}", column + 1), str::to_owned)
    };
    let columns = roles.into_iter().enumerate().map(|(column, role)| (name(column), role)).collect();
    ColumnPlan { delimiter, header, columns }
}

/// The last comment before the rows that names as many columns as they have (abuse.ch's lists).
fn header_in_comment(text: &str, delimiter: u8, width: usize) -> Option<Vec<String>> {
    let before = text.lines().take_while(|line| line.trim().is_empty() || line.trim_start().starts_with('#'));
    let named = before.filter_map(|line| {
        let row = split::Rows::new(line.trim_start().trim_start_matches('#').trim(), delimiter).next()?;
        let names = row.cells.iter().filter(|cell| is_named(cell)).count();
        (row.cells.len() > 1 && row.cells.len() >= width.saturating_sub(1) && names > 0).then_some(row.cells)
    });
    named.last()
}

/// The meaning of each of so many columns with these names (where there are any) over these rows.
pub(super) fn roles(names: Option<&[String]>, body: &[Vec<String>], width: usize) -> Vec<Role> {
    let table = Table { body };
    let name = |column: usize| names.and_then(|names| names.get(column)).map(|name| name.trim()).unwrap_or_default();
    let has_name = (0..width).any(|column| is_named(name(column)));
    let mut roles: Vec<Role> = (0..width)
        .map(|column| match role_of_header(name(column)) {
            Some(role) => role,
            None if has_name => Role::Ignored,
            None if table.mostly(column, |cell| recognise(cell).is_ok()) => Role::Value,
            None => Role::Ignored,
        })
        .collect();
    ranges(&mut roles, &name, &table);
    one_type(&mut roles, &table);
    only_indicators(&mut roles, &name, &table);
    // Nothing is called a value, but something looks like one.
    let good = |column: &usize| table.count(*column, |cell| recognise(cell).is_ok());
    if !roles.contains(&Role::Value)
        && let Some(best) =
            (0..width).filter(|column| good(column) > 0).max_by_key(|column| (good(column), width - column))
        && let Some(role) = roles.get_mut(best)
    {
        *role = Role::Value;
    }
    // Without a header the first text beside the value is its comment, as in the playbook's table.
    if !has_name
        && let Some(value) = roles.iter().position(|role| *role == Role::Value)
        && let Some(role) = roles.iter_mut().skip(value + 1).find(|role| **role == Role::Ignored)
    {
        *role = Role::Comment;
    }
    roles
}

struct Table<'a> {
    body: &'a [Vec<String>],
}

impl Table<'_> {
    fn cells(&self, column: usize) -> impl Iterator<Item = &str> {
        self.body.iter().filter_map(move |row| row.get(column)).map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
    }

    fn count(&self, column: usize, is: impl Fn(&str) -> bool) -> usize {
        self.cells(column).filter(|cell| is(cell)).count()
    }

    /// Of half of the cells that are not empty, and of one at least.
    fn mostly(&self, column: usize, is: impl Fn(&str) -> bool) -> bool {
        let good = self.count(column, is);
        good > 0 && good * 2 >= self.cells(column).count()
    }

    /// The rows' cells from this column on.
    fn every_row(&self, column: usize, is: impl Fn(&[&str]) -> bool) -> bool {
        let rows: Vec<Vec<&str>> =
            self.body.iter().map(|row| row.iter().skip(column).map(|cell| cell.trim()).collect()).collect();
        let full: Vec<&Vec<&str>> =
            rows.iter().filter(|row| row.first().is_some_and(|cell| !cell.is_empty())).collect();
        !full.is_empty() && full.iter().all(|row| is(row))
    }
}

fn is_address(cell: &str) -> bool {
    Address::parse(super::defang::refanged(cell).trim().as_bytes()).is_some()
}

/// Columns that are the two ends of ranges, or a block's address and its mask.
fn ranges<'a>(roles: &mut [Role], name: &impl Fn(usize) -> &'a str, table: &Table<'_>) {
    let called = |column: usize, names: &str| is_one_of(&plain(name(column)), names);
    for (column, role) in roles.iter_mut().enumerate() {
        if called(column, STARTS) && table.mostly(column, is_address) {
            *role = Role::Value;
        }
        if called(column, ENDS) && table.mostly(column, is_address) {
            *role = Role::RangeEnd;
        }
        if called(column, PREFIXES) && table.mostly(column, |cell| mask_bits(cell).is_some()) {
            *role = Role::Prefix;
        }
    }
    // Both ends say it already.
    if roles.contains(&Role::RangeEnd) {
        roles.iter_mut().filter(|role| **role == Role::Prefix).for_each(|role| *role = Role::Ignored);
        return;
    }
    // More columns of addresses are a list.
    if (0..roles.len()).filter(|column| table.mostly(*column, is_plain_address)).count() > 2 {
        return;
    }
    for column in 0..roles.len().saturating_sub(1) {
        if roles[column] != Role::Value || (0..roles.len()).any(|column| is_named(name(column))) {
            continue;
        }
        if table.every_row(column, |cells| span_of(cells.get(..2).unwrap_or(cells)).is_some()) {
            let is_mask = table.mostly(column + 1, |cell| cell.starts_with('/') || !is_plain_address(cell));
            roles[column + 1] = if is_mask { Role::Prefix } else { Role::RangeEnd };
            // DShield's third column.
            if let Some(role) = roles.get_mut(column + 2)
                && table.mostly(column + 2, |cell| mask_bits(cell).is_some())
            {
                *role = Role::Ignored;
            }
            return;
        }
        let rows = table.body.len();
        if rows > 1 && roles[column + 1] == Role::Value && table.every_row(column, rising) {
            roles[column + 1] = Role::RangeEnd;
            return;
        }
    }
}

fn is_plain_address(cell: &str) -> bool {
    is_address(cell) && mask_bits(cell).is_none()
}

/// Two addresses close to each other, the lower first.
fn rising(cells: &[&str]) -> bool {
    let [first, last, ..] = cells else { return false };
    let key = |cell: &str| Address::parse(cell.as_bytes()).map(|address| u128::from_be_bytes(address.key()));
    let Some((first, last)) = key(first).zip(key(last)) else { return false };
    first < last && last - first <= 0xffff
}

/// Of several columns that may name kinds the one that does; the others are tags.
fn one_type(roles: &mut [Role], table: &Table<'_>) {
    let names_kinds = |column: usize| table.count(column, |cell| kind_named(cell).is_some());
    let types: Vec<usize> = (0..roles.len()).filter(|column| roles[*column] == Role::Type).collect();
    let best = types.iter().copied().max_by_key(|column| (names_kinds(*column), roles.len() - column));
    for column in types {
        let is_numbers = table.mostly(column, |cell| cell.bytes().all(|b| b.is_ascii_digit()));
        let keeps = Some(column) == best && names_kinds(column) > 0;
        if !keeps {
            roles[column] = if is_numbers { Role::Ignored } else { Role::Tags };
        }
    }
}

/// Of the columns that may hold indicators those that are about them are none.
fn only_indicators<'a>(roles: &mut [Role], name: &impl Fn(usize) -> &'a str, table: &Table<'_>) {
    let is = |column: usize, names: &str| is_one_of(&plain(name(column)), names);
    let width = roles.len();
    let has_type = roles.contains(&Role::Type);
    let filled = |column: usize| table.cells(column).next().is_some();
    // A column may be called a value and hold numbers of something.
    let holds = |column: usize| has_type && is(column, GENERIC) || table.count(column, is_value) > 0;
    let generic: Vec<usize> =
        (0..width).filter(|column| roles[*column] == Role::Value && is(*column, GENERIC) && holds(*column)).collect();
    let pattern = generic.iter().copied().find(|column| is(*column, "pattern stixpattern"));
    let urls = (0..width).any(|column| roles[column] == Role::Value && is(column, "url urls") && holds(column));
    let networks = (0..width).any(|column| is(column, "asnumber asname asn") && filled(column));
    for (column, role) in roles.iter_mut().enumerate() {
        if *role != Role::Value || name(column).is_empty() {
            continue;
        }
        // What a row says of its URL, or of its network, widens what is searched for.
        let of_url = urls && is(column, "host hostname domain");
        let of_network = networks && is(column, "hostname host");
        let other = !generic.is_empty() && !generic.contains(&column);
        // A pattern says more exactly what its value does.
        let less = pattern.is_some_and(|pattern| pattern != column);
        if of_url || of_network || other || less {
            *role = Role::Ignored;
        }
    }
}

fn is_value(cell: &str) -> bool {
    recognise(cell).is_ok() || super::stix::is_pattern(cell)
}

/// Rows that hold something; a `#` begins a comment.
pub(super) fn data_rows(text: &str, delimiter: u8) -> impl Iterator<Item = split::Row<'_>> {
    split::Rows::new(text, delimiter).filter(move |row| {
        let raw = row.raw.trim_start();
        !raw.is_empty() && !raw.starts_with('#') && !row.cells.iter().all(|cell| cell.trim().is_empty())
    })
}
