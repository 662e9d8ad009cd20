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
