//! Who has had how much CPU time.

use std::time::Duration;

use anyhow::Result;
use rig::{database::Engine, premises::Premises, process};
use tokio::time::sleep_until;

use crate::load::Span;

/// Reads how much CPU time everyone has had.
#[derive(Debug, Clone, Copy)]
pub struct Meter {
    /// The server's process, if there is one.
    pub server: Option<u32>,
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
    pub fn of(premises: &Premises, server: Option<u32>, engine: Engine) -> Self {
        Self { server, postmaster: premises.postmaster(engine) }
    }

    /// Up to now.
    pub fn read(&self) -> Result<Spent> {
        let database = self.postmaster.map(process::cpu_with_children).transpose()?;
        let server = self.server.map(process::cpu).transpose()?;
        Ok(Spent {
            server: server.unwrap_or_default(),
            database: database.unwrap_or_default(),
            loader: process::cpu(std::process::id())?,
        })
    }

    /// Within `span`.
    pub async fn over(&self, span: Span) -> Result<Spent> {
        sleep_until(span.from).await;
        let before = self.read()?;
        sleep_until(span.until).await;
        Ok(self.read()?.since(before))
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

    /// Both together.
    pub fn add(&mut self, other: Self) {
        self.server += other.server;
        self.database += other.database;
        self.loader += other.loader;
    }
}
