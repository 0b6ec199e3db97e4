//! Where someone is signed in, and ending it from elsewhere.

use db::on_db;
use model::{
    UnixMs,
    ids::{LoginId, UserId},
};
use uuid::Uuid;

use crate::{
    Accounts, Error, LOGIN_ABSOLUTE_MS, LOGIN_IDLE_MS, Result, ending::end_password_tokens,
};

/// A browser that someone is signed in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Which login.
    pub id: LoginId,
    /// What the browser said it is.
    pub user_agent: Option<String>,
    /// The network it was in then, without the part that names a person.
    pub address: Option<String>,
    /// When they signed in.
    pub created_at: UnixMs,
    /// When they were last seen, to the minute.
    pub last_seen_at: UnixMs,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    user_agent: Option<String>,
    address: Option<String>,
    created_at: i64,
    last_seen_at: i64,
}

impl From<Row> for SignedIn {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.into(),
            user_agent: row.user_agent,
            address: row.address,
            created_at: UnixMs(row.created_at),
            last_seen_at: UnixMs(row.last_seen_at),
        }
    }
}

const LIST: &str = "SELECT id, user_agent, address, created_at, last_seen_at FROM logins
    WHERE user_id = $1 AND last_seen_at > $2 AND created_at > $3
    ORDER BY last_seen_at DESC, id DESC";

const END: &str = "DELETE FROM logins WHERE user_id = $1 AND id = $2";
const END_OTHERS: &str = "DELETE FROM logins WHERE user_id = $1 AND id <> $2";

impl Accounts {
    /// Where this person is signed in, last seen first.
    pub async fn list_logins(&self, user: UserId) -> Result<Vec<SignedIn>> {
        let now = self.db.now();
        let rows = on_db!(self.db.read(), c => sqlx::query_as::<_, Row>(LIST)
            .bind(user.uuid())
            .bind(now.plus_ms(-LOGIN_IDLE_MS).0)
            .bind(now.plus_ms(-LOGIN_ABSOLUTE_MS).0)
            .fetch_all(c)
            .await)?;
        Ok(rows.into_iter().map(SignedIn::from).collect())
    }

    /// Signs them out in one browser.
    ///
    /// # Errors
    ///
    /// [`Error::LoginNotFound`].
    pub async fn end_login(&self, user: UserId, id: LoginId) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let touched = on_db!(tx.conn()?, c => sqlx::query(END)
            .bind(user.uuid())
            .bind(id.uuid())
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        if touched == 0 {
            return Err(Error::LoginNotFound);
        }
        Ok(tx.commit().await?)
    }

    /// Signs them out everywhere but in one browser, and ends the tokens that were had by password.
    pub async fn end_other_logins(&self, user: UserId, kept: LoginId) -> Result<()> {
        let mut tx = self.db.begin().await?;
        on_db!(tx.conn()?, c => sqlx::query(END_OTHERS)
            .bind(user.uuid())
            .bind(kept.uuid())
            .execute(c)
            .await
            .map(|_| ()))?;
        end_password_tokens(&mut tx, user).await?;
        Ok(tx.commit().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        LoginSecret,
        sign_in::tests::{accounts_with_ada, device, email},
        sign_up::tests::PASSWORD,
    };

    async fn sign_in(accounts: &Accounts, address: &str) -> LoginSecret {
        accounts.sign_in(&email(), PASSWORD.into(), device(address)).await.unwrap().1
    }

    testkit::both! {
        async fn each_browser_is_listed_without_the_end_of_its_address(db: db::Db) {
            let (accounts, ada) = accounts_with_ada(&db).await;
            sign_in(&accounts, "192.0.2.17").await;
            db.clock().advance_ms(60_000);
            sign_in(&accounts, "2001:db8:1:2::3").await;
            let listed = accounts.list_logins(ada.id).await.unwrap();
            let networks: Vec<_> =
                listed.iter().map(|one| one.address.as_deref().unwrap()).collect();
            assert_eq!(networks, ["2001:db8:1::", "192.0.2.0"]);
            db.clock().advance_ms(LOGIN_IDLE_MS);
            assert_eq!(accounts.list_logins(ada.id).await.unwrap(), []);
        }

        async fn one_browser_is_signed_out_from_another_and_nobody_elses(db: db::Db) {
            let (accounts, ada) = accounts_with_ada(&db).await;
            let (here, there) =
                (sign_in(&accounts, "192.0.2.1").await, sign_in(&accounts, "192.0.2.2").await);
            let id = accounts.find_login(&there).await.unwrap().unwrap().id;
            let by_another = accounts.end_login(db.new_id(), id).await;
            assert!(matches!(by_another, Err(Error::LoginNotFound)), "{by_another:?}");
            accounts.end_login(ada.id, id).await.unwrap();
            assert!(accounts.find_login(&there).await.unwrap().is_none());
            assert!(accounts.find_login(&here).await.unwrap().is_some());
        }

        async fn all_others_can_be_signed_out_at_once_and_tokens_by_password_with_them(db: db::Db) {
            let (accounts, ada) = accounts_with_ada(&db).await;
            let (here, there) =
                (sign_in(&accounts, "192.0.2.1").await, sign_in(&accounts, "192.0.2.2").await);
            let token = accounts
                .create_token(&email(), PASSWORD.into(), device("192.0.2.3"))
                .await
                .unwrap();
            let kept = accounts.find_login(&here).await.unwrap().unwrap().id;
            accounts.end_other_logins(ada.id, kept).await.unwrap();
            assert!(accounts.find_login(&here).await.unwrap().is_some());
            assert!(accounts.find_login(&there).await.unwrap().is_none());
            assert!(accounts.find_token(&token.secret).await.unwrap().is_none());
        }
    }
}
