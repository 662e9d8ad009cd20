//! Numbers that look random and never change. Every part of the story draws from a stream of its own name, so that a
//! change to one part leaves the others as they are.

pub(super) struct Rng(u64);

impl Rng {
    /// FNV-1a of the name starts the stream.
    pub(super) fn named(name: &str) -> Self {
        Self(
            name.bytes()
                .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)),
        )
    }

    /// SplitMix64.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0..limit.
    pub(super) fn below(&mut self, limit: i64) -> i64 {
        (self.next() % limit as u64) as i64
    }

    /// from..to.
    pub(super) fn between(&mut self, from: i64, to: i64) -> i64 {
        from + self.below(to - from)
    }

    pub(super) fn chance(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }

    pub(super) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as i64) as usize]
    }

    /// An ephemeral port.
    pub(super) fn port(&mut self) -> i64 {
        self.between(32_768, 61_000)
    }

    pub(super) fn hex(&mut self, digits: usize) -> String {
        (0..digits).map(|_| char::from(b"0123456789abcdef"[self.below(16) as usize])).collect()
    }

    /// A version 4 UUID.
    pub(super) fn uuid(&mut self) -> String {
        format!(
            "{}-{}-4{}-{}{}-{}",
            self.hex(8),
            self.hex(4),
            self.hex(3),
            self.pick(&['8', '9', 'a', 'b']),
            self.hex(3),
            self.hex(12)
        )
    }

    pub(super) fn upper(&mut self, letters: usize) -> String {
        (0..letters).map(|_| char::from(b"ABCDEFGHJKLMNPQRSTUVWXYZ234567"[self.below(30) as usize])).collect()
    }
}
