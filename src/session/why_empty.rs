//! Why filter and time range leave no records, in the view that shows none.

use super::pane::{Asking, Pane};
use super::slots::Slot;
use super::view::View;
use crate::app::Failure;
use crate::query::Scope;
use crate::questions::Why;
use std::sync::Arc;

#[derive(Default)]
pub struct WhyEmpty {
    why: Slot<(u64, Scope), Arc<Why>>,
}

impl WhyEmpty {
    /// For the records of this scope, once it is known.
    pub fn of(&self, scope: &Scope) -> Option<&Arc<Why>> {
        self.why.shown().filter(|_| self.why.shown_query().is_some_and(|(_, asked)| asked == scope))
    }
}

impl Pane for WhyEmpty {
    fn shows(&self, view: View) -> bool {
        matches!(view, View::Records(_) | View::Pairs)
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        let Some(dataset) = asking.empty else { return };
        let scope = asking.scope(dataset).clone();
        let gaps = asking.flow_gaps.clone();
        self.why.ask(&asking.lanes.answers, (asking.revision, scope), move |source, (_, scope), cancel| {
            Ok(Arc::new(source.why_empty(scope, gaps.as_deref(), cancel)?))
        });
    }

    fn poll(&mut self) -> Vec<Failure> {
        self.why.poll().and_then(Result::err).into_iter().collect()
    }

    fn leave(&mut self) {
        self.why.stop();
    }

    fn is_busy(&self) -> bool {
        self.why.is_busy()
    }
}
