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
CREATE TABLE interface (
  interface_id INTEGER PRIMARY KEY,
  account_id TEXT,
  eni_id TEXT,
  vpc_id TEXT,
  subnet_id TEXT,
  instance_id TEXT,
  region TEXT,
  az_id TEXT,
  sublocation_type TEXT,
  sublocation_id TEXT,
  ecs_cluster_arn TEXT,
  ecs_cluster_name TEXT,
  ecs_container_instance_arn TEXT,
  ecs_container_instance_id TEXT,
  ecs_container_id TEXT,
  ecs_second_container_id TEXT,
  ecs_service_name TEXT,
  ecs_task_definition_arn TEXT,
  ecs_task_arn TEXT,
  ecs_task_id TEXT,
  resource_id TEXT,
  interface_type TEXT,
  instance_tag TEXT,
  instance_tag_2 TEXT,
  interface_tag TEXT,
  interface_tag_2 TEXT,
  asg_tag TEXT,
  asg_tag_2 TEXT,
  resource_type TEXT,
  tgw_id TEXT,
  tgw_attachment_id TEXT,
  tgw_src_vpc_account_id TEXT,
  tgw_dst_vpc_account_id TEXT,
  tgw_src_vpc_id TEXT,
  tgw_dst_vpc_id TEXT,
  tgw_src_subnet_id TEXT,
  tgw_dst_subnet_id TEXT,
  tgw_src_eni TEXT,
  tgw_dst_eni TEXT,
  tgw_src_az_id TEXT,
  tgw_dst_az_id TEXT,
  tgw_pair_attachment_id TEXT
);
CREATE TABLE disposition (
  disposition_id INTEGER PRIMARY KEY,
  version INTEGER,
  protocol INTEGER,
  action TEXT,
  log_status TEXT,
  tcp_flags INTEGER,
  type TEXT,
  pkt_src_aws_service TEXT,
  pkt_dst_aws_service TEXT,
  flow_direction TEXT,
  traffic_path INTEGER,
  reject_reason TEXT,
  encryption_status INTEGER,
  next_hop_interface_id TEXT,
  next_hop_subnet_id TEXT,
  next_hop_az_id TEXT,
  next_hop_vpc_id TEXT,
  next_hop_interface_type TEXT
);

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
CREATE TABLE call (
  call_id INTEGER PRIMARY KEY,
  event_version TEXT,
  event_source TEXT,
  event_name TEXT,
  aws_region TEXT,
  user_agent TEXT,
  error_code TEXT,
  user_identity_type TEXT,
  user_identity_account_id TEXT,
  user_identity_user_name TEXT,
  user_identity_invoked_by TEXT,
  session_issuer_type TEXT,
  session_issuer_principal_id TEXT,
  session_issuer_arn TEXT,
  session_issuer_account_id TEXT,
  session_issuer_user_name TEXT,
  session_mfa_authenticated INTEGER,
  api_version TEXT,
  read_only INTEGER,
  event_type TEXT,
  recipient_account_id TEXT,
  vpc_endpoint_id TEXT,
  vpc_endpoint_account_id TEXT,
  management_event INTEGER,
  event_category TEXT,
  session_credential_from_console INTEGER
);
CREATE TABLE caller (
  caller_id INTEGER PRIMARY KEY,
  source_ip_key BLOB, -- 16 bytes where source_ip_address is an address
  source_ip_address TEXT,
  user_identity_principal_id TEXT,
  user_identity_arn TEXT,
  user_identity_access_key_id TEXT,
  session_creation_date TEXT
);

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
CREATE TABLE derived (
  derived_id INTEGER PRIMARY KEY,
  event_user_name TEXT,
  session_name TEXT,
  user_agent_short TEXT,
  login_result TEXT,
  mfa TEXT,
  resource_type TEXT,
  policy_grants TEXT,
  foreign_account TEXT
);

