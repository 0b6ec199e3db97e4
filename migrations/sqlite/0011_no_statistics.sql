-- Statistics of the tables, which were gathered when a server stopped: those of a table that was all but empty then tell
-- SQLite to read all of it instead of looking a key up, for as long as they stand, however large it has become. Without
-- any it prefers to look keys up. Nobody gathers them any more.
DROP TABLE IF EXISTS sqlite_stat1;
DROP TABLE IF EXISTS sqlite_stat4;
-- This connection has read them, and it is the one that writes: it reads its schema again.
PRAGMA writable_schema = RESET;
