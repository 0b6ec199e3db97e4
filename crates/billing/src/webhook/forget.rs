//! Events hold names and addresses of whoever pays; none is kept for ever.

use db::{Db, Value, delete_in_steps, in_steps};
use model::ids::OrganizationId;

use crate::{Billing, Result};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// What has been dealt with: so long it can be looked up.
const DEALT_WITH_KEPT_MS: i64 = 30 * DAY_MS;
/// What has not, such as one that was given up and that nobody looks at.
const KEPT_MS: i64 = 90 * DAY_MS;

/// Each state, and how long an event in it is kept.
const STATES: [(&str, i64); 5] = [
    ("done", DEALT_WITH_KEPT_MS),
    ("unused", DEALT_WITH_KEPT_MS),
    ("dismissed", DEALT_WITH_KEPT_MS),
    ("dead", KEPT_MS),
    // Older than a few hours only where nobody works: once Stripe is not set up any more.
    ("waiting", KEPT_MS),
];

/// One stretch of an index.
const DELETE_OLD: &str = "DELETE FROM stripe_events WHERE id IN
    (SELECT id FROM stripe_events WHERE state = $1 AND received_at <= $2 ORDER BY received_at, id LIMIT 1000)";

const DELETE_OF: &str = "DELETE FROM stripe_events WHERE id IN
    (SELECT e.id FROM billing_accounts a JOIN stripe_events e ON e.customer_id = a.customer_id
    WHERE a.organization_id = $1 LIMIT 1000)";

impl Billing {
    /// Removes events that have had their time, in small steps, also where nothing is sold any more. How many there were.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn forget_old_events(&self) -> Result<u64> {
        let mut all = 0;
        for (state, kept_ms) in STATES {
            all += forget(&self.db, state, kept_ms).await?;
        }
        Ok(all)
    }

    /// Removes what Stripe told of a workspace's customer: the workspace is about to be removed for good, and its
    /// subscription has ended. How many events there were.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn forget_events(&self, organization: OrganizationId) -> Result<u64> {
        Ok(delete_in_steps(&self.db, DELETE_OF, organization.uuid()).await?)
    }
}

async fn forget(db: &Db, state: &str, kept_ms: i64) -> Result<u64> {
    let last = db.now().plus_ms(-kept_ms).0;
    Ok(in_steps(db, DELETE_OLD, &[Value::Text(state), Value::Int(last)]).await?)
}
