//! A team through the API: joining, seats, roles, leaving, and the order in which a call is refused.

use audit::Actor;
use model::ids::OrganizationId;
use serde_json::{Value, json};
use testkit::{Client, Reply};
use workspaces::Workspaces;

use crate::house::{House, PASSWORD, text, token};

/// Someone with an account and a token.
pub struct Person {
    pub client: Client,
    pub email: String,
    pub token: String,
}

impl Person {
    pub async fn new(house: &House, email: &str) -> Self {
        let account = json!({ "email": email, "password": PASSWORD });
        let reply = house.client.post("/api/auth/signup").json(&account).send().await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        let token = token(&house.client, email, PASSWORD).await;
        Self { client: house.client.clone(), email: email.to_owned(), token }
    }

    /// The same, who has joined the house's workspace.
    pub async fn joined(house: &House, email: &str, role: &str) -> Self {
        let person = Self::new(house, email).await;
        let link = text(&invite(house, email, role).await.json()["link"]);
        assert_eq!(person.accept(&link).await.status, 200);
        person
    }

    pub async fn accept(&self, link: &str) -> Reply {
        let secret = link.rsplit('/').next().unwrap();
        let path = format!("/api/invitations/{secret}/accept");
        self.client.post(&path).bearer(&self.token).json(&json!({})).send().await
    }

    pub async fn post(&self, house: &House, path: &str, mut body: Value) -> Reply {
        body["organizationId"] = json!(house.organization);
        self.client.post(path).bearer(&self.token).json(&body).send().await
    }

    async fn delete(&self, house: &House, path: &str) -> Reply {
        let path = format!("{path}?organizationId={}", house.organization);
        self.client.call(http::Method::DELETE, &path).bearer(&self.token).send().await
    }
}

/// The id of the starter role with this name.
pub async fn role(house: &House, name: &str) -> String {
    let roles = house.get("/api/roles").await.json()["roles"].clone();
    let role = roles.as_array().unwrap().iter().find(|role| role["name"] == name).unwrap();
    text(&role["id"])
}

pub async fn invite(house: &House, email: &str, role_name: &str) -> Reply {
    let body = json!({ "email": email, "roleId": role(house, role_name).await });
    house.post("/api/invitations", body).await
}

pub async fn set_seats(house: &House, limit: i64) {
    let organization: OrganizationId = house.organization.parse().unwrap();
    Workspaces::new(house.db.clone())
        .set_seat_limit(Actor::instance(house.db.new_id()), organization, Some(limit))
        .await
        .unwrap();
}

async fn seats(house: &House) -> Value {
    house.get("/api/members").await.json()["seats"].clone()
}

pub async fn member_id(house: &House, email: &str) -> String {
    let members = house.get("/api/members").await.json()["members"].clone();
    let member = members.as_array().unwrap().iter().find(|member| member["email"] == email);
    text(&member.unwrap()["id"])
}

async fn change(house: &House, member: &str, mut body: Value) -> Reply {
    body["organizationId"] = json!(house.organization);
    let path = format!("/api/members/{member}");
    house.client.call(http::Method::PATCH, &path).bearer(&house.token).json(&body).send().await
}

