//! One process serves a SQLite file.
//!
//! What is remembered of sources and counted of their requests is one process's own there. Commands that change the
//! database beside a running server are no servers and need no lock.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};

/// Held by the one process that serves a database. The system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct Alone {
    _lock: Option<File>,
}

impl Alone {
    /// Takes the lock of the database with this address, before it is opened. `PostgreSQL` needs none.
    ///
    /// # Errors
    ///
    /// When another process has it.
    pub fn at(database_url: &str) -> anyhow::Result<Self> {
        let Some(path) = database_url.strip_prefix("sqlite:") else {
            return Ok(Self { _lock: None });
        };
        let path = Path::new(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("{} cannot be made", folder.display()))?;
        }
        let lock = lock_of(path);
        let file = File::options().create(true).append(true).open(&lock);
        let file = file.with_context(|| format!("{} cannot be opened", lock.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _lock: Some(file) }),
            Err(TryLockError::WouldBlock) => bail!(
                "another `tiny serve` serves {} already, and only one can: stop it first, or let \
                 several share a PostgreSQL (TINY_DATABASE_URL=postgres://…)",
                path.display()
            ),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("{} cannot be locked", lock.display()))
            }
        }
    }
}

/// It stands beside the file itself, by whatever name that was called.
fn lock_of(path: &Path) -> PathBuf {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut lock = path.into_os_string();
    lock.push(".lock");
    lock.into()
}
