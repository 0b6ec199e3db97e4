//! Another password: by someone who knows the present one.

use db::{Tx, on_db};
use model::ids::UserId;

use crate::{
    Accounts, Device, Email, GivenPassword, LoginSecret, NamedToken, Password, Result, User,
    ending::end_all, sign_in::Proven,
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

/// Another password, and what ended with the old one, in a transaction. Whoever ends tokens with a name notes it in
/// there, before it is committed.
#[derive(Debug)]
#[must_use = "without a commit the old password holds"]
pub struct NewPassword {
    /// Whose.
    pub user: User,
    /// Their tokens that ended.
    pub ended: Vec<NamedToken>,
    /// In which it happens.
    pub tx: Tx,
}

impl NewPassword {
    /// Ends what the old password had opened; `tokens` says whether those with a name end too.
    pub(crate) async fn ending(mut tx: Tx, user: User, tokens: bool) -> db::Result<Self> {
        let ended = end_all(&mut tx, user.id, tokens).await?;
        Ok(Self { user, ended, tx })
    }

    /// Makes it last.
    pub async fn commit(self) -> db::Result<User> {
        self.tx.commit().await?;
        Ok(self.user)
    }
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
        device: &Device,
    ) -> Result<(NewPassword, LoginSecret)> {
        let proven = self.proven(&change.email, change.current, device.address).await?;
        let hash = self.hash(change.new).await?;
        self.replace_password(proven, &hash, change.with_tokens, device).await
    }

    async fn replace_password(
        &self,
        proven: Proven,
        hash: &str,
        with_tokens: bool,
        device: &Device,
    ) -> Result<(NewPassword, LoginSecret)> {
        let mut tx = self.db.begin().await?;
        proven.hold(&mut tx).await?;
        set_password(&mut tx, proven.user.id, hash).await?;
        let mut new = NewPassword::ending(tx, proven.user, with_tokens).await?;
        let secret = self.insert_login(&mut new.tx, new.user.id, device).await?;
        Ok((new, secret))
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
        link::reset::tests as reset,
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
            let (new, after) =
                accounts.change_password(change(PASSWORD), &Device::default()).await.unwrap();
            new.commit().await.unwrap();
            assert!(accounts.find_login(&before).await.unwrap().is_none());
            assert!(accounts.find_login(&after).await.unwrap().is_some());
            assert!(matches!(sign_in(PASSWORD).await, Err(Error::InvalidCredentials)));
            assert!(sign_in(NEW).await.is_ok());
        }

        async fn the_old_password_does_not_overwrite_one_that_was_set_meanwhile(db: db::Db) {
            let (accounts, _) = accounts_with_ada(&db).await;
            let proven = accounts.proven(&email(), PASSWORD.into(), None).await.unwrap();
            reset::begin(&accounts).await.commit().await.unwrap();
            let hash = accounts.hash(Password::parse("a third horse battery").unwrap()).await.unwrap();
            let late = accounts.replace_password(proven, &hash, false, &Device::default()).await;
            assert!(matches!(late, Err(Error::InvalidCredentials)), "{late:?}");
            let signed_in =
                accounts.sign_in(&email(), reset::NEW.into(), Device::default()).await;
            assert!(signed_in.is_ok());
        }

        async fn whoever_does_not_know_the_present_one_changes_nothing(db: db::Db) {
            let (accounts, _) = accounts_with_ada(&db).await;
            let refused = accounts.change_password(change("guess"), &Device::default()).await;
            assert!(matches!(refused, Err(Error::InvalidCredentials)), "{refused:?}");
            let signed_in = accounts.sign_in(&email(), PASSWORD.into(), Device::default()).await;
            assert!(signed_in.is_ok());
        }
    }
}
