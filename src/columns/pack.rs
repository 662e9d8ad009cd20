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

/// The numbers again, each as `narrow` makes it. `bytes` holds at least 16 bytes more than `packed_len` says, whatever they
/// are.
pub(super) fn unpack<T: Copy + Default>(bytes: &[u8], count: usize, width: u32, narrow: impl Fn(u64) -> T) -> Vec<T> {
    let mask = if width >= 64 { u64::MAX } else { (1u64 << width) - 1 };
    let width = width as usize;
    let mut numbers = vec![T::default(); count];
    // Up to 57 bits from any bit of a byte lie within eight bytes.
    let by_eight = if width <= 57 { count / 8 * 8 } else { 0 };
    let (eights, rest) = numbers.split_at_mut(by_eight);
    // Eight numbers take as many bytes as one has bits, so that each begins at the same place in every eight.
    let mut places = [(0, 0); 8];
    places.iter_mut().enumerate().for_each(|(at, place)| *place = (at * width / 8, at * width % 8));
    for (number, eight) in eights.as_chunks_mut::<8>().0.iter_mut().enumerate() {
        let bytes = bytes.get(number * width..(number + 1) * width + 8).unwrap_or_default();
        for (number, (at, shift)) in eight.iter_mut().zip(&places) {
            let word =
                bytes.get(*at..).and_then(|bytes| bytes.first_chunk()).map_or(0, |word| u64::from_le_bytes(*word));
            *number = narrow(word >> shift & mask);
        }
    }
    for (number, at) in rest.iter_mut().zip(by_eight..) {
        let (at, shift) = (at * width / 8, at * width % 8);
        let word = bytes.get(at..at + 16).and_then(|b| b.try_into().ok()).map_or(0, u128::from_le_bytes);
        *number = narrow((word >> shift) as u64 & mask);
    }
    numbers
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
