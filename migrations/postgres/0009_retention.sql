-- What is old goes: attempts a day at a time, events by when they came.

-- Attempts lie in one partition for each day (UTC), by id, since ids begin with their time; a day that has had its time is
-- dropped. There is no gap between the partitions and no end to them: the first takes whatever is earlier, the last
-- whatever is later, so no clock can be so wrong that a row finds no place. The server makes the days.
ALTER TABLE attempts RENAME TO attempts_before;
ALTER TABLE attempts_before RENAME CONSTRAINT attempts_pkey TO attempts_before_pkey;
ALTER INDEX attempts_refused RENAME TO attempts_before_refused;
ALTER INDEX attempts_dry_runs RENAME TO attempts_before_dry_runs;

CREATE TABLE attempts (LIKE attempts_before INCLUDING DEFAULTS INCLUDING CONSTRAINTS, PRIMARY KEY (source_id, id))
    PARTITION BY RANGE (id);
CREATE INDEX attempts_refused ON attempts (source_id, id, code, origin) WHERE status >= 400;
CREATE INDEX attempts_dry_runs ON attempts (source_id, id, code) WHERE kind = 'validate';

-- What is there becomes the first partition as it stands, up to the end of its newest attempt's day. It is read once, for
-- PostgreSQL to see that this is so, and not copied; its indexes become parts of those above.
DO $$
DECLARE
    newest   UUID;
    next_day BIGINT;
    boundary UUID;
BEGIN
    WITH RECURSIVE listed (source_id) AS (
        (SELECT source_id FROM attempts_before ORDER BY source_id LIMIT 1)
        UNION ALL
        SELECT (SELECT source_id FROM attempts_before WHERE source_id > listed.source_id ORDER BY source_id LIMIT 1)
            FROM listed WHERE source_id IS NOT NULL
    )
    SELECT latest.id INTO newest
        FROM listed, LATERAL (SELECT id FROM attempts_before
            WHERE attempts_before.source_id = listed.source_id ORDER BY id DESC LIMIT 1) AS latest
        ORDER BY latest.id DESC LIMIT 1;
    IF newest IS NULL THEN
        DROP TABLE attempts_before;
        CREATE TABLE attempts_last PARTITION OF attempts FOR VALUES FROM (MINVALUE) TO (MAXVALUE);
    ELSE
        -- The first 48 bits of an id are Unix milliseconds.
        next_day := ('x' || left(replace(newest::TEXT, '-', ''), 12))::BIT(48)::BIGINT / 86400000 + 1;
        boundary := rpad(lpad(to_hex(next_day * 86400000), 12, '0'), 32, '0')::UUID;
        EXECUTE format('ALTER TABLE attempts ATTACH PARTITION attempts_before FOR VALUES FROM (MINVALUE) TO (%L)', boundary);
        EXECUTE format('CREATE TABLE attempts_last PARTITION OF attempts FOR VALUES FROM (%L) TO (MAXVALUE)', boundary);
    END IF;
END
$$;

-- The oldest events. SQLite needs no index for them: there events lie in the order in which they came.
CREATE INDEX events_received_at ON events (received_at);
