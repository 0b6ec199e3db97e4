//! What becomes of Stripe's messages that were given up, of those that are old, and of the hourly run when things fail.

use billing::{Error, EventState, Purchase};
use db::{Db, on_db};
use fake_stripe::Faults;
use model::ids::OrganizationId;
use testkit::{Log, TestDb};
use tokio_util::sync::CancellationToken;
use workspaces::WorkspaceName;

use crate::{shop::Shop, webhooks::signature};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
const HOUR_MS: i64 = 60 * 60 * 1_000;

/// Stripe answers no call any more, or all again.
fn cut(shop: &Shop, is_cut: bool) {
    let reset_before = if is_cut { 1.0 } else { 0.0 };
    let mut knobs = shop.fake.knobs();
    knobs.faults = Faults { reset_before, ..Faults::default() };
    shop.fake.set_knobs(knobs);
}

/// An event about the shop's customer comes.
async fn tell(shop: &Shop, id: &str) {
    let customer = &shop.fake.customers()[0].id;
    let payload = format!(
        r#"{{"id": "{id}", "type": "invoice.paid", "data": {{"object": {{"object": "invoice", "customer": "{customer}"}}}}}}"#
    );
    let signature = signature(shop, payload.as_bytes());
    shop.billing.receive(Some(&signature), payload.as_bytes()).await.unwrap();
}

/// Each event's id, state and tries, those that were given up first.
async fn states(shop: &Shop) -> Vec<(String, EventState, i64)> {
    let overview = shop.billing.overview().await.unwrap();
    let all = overview.dead.into_iter().chain(overview.events);
    all.map(|event| (event.id, event.state, event.tries)).collect()
}

/// Tries for so many hours.
async fn try_for(shop: &Shop, hours: usize) {
    for _ in 0..hours {
        shop.work_off().await;
        shop.db.clock().advance_ms(HOUR_MS);
    }
}

async fn count(db: &Db) -> i64 {
    const COUNT: &str = "SELECT COUNT(*) FROM stripe_events";
    let (count,): (i64,) =
        on_db!(db.read(), c => sqlx::query_as(COUNT).fetch_one(c).await).unwrap();
    count
}

async fn change(db: &Db, statement: &'static str) {
    let mut tx = db.begin().await.unwrap();
    on_db!(tx.conn().unwrap(), c => sqlx::query(statement).execute(c).await.map(drop)).unwrap();
    tx.commit().await.unwrap();
}

/// One more workspace that has come near to a plan.
async fn further(shop: &Shop, slug: &str) -> OrganizationId {
    let name = WorkspaceName::parse(slug).unwrap();
    let made = shop.workspaces.create_organization(shop.by(), &name, None).await.unwrap();
    let organization = made.organization.id;
    let purchase = Purchase { organization, slug: slug.to_owned(), ..shop.purchase(3) };
    shop.billing.buy(purchase, shop.by()).await.unwrap();
    organization
}

fn lines<'a>(said: &'a str, words: &str) -> Vec<&'a str> {
    said.lines().filter(|line| line.contains(words)).collect()
}

async fn reconcile(shop: &Shop) -> (usize, usize) {
    shop.billing.reconcile(&CancellationToken::new()).await.unwrap()
}

