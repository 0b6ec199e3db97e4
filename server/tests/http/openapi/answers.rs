//! Every operation answers what it describes, successes among it.

use std::{cell::RefCell, collections::BTreeSet};

use accounts::Mailer;
use fake_stripe::Card;
use serde_json::{Value, json};
use testkit::{Client, TestDb};

use super::{operation, operations, query};
use crate::{
    house::{EMAIL, House, PASSWORD, bootstrap_body, events_body, mailing_router, text},
    pages::Browser,
    store::{Store, TEAM},
    team::{self, Person},
};

/// Three operations, each of which takes a link.
const WITH_LINKS: [&str; 3] = ["confirmSignUp", "verifyAddress", "resetPassword"];

/// A walk through the operations.
#[derive(Clone, Copy)]
struct Walk<'a> {
    house: &'a House,
    succeeded: &'a RefCell<BTreeSet<String>>,
}

impl Walk<'_> {
    /// Asks as the owner, for the thing with this id; tells the answer's body.
    async fn ask(&self, name: &str, id: &str, fields: Value, status: u16) -> Value {
        self.ask_as(&self.house.token, name, id, fields, status).await
    }

    async fn ask_as(&self, token: &str, name: &str, id: &str, fields: Value, status: u16) -> Value {
        let operation = operation(name);
        let mut body = operation.sample_body(self.house);
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let confirm = fields["confirm"].as_str().filter(|_| !operation.has_body());
        let address = query(self.house, operation, "confirm", confirm);
        let address = address.replace("/x", &format!("/{id}"));
        let reply = operation.call_as(self.house, token, &address, &body).await;
        assert_eq!(reply.status, status, "{name}: {}", reply.text());
        if reply.status.is_success() {
            self.succeeded.borrow_mut().insert(name.to_owned());
        }
        if reply.body.is_empty() { Value::Null } else { reply.json() }
    }

    /// Every operation that no call has had a success of.
    fn left(&self) -> Vec<&'static str> {
        let succeeded = self.succeeded.borrow();
        let names = operations().map(|operation| operation.says["operationId"].as_str().unwrap());
        names.filter(|name| !succeeded.contains(*name)).collect()
    }
}

async fn sources_and_attempts(walk: &Walk<'_>) {
    let house = walk.house;
    let attempt = house.bootstrap(&bootstrap_body()).await.json();
    let none = || json!({});
    walk.ask("listAttempts", "", none(), 200).await;
    walk.ask("getAttempt", &text(&attempt["attemptId"]), none(), 200).await;
    walk.ask("getAttempt", "attempt_x", none(), 404).await;
    let (key, session) = (house.key(), text(&attempt["sessionId"]));
    for name in ["bootstrap", "validate"] {
        walk.ask(name, &key, bootstrap_body(), 200).await;
        walk.ask(name, &key, json!({ "ingestVersion": 1 }), 422).await;
        walk.ask(name, "pk_nobody", bootstrap_body(), 404).await;
    }
    let mut events = events_body(&session);
    events["events"][1]["name"] = json!(7);
    for name in ["validate", "sendEvents"] {
        walk.ask(name, &key, events.clone(), 200).await;
        walk.ask(name, &key, events_body("sess_nobody"), 403).await;
    }
    let unmatched = "/api/ingest/v2/pk_nobody/bootstrap";
    let unmatched = house.client.post(unmatched).json(&bootstrap_body()).send().await.json();
    walk.ask("listUnmatchedAttempts", "", none(), 200).await;
    walk.ask("getUnmatchedAttempt", &text(&unmatched["attemptId"]), none(), 200).await;
    walk.ask("getUnmatchedAttempt", &text(&attempt["attemptId"]), none(), 404).await;
    for name in ["listSources", "getInstall", "getDebug"] {
        walk.ask(name, &house.source_id(), none(), 200).await;
    }
    walk.ask("createSource", "", json!({ "frameworkHint": "react" }), 201).await;
    walk.ask("createSource", "", json!({ "organizationId": "org_x" }), 403).await;
    walk.ask("updateSource", &house.source_id(), json!({ "isActive": false }), 200).await;
    walk.ask("updateSource", "src_x", none(), 404).await;
    walk.ask("regenerateKey", &house.source_id(), none(), 200).await;
}

