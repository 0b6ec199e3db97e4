//! Links that are sent by mail: to confirm a sign-up, to verify an address, to choose a new password.
//!
//! A link belongs to an address and not to an account. For an address that nobody has, or that somebody has already,
//! the same rows are written, so neither an answer nor its time tells whether an account exists; only the mail
//! differs, and that is read by whoever has the address.
//!
//! A sign-up that waits for its confirmation is no account: its password stands with its own link. So whoever signs up
//! with the address of another gains nothing by being first, and confirming asks for the password that was chosen.

use db::{Tx, on_db};
use model::{UnixMs, ids::UserId};
use uuid::Uuid;

use crate::{
    Accounts, Email, Error, GivenPassword, LinkSecret, NewAccount, Password, Result, User,
    devices::end_all, find_user_by_email, new_password::set_password, sign_up::NewUser,
};

/// How long a new account can be confirmed, and an address verified: 24 hours.
pub const VERIFY_LIFE_MS: i64 = 24 * HOUR_MS;
/// How long a new password can be chosen by mail: one hour.
pub const RESET_LIFE_MS: i64 = HOUR_MS;

const HOUR_MS: i64 = 60 * 60 * 1_000;
/// Links that one address is sent in an hour: nobody is to be flooded with mail by others.
const PER_HOUR: i64 = 5;

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

/// A sign-up as it is told to whoever made it, confirmed or not.
#[derive(Debug, Clone)]
pub struct PendingAccount {
    /// The account that it will be.
    pub user: User,
    /// The link that confirms it.
    pub link: NewLink,
}

#[derive(sqlx::FromRow)]
struct Row {
    email: String,
    user_id: Option<Uuid>,
    name: Option<String>,
    password_hash: Option<String>,
}

const DELETE_EXPIRED: &str = "DELETE FROM account_links WHERE email = $1 AND expires_at <= $2";

const COUNT_RECENT: &str =
    "SELECT COUNT(*) FROM account_links WHERE email = $1 AND created_at > $2";

