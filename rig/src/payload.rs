//! What a browser with the SDK sends: the headers of a cross-site `fetch`, and page views of about 700 bytes.
//!
//! A request is built once for each connection; before it is sent again, new ids and times are written
//! over the old ones in place.

use std::net::SocketAddr;

use anyhow::{Result, ensure};
use clap::ValueEnum;
use model::UnixMs;
use serde_json::{Value, json};

/// The site whose pages send.
pub const ORIGIN: &str = "https://app.example.com";
const USER_AGENT: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 \
    (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
/// The version that the SDK tells.
pub const SDK_VERSION: &str = "0.2.0";

/// A site that no source allows.
const ELSEWHERE: &str = "https://elsewhere.example.net";

/// Hexadecimal digits of an id after its prefix; as random and as long as what the SDK makes.
const ID_DIGITS: usize = 32;
/// Stands for the time of sending; every time is as long.
const TIME: &str = "2026-04-10T13:45:05.000Z";

/// Where requests go.
#[derive(Debug, Clone)]
pub struct Door {
    /// The server.
    pub address: SocketAddr,
    /// The source.
    pub public_key: String,
}

impl Door {
    /// A whole request to an ingest endpoint, as Chrome sends it for a page of [`ORIGIN`].
    #[must_use]
    pub fn request(&self, endpoint: &str, body: &Value) -> Vec<u8> {
        self.request_from(ORIGIN, endpoint, body)
    }

    /// The same for a page of another site.
    #[must_use]
    pub fn request_from(&self, origin: &str, endpoint: &str, body: &Value) -> Vec<u8> {
        let body = body.to_string();
        let (key, host, length) = (&self.public_key, self.address, body.len());
        format!(
            "POST /api/ingest/v2/{key}/{endpoint} HTTP/1.1\r\n\
             Host: {host}\r\n\
             Connection: keep-alive\r\n\
             Content-Length: {length}\r\n\
             sec-ch-ua-platform: \"Windows\"\r\n\
             User-Agent: {USER_AGENT}\r\n\
             sec-ch-ua: \"Google Chrome\";v=\"141\", \"Not?A_Brand\";v=\"8\", \"Chromium\";v=\"141\"\r\n\
             Content-Type: application/json\r\n\
             sec-ch-ua-mobile: ?0\r\n\
             Accept: */*\r\n\
             Origin: {origin}\r\n\
             Sec-Fetch-Site: cross-site\r\n\
             Sec-Fetch-Mode: cors\r\n\
             Sec-Fetch-Dest: empty\r\n\
             Referer: {origin}/\r\n\
             Accept-Encoding: gzip, deflate, br, zstd\r\n\
             Accept-Language: en-GB,en;q=0.9,de;q=0.8\r\n\
             \r\n\
             {body}"
        )
        .into_bytes()
    }
}

/// How event ids are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Ids {
    /// As the SDK does: the time, then random digits.
    Sdk,
    /// Random from the first digit, as a version 4 UUID: each hits the index somewhere else.
    Random,
}

/// What kind of requests are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Every event is new.
    New,
    /// The same few events again and again.
    Repeated,
    /// None names a session: each is refused with 422.
    WithoutSession,
    /// From pages of another site: each is refused with 403.
    Foreign,
}

impl Kind {
    /// Events that all repeated requests together have, unless one holds more.
    pub const REPEATED_EVENTS: usize = 8;
}

/// One browser: each has its own visitor and its own ids.
#[derive(Debug)]
pub struct Browser {
    number: u16,
    ids: Ids,
    ids_made: u64,
}

impl Browser {
    /// The browser of this number.
    #[must_use]
    pub const fn new(number: u16, ids: Ids) -> Self {
        Self { number, ids, ids_made: 0 }
    }

    /// Its visitor.
    #[must_use]
    pub fn anonymous_id(&self) -> String {
        format!("vis_{:016x}{:016x}", scattered(u64::from(self.number)), self.number)
    }

