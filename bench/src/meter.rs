//! Who has had how much CPU time.

use std::time::Duration;

use anyhow::Result;
use rig::{database::Engine, premises::Premises, process, server::Server};

/// Reads how much CPU time everyone has had.
#[derive(Debug, Clone, Copy)]
pub struct Meter {
    /// The server's process.
    pub server: u32,
    /// `PostgreSQL`'s first process, when it is to be counted.
    pub postmaster: Option<u32>,
}

/// CPU time by who had it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spent {
    /// `tiny`.
    pub server: Duration,
    /// `PostgreSQL`'s processes; zero for `SQLite`, which works inside the server.
    pub database: Duration,
    /// This process.
    pub loader: Duration,
}

impl Meter {
    /// Of `server` and of what stores for it.
    pub fn of(premises: &Premises, server: &Server, engine: Engine) -> Self {
        Self { server: server.pid(), postmaster: premises.postmaster(engine) }
    }

    /// Up to now.
    pub fn read(&self) -> Result<Spent> {
        let database = self.postmaster.map(process::cpu_with_children).transpose()?;
        Ok(Spent {
            server: process::cpu(self.server)?,
            database: database.unwrap_or_default(),
            loader: process::cpu(std::process::id())?,
        })
    }
}

impl Spent {
    /// What came on top of `before`.
    pub fn since(self, before: Self) -> Self {
        Self {
            server: self.server.saturating_sub(before.server),
            database: self.database.saturating_sub(before.database),
            loader: self.loader.saturating_sub(before.loader),
        }
    }
}
