//! The days themselves: ordinary traffic, and a refusal of every kind.

use anyhow::Context;
use audit::Actor;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use db::Clock;
use futures_util::future::join_all;
use model::{UnixMs, wire::sources::Source};
use serde_json::{Value, json};
use sources::Changes;
use tower::ServiceExt;
use web::Services;

use super::{below, bodies, busy_percent};

/// The browser that the demo's visitors use.
pub const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
    Chrome/156.0.0.0 Safari/537.36";
const STEP_MS: i64 = 5 * 60_000;
/// Visits in a step of the busiest hour.
const BUSIEST: u64 = 7;

/// Where the demo is played.
pub struct Stage {
    pub router: Router,
    pub clock: Clock,
    pub services: Services,
    pub actor: Actor,
}

/// One request of the demo.
struct Sent<'a> {
    key: &'a str,
    endpoint: &'a str,
    origin: Option<&'a str>,
    content_type: &'a str,
    body: String,
}

/// Plays every step until `now`, then what went wrong lately. Tells how many requests were sent.
pub async fn days(stage: &Stage, sources: &[Source], now: UnixMs) -> anyhow::Result<u64> {
    let [app, site, jobs, _status] = sources else { anyhow::bail!("the demo has four sources") };
    let mut requests = 0;
    while stage.clock.now().since(now) < -STEP_MS {
        let at = stage.clock.now();
        let visits = BUSIEST * busy_percent(at) / 100;
        let chance = stage.services.db.chance();
        let everyone = (0..visits).flat_map(|_| {
            [
                visit(stage, app, Some("https://app.acme.dev")),
                visit(stage, site, Some("https://acme.dev")),
            ]
        });
        requests += join_all(everyone).await.into_iter().sum::<anyhow::Result<u64>>()?;
        if below(chance, 3) == 0 {
            requests += visit(stage, jobs, None).await?;
        }
        if below(chance, 12) == 0 {
            requests += mistakes(stage, app).await?;
        }
        stage.clock.advance_ms(STEP_MS);
    }
    stage.clock.advance_ms(now.since(stage.clock.now()) - 2 * 60_000);
    requests += mistakes(stage, app).await?;
    requests += old_key(stage, jobs).await?;
    requests += wrong_origin(stage, site).await?;
    Ok(requests)
}

/// One visitor: a session, some events, now and then the same events again.
async fn visit(stage: &Stage, source: &Source, origin: Option<&str>) -> anyhow::Result<u64> {
    let chance = stage.services.db.chance();
    let visitor = bodies::id(chance, "vis");
    let at_home = origin.unwrap_or("https://jobs.acme.dev");
    let key = &source.public_key;
    let greeted =
        send(stage, &sent(key, "bootstrap", origin, &bodies::bootstrap(at_home, &visitor))).await?;
    let session = greeted["sessionId"].as_str().context("a session")?;
    let body = bodies::events(chance, at_home, &visitor, session, stage.clock.now());
    let events = sent(key, "events", origin, &body);
    send(stage, &events).await?;
    if below(chance, 25) == 0 {
        send(stage, &events).await?;
        return Ok(3);
    }
    Ok(2)
}

/// One of each: what integrations get wrong.
async fn mistakes(stage: &Stage, source: &Source) -> anyhow::Result<u64> {
    let chance = stage.services.db.chance();
    let origin = Some("https://app.acme.dev");
    let key = source.public_key.as_str();
    let visitor = bodies::id(chance, "vis");
    let greeted =
        sent(key, "bootstrap", origin, &bodies::bootstrap("https://app.acme.dev", &visitor));
    let session =
        send(stage, &greeted).await?["sessionId"].as_str().context("a session")?.to_owned();
    let good =
        bodies::events(chance, "https://app.acme.dev", &visitor, &session, stage.clock.now());
    let mut without_session = good.clone();
    without_session["sessionId"] = Value::Null;
    let mut in_part = good.clone();
    in_part["events"][0]["type"] = json!("click");
    if let Some(events) = in_part["events"].as_array_mut() {
        events
            .push(json!({ "id": bodies::id(chance, "evt"), "type": "track", "name": "search_used",
                            "timestamp": stage.clock.now() }));
    }
    let mut of_nobody = good.clone();
    of_nobody["sessionId"] = json!("sess_from_another_deploy");
    let mut too_large = good.clone();
    too_large["context"]["dump"] = json!("x".repeat(70_000));
    for wrong in [
        sent(key, "events", origin, &without_session),
        sent(key, "events", origin, &in_part),
        sent(key, "events", origin, &of_nobody),
        sent(key, "events", origin, &too_large),
        sent(key, "events", Some("http://127.0.0.1:3000"), &good),
        Sent {
            body: "{\"ingestVersion\": 2, \"events\": [".to_owned(),
            ..sent(key, "events", origin, &good)
        },
        Sent {
            content_type: "application/x-www-form-urlencoded",
            ..sent(key, "events", None, &good)
        },
    ] {
        send(stage, &wrong).await?;
    }
    Ok(8)
}

/// The key is rotated, and a page still uses the old one.
async fn old_key(stage: &Stage, source: &Source) -> anyhow::Result<u64> {
    let organization = source.organization_id;
    stage.services.sources.regenerate_key(stage.actor, organization, source.id).await?;
    stage.clock.advance_ms(10_000);
    let body = bodies::bootstrap("https://jobs.acme.dev", "vis_left_behind");
    send(stage, &sent(&source.public_key, "bootstrap", None, &body)).await?;
    Ok(1)
}

/// A new deployment of the site that nobody has allowed yet, after its settings were changed.
async fn wrong_origin(stage: &Stage, source: &Source) -> anyhow::Result<u64> {
    let changes = Changes { rate_limit_per_minute: Some(9_000), ..Changes::default() };
    let organization = source.organization_id;
    stage.services.sources.update_source(stage.actor, organization, source.id, changes).await?;
    for turn in 0..14 {
        stage.clock.advance_ms(4_000);
        let origin =
            if turn % 5 == 0 { "https://acme.dev" } else { "https://acme-preview.example" };
        let body = bodies::bootstrap(origin, &format!("vis_preview_{turn}"));
        send(stage, &sent(&source.public_key, "bootstrap", Some(origin), &body)).await?;
    }
    Ok(14)
}

fn sent<'a>(key: &'a str, endpoint: &'a str, origin: Option<&'a str>, body: &Value) -> Sent<'a> {
    Sent { key, endpoint, origin, content_type: "application/json", body: body.to_string() }
}

async fn send(stage: &Stage, sent: &Sent<'_>) -> anyhow::Result<Value> {
    let mut request =
        Request::post(format!("{}/{}/{}", ingest::http::PREFIX, sent.key, sent.endpoint))
            .header(header::CONTENT_TYPE, sent.content_type)
            .header(header::USER_AGENT, BROWSER);
    if let Some(origin) = sent.origin {
        request = request.header(header::ORIGIN, origin);
    }
    let request = request.body(Body::from(sent.body.clone()))?;
    let response = stage.router.clone().oneshot(request).await?;
    let body = to_bytes(response.into_body(), 1 << 20).await?;
    Ok(serde_json::from_slice(&body)?)
}
