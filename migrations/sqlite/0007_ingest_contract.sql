-- What ingest promises beyond storing: dry runs, bodies that come compressed, and clocks that are wrong.

-- A third kind of attempt: the dry run. SQLite cannot change a CHECK, so the column is made anew.
ALTER TABLE attempts ADD COLUMN any_kind TEXT NOT NULL DEFAULT 'events'
    CHECK (any_kind IN ('bootstrap', 'events', 'validate'));
UPDATE attempts SET any_kind = kind WHERE kind <> 'events';
ALTER TABLE attempts DROP COLUMN kind;
ALTER TABLE attempts RENAME COLUMN any_kind TO kind;
-- What the verdict leaves out.
CREATE INDEX attempts_dry_runs ON attempts (source_id, id, code) WHERE kind = 'validate';

-- gzip_bytes: size of the body as it came, when it came as gzip; raw and body_bytes are of what it unpacked to.
-- clock_correction_ms: how far the client's clock was behind ours (negative: ahead); null: as good as right, or not known.
ALTER TABLE attempts ADD COLUMN gzip_bytes BIGINT;
ALTER TABLE attempts ADD COLUMN clock_correction_ms BIGINT;

-- client_at: when it happened by the client's clock, where at is corrected; null: at is what the client said.
ALTER TABLE events ADD COLUMN client_at BIGINT;
