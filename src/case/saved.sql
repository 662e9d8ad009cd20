CREATE TABLE saved_filter ( -- filters that an examiner keeps by name
  dataset TEXT NOT NULL, -- flows, events
  name TEXT NOT NULL,
  text TEXT NOT NULL, -- in the filter language, as it was typed
  note TEXT NOT NULL,
  saved_utc TEXT NOT NULL,
  examiner TEXT NOT NULL,
  PRIMARY KEY (dataset, name)
) WITHOUT ROWID;
