//! What a handler can ask for.

use std::sync::Arc;

use accounts::Accounts;
use db::Db;
use sources::Sources;
use workspaces::Workspaces;

use crate::Fault;

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignupMode {
    /// Anyone.
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
}

impl Instance {
    /// Whether browsers reach it by https; cookies and headers depend on it.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.base_url.starts_with("https://")
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
    /// What this instance is.
    pub instance: Arc<Instance>,
}

impl Services {
    /// Whether a stranger may make an account now. The first account always may be made: someone must own
    /// the instance.
    pub async fn may_sign_up(&self) -> Result<bool, Fault> {
        Ok(self.instance.signup == SignupMode::Open || !self.accounts.has_any().await?)
    }

    /// All slices over one database.
    #[must_use]
    pub fn new(db: Db, instance: Instance) -> Self {
        Self {
            accounts: Accounts::new(db.clone()),
            workspaces: Workspaces::new(db.clone()),
            sources: Sources::new(db.clone()),
            db,
            instance: Arc::new(instance),
        }
    }
}
