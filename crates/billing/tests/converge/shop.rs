//! A workspace that buys, and the Stripe it buys from.

use std::time::Duration;

use audit::Actor;
use billing::{Billing, Pace, Plan, Plans, Purchase, StripeSettings, Subscription};
use db::Db;
use fake_stripe::{Card, FakeStripe, Options, Running, TEAM_MONTHLY};
use model::ids::{OrganizationId, UserId};
use workspaces::{WorkspaceName, Workspaces};

pub const SECRET: &str = "whsec_test";

pub struct Shop {
    pub db: Db,
    pub billing: Billing,
    settings: StripeSettings,
    pub workspaces: Workspaces,
    pub fake: FakeStripe,
    pub organization: OrganizationId,
    mira: UserId,
    _running: Running,
}

pub fn plans() -> Plans {
    let team = Plan {
        name: "Team".to_owned(),
        price: Some(TEAM_MONTHLY.to_owned()),
        seats: None,
        per_seat: true,
    };
    Plans::new(vec![team]).unwrap()
}

impl Shop {
    pub async fn open(db: &Db, seed: u64) -> Self {
        let options = Options {
            webhook_secrets: vec![SECRET.to_owned()],
            now: Some(db.now().0 / 1_000),
            seed,
            ..Options::default()
        };
        let fake = FakeStripe::new(options);
        let running = fake.start().await.unwrap();
        let settings = StripeSettings {
            secret_key: fake.secret_key().to_owned(),
            api_base: Some(running.url.clone()),
            webhook_secrets: vec![SECRET.to_owned()],
            pace: Pace {
                patience: Duration::from_millis(500),
                waits: [Duration::from_millis(1), Duration::from_millis(2)],
                turn: Duration::from_millis(50),
                caller: Duration::from_secs(20),
            },
        };
        let billing = Billing::new(db.clone(), &settings, plans(), "http://tiny.test").unwrap();
        let workspaces = Workspaces::new(db.clone()).with_plans(Some(plans().free().grants(1)));
        let (organization, mira) = found(db, &workspaces, seed).await;
        let mut knobs = fake.knobs();
        knobs.timeout_ms = 700;
        knobs.draft_seconds = 0;
        fake.set_knobs(knobs);
        Self {
            db: db.clone(),
            billing,
            settings,
            workspaces,
            fake,
            organization,
            mira,
            _running: running,
        }
    }

    /// The same shop, where only a flat plan at this price is sold.
    pub fn billing_with(&self, price: &str) -> Billing {
        let flat = Plan {
            name: "Business".to_owned(),
            price: Some(price.to_owned()),
            seats: Some(50),
            per_seat: false,
        };
        let plans = Plans::new(vec![flat]).unwrap();
        Billing::new(self.db.clone(), &self.settings, plans, "http://tiny.test").unwrap()
    }

    pub fn purchase(&self, seats: i64) -> Purchase {
        Purchase {
            organization: self.organization,
            name: "Acme".to_owned(),
            slug: "acme".to_owned(),
            price: TEAM_MONTHLY.to_owned(),
            seats,
        }
    }

    /// Who clicks.
    pub fn by(&self) -> Actor {
        Actor::local(self.mira, self.db.new_id())
    }

    /// Both clocks go on.
    pub fn advance(&self, time: Duration) {
        self.fake.advance(time);
        self.db.clock().advance_ms(i64::try_from(time.as_millis()).unwrap());
    }

    /// Buys and pays, and hears of it at once.
    pub async fn bought(&self, seats: i64) -> Subscription {
        let url = self.billing.buy(self.purchase(seats), self.by()).await.unwrap();
        self.fake.pay_checkout(session(&url), Card::Works).unwrap();
        self.billing.sync(self.organization).await.unwrap().unwrap()
    }

    /// Every event that waits is dealt with.
    pub async fn work_off(&self) {
        while self.billing.work_once().await.unwrap() {}
    }

    /// Nothing was heard of Stripe yet, but for which customer it is.
    pub async fn forget(&self) {
        self.delete(&["DELETE FROM stripe_events", "DELETE FROM subscriptions"]).await;
        let mut tx = self.db.begin().await.unwrap();
        workspaces::grant_seats(&mut tx, self.organization, None, None).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The next shop in the same database has another Stripe, which knows nothing of this one's customer.
    pub async fn close(self) {
        self.delete(&["DELETE FROM stripe_events", "DELETE FROM billing_accounts"]).await;
    }

    async fn delete(&self, statements: &[&'static str]) {
        let mut tx = self.db.begin().await.unwrap();
        for statement in statements {
            db::on_db!(tx.conn().unwrap(), c => sqlx::query(*statement).execute(c).await.map(|_| ()))
                .unwrap();
        }
        tx.commit().await.unwrap();
    }

    pub async fn seat_limit(&self) -> Option<i64> {
        self.workspaces.seats(self.organization).await.unwrap().limit
    }

    /// Subscriptions that go on, as Stripe has them.
    pub fn live(&self) -> Vec<fake_stripe::Subscription> {
        use fake_stripe::Status;
        let is_over = |status| matches!(status, Status::Canceled | Status::IncompleteExpired);
        let customers = self.fake.customers();
        let all = customers.iter().flat_map(|customer| self.fake.subscriptions(&customer.id));
        all.filter(|subscription| !is_over(subscription.status)).collect()
    }

    /// Both sides say the same, and nobody has what was not bought.
    pub async fn assert_agrees(&self, what: &str) {
        let live = self.live();
        assert!(live.len() <= 1, "{what}: more than one subscription: {live:?}");
        let here = self.billing.standing(self.organization).await.unwrap().subscription;
        let here = here.filter(|subscription| subscription.status.is_live());
        let told = here.as_ref().map(|it| (it.id.as_str(), it.status.as_str(), it.quantity));
        let status = live.first().map(|it| {
            let object = self.fake.object(&it.id).unwrap();
            object["status"].as_str().unwrap().to_owned()
        });
        let truth = live.first().zip(status.as_deref());
        let truth = truth.map(|(it, status)| (it.id.as_str(), status, it.quantity));
        assert_eq!(told, truth, "{what}");
        let bought = match truth {
            Some((_, "active" | "trialing" | "past_due", quantity)) => quantity,
            _ => plans().free().grants(1),
        };
        let limit = self.seat_limit().await.unwrap();
        let grace_until = here.as_ref().and_then(Subscription::grace_until);
        let is_over = grace_until.is_some_and(|until| until <= self.db.now());
        assert_eq!(limit, if is_over { 3 } else { bought }, "{what}: {bought} bought");
    }
}

async fn found(db: &Db, workspaces: &Workspaces, seed: u64) -> (OrganizationId, UserId) {
    const INSERT: &str =
        "INSERT INTO users (id, email, password_hash, is_instance_owner, created_at)
        VALUES ($1, $2, 'none', FALSE, 0)";
    let mira: UserId = db.new_id();
    let email = format!("mira{seed}@acme.dev");
    let mut tx = db.begin().await.unwrap();
    db::on_db!(tx.conn().unwrap(), c => sqlx::query(INSERT)
        .bind(mira.uuid())
        .bind(email.as_str())
        .execute(c)
        .await
        .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    let name = WorkspaceName::parse("Acme").unwrap();
    let actor = Actor::local(mira, db.new_id());
    let membership = workspaces.create_organization(actor, &name, None).await.unwrap();
    (membership.organization.id, mira)
}

/// The session's id is the end of its address.
pub fn session(url: &str) -> &str {
    url.rsplit('/').next().unwrap()
}