testkit::both! {
    async fn each_event_is_given_up_by_its_own_tries(db: Db) {
        let shop = Shop::open(&db, 11).await;
        shop.bought(5).await;
        cut(&shop, true);
        tell(&shop, "evt_old").await;
        try_for(&shop, 19).await;
        tell(&shop, "evt_new").await;
        let (log, _listening) = Log::listen();
        shop.work_off().await;
        let dead = EventState::Dead;
        let expected = [("evt_old".to_owned(), dead, 20), ("evt_new".to_owned(), EventState::Waiting, 1)];
        assert_eq!(states(&shop).await, expected);
        let said = log.text();
        let given_up = said.lines().find(|line| line.contains("given up")).unwrap();
        assert!(given_up.contains("ERROR") && given_up.contains("events=1"), "{given_up}");
        let later = said.lines().find(|line| line.contains("tried again later")).unwrap();
        assert!(later.contains("WARN") && later.contains("events=1"), "{later}");
        shop.db.clock().advance_ms(1_999);
        assert!(!shop.billing.work_once().await.unwrap(), "the new one is due two seconds later");
        shop.db.clock().advance_ms(1);
        assert!(shop.billing.work_once().await.unwrap());
        try_for(&shop, 20).await;
        assert_eq!(states(&shop).await.iter().filter(|(_, state, _)| *state == dead).count(), 2);
    }

    async fn a_synchronisation_that_works_deals_with_what_was_given_up_before_it(db: Db) {
        let shop = Shop::open(&db, 12).await;
        shop.bought(5).await;
        cut(&shop, true);
        tell(&shop, "evt_1").await;
        try_for(&shop, 20).await;
        assert_eq!(states(&shop).await[0].1, EventState::Dead);
        assert_eq!(reconcile(&shop).await, (0, 1));
        assert_eq!(states(&shop).await[0].1, EventState::Dead, "Stripe did not answer");
        cut(&shop, false);
        assert_eq!(reconcile(&shop).await, (1, 0));
        assert_eq!(states(&shop).await[0].1, EventState::Done);
    }

    async fn what_was_given_up_is_retried_or_dismissed_and_a_second_click_is_well(db: Db) {
        let shop = Shop::open(&db, 13).await;
        shop.bought(5).await;
        cut(&shop, true);
        for id in ["evt_1", "evt_2", "evt_3"] {
            tell(&shop, id).await;
        }
        let garbage = b"no event";
        shop.billing.receive(Some(&signature(&shop, garbage)), garbage).await.unwrap();
        try_for(&shop, 20).await;
        let overview = shop.billing.overview().await.unwrap();
        assert_eq!((overview.given_up, overview.dead.len(), overview.events.len()), (4, 4, 0));
        let unreadable = overview.dead.iter().find(|event| !event.can_retry).unwrap().id.clone();
        for _ in 0..2 {
            shop.billing.retry_event("evt_1").await.unwrap();
            shop.billing.dismiss_event(&unreadable).await.unwrap();
        }
        assert_eq!(shop.billing.retry_events().await.unwrap(), 2);
        assert_eq!(shop.billing.retry_events().await.unwrap(), 0);
        cut(&shop, false);
        shop.work_off().await;
        shop.billing.retry_event("evt_1").await.unwrap();
        let overview = shop.billing.overview().await.unwrap();
        assert_eq!((overview.given_up, overview.dead.len(), overview.events.len()), (0, 0, 4));
        let is_right = |event: &billing::Event| {
            event.state == if event.can_retry || event.id.starts_with("evt_") { EventState::Done } else { EventState::Dismissed }
        };
        assert!(overview.events.iter().all(is_right), "{overview:?}");
        for nothing in [shop.billing.retry_event("evt_0").await, shop.billing.dismiss_event("evt_0").await] {
            assert!(matches!(nothing, Err(Error::EventNotFound)), "{nothing:?}");
        }
    }

    async fn events_go_30_days_after_they_came_and_those_given_up_after_90(db: Db) {
        let shop = Shop::open(&db, 14).await;
        shop.bought(5).await;
        tell(&shop, "evt_done").await;
        shop.work_off().await;
        let other = br#"{"id": "evt_unused", "type": "payout.paid", "data": {"object": {"object": "payout", "id": "po_1"}}}"#;
        shop.billing.receive(Some(&signature(&shop, other)), other).await.unwrap();
        for garbage in [b"one", b"two"] {
            shop.billing.receive(Some(&signature(&shop, garbage)), garbage).await.unwrap();
        }
        let dead = shop.billing.overview().await.unwrap().dead;
        shop.billing.dismiss_event(&dead[0].id).await.unwrap();
        let came = shop.db.now();
        let mut left = Vec::new();
        for after_ms in [30 * DAY_MS - 1, 30 * DAY_MS, 90 * DAY_MS - 1, 90 * DAY_MS] {
            shop.db.clock().advance_ms(came.0 + after_ms - shop.db.now().0);
            left.push((shop.billing.forget_old_events().await.unwrap(), count(&shop.db).await));
        }
        assert_eq!(left, [(0, 4), (3, 1), (0, 1), (1, 0)]);
    }

    async fn old_events_go_in_steps_until_none_is_left(db: Db) {
        const MANY: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
            INSERT INTO stripe_events (id, type, payload, received_at, state, tries, next_try_at, leased_until)
            SELECT 'evt_' || i, 'invoice.paid', '{}', i, 'unused', 0, 0, 0 FROM n";
        let shop = Shop::open(&db, 15).await;
        change(&db, MANY).await;
        assert_eq!(shop.billing.forget_old_events().await.unwrap(), 2_500);
        assert_eq!(count(&db).await, 0);
    }

    async fn a_removed_workspace_leaves_nothing_of_what_stripe_told_of_its_customer(db: Db) {
        let shop = Shop::open(&db, 16).await;
        shop.bought(5).await;
        tell(&shop, "evt_1").await;
        let other = br#"{"id": "evt_2", "type": "invoice.paid", "data": {"object": {"object": "invoice", "customer": "cus_x"}}}"#;
        shop.billing.receive(Some(&signature(&shop, other)), other).await.unwrap();
        assert_eq!(shop.billing.forget_events(shop.organization).await.unwrap(), 1);
        assert_eq!(states(&shop).await.len(), 1);
        assert_eq!(states(&shop).await[0].0, "evt_2");
    }

    async fn an_hourly_run_ends_once_stripe_is_away_for_all_and_says_so_once(db: Db) {
        let shop = Shop::open(&db, 17).await;
        for number in 0..8 {
            further(&shop, &format!("other-{number}")).await;
        }
        assert_eq!(reconcile(&shop).await, (8, 0));
        cut(&shop, true);
        let (log, _listening) = Log::listen();
        assert_eq!(reconcile(&shop).await, (0, 5));
        let said = log.text();
        assert_eq!(lines(&said, "WARN billing").len(), 1, "{said}");
        assert_eq!(lines(&said, "no more plans are compared").len(), 1, "{said}");
    }

    async fn who_is_being_dealt_with_is_neither_compared_nor_missed(db: Db) {
        const LEASE: &str = "UPDATE billing_accounts SET leased_until = 9000000000000";
        let shop = Shop::open(&db, 18).await;
        further(&shop, "other").await;
        change(&db, LEASE).await;
        let (log, _listening) = Log::listen();
        assert_eq!(reconcile(&shop).await, (0, 0));
        assert_eq!(lines(&log.text(), "WARN billing"), [""; 0]);
    }

    async fn a_stopped_run_compares_no_more(db: Db) {
        let shop = Shop::open(&db, 19).await;
        further(&shop, "other").await;
        let stop = CancellationToken::new();
        stop.cancel();
        assert_eq!(shop.billing.reconcile(&stop).await.unwrap(), (0, 0));
    }
}

