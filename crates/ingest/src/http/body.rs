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

use super::gzip;
use crate::{
    gate::Passage,
    hold::{Full, Share},
    outcome::Refused,
    validate,
};

/// Of a body that is too large, so much is kept.
const KEPT_BYTES: usize = 16_384;
/// So much of it is read, and of one that there is no room for, so that the client is done sending and hears the answer.
const DRAINED_BYTES: usize = 8 << 20;
/// A body that takes longer has ended early.
const PATIENCE: Duration = Duration::from_secs(10);

/// A body, or what there was of it.
#[derive(Debug)]
pub struct Received {
    /// The whole body, unpacked, or its first bytes when it is too large. As it came, when it does not unpack.
    pub bytes: Bytes,
    /// How many bytes that is of; a body that unpacks to too much is not unpacked to its end.
    pub total: usize,
    /// Whether `bytes` is not all that arrived.
    pub is_cut: bool,
    /// Whether the client stopped before the end.
    pub has_ended_early: bool,
    /// How many bytes arrived, when `bytes` is what they unpacked to.
    pub gzip_bytes: Option<usize>,
    /// Why it does not unpack.
    pub gzip_fault: Option<String>,
}

/// Reads `body` and unpacks it where `headers` say so, keeping at most `limit` bytes of either, which count as part of
/// `share`.
pub async fn receive(
    body: Body,
    headers: &HeaderMap,
    limit: usize,
    share: &mut Share,
) -> Result<Received, Full> {
    if Encoding::of(headers) == Encoding::Gzip {
        let received = unpack(read(body, gzip::most_bytes(limit), share).await?, limit);
        share.grow(received.bytes.len())?;
        return Ok(received);
    }
    read(body, limit, share).await
}

async fn read(mut body: Body, limit: usize, share: &mut Share) -> Result<Received, Full> {
    let deadline = Instant::now() + PATIENCE;
    let (mut kept, mut total, mut is_full) = (BytesMut::new(), 0, false);
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
        if !is_full && share.grow(new.len()).is_ok() {
            kept.extend_from_slice(new);
        } else if !is_full {
            is_full = true;
            kept = BytesMut::new();
            share.clear();
        }
        if total > limit.max(DRAINED_BYTES) {
            break false;
        }
    };
    if is_full {
        return Err(Full);
    }
    let is_cut = total > limit;
    if is_cut {
        kept.truncate(KEPT_BYTES);
    }
    Ok(Received {
        bytes: kept.freeze(),
        total,
        is_cut,
        has_ended_early,
        gzip_bytes: None,
        gzip_fault: None,
    })
}

fn unpack(packed: Received, limit: usize) -> Received {
    if packed.is_cut || packed.has_ended_early || packed.bytes.is_empty() {
        return packed;
    }
    match gzip::unpack(&packed.bytes, limit) {
        Ok(mut bytes) => {
            let total = bytes.len();
            let is_cut = total > limit;
            if is_cut {
                bytes.truncate(KEPT_BYTES);
            }
            let gzip_bytes = Some(packed.total);
            Received { bytes: bytes.into(), total, is_cut, gzip_bytes, ..packed }
        }
        Err(fault) => Received { gzip_fault: Some(fault), ..packed },
    }
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
    if let Encoding::Other(content_encoding) = Encoding::of(headers) {
        let facts = Facts { content_encoding: Some(content_encoding), ..Facts::default() };
        return Err(Box::new(Refused::because(Code::UnsupportedMediaType, facts)));
    }
    if received.has_ended_early {
        let fault = format!("the connection ended after {} bytes", received.total);
        return Err(not_json(Facts { json_fault: Some(fault), ..Facts::default() }));
    }
    if let Some(fault) = &received.gzip_fault {
        let json_fault = Some(fault.clone());
        let content_encoding = Some("gzip".to_owned());
        let facts =
            Facts { json_fault, content_encoding, is_broken_gzip: true, ..Facts::default() };
        return Err(not_json(facts));
    }
    Ok(())
}

/// The body as a JSON object. It is read as UTF-8 whatever `headers` say; when it is none, what they say may be why.
pub fn object(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, Box<Refused>> {
    validate::object(body).map_err(|fault| {
        let content_type = headers.get(header::CONTENT_TYPE).map(shown);
        let foreign = content_type.as_deref().and_then(charset).filter(|name| !is_utf_8(name));
        let fault = match foreign {
            Some(name) => format!("{fault}; its Content-Type says that it is in {name}"),
            None => fault,
        };
        let content_type = content_type.clone().filter(|_| foreign.is_some());
        not_json(Facts { json_fault: Some(fault), content_type, ..Facts::default() })
    })
}

/// What `Content-Encoding` says.
#[derive(Debug, PartialEq, Eq)]
enum Encoding {
    /// Nothing to unpack.
    Identity,
    /// Packed once.
    Gzip,
    /// Packed otherwise, or more than once; as it was said.
    Other(String),
}

impl Encoding {
    fn of(headers: &HeaderMap) -> Self {
        let said = headers.get_all(header::CONTENT_ENCODING).iter().map(shown);
        let said = said.collect::<Vec<_>>().join(", ");
        let is_one =
            |encoding: &&str| !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity");
        let packed: Vec<&str> = said.split(',').map(str::trim).filter(is_one).collect();
        match packed.as_slice() {
            [] => Self::Identity,
            [one] if ["gzip", "x-gzip"].iter().any(|name| one.eq_ignore_ascii_case(name)) => {
                Self::Gzip
            }
            _ => Self::Other(said),
        }
    }
}

fn not_json(facts: Facts) -> Box<Refused> {
    Box::new(Refused::because(Code::InvalidJson, facts))
}

/// `text/plain` holds JSON too: a beacon sends it so, to go without a preflight.
fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json") || essence.eq_ignore_ascii_case("text/plain")
}

/// The character set that a media type names.
fn charset(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    })
}

/// UTF-8 by its name and the usual slip of it; ASCII is part of it.
fn is_utf_8(charset: &str) -> bool {
    ["utf-8", "utf8", "us-ascii"].iter().any(|name| charset.eq_ignore_ascii_case(name))
}

fn shown(value: &header::HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).chars().take(200).collect()
}
