//! Ids: UUIDv7 inside, prefixed text outside.
//!
//! An id's text is its prefix, an underscore and the 128 bits in Crockford's base 32 (26 characters, as in
//! ULIDs), so ids of one kind sort by the time they were made. Ids are made by `db::Chance`, nowhere else.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use ulid::Ulid;
use uuid::Uuid;

use crate::UnixMs;

/// The text is not an id of the kind that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id of this kind")
    }
}

impl std::error::Error for NotAnId {}

/// What every id can do.
pub trait Id: Copy + From<Uuid> + Into<Uuid> {
    /// The letters before the underscore.
    const PREFIX: &'static str;
}

macro_rules! ids {
    ($($(#[doc = $doc:literal])* $name:ident = $prefix:literal;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(Uuid);

        impl Id for $name {
            const PREFIX: &'static str = $prefix;
        }

        impl $name {
            /// The same id as it stands in the database.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            /// The id that a text is, or that of nothing when it cannot be one: whoever looks it up finds nothing.
            #[must_use]
            pub fn or_nothing(text: &str) -> Self {
                text.parse().unwrap_or(Self(Uuid::nil()))
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", $prefix, Ulid(self.0.as_u128()))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let digits = text
                    .strip_prefix($prefix)
                    .and_then(|rest| rest.strip_prefix('_'))
                    .ok_or(NotAnId)?;
                let ulid = Ulid::from_string(digits).map_err(|_| NotAnId)?;
                Ok(Self(Uuid::from_u128(ulid.0)))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;

            fn try_from(text: String) -> Result<Self, NotAnId> {
                text.parse()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                crate::schema::id($prefix, concat!($($doc),*).trim())
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}
    )*};
}

ids! {
    /// A person with an account.
    UserId = "user";
    /// A sign-in of a person in one browser.
    LoginId = "login";
    /// A bearer token for tools.
    TokenId = "token";
    /// A workspace; the API calls it an organization.
    OrganizationId = "org";
    /// A role of one workspace.
    RoleId = "role";
    /// A person's membership in one workspace.
    MemberId = "member";
    /// An invitation into one workspace.
    InvitationId = "invite";
    /// A tracking source.
    SourceId = "src";
    /// A visitor's session at one source.
    SessionId = "sess";
    /// One request to a public endpoint, whatever became of it.
    AttemptId = "attempt";
    /// One entry of the audit log.
    AuditId = "audit";
}

impl UserId {
    /// Whoever runs the instance, on its command line: nobody's account.
    pub const INSTANCE: Self = Self(Uuid::nil());
    /// Stripe, which says what was bought: nobody's account.
    pub const STRIPE: Self = Self(Uuid::max());
}

/// The id of one HTTP exchange: `req_` and 24 characters of `[a-z0-9]`, told in `X-Request-Id`.
///
/// It is a UUIDv7 too: the 122 bits that a version 7 leaves free, in base 36. The attempt that records an
/// exchange has the same UUID, so either id leads to the other without a look-up table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId(Uuid);

impl RequestId {
    /// Letters and digits after the prefix.
    pub const DIGITS: usize = 24;
    const RANDOM_B_BITS: u32 = 62;
    const RANDOM_A_BITS: u32 = 12;
    const VERSION_AND_VARIANT: u128 = (0x7 << 76) | (0b10 << 62);

    /// The same id as it stands in the database.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.0
    }

    /// The record of this exchange, when it was one to a public endpoint.
    #[must_use]
    pub const fn attempt(self) -> AttemptId {
        AttemptId(self.0)
    }

    /// When the exchange began.
    #[must_use]
    pub fn at(self) -> UnixMs {
        let millis = self.0.as_u128() >> 80;
        UnixMs(i64::try_from(millis).unwrap_or(i64::MAX))
    }

    const fn free_bits(self) -> u128 {
        let all = self.0.as_u128();
        let time = all >> 80;
        let random_a = (all >> 64) & 0xfff;
        let random_b = all & ((1 << Self::RANDOM_B_BITS) - 1);
        (((time << Self::RANDOM_A_BITS) | random_a) << Self::RANDOM_B_BITS) | random_b
    }

    const fn from_free_bits(bits: u128) -> Self {
        let random_b = bits & ((1 << Self::RANDOM_B_BITS) - 1);
        let random_a = (bits >> Self::RANDOM_B_BITS) & 0xfff;
        let time = bits >> (Self::RANDOM_B_BITS + Self::RANDOM_A_BITS);
        Self(Uuid::from_u128(
            (time << 80) | (random_a << 64) | random_b | Self::VERSION_AND_VARIANT,
        ))
    }
}

impl AttemptId {
    /// The exchange that this attempt records.
    #[must_use]
    pub const fn request(self) -> RequestId {
        RequestId(self.0)
    }
}

impl From<Uuid> for RequestId {
    /// `uuid` must be a version 7.
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl From<RequestId> for Uuid {
    fn from(id: RequestId) -> Self {
        id.0
    }
}

impl Id for RequestId {
    const PREFIX: &'static str = "req";
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ALPHABET: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
        let mut rest = self.free_bits();
        let mut digits = [b'0'; Self::DIGITS];
        for digit in digits.iter_mut().rev() {
            *digit = ALPHABET[usize::try_from(rest % 36).unwrap_or_default()];
            rest /= 36;
        }
        f.write_str("req_")?;
        digits.iter().try_for_each(|digit| fmt::Write::write_char(f, char::from(*digit)))
    }
}

impl FromStr for RequestId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let digits = text.strip_prefix("req_").ok_or(NotAnId)?;
        if digits.len() != Self::DIGITS {
            return Err(NotAnId);
        }
        let bits = digits.bytes().try_fold(0_u128, |bits, byte| {
            let digit = match byte {
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'z' => byte - b'a' + 10,
                _ => return Err(NotAnId),
            };
            Ok(bits * 36 + u128::from(digit))
        })?;
        if bits >> 122 == 0 { Ok(Self::from_free_bits(bits)) } else { Err(NotAnId) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_from_its_own_text() {
        let id = AttemptId::from(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_002a));
        assert_eq!(id.to_string().len(), "attempt_".len() + 26);
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let id = SourceId::from(Uuid::from_u128(7));
        assert_eq!(id.to_string().parse::<AttemptId>(), Err(NotAnId));
        assert_eq!("attempt_".parse::<AttemptId>(), Err(NotAnId));
        assert_eq!("attempt_é".parse::<AttemptId>(), Err(NotAnId));
    }

    #[test]
    fn a_request_id_has_its_prefix_and_24_lower_case_digits() {
        let id = RequestId::from(Uuid::from_u128(0x0190_ffff_0000_7abc_bfff_ffff_ffff_ffff));
        assert_eq!(id.to_string().len(), 28);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.attempt().request(), id);
        assert_eq!(id.at(), UnixMs(0x0190_ffff_0000));
        assert_eq!("req_SHOUTING0000000000000000".parse::<RequestId>(), Err(NotAnId));
        assert_eq!("req_zzzzzzzzzzzzzzzzzzzzzzzz".parse::<RequestId>(), Err(NotAnId));
    }
}
