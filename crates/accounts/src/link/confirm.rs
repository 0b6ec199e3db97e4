//! A sign-up that waits for its confirmation.
//!
//! It is no account: its password stands with its own link. So whoever signs up with the address of another gains
//! nothing by being first, and confirming asks for the password that was chosen.

use std::net::IpAddr;

use model::ids::UserId;

use super::{NewLink, Pending, Purpose, Wanted, use_links};
use crate::{
    Accounts, Email, Error, GivenPassword, LinkSecret, NewAccount, Result, User, sign_up::NewUser,
};

/// A sign-up as it is told to whoever made it, confirmed or not.
#[derive(Debug, Clone)]
pub struct PendingAccount {
    /// The account that it will be.
    pub user: User,
    /// The link that confirms it.
    pub link: NewLink,
}

impl Accounts {
    /// A sign-up from `address` that becomes an account when the link is followed. The same for an e-mail that somebody
    /// has.
    pub async fn sign_up_later(
        &self,
        new: NewAccount,
        address: Option<IpAddr>,
    ) -> Result<PendingAccount> {
        let password_hash = self.hash(new.password).await?;
        let user = User {
            id: self.db.new_id(),
            email: new.email,
            name: new.name.map(String::from),
            is_instance_owner: false,
            created_at: self.db.now(),
            verified_at: None,
        };
        let pending = Some(Pending { user: &user, password_hash: &password_hash });
        let wanted = Wanted { email: &user.email, purpose: Purpose::Confirm, address, pending };
        let link = self.create_link(wanted).await?;
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

    /// Makes the account that waited for this link, for whoever knows the password that was chosen then. `is_open` says
    /// whether strangers may still sign up; if not, only the first account of the instance is made.
    ///
    /// # Errors
    ///
    /// [`Error::LinkNotFound`], [`Error::InvalidCredentials`] with another password, [`Error::TooMany`],
    /// [`Error::SignUpClosed`], [`Error::EmailTaken`] when there has come to be an account with the address.
    pub async fn confirm_sign_up(
        &self,
        secret: &LinkSecret,
        password: GivenPassword,
        is_open: bool,
    ) -> Result<User> {
        let row = self.find_link(secret, Purpose::Confirm).await?;
        let (Some(id), Some(password_hash)) = (row.user_id, row.password_hash) else {
            return Err(Error::LinkNotFound);
        };
        let email = Email::from_stored(row.email);
        let pass = self.throttle.admit(&email, None, self.db.now())?;
        let matched = self.require_match(password, Some(password_hash.clone()), pass.line()).await;
        self.throttle.settle(&pass, &matched, self.db.now());
        matched?;
        let mut tx = self.db.begin().await?;
        use_links(&mut tx, &email, Purpose::Confirm).await?;
        let (id, verified_at) = (UserId::from(id), Some(self.db.now()));
        let new = NewUser { id, email, name: row.name, password_hash, verified_at };
        let user = self.insert_user(&mut tx, new, is_open).await?;
        tx.commit().await?;
        Ok(user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Device, Password,
        sign_in::tests::{accounts_with_ada, email},
        sign_up::tests::{PASSWORD, new_account},
    };

    const OTHER: &str = "another horse battery";

    async fn sign_up(accounts: &Accounts, password: &str) -> PendingAccount {
        let mut new = new_account("ada@example.com");
        new.password = Password::parse(password).unwrap();
        accounts.sign_up_later(new, None).await.unwrap()
    }

    async fn confirm(accounts: &Accounts, link: &NewLink, password: &str) -> Result<User> {
        accounts.confirm_sign_up(&link.secret, password.into(), true).await
    }

    testkit::both! {
        async fn a_sign_up_is_an_account_once_it_is_confirmed_with_its_password(db: db::Db) {
            let accounts = Accounts::new(db.clone());
            let pending = sign_up(&accounts, PASSWORD).await;
            let early = accounts.sign_in(&email(), PASSWORD.into(), Device::default()).await;
            assert!(matches!(early, Err(Error::InvalidCredentials)), "{early:?}");
            let guessed = confirm(&accounts, &pending.link, OTHER).await;
            assert!(matches!(guessed, Err(Error::InvalidCredentials)), "{guessed:?}");
            let ada = confirm(&accounts, &pending.link, PASSWORD).await.unwrap();
            assert_eq!((ada.id, ada.is_instance_owner), (pending.user.id, true));
            assert_eq!(ada.verified_at, Some(db.now()));
            let again = confirm(&accounts, &pending.link, PASSWORD).await;
            assert!(matches!(again, Err(Error::LinkNotFound)), "{again:?}");
        }

        async fn of_two_who_confirm_at_once_the_second_finds_the_link_used(db: db::Db) {
            let accounts = Accounts::new(db.clone());
            let pending = sign_up(&accounts, PASSWORD).await;
            let twice = || confirm(&accounts, &pending.link, PASSWORD);
            let (one, other) = tokio::join!(twice(), twice());
            let refused = match (one, other) {
                (Ok(_), refused) | (refused, Ok(_)) => refused,
                neither => panic!("{neither:?}"),
            };
            assert!(matches!(refused, Err(Error::LinkNotFound)), "{refused:?}");
        }

        async fn whoever_signs_up_first_with_the_address_of_another_gains_nothing(db: db::Db) {
            let accounts = Accounts::new(db.clone());
            sign_up(&accounts, OTHER).await;
            let of_ada = sign_up(&accounts, PASSWORD).await;
            confirm(&accounts, &of_ada.link, PASSWORD).await.unwrap();
            let eve = accounts.sign_in(&email(), OTHER.into(), Device::default()).await;
            assert!(matches!(eve, Err(Error::InvalidCredentials)), "{eve:?}");
        }

        async fn signing_up_with_a_taken_address_looks_the_same_and_makes_nothing(db: db::Db) {
            let (accounts, ada) = accounts_with_ada(&db).await;
            let pending = sign_up(&accounts, OTHER).await;
            assert_eq!(pending.link.holder, Some(ada));
            let confirmed = confirm(&accounts, &pending.link, OTHER).await;
            assert!(matches!(confirmed, Err(Error::EmailTaken)), "{confirmed:?}");
        }

        async fn of_sign_ups_on_a_fresh_closed_instance_only_the_first_is_confirmed(db: db::Db) {
            let accounts = Accounts::new(db.clone());
            let ada = sign_up(&accounts, PASSWORD).await;
            let bob = accounts.sign_up_later(new_account("bob@example.com"), None).await.unwrap();
            let close = async |link: NewLink| {
                accounts.confirm_sign_up(&link.secret, PASSWORD.into(), false).await
            };
            assert!(close(ada.link).await.unwrap().is_instance_owner);
            let late = close(bob.link.clone()).await;
            assert!(matches!(late, Err(Error::SignUpClosed)), "{late:?}");
            confirm(&accounts, &bob.link, PASSWORD).await.expect("the link was not used up");
        }
    }
}
