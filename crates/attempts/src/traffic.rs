//! Counts by minute, written with the attempts they count.

use db::{Db, Result, Tx, bulk, filled, on_db};
use model::{
    UnixMs,
    ids::{OrganizationId, SourceId},
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::MINUTE_MS;

const HOUR_MS: i64 = 60 * MINUTE_MS;

/// Sums over some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, sqlx::FromRow)]
pub struct Totals {
    /// Requests, whatever became of them.
    pub requests: i64,
    /// Requests that were refused.
    pub refused: i64,
    /// Events stored.
    pub accepted: i64,
    /// Events stored before.
    pub duplicates: i64,
    /// Events at fault in requests that were not refused.
    pub rejected: i64,
}

impl Totals {
    /// Of one request that was refused.
    pub const REFUSAL: Self =
        Self { requests: 1, refused: 1, accepted: 0, duplicates: 0, rejected: 0 };

    /// Adds `other`.
    pub const fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.refused += other.refused;
        self.accepted += other.accepted;
        self.duplicates += other.duplicates;
        self.rejected += other.rejected;
    }
}

/// What to add to one source's minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traffic {
    /// Which source.
    pub source_id: SourceId,
    /// Any moment in the minute.
    pub at: UnixMs,
    /// How much.
    pub totals: Totals,
}

const ADD: &str =
    "INSERT INTO traffic (source_id, minute, lane, requests, refused, accepted, duplicates, rejected)
    SELECT * FROM (";
const ADD_TO_WHAT_IS_THERE: &str =
    ") AS new WHERE column1 IS NOT NULL ON CONFLICT (source_id, minute, lane) DO UPDATE SET
    requests = traffic.requests + excluded.requests,
    refused = traffic.refused + excluded.refused,
    accepted = traffic.accepted + excluded.accepted,
    duplicates = traffic.duplicates + excluded.duplicates,
    rejected = traffic.rejected + excluded.rejected";

/// Adds to the counts of the process `lane`. One row per source and minute at most.
pub async fn add(tx: &mut Tx, lane: i64, traffic: &[Traffic]) -> Result<()> {
    for chunk in bulk(traffic) {
        on_db!(tx.conn()?, c => {
            let mut add = QueryBuilder::new(ADD);
            add.push_values(filled(chunk), |mut row, new| {
                let totals = new.map(|new| new.totals);
                row.push_bind(new.map(|new| new.source_id.uuid()))
                    .push_bind(new.map(|new| new.at.0 - new.at.0.rem_euclid(MINUTE_MS)))
                    .push_bind(lane)
                    .push_bind(totals.map(|totals| totals.requests))
                    .push_bind(totals.map(|totals| totals.refused))
                    .push_bind(totals.map(|totals| totals.accepted))
                    .push_bind(totals.map(|totals| totals.duplicates))
                    .push_bind(totals.map(|totals| totals.rejected));
            });
            add.push(ADD_TO_WHAT_IS_THERE);
            add.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

// The sum of BIGINTs is a NUMERIC in PostgreSQL.
const TOTALS: &str = "SELECT CAST(COALESCE(SUM(requests), 0) AS BIGINT) AS requests,
    CAST(COALESCE(SUM(refused), 0) AS BIGINT) AS refused, CAST(COALESCE(SUM(accepted), 0) AS BIGINT) AS accepted,
    CAST(COALESCE(SUM(duplicates), 0) AS BIGINT) AS duplicates,
    CAST(COALESCE(SUM(rejected), 0) AS BIGINT) AS rejected
    FROM traffic WHERE source_id = $1 AND minute >= $2";

/// What `source` has seen since the minute that begins at `from`.
pub async fn totals(db: &Db, source: SourceId, from: UnixMs) -> Result<Totals> {
    Ok(on_db!(db.read(), c => sqlx::query_as(TOTALS)
        .bind(source.uuid())
        .bind(from.0)
        .fetch_one(c)
        .await)?)
}

/// One hour of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hour {
    /// Which source.
    pub source_id: SourceId,
    /// When the hour began.
    pub at: UnixMs,
    /// What it saw.
    pub totals: Totals,
}

#[derive(sqlx::FromRow)]
struct MinuteRow {
    source_id: Uuid,
    minute: i64,
    #[sqlx(flatten)]
    totals: Totals,
}

const MINUTES: &str = "SELECT source_id, minute, requests, refused, accepted, duplicates, rejected
    FROM traffic
    WHERE source_id IN (SELECT id FROM sources WHERE organization_id = $1) AND minute >= $2
    ORDER BY source_id, minute";

/// The hours since `from` in which the workspace's sources saw anything, by source and time.
pub async fn hours(db: &Db, organization: OrganizationId, from: UnixMs) -> Result<Vec<Hour>> {
    let minutes = on_db!(db.read(), c => sqlx::query_as::<_, MinuteRow>(MINUTES)
        .bind(organization.uuid())
        .bind(from.0)
        .fetch_all(c)
        .await)?;
    let mut hours: Vec<Hour> = Vec::new();
    for row in minutes {
        let source_id = SourceId::from(row.source_id);
        let at = UnixMs(row.minute - row.minute.rem_euclid(HOUR_MS));
        match hours.last_mut() {
            Some(hour) if hour.source_id == source_id && hour.at == at => {
                hour.totals.add(row.totals);
            }
            _ => hours.push(Hour { source_id, at, totals: row.totals }),
        }
    }
    Ok(hours)
}
