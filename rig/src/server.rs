//! `tiny serve` as a child process.

use std::{
    ffi::OsStr,
    fs::File,
    net::SocketAddr,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use tokio::time::{Instant, sleep};

use crate::{
    connection::Connection,
    process::{self, Signal},
};

/// Longest wait for readiness, and for the end after SIGTERM.
const PATIENCE: Duration = Duration::from_secs(30);
const GLANCE: Duration = Duration::from_millis(20);

/// How to start a server.
#[derive(Debug, Clone, Copy)]
pub struct Launch<'a> {
    /// Its binary.
    pub tiny: &'a Path,
    /// Where it stores.
    pub database_url: &'a str,
    /// Where its own files are.
    pub data_dir: &'a Path,
    /// Variables besides.
    pub settings: &'a [(&'a str, &'a str)],
    /// A program that runs it, with its arguments. It must become the server, so that a signal to the child is one
    /// to the server.
    pub under: &'a [String],
    /// What it prints is added to this file; otherwise its log is dropped.
    pub log: Option<&'a Path>,
}

/// A running server; dropping it kills it.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    /// Starts it over `database_url` and waits until it is ready.
    ///
    /// It sees no environment but its own, and logs as in production, to nowhere. It believes what this machine
    /// says about whom requests come from.
    pub async fn start(tiny: &Path, database_url: &str, data_dir: &Path) -> Result<Self> {
        Self::start_with(tiny, database_url, data_dir, &[]).await
    }

    /// The same with settings of its own.
    pub async fn start_with(
        tiny: &Path,
        database_url: &str,
        data_dir: &Path,
        settings: &[(&str, &str)],
    ) -> Result<Self> {
        let launch = Launch { tiny, database_url, data_dir, settings, under: &[], log: None };
        Self::launch(&launch).await
    }

    /// The same with everything said.
    pub async fn launch(launch: &Launch<'_>) -> Result<Self> {
        // The system chooses the port: of one that was free a moment ago, somebody else may have become the owner.
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let words = launch.under.iter().map(OsStr::new).chain([launch.tiny.as_os_str()]);
        let words: Vec<&OsStr> = words.collect();
        let (out, err) = match launch.log {
            Some(log) => {
                let log = File::options().create(true).append(true).open(log)?;
                (Stdio::from(log.try_clone()?), Stdio::from(log))
            }
            None => (Stdio::null(), Stdio::inherit()),
        };
        let child = Command::new(words[0])
            .args(&words[1..])
            .arg("serve")
            .env_clear()
            .env("TINY_ADDR", address.to_string())
            .env("TINY_DATABASE_URL", launch.database_url)
            .env("TINY_DATA_DIR", launch.data_dir)
            .env("TINY_LOG", "info")
            .env("TINY_TRUSTED_PROXIES", "127.0.0.1")
            .envs(launch.settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .spawn()
            .with_context(|| format!("{} cannot be started", launch.tiny.display()))?;
        let mut server = Self { child, address };
        server.wait_until_ready().await?;
        Ok(server)
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// An error when it has ended by itself.
    pub fn check_alive(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            Some(status) => bail!("the server ended by itself: {status}"),
            None => Ok(()),
        }
    }

    /// Asks it to stop and waits until it has.
    pub async fn stop(mut self) -> Result<()> {
        self.signal(Signal::TERM)?;
        let status = self.ended_within(PATIENCE).await?.context("the server does not stop")?;
        ensure!(status.success(), "the server ended badly: {status}");
        Ok(())
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        process::signal(self.child.id(), signal)
    }

    /// Ends it without a chance to do anything, and waits until it is gone.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// How it ended, once it has; `None` when it goes on for longer than `patience`.
    pub async fn ended_within(&mut self, patience: Duration) -> Result<Option<ExitStatus>> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(Some(status));
            }
            if Instant::now() > deadline {
                return Ok(None);
            }
            sleep(GLANCE).await;
        }
    }

    async fn wait_until_ready(&mut self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !self.is_ready().await {
            self.check_alive()?;
            if Instant::now() > deadline {
                bail!("the server does not become ready");
            }
            sleep(GLANCE).await;
        }
        Ok(())
    }

    async fn is_ready(&mut self) -> bool {
        let Ok(Some(port)) = process::listening_port(self.pid()) else { return false };
        self.address.set_port(port);
        let Ok(mut connection) = Connection::open(self.address).await else { return false };
        let request = format!("GET /readyz HTTP/1.1\r\nHost: {}\r\n\r\n", self.address);
        connection.exchange(request.as_bytes()).await.is_ok_and(|reply| reply.status == 200)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is well.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