CREATE TABLE event_row (
  id INTEGER PRIMARY KEY,
  event_key INTEGER NOT NULL, -- the id of the first occurrence of this eventID
  call_id INTEGER NOT NULL,
  caller_id INTEGER NOT NULL,
  byte_offset INTEGER NOT NULL, -- in the uncompressed content
  byte_length INTEGER NOT NULL,
  completeness INTEGER NOT NULL, -- 4 full JSON, 3 query CSV, 2 and 1 console CSV
  time_millis INTEGER, -- event_time, milliseconds
  event_id TEXT,
  event_uuid BLOB,
  event_time TEXT,
  message_id INTEGER,
  request_id TEXT,
  request_uuid BLOB,
  shared_event_id TEXT,
  user_identity_id INTEGER,
  request_parameters_id INTEGER,
  response_elements_id INTEGER,
  additional_event_data_id INTEGER,
  resources_id INTEGER,
  service_event_details_id INTEGER,
  insight_details_id INTEGER,
  addendum_id INTEGER,
  edge_device_details_id INTEGER,
  tls_details_id INTEGER,
  event_context_id INTEGER,
  derived_id INTEGER,
  resource_name_id INTEGER
);

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

-- The column index is derived from tables flow, flow_duplicate, pair and event_row. It is no evidence and never the only
-- copy of anything; it is rebuilt from the rows whenever it does not match them, and may be taken out at any time.

CREATE TABLE column_index ( -- one row where there is an index: what its segments hold
  index_id INTEGER PRIMARY KEY,
  layout INTEGER NOT NULL, -- how segments are written
  revision INTEGER NOT NULL, -- counts up with every change
  segment_rows INTEGER NOT NULL, -- rows of a full segment
  flow_rows INTEGER NOT NULL,
  flow_last_id INTEGER NOT NULL, -- 0 where there are no rows
  duplicate_rows INTEGER NOT NULL, -- of flow_rows, those listed in flow_duplicate
  pair_rows INTEGER NOT NULL,
  pair_last_id INTEGER NOT NULL,
  event_layout INTEGER, -- how segments of events are written; NULL where there are none
  event_rows INTEGER,
  event_last_id INTEGER
);

CREATE TABLE column_segment ( -- a column of a run of rows
  segment_id INTEGER PRIMARY KEY, -- table (0 flow, 1 pair, 2 event) << 40 | segment << 8 | column
  row_count INTEGER NOT NULL,
  null_count INTEGER NOT NULL,
  min_value INTEGER NOT NULL,
  max_value INTEGER NOT NULL,
  data_checksum INTEGER NOT NULL, -- CRC-32 of the data
  head_checksum INTEGER NOT NULL, -- CRC-32 of all numbers above
  data BLOB NOT NULL -- presence bits where some rows have no value, then value - min_value in as many bits as the largest needs
);

CREATE TABLE saved_filter ( -- filters that an examiner keeps by name
  dataset TEXT NOT NULL, -- flows, events
  name TEXT NOT NULL,
  text TEXT NOT NULL, -- in the filter language, as it was typed
  note TEXT NOT NULL,
  saved_utc TEXT NOT NULL,
  examiner TEXT NOT NULL,
  PRIMARY KEY (dataset, name)
) WITHOUT ROWID;

-- Indicators and labels. Nothing is ever deleted: what was taken out stays for the report and can be brought back.
-- Times of validity are milliseconds since 1970, from inside and to outside; NULL is open.

CREATE TABLE indicator_list (
  list_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  purpose TEXT NOT NULL, -- known_bad, well_known, own
  source TEXT NOT NULL, -- the file's path as it was given; empty for what was typed
  format TEXT NOT NULL, -- csv, text, stix, misp, warning_list, openioc, typed
  sha256 TEXT NOT NULL, -- of the file; of the values, a line each, for what was typed
  list_date TEXT NOT NULL, -- as the list says it
  licence TEXT NOT NULL,
  added_utc TEXT NOT NULL,
  examiner TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  removed_utc TEXT -- NULL while the list is in use
);

CREATE TABLE indicator_entry (
  entry_id INTEGER PRIMARY KEY,
  list_id INTEGER NOT NULL REFERENCES indicator_list(list_id),
  position INTEGER NOT NULL, -- line, row or element of the list, from 1
  kind TEXT NOT NULL, -- address, range, domain, url, access_key, arn, principal, account, user_agent ...
  value TEXT NOT NULL, -- as it is compared
  written TEXT, -- as it stands in the list, where that differs
  first_key BLOB, -- 16 bytes as in table address; of the host for a URL
  last_key BLOB, -- the end of a range; NULL for one address
  port INTEGER,
  name TEXT, comment TEXT, severity TEXT,
  tags TEXT, -- JSON list
  valid_from INTEGER, valid_to INTEGER,
  enabled INTEGER NOT NULL,
  removed_utc TEXT
);
CREATE INDEX indicator_entry_by_list ON indicator_entry(list_id, position);

