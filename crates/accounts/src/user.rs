//! Who has an account.

use db::{Engine, Tx, on_db};
use model::{UnixMs, ids::UserId, wire};
use uuid::Uuid;

use crate::{Accounts, Email, PersonName, Result};

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// Where mail reaches them, and what they sign in with.
    pub email: Email,
    /// What they are called, when they said so.
    pub name: Option<String>,
    /// Whether the whole instance is theirs: the first to sign up.
    pub is_instance_owner: bool,
    /// When the account was made.
    pub created_at: UnixMs,
    /// When they have shown that mail to the address reaches them.
    pub verified_at: Option<UnixMs>,
}

impl From<&User> for wire::accounts::User {
    fn from(user: &User) -> Self {
        Self {
            id: user.id,
            email: user.email.to_string(),
            name: user.name.clone(),
            created_at: user.created_at,
            verified_at: user.verified_at,
        }
    }
}

impl From<User> for wire::accounts::User {
    fn from(user: User) -> Self {
        Self::from(&user)
    }
}

/// A user's columns, named so that they can stand beside those of another table.
#[derive(sqlx::FromRow)]
pub(crate) struct UserRow {
    user_id: Uuid,
    email: String,
    name: Option<String>,
    is_instance_owner: bool,
    user_created_at: i64,
    verified_at: Option<i64>,
}

/// The columns of a [`UserRow`] from `users AS u`.
macro_rules! user_columns {
    () => {
        "u.id AS user_id, u.email, u.name, u.is_instance_owner, u.created_at AS user_created_at, u.verified_at"
    };
}

pub(crate) use user_columns;

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        Self {
            id: row.user_id.into(),
            email: Email::from_stored(row.email),
            name: row.name,
            is_instance_owner: row.is_instance_owner,
            created_at: UnixMs(row.user_created_at),
            verified_at: row.verified_at.map(UnixMs),
        }
    }
}

const FIND_BY_EMAIL: &str = concat!("SELECT ", user_columns!(), " FROM users u WHERE u.email = $1");

/// Who has this address, as seen in a transaction of another slice.
pub async fn find_user_by_email(tx: &mut Tx, email: &Email) -> db::Result<Option<User>> {
    let row = on_db!(tx.conn()?, c => sqlx::query_as::<_, UserRow>(FIND_BY_EMAIL)
        .bind(email.as_str())
        .fetch_optional(c)
        .await)?;
    Ok(row.map(User::from))
}

/// One or none: the table is not counted.
pub(crate) const ANY: &str =
    "SELECT COUNT(*) FROM (SELECT 1 AS one FROM users LIMIT 1) AS first_user";

const FIND: &str = concat!("SELECT ", user_columns!(), " FROM users u WHERE u.id = $1");

const RENAME: &str = "UPDATE users SET name = $2 WHERE id = $1";

const DELETE: &str = "DELETE FROM users WHERE id = $1";

/// `PostgreSQL` alone: the other half of this pair is `SQLite`'s one writer at a time. Whoever would make the person a
/// member meanwhile waits, and then finds nobody.
const LOCK_POSTGRES: &str = "SELECT id FROM users WHERE id = $1 FOR UPDATE";

/// Keeps an account from joining anything until the transaction ends.
pub async fn lock_user(tx: &mut Tx, user: UserId) -> db::Result<()> {
    if let Engine::Postgres(c) = tx.conn()? {
        sqlx::query(LOCK_POSTGRES).bind(user.uuid()).execute(c).await?;
    }
    Ok(())
}

/// Takes an account away, with its logins and tokens, and tells whether there was one. What it means for workspaces is
/// for them to say, in the same transaction.
pub async fn delete_user(tx: &mut Tx, user: UserId) -> db::Result<bool> {
    let touched = on_db!(tx.conn()?, c => sqlx::query(DELETE)
        .bind(user.uuid())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(touched > 0)
}

impl Accounts {
    /// The person with this id.
    pub async fn find_user(&self, id: UserId) -> Result<Option<User>> {
        let row = on_db!(self.db.read(), c => sqlx::query_as::<_, UserRow>(FIND)
            .bind(id.uuid())
            .fetch_optional(c)
            .await)?;
        Ok(row.map(User::from))
    }

    /// Whether the instance has an account; the one who makes the first owns it.
    pub async fn has_any(&self) -> Result<bool> {
        let (count,) = on_db!(self.db.read(), c => sqlx::query_as::<_, (i64,)>(ANY)
            .fetch_one(c)
            .await)?;
        Ok(count > 0)
    }

    /// What they want to be called from now on.
    pub async fn rename(&self, user: UserId, name: Option<PersonName>) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let touched = on_db!(tx.conn()?, c => sqlx::query(RENAME)
            .bind(user.uuid())
            .bind(name.as_ref().map(PersonName::as_str))
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        db::expect_one(touched)?;
        Ok(tx.commit().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign_up::tests::new_account;

    testkit::both! {
        async fn a_person_is_found_by_their_id_and_nobody_by_another(db: db::Db) {
            let accounts = Accounts::new(db.clone());
            let ada = accounts.sign_up(new_account("ada@example.com")).await.unwrap();
            assert_eq!(accounts.find_user(ada.id).await.unwrap(), Some(ada));
            assert_eq!(accounts.find_user(db.new_id()).await.unwrap(), None);
        }
    }
}
