-- A flood is counted where it is not kept, and processes do not wait for each other to count.

-- Requests of which no attempt is kept, since there were too many of the kind within the minute. code: that of the
-- refusal; empty for what was accepted. lane: which process counted; it only keeps them out of each other's way.
CREATE TABLE attempt_counts (
    source_id BLOB   NOT NULL,
    minute    BIGINT NOT NULL,
    code      TEXT   NOT NULL,
    lane      BIGINT NOT NULL,
    requests  BIGINT NOT NULL,
    PRIMARY KEY (source_id, minute, code, lane)
);

-- lane: as above.
CREATE TABLE traffic_by_lane (
    source_id  BLOB   NOT NULL,
    minute     BIGINT NOT NULL,
    requests   BIGINT NOT NULL,
    refused    BIGINT NOT NULL,
    accepted   BIGINT NOT NULL,
    duplicates BIGINT NOT NULL,
    rejected   BIGINT NOT NULL,
    lane       BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (source_id, minute, lane)
);
INSERT INTO traffic_by_lane (source_id, minute, requests, refused, accepted, duplicates, rejected)
    SELECT source_id, minute, requests, refused, accepted, duplicates, rejected FROM traffic;
DROP TABLE traffic;
ALTER TABLE traffic_by_lane RENAME TO traffic;

-- When something was last stored is told by the counts; each attempt paid for this index.
DROP INDEX attempts_accepted;
