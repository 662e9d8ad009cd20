//! Filter text to a typed value, with errors that name the place. Pure: no SQL, no files.
