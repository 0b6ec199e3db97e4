-- How much of a source's requests a minute the processes have taken for themselves, all together, in slices.
-- No promise rests on it beyond its minute, so it is neither synced nor kept over a crash of the server.
CREATE UNLOGGED TABLE rate_leases (
    source_id UUID   NOT NULL,
    minute    BIGINT NOT NULL,
    granted   BIGINT NOT NULL,
    PRIMARY KEY (source_id, minute)
);
CREATE INDEX rate_leases_minute ON rate_leases (minute);
