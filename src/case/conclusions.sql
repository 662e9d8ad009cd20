-- What examiners conclude: tags, notes, findings, exhibits. Nothing is deleted: what is taken back is marked, by whom and
-- when. Every change stands in the journal, with what was there before.
CREATE TABLE tag ( -- a word on a record, a pair, an address or a principal
  tag_id INTEGER PRIMARY KEY,
  subject TEXT NOT NULL, -- record, pair, address, principal
  key TEXT NOT NULL, -- 3:1024; 10.0.0.1 > 10.0.0.2; an address; a principal
  record_id INTEGER, -- of a record: its id; of an event that of its first occurrence
  name TEXT NOT NULL,
  created_utc TEXT NOT NULL,
  created_by TEXT NOT NULL,
  removed_utc TEXT,
  removed_by TEXT
);
CREATE INDEX tag_by_record ON tag(record_id) WHERE record_id IS NOT NULL;
CREATE INDEX tag_by_key ON tag(subject, key);

CREATE TABLE note (
  note_id INTEGER PRIMARY KEY,
  subject TEXT NOT NULL,
  key TEXT NOT NULL,
  text TEXT NOT NULL,
  created_utc TEXT NOT NULL,
  created_by TEXT NOT NULL,
  changed_utc TEXT,
  changed_by TEXT,
  removed_utc TEXT,
  removed_by TEXT
);
CREATE INDEX note_by_key ON note(subject, key);

CREATE TABLE finding (
  finding_id INTEGER PRIMARY KEY,
  place INTEGER NOT NULL, -- from 1; 0 where it is taken back
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  status TEXT NOT NULL, -- open, confirmed, ruled_out
  confidence TEXT NOT NULL, -- unstated, low, medium, high
  technique TEXT NOT NULL, -- MITRE ATT&CK: T1078.004
  created_utc TEXT NOT NULL,
  created_by TEXT NOT NULL,
  changed_utc TEXT,
  changed_by TEXT,
  removed_utc TEXT,
  removed_by TEXT
);

CREATE TABLE finding_record ( -- the records that a finding cites
  finding_id INTEGER NOT NULL,
  record_id INTEGER NOT NULL,
  created_utc TEXT NOT NULL,
  created_by TEXT NOT NULL,
  removed_utc TEXT,
  removed_by TEXT
);
CREATE INDEX finding_record_by_finding ON finding_record(finding_id, record_id);

CREATE TABLE exhibit ( -- a question, and what its answer was when it was frozen
  exhibit_id INTEGER PRIMARY KEY,
  place INTEGER NOT NULL, -- its number in the report, from 1; 0 where it is taken back
  caption TEXT NOT NULL,
  note TEXT NOT NULL,
  finding_id INTEGER, -- the finding that it supports
  kind TEXT NOT NULL,
  query TEXT NOT NULL, -- JSON object
  zone TEXT NOT NULL, -- IANA name
  digest TEXT NOT NULL, -- SHA-256 over the lines of exhibit_content
  row_count INTEGER NOT NULL,
  facts TEXT NOT NULL, -- JSON object: evidence with hashes, what was left out, limits of the sources
  tool_version TEXT NOT NULL,
  created_utc TEXT NOT NULL,
  created_by TEXT NOT NULL,
  changed_utc TEXT,
  changed_by TEXT,
  removed_utc TEXT,
  removed_by TEXT
);

CREATE TABLE exhibit_content ( -- its rows in canonical form: JSON lines
  exhibit_id INTEGER NOT NULL,
  block INTEGER NOT NULL, -- from 0
  byte_count INTEGER NOT NULL, -- uncompressed
  data BLOB NOT NULL, -- zstd
  PRIMARY KEY (exhibit_id, block)
) WITHOUT ROWID;

CREATE TABLE report_setting (
  name TEXT PRIMARY KEY, -- title, reference, examiner, organisation, mark, summary
  value TEXT NOT NULL,
  changed_utc TEXT NOT NULL,
  changed_by TEXT NOT NULL
) WITHOUT ROWID;
