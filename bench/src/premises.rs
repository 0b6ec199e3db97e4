//! What a benchmark stands on: the engines to try, where they run, and the lines that say so.

use anyhow::Result;
use tempfile::TempDir;

use crate::{
    args::Target,
    database::{Engine, PostgresServer},
    machine,
    meter::Meter,
    server::Server,
};

/// Found out before the first run.
#[derive(Debug)]
pub struct Premises {
    /// To be tried in this order.
    pub engines: Vec<Engine>,
    postgres: Option<PostgresServer>,
}

impl Premises {
    /// Asks the machine and the `PostgreSQL`.
    pub async fn of(target: &Target) -> Result<Self> {
        let engines = target.engines()?;
        let postgres = match &target.postgres {
            Some(url) if engines.contains(&Engine::Postgres) => {
                Some(PostgresServer::ask(url).await?)
            }
            _ => None,
        };
        Ok(Self { engines, postgres })
    }

    /// The lines above every table.
    pub fn print(&self, target: &Target) -> Result<()> {
        println!("command     {}", target.command_line());
        println!("machine     {}", machine::describe()?);
        println!("disk        {}", machine::file_system(&target.folder)?);
        if let Some(PostgresServer { settings, folder, postmaster }) = &self.postgres {
            let system =
                folder.as_ref().and_then(|folder| machine::file_system(folder.as_ref()).ok());
            let system = system.as_deref().unwrap_or("a disk unknown");
            let seen = if postmaster.is_some() { "counted" } else { "elsewhere, not counted" };
            println!("PostgreSQL  {settings}; on {system}; its processes are {seen}");
        }
        Ok(())
    }

    /// What reads the CPU time of `server` and of what stores for it.
    pub fn meter(&self, server: &Server, engine: Engine) -> Meter {
        let postmaster = self.postgres.as_ref().and_then(|server| server.postmaster);
        let postmaster = postmaster.filter(|_| engine == Engine::Postgres);
        Meter { server: server.pid(), postmaster }
    }
}

/// A folder for the files of one run, which goes when it is dropped.
pub fn home(target: &Target) -> Result<TempDir> {
    Ok(tempfile::Builder::new().prefix("tiny-bench-").tempdir_in(&target.folder)?)
}