CREATE TABLE indicator_part ( -- entries that a record has to meet together
  entry_id INTEGER PRIMARY KEY REFERENCES indicator_entry(entry_id),
  pattern INTEGER NOT NULL, -- number of the pattern in its list
  part INTEGER NOT NULL -- number in the pattern; entries of the same part are alternatives
);

CREATE TABLE indicator_issue ( -- what of a list could not be used
  list_id INTEGER NOT NULL REFERENCES indicator_list(list_id),
  position INTEGER NOT NULL,
  reason TEXT NOT NULL, -- not_recognised, unsupported, withdrawn, repeated, malformed
  detail TEXT NOT NULL,
  raw TEXT NOT NULL
);
CREATE INDEX indicator_issue_by_list ON indicator_issue(list_id, position);

CREATE TABLE label ( -- names that examiners give
  label_id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL, -- address, range, interface, principal, arn, access_key, account
  value TEXT NOT NULL,
  first_key BLOB, last_key BLOB,
  name TEXT NOT NULL,
  note TEXT NOT NULL,
  added_utc TEXT NOT NULL,
  examiner TEXT NOT NULL,
  removed_utc TEXT
);

CREATE VIEW indicator AS SELECT
  e.entry_id, l.name AS list, l.purpose, e.position, e.kind, e.value, ifnull(e.written, e.value) AS written, e.port,
  e.name, e.comment, e.severity, e.tags,
  strftime('%Y-%m-%dT%H:%M:%SZ', e.valid_from / 1000, 'unixepoch') AS valid_from,
  strftime('%Y-%m-%dT%H:%M:%SZ', e.valid_to / 1000, 'unixepoch') AS valid_to,
  e.enabled AND l.enabled AND e.removed_utc IS NULL AND l.removed_utc IS NULL AS looked_for,
  l.source, l.sha256 AS list_sha256
FROM indicator_entry e JOIN indicator_list l ON l.list_id = e.list_id;

CREATE TABLE supplement ( -- files that examiners add and that are no evidence
  supplement_id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL, -- sigma, inventory
  path TEXT NOT NULL,
  sha256 TEXT NOT NULL, -- of content
  captured_utc TEXT, -- the time at which what an inventory lists was so
  content BLOB NOT NULL,
  added_utc TEXT NOT NULL,
  examiner TEXT NOT NULL,
  removed_utc TEXT
);

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

