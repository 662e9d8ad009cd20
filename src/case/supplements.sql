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
