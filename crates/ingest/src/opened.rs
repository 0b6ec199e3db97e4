//! One attempt opened: the record, and beside it what Tiny made of the body.

use attempts::{Stored, checks, explain, findings};
use base64::{Engine, engine::general_purpose::STANDARD};
use db::{Db, Result};
use model::{
    Code, UnixMs,
    ids::{AttemptId, OrganizationId, SourceId},
    wire::attempts::{Attempt, Kind},
};
use serde_json::{Value, json};

use crate::{
    store,
    validate::{self, Batch, Bootstrap, Checked},
};

/// The attempt, when it belongs to a source of the workspace.
pub async fn open_attempt(
    db: &Db,
    organization: OrganizationId,
    id: AttemptId,
) -> Result<Option<Attempt>> {
    let Some(stored) = attempts::find(db, organization, id).await? else { return Ok(None) };
    let row = &stored.row;
    let mut normalised = normalised(row.kind, row.at, &stored.raw);
    match &mut normalised {
        Some(Value::Array(events)) => {
            if let Some(source) = row.source_id {
                tell_users(db, source, events).await?;
            }
        }
        // The session may be new; the bytes tell only the one that was asked for.
        Some(bootstrap) if row.status == 200 && row.kind == Kind::Bootstrap => {
            bootstrap["sessionId"] = json!(row.session_id);
        }
        _ => {}
    }
    Ok(Some(whole(stored, normalised)))
}

/// The attempt, when its key is and was no source's: for whoever runs the instance.
pub async fn open_unmatched(db: &Db, id: AttemptId) -> Result<Option<Attempt>> {
    let Some(stored) = attempts::find_unmatched(db, id).await? else { return Ok(None) };
    let normalised = normalised(stored.row.kind, stored.row.at, &stored.raw);
    Ok(Some(whole(stored, normalised)))
}

/// The user of an event may come from its session, which the bytes alone do not tell.
async fn tell_users(db: &Db, source: SourceId, events: &mut [Value]) -> Result<()> {
    let ids: Vec<&str> = events.iter().filter_map(|event| event["id"].as_str()).collect();
    let users = store::users(db, source, &ids).await?;
    for event in events {
        if let Some(user) = event["id"].as_str().and_then(|id| users.get(id)) {
            event["userId"] = json!(user);
        }
    }
    Ok(())
}

fn whole(stored: Stored, normalised: Option<Value>) -> Attempt {
    let code = stored.row.code.as_deref().and_then(Code::from_text);
    Attempt {
        raw: String::from_utf8_lossy(&stored.raw).into_owned(),
        raw_base64: STANDARD.encode(&stored.raw),
        is_raw_cut: stored.is_raw_cut,
        gzip_bytes: stored.gzip_bytes,
        clock_correction_ms: stored.clock_correction_ms,
        findings: findings(&stored),
        normalised,
        checks: checks(code),
        explanation: explain(&stored),
        public_key: stored.facts.public_key,
        content_type: stored.facts.content_type,
        content_encoding: stored.facts.content_encoding,
        issues: stored.issues,
        events: stored.events,
        replay_of: None,
        row: stored.row,
    }
}

/// What the same bytes become: the events in canonical form, or the bootstrap's request. The function that
/// stored them makes it, so the view cannot tell another story.
fn normalised(kind: Kind, at: UnixMs, raw: &[u8]) -> Option<Value> {
    let object = validate::object(raw).ok()?;
    if validate::is_of_events(kind, &object) {
        let (_, checked) = Batch::check(&object, at);
        let good = checked.ok()?.events.into_iter().filter_map(|event| match event {
            Checked::Good(event) => serde_json::to_value(event).ok(),
            Checked::Bad { .. } => None,
        });
        return Some(Value::Array(good.collect()));
    }
    let (_, checked) = Bootstrap::check(&object);
    let bootstrap = checked.ok()?;
    Some(json!({
        "anonymousId": bootstrap.anonymous_id,
        "sessionId": bootstrap.session_id,
    }))
}
