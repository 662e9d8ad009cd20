//! The splitter's inner loop: to the end of an element, or to a place in it where something has to be decided.

use super::wrapper::may_be_inner;
use super::{Purpose, Splitter};
use crate::ingest::json::stops::string_stop;
use crate::model::Reason;

/// The element at hand. Its bytes are `Splitter::buffer`, then those of the current input from `Input::from` on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scan {
    pub purpose: Purpose,
    pub offset: u64,
    pub depth: u64,
    pub in_string: bool,
    pub escape: bool,
    pub is_object: bool,
    /// The last string directly in the element's braces, quotes not included; bytes from the element's start.
    pub key: (usize, usize),
    /// Lists that are open.
    pub lists: u64,
    /// Lists in inner objects that were looked at.
    pub tried: u8,
    /// The element is not kept any more; only its end is searched for.
    pub skipping: Option<Reason>,
}

/// A piece of content, and how far it has been read.
pub(super) struct Input<'a> {
    pub bytes: &'a [u8],
    /// `bytes` as text, as far as they are UTF-8.
    pub text: &'a str,
    pub base: u64,
    pub at: usize,
    /// Where the element at hand begins or continues in `bytes`.
    pub from: usize,
}

pub(super) enum Stop {
    /// Behind the element's last byte.
    End,
    /// At the end of what may be read.
    Cap,
    /// Behind a `[` directly in the element's braces, or in an inner object where a wrapper may have its list.
    List,
    TooDeep,
}

impl<'a> Input<'a> {
    pub(super) fn offset(&self) -> u64 {
        self.base + self.at as u64
    }

    /// What follows, as far as it is UTF-8.
    pub(super) fn text_ahead(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// What of the element at hand is here.
    pub(super) fn part(&self) -> &'a [u8] {
        self.bytes.get(self.from..self.at).unwrap_or_default()
    }
}

/// Brackets inside of each other down to which a wrapper's list is searched for.
const DEEPEST_LIST: u64 = 8;

/// Bytes that matter outside of strings.
const STRUCTURAL: [bool; 256] = {
    let mut table = [false; 256];
    table[b'"' as usize] = true;
    table[b'{' as usize] = true;
    table[b'}' as usize] = true;
    table[b'[' as usize] = true;
    table[b']' as usize] = true;
    table
};

impl Splitter {
    /// The inner loop: strings are skipped a word at a time, brackets are counted.
    pub(super) fn scan_to(&mut self, cap: usize, input: &mut Input<'_>) -> Stop {
        let Some(bytes) = input.bytes.get(..cap) else { return Stop::Cap };
        let scan = &mut self.scan;
        let before = self.buffer.len();
        let mut at = input.at;
        let stop = loop {
            let Some(rest) = bytes.get(at..) else { break Stop::Cap };
            if rest.is_empty() {
                break Stop::Cap;
            }
            if scan.escape {
                scan.escape = false;
                at += 1;
            } else if scan.in_string {
                let Some(n) = string_stop::<false>(rest) else {
                    at = cap;
                    break Stop::Cap;
                };
                at += n + 1;
                if rest.get(n) == Some(&b'\\') {
                    scan.escape = true;
                    continue;
                }
                scan.in_string = false;
                if scan.depth == 1 {
                    scan.key.1 = before + at - 1 - input.from;
                } else if scan.depth == 0 {
                    break Stop::End;
                }
            } else {
                let Some(n) = rest.iter().position(|b| STRUCTURAL[usize::from(*b)]) else {
                    at = cap;
                    break Stop::Cap;
                };
                at += n + 1;
                match rest.get(n) {
                    Some(b'"') => {
                        scan.in_string = true;
                        if scan.depth == 1 {
                            scan.key.0 = before + at - input.from;
                        }
                    }
                    Some(close @ (b'}' | b']')) => {
                        scan.depth -= 1;
                        scan.lists = scan.lists.saturating_sub(u64::from(*close == b']'));
                        if scan.depth == 0 {
                            break Stop::End;
                        }
                    }
                    bracket => {
                        scan.depth += 1;
                        if scan.depth > self.limits.depth as u64 && scan.skipping.is_none() {
                            break Stop::TooDeep;
                        }
                        if bracket == Some(&b'[') {
                            scan.lists += 1;
                            if scan.lists == 1 && scan.is_object && scan.skipping.is_none() {
                                let text = || bytes.get(input.from..at - 1).unwrap_or_default();
                                let inner = || {
                                    scan.depth <= DEEPEST_LIST
                                        && Self::tries_left(scan.tried)
                                        && may_be_inner(text(), before == 0)
                                };
                                if scan.depth == 2 || inner() {
                                    break Stop::List;
                                }
                            }
                        }
                    }
                }
            }
        };
        input.at = at;
        stop
    }
}
