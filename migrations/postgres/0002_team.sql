-- Members with grants, invitations, seats.

-- kind: which of the five starter roles it is; these stay as they are. Null: the workspace's own.
ALTER TABLE roles ADD COLUMN kind TEXT CHECK (kind IN ('owner', 'admin', 'analyst', 'viewer', 'billing'));
UPDATE roles SET kind = LOWER(name) WHERE name IN ('Owner', 'Admin', 'Analyst', 'Viewer', 'Billing');

-- grants: a JSON array of permission keys beside those of the role.
ALTER TABLE members ADD COLUMN grants TEXT NOT NULL DEFAULT '[]';

-- seat_limit: what the plan or the instance's owner grants; null: the instance's default.
ALTER TABLE organizations ADD COLUMN seat_limit BIGINT;

-- The link holds the secret, the row its SHA-256. A pending one past expires_at holds no seat and opens nothing.
CREATE TABLE invitations (
    id              UUID   NOT NULL PRIMARY KEY,
    organization_id UUID   NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    email           TEXT COLLATE "C" NOT NULL,
    role_id         UUID   NOT NULL REFERENCES roles (id),
    secret_hash     BYTEA  NOT NULL,
    invited_by      UUID   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    state           TEXT   NOT NULL CHECK (state IN ('pending', 'accepted', 'revoked')),
    created_at      BIGINT NOT NULL,
    sent_at         BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL
);
CREATE UNIQUE INDEX invitations_secret_hash ON invitations (secret_hash);
CREATE UNIQUE INDEX invitations_pending ON invitations (organization_id, email) WHERE state = 'pending';
CREATE INDEX invitations_invited_by ON invitations (invited_by);
