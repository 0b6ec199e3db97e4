//! Reading a body: bounded in size and time, and kept as far as the record needs it.

use std::time::Duration;

use attempts::Facts;
use axum::{
    body::Body,
    http::{HeaderMap, header},
};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use model::Code;
use serde_json::{Map, Value};
use tokio::time::{Instant, timeout_at};

use crate::{
    gate::Passage,
    hold::{Full, Share},
    outcome::Refused,
    validate,
};

/// Of a body that is too large, so much is kept.
const KEPT_BYTES: usize = 16_384;
/// So much of it is read, so that the client is done sending and hears the answer.
const DRAINED_BYTES: usize = 8 << 20;
/// A body that takes longer has ended early.
const PATIENCE: Duration = Duration::from_secs(10);

/// A body, or what there was of it.
#[derive(Debug)]
pub struct Received {
    /// The whole body, or its first bytes when it is too large.
    pub bytes: Bytes,
    /// How many bytes arrived.
    pub total: usize,
    /// Whether `bytes` is not all that arrived.
    pub is_cut: bool,
    /// Whether the client stopped before the end.
    pub has_ended_early: bool,
}

/// Reads `body`, keeping at most `limit` bytes, which count as part of `share`.
pub async fn receive(mut body: Body, limit: usize, share: &mut Share) -> Result<Received, Full> {
    let deadline = Instant::now() + PATIENCE;
    let mut kept = BytesMut::new();
    let mut total = 0;
    let has_ended_early = loop {
        let frame = match timeout_at(deadline, body.frame()).await {
            Ok(Some(Ok(frame))) => frame,
            Ok(None) => break false,
            Ok(Some(Err(_))) | Err(_) => break true,
        };
        let Ok(data) = frame.into_data() else { continue };
        total += data.len();
        let room = (limit + 1).saturating_sub(kept.len());
        let new = &data[..data.len().min(room)];
        share.grow(new.len())?;
        kept.extend_from_slice(new);
        if total > limit.max(DRAINED_BYTES) {
            break false;
        }
    };
    let is_cut = total > limit;
    if is_cut {
        kept.truncate(KEPT_BYTES);
    }
    Ok(Received { bytes: kept.freeze(), total, is_cut, has_ended_early })
}

/// The checks of the contract that come before parsing: size, media type, encoding.
pub fn check(
    headers: &HeaderMap,
    passage: &Passage,
    received: &Received,
) -> Result<(), Box<Refused>> {
    let limit = passage.max_payload_bytes();
    if received.total > limit {
        let facts = Facts { max_payload_bytes: i64::try_from(limit).ok(), ..Facts::default() };
        return Err(Box::new(Refused::because(Code::PayloadTooLarge, facts)));
    }
    let content_type = headers.get(header::CONTENT_TYPE).map(shown);
    if !content_type.as_deref().is_some_and(is_json) {
        let facts = Facts { content_type, ..Facts::default() };
        return Err(Box::new(Refused::because(Code::UnsupportedMediaType, facts)));
    }
    let content_encoding = headers.get(header::CONTENT_ENCODING).map(shown);
    if content_encoding.as_deref().is_some_and(|encoding| encoding != "identity") {
        let facts = Facts { content_encoding, ..Facts::default() };
        return Err(Box::new(Refused::because(Code::UnsupportedMediaType, facts)));
    }
    if received.has_ended_early {
        let fault = format!("the connection ended after {} bytes", received.total);
        return Err(not_json(fault));
    }
    Ok(())
}

/// The body as a JSON object.
pub fn object(body: &[u8]) -> Result<Map<String, Value>, Box<Refused>> {
    validate::object(body).map_err(not_json)
}

fn not_json(fault: String) -> Box<Refused> {
    let facts = Facts { json_fault: Some(fault), ..Facts::default() };
    Box::new(Refused::because(Code::InvalidJson, facts))
}

/// `text/plain` holds JSON too: a beacon sends it so, to go without a preflight.
fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json") || essence.eq_ignore_ascii_case("text/plain")
}

fn shown(value: &header::HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).chars().take(200).collect()
}
