//! A new account.

use db::{Engine, Tx, on_db};
use model::ids::UserId;

use crate::{Accounts, Email, Error, Password, PersonName, Result, User};

/// What it takes to make an account. Whether anyone may is the server's to decide.
#[derive(Debug)]
pub struct NewAccount {
    /// Their address.
    pub email: Email,
    /// The password they chose.
    pub password: Password,
    /// What they are called.
    pub name: Option<PersonName>,
}

const INSERT: &str = "INSERT INTO users
    (id, email, name, password_hash, is_instance_owner, created_at)
    VALUES ($1, $2, $3, $4, NOT EXISTS (SELECT 1 FROM users), $5)
    ON CONFLICT (email) DO NOTHING
    RETURNING is_instance_owner";

/// `PostgreSQL` alone: the other half of this pair is `SQLite`'s `BEGIN IMMEDIATE`, which lets one writer in at a
/// time. Without it two first sign-ups would each see an empty table and both become owner. Conflicts with
/// other sign-ups and not with sign-ins.
const LOCK_POSTGRES: &str = "LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE";

impl Accounts {
    /// Makes an account; the first one of an instance owns it.
    ///
    /// # Errors
    ///
    /// [`Error::EmailTaken`], after the same time as a success.
    pub async fn sign_up(&self, new: NewAccount) -> Result<User> {
        let hash = self.hasher.hash(new.password, self.db.chance().bytes()).await?;
        self.insert_user(new.email, new.name, hash).await
    }

    async fn insert_user(
        &self,
        email: Email,
        name: Option<PersonName>,
        password_hash: String,
    ) -> Result<User> {
        let id: UserId = self.db.new_id();
        let created_at = self.db.now();
        let name = name.as_ref().map(PersonName::as_str);

        let mut tx = self.db.begin().await?;
        lock(&mut tx).await?;
        let is_instance_owner = on_db!(tx.conn(), c => sqlx::query_scalar::<_, bool>(INSERT)
            .bind(id.uuid())
            .bind(email.as_str())
            .bind(name)
            .bind(password_hash)
            .bind(created_at.0)
            .fetch_optional(c)
            .await)?
        .ok_or(Error::EmailTaken)?;
        tx.commit().await?;

        let name = name.map(str::to_owned);
        Ok(User { id, email, name, is_instance_owner, created_at })
    }
}

async fn lock(tx: &mut Tx) -> Result<()> {
    if let Engine::Postgres(c) = tx.conn() {
        sqlx::query(LOCK_POSTGRES).execute(c).await?;
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use testkit::START;
    use tokio::task::JoinSet;

    use super::*;

    pub(crate) const PASSWORD: &str = "correct horse battery";

    pub(crate) fn new_account(email: &str) -> NewAccount {
        NewAccount {
            email: Email::parse(email).unwrap(),
            password: Password::parse(PASSWORD).unwrap(),
            name: Some(PersonName::parse("Ada").unwrap()),
        }
    }

    /// All at the same point of the way: hashing takes longer for one than for another, so it is left out, and
    /// every connection is open beforehand.
    async fn insert_at_once(accounts: &Accounts, emails: [&str; 4]) -> Vec<Result<User>> {
        const WARM_UP: &str = "SELECT COUNT(*) FROM users";
        let mut warm = JoinSet::new();
        let mut all = JoinSet::new();
        for _ in emails {
            let db = accounts.db.clone();
            warm.spawn(async move {
                on_db!(db.read(), c => sqlx::query(WARM_UP).execute(c).await.map(|_| ()))
            });
        }
        warm.join_all().await;
        for email in emails {
            let (accounts, email) = (accounts.clone(), Email::parse(email).unwrap());
            all.spawn(async move { accounts.insert_user(email, None, "$hash".to_owned()).await });
        }
        all.join_all().await
    }

    testkit::both! {
        async fn the_first_account_owns_the_instance_and_the_next_does_not(db: db::Db) {
            let accounts = Accounts::new(db);
            let ada = accounts.sign_up(new_account("ada@example.com")).await.unwrap();
            let bob = accounts.sign_up(new_account("bob@example.com")).await.unwrap();
            assert!(ada.is_instance_owner);
            assert!(!bob.is_instance_owner);
            assert_eq!(ada.created_at, START);
        }

        async fn of_first_accounts_made_at_once_exactly_one_owns_the_instance(db: db::Db) {
            let accounts = Accounts::new(db);
            let emails = ["a@example.com", "b@example.com", "c@example.com", "d@example.com"];
            let users = insert_at_once(&accounts, emails).await;
            let owners = users.iter().filter(|user| user.as_ref().unwrap().is_instance_owner);
            assert_eq!(owners.count(), 1);
        }

        async fn of_accounts_made_at_once_with_one_address_exactly_one_is_made(db: db::Db) {
            let accounts = Accounts::new(db);
            let users = insert_at_once(&accounts, ["ada@example.com"; 4]).await;
            let (made, refused): (Vec<_>, Vec<_>) = users.into_iter().partition(Result::is_ok);
            assert_eq!((made.len(), refused.len()), (1, 3));
            for refused in refused {
                assert!(matches!(refused, Err(Error::EmailTaken)), "{refused:?}");
            }
        }

        async fn an_address_is_taken_in_whatever_case_it_is_written(db: db::Db) {
            let accounts = Accounts::new(db);
            accounts.sign_up(new_account("ada@example.com")).await.unwrap();
            let again = accounts.sign_up(new_account("ADA@Example.com")).await;
            assert!(matches!(again, Err(Error::EmailTaken)), "{again:?}");
        }

        async fn the_password_is_stored_as_a_salted_hash_only(db: db::Db) {
            const HASHES: &str = "SELECT password_hash FROM users";
            let accounts = Accounts::new(db.clone());
            accounts.sign_up(new_account("ada@example.com")).await.unwrap();
            accounts.sign_up(new_account("bob@example.com")).await.unwrap();
            let hashes: Vec<String> =
                on_db!(db.read(), c => sqlx::query_scalar(HASHES).fetch_all(c).await).unwrap();
            assert_ne!(hashes[0], hashes[1]);
            for hash in hashes {
                assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
            }
        }
    }
}
