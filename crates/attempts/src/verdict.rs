//! The verdict of a source: the first of four labels that holds.

use std::collections::HashMap;

use db::{Db, Result, lowest_id, on_db};
use model::{
    Code, UnixMs,
    ids::{AttemptId, OrganizationId, SourceId},
    wire::{
        attempts::{AttemptRow, Kind, Verdict, VerdictCode},
        sources::Source,
    },
};
use uuid::Uuid;

use crate::{Filter, MINUTE_MS, counted::counted, explain, find, list, traffic::totals};

/// "Latest" is the last 20 attempts or the last 15 minutes, whichever is more.
const LATEST_ATTEMPTS: usize = 20;
const LATEST_MS: i64 = 15 * 60_000;

/// What is said about the latest attempts.
struct Latest {
    attempts: i64,
    refused: i64,
    commonest: Option<String>,
}

/// Judges a source over the attempts since it or its settings last changed. Dry runs say nothing about it: whoever checks
/// a request before it is sent for real has neither installed anything nor broken it.
pub async fn verdict(db: &Db, source: &Source) -> Result<Verdict> {
    let (organization, changed_at) = (source.organization_id, source.updated_at);
    let since = lowest_id(changed_at);
    let filter = Filter { from: Some(changed_at), without_dry_runs: true, ..Filter::newest(20) };
    let newest = list(db, organization, source.id, &filter).await?;
    if newest.is_empty() {
        let dry_runs =
            Filter { kind: Some(Kind::Validate), from: Some(changed_at), ..Filter::newest(1) };
        let is_tried = !list(db, organization, source.id, &dry_runs).await?.is_empty();
        if !source.is_active {
            return Ok(switched_off());
        }
        return unkept(db, source, is_tried).await;
    }
    let latest = latest(db, source.id, since, &newest).await?;
    if latest.refused * 2 >= latest.attempts {
        return rejecting(db, organization, &latest, &newest).await;
    }
    let is_stored_since = match last_accepted(db, source.id).await? {
        Some(Accepted::At(at)) => at >= changed_at,
        Some(Accepted::InMinute(minute)) => minute >= first_minute(source),
        None => false,
    };
    if is_stored_since {
        Ok(verified())
    } else {
        Ok(connected(newest.iter().any(|row| row.duplicates > 0)))
    }
}

/// Judges by the counts, where there is no attempt since the change: none is kept of so many, or none any more.
async fn unkept(db: &Db, source: &Source, is_tried: bool) -> Result<Verdict> {
    let since = first_minute(source);
    let last = last_minute(db, source.id).await?.filter(|minute| *minute >= since && !is_tried);
    let Some(last) = last else { return Ok(waiting(is_tried)) };
    let from = minute_of(db.now().plus_ms(-LATEST_MS)).max(since);
    if last < from {
        return Ok(waiting_again(last));
    }
    let totals = totals(db, source.id, from).await?;
    if totals.refused * 2 >= totals.requests {
        let by_code = counted(db, Some(source.id), (from, db.now().plus_ms(1))).await?;
        let latest = Latest {
            attempts: totals.requests,
            refused: totals.refused,
            commonest: by_code.into_iter().find_map(|row| row.code),
        };
        rejecting(db, source.organization_id, &latest, &[]).await
    } else if totals.accepted > 0 {
        Ok(verified())
    } else {
        Ok(connected(totals.duplicates > 0))
    }
}

/// The first minute of which all that was counted came since `source` was made or last changed.
fn first_minute(source: &Source) -> UnixMs {
    let minute = minute_of(source.updated_at);
    if source.updated_at == source.created_at { minute } else { minute.plus_ms(MINUTE_MS) }
}

const fn minute_of(at: UnixMs) -> UnixMs {
    UnixMs(at.0 - at.0.rem_euclid(MINUTE_MS))
}

// Counts by minute are kept as long as events.
const LAST_MINUTE: &str = "SELECT minute FROM traffic
    WHERE source_id = $1 ORDER BY minute DESC LIMIT 1";
// An index of the attempts that stored something would cost every one of them. The counts tell the minute, and only
// that is looked through.
const LAST_ACCEPTED_MINUTE: &str = "SELECT minute FROM traffic
    WHERE source_id = $1 AND accepted > 0 ORDER BY minute DESC LIMIT 1";
const LAST_ACCEPTED_OF_MINUTE: &str = "SELECT at FROM attempts
    WHERE source_id = $1 AND id >= $2 AND id < $3 AND accepted > 0 ORDER BY id DESC LIMIT 1";

