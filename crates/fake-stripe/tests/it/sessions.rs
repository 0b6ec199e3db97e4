//! How long a Checkout session is open, by the clock here and by the one outside.

use std::time::Duration;

use fake_stripe::{Card, FakeStripe, Options, TEAM_MONTHLY};
use rstest::rstest;

use crate::support::{DAY, HOUR, Reply, START, Stage};

/// Where the clock here is moved to; the one outside stays.
const MOVED: i64 = START + 40 * DAY;

async fn begun(stage: &Stage, expires_at: i64) -> Reply {
    let expires_at = expires_at.to_string();
    let form = [
        ("mode", "subscription"),
        ("line_items[0][price]", TEAM_MONTHLY),
        ("success_url", "http://127.0.0.1/"),
        ("expires_at", expires_at.as_str()),
    ];
    stage.call("POST", "/v1/checkout/sessions", &form).await
}

#[rstest]
#[case::by_the_clock_outside(START + HOUR)]
#[case::by_the_clock_here(MOVED + HOUR)]
#[tokio::test]
async fn after_time_was_moved_it_is_open_for_as_long_as_was_asked(#[case] expires_at: i64) {
    let stage = Stage::new();
    stage.fake.advance_to(MOVED);
    let [paid, left] = [begun(&stage, expires_at).await, begun(&stage, expires_at).await];
    assert_eq!((paid.status.as_u16(), &paid.body["expires_at"]), (200, &expires_at.into()));
    stage.advance(HOUR - 1);
    stage.fake.pay_checkout(paid.body["id"].as_str().unwrap(), Card::Works).unwrap();
    let left = left.body["id"].as_str().unwrap();
    assert_eq!(stage.fake.object(left).unwrap()["status"], "open");
    stage.advance(1);
    assert_eq!(stage.fake.object(left).unwrap()["status"], "expired");
}

#[rstest]
#[case::too_soon_outside(START + HOUR / 2 - 1)]
#[case::too_late_outside(START + DAY + 1)]
#[case::neither(START + 10 * DAY)]
#[case::too_soon_here(MOVED + HOUR / 2 - 1)]
#[case::too_late_here(MOVED + DAY + 1)]
#[tokio::test]
async fn what_is_right_by_neither_clock_is_refused(#[case] expires_at: i64) {
    let stage = Stage::new();
    stage.fake.advance_to(MOVED);
    let reply = begun(&stage, expires_at).await;
    assert_eq!((reply.status.as_u16(), &reply.body["error"]["param"]), (400, &"expires_at".into()));
}

#[tokio::test]
async fn a_lead_on_the_real_time_is_none_of_the_buyers_business() {
    let fake = FakeStripe::new(Options::default());
    let real = fake.now();
    fake.advance(Duration::from_hours(24 * 40));
    let stage = Stage { fake };
    let session = begun(&stage, real + HOUR).await;
    assert_eq!(session.status, 200);
    stage.fake.pay_checkout(session.body["id"].as_str().unwrap(), Card::Works).unwrap();
}
