//! The checks that need no body: key, source, origin, rate. In this order; the first that fails is the outcome.

use std::sync::Arc;

use attempts::Facts;
use model::{Code, UnixMs, wire::attempts::OriginVerdict};
use sources::{GateSource, Lookup, Sources};

use crate::{outcome::Refused, rate::Rate};

/// Bodies for unknown keys are read as far as a new source would allow.
const DEFAULT_MAX_PAYLOAD_BYTES: usize = 65_536;

/// Decides who may send.
#[derive(Debug)]
pub struct Gate {
    sources: Sources,
    rate: Rate,
}

/// What the gate found.
#[derive(Debug)]
pub struct Passage {
    /// The source that the key is or was one's of.
    pub source: Option<Arc<GateSource>>,
    /// What the origin check said.
    pub origin_verdict: OriginVerdict,
    /// Why the request may not pass.
    pub refused: Option<Refused>,
}

impl Passage {
    /// Largest body, in bytes.
    pub fn max_payload_bytes(&self) -> usize {
        self.source.as_ref().map_or(DEFAULT_MAX_PAYLOAD_BYTES, |source| source.max_payload_bytes)
    }
}

impl Gate {
    /// A gate for these sources.
    pub const fn new(sources: Sources, rate: Rate) -> Self {
        Self { sources, rate }
    }

    /// Makes the checks for a request with `key` in its path.
    pub async fn check(
        &self,
        key: &str,
        origin: Option<&str>,
        now: UnixMs,
    ) -> sources::Result<Passage> {
        if key.is_empty() {
            return Ok(unchecked(Refused::with(Code::PublicKeyRequired), None));
        }
        let facts = || Facts { public_key: Some(shown(key)), ..Facts::default() };
        Ok(match self.sources.gate_lookup(key).await? {
            Lookup::Unknown => {
                unchecked(Refused::because(Code::TrackingSourceNotFound, facts()), None)
            }
            Lookup::Retired { source, retired_at } => {
                let facts = Facts { retired_at: Some(retired_at), ..facts() };
                unchecked(Refused::because(Code::TrackingSourceNotFound, facts), Some(source))
            }
            Lookup::Known(source) => self.check_source(source, origin, now).await,
        })
    }

    async fn check_source(
        &self,
        source: Arc<GateSource>,
        origin: Option<&str>,
        now: UnixMs,
    ) -> Passage {
        if !source.is_active {
            return unchecked(Refused::with(Code::SourceInactive), Some(source));
        }
        let check = source.allowed.verdict(origin, source.require_origin);
        let refused = if check.is_refused {
            let allowed = source.allowed.iter().map(ToString::to_string).collect();
            let facts = Facts { allowed_origins: Some(allowed), ..Facts::default() };
            Some(Refused::because(Code::OriginNotAllowed, facts))
        } else {
            self.check_rate(&source, now).await
        };
        Passage { origin_verdict: check.verdict, refused, source: Some(source) }
    }

    async fn check_rate(&self, source: &GateSource, now: UnixMs) -> Option<Refused> {
        let limit = i64::from(source.rate_limit_per_minute?.get());
        let retry_after_s = self.rate.count(source.id, limit, now).await.err()?;
        let facts = Facts { rate_limit_per_minute: Some(limit), ..Facts::default() };
        Some(Refused {
            retry_after_s: Some(retry_after_s),
            ..Refused::because(Code::RateLimitExceeded, facts)
        })
    }
}

/// Refused before the origin was looked at.
const fn unchecked(refused: Refused, source: Option<Arc<GateSource>>) -> Passage {
    Passage { source, origin_verdict: OriginVerdict::NotChecked, refused: Some(refused) }
}

/// A key as it may be shown: whatever stands in the path, bounded and printable.
fn shown(key: &str) -> String {
    key.chars().filter(|c| !c.is_control()).take(128).collect()
}
