//! A mail in the form of RFC 5322, as it travels.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};
use model::UnixMs;
use uuid::Uuid;

use super::{Mail, MailFrom};
use crate::email::ascii_domain;

/// RFC 3834, section 5: no holiday reply, please.
const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

/// Writes `mail` with the id `id`. It is written once: however often it is tried, it is the same message.
pub(super) fn write(mail: &Mail, from: &MailFrom, at: UnixMs, id: Uuid) -> Option<Message> {
    Message::builder()
        .message_id(Some(format!("<{id}@{}>", from.domain())))
        .date(system_time(at))
        .from(from.mailbox())
        .to(recipient(mail)?)
        .subject(mail.subject())
        .raw_header(HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned()))
        .multipart(MultiPart::alternative_plain_html(
            mail.text().to_owned(),
            mail.html().to_owned(),
        ))
        .ok()
}

fn recipient(mail: &Mail) -> Option<Mailbox> {
    let (local, domain) = mail.to().as_str().rsplit_once('@')?;
    let address = Address::new(local, ascii_domain(domain)?).ok()?;
    Some(Mailbox::new(None, address))
}

fn system_time(at: UnixMs) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(at.0).unwrap_or_default())
}
