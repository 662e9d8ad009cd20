//! What a person is told when something fails: what failed, why, what to do next, the path last. The message ids are
//! resolved when shown, so that the language can change afterwards; this module does not know where they are shown.

use crate::present::text::Texts;
use std::path::PathBuf;

/// A text of the catalogue with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub id: &'static str,
    pub args: Vec<(&'static str, String)>,
}

impl Message {
    pub fn new(id: &'static str) -> Self {
        Self { id, args: Vec::new() }
    }

    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    pub fn render(&self, texts: &Texts) -> String {
        let args: Vec<(&str, &str)> = self.args.iter().map(|(name, value)| (*name, value.as_str())).collect();
        texts.tr_args(self.id, &args)
    }
}

/// A failure as it is shown and kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserError {
    pub what: Message,
    /// The reason in the words of the layer that failed (an operating system or SQLite message); not translated.
    pub why: String,
    pub next: Message,
    pub path: Option<PathBuf>,
}

impl UserError {
    pub fn new(what: Message, why: impl ToString, next: Message) -> Self {
        Self { what, why: why.to_string(), next, path: None }
    }

    pub fn at(mut self, path: impl Into<PathBuf>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// One line per part; the form that is copied.
    pub fn render(&self, texts: &Texts) -> String {
        let mut text = self.what.render(texts);
        for part in [self.why.clone(), self.next.render(texts)] {
            if !part.is_empty() {
                text.push('\n');
                text.push_str(&part);
            }
        }
        if let Some(path) = &self.path {
            text.push('\n');
            text.push_str(&path.to_string_lossy());
        }
        text
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

    fn error(path: &str) -> UserError {
        UserError::new(Message::new("error-open-case"), "no such file", Message::new("next-check-path")).at(path)
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