    /// The body that asks for a session.
    #[must_use]
    pub fn bootstrap(&self) -> Value {
        json!({
            "ingestVersion": 2, "sdkVersion": SDK_VERSION, "anonymousId": self.anonymous_id(),
            "sessionId": null, "userId": null, "page": page(), "context": context(),
        })
    }

    fn events(&self, session_id: &str, kind: Kind, events: usize) -> Value {
        let event = |number| {
            let id = match kind {
                Kind::Repeated => self.repeated(number, events),
                _ => placeholder(number),
            };
            json!({
                "id": format!("evt_{id}"), "type": "page", "timestamp": TIME,
                "anonymousId": self.anonymous_id(), "page": page(),
            })
        };
        let mut body = json!({
            "ingestVersion": 2, "sdkVersion": SDK_VERSION, "context": context(),
            "anonymousId": self.anonymous_id(), "sessionId": session_id,
            "batchId": format!("batch_{}", placeholder(events)), "sentAt": TIME,
            "events": (0..events).map(event).collect::<Vec<_>>(), "droppedEvents": 0,
        });
        if let (Kind::WithoutSession, Some(body)) = (kind, body.as_object_mut()) {
            body.remove("sessionId");
        }
        body
    }

    /// One of the few ids that all browsers send; as long as others.
    fn repeated(&self, number: usize, events: usize) -> String {
        let number = (usize::from(self.number) + number) % Kind::REPEATED_EVENTS.max(events);
        format!("{:x>ID_DIGITS$}", format!("again{number:06}"))
    }

    /// Writes an id that was never written before. Ids of different browsers differ by the number in them.
    fn write_id(&mut self, digits: &mut [u8], now: UnixMs) {
        self.ids_made += 1;
        let id = u64::from(self.number) << 48 | self.ids_made;
        let (high, low) = digits.split_at_mut(ID_DIGITS / 2);
        let random = scattered(id);
        let first = match self.ids {
            Ids::Sdk => now.0.cast_unsigned() << 16 | random & 0xffff,
            Ids::Random => random,
        };
        write_hex(high, first);
        write_hex(low, id);
    }
}

/// A request to `/events` that can be sent again and again.
#[derive(Debug)]
pub struct EventsRequest {
    browser: Browser,
    bytes: Vec<u8>,
    body_bytes: usize,
    ids_at: Vec<usize>,
    times_at: Vec<usize>,
}

impl EventsRequest {
    /// A request of this kind with so many events in it.
    pub fn new(
        door: &Door,
        browser: Browser,
        session_id: &str,
        kind: Kind,
        events: usize,
    ) -> Result<Self> {
        let body = browser.events(session_id, kind, events);
        let body_bytes = body.to_string().len();
        let origin = if kind == Kind::Foreign { ELSEWHERE } else { ORIGIN };
        let bytes = door.request_from(origin, "events", &body);
        let text = str::from_utf8(&bytes)?;
        let times_at: Vec<usize> = text.match_indices(TIME).map(|(at, _)| at).collect();
        // One id a batch and, unless it is repeated, one an event; one time each.
        let mut ids_at = ends(text, "\"batch_");
        if kind != Kind::Repeated {
            ids_at.extend(ends(text, "\"evt_"));
        }
        let new = if kind == Kind::Repeated { 0 } else { events };
        ensure!(ids_at.len() == new + 1 && times_at.len() == events + 1, "a placeholder is lost");
        Ok(Self { browser, bytes, body_bytes, ids_at, times_at })
    }

    /// Makes it a new request, sent at `now`.
    pub fn renew(&mut self, now: UnixMs) {
        for at in &self.ids_at {
            self.browser.write_id(&mut self.bytes[*at..at + ID_DIGITS], now);
        }
        let now = now.to_string();
        for at in &self.times_at {
            self.bytes[*at..at + TIME.len()].copy_from_slice(now.as_bytes());
        }
    }

    /// Head and body.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Bytes of the body alone.
    #[must_use]
    pub const fn body_bytes(&self) -> usize {
        self.body_bytes
    }
}

/// A page, as the SDK describes it.
#[must_use]
pub fn page() -> Value {
    json!({
        "url": "https://app.example.com/reports", "path": "/reports", "title": "Reports",
        "referrer": "https://app.example.com/",
    })
}

