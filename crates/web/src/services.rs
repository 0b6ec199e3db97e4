//! What a handler can ask for.

use std::sync::Arc;

use accounts::{Accounts, LinkSecret, Mailer};
use billing::Billing;
use db::Db;
use model::{Code, Retention, ids::AttemptId};
use sources::Sources;
use tokio_util::task::TaskTracker;
use workspaces::Workspaces;

use crate::{Fault, pace::Pace};

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignupMode {
    /// Anyone.
    #[default]
    Open,
    /// Whoever was invited.
    Invite,
    /// Nobody; accounts are made on the command line.
    Closed,
}

/// What this instance is, as configured.
#[derive(Debug)]
pub struct Instance {
    /// What people and SDKs see: scheme, host and port, without a slash at the end.
    pub base_url: String,
    /// Who may make an account.
    pub signup: SignupMode,
    /// Seats of a workspace that has no limit of its own; none: as many as like.
    pub seat_limit: Option<i64>,
    /// Calls of the API that one person may make in a minute; 0: as many as like.
    pub api_rate_per_minute: u32,
}

/// Calls of the API that one person may make in a minute, when nothing else is said.
pub const API_RATE_PER_MINUTE: u32 = 6_000;

impl Instance {
    /// Whether browsers reach it by https; cookies and headers depend on it.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.base_url.starts_with("https://")
    }

    /// The link that accepts an invitation. It is for the invited person only.
    #[must_use]
    pub fn invitation_link(&self, secret: &LinkSecret) -> String {
        format!("{}/invitations/{}", self.base_url, secret.expose())
    }
}

/// The slices, and what this instance is. Clones are cheap and share everything.
#[derive(Debug, Clone)]
pub struct Services {
    /// The database, the clock, the dice.
    pub db: Db,
    /// People.
    pub accounts: Accounts,
    /// Workspaces and who is in them.
    pub workspaces: Workspaces,
    /// What sends events.
    pub sources: Sources,
    /// Plans.
    pub billing: Billing,
    /// The way out for mails.
    pub mailer: Mailer,
    /// What this instance is.
    pub instance: Arc<Instance>,
    /// How long what was sent is kept.
    pub retention: Retention,
    /// What goes on when its caller has gone; a clean stop waits for it.
    pub(crate) tasks: TaskTracker,
    pub(crate) pace: Pace,
}

impl Services {
    /// Whether a stranger may make an account now.
    pub async fn may_sign_up(&self) -> Result<bool, Fault> {
        Ok(self.signup().await? == SignupMode::Open)
    }

    /// Who may make an account now. The first account always may be made: someone must own the instance.
    pub async fn signup(&self) -> Result<SignupMode, Fault> {
        let is_open = self.instance.signup == SignupMode::Open || !self.accounts.has_any().await?;
        Ok(if is_open { SignupMode::Open } else { self.instance.signup })
    }

    /// All slices over one database; nothing sends mail.
    #[must_use]
    pub fn new(db: Db, instance: Instance) -> Self {
        Self {
            accounts: Accounts::new(db.clone()),
            workspaces: Workspaces::new(db.clone()).with_seat_limit(instance.seat_limit),
            sources: Sources::new(db.clone()),
            billing: Billing::off(db.clone()),
            mailer: Mailer::off(),
            retention: Retention::default(),
            tasks: TaskTracker::new(),
            db,
            pace: Pace::new(instance.api_rate_per_minute),
            instance: Arc::new(instance),
        }
    }

    /// The same with what was sent kept for another time.
    #[must_use]
    pub fn with_retention(self, retention: Retention) -> Self {
        Self { retention, ..self }
    }

    /// What is said when no attempt has this id: that it is not kept any more, when it is as old as that.
    #[must_use]
    pub fn no_attempt(&self, id: AttemptId) -> Fault {
        let at = id.request().at();
        let is_over = at < self.retention.attempts_before(self.db.now()) && !id.uuid().is_nil();
        let message = is_over.then(|| {
            format!(
                "This id is of {at}. Attempts are kept for {}, so it is gone if it was one.",
                days(self.retention.attempts_days)
            )
        });
        Fault { message, ..Fault::of(Code::AttemptNotFound) }
    }

    /// The same with what goes on under `tasks`.
    #[must_use]
    pub fn with_tasks(self, tasks: TaskTracker) -> Self {
        Self { tasks, ..self }
    }

    /// The same with plans to be bought. A workspace without one holds as many people as the free plan says.
    #[must_use]
    pub fn with_billing(self, billing: Billing) -> Self {
        let free = billing.plans().map(|plans| plans.free().grants(1));
        let workspaces = match free {
            Some(seats) => self.workspaces.with_plans(Some(seats)),
            None => self.workspaces,
        };
        Self { workspaces, billing, ..self }
    }

    /// The same with mails going out through `mailer`; then an address is someone's once it was verified.
    #[must_use]
    pub fn with_mailer(self, mailer: Mailer) -> Self {
        let is_verifying = mailer.is_configured();
        Self { workspaces: self.workspaces.with_verified_only(is_verifying), mailer, ..self }
    }
}

/// A number of days, in words.
fn days(number: u32) -> String {
    if number == 1 { "1 day".to_owned() } else { format!("{number} days") }
}
