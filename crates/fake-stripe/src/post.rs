//! The post office of webhooks: what is to be sent to whom and when, and what became of it.

use std::collections::VecDeque;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::knobs::Mode;
use crate::signature::sign;
use crate::state::{Row, World};

/// How long an endpoint that does not answer 2xx is tried, by this fake's clock.
const TRIED_SECONDS: i64 = 3 * 86_400;
const FIRST_RETRY_SECONDS: i64 = 60;
const LONGEST_RETRY_SECONDS: i64 = 12 * 3600;
/// By how many later ones a webhook can be overtaken.
const OVERTAKEN_BY: u64 = 5;

/// A webhook that a test delivers itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Of this delivery; a duplicate has another one.
    pub id: String,
    /// Of the event; a duplicate has the same.
    pub event_id: String,
    /// Such as `customer.subscription.updated`.
    pub event_type: String,
    /// Where it would go.
    pub url: Option<String>,
    /// The body, byte for byte as it is signed.
    pub payload: Vec<u8>,
    /// The value of the header `Stripe-Signature`, made at the moment of taking.
    pub signature: String,
}

/// What became of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It waits for its time, or to be tried again.
    Waiting,
    /// It is on its way.
    Sending,
    /// The endpoint answered 2xx.
    Delivered,
    /// A test took it.
    Taken,
    /// Three days of tries have failed.
    Failed,
    /// The knob `drop` lost it.
    Dropped,
}

/// A webhook to one endpoint.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Parcel {
    pub id: String,
    pub event: String,
    pub kind: &'static str,
    pub endpoint: String,
    pub state: DeliveryState,
    pub attempts: u32,
    pub first_at: i64,
    pub due_at: i64,
    /// What the endpoint answered last, or why it did not.
    pub last: Option<String>,
    /// Its place among those that are due at the same time.
    #[serde(skip)]
    place: u64,
    #[serde(skip)]
    pub payload: Bytes,
}

/// What the background sends next.
#[derive(Debug)]
pub(crate) struct Letter {
    pub id: String,
    pub url: String,
    pub payload: Bytes,
    pub signature: String,
}

/// All webhooks, oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Post {
    parcels: VecDeque<Parcel>,
    places: u64,
}

impl Post {
    /// How many endpoints have not yet got this event.
    pub(crate) fn waiting_for(&self, event: &str) -> usize {
        let is_waiting = |parcel: &&Parcel| {
            parcel.event == event
                && matches!(parcel.state, DeliveryState::Waiting | DeliveryState::Sending)
        };
        self.parcels.iter().filter(is_waiting).count()
    }

    /// All there are, oldest first.
    pub(crate) fn parcels(&self) -> impl DoubleEndedIterator<Item = &Parcel> {
        self.parcels.iter()
    }

    fn parcel(&mut self, id: &str) -> Option<&mut Parcel> {
        self.parcels.iter_mut().find(|parcel| parcel.id == id)
    }

    /// The waiting ones that are due, in the order they leave.
    fn due(&self, now: i64) -> Vec<&Parcel> {
        let is_due =
            |parcel: &&Parcel| parcel.state == DeliveryState::Waiting && parcel.due_at <= now;
        let mut due: Vec<&Parcel> = self.parcels.iter().filter(is_due).collect();
        due.sort_by_key(|parcel| (parcel.due_at, parcel.place));
        due
    }
}

impl World {
    /// Puts an event into the post, to `only` this endpoint or to all that want to hear of it.
    pub(crate) fn post(&mut self, event: &str, only: Option<&str>) {
        let row = self.events.get(event);
        let kind = row.kind;
        let hearing: Vec<String> = self
            .endpoints
            .iter()
            .filter(|endpoint| endpoint.hears(kind) && only.is_none_or(|id| id == endpoint.id))
            .map(|endpoint| endpoint.id.clone())
            .collect();
        let mut payload = row.render(self);
        payload["pending_webhooks"] = json!(hearing.len());
        let payload = Bytes::from(serde_json::to_vec_pretty(&payload).unwrap_or_default());
        for endpoint in hearing {
            let copies = self.roll_copies();
            for _ in 0..copies {
                self.hand_in(event, kind, &endpoint, payload.clone());
            }
        }
    }

    fn roll_copies(&mut self) -> u32 {
        let Self { dice, knobs, .. } = self;
        if dice.hits(knobs.duplicate) { 1 + knobs.duplicates } else { 1 }
    }

