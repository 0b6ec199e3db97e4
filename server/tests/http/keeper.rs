//! What is done once an hour.

use std::time::Duration;

use db::{Db, on_db};
use http::Method;
use testkit::Reply;
use tiny::keeper;
use web::{Services, SignupMode};

use crate::house::{House, bootstrap_body, events_body, instance};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

async fn delete(house: &House) -> Reply {
    let path = format!("/api/organizations/{}?confirm=acme", house.organization);
    house.client.call(Method::DELETE, &path).bearer(&house.token).send().await
}

/// Rows in the tables that grow with traffic, and in the audit log.
async fn rows(db: &Db) -> [i64; 5] {
    const COUNT: &str = "SELECT (SELECT COUNT(*) FROM events), (SELECT COUNT(*) FROM sessions),
        (SELECT COUNT(*) FROM attempts), (SELECT COUNT(*) FROM traffic), (SELECT COUNT(*) FROM audit_log)";
    let row: (i64, i64, i64, i64, i64) =
        on_db!(db.read(), c => sqlx::query_as(COUNT).fetch_one(c).await).unwrap();
    row.into()
}

testkit::both! {
    async fn a_deleted_workspace_takes_nothing_and_its_data_goes_after_seven_days(db: Db) {
        let house = House::furnished(db).await;
        let session = house.session().await;
        assert_eq!(house.events(&events_body(&session)).await.status, 200);
        assert_eq!(delete(&house).await.status, 204);
        assert_eq!(house.get("/api/tracking-sources").await.status, 403);
        // The gate may know the source as it was for up to a second.
        let stopped = async {
            while house.bootstrap(&bootstrap_body()).await.status == 200 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), stopped).await.expect("its sources stop");
        let refused = house.bootstrap(&bootstrap_body()).await;
        assert_eq!(refused.status, 403);
        assert_eq!(refused.json()["error"], "tracking_source_inactive");
        let services = Services::new(house.db.clone(), instance(SignupMode::Open));
        house.db.clock().advance_ms(6 * DAY_MS);
        keeper::keep(&services).await.unwrap();
        assert_ne!(rows(&house.db).await[0], 0);
        house.db.clock().advance_ms(DAY_MS);
        keeper::keep(&services).await.unwrap();
        assert_eq!(rows(&house.db).await, [0; 5]);
    }

    async fn an_entry_of_the_audit_log_is_kept_for_180_days(db: Db) {
        let house = House::furnished(db).await;
        let services = Services::new(house.db.clone(), instance(SignupMode::Open));
        let before = rows(&house.db).await[4];
        house.db.clock().advance_ms(180 * DAY_MS);
        keeper::keep(&services).await.unwrap();
        assert_eq!(rows(&house.db).await[4], before);
        house.db.clock().advance_ms(1);
        keeper::keep(&services).await.unwrap();
        assert_eq!(rows(&house.db).await[4], 0);
    }
}
