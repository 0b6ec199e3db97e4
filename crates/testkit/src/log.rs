//! What this thread logs, kept.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tracing::subscriber::DefaultGuard;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, layer::SubscriberExt, registry};

/// The lines of this thread's log.
#[derive(Debug, Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Listens until the guard goes, to everything that any library says.
    #[must_use]
    pub fn listen() -> (Self, DefaultGuard) {
        Self::listen_through(EnvFilter::new("trace"))
    }

    /// The same, to what a filter lets through.
    #[must_use]
    pub fn listen_through(
        filter: impl Layer<Registry> + Send + Sync + 'static,
    ) -> (Self, DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let lines = fmt::layer().with_ansi(false).with_writer(move || writer.clone());
        (log, tracing::subscriber::set_default(registry().with(filter).with(lines)))
    }

    /// What has been said until now.
    ///
    /// # Panics
    ///
    /// When it is no text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8(self.lines().clone()).expect("a log is text")
    }

    fn lines(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lines().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