const INSERT: &str = "INSERT INTO account_links
    (secret_hash, email, purpose, user_id, name, password_hash, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

const FIND: &str = "SELECT email, user_id, name, password_hash FROM account_links
    WHERE secret_hash = $1 AND purpose = $2 AND expires_at > $3";

/// All of the same purpose: after one was used, the others are of no more use to anyone but a thief.
const USE: &str = "DELETE FROM account_links WHERE email = $1 AND purpose = $2";

const VERIFY: &str = "UPDATE users SET verified_at = COALESCE(verified_at, $2) WHERE id = $1";

impl Accounts {
    /// A sign-up that becomes an account when the link is followed. The same for an address that somebody has.
    pub async fn sign_up_later(&self, new: NewAccount) -> Result<PendingAccount> {
        let password_hash = self.hash(new.password).await?;
        let user = User {
            id: self.db.new_id(),
            email: new.email,
            name: new.name.map(String::from),
            is_instance_owner: false,
            created_at: self.db.now(),
            verified_at: None,
        };
        let mut tx = self.db.begin().await?;
        let pending = Pending { user: &user, password_hash: &password_hash };
        let link = self.insert_link(&mut tx, &user.email, Purpose::Confirm, Some(pending)).await?;
        tx.commit().await?;
        Ok(PendingAccount { user, link })
    }

    /// The address that a link of a sign-up is to confirm.
    ///
    /// # Errors
    ///
    /// [`Error::LinkNotFound`].
    pub async fn find_sign_up(&self, secret: &LinkSecret) -> Result<Email> {
        Ok(Email::from_stored(self.find_link(secret, Purpose::Confirm).await?.email))
    }

    /// Makes the account that waited for this link, for whoever knows the password that was chosen then.
    ///
    /// # Errors
    ///
    /// [`Error::LinkNotFound`], [`Error::InvalidCredentials`] with another password, [`Error::TooMany`],
    /// [`Error::EmailTaken`] when there has come to be an account with the address.
    pub async fn confirm_sign_up(
        &self,
        secret: &LinkSecret,
        password: GivenPassword,
    ) -> Result<User> {
        let row = self.find_link(secret, Purpose::Confirm).await?;
        let email = Email::from_stored(row.email);
        let pass = self.throttle.admit(&email, None, self.db.now())?;
        let (Some(id), Some(password_hash)) = (row.user_id, row.password_hash) else {
            return Err(Error::LinkNotFound);
        };
        if !self.hasher.is_match(password, Some(password_hash.clone()), pass.line()).await? {
            return Err(Error::InvalidCredentials);
        }
        self.throttle.succeeded(&pass, self.db.now());
        let mut tx = self.db.begin().await?;
        let (id, verified_at) = (UserId::from(id), Some(self.db.now()));
        let new = NewUser { id, email, name: row.name, password_hash, verified_at };
        let user = self.insert_user(&mut tx, new).await?;
        use_links(&mut tx, &user.email, Purpose::Confirm).await?;
        tx.commit().await?;
        Ok(user)
    }

    /// A link that shows that mail to this address reaches its account.
    pub async fn request_verification(&self, email: &Email) -> Result<NewLink> {
        self.create_link(email, Purpose::Verify).await
    }

    /// The address that a link is to verify.
    ///
    /// # Errors
    ///
    /// [`Error::LinkNotFound`].
    pub async fn find_verification(&self, secret: &LinkSecret) -> Result<Email> {
        Ok(Email::from_stored(self.find_link(secret, Purpose::Verify).await?.email))
    }

    /// Notes that the address is read by whoever has the account.
    ///
    /// # Errors
    ///
    /// [`Error::LinkNotFound`].
    pub async fn verify(&self, secret: &LinkSecret) -> Result<()> {
        let email = Email::from_stored(self.find_link(secret, Purpose::Verify).await?.email);
        let mut tx = self.db.begin().await?;
        let user = find_user_by_email(&mut tx, &email).await?.ok_or(Error::LinkNotFound)?;
        self.set_verified(&mut tx, user.id).await?;
        use_links(&mut tx, &email, Purpose::Verify).await?;
        Ok(tx.commit().await?)
    }

    /// A link to choose a new password with. The same for an address that nobody has.
    pub async fn request_reset(&self, email: &Email) -> Result<NewLink> {
        self.create_link(email, Purpose::Reset).await
    }

    /// The address whose password a link resets.
    ///
    /// # Errors
    ///
    /// [`Error::LinkNotFound`].
    pub async fn find_reset(&self, secret: &LinkSecret) -> Result<Email> {
        Ok(Email::from_stored(self.find_link(secret, Purpose::Reset).await?.email))
    }

    /// Sets a new password. Every login and token of the account ends: who lost control of it has it back alone.
    ///
    /// # Errors
    ///
    /// [`Error::LinkNotFound`], also when nobody has the address.
    pub async fn reset_password(&self, secret: &LinkSecret, password: Password) -> Result<User> {
        let row = self.find_link(secret, Purpose::Reset).await?;
        let email = Email::from_stored(row.email);
        let hash = self.hash(password).await?;
        let mut tx = self.db.begin().await?;
        let user = find_user_by_email(&mut tx, &email).await?.ok_or(Error::LinkNotFound)?;
        // Of two at once the second finds the link used.
        if use_links(&mut tx, &email, Purpose::Reset).await? == 0 {
            return Err(Error::LinkNotFound);
        }
        set_password(&mut tx, user.id, &hash).await?;
        self.set_verified(&mut tx, user.id).await?;
        end_all(&mut tx, user.id, true).await?;
        tx.commit().await?;
        Ok(user)
    }

    async fn create_link(&self, email: &Email, purpose: Purpose) -> Result<NewLink> {
        let mut tx = self.db.begin().await?;
        let link = self.insert_link(&mut tx, email, purpose, None).await?;
        tx.commit().await?;
        Ok(link)
    }

    async fn insert_link(
        &self,
        tx: &mut Tx,
        email: &Email,
        purpose: Purpose,
        pending: Option<Pending<'_>>,
    ) -> Result<NewLink> {
        let now = self.db.now();
        on_db!(tx.conn()?, c => sqlx::query(DELETE_EXPIRED)
            .bind(email.as_str())
            .bind(now.0)
            .execute(c)
            .await
            .map(|_| ()))?;
        let (recent,) = on_db!(tx.conn()?, c => sqlx::query_as::<_, (i64,)>(COUNT_RECENT)
            .bind(email.as_str())
            .bind(now.plus_ms(-HOUR_MS).0)
            .fetch_one(c)
            .await)?;
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
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        db::expect_one(touched)?;
        let email = email.clone();
        Ok(NewLink { email, secret, holder, is_too_many: recent >= PER_HOUR })
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

/// What a sign-up leaves with its link.
struct Pending<'a> {
    user: &'a User,
    password_hash: &'a str,
}

/// How many there were.
async fn use_links(tx: &mut Tx, email: &Email, purpose: Purpose) -> Result<u64> {
    Ok(on_db!(tx.conn()?, c => sqlx::query(USE)
        .bind(email.as_str())
        .bind(purpose.as_str())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Device,
        sign_in::tests::{accounts_with_ada, email},
        sign_up::tests::{PASSWORD, new_account},
    };

    const NEW: &str = "another horse battery";

    fn new_password() -> Password {
        Password::parse(NEW).unwrap()
    }

    testkit::both! {
        async fn a_sign_up_is_an_account_once_it_is_confirmed_with_its_password(db: db::Db) {
            let accounts = Accounts::new(db.clone());
            let pending = accounts.sign_up_later(new_account("ada@example.com")).await.unwrap();
            let secret = &pending.link.secret;
            let early = accounts.sign_in(&email(), PASSWORD.into(), Device::default()).await;
            assert!(matches!(early, Err(Error::InvalidCredentials)), "{early:?}");
            let guessed = accounts.confirm_sign_up(secret, NEW.into()).await;
            assert!(matches!(guessed, Err(Error::InvalidCredentials)), "{guessed:?}");
            let ada = accounts.confirm_sign_up(secret, PASSWORD.into()).await.unwrap();
            assert_eq!((ada.id, ada.is_instance_owner), (pending.user.id, true));
            assert_eq!(ada.verified_at, Some(db.now()));
            let again = accounts.confirm_sign_up(secret, PASSWORD.into()).await;
            assert!(matches!(again, Err(Error::LinkNotFound)), "{again:?}");
        }

        async fn whoever_signs_up_first_with_the_address_of_another_gains_nothing(db: db::Db) {
            let accounts = Accounts::new(db.clone());
            let mut of_eve = new_account("ada@example.com");
            of_eve.password = new_password();
            accounts.sign_up_later(of_eve).await.unwrap();
            let of_ada = accounts.sign_up_later(new_account("ada@example.com")).await.unwrap();
            accounts.confirm_sign_up(&of_ada.link.secret, PASSWORD.into()).await.unwrap();
            let eve = accounts.sign_in(&email(), NEW.into(), Device::default()).await;
            assert!(matches!(eve, Err(Error::InvalidCredentials)), "{eve:?}");
        }

        async fn signing_up_with_a_taken_address_looks_the_same_and_makes_nothing(db: db::Db) {
            let (accounts, ada) = accounts_with_ada(&db).await;
            let mut new = new_account("ada@example.com");
            new.password = new_password();
            let pending = accounts.sign_up_later(new).await.unwrap();
            assert_eq!(pending.link.holder, Some(ada));
            let confirmed = accounts.confirm_sign_up(&pending.link.secret, NEW.into()).await;
            assert!(matches!(confirmed, Err(Error::EmailTaken)), "{confirmed:?}");
        }

        async fn a_reset_ends_every_login_and_token_and_works_once_within_the_hour(db: db::Db) {
            let (accounts, ada) = accounts_with_ada(&db).await;
            let (_, login) =
                accounts.sign_in(&email(), PASSWORD.into(), Device::default()).await.unwrap();
            let link = accounts.request_reset(&email()).await.unwrap();
            let late = accounts.request_reset(&email()).await.unwrap();
            let user = accounts.reset_password(&link.secret, new_password()).await.unwrap();
            assert_eq!(user.id, ada.id);
            assert!(accounts.find_login(&login).await.unwrap().is_none());
            assert!(accounts.sign_in(&email(), NEW.into(), Device::default()).await.is_ok());
            for used in [link, late] {
                let again = accounts.reset_password(&used.secret, new_password()).await;
                assert!(matches!(again, Err(Error::LinkNotFound)), "{again:?}");
            }
            let link = accounts.request_reset(&email()).await.unwrap();
            db.clock().advance_ms(RESET_LIFE_MS);
            let expired = accounts.reset_password(&link.secret, new_password()).await;
            assert!(matches!(expired, Err(Error::LinkNotFound)), "{expired:?}");
        }

        async fn a_reset_for_nobody_stores_as_much_and_opens_nothing(db: db::Db) {
            let accounts = Accounts::new(db.clone());
            let link = accounts.request_reset(&email()).await.unwrap();
            assert_eq!(link.holder, None);
            let nobody = accounts.reset_password(&link.secret, new_password()).await;
            assert!(matches!(nobody, Err(Error::LinkNotFound)), "{nobody:?}");
        }

        async fn an_address_is_verified_by_its_link_and_not_by_one_for_something_else(db: db::Db) {
            let (accounts, ada) = accounts_with_ada(&db).await;
            assert_eq!(ada.verified_at, None);
            let reset = accounts.request_reset(&email()).await.unwrap();
            assert!(matches!(accounts.verify(&reset.secret).await, Err(Error::LinkNotFound)));
            let link = accounts.request_verification(&email()).await.unwrap();
            accounts.verify(&link.secret).await.unwrap();
            let ada = accounts.find_user(ada.id).await.unwrap().unwrap();
            assert_eq!(ada.verified_at, Some(db.now()));
        }

        async fn an_address_gets_five_mails_an_hour_and_then_none(db: db::Db) {
            let accounts = Accounts::new(db.clone());
            for _ in 0..PER_HOUR {
                assert!(!accounts.request_reset(&email()).await.unwrap().is_too_many);
            }
            assert!(accounts.request_reset(&email()).await.unwrap().is_too_many);
            db.clock().advance_ms(HOUR_MS + 1);
            assert!(!accounts.request_reset(&email()).await.unwrap().is_too_many);
        }
    }
}
