//! The way out for mails: off, to a mail server, or to a list that tests read.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use db::{Chance, Clock};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    Mail, MailFrom, NoTls, SmtpServer,
    delivery::{Delivery, Pace},
};

/// What it takes to send mail.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// What takes our mails.
    pub server: SmtpServer,
    /// Who they are from.
    pub from: MailFrom,
}

/// Sends mails. Clones share everything.
#[derive(Clone)]
pub struct Mailer(Way);

#[derive(Clone)]
enum Way {
    Off,
    Smtp(Arc<Delivery>),
    Memory(Arc<Mutex<Vec<Mail>>>),
}

impl Mailer {
    /// Sends nothing: no mail server is configured.
    #[must_use]
    pub const fn off() -> Self {
        Self(Way::Off)
    }

    /// Sends through a mail server. What is under way is a task under `tasks`; when `stop` is cancelled it gets 5 more
    /// seconds.
    pub fn smtp(
        settings: &MailSettings,
        clock: Clock,
        chance: Chance,
        tasks: &TaskTracker,
        stop: CancellationToken,
    ) -> Result<Self, NoTls> {
        Self::paced(settings, clock, chance, tasks, stop, Pace::default())
    }

    pub(super) fn paced(
        settings: &MailSettings,
        clock: Clock,
        chance: Chance,
        tasks: &TaskTracker,
        stop: CancellationToken,
        pace: Pace,
    ) -> Result<Self, NoTls> {
        let transport = settings.server.transport(settings.from.domain())?;
        let from = settings.from.clone();
        let delivery = Delivery::new(transport, from, clock, chance, tasks.clone(), stop, pace);
        Ok(Self(Way::Smtp(Arc::new(delivery))))
    }

    /// Keeps mails, for [`Mailer::sent`]. For tests.
    #[must_use]
    pub fn memory() -> Self {
        Self(Way::Memory(Arc::default()))
    }

    /// Whether mails are sent at all. If not, links must reach people in another way.
    #[must_use]
    pub const fn is_configured(&self) -> bool {
        !matches!(self.0, Way::Off)
    }

    /// Hands a mail over and returns at once; whether it was taken, which it is not when too many are under way. What
    /// becomes of it then is for the log alone. Of a mail about an account nothing at all may be told: an answer would
    /// tell, by its words or its time, whether the account exists.
    pub fn send(&self, mail: Mail) -> bool {
        match &self.0 {
            Way::Off => {
                tracing::debug!("a mail was not sent: no mail server is configured");
                false
            }
            Way::Smtp(delivery) => delivery.begin(mail),
            Way::Memory(sent) => {
                sent.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
                true
            }
        }
    }

    /// The same for a mail that is wanted, or that goes to nobody: either takes as long.
    pub fn send_if(&self, is_wanted: bool, mail: Mail) {
        match &self.0 {
            _ if is_wanted => drop(self.send(mail)),
            Way::Smtp(delivery) => delivery.pretend(mail),
            Way::Off | Way::Memory(_) => {}
        }
    }

    /// What [`Mailer::memory`] has kept, oldest first; the others keep nothing.
    #[must_use]
    pub fn sent(&self) -> Vec<Mail> {
        match &self.0 {
            Way::Memory(sent) => sent.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            Way::Off | Way::Smtp(_) => Vec::new(),
        }
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Way::Off => "Mailer(off)",
            Way::Smtp(_) => "Mailer(smtp)",
            Way::Memory(_) => "Mailer(memory)",
        })
    }
}
