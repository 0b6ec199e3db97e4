//! A throw-away PostgreSQL: a cluster in a temporary folder on a free port, gone with its value.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::{env, sh};

const PATIENCE: Duration = Duration::from_mins(1);

/// A running cluster. Dropping it stops the server and removes its folder.
pub struct Postgres {
    bin: PathBuf,
    folder: PathBuf,
    server: Option<Child>,
    port: u16,
    url: String,
}

impl Postgres {
    /// Makes and starts a cluster, and waits until it answers.
    pub fn start() -> Result<Self> {
        let bin = bin_dir()?;
        remove_orphans();
        let folder = std::env::temp_dir().join(format!("{PREFIX}{}", std::process::id()));
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        let mut postgres = Self { bin, folder, server: None, port, url };
        postgres.make_cluster()?;
        postgres.serve()?;
        Ok(postgres)
    }

    /// The superuser's address of it.
    pub fn url(&self) -> &str {
        &self.url
    }

    fn make_cluster(&self) -> Result<()> {
        fs::create_dir(&self.folder).with_context(|| self.folder.display().to_string())?;
        if env::is_root() {
            let (user, group) = owner_of_postgres()?;
            chown(&self.folder, Some(user), Some(group))?;
        }
        let mut initdb = self.program("initdb")?;
        initdb.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync"]);
        // An order of words that is not the order of bytes: a query that relies on the latter
        // without saying so is found here and not at a customer's.
        initdb.args(["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"]);
        sh::output(initdb.arg("--pgdata").arg(self.data())).map(drop)
    }

    fn serve(&mut self) -> Result<()> {
        let log = fs::File::create(self.log())?;
        let mut server = self.program("postgres")?;
        server.arg("-D").arg(self.data()).args(["-p", &self.port.to_string()]);
        server.args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]);
        server.args(["-c", "max_connections=300"]);
        server.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        self.server = Some(server.spawn().context("postgres")?);
        eprintln!("PostgreSQL on port {} for now", self.port);
        let deadline = Instant::now() + PATIENCE;
        while !self.answers()? {
            let is_over = match &mut self.server {
                Some(server) => server.try_wait()?.is_some(),
                None => true,
            };
            if is_over || Instant::now() > deadline {
                bail!("PostgreSQL does not start:\n{}", fs::read_to_string(self.log())?);
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    fn answers(&self) -> Result<bool> {
        let mut ready = sh::command(self.bin.join("pg_isready"))?;
        ready.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]);
        Ok(ready.status().context("pg_isready")?.success())
    }

    /// One of its programs, as the user it wants to run as, ending when this process ends.
    fn program(&self, name: &str) -> Result<Command> {
        let mut command = sh::command("setpriv")?;
        command.args(["--pdeathsig", "INT"]);
        if env::is_root() {
            // The server refuses to run as root.
            command.args(["--reuid", "postgres", "--regid", "postgres", "--init-groups"]);
        }
        // That user may not be able to look into the workspace.
        command.current_dir(&self.folder).arg(self.bin.join(name));
        Ok(command)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    fn stop(&mut self) -> Result<()> {
        if let Some(mut server) = self.server.take() {
            let mut stop = self.program("pg_ctl")?;
            // Nothing in it is worth a clean end.
            stop.args(["stop", "-s", "-m", "immediate", "-D"]).arg(self.data());
            if sh::output(&mut stop).is_err() {
                server.kill()?;
            }
            server.wait()?;
        }
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            eprintln!("PostgreSQL does not stop: {error:#}");
        }
        remove(&self.folder);
    }
}

const PREFIX: &str = "tiny-postgres-";

/// Removes what an interrupted run has left: its server has gone with it, its folder has not.
fn remove_orphans() {
    let Ok(entries) = fs::read_dir(std::env::temp_dir()) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let id = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        // A container may give out the same process id again and again.
        let own = std::process::id().to_string();
        let is_gone = |id: &str| id == own || !Path::new("/proc").join(id).exists();
        if id.is_some_and(is_gone) {
            remove(&entry.path());
        }
    }
}

fn remove(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder) {
        eprintln!("{} stays: {error}", folder.display());
    }
}

/// The ids of the user `postgres`, which Debian's package has made.
fn owner_of_postgres() -> Result<(u32, u32)> {
    let home = Path::new("/var/lib/postgresql");
    let owner = fs::metadata(home).with_context(|| format!("no {}", home.display()))?;
    Ok((owner.uid(), owner.gid()))
}

/// The newest installed server's programs.
pub fn bin_dir() -> Result<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").context("no /usr/lib/postgresql")?;
    let newest = versions
        .flatten()
        .filter(|version| version.path().join("bin/initdb").is_file())
        .max_by_key(|version| version.file_name().to_str().and_then(|v| v.parse::<u32>().ok()));
    Ok(newest.context("no server under /usr/lib/postgresql")?.path().join("bin"))
}
