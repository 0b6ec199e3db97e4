//! The end of logins, tokens and links: what has had its time, and what ends with a password or with everything.
//!
//! Tokens with a name stand in the audit log of the workspaces that they open, so whoever ends some here is told
//! which, inside the transaction.

use db::{Tx, on_db};
use model::ids::UserId;

use crate::{
    Accounts, LOGIN_ABSOLUTE_MS, LOGIN_IDLE_MS, NamedToken, Result,
    named_token::{end_all_named, end_named_tokens},
    sendings::KEPT_MS,
};

const FORGET_LINKS: &str = "DELETE FROM account_links WHERE expires_at <= $1";
const FORGET_TOKENS: &str = "DELETE FROM access_tokens WHERE expires_at <= $1 AND name IS NULL";
const FORGET_LOGINS: &str = "DELETE FROM logins WHERE last_seen_at <= $1 OR created_at <= $2";
const FORGET_SENDINGS: &str = "DELETE FROM sendings WHERE at <= $1";

const END_LOGINS: &str = "DELETE FROM logins WHERE user_id = $1";
const END_PASSWORD_TOKENS: &str = "DELETE FROM access_tokens WHERE user_id = $1 AND name IS NULL";

const END_ALL_LOGINS: &str = "DELETE FROM logins";
const END_ALL_PASSWORD_TOKENS: &str = "DELETE FROM access_tokens WHERE name IS NULL";
const END_ALL_LINKS: &str = "DELETE FROM account_links";

/// Everything that let people in has ended, once it is committed.
#[derive(Debug)]
#[must_use = "without a commit nothing has ended"]
pub struct EndOfAll {
    /// Logins that ended.
    pub logins: u64,
    /// Tokens that were had by password.
    pub password_tokens: u64,
    /// Links in mails.
    pub links: u64,
    /// Tokens with a name, and whose they were; those of one person stand together.
    pub named: Vec<(UserId, NamedToken)>,
    /// In which it happens.
    pub tx: Tx,
}

impl Accounts {
    /// Removes logins, links and tokens by password that have had their time, whosever they were, and the count of
    /// mails to an address.
    pub async fn forget_ended(&self) -> Result<()> {
        let now = self.db.now();
        let mut tx = self.db.begin().await?;
        for statement in [FORGET_LINKS, FORGET_TOKENS] {
            on_db!(tx.conn()?, c => sqlx::query(statement)
                .bind(now.0)
                .execute(c)
                .await
                .map(|_| ()))?;
        }
        on_db!(tx.conn()?, c => sqlx::query(FORGET_LOGINS)
            .bind(now.plus_ms(-LOGIN_IDLE_MS).0)
            .bind(now.plus_ms(-LOGIN_ABSOLUTE_MS).0)
            .execute(c)
            .await
            .map(|_| ()))?;
        on_db!(tx.conn()?, c => sqlx::query(FORGET_SENDINGS)
            .bind(now.plus_ms(-KEPT_MS).0)
            .execute(c)
            .await
            .map(|_| ()))?;
        Ok(tx.commit().await?)
    }

    /// Ends every login, every token and every link of the instance: everyone signs in again.
    pub async fn end_everything(&self) -> Result<EndOfAll> {
        let mut tx = self.db.begin().await?;
        let mut ended = [0; 3];
        let statements = [END_ALL_LOGINS, END_ALL_PASSWORD_TOKENS, END_ALL_LINKS];
        for (count, statement) in ended.iter_mut().zip(statements) {
            *count = on_db!(tx.conn()?, c => sqlx::query(statement)
                .execute(c)
                .await
                .map(|done| done.rows_affected()))?;
        }
        let named = end_all_named(&mut tx).await?;
        let [logins, password_tokens, links] = ended;
        Ok(EndOfAll { logins, password_tokens, links, named, tx })
    }
}

/// Ends every login, and the tokens that were had by password; with `tokens` those with a name too, which it tells.
pub(crate) async fn end_all(
    tx: &mut Tx,
    user: UserId,
    tokens: bool,
) -> db::Result<Vec<NamedToken>> {
    end(tx, END_LOGINS, user).await?;
    end_password_tokens(tx, user).await?;
    if tokens { end_named_tokens(tx, user).await } else { Ok(Vec::new()) }
}

/// Ends the tokens that were had by password.
pub(crate) async fn end_password_tokens(tx: &mut Tx, user: UserId) -> db::Result<()> {
    end(tx, END_PASSWORD_TOKENS, user).await
}

async fn end(tx: &mut Tx, statement: &'static str, user: UserId) -> db::Result<()> {
    on_db!(tx.conn()?, c => sqlx::query(statement)
        .bind(user.uuid())
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Device,
        sign_in::tests::{accounts_with_ada, email},
        sign_up::tests::PASSWORD,
    };

    testkit::both! {
        async fn what_has_had_its_time_goes_and_what_has_not_stays(db: db::Db) {
            const LEFT: &str = "SELECT (SELECT COUNT(*) FROM logins),
                (SELECT COUNT(*) FROM access_tokens), (SELECT COUNT(*) FROM account_links)";
            let (accounts, _) = accounts_with_ada(&db).await;
            let left = async || -> (i64, i64, i64) {
                accounts.forget_ended().await.unwrap();
                on_db!(db.read(), c => sqlx::query_as(LEFT).fetch_one(c).await).unwrap()
            };
            accounts.sign_in(&email(), PASSWORD.into(), Device::default()).await.unwrap();
            accounts.create_token(&email(), PASSWORD.into(), Device::default()).await.unwrap();
            accounts.request_reset(&email()).await.unwrap();
            assert_eq!(left().await, (1, 1, 1));
            db.clock().advance_ms(LOGIN_IDLE_MS);
            assert_eq!(left().await, (0, 0, 0));
        }
    }
}
