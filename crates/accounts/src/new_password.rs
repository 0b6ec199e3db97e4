//! Another password: by someone who knows the present one.

use db::{Tx, on_db};
use model::ids::UserId;

use crate::{
    Accounts, Device, Email, GivenPassword, LoginSecret, Password, Result, User, devices::end_all,
};

const SET: &str = "UPDATE users SET password_hash = $2 WHERE id = $1";

/// A wish for another password.
#[derive(Debug)]
pub struct PasswordChange {
    /// Their address.
    pub email: Email,
    /// The password of now.
    pub current: GivenPassword,
    /// The one from then on.
    pub new: Password,
    /// Whether the tokens that they have made end too.
    pub with_tokens: bool,
}

impl Accounts {
    /// Changes a password, ends every login and each token that was had by password, and signs `device` in anew.
    ///
    /// # Errors
    ///
    /// As [`Accounts::sign_in`].
    pub async fn change_password(
        &self,
        change: PasswordChange,
        device: Device,
    ) -> Result<(User, LoginSecret)> {
        let user = self.prove(&change.email, change.current, device.address).await?;
        let hash = self.hash(change.new).await?;
        let mut tx = self.db.begin().await?;
        set_password(&mut tx, user.id, &hash).await?;
        end_all(&mut tx, user.id, change.with_tokens).await?;
        let secret = self.insert_login(&mut tx, user.id, &device).await?;
        tx.commit().await?;
        Ok((user, secret))
    }
}

pub(crate) async fn set_password(tx: &mut Tx, user: UserId, hash: &str) -> db::Result<()> {
    let touched = on_db!(tx.conn()?, c => sqlx::query(SET)
        .bind(user.uuid())
        .bind(hash)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    db::expect_one(touched)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Error,
        sign_in::tests::{accounts_with_ada, email},
        sign_up::tests::PASSWORD,
    };

    const NEW: &str = "another horse battery";

    fn change(current: &str) -> PasswordChange {
        PasswordChange {
            email: email(),
            current: current.into(),
            new: Password::parse(NEW).unwrap(),
            with_tokens: false,
        }
    }

    testkit::both! {
        async fn a_new_password_ends_every_login_but_the_one_it_makes(db: db::Db) {
            let (accounts, _) = accounts_with_ada(&db).await;
            let sign_in = async |password: &str| {
                accounts.sign_in(&email(), password.into(), Device::default()).await
            };
            let (_, before) = sign_in(PASSWORD).await.unwrap();
            let (_, after) =
                accounts.change_password(change(PASSWORD), Device::default()).await.unwrap();
            assert!(accounts.find_login(&before).await.unwrap().is_none());
            assert!(accounts.find_login(&after).await.unwrap().is_some());
            assert!(matches!(sign_in(PASSWORD).await, Err(Error::InvalidCredentials)));
            assert!(sign_in(NEW).await.is_ok());
        }

        async fn whoever_does_not_know_the_present_one_changes_nothing(db: db::Db) {
            let (accounts, _) = accounts_with_ada(&db).await;
            let refused = accounts.change_password(change("guess"), Device::default()).await;
            assert!(matches!(refused, Err(Error::InvalidCredentials)), "{refused:?}");
            let signed_in = accounts.sign_in(&email(), PASSWORD.into(), Device::default()).await;
            assert!(signed_in.is_ok());
        }
    }
}
