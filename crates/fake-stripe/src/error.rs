//! Errors as Stripe tells them: a status, a type, mostly a code, and the parameter that is at fault.

use serde_json::{Map, Value, json};

/// An answer that is not a success.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    pub status: u16,
    kind: &'static str,
    code: Option<&'static str>,
    message: String,
    param: Option<String>,
    /// What a declined card was to pay, as the API shows it.
    payment_intent: Option<Box<Value>>,
}

/// What came of a call.
pub(crate) type Answer<T = Value> = Result<T, ApiError>;

impl ApiError {
    fn new(status: u16, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            code: None,
            message: message.into(),
            param: None,
            payment_intent: None,
        }
    }

    /// A request that cannot be done, whoever makes it.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "invalid_request_error", message)
    }

    /// Adds the code that programs read.
    pub(crate) fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    /// Adds the parameter that is at fault.
    pub(crate) fn param(mut self, param: impl Into<String>) -> Self {
        self.param = Some(param.into());
        self
    }

    pub(crate) fn missing(param: &str) -> Self {
        Self::invalid(format!("Missing required param: {param}."))
            .code("parameter_missing")
            .param(param)
    }

    /// No such thing: `what` as people call it, such as `customer`.
    pub(crate) fn no_such(what: &str, id: &str, param: &str) -> Self {
        let error = Self::invalid(format!("No such {what}: '{id}'")).code("resource_missing");
        Self { status: 404, ..error.param(param) }
    }

    /// The same of what a parameter names, which makes it a request that cannot be done.
    pub(crate) fn no_such_param(what: &str, id: &str, param: &str) -> Self {
        Self { status: 400, ..Self::no_such(what, id, param) }
    }

    /// "A subscription in this status can only have metadata and `default_source` updated."
    pub(crate) fn incomplete() -> Self {
        let message = "A subscription whose first invoice is not paid can only have its `metadata` and \
                       `default_payment_method` updated.";
        Self::invalid(message)
    }

    /// A preview of nothing.
    pub(crate) fn nothing_upcoming(customer: &str) -> Self {
        let message = format!("No upcoming invoices for customer: {customer}");
        Self { status: 404, ..Self::invalid(message).code("invoice_upcoming_none") }
    }

    pub(crate) fn no_such_url(method: &str, path: &str) -> Self {
        let message = format!(
            "Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can help at \
             https://support.stripe.com/."
        );
        Self { status: 404, ..Self::invalid(message) }
    }

    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(401, "invalid_request_error", message)
    }

    pub(crate) fn key_reused(key: &str) -> Self {
        let message = format!(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. Try \
             using a key other than '{key}' if you meant to execute a different request."
        );
        Self::new(400, "idempotency_error", message)
    }

    pub(crate) fn rate_limit() -> Self {
        let message = "Too many requests hit the API too quickly. We recommend an exponential backoff of your requests.";
        Self::new(429, "invalid_request_error", message).code("rate_limit")
    }

    pub(crate) fn server() -> Self {
        Self::new(
            500,
            "api_error",
            "Sorry! There was an error while talking to one of our backends.",
        )
    }

    /// The bank says no. `payment_intent` is what was being paid, as the API shows it.
    pub(crate) fn declined(payment_intent: Option<Value>) -> Self {
        let error = Self::new(402, "card_error", "Your card was declined.").code("card_declined");
        Self { payment_intent: payment_intent.map(Box::new), ..error }
    }

    pub(crate) fn is_declined(&self) -> bool {
        self.kind == "card_error"
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Whether the endpoint had begun its work, so that the answer is kept under the idempotency key.
    pub(crate) fn is_kept(&self) -> bool {
        self.status == 402
    }

    /// The object `error` of the reply.
    pub(crate) fn render(&self) -> Value {
        let mut error = Map::new();
        if let Some(code) = self.code {
            error.insert("code".to_owned(), json!(code));
            let doc_url = format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-"));
            error.insert("doc_url".to_owned(), json!(doc_url));
        }
        error.insert("message".to_owned(), json!(self.message));
        if let Some(param) = &self.param {
            error.insert("param".to_owned(), json!(param));
        }
        error.insert("type".to_owned(), json!(self.kind));
        if self.is_declined() {
            error.insert("decline_code".to_owned(), json!("generic_decline"));
        }
        if let Some(payment_intent) = &self.payment_intent {
            error.insert("payment_intent".to_owned(), Value::clone(payment_intent));
        }
        Value::Object(error)
    }
}
