-- Accounts that a team can rely on: links by mail, named tokens, logins one can tell apart; workspaces that change
-- hands or go; and from where a change was made.

-- verified_at: when whoever holds the address has shown that they read its mail; null: not yet.
ALTER TABLE users ADD COLUMN verified_at BIGINT;

-- address: the network that the login was made from, without the part that names a person.
ALTER TABLE logins ADD COLUMN address TEXT;

-- Links that were sent by mail; the row holds the SHA-256 of the secret, and goes when the link is used. They belong to
-- an address and not to an account: for one that nobody has, the same is stored, so that no answer's time tells.
-- user_id, name, password_hash: of the account that a sign-up makes once it is confirmed.
CREATE TABLE account_links (
    secret_hash   BLOB   NOT NULL PRIMARY KEY,
    email         TEXT   NOT NULL,
    purpose       TEXT   NOT NULL CHECK (purpose IN ('confirm', 'verify', 'reset')),
    user_id       BLOB  ,
    name          TEXT,
    password_hash TEXT,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
);
CREATE INDEX account_links_email ON account_links (email);

-- A token with a name was made for a tool: permissions is a JSON array of keys (null: all that its person has),
-- organization_id the one workspace that it opens (null: all of theirs), expires_at null: until it is revoked.
CREATE TABLE tokens (
    id              BLOB   NOT NULL PRIMARY KEY,
    user_id         BLOB   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    secret_hash     BLOB   NOT NULL,
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT,
    name            TEXT,
    permissions     TEXT,
    organization_id BLOB REFERENCES organizations (id) ON DELETE CASCADE,
    last_used_at    BIGINT
);
INSERT INTO tokens (id, user_id, secret_hash, created_at, expires_at)
    SELECT id, user_id, secret_hash, created_at, expires_at FROM access_tokens;
DROP TABLE access_tokens;
ALTER TABLE tokens RENAME TO access_tokens;
CREATE UNIQUE INDEX access_tokens_secret_hash ON access_tokens (secret_hash);
CREATE INDEX access_tokens_user_id ON access_tokens (user_id);
CREATE INDEX access_tokens_organization_id ON access_tokens (organization_id);

-- deleted_at: closed by its owner; seven days later its rows go.
ALTER TABLE organizations ADD COLUMN deleted_at BIGINT;

-- An owner offers a workspace to a member, who has not answered yet.
CREATE TABLE ownership_offers (
    organization_id BLOB   NOT NULL PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
    from_user_id    BLOB   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    to_user_id      BLOB   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL
);
CREATE INDEX ownership_offers_from_user_id ON ownership_offers (from_user_id);
CREATE INDEX ownership_offers_to_user_id ON ownership_offers (to_user_id);

-- address: where the change was made from, as in logins.
ALTER TABLE audit_log ADD COLUMN address TEXT;
