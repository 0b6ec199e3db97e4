-- What is old goes, row by row: PostgreSQL alone has partitions to drop. Events lie here in the order in which they came,
-- attempts in that of their ids within each source, so the oldest are found without a further index.
SELECT 1;
