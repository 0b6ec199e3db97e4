//! A new account.

use db::{Engine, Tx, on_db};
use model::{UnixMs, ids::UserId};

use crate::{Accounts, Email, Error, Password, PersonName, Result, User, user::ANY};

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

/// A row of `users` to be.
pub(crate) struct NewUser {
    pub(crate) id: UserId,
    pub(crate) email: Email,
    pub(crate) name: Option<String>,
    pub(crate) password_hash: String,
    pub(crate) verified_at: Option<UnixMs>,
}

const INSERT: &str = "INSERT INTO users
    (id, email, name, password_hash, is_instance_owner, created_at, verified_at)
    VALUES ($1, $2, $3, $4, NOT EXISTS (SELECT 1 FROM users), $5, $6)
    ON CONFLICT (email) DO NOTHING
    RETURNING is_instance_owner";

/// `PostgreSQL` alone: the other half of this pair is `SQLite`'s `BEGIN IMMEDIATE`, which lets one writer in at a
/// time. Without it two first sign-ups would each see an empty table and both become owner. Other sign-ups wait for it,
/// and sign-ins, for the two statements until the commit; nobody hashes meanwhile.
const LOCK_POSTGRES: &str = "LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE";

impl Accounts {
    /// Makes an account; the first one of an instance owns it. Nothing shows yet that the address is theirs.
    ///
    /// # Errors
    ///
    /// [`Error::EmailTaken`], after the same time as a success.
    pub async fn sign_up(&self, new: NewAccount) -> Result<User> {
        self.make(new, None, true).await
    }

    /// The same for a stranger: unless sign-up `is_open`, only the first account of the instance is made.
    ///
    /// # Errors
    ///
    /// [`Error::SignUpClosed`], and as [`Accounts::sign_up`].
    pub async fn sign_up_stranger(&self, new: NewAccount, is_open: bool) -> Result<User> {
        self.make(new, None, is_open).await
    }

    /// The same for someone who followed a link that was sent to their address, which shows that it is theirs.
    pub async fn sign_up_verified(&self, new: NewAccount) -> Result<User> {
        self.make(new, Some(self.db.now()), true).await
    }

    async fn make(
        &self,
        new: NewAccount,
        verified_at: Option<UnixMs>,
        is_open: bool,
    ) -> Result<User> {
        let password_hash = self.hash(new.password).await?;
        let row = NewUser {
            id: self.db.new_id(),
            email: new.email,
            name: new.name.map(String::from),
            password_hash,
            verified_at,
        };
        let mut tx = self.db.begin().await?;
        let user = self.insert_user(&mut tx, row, is_open).await?;
        tx.commit().await?;
        Ok(user)
    }

    pub(crate) async fn hash(&self, password: Password) -> Result<String> {
        self.hasher.hash(password, self.db.chance().bytes()).await
    }

    /// Writes an account; unless sign-up `is_open`, only the first of the instance.
    pub(crate) async fn insert_user(
        &self,
        tx: &mut Tx,
        new: NewUser,
        is_open: bool,
    ) -> Result<User> {
        let created_at = self.db.now();
        lock(tx).await?;
        let (others,) = on_db!(tx.conn()?, c => sqlx::query_as::<_, (i64,)>(ANY)
            .fetch_one(c)
            .await)?;
        if others > 0 && !is_open {
            return Err(Error::SignUpClosed);
        }
        let is_instance_owner = on_db!(tx.conn()?, c => sqlx::query_scalar::<_, bool>(INSERT)
            .bind(new.id.uuid())
            .bind(new.email.as_str())
            .bind(new.name.as_deref())
            .bind(new.password_hash)
            .bind(created_at.0)
            .bind(new.verified_at.map(|at| at.0))
            .fetch_optional(c)
            .await)?
        .ok_or(Error::EmailTaken)?;
        let NewUser { id, email, name, verified_at, .. } = new;
        Ok(User { id, email, name, is_instance_owner, created_at, verified_at })
    }
}

