//! Whether anyone lives here yet.

use db::on_db;

use crate::{Accounts, Result};

const ANY: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM users LIMIT 1) AS first_user";

impl Accounts {
    /// Whether the instance has an account; the one who makes the first owns it.
    pub async fn has_any(&self) -> Result<bool> {
        let (count,) = on_db!(self.db.read(), c => sqlx::query_as::<_, (i64,)>(ANY)
            .fetch_one(c)
            .await)
        .map_err(db::Error::from)?;
        Ok(count > 0)
    }
}
