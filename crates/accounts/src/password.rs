//! Passwords in the clear, for as short a time as can be. None of these types can be printed.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// A password that someone may choose. In form NFC (RFC 8265, section 4.2), so that it is the same from every
/// keyboard.
pub struct Password(String);

/// What someone typed to sign in. No rule applies to it but that it must match.
pub struct GivenPassword(String);

/// Why a password may not be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Fewer than 8 characters.
    #[error("The password must have at least {} characters.", Password::MIN_CHARS)]
    TooShort,
    /// More than 256 characters.
    #[error("The password must have at most {} characters.", Password::MAX_CHARS)]
    TooLong,
    /// One of those that everyone tries first.
    #[error("This password is one of the first that anyone would try. Choose another.")]
    Common,
}

/// The 200 most used passwords of eight and more characters, most used first, from the list that comes with
/// zxcvbn 4.5 (MIT licence).
static COMMON: &str = include_str!("common_passwords.txt");

impl Password {
    /// Fewest characters of a password.
    pub const MIN_CHARS: usize = 8;
    /// Most characters of a password.
    pub const MAX_CHARS: usize = 256;

    /// Reads what a person chose.
    pub fn parse(text: &str) -> Result<Self, WeakPassword> {
        let password: String = text.nfc().collect();
        let chars = password.chars().count();
        if chars < Self::MIN_CHARS {
            Err(WeakPassword::TooShort)
        } else if chars > Self::MAX_CHARS {
            Err(WeakPassword::TooLong)
        } else if is_common(&password) {
            Err(WeakPassword::Common)
        } else {
            Ok(Self(password))
        }
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}

fn is_common(password: &str) -> bool {
    let password = password.to_lowercase();
    COMMON.lines().any(|common| common == password)
}

impl GivenPassword {
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}

impl From<&str> for GivenPassword {
    fn from(text: &str) -> Self {
        Self(text.nfc().collect())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl fmt::Debug for GivenPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GivenPassword(…)")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::seven("1234567", Some(WeakPassword::TooShort))]
    #[case::seven_of_many_bytes("äöüßéèê", Some(WeakPassword::TooShort))]
    #[case::eight_once_composed("e\u{301}bcdefg", Some(WeakPassword::TooShort))]
    #[case::eight("tr0ub4d0", None)]
    #[case::no_composition_rule("correct horse battery staple", None)]
    #[case::common("password", Some(WeakPassword::Common))]
    #[case::common_in_capitals("PassWord123", Some(WeakPassword::Common))]
    fn a_password_must_be_long_enough_and_not_common(
        #[case] text: &str,
        #[case] refused: Option<WeakPassword>,
    ) {
        assert_eq!(Password::parse(text).err(), refused);
    }

    #[test]
    fn a_password_has_at_most_256_characters() {
        assert!(Password::parse(&"ä".repeat(256)).is_ok());
        assert_eq!(Password::parse(&"ä".repeat(257)).err(), Some(WeakPassword::TooLong));
    }

    #[test]
    fn every_common_password_is_long_enough_to_be_chosen() {
        assert_eq!(COMMON.lines().count(), 200);
        for common in COMMON.lines() {
            assert_eq!(Password::parse(common).err(), Some(WeakPassword::Common), "{common}");
        }
    }

    #[test]
    fn a_password_is_the_same_from_every_keyboard() {
        let chosen = Password::parse("Zoe\u{308}s garden").unwrap();
        let given = GivenPassword::from("Zo\u{eb}s garden");
        assert_eq!(chosen.into_bytes(), given.into_bytes());
    }

    #[test]
    fn a_password_is_never_printed() {
        let chosen = Password::parse("tr0ub4d0ur").unwrap();
        let given = GivenPassword::from("tr0ub4d0ur");
        assert!(!format!("{chosen:?}{given:?}").contains("tr0ub4"));
    }
}