    fn hand_in(&mut self, event: &str, kind: &'static str, endpoint: &str, payload: Bytes) {
        let now = self.now();
        let Self { dice, knobs, post, ids, .. } = self;
        let is_dropped = dice.hits(knobs.drop);
        let overtaken_by = if dice.hits(knobs.reorder) { 1 + dice.below(OVERTAKEN_BY) } else { 0 };
        let most = u64::try_from(knobs.delay_seconds).unwrap_or_default();
        let late = i64::try_from(dice.below(most + 1)).unwrap_or_default();
        post.places += 1;
        post.parcels.push_back(Parcel {
            id: ids.id("dlv"),
            event: event.to_owned(),
            kind,
            endpoint: endpoint.to_owned(),
            state: if is_dropped { DeliveryState::Dropped } else { DeliveryState::Waiting },
            attempts: 0,
            first_at: now,
            due_at: now + late,
            last: None,
            // Two apart, so that who is overtaken by n comes after the n-th and before the one after.
            place: 2 * (post.places + overtaken_by) + u64::from(overtaken_by > 0),
            payload,
        });
    }

    /// Everything that is due, taken away from the background.
    pub(crate) fn take_deliveries(&mut self) -> Vec<Delivery> {
        let now = self.now();
        let due: Vec<String> = self.post.due(now).iter().map(|parcel| parcel.id.clone()).collect();
        due.iter().filter_map(|id| self.take(id)).collect()
    }

    fn take(&mut self, id: &str) -> Option<Delivery> {
        let at = self.clock.outside();
        let parcel = self.post.parcel(id)?;
        parcel.state = DeliveryState::Taken;
        let parcel = parcel.clone();
        let endpoint = self.endpoints.find(&parcel.endpoint)?;
        Some(Delivery {
            signature: sign(&parcel.payload, at, &endpoint.secrets_at(self.now())),
            id: parcel.id,
            event_id: parcel.event,
            event_type: parcel.kind.to_owned(),
            url: endpoint.url.clone(),
            payload: parcel.payload.to_vec(),
        })
    }

    /// The next one for the background, which must tell how it went.
    pub(crate) fn next_letter(&mut self) -> Option<Letter> {
        if self.knobs.mode == Mode::Manual {
            return None;
        }
        let now = self.now();
        let (id, url) = self.post.due(now).into_iter().find_map(|parcel| {
            let endpoint = self.endpoints.find(&parcel.endpoint)?;
            Some((parcel.id.clone(), endpoint.url.clone()?))
        })?;
        let outside = self.clock.outside();
        let parcel = self.post.parcel(&id)?;
        parcel.state = DeliveryState::Sending;
        parcel.attempts += 1;
        let (payload, endpoint) = (parcel.payload.clone(), parcel.endpoint.clone());
        let signature = sign(&payload, outside, &self.endpoints.get(&endpoint).secrets_at(now));
        Some(Letter { id, url, payload, signature })
    }

    /// Notes how it went: the status of the answer, or why there was none.
    pub(crate) fn letter_sent(&mut self, id: &str, result: Result<u16, String>) {
        let now = self.now();
        let Some(parcel) = self.post.parcel(id) else { return };
        let is_delivered = matches!(result, Ok(200..=299));
        parcel.last = Some(result.map_or_else(|error| error, |status| status.to_string()));
        parcel.due_at = now + retry_after(parcel.attempts);
        parcel.state = if is_delivered {
            DeliveryState::Delivered
        } else if parcel.due_at > parcel.first_at + TRIED_SECONDS {
            DeliveryState::Failed
        } else {
            DeliveryState::Waiting
        };
    }

    /// Whether the background has something to do, or is doing it.
    pub(crate) fn is_sending(&self) -> bool {
        let now = self.now();
        let has_url = |parcel: &Parcel| {
            self.endpoints.find(&parcel.endpoint).is_some_and(|endpoint| endpoint.url.is_some())
        };
        let is_on_its_way =
            self.post.parcels().any(|parcel| parcel.state == DeliveryState::Sending);
        is_on_its_way
            || (self.knobs.mode == Mode::Automatic && self.post.due(now).into_iter().any(has_url))
    }
}

/// How long after the failed try number `attempts`: 1 minute, 4, 16, 64, and so on up to 12 hours.
fn retry_after(attempts: u32) -> i64 {
    let doubled = attempts.saturating_sub(1).min(10) * 2;
    (FIRST_RETRY_SECONDS << doubled).min(LONGEST_RETRY_SECONDS)
}
