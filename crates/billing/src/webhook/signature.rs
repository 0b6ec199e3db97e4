//! Stripe's signature: `t=1492774577,v1=5257a8…,v1=…`, an HMAC of the time and the bytes as they came.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// How old a signature may be, in seconds: as in Stripe's own libraries.
const TOLERANCE_S: i64 = 300;

/// Why a webhook is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    /// No header, or not of this form.
    #[error("the header Stripe-Signature is absent or has no time and no v1 in it")]
    Absent,
    /// None of its signatures is one of these bytes with one of the secrets.
    #[error("no v1 signature in the header is one of these bytes with a configured secret")]
    Wrong,
    /// It was right once.
    #[error("the signature is older than 300 seconds")]
    Old,
}

/// Goes on only when one of the `v1` signatures is one of `payload` with one of the `secrets`, and not too old.
pub(super) fn verify(
    header: Option<&str>,
    payload: &[u8],
    secrets: &[String],
    now_s: i64,
) -> Result<(), NotSigned> {
    let header = header.ok_or(NotSigned::Absent)?;
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let time = parts().find(|(name, _)| *name == "t").map(|(_, value)| value);
    let time = time.filter(|time| time.bytes().all(|byte| byte.is_ascii_digit()));
    let time = time.ok_or(NotSigned::Absent)?;
    let at: i64 = time.parse().map_err(|_| NotSigned::Absent)?;
    let mut given = parts().filter(|(name, _)| *name == "v1").map(|(_, value)| value).peekable();
    given.peek().ok_or(NotSigned::Absent)?;
    let is_right = |signature: &str| {
        unhex(signature).is_some_and(|bytes| {
            secrets.iter().any(|secret| {
                mac(secret, time, payload).is_some_and(|mac| mac.verify_slice(&bytes).is_ok())
            })
        })
    };
    if !given.any(is_right) {
        return Err(NotSigned::Wrong);
    }
    if now_s.saturating_sub(at) > TOLERANCE_S { Err(NotSigned::Old) } else { Ok(()) }
}

/// A name for bytes that have none of their own.
pub(super) fn digest(payload: &[u8]) -> String {
    format!("sha256_{}", hex(&Sha256::digest(payload)[..16]))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}

fn mac(secret: &str, time: &str, payload: &[u8]) -> Option<Hmac<Sha256>> {
    // A key of any length is one.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(payload);
    Some(mac)
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    digits.chunks(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000;
    const BODY: &[u8] = br#"{"id": "evt_1"}"#;

    fn signature(secret: &str, at: i64, body: &[u8]) -> String {
        hex(&mac(secret, &at.to_string(), body).unwrap().finalize().into_bytes())
    }

    fn signed(secret: &str, at: i64) -> String {
        format!("t={at},v1={}", signature(secret, at, BODY))
    }

    fn check(header: &str, now: i64) -> Result<(), NotSigned> {
        verify(Some(header), BODY, &["whsec_old".to_owned(), "whsec_new".to_owned()], now)
    }

    #[test]
    fn one_right_signature_with_any_secret_will_do() {
        assert_eq!(check(&signed("whsec_old", NOW), NOW), Ok(()));
        assert_eq!(check(&signed("whsec_new", NOW), NOW), Ok(()));
        let two = format!("t={NOW},v1={},v1={}", "0".repeat(64), signature("whsec_new", NOW, BODY));
        assert_eq!(check(&two, NOW), Ok(()));
        assert_eq!(check(&signed("whsec_other", NOW), NOW), Err(NotSigned::Wrong));
    }

    #[test]
    fn after_300_seconds_it_is_too_old() {
        let header = signed("whsec_new", NOW);
        assert_eq!(check(&header, NOW + 299), Ok(()));
        assert_eq!(check(&header, NOW + 300), Ok(()));
        assert_eq!(check(&header, NOW + 301), Err(NotSigned::Old));
        // A clock of ours that is behind makes nothing old.
        assert_eq!(check(&header, NOW - 301), Ok(()));
    }

    #[test]
    fn what_is_cut_or_of_another_scheme_is_no_signature() {
        let right = signed("whsec_new", NOW);
        assert_eq!(check(&right[..right.len() - 1], NOW), Err(NotSigned::Wrong));
        assert_eq!(check(&right.replace("v1=", "v0="), NOW), Err(NotSigned::Absent));
        assert_eq!(check(&right.replace(&format!("t={NOW},"), ""), NOW), Err(NotSigned::Absent));
        assert_eq!(check("", NOW), Err(NotSigned::Absent));
        assert_eq!(verify(None, BODY, &["whsec_new".to_owned()], NOW), Err(NotSigned::Absent));
        let none: [String; 0] = [];
        assert_eq!(verify(Some(&right), BODY, &none, NOW), Err(NotSigned::Wrong));
    }

    #[test]
    fn the_bytes_must_be_those_that_were_signed() {
        let header = signed("whsec_new", NOW);
        let again = br#"{"id":"evt_1"}"#;
        let secrets = ["whsec_new".to_owned()];
        assert_eq!(verify(Some(&header), again, &secrets, NOW), Err(NotSigned::Wrong));
    }

    #[test]
    fn the_time_is_signed_too() {
        let header = signed("whsec_new", NOW).replace(&NOW.to_string(), &(NOW + 1).to_string());
        assert_eq!(check(&header, NOW), Err(NotSigned::Wrong));
    }
}
