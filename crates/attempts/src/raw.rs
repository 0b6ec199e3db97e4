//! Bodies, kept byte for byte and compressed where that saves space.
//!
//! They are small and all say the same in the same words, so they are compressed as what follows a sample of them: half
//! the bytes, in a third of the time. A stored body cannot be read without the sample, so the sample never changes.

use std::cell::RefCell;

use zstd::bulk::{Compressor, Decompressor};

/// Below this many bytes a frame's header eats what compression saves.
const WORTH_COMPRESSING_BYTES: usize = 128;
/// A dictionary in zstd's sense: a body of each kind of event, as the SDK writes it.
const SAMPLE: &[u8] = include_bytes!("sample.json");
/// One of the fast levels, below 1: literals stay as they are, for which a table would have to be made each time.
const LEVEL: i32 = -1;

thread_local! {
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
}

/// A body as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raw {
    /// The bytes, compressed or as they came.
    pub bytes: Vec<u8>,
    /// Whether `bytes` is a zstd frame.
    pub is_zstd: bool,
}

impl Raw {
    /// Packs a body, unless it is shorter as it is.
    #[must_use]
    pub fn pack(body: &[u8]) -> Self {
        if body.len() >= WORTH_COMPRESSING_BYTES
            && let Some(bytes) = compress(body)
            && bytes.len() < body.len()
        {
            return Self { bytes, is_zstd: true };
        }
        Self { bytes: body.to_vec(), is_zstd: false }
    }

    /// The body as it came. `limit_bytes` bounds what a damaged frame may claim to hold.
    ///
    /// # Errors
    ///
    /// When the stored frame is damaged.
    pub fn unpack(self, limit_bytes: usize) -> std::io::Result<Vec<u8>> {
        if self.is_zstd {
            Decompressor::with_dictionary(SAMPLE)?.decompress(&self.bytes, limit_bytes)
        } else {
            Ok(self.bytes)
        }
    }
}

fn compress(body: &[u8]) -> Option<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|compressor| {
        if compressor.is_none() {
            *compressor = Compressor::with_dictionary(LEVEL, SAMPLE).ok();
        }
        compressor.as_mut()?.compress(body).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WITHOUT_SAMPLE: &str = "28b52ffd20c0cd020012c5121a7069753e2c9625ca2136c0a54c8cb60e8ead89c9d072a9fabf840b03fea3f55c2a8da43c1df573e0d1e945f635b5710aa4596220ac6060e32344f781a90da61fc269a22dabadf09c15010300e831cca265d8524c31";
    const AFTER_SAMPLE: &str = "28b52ffd20c095000010317d04003d864906090c5f847016748a20";

    #[test]
    fn a_body_comes_back_byte_for_byte() {
        for body in [&b""[..], b"{", &[0xff; 3], &[b'a'; 5_000], &(0..=255).collect::<Vec<u8>>()] {
            let raw = Raw::pack(body);
            assert!(raw.bytes.len() <= body.len());
            assert_eq!(raw.unpack(10_000).unwrap(), body);
        }
    }

    #[test]
    fn a_body_that_was_stored_can_always_be_read() {
        let body = br#"{"ingestVersion":2,"sdkVersion":"0.2.0","batchId":"batch_1","sentAt":"2026-04-10T13:45:05.000Z"}"#;
        let body = [&body[..], &body[..]].concat();
        for frame in [WITHOUT_SAMPLE, AFTER_SAMPLE] {
            let byte = |at| u8::from_str_radix(&frame[at..at + 2], 16).unwrap();
            let bytes = (0..frame.len()).step_by(2).map(byte).collect();
            let raw = Raw { bytes, is_zstd: true };
            assert_eq!(
                String::from_utf8_lossy(&raw.unpack(10_000).unwrap()),
                String::from_utf8_lossy(&body)
            );
        }
    }
}
