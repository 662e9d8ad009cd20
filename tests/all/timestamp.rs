//! Trusted time: a request, an authority of the tests' own made with openssl's command line, good and broken answers, and
//! that `openssl ts -verify` says of each what the program says.

use crate::desk::{Desk, HEADER, flow_lines};
use crate::support::{coldtrail, run};
use std::path::Path;
use std::process::Command;

/// An authority: a root, one between, and the signer of time stamps.
struct Authority {
    desk: Desk,
}

const CONFIG: &str = "
[ req ]
distinguished_name = dn
prompt = no
[ dn ]
CN = unused
[ ca ]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[ no_ca ]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
[ tsa ]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[ not_critical ]
keyUsage = critical, digitalSignature
extendedKeyUsage = timeStamping
[ two_usages ]
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping, codeSigning
[ no_usage ]
keyUsage = critical, digitalSignature
[ other_usage ]
extendedKeyUsage = critical, codeSigning
[ key_usage ]
keyUsage = critical, keyEncipherment
extendedKeyUsage = critical, timeStamping
";

impl Authority {
    fn new() -> Self {
        let desk = Desk::new();
        desk.import(&[desk.file("a.log", format!("{HEADER}{}", flow_lines(0..5)))]);
        for name in ["report", "other"] {
            let out = desk.path(name);
            let language = if name == "report" { "en" } else { "ja" };
            let out = out.to_str().unwrap();
            desk.ok(&["report", desk.case(), "--out", out, "--no-verify", "--csv", "--lang", language]);
        }
        desk.file("x.cnf", CONFIG);
        let made = Self { desk };
        made.key("root", true);
        made.openssl("req -x509 -new -key root.key -out root.pem -subj /CN=Root -days 36500 -sha256 -config x.cnf -extensions ca");
        made.key("foreign", true);
        made.openssl("req -x509 -new -key foreign.key -out foreign.pem -subj /CN=Root -days 36500 -sha256 -config x.cnf -extensions ca");
        made.certificate("between", "root", "ca");
        made.certificate("tsa", "between", "tsa");
        made
    }

    fn folder(&self) -> &Path {
        self.desk.folder.path()
    }

    fn path(&self, name: &str) -> String {
        self.desk.path(name).to_str().unwrap().to_owned()
    }

    fn try_openssl(&self, line: &str) -> bool {
        let output = Command::new("openssl").args(line.split(' ')).current_dir(self.folder()).output().unwrap();
        output.status.success()
    }

    fn openssl(&self, line: &str) {
        let output = Command::new("openssl").args(line.split(' ')).current_dir(self.folder()).output().unwrap();
        assert!(output.status.success(), "openssl {line}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn key(&self, name: &str, is_curve: bool) {
        self.openssl(&match is_curve {
            true => format!("ecparam -name prime256v1 -genkey -noout -out {name}.key"),
            false => format!("genrsa -out {name}.key 2048"),
        });
    }

    /// A key and a certificate `NAME.pem` of these extensions.
    fn certificate(&self, name: &str, issuer: &str, extensions: &str) {
        self.key(name, name != "tsa");
        self.openssl(&format!("req -new -key {name}.key -out {name}.csr -subj /CN={name} -config x.cnf"));
        self.openssl(&format!(
            "x509 -req -in {name}.csr -CA {issuer}.pem -CAkey {issuer}.key -CAcreateserial -out {name}.pem -days 36500 \
             -sha256 -extfile x.cnf -extensions {extensions}"
        ));
    }

    fn request(&self) -> Vec<u8> {
        self.desk.ok(&["timestamp", "request", &self.path("report")]);
        std::fs::read(self.desk.path("report.tsq")).unwrap()
    }

    /// The content of a time stamp: version, imprint, nonce and time as they are given.
    fn info(&self, change: &dyn Fn(&mut Info)) -> Vec<u8> {
        let request = std::fs::read(self.desk.path("report.tsq")).unwrap();
        let mut info = Info::of_request(&request);
        change(&mut info);
        info.der()
    }

    /// An answer with a content, signed by `openssl cms`.
    fn answer(&self, name: &str, content: &[u8], signer: &str, more: &str) -> Vec<u8> {
        self.desk.file(&format!("{name}.tst"), content);
        let contents_type =
            if more.contains("-econtent_type") { "" } else { " -econtent_type 1.2.840.113549.1.9.16.1.4" };
        let cades = if more.contains("NO_CADES") { "" } else { " -cades" };
        let more = more.replace(" NO_CADES", "");
        self.openssl(&format!(
            "cms -sign -binary -nodetach -md sha256 -outform DER -in {name}.tst -out {name}.p7 -signer {signer}.pem -inkey \
             {signer}.key{contents_type}{cades}{more}"
        ));
        let token = std::fs::read(self.desk.path(&format!("{name}.p7"))).unwrap();
        sequence(0x30, &[vec![0x30, 3, 2, 1, 0], token])
    }

    /// What openssl says of an answer, and what the program says.
    fn verdicts(&self, name: &str, answer: &[u8], ca: &str, at: Option<u64>) -> (bool, bool, String) {
        self.desk.file("report.tsr", answer);
        let at = at.map(|at| format!(" -attime {at}")).unwrap_or_default();
        let line = format!("ts -verify -queryfile report.tsq -in report.tsr -CAfile {ca}{at}");
        let openssl = self.try_openssl(&line);
        let (report, ca) = (self.path("report"), self.path(ca));
        let output = coldtrail(self.folder())
            .args(["timestamp", "verify", &report, "--ca", &ca, "--format", "csv"])
            .output()
            .unwrap();
        let rows = String::from_utf8(output.stdout).unwrap();
        let code = output.status.code();
        assert!(matches!(code, Some(0 | 4)), "{name}: {code:?} {}", String::from_utf8_lossy(&output.stderr));
        (openssl, code == Some(0), rows)
    }
}

fn sequence(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    let content = parts.concat();
    let len = content.len();
    let mut bytes = vec![tag];
    match len {
        0..0x80 => bytes.push(len as u8),
        0x80..0x100 => bytes.extend([0x81, len as u8]),
        _ => bytes.extend([0x82, (len >> 8) as u8, len as u8]),
    }
    bytes.extend(content);
    bytes
}

/// What a time stamp says.
struct Info {
    version: u8,
    imprint: Vec<u8>,
    time: String,
    nonce: Option<Vec<u8>>,
}

impl Info {
    /// Of a request of ours: SEQUENCE { version, imprint SEQUENCE of 49 bytes, nonce INTEGER of 16 bytes, certReq }.
    fn of_request(request: &[u8]) -> Self {
        let imprint = request[5..5 + 51].to_vec();
        let nonce = request[56..56 + 18].to_vec();
        Self { version: 1, imprint, time: "20600101000000Z".to_owned(), nonce: Some(nonce) }
    }

