//! Unpacking gzip, with a bound on what goes in and on what comes out: a few bytes can hold gigabytes.

use std::io::{ErrorKind, Read};

use flate2::bufread::MultiGzDecoder;

/// Most bytes that are read where `limit` may be unpacked. What cannot be packed grows by five bytes in each block of
/// several thousand, and a header.
pub const fn most_bytes(limit: usize) -> usize {
    limit + limit / 512 + 1_024
}

/// What `packed` holds, or one byte more than `limit` of it; or why it is no gzip.
pub fn unpack(packed: &[u8], limit: usize) -> Result<Vec<u8>, String> {
    let mut unpacked = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut decoder = MultiGzDecoder::new(packed).take(most);
    match decoder.read_to_end(&mut unpacked) {
        Ok(_) => Ok(unpacked),
        Err(error) => {
            let read = packed.len() - decoder.get_ref().get_ref().len();
            Err(match error.kind() {
                ErrorKind::UnexpectedEof => {
                    format!("the gzip stream is broken off after {} bytes", packed.len())
                }
                _ => format!("the gzip stream is broken at byte {read} ({error})"),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};
    use proptest::prelude::*;

    use super::*;

    fn packed(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_bomb_is_unpacked_to_the_limit_and_no_further() {
        let bomb = packed(&vec![b'x'; 50 << 20]);
        assert!(bomb.len() < 60_000);
        let unpacked = unpack(&bomb, 65_536).unwrap();
        assert_eq!(unpacked.len(), 65_537);
        assert!(unpacked.capacity() < 4 * 65_536, "{}", unpacked.capacity());
    }

    #[test]
    fn a_stream_is_told_where_it_breaks() {
        let whole = packed(br#"{"ingestVersion": 2}"#);
        assert_eq!(
            unpack(b"{}", 10),
            Err("the gzip stream is broken off after 2 bytes".to_owned())
        );
        let told = unpack(br#"{"ingestVersion": 2}"#, 100).unwrap_err();
        assert!(told.contains("invalid gzip header"), "{told}");
        for end in 1..whole.len() {
            assert!(unpack(&whole[..end], 100).unwrap_err().contains("broken"), "{end}");
        }
        let mut spoilt = whole.clone();
        spoilt[12] ^= 0xff;
        assert!(unpack(&spoilt, 100).unwrap_err().contains("broken"));
        let mut trailing = whole;
        trailing.extend(b"and more than that");
        assert!(unpack(&trailing, 100).unwrap_err().contains("broken at byte"));
    }

    proptest! {
        #[test]
        fn what_was_packed_fits_and_comes_back(body in proptest::collection::vec(any::<u8>(), 0..3_000)) {
            let packed = packed(&body);
            prop_assert!(packed.len() <= most_bytes(body.len()));
            prop_assert_eq!(unpack(&packed, body.len()), Ok(body));
        }

        #[test]
        fn no_bytes_do_harm(bytes in proptest::collection::vec(any::<u8>(), 0..2_000), limit in 0_usize..5_000) {
            if let Ok(unpacked) = unpack(&bytes, limit) {
                prop_assert!(unpacked.len() <= limit + 1);
            }
        }
    }
}
