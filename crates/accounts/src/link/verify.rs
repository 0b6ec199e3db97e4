//! Verifying the address of an account.

use super::{NewLink, Purpose, Wanted, use_links};
use crate::{Accounts, Email, Error, LinkSecret, Result, find_user_by_email};

impl Accounts {
    /// A link that shows that mail to this address reaches its account.
    pub async fn request_verification(&self, email: &Email) -> Result<NewLink> {
        let purpose = Purpose::Verify;
        self.create_link(Wanted { email, purpose, address: None, pending: None }).await
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
        use_links(&mut tx, &email, Purpose::Verify).await?;
        let user = find_user_by_email(&mut tx, &email).await?.ok_or(Error::LinkNotFound)?;
        self.set_verified(&mut tx, user.id).await?;
        Ok(tx.commit().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign_in::tests::{accounts_with_ada, email};

    testkit::both! {
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
    }
}
