//! The credential in the ingest path. It grants sending to one source and nothing else.

use std::{fmt, sync::Arc};

use db::Chance;

/// A public key: one that we made, or what stands in its place in an ingest path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PublicKey(Arc<str>);

impl PublicKey {
    /// The longest text that is looked up, in bytes.
    const MAX_BYTES: usize = 128;

    /// A new key: `pk_` and 120 random bits as 24 lower-case characters of Crockford's base 32.
    #[must_use]
    pub fn generate(chance: &Chance) -> Self {
        const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let mut text = String::from("pk_");
        // Five bytes are eight characters: no bit is left over.
        for chunk in chance.bytes::<15>().chunks(5) {
            let bits = chunk.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
            for place in (0..8).rev() {
                let digit = usize::try_from((bits >> (5 * place)) & 31).unwrap_or_default();
                text.push(char::from(ALPHABET[digit]));
            }
        }
        Self(text.into())
    }

    /// The key in an ingest path; `None` when it cannot be one, so that no lookup is made. Wide on purpose:
    /// identifiers are 1 to 128 printable characters (docs/API.md, Ingest v2).
    #[must_use]
    pub fn from_path(text: &str) -> Option<Self> {
        let is_lookup_worth_it =
            !text.is_empty() && text.len() <= Self::MAX_BYTES && !text.contains(char::is_control);
        is_lookup_worth_it.then(|| Self(text.into()))
    }

    /// The key as it stands in the path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rstest::rstest;

    use super::*;

    #[test]
    fn a_new_key_has_its_prefix_and_24_lower_case_characters_and_is_new() {
        let chance = Chance::system();
        let keys: HashSet<_> = (0..1_000).map(|_| PublicKey::generate(&chance)).collect();
        assert_eq!(keys.len(), 1_000);
        for key in keys {
            let digits = key.as_str().strip_prefix("pk_").expect("the prefix");
            assert_eq!(digits.len(), 24);
            assert!(digits.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase()), "{key}");
            assert_eq!(PublicKey::from_path(key.as_str()), Some(key));
        }
    }

    #[test]
    fn every_random_bit_is_in_the_key() {
        let key = PublicKey::generate(&Chance::seeded(1));
        let digits = &key.as_str()[3..];
        let bits = digits.chars().fold(0_u128, |bits, c| {
            let digit = "0123456789abcdefghjkmnpqrstvwxyz".find(c).expect("of the alphabet");
            (bits << 5) | digit as u128
        });
        let random = Chance::seeded(1).bytes::<15>();
        assert_eq!(bits.to_be_bytes()[1..], random);
    }

    #[rstest]
    #[case::ours("pk_7f3a19b0d4e8426cb15a90c2", true)]
    #[case::short("x", true)]
    #[case::longest(&"k".repeat(128), true)]
    #[case::empty("", false)]
    #[case::too_long(&"k".repeat(129), false)]
    #[case::nul("pk_\0", false)]
    #[case::line_break("pk_\n", false)]
    fn a_path_is_looked_up_only_if_it_can_be_a_key(#[case] text: &str, #[case] is_key: bool) {
        assert_eq!(PublicKey::from_path(text).is_some(), is_key);
    }
}
