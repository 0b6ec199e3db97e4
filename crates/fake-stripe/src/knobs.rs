//! What can be made to go wrong, and how billing is set up. Every roll comes from the seed.

use serde::{Deserialize, Serialize};

/// Who delivers webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// They are sent to the endpoints in the background.
    Automatic,
    /// They wait until a test takes them with [`FakeStripe::take_deliveries`](crate::FakeStripe::take_deliveries).
    Manual,
}

/// What becomes of a subscription whose invoice could not be collected by the last try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterRetries {
    /// It is canceled.
    Cancel,
    /// It becomes `unpaid`: later invoices stay drafts.
    Unpaid,
    /// It stays `past_due`.
    PastDue,
}

/// An answer of the API that is not the ordinary one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// 429 `rate_limit`; nothing was done.
    RateLimit,
    /// 500 before anything was done; the idempotency key stays unused.
    ServerError,
    /// 500 that is kept under the idempotency key: the same call answers it again.
    ServerErrorKept,
    /// Everything was done, but the answer takes [`Knobs::timeout_ms`], and then the connection closes without it.
    TimeoutAfter,
    /// The connection closes before anything was done.
    ResetBefore,
    /// Everything was done, and the connection closes without an answer.
    ResetAfter,
}

impl Fault {
    pub(crate) const ALL: [Self; 6] = [
        Self::RateLimit,
        Self::ServerError,
        Self::ServerErrorKept,
        Self::TimeoutAfter,
        Self::ResetBefore,
        Self::ResetAfter,
    ];
}

/// How likely each [`Fault`] is for a call of the API, 0 to 1.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// [`Fault::RateLimit`]
    pub rate_limit: f64,
    /// [`Fault::ServerError`]
    pub server_error: f64,
    /// [`Fault::ServerErrorKept`]
    pub server_error_kept: f64,
    /// [`Fault::TimeoutAfter`]
    pub timeout_after: f64,
    /// [`Fault::ResetBefore`]
    pub reset_before: f64,
    /// [`Fault::ResetAfter`]
    pub reset_after: f64,
}

impl Faults {
    pub(crate) fn probability(&self, fault: Fault) -> f64 {
        match fault {
            Fault::RateLimit => self.rate_limit,
            Fault::ServerError => self.server_error,
            Fault::ServerErrorKept => self.server_error_kept,
            Fault::TimeoutAfter => self.timeout_after,
            Fault::ResetBefore => self.reset_before,
            Fault::ResetAfter => self.reset_after,
        }
    }
}

/// A fault for one call to come: the first that fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scripted {
    /// What happens.
    pub fault: Fault,
    /// Only to a call of this method, such as `POST`.
    #[serde(default)]
    pub method: Option<String>,
    /// Only to a call whose path begins like this, such as `/v1/checkout/sessions`.
    #[serde(default)]
    pub path: Option<String>,
}

impl Scripted {
    /// This fault for the next call, whichever it is.
    #[must_use]
    pub const fn next(fault: Fault) -> Self {
        Self { fault, method: None, path: None }
    }

    /// This fault for the next call of that method and path.
    #[must_use]
    pub fn on(fault: Fault, method: &str, path: &str) -> Self {
        Self { fault, method: Some(method.to_owned()), path: Some(path.to_owned()) }
    }

    pub(crate) fn fits(&self, method: &str, path: &str) -> bool {
        self.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self.path.as_deref().is_none_or(|wanted| path.starts_with(wanted))
    }
}

/// Everything that can be set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// Who delivers webhooks.
    pub mode: Mode,
    /// How likely a webhook is sent again although it arrived, 0 to 1.
    pub duplicate: f64,
    /// How many times more it is then sent.
    pub duplicates: u32,
    /// How likely a webhook is overtaken by up to five of those after it, 0 to 1.
    pub reorder: f64,
    /// Webhooks leave up to so many seconds late, by this fake's clock.
    pub delay_seconds: i64,
    /// How likely a webhook is never sent, 0 to 1.
    pub drop: f64,
    /// What goes wrong with calls of the API.
    pub faults: Faults,
    /// How long [`Fault::TimeoutAfter`] keeps the caller waiting, in milliseconds of real time.
    pub timeout_ms: u64,
    /// Days from one failed try to collect an invoice to the next.
    pub retry_days: Vec<i64>,
    /// What happens when the last of them has failed.
    pub after_retries: AfterRetries,
    /// How long the invoice of a renewal stays a draft before it is charged.
    pub draft_seconds: i64,
}

impl Default for Knobs {
    /// Nothing goes wrong; invoices are tried again after 3, 5 and 7 days, then the subscription is canceled.
    fn default() -> Self {
        Self {
            mode: Mode::Automatic,
            duplicate: 0.0,
            duplicates: 1,
            reorder: 0.0,
            delay_seconds: 0,
            drop: 0.0,
            faults: Faults::default(),
            timeout_ms: 30_000,
            retry_days: vec![3, 5, 7],
            after_retries: AfterRetries::Cancel,
            draft_seconds: 3600,
        }
    }
}
