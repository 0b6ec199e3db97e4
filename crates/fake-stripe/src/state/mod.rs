//! Everything there is, in one value: the engine changes it, the API and the pages show it.

pub(crate) mod catalog;
pub(crate) mod checkout;
pub(crate) mod customer;
pub(crate) mod hooks;
pub(crate) mod invoice;
pub(crate) mod payment;
pub(crate) mod portal;
pub(crate) mod subscription;
mod table;
pub(crate) mod test_clock;

use std::collections::{BTreeMap, HashMap, VecDeque};

use serde_json::{Value, json};

pub(crate) use self::table::{Row, Table};
use crate::api::{Kept, RequestId};
use crate::chance::Chance;
use crate::clock::Clock;
use crate::knobs::{Knobs, Scripted};
use crate::post::Post;
use crate::view::Request;

/// Key and value pairs that a client keeps at an object.
pub(crate) type Metadata = BTreeMap<String, String>;

/// What is done to a field that can be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Edit<T> {
    #[default]
    Keep,
    Clear,
    Set(T),
}

impl<T> Edit<T> {
    /// What a new thing has in this field.
    pub(crate) fn value(self) -> Option<T> {
        match self {
            Self::Keep | Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }

    /// Does it.
    pub(crate) fn write(self, field: &mut Option<T>) {
        if self.is_edit() {
            *field = self.value();
        }
    }

    /// Whether anything is done.
    pub(crate) fn is_edit(&self) -> bool {
        !matches!(self, Self::Keep)
    }
}

/// The whole state.
#[derive(Debug, Clone)]
pub(crate) struct World {
    /// Where the pages are reached, without a slash at the end.
    pub base_url: String,
    pub secret_key: String,
    pub clock: Clock,
    /// The moment that is being played while time is moved.
    pub playing: Option<i64>,
    pub ids: Chance,
    /// Apart from the ids, so that a knob does not change them.
    pub dice: Chance,
    pub knobs: Knobs,
    pub script: VecDeque<Scripted>,
    pub customers: Table<customer::Customer>,
    pub products: Table<catalog::Product>,
    pub prices: Table<catalog::Price>,
    pub methods: Table<payment::Method>,
    pub intents: Table<payment::Intent>,
    pub subscriptions: Table<subscription::Subscription>,
    pub invoices: Table<invoice::Invoice>,
    pub pending: Table<invoice::PendingItem>,
    pub sessions: Table<checkout::Session>,
    pub portal_sessions: Table<portal::Visit>,
    pub portal_configurations: Table<portal::Configuration>,
    pub test_clocks: Table<test_clock::TestClock>,
    pub endpoints: Table<hooks::Endpoint>,
    pub events: Table<hooks::Event>,
    pub post: Post,
    /// Replies by idempotency key.
    pub kept: HashMap<String, Kept>,
    /// The calls of the API, oldest first.
    pub requests: Vec<Request>,
    /// The call that is being answered, which the events of it name.
    pub request: Option<RequestId>,
}

impl World {
    /// The time for everything that belongs to no customer with a test clock.
    pub(crate) fn now(&self) -> i64 {
        self.playing.unwrap_or_else(|| self.clock.now())
    }

    /// The time for this customer: that of the test clock, if there is one.
    pub(crate) fn time_of(&self, customer: &str) -> i64 {
        self.customers
            .find(customer)
            .and_then(|customer| self.test_clocks.find(customer.test_clock.as_deref()?))
            .map_or_else(|| self.now(), |clock| clock.frozen_at)
    }

    /// Anything that has an id, as the API shows it.
    pub(crate) fn render(&self, id: &str) -> Option<Value> {
        let (prefix, _) = id.split_once('_')?;
        match prefix {
            "cus" => self.customers.render(id, self),
            "prod" => self.products.render(id, self),
            "price" => self.prices.render(id, self),
            "pm" => self.methods.render(id, self),
            "pi" => self.intents.render(id, self),
            "inpay" => payment::render_invoice_payment(id, self),
            "sub" => self.subscriptions.render(id, self),
            "si" => subscription::render_item(id, self),
            "in" => self.invoices.render(id, self),
            "ii" => self.pending.render(id, self),
            "cs" => self.sessions.render(id, self),
            "bps" => self.portal_sessions.render(id, self),
            "bpc" => self.portal_configurations.render(id, self),
            "clock" => self.test_clocks.render(id, self),
            "we" => self.endpoints.render(id, self),
            "evt" => self.events.render(id, self),
            // Ids that a client chose itself.
            _ => self.prices.render(id, self).or_else(|| self.products.render(id, self)),
        }
    }
}

/// A list inside an object, complete.
pub(crate) fn list(url: &str, data: Vec<Value>) -> Value {
    json!({
        "object": "list",
        "data": Value::Array(data),
        "has_more": false,
        "url": url,
    })
}
