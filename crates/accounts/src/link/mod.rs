//! Links that are sent by mail: to confirm a sign-up, to verify an address, to choose a new password.
//!
//! A link belongs to an address and not to an account. For an address that nobody has, or that somebody has already,
//! the same rows are written, so neither an answer nor its time tells whether an account exists; only the mail
//! differs, and that is read by whoever has the address.
//!
//! An address is sent so many links an hour and no more. Nobody can use that to keep another from theirs: each purpose
//! is counted by itself, and whoever hears nothing any more has been sent links which still work, but for sign-ups;
//! those are counted by the network that they come from as well.

mod confirm;
pub(crate) mod reset;
mod verify;

use std::net::IpAddr;

use db::{Tx, on_db};
use model::{UnixMs, ids::UserId};
use uuid::Uuid;

use crate::{
    Accounts, Email, Error, LinkSecret, Result, User, find_user_by_email, sign_in::network,
};

pub use confirm::PendingAccount;

/// How long a new account can be confirmed, and an address verified: 24 hours.
pub const VERIFY_LIFE_MS: i64 = 24 * HOUR_MS;
/// How long a new password can be chosen by mail: one hour.
pub const RESET_LIFE_MS: i64 = HOUR_MS;

const HOUR_MS: i64 = 60 * 60 * 1_000;
/// Links for one purpose that one address is sent in an hour: nobody is to be flooded with mail by others.
const PER_HOUR: i64 = 5;
/// Sign-ups for one address in an hour, wherever they come from.
const SIGN_UPS_PER_HOUR: i64 = 20;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Confirm,
    Verify,
    Reset,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Verify => "verify",
            Self::Reset => "reset",
        }
    }

    const fn life_ms(self) -> i64 {
        match self {
            Self::Confirm | Self::Verify => VERIFY_LIFE_MS,
            Self::Reset => RESET_LIFE_MS,
        }
    }

    /// Whether this address is not to be sent another, after so many in this hour: in all, and for one network.
    const fn is_too_many(self, in_all: i64, of_network: i64) -> bool {
        match self {
            Self::Confirm => of_network >= PER_HOUR || in_all >= SIGN_UPS_PER_HOUR,
            Self::Verify | Self::Reset => in_all >= PER_HOUR,
        }
    }
}

/// A link that was just made.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// Whom to send it to.
    pub email: Email,
    /// What it holds.
    pub secret: LinkSecret,
    /// Who has the address already.
    pub holder: Option<User>,
    /// Whether this address has been sent as many as it should get; this one is not to be sent.
    pub is_too_many: bool,
}

/// A link to be made.
struct Wanted<'a> {
    email: &'a Email,
    purpose: Purpose,
    /// Where it is asked for.
    address: Option<IpAddr>,
    /// What a sign-up leaves with it.
    pending: Option<Pending<'a>>,
}

/// What a sign-up leaves with its link.
struct Pending<'a> {
    user: &'a User,
    password_hash: &'a str,
}

#[derive(sqlx::FromRow)]
struct Row {
    email: String,
    user_id: Option<Uuid>,
    name: Option<String>,
    password_hash: Option<String>,
}

const DELETE_EXPIRED: &str = "DELETE FROM account_links WHERE email = $1 AND expires_at <= $2";

/// What was not sent does not count: whoever asks without end would keep the next from being sent as well.
const COUNT_RECENT: &str =
    "SELECT COUNT(*), COUNT(CASE WHEN address IS NOT DISTINCT FROM $4 THEN 1 END)
    FROM account_links WHERE email = $1 AND purpose = $2 AND created_at > $3 AND is_sent";

const INSERT: &str = "INSERT INTO account_links
    (secret_hash, email, purpose, user_id, name, password_hash, created_at, expires_at, address, is_sent)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

const FIND: &str = "SELECT email, user_id, name, password_hash FROM account_links
    WHERE secret_hash = $1 AND purpose = $2 AND expires_at > $3";

/// All of the same purpose: after one was used, the others are of no more use to anyone but a thief.
const USE: &str = "DELETE FROM account_links WHERE email = $1 AND purpose = $2";

const VERIFY: &str = "UPDATE users SET verified_at = COALESCE(verified_at, $2) WHERE id = $1";

impl Accounts {
    async fn create_link(&self, wanted: Wanted<'_>) -> Result<NewLink> {
        let mut tx = self.db.begin().await?;
        let link = self.insert_link(&mut tx, wanted).await?;
        tx.commit().await?;
        Ok(link)
    }

