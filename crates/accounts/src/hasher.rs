//! Argon2id, off the async threads and never more at a time than there are cores.
//!
//! A permit travels into the blocking task and comes back when the hash is done, not when its caller goes
//! away: so all hashing together never takes more than 19 MiB a core.

use std::{sync::Arc, thread::available_parallelism};

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version,
    password_hash::Error as HashError,
};
use tokio::sync::Semaphore;

use crate::{Error, GivenPassword, Password, Result};

/// OWASP's password storage cheat sheet: 19 MiB, two passes, one lane.
const PARAMS: Params = match Params::new(19_456, 2, 1, None) {
    Ok(params) => params,
    Err(_) => panic!("Argon2 knows these parameters"),
};

/// A hash of the same cost that no password matches: its output was chosen, not computed.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[derive(Debug, Clone)]
pub(crate) struct Hasher {
    permits: Arc<Semaphore>,
}

impl Hasher {
    pub(crate) fn for_this_machine() -> Self {
        Self::with_permits(available_parallelism().map_or(1, usize::from))
    }

    fn with_permits(permits: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(permits)) }
    }

    /// The password's hash as a PHC string.
    pub(crate) async fn hash(&self, password: Password, salt: [u8; 16]) -> Result<String> {
        self.run(move || {
            argon2()
                .hash_password_with_salt(&password.into_bytes(), &salt)
                .map(|hash: PasswordHash| hash.to_string())
                .map_err(failed)
        })
        .await?
    }

    /// Whether `password` is the one that was hashed. Without a hash the answer is no, and takes as long.
    pub(crate) async fn is_match(
        &self,
        password: GivenPassword,
        hash: Option<String>,
    ) -> Result<bool> {
        self.run(move || {
            let stored = hash.as_deref().unwrap_or(NOBODYS);
            match argon2().verify_password(&password.into_bytes(), stored) {
                Ok(()) => Ok(hash.is_some()),
                Err(HashError::PasswordInvalid) => Ok(false),
                Err(error) => Err(failed(error)),
            }
        })
        .await?
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|closed| Error::Hashing(closed.to_string()))?;
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        });
        done.await.map_err(|error| Error::Hashing(error.to_string()))
    }
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, PARAMS)
}

fn failed(error: HashError) -> Error {
    Error::Hashing(error.to_string())
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, time::Duration};

    use super::*;

    #[tokio::test]
    async fn only_the_password_that_was_hashed_matches() {
        let hasher = Hasher::with_permits(1);
        let password = Password::parse("tr0ub4d0ur").unwrap();
        let hash = hasher.hash(password, [7; 16]).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(hasher.is_match("tr0ub4d0ur".into(), Some(hash.clone())).await.unwrap());
        assert!(!hasher.is_match("Tr0ub4d0ur".into(), Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn nobodys_hash_costs_as_much_as_any_and_matches_nothing() {
        let hasher = Hasher::with_permits(1);
        let real = hasher.hash(Password::parse("tr0ub4d0ur").unwrap(), [7; 16]).await.unwrap();
        let (real, nobodys) =
            (PasswordHash::new(&real).unwrap(), PasswordHash::new(NOBODYS).unwrap());
        assert_eq!(real.algorithm, nobodys.algorithm);
        assert_eq!(real.version, nobodys.version);
        assert_eq!(real.params, nobodys.params);
        assert_eq!(real.hash.unwrap().len(), nobodys.hash.unwrap().len());
        assert_eq!(real.salt.unwrap().len(), nobodys.salt.unwrap().len());
        assert!(!hasher.is_match("tr0ub4d0ur".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_caller_who_goes_away_does_not_free_its_place() {
        let hasher = Hasher::with_permits(1);
        let (finish, finished) = mpsc::channel::<()>();
        let (tell_begun, begun) = tokio::sync::oneshot::channel();
        let caller = tokio::spawn({
            let hasher = hasher.clone();
            async move {
                hasher
                    .run(move || {
                        tell_begun.send(()).ok();
                        finished.recv().ok();
                    })
                    .await
            }
        });
        begun.await.unwrap();
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        assert_eq!(hasher.permits.available_permits(), 0);

        finish.send(()).unwrap();
        let _permit = tokio::time::timeout(Duration::from_secs(10), hasher.permits.acquire())
            .await
            .expect("the place is free once the work is done")
            .unwrap();
    }
}
