//! What is done once an hour.

use db::{Db, on_db};
use http::Method;
use serde_json::json;
use testkit::{Log, Reply};
use tiny::keeper;
use web::{Services, SignupMode};

use crate::house::{House, bootstrap_body, events_body, instance};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

async fn delete(house: &House) -> Reply {
    let path = format!("/api/organizations/{}?confirm=acme", house.organization);
    house.client.call(Method::DELETE, &path).bearer(&house.token).send().await
}

/// Rows in the tables that grow with traffic, and in the audit log.
async fn rows(db: &Db) -> [i64; 6] {
    const COUNT: &str = "SELECT (SELECT COUNT(*) FROM events), (SELECT COUNT(*) FROM sessions),
        (SELECT COUNT(*) FROM attempts), (SELECT COUNT(*) FROM traffic), (SELECT COUNT(*) FROM audit_log),
        (SELECT COUNT(*) FROM attempt_counts)";
    let row: (i64, i64, i64, i64, i64, i64) =
        on_db!(db.read(), c => sqlx::query_as(COUNT).fetch_one(c).await).unwrap();
    row.into()
}

/// As a flood leaves it.
async fn count_one(house: &House) {
    let counted = attempts::Counted {
        source_id: Some(house.source_id().parse().unwrap()),
        at: house.db.now(),
        code: None,
        requests: 1,
    };
    let mut tx = house.db.begin().await.unwrap();
    attempts::add_counted(&mut tx, 1, &[counted]).await.unwrap();
    tx.commit().await.unwrap();
}

testkit::both! {
    async fn a_deleted_workspace_takes_nothing_and_its_data_goes_after_seven_days(db: Db) {
        let house = House::furnished(db).await;
        let session = house.session().await;
        assert_eq!(house.events(&events_body(&session)).await.status, 200);
        count_one(&house).await;
        assert_eq!(delete(&house).await.status, 204);
        assert_eq!(house.get("/api/tracking-sources").await.status, 403);
        let refused = house.bootstrap(&bootstrap_body()).await;
        assert_eq!(refused.status, 403);
        assert_eq!(refused.json()["error"], "tracking_source_inactive");
        let services = Services::new(house.db.clone(), instance(SignupMode::Open));
        house.db.clock().advance_ms(6 * DAY_MS);
        keeper::keep(&services).await;
        assert_ne!(rows(&house.db).await[0], 0);
        house.db.clock().advance_ms(DAY_MS);
        keeper::keep(&services).await;
        assert_eq!(rows(&house.db).await, [0; 6]);
    }

    async fn a_workspace_that_cannot_be_removed_keeps_nothing_else_from_being_done(db: Db) {
        const STUCK: &str = "CREATE TABLE stuck (id UUID REFERENCES organizations (id))";
        const STICK: &str = "INSERT INTO stuck SELECT id FROM organizations WHERE slug = 'acme'";
        const LEFT: &str = "SELECT (SELECT COUNT(*) FROM organizations),
            (SELECT COUNT(*) FROM audit_log), (SELECT COUNT(*) FROM account_links)";
        let house = House::furnished(db).await;
        let other = json!({ "name": "Other" });
        let made = house.client.post("/api/organizations").bearer(&house.token).json(&other).send().await;
        let other = made.json()["organization"]["id"].as_str().unwrap().to_owned();
        assert_eq!(delete(&house).await.status, 204);
        let path = format!("/api/organizations/{other}?confirm=other");
        let deleted = house.client.call(Method::DELETE, &path).bearer(&house.token).send().await;
        assert_eq!(deleted.status, 204);
        for change in [STUCK, STICK] {
            let mut tx = house.db.begin().await.unwrap();
            on_db!(tx.conn().unwrap(), c => sqlx::query(change).execute(c).await.map(drop)).unwrap();
            tx.commit().await.unwrap();
        }
        house.db.clock().advance_ms(181 * DAY_MS);
        let (log, _listening) = Log::listen();
        keeper::keep(&Services::new(house.db.clone(), instance(SignupMode::Open))).await;
        let left: (i64, i64, i64) =
            on_db!(house.db.read(), c => sqlx::query_as(LEFT).fetch_one(c).await).unwrap();
        assert_eq!(left, (1, 0, 0), "the other workspace, old entries and old links are gone");
        let said = log.text();
        let failed: Vec<_> = said.lines().filter(|line| line.contains("hourly work")).collect();
        assert_eq!(failed.len(), 1, "{said}");
        for word in ["ERROR", "remove a deleted workspace", &house.organization, "cause="] {
            assert!(failed[0].contains(word), "{word}: {failed:?}");
        }
    }

    async fn an_entry_of_the_audit_log_is_kept_for_180_days(db: Db) {
        let house = House::furnished(db).await;
        let services = Services::new(house.db.clone(), instance(SignupMode::Open));
        let before = rows(&house.db).await[4];
        house.db.clock().advance_ms(180 * DAY_MS);
        keeper::keep(&services).await;
        assert_eq!(rows(&house.db).await[4], before);
        house.db.clock().advance_ms(1);
        keeper::keep(&services).await;
        assert_eq!(rows(&house.db).await[4], 0);
    }
}
