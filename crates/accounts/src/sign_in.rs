//! Proving who one is, and what a browser gets for it.

use std::net::IpAddr;

use db::{Tx, on_db};
use model::{
    exchange::shortened,
    ids::{LoginId, UserId},
};

use crate::{
    Accounts, Email, Error, GivenPassword, LoginSecret, Result, User,
    hasher::Line,
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

/// Changes nothing, and holds the row until the transaction ends: a password that is being changed meanwhile is waited
/// for, and then is another.
const HOLD: &str =
    "UPDATE users SET password_hash = password_hash WHERE id = $1 AND password_hash = $2";

const DELETE_EXPIRED: &str = "DELETE FROM logins
    WHERE user_id = $1 AND (last_seen_at <= $2 OR created_at <= $3)";

const INSERT: &str = "INSERT INTO logins
    (id, user_id, secret_hash, user_agent, address, created_at, last_seen_at)
    VALUES ($1, $2, $3, $4, $5, $6, $6)";

/// Someone who has shown that they know the password of an account.
pub(crate) struct Proven {
    /// Who.
    pub(crate) user: User,
    /// The hash that it matched.
    password_hash: String,
}

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
        let proven = self.proven(email, password, device.address).await?;
        let secret = self.create_login(&proven, &device).await?;
        Ok((proven.user, secret))
    }

    /// Signs in `user`, whose account was made a moment ago in the same call: whoever made it need not prove anything
    /// again, and is not refused by a throttle or a full queue once it exists.
    pub async fn sign_in_new(&self, user: &User, device: &Device) -> Result<LoginSecret> {
        let mut tx = self.db.begin().await?;
        let secret = self.insert_login(&mut tx, user.id, device).await?;
        tx.commit().await?;
        Ok(secret)
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
        Ok(self.proven(email, password, address).await?.user)
    }

    /// The same for what must hold until something is written: [`Proven::hold`].
    pub(crate) async fn proven(
        &self,
        email: &Email,
        password: GivenPassword,
        address: Option<IpAddr>,
    ) -> Result<Proven> {
        let pass = self.throttle.admit(email, address, self.db.now())?;
        let proven = self.compare(email, password, pass.line()).await;
        self.throttle.settle(&pass, &proven, self.db.now());
        proven
    }

    async fn compare(&self, email: &Email, password: GivenPassword, line: Line) -> Result<Proven> {
        let found = on_db!(self.db.read(), c => sqlx::query_as::<_, Credentials>(FIND_CREDENTIALS)
            .bind(email.as_str())
            .fetch_optional(c)
            .await)?;
        let hash = found.as_ref().map(|found| found.password_hash.clone());
        self.require_match(password, hash, line).await?;
        let Credentials { user, password_hash } = found.ok_or(Error::InvalidCredentials)?;
        Ok(Proven { user: user.into(), password_hash })
    }

    /// Goes on only when `password` is the one that was hashed; without a hash it never is, and that takes as long.
    pub(crate) async fn require_match(
        &self,
        password: GivenPassword,
        hash: Option<String>,
        line: Line,
    ) -> Result<()> {
        let is_match = self.hasher.is_match(password, hash, line).await?;
        if is_match { Ok(()) } else { Err(Error::InvalidCredentials) }
    }

    async fn create_login(&self, proven: &Proven, device: &Device) -> Result<LoginSecret> {
        let mut tx = self.db.begin().await?;
        proven.hold(&mut tx).await?;
        let secret = self.insert_login(&mut tx, proven.user.id, device).await?;
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
            .bind(network(device.address))
            .bind(now.0)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        db::expect_one(touched)?;
        Ok(secret)
    }
}

impl Proven {
    /// Goes on only when the password is still the one that was proven, and keeps it so until the transaction ends:
    /// hashing takes its time, and what an old password opens must not outlive it.
    pub(crate) async fn hold(&self, tx: &mut Tx) -> Result<()> {
        let touched = on_db!(tx.conn()?, c => sqlx::query(HOLD)
            .bind(self.user.id.uuid())
            .bind(&self.password_hash)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        if touched == 1 { Ok(()) } else { Err(Error::InvalidCredentials) }
    }
}

impl Device {
    fn kept_user_agent(&self) -> Option<String> {
        self.user_agent.as_ref().map(|text| text.chars().take(MAX_USER_AGENT_CHARS).collect())
    }
}

/// An address without the part that names a person.
pub(crate) fn network(address: Option<IpAddr>) -> Option<String> {
    address.map(|address| shortened(address).to_string())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{
        hasher::Hasher,
        link::reset::tests as reset,
        sign_up::tests::{PASSWORD, new_account},
    };

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

        async fn a_password_that_was_reset_while_it_was_compared_signs_nobody_in(db: db::Db) {
            let (accounts, _) = accounts_with_ada(&db).await;
            let device = Device::default();
            let proven = accounts.proven(&email(), PASSWORD.into(), None).await.unwrap();
            let reset = reset::begin(&accounts).await;
            let (late, reset) =
                tokio::join!(accounts.create_login(&proven, &device), reset.commit());
            reset.unwrap();
            assert!(matches!(late, Err(Error::InvalidCredentials)), "{late:?}");
            let later = accounts.create_login(&proven, &device).await;
            assert!(matches!(later, Err(Error::InvalidCredentials)), "{later:?}");
        }

        async fn whoever_just_made_an_account_is_signed_in_without_another_proof(db: db::Db) {
            let (accounts, ada) = accounts_with_ada(&db).await;
            let secret = accounts.sign_in_new(&ada, &device("192.0.2.1")).await.unwrap();
            assert_eq!(accounts.find_login(&secret).await.unwrap().unwrap().user, ada);
        }

        async fn a_try_that_we_could_not_hear_is_no_failure(db: db::Db) {
            let (accounts, _) = accounts_with_ada(&db).await;
            let away = Accounts { hasher: Hasher::with_threads(0), ..accounts.clone() };
            for _ in 0..20 {
                let unheard = away.sign_in(&email(), PASSWORD.into(), Device::default()).await;
                assert!(matches!(unheard, Err(Error::Hashing(_))), "{unheard:?}");
            }
            accounts.sign_in(&email(), PASSWORD.into(), Device::default()).await.unwrap();
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
