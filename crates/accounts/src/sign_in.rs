//! Proving who one is, and what a browser gets for it.

use std::net::IpAddr;

use db::{Tx, on_db};
use model::{
    exchange::shortened,
    ids::{LoginId, UserId},
};

use crate::{
    Accounts, Email, Error, GivenPassword, LoginSecret, Result, User,
    login::{LOGIN_ABSOLUTE_MS, LOGIN_IDLE_MS},
    user::{UserRow, user_columns},
};

/// Where someone signs in from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Device {
    /// The client's address, when it is known.
    pub address: Option<IpAddr>,
    /// What its browser or tool says it is.
    pub user_agent: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Credentials {
    #[sqlx(flatten)]
    user: UserRow,
    password_hash: String,
}

const FIND_CREDENTIALS: &str =
    concat!("SELECT ", user_columns!(), ", u.password_hash FROM users u WHERE u.email = $1");

const DELETE_EXPIRED: &str = "DELETE FROM logins
    WHERE user_id = $1 AND (last_seen_at <= $2 OR created_at <= $3)";

const INSERT: &str = "INSERT INTO logins
    (id, user_id, secret_hash, user_agent, address, created_at, last_seen_at)
    VALUES ($1, $2, $3, $4, $5, $6, $6)";

/// As much of a user agent as is worth keeping.
const MAX_USER_AGENT_CHARS: usize = 400;

impl Accounts {
    /// Signs someone in: a new login of `device`, beside those they have elsewhere.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidCredentials`], the same and after the same time whether the account exists or not, and
    /// [`Error::TooMany`].
    pub async fn sign_in(
        &self,
        email: &Email,
        password: GivenPassword,
        device: Device,
    ) -> Result<(User, LoginSecret)> {
        let user = self.prove(email, password, device.address).await?;
        let secret = self.create_login(&user, &device).await?;
        Ok((user, secret))
    }

    /// Who has this e-mail and this password: counts as a try, as signing in does.
    ///
    /// # Errors
    ///
    /// As [`Accounts::sign_in`].
    pub async fn prove(
        &self,
        email: &Email,
        password: GivenPassword,
        address: Option<IpAddr>,
    ) -> Result<User> {
        let pass = self.throttle.admit(email, address, self.db.now())?;
        let found = on_db!(self.db.read(), c => sqlx::query_as::<_, Credentials>(FIND_CREDENTIALS)
            .bind(email.as_str())
            .fetch_optional(c)
            .await)?;
        let (user, hash) = found.map(|found| (found.user, found.password_hash)).unzip();
        let is_match = self.hasher.is_match(password, hash, pass.line()).await?;
        let user = user.filter(|_| is_match).ok_or(Error::InvalidCredentials)?;
        self.throttle.succeeded(&pass, self.db.now());
        Ok(user.into())
    }

    async fn create_login(&self, user: &User, device: &Device) -> Result<LoginSecret> {
        let mut tx = self.db.begin().await?;
        let secret = self.insert_login(&mut tx, user.id, device).await?;
        tx.commit().await?;
        Ok(secret)
    }

    /// Writes a login of `user`, and takes away those of theirs that have ended.
    pub(crate) async fn insert_login(
        &self,
        tx: &mut Tx,
        user: UserId,
        device: &Device,
    ) -> Result<LoginSecret> {
        let secret = LoginSecret::new(self.db.chance());
        let id: LoginId = self.db.new_id();
        let now = self.db.now();
        on_db!(tx.conn()?, c => sqlx::query(DELETE_EXPIRED)
            .bind(user.uuid())
            .bind(now.plus_ms(-LOGIN_IDLE_MS).0)
            .bind(now.plus_ms(-LOGIN_ABSOLUTE_MS).0)
            .execute(c)
            .await
            .map(|_| ()))?;
        let touched = on_db!(tx.conn()?, c => sqlx::query(INSERT)
            .bind(id.uuid())
            .bind(user.uuid())
            .bind(secret.hash())
            .bind(device.kept_user_agent())
            .bind(device.network())
            .bind(now.0)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        db::expect_one(touched)?;
        Ok(secret)
    }
}

impl Device {
    fn kept_user_agent(&self) -> Option<String> {
        self.user_agent.as_ref().map(|text| text.chars().take(MAX_USER_AGENT_CHARS).collect())
    }

