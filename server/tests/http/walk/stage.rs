//! The house that every call of the walk meets: two workspaces, one of each kind of person, one of each kind of thing.

use http::Method;
use serde_json::{Value, json};
use testkit::{Call, Reply, START, TestDb};
use web::SignupMode;

use super::table::CallOf;
use crate::{
    house::{House, PASSWORD, router, text, token},
    team::{self, Person},
};

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    Nobody,
    BadToken,
    ExpiredToken,
    Outsider,
    Viewer,
    Analyst,
    Billing,
    Admin,
    Owner,
    /// A named token of the owner that opens `analytics.report` and nothing else.
    ReportTool,
    /// One that opens all that the owner may do.
    FullTool,
}

pub const CALLERS: [Caller; 11] = [
    Caller::Nobody,
    Caller::BadToken,
    Caller::ExpiredToken,
    Caller::Outsider,
    Caller::Viewer,
    Caller::Analyst,
    Caller::Billing,
    Caller::Admin,
    Caller::Owner,
    Caller::ReportTool,
    Caller::FullTool,
];

/// Those who may look at pages: tools have no cookie.
pub fn people() -> impl Iterator<Item = Caller> {
    let is_tool = |caller: &Caller| matches!(caller, Caller::ReportTool | Caller::FullTool);
    CALLERS.into_iter().filter(move |caller| !is_tool(caller))
}

/// As long as a login lasts without use; tokens end long before.
const LOGIN_MS: i64 = 12 * 60 * 60 * 1_000;

/// The house as it is at first, and what it holds.
pub struct Stage {
    database: TestDb,
    things: Things,
}

/// Ids and tokens of what the house holds; they are the same in every copy.
#[derive(Clone)]
pub struct Things {
    expired: String,
    tokens: Vec<(Caller, String)>,
    cookies: Vec<(Caller, String)>,
    /// Each caller's own named token.
    named: Vec<(Caller, String)>,
    /// The workspace, and things in it, by kind.
    own: Value,
    /// The same of another workspace, whose owner is the outsider.
    foreign: Value,
}

/// A copy of the house, for one call.
pub struct Copied {
    database: TestDb,
    house: House,
    things: Things,
}

impl Stage {
    pub async fn set() -> Self {
        let database = TestDb::sqlite().await;
        let house = House::furnished(database.db()).await;
        let expired = house.token.clone();
        let mut cookies = vec![(Caller::ExpiredToken, cookie(&house, crate::house::EMAIL).await)];
        house.db.clock().advance_ms(LOGIN_MS);
        let house =
            House { token: token(&house.client, crate::house::EMAIL, PASSWORD).await, ..house };
        let mut tokens = vec![(Caller::Owner, house.token.clone())];
        for (caller, role) in [
            (Caller::Viewer, "Viewer"),
            (Caller::Analyst, "Analyst"),
            (Caller::Billing, "Billing"),
            (Caller::Admin, "Admin"),
        ] {
            let email = format!("{}@acme.dev", role.to_lowercase());
            tokens.push((caller, Person::joined(&house, &email, role).await.token));
        }
        let own = furnish(&house, "spare@acme.dev").await;
        let outsider = Person::new(&house, "eve@evil.dev").await;
        tokens.push((Caller::Outsider, outsider.token.clone()));
        let elsewhere = elsewhere(&house, &outsider.token).await;
        let foreign = furnish(&elsewhere, "other@evil.dev").await;
        let mut named = Vec::new();
        for (caller, token) in &tokens {
            let call = house.client.post("/api/tokens").bearer(token);
            let made = call.json(&json!({ "name": "CI" })).send().await.json();
            named.push((*caller, text(&made["token"]["id"])));
        }
        for (caller, permissions) in
            [(Caller::ReportTool, json!(["analytics.report"])), (Caller::FullTool, Value::Null)]
        {
            let tool = json!({ "name": "Tool", "permissions": permissions });
            let made = house.client.post("/api/tokens").bearer(&house.token).json(&tool);
            tokens.push((caller, text(&made.send().await.json()["secret"])));
        }
        assert_eq!(house.db.now(), START.plus_ms(LOGIN_MS));
        for (caller, email) in [
            (Caller::BadToken, None),
            (Caller::Outsider, Some("eve@evil.dev")),
            (Caller::Viewer, Some("viewer@acme.dev")),
            (Caller::Analyst, Some("analyst@acme.dev")),
            (Caller::Billing, Some("billing@acme.dev")),
            (Caller::Admin, Some("admin@acme.dev")),
            (Caller::Owner, Some(crate::house::EMAIL)),
        ] {
            let cookie = match email {
                Some(email) => cookie(&house, email).await,
                None => format!("tiny={}", "A".repeat(43)),
            };
            cookies.push((caller, cookie));
        }
        Self { database, things: Things { expired, tokens, cookies, named, own, foreign } }
    }

