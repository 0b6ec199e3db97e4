//! Attempts at what one may not do.

use db::{Db, Result, lowest_id, on_db};
use model::{Permission, ids::OrganizationId};
use serde_json::json;

use crate::{Actor, Entry, record};

/// What a refused attempt is called.
const ACTION: &str = "access.denied";
/// The same refusal of the same person is noted once in this time: a page that reloads must not fill the log.
const ONCE_IN_MS: i64 = 60_000;

const RECENT: &str = "SELECT COUNT(*) FROM audit_log
    WHERE organization_id = $1 AND id > $2 AND actor_id = $3 AND action = $4 AND subject = $5";

/// Notes that `actor` wanted what takes `permission` and does not hold it. `path` says how: a method and a route.
pub async fn record_denied(
    db: &Db,
    actor: Actor,
    organization: OrganizationId,
    permission: Permission,
    path: &str,
) -> Result<()> {
    let now = db.now();
    let (recent,) = on_db!(db.read(), c => sqlx::query_as::<_, (i64,)>(RECENT)
        .bind(organization.uuid())
        .bind(lowest_id(now.plus_ms(-ONCE_IN_MS)))
        .bind(actor.user.uuid())
        .bind(ACTION)
        .bind(permission.key())
        .fetch_one(c)
        .await)?;
    if recent > 0 {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    let entry = Entry {
        id: db.new_id(),
        at: now,
        organization,
        actor,
        action: ACTION,
        subject: permission.key().to_owned(),
        before: None,
        after: Some(json!({ "path": path })),
    };
    record(&mut tx, entry).await?;
    tx.commit().await
}
