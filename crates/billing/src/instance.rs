//! What whoever runs the instance sees of Stripe's messages.

use db::on_db;
use model::UnixMs;

use crate::{Billing, Result, webhook};

/// Events of either kind that are listed.
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
    /// Given up, looked at, and left at that.
    Dismissed,
}

impl EventState {
    fn of(word: &str) -> Self {
        match word {
            "waiting" => Self::Waiting,
            "done" => Self::Done,
            "unused" => Self::Unused,
            "dismissed" => Self::Dismissed,
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
    /// Events that were given up; more than are listed here, perhaps.
    pub given_up: i64,
    /// The oldest of those.
    pub dead: Vec<Event>,
    /// The newest of all others.
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

const COUNT_DEAD: &str = "SELECT COUNT(*) FROM stripe_events WHERE state = 'dead'";

const LIST_DEAD: &str =
    "SELECT id, type, received_at, state, tries, fault, customer_id FROM stripe_events
    WHERE state = 'dead' ORDER BY received_at, id LIMIT $1";

const LIST_NEWEST: &str =
    "SELECT id, type, received_at, state, tries, fault, customer_id FROM stripe_events
    WHERE state <> 'dead' ORDER BY received_at DESC, id DESC LIMIT $1";

impl Billing {
    /// Events as they stand.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn overview(&self) -> Result<Overview> {
        let (given_up,) = on_db!(self.db.read(), c => sqlx::query_as::<_, (i64,)>(COUNT_DEAD)
            .fetch_one(c)
            .await)?;
        Ok(Overview {
            waiting: webhook::find_waiting(&self.db).await?,
            given_up,
            dead: self.list_events(LIST_DEAD).await?,
            events: self.list_events(LIST_NEWEST).await?,
        })
    }

    async fn list_events(&self, statement: &'static str) -> Result<Vec<Event>> {
        let rows = on_db!(self.db.read(), c => sqlx::query_as::<_, Row>(statement)
            .bind(LISTED)
            .fetch_all(c)
            .await)?;
        Ok(rows.into_iter().map(Event::from).collect())
    }

    /// Lets an event that was given up be dealt with again. One that is not given up any more is well.
    ///
    /// # Errors
    ///
    /// [`Error::EventNotFound`](crate::Error::EventNotFound), also when it says of nobody that could be dealt with.
    pub async fn retry_event(&self, id: &str) -> Result<()> {
        webhook::retry(&self.db, id).await
    }

    /// The same for all that can be. How many there were.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn retry_events(&self) -> Result<u64> {
        webhook::retry_all(&self.db).await
    }

    /// Leaves an event that was given up at that. One that is not given up any more is well.
    ///
    /// # Errors
    ///
    /// [`Error::EventNotFound`](crate::Error::EventNotFound).
    pub async fn dismiss_event(&self, id: &str) -> Result<()> {
        webhook::dismiss(&self.db, id).await
    }
}
