//! The header `Stripe-Signature`: when it was sent, and an HMAC-SHA256 over that and the payload for every secret that
//! holds at that moment.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The value of `Stripe-Signature` for `payload` sent at `at` (Unix seconds), with one `v1` for each secret.
///
/// ```
/// let header = fake_stripe::sign(b"{}", 1_800_000_000, &["whsec_one", "whsec_two"]);
/// assert!(header.starts_with("t=1800000000,v1="));
/// assert_eq!(header.matches(",v1=").count(), 2);
/// ```
#[must_use]
pub fn sign<S: AsRef<str>>(payload: &[u8], at: i64, secrets: &[S]) -> String {
    let mut header = format!("t={at}");
    for secret in secrets {
        header.push_str(",v1=");
        header.push_str(&digest(payload, at, secret.as_ref()));
    }
    header
}

fn digest(payload: &[u8], at: i64, secret: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(at.to_string().as_bytes());
    mac.update(b".");
    mac.update(payload);
    let bytes = mac.finalize().into_bytes();
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::sign;

    #[test]
    fn a_signature_is_the_one_that_openssl_makes() {
        // printf '1700000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_test
        let header = sign(br#"{"id":"evt_1"}"#, 1_700_000_000, &["whsec_test"]);
        assert_eq!(
            header,
            concat!(
                "t=1700000000,v1=",
                "c89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78230f3942d632925"
            )
        );
    }
}