    /// The same house once more; what is done there leaves this one as it is.
    pub async fn copied(&self) -> Copied {
        let database = self.database.copied().await;
        let client = testkit::Client::new(router(&database.db(), SignupMode::Open));
        let house = House {
            db: database.db(),
            client,
            token: self.things.token(Caller::Owner).unwrap_or_default(),
            organization: text(&self.things.own["organization"]),
            source: Value::Null,
        };
        Copied { database, house, things: self.things.clone() }
    }

    /// The id in the other workspace of what this path is about.
    pub fn foreign(&self, path: &str) -> String {
        self.foreign_of(kind_in(path))
    }

    pub fn own_of(&self, kind: &str) -> String {
        text(&self.things.own[kind])
    }

    pub fn foreign_of(&self, kind: &str) -> String {
        text(&self.things.foreign[kind])
    }

    /// An id of the same kind that nothing has.
    pub fn unknown(&self, path: &str) -> String {
        self.unknown_of(kind_in(path))
    }

    pub fn unknown_of(&self, kind: &str) -> String {
        let known = self.foreign_of(kind);
        let (prefix, _) = known.split_once('_').unwrap();
        format!("{prefix}_00000000000000000000000000")
    }

    pub async fn close(self) {
        self.database.close().await;
    }
}

impl Things {
    fn token(&self, caller: Caller) -> Option<String> {
        match caller {
            Caller::Nobody => None,
            Caller::BadToken => Some(format!("tat_{}", "A".repeat(43))),
            Caller::ExpiredToken => Some(self.expired.clone()),
            known => {
                let found = self.tokens.iter().find(|(own, _)| *own == known);
                Some(found.expect("everyone else has a token").1.clone())
            }
        }
    }

    /// The id that goes into a path, for this caller.
    fn id(&self, path: &str, caller: Caller) -> String {
        match kind_in(path) {
            "token" => {
                let own = self.named.iter().find(|(own, _)| *own == caller);
                own.map_or_else(|| text(&self.own["token"]), |(_, id)| id.clone())
            }
            "organization" if path.ends_with("/restore") => text(&self.own["deleted"]),
            kind => text(&self.own[kind]),
        }
    }
}

impl Copied {
    /// Calls an operation with everything it needs.
    pub async fn call(&self, method: &str, path: &str, call: CallOf, caller: Caller) -> Reply {
        let id = self.things.id(path, caller);
        self.call_with(method, path, call, caller, &id).await
    }

    /// The same with another id in the path.
    pub async fn call_with(
        &self,
        method: &str,
        path: &str,
        call: CallOf,
        caller: Caller,
        id: &str,
    ) -> Reply {
        self.send(method, path, call.body(&self.things.own), caller, id).await
    }

    /// The same with another value in one field of the body.
    pub async fn call_with_field(
        &self,
        method: &str,
        path: &str,
        call: CallOf,
        caller: Caller,
        (field, value): (&str, Value),
    ) -> Reply {
        let mut body = call.body(&self.things.own);
        body[field] = value;
        let id = self.things.id(path, caller);
        self.send(method, path, body, caller, &id).await
    }

    /// The same without anything that it needs but the path.
    pub async fn bare(&self, method: &str, path: &str, caller: Caller, id: &str) -> Reply {
        let path = path.replace("{id}", id);
        let method: Method = method.to_uppercase().parse().unwrap();
        let is_read = matches!(method, Method::GET | Method::DELETE);
        let call = self.house.client.call(method, &path);
        let call = match self.things.token(caller) {
            Some(token) => call.bearer(&token),
            None => call,
        };
        if is_read { call.send().await } else { call.json(&json!({})).send().await }
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        mut body: Value,
        caller: Caller,
        id: &str,
    ) -> Reply {
        let path = path.replace("{id}", id).replace("{token}", &"A".repeat(43));
        let path = path.replace("{key}", &text(&self.things.own["key"]));
        let is_about_one =
            path.starts_with("/api/organizations") || path.starts_with("/api/tokens");
        let organization = &self.house.organization;
        let (path, has_body) = match method {
            "get" | "delete" if path.contains("/organizations/") => {
                (format!("{path}?confirm=acme"), false)
            }
            "get" | "delete" => (format!("{path}?organizationId={organization}"), false),
            _ => (path, true),
        };
        if has_body && !is_about_one && body.get("organizationId").is_none() {
            body["organizationId"] = json!(organization);
        }
        let method: Method = method.to_uppercase().parse().unwrap();
        let call = self.house.client.call(method, &path);
        let call = match self.things.token(caller) {
            Some(token) => call.bearer(&token),
            None => call,
        };
        if has_body { call.json(&body).send().await } else { call.send().await }
    }

