//! Raw deflate, one call at a time, able to stop at block boundaries and to start in the middle of a stream.
//!
//! This is the one file of the reader with `unsafe`. The need: reading a record out of a large gzip file within 50 ms
//! takes starting points inside the stream (measured: 17 ms at worst with them, in proportion to the file without), and
//! those exist only at block boundaries, which no safe interface of the zlib-rs family tells. It is the library that
//! `flate2` calls, and the boundary is asked for only once every 4 MiB: over 114 MB of text a pass that takes points
//! and hands out the original costs 5 % more than one that does neither.

#![expect(unsafe_code, reason = "seek points need zlib calls that no safe interface has")]

use libz_rs_sys as z;
use std::ffi::c_int;

/// How far back deflate can refer, and so how much a starting point has to keep.
pub(super) const WINDOW_BYTES: usize = 32 << 10;

/// What a call came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// The input is used up or the output is full.
    More,
    /// Stopped between two blocks, as was asked for; so many of the last bits used belong to what follows.
    Boundary { unused_bits: u8 },
    /// The stream is over.
    End,
    /// The stream is damaged. What the same call produced is still good.
    Damaged(&'static str),
}

/// One call of `RawInflate::inflate`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub used: usize,
    pub made: usize,
    pub state: State,
}

/// A raw deflate stream (no zlib or gzip header).
pub(super) struct RawInflate {
    /// Boxed, because the library wants the stream where it was initialised.
    stream: Box<z::z_stream>,
}

impl RawInflate {
    /// A stream at its start. Fails only for lack of memory.
    pub(super) fn new() -> std::io::Result<Self> {
        let mut stream = Box::new(z::z_stream::default());
        // SAFETY: the stream is a valid, exclusively borrowed z_stream with the library's own allocator (its Default),
        // the version is the library's own NUL-terminated text and the size is that of the type.
        let code = unsafe {
            z::inflateInit2_(&mut *stream, -15, z::zlibVersion(), std::mem::size_of::<z::z_stream>() as c_int)
        };
        if code == z::Z_OK { Ok(Self { stream }) } else { Err(std::io::ErrorKind::OutOfMemory.into()) }
    }

    /// Back to the start of a stream.
    pub(super) fn reset(&mut self) {
        // SAFETY: the stream was initialised in `new` and is exclusively borrowed. The call cannot fail on such a
        // stream.
        unsafe { z::inflateReset(&mut *self.stream) };
    }

    /// Makes a stream at its start continue one that was left with `window` as its last output and the `bits` (0 to 7)
    /// high bits of `byte` as its next input.
    pub(super) fn resume(&mut self, window: &[u8], bits: u8, byte: u8) -> bool {
        let window = window.get(window.len().saturating_sub(WINDOW_BYTES)..).unwrap_or(window);
        let bits = c_int::from(bits & 7);
        // SAFETY: the stream was initialised in `new` and is exclusively borrowed; the pointer and length are those of
        // a slice that lives through the call and is only read; the length is at most 32 KiB.
        unsafe {
            let primed =
                bits == 0 || z::inflatePrime(&mut *self.stream, bits, c_int::from(byte) >> (8 - bits)) == z::Z_OK;
            let placed = window.is_empty()
                || z::inflateSetDictionary(&mut *self.stream, window.as_ptr(), window.len() as u32) == z::Z_OK;
            primed && placed
        }
    }

    /// Decodes from `input` into `output`. With `stop_at_boundary` it returns at the next boundary between two blocks,
    /// else at `State::More` or at the end.
    pub(super) fn inflate(&mut self, input: &[u8], output: &mut [u8], stop_at_boundary: bool) -> Step {
        let given = u32::try_from(input.len()).unwrap_or(u32::MAX);
        let room = u32::try_from(output.len()).unwrap_or(u32::MAX);
        let stream = &mut *self.stream;
        stream.next_in = input.as_ptr();
        stream.avail_in = given;
        stream.next_out = output.as_mut_ptr();
        stream.avail_out = room;
        // SAFETY: the stream was initialised in `new` and is exclusively borrowed; next_in and next_out are the starts
        // of slices that live through the call and are at least avail_in and avail_out long. The pointers are cleared
        // below, so that none outlives its slice.
        let code = unsafe { z::inflate(stream, if stop_at_boundary { z::Z_BLOCK } else { z::Z_NO_FLUSH }) };
        let used = (given - stream.avail_in) as usize;
        let made = (room - stream.avail_out) as usize;
        stream.next_in = std::ptr::null();
        stream.next_out = std::ptr::null_mut();
        stream.avail_in = 0;
        stream.avail_out = 0;
        // zlib's manual: data_type holds the unused bits, plus 64 in the last block, plus 128 right after a block's
        // end.
        let state = match code {
            z::Z_OK | z::Z_BUF_ERROR if stop_at_boundary && stream.data_type & 0xC0 == 0x80 => {
                State::Boundary { unused_bits: (stream.data_type & 63) as u8 }
            }
            z::Z_OK | z::Z_BUF_ERROR => State::More,
            z::Z_STREAM_END => State::End,
            z::Z_NEED_DICT => State::Damaged("it asks for a preset dictionary"),
            z::Z_MEM_ERROR => State::Damaged("out of memory"),
            _ => State::Damaged(message(stream)),
        };
        Step { used, made, state }
    }

