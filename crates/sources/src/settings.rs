//! What a person sets, checked once: what passes here can be stored.

use std::ops::RangeInclusive;

use model::wire::sources::{
    FrameworkHint, MAX_NAME_CHARS, MAX_PAYLOAD_BYTES, MAX_RATE_PER_MINUTE, MIN_PAYLOAD_BYTES,
    Source,
};

use crate::{AllowedOrigins, Error, Result, slug};

/// Largest request body of a new source, in bytes.
pub(crate) const DEFAULT_PAYLOAD_BYTES: i64 = 65_536;
/// Requests a minute of a new source.
pub(crate) const DEFAULT_RATE_PER_MINUTE: i64 = 6_000;
const PAYLOAD_BYTES: RangeInclusive<i64> = MIN_PAYLOAD_BYTES..=MAX_PAYLOAD_BYTES;
const RATE_PER_MINUTE: RangeInclusive<i64> = 0..=MAX_RATE_PER_MINUTE;
const NAME_CHARS: RangeInclusive<usize> = 1..=MAX_NAME_CHARS;

/// A source to make, as it was asked for.
#[derive(Debug, Clone, Default)]
pub struct NewSource {
    /// What people call it: 1 to 80 characters.
    pub name: String,
    /// Its place in page addresses; made from the name when absent.
    pub slug: Option<String>,
    /// The origins that may send, as a person writes them.
    pub allowed_origins: Vec<String>,
    /// Which snippet is shown first.
    pub framework_hint: Option<FrameworkHint>,
}

/// Changes to a source; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// What people call it: 1 to 80 characters.
    pub name: Option<String>,
    /// Its place in page addresses.
    pub slug: Option<String>,
    /// The whole list of origins that may send, as a person writes them.
    pub allowed_origins: Option<Vec<String>>,
    /// Which snippet is shown first; `Some(None)` takes the hint away.
    pub framework_hint: Option<Option<FrameworkHint>>,
    /// Whether it takes requests.
    pub is_active: Option<bool>,
    /// Largest request body: 1,024 bytes to 4 MiB.
    pub max_payload_bytes: Option<i64>,
    /// Requests a minute, up to 1,000,000; 0 means no limit.
    pub rate_limit_per_minute: Option<i64>,
    /// Whether requests without an `Origin` header are refused.
    pub require_origin: Option<bool>,
}

impl NewSource {
    /// The same, with its values as they are stored, or [`Error::Invalid`]. Making a source checks by itself;
    /// a door that must answer 400 before it answers 403 asks here first.
    pub fn check(self) -> Result<Self> {
        let name = check_name(&self.name)?;
        self.slug.as_deref().map_or(Ok(()), slug::check)?;
        let allowed_origins = check_origins(&self.allowed_origins)?;
        Ok(Self { name, allowed_origins, ..self })
    }
}

impl Changes {
    /// The same, with its values as they are stored, or [`Error::Invalid`]. Like [`NewSource::check`].
    pub fn check(self) -> Result<Self> {
        let name = self.name.as_deref().map(check_name).transpose()?;
        self.slug.as_deref().map_or(Ok(()), slug::check)?;
        let allowed_origins = self.allowed_origins.as_deref().map(check_origins).transpose()?;
        check_number("maxPayloadBytes", &PAYLOAD_BYTES, self.max_payload_bytes)?;
        check_number("rateLimitPerMinute", &RATE_PER_MINUTE, self.rate_limit_per_minute)?;
        Ok(Self { name, allowed_origins, ..self })
    }

    /// `source` with these changes, which were checked.
    pub(crate) fn made_on(self, source: Source) -> Source {
        Source {
            name: self.name.unwrap_or(source.name),
            slug: self.slug.unwrap_or(source.slug),
            allowed_origins: self.allowed_origins.unwrap_or(source.allowed_origins),
            framework_hint: self.framework_hint.unwrap_or(source.framework_hint),
            is_active: self.is_active.unwrap_or(source.is_active),
            max_payload_bytes: self.max_payload_bytes.unwrap_or(source.max_payload_bytes),
            rate_limit_per_minute: self
                .rate_limit_per_minute
                .unwrap_or(source.rate_limit_per_minute),
            require_origin: self.require_origin.unwrap_or(source.require_origin),
            ..source
        }
    }
}

fn check_name(name: &str) -> Result<String> {
    let name = name.trim();
    if NAME_CHARS.contains(&name.chars().count()) && !name.contains(char::is_control) {
        return Ok(name.to_owned());
    }
    let message = format!(
        "A name has {} to {} characters, all of them on one line.",
        NAME_CHARS.start(),
        NAME_CHARS.end()
    );
    Err(Error::Invalid { field: "name", message })
}

fn check_origins(typed: &[String]) -> Result<Vec<String>> {
    Ok(AllowedOrigins::parse(typed)?.iter().map(ToString::to_string).collect())
}

fn check_number(
    field: &'static str,
    range: &RangeInclusive<i64>,
    number: Option<i64>,
) -> Result<()> {
    if number.is_none_or(|number| range.contains(&number)) {
        return Ok(());
    }
    let message = format!("A whole number from {} to {} is needed.", range.start(), range.end());
    Err(Error::Invalid { field, message })
}
