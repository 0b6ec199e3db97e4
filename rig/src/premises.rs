//! What a run stands on: the engines to try, where they run, and the lines that say so.

use anyhow::Result;
use tempfile::TempDir;

use crate::{
    database::{Engine, PostgresServer},
    machine,
    target::Target,
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
    #[expect(clippy::print_stdout, reason = "programs print their reports with it")]
    pub fn print(&self, target: &Target) -> Result<()> {
        for (what, text) in self.tell(target)? {
            println!("{what:<11} {text}");
        }
        Ok(())
    }

    /// The same, each by its name.
    pub fn tell(&self, target: &Target) -> Result<Vec<(&'static str, String)>> {
        let mut lines = vec![
            ("command", target.command_line()),
            ("machine", machine::describe()?),
            ("disk", machine::file_system(&target.folder)?),
        ];
        if let Some(PostgresServer { settings, folder, postmaster }) = &self.postgres {
            let system =
                folder.as_ref().and_then(|folder| machine::file_system(folder.as_ref()).ok());
            let system = system.as_deref().unwrap_or("a disk unknown");
            let seen = if postmaster.is_some() { "counted" } else { "elsewhere, not counted" };
            let text = format!("{settings}; on {system}; its processes are {seen}");
            lines.push(("PostgreSQL", text));
        }
        Ok(lines)
    }

    /// The first process of what stores for `engine`, when it is another than the server and on this machine.
    #[must_use]
    pub fn postmaster(&self, engine: Engine) -> Option<u32> {
        let postmaster = self.postgres.as_ref().and_then(|server| server.postmaster);
        postmaster.filter(|_| engine == Engine::Postgres)
    }
}

/// A folder for the files of one run, which goes when it is dropped.
pub fn home(target: &Target) -> Result<TempDir> {
    Ok(tempfile::Builder::new().prefix("tiny-rig-").tempdir_in(&target.folder)?)
}
