-- What ingest promises beyond storing: dry runs, bodies that come compressed, and clocks that are wrong.

-- A third kind of attempt: the dry run.
ALTER TABLE attempts DROP CONSTRAINT attempts_kind_check;
ALTER TABLE attempts ADD CONSTRAINT attempts_kind_check CHECK (kind IN ('bootstrap', 'events', 'validate'));
-- What the verdict leaves out.
CREATE INDEX attempts_dry_runs ON attempts (source_id, id, code) WHERE kind = 'validate';

-- gzip_bytes: size of the body as it came, when it came as gzip; raw and body_bytes are of what it unpacked to.
-- clock_correction_ms: how far the client's clock was behind ours (negative: ahead); null: as good as right, or not known.
ALTER TABLE attempts ADD COLUMN gzip_bytes BIGINT;
ALTER TABLE attempts ADD COLUMN clock_correction_ms BIGINT;

-- client_at: when it happened by the client's clock, where at is corrected; null: at is what the client said.
ALTER TABLE events ADD COLUMN client_at BIGINT;
