-- A flood is counted where it is not kept, and processes do not wait for each other to count.

-- Requests of which no attempt is kept, since there were too many of the kind within the minute. code: that of the
-- refusal; empty for what was accepted. lane: which process counted; it only keeps them out of each other's way.
CREATE TABLE attempt_counts (
    source_id UUID   NOT NULL,
    minute    BIGINT NOT NULL,
    code      TEXT COLLATE "C" NOT NULL,
    lane      BIGINT NOT NULL,
    requests  BIGINT NOT NULL,
    PRIMARY KEY (source_id, minute, code, lane)
);

-- lane: as above.
ALTER TABLE traffic ADD COLUMN lane BIGINT NOT NULL DEFAULT 0;
ALTER TABLE traffic DROP CONSTRAINT traffic_pkey;
ALTER TABLE traffic ADD PRIMARY KEY (source_id, minute, lane);

-- When something was last stored is told by the counts; each attempt paid for this index.
DROP INDEX attempts_accepted;
