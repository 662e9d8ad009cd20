//! Threshold random walk (Jung, Paxson, Berger and Balakrishnan 2004): after how many first contacts a source is a scanner, or
//! none. Pure.

use super::conversation::{Conversation, Outcome, TCP};
use super::interfaces::Collected;
use super::parameters::Parameters;
use super::scan::{Kind, Scan, Verdict, of_run};
use super::traffic::Traffic;

/// Where a walk ended.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Walked {
    pub llr: f64,
    pub hits: u64,
    pub misses: u64,
    /// Which contact decided, and for which side.
    pub decided: Option<bool>,
}

/// Walks over contacts: `true` for a hit.
pub(super) fn walk(contacts: impl IntoIterator<Item = bool>, parameters: &Parameters) -> Walked {
    let [benign, scanner] = parameters.theta;
    let (hit, miss) = ((scanner / benign).ln(), ((1.0 - scanner) / (1.0 - benign)).ln());
    let (upper, lower) =
        ((parameters.beta / parameters.alpha).ln(), ((1.0 - parameters.beta) / (1.0 - parameters.alpha)).ln());
    // The thresholds are reached by a sum of logarithms, which may be less by what doubles leave.
    const LEFT: f64 = 1e-9;
    let mut walked = Walked::default();
    for is_hit in contacts {
        walked.hits += u64::from(is_hit);
        walked.misses += u64::from(!is_hit);
        walked.llr += if is_hit { hit } else { miss };
        if walked.llr >= upper - LEFT || walked.llr <= lower + LEFT {
            walked.decided = Some(walked.llr > 0.0);
            break;
        }
    }
    walked
}

pub(super) fn walks(of: &Traffic, parameters: &Parameters) -> Vec<Scan> {
    of.by_part(|part| {
        let sources = part.chunk_by(Conversation::is_of_source);
        let sources = sources.filter(|list| list.first().is_some_and(|one| one.protocol == TCP));
        sources.filter_map(|list| of_source(of, list, parameters)).collect()
    })
}

/// `list`: of one source.
fn of_source(of: &Traffic, list: &[Conversation], parameters: &Parameters) -> Option<Scan> {
    let used = || list.iter().filter(|one| one.is_used());
    let at = |one: &Conversation| of.interfaces.get(one.interface as usize).map(|at| at.collected);
    let collected = used().filter_map(at).fold(Collected::None, Collected::and);
    let mut contacts = match collected {
        Collected::RejectOnly => Vec::new(),
        _ => first_contacts(list),
    };
    contacts.sort_unstable_by_key(|one| (one.start, one.responder()));
    let walked = walk(contacts.iter().map(|one| one.outcome() == Outcome::Hit), parameters);
    let verdict = match (walked.decided, collected) {
        (_, Collected::RejectOnly) | (Some(false), Collected::AcceptOnly) => Verdict::Undecidable,
        (Some(true), _) => Verdict::Scanner,
        (Some(false), _) => Verdict::Benign,
        (None, _) => Verdict::Undecided,
    };
    if verdict != Verdict::Scanner && !parameters.all_walks {
        return None;
    }
    let mut list: Vec<&Conversation> = used().collect();
    list.first()?;
    list.sort_unstable_by_key(|one| (one.start, one.responder(), one.responder_port(), one.order()));
    let scan = of_run(of, &list, 0, 0);
    let after = walked.hits + walked.misses;
    let last = walked.decided.and_then(|_| contacts.get((after as usize).checked_sub(1)?));
    let kind = Kind::Walk { verdict, llr: walked.llr, decided_after: after, decided_at: last.map(|one| one.start) };
    let misses = list.iter().filter(|one| one.outcome() == Outcome::Miss);
    let missed = misses.map(|one| (one.responder(), one.responder_port())).collect();
    Some(Scan { kind, misses: walked.misses, hits: walked.hits, missed, ..scan })
}

/// The first conversation with each host.
fn first_contacts(list: &[Conversation]) -> Vec<&Conversation> {
    let first = |list: &[Conversation]| {
        let used = list.iter().enumerate().filter(|(_, one)| one.is_used());
        // With the same port they are in order.
        used.min_by_key(|(at, one)| (one.start, one.responder_port(), *at)).map(|(at, _)| at)
    };
    list.chunk_by(Conversation::is_of_pair).filter_map(|list| list.get(first(list)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::behaviour::parameters::Typed;
    use std::collections::BTreeMap;

    #[test]
    fn four_more_of_one_kind_decide() {
        let walked = |contacts: &str| {
            let parameters = Parameters::read(Typed(&BTreeMap::new())).unwrap();
            let walked = walk(contacts.chars().map(|c| c == 'H'), &parameters);
            ((walked.llr * 1000.0).round() / 1000.0, walked.hits + walked.misses, walked.decided)
        };
        assert_eq!(walked("MMMMM"), (5.545, 4, Some(true)));
        assert_eq!(walked("HHHH"), (-5.545, 4, Some(false)));
        assert_eq!(walked("MHMHMHMHMH"), (0.0, 10, None));
        assert_eq!(walked("HMMMMMM"), (5.545, 6, Some(true)));
    }
}
