//! A sign-in that lasts, and its end.

use db::on_db;
use model::{UnixMs, ids::LoginId};
use uuid::Uuid;

use crate::{
    Accounts, LoginSecret, Result, User,
    user::{UserRow, user_columns},
};

/// A login that is not used for this long has ended: 12 hours.
pub const LOGIN_IDLE_MS: i64 = 12 * 60 * 60 * 1_000;

/// A login ends after this long, used or not: 30 days.
pub const LOGIN_ABSOLUTE_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// Use is noted at most this often: reading a page should not mean writing a row.
const NOTE_USE_EVERY_MS: i64 = 60 * 1_000;

/// A person who has signed in, in one browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Which of their logins.
    pub id: LoginId,
    /// Who.
    pub user: User,
    /// When they signed in.
    pub created_at: UnixMs,
    /// When they were last seen, to the minute.
    pub last_seen_at: UnixMs,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    created_at: i64,
    last_seen_at: i64,
    #[sqlx(flatten)]
    user: UserRow,
}

const FIND: &str = concat!(
    "SELECT l.id, l.created_at, l.last_seen_at, ",
    user_columns!(),
    " FROM logins l JOIN users u ON u.id = l.user_id
    WHERE l.secret_hash = $1 AND l.last_seen_at > $2 AND l.created_at > $3"
);

/// Only forward: of several requests at once, the first notes it and the others find nothing to do.
const NOTE_USE: &str = "UPDATE logins SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2";

const DELETE: &str = "DELETE FROM logins WHERE secret_hash = $1";

impl Accounts {
    /// Whose login this is, if it has not ended; notes that it is in use.
    pub async fn find_login(&self, secret: &LoginSecret) -> Result<Option<Login>> {
        let now = self.db.now();
        let found = on_db!(self.db.read(), c => sqlx::query_as::<_, Row>(FIND)
            .bind(secret.hash())
            .bind(now.plus_ms(-LOGIN_IDLE_MS).0)
            .bind(now.plus_ms(-LOGIN_ABSOLUTE_MS).0)
            .fetch_optional(c)
            .await)?;
        let Some(row) = found else { return Ok(None) };
        let mut login = Login {
            id: row.id.into(),
            user: row.user.into(),
            created_at: UnixMs(row.created_at),
            last_seen_at: UnixMs(row.last_seen_at),
        };
        if now.since(login.last_seen_at) >= NOTE_USE_EVERY_MS {
            db::note(&self.db, NOTE_USE, login.id.uuid(), now).await?;
            login.last_seen_at = now;
        }
        Ok(Some(login))
    }

    /// Ends a login. One that has ended already is as good.
    pub async fn sign_out(&self, secret: &LoginSecret) -> Result<()> {
        let mut tx = self.db.begin().await?;
        on_db!(tx.conn()?, c => sqlx::query(DELETE)
            .bind(secret.hash())
            .execute(c)
            .await
            .map(|_| ()))?;
        Ok(tx.commit().await?)
    }
}

#[cfg(test)]
mod tests {
    use testkit::START;

    use super::*;
    use crate::{
        Device,
        sign_in::tests::{accounts_with_ada, email},
        sign_up::tests::PASSWORD,
    };

    async fn signed_in(db: &db::Db) -> (Accounts, LoginSecret) {
        let (accounts, _) = accounts_with_ada(db).await;
        let (_, secret) =
            accounts.sign_in(&email(), PASSWORD.into(), Device::default()).await.unwrap();
        (accounts, secret)
    }

    async fn last_seen(db: &db::Db) -> UnixMs {
        const LAST_SEEN: &str = "SELECT last_seen_at FROM logins";
        let at = on_db!(db.read(), c => sqlx::query_scalar::<_, i64>(LAST_SEEN).fetch_one(c).await);
        UnixMs(at.unwrap())
    }

    testkit::both! {
        async fn a_login_ends_when_it_is_not_used_for_12_hours(db: db::Db) {
            let (accounts, secret) = signed_in(&db).await;
            db.clock().advance_ms(LOGIN_IDLE_MS - 1);
            assert!(accounts.find_login(&secret).await.unwrap().is_some());
            db.clock().advance_ms(LOGIN_IDLE_MS - 1);
            assert!(accounts.find_login(&secret).await.unwrap().is_some());
            db.clock().advance_ms(LOGIN_IDLE_MS);
            assert!(accounts.find_login(&secret).await.unwrap().is_none());
        }

        async fn a_login_ends_after_30_days_however_much_it_is_used(db: db::Db) {
            let (accounts, secret) = signed_in(&db).await;
            while db.now().since(START) + LOGIN_IDLE_MS - 1 < LOGIN_ABSOLUTE_MS {
                assert!(accounts.find_login(&secret).await.unwrap().is_some());
                db.clock().advance_ms(LOGIN_IDLE_MS - 1);
            }
            assert!(accounts.find_login(&secret).await.unwrap().is_some());
            db.clock().advance_ms(LOGIN_ABSOLUTE_MS - db.now().since(START));
            assert!(accounts.find_login(&secret).await.unwrap().is_none());
        }

        async fn use_is_noted_at_most_once_a_minute(db: db::Db) {
            let (accounts, secret) = signed_in(&db).await;
            db.clock().advance_ms(NOTE_USE_EVERY_MS - 1);
            accounts.find_login(&secret).await.unwrap();
            assert_eq!(last_seen(&db).await, START);
            db.clock().advance_ms(1);
            let login = accounts.find_login(&secret).await.unwrap().unwrap();
            assert_eq!(login.last_seen_at, START.plus_ms(NOTE_USE_EVERY_MS));
            assert_eq!(last_seen(&db).await, login.last_seen_at);
        }

        async fn signing_out_ends_the_login_and_may_be_repeated(db: db::Db) {
            let (accounts, secret) = signed_in(&db).await;
            accounts.sign_out(&secret).await.unwrap();
            accounts.sign_out(&secret).await.unwrap();
            assert!(accounts.find_login(&secret).await.unwrap().is_none());
        }

        async fn a_secret_that_was_never_given_out_finds_nobody(db: db::Db) {
            let (accounts, _) = signed_in(&db).await;
            let made_up = LoginSecret::new(db.chance());
            assert!(accounts.find_login(&made_up).await.unwrap().is_none());
        }
    }
}
