//! One call: its idempotency key, its time, its retries.

use std::{fmt, time::Duration};

use serde::Serialize;
use stripe::{Client, ClientBuilder, IdempotencyKey, RequestStrategy, StripeError};
use stripe_client_core::{CustomizableStripeRequest, RequestBuilder, StripeMethod};
use tokio::time::sleep;

use super::StripeSettings;

/// A way to Stripe.
#[derive(Debug)]
pub(crate) struct Stripe {
    client: Client,
    waits: [Duration; 2],
}

/// Why a call to Stripe brought nothing. It holds no payload: Stripe's messages can name people and cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No answer that says anything, also after retries. What was asked for may have been done.
    Away(String),
    /// Stripe says that it failed. What was asked for may have been done; the key brings this same answer from now on.
    Failed(u16),
    /// A card or bank said no. Nothing was changed.
    Payment,
    /// The thing asked for is not there.
    NotThere,
    /// Stripe refuses the call itself: a wrong key, a wrong price, a state that does not allow it.
    Refused {
        /// HTTP status.
        status: u16,
        /// Stripe's code, such as `resource_missing`.
        code: String,
        /// The parameter at fault.
        param: String,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Away(why) => write!(f, "Stripe did not answer: {why}"),
            Self::Failed(status) => write!(f, "Stripe failed: {status}"),
            Self::Payment => f.write_str("the payment was declined"),
            Self::NotThere => f.write_str("Stripe does not have it"),
            Self::Refused { status, code, param } => {
                write!(f, "Stripe refused the call: {status} {code} {param}")
            }
        }
    }
}

impl std::error::Error for Fault {}

impl Fault {
    /// Whether something that the call names is not there. In a path that is 404, in a parameter 400.
    pub(crate) fn is_missing(&self) -> bool {
        match self {
            Self::NotThere => true,
            Self::Refused { code, .. } => code == "resource_missing",
            _ => false,
        }
    }

    /// Whether the parameter of this name is at fault.
    pub(crate) fn is_about(&self, name: &str) -> bool {
        matches!(self, Self::Refused { param, .. } if param.contains(name))
    }
}

type Reply<T> = Result<T, Fault>;

impl Stripe {
    /// Makes the client; nothing is sent yet.
    pub(crate) fn new(settings: &StripeSettings) -> Result<Self, String> {
        let mut builder = ClientBuilder::new(&settings.secret_key).timeout(settings.pace.patience);
        if let Some(base) = &settings.api_base {
            // The library appends `v1/…` to it.
            builder = builder.url(format!("{base}/"));
        }
        // The error names a part of the configuration and not its value.
        let client = builder.build().map_err(|error| error.to_string())?;
        Ok(Self { client, waits: settings.pace.waits })
    }

    pub(super) async fn get<T: miniserde::Deserialize>(
        &self,
        path: &str,
        query: &(impl Serialize + Sync),
    ) -> Reply<T> {
        let request = || RequestBuilder::new(StripeMethod::Get, path).query(query).customize();
        self.send(request, RequestStrategy::Once).await
    }

    pub(super) async fn post<T: miniserde::Deserialize>(
        &self,
        path: &str,
        form: &(impl Serialize + Sync),
        key: &str,
    ) -> Reply<T> {
        let request = || RequestBuilder::new(StripeMethod::Post, path).form(form).customize();
        self.send(request, once(key)?).await
    }

    /// A POST that changes nothing, such as a preview.
    pub(super) async fn ask<T: miniserde::Deserialize>(
        &self,
        path: &str,
        form: &(impl Serialize + Sync),
    ) -> Reply<T> {
        let request = || RequestBuilder::new(StripeMethod::Post, path).form(form).customize();
        self.send(request, RequestStrategy::Once).await
    }

    pub(super) async fn delete<T: miniserde::Deserialize>(
        &self,
        path: &str,
        key: &str,
    ) -> Reply<T> {
        let request = || RequestBuilder::new(StripeMethod::Delete, path).customize();
        self.send(request, once(key)?).await
    }

    /// The library's own retries make a key of their own for each call or none; so each of its calls is one try, and
    /// the tries here share the key that was stored.
    async fn send<T: miniserde::Deserialize>(
        &self,
        request: impl Fn() -> CustomizableStripeRequest<T> + Sync,
        strategy: RequestStrategy,
    ) -> Reply<T> {
        let mut waits = self.waits.into_iter();
        loop {
            let call = request().request_strategy(strategy.clone());
            let fault = match call.send(&self.client).await {
                Ok(reply) => return Ok(reply),
                Err(error) => fault(error),
            };
            match (&fault, waits.next()) {
                (Fault::Away(_) | Fault::Failed(_), Some(wait)) => sleep(wait).await,
                _ => return Err(fault),
            }
        }
    }
}

fn once(key: &str) -> Reply<RequestStrategy> {
    let key = IdempotencyKey::new(key).map_err(|error| Fault::Away(error.to_string()))?;
    Ok(RequestStrategy::Idempotent(key))
}

fn fault(error: StripeError) -> Fault {
    match error {
        StripeError::Stripe(error, status) => {
            let code = error.code.map(|code| code.to_string()).unwrap_or_default();
            match status {
                402 => Fault::Payment,
                404 => Fault::NotThere,
                // 409: another call with this key is under way, or the object is locked.
                409 | 429 => Fault::Away(format!("{status} {code}")),
                424 | 500.. => Fault::Failed(status),
                _ => Fault::Refused { status, code, param: error.param.unwrap_or_default() },
            }
        }
        StripeError::Timeout => Fault::Away("no answer in time".to_owned()),
        // The last one's text quotes nothing of the answer.
        StripeError::ClientError(why)
        | StripeError::ConfigError(why)
        | StripeError::JSONDeserialize(why) => Fault::Away(why),
    }
}
