//! What came of checking a case, as a value: for the command line, and for the report's first page.

/// What a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Area {
    /// The file and its tables.
    Structure,
    Journal,
    /// What the case says of itself, its settings and filters, against the journal.
    Case,
    /// Lists of indicators and labels, against the journal.
    Indicators,
    /// Sigma rules and inventories, against the journal.
    Supplements,
    /// Tags, notes, findings, exhibits and the report's settings, against the journal.
    Conclusions,
    Evidence,
    /// What was offered to an import and is no evidence, against the journal.
    Received,
    Originals,
    Index,
    Exhibit,
    Replay,
}

impl Area {
    pub const ALL: [Area; 12] = [
        Area::Structure,
        Area::Journal,
        Area::Case,
        Area::Indicators,
        Area::Supplements,
        Area::Conclusions,
        Area::Evidence,
        Area::Received,
        Area::Originals,
        Area::Index,
        Area::Exhibit,
        Area::Replay,
    ];

    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Area::Structure => "structure",
            Area::Journal => "journal",
            Area::Case => "case",
            Area::Indicators => "indicators",
            Area::Supplements => "supplements",
            Area::Conclusions => "conclusions",
            Area::Evidence => "evidence",
            Area::Received => "received",
            Area::Originals => "originals",
            Area::Index => "index",
            Area::Exhibit => "exhibit",
            Area::Replay => "replay",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    Good,
    Failed,
    /// Evidence, indicator lists or labels were added since an exhibit was frozen, and its answer is another one now.
    /// The journal tells of what was added: nothing was changed past the program.
    Outdated,
    /// It could not be checked, which proves nothing either way.
    Unchecked,
    /// A file of the folder with originals that the case lacks: nobody changed the case, it may never have been
    /// imported.
    Missing,
}

impl Verdict {
    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Good => "good",
            Verdict::Failed => "FAILED",
            Verdict::Outdated => "outdated",
            Verdict::Unchecked => "unchecked",
            Verdict::Missing => "missing in the case",
        }
    }
}

/// One check and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub area: Area,
    /// What was checked: a number, a path, a name; empty where the area says it.
    pub item: String,
    pub verdict: Verdict,
    /// What was found; English, for the record.
    pub detail: String,
}

/// The case as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Every check that could be made is good.
    Good,
    /// As `Good`, but evidence or lists were added since exhibits were frozen: their answers are other ones now.
    Outdated,
    /// At least one check failed.
    Failed,
    /// A stop was asked for before all was checked; no check had failed until then.
    Stopped,
    /// As `Good`, but a folder with originals holds files that the case lacks.
    Missing,
}

/// What checking a case came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    pub good: u64,
    pub failed: u64,
    pub outdated: u64,
    pub unchecked: u64,
    pub missing: u64,
    /// A stop was asked for before all was checked.
    pub stopped: bool,
    /// Every row was derived again from the originals.
    pub replayed: bool,
    /// Of the program that checked.
    pub tool_version: String,
    /// The first `MOST_KEPT` checks of each kind that are not good, in the order in which they were made.
    pub failed_checks: Vec<Check>,
    pub outdated_checks: Vec<Check>,
    pub unchecked_checks: Vec<Check>,
    pub missing_checks: Vec<Check>,
}

/// Checks of a kind that are kept: `failed` and the other counts tell how many there are.
pub const MOST_KEPT: usize = 1000;

impl Verified {
    pub fn outcome(&self) -> Outcome {
        match self {
            Verified { failed: 1.., .. } => Outcome::Failed,
            Verified { stopped: true, .. } => Outcome::Stopped,
            Verified { outdated: 1.., .. } => Outcome::Outdated,
            Verified { missing: 1.., .. } => Outcome::Missing,
            _ => Outcome::Good,
        }
    }

    /// Counts a check, and keeps it where it is not good.
    pub(super) fn add(&mut self, check: Check) {
        let (count, kept) = match check.verdict {
            Verdict::Good => {
                self.good += 1;
                return;
            }
            Verdict::Failed => (&mut self.failed, &mut self.failed_checks),
            Verdict::Outdated => (&mut self.outdated, &mut self.outdated_checks),
            Verdict::Unchecked => (&mut self.unchecked, &mut self.unchecked_checks),
            Verdict::Missing => (&mut self.missing, &mut self.missing_checks),
        };
        *count += 1;
        if kept.len() < MOST_KEPT {
            kept.push(check);
        }
    }
}

/// How far an area is. `total` is 0 where it is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub area: Area,
    /// Bytes of originals; else checks.
    pub done: u64,
    pub total: u64,
}

/// What is reported while a case is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told<'a> {
    Check(&'a Check),
    Progress(Progress),
}
