//! What sources do in the database, on both engines.
#![expect(clippy::expect_used, reason = "what fails in here fails a test")]

mod change;
mod create;
mod gate;

use audit::Actor;
use db::{Db, on_db};
use model::{
    ids::{OrganizationId, RequestId, SourceId, UserId},
    wire::sources::Source,
};
use serde_json::Value;
use sources::{NewSource, Sources};
use uuid::Uuid;

const NEW_ORGANIZATION: &str =
    "INSERT INTO organizations (id, name, slug, created_at) VALUES ($1, 'Acme', $2, 0)";
const AUDIT: &str = "SELECT action, subject, before, after FROM audit_log
    WHERE organization_id = $1 ORDER BY at, id";

async fn organization(db: &Db) -> OrganizationId {
    let id: OrganizationId = db.new_id();
    let mut tx = db.begin().await.expect("a transaction");
    on_db!(tx.conn().expect("a connection"), c => sqlx::query(NEW_ORGANIZATION)
        .bind(id.uuid())
        .bind(id.to_string())
        .execute(c)
        .await
        .map(|_| ()))
    .expect("a workspace");
    tx.commit().await.expect("a commit");
    id
}

fn actor() -> Actor {
    let request = RequestId::from(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
    Actor::local(UserId::from(Uuid::from_u128(1)), request)
}

fn named(name: &str) -> NewSource {
    NewSource { name: name.into(), ..NewSource::default() }
}

/// A workspace with one source.
async fn acme(db: &Db) -> (Sources, OrganizationId, Source) {
    let (sources, organization) = (Sources::new(db.clone()), organization(db).await);
    let source =
        sources.create_source(actor(), organization, named("Web app")).await.expect("a source");
    (sources, organization, source)
}

/// One row of the audit log.
#[derive(Debug, PartialEq)]
struct Recorded {
    action: String,
    subject: String,
    before: Value,
    after: Value,
}

async fn audit_log(db: &Db, organization: OrganizationId) -> Vec<Recorded> {
    type Row = (String, String, Option<String>, Option<String>);
    let rows: Vec<Row> = on_db!(db.read(), c => sqlx::query_as(AUDIT)
        .bind(organization.uuid())
        .fetch_all(c)
        .await)
    .expect("the audit log");
    let json = |text: Option<String>| {
        text.map_or(Value::Null, |text| serde_json::from_str(&text).expect("JSON"))
    };
    rows.into_iter()
        .map(|(action, subject, before, after)| Recorded {
            action,
            subject,
            before: json(before),
            after: json(after),
        })
        .collect()
}

fn nobody() -> SourceId {
    SourceId::from(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_00ff))
}
