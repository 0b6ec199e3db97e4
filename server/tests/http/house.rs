//! The whole application in memory, with one owner, one workspace and one source.

use std::{collections::BTreeSet, sync::Arc};

use accounts::Mailer;
use axum::Router;
use db::Db;
use ingest::{Ingest, Writer, WriterSettings};
use serde_json::{Value, json};
use testkit::{Call, Client, Reply};
use tiny::health::Health;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use web::{Instance, Services, SignupMode};

/// What every test's instance is called.
pub const BASE_URL: &str = "http://tiny.test";
/// The origin that the source allows.
pub const ORIGIN: &str = "http://localhost:3000";
/// The owner's address.
pub const EMAIL: &str = "mira@acme.dev";
/// The owner's password.
pub const PASSWORD: &str = "correct horse battery";

/// An application over `db`.
pub fn router(db: &Db, signup: SignupMode) -> Router {
    built(db, signup, WriterSettings::default(), &TaskTracker::new(), CancellationToken::new())
}

/// An application of these.
pub fn router_of(services: Services) -> Router {
    served(services, WriterSettings::default(), &TaskTracker::new(), CancellationToken::new())
}

/// An application of this instance, whose mails go out through `mailer`.
pub fn router_with(db: &Db, instance: Instance, mailer: Mailer) -> Router {
    router_of(Services::new(db.clone(), instance).with_mailer(mailer))
}

/// The same for an instance that anyone may sign up at.
pub fn mailing_router(db: &Db, mailer: Mailer) -> Router {
    router_with(db, instance(SignupMode::Open), mailer)
}

/// What a test's instance is.
pub fn instance(signup: SignupMode) -> Instance {
    Instance {
        base_url: BASE_URL.to_owned(),
        signup,
        seat_limit: None,
        api_rate_per_minute: web::API_RATE_PER_MINUTE,
    }
}

/// The paths that a router knows; axum tells them in what it prints for debugging and nowhere else.
pub fn paths(router: &Router) -> BTreeSet<String> {
    let told = format!("{router:?}");
    let found =
        told.split("RouteId(").filter_map(|part| part.split_once("): \"")?.1.split_once('"'));
    let paths = found.map(|(path, _)| path.to_owned());
    // What axum makes up to nest one router in another.
    paths.filter(|path| path.starts_with('/') && !path.contains("__private")).collect()
}

/// An application in which only one request may wait for the writer.
pub fn full_router(db: &Db, signup: SignupMode) -> Router {
    let settings = WriterSettings { queue: 1, ..WriterSettings::default() };
    built(db, signup, settings, &TaskTracker::new(), CancellationToken::new())
}

/// An application whose writer takes nothing any more.
pub async fn stopped_router(db: &Db, signup: SignupMode) -> Router {
    let (stop, writers) = (CancellationToken::new(), TaskTracker::new());
    stop.cancel();
    let router = built(db, signup, WriterSettings::default(), &writers, stop);
    writers.close();
    writers.wait().await;
    router
}

/// An application with a writer of these settings.
pub fn built(
    db: &Db,
    signup: SignupMode,
    writer: WriterSettings,
    writers: &TaskTracker,
    stop: CancellationToken,
) -> Router {
    served(Services::new(db.clone(), instance(signup)), writer, writers, stop)
}

fn served(
    services: Services,
    writer: WriterSettings,
    writers: &TaskTracker,
    stop: CancellationToken,
) -> Router {
    let writer = Writer::start(services.db.clone(), writer, writers, stop).expect("a writer");
    written_by(services, writer)
}

/// An application with this writer.
pub fn written_by(services: Services, writer: Writer) -> Router {
    let ingest = Ingest::new(&services.db, services.sources.clone(), writer.clone(), BASE_URL);
    let health = Health::new(&services.db, writer, CancellationToken::new());
    tiny::router::app(services, ingest, health, Arc::from([]))
}

