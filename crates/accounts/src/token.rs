//! Access tokens: what a tool gets instead of a cookie.

use db::on_db;
use model::{
    UnixMs,
    ids::{TokenId, UserId},
};
use uuid::Uuid;

use crate::{
    AccessToken, Accounts, Device, Email, GivenPassword, Result, Scope, User,
    named_token::read_permissions,
    sign_in::Proven,
    user::{UserRow, user_columns},
};

/// How long a token works: one hour.
pub const TOKEN_LIFE_MS: i64 = 60 * 60 * 1_000;

/// A token that was just made. Its text is not to be had again.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// The token.
    pub secret: AccessToken,
    /// When it stops working.
    pub expires_at: UnixMs,
}

/// Who shows a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// Which token.
    pub id: TokenId,
    /// Whose.
    pub user: User,
    /// Whether it was made for a tool, and not by signing in with the password.
    pub is_named: bool,
    /// What it opens.
    pub scope: Scope,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    token_name: Option<String>,
    permissions: Option<String>,
    organization_id: Option<Uuid>,
    last_used_at: Option<i64>,
    #[sqlx(flatten)]
    user: UserRow,
}

const DELETE_EXPIRED: &str = "DELETE FROM access_tokens
    WHERE user_id = $1 AND expires_at <= $2 AND name IS NULL";

const INSERT: &str = "INSERT INTO access_tokens (id, user_id, secret_hash, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5)";

const FIND: &str = concat!(
    "SELECT t.id, t.name AS token_name, t.permissions, t.organization_id, t.last_used_at, ",
    user_columns!(),
    " FROM access_tokens t JOIN users u ON u.id = t.user_id
    WHERE t.secret_hash = $1 AND (t.expires_at IS NULL OR t.expires_at > $2)"
);

/// Only forward, as with logins.
const NOTE_USE: &str = "UPDATE access_tokens SET last_used_at = $2
    WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)";

/// Use is noted at most this often.
const NOTE_USE_EVERY_MS: i64 = 60 * 1_000;

impl Accounts {
    /// Makes a token for whoever has this e-mail and this password.
    ///
    /// # Errors
    ///
    /// As [`Accounts::sign_in`].
    pub async fn create_token(
        &self,
        email: &Email,
        password: GivenPassword,
        device: Device,
    ) -> Result<NewToken> {
        let proven = self.proven(email, password, device.address).await?;
        let now = self.db.now();
        let token = NewToken {
            secret: AccessToken::new(self.db.chance()),
            expires_at: now.plus_ms(TOKEN_LIFE_MS),
        };
        self.store_token(&proven, &token, now).await?;
        Ok(token)
    }