    fn der(&self) -> Vec<u8> {
        let time = sequence(0x18, &[self.time.as_bytes().to_vec()]);
        let policy = vec![0x06, 0x04, 0x2a, 0x03, 0x04, 0x01];
        let nonce = self.nonce.clone().unwrap_or_default();
        sequence(0x30, &[vec![2, 1, self.version], policy, self.imprint.clone(), vec![2, 1, 9], time, nonce])
    }
}

/// 2060-01-01T00:00:00Z: within the certificates' hundred years, whenever the tests run.
const STAMPED: u64 = 2_840_140_800;

#[test]
fn openssl_agrees_on_good_and_on_broken_answers() {
    let authority = Authority::new();
    let request = authority.request();
    let told = authority.desk.fails(&["timestamp", "request", &authority.path("report")], 3);
    assert!(told.contains("already exists"), "{told}");
    for (name, issuer, extensions) in [
        ("a_not_critical", "between", "not_critical"),
        ("b_two_usages", "between", "two_usages"),
        ("c_no_usage", "between", "no_usage"),
        ("d_other_usage", "between", "other_usage"),
        ("e_key_usage", "between", "key_usage"),
        ("end", "root", "no_ca"),
        ("f_below_end", "end", "tsa"),
        ("p", "between", "tsa"),
    ] {
        authority.certificate(name, issuer, extensions);
    }
    let plain = authority.info(&|_| {});
    let between = " -certfile between.pem";
    let good = authority.answer("good", &plain, "tsa", between);
    let curve = authority.answer("curve", &plain, "p", between);
    let fraction = authority.info(&|info| info.time = "20600101000000.125Z".to_owned());
    let fraction = authority.answer("fraction", &fraction, "tsa", between);
    for (name, answer) in [("RSA", &good), ("ECDSA", &curve), ("fraction of a second", &fraction)] {
        let (openssl, ours, rows) = authority.verdicts(name, answer, "root.pem", Some(STAMPED));
        assert!(openssl && ours, "{name}: openssl {openssl}, ours {ours}\n{rows}");
    }
    let signed =
        |name: &str, change: &dyn Fn(&mut Info)| authority.answer(name, &authority.info(change), "tsa", between);
    let flipped = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    };
    let time_at = good.windows(15).position(|part| part == b"20600101000000Z").unwrap() + 3;
    let mut refused = good.clone();
    refused[8] = 2;
    let both = authority.answer("both", &plain, "tsa", " -certfile between.pem -signer p.pem -inkey p.key");
    let sha512 = |info: &mut Info| {
        let algorithm = sequence(0x30, &[vec![6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3], vec![5, 0]]);
        info.imprint = sequence(0x30, &[algorithm, sequence(4, &[vec![1; 64]])]);
    };
    let by = |signer: &str| authority.answer(signer, &plain, signer, between);
    let broken: Vec<(&str, Vec<u8>, &str, u64)> = vec![
        ("status", refused, "root.pem", STAMPED),
        ("imprint", signed("i", &|info| *info.imprint.last_mut().unwrap() ^= 1), "root.pem", STAMPED),
        ("imprint", signed("h", &sha512), "root.pem", STAMPED),
        ("nonce", signed("n", &|info| *info.nonce.as_mut().unwrap().last_mut().unwrap() ^= 1), "root.pem", STAMPED),
        ("nonce", signed("m", &|info| info.nonce = None), "root.pem", STAMPED),
        ("status", signed("v", &|info| info.version = 2), "root.pem", STAMPED),
        ("signature", flipped(good.len() - 1), "root.pem", STAMPED),
        ("signature", flipped(time_at), "root.pem", STAMPED),
        ("signature", both, "root.pem", STAMPED),
        ("signature", authority.answer("u", &plain, "tsa", " -certfile between.pem NO_CADES"), "root.pem", STAMPED),
        ("signature", authority.answer("w", &plain, "tsa", " -certfile between.pem -nocerts"), "root.pem", STAMPED),
        (
            "status",
            authority.answer("t", &plain, "tsa", " -certfile between.pem -econtent_type pkcs7-data"),
            "root.pem",
            STAMPED,
        ),
        ("usage", by("a_not_critical"), "root.pem", STAMPED),
        ("usage", by("b_two_usages"), "root.pem", STAMPED),
        ("usage", by("c_no_usage"), "root.pem", STAMPED),
        ("usage", by("d_other_usage"), "root.pem", STAMPED),
        ("usage", by("e_key_usage"), "root.pem", STAMPED),
        ("chain", authority.answer("x", &plain, "f_below_end", " -certfile end.pem"), "root.pem", STAMPED),
        ("chain", authority.answer("y", &plain, "tsa", ""), "root.pem", STAMPED),
        ("chain", good.clone(), "foreign.pem", STAMPED),
        ("time", signed("z", &|info| info.time = "19990101000000Z".to_owned()), "root.pem", 915_148_800),
        ("status", good[..good.len() - 10].to_vec(), "root.pem", STAMPED),
    ];
    assert!(broken.len() >= 12);
    for (number, (check, answer, ca, at)) in broken.iter().enumerate() {
        let (openssl, ours, rows) = authority.verdicts(check, answer, ca, Some(*at));
        assert!(!openssl && !ours, "{number} {check}: openssl {openssl}, ours {ours}\n{rows}");
        assert!(rows.contains(&format!("{check},FAILED")), "{number} {check}:\n{rows}");
    }
    assert_eq!(std::fs::read(authority.desk.path("report.tsq")).unwrap(), request);
}

