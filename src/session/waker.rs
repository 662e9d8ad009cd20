//! How worker threads tell the window that there is something to be drawn.

use std::sync::Arc;

/// Called from any thread when something is ready to be drawn.
pub(crate) type Waker = Arc<dyn Fn() + Send + Sync>;
