//! What whoever runs the instance sees of Stripe's messages.

use db::on_db;
use model::UnixMs;

use crate::{Billing, Error, Result, webhook};

/// Newest events that are listed.
const LISTED: i64 = 100;

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventState {
    /// Not dealt with yet.
    Waiting,
    /// The state of whom it is about was fetched after it came.
    Done,
    /// Of no use here.
    Unused,
    /// Given up.
    Dead,
}

impl EventState {
    fn of(word: &str) -> Self {
        match word {
            "waiting" => Self::Waiting,
            "done" => Self::Done,
            "unused" => Self::Unused,
            // The column's CHECK leaves no other word.
            _ => Self::Dead,
        }
    }
}

/// An event, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Stripe's id, `evt_…`.
    pub id: String,
    /// Such as `invoice.paid`.
    pub kind: String,
    /// When it came.
    pub received_at: UnixMs,
    /// What became of it.
    pub state: EventState,
    /// How often it was tried.
    pub tries: i64,
    /// Why it was not dealt with the last time.
    pub fault: Option<String>,
    /// Whether trying again makes sense.
    pub can_retry: bool,
}

/// How billing does on this instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// Events that are due and not dealt with.
    pub waiting: i64,
    /// Those that were given up first, then the newest.
    pub events: Vec<Event>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    r#type: String,
    received_at: i64,
    state: String,
    tries: i64,
    fault: Option<String>,
    customer_id: Option<String>,
}

impl From<Row> for Event {
    fn from(row: Row) -> Self {
        let state = EventState::of(&row.state);
        Self {
            id: row.id,
            kind: row.r#type,
            received_at: UnixMs(row.received_at),
            state,
            tries: row.tries,
            fault: row.fault,
            can_retry: state == EventState::Dead && row.customer_id.is_some(),
        }
    }
}

const LIST: &str =
    "SELECT id, type, received_at, state, tries, fault, customer_id FROM stripe_events
    ORDER BY CASE WHEN state = 'dead' THEN 0 ELSE 1 END, received_at DESC, id LIMIT $1";

impl Billing {
    /// Events as they stand.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn overview(&self) -> Result<Overview> {
        let rows = on_db!(self.db.read(), c => sqlx::query_as::<_, Row>(LIST)
            .bind(LISTED)
            .fetch_all(c)
            .await)?;
        let events = rows.into_iter().map(Event::from).collect();
        Ok(Overview { waiting: webhook::find_waiting(&self.db).await?, events })
    }

    /// Lets an event that was given up be dealt with again.
    ///
    /// # Errors
    ///
    /// [`Error::EventNotFound`], also when it was not given up.
    pub async fn retry_event(&self, id: &str) -> Result<()> {
        if webhook::retry(&self.db, id).await? { Ok(()) } else { Err(Error::EventNotFound) }
    }
}