testkit::both! {
    async fn someone_is_invited_and_joins(db: db::Db) {
        let house = House::furnished(db).await;
        set_seats(&house, 2).await;
        let ana = Person::new(&house, "ana@acme.dev").await;
        let invited = invite(&house, "Ana@Acme.dev", "Analyst").await;
        assert_eq!(invited.status, 201, "{}", invited.text());
        let told = invited.json();
        assert_eq!(told["invitation"]["email"], "ana@acme.dev");
        assert_eq!(told["invitation"]["expiresAt"], "2026-04-17T13:45:00.000Z");
        let link = text(&told["link"]);
        assert!(link.starts_with("http://tiny.test/invitations/"), "{link}");
        assert_eq!(seats(&house).await, json!({ "used": 2, "limit": 2, "pending": 1 }));
        assert_eq!(invite(&house, "ana@acme.dev", "Analyst").await.status, 200);
        assert_eq!(ana.accept(&link).await.status, 404);
        let link = text(&invite(&house, "ana@acme.dev", "Analyst").await.json()["link"]);
        let accepted = ana.accept(&link).await;
        assert_eq!(accepted.status, 200, "{}", accepted.text());
        assert_eq!(accepted.json()["organizationId"], house.organization);
        assert_eq!(seats(&house).await, json!({ "used": 2, "limit": 2, "pending": 0 }));
        let list = house.get("/api/members").await.json();
        let roles: Vec<_> =
            list["members"].as_array().unwrap().iter().map(|one| text(&one["roleName"])).collect();
        assert!(roles.contains(&"Analyst".to_owned()), "{roles:?}");
        assert_eq!(list["invitations"], json!([]));
        assert!(!house.get("/api/members").await.text().contains(link.rsplit('/').next().unwrap()));
    }

    async fn the_seat_after_the_last_is_refused_with_what_can_be_done(db: db::Db) {
        let house = House::furnished(db).await;
        set_seats(&house, 1).await;
        let reply = invite(&house, "ana@acme.dev", "Viewer").await;
        assert_eq!(reply.status, 402);
        let body = reply.json();
        assert_eq!(body["error"], "seat_limit_reached");
        assert_eq!(body["seats"], json!({ "used": 1, "limit": 1 }));
        assert_eq!(body["upgradeUrl"], "http://tiny.test/acme/access/team#seats");
    }

    async fn a_role_and_grants_can_be_changed_and_a_member_removed(db: db::Db) {
        let house = House::furnished(db).await;
        let ana = Person::joined(&house, "ana@acme.dev", "Viewer").await;
        let id = member_id(&house, "ana@acme.dev").await;
        let refused = ana.post(&house, "/api/invitations", json!({ "email": "b@acme.dev", "roleId": "role_x" }));
        assert_eq!(refused.await.status, 403);
        let granted = change(&house, &id, json!({ "grants": ["users.invite"] })).await;
        assert_eq!(granted.status, 200, "{}", granted.text());
        assert_eq!(granted.json()["member"]["grants"], json!(["users.invite"]));
        let viewer = role(&house, "Viewer").await;
        let body = json!({ "email": "b@acme.dev", "roleId": viewer });
        assert_eq!(ana.post(&house, "/api/invitations", body).await.status, 201);
        let unknown = change(&house, &id, json!({ "grants": ["root"] })).await;
        assert_eq!((unknown.status.as_u16(), unknown.json()["field"].clone()), (400, json!("grants")));
        let removed = house.client
            .call(http::Method::DELETE, &format!("/api/members/{id}?organizationId={}", house.organization))
            .bearer(&house.token).send().await;
        assert_eq!(removed.status, 204);
        let gone = ana.post(&house, "/api/invitations", json!({ "email": "c@acme.dev", "roleId": viewer }));
        assert_eq!(gone.await.status, 403);
        assert_eq!(seats(&house).await["used"], 1);
    }

    async fn anyone_may_leave_and_nobody_may_send_others_away(db: db::Db) {
        let house = House::furnished(db).await;
        let ana = Person::joined(&house, "ana@acme.dev", "Viewer").await;
        Person::joined(&house, "bo@acme.dev", "Viewer").await;
        for (email, status) in [("bo@acme.dev", 403), ("mira@acme.dev", 403), ("ana@acme.dev", 204)] {
            let id = member_id(&house, email).await;
            let reply = ana.delete(&house, &format!("/api/members/{id}")).await;
            assert_eq!(reply.status, status, "{email}");
        }
        let own = member_id(&house, "mira@acme.dev").await;
        let mira = Person { client: house.client.clone(), email: String::new(), token: house.token.clone() };
        let reply = mira.delete(&house, &format!("/api/members/{own}")).await;
        assert_eq!(reply.status, 409);
        assert_eq!(reply.json()["error"], "last_owner");
    }

    async fn showing_someone_out_who_may_not_be_there_at_all_is_a_denied_attempt_too(db: db::Db) {
        let house = House::furnished(db).await;
        let ana = Person::joined(&house, "ana@acme.dev", "Viewer").await;
        assert_eq!(ana.delete(&house, "/api/members/member_x").await.status, 403);
        let log = house.get("/api/audit?action=access").await.json()["entries"].clone();
        assert_eq!((&log[0]["subject"], &log[0]["actor"]["email"]), (&json!("users.manage"), &json!("ana@acme.dev")));
    }

    /// 401, 400, 403, 404, 409, 402: the first fault in this order is told, whatever else is wrong.
    async fn a_call_is_refused_in_the_documented_order(db: db::Db) {
        let house = House::furnished(db).await;
        let viewer = Person::joined(&house, "viewer@acme.dev", "Viewer").await;
        Person::new(&house, "bo@acme.dev").await;
        let role_id = role(&house, "Viewer").await;
        set_seats(&house, 1).await;
        let nobody = "nobody@acme.dev";
        let send = async |token: &str, body: Value| {
            let reply = house.client.post("/api/members").bearer(token).json(&body).send().await;
            (reply.status.as_u16(), text(&reply.json()["error"]))
        };
        let own = &house.organization;
        let full = |email: &str, role: &str| json!({ "organizationId": own, "email": email, "roleId": role });
        for (token, body, status, error) in [
            ("tat_wrong", json!({}), 401, "unauthorized"),
            (&*viewer.token, json!({}), 400, "organizationId is required"),
            (&*viewer.token, json!({ "organizationId": own, "roleId": 7 }), 400, "email is required"),
            (&*viewer.token, full(nobody, "role_x"), 403, "Forbidden"),
            (&*house.token, json!({ "organizationId": "org_x", "email": nobody, "roleId": "role_x" }), 403, "Forbidden"),
            (&*house.token, full(nobody, "role_x"), 404, "role_not_found"),
            (&*house.token, full(nobody, &role_id), 404, "user_not_found"),
            (&*house.token, full(&viewer.email, &role_id), 409, "already_member"),
            (&*house.token, full("bo@acme.dev", &role_id), 402, "seat_limit_reached"),
        ] {
            assert_eq!(send(token, body.clone()).await, (status, error.to_owned()), "{body}");
        }
    }

    async fn the_catalogue_of_permissions_is_told_to_who_sees_members(db: db::Db) {
        let house = House::furnished(db).await;
        let all = house.get("/api/permissions").await.json()["permissions"].clone();
        assert_eq!(all[0], json!({ "key": "analytics.report", "what": "See sources, attempts and reports" }));
        let viewer = Person::joined(&house, "viewer@acme.dev", "Viewer").await;
        let path = format!("/api/permissions?organizationId={}", house.organization);
        let reply = viewer.client.get(&path).bearer(&viewer.token).send().await;
        assert_eq!(reply.status, 403);
    }

    async fn the_log_tells_changes_and_refusals_to_who_may_read_it(db: db::Db) {
        let house = House::furnished(db).await;
        let viewer = Person::joined(&house, "viewer@acme.dev", "Viewer").await;
        let refused = json!({ "email": "x@acme.dev", "roleId": "role_x" });
        for _ in 0..3 {
            let reply = viewer.post(&house, "/api/invitations", refused.clone()).await;
            assert_eq!(reply.status, 403);
        }
        let log = house.get("/api/audit").await;
        assert_eq!(log.status, 200, "{}", log.text());
        let entries = log.json()["entries"].as_array().unwrap().clone();
        let of = |action: &str| {
            entries.iter().filter(|entry| entry["action"] == action).cloned().collect::<Vec<_>>()
        };
        let denied = of("access.denied");
        assert_eq!(denied.len(), 1, "noted once a minute: {entries:?}");
        assert_eq!(denied[0]["actor"]["email"], "viewer@acme.dev");
        assert_eq!(denied[0]["subject"], "users.invite");
        assert_eq!(denied[0]["after"]["path"], "POST /api/invitations");
        assert_eq!(of("member.joined")[0]["after"], json!({ "email": "viewer@acme.dev", "role": "Viewer" }));
        let actions = async |query: &str| {
            let list = house.get(&format!("/api/audit?{query}")).await.json();
            list["entries"].as_array().unwrap().iter().map(|entry| text(&entry["action"])).collect::<Vec<_>>()
        };
        assert_eq!(actions("action=invitation").await, ["invitation.created"]);
        assert_eq!(actions("action=invitation.created").await, ["invitation.created"]);
        assert!(actions("action=invit").await.is_empty());
        assert!(actions("from=2031-01-01T00:00:00Z").await.is_empty());
        let page = house.get("/api/audit?limit=2").await.json();
        let cursor = text(&page["nextCursor"]);
        let rest = house.get(&format!("/api/audit?cursor={cursor}")).await.json();
        let (first, rest) = (page["entries"].as_array().unwrap(), rest["entries"].as_array().unwrap());
        assert_eq!(first.len() + rest.len(), entries.len());
        let path = format!("/api/audit?organizationId={}", house.organization);
        assert_eq!(viewer.client.get(&path).bearer(&viewer.token).send().await.status, 403);
    }
}
