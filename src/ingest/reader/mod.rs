//! Opens evidence read-only, unpacks it, hashes it and cuts the original into blocks, in one pass.
