//! A `PostgreSQL` of our own, which can be killed, stopped and started again over the same files.

use std::{
    fs::{self, File},
    net::TcpListener,
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use rig::process::{self, Signal};
use sqlx::{Connection, PgConnection};
use tokio::time::{Instant, sleep};
use url::Url;

const PATIENCE: Duration = Duration::from_mins(1);
const GLANCE: Duration = Duration::from_millis(20);

/// Its files, and its first process while it runs.
#[derive(Debug)]
pub struct Cluster {
    bin: PathBuf,
    folder: PathBuf,
    log: PathBuf,
    url: Url,
    port: u16,
    postmaster: Option<Child>,
}

impl Cluster {
    /// Makes its files in a new folder of `place`; its log goes to `home`.
    pub fn make(bin: Option<&Path>, place: &Path, home: &Path) -> Result<Self> {
        let bin = bin.context("PostgreSQL needs --postgres-bin FOLDER")?.to_path_buf();
        let folder = place.join("postgres");
        fs::create_dir(&folder)?;
        if process::is_root() {
            // The user that Debian's package has made.
            let owner = fs::metadata("/var/lib/postgresql").context("the user postgres")?;
            chown(&folder, Some(owner.uid()), Some(owner.gid()))?;
            for above in folder.ancestors().skip(1).take_while(|above| above.starts_with(home)) {
                let mut permissions = fs::metadata(above)?.permissions();
                std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o711);
                fs::set_permissions(above, permissions)?;
            }
        }
        let port = lasting_port()?;
        let url = Url::parse(&format!("postgres://postgres@127.0.0.1:{port}/postgres"))?;
        let log = home.join("postgres.log");
        let cluster = Self { bin, folder, log, url, port, postmaster: None };
        let mut initdb = cluster.program("initdb");
        initdb.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8"]);
        let made = initdb.arg("--pgdata").arg(cluster.data()).output().context("initdb")?;
        let said = String::from_utf8_lossy(&made.stderr);
        ensure!(made.status.success(), "initdb: {said}");
        Ok(cluster)
    }

    /// The superuser's address of it.
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// Starts it with `settings` and waits until it answers.
    pub async fn start(&mut self, settings: &[&str]) -> Result<()> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let mut server = self.program("postgres");
        server.arg("-D").arg(self.data()).args(["-p", &self.port.to_string()]);
        // Small, for a small disk.
        let own = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_wal_size=64MB"];
        server.args(own.iter().chain(settings).flat_map(|setting| ["-c", setting]));
        server.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        self.postmaster = Some(server.spawn().context("postgres")?);
        let deadline = Instant::now() + PATIENCE;
        while PgConnection::connect(self.url.as_str()).await.is_err() {
            let ended = self.postmaster.as_mut().map(Child::try_wait).transpose()?.flatten();
            if ended.is_some() || Instant::now() > deadline {
                let log = fs::read_to_string(&self.log).unwrap_or_default();
                let last: Vec<_> = log.lines().rev().take(12).collect();
                bail!("PostgreSQL does not start; its log, newest first:\n{}", last.join("\n"));
            }
            sleep(GLANCE).await;
        }
        Ok(())
    }

    /// Waits until it answers, and starts it again if it has ended by itself; whether it had. Where it cannot write its log
    /// it crashes, and where it cannot recover from that either, it ends: then it is for whoever runs it to start it.
    pub async fn revive(&mut self) -> Result<bool> {
        let deadline = Instant::now() + PATIENCE;
        while PgConnection::connect(self.url.as_str()).await.is_err() {
            let ended = self.postmaster.as_mut().map(Child::try_wait).transpose()?.flatten();
            if ended.is_some() {
                self.start(&[]).await?;
                return Ok(true);
            }
            ensure!(Instant::now() < deadline, "PostgreSQL neither answers nor ends");
            sleep(GLANCE).await;
        }
        Ok(false)
    }

    /// Ends all its processes without a chance to do anything, and waits until they are gone.
    pub async fn kill(&mut self) -> Result<()> {
        let Some(mut postmaster) = self.postmaster.take() else { return Ok(()) };
        // The first process first, so that it makes no further ones; each of those is a session of its own.
        let children = process::children(postmaster.id())?;
        postmaster.kill()?;
        postmaster.wait()?;
        for child in &children {
            // It may have gone by itself.
            process::signal(*child, Signal::KILL).ok();
        }
        let deadline = Instant::now() + PATIENCE;
        while children.iter().any(|child| process::is_running(*child)) {
            ensure!(Instant::now() < deadline, "PostgreSQL's processes do not go");
            sleep(GLANCE).await;
        }
        Ok(())
    }

    /// Sends all its processes a signal.
    pub fn signal_all(&self, signal: Signal) -> Result<()> {
        let postmaster = self.postmaster.as_ref().context("PostgreSQL does not run")?;
        process::signal(postmaster.id(), signal)?;
        for child in process::children(postmaster.id())? {
            let sent = process::signal(child, signal);
            // Some come and go by themselves.
            ensure!(sent.is_ok() || !process::is_running(child), "process {child} takes no signal");
        }
        Ok(())
    }

    /// Sends its first process a signal, and waits until it has ended.
    pub async fn stop(&mut self, signal: Signal) -> Result<()> {
        let Some(mut postmaster) = self.postmaster.take() else { return Ok(()) };
        process::signal(postmaster.id(), signal)?;
        let deadline = Instant::now() + PATIENCE;
        while postmaster.try_wait()?.is_none() {
            if Instant::now() > deadline {
                self.postmaster = Some(postmaster);
                bail!("PostgreSQL does not stop");
            }
            sleep(GLANCE).await;
        }
        Ok(())
    }

    /// One of its programs, as the user it wants to run as, ending when this process ends.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]);
        if process::is_root() {
            // The server refuses to run as root.
            command.args(["--reuid", "postgres", "--regid", "postgres", "--init-groups"]);
        }
        command.current_dir("/").arg(self.bin.join(name));
        command
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }
}

/// A port that is free and below those that the system gives to clients, so that none of them has it while the server
/// is away.
fn lasting_port() -> Result<u16> {
    const FIRST: u32 = 20_000;
    const PORTS: u32 = 10_000;
    let ports = (0..PORTS).map(|number| FIRST + (std::process::id() + number) % PORTS);
    let mut ports = ports.filter_map(|port| u16::try_from(port).ok());
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    ports.find(is_free).context("every port is taken")
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut postmaster) = self.postmaster.take() {
            // Its other processes go when it has gone.
            drop(postmaster.kill());
            drop(postmaster.wait());
        }
    }
}
