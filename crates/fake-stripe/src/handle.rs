//! [`FakeStripe`]: the handle that tests and the binary hold.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Notify;

use crate::chance::Chance;
use crate::clock::Clock;
use crate::knobs::{Knobs, Mode, Scripted};
use crate::post::{Delivery, Post};
use crate::state::hooks::{Endpoint, Secret};
use crate::state::{Metadata, Table, World};
use crate::view::{Event, Request};

/// The endpoint that [`Options::webhook_secrets`] makes.
const ENDPOINT: &str = "we_default";
const DAY_SECONDS: i64 = 86_400;

/// How a fake begins.
#[derive(Debug, Clone)]
pub struct Options {
    /// The one key that the API accepts.
    pub secret_key: String,
    /// What signs webhooks, the newest first. None: no endpoint until one is made through the API.
    pub webhook_secrets: Vec<String>,
    /// Where webhooks go. None: they wait for [`FakeStripe::take_deliveries`].
    pub webhook_url: Option<String>,
    /// A time to stand at until it is moved, in Unix seconds. None: the real time.
    pub now: Option<i64>,
    /// Where ids and dice begin.
    pub seed: u64,
}

impl Default for Options {
    /// `sk_test_fake`, one secret `whsec_fake`, nobody to send to, the real time, seed 1.
    fn default() -> Self {
        Self {
            secret_key: "sk_test_fake".to_owned(),
            webhook_secrets: vec!["whsec_fake".to_owned()],
            webhook_url: None,
            now: None,
            seed: 1,
        }
    }
}

#[derive(Debug)]
struct Inner {
    options: Options,
    world: Mutex<World>,
    happened: Notify,
}

/// A Stripe of one's own. Clones are the same one.
#[derive(Debug, Clone)]
pub struct FakeStripe(Arc<Inner>);

impl FakeStripe {
    /// A fresh one, with the prices of the crate's constants and nothing else.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let world = Mutex::new(World::new(&options));
        Self(Arc::new(Inner { options, world, happened: Notify::new() }))
    }

    /// Does something with the state, after everything that was due by now has happened.
    pub(crate) fn with<R>(&self, act: impl FnOnce(&mut World) -> R) -> R {
        let mut world = self.0.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.catch_up();
        let result = act(&mut world);
        let is_sending = world.is_sending();
        drop(world);
        if is_sending {
            self.0.happened.notify_one();
        }
        result
    }

    pub(crate) async fn something_happened(&self) {
        self.0.happened.notified().await;
    }

    /// The key that the API accepts.
    #[must_use]
    pub fn secret_key(&self) -> &str {
        &self.0.options.secret_key
    }

    /// What is set.
    #[must_use]
    pub fn knobs(&self) -> Knobs {
        self.with(|world| world.knobs.clone())
    }

    /// Sets all of it.
    pub fn set_knobs(&self, knobs: Knobs) {
        self.with(|world| world.knobs = knobs);
    }

    /// Adds a fault for a call to come, after those that were added before.
    pub fn script(&self, scripted: Scripted) {
        self.with(|world| world.script.push_back(scripted));
    }

    /// Its time, in Unix seconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.with(|world| world.now())
    }

    /// Moves time on, and does all that is due on the way, each at its moment.
    pub fn advance(&self, by: Duration) {
        let seconds = i64::try_from(by.as_secs()).unwrap_or(i64::MAX);
        self.with(|world| world.play_to(world.now().saturating_add(seconds)));
    }

    /// Moves time on to this moment, in Unix seconds; never back.
    pub fn advance_to(&self, at: i64) {
        self.with(|world| world.play_to(at));
    }

    /// Moves the time of one test clock on.
    pub fn advance_test_clock(&self, id: &str, at: i64) {
        self.with(|world| world.play_clock_to(id, at));
    }

    /// Everything that is due, for the test to deliver itself, in the order in which it would leave.
    ///
    /// In [`Mode::Automatic`] the background would send the same.
    #[must_use]
    pub fn take_deliveries(&self) -> Vec<Delivery> {
        self.with(World::take_deliveries)
    }

    /// Returns when the background has nothing left that is due now.
    pub async fn settle(&self) {
        while self.with(|world| world.is_sending()) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Puts an event into the post once more.
    ///
    /// # Panics
    ///
    /// When there is no such event.
    pub fn send_again(&self, event_id: &str) {
        self.with(|world| world.post(event_id, None));
    }

    /// Gives the endpoint of [`Options`] another secret; the old ones sign beside it for as long as said.
    pub fn roll_webhook_secret(&self, secret: &str, keep_old_for: Duration) {
        let keep = i64::try_from(keep_old_for.as_secs()).unwrap_or(i64::MAX);
        self.with(|world| world.roll_secret(ENDPOINT, secret.to_owned(), keep));
    }

    /// Everything that happened, oldest first.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.with(|world| world.events.iter().map(Event::from).collect())
    }

    /// The calls that the API was asked, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.with(|world| world.requests.clone())
    }

    /// Anything that has an id, as the API answers it.
    #[must_use]
    pub fn object(&self, id: &str) -> Option<Value> {
        self.with(|world| world.render(id))
    }

    /// Everything as it was in the beginning, but for where it is reached.
    pub fn reset(&self) {
        let fresh = World::new(&self.0.options);
        self.with(|world| {
            let base_url = std::mem::take(&mut world.base_url);
            *world = World { base_url, ..fresh };
        });
    }
}

