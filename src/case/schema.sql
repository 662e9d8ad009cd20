-- Coldtrail case file, schema version 8. Every time is UTC; flow times are seconds, other times ISO 8601 text or
-- milliseconds where the name says so. A record's id is evidence_id << 32 | position.

CREATE TABLE case_info (
  key TEXT PRIMARY KEY, -- title, reference, examiner, created_utc, tool_version
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE setting ( -- the case's own settings and remembered answers (count_duplicates, flow_format:<log id> ...)
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE journal ( -- append-only; hash = SHA-256 over the previous hash and this row's canonical JSON
  seq INTEGER PRIMARY KEY,
  at_utc TEXT NOT NULL,
  examiner TEXT NOT NULL,
  tool_version TEXT NOT NULL,
  action TEXT NOT NULL,
  parameters TEXT NOT NULL, -- JSON object
  counts TEXT NOT NULL, -- JSON object
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL
);

CREATE TABLE evidence (
  evidence_id INTEGER PRIMARY KEY,
  container_id INTEGER REFERENCES evidence(evidence_id) DEFERRABLE INITIALLY DEFERRED, -- the archive it came out of
  path TEXT NOT NULL, -- as imported; a member is ARCHIVE!/MEMBER
  format TEXT NOT NULL,
  record_format TEXT, -- the flow log format, where the file did not tell it
  packing TEXT NOT NULL, -- gzip, zstd ...; empty for plain
  encoding TEXT NOT NULL,
  file_bytes INTEGER NOT NULL,
  content_bytes INTEGER NOT NULL,
  file_sha256 TEXT NOT NULL,
  content_sha256 TEXT NOT NULL,
  modified_utc TEXT, -- the file's own time stamp
  imported_utc TEXT NOT NULL,
  raw_kept INTEGER NOT NULL, -- 1: the original is in raw_block
  record_count INTEGER NOT NULL, -- flow records, or events met here first
  duplicate_count INTEGER NOT NULL,
  warning_count INTEGER NOT NULL, -- elements that could not be read
  flow_count INTEGER NOT NULL, -- flow rows, duplicates included
  event_count INTEGER NOT NULL, -- event rows, duplicates included
  aggregated_count INTEGER NOT NULL, -- of these, five-minute summaries met here first; they are no events
  first_millis INTEGER, -- the earliest and latest time of its records, milliseconds
  last_millis INTEGER,
  path_account TEXT, path_organisation TEXT, path_region TEXT, path_date TEXT, path_log_id TEXT, path_service TEXT
);
CREATE INDEX evidence_by_hash ON evidence(file_sha256);
CREATE INDEX evidence_by_size ON evidence(file_bytes);
CREATE INDEX evidence_by_time ON evidence(last_millis, first_millis) WHERE flow_count > 0;

CREATE TABLE import_warning (
  warning_id INTEGER PRIMARY KEY,
  evidence_id INTEGER NOT NULL REFERENCES evidence(evidence_id) DEFERRABLE INITIALLY DEFERRED,
  scope TEXT NOT NULL, -- element, file
  position INTEGER NOT NULL,
  byte_offset INTEGER NOT NULL,
  byte_length INTEGER NOT NULL,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  raw BLOB NOT NULL
);
CREATE INDEX import_warning_by_evidence ON import_warning(evidence_id);

CREATE TABLE received ( -- what was offered to an import and is no evidence of its own
  received_id INTEGER PRIMARY KEY,
  state TEXT NOT NULL, -- copy, unreadable, refused, skipped, special, link ...
  path TEXT NOT NULL,
  at_utc TEXT NOT NULL,
  file_bytes INTEGER,
  file_sha256 TEXT,
  evidence_id INTEGER, -- for a copy: the evidence that holds the same bytes
  reason TEXT NOT NULL
);

CREATE TABLE import_queue ( -- what an import still has to read; empty when none was interrupted
  queue_id INTEGER PRIMARY KEY,
  path TEXT NOT NULL,
  options TEXT NOT NULL -- JSON object
);
CREATE INDEX import_queue_by_path ON import_queue(path);

CREATE TABLE raw_block ( -- the original file in order, in pieces
  evidence_id INTEGER NOT NULL,
  first_byte INTEGER NOT NULL, -- of the original file
  encoding TEXT NOT NULL, -- stored: the bytes; zstd: compressed by us
  byte_count INTEGER NOT NULL, -- of the original
  data BLOB NOT NULL,
  PRIMARY KEY (evidence_id, first_byte)
) WITHOUT ROWID;

CREATE TABLE seek_point ( -- where reading a compressed original can start
  evidence_id INTEGER NOT NULL,
  content_byte INTEGER NOT NULL, -- of the uncompressed content
  file_bit INTEGER NOT NULL, -- of the original file
  window BLOB NOT NULL, -- the 32 KiB before it, zstd
  PRIMARY KEY (evidence_id, content_byte)
) WITHOUT ROWID;

CREATE TABLE address (
  address_id INTEGER PRIMARY KEY,
  address TEXT NOT NULL,
  key BLOB NOT NULL -- 16 bytes, IPv4 as IPv4-mapped; orders and compares
);
CREATE INDEX address_by_key ON address(key);

CREATE TABLE pair (
  pair_id INTEGER PRIMARY KEY,
  source_id INTEGER, -- NULL where the record had none
  destination_id INTEGER
);

-- interface and disposition: their columns come from the table of fields.
{interface}
{disposition}

CREATE TABLE extra (
  extra_id INTEGER PRIMARY KEY,
  json TEXT NOT NULL
);

CREATE TABLE flow (
  id INTEGER PRIMARY KEY,
  pair_id INTEGER,
  packet_pair_id INTEGER,
  interface_id INTEGER, -- of table interface (not AWS's interface-id)
  disposition_id INTEGER,
  srcport INTEGER,
  dstport INTEGER,
  packets INTEGER,
  bytes INTEGER,
  start INTEGER, -- seconds
  duration INTEGER, -- end - start; NULL where either is absent
  extra_id INTEGER
);
-- A record with an end and no start keeps its end (seconds) as extra key "end".

CREATE TABLE flow_chunk ( -- per run of up to 4096 flow rows: where each stands in the content, and the span of start
  first_id INTEGER PRIMARY KEY,
  last_id INTEGER NOT NULL,
  row_count INTEGER NOT NULL,
  min_start INTEGER,
  max_start INTEGER,
  places BLOB NOT NULL -- zstd of three columns of varints: position step, gap before the record, length
);

CREATE TABLE flow_duplicate ( -- a record that an earlier evidence file already holds
  id INTEGER PRIMARY KEY,
  original_id INTEGER NOT NULL
);

-- call: the tuple of what was called, by which kind of identity and with which client; caller: of who called, with which
-- session and from where. Their columns come from the table of fields. event_row: one row per occurrence of a CloudTrail
-- event, with what distinguishes it, and the numbers of the rows that hold the rest: view event shows all of it. An
-- eventID or requestID is 16 bytes where it is a UUID in lower case. event_time is kept where time_millis does not say
-- it. user_identity is a member only where it tells more than its own columns do.
{call}
{caller}

CREATE TABLE message (
  message_id INTEGER PRIMARY KEY,
  error_message TEXT NOT NULL
);

CREATE TABLE member_text ( -- members of events that are JSON, as the file wrote them; view member shows them whole
  member_id INTEGER PRIMARY KEY,
  base_id INTEGER, -- the member with which it shares its begin and its end; NULL where json is all of it
  head INTEGER, -- characters that it begins with as the other does
  tail INTEGER, -- characters that it ends with as the other does
  json TEXT NOT NULL -- what is between them
);

CREATE VIEW member AS SELECT t.member_id, CASE WHEN t.base_id IS NULL THEN t.json
  ELSE substr(b.json, 1, t.head) || t.json || substr(b.json, length(b.json) - t.tail + 1) END AS json
FROM member_text t LEFT JOIN member_text b ON b.member_id = t.base_id;

-- What is made of an event's fields, as one tuple: user and session name, client, result of a sign-in, and lists as JSON.
-- Element n of resource_type is the type of element n of resource_name, which is a member of its own; null where the event
-- does not say. Rows are made from the event's JSON and can be made again.
{derived}

{event_row}

CREATE TABLE event_json ( -- the events' own JSON
  first_id INTEGER PRIMARY KEY,
  last_id INTEGER NOT NULL,
  data BLOB NOT NULL -- varints: count; position step and length of each; 1; bytes of all texts; then zstd of the texts
);

CREATE TABLE event_choice ( -- only for events met more than once
  event_key INTEGER PRIMARY KEY, -- event.event_key
  best_id INTEGER NOT NULL, -- the occurrence that tells most
  occurrence_count INTEGER NOT NULL
);

CREATE TABLE event_conflict ( -- occurrences of one eventID whose contents contradict each other
  id INTEGER PRIMARY KEY, -- event.id of the occurrence
  other_id INTEGER NOT NULL, -- the event.id that it contradicts
  fields TEXT NOT NULL -- JSON array: the names of the fields that differ
);

CREATE TABLE digest (
  evidence_id INTEGER PRIMARY KEY,
  json TEXT NOT NULL
);

CREATE TABLE digest_log_file (
  evidence_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  s3_bucket TEXT, s3_object TEXT, hash_value TEXT, hash_algorithm TEXT,
  PRIMARY KEY (evidence_id, position)
) WITHOUT ROWID;
