//! Two processes over one database, and sources that nobody has sent to.

use std::collections::BTreeMap;

use audit::Actor;
use axum::{Router, extract::Request, middleware};
use db::{Db, on_db};
use ingest::{Ingest, Writer, WriterSettings};
use model::{
    Exchange,
    ids::{AttemptId, OrganizationId, SourceId, UserId},
};
use serde_json::{Value, json};
use sources::{NewSource, Sources};
use testkit::{Client, TestDb};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

use crate::model::{Row, Step, Told};

const NEW_ORGANIZATION: &str =
    "INSERT INTO organizations (id, name, slug, created_at) VALUES ($1, 'Acme', 'acme', 0)";
const STORED: &str = "SELECT id, attempt_id, user_id FROM events WHERE source_id = $1";

pub struct House {
    db: Db,
    sources: Sources,
    organization: OrganizationId,
    doors: Vec<Client>,
}

/// Two sources, and visitors with a session at each.
pub struct Stage {
    db: Db,
    doors: Vec<Client>,
    sources: Vec<(SourceId, String)>,
    /// By source, then by visitor.
    sessions: Vec<Vec<String>>,
}

impl House {
    pub async fn over(database: &TestDb) -> Self {
        let db = database.db();
        let organization: OrganizationId = db.new_id();
        let mut tx = db.begin().await.unwrap();
        on_db!(tx.conn().unwrap(), c => sqlx::query(NEW_ORGANIZATION)
            .bind(organization.uuid())
            .execute(c)
            .await
            .map(drop))
        .unwrap();
        tx.commit().await.unwrap();
        let doors = vec![door(&db), door(&database.elsewhere().await)];
        Self { sources: Sources::new(db.clone()), db, organization, doors }
    }

    pub async fn stage(&self, visitors: usize) -> Stage {
        let actor = Actor::local(UserId::from(Uuid::from_u128(1)), self.db.new_id());
        let mut stage = Stage {
            db: self.db.clone(),
            doors: self.doors.clone(),
            sources: Vec::new(),
            sessions: Vec::new(),
        };
        for _ in 0..2 {
            let slug = self.db.new_id::<SourceId>().uuid().simple().to_string();
            let new = NewSource { name: "Web".into(), slug: Some(slug), ..NewSource::default() };
            let source = self.sources.create_source(actor, self.organization, new).await.unwrap();
            stage.sources.push((source.id, source.public_key));
        }
        for source in 0..2 {
            let mut sessions = Vec::new();
            for visitor in 0..visitors {
                sessions.push(stage.session(source, visitor).await);
            }
            stage.sessions.push(sessions);
        }
        stage
    }
}

fn door(db: &Db) -> Client {
    let sources = Sources::new(db.clone());
    let settings = WriterSettings::default();
    let writer = Writer::start(db.clone(), settings, &TaskTracker::new(), CancellationToken::new());
    let writer = writer.unwrap();
    let router: Router = ingest::router(Ingest::new(db, sources, writer, "http://tiny.test"));
    let db = db.clone();
    Client::new(router.layer(middleware::from_fn(
        move |mut request: Request, next: middleware::Next| {
            let exchange = Exchange { request: db.new_id(), at: db.now(), address: None };
            request.extensions_mut().insert(exchange);
            next.run(request)
        },
    )))
}

impl Stage {
    async fn post(&self, door: usize, source: usize, endpoint: &str, body: &Value) -> (u16, Value) {
        let path = format!("/api/ingest/v2/{}/{endpoint}", self.sources[source].1);
        let reply = self.doors[door].post(&path).json(body).send().await;
        (reply.status.as_u16(), reply.json())
    }

    async fn session(&self, source: usize, visitor: usize) -> String {
        let body = json!({
            "ingestVersion": 2, "sdkVersion": "0.2.0", "anonymousId": format!("vis_{visitor}"), "page": {},
        });
        let (status, told) = self.post(0, source, "bootstrap", &body).await;
        assert_eq!(status, 200, "{told}");
        told["sessionId"].as_str().unwrap().to_owned()
    }

    /// Sends a batch; one in which all is bad is refused as a whole.
    pub async fn send(&self, step: &Step) -> Told {
        let body = json!({
            "ingestVersion": 2, "sdkVersion": "0.2.0", "batchId": "batch_1", "sentAt": self.db.now().to_string(),
            "sessionId": self.sessions[step.source][step.visitor],
            "anonymousId": format!("vis_{}", step.visitor),
            "userId": step.user.map(|user| format!("user_{user}")),
            "events": step.events.iter().map(|event| event.json()).collect::<Vec<_>>(),
        });
        let endpoint = if step.is_dry { "validate" } else { "events" };
        let (status, told) = self.post(step.door, step.source, endpoint, &body).await;
        let attempt = told["attemptId"].as_str().unwrap().parse::<AttemptId>().unwrap().uuid();
        if step.good_ids().next().is_none() {
            assert_eq!((status, &told["error"]), (422, &json!("invalid_events_payload")));
            return Told { statuses: vec!["rejected".to_owned(); step.events.len()], attempt };
        }
        assert_eq!(status, 200, "{told}");
        let results = told["results"].as_array().unwrap();
        let ids: Vec<_> = results.iter().map(|result| result["id"].as_str().unwrap()).collect();
        assert_eq!(ids, step.events.iter().map(|event| event.id()).collect::<Vec<_>>());
        let status = |result: &Value| result["status"].as_str().unwrap().to_owned();
        Told { statuses: results.iter().map(status).collect(), attempt }
    }

    /// What is in the table of these sources.
    pub async fn stored(&self) -> BTreeMap<(usize, String), Row> {
        let mut stored = BTreeMap::new();
        for (number, (source, _)) in self.sources.iter().enumerate() {
            let rows: Vec<(String, Uuid, Option<String>)> = on_db!(self.db.read(), c =>
                sqlx::query_as(STORED).bind(source.uuid()).fetch_all(c).await)
            .unwrap();
            for (id, attempt, user) in rows {
                stored.insert((number, id), Row { attempt, user });
            }
        }
        stored
    }
}
