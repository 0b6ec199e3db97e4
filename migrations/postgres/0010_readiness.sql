-- What /readyz writes to see that something can be written. lane: which process did; it only keeps them out of each
-- other's way.
CREATE TABLE readiness (
    lane       BIGINT NOT NULL PRIMARY KEY,
    checked_at BIGINT NOT NULL
);
