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
