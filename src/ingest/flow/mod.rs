//! Flow records: text with a header, headerless, Parquet.
