//! Splits JSON of any size into its record elements, and recognises what wraps them.
