//! Whose an address is, and in which country: a database in MaxMind's format that the examiner brings (GeoLite2, DB-IP,
//! IPinfo ...). It is read where it lies and is no part of the case; what is distinguished from it names its kind and
//! its day, because addresses change hands.

use crate::case::{CaseReader, CaseWriter, Target, journal};
use crate::model::{Address, Timestamp};
use crate::present::display;
use crate::present::text::Texts;
use crate::query::{self, QueryError};
use maxminddb::Reader;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The largest ones that are offered take half a gibibyte.
const LONGEST_BYTES: u64 = 4 << 30;
/// Keys of the case's settings that name the databases that were used begin like this.
const SETTING: &str = "owner_database:";

#[derive(Debug, thiserror::Error)]
pub enum OwnerError {
    #[error("{} could not be read: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error("{} is not a database in MaxMind format: {reason}", path.display())]
    NotADatabase { path: PathBuf, reason: String },
    #[error(transparent)]
    Case(#[from] crate::case::CaseError),
    #[error(transparent)]
    Query(#[from] QueryError),
}

/// Which database it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerFacts {
    pub path: PathBuf,
    /// Of the file's bytes, lowercase hex.
    pub sha256: String,
    /// As it calls itself: `GeoLite2-ASN`.
    pub kind: String,
    /// When it was built, ISO 8601 UTC.
    pub built_utc: String,
}

/// What is known of an address; each may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// Two letters.
    pub country: String,
    pub country_name: String,
    /// Whose network it is.
    pub network: String,
    pub asn: Option<u32>,
}

pub struct OwnerDatabase {
    reader: Reader<Vec<u8>>,
    pub facts: OwnerFacts,
}

impl OwnerDatabase {
    /// Reads a database.
    ///
    /// # Errors
    /// It cannot be read, or is none.
    pub fn open(path: &Path) -> Result<Self, OwnerError> {
        let unreadable = |reason: String| OwnerError::Unreadable { path: path.to_owned(), reason };
        let file = std::fs::File::open(path).map_err(|e| unreadable(e.to_string()))?;
        let mut bytes = Vec::new();
        file.take(LONGEST_BYTES).read_to_end(&mut bytes).map_err(|e| unreadable(e.to_string()))?;
        let sha256 = journal::hex(&Sha256::digest(&bytes));
        let reader = Reader::from_source(bytes)
            .map_err(|error| OwnerError::NotADatabase { path: path.to_owned(), reason: error.to_string() })?;
        let metadata = reader.metadata();
        let built = i64::try_from(metadata.build_epoch).unwrap_or(i64::MAX);
        let facts = OwnerFacts {
            path: path.to_owned(),
            sha256,
            kind: metadata.database_type.clone(),
            built_utc: Timestamp::from_secs(built).to_iso(),
        };
        Ok(Self { reader, facts })
    }

    /// What it knows of an address; nothing where it does not know it, or says it in a form of its own.
    pub fn of(&self, address: &Address) -> Owner {
        let told: Option<Told> = self.reader.lookup(address.ip).ok().and_then(|found| found.decode().ok().flatten());
        told.map(Told::owner).unwrap_or_default()
    }
}

/// The databases that the case remembers, read.
#[derive(Default)]
pub struct Owners {
    pub databases: Vec<OwnerDatabase>,
    /// Why others cannot be read.
    pub missing: Vec<String>,
}

impl Owners {
    /// # Errors
    /// The case cannot be read.
    pub fn read(reader: &CaseReader) -> Result<Self, OwnerError> {
        let mut owners = Self::default();
        for facts in remembered(reader)? {
            match OwnerDatabase::open(&facts.path) {
                Ok(database) => owners.databases.push(database),
                Err(error) => owners.missing.push(error.to_string()),
            }
        }
        Ok(owners)
    }

    /// What they say together: of each fact the first that knows it.
    pub fn of(&self, address: &Address) -> Owner {
        let or = |known: String, more: String| if known.is_empty() { more } else { known };
        self.databases.iter().map(|database| database.of(address)).fold(Owner::default(), |known, more| Owner {
            country: or(known.country, more.country),
            country_name: or(known.country_name, more.country_name),
            network: or(known.network, more.network),
            asn: known.asn.or(more.asn),
        })
    }

    /// A line of each database that knows it, with the day of its making: addresses change hands.
    pub fn told(&self, t: &Texts, address: &Address) -> Vec<String> {
        let line = |database: &OwnerDatabase| {
            let told = database.of(address).in_words();
            let (kind, built) = (&database.facts.kind, &database.facts.built_utc);
            let args = [("told", &*display::visible(&told)), ("kind", &*display::visible(kind)), ("built", built)];
            (!told.is_empty()).then(|| t.tr_args("owners-told", &args))
        };
        self.databases.iter().filter_map(line).collect()
    }
}

