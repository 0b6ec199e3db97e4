//! Signing up, links by mail, and the end of an account.
//!
//! Where mail can be sent, nothing that is answered here tells whether an account exists: the same is stored, the same
//! is said, and only the mail differs. Without mail a link that verifies an address goes to the log, for whoever runs
//! the instance to hand on. A link that sets a password never does: anyone may ask for one, and whoever reads the log
//! would have the account.

use std::net::IpAddr;

use ::accounts::{
    Device, Email, EndOfAll, GivenPassword, LinkSecret, LoginSecret, NewAccount, NewLink,
    NewPassword, Password, PasswordChange, User, letters,
};
use audit::Actor;
use model::Exchange;

use crate::{Fault, Services, SignupMode};

/// What became of a sign-up.
#[derive(Debug)]
pub enum SignedUp {
    /// There is an account now.
    Account(User),
    /// There will be one once the link in the mail was followed; it may be that there was one before.
    ByMail(User),
}

impl Services {
    /// Makes an account, or sends the mail that confirms it. Whether strangers may is for the caller to ask; that only
    /// one of them makes the first account of an instance which is not open, is seen to here.
    pub async fn sign_up(
        &self,
        new: NewAccount,
        address: Option<IpAddr>,
    ) -> Result<SignedUp, Fault> {
        self.accounts.admit_stranger(address)?;
        if !self.mailer.is_configured() {
            let user = self.accounts.sign_up_stranger(new, self.is_open()).await?;
            self.begin_verification(&user).await;
            return Ok(SignedUp::Account(user));
        }
        let pending = self.accounts.sign_up_later(new, address).await?;
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

    /// Makes the account that waited for a link, if strangers may still sign up or it is the first.
    pub async fn confirm_sign_up(
        &self,
        secret: &LinkSecret,
        password: GivenPassword,
    ) -> Result<User, Fault> {
        Ok(self.accounts.confirm_sign_up(secret, password, self.is_open()).await?)
    }

    /// Makes the account of someone who was invited. When their link `is_mailed`, it went to their address and nowhere
    /// else, and shows that they read its mail; one that was handed on shows nothing.
    pub async fn sign_up_invited(
        &self,
        new: NewAccount,
        is_mailed: bool,
        address: Option<IpAddr>,
    ) -> Result<User, Fault> {
        self.accounts.admit_stranger(address)?;
        if is_mailed {
            return Ok(self.accounts.sign_up_verified(new).await?);
        }
        let user = self.accounts.sign_up(new).await?;
        self.begin_verification(&user).await;
        Ok(user)
    }

    /// Sends a link that verifies an address, and tells whether it did: an address gets a few mails an hour.
    pub async fn send_verification(&self, email: &Email) -> Result<bool, Fault> {
        let link = self.accounts.request_verification(email).await?;
        let Some(holder) = link.holder.filter(|_| !link.is_too_many) else { return Ok(false) };
        let url = self.link("verify", &link.secret);
        if self.mailer.is_configured() {
            self.mailer.send(letters::verify_address(link.email, &self.instance.base_url, &url));
        } else {
            tracing::info!(user = %holder.id, link = url, "this link verifies an address; no mail is configured");
        }
        Ok(true)
    }

    /// The same for an account that was just made. There is one now, and that its first link could not be made is no
    /// reason to say otherwise: the account's page sends another.
    async fn begin_verification(&self, user: &User) {
        if let Err(fault) = self.send_verification(&user.email).await {
            let cause = fault.cause.as_deref().map(ToString::to_string);
            tracing::error!(user = %user.id, cause, "an address could not be sent its link");
        }
    }

    /// Sends a link that lets whoever has this address choose a new password. Without mail the link is made all the
    /// same, so that the answer takes as long, and its secret is dropped unread: nobody can use it. With mail, a letter
    /// is written to nobody, too.
    pub async fn send_reset(&self, email: &Email, address: Option<IpAddr>) -> Result<(), Fault> {
        self.accounts.admit_stranger(address)?;
        let link = self.accounts.request_reset(email).await?;
        let holder = link.holder.filter(|_| !link.is_too_many);
        if self.mailer.is_configured() {
            let url = self.link("reset", &link.secret);
            let letter = letters::reset_password(link.email, &self.instance.base_url, &url);
            self.mailer.send_if(holder.is_some(), letter);
        } else if let Some(holder) = holder {
            tracing::info!(
                user = %holder.id,
                "this person asks for a new password; `tiny admin reset-password` sets one"
            );
        }
        Ok(())
    }

    /// Sets the password that was chosen behind a link, and tells the person by mail.
    pub async fn reset_password(
        &self,
        secret: &LinkSecret,
        password: Password,
        exchange: &Exchange,
    ) -> Result<User, Fault> {
        let new = self.accounts.reset_password(secret, password).await?;
        let actor = Actor::person(new.user.id, exchange);
        self.set_password(new, actor).await
    }

    /// The same on the command line, by whoever runs the instance.
    pub async fn reset_password_for(
        &self,
        actor: Actor,
        secret: &LinkSecret,
        password: Password,
    ) -> Result<User, Fault> {
        let new = self.accounts.reset_password(secret, password).await?;
        self.set_password(new, actor).await
    }

    /// Changes a password, and tells the person by mail.
    pub async fn change_password(
        &self,
        actor: Actor,
        change: PasswordChange,
        device: &Device,
    ) -> Result<LoginSecret, Fault> {
        let (new, secret) = self.accounts.change_password(change, device).await?;
        self.set_password(new, actor).await?;
        Ok(secret)
    }

    /// Notes which tokens end with the old password, makes it last, and tells the person by mail.
    async fn set_password(&self, mut new: NewPassword, actor: Actor) -> Result<User, Fault> {
        self.workspaces.note_ended(&mut new.tx, actor, new.user.id, &new.ended).await?;
        let user = new.commit().await?;
        let (base, now) = (&self.instance.base_url, self.db.now());
        self.mailer.send(letters::password_changed(user.email.clone(), base, now));
        Ok(user)
    }

    /// Ends every login, every token and every link of the instance, and tells how many of each.
    pub async fn end_everything(&self, actor: Actor) -> Result<[u64; 3], Fault> {
        let EndOfAll { logins, password_tokens, links, named, mut tx } =
            self.accounts.end_everything().await?;
        let count = named.len() as u64;
        for of_one in named.chunk_by(|(one, _), (other, _)| one == other) {
            let (owners, tokens): (Vec<_>, Vec<_>) = of_one.iter().cloned().unzip();
            if let Some(owner) = owners.first() {
                self.workspaces.note_ended(&mut tx, actor, *owner, &tokens).await?;
            }
        }
        tx.commit().await?;
        Ok([logins, password_tokens + count, links])
    }

    /// Deletes the account of whoever acts, and tells them by mail.
    pub async fn delete_account(&self, actor: Actor, user: &User) -> Result<(), Fault> {
        self.workspaces.delete_account(actor).await?;
        let (base, now) = (&self.instance.base_url, self.db.now());
        self.mailer.send(letters::account_deleted(user.email.clone(), base, now));
        Ok(())
    }

    /// Whether strangers may sign up at any time, and not only for the first account.
    fn is_open(&self) -> bool {
        self.instance.signup == SignupMode::Open
    }

    fn link(&self, page: &str, secret: &LinkSecret) -> String {
        format!("{}/{page}/{}", self.instance.base_url, secret.expose())
    }
}
