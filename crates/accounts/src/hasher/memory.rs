//! What one thread hashes in. Taken once and used again, it saves the kernel from clearing 19 MiB for each hash
//! (an eighth of a hash's time) and everyone else from waiting meanwhile for the lock of the address space.

use std::cell::RefCell;

use argon2::{
    Algorithm, Argon2, Block, CustomizedPasswordHasher, Params, PasswordHash, Version,
    password_hash::{
        Error, Result,
        phc::{Output, ParamsString, Salt},
    },
};

/// Nothing at first; as much as the largest hash so far took.
#[derive(Default)]
pub(super) struct Memory(RefCell<Vec<Block>>);

/// The same as of [`Argon2`], which takes new memory each time. Comparing comes with it.
impl CustomizedPasswordHasher<PasswordHash> for Memory {
    type Params = Params;

    fn hash_password_customized(
        &self,
        password: &[u8],
        salt: &[u8],
        algorithm: Option<&str>,
        version: Option<u32>,
        params: Params,
    ) -> Result<PasswordHash> {
        let algorithm =
            algorithm.map(Algorithm::try_from).transpose()?.unwrap_or(Algorithm::Argon2id);
        let version = version.map(Version::try_from).transpose()?.unwrap_or(Version::V0x13);
        let described = ParamsString::try_from(&params)?;
        let mut output = [0; Output::MAX_LENGTH];
        let output = output
            .get_mut(..params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN))
            .ok_or(Error::OutputSize)?;
        let blocks = &mut *self.0.borrow_mut();
        blocks.resize(params.block_count(), Block::new());
        Argon2::new(algorithm, version, params)
            .hash_password_into_with_memory(password, salt, output, blocks)?;
        Ok(PasswordHash {
            algorithm: algorithm.ident(),
            version: Some(version.into()),
            params: described,
            salt: Some(Salt::new(salt)?),
            hash: Some(Output::new(output)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use argon2::{PasswordHasher, PasswordVerifier};

    use super::*;

    #[test]
    fn a_hash_in_used_memory_is_the_one_that_argon2_makes_in_new_memory() {
        let memory = Memory::default();
        for (kibibytes, password) in [(64, "tr0ub4d0ur"), (8, ""), (128, "four warm words")] {
            let params = Params::new(kibibytes, 2, 1, None).unwrap();
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
            let expected = argon2.hash_password_with_salt(password.as_bytes(), &[7; 16]).unwrap();
            let hash = memory.hash_password_with_params(password.as_bytes(), &[7; 16], params);
            assert_eq!(hash.unwrap(), expected);
            memory.verify_password(password.as_bytes(), &expected).unwrap();
            memory.verify_password(b"another", &expected).unwrap_err();
        }
    }
}