async fn lock(tx: &mut Tx) -> Result<()> {
    if let Engine::Postgres(c) = tx.conn()? {
        sqlx::query(LOCK_POSTGRES).execute(c).await?;
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use std::time::Duration;

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

    async fn sign_up_at_once(accounts: &Accounts, emails: [&'static str; 4]) -> Vec<Result<User>> {
        let mut all = JoinSet::new();
        for email in emails {
            let accounts = accounts.clone();
            all.spawn(async move { accounts.sign_up(new_account(email)).await });
        }
        all.join_all().await
    }

    /// Whether somebody waits for a lock. On `SQLite` the one writer's place is taken, so whoever comes waits.
    async fn is_someone_waiting(db: &db::Db) -> bool {
        const WAITING: &str =
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND database =
            (SELECT oid FROM pg_database WHERE datname = current_database()))";
        match db.read() {
            Engine::Sqlite(_) => true,
            Engine::Postgres(c) => sqlx::query_scalar(WAITING).fetch_one(c).await.unwrap(),
        }
    }

    testkit::both! {
        async fn a_first_account_waits_for_another_that_is_being_made(db: db::Db) {
            let accounts = Accounts::new(db.clone());
            let mut first = db.begin().await.unwrap();
            let row = NewUser {
                id: db.new_id(),
                email: Email::parse("ada@example.com").unwrap(),
                name: None,
                password_hash: String::new(),
                verified_at: None,
            };
            let ada = accounts.insert_user(&mut first, row, true).await.unwrap();
            let second = tokio::spawn({
                let accounts = accounts.clone();
                async move { accounts.sign_up(new_account("bob@example.com")).await }
            });
            let came_to_it = async {
                while !second.is_finished() && !is_someone_waiting(&db).await {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(Duration::from_secs(10), came_to_it).await.expect("a second one");
            first.commit().await.unwrap();
            let bob = second.await.unwrap().unwrap();
            assert!(ada.is_instance_owner);
            assert!(!bob.is_instance_owner);
        }

        async fn the_first_account_owns_the_instance_and_the_next_does_not(db: db::Db) {
            let accounts = Accounts::new(db);
            let ada = accounts.sign_up(new_account("ada@example.com")).await.unwrap();
            let bob = accounts.sign_up(new_account("bob@example.com")).await.unwrap();
            assert!(ada.is_instance_owner);
            assert!(!bob.is_instance_owner);
            assert_eq!(ada.created_at, START);
        }

        async fn where_strangers_may_not_sign_up_only_the_first_of_them_does(db: db::Db) {
            let accounts = Accounts::new(db);
            let (one, other) = tokio::join!(
                accounts.sign_up_stranger(new_account("ada@example.com"), false),
                accounts.sign_up_stranger(new_account("bob@example.com"), false),
            );
            let refused = match (one, other) {
                (Ok(_), refused) | (refused, Ok(_)) => refused,
                neither => panic!("{neither:?}"),
            };
            assert!(matches!(refused, Err(Error::SignUpClosed)), "{refused:?}");
            accounts.sign_up_stranger(new_account("cleo@example.com"), true).await.unwrap();
        }

        async fn of_first_accounts_made_at_once_exactly_one_owns_the_instance(db: db::Db) {
            let accounts = Accounts::new(db);
            let emails = ["a@example.com", "b@example.com", "c@example.com", "d@example.com"];
            let users = sign_up_at_once(&accounts, emails).await;
            let owners = users.iter().filter(|user| user.as_ref().unwrap().is_instance_owner);
            assert_eq!(owners.count(), 1);
        }

        async fn of_accounts_made_at_once_with_one_address_exactly_one_is_made(db: db::Db) {
            let accounts = Accounts::new(db);
            let users = sign_up_at_once(&accounts, ["ada@example.com"; 4]).await;
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