/// When an event of `source` was last stored; to the minute, when the attempt that stored it is not kept, or not any more.
pub async fn last_accepted_at(db: &Db, source: SourceId) -> Result<Option<UnixMs>> {
    let accepted = last_accepted(db, source).await?;
    Ok(accepted.map(|(Accepted::At(at) | Accepted::InMinute(at))| at))
}

/// When an event was last stored, as far as that is known.
enum Accepted {
    At(UnixMs),
    /// The minute that begins then.
    InMinute(UnixMs),
}

async fn last_accepted(db: &Db, source: SourceId) -> Result<Option<Accepted>> {
    let Some(minute) = minute(db, source, LAST_ACCEPTED_MINUTE).await? else { return Ok(None) };
    let kept = on_db!(db.read(), c => sqlx::query_as::<_, (i64,)>(LAST_ACCEPTED_OF_MINUTE)
        .bind(source.uuid())
        .bind(lowest_id(minute))
        .bind(lowest_id(minute.plus_ms(MINUTE_MS)))
        .fetch_optional(c)
        .await)?;
    Ok(Some(kept.map_or(Accepted::InMinute(minute), |(at,)| Accepted::At(UnixMs(at)))))
}

async fn last_minute(db: &Db, source: SourceId) -> Result<Option<UnixMs>> {
    minute(db, source, LAST_MINUTE).await
}

async fn minute(db: &Db, source: SourceId, statement: &'static str) -> Result<Option<UnixMs>> {
    let row = on_db!(db.read(), c => sqlx::query_as::<_, (i64,)>(statement)
        .bind(source.uuid())
        .fetch_optional(c)
        .await)?;
    Ok(row.map(|(minute,)| UnixMs(minute)))
}

// However many attempts there are in the window, this reads nothing but an index.
const ATTEMPTS: &str = "SELECT COUNT(*) FROM attempts WHERE source_id = $1 AND id >= $2";
// And this nothing but refused ones: bounded at both ends, the id is worth more to SQLite in the index of the refused
// than in that of all.
const REFUSALS: &str = "SELECT code, COUNT(*) FROM attempts
    WHERE source_id = $1 AND id >= $2 AND id <= $3 AND status >= 400 GROUP BY code";
// They are few, and told apart by an index of their own, so that the other two need nothing but theirs.
const DRY_RUNS: &str = "SELECT code, COUNT(*) FROM attempts
    WHERE source_id = $1 AND id >= $2 AND kind = 'validate' GROUP BY code";

/// How many there are of each code.
type ByCode = (Option<String>, i64);

async fn latest(db: &Db, source: SourceId, since: Uuid, newest: &[AttemptRow]) -> Result<Latest> {
    let window = lowest_id(db.now().plus_ms(-LATEST_MS)).max(since);
    let is_window_the_smaller =
        newest.len() < LATEST_ATTEMPTS || newest.last().is_some_and(|row| row.id.uuid() < window);
    if is_window_the_smaller {
        return Ok(of_rows(newest));
    }
    let (attempts,) = on_db!(db.read(), c => sqlx::query_as::<_, (i64,)>(ATTEMPTS)
        .bind(source.uuid()).bind(window).fetch_one(c).await)?;
    let refusals = on_db!(db.read(), c => sqlx::query_as::<_, ByCode>(REFUSALS)
        .bind(source.uuid()).bind(window).bind(Uuid::max()).fetch_all(c).await)?;
    let dry_runs = on_db!(db.read(), c => sqlx::query_as::<_, ByCode>(DRY_RUNS)
        .bind(source.uuid()).bind(window).fetch_all(c).await)?;
    let dry_runs: HashMap<Option<String>, i64> = dry_runs.into_iter().collect();
    let real = |(code, count): ByCode| (count - dry_runs.get(&code).unwrap_or(&0), code);
    let refusals: Vec<_> = refusals.into_iter().map(real).collect();
    Ok(Latest {
        attempts: attempts - dry_runs.values().sum::<i64>(),
        refused: refusals.iter().map(|(count, _)| count).sum(),
        commonest: refusals.into_iter().max_by_key(|(count, _)| *count).and_then(|(_, code)| code),
    })
}

