//! `tiny serve` as a child process.

use std::{
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tokio::time::{Instant, sleep};

use crate::connection::Connection;

/// Longest wait for readiness, and for the end after SIGTERM.
const PATIENCE: Duration = Duration::from_secs(30);
const GLANCE: Duration = Duration::from_millis(20);

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
        let address = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
        let child = Command::new(tiny)
            .arg("serve")
            .env_clear()
            .env("TINY_ADDR", address.to_string())
            .env("TINY_DATABASE_URL", database_url)
            .env("TINY_DATA_DIR", data_dir)
            .env("TINY_LOG", "info")
            .env("TINY_TRUSTED_PROXIES", "127.0.0.1")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("{} cannot be started", tiny.display()))?;
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
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            if Instant::now() > deadline {
                bail!("the server does not stop");
            }
            sleep(GLANCE).await;
        };
        ensure!(status.success(), "the server ended badly: {status}");
        Ok(())
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

    async fn is_ready(&self) -> bool {
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