impl World {
    fn new(options: &Options) -> Self {
        let mode = if options.webhook_url.is_some() { Mode::Automatic } else { Mode::Manual };
        let mut world = Self {
            base_url: "http://127.0.0.1:12111".to_owned(),
            secret_key: options.secret_key.clone(),
            clock: options.now.map_or(Clock::Real { ahead: 0 }, Clock::standing),
            playing: None,
            ids: Chance::seeded(options.seed),
            dice: Chance::seeded(options.seed ^ 0xd1ce),
            knobs: Knobs { mode, ..Knobs::default() },
            script: VecDeque::new(),
            customers: Table::default(),
            products: Table::default(),
            prices: Table::default(),
            methods: Table::default(),
            intents: Table::default(),
            subscriptions: Table::default(),
            invoices: Table::default(),
            pending: Table::default(),
            sessions: Table::default(),
            portal_sessions: Table::default(),
            portal_configurations: Table::default(),
            test_clocks: Table::default(),
            endpoints: Table::default(),
            events: Table::default(),
            post: Post::default(),
            kept: HashMap::new(),
            requests: Vec::new(),
            request: None,
        };
        world.seed();
        if !options.webhook_secrets.is_empty() {
            world.endpoints.insert(default_endpoint(options, world.now()));
        }
        world
    }

    /// A copy to try something out on: without what has been told and asked, which is most of it.
    pub(crate) fn scratch(&self) -> Self {
        Self {
            events: Table::default(),
            endpoints: Table::default(),
            post: Post::default(),
            kept: HashMap::new(),
            requests: Vec::new(),
            script: VecDeque::new(),
            base_url: self.base_url.clone(),
            secret_key: String::new(),
            clock: self.clock,
            playing: self.playing,
            ids: self.ids.clone(),
            dice: self.dice.clone(),
            knobs: self.knobs.clone(),
            customers: self.customers.clone(),
            products: self.products.clone(),
            prices: self.prices.clone(),
            methods: self.methods.clone(),
            intents: self.intents.clone(),
            subscriptions: self.subscriptions.clone(),
            invoices: self.invoices.clone(),
            pending: self.pending.clone(),
            sessions: self.sessions.clone(),
            portal_sessions: self.portal_sessions.clone(),
            portal_configurations: self.portal_configurations.clone(),
            test_clocks: self.test_clocks.clone(),
            request: None,
        }
    }

    /// Gives an endpoint another secret.
    pub(crate) fn roll_secret(&mut self, endpoint: &str, secret: String, keep_seconds: i64) {
        let until = self.now().saturating_add(keep_seconds);
        let secrets = &mut self.endpoints.get_mut(endpoint).secrets;
        for old in secrets.iter_mut() {
            old.until = Some(old.until.map_or(until, |end| end.min(until)));
        }
        secrets.insert(0, Secret { value: secret, until: None });
    }

    /// How long Stripe keeps an old secret at most.
    pub(crate) const KEEP_SECRET_SECONDS: i64 = DAY_SECONDS;
}

fn default_endpoint(options: &Options, now: i64) -> Endpoint {
    let secret = |value: &String| Secret { value: value.clone(), until: None };
    Endpoint {
        id: ENDPOINT.to_owned(),
        created: now,
        url: options.webhook_url.clone(),
        enabled_events: vec!["*".to_owned()],
        description: None,
        is_enabled: true,
        secrets: options.webhook_secrets.iter().map(secret).collect(),
        metadata: Metadata::new(),
    }
}