fn of_rows(rows: &[AttemptRow]) -> Latest {
    let mut by_code: HashMap<&str, i64> = HashMap::new();
    for code in rows.iter().filter_map(|row| row.code.as_deref()) {
        *by_code.entry(code).or_default() += 1;
    }
    Latest {
        attempts: i64::try_from(rows.len()).unwrap_or(i64::MAX),
        refused: by_code.values().sum(),
        // The newest of the commonest, so that the verdict names what goes wrong now.
        commonest: rows
            .iter()
            .filter_map(|row| row.code.as_deref())
            .rev()
            .max_by_key(|code| by_code.get(code))
            .map(str::to_owned),
    }
}

async fn rejecting(
    db: &Db,
    organization: OrganizationId,
    latest: &Latest,
    newest: &[AttemptRow],
) -> Result<Verdict> {
    let refused_with = |row: &&AttemptRow| row.code.is_some() && row.code == latest.commonest;
    let example: Option<AttemptId> = newest.iter().find(refused_with).map(|row| row.id);
    let stored = match example {
        Some(id) => find(db, organization, id).await?,
        None => None,
    };
    let code = latest.commonest.as_deref().and_then(Code::from_text).unwrap_or(Code::InternalError);
    let (cause, fix, allow_origin) = match stored.as_ref().map(explain) {
        Some(told) => (told.cause, told.fix, told.allow_origin),
        None => (code.entry().means.to_owned(), code.entry().fix.to_owned(), None),
    };
    let counted = match (latest.refused, latest.attempts) {
        (1, 1) => "The only request since the last change was refused.".to_owned(),
        (refused, attempts) if refused == attempts => {
            format!("All of the last {attempts} requests were refused.")
        }
        (refused, attempts) => format!("{refused} of the last {attempts} requests were refused."),
    };
    Ok(Verdict {
        code: VerdictCode::Rejecting,
        label: VerdictCode::Rejecting.label().to_owned(),
        reason: format!("{counted} {cause}"),
        fix,
        error: latest.commonest.clone(),
        allow_origin,
    })
}

fn waiting(is_tried: bool) -> Verdict {
    said(
        VerdictCode::Waiting,
        if is_tried {
            "Nothing but dry runs has arrived since this source was made or last changed, and they store nothing."
        } else {
            "No request has arrived since this source was made or last changed."
        },
        "Put the snippet into a page and open it, or reload a page that has it.",
    )
}

fn waiting_again(at: UnixMs) -> Verdict {
    said(
        VerdictCode::Waiting,
        &format!("The last request arrived at {at}, and no attempt of it is kept any more."),
        "Open a page that has the snippet. If nothing arrives, look whether it is still there.",
    )
}

fn switched_off() -> Verdict {
    said(
        VerdictCode::Waiting,
        "This source is switched off: whatever arrives is refused.",
        "Activate it in Setup.",
    )
}

fn verified() -> Verdict {
    said(VerdictCode::Verified, "Events arrive and are stored.", "Nothing to do.")
}

fn connected(has_duplicates: bool) -> Verdict {
    if has_duplicates {
        said(
            VerdictCode::Connected,
            "Requests arrive, but every event in them had been stored before.",
            "Open a page anew; if it stays so, event ids are not unique.",
        )
    } else {
        said(
            VerdictCode::Connected,
            "The snippet runs and has a session, but no event has been stored yet.",
            "Open a page with automatic page views, or call track once.",
        )
    }
}

fn said(code: VerdictCode, reason: &str, fix: &str) -> Verdict {
    Verdict {
        code,
        label: code.label().to_owned(),
        reason: reason.to_owned(),
        fix: fix.to_owned(),
        error: None,
        allow_origin: None,
    }
}

#[cfg(test)]
mod tests {
    use db::Engine;
    use sqlx::AssertSqlSafe;
    use testkit::TestDb;

    use super::*;

    async fn plan(statement: &str) -> String {
        let database = TestDb::sqlite().await;
        let db = database.db();
        let Engine::Sqlite(c) = db.read() else { unreachable!("a SQLite file") };
        let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
        let (.., step): (i64, i64, i64, String) =
            sqlx::query_as(explain).fetch_one(c).await.unwrap();
        database.close().await;
        step
    }

    #[tokio::test]
    async fn in_sqlite_each_count_of_the_latest_reads_an_index_of_its_own() {
        assert!(plan(ATTEMPTS).await.contains("COVERING INDEX"));
        assert!(plan(REFUSALS).await.contains(" attempts_refused "));
        assert!(plan(DRY_RUNS).await.contains(" attempts_dry_runs "));
    }
}
