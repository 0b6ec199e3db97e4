//! People: who they are, how they prove it, and for how long that holds.
//!
//! Text from outside becomes [`Email`], [`Password`] or [`PersonName`] once, at the edge. Passwords are kept
//! as Argon2id hashes, every other secret as its SHA-256: nothing in the database opens an account. Whoever
//! guesses passwords is slowed down by the throttle, and neither an answer nor its time tells them whether an
//! account exists.

mod devices;
mod email;
mod ending;
mod error;
mod hasher;
mod link;
mod login;
mod mail;
mod name;
mod named_token;
mod new_password;
mod password;
mod person_name;
mod secret;
mod sendings;
mod sign_in;
mod sign_up;
mod throttle;
mod token;
mod user;

use db::Db;

pub use devices::SignedIn;
pub use email::{Email, NotAnEmail};
pub use ending::EndOfAll;
pub use error::{Error, Result};
pub use link::{NewLink, PendingAccount, RESET_LIFE_MS, VERIFY_LIFE_MS};
pub use login::{LOGIN_ABSOLUTE_MS, LOGIN_IDLE_MS, Login};
pub use mail::{
    Mail, MailFrom, MailSettings, Mailer, NoTls, NotASender, NotAnSmtpServer, SmtpServer, letters,
};
pub use name::read_name;
pub use named_token::{
    NamedToken, NewNamedToken, NotATokenName, Scope, TokenName, delete_token, end_named_tokens,
    insert_token,
};
pub use new_password::{NewPassword, PasswordChange};
pub use password::{GivenPassword, Password, WeakPassword};
pub use person_name::{NotAName, PersonName};
pub use secret::{AccessToken, LinkSecret, LoginSecret};
pub use sendings::admit_sending;
pub use sign_in::Device;
pub use sign_up::NewAccount;
pub use token::{Bearer, NewToken, TOKEN_LIFE_MS};
pub use user::{User, delete_user, find_user_by_email, lock_user};

use hasher::Hasher;
use throttle::Throttle;

/// Everything that can be done with accounts. Clones share the throttle and the bound on hashing.
#[derive(Debug, Clone)]
pub struct Accounts {
    db: Db,
    hasher: Hasher,
    throttle: Throttle,
}

impl Accounts {
    /// Over `db`, with an empty throttle. One for the whole process.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db, hasher: Hasher::for_this_machine(), throttle: Throttle::default() }
    }

    /// Counts something that anyone may ask for, such as a mail, as a try of the address it comes from.
    ///
    /// # Errors
    ///
    /// [`Error::TooMany`].
    pub fn admit_stranger(&self, address: Option<std::net::IpAddr>) -> Result<()> {
        self.throttle.admit_stranger(address, self.db.now())
    }
}
