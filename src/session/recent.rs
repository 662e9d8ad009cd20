//! Which of the recent cases are not where they were. Looked up on a thread of its own: a path may be on a drive that answers
//! slowly, or never.

use super::waker::Waker;
use crate::threads;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

#[derive(Default)]
pub struct Recent {
    /// The list that was looked up last.
    asked: Vec<PathBuf>,
    answers: Option<Receiver<PathBuf>>,
    missing: BTreeSet<PathBuf>,
}

impl Recent {
    pub fn is_missing(&self, path: &Path) -> bool {
        self.missing.contains(path)
    }

    /// Looks the list up, where it is not the one that was looked up last.
    pub fn look(&mut self, paths: &[PathBuf], waker: &Waker) {
        if self.asked == paths {
            return;
        }
        self.asked = paths.to_vec();
        self.missing.clear();
        let (sender, answers) = sync_channel(paths.len().max(1));
        let (paths, waker) = (paths.to_vec(), Arc::clone(waker));
        let started = threads::start("recent cases", move || {
            for path in paths.into_iter().filter(|path| !path.exists()) {
                // Nobody listens once another list was asked for.
                let _ = sender.send(path);
                waker();
            }
        });
        // Without a thread none is marked, and opening one says what is wrong with it.
        self.answers = started.is_ok().then_some(answers);
    }

    /// Takes in what was found.
    pub fn poll(&mut self) {
        let found = self.answers.iter().flat_map(Receiver::try_iter);
        self.missing.extend(found);
    }

    /// The files may have changed: the next look is a new one.
    pub fn forget(&mut self) {
        self.asked.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::sync_channel;

    #[test]
    fn a_file_that_is_gone_is_marked_and_one_that_is_there_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let (there, gone) = (folder.path().join("a.coldtrail"), folder.path().join("b.coldtrail"));
        std::fs::write(&there, "").unwrap();
        let (sender, woken) = sync_channel(4);
        let waker: Waker = Arc::new(move || sender.send(()).unwrap());
        let mut recent = Recent::default();
        recent.look(&[there.clone(), gone.clone()], &waker);
        woken.recv().unwrap();
        recent.poll();
        assert_eq!((recent.is_missing(&there), recent.is_missing(&gone)), (false, true));
        recent.look(std::slice::from_ref(&there), &waker);
        assert!(!recent.is_missing(&gone), "of the list that is asked for now");
    }
}
