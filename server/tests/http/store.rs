//! A house in which plans are sold, and the Stripe that they are sold through.

use std::time::Duration;

use billing::{Billing, Pace, Plan, Plans, StripeSettings};
use db::Db;
use fake_stripe::{Card, FLAT_MONTHLY, FakeStripe, Options, Running, TEAM_MONTHLY};
use model::ids::OrganizationId;
use serde_json::{Value, json};
use testkit::{Client, Reply};
use web::{Services, SignupMode};

use crate::house::{House, instance, router_of, text};

/// The price of a plan per seat.
pub const TEAM: &str = TEAM_MONTHLY;
/// What signs Stripe's messages, the newest first.
pub const SECRETS: [&str; 2] = ["whsec_new", "whsec_old"];

pub struct Store {
    pub house: House,
    pub billing: Billing,
    pub fake: FakeStripe,
    running: Option<Running>,
}

impl Store {
    pub async fn open(db: Db) -> Self {
        Self::open_with(db, |_| ()).await
    }

    /// The same, set up in another way.
    pub async fn open_with(db: Db, change: impl FnOnce(&mut StripeSettings)) -> Self {
        let house = House::furnished(db.clone()).await;
        let options = Options {
            webhook_secrets: vec![SECRETS[0].to_owned()],
            now: Some(db.now().0 / 1_000),
            ..Options::default()
        };
        let fake = FakeStripe::new(options);
        let running = fake.start().await.unwrap();
        let mut settings = StripeSettings {
            secret_key: fake.secret_key().to_owned(),
            api_base: Some(running.url.clone()),
            webhook_secrets: SECRETS.map(str::to_owned).to_vec(),
            pace: Pace {
                patience: Duration::from_secs(5),
                waits: [Duration::from_millis(1), Duration::from_millis(2)],
                turn: Duration::from_secs(5),
                caller: Duration::from_secs(20),
            },
        };
        change(&mut settings);
        let billing = Billing::new(db.clone(), &settings, plans(), crate::house::BASE_URL).unwrap();
        let services = Services::new(db, instance(SignupMode::Open)).with_billing(billing.clone());
        let client = Client::new(router_of(services));
        Self { house: House { client, ..house }, billing, fake, running: Some(running) }
    }

    /// Nobody answers there any more.
    pub fn unplug(&mut self) {
        self.running = None;
    }

    pub fn organization(&self) -> OrganizationId {
        self.house.organization.parse().unwrap()
    }

    /// Buys and pays, and hears of it at once.
    pub async fn buy(&self, seats: i64) -> String {
        let session = self.checkout(seats).await;
        let subscription = self.fake.pay_checkout(&session, Card::Works).unwrap();
        self.billing.sync(self.organization()).await.unwrap();
        subscription
    }

    /// Opens a session of Checkout; its id.
    pub async fn checkout(&self, seats: i64) -> String {
        let body = json!({ "priceId": TEAM, "seats": seats });
        let reply = self.house.post("/api/billing/checkout", body).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        text(&reply.json()["url"]).rsplit('/').next().unwrap().to_owned()
    }

    pub async fn standing(&self) -> Value {
        let reply = self.house.get("/api/billing").await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }

    /// What the card of the customer does from now on.
    pub fn set_card(&self, card: Card) {
        for customer in self.fake.customers() {
            self.fake.set_card(&customer.id, card);
        }
    }

    /// Hands over everything that Stripe told, and deals with it.
    pub async fn hear(&self) {
        for delivery in self.fake.take_deliveries() {
            let reply = self.tell(&delivery.payload, Some(&delivery.signature)).await;
            assert_eq!(reply.status, 200, "{}", reply.text());
        }
        while self.billing.work_once().await.unwrap() {}
    }

    pub async fn tell(&self, payload: &[u8], signature: Option<&str>) -> Reply {
        let call = self.house.client.post("/api/stripe/webhook");
        let call = call.header("content-type", "application/json; charset=utf-8");
        let call = match signature {
            Some(signature) => call.header("stripe-signature", signature),
            None => call,
        };
        call.body(payload.to_vec()).send().await
    }
}

fn plans() -> Plans {
    let plan = |name: &str, price: &str, seats, per_seat| Plan {
        name: name.to_owned(),
        price: Some(price.to_owned()),
        seats,
        per_seat,
    };
    Plans::new(vec![
        plan("Team", TEAM, None, true),
        plan("Business", FLAT_MONTHLY, Some(50), false),
    ])
    .unwrap()
}
