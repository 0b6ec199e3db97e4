//! The codes about plans and Stripe.

use super::{Code, Dialect, Entry, Example, Level};

const CHECKOUT: &str = r#"curl https://tiny.example.com/api/billing/checkout \
  -H "authorization: Bearer $TINY_TOKEN" \
  -H 'content-type: application/json' \
  -d '{"organizationId": "org_01KNVTKH31E40R7M41DP87MW63", "priceId": "price_1Team", "seats": 8}'"#;

const SEATS: &str = r#"curl https://tiny.example.com/api/billing/seats \
  -H "authorization: Bearer $TINY_TOKEN" \
  -H 'content-type: application/json' \
  -d '{"organizationId": "org_01KNVTKH31E40R7M41DP87MW63", "seats": 8}'"#;

pub(super) const SIGNATURE_INVALID: Entry = Entry {
    code: Code::SignatureInvalid,
    text: "signature_invalid",
    status: 400,
    dialect: Dialect::Workspace,
    level: Level::Warn,
    is_retryable: false,
    message: "The request is not signed by Stripe with a secret that this instance knows.",
    means: "POST /api/stripe/webhook believes only what is signed: the header Stripe-Signature must \
        hold a v1 signature of exactly these bytes, not older than 300 seconds. Nothing was kept.",
    causes: &[
        "TINY_STRIPE_WEBHOOK_SECRETS does not hold the secret of the endpoint that sends.",
        "A proxy changes the body on its way.",
        "The clock of this machine is more than five minutes ahead.",
        "The request does not come from Stripe.",
    ],
    fix: "Copy the signing secret of this endpoint from Stripe's dashboard, under Developers and \
        Webhooks, into TINY_STRIPE_WEBHOOK_SECRETS, and restart Tiny. Stripe sends again what was \
        refused, for three days.",
    example: Example {
        request: r#"curl https://tiny.example.com/api/stripe/webhook \
  -H 'stripe-signature: t=1775828700,v1=00' \
  -H 'content-type: application/json' -d '{"id": "evt_1"}'"#,
        response: r#"{
  "error": "signature_invalid",
  "message": "The request is not signed by Stripe with a secret that this instance knows.",
  "requestId": "req_01xpel24g68xo7ymoya2hz3h"
}"#,
    },
};

pub(super) const PAYMENT_FAILED: Entry = Entry {
    code: Code::PaymentFailed,
    text: "payment_failed",
    status: 402,
    dialect: Dialect::Workspace,
    level: Level::Info,
    is_retryable: false,
    message: "The payment is not through, so the seats are not added yet.",
    means: "More seats are had once they are paid for, and the bank of the card on file said no or \
        wants to be asked again. The plan is as it was; Stripe keeps the change for 23 hours and makes \
        it by itself as soon as its invoice is paid.",
    causes: &[
        "The card has expired, or its limit is reached.",
        "The bank wants the holder to confirm the payment.",
    ],
    fix: "Open the workspace's billing page and pay the open invoice, or choose another card under \
        Invoices and card. The seats are added then; nothing has to be asked for again.",
    example: Example {
        request: SEATS,
        response: r#"{
  "error": "payment_failed",
  "message": "The payment is not through, so the seats are not added yet.",
  "requestId": "req_01xpel24g68xo7ymoya2hz3h"
}"#,
    },
};

pub(super) const ALREADY_SUBSCRIBED: Entry = Entry {
    code: Code::AlreadySubscribed,
    text: "already_subscribed",
    status: 409,
    dialect: Dialect::Workspace,
    level: Level::Info,
    is_retryable: false,
    message: "This workspace has a plan already.",
    means: "A workspace has one subscription at most, so that nobody pays twice. No other was begun.",
    causes: &[
        "Somebody else in the workspace has bought the plan a moment ago.",
        "A payment for the plan is late, or the plan is paused: it still goes on.",
    ],
    fix: "Open the workspace's billing page: seats are changed there, and Invoices and card leads to \
        everything else.",
    example: Example {
        request: CHECKOUT,
        response: r#"{
  "error": "already_subscribed",
  "message": "This workspace has a plan already.",
  "requestId": "req_01xpel24g68xo7ymoya2hz3h"
}"#,
    },
};

