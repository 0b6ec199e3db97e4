//! What Tiny writes to people. Pure: an address, names and links in, a [`Mail`] out.
//!
//! `instance` is the base URL. Each letter says for how long its link works, and what to do when one did not ask
//! for it, since anyone can type another's address.

use model::UnixMs;

use super::{Letter, Mail, letter::Concern};
use crate::Email;

/// To whoever signed up: `link` shows that the address is theirs. It works for 24 hours.
#[must_use]
pub fn verify_address(to: Email, instance: &str, link: &str) -> Mail {
    Letter {
        concern: Concern::Account,
        subject: "Confirm your e-mail address".to_owned(),
        paragraphs: vec![format!(
            "Someone signed up at {instance} with this e-mail address. If it was you, confirm that it is yours."
        )],
        button: Some(("Confirm the address", link)),
        small_print: vec![
            "The link works for 24 hours.".to_owned(),
            "If it was not you, do nothing: without this link the address is not confirmed."
                .to_owned(),
        ],
        instance,
    }
    .to(to)
}

/// To whoever forgot their password: behind `link` they choose another. It works for 1 hour.
#[must_use]
pub fn reset_password(to: Email, instance: &str, link: &str) -> Mail {
    Letter {
        concern: Concern::Account,
        subject: "Choose a new password".to_owned(),
        paragraphs: vec![format!(
            "Someone asked for a new password for your account at {instance}. If it was you, choose one now."
        )],
        button: Some(("Choose a new password", link)),
        small_print: vec![
            "The link works for 1 hour, and once.".to_owned(),
            "If it was not you, do nothing: your password stays as it is.".to_owned(),
        ],
        instance,
    }
    .to(to)
}

/// To the owner of an address that someone tried to sign up with. `reset_page` is where one asks for a new password.
#[must_use]
pub fn address_taken(to: Email, instance: &str, reset_page: &str) -> Mail {
    Letter {
        concern: Concern::Account,
        subject: "You have an account already".to_owned(),
        paragraphs: vec![
            format!(
                "Someone tried to sign up at {instance} with this e-mail address. It has an account already, so \
                 no other was made."
            ),
            "If it was you, sign in as usual. If you forgot the password, ask for a new one.".to_owned(),
        ],
        button: Some(("Ask for a new password", reset_page)),
        small_print: vec![
            "If it was not you, do nothing: nobody was let in, and nothing has changed.".to_owned(),
        ],
        instance,
    }
    .to(to)
}

/// What an invitation says.
#[derive(Clone, Copy)]
pub struct Invitation<'a> {
    /// The workspace's name.
    pub workspace: &'a str,
    /// Who invites, by name.
    pub inviter: &'a str,
    /// The role's name.
    pub role: &'a str,
    /// Where it is accepted.
    pub link: &'a str,
    /// Until when: 7 days from when it was sent.
    pub expires_at: UnixMs,
}

/// To whoever is invited to a workspace.
#[must_use]
pub fn invitation(to: Email, instance: &str, invitation: Invitation<'_>) -> Mail {
    let Invitation { workspace, inviter, role, link, expires_at } = invitation;
    let until = to_the_minute(expires_at);
    Letter {
        concern: Concern::Team,
        subject: format!("{inviter} invites you to {workspace}"),
        paragraphs: vec![format!(
            "{inviter} invites you to the workspace “{workspace}” at {instance}, in the role “{role}”."
        )],
        button: Some(("See the invitation", link)),
        small_print: vec![
            format!("The link works for 7 days, until {until}, and for {to} only."),
            "If you do not know what this is about, do nothing: you are in only when you accept."
                .to_owned(),
        ],
        instance,
    }
    .to(to)
}

/// To a person whose password was changed.
#[must_use]
pub fn password_changed(to: Email, instance: &str, at: UnixMs) -> Mail {
    let at = to_the_minute(at);
    Letter {
        concern: Concern::Account,
        subject: "Your password was changed".to_owned(),
        paragraphs: vec![format!(
            "The password of your account at {instance} was changed at {at}. Browsers that were signed in before \
             are signed out."
        )],
        button: None,
        small_print: vec![
            "If it was you, there is nothing to do.".to_owned(),
            format!(
                "If it was not you, someone else can enter your account: ask for a new password at once, on the \
                 sign-in page of {instance}."
            ),
        ],
        instance,
    }
    .to(to)
}

/// To a person whose account is gone.
#[must_use]
pub fn account_deleted(to: Email, instance: &str, at: UnixMs) -> Mail {
    let at = to_the_minute(at);
    Letter {
        concern: Concern::Account,
        subject: "Your account was deleted".to_owned(),
        paragraphs: vec![format!(
            "Your account at {instance} was deleted at {at}. Nobody can sign in with it any more, and its access \
             tokens have stopped working."
        )],
        button: None,
        small_print: vec![
            "If it was you, there is nothing to do.".to_owned(),
            format!("If it was not you, tell whoever runs {instance}."),
        ],
        instance,
    }
    .to(to)
}

/// To whoever is to own a workspace next: they accept behind `link`. `by` is who offers it, by name.
#[must_use]
pub fn ownership_offered(to: Email, instance: &str, workspace: &str, by: &str, link: &str) -> Mail {
    Letter {
        concern: Concern::Team,
        subject: format!("{by} offers you the ownership of {workspace}"),
        paragraphs: vec![format!(
            "{by} wants to make you the owner of the workspace “{workspace}” at {instance}. An owner may do \
             everything there, also delete it."
        )],
        button: Some(("See the offer", link)),
        small_print: vec![
            format!("The link works as long as the offer stands, and for {to} only."),
            "If you do not want it, do nothing: the owner changes only when you accept.".to_owned(),
        ],
        instance,
    }
    .to(to)
}

/// `2026-04-10 14:15 UTC`, as the pages write it.
fn to_the_minute(at: UnixMs) -> String {
    let minute: String = at.to_string().chars().take("2026-04-10T14:15".len()).collect();
    format!("{} UTC", minute.replace('T', " "))
}
