//! Bodies, kept byte for byte and compressed where that saves space.

use std::cell::RefCell;

use zstd::bulk::{Compressor, Decompressor};

/// Below this many bytes a frame's header eats what compression saves.
const WORTH_COMPRESSING_BYTES: usize = 128;
/// Fastest: bodies are small and the writer waits for this.
const LEVEL: i32 = 1;

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
            Decompressor::new()?.decompress(&self.bytes, limit_bytes)
        } else {
            Ok(self.bytes)
        }
    }
}

fn compress(body: &[u8]) -> Option<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|compressor| {
        if compressor.is_none() {
            *compressor = Compressor::new(LEVEL).ok();
        }
        compressor.as_mut()?.compress(body).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_comes_back_byte_for_byte() {
        for body in [&b""[..], b"{", &[0xff; 3], &[b'a'; 5_000], &(0..=255).collect::<Vec<u8>>()] {
            let raw = Raw::pack(body);
            assert!(raw.bytes.len() <= body.len());
            assert_eq!(raw.unpack(10_000).unwrap(), body);
        }
    }
}
