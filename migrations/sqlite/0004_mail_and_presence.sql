-- What bounds the mail to one address, how an invitation went out, and when a member was last here.

-- address: the network that the link was asked for from, as in logins. is_sent: whether it was to be sent; one that was
-- one too many does not count against the next.
ALTER TABLE account_links ADD COLUMN address TEXT;
ALTER TABLE account_links ADD COLUMN is_sent BOOLEAN NOT NULL DEFAULT TRUE;

-- is_mailed: whether its link went out by mail alone, so that whoever follows it reads the mail of the address.
ALTER TABLE invitations ADD COLUMN is_mailed BOOLEAN NOT NULL DEFAULT FALSE;

-- last_seen_at: when the member last used this workspace, to the minute; null: not yet.
ALTER TABLE members ADD COLUMN last_seen_at BIGINT;

-- One row for each mail that a workspace had sent to an address, kept for a day.
CREATE TABLE sendings (
    email TEXT NOT NULL,
    id    BLOB NOT NULL,
    at    BIGINT NOT NULL,
    PRIMARY KEY (email, id)
);