/// A browser, as the SDK describes it.
#[must_use]
pub fn context() -> Value {
    json!({ "locale": "en-GB", "timezone": "Europe/London", "userAgent": USER_AGENT })
}

fn placeholder(number: usize) -> String {
    format!("{number:0ID_DIGITS$}")
}

/// Where `part` ends, each time it occurs.
fn ends(text: &str, part: &str) -> Vec<usize> {
    text.match_indices(part).map(|(at, part)| at + part.len()).collect()
}

fn write_hex(digits: &mut [u8], mut number: u64) {
    for digit in digits.iter_mut().rev() {
        *digit = b"0123456789abcdef"[(number & 15) as usize];
        number >>= 4;
    }
}

/// The finaliser of `SplitMix64`: numbers in order become numbers all over.
#[must_use]
pub const fn scattered(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const NOW: UnixMs = UnixMs(1_775_830_505_000);

    fn request(browser: u16, events: usize) -> EventsRequest {
        request_with(Ids::Sdk, Kind::New, browser, events)
    }

    fn request_with(ids: Ids, kind: Kind, browser: u16, events: usize) -> EventsRequest {
        let address = SocketAddr::from(([127, 0, 0, 1], 3000));
        let door = Door { address, public_key: "pk_018f2b6e7c5d".to_owned() };
        let session = "sess_018f2b6e-7c5d-7a10-9c3e-2f7a5b1d4e60";
        let browser = Browser::new(browser, ids);
        EventsRequest::new(&door, browser, session, kind, events).unwrap()
    }

    fn body(request: &EventsRequest) -> Value {
        let head_bytes = request.bytes.len() - request.body_bytes;
        serde_json::from_slice(&request.bytes[head_bytes..]).unwrap()
    }

    #[test]
    fn a_single_event_makes_a_body_of_about_700_bytes() {
        let bytes = request(0, 1).body_bytes();
        assert!((650..=750).contains(&bytes), "{bytes}");
    }

    #[test]
    fn the_head_tells_the_length_of_the_body() {
        let request = request(0, 25);
        let head = String::from_utf8_lossy(&request.bytes);
        assert!(head.contains(&format!("Content-Length: {}\r\n", request.body_bytes())));
        assert_eq!(body(&request)["events"].as_array().unwrap().len(), 25);
    }

    #[test]
    fn no_id_is_ever_sent_twice() {
        let mut seen = HashSet::new();
        for (ids, browser) in
            [(Ids::Sdk, 0), (Ids::Sdk, 1), (Ids::Sdk, 258), (Ids::Random, 0), (Ids::Random, 1)]
        {
            let mut request = request_with(ids, Kind::New, browser, 25);
            for _ in 0..40 {
                request.renew(NOW);
                let body = body(&request);
                assert!(seen.insert(body["batchId"].to_string()));
                for event in body["events"].as_array().unwrap() {
                    assert!(seen.insert(event["id"].to_string()), "{}", event["id"]);
                }
            }
        }
        assert_eq!(seen.len(), 5 * 40 * 26);
    }

    #[test]
    fn repeated_requests_are_other_batches_of_the_same_few_events() {
        for (events, most) in [(1, Kind::REPEATED_EVENTS), (25, 25)] {
            let (mut batches, mut seen) = (HashSet::new(), HashSet::new());
            for browser in 0..64 {
                let mut request = request_with(Ids::Sdk, Kind::Repeated, browser, events);
                request.renew(NOW);
                let body = body(&request);
                batches.insert(body["batchId"].to_string());
                seen.extend(body["events"].as_array().unwrap().iter().map(|e| e["id"].to_string()));
            }
            assert_eq!((batches.len(), seen.len()), (64, most));
        }
    }

    #[test]
    fn every_time_is_that_of_sending() {
        let mut request = request(0, 2);
        request.renew(NOW);
        let body = body(&request);
        let now = NOW.to_string();
        assert_eq!(body["sentAt"], now.as_str());
        assert_eq!(body["events"][1]["timestamp"], now.as_str());
    }
}
