//! The partitions of attempts in PostgreSQL: one for each day (UTC), without a gap and without an end.
//!
//! The first takes whatever is earlier than the days and the last whatever is later, so every id has a place, however
//! wrong a clock is. Changing partitions locks the whole table, so it is done in one short transaction that gives up
//! rather than let ingest wait, and only catalogues are written in it.

use std::time::Duration;

use db::{Db, Engine, Error, Result, lowest_id};
use model::{Retention, UnixMs};
use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction};
use tokio::time::sleep;
use uuid::Uuid;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// Days that are made ahead. So long a server may fail to make any, before attempts lie in the last partition.
const AHEAD: i64 = 14;
/// Most days that are dropped at once: each takes a lock for itself and every index.
const DROPPED_AT_ONCE: usize = 16;
/// How often a change is tried again that meets somebody who holds what it needs, and the time between.
const TRIES: u32 = 5;
const BETWEEN_TRIES: Duration = Duration::from_secs(1);

const PARTITIONS: &str = "SELECT c.relname::TEXT, pg_get_expr(c.relpartbound, c.oid)
    FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'attempts'::REGCLASS";

/// Whoever reads what is to be changed is waited for; nobody writes there.
const WAIT_FOR_READERS: &str = "SET LOCAL lock_timeout = '2s'";
/// Ingest waits while this does: for what is under way to end, and for each statement of the change.
const HURRY: &str = "SET LOCAL lock_timeout = '300ms'; SET LOCAL statement_timeout = '2s'";
const LOCK_ALL: &str = "LOCK TABLE ONLY attempts IN ACCESS EXCLUSIVE MODE";

#[derive(Debug, Clone, PartialEq, Eq)]
struct Partition {
    name: String,
    /// The first id in it; none: there is no first.
    from: Option<Uuid>,
    /// The first id behind it; none: there is none.
    to: Option<Uuid>,
}

/// What is to be done in one transaction.
#[derive(Debug, PartialEq, Eq)]
struct Change {
    /// The partitions that go.
    gone: Vec<String>,
    statements: Vec<String>,
}

/// Makes the days to come. Several processes may do it at the same time. SQLite has no partitions.
pub async fn make(db: &Db) -> Result<()> {
    let Engine::Postgres(pools) = db.pools() else { return Ok(()) };
    let now = db.now();
    until_nothing_is_left(&pools.pool, |partitions| to_make(partitions, now)).await
}

/// Drops the days that have had their time. Several processes may do it at the same time.
pub async fn drop_old(db: &Db, retention: Retention) -> Result<()> {
    let Engine::Postgres(pools) = db.pools() else { return Ok(()) };
    let before = retention.attempts_before(db.now());
    until_nothing_is_left(&pools.pool, |partitions| to_drop(partitions, before)).await
}

