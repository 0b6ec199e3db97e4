//! Seats that a plan grants.

use db::{Tx, on_db};
use model::{UnixMs, ids::OrganizationId};

/// Locks the workspace's row, as every change of its seats does.
const GRANT: &str = "UPDATE organizations SET plan_seats = $2, plan_until = $3 WHERE id = $1";

/// Lets a workspace hold so many people, up to a moment or for good; none: as many as one that bought nothing. A smaller
/// number removes nobody. Within the transaction that notes why, for whoever knows what was bought.
pub async fn grant_seats(
    tx: &mut Tx,
    organization: OrganizationId,
    seats: Option<i64>,
    until: Option<UnixMs>,
) -> Result<(), db::Error> {
    let touched = on_db!(tx.conn()?, c => sqlx::query(GRANT)
        .bind(organization.uuid())
        .bind(seats)
        .bind(until.map(|at| at.0))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    db::expect_one(touched)
}
