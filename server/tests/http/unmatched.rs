//! Requests whose key is no source's: whoever runs the instance sees them, and nobody else.

use serde_json::{Value, json};
use testkit::Reply;

use crate::{
    house::{House, PASSWORD, bootstrap_body, text, token},
    pages::Browser,
    team::Person,
};

async fn post(house: &House, path: &str) -> String {
    let reply = house.client.post(path).json(&bootstrap_body()).send().await;
    assert!([400, 404].contains(&reply.status.as_u16()), "{}", reply.text());
    text(&reply.json()["attemptId"])
}

async fn ask(house: &House, token: &str, path: &str) -> Reply {
    house.client.get(path).bearer(token).send().await
}

testkit::both! {
    async fn whoever_runs_the_instance_lists_and_opens_them(db: db::Db) {
        let house = House::furnished(db).await;
        let mira = Browser::signed_in(house.client.clone()).await;
        let empty = mira.get("/instance/attempts").await.text();
        assert!(empty.contains("No unmatched request"), "{empty}");
        let unknown = post(&house, "/api/ingest/v2/pk_nobody/bootstrap").await;
        let missing = post(&house, "/api/ingest/v2//validate").await;
        house.session().await;

        let told = ask(&house, &house.token, "/api/instance/attempts").await.json();
        let listed = told["attempts"].as_array().unwrap();
        let ids: Vec<_> = listed.iter().map(|one| text(&one["id"])).collect();
        assert_eq!(ids, [missing.clone(), unknown.clone()]);
        assert_eq!((&listed[0]["publicKey"], &listed[1]["publicKey"]), (&Value::Null, &json!("pk_nobody")));
        assert_eq!(listed[0]["sourceId"], Value::Null);
        let one = ask(&house, &house.token, &format!("/api/instance/attempts/{unknown}")).await.json();
        let attempt = &one["attempt"];
        assert_eq!(attempt["publicKey"], "pk_nobody");
        assert!(text(&attempt["explanation"]["cause"]).starts_with("No source has the key pk_nobody"));
        assert_eq!(attempt["checks"][0], json!({ "name": "key known", "passed": false }));
        assert!(text(&attempt["raw"]).contains("vis_abc123"));

        let list = mira.get("/instance/attempts").await.text();
        assert!(list.contains("pk_nobody") && list.contains(&missing), "{list}");
        let only = mira.get("/instance/attempts?key=missing").await.text();
        assert!(!only.contains("pk_nobody") && only.contains(&missing), "{only}");
        for (id, cause) in [(&unknown, "No source has the key"), (&missing, "no key was sent")] {
            let page = mira.get(&format!("/instance/attempts/{id}")).await.text();
            assert!(page.contains(cause) && page.contains("All unmatched requests"), "{page}");
            let found = mira.get(&format!("/id/{id}")).await;
            assert_eq!(found.header("location"), format!("/instance/attempts/{id}"));
        }
        let request = text(&attempt["requestId"]);
        let found = mira.get(&format!("/id/{request}")).await;
        assert_eq!(found.header("location"), format!("/instance/attempts/{unknown}"));
    }

    async fn there_is_nothing_for_anybody_else(db: db::Db) {
        let house = House::furnished(db).await;
        let unmatched = post(&house, "/api/ingest/v2/pk_nobody/bootstrap").await;
        Person::joined(&house, "ana@acme.dev", "Admin").await;
        let ana = Browser::signed_in_as(house.client.clone(), "ana@acme.dev").await;
        let of_ana = token(&house.client, "ana@acme.dev", PASSWORD).await;
        for path in ["/instance/attempts".to_owned(), format!("/instance/attempts/{unmatched}")] {
            assert_eq!(ana.get(&path).await.status, 404, "{path}");
            assert_eq!(ask(&house, &of_ana, &format!("/api{path}")).await.status, 404, "{path}");
            assert_eq!(house.client.get(&format!("/api{path}")).send().await.status, 401);
        }
        assert_eq!(ana.get(&format!("/id/{unmatched}")).await.status, 404);
        assert!(!ana.get("/acme").await.text().contains("Unmatched requests"));
        // What is a source's is not the instance's, not even for its owner.
        let of_source = text(&house.bootstrap(&bootstrap_body()).await.json()["attemptId"]);
        let path = format!("/instance/attempts/{of_source}");
        let mira = Browser::signed_in(house.client.clone()).await;
        assert_eq!(mira.get(&path).await.status, 404);
        assert_eq!(ask(&house, &house.token, &format!("/api{path}")).await.status, 404);
        let of_workspace = house.get(&format!("/api/attempts/{unmatched}")).await;
        assert_eq!(of_workspace.status, 404);
        assert!(mira.get("/acme").await.text().contains("Unmatched requests"));
    }

    async fn they_are_paged(db: db::Db) {
        let house = House::furnished(db).await;
        for _ in 0..53 {
            post(&house, "/api/ingest/v2/pk_nobody/events").await;
        }
        let mira = Browser::signed_in(house.client.clone()).await;
        let page = mira.get("/instance/attempts?key=unknown").await.text();
        assert_eq!(page.matches("class=\"row-link\"").count(), 50, "{page}");
        let first = ask(&house, &house.token, "/api/instance/attempts?limit=50").await.json();
        let cursor = text(&first["nextCursor"]);
        assert!(page.contains(&format!("key=unknown&amp;cursor={cursor}")), "{page}");
        let older = mira.get(&format!("/instance/attempts?key=unknown&cursor={cursor}")).await.text();
        assert_eq!(older.matches("class=\"row-link\"").count(), 3, "{older}");
        assert!(older.contains("Back to the newest"), "{older}");
        let rest = ask(&house, &house.token, &format!("/api/instance/attempts?cursor={cursor}")).await.json();
        assert_eq!((rest["attempts"].as_array().unwrap().len(), &rest["nextCursor"]), (3, &Value::Null));
        assert_eq!(mira.get("/instance/attempts?cursor=nonsense").await.status, 404);
    }

    async fn what_came_with_a_rotated_key_stands_under_its_source(db: db::Db) {
        let house = House::furnished(db).await;
        house.db.clock().advance_ms(60_000);
        let path = format!("/api/tracking-sources/{}/regenerate-key", house.source_id());
        house.post(&path, json!({})).await;
        let mut ids = Vec::new();
        for endpoint in ["bootstrap", "events", "validate"] {
            let reply = house.ingest(endpoint).json(&bootstrap_body()).send().await;
            assert_eq!(reply.status, 404);
            let attempt = house.attempt(&reply).await;
            assert_eq!(attempt["publicKey"], json!(house.key()));
            let cause = text(&attempt["explanation"]["cause"]);
            assert!(cause.contains("rotated away at 2026-04-10T13:46:00.000Z"), "{cause}");
            ids.push(text(&attempt["id"]));
        }
        let mira = Browser::signed_in(house.client.clone()).await;
        let list = mira.get("/acme/analytics/setup/debug").await.text();
        for id in &ids {
            assert!(list.contains(id), "{list}");
            let page = mira.get(&format!("/acme/analytics/setup/debug/{id}")).await.text();
            assert!(page.contains("was rotated away at"), "{page}");
        }
        let told = ask(&house, &house.token, "/api/instance/attempts").await.json();
        assert_eq!(told["attempts"], json!([]));
    }
}