CREATE VIEW flow_record AS SELECT
  f.id >> 32 AS evidence,
  f.id & 4294967295 AS position,
  d.original_id IS NOT NULL AS duplicate,
  o.version AS "version",
  i.account_id AS "account_id",
  i.eni_id AS "interface_id",
  s.address AS "srcaddr",
  t.address AS "dstaddr",
  f.srcport AS "srcport",
  f.dstport AS "dstport",
  o.protocol AS "protocol",
  f.packets AS "packets",
  f.bytes AS "bytes",
  f.start AS "start",
  ifnull(f.start + f.duration, x.json ->> '$.end') AS "end",
  o.action AS "action",
  o.log_status AS "log_status",
  i.vpc_id AS "vpc_id",
  i.subnet_id AS "subnet_id",
  i.instance_id AS "instance_id",
  o.tcp_flags AS "tcp_flags",
  o.type AS "type",
  ps.address AS "pkt_srcaddr",
  pt.address AS "pkt_dstaddr",
  i.region AS "region",
  i.az_id AS "az_id",
  i.sublocation_type AS "sublocation_type",
  i.sublocation_id AS "sublocation_id",
  o.pkt_src_aws_service AS "pkt_src_aws_service",
  o.pkt_dst_aws_service AS "pkt_dst_aws_service",
  o.flow_direction AS "flow_direction",
  o.traffic_path AS "traffic_path",
  i.ecs_cluster_arn AS "ecs_cluster_arn",
  i.ecs_cluster_name AS "ecs_cluster_name",
  i.ecs_container_instance_arn AS "ecs_container_instance_arn",
  i.ecs_container_instance_id AS "ecs_container_instance_id",
  i.ecs_container_id AS "ecs_container_id",
  i.ecs_second_container_id AS "ecs_second_container_id",
  i.ecs_service_name AS "ecs_service_name",
  i.ecs_task_definition_arn AS "ecs_task_definition_arn",
  i.ecs_task_arn AS "ecs_task_arn",
  i.ecs_task_id AS "ecs_task_id",
  o.reject_reason AS "reject_reason",
  i.resource_id AS "resource_id",
  o.encryption_status AS "encryption_status",
  i.interface_type AS "interface_type",
  o.next_hop_interface_id AS "next_hop_interface_id",
  o.next_hop_subnet_id AS "next_hop_subnet_id",
  o.next_hop_az_id AS "next_hop_az_id",
  o.next_hop_vpc_id AS "next_hop_vpc_id",
  o.next_hop_interface_type AS "next_hop_interface_type",
  i.instance_tag AS "instance_tag",
  i.instance_tag_2 AS "instance_tag_2",
  i.interface_tag AS "interface_tag",
  i.interface_tag_2 AS "interface_tag_2",
  i.asg_tag AS "asg_tag",
  i.asg_tag_2 AS "asg_tag_2",
  i.resource_type AS "resource_type",
  i.tgw_id AS "tgw_id",
  i.tgw_attachment_id AS "tgw_attachment_id",
  i.tgw_src_vpc_account_id AS "tgw_src_vpc_account_id",
  i.tgw_dst_vpc_account_id AS "tgw_dst_vpc_account_id",
  i.tgw_src_vpc_id AS "tgw_src_vpc_id",
  i.tgw_dst_vpc_id AS "tgw_dst_vpc_id",
  i.tgw_src_subnet_id AS "tgw_src_subnet_id",
  i.tgw_dst_subnet_id AS "tgw_dst_subnet_id",
  i.tgw_src_eni AS "tgw_src_eni",
  i.tgw_dst_eni AS "tgw_dst_eni",
  i.tgw_src_az_id AS "tgw_src_az_id",
  i.tgw_dst_az_id AS "tgw_dst_az_id",
  i.tgw_pair_attachment_id AS "tgw_pair_attachment_id",
  x.json ->> '$.packets_lost_no_route' AS "packets_lost_no_route",
  x.json ->> '$.packets_lost_blackhole' AS "packets_lost_blackhole",
  x.json ->> '$.packets_lost_mtu_exceeded' AS "packets_lost_mtu_exceeded",
  x.json ->> '$.packets_lost_ttl_expired' AS "packets_lost_ttl_expired",
  x.json AS extra