    async fn insert_link(&self, tx: &mut Tx, wanted: Wanted<'_>) -> Result<NewLink> {
        let Wanted { email, purpose, address, pending } = wanted;
        let (now, network) = (self.db.now(), network(address));
        on_db!(tx.conn()?, c => sqlx::query(DELETE_EXPIRED)
            .bind(email.as_str())
            .bind(now.0)
            .execute(c)
            .await
            .map(|_| ()))?;
        let (in_all, of_network) = on_db!(tx.conn()?, c => sqlx::query_as::<_, (i64, i64)>(COUNT_RECENT)
                .bind(email.as_str())
                .bind(purpose.as_str())
                .bind(now.plus_ms(-HOUR_MS).0)
                .bind(network.as_deref())
                .fetch_one(c)
                .await)?;
        let is_too_many = purpose.is_too_many(in_all, of_network);
        let holder = find_user_by_email(tx, email).await?;
        let secret = LinkSecret::new(self.db.chance());
        let touched = on_db!(tx.conn()?, c => sqlx::query(INSERT)
            .bind(secret.hash())
            .bind(email.as_str())
            .bind(purpose.as_str())
            .bind(pending.as_ref().map(|pending| pending.user.id.uuid()))
            .bind(pending.as_ref().and_then(|pending| pending.user.name.as_deref()))
            .bind(pending.as_ref().map(|pending| pending.password_hash))
            .bind(now.0)
            .bind(now.plus_ms(purpose.life_ms()).0)
            .bind(network.as_deref())
            .bind(!is_too_many)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        db::expect_one(touched)?;
        Ok(NewLink { email: email.clone(), secret, holder, is_too_many })
    }

    async fn find_link(&self, secret: &LinkSecret, purpose: Purpose) -> Result<Row> {
        let row = on_db!(self.db.read(), c => sqlx::query_as::<_, Row>(FIND)
            .bind(secret.hash())
            .bind(purpose.as_str())
            .bind(self.db.now().0)
            .fetch_optional(c)
            .await)?;
        row.ok_or(Error::LinkNotFound)
    }

    async fn set_verified(&self, tx: &mut Tx, user: UserId) -> Result<()> {
        let now: UnixMs = self.db.now();
        let touched = on_db!(tx.conn()?, c => sqlx::query(VERIFY)
            .bind(user.uuid())
            .bind(now.0)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(db::expect_one(touched)?)
    }
}

/// Takes the links away, all that the address has for this purpose. Of two who use them at once the second finds none.
async fn use_links(tx: &mut Tx, email: &Email, purpose: Purpose) -> Result<()> {
    let touched = on_db!(tx.conn()?, c => sqlx::query(USE)
        .bind(email.as_str())
        .bind(purpose.as_str())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if touched == 0 { Err(Error::LinkNotFound) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        sign_in::tests::{accounts_with_ada, email},
        sign_up::tests::new_account,
    };

    async fn signs_up(accounts: &Accounts, address: &str) -> bool {
        let new = new_account("ada@example.com");
        let pending = accounts.sign_up_later(new, address.parse().ok()).await;
        !pending.unwrap().link.is_too_many
    }

    async fn asks(accounts: &Accounts) -> bool {
        !accounts.request_reset(&email()).await.unwrap().is_too_many
    }

    testkit::both! {
        async fn an_address_gets_five_mails_of_a_kind_in_an_hour_and_then_none(db: db::Db) {
            let (accounts, _) = accounts_with_ada(&db).await;
            for _ in 0..PER_HOUR {
                assert!(asks(&accounts).await);
            }
            assert!(!asks(&accounts).await);
            db.clock().advance_ms(HOUR_MS + 1);
            assert!(asks(&accounts).await);
        }

        async fn whoever_asks_without_end_keeps_nobody_from_the_next_mail(db: db::Db) {
            let (accounts, _) = accounts_with_ada(&db).await;
            for _ in 0..PER_HOUR {
                assert!(asks(&accounts).await);
            }
            db.clock().advance_ms(HOUR_MS - 1);
            for _ in 0..PER_HOUR {
                assert!(!asks(&accounts).await);
            }
            db.clock().advance_ms(2);
            assert!(asks(&accounts).await);
        }

        async fn mails_for_one_purpose_leave_those_for_another_alone(db: db::Db) {
            let (accounts, _) = accounts_with_ada(&db).await;
            for _ in 0..2 * PER_HOUR {
                signs_up(&accounts, "203.0.113.1").await;
            }
            assert!(asks(&accounts).await);
            for _ in 0..2 * PER_HOUR {
                asks(&accounts).await;
            }
            assert!(!accounts.request_verification(&email()).await.unwrap().is_too_many);
            assert!(signs_up(&accounts, "198.51.100.1").await);
        }

        async fn nobody_keeps_another_from_signing_up(db: db::Db) {
            let accounts = Accounts::new(db.clone());
            for host in 0..PER_HOUR {
                assert!(signs_up(&accounts, &format!("203.0.113.{host}")).await);
            }
            assert!(!signs_up(&accounts, "203.0.113.77").await, "one network, many hosts");
            assert!(signs_up(&accounts, "198.51.100.1").await);
        }

        async fn an_address_is_not_flooded_from_many_networks_either(db: db::Db) {
            let accounts = Accounts::new(db.clone());
            for network in 0..SIGN_UPS_PER_HOUR {
                assert!(signs_up(&accounts, &format!("203.0.{network}.1")).await);
            }
            assert!(!signs_up(&accounts, "198.51.100.1").await);
        }

        async fn one_too_many_is_the_same_for_an_address_that_nobody_has(db: db::Db) {
            let (accounts, _) = accounts_with_ada(&db).await;
            let nobody = Email::parse("nobody@example.com").unwrap();
            for _ in 0..=PER_HOUR {
                let known = accounts.request_reset(&email()).await.unwrap();
                let unknown = accounts.request_reset(&nobody).await.unwrap();
                assert_eq!(known.is_too_many, unknown.is_too_many);
            }
        }

        async fn one_that_is_not_sent_works_for_whoever_has_it_in_another_way(db: db::Db) {
            let (accounts, _) = accounts_with_ada(&db).await;
            for _ in 0..PER_HOUR {
                asks(&accounts).await;
            }
            let printed = accounts.request_reset(&email()).await.unwrap();
            assert!(printed.is_too_many);
            assert_eq!(accounts.find_reset(&printed.secret).await.unwrap(), email());
        }
    }
}
