//! Mail: what Tiny writes to people, and how it leaves the house.
//!
//! [`letters`] says what is written, [`Letter`] makes text and HTML of it, and a [`Mailer`] sends it. Nobody waits
//! for a mail: an answer that came later because one was sent would tell that the account exists. Links in mails
//! open accounts, so nothing here prints a mail, an address or a password of the mail server.

mod delivery;
mod from;
mod letter;
pub mod letters;
mod mailer;
mod message;
mod server;

#[cfg(test)]
mod tests;

pub use from::{MailFrom, NotASender};
pub use letter::Mail;
pub use mailer::{MailSettings, Mailer};
pub use server::{NoTls, NotAnSmtpServer, SmtpServer};

use letter::Letter;
