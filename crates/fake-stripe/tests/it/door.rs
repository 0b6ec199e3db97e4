//! Who asks, what was asked before, and what goes wrong on purpose.

use fake_stripe::{Fault, Faults, Knobs, Scripted};
use rstest::rstest;

use crate::support::{DAY, Stage};

#[rstest]
#[case::nobody("", 401)]
#[case::another_key("Bearer sk_test_other", 401)]
#[case::bearer("Bearer sk_test_fake", 200)]
#[case::basic("Basic c2tfdGVzdF9mYWtlOg==", 200)]
#[tokio::test]
async fn only_the_key_opens(#[case] authorization: &str, #[case] status: u16) {
    let headers = [("authorization", authorization)];
    let reply = Stage::new().call_with("GET", "/v1/customers", &[], &headers).await;
    assert_eq!(reply.status, status);
    assert!(reply.headers["request-id"].to_str().unwrap().starts_with("req_"));
}

#[tokio::test]
async fn a_key_answers_the_same_for_a_day_and_refuses_other_parameters() {
    let stage = Stage::new();
    let key = [("idempotency-key", "k")];
    let ask = |email| {
        let stage = stage.clone();
        async move { stage.call_with("POST", "/v1/customers", &[("email", email)], &key).await }
    };
    let first = ask("a@example.com").await;
    let again = ask("a@example.com").await;
    assert_eq!(again.body, first.body);
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(again.headers["original-request"], first.headers["request-id"]);
    let other = ask("b@example.com").await;
    assert_eq!(
        (other.status.as_u16(), other.body["error"]["type"].as_str()),
        (400, Some("idempotency_error"))
    );
    stage.advance(DAY);
    assert_ne!(ask("a@example.com").await.body["id"], first.body["id"]);
}

#[tokio::test]
async fn a_key_of_a_refused_call_can_be_used_again_and_that_of_a_declined_card_is_kept() {
    let stage = Stage::new();
    let key = [("idempotency-key", "k")];
    let refused = stage.call_with("POST", "/v1/customers", &[("colour", "red")], &key).await;
    assert_eq!(refused.status, 400);
    let form = [("payment_method", "pm_card_chargeDeclined")];
    let made = stage.call_with("POST", "/v1/customers", &form, &key).await;
    assert_eq!(made.status, 200);
    let customer = made.body["id"].as_str().unwrap().to_owned();
    stage.fake.set_card(&customer, fake_stripe::Card::Declined);
    let form = [
        ("customer", customer.as_str()),
        ("items[0][price]", fake_stripe::TEAM_MONTHLY),
        ("payment_behavior", "error_if_incomplete"),
    ];
    let key = [("idempotency-key", "l")];
    for is_replayed in [false, true] {
        let declined = stage.call_with("POST", "/v1/subscriptions", &form, &key).await;
        assert_eq!(declined.status, 402);
        assert_eq!(declined.headers.contains_key("idempotent-replayed"), is_replayed);
    }
}

#[rstest]
#[case::rate_limit(Fault::RateLimit, 429, false)]
#[case::server_error(Fault::ServerError, 500, false)]
#[case::kept_server_error(Fault::ServerErrorKept, 500, true)]
#[tokio::test]
async fn a_scripted_fault_meets_the_first_call_that_fits(
    #[case] fault: Fault,
    #[case] status: u16,
    #[case] is_kept: bool,
) {
    let stage = Stage::new();
    stage.fake.script(Scripted::on(fault, "POST", "/v1/customers"));
    assert_eq!(stage.call("GET", "/v1/customers", &[]).await.status, 200);
    let key = [("idempotency-key", "k")];
    let first = stage.call_with("POST", "/v1/customers", &[], &key).await;
    assert_eq!(first.status, status);
    assert_eq!(stage.fake.customers().len(), 0);
    let second = stage.call_with("POST", "/v1/customers", &[], &key).await;
    assert_eq!(second.status, if is_kept { status } else { 200 });
    assert_eq!(second.headers.contains_key("idempotent-replayed"), is_kept);
}

#[tokio::test]
async fn a_kept_500_is_answered_to_its_own_call_only() {
    let stage = Stage::new();
    stage.fake.script(Scripted::next(Fault::ServerErrorKept));
    let key = [("idempotency-key", "k")];
    let ask = |path, email| {
        let stage = stage.clone();
        async move { stage.call_with("POST", path, &[("email", email)], &key).await }
    };
    let first = ask("/v1/customers", "a@example.com").await;
    for _ in 0..2 {
        let again = ask("/v1/customers", "a@example.com").await;
        assert_eq!((again.status.as_u16(), &again.body), (500, &first.body));
        assert_eq!(again.headers["original-request"], first.headers["request-id"]);
    }
    for (path, email) in [("/v1/customers", "b@example.com"), ("/v1/products", "a@example.com")] {
        let other = ask(path, email).await;
        let kind = &other.body["error"]["type"];
        assert_eq!((other.status.as_u16(), kind.as_str()), (400, Some("idempotency_error")));
    }
    assert_eq!(stage.fake.customers().len(), 0);
}

#[rstest]
#[case::before(Fault::ResetBefore, 0)]
#[case::after(Fault::ResetAfter, 1)]
#[case::timeout(Fault::TimeoutAfter, 1)]
#[tokio::test]
async fn an_answer_that_is_left_out_tells_nothing_of_what_was_done(
    #[case] fault: Fault,
    #[case] customers: usize,
) {
    let stage = Stage::new();
    stage.fake.set_knobs(Knobs { timeout_ms: 1, ..stage.fake.knobs() });
    stage.fake.script(Scripted::next(fault));
    let key = [("idempotency-key", "k")];
    assert!(stage.call_with("POST", "/v1/customers", &[], &key).await.body.is_null());
    assert_eq!(stage.fake.customers().len(), customers);
    assert_eq!(stage.call_with("POST", "/v1/customers", &[], &key).await.status, 200);
    assert_eq!(stage.fake.customers().len(), 1);
}

#[tokio::test]
async fn the_same_seed_makes_the_same_faults_and_ids() {
    let run = |seed| async move {
        let stage = Stage::seeded(seed);
        let faults = Faults { server_error: 0.3, rate_limit: 0.2, ..Faults::default() };
        stage.fake.set_knobs(Knobs { faults, ..stage.fake.knobs() });
        let mut told = Vec::new();
        for _ in 0..40 {
            let reply = stage.call("POST", "/v1/customers", &[]).await;
            told.push((reply.status, reply.body));
        }
        told
    };
    let told = run(5).await;
    assert_eq!(told, run(5).await);
    assert_ne!(told, run(6).await);
    assert!(told.iter().any(|(status, _)| *status == 429));
}
