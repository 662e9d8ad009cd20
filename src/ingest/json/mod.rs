//! Splits JSON of any size into its record elements, and recognises what wraps them.

pub mod resync;
pub mod split;
pub mod text;