impl Owner {
    /// Country, number and name of the network; empty where nothing is known.
    pub fn in_words(&self) -> String {
        let asn = self.asn.map(|asn| format!("AS{asn}")).unwrap_or_default();
        let parts = [&self.country, &self.country_name, &asn, &self.network];
        parts.into_iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

/// What the databases at hand say, in their words.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Told {
    country: Option<Country>,
    registered_country: Option<Country>,
    country_code: Option<String>,
    country_name: Option<String>,
    autonomous_system_number: Option<u32>,
    autonomous_system_organization: Option<String>,
    organization: Option<String>,
    isp: Option<String>,
    /// `AS13335` with IPinfo.
    asn: Option<String>,
    as_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Country {
    Code(String),
    Named { iso_code: Option<String>, names: Option<Names> },
}

#[derive(Deserialize)]
struct Names {
    en: Option<String>,
}

impl Told {
    fn owner(self) -> Owner {
        let (mut country, mut country_name) = (self.country_code, self.country_name);
        match self.country.or(self.registered_country) {
            // IPinfo writes the code, or the name beside a code of its own.
            Some(Country::Code(text)) if country.is_some() => country_name = country_name.or(Some(text)),
            Some(Country::Code(text)) => country = Some(text),
            Some(Country::Named { iso_code, names }) => {
                country = iso_code.or(country);
                country_name = names.and_then(|names| names.en).or(country_name);
            }
            None => {}
        }
        let network = self.autonomous_system_organization.or(self.as_name).or(self.organization).or(self.isp);
        let digits = self.asn.as_deref().map(|asn| asn.trim_start_matches("AS"));
        Owner {
            country: country.unwrap_or_default(),
            country_name: country_name.unwrap_or_default(),
            network: network.unwrap_or_default(),
            asn: self.autonomous_system_number.or_else(|| digits?.parse().ok()),
        }
    }
}

/// Remembers in the case which database was used, for the report; journalled.
///
/// # Errors
/// The case cannot be written.
pub(crate) fn remember<'c>(case: impl Into<Target<'c>>, facts: &OwnerFacts) -> Result<(), OwnerError> {
    put(case, &facts.kind, &serde_json::to_string(facts).unwrap_or_default())
}

/// Removes that a database of this kind was named; the one before it is remembered again. Journalled.
///
/// # Errors
/// The case cannot be written.
pub(crate) fn take_back<'c>(
    case: impl Into<Target<'c>>,
    kind: &str,
    before: Option<&OwnerFacts>,
) -> Result<(), OwnerError> {
    match before {
        Some(facts) => remember(case, facts),
        None => put(case, kind, ""),
    }
}

fn put<'c>(case: impl Into<Target<'c>>, kind: &str, text: &str) -> Result<(), OwnerError> {
    let mut writer = CaseWriter::open(case)?;
    let done = writer.set_setting(&format!("{SETTING}{kind}"), text, &super::import::now_utc());
    writer.close()?;
    Ok(done?)
}