FROM flow f
LEFT JOIN pair p ON p.pair_id = f.pair_id
LEFT JOIN address s ON s.address_id = p.source_id
LEFT JOIN address t ON t.address_id = p.destination_id
LEFT JOIN pair q ON q.pair_id = f.packet_pair_id
LEFT JOIN address ps ON ps.address_id = q.source_id
LEFT JOIN address pt ON pt.address_id = q.destination_id
LEFT JOIN interface i ON i.interface_id = f.interface_id
LEFT JOIN disposition o ON o.disposition_id = f.disposition_id
LEFT JOIN extra x ON x.extra_id = f.extra_id
LEFT JOIN flow_duplicate d ON d.id = f.id;
CREATE VIEW event AS SELECT
  r.id,
  r.event_key,
  r.call_id,
  r.caller_id,
  r.byte_offset,
  r.byte_length,
  r.completeness,
  r.time_millis,
  (SELECT m.source_ip_key FROM caller m WHERE m.caller_id = r.caller_id) AS source_ip_key,
  r.event_uuid,
  CASE WHEN r.event_uuid IS NULL THEN r.event_id ELSE lower(hex(substr(r.event_uuid, 1, 4)) || '-' || hex(substr(r.event_uuid, 5, 2)) || '-' || hex(substr(r.event_uuid, 7, 2)) || '-' || hex(substr(r.event_uuid, 9, 2)) || '-' || hex(substr(r.event_uuid, 11, 6))) END AS event_id,
  r.event_time,
  (SELECT m.source_ip_address FROM caller m WHERE m.caller_id = r.caller_id) AS source_ip_address,
  r.message_id,
  (SELECT m.error_message FROM message m WHERE m.message_id = r.message_id) AS error_message,
  (SELECT m.user_identity_principal_id FROM caller m WHERE m.caller_id = r.caller_id) AS user_identity_principal_id,
  (SELECT m.user_identity_arn FROM caller m WHERE m.caller_id = r.caller_id) AS user_identity_arn,
  (SELECT m.user_identity_access_key_id FROM caller m WHERE m.caller_id = r.caller_id) AS user_identity_access_key_id,
  (SELECT m.session_creation_date FROM caller m WHERE m.caller_id = r.caller_id) AS session_creation_date,
  r.request_uuid,
  CASE WHEN r.request_uuid IS NULL THEN r.request_id ELSE lower(hex(substr(r.request_uuid, 1, 4)) || '-' || hex(substr(r.request_uuid, 5, 2)) || '-' || hex(substr(r.request_uuid, 7, 2)) || '-' || hex(substr(r.request_uuid, 9, 2)) || '-' || hex(substr(r.request_uuid, 11, 6))) END AS request_id,
  r.shared_event_id,
  r.user_identity_id,
  (SELECT m.json FROM member m WHERE m.member_id = r.user_identity_id) AS user_identity,
  r.request_parameters_id,
  (SELECT m.json FROM member m WHERE m.member_id = r.request_parameters_id) AS request_parameters,
  r.response_elements_id,
  (SELECT m.json FROM member m WHERE m.member_id = r.response_elements_id) AS response_elements,
  r.additional_event_data_id,
  (SELECT m.json FROM member m WHERE m.member_id = r.additional_event_data_id) AS additional_event_data,
  r.resources_id,
  (SELECT m.json FROM member m WHERE m.member_id = r.resources_id) AS resources,
  r.service_event_details_id,
  (SELECT m.json FROM member m WHERE m.member_id = r.service_event_details_id) AS service_event_details,
  r.insight_details_id,
  (SELECT m.json FROM member m WHERE m.member_id = r.insight_details_id) AS insight_details,
  r.addendum_id,
  (SELECT m.json FROM member m WHERE m.member_id = r.addendum_id) AS addendum,
  r.edge_device_details_id,
  (SELECT m.json FROM member m WHERE m.member_id = r.edge_device_details_id) AS edge_device_details,
  r.tls_details_id,
  (SELECT m.json FROM member m WHERE m.member_id = r.tls_details_id) AS tls_details,
  r.event_context_id,
  (SELECT m.json FROM member m WHERE m.member_id = r.event_context_id) AS event_context,
  r.derived_id,
  (SELECT m.event_user_name FROM derived m WHERE m.derived_id = r.derived_id) AS event_user_name,
  (SELECT m.session_name FROM derived m WHERE m.derived_id = r.derived_id) AS session_name,
  (SELECT m.user_agent_short FROM derived m WHERE m.derived_id = r.derived_id) AS user_agent_short,
  (SELECT m.login_result FROM derived m WHERE m.derived_id = r.derived_id) AS login_result,
  (SELECT m.mfa FROM derived m WHERE m.derived_id = r.derived_id) AS mfa,
  (SELECT m.resource_type FROM derived m WHERE m.derived_id = r.derived_id) AS resource_type,
  r.resource_name_id,
  (SELECT m.json FROM member m WHERE m.member_id = r.resource_name_id) AS resource_name,
  (SELECT m.policy_grants FROM derived m WHERE m.derived_id = r.derived_id) AS policy_grants,
  (SELECT m.foreign_account FROM derived m WHERE m.derived_id = r.derived_id) AS foreign_account
