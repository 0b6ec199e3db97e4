//! A server whose commits do not wait for the disk, on the same files as one whose commits do.
//!
//! The product has no such setting. PostgreSQL has one for each connection, which its address can carry. SQLite lives
//! inside the server, so there the C library's two calls are replaced by ones that return at once.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use rig::database::{Database, Engine};
use sqlx::{Connection, PgConnection};

const NO_SYNC: &str = include_str!("no_sync.c");
const COMMIT: &str = "SELECT current_setting('synchronous_commit')";

/// How such a server is started.
#[derive(Debug)]
pub enum Unsynced {
    /// With this library before the C library.
    Preloaded {
        /// The address of the database, as ever.
        url: String,
        /// The library.
        library: PathBuf,
        /// The same as text.
        variable: String,
    },
    /// With this address.
    Told {
        /// Of the database, with the setting.
        url: String,
    },
}

impl Unsynced {
    /// What is done to whom, for the report.
    pub const fn how(engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => "off (fdatasync and fsync return at once)",
            Engine::Postgres => "off (synchronous_commit = off)",
        }
    }

    /// Over this database. A library is made in `folder`.
    pub fn over(database: &Database, folder: &Path) -> Result<Self> {
        match database {
            Database::Sqlite { url } => {
                let library = compile(folder)?;
                let variable = library.to_str().context("a folder's name")?.to_owned();
                Ok(Self::Preloaded { url: url.clone(), library, variable })
            }
            Database::Postgres { url, .. } => {
                let mut url = url.clone();
                url.query_pairs_mut().append_pair("options", "-c synchronous_commit=off");
                Ok(Self::Told { url: url.into() })
            }
        }
    }

    /// The address for the server.
    pub fn url(&self) -> &str {
        match self {
            Self::Preloaded { url, .. } | Self::Told { url } => url,
        }
    }

    /// A variable for the server.
    pub fn setting(&self) -> Option<(&str, &str)> {
        match self {
            Self::Preloaded { variable, .. } => Some(("LD_PRELOAD", variable)),
            Self::Told { .. } => None,
        }
    }

    /// An error unless it took.
    pub async fn check(&self, server: u32) -> Result<()> {
        match self {
            Self::Preloaded { library, .. } => {
                let name = library.to_str().context("a folder's name")?;
                let maps = fs::read_to_string(format!("/proc/{server}/maps"))?;
                ensure!(maps.contains(name), "the server does not load {name}; is it static?");
            }
            Self::Told { url } => {
                let mut connection = PgConnection::connect(url).await?;
                let set: String = sqlx::query_scalar(COMMIT).fetch_one(&mut connection).await?;
                ensure!(set == "off", "synchronous_commit is {set} in spite of its address");
            }
        }
        Ok(())
    }
}

/// With the compiler that every Rust toolchain links with.
fn compile(folder: &Path) -> Result<PathBuf> {
    let library = folder.join("no_sync.so");
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-x", "c", "-", "-o"]).arg(&library).stdin(Stdio::piped());
    let mut cc = cc.spawn().context("cc")?;
    cc.stdin.take().context("its input was not piped")?.write_all(NO_SYNC.as_bytes())?;
    let status = cc.wait()?;
    ensure!(status.success(), "cc: {status}");
    Ok(library)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_carries_the_setting_beside_what_it_had() {
        let url = "postgres://me@localhost/tiny?sslmode=disable".parse().unwrap();
        let server = "postgres://me@localhost/postgres".parse().unwrap();
        let database = Database::Postgres { url, server };
        let unsynced = Unsynced::over(&database, Path::new("/")).unwrap();
        assert_eq!(
            unsynced.url(),
            "postgres://me@localhost/tiny?sslmode=disable&options=-c+synchronous_commit%3Doff"
        );
    }
}