    /// The last output, at most 32 KiB: what a stream that continues here has to know.
    pub(super) fn window(&self) -> Vec<u8> {
        let mut window = vec![0; WINDOW_BYTES];
        let mut len: u32 = 0;
        // SAFETY: the stream was initialised in `new`; the destination has the 32 KiB that always suffice, and the
        // length is written to a valid place.
        let code = unsafe { z::inflateGetDictionary(&*self.stream, window.as_mut_ptr(), &mut len) };
        window.truncate(if code == z::Z_OK { len as usize } else { 0 });
        window
    }
}

impl Drop for RawInflate {
    fn drop(&mut self) {
        // SAFETY: the stream was initialised in `new` and ends here.
        unsafe { z::inflateEnd(&mut *self.stream) };
    }
}

/// zlib's own word for what is wrong.
fn message(stream: &z::z_stream) -> &'static str {
    if stream.msg.is_null() {
        return "invalid deflate data";
    }
    // SAFETY: where it is not null, msg points to one of the library's static NUL-terminated texts.
    unsafe { std::ffi::CStr::from_ptr(stream.msg) }.to_str().unwrap_or("invalid deflate data")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// Text whose every part refers back to earlier parts.
    fn text(lines: usize) -> Vec<u8> {
        let mut out = Vec::new();
        for i in 0..lines {
            writeln!(out, "2 123456789010 eni-{:08x} 10.0.{}.{} OK", i * 2_654_435_761 % 997, i % 251, i * 7 % 253)
                .unwrap();
        }
        out
    }

    fn deflate(content: &[u8], level: u32) -> Vec<u8> {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(level));
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_stream_decodes_through_small_pieces() {
        let content = text(3000);
        let packed = deflate(&content, 6);
        for (take, room) in [(1, 1), (7, 4096), (4096, 3)] {
            let mut inflate = RawInflate::new().unwrap();
            let (mut out, mut at) = (Vec::new(), 0);
            loop {
                let mut piece = vec![0; room];
                let step = inflate.inflate(&packed[at..(at + take).min(packed.len())], &mut piece, false);
                at += step.used;
                out.extend_from_slice(&piece[..step.made]);
                if step.state == State::End {
                    break;
                }
                assert_eq!(step.state, State::More);
            }
            assert!(out == content && at == packed.len());
        }
    }

    #[test]
    fn every_boundary_is_a_place_to_start_again() {
        let content = text(40_000);
        for level in [0, 2, 6, 9] {
            let packed = deflate(&content, level);
            let mut inflate = RawInflate::new().unwrap();
            let mut out = vec![0; content.len() + 1];
            let (mut at, mut made, mut boundaries) = (0, 0, 0);
            loop {
                let step = inflate.inflate(&packed[at..], &mut out[made..], true);
                at += step.used;
                made += step.made;
                match step.state {
                    State::Boundary { unused_bits } => {
                        let window = inflate.window();
                        assert_eq!(window, out[made.saturating_sub(WINDOW_BYTES)..made]);
                        let mut again = RawInflate::new().unwrap();
                        assert!(unused_bits < 8);
                        let byte = at.checked_sub(1).map_or(0, |last| packed[last]);
                        assert!(again.resume(&window, unused_bits, byte));
                        let mut rest = vec![0; content.len() - made + 1];
                        let step = again.inflate(&packed[at..], &mut rest, false);
                        assert_eq!(step.state, State::End);
                        assert!(rest[..step.made] == content[made..], "level {level}, byte {at}");
                        boundaries += 1;
                    }
                    State::End => break,
                    // After the last block there is nothing to start again from.
                    State::More => assert_eq!(made, content.len()),
                    State::Damaged(why) => panic!("{why}"),
                }
            }
            assert!(made == content.len() && boundaries >= 2, "level {level}: {boundaries} boundaries");
        }
    }

    #[test]
    fn damage_is_told_and_what_came_before_is_kept() {
        let content = text(500);
        let mut packed = deflate(&content, 0);
        // A stored block's length and its complement no longer agree.
        packed[3] ^= 0x10;
        let mut inflate = RawInflate::new().unwrap();
        let mut out = vec![0; content.len()];
        let step = inflate.inflate(&packed, &mut out, false);
        assert_eq!(step.state, State::Damaged("invalid stored block lengths"));
        inflate.reset();
        let packed = deflate(b"again", 6);
        let step = inflate.inflate(&packed, &mut out, false);
        assert_eq!((step.state, &out[..step.made]), (State::End, b"again".as_slice()));
    }
}