FROM event_row r;
CREATE VIEW cloudtrail_occurrence AS SELECT
  e.id >> 32 AS evidence,
  e.id & 4294967295 AS position,
  e.event_id AS "event_id",
  k.event_version AS "event_version",
  ifnull(e.event_time, strftime('%Y-%m-%dT%H:%M:%SZ', e.time_millis / 1000, 'unixepoch')) AS "event_time",
  k.event_source AS "event_source",
  k.event_name AS "event_name",
  k.aws_region AS "aws_region",
  e.source_ip_address AS "source_ip_address",
  k.user_agent AS "user_agent",
  k.error_code AS "error_code",
  e.error_message AS "error_message",
  k.user_identity_type AS "user_identity_type",
  e.user_identity_principal_id AS "user_identity_principal_id",
  e.user_identity_arn AS "user_identity_arn",
  k.user_identity_account_id AS "user_identity_account_id",
  e.user_identity_access_key_id AS "user_identity_access_key_id",
  k.user_identity_user_name AS "user_identity_user_name",
  k.user_identity_invoked_by AS "user_identity_invoked_by",
  k.session_issuer_type AS "session_issuer_type",
  k.session_issuer_principal_id AS "session_issuer_principal_id",
  k.session_issuer_arn AS "session_issuer_arn",
  k.session_issuer_account_id AS "session_issuer_account_id",
  k.session_issuer_user_name AS "session_issuer_user_name",
  e.session_creation_date AS "session_creation_date",
  k.session_mfa_authenticated AS "session_mfa_authenticated",
  e.request_id AS "request_id",
  k.api_version AS "api_version",
  k.read_only AS "read_only",
  k.event_type AS "event_type",
  k.recipient_account_id AS "recipient_account_id",
  e.shared_event_id AS "shared_event_id",
  k.vpc_endpoint_id AS "vpc_endpoint_id",
  k.vpc_endpoint_account_id AS "vpc_endpoint_account_id",
  k.management_event AS "management_event",
  k.event_category AS "event_category",
  k.session_credential_from_console AS "session_credential_from_console",
  ifnull((SELECT m.json ->> '$' FROM member m WHERE m.member_id = e.user_identity_id), nullif(json_patch('{}', json_object('type', k.user_identity_type, 'principalId', e.user_identity_principal_id, 'arn', e.user_identity_arn, 'accountId', k.user_identity_account_id, 'accessKeyId', e.user_identity_access_key_id, 'userName', k.user_identity_user_name, 'invokedBy', k.user_identity_invoked_by, 'sessionContext', json(nullif(json_patch('{}', json_object('sessionIssuer', json(nullif(json_patch('{}', json_object('type', k.session_issuer_type, 'principalId', k.session_issuer_principal_id, 'arn', k.session_issuer_arn, 'accountId', k.session_issuer_account_id, 'userName', k.session_issuer_user_name)), '{}')), 'attributes', json(nullif(json_patch('{}', json_object('creationDate', e.session_creation_date, 'mfaAuthenticated', CASE k.session_mfa_authenticated WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)), '{}')))), '{}')))), '{}')) AS "user_identity",
  (SELECT m.json ->> '$' FROM member m WHERE m.member_id = e.request_parameters_id) AS "request_parameters",
  (SELECT m.json ->> '$' FROM member m WHERE m.member_id = e.response_elements_id) AS "response_elements",
  (SELECT m.json ->> '$' FROM member m WHERE m.member_id = e.additional_event_data_id) AS "additional_event_data",
  (SELECT m.json ->> '$' FROM member m WHERE m.member_id = e.resources_id) AS "resources",
  (SELECT m.json ->> '$' FROM member m WHERE m.member_id = e.service_event_details_id) AS "service_event_details",
  (SELECT m.json ->> '$' FROM member m WHERE m.member_id = e.insight_details_id) AS "insight_details",
  (SELECT m.json ->> '$' FROM member m WHERE m.member_id = e.addendum_id) AS "addendum",
  (SELECT m.json ->> '$' FROM member m WHERE m.member_id = e.edge_device_details_id) AS "edge_device_details",
  (SELECT m.json ->> '$' FROM member m WHERE m.member_id = e.tls_details_id) AS "tls_details",
  (SELECT m.json ->> '$' FROM member m WHERE m.member_id = e.event_context_id) AS "event_context",
  e.event_user_name AS "event_user_name",
  e.session_name AS "session_name",
  e.user_agent_short AS "user_agent_short",
  e.login_result AS "login_result",
  e.mfa AS "mfa",
  e.resource_type AS "resource_type",
  e.resource_name AS "resource_name",
  e.policy_grants AS "policy_grants",
  e.foreign_account AS "foreign_account"