/// The databases that the case remembers, by their kinds; an empty text is one that was removed.
///
/// # Errors
/// The case cannot be read.
pub(crate) fn remembered(reader: &CaseReader) -> Result<Vec<OwnerFacts>, OwnerError> {
    let settings = query::settings_with_prefix(reader, SETTING)?;
    Ok(settings.into_iter().filter_map(|(_, text)| serde_json::from_str(&text).ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A value of the data section (MaxMind DB file format specification 2.0).
    enum Data<'a> {
        Text(&'a str),
        Short(u16),
        Number(u32),
        Epoch(u64),
        List(Vec<Data<'a>>),
        Map(Vec<(&'a str, Data<'a>)>),
    }

    impl Data<'_> {
        fn write(&self, out: &mut Vec<u8>) {
            match self {
                Data::Text(text) => {
                    match text.len() as u8 {
                        len @ 0..29 => out.push(2 << 5 | len),
                        len => out.extend([2 << 5 | 29, len - 29]),
                    }
                    out.extend(text.as_bytes());
                }
                Data::Short(number) => {
                    out.push(5 << 5 | 2);
                    out.extend(number.to_be_bytes());
                }
                Data::Number(number) => {
                    out.push(6 << 5 | 4);
                    out.extend(number.to_be_bytes());
                }
                Data::Epoch(number) => {
                    out.extend([8, 9 - 7]);
                    out.extend(number.to_be_bytes());
                }
                Data::List(items) => {
                    out.extend([items.len() as u8, 11 - 7]);
                    items.iter().for_each(|item| item.write(out));
                }
                Data::Map(members) => {
                    out.push(7 << 5 | members.len() as u8);
                    for (name, value) in members {
                        Data::Text(name).write(out);
                        value.write(out);
                    }
                }
            }
        }
    }

    /// A database of IPv4 that knows one block of 24 bits.
    fn database(block: [u8; 3], data: &Data<'_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        let bits: Vec<bool> = block.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).collect();
        let nodes = bits.len() as u32;
        for (number, bit) in (1..).zip(&bits) {
            // Behind the last node are sixteen bytes, then the data.
            let next = if number == nodes { nodes + 16 } else { number };
            let record = |number: u32| number.to_be_bytes()[1..].to_vec();
            let (left, right) = if *bit { (nodes, next) } else { (next, nodes) };
            bytes.extend([record(left), record(right)].concat());
        }
        bytes.extend([0; 16]);
        data.write(&mut bytes);
        bytes.extend(b"\xab\xcd\xefMaxMind.com");
        let metadata = Data::Map(vec![
            ("node_count", Data::Number(nodes)),
            ("record_size", Data::Short(24)),
            ("ip_version", Data::Short(4)),
            ("database_type", Data::Text("Test-ASN")),
            ("languages", Data::List(vec![Data::Text("en")])),
            ("binary_format_major_version", Data::Short(2)),
            ("binary_format_minor_version", Data::Short(0)),
            ("build_epoch", Data::Epoch(1_704_067_200)),
            ("description", Data::Map(vec![("en", Data::Text("for tests"))])),
        ]);
        metadata.write(&mut bytes);
        bytes
    }

    fn owner(data: &Data<'_>, address: &str) -> (OwnerFacts, Owner) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.mmdb");
        std::fs::write(&path, database([203, 0, 113], data)).unwrap();
        let database = OwnerDatabase::open(&path).unwrap();
        let found = database.of(&Address::parse(address.as_bytes()).unwrap());
        (database.facts, found)
    }

    #[test]
    fn what_the_databases_at_hand_say() {
        let maxmind = Data::Map(vec![
            (
                "country",
                Data::Map(vec![
                    ("iso_code", Data::Text("JP")),
                    ("names", Data::Map(vec![("en", Data::Text("Japan"))])),
                ]),
            ),
            ("autonomous_system_number", Data::Number(64500)),
            ("autonomous_system_organization", Data::Text("Example Net")),
        ]);
        let ipinfo = Data::Map(vec![
            ("country", Data::Text("Japan")),
            ("country_code", Data::Text("JP")),
            ("asn", Data::Text("AS64500")),
            ("as_name", Data::Text("Example Net")),
        ]);
        let expected = Owner {
            country: "JP".into(),
            country_name: "Japan".into(),
            network: "Example Net".into(),
            asn: Some(64500),
        };
        for data in [maxmind, ipinfo] {
            let (facts, found) = owner(&data, "203.0.113.66");
            assert_eq!(found, expected);
            assert_eq!((facts.kind.as_str(), facts.built_utc.as_str()), ("Test-ASN", "2024-01-01T00:00:00Z"));
            assert_eq!(owner(&data, "203.0.114.1").1, Owner::default());
            assert_eq!(owner(&data, "2001:db8::1").1, Owner::default(), "a database of IPv4 knows no IPv6");
        }
        assert_eq!(owner(&Data::Map(vec![("country", Data::Number(1))]), "203.0.113.1").1, Owner::default());
    }

    #[test]
    fn what_is_no_database_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.mmdb");
        std::fs::write(&path, "hello").unwrap();
        assert!(matches!(OwnerDatabase::open(&path), Err(OwnerError::NotADatabase { .. })));
        assert!(matches!(OwnerDatabase::open(&folder.path().join("none")), Err(OwnerError::Unreadable { .. })));
    }

    #[test]
    fn the_case_remembers_which_database_was_used() {
        let folder = tempfile::tempdir().unwrap();
        let case = folder.path().join("one.coldtrail");
        let info = crate::case::CaseInfo::default();
        CaseWriter::create(&case, &info, "2024-01-01T00:00:00Z").unwrap().close().unwrap();
        let (facts, _) = owner(&Data::Map(Vec::new()), "203.0.113.1");
        remember(&case, &facts).unwrap();
        let known = || remembered(&CaseReader::open(&case).unwrap()).unwrap();
        assert_eq!(known(), std::slice::from_ref(&facts));
        let newer = OwnerFacts { built_utc: "2025-01-01T00:00:00Z".into(), ..facts.clone() };
        remember(&case, &newer).unwrap();
        take_back(&case, &newer.kind, Some(&facts)).unwrap();
        assert_eq!(known(), std::slice::from_ref(&facts));
        take_back(&case, &facts.kind, None).unwrap();
        assert_eq!(known(), []);
    }
}