async fn people_and_tokens(walk: &Walk<'_>) {
    let none = || json!({});
    walk.ask("getDescription", "", none(), 200).await;
    walk.ask("signUp", "", none(), 201).await;
    walk.ask("signUp", "", json!({ "email": EMAIL }), 409).await;
    walk.ask("createToken", "", json!({ "email": EMAIL, "password": PASSWORD }), 200).await;
    walk.ask("createToken", "", json!({ "password": "another" }), 401).await;
    walk.ask("requestReset", "", none(), 202).await;
    for name in WITH_LINKS {
        walk.ask(name, &"A".repeat(43), none(), 404).await;
    }
    let made =
        walk.ask("createNamedToken", "", json!({ "permissions": ["users.read"] }), 201).await;
    walk.ask("listTokens", "", none(), 200).await;
    walk.ask_as(&text(&made["secret"]), "listTokens", "", none(), 403).await;
    walk.ask("revokeToken", &text(&made["token"]["id"]), none(), 204).await;
    walk.ask("revokeToken", "token_x", none(), 404).await;
}

/// What only goes where mails are sent, at an application that sends them.
async fn links_in_mails(walk: &Walk<'_>, mailer: &Mailer) {
    let newest = || {
        let mails = mailer.sent();
        mails.last().unwrap().link().unwrap().rsplit('/').next().unwrap().to_owned()
    };
    let account = json!({ "email": "fay@acme.dev", "password": "a calm summer of 2026" });
    walk.ask("signUp", "", account.clone(), 201).await;
    let wrong = json!({ "password": "another calm summer" });
    walk.ask("confirmSignUp", &newest(), wrong, 401).await;
    let taken = newest();
    walk.ask("signUp", "", account.clone(), 201).await;
    walk.ask("confirmSignUp", &newest(), account.clone(), 200).await;
    walk.ask("confirmSignUp", &taken, account.clone(), 404).await;
    walk.ask("requestReset", "", account.clone(), 202).await;
    walk.ask("resetPassword", &newest(), json!({ "password": PASSWORD }), 204).await;
    let mira = Browser::signed_in(walk.house.client.clone()).await;
    assert_eq!(mira.post("/account/verification", "").await.status, 303);
    walk.ask("verifyAddress", &newest(), json!({}), 204).await;
}

async fn team_and_roles(walk: &Walk<'_>) {
    let house = walk.house;
    let none = || json!({});
    let viewer = team::role(house, "Viewer").await;
    let as_viewer = |email: &str| json!({ "roleId": viewer, "email": email });
    let invited = walk.ask("invite", "", as_viewer("bo@acme.dev"), 201).await;
    let invitation = text(&invited["invitation"]["id"]);
    walk.ask("invite", "", as_viewer("bo@acme.dev"), 200).await;
    walk.ask("resendInvitation", &invitation, none(), 200).await;
    walk.ask("listMembers", "", none(), 200).await;
    walk.ask("revokeInvitation", &invitation, none(), 204).await;
    walk.ask("revokeInvitation", &invitation, none(), 409).await;
    let list = "cy@acme.dev\nmira@acme.dev\nnobody";
    walk.ask("inviteMany", "", json!({ "roleId": viewer, "list": list }), 200).await;
    Person::new(house, "ana@acme.dev").await;
    let added = walk.ask("addMember", "", as_viewer("ana@acme.dev"), 201).await;
    let ana = text(&added["member"]["id"]);
    walk.ask("addMember", "", as_viewer("ana@acme.dev"), 409).await;
    walk.ask("changeMember", &ana, json!({ "grants": ["audit.read"] }), 200).await;
    let role = walk.ask("createRole", "", none(), 201).await;
    let role = text(&role["role"]["id"]);
    walk.ask("createRole", "", none(), 409).await;
    walk.ask("changeRole", &role, json!({ "permissions": ["users.read"] }), 200).await;
    walk.ask("changeRole", &viewer, json!({ "name": "Visitor" }), 409).await;
    walk.ask("deleteRole", &role, none(), 204).await;
    walk.ask("deleteRole", &role, none(), 404).await;
    for name in ["listRoles", "listPermissions", "listAuditEntries"] {
        walk.ask(name, "", none(), 200).await;
    }
    team::set_seats(house, 1).await;
    walk.ask("invite", "", as_viewer("di@acme.dev"), 402).await;
    walk.ask("removeMember", &ana, none(), 204).await;
    team::set_seats(house, 9).await;
}

