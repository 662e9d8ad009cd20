//! What a person is reported when something fails: what failed, why, what to do next, the path last. The message ids
//! are resolved when shown, so that the language can change afterwards; this module does not know where they are shown.

use super::failure::{Face, Told};
pub use crate::model::Message;
use crate::present::text::Texts;
use std::path::PathBuf;

/// A failure as the window shows and keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserError {
    /// What was being done.
    pub what: Message,
    pub cause: Told,
    pub path: Option<PathBuf>,
}

impl UserError {
    pub fn new(what: Message, cause: Told) -> Self {
        Self { what, cause, path: None }
    }

    pub fn at(mut self, path: impl Into<PathBuf>) -> Self {
        self.path = Some(path.into());
        self
    }

    pub fn why(&self, texts: &Texts) -> String {
        self.cause.why(texts)
    }

    pub fn next(&self, texts: &Texts) -> String {
        self.cause.next(texts, Face::Window)
    }

    /// One line per part; the form that is copied.
    pub fn render(&self, texts: &Texts) -> String {
        let path = self.path.as_ref().map(|path| path.to_string_lossy().into_owned());
        let parts = [Some(self.what.render(texts)), Some(self.why(texts)), Some(self.next(texts)), path];
        parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
    }
}

/// Errors of this session, oldest first. Repeats are counted instead of listed, and the list is bounded, because a
/// failing disk can produce thousands a second.
#[derive(Debug, Default)]
pub struct ErrorList {
    entries: Vec<ErrorEntry>,
    unseen: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorEntry {
    pub error: UserError,
    pub times: u32,
}

impl ErrorList {
    const KEPT: usize = 500;

    pub fn push(&mut self, error: UserError) {
        self.unseen += 1;
        if let Some(known) = self.entries.iter_mut().find(|e| e.error == error) {
            known.times = known.times.saturating_add(1);
            return;
        }
        if self.entries.len() >= Self::KEPT {
            self.entries.remove(0);
        }
        self.entries.push(ErrorEntry { error, times: 1 });
    }

    pub fn entries(&self) -> &[ErrorEntry] {
        &self.entries
    }

    /// Errors since the list was last looked at.
    pub fn unseen(&self) -> usize {
        self.unseen
    }

    pub fn mark_seen(&mut self) {
        self.unseen = 0;
    }

    pub fn clear(&mut self) {
        self.entries.clear();
        self.unseen = 0;
    }

    pub fn render(&self, texts: &Texts) -> String {
        let parts: Vec<String> = self.entries.iter().map(|e| e.error.render(texts)).collect();
        parts.join("\n\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::failure::Failure;
    use crate::case::CaseError;

    fn error(path: &str) -> UserError {
        let cause = CaseError::Unreadable { path: path.into(), reason: "no such file".to_owned() };
        UserError::new(Message::new("error-open-case"), Failure::from(cause).told()).at(path)
    }

    #[test]
    fn repeats_are_counted_and_the_path_comes_last() {
        let mut list = ErrorList::default();
        list.push(error("/a"));
        list.push(error("/a"));
        list.push(error("/b"));
        assert_eq!(list.entries().iter().map(|e| e.times).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(list.unseen(), 3);
        let text = list.render(&Texts::english());
        assert!(text.contains("no such file") && text.ends_with("/b"), "{text}");
    }

    #[test]
    fn the_list_is_bounded() {
        let mut list = ErrorList::default();
        for i in 0..600 {
            list.push(error(&format!("/{i}")));
        }
        assert_eq!(list.entries().len(), ErrorList::KEPT);
        assert_eq!(list.entries()[0].error.path.as_deref(), Some(std::path::Path::new("/100")));
    }
}
