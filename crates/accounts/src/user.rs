//! Who has an account.

use db::{Tx, on_db};
use model::{UnixMs, ids::UserId, wire};
use uuid::Uuid;

use crate::{Accounts, Email, Result};

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
}

impl From<&User> for wire::accounts::User {
    fn from(user: &User) -> Self {
        Self {
            id: user.id,
            email: user.email.to_string(),
            name: user.name.clone(),
            created_at: user.created_at,
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
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        Self {
            id: row.user_id.into(),
            email: Email::from_stored(row.email),
            name: row.name,
            is_instance_owner: row.is_instance_owner,
            created_at: UnixMs(row.user_created_at),
        }
    }
}

const FIND_BY_EMAIL: &str =
    "SELECT id AS user_id, email, name, is_instance_owner, created_at AS user_created_at
    FROM users WHERE email = $1";

/// Who has this address, as seen in a transaction of another slice.
pub async fn find_user_by_email(tx: &mut Tx, email: &Email) -> db::Result<Option<User>> {
    let row = on_db!(tx.conn()?, c => sqlx::query_as::<_, UserRow>(FIND_BY_EMAIL)
        .bind(email.as_str())
        .fetch_optional(c)
        .await)?;
    Ok(row.map(User::from))
}

const FIND: &str =
    "SELECT id AS user_id, email, name, is_instance_owner, created_at AS user_created_at
    FROM users WHERE id = $1";

impl Accounts {
    /// The person with this id.
    pub async fn find_user(&self, id: UserId) -> Result<Option<User>> {
        let row = on_db!(self.db.read(), c => sqlx::query_as::<_, UserRow>(FIND)
            .bind(id.uuid())
            .fetch_optional(c)
            .await)?;
        Ok(row.map(User::from))
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
