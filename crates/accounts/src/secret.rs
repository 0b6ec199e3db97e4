//! The secrets that stand for a person: after they have signed in, and in links that only they were sent.
//!
//! 256 random bits; outside as base64url (RFC 4648, section 5, without padding), in the database as SHA-256
//! only. A look-up is by that hash, through its unique index: no comparison takes longer the better the guess.

use std::fmt;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use db::Chance;
use sha2::{Digest, Sha256};

#[derive(Clone, PartialEq, Eq)]
struct Secret([u8; 32]);

impl Secret {
    fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }

    fn text(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0)
    }

    fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0).to_vec()
    }
}

/// What the login cookie holds.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginSecret(Secret);

impl LoginSecret {
    pub(crate) fn new(chance: &Chance) -> Self {
        Self(Secret(chance.bytes()))
    }

    /// Reads a cookie's value; `None` when it cannot be one of ours.
    #[must_use]
    pub fn parse(cookie: &str) -> Option<Self> {
        Secret::parse(cookie).map(Self)
    }

    /// The cookie's value: 43 characters of base64url.
    #[must_use]
    pub fn expose(&self) -> String {
        self.0.text()
    }

    pub(crate) fn hash(&self) -> Vec<u8> {
        self.0.hash()
    }
}

/// What a link that was sent to one person holds: 43 characters of base64url.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkSecret(Secret);

impl LinkSecret {
    /// A new one.
    #[must_use]
    pub fn new(chance: &Chance) -> Self {
        Self(Secret(chance.bytes()))
    }

    /// Reads the end of a link; `None` when it cannot be one of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Secret::parse(text).map(Self)
    }

    /// The end of the link.
    #[must_use]
    pub fn expose(&self) -> String {
        self.0.text()
    }

    /// What the database holds.
    #[must_use]
    pub fn hash(&self) -> Vec<u8> {
        self.0.hash()
    }
}

/// A bearer token for tools: `tat_` and 43 characters of base64url.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken(Secret);

impl AccessToken {
    const PREFIX: &'static str = "tat_";

    pub(crate) fn new(chance: &Chance) -> Self {
        Self(Secret(chance.bytes()))
    }

    /// Reads what stood behind `Bearer`; `None` when it cannot be one of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.strip_prefix(Self::PREFIX).and_then(Secret::parse).map(Self)
    }

    /// The token's text.
    #[must_use]
    pub fn expose(&self) -> String {
        format!("{}{}", Self::PREFIX, self.0.text())
    }

    pub(crate) fn hash(&self) -> Vec<u8> {
        self.0.hash()
    }
}

impl fmt::Debug for LoginSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LoginSecret(…)")
    }
}

impl fmt::Debug for LinkSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkSecret(…)")
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn a_secret_reads_back_from_its_own_text() {
        let chance = Chance::seeded(1);
        let (login, token) = (LoginSecret::new(&chance), AccessToken::new(&chance));
        assert_eq!(LoginSecret::parse(&login.expose()), Some(login));
        assert_eq!(token.expose().len(), "tat_".len() + 43);
        assert_eq!(AccessToken::parse(&token.expose()), Some(token));
    }

    #[rstest]
    #[case::empty("")]
    #[case::prefix_only("tat_")]
    #[case::public_key("pk_live_0123456789abcdef0123456789abcdef0123456")]
    #[case::short("tat_AAAA")]
    #[case::padded("tat_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    #[case::not_canonical("tat_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB")]
    fn what_cannot_be_a_token_is_refused_unasked(#[case] text: &str) {
        assert_eq!(AccessToken::parse(text), None);
        assert_eq!(LoginSecret::parse(text), None);
    }

    #[test]
    fn what_is_stored_is_the_sha_256() {
        const SHA_256_OF_32_ZEROS: &str =
            "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925";
        let stored = u128::from_str_radix(&SHA_256_OF_32_ZEROS[..32], 16).unwrap().to_be_bytes();
        for hash in [LoginSecret(Secret([0; 32])).hash(), AccessToken(Secret([0; 32])).hash()] {
            assert_eq!(hash.len(), 32);
            assert_eq!(hash[..16], stored);
        }
    }

    #[test]
    fn a_secret_is_never_printed() {
        let chance = Chance::system();
        let (login, token) = (LoginSecret::new(&chance), AccessToken::new(&chance));
        assert_eq!(format!("{login:?}{token:?}"), "LoginSecret(…)AccessToken(…)");
    }
}
