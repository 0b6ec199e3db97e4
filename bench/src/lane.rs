//! A browser with a connection of its own, a session, and a request that is ready to be sent.

use anyhow::Result;
use db::Clock;
use rig::{
    api,
    connection::{Connection, Reply},
    payload::{Browser, Door, EventsRequest, Ids},
};

use crate::load::Tally;

/// One of many.
#[derive(Debug)]
pub struct Lane {
    connection: Connection,
    request: EventsRequest,
    accepted: String,
    clock: Clock,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// Every event was accepted.
    Well,
    /// It was answered otherwise.
    Badly,
    /// It was not answered, and the connection is of no more use.
    Lost,
}

impl Lane {
    /// So many browsers, whose requests hold `events` events.
    pub async fn open_all(door: &Door, count: u16, ids: Ids, events: usize) -> Result<Vec<Self>> {
        let mut lanes = Vec::new();
        for number in 0..count {
            let mut connection = Connection::open(door.address).await?;
            let browser = Browser::new(number, ids);
            let session = api::bootstrap(door, &mut connection, &browser).await?;
            let request = EventsRequest::new(door, browser, &session, events)?;
            let accepted = format!("\"accepted\":{events},");
            lanes.push(Self { connection, request, accepted, clock: Clock::system() });
        }
        Ok(lanes)
    }

    /// Bytes of a request's body.
    pub const fn body_bytes(&self) -> usize {
        self.request.body_bytes()
    }

    /// Sends new events, waits for the answer and counts it.
    pub async fn send(&mut self, tally: &mut Tally) -> Sent {
        self.request.renew(self.clock.now());
        match self.connection.exchange(self.request.as_bytes()).await {
            Ok(reply) if is_good(reply, &self.accepted) => {
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

/// Every event accepted; the count comes before the long list of results.
fn is_good(reply: Reply<'_>, accepted: &str) -> bool {
    let is_accepted = || reply.body.windows(accepted.len()).any(|part| part == accepted.as_bytes());
    reply.status == 200 && is_accepted()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_good_only_if_every_event_was_accepted() {
        let body = br#"{"ok":true,"batchId":"b","accepted":25,"duplicates":0}"#;
        let accepted = "\"accepted\":25,";
        let reply = Reply { status: 200, retry_after_s: None, is_last: false, body };
        assert!(is_good(reply, accepted));
        assert!(!is_good(Reply { status: 503, ..reply }, accepted));
        let body = br#"{"ok":true,"batchId":"b","accepted":2,"duplicates":23}"#;
        assert!(!is_good(Reply { body, ..reply }, accepted));
    }
}
