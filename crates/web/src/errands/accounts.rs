//! Signing up, links by mail, and the end of an account.
//!
//! Where mail can be sent, nothing that is answered here tells whether an account exists: the same is stored, the same
//! is said, and only the mail differs. Without mail a link goes to the log, for whoever runs the instance to hand on.

use std::net::IpAddr;

use ::accounts::{
    Device, Email, LinkSecret, LoginSecret, NewAccount, NewLink, Password, PasswordChange, User,
    letters,
};
use audit::Actor;

use crate::{Fault, Services};

/// What became of a sign-up.
#[derive(Debug)]
pub enum SignedUp {
    /// There is an account now.
    Account(User),
    /// There will be one once the link in the mail was followed; it may be that there was one before.
    ByMail(User),
}

impl Services {
    /// Makes an account, or sends the mail that confirms it. Whether strangers may is for the caller to ask.
    pub async fn sign_up(
        &self,
        new: NewAccount,
        address: Option<IpAddr>,
    ) -> Result<SignedUp, Fault> {
        self.accounts.admit_stranger(address)?;
        if !self.mailer.is_configured() {
            let user = self.accounts.sign_up(new).await?;
            self.send_verification(&user.email).await?;
            return Ok(SignedUp::Account(user));
        }
        let pending = self.accounts.sign_up_later(new).await?;
        let NewLink { email, secret, holder, is_too_many } = pending.link;
        let base = &self.instance.base_url;
        let mail = if holder.is_some() {
            letters::address_taken(email, base, &format!("{base}/forgot"))
        } else {
            letters::verify_address(email, base, &self.link("confirm", &secret))
        };
        if !is_too_many {
            self.mailer.send(mail);
        }
        Ok(SignedUp::ByMail(pending.user))
    }

    /// Makes the account of someone who was invited: their link shows that the address is theirs when it went there by
    /// mail.
    pub async fn sign_up_invited(
        &self,
        new: NewAccount,
        address: Option<IpAddr>,
    ) -> Result<User, Fault> {
        self.accounts.admit_stranger(address)?;
        let made = if self.mailer.is_configured() {
            self.accounts.sign_up_verified(new).await
        } else {
            self.accounts.sign_up(new).await
        };
        Ok(made?)
    }

    /// Sends a link that verifies an address, and tells whether it did: an address gets a few mails an hour.
    pub async fn send_verification(&self, email: &Email) -> Result<bool, Fault> {
        let link = self.accounts.request_verification(email).await?;
        let url = self.link("verify", &link.secret);
        if self.mailer.is_configured() {
            if link.is_too_many {
                return Ok(false);
            }
            let base = &self.instance.base_url;
            self.mailer.send(letters::verify_address(link.email, base, &url));
        } else if let Some(holder) = link.holder {
            tracing::info!(user = %holder.id, link = url, "this link verifies an address; no mail is configured");
        }
        Ok(true)
    }

    /// Sends a link that lets whoever has this address choose a new password.
    pub async fn send_reset(&self, email: &Email, address: Option<IpAddr>) -> Result<(), Fault> {
        self.accounts.admit_stranger(address)?;
        let link = self.accounts.request_reset(email).await?;
        let Some(holder) = link.holder.filter(|_| !link.is_too_many) else { return Ok(()) };
        let url = self.link("reset", &link.secret);
        if self.mailer.is_configured() {
            self.mailer.send(letters::reset_password(link.email, &self.instance.base_url, &url));
        } else {
            tracing::warn!(user = %holder.id, link = url, "this link sets a new password; no mail is configured");
        }
        Ok(())
    }

    /// Sets the password that was chosen behind a link, and tells the person by mail.
    pub async fn reset_password(
        &self,
        secret: &LinkSecret,
        password: Password,
    ) -> Result<User, Fault> {
        let user = self.accounts.reset_password(secret, password).await?;
        self.tell_changed(&user);
        Ok(user)
    }

    /// Changes a password, and tells the person by mail.
    pub async fn change_password(
        &self,
        change: PasswordChange,
        device: Device,
    ) -> Result<LoginSecret, Fault> {
        let (user, secret) = self.accounts.change_password(change, device).await?;
        self.tell_changed(&user);
        Ok(secret)
    }

    /// Deletes the account of whoever acts, and tells them by mail.
    pub async fn delete_account(&self, actor: Actor, user: &User) -> Result<(), Fault> {
        self.workspaces.delete_account(actor).await?;
        let (base, now) = (&self.instance.base_url, self.db.now());
        self.mailer.send(letters::account_deleted(user.email.clone(), base, now));
        Ok(())
    }

    fn tell_changed(&self, user: &User) {
        let (base, now) = (&self.instance.base_url, self.db.now());
        self.mailer.send(letters::password_changed(user.email.clone(), base, now));
    }

    fn link(&self, page: &str, secret: &LinkSecret) -> String {
        format!("{}/{page}/{}", self.instance.base_url, secret.expose())
    }
}
