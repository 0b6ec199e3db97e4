//! The codes themselves.

use std::fmt;

use serde::{Serialize, Serializer};

use super::{Entry, entries_ingest, entries_workspace};

/// A stable error code. Its text, status and explanation stand in its [`Entry`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    // The workspace dialect and what both share.
    /// A required field is absent; the code's text is the sentence.
    FieldRequired,
    /// Other malformed workspace input.
    InvalidRequest,
    /// A webhook that Stripe has not signed.
    SignatureInvalid,
    /// No valid bearer token or session.
    Unauthorized,
    /// Sign-in with a wrong e-mail or password.
    InvalidCredentials,
    /// An invitation or addition would exceed the seats.
    SeatLimitReached,
    /// The bank declined.
    PaymentFailed,
    /// Not a member, or without the permission.
    Forbidden,
    /// A cookie-authenticated write from another site.
    CsrfRejected,
    /// The source is not in this workspace.
    TrackingSourceNotFound,
    /// The attempt is not in this workspace.
    AttemptNotFound,
    /// The person to add has no account.
    UserNotFound,
    /// The member is not in this workspace.
    MemberNotFound,
    /// The invitation's id or link is unknown, or not of this workspace.
    InvitationNotFound,
    /// The role is not in this workspace.
    RoleNotFound,
    /// A link that was sent by mail was used, has expired, or never was.
    LinkNotFound,
    /// The person has no such access token.
    TokenNotFound,
    /// Nobody offers the workspace to them.
    TransferNotFound,
    /// Nothing is at this path.
    NotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// A body of a type that is not read here.
    UnsupportedMediaType,
    /// The workspace's or source's address is in use.
    SlugTaken,
    /// An account with this e-mail exists already.
    EmailTaken,
    /// The person is a member already.
    AlreadyMember,
    /// The last owner cannot leave, be demoted, removed or deleted.
    LastOwner,
    /// The invitation was accepted or revoked, or has expired.
    InvitationNotPending,
    /// A starter role cannot be changed.
    RoleIsFixed,
    /// Members or invitations have the role.
    RoleInUse,
    /// The role's name is in use.
    RoleNameTaken,
    /// The workspace has a subscription.
    AlreadySubscribed,
    /// The workspace has no subscription that could be changed.
    NotSubscribed,
    /// Too many calls or sign-ins.
    TooManyRequests,
    /// The body is larger than allowed.
    PayloadTooLarge,
    /// Something unexpected on our side.
    InternalError,
    /// Stripe refuses what this instance asks.
    StripeRefused,
    /// Tiny cannot store right now.
    ServiceUnavailable,
    /// Stripe is not set up.
    BillingNotConfigured,
    /// Stripe does not answer.
    StripeUnavailable,
    // The ingest dialect.
    /// An ingest path without a key.
    PublicKeyRequired,
    /// An ingest body that is not a JSON object in UTF-8.
    InvalidJson,
    /// The browser's origin is not on the source's list.
    OriginNotAllowed,
    /// The source is switched off.
    SourceInactive,
    /// The session is not valid for this source and visitor.
    InvalidSession,
    /// Bootstrap validation failed.
    InvalidBootstrapPayload,
    /// Events validation failed.
    InvalidEventsPayload,
    /// The source's per-minute limit is used up.
    RateLimitExceeded,
}

impl Code {
    /// What the catalogue says about it.
    #[must_use]
    pub const fn entry(self) -> &'static Entry {
        let index = self as usize;
        let workspace = entries_workspace::ENTRIES;
        if index < workspace.len() {
            &workspace[index]
        } else {
            &entries_ingest::ENTRIES[index - workspace.len()]
        }
    }

    /// The code as clients read it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.entry().text
    }

    /// The code with this text.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        super::entries().find(|entry| entry.text == text).map(|entry| entry.code)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::entries;

    #[test]
    fn every_code_has_exactly_one_entry_in_its_place() {
        for entry in entries() {
            assert_eq!(entry.code.entry(), entry, "{} stands at another code's place", entry.text);
        }
        let texts: HashSet<_> = entries().map(|entry| entry.text).collect();
        assert_eq!(texts.len(), entries().count(), "two entries share a text");
    }
}
