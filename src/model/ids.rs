//! Identifiers. A record's id is made of its evidence and its position in it, so that the id alone says where the
//! record came from and the same files in the same order give the same ids.

/// Number of an evidence file in its case, from 1 in the order of import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EvidenceId(pub u32);

/// A record: `evidence << 32 | position`, where position is the line (from 1) or element index (from 1) in the evidence.
/// Text form: `EVIDENCE:POSITION`, as in `3:1024`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordId(pub i64);

impl RecordId {
    pub fn new(evidence: EvidenceId, position: u32) -> Self {
        Self((i64::from(evidence.0) << 32) | i64::from(position))
    }

    pub fn evidence(self) -> EvidenceId {
        EvidenceId((self.0 >> 32) as u32)
    }

    pub fn position(self) -> u32 {
        self.0 as u32
    }

    /// Reads `EVIDENCE:POSITION`.
    pub fn parse(text: &str) -> Option<Self> {
        let (evidence, position) = text.split_once(':')?;
        let evidence: u32 = evidence.trim().parse().ok()?;
        let position: u32 = position.trim().parse().ok()?;
        (evidence < 1 << 31).then(|| Self::new(EvidenceId(evidence), position))
    }
}

impl std::fmt::Display for RecordId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.evidence().0, self.position())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_id_names_evidence_and_position() {
        let id = RecordId::new(EvidenceId(3), u32::MAX);
        assert_eq!((id.evidence(), id.position()), (EvidenceId(3), u32::MAX));
        assert_eq!(RecordId::parse(&id.to_string()), Some(id));
        assert_eq!(RecordId::parse("3"), None);
        assert_eq!(RecordId::parse("4294967295:1"), None);
    }
}
