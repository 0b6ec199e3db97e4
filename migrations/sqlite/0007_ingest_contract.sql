-- What ingest promises beyond storing: dry runs, bodies that come compressed, and clocks that are wrong.

-- A third kind of attempt: the dry run. The text of the CHECK is all that changes, so it is changed where it stands, as
-- https://www.sqlite.org/lang_altertable.html#otheralter describes: a new table would mean to copy every body ever kept,
-- and a new column would stand behind the bodies, where lists would have to read past them.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
    SET sql = replace(sql, '(''bootstrap'', ''events'')', '(''bootstrap'', ''events'', ''validate'')')
    WHERE type = 'table' AND name = 'attempts';
PRAGMA writable_schema = RESET;
-- A table that was written anew by some other tool has another text: this fails, and nothing is changed.
CREATE TEMP TABLE took (ok INTEGER NOT NULL CHECK (ok = 1));
INSERT INTO took SELECT COUNT(*) FROM sqlite_schema
    WHERE type = 'table' AND name = 'attempts' AND instr(sql, '(''bootstrap'', ''events'', ''validate'')') > 0;
DROP TABLE took;

-- What the verdict leaves out.
CREATE INDEX attempts_dry_runs ON attempts (source_id, id, code) WHERE kind = 'validate';

-- gzip_bytes: size of the body as it came, when it came as gzip; raw and body_bytes are of what it unpacked to.
-- clock_correction_ms: how far the client's clock was behind ours (negative: ahead); null: as good as right, or not known.
ALTER TABLE attempts ADD COLUMN gzip_bytes BIGINT;
ALTER TABLE attempts ADD COLUMN clock_correction_ms BIGINT;

-- client_at: when it happened by the client's clock, where at is corrected; null: at is what the client said.
ALTER TABLE events ADD COLUMN client_at BIGINT;