    async fn store_token(&self, proven: &Proven, token: &NewToken, now: UnixMs) -> Result<()> {
        let (id, user): (TokenId, UserId) = (self.db.new_id(), proven.user.id);
        let mut tx = self.db.begin().await?;
        proven.hold(&mut tx).await?;
        on_db!(tx.conn()?, c => sqlx::query(DELETE_EXPIRED)
            .bind(user.uuid())
            .bind(now.0)
            .execute(c)
            .await
            .map(|_| ()))?;
        let touched = on_db!(tx.conn()?, c => sqlx::query(INSERT)
            .bind(id.uuid())
            .bind(user.uuid())
            .bind(token.secret.hash())
            .bind(now.0)
            .bind(token.expires_at.0)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        db::expect_one(touched)?;
        Ok(tx.commit().await?)
    }

    /// Whose token this is, if it still works; notes that one with a name is in use.
    pub async fn find_token(&self, token: &AccessToken) -> Result<Option<Bearer>> {
        let now = self.db.now();
        let found = on_db!(self.db.read(), c => sqlx::query_as::<_, Row>(FIND)
            .bind(token.hash())
            .bind(now.0)
            .fetch_optional(c)
            .await)?;
        let Some(row) = found else { return Ok(None) };
        let id = TokenId::from(row.id);
        let is_noted = row.last_used_at.is_some_and(|at| now.since(UnixMs(at)) < NOTE_USE_EVERY_MS);
        if row.token_name.is_some() && !is_noted {
            db::note(&self.db, NOTE_USE, id.uuid(), now).await?;
        }
        Ok(Some(Bearer {
            id,
            user: row.user.into(),
            is_named: row.token_name.is_some(),
            scope: Scope {
                permissions: read_permissions(row.permissions.as_deref())?,
                organization: row.organization_id.map(Into::into),
            },
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Error,
        link::reset::tests as reset,
        sign_in::tests::{accounts_with_ada, device, email},
        sign_up::tests::PASSWORD,
    };

    testkit::both! {
        async fn a_token_stands_for_its_person_for_one_hour(db: db::Db) {
            let (accounts, ada) = accounts_with_ada(&db).await;
            let token =
                accounts.create_token(&email(), PASSWORD.into(), Device::default()).await.unwrap();
            assert_eq!(token.expires_at, db.now().plus_ms(TOKEN_LIFE_MS));
            db.clock().advance_ms(TOKEN_LIFE_MS - 1);
            let bearer = accounts.find_token(&token.secret).await.unwrap().unwrap();
            assert_eq!((bearer.user, bearer.is_named, bearer.scope), (ada, false, Scope::default()));
            db.clock().advance_ms(1);
            assert_eq!(accounts.find_token(&token.secret).await.unwrap(), None);
        }

        async fn a_password_that_was_reset_while_it_was_compared_gives_no_token(db: db::Db) {
            let (accounts, _) = accounts_with_ada(&db).await;
            let proven = accounts.proven(&email(), PASSWORD.into(), None).await.unwrap();
            reset::begin(&accounts).await.commit().await.unwrap();
            let (now, secret) = (db.now(), AccessToken::new(db.chance()));
            let token = NewToken { secret, expires_at: now.plus_ms(TOKEN_LIFE_MS) };
            let late = accounts.store_token(&proven, &token, now).await;
            assert!(matches!(late, Err(Error::InvalidCredentials)), "{late:?}");
            assert_eq!(accounts.find_token(&token.secret).await.unwrap(), None);
        }

        async fn a_token_is_not_a_login(db: db::Db) {
            let (accounts, _) = accounts_with_ada(&db).await;
            let token =
                accounts.create_token(&email(), PASSWORD.into(), Device::default()).await.unwrap();
            let text = token.secret.expose();
            let as_cookie = crate::LoginSecret::parse(text.trim_start_matches("tat_")).unwrap();
            assert!(accounts.find_login(&as_cookie).await.unwrap().is_none());
        }

        async fn a_token_is_stored_as_a_hash_and_cleared_away_when_expired(db: db::Db) {
            const HASHES: &str = "SELECT secret_hash FROM access_tokens";
            let (accounts, _) = accounts_with_ada(&db).await;
            accounts.create_token(&email(), PASSWORD.into(), Device::default()).await.unwrap();
            db.clock().advance_ms(TOKEN_LIFE_MS);
            let token =
                accounts.create_token(&email(), PASSWORD.into(), Device::default()).await.unwrap();
            let hashes: Vec<Vec<u8>> =
                on_db!(db.read(), c => sqlx::query_scalar(HASHES).fetch_all(c).await).unwrap();
            assert_eq!(hashes, [token.secret.hash()]);
        }

        async fn a_token_needs_the_password_and_counts_as_a_try(db: db::Db) {
            let (accounts, _) = accounts_with_ada(&db).await;
            for _ in 0..10 {
                let wrong =
                    accounts.create_token(&email(), "wrong".into(), device("192.0.2.1")).await;
                assert!(matches!(wrong, Err(Error::InvalidCredentials)), "{wrong:?}");
            }
            let soon = accounts.sign_in(&email(), PASSWORD.into(), device("192.0.2.2")).await;
            assert!(matches!(soon, Err(Error::TooMany { retry_after_s: 1 })), "{soon:?}");
        }
    }
}
