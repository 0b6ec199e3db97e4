//! What happens to a mail after it was handed over: it is tried, tried again, and sent or given up.
//!
//! Each mail is a task of its own, so that one which must wait does not hold up the next; how many there are is
//! bounded, and how many speak to the mail server at a time. Mails of workspaces may take only part of both: however
//! many people are invited, whoever waits for a new password gets it. Each has a connection of its own: a conversation that was cut
//! in the middle leaves none behind that could be used again.

use std::{sync::Arc, time::Duration};

use db::{Chance, Clock};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    transport::smtp::{Error as SmtpError, response::Code},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Mail, MailFrom, letter::Concern, message};

/// Mails that may be under way; one more is given up at once.
const UNDER_WAY: usize = 512;
/// Those of workspaces among them.
const OF_WORKSPACES: usize = 256;
/// Mails that are being told to the mail server at a time.
const CONVERSATIONS: usize = 4;
/// Those of workspaces among them.
const CONVERSATIONS_OF_WORKSPACES: usize = 3;

/// How patient we are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Before the first try: the work of sending must not fall on the answer to whoever asked, since to some nothing
    /// is sent.
    pub discretion: Duration,
    /// Before the second, third and fourth try.
    pub pauses: [Duration; 3],
    /// For one try, from connecting to the last word.
    pub conversation: Duration,
    /// For all that is under way when the server stops.
    pub farewell: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            discretion: Duration::from_millis(250),
            pauses: [5, 15, 40].map(Duration::from_secs),
            conversation: Duration::from_secs(30),
            farewell: Duration::from_secs(5),
        }
    }
}

/// Everything a mail needs on its way.
pub(super) struct Delivery {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: MailFrom,
    clock: Clock,
    chance: Chance,
    tasks: TaskTracker,
    stop: CancellationToken,
    pace: Pace,
    places: Bound,
    turns: Bound,
}

/// So many mails at a time, and so many of them of workspaces.
struct Bound {
    all: Arc<Semaphore>,
    of_workspaces: Arc<Semaphore>,
}

/// A place within a bound, until it is dropped.
struct Place {
    _in_all: OwnedSemaphorePermit,
    _of_workspaces: Option<OwnedSemaphorePermit>,
}

impl Bound {
    fn new(all: usize, of_workspaces: usize) -> Self {
        let semaphore = |places| Arc::new(Semaphore::new(places));
        Self { all: semaphore(all), of_workspaces: semaphore(of_workspaces) }
    }

    /// A place, if there is one.
    fn try_enter(&self, concern: Concern) -> Option<Place> {
        let first = |semaphore: &Arc<Semaphore>| Arc::clone(semaphore).try_acquire_owned().ok();
        let of_workspaces = match concern {
            Concern::Account => None,
            Concern::Team => Some(first(&self.of_workspaces)?),
        };
        Some(Place { _in_all: first(&self.all)?, _of_workspaces: of_workspaces })
    }

    /// A place, once there is one. Those who wait for one of workspaces do not stand before the others.
    async fn enter(&self, concern: Concern) -> Option<Place> {
        let of_workspaces = match concern {
            Concern::Account => None,
            Concern::Team => Some(Arc::clone(&self.of_workspaces).acquire_owned().await.ok()?),
        };
        let in_all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(Place { _in_all: in_all, _of_workspaces: of_workspaces })
    }
}

/// Why a try failed.
enum Fault {
    /// It took too long.
    Timeout,
    /// The mail server said no, or was not to be had.
    Smtp(SmtpError),
}

impl Delivery {
    pub fn new(
        transport: AsyncSmtpTransport<Tokio1Executor>,
        from: MailFrom,
        clock: Clock,
        chance: Chance,
        tasks: TaskTracker,
        stop: CancellationToken,
        pace: Pace,
    ) -> Self {
        let places = Bound::new(UNDER_WAY, OF_WORKSPACES);
        let turns = Bound::new(CONVERSATIONS, CONVERSATIONS_OF_WORKSPACES);
        Self { transport, from, clock, chance, tasks, stop, pace, places, turns }
    }

