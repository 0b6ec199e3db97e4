//! Argon2id, on threads of its own that give way to everything else.
//!
//! Hashing is the one thing that strangers can ask for and that takes a whole core. Three bounds keep a flood of
//! sign-ins from harming ingest (`docs/decisions/0009-hashing-gives-way.md`):
//!
//! - **Time**: half of the cores hash, at the lowest priority, and little of that for a crowd (`threads.rs`).
//! - **Memory**: each of their threads has 19 MiB and nobody else has any (`memory.rs`).
//! - **Waiting**: 16 strangers may wait for each thread, below 9 s in all. One more is [`Error::TooMany`] at once,
//!   whether the account exists or not.
//!
//! The price is paid by whoever signs in during a flood from a place they never signed in from: a right password may
//! have to be sent again, too. Without the bound all of them would wait for ever instead.

mod memory;
mod threads;

use std::{num::NonZero, sync::Arc, thread::available_parallelism};

use argon2::{
    CustomizedPasswordHasher, Params, PasswordHash, PasswordVerifier,
    password_hash::Error as HashError,
};

use crate::{Error, GivenPassword, Password, Result};
pub(crate) use threads::Line;
use threads::Threads;

/// OWASP's password storage cheat sheet: 19 MiB, two passes, one lane.
const PARAMS: Params = match Params::new(19_456, 2, 1, None) {
    Ok(params) => params,
    Err(_) => panic!("Argon2 knows these parameters"),
};

/// A hash of the same cost that no password matches: its output was chosen, not computed.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// More bytes than the 256 characters of a password can have.
const TOO_MANY_BYTES: usize = 256 * 4 + 1;

/// Hashes and compares passwords. Clones share the threads, which end with the last of them.
#[derive(Debug, Clone)]
pub(crate) struct Hasher {
    threads: Arc<Threads>,
}

impl Hasher {
    pub(crate) fn for_this_machine() -> Self {
        let cores = available_parallelism().map_or(1, NonZero::get);
        Self::with_threads((cores / 2).max(1))
    }

    pub(crate) fn with_threads(count: usize) -> Self {
        Self { threads: Arc::new(Threads::new(count)) }
    }

    /// The password's hash as a PHC string.
    ///
    /// # Errors
    ///
    /// [`Error::TooMany`] when too many wait already.
    pub(crate) async fn hash(&self, password: Password, salt: [u8; 16]) -> Result<String> {
        let hash = self.threads.run(Line::Strangers, move |memory| {
            memory.hash_password_with_params(&password.into_bytes(), &salt, PARAMS)
        });
        hash.await?.map(|hash: PasswordHash| hash.to_string()).map_err(failed)
    }

    /// Whether `password` is the one that was hashed. Without a hash the answer is no, and takes as long.
    ///
    /// # Errors
    ///
    /// [`Error::TooMany`] when too many wait already.
    pub(crate) async fn is_match(
        &self,
        password: GivenPassword,
        hash: Option<String>,
        line: Line,
    ) -> Result<bool> {
        let password = short(password.into_bytes());
        let verified = self.threads.run(line, move |memory| {
            let stored = PasswordHash::new(hash.as_deref().unwrap_or(NOBODYS))?;
            memory.verify_password(&password, &stored).map(|()| hash.is_some())
        });
        match verified.await? {
            Err(HashError::PasswordInvalid) => Ok(false),
            verified => verified.map_err(failed),
        }
    }
}

/// What waits must not be as long as a stranger likes. The start of what is too long is too long as well, so it
/// matches nothing either.
fn short(mut password: Vec<u8>) -> Vec<u8> {
    password.truncate(TOO_MANY_BYTES);
    password.shrink_to_fit();
    password
}

fn failed(error: HashError) -> Error {
    Error::Hashing(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_that_was_hashed_matches() {
        let hasher = Hasher::with_threads(1);
        let password = Password::parse("tr0ub4d0ur").unwrap();
        let hash = hasher.hash(password, [7; 16]).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(
            hasher
                .is_match("tr0ub4d0ur".into(), Some(hash.clone()), Line::Strangers)
                .await
                .unwrap()
        );
        assert!(!hasher.is_match("Tr0ub4d0ur".into(), Some(hash), Line::Strangers).await.unwrap());
    }

    #[tokio::test]
    async fn nobodys_hash_costs_as_much_as_any_and_matches_nothing() {
        let hasher = Hasher::with_threads(1);
        let real = hasher.hash(Password::parse("tr0ub4d0ur").unwrap(), [7; 16]).await.unwrap();
        let (real, nobodys) =
            (PasswordHash::new(&real).unwrap(), PasswordHash::new(NOBODYS).unwrap());
        assert_eq!(real.algorithm, nobodys.algorithm);
        assert_eq!(real.version, nobodys.version);
        assert_eq!(real.params, nobodys.params);
        assert_eq!(real.hash.unwrap().len(), nobodys.hash.unwrap().len());
        assert_eq!(real.salt.unwrap().len(), nobodys.salt.unwrap().len());
        assert!(!hasher.is_match("tr0ub4d0ur".into(), None, Line::Strangers).await.unwrap());
    }

    #[tokio::test]
    async fn the_longest_password_matches_and_one_that_only_begins_with_it_does_not() {
        let hasher = Hasher::with_threads(1);
        let longest = "𝕏".repeat(256);
        let hash = hasher.hash(Password::parse(&longest).unwrap(), [7; 16]).await.unwrap();
        let is_match = |given: String| {
            hasher.is_match(given.as_str().into(), Some(hash.clone()), Line::Strangers)
        };
        assert!(is_match(longest.clone()).await.unwrap());
        assert!(!is_match(format!("{longest}𝕏")).await.unwrap());
        assert!(!is_match(longest.repeat(1_000)).await.unwrap());
    }

    #[test]
    fn what_waits_is_short() {
        assert_eq!(short(vec![b'a'; 1 << 20]).capacity(), TOO_MANY_BYTES);
        assert_eq!(short(b"tr0ub4d0ur".to_vec()), b"tr0ub4d0ur");
    }
}
