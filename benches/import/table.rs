//! The printed table: ours, the peer's, their ratio, and what was asked for.

use std::fmt;

#[derive(Default)]
pub(crate) struct Table {
    lines: Vec<String>,
}

impl Table {
    pub(crate) fn heading(&mut self, text: &str) {
        self.lines.push(format!("\n{text}\n{:<46}{:>10}{:>10}{:>8}{:>10}", "", "ours", "peer", "ratio", "at most"));
    }

    /// `most` is the largest ratio that was asked for.
    pub(crate) fn row(&mut self, name: &str, ours: f64, peer: Option<f64>, most: Option<f64>) {
        let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"));
        let ratio = peer.map(|peer| ours / peer);
        self.lines.push(format!(
            "{name:<46}{:>10}{:>10}{:>8}{:>10}",
            number(Some(ours)),
            number(peer),
            number(ratio),
            number(most)
        ));
    }

    /// Says so where a value is above what was asked for.
    pub(crate) fn limit(&mut self, name: &str, value: f64, most: f64) {
        if value > most {
            self.lines.push(format!("ABOVE THE LIMIT: {name} is {value:.3}, asked for at most {most}"));
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}