#[test]
fn an_answer_of_openssl_itself_is_attached_and_the_report_stays_what_it_was() {
    let authority = Authority::new();
    authority.request();
    authority.desk.file("serial", "01\n");
    authority.desk.file(
        "ts.cnf",
        "[ tsa ]\ndefault_tsa = t\n[ t ]\nserial = serial\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\n\
         digests = sha256\nordering = yes\ntsa_name = yes\naccuracy = secs:1, millisecs:500\ness_cert_id_chain = no\n",
    );
    authority.openssl(
        "ts -reply -queryfile report.tsq -out good.tsr -config ts.cnf -signer tsa.pem -inkey tsa.key -chain between.pem",
    );
    let manifest = std::fs::read(authority.desk.path("report/SHA256SUMS")).unwrap();
    let (report, good, root) = (authority.path("report"), authority.path("good.tsr"), authority.path("root.pem"));
    let told = authority.desk.fails(&["timestamp", "verify", &report], 3);
    assert!(told.contains("report.tsr could not be read"), "{told}");
    // Without a certificate of the examiner's own the chain is not checked, and that is said.
    let rows = authority.desk.ok(&["timestamp", "attach", &report, &good, "--format", "csv"]);
    assert!(rows.contains("chain,unchecked"), "{rows}");
    assert!(authority.desk.fails(&["timestamp", "attach", &report, &good], 3).contains("already exists"));
    let rows = authority.desk.ok(&["timestamp", "verify", &report, "--ca", &root, "--format", "csv"]);
    assert!(rows.contains("chain,good,CN=tsa < CN=between < CN=Root"), "{rows}");
    assert_eq!(rows.lines().filter(|line| line.contains(",good")).count(), 7, "{rows}");
    assert!(authority.try_openssl("ts -verify -data report/SHA256SUMS -in report.tsr -CAfile root.pem"));
    assert_eq!(std::fs::read(authority.desk.path("report/SHA256SUMS")).unwrap(), manifest);
    // The same answer beside another report.
    let other = authority.path("other");
    authority.desk.file("other.tsq", std::fs::read(authority.desk.path("report.tsq")).unwrap());
    let output = run(authority.folder(), &["timestamp", "attach", &other, &good, "--ca", &root, "--format", "csv"], 4);
    assert!(String::from_utf8(output.stdout).unwrap().contains("imprint,FAILED"));
    assert!(!authority.desk.path("other.tsr").exists());
    let bad = authority.desk.file("bad.pem", "hello");
    let told = authority.desk.fails(&["timestamp", "verify", &report, "--ca", bad.to_str().unwrap()], 3);
    assert!(told.contains("no certificates"), "{told}");
}
