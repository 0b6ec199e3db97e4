//! A browser with a connection of its own, a session, and a request that is ready to be sent.

use std::ops::Range;

use anyhow::Result;
use db::Clock;
use rig::{
    api,
    connection::{Connection, Reply},
    payload::{Browser, Door, EventsRequest, Ids, Kind},
};

use crate::load::Tally;

/// One of many.
#[derive(Debug)]
pub struct Lane {
    connection: Connection,
    request: EventsRequest,
    expected: Expected,
    clock: Clock,
}

/// What its requests are.
#[derive(Debug, Clone, Copy)]
pub struct Sending {
    /// Of which kind.
    pub kind: Kind,
    /// Events a request.
    pub events: usize,
    /// How the ids of new events are made.
    pub ids: Ids,
}

/// How a request must be answered.
#[derive(Debug, Clone)]
pub struct Expected {
    /// With this status.
    status: u16,
    /// And with this in the body.
    text: Option<String>,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// As it must be.
    Well,
    /// It was answered otherwise.
    Badly,
    /// It was not answered, and the connection is of no more use.
    Lost,
}

impl Lane {
    /// The browsers of these numbers, each with a session of its own.
    pub async fn open_all(door: &Door, numbers: Range<u16>, sending: Sending) -> Result<Vec<Self>> {
        let mut lanes = Vec::new();
        for number in numbers {
            let mut connection = Connection::open(door.address).await?;
            let browser = Browser::new(number, sending.ids);
            let session = api::bootstrap(door, &mut connection, &browser).await?;
            let Sending { kind, events, .. } = sending;
            let request = EventsRequest::new(door, browser, &session, kind, events)?;
            lanes.push(Self::new(connection, request, Expected::of(sending)));
        }
        Ok(lanes)
    }

    /// One that sends `request` over `connection`.
    pub fn new(connection: Connection, request: EventsRequest, expected: Expected) -> Self {
        Self { connection, request, expected, clock: Clock::system() }
    }

    /// Bytes of a request's body.
    pub const fn body_bytes(&self) -> usize {
        self.request.body_bytes()
    }

    /// Sends new events, waits for the answer and counts it.
    pub async fn send(&mut self, tally: &mut Tally) -> Sent {
        self.request.renew(self.clock.now());
        match self.connection.exchange(self.request.as_bytes()).await {
            Ok(reply) if self.expected.is_met_by(reply) => {
                tally.acknowledged += 1;
                Sent::Well
            }
            Ok(reply) => {
                let body: String = String::from_utf8_lossy(reply.body).chars().take(300).collect();
                tally.fail(format!("{} {body}", reply.status), reply.status == 200);
                Sent::Badly
            }
            // Whether the server had read it is unknown.
            Err(error) => {
                tally.fail(format!("{error:#}"), true);
                Sent::Lost
            }
        }
    }
}

impl Expected {
    /// Every event accepted, none at fault, or the right refusal. The counts come before the long list of results.
    fn of(Sending { kind, events, .. }: Sending) -> Self {
        let (status, text) = match kind {
            Kind::New => (200, format!("\"accepted\":{events},")),
            Kind::Repeated => (200, "\"rejected\":0,".to_owned()),
            Kind::WithoutSession => (422, "invalid_events_payload".to_owned()),
            Kind::Foreign => (403, "tracking_source_origin_not_allowed".to_owned()),
        };
        Self { status, text: Some(text) }
    }

    /// This status, whatever the body.
    pub const fn status(status: u16) -> Self {
        Self { status, text: None }
    }

    fn is_met_by(&self, reply: Reply<'_>) -> bool {
        let holds =
            |text: &String| reply.body.windows(text.len()).any(|part| part == text.as_bytes());
        reply.status == self.status && self.text.as_ref().is_none_or(holds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_good_only_if_every_event_was_accepted() {
        let body = br#"{"ok":true,"batchId":"b","accepted":25,"duplicates":0}"#;
        let expected = Expected::of(Sending { kind: Kind::New, events: 25, ids: Ids::Sdk });
        let reply = Reply { status: 200, retry_after_s: None, is_last: false, body };
        assert!(expected.is_met_by(reply));
        assert!(!expected.is_met_by(Reply { status: 503, ..reply }));
        let body = br#"{"ok":true,"batchId":"b","accepted":2,"duplicates":23}"#;
        assert!(!expected.is_met_by(Reply { body, ..reply }));
    }
}