/// Waits until `is_so`, for as long as anything here could take.
pub async fn until(is_so: impl Fn() -> bool) {
    for _ in 0..1_000 {
        if is_so() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("it does not come to that");
}

/// An application that someone lives in.
pub struct House {
    pub db: Db,
    pub client: Client,
    pub token: String,
    pub organization: String,
    pub source: Value,
}

impl House {
    /// Signs the owner up, makes the workspace `Acme` and the source `Web app`.
    pub async fn furnished(db: Db) -> Self {
        let client = Client::new(router(&db, SignupMode::Open));
        let account = json!({ "email": EMAIL, "password": PASSWORD, "name": "Mira Hassan" });
        let reply = client.post("/api/auth/signup").json(&account).send().await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        let token = token(&client, EMAIL, PASSWORD).await;
        let reply = client
            .post("/api/organizations")
            .bearer(&token)
            .json(&json!({ "name": "Acme" }))
            .send()
            .await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        let organization = text(&reply.json()["organization"]["id"]);
        let mut house = Self { db, client, token, organization, source: Value::Null };
        let new = json!({ "name": "Web app", "allowedOrigins": [ORIGIN] });
        house.source = house.post("/api/tracking-sources", new).await.json()["source"].clone();
        house
    }

    pub fn key(&self) -> String {
        text(&self.source["publicKey"])
    }

    pub fn source_id(&self) -> String {
        text(&self.source["id"])
    }

    /// A GET of the API, as the owner, for the workspace.
    pub async fn get(&self, path: &str) -> Reply {
        let mark = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{mark}organizationId={}", self.organization);
        self.client.get(&path).bearer(&self.token).send().await
    }

    /// A POST to the API, as the owner, for the workspace.
    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.write(self.client.post(path), body).await
    }

    /// A PATCH of the source, as the owner.
    pub async fn change_source(&self, body: Value) -> Reply {
        let path = format!("/api/tracking-sources/{}", self.source_id());
        self.write(self.client.call(http::Method::PATCH, &path), body).await
    }

    async fn write(&self, call: Call, mut body: Value) -> Reply {
        body["organizationId"] = json!(self.organization);
        call.bearer(&self.token).json(&body).send().await
    }

    /// Begins a request to an ingest endpoint of the source, from the allowed origin.
    pub fn ingest(&self, endpoint: &str) -> Call {
        let path = format!("/api/ingest/v2/{}/{endpoint}", self.key());
        self.client.post(&path).header("origin", ORIGIN)
    }

    pub async fn bootstrap(&self, body: &Value) -> Reply {
        self.ingest("bootstrap").json(body).send().await
    }

    pub async fn events(&self, body: &Value) -> Reply {
        self.ingest("events").json(body).send().await
    }

    /// A new session of the visitor `vis_abc123`.
    pub async fn session(&self) -> String {
        let reply = self.bootstrap(&bootstrap_body()).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        text(&reply.json()["sessionId"])
    }

    /// The attempt that a reply names, as the API opens it.
    pub async fn attempt(&self, reply: &Reply) -> Value {
        let id = text(&reply.json()["attemptId"]);
        let opened = self.get(&format!("/api/attempts/{id}")).await;
        assert_eq!(opened.status, 200, "{}", opened.text());
        opened.json()["attempt"].clone()
    }
}

pub async fn token(client: &Client, email: &str, password: &str) -> String {
    let body = json!({ "email": email, "password": password });
    let reply = client.post("/api/auth/token").json(&body).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    text(&reply.json()["accessToken"])
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text, not {value}")).to_owned()
}

/// The bootstrap of the public documentation.
pub fn bootstrap_body() -> Value {
    json!({
        "ingestVersion": 2, "sdkVersion": "0.2.0", "anonymousId": "vis_abc123",
        "sessionId": null, "userId": null,
        "page": { "url": "https://app.example.com/dashboard", "path": "/dashboard",
                  "title": "Dashboard", "referrer": null },
        "context": { "locale": "en-GB", "timezone": "Europe/London", "userAgent": "Mozilla/5.0" }
    })
}

/// The events of the public documentation, for `session`.
pub fn events_body(session: &str) -> Value {
    json!({
        "ingestVersion": 2, "sdkVersion": "0.2.0", "batchId": "batch_123",
        "sentAt": "2026-04-10T13:45:05.000Z", "sessionId": session, "anonymousId": "vis_abc123",
        "userId": "user_42", "context": {},
        "events": [
            { "id": "evt_1", "type": "page", "timestamp": "2026-04-10T13:45:04.000Z",
              "anonymousId": "vis_abc123", "sessionId": session,
              "page": { "url": "https://app.example.com/dashboard", "path": "/dashboard",
                        "title": "Dashboard", "referrer": null },
              "properties": {}, "context": {} },
            { "id": "evt_2", "type": "track", "name": "report_generated",
              "timestamp": "2026-04-10T13:45:05.000Z", "anonymousId": "vis_abc123",
              "sessionId": session, "properties": { "reportType": "weekly" }, "context": {} }
        ]
    })
}