#[tokio::test]
async fn one_workspace_that_fails_and_one_that_goes_end_no_hourly_run() {
    const STICK: &str = "CREATE TRIGGER stick BEFORE UPDATE OF lease ON billing_accounts
        WHEN NEW.organization_id = (SELECT id FROM organizations WHERE slug = 'stuck')
        BEGIN SELECT RAISE (ABORT, 'it is stuck'); END";
    const GO: &str = "CREATE TRIGGER go AFTER UPDATE OF synced_at ON billing_accounts WHEN NEW.synced_at IS NOT NULL
        BEGIN DELETE FROM organizations WHERE slug = 'gone'; END";
    let database = TestDb::sqlite().await;
    let db = database.db();
    let shop = Shop::open(&db, 20).await;
    for slug in ["first", "stuck", "gone", "last"] {
        // Their ids are in the order of time.
        db.clock().advance_ms(1);
        further(&shop, slug).await;
    }
    change(&db, STICK).await;
    change(&db, GO).await;
    let (log, _listening) = Log::listen();
    assert_eq!(reconcile(&shop).await, (2, 1));
    let said = log.text();
    let missed = lines(&said, "WARN billing");
    assert!(missed.len() == 1 && missed[0].contains("it is stuck"), "{said}");
    drop(shop);
    database.close().await;
}