FROM event e
LEFT JOIN call k ON k.call_id = e.call_id;
CREATE VIEW cloudtrail_event AS SELECT
  e.id >> 32 AS evidence,
  e.id & 4294967295 AS position,
  e.event_id AS "event_id",
  k.event_version AS "event_version",
  ifnull(e.event_time, strftime('%Y-%m-%dT%H:%M:%SZ', e.time_millis / 1000, 'unixepoch')) AS "event_time",
  k.event_source AS "event_source",
  k.event_name AS "event_name",
  k.aws_region AS "aws_region",
  e.source_ip_address AS "source_ip_address",
  k.user_agent AS "user_agent",
  k.error_code AS "error_code",
  e.error_message AS "error_message",
  k.user_identity_type AS "user_identity_type",
  e.user_identity_principal_id AS "user_identity_principal_id",
  e.user_identity_arn AS "user_identity_arn",
  k.user_identity_account_id AS "user_identity_account_id",
  e.user_identity_access_key_id AS "user_identity_access_key_id",
  k.user_identity_user_name AS "user_identity_user_name",
  k.user_identity_invoked_by AS "user_identity_invoked_by",
  k.session_issuer_type AS "session_issuer_type",
  k.session_issuer_principal_id AS "session_issuer_principal_id",
  k.session_issuer_arn AS "session_issuer_arn",
  k.session_issuer_account_id AS "session_issuer_account_id",
  k.session_issuer_user_name AS "session_issuer_user_name",
  e.session_creation_date AS "session_creation_date",
  k.session_mfa_authenticated AS "session_mfa_authenticated",
  e.request_id AS "request_id",
  k.api_version AS "api_version",
  k.read_only AS "read_only",
  k.event_type AS "event_type",
  k.recipient_account_id AS "recipient_account_id",
  e.shared_event_id AS "shared_event_id",
  k.vpc_endpoint_id AS "vpc_endpoint_id",
  k.vpc_endpoint_account_id AS "vpc_endpoint_account_id",
  k.management_event AS "management_event",
  k.event_category AS "event_category",
  k.session_credential_from_console AS "session_credential_from_console",
  ifnull((SELECT m.json ->> '$' FROM member m WHERE m.member_id = e.user_identity_id), nullif(json_patch('{}', json_object('type', k.user_identity_type, 'principalId', e.user_identity_principal_id, 'arn', e.user_identity_arn, 'accountId', k.user_identity_account_id, 'accessKeyId', e.user_identity_access_key_id, 'userName', k.user_identity_user_name, 'invokedBy', k.user_identity_invoked_by, 'sessionContext', json(nullif(json_patch('{}', json_object('sessionIssuer', json(nullif(json_patch('{}', json_object('type', k.session_issuer_type, 'principalId', k.session_issuer_principal_id, 'arn', k.session_issuer_arn, 'accountId', k.session_issuer_account_id, 'userName', k.session_issuer_user_name)), '{}')), 'attributes', json(nullif(json_patch('{}', json_object('creationDate', e.session_creation_date, 'mfaAuthenticated', CASE k.session_mfa_authenticated WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)), '{}')))), '{}')))), '{}')) AS "user_identity",
  (SELECT m.json ->> '$' FROM member m WHERE m.member_id = e.request_parameters_id) AS "request_parameters",
  (SELECT m.json ->> '$' FROM member m WHERE m.member_id = e.response_elements_id) AS "response_elements",
  (SELECT m.json ->> '$' FROM member m WHERE m.member_id = e.additional_event_data_id) AS "additional_event_data",
  (SELECT m.json ->> '$' FROM member m WHERE m.member_id = e.resources_id) AS "resources",
  (SELECT m.json ->> '$' FROM member m WHERE m.member_id = e.service_event_details_id) AS "service_event_details",
  (SELECT m.json ->> '$' FROM member m WHERE m.member_id = e.insight_details_id) AS "insight_details",
  (SELECT m.json ->> '$' FROM member m WHERE m.member_id = e.addendum_id) AS "addendum",
  (SELECT m.json ->> '$' FROM member m WHERE m.member_id = e.edge_device_details_id) AS "edge_device_details",
  (SELECT m.json ->> '$' FROM member m WHERE m.member_id = e.tls_details_id) AS "tls_details",
  (SELECT m.json ->> '$' FROM member m WHERE m.member_id = e.event_context_id) AS "event_context",
  e.event_user_name AS "event_user_name",
  e.session_name AS "session_name",
  e.user_agent_short AS "user_agent_short",
  e.login_result AS "login_result",
  e.mfa AS "mfa",
  e.resource_type AS "resource_type",
  e.resource_name AS "resource_name",
  e.policy_grants AS "policy_grants",
  e.foreign_account AS "foreign_account"
FROM event e
LEFT JOIN call k ON k.call_id = e.call_id WHERE e.id = ifnull((SELECT c.best_id FROM event_choice c WHERE c.event_key = e.event_key), e.event_key)
    AND e.call_id NOT IN (SELECT call_id FROM call WHERE event_category = 'Aggregated');
