//! Numbers side by side in exactly as many bits as the widest needs, lowest bit first.

/// Bytes of `count` numbers of `width` bits.
pub(super) fn packed_len(count: usize, width: u32) -> usize {
    (count * width as usize).div_ceil(8)
}

/// Appends numbers of at most `width` bits (1 to 64).
pub(super) fn pack(numbers: impl Iterator<Item = u64>, width: u32, out: &mut Vec<u8>) {
    let (mut waiting, mut bits) = (0u128, 0u32);
    for number in numbers {
        waiting |= u128::from(number) << bits;
        bits += width;
        if bits >= 64 {
            out.extend_from_slice(&(waiting as u64).to_le_bytes());
            waiting >>= 64;
            bits -= 64;
        }
    }
    out.extend_from_slice(&(waiting as u64).to_le_bytes()[..bits.div_ceil(8) as usize]);
}

/// The numbers again. `bytes` holds at least 16 bytes more than `packed_len` says, whatever they are.
pub(super) fn unpack(bytes: &[u8], count: usize, width: u32) -> impl Iterator<Item = u64> + '_ {
    let mask = if width >= 64 { u64::MAX } else { (1u64 << width) - 1 };
    let mut bit = 0usize;
    (0..count).map(move |_| {
        let (at, shift) = (bit / 8, bit % 8);
        bit += width as usize;
        // Up to 57 bits from any bit of a byte lie within eight bytes.
        if width <= 57 {
            let word = bytes.get(at..at + 8).and_then(|b| b.try_into().ok()).map_or(0, u64::from_le_bytes);
            word >> shift & mask
        } else {
            let word = bytes.get(at..at + 16).and_then(|b| b.try_into().ok()).map_or(0, u128::from_le_bytes);
            (word >> shift) as u64 & mask
        }
    })
}

/// Appends a number in groups of seven bits, lowest first.
pub(super) fn varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Takes such a number off the front; `None` where there is none.
pub(super) fn read_varint(data: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = data.split_first()?;
        *data = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}