    /// Puts `mail` on its way; whether there was a place for it.
    pub fn begin(self: &Arc<Self>, mail: Mail) -> bool {
        let Some(place) = self.places.try_enter(mail.concern()) else {
            given_up("too_many");
            return false;
        };
        let delivery = Arc::clone(self);
        self.tasks.spawn(async move {
            tokio::time::sleep(delivery.pace.discretion).await;
            delivery.deliver(&mail).await;
            drop(place);
        });
        true
    }

    /// Does as [`Self::begin`] does while anyone waits, and sends nothing.
    pub fn pretend(self: &Arc<Self>, mail: Mail) {
        let Some(place) = self.places.try_enter(mail.concern()) else { return };
        let delivery = Arc::clone(self);
        self.tasks.spawn(async move {
            tokio::time::sleep(delivery.pace.discretion).await;
            drop((mail, place));
        });
    }

    async fn deliver(&self, mail: &Mail) {
        let now = self.clock.now();
        let id = self.chance.uuid_v7(now);
        let Some(message) = message::write(mail, &self.from, now, id) else {
            return given_up("unwritable");
        };
        let too_late = async {
            self.stop.cancelled().await;
            tokio::time::sleep(self.pace.farewell).await;
        };
        tokio::select! {
            () = self.insist(&message, mail.concern()) => {}
            () = too_late => given_up("stopped"),
        }
    }

    /// Tries until it is sent, or until there is no point in trying. A stop ends the pause, and what begins after it is
    /// the last try.
    async fn insist(&self, message: &Message, concern: Concern) {
        let mut pauses = self.pace.pauses.into_iter();
        loop {
            let is_last = self.stop.is_cancelled();
            let Err(fault) = self.attempt(message, concern).await else { return };
            let Some(pause) = pauses.next().filter(|_| fault.is_passing() && !is_last) else {
                return fault.log();
            };
            // Either end of the pause leads to the next try.
            drop(timeout(pause, self.stop.cancelled()).await);
        }
    }

    async fn attempt(&self, message: &Message, concern: Concern) -> Result<(), Fault> {
        // Never closed; if it were, there would be no bound and still a mail.
        let _turn = self.turns.enter(concern).await;
        let bytes = message.formatted();
        let sending = self.transport.send_raw(message.envelope(), &bytes);
        match timeout(self.pace.conversation, sending).await {
            Err(_) => Err(Fault::Timeout),
            Ok(Err(error)) => Err(Fault::Smtp(error)),
            Ok(Ok(_)) => Ok(()),
        }
    }
}

impl Fault {
    /// Whether another try may end better: not when the mail server refused for good (5xx), and not when we
    /// refused it, for want of TLS or of a common way to sign in.
    fn is_passing(&self) -> bool {
        match self {
            Self::Timeout => true,
            Self::Smtp(error) => !error.is_permanent() && !error.is_client(),
        }
    }

    fn code(&self) -> Option<Code> {
        match self {
            Self::Timeout => None,
            Self::Smtp(error) => error.status(),
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Smtp(error) if error.is_permanent() => "refused",
            Self::Smtp(error) if error.is_transient() => "put_off",
            Self::Smtp(error) if error.is_response() => "unreadable",
            Self::Smtp(error) if error.is_client() => "unsuitable",
            Self::Smtp(_) => "unreachable",
        }
    }

    /// What lies behind it, in the words of this machine. Those of the mail server are left out: they tend to name
    /// the recipient.
    fn cause(&self) -> Option<String> {
        match self {
            Self::Smtp(error) if !error.is_response() && error.status().is_none() => {
                Some(error.to_string())
            }
            _ => None,
        }
    }

    fn log(&self) {
        let (code, cause) = (self.code().map(u16::from), self.cause());
        tracing::error!(reason = self.reason(), code, cause, "a mail was given up");
    }
}

fn given_up(reason: &'static str) {
    tracing::error!(reason, "a mail was given up");
}
