//! The audit log as a page and as a file, and ids that lead into it.

use audit::{Actor, Entry};
use model::ids::OrganizationId;
use serde_json::json;

use crate::{
    house::{EMAIL, House, text},
    pages::Browser,
    team::{Person, invite, member_id, role},
};

const LOG: &str = "/acme/access/audit";

async fn at_home(db: db::Db) -> (House, Browser) {
    let house = House::furnished(db).await;
    let browser = Browser::signed_in(house.client.clone()).await;
    (house, browser)
}

/// The entries of the log as the page shows them.
fn lines(page: &str) -> usize {
    page.matches("<summary>Details").count()
}

testkit::both! {
    async fn the_log_is_exported_whole_and_as_it_is(db: db::Db) {
        let (house, mira) = at_home(db).await;
        let organization: OrganizationId = house.organization.parse().unwrap();
        let actor = Actor::instance(house.db.new_id());
        let mut tx = house.db.begin().await.unwrap();
        for number in 0..2_100 {
            let after = json!({ "name": format!("=1+{number}, \"quoted\"") });
            let entry = Entry {
                id: house.db.new_id(),
                at: house.db.now(),
                organization,
                actor,
                action: "source.updated",
                subject: "@SUM(A1)".to_owned(),
                before: None,
                after: Some(after),
            };
            audit::record(&mut tx, entry).await.unwrap();
        }
        tx.commit().await.unwrap();
        let file = mira.get("/acme/access/audit.csv").await;
        assert_eq!(file.status, 200);
        assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"audit.csv\"");
        let text = file.text();
        let lines: Vec<&str> = text.split_terminator("\r\n").collect();
        assert_eq!(lines[0], "id,at,actor,action,subject,before,after,request,address");
        let all = house.get("/api/audit?action=source.created").await.json();
        assert_eq!(lines.len(), 1 + 2_100 + 2, "{all}");
        assert!(lines[1].starts_with("\"audit_"), "{}", lines[1]);
        assert!(lines[1].contains("\"'@SUM(A1)\""), "{}", lines[1]);
        assert!(lines[1].contains(r#""{""name"":""=1+2099, \""quoted\""""}""#), "{}", lines[1]);
        let mut ids: Vec<&str> = lines[1..].iter().map(|line| line.split(',').next().unwrap()).collect();
        let count = ids.len();
        assert!(ids.is_sorted_by(|newer, older| newer > older));
        ids.dedup();
        assert_eq!(ids.len(), count);
        let some = mira.get("/acme/access/audit.csv?action=organization").await.text();
        assert_eq!(some.split_terminator("\r\n").count(), 2, "{some}");
        assert_eq!(mira.get("/acme/access/audit.csv?from=yesterday").await.status, 400);
    }

    async fn the_log_is_filtered_by_who_and_by_days(db: db::Db) {
        let (house, mira) = at_home(db).await;
        Person::joined(&house, "ana@acme.dev", "Viewer").await;
        let id = member_id(&house, "ana@acme.dev").await;
        mira.post(&format!("/acme/access/team/{id}/remove"), "confirm=remove").await;
        crate::team::set_seats(&house, 9).await;
        let page = mira.get(LOG).await.text();
        for words in [">Everyone<", ">ana@acme.dev<", "Mira Hassan (mira@acme.dev)", ">whoever runs this instance<"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let joined = house.get("/api/audit?action=member.joined").await.json();
        let ana = text(&joined["entries"][0]["actor"]["id"]);
        let of_ana = mira.get(&format!("{LOG}?actor={ana}")).await.text();
        assert_eq!(lines(&of_ana), 1, "{of_ana}");
        let instance = "user_00000000000000000000000000";
        assert_eq!(lines(&mira.get(&format!("{LOG}?actor={instance}")).await.text()), 1);
        let nobody = "user_00000000000000000000000001";
        let unknown = mira.get(&format!("{LOG}?actor={nobody}")).await.text();
        assert!(unknown.contains(&format!("<option value=\"{nobody}\" selected")), "{unknown}");
        let all = lines(&page);
        house.db.clock().advance_ms(24 * 60 * 60_000);
        let mira = Browser::signed_in(house.client.clone()).await;
        mira.post("/acme/settings", "name=Acme+Inc&slug=acme").await;
        for (query, count) in [
            ("from=2026-04-10&to=2026-04-10", all),
            ("from=2026-04-11", 1),
            ("to=2026-04-11", all + 1),
            ("from=2026-04-12", 0),
        ] {
            let page = mira.get(&format!("{LOG}?{query}")).await;
            assert_eq!((page.status.as_u16(), lines(&page.text())), (200, count), "{query}");
        }
        let wrong = mira.get(&format!("{LOG}?from=yesterday")).await;
        assert_eq!(wrong.status, 400);
        // A field for days cannot hold what is none; browsers say so in the console.
        assert!(wrong.text().contains("Write a day as in 2026-11-21.") && !wrong.text().contains("value=\"yesterday\""));
    }

    async fn ids_of_people_and_changes_open_for_those_who_may_see_them(db: db::Db) {
        let (house, mira) = at_home(db).await;
        Person::joined(&house, "viewer@acme.dev", "Viewer").await;
        let viewer = Browser::signed_in_as(house.client.clone(), "viewer@acme.dev").await;
        Person::new(&house, "eve@evil.dev").await;
        let eve = Browser::signed_in_as(house.client.clone(), "eve@evil.dev").await;
        let invited = invite(&house, "bo@acme.dev", "Viewer").await;
        let made = invited.header("x-request-id").to_owned();
        let invitation = text(&invited.json()["invitation"]["id"]);
        let entry = house.get("/api/audit?action=invitation.created").await.json()["entries"][0].clone();
        assert_eq!(entry["requestId"], json!(made));
        let (own, of_mira) = (member_id(&house, "viewer@acme.dev").await, member_id(&house, EMAIL).await);
        let of_request = format!("{LOG}?request={made}");
        for (id, page) in [
            (&of_mira, format!("/acme/access/team/{of_mira}")),
            (&own, format!("/acme/access/team/{own}")),
            (&role(&house, "Admin").await, "/acme/access/roles".to_owned()),
            (&invitation, "/acme/access/team#invitations".to_owned()),
            (&made, of_request.clone()),
            (&text(&entry["id"]), of_request.clone()),
        ] {
            assert_eq!(mira.get(&format!("/id/{id}")).await.header("location"), page, "{id}");
            let status = if *id == own { 303 } else { 404 };
            assert_eq!(viewer.get(&format!("/id/{id}")).await.status, status, "{id}");
            assert_eq!(eve.get(&format!("/id/{id}")).await.status, 404, "{id}");
        }
        let page = mira.get(&of_request).await.text();
        assert_eq!(lines(&page), 1, "{page}");
        assert!(page.contains("What was done in the exchange") && page.contains("invited someone"), "{page}");
        let source = house.source_id();
        assert_eq!(viewer.get(&format!("/id/{source}")).await.status, 303);
        let billing = Person::joined(&house, "billing@acme.dev", "Billing").await;
        let billing = Browser::signed_in_as(house.client.clone(), &billing.email).await;
        assert_eq!(billing.get(&format!("/id/{source}")).await.status, 404);
    }
}
