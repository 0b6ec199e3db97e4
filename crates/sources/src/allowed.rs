//! Which browser origins may send to a source (docs/API.md, Origins and CORS).
//!
//! An origin binds browsers only and is no authentication: anything else can send any header.

use std::{fmt, str::FromStr};

use model::wire::attempts::OriginVerdict;

use crate::{
    Origin, OriginFault,
    fault::{Reason, is_host_name},
};

/// One entry of a source's list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum AllowedOrigin {
    /// This origin.
    Exact(Origin),
    /// One or more labels below this origin's host, with its scheme and port. Written with `*.` before the host.
    Subdomains(Origin),
}

impl AllowedOrigin {
    /// Most bytes of an entry: those of an origin, and the star with its dot.
    pub const MAX_BYTES: usize = Origin::MAX_BYTES + "*.".len();

    /// Whether pages at `origin` may send.
    #[must_use]
    pub fn allows(&self, origin: &Origin) -> bool {
        match self {
            Self::Exact(listed) => listed == origin,
            Self::Subdomains(base) => {
                base.scheme() == origin.scheme()
                    && base.port() == origin.port()
                    && is_below(origin.host(), base.host())
                    && is_host_name(origin)
                    && has_one_owner(origin.host(), base.host())
            }
        }
    }

    fn is_exactly(&self, serialised: &str) -> bool {
        matches!(self, Self::Exact(origin) if origin.as_str() == serialised)
    }

    pub(crate) fn parse(typed: &str) -> Result<Self, Reason> {
        if let Some((scheme, rest)) = typed.split_once("://")
            && rest.split(['/', '\\', '?', '#']).next().is_some_and(|host| host.contains('*'))
        {
            return Self::parse_subdomains(scheme, rest);
        }
        let origin = Origin::parse(typed)?;
        // A star can also come out of `%2A`; it is no part of a host name.
        if is_host_name(&origin) { Ok(Self::Exact(origin)) } else { Err(Reason::HostName) }
    }

    fn parse_subdomains(scheme: &str, rest: &str) -> Result<Self, Reason> {
        let base = rest.strip_prefix("*.").ok_or(Reason::Star)?;
        let base = Origin::parse(&format!("{scheme}://{base}"))?;
        let host = base.host();
        if host.contains('*') {
            Err(Reason::Star)
        } else if !is_host_name(&base) {
            Err(Reason::HostName)
        } else if is_address(host) {
            Err(Reason::StarAddress)
        } else if !has_one_owner(&format!("name.{host}"), host) {
            Err(Reason::PublicSuffix(host.to_owned()))
        } else {
            Ok(Self::Subdomains(base))
        }
    }
}

fn is_below(host: &str, base: &str) -> bool {
    host.strip_suffix(base).and_then(|labels| labels.strip_suffix('.')).is_some()
}

/// Whether both names are at or below the same registrable domain. Below `example.com` there are names of
/// other owners when the public suffix list has a suffix there, as `s3.amazonaws.com` below `amazonaws.com`.
fn has_one_owner(host: &str, base: &str) -> bool {
    psl::domain_str(base).is_some_and(|domain| psl::domain_str(host) == Some(domain))
}

/// The URL standard reads a host whose last label is a number as an address.
fn is_address(host: &str) -> bool {
    let last_label = host.rsplit('.').next().unwrap_or_default();
    host.starts_with('[') || last_label.bytes().all(|b| b.is_ascii_digit())
}

impl FromStr for AllowedOrigin {
    type Err = OriginFault;

    fn from_str(typed: &str) -> Result<Self, OriginFault> {
        let typed = typed.trim();
        Self::parse(typed).map_err(|reason| OriginFault::new(typed, &reason))
    }
}

impl fmt::Display for AllowedOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(origin) => origin.fmt(f),
            Self::Subdomains(base) => {
                let (scheme, host_and_port) = base.as_str().split_once("://").unwrap_or_default();
                write!(f, "{scheme}://*.{host_and_port}")
            }
        }
    }
}

/// A source's list: in the order given, none twice, at most [`AllowedOrigins::MAX`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedOrigins(Vec<AllowedOrigin>);

/// What the list says about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OriginCheck {
    /// For the attempt's record.
    pub verdict: OriginVerdict,
    /// Whether the request ends here.
    pub is_refused: bool,
}

impl AllowedOrigins {
    /// Longest list.
    pub const MAX: usize = 100;

    /// Reads what a person listed. The fault names the entry that is not an origin.
    pub fn parse<S: AsRef<str>>(typed: &[S]) -> Result<Self, OriginFault> {
        let mut list = Self::default();
        for text in typed.iter().map(AsRef::as_ref) {
            let entry = text.parse().map_err(|fault: OriginFault| OriginFault {
                message: format!("“{}”: {}", shortened(text), fault.message),
                ..fault
            })?;
            if !list.0.contains(&entry) {
                Self::check_room(list.0.len())?;
                list.0.push(entry);
            }
        }
        Ok(list)
    }

    /// What is stored. An entry that a newer public suffix list no longer allows is left out: it lets nobody
    /// in, and the rest goes on working.
    pub(crate) fn from_stored(texts: &[String]) -> Self {
        Self(texts.iter().filter_map(|text| AllowedOrigin::parse(text).ok()).collect())
    }

    /// Whether a list of `length` entries may grow.
    pub(crate) fn check_room(length: usize) -> Result<(), OriginFault> {
        if length < Self::MAX {
            return Ok(());
        }
        let message = format!("A source lists at most {} origins.", Self::MAX);
        Err(OriginFault { message, suggestion: None })
    }

    /// The entries, in the order they were given.
    pub fn iter(&self) -> impl Iterator<Item = &AllowedOrigin> {
        self.0.iter()
    }

    /// Judges a request by its `Origin` header. Without one it is `Missing`, and refused only if the source
    /// requires one.
    #[must_use]
    pub fn verdict(&self, origin_header: Option<&str>, require_origin: bool) -> OriginCheck {
        match origin_header {
            None => OriginCheck { verdict: OriginVerdict::Missing, is_refused: require_origin },
            Some(header) if self.allows(header) => {
                OriginCheck { verdict: OriginVerdict::Allowed, is_refused: false }
            }
            Some(_) => OriginCheck { verdict: OriginVerdict::NotAllowed, is_refused: true },
        }
    }

    fn allows(&self, header: &str) -> bool {
        // Browsers send the serialisation, so nearly every request ends here, without parsing.
        self.0.iter().any(|entry| entry.is_exactly(header))
            || Origin::from_header(header)
                .is_some_and(|origin| self.0.iter().any(|entry| entry.allows(&origin)))
    }
}

/// Enough of a text to tell which it is.
fn shortened(text: &str) -> String {
    const CHARS: usize = 80;
    let mut short: String = text.chars().take(CHARS).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
#[path = "allowed_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "allowed_model.rs"]
mod retold;
