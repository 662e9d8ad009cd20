//! What formats are reported by.

/// The beginning of the decoded content.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// At most 256 KiB.
    pub bytes: &'a [u8],
    /// `bytes` is all there is.
    pub complete: bool,
}
