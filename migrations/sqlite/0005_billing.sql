-- Plans that workspaces have bought, as Stripe says, and what is needed to ask and to tell it.

-- What the plan grants; null: the workspace has none that grants anything. plan_until: when it ends by itself, as a
-- payment that is late is forgiven for a while only.
ALTER TABLE organizations ADD COLUMN plan_seats BIGINT;
ALTER TABLE organizations ADD COLUMN plan_until BIGINT;

-- One row for a workspace that ever came near to a plan. Whoever speaks to Stripe about it holds its lease; call_*:
-- the write that is under way or whose answer never came, with the idempotency key it was sent with; checkout_*: the
-- session in which somebody may be paying at this moment.
CREATE TABLE billing_accounts (
    organization_id     BLOB   NOT NULL PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
    customer_id         TEXT,
    lease               BLOB,
    leased_until        BIGINT NOT NULL,
    call_request        TEXT,
    call_key            TEXT,
    call_at             BIGINT,
    checkout_id         TEXT,
    checkout_request    TEXT,
    checkout_url        TEXT,
    checkout_expires_at BIGINT,
    synced_at           BIGINT
);
CREATE UNIQUE INDEX billing_accounts_customer_id ON billing_accounts (customer_id);

-- The key is the rule: a workspace has one subscription at most. others: further live ones that Stripe has for the
-- customer, made outside of Tiny.
CREATE TABLE subscriptions (
    organization_id BLOB    NOT NULL PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
    subscription_id TEXT    NOT NULL,
    item_id         TEXT    NOT NULL,
    status          TEXT    NOT NULL CHECK (status IN
        ('trialing', 'active', 'past_due', 'incomplete', 'incomplete_expired', 'unpaid', 'canceled', 'paused')),
    price_id        TEXT    NOT NULL,
    quantity        BIGINT  NOT NULL,
    currency        TEXT    NOT NULL,
    unit_amount     BIGINT,
    period_start    BIGINT,
    period_end      BIGINT,
    cancels_at      BIGINT,
    past_due_since  BIGINT,
    invoice_url     TEXT,
    is_update_pending BOOLEAN NOT NULL,
    others          BIGINT  NOT NULL,
    synced_at       BIGINT  NOT NULL
);
CREATE UNIQUE INDEX subscriptions_subscription_id ON subscriptions (subscription_id);

-- What Stripe told, each event once. The payload is kept as it came; nothing is believed but which customer it is about.
-- dead: given up, for the instance owner to look at; dismissed: looked at, and of no use.
CREATE TABLE stripe_events (
    id           TEXT   NOT NULL PRIMARY KEY,
    type         TEXT   NOT NULL,
    customer_id  TEXT,
    payload      TEXT   NOT NULL,
    received_at  BIGINT NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN ('waiting', 'done', 'unused', 'dead', 'dismissed')),
    tries        BIGINT NOT NULL,
    next_try_at  BIGINT NOT NULL,
    lease        BLOB,
    leased_until BIGINT NOT NULL,
    fault        TEXT
);
CREATE INDEX stripe_events_state_next_try_at ON stripe_events (state, next_try_at);
CREATE INDEX stripe_events_lease ON stripe_events (lease);
CREATE INDEX stripe_events_received_at ON stripe_events (received_at, id);
CREATE INDEX stripe_events_state_received_at ON stripe_events (state, received_at, id);
CREATE INDEX stripe_events_customer_id ON stripe_events (customer_id);
