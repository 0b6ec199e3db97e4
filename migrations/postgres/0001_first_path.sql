-- People, workspaces, sources, and the record of everything that arrives.
-- Ids are UUIDv7, times Unix milliseconds, JSON is text, enums are text with CHECK.

CREATE TABLE users (
    id                UUID    NOT NULL PRIMARY KEY,
    email             TEXT COLLATE "C" NOT NULL,
    name              TEXT,
    password_hash     TEXT    NOT NULL,
    is_instance_owner BOOLEAN NOT NULL,
    created_at        BIGINT  NOT NULL
);
CREATE UNIQUE INDEX users_email ON users (email);

-- A person's sign-in in one browser; the cookie holds the secret, the row its SHA-256.
CREATE TABLE logins (
    id           UUID   NOT NULL PRIMARY KEY,
    user_id      UUID   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    secret_hash  BYTEA  NOT NULL,
    user_agent   TEXT,
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX logins_secret_hash ON logins (secret_hash);
CREATE INDEX logins_user_id ON logins (user_id);

CREATE TABLE access_tokens (
    id          UUID   NOT NULL PRIMARY KEY,
    user_id     UUID   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    secret_hash BYTEA  NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL
);
CREATE UNIQUE INDEX access_tokens_secret_hash ON access_tokens (secret_hash);
CREATE INDEX access_tokens_user_id ON access_tokens (user_id);

CREATE TABLE organizations (
    id         UUID   NOT NULL PRIMARY KEY,
    name       TEXT COLLATE "C" NOT NULL,
    slug       TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX organizations_slug ON organizations (slug);

-- permissions: a JSON array of permission keys.
CREATE TABLE roles (
    id              UUID   NOT NULL PRIMARY KEY,
    organization_id UUID   NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    name            TEXT COLLATE "C" NOT NULL,
    permissions     TEXT   NOT NULL,
    created_at      BIGINT NOT NULL
);
CREATE UNIQUE INDEX roles_organization_id_name ON roles (organization_id, name);

CREATE TABLE members (
    id              UUID   NOT NULL PRIMARY KEY,
    organization_id UUID   NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    user_id         UUID   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role_id         UUID   NOT NULL REFERENCES roles (id),
    created_at      BIGINT NOT NULL
);
CREATE UNIQUE INDEX members_organization_id_user_id ON members (organization_id, user_id);
CREATE INDEX members_user_id ON members (user_id);

-- Who changed what. before and after: JSON objects of the fields that changed.
CREATE TABLE audit_log (
    organization_id UUID   NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id              UUID   NOT NULL,
    at              BIGINT NOT NULL,
    actor_id        UUID   NOT NULL,
    action          TEXT   NOT NULL,
    subject         TEXT   NOT NULL,
    before          TEXT,
    after           TEXT,
    request_id      TEXT   NOT NULL,
    PRIMARY KEY (organization_id, id)
);

-- allowed_origins: a JSON array of origins as the URL standard serialises them.
CREATE TABLE sources (
    id                    UUID    NOT NULL PRIMARY KEY,
    organization_id       UUID    NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    name                  TEXT COLLATE "C" NOT NULL,
    slug                  TEXT COLLATE "C" NOT NULL,
    public_key            TEXT COLLATE "C" NOT NULL,
    allowed_origins       TEXT    NOT NULL,
    framework_hint        TEXT    CHECK (framework_hint IN ('browser', 'react', 'nextjs', 'server')),
    is_active             BOOLEAN NOT NULL,
    max_payload_bytes     BIGINT  NOT NULL,
    rate_limit_per_minute BIGINT  NOT NULL,
    require_origin        BOOLEAN NOT NULL,
    created_at            BIGINT  NOT NULL,
    updated_at            BIGINT  NOT NULL
);
CREATE UNIQUE INDEX sources_public_key ON sources (public_key);
CREATE UNIQUE INDEX sources_organization_id_slug ON sources (organization_id, slug);

-- Keys that were rotated away, so that a page which still uses one can be told so.
CREATE TABLE retired_keys (
    public_key TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    source_id  UUID   NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    retired_at BIGINT NOT NULL
);

-- The tables below grow with traffic. Their keys begin with the source, so that rows can be distributed by it.
-- They carry no foreign keys: the gate has checked the source, and a commit must stay cheap.

CREATE TABLE sessions (
    source_id    UUID   NOT NULL,
    id           UUID   NOT NULL,
    anonymous_id TEXT   NOT NULL,
    user_id      TEXT,
    started_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    PRIMARY KEY (source_id, id)
);

-- at is the client's time, received_at ours. page, properties, context: JSON objects (page may be null).
CREATE TABLE events (
    source_id    UUID   NOT NULL,
    id           TEXT COLLATE "C" NOT NULL,
    attempt_id   UUID   NOT NULL,
    session_id   UUID   NOT NULL,
    anonymous_id TEXT   NOT NULL,
    user_id      TEXT,
    type         TEXT   NOT NULL CHECK (type IN ('page', 'track', 'identify')),
    name         TEXT COLLATE "C" NOT NULL,
    at           BIGINT NOT NULL,
    received_at  BIGINT NOT NULL,
    page         TEXT,
    properties   TEXT   NOT NULL,
    context      TEXT   NOT NULL,
    PRIMARY KEY (source_id, id)
);

-- source_id is all zeros when the key was unknown. raw: the body, compressed with zstd when is_raw_zstd.
-- issues, events: JSON arrays. facts: a JSON object with what the checks saw, for the explanation.
CREATE TABLE attempts (
    source_id      UUID    NOT NULL,
    id             UUID    NOT NULL,
    at             BIGINT  NOT NULL,
    kind           TEXT    NOT NULL CHECK (kind IN ('bootstrap', 'events')),
    status         BIGINT  NOT NULL,
    code           TEXT,
    origin         TEXT,
    origin_verdict TEXT    NOT NULL CHECK (origin_verdict IN ('allowed', 'not_allowed', 'missing', 'not_checked')),
    remote_address TEXT,
    user_agent     TEXT,
    sdk_version    TEXT,
    ingest_version BIGINT,
    batch_id       TEXT,
    session_id     TEXT,
    anonymous_id   TEXT,
    body_bytes     BIGINT  NOT NULL,
    duration_us    BIGINT  NOT NULL,
    accepted       BIGINT  NOT NULL,
    duplicates     BIGINT  NOT NULL,
    rejected       BIGINT  NOT NULL,
    raw            BYTEA   NOT NULL,
    is_raw_zstd    BOOLEAN NOT NULL,
    is_raw_cut     BOOLEAN NOT NULL,
    issues         TEXT,
    events         TEXT,
    facts          TEXT,
    PRIMARY KEY (source_id, id)
);
-- What the verdict asks: how many refused and why, and when an event was last stored.
CREATE INDEX attempts_refused ON attempts (source_id, id, code, origin) WHERE status >= 400;
CREATE INDEX attempts_accepted ON attempts (source_id, id) WHERE accepted > 0;

-- What arrived, by minute: written with the attempts it counts, so that sums never need them.
-- minute: Unix milliseconds of its beginning. refused counts requests, the others events.
CREATE TABLE traffic (
    source_id  UUID   NOT NULL,
    minute     BIGINT NOT NULL,
    requests   BIGINT NOT NULL,
    refused    BIGINT NOT NULL,
    accepted   BIGINT NOT NULL,
    duplicates BIGINT NOT NULL,
    rejected   BIGINT NOT NULL,
    PRIMARY KEY (source_id, minute)
);