    /// Grants a member something beside their role.
    pub async fn grant(&self, email: &str, permission: &str) {
        let path = format!("/api/members/{}", team::member_id(&self.house, email).await);
        let call = self.house.client.call(Method::PATCH, &path).bearer(&self.house.token);
        let body = json!({ "organizationId": self.house.organization, "grants": [permission] });
        assert_eq!(call.json(&body).send().await.status, 200, "{email}");
    }

    pub fn db(&self) -> db::Db {
        self.database.db()
    }

    /// Asks for a page, or sends a form.
    pub async fn ask(&self, method: &Method, path: &str, form: &str, caller: Caller) -> Reply {
        let own = &self.things.own;
        let mut path = path.replace("{workspace}", "acme").replace("{source}", "web-app");
        for kind in ["member", "invitation", "role", "attempt"] {
            path = path.replace(&format!("{{{kind}}}"), &text(&own[kind]));
        }
        let id =
            if path.ends_with("/restore") { text(&own["deleted"]) } else { text(&own["token"]) };
        let path = path.replace("{id}", &id).replace("{secret}", &"A".repeat(43));
        let call = self.page(method, &path, caller);
        if *method == Method::POST { call.form(form).send().await } else { call.send().await }
    }

    /// Opens a page by an address that another one told.
    pub async fn open(&self, address: &str, caller: Caller) -> Reply {
        self.page(&Method::GET, address, caller).send().await
    }

    fn page(&self, method: &Method, path: &str, caller: Caller) -> Call {
        let call = self.house.client.call(method.clone(), path);
        match self.things.cookies.iter().find(|(own, _)| *own == caller) {
            Some((_, cookie)) => call.header("cookie", cookie),
            None => call,
        }
    }

    pub async fn close(self) {
        self.database.close().await;
    }
}

/// What a browser holds after this person has signed in.
async fn cookie(house: &House, email: &str) -> String {
    let form = format!("email={email}&password={}", PASSWORD.replace(' ', "+"));
    let reply = house.client.post("/login").form(&form).send().await;
    format!("tiny={}", reply.cookie("tiny").expect("a cookie"))
}

/// What the `{id}` of a path is about.
fn kind_in(path: &str) -> &'static str {
    let kinds = [
        ("/organizations/", "organization"),
        ("/members/", "member"),
        ("/invitations/", "invitation"),
        ("/roles/", "role"),
        ("/tokens/", "token"),
        ("/tracking-sources/", "source"),
        ("/attempts/", "attempt"),
    ];
    let found = kinds.iter().find(|(part, _)| path.contains(part));
    found.map_or("organization", |(_, kind)| kind)
}

/// The outsider's own workspace.
async fn elsewhere(house: &House, token: &str) -> House {
    let call = house.client.post("/api/organizations").bearer(token);
    let made = call.json(&json!({ "name": "Evil" })).send().await.json();
    let organization = text(&made["organization"]["id"]);
    let (db, client) = (house.db.clone(), house.client.clone());
    let mut elsewhere =
        House { db, client, token: token.to_owned(), organization, source: Value::Null };
    let new = json!({ "name": "Web", "allowedOrigins": [crate::house::ORIGIN] });
    elsewhere.source = elsewhere.post("/api/tracking-sources", new).await.json()["source"].clone();
    elsewhere
}

/// One of each kind of thing in a workspace, by kind.
async fn furnish(house: &House, spare: &str) -> Value {
    Person::joined(house, spare, "Viewer").await;
    let invited = team::invite(house, &format!("guest-{spare}"), "Viewer").await.json();
    let role = house.post("/api/roles", json!({ "name": "Own", "permissions": [] })).await.json();
    let reply = house.bootstrap(&crate::house::bootstrap_body()).await;
    let attempt = house.attempt(&reply).await;
    let post = async |path: &str, body: Value| {
        house.client.post(path).bearer(&house.token).json(&body).send().await.json()
    };
    let gone = post("/api/organizations", json!({ "name": "Gone" })).await["organization"].clone();
    let (gone, slug) = (text(&gone["id"]), text(&gone["slug"]));
    let path = format!("/api/organizations/{gone}?confirm={slug}");
    let deleted = house.client.call(Method::DELETE, &path).bearer(&house.token).send().await;
    assert_eq!(deleted.status, 204, "{}", deleted.text());
    let token = post("/api/tokens", json!({ "name": "Tool" })).await;
    json!({
        "organization": house.organization,
        "deleted": gone,
        "member": team::member_id(house, spare).await,
        "invitation": invited["invitation"]["id"],
        "role": role["role"]["id"],
        "viewerRole": team::role(house, "Viewer").await,
        "source": house.source_id(),
        "attempt": attempt["id"],
        "key": house.key(),
        "session": reply.json()["sessionId"],
        "token": token["token"]["id"],
    })
}
