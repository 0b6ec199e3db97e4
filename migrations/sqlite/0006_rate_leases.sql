-- How much of a source's requests a minute the processes have taken for themselves, all together, in slices.
-- One process serves a SQLite file, so here it counts by itself and the table stays empty.
CREATE TABLE rate_leases (
    source_id BLOB   NOT NULL,
    minute    BIGINT NOT NULL,
    granted   BIGINT NOT NULL,
    PRIMARY KEY (source_id, minute)
) WITHOUT ROWID;
CREATE INDEX rate_leases_minute ON rate_leases (minute);