pub(super) const NOT_SUBSCRIBED: Entry = Entry {
    code: Code::NotSubscribed,
    text: "not_subscribed",
    status: 409,
    dialect: Dialect::Workspace,
    level: Level::Info,
    is_retryable: false,
    message: "This workspace has no plan that could be changed.",
    means: "Seats can be changed, and a plan cancelled or resumed, while it goes on; invoices are \
        there once something was bought.",
    causes: &["The workspace is on the free plan.", "The plan has ended."],
    fix: "Buy a plan on the workspace's billing page, or with POST /api/billing/checkout.",
    example: Example {
        request: SEATS,
        response: r#"{
  "error": "not_subscribed",
  "message": "This workspace has no plan that could be changed.",
  "requestId": "req_01xpel24g68xo7ymoya2hz3h"
}"#,
    },
};

pub(super) const STRIPE_REFUSED: Entry = Entry {
    code: Code::StripeRefused,
    text: "stripe_refused",
    status: 502,
    dialect: Dialect::Workspace,
    level: Level::Error,
    is_retryable: false,
    message: "Stripe refused what this instance asked of it.",
    means: "Stripe answered, and said that the call itself is wrong. That is for whoever runs the \
        instance to mend; the log names Stripe's code beside this request's id.",
    causes: &[
        "TINY_STRIPE_SECRET_KEY was revoked, or is that of another account or of the test mode.",
        "TINY_PLANS names a price that Stripe does not have, or does not sell any more.",
        "The customer portal was never switched on in Stripe's dashboard.",
    ],
    fix: "Tell whoever runs the instance. They compare the key, the prices and the portal with \
        Stripe's dashboard; OPERATIONS says how.",
    example: Example {
        request: CHECKOUT,
        response: r#"{
  "error": "stripe_refused",
  "message": "Stripe refused what this instance asked of it.",
  "requestId": "req_01xpel24g68xo7ymoya2hz3h"
}"#,
    },
};

pub(super) const BILLING_NOT_CONFIGURED: Entry = Entry {
    code: Code::BillingNotConfigured,
    text: "billing_not_configured",
    status: 503,
    dialect: Dialect::Workspace,
    level: Level::Info,
    is_retryable: false,
    message: "Billing is not set up on this instance.",
    means: "Plans are sold through Stripe, and this instance has no key for it. Everything else works; \
        seats are as many as whoever runs the instance allows.",
    causes: &["TINY_STRIPE_SECRET_KEY is not set."],
    fix: "Whoever runs the instance sets TINY_STRIPE_SECRET_KEY, TINY_STRIPE_WEBHOOK_SECRETS and \
        TINY_PLANS; OPERATIONS says how. Without that, tiny admin set-seats changes a workspace's \
        seats.",
    example: Example {
        request: CHECKOUT,
        response: r#"{
  "error": "billing_not_configured",
  "message": "Billing is not set up on this instance.",
  "requestId": "req_01xpel24g68xo7ymoya2hz3h"
}"#,
    },
};

pub(super) const STRIPE_UNAVAILABLE: Entry = Entry {
    code: Code::StripeUnavailable,
    text: "stripe_unavailable",
    status: 503,
    dialect: Dialect::Workspace,
    level: Level::Warn,
    is_retryable: true,
    message: "Stripe does not answer now; try again in a moment.",
    means: "The call to Stripe was tried several times and not answered, or somebody else changes the \
        same workspace's plan at this moment. What was asked for may have been done all the same: \
        the billing page shows what Stripe has as soon as it answers, and asking for the same again \
        does it once.",
    causes: &[
        "Stripe is not reachable from this instance, or has an incident.",
        "Stripe limits how many calls this instance makes.",
        "Another change of the same workspace's plan is under way.",
    ],
    fix: "Wait for the seconds in Retry-After and ask for the same again. If it stays so, look at \
        status.stripe.com.",
    example: Example {
        request: CHECKOUT,
        response: r#"{
  "error": "stripe_unavailable",
  "message": "Stripe does not answer now; try again in a moment.",
  "requestId": "req_01xpel24g68xo7ymoya2hz3h"
}"#,
    },
};