/// What only goes where plans are sold, at an application that sells them.
async fn plans(walk: &Walk<'_>, store: &Store) {
    let none = || json!({});
    walk.ask("getBilling", "", none(), 200).await;
    walk.ask("cancelPlan", "", none(), 409).await;
    let team = json!({ "priceId": TEAM, "seats": 4 });
    walk.ask("beginCheckout", "", team.clone(), 200).await;
    store.buy(4).await;
    walk.ask("beginCheckout", "", team, 409).await;
    walk.ask("changeSeats", "", json!({ "seats": 6, "preview": true, "prorationDate": null }), 200)
        .await;
    walk.ask("cancelPlan", "", none(), 200).await;
    walk.ask("resumePlan", "", none(), 200).await;
    walk.ask("openPortal", "", none(), 200).await;
    walk.ask("receiveEvent", "", none(), 400).await;
    let told = store.fake.take_deliveries().remove(0);
    assert_eq!(store.tell(&told.payload, Some(&told.signature)).await.status, 200);
    walk.succeeded.borrow_mut().insert("receiveEvent".to_owned());
    store.set_card(Card::Declined);
    walk.ask(
        "changeSeats",
        "",
        json!({ "seats": 9, "preview": false, "prorationDate": null }),
        402,
    )
    .await;
}

async fn workspaces(walk: &Walk<'_>) {
    let house = walk.house;
    let none = || json!({});
    walk.ask("createOrganization", "", json!({ "slug": "calm" }), 201).await;
    walk.ask("createOrganization", "", json!({ "slug": "calm" }), 409).await;
    walk.ask("listOrganizations", "", none(), 200).await;
    let own = &house.organization;
    walk.ask("changeOrganization", own, json!({ "slug": "storm" }), 200).await;
    walk.ask("changeOrganization", own, json!({ "slug": "calm" }), 409).await;
    let bo = Person::new(house, "bo@acme.dev").await;
    let admin = team::role(house, "Admin").await;
    let body = json!({ "roleId": admin, "email": bo.email });
    let link = text(&walk.ask("invite", "", body, 201).await["link"]);
    let secret = link.rsplit('/').next().unwrap();
    let joined = walk.ask_as(&bo.token, "acceptInvitation", secret, none(), 200).await;
    let to_bo = json!({ "memberId": joined["memberId"] });
    walk.ask_as(&bo.token, "acceptTransfer", own, none(), 404).await;
    for (end, status) in [("endTransfer", 204), ("acceptTransfer", 200)] {
        walk.ask("offerTransfer", own, to_bo.clone(), 201).await;
        walk.ask_as(&bo.token, end, own, none(), status).await;
    }
    let wrong = json!({ "confirm": "calm" });
    walk.ask_as(&bo.token, "deleteOrganization", own, wrong, 400).await;
    walk.ask_as(&bo.token, "deleteOrganization", own, json!({ "confirm": "storm" }), 204).await;
    walk.ask_as(&bo.token, "listOrganizations", "", none(), 200).await;
    walk.ask_as(&bo.token, "restoreOrganization", own, none(), 200).await;
}

testkit::both! {
    /// A new operation without a step in this walk fails.
    async fn what_is_answered_is_what_is_described(db: db::Db) {
        let house = House::furnished(db).await;
        let succeeded = RefCell::default();
        let walk = Walk { house: &house, succeeded: &succeeded };
        people_and_tokens(&walk).await;
        let mailer = Mailer::memory();
        let with_mail = House {
            db: house.db.clone(),
            client: Client::new(mailing_router(&house.db, mailer.clone())),
            token: house.token.clone(),
            organization: house.organization.clone(),
            source: house.source.clone(),
        };
        links_in_mails(&Walk { house: &with_mail, ..walk }, &mailer).await;
        sources_and_attempts(&walk).await;
        team_and_roles(&walk).await;
        workspaces(&walk).await;
        let selling = TestDb::sqlite().await;
        let store = Store::open(selling.db()).await;
        plans(&Walk { house: &store.house, ..walk }, &store).await;
        selling.close().await;
        assert_eq!(walk.left(), Vec::<&str>::new());
    }
}
