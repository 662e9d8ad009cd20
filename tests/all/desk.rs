//! A scratch folder with a case in it, and the program's answers in a form that tests can compare.

use crate::support::{coldtrail, repository, run};
use coldtrail::case::CaseReader;
use rusqlite::{Connection, OpenFlags};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::OnceLock;

/// A folder of its own, and the path of a case in it.
pub(crate) struct Desk {
    pub folder: tempfile::TempDir,
    pub case: PathBuf,
}

/// A line of `coldtrail import --json`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub(crate) struct Imported {
    pub path: String,
    pub format: String,
    pub records: u64,
    pub duplicates: u64,
    pub warnings: u64,
    pub sha256: String,
    pub evidence: u32,
    pub notes: u64,
    pub status: String,
}

impl Imported {
    /// What the file holds.
    pub(crate) fn sum(&self) -> u64 {
        self.records + self.duplicates + self.warnings
    }

    /// records, duplicates, warnings
    pub(crate) fn counts(&self) -> (u64, u64, u64) {
        (self.records, self.duplicates, self.warnings)
    }
}

impl Desk {
    /// With an empty case.
    pub(crate) fn new() -> Self {
        let desk = Self::without_case();
        desk.ok(&["new", desk.case(), "--examiner", "A. Mori", "--title", "test"]);
        desk
    }

    pub(crate) fn without_case() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let case = folder.path().join("one.coldtrail");
        Self { folder, case }
    }

    pub(crate) fn case(&self) -> &str {
        self.case.to_str().unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file below the folder.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Runs a subcommand that ends with exit code 0; what it printed.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        String::from_utf8(run(self.folder.path(), arguments, 0).stdout).unwrap()
    }

    /// Runs a subcommand that ends with this exit code; its messages.
    pub(crate) fn fails(&self, arguments: &[&str], code: i32) -> String {
        String::from_utf8(run(self.folder.path(), arguments, code).stderr).unwrap()
    }

    /// `coldtrail import CASE ... --json`, whatever its exit code.
    pub(crate) fn import_output(&self, arguments: &[impl AsRef<OsStr>]) -> Output {
        coldtrail(self.folder.path()).arg("import").arg(&self.case).args(arguments).arg("--json").output().unwrap()
    }

    /// The rows of an import that ends with 0 or 1.
    pub(crate) fn import(&self, arguments: &[impl AsRef<OsStr>]) -> Vec<Imported> {
        let output = self.import_output(arguments);
        let messages = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{:?}: {messages}", output.status.code());
        rows_of(&output)
    }

    /// Number of records that a listing counts.
    pub(crate) fn count(&self, view: &str, more: &[&str]) -> u64 {
        let arguments: Vec<&str> = [view, self.case(), "--count"].into_iter().chain(more.iter().copied()).collect();
        self.ok(&arguments).trim().parse().unwrap()
    }

    pub(crate) fn reader(&self) -> CaseReader {
        CaseReader::open(&self.case).unwrap()
    }

    /// The case as any program that knows SQLite sees it.
    pub(crate) fn sqlite(&self) -> Connection {
        plain(&self.case)
    }

    pub(crate) fn number(&self, sql: &str) -> i64 {
        self.sqlite().query_row(sql, [], |r| r.get(0)).unwrap_or_else(|e| panic!("{sql}: {e}"))
    }

    /// Names of the files beside the case that begin with its name.
    pub(crate) fn beside(&self) -> Vec<String> {
        let name = self.case.file_name().unwrap().to_str().unwrap();
        let entries = std::fs::read_dir(self.case.parent().unwrap()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|other| other.starts_with(name)).collect();
        names.sort();
        names
    }
}

/// A case that several tests begin with: made once, and each has a copy of its own.
pub(crate) struct Template(OnceLock<Vec<u8>>);

impl Template {
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// A folder with a copy of the case and nothing else; the first call makes it.
    pub(crate) fn desk(&self, make: impl FnOnce() -> Desk) -> Desk {
        let bytes = self.0.get_or_init(|| {
            let made = make();
            assert_eq!(made.beside(), ["one.coldtrail"], "a case that nothing has open is one file");
            std::fs::read(&made.case).unwrap()
        });
        let desk = Desk::without_case();
        std::fs::write(&desk.case, bytes).unwrap();
        desk
    }
}