async fn until_nothing_is_left(
    pool: &PgPool,
    next: impl Fn(&[Partition]) -> Option<Change>,
) -> Result<()> {
    let mut failed = 0;
    loop {
        match step(pool, &next).await {
            Ok(true) => failed = 0,
            Ok(false) => return Ok(()),
            Err(error) if is_in_the_way(&error) && failed < TRIES => {
                failed += 1;
                sleep(BETWEEN_TRIES).await;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Tells whether there was anything to do.
async fn step(pool: &PgPool, next: impl Fn(&[Partition]) -> Option<Change>) -> Result<bool> {
    let partitions = list(&mut pool.begin().await?).await?;
    let Some(change) = next(&partitions) else { return Ok(false) };
    apply(pool, &partitions, &change).await?;
    Ok(true)
}

/// Whether somebody held what was needed, or has just changed the same: 55P03 (lock not available), 40P01 (deadlock),
/// 42P01 (undefined table).
fn is_in_the_way(error: &Error) -> bool {
    if matches!(error, Error::Overtaken) {
        return true;
    }
    let Error::Sqlx(sqlx::Error::Database(error)) = error else { return false };
    error.code().is_some_and(|code| ["55P03", "40P01", "42P01"].contains(&code.as_ref()))
}

async fn list(tx: &mut Transaction<'_, Postgres>) -> Result<Vec<Partition>> {
    let rows: Vec<(String, Option<String>)> =
        sqlx::query_as(PARTITIONS).fetch_all(&mut **tx).await?;
    let mut partitions = Vec::with_capacity(rows.len());
    for (name, bounds) in rows {
        // It has been dropped since the list was begun.
        let bounds = bounds.ok_or(Error::Overtaken)?;
        let (from, to) = read_bounds(&bounds)
            .ok_or_else(|| Error::Stored(format!("partition {name} {bounds}")))?;
        partitions.push(Partition { name, from, to });
    }
    partitions.sort_by_key(|partition| partition.from);
    Ok(partitions)
}

/// Reads `FOR VALUES FROM ('…') TO ('…')`, or MINVALUE and MAXVALUE in their places.
fn read_bounds(text: &str) -> Option<(Option<Uuid>, Option<Uuid>)> {
    let (from, to) = text.strip_prefix("FOR VALUES FROM (")?.split_once(") TO (")?;
    let id = |text: &str| text.trim_matches('\'').parse::<Uuid>().ok();
    let from = if from == "MINVALUE" { None } else { Some(id(from)?) };
    let to = to.strip_suffix(')')?;
    let to = if to == "MAXVALUE" { None } else { Some(id(to)?) };
    Some((from, to))
}

/// Does `change`, or nothing when somebody has changed the partitions meanwhile.
async fn apply(pool: &PgPool, seen: &[Partition], change: &Change) -> Result<()> {
    let mut tx = pool.begin().await?;
    sqlx::raw_sql(WAIT_FOR_READERS).execute(&mut *tx).await?;
    for gone in &change.gone {
        run(&mut tx, format!("LOCK TABLE {gone} IN ACCESS EXCLUSIVE MODE")).await?;
    }
    sqlx::raw_sql(HURRY).execute(&mut *tx).await?;
    sqlx::raw_sql(LOCK_ALL).execute(&mut *tx).await?;
    if list(&mut tx).await? != seen {
        return Ok(());
    }
    for statement in &change.statements {
        run(&mut tx, statement.clone()).await?;
    }
    Ok(tx.commit().await?)
}

/// Names and ids cannot be bound in such statements; they are ours.
async fn run(tx: &mut Transaction<'_, Postgres>, statement: String) -> Result<()> {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut **tx).await?;
    Ok(())
}

/// Cuts the days up to a fortnight ahead off the last partition. What it took already moves to its day.
fn to_make(partitions: &[Partition], now: UnixMs) -> Option<Change> {
    let last = partitions.iter().find(|partition| partition.to.is_none())?;
    let today = day_of(now);
    let end = today.plus_ms((1 + AHEAD) * DAY_MS);
    if last.from.is_some_and(|from| from >= lowest_id(end)) {
        return None;
    }
    let mut statements = vec![format!("ALTER TABLE attempts DETACH PARTITION {}", last.name)];
    if last.from.is_none() {
        statements.push(first_until(lowest_id(today)));
    }
    let mut from = last.from.unwrap_or_else(|| lowest_id(today));
    let mut to = today.plus_ms(DAY_MS);
    while to <= end {
        // After a pause the first of them covers it whole.
        if lowest_id(to) > from {
            statements.push(format!(
                "CREATE TABLE attempts_{} PARTITION OF attempts FOR VALUES FROM ('{from}') TO ('{}')",
                date(from),
                lowest_id(to)
            ));
            from = lowest_id(to);
        }
        to = to.plus_ms(DAY_MS);
    }
    statements.push(format!(
        "CREATE TABLE attempts_from_{} PARTITION OF attempts FOR VALUES FROM ('{from}') TO (MAXVALUE)",
        date(from)
    ));
    statements.push(format!("INSERT INTO attempts SELECT * FROM {}", last.name));
    statements.push(format!("DROP TABLE {}", last.name));
    Some(Change { gone: vec![last.name.clone()], statements })
}

/// Drops the days whose attempts are all from before `before`, and whatever was earlier than they were.
fn to_drop(partitions: &[Partition], before: UnixMs) -> Option<Change> {
    let is_over = |partition: &&Partition| partition.to.is_some_and(|to| to <= lowest_id(before));
    let over: Vec<_> = partitions.iter().filter(is_over).take(DROPPED_AT_ONCE).collect();
    // The first alone is there to stay.
    let newest = over.iter().rfind(|partition| partition.from.is_some())?;
    let gone: Vec<_> = over.iter().map(|partition| partition.name.clone()).collect();
    let statements =
        vec![format!("DROP TABLE {}", gone.join(", ")), first_until(newest.to.unwrap_or_default())];
    Some(Change { gone, statements })
}

fn first_until(to: Uuid) -> String {
    format!(
        "CREATE TABLE attempts_until_{} PARTITION OF attempts FOR VALUES FROM (MINVALUE) TO ('{to}')",
        date(to)
    )
}

fn day_of(at: UnixMs) -> UnixMs {
    at.plus_ms(-at.0.rem_euclid(DAY_MS))
}

/// The day of an id, as it stands in names: 20260410.
fn date(id: Uuid) -> String {
    let millis = i64::try_from(id.as_u128() >> 80).unwrap_or_default();
    UnixMs(millis).to_string().chars().filter(char::is_ascii_digit).take(8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-04-10.
    const TODAY: i64 = 20_553;

    fn day(number: i64) -> UnixMs {
        UnixMs(number * DAY_MS)
    }

    fn partition(name: &str, from: Option<i64>, to: Option<i64>) -> Partition {
        let id = |number| lowest_id(day(number));
        Partition { name: name.to_owned(), from: from.map(id), to: to.map(id) }
    }

    #[test]
    fn bounds_are_read_as_they_are_written() {
        let id = lowest_id(day(TODAY));
        let text = |from: &str, to: &str| format!("FOR VALUES FROM ({from}) TO ({to})");
        let quoted = &format!("'{id}'");
        assert_eq!(read_bounds(&text("MINVALUE", quoted)), Some((None, Some(id))));
        assert_eq!(read_bounds(&text(quoted, "MAXVALUE")), Some((Some(id), None)));
        assert_eq!(read_bounds("DEFAULT"), None);
    }

    #[test]
    fn a_table_of_one_partition_gets_a_first_the_days_and_a_last() {
        let now = day(TODAY).plus_ms(5);
        let change = to_make(&[partition("attempts_last", None, None)], now).unwrap();
        let made = |name: &str| change.statements.iter().filter(|text| text.contains(name)).count();
        assert_eq!(change.statements.len(), 1 + 1 + 15 + 1 + 2);
        assert_eq!([made("TABLE attempts_20260410 "), made("TABLE attempts_20260424 ")], [1, 1]);
        assert_eq!([made("attempts_until_20260410"), made("attempts_from_20260425")], [1, 1]);
        assert_eq!(change.gone, ["attempts_last"]);
    }

    #[test]
    fn nothing_is_made_while_a_fortnight_is_there_and_one_day_each_day() {
        let last = [partition("attempts_from_x", Some(TODAY + 15), None)];
        assert_eq!(to_make(&last, day(TODAY)), None);
        let change = to_make(&last, day(TODAY + 1)).unwrap();
        assert_eq!(change.statements.len(), 1 + 1 + 1 + 2);
    }

    #[test]
    fn a_pause_is_one_partition_together_with_the_day_after_it() {
        let last = [partition("attempts_last", Some(TODAY - 100), None)];
        let change = to_make(&last, day(TODAY)).unwrap();
        assert_eq!(change.statements.len(), 1 + 15 + 1 + 2);
        let covers = format!("('{}') TO ('{}')", last[0].from.unwrap(), lowest_id(day(TODAY + 1)));
        assert!(change.statements[1].contains(&covers), "{}", change.statements[1]);
    }

    #[test]
    fn a_day_goes_when_all_of_it_is_old_and_the_first_grows_over_it() {
        let partitions = [
            partition("first", None, Some(TODAY)),
            partition("a", Some(TODAY), Some(TODAY + 1)),
            partition("b", Some(TODAY + 1), Some(TODAY + 2)),
            partition("last", Some(TODAY + 2), None),
        ];
        assert_eq!(to_drop(&partitions, day(TODAY)), None);
        assert_eq!(to_drop(&partitions, day(TODAY + 1).plus_ms(-1)), None);
        let change = to_drop(&partitions, day(TODAY + 1)).unwrap();
        assert_eq!(change.gone, ["first", "a"]);
        assert_eq!(change.statements[0], "DROP TABLE first, a");
        assert_eq!(change.statements[1], first_until(lowest_id(day(TODAY + 1))));
        assert_eq!(to_drop(&partitions, day(TODAY + 9)).unwrap().gone, ["first", "a", "b"]);
    }
}
