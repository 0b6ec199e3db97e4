//! How bytes become a request. Inputs begin with a byte that says which way they go, a digit or a capital in the corpus.

use http::{HeaderName, HeaderValue, Method, Request, Uri, header};
use model::wire::attempts::Kind;

use crate::doors::{KEY, ORIGIN, SESSION};

/// What the first byte of an input says.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    /// By its last two bits: bootstrap, events, and twice validate.
    kind: Kind,
    /// By the third: a body is packed, or the method is another.
    pub is_other: bool,
    /// A capital: through the whole door.
    pub is_whole: bool,
}

impl Way {
    /// The way, and what follows it.
    pub fn of(input: &[u8]) -> Option<(Self, &[u8])> {
        let (first, rest) = input.split_first()?;
        let kind = Kind::ALL[usize::from(first & 3).min(Kind::ALL.len() - 1)];
        Some((Self { kind, is_other: first & 4 != 0, is_whole: first.is_ascii_uppercase() }, rest))
    }
}

/// A request whose body is this.
pub fn with_body(way: Way, body: &[u8]) -> Option<Request<Vec<u8>>> {
    let mut headers = vec![
        (header::ORIGIN, HeaderValue::from_static(ORIGIN)),
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain;charset=UTF-8")),
    ];
    if way.is_other {
        headers.push((header::CONTENT_ENCODING, HeaderValue::from_static("gzip")));
    }
    request(way.kind, &Method::POST, KEY, headers, body.to_vec())
}

/// A request whose key and headers are these, a line each: key, `Origin`, `Content-Type`, `Content-Encoding`,
/// `User-Agent`. What is missing is not sent. None when no client could send it.
pub fn with_headers(way: Way, lines: &[u8]) -> Option<Request<Vec<u8>>> {
    const NAMES: [HeaderName; 4] =
        [header::ORIGIN, header::CONTENT_TYPE, header::CONTENT_ENCODING, header::USER_AGENT];
    let mut lines = lines.split(|byte| *byte == b'\n');
    let key = std::str::from_utf8(lines.next()?).ok()?;
    let values = NAMES
        .into_iter()
        .zip(lines)
        .map(|(name, line)| Some((name, HeaderValue::from_bytes(line).ok()?)));
    let method = if way.is_other { Method::OPTIONS } else { Method::POST };
    let body = format!(
        r#"{{"ingestVersion":2,"sdkVersion":"0.2.0","batchId":"batch_1","sentAt":"2026-04-10T13:45:00Z",
        "sessionId":"{SESSION}","anonymousId":"vis_1","page":{{}},
        "events":[{{"id":"evt_1","type":"track","name":"n","timestamp":"2026-04-10T13:45:00Z"}}]}}"#
    );
    request(way.kind, &method, key, values.collect::<Option<Vec<_>>>()?, body.into_bytes())
}

fn request(
    kind: Kind,
    method: &Method,
    key: &str,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Vec<u8>,
) -> Option<Request<Vec<u8>>> {
    let uri = Uri::try_from(format!("/api/ingest/v2/{key}/{}", kind.as_str())).ok()?;
    // A key that ends the path leads to other doors.
    if !uri.path().ends_with(kind.as_str()) {
        return None;
    }
    let mut request = Request::new(body);
    *request.method_mut() = method.clone();
    *request.uri_mut() = uri;
    request.headers_mut().extend(headers);
    Some(request)
}