/// The sample logs in a case.
pub(crate) fn sample_logs() -> Desk {
    static CASE: Template = Template::new();
    CASE.desk(|| {
        let desk = Desk::new();
        desk.import(&[repository().join("sample-logs/evidence")]);
        desk
    })
}

/// Read-only, with nothing of ours added.
pub(crate) fn plain(case: &Path) -> Connection {
    Connection::open_with_flags(case, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

pub(crate) fn rows_of(output: &Output) -> Vec<Imported> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"))).collect()
}

/// Compressed as AWS delivers.
pub(crate) fn gz(bytes: &[u8]) -> Vec<u8> {
    gz_at(bytes, 1)
}

/// Compressed with a level from 0 (not at all) to 9.
pub(crate) fn gz_at(bytes: &[u8], level: u32) -> Vec<u8> {
    use std::io::Write;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(level));
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// The default format's header.
pub(crate) const HEADER: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start \
                          end action log-status\n";

/// Lines of the default format, each different: number `n` starts `n` seconds after 2021-05-16T00:00:00Z.
pub(crate) fn flow_lines(numbers: std::ops::Range<u64>) -> String {
    let line = |n: u64| {
        let start = 1_621_123_200 + n;
        let host = format!("10.{}.{}.{}", n / 65_536 % 256, n / 256 % 256, n % 256);
        format!(
            "2 123456789010 eni-0a1b2c3d4e5f{:05} {host} 203.0.113.{} {} 443 6 {} {} {start} {} ACCEPT OK\n",
            n % 7,
            n % 250,
            1024 + n % 60_000,
            n % 100,
            n * 7 % 1_000_000,
            start + 59
        )
    };
    numbers.map(line).collect()
}

/// A CloudTrail event as S3 delivers it.
pub(crate) fn event(id: &str, name: &str, time: &str) -> serde_json::Value {
    serde_json::json!({
        "eventVersion": "1.08", "eventTime": time, "eventSource": "ec2.amazonaws.com", "eventName": name,
        "awsRegion": "us-east-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.0",
        "userIdentity": {
            "type": "IAMUser", "principalId": "AIDAEXAMPLE", "arn": "arn:aws:iam::111122223333:user/Alice",
            "accountId": "111122223333", "accessKeyId": "AKIAEXAMPLE", "userName": "Alice"
        },
        "requestParameters": {"instancesSet": {"items": [{"instanceId": "i-0123456789abcdef0"}]}},
        "responseElements": null, "requestID": "req-1", "eventID": id, "readOnly": false, "eventType": "AwsApiCall",
        "managementEvent": true, "recipientAccountId": "111122223333", "eventCategory": "Management"
    })
}

/// What two cases tell differently: rows of every table that only one of them has. Times of import, the journal (which
/// tells of how it came about) and the list of what is to be read are left out.
pub(crate) fn differences(one: &Path, other: &Path) -> Vec<String> {
    let conn = Connection::open_in_memory().unwrap();
    for (path, name) in [(one, "one"), (other, "other")] {
        conn.execute(&format!("ATTACH ? AS {name}"), [path.to_str().unwrap()]).unwrap();
    }
    let list = |sql: &str| -> Vec<String> {
        let mut statement = conn.prepare(sql).unwrap();
        statement.query_map([], |r| r.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let tables =
        list("SELECT name FROM one.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1");
    assert!(tables.len() > 15, "{tables:?}");
    let mut found = Vec::new();
    for table in tables.iter().filter(|table| !["journal", "import_queue"].contains(&table.as_str())) {
        let columns = list(&format!("SELECT name FROM pragma_table_info('{table}', 'one')"));
        let columns: Vec<String> = columns
            .iter()
            .filter(|column| !["imported_utc", "modified_utc", "revision"].contains(&column.as_str()))
            .map(|column| format!("\"{column}\""))
            .collect();
        let columns = columns.join(", ");
        let condition = if table == "case_info" { "WHERE key <> 'created_utc'" } else { "" };
        for (here, there) in [("one", "other"), ("other", "one")] {
            let sql = format!(
                "SELECT count(*) FROM (SELECT {columns} FROM {here}.{table} {condition}
                 EXCEPT SELECT {columns} FROM {there}.{table} {condition})"
            );
            let count: i64 = conn.query_row(&sql, [], |r| r.get(0)).unwrap();
            if count > 0 {
                found.push(format!("{table}: {count} rows only in {here}"));
            }
        }
    }
    found
}