    /// The address without the part that names a person.
    fn network(&self) -> Option<String> {
        self.address.map(|address| shortened(address).to_string())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::sign_up::tests::{PASSWORD, new_account};

    pub(crate) fn email() -> Email {
        Email::parse("ada@example.com").unwrap()
    }

    pub(crate) fn device(address: &str) -> Device {
        Device {
            address: Some(address.parse().unwrap()),
            user_agent: Some("Mozilla/5.0 (X11; Linux x86_64)".to_owned()),
        }
    }

    pub(crate) async fn accounts_with_ada(db: &db::Db) -> (Accounts, User) {
        let accounts = Accounts::new(db.clone());
        let ada = accounts.sign_up(new_account("ada@example.com")).await.unwrap();
        (accounts, ada)
    }

    testkit::both! {
        async fn the_right_password_signs_in_and_gives_the_person(db: db::Db) {
            let (accounts, ada) = accounts_with_ada(&db).await;
            let (user, secret) =
                accounts.sign_in(&email(), PASSWORD.into(), device("192.0.2.1")).await.unwrap();
            assert_eq!(user, ada);
            let login = accounts.find_login(&secret).await.unwrap().unwrap();
            assert_eq!(login.user, ada);
        }

        async fn a_wrong_password_and_an_unknown_account_get_the_same_answer(db: db::Db) {
            let (accounts, _) = accounts_with_ada(&db).await;
            let nobody = Email::parse("nobody@example.com").unwrap();
            for (email, password) in [(email(), "wrong horse"), (nobody, PASSWORD), (email(), "")] {
                let answer = accounts.sign_in(&email, password.into(), Device::default()).await;
                assert!(matches!(answer, Err(Error::InvalidCredentials)), "{answer:?}");
            }
        }

        async fn guessing_is_slowed_down_alike_for_accounts_that_exist_and_that_do_not(db: db::Db) {
            let (accounts, _) = accounts_with_ada(&db).await;
            let nobody = Email::parse("nobody@example.com").unwrap();
            let mut heard = Vec::new();
            for (email, network) in [(email(), "192.0.2"), (nobody, "203.0.113")] {
                let mut answers = Vec::new();
                for n in 0..12 {
                    let device = device(&format!("{network}.{n}"));
                    let answer = accounts.sign_in(&email, "wrong".into(), device).await;
                    answers.push(answer.unwrap_err().to_string());
                }
                heard.push(answers);
            }
            assert!(heard[0][10].starts_with("too many tries"), "{heard:?}");
            assert_eq!(heard[0], heard[1]);
        }

        async fn where_one_has_signed_in_before_one_can_whatever_others_try(db: db::Db) {
            let (accounts, _) = accounts_with_ada(&db).await;
            let home = || device("192.0.2.1");
            accounts.sign_in(&email(), PASSWORD.into(), home()).await.unwrap();
            for n in 0..12 {
                let elsewhere = device(&format!("203.0.113.{n}"));
                accounts.sign_in(&email(), "wrong".into(), elsewhere).await.unwrap_err();
            }
            let stranger = accounts.sign_in(&email(), PASSWORD.into(), device("198.51.100.1")).await;
            assert!(matches!(stranger, Err(Error::TooMany { retry_after_s: 1 })), "{stranger:?}");
            accounts.sign_in(&email(), PASSWORD.into(), home()).await.unwrap();
            db.clock().advance_ms(1_000);
            accounts.sign_in(&email(), PASSWORD.into(), device("198.51.100.1")).await.unwrap();
        }

        async fn each_sign_in_is_a_login_of_its_own(db: db::Db) {
            let (accounts, _) = accounts_with_ada(&db).await;
            let (_, one) =
                accounts.sign_in(&email(), PASSWORD.into(), Device::default()).await.unwrap();
            let (_, other) =
                accounts.sign_in(&email(), PASSWORD.into(), Device::default()).await.unwrap();
            accounts.sign_out(&one).await.unwrap();
            assert!(accounts.find_login(&one).await.unwrap().is_none());
            assert!(accounts.find_login(&other).await.unwrap().is_some());
        }

        async fn the_secret_is_stored_as_a_hash_only(db: db::Db) {
            const HASHES: &str = "SELECT secret_hash FROM logins";
            let (accounts, _) = accounts_with_ada(&db).await;
            let (_, secret) =
                accounts.sign_in(&email(), PASSWORD.into(), Device::default()).await.unwrap();
            let hashes: Vec<Vec<u8>> =
                on_db!(db.read(), c => sqlx::query_scalar(HASHES).fetch_all(c).await).unwrap();
            assert_eq!(hashes, [secret.hash()]);
        }

        async fn signing_in_clears_away_what_has_expired(db: db::Db) {
            const COUNT: &str = "SELECT COUNT(*) FROM logins";
            let (accounts, _) = accounts_with_ada(&db).await;
            for _ in 0..2 {
                accounts.sign_in(&email(), PASSWORD.into(), Device::default()).await.unwrap();
                db.clock().advance_ms(LOGIN_IDLE_MS);
            }
            accounts.sign_in(&email(), PASSWORD.into(), Device::default()).await.unwrap();
            let count: i64 =
                on_db!(db.read(), c => sqlx::query_scalar(COUNT).fetch_one(c).await).unwrap();
            assert_eq!(count, 1);
        }

        async fn an_endless_user_agent_is_cut(db: db::Db) {
            const USER_AGENT: &str = "SELECT user_agent FROM logins";
            let (accounts, _) = accounts_with_ada(&db).await;
            let endless = Device { address: None, user_agent: Some("ä".repeat(10_000)) };
            accounts.sign_in(&email(), PASSWORD.into(), endless).await.unwrap();
            let kept: String =
                on_db!(db.read(), c => sqlx::query_scalar(USER_AGENT).fetch_one(c).await).unwrap();
            assert_eq!(kept, "ä".repeat(MAX_USER_AGENT_CHARS));
        }
    }
}
