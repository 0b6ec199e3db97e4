//! A new password for someone who has forgotten theirs.

use super::{NewLink, Purpose, Wanted, use_links};
use crate::{
    Accounts, Email, Error, LinkSecret, NewPassword, Password, Result, find_user_by_email,
    new_password::set_password,
};

impl Accounts {
    /// A link to choose a new password with. The same for an address that nobody has.
    pub async fn request_reset(&self, email: &Email) -> Result<NewLink> {
        let purpose = Purpose::Reset;
        self.create_link(Wanted { email, purpose, address: None, pending: None }).await
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
    pub async fn reset_password(
        &self,
        secret: &LinkSecret,
        password: Password,
    ) -> Result<NewPassword> {
        let row = self.find_link(secret, Purpose::Reset).await?;
        let email = Email::from_stored(row.email);
        let hash = self.hash(password).await?;
        let mut tx = self.db.begin().await?;
        use_links(&mut tx, &email, Purpose::Reset).await?;
        let user = find_user_by_email(&mut tx, &email).await?.ok_or(Error::LinkNotFound)?;
        set_password(&mut tx, user.id, &hash).await?;
        self.set_verified(&mut tx, user.id).await?;
        Ok(NewPassword::ending(tx, user, true).await?)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{
        Device, RESET_LIFE_MS, User,
        sign_in::tests::{accounts_with_ada, email},
        sign_up::tests::PASSWORD,
    };

    pub(crate) const NEW: &str = "another horse battery";

    /// Begins to set another password by a link that was just sent.
    pub(crate) async fn begin(accounts: &Accounts) -> NewPassword {
        let link = accounts.request_reset(&email()).await.unwrap();
        accounts.reset_password(&link.secret, Password::parse(NEW).unwrap()).await.unwrap()
    }

    async fn reset(accounts: &Accounts, secret: &LinkSecret) -> Result<User> {
        let reset = accounts.reset_password(secret, Password::parse(NEW).unwrap()).await?;
        Ok(reset.commit().await?)
    }

    testkit::both! {
        async fn a_reset_ends_every_login_and_token_and_works_once_within_the_hour(db: db::Db) {
            let (accounts, ada) = accounts_with_ada(&db).await;
            let (_, login) =
                accounts.sign_in(&email(), PASSWORD.into(), Device::default()).await.unwrap();
            let link = accounts.request_reset(&email()).await.unwrap();
            let late = accounts.request_reset(&email()).await.unwrap();
            let user = reset(&accounts, &link.secret).await.unwrap();
            assert_eq!(user.id, ada.id);
            assert!(accounts.find_login(&login).await.unwrap().is_none());
            assert!(accounts.sign_in(&email(), NEW.into(), Device::default()).await.is_ok());
            for used in [link, late] {
                let again = reset(&accounts, &used.secret).await;
                assert!(matches!(again, Err(Error::LinkNotFound)), "{again:?}");
            }
            let link = accounts.request_reset(&email()).await.unwrap();
            db.clock().advance_ms(RESET_LIFE_MS);
            let expired = reset(&accounts, &link.secret).await;
            assert!(matches!(expired, Err(Error::LinkNotFound)), "{expired:?}");
        }

        async fn a_reset_for_nobody_stores_as_much_and_opens_nothing(db: db::Db) {
            let accounts = Accounts::new(db.clone());
            let link = accounts.request_reset(&email()).await.unwrap();
            assert_eq!(link.holder, None);
            let nobody = reset(&accounts, &link.secret).await;
            assert!(matches!(nobody, Err(Error::LinkNotFound)), "{nobody:?}");
        }

        async fn a_reset_that_is_not_committed_has_changed_nothing(db: db::Db) {
            let (accounts, _) = accounts_with_ada(&db).await;
            drop(begin(&accounts).await);
            assert!(accounts.sign_in(&email(), PASSWORD.into(), Device::default()).await.is_ok());
        }
    }
}
